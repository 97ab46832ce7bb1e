"""Delimited sets: several codes in one cell, each followed by ``;``, and Quantipy's metadata beside."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from cxsurvey.readers.columns import clean_name, is_row_index
from cxsurvey.readers.exports.assembly import assemble, used_positions
from cxsurvey.readers.exports.quantipy_metadata import Described, read_metadata
from cxsurvey.readers.exports.records import Export, ExportColumn

if TYPE_CHECKING:
    import pandas as pd

    from cxsurvey.readers.exports.grid import Grid

SEPARATOR = ";"
_SET = re.compile(r"(?:-?\d+;)+")
_WHOLE = re.compile(r"(-?\d+)\.0")
_SUFFIX = ".json"


def recognise(grid: Grid) -> str | None:
    """Tell what shows that a grid holds delimited sets.

    Parameters
    ----------
    grid : Grid
        A file.

    Returns
    -------
    str or None
        The reason, or None.
    """
    if grid.separator == SEPARATOR:
        return None
    for at in range(grid.width):
        if any(_SET.fullmatch(row[at]) for row in grid.head[1:]):
            cells = grid.body(1)[at]
            if all(_SET.fullmatch(str(cell)) for cell in cells.unique() if cell):
                return f"its column {clean_name(grid.head[0][at])} holds codes that each end in ';'"
    return None


def read(grid: Grid) -> Export:
    """Read a file with delimited sets.

    Metadata of Quantipy (``.json`` of the same name) give wordings, labels, grids and types. Without them the
    codes of a set are its options, in the order of their numbers. Codes that pandas wrote as ``1.0`` become
    ``1`` where labels are known.

    Parameters
    ----------
    grid : Grid
        The file.

    Returns
    -------
    Export

    Raises
    ------
    ExportError
        When no respondent is left, or when the metadata beside the file are damaged.
    """
    body = grid.body(1)
    header = grid.head[0]
    used = used_positions(grid.head[:1], body)
    if used and not header[used[0]].strip() and is_row_index(body[used[0]].to_list()):
        used = used[1:]
    metadata = _beside(grid.path)
    described = read_metadata(metadata) if metadata else {}
    columns = {at: _column(header[at], body[at], described.get(clean_name(header[at]))) for at in used}
    for at, column in columns.items():
        if column.shape == "joined":
            body[at] = body[at].astype("str").str.rstrip(SEPARATOR)
        elif column.labels:
            body[at] = _whole_codes(body[at])
    return assemble(
        grid,
        platform="delimited_sets",
        why=f"Delimited sets: {recognise(grid) or 'it was named so'}.",
        header_rows=1,
        body=body,
        columns=columns,
        notes=list(_notes(columns, metadata, described)),
    )


def _beside(path: Path | None) -> Path | None:
    if path is None:
        return None
    found = path.with_suffix(_SUFFIX)
    return found if found.is_file() and found != path else None


def _column(header: str, cells: pd.Series, told: Described | None) -> ExportColumn:
    name = clean_name(header)
    column = ExportColumn(name, (header,), "")
    if told is not None:
        column = replace(
            column,
            text=told.text,
            item=told.item,
            block=told.block,
            labels=told.labels,
            missing=told.missing,
            shape=told.shape,
            role="row" if told.block else "answer",
        )
    held = [str(cell) for cell in cells.unique() if cell]
    if held and all(_SET.fullmatch(cell) for cell in held):
        codes = sorted({code for cell in held for code in cell.split(SEPARATOR) if code}, key=int)
        labels = column.labels or tuple((code, code) for code in codes)
        return replace(column, shape="joined", separator=SEPARATOR, labels=labels, role="answer")
    return column


def _whole_codes(cells: pd.Series) -> pd.Series:
    """Codes of a column with absent cells pass through floating point: 1.0 is code 1."""
    changes = {cell: found[1] for cell in cells.unique() if (found := _WHOLE.fullmatch(str(cell)))}
    return cells.astype("str").replace(changes) if changes else cells


def _notes(
    columns: dict[int, ExportColumn], metadata: Path | None, described: dict[str, Described]
) -> Iterator[str]:
    if metadata is None:
        yield "no metadata stand beside the file: codes are their own labels"
        return
    yield f"wordings and labels are those of {metadata.name}"
    without = [column.name for column in columns.values() if column.name not in described]
    if without:
        yield f"the metadata do not describe {len(without)} columns ({', '.join(without[:5])})"
