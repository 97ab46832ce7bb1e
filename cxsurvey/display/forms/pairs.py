"""The table of a dumbbell chart: two values and their difference on each row."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cxsurvey.display.figure_data import Bases, Mark, hide, read_marks, withheld_flag
from cxsurvey.errors import RequestError

if TYPE_CHECKING:
    import pandas as pd

NEEDED: Final = ("label", "a", "b", "diff")
SIDES: Final = ("a", "b")
PAIR_COLUMNS: Final = (
    "figure",
    "row_id",
    "label",
    "group_a",
    "group_b",
    "a",
    "b",
    "diff",
    "diff_lo",
    "diff_hi",
    "significant",
    "n_a",
    "n_b",
    "flag",
    "published",
    "published_a",
    "published_b",
)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two values beside one label.

    Attributes
    ----------
    row_id, label : str
        The row.
    a, b : Mark
        The values; their group names the columns.
    diff, lo, hi : float
        The difference and its interval, NaN where absent.
    verdict : str
        ``significant``, ``not significant`` or ``not tested``; empty where the table does not say.
    """

    row_id: str
    label: str
    a: Mark
    b: Mark
    diff: float
    lo: float
    hi: float
    verdict: str = ""

    @property
    def withheld(self) -> bool:
        """Whether either value is withheld: the other and the gap would give it away."""
        return self.a.withheld or self.b.withheld

    @property
    def stressed(self) -> bool:
        """Whether the gap is printed in bold: every one, unless the table says that it could be chance."""
        return self.verdict in {"", "significant"}

    def ends(self) -> list[tuple[Mark, bool]]:
        """The marks that are shown, each with whether its value is printed to its left."""
        if self.a.shown and self.b.shown:
            return [(self.a, self.a.value <= self.b.value), (self.b, self.b.value < self.a.value)]
        return [(mark, False) for mark in (self.a, self.b) if mark.shown]


def read_pairs(
    table: pd.DataFrame, figure: str, *, groups: Sequence[str], unit: str, bases: Bases
) -> tuple[Pair, ...]:
    """Read and check the table of a dumbbell chart.

    Parameters
    ----------
    table : DataFrame
        Columns of `PAIR_COLUMNS` that apply.
    figure : str
        Key of the figure, for messages.
    groups : sequence of str
        Names of the columns ``a`` and ``b``.
    unit : str
        Unit of the values.
    bases : Bases
        Used where the table has no flag.

    Returns
    -------
    tuple of Pair
        In the order of the table.

    Raises
    ------
    RequestError
        If a column is missing, the table is empty, or a value cannot be.
    """
    columns = [str(name) for name in table.columns]
    absent = [name for name in NEEDED if name not in columns]
    if absent:
        raise RequestError.figure_columns(figure, absent, columns)
    sides = [_side(table, figure, side, name, unit, bases) for side, name in zip("ab", groups, strict=True)]
    drop = [name for name in ("value", "lo", "hi", "n", "flag", "letters", "n_eff") if name in columns]
    renamed = table.drop(columns=drop).rename(columns={"diff": "value", "diff_lo": "lo", "diff_hi": "hi"})
    gaps = read_marks(renamed, figure, unit="score", bases=Bases(0, 0))
    verdicts = _verdicts(table)
    return tuple(_pair(a, b, gap, said) for a, b, gap, said in zip(*sides, gaps, verdicts, strict=True))


def group_names(table: pd.DataFrame, given: tuple[str, str] | None, figure: str) -> tuple[str, str]:
    """Name the two groups: as the caller says, or ``group_a`` and ``group_b``, or else ``a`` and ``b``.

    Raises
    ------
    RequestError
        ``figure-option`` when the names are not two different ones; ``figure-groups`` when rows name different
        groups.
    """
    if given is not None:
        if len(given) != len(SIDES) or given[0] == given[1]:
            raise RequestError.figure_option(figure, "groups", given, "two different names")
        return given
    if not {"group_a", "group_b"} <= set(table.columns):
        return SIDES
    named = list(dict.fromkeys(zip(table["group_a"].map(str), table["group_b"].map(str), strict=True)))
    found = list(dict.fromkeys(name for pair in named for name in pair))
    if len(named) > 1 or (named and len(found) != len(SIDES)):
        raise RequestError.figure_groups(figure, found, "the same two groups in every row")
    return named[0] if named else SIDES


def _verdicts(table: pd.DataFrame) -> list[str]:
    if "significant" not in table.columns:
        return [""] * len(table)
    words = {True: "significant", False: "not significant"}
    known = table["significant"].notna()
    return [
        words[bool(value)] if there else "not tested"
        for value, there in zip(table["significant"], known, strict=True)
    ]


def _side(table: pd.DataFrame, figure: str, side: str, name: str, unit: str, bases: Bases) -> tuple[Mark, ...]:
    drop = [
        column for column in ("value", "n", "lo", "hi", "letters", "n_eff", "group") if column in table.columns
    ]
    own = [name for name in ("flag", "published") if f"{name}_{side}" in table.columns]
    drop += [name for name in own if name in table.columns]
    named = {side: "value", f"n_{side}": "n", **{f"{name}_{side}": name for name in own}}
    one = table.drop(columns=drop).rename(columns=named)
    return read_marks(one.assign(group=name), figure, unit=unit, bases=bases)


def _pair(a: Mark, b: Mark, gap: Mark, verdict: str) -> Pair:
    withheld = a.withheld or b.withheld
    if withheld:
        flag = withheld_flag((a, b))
        a, b = hide(a, flag), hide(b, flag)
    if withheld or {"not_asked", "not_published"} & {a.flag, b.flag}:
        return Pair(a.row_id, a.label, a, b, math.nan, math.nan, math.nan)
    return Pair(a.row_id, a.label, a, b, gap.value, gap.lo, gap.hi, verdict)


def pairs_as_drawn(figure: str, pairs: Sequence[Pair], given: pd.DataFrame) -> pd.DataFrame:
    """Turn pairs back into a table, without what is not shown.

    Returns
    -------
    DataFrame
        Columns of `PAIR_COLUMNS` that the caller's table has.
    """
    import pandas as pd  # noqa: PLC0415 - loaded by whoever has a table

    always = {"figure", "row_id", "label", "group_a", "group_b", "a", "b", "diff", "flag"}
    kept = [name for name in PAIR_COLUMNS if name in always or name in given.columns]
    records = [
        {
            "figure": figure,
            "row_id": pair.row_id,
            "label": pair.label,
            "group_a": pair.a.group,
            "group_b": pair.b.group,
            "a": pair.a.value,
            "b": pair.b.value,
            "diff": pair.diff,
            "diff_lo": pair.lo,
            "diff_hi": pair.hi,
            "significant": {"significant": True, "not significant": False}.get(pair.verdict),
            "n_a": pair.a.n,
            "n_b": pair.b.n,
            "flag": pair.a.flag or pair.b.flag,
            "published": pair.a.published,
            "published_a": pair.a.published,
            "published_b": pair.b.published,
        }
        for pair in pairs
    ]
    frame = pd.DataFrame.from_records(records, columns=list(PAIR_COLUMNS))
    return frame.astype({"significant": "boolean"})[kept]
