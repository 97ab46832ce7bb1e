"""Score tests of shares: against a number, of a part against its whole, of a ratio and of a gap of two groups.

All take counts and bases as arrays that broadcast; the counts need not be whole. A score test puts the shares
where the hypothesis wants them (restricted maximum likelihood) before it takes their variance, so that it is
defined at shares of 0 and 1.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from cxsurvey.numerics.arrays import Floats
from cxsurvey.numerics.tables.inference import Interval, ZTest, normal_quantile, normal_two_sided_p

if TYPE_CHECKING:
    import numpy.typing as npt

HALVINGS = 50
WIDEST_LOG_RATIO = 40.0  # e**40 is beyond any ratio of counts


def share_z(x: npt.ArrayLike, n: npt.ArrayLike, share: npt.ArrayLike) -> ZTest:
    """Test one share against a given number: ``(p - p0) / sqrt(p0 (1 - p0) / n)``.

    Parameters
    ----------
    x, n : array
        Count and base.
    share : array
        The number, a fraction.

    Returns
    -------
    ZTest
        Against 0 or 1 a single answer settles the matter: infinite when the share differs, 0 when it does not.
        NaN where the base is 0.

    Examples
    --------
    >>> result = share_z(58, 100, 0.5)
    >>> float(result.statistic.round(3)), float(result.p_value.round(4))
    (1.6, 0.1096)
    """
    base = _base(n)
    expected = np.asarray(share, dtype=np.float64)
    gap = np.asarray(x, dtype=np.float64) / base - expected
    return _z(gap, expected * (1 - expected) / base)


def part_whole_z(x: npt.ArrayLike, n: npt.ArrayLike, x_whole: npt.ArrayLike, n_whole: npt.ArrayLike) -> ZTest:
    """Test the share of a part against that of the whole it belongs to.

    Parameters
    ----------
    x, n : array
        Count and base of the part.
    x_whole, n_whole : array
        Count and base of the whole, the part included.

    Returns
    -------
    ZTest
        ``(p - P) / sqrt(P (1 - P) (1/n - 1/N))``: the pooled test of the part against the rest, which takes the
        overlap of part and whole into account. NaN where the part is nobody or everybody, or where nobody or
        everybody answered so.

    Examples
    --------
    >>> result = part_whole_z(50, 100, 120, 300)
    >>> float(result.statistic.round(3)), float(result.p_value.round(4))
    (2.5, 0.0124)
    """
    base, whole = _base(n), _base(n_whole)
    pooled = np.asarray(x_whole, dtype=np.float64) / whole
    variance = pooled * (1 - pooled) * _base(1 / base - 1 / whole)
    z = (np.asarray(x, dtype=np.float64) / base - pooled) / np.sqrt(_base(variance))
    return ZTest(z, normal_two_sided_p(z))


def ratio_z(
    x1: npt.ArrayLike, n1: npt.ArrayLike, x2: npt.ArrayLike, n2: npt.ArrayLike, ratio: npt.ArrayLike
) -> ZTest:
    """Test whether share 1 is a given multiple of share 2, two independent groups.

    Parameters
    ----------
    x1, n1, x2, n2 : array
        Counts and bases.
    ratio : array
        The multiple, above 0.

    Returns
    -------
    ZTest
        ``(p1 - k p2) / sqrt(q1 (1 - q1) / n1 + k² q2 (1 - q2) / n2)``, with the restricted estimates
        ``q1 = k q2`` of Miettinen and Nurminen (1985, Statistics in Medicine 4, 213-226); its square is the
        chi-squared of Koopman (1984, Biometrics 40, 513-517). The pooled test at a multiple of 1. NaN where a
        base is 0 or both counts are.

    Examples
    --------
    >>> result = ratio_z(46, 185, 34, 338, 2)
    >>> float(result.statistic.round(3)), float(result.p_value.round(3))
    (1.025, 0.305)
    """
    a, b = np.asarray(x1, dtype=np.float64), np.asarray(x2, dtype=np.float64)
    m, n, k = _base(n1), _base(n2), _base(ratio)
    total = np.where(a + b > 0, a + b, np.nan)
    linear = m * k + a + n + b * k
    root = np.sqrt(np.maximum(linear**2 - 4 * (m + n) * k * total, 0.0))
    second = np.minimum(2 * total / (linear + root), 1.0)
    first = np.minimum(k * second, 1.0)
    return _z(a / m - k * b / n, first * (1 - first) / m + k**2 * second * (1 - second) / n)


def ratio_interval(
    x1: npt.ArrayLike, n1: npt.ArrayLike, x2: npt.ArrayLike, n2: npt.ArrayLike, level: float
) -> Interval:
    """Give the interval of share 1 over share 2: every multiple that :func:`ratio_z` does not refuse.

    Parameters
    ----------
    x1, n1, x2, n2 : array
    level : float

    Returns
    -------
    Interval
        From 0 where count 1 is 0, to infinity where count 2 is 0. NaN where a base is 0.

    Raises
    ------
    RequestError
        ``not-a-fraction``.

    Examples
    --------
    >>> interval = ratio_interval(36, 40, 16, 80, 0.95)  # the example of Koopman 1984
    >>> float(interval.low.round(2)), float(interval.high.round(2))
    (2.94, 7.15)
    """
    z = normal_quantile(level)
    a, m, b, n = np.broadcast_arrays(np.asarray(x1, dtype=np.float64), _base(n1), x2, _base(n2))
    low, high = np.exp(
        accepted(
            lambda log_ratio: ratio_z(a, m, b, n, np.exp(log_ratio)).statistic, a.shape, WIDEST_LOG_RATIO, z
        )
    )
    known = 0.0 * (m + n)
    return Interval(np.where(a > 0, low, 0.0) + known, np.where(b > 0, high, np.inf) + known)


def gap_z(
    x1: npt.ArrayLike, n1: npt.ArrayLike, x2: npt.ArrayLike, n2: npt.ArrayLike, gap: npt.ArrayLike
) -> ZTest:
    """Test whether two independent shares are a given gap apart.

    Parameters
    ----------
    x1, n1, x2, n2 : array
        Counts and bases.
    gap : array
        Share 1 less share 2 under the hypothesis, between -1 and 1.

    Returns
    -------
    ZTest
        ``(p1 - p2 - d) / sqrt(q1 (1 - q1) / n1 + q2 (1 - q2) / n2)`` with the restricted estimates
        ``q1 = q2 + d`` (Farrington and Manning 1990, Statistics in Medicine 9, 1447-1454), found by halving the
        range of ``q2``. The pooled test at a gap of 0. NaN where a base is 0.

    Examples
    --------
    >>> gap_z(50, [100, 100], [70, 50], [200, 100], [0.0, -0.1]).statistic.round(3).tolist()
    [2.5, 1.421]
    """
    a, m, b, n, d = np.broadcast_arrays(np.asarray(x1, dtype=np.float64), _base(n1), x2, _base(n2), gap)
    other_a, other_b = m - a, n - b

    def slope(second: Floats) -> Floats:
        """Derivative of the log-likelihood, cleared of its denominators: it falls through 0 once."""
        first = second + d
        of_a: Floats = (a * (1 - first) - other_a * first) * second * (1 - second)
        of_b: Floats = (b * (1 - second) - other_b * second) * first * (1 - first)
        total: Floats = of_a + of_b
        return total

    low, high = np.maximum(0.0, -d), np.minimum(1.0, 1.0 - d)
    second = crossing(slope, low, high, 0.0)
    first = np.clip(second + d, 0.0, 1.0)
    return _z(a / m - b / n - d, first * (1 - first) / m + second * (1 - second) / n)


def gap_interval(
    x1: npt.ArrayLike, n1: npt.ArrayLike, x2: npt.ArrayLike, n2: npt.ArrayLike, level: float
) -> Interval:
    """Give the interval of share 1 less share 2: every gap that :func:`gap_z` does not refuse.

    Parameters
    ----------
    x1, n1, x2, n2 : array
    level : float

    Returns
    -------
    Interval
        Mee's (1984) interval. NaN where a base is 0.

    Raises
    ------
    RequestError
        ``not-a-fraction``.

    Examples
    --------
    >>> interval = gap_interval(50, 100, 70, 200, 0.90)
    >>> float(interval.low.round(3)), float(interval.high.round(3))
    (0.051, 0.248)
    """
    z = normal_quantile(level)
    a, m, b, n = np.broadcast_arrays(np.asarray(x1, dtype=np.float64), _base(n1), x2, _base(n2))
    low, high = accepted(lambda gap: gap_z(a, m, b, n, gap).statistic, a.shape, 1.0, z) + 0.0 * (m + n)
    return Interval(low, high)


def accepted(statistic: Callable[[Floats], Floats], shape: tuple[int, ...], widest: float, z: float) -> Floats:
    """Find what a score test does not refuse: where its falling statistic passes z, and where it passes -z.

    Parameters
    ----------
    statistic : callable
        Takes hypotheses of shape ``(2, *shape)``.
    shape : tuple of int
    widest : float
        Hypotheses reach from ``-widest`` to ``widest``.
    z : float

    Returns
    -------
    (2, *shape) float

    Examples
    --------
    >>> accepted(lambda mean: (0.5 - mean) / 0.1, (), 1.0, 1.96).round(3).tolist()
    [0.304, 0.696]
    """
    ends = np.full((2, *shape), widest)
    target = np.array([z, -z]).reshape(2, *(1 for _ in shape))
    return crossing(statistic, -ends, ends, target)


def crossing(function: Callable[[Floats], Floats], low: Floats, high: Floats, target: Floats | float) -> Floats:
    """Find where a falling function passes a number, by halving; an end of the range where it never does.

    Parameters
    ----------
    function : callable
        Falling, from an array to an array of the same shape.
    low, high : float array
        Ends of the range, of one shape.
    target : float or float array

    Returns
    -------
    float array, as ``low``

    Examples
    --------
    >>> float(crossing(lambda x: -x, np.array(-1.0), np.array(1.0), -0.25).round(6))
    0.25
    """
    left, right = np.array(low, dtype=np.float64), np.array(high, dtype=np.float64)
    for _ in range(HALVINGS):
        middle = (left + right) / 2
        above = function(middle) > target
        left, right = np.where(above, middle, left), np.where(above, right, middle)
    found: Floats = (left + right) / 2
    return found


def _base(n: npt.ArrayLike) -> Floats:
    """What must be above 0 and is NaN otherwise."""
    values = np.asarray(n, dtype=np.float64)
    positive: Floats = np.where(values > 0, values, np.nan)
    return positive


def _z(difference: Floats, variance: Floats) -> ZTest:
    """A difference in standard errors; without variance it is 0 or infinite."""
    spread = np.sqrt(np.where(variance > 0, variance, np.nan))
    certain = np.where(difference == 0, 0.0, np.copysign(np.inf, difference)) + 0.0 * difference
    z = np.where(variance > 0, difference / spread, np.where(variance == 0, certain, np.nan))
    return ZTest(z, normal_two_sided_p(z))
