"""What regression models share: a fit under some weights, why there may be none, and the rank of predictors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np

from cxsurvey.errors import DataFault
from cxsurvey.numerics.arrays import Bools, Floats, same_length
from cxsurvey.numerics.models.predictors import Predictors
from cxsurvey.numerics.sampling.fitted import Estimator

Separation = Literal["error", "limit"]
Problem = Literal["", "nobody", "one-answer", "collinear", "separated", "not-converged"]

CHANGE = 1e-14  # of the deviance, relative: less than this and a fit has converged
MOST_STEPS = 100
MOST_HALVINGS = 40
MOVING = 1e-2  # of a linear predictor in the last step: a fit that has converged and still moves has no end
DEPENDENT = 1e-9  # of a column's length: what is left of it beside the columns before, when it depends on them


@dataclass(frozen=True, slots=True)
class ModelFit:
    """A model fitted under some weights.

    Attributes
    ----------
    parameters : (K,) float
        NaN where there is a problem.
    inverse : (K, K) float
        The inverse of the information: the covariance that independent respondents would give the parameters,
        the weights scaled to a mean of 1 over the members.
    scores : (n, K) float
        Each respondent's weighted contribution to the score, on the same scale; 0 outside.
    deviance : float
        On the same scale.
    problem : str
        Why there is no fit: empty, "nobody", "one-answer", "collinear", "separated" or "not-converged".
    columns : tuple of int
        The columns of the predictors that are the reason.
    """

    parameters: Floats
    inverse: Floats
    scores: Floats
    deviance: float
    problem: Problem = ""
    columns: tuple[int, ...] = ()

    @property
    def influence(self) -> Floats:
        """Linearized contributions to the parameters: (n, K)."""
        return self.scores @ self.inverse


class Model(Estimator, Protocol):
    """A regression model as an estimator of its parameters."""

    @property
    def predictors(self) -> Predictors:
        """The design matrix."""

    @property
    def names(self) -> tuple[str, ...]:
        """A name for each parameter: (K,). Those of the predictors come first."""

    def solve(self, weights: Floats) -> ModelFit:
        """Fit under weights (n,), or say why there is no fit."""

    def without(self, variable: str) -> Model:
        """Leave a predictor out, of the same respondents."""

    def predicted(self, parameters: Floats, columns: Floats, responses: Bools | None) -> tuple[Floats, Floats]:
        """Give what a model predicts for columns (n, p), and its derivatives: (n,) and (n, K)."""


@dataclass(frozen=True, slots=True)
class Solved:
    """A model with its fit under one array of weights kept, so that several uses fit it once.

    Attributes
    ----------
    model : Model
    weights : (n,) float
        Those of the sample.
    kept : ModelFit
    """

    model: Model
    weights: Floats
    kept: ModelFit

    @property
    def predictors(self) -> Predictors:
        """The design matrix."""
        return self.model.predictors

    @property
    def names(self) -> tuple[str, ...]:
        """A name for each parameter: (K,)."""
        return self.model.names

    @property
    def members(self) -> Bools:
        """Who is in the model: (n, K)."""
        return self.model.members

    def at(self, weights: Floats) -> Floats:
        """Give the parameters: (K,)."""
        return self.solve(weights).parameters

    def influence(self, weights: Floats) -> Floats:
        """Give the influence on the parameters: (n, K)."""
        return self.solve(weights).influence

    def solve(self, weights: Floats) -> ModelFit:
        """Give the fit that is kept, or fit under other weights (n,)."""
        return self.kept if weights is self.weights else self.model.solve(weights)

    def without(self, variable: str) -> Model:
        """Leave a predictor out, of the same respondents."""
        return self.model.without(variable)

    def predicted(self, parameters: Floats, columns: Floats, responses: Bools | None) -> tuple[Floats, Floats]:
        """Give what the model predicts, and its derivatives: (n,) and (n, K)."""
        return self.model.predicted(parameters, columns, responses)


def solved(model: Model, weights: Floats) -> Solved:
    """Fit a model to a sample, and keep the fit.

    Raises
    ------
    DataFault
        When there is no fit, see :func:`raise_problem`.
    RequestError
        ``array-shape`` when the weights are of another number of respondents.
    """
    same_length("weights", weights, len(model.predictors.inside))
    kept = model.solve(weights)
    raise_problem(kept, model.predictors)
    return Solved(model, weights, kept)


def no_fit(problem: Problem, n: int, size: int, columns: tuple[int, ...] = ()) -> ModelFit:
    """Make the record of a fit that there is not."""
    nan = float("nan")
    return ModelFit(
        np.full(size, nan), np.full((size, size), nan), np.full((n, size), nan), nan, problem, columns
    )


def raise_problem(fitted: ModelFit, predictors: Predictors) -> None:
    """Raise the error that says why there is no fit; do nothing where there is one.

    Raises
    ------
    DataFault
        ``model-without-respondents``, ``outcome-constant``, ``predictors-collinear``,
        ``outcome-separated``, ``model-not-converged``.
    """
    names = [predictors.names[column] for column in fitted.columns]
    if fitted.problem == "nobody":
        raise DataFault.model_without_respondents()
    if fitted.problem == "one-answer":
        raise DataFault.outcome_constant()
    if fitted.problem == "collinear":
        raise DataFault.predictors_collinear(names)
    if fitted.problem == "separated":
        raise DataFault.outcome_separated(names)
    if fitted.problem == "not-converged":
        raise DataFault.model_not_converged(MOST_STEPS)


def scaled_weights(weights: Floats, inside: Bools) -> Floats:
    """Scale weights to a mean of 1 over the members, 0 outside: (n,); zeros when nobody has any."""
    within = np.where(inside, weights, 0.0)
    total = within.sum()
    return within * (np.count_nonzero(inside) / total) if total > 0 else np.zeros_like(within)


def dependent_columns(columns: Floats, weights: Floats) -> tuple[int, ...]:
    """Find columns (n, p) that are combinations of those before them, for respondents with a weight.

    Examples
    --------
    >>> dependent_columns(np.array([[1.0, 1, 2], [1, 0, 1], [1, 1, 2]]), np.ones(3))
    (2,)
    """
    rows = weights > 0
    weighed = columns[rows] * np.sqrt(weights[rows])[:, None]
    length = np.sqrt((weighed**2).sum(axis=0))
    left = np.zeros(columns.shape[1])
    triangle = np.linalg.qr(weighed / np.where(length > 0, length, 1.0), mode="r")
    left[: len(triangle)] = np.abs(np.diag(triangle))
    return tuple(np.flatnonzero(left <= DEPENDENT).tolist())


def moving_columns(columns: Floats, weights: Floats, step: Floats) -> tuple[int, ...]:
    """Find columns (n, p) whose coefficients a last step (p,) still moves, for respondents with a weight."""
    moved = np.abs(columns[weights > 0] * step).max(axis=0, initial=0.0)
    return tuple(np.flatnonzero(moved > MOVING).tolist())
