"""Item analysis, factor models and omega: known structures, identities, and statsmodels' factor analysis."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as s
from statsmodels.multivariate.factor import Factor

from cxsurvey.errors import DataFault, RequestError
from cxsurvey.numerics.scales.factor_models import extract_factors, oblimin
from cxsurvey.numerics.scales.item_analysis import (
    correlation_of,
    item_analysis,
    pairwise_covariance,
    scale_figures,
    squared_multiple_correlations,
)
from cxsurvey.numerics.scales.omega import hierarchical_omega, omega_of_correlations, one_factor_omega
from cxsurvey.numerics.scales.reliability import cronbach_alpha

few = settings(deadline=None, max_examples=20)
seeds = s.integers(0, 10_000)


def answers(seed, n=80, k=5):
    rng = np.random.default_rng(seed)
    return np.clip(np.rint(3 + rng.normal(size=(n, 1)) + rng.normal(size=(n, k))), 1, 5)


@given(seeds)
@few
def test_item_analysis_agrees_with_alpha_and_with_plain_correlations(seed):
    x = answers(seed)
    found, alpha = item_analysis(x), cronbach_alpha(x)
    assert found.scale.alpha == pytest.approx(alpha.alpha)
    assert found.scale.standardized == pytest.approx(alpha.standardized)
    assert (found.interval.low, found.interval.high) == pytest.approx((alpha.conf_low, alpha.conf_high))
    assert found.with_rest == pytest.approx(alpha.item_total)
    assert [part.alpha for part in found.without] == pytest.approx(alpha.alpha_if_dropped)
    assert found.with_scale == pytest.approx([np.corrcoef(column, x.mean(axis=1))[0, 1] for column in x.T])
    pairs = item_analysis(x, pairwise=True)
    assert pairs.scale == found.scale
    assert pairs.with_scale == pytest.approx(found.with_scale)


@given(seeds)
@few
def test_what_the_others_explain_is_a_regression(seed):
    x = answers(seed)
    R = np.corrcoef(x.T)
    z = (x - x.mean(axis=0)) / x.std(axis=0)
    left = [z[:, j] - z[:, rest] @ np.linalg.lstsq(z[:, rest], z[:, j])[0] for j, rest in _each(x.shape[1])]
    explained = [1 - residual.var() for residual in left]
    assert squared_multiple_correlations(R) == pytest.approx(explained)
    assert scale_figures(R, 80).guttman6 == pytest.approx(1 - (1 - np.array(explained)).sum() / R.sum())


def _each(k):
    return [(j, [i for i in range(k) if i != j]) for j in range(k)]


def test_the_standard_error_of_alpha_is_its_spread():
    rng = np.random.default_rng(2)
    alphas = [item_analysis(rng.normal(size=(200, 1)) + rng.normal(size=(200, 4))) for _ in range(400)]
    spread = np.std([each.scale.alpha for each in alphas])
    assert alphas[0].scale.std_error == pytest.approx(
        spread, rel=0.25
    )  # 400 samples: 3.5% of noise, and its own


def test_pairs_of_answers_use_what_there_is():
    x = answers(4)
    x[3, 1] = x[7, 1] = x[9, 2] = np.nan
    C = pairwise_covariance(x)
    both = ~np.isnan(x[:, 1]) & ~np.isnan(x[:, 2])
    assert C[1, 2] == pytest.approx(np.cov(x[both, 1], x[both, 2])[0, 1])
    assert C[0, 0] == pytest.approx(np.var(x[:, 0], ddof=1))
    assert item_analysis(x).scale.alpha == pytest.approx(cronbach_alpha(x).alpha)
    assert item_analysis(x, pairwise=True).scale.alpha != item_analysis(x).scale.alpha


def test_items_that_do_not_vary_give_nan():
    found = item_analysis([[1, 2, 3], [2, 2, 1], [3, 2, 4]])
    assert np.isnan(found.scale.standardized)
    assert np.isnan(found.with_rest[1])
    two = item_analysis([[1, 2], [2, 1], [3, 4]])
    assert two.without == ()
    assert np.isnan(two.scale.variance_r)
    empty = item_analysis(np.zeros((0, 3)))
    assert np.isnan(empty.scale.alpha)
    assert np.isnan(empty.score_mean)
    for bad in ([1, 2, 3], [[1], [2]]):
        with pytest.raises(RequestError):
            item_analysis(bad)


@given(s.lists(s.floats(0.3, 0.9), min_size=4, max_size=7), s.sampled_from(["minres", "ml"]))
@few
def test_one_factor_is_found_as_it_was_made(loadings, method):
    made = np.array(loadings)
    R = np.outer(made, made)
    np.fill_diagonal(R, 1.0)
    found = extract_factors(R, 1, method=method)
    assert found.loadings[:, 0] == pytest.approx(made, abs=1e-4)
    assert found.uniqueness == pytest.approx(1 - made**2, abs=1e-4)


@given(seeds)
@settings(deadline=None, max_examples=8)
def test_maximum_likelihood_is_at_a_largest_likelihood(seed):
    rng = np.random.default_rng(seed)
    R = np.corrcoef((rng.normal(size=(300, 1)) + rng.normal(size=(300, 5)) * [0.6, 0.8, 1, 1.2, 1.4]).T)
    found = extract_factors(R, 1, method="ml")

    def likelihood(loadings, uniqueness):
        sigma = np.outer(loadings, loadings) + np.diag(uniqueness)
        return -np.linalg.slogdet(sigma)[1] - np.trace(np.linalg.solve(sigma, R))

    best = likelihood(found.loadings[:, 0], found.uniqueness)
    for _ in range(20):
        change = 0.01 * rng.normal(size=(2, 5))
        assert likelihood(found.loadings[:, 0] + change[0], found.uniqueness + change[1]) <= best + 1e-9


def test_factors_agree_with_statsmodels():
    R = np.corrcoef(answers(8, n=400, k=6).T)
    theirs = Factor(corr=R, n_factor=1, method="ml", nobs=400).fit()
    ours = extract_factors(R, 1, method="ml")
    assert ours.loadings[:, 0] == pytest.approx(np.abs(theirs.loadings[:, 0]), abs=1e-4)


def simple_structure():
    pattern = np.zeros((9, 3))
    for place, loading in enumerate([0.8, 0.7, 0.6, 0.75, 0.65, 0.55, 0.7, 0.6, 0.5]):
        pattern[place, place // 3] = loading
    return pattern


def test_oblique_factors_are_found_as_they_were_made():
    pattern, phi = simple_structure(), np.array([[1, 0.5, 0.3], [0.5, 1, 0.4], [0.3, 0.4, 1]])
    R = pattern @ phi @ pattern.T
    np.fill_diagonal(R, 1.0)
    found = oblimin(extract_factors(R, 3))
    order = np.argmax(np.abs(found.loadings[[0, 3, 6]]), axis=1)
    assert found.loadings[:, order] == pytest.approx(pattern, abs=1e-3)
    assert found.correlation[np.ix_(order, order)] == pytest.approx(phi, abs=1e-3)


def test_a_rotation_keeps_what_the_factors_explain():
    R = np.corrcoef(answers(5, n=200, k=8).T)
    before = extract_factors(R, 3)
    after = oblimin(before)
    common = after.loadings @ after.correlation @ after.loadings.T
    assert common == pytest.approx(before.loadings @ before.loadings.T, abs=1e-9)
    assert np.diag(after.correlation) == pytest.approx(1.0)
    assert oblimin(extract_factors(R, 1)).correlation.tolist() == [[1.0]]


def test_omega_of_a_known_structure():
    general, group = np.array([0.6] * 9), simple_structure() * 0.6
    R = np.outer(general, general) + group @ group.T
    np.fill_diagonal(R, 1.0)
    higher = 0.36 * 9
    found = omega_of_correlations(R)
    assert found.total > found.hierarchical > 0
    assert found.communality + found.uniqueness == pytest.approx(1.0)
    assert found.hierarchical == pytest.approx(found.general.sum() ** 2 / R.sum())
    assert found.limit == pytest.approx(found.hierarchical / found.total)
    assert found.general.sum() ** 2 == pytest.approx(
        higher * 9, rel=0.1
    )  # a second-order model of a bifactor one


@given(seeds)
@settings(deadline=None, max_examples=6)
def test_turning_items_round_changes_no_omega(seed):
    rng = np.random.default_rng(seed)
    parts = rng.normal(size=(400, 3)).repeat(3, axis=1)
    x = rng.normal(size=(400, 1)) + parts + rng.normal(size=(400, 9))
    turned = x * np.array([1, 1, -1, 1, -1, 1, 1, 1, -1])
    plain, other = hierarchical_omega(x), hierarchical_omega(turned)
    assert other.hierarchical == pytest.approx(plain.hierarchical, abs=1e-5)
    assert other.total == pytest.approx(plain.total, abs=1e-5)
    flipped = set(map(bool, other.reversed_items[[2, 4, 8]])) | set(
        map(bool, ~other.reversed_items[[0, 1, 3, 5, 6, 7]])
    )
    assert len(flipped) == 1


def test_omega_of_equal_loadings_is_alpha():
    R = np.full((5, 5), 0.4)
    np.fill_diagonal(R, 1.0)
    x = np.random.default_rng(1).multivariate_normal(np.zeros(5), R, 60)
    x = (x - x.mean(axis=0)) @ np.linalg.inv(np.linalg.cholesky(np.cov(x.T))).T @ np.linalg.cholesky(R).T
    for method in ("ml", "minres"):
        assert one_factor_omega(x, method=method).omega == pytest.approx(cronbach_alpha(x).alpha, abs=1e-6)


def test_models_that_cannot_be_fitted_are_refused():
    constant = np.column_stack([np.ones(9), np.arange(9.0), np.arange(9.0)[::-1] ** 2])
    for call in (
        lambda: one_factor_omega(constant),
        lambda: one_factor_omega(np.zeros((0, 3))),
        lambda: hierarchical_omega(constant, 2),
        lambda: extract_factors(correlation_of(np.ones((3, 3))), 1, method="ml"),
    ):
        with pytest.raises(DataFault) as refused:
            call()
        assert refused.value.code == "factors-not-found"
    for call in (
        lambda: extract_factors(np.eye(3), 3),
        lambda: extract_factors(np.eye(3), 1, method="paf"),
        lambda: extract_factors(np.ones((2, 3)), 1),
        lambda: omega_of_correlations(np.eye(4), 1),
    ):
        with pytest.raises(RequestError):
            call()


def test_total_omega_is_what_the_factors_explain_however_many_there_are():
    rng = np.random.default_rng(4)
    x = rng.normal(size=(300, 1)) + rng.normal(size=(300, 5)).repeat(3, axis=1) + rng.normal(size=(300, 15))
    R = np.corrcoef(x.T)
    found = omega_of_correlations(R, 5)
    unique = extract_factors(R, 5).uniqueness.sum()
    assert found.total == pytest.approx(1 - unique / R.sum(), abs=1e-6)
    assert found.uniqueness.sum() == pytest.approx(unique, abs=1e-4)
