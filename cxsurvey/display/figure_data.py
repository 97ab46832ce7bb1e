"""The tidy table of a figure, read into checked records, and given back as drawn.

One row of the table is one mark. Values are percentages (58.3), mean scores or net promoter scores. What a
table may not show is taken out here, so that no form can print it: a value that is suppressed, so that nobody
can be found, or not shown, because its base is small, is neither in the picture nor in the alternative text
nor in the data file.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from cxsurvey.display.measure import one_line
from cxsurvey.display.numbers import NOT_ASKED, NOT_AVAILABLE, NOT_PUBLISHED, count
from cxsurvey.errors import RequestError

if TYPE_CHECKING:
    import pandas as pd

    from cxsurvey.display.card import Note

NAN: Final = math.nan
DAGGER: Final = "†"
SMALL_BASE: Final = 50
HIDE_BASE: Final = 30
TOLERANCE: Final = 1e-6
WITHHELD: Final = ("suppressed", "not_shown")
UNPUBLISHED: Final = "not_published"
REST: Final = "Not published"  # the level of a stack that holds whatever no report printed
FLAGS: Final = ("", "small", *WITHHELD, "not_asked", UNPUBLISHED, "missing")
COLUMNS: Final = (
    "figure",
    "row_id",
    "label",
    "group",
    "level",
    "value",
    "n",
    "n_eff",
    "lo",
    "hi",
    "letters",
    "flag",
    "published",
)
NUMBERS: Final = ("value", "n", "n_eff", "lo", "hi")
HIDDEN: Final = ("value", "n_eff", "lo", "hi")
LIMITS: Final[Mapping[str, tuple[float, float]]] = {
    "percent": (0.0, 100.0),
    "nps": (-100.0, 100.0),
    "score": (-math.inf, math.inf),
}


@dataclass(frozen=True, slots=True)
class Bases:
    """Below which unweighted n a value is marked, and below which it is not shown."""

    small: int = SMALL_BASE
    hidden: int = HIDE_BASE

    def flag(self, value: float, n: float) -> str:
        """Judge a value that came without a flag.

        >>> Bases().flag(58.3, 41), Bases().flag(58.3, 29), Bases().flag(58.3, float("nan"))
        ('small', 'not_shown', '')
        """
        if n < self.hidden:
            return "not_shown"
        if math.isnan(value):
            return "missing"
        return "small" if n < self.small else ""


@dataclass(frozen=True, slots=True)
class Mark:
    """One mark of a chart; numbers that are absent are NaN.

    Attributes
    ----------
    row_id, label : str
        The row it stands in, and the words beside it.
    group, level : str
        The group of respondents, and the answer in a stack.
    value, lo, hi : float
        Estimate and interval, in the unit of the figure, unrounded.
    n, n_eff : float
        Unweighted base and effective base.
    letters : str
        Columns that the value is significantly higher than.
    flag : str
        One of `FLAGS`.
    published : bool or None
        Whether the value was printed in a report; None where that does not arise.
    """

    row_id: str
    label: str
    group: str = ""
    level: str = ""
    value: float = NAN
    n: float = NAN
    n_eff: float = NAN
    lo: float = NAN
    hi: float = NAN
    letters: str = ""
    flag: str = ""
    published: bool | None = None

    @property
    def withheld(self) -> bool:
        """Whether there is a value that may not be shown."""
        return self.flag in WITHHELD

    @property
    def shown(self) -> bool:
        """Whether there is a value to draw."""
        return not math.isnan(self.value)

    @property
    def has_interval(self) -> bool:
        """Whether there is an interval to draw."""
        return self.shown and not (math.isnan(self.lo) or math.isnan(self.hi))


@dataclass(frozen=True, slots=True)
class Row:
    """The marks that stand beside one label, in the order of the table."""

    row_id: str
    label: str
    marks: tuple[Mark, ...]

    def of(self, group: str) -> Mark | None:
        """The mark of a group, or of a level."""
        return next((mark for mark in self.marks if group in {mark.group, mark.level}), None)

    @property
    def withheld(self) -> bool:
        """Whether some mark is withheld."""
        return any(mark.withheld for mark in self.marks)

    @property
    def n(self) -> float:
        """The base of the row: of its first mark that has one."""
        return next((mark.n for mark in self.marks if not math.isnan(mark.n)), NAN)


def read_marks(
    table: pd.DataFrame,
    figure: str,
    *,
    needs: Sequence[str] = ("label", "value"),
    unit: str = "percent",
    bases: Bases = Bases(),
) -> tuple[Mark, ...]:
    """Read and check the table of a figure.

    Parameters
    ----------
    table : DataFrame
        One row a mark; the columns of `COLUMNS` that apply.
    figure : str
        Key of the figure, for messages.
    needs : sequence of str
        Columns that must be there.
    unit : str
        ``percent``, ``score`` or ``nps``; sets which values can be.
    bases : Bases
        Used where the table has no flag.

    Returns
    -------
    tuple of Mark
        In the order of the table. Marks that are withheld have no value.

    Raises
    ------
    RequestError
        If a column is missing, the table is empty, a value cannot be, a flag is unknown, or two rows are one
        mark.
    """
    columns = [str(name) for name in table.columns]
    absent = [name for name in needs if name not in columns]
    if absent:
        raise RequestError.figure_columns(figure, absent, columns)
    if table.empty:
        raise RequestError.figure_empty(figure)
    records = table.to_dict("records")
    marks = tuple(
        _mark({str(k): v for k, v in record.items()}, place, figure, unit, bases)
        for place, record in enumerate(records)
    )
    _refuse_duplicates(marks, figure)
    return marks


def _mark(record: Mapping[str, Any], place: int, figure: str, unit: str, bases: Bases) -> Mark:
    label = _words(record.get("label"))
    where = label or f"number {place + 1}"
    figures = {name: _number(record.get(name), figure, where, name) for name in NUMBERS}
    figures["value"] = _within(figures["value"], figure, where, unit)
    if figures["lo"] > figures["hi"]:
        raise RequestError.figure_value(figure, where, (figures["lo"], figures["hi"]), "lo at most hi")
    flag = _flag(record, figures["value"], figures["n"], figure, where, bases)
    if flag not in {"", "small"}:
        figures |= dict.fromkeys(HIDDEN, NAN)
    published = record.get("published")
    return Mark(
        row_id=_words(record.get("row_id")) or label or str(place + 1),
        label=label,
        group=_words(record.get("group")),
        level=_words(record.get("level")),
        letters="" if math.isnan(figures["value"]) else one_line(_words(record.get("letters"))),
        flag=flag,
        published=None if _is_na(published) else bool(published),
        **figures,
    )


def _flag(record: Mapping[str, Any], value: float, n: float, figure: str, where: str, bases: Bases) -> str:
    given = record.get("flag")
    if _is_na(given):
        return bases.flag(value, n)
    flag = str(given).strip()
    if flag not in FLAGS:
        raise RequestError.figure_value(figure, where, given, f"a flag of {', '.join(FLAGS[1:])}")
    return "missing" if math.isnan(value) and flag in {"", "small"} else flag


def _is_na(value: object) -> bool:
    import pandas as pd  # noqa: PLC0415 - slow to import, and loaded by whoever has a table

    return value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and value != value)  # noqa: PLR0124 - true of NaN alone


def _words(value: object) -> str:
    return "" if _is_na(value) else str(value)


def _number(value: object, figure: str, where: str, name: str) -> float:
    if _is_na(value):
        return NAN
    try:
        number = float(value)  # type: ignore[arg-type] # what cannot be a number is reported
    except (TypeError, ValueError) as error:
        raise RequestError.figure_value(figure, where, value, f"a number in column '{name}'") from error
    if math.isinf(number):
        raise RequestError.figure_value(figure, where, value, f"a finite number in column '{name}'")
    return number


def _within(value: float, figure: str, where: str, unit: str) -> float:
    low, high = LIMITS[unit]
    if value < low - TOLERANCE or value > high + TOLERANCE:
        expected = f"{low:g} to {high:g}; proportions are multiplied by 100 first"
        raise RequestError.figure_value(figure, where, value, expected)
    return value if math.isnan(value) else min(max(value, low), high)


def _refuse_duplicates(marks: Sequence[Mark], figure: str) -> None:
    seen: set[tuple[str, str, str]] = set()
    twice = []
    for mark in marks:
        key = (mark.row_id, mark.group, mark.level)
        if key in seen:
            twice.append(" / ".join(part for part in key if part))
        seen.add(key)
    if twice:
        raise RequestError.figure_duplicates(figure, twice)


def rows_of(marks: Iterable[Mark]) -> tuple[Row, ...]:
    """Gather marks by row, in the order in which rows first appear."""
    gathered: dict[str, list[Mark]] = {}
    for mark in marks:
        gathered.setdefault(mark.row_id, []).append(mark)
    return tuple(Row(key, found[0].label, tuple(found)) for key, found in gathered.items())


def names(marks: Iterable[Mark], which: Callable[[Mark], str]) -> tuple[str, ...]:
    """List distinct groups or levels in order of appearance."""
    return tuple(dict.fromkeys(which(mark) for mark in marks))


def withhold(row: Row) -> Row:
    """Withhold every mark of a row in which one is withheld: parts of a whole would give it away."""
    if not row.withheld:
        return row
    flag = withheld_flag(row.marks)
    return replace(row, marks=tuple(hide(mark, flag) for mark in row.marks))


def withheld_flag(marks: Iterable[Mark]) -> str:
    """The flag of marks that are withheld together: suppressed if one of them is."""
    return "suppressed" if any(mark.flag == "suppressed" for mark in marks) else "not_shown"


def hide(mark: Mark, flag: str) -> Mark:
    """Take the value out of a mark, and flag why."""
    return replace(mark, flag=flag, letters="", value=NAN, n_eff=NAN, lo=NAN, hi=NAN)


def as_drawn(figure: str, marks: Iterable[Mark], given: pd.DataFrame) -> pd.DataFrame:
    """Turn marks back into a table.

    Parameters
    ----------
    figure : str
        Key of the figure.
    marks : iterable of Mark
        In the order drawn.
    given : DataFrame
        The caller's table: columns it does not have are left out.

    Returns
    -------
    DataFrame
        Columns of `COLUMNS`.
    """
    import pandas as pd  # noqa: PLC0415 - as above

    always = {"figure", "row_id", "label", "value", "flag"}
    kept = [name for name in COLUMNS if name in always or name in given.columns]
    records = [{name: figure if name == "figure" else getattr(mark, name) for name in kept} for mark in marks]
    return pd.DataFrame.from_records(records, columns=kept)


def absent_word(mark: Mark) -> str:
    """What stands in place of a value that is not shown."""
    words = {"not_asked": NOT_ASKED, UNPUBLISHED: NOT_PUBLISHED} | dict.fromkeys(WITHHELD, "–")
    return words.get(mark.flag, NOT_AVAILABLE)


def withheld_words(marks: Iterable[Mark], bases: Bases) -> str:
    """What stands in the place of marks that are withheld together.

    >>> withheld_words([Mark("a", "A", n=22, flag="not_shown")], Bases())
    'Not shown: base under 30'
    >>> withheld_words([Mark("a", "A", n=3, flag="suppressed")], Bases())
    'Suppressed'
    """
    found = list(marks)
    if withheld_flag(found) == "suppressed":
        return "Suppressed"
    least = min((mark.n for mark in found if not math.isnan(mark.n)), default=NAN)
    return "Not shown" if least >= bases.hidden else f"Not shown: base under {bases.hidden}"


def flag_notes(marks: Iterable[Mark], bases: Bases) -> tuple[Note, ...]:
    """Say in notes what the flags of marks mean."""
    found = list(marks)
    flags = {mark.flag for mark in found}
    notes: list[Note] = []
    if "small" in flags:
        notes.append(("Base", f"{DAGGER} Small base (n under {bases.small}): read as indicative."))
    if "not_shown" in flags:
        notes.append(("Base", f"Bases under {bases.hidden} are not shown."))
    if "suppressed" in flags:
        notes.append(("Base", "Values are suppressed where a base is so small that somebody could be found."))
    if any(mark.withheld and mark.n >= bases.hidden for mark in found):
        notes.append(("Base", "Some values are withheld so that none can be worked out from the others."))
    if UNPUBLISHED in flags:
        notes.append(("Not published", f"{NOT_PUBLISHED}: not published."))
    if "missing" in flags:
        notes.append(("Base", f"{NOT_AVAILABLE}: no value."))
    if any(mark.published is False and mark.shown for mark in found):
        notes.append(("Illustrative", "Values that no report has published are among those shown."))
    return tuple(notes)


def n_words(values: Iterable[float]) -> str:
    """Print the base of a column, or its range where rows differ.

    >>> n_words([185, 185]), n_words([180, 1185]), n_words([float("nan")])
    ('n=185', 'n=180–1,185', '')
    """
    known = [value for value in values if not math.isnan(value)]
    if not known:
        return ""
    low, high = count(min(known)), count(max(known))
    return f"n={low}" if low == high else f"n={low}–{high}"
