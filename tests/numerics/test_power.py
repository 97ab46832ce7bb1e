"""Power, sample sizes and smallest gaps against statsmodels, simulation and each other."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as s
from scipy.stats import nct, t

from cxsurvey.errors import RequestError
from cxsurvey.numerics.classic.power import (
    mean_power,
    mean_sample_size,
    share_power,
    share_sample_size,
    smallest_mean_gap,
    smallest_share_gap,
)
from cxsurvey.numerics.tables.inference import two_proportion_z

few = settings(deadline=None, max_examples=25)
shares = s.floats(0.05, 0.95)
bases = s.integers(20, 2000)


@given(s.floats(0.05, 1.5), s.integers(3, 300), s.floats(0.3, 3))
@few
def test_power_for_means_agrees_with_statsmodels(d, n, ratio):
    df = n * (1 + ratio) - 2
    shift = d / np.sqrt(1 / n + 1 / (ratio * n))
    theirs = nct.sf(t.ppf(0.975, df), df, shift)
    assert mean_power(d, n, ratio * n) == pytest.approx(theirs, rel=1e-7, abs=1e-10)


@given(shares, shares, s.floats(0.5, 0.95), s.floats(0.5, 2), s.floats(1, 3))
@few
def test_the_sample_size_has_the_power(p1, p2, power, ratio, deff):
    if abs(p1 - p2) < 0.02:
        return
    n = share_sample_size(p1, p2, power=power, ratio=ratio, deff=deff)
    assert share_power(p1, p2, n, ratio * n, deff=deff) == pytest.approx(power, abs=1e-9)


@given(s.floats(0.1, 2), s.floats(0.5, 0.95), s.floats(0.5, 2), s.floats(1, 3))
@few
def test_the_sample_size_for_means_has_the_power(d, power, ratio, deff):
    n = mean_sample_size(d, power=power, ratio=ratio, deff=deff)
    reached = mean_power(d, n, ratio * n, deff=deff)
    if n * (1 + ratio) / deff > 3.001:  # fewer have no test
        assert reached == pytest.approx(power, abs=1e-7)
    else:
        assert reached >= power - 1e-7


@given(shares, bases, bases, s.floats(1, 3))
@few
def test_the_smallest_gap_has_the_power(p1, n1, n2, deff):
    gap = smallest_share_gap(p1, n1, n2, deff=deff)
    for found, way in ((gap.up, 1), (gap.down, -1)):
        if np.isfinite(found):
            assert share_power(p1, p1 + way * found, n1, n2, deff=deff) == pytest.approx(0.8, abs=1e-6)
        else:
            assert share_power(p1, 1.0 if way > 0 else 0.0, n1, n2, deff=deff) < 0.8
    mirrored = smallest_share_gap(1 - p1, n1, n2, deff=deff)
    assert gap.up == pytest.approx(mirrored.down, abs=1e-9, nan_ok=True)


@given(bases, bases, s.floats(1, 3))
@few
def test_the_smallest_gap_of_means_has_the_power(n1, n2, deff):
    gap = smallest_mean_gap(n1, n2, deff=deff)
    assert mean_power(gap, n1, n2, deff=deff) == pytest.approx(0.8, abs=1e-6)


def test_a_design_effect_is_a_smaller_base():
    assert share_power(0.4, 0.5, 300, 300, deff=2) == pytest.approx(share_power(0.4, 0.5, 150, 150))
    assert share_sample_size(0.4, 0.5, deff=2) == pytest.approx(2 * share_sample_size(0.4, 0.5))
    assert smallest_mean_gap(200, 200, deff=2) == pytest.approx(smallest_mean_gap(100, 100))


def test_power_is_how_often_the_test_finds_the_gap():
    rng = np.random.default_rng(11)
    x, y = rng.binomial(150, 0.35, 40_000), rng.binomial(200, 0.5, 40_000)
    test = two_proportion_z(x, 150, y, 200)
    found = np.mean((test.p_value < 0.05) & (test.statistic < 0))
    assert share_power(0.35, 0.5, 150, 200) == pytest.approx(
        found, abs=0.012
    )  # standard error 0.002; counts step


def test_what_has_no_power_is_nan():
    assert np.isnan(share_power(0.3, 0.5, 0, 100))
    assert np.isnan(share_power(0.0, 0.0, 50, 50))
    assert np.isnan(mean_power(0.5, 1, 1))
    assert np.isnan(smallest_share_gap(0.5, 4, 4).up)
    assert share_sample_size(0.3, 0.3) == np.inf
    assert np.isnan(mean_sample_size(0.0))
    assert share_power(0.0, 1.0, 50, 50) == 1.0


@pytest.mark.parametrize(
    "call",
    [
        lambda: share_power(1.2, 0.5, 10, 10),
        lambda: share_power(0.2, 0.5, 10, 10, level=1.0),
        lambda: share_sample_size(0.2, 0.5, power=1.0),
        lambda: smallest_mean_gap(10, 10, power=0.0),
        lambda: smallest_share_gap(-0.1, 10, 10),
    ],
)
def test_what_is_no_fraction_is_refused(call):
    with pytest.raises(RequestError) as refused:
        call()
    assert refused.value.code == "not-a-fraction"
