"""The books of a report: those that a study declares, or one by its segments and groups."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from cxsurvey.analysis.tabulation.tabulate import tabulate
from cxsurvey.display.book.writing import write_book
from cxsurvey.study.study import Study

DEFAULT: Final = "book"
ENDINGS: Final = (".xlsx", ".html", ".csv")


def book_names(study: Study) -> tuple[str, ...]:
    """Name the books that a report of a study has.

    Parameters
    ----------
    study : Study

    Returns
    -------
    tuple of str
        Ids of its ``[[table]]``; ``book`` where there is none but segments or groups make a banner; empty where
        nothing does.

    Examples
    --------
    >>> import cxsurvey as cx
    >>> book_names(cx.read_study("cx_spending2021"))
    ()
    """
    declared = tuple(plan.id for plan in study.file.table)
    if declared:
        return declared
    return (DEFAULT,) if study.file.segments is not None or study.groups else ()


def write_books(
    study: Study, folder: Path, *, progress: Callable[[int, int, str], None] | None = None
) -> tuple[Path, ...]:
    """Write the books of a study into a folder as workbook, web page and CSV.

    Parameters
    ----------
    study : Study
    folder : pathlib.Path
        Made where there is a book to write.
    progress : callable, optional
        As of :func:`cxsurvey.write_book`.

    Returns
    -------
    tuple of pathlib.Path

    Raises
    ------
    RequestError, DataFault, OutputError
        As :func:`cxsurvey.tabulate` and :func:`cxsurvey.write_book`.
    """
    written: list[Path] = []
    for name in book_names(study):
        folder.mkdir(exist_ok=True)
        book = tabulate(study, table=name if study.file.table else None)
        for ending in ENDINGS:
            written += write_book(book, folder / f"{name}{ending}", inputs=study.inputs, progress=progress)
    return tuple(written)
