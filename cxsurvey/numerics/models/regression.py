"""Regression under a design: coefficients with their covariance, t tests and intervals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cxsurvey.numerics.arrays import Floats
from cxsurvey.numerics.models.model_fits import Model, solved
from cxsurvey.numerics.probability.tails import t_two_sided_p
from cxsurvey.numerics.sampling.fitted import Fitted, SurveyDesign, fit
from cxsurvey.numerics.tables.inference import Interval


@dataclass(frozen=True, slots=True)
class Regression:
    """The K parameters of a model under a design.

    Attributes
    ----------
    names : tuple of str
    fitted : Fitted
        Estimates and covariance: (K,) and (K, K).
    df_residual : int
        Degrees of freedom of the design among those in the model, plus 1, less K. Not above 0 when the design
        has too few clusters for the model; p-values and intervals are then NaN.
    """

    names: tuple[str, ...]
    fitted: Fitted
    df_residual: int

    @property
    def statistic(self) -> Floats:
        """Estimates over standard errors: (K,), NaN for an estimate of 0 without an error."""
        with np.errstate(divide="ignore", invalid="ignore"):  # an exact fit has no error
            return self.fitted.estimate / self.fitted.std_error

    @property
    def p_value(self) -> Floats:
        """Two-sided p-values of the t test that a parameter is 0: (K,)."""
        return t_two_sided_p(self.statistic, np.full(len(self.names), float(self.df_residual)))

    def interval(self, *, level: float = 0.95) -> Interval:
        """Give t intervals of the parameters: (K,) each.

        Raises
        ------
        RequestError
            ``not-a-fraction``.
        """
        return self.fitted.interval(level=level, df=float(self.df_residual))


def regression(design: SurveyDesign, model: Model) -> Regression:
    """Fit a model under a design.

    Parameters
    ----------
    design : Multistage or Replicated
    model : GeneralizedLinear or ProportionalOdds

    Returns
    -------
    Regression
        The covariance is the sandwich of :mod:`.generalized_linear`, or that of refits under replicate weights.
        It is NaN when the model has no fit under some replicate and the design does not drop such replicates.

    Raises
    ------
    DataFault
        ``model-without-respondents``, ``outcome-constant``, ``predictors-collinear``, ``outcome-separated``,
        ``model-not-converged``; ``lonely-stratum``.
    RequestError
        ``array-shape`` when the model is of another number of respondents.

    Examples
    --------
    >>> from cxsurvey.numerics.models.generalized_linear import generalized_linear
    >>> from cxsurvey.numerics.sampling.multistage import multistage_design
    >>> from cxsurvey.numerics.models.predictors import Number, predictors
    >>> model = generalized_linear([1.0, 2.0, 4.0, 4.0], predictors([Number("x", [0, 1, 2, 3])]))
    >>> found = regression(multistage_design(np.ones(4)), model)
    >>> found.fitted.estimate.round(3).tolist(), found.fitted.std_error.round(3).tolist(), found.df_residual
    ([1.1, 1.1], [0.174, 0.166], 2)
    """
    fitted = fit(design, solved(model, design.weights))
    return Regression(model.names, fitted, int(fitted.df[0]) + 1 - len(model.names))
