"""Rank tests of simple samples: Mann-Whitney, signed rank, Kruskal-Wallis, Friedman, Kolmogorov-Smirnov.

Ties share the mean of their ranks. Missing values (NaN) are left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from cxsurvey.errors import RequestError
from cxsurvey.numerics.arrays import Floats, as_floats
from cxsurvey.numerics.classic.tested import (
    Alternative,
    Tested,
    check_alternative,
    directed_p,
    pairs_of,
    sample_of,
    samples_of,
)
from cxsurvey.numerics.probability.tails import normal_two_sided_p
from cxsurvey.numerics.probability.upper_tails import chi_square_p

if TYPE_CHECKING:
    import numpy.typing as npt

EXACT_BELOW = 50  # respondents in each sample, as in R
HALF = 0.5
MATRIX = 2


def mann_whitney(
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    *,
    continuity: bool = True,
    exact: bool | None = None,
    alternative: Alternative = "two-sided",
) -> Tested:
    """Test whether values of one sample tend to be larger than those of another (Mann and Whitney 1947).

    Parameters
    ----------
    x, y : (m,) and (n,) arrays
    continuity : bool
        In the normal approximation, bring the statistic half a rank nearer to its mean.
    exact : bool, optional
        The distribution of all orders, for samples without ties; by default where there are none and both
        samples have fewer than 50 values. With ties ``True`` is refused.
    alternative : {"two-sided", "less", "greater"}
        That values of x are other, smaller, larger.

    Returns
    -------
    Tested
        ``statistic`` is U, how often a value of x is larger than one of y (ties count half). NaN where a sample
        is empty or all values are the same.

    Raises
    ------
    RequestError
        ``array-shape``, ``unknown-option``, ``bad-option`` for an exact test with ties.

    Examples
    --------
    >>> result = mann_whitney([1.1, 2.3, 4.4, 5.2, 8.1], [0.4, 1.9, 3.3, 2.2, 6.6, 7.3])
    >>> result.statistic, round(result.p_value, 4)
    (18.0, 0.6623)
    """
    check_alternative(alternative)
    a, b = sample_of("x", x), sample_of("y", y)
    m, n = len(a), len(b)
    if not m or not n:
        return Tested(float("nan"), float("nan"))
    rank, ties = ranked(np.concatenate([a, b]))
    u = float(rank[:m].sum() - m * (m + 1) / 2)
    if exact if exact is not None else not ties.any() and max(m, n) < EXACT_BELOW:
        _refuse_ties(ties, zeros=False)
        return Tested(u, _exact_p(_sums_of_ranks(m, n), round(u), alternative))
    total = m + n
    variance = m * n / 12 * (total + 1 - float(ties.sum()) / (total * max(total - 1, 1)))
    return Tested(u, _normal_p(u - m * n / 2, variance, continuity=continuity, alternative=alternative))


def signed_rank(
    x: npt.ArrayLike,
    y: npt.ArrayLike | None = None,
    *,
    continuity: bool = True,
    exact: bool | None = None,
    alternative: Alternative = "two-sided",
) -> Tested:
    """Test whether paired differences lie about 0 (Wilcoxon 1945).

    Parameters
    ----------
    x, y : (n,) arrays
        Pairs; without ``y`` x holds the differences. Differences of 0 are left out.
    continuity : bool
        As in :func:`mann_whitney`.
    exact : bool, optional
        The distribution over all signs; by default where there are no ties and no zeros and fewer than 50
        differences. Otherwise ``True`` is refused.
    alternative : {"two-sided", "less", "greater"}
        That differences lie about something else, below 0, above 0.

    Returns
    -------
    Tested
        ``statistic`` is V, the sum of the ranks of positive differences. NaN where no difference is left.

    Raises
    ------
    RequestError
        ``array-shape``, ``unknown-option``, ``bad-option`` for an exact test with ties or zeros.

    Examples
    --------
    >>> result = signed_rank([1.2, -0.4, 2.2, 3.1, -0.9, 1.7])
    >>> result.statistic, result.p_value
    (18.0, 0.15625)
    """
    check_alternative(alternative)
    if y is None:
        difference = sample_of("x", x)
    else:
        first, second = pairs_of(x, y)
        difference = first - second
    d = difference[difference != 0]
    n = len(d)
    if not n:
        return Tested(float("nan"), float("nan"))
    rank, ties = ranked(np.abs(d))
    v = float(rank[d > 0].sum())
    zeros = n < len(difference)
    if exact if exact is not None else not ties.any() and not zeros and n < EXACT_BELOW:
        _refuse_ties(ties, zeros=zeros)
        return Tested(v, _exact_p(_sums_of_signed_ranks(n), round(v), alternative))
    variance = n * (n + 1) * (2 * n + 1) / 24 - float(ties.sum()) / 48
    return Tested(v, _normal_p(v - n * (n + 1) / 4, variance, continuity=continuity, alternative=alternative))


def kruskal_wallis(samples: Sequence[npt.ArrayLike]) -> Tested:
    """Test whether several samples come from one distribution (Kruskal and Wallis 1952).

    Parameters
    ----------
    samples : sequence of (n_k,) arrays
        Two or more; empty ones are left out.

    Returns
    -------
    Tested
        H with its correction for ties, on K - 1 degrees of freedom. NaN where fewer than two samples hold
        values or all values are the same.

    Raises
    ------
    RequestError
        ``array-shape``.

    Examples
    --------
    >>> round(kruskal_wallis([[1, 3, 5], [2, 4, 6], [7, 8, 9]]).statistic, 4)
    5.6
    """
    held = [sample for sample in samples_of(samples) if len(sample)]
    df = len(held) - 1
    if df < 1:
        return Tested(float("nan"), float("nan"), df)
    rank, ties = ranked(np.concatenate(held))
    n = len(rank)
    sizes = np.array([len(sample) for sample in held])
    sums = np.add.reduceat(rank, np.concatenate([[0], np.cumsum(sizes)[:-1]]))
    h = 12 / (n * (n + 1)) * float((sums**2 / sizes).sum()) - 3 * (n + 1)
    left = 1 - float(ties.sum()) / (n**3 - n)
    statistic = h / left if left > 0 else float("nan")
    return Tested(statistic, float(chi_square_p(statistic, df)), df)


def friedman(values: npt.ArrayLike) -> Tested:
    """Test whether several ratings of the same respondents differ in rank (Friedman 1937).

    Parameters
    ----------
    values : (n, K) array
        Respondents with a missing value are left out.

    Returns
    -------
    Tested
        Chi-square with correction for ties, on K - 1 degrees of freedom. NaN where nobody is left or every
        respondent rates all alike.

    Raises
    ------
    RequestError
        ``array-shape``.

    Examples
    --------
    >>> round(friedman([[1, 2, 3], [2, 1, 3], [1, 3, 2], [1, 2, 3]]).statistic, 4)
    4.5
    """
    x = as_floats(values)
    if x.ndim != MATRIX or x.shape[1] < MATRIX:
        raise RequestError.array_shape("values", "(respondents, two ratings or more)", x.shape)
    x = x[~np.isnan(x).any(axis=1)]
    n, k = x.shape
    below = (x[:, :, None] > x[:, None, :]).sum(axis=2)
    same = (x[:, :, None] == x[:, None, :]).sum(axis=2)
    sums = (below + (same + 1) / 2).sum(axis=0)
    ties = float((same**2 - 1).sum())  # of t values alike, each adds t² - 1: t³ - t together
    spread = n * k * (k + 1) - ties / (k - 1)
    statistic = 12 * float(((sums - n * (k + 1) / 2) ** 2).sum()) / spread if spread > 0 else float("nan")
    return Tested(statistic, float(chi_square_p(statistic, k - 1)), k - 1)


def kolmogorov_smirnov(x: npt.ArrayLike, y: npt.ArrayLike) -> Tested:
    """Test whether two samples come from one distribution, whatever way they differ (Smirnov 1939).

    Parameters
    ----------
    x, y : (m,) and (n,) arrays

    Returns
    -------
    Tested
        ``statistic`` is the largest distance of the two distribution functions; the p-value is that of
        Kolmogorov's limit, which is too large for small samples and for ties. NaN where a sample is empty.

    Raises
    ------
    RequestError
        ``array-shape``.

    Examples
    --------
    >>> kolmogorov_smirnov([1, 2, 3, 4], [3, 4, 5, 6]).statistic
    0.5
    """
    from scipy.special import kolmogorov  # noqa: PLC0415 - 0.3 s, paid by those who ask for it

    a, b = np.sort(sample_of("x", x)), np.sort(sample_of("y", y))
    m, n = len(a), len(b)
    if not m or not n:
        return Tested(float("nan"), float("nan"))
    at = np.concatenate([a, b])
    apart = np.searchsorted(a, at, side="right") / m - np.searchsorted(b, at, side="right") / n
    statistic = float(np.abs(apart).max())
    return Tested(statistic, float(kolmogorov(np.sqrt(m * n / (m + n)) * statistic)))


def ranked(values: Floats) -> tuple[Floats, Floats]:
    """Give mid-ranks, and t³ - t of each set of t values that are alike.

    Parameters
    ----------
    values : (n,) array

    Returns
    -------
    ranks : (n,) float
    ties : (distinct,) float

    Examples
    --------
    >>> rank, ties = ranked(np.array([3.0, 1.0, 3.0]))
    >>> rank.tolist(), ties.tolist()
    ([2.5, 1.0, 2.5], [0.0, 6.0])
    """
    _, place, size = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(size)
    rank = (last - (size - 1) / 2)[place]
    count = size.astype(np.float64)
    return rank, count**3 - count


def _refuse_ties(ties: Floats, *, zeros: bool) -> None:
    if ties.any() or zeros:
        raise RequestError.bad_option("exact", "True", "False or None, as there are ties or zeros")


def _normal_p(distance: float, variance: float, *, continuity: bool, alternative: Alternative) -> float:
    if not variance > 0:
        return float("nan")
    near = distance
    if continuity and alternative == "two-sided":
        near = float(np.sign(distance)) * max(abs(distance) - HALF, 0.0)
    elif continuity:
        near = distance - (HALF if alternative == "greater" else -HALF)
    z = near / np.sqrt(variance)
    return directed_p(z, float(normal_two_sided_p(z)), alternative)


def _exact_p(ways: Floats, value: int, alternative: Alternative) -> float:
    """Give a tail of a distribution given by its ways; twice the smaller one for both."""
    chances = ways / ways.sum()
    below, above = float(chances[: value + 1].sum()), float(chances[value:].sum())
    if alternative == "two-sided":
        return min(1.0, 2 * min(below, above))
    return min(1.0, below if alternative == "less" else above)


def _sums_of_ranks(m: int, n: int) -> Floats:
    """Ways in which m of m + n ranks give each U from 0 to m n: the Gaussian binomial coefficient.

    It is the product of ``(1 - q^(n+i)) / (1 - q^i)`` over i from 1 to m, as a polynomial in q.
    """
    ways = np.zeros(m * n + 1)
    ways[0] = 1.0
    for i in range(1, m + 1):
        step = n + i
        ways[step:] = ways[step:] - ways[:-step] if step < len(ways) else ways[step:]
        for start in range(min(i, len(ways))):
            ways[start::i] = np.cumsum(ways[start::i])
    return ways


def _sums_of_signed_ranks(n: int) -> Floats:
    """Ways in which the ranks 1 to n, each taken or not, give each sum."""
    ways = np.zeros(n * (n + 1) // 2 + 1)
    ways[0] = 1.0
    for rank in range(1, n + 1):
        ways[rank:] = ways[rank:] + ways[:-rank]
    return ways
