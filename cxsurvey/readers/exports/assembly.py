"""From a grid and what a platform's reader says of its columns to an export."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from cxsurvey.errors import ExportError
from cxsurvey.readers.exports.names import unique_names
from cxsurvey.readers.exports.records import SHOWN_ROWS, DroppedRows, Export, ExportColumn
from cxsurvey.readers.exports.wording import decoded_twice

if TYPE_CHECKING:
    import pandas as pd

    from cxsurvey.readers.exports.grid import Grid

MOST_LOOKED_AT = 20_000
Mask = npt.NDArray[np.bool_]


def assemble(
    grid: Grid,
    *,
    platform: str,
    why: str,
    header_rows: int,
    body: pd.DataFrame,
    columns: Mapping[int, ExportColumn],
    drop: Sequence[tuple[str, Mask]] = (),
    title: str = "",
    notes: Sequence[str] = (),
) -> Export:
    """Put an export together: names made unique, rows without a respondent dropped and counted.

    Parameters
    ----------
    grid : Grid
        The file.
    platform, why : str
        Where it comes from, and what gave it away.
    header_rows : int
        How many records the header has.
    body : pandas.DataFrame
        ``grid.body(header_rows)``.
    columns : mapping of int to ExportColumn
        By position; positions left out are columns of the file without a name and without cells.
    drop : sequence of (str, array of bool)
        Reason and rows to leave out, apart from blank ones.
    title : str
        Title of the survey.
    notes : sequence of str
        What the reader noticed.

    Returns
    -------
    Export

    Raises
    ------
    ExportError
        When no column or no respondent is left.
    """
    if not columns:
        raise ExportError.header_only(grid.file_name, rows=header_rows)
    names = unique_names([column.name for column in columns.values()])
    frame = body[list(columns)].set_axis(list(names), axis="columns")
    reasons = [*drop, ("blank", blank_rows(frame))]
    frame, dropped = without(frame, reasons, first_row=grid.row(header_rows))
    if not len(frame):
        raise ExportError.nobody_left(grid.file_name, reasons=[f"{d.count} {d.reason}" for d in dropped])
    return Export(
        platform=platform,
        why=why,
        columns=tuple(replace(c, name=name) for c, name in zip(columns.values(), names, strict=True)),
        frame=frame,
        first_row=grid.row(header_rows),
        dropped=dropped,
        file_name=grid.file_name,
        format=grid.format,
        encoding=grid.encoding,
        separator=grid.separator,
        sha256=grid.sha256,
        title=title,
        notes=(*notes, *_text_notes(grid, columns, frame)),
    )


def used_positions(head: Sequence[Sequence[str]], body: pd.DataFrame) -> list[int]:
    """Return the positions of columns that have a name or a cell.

    >>> import pandas as pd
    >>> used_positions([("id", "", "")], pd.DataFrame({0: ["1"], 1: ["x"], 2: [""]}))
    [0, 1]
    """
    named = [any(row[at].strip() for row in head) for at in range(body.shape[1])]
    return [at for at, has_name in enumerate(named) if has_name or bool((body[at] != "").any())]


def blank_rows(frame: pd.DataFrame) -> Mask:
    """Tell which rows hold no text in any column.

    >>> import pandas as pd
    >>> blank_rows(pd.DataFrame({"a": ["1", " "], "b": ["", ""]})).tolist()
    [False, True]
    """
    blank = np.ones(len(frame), dtype=bool)
    for name in frame.columns:
        if not blank.any():
            break
        where = np.flatnonzero(blank)
        blank[where] = frame[name].iloc[where].astype("str").str.strip().to_numpy() == ""
    return blank


def without(
    frame: pd.DataFrame, reasons: Sequence[tuple[str, Mask]], *, first_row: int
) -> tuple[pd.DataFrame, tuple[DroppedRows, ...]]:
    """Leave out rows, each counted under the first reason that names it.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row a record.
    reasons : sequence of (str, array of bool)
        Reason, and the rows it names.
    first_row : int
        Row of the file of the first record.

    Returns
    -------
    tuple of (pandas.DataFrame, tuple of DroppedRows)
        Reasons that name no row are left out.
    """
    gone = np.zeros(len(frame), dtype=bool)
    dropped: list[DroppedRows] = []
    for reason, mask in reasons:
        rows = np.flatnonzero(mask & ~gone)
        gone |= mask
        if rows.size:
            shown = tuple(int(row) + first_row for row in rows[:SHOWN_ROWS])
            dropped.append(DroppedRows(reason, int(rows.size), shown))
    kept = frame.loc[~gone].reset_index(drop=True) if gone.any() else frame
    return kept, tuple(dropped)


def _text_notes(grid: Grid, columns: Mapping[int, ExportColumn], frame: pd.DataFrame) -> list[str]:
    headers = [cell for row in grid.head[:1] for cell in row]
    twice = decoded_twice(headers) + sum(_twice_in(frame[name]) for name in frame.columns)
    notes = [f"{twice} distinct texts were decoded twice, such as â€™ for ’"] if twice else []
    marks = sum("\ufffd" in cell for cell in headers)
    if marks:
        notes.append(f"{marks} header cells hold a character that was lost before the export")
    nameless = sum(not any(cell.strip() for cell in column.header) for column in columns.values())
    if nameless:
        words = "column has" if nameless == 1 else "columns have"
        notes.append(f"{nameless} {words} cells but no name")
    return notes


def _twice_in(cells: pd.Series) -> int:
    distinct = cells.unique()[:MOST_LOOKED_AT]
    return decoded_twice(str(cell) for cell in distinct if not str(cell).isascii())
