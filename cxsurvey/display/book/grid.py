"""A table as it is printed: heads with their spans, and lines of cells, the same for every kind of file."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final, Literal

import numpy as np

from cxsurvey.analysis.base_policy import EMPTY, SUPPRESSED
from cxsurvey.analysis.tabulation.records import Table, TableColumn, TableRow
from cxsurvey.display import numbers
from cxsurvey.errors import RequestError

Show = Literal["share", "count", "row_share", "index"]
SHOWS: Final[tuple[Show, ...]] = ("count", "share", "row_share", "index")
LineKind = Literal["base", "answer", "summary", "missing"]
Unit = Literal["count", "percent", "score", "nps", "index", "text"]

HUNDRED: Final = 100.0
HIDDEN_MARK: Final = "–"
EMPTY_MARK: Final = "-"
ARROWS: Final = {"+": "▲", "-": "▼", "(+)": "△", "(-)": "▽"}
REASONS: Final = {
    "skipped": "Skipped",
    "not_shown": "Not shown",
    "refused": "Refused",
    "dont_know": "Don't know",
    "not_applicable": "Not applicable",
    "declared_missing": "Declared missing",
    "not_in_codebook": "Not in codebook",
    "excluded": "Excluded for data quality",
}
_SHOW_WORDS: Final = {"count": "count", "row_share": "row %", "index": "index"}


@dataclass(frozen=True, slots=True)
class Head:
    """One cell of the head: a label over some columns.

    Attributes
    ----------
    label : str
    level : int
        Row of the head, from 0 at the top.
    first : int
        Its first column; 0 is the total.
    columns, rows : int
        How many it spans.
    """

    label: str
    level: int
    first: int
    columns: int
    rows: int


@dataclass(frozen=True, slots=True)
class Cell:
    """One number as it is printed.

    Attributes
    ----------
    value : float or None
        Unrounded; a share is a fraction. None where there is nothing to show.
    text : str
        The number in print, or the mark that stands for it.
    marks : str
        Letters and arrows beside it.
    """

    value: float | None
    text: str
    marks: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a table.

    Attributes
    ----------
    label : str
    kind : {"base", "answer", "summary", "missing"}
        Bases; answers and what is counted of them; nets, boxes, means, medians and scores; reasons why
        answers are missing.
    unit : {"count", "percent", "score", "nps", "index", "text"}
    cells : tuple of Cell, length C
    minor : bool
        A second number of the answer above it.
    decimals : int
    """

    label: str
    kind: LineKind
    unit: Unit
    cells: tuple[Cell, ...]
    minor: bool = False
    decimals: int = 0


def heads(columns: Sequence[TableColumn]) -> tuple[Head, ...]:
    """Lay out the head of a banner, equal neighbours joined and short paths reaching down.

    Parameters
    ----------
    columns : sequence of TableColumn

    Returns
    -------
    tuple of Head
        Level by level, from left to right.

    Examples
    --------
    >>> columns = [
    ...     TableColumn("total", "Total", ("Total",), "", ""),
    ...     TableColumn("size=s", "Small", ("Size", "Small"), "size", "A"),
    ...     TableColumn("size=l", "Large", ("Size", "Large"), "size", "B"),
    ... ]
    >>> [(head.label, head.columns, head.rows) for head in heads(columns)]
    [('Total', 1, 2), ('Size', 2, 1), ('Small', 1, 1), ('Large', 1, 1)]
    """
    depth = depth_of(columns)
    return tuple(head for level in range(depth) for head in _level(columns, level, depth))


def depth_of(columns: Sequence[TableColumn]) -> int:
    """Count the rows of the head.

    Examples
    --------
    >>> depth_of([TableColumn("total", "Total", ("Total",), "", "")])
    1
    """
    return max(len(column.path) for column in columns)


def _level(columns: Sequence[TableColumn], level: int, depth: int) -> Iterator[Head]:
    reaching = [(i, column) for i, column in enumerate(columns) if len(column.path) > level]
    for key, found in groupby(reaching, key=lambda item: (item[1].banner, item[1].path[: level + 1])):
        places = [i for i, _ in found]
        last = len(key[1]) == len(columns[places[0]].path)
        yield Head(key[1][-1], level, places[0], len(places), depth - level if last else 1)


def lines(table: Table, show: Sequence[Show] = ("share",)) -> tuple[Line, ...]:
    """Write out the lines of a table below its head.

    Parameters
    ----------
    table : Table
    show : sequence of {"share", "count", "row_share", "index"}
        What stands in the rows of answers; means and scores stand by themselves.

    Returns
    -------
    tuple of Line
        Bases first (one alone where the weighted and effective bases equal it in every column), then answers
        and summaries in the order of the table, then missing answers.

    Raises
    ------
    RequestError
        ``bad-option`` for something else to show, or nothing.
    """
    wanted = require_shown(show)
    body = [line for position in range(len(table.rows)) for line in _row_lines(table, position, wanted)]
    return (*_bases(table), *body, *_missing(table))


def require_shown(show: Sequence[str]) -> tuple[Show, ...]:
    """Check what is to stand in the rows of answers, and put it in the order it is shown in.

    Parameters
    ----------
    show : sequence of str

    Returns
    -------
    tuple of {"count", "share", "row_share", "index"}

    Raises
    ------
    RequestError
        ``bad-option``.

    Examples
    --------
    >>> require_shown(["index", "share"])
    ('share', 'index')
    """
    if not show or isinstance(show, str) or any(name not in SHOWS for name in show):
        got = show if isinstance(show, str) else ", ".join(map(str, show))
        raise RequestError.bad_option("show", got, f"one or more of {', '.join(SHOWS)}")
    return tuple(name for name in SHOWS if name in show)


def _bases(table: Table) -> Iterator[Line]:
    n = [
        Cell(float(base), numbers.count(base), flag if flag in {"*", "**"} else "")
        for base, flag in zip(table.n, table.flags, strict=True)
    ]
    yield Line("Base: respondents", "base", "count", tuple(n))
    if not _weighted(table):
        return
    for label, values in (("Weighted base", table.n_weighted), ("Effective base", table.n_effective)):
        cells = [_number(value, "count", flag) for value, flag in zip(values, table.flags, strict=True)]
        yield Line(label, "base", "count", tuple(cells))


def _weighted(table: Table) -> bool:
    """Whether a weighted or effective base differs from the respondents in a column that shows them."""
    return any(
        not np.allclose(values[shown], table.n[shown], rtol=1e-9)  # sums of weights of 1 round
        for values in (table.n_weighted, table.n_effective)
        for shown in (~np.isnan(values),)
    )


def _row_lines(table: Table, position: int, wanted: Sequence[Show]) -> Iterator[Line]:
    row = table.rows[position]
    kind: LineKind = "answer" if row.kind == "response" else "summary"
    if row.statistic != "share":
        unit: Unit = "nps" if row.statistic == "nps" else "score"
        yield Line(row.label, kind, unit, _cells(table, position, "estimate", unit, row), decimals=row.decimals)
        return
    first, *others = wanted
    yield _share_line(table, position, kind, first, minor=False)
    for name in others:
        yield _share_line(table, position, kind, name, minor=True)


def _share_line(table: Table, position: int, kind: LineKind, name: Show, *, minor: bool) -> Line:
    row = table.rows[position]
    source, unit = _SOURCES[name]
    words = "count, weighted" if name == "count" and _weighted(table) else _SHOW_WORDS.get(name, "column %")
    label = words if minor else f"{row.label} ({words})" if words == "count, weighted" else row.label
    return Line(label, kind, unit, _cells(table, position, source, unit, row, name=name), minor=minor)


_SOURCES: Final[dict[Show, tuple[str, Unit]]] = {
    "share": ("estimate", "percent"),
    "count": ("count", "count"),
    "row_share": ("row_share", "percent"),
    "index": ("index", "index"),
}


def _cells(
    table: Table, position: int, source: str, unit: Unit, row: TableRow, *, name: Show = "share"
) -> tuple[Cell, ...]:
    values = getattr(table.cells, source)[position]
    hidden = table.cells.hidden[position]
    cells = []
    for place, value in enumerate(values):
        flag = SUPPRESSED if hidden[place] else table.flags[place]
        marks = _marks(table, position, place) if name == "share" and not hidden[place] else ""
        cells.append(_number(value, unit, flag, decimals=row.decimals, marks=marks))
    return tuple(cells)


def _marks(table: Table, position: int, place: int) -> str:
    cells = table.cells
    arrow = ARROWS.get(str(cells.rest[position, place]), "")
    wave = ARROWS.get(str(cells.wave[position, place]), "")
    parts = (str(cells.letters[position, place]), arrow, f"w{wave}" if wave else "")
    return " ".join(part for part in parts if part)


def _number(value: float, unit: Unit, flag: str = "", *, decimals: int = 0, marks: str = "") -> Cell:
    """A number in print; a suppressed or undefined one leaves nothing behind its mark."""
    if flag == SUPPRESSED:
        return Cell(None, HIDDEN_MARK)
    if value is None or math.isnan(value):
        return Cell(None, EMPTY_MARK if flag == EMPTY else "")
    return Cell(float(value), printed(float(value), unit, decimals), marks)


def printed(value: float, unit: Unit, decimals: int = 0) -> str:
    """Print a number of a book, rounded half up.

    Parameters
    ----------
    value : float
        A share is a fraction.
    unit : {"count", "percent", "score", "nps", "index", "text"}
    decimals : int
        Of means.

    Returns
    -------
    str

    Examples
    --------
    >>> printed(0.125, "percent"), printed(0.002, "percent"), printed(3.25, "score", 1), printed(119.5, "index")
    ('13%', '<1%', '3.3', '120')
    """
    if unit == "percent":
        return numbers.percent(HUNDRED * value)
    if unit == "nps":
        return numbers.nps(value)
    return numbers.mean(value, places=decimals) if unit == "score" else numbers.count(value)


def _missing(table: Table) -> Iterator[Line]:
    for reason, counts in table.missing.items():
        if not np.nansum(counts) > 0:
            continue
        label = f"No answer: {REASONS.get(reason, reason).lower()}"
        cells = [_number(value, "count", flag) for value, flag in zip(counts, table.flags, strict=True)]
        yield Line(label, "missing", "count", tuple(cells))
