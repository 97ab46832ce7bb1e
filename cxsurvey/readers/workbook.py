"""Excel workbooks (.xlsx): numbers stay numbers, dates become ISO text, errors stay visible."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cxsurvey.errors import ResponsesError
from cxsurvey.readers.cells import code_text, column_of, plain_cell
from cxsurvey.readers.columns import named_columns
from cxsurvey.readers.workbook_parts import error_cells, refuse_archive_bomb
from cxsurvey.study.raw import RawResponses

if TYPE_CHECKING:
    from cxsurvey.readers.source import SourceFile
    from cxsurvey.study.codebook import Reading

KIND = "an Excel workbook"
Grid = list[list[Any]]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The cells of one sheet as text, number, truth value or None, and the names of all sheets."""

    name: str
    cells: Grid
    names: tuple[str, ...]


def read_workbook(source: SourceFile, reading: Reading) -> RawResponses:
    """Read one sheet of a workbook.

    The sheet is the one that is stated, else the first that is shown. A formula gives its stored result,
    an error its text (``#DIV/0!``), a date ISO text, a duration ``HH:MM:SS``, an empty cell NA. Empty rows
    at the end are dropped.

    Parameters
    ----------
    source : SourceFile
        The file.
    reading : Reading
        ``sheet`` and ``header_row``.

    Returns
    -------
    RawResponses

    Raises
    ------
    ResponsesError
        When the workbook is damaged or unpacks to an absurd size, the sheet is unknown or empty, a formula
        has no stored result, or the columns cannot be named.
    """
    import pandas as pd  # noqa: PLC0415 - heavy, and the detector loads without it

    sheet = read_sheet(source, reading.sheet)
    grid = sheet.cells
    label = f"{source.name}, sheet '{sheet.name}'"
    if not any(cell is not None for row in grid for cell in row):
        raise ResponsesError.empty(label)
    if len(grid) < reading.header_row:
        raise ResponsesError.no_header(label, row=reading.header_row)
    header = [_name(cell) for cell in grid[reading.header_row - 1]]
    rows = _filled(grid[reading.header_row :])
    if not rows:
        raise ResponsesError.header_only(label, row=reading.header_row)
    names = named_columns(
        header,
        file_name=label,
        row=reading.header_row,
        is_empty=lambda position: all(row[position] is None for row in rows),
        first_cells=lambda: [row[0] for row in rows],
    )
    return RawResponses(
        frame=pd.DataFrame({name: column_of([row[at] for row in rows]) for at, name in names.items()}),
        file_name=source.name,
        format="workbook",
        sha256=source.sha256,
        first_row=reading.header_row + 1,
    )


def read_sheet(source: SourceFile, wanted: str | None = None) -> Sheet:
    """Read the cells of one sheet: the one that is named, else the first that is shown.

    Parameters
    ----------
    source : SourceFile
        The file.
    wanted : str, optional
        Name of the sheet.

    Returns
    -------
    Sheet
        Rows of one length, blank ones at the end included.

    Raises
    ------
    ResponsesError
        When the workbook is damaged or unpacks to an absurd size, the sheet is unknown, or a formula has no
        stored result.
    """
    import python_calamine as calamine  # noqa: PLC0415 - only workbooks need it

    try:
        refuse_archive_bomb(source.path)
        with calamine.CalamineWorkbook.from_path(str(source.path)) as book:
            position = _sheet_position(book.sheets_metadata, wanted, source.name)
            names = tuple(book.sheet_names)
            name = names[position]
            cells = book.get_sheet_by_index(position).to_python(skip_empty_area=False)
        errors = error_cells(source.path, sheet=position, label=f"{source.name}, sheet '{name}'")
    except (calamine.CalamineError, zipfile.BadZipFile, KeyError, OSError) as fault:
        raise ResponsesError.broken(source.name, kind=KIND, reason=str(fault)) from fault
    return Sheet(name, _with_errors([[plain_cell(cell) for cell in row] for row in cells], errors), names)


def _sheet_position(sheets: list[Any], wanted: str | None, file_name: str) -> int:
    from python_calamine import SheetTypeEnum, SheetVisibleEnum  # noqa: PLC0415 - as above

    names = [sheet.name for sheet in sheets]
    if wanted is not None:
        if wanted not in names:
            raise ResponsesError.unknown_sheet(file_name, sheet=wanted, known=names)
        return names.index(wanted)
    shown = [
        position
        for position, sheet in enumerate(sheets)
        if sheet.visible == SheetVisibleEnum.Visible and sheet.typ == SheetTypeEnum.WorkSheet
    ]
    if not shown:
        raise ResponsesError.empty(file_name)
    return shown[0]


def _with_errors(grid: Grid, errors: dict[tuple[int, int], str]) -> Grid:
    """Put errors back where the reader left nothing; they may stand outside of what it returned."""
    height = max([len(grid), *(row + 1 for row, _ in errors)])
    width = max([len(grid[0]) if grid else 0, *(column + 1 for _, column in errors)])
    grid += [[] for _ in range(height - len(grid))]
    grid = [[*row, *[None] * (width - len(row))] for row in grid]
    for (row_at, column_at), text in errors.items():
        grid[row_at][column_at] = text
    return grid


def _name(cell: Any) -> str:
    if isinstance(cell, bool):
        return str(cell).upper()
    return "" if cell is None else code_text(cell)


def _filled(rows: Grid) -> Grid:
    used = len(rows)
    while used and all(cell is None for cell in rows[used - 1]):
        used -= 1
    return rows[:used]
