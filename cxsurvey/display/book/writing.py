"""From a book to a file: workbook, web page, CSV or Markdown, by the ending of its name."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cxsurvey.analysis.tabulation.book import Book
from cxsurvey.display.book.grid import Show
from cxsurvey.display.book.html import book_html
from cxsurvey.display.book.markdown import book_markdown
from cxsurvey.display.book.workbook import Letters, Progress, Sheets, book_workbook
from cxsurvey.errors import OutputError
from cxsurvey.files import csv_text, write_bytes

if TYPE_CHECKING:
    import pandas as pd

ENDINGS: Final = (".xlsx", ".html", ".csv", ".md")


def write_book(
    book: Book,
    path: str | os.PathLike[str],
    *,
    show: Sequence[Show] = ("share",),
    sheets: Sheets = "each",
    letters: Letters = "beside",
    charts: bool = False,
    progress: Progress | None = None,
    inputs: Iterable[str | os.PathLike[str]] = (),
) -> tuple[Path, ...]:
    """Write a table book to a file, whole or not at all.

    Parameters
    ----------
    book : Book
        From :func:`cxsurvey.tabulate`.
    path : path-like
        Its ending says what is written: ``.xlsx``, ``.html``, ``.csv`` or ``.md``. A CSV holds every number,
        one a row, and has the tests of all letters beside it, in a file ending in ``.letters.csv``; of
        synthetic respondents both have a last column that says so.
    show : sequence of {"share", "count", "row_share", "index"}
        What stands in the rows of answers; a CSV holds everything.
    sheets : {"each", "one"}
        Workbook: a sheet for each table, or all on one.
    letters : {"beside", "column", "none"}
        Workbook: letters after the number, in columns of their own, or left out.
    charts : bool
        Workbook: a native bar chart with each table of shares.
    progress : callable, optional
        Called while a workbook is written with tables done, tables in all, and the name of the next.
    inputs : iterable of path-like
        Files that must not be overwritten, such as ``study.inputs``.

    Returns
    -------
    tuple of pathlib.Path
        The files written. The same book gives the same bytes.

    Raises
    ------
    RequestError
        ``bad-option``.
    OutputError
        ``unknown-book-format``, ``workbook-too-large``, or when the file cannot be written.

    Examples
    --------
    >>> import cxsurvey as cx
    >>> study = cx.read_study("sfo2018")
    >>> book = cx.tabulate(study, banner=["segment"], questions=["first_time"])
    >>> files = cx.write_book(book, "tables.xlsx", inputs=study.inputs)  # doctest: +SKIP
    """
    target = Path(path)
    ending = target.suffix.lower()
    if ending not in ENDINGS:
        raise OutputError.unknown_book_format(target, ENDINGS)
    if ending == ".csv":
        frames = {target: book.frame, letters_path(target): book.letters}
        made = {place: _csv(frame, book) for place, frame in frames.items()}
    elif ending == ".xlsx":
        made = {
            target: book_workbook(
                book, show=show, sheets=sheets, letters=letters, charts=charts, progress=progress
            )
        }
    else:
        page = book_html(book, show=show) if ending == ".html" else book_markdown(book, show=show)
        made = {target: page.encode("utf-8", errors="replace")}
    kept = tuple(inputs)
    for place in made:  # all of them before the first is written
        _require_free(place, kept)
    return tuple(write_bytes(place, data, inputs=kept) for place, data in made.items())


def _require_free(place: Path, inputs: Iterable[str | os.PathLike[str]]) -> None:
    if place.is_dir():
        raise OutputError.target_is_folder(place)
    if place.exists() and any(Path(given).exists() and place.samefile(given) for given in inputs):
        raise OutputError.would_overwrite_input(place)


def _csv(frame: pd.DataFrame, book: Book) -> bytes:
    """A table as CSV; of synthetic respondents every row says so."""
    told = frame.assign(synthetic=True) if book.synthetic else frame
    return csv_text(told).encode("utf-8", errors="replace")


def letters_path(path: Path) -> Path:
    """Name the file of tests that stands beside a CSV book.

    Parameters
    ----------
    path : pathlib.Path

    Returns
    -------
    pathlib.Path

    Examples
    --------
    >>> letters_path(Path("book.csv")).name
    'book.letters.csv'
    """
    return path.with_name(f"{path.stem}.letters.csv")
