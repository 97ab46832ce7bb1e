"""Internal consistency of a scale: Cronbach's alpha and item statistics."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cxsurvey.errors import RequestError
from cxsurvey.numerics.arrays import Bools, Floats, as_floats, same_length
from cxsurvey.numerics.tables.inference import Interval
from cxsurvey.numerics.tables.totals import effective_n

if TYPE_CHECKING:
    import numpy.typing as npt

MATRIX = 2


@dataclass(frozen=True, slots=True)
class Reliability:
    """Cronbach's alpha of k items.

    Attributes
    ----------
    alpha : float
        From the covariances; NaN when the sum of the items does not vary or fewer than 2 cases are complete.
    standardized : float
        From the correlations; NaN when an item does not vary.
    conf_low, conf_high : float
        Feldt's interval of ``alpha``.
    item_total : (k,) float
        Correlation of each item with the sum of the others; NaN when either does not vary.
    alpha_if_dropped, standardized_if_dropped : (k,) float
        Without the item; NaN for a scale of two.
    n : int
        Complete cases.
    n_effective : float
        Kish's effective n of the complete cases, which the interval uses; n when there are no weights.
    """

    alpha: float
    standardized: float
    conf_low: float
    conf_high: float
    item_total: Floats
    alpha_if_dropped: Floats
    standardized_if_dropped: Floats
    n: int
    n_effective: float


def cronbach_alpha(
    items: npt.ArrayLike,
    *,
    weights: npt.ArrayLike | None = None,
    reverse: npt.ArrayLike | None = None,
    level: float = 0.95,
) -> Reliability:
    """Estimate the internal consistency of a scale.

    Parameters
    ----------
    items : (n, k) array
        Answers, NaN for none. Only respondents who answered every item take part.
    weights : (n,) array, optional
        Sampling weights; respondents of weight zero take no part.
    reverse : (k,) bool, optional
        Items worded the other way round, whose answers are turned.
    level : float
        Of the interval.

    Returns
    -------
    Reliability

    Raises
    ------
    RequestError
        ``too-few-items`` for a scale of one item; ``array-shape``; ``not-a-fraction``.

    Notes
    -----
    ``alpha = k / (k - 1) (1 - tr C / 1'C1)`` with C the weighted covariance matrix (Cronbach 1951);
    standardized the same of the correlations. The interval is Feldt's (1965, *Psychometrika* 30: 357-370):
    (1 - alpha) F bounds 1 - alpha, with n - 1 and (n - 1)(k - 1) degrees of freedom. It supposes simple random
    sampling; with weights n is the effective n, an approximation that clusters would widen further.

    Examples
    --------
    >>> result = cronbach_alpha([[1, 2, 1], [2, 3, 2], [4, 4, 5], [5, 4, 4], [3, 3, 3]])
    >>> round(result.alpha, 3), result.n
    (0.938, 5)
    """
    x, w = _complete_cases(items, weights)
    C = _covariance(np.where(_flags(reverse, x.shape[1]), -x, x), w)
    alpha = _alpha(C)
    n_effective = effective_n(w) if len(w) else 0.0
    bounds = feldt_interval(alpha, n_effective, len(C), level)
    others = [np.delete(np.delete(C, j, 0), j, 1) for j in range(len(C))]
    return Reliability(
        alpha=alpha,
        standardized=_alpha(_correlation(C)),
        conf_low=float(bounds.low),
        conf_high=float(bounds.high),
        item_total=_item_total(C),
        alpha_if_dropped=np.array([_alpha(rest) for rest in others]),
        standardized_if_dropped=np.array([_alpha(_correlation(rest)) for rest in others]),
        n=len(x),
        n_effective=n_effective,
    )


def feldt_interval(alpha: float, n: float, n_items: int, level: float = 0.95) -> Interval:
    """Give Feldt's interval of Cronbach's alpha.

    Parameters
    ----------
    alpha : float
    n : float
        Complete cases.
    n_items : int
    level : float

    Returns
    -------
    Interval
        NaN with fewer than 2 cases or 2 items.

    Raises
    ------
    RequestError
        ``not-a-fraction``.

    Examples
    --------
    >>> interval = feldt_interval(0.8, 100, 5)
    >>> float(interval.low.round(3)), float(interval.high.round(3))
    (0.731, 0.856)
    """
    from scipy.special import fdtri  # noqa: PLC0415 - 0.3 s, paid by those who ask for an interval

    if not 0 < level < 1:
        raise RequestError.not_a_fraction("level", level)
    if n < MATRIX or n_items < MATRIX or np.isnan(alpha):
        return Interval(np.asarray(np.nan), np.asarray(np.nan))
    df1, df2 = n - 1, (n - 1) * (n_items - 1)
    tail = (1 - level) / 2
    low, high = (1 - (1 - alpha) * fdtri(df1, df2, at) for at in (1 - tail, tail))
    return Interval(np.asarray(low), np.asarray(high))


def _complete_cases(items: npt.ArrayLike, weights: npt.ArrayLike | None) -> tuple[Floats, Floats]:
    x = as_floats(items)
    if x.ndim != MATRIX:
        raise RequestError.array_shape("items", "shape (respondents, items)", x.shape)
    if x.shape[1] < MATRIX:
        raise RequestError.too_few_items(x.shape[1])
    w = np.ones(len(x)) if weights is None else as_floats(weights)
    same_length("weights", w, len(x))
    used = ~np.isnan(x).any(axis=1) & (w > 0)
    x, w = x[used], w[used]
    order = np.lexsort((*x.T, w))  # sums that do not depend on the order of the rows
    return x[order], w[order]


def _flags(reverse: npt.ArrayLike | None, k: int) -> Bools:
    flags = np.zeros(k, dtype=np.bool_) if reverse is None else np.asarray(reverse, dtype=np.bool_)
    same_length("reverse", flags, k)
    return flags


def _covariance(x: Floats, w: Floats) -> Floats:
    """Give the weighted covariance matrix, whose divisor alpha does not depend on; NaN below 2 cases."""
    if len(x) < MATRIX:
        return np.full((x.shape[1], x.shape[1]), np.nan)
    share = w / w.sum()
    deviation = (x - share @ x) * np.sqrt(share)[:, None]
    deviation[:, np.ptp(x, axis=0) == 0] = 0.0  # a constant stays constant, whatever its mean rounds to
    covariance: Floats = deviation.T @ deviation
    return covariance


def _correlation(C: Floats) -> Floats:
    spread = np.sqrt(np.where(np.diag(C) > 0, np.diag(C), np.nan))
    correlation = C / np.multiply.outer(spread, spread)
    np.fill_diagonal(correlation, np.where(np.isnan(spread), np.nan, 1.0))
    return correlation


def _alpha(C: Floats) -> float:
    k, total = len(C), float(C.sum())
    if k < MATRIX or not total > np.finfo(np.float64).eps * float(np.abs(C).sum()):
        return float("nan")
    return k / (k - 1) * (1 - float(np.trace(C)) / total)


def _item_total(C: Floats) -> Floats:
    item, with_others = np.diag(C), C.sum(axis=1) - np.diag(C)
    others = C.sum() - 2 * C.sum(axis=1) + item
    noise = np.finfo(np.float64).eps * np.abs(C).sum()
    scale = np.where((item > 0) & (others > noise), item * others, np.nan)
    correlation: Floats = with_others / np.sqrt(scale)
    return correlation
