"""Tests of terms and adjusted gaps: what they are without a design, raw gaps, derivatives, refusals."""

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st

from cxsurvey.errors import DataFault, RequestError
from cxsurvey.numerics.estimation.estimators import by_group, means
from cxsurvey.numerics.models.generalized_linear import generalized_linear
from cxsurvey.numerics.models.marginal_effects import average_gap, average_shares
from cxsurvey.numerics.models.ordinal_models import proportional_odds
from cxsurvey.numerics.models.predictors import Factor, Number, predictors
from cxsurvey.numerics.models.regression import regression
from cxsurvey.numerics.models.term_tests import likelihood_ratio_term_test, wald_term_test
from cxsurvey.numerics.sampling.fitted import fit
from cxsurvey.numerics.sampling.multistage import multistage_design
from cxsurvey.numerics.sampling.replicate_weights import jackknife

SIZES = ("small", "medium", "large")
TOP = np.array([False, False, True, True])


def sample(seed=13, n=160):
    rng = np.random.default_rng(seed)
    x, size = rng.normal(0, 1, n), rng.integers(0, 3, n)
    code = np.digitize(0.7 * x + 0.6 * (size == 1) + rng.logistic(0, 1, n), [-1.0, 0.3, 1.5])
    return code, x, size, rng.uniform(0.5, 3, n), rng.integers(0, 20, n)


CODE, X, SIZE, W, CLUSTERS = sample()
N = len(X)
DESIGN = multistage_design(W, clusters=[CLUSTERS])


def model_of(kind, code=CODE, x=X, size=SIZE, *, baseline=0, alone=False):
    given_here = [Factor("size", size, SIZES, baseline), *([] if alone else [Number("x", x)])]
    if kind == "ordinal":
        return proportional_odds(code, predictors(given_here, constant=False)), TOP
    outcome = code.astype(float) if kind in {"linear", "poisson"} else code > 1
    return generalized_linear(outcome, predictors(given_here), family=kind), None


KINDS = ("linear", "logit", "probit", "poisson", "ordinal")


def test_one_coefficient_is_tested_by_its_t():
    for kind in KINDS:
        model, _ = model_of(kind)
        test, found = wald_term_test(DESIGN, model, "x"), regression(DESIGN, model)
        place = found.names.index("x")
        assert test.statistic == pytest.approx(found.statistic[place] ** 2, rel=1e-9)
        assert test.p_value == pytest.approx(found.p_value[place], rel=1e-9)
        assert (test.df, test.df_denominator) == (1, found.df_residual)


def test_f_of_a_line_is_the_wald_test_of_statsmodels():
    model, _ = model_of("linear")
    theirs = sm.WLS(model.outcome, model.predictors.columns, weights=W).fit(cov_type="HC0", use_t=True)
    expected = theirs.f_test(np.eye(4)[[1, 2]]).fvalue * (N - 1) / N
    test = wald_term_test(multistage_design(W), model, "size")
    assert test.statistic == pytest.approx(float(expected), rel=1e-10)
    assert (test.df, test.df_denominator) == (2, N - 4)


@pytest.mark.parametrize("test_of", [wald_term_test, likelihood_ratio_term_test])
@pytest.mark.parametrize("kind", ["logit", "poisson", "ordinal"])
def test_the_test_does_not_depend_on_the_baseline_or_the_scale_of_weights(test_of, kind):
    one = test_of(DESIGN, model_of(kind)[0], "size")
    other = test_of(multistage_design(7 * W, clusters=[CLUSTERS]), model_of(kind, baseline=2)[0], "size")
    assert other.statistic == pytest.approx(one.statistic, rel=1e-6)
    assert other.p_value == pytest.approx(one.p_value, rel=1e-6)
    np.testing.assert_allclose(other.design_effects, one.design_effects, rtol=1e-6)


def test_the_likelihood_ratio_of_a_table_is_g_squared():
    model, _ = model_of("logit", alone=True)
    test = likelihood_ratio_term_test(multistage_design(np.ones(N)), model, "size")
    table = np.array([[((s == SIZE) & (yes == (CODE > 1))).sum() for yes in (0, 1)] for s in range(3)])
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / N
    assert test.statistic == pytest.approx(2 * (table * np.log(table / expected)).sum(), rel=1e-10)
    np.testing.assert_allclose(test.design_effects, N / (N - 1), rtol=1e-6)  # information a step before the end


def test_clusters_that_repeat_respondents_multiply_the_design_effects():
    """Four copies of everybody in a cluster: four times the deviance, and four times the design effects."""
    rows = np.repeat(np.arange(N), 4)
    once = likelihood_ratio_term_test(multistage_design(np.ones(N)), model_of("logit")[0], "size")
    copied = model_of("logit", CODE[rows], X[rows], SIZE[rows])[0]
    four = likelihood_ratio_term_test(multistage_design(np.ones(4 * N), clusters=[rows]), copied, "size")
    assert four.statistic == pytest.approx(4 * once.statistic, rel=1e-8)
    np.testing.assert_allclose(four.design_effects, 4 * once.design_effects, rtol=1e-6)
    assert four.p_value == pytest.approx(once.p_value, rel=1e-6)


def test_several_predictors_together_are_the_whole_model():
    """Their order and a second mention change nothing; all of them leave the constant alone."""
    model, _ = model_of("logit")
    one = likelihood_ratio_term_test(DESIGN, model, "size", "x")
    other = likelihood_ratio_term_test(DESIGN, model, "x", "size", "x")
    assert (one.df, one.statistic, one.p_value) == pytest.approx(
        (other.df, other.statistic, other.p_value), rel=1e-9
    )
    constant = predictors([], domain=np.ones(N))
    nothing = generalized_linear(model.outcome, constant, family="logit").solve(W).deviance
    assert one.statistic == pytest.approx(nothing - model.solve(W).deviance, rel=1e-10)
    f, again = wald_term_test(DESIGN, model, "size", "x"), wald_term_test(DESIGN, model, "x", "size")
    assert (f.df, f.statistic) == pytest.approx((3, again.statistic), rel=1e-9)


def test_too_few_clusters_leave_no_test():
    few = multistage_design(W, clusters=[np.arange(N) % 2])
    for test_of in (wald_term_test, likelihood_ratio_term_test):
        assert np.isnan(test_of(few, model_of("logit")[0], "size").p_value)
    assert np.isnan(wald_term_test(few, model_of("logit")[0], "size").statistic)


@pytest.mark.parametrize("kind", ["linear", "logit", "poisson", "probit"])
@pytest.mark.parametrize("replicated", [False, True])
def test_with_the_groups_alone_the_gap_is_the_raw_one(kind, replicated):
    """The probit's information is expected; for groups alone that makes no difference."""
    design = jackknife(DESIGN) if replicated else DESIGN
    model, _ = model_of(kind, alone=True)
    found = average_gap(design, model, "size", a="medium", b="small")
    raw = fit(design, by_group(means(model.outcome), SIZE, 3)).contrasts([[-1, 1, 0]])
    assert found.gap == pytest.approx(raw.estimate[0], rel=1e-8)
    assert found.std_error == pytest.approx(np.sqrt(raw.covariance[0, 0]), rel=1e-6)


def test_the_adjusted_gap_of_a_line_is_its_coefficient():
    model, _ = model_of("linear")
    found, fitted = average_gap(DESIGN, model, "size", a="large", b="small"), regression(DESIGN, model)
    assert found.gap == pytest.approx(fitted.fitted.estimate[2], rel=1e-10)
    assert found.std_error == pytest.approx(fitted.fitted.std_error[2], rel=1e-9)
    assert (found.df, found.n) == (fitted.df_residual, N)
    assert found.p_value == pytest.approx(fitted.p_value[2], rel=1e-8)
    assert (found.conf_low, found.conf_high) == pytest.approx(
        (fitted.interval().low[2], fitted.interval().high[2]), rel=1e-8
    )


def test_the_adjusted_gap_of_a_logit_is_the_average_discrete_change_of_statsmodels():
    rows = predictors([Factor("size", np.minimum(SIZE, 1), SIZES[:2]), Number("x", X)])
    theirs = sm.Logit(CODE > 1, rows.columns).fit(disp=0, tol=1e-12).get_margeff(at="overall", dummy=True)
    model = generalized_linear(CODE > 1, rows, family="logit")
    found = average_gap(multistage_design(np.ones(N)), model, "size", a="medium", b="small")
    assert found.gap == pytest.approx(theirs.margeff[0], rel=1e-7)


@pytest.mark.parametrize("kind", ["linear", "logit", "poisson", "ordinal"])
def test_influence_of_adjusted_shares_is_the_weight_times_the_derivative(kind):
    model, responses = model_of(kind)
    estimator = average_shares(model, "size", responses=responses)
    influence = estimator.influence(W)
    for i in range(0, N, 9):
        step = np.zeros(N)
        step[i] = 1e-4 * W[i]
        slope = (estimator.at(W + step) - estimator.at(W - step)) / 2e-4
        np.testing.assert_allclose(influence[i], slope, atol=1e-6)
    np.testing.assert_allclose(influence.sum(axis=0), 0, atol=1e-8)
    assert estimator.members.all()


@settings(deadline=None, max_examples=20)
@given(
    seed=st.integers(0, 10**6),
    kind=st.sampled_from(KINDS),
    baseline=st.integers(0, 2),
    scale=st.floats(0.01, 100),
)
def test_gaps_keep_their_size_whatever_the_baseline_the_order_and_the_scale(seed, kind, baseline, scale):
    code, x, size, w, cluster = sample(seed)
    order = np.random.default_rng(seed).permutation(len(x))
    one, responses = model_of(kind, code, x, size)
    other, _ = model_of(kind, code[order], x[order], size[order], baseline=baseline)
    design = multistage_design(w, clusters=[cluster])
    again = multistage_design(scale * w[order], clusters=[cluster[order]])
    a_b = average_gap(design, one, "size", a="large", b="medium", responses=responses)
    b_a = average_gap(again, other, "size", a="medium", b="large", responses=responses)
    assert b_a.gap == pytest.approx(-a_b.gap, rel=1e-5, abs=1e-7)
    assert b_a.std_error == pytest.approx(a_b.std_error, rel=1e-5)
    assert a_b.estimate_a - a_b.estimate_b == pytest.approx(a_b.gap, abs=1e-12)
    assert a_b.conf_low < a_b.gap < a_b.conf_high


@pytest.mark.parametrize("kind", KINDS)
def test_a_group_with_itself_has_no_gap(kind):
    model, responses = model_of(kind)
    found = average_gap(DESIGN, model, "size", a="large", b="large", responses=responses)
    assert (found.gap, found.std_error, found.conf_low, found.conf_high) == (0, 0, 0, 0)
    assert np.isnan(found.p_value)


def test_a_group_in_which_everybody_agrees_has_a_gap_in_the_limit():
    yes = (CODE > 1) | (SIZE == 2)
    rows = predictors([Factor("size", SIZE, SIZES), Number("x", X)])
    with pytest.raises(DataFault, match="infinite"):
        average_gap(DESIGN, generalized_linear(yes, rows, family="logit"), "size", a="large", b="small")
    model = generalized_linear(yes, rows, family="logit", separation="limit")
    found = average_gap(DESIGN, model, "size", a="large", b="small")
    alone = generalized_linear(yes, predictors([Factor("size", SIZE, SIZES), Number("x", X)], domain=SIZE < 2),
                               family="logit")  # fmt: skip
    share, _ = alone.predicted(alone.at(W), np.column_stack([np.ones(N), np.zeros(N), X]), None)
    assert found.estimate_a == pytest.approx(1, abs=1e-9)
    assert found.estimate_b == pytest.approx(np.average(share, weights=W), rel=1e-6)
    assert 0 < found.std_error < 0.1


def test_requests_that_make_no_sense():
    logit, ordinal = model_of("logit")[0], model_of("ordinal")[0]
    pair = {"a": "large", "b": "small"}
    for make, code in (
        (lambda: wald_term_test(DESIGN, logit, "age"), "unknown-option"),
        (lambda: likelihood_ratio_term_test(DESIGN, model_of("linear")[0], "size"), "bad-option"),
        (lambda: likelihood_ratio_term_test(DESIGN, logit), "bad-option"),
        (lambda: average_gap(DESIGN, logit, "x", **pair), "bad-option"),
        (lambda: average_gap(DESIGN, logit, "size", a="huge", b="small"), "unknown-option"),
        (lambda: average_gap(DESIGN, logit, "size", **pair, level=2), "not-a-fraction"),
        (lambda: average_gap(DESIGN, logit, "size", **pair, responses=TOP), "bad-option"),
        (lambda: average_gap(DESIGN, ordinal, "size", **pair), "bad-option"),
        (lambda: average_gap(DESIGN, ordinal, "size", **pair, responses=TOP[:3]), "array-shape"),
        (lambda: average_gap(DESIGN, ordinal, "size", **pair, responses=TOP[:, None]), "array-shape"),
        (lambda: average_gap(multistage_design(W[1:]), logit, "size", **pair), "array-shape"),
    ):
        with pytest.raises(RequestError) as raised:
            make()
        assert raised.value.code == code
