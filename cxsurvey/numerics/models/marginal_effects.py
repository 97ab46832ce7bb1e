"""Adjusted shares and gaps: what a model predicts for everybody as if in one group, and as if in another.

The adjusted share of group g is ``sum_i w_i m(x_i with group g) / sum_i w_i`` over all members of the model, m
being its prediction (predictive margins: Graubard and Korn 1999, *Biometrics* 55: 652-659; average marginal
effects of a group). Its influence has two parts: whom the sample holds, and what their answers do to the
coefficients. So a design's covariance is that of both, and the gap of two groups has the covariance of the two.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from cxsurvey.errors import RequestError
from cxsurvey.numerics.arrays import Bools, Floats
from cxsurvey.numerics.models.model_fits import Model, Worth, solved
from cxsurvey.numerics.probability.tails import t_two_sided_p
from cxsurvey.numerics.sampling.fitted import SurveyDesign, fit
from cxsurvey.numerics.tables.inference import t_interval

if TYPE_CHECKING:
    import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class AverageShares:
    """Adjusted shares of the G groups of a factor, as an estimator. Make one with :func:`average_shares`.

    Attributes
    ----------
    model : Model
    variable : str
    n_groups : int
        G.
    responses : (L,) bool or float, or None
    """

    model: Model
    variable: str
    n_groups: int
    responses: Worth

    @property
    def members(self) -> Bools:
        """Everybody in the model, of whichever group: (n, G)."""
        return self.model.predictors.members(self.n_groups)

    def at(self, weights: Floats) -> Floats:
        """Give the adjusted shares: (G,), NaN where the model has no fit."""
        parameters = self.model.at(weights)
        by_kind = self.model.predictors.totals(self._within(weights))
        groups = range(self.n_groups)
        return np.array([by_kind @ self._averaged(parameters, group, by_kind)[0] for group in groups])

    def influence(self, weights: Floats) -> Floats:
        """Give ``w (m - share) / sum w`` and the share's derivative times the parameters' influence: (n, G)."""
        known, within = self.model.solve(weights), self._within(weights)
        by_kind = self.model.predictors.totals(within)
        parts, slopes = [], []
        for group in range(self.n_groups):
            share, slope = self._averaged(known.parameters, group, by_kind)
            parts.append(share - by_kind @ share)
            slopes.append(slope)
        influence = np.array(parts)[:, self.model.predictors.kind]
        influence *= within
        influence += known.influence_on(np.column_stack(slopes)).T
        return influence.T

    def _averaged(self, parameters: Floats, group: int, by_kind: Floats) -> tuple[Floats, Floats]:
        """Predict each kind as if everybody were in one group, and average its slopes: (m,) and (K,)."""
        columns = self.model.predictors.with_everybody(self.variable, group)
        return self.model.averaged(parameters, columns, self.responses, by_kind)

    def _within(self, weights: Floats) -> Floats:
        within = np.where(self.model.predictors.inside, weights, 0.0)
        total = within.sum()
        return within / (total if total > 0 else np.nan)


@dataclass(frozen=True, slots=True)
class AverageGaps:
    """The adjusted gaps of J pairs of groups, from one model.

    Attributes
    ----------
    shares : (G,) float
        Adjusted shares of the groups, or adjusted means of a linear model, in the order of the factor's levels.
    gap, std_error, conf_low, conf_high : (J,) float
    statistic, p_value : (J,) float
        Of the t tests that gaps are 0; NaN where the standard error is 0.
    df : int
        As :class:`AverageGap`.
    n : int
        Respondents in the model, unweighted.
    """

    shares: Floats
    gap: Floats
    std_error: Floats
    conf_low: Floats
    conf_high: Floats
    statistic: Floats
    p_value: Floats
    df: int
    n: int


@dataclass(frozen=True, slots=True)
class AverageGap:
    """The adjusted gap of two groups.

    Attributes
    ----------
    estimate_a, estimate_b : float
        Adjusted shares, or adjusted means of a linear model.
    gap : float
        That of a less that of b.
    std_error, conf_low, conf_high : float
    statistic, p_value : float
        Of the t test that the gap is 0; NaN where its standard error is 0.
    df : int
        Degrees of freedom of the design among those in the model, plus 1, less the parameters of the model; the
        interval is NaN where none are left.
    n : int
        Respondents in the model, unweighted.
    """

    estimate_a: float
    estimate_b: float
    gap: float
    std_error: float
    conf_low: float
    conf_high: float
    statistic: float
    df: int
    p_value: float
    n: int


def average_shares(model: Model, variable: str, *, responses: npt.ArrayLike | None = None) -> AverageShares:
    """Estimate the adjusted share of every group of a factor.

    Parameters
    ----------
    model : GeneralizedLinear or ProportionalOdds
    variable : str
        The factor, one of the predictors; G counts its levels, the baseline first.
    responses : (L,) bool or float, optional
        For proportional odds, the answers whose share is wanted, such as the top two of L, or what each of them
        is worth when a mean is wanted; not for others.

    Returns
    -------
    AverageShares
        For a linear model adjusted means, for a Poisson model adjusted mean counts.

    Raises
    ------
    RequestError
        ``unknown-option`` for no predictor of the model; ``bad-option`` for one that is no factor, and for
        ``responses`` that the model does not take or misses; ``array-shape`` when they are too few.

    Examples
    --------
    >>> from cxsurvey.numerics.models.generalized_linear import generalized_linear
    >>> from cxsurvey.numerics.models.predictors import Factor, predictors
    >>> group = Factor("group", np.repeat([0, 1], 50), ["centralized", "distributed"])
    >>> yes = np.repeat([0, 1, 0, 1], [30, 20, 15, 35])
    >>> model = generalized_linear(yes, predictors([group]), family="logit")
    >>> average_shares(model, "group").at(np.ones(100)).round(6).tolist()
    [0.4, 0.7]
    """
    term = model.predictors.term(variable)
    wanted = _worth(responses)
    if wanted is not None and wanted.ndim != 1:
        raise RequestError.array_shape("responses", "(answers,)", wanted.shape)
    if not term.levels:
        raise RequestError.bad_option("variable", variable, "a predictor with groups")
    model.predicted(np.zeros(len(model.names)), model.predictors.kinds[:1], wanted)  # refuses wrong responses
    return AverageShares(model, variable, len(term.levels), wanted)


def _worth(responses: npt.ArrayLike | None) -> Worth:
    if responses is None:
        return None
    given = np.asarray(responses)
    return given.astype(np.float64) if given.dtype.kind == "f" else given.astype(np.bool_)


def average_gap(
    design: SurveyDesign,
    model: Model,
    variable: str,
    *,
    a: str,
    b: str,
    responses: npt.ArrayLike | None = None,
    level: float = 0.95,
) -> AverageGap:
    """Estimate the gap of two groups after adjusting for the other predictors of a model.

    Parameters
    ----------
    design : Multistage or Replicated
    model : GeneralizedLinear or ProportionalOdds
    variable : str
        The factor that parts the groups.
    a, b : str
        Labels of two of its levels.
    responses : (L,) bool, optional
        As :func:`average_shares`.
    level : float

    Returns
    -------
    AverageGap
        With the groups as the only predictor, the raw gap. A group with itself has a gap of 0.

    Raises
    ------
    DataFault
        As :func:`.regression.regression`.
    RequestError
        As :func:`average_shares`; ``unknown-option`` for no level; ``not-a-fraction``; ``array-shape`` when
        the model is of another number of respondents.

    Examples
    --------
    >>> from cxsurvey.numerics.models.generalized_linear import generalized_linear
    >>> from cxsurvey.numerics.sampling.multistage import multistage_design
    >>> from cxsurvey.numerics.models.predictors import Factor, predictors
    >>> group = Factor("group", [0, 0, 0, 0, 1, 1, 1, 1, 1, 1], ["centralized", "distributed"])
    >>> size = Factor("size", [0, 0, 0, 1, 0, 1, 1, 1, 1, 1], ["small", "large"])
    >>> model = generalized_linear([0, 0, 1, 1, 1, 1, 1, 0, 1, 1], predictors([group, size]), family="logit")
    >>> design = multistage_design(np.ones(10))
    >>> gap = average_gap(design, model, "group", a="distributed", b="centralized")
    >>> round(gap.gap, 4), round(gap.std_error, 4), gap.df
    (0.2049, 0.2902, 7)
    """
    found = average_gaps(design, model, variable, pairs=[(a, b)], responses=responses, level=level)
    levels = model.predictors.term(variable).levels
    return AverageGap(
        estimate_a=float(found.shares[levels.index(a)]),
        estimate_b=float(found.shares[levels.index(b)]),
        gap=float(found.gap[0]),
        std_error=float(found.std_error[0]),
        conf_low=float(found.conf_low[0]),
        conf_high=float(found.conf_high[0]),
        statistic=float(found.statistic[0]),
        df=found.df,
        p_value=float(found.p_value[0]),
        n=found.n,
    )


def average_gaps(
    design: SurveyDesign,
    model: Model,
    variable: str,
    *,
    pairs: Sequence[tuple[str, str]],
    responses: npt.ArrayLike | None = None,
    level: float = 0.95,
) -> AverageGaps:
    """Estimate the gaps of several pairs of groups from one fit of a model.

    Parameters
    ----------
    design : Multistage or Replicated
    model : GeneralizedLinear or ProportionalOdds
    variable : str
        The factor that parts the groups.
    pairs : sequence of (str, str)
        Labels of two of its levels each; a gap is that of the first less that of the second.
    responses : (L,) bool or float, optional
        As :func:`average_shares`.
    level : float

    Returns
    -------
    AverageGaps

    Raises
    ------
    DataFault
        As :func:`.regression.regression`.
    RequestError
        As :func:`average_gap`.

    Examples
    --------
    >>> from cxsurvey.numerics.models.generalized_linear import generalized_linear
    >>> from cxsurvey.numerics.models.predictors import Factor, predictors
    >>> from cxsurvey.numerics.sampling.multistage import multistage_design
    >>> group = Factor("group", np.repeat([0, 1, 2], 4), ["a", "b", "c"])
    >>> model = generalized_linear([1.0, 2, 3, 4, 2, 3, 4, 5, 5, 6, 7, 8], predictors([group]))
    >>> found = average_gaps(multistage_design(np.ones(12)), model, "group", pairs=[("b", "a"), ("c", "b")])
    >>> found.gap.round(6).tolist(), found.df
    ([1.0, 3.0], 9)
    """
    estimator = average_shares(model, variable, responses=responses)
    levels = model.predictors.term(variable).levels
    for label in (label for pair in pairs for label in pair):
        if label not in levels:
            raise RequestError.unknown_option(variable, label, levels)
    fitted = fit(design, replace(estimator, model=solved(model, design.weights)))
    made = fitted.contrasts(np.array([_row((levels.index(a), levels.index(b)), len(levels)) for a, b in pairs]))
    error = np.sqrt(np.diag(made.covariance))
    df = int(fitted.df[0]) + 1 - len(model.names)
    limits = t_interval(made.estimate, error, np.full(len(error), float(df)), level)
    statistic = np.divide(made.estimate, error, out=np.full(len(error), np.nan), where=error > 0)
    p = t_two_sided_p(statistic, np.full(len(error), float(df)))
    n = int(fitted.n[0])
    return AverageGaps(fitted.estimate, made.estimate, error, limits.low, limits.high, statistic, p, df, n)


def _row(places: tuple[int, int], size: int) -> Floats:
    row = np.zeros(size)
    row[places[0]] += 1.0
    row[places[1]] -= 1.0
    return row
