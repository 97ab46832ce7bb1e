"""Score tests of shares, ratios and gaps: published values, statsmodels, likelihood grids, each other."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxsurvey.errors import RequestError
from cxsurvey.numerics.comparisons.paired import (
    paired_gap_interval,
    paired_gap_z,
    paired_ratio_interval,
    paired_ratio_z,
    paired_z,
)
from cxsurvey.numerics.comparisons.score_tests import (
    crossing,
    gap_interval,
    gap_z,
    part_whole_z,
    ratio_interval,
    ratio_z,
    share_z,
)
from cxsurvey.numerics.tables.inference import two_proportion_z

# statsmodels 0.15.0: test_proportions_2indep(x1, n1, x2, n2, value=k, compare="ratio", method="score",
# correction=False).statistic. Closed form on both sides, so equal to rounding of floats.
RATIO_Z = [
    ((46, 185, 34, 338, 2), 1.0251373592794746),
    ((46, 185, 34, 338, 1.5), 2.4336438160986322),
    ((50, 82, 321, 1009, 2), -0.4360768585333538),
    ((5, 40, 12, 30, 0.5), -1.0124969049224493),
    ((0, 20, 5, 30, 0.5), -1.3341014224000363),
    ((30, 30, 12, 40, 2), 2.5298221281347035),
]
# The same with confint_proportions_2indep(..., method="score", compare="ratio", correction=False); both sides
# search for the ends, theirs with a tolerance of 1e-12 or so.
RATIO_INTERVALS = [
    ((46, 185, 34, 338), (1.651221965788197, 3.696930097865895)),
    ((50, 82, 321, 1009), (1.5484227764767529, 2.290908666771974)),
]

counts = st.integers(2, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@pytest.mark.parametrize(("sample", "expected"), RATIO_Z)
def test_a_ratio_against_statsmodels(sample, expected):
    assert float(ratio_z(*sample).statistic) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(("sample", "expected"), RATIO_INTERVALS)
def test_the_interval_of_a_ratio_against_statsmodels(sample, expected):
    found = ratio_interval(*sample, 0.95)
    assert (float(found.low), float(found.high)) == pytest.approx(expected, rel=1e-9)


def test_the_interval_of_the_published_example():
    """Koopman 1984, Biometrics 40, p. 517: 36 of 40 against 16 of 80, 2.94 to 7.15."""
    found = ratio_interval(36, 40, 16, 80, 0.95)
    assert (round(float(found.low), 2), round(float(found.high), 2)) == (2.94, 7.15)


def likeliest(x1, n1, x2, n2, firsts, seconds):
    """The pair of shares of largest likelihood among those of a hypothesis, in plain Python over a grid."""
    with np.errstate(divide="ignore"):
        logs = [np.log(np.clip(p, 0, 1)) for p in (firsts, 1 - firsts, seconds, 1 - seconds)]
    terms = [
        x * log if x else np.zeros_like(log) for x, log in zip((x1, n1 - x1, x2, n2 - x2), logs, strict=True)
    ]
    best = int(np.argmax(sum(terms)))
    return float(firsts[best]), float(seconds[best])


@pytest.mark.parametrize("gap", [-0.4, -0.1, 0.05, 0.3])
@pytest.mark.parametrize("sample", [(50, 100, 70, 200), (10, 40, 12, 30), (0, 20, 5, 30), (20, 20, 9, 9)])
def test_a_gap_against_a_grid_of_the_likelihood(sample, gap):
    x1, n1, x2, n2 = sample
    seconds = np.linspace(max(0.0, -gap), min(1.0, 1 - gap), 400_001)
    p, q = likeliest(x1, n1, x2, n2, seconds + gap, seconds)
    expected = (x1 / n1 - x2 / n2 - gap) / math.sqrt(p * (1 - p) / n1 + q * (1 - q) / n2)
    # The grid is 2.5e-6 fine and the statistic is flat at the maximum.
    assert float(gap_z(*sample, gap).statistic) == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize("ratio", [0.3, 0.9, 1.7, 4.0])
@pytest.mark.parametrize("sample", [(46, 185, 34, 338), (0, 20, 5, 30), (9, 9, 20, 20), (3, 50, 0, 50)])
def test_a_ratio_against_a_grid_of_the_likelihood(sample, ratio):
    x1, n1, x2, n2 = sample
    seconds = np.linspace(0.0, min(1.0, 1 / ratio), 400_001)[1:]
    p, q = likeliest(x1, n1, x2, n2, seconds * ratio, seconds)
    p = min(p, 1.0)
    expected = (x1 / n1 - ratio * x2 / n2) / math.sqrt(p * (1 - p) / n1 + ratio**2 * q * (1 - q) / n2)
    assert float(ratio_z(*sample, ratio).statistic) == pytest.approx(expected, rel=1e-3, abs=1e-3)


@settings(deadline=None, max_examples=60)
@given(counts, counts)
def test_no_gap_and_a_ratio_of_one_are_the_pooled_test(first, second):
    pooled = float(two_proportion_z(*first, *second).statistic)
    ratio = float(ratio_z(*first, *second, 1.0).statistic)
    assert ratio == pytest.approx(pooled, rel=1e-9, nan_ok=True) or (math.isnan(pooled) and ratio == 0)
    gap = float(gap_z(*first, *second, 0.0).statistic)
    assert gap == pytest.approx(0.0 if math.isnan(pooled) else pooled, rel=1e-6, abs=1e-6)


@settings(deadline=None, max_examples=60)
@given(counts, counts)
def test_part_and_whole_is_the_pooled_test_against_the_rest(part, rest):
    (x, n), (y, m) = part, rest
    found = float(part_whole_z(x, n, x + y, n + m).statistic)
    assert found == pytest.approx(float(two_proportion_z(x, n, y, m).statistic), rel=1e-9, nan_ok=True)


@settings(deadline=None, max_examples=60)
@given(counts, counts, st.floats(0.2, 5))
def test_the_other_way_up_is_the_same_test(first, second, ratio):
    one = float(ratio_z(*first, *second, ratio).statistic)
    other = float(ratio_z(*second, *first, 1 / ratio).statistic)
    assert one == pytest.approx(-other, rel=1e-7, abs=1e-7, nan_ok=True)


@settings(deadline=None, max_examples=40)
@given(counts, counts)
def test_the_ends_of_intervals_are_where_the_test_begins_to_refuse(first, second):
    (x, _), (y, _) = first, second
    gap = gap_interval(*first, *second, 0.95)
    for end, expected in ((float(gap.low), 1.959964), (float(gap.high), -1.959964)):
        if abs(end) < 1 - 1e-9:
            assert float(gap_z(*first, *second, end).statistic) == pytest.approx(expected, abs=1e-4)
    ratio = ratio_interval(*first, *second, 0.95)
    assert (float(ratio.low) == 0) == (x == 0)
    assert math.isinf(float(ratio.high)) == (y == 0)
    if x and y:
        assert float(ratio_z(*first, *second, float(ratio.low)).statistic) == pytest.approx(1.959964, abs=1e-4)


def test_shares_against_a_number():
    found = share_z([58, 3, 0, 0, 1], [100, 10, 10, 0, 10], [0.5, 0.3, 0.0, 0.5, 0.0])
    assert found.statistic.tolist() == pytest.approx([1.6, 0.0, 0.0, np.nan, np.inf], nan_ok=True)
    assert found.p_value.tolist() == pytest.approx([0.10960, 1.0, 1.0, np.nan, 0.0], abs=1e-5, nan_ok=True)


def test_the_reference_values_of_a_part_and_its_whole():
    """50 of 100 within 120 of 300: z 2.500 and p .0124, where two independent shares would give 1.752."""
    found = part_whole_z(50, 100, 120, 300)
    assert (round(float(found.statistic), 3), round(float(found.p_value), 4)) == (2.5, 0.0124)
    assert round(float(two_proportion_z(50, 100, 120, 300).statistic), 3) == 1.752
    assert np.isnan(part_whole_z(120, 300, 120, 300).statistic)


def test_what_is_not_defined_is_not_a_number():
    assert np.isnan(ratio_z(0, 10, 0, 10, 2).statistic)
    assert np.isnan(ratio_z(1, 0, 2, 10, 2).statistic)
    assert np.isnan(gap_z(0, 0, 2, 10, 0.1).statistic)
    assert np.isnan(ratio_interval(1, 0, 2, 10, 0.95).low)
    with pytest.raises(RequestError) as caught:
        ratio_interval(1, 2, 3, 4, 95)
    assert caught.value.code == "not-a-fraction"


def test_halving_ends_at_an_end_that_is_never_passed():
    def falling(x):
        return -x

    assert float(crossing(falling, np.array(0.0), np.array(1.0), -2.0)) == pytest.approx(1.0)
    assert float(crossing(falling, np.array(0.0), np.array(1.0), 2.0)) == pytest.approx(0.0)


def paired_grid(cells, ratio):
    """The score statistic of a paired ratio, the likeliest shares found on ever finer grids."""
    only_a, only_b, both, neither = cells
    low, high = np.zeros(2), np.ones(2)
    for _ in range(12):
        axes = [np.linspace(start, end, 201) for start, end in zip(low, high, strict=True)]
        second, common = np.meshgrid(*axes, indexing="ij")
        first = (
            ratio * second + (ratio - 1) * common
        )  # the hypothesis: first + common = ratio (second + common)
        shares = np.stack([first, second, common, 1 - first - second - common])
        possible = (shares >= 0).all(axis=0)
        with np.errstate(divide="ignore"):
            logs = np.log(np.where(possible, shares, 1.0))
        parts = [x * log if x else np.zeros_like(log) for x, log in zip(cells, logs, strict=True)]
        value = np.where(possible, sum(parts), -np.inf)
        at = np.unravel_index(int(np.argmax(value)), value.shape)
        centre = np.array([axes[0][at[0]], axes[1][at[1]]])
        width = (high - low) / 8
        low, high = np.maximum(centre - width, 0), np.minimum(centre + width, 1)
    p, q, m, _ = shares[:, at[0], at[1]]
    n = only_a + only_b + both + neither
    return (only_a + both - ratio * (only_b + both)) / math.sqrt(n * (p + ratio**2 * q + (1 - ratio) ** 2 * m))


@pytest.mark.parametrize("cells", [(30, 12, 40, 18), (30, 0, 40, 18), (5, 9, 3, 3)])
@pytest.mark.parametrize("ratio", [0.6, 1.5])
def test_a_paired_ratio_against_a_grid_of_the_likelihood(cells, ratio):
    only_a, only_b, both, _ = cells
    found = float(paired_ratio_z(both, only_a, only_b, sum(cells), ratio).statistic)
    assert found == pytest.approx(paired_grid(cells, ratio), rel=1e-4)


@pytest.mark.parametrize("cells", [(30, 12, 40, 18), (30, 0, 40, 18), (5, 9, 3, 3), (0, 7, 20, 20)])
@pytest.mark.parametrize("gap", [-0.3, 0.1])
def test_a_paired_gap_against_tangos_closed_form(cells, gap):
    """Tango 1998, Statistics in Medicine 17, 891-908: the larger root of a quadratic."""
    b, c, both, _ = cells
    n = sum(cells)
    a_, b_, c_ = 2 * n, -b - c + (2 * n - b + c) * gap, -c * gap * (1 - gap)
    second = (math.sqrt(b_**2 - 4 * a_ * c_) - b_) / (2 * a_)
    expected = (b - c - n * gap) / math.sqrt(n * (2 * second + gap * (1 - gap)))
    assert float(paired_gap_z(both, b, c, n, gap).statistic) == pytest.approx(expected, rel=1e-7)


@settings(deadline=None, max_examples=40)
@given(st.tuples(*(st.integers(0, 25) for _ in range(4))).filter(lambda cells: sum(cells[:3]) > 0))
def test_paired_tests_agree_with_mcnemar_and_with_their_intervals(cells):
    only_a, only_b, both, neither = cells
    n = only_a + only_b + both + neither
    simple = float(paired_z(only_a, only_b).statistic)
    assert float(paired_gap_z(both, only_a, only_b, n, 0.0).statistic) == pytest.approx(simple, abs=1e-7)
    assert float(paired_ratio_z(both, only_a, only_b, n, 1.0).statistic) == pytest.approx(simple, abs=1e-7)
    gap = paired_gap_interval(both, only_a, only_b, n, 0.95)
    ratio = paired_ratio_interval(both, only_a, only_b, n, 0.95)
    refuses = abs(simple) > 1.959964 + 1e-6
    if refuses or abs(simple) < 1.959964 - 1e-6:
        assert refuses == (not gap.low <= 0 <= gap.high) == (not ratio.low <= 1 <= ratio.high)
    assert gap.low - 1e-9 <= (only_a - only_b) / n <= gap.high + 1e-9


def test_answers_that_exclude_one_another_are_a_binomial():
    """Without overlap the ratio of two answers is that of two counts: Wilson's interval of b / (b + c)."""
    b, c, z = 60, 30, 1.959963984540054
    n, p = b + c, b / (b + c)
    middle, half = p + z**2 / (2 * n), z * math.sqrt(p * (1 - p) / n + (z / (2 * n)) ** 2)
    ends = [(middle + side * half) / (1 + z**2 / n) for side in (-1, 1)]
    found = paired_ratio_interval(0, b, c, 120, 0.95)
    assert [float(found.low), float(found.high)] == pytest.approx([end / (1 - end) for end in ends], rel=1e-6)


def test_paired_without_respondents_or_answers():
    assert np.isnan(paired_gap_z(0, 0, 0, 0, 0.1).statistic)
    assert np.isnan(paired_ratio_z(0, 0, 0, 10, 2.0).statistic)
    assert float(paired_z(0, 0).statistic) == 0
