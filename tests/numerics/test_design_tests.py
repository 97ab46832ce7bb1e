"""Tests of tables and means under a design: classical tests of simple samples, and their invariances."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from test_multistage import designed, samples

from cxsurvey.errors import DataFault, RequestError
from cxsurvey.numerics.comparisons.independence import independence_test
from cxsurvey.numerics.comparisons.mean_tests import mean_test, two_means_test
from cxsurvey.numerics.probability.weighted_chi_squares import weighted_chi_square_p
from cxsurvey.numerics.sampling.multistage import multistage_design
from cxsurvey.numerics.sampling.replication import replicate_design

STATISTICS = ["F", "chisq", "wald", "adjusted-wald", "saddlepoint"]
TABLE = np.array([[12, 7, 9], [8, 14, 10]])


def unfolded(table):
    """One respondent for each count."""
    row, column = np.indices(table.shape)
    return np.repeat(row.ravel(), table.ravel()), np.repeat(column.ravel(), table.ravel())


def clustered(seed=5, n=240):
    rng = np.random.default_rng(seed)
    design = multistage_design(
        rng.uniform(1, 4, n), clusters=[np.arange(n) // 6], strata=[np.arange(n) // 60], lonely="error"
    )
    return design, rng.integers(0, 3, n), rng.integers(0, 4, n)


def test_pearson_of_a_simple_sample_is_that_of_counts():
    test = independence_test(multistage_design(np.full(TABLE.sum(), 3.0)), *unfolded(TABLE))
    expected = stats.chi2_contingency(TABLE, correction=False)
    assert test.pearson == pytest.approx(expected.statistic, rel=1e-12)
    assert test.n == TABLE.sum()


def test_a_table_that_is_independent_has_deltas_of_a_simple_sample():
    """At exact independence the covariance of the sample is that of the multinomial, times n / (n - 1)."""
    table = np.outer([4, 8], [3, 6, 3])
    n = table.sum()
    test = independence_test(multistage_design(np.ones(n)), *unfolded(table))
    np.testing.assert_allclose(test.design_effects, n / (n - 1), rtol=1e-10)
    assert test.pearson == pytest.approx(0, abs=1e-20)
    assert test.p_value == pytest.approx(1)


def test_large_simple_samples_give_the_classical_p():
    table = 50 * np.array([[20, 21, 20], [20, 20, 21]])
    n = table.sum()
    classical = stats.chi2_contingency(table, correction=False).pvalue
    for statistic in STATISTICS:
        found = independence_test(multistage_design(np.ones(n)), *unfolded(table), statistic=statistic)
        # The saddlepoint approximation is good to about 1% of p; the others differ by terms of order 1 / n.
        assert found.p_value == pytest.approx(classical, rel=0.03)


@pytest.mark.parametrize("statistic", STATISTICS)
@settings(deadline=None, max_examples=15)
@given(seed=st.integers(0, 500))
def test_labels_order_and_scale_do_not_matter(statistic, seed):
    design, row, column = clustered(seed)
    first = independence_test(design, row, column, statistic=statistic)
    turned = independence_test(design, 3 - column, row + 2, statistic=statistic, base=77.0)
    order = np.random.default_rng(seed).permutation(design.n)
    stage = design.stages[0]
    again = multistage_design(
        1000 * design.weights[order], clusters=[stage.cluster[order]], strata=[stage.sample.stratum[order]]
    )
    moved = independence_test(again, row[order], column[order], statistic=statistic)
    assert turned.p_value == pytest.approx(first.p_value, rel=1e-8)
    assert moved.p_value == pytest.approx(first.p_value, rel=1e-8)
    assert 0 < first.p_value < 1


def test_the_wald_test_of_two_by_two_is_a_squared_z():
    """Observed less expected of one cell, linearized by hand."""
    design, row, column = clustered()
    row, column = row % 2, column % 2
    w, N = design.weights, design.weights.sum()
    table = np.array([[w[(row == r) & (column == c)].sum() for c in (0, 1)] for r in (0, 1)])
    a, b = table.sum(axis=1)[0], table.sum(axis=0)[0]
    value = table[0, 0] - a * b / N
    z = w * ((row == 0) & (column == 0)) - w * ((row == 0) * b / N + (column == 0) * a / N - a * b / N**2)
    stage = design.stages[0]
    totals = np.bincount(stage.cluster, z).reshape(4, 10)
    variance = (10 * totals.var(axis=1, ddof=1)).sum()
    test = independence_test(design, row, column, statistic="wald")
    assert test.statistic == pytest.approx(value**2 / variance, rel=1e-10)
    assert (test.df, test.df_denominator) == (1, 36)
    assert independence_test(design, row, column, statistic="adjusted-wald").statistic == test.statistic


def test_levels_that_nobody_chose_are_left_out():
    design, row, column = clustered()
    domain = row != 1
    first = independence_test(design, row, column, domain=domain)
    second = independence_test(design, row // 2, column, domain=domain)
    assert first.p_value == second.p_value
    assert len(first.design_effects) == 3


def test_no_answer_is_outside_the_table():
    design, row, column = clustered()
    skipped = np.where(np.arange(design.n) % 7 == 0, -1, row)
    first = independence_test(design, skipped, column)
    second = independence_test(design, row, column, domain=skipped >= 0)
    assert first.statistic == pytest.approx(second.statistic, rel=1e-12)
    assert first.n == (skipped >= 0).sum()


def test_more_cells_than_degrees_of_freedom_give_no_wald_test():
    rng = np.random.default_rng(2)
    design = multistage_design(np.ones(60), clusters=[np.arange(60) // 20])
    row, column = rng.integers(0, 3, 60), rng.integers(0, 4, 60)
    for statistic in ("wald", "adjusted-wald"):
        assert np.isnan(independence_test(design, row, column, statistic=statistic).p_value)
    assert independence_test(design, row, column).p_value > 0


@pytest.mark.parametrize(("k", "x"), [(1, 3.0), (2, 6.0), (5, 4.0), (5, 15.0)])
def test_equal_weights_are_a_chi_square_or_an_f(k, x):
    # Kuonen's approximation is within 6% of the tail of a single chi-square and closer for sums.
    assert weighted_chi_square_p(2 * x, np.full(k, 2.0)) == pytest.approx(stats.chi2.sf(x, k), rel=0.08)
    found = weighted_chi_square_p(x, np.ones(k), df_denominator=20)
    assert found == pytest.approx(stats.f.sf(x / k, k, 20), rel=0.08)


@pytest.mark.parametrize("df", [8, np.inf])
def test_unequal_weights_by_simulation(df):
    """A million draws: a standard error of 0.0005 at most; the approximation adds about 0.01."""
    rng, weights, x = np.random.default_rng(1), np.array([3.0, 1.5, 0.5, 0.1]), 11.0
    sums = rng.chisquare(1, (1_000_000, 4)) @ weights
    below = 1.0 if np.isinf(df) else rng.chisquare(df, 1_000_000) / df
    assert weighted_chi_square_p(x, weights, df_denominator=df) == pytest.approx(
        (sums > x * below).mean(), abs=0.012
    )


def test_at_the_mean_the_approximation_has_no_gap():
    weights = np.array([2.0, 1.0])
    around = [weighted_chi_square_p(3.0 + step, weights) for step in (-1e-3, 0.0, 1e-3)]
    # Satterthwaite stands in at the mean itself and is 0.02 off there.
    assert max(around) - min(around) < 0.03


def test_sums_that_are_nothing():
    assert np.isnan(weighted_chi_square_p(1.0, []))
    assert np.isnan(weighted_chi_square_p(1.0, [0.0]))
    assert np.isnan(weighted_chi_square_p(float("nan"), [1.0]))
    assert np.isnan(weighted_chi_square_p(1.0, [1.0], df_denominator=0))
    assert weighted_chi_square_p(0.0, [1.0]) == 1.0


def test_one_mean_of_a_simple_sample():
    y = np.array([3.0, 5, 4, 6, 7, 2])
    test = mean_test(multistage_design(np.ones(6)), y, hypothesis=3.0)
    assert test.statistic == pytest.approx(stats.ttest_1samp(y, 3.0).statistic, rel=1e-12)
    assert test.df == 4
    assert test.p_value == pytest.approx(2 * stats.t.sf(test.statistic, 4), rel=1e-10)
    assert (test.conf_low + test.conf_high) / 2 == pytest.approx(1.5)


@settings(deadline=None, max_examples=20)
@given(data=samples(), level=st.floats(0.5, 0.99))
def test_the_gap_of_two_groups_is_the_slope_of_a_regression(data, level):
    """Weighted least squares with the linearized variance of its slope, written out."""
    design, n = designed(data), len(data["y"])
    group = np.arange(n) % 2
    w, y = data["weights"], data["y"]
    X = np.column_stack([np.ones(n), group])
    bread = np.linalg.inv(X.T @ (w[:, None] * X))
    slope = bread @ X.T @ (w * y)
    scores = (w * (y - X @ slope))[:, None] * X @ bread
    z = np.array([scores[data["cluster"] == c, 1].sum() for c in np.unique(data["cluster"])])
    of = np.array([c[:2] for c in np.unique(data["cluster"])])
    variance = sum((of == h).sum() * z[of == h].var(ddof=1) for h in np.unique(of))
    test = two_means_test(design, y, group, level=level)
    assert test.estimate == pytest.approx(slope[1], rel=1e-8, abs=1e-10)
    assert test.std_error == pytest.approx(np.sqrt(variance), rel=1e-6, abs=1e-10)
    other = two_means_test(design, y, 1 - group, level=level)
    assert other.estimate == pytest.approx(-test.estimate, rel=1e-10)
    assert other.std_error == pytest.approx(test.std_error, rel=1e-8)


def test_missing_values_are_outside():
    design, y = multistage_design(np.ones(6)), np.array([1.0, 2, np.nan, 4, 6, 5])
    group = np.array([0, 0, 0, 2, 2, -1])
    test = two_means_test(design, y, group)
    assert (test.estimate, test.n) == (3.5, 4)
    assert mean_test(design, y).n == 5


def test_a_replicate_without_one_group_has_no_gap():
    w = np.ones(4)
    columns = np.array([[2.0, 1, 1], [2, 1, 1], [0, 1, 1.5], [0, 1, 0.5]])
    design = replicate_design(w, columns, scale=1.0, drop_undefined=True)
    y, group = np.array([1.0, 2, 4, 8]), np.array([0, 0, 1, 1])
    kept = replicate_design(w, columns[:, 1:], scale=1.0)
    assert two_means_test(design, y, group).std_error == two_means_test(kept, y, group).std_error


def test_answers_that_are_all_the_same_have_no_test():
    test = mean_test(multistage_design(np.ones(4)), np.full(4, 2.0))
    assert (test.estimate, test.std_error) == (2.0, 0.0)
    assert np.isnan([test.statistic, test.p_value]).all()


def test_groups_of_one_answer_each_have_no_test():
    design = multistage_design([1.3, 2.9, 1.7, 3.1, 2.3, 1.9])
    test = two_means_test(design, 1e6 + np.array([0.1, 0.1, 0.1, 0.7, 0.7, 0.7]), [0, 0, 0, 1, 1, 1])
    assert test.estimate == pytest.approx(0.6)
    assert test.std_error == 0
    assert np.isnan(test.p_value)


@pytest.mark.parametrize(
    ("call", "kind", "code"),
    [
        (lambda d: independence_test(d, [0, 0, 0], [0, 1, 0]), DataFault, "table-too-small"),
        (lambda d: independence_test(d, [-1, -1, -1], [0, 1, 0]), DataFault, "table-too-small"),
        (lambda d: independence_test(d, [0, 1, 0], [0, 1, 0], statistic="G"), RequestError, "unknown-option"),
        (lambda d: independence_test(d, [0, 1], [0, 1, 0]), RequestError, "array-shape"),
        (lambda d: two_means_test(d, [1.0, 2, 3], [0, 1, 2]), DataFault, "not-two-groups"),
        (lambda d: two_means_test(d, [1.0, 2, 3], [0, 0, 0]), DataFault, "not-two-groups"),
        (lambda d: mean_test(d, [1.0, 2]), RequestError, "array-shape"),
        (lambda d: mean_test(d, [1.0, 2, 3], level=1), RequestError, "not-a-fraction"),
    ],
)
def test_what_cannot_be_tested_is_refused(call, kind, code):
    with pytest.raises(kind) as caught:
        call(multistage_design(np.ones(3)))
    assert caught.value.code == code
