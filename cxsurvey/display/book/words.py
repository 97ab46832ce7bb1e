"""What is said around the tables of a book: titles, bases, notes."""

from __future__ import annotations

from collections.abc import Iterator

from cxsurvey.analysis.tabulation.book import Book
from cxsurvey.analysis.tabulation.notes import SIGN_NOTE
from cxsurvey.analysis.tabulation.records import Table, TableColumn
from cxsurvey.display import numbers

EVERYONE = "all respondents"
MADE_UP = "Synthetic respondents: illustrative, not observed."


def table_title(table: Table) -> str:
    """Number and name of a table.

    Parameters
    ----------
    table : Table

    Returns
    -------
    str
    """
    return f"Table {table.number}. {table.label}"


def base_words(table: Table) -> str:
    """Say who the shares of a table are of, and what respondents were asked to do.

    Parameters
    ----------
    table : Table

    Returns
    -------
    str
    """
    said = [f"Base: {table.base or EVERYONE} who answered."]
    said += [f"Limited to: {table.filter}."] if table.filter else []
    said += [f"{table.instruction.rstrip('.')}."] if table.instruction else []
    return " ".join(said)


def book_words(book: Book) -> Iterator[str]:
    """Say of whom the book is and how they were sampled.

    Parameters
    ----------
    book : Book

    Yields
    ------
    str
    """
    whom = f"{numbers.count(book.n_filtered)} of {numbers.count(book.n)} respondents: {book.filter}"
    everyone = f"{numbers.count(book.n)} respondents"
    yield f"{whom if book.filter else everyone}; {book.design}. Source: {book.source}."
    if book.errors:
        count = f"{book.errors:,} error{'s' if book.errors != 1 else ''}"
        yield f"A check of the data finds {count}: see 'cxsurvey check' before using these tables."


def table_notes(table: Table) -> tuple[str, ...]:
    """The notes of one table, and how many comparisons were tested in it.

    Parameters
    ----------
    table : Table

    Returns
    -------
    tuple of str
    """
    tested = table.tests.tested
    return (*table.notes, f"{tested:,} tests in this table.") if tested else table.notes


def reading_notes(book: Book) -> tuple[str, ...]:
    """Say how to read letters, arrows and marks, for output that shows arrows.

    Parameters
    ----------
    book : Book

    Returns
    -------
    tuple of str
        The notes of the book, its signs explained as arrows.
    """
    return (*(note for note in book.notes if note != SIGN_NOTE), *_arrow_words(book), *_hidden_words(book))


def column_words(column: TableColumn) -> str:
    """Name a column with everything above it, on one line.

    Parameters
    ----------
    column : TableColumn

    Returns
    -------
    str

    Examples
    --------
    >>> column_words(TableColumn("x", "Large", ("Industry", "Bank", "Size", "Large"), "industry > size", "A"))
    'Industry: Bank, Size: Large'
    """
    path = column.path
    if len(path) % 2:
        return ", ".join(path)
    return ", ".join(f"{name}: {label}" for name, label in zip(path[::2], path[1::2], strict=True))


def _arrow_words(book: Book) -> Iterator[str]:
    levels = [numbers.level(level) for level in book.settings.levels]
    kinds = {kind for table in book.tables for kind in table.tests.kind}
    hollow = f" (△ ▽ at {levels[1]})" if len(levels) > 1 else ""
    if "rest" in kinds:
        yield f"▲ ▼ higher or lower than everyone else in the total, at {levels[0]}{hollow}."
    if "wave" in kinds:
        yield f"w▲ w▼ higher or lower than in the wave before, at {levels[0]}{hollow}."


def _hidden_words(book: Book) -> Iterator[str]:
    if any("suppressed" in table.flags or table.cells.hidden.any() for table in book.tables):
        yield "– suppressed, so that nobody can be found."
    if any("empty" in table.flags for table in book.tables):
        yield "- nobody to answer."
