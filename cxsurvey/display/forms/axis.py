"""The axis of lanes and dumbbells: its ends, its ticks, and the note for one that does not start at zero."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from cxsurvey.display.forms.parts import STEPS, Scale, axis_ops, tick_step, ticks
from cxsurvey.display.measure import text_width
from cxsurvey.display.numbers import unit
from cxsurvey.display.style import N_PT
from cxsurvey.errors import RequestError

if TYPE_CHECKING:
    from cxsurvey.display.card import Note
    from cxsurvey.display.figure_data import Mark
    from cxsurvey.display.ops import Op
    from cxsurvey.display.style import Palette

ROUND_TO: Final = 5.0
FAR_FROM_ZERO: Final = 0.4  # of the largest value; from here on an axis of scores need not start at zero


def domain(
    marks: Iterable[Mark],
    unit_name: str,
    *,
    ci: bool,
    high: float | None,
    figure: str,
    round_to: float = ROUND_TO,
) -> tuple[float, float]:
    """Choose the ends of the axis.

    Percentages start at zero. Scores start at zero unless all of them are far from it. Net promoter scores
    hold zero.

    Parameters
    ----------
    marks : iterable of Mark
        All that the axis must hold.
    unit_name : str
        ``percent``, ``score`` or ``nps``.
    ci : bool
        Whether intervals are drawn.
    high : float or None
        Upper end asked for.
    figure : str
        Key, for messages.
    round_to : float
        Ends are multiples of this, except for scores.

    Returns
    -------
    tuple of float

    Raises
    ------
    RequestError
        If a value lies above the upper end that was asked for.
    """
    ends: list[float] = []
    for mark in marks:
        if mark.shown:
            ends.append(mark.value)
            ends += [mark.lo, mark.hi] if ci and mark.has_interval else []
    low, top = (min(ends), max(ends)) if ends else (0.0, 100.0 if unit_name == "percent" else 1.0)
    if high is not None and top > high:
        raise RequestError.figure_option(figure, "xmax", high, f"at least {top:g}")
    if unit_name == "percent":
        upper = min(100.0, max(_up(top, round_to), round_to))
        return 0.0, float(high) if high is not None else upper
    if unit_name == "nps":
        lower, upper = min(_down(low, 10), 0.0), max(_up(top, 10), 0.0)
        upper = upper if upper > lower else lower + 10
        return lower, float(high) if high is not None else upper
    return _score_domain(low, top, high)


def _score_domain(low: float, top: float, high: float | None) -> tuple[float, float]:
    largest = max(abs(low), abs(top))
    if low > FAR_FROM_ZERO * largest or top < -FAR_FROM_ZERO * largest:
        span = max(top - low, 0.05 * largest)
        step = next((step for step in STEPS if span / step <= ROUND_TO), STEPS[-1])
        lower, upper = _down(low - span * 0.05, step), _up(top + span * 0.05, step)
    else:
        step = next((step for step in STEPS if max(top, 0) - min(low, 0) <= ROUND_TO * step), STEPS[-1])
        lower, upper = min(_down(low, step), 0.0), max(_up(top, step), 0.0)
    upper = float(high) if high is not None else upper
    return (lower, upper) if upper > lower else (lower, lower + 1.0)


def _up(value: float, step: float) -> float:
    return math.ceil(value / step - 1e-9) * step


def _down(value: float, step: float) -> float:
    return math.floor(value / step + 1e-9) * step


def tick_words(value: float, unit_name: str, step: float) -> str:
    """Print the value of a tick.

    >>> tick_words(25, "percent", 25), tick_words(3.5, "score", 0.5), tick_words(-20, "nps", 20)
    ('25%', '3.5', '−20')
    """
    if unit_name == "score" and step >= 1:
        return unit("percent").value(value).rstrip("%")
    return unit(unit_name).value(value)


def draw_axis(
    scale: Scale, unit_name: str, top: float, bottom: float, palette: Palette, *, zero: bool = True
) -> tuple[list[Op], list[Op]]:
    """Draw gridlines and the words of ticks, as many as there is room for."""
    widest = max(text_width(tick_words(end, unit_name, 0.1), N_PT) for end in (scale.low, scale.high))
    step = tick_step(scale.low, scale.high, scale.right - scale.left, widest)
    places = ticks(scale.low, scale.high, step)
    words = [tick_words(place, unit_name, step) for place in places]
    return axis_ops(scale, places, words, top, bottom, palette, zero=zero)


def axis_note(scale: Scale) -> tuple[Note, ...]:
    """Say that an axis does not start at zero."""
    if scale.low <= 0 <= scale.high:
        return ()
    return (("Axis", "does not start at zero."),)
