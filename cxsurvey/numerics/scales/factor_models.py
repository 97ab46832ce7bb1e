"""Common factors of correlated items: extraction by minimum residuals or maximum likelihood, oblique rotation.

A model says that correlations are ``Λ Φ Λ' + Ψ``: loadings Λ, correlations Φ of the factors, and what is
unique to each item on the diagonal of Ψ. Both fits choose Ψ; given it the best loadings are eigenvectors
(Jöreskog 1967, *Psychometrika* 32: 443-482; Harman and Jones 1966 for minimum residuals).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from cxsurvey.errors import DataFault, RequestError
from cxsurvey.numerics.arrays import Floats, as_floats

if TYPE_CHECKING:
    import numpy.typing as npt

Extraction = Literal["minres", "ml"]
LEAST_UNIQUE = 0.005  # below it an item counts as a Heywood case, and stays there
MOST_STEPS = 1_000
OTHER_STARTS = 8
BETTER = 1e-9  # by which a criterion must be smaller than that of the unrotated axes' descent
SMALLEST_STEP = 1e-18
NARROW = 1e-9  # of the gradient of a rotation: near enough to its best point
MATRIX = 2


@dataclass(frozen=True, slots=True, eq=False)
class Factors:
    """A factor model of k items.

    Attributes
    ----------
    loadings : (k, m) float
        Factors that explain most first, each with a positive sum.
    correlation : (m, m) float
        Of the factors; the identity before a rotation.
    uniqueness : (k,) float
    """

    loadings: Floats
    correlation: Floats
    uniqueness: Floats


def extract_factors(correlation: npt.ArrayLike, factors: int = 1, *, method: Extraction = "minres") -> Factors:
    """Fit a model of m uncorrelated factors.

    Parameters
    ----------
    correlation : (k, k) array
        Correlations of the items.
    factors : int
        m, 1 or more and below k.
    method : {"minres", "ml"}
        Smallest squared residuals off the diagonal, or largest likelihood for normal items.

    Returns
    -------
    Factors

    Raises
    ------
    RequestError
        ``array-shape``, ``unknown-option``, ``bad-option``.
    DataFault
        ``factors-not-found`` for correlations that are NaN, or for a singular matrix with "ml".

    Examples
    --------
    >>> found = extract_factors([[1.0, 0.56, 0.48], [0.56, 1.0, 0.42], [0.48, 0.42, 1.0]])
    >>> found.loadings.ravel().round(4).tolist()
    [0.8, 0.7, 0.6]
    """
    from scipy.optimize import minimize  # noqa: PLC0415 - 0.2 s, paid by those who fit

    R = as_floats(correlation)
    if R.ndim != MATRIX or R.shape[0] != R.shape[1]:
        raise RequestError.array_shape("correlation", "(items, items)", R.shape)
    if method not in get_args(Extraction):
        raise RequestError.unknown_option("method", method, get_args(Extraction))
    k = len(R)
    if not 1 <= factors < k:
        raise RequestError.bad_option("factors", factors, f"1 to {k - 1}, fewer than the items")
    singular = not np.isfinite(R).all() or (method == "ml" and np.linalg.matrix_rank(R, hermitian=True) < k)
    if singular:
        raise DataFault.factors_not_found(factors, k)
    fit = _minres if method == "minres" else _likelihood
    start = np.clip(_starting_uniqueness(R, factors), 2 * LEAST_UNIQUE, 0.99)
    options = {"maxiter": MOST_STEPS, "ftol": 0.0, "gtol": 1e-11, "maxcor": 20}
    found = minimize(
        lambda psi: fit(R, psi, factors)[:2],
        start,
        jac=True,
        method="L-BFGS-B",
        bounds=[(LEAST_UNIQUE, 1.0)] * k,
        options=options,
    )
    loadings = _signed(fit(R, found.x, factors)[2])
    return Factors(loadings, np.eye(factors), np.asarray(found.x))


def oblimin(factors: Factors) -> Factors:
    """Rotate to simple structure, factors free to correlate (direct quartimin; Jennrich and Sampson 1966).

    Parameters
    ----------
    factors : Factors
        Unrotated.

    Returns
    -------
    Factors
        Where ``sum over pairs of factors of Σ λ²λ²`` is smallest, by gradient projection (Jennrich 2002,
        *Psychometrika* 67: 7-19) from the unrotated axes and from others, always the same.

    Examples
    --------
    >>> R = [[1, 0.6, 0.1, 0.1], [0.6, 1, 0.1, 0.1], [0.1, 0.1, 1, 0.6], [0.1, 0.1, 0.6, 1]]
    >>> oblimin(extract_factors(R, 2)).correlation.round(3).tolist()
    [[1.0, 0.167], [0.167, 1.0]]
    """
    A = factors.loadings
    m = A.shape[1]
    if m == 1:
        return factors
    rng = np.random.default_rng(0)
    starts = [np.eye(m), *(np.linalg.qr(rng.normal(size=(m, m)))[0] for _ in range(OTHER_STARTS))]
    descents = [_descended(A, start) for start in starts]
    T, best = descents[0]
    for found, value in descents[1:]:
        if value < best - BETTER:
            T, best = found, value
    return _arranged(A @ np.linalg.inv(T).T, T.T @ T, factors.uniqueness)


def _descended(A: Floats, T: Floats) -> tuple[Floats, float]:
    """Go downhill over the axes by gradient projection, from where T puts them."""
    value, gradient = _quartimin(A, T)
    size = 1.0
    for _ in range(MOST_STEPS):
        projected = gradient - T * (T * gradient).sum(axis=0)
        length = float(np.sqrt((projected**2).sum()))
        if length < NARROW:
            break
        size *= 2.0
        while size > SMALLEST_STEP:
            trial = T - size * projected
            trial = trial / np.sqrt((trial**2).sum(axis=0))
            new_value, new_gradient = _quartimin(A, trial)
            if value - new_value > 0.5 * length**2 * size:
                break
            size /= 2.0
        else:
            break
        T, value, gradient = trial, new_value, new_gradient
    return T, value


def _quartimin(A: Floats, T: Floats) -> tuple[float, Floats]:
    inverse = np.linalg.inv(T)
    L = A @ inverse.T
    squares = L**2
    others = squares.sum(axis=1, keepdims=True) - squares
    return float((squares * others).sum()) / 4, -(L.T @ (L * others) @ inverse).T


def _arranged(loadings: Floats, correlation: Floats, uniqueness: Floats) -> Factors:
    """Put the factors that explain most first, and turn them so that their loadings sum to more than 0."""
    explained = np.diag(correlation @ loadings.T @ loadings)
    order = np.argsort(-explained, kind="stable")
    loadings, correlation = loadings[:, order], correlation[np.ix_(order, order)]
    sign = np.where(loadings.sum(axis=0) < 0, -1.0, 1.0)
    return Factors(loadings * sign, correlation * np.multiply.outer(sign, sign), uniqueness)


def _signed(loadings: Floats) -> Floats:
    signed: Floats = loadings * np.where(loadings.sum(axis=0) < 0, -1.0, 1.0)
    return signed


def _starting_uniqueness(R: Floats, factors: int) -> Floats:
    """What an item does not share, less what so many factors find by chance (Jöreskog's start)."""
    if np.linalg.matrix_rank(R, hermitian=True) < len(R):
        return np.full(len(R), 0.5)
    start: Floats = (1 - factors / (2 * len(R))) / np.diag(np.linalg.inv(R))
    return start


def _minres(R: Floats, psi: Floats, m: int) -> tuple[float, Floats, Floats]:
    """Half the squared residuals, their gradient by uniqueness, and the loadings."""
    values, vectors = np.linalg.eigh(R - np.diag(psi))
    kept = np.maximum(values[::-1][:m], 0.0)
    loadings = vectors[:, ::-1][:, :m] * np.sqrt(kept)
    left = R - np.diag(psi) - loadings @ loadings.T
    return float((left**2).sum()) / 2, -np.diag(left), loadings


def _likelihood(R: Floats, psi: Floats, m: int) -> tuple[float, Floats, Floats]:
    """Discrepancy ``log|Σ| + tr(R Σ⁻¹) - log|R| - k``, its gradient by uniqueness, and the loadings."""
    root = np.sqrt(psi)
    values, vectors = np.linalg.eigh(R / np.multiply.outer(root, root))
    values, vectors = values[::-1], vectors[:, ::-1]
    scaled = np.sqrt(np.maximum(values[:m] - 1, 0.0))
    loadings = root[:, None] * vectors[:, :m] * scaled
    rest = values[m:]
    discrepancy = float((rest - np.log(rest) - 1).sum())
    sigma = loadings @ loadings.T + np.diag(psi)
    return discrepancy, np.diag(sigma - R) / psi**2, loadings
