"""Estimators: their influence is their derivative, and what each equals in plain numpy."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxsurvey.errors import RequestError
from cxsurvey.numerics.estimation.design_effect import design_effects
from cxsurvey.numerics.estimation.estimators import (
    by_group,
    complete_cases,
    covariances,
    means,
    ratios,
    shares,
    totals,
)
from cxsurvey.numerics.estimation.log_odds import LogOdds
from cxsurvey.numerics.sampling.fitted import fit
from cxsurvey.numerics.sampling.multistage import multistage_design
from cxsurvey.numerics.sampling.replicate_weights import jackknife

N = 12
RNG = np.random.default_rng(11)
Y, X, W = RNG.normal(3, 1, (N, 2)), RNG.uniform(1, 2, (N, 2)), RNG.uniform(1, 5, N)
DOMAIN = np.arange(N) % 4 != 1
ESTIMATORS = {
    "totals": totals(Y, domain=DOMAIN),
    "means": means(Y, domain=DOMAIN),
    "ratios": ratios(Y, X, domain=DOMAIN),
    "shares": shares(np.arange(N) % 3, 3, domain=DOMAIN),
    "covariances": covariances(Y, domain=DOMAIN),
    "log odds": LogOdds(means(Y > 3, domain=DOMAIN)),
    "by group": by_group(ratios(Y, X, domain=DOMAIN), np.arange(N) % 2, 2),
}


@pytest.mark.parametrize("estimator", ESTIMATORS.values(), ids=ESTIMATORS)
def test_influence_is_the_weight_times_the_derivative(estimator):
    """A central difference of step 1e-6 is good to about 1e-9 of the slope."""
    influence = estimator.influence(W)
    for i in range(N):
        step = np.zeros(N)
        step[i] = 1e-6 * W[i]
        slope = (estimator.at(W + step) - estimator.at(W - step)) / 2e-6
        np.testing.assert_allclose(influence[i], slope, rtol=1e-6, atol=1e-8)
    assert (influence[~DOMAIN] == 0).all()
    assert not estimator.members[~DOMAIN].any()


@pytest.mark.parametrize("name", ["means", "ratios", "shares", "covariances", "log odds", "by group"])
def test_influence_of_ratios_sums_to_nothing(name):
    np.testing.assert_allclose(ESTIMATORS[name].influence(W).sum(axis=0), 0, atol=1e-12)


def test_estimates_are_those_of_numpy():
    y, w = Y[DOMAIN], W[DOMAIN]
    np.testing.assert_allclose(ESTIMATORS["means"].at(W), np.average(y, axis=0, weights=w), rtol=1e-13)
    expected = np.cov(y.T, aweights=w, ddof=0) * DOMAIN.sum() / (DOMAIN.sum() - 1)
    np.testing.assert_allclose(ESTIMATORS["covariances"].at(W).reshape(2, 2), expected, rtol=1e-12)
    np.testing.assert_allclose(covariances(Y).at(np.full(N, 7.0)).reshape(2, 2), np.cov(Y.T), rtol=1e-12)


def test_no_answer_is_no_member_and_nan_among_members_stays_nan():
    level = shares([0, 1, -1, 1], 2)
    assert level.members[:, 0].tolist() == [True, True, False, True]
    fitted = fit(multistage_design(np.ones(4)), means([[1.0, np.nan], [2, 1], [3, 2], [5, 4]]))
    assert np.isnan(fitted.estimate).tolist() == [False, True]
    assert np.isnan(fitted.covariance).tolist() == [[False, True], [True, True]]


def test_variances_need_two_members():
    one = covariances([1.0, 2.0], domain=[True, False])
    assert np.isnan(one.at(np.ones(2))).all()
    assert np.isnan(covariances([1.0, 2.0]).at(np.zeros(2))).all()


def test_groups_are_domains_and_carry_their_covariance():
    group = np.array([0, 0, 0, 1, 1, 1, -1, 0, 1, -1, 0, 1])
    design = multistage_design(W, clusters=[np.arange(N) // 3])
    both = fit(design, by_group(means(Y[:, 0]), group, 2))
    each = [fit(design, means(Y[:, 0], domain=group == g)) for g in (0, 1)]
    np.testing.assert_allclose(both.estimate, [one.estimate[0] for one in each], rtol=1e-14)
    np.testing.assert_allclose(both.std_error, [one.std_error[0] for one in each], rtol=1e-12)
    gap = both.contrasts([[1, -1]])
    replicated = fit(jackknife(design), by_group(means(Y[:, 0]), group, 2)).contrasts([[1, -1]])
    assert gap.estimate == replicated.estimate
    assert both.contrasts([[1, 0]]).estimate == each[0].estimate
    # Not the same number, but one of its size: the jackknife agrees to the first order only.
    assert 0.5 < replicated.std_error[0] / gap.std_error[0] < 2


def test_the_gap_of_a_group_with_itself_is_nothing():
    fitted = fit(multistage_design(W), means(np.column_stack([Y[:, 0], Y[:, 0]])))
    gap = fitted.contrasts([[1, -1]])
    assert (gap.estimate.tolist(), gap.std_error.tolist()) == ([0.0], [0.0])


def test_intervals_take_the_degrees_of_freedom_of_the_domain():
    fitted = fit(multistage_design(W), means(Y[:, 0], domain=DOMAIN))
    own, wide = fitted.interval(), fitted.interval(df=2)
    normal = fitted.interval(df=np.inf)
    widths = [float(limits.high[0] - limits.low[0]) for limits in (normal, own, wide)]
    assert widths == sorted(widths)
    assert widths[0] / fitted.std_error[0] == pytest.approx(2 * 1.959963984540054, rel=1e-12)


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 1000), st.integers(3, 30))
def test_a_simple_sample_has_no_design_effect(seed, n):
    rng = np.random.default_rng(seed)
    y = rng.normal(size=n)
    replaced = multistage_design(np.full(n, 5.0))
    corrected = multistage_design(None, fpc=[np.full(n, 5 * n)])
    for estimator in (means(y), totals(y)):
        first = design_effects(replaced, estimator, fit(replaced, estimator), against="with-replacement")
        second = design_effects(corrected, estimator, fit(corrected, estimator))
        np.testing.assert_allclose([first, second], 1, rtol=1e-10)


def test_a_design_effect_needs_a_population_and_variation():
    design = multistage_design(np.ones(4))
    score, constant = means([1.0, 2, 3, 4]), means(np.ones(4))
    assert np.isnan(design_effects(design, score, fit(design, score))).all()
    for estimator in (constant, means([1.0, 2, 3, 4], domain=[True, False, False, False])):
        fitted = fit(design, estimator)
        assert np.isnan(design_effects(design, estimator, fitted, against="with-replacement")).all()


def test_complete_cases_see_every_column():
    assert complete_cases([1.0, 2], [[1.0, 2], [3, np.nan]]).tolist() == [True, False]


@pytest.mark.parametrize(
    "call",
    [
        lambda: means(np.ones((2, 2, 2))),
        lambda: means([1.0, 2], domain=[True]),
        lambda: ratios([1.0, 2], [[1.0, 2], [3, 4]]),
        complete_cases,
        lambda: by_group(means([1.0, 2]), [0], 1),
    ],
)
def test_arrays_that_do_not_fit_are_refused(call):
    with pytest.raises(RequestError) as caught:
        call()
    assert caught.value.code == "array-shape"


def test_an_unknown_comparison_is_refused():
    design, score = multistage_design(np.ones(3)), means([1.0, 2, 3])
    with pytest.raises(RequestError) as caught:
        design_effects(design, score, fit(design, score), against="srs")
    assert caught.value.code == "unknown-option"


def test_one_answer_of_everybody_has_no_variance_at_all():
    same = covariances(np.full(7, 0.1)).at(np.array([1.0, 2.5, 0.3, 1.7, 4.0, 0.9, 1.1]))
    assert same.tolist() == [0.0]
    shifted, plain = (
        covariances([1.0 + at, 2.0 + at, 4.0 + at]).at(np.array([1.0, 2.0, 3.0])) for at in (1e6, 0.0)
    )
    assert shifted == pytest.approx(plain, rel=1e-12)
