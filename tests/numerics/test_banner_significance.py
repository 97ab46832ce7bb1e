"""Tests between the columns of a banner: reference values, pair by pair a second way, overlaps by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxsurvey.errors import RequestError
from cxsurvey.numerics.banners.kernel import banner_tables
from cxsurvey.numerics.banners.records import (
    CodedQuestion,
    DisjointColumns,
    NumberQuestion,
    OptionsQuestion,
    OverlappingColumns,
)
from cxsurvey.numerics.banners.significance import METHODS, letter_levels, pair_tests, rest_tests
from cxsurvey.numerics.tables.edge_bases import clustered_bases
from cxsurvey.numerics.tables.inference import EDGE, normal_two_sided_p, t_two_sided_p, two_proportion_z
from cxsurvey.numerics.tables.totals import cell_totals, effective_n, sample_design
from cxsurvey.numerics.tables.variance import contrast, ratio_estimates

SHARES = np.vstack([np.eye(3), [[0, 1, 1]]])


def table_of(design, codes, variable):
    question = CodedQuestion(codes, np.vstack([SHARES, [[1, 2, 3]]]), np.ones((5, 3)))
    return banner_tables(design, [question], [variable])[0]


def part_of_the_whole():
    """50 of 100 in the column, 120 of 300 in the total: the example of Displayr's handbook."""
    answer = np.repeat([0, 1, 0, 1], [50, 50, 70, 130])
    column = DisjointColumns(np.repeat([0, -1], [100, 200]), 1)
    question = CodedQuestion(answer, np.array([[1.0, 0.0]]), np.ones((1, 2)))
    return banner_tables(sample_design(np.ones(300)), [question], [column])[0]


def test_a_part_against_the_whole_and_against_the_rest_are_one_test():
    table = part_of_the_whole()
    dependent, complement = pair_tests(table, [1], [0]), rest_tests(table)
    np.testing.assert_allclose(dependent.statistic, 2.5, rtol=1e-12)
    np.testing.assert_allclose(complement.statistic, 2.5, rtol=1e-12)
    np.testing.assert_allclose(dependent.p_value, 0.0124193, rtol=1e-5)  # the table of the normal distribution
    assert METHODS[dependent.method[0, 0]] == METHODS[complement.method[0, 0]] == "z, pooled"
    assert dependent.n_overlap.tolist() == [[100]]
    assert complement.n_overlap.tolist() == [[0]]


def test_the_total_is_not_taken_for_a_group_of_its_own():
    wrong = float(two_proportion_z(50, 100, 120, 300).statistic)
    assert wrong == pytest.approx(1.752, abs=5e-4)
    assert float(pair_tests(part_of_the_whole(), [1], [0]).statistic[0, 0]) > wrong


def designs(rng, n, kind):
    w = rng.choice([0.5, 1.0, 2.5], n)
    if kind == "simple":
        return sample_design(np.ones(n))
    options = {"clusters": {"cluster": rng.integers(0, 9, n)}, "strata": {"stratum": np.arange(n) % 3}}
    return sample_design(w, **options.get(kind, {}))


def expected_pair(design, codes, first, second, over, *, share):
    """The gap of two disjoint columns from one contrast, with the pooled z where the rules want it."""
    column = np.where(first, 0, np.where(second, 1, 2))
    totals = cell_totals(design, np.where(codes >= 0, column * 3 + codes, -1), 9)
    rows = np.eye(3)[:2]
    ratios = ratio_estimates(totals, np.kron(rows, over), np.kron(rows, np.ones(3)))
    found = contrast(ratios, [0], [1])
    p = ratios.estimate
    alone = ((ratios.df <= 0) & ~(np.diag(ratios.covariance) > 0)).any()
    error = np.nan if alone else found.std_error[0]
    edge = ((p <= EDGE) | (p >= 1 - EDGE)).any()
    if share and (design.is_simple or (edge and not np.isnan(error))):
        base = ratios.n if design.is_simple else ratios.n_effective
        if design.cluster is not None:
            base = clustered_bases(p, np.diag(ratios.covariance), base, ratios.df)
        z = two_proportion_z(np.clip(p[0], 0, 1) * base[0], base[0], np.clip(p[1], 0, 1) * base[1], base[1])
        return p[0] - p[1], error, z.statistic, np.nan, z.p_value
    t = found.estimate[0] / error if error > 0 else np.nan
    return found.estimate[0], error, t, found.df[0], t_two_sided_p(t, found.df[0])


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10**6), st.sampled_from(["simple", "weights", "strata", "clusters"]), st.integers(6, 60))
def test_disjoint_columns_are_tested_as_gaps_are(seed, kind, n):
    rng = np.random.default_rng(seed)
    design = designs(rng, n, kind)
    codes, group = rng.integers(-1, 3, n), rng.integers(-1, 4, n)
    table = table_of(design, codes, DisjointColumns(group, 4))
    pairs, rests = pair_tests(table), rest_tests(table)
    cases = [
        (pairs, j, group == a - 1, group == b - 1)
        for j, (a, b) in enumerate(zip(pairs.a, pairs.b, strict=True))
    ]
    cases += [(rests, j, group == j, group != j) for j in range(4)]
    for tests, j, first, second in cases:
        for t, over in enumerate([*SHARES, np.array([1.0, 2, 3])]):
            expected = expected_pair(design, codes, first, second, over, share=t < len(SHARES))
            parts = (tests.gap, tests.std_error, tests.statistic, tests.df, tests.p_value)
            found = [part[t, j] for part in parts]
            np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12)


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10**6), st.booleans(), st.integers(8, 60))
def test_overlapping_columns_use_what_they_share(seed, weighted, n):
    rng = np.random.default_rng(seed)
    w = rng.choice([0.5, 1.0, 3.0], n) if weighted else np.ones(n)
    members, yes = rng.random((n, 2)) < 0.6, rng.random((n, 1)) < 0.5
    design = sample_design(w)
    (table,) = banner_tables(design, [OptionsQuestion(yes)], [OverlappingColumns(members)])
    tests, y = pair_tests(table), yes[:, 0]
    of_one = not design.is_simple and members.sum(axis=0).min() < 2  # no variance is seen in it
    if of_one or not (members.any(axis=0).all() and (members[:, 0] != members[:, 1]).any()):
        assert np.isnan(tests.p_value).all()
        return
    each = w[:, None] * members / (w @ members)
    p = each.T @ y
    apart = each[:, 0] - each[:, 1]
    edge = ((p < 1e-12) | (p > 1 - 1e-12)).any()
    if design.is_simple or edge:
        common = _common(members, w, y, p)
        variance = common * (1 - common) * (apart @ apart)
        expected = (p[0] - p[1]) / np.sqrt(variance) if variance > 1e-14 else np.nan
        p_value = normal_two_sided_p(expected)
    else:
        influence = each[:, 0] * (y - p[0]) - each[:, 1] * (y - p[1])
        size = influence @ influence
        expected = (p[0] - p[1]) / np.sqrt(n / (n - 1) * size) if size > 1e-14 else np.nan
        p_value = t_two_sided_p(expected, tests.df[0, 0])
        assert np.isnan(expected) or tests.df[0, 0] == members.any(axis=1).sum() - 1
    np.testing.assert_allclose(tests.statistic[0, 0], expected, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(tests.p_value[0, 0], p_value, rtol=1e-7)
    assert tests.n_overlap[0, 0] == members.all(axis=1).sum()


def _common(members, w, y, p):
    """The share under which both are tested: of the union, or of two effective bases that do not meet."""
    if members.all(axis=1).any():
        union = members.any(axis=1)
        return w[union] @ y[union] / w[union].sum()
    bases = np.array([effective_n(w[member]) for member in members.T])
    return p @ bases / bases.sum()


def test_columns_of_the_same_people_are_not_tested():
    members = np.repeat([[True, True], [False, False]], [30, 10], axis=0)
    yes = np.arange(40)[:, None] % 2 == 0
    for w in (np.ones(40), np.linspace(1, 2, 40)):
        (table,) = banner_tables(sample_design(w), [OptionsQuestion(yes)], [OverlappingColumns(members)])
        tests = pair_tests(table)
        assert tests.gap.tolist() == [[0.0]]
        assert np.isnan(tests.statistic).all()
        assert np.isnan(tests.p_value).all()
        assert tests.method.tolist() == [[0]]


def test_nobody_and_everybody():
    """0% against 0% leaves nothing to test; 0% against 100% is tested by z, in every design."""
    answer = np.repeat([0, 0, 1], 40)
    column = DisjointColumns(np.repeat([0, 1, 2], 40), 3)
    question = CodedQuestion(answer, np.array([[0.0, 1.0]]), np.ones((1, 2)))
    for w, method in ((np.ones(120), "z, pooled"), (np.tile([1.0, 2.0], 60), "z, pooled, effective bases")):
        (table,) = banner_tables(sample_design(w), [question], [column])
        tests = pair_tests(table)
        assert np.isnan(tests.p_value[0]).tolist() == [True, False, False]
        assert METHODS[tests.method[0, 1]] == method
        n = effective_n(w[:40])
        np.testing.assert_allclose(tests.statistic[0, 1], -1 / np.sqrt(0.25 * 2 / n), rtol=1e-12)


def test_one_respondent_and_an_empty_column():
    column = DisjointColumns(np.array([0, 1, 1, 1, 1, 1]), 3)
    question = CodedQuestion(np.array([0, 0, 1, 0, 1, 1]), np.array([[1.0, 0.0], [1.0, 2.0]]), np.ones((2, 2)))
    (table,) = banner_tables(sample_design([1, 2, 1, 1, 1, 1]), [question], [column])
    tests = pair_tests(table)
    assert table.bases.n.tolist() == [[6, 1, 5, 0]]
    assert np.isnan(table.covariance[:, 1, 1]).all()  # one respondent shows no variance
    assert np.isnan(table.estimate[:, 3]).all()
    assert np.isnan(tests.p_value).all()
    assert (tests.method == 0).all()


def test_numbers_are_tested_by_t():
    rng = np.random.default_rng(3)
    value, group = rng.normal(5, 1, 90), np.arange(90) % 2
    (table,) = banner_tables(sample_design(np.ones(90)), [NumberQuestion(value)], [DisjointColumns(group, 2)])
    tests = pair_tests(table)
    a, b = value[group == 0], value[group == 1]
    error = np.sqrt(90 / 89 * (((a - a.mean()) ** 2).sum() + ((b - b.mean()) ** 2).sum()) / 45**2)
    np.testing.assert_allclose(tests.statistic[0, 0], (a.mean() - b.mean()) / error, rtol=1e-11)
    assert METHODS[tests.method[0, 0]] == "t, linearized"
    np.testing.assert_allclose(table.deviation[0, 1:], [a.std(ddof=1), b.std(ddof=1)], rtol=1e-12)


def test_letters_stand_on_the_higher_column_at_the_first_level_reached():
    answer = np.repeat([0, 1, 0, 1, 0, 1], [60, 40, 40, 60, 47, 53])
    column = DisjointColumns(np.repeat([0, 1, 2], 100), 3)
    question = CodedQuestion(answer, np.array([[1.0, 0.0]]), np.ones((1, 2)))
    (table,) = banner_tables(sample_design(np.ones(300)), [question], [column])
    tests = pair_tests(table)
    marks = letter_levels(tests, tests.p_value, n_columns=4)
    assert marks[0].tolist() == [[0, 0, 0, 0], [0, 0, 1, 2], [0, 0, 0, 0], [0, 0, 0, 0]]
    assert not letter_levels(tests, np.full((1, 3), np.nan), n_columns=4).any()
    with pytest.raises(RequestError, match="array-shape"):
        letter_levels(tests, [0.01], n_columns=4)


def test_positions_are_checked():
    table = part_of_the_whole()
    with pytest.raises(RequestError, match="code-out-of-range"):
        pair_tests(table, [1], [2])
    with pytest.raises(RequestError, match="array-shape"):
        pair_tests(table, [1, 0], [0])
