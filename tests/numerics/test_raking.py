"""Raking, calibration and trimming: targets are met, by the weights that are nearest to those before."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from cxsurvey.errors import DataFault, RequestError
from cxsurvey.numerics.weighting.calibration import calibrate, trim
from cxsurvey.numerics.weighting.raking import margin, rake


def sample(seed, n=200, sizes=(3, 4)):
    """Categories that all occur, and base weights."""
    rng = np.random.default_rng(seed)
    codes = [np.concatenate([np.arange(size), rng.integers(0, size, n - size)]) for size in sizes]
    return [rng.permutation(column) for column in codes], rng.uniform(0.2, 3.0, n)


def targets_of(codes, sizes, seed):
    """Margins that some positive weights meet."""
    weights = np.random.default_rng(seed).uniform(0.5, 2.0, len(codes[0]))
    return [np.bincount(column, weights, minlength=size) for column, size in zip(codes, sizes, strict=True)]


@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 10_000), sizes=st.lists(st.integers(2, 5), min_size=1, max_size=3))
def test_margins_are_met(seed, sizes):
    codes, base = sample(seed, sizes=sizes)
    wanted = targets_of(codes, sizes, seed + 1)
    raked = rake(base, [margin(str(i), c, t) for i, (c, t) in enumerate(zip(codes, wanted, strict=True))])
    for column, target in zip(codes, wanted, strict=True):
        reached = np.bincount(column, raked.weights, minlength=len(target))
        np.testing.assert_allclose(reached, target, rtol=1e-10)
    np.testing.assert_allclose(raked.weights, base * raked.factor, rtol=1e-14)


@settings(deadline=None, max_examples=20)
@given(seed=st.integers(0, 10_000))
def test_raking_is_calibration_with_the_raking_distance(seed):
    """Two derivations of one set of weights: fitting margin by margin, and Newton's method on all at once."""
    sizes = (3, 4)
    codes, base = sample(seed, sizes=sizes)
    wanted = targets_of(codes, sizes, seed + 1)
    raked = rake(base, [margin(str(i), c, t) for i, (c, t) in enumerate(zip(codes, wanted, strict=True))])
    columns = [codes[0] == k for k in range(3)] + [codes[1] == k for k in range(1, 4)]
    totals = [*wanted[0], *wanted[1][1:]]
    newton = calibrate(base, np.column_stack(columns).astype(float), totals, distance="raking")
    np.testing.assert_allclose(raked.weights, newton.weights, rtol=1e-9)


def test_one_margin_is_post_stratification():
    codes, base = sample(5, sizes=(3,))
    target = np.array([0.2, 0.3, 0.5])
    raked = rake(base, [margin("size", codes[0], target)])
    by_hand = base * (target / np.bincount(codes[0], base))[codes[0]]
    np.testing.assert_allclose(raked.weights, by_hand, rtol=1e-13)


def test_raked_weights_do_not_depend_on_the_scale_of_the_base_or_the_order_of_rows():
    sizes = (3, 4)
    codes, base = sample(8, sizes=sizes)
    wanted = targets_of(codes, sizes, 9)

    def fitted(order, scale):
        margins = [margin("m", column[order], target) for column, target in zip(codes, wanted, strict=True)]
        return rake(scale * base[order], margins).weights

    order = np.random.default_rng(1).permutation(len(base))
    straight = fitted(np.arange(len(base)), 1.0)
    np.testing.assert_allclose(fitted(order, 1000.0), straight[order], rtol=1e-10)


def test_a_table_with_more_cells_than_respondents_gives_the_same_weights():
    """Thirty categories crossed three times: the table is numbered by what occurs."""
    sizes = (30, 30, 30)
    codes, base = sample(3, n=400, sizes=sizes)
    wanted = targets_of(codes, sizes, 4)
    raked = rake(base, [margin(str(i), c, t) for i, (c, t) in enumerate(zip(codes, wanted, strict=True))])
    for column, target in zip(codes, wanted, strict=True):
        np.testing.assert_allclose(np.bincount(column, raked.weights, minlength=30), target, rtol=1e-10)


@pytest.mark.parametrize(
    ("codes", "targets", "code", "words"),
    [
        ([[0, 0, 1]], [[1, 1, 1]], "margin-empty", "'2'"),
        ([[0, 1, 1]], [[0, 1]], "margin-zero", "'0'"),
        ([[0, 1, 1], [0, 1, 1]], [[1, 1], [1, 2]], "margins-disagree", "'0' and '1'"),
        ([[0, 0, 1, 1], [0, 0, 1, 1]], [[1, 3], [2, 2]], "raking-no-convergence", "furthest off: margin"),
    ],
)
def test_margins_that_cannot_be_met_are_named(codes, targets, code, words):
    with pytest.raises(DataFault) as caught:
        rake(
            np.ones(len(codes[0])),
            [margin(str(i), c, t) for i, (c, t) in enumerate(zip(codes, targets, strict=True))],
        )
    assert caught.value.code == code
    assert words in caught.value.message


def test_respondents_without_a_category_and_targets_that_cannot_be_are_refused():
    with pytest.raises(DataFault, match="margin-unanswered"):
        margin("size", [0, -1], [1, 1])
    for target in (-1, np.nan, np.inf):
        with pytest.raises(RequestError, match="margin-target"):
            margin("size", [0, 1], [1, target])
    with pytest.raises(RequestError, match="margin-target"):
        margin("size", [0, 1], [0, 0])
    with pytest.raises(RequestError, match="no-margins"):
        rake([1, 1], [])
    with pytest.raises(RequestError, match="array-shape"):
        rake([1, 1], [margin("size", [0, 1, 1], [1, 1])])


@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 10_000), distance=st.sampled_from(["linear", "raking", "logit"]))
def test_calibrated_totals_are_met_within_bounds(seed, distance):
    rng = np.random.default_rng(seed)
    x = np.column_stack([np.ones(150), rng.normal(size=150), rng.integers(0, 2, 150)])
    base = rng.uniform(0.5, 2, 150)
    totals = x.T @ (base * rng.uniform(0.75, 1.35, 150))
    bounds = (0.4, 2.5) if distance == "logit" else None
    found = calibrate(base, x, totals, distance=distance, bounds=bounds)
    np.testing.assert_allclose(x.T @ found.weights, totals, rtol=1e-10, atol=1e-9)
    if bounds:
        assert found.factor.min() >= 0.4
        assert found.factor.max() <= 2.5


def test_linear_calibration_is_the_regression_estimator():
    """w = d (1 + x'(X'DX)⁻¹(T − X'd)), written out (Särndal, Swensson and Wretman 1992, eq. 6.5.8)."""
    rng = np.random.default_rng(2)
    x = np.column_stack([np.ones(80), rng.normal(size=80)])
    base, totals = rng.uniform(1, 2, 80), np.array([130.0, 10.0])
    written_out = base * (1 + x @ np.linalg.solve((x * base[:, None]).T @ x, totals - x.T @ base))
    np.testing.assert_allclose(calibrate(base, x, totals).weights, written_out, rtol=1e-12)


@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 10_000))
def test_bounded_calibration_fails_only_when_no_weights_within_the_bounds_meet_the_totals(seed):
    """Linear programming says whether there are any."""
    rng = np.random.default_rng(seed)
    x = np.column_stack([np.ones(30), rng.normal(size=30)])
    base = rng.uniform(0.5, 2, 30)
    totals = x.T @ (base * rng.uniform(0.4, 1.9, 30))
    low, high = 0.6, 1.6
    possible = linprog(
        np.zeros(30), A_eq=x.T, b_eq=totals, bounds=list(zip(low * base, high * base, strict=True))
    )
    if possible.status == 0:
        found = calibrate(base, x, totals, bounds=(low, high))
        assert low - 1e-9 <= found.factor.min()
        assert found.factor.max() <= high + 1e-9
    else:
        with pytest.raises(DataFault, match="calibration-not-reached"):
            calibrate(base, x, totals, bounds=(low, high))


def test_options_of_calibration_are_checked():
    for options in ({"distance": "kl"}, {"distance": "logit"}, {"bounds": (1.2, 2)}, {"bounds": (0.5, 0.9)}):
        with pytest.raises(RequestError, match="bad-option"):
            calibrate([1, 1], [[1], [1]], [3], **options)
    with pytest.raises(RequestError, match="array-shape"):
        calibrate([1, 1], [[1], [1], [1]], [3])
    with pytest.raises(RequestError, match="bad-option"):
        calibrate([1, 1], [[1], [np.nan]], [3])


@settings(deadline=None, max_examples=60)
@given(
    weights=st.lists(st.floats(0.1, 10), min_size=3, max_size=30),
    redistribute=st.sampled_from(["equal", "proportional"]),
)
def test_trimming_keeps_the_sum_and_strict_trimming_the_limits(weights, redistribute):
    mean = float(np.mean(weights))
    assume(max(weights) > 2 * mean or min(weights) < mean / 2)
    kept = trim(weights, lower=mean / 3, upper=2 * mean, redistribute=redistribute, strict=True)
    np.testing.assert_allclose(kept.sum(), np.sum(weights), rtol=1e-10)
    assert kept.min() >= mean / 3 * (1 - 1e-12)
    assert kept.max() <= 2 * mean * (1 + 1e-12)


def test_trimming_to_nowhere_changes_the_sum_and_impossible_limits_are_refused():
    assert trim([1, 1, 10], upper=4, redistribute="none").tolist() == [1, 1, 4]
    with pytest.raises(DataFault, match="trimming-impossible"):
        trim([5, 6, 7], upper=4, strict=True)
    with pytest.raises(RequestError, match="bad-option"):
        trim([1, 2], lower=3, upper=2)
