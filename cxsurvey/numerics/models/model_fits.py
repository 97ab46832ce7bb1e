"""What regression models share: a fit under some weights, why there may be none, and the rank of predictors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

import numpy as np

from cxsurvey.errors import DataFault
from cxsurvey.numerics.arrays import Bools, Floats, Ints, same_length
from cxsurvey.numerics.models.predictors import Predictors
from cxsurvey.numerics.sampling.fitted import Estimator

Separation = Literal["error", "limit"]
Worth: TypeAlias = Bools | Floats | None
Problem = Literal["", "nobody", "one-answer", "collinear", "separated", "not-converged"]

CHANGE = 1e-14  # of the deviance, relative: less than this and a fit has converged
MOST_STEPS = 100
MOST_HALVINGS = 40
MOVING = 1e-2  # of a linear predictor in the last step: a fit that has converged and still moves has no end
MANY_ROWS = 20_000  # beyond it sums of squares take the place of an orthogonal decomposition
ROWS_AT_ONCE = 16_384
BLOCK = 6_000  # numbers in a matrix that is decomposed at once
CLEARLY = 1e-5  # the least eigenvalue of correlations that says so, far above their rounding
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
    deviance : float
        On the same scale.
    residual : (n,) float
        Weighted, on the same scale; 0 outside.
    row : (n,) int
        Which row of ``basis`` each respondent has; any row outside.
    basis : (m, K) float
        A respondent's contribution to the score is its residual times its row.
    problem : str
        Why there is no fit: empty, "nobody", "one-answer", "collinear", "separated" or "not-converged".
    columns : tuple of int
        The columns of the predictors that are the reason. Where there is a fit: those whose coefficients are
        infinite, when that was allowed.
    """

    parameters: Floats
    inverse: Floats
    deviance: float
    residual: Floats
    row: Ints
    basis: Floats
    problem: Problem = ""
    columns: tuple[int, ...] = ()

    @property
    def scores(self) -> Floats:
        """Each respondent's weighted contribution to the score: (n, K)."""
        return self._spread(self.basis.T)

    @property
    def influence(self) -> Floats:
        """Linearized contributions to the parameters: (n, K)."""
        return self._spread(self.inverse @ self.basis.T)

    def influence_on(self, slopes: Floats) -> Floats:
        """Give linearized contributions to J quantities with derivatives (K, J) by the parameters: (n, J)."""
        return self._spread((slopes.T @ self.inverse) @ self.basis.T)

    def _spread(self, by_row: Floats) -> Floats:
        """Give everybody their row (J, m) times their residual: (n, J), its columns in one piece each."""
        each = len(self.row) == by_row.shape[1] and bool((self.row == np.arange(len(self.row))).all())
        spread: Floats = np.multiply(by_row if each else by_row[:, self.row], self.residual).T
        return spread


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

    def predicted(self, parameters: Floats, columns: Floats, responses: Worth) -> tuple[Floats, Floats]:
        """Give what a model predicts for columns (m, p), and its derivatives: (m,) and (m, K)."""

    def averaged(
        self, parameters: Floats, columns: Floats, responses: Worth, within: Floats
    ) -> tuple[Floats, Floats]:
        """Give what a model predicts for columns (m, p), and the derivatives of its average under ``within``.

        (m,) and (K,).
        """


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

    def predicted(self, parameters: Floats, columns: Floats, responses: Worth) -> tuple[Floats, Floats]:
        """Give what the model predicts, and its derivatives: (m,) and (m, K)."""
        return self.model.predicted(parameters, columns, responses)

    def averaged(
        self, parameters: Floats, columns: Floats, responses: Worth, within: Floats
    ) -> tuple[Floats, Floats]:
        """Give what the model predicts, and the derivatives of its average: (m,) and (K,)."""
        return self.model.averaged(parameters, columns, responses, within)


def solved(model: Model, weights: Floats) -> Solved:
    """Fit a model to a sample, and keep the fit.

    Parameters
    ----------
    model : Model
    weights : (n,) float

    Returns
    -------
    Solved

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
    """Make the record of a fit that there is not.

    Parameters
    ----------
    problem : str
        Why there is no fit.
    n, size : int
        Respondents and coefficients.
    columns : tuple of int
        Columns of the predictors that are at fault.

    Returns
    -------
    ModelFit
        Of NaN: (size,) coefficients, (size, size) covariance, (n, size) scores.
    """
    nan, none = float("nan"), np.zeros(n, dtype=np.intp)
    square, row = np.full((size, size), nan), np.full((1, size), nan)
    return ModelFit(np.full(size, nan), square, nan, np.full(n, nan), none, row, problem, columns)


def raise_problem(fitted: ModelFit, predictors: Predictors) -> None:
    """Raise the error that says why there is no fit; do nothing where there is one.

    Parameters
    ----------
    fitted : ModelFit
    predictors : Predictors
        For the names of columns.

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
    """Scale weights to a mean of 1 over the members, 0 outside: (n,); zeros when nobody has any.

    Parameters
    ----------
    weights : (n,) float
    inside : (n,) bool
        The members.

    Returns
    -------
    (n,) float
    """
    within = np.where(inside, weights, 0.0)
    total = within.sum()
    return within * (np.count_nonzero(inside) / total) if total > 0 else np.zeros_like(within)


def dependent_columns(columns: Floats, weights: Floats) -> tuple[int, ...]:
    """Find columns (n, p) that are combinations of those before them, for respondents with a weight.

    Parameters
    ----------
    columns : (n, p) float
    weights : (n,) float

    Returns
    -------
    tuple of int
        Their positions, by QR decomposition of the weighted columns at unit length.

    Examples
    --------
    >>> dependent_columns(np.array([[1.0, 1, 2], [1, 0, 1], [1, 1, 2]]), np.ones(3))
    (2,)
    """
    rows = weights > 0
    given, w = (columns, weights) if rows.all() else (columns[rows], weights[rows])
    if len(given) > MANY_ROWS and _clearly_independent(given, w):
        return ()
    weighed = given * np.sqrt(w)[:, None]
    length = np.sqrt((weighed**2).sum(axis=0))
    left = np.zeros(columns.shape[1])
    triangle = triangle_of(weighed / np.where(length > 0, length, 1.0))
    left[: len(triangle)] = np.abs(np.diag(triangle))
    return tuple(np.flatnonzero(left <= DEPENDENT).tolist())


def _clearly_independent(columns: Floats, weights: Floats) -> bool:
    """Whether sums of squares, which are quick and lose half the digits, already tell columns apart."""
    squares = sums_of_squares(columns, weights)
    length = np.sqrt(np.diag(squares))
    if not (length > 0).all():
        return False
    spread = np.linalg.eigvalsh(squares / np.outer(length, length))
    return bool(spread[0] > CLEARLY)


def triangle_of(columns: Floats) -> Floats:
    """Give R of the decomposition QR, some rows at a time: threads cost more here than they give.

    Parameters
    ----------
    columns : (m, p) float

    Returns
    -------
    (min(m, p), p) float

    Examples
    --------
    >>> np.abs(triangle_of(np.array([[3.0, 0], [4, 0], [0, 2]]))).tolist()
    [[5.0, 0.0], [0.0, 2.0]]
    """
    rows, width = columns.shape
    size = max(2 * width, BLOCK // max(width, 1), 1)
    while rows > size:
        blocks = -(-rows // size)
        padded = np.zeros((blocks * size, width))
        padded[:rows] = columns
        triangles = np.asarray(np.linalg.qr(padded.reshape(blocks, size, width), mode="r"))
        columns = triangles.reshape(-1, width)
        rows = len(columns)
    return np.asarray(np.linalg.qr(columns, mode="r"), dtype=np.float64)


def sums_of_squares(columns: Floats, weights: Floats) -> Floats:
    """Give ``X'WX``, some rows at a time and without a second matrix of their size.

    Parameters
    ----------
    columns : (m, p) float
    weights : (m,) float

    Returns
    -------
    (p, p) float

    Examples
    --------
    >>> sums_of_squares(np.array([[1.0, 2], [1, 4]]), np.array([1.0, 3])).tolist()
    [[4.0, 14.0], [14.0, 52.0]]
    """
    total = np.zeros((columns.shape[1],) * 2)
    for start in range(0, len(columns), ROWS_AT_ONCE):
        part = columns[start : start + ROWS_AT_ONCE]
        total += part.T @ (part * weights[start : start + ROWS_AT_ONCE, None])
    return total


def moving_columns(columns: Floats, weights: Floats, step: Floats) -> tuple[int, ...]:
    """Find columns (n, p) whose coefficients a last step (p,) still moves, for respondents with a weight.

    Parameters
    ----------
    columns : (n, p) float
    weights : (n,) float
    step : (p,) float

    Returns
    -------
    tuple of int
        Their positions.
    """
    rows = weights > 0
    given = columns if rows.all() else columns[rows]
    largest = np.maximum(given.max(axis=0, initial=0.0), -given.min(axis=0, initial=0.0))
    return tuple(np.flatnonzero(largest * np.abs(step) > MOVING).tolist())
