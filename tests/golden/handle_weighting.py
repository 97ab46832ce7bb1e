"""Raking, post-stratification, calibration and trimming of the weights of a design."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from r_designs import Design, indicator_columns
from r_interpreter import CONSTANTS, handles
from r_language import Call, Name, NotUnderstood, Number, deparse, terms
from r_values import Factor, Formula, Frame, Named, Scope, Table, as_factor, numeric, scalar

from cxsurvey.numerics.sampling.calibrated import calibrated_design, margin_indicators, recalibrated
from cxsurvey.numerics.sampling.multistage import Multistage
from cxsurvey.numerics.sampling.replication import Replicated
from cxsurvey.numerics.weighting.calibration import calibrate, trim
from cxsurvey.numerics.weighting.raking import margin, rake

ROUNDING = 1e-12
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


@handles("rake", "design", "sample.margins", "population.margins", "control", "compress")
def rake_margins(args):
    design = whole_design(args)
    margins = [
        margin_of(args, design, formula, population)
        for formula, population in zip(args["sample.margins"], args["population.margins"], strict=True)
    ]
    x = margin_indicators(margins)
    return fitted(design, lambda w: rake(w, margins).weights, x, np.ones(design.frame.n))


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
    strict = "strict" in args and scalar(args["strict"]) and not isinstance(design.survey, Replicated)

    def cut(w):
        """Trim those with weight; one that a replicate leaves out stays out."""
        kept, trimmed = w > 0, w.copy()
        trimmed[kept] = trim(w[kept], redistribute="equal", **limits)
        return cut(trimmed) if strict and passes(trimmed[kept], limits) else trimmed

    if isinstance(design.survey, Replicated):
        return replace(design, survey=recalibrated(design.survey, cut))
    return replace(design, survey=replace(design.survey, weights=cut(design.survey.weights)))


def passes(w, limits):
    """Whether a weight passes a limit by more than rounding: then R trims all over again."""
    return (w < limits.get("lower", 0) - ROUNDING).any() or (w > limits.get("upper", np.inf) + ROUNDING).any()
