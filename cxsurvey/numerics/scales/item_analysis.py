"""The figures of a scale beside Cronbach's alpha: Guttman's lambda 6, average correlation, items with the rest.

:func:`.reliability.cronbach_alpha` is the quick and weighted way to alpha; this one is for simple samples and
can use pairs of answers where some are missing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cxsurvey.errors import RequestError
from cxsurvey.numerics.arrays import Floats, Ints, as_floats
from cxsurvey.numerics.scales.reliability import feldt_interval
from cxsurvey.numerics.tables.inference import Interval

if TYPE_CHECKING:
    import numpy.typing as npt

MATRIX = 2


@dataclass(frozen=True, slots=True)
class ScaleFigures:
    """How the items of a scale hang together; NaN where an item does not vary.

    Attributes
    ----------
    alpha, standardized : float
        Cronbach's alpha from covariances and from correlations.
    guttman6 : float
        Guttman's (1945) lambda 6: 1 less the variance that each item does not share with all the others.
    average_r, median_r, variance_r : float
        Of the correlations between items; the variance has the divisor "pairs - 1" and is NaN for two items.
    signal_to_noise : float
        ``k r / (1 - r)``, r being the average correlation.
    std_error : float
        Of alpha, for normal items (Duhachek and Iacobucci 2004, *J. Appl. Psych.* 89: 792-808).
    """

    alpha: float
    standardized: float
    guttman6: float
    average_r: float
    median_r: float
    variance_r: float
    signal_to_noise: float
    std_error: float


@dataclass(frozen=True, slots=True, eq=False)
class ItemAnalysis:
    """A scale of k items, and each item in it.

    Attributes
    ----------
    scale : ScaleFigures
    interval : Interval
        Feldt's, of alpha.
    without : tuple of ScaleFigures
        The scale without each item; empty for a scale of two.
    n : (k,) int
        Answers to each item.
    mean, std_dev : (k,) float
        Of the answers to each item.
    with_scale : (k,) float
        Correlation of an item with the scores, itself included.
    with_standardized : (k,) float
        The same with all items standardized.
    corrected : (k,) float
        The same with the item's own variance replaced by what it shares with the others.
    with_rest : (k,) float
        Correlation with the sum of the other items.
    score_mean, score_std_dev : float
        Of the scores: the mean of a respondent's answers.
    """

    scale: ScaleFigures
    interval: Interval
    without: tuple[ScaleFigures, ...]
    n: Ints
    mean: Floats
    std_dev: Floats
    with_scale: Floats
    with_standardized: Floats
    corrected: Floats
    with_rest: Floats
    score_mean: float
    score_std_dev: float


def item_analysis(items: npt.ArrayLike, *, pairwise: bool = False, level: float = 0.95) -> ItemAnalysis:
    """Describe a scale and its items.

    Parameters
    ----------
    items : (n, k) array
        Answers, reversed items turned round already; NaN for none.
    pairwise : bool
        Each covariance from the respondents who answered both items, as R's ``psych`` does; otherwise from
        those who answered all. Scores and answers to single items always use what there is.
    level : float

    Returns
    -------
    ItemAnalysis
        Standard error and interval count every respondent (n), as ``psych`` does: with many missing answers
        they are too narrow.

    Raises
    ------
    RequestError
        ``array-shape``, ``too-few-items``, ``not-a-fraction``.

    Examples
    --------
    >>> result = item_analysis([[1, 2, 1], [2, 3, 2], [4, 4, 5], [5, 4, 4], [3, 3, 3]])
    >>> round(result.scale.alpha, 3), round(result.scale.average_r, 3), len(result.without)
    (0.938, 0.93, 3)
    """
    x = as_floats(items)
    if x.ndim != MATRIX:
        raise RequestError.array_shape("items", "(respondents, items)", x.shape)
    n, k = x.shape
    if k < MATRIX:
        raise RequestError.too_few_items(k)
    scores = _score(x)
    C = pairwise_covariance(x) if pairwise else _covariance(x)
    others = [np.delete(np.delete(C, j, 0), j, 1) for j in range(k)] if k > MATRIX else []
    R = correlation_of(C)
    shared = R.copy()
    np.fill_diagonal(shared, squared_multiple_correlations(R))
    scale = scale_figures(C, n)
    return ItemAnalysis(
        scale=scale,
        interval=feldt_interval(scale.alpha, n, k, level),
        without=tuple(scale_figures(other, n) for other in others),
        n=(~np.isnan(x)).sum(axis=0),
        mean=np.array([_mean(column) for column in x.T]),
        std_dev=np.array([_std_dev(column) for column in x.T]),
        with_scale=_with_scores(x, scores) if pairwise else C.sum(axis=1) / _root(np.diag(C) * C.sum()),
        with_standardized=R.sum(axis=1) / _root(R.sum()),
        corrected=shared.sum(axis=1) / _root(shared.sum()),
        with_rest=_with_rest(C),
        score_mean=_mean(scores),
        score_std_dev=_std_dev(scores),
    )


def scale_figures(covariance: npt.ArrayLike, n: float) -> ScaleFigures:
    """Describe a scale by the covariances of its items.

    Parameters
    ----------
    covariance : (k, k) array
    n : float
        Respondents, for the standard error.

    Returns
    -------
    ScaleFigures
        NaN where the scale does not vary.

    Raises
    ------
    RequestError
        ``array-shape`` for a matrix that is not square; ``too-few-items``.

    Examples
    --------
    >>> round(scale_figures([[1.0, 0.5, 0.5], [0.5, 1.0, 0.5], [0.5, 0.5, 1.0]], 100).alpha, 4)
    0.75
    """
    C = as_floats(covariance)
    if C.ndim != MATRIX or C.shape[0] != C.shape[1]:
        raise RequestError.array_shape("covariance", "(items, items)", C.shape)
    k = len(C)
    if k < MATRIX:
        raise RequestError.too_few_items(k)
    R = correlation_of(C)
    between = R[np.tril_indices(k, -1)]
    average = float(between.mean())
    unshared = float((1 - squared_multiple_correlations(R)).sum())
    return ScaleFigures(
        alpha=_alpha(C),
        standardized=_alpha(R),
        guttman6=float(1 - unshared / _positive(R.sum())),
        average_r=average,
        median_r=float(np.median(between)),
        variance_r=float(between.var(ddof=1)) if len(between) > 1 else float("nan"),
        signal_to_noise=k * average / (1 - average) if average < 1 else float("inf"),
        std_error=_std_error(C, n),
    )


def squared_multiple_correlations(correlation: npt.ArrayLike) -> Floats:
    """Give the share of each item's variance that all the others explain: ``1 - 1 / diag(R⁻¹)``.

    Parameters
    ----------
    correlation : (k, k) array

    Returns
    -------
    (k,) float
        NaN where the matrix is singular, or holds NaN.

    Examples
    --------
    >>> squared_multiple_correlations([[1.0, 0.6], [0.6, 1.0]]).round(4).tolist()
    [0.36, 0.36]
    """
    R = as_floats(correlation)
    if np.isnan(R).any() or np.linalg.matrix_rank(R, hermitian=True) < len(R):
        return np.full(len(R), np.nan)
    explained: Floats = 1 - 1 / np.diag(np.linalg.inv(R))
    return explained


def pairwise_covariance(values: npt.ArrayLike) -> Floats:
    """Give covariances, each from the respondents who answered both items.

    Parameters
    ----------
    values : (n, k) array

    Returns
    -------
    (k, k) float
        Divisor n - 1 of each pair; NaN for fewer than two. It may not be the covariance of any sample.

    Examples
    --------
    >>> pairwise_covariance([[1, 2], [2, 4], [3, float("nan")]]).tolist()
    [[1.0, 1.0], [1.0, 2.0]]
    """
    x = as_floats(values)
    known = (~np.isnan(x)).astype(np.float64)
    centre = np.where(known.any(axis=0), np.nansum(x, axis=0) / np.maximum(known.sum(axis=0), 1), 0.0)
    filled = np.where(known > 0, x - centre, 0.0)
    n = known.T @ known
    sums = filled.T @ known  # of each item over those who answered the other
    divisor = np.where(n > 1, n - 1, np.nan)
    return (filled.T @ filled - sums * sums.T / np.maximum(n, 1)) / divisor


def correlation_of(covariance: Floats) -> Floats:
    """Divide covariances (k, k) by standard deviations; NaN for an item that does not vary.

    Parameters
    ----------
    covariance : (k, k) float

    Returns
    -------
    (k, k) float

    Examples
    --------
    >>> correlation_of(np.array([[4.0, 1.0], [1.0, 1.0]])).tolist()
    [[1.0, 0.5], [0.5, 1.0]]
    """
    spread = _root(np.diag(covariance))
    R: Floats = covariance / np.multiply.outer(spread, spread)
    np.fill_diagonal(R, np.where(np.isnan(spread), np.nan, 1.0))
    return R


def _covariance(x: Floats) -> Floats:
    return pairwise_covariance(x[~np.isnan(x).any(axis=1)])


def _positive(values: npt.ArrayLike) -> Floats:
    given = np.asarray(values, dtype=np.float64)
    kept: Floats = np.where(given > 0, given, np.nan)
    return kept


def _root(values: npt.ArrayLike) -> Floats:
    root: Floats = np.sqrt(_positive(values))
    return root


def _alpha(C: Floats) -> float:
    k = len(C)
    return float(k / (k - 1) * (1 - np.trace(C) / _positive(C.sum())))


def _std_error(C: Floats, n: float) -> float:
    k, total, trace = len(C), _positive(C.sum()), float(np.trace(C))
    square = C @ C
    inner = total * (float(np.trace(square)) + trace**2) - 2 * trace * float(square.sum())
    return float(np.sqrt(np.maximum(2 * k**2 / ((k - 1) ** 2 * total**3) * inner, 0.0) / _positive(n)))


def _with_rest(C: Floats) -> Floats:
    own = np.diag(C)
    correlation: Floats = (C.sum(axis=1) - own) / _root(own * (C.sum() - 2 * C.sum(axis=1) + own))
    return correlation


def _score(x: Floats) -> Floats:
    """Give the mean of each respondent's answers, NaN without any."""
    answers = (~np.isnan(x)).sum(axis=1)
    score: Floats = np.nansum(x, axis=1) / np.where(answers > 0, answers, np.nan)
    return score


def _with_scores(x: Floats, scores: Floats) -> Floats:
    found = [correlation_of(_covariance(np.column_stack([column, scores])))[0, 1] for column in x.T]
    return np.array(found)


def _mean(values: Floats) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else float("nan")


def _std_dev(values: Floats) -> float:
    known = values[~np.isnan(values)]
    return float(known.std(ddof=1)) if len(known) > 1 else float("nan")
