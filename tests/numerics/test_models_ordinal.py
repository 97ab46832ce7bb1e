"""Proportional odds: one cut is a logistic model, statsmodels, derivatives, and what has no fit."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.miscmodels.ordinal_model import OrderedModel

from cxsurvey.errors import DataFault, RequestError
from cxsurvey.numerics.models.generalized_linear import generalized_linear
from cxsurvey.numerics.models.ordinal_models import proportional_odds
from cxsurvey.numerics.models.predictors import Factor, Number, predictors
from cxsurvey.numerics.models.regression import regression
from cxsurvey.numerics.sampling.fitted import fit
from cxsurvey.numerics.sampling.multistage import multistage_design
from cxsurvey.numerics.sampling.replicate_weights import jackknife

LINKS = ("logit", "probit")


def sample(seed=7, n=150):
    rng = np.random.default_rng(seed)
    x, group = rng.normal(0, 1, n), rng.integers(0, 2, n)
    code = np.digitize(0.8 * x - 0.5 * group + rng.logistic(0, 1, n), [-1.0, 0.2, 1.5])
    return code, x, group, rng.uniform(0.5, 3, n), rng.integers(0, 15, n)


CODE, X, GROUP, W, CLUSTERS = sample()
N = len(X)


def matrix(x=X, group=GROUP, *, baseline=0, domain=None, constant=False):
    given_here = [Number("x", x), Factor("group", group, ["a", "b"], baseline)]
    return predictors(given_here, domain=domain, constant=constant)


@pytest.mark.parametrize("link", LINKS)
def test_two_categories_are_a_binary_model(link):
    """Its threshold is the constant with the other sign. A probit's influence is another: it is of the observed
    information. The binary model takes its information a step before the end, good to about 1e-7."""
    ordered = proportional_odds((CODE > 1).astype(int), matrix(), link=link)
    binary = generalized_linear(CODE > 1, matrix(constant=True), family=link)
    constant, *slopes = binary.at(W)
    np.testing.assert_allclose(ordered.at(W), [*slopes, -constant], rtol=1e-7)
    if link == "logit":
        expected = binary.influence(W)[:, [1, 2, 0]] * [1, 1, -1]
        np.testing.assert_allclose(ordered.influence(W), expected, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("link", LINKS)
def test_a_simple_sample_is_statsmodels(link):
    """statsmodels stops at a gradient of about 1e-5 and takes its information by differences."""
    rows = matrix()
    theirs = OrderedModel(CODE, rows.columns, distr=link).fit(method="newton", disp=0)
    solved = proportional_odds(CODE, rows, link=link).solve(np.ones(N))
    cuts = np.cumsum([theirs.params[2], *np.exp(theirs.params[3:])])
    np.testing.assert_allclose(solved.parameters, [*theirs.params[:2], *cuts], rtol=1e-4)
    np.testing.assert_allclose(np.sqrt(np.diag(solved.inverse))[:2], theirs.bse[:2], rtol=1e-3)
    assert solved.deviance == pytest.approx(-2 * theirs.llf, rel=1e-9)


@pytest.mark.parametrize("link", LINKS)
def test_influence_is_the_weight_times_the_derivative(link):
    outside = np.arange(N) % 5 == 1
    model = proportional_odds(CODE, matrix(domain=~outside), link=link)
    influence = model.influence(W)
    for i in range(0, N, 9):
        step = np.zeros(N)
        step[i] = 1e-4 * W[i]
        slope = (model.at(W + step) - model.at(W - step)) / 2e-4
        np.testing.assert_allclose(influence[i], slope, atol=1e-6)
    assert (influence[outside] == 0).all()
    np.testing.assert_allclose(influence.sum(axis=0), 0, atol=1e-9)


def test_without_predictors_thresholds_are_those_of_the_cumulative_shares():
    model = proportional_odds(CODE, predictors([], domain=np.ones(N), constant=False))
    below = np.array([np.average(cut >= CODE, weights=W) for cut in range(3)])
    np.testing.assert_allclose(model.at(W), np.log(below / (1 - below)), rtol=1e-9)


@settings(deadline=None, max_examples=15)
@given(seed=st.integers(0, 10**6), link=st.sampled_from(LINKS), scale=st.floats(1e-3, 1e3))
def test_scale_of_weights_order_of_rows_and_direction_change_nothing(seed, link, scale):
    code, x, group, w, cluster = sample(seed)
    one = fit(multistage_design(w, clusters=[cluster]), proportional_odds(code, matrix(x, group), link=link))
    order = np.random.default_rng(seed).permutation(len(x))
    design = multistage_design(scale * w[order], clusters=[cluster[order]])
    turned = fit(design, proportional_odds(3 - code[order], matrix(x[order], group[order]), link=link))
    back = turned.contrasts(-np.eye(5)[[0, 1, 4, 3, 2]])
    np.testing.assert_allclose(back.estimate, one.estimate, rtol=1e-7, atol=1e-8)
    np.testing.assert_allclose(back.covariance, one.covariance, rtol=1e-6, atol=1e-9)


@settings(deadline=None, max_examples=15)
@given(seed=st.integers(0, 10**6), link=st.sampled_from(LINKS))
def test_another_baseline_is_the_same_fit(seed, link):
    code, x, group, w, cluster = sample(seed)
    design = multistage_design(w, clusters=[cluster])
    one, other = (fit(design, proportional_odds(code, matrix(x, group, baseline=b), link=link)) for b in (0, 1))
    turned = one.contrasts(
        [[1, 0, 0, 0, 0], [0, -1, 0, 0, 0], [0, -1, 1, 0, 0], [0, -1, 0, 1, 0], [0, -1, 0, 0, 1]]
    )
    np.testing.assert_allclose(other.estimate, turned.estimate, rtol=1e-7, atol=1e-8)
    np.testing.assert_allclose(other.covariance, turned.covariance, rtol=1e-6, atol=1e-9)


def test_the_jackknife_is_near_linearization():
    """Not equal: the model is not linear. Twenty clusters agree within a fifth."""
    design = multistage_design(W, clusters=[np.arange(N) % 20])
    linear, replicated = (
        fit(one, proportional_odds(CODE, matrix())).std_error for one in (design, jackknife(design))
    )
    np.testing.assert_allclose(replicated, linear, rtol=0.2)


def test_whole_weights_are_repeated_respondents():
    times = 1 + np.arange(N) % 3
    weighted = proportional_odds(CODE, matrix()).at(times.astype(float))
    rows = np.repeat(np.arange(N), times)
    repeated = proportional_odds(CODE[rows], matrix(X[rows], GROUP[rows])).at(np.ones(len(rows)))
    np.testing.assert_allclose(weighted, repeated, rtol=1e-9)


def test_categories_of_nobody_are_left_out():
    wide = proportional_odds(CODE * 2, matrix())
    assert wide.categories == (0, 2, 4, 6)
    assert wide.names == ("x", "group=b", "0|2", "2|4", "4|6")
    np.testing.assert_allclose(wide.at(W), proportional_odds(CODE, matrix()).at(W), rtol=1e-12)
    w = np.where(CODE == 2, 0.0, W)
    assert np.isnan(proportional_odds(CODE, matrix()).at(w)).all()


def test_shares_of_all_answers_add_up_to_one():
    model = proportional_odds(CODE, matrix())
    each = [model.predicted(model.at(W), matrix().columns, one)[0] for one in np.eye(4, dtype=bool)]
    np.testing.assert_allclose(np.sum(each, axis=0), 1, rtol=1e-12)
    assert np.min(each) > 0


@pytest.mark.parametrize("link", LINKS)
def test_separation_names_the_predictor(link):
    code = np.where(GROUP == 1, 3, np.minimum(CODE, 2))
    model = proportional_odds(code, matrix(), link=link)
    with pytest.raises(DataFault) as raised:
        regression(multistage_design(W), model)
    assert (raised.value.code, raised.value.where) == ("outcome-separated", "group=b")
    limit = proportional_odds(code, matrix(), link=link, separation="limit")
    share, _ = limit.predicted(limit.at(W), matrix().columns, np.array([False, False, False, True]))
    np.testing.assert_allclose(share, GROUP, atol=1e-6)


def test_what_has_no_fit_says_why():
    twice = predictors([Number("x", X), Number("again", 3 - X)], constant=False)
    fixed = predictors([Number("fixed", np.ones(N))], constant=False)
    nobody = matrix(domain=np.zeros(N))
    for model, code, where in (
        (proportional_odds(CODE, twice), "predictors-collinear", "again"),
        (proportional_odds(CODE, fixed), "predictors-collinear", "fixed"),
        (proportional_odds(np.zeros(N, dtype=int), matrix()), "outcome-constant", ""),
        (proportional_odds(CODE, nobody), "model-without-respondents", ""),
    ):
        with pytest.raises(DataFault) as raised:
            regression(multistage_design(W), model)
        assert (raised.value.code, raised.value.where) == (code, where)
    with pytest.raises(DataFault, match="1 value of the outcome"):
        proportional_odds(np.where(np.arange(N) == 3, -1, CODE), matrix())


def test_requests_that_make_no_sense():
    model = proportional_odds(CODE, matrix())
    for make, code in (
        (lambda: proportional_odds(CODE, matrix(constant=True)), "bad-option"),
        (lambda: proportional_odds(CODE, matrix(), link="cloglog"), "unknown-option"),
        (lambda: proportional_odds(CODE, matrix(), separation="no"), "unknown-option"),
        (lambda: proportional_odds(CODE[1:], matrix()), "array-shape"),
        (lambda: proportional_odds(CODE + 0.5, matrix()), "code-out-of-range"),
        (lambda: model.predicted(model.at(W), X[:, None], None), "bad-option"),
        (lambda: model.predicted(model.at(W), X[:, None], np.ones(3, dtype=bool)), "array-shape"),
    ):
        with pytest.raises(RequestError) as raised:
            make()
        assert raised.value.code == code
