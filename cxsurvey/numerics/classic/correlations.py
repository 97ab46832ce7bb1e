"""Correlations of simple samples: Pearson, Spearman, Kendall.

Pairs with a missing value (NaN) are left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cxsurvey.errors import RequestError
from cxsurvey.numerics.arrays import Floats, as_floats
from cxsurvey.numerics.classic.rank_sums import ranked
from cxsurvey.numerics.classic.tested import Alternative, Tested, directed_p, level_of, one_ended, pairs_of
from cxsurvey.numerics.probability.tails import normal_quantile, normal_two_sided_p, t_two_sided_p

if TYPE_CHECKING:
    import numpy.typing as npt

MOST_CELLS = 4_000_000  # a table of ranks larger than this is gone through in blocks of rows
BLOCK = 256
MATRIX = 2
FISHER_LEAST = 4  # pairs from which Fisher's interval is defined


@dataclass(frozen=True, slots=True)
class Correlation:
    """A correlation with its test against 0.

    Attributes
    ----------
    estimate : float
        NaN where a variable does not vary.
    test : Tested
        t with n - 2 degrees of freedom, or z for Kendall's.
    conf_low, conf_high : float
        Fisher's interval for Pearson's correlation; NaN for the others and for fewer than four pairs.
    n : int
        Pairs.
    """

    estimate: float
    test: Tested
    conf_low: float
    conf_high: float
    n: int


def pearson(
    x: npt.ArrayLike, y: npt.ArrayLike, *, level: float = 0.95, alternative: Alternative = "two-sided"
) -> Correlation:
    """Correlate two variables linearly.

    Parameters
    ----------
    x, y : (n,) arrays
    level : float
    alternative : {"two-sided", "less", "greater"}
        That the correlation is not 0, below 0, above 0. The interval of the last two has one end.

    Returns
    -------
    Correlation
        With the interval ``tanh(atanh r ± z / √(n - 3))`` (Fisher 1921).

    Raises
    ------
    RequestError
        ``array-shape``, ``not-a-fraction``, ``unknown-option``.

    Examples
    --------
    >>> result = pearson([1, 2, 3, 4, 5], [2, 1, 4, 3, 5])
    >>> round(result.estimate, 4), round(result.test.p_value, 4)
    (0.8, 0.1041)
    """
    z = normal_quantile(level_of(level, alternative))
    a, b = pairs_of(x, y)
    r, n = _product_moment(a, b), len(a)
    low = high = float("nan")
    if n >= FISHER_LEAST and abs(r) < 1:
        margin = z / np.sqrt(n - 3)
        low, high = float(np.tanh(np.arctanh(r) - margin)), float(np.tanh(np.arctanh(r) + margin))
    elif n >= FISHER_LEAST:
        low = high = r
    if not np.isnan(low):
        low, high = one_ended(low, high, alternative, widest=1.0)
    return Correlation(r, _t_test(r, n, alternative), low, high, n)


def spearman(x: npt.ArrayLike, y: npt.ArrayLike, *, alternative: Alternative = "two-sided") -> Correlation:
    """Correlate the ranks of two variables (Spearman 1904).

    Parameters
    ----------
    x, y : (n,) arrays
    alternative : {"two-sided", "less", "greater"}
        That the correlation is not 0, below 0, above 0.

    Returns
    -------
    Correlation
        Pearson's correlation of mid-ranks, tested by its t (Kendall's approximation, good from about 10 pairs).

    Raises
    ------
    RequestError
        ``array-shape``, ``unknown-option``.

    Examples
    --------
    >>> round(spearman([1, 2, 3, 4, 5], [10, 9, 80, 30, 200]).estimate, 4)
    0.8
    """
    a, b = pairs_of(x, y)
    n = len(a)
    r = _product_moment(ranked(a)[0], ranked(b)[0]) if n else float("nan")
    return Correlation(r, _t_test(r, n, alternative), float("nan"), float("nan"), n)


def kendall(x: npt.ArrayLike, y: npt.ArrayLike, *, alternative: Alternative = "two-sided") -> Correlation:
    """Correlate two variables by the order of pairs of respondents (Kendall 1945).

    Parameters
    ----------
    x, y : (n,) arrays
    alternative : {"two-sided", "less", "greater"}
        That the correlation is not 0, below 0, above 0.

    Returns
    -------
    Correlation
        tau-b, with the normal test whose variance takes ties into account (Kendall 1970, *Rank Correlation
        Methods*, ch. 4), without correction for continuity.

    Raises
    ------
    RequestError
        ``array-shape``, ``unknown-option``.

    Examples
    --------
    >>> result = kendall([1, 2, 3, 4, 5], [2, 1, 4, 3, 5])
    >>> round(result.estimate, 4), round(result.test.statistic, 4)
    (0.6, 1.4697)
    """
    a, b = pairs_of(x, y)
    n = len(a)
    if n < MATRIX or not np.ptp(a) or not np.ptp(b):
        return Correlation(float("nan"), Tested(float("nan"), float("nan")), float("nan"), float("nan"), n)
    agreeing = _agreement(a, b)
    t, u = (np.unique(side, return_counts=True)[1].astype(np.float64) for side in (a, b))
    pairs = n * (n - 1) / 2
    tied = [pairs - float((size * (size - 1)).sum()) / 2 for size in (t, u)]
    tau = agreeing / np.sqrt(tied[0] * tied[1])
    z = agreeing / np.sqrt(_variance(n, t, u))
    p = directed_p(float(z), float(normal_two_sided_p(z)), alternative)
    return Correlation(float(tau), Tested(float(z), p), float("nan"), float("nan"), n)


def correlation_matrix(values: npt.ArrayLike, *, pairwise: bool = False) -> Floats:
    """Give Pearson's correlations of K columns.

    Parameters
    ----------
    values : (n, K) array
    pairwise : bool
        Each correlation from the respondents who answered both columns, so that the matrix may not be one of
        any sample (negative eigenvalues); otherwise from those who answered all.

    Returns
    -------
    (K, K) float
        NaN where a column does not vary.

    Raises
    ------
    RequestError
        ``array-shape``.

    Examples
    --------
    >>> correlation_matrix([[1, 2], [2, 4], [3, 5]]).round(4).tolist()
    [[1.0, 0.982], [0.982, 1.0]]
    """
    x = as_floats(values)
    if x.ndim != MATRIX:
        raise RequestError.array_shape("values", "(respondents, columns)", x.shape)
    if not pairwise:
        x = x[~np.isnan(x).any(axis=1)]
    k = x.shape[1]
    matrix = np.empty((k, k))
    for i in range(k):
        for j in range(i, k):
            matrix[i, j] = matrix[j, i] = _product_moment(*pairs_of(x[:, i], x[:, j]))
        if not np.isnan(matrix[i, i]):
            matrix[i, i] = 1.0
    return matrix


def _product_moment(a: Floats, b: Floats) -> float:
    if len(a) < MATRIX or not np.ptp(a) or not np.ptp(b):
        return float("nan")
    c, d = a - a.mean(), b - b.mean()
    return float(np.clip(c @ d / np.sqrt((c @ c) * (d @ d)), -1.0, 1.0))


def _t_test(r: float, n: int, alternative: Alternative) -> Tested:
    df = n - 2
    if np.isnan(r) or df < 1:
        return Tested(float("nan"), float("nan"), df)
    t = r * np.sqrt(df / (1 - r * r)) if abs(r) < 1 else np.copysign(np.inf, r)
    return Tested(float(t), directed_p(float(t), float(t_two_sided_p(t, df)), alternative), df)


def _agreement(a: Floats, b: Floats) -> float:
    """Count pairs in the same order less pairs in the opposite one."""
    (rows, first), (columns, second) = (np.unique(side, return_inverse=True) for side in (a, b))
    if len(rows) * len(columns) <= MOST_CELLS:
        table = np.zeros((len(rows), len(columns)))
        np.add.at(table, (first, second), 1.0)
        below = np.cumsum(table[::-1], axis=0)[::-1] - table  # in rows further down
        right = np.cumsum(below[:, ::-1], axis=1)[:, ::-1] - below
        left = np.cumsum(below, axis=1) - below
        return float((table * (right - left)).sum())
    total = 0.0
    for start in range(0, len(a), BLOCK):
        block = slice(start, start + BLOCK)
        total += float(
            (np.sign(first[block, None] - first) * np.sign(second[block, None] - second)).sum(dtype=np.float64)
        )
    return total / 2


def _variance(n: int, t: Floats, u: Floats) -> float:
    plain = n * (n - 1) * (2 * n + 5) - sum(float((s * (s - 1) * (2 * s + 5)).sum()) for s in (t, u))
    both = float((t * (t - 1)).sum()) * float((u * (u - 1)).sum()) / (2 * n * (n - 1))
    if n > MATRIX:
        thrice = float((t * (t - 1) * (t - 2)).sum()) * float((u * (u - 1) * (u - 2)).sum())
        both += thrice / (9 * n * (n - 1) * (n - 2))
    return plain / 18 + both
