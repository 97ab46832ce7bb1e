"""The book as an Excel workbook: contents, tables, letters with their tests, and notes."""

from __future__ import annotations

import io
import math
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, Literal, TypeAlias, get_args

import numpy as np

from cxsurvey.analysis.tabulation.book import Book
from cxsurvey.analysis.tabulation.records import Table
from cxsurvey.display.book.formats import MOST_FORMATS, Formats, number_formats
from cxsurvey.display.book.grid import HUNDRED, Line, Show, lines
from cxsurvey.display.book.layout import WIDEST_NUMBER, Layout, layout_of, set_list_pages, set_pages, set_widths
from cxsurvey.display.book.sheet import LINE_HEIGHT, TALLEST, Placed, lines_of, write_table
from cxsurvey.display.book.words import MADE_UP, book_words, reading_notes
from cxsurvey.display.style import LEADERS
from cxsurvey.errors import OutputError, RequestError

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

Sheets = Literal["each", "one"]
Letters = Literal["beside", "column", "none"]
Printed: TypeAlias = Sequence[tuple[Table, tuple[Line, ...]]]
Progress: TypeAlias = Callable[[int, int, str], None]

CONTENTS: Final = "Contents"
NOTES: Final = "Notes"
LETTERS: Final = "Letters"
TABLES: Final = "Tables"
WIDTHS: Final = (8, 46, 80, 14)  # of the contents
MADE: Final = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)  # of every book, so that bytes repeat
CHART_ROWS: Final = 3  # of the sheet, that a chart takes besides its bars
ROWS_A_BAR: Final = 1.4
MOST_CHART_ROWS: Final = 30
ROW_PIXELS: Final = 20
LONGEST_FOOTER: Final = 150  # letters of title and source
MOVED: Final = (
    "Letters stand in columns of their own: beside the numbers they would take more number formats, or wider "
    "columns, than spreadsheet programs show well."
)
MOST_COLUMNS: Final = 16_384
MOST_ROWS: Final = 1_048_576


def book_workbook(
    book: Book,
    *,
    show: Sequence[Show] = ("share",),
    sheets: Sheets = "each",
    letters: Letters = "beside",
    charts: bool = False,
    progress: Progress | None = None,
) -> bytes:
    """Write a book as an Excel workbook.

    Parameters
    ----------
    book : Book
    show : sequence of {"share", "count", "row_share", "index"}
    sheets : {"each", "one"}
        A sheet for each table, or all below one another on one.
    letters : {"beside", "column", "none"}
        Letters after the number, by its number format, so that the cell is a number all the same; in a column
        of their own; or left out. Many different letters go into columns of their own in any case, because
        programs refuse workbooks of more than about 200 number formats.
    charts : bool
        A native bar chart of the total below each table of shares.
    progress : callable, optional
        Called with tables done, tables in all, and the name of the next.

    Returns
    -------
    bytes
        The same for the same book, whenever it is written.

    Raises
    ------
    RequestError
        ``bad-option``.
    OutputError
        ``workbook-too-large`` when the banner has more columns, or the tables more rows, than a sheet holds.
    """
    for name, value, known in (("sheets", sheets, get_args(Sheets)), ("letters", letters, get_args(Letters))):
        if value not in known:
            raise RequestError.bad_option(name, value, f"one of {', '.join(known)}")
    import xlsxwriter  # noqa: PLC0415 - only workbooks need it

    printed = _printed(book if letters != "none" else _without_marks(book), show)
    sheet = _Sheets(book, printed, apart=letters == "column" or (letters == "beside" and _crowded(printed)))
    sheet.require_room()
    stream = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(stream, options) as workbook:
        workbook.set_properties({"title": f"{book.title}: tables", "author": "cxsurvey", "created": MADE})
        formats = Formats(workbook)
        contents = workbook.add_worksheet(CONTENTS)
        write = sheet.each if sheets == "each" else sheet.together
        links = write(workbook, formats, charts=charts, progress=progress)
        lists = [
            _letters_sheet(workbook, formats, book),
            _notes_sheet(workbook, formats, book, moved=sheet.apart and letters == "beside"),
            _contents(contents, formats, book, links),
        ]
        for listed in lists:
            set_list_pages(listed, sheet.footer)
    return stream.getvalue()


def _printed(book: Book, show: Sequence[Show]) -> list[tuple[Table, tuple[Line, ...]]]:
    return [(table, lines(table, show)) for table in book.tables]


def _crowded(printed: Printed) -> bool:
    """Whether letters beside numbers would take too many number formats, or too wide a column."""
    widest = max(
        (len(cell.text) + len(cell.marks) for _, written in printed for line in written for cell in line.cells),
        default=0,
    )
    return widest > WIDEST_NUMBER or number_formats(written for _, written in printed) > MOST_FORMATS


def _without_marks(book: Book) -> Book:
    """The book with no letter or arrow in its cells."""

    def bare(table: Table) -> Table:
        none = np.full(table.cells.letters.shape, "", dtype=object)
        return replace(table, cells=replace(table.cells, letters=none, rest=none, wave=none))

    return replace(book, tables=tuple(bare(table) for table in book.tables))


@dataclass(frozen=True, slots=True)
class _Sheets:
    """The sheets of tables of one workbook."""

    book: Book
    printed: Printed
    apart: bool

    def layout(self, printed: Printed) -> Layout:
        return layout_of(
            self.book.columns,
            [written for _, written in printed],
            apart=self.apart,
            back=f"internal:'{CONTENTS}'!A1",
            synthetic=self.book.synthetic,
        )

    @property
    def footer(self) -> str:
        words = textwrap.shorten(f"{self.book.title}. {self.book.source}", LONGEST_FOOTER, placeholder=" …")
        return f"{MADE_UP} {words}" if self.book.synthetic else words

    def require_room(self) -> None:
        width = 1 + len(self.book.columns) * (2 if self.apart else 1)
        if width > MOST_COLUMNS:
            raise OutputError.workbook_too_large("columns", width, MOST_COLUMNS)

    def each(
        self, workbook: Workbook, formats: Formats, *, charts: bool, progress: Progress | None
    ) -> list[str]:
        notes = reading_notes(self.book)
        links = []
        for done, (table, written) in enumerate(self.printed):
            _tell(progress, done, len(self.printed), table)
            name = f"T{table.number}"
            sheet = workbook.add_worksheet(name)
            layout = self.layout([(table, written)])
            placed = write_table(sheet, formats, table, written, layout, top=0, notes=notes)
            if charts:
                _chart(workbook, sheet, name, table, placed, layout, row=placed.end + 1)
            set_widths(sheet, layout)
            set_pages(sheet, layout, self.footer, [(0, placed.height)])
            sheet.freeze_panes(placed.body, 1)
            sheet.repeat_rows(placed.head, placed.body - 1)
            links.append(f"internal:'{name}'!A1")
        return links

    def together(
        self, workbook: Workbook, formats: Formats, *, charts: bool, progress: Progress | None
    ) -> list[str]:
        sheet = workbook.add_worksheet(TABLES)
        layout = self.layout(self.printed)
        links, row, tops = [], 0, []
        for done, (table, written) in enumerate(self.printed):
            _tell(progress, done, len(self.printed), table)
            placed = write_table(sheet, formats, table, written, layout, top=row)
            links.append(f"internal:'{TABLES}'!A{row + 1}")
            end = placed.end + 1
            if charts and placed.answers:
                end += _chart(workbook, sheet, TABLES, table, placed, layout, row=end) + 1
            tops.append((row, placed.height + LINE_HEIGHT * (end - placed.end)))
            row = end
            if row > MOST_ROWS:
                raise OutputError.workbook_too_large("rows", row, MOST_ROWS)
        set_widths(sheet, layout)
        set_pages(sheet, layout, self.footer, tops)
        sheet.freeze_panes(0, 1)
        return links


def _tell(progress: Progress | None, done: int, total: int, table: Table) -> None:
    if progress is not None:
        progress(done, total, table.label)


def _chart(
    workbook: Workbook, sheet: Worksheet, name: str, table: Table, placed: Placed, layout: Layout, *, row: int
) -> int:
    """Draw the shares of the total as bars, first answer on top; return the rows it takes."""
    if placed.answers is None:
        return 0
    first, last = placed.answers
    chart = workbook.add_chart({"type": "bar"})
    chart.add_series(
        {
            "name": [name, placed.top, 0],
            "categories": [name, first, 0, last, 0],
            "values": [name, first, layout.place(0), last, layout.place(0)],
            "fill": {"color": LEADERS.fill},
            "gap": 40,
            "data_labels": {"value": True, "num_format": "0%"},
        }
    )
    chart.set_title({"name": table.label, "name_font": {"size": 12}, "overlay": False})
    chart.set_legend({"none": True})
    chart.set_x_axis({"visible": False, "major_gridlines": {"visible": False}, "min": 0})
    chart.set_y_axis({"reverse": True, "major_tick_mark": "none", "line": {"none": True}})
    rows = CHART_ROWS + min(math.ceil(ROWS_A_BAR * (last - first + 1)), MOST_CHART_ROWS)
    chart.set_size({"width": 640, "height": rows * ROW_PIXELS})
    sheet.insert_chart(row, 0, chart, {"description": f"Bars of the total: {table.label}"})
    return rows


def _contents(sheet: Worksheet, formats: Formats, book: Book, links: Sequence[str]) -> Worksheet:
    for column, width in enumerate(WIDTHS):
        sheet.set_column(column, column, width)
    sheet.hide_gridlines(2)
    sheet.write_string(0, 0, f"{book.title}: tables", formats.style("title"))
    row = 1
    said = [line for words in book_words(book) for line in textwrap.wrap(words, sum(WIDTHS))]
    for words in said:
        sheet.write_string(row, 0, words, formats.style("quiet"))
        row += 1
    if book.synthetic:
        sheet.write_string(row, 0, MADE_UP, formats.style("made_up"))
        row += 1
    row += 1
    for column, name in enumerate(("Table", "Question", "Wording", "Respondents")):
        sheet.write_string(row, column, name, formats.style("column"))
    sheet.freeze_panes(row + 1, 0)
    for position, (table, link) in enumerate(zip(book.tables, links, strict=True), row + 1):
        sheet.write_url(position, 0, link, formats.style("link"), string=str(table.number))
        sheet.write_url(position, 1, link, formats.style("link"), string=table.label)
        sheet.write_string(position, 2, table.text, formats.style("text"))
        sheet.write_number(position, 3, int(table.n[0]), formats.style("count"))
        tallest = max(lines_of(table.label, 1.05 * WIDTHS[1]), lines_of(table.text, 1.05 * WIDTHS[2]))
        sheet.set_row(position, min(LINE_HEIGHT * tallest, TALLEST))
    end = row + 2 + len(book.tables)
    for offset, name in enumerate((LETTERS, NOTES)):
        sheet.write_url(end + offset, 1, f"internal:'{name}'!A1", formats.style("link"), string=name)
    return sheet


def _letters_sheet(workbook: Workbook, formats: Formats, book: Book) -> Worksheet:
    """Every letter and mark with its test."""
    sheet = workbook.add_worksheet(LETTERS)
    frame = book.letters
    if len(frame) >= MOST_ROWS:
        raise OutputError.workbook_too_large("rows", len(frame) + 1, MOST_ROWS)
    for column, name in enumerate(frame.columns):
        sheet.write_string(0, column, str(name), formats.style("column"))
        for row, value in enumerate(frame[name].tolist(), 1):
            if isinstance(value, str):
                sheet.write_string(row, column, value, formats.style("text_cell"))
            elif value is not None and value == value:  # noqa: PLR0124 - NaN is not itself
                sheet.write_number(row, column, value)
    sheet.set_column(0, max(len(frame.columns) - 1, 0), 14)
    sheet.freeze_panes(1, 0)
    if len(frame):
        sheet.autofilter(0, 0, len(frame), len(frame.columns) - 1)
    sheet.repeat_rows(0)
    return sheet


def _notes_sheet(workbook: Workbook, formats: Formats, book: Book, *, moved: bool) -> Worksheet:
    sheet = workbook.add_worksheet(NOTES)
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, HUNDRED)
    sheet.write_string(0, 0, "How to read the tables", formats.style("heading"))
    said = [*book_words(book), *([MADE_UP] if book.synthetic else []), *reading_notes(book)]
    said += [MOVED] if moved else []
    for row, words in enumerate(said, 1):
        sheet.set_row(row, min(LINE_HEIGHT * lines_of(words, HUNDRED), TALLEST))
        sheet.write_string(row, 0, words, formats.style("text"))
    row = 2 + len(said)
    back = f"internal:'{CONTENTS}'!A1"
    sheet.write_url(row, 0, back, formats.style("link"), string="Back to the contents")
    return sheet
