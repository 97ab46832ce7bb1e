"""Two independent shares in full: Wald, Yates and Miettinen-Nurminen; and two more intervals of one share.

The pooled z test, Newcombe's, Wilson's and Clopper and Pearson's intervals are in
:mod:`..tables.inference`, the score test of a gap in :mod:`..comparisons.score_tests`.
All functions take arrays that broadcast.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cxsurvey.numerics.arrays import Floats
from cxsurvey.numerics.comparisons.score_tests import accepted, gap_z
from cxsurvey.numerics.probability.tails import normal_quantile, normal_two_sided_p, upper_point
from cxsurvey.numerics.tables.inference import Interval, ZTest

if TYPE_CHECKING:
    import numpy.typing as npt

MOST_CORRECTION = 0.5  # of a count: Yates moves each cell by half a respondent


def unpooled_z(x1: npt.ArrayLike, n1: npt.ArrayLike, x2: npt.ArrayLike, n2: npt.ArrayLike) -> ZTest:
    """Test two independent shares with each group's own variance (Wald).

    Parameters
    ----------
    x1, n1, x2, n2 : array
        Counts and bases.

    Returns
    -------
    ZTest
        NaN where a base is 0 or where both shares are 0 or 1.

    Examples
    --------
    >>> float(unpooled_z(15, 50, 30, 60).statistic.round(4))
    -2.1865
    """
    a, m, b, n = _groups(x1, n1, x2, n2)
    z = (a / m - b / n) / np.sqrt(_above_zero(_wald_variance(a, m, b, n)))
    return ZTest(z, normal_two_sided_p(z))


def yates_z(x1: npt.ArrayLike, n1: npt.ArrayLike, x2: npt.ArrayLike, n2: npt.ArrayLike) -> ZTest:
    """Test two independent shares with the pooled variance and Yates' (1934) correction for continuity.

    Parameters
    ----------
    x1, n1, x2, n2 : array

    Returns
    -------
    ZTest
        The gap comes half a respondent nearer to 0 on each side, and never past 0. The square is the corrected
        chi-square of the 2 x 2 table. NaN as :func:`.inference.two_proportion_z`.

    Examples
    --------
    >>> float(yates_z(15, 50, 30, 60).p_value.round(4))
    0.0537
    """
    a, m, b, n = _groups(x1, n1, x2, n2)
    pooled = (a + b) / (m + n)
    gap = a / m - b / n
    corrected = np.sign(gap) * np.maximum(np.abs(gap) - MOST_CORRECTION * (1 / m + 1 / n), 0.0)
    z = corrected / np.sqrt(_above_zero(pooled * (1 - pooled) * (1 / m + 1 / n)))
    return ZTest(z, normal_two_sided_p(z))


def wald_gap_interval(
    x1: npt.ArrayLike,
    n1: npt.ArrayLike,
    x2: npt.ArrayLike,
    n2: npt.ArrayLike,
    level: float,
    *,
    continuity: bool = False,
) -> Interval:
    """Give Wald's interval of share 1 less share 2; too short for small bases and shares near 0 or 1.

    Parameters
    ----------
    x1, n1, x2, n2 : array
    level : float
    continuity : bool
        Widen it by half a respondent in each group, as far as the gap itself (R's ``prop.test``).

    Returns
    -------
    Interval
        Within -1 and 1. NaN where a base is 0.

    Raises
    ------
    RequestError
        ``not-a-fraction``.

    Examples
    --------
    >>> interval = wald_gap_interval(15, 50, 30, 60, 0.95)
    >>> float(interval.low.round(4)), float(interval.high.round(4))
    (-0.3793, -0.0207)
    """
    a, m, b, n = _groups(x1, n1, x2, n2)
    gap = a / m - b / n
    margin = normal_quantile(level) * np.sqrt(_wald_variance(a, m, b, n))
    if continuity:
        margin = margin + np.minimum(MOST_CORRECTION * (1 / m + 1 / n), np.abs(gap))
    return Interval(np.maximum(gap - margin, -1.0), np.minimum(gap + margin, 1.0))


def miettinen_nurminen(
    x1: npt.ArrayLike, n1: npt.ArrayLike, x2: npt.ArrayLike, n2: npt.ArrayLike, level: float
) -> Interval:
    """Give the interval of share 1 less share 2 of Miettinen and Nurminen (1985, *Stat. Med.* 4: 213-226).

    Parameters
    ----------
    x1, n1, x2, n2 : array
    level : float

    Returns
    -------
    Interval
        Every gap that the score test :func:`.score_tests.gap_z` does not refuse, with the restricted variance
        times N / (N - 1), N being both bases together. NaN where a base is 0.

    Raises
    ------
    RequestError
        ``not-a-fraction``.

    Examples
    --------
    >>> interval = miettinen_nurminen(56, 70, 48, 80, 0.95)
    >>> float(interval.low.round(4)), float(interval.high.round(4))
    (0.0528, 0.3382)
    """
    z = normal_quantile(level)
    a, m, b, n = _groups(x1, n1, x2, n2)
    shrink = np.sqrt((m + n - 1) / (m + n))

    def statistic(gap: Floats) -> Floats:
        scaled: Floats = gap_z(a, m, b, n, gap).statistic * shrink
        return scaled

    low, high = accepted(statistic, a.shape, 1.0, z) + 0.0 * (m + n)
    return Interval(low, high)


def agresti_coull(x: npt.ArrayLike, n: npt.ArrayLike, level: float) -> Interval:
    """Give Agresti and Coull's (1998) interval of a share: Wald's after z²/2 more answers of either kind.

    Parameters
    ----------
    x, n : array
        Count and base.
    level : float

    Returns
    -------
    Interval
        It may pass 0 or 1. NaN where the base is 0.

    Raises
    ------
    RequestError
        ``not-a-fraction``.

    Examples
    --------
    >>> interval = agresti_coull(15, 50, 0.95)
    >>> float(interval.low.round(4)), float(interval.high.round(4))
    (0.1903, 0.4383)
    """
    z = normal_quantile(level)
    base = _above_zero(n) + z**2
    share = (np.asarray(x, dtype=np.float64) + z**2 / 2) / base
    margin = z * np.sqrt(share * (1 - share) / base)
    return Interval(share - margin, share + margin)


def jeffreys(x: npt.ArrayLike, n: npt.ArrayLike, level: float) -> Interval:
    """Give the interval of a share from the beta distribution with Jeffreys' prior (Brown, Cai, DasGupta 2001).

    Parameters
    ----------
    x, n : array
        Count and base.
    level : float

    Returns
    -------
    Interval
        Equal tails, at 0 and n too. NaN where the base is 0.

    Raises
    ------
    RequestError
        ``not-a-fraction``.

    Examples
    --------
    >>> interval = jeffreys(15, 50, 0.95)
    >>> float(interval.low.round(4)), float(interval.high.round(4))
    (0.1869, 0.4355)
    """
    from scipy.special import betaincinv  # noqa: PLC0415 - 0.3 s, paid by those who ask for an interval

    high = upper_point(level)
    count, base = np.broadcast_arrays(np.asarray(x, dtype=np.float64), _above_zero(n))
    yes, no = count + 0.5, base - count + 0.5
    return Interval(np.asarray(betaincinv(yes, no, 1 - high)), np.asarray(betaincinv(yes, no, high)))


def _above_zero(values: npt.ArrayLike) -> Floats:
    given = np.asarray(values, dtype=np.float64)
    kept: Floats = np.where(given > 0, given, np.nan)
    return kept


def _groups(*counts: npt.ArrayLike) -> tuple[Floats, Floats, Floats, Floats]:
    a, m, b, n = np.broadcast_arrays(*(np.asarray(count, dtype=np.float64) for count in counts))
    return a, _above_zero(m), b, _above_zero(n)


def _wald_variance(a: Floats, m: Floats, b: Floats, n: Floats) -> Floats:
    variance: Floats = a / m * (1 - a / m) / m + b / n * (1 - b / n) / n
    return variance
