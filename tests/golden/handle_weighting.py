"""Raking, post-stratification, calibration and trimming of the weights of a design."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from r_designs import Design, indicator_columns
from r_interpreter import CONSTANTS, handles
from r_language import Call, Name, NotUnderstood, Number, deparse, terms
from r_values import Factor, Formula, Frame, Named, Scope, Table, as_factor, numeric, scalar

from cxsurvey.numerics.sampling.calibrated import (
    CalibratedSample,
    calibrated_design,
    margin_indicators,
    recalibrated,
)
from cxsurvey.numerics.sampling.multistage import Multistage
from cxsurvey.numerics.sampling.replication import Replicated
from cxsurvey.numerics.weighting.calibration import calibrate, trim
from cxsurvey.numerics.weighting.raking import margin, rake

ROUNDING = 1e-12
ROUNDS, LEFT_OPEN = 10, 1e-5
CONSTANTS |= {f"cal.{name}": np.array([name], dtype=object) for name in ("linear", "raking", "logit")}


def whole_design(args):
    """Give the design, which must be one whose weights are as drawn, without a domain."""
    design = args["design"]
    if not isinstance(design, Design) or not design.domain.all():
        raise NotUnderstood("weighting of a domain")
    if not isinstance(design.survey, Multistage | Replicated):
        raise NotUnderstood("weighting of a calibrated design")
    return design


def combinations(columns):
    """Label the combinations of several columns."""
    factors = [as_factor(column) for column in columns]
    if any((factor.codes < 0).any() for factor in factors):
        raise NotUnderstood("a margin with missing values")
    return [
        "\n".join(factor.levels[factor.codes[row]] for factor in factors)
        for row in range(len(factors[0].codes))
    ]


def margin_of(args, design, formula, population):
    """Make a margin of a formula and a data frame of its categories with their Freq."""
    if isinstance(population, Table):
        population = as_frame(population)
    if not isinstance(formula, Formula) or not isinstance(population, Frame):
        raise NotUnderstood("a margin that is no formula with a data frame")
    scope, nodes = Scope(dict(design.frame.columns)), terms(formula.right)
    names = [deparse(node) for node in nodes]
    if set(population.columns) != {*names, "Freq"}:
        raise NotUnderstood("margins of other variables than the formula's")
    labels = combinations([population.columns[name] for name in names])
    place = {label: code for code, label in enumerate(labels)}
    here = combinations([args.r.value(node, scope) for node in nodes])
    codes = np.array([place.get(label, -1) for label in here])
    return margin(" + ".join(names), codes, numeric(population.columns["Freq"]), labels)


def as_frame(table):
    """Give a table of counts as a data frame, the first factor varying fastest."""
    places = np.indices(table.counts.shape).reshape(table.counts.ndim, -1, order="F")
    columns = {
        name: Factor(place, levels)
        for name, place, levels in zip(table.names, places, table.levels, strict=True)
    }
    return Frame({**columns, "Freq": table.counts.ravel(order="F")}, table.counts.size)


def fitted(design, reweight, x, regression=None):
    """Refit the weights of a design, and its replicates."""
    if isinstance(design.survey, Replicated):
        return replace(design, survey=recalibrated(design.survey, reweight))
    weights = reweight(design.survey.weights)
    return replace(design, survey=calibrated_design(design.survey, weights, x, regression=regression))


@dataclass(frozen=True)
class AsRaked:
    """A raked design whose residuals R takes by ten rounds over the margins, near the end of them all."""

    solved: CalibratedSample
    margins: tuple

    @property
    def weights(self):
        return self.solved.weights

    @property
    def n(self):
        return self.solved.n

    @property
    def df(self):
        return self.solved.df

    def degrees_of_freedom(self, member=None):
        return self.solved.degrees_of_freedom(member)

    def covariance(self, estimator):
        exact = self.solved.covariance(estimator)
        if not (self.weights > 0).all():
            return exact
        rounds = self.solved.drawn.covariance(Residual(estimator, self.residual))
        near = np.abs(rounds - exact) <= LEFT_OPEN * np.abs(exact) + np.finfo(float).eps
        return rounds if near.all() else exact

    def residual(self, influence):
        left = influence / self.weights[:, None]
        for _ in range(ROUNDS):
            for codes in self.margins:
                member = codes[:, None] == np.arange(codes.max() + 1)
                left = left - member @ (member.T @ left / member.sum(axis=0)[:, None])
        return left * self.weights[:, None]


@dataclass(frozen=True)
class Residual:
    """An estimator whose influence values are residuals, of everybody."""

    estimator: object
    of: object

    @property
    def members(self):
        return np.ones_like(self.estimator.members)

    def at(self, weights):
        return self.estimator.at(weights)

    def influence(self, weights):
        return self.of(self.estimator.influence(weights))


@handles("rake", "design", "sample.margins", "population.margins", "control", "compress")
def rake_margins(args):
    design = whole_design(args)
    margins = [
        margin_of(args, design, formula, population)
        for formula, population in zip(args["sample.margins"], args["population.margins"], strict=True)
    ]
    x = margin_indicators(margins)
    raked = fitted(design, lambda w: rake(w, margins).weights, x, np.ones(design.frame.n))
    if isinstance(raked.survey, Replicated):
        return raked
    return replace(raked, survey=AsRaked(raked.survey, tuple(item.codes for item in margins)))


@handles("postStratify", "design", "strata", "population", "partial")
def post_stratify(args):
    design = whole_design(args)
    if "partial" in args:
        raise NotUnderstood("partial post-stratification")
    margins = [margin_of(args, design, args["strata"], args["population"])]
    return fitted(design, lambda w: rake(w, margins).weights, margin_indicators(margins))


def without_constant(right):
    """Part "- 1" from the right side of a formula, and say whether the constant stays."""
    if (
        isinstance(right, Call)
        and right.function == Name("-")
        and right.arguments[1:] == ((None, Number(1.0)),)
    ):
        return right.arguments[0][1], False
    return right, True


def model_columns(args, formula, design):
    """Spread the terms of a formula as R's model.matrix does, with treatment contrasts."""
    right, constant = without_constant(formula.right)
    columns = {"(Intercept)": np.ones(design.frame.n)} if constant else {}
    scope = Scope(dict(design.frame.columns))
    for place, node in enumerate(terms(right)):
        part = indicator_columns(args.r.value(node, scope), deparse(node))
        first = 1 if len(part.names) > 1 and (constant or place) else 0
        columns |= dict(zip(part.names[first:], part.values.T[first:], strict=True))
    return columns


@handles("calibrate", "design", "formula", "population", "bounds", "calfun", "maxit", "epsilon")
def calibrate_totals(args):
    design, population = whole_design(args), args["population"]
    if isinstance(args["formula"], list) and isinstance(population, list):
        return calibrate_margins(args, design, population)
    if not isinstance(population, Named) or not isinstance(args["formula"], Formula):
        raise NotUnderstood("calibration to what is no named vector of totals")
    columns = model_columns(args, args["formula"], design)
    if set(columns) != set(population.names):
        raise NotUnderstood(f"totals of {', '.join(population.names)} for {', '.join(columns)}")
    x = np.column_stack([columns[name] for name in population.names])
    bounds = tuple(numeric(args["bounds"])) if "bounds" in args else None
    distance = scalar(args["calfun"]) if "calfun" in args else "linear"

    def reweight(w):
        return calibrate(
            w, x, population.values, distance=distance, bounds=bounds, names=population.names
        ).weights

    return fitted(design, reweight, x)


def calibrate_margins(args, design, population):
    """Calibrate to margins given as tables: their indicators, the first level of all but the first left out."""
    if "bounds" in args or ("calfun" in args and scalar(args["calfun"]) != "linear"):
        raise NotUnderstood("calibration to margins with bounds or by another distance")
    pairs = zip(args["formula"], population, strict=True)
    margins = [margin_of(args, design, formula, part) for formula, part in pairs]
    blocks = [
        (margin.codes[:, None] == np.arange(len(margin.labels)))[:, min(place, 1) :]
        for place, margin in enumerate(margins)
    ]
    totals = np.concatenate([margin.targets[min(place, 1) :] for place, margin in enumerate(margins)])
    x = np.column_stack(blocks).astype(float)
    return fitted(design, lambda w: calibrate(w, x, totals, distance="linear").weights, x)


@handles("trimWeights", "design", "upper", "lower", "strict")
def trim_weights(args):
    design = whole_design(args)
    limits = {key: float(scalar(args[key])) for key in ("lower", "upper") if key in args}
    replicated = isinstance(design.survey, Replicated)
    strict = "strict" in args and scalar(args["strict"]) and not replicated

    def cut(w):
        """Trim those with weight; one that a replicate leaves out stays out."""
        kept, trimmed = (w > 0) | (not replicated), w.copy()
        trimmed[kept] = trim(w[kept], redistribute="equal", **limits)
        return cut(trimmed) if strict and passes(trimmed[kept], limits) else trimmed

    if replicated:
        return replace(design, survey=recalibrated(design.survey, cut))
    return replace(design, survey=replace(design.survey, weights=cut(design.survey.weights)))


def passes(w, limits):
    """Whether a weight passes a limit by more than rounding: then R trims all over again."""
    return (w < limits.get("lower", 0) - ROUNDING).any() or (w > limits.get("upper", np.inf) + ROUNDING).any()
