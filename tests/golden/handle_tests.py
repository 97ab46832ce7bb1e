"""Tests with a design: t tests and tests of tables."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from r_interpreter import handles
from r_language import NotUnderstood, Number, terms
from r_values import Closure, Scope, as_factor, numeric, scalar

from cxsurvey.numerics.classic.contingency import chi_square
from cxsurvey.numerics.comparisons.independence import independence_test
from cxsurvey.numerics.comparisons.mean_tests import mean_test, two_means_test
from cxsurvey.numerics.comparisons.rank_tests import rank_test
from cxsurvey.numerics.estimation.estimators import totals
from cxsurvey.numerics.probability.tails import t_quantile
from cxsurvey.numerics.probability.weighted_chi_squares import weighted_chi_square_p
from cxsurvey.numerics.sampling.fitted import fit
from cxsurvey.numerics.sampling.multistage import Multistage
from cxsurvey.numerics.sampling.replication import Replicated

ROUNDING = 1e-12
WHOLE = 1e-9
STATISTICS = {
    "F": "F", "Chisq": "chisq", "Wald": "wald", "adjWald": "adjusted-wald", "saddlepoint": "saddlepoint",
    "lincom": "saddlepoint",  # R without the package CompQuadForm, as it warns
}  # fmt: skip


class Tested(dict):
    """An htest: what `confint` takes its interval from."""

    def interval(self, level, _df):
        """Widen or narrow the interval of 95%; R takes no other degrees of freedom."""
        t, given = (float(t_quantile(of, self["parameter"]["df"])) for of in (level, 0.95))
        middle, low = np.mean(self["conf_int"]), self["conf_int"][0]
        return middle + np.array([-1, 1]) * (middle - low) * t / given


@handles("svyttest", "formula", "design")
def svyttest(args):
    formula, design = args["formula"], args["design"]
    scope = Scope(dict(design.frame.columns))
    y = numeric(args.r.value(formula.left, scope))
    if formula.right in {Number(0.0), Number(1.0)}:
        test, name = mean_test(design.survey, y, domain=design.domain), "mean"
        unanswered = bool(np.isnan(y[design.domain]).any())
    else:
        group = as_factor(args.r.value(formula.right, scope))
        test = two_means_test(design.survey, y, group.codes, domain=design.domain)
        name, unanswered = "difference in mean", False
    return Tested(
        statistic={"t": test.statistic}, parameter={"df": test.df}, p_value=test.p_value,
        estimate={name: test.estimate}, conf_int=[test.conf_low, test.conf_high],
        unanswered=unanswered,
    )  # fmt: skip


SCORES = {
    "wilcoxon": "wilcoxon", "KruskalWallis": "wilcoxon", "vanderWaerden": "van-der-waerden", "median": "median",
}  # fmt: skip


@handles("svyranktest", "formula", "design", "test")
def svyranktest(args):
    formula, design = args["formula"], args["design"]
    if isinstance(args.get("test"), Closure):
        raise NotUnderstood("svyranktest with a function of one's own")
    kind = scalar(args["test"]) if "test" in args else "wilcoxon"
    if kind not in SCORES:
        raise NotUnderstood(f"svyranktest with {kind}")
    scope = Scope(dict(design.frame.columns))
    y = numeric(args.r.value(formula.left, scope))
    group = as_factor(args.r.value(formula.right, scope))
    test = rank_test(design.survey, y, group.codes, domain=design.domain, score=SCORES[kind], ties="row-order")
    if np.isnan(test.difference):
        statistic, parameter = {"df": test.df}, {"Chisq": test.statistic}
    else:
        statistic, parameter = {"t": test.statistic}, {"df": test.df_denominator}
    return {
        "statistic": statistic, "parameter": parameter, "p_value": test.p_value,
        "estimate": {"difference in mean rank score": test.difference},
    }  # fmt: skip


@handles("svychisq", "formula", "design", "statistic")
def svychisq(args):
    design = args["design"]
    kind = scalar(args["statistic"]) if "statistic" in args else "F"
    if kind not in STATISTICS:
        raise NotUnderstood(f"svychisq with {kind}")
    scope = Scope(dict(design.frame.columns))
    asked = terms(args["formula"].right)
    if len(asked) != 2:
        raise NotUnderstood("svychisq of other than two variables")
    row, column = (as_factor(args.r.value(term, scope)) for term in asked)
    test = independence_test(
        design.survey, row.codes, column.codes,
        domain=design.domain, statistic=STATISTICS[kind], base=design.n, df=_clusters_less_strata(design),
    )  # fmt: skip
    statistic = "F" if kind in {"F", "Wald", "adjWald"} else "X-squared"
    parameter = {"ndf": test.df, "ddf": test.df_denominator} if statistic == "F" else {"df": test.df}
    if isinstance(design.survey, Replicated) and STATISTICS[kind] == "saddlepoint":
        test = replace(test, df_denominator=np.inf)  # R forgets the denominator
    p = _as_r_rounds(test) if STATISTICS[kind] == "saddlepoint" else test.p_value
    return {
        **_cells(design, row, column),
        "statistic": {statistic: test.statistic}, "parameter": parameter, "p_value": p,
        "whole_denominator": bool(np.isclose(test.df_denominator % 1, [0, 1], rtol=0, atol=WHOLE).any()),
        "empty_level": any(_empties(factor, design.domain) for factor in (row, column)),
    }  # fmt: skip


def _clusters_less_strata(design):
    """Count as R does for these tests: clusters whose members all have a weight of 0 as well."""
    if not isinstance(design.survey, Multistage):
        return None
    alike = replace(design.survey, weights=np.ones(design.frame.n))
    return alike.degrees_of_freedom(design.domain)


def _cells(design, row, column):
    """Give the weighted table blown to the respondents in the domain, what independence expects, residuals."""
    cell = row.codes * len(column.levels) + column.codes
    known = design.domain & (row.codes >= 0) & (column.codes >= 0)
    size = len(row.levels) * len(column.levels)
    counts = fit(design.survey, totals(cell[:, None] == np.arange(size), domain=known)).estimate
    if not counts.sum() > 0:
        return {}
    shape = len(row.levels), len(column.levels)
    observed = counts.reshape(shape) / counts.sum() * design.n
    if 0 in {*observed.sum(axis=0), *observed.sum(axis=1)}:
        return {"observed": observed}
    found = chi_square(observed)
    return {
        "observed": observed, "expected": found.expected, "residuals": found.residuals,
        "stdres": found.standardized,
    }  # fmt: skip


def _as_r_rounds(test):
    """Give the saddlepoint tail for the whole number of denominator degrees of freedom that R counts out.

    R writes the weight of the denominator, X² over its degrees of freedom, down once for each of them.
    """
    whole = np.floor(test.df_denominator * (1 + ROUNDING)) if np.isfinite(test.df_denominator) else np.inf
    if np.isinf(whole):
        return weighted_chi_square_p(test.pearson, test.design_effects)
    scaled = test.pearson * whole / test.df_denominator
    return weighted_chi_square_p(scaled, test.design_effects, df_denominator=whole)


def _empties(factor, domain):
    return len(set(factor.codes[domain].tolist()) - {-1}) < len(factor.levels)
