"""Weighted quantiles and their Woodruff intervals.

A quantile is no ratio of totals, but the share of answers at or below it is. Woodruff (1952) turns the interval
of that share into one for the quantile by reading the distribution function backwards.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from cxsurvey.errors import RequestError
from cxsurvey.numerics.arrays import Bools, Floats, Ints, as_floats, checked_codes, same_length
from cxsurvey.numerics.tables.inference import t_quantile
from cxsurvey.numerics.tables.totals import cell_totals
from cxsurvey.numerics.tables.variance import Ratios, ratio_estimates

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from cxsurvey.numerics.tables.design import SampleDesign

QuantileRule = Literal["math", "school"]
TIE = 1e-12  # relative to the sum of weights: a cumulative weight this near to p is at p


@dataclass(frozen=True, slots=True)
class Quantiles:
    """The quantile of each of G groups.

    Attributes
    ----------
    estimate, std_error, conf_low, conf_high : (G,) float
        NaN for an empty group; interval and standard error also where the data do not reach far enough.
    covariance : (G, G) float
    n : (G,) int
        Respondents with a value.
    n_weighted, n_effective : (G,) float
    df : (G,) int
    union_df : (G, G) int
    overlap : (G, G) int
    gap_factor : (G, G) float or None
        That of the shares at or below, see :class:`.variance.Ratios`.
    """

    estimate: Floats
    std_error: Floats
    conf_low: Floats
    conf_high: Floats
    covariance: Floats
    n: Ints
    n_weighted: Floats
    n_effective: Floats
    df: Ints
    union_df: Ints
    overlap: Ints
    gap_factor: Floats | None = None


def weighted_quantile(
    values: npt.ArrayLike, weights: npt.ArrayLike, p: npt.ArrayLike, *, rule: QuantileRule = "math"
) -> Floats:
    """Invert the weighted distribution function.

    Parameters
    ----------
    values, weights : (n,) array
        NaN values and weights of zero take no part.
    p : float or (J,) array
        Fractions from 0 to 1.
    rule : {"math", "school"}
        ``math``: the smallest value y with F(y) >= p. ``school``: where F(y) equals p, halfway to the next
        value (the median of 1, 2, 3, 4 is 2.5).

    Returns
    -------
    (J,) float
        NaN when there is no value, and where p is NaN.

    Raises
    ------
    RequestError
        ``array-shape``, ``not-a-fraction``, ``unknown-option``.

    Examples
    --------
    >>> weighted_quantile([1, 2, 3, 4], [1, 1, 1, 1], [0.5]).tolist()
    [2.0]
    >>> weighted_quantile([1, 2, 3, 4], [1, 1, 1, 1], [0.5], rule="school").tolist()
    [2.5]
    """
    if rule not in get_args(QuantileRule):
        raise RequestError.unknown_option("rule", rule, get_args(QuantileRule))
    y, w, wanted = as_floats(values), as_floats(weights), np.atleast_1d(as_floats(p))
    same_length("weights", w, len(y))
    if ((wanted < 0) | (wanted > 1)).any():
        raise RequestError.not_a_fraction("p", wanted[(wanted < 0) | (wanted > 1)][0])
    used = ~np.isnan(y) & (w > 0)
    if not used.any():
        return np.full(len(wanted), np.nan)
    return _inverse(y[used], w[used], wanted, rule)


def _inverse(y: Floats, w: Floats, p: Floats, rule: QuantileRule) -> Floats:
    order = np.lexsort((w, y))  # sums that do not depend on the order of the rows
    support, position = np.unique(y[order], return_inverse=True)
    cumulative = np.cumsum(np.bincount(position, w[order]))
    level = np.where(np.isnan(p), 0.0, p) * cumulative[-1]
    slack = TIE * cumulative[-1]
    at = np.minimum(np.searchsorted(cumulative, level - slack), len(support) - 1)
    found = support[at]
    if rule == "school":
        tied = np.abs(cumulative[at] - level) <= slack
        found = np.where(tied, (found + support[np.minimum(at + 1, len(support) - 1)]) / 2, found)
    return np.where(np.isnan(p), np.nan, found)


def quantile_estimates(
    design: SampleDesign,
    group: npt.ArrayLike,
    n_groups: int,
    values: npt.ArrayLike,
    *,
    p: float = 0.5,
    level: float = 0.95,
    rule: QuantileRule = "math",
) -> Quantiles:
    """Estimate a quantile in each group, as domains of the full design.

    Parameters
    ----------
    design : SampleDesign
    group : (n,) int
        0 to G-1, and -1 for outside.
    n_groups : int
        G.
    values : (n,) array
        NaN is outside the group.
    p : float
    level : float
        Of the interval.
    rule : {"math", "school"}
        See :func:`weighted_quantile`.

    Returns
    -------
    Quantiles

    Raises
    ------
    RequestError
        ``array-shape``, ``code-out-of-range``, ``not-a-fraction``, ``unknown-option``.
    DataFault
        ``lonely-stratum``.

    Notes
    -----
    With F the estimated share of values at or below the quantile Q, its t interval ``F ± t SE_F`` is read
    backwards through the distribution function (Woodruff 1952, *JASA* 47: 635-646; R's ``svyquantile`` with
    ``interval.type = "mean"``), t having the degrees of freedom of the group. ``std_error`` is the width of
    the interval over 2 t. A bound is NaN where the interval of F leaves 0 to 1 or where nobody lies above Q:
    the sample then says nothing about that side. A group that gives one answer only has standard error 0, and
    without degrees of freedom, as in one cluster, neither standard error nor interval.

    Between groups, the linearized quantile ``Q - (F(Q) - p) / f`` makes
    cov(Q_a, Q_b) = cov(F_a, F_b) / (f_a f_b), and SE_F / SE_Q stands for the density f.

    Examples
    --------
    >>> import numpy as np
    >>> from cxsurvey.numerics.tables.totals import sample_design
    >>> scores = np.arange(100.0)
    >>> result = quantile_estimates(sample_design(np.ones(100)), np.zeros(100, dtype=int), 1, scores)
    >>> result.estimate.tolist(), result.conf_low.tolist(), result.conf_high.tolist()
    ([49.0], [40.0], [59.0])
    """
    return quantiles_by_shares(
        design.weights,
        group,
        n_groups,
        values,
        lambda cell: _share_at_or_below(design, cell, n_groups),
        p=p,
        level=level,
        rule=rule,
    )


def quantiles_by_shares(
    weights: Floats,
    group: npt.ArrayLike,
    n_groups: int,
    values: npt.ArrayLike,
    shares: Callable[[Ints], Ratios],
    *,
    p: float = 0.5,
    level: float = 0.95,
    rule: QuantileRule = "math",
) -> Quantiles:
    """Estimate a quantile in each group, whatever the design that gives the shares.

    Parameters
    ----------
    weights : (n,) float
        Sampling weights.
    group : (n,) int
        0 to G-1, and -1 for outside.
    n_groups : int
        G.
    values : (n,) array
        NaN is outside the group.
    shares : callable
        Takes cells (n,), 2 g for group g above its quantile, 2 g + 1 at or below it and -1 outside, and gives
        the share at or below in each group.
    p : float
    level : float
        Of the interval.
    rule : {"math", "school"}
        See :func:`weighted_quantile`.

    Returns
    -------
    Quantiles
        See the notes of :func:`quantile_estimates`.

    Raises
    ------
    RequestError
        ``array-shape``, ``code-out-of-range``, ``not-a-fraction``, ``unknown-option``.

    Examples
    --------
    >>> from cxsurvey.numerics.tables.totals import sample_design
    >>> design = sample_design(np.ones(4))
    >>> def half(cell):
    ...     return ratio_estimates(cell_totals(design, cell, 2), [[0, 1]], [[1, 1]])
    >>> quantiles_by_shares(design.weights, [0, 0, 0, 0], 1, [1, 2, 3, 4], half).estimate.tolist()
    [2.0]
    """
    codes, y = checked_codes("group", group, len(weights), n_groups), as_floats(values)
    same_length("values", y, len(weights))
    codes = np.where(np.isnan(y), -1, codes)
    samples = [_Sample(y[of], weights[of]) for of in (np.flatnonzero(codes == g) for g in range(n_groups))]
    estimate = _invert(samples, np.full(n_groups, p), rule)
    below = shares(_cells_at_or_below(codes, y, estimate))
    low, high, std_error = _woodruff(samples, estimate, below, level, rule)
    return Quantiles(
        estimate, std_error, low, high, _covariance(below, std_error), below.n,
        below.n_weighted, below.n_effective, below.df, below.union_df, below.overlap, below.gap_factor,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Sample:
    values: Floats
    weights: Floats

    def one_answer(self) -> bool:
        used = self.values[self.weights > 0]
        return len(used) > 0 and bool(used.min() == used.max())


def _invert(samples: list[_Sample], levels: Floats, rule: QuantileRule) -> Floats:
    pairs = zip(samples, levels, strict=True)
    found = [weighted_quantile(s.values, s.weights, at, rule=rule)[0] for s, at in pairs]
    return np.array(found, dtype=np.float64)


def _woodruff(
    samples: list[_Sample], estimate: Floats, below: Ratios, level: float, rule: QuantileRule
) -> tuple[Floats, Floats, Floats]:
    t = t_quantile(level, below.df)
    margin = t * below.std_error
    nobody_above = below.estimate >= 1 - TIE
    low = _invert(samples, _inside(below.estimate - margin, nobody_above), rule)
    high = _invert(samples, _inside(below.estimate + margin, nobody_above), rule)
    std_error = (high - low) / (2 * t)
    alike = np.array([sample.one_answer() for sample in samples], dtype=np.bool_) & (below.df > 0)
    return np.where(alike, estimate, low), np.where(alike, estimate, high), np.where(alike, 0.0, std_error)


def _inside(levels: Floats, nobody_above: Bools) -> Floats:
    return np.where((levels >= 0) & (levels <= 1) & ~nobody_above, levels, np.nan)


def _cells_at_or_below(codes: Ints, y: Floats, at: Floats) -> Ints:
    inside = codes >= 0
    below = np.zeros(len(y), dtype=np.intp)
    below[inside] = y[inside] <= at[codes[inside]]
    return np.where(inside, 2 * codes + below, -1)


def _share_at_or_below(design: SampleDesign, cell: Ints, n_groups: int) -> Ratios:
    totals = cell_totals(design, cell, 2 * n_groups)
    each = np.eye(n_groups)
    return ratio_estimates(totals, np.kron(each, [[0, 1]]), np.kron(each, [[1, 1]]))


def _covariance(below: Ratios, std_error: Floats) -> Floats:
    """Carry the covariance of the shares over to the quantiles, with ``std_error``² on the diagonal."""
    spread = np.zeros_like(std_error)
    np.divide(std_error, below.std_error, out=spread, where=below.std_error != 0)
    covariance = below.covariance * np.multiply.outer(spread, spread)
    np.fill_diagonal(covariance, std_error**2)
    return covariance
