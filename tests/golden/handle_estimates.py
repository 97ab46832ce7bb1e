"""Means, totals, ratios, variances, shares, tables and their like."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from r_derivatives import Dual, differentiated
from r_designs import Columns, indicator_columns
from r_interpreter import Arguments, Builtin, handles, special
from r_language import Call, Name, NotUnderstood, Number, deparse, terms
from r_values import Formula, Named, Scope, as_factor, numeric, scalar, vector

from cxsurvey.numerics.estimation.design_effect import design_effects
from cxsurvey.numerics.estimation.estimators import by_group, covariances, means, ratios, totals
from cxsurvey.numerics.probability.tails import t_two_sided_p
from cxsurvey.numerics.sampling.fitted import Fitted, fit
from cxsurvey.numerics.sampling.replication import Replicated
from cxsurvey.numerics.scales.reliability import cronbach_alpha


@dataclass(frozen=True)
class Estimates:
    """Estimates with names, what `svystat` and `svyby` objects are in R."""

    fitted: Fitted
    names: tuple[str, ...]
    deff: np.ndarray | None = None
    by: dict | None = None
    ratio: bool = False
    estimates_only: bool = False
    peculiar: dict | None = None

    def interval(self, level, df):
        limits = self.fitted.interval(level=level, df=df)
        return np.column_stack([limits.low, limits.high])

    def result(self):
        found = {"est": dict(zip(self.names, self.fitted.estimate, strict=True))} if self.names else {}
        if not self.names:
            found = {"est": self.fitted.estimate}
        if self.by is not None:
            found["by"] = self.by
        found |= self.peculiar or {}
        if self.estimates_only:
            return found
        found |= {"se": self.fitted.std_error, "ci_normal": self.interval(0.95, np.inf)}
        if self.deff is not None:
            found["deff"] = self.deff
        if self.by is None and len(self.fitted.estimate) > 1:
            found["vcov"] = self.fitted.covariance
        if self.ratio and self.by is None:
            rows = len(dict.fromkeys(name.split("/")[0] for name in self.names))
            found["ratio"] = self.fitted.estimate.reshape(-1, rows).T
            del found["est"]
        return found


def flag(args, name, *, default=False):
    return scalar(args[name]) if args.get(name) is not None else default


def formula_columns(args, formula, design):
    """Give the columns of a formula over all rows of a design."""
    if not isinstance(formula, Formula):
        raise NotUnderstood("an estimate of what is no formula")
    if isinstance(formula.right, Call) and formula.right.function == Name("-"):
        raise NotUnderstood("a formula that leaves a term out")
    scope = Scope(dict(design.frame.columns))
    parts = [indicator_columns(args.r.value(term, scope), deparse(term)) for term in terms(formula.right)]
    names = tuple(name for part in parts for name in part.names)
    return Columns(np.column_stack([part.values for part in parts]), names)


def domain_of(args, columns, design):
    return design.domain & columns.complete if flag(args, "na.rm") else design.domain


def estimated(args, estimator, names, design, **more):
    fitted = fit(design.survey, estimator)
    wanted = args.get("deff")
    effects = None
    if wanted is not None and scalar(wanted) is not False:
        against = "with-replacement" if scalar(wanted) == "replace" else "without-replacement"
        effects = design_effects(design.survey, estimator, fitted, against=against)
    return Estimates(fitted, names, effects, **more)


def mean_estimator(args, design):
    columns = formula_columns(args, args["x"], design)
    return means(columns.values, domain=domain_of(args, columns, design)), columns.names


def total_estimator(args, design):
    columns = formula_columns(args, args["x"], design)
    return totals(columns.values, domain=domain_of(args, columns, design)), columns.names


def ratio_estimator(args, design):
    over = formula_columns(args, args["x"], design)
    under = formula_columns(args, args["denominator"], design)
    both = Columns(np.column_stack([over.values, under.values]), ())
    pairs = [(i, j) for j in range(len(under.names)) for i in range(len(over.names))]
    rows, columns = [i for i, _ in pairs], [j for _, j in pairs]
    names = tuple(f"{over.names[i]}/{under.names[j]}" for i, j in pairs)
    domain = domain_of(args, both, design)
    return ratios(over.values[:, rows], under.values[:, columns], domain=domain), names


@handles("svymean", "x", "design", "na.rm", "deff")
def svymean(args):
    return estimated(args, *mean_estimator(args, args["design"]), args["design"])


@handles("svytotal", "x", "design", "na.rm", "deff")
def svytotal(args):
    return estimated(args, *total_estimator(args, args["design"]), args["design"])


@handles("svyratio", "numerator", "denominator", "design", "na.rm", "deff", "covmat")
def svyratio(args):
    args["x"] = args["numerator"]
    return estimated(args, *ratio_estimator(args, args["design"]), args["design"], ratio=True)


@handles("svyvar", "x", "design", "na.rm")
def svyvar(args):
    columns = formula_columns(args, args["x"], args["design"])
    design, domain = args["design"], domain_of(args, columns, args["design"])
    names = columns.names if len(columns.names) == 1 else ()
    found = estimated(args, covariances(columns.values, domain=domain), names, design)
    scale = 1.0 if isinstance(design.survey, Replicated) else _all_asked(design, domain)
    fitted = replace(
        found.fitted, estimate=found.fitted.estimate * scale, covariance=found.fitted.covariance * scale**2
    )
    return replace(found, fitted=fitted)


def _all_asked(design, answered):
    """Turn n / (n - 1) of those who answered into that of all who were asked, as R has it."""
    n, asked = int(answered.sum()), int((design.weights != 0).sum())
    return asked / (asked - 1) * (n - 1) / n if min(n, asked) > 1 else 1.0


@dataclass(frozen=True)
class Groups:
    """The groups of a `svyby`: code of each row, labels, and the columns that identify them."""

    codes: np.ndarray
    labels: tuple[str, ...]
    by: dict


def groups_of(args, formula, design):
    """Number the combinations that occur in the domain, the first factor varying fastest."""
    scope = Scope(dict(design.frame.columns))
    nodes = terms(formula.right)
    raw = [args.r.value(node, scope) for node in nodes]
    factors = [as_factor(value) for value in raw]
    cell, known = np.zeros(design.frame.n, dtype=int), design.domain.copy()
    for factor in reversed(factors):
        cell = cell * len(factor.levels) + factor.codes
        known &= factor.codes >= 0
    present = np.unique(cell[known])
    codes = np.where(known, np.searchsorted(present, cell), -1)
    columns, rest = [], present
    for factor in factors:
        columns.append([factor.levels[code] for code in rest % len(factor.levels)])
        rest = rest // len(factor.levels)
    labels = tuple(".".join(parts) for parts in zip(*columns, strict=True))
    return Groups(codes, labels, {deparse(node): column for node, column in zip(nodes, columns, strict=True)})


JOINT = {"svymean": mean_estimator, "svytotal": total_estimator, "svyratio": ratio_estimator}


@handles(
    "svyby", "formula", "by", "design", "FUN", "deff", "na.rm", "denominator", "covmat", "vartype", more=True
)
def svyby(args):
    design, groups, function = args["design"], groups_of(args, args["by"], args["design"]), args["FUN"]
    if not isinstance(function, Builtin):
        raise NotUnderstood("svyby with a function of one's own")
    if function.name in JOINT and args.extra:
        raise NotUnderstood(f"svyby with {', '.join(args.extra)}")
    if function.name not in JOINT:
        return _one_by_one(args, design, groups, function)
    args["x"] = args["formula"]
    estimator, names = JOINT[function.name](args, design)
    parted = by_group(estimator, groups.codes, len(groups.labels))
    if flag(args, "covmat"):
        design = replace(design, survey=jointly_defined(design.survey, parted))
    return estimated(args, parted, group_labels(names, groups), design, by=groups.by)


def group_labels(names, groups):
    """Label the estimates of groups, with the column when there are several."""
    if len(names) < 2:
        return groups.labels
    return tuple(f"{label}:{name}" for name in names for label in groups.labels)


def jointly_defined(survey, estimator):
    """Leave out replicates that cannot make one of the estimates, as R does for a covariance of them all."""
    if not isinstance(survey, Replicated) or not survey.drop_undefined:
        return survey
    undefined = np.isnan(survey.thetas(estimator)).any(axis=1)
    return replace(survey, rscales=np.where(undefined, 0.0, survey.rscales)) if undefined.any() else survey


def _one_by_one(args, design, groups, function):
    """Estimate in each group by itself; the groups share no covariance."""
    parts = []
    for code in range(len(groups.labels)):
        named = {"x": args["formula"], "design": design.within(groups.codes == code)}
        named |= {key: args[key] for key in ("na.rm",) if key in args} | args.extra
        part = args.r.apply(function, [], named)
        parts.append(_estimate_of(part) if isinstance(part, Estimates) else part)
    labels = groups.labels
    if parts and len(parts[0]["estimate"]) > 1:
        if "p" not in parts[0]:
            raise NotUnderstood("svyby with several results of each group")
        labels = tuple(f"{label}:{parts[0]['name']}.{at:.12g}" for at in parts[0]["p"] for label in labels)
    estimate = np.stack([part["estimate"] for part in parts], axis=1).ravel()
    errors = np.stack([part["std_error"] for part in parts], axis=1).ravel()
    size = np.ones(len(estimate), dtype=int)
    fitted = Fitted(estimate, np.diag(errors**2), size, size)
    only = "vartype" in args and scalar(args["vartype"]) == "ci"
    keys = {key for part in parts for key, value in part.items() if value is True}
    return Estimates(fitted, labels, by=groups.by, estimates_only=only, peculiar=dict.fromkeys(keys, True))


def _estimate_of(estimates):
    return {"estimate": estimates.fitted.estimate, "std_error": estimates.fitted.std_error}


@handles("svytable", "formula", "design", "Ntotal", "round")
def svytable(args):
    design = args["design"]
    scope = Scope(dict(design.frame.columns))
    factors = [as_factor(args.r.value(term, scope)) for term in terms(args["formula"].right)]
    cell, known = np.zeros(design.frame.n, dtype=int), design.domain.copy()
    for factor in factors:
        cell = cell * len(factor.levels) + factor.codes
        known &= factor.codes >= 0
    shape = tuple(len(factor.levels) for factor in factors)
    size = int(np.prod(shape))
    counts = fit(design.survey, totals(cell[:, None] == np.arange(size), domain=known)).estimate
    if args.get("Ntotal") is not None:
        counts = counts / counts.sum() * scalar(args["Ntotal"])
    if flag(args, "round"):
        counts = np.round(counts)
    if len(shape) == 1:
        return Named(counts, factors[0].levels)
    cells = counts.reshape(shape)
    return cells if len(shape) == 2 else cells.ravel(order="F")


@handles("prop.table", "x", "margin")
def prop_table(args):
    """Shares of all, or within each row (1) or column (2)."""
    cells = np.asarray(getattr(args["x"], "counts", args["x"]))
    margin = int(scalar(args["margin"])) if args.get("margin") is not None else None
    if isinstance(args["x"], Named):
        return Named(args["x"].values / args["x"].values.sum(), args["x"].names)
    return cells / cells.sum(axis=None if margin is None else 2 - margin, keepdims=True)


@handles("svycontrast", "stat", "contrasts")
def svycontrast(args):
    """Combine estimates: by coefficients in their order or by name, or by an expression of them."""
    fitted, names = args["stat"].fitted, args["stat"].names
    wanted = args["contrasts"]
    parts = wanted if isinstance(wanted, dict | list) else {"contrast": wanted}
    if isinstance(parts, list):
        parts = {str(place): part for place, part in enumerate(parts, 1)}
    worked = [_combination(part, fitted, names) for part in parts.values()]
    values, rows = (np.array([part[side] for part in worked]) for side in (0, 1))
    one = np.ones(len(parts), dtype=int)
    return Estimates(Fitted(values, rows @ fitted.covariance @ rows.T, one, one), tuple(parts))


def _combination(part, fitted, names):
    """Give a combination of estimates with its derivatives."""
    if isinstance(part, Call | Name | Number):
        known = {
            name: Dual(value, slope)
            for name, value, slope in zip(names, fitted.estimate, np.eye(len(names)), strict=True)
        }
        found = differentiated(part, known)
        return found.value, found.slope
    if isinstance(part, Named):
        if set(part.names) - set(names):
            raise NotUnderstood("a contrast of what is not estimated")
        given = dict(zip(part.names, part.values, strict=True))
        row = np.array([given.get(name, 0.0) for name in names])
    else:
        row = numeric(part)
    made = fitted.contrasts(row[None, :])
    return made.estimate[0], row


@special("quote")
def quote(here):
    return here.call.arguments[0][1]


@handles("cv", "object")
def variation(args):
    """The coefficient of variation."""
    fitted = args["object"].fitted
    return Named(fitted.std_error / fitted.estimate, args["object"].names)


@handles("coef", "object")
def coef(args):
    return Named(args["object"].fitted.estimate, args["object"].names)


@handles("SE", "object")
def standard_error(args):
    return args["object"].fitted.std_error


@handles("vcov", "object")
def vcov(args):
    return args["object"].fitted.covariance


@handles("deff", "object")
def deff(args):
    return args["object"].deff


@handles("confint", "object", "parm", "level", "df")
def confint(args):
    level = float(scalar(args["level"])) if "level" in args else 0.95
    return args["object"].interval(level, float(scalar(args["df"])) if "df" in args else np.inf)


@handles("ciT", "x", "d", "level")
def ci_t(args):
    """Function of the golden file: the t interval with the degrees of freedom of the design."""
    level = float(scalar(args["level"])) if "level" in args else 0.95
    df = args["d"].df
    estimates = dict(zip(args["x"].names, args["x"].fitted.estimate, strict=True))
    return {"est": estimates, "df": df, "level": level, "ci_t": args["x"].interval(level, df)}


@handles("gap", "f", "by", "d", "i", "j", "na.rm")
def gap(args):
    """Function of the golden file: the difference of two domain means, with their covariance."""
    design = args["d"]
    inner = Arguments(args.r)
    inner |= {"x": args["f"], "na.rm": vector(flag(args, "na.rm"))}
    estimator, names = mean_estimator(inner, design)
    groups = groups_of(args, args["by"], design.within(estimator.members[:, 0]))
    parted = by_group(estimator, groups.codes, len(groups.labels))
    labels = group_labels(names, groups)
    fitted = fit(jointly_defined(design.survey, parted), parted)
    i, j = (int(scalar(args[key])) - 1 for key in ("i", "j"))
    row = np.zeros((1, len(labels)))
    row[0, [i, j]] = 1, -1
    made, df = fitted.contrasts(row), design.df
    t = made.estimate / made.std_error
    return {
        "pair": [labels[i], labels[j]], "diff": made.estimate, "se": made.std_error,
        "cov": fitted.covariance[i, j], "t": t, "df": df, "p_t": t_two_sided_p(t, df),
    }  # fmt: skip


@handles("svycralpha", "formula", "design", "na.rm")
def svycralpha(args):
    design = args["design"]
    columns = formula_columns(args, args["formula"], design)
    used = domain_of(args, columns, design)
    items, w = columns.values[used], design.survey.weights[used]
    if not columns.complete[used].all():
        return {"*alpha*": float("nan")}
    return {"*alpha*": cronbach_alpha(items, weights=w).alpha}
