"""Two shares of the same respondents: score tests of their gap and of their ratio.

Of ``n`` respondents ``both`` gave answers a and b, ``only_a`` and ``only_b`` one of them. All are arrays that
broadcast and need not be whole.

A hypothesis about the four shares is ``sum of p g = 0``, with g (1 - d, -1 - d, -d, -d) for a gap d in only a,
only b, both and neither, and (1, -k, 1 - k, 0) for a ratio k. The score statistic is ``sum of x g`` over the
root of ``n`` times ``sum of q g²``, q being the shares of largest likelihood under the hypothesis,
``q = x / (n + c g)`` for the multiplier c that makes it true.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cxsurvey.numerics.arrays import Floats
from cxsurvey.numerics.comparisons.score_tests import WIDEST_LOG_RATIO, accepted, crossing
from cxsurvey.numerics.tables.inference import Interval, ZTest, normal_quantile, normal_two_sided_p

if TYPE_CHECKING:
    import numpy.typing as npt


def paired_z(only_a: npt.ArrayLike, only_b: npt.ArrayLike) -> ZTest:
    """Test two shares of the same respondents, ``(b - c) / sqrt(b + c)`` (McNemar 1947).

    Parameters
    ----------
    only_a, only_b : array
        Respondents with one answer and without the other.

    Returns
    -------
    ZTest
        0 where nobody's two answers differ.

    Examples
    --------
    >>> result = paired_z(59, 16)
    >>> float(result.statistic.round(3))
    4.965
    """
    b, c = np.asarray(only_a, dtype=np.float64), np.asarray(only_b, dtype=np.float64)
    z = (b - c) / np.sqrt(np.where(b + c > 0, b + c, 1.0))
    return ZTest(z, normal_two_sided_p(z))


def paired_gap_z(
    both: npt.ArrayLike, only_a: npt.ArrayLike, only_b: npt.ArrayLike, n: npt.ArrayLike, gap: npt.ArrayLike
) -> ZTest:
    """Test whether two shares of the same respondents are a given gap apart (Tango 1998).

    Parameters
    ----------
    both, only_a, only_b, n : array
    gap : array
        Share a less share b under the hypothesis, strictly between -1 and 1.

    Returns
    -------
    ZTest
        :func:`paired_z` at a gap of 0. NaN where the base is 0.

    Examples
    --------
    >>> float(paired_gap_z(20, 59, 16, 120, 0.0).statistic.round(3))
    4.965
    """
    counts, d = _against(_cells(both, only_a, only_b, n), gap)
    return _score(counts, np.stack([1 - d, -1 - d, -d, -d]))


def paired_ratio_z(
    both: npt.ArrayLike, only_a: npt.ArrayLike, only_b: npt.ArrayLike, n: npt.ArrayLike, ratio: npt.ArrayLike
) -> ZTest:
    """Test whether share a is a given multiple of share b, both of the same respondents.

    The score test of Nam and Blackwelder (2002, Statistics in Medicine 21, 689-699).

    Parameters
    ----------
    both, only_a, only_b, n : array
    ratio : array
        The multiple, above 0.

    Returns
    -------
    ZTest
        :func:`paired_z` at a multiple of 1. NaN where the base is 0 or nobody gave either answer.

    Examples
    --------
    >>> float(paired_ratio_z(20, 59, 16, 120, 1.0).statistic.round(3))
    4.965
    """
    counts, k = _against(_cells(both, only_a, only_b, n), ratio)
    found = _score(counts, np.stack([np.ones_like(k), -k, 1 - k, np.zeros_like(k)]))
    someone = counts[:3].sum(axis=0) > 0
    return ZTest(np.where(someone, found.statistic, np.nan), np.where(someone, found.p_value, np.nan))


def paired_gap_interval(
    both: npt.ArrayLike, only_a: npt.ArrayLike, only_b: npt.ArrayLike, n: npt.ArrayLike, level: float
) -> Interval:
    """Give the interval of share a less share b: every gap that :func:`paired_gap_z` does not refuse.

    Parameters
    ----------
    both, only_a, only_b, n : array
    level : float

    Returns
    -------
    Interval
        Tango's (1998) score interval. NaN where the base is 0.

    Raises
    ------
    RequestError
        ``not-a-fraction``.

    Examples
    --------
    >>> interval = paired_gap_interval(20, 59, 16, 120, 0.95)
    >>> float(interval.low.round(3)), float(interval.high.round(3))
    (0.225, 0.477)
    """
    z = normal_quantile(level)
    b, c, m, rest = _cells(both, only_a, only_b, n)
    whole = b + c + m + rest
    low, high = accepted(lambda gap: paired_gap_z(m, b, c, whole, gap).statistic, b.shape, 1.0, z) + 0.0 * whole
    return Interval(low, high)


def paired_ratio_interval(
    both: npt.ArrayLike, only_a: npt.ArrayLike, only_b: npt.ArrayLike, n: npt.ArrayLike, level: float
) -> Interval:
    """Give the interval of share a over share b: every multiple that :func:`paired_ratio_z` does not refuse.

    Parameters
    ----------
    both, only_a, only_b, n : array
    level : float

    Returns
    -------
    Interval
        From 0 where nobody gave answer a, to infinity where nobody gave b. NaN where the base is 0.

    Raises
    ------
    RequestError
        ``not-a-fraction``.

    Examples
    --------
    >>> interval = paired_ratio_interval(0, 60, 30, 120, 0.95)
    >>> float(interval.low.round(2)), float(interval.high.round(2))
    (1.29, 3.09)
    """
    z = normal_quantile(level)
    b, c, m, rest = _cells(both, only_a, only_b, n)
    whole = b + c + m + rest

    def statistic(log_ratio: Floats) -> Floats:
        return paired_ratio_z(m, b, c, whole, np.exp(log_ratio)).statistic

    low, high = np.exp(accepted(statistic, b.shape, WIDEST_LOG_RATIO, z))
    known = 0.0 * whole
    return Interval(np.where(b + m > 0, low, 0.0) + known, np.where(c + m > 0, high, np.inf) + known)


def _cells(both: npt.ArrayLike, only_a: npt.ArrayLike, only_b: npt.ArrayLike, n: npt.ArrayLike) -> Floats:
    """Counts of only a, only b, both and neither, shape (4, ...); NaN where the base is 0."""
    m, b, c, base = np.broadcast_arrays(*(np.asarray(x, dtype=np.float64) for x in (both, only_a, only_b, n)))
    whole = np.where(base > 0, base, np.nan)
    return np.stack([b + 0 * whole, c + 0 * whole, m + 0 * whole, np.maximum(whole - b - c - m, 0.0)])


def _against(counts: Floats, hypothesis: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Counts and hypotheses in one shape, which the hypotheses may extend to the left."""
    value = np.asarray(hypothesis, dtype=np.float64) + np.zeros(counts[0].shape)
    wide = np.stack([np.broadcast_to(cell, value.shape) for cell in counts])
    return wide, value


def _score(counts: Floats, g: Floats) -> ZTest:
    n = counts.sum(axis=0)
    most, least = g.max(axis=0), g.min(axis=0)

    def gradient(multiplier: Floats) -> Floats:
        with np.errstate(divide="ignore", invalid="ignore"):  # an empty cell at the edge is 0 / 0, and left out
            terms = np.where(counts > 0, counts * g / (n + multiplier * g), 0.0)
        total: Floats = terms.sum(axis=0)
        return total

    multiplier = crossing(gradient, -n / most, -n / least, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):  # as above
        shares = np.where(counts > 0, counts / (n + multiplier * g), 0.0)
    # What the answered cells leave over lies in the empty cell that limits the multiplier.
    edge = np.where(multiplier < 0, most, least)
    variance = (shares * g**2).sum(axis=0) + np.maximum(1 - shares.sum(axis=0), 0.0) * edge**2
    z = (counts * g).sum(axis=0) / np.sqrt(n * np.where(variance > 0, variance, 1.0)) + 0.0 * n
    return ZTest(z, normal_two_sided_p(z))
