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
    MOST_HALVINGS,
    MOST_STEPS,
    ModelFit,
    Problem,
    Separation,
    dependent_columns,
    moving_columns,
    no_fit,
    scaled_weights,
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
        return np.repeat(self.predictors.inside[:, None], len(self.names), axis=1)

    def at(self, weights: Floats) -> Floats:
        """Give the coefficients: (p,), NaN where there is no fit."""
        return self.solve(weights).parameters

    def influence(self, weights: Floats) -> Floats:
        """Give the influence on the coefficients: (n, p), NaN where there is no fit."""
        return self.solve(weights).influence

    def solve(self, weights: Floats) -> ModelFit:
        """Fit under weights (n,)."""
        X, y, n = self.predictors.columns, self.outcome, len(self.outcome)
        w = scaled_weights(weights, self.predictors.inside)
        rows = w > 0
        problem, culprits = self._problem(w)
        if problem:
            return no_fit(problem, n, X.shape[1], culprits)
        search = _search(FAMILIES[self.family], X[rows], y[rows], w[rows])
        if not search.converged:
            return no_fit("not-converged", n, X.shape[1])
        endless = moving_columns(X, w, search.step)
        if endless and self.separation == "error":
            return no_fit("separated", n, X.shape[1], endless)
        scores = np.zeros(X.shape)
        scores[rows] = search.scores
        return ModelFit(search.parameters, search.inverse, scores, search.deviance)

    def _problem(self, w: Floats) -> tuple[Problem, tuple[int, ...]]:
        """Say why there can be no fit under scaled weights, before any search."""
        answers = self.outcome[w > 0]
        if not len(answers):
            return "nobody", ()
        endless = {"logit": (0.0, 1.0), "probit": (0.0, 1.0), "poisson": (0.0,), "linear": ()}[self.family]
        if answers.min() == answers.max() and answers[0] in endless:
            return "one-answer", ()
        dependent = dependent_columns(self.predictors.columns, w)
        return ("collinear", dependent) if dependent else ("", ())

    def without(self, variable: str) -> GeneralizedLinear:
        """Leave a predictor out, of the same respondents.

        Raises
        ------
        RequestError
            ``unknown-option``.
        """
        return replace(self, predictors=self.predictors.without(variable))

    def predicted(self, parameters: Floats, columns: Floats, responses: Bools | None) -> tuple[Floats, Floats]:
        """Give expected outcomes and their derivatives.

        Parameters
        ----------
        parameters : (p,) float
        columns : (n, p) float
        responses : None
            The outcome has none to choose from.

        Returns
        -------
        expected : (n,) float
        derivatives : (n, p) float

        Raises
        ------
        RequestError
            ``bad-option`` when there are ``responses``.
        """
        if responses is not None:
            raise RequestError.bad_option("responses", "a choice", "None: the outcome is a number or a share")
        family, eta = FAMILIES[self.family], columns @ parameters
        return family.mean(eta), columns * family.slope(eta)[:, None]

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
        mean = family.mean(self.predictors.columns[inside] @ parameters)
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
    """Where the search for the coefficients ended, with its last step."""

    parameters: Floats
    inverse: Floats
    scores: Floats
    deviance: float
    step: Floats
    converged: bool


def _search(family: Family, X: Floats, y: Floats, w: Floats) -> _Search:
    """Reweigh least squares until the deviance no longer changes, halving steps that make it larger.

    The information is that of the last iterate but one, as in R: standard errors agree with R's to the last
    digits, and differ from those at the end by about 1e-8 of their size.
    """
    mean = family.start(y, w)
    eta = family.link(mean)
    deviance, parameters = float(w @ family.deviance(y, mean)), np.zeros(X.shape[1])
    step, inverse, begun = parameters, np.zeros((len(parameters),) * 2), False
    for _ in range(MOST_STEPS):
        slope, mean = family.slope(eta), family.mean(eta)
        working = w * slope**2 / family.variance(mean)
        triangle, right = _least_squares(X, eta + (y - mean) / slope, np.sqrt(working))
        if not np.diag(triangle).all():
            break
        aim = np.linalg.solve(triangle, right).astype(np.float64, copy=False)
        inverse = _inverse(triangle)
        found, reached = _nearer(family, X, y, w, parameters, aim, deviance if begun else np.inf)
        step, parameters, before, deviance = found - parameters, found, deviance, reached
        eta = X @ parameters
        if begun and abs(deviance - before) < CHANGE * (abs(deviance) + 0.1):
            residual = working * (y - family.mean(eta)) / family.slope(eta)
            return _Search(parameters, inverse, X * residual[:, None], deviance, step, converged=True)
        begun = True
    return _Search(parameters, inverse, np.zeros(X.shape), deviance, step, converged=False)


def _least_squares(X: Floats, response: Floats, root: Floats) -> tuple[Floats, Floats]:
    """Give R and Q'z of weighted least squares, without Q: (p, p) and (p,)."""
    weighed = np.column_stack([X, response]) * root[:, None]
    reduced = np.asarray(np.linalg.qr(weighed, mode="r"), dtype=np.float64)[: X.shape[1]]
    return reduced[:, :-1], reduced[:, -1]


def _nearer(
    family: Family, X: Floats, y: Floats, w: Floats, parameters: Floats, aim: Floats, deviance: float
) -> tuple[Floats, float]:
    """Go towards the aim, half as far each time the deviance there is larger than it was."""
    for _ in range(MOST_HALVINGS):
        reached = float(w @ family.deviance(y, family.mean(X @ aim)))
        if reached <= deviance + 1e-8 * (abs(deviance) + 0.1):
            return aim, reached
        aim = (aim + parameters) / 2
    return parameters, deviance


def _inverse(triangle: Floats) -> Floats:
    """Give the inverse of R'R."""
    half = np.linalg.solve(triangle, np.eye(len(triangle)))
    return half @ half.T
