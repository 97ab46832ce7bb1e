"""Intervals, tails and effect sizes against R, statsmodels, published examples and closed forms."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from r_goldens import DATA, golden, means, parse, problem

from cxsurvey.errors import RequestError
from cxsurvey.numerics.tables.inference import (
    clopper_pearson,
    cohen_d,
    cohen_h,
    logit_interval,
    newcombe,
    normal_quantile,
    normal_two_sided_p,
    share_intervals,
    t_quantile,
    t_two_sided_p,
    two_proportion_z,
    wilson,
)
from cxsurvey.numerics.tables.totals import domain_df


@golden("ciprop", "ciprop_90", "domain_ciprop", "nhanes", forms={"ciprop"})
def test_logit_interval_against_r(case):
    variable, name, method, level = parse(case)[1]
    task = problem(name)
    ours = means(task, variable)
    result = case["result"]
    if result["se"] == 0:  # every answer the same: R prints limits of a fit that did not converge
        assert np.isnan(logit_interval(ours.estimate, ours.std_error, ours.df, 0.95).low)
        return
    # R counts the domain before it leaves out respondents without an answer.
    df = domain_df(task.design, task.domain) if task.is_subset else task.design.df
    interval = logit_interval(ours.estimate, ours.std_error, df, float(level or 0.95))
    # 'logit' is an iterated fit in R, which stops at 1e-6; 'xlogit' is the formula itself.
    tolerance = 1e-6 if method == "logit" else 1e-10
    np.testing.assert_allclose([interval.low[0], interval.high[0]], result["ci"], rtol=tolerance)


@golden("classic_prop2")
def test_two_proportions_against_r(case):
    result = case["result"]
    (x1, x2), (n1, n2) = result["x"], result["n"]
    test = two_proportion_z(x1, n1, x2, n2)
    np.testing.assert_allclose(test.statistic, float(result["z_pooled"]), rtol=1e-12)
    np.testing.assert_allclose(test.p_value, float(result["p_pooled"]), rtol=1e-10)
    np.testing.assert_allclose(cohen_h(x1 / n1, x2 / n2), result["cohens_h"], rtol=1e-12)
    for ours, theirs in [
        (wilson(x1 / n1, n1, 0.95), result["wilson1"]),
        (wilson(x2 / n2, n2, 0.95), result["wilson2"]),
        (clopper_pearson(x1 / n1, n1, 0.95), result["clopper1"]),
        (newcombe(x1 / n1, n1, x2 / n2, n2, 0.95), result["newcombe_ci"]),
    ]:
        # 1e-9 comes with the goldens for these intervals; the absolute part is for limits of 0.
        np.testing.assert_allclose([ours.low, ours.high], theirs, rtol=1e-9, atol=1e-12)


@golden("classic_cohen_d")
def test_cohen_d_against_r(case):
    data = pd.read_csv(DATA / "bfi.csv")
    groups = [data.loc[data["gender"] == code, "A2"].dropna() for code in (1, 2)]
    (m1, s1, n1), (m2, s2, n2) = [(g.mean(), g.std(), len(g)) for g in groups]
    assert [n1, n2] == case["result"]["n"]
    np.testing.assert_allclose(cohen_d(m1 - m2, s1, n1, s2, n2), case["result"]["d"], rtol=1e-10)


def test_part_against_rest_example():
    """Displayr's example: 50 of 100 young against 70 of the other 200, z = 2.500, p = .0124."""
    result = two_proportion_z(50, 100, 70, 200)
    assert result.statistic == pytest.approx(2.5, abs=5e-4)
    assert result.p_value == pytest.approx(0.0124, abs=5e-5)
    naive = two_proportion_z(50, 100, 120, 300)
    assert naive.statistic == pytest.approx(1.752, abs=5e-4)


def test_margins_of_the_leaders():
    """17% of 1,095 is ±2.2 points; half of 186 leaders ±7.2 points (simple sample, normal)."""
    z = normal_quantile(0.95)
    assert z * math.sqrt(0.17 * 0.83 / 1095) == pytest.approx(0.022, abs=5e-4)
    assert z * math.sqrt(0.25 / 186) == pytest.approx(0.072, abs=5e-4)


@pytest.mark.parametrize("z", [5.0, 20.0, 37.5])
def test_normal_tail_does_not_underflow(z):
    """Against the first terms of the asymptotic series of Mills' ratio."""
    series = 1 - 1 / z**2 + 3 / z**4 - 15 / z**6 + 105 / z**8
    log_p = math.log(2 / (z * math.sqrt(2 * math.pi))) - z**2 / 2 + math.log(series)
    assert math.log(float(normal_two_sided_p(z))) == pytest.approx(log_p, abs=1e-3)


@pytest.mark.parametrize("t", [3.0, 50.0, 1e20, 1e100])
def test_t_tail_does_not_underflow(t):
    """With 1 and 2 degrees of freedom the tail has a closed form: 2/π atan(1/t) and 1 - t/√(t²+2)."""
    assert float(t_two_sided_p(t, 1)) == pytest.approx(2 / math.pi * math.atan(1 / t), rel=1e-12)
    closed = 2 / (math.sqrt(t * t + 2) * (math.sqrt(t * t + 2) + t))
    assert float(t_two_sided_p(t, 2)) == pytest.approx(closed, rel=1e-12)


@given(df=st.floats(0.5, 1e6), level=st.floats(0.5, 0.9999))
@settings(deadline=None, max_examples=50)
def test_quantile_and_tail_are_inverse(df, level):
    assert float(t_two_sided_p(t_quantile(level, df), df)) == pytest.approx(1 - level, rel=1e-7)


def test_t_with_infinite_or_no_degrees_of_freedom():
    assert t_two_sided_p([2.0], np.inf) == normal_two_sided_p([2.0])
    assert np.isnan(t_two_sided_p(2.0, 0))
    assert np.isnan(t_quantile(0.95, [0.0, -1.0, np.nan])).all()
    assert t_two_sided_p(np.inf, 5) == 0
    assert np.isnan(t_two_sided_p(np.nan, 5))


@given(n=st.integers(1, 500), x=st.integers(0, 500), level=st.sampled_from([0.8, 0.95, 0.99]))
@settings(deadline=None, max_examples=80)
def test_intervals_hold_the_share_and_mirror(n, x, level):
    p = min(x, n) / n
    for interval in (wilson, clopper_pearson):
        ours, mirrored = interval(p, n, level), interval(1 - p, n, level)
        assert 0 <= ours.low <= p <= ours.high <= 1
        assert 1 - float(mirrored.high) == pytest.approx(float(ours.low), abs=1e-9)
    assert clopper_pearson(p, n, level).low <= p


def test_clopper_pearson_between_whole_bases():
    below, between, above = (float(clopper_pearson(0.0, n, 0.95).high) for n in (20, 20.5, 21))
    assert above < between < below


def test_house_rule_for_shares():
    zeros = np.zeros(4)
    simple = share_intervals(
        [0.3, 0.0, 1.0, np.nan], zeros, [50, 50, 50, 0], [50, 50, 50, np.nan], [49] * 4, simple=True
    )
    assert simple.method.tolist() == ["wilson", "exact", "exact", ""]
    assert simple.high[1] == pytest.approx(1 - 0.025 ** (1 / 50))
    assert simple.low[2] == pytest.approx(0.025 ** (1 / 50))
    assert np.isnan(simple.low[3])
    design = share_intervals([0.3, 1 - 1e-16], [0.05, 0.0], [50, 50], [33.3, 33.3], [20, 20], simple=False)
    assert design.method.tolist() == ["logit", "exact"]
    assert design.low[1] == pytest.approx(0.025 ** (1 / 33.3))


def test_nothing_to_compare_is_nan():
    assert np.isnan(two_proportion_z(0, 10, 0, 10).p_value)
    assert np.isnan(two_proportion_z(0, 0, 1, 10).p_value)
    assert np.isnan(wilson(np.nan, 0, 0.95).low)
    assert np.isnan(newcombe(0.5, 10, np.nan, 0, 0.95).high)
    assert np.isnan(cohen_d(1.0, 0.0, 5, 0.0, 5))
    assert np.isnan(cohen_d(1.0, 1.0, 1, 1.0, 1))


@pytest.mark.parametrize("level", [0, 1, 95, -0.5, np.nan])
def test_a_level_is_a_fraction(level):
    with pytest.raises(RequestError, match="not-a-fraction"):
        t_quantile(level, 5)
