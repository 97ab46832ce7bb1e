"""Who answered from one address: a number in place of the address, which is left out."""

from __future__ import annotations

import ipaddress
from dataclasses import replace
from typing import TYPE_CHECKING

from cxsurvey.readers.codebooks.draft import Draft

if TYPE_CHECKING:
    import pandas as pd

COLUMN = "ip_group"
LOOKED_AT = 50


def with_address_groups(draft: Draft, answers: pd.DataFrame) -> Draft:
    """Number the respondents who share an IP address that is left out.

    Parameters
    ----------
    draft : Draft
    answers : pandas.DataFrame
        All columns of the export, one row a respondent.

    Returns
    -------
    Draft
        With the column ``ip_group`` where some share an address: 1, 2, ... in order of appearance, blank for
        everybody else. Its role is ``address``.
    """
    column = _address_column(draft, answers)
    if column is None:
        return draft
    cells = answers[column].astype(str).str.strip()
    shared = cells.duplicated(keep=False) & (cells != "")
    if not shared.any():
        return draft
    numbers = {address: str(i) for i, address in enumerate(cells[shared].unique(), 1)}
    name = COLUMN
    while name in draft.frame:
        name += "_2"
    frame = draft.frame.copy()
    frame[name] = cells.where(shared, "").map({**numbers, "": ""}).to_numpy()
    note = f"Respondents who share an IP address have a number in '{name}'; the addresses are not written."
    return replace(draft, frame=frame, roles={**draft.roles, "address": (name,)}, notes=(*draft.notes, note))


def _address_column(draft: Draft, answers: pd.DataFrame) -> str | None:
    for fate in draft.fates:
        if fate.detail == "personal" and fate.column in answers:
            cells = [cell.strip() for cell in answers[fate.column].astype(str) if cell.strip()][:LOOKED_AT]
            if cells and all(map(_is_address, cells)):
                return fate.column
    return None


def _is_address(cell: str) -> bool:
    try:
        ipaddress.ip_address(cell)
    except ValueError:
        return False
    return True
