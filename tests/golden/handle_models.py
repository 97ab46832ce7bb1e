"""Regression with a design: generalized linear models, proportional odds, and tests of their terms."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

import numpy as np
from r_descent import descended
from r_designs import Design, Replicated
from r_formulas import label_of, predictors_of, read_right
from r_interpreter import CONSTANTS, Arguments, Builtin, handles, special
from r_language import NotUnderstood
from r_regression import AsStopped, stopped
from r_values import Factor as LevelsOf
from r_values import Formula, Logical, Scope, as_factor, numeric, scalar, vector

from cxsurvey.numerics.models.families import FAMILIES as FAMILIES_OF
from cxsurvey.numerics.models.generalized_linear import GeneralizedLinear, generalized_linear
from cxsurvey.numerics.models.ordinal_models import ProportionalOdds, proportional_odds
from cxsurvey.numerics.models.predictors import predictors
from cxsurvey.numerics.models.regression import Regression, regression
from cxsurvey.numerics.models.term_tests import likelihood_ratio_term_test, wald_term_test
from cxsurvey.numerics.sampling.fitted import fit

FAMILIES = {
    ("gaussian", "identity"): "linear", ("quasi", "identity"): "linear", ("quasibinomial", "logit"): "logit",
    ("binomial", "logit"): "logit", ("quasibinomial", "probit"): "probit", ("binomial", "probit"): "probit",
    ("quasipoisson", "log"): "poisson", ("poisson", "log"): "poisson",
}  # fmt: skip
LINKS = {
    "gaussian": "identity", "quasi": "identity", "binomial": "logit", "quasibinomial": "logit",
    "poisson": "log", "quasipoisson": "log",
}  # fmt: skip
CONSTANTS |= {"GC": {"epsilon": vector(1e-14), "maxit": vector(100)}, "OC": {}}  # how long R searches
SHORT_SEARCH = 0.05  # of a standard error that R's replicates of proportional odds give
LONG = 1e-16  # to which the control of these calls has proportional odds searched
LEFT_OPEN = 2e-3  # of a standard error: how far R's search may stop from the solution
STEP = 1e-3
FAR, WIDE = 15, 1.0  # log-odds, and a standard error of them below which no replicate is that far
METHODS = {"logistic": "logit", "probit": "probit"}


def _family(name):
    @handles(name, "link")
    def run(args):
        return {"family": name, "link": scalar(args["link"]) if "link" in args else LINKS[name]}


for each in LINKS:
    _family(each)


@handles("svyglm", "formula", "design", "family", "control")
def svyglm(args):
    design = args["design"]
    right, made_of, parts = _right(args, args["formula"], design.frame)
    y = _outcome(args, args["formula"].left, design.frame)
    made = args.get("family") or {"family": "gaussian", "link": "identity"}
    made = args.r.apply(made, [], {}) if isinstance(made, Builtin) else made
    family = FAMILIES.get((made["family"], made["link"]))
    if family is None:
        raise NotUnderstood(f"family {made['family']} with link {made['link']}")
    matrix = predictors(made_of, domain=design.domain & ~np.isnan(y), constant=right.constant)
    model = generalized_linear(y, matrix, family=family, separation="limit")
    found = regression(design.survey, model)
    separated = replace(model, separation="error").solve(design.survey.weights).problem == "separated"
    searched = _as_stopped(args, design, model)
    separated |= isinstance(design.survey, Replicated) and _beyond(model, design.survey, searched.covariance)
    if separated or _within_reach(searched, found.fitted):
        found = replace(found, fitted=searched)
    return Glm(design, model, found, _named(matrix), separated, parts, right, args["formula"])


def _as_stopped(args, design, model):
    """Give the coefficients where R's search stops, as its control tells it."""
    control = args.get("control") or {}
    epsilon, most = (
        scalar(control[key]) if key in control else default
        for key, default in (("epsilon", 1e-8), ("maxit", 25))
    )
    return fit(design.survey, AsStopped(model, design.domain, design.survey.weights, epsilon, int(most)))


def _beyond(model, survey, covariance):
    """Whether a replicate puts somebody's log-odds where a search goes on until it is tired."""
    kinds = model.predictors.kinds
    spread = np.sqrt(np.einsum("ij,jk,ik->i", kinds, covariance, kinds).max(initial=0.0))
    if model.family not in {"logit", "probit"} or spread < WIDE:
        return False
    far = np.abs(model.predictors.kinds @ np.nan_to_num(survey.thetas(model)).T).max()
    return bool(far > FAR)


def _within_reach(searched, solved):
    """Whether a search stopped near a solution, in standard errors of it."""
    near = np.abs(searched.estimate - solved.estimate) <= LEFT_OPEN * solved.std_error
    return bool((near & (np.abs(searched.std_error - solved.std_error) <= LEFT_OPEN * solved.std_error)).all())


@handles("regTermTest", "model", "test.terms", "method")
def reg_term_test(args):
    fitted, asked = args["model"], args["test.terms"]
    labels = _labels(asked)
    if not isinstance(fitted, Glm) or set(labels) - set(fitted.parts):
        raise NotUnderstood("a test of terms that the model does not have, or of another model")
    kind = scalar(args["method"]) if "method" in args else "Wald"
    return _term_test(fitted, labels, kind)


def _labels(asked):
    """Name the terms that a test asks about."""
    if isinstance(asked, Formula):
        return [label_of(term) for term in read_right(asked.right).terms]
    return [label_of(name.split(":")) for name in asked]


def _term_test(fitted, labels, kind):
    survey, model = fitted.design.survey, fitted.model
    wanted = [name for label in labels for name in fitted.parts[label]]
    if kind == "Wald":
        test = wald_term_test(survey, model, *wanted)
        return {"statistic": test.statistic, "df": test.df, "ddf": test.df_denominator, "p": test.p_value}
    if kind != "LRT" or model.family == "linear":
        raise NotUnderstood(f"regTermTest with {kind} of a {model.family} model")
    test = likelihood_ratio_term_test(survey, model, *wanted)
    scale = _mean_weight(fitted)
    return {
        "chisq": test.statistic * scale, "df": test.df, "test.terms": labels, "p": test.p_value,
        "lambda": test.design_effects * scale, "ddf": test.df_denominator, "separated": fitted.separated,
    }  # fmt: skip


@handles("svyolr", "formula", "design", "method", "control")
def svyolr(args):
    design = args["design"]
    _, right, _ = _right(args, args["formula"], design.frame)
    answer = args.r.value(args["formula"].left, Scope(dict(design.frame.columns)))
    if not isinstance(answer, LevelsOf):
        raise NotUnderstood("proportional odds of what is no factor")
    matrix = predictors(right, domain=design.domain & (answer.codes >= 0), constant=False)
    model = proportional_odds(answer.codes, matrix, link=_link(args))
    weights, replicated = design.survey.weights, isinstance(design.survey, Replicated)
    found = fit(design.survey, AsDescended(model, weights) if replicated else ByDifferences(model))
    if replicated:
        solved = fit(design.survey, model)
        near = np.abs(found.std_error - solved.std_error) <= SHORT_SEARCH * solved.std_error
        found = found if near.all() else solved
    deviance = model.solve(weights).deviance
    if replicated:  # on weights of mean 1 over all, whether they answered or not
        deviance *= weights[matrix.inside].mean() / design.weights.mean()
    made = _ordinal(found.estimate, found.std_error, _named(matrix), model, answer, deviance)
    return made | {"replicated": replicated}


@special("polr")
def polr(here):
    """Classic proportional odds, whose weights are a column of the data and count respondents."""
    nodes = {key or "formula": node for key, node in here.call.arguments if key not in {"Hess", "control"}}
    if set(nodes) - {"formula", "weights", "data", "method"} or "data" not in nodes:
        raise NotUnderstood("polr with these arguments")
    frame = here.value(nodes["data"])
    scope = Scope(dict(frame.columns), here.scope)
    args = Arguments(here.r)
    args |= {key: here.r.value(node, scope) for key, node in nodes.items() if key != "data"}
    _, right, _ = _right(args, args["formula"], frame)
    answer = as_factor(args.r.value(args["formula"].left, Scope(dict(frame.columns))))
    counts = numeric(args["weights"]) if "weights" in args else np.ones(frame.n)
    matrix = predictors(right, domain=answer.codes >= 0, constant=False)
    model = proportional_odds(answer.codes, matrix, link=_link(args))
    solved, scale = model.solve(counts), counts[matrix.inside].mean()
    inverse = ByDifferences(model).inverse(counts)
    errors, deviance = np.sqrt(np.diag(inverse) / scale), solved.deviance * scale
    made = _ordinal(solved.parameters, errors, _named(matrix), model, answer, deviance)
    left = counts[matrix.inside].sum() - len(errors)
    return made | {"loglik": -deviance / 2, "df_residual": left}


@dataclass(frozen=True)
class ByDifferences:
    """Proportional odds with the information as R takes it: differences of the score over steps of 0.001.

    R's parameters are the coefficients, the first threshold and the logarithms of the gaps between thresholds.
    """

    model: ProportionalOdds

    @property
    def members(self):
        return self.model.members

    def at(self, weights):
        return self.model.at(weights)

    def influence(self, weights):
        return self.model.solve(weights).scores @ self.inverse(weights)

    def inverse(self, weights):
        """The inverse of the information."""
        solved, likelihood = self.model.solve(weights), self.model.likelihood(weights)
        p = likelihood.columns.shape[1]
        gaps = np.log(np.diff(solved.parameters[p:]))
        centre = np.concatenate([solved.parameters[: p + 1], gaps])
        steps = STEP * np.eye(len(centre))
        hessian = [
            (_slope(likelihood, centre - step) - _slope(likelihood, centre + step)) / (2 * STEP)
            for step in steps
        ]
        _, jacobian = _thresholds(centre, p)
        information = (np.array(hessian) + np.transpose(hessian)) / 2
        return jacobian @ np.linalg.inv(information) @ jacobian.T


@dataclass(frozen=True)
class AsDescended:
    """Proportional odds whose replicates are fitted, from its first answer, only until little changes."""

    model: ProportionalOdds
    weights: np.ndarray

    @property
    def members(self):
        return self.model.members

    def at(self, weights):
        if np.isnan(self.model.solve(weights).parameters).any():
            return np.full(self.members.shape[1], np.nan)
        if weights is not self.weights:
            return self._searched(weights, self.first, {})
        return self.first

    @cached_property
    def first(self):
        """Search from R's beginning: a logistic regression of answers beyond the middle, even thresholds."""
        inside, matrix = self.model.predictors.inside, self.model.predictors.columns
        cuts = len(self.model.categories) - 1
        middle = (cuts + 1) // 2
        beyond = (self.model.codes[inside] >= middle).astype(float)
        X = np.column_stack([np.ones(inside.sum()), matrix[inside]])
        begun = stopped(FAMILIES_OF["logit"], X, beyond, self.weights[inside])
        if begun is None:
            raise NotUnderstood("proportional odds that R cannot begin")
        even = np.log(np.arange(1, cuts + 1) / np.arange(cuts, 0, -1))
        start = np.concatenate([begun.parameters[1:], even - even[middle - 1] - begun.parameters[0]])
        return self._searched(self.weights, start, {"relative": LONG, "most": 2000})

    def _searched(self, weights, begun, how):
        likelihood, inside = self.model.likelihood(weights), self.model.predictors.inside
        p, scale = likelihood.columns.shape[1], weights[inside].sum() / inside.sum()
        start = np.concatenate([begun[: p + 1], np.log(np.diff(begun[p:]))])
        with np.errstate(over="ignore", invalid="ignore"):  # a step too far has no value, and is cut
            end = descended(
                lambda at: -scale * likelihood.value(_thresholds(at, p)[0]),
                lambda at: -scale * _slope(likelihood, at),
                start, **how,
            )  # fmt: skip
        return _thresholds(end, p)[0]


def _thresholds(parameters, p):
    """Give coefficients and thresholds from R's parameters, with the derivatives."""
    sizes = np.concatenate([np.ones(p + 1), np.exp(parameters[p + 1 :])])
    jacobian = np.diag(sizes)
    jacobian[p:, p:] = np.tril(np.ones((len(sizes) - p,) * 2)) * sizes[p:]
    cuts = np.cumsum(np.concatenate([parameters[p : p + 1], sizes[p + 1 :]]))
    return np.concatenate([parameters[:p], cuts]), jacobian


def _slope(likelihood, parameters):
    ours, jacobian = _thresholds(parameters, likelihood.columns.shape[1])
    return likelihood.derivatives(ours)[0].sum(axis=0) @ jacobian


@dataclass(frozen=True)
class Glm:
    """A fitted svyglm."""

    design: Design
    model: GeneralizedLinear
    found: Regression
    names: tuple[str, ...]
    separated: bool
    parts: dict  # term: names of its predictors
    right: object
    formula: Formula

    @property
    def fitted(self):
        return self.found.fitted

    def interval(self, level, _df):
        limits = self.found.interval(level=level)
        return np.column_stack([limits.low, limits.high])

    def result(self):
        fitted, found = self.fitted, self.found
        columns = [fitted.estimate, fitted.std_error, found.statistic, found.p_value]
        return {
            "coef": {"rows": self.names, "values": np.column_stack(columns)},
            "vcov": fitted.covariance, "df_residual": found.df_residual,
            "ci_t": self.interval(0.95, None), "dispersion": self._dispersion(), "separated": self.separated,
        }  # fmt: skip

    def _dispersion(self):
        """Give the variance of the Pearson residuals; R gives their sum of squares with replicate weights."""
        known, family = self.model.predictors, FAMILIES_OF[self.model.family]
        w = self.design.survey.weights[known.inside]
        mean = family.mean(known.columns[known.inside] @ self.fitted.estimate)
        residual = (self.model.outcome[known.inside] - mean) / np.sqrt(family.variance(mean))
        if isinstance(self.design.survey, Replicated):
            return w @ residual**2 / self.design.weights.mean()
        centre, weighed = w @ residual / w.sum(), (w > 0).sum()
        scale = weighed / (weighed - 1) / len(w) / self.design.weights.mean()
        return w @ (residual - centre) ** 2 * scale


def _ordinal(estimate, errors, names, model, answer, deviance):
    p = len(names)
    labels = [answer.levels[category] for category in model.categories]
    cuts = [f"{low}|{high}" for low, high in pairwise(labels)]
    return {
        "coef": dict(zip(names, estimate[:p], strict=True)), "zeta": dict(zip(cuts, estimate[p:], strict=True)),
        "table": {"rows": [*names, *cuts], "values": np.column_stack([estimate, errors, estimate / errors])},
        "deviance": deviance,
    }  # fmt: skip


def _link(args):
    method = scalar(args["method"]) if "method" in args else "logistic"
    if method not in METHODS:
        raise NotUnderstood(f"proportional odds with {method}")
    return METHODS[method]


def _right(args, formula, frame):
    """Give the right side of a formula, its predictors, and their names by the term that they come from."""
    if not isinstance(formula, Formula):
        raise NotUnderstood("a model of what is no formula")
    right, scope = read_right(formula.right, formula.left), Scope(dict(frame.columns))
    values = {name: args.r.value(node, scope) for name, node in right.variables.items()}
    return right, *predictors_of(right, values, frame.n)


def _named(matrix):
    found = []
    for term in matrix.terms:
        labels = [f"{term.name}{level}" for level in term.levels[1:]] if term.levels else [term.name]
        found += ["(Intercept)" if label == "constant" else label for label in labels]
    return tuple(found)


def _outcome(args, node, frame):
    """Give the outcome as numbers; the first level of a factor is 0, every other 1."""
    value = args.r.value(node, Scope(dict(frame.columns)))
    if (isinstance(value, np.ndarray) and value.dtype.kind == "f") or isinstance(value, Logical):
        return numeric(value)
    codes = as_factor(value).codes
    return np.where(codes < 0, np.nan, codes > 0)


def _mean_weight(fitted):
    """R scales weights to a mean of 1 over the domain, whether its members answered or not."""
    weights = fitted.design.survey.weights
    return weights[fitted.model.predictors.inside].mean() / fitted.design.weights.mean()
