"""Classic tests of samples against scipy.stats, statsmodels and brute force."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
import pytest
import scipy.stats as st
from hypothesis import given, settings
from hypothesis import strategies as s
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.oneway import anova_oneway

from cxsurvey.errors import RequestError
from cxsurvey.numerics.classic.correlations import correlation_matrix, kendall, pearson, spearman
from cxsurvey.numerics.classic.mean_comparisons import (
    anova,
    bartlett,
    hedges_g,
    mean_test,
    t_test,
    tukey,
    welch_anova,
)
from cxsurvey.numerics.classic.pairwise import pairwise, pairwise_means, pairwise_shares
from cxsurvey.numerics.classic.rank_sums import (
    friedman,
    kolmogorov_smirnov,
    kruskal_wallis,
    mann_whitney,
    signed_rank,
)
from cxsurvey.numerics.probability.multiplicity import adjust_p
from cxsurvey.numerics.probability.upper_tails import chi_square_p, f_p, range_p, range_quantile
from cxsurvey.numerics.tables.inference import cohen_d

few = settings(deadline=None, max_examples=30)
ratings = s.lists(s.integers(1, 5), min_size=2, max_size=20)
numbers = s.lists(s.integers(-1000, 1000).map(lambda n: n / 8), min_size=3, max_size=12, unique=True)
three = s.lists(numbers, min_size=3, max_size=4)


@given(ratings, ratings, s.booleans())
@few
def test_mann_whitney_with_ties_agrees_with_scipy(x, y, continuity):
    if len({*x, *y}) == 1:
        assert np.isnan(mann_whitney(x, y).p_value)
        return
    found = mann_whitney(x, y, continuity=continuity, exact=False)
    theirs = st.mannwhitneyu(x, y, use_continuity=continuity, method="asymptotic")
    assert found.statistic == theirs.statistic
    assert found.p_value == pytest.approx(min(theirs.pvalue, 1.0), rel=1e-9)


@given(numbers, numbers)
@few
def test_exact_mann_whitney_agrees_with_scipy(x, y):
    y = [value + 1 / 16 for value in y]
    assert mann_whitney(x, y).p_value == pytest.approx(st.mannwhitneyu(x, y, method="exact").pvalue, rel=1e-9)


def test_exact_mann_whitney_is_a_count_of_orders():
    x, y = [1.5, 4.0, 7.0], [2.0, 3.0, 5.0, 9.0]
    everything = [*x, *y]
    u = [sum(a > b for a in part for b in set(everything) - set(part)) for part in combinations(everything, 3)]
    seen = mann_whitney(x, y).statistic
    tails = np.mean(np.array(u) <= seen), np.mean(np.array(u) >= seen)
    assert mann_whitney(x, y).p_value == pytest.approx(min(1, 2 * min(tails)))


@given(s.lists(s.integers(-4, 4), min_size=2, max_size=25), s.booleans())
@few
def test_signed_rank_with_ties_agrees_with_scipy(d, continuity):
    if not any(d):
        assert np.isnan(signed_rank(d).p_value)
        return
    found = signed_rank(d, continuity=continuity, exact=False)
    theirs = st.wilcoxon(d, correction=continuity, method="asymptotic")
    assert min(found.statistic, sum(range(sum(x != 0 for x in d) + 1)) - found.statistic) == theirs.statistic
    assert found.p_value == pytest.approx(min(theirs.pvalue, 1.0), rel=1e-9)


def test_exact_signed_rank_is_a_count_of_signs():
    d = np.array([1.2, -0.4, 2.2, 3.1, -0.9, 1.7])
    rank = st.rankdata(np.abs(d))
    sums = np.array([np.dot(signs, rank) for signs in product([0, 1], repeat=len(d))])
    seen = signed_rank(d)
    assert seen.p_value == pytest.approx(
        2 * min(np.mean(sums <= seen.statistic), np.mean(sums >= seen.statistic))
    )
    x, y = np.arange(6.0), np.arange(6.0) - d
    assert signed_rank(x, y).statistic == seen.statistic


def test_an_exact_test_of_ties_is_refused():
    for call in (lambda: mann_whitney([1, 1], [2, 3], exact=True), lambda: signed_rank([1, -1], exact=True)):
        with pytest.raises(RequestError) as refused:
            call()
        assert refused.value.code == "bad-option"


@given(s.lists(ratings, min_size=2, max_size=4))
@few
def test_kruskal_wallis_agrees_with_scipy(samples):
    found = kruskal_wallis([*samples, []])
    if len({value for sample in samples for value in sample}) == 1:
        assert np.isnan(found.statistic)
        return
    theirs = st.kruskal(*samples)
    assert (found.statistic, found.p_value) == pytest.approx(tuple(theirs), rel=1e-8, abs=1e-9)


@given(s.lists(s.lists(s.integers(1, 5), min_size=3, max_size=3), min_size=2, max_size=20))
@few
def test_friedman_agrees_with_scipy(rows):
    found = friedman([*rows, [np.nan, 1, 2]])
    if all(len(set(row)) == 1 for row in rows):
        assert np.isnan(found.statistic)
        return
    theirs = st.friedmanchisquare(*np.array(rows).T)
    assert (found.statistic, found.p_value) == pytest.approx(tuple(theirs), rel=1e-9, abs=1e-9)


@given(ratings, ratings)
@few
def test_kolmogorov_smirnov_agrees_with_scipy(x, y):
    found = kolmogorov_smirnov(x, y)
    assert found.statistic == pytest.approx(st.ks_2samp(x, y, method="asymp").statistic)
    limit = st.kstwobign.sf(np.sqrt(len(x) * len(y) / (len(x) + len(y))) * found.statistic)
    assert found.p_value == pytest.approx(limit)


@given(numbers, numbers, s.booleans())
@few
def test_t_tests_agree_with_scipy(x, y, pooled):
    theirs = st.ttest_ind(x, y, equal_var=pooled)
    found = t_test([*x, np.nan], y, pooled=pooled)
    assert (found.test.statistic, found.test.df, found.test.p_value) == pytest.approx(
        (theirs.statistic, theirs.df, theirs.pvalue), rel=1e-8
    )
    assert (found.conf_low, found.conf_high) == pytest.approx(tuple(theirs.confidence_interval(0.95)), rel=1e-8)


@given(numbers)
@few
def test_a_paired_test_is_one_of_differences(x):
    y = [value**2 / 100 for value in x]
    theirs = st.ttest_rel(x, y)
    paired, single = t_test(x, y, paired=True), mean_test(np.subtract(x, y))
    assert paired == single
    assert paired.test.statistic == pytest.approx(theirs.statistic, rel=1e-8)


def test_t_tests_that_say_nothing():
    for found in (t_test([1], [2, 3]), t_test([1, 1], [1, 1]), mean_test([4.0]), t_test([], [], pooled=True)):
        assert np.isnan(found.test.p_value)
    constant = t_test([1, 1, 1], [2, 2, 2])
    assert constant.difference == -1.0
    assert np.isnan(constant.test.statistic)


@given(three)
@few
def test_analysis_of_variance_agrees_with_scipy(samples):
    theirs = st.f_oneway(*samples)
    found = anova([*samples, []])
    assert found.test.statistic == pytest.approx(theirs.statistic, rel=1e-7, abs=1e-9)
    assert found.test.p_value == pytest.approx(st.f.sf(found.test.statistic, found.test.df, found.test.df2))
    everyone = np.concatenate(samples)
    assert found.between + found.within == pytest.approx(((everyone - everyone.mean()) ** 2).sum())


@given(three)
@few
def test_welch_agrees_with_statsmodels_and_for_two_with_t(samples):
    theirs = anova_oneway([np.array(x) for x in samples], use_var="unequal", welch_correction=True)
    found = welch_anova(samples)
    assert (found.statistic, found.p_value) == pytest.approx((theirs.statistic, theirs.pvalue), rel=1e-7)
    two, t = welch_anova(samples[:2]), t_test(*samples[:2]).test
    assert (two.statistic, two.p_value) == pytest.approx((t.statistic**2, t.p_value), rel=1e-7, abs=1e-12)


@given(three)
@few
def test_bartlett_agrees_with_scipy(samples):
    found = bartlett(samples)
    theirs = st.bartlett(*map(np.array, samples))
    assert found.statistic == pytest.approx(theirs.statistic, rel=1e-7, abs=1e-9)
    assert found.p_value == pytest.approx(st.chi2.sf(max(found.statistic, 0.0), found.df))


@given(three)
@settings(deadline=None, max_examples=8)
def test_tukey_agrees_with_scipy(samples):
    theirs = st.tukey_hsd(*samples)
    found = tukey(samples)
    i, j = found.pairs.T
    assert found.p_value == pytest.approx(theirs.pvalue[i, j], abs=1e-9)
    limits = theirs.confidence_interval(0.95)
    assert found.conf_low == pytest.approx(limits.low[i, j], rel=1e-6, abs=1e-6)
    assert found.conf_high == pytest.approx(limits.high[i, j], rel=1e-6, abs=1e-6)


@pytest.mark.parametrize(
    ("q", "groups", "df"), [(3.5, 3, 20), (1, 5, 2600), (4, 10, 5), (3, 4, 2), (0.5, 2, 1), (3.3, 3, np.inf)]
)
def test_the_studentized_range_agrees_with_scipy(q, groups, df):
    assert range_p(q, groups, df) == pytest.approx(st.studentized_range.sf(q, groups, df), abs=1e-11)


def test_a_range_of_two_is_a_t():
    for df in (3, 40):
        assert range_p(2.5 * np.sqrt(2), 2, df) == pytest.approx(2 * st.t.sf(2.5, df), rel=1e-9)
    assert range_quantile(0.95, 3, 20) == pytest.approx(3.577935, abs=1e-6)
    assert np.isnan(range_p(np.nan, 3, 20))
    assert np.isnan(range_quantile(0.95, 1, 20))
    assert range_p(0.0, 3, 20) == 1.0
    with pytest.raises(RequestError):
        range_quantile(1.0, 3, 20)


def test_upper_tails_do_not_underflow_early():
    assert chi_square_p(1400.0, 1) == pytest.approx(st.chi2.sf(1400.0, 1), rel=1e-9)
    assert f_p(500.0, 3, 200) == pytest.approx(st.f.sf(500.0, 3, 200), rel=1e-9)
    assert f_p(3.0, 2, np.inf) == pytest.approx(st.chi2.sf(6.0, 2))
    assert np.isnan([chi_square_p(1.0, 0), f_p(1.0, 0, 3), f_p(1.0, 3, -1)]).all()


def test_hedges_g_takes_off_the_bias():
    rng = np.random.default_rng(3)
    x, y = rng.normal(0.5, 1, (40_000, 5)), rng.normal(0, 1, (40_000, 5))
    d = cohen_d(x.mean(1) - y.mean(1), x.std(1, ddof=1), 5, y.std(1, ddof=1), 5)
    assert hedges_g(d, 8).mean() == pytest.approx(0.5, abs=0.012)  # standard error 0.0037
    assert d.mean() > 0.53
    assert np.isnan(hedges_g(0.5, 1))


@given(numbers)
@few
def test_correlations_agree_with_scipy(x):
    y = np.round(np.sin(x) * 3)
    if np.ptp(y) == 0:
        assert np.isnan(kendall(x, y).estimate)
        return
    for ours, theirs in ((pearson, st.pearsonr), (spearman, st.spearmanr)):
        found, wanted = ours(x, y), theirs(x, y)
        assert found.estimate == pytest.approx(wanted.statistic, abs=1e-12)
        if abs(found.estimate) < 1 - 1e-9:
            assert found.test.p_value == pytest.approx(wanted.pvalue, rel=1e-6)
    tau = st.kendalltau(x, y, method="asymptotic")
    assert (kendall(x, y).estimate, kendall(x, y).test.p_value) == pytest.approx(tuple(tau), rel=1e-9)


def test_fishers_interval_agrees_with_scipy_and_blocks_with_the_table(monkeypatch):
    rng = np.random.default_rng(5)
    x, y = rng.normal(size=60), rng.normal(size=60)
    limits = st.pearsonr(x, y).confidence_interval(0.9)
    found = pearson(x, y, level=0.9)
    assert (found.conf_low, found.conf_high) == pytest.approx(tuple(limits))
    by_table = kendall(x, y)
    monkeypatch.setattr("cxsurvey.numerics.classic.correlations.MOST_CELLS", 0)
    assert kendall(x, y).test == by_table.test
    assert pearson([1, 2, 3, 4], [2, 4, 6, 8]).conf_low == pytest.approx(1.0)


def test_correlation_matrix_by_pairs_and_by_complete_cases():
    x = np.array([[1, 2, 5], [2, 1, np.nan], [4, 4, 1], [5, 3, 2], [np.nan, 9, 3]])
    whole = correlation_matrix(x)
    assert whole == pytest.approx(np.corrcoef(x[[0, 2, 3]].T))
    pairs = correlation_matrix(x, pairwise=True)
    assert pairs[0, 1] == pytest.approx(np.corrcoef(x[:4, 0], x[:4, 1])[0, 1])
    assert np.isnan(correlation_matrix([[1, 1], [1, 2], [1, 3]])[0, 1])


@pytest.mark.parametrize(
    ("ours", "theirs"), [("hommel", "hommel"), ("hochberg", "simes-hochberg"), ("by", "fdr_by")]
)
@given(p=s.lists(s.floats(0, 1), min_size=1, max_size=12))
@few
def test_adjustments_agree_with_statsmodels(ours, theirs, p):
    assert adjust_p(p, ours).p_adjusted == pytest.approx(multipletests(p, method=theirs)[1], abs=1e-12)
    with_gap = adjust_p([np.nan, *p], ours)
    assert with_gap.family == len(p)
    assert with_gap.p_adjusted[1:] == pytest.approx(adjust_p(p, ours).p_adjusted)


def test_pairs_are_tests_of_two_adjusted_together():
    samples = [[1.0, 2, 3, 4], [3, 5, 6, 7.5], [8, 9, 10, 12]]
    welch = pairwise_means(samples, pooled=False, adjust="none")
    assert welch.p_value[1] == t_test(samples[0], samples[2]).test.p_value
    pooled = pairwise_means(samples)
    error = np.sqrt(anova(samples).mean_squares[1] / 2)
    assert pooled.p_value[0] == pytest.approx(2 * st.t.sf((5.375 - 2.5) / error, 9))
    assert pooled.p_adjusted == pytest.approx(adjust_p(pooled.p_value, "holm").p_adjusted)
    table = pooled.matrix(adjusted=False)
    assert table[2, 1] == table[1, 2] == pooled.p_value[2]
    ranks = pairwise(samples, lambda a, b: mann_whitney(a, b).p_value, adjust="bh")
    assert ranks.family == 3
    shares = pairwise_shares([3, 0, 0], [10, 10, 0], continuity=True)
    assert np.isnan(shares.p_adjusted[1:]).all()
    assert shares.family == 1


def test_one_sample_is_no_comparison():
    for call in (
        lambda: kruskal_wallis([[1, 2]]),
        lambda: pairwise_shares([3], [10]),
        lambda: tukey([[1, 2], []]),
    ):
        with pytest.raises(RequestError):
            call()
