"""The likelihood of proportional odds and its maximum; :mod:`.ordinal_models` says what the model is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from cxsurvey.numerics.arrays import Floats, Ints
from cxsurvey.numerics.models.model_fits import CHANGE, MOST_HALVINGS, MOST_STEPS, MOVING

OrdinalLink = Literal["logit", "probit"]
END = 1e3  # beyond the lowest and the highest threshold: every share there is 0 or 1
ROOT_2_PI = float(np.sqrt(2 * np.pi))
_Of: TypeAlias = Callable[[Floats], Floats]


@dataclass(frozen=True, slots=True)
class Distribution:
    """A distribution with its density, the derivative of the density, and its quantiles."""

    cumulative: _Of
    density: _Of
    slope: _Of
    quantile: _Of


def _logistic(eta: Floats) -> Floats:
    from scipy.special import expit  # noqa: PLC0415 - 0.3 s, paid by those who ask for a model

    share: Floats = expit(eta)
    return share


def _logistic_density(eta: Floats) -> Floats:
    return _logistic(eta) * _logistic(-eta)


def _logistic_slope(eta: Floats) -> Floats:
    slope: Floats = _logistic_density(eta) * np.tanh(-eta / 2)
    return slope


def _normal(eta: Floats) -> Floats:
    from scipy.special import ndtr  # noqa: PLC0415 - as above

    share: Floats = ndtr(eta)
    return share


def _normal_density(eta: Floats) -> Floats:
    density: Floats = np.exp(-(eta**2) / 2) / ROOT_2_PI
    return density


def _normal_quantile(share: Floats) -> Floats:
    from scipy.special import ndtri  # noqa: PLC0415 - as above

    quantile: Floats = ndtri(share)
    return quantile


DISTRIBUTIONS: dict[OrdinalLink, Distribution] = {
    "logit": Distribution(
        _logistic, _logistic_density, _logistic_slope, lambda share: np.log(share / (1 - share))
    ),
    "probit": Distribution(_normal, _normal_density, lambda eta: -eta * _normal_density(eta), _normal_quantile),
}


@dataclass(frozen=True, slots=True)
class Likelihood:
    """The weighted log-likelihood of coefficients and thresholds, for respondents with a weight.

    Attributes
    ----------
    columns : (m, p) float
    codes : (m,) int
        0 to C-1, each of them somebody's.
    weights : (m,) float
    n_categories : int
        C.
    link : {"logit", "probit"}
    """

    columns: Floats
    codes: Ints
    weights: Floats
    n_categories: int
    link: OrdinalLink

    def start(self) -> Floats:
        """Give no effects, and the thresholds that are right then: (p + C - 1,)."""
        shares = np.bincount(self.codes, self.weights, minlength=self.n_categories)
        below = np.cumsum(shares)[:-1] / shares.sum()
        return np.concatenate([np.zeros(self.columns.shape[1]), DISTRIBUTIONS[self.link].quantile(below)])

    def value(self, parameters: Floats) -> float:
        """Give the log-likelihood; minus infinity where thresholds are out of order."""
        if (np.diff(parameters[self.columns.shape[1] :]) <= 0).any():
            return -np.inf
        share = self._shares(*self._ends(parameters))
        return float(self.weights @ np.log(share)) if (share > 0).all() else -np.inf

    def derivatives(self, parameters: Floats) -> tuple[Floats, Floats]:
        """Give the contributions to the score and the information: (m, K) and (K, K)."""
        upper, lower = self._ends(parameters)
        share, spread = self._shares(upper, lower), DISTRIBUTIONS[self.link]
        rise, fall = spread.density(upper) / share, spread.density(lower) / share
        at_upper, at_lower = self._parameters_of(0), self._parameters_of(-1)
        scores = (at_upper * rise[:, None] - at_lower * fall[:, None]) * self.weights[:, None]
        own = self.weights * (rise**2 - spread.slope(upper) / share)
        other = self.weights * (fall**2 + spread.slope(lower) / share)
        mixed = at_upper.T @ (at_lower * (self.weights * rise * fall)[:, None])
        information = at_upper.T @ (at_upper * own[:, None]) + at_lower.T @ (at_lower * other[:, None])
        return scores, information - mixed - mixed.T

    def moving(self, step: Floats) -> tuple[int, ...]:
        """Find the columns whose coefficients a last step still moves."""
        moved = np.abs(self.columns * step[: self.columns.shape[1]]).max(axis=0, initial=0.0)
        return tuple(np.flatnonzero(moved > MOVING).tolist())

    def _ends(self, parameters: Floats) -> tuple[Floats, Floats]:
        """Give the thresholds above and below each answer, less the linear predictor: (m,) each."""
        p = self.columns.shape[1]
        eta = self.columns @ parameters[:p]
        cuts = np.concatenate([[-np.inf], parameters[p:], [np.inf]])
        ends = [np.clip(cuts[self.codes + above] - eta, -END, END) for above in (1, 0)]
        return ends[0], ends[1]

    def _shares(self, upper: Floats, lower: Floats) -> Floats:
        """Give the share of each one's answer, taken in the tail where digits are kept."""
        cumulative, high = DISTRIBUTIONS[self.link].cumulative, upper + lower > 0
        left, right = np.where(high, -lower, upper), np.where(high, -upper, lower)
        return cumulative(left) - cumulative(right)

    def _parameters_of(self, below: int) -> Floats:
        """Give the derivatives of the end above (0) or below (-1) each answer: (m, K)."""
        cuts = self.codes[:, None] + below == np.arange(self.n_categories - 1)
        return np.column_stack([-self.columns, cuts.astype(np.float64)])


def maximum(likelihood: Likelihood) -> tuple[Floats, Floats, bool]:
    """Go up by Newton's method, halving steps that lead down.

    Parameters
    ----------
    likelihood : Likelihood

    Returns
    -------
    parameters, last_step : (K,) float
    converged : bool
        Whether the last step promised less than a relative :data:`.model_fits.CHANGE`.
    """
    parameters = likelihood.start()
    value, step = likelihood.value(parameters), np.zeros_like(parameters)
    for _ in range(MOST_STEPS):
        scores, information = likelihood.derivatives(parameters)
        slope = scores.sum(axis=0)
        step = inverse(information) @ slope
        promise = float(slope @ step)
        parameters, value, step = _higher(likelihood, parameters, value, step)
        if abs(promise) < CHANGE * (2 * abs(value) + 0.1):
            return parameters, step, True
    return parameters, step, False


def _higher(
    likelihood: Likelihood, parameters: Floats, value: float, step: Floats
) -> tuple[Floats, float, Floats]:
    """Take a step, or half of it as often as it leads down by more than rounding."""
    for _ in range(MOST_HALVINGS):
        reached = likelihood.value(parameters + step)
        if reached >= value - CHANGE * (abs(value) + 0.1):
            return parameters + step, reached, step
        step = step / 2
    return parameters, value, np.zeros_like(step)


def inverse(information: Floats) -> Floats:
    """Invert a symmetric matrix whose rows may be of very different size.

    Parameters
    ----------
    information : (K, K) float

    Returns
    -------
    (K, K) float
        The Moore-Penrose inverse where the matrix is singular.
    """
    scale = np.sqrt(np.maximum(np.diag(information), np.finfo(np.float64).tiny))
    sizes = np.outer(scale, scale)
    inverted: Floats = np.linalg.pinv(information / sizes, hermitian=True) / sizes
    return inverted
