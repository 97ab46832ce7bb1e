"""The seam between the tables of a study and its design: one function makes the estimates of any design."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cxsurvey.analysis.design import StudyDesign
from cxsurvey.errors import DataFault, RequestError
from cxsurvey.numerics.estimation.domain_ratios import domain_ratios
from cxsurvey.numerics.estimation.estimators import RatiosOfTotals
from cxsurvey.numerics.estimation.log_odds import LogOdds
from cxsurvey.numerics.sampling.replication import Replicated
from cxsurvey.numerics.tables.design import SampleDesign
from cxsurvey.numerics.tables.quantiles import Quantiles, quantile_estimates, quantiles_by_shares
from cxsurvey.numerics.tables.totals import WeightedTotals, cell_totals, column_totals
from cxsurvey.numerics.tables.variance import Ratios, ratio_estimates
from cxsurvey.study.answers import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """Disjoint cells: ``cell (n,)`` from 0 to ``size`` - 1, and -1 outside all of them."""

    cell: IntArray
    size: int

    def spread(self, rows: FloatArray) -> FloatArray:
        """Give each respondent the coefficient of their cell: (n, K) from rows (K, size)."""
        return np.vstack([rows.T, np.zeros(len(rows))])[self.cell]

    def members(self, rows: FloatArray) -> BoolArray:
        """Who is in a cell with a coefficient: (n, K)."""
        inside: BoolArray = self.spread(rows) != 0
        return inside


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """Columns within groups: ``group (n,)`` from 0 to ``size`` - 1, -1 outside; ``values (n, M)``.

    Element g M + m of the basis is column m within group g.
    """

    group: IntArray
    size: int
    values: FloatArray

    def spread(self, rows: FloatArray) -> FloatArray:
        """Combine each respondent's columns as their group does: (n, K) from rows (K, size M)."""
        return self._combined(rows, np.where((self.group >= 0)[:, None], self.values, 0.0))

    def members(self, rows: FloatArray) -> BoolArray:
        """Who has a value other than 0 in the column that a coefficient takes: (n, K)."""
        by_group = (rows != 0).reshape(len(rows), self.size, -1)
        several = (by_group.sum(axis=2) > 1).any(axis=1)
        if several.any():
            raise RequestError.denominator_of_several_columns(int(several.sum()))
        known = (self.group >= 0)[:, None] & (self.values != 0)
        inside: BoolArray = self._combined((rows != 0).astype(np.float64), known.astype(np.float64)) > 0
        return inside

    def _combined(self, rows: FloatArray, values: FloatArray) -> FloatArray:
        if not np.isfinite(values).all():
            raise DataFault.column_not_finite(np.flatnonzero(~np.isfinite(values).all(axis=0)).tolist())
        by_group = rows.reshape(len(rows), self.size, -1)
        combined = np.zeros((len(values), len(rows)))
        for g in range(self.size):
            combined[self.group == g] = values[self.group == g] @ by_group[:, g].T
        return combined


def design_ratios(
    design: StudyDesign, basis: Cells | Columns, numerator: FloatArray, denominator: FloatArray
) -> Ratios:
    """Estimate ratios of weighted totals under the design of a study.

    Parameters
    ----------
    design : SampleDesign, Multistage or Replicated
        As :func:`.design.survey_design` gives it.
    basis : Cells or Columns
        What is totalled, of size C.
    numerator, denominator : (K, C) float
        Coefficients, as in :func:`.tables.variance.ratio_estimates`.

    Returns
    -------
    Ratios
        K estimates, their covariance, bases and degrees of freedom: by linearized totals for a one-stage
        design, else by the stages or the replicate weights.

    Raises
    ------
    RequestError
        ``array-shape``, ``denominator-of-several-columns``.
    DataFault
        ``lonely-stratum``, ``column-not-finite``.

    Examples
    --------
    >>> from cxsurvey.numerics.tables.design import sample_design
    >>> design, cells = sample_design([1.0, 1.0, 2.0]), Cells(np.array([0, 1, 1]), 2)
    >>> design_ratios(design, cells, np.array([[0.0, 1.0]]), np.array([[1.0, 1.0]])).estimate.tolist()
    [0.75]
    """
    if isinstance(design, SampleDesign):
        return ratio_estimates(_totals(design, basis), numerator, denominator)
    return domain_ratios(design, _estimator(basis, numerator, denominator))


def logit_errors(
    design: StudyDesign, basis: Cells | Columns, numerator: FloatArray, denominator: FloatArray, ratios: Ratios
) -> FloatArray:
    """Give the standard errors that intervals of shares on the logit scale are made from.

    Parameters
    ----------
    design, basis, numerator, denominator
        As in :func:`design_ratios`, or the first of its rows; the ratios are shares.
    ratios : Ratios
        What it gave.

    Returns
    -------
    (K,) float
        On the scale of the shares. With replicate weights from the log-odds of each replicate, times
        p (1 - p); where some replicate has a share of 0 or 1, and under other designs, the share's own.

    Examples
    --------
    >>> from cxsurvey.numerics.tables.design import sample_design
    >>> design, cells = sample_design([1.0, 1.0, 2.0]), Cells(np.array([0, 1, 1]), 2)
    >>> wanted = np.array([[0.0, 1.0]]), np.array([[1.0, 1.0]])
    >>> found = design_ratios(design, cells, *wanted)
    >>> bool(logit_errors(design, cells, *wanted, found) == found.std_error)
    True
    """
    error, share = ratios.std_error[: len(numerator)], ratios.estimate[: len(numerator)]
    if not isinstance(design, Replicated):
        return error
    shares = _estimator(basis, numerator, denominator)
    log_odds = np.sqrt(np.diag(design.covariance(LogOdds(shares))))
    spread = log_odds * share * (1 - share)
    return np.where(np.isnan(spread) | np.isnan(error), error, spread)


def design_medians(
    design: StudyDesign, group: IntArray, n_groups: int, values: FloatArray, *, level: float
) -> Quantiles:
    """Estimate the median in each group, with Woodruff's interval.

    Parameters
    ----------
    design : SampleDesign, Multistage or Replicated
    group : (n,) int
        0 to G-1, and -1 for outside.
    n_groups : int
        G.
    values : (n,) float
        NaN is outside the group.
    level : float

    Returns
    -------
    Quantiles

    Raises
    ------
    DataFault
        ``lonely-stratum``.

    Examples
    --------
    >>> from cxsurvey.numerics.tables.design import sample_design
    >>> found = design_medians(sample_design(np.ones(99)), np.zeros(99, int), 1, np.arange(99.0), level=0.95)
    >>> found.estimate.tolist()
    [49.0]
    """
    if isinstance(design, SampleDesign):
        return quantile_estimates(design, group, n_groups, values, p=0.5, level=level)
    at_or_below, all_of = (np.kron(np.eye(n_groups), pair).astype(np.float64) for pair in ([[0, 1]], [[1, 1]]))

    def shares(cell: IntArray) -> Ratios:
        return design_ratios(design, Cells(cell, 2 * n_groups), at_or_below, all_of)

    return quantiles_by_shares(design.weights, group, n_groups, values, shares, p=0.5, level=level)


def _estimator(basis: Cells | Columns, numerator: FloatArray, denominator: FloatArray) -> RatiosOfTotals:
    members = basis.members(denominator)
    return RatiosOfTotals(basis.spread(numerator), basis.spread(denominator), members)


def _totals(design: SampleDesign, basis: Cells | Columns) -> WeightedTotals:
    if isinstance(basis, Cells):
        return cell_totals(design, basis.cell, basis.size)
    return column_totals(design, basis.group, basis.size, basis.values)
