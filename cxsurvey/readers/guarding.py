"""An apostrophe before cells that a spreadsheet would take for formulas, put on and taken off again.

A responses file is opened in spreadsheets, and answers come from strangers. A text that begins with ``=``,
``+``, ``-``, ``@``, a tab or a carriage return is written behind an apostrophe; so is one where only
apostrophes stand before such a mark, so that taking one off gives back every cell exactly. Plain numbers, such
as -99, are left as they are: they compute nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from cxsurvey.study.raw import RawResponses

if TYPE_CHECKING:
    import pandas as pd

_UNSAFE = re.compile(r"'*[=+\-@\t\r]")
_GUARDED = re.compile(r"'+[=+\-@\t\r]")
_NUMBER = re.compile(r"[+-]?(?:\d+[.,]?\d*|[.,]\d+)(?:[eE][+-]?\d+)?")


def guard(text: str) -> str:
    """Put an apostrophe before a text that a spreadsheet would compute.

    >>> guard("=1+1"), guard("-99"), guard("'=1"), guard("Yes")
    ("'=1+1", '-99', "''=1", 'Yes')
    """
    return f"'{text}" if _UNSAFE.match(text) and not _NUMBER.fullmatch(text) else text


def unguard(text: str) -> str:
    """Take off the apostrophe that :func:`guard` put on.

    >>> unguard("'=1+1"), unguard("''=1"), unguard("'tis")
    ('=1+1', "'=1", "'tis")
    """
    return text[1:] if _GUARDED.match(text) else text


def needs_guard(texts: Iterable[str]) -> bool:
    """Whether any of these texts would be written otherwise."""
    return any(guard(text) != text for text in texts)


def unguarded(raw: RawResponses) -> RawResponses:
    """Take the apostrophes off every cell and name of responses that were written with them.

    Parameters
    ----------
    raw : RawResponses
        Of delimited text.

    Returns
    -------
    RawResponses
    """
    import pandas as pd  # noqa: PLC0415 - heavy, and most studies do without this

    columns = {unguard(str(name)): _bare(raw.frame[name]) for name in raw.frame.columns}
    return replace(raw, frame=pd.DataFrame(columns))


def _bare(cells: pd.Series) -> pd.Series:
    distinct = [text for text in cells.unique() if isinstance(text, str)]
    new = {text: unguard(text) for text in distinct if unguard(text) != text}
    return cells.astype(str).replace(new) if new else cells
