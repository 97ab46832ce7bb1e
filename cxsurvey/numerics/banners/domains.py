"""Totals of domains, and the covariance of ratios made from them, for many estimates at once.

The formulas are those of :mod:`..tables.moments`; what differs is that each target has a covariance over the
columns of its own row of the table only. Without clusters, with z the influence of a respondent on a column,
m its mean in a stratum of n_h and F_h the stratum's factor:

    V(c, c) = sum_h F_h [ sum over the column of (z - m_c)² + (n_h - n_hc) m_c² ]
    V(c, d) = sum_h F_h [ sum over both columns of z_c z_d - n_h m_c m_d ]
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cxsurvey.numerics.arrays import Bools, Floats, Ints

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cxsurvey.numerics.banners.atoms import Atoms
    from cxsurvey.numerics.banners.tallies import Ordered, Tally
    from cxsurvey.numerics.tables.design import Strata

BLOCK_VALUES = 1 << 20  # values held at once while estimates are worked off


@dataclass(frozen=True, slots=True, eq=False)
class PairTotals:
    """Totals of I items of K cells in the intersections of R pairs of columns: (I, R, K) each.

    Attributes
    ----------
    n, weight, squared, factored : float
        Respondents and sums of w, w² and F_h w².
    """

    n: Floats
    weight: Floats
    squared: Floats
    factored: Floats


@dataclass(frozen=True, slots=True, eq=False)
class DomainTotals:
    """Totals of I items of K cells in D = 1 + 2G domains: the total, G columns, and the rest of each.

    Attributes
    ----------
    unit_n, unit_weight : (I, U, D, K) float
        Respondents and sums of w of each stratum, or each cluster.
    spread : (I, U, D, K) float or None
        In several strata without clusters: squares of w about its mean.
    n, weight, squared : (I, D, K) float
        Over all units; ``squared`` are sums of w².
    factored : (I, D, K) float
        Sums of F_h w²; of no use with clusters.
    pairs : PairTotals
    """

    unit_n: Floats
    unit_weight: Floats
    spread: Floats | None
    n: Floats
    weight: Floats
    squared: Floats
    factored: Floats
    pairs: PairTotals


@dataclass(frozen=True, slots=True, eq=False)
class Covariances:
    """Of T estimates in C columns and G rests.

    Attributes
    ----------
    columns : (T, C, C) float
    rest, with_rest : (T, G) float
        Variance of a column's rest, and its covariance with the column.
    """

    columns: Floats
    rest: Floats
    with_rest: Floats


def domain_totals(rows: Ordered, by_unit: Tally, pairs: PairTotals) -> DomainTotals:
    """Gather what ratios in domains are made of.

    Parameters
    ----------
    rows : Ordered
    by_unit : Tally
        By domains: the total, the columns, and their rests.
    pairs : PairTotals

    Returns
    -------
    DomainTotals
    """
    floor = rows.floor[:, None, None]
    unit_weight = by_unit.excess + floor * by_unit.n if floor.any() else by_unit.excess
    several = not rows.clustered and rows.n_units > 1
    spread = _spread(by_unit) if several else None
    return DomainTotals(by_unit.n, unit_weight, spread, *over_units(rows, by_unit), pairs)


def pair_totals(
    whole: tuple[Floats, Floats, Floats, Floats], part: Atoms, of: Ints | slice = slice(None)
) -> PairTotals:
    """Add atoms up to intersections of columns, some pairs at a time.

    Parameters
    ----------
    whole : four of (I, A, K) float
        Respondents and sums of w, w² and F_h w² by atom.
    part : Atoms
    of : (J,) int, optional
        The variable's atom of each atom of the totals, when they are joint atoms.

    Returns
    -------
    PairTotals
    """
    n_items, n_atoms, n_cells = whole[0].shape
    n_pairs = part.pairs.shape[1]
    totals = [np.zeros((n_items, n_pairs, n_cells)) for _ in whole]
    for block in blocks(n_pairs, n_atoms):
        member = part.intersections(block)[:, of]
        for total, by_atom in zip(totals, whole, strict=True):
            total[:, block] = member @ by_atom
    return PairTotals(*totals)


def _spread(tally: Tally) -> Floats:
    mean_square = np.divide(tally.excess**2, tally.n, out=np.zeros_like(tally.n), where=tally.n > 0)
    spread: Floats = np.maximum(tally.squared - mean_square, 0.0)
    return spread


def over_units(rows: Ordered, tally: Tally) -> tuple[Floats, Floats, Floats, Floats]:
    """Add a tally up over units; the floors of the weights come back in, by sums of positive terms alone.

    Parameters
    ----------
    rows : Ordered
    tally : Tally
        By atoms or domains.

    Returns
    -------
    tuple of four (I, A, K) float
        Respondents, and sums of w, w² and F_h w². With clusters, which have no use for it, the last is the
        third again.
    """
    n, excess, squared = tally.n, tally.excess, tally.squared
    if rows.floor.any():
        floor = rows.floor[:, None, None]
        squared = squared + 2 * floor * excess + floor**2 * n
        excess = excess + floor * n
    if rows.clustered:
        return n.sum(axis=1), excess.sum(axis=1), squared[:, 0], squared[:, 0]
    factor = factors(rows.design.strata)
    return n.sum(axis=1), excess.sum(axis=1), squared.sum(axis=1), np.einsum("h,ihdk->idk", factor, squared)


def factors(strata: Strata) -> Floats:
    """Give what multiplies the squares of each stratum, centred or not.

    Parameters
    ----------
    strata : Strata

    Returns
    -------
    (H,) float
    """
    return strata.centred_factors() + strata.uncentred_factors()


def covariances(
    rows: Ordered, totals: DomainTotals, item: Ints, coefficient: Floats, pairs: Ints
) -> Covariances:
    """Give the covariance of ratios over the columns of a table.

    Parameters
    ----------
    rows : Ordered
    totals : DomainTotals
    item : (T,) int
        The item of each target.
    coefficient : (T, D, K) float
        Influence of a respondent of cell k, divided by the weight, on a target in a domain.
    pairs : (2, R) int
        Columns that may overlap.

    Returns
    -------
    Covariances
    """
    n_targets, n_domains, n_cells = coefficient.shape
    n_columns = (n_domains + 1) // 2
    result = Covariances(
        np.zeros((n_targets, n_columns, n_columns)),
        np.zeros((n_targets, n_columns - 1)),
        np.zeros((n_targets, n_columns - 1)),
    )
    size = n_domains * n_cells * (rows.n_units if rows.clustered or totals.spread is not None else 1)
    for block in blocks(n_targets, size):
        give = _by_cluster if rows.clustered else _by_stratum
        give(rows, totals, item[block], coefficient[block], pairs, _view(result, block))
    return result


def blocks(n: int, size: int) -> Iterator[slice]:
    """Cut things into runs that hold :data:`BLOCK_VALUES` together.

    Parameters
    ----------
    n : int
        Things.
    size : int
        Values of one thing.

    Yields
    ------
    slice
        One thing at least.

    Examples
    --------
    >>> [(run.start, run.stop) for run in blocks(5, BLOCK_VALUES // 2)]
    [(0, 2), (2, 4), (4, 5)]
    """
    step = max(1, BLOCK_VALUES // max(1, size))
    for start in range(0, n, step):
        yield slice(start, min(start + step, n))


def _view(result: Covariances, block: slice) -> Covariances:
    return Covariances(result.columns[block], result.rest[block], result.with_rest[block])


def _by_cluster(
    rows: Ordered, totals: DomainTotals, item: Ints, coefficient: Floats, pairs: Ints, out: Covariances
) -> None:
    del pairs  # clusters know what their columns share
    influence = np.einsum("tdk,tpdk->tpd", coefficient, totals.unit_weight[item])
    fill_from_clusters(rows, influence, out)


def fill_from_clusters(rows: Ordered, influence: Floats, out: Covariances) -> None:
    """Fill in covariances from the influence of each cluster.

    Parameters
    ----------
    rows : Ordered
    influence : (T, P, D) float
        It is overwritten.
    out : Covariances
    """
    strata = rows.design.strata
    uncentred = strata.uncentred_factors()
    mean = np.add.reduceat(influence, strata.starts, axis=1) / strata.psus[:, None]
    mean[:, uncentred > 0] = 0.0
    influence -= mean[:, rows.design.psu_stratum]
    influence *= np.sqrt(factors(strata))[rows.design.psu_stratum, None]
    n_columns = out.columns.shape[1]
    columns, rest = influence[:, :, :n_columns], influence[:, :, n_columns:]
    out.columns[:] = columns.transpose(0, 2, 1) @ columns
    out.rest[:] = np.einsum("tpg,tpg->tg", rest, rest)
    out.with_rest[:] = np.einsum("tpg,tpg->tg", columns[:, :, 1:], rest)


def _by_stratum(
    rows: Ordered, totals: DomainTotals, item: Ints, coefficient: Floats, pairs: Ints, out: Covariances
) -> None:
    n_columns = out.columns.shape[1]
    column = coefficient[:, :n_columns]
    own = np.einsum("tdk,tdk->td", coefficient**2, totals.factored[item])
    with_total = np.einsum("tk,tdk,tdk->td", column[:, 0], column, totals.factored[item][:, :n_columns])
    out.columns[:, 0, :] = out.columns[:, :, 0] = with_total
    first, second = pairs
    shared = np.einsum("trk,trk,trk->tr", column[:, first], column[:, second], totals.pairs.factored[item])
    out.columns[:, first, second] = out.columns[:, second, first] = shared
    if totals.spread is not None:
        own, mean = _about_strata(rows, totals, item, coefficient)
        weighted = mean * (factors(rows.design.strata) * rows.design.strata.psus)[:, None]
        out.columns[:] -= mean[:, :, :n_columns].transpose(0, 2, 1) @ weighted[:, :, :n_columns]
        out.with_rest[:] = -np.einsum("thg,thg->tg", mean[:, :, 1:n_columns], weighted[:, :, n_columns:])
    diagonal = np.arange(n_columns)
    out.columns[:, diagonal, diagonal] = own[:, :n_columns]
    out.rest[:] = own[:, n_columns:]


def _about_strata(
    rows: Ordered, totals: DomainTotals, item: Ints, coefficient: Floats
) -> tuple[Floats, Floats]:
    """Variances, (T, D), from squares about the stratum means, and those means, (T, H, D)."""
    strata = rows.design.strata
    factor = factors(strata)
    n, weight = totals.unit_n[item], totals.unit_weight[item]
    mean = np.einsum("tdk,thdk->thd", coefficient, weight) / strata.psus[:, None]
    mean[:, strata.uncentred_factors() > 0] = 0.0
    value = np.divide(weight, n, out=weight, where=n > 0)
    value *= coefficient[:, None]
    value -= mean[..., None]
    value **= 2
    value *= n
    inside = value.sum(axis=3)
    inside += (strata.psus[:, None] - n.sum(axis=3)) * mean**2
    within = np.einsum("h,thdk->tdk", factor, totals.spread[item]) if totals.spread is not None else 0.0
    own = np.einsum("h,thd->td", factor, inside) + (coefficient**2 * within).sum(axis=2)
    return own, mean


def inflated(found: Covariances, inflation: Floats) -> Covariances:
    """Multiply variances as the rule ``average`` for lonely strata has it.

    A variance is multiplied by the factor of its own domain, f_a, and the variance of a gap by that of both
    domains together, f_ab. So a covariance becomes ``f_ab C + ((f_a - f_ab) V_a + (f_b - f_ab) V_b) / 2``.

    Parameters
    ----------
    found : Covariances
    inflation : (T, D, D) float
        See :meth:`.Strata.inflation`.

    Returns
    -------
    Covariances
        V_a + V_b - 2 C_ab is the variance of each gap.
    """
    n_columns = found.columns.shape[1]
    own, factor = np.einsum("tcc->tc", found.columns), np.einsum("tdd->td", inflation)
    both, rest = inflation[:, :n_columns, :n_columns], factor[:, n_columns:]
    columns = factor[:, :n_columns]
    beyond = (columns[:, :, None] - both) * own[:, :, None]
    whole = inflation[:, 0, :1]  # a column and its rest are everyone
    with_rest = (columns[:, 1:] - whole) * own[:, 1:] + (rest - whole) * found.rest
    return Covariances(
        both * found.columns + (beyond + beyond.transpose(0, 2, 1)) / 2,
        rest * found.rest,
        whole * found.with_rest + with_rest / 2,
    )


def presence(totals: DomainTotals, item: Ints, member: Bools) -> Floats:
    """Count respondents of some cells in each unit.

    Parameters
    ----------
    totals : DomainTotals
    item : (X,) int
    member : (X, D, K) bool
        Cells; one domain may stand for all.

    Returns
    -------
    (X, U, D) float
    """
    counted: Floats = (totals.unit_n[item] * member[:, None]).sum(axis=3)
    return counted
