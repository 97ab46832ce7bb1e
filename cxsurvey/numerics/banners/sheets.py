"""Sheets: the tables of a banner while they are being filled, some questions at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from cxsurvey.numerics.arrays import Bools, Floats, Ints
from cxsurvey.numerics.banners.atoms import Atoms
from cxsurvey.numerics.banners.domains import Covariances, DomainTotals, blocks, covariances, inflated, presence
from cxsurvey.numerics.banners.packs import Layout
from cxsurvey.numerics.banners.records import BannerTable, Bases, Overlaps, RestColumns
from cxsurvey.numerics.banners.tallies import Ordered
from cxsurvey.numerics.tables.variance import NOISE

if TYPE_CHECKING:
    from collections.abc import Callable

Presence: TypeAlias = "Callable[[], Bools]"


@dataclass(frozen=True, slots=True, eq=False)
class Targets:
    """What is estimated of some items of K cells.

    Attributes
    ----------
    row : (T,) int
        Place of each target in the table.
    item : (T,) int
    numerator, denominator : (T, K) float
    base_row : (B,) int
        Place of each base in the table.
    base_item : (B,) int
    base_cells : (B, K) bool
    """

    row: Ints
    item: Ints
    numerator: Floats
    denominator: Floats
    base_row: Ints
    base_item: Ints
    base_cells: Bools


class Sheet:
    """One banner variable's table, in arrays that are filled in place.

    Parameters
    ----------
    rows : Ordered
    part : Atoms
    where : Layout
    """

    def __init__(self, rows: Ordered, part: Atoms, where: Layout) -> None:
        self.rows, self.part, self.where = rows, part, where
        n_columns = len(part.member)
        n_domains = 2 * n_columns - 1
        n_targets, n_bases = int(where.first[-1]), int(where.first_base[-1])
        self.n_columns = n_columns
        self.n = np.zeros((n_targets, n_domains))
        self.total, self.estimate, self.deviation = np.zeros((3, n_targets, n_domains))
        self.covariances = Covariances(
            np.zeros((n_targets, n_columns, n_columns)), *np.zeros((2, n_targets, n_columns - 1))
        )
        self.base_n, self.base_weight, self.base_squared, self.base_df = np.zeros((4, n_bases, n_domains))
        square = (n_bases, n_columns, n_columns)
        self.both_n, self.both_weight, self.both_squared, self.both_df = np.zeros((4, *square))
        self.both_total = np.zeros((n_targets, n_columns, n_columns))

    def fill(self, totals: DomainTotals, targets: Targets) -> None:
        """Fill in the rows of some targets and their bases."""
        self._fill_bases(totals, targets)
        size = totals.n.shape[1] * totals.n.shape[2]
        for block in blocks(len(targets.row), size):
            self._fill_targets(totals, targets, block)

    def _fill_bases(self, totals: DomainTotals, targets: Targets) -> None:
        at, item, cells = targets.base_row, targets.base_item, targets.base_cells
        inside = cells[:, None, :]
        self.base_n[at] = (totals.n[item] * inside).sum(axis=2)
        self.base_weight[at] = (totals.weight[item] * inside).sum(axis=2)
        self.base_squared[at] = (totals.squared[item] * inside).sum(axis=2)
        pairs = (totals.pairs.n, totals.pairs.weight, totals.pairs.squared)
        shared = [(total[item] * inside).sum(axis=2) for total in pairs]
        self.fill_overlaps(at, shared)
        for block in blocks(len(at), totals.unit_n[0].size):
            present = presence(totals, item[block], inside[block]) > 0
            self.fill_df(at[block], present)

    def fill_overlaps(self, at: Ints, shared: list[Floats]) -> None:
        """Fill in what columns share, given n, w and w² of each pair, three of (B, R)."""
        own = (self.base_n, self.base_weight, self.base_squared)
        both = (self.both_n, self.both_weight, self.both_squared)
        for column, square, pair in zip(own, both, shared, strict=True):
            square[at] = self.square(column[at], pair)

    def square(self, own: Floats, shared: Floats) -> Floats:
        """Lay out what each column holds, (X, D), and what two share, (X, R), as (X, C, C)."""
        square = np.zeros((len(own), self.n_columns, self.n_columns))
        columns = np.arange(self.n_columns)
        square[:, 0, :] = square[:, :, 0] = own[:, : self.n_columns]
        square[:, columns, columns] = own[:, : self.n_columns]
        first, second = self.part.pairs
        square[:, first, second] = square[:, second, first] = shared
        return square

    def fill_df(self, at: Ints, present: Bools) -> None:
        """Fill in degrees of freedom, given which units hold a member of each domain: (B, U, D) bool."""
        rows, n_columns = self.rows, self.n_columns
        if rows.clustered:
            strata = np.logical_or.reduceat(present, rows.design.strata.starts, axis=1)
            held = present.astype(np.float64)
            psus, both = held.sum(axis=1), held[:, :, :n_columns].transpose(0, 2, 1) @ held[:, :, :n_columns]
        else:
            strata, psus, both = present, self.base_n[at], self.both_n[at]
        stands = strata.astype(np.float64)
        in_both = stands[:, :, :n_columns].transpose(0, 2, 1) @ stands[:, :, :n_columns]
        self.base_df[at] = psus - stands.sum(axis=1)
        own = self.base_df[at][:, :n_columns]
        self.both_df[at] = own[:, :, None] + own[:, None, :] - (both - in_both)

    def _fill_targets(self, totals: DomainTotals, targets: Targets, block: slice) -> None:
        at, item = targets.row[block], targets.item[block]
        over, under = targets.numerator[block, None, :], targets.denominator[block, None, :]
        weight, n = totals.weight[item], totals.n[item]
        total, base = (weight * over).sum(axis=2), (weight * under).sum(axis=2)
        divisor = np.where(base == 0, 1.0, base)
        estimate = total / divisor
        coefficient = (over - estimate[:, :, None] * under) / divisor[:, :, None]
        self.n[at] = (n * (over != 0)).sum(axis=2)
        self.total[at] = total
        self.deviation[at] = _deviation(weight, n, over, under, estimate)
        self.both_total[at] = self.square(total, (totals.pairs.weight[item] * over).sum(axis=2))
        found = covariances(self.rows, totals, item, coefficient, self.part.pairs)
        noise = NOISE * ((weight * np.abs(over)).sum(axis=2) / np.abs(divisor) + np.abs(estimate))

        def present() -> Bools:
            member = (coefficient != 0) | (under != 0)
            return np.concatenate(
                [
                    presence(totals, item[some], member[some]) > 0
                    for some in blocks(len(item), totals.unit_n[0].size)
                ]
            )

        self.settle(at, np.where(base == 0, np.nan, estimate), found, noise, present)

    def settle(self, at: Ints, estimate: Floats, found: Covariances, noise: Floats, present: Presence) -> None:
        """Fill in estimates and covariances, with the rules for lonely strata, constants and the unknown."""
        n_columns = self.n_columns
        inflation = self._inflation(present)
        own = np.einsum("tcc->tc", found.columns)
        variance = np.concatenate([own, found.rest], axis=1)
        constant = variance <= noise**2
        few = self.base_df[self.where.base_of[at]] <= 0
        unknown = np.isnan(estimate) | (few & ~(np.where(constant, 0.0, variance) > 0))
        scale = np.where(unknown, np.nan, np.where(constant, 0.0, 1.0))
        columns, rest = scale[:, :n_columns], scale[:, n_columns:]
        self.estimate[at] = estimate
        plain = Covariances(
            found.columns * columns[:, :, None] * columns[:, None, :], found.rest * rest**2,
            found.with_rest * columns[:, 1:] * rest,
        )  # fmt: skip
        done = plain if inflation is None else inflated(plain, inflation)
        self.covariances.columns[at] = done.columns
        self.covariances.rest[at] = done.rest
        self.covariances.with_rest[at] = done.with_rest

    def _inflation(self, present: Presence) -> Floats | None:
        strata, clustered = self.rows.design.strata, self.rows.clustered

        def by_stratum() -> Bools:
            units = present()
            return np.logical_or.reduceat(units, strata.starts, axis=1) if clustered else units

        return strata.inflation(by_stratum)

    def table(self) -> BannerTable:
        """Give the finished table."""
        where, c = self.where, self.n_columns
        n, df = np.rint(self.base_n).astype(np.intp), np.rint(self.base_df).astype(np.intp)
        weight, squared = self.base_weight, self.base_squared
        rest = RestColumns(
            Bases(n[:, c:], weight[:, c:], squared[:, c:], df[:, c:]),
            self.estimate[:, c:], self.covariances.rest, self.covariances.with_rest, self.deviation[:, c:],
        )  # fmt: skip
        overlaps = Overlaps(
            np.rint(self.both_n).astype(np.intp), self.both_weight, self.both_squared,
            np.rint(self.both_df).astype(np.intp), self.both_total,
        )  # fmt: skip
        return BannerTable(
            where.first, where.base_of, where.is_share, self.rows.design.is_simple,
            Bases(n[:, :c], weight[:, :c], squared[:, :c], df[:, :c]), overlaps,
            np.rint(self.n[:, :c]).astype(np.intp), self.total[:, :c], self.estimate[:, :c],
            self.covariances.columns, self.deviation[:, :c], rest, clustered=self.rows.clustered,
        )  # fmt: skip


def _deviation(weight: Floats, n: Floats, over: Floats, under: Floats, mean: Floats) -> Floats:
    """Weighted standard deviation within the base, divisor n - 1."""
    inside = (under != 0) * weight
    value = np.divide(over, under, out=np.zeros_like(over), where=under != 0)
    squares = (inside * (value - mean[:, :, None]) ** 2).sum(axis=2)
    count, base = (n * (under != 0)).sum(axis=2), inside.sum(axis=2)
    known = (count > 1) & (base > 0)
    variance = np.full(mean.shape, np.nan)
    np.divide(squares * count, base * (count - 1), out=variance, where=known)
    deviation: Floats = np.sqrt(variance)
    return deviation
