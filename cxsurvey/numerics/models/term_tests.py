"""Tests that predictors, with all their columns, do not matter."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cxsurvey.errors import RequestError
from cxsurvey.numerics.arrays import Floats, Ints
from cxsurvey.numerics.models.model_fits import Model, raise_problem, solved
from cxsurvey.numerics.models.regression import Regression, regression
from cxsurvey.numerics.probability.weighted_chi_squares import weighted_chi_square_p
from cxsurvey.numerics.sampling.fitted import SurveyDesign


@dataclass(frozen=True, slots=True)
class TermTest:
    """A test of the k coefficients of one predictor or several.

    Attributes
    ----------
    statistic : float
        F for the Wald test; the difference of the deviances for the likelihood ratio test.
    df : int
        k.
    df_denominator : int
        Degrees of freedom of the design left beside the whole model.
    p_value : float
        NaN where no degrees of freedom are left.
    design_effects : (k,) float
        Of the coefficients, largest first; empty for the Wald test.
    """

    statistic: float
    df: int
    df_denominator: int
    p_value: float
    design_effects: Floats


def wald_term_test(design: SurveyDesign, model: Model, *variables: str) -> TermTest:
    """Test a predictor by how far its coefficients are from 0.

    Parameters
    ----------
    design : Multistage or Replicated
    model : GeneralizedLinear or ProportionalOdds
    *variables : str
        Names of one predictor or several, which are tested together.

    Returns
    -------
    TermTest
        ``F = b' V⁻¹ b / k`` against F with k and the residual degrees of freedom; NaN where the covariance V
        of the k coefficients has not the rank k, as with fewer clusters than coefficients.

    Raises
    ------
    RequestError
        ``unknown-option`` for no predictor of the model.
    DataFault
        As :func:`.regression.regression`.

    Examples
    --------
    >>> from cxsurvey.numerics.models.generalized_linear import generalized_linear
    >>> from cxsurvey.numerics.sampling.multistage import multistage_design
    >>> from cxsurvey.numerics.models.predictors import Factor, predictors
    >>> size = Factor("size", [0, 0, 1, 1, 2, 2], ["S", "M", "L"])
    >>> model = generalized_linear([1.0, 2, 2, 4, 3, 6], predictors([size]))
    >>> test = wald_term_test(multistage_design(np.ones(6)), model, "size")
    >>> test.df, test.df_denominator, round(test.statistic, 4), round(test.p_value, 4)
    (2, 3, 3.9796, 0.1432)
    """
    columns = _columns(model, variables)
    found, k = regression(design, model), len(columns)
    covariance = found.fitted.covariance[np.ix_(columns, columns)]
    estimate = found.fitted.estimate[columns]
    statistic = float("nan")
    if k and np.isfinite(covariance).all() and np.linalg.matrix_rank(_correlation(covariance)) == k:
        statistic = float(estimate @ np.linalg.solve(covariance, estimate)) / k
    return TermTest(statistic, k, found.df_residual, _f_tail(statistic, k, found), np.zeros(0))


def likelihood_ratio_term_test(design: SurveyDesign, model: Model, *variables: str) -> TermTest:
    """Test a predictor by how much worse the model is without it.

    Parameters
    ----------
    design : Multistage or Replicated
    model : GeneralizedLinear or ProportionalOdds
        With a dispersion of 1 under a simple sample: not for a linear model.
    *variables : str
        Names of one predictor or several, which are tested together.

    Returns
    -------
    TermTest
        The difference of deviances, weights scaled to a mean of 1, is a sum of chi-squares times the design
        effects of the coefficients: the eigenvalues of ``V0⁻¹ V`` for their covariance V under the design and
        V0 under independence (Rao and Scott 1984; Lumley and Scott 2014, *Australian & New Zealand Journal of
        Statistics* 56: 1-14). The tail is a saddlepoint approximation with the residual degrees of freedom in
        the denominator.

    Raises
    ------
    RequestError
        ``unknown-option`` for no predictor of the model; ``bad-option`` for a factor with a single level and
        for a linear model.
    DataFault
        As :func:`.regression.regression`, of the model and of the model without the predictor.

    Examples
    --------
    >>> from cxsurvey.numerics.models.generalized_linear import generalized_linear
    >>> from cxsurvey.numerics.sampling.multistage import multistage_design
    >>> from cxsurvey.numerics.models.predictors import Factor, predictors
    >>> size = Factor("size", np.repeat([0, 1], 50), ["small", "large"])
    >>> yes = np.repeat([0, 1, 0, 1], [30, 20, 15, 35])
    >>> model = generalized_linear(yes, predictors([size]), family="logit")
    >>> test = likelihood_ratio_term_test(multistage_design(np.ones(100)), model, "size")
    >>> round(test.statistic, 3), round(test.p_value, 4)
    (9.24, 0.0034)
    """
    columns = _columns(model, variables)
    if not len(columns):
        raise RequestError.bad_option("variables", variables, "a predictor with two levels or more")
    if getattr(model, "family", "") == "linear":
        raise RequestError.bad_option(
            "model", "linear", "a model of shares or counts; wald_term_test takes any"
        )
    known = solved(model, design.weights)
    found, whole = regression(design, known), known.kept
    smaller = model
    for variable in dict.fromkeys(variables):
        smaller = smaller.without(variable)
    reduced = smaller.solve(design.weights)
    raise_problem(reduced, smaller.predictors)
    at = np.ix_(columns, columns)
    effects = np.linalg.eigvals(np.linalg.solve(whole.inverse[at], found.fitted.covariance[at])).real
    effects = np.sort(np.maximum(effects, 0.0))[::-1]
    statistic, ddf = reduced.deviance - whole.deviance, found.df_residual
    p = weighted_chi_square_p(statistic, effects, df_denominator=ddf)
    return TermTest(statistic, len(columns), ddf, p, effects)


def _columns(model: Model, variables: tuple[str, ...]) -> Ints:
    """Find the columns of all these predictors, each once."""
    found = [model.predictors.term(variable).columns for variable in dict.fromkeys(variables)]
    return np.concatenate([np.zeros(0, dtype=np.intp), *found])


def _correlation(covariance: Floats) -> Floats:
    scale = np.sqrt(np.diag(covariance))
    scale = np.where(scale > 0, scale, 1.0)
    correlation: Floats = covariance / np.outer(scale, scale)
    return correlation


def _f_tail(statistic: float, k: int, found: Regression) -> float:
    from scipy.special import fdtrc  # noqa: PLC0415 - 0.3 s, paid by those who ask for a test

    return float(fdtrc(k, found.df_residual, statistic)) if found.df_residual > 0 else float("nan")
