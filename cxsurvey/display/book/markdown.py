"""The book as Markdown tables, letters beside the numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from cxsurvey.analysis.tabulation.book import Book
from cxsurvey.analysis.tabulation.records import Table, TableColumn
from cxsurvey.display.book.grid import Cell, Line, Show, lines
from cxsurvey.display.book.words import (
    MADE_UP,
    base_words,
    book_words,
    column_words,
    reading_notes,
    table_notes,
    table_title,
)

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~&])")
_STARTS = re.compile(r"^([-+=]|\d+(?=[.)]))")  # of lists, rules and headings, where a line begins


def book_markdown(book: Book, *, show: Sequence[Show] = ("share",)) -> str:
    """Write a book as Markdown with pipe tables.

    Parameters
    ----------
    book : Book
    show : sequence of {"share", "count", "row_share", "index"}

    Returns
    -------
    str

    Raises
    ------
    RequestError
        ``bad-option`` for something else to show.
    """
    made_up = [f"**{MADE_UP}**", ""] if book.synthetic else []
    head = [f"# {plain(book.title)}: tables", "", *map(paragraph, book_words(book)), "", *made_up]
    body = [line for table in book.tables for line in _table(table, show)]
    notes = [f"- {plain(note)}" for note in reading_notes(book)]
    return "\n".join([*head, *body, "## How to read the tables", "", *notes]) + "\n"


def plain(text: str) -> str:
    r"""Escape what Markdown would read as markup, on one line.

    Parameters
    ----------
    text : str

    Returns
    -------
    str

    Examples
    --------
    >>> print(plain("a|b *c*"))
    a\|b \*c\*
    """
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def paragraph(text: str) -> str:
    r"""Escape a text that stands on a line of its own, where it could begin a list.

    Parameters
    ----------
    text : str

    Returns
    -------
    str

    Examples
    --------
    >>> print(paragraph("- not a list"), paragraph("2. nor this"))
    \- not a list 2\. nor this
    """
    return _STARTS.sub(lambda found: _escaped_start(found[0]), plain(text))


def _escaped_start(start: str) -> str:
    return f"{start}\\" if start.isdigit() else f"\\{start}"


def _table(table: Table, show: Sequence[Show]) -> Iterator[str]:
    yield from (
        f"## {plain(table_title(table))}",
        "",
        paragraph(table.text),
        "",
        paragraph(base_words(table)),
        "",
    )
    yield _piped(["", *(plain(_named(column)) for column in table.columns)])
    yield _piped(["---", *("---:" for _ in table.columns)])
    yield from (_piped([plain(_label(line)), *map(_cell, line.cells)]) for line in lines(table, show))
    yield ""
    for note in table_notes(table):
        yield from (paragraph(note), "")


def _named(column: TableColumn) -> str:
    words = column_words(column)
    return f"{words} ({column.letter})" if column.letter else words


def _label(line: Line) -> str:
    return f"- {line.label}" if line.minor else line.label


def _cell(cell: Cell) -> str:
    return plain(f"{cell.text} {cell.marks}".strip())


def _piped(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
