"""Two rankings read from a table, and where their columns stand."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from cxsurvey.display.figure_data import Mark, n_words, read_marks
from cxsurvey.display.forms.parts import CommonOptions, label_column, value_words
from cxsurvey.display.measure import text_width, wrap
from cxsurvey.display.style import COLUMN_PT, LEFT, RIGHT
from cxsurvey.errors import RequestError

if TYPE_CHECKING:
    import pandas as pd

MOST_LABEL: Final = 1.62
VALUE_PT: Final = 10.5
RANK_PT: Final = 11.0
GAP: Final = 0.10
LEAST: Final = 2
SIDES: Final = ("a", "b")


@dataclass(frozen=True, slots=True)
class Options(CommonOptions):
    """Options of two rankings.

    Attributes
    ----------
    groups : tuple of str or None
        Names of the two rankings; by default as the columns ``group_a`` and ``group_b`` of the table say.
    highlight : sequence of str or None
        Items to stress, by label or row_id; by default the one with the largest reversal.
    small_base, hide_base : int
        Unweighted n under which a value without a flag is marked, or not shown.
    palette : Palette
        Colours.
    """

    groups: tuple[str, str] | None = None
    highlight: Sequence[str] | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One item of both rankings.

    Attributes
    ----------
    a, b : Mark
        Its values.
    ranks : tuple of float
        Its places, 1 the highest; NaN where the ranking is not known.
    ties : tuple of bool
        Whether it shares each place.
    stressed : bool
    """

    a: Mark
    b: Mark
    ranks: tuple[float, float] = (math.nan, math.nan)
    ties: tuple[bool, bool] = (False, False)
    stressed: bool = False

    @property
    def marks(self) -> tuple[Mark, Mark]:
        """Both values."""
        return self.a, self.b

    @property
    def joined(self) -> bool:
        """Whether a line runs from the one rank to the other."""
        return not any(math.isnan(rank) for rank in self.ranks)

    @property
    def moves(self) -> float:
        """Places between its two ranks."""
        return abs(self.ranks[0] - self.ranks[1]) if self.joined else 0.0


@dataclass(frozen=True, slots=True)
class Layout:
    """Columns, the same on every card of one figure.

    Attributes
    ----------
    groups : tuple of str
        Names of the two rankings.
    heads : tuple of tuple of str
        Their lines above the columns.
    bases : tuple of str
        Their bases in words; may be empty.
    label : float
        Width of the labels, inches.
    labels : tuple of float
        Where the labels of each side begin.
    values, ranks : tuple of float
        The edge of these words that is nearer to the lines.
    starts : tuple of float
        Where the heads begin.
    ends : tuple of float
        Where the lines begin and end.
    """

    groups: tuple[str, str]
    heads: tuple[tuple[str, ...], tuple[str, ...]]
    bases: tuple[str, str]
    label: float
    labels: tuple[float, float]
    values: tuple[float, float]
    ranks: tuple[float, float]
    starts: tuple[float, float]
    ends: tuple[float, float]


def ranked_items(table: pd.DataFrame, groups: tuple[str, str], options: Options, figure: str) -> list[Item]:
    """Read the items, rank them on both sides, and order them by the first.

    Raises
    ------
    RequestError
        If a column is missing, there are fewer than two items, or a value cannot be.
    """
    columns = [str(name) for name in table.columns]
    absent = [name for name in ("label", "a", "b") if name not in columns]
    if absent:
        raise RequestError.figure_columns(figure, absent, columns)
    sides = [_side(table, side, name, options, figure) for side, name in zip(SIDES, groups, strict=True)]
    if len(sides[0]) < LEAST:
        raise RequestError.figure_groups(figure, [mark.label for mark in sides[0]], "two items or more")
    places = [_places(marks) for marks in sides]
    items = [
        Item(a, b, (left[0], right[0]), (left[1], right[1]))
        for a, b, left, right in zip(*sides, *places, strict=True)
    ]
    ordered = sorted(items, key=lambda item: order(item, 0))
    stressed = _stressed(ordered, options)
    return [replace(item, stressed=item.a.row_id in stressed) for item in ordered]


def order(item: Item, side: int) -> tuple[bool, float]:
    """Sort key of one side: by unrounded value, what has none last."""
    value = item.marks[side].value
    return math.isnan(value), -value if not math.isnan(value) else 0.0


def _side(table: pd.DataFrame, side: str, name: str, options: Options, figure: str) -> tuple[Mark, ...]:
    own = {column: f"{column}_{side}" for column in ("n", "flag", "published")}
    drop = [name for name in ("value", "n", "lo", "hi", "letters", "level", "n_eff", "group") if name in table]
    drop += [name for name, mine in own.items() if mine in table and name in table and name not in drop]
    renamed = {side: "value", **{mine: name for name, mine in own.items()}}
    one = table.drop(columns=drop).rename(columns=renamed)
    return read_marks(one.assign(group=name), figure, bases=options.bases)


def _places(marks: Sequence[Mark]) -> list[tuple[float, bool]]:
    """The rank of each, and whether it shares it; none where a value is not shown."""
    if not all(mark.shown for mark in marks):
        return [(math.nan, False)] * len(marks)
    values = [mark.value for mark in marks]
    return [(1.0 + sum(other > value for other in values), values.count(value) > 1) for value in values]


def _stressed(items: Sequence[Item], options: Options) -> set[str]:
    if options.highlight is not None:
        return {item.a.row_id for item in items if {item.a.row_id, item.a.label} & set(options.highlight)}
    largest = max(items, key=lambda item: item.moves)
    return {largest.a.row_id} if largest.moves else set()


def rank_words(item: Item, side: int) -> str:
    """Print a rank; empty where it is not known.

    >>> rank_words(Item(Mark("x", "X"), Mark("x", "X"), (2.0, 4.0), (True, False)), 0)
    '2='
    """
    rank = item.ranks[side]
    return "" if math.isnan(rank) else f"{rank:.0f}{'=' if item.ties[side] else ''}"


def lay_out(items: Sequence[Item], groups: tuple[str, str]) -> Layout:
    """Place the columns: label, value and rank on either side of the lines."""
    labels = label_column([item.a.label for item in items], MOST_LABEL, weights=["semibold"] * len(items)).width
    widths = []
    for side in (0, 1):
        values = max(
            text_width(value_words(item.marks[side], "percent"), VALUE_PT, "semibold") for item in items
        )
        ranks = max(text_width(rank_words(item, side), RANK_PT, "bold") for item in items)
        widths.append((labels, values, ranks))
    (label_a, value_a, rank_a), (label_b, value_b, rank_b) = widths
    first = LEFT + label_a + GAP + value_a + GAP
    second = RIGHT - label_b - GAP - value_b
    ends = (first + rank_a + GAP, second - GAP - rank_b - GAP)
    room = (ends[0] - LEFT, RIGHT - ends[1] - GAP)
    heads = tuple(wrap(name, width, COLUMN_PT, "bold") for name, width in zip(groups, room, strict=True))
    bases = (n_words(item.a.n for item in items), n_words(item.b.n for item in items))
    return Layout(
        groups,
        (heads[0], heads[1]),
        bases,
        label=labels,
        labels=(LEFT, RIGHT - label_b),
        values=(LEFT + label_a + GAP + value_a, second),
        ranks=(first + rank_a, second - GAP - rank_b),
        starts=(LEFT, second - GAP - rank_b),
        ends=ends,
    )
