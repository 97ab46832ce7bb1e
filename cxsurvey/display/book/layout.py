"""How tables stand on sheets and pages: widths of columns, breaks between pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cxsurvey.analysis.tabulation.records import TableColumn
from cxsurvey.display.book.grid import Line

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

LABEL_WIDTH: Final = 44.0
NARROWEST: Final = 9.0
WIDEST_HEAD: Final = 20.0
WIDEST_NUMBER: Final = 26  # letters of a number with its marks; a wider one would show as ####
WIDEST_MARKS: Final = 14
PAGE_WIDTH: Final = 940.0  # pixels of 1/96 inch on a landscape page, Letter or A4, less its margins
PAGE_HEIGHT: Final = 490.0  # points
SMALLEST: Final = 60  # percent; smaller print is not read
LONGEST_FOOTER: Final = 230  # letters; a foot of more than 255 is refused
PIXELS: Final = 7  # of a character
GAP: Final = 5  # pixels, in a column


@dataclass(frozen=True, slots=True)
class Layout:
    """How tables stand on a sheet.

    Attributes
    ----------
    columns : sequence of TableColumn
        Of the banner.
    apart : bool
        Letters have a column of their own, right of each number.
    numbers, marks : tuple of float, length C
        Widths of the columns, in characters.
    back : str
        Where the link above a table leads.
    synthetic : bool
        Tables say that respondents are made up.
    """

    columns: Sequence[TableColumn]
    apart: bool
    numbers: tuple[float, ...]
    marks: tuple[float, ...]
    back: str
    synthetic: bool

    @property
    def step(self) -> int:
        """Columns of the sheet for one column of the banner."""
        return 2 if self.apart else 1

    def place(self, column: int) -> int:
        """Column of the sheet that holds a column of the banner; labels stand in the first."""
        return 1 + column * self.step

    def span(self, first: int, count: int) -> float:
        """Width of some columns of the banner, in characters."""
        widths = [self.numbers[i] + (self.marks[i] if self.apart else 0.0) for i in range(first, first + count)]
        return sum(widths)


def layout_of(
    columns: Sequence[TableColumn],
    written: Sequence[Sequence[Line]],
    *,
    apart: bool,
    back: str,
    synthetic: bool,
) -> Layout:
    """Fit columns to what stands in them.

    Parameters
    ----------
    columns : sequence of TableColumn
    written : sequence of sequence of Line
        The tables of the sheet.
    apart : bool
    back : str
    synthetic : bool

    Returns
    -------
    Layout
    """
    numbers, marks = [], []
    for place, column in enumerate(columns):
        cells = [line.cells[place] for table in written for line in table]
        widest = max((len(cell.marks) for cell in cells), default=0)
        beside = max((len(cell.text) + (0 if apart else 1 + len(cell.marks)) for cell in cells), default=0)
        numbers.append(max(NARROWEST, beside + 2.0, _head_width(column)))
        marks.append(min(max(widest, 2), WIDEST_MARKS) + 1.5)
    return Layout(columns, apart, tuple(numbers), tuple(marks), back, synthetic)


def _head_width(column: TableColumn) -> float:
    """Room for the longest word of a label, and more for a label of many words."""
    label = column.path[-1]
    longest = max((len(word) for word in label.replace("/", "/ ").split()), default=0)
    return min(max(1.15 * longest + 1.5, len(label) / 6), WIDEST_HEAD)


def set_widths(sheet: Worksheet, layout: Layout) -> None:
    """Set the widths of the columns of a sheet.

    Parameters
    ----------
    sheet : xlsxwriter.worksheet.Worksheet
    layout : Layout
    """
    sheet.set_column(0, 0, LABEL_WIDTH)
    for place in range(len(layout.columns)):
        at = layout.place(place)
        sheet.set_column(at, at, layout.numbers[place])
        if layout.apart:
            sheet.set_column(at + 1, at + 1, layout.marks[place])


def set_pages(sheet: Worksheet, layout: Layout, footer: str, tables: Sequence[tuple[int, float]]) -> None:
    """Set up the printed pages of a sheet of tables.

    Parameters
    ----------
    sheet : xlsxwriter.worksheet.Worksheet
    layout : Layout
    footer : str
        Words at the foot of every page; the page number stands beside them.
    tables : sequence of tuple of int and float
        First row and height in points of each table, charts included.
    """
    scale, breaks = page_columns(layout)
    sheet.hide_gridlines(2)
    sheet.set_landscape()
    sheet.set_print_scale(scale)
    sheet.repeat_columns(0, 0)
    sheet.set_v_pagebreaks(breaks)
    sheet.set_h_pagebreaks(page_rows(tables, PAGE_HEIGHT * 100 / scale))
    set_footer(sheet, footer)


def set_list_pages(sheet: Worksheet, footer: str) -> None:
    """Set up the printed pages of a sheet of lists: landscape, one page wide."""
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    set_footer(sheet, footer)


def set_footer(sheet: Worksheet, footer: str) -> None:
    """Put words and the page number at the foot of every page of a sheet."""
    words = footer.replace("&", "&&")[:LONGEST_FOOTER]
    if (len(words) - len(words.rstrip("&"))) % 2:  # half of a doubled sign was cut off
        words = words[:-1]
    sheet.set_footer(f"&L&8 {words}&R&8&P / &N")
    sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)


def page_columns(layout: Layout) -> tuple[int, list[int]]:
    """Choose the size of print, and the columns that begin a page.

    Parameters
    ----------
    layout : Layout

    Returns
    -------
    scale : int
        In percent.
    breaks : list of int
        Columns of the sheet before which a page ends; where they can, pages end between banner variables.
    """
    widths = [_pixels(layout, place) for place in range(len(layout.columns))]
    labels = PIXELS * LABEL_WIDTH + GAP
    whole = labels + sum(widths)
    scale = int(min(100, max(SMALLEST, 100 * PAGE_WIDTH / whole)))
    room = PAGE_WIDTH * 100 / scale - labels
    breaks, used, start, variable = [], 0.0, 0, 0
    for place, width in enumerate(widths):
        if place and layout.columns[place].banner != layout.columns[place - 1].banner:
            variable = place
        if used + width > room and place > start:
            start = variable if variable > start and sum(widths[variable : place + 1]) <= room else place
            breaks.append(layout.place(start))
            used = sum(widths[start:place])
        used += width
    return scale, breaks


def _pixels(layout: Layout, place: int) -> float:
    columns = 2 if layout.apart else 1
    return PIXELS * layout.span(place, 1) + columns * GAP


def page_rows(tables: Sequence[tuple[int, float]], room: float) -> list[int]:
    """Choose the tables that begin a page.

    Parameters
    ----------
    tables : sequence of tuple of int and float
        First row and height of each.
    room : float
        Height of a page.

    Returns
    -------
    list of int
        Rows before which a page ends.

    Examples
    --------
    >>> page_rows([(0, 300.0), (20, 150.0), (30, 200.0)], 500.0)
    [30]
    """
    breaks, used = [], 0.0
    for row, height in tables:
        if used and used + height > room:
            breaks.append(row)
            used = 0.0
        used += height
    return breaks
