"""``cxsurvey table``: the book of banner tables."""

from __future__ import annotations

import sys
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from cxsurvey.cli.options import Adjust, Format, StudyName, split_names
from cxsurvey.cli.output import records, show
from cxsurvey.cli.progress import Progress
from cxsurvey.cli.studies import errors_in, tell_of_errors, write_table
from cxsurvey.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cxsurvey.analysis.tabulation.book import Book
    from cxsurvey.display.book.grid import Show
    from cxsurvey.study.study import Study
    from cxsurvey.study.table_plan import Profile, TableStatistic, TestAgainst

NAME = "table"


class BookFormat(StrEnum):
    """How a book is printed."""

    text = "text"
    csv = "csv"
    json = "json"
    md = "md"


class Compared(StrEnum):
    """What a column is compared with."""

    pairs = "pairs"
    rest = "rest"
    both = "both"


class Tool(StrEnum):
    """Other tools whose letters can be computed."""

    spss = "spss"
    unicom = "unicom"
    q = "q"
    naive = "naive"


class Sheets(StrEnum):
    """How tables stand in a workbook."""

    each = "each"
    one = "one"


class Letters(StrEnum):
    """Where letters stand in a workbook."""

    beside = "beside"
    column = "column"
    none = "none"


def command(
    study: StudyName,
    banner: Annotated[
        list[str] | None,
        typer.Option(
            help="What makes the columns, parted by commas: questions, groups, 'segment', 'industry > size'; "
            "may be given again.",
            metavar="Q[,Q]",
        ),
    ] = None,
    question: Annotated[
        list[str] | None, typer.Option(help="Make this table only; may be given again.", metavar="Q[,Q]")
    ] = None,
    table: Annotated[
        str | None, typer.Option(help="Start from this [[table]] of the study file.", metavar="ID")
    ] = None,
    filter_: Annotated[
        str | None, typer.Option("--filter", help="Limit the book, such as 'size=large & role=a|b'.")
    ] = None,
    statistics: Annotated[
        list[str] | None, typer.Option(help="Rows to make: share, mean, median.", metavar="S[,S]")
    ] = None,
    top_box: Annotated[
        int | None, typer.Option(help="Points in the top and bottom boxes: 2; 0 for none.")
    ] = None,
    levels: Annotated[
        str | None, typer.Option(help="Of upper case and lower case letters: .95,.90.", metavar="L[,L]")
    ] = None,
    adjust: Annotated[
        Adjust | None, typer.Option(help="Correction within a question and banner variable; bh when left out.")
    ] = None,
    against: Annotated[
        Compared | None, typer.Option(help="Columns against one another, against the rest, or both.")
    ] = None,
    profile: Annotated[
        Tool | None, typer.Option(case_sensitive=False, help="Letters as another tool computes them.")
    ] = None,
    compare: Annotated[
        Tool | None,
        typer.Option(case_sensitive=False, help="List what another tool would mark differently, and why."),
    ] = None,
    wave: Annotated[
        str | None, typer.Option(help="Question of the wave: the last against the one before.", metavar="Q")
    ] = None,
    show_: Annotated[
        list[str] | None,
        typer.Option("--show", help="In rows of answers: share, count, row_share, index.", metavar="S[,S]"),
    ] = None,
    sheets: Annotated[Sheets, typer.Option(help="Workbook: a sheet for each table, or one.")] = Sheets.each,
    letters: Annotated[
        Letters, typer.Option(help="Workbook: letters beside numbers, in a column, or none.")
    ] = Letters.beside,
    charts: Annotated[bool, typer.Option("--charts", help="Workbook: with bar charts.")] = False,
    format_: Annotated[
        BookFormat | None, typer.Option("--format", help="How the tables are printed; text when left out.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", help="Write the book to this file: .xlsx, .html, .csv or .md; printed only on --format."
        ),
    ] = None,
) -> None:
    """Make the book of banner tables, with letters for what differs."""
    import cxsurvey as cx
    from cxsurvey.display.book.grid import require_shown

    if compare is not None and profile is not None:
        raise RequestError.compare_with_profile(profile.value)
    shown = require_shown(split_names(show_) or ["share"])
    read = cx.read_study(study)
    progress = Progress()
    book = cx.tabulate(
        read,
        split_names(banner),
        questions=split_names(question),
        table=table,
        filter=filter_,
        statistics=cast("list[TableStatistic] | None", split_names(statistics)),  # checked there
        top_box=top_box,
        levels=_fractions(levels),
        adjust=adjust.value if adjust else None,
        against=_compared(against),
        profile=profile.value if profile else None,
        wave=wave,
    )
    book = replace(book, errors=errors_in(read))
    if compare is not None:
        _show_comparison(read, book, compare.value, format_ or BookFormat.text, out)
    else:
        if out is not None:
            made = cx.write_book(
                book, out, show=shown, sheets=sheets.value, letters=letters.value, charts=charts,
                progress=progress, inputs=read.inputs,
            )  # fmt: skip
            progress.close()
            sys.stderr.writelines(f"cxsurvey: written: {path}\n" for path in made)
        if out is None or format_ is not None:
            _show_book(book, format_ or BookFormat.text, shown)
    tell_of_errors(read, study, errors=book.errors)


def _fractions(text: str | None) -> list[float] | None:
    """Read levels such as ``.95,.90``."""
    if text is None:
        return None
    try:
        return [float(part) for part in text.split(",")]
    except ValueError as error:
        expected = "one or two fractions, the stricter first: .95,.90"
        raise RequestError.bad_option("levels", text, expected) from error


def _compared(against: Compared | None) -> list[TestAgainst] | None:
    if against is None:
        return None
    both: list[TestAgainst] = ["pairs", "rest"]
    return [name for name in both if against.value in {name, "both"}]


def _show_book(book: Book, format_: BookFormat, shown: Sequence[Show]) -> None:
    if format_ is BookFormat.md:
        from cxsurvey.display.book.markdown import book_markdown

        typer.echo(book_markdown(book, show=shown), nl=False)
        return

    def text() -> str:
        from cxsurvey.display.book.text import book_text

        return book_text(book, show=shown)

    about = {
        "study": book.study,
        "title": book.title,
        "design": book.design,
        "filter": book.filter,
        "synthetic": book.synthetic,
        "columns": [
            {"id": column.id, "letter": column.letter, "path": column.path, "banner": column.banner}
            for column in book.columns
        ],
        "notes": book.notes,
    }
    if format_ is BookFormat.json:
        about["letters"] = records(book.letters)
    frame = book.frame.assign(synthetic=True) if book.synthetic else book.frame
    show(Format(format_.value), frame, text, about)


def _show_comparison(read: Study, book: Book, tool: Profile, format_: BookFormat, out: Path | None) -> None:
    import cxsurvey as cx

    found = cx.compare_profile(book, tool)
    if out is not None:
        write_table(out, found, read)
    rows = found.to_dict("records")

    def text() -> str:
        from cxsurvey.display.book.text import comparison_text

        return comparison_text(book, tool, rows)

    if format_ is BookFormat.md:
        raise RequestError.bad_option("format", "md", "text, csv or json with --compare")
    about = {"study": read.id, "profile": tool, "tested": book.tested}
    show(Format(format_.value), found, text, about)
