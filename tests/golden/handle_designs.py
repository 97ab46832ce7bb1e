"""Making designs, narrowing them to domains, and what can be read off them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from r_designs import Design, linearized
from r_interpreter import SPECIAL, handles, special
from r_language import NotUnderstood, terms
from r_values import Formula, Frame, Scope, numeric, scalar, take, vector

from cxsurvey.numerics.sampling.multistage import Multistage
from cxsurvey.numerics.sampling.replicate_weights import balanced_replicates, jackknife
from cxsurvey.numerics.sampling.replication import Replicated, replicate_design
from cxsurvey.numerics.tables.totals import effective_n


@special("subset")
def subset(here):
    (_, whole), (_, condition) = here.call.arguments
    design = here.value(whole)
    if isinstance(design, Frame):
        asked = here.r.value(condition, Scope(dict(design.columns), here.scope))
        return design.rows(np.flatnonzero(numeric(asked) == 1))
    if not isinstance(design, Design):
        raise NotUnderstood("a subset of what is no design")
    domain_rows = np.flatnonzero(design.domain)
    frame = design.variables()  # the condition sees the rows that are left, as in R
    asked = here.r.value(condition, Scope(dict(frame.columns), here.scope))
    mask = np.zeros(design.frame.n, dtype=bool)
    mask[domain_rows] = numeric(asked) == 1
    return design.within(mask)


@special("update")
def update(here):
    """Columns made of a design's own; each sees those of the same call as they were."""
    (_, whole), *made = here.call.arguments
    design = here.value(whole)
    if not isinstance(design, Design) or not all(name for name, _ in made):
        raise NotUnderstood("an update of what is no design")
    scope = Scope(dict(design.frame.columns), here.scope)
    new = {name: here.r.value(node, scope) for name, node in made}
    columns = {name: _filled(column, design.frame.n) for name, column in new.items()}
    return replace(design, frame=Frame({**design.frame.columns, **columns}, design.frame.n))


SPECIAL["transform"] = update


def _filled(column, n):
    return column if len(column) == n else take(column, np.arange(n) % len(column))


@handles("degf", "design")
def degf(args):
    return vector(args["design"].df)


@handles("weights", "object", "type")
def weights(args):
    return kept_weights(args["object"])


def kept_weights(design):
    """Give the weights of a domain; where weights are calibrated R keeps the others at 0."""
    if isinstance(design.survey, Multistage | Replicated):
        return design.weights
    return np.where(design.domain, design.survey.weights, 0.0)


@handles("wts", "d")
def wts(args):
    found = kept_weights(args["d"])
    return {**weight_summary(found), "weights": found}


@handles("wsum", "d")
def wsum(args):
    return weight_summary(kept_weights(args["d"]))


def weight_summary(w):
    """The golden file's figures of weights; the design effect of weighting is n over Kish's effective n."""
    n_effective = effective_n(w)
    return {
        "n": len(w), "sum": w.sum(), "min": w.min(), "max": w.max(), "mean": w.mean(),
        "cv": w.std(ddof=1) / w.mean(), "kish_deff": len(w) / n_effective, "n_eff": n_effective,
    }  # fmt: skip


def _formula_columns(args, key, frame):
    """Give the columns that a one-sided formula names; ``~1`` and ``~0`` name none."""
    formula = args.get(key)
    if formula is None:
        return []
    if not isinstance(formula, Formula):
        return [formula]
    found = [args.r.value(term, Scope(dict(frame.columns))) for term in terms(formula.right)]
    return [column for column in found if len(column) == frame.n]


@handles("svydesign", "ids", "probs", "strata", "variables", "fpc", "data", "nest", "check.strata", "weights")
def svydesign(args):
    frame = args["data"]
    if not isinstance(frame, Frame):
        raise NotUnderstood("a design of what is no data frame")
    labels = {key: _formula_columns(args, key, frame) for key in ("ids", "strata", "fpc")}
    given = _formula_columns(args, "weights", frame)
    given = given or [1 / numeric(column) for column in _formula_columns(args, "probs", frame)]
    nest = "nest" in args and scalar(args["nest"])
    if args.get("variables") is not None or not ("check.strata" not in args or scalar(args["check.strata"])):
        raise NotUnderstood("a design of other variables, or of clusters in several strata")
    return linearized(frame, given[0] if given else None, labels, nest=nest, options=args.r.options)


SCALES = {"JK2": lambda _: 1.0, "ACS": lambda n: 4 / n, "successive-difference": lambda n: 4 / n}


@handles(
    "svrepdesign", "data", "type", "weights", "repweights", "combined.weights", "scale", "rscales", "rho",
    "mse", "degf",
)  # fmt: skip
def svrepdesign(args):
    frame = args["data"]
    given = _formula_columns(args, "weights", frame)
    base = given[0] if given else np.ones(frame.n)
    kind = {"BRR": "brr", "Fay": "fay", "JK1": "jackknife", "bootstrap": "bootstrap"}
    columns = np.asarray(args["repweights"])
    given = scalar(args["type"]) if "type" in args else "other"
    if given in SCALES and "scale" not in args:
        args["scale"] = vector(SCALES[given](columns.shape[1]))
    design = replicate_design(
        base,
        columns,
        kind=kind.get(given, "other"),
        combined="combined.weights" not in args or scalar(args["combined.weights"]),
        scale=float(scalar(args["scale"])) if "scale" in args else None,
        rscales=numeric(args["rscales"]) if "rscales" in args else None,
        fay_rho=float(scalar(args["rho"])) if "rho" in args else 0.0,
        mse="mse" in args and scalar(args["mse"]),
        df=int(scalar(args["degf"])) if "degf" in args else None,
    )
    return Design(frame, design, np.ones(frame.n, dtype=bool))


@handles("as.svrepdesign", "design", "type", "fay.rho", "mse", "compress")
def as_svrepdesign(args):
    design = args["design"]
    if not design.domain.all():
        raise NotUnderstood("replicate weights of a domain")
    mse = "mse" in args and scalar(args["mse"])
    kind = scalar(args["type"]) if "type" in args else "auto"
    if kind in {"JK1", "JKn", "auto"}:
        made = jackknife(design.survey, mse=mse)
    elif kind in {"BRR", "Fay"}:
        rho = float(scalar(args["fay.rho"])) if "fay.rho" in args else 0.0
        made = balanced_replicates(design.survey, fay_rho=rho, mse=mse)
    else:
        raise NotUnderstood(f"replicates of type '{kind}'")
    return Design(design.frame, made, design.domain)
