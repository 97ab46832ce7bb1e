"""Making designs, narrowing them to domains, and what can be read off them."""

from __future__ import annotations

import numpy as np
from r_designs import Design, linearized
from r_interpreter import handles, special
from r_language import NotUnderstood, terms
from r_values import Formula, Frame, Scope, numeric, scalar, vector

from cxsurvey.numerics.sampling.replicate_weights import balanced_replicates, jackknife
from cxsurvey.numerics.sampling.replication import replicate_design
from cxsurvey.numerics.tables.totals import effective_n


@special("subset")
def subset(here):
    (_, whole), (_, condition) = here.call.arguments
    design = here.value(whole)
    if not isinstance(design, Design):
        raise NotUnderstood("a subset of what is no design")
    domain_rows = np.flatnonzero(design.domain)
    frame = design.variables()  # the condition sees the rows that are left, as in R
    asked = here.r.value(condition, Scope(dict(frame.columns), here.scope))
    mask = np.zeros(design.frame.n, dtype=bool)
    mask[domain_rows] = numeric(asked) == 1
    return design.within(mask)


@handles("degf", "design")
def degf(args):
    return vector(args["design"].df)


@handles("weights", "object", "type")
def weights(args):
    return args["object"].weights


@handles("wts", "d")
def wts(args):
    return {**weight_summary(args["d"].weights), "weights": args["d"].weights}


@handles("wsum", "d")
def wsum(args):
    return weight_summary(args["d"].weights)


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


@handles("svydesign", "ids", "strata", "weights", "fpc", "data", "nest")
def svydesign(args):
    frame = args["data"]
    if not isinstance(frame, Frame):
        raise NotUnderstood("a design of what is no data frame")
    labels = {key: _formula_columns(args, key, frame) for key in ("ids", "strata", "fpc")}
    given = _formula_columns(args, "weights", frame)
    nest = "nest" in args and scalar(args["nest"])
    return linearized(frame, given[0] if given else None, labels, nest=nest, options=args.r.options)


@handles(
    "svrepdesign", "data", "type", "weights", "repweights", "combined.weights", "scale", "rscales", "rho",
    "mse", "degf",
)  # fmt: skip
def svrepdesign(args):
    frame = args["data"]
    given = _formula_columns(args, "weights", frame)
    base = given[0] if given else np.ones(frame.n)
    kind = {"BRR": "brr", "Fay": "fay", "JK1": "jackknife", "bootstrap": "bootstrap"}
    design = replicate_design(
        base,
        np.asarray(args["repweights"]),
        kind=kind.get(scalar(args["type"]), "other") if "type" in args else "other",
        combined="combined.weights" not in args or scalar(args["combined.weights"]),
        scale=float(scalar(args["scale"])) if "scale" in args else None,
        rscales=numeric(args["rscales"]) if "rscales" in args else None,
        fay_rho=float(scalar(args["rho"])) if "rho" in args else 0.0,
        mse="mse" in args and scalar(args["mse"]),
        df=int(scalar(args["degf"])) if "degf" in args else None,
    )
    return Design(frame, design, np.ones(frame.n, dtype=bool))


@handles("as.svrepdesign", "design", "type", "fay.rho", "mse")
def as_svrepdesign(args):
    design = args["design"]
    if not design.domain.all():
        raise NotUnderstood("replicate weights of a domain")
    mse = "mse" in args and scalar(args["mse"])
    kind = scalar(args["type"]) if "type" in args else "auto"
    if kind in {"JK1", "JKn"}:
        made = jackknife(design.survey, mse=mse)
    elif kind in {"BRR", "Fay"}:
        rho = float(scalar(args["fay.rho"])) if "fay.rho" in args else 0.0
        made = balanced_replicates(design.survey, fay_rho=rho, mse=mse)
    else:
        raise NotUnderstood(f"replicates of type '{kind}'")
    return Design(design.frame, made, design.domain)
