"""Intervals, the test of two shares and effect sizes, over arrays of any broadcastable shape.

The quantiles and tail probabilities of :mod:`..probability.tails` can be had from here as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cxsurvey.numerics.arrays import Floats, as_floats
from cxsurvey.numerics.probability.tails import (
    normal_quantile,
    normal_two_sided_p,
    t_quantile,
    t_two_sided_p,
    upper_point,
)

if TYPE_CHECKING:
    import numpy.typing as npt

    from cxsurvey.numerics.arrays import Bools

__all__ = [
    "Interval",
    "ShareIntervals",
    "ZTest",
    "at_edge",
    "clopper_pearson",
    "cohen_d",
    "cohen_h",
    "logit_interval",
    "newcombe",
    "normal_quantile",
    "normal_two_sided_p",
    "share_intervals",
    "snapped",
    "t_interval",
    "t_quantile",
    "t_two_sided_p",
    "two_proportion_z",
    "wilson",
]

EDGE = 1e-14  # a share this near to 0 or 1 is 0 or 1: rounding of a sum of weights, not an answer


def at_edge(share: npt.ArrayLike) -> Bools:
    """Tell shares that are 0 or 1, whose linearized variance is zero.

    Parameters
    ----------
    share : float array of any shape
        Fractions.

    Returns
    -------
    bool array, as ``share``
        False where it is NaN.

    Examples
    --------
    >>> at_edge([0.0, 0.5, 1 - 1e-16]).tolist()
    [True, False, True]
    """
    p = np.asarray(share, dtype=np.float64)
    return (p <= EDGE) | (p >= 1 - EDGE)


def snapped(share: npt.ArrayLike) -> Floats:
    """Turn shares that are 0 or 1 but for rounding into 0 or 1.

    Parameters
    ----------
    share : float array of any shape
        Fractions.

    Returns
    -------
    float array, as ``share``

    Examples
    --------
    >>> snapped([1e-16, 0.5]).tolist()
    [0.0, 0.5]
    """
    p = np.asarray(share, dtype=np.float64)
    return np.where(at_edge(p), np.rint(p), p)


@dataclass(frozen=True, slots=True)
class Interval:
    """Confidence limits.

    Attributes
    ----------
    low, high : float array
    """

    low: Floats
    high: Floats


@dataclass(frozen=True, slots=True)
class ShareIntervals:
    """Confidence limits of shares, and how each was made.

    Attributes
    ----------
    low, high : (K,) float
    method : (K,) str
        "wilson", "logit" or "exact"; "" where there is no share.
    """

    low: Floats
    high: Floats
    method: npt.NDArray[np.str_]


@dataclass(frozen=True, slots=True)
class ZTest:
    """A statistic with its two-sided p-value.

    Attributes
    ----------
    statistic, p_value : float array
    """

    statistic: Floats
    p_value: Floats


def t_interval(estimate: npt.ArrayLike, std_error: npt.ArrayLike, df: npt.ArrayLike, level: float) -> Interval:
    """Give ``estimate ± t SE``.

    Parameters
    ----------
    estimate, std_error, df : float arrays that broadcast
        df may be infinite, which gives the normal interval.
    level : float
        Between 0 and 1.

    Returns
    -------
    Interval
        NaN where ``df`` is not above 0.

    Raises
    ------
    RequestError
        ``not-a-fraction``.

    Examples
    --------
    >>> interval = t_interval(0.1, 0.03, 28, 0.95)
    >>> float(interval.low.round(4)), float(interval.high.round(4))
    (0.0385, 0.1615)
    """
    margin = t_quantile(level, df) * np.asarray(std_error, dtype=np.float64)
    centre = np.asarray(estimate, dtype=np.float64)
    return Interval(centre - margin, centre + margin)


def wilson(p: npt.ArrayLike, n: npt.ArrayLike, level: float) -> Interval:
    """Give Wilson's score interval of a share (Wilson 1927).

    Parameters
    ----------
    p, n : array
        Share and base; the base may be an effective one and need not be whole.
    level : float

    Returns
    -------
    Interval
        NaN where the base is 0.

    Raises
    ------
    RequestError
        ``not-a-fraction``.

    Examples
    --------
    >>> interval = wilson(15 / 50, 50, 0.95)
    >>> float(interval.low.round(4)), float(interval.high.round(4))
    (0.191, 0.4375)
    """
    z = normal_quantile(level)
    share, base = np.asarray(p, dtype=np.float64), _positive(n)
    spread = z * np.sqrt(share * (1 - share) / base + (z / (2 * base)) ** 2)
    centre, scale = share + z**2 / (2 * base), 1 + z**2 / base
    low, high = (centre - spread) / scale, (centre + spread) / scale
    return Interval(np.where(share == 0, 0.0 * base, low), np.where(share == 1, 1 + 0.0 * base, high))


def _positive(n: npt.ArrayLike) -> Floats:
    base = np.asarray(n, dtype=np.float64)
    positive: Floats = np.where(base > 0, base, np.nan)
    return positive


def clopper_pearson(p: npt.ArrayLike, n: npt.ArrayLike, level: float) -> Interval:
    """Give the exact (tail) interval of a share (Clopper and Pearson 1934).

    Parameters
    ----------
    p, n : array
        Share and base. For a base that is not whole, such as an effective one, the beta form serves (Korn and
        Graubard 1998).
    level : float

    Returns
    -------
    Interval
        NaN where the base is 0.

    Raises
    ------
    RequestError
        ``not-a-fraction``.

    Examples
    --------
    >>> float(clopper_pearson(0, 20, 0.95).high.round(4))
    0.1684
    """
    from scipy.special import betaincinv  # noqa: PLC0415 - 0.3 s, paid by those who ask for an interval

    tail = 1 - upper_point(level)
    share, base = np.broadcast_arrays(np.asarray(p, dtype=np.float64), _positive(n))
    x, rest = share * base, (1 - share) * base
    low = np.where(x > 0, betaincinv(np.where(x > 0, x, 1.0), rest + 1, tail), 0.0 * x)
    high = np.where(rest > 0, betaincinv(x + 1, np.where(rest > 0, rest, 1.0), 1 - tail), 1 + 0.0 * rest)
    return Interval(low, high)


def logit_interval(p: npt.ArrayLike, std_error: npt.ArrayLike, df: npt.ArrayLike, level: float) -> Interval:
    """Give the t interval on the log-odds scale, turned back (Korn and Graubard 1999, sec. 2.4).

    Parameters
    ----------
    p, std_error, df : array
    level : float

    Returns
    -------
    Interval
        NaN where p is 0 or 1, where log-odds do not exist, and where ``df`` is not above 0.

    Raises
    ------
    RequestError
        ``not-a-fraction``.

    Examples
    --------
    >>> interval = logit_interval(0.3, 0.03, 28, 0.95)
    >>> float(interval.low.round(4)), float(interval.high.round(4))
    (0.2423, 0.3648)
    """
    from scipy.special import expit, logit  # noqa: PLC0415 - 0.3 s, paid by those who ask for an interval

    share = np.asarray(p, dtype=np.float64)
    share = np.where((share > 0) & (share < 1), share, np.nan)
    margin = t_quantile(level, df) * np.asarray(std_error, dtype=np.float64) / (share * (1 - share))
    return Interval(np.asarray(expit(logit(share) - margin)), np.asarray(expit(logit(share) + margin)))


def share_intervals(
    p: npt.ArrayLike,
    std_error: npt.ArrayLike,
    n: npt.ArrayLike,
    n_effective: npt.ArrayLike,
    df: npt.ArrayLike,
    *,
    simple: bool,
    level: float = 0.95,
) -> ShareIntervals:
    """Give intervals of shares by the house rule: Wilson, logit or exact.

    Parameters
    ----------
    p, std_error, n, n_effective, df : (K,) array
        As in :class:`.variance.Ratios`.
    simple : bool
        The sample is simple (:attr:`.SampleDesign.is_simple`): Wilson on n. Otherwise logit with t.
    level : float

    Returns
    -------
    ShareIntervals
        A share of 0 or 1 has the exact interval, on n for a simple sample and on the effective n with a
        design (Kish's, which knows weights and not clusters).

    Raises
    ------
    RequestError
        ``not-a-fraction``.

    Examples
    --------
    >>> result = share_intervals([0.3, 0.0], [0.03, 0.0], [200, 200], [150, 150], [28, 28], simple=False)
    >>> result.method.tolist(), result.high.round(4).tolist()
    (['logit', 'exact'], [0.3648, 0.0243])
    """
    share, base, freedom = as_floats(p), as_floats(n), as_floats(df)
    edge = at_edge(share)
    exact = clopper_pearson(np.rint(share), base if simple else as_floats(n_effective), level)
    main = wilson(share, base, level) if simple else logit_interval(share, std_error, freedom, level)
    known = ~np.isnan(share)
    method = np.where(edge, "exact", "wilson" if simple else "logit")
    return ShareIntervals(
        np.where(edge, exact.low, main.low),
        np.where(edge, exact.high, main.high),
        np.where(known, method, ""),
    )


def newcombe(
    p1: npt.ArrayLike, n1: npt.ArrayLike, p2: npt.ArrayLike, n2: npt.ArrayLike, level: float
) -> Interval:
    """Give the interval of p1 - p2 for two independent simple samples (Newcombe 1998, method 10).

    Parameters
    ----------
    p1, n1, p2, n2 : array
    level : float

    Returns
    -------
    Interval
        NaN where a base is 0.

    Raises
    ------
    RequestError
        ``not-a-fraction``.

    Examples
    --------
    >>> interval = newcombe(0.3, 50, 0.5, 60, 0.95)
    >>> float(interval.low.round(4)), float(interval.high.round(4))
    (-0.3641, -0.0157)
    """
    first, second = wilson(p1, n1, level), wilson(p2, n2, level)
    a, b = np.asarray(p1, dtype=np.float64), np.asarray(p2, dtype=np.float64)
    down = np.sqrt((a - first.low) ** 2 + (second.high - b) ** 2)
    up = np.sqrt((first.high - a) ** 2 + (b - second.low) ** 2)
    return Interval(a - b - down, a - b + up)


def two_proportion_z(x1: npt.ArrayLike, n1: npt.ArrayLike, x2: npt.ArrayLike, n2: npt.ArrayLike) -> ZTest:
    """Test two independent shares with the pooled variance.

    Parameters
    ----------
    x1, n1, x2, n2 : array
        Counts and bases.

    Returns
    -------
    ZTest
        NaN where a base is 0 or where nobody or everybody answered so (no variance).

    Examples
    --------
    >>> result = two_proportion_z(50, 100, 70, 200)
    >>> float(result.statistic.round(3)), float(result.p_value.round(4))
    (2.5, 0.0124)
    """
    a, b = np.asarray(x1, dtype=np.float64), np.asarray(x2, dtype=np.float64)
    m, n = _positive(n1), _positive(n2)
    pooled = (a + b) / (m + n)
    variance = pooled * (1 - pooled) * (1 / m + 1 / n)
    z = (a / m - b / n) / np.sqrt(np.where(variance > 0, variance, np.nan))
    return ZTest(z, normal_two_sided_p(z))


def cohen_h(p1: npt.ArrayLike, p2: npt.ArrayLike) -> Floats:
    """Give the effect size of two shares, ``2 asin √p1 - 2 asin √p2`` (Cohen 1988, sec. 6.2).

    Parameters
    ----------
    p1, p2 : float arrays that broadcast
        Shares as fractions.

    Returns
    -------
    float array
        In radians; NaN outside 0 to 1.

    Examples
    --------
    >>> float(cohen_h(0.3, 0.5).round(4))
    -0.4115
    """
    a, b = np.asarray(p1, dtype=np.float64), np.asarray(p2, dtype=np.float64)
    h: Floats = np.asarray(2 * (np.arcsin(np.sqrt(a)) - np.arcsin(np.sqrt(b))))
    return h


def cohen_d(
    difference: npt.ArrayLike, sd1: npt.ArrayLike, n1: npt.ArrayLike, sd2: npt.ArrayLike, n2: npt.ArrayLike
) -> Floats:
    """Give the effect size of two means: their difference in pooled standard deviations (Cohen 1988, sec. 2.2).

    Parameters
    ----------
    difference : array
        Mean 1 less mean 2, made by a contrast.
    sd1, n1, sd2, n2 : array
        Standard deviations (divisor n - 1) and bases.

    Returns
    -------
    float array
        NaN where the two bases together have fewer than 3 or the pooled deviation is 0.

    Examples
    --------
    >>> float(cohen_d(0.5, 1.0, 30, 1.0, 30))
    0.5
    """
    m, n = _positive(n1), _positive(n2)
    freedom = _positive(m + n - 2)
    squares = (m - 1) * np.asarray(sd1, dtype=np.float64) ** 2 + (n - 1) * np.asarray(
        sd2, dtype=np.float64
    ) ** 2
    d: Floats = np.asarray(difference, dtype=np.float64) / np.sqrt(_positive(squares / freedom))
    return d
