"""Shapiro and Wilk's test against scipy and R, and what it does at its ends."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as s
from scipy.stats import shapiro

from cxsurvey.errors import RequestError
from cxsurvey.numerics.classic.normality import shapiro_wilk

SCIPY = 2e-6  # scipy's translation of AS R94 rounds some constants to single precision


@settings(deadline=None, max_examples=40)
@given(seed=s.integers(0, 10_000), n=s.sampled_from([4, 5, 6, 11, 12, 50, 700]))
def test_agrees_with_scipy(seed, n):
    x = np.random.default_rng(seed).exponential(size=n)
    found, theirs = shapiro_wilk(x), shapiro(x)
    assert found.statistic == pytest.approx(theirs.statistic, abs=SCIPY)
    assert found.p_value == pytest.approx(theirs.pvalue, rel=1e-3, abs=SCIPY)


@pytest.mark.parametrize(
    ("x", "w", "p"),
    [
        # R 4.2.2: shapiro.test(c(1, 2, 4)), and of the seven values below
        ([1.0, 2.0, 4.0], 0.964285714285714, 0.636886845028963),
        ([2.1, 3.3, 1.2, 4.4, 9.8, 3.1, 2.2], 0.782868401159929, 0.0276153188860858),
    ],
)
def test_agrees_with_r(x, w, p):
    found = shapiro_wilk(x)
    assert (found.statistic, found.p_value) == pytest.approx((w, p), rel=1e-9)


@settings(deadline=None, max_examples=25)
@given(seed=s.integers(0, 10_000), shift=s.floats(-1e3, 1e3), scale=s.floats(1e-3, 1e3))
def test_units_and_order_do_not_matter(seed, shift, scale):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=30)
    one, other = shapiro_wilk(x), shapiro_wilk(shift + scale * rng.permutation(x))
    assert other.statistic == pytest.approx(one.statistic, abs=1e-7)


def test_missing_values_are_left_out_and_one_value_gives_nothing():
    assert shapiro_wilk([1.0, np.nan, 2.0, 4.0]) == shapiro_wilk([1.0, 2.0, 4.0])
    assert np.isnan(shapiro_wilk([3.0] * 9).statistic)
    assert np.isnan(shapiro_wilk([3.0] * 9).p_value)


@pytest.mark.parametrize("n", [0, 2, 5001])
def test_too_few_and_too_many_are_refused(n):
    with pytest.raises(RequestError) as error:
        shapiro_wilk(np.arange(float(n)))
    assert error.value.code == "bad-option"
