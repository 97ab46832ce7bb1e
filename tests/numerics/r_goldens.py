"""Read R's golden values and set the same problem to cxsurvey.numerics.

A case holds the R call as text. Only the few forms of call that the golden script writes are understood here;
``answerable`` says whether a case is one of them.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from cxsurvey.numerics.tables.totals import cell_totals, column_totals, sample_design
from cxsurvey.numerics.tables.variance import ratio_estimates, total_estimates

HERE = Path(__file__).resolve().parent
COMMITTED = HERE.parent / "golden_values"
SHARED = HERE.parents[2] / "shared" / "golden"


def _load():
    """Read the committed cases, and all of them where the larger collection is at hand."""
    if (SHARED / "golden_a.json").exists():
        return json.loads((SHARED / "golden_a.json").read_text()), SHARED / "data"
    return json.loads((COMMITTED / "r_survey.json").read_text()), COMMITTED


GOLDEN, DATA = _load()
CASES = GOLDEN["cases"]
DESIGNS = GOLDEN["designs"]


def golden(*groups, forms=None):
    """Mark a test for the cases of these groups: all of them, or those whose call has one of these forms."""

    def mark(test):
        test.golden = (groups, forms)
        return test

    return mark


def cases_of(groups, forms):
    return [
        case
        for case in CASES
        if case["group"] in groups and (forms is None or (answerable(case) and parse(case)[0] in forms))
    ]


@cache
def frame(name):
    return pd.read_csv(DATA / name, keep_default_na=False, na_values=["", "NA"])


@dataclass(frozen=True)
class Problem:
    """A design, its data, and the domain that the call asks about."""

    data: pd.DataFrame
    design: object
    domain: np.ndarray
    is_subset: bool

    def column(self, expression):
        expression = expression.strip()
        if match := re.fullmatch(r"factor\((\w+)\)", expression):
            return self.data[match[1]].astype(str)
        if match := re.fullmatch(r"I\((\w+)/(\w+)\)", expression):
            return self.data[match[1]] / self.data[match[2]]
        return self.data[expression]

    def codes(self, names):
        """Code the levels of one variable, or of several crossed with the first varying fastest, as R does."""
        columns = [self.column(name).astype("category") for name in reversed(names.split("+"))]
        inside = self.domain & np.all([c.notna() for c in columns], axis=0)
        _, codes = np.unique(
            np.column_stack([c.cat.codes for c in columns])[inside], axis=0, return_inverse=True
        )
        full = np.full(len(self.data), -1)
        full[inside] = codes.ravel()
        return full, int(codes.max()) + 1


def problem(name, *, lonely="error"):
    subset = re.fullmatch(r"subset\((\w+), (.+)\)", name)
    base = subset[1] if subset else name
    spec = DESIGNS[base]["spec"]
    data = frame(spec["data"])
    if spec.get("prep") == "race as factor":
        data = data.assign(race=data["race"].astype(str))
    pick = lambda key: None if spec.get(key) is None else data[spec[key]].to_numpy()  # noqa: E731 - one line
    design = sample_design(
        pick("weights"), stratum=pick("strata"), cluster=pick("ids"), fpc=pick("fpc"),
        nest=bool(spec.get("nest")), lonely=lonely,
    )  # fmt: skip
    domain = _domain(data, subset[2]) if subset else np.ones(len(data), dtype=bool)
    return Problem(data, design, domain, subset is not None)


def _domain(data, condition):
    column, sign, value = re.fullmatch(r"([\w.]+) (==|!=|>) '?([\w.]+)'?", condition).groups()
    if sign == ">":
        return (data[column] > float(value)).to_numpy()
    same = (data[column].astype(str) == value).to_numpy()
    return same if sign == "==" else ~same & data[column].notna().to_numpy()


def means(task, variable, by=None):
    """Means of a number by group, through column totals: Ratios of length G."""
    values = task.column(variable)
    group, n_groups = task.codes(by) if by else (task.domain.astype(int) - 1, 1)
    group = np.where(values.notna(), group, -1)
    totals = column_totals(task.design, group, n_groups, np.column_stack([values, np.ones(len(values))]))
    ones = np.eye(n_groups)
    return ratio_estimates(totals, np.kron(ones, [[1, 0]]), np.kron(ones, [[0, 1]]))


def shares(task, variable, by=None):
    """Shares of the levels of a factor by group, through cell totals, levels slowest as R prints them."""
    level, n_levels = replace(task, domain=np.ones(len(task.data), bool)).codes(variable)
    group, n_groups = task.codes(by) if by else (task.domain.astype(int) - 1, 1)
    cell = np.where((level >= 0) & (group >= 0), level * n_groups + group, -1)
    totals = cell_totals(task.design, cell, n_levels * n_groups)
    over = np.eye(n_levels * n_groups)
    return ratio_estimates(totals, over, np.tile(np.eye(n_groups), (n_levels, n_levels)))


def sums(task, variables):
    """Totals of numbers, or of a factor's levels."""
    names = variables.split(" + ")
    if task.column(names[0]).dtype.kind not in "if":
        level, n_levels = task.codes(variables)
        return total_estimates(cell_totals(task.design, level, n_levels))
    values = task.data[names].to_numpy(float)
    group = np.where(~np.isnan(values).any(axis=1) & task.domain, 0, -1)
    return total_estimates(column_totals(task.design, group, 1, values))


def ratio(task, over, under, by=None):
    values = task.data[[over, under]].to_numpy(float)
    group, n_groups = task.codes(by) if by else (task.domain.astype(int) - 1, 1)
    group = np.where(np.isnan(values).any(axis=1), -1, group)
    totals = column_totals(task.design, group, n_groups, values)
    ones = np.eye(n_groups)
    return ratio_estimates(totals, np.kron(ones, [[1, 0]]), np.kron(ones, [[0, 1]]))


DESIGN = r"(subset\(\w+, [\w.]+ (?:==|!=|>) '?[\w.]+'?\)|\w+)"
FORMS = {
    "mean": re.compile(rf"svymean\(~([\w.]+|I\(.+?\)), {DESIGN}(?:, na.rm = TRUE)?\)"),
    "mean_ci": re.compile(
        rf"ciT\(svymean\(~([\w.]+), {DESIGN}(?:, na.rm = TRUE)?\), {DESIGN}(?:, ([\d.]+))?\)"
    ),
    "by": re.compile(rf"svyby\(~([\w.]+|factor\(\w+\)), ~([\w .+]+), {DESIGN}, svymean(?:, na.rm = TRUE)?\)"),
    "total": re.compile(rf"svytotal\(~([\w. +]+), {DESIGN}(?:, na.rm = TRUE)?\)"),
    "ratio": re.compile(rf"svyratio\(~([\w.]+), ~([\w.]+), {DESIGN}(?:, na.rm = TRUE)?\)"),
    "by_ratio": re.compile(
        rf"svyby\(~([\w.]+), ~(\w+), denominator = ~([\w.]+), design = {DESIGN}, svyratio(?:, na.rm = TRUE)?\)"
    ),
    "gap": re.compile(rf"gap\(~([\w.]+), ~(\w+), {DESIGN}, (\d), (\d)(?:, na.rm = TRUE)?\)"),
    "degf": re.compile(rf"structure\(list\(degf_subset = as.vector\(degf\({DESIGN}\)\).+"),
    "degf_full": re.compile(r"structure\(list\(df = as.vector\(degf\((\w+)\)\), n = .+"),
    "quantile": re.compile(
        rf"svyquantile\(~([\w.]+), {DESIGN}, (c\([\d., ]+\)|[\d.]+)(?:, ci = TRUE)?(?:, na.rm = TRUE)?\)"
    ),
    "school": re.compile(
        rf"svyquantile\(~([\w.]+), {DESIGN}, (c\([\d., ]+\)), qrule = 'school'(?:, na.rm = TRUE)?\)"
    ),
    "by_quantile": re.compile(
        rf"svyby\(~(\w+), ~(\w+), {DESIGN}, svyquantile, quantiles = .5, ci = TRUE(?:, na.rm = TRUE)?\)"
    ),
    "ciprop": re.compile(
        rf"svyciprop\(~(\w+), {DESIGN}, method = '(logit|xlogit)'(?:, level = ([\d.]+))?(?:, na.rm = TRUE)?\)"
    ),
}


def parse(case):
    """Give the form of a call and its parts, or None."""
    for form, pattern in FORMS.items():
        if match := pattern.fullmatch(case["call"]):
            return form, match.groups()
    return None


def answerable(case):
    """Whether the case is one for this package.

    It is when the call is known and the design single-stage and linearized. Left out are R's second option for
    lonely strata of a domain, and means that R was told to let missing answers through to.
    """
    spec = DESIGNS.get(case["design"], {}).get("spec", {})
    estimates = dict(case.get("result", {}).get("est", {})) if parse(case) and parse(case)[0] == "mean" else {}
    return (
        spec.get("data") is not None
        and not isinstance(spec.get("ids"), list)
        and "repweights" not in spec
        and parse(case) is not None
        and not case.get("options", {}).get("survey.adjust.domain.lonely")
        and "NA" not in estimates.values()
    )
