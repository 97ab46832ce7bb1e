"""Shares on the log-odds scale, where intervals stay within 0 and 1."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cxsurvey.numerics.arrays import Bools, Floats
from cxsurvey.numerics.sampling.fitted import Fitted, fit
from cxsurvey.numerics.tables.inference import EDGE, Interval

if TYPE_CHECKING:
    import numpy.typing as npt

    from cxsurvey.numerics.sampling.fitted import Estimator, SurveyDesign


@dataclass(frozen=True, slots=True)
class LogOdds:
    """The log-odds of shares.

    Attributes
    ----------
    shares : Estimator
    """

    shares: Estimator

    @property
    def members(self) -> Bools:
        """As the shares': (n, K)."""
        return self.shares.members

    def at(self, weights: Floats) -> Floats:
        """Give ``log(p / (1 - p))``: (K,), NaN for shares of 0 and 1."""
        return _log_odds(self._inner(weights))

    def influence(self, weights: Floats) -> Floats:
        """Give the influence of the share over ``p (1 - p)``: (n, K)."""
        p = self._inner(weights)
        return self.shares.influence(weights) / (p * (1 - p))

    def at_each(self, replicates: Floats) -> Floats:
        """Give the log-odds under each column of weights (n, R): (R, K)."""
        at_each = getattr(self.shares, "at_each", None)
        if at_each is None:
            return np.array([self.at(column) for column in replicates.T])
        return _log_odds(_inner(at_each(replicates)))

    def _inner(self, weights: Floats) -> Floats:
        return _inner(self.shares.at(weights))


def _inner(p: Floats) -> Floats:
    return np.where((p > EDGE) & (p < 1 - EDGE), p, np.nan)


def _log_odds(p: Floats) -> Floats:
    return np.log(p / (1 - p))


def log_odds_interval(
    design: SurveyDesign, shares: Estimator, *, df: npt.ArrayLike | None = None, level: float = 0.95
) -> Interval:
    """Give t intervals of shares on the log-odds scale, turned back.

    Parameters
    ----------
    design : Multistage or Replicated
    shares : Estimator
        K shares, such as :func:`.estimators.means` of 0 and 1.
    df : array, optional
        Degrees of freedom; each share's own when left out.
    level : float

    Returns
    -------
    Interval
        (K,) each. With linearization the same as :func:`.inference.logit_interval`; with replicate weights the
        log-odds vary over the replicates themselves, as in a logistic regression on a constant. NaN for shares
        of 0 and 1, and when a replicate has such a share and the design does not drop it.

    Raises
    ------
    RequestError
        ``array-shape``, ``not-a-fraction``.
    DataFault
        ``lonely-stratum``.

    Examples
    --------
    >>> from cxsurvey.numerics.estimation.estimators import means
    >>> from cxsurvey.numerics.sampling.multistage import multistage_design
    >>> limits = log_odds_interval(multistage_design(np.ones(100)), means(np.arange(100) < 30))
    >>> limits.low.round(4).tolist(), limits.high.round(4).tolist()
    ([0.2171], [0.3984])
    """
    from scipy.special import expit  # noqa: PLC0415 - 0.3 s, paid by those who ask for an interval

    fitted: Fitted = fit(design, LogOdds(shares))
    limits = fitted.interval(level=level, df=df)
    return Interval(np.asarray(expit(limits.low)), np.asarray(expit(limits.high)))
