"""One table on a sheet of a workbook."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cxsurvey.analysis.tabulation.records import Table
from cxsurvey.display.book.formats import Formats
from cxsurvey.display.book.grid import Head, Line, depth_of, heads
from cxsurvey.display.book.layout import LABEL_WIDTH, Layout
from cxsurvey.display.book.words import MADE_UP, base_words, table_notes, table_title

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

LINE_HEIGHT: Final = 15.0
TALLEST: Final = 400.0  # a row of a sheet is at most 409 points high
TITLE_WIDTH: Final = 80  # letters on a line of a printed page
TEXT_WIDTH: Final = 115
BOLD: Final = 0.9  # of the letters that fit a width, when they are bold


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a table came to stand; rows are counted from 0.

    Attributes
    ----------
    top : int
        Row of its title.
    head, body : int
        First row of its head, and first row below it.
    end : int
        First row after it and its notes.
    answers : tuple of int, or None
        First and last row of its answers, where these are all that stands between them.
    height : float
        In points, notes included.
    """

    top: int
    head: int
    body: int
    end: int
    answers: tuple[int, int] | None
    height: float


def write_table(
    sheet: Worksheet,
    formats: Formats,
    table: Table,
    written: Sequence[Line],
    layout: Layout,
    *,
    top: int,
    notes: Sequence[str] = (),
) -> Placed:
    """Write one table: title, wording, base, head, lines and notes.

    Parameters
    ----------
    sheet : xlsxwriter.worksheet.Worksheet
    formats : Formats
    table : Table
    written : sequence of Line
        From :func:`.grid.lines`.
    layout : Layout
    top : int
        Row to begin at, from 0.
    notes : sequence of str
        What to say below it besides its own notes.

    Returns
    -------
    Placed
    """
    head = _write_title(sheet, formats, table, layout, top)
    body, height = _write_head(sheet, formats, table, layout, head)
    height += LINE_HEIGHT * (head - top)
    for row, line in enumerate(written, body):
        height += _write_line(sheet, formats, line, layout, row)
    end = body + len(written)
    below = [line for note in (*table_notes(table), *notes) for line in textwrap.wrap(note, TEXT_WIDTH + 10)]
    for row, note in enumerate(below, end):
        sheet.write_string(row, 0, note, formats.style("note"))
    height += LINE_HEIGHT * len(below)
    return Placed(top, head, body, end + len(below), _answers(written, body), height)


def _write_title(sheet: Worksheet, formats: Formats, table: Table, layout: Layout, top: int) -> int:
    said = [
        *((line, "heading") for line in textwrap.wrap(table_title(table), TITLE_WIDTH)),
        *((line, "quiet") for line in textwrap.wrap(table.text, TEXT_WIDTH)),
        *((line, "quiet") for line in textwrap.wrap(base_words(table), TEXT_WIDTH)),
        *([(MADE_UP, "made_up")] if layout.synthetic else []),
    ]
    for row, (line, style) in enumerate(said, top):
        sheet.write_string(row, 0, line, formats.style(style))
    row = top + len(said)
    sheet.write_url(row, 0, layout.back, formats.style("link"), string="Back to the contents")
    return row + 1


def _write_head(
    sheet: Worksheet, formats: Formats, table: Table, layout: Layout, top: int
) -> tuple[int, float]:
    placed, depth = heads(table.columns), depth_of(table.columns)
    height = LINE_HEIGHT
    for level in range(depth):
        needed = min(LINE_HEIGHT * _lines_needed(placed, level, layout), TALLEST)
        sheet.set_row(top + level, needed)
        height += needed
    for head in placed:
        _write_head_cell(sheet, formats, head, layout, top)
    row = top + depth
    sheet.write_string(row, 0, "", formats.style("column"))
    for place, column in enumerate(table.columns):
        at = layout.place(place)
        _spanned(sheet, (row, at, row, at + layout.step - 1), column.letter, formats, "letter")
    return row + 1, height


def _lines_needed(placed: Sequence[Head], level: int, layout: Layout) -> int:
    """Lines of the tallest label of a level; merged cells do not grow by themselves."""
    needed = [
        math.ceil(lines_of(head.label, BOLD * layout.span(head.first, head.columns)) / head.rows)
        for head in placed
        if head.level == level
    ]
    return max([1, *needed])


def lines_of(text: str, width: float) -> int:
    """Estimate how many lines a text takes in a column; some programs do not measure it.

    Parameters
    ----------
    text : str
    width : float
        Of the column, in characters.

    Returns
    -------
    int

    Examples
    --------
    >>> lines_of("Yes", 44), lines_of("a longer answer " * 5, 44)
    (1, 2)
    """
    return len(textwrap.wrap(text, max(1, int(width)))) or 1


def _write_head_cell(sheet: Worksheet, formats: Formats, head: Head, layout: Layout, top: int) -> None:
    first, row = layout.place(head.first), top + head.level
    last = first + head.columns * layout.step - 1
    _spanned(sheet, (row, first, row + head.rows - 1, last), head.label, formats, "head")


def _spanned(
    sheet: Worksheet, span: tuple[int, int, int, int], text: str, formats: Formats, style: str
) -> None:
    row, first, last_row, last = span
    if (row, first) != (last_row, last):
        sheet.merge_range(row, first, last_row, last, "", formats.style(style))
    sheet.write_string(row, first, text, formats.style(style))


def _write_line(sheet: Worksheet, formats: Formats, line: Line, layout: Layout, row: int) -> float:
    needed = lines_of(line.label, LABEL_WIDTH)
    sheet.write_string(row, 0, line.label, formats.label(line))
    for place, cell in enumerate(line.cells):
        at = layout.place(place)
        if cell.value is not None:
            sheet.write_number(row, at, cell.value, formats.number(line, cell, marked=not layout.apart))
        elif cell.text:
            sheet.write_string(row, at, cell.text, formats.mark(line))
        if layout.apart and cell.marks:
            sheet.write_string(row, at + 1, cell.marks, formats.style("marks"))
            needed = max(needed, lines_of(cell.marks, BOLD * layout.marks[place]))
    height = min(LINE_HEIGHT * needed, TALLEST)
    sheet.set_row(row, height)
    return height


def _answers(written: Sequence[Line], body: int) -> tuple[int, int] | None:
    """The rows of answers, where nothing stands between them that is no share of an answer."""
    rows = [body + i for i, line in enumerate(written) if line.kind == "answer" and line.unit == "percent"]
    apart = not rows or any(line.minor for line in written) or rows[-1] - rows[0] + 1 != len(rows)
    return None if apart else (rows[0], rows[-1])
