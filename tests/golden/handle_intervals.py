"""Intervals of shares, and quantiles."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from handle_estimates import domain_of, flag, formula_columns
from r_interpreter import handles
from r_language import NotUnderstood
from r_regression import AsStopped, stopped
from r_search import profile_limits, searched
from r_values import numeric, scalar
from scipy.special import expit, log_expit, ndtr

from cxsurvey.numerics.estimation.design_quantiles import design_quantiles
from cxsurvey.numerics.estimation.estimators import means
from cxsurvey.numerics.estimation.log_odds import log_odds_interval
from cxsurvey.numerics.estimation.quantile_rules import quantiles_by_rule
from cxsurvey.numerics.estimation.share_intervals import design_share_intervals
from cxsurvey.numerics.models.families import FAMILIES
from cxsurvey.numerics.models.generalized_linear import generalized_linear
from cxsurvey.numerics.models.predictors import predictors
from cxsurvey.numerics.probability.tails import t_quantile
from cxsurvey.numerics.sampling.fitted import fit
from cxsurvey.numerics.sampling.replication import Replicated

TIE = 1e-12
EPSILON, STEPS = 1e-8, 25  # where R stops a regression that is told nothing
READ_OFF = 2e-3  # relative: how far a limit off a spline through eleven points may lie from the solution
EDGE = 1e-9


METHODS = ("logit", "likelihood", "asin", "beta", "mean", "xlogit")


@handles("svyciprop", "x", "design", "method", "level", "df", "na.rm")
def svyciprop(args):
    design = args["design"]
    if "method" in args and scalar(args["method"]) not in METHODS:
        raise NotUnderstood(f"svyciprop by {scalar(args['method'])}")
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
            fitted.estimate, fitted.std_error, design.df if method == "beta" else df,
            n=n, method=method, level=level, at_edge=_edge_rule(method),
        )  # fmt: skip
    ends = np.concatenate([limits.low, limits.high])
    if method == "likelihood" and inner.all() and not isinstance(design.survey, Replicated):
        ends = _off_a_profile(design, domain, values, df, level)
    return {
        "est": fitted.estimate, "ci": ends, "se": fitted.std_error,
        "estimate": fitted.estimate, "std_error": fitted.std_error,
        "replicated": isinstance(design.survey, Replicated),
        "unanswered": bool((design.domain & ~domain).any()),
        "replicate_at_edge": _replicate_at_edge(design.survey, shares),
    }  # fmt: skip


def _off_a_profile(design, domain, values, df, level):
    """Give the likelihood limits as R reads them off a spline, when they lie near the solutions.

    R scales weights to a mean of 1 over all whom it asked; its dispersion is n / (n - 1) of those who answered,
    times their mean weight. The share is that of a regression on a constant, stopped where R stops.
    """
    weights, y = design.survey.weights, np.where(domain, values, 0.0)
    n, ratio = int((domain & (weights > 0)).sum()), weights[domain].mean() / weights[design.domain].mean()
    scaled = np.where(domain, weights, 0.0) / weights[design.domain].mean()
    model = generalized_linear(y, predictors([], domain=domain), family="logit")
    search = AsStopped(model, design.domain, weights, EPSILON, STEPS)
    found = fit(design.survey, search)
    centre, spread = float(found.estimate[0]), float(found.std_error[0])
    naive = stopped(FAMILIES["logit"], np.ones((len(y), 1)), y, scaled, epsilon=EPSILON, most=STEPS).inverse

    def deviance(log_odds):
        return -2 * float(scaled @ (y * log_expit(log_odds) + (1 - y) * log_expit(-log_odds)))

    cutoff = float(t_quantile(level, df)) * spread / np.sqrt(naive[0, 0])
    ends = profile_limits(
        deviance, centre, spread, n / (n - 1) * ratio,
        furthest=float(t_quantile(1 - ndtr(-cutoff) / 2, n - 1)), cutoff=cutoff,
    )  # fmt: skip
    shares = fit(design.survey, means(values, domain=domain))
    solved = design_share_intervals(
        shares.estimate, shares.std_error * np.sqrt(ratio), df, n=n, method="likelihood", level=level
    )
    exact = np.concatenate([solved.low, solved.high])
    return expit(ends) if (np.abs(expit(ends) / exact - 1) < READ_OFF).all() else exact


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
    if "interval.type" in args and scalar(args["interval.type"]) == "quantile":
        raise NotUnderstood("svyquantile by replicates of the quantile")
    df = float(scalar(args["df"])) if args.get("df") is not None else None
    columns = formula_columns(args, args["x"], design)
    p = numeric(args["quantiles"])
    alpha = float(scalar(args["alpha"])) if "alpha" in args else 0.05
    rule = scalar(args["qrule"]) if "qrule" in args else "math"
    answer, peculiar = {}, {"tie": False, "first_step": False}
    for name, values in zip(columns.names, columns.values.T, strict=True):
        domain = domain_of(args, columns, design)
        found = design_quantiles(
            design.survey, values, p, domain=domain, level=1 - alpha, method=_interval_type(args),
            rule=rule, df=df,
        )  # fmt: skip
        used = domain & ~np.isnan(values)
        if _interval_type(args) == "score" and used.any():
            found = _read_unweighted(design, values, used, p, found, alpha, rule)
        if rule == "math" and used.any() and _at_a_step(values[used], design.survey.weights[used], p):
            found = _rounded(design, values, used, p, found, alpha, _interval_type(args))
        if _interval_type(args) == "mean" and used.any():
            found = _at_the_top(design, values[used], design.survey.weights[used], found)
        answer[name] = np.column_stack([found.estimate, found.conf_low, found.conf_high, found.std_error])
        peculiar["tie"] |= _at_a_step(values[used], design.survey.weights[used], p)
        peculiar["first_step"] |= bool(used.any() and (found.conf_low == values[used].min()).any())
    if not flag(args, "ci", default=True):
        return {name: table[:, 0] for name, table in answer.items()} | peculiar
    if len(columns.names) == 1:
        answer |= {"estimate": found.estimate, "std_error": found.std_error, "name": columns.names[0], "p": p}
    return answer | peculiar


def _at_the_top(design, y, w, found):
    """Give the limits of a quantile that nobody lies above: that value, unless R's sum of shares passes 1."""
    parts = (w / float(np.sum(w.astype(np.longdouble)))).astype(np.longdouble)
    if not isinstance(design.survey, Replicated) and float(parts.sum()) > 1:
        return found
    top = (
        (found.estimate == y[w > 0].max(initial=-np.inf)) & np.isnan(found.conf_low) & np.isnan(found.conf_high)
    )
    low, high = (np.where(top, found.estimate, limit) for limit in (found.conf_low, found.conf_high))
    return replace(found, conf_low=low, conf_high=high, std_error=np.where(top, 0.0, found.std_error))


def _interval_type(args):
    """Give the method of the interval; with replicate weights R takes "mean", whatever it is asked for."""
    if "interval.type" not in args or isinstance(args["design"].survey, Replicated):
        return "mean"
    return scalar(args["interval.type"])


def _read_unweighted(design, values, used, p, found, alpha, rule):
    """Give the score limits as R does, when its search stops where the test turns.

    R searches for the value at which the test turns and reads the quantile at the unweighted share of values
    up to there.
    """
    y, w = values[used], design.survey.weights[used]
    tolerance = 1 / (100 * np.sqrt(len(y)))
    margin = np.subtract(*np.quantile(y, [0.75, 0.25])) / 100
    t = float(t_quantile(1 - alpha, found.df))

    def end(at, turn, side):
        def statistic(theta):
            above = fit(design.survey, means(values > theta, domain=used))
            return (above.estimate[0] - (1 - at)) / above.std_error[0] - side * t

        root = searched(statistic, y.min() + margin, y.max() - margin, tolerance)
        near = abs(root - turn) <= 2 * tolerance
        return quantiles_by_rule(y, w, np.mean(y <= root), rule=rule)[0] if near else turn

    low = np.array([end(at, turn, 1) for at, turn in zip(p, found.conf_low, strict=True)])
    high = np.array([end(at, turn, -1) for at, turn in zip(p, found.conf_high, strict=True)])
    return replace(found, conf_low=low, conf_high=high, std_error=(high - low) / (2 * t))


def _rounded(design, values, used, p, found, alpha, method):
    """Give quantiles with their limits as the rounding of R's sums has it, where that changes one for the next.

    R adds weights up with 64 bits of precision and rounds every sum to 53.
    """
    y, w = values[used], design.survey.weights[used]
    positive = w > 0
    y, w = y[positive], w[positive]
    order = np.argsort(y, kind="stable")
    y, cumulative = y[order], np.cumsum(w[order].astype(np.longdouble)).astype(float)
    whole = float(np.sum(w.astype(np.longdouble)))

    def read(at, ours):
        """Take the value at the last step up to a level if the level is that step to the last digit."""
        if np.isnan(ours):
            return ours
        place = max(int((cumulative <= at * whole).sum()) - 1, 0)
        exact = at - cumulative[place] / whole == 0
        theirs = y[place] if exact else y[min(place + 1, len(y) - 1)]
        between = cumulative[(y >= min(ours, theirs)) & (y < max(ours, theirs))] / whole
        return theirs if (np.abs(between - at) < TIE).all() else ours

    estimate = np.array([read(at, ours) for at, ours in zip(p, found.estimate, strict=True)])
    if method == "score":
        return replace(found, estimate=estimate)
    below = fit(design.survey, means(values[:, None] <= estimate, domain=used))
    ends = design_share_intervals(
        below.estimate, below.std_error, found.df, n=len(y), method=method, level=1 - alpha
    )  # fmt: skip
    moved = estimate != found.estimate
    low, high = (
        np.array([read(at, _inverse(y, cumulative, whole, at) if new else ours)
                  for at, ours, new in zip(level, limit, moved, strict=True)])
        for level, limit in ((ends.low, found.conf_low), (ends.high, found.conf_high))
    )  # fmt: skip
    margin = 2 * t_quantile(1 - alpha, found.df)
    return replace(found, estimate=estimate, conf_low=low, conf_high=high, std_error=(high - low) / margin)


def _inverse(y, cumulative, whole, at):
    """Give the smallest value whose share reaches a level; NaN beyond 0 and 1."""
    if not 0 <= at <= 1:
        return np.nan
    return y[min(np.searchsorted(cumulative, (at - TIE) * whole), len(y) - 1)]


def _at_a_step(values, weights, p):
    """Whether a quantile falls on a step of the distribution function, up to rounding."""
    order = np.argsort(values, kind="stable")
    cumulative = np.cumsum(weights[order]) / weights.sum()
    return bool((np.abs(cumulative[:, None] - p) < TIE).any())
