"""McDonald's omega: reliability of a scale by a factor model.

Alpha supposes that every item measures the same thing equally well; omega takes the loadings as they are.
*Total* omega is the share of the variance of the sum that all common factors make, *hierarchical* omega the
share of the general one (McDonald 1999, ch. 6; Zinbarg, Revelle, Yovel and Li 2005, *Psychometrika* 70:
123-133).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cxsurvey.errors import RequestError
from cxsurvey.numerics.arrays import Bools, Floats, as_floats
from cxsurvey.numerics.classic.correlations import correlation_matrix
from cxsurvey.numerics.scales.factor_models import Extraction, extract_factors, oblimin
from cxsurvey.numerics.scales.item_analysis import (
    correlation_of,
    pairwise_covariance,
    scale_figures,
    squared_multiple_correlations,
)

if TYPE_CHECKING:
    import numpy.typing as npt

MATRIX = 2


@dataclass(frozen=True, slots=True, eq=False)
class OneFactorOmega:
    """Omega by one factor.

    Attributes
    ----------
    omega : float
        ``(Σλ)² / ((Σλ)² + Σψ)`` of the standardized items.
    loadings, uniqueness : (k,) float
        Of the standardized items.
    covariance : (k, k) float
    n : int
        Complete cases.
    """

    omega: float
    loadings: Floats
    uniqueness: Floats
    covariance: Floats
    n: int


@dataclass(frozen=True, slots=True, eq=False)
class HierarchicalOmega:
    """Omega by a general factor and m group factors (Schmid and Leiman 1957).

    Attributes
    ----------
    hierarchical : float
    total : float
    limit : float
        Hierarchical over total: what the former would be for ever more such items.
    alpha, guttman6 : float
        Of the standardized items, reversed ones turned round.
    general : (k,) float
        Loadings on the general factor.
    group : (k, m) float
        Loadings on the group factors, in the order of the oblique factors: the one that explains most first.
    communality, uniqueness : (k,) float
    reversed_items : (k,) bool
        Items that load negatively on the general factor; they were turned round.
    """

    hierarchical: float
    total: float
    limit: float
    alpha: float
    guttman6: float
    general: Floats
    group: Floats
    communality: Floats
    uniqueness: Floats
    reversed_items: Bools


def one_factor_omega(
    items: npt.ArrayLike, *, method: Extraction = "ml", pairwise: bool = False
) -> OneFactorOmega:
    """Estimate omega of a scale that has one factor.

    Parameters
    ----------
    items : (n, k) array
        Answers, reversed items turned round already; NaN for none.
    method : {"ml", "minres"}
        How the factor is fitted: largest likelihood, or smallest residuals.
    pairwise : bool
        Covariances from pairs of answers; otherwise from complete cases.

    Returns
    -------
    OneFactorOmega

    Raises
    ------
    RequestError
        ``array-shape``, ``too-few-items``, ``unknown-option``.
    DataFault
        ``factors-not-found`` when an item does not vary, two are the same, or there are too few respondents.

    Examples
    --------
    >>> answers = np.array([[1, 2, 1], [2, 3, 2], [4, 4, 5], [5, 4, 4], [3, 3, 3], [2, 4, 4], [5, 4, 3]])
    >>> round(one_factor_omega(answers).omega, 3)
    0.912
    """
    x = _answers(items)
    complete = ~np.isnan(x).any(axis=1)
    C = pairwise_covariance(x if pairwise else x[complete])
    found = extract_factors(correlation_of(C), 1, method=method)
    general = found.loadings[:, 0]
    common = float(general.sum()) ** 2
    return OneFactorOmega(
        common / (common + float(found.uniqueness.sum())), general, found.uniqueness, C, int(complete.sum())
    )


def hierarchical_omega(items: npt.ArrayLike, factors: int = 3, *, pairwise: bool = False) -> HierarchicalOmega:
    """Estimate total and hierarchical omega.

    Parameters
    ----------
    items : (n, k) array
        Answers; NaN for none. Items need not be turned round.
    factors : int
        Group factors, 2 or more. With two, the general factor is not identified and is taken to load equally on
        both.
    pairwise : bool
        Correlations from pairs of answers; otherwise from complete cases.

    Returns
    -------
    HierarchicalOmega
        Of :func:`omega_of_correlations`.

    Raises
    ------
    RequestError
        ``array-shape``, ``too-few-items``, ``bad-option``.
    DataFault
        ``factors-not-found``.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> general, group = rng.normal(size=(500, 1)), rng.normal(size=(500, 3)).repeat(3, axis=1)
    >>> found = hierarchical_omega(general + group + rng.normal(size=(500, 9)))
    >>> bool(0.4 < found.hierarchical < found.total < 1)
    True
    """
    x = _answers(items)
    if not pairwise:
        x = x[~np.isnan(x).any(axis=1)]
    return omega_of_correlations(correlation_matrix(x, pairwise=pairwise), factors)


def omega_of_correlations(correlation: npt.ArrayLike, factors: int = 3) -> HierarchicalOmega:
    """Estimate omega from the correlations of the items.

    Parameters
    ----------
    correlation : (k, k) array
    factors : int
        Group factors, 2 or more.

    Returns
    -------
    HierarchicalOmega

    Raises
    ------
    RequestError
        ``array-shape``, ``bad-option``.
    DataFault
        ``factors-not-found``.

    Notes ----- Factors by minimum residuals, rotated obliquely (quartimin); one factor of the correlations
    between them is the general one, and the loadings are shared out between it and the group factors (Schmid
    and Leiman 1957): the way of R's ``psych::omega``. With V the sum of all correlations, total omega is ``1
    - Σψ / V`` and hierarchical omega ``(Σ general)² / V``.

    Examples
    --------
    >>> same, other = 0.6, 0.3
    >>> R = np.full((6, 6), other)
    >>> R[:2, :2] = R[2:4, 2:4] = R[4:, 4:] = same
    >>> np.fill_diagonal(R, 1.0)
    >>> round(omega_of_correlations(R).hierarchical, 4)
    0.6429
    """
    R = as_floats(correlation)
    if factors < MATRIX:
        raise RequestError.bad_option("factors", factors, "2 or more; one_factor_omega for one")
    rotated = oblimin(extract_factors(R, factors))
    general, group = _shared_out(rotated.loadings, rotated.correlation)
    flip = general < 0
    turn = np.where(flip, -1.0, 1.0)
    R = R * np.multiply.outer(turn, turn)
    general, group = general * turn, group * turn[:, None]
    communality = (rotated.loadings @ rotated.correlation * rotated.loadings).sum(axis=1)
    variance = float(R.sum())
    unshared = float((1 - communality).sum())
    common = float(general.sum()) ** 2
    return HierarchicalOmega(
        hierarchical=common / variance,
        total=1 - unshared / variance,
        limit=common / (variance - unshared),
        alpha=scale_figures(R, float("nan")).alpha,
        guttman6=float(1 - (1 - squared_multiple_correlations(R)).sum() / variance),
        general=general,
        group=group,
        communality=communality,
        uniqueness=1 - communality,
        reversed_items=flip,
    )


def _shared_out(loadings: Floats, correlation: Floats) -> tuple[Floats, Floats]:
    """Share out loadings between a general factor of the factors and what is left of each."""
    m = len(correlation)
    if m == MATRIX:
        r = float(correlation[0, 1])
        higher = np.sqrt(np.abs(r)) * np.array([1.0, np.sign(r) or 1.0])
    else:
        higher = extract_factors(correlation, 1).loadings[:, 0]
    return loadings @ higher, loadings * np.sqrt(np.maximum(1 - higher**2, 0.0))


def _answers(items: npt.ArrayLike) -> Floats:
    x = as_floats(items)
    if x.ndim != MATRIX:
        raise RequestError.array_shape("items", "(respondents, items)", x.shape)
    if x.shape[1] < MATRIX:
        raise RequestError.too_few_items(x.shape[1])
    return x
