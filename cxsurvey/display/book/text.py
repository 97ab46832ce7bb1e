"""The book on a terminal of 80 columns: the banner in panels of as many columns as fit."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from cxsurvey.analysis.tabulation.book import Book
from cxsurvey.analysis.tabulation.profile_comparison import REASONS
from cxsurvey.analysis.tabulation.records import Table, TableColumn
from cxsurvey.display import numbers
from cxsurvey.display.book.grid import ARROWS, Cell, Line, Show, depth_of, heads, lines
from cxsurvey.display.book.words import base_words, book_words, column_words, table_notes, table_title
from cxsurvey.display.text_tables import COLUMNS, wrapped

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

LABELS: Final = 26
NARROWEST: Final = 7
WIDEST_HEAD: Final = 13
WIDEST_MARKS: Final = 10
MAY_BREAK: Final = "\v"  # white space to textwrap, and in no label
SIGNS: Final = {arrow: sign for sign, arrow in ARROWS.items()}


@dataclass(frozen=True, slots=True)
class Place:
    """One column of a panel.

    Attributes
    ----------
    column : int
        Position in the banner.
    number, marks : int
        Widths of its numbers and of the letters beside them.
    width : int
        Of both, with the gap before them.
    """

    column: int
    number: int
    marks: int
    width: int


def book_text(book: Book, *, show: Sequence[Show] = ("share",)) -> str:
    """Show a book as plain text.

    Parameters
    ----------
    book : Book
    show : sequence of {"share", "count", "row_share", "index"}

    Returns
    -------
    str
        Lines of at most 80 columns; how to read the letters is said once, at the end.

    Raises
    ------
    RequestError
        ``bad-option`` for something else to show.
    """
    out = [*wrapped(f"{book.title}: tables"), *(line for words in book_words(book) for line in wrapped(words))]
    for table in book.tables:
        out += ["", *_table_lines(table, show)]
    out.append("")
    return "\n".join([*out, *(line for note in book.notes for line in wrapped(note))])


def _table_lines(table: Table, show: Sequence[Show]) -> Iterator[str]:
    yield from wrapped(table_title(table))
    yield from wrapped(table.text, indent="  ")
    yield from wrapped(base_words(table), indent="  ")
    written = lines(table, show)
    for panel in _panels(table, written):
        yield ""
        yield from _head_lines(table.columns, panel)
        for line in written:
            yield from _line_lines(line, panel)
    yield from (line for note in table_notes(table) for line in wrapped(note, indent="  "))


def _panels(table: Table, written: Sequence[Line]) -> Iterator[list[Place]]:
    """As many columns as fit beside the labels, time and again."""
    panel: list[Place] = []
    for position, column in enumerate(table.columns):
        place = _place(column, position, [line.cells[position] for line in written])
        if panel and LABELS + sum(other.width for other in panel) + place.width > COLUMNS:
            yield panel
            panel = []
        panel.append(place)
    if panel:
        yield panel


def _place(column: TableColumn, position: int, cells: Sequence[Cell]) -> Place:
    number = max(len(cell.text) for cell in cells)
    marks = max(max(len(part) for part in _marks(cell, WIDEST_MARKS)) for cell in cells)
    longest = max(len(word) for label in column.path for word in (label.split() or [""]))
    inner = max(number + (1 + marks if marks else 0), min(longest, WIDEST_HEAD), NARROWEST - 1)
    return Place(position, number, marks, inner + 1)


def _marks(cell: Cell, width: int) -> list[str]:
    """Letters and signs in lines; a terminal shows signs as the notes explain them."""
    plain = " ".join("".join(SIGNS.get(sign, sign) for sign in part) for part in cell.marks.split())
    return textwrap.wrap(plain, max(width, 1)) or [""]


def _head_lines(columns: Sequence[TableColumn], panel: Sequence[Place]) -> Iterator[str]:
    places = {place.column: place for place in panel}
    placed = sorted(heads(columns), key=lambda head: head.first)  # paths differ in depth: levels do not line up
    for level in range(depth_of(columns)):
        spans: list[tuple[str, int]] = []
        for head in placed:
            inside = [places[i] for i in range(head.first, head.first + head.columns) if i in places]
            bottom = head.level + head.rows - 1
            if inside and head.level <= level <= bottom:
                label = head.label if level == bottom else ""
                spans.append((label, sum(place.width for place in inside)))
        yield from _spanned(spans)
    letters = [(columns[place.column].letter, place.width) for place in panel]
    if any(letter for letter, _ in letters):
        yield from _spanned(letters)


def _spanned(spans: Sequence[tuple[str, int]]) -> Iterator[str]:
    """Labels over their columns, folded upwards."""
    folded = [_folded(label, max(width - 1, 1)) for label, width in spans]
    depth = max((len(found) for found in folded), default=0)
    for row in range(depth):
        cells = [
            f" {found[row - depth + len(found)]:<{width - 1}}" if row >= depth - len(found) else " " * width
            for found, (_, width) in zip(folded, spans, strict=True)
        ]
        yield (" " * LABELS + "".join(cells)).rstrip()


def _folded(label: str, width: int) -> list[str]:
    """Fold a label at spaces, hyphens and after slashes; inside words only where nothing else helps.

    >>> _folded("Banking/investment/asset management", 13)
    ['Banking/', 'investment/', 'asset', 'management']
    """
    parted = label.replace("/", f"/{MAY_BREAK}")
    lines = textwrap.wrap(parted, width, expand_tabs=False, replace_whitespace=False)
    return [line.replace(MAY_BREAK, "") for line in lines]


def _line_lines(line: Line, panel: Sequence[Place]) -> Iterator[str]:
    indent = "  " if line.minor else ""
    label = textwrap.wrap(line.label, LABELS - 1, initial_indent=indent, subsequent_indent="  ") or [""]
    marks = [_marks(line.cells[place.column], place.marks) for place in panel]
    for row in range(max(len(label), *(len(found) for found in marks))):
        cells = [
            _cell_text(line.cells[place.column].text if row == 0 else "", found[row : row + 1], place)
            for place, found in zip(panel, marks, strict=True)
        ]
        left = label[row] if row < len(label) else ""
        yield f"{left:<{LABELS}}{''.join(cells)}".rstrip()


def _cell_text(number: str, marks: Sequence[str], place: Place) -> str:
    beside = f" {marks[0] if marks else '':<{place.marks}}" if place.marks else ""
    return f" {f'{number:>{place.number}}{beside}':<{place.width - 1}}"


def comparison_text(book: Book, profile: str, rows: Sequence[Mapping[Hashable, Any]]) -> str:
    """List the comparisons that another tool would mark differently, with the reason of each.

    Parameters
    ----------
    book : Book
    profile : str
        Of the other tool.
    rows : sequence of mapping
        Records of :func:`cxsurvey.compare_profile`.

    Returns
    -------
    str
        Lines of at most 80 columns.
    """
    count = f"{len(rows):,} of {book.tested:,} comparisons" if rows else "No comparison"
    out = wrapped(f"{count} would be marked differently by the {profile} profile.")
    names = {column.id: column_words(column) for column in book.columns} | {"rest": "everyone else"}
    for number, found in groupby(rows, key=lambda row: row["table"]):
        table = next(table for table in book.tables if table.number == number)
        labels = {row.id: row.label for row in table.rows}
        out += ["", *wrapped(table_title(table))]
        for row in found:
            out += wrapped(
                f"{labels[row['row']]}: {names[row['column_a']]} v {names[row['column_b']]}", indent="  "
            )
            out += wrapped(_difference(row, profile), indent="    ")
    seen = [reason for reason in REASONS if any(row["reason"] == reason for row in rows)]
    out += ["", *(line for reason in seen for line in wrapped(f"{reason}: {REASONS[reason]}."))] if seen else []
    return "\n".join(out)


def _difference(row: Mapping[Hashable, Any], profile: str) -> str:
    own, other = _marked(row, ""), _marked(row, "profile_")
    return f"cxsurvey {own}; {profile} {other}; {row['reason']}"


def _marked(row: Mapping[Hashable, Any], side: str) -> str:
    mark = str(row[f"{side}mark"]).replace("-", "−")
    p = numbers.p_value(row[f"{side}p_adjusted"], missing="not tested")
    words = f"{mark}%" if mark else "no mark"
    return f"{words} (p {p})" if p != "not tested" else f"{words} ({p})"
