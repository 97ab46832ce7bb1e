"""Intervals of shares by six methods, quantiles by rule and their intervals, and Hommel's adjustment."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import betaincinv, rel_entr
from statsmodels.stats.multitest import multipletests
from test_multistage import designed, samples

from cxsurvey.errors import DataFault, RequestError
from cxsurvey.numerics.estimation.design_quantiles import design_quantiles
from cxsurvey.numerics.estimation.quantile_rules import quantiles_by_rule
from cxsurvey.numerics.estimation.share_intervals import design_share_intervals
from cxsurvey.numerics.probability.hommel import hommel_p
from cxsurvey.numerics.probability.tails import t_quantile
from cxsurvey.numerics.sampling.multistage import multistage_design
from cxsurvey.numerics.tables.quantiles import quantile_estimates
from cxsurvey.numerics.tables.totals import sample_design

METHODS = ["logit", "likelihood", "asin", "beta", "mean", "xlogit"]
NUMPY_NAMES = {
    "hf1": "inverted_cdf", "hf2": "averaged_inverted_cdf", "hf4": "interpolated_inverted_cdf", "hf5": "hazen",
    "hf6": "weibull", "hf7": "linear", "hf8": "median_unbiased", "hf9": "normal_unbiased",
}  # fmt: skip


@settings(deadline=None, max_examples=60)
@given(
    p=st.floats(0.02, 0.98), deff=st.floats(0.5, 3), n=st.integers(30, 2000), df=st.integers(3, 500),
    method=st.sampled_from(METHODS),
)  # fmt: skip
def test_intervals_hold_the_share_and_widen_with_the_level(p, deff, n, df, method):
    se = np.sqrt(deff * p * (1 - p) / n)
    narrow, wide = (design_share_intervals(p, se, df, n=n, method=method, level=level) for level in (0.8, 0.99))
    assert wide.low[0] <= narrow.low[0] < p < narrow.high[0] <= wide.high[0]
    if method not in {"mean", "asin"}:
        assert 0 < wide.low[0] < wide.high[0] <= 1


@settings(deadline=None, max_examples=40)
@given(p=st.floats(0.01, 0.99), n=st.integers(20, 2000), df=st.integers(3, 500))
def test_likelihood_limits_solve_their_equation(p, n, df):
    se = np.sqrt(1.7 * p * (1 - p) / n)
    limits = design_share_intervals(p, se, df, n=n, method="likelihood")
    wanted = float(t_quantile(0.95, df)) ** 2 * n / (n - 1)
    for q in (limits.low[0], limits.high[0]):
        if min(q, 1 - q) < 1e-9:  # so near to the end of the scale a double has few digits left
            continue
        deviance = 2 * (p * (1 - p) / se**2) * (rel_entr(p, q) + rel_entr(1 - p, 1 - q))
        assert deviance == pytest.approx(wanted, rel=1e-6)


def test_methods_agree_in_large_samples():
    limits = [design_share_intervals(0.4, 0.001, 10_000, n=240_000, method=method) for method in METHODS]
    for found in limits:
        assert found.low[0] == pytest.approx(limits[0].low[0], abs=5e-6)
        assert found.high[0] == pytest.approx(limits[0].high[0], abs=5e-6)


def test_beta_with_and_without_truncation():
    """One share (sw of apistrat): [.7742, .8734] by R survey 4.1-1, [.7684, .8775] truncated, by svy."""
    given = {"p": 0.827948011415824, "std_error": 0.0243447801130748, "df": 197, "n": 200, "method": "beta"}
    free, cut = design_share_intervals(**given), design_share_intervals(**given, truncate=True)
    free, cut = (np.round([limits.low[0], limits.high[0]], 4).tolist() for limits in (free, cut))
    assert (free, cut) == ([0.7742, 0.8734], [0.7684, 0.8775])


def test_beta_of_a_simple_sample_is_clopper_pearson():
    n, x = 50, 15
    p = x / n
    limits = design_share_intervals(p, np.sqrt(p * (1 - p) / n), n - 1, n=n, method="beta")
    assert limits.low[0] == pytest.approx(betaincinv(x, n - x + 1, 0.025), rel=1e-12)
    assert limits.high[0] == pytest.approx(betaincinv(x + 1, n - x, 0.975), rel=1e-12)


@pytest.mark.parametrize("method", METHODS)
def test_shares_of_0_and_1_have_the_exact_interval(method):
    limits = design_share_intervals([0, 1], [0, 0], 20, n=50, method=method)
    assert limits.low.tolist() == pytest.approx([0, 0.025 ** (1 / 50)], rel=1e-12)
    assert limits.high.tolist() == pytest.approx([1 - 0.025 ** (1 / 50), 1], rel=1e-12)
    formula = design_share_intervals([0, 1], [0, 0], 20, n=50, method=method, at_edge="formula")
    expected = [0, 1] if method in {"mean", "logit"} else [np.nan, np.nan]
    np.testing.assert_array_equal(formula.low, expected)
    np.testing.assert_array_equal(formula.high, expected)


@pytest.mark.parametrize("method", METHODS)
def test_no_degrees_of_freedom_give_no_interval(method):
    limits = design_share_intervals(0.4, 0.1, 0, n=50, method=method)
    assert np.isnan([limits.low[0], limits.high[0]]).all()


@pytest.mark.parametrize("rule", NUMPY_NAMES)
@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 10_000), n=st.integers(1, 25), weight=st.floats(0.1, 100))
def test_rules_with_equal_weights_are_those_of_numpy(rule, seed, n, weight):
    y = np.random.default_rng(seed).normal(size=n)
    p = np.array([0, 0.01, 0.213, 0.377, 0.5, 0.618, 0.81, 0.987, 1])
    found = quantiles_by_rule(y, np.full(n, weight), p, rule=rule)
    np.testing.assert_allclose(found, np.quantile(y, p, method=NUMPY_NAMES[rule]), rtol=1e-9, atol=1e-12)


@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 10_000), n=st.integers(1, 25), p=st.floats(0, 1))
def test_hf3_is_the_nearest_observation(seed, n, p):
    y = np.sort(np.random.default_rng(seed).normal(size=n))
    found = quantiles_by_rule(y, np.ones(n), p, rule="hf3")[0]
    apart = np.abs(np.arange(1, n + 1) - n * p)
    assert apart[np.flatnonzero(y == found)[0]] <= apart.min() + 1e-9


def test_hf3_takes_the_even_one_of_two():
    """Hyndman and Fan 1996, definition 3: half way between two, the even order statistic."""
    y = [10.0, 20, 30, 40]
    assert quantiles_by_rule(y, np.ones(4), [0.375, 0.625, 0.875], rule="hf3").tolist() == [20, 20, 40]


@pytest.mark.parametrize("rule", ["math", "school", "hf3"])
@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 10_000))
def test_a_weight_of_three_is_three_respondents(rule, seed):
    rng = np.random.default_rng(seed)
    y, w = rng.integers(0, 6, 12).astype(float), rng.integers(1, 4, 12)
    p = [0.1, 0.25, 0.5, 0.9]
    once, thrice = (
        quantiles_by_rule(y, w, p, rule=rule),
        quantiles_by_rule(np.repeat(y, w), np.ones(w.sum()), p, rule=rule),
    )
    np.testing.assert_array_equal(once, thrice)


def test_quantiles_of_nobody_and_of_one():
    assert np.isnan(quantiles_by_rule([np.nan], [1], 0.5)).all()
    assert np.isnan(quantiles_by_rule([1.0], [1], [np.nan])).all()
    for rule in [*NUMPY_NAMES, "hf3", "math", "school"]:
        assert quantiles_by_rule([3.0], [2], [0, 0.5, 1], rule=rule).tolist() == [3, 3, 3]


@settings(deadline=None, max_examples=25)
@given(data=samples())
def test_quantiles_of_one_stage_are_those_of_the_one_stage_path(data):
    plain = sample_design(data["weights"], stratum=data["stratum"], cluster=data["cluster"])
    y = data["y"].round(1)
    expected = quantile_estimates(plain, np.zeros(len(y), dtype=int), 1, y)
    found = design_quantiles(designed(data), y, 0.5)
    np.testing.assert_array_equal(found.estimate, expected.estimate)
    if y.min() < y.max():
        np.testing.assert_array_equal(found.conf_low, expected.conf_low)
        np.testing.assert_array_equal(found.conf_high, expected.conf_high)
        np.testing.assert_allclose(found.std_error, expected.std_error, rtol=1e-12)
    assert (found.df, found.n) == (expected.df[0], expected.n[0])


@pytest.mark.parametrize("method", ["mean", "beta", "xlogit", "score"])
def test_quantile_intervals_hold_the_quantile(method):
    y = np.random.default_rng(3).normal(size=200)
    found = design_quantiles(multistage_design(np.ones(200)), y, [0.25, 0.5], method=method)
    assert (found.conf_low < found.estimate).all()
    assert (found.estimate < found.conf_high).all()
    # The binomial limits of the order statistics of 200: about 14 ranks either side of the median.
    ranks = np.searchsorted(np.sort(y), [found.conf_low[1], found.conf_high[1]])
    assert np.abs(ranks - 100).tolist() == pytest.approx([14, 14], abs=2)


def test_score_limits_are_where_the_test_turns():
    y = np.arange(60.0)
    design = multistage_design(np.ones(60))
    found = design_quantiles(design, y, 0.5, method="score")
    t = float(t_quantile(0.95, 59))

    def statistic(value):
        share = (y <= value).mean()
        return (share - 0.5) / np.sqrt(60 / 59 * share * (1 - share) / 60)

    low, high = found.conf_low[0], found.conf_high[0]
    assert statistic(low - 1) < -t <= statistic(low)
    assert statistic(high - 1) <= t < statistic(high)


@pytest.mark.parametrize("method", ["mean", "score"])
def test_quantiles_of_an_empty_domain_are_unknown(method):
    found = design_quantiles(
        multistage_design(np.ones(3)), [1.0, 2, np.nan], 0.5, domain=[0, 0, 1], method=method
    )
    assert np.isnan([found.estimate, found.conf_low, found.conf_high, found.std_error]).all()
    assert (found.df, found.n) == (0, 0)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_hommel_is_that_of_statsmodels(p):
    np.testing.assert_allclose(hommel_p(p), multipletests(p, method="hommel")[1], rtol=1e-12, atol=1e-15)


def test_hommel_leaves_out_tests_that_were_not_made():
    assert hommel_p([0.01, np.nan, 0.2]).tolist() == [0.02, pytest.approx(np.nan, nan_ok=True), 0.2]
    assert hommel_p([]).tolist() == []


@pytest.mark.parametrize(
    ("call", "kind", "code"),
    [
        (lambda: design_share_intervals(0.5, 0.1, 9, n=9, method="wald"), RequestError, "unknown-option"),
        (lambda: design_share_intervals(0.5, 0.1, 9, n=9, at_edge="none"), RequestError, "unknown-option"),
        (lambda: design_share_intervals(0.5, 0.1, 9, n=9, level=95), RequestError, "not-a-fraction"),
        (lambda: quantiles_by_rule([1.0], [1], 0.5, rule="hf10"), RequestError, "unknown-option"),
        (lambda: quantiles_by_rule([1.0], [1], 50), RequestError, "not-a-fraction"),
        (lambda: quantiles_by_rule([1.0], [1, 1], 0.5), RequestError, "array-shape"),
        (
            lambda: design_quantiles(multistage_design([1, 1]), [1.0, 2], 0.5, method="q"),
            RequestError,
            "unknown-option",
        ),
        (lambda: design_quantiles(multistage_design([1, 1]), [1.0], 0.5), RequestError, "array-shape"),
        (lambda: hommel_p([1.2]), DataFault, "not-a-p-value"),
    ],
)
def test_what_makes_no_sense_is_refused(call, kind, code):
    with pytest.raises(kind) as caught:
        call()
    assert caught.value.code == code


@pytest.mark.parametrize("method", ["mean", "beta", "xlogit", "asin", "score"])
def test_one_answer_only_has_no_error(method):
    found = design_quantiles(multistage_design(np.ones(9)), np.full(9, 4.0), [0.2, 0.5], method=method)
    assert found.conf_low.tolist() == found.conf_high.tolist() == found.estimate.tolist() == [4.0, 4.0]
    assert found.std_error.tolist() == [0.0, 0.0]


def test_nobody_has_no_quantile():
    found = design_quantiles(multistage_design(np.ones(4)), np.full(4, np.nan), 0.5)
    assert np.isnan([found.estimate[0], found.conf_low[0], found.conf_high[0], found.std_error[0]]).all()


def test_degrees_of_freedom_of_quantiles_may_be_given():
    design, values = multistage_design(np.ones(60)), np.arange(60.0)
    own, told, few = (design_quantiles(design, values, [0.3, 0.5], df=df) for df in (None, 59, 3))
    assert (told.conf_low.tolist(), told.std_error.tolist()) == (own.conf_low.tolist(), own.std_error.tolist())
    assert (few.conf_high - few.conf_low > own.conf_high - own.conf_low).all()
    assert few.df == 3
