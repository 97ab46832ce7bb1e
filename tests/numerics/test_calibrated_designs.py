"""Designs with calibrated weights: known totals have no variance; regression and replicates say the same."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as s

from cxsurvey.errors import DataFault, RequestError
from cxsurvey.numerics.estimation.estimators import by_group, means, totals
from cxsurvey.numerics.sampling.calibrated import calibrated_design, margin_indicators, recalibrated
from cxsurvey.numerics.sampling.fitted import fit
from cxsurvey.numerics.sampling.multistage import multistage_design
from cxsurvey.numerics.sampling.replicate_weights import jackknife
from cxsurvey.numerics.weighting.calibration import calibrate
from cxsurvey.numerics.weighting.raking import margin, rake

few = settings(deadline=None, max_examples=20)


def sample(seed, n=60):
    rng = np.random.default_rng(seed)
    a, b = rng.permutation(np.arange(n) % 3), rng.permutation(np.arange(n) % 2)
    w = rng.uniform(0.5, 2.0, n)
    drawn = multistage_design(w, clusters=[np.arange(n) // 4], strata=[np.arange(n) // 20])
    margins = [margin("a", a, [50, 30, 40]), margin("b", b, [70, 50])]
    y = rng.normal(size=n) + a
    return drawn, margins, a, y


@given(s.integers(0, 5000))
@few
def test_what_the_weights_were_fitted_to_has_no_variance(seed):
    drawn, margins, a, _ = sample(seed)
    raked = rake(drawn.weights, margins)
    design = calibrated_design(drawn, raked.weights, margin_indicators(margins))
    known = fit(design, totals(a[:, None] == np.arange(3)))
    assert known.estimate == pytest.approx([50, 30, 40])
    assert known.std_error == pytest.approx(0, abs=1e-9)
    assert design.df == drawn.df
    assert (design.n, design.weights.sum()) == (drawn.n, pytest.approx(120))


@given(s.integers(0, 5000))
@few
def test_the_variance_is_that_of_residuals_written_out(seed):
    drawn, _, a, y = sample(seed)
    x = np.column_stack([np.ones(len(y)), a])
    fitted = calibrate(drawn.weights, x, [120.0, 110.0])
    design = calibrated_design(drawn, fitted.weights, x)
    w = drawn.weights
    beta = np.linalg.solve(x.T @ (w[:, None] * x), x.T @ (w * y))
    z = fitted.weights * (y - x @ beta)
    clusters = np.bincount(np.arange(len(y)) // 4, z)
    per_stratum = clusters.reshape(3, 5)
    variance = (5 / 4 * (per_stratum - per_stratum.mean(axis=1, keepdims=True)) ** 2).sum()
    assert fit(design, totals(y)).std_error[0] == pytest.approx(np.sqrt(variance))


def test_post_stratification_of_a_simple_sample_is_the_textbook_formula():
    rng = np.random.default_rng(3)
    n, group = 200, np.repeat([0, 1], [120, 80])
    y = rng.normal(size=n) + 3 * group
    drawn = multistage_design(np.full(n, 10.0))
    margins = [margin("g", group, [1000, 1000])]
    design = calibrated_design(drawn, rake(drawn.weights, margins).weights, margin_indicators(margins))
    found = fit(design, means(y))
    parts = [y[group == g] for g in (0, 1)]
    assert found.estimate[0] == pytest.approx(np.mean([part.mean() for part in parts]))
    # Conditional on the group sizes: sum of (N_g / N)² s_g² / n_g, but for the degrees of freedom.
    expected = sum(0.25 * part.var() / len(part) for part in parts) * n / (n - 1)
    assert found.std_error[0] ** 2 == pytest.approx(expected)


def test_linearization_and_refitted_jackknife_agree():
    drawn, margins, a, y = sample(7, n=400)
    drawn = multistage_design(drawn.weights, clusters=[np.arange(400) // 4], strata=[np.arange(400) // 100])
    margins = [margin("a", a, [50, 30, 40])]
    raked = rake(drawn.weights, margins)
    linear = calibrated_design(drawn, raked.weights, margin_indicators(margins))
    replicated = recalibrated(jackknife(drawn), lambda w: rake(w, margins).weights)
    split = by_group(means(y), a, 3)
    one, other = fit(linear, split), fit(replicated, split)
    assert other.estimate == pytest.approx(one.estimate)
    assert other.std_error == pytest.approx(one.std_error, rel=0.1)
    known = fit(replicated, totals(a[:, None] == np.arange(3)))
    assert known.std_error == pytest.approx(0, abs=1e-9)


def test_weights_of_the_regression_can_be_given():
    drawn, margins, _, y = sample(9)
    raked, x = rake(drawn.weights, margins), margin_indicators(margins)
    equal = calibrated_design(drawn, raked.weights, x, regression=np.ones(60))
    own = calibrated_design(drawn, raked.weights, x)
    assert fit(equal, means(y)).std_error != pytest.approx(fit(own, means(y)).std_error, rel=1e-6)
    assert fit(equal, means(y)).std_error == pytest.approx(fit(own, means(y)).std_error, rel=0.2)


def test_respondents_without_weight_take_no_part():
    drawn, margins, _, y = sample(11)
    w = drawn.weights.copy()
    w[::7] = 0.0
    zeroed = multistage_design(w, clusters=[np.arange(60) // 4], strata=[np.arange(60) // 20])
    weights = rake(w, margins).weights
    found = fit(calibrated_design(zeroed, weights, margin_indicators(margins)), means(y))
    y[::7] = 1e6
    again = fit(calibrated_design(zeroed, weights, margin_indicators(margins)), means(y))
    assert again.std_error == pytest.approx(found.std_error)


def test_shapes_and_margins_are_checked():
    drawn, margins, _, _ = sample(1)
    x = margin_indicators(margins)
    for call in (
        lambda: calibrated_design(drawn, np.ones(3), x),
        lambda: calibrated_design(drawn, drawn.weights, x[:5]),
        lambda: calibrated_design(drawn, drawn.weights, x, regression=np.ones(2)),
        lambda: margin_indicators([]),
    ):
        with pytest.raises(RequestError):
            call()
    group = np.repeat([0, 1], [56, 4])  # the last cluster holds one category
    with pytest.raises(DataFault) as refused:
        recalibrated(jackknife(drawn), lambda w: rake(w, [margin("g", group, [1, 1])]).weights)
    assert refused.value.code == "margin-empty"
