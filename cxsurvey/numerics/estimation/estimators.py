"""Totals, ratios, means, shares and variances as functions of the weights.

Each class is an :class:`.fitted.Estimator`. Answers that are missing must lie outside the domain: a NaN among
the members makes the estimate NaN, as R does without ``na.rm``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cxsurvey.errors import RequestError
from cxsurvey.numerics.arrays import Bools, Floats, as_floats, checked_codes
from cxsurvey.numerics.sampling.fitted import domain_mask
from cxsurvey.numerics.tables.variance import NOISE

if TYPE_CHECKING:
    import numpy.typing as npt

MATRIX = 2


@dataclass(frozen=True, slots=True)
class Totals:
    """Weighted totals of K columns.

    Attributes
    ----------
    values : (n, K) float
        0 outside the domain.
    members : (n, K) bool
    """

    values: Floats
    members: Bools

    def at(self, weights: Floats) -> Floats:
        """Give ``sum w y``: (K,), 0 for an empty domain."""
        return weights @ self.values

    def influence(self, weights: Floats) -> Floats:
        """Give ``w y``: (n, K)."""
        return weights[:, None] * self.values


@dataclass(frozen=True, slots=True)
class RatiosOfTotals:
    """K ratios of two totals each.

    Attributes
    ----------
    numerator, denominator : (n, K) float
        0 outside the domain.
    members : (n, K) bool
    """

    numerator: Floats
    denominator: Floats
    members: Bools

    def at(self, weights: Floats) -> Floats:
        """Give ``sum w y / sum w x``: (K,), NaN where the denominator is 0."""
        over, under = weights @ self.numerator, weights @ self.denominator
        return over / np.where(under == 0, np.nan, under)

    def at_each(self, replicates: Floats) -> Floats:
        """Give the ratios under each column of weights (n, R): (R, K)."""
        return self.at(replicates.T)

    def influence(self, weights: Floats) -> Floats:
        """Give ``w (y - R x) / sum w x``: (n, K), NaN where the denominator is 0."""
        ratio, under = self.at(weights), weights @ self.denominator
        expected = ratio * self.denominator
        residual = self.numerator - expected
        residual[np.abs(residual) <= NOISE * np.abs(expected)] = 0.0  # one and the same answer: rounding
        return weights[:, None] * residual / np.where(under == 0, np.nan, under)


@dataclass(frozen=True, slots=True)
class Covariances:
    """Population covariances of p columns, K = p² of them, row by row.

    Attributes
    ----------
    values : (n, p) float
        0 outside the domain.
    inside : (n,) bool
        The domain.
    """

    values: Floats
    inside: Bools

    @property
    def members(self) -> Bools:
        """The domain for each covariance: (n, p²)."""
        return np.repeat(self.inside[:, None], self.values.shape[1] ** 2, axis=1)

    def at(self, weights: Floats) -> Floats:
        """Give ``n / (n - 1) sum w (y - ybar)(y - ybar)' / sum w``: (p²,), NaN for fewer than two members."""
        within = weights * self.inside
        total = within.sum()
        return within @ self._products(weights) / (total or np.nan)

    def influence(self, weights: Floats) -> Floats:
        """Linearize: (n, p²). The means take no part, their first-order contribution being 0."""
        within = weights * self.inside
        total = within.sum()
        return within[:, None] * (self._products(weights) - self.at(weights)) / (total or np.nan)

    def _products(self, weights: Floats) -> Floats:
        within = weights * self.inside
        total, n = within.sum(), int(self.inside.sum())
        if n < MATRIX or not total:
            return np.full((len(within), self.values.shape[1] ** 2), np.nan)
        apart = self.values - self.values[np.argmax(self.inside)]  # exactly 0 where everybody gives one answer
        deviation = (apart - within @ apart / total) * self.inside[:, None]
        products = deviation[:, :, None] * deviation[:, None, :] * (n / (n - 1))
        flat: Floats = products.reshape(len(within), -1)
        return flat


def totals(values: npt.ArrayLike, *, domain: npt.ArrayLike | None = None) -> Totals:
    """Estimate weighted totals.

    Parameters
    ----------
    values : (n,) or (n, K) array
    domain : (n,) bool, optional

    Returns
    -------
    Totals

    Raises
    ------
    RequestError
        ``array-shape``.

    Examples
    --------
    >>> totals([1.0, 2.0, 3.0], domain=[True, True, False]).at(np.array([10.0, 10.0, 10.0])).tolist()
    [30.0]
    """
    columns, inside = _columns(values, domain)
    return Totals(columns, np.repeat(inside[:, None], columns.shape[1], axis=1))


def means(values: npt.ArrayLike, *, domain: npt.ArrayLike | None = None) -> RatiosOfTotals:
    """Estimate means of K columns over one domain.

    Parameters
    ----------
    values : (n,) or (n, K) array
        Numbers, or 0 and 1 for shares.
    domain : (n,) bool, optional
        Leave out those who did not answer: :func:`complete_cases`.

    Returns
    -------
    RatiosOfTotals

    Raises
    ------
    RequestError
        ``array-shape``.

    Examples
    --------
    >>> means([1.0, 2.0, 6.0]).at(np.array([1.0, 1.0, 2.0])).tolist()
    [3.75]
    """
    columns, inside = _columns(values, domain)
    members = np.repeat(inside[:, None], columns.shape[1], axis=1)
    return RatiosOfTotals(columns, members.astype(np.float64), members)


def ratios(
    numerator: npt.ArrayLike, denominator: npt.ArrayLike, *, domain: npt.ArrayLike | None = None
) -> RatiosOfTotals:
    """Estimate ratios of totals, column by column.

    Parameters
    ----------
    numerator, denominator : (n,) or (n, K) array
    domain : (n,) bool, optional

    Returns
    -------
    RatiosOfTotals

    Raises
    ------
    RequestError
        ``array-shape``.

    Examples
    --------
    >>> ratios([1.0, 2.0], [2.0, 4.0]).at(np.array([3.0, 5.0])).tolist()
    [0.5]
    """
    (over, inside), (under, _) = _columns(numerator, domain), _columns(denominator, domain)
    if over.shape != under.shape:
        raise RequestError.array_shape("denominator", f"shape {over.shape}, as the numerator", under.shape)
    return RatiosOfTotals(over, under, np.repeat(inside[:, None], over.shape[1], axis=1))


def shares(codes: npt.ArrayLike, n_levels: int, *, domain: npt.ArrayLike | None = None) -> RatiosOfTotals:
    """Estimate the share of each level of a factor.

    Parameters
    ----------
    codes : (n,) int
        0 to L-1, and -1 for no answer, which is outside the domain.
    n_levels : int
        L; a level that nobody chose has a share of 0.
    domain : (n,) bool, optional

    Returns
    -------
    RatiosOfTotals
        L of them.

    Raises
    ------
    RequestError
        ``array-shape``, ``code-out-of-range``.

    Examples
    --------
    >>> shares([0, 1, 1, -1], 2).at(np.ones(4)).round(4).tolist()
    [0.3333, 0.6667]
    """
    level = checked_codes("codes", codes, len(np.asarray(codes)), n_levels)
    inside = domain_mask(domain, len(level)) & (level >= 0)
    return means(level[:, None] == np.arange(n_levels), domain=inside)


def covariances(values: npt.ArrayLike, *, domain: npt.ArrayLike | None = None) -> Covariances:
    """Estimate the covariance matrix of p columns in the population; the variance of one.

    Parameters
    ----------
    values : (n,) or (n, p) array
    domain : (n,) bool, optional

    Returns
    -------
    Covariances
        The divisor is n - 1, n counting the members of the domain (as R's ``svyvar``).

    Raises
    ------
    RequestError
        ``array-shape``.

    Examples
    --------
    >>> covariances([1.0, 2.0, 3.0]).at(np.ones(3)).tolist()
    [1.0]
    """
    return Covariances(*_columns(values, domain))


def by_group(
    estimator: Totals | RatiosOfTotals, group: npt.ArrayLike, n_groups: int
) -> Totals | RatiosOfTotals:
    """Split every estimate by group, as domains.

    Parameters
    ----------
    estimator : Totals or RatiosOfTotals
        K estimates.
    group : (n,) int
        0 to G-1, and -1 for outside.
    n_groups : int
        G.

    Returns
    -------
    Totals or RatiosOfTotals
        K G estimates, the groups of the first estimate first; they carry their joint covariance.

    Raises
    ------
    RequestError
        ``array-shape``, ``code-out-of-range``.

    Examples
    --------
    >>> by_group(means([1.0, 2.0, 6.0]), [0, 1, 1], 2).at(np.ones(3)).tolist()
    [1.0, 4.0]
    """
    codes = checked_codes("group", group, len(estimator.members), n_groups)
    inside = codes[:, None] == np.arange(n_groups)
    if isinstance(estimator, Totals):
        return Totals(_split(estimator.values, inside), _split(estimator.members, inside) > 0)
    return RatiosOfTotals(
        _split(estimator.numerator, inside),
        _split(estimator.denominator, inside),
        _split(estimator.members, inside) > 0,
    )


def complete_cases(*columns: npt.ArrayLike) -> Bools:
    """Mark respondents without a NaN in any column.

    Parameters
    ----------
    *columns : (n,) or (n, K) arrays

    Returns
    -------
    (n,) bool

    Raises
    ------
    RequestError
        ``array-shape`` when there is no column.

    Examples
    --------
    >>> complete_cases([1.0, np.nan, 3.0], [[1, 2], [1, 2], [np.nan, 2]]).tolist()
    [True, False, False]
    """
    if not columns:
        raise RequestError.array_shape("columns", "at least one column", ())
    known = [~np.isnan(as_floats(column)) for column in columns]
    each = [mark if mark.ndim == 1 else mark.all(axis=1) for mark in known]
    whole: Bools = np.logical_and.reduce(each)
    return whole


def _split(columns: npt.NDArray[np.generic], inside: Bools) -> Floats:
    """Repeat each column once for each group, zero outside it: (n, K G)."""
    split = np.where(inside[:, None, :], columns[:, :, None], 0)
    return split.reshape(len(inside), -1).astype(np.float64)


def _columns(values: npt.ArrayLike, domain: npt.ArrayLike | None) -> tuple[Floats, Bools]:
    columns = as_floats(values)
    if columns.ndim == 1:
        columns = columns[:, None]
    if columns.ndim != MATRIX:
        raise RequestError.array_shape("values", "(respondents,) or (respondents, columns)", columns.shape)
    inside = domain_mask(domain, len(columns))
    return np.where(inside[:, None], columns, 0.0), inside
