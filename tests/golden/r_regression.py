"""Regression stopped where R stops: when the deviance changes by less than it is told.

R goes respondent by respondent, and standard errors are those of the last weights but one. Where cxsurvey goes
on until nothing changes, the same steps over cxsurvey's families have to end at R's numbers, and its own
solution has to lie within what the search leaves open.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from r_language import NotUnderstood

from cxsurvey.numerics.models.families import FAMILIES, Family


@dataclass(frozen=True)
class Stopped:
    """Where the search stopped: coefficients, the inverse of the information, the score of each respondent."""

    parameters: np.ndarray  # (p,)
    inverse: np.ndarray  # (p, p)
    scores: np.ndarray  # (n, p)
    deviance: float


def stopped(family: Family, X, y, weights, *, epsilon=1e-8, most=25, start=None):
    """Reweigh least squares from R's first means, or from coefficients, until the deviance hardly changes.

    The scores carry the weights, and a weight of 0 leaves a respondent out. None when the steps have no end.
    """
    used = weights > 0
    rows, outcome, w = X[used], y[used], weights[used]
    eta = family.link(family.start(outcome, w)) if start is None else rows @ start
    mean = family.mean(eta)
    before = _total(w * family.deviance(outcome, mean))
    for _ in range(most):
        slope = family.slope(eta)
        working = w * slope**2 / family.variance(mean)
        root = np.sqrt(working)
        q, r = np.linalg.qr(rows * root[:, None])
        if not np.diag(r).all():
            return None
        parameters = np.linalg.solve(r, q.T @ (root * (eta + (outcome - mean) / slope)))
        half = np.linalg.inv(r)
        eta = rows @ parameters
        mean = family.mean(eta)
        deviance = _total(w * family.deviance(outcome, mean))
        if not np.isfinite(deviance):
            return None
        if abs(deviance - before) / (abs(deviance) + 0.1) < epsilon:
            break
        before = deviance
    scores = np.zeros(X.shape)
    scores[used] = rows * (working * (outcome - mean) / family.slope(eta))[:, None]
    return Stopped(parameters, half @ half.T, scores, deviance)


def _total(values):
    """Add up with 64 bits of precision, as R does."""
    return float(np.sum(values, dtype=np.longdouble))


@dataclass(frozen=True)
class AsStopped:
    """An estimator of the coefficients of a model as R's search gives them.

    Under the weights of the design it starts from R's first means, with weights of mean 1 over the domain;
    under those of a replicate from where that search stopped, with weights that sum to 1.
    """

    model: object
    domain: np.ndarray
    weights: np.ndarray
    epsilon: float
    most: int

    @property
    def members(self):
        return self.model.members

    def at(self, weights):
        return self._stopped(weights).parameters

    def influence(self, weights):
        found = self._stopped(weights)
        return found.scores @ found.inverse

    @cached_property
    def first(self):
        """The search under the weights of the design."""
        inside = self.model.predictors.inside
        return self._from(np.where(inside, self.weights, 0.0) / self.weights[self.domain].mean(), None)

    @cached_property
    def _columns(self):
        return self.model.predictors.columns

    def _stopped(self, weights):
        if weights is self.weights:
            return self.first
        w = np.where(self.model.predictors.inside, weights, 0.0)
        return self._from(w / w.sum(), self.first.parameters)

    def _from(self, weights, start):
        found = stopped(
            FAMILIES[self.model.family], self._columns, self.model.outcome, weights,
            epsilon=self.epsilon, most=self.most, start=start,
        )  # fmt: skip
        if found is None:
            raise NotUnderstood("a regression that R cannot fit")
        return found
