"""Raking within limits: margins and limits hold together, by the nearest weights, or an error says which."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from cxsurvey.errors import DataFault, RequestError
from cxsurvey.numerics.weighting.bounded_raking import rake_within
from cxsurvey.numerics.weighting.calibration import calibrate
from cxsurvey.numerics.weighting.raking import margin, rake

SIZES = (3, 4)


def sample(seed, n=120):
    """Margins that some positive weights meet, and base weights."""
    rng = np.random.default_rng(seed)
    codes = [np.concatenate([np.arange(size), rng.integers(0, size, n - size)]) for size in SIZES]
    codes = [rng.permutation(column) for column in codes]
    base = rng.choice([0.5, 1.0, 1.7], n)
    wanted = base * rng.uniform(0.4, 2.2, n)
    margins = [
        margin(name, column, np.bincount(column, wanted)) for name, column in zip("ab", codes, strict=True)
    ]
    return base, margins


def indicators(margins):
    return np.column_stack([item.codes == k for item in margins for k in range(item.targets.size)]).astype(
        float
    )


def totals(margins):
    return np.concatenate([item.targets for item in margins])


def room(margins, high, low=0.0):
    """Whether any weights within these limits meet the margins: a linear programme, without the package."""
    n = margins[0].codes.size
    limits = np.column_stack(np.broadcast_arrays(low, high, np.zeros(n)))[:, :2]
    return linprog(np.zeros(n), A_eq=indicators(margins).T, b_eq=totals(margins), bounds=limits).status == 0


def met(weights, margins, rtol=1e-10):
    for item in margins:
        reached = np.bincount(item.codes, weights, minlength=item.targets.size)
        np.testing.assert_allclose(reached, item.targets, rtol=rtol)


@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 10_000), times=st.floats(1.3, 2.5))
def test_margins_and_largest_weight_hold_together(seed, times):
    base, margins = sample(seed)
    largest = times * totals(margins[:1]).sum() / base.size
    assume(room(margins, 0.999 * largest))  # at the very edge of what is possible the rounds may run out
    limited = rake_within(base, margins, largest=largest)
    met(limited.weights, margins)
    assert limited.weights.max() <= largest
    assert np.array_equal(limited.at_largest, limited.weights >= largest * (1 - 1e-12))


@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 10_000), times=st.floats(1.3, 2.5))
def test_no_other_weights_are_nearer(seed, times):
    """What makes a minimum: one factor for all free weights of a cell, and a higher one for those cut."""
    base, margins = sample(seed)
    largest = times * totals(margins[:1]).sum() / base.size
    assume(room(margins, 0.999 * largest))
    limited = rake_within(base, margins, largest=largest)
    for cell in {(a, b) for a, b in zip(margins[0].codes, margins[1].codes, strict=True)}:
        inside = (margins[0].codes == cell[0]) & (margins[1].codes == cell[1])
        free, cut = inside & ~limited.at_largest, inside & limited.at_largest
        if free.any():
            np.testing.assert_allclose(limited.factor[free], limited.factor[free][0], rtol=1e-9)
        if free.any() and cut.any():
            assert limited.factor[cut].max() <= limited.factor[free][0] * (1 + 1e-9)


@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 10_000), low=st.floats(0.2, 0.7), high=st.floats(1.3, 2.5))
def test_bounds_are_those_of_calibration_with_the_raking_distance(seed, low, high):
    """Two derivations of one set of weights: margin by margin, and Newton's method on all margins at once."""
    base, margins = sample(seed)
    assume(room(margins, 0.98 * high * base, 1.02 * low * base))
    limited = rake_within(base, margins, bounds=(low, high))
    met(limited.weights, margins)
    newton = calibrate(base, indicators(margins), totals(margins), distance="raking", bounds=(low, high))
    np.testing.assert_allclose(limited.weights, newton.weights, rtol=1e-8)


@settings(deadline=None, max_examples=20)
@given(seed=st.integers(0, 10_000))
def test_without_limits_it_is_raking(seed):
    base, margins = sample(seed)
    np.testing.assert_allclose(rake_within(base, margins).weights, rake(base, margins).weights, rtol=1e-9)


@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 10_000), times=st.floats(1.01, 1.5))
def test_limits_without_room_are_refused_and_only_those(seed, times):
    base, margins = sample(seed)
    largest = times * totals(margins[:1]).sum() / base.size
    assume(not room(margins, 1.001 * largest))
    with pytest.raises(DataFault) as fault:
        rake_within(base, margins, largest=largest)
    assert fault.value.code in {"margin-beyond-limits", "limits-no-convergence"}
    assert "margin '" in fault.value.where


def test_base_weights_above_the_largest_are_cut():
    """By hand: 10 are shared by 1, 1 and 8; at most 5 leaves 5 for the two others."""
    limited = rake_within([1, 1, 8], [margin("all", [0, 0, 0], [10])], largest=5)
    np.testing.assert_allclose(limited.weights, [2.5, 2.5, 5.0], rtol=1e-12)
    assert limited.at_largest.tolist() == [False, False, True]


def test_a_largest_weight_that_just_suffices():
    """By hand: two who must weigh 4 together at no more than 2 weigh 2 each."""
    size = margin("size", [0, 0, 1, 1], [4, 2])
    limited = rake_within([1, 3, 1, 1], [size], largest=2)
    np.testing.assert_allclose(limited.weights, [2, 2, 1, 1], rtol=1e-12)


def test_weights_of_zero_stay_zero():
    limited = rake_within([0, 1, 1], [margin("size", [0, 0, 1], [2, 2])], bounds=(0.5, 3), largest=2.5)
    assert limited.weights.tolist() == [0.0, 2.0, 2.0]
    assert limited.factor[0] == 1.0
    assert not limited.at_bound.any()


def test_a_target_out_of_reach_is_named():
    size = margin("size", [0, 1, 1, 1], [2, 2], ["small", "large"])
    with pytest.raises(DataFault) as fault:
        rake_within([1, 1, 1, 1], [size], largest=1.9)
    assert fault.value.code == "margin-beyond-limits"
    assert fault.value.where == "margin 'size', 'small'"
    with pytest.raises(DataFault, match=r"from 0\.6 to 1\.3"):
        rake_within([1, 1, 1, 1], [size], bounds=(0.6, 1.3))


def test_margins_that_cannot_be_met_together_are_refused():
    """Each is within reach; together they want 1.5 of the one who is in both first categories."""
    a, b = margin("a", [0, 0, 1, 1], [3, 1]), margin("b", [0, 1, 0, 1], [3, 1])
    met(rake([1, 1, 1, 1], [a, b]).weights, [a, b])
    with pytest.raises(DataFault) as fault:
        rake_within([1, 1, 1, 1], [a, b], largest=1.6)
    assert fault.value.code == "limits-no-convergence"


@pytest.mark.parametrize("options", [{"bounds": (0.5, 0.9)}, {"bounds": (-1, 2)}, {"largest": 0.0}])
def test_limits_that_are_none_are_refused(options):
    with pytest.raises(RequestError) as fault:
        rake_within([1, 1], [margin("size", [0, 1], [1, 1])], **options)
    assert fault.value.code == "bad-option"
