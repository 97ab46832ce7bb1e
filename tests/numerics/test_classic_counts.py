"""Classic tests of counts against scipy.stats, statsmodels, brute force and published tables."""

from __future__ import annotations

from itertools import product
from math import comb, factorial, prod

import numpy as np
import pytest
import scipy.stats as st
from hypothesis import given, settings
from hypothesis import strategies as s
from scipy.stats.contingency import odds_ratio
from statsmodels.stats.contingency_tables import StratifiedTable
from statsmodels.stats.contingency_tables import mcnemar as mcnemar_of_statsmodels
from statsmodels.stats.proportion import proportion_confint

from cxsurvey.errors import DataFault, RequestError
from cxsurvey.numerics.classic.contingency import chi_square, goodness_of_fit, mantel_haenszel, mcnemar
from cxsurvey.numerics.classic.exact_tests import binomial_test, first_cell, fisher_2x2, fisher_table
from cxsurvey.numerics.classic.two_proportions import (
    agresti_coull,
    jeffreys,
    miettinen_nurminen,
    unpooled_z,
    wald_gap_interval,
    yates_z,
)
from cxsurvey.numerics.comparisons.score_tests import gap_z
from cxsurvey.numerics.probability.tails import normal_quantile
from cxsurvey.numerics.tables.inference import two_proportion_z

few = settings(deadline=None, max_examples=40)
counts_2x2 = s.lists(s.integers(0, 30), min_size=4, max_size=4).map(lambda x: [x[:2], x[2:]])


@given(counts_2x2, s.sampled_from(["two-sided", "less", "greater"]))
@few
def test_fisher_agrees_with_scipy(table, side):
    found = fisher_2x2(table, alternative=side)
    assert found.p_value == pytest.approx(st.fisher_exact(table, alternative=side).pvalue, rel=1e-9)
    if min(np.sum(table, axis=0)) > 0 and min(np.sum(table, axis=1)) > 0:
        theirs = odds_ratio(np.array(table), kind="conditional")
        assert found.odds_ratio == pytest.approx(theirs.statistic, rel=1e-6)
        limits = theirs.confidence_interval(0.95, alternative=side)
        assert (found.conf_low, found.conf_high) == pytest.approx((limits.low, limits.high), rel=1e-6)


@given(counts_2x2)
@few
def test_fisher_estimate_makes_the_mean_the_count_and_limits_leave_the_level(table):
    found = fisher_2x2(table, level=0.9)
    if 0 < found.odds_ratio < np.inf:
        assert first_cell(table, found.odds_ratio).mean == pytest.approx(table[0][0], rel=1e-9)
    if found.conf_low > 0:
        assert first_cell(table, found.conf_low).at_least == pytest.approx(0.05, rel=1e-8)
    if found.conf_high < np.inf:
        assert first_cell(table, found.conf_high).at_most == pytest.approx(0.05, rel=1e-8)


def test_fisher_without_choice_says_nothing():
    found = fisher_2x2([[0, 0], [3, 4]])
    assert np.isnan(found.odds_ratio)
    assert (found.p_value, found.conf_low, found.conf_high) == (1.0, 0.0, np.inf)


def brute_fisher(table):
    """Sum the chances of every table with these margins that is no more likely."""
    table = np.array(table)
    rows, columns = table.sum(axis=1), table.sum(axis=0)
    ways = prod(factorial(int(n)) for n in (*rows, *columns))
    chance = lambda cells: ways / (factorial(int(table.sum())) * prod(factorial(int(n)) for n in cells.ravel()))  # noqa: E731 - one line
    free = [
        range(int(min(rows[i], columns[j])) + 1) for i in range(len(rows) - 1) for j in range(len(columns) - 1)
    ]
    chances = []
    for cells in product(*free):
        inner = np.array(cells).reshape(len(rows) - 1, len(columns) - 1)
        filled = np.column_stack([inner, rows[:-1] - inner.sum(axis=1)])
        filled = np.vstack([filled, columns - filled.sum(axis=0)])
        if (filled >= 0).all():
            chances.append(chance(filled))
    return sum(each for each in chances if each <= chance(table) * (1 + 1e-7)), sum(chances)


@given(s.lists(s.integers(0, 4), min_size=9, max_size=9))
@settings(deadline=None, max_examples=15)
def test_fisher_of_a_larger_table_is_the_sum_over_all_tables(cells):
    table = np.array(cells).reshape(3, 3)
    p, whole = brute_fisher(table)
    assert whole == pytest.approx(1.0)
    assert fisher_table(table) == pytest.approx(p, rel=1e-9)
    assert fisher_table(table.T) == pytest.approx(p, rel=1e-9)


@given(counts_2x2)
@few
def test_fisher_of_any_size_is_fisher_of_two_by_two(table):
    assert fisher_table(table) == pytest.approx(fisher_2x2(table).p_value, rel=1e-9)


def test_a_table_too_large_for_an_exact_test_is_refused():
    with pytest.raises(DataFault) as refused:
        fisher_table(np.full((5, 5), 40), most_tables=10_000)
    assert refused.value.code == "too-many-tables"


@given(
    s.integers(0, 60), s.integers(1, 60), s.floats(0.01, 0.99), s.sampled_from(["two-sided", "less", "greater"])
)
@few
def test_binomial_agrees_with_scipy(x, n, share, side):
    x = min(x, n)
    theirs = st.binomtest(x, n, share, alternative=side)
    found = binomial_test(x, n, share, alternative=side)
    assert found.p_value == pytest.approx(theirs.pvalue, rel=1e-9)
    assert (found.conf_low, found.conf_high) == pytest.approx(
        tuple(theirs.proportion_ci(0.95)), rel=1e-9, abs=1e-12
    )


def test_binomial_in_a_large_sample_and_against_certainty():
    large = binomial_test(5_100, 10_000, alternative="greater")
    assert large.p_value == pytest.approx(st.binom.sf(5_099, 10_000, 0.5), rel=1e-9)
    assert binomial_test(3, 10, 0.0).p_value == 0.0
    assert binomial_test(0, 10, 0.0).p_value == 1.0
    with pytest.raises(RequestError):
        binomial_test(3, 2)
    with pytest.raises(RequestError):
        binomial_test(0, 0)


@given(s.lists(s.lists(s.integers(1, 50), min_size=3, max_size=3), min_size=2, max_size=5))
@few
def test_chi_square_agrees_with_scipy(table):
    theirs = st.chi2_contingency(table, correction=False)
    found = chi_square(table)
    assert (found.test.statistic, found.test.p_value, found.test.df) == pytest.approx(
        (theirs.statistic, theirs.pvalue, theirs.dof), rel=1e-9, abs=1e-12
    )
    assert found.expected == pytest.approx(theirs.expected_freq)
    assert found.cramers_v == pytest.approx(st.contingency.association(np.array(table), "cramer"), abs=1e-9)
    assert (found.residuals**2).sum() == pytest.approx(found.test.statistic)


@given(counts_2x2.filter(lambda t: min(*np.sum(t, axis=0), *np.sum(t, axis=1)) > 0))
@few
def test_two_by_two_is_the_square_of_z(table):
    (a, b), (c, d) = table
    z = two_proportion_z(a, a + b, c, c + d)
    found = chi_square(table)
    assert found.test.statistic == pytest.approx(float(z.statistic) ** 2, abs=1e-9)
    assert found.standardized[0, 0] == pytest.approx(float(z.statistic), abs=1e-7)
    corrected = chi_square(table, continuity=True).test
    assert corrected.statistic == pytest.approx(float(yates_z(a, a + b, c, c + d).statistic) ** 2, abs=1e-9)
    theirs = st.chi2_contingency(table, correction=True)
    assert corrected.statistic == pytest.approx(theirs.statistic, rel=1e-9, abs=1e-9)


def test_tables_that_say_nothing():
    for table in ([[0, 0], [3, 4]], [[3, 4]], [[0, 0], [0, 0]], np.zeros((0, 2))):
        found = chi_square(table) if np.size(table) else None
        assert found is None or np.isnan(found.test.statistic) or found.test.df == 0
    one_row = chi_square([[3, 4]])
    assert np.isnan(one_row.cramers_v)
    assert np.isnan(one_row.test.p_value)


@pytest.mark.parametrize("table", [[[1, -1], [2, 2]], [[1, np.nan], [2, 2]], [[1, np.inf], [2, 2]]])
def test_what_is_no_count_is_refused(table):
    with pytest.raises(DataFault) as refused:
        chi_square(table)
    assert refused.value.code == "not-counts"
    with pytest.raises(DataFault):
        fisher_2x2([[1.5, 1], [2, 2]])
    with pytest.raises(RequestError):
        fisher_2x2([[1, 2, 3], [4, 5, 6]])


def test_goodness_of_fit_agrees_with_scipy():
    found = goodness_of_fit([20, 30, 50], [0.25, 0.25, 0.5])
    theirs = st.chisquare([20, 30, 50], [25, 25, 50])
    assert (found.statistic, found.p_value) == pytest.approx(tuple(theirs))
    assert goodness_of_fit([3, 1], [1.0, 0.0]).p_value == 0.0
    assert np.isnan(goodness_of_fit([0, 0]).statistic)
    with pytest.raises(RequestError):
        goodness_of_fit([1, 2], [0.5, 0.6])


@given(s.integers(0, 40), s.integers(0, 40))
@few
def test_mcnemar_agrees_with_statsmodels(b, c):
    if b + c == 0:
        assert np.isnan(mcnemar(b, c).p_value)
        assert mcnemar(b, c, exact=True).p_value == 1.0
        return
    table = [[5, b], [c, 7]]
    assert mcnemar(b, c, exact=True).p_value == pytest.approx(mcnemar_of_statsmodels(table, exact=True).pvalue)
    plain = mcnemar_of_statsmodels(table, exact=False, correction=False)
    assert mcnemar(b, c, continuity=False).p_value == pytest.approx(plain.pvalue)
    if b != c:
        assert mcnemar(b, c).statistic == pytest.approx(mcnemar_of_statsmodels(table, exact=False).statistic)


@given(s.lists(s.lists(s.integers(1, 25), min_size=4, max_size=4), min_size=1, max_size=5))
@few
def test_mantel_haenszel_agrees_with_statsmodels(strata):
    tables = np.array(strata, dtype=float).reshape(-1, 2, 2)
    theirs = StratifiedTable(list(tables))
    found = mantel_haenszel(tables, continuity=False)
    assert found.test.statistic == pytest.approx(theirs.test_null_odds().statistic, rel=1e-9, abs=1e-12)
    assert found.odds_ratio == pytest.approx(theirs.oddsratio_pooled)
    assert (found.conf_low, found.conf_high) == pytest.approx(theirs.oddsratio_pooled_confint(), rel=1e-9)


def test_mantel_haenszel_at_its_limits():
    assert mantel_haenszel([[[3, 0], [0, 4]]]).odds_ratio == np.inf
    assert mantel_haenszel([[[0, 3], [4, 0]]]).odds_ratio == 0.0
    assert np.isnan(mantel_haenszel([[[0, 0], [0, 1]]]).test.p_value)
    assert np.isnan(mantel_haenszel(np.zeros((0, 2, 2))).odds_ratio)


pairs = s.tuples(s.integers(0, 40), s.integers(1, 40), s.integers(0, 40), s.integers(1, 40)).map(
    lambda t: (min(t[0], t[1]), t[1], min(t[2], t[3]), t[3])
)


@given(pairs)
@few
def test_miettinen_nurminen_limits_are_where_the_score_test_turns(pair):
    a, m, b, n = pair
    interval = miettinen_nurminen(a, m, b, n, 0.95)
    z = normal_quantile(0.95) * np.sqrt((m + n) / (m + n - 1))
    for limit, sign in ((interval.low, 1), (interval.high, -1)):
        if abs(limit) < 1 - 1e-9:
            assert gap_z(a, m, b, n, limit).statistic == pytest.approx(sign * z, abs=1e-5)
    assert interval.low - 1e-9 <= a / m - b / n <= interval.high + 1e-9
    other = miettinen_nurminen(b, n, a, m, 0.95)
    assert (other.low, other.high) == pytest.approx((-interval.high, -interval.low), abs=1e-9)


def test_miettinen_nurminen_is_not_the_interval_without_its_correction():
    # R's DescTools and the brute-force maximum of the likelihood give .0528, .3382 for 56/70 v 48/80.
    interval = miettinen_nurminen(56, 70, 48, 80, 0.95)
    assert (interval.low, interval.high) == pytest.approx((0.0528297, 0.3381729), abs=1e-6)


@given(pairs)
@few
def test_wald_and_its_correction_hold_the_gap(pair):
    a, m, b, n = pair
    plain, wide = (wald_gap_interval(a, m, b, n, 0.95, continuity=c) for c in (False, True))
    assert wide.low <= plain.low <= a / m - b / n + 1e-12
    assert a / m - b / n - 1e-12 <= plain.high <= wide.high
    z = unpooled_z(a, m, b, n).statistic
    if np.isfinite(z) and abs(plain.low) < 1 and abs(plain.high) < 1:
        assert (plain.low > 0 or plain.high < 0) == (abs(z) > normal_quantile(0.95))


@given(s.integers(0, 50), s.integers(1, 50), s.sampled_from([0.9, 0.95, 0.99]))
@few
def test_single_share_intervals_agree_with_statsmodels(x, n, level):
    x = min(x, n)
    beta = jeffreys(x, n, level)
    assert (beta.low, beta.high) == pytest.approx(st.beta(x + 0.5, n - x + 0.5).interval(level), rel=1e-9)
    normal = agresti_coull(x, n, level)
    theirs = proportion_confint(x, n, 1 - level, "agresti_coull")
    assert np.clip((normal.low, normal.high), 0, 1) == pytest.approx(np.clip(theirs, 0, 1))


def test_empty_bases_give_nan():
    for found in (unpooled_z(0, 0, 1, 2), yates_z(1, 2, 0, 0)):
        assert np.isnan(found.p_value)
    for interval in (miettinen_nurminen(0, 0, 1, 2, 0.95), wald_gap_interval(0, 0, 1, 2, 0.95)):
        assert np.isnan(interval.low)
    assert np.isnan(jeffreys(0, 0, 0.95).low)
    assert np.isnan(agresti_coull(0, 0, 0.95).high)


def test_binomial_by_hand():
    assert binomial_test(8, 9, alternative="greater").p_value == pytest.approx((comb(9, 8) + 1) / 2**9)


def test_a_table_of_many_arrangements_is_gone_through():
    # R 4.2.2: fisher.test(matrix(c(11, 0, 4, 9, 7, 2, 12, 5, 1, 8, 10, 3), 4), workspace = 2e7)$p.value
    table = np.array([11, 0, 4, 9, 7, 2, 12, 5, 1, 8, 10, 3]).reshape(3, 4).T
    assert fisher_table(table) == pytest.approx(
        0.000145967532140943, rel=1e-9
    )  # R adds some thousand chances up
