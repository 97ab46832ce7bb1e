"""The banner kernel against the estimators of one table, which sum in another way, and against sums by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxsurvey.errors import DataFault, RequestError
from cxsurvey.numerics.banners import domains, kernel, tallies
from cxsurvey.numerics.banners.kernel import banner_tables
from cxsurvey.numerics.banners.records import (
    CodedQuestion,
    DisjointColumns,
    NumberQuestion,
    OptionsQuestion,
    OverlappingColumns,
)
from cxsurvey.numerics.tables.moments import for_gaps
from cxsurvey.numerics.tables.totals import cell_totals, column_totals, sample_design
from cxsurvey.numerics.tables.variance import ratio_estimates

DESIGNS = ("simple", "weights", "strata", "fpc", "clusters", "strata and clusters", "constant in strata")
LONELY = ("remove", "certainty", "adjust", "average")
SCORES = np.array([[1.0, 2.0, 3.0, 4.0], [-100.0, 0.0, 0.0, 100.0]])
OVER = np.vstack([[[0, 1, 0, 0], [0, 0, 1, 1]], SCORES, [[1, 2, 3, 0]]])
UNDER = np.vstack([np.ones((4, 4)), [[1, 1, 1, 0]]])  # the last mean leaves one answer out of its base


def design_of(rng, kind, n, lonely):
    w = rng.choice([0.0, 0.5, 1.0, 3.0, 3.7], n, p=[0.1, 0.2, 0.3, 0.2, 0.2])
    w[0] = 2.0
    stratum = rng.integers(0, 4, n)
    options = {
        "simple": {},
        "weights": {},
        "strata": {"stratum": stratum},
        "fpc": {"stratum": stratum, "fpc": np.array([0.2, 0.0, 0.5, 1.0])[stratum]},
        "clusters": {"cluster": rng.integers(0, 12, n)},
        "strata and clusters": {"stratum": stratum, "cluster": rng.integers(0, 4, n), "nest": True},
        "constant in strata": {"stratum": stratum},
    }[kind]
    if kind == "simple":
        w = np.full(n, 1.5)
    if kind == "constant in strata":
        w = np.array([0.1, 0.7, 1.3, 2.9])[stratum]
    return sample_design(w, lonely=lonely, **options)


def questions_of(rng, n):
    ratings = rng.integers(-1, 4, (n, 2)).astype(np.int8)
    base = rng.random(n) < 0.8
    ticks = rng.random((n, 5)) < 0.35
    ticks[:, 3] = False
    ticks[:, 4] = True
    number = np.where(rng.random(n) < 0.8, rng.normal(4, 2, n), np.nan)
    coded = [CodedQuestion(ratings[:, j], OVER, UNDER) for j in range(2)]
    return [
        *coded, OptionsQuestion(ticks, base), NumberQuestion(number),
        OptionsQuestion(np.asfortranarray(ticks[:, :2])),
        CodedQuestion(np.where(ratings[:, 0] == 1, 0, -1), np.ones((1, 1)), np.ones((1, 1))),
        NumberQuestion(np.where(ratings[:, 1] >= 0, 5.0, np.nan)),
    ]  # fmt: skip


def variables_of(rng, n):
    return [
        DisjointColumns(rng.integers(-1, 3, n), 3),
        OverlappingColumns(rng.random((n, 3)) < 0.5),
        DisjointColumns(rng.integers(-1, 2, n).astype(np.int8), 4),  # two columns without anyone
        DisjointColumns(np.full(n, -1), 0),
    ]


def columns_of(variable):
    """Columns, the total first, then the rest of each: (D, n) bool."""
    if isinstance(variable, DisjointColumns):
        columns = variable.codes[None, :] == np.arange(variable.n_columns)[:, None]
    else:
        columns = variable.members.T
    return np.vstack([np.ones((1, columns.shape[1]), dtype=bool), columns, ~columns])


def one_by_one(design, question, parts):
    """Estimates of every target in every domain, from :func:`ratio_estimates`: target by target."""
    patterns, atom = np.unique(parts, axis=1, return_inverse=True)
    atom, inside = atom.ravel(), patterns.astype(float)
    n_atoms = inside.shape[1]
    if isinstance(question, CodedQuestion):
        k = question.numerator.shape[1]
        codes = question.codes.astype(int)
        totals = cell_totals(design, np.where(codes >= 0, atom * k + codes, -1), n_atoms * k)
        rows = zip(question.numerator, question.denominator, strict=True)
    else:
        if isinstance(question, OptionsQuestion):
            base = np.ones(design.n, dtype=bool) if question.base is None else question.base
            columns = np.column_stack([question.options & base[:, None], base]).astype(float)
        else:
            known = ~np.isnan(question.values)
            columns = np.column_stack([np.where(known, question.values, 0.0), known])
        totals = column_totals(design, atom, n_atoms, columns)
        unit = np.eye(columns.shape[1])
        rows = ((row, unit[-1]) for row in unit[:-1])
    for over, under in rows:
        yield ratio_estimates(totals, np.kron(inside, over), np.kron(inside, under))


def near(found, expected, scale=None):
    """Equal to 1e-11 of the largest of the table: both sum a few hundred terms in double precision."""
    np.testing.assert_array_equal(np.isnan(found), np.isnan(expected))
    size = np.nanmax(np.abs(expected if scale is None else scale), initial=0.0)
    np.testing.assert_allclose(found, expected, rtol=1e-11, atol=1e-12 * size)


def check(design, question, table, rows, columns):
    c = len(columns) // 2 + 1
    for t, expected in zip(range(rows.start, rows.stop), one_by_one(design, question, columns), strict=True):
        b = table.base_of[t]
        alone = (expected.df <= 0) & ~(np.diag(expected.covariance) > 0)
        V = for_gaps(expected.covariance, expected.gap_factor).copy()
        V[alone] = np.nan
        V[:, alone] = np.nan
        near(table.estimate[t], expected.estimate[:c], SCORES)
        near(table.rest.estimate[t], expected.estimate[c:], SCORES)
        near(table.covariance[t], V[:c, :c], np.diag(V))
        near(table.rest.variance[t], np.diag(V)[c:])
        near(table.rest.covariance[t], np.diag(V[1:c, c:]), np.diag(V))
        bases, rest = table.bases, table.rest.bases
        np.testing.assert_array_equal(np.concatenate([bases.n[b], rest.n[b]]), expected.n)
        np.testing.assert_array_equal(np.concatenate([bases.df[b], rest.df[b]]), expected.df)
        near(np.concatenate([bases.weight[b], rest.weight[b]]), expected.n_weighted)
        near(np.concatenate([bases.n_effective[b], rest.n_effective[b]]), expected.n_effective)
        np.testing.assert_array_equal(table.overlaps.n[b], expected.overlap[:c, :c])
        np.testing.assert_array_equal(table.overlaps.df[b], expected.union_df[:c, :c])


def compare(rng, kind, n, lonely):
    design = design_of(rng, kind, n, lonely)
    questions, variables = questions_of(rng, n), variables_of(rng, n)
    tables = banner_tables(design, questions, variables)
    for variable, table in zip(variables, tables, strict=True):
        for q, question in enumerate(questions):
            check(design, question, table, table.rows(q), columns_of(variable))


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 10**6), st.sampled_from(DESIGNS), st.sampled_from(LONELY), st.integers(2, 40))
def test_equals_one_table_at_a_time(seed, kind, lonely, n):
    try:
        compare(np.random.default_rng(seed), kind, n, lonely)
    except DataFault as error:
        assert error.code == "lonely-stratum"  # noqa: PT017 - every stratum may be lonely in a small sample
        assert lonely == "average"


@pytest.mark.parametrize("kind", DESIGNS)
def test_equals_one_table_at_a_time_with_more_respondents(kind):
    compare(np.random.default_rng(5), kind, 700, "average")


@pytest.mark.parametrize("kind", DESIGNS)
def test_counting_column_by_column_gives_the_same(kind, monkeypatch):
    monkeypatch.setattr(kernel, "MOST_SLOTS", 0)
    compare(np.random.default_rng(6), kind, 90, "adjust")


@pytest.mark.parametrize("width", kernel.WIDTHS)
@pytest.mark.parametrize("most", kernel.JOINT_ATOMS)
def test_every_plan_of_packs_and_groups_gives_the_same(width, most, monkeypatch):
    monkeypatch.setattr(kernel, "WIDTHS", (width,))
    monkeypatch.setattr(kernel, "JOINT_ATOMS", (most,))
    compare(np.random.default_rng(7), "strata", 60, "remove")


def test_work_cut_into_small_blocks_gives_the_same(monkeypatch):
    monkeypatch.setattr(domains, "BLOCK_VALUES", 1)
    monkeypatch.setattr(kernel, "SLOTS_AT_ONCE", 1)
    monkeypatch.setattr(tallies, "ROWS_AT_ONCE", 1)
    for kind in ("strata", "clusters"):
        compare(np.random.default_rng(8), kind, 50, "remove")


@pytest.mark.parametrize("kind", DESIGNS)
def test_the_order_of_the_rows_changes_no_bit(kind):
    rng = np.random.default_rng(9)
    n = 400
    w = rng.choice([0.3, 0.7, 1.1, 1.9], n)
    stratum, cluster = rng.integers(0, 3, n), rng.integers(0, 9, n)
    options = {
        "strata": {"stratum": stratum}, "clusters": {"cluster": cluster},
        "strata and clusters": {"stratum": stratum, "cluster": cluster, "nest": True},
    }.get(kind, {})  # fmt: skip
    questions, variables = questions_of(rng, n), variables_of(rng, n)
    order = rng.permutation(n)
    first = banner_tables(sample_design(w, **options), questions, variables)
    moved = {name: part if name == "nest" else part[order] for name, part in options.items()}
    second = banner_tables(
        sample_design(w[order], **moved),
        [reordered(question, order) for question in questions],
        [reordered(variable, order) for variable in variables],
    )
    for a, b in zip(first, second, strict=True):
        for name in ("estimate", "covariance", "total", "deviation"):
            np.testing.assert_array_equal(getattr(a, name), getattr(b, name))
        np.testing.assert_array_equal(a.rest.variance, b.rest.variance)


def reordered(record, order):
    arrays = ("codes", "options", "base", "values", "members")
    held = {name: getattr(record, name, None) for name in arrays}
    return replace(record, **{name: part[order] for name, part in held.items() if part is not None})


def test_by_hand():
    """Shares, means and variances of one weighted table, written out respondent by respondent."""
    rng = np.random.default_rng(1)
    n = 80
    w, answer, group = rng.uniform(0.5, 3, n), rng.integers(0, 3, n), rng.integers(0, 2, n)
    question = CodedQuestion(answer, np.array([[1.0, 0, 0], [1, 2, 3]]), np.ones((2, 3)))
    (table,) = banner_tables(sample_design(w), [question], [DisjointColumns(group, 2)])
    for t, value in enumerate([(answer == 0).astype(float), answer + 1.0]):
        influence = np.zeros((n, 3))
        for c, inside in enumerate([np.ones(n, dtype=bool), group == 0, group == 1]):
            mean = np.average(value[inside], weights=w[inside])
            assert table.estimate[t, c] == pytest.approx(mean, rel=1e-13)
            assert table.bases.n_effective[0, c] == pytest.approx(w[inside].sum() ** 2 / (w[inside] ** 2).sum())
            influence[inside, c] = w[inside] * (value[inside] - mean) / w[inside].sum()
            spread = np.average((value[inside] - mean) ** 2, weights=w[inside])
            size = inside.sum()
            assert table.deviation[t, c] == pytest.approx(np.sqrt(spread * size / (size - 1)))
        np.testing.assert_allclose(table.covariance[t], n / (n - 1) * influence.T @ influence, atol=1e-16)
    assert table.n[0].tolist() == [(answer == 0).sum(), *(((answer == 0) & (group == g)).sum() for g in (0, 1))]
    np.testing.assert_allclose(table.total[0, 0], w[answer == 0].sum(), rtol=1e-13)


def test_everyone_alike_has_a_variance_of_zero_and_not_of_its_rounding():
    rng = np.random.default_rng(2)
    n = 60
    w = rng.uniform(0.1, 3, n)
    alike = [
        CodedQuestion(np.full(n, 1), np.array([[0.0, 1], [1, 3]]), np.ones((2, 2))),
        NumberQuestion(np.full(n, 0.1)),
        OptionsQuestion(np.tile([True, False], (n, 1))),
    ]
    for options in ({}, {"stratum": np.arange(n) % 4}, {"cluster": np.arange(n) % 7}):
        (table,) = banner_tables(
            sample_design(w, **options), alike, [DisjointColumns(rng.integers(0, 2, n), 2)]
        )
        assert (table.covariance == 0).all()
        assert (table.rest.variance == 0).all()


def test_a_column_inside_one_cluster_has_no_variance_to_show():
    n = 40
    cluster = np.arange(n) % 5
    column = DisjointColumns(np.where(cluster == 0, 0, 1), 2)
    question = OptionsQuestion((np.arange(n) // 5 % 2 == 0)[:, None])
    (table,) = banner_tables(sample_design(np.ones(n), cluster=cluster), [question], [column])
    assert np.isnan(table.covariance[0, 1]).all()
    assert np.isnan(table.rest.covariance[0]).all()
    assert not np.isnan(table.covariance[0, 2, 2])
    assert table.bases.df.tolist() == [[4, 0, 3]]


def test_nothing_asked_and_nobody_in_the_base():
    design = sample_design([1, 2, 1])
    assert banner_tables(design, [], []) == ()
    (table,) = banner_tables(design, [], [DisjointColumns(np.array([0, 1, 1]), 2)])
    assert table.estimate.shape == (0, 3)
    nobody = [
        CodedQuestion(np.full(3, -1), np.eye(2), np.ones((2, 2))),
        NumberQuestion(np.full(3, np.nan)),
        OptionsQuestion(np.ones((3, 1), dtype=bool), np.zeros(3, dtype=bool)),
    ]
    (table,) = banner_tables(design, nobody, [OverlappingColumns(np.ones((3, 2), dtype=bool))])
    assert (table.bases.n == 0).all()
    assert np.isnan(table.estimate).all()
    assert np.isnan(table.bases.n_effective).all()


CODES = np.array([0, 1, 0])
WRONG = [
    (CodedQuestion(CODES[:2], np.eye(2), np.ones((2, 2))), "array-shape"),
    (CodedQuestion(CODES, np.eye(1), np.ones((1, 1))), "code-out-of-range"),
    (CodedQuestion(CODES * 1.0, np.eye(2), np.ones((2, 2))), "code-out-of-range"),
    (CodedQuestion(CODES, np.eye(2), np.ones((1, 2))), "array-shape"),
    (CodedQuestion(CODES, np.ones((0, 2)), np.ones((0, 2))), "array-shape"),
    (OptionsQuestion(np.ones((3, 2))), "array-shape"),
    (OptionsQuestion(np.ones((3, 0), dtype=bool)), "array-shape"),
    (OptionsQuestion(np.ones((3, 2), dtype=bool), np.ones(2, dtype=bool)), "array-shape"),
    (NumberQuestion(np.ones(2)), "array-shape"),
    (NumberQuestion(np.array([1, np.inf, 2])), "column-not-finite"),
    (DisjointColumns(CODES, 1), "code-out-of-range"),
    (OverlappingColumns(np.ones((2, 2), dtype=bool)), "array-shape"),
]


@pytest.mark.parametrize(("record", "code"), WRONG)
def test_wrong_records_are_refused(record, code):
    design = sample_design(np.ones(3))
    banner = isinstance(record, DisjointColumns | OverlappingColumns)
    questions = [] if banner else [record]
    with pytest.raises((RequestError, DataFault), match=code):
        banner_tables(design, questions, [record if banner else DisjointColumns(CODES, 2)])


def test_lonely_strata_are_refused_by_the_default_rule():
    design = sample_design(np.ones(3), stratum=[0, 0, 1])
    question = CodedQuestion(CODES, np.eye(2), np.ones((2, 2)))
    with pytest.raises(DataFault, match="lonely-stratum"):
        banner_tables(design, [question], [DisjointColumns(CODES, 2)])


def test_codes_of_one_byte_may_use_all_of_it():
    """128 cells in signed bytes: the code of the last wraps round unless it is widened first."""
    codes = np.arange(256).astype(np.uint8) % 128
    for kind in (np.int8, np.uint8, np.int16):
        question = CodedQuestion(codes.astype(kind), np.eye(128), np.ones((128, 128)))
        (table,) = banner_tables(
            sample_design(np.ones(256)), [question], [DisjointColumns(np.arange(256) % 2, 2)]
        )
        assert (table.n[:, 0] == 2).all()


def test_more_overlapping_columns_than_patterns_that_can_be_listed():
    rng = np.random.default_rng(4)
    members = rng.random((50, 18)) < 0.3
    design = sample_design(rng.uniform(1, 2, 50))
    question = CodedQuestion(rng.integers(0, 3, 50), np.eye(3), np.ones((3, 3)))
    (table,) = banner_tables(design, [question], [OverlappingColumns(members)])
    check(design, question, table, table.rows(0), columns_of(OverlappingColumns(members)))
