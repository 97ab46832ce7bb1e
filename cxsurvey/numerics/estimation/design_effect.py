"""Design effects: how much larger a variance is than under simple random sampling of as many respondents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from cxsurvey.errors import RequestError
from cxsurvey.numerics.arrays import Floats

if TYPE_CHECKING:
    from cxsurvey.numerics.sampling.fitted import Estimator, Fitted, SurveyDesign

Against = Literal["without-replacement", "with-replacement"]


def design_effects(
    design: SurveyDesign, estimator: Estimator, fitted: Fitted, *, against: Against = "without-replacement"
) -> Floats:
    """Divide each variance by that of a simple random sample.

    Parameters
    ----------
    design : Multistage or Replicated
    estimator : Estimator
    fitted : Fitted
        What :func:`.fitted.fit` made of the two.
    against : {"without-replacement", "with-replacement"}
        Which simple random sample. The first counts the sum of weights of the members as the population (R's
        ``deff = TRUE``) and needs weights that sum to it; the second does not (``deff = "replace"``).

    Returns
    -------
    (K,) float
        NaN where there is no estimate, fewer than two members or no variation; and, without replacement, where
        the weights of the members sum to no more than their number, which is then no population.

    Raises
    ------
    RequestError
        ``unknown-option``.

    Notes
    -----
    With the influence ``w z`` of the estimator and W the sum of weights over its n members, the simple random
    sample has variance ``W² S² / n (1 - n / W)``, S² being the weighted variance of z with divisor n - 1 (Kish
    1965, sec. 8.2; Särndal, Swensson and Wretman 1992, sec. 2.10). For a mean z is (y - ybar) / W.

    Examples
    --------
    >>> from cxsurvey.numerics.estimation.estimators import means
    >>> from cxsurvey.numerics.sampling.fitted import fit
    >>> from cxsurvey.numerics.sampling.multistage import multistage_design
    >>> design = multistage_design(np.full(6, 100.0), clusters=[[1, 1, 2, 2, 3, 3]])
    >>> score = means([1.0, 1.0, 2.0, 2.0, 4.0, 4.0])
    >>> design_effects(design, score, fit(design, score), against="with-replacement").round(9).tolist()
    [2.5]
    """
    if against not in get_args(Against):
        raise RequestError.unknown_option("against", against, get_args(Against))
    weights = design.weights
    drawn = estimator.members & (weights > 0)[:, None]
    n, size = drawn.sum(axis=0), weights @ drawn
    variance = _weighted_variance(estimator.influence(weights), weights, drawn)
    simple = size**2 * variance / np.maximum(n, 1)
    if against == "without-replacement":
        simple = simple * (1.0 - n / np.where(size > n, size, np.nan))
    effect: Floats = np.diag(fitted.covariance) / np.where(simple > 0, simple, np.nan)
    return effect


def _weighted_variance(influence: Floats, weights: Floats, drawn: np.typing.NDArray[np.bool_]) -> Floats:
    """Give the variance of influence over weight among the members: (K,)."""
    n, size = drawn.sum(axis=0), weights @ drawn
    whole = np.where((n > 1) & (size > 0), size, np.nan)
    value = np.where(drawn, influence, 0.0) / np.where(weights > 0, weights, 1.0)[:, None]
    mean = weights @ value / whole
    spread = weights @ np.where(drawn, value - mean, 0.0) ** 2
    variance: Floats = spread / whole * n / np.maximum(n - 1, 1)
    return variance
