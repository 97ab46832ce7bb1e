"""Quantiles under any design, with intervals read backwards through the distribution function."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from cxsurvey.errors import RequestError
from cxsurvey.numerics.arrays import Bools, Floats, as_floats, same_length
from cxsurvey.numerics.estimation.estimators import means
from cxsurvey.numerics.estimation.quantile_rules import QuantileRuleName, quantiles_by_rule
from cxsurvey.numerics.estimation.share_intervals import design_share_intervals
from cxsurvey.numerics.probability.tails import t_quantile
from cxsurvey.numerics.sampling.fitted import domain_mask, fit
from cxsurvey.numerics.tables.quantiles import TIE

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from cxsurvey.numerics.sampling.fitted import SurveyDesign

QuantileMethod = Literal["mean", "beta", "xlogit", "asin", "score"]


@dataclass(frozen=True, slots=True)
class DesignQuantiles:
    """J quantiles of one variable.

    Attributes
    ----------
    estimate, conf_low, conf_high, std_error : (J,) float
        NaN for an empty domain; a limit and the standard error also where the data do not reach far enough.
    df : float
        Degrees of freedom of the intervals.
    n : int
        Members of the domain.
    """

    estimate: Floats
    conf_low: Floats
    conf_high: Floats
    std_error: Floats
    df: float
    n: int


def design_quantiles(
    design: SurveyDesign,
    values: npt.ArrayLike,
    p: npt.ArrayLike,
    *,
    domain: npt.ArrayLike | None = None,
    rule: QuantileRuleName = "math",
    method: QuantileMethod = "mean",
    level: float = 0.95,
    df: float | None = None,
) -> DesignQuantiles:
    """Estimate quantiles and their intervals.

    Parameters
    ----------
    design : Multistage or Replicated
    values : (n,) array
        NaN is outside the domain.
    p : float or (J,) array
        Fractions from 0 to 1.
    domain : (n,) bool, optional
    rule : str
        How a quantile is read off the sample, see :mod:`.quantile_rules`.
    method : {"mean", "beta", "xlogit", "asin", "score"}
        The interval of the share F at or below the quantile that is read backwards (Woodruff 1952): ``p ± t
        SE``, Clopper-Pearson with the effective n, log-odds, or arcsine, see :mod:`.share_intervals`. ``score``
        goes from the first value whose share is no more than t of its standard errors below p to the first
        whose share is more than that above (Francisco and Fuller 1991).
    level : float
    df : float, optional
        Degrees of freedom of the intervals; those of the domain when left out.

    Returns
    -------
    DesignQuantiles
        ``std_error`` is the width of the interval over 2 t. A limit is NaN where the interval of F leaves 0
        to 1 and where nobody lies above the quantile. Where everybody gave one answer the limits are that
        answer and the standard error is 0; without degrees of freedom they are NaN.

    Raises
    ------
    RequestError
        ``array-shape``, ``not-a-fraction``, ``unknown-option``.
    DataFault
        ``lonely-stratum``.

    Examples
    --------
    >>> from cxsurvey.numerics.sampling.multistage import multistage_design
    >>> found = design_quantiles(multistage_design(np.ones(100)), np.arange(100.0), 0.5)
    >>> found.estimate.tolist(), found.conf_low.tolist(), found.conf_high.tolist()
    ([49.0], [40.0], [59.0])
    """
    if method not in get_args(QuantileMethod):
        raise RequestError.unknown_option("method", method, get_args(QuantileMethod))
    y = as_floats(values)
    same_length("values", y, design.n)
    inside = domain_mask(domain, design.n) & ~np.isnan(y)
    sample = _Sample(design, np.where(inside, y, 0.0), inside, rule)
    wanted = np.atleast_1d(as_floats(p))
    estimate = sample.read(wanted)
    counted = design.degrees_of_freedom(inside) if df is None else df
    if method == "score":
        limits = [_score_limits(sample, at, counted, level) for at in wanted]
        low, high = np.array([pair[0] for pair in limits]), np.array([pair[1] for pair in limits])
    else:
        low, high = _woodruff_limits(sample, estimate, counted, method, level)
    std_error = (high - low) / (2 * t_quantile(level, counted))
    if sample.one_answer() and counted > 0:
        low = high = estimate
        std_error = np.zeros(len(wanted))
    return DesignQuantiles(estimate, low, high, std_error, counted, int(inside.sum()))


@dataclass(frozen=True, slots=True)
class _Sample:
    design: SurveyDesign
    values: Floats
    inside: Bools
    rule: QuantileRuleName

    def one_answer(self) -> bool:
        """Whether everybody with a weight gave the same answer, and somebody did."""
        given = self.values[self.inside & (self.design.weights > 0)]
        return len(given) > 0 and bool(given.min() == given.max())

    def read(self, p: Floats) -> Floats:
        weights = self.design.weights[self.inside]
        return quantiles_by_rule(self.values[self.inside], weights, p, rule=self.rule)


def _woodruff_limits(
    sample: _Sample, estimate: Floats, df: float, method: QuantileMethod, level: float
) -> tuple[Floats, Floats]:
    kind = "mean" if method == "score" else method
    below = fit(sample.design, means(sample.values[:, None] <= estimate, domain=sample.inside))
    share = below.estimate
    limits = design_share_intervals(
        share, below.std_error, df, n=int(sample.inside.sum()), method=kind, level=level
    )
    nobody_above = ~(share < 1 - TIE)
    low, high = (
        sample.read(np.where((limit >= 0) & (limit <= 1) & ~nobody_above, limit, np.nan))
        for limit in (limits.low, limits.high)
    )
    return low, high


def _score_limits(sample: _Sample, p: float, df: float, level: float) -> tuple[float, float]:
    """Find the first value whose share is not too small for p, and the first whose share is too large."""
    support = np.unique(sample.values[sample.inside])
    t = float(t_quantile(level, df))
    if not len(support) or np.isnan(t) or np.isnan(p):
        return float("nan"), float("nan")

    def statistic(at: int) -> float:
        below = means(sample.values <= support[at], domain=sample.inside)
        fitted = fit(sample.design, below)
        gap, error = float(fitted.estimate[0] - p), float(fitted.std_error[0])
        return gap / error if error > 0 else np.sign(gap) * np.inf

    first = _first(len(support), lambda at: statistic(at) >= -t)
    beyond = _first(len(support), lambda at: statistic(at) > t)
    found = [float(support[at]) if at < len(support) else float("nan") for at in (first, beyond)]
    return found[0], found[1]


def _first(size: int, holds: Callable[[int], bool]) -> int:
    """Find the first position from which something holds, ``size`` when it never does."""
    low, high = 0, size
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle + 1, high)
    return low
