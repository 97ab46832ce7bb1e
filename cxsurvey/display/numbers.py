"""How numbers are printed: one set of formats for figures, tables, prose and the command line.

Every function takes a plain number and returns a string. Rounding is half up on the decimal value (2.5 prints
3, where Python's own ``round`` gives 2), a share under one half of a percent is never printed as nothing, and
a minus sign is a real one. Missing numbers (``None`` and NaN) print as ``missing``; infinite ones are refused.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from types import MappingProxyType
from typing import Final, Literal

from cxsurvey.errors import RequestError

MINUS: Final = "−"
EN_DASH: Final = "–"
NOT_AVAILABLE: Final = "n/a"
NOT_PUBLISHED: Final = "n/p"
NOT_ASKED: Final = "not asked"
SIGNIFICANT_DIGITS: Final = 12  # drops binary noise, so that 57 of 200 is the decimal 28.5 and rounds up
Number = float | int | None
IntervalStyle = Literal["to", "dash"]


def is_missing(value: Number) -> bool:
    """Tell whether a number is absent: ``None`` or NaN.

    >>> is_missing(float("nan")), is_missing(0)
    (True, False)
    """
    return value is None or math.isnan(value)


def round_half_up(value: float, places: int = 0) -> Decimal:
    """Round the decimal value half away from zero.

    Parameters
    ----------
    value : float
        Read as a decimal of 12 significant digits, so that binary noise cannot tip a half.
    places : int
        Digits after the point.

    Returns
    -------
    Decimal

    Raises
    ------
    RequestError
        If the value is NaN or infinite.

    Examples
    --------
    >>> round_half_up(2.5), round_half_up(100 * 57 / 200), round_half_up(0.25, 1)
    (Decimal('3'), Decimal('29'), Decimal('0.3'))
    """
    rounded = _decimal(value).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    return rounded or abs(rounded)  # no negative zero


def _decimal(value: float) -> Decimal:
    if not math.isfinite(value):
        raise RequestError.number_not_finite(value)
    return Decimal(format(value, f".{SIGNIFICANT_DIGITS}g"))


def _signed(text: str) -> str:
    return text.replace("-", MINUS)


def bare_percent(value: Number, *, guard_100: bool = False, missing: str = NOT_AVAILABLE) -> str:
    """Print a percentage as a whole number without its sign.

    Parameters
    ----------
    value : float or None
        Percentage, 0 to 100, unrounded.
    guard_100 : bool
        Print ``>99`` for 99.5 up to, but not including, 100.
    missing : str
        What to print when there is no value.

    Raises
    ------
    RequestError
        If the value is infinite.

    Examples
    --------
    >>> [bare_percent(v) for v in (58.3, 2.5, 0.2, 0, 99.6, 100)]
    ['58', '3', '<1', '0', '100', '100']
    >>> bare_percent(99.6, guard_100=True), bare_percent(None)
    ('>99', 'n/a')
    """
    if value is None or math.isnan(value):
        return missing
    exact = _decimal(value)
    if 0 < exact < Decimal("0.5"):
        return "<1"
    if guard_100 and Decimal("99.5") <= exact < 100:  # noqa: PLR2004 - the whole of a percentage
        return ">99"
    return _signed(f"{round_half_up(value):f}")


def percent(value: Number, *, guard_100: bool = False, missing: str = NOT_AVAILABLE) -> str:
    """Print a percentage as a whole number with its sign; see `bare_percent`.

    Examples
    --------
    >>> [percent(v) for v in (58.3, 0.2, 0, 100, float("nan"))]
    ['58%', '<1%', '0%', '100%', 'n/a']
    """
    if is_missing(value):
        return missing
    return f"{bare_percent(value, guard_100=guard_100)}%"


def points(value: Number, *, places: int = 0, missing: str = NOT_AVAILABLE) -> str:
    """Print a difference with its sign, as percentage points or scale points.

    Examples
    --------
    >>> points(37.2), points(-3), points(0), points(-0.26, places=1)
    ('+37', '−3', '0', '−0.3')
    """
    if value is None or math.isnan(value):
        return missing
    rounded = round_half_up(value, places)
    return f"+{rounded:f}" if rounded > 0 else _signed(f"{rounded:f}")


def interval(
    low: Number,
    high: Number,
    *,
    style: IntervalStyle = "to",
    places: int = 0,
    suffix: str = "",
    missing: str = NOT_AVAILABLE,
) -> str:
    """Print an interval.

    Parameters
    ----------
    low, high : float or None
        Limits, in the unit of the estimate.
    style : {"to", "dash"}
        ``27 to 46`` suits differences, whose limits may be negative; ``15–19%`` suits shares, where a limit
        under one half prints as ``<1``.
    places : int
        Digits after the point.
    suffix : str
        Printed once, after the upper limit.
    missing : str
        What to print when either limit is missing.

    Examples
    --------
    >>> interval(27.1, 45.6), interval(-3.2, 12)
    ('27 to 46', '−3 to 12')
    >>> interval(14.9, 19.3, style="dash", suffix="%"), interval(0.1, 0.4, style="dash", suffix="%")
    ('15–19%', '<1%')
    """
    if low is None or high is None or math.isnan(low) or math.isnan(high):
        return missing
    shares = style == "dash" and places == 0
    lower, upper = (
        bare_percent(limit) if shares else _signed(f"{round_half_up(limit, places):f}") for limit in (low, high)
    )
    if shares and lower == upper:
        return f"{upper}{suffix}"
    return f"{lower}{EN_DASH if style == 'dash' else ' to '}{upper}{suffix}"


def count(value: Number, *, missing: str = NOT_AVAILABLE) -> str:
    """Print a count with thousands separators; a weighted count is rounded half up.

    Examples
    --------
    >>> count(1091), count(566.5), count(None)
    ('1,091', '567', 'n/a')
    """
    if value is None or math.isnan(value):
        return missing
    return _signed(f"{round_half_up(value):,f}")


def p_value(value: Number, *, missing: str = NOT_AVAILABLE) -> str:
    """Print a p-value with three decimals and no leading zero.

    Raises
    ------
    RequestError
        If the value is not between 0 and 1.

    Examples
    --------
    >>> p_value(0.0123), p_value(0.0004), p_value(0.05), p_value(0.9999)
    ('.012', '<.001', '.050', '>.999')
    """
    if value is None or math.isnan(value):
        return missing
    if not 0 <= value <= 1:
        raise RequestError.not_a_probability(value)
    if value < 0.001:  # noqa: PLR2004 - the smallest p-value that is printed in full
        return "<.001"
    rounded = round_half_up(value, 3)
    return ">.999" if rounded >= 1 else f"{rounded:f}".removeprefix("0")


def level(value: float) -> str:
    """Print a confidence level with the digits it has.

    Examples
    --------
    >>> level(0.95), level(0.999)
    ('95%', '99.9%')
    """
    return f"{100 * value:.6g}%"


def mean(value: Number, *, places: int = 1, missing: str = NOT_AVAILABLE) -> str:
    """Print a mean score.

    Examples
    --------
    >>> mean(61.25), mean(-0.04)
    ('61.3', '0.0')
    """
    if value is None or math.isnan(value):
        return missing
    return _signed(f"{round_half_up(value, places):f}")


def nps(value: Number, *, missing: str = NOT_AVAILABLE) -> str:
    """Print a net promoter score, −100 to +100, as a signed whole number.

    Examples
    --------
    >>> nps(31.5), nps(-4.6), nps(0)
    ('+32', '−5', '0')
    """
    return points(value, missing=missing)


@dataclass(frozen=True, slots=True)
class Unit:
    """The formats of one kind of estimate, so that a chart asks its unit and not its own rules.

    Attributes
    ----------
    name : str
        ``percent``, ``score`` or ``nps``.
    value, gap : callable
        Print an estimate, and a difference of two.
    places : int
        Digits after the point in intervals.
    style : str
        Style of intervals of an estimate; see `interval`.
    suffix : str
        After the last limit of an interval.
    gap_title : str
        Head of a column of differences.
    """

    name: str
    value: Callable[..., str]
    gap: Callable[..., str]
    places: int
    style: IntervalStyle
    suffix: str
    gap_title: str

    def interval(self, low: Number, high: Number) -> str:
        """Print the interval of an estimate."""
        return interval(low, high, style=self.style, places=self.places, suffix=self.suffix)

    def gap_interval(self, low: Number, high: Number) -> str:
        """Print the interval of a difference."""
        return interval(low, high, places=self.places)


def score_points(value: Number, *, missing: str = NOT_AVAILABLE) -> str:
    """Print a difference of two mean scores.

    Examples
    --------
    >>> score_points(4.25)
    '+4.3'
    """
    return points(value, places=1, missing=missing)


UNITS: Final = MappingProxyType(
    {
        "percent": Unit("percent", percent, points, 0, "dash", "%", "points"),
        "score": Unit("score", mean, score_points, 1, "to", "", "score points"),
        "nps": Unit("nps", nps, points, 0, "to", "", "points"),
    }
)


def unit(name: str) -> Unit:
    """Look a unit up by name.

    Raises
    ------
    RequestError
        If the name is not ``percent``, ``score`` or ``nps``.

    Examples
    --------
    >>> unit("percent").interval(14.9, 19.3)
    '15–19%'
    """
    if name not in UNITS:
        raise RequestError.unknown_unit(name, tuple(UNITS))
    return UNITS[name]
