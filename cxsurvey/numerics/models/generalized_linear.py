"""Generalized linear models of the weights: linear, logistic, probit and Poisson regression.

The coefficients b solve the weighted score equations ``sum w_i x_i (y_i - mu_i) mu'_i / V(mu_i) = 0``, by
iteratively reweighted least squares. The influence of a respondent on them is its term of that sum times the
inverse of the information ``sum w_i x_i x_i' mu'_i² / V(mu_i)``; the covariance that a design makes of it is
the sandwich of Binder (1983, *International Statistical Review* 51: 279-292). Only the mean must be as the
model says for the coefficients to be right; the family's variance need not be.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, get_args

import numpy as np

from cxsurvey.errors import DataFault, RequestError
from cxsurvey.numerics.arrays import Bools, Floats, as_floats, frozen, same_length
from cxsurvey.numerics.models.families import FAMILIES, Family, FamilyName
from cxsurvey.numerics.models.model_fits import (
    CHANGE,
    MANY_ROWS,
    MOST_HALVINGS,
    MOST_STEPS,
    ModelFit,
    Problem,
    Separation,
    Worth,
    dependent_columns,
    moving_columns,
    no_fit,
    scaled_weights,
    sums_of_squares,
    triangle_of,
)
from cxsurvey.numerics.models.predictors import Predictors

if TYPE_CHECKING:
    import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class GeneralizedLinear:
    """A generalized linear model as an estimator of its p coefficients.

    Make one with :func:`generalized_linear`.

    Attributes
    ----------
    outcome : (n,) float
        0 outside the predictors' domain.
    predictors : Predictors
    family : {"linear", "logit", "probit", "poisson"}
    separation : {"error", "limit"}
    """

    outcome: Floats
    predictors: Predictors
    family: FamilyName
    separation: Separation = "error"

    @property
    def names(self) -> tuple[str, ...]:
        """A name for each coefficient: (p,)."""
        return self.predictors.names

    @property
    def members(self) -> Bools:
        """Who is in the model: (n, p)."""
        return self.predictors.members(len(self.names))

    def at(self, weights: Floats) -> Floats:
        """Give the coefficients: (p,), NaN where there is no fit."""
        return self.solve(weights).parameters

    def influence(self, weights: Floats) -> Floats:
        """Give the influence on the coefficients: (n, p), NaN where there is no fit."""
        return self.solve(weights).influence

    def solve(self, weights: Floats) -> ModelFit:
        """Fit under weights (n,), to the totals of each kind of respondent."""
        n, known = len(self.outcome), self.predictors
        w = scaled_weights(weights, known.inside)
        by_kind = known.totals(w)
        problem, culprits = self._problem(w, by_kind)
        if problem:
            return no_fit(problem, n, known.kinds.shape[1], culprits)
        rows = by_kind > 0
        X, by_kind = (known.kinds, by_kind) if rows.all() else (known.kinds[rows], by_kind[rows])
        mean = known.totals(w * self.outcome)[rows] / by_kind
        start = self._start(w, mean, by_kind, rows)
        search = _search(FAMILIES[self.family], X, mean, by_kind, start, self._within_kinds(w, mean, by_kind))
        if not search.converged:
            return no_fit("not-converged", n, X.shape[1])
        endless = moving_columns(X, by_kind, search.step)
        if endless and self.separation == "error":
            return no_fit("separated", n, X.shape[1], endless)
        return self._fit(search, w, rows, endless)

    def _problem(self, w: Floats, by_kind: Floats) -> tuple[Problem, tuple[int, ...]]:
        """Say why there can be no fit under scaled weights, before any search."""
        answers = self.outcome if w.all() else self.outcome[w > 0]
        if not len(answers):
            return "nobody", ()
        endless = {"logit": (0.0, 1.0), "probit": (0.0, 1.0), "poisson": (0.0,), "linear": ()}[self.family]
        if answers.min() == answers.max() and answers[0] in endless:
            return "one-answer", ()
        dependent = dependent_columns(self.predictors.kinds, by_kind)
        return ("collinear", dependent) if dependent else ("", ())

    def _start(self, w: Floats, mean: Floats, by_kind: Floats, rows: Bools) -> tuple[Floats, Floats]:
        """Give what the first least squares weigh and explain, (m,) each: as R, respondent by respondent.

        Of very many respondents it starts from the means of their kinds.
        """
        family = FAMILIES[self.family]
        if len(w) > MANY_ROWS:
            return _first(family, mean, by_kind)
        working, explained = _first(family, np.where(w > 0, self.outcome, 0.0), w)
        total = self.predictors.totals(working)[rows]
        return total, self.predictors.totals(working * explained)[rows] / total

    def _within_kinds(self, w: Floats, mean: Floats, by_kind: Floats) -> float:
        """Give what the deviance has beyond that of the kinds' means, whatever the coefficients.

        Deviances of one family from a common centre differ by it (for a line, the sum of squares within kinds).
        """
        if np.count_nonzero(w) == len(by_kind):
            return 0.0
        family, centre = FAMILIES[self.family], by_kind @ mean / by_kind.sum()
        apart = w @ family.deviance(self.outcome, np.full(len(w), centre))
        return float(apart - by_kind @ family.deviance(mean, np.full(len(mean), centre)))

    def _fit(self, search: _Search, w: Floats, rows: Bools, endless: tuple[int, ...]) -> ModelFit:
        known = self.predictors
        row = np.where(known.inside, known.kind, 0)
        mean, factor = np.zeros(len(rows)), np.zeros(len(rows))
        mean[rows], factor[rows] = search.mean, search.factor
        residual = w * (self.outcome - mean[row]) * factor[row]
        return ModelFit(
            search.parameters, search.inverse, search.deviance, residual, row, known.kinds, "", endless
        )

    def without(self, variable: str) -> GeneralizedLinear:
        """Leave a predictor out, of the same respondents.

        Raises
        ------
        RequestError
            ``unknown-option``.
        """
        return replace(self, predictors=self.predictors.without(variable))

    def predicted(self, parameters: Floats, columns: Floats, responses: Worth) -> tuple[Floats, Floats]:
        """Give expected outcomes and their derivatives.

        Parameters
        ----------
        parameters : (p,) float
        columns : (m, p) float
        responses : None
            The outcome has none to choose from.

        Returns
        -------
        expected : (m,) float
        derivatives : (m, p) float

        Raises
        ------
        RequestError
            ``bad-option`` when there are ``responses``.
        """
        if responses is not None:
            raise RequestError.bad_option("responses", "a choice", "None: the outcome is a number or a share")
        family, eta = FAMILIES[self.family], columns @ parameters
        return family.mean(eta), columns * family.slope(eta)[:, None]

    def averaged(
        self, parameters: Floats, columns: Floats, responses: Worth, within: Floats
    ) -> tuple[Floats, Floats]:
        """Give expected outcomes, and the derivatives of their average under weights.

        Parameters
        ----------
        parameters, columns, responses
            As :meth:`predicted`.
        within : (m,) float
            Weights that add up to 1.

        Returns
        -------
        expected : (m,) float
        derivatives : (p,) float

        Raises
        ------
        RequestError
            ``bad-option`` when there are ``responses``.
        """
        if responses is not None:
            raise RequestError.bad_option("responses", "a choice", "None: the outcome is a number or a share")
        family, eta = FAMILIES[self.family], columns @ parameters
        return family.mean(eta), columns.T @ (within * family.slope(eta))

    def dispersion(self, weights: Floats) -> float:
        """Give the weighted variance of the Pearson residuals, over n - 1 as R's ``summary`` of a ``svyglm``.

        Returns
        -------
        float
            For a linear model the residual variance; NaN where there is no fit.
        """
        inside, family = self.predictors.inside, FAMILIES[self.family]
        parameters, w = self.at(weights), scaled_weights(weights, inside)[inside]
        if np.isnan(parameters).any() or len(w) < 2:  # noqa: PLR2004 - a variance needs two
            return float("nan")
        mean = family.mean(self.predictors.kinds @ parameters)[self.predictors.kind[inside]]
        residual = (self.outcome[inside] - mean) / np.sqrt(family.variance(mean))
        centre = w @ residual / len(w)
        return float(w @ (residual - centre) ** 2 / (len(w) - 1))


def generalized_linear(
    outcome: npt.ArrayLike,
    predictors: Predictors,
    *,
    family: FamilyName = "linear",
    separation: Separation = "error",
) -> GeneralizedLinear:
    """Model an outcome by predictors.

    Parameters
    ----------
    outcome : (n,) array
        Numbers for "linear", 0 and 1 for "logit" and "probit", counts for "poisson".
    predictors : Predictors
        Their domain must leave out respondents whose outcome is not known.
    family : {"linear", "logit", "probit", "poisson"}
    separation : {"error", "limit"}
        Where predictors tell the answers apart completely some coefficients are infinite, and there is no fit.
        With "limit" the search ends where the deviance no longer changes: predicted shares are right, of
        0 and 1 where that is so; the size of those coefficients and their standard errors mean nothing. R does
        the same with a warning.

    Returns
    -------
    GeneralizedLinear

    Raises
    ------
    RequestError
        ``array-shape``, ``unknown-option``.
    DataFault
        ``outcome-out-of-range``.

    Examples
    --------
    >>> from cxsurvey.numerics.models.predictors import Number, predictors
    >>> model = generalized_linear([1.0, 3.0, 5.0], predictors([Number("x", [0, 1, 2])]))
    >>> model.at(np.ones(3)).round(6).tolist()
    [1.0, 2.0]
    """
    if family not in FAMILIES:
        raise RequestError.unknown_option("family", family, list(FAMILIES))
    if separation not in get_args(Separation):
        raise RequestError.unknown_option("separation", separation, get_args(Separation))
    y = as_floats(outcome)
    same_length("outcome", y, len(predictors.inside))
    bad = predictors.inside & ~FAMILIES[family].allowed(y)
    if bad.any():
        raise DataFault.outcome_out_of_range(int(bad.sum()), FAMILIES[family].expected)
    y = np.where(predictors.inside, y, 0.0)
    frozen(y)
    return GeneralizedLinear(y, predictors, family, separation)


@dataclass(frozen=True, slots=True)
class _Search:
    """Where the search for the coefficients ended, with its last step.

    ``mean`` (m,) are the means there, and a residual from them times ``factor`` (m,) multiplies a row of the
    design matrix in the score.
    """

    parameters: Floats
    inverse: Floats
    mean: Floats
    factor: Floats
    deviance: float
    step: Floats
    converged: bool


def _first(family: Family, y: Floats, w: Floats) -> tuple[Floats, Floats]:
    """Give the weights and the responses of the first least squares, from coefficients of 0."""
    eta = family.link(family.start(y, w))
    slope, mean = family.slope(eta), family.mean(eta)
    return w * slope**2 / family.variance(mean), eta + (y - mean) / slope


def _search(
    family: Family, X: Floats, y: Floats, w: Floats, start: tuple[Floats, Floats], within: float
) -> _Search:
    """Reweigh least squares until the deviance no longer changes, halving steps that make it larger.

    The information is that of the last iterate but one, as in R: standard errors agree with R's to the last
    digits, and differ from those at the end by about 1e-8 of their size. ``within`` belongs to the deviance.
    """
    (working, beyond), factor, deviance = start, start[0], np.inf
    parameters = step = np.zeros(X.shape[1])
    eta, inverse = np.zeros(len(y)), np.zeros((len(parameters),) * 2)
    for _ in range(MOST_STEPS):
        solved = _least_squares(X, eta, beyond, working, parameters)
        if solved is None:
            break
        aim, inverse = solved
        before = deviance
        found, eta, mean, deviance = _nearer(family, X, y, w, parameters, aim, before - within)
        step, parameters, deviance = found - parameters, found, deviance + within
        slope = family.slope(eta)
        if abs(deviance - before) < CHANGE * (abs(deviance) + 0.1):
            return _Search(parameters, inverse, mean, factor / slope, deviance, step, converged=True)
        factor = slope**2 / family.variance(mean)
        working, beyond = w * factor, (y - mean) / slope
    return _Search(parameters, inverse, eta, factor, deviance, step, converged=False)


def _least_squares(
    X: Floats, eta: Floats, beyond: Floats, working: Floats, parameters: Floats
) -> tuple[Floats, Floats] | None:
    """Solve weighted least squares for a response of ``eta + beyond``, the parameters so far giving ``eta``.

    Returns
    -------
    aim, inverse : (p,) and (p, p) float, or None
        The coefficients and the inverse of X'WX; None when there is no inverse.
    """
    if len(X) > MANY_ROWS:
        return _normal_equations(X, beyond, working, parameters)
    weighed = np.column_stack([X, eta + beyond]) * np.sqrt(working)[:, None]
    reduced = triangle_of(weighed)[: X.shape[1]]
    triangle, right = reduced[:, :-1], reduced[:, -1]
    if not np.diag(triangle).all():
        return None
    half = np.linalg.solve(triangle, np.eye(len(triangle)))
    return np.linalg.solve(triangle, right).astype(np.float64, copy=False), half @ half.T


def _normal_equations(
    X: Floats, beyond: Floats, working: Floats, parameters: Floats
) -> tuple[Floats, Floats] | None:
    """Go on from the parameters of the last step, so that the next makes good what sums of squares round."""
    squares = sums_of_squares(X, working)
    length = np.sqrt(np.diag(squares))
    if not (length > 0).all():
        return None
    try:
        inverse = np.linalg.inv(squares / np.outer(length, length)) / np.outer(length, length)
    except np.linalg.LinAlgError:
        return None  # columns that weights of almost 0 have made alike
    return parameters + inverse @ (X.T @ (working * beyond)), inverse


def _nearer(
    family: Family, X: Floats, y: Floats, w: Floats, parameters: Floats, aim: Floats, deviance: float
) -> tuple[Floats, Floats, Floats, float]:
    """Go towards the aim, half as far each time the deviance there is larger than it was.

    Returns
    -------
    parameters, eta, mean, deviance
        Where that is.
    """
    for _ in range(MOST_HALVINGS):
        eta = X @ aim
        mean = family.mean(eta)
        reached = float(w @ family.deviance(y, mean))
        if reached <= deviance + 1e-8 * (abs(deviance) + 0.1):
            return aim, eta, mean, reached
        aim = (aim + parameters) / 2
    eta = X @ parameters
    return parameters, eta, family.mean(eta), deviance
