"""Taylor linearization: shares, nets, means and other ratios of totals, their covariance, and contrasts.

Every estimate of a survey report that is not a quantile is a ratio of two sums of totals: a share (answer over
base), a net (several answers over base), a mean (sum of scores over base), a net promoter score (promoters less
detractors over base), a group and the rest. All estimates made in one call share one covariance, so that any
gap between them is exact for overlapping answers, parts of a whole and groups that share clusters.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cxsurvey.errors import RequestError
from cxsurvey.numerics.arrays import Floats, Ints, as_floats
from cxsurvey.numerics.tables.moments import inflated

if TYPE_CHECKING:
    import numpy.typing as npt

    from cxsurvey.numerics.tables.totals import WeightedTotals

ROUNDING = 16 * np.finfo(np.float64).eps  # relative error of a sum of a few covariances
NOISE = 64 * np.finfo(np.float64).eps  # a standard error this small beside its estimate is rounding


@dataclass(frozen=True, slots=True)
class Ratios:
    """K estimates with their covariance.

    Attributes
    ----------
    estimate : (K,) float
        NaN where the base is empty.
    covariance : (K, K) float
        NaN in the rows and columns of empty bases.
    overlap : (K, K) int
        Respondents (unweighted) in both bases; ``n`` on the diagonal.
    n_weighted : (K,) float
        Sum of weights of the base.
    n_effective : (K,) float
        ``(sum w)² / sum w²`` of the base (Kish); NaN when it is empty.
    union_df : (K, K) int
        PSUs less strata with a member of either base; ``df`` on the diagonal.
    gap_factor : (K, K) float or None
        Under the rule ``average`` for lonely strata, what the variance of the gap of two estimates is
        multiplied by: the covariance holds the factor of each base, the gap that of the strata that both
        bases reach. None otherwise.
    """

    estimate: Floats
    covariance: Floats
    overlap: Ints
    n_weighted: Floats
    n_effective: Floats
    union_df: Ints
    gap_factor: Floats | None = None

    @property
    def std_error(self) -> Floats:
        """Standard errors: (K,)."""
        return np.sqrt(np.diag(self.covariance))

    @property
    def n(self) -> Ints:
        """Unweighted bases: (K,)."""
        return np.diag(self.overlap)

    @property
    def df(self) -> Ints:
        """Degrees of freedom of each base as a domain of the design: (K,)."""
        return np.diag(self.union_df)


@dataclass(frozen=True, slots=True)
class Contrasts:
    """J linear combinations of estimates.

    Attributes
    ----------
    estimate, std_error : (J,) float
        NaN where an estimate that takes part is NaN.
    covariance : (J, J) float
    """

    estimate: Floats
    std_error: Floats
    covariance: Floats


@dataclass(frozen=True, slots=True)
class PairContrasts:
    """J differences of two estimates each.

    Attributes
    ----------
    estimate, std_error : (J,) float
    df : (J,) int
        PSUs less strata with a member of either base.
    overlap : (J,) int
        Respondents in both bases.
    """

    estimate: Floats
    std_error: Floats
    df: Ints
    overlap: Ints


def ratio_estimates(totals: WeightedTotals, numerator: npt.ArrayLike, denominator: npt.ArrayLike) -> Ratios:
    """Estimate ratios of weighted totals and their Taylor-linearized covariance.

    Parameters
    ----------
    totals : CellTotals or ColumnTotals
        Over a basis of size C.
    numerator, denominator : (K, C) array
        Estimate k is ``numerator[k] @ T / denominator[k] @ T``. The base of an estimate are the respondents
        of the basis elements whose denominator is not zero.

    Returns
    -------
    Ratios
        The standard error is 0, not the rounding error of 0, where everyone in a base gave the same answer.

    Raises
    ------
    RequestError
        ``array-shape``; ``denominator-of-several-columns``.
    DataFault
        ``lonely-stratum``.

    Notes
    -----
    With R = N'T / D'T the influence of PSU i is ``sum_c a_c t_ic`` where ``a = (N - R D) / D'T`` and t_ic
    is the PSU's own total (Binder 1983; Särndal, Swensson and Wretman 1992, sec. 5.6). Every PSU of the
    design counts, also those with nobody in the base: a subgroup is a domain.

    Examples
    --------
    Detractors, passives and promoters are cells 0, 1 and 2; the share of promoters and the net promoter score:

    >>> import numpy as np
    >>> from cxsurvey.numerics.tables.totals import cell_totals, sample_design
    >>> answers = np.repeat([0, 1, 2], [150, 150, 200])
    >>> totals = cell_totals(sample_design(np.ones(500)), answers, 3)
    >>> ratios = ratio_estimates(totals, [[0, 0, 1], [-1, 0, 1]], [[1, 1, 1], [1, 1, 1]])
    >>> ratios.estimate.round(3).tolist(), ratios.std_error.round(5).tolist()
    ([0.4, 0.1], [0.02193, 0.03719])
    """
    over, under = _combinations(totals, numerator), _combinations(totals, denominator)
    if over.shape != under.shape:
        raise RequestError.array_shape("denominator", f"shape {over.shape}, as the numerator", under.shape)
    base = under @ totals.total
    empty = base == 0
    divisor = np.where(empty, 1.0, base)
    estimate = (over @ totals.total) / divisor
    coefficients = (over - estimate[:, None] * under) / divisor[:, None]
    noise = NOISE * (np.abs(over) @ np.abs(totals.total) / np.abs(divisor) + np.abs(estimate))
    return _ratios(totals, np.where(empty, np.nan, estimate), coefficients, under != 0, noise)


def total_estimates(totals: WeightedTotals, combination: npt.ArrayLike | None = None) -> Ratios:
    """Estimate weighted totals, or sums of them, with their covariance.

    Parameters
    ----------
    totals : CellTotals or ColumnTotals
        Over a basis of size C.
    combination : (K, C) array, optional
        Which totals to add; each by itself when left out.

    Returns
    -------
    Ratios
        Ratios to 1. The base is whoever contributes; an empty one gives a total of 0, standard error 0.

    Raises
    ------
    RequestError
        ``array-shape``; ``denominator-of-several-columns``.
    DataFault
        ``lonely-stratum``.

    Examples
    --------
    >>> from cxsurvey.numerics.tables.totals import cell_totals, sample_design
    >>> totals = cell_totals(sample_design([10.0, 10.0, 10.0, 10.0]), [0, 0, 1, 1], 2)
    >>> total_estimates(totals).estimate.tolist()
    [20.0, 20.0]
    """
    rows = np.eye(len(totals.total)) if combination is None else _combinations(totals, combination)
    return _ratios(totals, rows @ totals.total, rows, rows != 0, np.zeros(len(rows)))


def _combinations(totals: WeightedTotals, rows: npt.ArrayLike) -> Floats:
    matrix = as_floats(rows)
    size = len(totals.total)
    if matrix.ndim != 2 or matrix.shape[1] != size:  # noqa: PLR2004 - a matrix
        raise RequestError.array_shape("combination", f"shape (estimates, {size})", matrix.shape)
    return matrix


def _ratios(
    totals: WeightedTotals, estimate: Floats, coefficients: Floats, member: npt.NDArray[np.bool_], noise: Floats
) -> Ratios:
    inflation = totals.inflation(member | (coefficients != 0))
    covariance = totals.influence_moments(coefficients)
    constant = np.diag(covariance) <= noise**2
    covariance[constant, :] = 0.0
    covariance[:, constant] = 0.0
    covariance, gap_factor = inflated(covariance, inflation)
    unknown = np.isnan(estimate)
    covariance[unknown, :] = np.nan
    covariance[:, unknown] = np.nan
    bases = totals.bases(member)
    n_effective = np.full(len(estimate), np.nan)
    np.divide(bases.weight**2, bases.weight_squared, out=n_effective, where=bases.weight_squared > 0)
    return Ratios(estimate, covariance, bases.overlap, bases.weight, n_effective, bases.df, gap_factor)


def linear_contrasts(estimate: npt.ArrayLike, covariance: npt.ArrayLike, L: npt.ArrayLike) -> Contrasts:
    """Combine estimates linearly, with their covariance.

    Parameters
    ----------
    estimate : (K,) array
    covariance : (K, K) array
    L : (J, K) array
        Coefficients. An estimate with coefficient 0 takes no part, even when it is NaN.

    Returns
    -------
    Contrasts
        A variance within the rounding error of the terms that it is summed from is zero: the estimates
        are then one and the same.

    Raises
    ------
    RequestError
        ``array-shape``; ``not-a-covariance`` when a variance is negative beyond rounding.

    Examples
    --------
    >>> contrasts = linear_contrasts([0.5, 0.3], [[0.0004, 0.0001], [0.0001, 0.0004]], [[1, -1]])
    >>> contrasts.estimate.round(3).tolist(), contrasts.std_error.round(5).tolist()
    ([0.2], [0.02449])
    """
    values, V, rows = as_floats(estimate), as_floats(covariance), as_floats(L)
    size = len(values)
    if V.shape != (size, size) or rows.ndim != 2 or rows.shape[1] != size:  # noqa: PLR2004 - a matrix
        raise RequestError.array_shape(
            "L", f"(contrasts, {size}) and covariance ({size}, {size})", (rows.shape, V.shape)
        )
    unknown = np.isnan(values) | np.isnan(np.diag(V))
    missing = (rows[:, unknown] != 0).any(axis=1)
    known = np.where(unknown, 0.0, values)
    V = np.where(unknown[:, None] | unknown[None, :], 0.0, V)
    combined = rows @ V @ rows.T
    scale = np.einsum("jk,kl,jl->j", np.abs(rows), np.abs(V), np.abs(rows), optimize=True)
    variance = np.diag(combined).copy()
    variance[np.abs(variance) <= ROUNDING * scale] = 0.0
    if (variance < 0).any():
        raise RequestError.not_a_covariance()
    np.fill_diagonal(combined, variance)
    combined[missing, :] = np.nan
    combined[:, missing] = np.nan
    return Contrasts(np.where(missing, np.nan, rows @ known), np.sqrt(np.diag(combined)), combined)


def contrast(ratios: Ratios, a: npt.ArrayLike, b: npt.ArrayLike) -> PairContrasts:
    """Give gaps: estimate a less estimate b, pair by pair.

    Parameters
    ----------
    ratios : Ratios
    a, b : (J,) int
        Positions of the estimates.

    Returns
    -------
    PairContrasts
        The gap of an estimate with itself is 0 with a standard error of 0.

    Raises
    ------
    RequestError
        ``array-shape``, ``code-out-of-range``.

    Examples
    --------
    >>> import numpy as np
    >>> from cxsurvey.numerics.tables.totals import cell_totals, sample_design
    >>> totals = cell_totals(sample_design(np.ones(40)), np.repeat([0, 1, 2, 3], 10), 4)
    >>> ratios = ratio_estimates(totals, [[1, 0, 0, 0], [0, 0, 1, 0]], [[1, 1, 0, 0], [0, 0, 1, 1]])
    >>> gaps = contrast(ratios, [0], [1])
    >>> gaps.estimate.tolist(), gaps.std_error.round(4).tolist(), gaps.df.tolist()
    ([0.0], [0.1601], [39])
    """
    left, right = _positions("a", a, ratios), _positions("b", b, ratios)
    if left.shape != right.shape:
        raise RequestError.array_shape("b", f"shape {left.shape}, as a", right.shape)
    estimate = ratios.estimate[left] - ratios.estimate[right]
    V = ratios.covariance
    terms = V[left, left], V[right, right], V[left, right]
    variance = terms[0] + terms[1] - 2 * terms[2]
    scale = terms[0] + terms[1] + 2 * np.abs(terms[2])
    variance = np.where(np.abs(variance) <= ROUNDING * scale, 0.0, variance)
    if (variance < 0).any():
        raise RequestError.not_a_covariance()
    if ratios.gap_factor is not None:
        variance *= ratios.gap_factor[left, right]
    return PairContrasts(estimate, np.sqrt(variance), ratios.union_df[left, right], ratios.overlap[left, right])


def _positions(name: str, positions: npt.ArrayLike, ratios: Ratios) -> Ints:
    array = np.atleast_1d(np.asarray(positions))
    last = len(ratios.estimate) - 1
    if array.dtype.kind not in "iu" or (array.size and (array.min() < 0 or array.max() > last)):
        raise RequestError.code_out_of_range(name, 0, last, str(positions))
    return array.astype(np.intp)
