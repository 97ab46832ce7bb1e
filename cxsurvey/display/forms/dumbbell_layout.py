"""Where everything in a dumbbell chart stands: columns, scale, styles, and the words that need room."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from cxsurvey.display.figure_data import absent_word, n_words
from cxsurvey.display.forms.axis import domain
from cxsurvey.display.forms.parts import CommonOptions, Scale, label_column, value_words
from cxsurvey.display.measure import text_width
from cxsurvey.display.numbers import unit
from cxsurvey.display.style import COLUMN_PT, LEFT, RIGHT, GroupStyle
from cxsurvey.errors import RequestError

if TYPE_CHECKING:
    from cxsurvey.display.figure_data import Mark
    from cxsurvey.display.forms.pairs import Pair

MARKER: Final = 0.125
VALUE_PT: Final = 10.5
VALUE_GAP: Final = 0.065
GAP_PT: Final = 12.0
INTERVAL_PT: Final = 8.5
MOST_LABEL: Final = 2.15
LEAST_LABEL: Final = 1.0
ROUND_TO: Final = 25.0
NARROWEST: Final = 0.8
CLEAR_LABEL: Final = 0.1
CLEAR_GAP: Final = 0.2  # a value must not be read with the gap


@dataclass(frozen=True, slots=True)
class Options(CommonOptions):
    """Options of dumbbells.

    Attributes
    ----------
    groups : tuple of str or None
        Names of the columns ``a`` and ``b`` of the table; by default as its columns ``group_a`` and
        ``group_b`` say.
    unit : str
        ``percent``, ``score`` or ``nps``.
    arrow : bool
        The second group is a later time: an arrow points to it, and the head says change.
    ci : bool
        Print the interval of the gap.
    level : float
        Confidence level, for the head of the column and the note.
    sort : str
        ``gap`` (widest first) or ``given``.
    xmax : float or None
        End of the scale; by default the next multiple of 25 that holds everything.
    small_base, hide_base : int
        Unweighted n under which a row without a flag is marked, or not shown.
    palette : Palette
        Colours.
    """

    groups: tuple[str, str] | None = None
    unit: str = "percent"
    arrow: bool = False
    ci: bool = True
    level: float = 0.95
    sort: str = "gap"
    xmax: float | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    """Columns, scale and styles, the same on every card of one figure.

    Attributes
    ----------
    groups : tuple of str
        Names of the two groups.
    label : float
        Width of the labels, inches.
    scale : Scale
        From values to inches.
    gap_right : float
        Right edge of the gaps.
    styles : tuple of GroupStyle
        Of the two groups.
    bases : tuple of str
        Bases of the two groups in words; may be empty.
    """

    groups: tuple[str, str]
    label: float
    scale: Scale
    gap_right: float
    styles: tuple[GroupStyle, GroupStyle]
    bases: tuple[str, str]


def lay_out(pairs: Sequence[Pair], groups: tuple[str, str], options: Options, figure: str) -> Layout:
    """Place the columns and the scale.

    Raises
    ------
    RequestError
        If the values leave no room to draw, or one lies above the end of the scale that was asked for.
    """
    label = max(label_column([pair.label for pair in pairs], MOST_LABEL).width, LEAST_LABEL)
    intervals = [interval_words(pair, options) for pair in pairs]
    ci_width = max(text_width(words, INTERVAL_PT) for words in intervals)
    gap_right = RIGHT - ci_width - 0.2 if ci_width else RIGHT
    gap_width = max(text_width(gap_words(pair, options), GAP_PT, "bold") for pair in pairs)
    gap_left = min(gap_right - gap_width, RIGHT - text_width(gap_title(options), COLUMN_PT, "semibold"))
    marks = [mark for pair in pairs for mark in (pair.a, pair.b)]
    low, high = domain(
        marks, options.unit, ci=False, high=options.xmax, figure=figure, round_to=_round_to(marks)
    )
    scale = _fitted_scale(pairs, low, high, (LEFT + label, gap_left), options)
    if scale.right - scale.left < NARROWEST:
        raise RequestError.figure_option(
            figure, "unit", options.unit, "values short enough to leave room to draw"
        )
    styles = _styles(groups, options)
    bases = (n_words(pair.a.n for pair in pairs), n_words(pair.b.n for pair in pairs))
    return Layout(groups, label, scale, gap_right, styles, bases)


def _round_to(marks: Sequence[Mark]) -> float:
    """Half of a percentage scale is worth drawing on a shorter axis, less than that is not."""
    top = max((mark.value for mark in marks if mark.shown), default=100.0)
    return ROUND_TO if top <= 2 * ROUND_TO else 100.0


def _fitted_scale(
    pairs: Sequence[Pair], low: float, high: float, room: tuple[float, float], options: Options
) -> Scale:
    """Place the scale so that values beside the outermost markers stay clear of the columns."""
    left, right = room[0] + 0.2, room[1] - 0.34
    beside = MARKER / 2 + VALUE_GAP
    for _ in range(8):
        scale = Scale(low, high, left, right)
        lefts, rights = [room[0] + CLEAR_LABEL], [room[1] - CLEAR_GAP]
        for pair in pairs:
            for mark, at_left in pair.ends():
                width = beside + text_width(value_words(mark, options.unit), VALUE_PT, "bold")
                x = scale.at(mark.value)
                (lefts if at_left else rights).append(x - width if at_left else x + width)
        short = room[0] + CLEAR_LABEL - min(lefts)
        over = max(rights) - room[1] + CLEAR_GAP
        if short <= 1e-6 and over <= 1e-6:  # noqa: PLR2004 - far below a pixel
            break
        left, right = left + max(short, 0.0), right - max(over, 0.0)
    return Scale(low, high, left, right)


def _styles(groups: tuple[str, str], options: Options) -> tuple[GroupStyle, GroupStyle]:
    palette = options.palette
    if options.arrow:
        later = palette.groups[0]
        return (GroupStyle(palette.muted, palette.ink2, "circle"), replace(later, shape="circle"))
    named = [palette.named.get(name.strip().casefold()) for name in groups]
    if all(named):
        one, other = palette.for_groups(groups)
        return (one, other)
    return (palette.groups[2], palette.groups[0]) if len(palette.groups) > 2 else palette.groups[:2]  # type: ignore[return-value] # noqa: PLR2004 - two of them


def gap_words(pair: Pair, options: Options) -> str:
    """Print the gap of a row, or why there is none."""
    if math.isnan(pair.diff):
        return absent_word(pair.a if not pair.a.shown else pair.b)
    return unit(options.unit).gap(pair.diff)


def interval_words(pair: Pair, options: Options) -> str:
    """Print the interval of the gap; empty where there is none or none is wanted."""
    if not options.ci or math.isnan(pair.diff) or math.isnan(pair.lo) or math.isnan(pair.hi):
        return ""
    return unit(options.unit).gap_interval(pair.lo, pair.hi)


def gap_title(options: Options) -> str:
    """Head of the column of gaps."""
    return f"{'Change' if options.arrow else 'Gap'}, {unit(options.unit).gap_title}"
