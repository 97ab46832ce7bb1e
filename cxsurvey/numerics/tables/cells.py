"""Weighted totals of disjoint cells, such as the cells of one question by one group."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cxsurvey.numerics.arrays import Bools, Floats, Ints, checked_codes, counts_by_slot, sums_by_slot
from cxsurvey.numerics.tables.moments import moments_of_blocks, moments_of_psus, union_df

if TYPE_CHECKING:
    import numpy.typing as npt

    from cxsurvey.numerics.tables.design import SampleDesign, Strata


@dataclass(frozen=True, slots=True)
class Bases:
    """The respondents that K estimates are of.

    Attributes
    ----------
    overlap : (K, K) int
        Respondents, unweighted, in both bases; the diagonal holds each base.
    weight, weight_squared : (K,) float
        Sums of w and w² over the base.
    df : (K, K) int
        PSUs less strata with a member of either base; the diagonal holds each base's own.
    """

    overlap: Ints
    weight: Floats
    weight_squared: Floats
    df: Ints


@dataclass(frozen=True, slots=True)
class CellTotals:
    """Totals of disjoint cells 0 to C-1, and what their covariance needs.

    Attributes
    ----------
    count : (C,) int
        Respondents, unweighted.
    weight, weight_squared : (C,) float
        Sums of w and w².
    strata : Strata
    stratum_count, stratum_weight, stratum_spread : (H, C) or None
        Without clusters: respondents, sum of w, and sum of squared deviations of w from its mean, of each
        stratum and cell.
    psu_count, psu_weight : (P, C) or None
        With clusters: respondents and sum of w of each PSU and cell.
    psu_stratum : (P,) int or None
    """

    count: Ints
    weight: Floats
    weight_squared: Floats
    strata: Strata
    stratum_count: Ints | None = None
    stratum_weight: Floats | None = None
    stratum_spread: Floats | None = None
    psu_count: Ints | None = None
    psu_weight: Floats | None = None
    psu_stratum: Ints | None = None

    @property
    def total(self) -> Floats:
        """The weighted totals that estimates are made of: (C,)."""
        return self.weight

    def influence_moments(self, coefficients: Floats) -> Floats:
        """Give the covariance of linear combinations of the totals.

        Parameters
        ----------
        coefficients : (K, C) float
            Finite. Influence of a respondent of cell c on estimate k is w times entry (k, c).

        Returns
        -------
        (K, K) float
        """
        if self.psu_weight is not None and self.psu_stratum is not None:
            return moments_of_psus(self.psu_weight @ coefficients.T, self.psu_stratum, self.strata)
        return self._moments_by_stratum(coefficients)

    def inflation(self, member: Bools) -> Floats | None:
        """Give what the rule for lonely strata multiplies variances by, see :meth:`.Strata.inflation`.

        Parameters
        ----------
        member : (K, C) bool
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
        """Which strata hold a member of each union of cells: (H, K)."""
        if self.psu_count is not None:
            present = np.logical_or.reduceat(self.psu_count > 0, self.strata.starts, axis=0)
        else:
            present = self._by_stratum()[0] > 0
        return present.astype(np.float64) @ member.T > 0

    def _moments_by_stratum(self, coefficients: Floats) -> Floats:
        count, weight, spread = self._by_stratum()
        mean_weight = np.divide(weight, count, out=np.zeros_like(weight), where=count > 0)
        inner = coefficients * np.sqrt(self.strata.centred_factors() @ spread)

        def values(rows: slice) -> Floats:
            return coefficients[None, :, :] * mean_weight[rows, None, :]

        between = moments_of_blocks(values, count.astype(np.float64), len(coefficients), self.strata)
        return inner @ inner.T + between

    def _by_stratum(self) -> tuple[Ints, Floats, Floats]:
        if self.stratum_count is None or self.stratum_weight is None or self.stratum_spread is None:
            raise TypeError("CellTotals holds neither stratum sums nor PSU sums")
        return self.stratum_count, self.stratum_weight, self.stratum_spread

    def bases(self, member: Bools) -> Bases:
        """Count the respondents of K unions of cells.

        Parameters
        ----------
        member : (K, C) bool
            Which cells belong to each base.

        Returns
        -------
        Bases
        """
        inside = member.astype(np.float64)
        overlap = (inside * self.count) @ inside.T
        if self.psu_count is not None and self.psu_stratum is not None:
            df = df_by_psu((self.psu_count > 0) @ inside.T > 0, self.strata)
        else:
            df = union_df(overlap, self._strata_of(member))
        return Bases(np.rint(overlap).astype(np.intp), inside @ self.weight, inside @ self.weight_squared, df)


def df_by_psu(present: Bools, strata: Strata) -> Ints:
    """Give degrees of freedom of K domains, and of the unions of each two, from their PSUs.

    Parameters
    ----------
    present : (P, K) bool
        Whether a PSU holds a member; PSUs sorted by stratum.
    strata : Strata

    Returns
    -------
    (K, K) int
    """
    holds = present.astype(np.float64)
    return union_df(holds.T @ holds, np.logical_or.reduceat(present, strata.starts, axis=0))


def cell_totals(design: SampleDesign, cell: npt.ArrayLike, n_cells: int) -> CellTotals:
    """Total the weights of each cell.

    Parameters
    ----------
    design : SampleDesign
    cell : (n,) int
        The cell of each respondent, 0 to C-1; -1 is outside all of them (and stays in the design).
    n_cells : int
        C.

    Returns
    -------
    CellTotals

    Raises
    ------
    RequestError
        ``array-shape``, ``code-out-of-range``.

    Examples
    --------
    >>> from cxsurvey.numerics.tables.design import sample_design
    >>> totals = cell_totals(sample_design([1, 1, 2, 2]), [0, 1, 1, -1], 2)
    >>> totals.count.tolist(), totals.weight.tolist()
    ([1, 2], [1.0, 3.0])
    """
    codes = checked_codes("cell", cell, design.n, n_cells)
    codes = codes[design.by_weight]
    n_units, (unit, w) = design.units[1], design.units_by_weight
    width = n_cells + 1  # one more column, for respondents outside, keeps every pass free of masks
    slot = unit * width + (codes + 1) if n_units > 1 else codes + 1
    count = counts_by_slot(slot, n_units, width)
    weight = sums_by_slot(slot, w, n_units, width)
    if design.cluster is None:
        return _with_strata(design.strata, slot, w, count, weight)
    squared = sums_by_slot(codes + 1, w**2, 1, width)[0, 1:]
    count, weight = count[:, 1:], weight[:, 1:]
    return CellTotals(
        count.sum(axis=0), weight.sum(axis=0), squared, design.strata,
        psu_count=count, psu_weight=weight, psu_stratum=design.psu_stratum,
    )  # fmt: skip


def _with_strata(strata: Strata, slot: Ints, w: Floats, count: Ints, weight: Floats) -> CellTotals:
    mean = np.divide(weight, count, out=np.zeros_like(weight), where=count > 0)
    deviation = w - mean.ravel()[slot]
    spread = sums_by_slot(slot, deviation**2, *count.shape)
    squared = (spread + mean * weight).sum(axis=0)[1:]
    count, weight, spread = count[:, 1:], weight[:, 1:], spread[:, 1:]
    return CellTotals(
        count.sum(axis=0), weight.sum(axis=0), squared, strata,
        stratum_count=count, stratum_weight=weight, stratum_spread=spread,
    )  # fmt: skip
