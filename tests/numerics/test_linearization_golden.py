"""Means, shares, totals, ratios, gaps and degrees of freedom against R's survey package.

The tolerance is relative 1e-10, the one that comes with the goldens: both sides are sums in double precision of
a few hundred terms, printed with 15 digits. The absolute part covers values that are zero up to rounding.
"""

import numpy as np
import pytest
from r_goldens import golden, means, parse, problem, ratio, shares, sums

from cxsurvey.errors import DataFault
from cxsurvey.numerics.tables.inference import t_interval, t_two_sided_p
from cxsurvey.numerics.tables.totals import domain_df, group_df
from cxsurvey.numerics.tables.variance import contrast, linear_contrasts


def close(ours, theirs):
    expected = np.atleast_1d(np.asarray(theirs, dtype=float)).ravel()
    scale = np.abs(expected[np.isfinite(expected)]).max(initial=0.0)
    np.testing.assert_allclose(np.ravel(ours), expected, rtol=1e-10, atol=1e-12 * max(scale, 1))


def estimates(form, parts, lonely):
    if form in {"mean", "mean_ci"}:
        task = problem(parts[1], lonely=lonely)
        kind = means if task.column(parts[0]).dtype.kind in "if" else shares
        return task, kind(task, parts[0])
    if form == "by":
        task = problem(parts[2], lonely=lonely)
        kind = means if task.column(parts[0]).dtype.kind in "if" else shares
        return task, kind(task, parts[0], parts[1])
    if form == "total":
        task = problem(parts[1], lonely=lonely)
        return task, sums(task, parts[0])
    if form == "ratio":
        task = problem(parts[2], lonely=lonely)
        return task, ratio(task, parts[0], parts[1])
    assert form == "by_ratio"
    task = problem(parts[3], lonely=lonely)
    return task, ratio(task, parts[0], parts[2], by=parts[1])


def lonely_rule(case):
    rule = case.get("options", {}).get("survey.lonely.psu", "fail")
    return "error" if rule == "fail" else rule


@golden(
    "mean", "mean_ci_t", "prop", "prop_ci_t", "total", "ratio", "by_ratio", "by_mean", "by_prop_column",
    "domain",
    "domain_by", "domain_prop", "domain_total", "nhanes", "fpc_doc", "crowd_lonely", "trap_lonely",
    "trap_lonely_domain", "trap_zero", "trap_unused_level", "multi_response",
    forms={"mean", "mean_ci", "by", "total", "ratio", "by_ratio"},
)  # fmt: skip
def test_estimates(case):
    form, parts = parse(case)
    if case.get("error"):
        with pytest.raises(DataFault, match="lonely-stratum"):
            estimates(form, parts, lonely_rule(case))
        return
    result = case["result"]
    task, ours = estimates(form, parts, lonely_rule(case))
    if case["call"].endswith("'nothing'))"):
        assert np.isnan(ours.estimate).all()  # R gives 0 for an empty domain
        assert np.isnan(ours.std_error).all()
        return
    close(ours.estimate, result["ratio"]["values"] if form == "ratio" else list(result["est"].values()))
    if form == "mean_ci":
        limits = np.array(result["ci_t"]["values"])
        interval = t_interval(ours.estimate, ours.std_error, result["df"], result["level"])
        close(np.column_stack([interval.low, interval.high]), limits)
        assert result["df"] == (ours.df[0] if task.is_subset else task.design.df)
    else:
        close(ours.std_error, result["se"]["values"] if form == "ratio" else result["se"])
    if "vcov" in result:
        close(ours.covariance, result["vcov"]["values"])


@golden("gap", "item_gap", "multi_response", "nhanes", forms={"gap"})
def test_gap(case):
    variable, by, name, i, j = parse(case)[1]
    task = problem(name)
    ratios = means(task, variable, by)
    a, b = int(i) - 1, int(j) - 1
    gap = contrast(ratios, [a], [b])
    result = case["result"]
    close(gap.estimate, result["diff"])
    close(gap.std_error, result["se"])
    close(ratios.covariance[a, b], result["cov"])
    close(t_two_sided_p(gap.estimate / gap.std_error, task.design.df), result["p_t"])
    row = np.zeros((1, len(ratios.estimate)))
    row[0, [a, b]] = 1, -1
    general = linear_contrasts(ratios.estimate, ratios.covariance, row)
    close(general.std_error, result["se"])


@golden("degf", "domain_degf", forms={"degf", "degf_full"})
def test_degrees_of_freedom(case):
    form, parts = parse(case)
    result = case["result"]
    task = problem(parts[0])
    if form == "degf_full":
        assert task.design.df == result["df"]
        assert task.design.n == result["n"]
        return
    assert domain_df(task.design, task.domain) == result["degf_subset"]
    assert task.design.df == result["degf_full"]
    assert group_df(task.design, task.domain.astype(int), 2)[1, 1] == result["degf_subset"]
