"""Cronbach's alpha against psych, R's survey package and a published tutorial."""

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pyreadstat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from r_goldens import DATA, frame, golden

from cxsurvey.errors import RequestError
from cxsurvey.numerics.scales.reliability import cronbach_alpha, feldt_interval

EXPORTS = Path(__file__).resolve().parents[3] / "shared" / "exports"


@golden("classic_alpha_complete")
def test_against_psych(case):
    """Complete cases; psych prints its interval for all 2,800 rows, also the incomplete ones."""
    result = case["result"]
    data = pd.read_csv(DATA / "bfi.csv")[result["items"]]
    ours = cronbach_alpha(data, reverse=[False, False, False, True, True])
    np.testing.assert_allclose(ours.alpha, result["total"]["raw_alpha"], rtol=1e-12)
    np.testing.assert_allclose(ours.standardized, result["total"]["std.alpha"], rtol=1e-12)
    dropped = np.array(result["alpha_drop"]["values"])
    np.testing.assert_allclose(ours.alpha_if_dropped, dropped[:, 0], rtol=1e-12)
    np.testing.assert_allclose(ours.standardized_if_dropped, dropped[:, 1], rtol=1e-12)
    np.testing.assert_allclose(ours.item_total, np.array(result["item_stats"]["values"])[:, 4], rtol=1e-10)
    assert ours.n == ours.n_effective == data.dropna().shape[0]


@golden("classic_alpha", "classic_alpha_unkeyed", "classic_alpha_complete")
def test_interval_against_psych(case):
    result = case["result"]
    n, k = len(pd.read_csv(DATA / "bfi.csv")), len(result["items"])
    interval = feldt_interval(result["total"]["raw_alpha"], n, k)
    expected = [result["feldt"]["lower.ci"], result["feldt"]["upper.ci"]]
    np.testing.assert_allclose([interval.low, interval.high], expected, rtol=1e-10)


@golden("cralpha")
def test_weighted_against_r(case):
    data = frame("a_cx.csv")
    ours = cronbach_alpha(data[[f"ins0{i}" for i in range(1, 8)]], weights=data["weight"])
    np.testing.assert_allclose(ours.alpha, case["result"]["*alpha*"], rtol=1e-10)
    assert ours.n_effective < ours.n


def test_published_hotel_tutorial():
    if not (EXPORTS / "pspp_hotel.sav").exists():
        pytest.skip("the collection of exports is absent")
    data, _ = pyreadstat.read_sav(str(EXPORTS / "pspp_hotel.sav"))
    with (EXPORTS / "pspp_hotel.published.csv").open() as file:
        published = next(csv.DictReader(file))
    ours = cronbach_alpha(data[["v1", "v3", "v4"]], reverse=[False, True, False])
    assert round(ours.alpha, 2) == float(published["published_value"])
    assert ours.n == int(published["base_n"])


@given(st.integers(0, 10_000))
@settings(deadline=None, max_examples=25)
def test_scale_of_weights_shift_of_items_and_order_change_nothing(seed):
    rng = np.random.default_rng(seed)
    x = rng.integers(1, 6, size=(30, 4)).astype(float)
    w = rng.uniform(0.2, 3, 30)
    order = rng.permutation(30)
    ours = cronbach_alpha(x, weights=w)
    other = cronbach_alpha(x[order] + 7, weights=1000 * w[order])
    np.testing.assert_allclose(ours.alpha, other.alpha, rtol=1e-9)
    np.testing.assert_allclose(ours.item_total, other.item_total, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(ours.conf_low, other.conf_low, rtol=1e-9)


def test_item_total_is_the_correlation_with_the_other_items():
    x = np.array([[1, 2, 1], [2, 3, 2], [4, 4, 5], [5, 4, 4], [3, 3, 3]], dtype=float)
    expected = [np.corrcoef(x[:, j], np.delete(x, j, 1).sum(axis=1))[0, 1] for j in range(3)]
    np.testing.assert_allclose(cronbach_alpha(x).item_total, expected, rtol=1e-12)


def test_item_that_does_not_vary():
    x = np.array([[1, 2, 3], [2, 3, 3], [4, 4, 3], [5, 4, 3]], dtype=float)
    ours = cronbach_alpha(x)
    assert 0 < ours.alpha < 1
    assert np.isnan(ours.standardized)
    assert np.isnan(ours.item_total[2])
    assert np.isfinite(ours.item_total[:2]).all()


def test_items_that_repeat_each_other_and_items_that_cancel():
    x = np.array([1.0, 2.0, 4.0, 5.0])
    assert cronbach_alpha(np.column_stack([x, x])).alpha == pytest.approx(1)
    assert np.isnan(cronbach_alpha(np.column_stack([x, -x])).alpha)


def test_two_items_have_no_alpha_without_one():
    ours = cronbach_alpha([[1, 2], [2, 2], [4, 5], [5, 4]])
    assert np.isnan(ours.alpha_if_dropped).all()
    assert np.isfinite(ours.alpha)


@pytest.mark.parametrize(
    "items", [np.empty((0, 3)), [[1.0, 2.0, 3.0]], np.full((4, 3), np.nan), np.full((4, 3), 3.0)]
)
def test_too_few_cases_or_no_spread_is_nan(items):
    ours = cronbach_alpha(items)
    assert np.isnan([ours.alpha, ours.standardized, ours.conf_low, ours.conf_high]).all()


def test_refusals():
    with pytest.raises(RequestError, match="too-few-items"):
        cronbach_alpha([[1.0], [2.0]])
    with pytest.raises(RequestError, match="array-shape"):
        cronbach_alpha([1.0, 2.0])
    with pytest.raises(RequestError, match="array-shape"):
        cronbach_alpha([[1.0, 2.0]], weights=[1.0, 1.0])
