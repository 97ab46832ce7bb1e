"""Means of numbers over a banner: the one kind of question that does not fall into cells.

Respondents of one unit and one atom of the banner make a run. A number y is taken about the mean of its atom,
so that nothing is lost when the squares of an influence w (y - R) are put together from sums of squares of w y
and of w.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cxsurvey.errors import DataFault
from cxsurvey.numerics.arrays import Bools, Floats, Ints
from cxsurvey.numerics.banners.domains import Covariances, blocks, factors, fill_from_clusters, pair_totals
from cxsurvey.numerics.tables.variance import NOISE

if TYPE_CHECKING:
    from cxsurvey.numerics.banners.records import NumberQuestion
    from cxsurvey.numerics.banners.sheets import Sheet


def fill_number(sheet: Sheet, question: NumberQuestion, position: int) -> None:
    """Fill in the mean of a number.

    Parameters
    ----------
    sheet : Sheet
    question : NumberQuestion
    position : int
        Of the question in the book.

    Raises
    ------
    DataFault
        ``column-not-finite`` for infinite values.
    """
    runs = _Runs(sheet, question, position)
    base, target = sheet.where.first_base[[position]], sheet.where.first[[position]]
    sheet.base_n[base], sheet.base_weight[base] = runs.over(runs.n), runs.base
    sheet.base_squared[base] = runs.over(runs.squared)
    shared = runs.shared()
    sheet.fill_overlaps(base, shared[:3])
    sheet.fill_df(base, (runs.by_unit(runs.n) > 0)[None])
    sheet.n[target] = runs.over(runs.nonzero)
    sheet.total[target] = runs.total
    sheet.both_total[target] = sheet.square(runs.total[None], shared[3])
    sheet.deviation[target] = runs.deviation()
    estimate = np.where(runs.base == 0, np.nan, runs.mean)
    sheet.settle(target, estimate[None], runs.covariances(), NOISE * 2 * np.abs(runs.mean)[None], runs.present)


class _Runs:
    """Sums of a number over the runs of its base, L of them, and what is made of them in D domains."""

    def __init__(self, sheet: Sheet, question: NumberQuestion, position: int) -> None:
        self.sheet, self.domains = sheet, sheet.part.domains
        self._gather(question, position)
        w, y = self.w, self.y
        self.n, self.nonzero = self._sums(np.ones(len(w))), self._sums((y != 0).astype(np.float64))
        self.weight, self.value, self.squared = self._sums(w), self._sums(w * y), self._sums(w**2)
        weight, value = self._by_atom(self.weight), self._by_atom(self.value)
        self.centre = np.divide(value, weight, out=np.zeros(len(weight)), where=weight > 0)
        self.off = y - np.repeat(self.centre[self.atom], self.length)
        self.moved = self._sums(w * self.off)
        self.base, self.total = self.domains @ weight, self.domains @ value
        self.divisor = np.where(self.base == 0, 1.0, self.base)
        self.mean = self.total / self.divisor

    def _gather(self, question: NumberQuestion, position: int) -> None:
        """Sort the base into runs, and within them in an order that the rows of the file do not decide."""
        rows, n_atoms = self.sheet.rows, self.sheet.part.n_atoms
        values = np.asarray(question.values, dtype=np.float64)
        if np.isinf(values).any():
            raise DataFault.column_not_finite([position])
        y = rows.arranged(values)
        known = np.flatnonzero(~np.isnan(y))
        slot = (rows.unit * n_atoms + self.sheet.part.code)[known]
        y, w = y[known], rows.weights[known]
        order = np.lexsort((y, w, slot))
        slot, self.y, self.w = slot[order], y[order], w[order]
        self.starts = np.flatnonzero(np.diff(slot, prepend=-1))
        self.length = np.diff(self.starts, append=len(slot))
        self.unit, self.atom = np.divmod(slot[self.starts], n_atoms)

    def _sums(self, values: Floats) -> Floats:
        return np.add.reduceat(values, self.starts) if len(self.starts) else np.empty(0)

    def _by_atom(self, by_run: Floats) -> Floats:
        return np.bincount(self.atom, by_run, self.sheet.part.n_atoms).astype(np.float64, copy=False)

    def over(self, by_run: Floats) -> Floats:
        """Add runs up to domains: (1, D)."""
        summed: Floats = (self.domains @ self._by_atom(by_run))[None]
        return summed

    def by_unit(self, by_run: Floats) -> Floats:
        """Add runs up to units and domains: (U, D)."""
        n_units = self.sheet.rows.n_units
        inside = (domain[self.atom] > 0 for domain in self.domains)
        return np.column_stack([np.bincount(self.unit[at], by_run[at], n_units) for at in inside])

    def shared(self) -> list[Floats]:
        """Respondents and sums of w, w² and w y in the intersections of columns: (1, R) each."""
        sums = (self.n, self.weight, self.squared, self.value)
        n, weight, squared, value = (self._by_atom(by_run)[None, :, None] for by_run in sums)
        found = pair_totals((n, weight, squared, value), self.sheet.part)
        return [part[:, :, 0] for part in (found.n, found.weight, found.squared, found.factored)]

    def deviation(self) -> Floats:
        """Standard deviation within each domain, divisor n - 1: (1, D)."""
        around, moved = self._by_atom(self._sums(self.w * self.off**2)), self._by_atom(self.moved)
        count, weight = self.over(self.n), self._by_atom(self.weight)
        shift = self.centre - self.mean[:, None]
        squares = (self.domains * (around + 2 * shift * moved + shift**2 * weight)).sum(axis=1)[None]
        variance = np.full(count.shape, np.nan)
        known = (count > 1) & (self.base > 0)
        np.divide(np.maximum(squares, 0.0) * count, self.base * (count - 1), out=variance, where=known)
        deviation: Floats = np.sqrt(variance)
        return deviation

    def present(self) -> Bools:
        """Which units hold someone of each domain's base: (1, U, D)."""
        present: Bools = self.by_unit(self.n) > 0
        return present[None]

    def covariances(self) -> Covariances:
        """Give the covariance of the means over columns and rests."""
        c = self.sheet.n_columns
        found = Covariances(np.zeros((1, c, c)), *np.zeros((2, 1, c - 1)))
        influence = self._influence()
        if self.sheet.rows.clustered:
            fill_from_clusters(self.sheet.rows, influence[None], found)
            return found
        whole = self._within() + self._between(influence)
        own: Ints = np.arange(c - 1)
        return Covariances(whole[None, :c, :c], np.diag(whole)[None, c:], whole[1 + own, c + own][None])

    def _influence(self) -> Floats:
        """Influence of each unit on each domain's mean: (U, D)."""
        n_units = self.sheet.rows.n_units
        influence = np.zeros((n_units, len(self.domains)))
        for d, domain in enumerate(self.domains):
            inside = domain[self.atom] > 0
            shift = self.centre[self.atom[inside]] - self.mean[d]
            z = (self.moved[inside] + self.weight[inside] * shift) / self.divisor[d]
            influence[:, d] = np.bincount(self.unit[inside], z, n_units)
        return influence

    def _within(self) -> Floats:
        """Sums of squares about the means of the runs: (D, D)."""
        u = np.repeat(self.moved / self.n, self.length)
        w = np.repeat(self.weight / self.n, self.length)
        du, dw = self.w * self.off - u, self.w - w
        factor = factors(self.sheet.rows.design.strata)[self.unit]
        uu, uw, ww = (self._by_atom(factor * self._sums(part)) for part in (du * du, du * dw, dw * dw))
        total = np.zeros((len(self.domains), len(self.domains)))
        for block in blocks(len(uu), len(self.domains)):
            scale = self.domains[:, block] / self.divisor[:, None]
            shift = scale * (self.centre[block] - self.mean[:, None])
            crossed = (scale * uw[block]) @ shift.T
            total += (scale * uu[block]) @ scale.T + crossed + crossed.T + (shift * ww[block]) @ shift.T
        return total

    def _between(self, influence: Floats) -> Floats:
        """Squares of the means of the runs, and of those outside the base, about the stratum's mean: (D, D)."""
        strata = self.sheet.rows.design.strata
        factor = factors(strata)
        mean = influence / strata.psus[:, None]
        mean[strata.uncentred_factors() > 0] = 0.0
        inside = np.bincount(self.unit, self.n, len(factor))
        outside = mean * np.sqrt(factor * (strata.psus - inside))[:, None]
        total = outside.T @ outside
        u, w = self.moved / self.n, self.weight / self.n
        for run in blocks(len(u), len(self.domains)):
            atom, unit = self.atom[run], self.unit[run]
            shift = self.centre[atom] - self.mean[:, None]
            value = self.domains[:, atom] * (u[run] + w[run] * shift) / self.divisor[:, None]
            value = (value - mean[unit].T) * np.sqrt(factor[unit] * self.n[run])
            total += value @ value.T
        return total
