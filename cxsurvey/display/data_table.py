"""The numbers of a figure as a small table of words: the best alternative to the picture.

A card carries its tidy data, one row a mark. Here they are turned so that a person can read them: options down,
groups or answer levels across.
"""

from __future__ import annotations

from dataclasses import dataclass
from string import ascii_lowercase
from typing import TYPE_CHECKING, Any, Final

from cxsurvey.display import numbers
from cxsurvey.display.card_data import without_withheld
from cxsurvey.display.flow import one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    import pandas as pd

Row = dict[str, Any]
ABSENT: Final = {
    "suppressed": "suppressed",
    "not_shown": "not shown",
    "not_asked": numbers.NOT_ASKED,
    "not_published": numbers.NOT_PUBLISHED,
}
SMALL: Final = "†"


@dataclass(frozen=True, slots=True)
class DataTable:
    """Words to print: one header, and rows of as many cells; the first cell of a row names it."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def data_table(frame: pd.DataFrame, *, unit: str = "percent", intervals: bool = True) -> DataTable:
    """Arrange the data of a figure for reading.

    Parameters
    ----------
    frame : pandas.DataFrame
        Tidy data of a card: ``label, group, level, value`` with ``lo, hi, n, letters, flag``; or two values a
        row ``a, b, diff`` with ``significant``, whose groups ``group_a, group_b`` name, or ``a, b`` with
        ``rank_a, rank_b``; or a grid ``row, col`` with ``value`` or ``stated``. Columns that are not there are
        left out.
    unit : str
        ``"percent"``, ``"score"`` or ``"nps"``.
    intervals : bool
        Print intervals beside the values when the data have them.

    Returns
    -------
    DataTable

    Raises
    ------
    RequestError
        If the unit is unknown or a number is infinite.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame(
    ...     [("Silos", "Leaders", 18.2), ("Silos", "Laggards", 37.0), ("Costs", "Leaders", 0.2)],
    ...     columns=["label", "group", "value"],
    ... )
    >>> data_table(frame)
    DataTable(header=('', 'Leaders', 'Laggards'), rows=(('Silos', '18%', '37%'), ('Costs', '<1%', '')))
    """
    rows = _rows(frame)
    form = numbers.unit(unit)
    columns = set(frame.columns)
    shapes: tuple[tuple[set[str], Callable[[], DataTable]], ...] = (
        ({"row", "col", "stated"}, lambda: _across(rows, "row", "col", lambda row: _words(row.get("stated")))),
        ({"row", "col"}, lambda: _grid(rows, form)),
        ({"rank_a", "rank_b"}, lambda: _rankings(rows, form)),
        ({"a", "b"}, lambda: _pairs(rows, form, intervals=intervals)),
    )
    made = next((make for needed, make in shapes if needed <= columns), None)
    return made() if made else _marks(rows, form, intervals=intervals)


def _grid(rows: Sequence[Row], form: numbers.Unit) -> DataTable:
    """Two ratings crossed; the base is of all cells together, and in the figure's base note."""
    cells = [{**row, "n": None} for row in rows]
    return _across(cells, "row", "col", lambda row: _value(row, form, intervals=False))


def _marks(rows: Sequence[Row], form: numbers.Unit, *, intervals: bool) -> DataTable:
    """One mark a row: groups or levels become columns."""
    across = next((name for name in ("level", "group") if _varies(rows, name)), None)
    if across is None:
        return _single(rows, form, intervals=intervals)
    labelled = _labelled(rows, across)
    if len({(row["label"], row[across]) for row in labelled}) < len(rows):
        return _single(_spelled_out(rows), form, intervals=intervals)
    if not _varies(labelled, "label"):
        return _single(_turned(labelled, across), form, intervals=intervals)
    return _across(labelled, "label", across, lambda row: _value(row, form, intervals=intervals))


def _rows(frame: pd.DataFrame) -> list[Row]:
    """Read the rows with every kind of missing value as None."""
    safe = without_withheld(frame).astype(object)
    records = safe.where(safe.notna(), None).to_dict("records")
    return [{str(name): value for name, value in row.items()} for row in records]


def _number(row: Mapping[str, Any], name: str) -> float | None:
    value = row.get(name)
    return None if value is None else float(value)


def _words(value: object) -> str:
    return "" if value is None else one_line(str(value))


def _varies(rows: Sequence[Row], name: str) -> bool:
    return len({_words(row.get(name)) for row in rows} - {""}) > 1


def _labelled(rows: Sequence[Row], across: str) -> list[Row]:
    """Name rows by label and group together when the levels take the columns."""
    other = "group" if across == "level" else ""
    grouped = bool(other) and _varies(rows, other)
    labelled = _varies(rows, "label")
    return [
        {
            **row,
            "label": ": ".join(
                _words(row.get(name))
                for name, used in (("label", labelled or not grouped), (other, grouped))
                if used and _words(row.get(name))
            ),
        }
        for row in rows
    ]


def _lettered(rows: Sequence[Row], names: Sequence[str]) -> list[str]:
    """Give columns their letters, in order, where values refer to them."""
    if not any(_words(row.get("letters")) for row in rows):
        return list(names)
    letters = [*ascii_lowercase, *[""] * len(names)]
    return [f"{name} {letter}".strip() for name, letter in zip(names, letters, strict=False)]


def _turned(rows: Sequence[Row], across: str) -> list[Row]:
    """Name the rows by what would be the columns of a table of one row."""
    names = _lettered(rows, [_words(row.get(across)) for row in rows])
    return [{**row, "label": name} for row, name in zip(rows, names, strict=True)]


def _spelled_out(rows: Sequence[Row]) -> list[Row]:
    """Name each row by all that it has, for data in which two rows share a place in the grid."""
    parts = ("label", "group", "level")
    return [
        {**row, "label": ", ".join(filter(None, (_words(row.get(part)) for part in parts)))} for row in rows
    ]


def _value(row: Row, form: numbers.Unit, *, intervals: bool) -> str:
    flag = _words(row.get("flag"))
    value = _number(row, "value")
    if flag in ABSENT:
        return ABSENT[flag]
    if value is None:
        return numbers.NOT_AVAILABLE
    text = form.value(value) + (SMALL if flag == "small" else "")
    low, high = _number(row, "lo"), _number(row, "hi")
    if intervals and low is not None and high is not None:
        text += f" ({form.interval(low, high)})"
    letters = _words(row.get("letters"))
    return f"{text} {letters}" if letters else text


def _across(rows: Sequence[Row], down: str, across: str, cell: Callable[[Row], str]) -> DataTable:
    """Turn tidy rows so that the values of ``across`` become columns, all in order of appearance."""
    columns = _unique(_words(row.get(across)) for row in rows)
    names = _unique(_words(row.get(down)) for row in rows)
    cells = {(_words(row.get(down)), _words(row.get(across))): cell(row) for row in rows}
    bases = {name: {_number(row, "n") for row in rows if _words(row.get(across)) == name} for name in columns}
    own = all(len(base) == 1 for base in bases.values()) and len({*map(frozenset, bases.values())}) > 1
    header = tuple(
        title + (_base(next(iter(bases[name]))) if own else "")
        for name, title in zip(columns, _lettered(rows, columns), strict=True)
    )
    body = [(name, *(cells.get((name, column), "") for column in columns)) for name in names]
    row_bases = [{_number(row, "n") for row in rows if _words(row.get(down)) == name} for name in names]
    if own or not all(len(base) == 1 and None not in base for base in row_bases):
        return DataTable(("", *header), tuple(body))
    counts = [numbers.count(next(iter(base))) for base in row_bases]
    return DataTable(("", *header, "n"), tuple((*row, n) for row, n in zip(body, counts, strict=True)))


def _base(base: float | None) -> str:
    return "" if base is None else f" (n={numbers.count(base)})"


def _unique(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(values))


def _single(rows: Sequence[Row], form: numbers.Unit, *, intervals: bool) -> DataTable:
    shown = intervals and any(_number(row, "lo") is not None for row in rows)
    counted = any(_number(row, "n") is not None for row in rows)
    named = "label" if any(_words(row.get("label")) for row in rows) else "group"
    header = ("", "Value", *(["Interval"] if shown else []), *(["n"] if counted else []))
    body = []
    for row in rows:
        cells = [_words(row.get(named)), _value(row, form, intervals=False)]
        if shown:
            cells.append(_interval(row, "lo", "hi", form.interval))
        if counted:
            cells.append(numbers.count(_number(row, "n"), missing=""))
        body.append(tuple(cells))
    return DataTable(header, tuple(body))


def _pairs(rows: Sequence[Row], form: numbers.Unit, *, intervals: bool) -> DataTable:
    shown = intervals and any(_number(row, "diff_lo") is not None for row in rows)
    judged = any("significant" in row for row in rows)
    names = [_words(rows[0].get(f"group_{side}")) if rows else "" for side in "ab"]
    more = [*(["Interval"] if shown else []), *(["Significant"] if judged else [])]
    header = ("", names[0] or "A", names[1] or "B", "Difference", *more)
    body = []
    for row in rows:
        flag = _words(row.get("flag"))
        absent = ABSENT.get(flag, numbers.NOT_AVAILABLE)
        sides = [form.value(_number(row, side), missing=absent) for side in "ab"]
        gap = form.gap(_number(row, "diff"), missing=absent)
        cells = [f"{_words(row.get('label'))}{SMALL if flag == 'small' else ''}", *sides, gap]
        if shown:
            cells.append(_interval(row, "diff_lo", "diff_hi", form.gap_interval))
        if judged:
            cells.append(_significant(row.get("significant"), gap=_number(row, "diff")))
        body.append(tuple(cells))
    return DataTable(header, tuple(body))


def _rankings(rows: Sequence[Row], form: numbers.Unit) -> DataTable:
    """Two rankings: the value and the rank of each item on both sides."""
    names = [_words(rows[0].get(f"group_{side}")) for side in "ab"]
    header = ("", names[0] or "A", "Rank", names[1] or "B", "Rank")
    body = []
    for row in rows:
        absent = ABSENT.get(_words(row.get("flag")), numbers.NOT_AVAILABLE)
        cells = [_words(row.get("label"))]
        for side in "ab":
            rank = _number(row, f"rank_{side}")
            cells += [form.value(_number(row, side), missing=absent), "" if rank is None else f"{rank:.0f}"]
        body.append(tuple(cells))
    return DataTable(header, tuple(body))


def _significant(value: object, *, gap: float | None) -> str:
    if gap is None:
        return ""
    return "not tested" if value is None else "yes" if value else "no"


def _interval(row: Row, low: str, high: str, show: Callable[[float, float], str]) -> str:
    limits = _number(row, low), _number(row, high)
    return "" if limits[0] is None or limits[1] is None else show(limits[0], limits[1])
