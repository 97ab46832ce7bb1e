"""One header row of names or short texts: blocks from what neighbouring names share."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from cxsurvey.readers.exports.blocks import settle
from cxsurvey.readers.exports.names import short_name
from cxsurvey.readers.exports.records import ExportColumn
from cxsurvey.readers.exports.stems import NAME_JOINTS, TEXT_JOINTS, Stem, find_stems
from cxsurvey.readers.exports.wording import clean_text

if TYPE_CHECKING:
    import pandas as pd


_SERIAL = re.compile(r"\d+[a-z]?")


def named_blocks(headers: Mapping[int, str], body: pd.DataFrame) -> dict[int, ExportColumn]:
    """Make columns of names, gathering neighbours that are options of one question or rows of one grid.

    Names that share a stem are not yet a question: ``wave_id`` and ``wave_date``. So a block is kept when its
    cells say that it is a set of options, a grid or a ranking, and else taken apart.

    Parameters
    ----------
    headers : mapping of int to str
        Header cells by position.
    body : pandas.DataFrame
        The rows below, columns numbered.

    Returns
    -------
    dict of int to ExportColumn
        By position.
    """
    positions = list(headers)
    texts = [clean_text(headers[at]) for at in positions]
    worded = sum(" " in text for text in texts) * 2 > len(texts)
    columns: dict[int, ExportColumn] = {}
    for stem in find_stems(texts, joints=TEXT_JOINTS if worded else NAME_JOINTS):
        at = positions[stem.start : stem.stop]
        columns |= _stem_columns(stem, at, {one: headers[one] for one in at}, body)
    return columns


def _stem_columns(
    stem: Stem, positions: Sequence[int], headers: Mapping[int, str], body: pd.DataFrame
) -> dict[int, ExportColumn]:
    if len(positions) > 1:
        block = short_name(stem.text) if " " in stem.text else stem.text
        columns = [_column(headers[at], text=_wording(stem.text), item=item, block=block)
                   for at, item in zip(positions, stem.items, strict=True)]  # fmt: skip
        settled = settle(columns, [body[at] for at in positions])
        if any(column.shape in {"option", "rank", "grid_row"} for column in settled):
            return dict(zip(positions, map(_labelled, settled), strict=True))
    return {at: _column(headers[at], text=_wording(clean_text(headers[at]))) for at in positions}


def _column(header: str, *, text: str, item: str = "", block: str = "") -> ExportColumn:
    name = clean_text(header)
    return ExportColumn(short_name(name) if " " in name else name, (header,), text=text, item=item, block=block)


def _wording(name: str) -> str:
    """A name says nothing that a reader of a figure should see."""
    return name if " " in name else ""


def _labelled(column: ExportColumn) -> ExportColumn:
    """Where the name holds a number only and the cell holds the label, the cell names the option."""
    bare = _SERIAL.fullmatch(column.item) is not None
    if column.shape == "option" and bare and len(column.chosen) > 1 and not column.chosen.isdigit():
        return replace(column, item=column.chosen)
    return column
