"""Outcomes of a generalized linear model: link, mean, variance and deviance of each family.

Means stay one rounding error away from 0 and 1 (McCullagh and Nelder 1989, *Generalized Linear Models*, ch. 2).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from cxsurvey.numerics.arrays import Bools, Floats

FamilyName = Literal["linear", "logit", "probit", "poisson"]
LEAST = float(np.finfo(np.float64).eps)
LOGIT_END = 30.0  # beyond it a share is 0 or 1 to the last digit
PROBIT_END = 8.125890664701906  # the normal quantile of 1 - LEAST
ROOT_2_PI = float(np.sqrt(2 * np.pi))

Of = Callable[[Floats], Floats]


@dataclass(frozen=True, slots=True)
class Family:
    """What a model supposes of its outcome.

    Attributes
    ----------
    start : callable
        Means (n,) to begin with, from outcomes and weights.
    link, mean, slope : callable
        The linear predictor of a mean; the mean of a linear predictor; its derivative.
    variance : callable
        Of an outcome with a mean.
    deviance : callable
        Contributions to the deviance, from outcomes and means.
    allowed : callable
        Marks outcomes that the family can have.
    expected : str
        Those, in words.
    """

    start: Callable[[Floats, Floats], Floats]
    link: Of
    mean: Of
    slope: Of
    variance: Of
    deviance: Callable[[Floats, Floats], Floats]
    allowed: Callable[[Floats], Bools]
    expected: str


def _logit_mean(eta: Floats) -> Floats:
    odds = np.exp(np.clip(eta, -LOGIT_END, LOGIT_END))
    if _beyond(eta):
        odds = np.where(eta > LOGIT_END, 1 / LEAST, np.where(eta < -LOGIT_END, LEAST, odds))
    share: Floats = odds / (1 + odds)
    return share


def _logit_slope(eta: Floats) -> Floats:
    odds = np.exp(-np.minimum(np.abs(eta), LOGIT_END))
    slope: Floats = odds / (1 + odds) ** 2
    return np.where(np.abs(eta) > LOGIT_END, LEAST, slope) if _beyond(eta) else slope


def _beyond(eta: Floats) -> bool:
    """Whether any share is 0 or 1 to the last digit; few models have one, and millions of others are spared."""
    return bool(eta.size) and not -LOGIT_END <= eta.min() <= eta.max() <= LOGIT_END


def _probit_mean(eta: Floats) -> Floats:
    from scipy.special import ndtr  # noqa: PLC0415 - 0.3 s, paid by those who ask for a probit

    share: Floats = ndtr(np.clip(eta, -PROBIT_END, PROBIT_END))
    return share


def _probit_link(mean: Floats) -> Floats:
    from scipy.special import ndtri  # noqa: PLC0415 - as above

    eta: Floats = ndtri(mean)
    return eta


def _probit_slope(eta: Floats) -> Floats:
    slope: Floats = np.maximum(np.exp(-(eta**2) / 2) / ROOT_2_PI, LEAST)
    return slope


def _binary_variance(mean: Floats) -> Floats:
    return mean * (1 - mean)


def _binary_deviance(y: Floats, mean: Floats) -> Floats:
    if ((y == 0) | (y == 1)).all():
        return -2 * np.log(np.where(y == 1, mean, 1 - mean))
    return 2 * (_times_log(y, mean) + _times_log(1 - y, 1 - mean))


def _times_log(y: Floats, mean: Floats) -> Floats:
    """Give y log(y / mean), 0 where y is 0."""
    return y * np.log(np.where(y > 0, y / mean, 1.0))


def _binary_start(y: Floats, weights: Floats) -> Floats:
    start: Floats = (weights * y + 0.5) / (weights + 1)
    return start


def _binary_allowed(y: Floats) -> Bools:
    allowed: Bools = (y >= 0) & (y <= 1)
    return allowed


def _exponential(eta: Floats) -> Floats:
    return np.maximum(np.exp(np.minimum(eta, 700.0)), LEAST)


FAMILIES: dict[FamilyName, Family] = {
    "linear": Family(
        start=lambda y, _: y,
        link=lambda mean: mean,
        mean=lambda eta: eta,
        slope=np.ones_like,
        variance=np.ones_like,
        deviance=lambda y, mean: (y - mean) ** 2,
        allowed=np.isfinite,
        expected="finite numbers",
    ),
    "logit": Family(
        start=_binary_start,
        link=lambda mean: np.log(mean / (1 - mean)),
        mean=_logit_mean,
        slope=_logit_slope,
        variance=_binary_variance,
        deviance=_binary_deviance,
        allowed=_binary_allowed,
        expected="0 or 1, or shares between them",
    ),
    "probit": Family(
        start=_binary_start,
        link=_probit_link,
        mean=_probit_mean,
        slope=_probit_slope,
        variance=_binary_variance,
        deviance=_binary_deviance,
        allowed=_binary_allowed,
        expected="0 or 1, or shares between them",
    ),
    "poisson": Family(
        start=lambda y, _: y + 0.1,
        link=np.log,
        mean=_exponential,
        slope=_exponential,
        variance=lambda mean: mean,
        deviance=lambda y, mean: 2 * (_times_log(y, mean) - (y - mean)),
        allowed=lambda y: np.isfinite(y) & (y >= 0),
        expected="finite numbers, none below 0",
    ),
}
