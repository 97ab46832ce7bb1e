"""Proportional odds: ordered answers explained by one shift of all their thresholds.

With ``eta_i = x_i'b`` and thresholds z_1 < ... < z_(C-1), the share who answer category k or lower is
``F(z_k - eta_i)``, F the logistic or normal distribution (McCullagh 1980, *Journal of the Royal Statistical
Society B* 42: 109-142): a positive coefficient moves answers up. The log-likelihood is concave in b and z
together (Pratt 1981, *Journal of the American Statistical Association* 76: 103-106), so Newton's method with
halved steps finds its one maximum whenever there is one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, get_args

import numpy as np

from cxsurvey.errors import DataFault, RequestError
from cxsurvey.numerics.arrays import Bools, Floats, Ints, checked_codes, frozen
from cxsurvey.numerics.models.model_fits import (
    ModelFit,
    Problem,
    Separation,
    Worth,
    dependent_columns,
    no_fit,
    scaled_weights,
)
from cxsurvey.numerics.models.ordinal_likelihood import DISTRIBUTIONS, Likelihood, OrdinalLink, inverse, maximum
from cxsurvey.numerics.models.predictors import CONSTANT, Predictors

if TYPE_CHECKING:
    import numpy.typing as npt

LEAST_CATEGORIES = 2


@dataclass(frozen=True, slots=True)
class ProportionalOdds:
    """A proportional-odds model as an estimator. Make one with :func:`proportional_odds`.

    Its K = p + C - 1 parameters are the coefficients and then the thresholds, in order.

    Attributes
    ----------
    codes : (n,) int
        0 to C-1, and -1 outside the predictors' domain.
    categories : tuple of int
        Which of the categories given each of the C is.
    predictors : Predictors
        Without a constant.
    link : {"logit", "probit"}
    separation : {"error", "limit"}
    """

    codes: Ints
    categories: tuple[int, ...]
    predictors: Predictors
    link: OrdinalLink = "logit"
    separation: Separation = "error"

    @property
    def names(self) -> tuple[str, ...]:
        """A name for each parameter: (K,), thresholds as ``0|1`` for that between categories 0 and 1."""
        cuts = zip(self.categories[:-1], self.categories[1:], strict=True)
        return (*self.predictors.names, *(f"{low}|{high}" for low, high in cuts))

    @property
    def members(self) -> Bools:
        """Who is in the model: (n, K)."""
        return self.predictors.members(self._size)

    @property
    def _size(self) -> int:
        return len(self.names)

    def at(self, weights: Floats) -> Floats:
        """Give coefficients and thresholds: (K,), NaN where there is no fit."""
        return self.solve(weights).parameters

    def influence(self, weights: Floats) -> Floats:
        """Give the influence on coefficients and thresholds: (n, K), NaN where there is no fit."""
        return self.solve(weights).influence

    def solve(self, weights: Floats) -> ModelFit:
        """Fit under weights (n,), to the totals of each kind of respondent and category.

        There is no fit either when one of the categories is nobody's.
        """
        n, w = len(self.codes), scaled_weights(weights, self.predictors.inside)
        problem, culprits = self._problem(w)
        if problem:
            return no_fit(problem, n, self._size, culprits)
        likelihood = self.likelihood(weights)
        parameters, step, converged = maximum(likelihood)
        if not converged:
            return no_fit("not-converged", n, self._size)
        endless = likelihood.moving(step)
        if endless and self.separation == "error":
            return no_fit("separated", n, self._size, endless)
        each, information = likelihood.derivatives(parameters)
        cells = self._cells(w) > 0
        basis = np.zeros((len(cells), self._size))
        basis[cells] = each / likelihood.weights[:, None]
        deviance = -2 * likelihood.value(parameters)
        return ModelFit(parameters, inverse(information), deviance, w, self._cell(), basis, "", endless)

    def likelihood(self, weights: Floats) -> Likelihood:
        """Give the log-likelihood under weights (n,), scaled to a mean of 1 over the members."""
        by_cell = self._cells(scaled_weights(weights, self.predictors.inside))
        n_categories = len(self.categories)
        cells = np.flatnonzero(by_cell > 0)
        columns = self.predictors.kinds[cells // n_categories]
        return Likelihood(columns, cells % n_categories, by_cell[cells], n_categories, self.link)

    def _cell(self) -> Ints:
        """Number each respondent's kind and category together, (n,); 0 outside."""
        cell = self.predictors.kind * len(self.categories) + self.codes
        return np.where(self.predictors.inside, cell, 0)

    def _cells(self, w: Floats) -> Floats:
        """Add up scaled weights by kind and category; those outside weigh nothing."""
        size = len(self.predictors.kinds) * len(self.categories)
        return np.bincount(self._cell(), w, minlength=size).astype(np.float64, copy=False)

    def _problem(self, w: Floats) -> tuple[Problem, tuple[int, ...]]:
        """Say why there can be no fit under scaled weights, before any search."""
        if not (w > 0).any():
            return "nobody", ()
        chosen = np.count_nonzero(np.bincount(self.codes[w > 0], minlength=len(self.categories)))
        if chosen < max(len(self.categories), LEAST_CATEGORIES):
            return "one-answer", ()
        columns, by_kind = self.predictors.kinds, self.predictors.totals(w)
        dependent = dependent_columns(np.column_stack([np.ones(len(columns)), columns]), by_kind)
        return ("collinear", tuple(column - 1 for column in dependent)) if dependent else ("", ())

    def without(self, variable: str) -> ProportionalOdds:
        """Leave a predictor out, of the same respondents.

        Raises
        ------
        RequestError
            ``unknown-option``.
        """
        return replace(self, predictors=self.predictors.without(variable))

    def predicted(self, parameters: Floats, columns: Floats, responses: Worth) -> tuple[Floats, Floats]:
        """Give the predicted share of some categories, and its derivatives.

        Parameters
        ----------
        parameters : (K,) float
        columns : (m, p) float
        responses : (L,) bool or float
            Marks the categories given whose shares are added up, such as the top two boxes, or says what each
            is worth, when a mean is wanted; L is the number of categories given, of which those that nobody
            chose have a share of 0.

        Returns
        -------
        share : (m,) float
            Or mean.
        derivatives : (m, K) float

        Raises
        ------
        RequestError
            ``bad-option`` without ``responses``, ``array-shape`` when they are fewer than the categories.
        """
        if responses is None:
            raise RequestError.bad_option("responses", None, "a choice of the answers")
        if len(responses) <= max(self.categories):
            raise RequestError.array_shape(
                "responses", f"at least ({max(self.categories) + 1},)", responses.shape
            )
        wanted = responses[list(self.categories)].astype(np.float64)
        p = columns.shape[1]
        at = parameters[p:] - (columns @ parameters[:p])[:, None]
        spread, change = DISTRIBUTIONS[self.link], wanted[:-1] - wanted[1:]
        share: Floats = spread.cumulative(at) @ change + wanted[-1]
        slope = spread.density(at) * change
        return share, np.column_stack([-slope.sum(axis=1)[:, None] * columns, slope])

    def averaged(
        self, parameters: Floats, columns: Floats, responses: Worth, within: Floats
    ) -> tuple[Floats, Floats]:
        """Give what is predicted, and the derivatives of its average under weights ``within`` (m,).

        Returns
        -------
        share : (m,) float
            Or mean.
        derivatives : (K,) float
        """
        share, slope = self.predicted(parameters, columns, responses)
        return share, within @ slope


def proportional_odds(
    codes: npt.ArrayLike,
    predictors: Predictors,
    *,
    link: OrdinalLink = "logit",
    separation: Separation = "error",
) -> ProportionalOdds:
    """Model ordered answers by predictors.

    Parameters
    ----------
    codes : (n,) int
        Categories from 0 upwards in their order, and -1 for no answer. Categories of nobody in the
        predictors' domain are left out.
    predictors : Predictors
        Made without a constant. Their domain must leave out respondents without an answer.
    link : {"logit", "probit"}
    separation : {"error", "limit"}
        See :func:`.generalized_linear.generalized_linear`.

    Returns
    -------
    ProportionalOdds

    Raises
    ------
    RequestError
        ``array-shape``, ``code-out-of-range``, ``unknown-option``; ``bad-option`` for predictors with a
        constant.
    DataFault
        ``outcome-out-of-range`` when a respondent of the domain has no answer.

    Examples
    --------
    >>> from cxsurvey.numerics.models.predictors import Number, predictors
    >>> x = predictors([Number("x", [0, 0, 0, 1, 1, 1])], constant=False)
    >>> model = proportional_odds([0, 1, 2, 0, 1, 1], x)
    >>> model.names
    ('x', '0|1', '1|2')
    >>> model.at(np.ones(6)).round(3).tolist()
    [-0.834, -1.195, 1.195]
    """
    for name, got, known in (
        ("link", link, get_args(OrdinalLink)),
        ("separation", separation, get_args(Separation)),
    ):
        if got not in known:
            raise RequestError.unknown_option(name, got, known)
    if any(term.name == CONSTANT and not term.levels for term in predictors.terms):
        raise RequestError.bad_option("constant", "True", "False: thresholds take its place")
    inside = predictors.inside
    given = checked_codes("codes", codes, len(inside), int(np.max(codes, initial=-1)) + 1)
    unanswered = int((given[inside] < 0).sum())
    if unanswered:
        raise DataFault.outcome_out_of_range(unanswered, "a category for everybody in the domain")
    present = np.unique(given[inside])
    numbered = np.where(inside, np.searchsorted(present, given), -1)
    frozen(numbered)
    return ProportionalOdds(numbered, tuple(present.tolist()), predictors, link, separation)
