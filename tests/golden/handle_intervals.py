"""Intervals of shares, and quantiles."""

from __future__ import annotations

import numpy as np
from handle_estimates import domain_of, flag, formula_columns
from r_interpreter import handles
from r_language import NotUnderstood
from r_values import numeric, scalar

from cxsurvey.numerics.estimation.design_quantiles import design_quantiles
from cxsurvey.numerics.estimation.estimators import means
from cxsurvey.numerics.estimation.log_odds import log_odds_interval
from cxsurvey.numerics.estimation.share_intervals import design_share_intervals
from cxsurvey.numerics.sampling.fitted import fit
from cxsurvey.numerics.sampling.replication import Replicated

TIE = 1e-12
EDGE = 1e-9


@handles("svyciprop", "x", "design", "method", "level", "df", "na.rm")
def svyciprop(args):
    design = args["design"]
    columns = formula_columns(args, args["x"], design)
    values = columns.values[:, -1]  # of FALSE and TRUE the latter
    domain = domain_of(args, columns, design)
    shares = means(values, domain=domain)
    fitted = fit(design.survey, shares)
    method = scalar(args["method"]) if "method" in args else "logit"
    level = float(scalar(args["level"])) if "level" in args else 0.95
    df = float(scalar(args["df"])) if "df" in args else design.df
    inner = (fitted.estimate > EDGE) & (fitted.estimate < 1 - EDGE)
    if method == "logit" and inner.all():
        limits = log_odds_interval(design.survey, shares, df=df, level=level)
    else:
        n = design.n if method == "beta" else int(domain.sum())  # as nrow(design) in R
        limits = design_share_intervals(
            fitted.estimate, fitted.std_error, df,
            n=n, method=method, level=level, at_edge=_edge_rule(method),
        )  # fmt: skip
    return {
        "est": fitted.estimate, "ci": np.concatenate([limits.low, limits.high]), "se": fitted.std_error,
        "estimate": fitted.estimate, "std_error": fitted.std_error,
        "replicated": isinstance(design.survey, Replicated),
        "unanswered": bool((design.domain & ~domain).any()),
        "replicate_at_edge": _replicate_at_edge(design.survey, shares),
    }  # fmt: skip


def _edge_rule(method):
    """Ask for what R's formula makes of 0 and 1 where it is one, and for the exact interval where R fails."""
    return "exact" if method == "likelihood" else "formula"


def _replicate_at_edge(survey, shares):
    if not isinstance(survey, Replicated):
        return False
    found = survey.thetas(shares)
    return bool(((found < EDGE) | (found > 1 - EDGE)).any())


@handles(
    "svyquantile", "x", "design", "quantiles", "alpha", "interval.type", "na.rm", "ci", "se", "qrule", "df"
)
def svyquantile(args):
    design = args["design"]
    if "df" in args or not flag(args, "ci", default=True):
        raise NotUnderstood("svyquantile without interval or with df")
    columns = formula_columns(args, args["x"], design)
    p = numeric(args["quantiles"])
    alpha = float(scalar(args["alpha"])) if "alpha" in args else 0.05
    answer, peculiar = {}, {"tie": False, "first_step": False}
    for name, values in zip(columns.names, columns.values.T, strict=True):
        domain = domain_of(args, columns, design)
        found = design_quantiles(
            design.survey, values, p, domain=domain, level=1 - alpha, method=_interval_type(args),
            rule=scalar(args["qrule"]) if "qrule" in args else "math",
        )  # fmt: skip
        answer[name] = np.column_stack([found.estimate, found.conf_low, found.conf_high, found.std_error])
        used = domain & ~np.isnan(values)
        peculiar["tie"] |= _at_a_step(values[used], design.survey.weights[used], p)
        peculiar["first_step"] |= bool((found.conf_low == values[used].min()).any())
    if len(columns.names) == 1:
        answer |= {"estimate": found.estimate, "std_error": found.std_error}
    return answer | peculiar


def _interval_type(args):
    """Give the method of the interval; with replicate weights R takes "mean", whatever it is asked for."""
    if "interval.type" not in args or isinstance(args["design"].survey, Replicated):
        return "mean"
    return scalar(args["interval.type"])


def _at_a_step(values, weights, p):
    """Whether a quantile falls on a step of the distribution function, up to rounding."""
    order = np.argsort(values, kind="stable")
    cumulative = np.cumsum(weights[order]) / weights.sum()
    return bool((np.abs(cumulative[:, None] - p) < TIE).any())
