"""Exact p-values where counts are too small for a z test, as arrays: Fisher's, the binomial and McNemar's.

A z test takes the normal distribution for that of a count. Where fewer than five are expected in some cell
(Cochran 1954, Biometrics 10, 417-451), its p-values are too small; the functions here put an exact one in their
place, as the z that has the same two-sided p-value.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import numpy as np

from cxsurvey.numerics.arrays import Bools, Floats

if TYPE_CHECKING:
    import numpy.typing as npt

LEAST_EXPECTED: Final = 5.0
FEW_DIFFER: Final = 2 * LEAST_EXPECTED
AS_LIKELY: Final = 1 + 1e-7  # outcomes that are equally likely but for rounding
HALF: Final = 0.5


def fisher_p(x1: npt.ArrayLike, n1: npt.ArrayLike, x2: npt.ArrayLike, n2: npt.ArrayLike) -> Floats:
    """Give the two-sided p-value of Fisher's (1935) exact test of two groups.

    Parameters
    ----------
    x1, n1, x2, n2 : (K,) array
        Whole counts and bases.

    Returns
    -------
    (K,) float
        The chance, the margins given, of all tables that are no more likely than this one.

    Examples
    --------
    >>> fisher_p([2, 3], [2, 3], [0, 0], [2, 3]).round(4).tolist()
    [0.3333, 0.1]
    """
    a, m, b, n = (np.asarray(column, dtype=np.int64) for column in (x1, n1, x2, n2))
    log = _log_factorials(int((m + n).max(initial=0)))
    total = a + b
    low, high = np.maximum(0, total - n), np.minimum(total, m)
    constant = log[m] + log[n] + log[total] + log[m + n - total] - log[m + n]

    def chance(cell: npt.NDArray[np.int64]) -> Floats:
        inside = np.clip(cell, low, high)
        other = total - inside
        terms = log[inside] + log[m - inside] + log[other] + log[n - other]
        return np.where(cell <= high, np.exp(constant - terms), 0.0)

    own = chance(a) * AS_LIKELY
    p = np.zeros(a.shape)
    for step in range(int((high - low).max(initial=-1)) + 1):
        found = chance(low + step)
        p += np.where(found <= own, found, 0.0)
    return np.minimum(p, 1.0)


def binomial_p(x: npt.ArrayLike, n: npt.ArrayLike, share: float) -> Floats:
    """Give the two-sided p-value of the exact binomial test of one share.

    Parameters
    ----------
    x, n : (K,) array
        Whole counts and bases.
    share : float
        The number, between 0 and 1.

    Returns
    -------
    (K,) float
        The chance of all counts that are no more likely than this one.

    Examples
    --------
    >>> binomial_p([4, 5], [4, 6], 0.5).round(4).tolist()
    [0.125, 0.2188]
    """
    count, base = (np.asarray(column, dtype=np.int64) for column in (x, n))
    log = _log_factorials(int(base.max(initial=0)))

    def chance(cell: npt.NDArray[np.int64]) -> Floats:
        inside = np.minimum(cell, base)
        ways = log[base] - log[inside] - log[base - inside]
        terms = inside * np.log(share) + (base - inside) * np.log1p(-share)
        return np.where(cell <= base, np.exp(ways + terms), 0.0)

    own = chance(count) * AS_LIKELY
    p = np.zeros(count.shape)
    for step in range(int(base.max(initial=-1)) + 1):
        found = chance(np.full(base.shape, step))
        p += np.where(found <= own, found, 0.0)
    return np.minimum(p, 1.0)


def groups_z(z: Floats, x1: Floats, n1: Floats, x2: Floats, n2: Floats) -> tuple[Floats, Bools]:
    """Put Fisher's exact test in the place of a pooled z test where fewer than five are expected.

    Parameters
    ----------
    z : (K,) float
        The pooled z statistic.
    x1, n1, x2, n2 : (K,) float
        Counts and bases; those that are not whole are rounded for the exact test.

    Returns
    -------
    z : (K,) float
        With the same sign, and the exact p-value where it is exact.
    exact : (K,) bool

    Examples
    --------
    >>> z, exact = groups_z(np.array([2.0]), *np.array([[2.0], [2.0], [0.0], [2.0]]))
    >>> z.round(3).tolist(), exact.tolist()
    ([0.967], [True])
    """
    total, base = x1 + x2, n1 + n2
    expected = np.minimum(n1, n2) * np.minimum(total, base - total) / base
    few = (expected < LEAST_EXPECTED) & (np.minimum(n1, n2) >= HALF)
    if not few.any():
        return z, few
    m, n = np.maximum(np.rint(n1[few]), 1.0), np.maximum(np.rint(n2[few]), 1.0)
    p = _distinct(fisher_p, np.rint(x1[few]).clip(0, m), m, np.rint(x2[few]).clip(0, n), n)
    return _put(z, few, p, x1 / n1 - x2 / n2), few


def pairs_z(z: Floats, only_a: Floats, only_b: Floats) -> tuple[Floats, Bools]:
    """Put the exact test of McNemar in the place of its z where fewer than five are expected on either side.

    Parameters
    ----------
    z : (...) float
        The z statistic of :func:`~cxsurvey.numerics.comparisons.paired.paired_z`.
    only_a, only_b : (...) float
        Respondents with one answer and without the other.

    Returns
    -------
    z : (...) float
    exact : (...) bool
        Where fewer than ten answered differently.

    Examples
    --------
    >>> z, exact = pairs_z(np.array([2.0]), np.array([4.0]), np.array([0.0]))
    >>> z.round(3).tolist(), exact.tolist()
    ([1.534], [True])
    """
    few: Bools = only_a + only_b < FEW_DIFFER
    if not few.any():
        return z, few
    b, c = np.rint(only_a[few]), np.rint(only_b[few])
    p = _distinct(lambda x, n: binomial_p(x, n, HALF), b, b + c)
    return _put(z, few, p, only_a - only_b), few


def shares_z(z: Floats, x: Floats, n: Floats, share: float) -> tuple[Floats, Bools]:
    """Put the exact binomial test in the place of a score z where fewer than five are expected.

    Parameters
    ----------
    z : (K,) float
        The z statistic of :func:`~cxsurvey.numerics.comparisons.score_tests.share_z`.
    x, n : (K,) float
    share : float
        The number; 0 and 1 need no test and keep their z.

    Returns
    -------
    z : (K,) float
    exact : (K,) bool

    Examples
    --------
    >>> z, exact = shares_z(np.array([2.0]), np.array([4.0]), np.array([4.0]), 0.5)
    >>> z.round(3).tolist(), exact.tolist()
    ([1.534], [True])
    """
    few: Bools = (n * min(share, 1 - share) < LEAST_EXPECTED) & (n >= HALF) & (0 < share < 1)
    if not few.any():
        return z, few
    base = np.maximum(np.rint(n[few]), 1.0)
    p = _distinct(lambda count, of: binomial_p(count, of, share), np.rint(x[few]).clip(0, base), base)
    return _put(z, few, p, x / n - share), few


def _distinct(test: Callable[..., Floats], *columns: Floats) -> Floats:
    """Make a test once for each distinct row."""
    rows, place = np.unique(np.stack(columns).astype(np.int64), axis=1, return_inverse=True)
    found: Floats = test(*rows)[place.ravel()]
    return found


def _put(z: Floats, few: Bools, p: Floats, difference: Floats) -> Floats:
    """The z that has a two-sided p-value, with the sign of a difference."""
    from scipy.special import ndtri  # noqa: PLC0415 - as in exact_tests: only those who test small counts pay

    made = np.array(z, dtype=np.float64)
    made[few] = np.abs(ndtri(p / 2)) * np.sign(difference[few]) + 0.0
    return made


def _log_factorials(n: int) -> Floats:
    from scipy.special import gammaln  # noqa: PLC0415 - as above

    logs: Floats = np.asarray(gammaln(np.arange(n + 1) + 1.0))
    return logs
