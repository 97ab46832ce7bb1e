"""Weighted totals of columns that overlap or hold numbers, inside disjoint groups.

Options of a multiple-response question overlap, and a score is a number: neither falls into disjoint cells.
Here the basis is every pair of a group g and a column m, numbered ``g * M + m``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from cxsurvey.errors import DataFault, RequestError
from cxsurvey.numerics.arrays import Bools, Floats, Ints, as_floats, checked_codes, counts_by_slot, sums_by_slot
from cxsurvey.numerics.tables.cells import Bases, df_by_psu
from cxsurvey.numerics.tables.moments import moments_of_blocks, moments_of_psus, union_df

if TYPE_CHECKING:
    import numpy.typing as npt

    from cxsurvey.numerics.tables.design import SampleDesign, Strata

BLOCK_ROWS = 1 << 13  # respondents whose columns are factorized at once
EXACT_BITS = 53  # of a whole number in double precision


@dataclass(frozen=True, slots=True)
class ColumnTotals:
    """Totals of G x M group-by-column pairs, and what their covariance needs.

    Attributes
    ----------
    total : (G*M,) float
        Sums of w x.
    overlap : (G, M, M) int
        Respondents of a group for whom both columns are not zero; the diagonal is a column's base.
    weight, weight_squared : (G*M,) float
        Sums of w and w² over a column's base.
    strata : Strata
    group_count : (H, G) int or None
        Without clusters: respondents of each stratum and group.
    stratum_total : (H, G*M) float or None
        Without clusters: sums of w x.
    stratum_present : (H, G*M) bool or None
        Without clusters: whether a column is not zero for anyone.
    within : tuple of (r, M) float, or None
        Without clusters, for each group: a factor F such that F'F sums ``(1 - f_h) n_h / (n_h - 1)`` times the
        squares of w x about its mean in stratum and group. A factor keeps the digits that a difference of
        sums would lose.
    psu_total : (P, G*M) float or None
        With clusters: sums of w x of each PSU.
    psu_present : (P, G*M) bool or None
        With clusters: whether a column is not zero for anyone of the PSU.
    psu_stratum : (P,) int or None
    """

    total: Floats
    overlap: Ints
    weight: Floats
    weight_squared: Floats
    strata: Strata
    group_count: Ints | None = None
    stratum_total: Floats | None = None
    stratum_present: Bools | None = None
    within: tuple[Floats, ...] | None = None
    psu_total: Floats | None = None
    psu_present: Bools | None = None
    psu_stratum: Ints | None = None

    def influence_moments(self, coefficients: Floats) -> Floats:
        """Give the covariance of linear combinations of the totals.

        Parameters
        ----------
        coefficients : (K, G*M) float
            Finite. Influence of a respondent of group g on estimate k is w times the sum over m of entry
            (k, g M + m) times x_m.

        Returns
        -------
        (K, K) float
        """
        if self.psu_total is not None and self.psu_stratum is not None:
            return moments_of_psus(self.psu_total @ coefficients.T, self.psu_stratum, self.strata)
        return self._moments_by_stratum(coefficients)

    def inflation(self, member: Bools) -> Floats | None:
        """Give what the rule for lonely strata multiplies variances by, see :meth:`.Strata.inflation`.

        Parameters
        ----------
        member : (K, G*M) bool
            What each estimate is made of.

        Returns
        -------
        (K, K) float or None

        Raises
        ------
        DataFault
            ``lonely-stratum``.
        """
        return self.strata.inflation(lambda: self._strata_of(member))

    def _strata_of(self, member: Bools) -> Bools:
        """Which strata hold a member of each union of bases: (H, K)."""
        if self.psu_present is not None:
            present = np.logical_or.reduceat(self.psu_present, self.strata.starts, axis=0)
        else:
            present = self._by_stratum()[2]
        return present.astype(np.float64) @ member.T > 0

    def _moments_by_stratum(self, coefficients: Floats) -> Floats:
        count, total, _, within = self._by_stratum()
        n_groups, n_columns = self.overlap.shape[:2]
        by_group = coefficients.reshape(len(coefficients), n_groups, n_columns)
        inner = np.vstack([factor @ by_group[:, g].T for g, factor in enumerate(within)])
        shape = (len(count), n_groups, n_columns)
        mean = total.reshape(shape) / np.maximum(count, 1)[:, :, None]

        def values(rows: slice) -> Floats:
            influence: Floats = np.einsum("kgm,hgm->hkg", by_group, mean[rows])
            return influence

        between = moments_of_blocks(values, count.astype(np.float64), len(coefficients), self.strata)
        covariance: Floats = inner.T @ inner + between
        return covariance

    def _by_stratum(self) -> tuple[Ints, Floats, Bools, tuple[Floats, ...]]:
        count, total, present, within = self.group_count, self.stratum_total, self.stratum_present, self.within
        if count is None or total is None or present is None or within is None:
            raise TypeError("ColumnTotals holds neither stratum sums nor PSU sums")
        return count, total, present, within

    def bases(self, member: Bools) -> Bases:
        """Count the respondents of K unions of group-by-column bases.

        Parameters
        ----------
        member : (K, G*M) bool
            At most one column of each group; a respondent is in a column's base when it is not zero.

        Returns
        -------
        Bases

        Raises
        ------
        RequestError
            ``denominator-of-several-columns``.
        """
        n_groups, n_columns = self.overlap.shape[:2]
        inside = member.astype(np.float64)
        by_group = inside.reshape(len(member), n_groups, n_columns)
        several = (by_group.sum(axis=2) > 1).any(axis=1)
        if several.any():
            raise RequestError.denominator_of_several_columns(int(several.sum()))
        overlap = np.einsum(
            "jgm,gml,kgl->jk", by_group, self.overlap.astype(np.float64), by_group, optimize=True
        )
        if self.psu_present is not None:
            df = df_by_psu(self.psu_present @ inside.T > 0, self.strata)
        else:
            df = union_df(overlap, self._strata_of(member))
        return Bases(np.rint(overlap).astype(np.intp), inside @ self.weight, inside @ self.weight_squared, df)


def column_totals(
    design: SampleDesign, group: npt.ArrayLike, n_groups: int, columns: npt.ArrayLike
) -> ColumnTotals:
    """Total columns within groups.

    Parameters
    ----------
    design : SampleDesign
    group : (n,) int
        Group of each respondent, 0 to G-1; -1 is outside all of them (and stays in the design).
    n_groups : int
        G.
    columns : (n, M) float
        Whatever the estimates are made of: ticks as 0 and 1, scores, and a column of ones (or of 1 where a
        score is known, beside a score of 0 where it is not) as the base to divide by. Values of respondents
        outside the groups are not read.

    Returns
    -------
    ColumnTotals

    Raises
    ------
    RequestError
        ``array-shape``, ``code-out-of-range``.
    DataFault
        ``column-not-finite``.

    Examples
    --------
    Two ticked options and the base, in one group:

    >>> from cxsurvey.numerics.tables.design import sample_design
    >>> design = sample_design([1, 1, 2])
    >>> totals = column_totals(design, [0, 0, 0], 1, [[1, 0, 1], [1, 1, 1], [0, 1, 1]])
    >>> totals.total.tolist()
    [2.0, 3.0, 4.0]
    >>> totals.overlap[0].tolist()
    [[2, 1, 2], [1, 2, 2], [2, 2, 3]]
    """
    groups = checked_codes("group", group, design.n, n_groups)
    x = np.asarray(columns, dtype=np.float64)
    if x.ndim != 2 or len(x) != design.n:  # noqa: PLR2004 - a matrix
        raise RequestError.array_shape("columns", f"shape ({design.n}, columns)", x.shape)
    order = _order(design, x)
    sums = _sums_by_unit(design, order, groups, n_groups, x)
    rows = [order[groups[order] == g] for g in range(n_groups)]
    overlap = np.zeros((n_groups, x.shape[1], x.shape[1]), dtype=np.intp)
    for g, of_group in enumerate(rows):
        overlap[g] = np.rint(_overlap(x, of_group))
    totals = ColumnTotals(sums.total.sum(axis=0), overlap, sums.base_weight, sums.base_squared, design.strata)
    if design.cluster is not None:
        return replace(totals, psu_total=sums.total, psu_present=sums.present, psu_stratum=design.psu_stratum)
    return replace(
        totals,
        group_count=sums.count,
        stratum_total=sums.total,
        stratum_present=sums.present,
        within=_within_factors(design, x, rows, sums),
    )


def _order(design: SampleDesign, x: Floats) -> Ints:
    """Order respondents by weight and columns, so that no sum depends on the order of the rows.

    Respondents alike in all keys may change places: they add the same numbers. Sums by cluster take ticks in
    the order of weights alone; the factor of :func:`_within_factor` must see ticks and strata in order as well.
    """
    ticks = ((x == 0) | (x == 1)).all(axis=0)
    keys = [*x[:, ~ticks].T]
    if design.cluster is None:
        keys = [*keys, *_packed(x[:, ticks]), design.stratum]
    varied = [key for key in keys if key.min() != key.max()]
    return np.lexsort([*varied, design.weights]) if varied else design.by_weight


def _packed(ticks: Floats) -> list[Floats]:
    """Read each run of 0s and 1s as one whole number, which sorts much faster than its columns."""
    runs = [ticks[:, first : first + EXACT_BITS] for first in range(0, ticks.shape[1], EXACT_BITS)]
    return [run @ 2.0 ** np.arange(run.shape[1]) for run in runs]


@dataclass(frozen=True, slots=True)
class _Sums:
    total: Floats
    present: Bools
    count: Ints
    base_weight: Floats
    base_squared: Floats


def _sums_by_unit(design: SampleDesign, order: Ints, groups: Ints, n_groups: int, x: Floats) -> _Sums:
    unit, n_units = design.units
    width = n_groups + 1  # one more, for respondents outside
    groups, w = groups[order], design.weights[order]
    slot, inside = unit[order] * width + groups + 1, groups >= 0
    n_columns = x.shape[1]
    total, present = np.empty((2, n_units, n_groups, n_columns))
    base_weight, base_squared = np.empty((2, n_groups, n_columns))
    for m in range(n_columns):
        column = np.where(inside, x[order, m], 0.0)
        known = np.flatnonzero(column)
        total[:, :, m] = sums_by_slot(slot, w * column, n_units, width)[:, 1:]
        present[:, :, m] = counts_by_slot(slot[known], n_units, width)[:, 1:]
        base_weight[:, m] = np.bincount(groups[known], w[known], minlength=n_groups)
        base_squared[:, m] = np.bincount(groups[known], w[known] ** 2, minlength=n_groups)
    _refuse_not_finite(total)
    flat = (n_units, n_groups * n_columns)
    count = counts_by_slot(slot, n_units, width)[:, 1:]
    return _Sums(
        total.reshape(flat), present.reshape(flat) > 0, count, base_weight.ravel(), base_squared.ravel()
    )


def _refuse_not_finite(total: Floats) -> None:
    bad = np.flatnonzero(~np.isfinite(total).all(axis=(0, 1)))
    if len(bad):
        raise DataFault.column_not_finite(bad.tolist())


def _overlap(x: Floats, rows: Ints) -> Floats:
    both = np.zeros((x.shape[1], x.shape[1]))
    for first in range(0, len(rows), BLOCK_ROWS):
        known = (x[rows[first : first + BLOCK_ROWS]] != 0).astype(np.float64)
        both += known.T @ known
    return both


def _within_factors(design: SampleDesign, x: Floats, rows: list[Ints], sums: _Sums) -> tuple[Floats, ...]:
    shape = (design.n_strata, len(rows), x.shape[1])
    mean = sums.total.reshape(shape) / np.maximum(sums.count, 1)[:, :, None]
    return tuple(_within_factor(design, x, of_group, mean[:, g]) for g, of_group in enumerate(rows))


def _within_factor(design: SampleDesign, x: Floats, rows: Ints, mean: Floats) -> Floats:
    """Reduce the scaled deviations of w x from their stratum means to a triangular factor, block by block."""
    scale = np.sqrt(design.strata.centred_factors())
    factor = np.zeros((0, x.shape[1]))
    for first in range(0, len(rows), BLOCK_ROWS):
        block = rows[first : first + BLOCK_ROWS]
        stratum = design.stratum[block]
        deviation = design.weights[block, None] * x[block] - mean[stratum]
        deviation *= scale[stratum, None]
        factor = as_floats(np.linalg.qr(np.vstack([factor, deviation]), mode="r"))
    return factor
