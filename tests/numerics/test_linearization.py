"""Identities of linearized estimates, each found a second way, over random designs."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxsurvey.errors import DataFault, RequestError
from cxsurvey.numerics.tables.design import SampleDesign, Strata
from cxsurvey.numerics.tables.totals import cell_totals, column_totals, sample_design
from cxsurvey.numerics.tables.variance import contrast, linear_contrasts, ratio_estimates, total_estimates

N = 60
PROPERTY = settings(deadline=None, max_examples=40)


@st.composite
def samples(draw):
    """Designs of N respondents, with corners (equal weights, zero weights, fpc), beside groups and answers."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    stratum = np.sort(rng.integers(0, draw(st.integers(1, 4)), N))
    stratum[:4] = 0
    weights = rng.uniform(0.2, 4, N) if draw(st.booleans()) else np.ones(N)
    if draw(st.booleans()):
        weights[rng.integers(0, N, 5)] = 0
    cluster = rng.integers(0, draw(st.integers(3, 12)), N) if draw(st.booleans()) else None
    if cluster is not None:
        for h in np.unique(stratum):
            members = np.flatnonzero(stratum == h)
            cluster[members[: len(members) // 2 + 1]], cluster[members[-1]] = 0, 1
    fpc = np.full(N, 0.3) if draw(st.booleans()) else None
    options = {"stratum": stratum, "cluster": cluster, "fpc": fpc, "nest": True}
    design = sample_design(weights, **options)
    if design.strata.is_lonely.any():
        design = sample_design(weights, cluster=cluster, fpc=fpc)
    group = rng.integers(-1, 3, N)
    answer = rng.integers(0, 4, N)
    return design, group, answer


def brute_force(design, influence):
    """Σ_h (1-f) n/(n-1) Σ_i (z - z̄)(z - z̄)' over the n x K influence matrix, PSU by PSU in plain loops."""
    k = influence.shape[1]
    psu = np.arange(design.n) if design.cluster is None else design.cluster
    covariance = np.zeros((k, k))
    for h in range(design.n_strata):
        totals = [
            influence[(psu == i) & (design.stratum == h)].sum(axis=0)
            for i in set(psu[design.stratum == h].tolist())
        ]
        z = np.array(totals) - np.mean(totals, axis=0)
        n = len(totals)
        covariance += (1 - design.sampling_fraction[h]) * n / (n - 1) * z.T @ z
    return covariance


def close(a, b, tolerance=1e-10):
    """Compare to a tolerance relative to the largest value.

    A value that is zero but for rounding has no relative error: hence the floor, the square of the rounding of
    values near 1, below which every variance here is nothing.
    """
    scale = np.nanmax(np.abs(b), initial=0.0)
    np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance * scale + 1e-28)


def near(a, b, tolerance=1e-9):
    """Compare estimates and standard errors of answers from 0 to 4, where 1e-12 is nothing."""
    np.testing.assert_allclose(a, b, rtol=tolerance, atol=1e-12)


def shares_by_group(design, group, answer):
    """Shares of 4 answers in 3 groups from 12 cells, and the ratio rows."""
    cell = np.where(group >= 0, group * 4 + answer, -1)
    over, under = np.eye(12), np.kron(np.eye(3), np.ones((4, 4)))
    return ratio_estimates(cell_totals(design, cell, 12), over, under)


def shares_by_columns(design, group, answer):
    columns = np.column_stack([answer[:, None] == np.arange(4), np.ones(N)]).astype(float)
    over = np.kron(np.eye(3), np.eye(5)[:4])
    under = np.kron(np.eye(3), np.tile(np.eye(5)[4], (4, 1)))
    return ratio_estimates(column_totals(design, group, 3, columns), over, under)


@given(samples())
@PROPERTY
def test_cells_columns_and_brute_force_agree(sample):
    design, group, answer = sample
    cells, columns = shares_by_group(design, group, answer), shares_by_columns(design, group, answer)
    members = (group[:, None] == np.repeat(np.arange(3), 4)) * design.weights[:, None]
    with np.errstate(invalid="ignore", divide="ignore"):
        p = cells.estimate
        chosen = answer[:, None] == np.tile(np.arange(4), 3)
        influence = members * (chosen - p) / members.sum(axis=0)
    close(cells.covariance, columns.covariance)
    known = ~np.isnan(p)
    close(cells.covariance[np.ix_(known, known)], brute_force(design, influence[:, known]))
    near(cells.estimate, columns.estimate)
    near(cells.n_effective, columns.n_effective)
    np.testing.assert_array_equal(cells.overlap, columns.overlap)
    np.testing.assert_array_equal(cells.union_df, columns.union_df)


@given(samples())
@PROPERTY
def test_each_respondent_a_cluster_is_no_cluster(sample):
    design, group, answer = sample
    plain = sample_design(design.weights, stratum=design.stratum)
    if plain.strata.is_lonely.any():
        return
    order = np.argsort(plain.stratum, kind="stable")
    cluster = np.empty(N, dtype=np.intp)
    cluster[order] = np.arange(N)
    clustered = SampleDesign(plain.weights, plain.stratum, cluster, plain.strata)
    for shares in (shares_by_group, shares_by_columns):
        a, b = shares(plain, group, answer), shares(clustered, group, answer)
        close(a.covariance, b.covariance)
        np.testing.assert_array_equal(a.union_df, b.union_df)


@given(samples())
@PROPERTY
def test_scale_of_weights_changes_totals_only(sample):
    design, group, answer = sample
    scaled = SampleDesign(design.weights * 1000, design.stratum, design.cluster, design.strata)
    a, b = shares_by_group(design, group, answer), shares_by_group(scaled, group, answer)
    near(a.estimate, b.estimate, 1e-12)
    close(a.covariance, b.covariance)
    near(a.n_effective, b.n_effective)
    np.testing.assert_array_equal(a.overlap, b.overlap)
    before, after = (total_estimates(cell_totals(d, answer, 4)) for d in (design, scaled))
    close(before.estimate * 1000, after.estimate)
    near(before.std_error * 1000, after.std_error)


@given(samples(), st.integers(0, 1000))
@PROPERTY
def test_order_of_rows_changes_nothing(sample, seed):
    design, group, answer = sample
    order = np.random.default_rng(seed).permutation(N)
    cluster = None if design.cluster is None else design.cluster[order]
    shuffled = SampleDesign(design.weights[order], design.stratum[order], cluster, design.strata)
    for shares in (shares_by_group, shares_by_columns):
        a, b = shares(design, group, answer), shares(shuffled, group[order], answer[order])
        near(a.estimate, b.estimate, 1e-12)
        close(a.covariance, b.covariance, 1e-12)


@given(samples())
@PROPERTY
def test_relabelled_groups_permute_the_results(sample):
    design, group, answer = sample
    swap = np.array([2, 0, 1, -1])
    a, b = shares_by_group(design, group, answer), shares_by_group(design, swap[group], answer)
    position = (swap[:3, None] * 4 + np.arange(4)).ravel()
    close(a.covariance, b.covariance[np.ix_(position, position)], 1e-12)


def regression(design, X, y, inside):
    """Weighted least squares by hand, with the Taylor sandwich over the PSUs of the whole design."""
    w = design.weights * inside
    bread = np.linalg.inv(X.T @ (w[:, None] * X))
    beta = bread @ X.T @ (w * y)
    score = X * (w * (y - X @ beta))[:, None]
    return beta, brute_force(design, score @ bread)


@given(samples())
@PROPERTY
def test_domain_mean_is_a_ratio_is_a_regression_coefficient(sample):
    """The same mean and standard error three ways, and the gap as the slope of a dummy."""
    design, group, answer = sample
    inside = np.isin(group, [0, 1])
    if min(design.weights[group == 0].sum(), design.weights[group == 1].sum()) == 0:
        return
    y = answer.astype(float)
    X = np.column_stack([group == 0, group == 1]).astype(float)
    beta, sandwich = regression(design, X, y, inside)
    totals = column_totals(design, np.where(inside, group, -1), 2, np.column_stack([y, np.ones(N)]))
    means = ratio_estimates(totals, np.kron(np.eye(2), [[1, 0]]), np.kron(np.eye(2), [[0, 1]]))
    near(means.estimate, beta)
    close(means.covariance, sandwich, 1e-9)
    # As one ratio over the whole sample, both variables zero outside the domain.
    ratio = column_totals(design, np.zeros(N, int), 1, np.column_stack([y * X[:, 0], X[:, 0]]))
    near(ratio_estimates(ratio, [[1, 0]], [[0, 1]]).std_error, means.std_error[:1], 1e-9)
    dummy = np.column_stack([np.ones(N), group == 1]).astype(float)
    slope, of_slope = regression(design, dummy, y, inside)
    gap = contrast(means, [1], [0])
    near(gap.estimate, slope[1:], 1e-9)
    near(gap.std_error, np.sqrt(of_slope[1, 1]), 1e-9)


@given(samples())
@PROPERTY
def test_gap_with_itself_is_nothing_and_gaps_are_antisymmetric(sample):
    ratios = shares_by_group(*sample)
    everyone = np.arange(12)
    itself = contrast(ratios, everyone, everyone)
    known = ~np.isnan(ratios.estimate)
    assert (itself.estimate[known] == 0).all()
    assert (itself.std_error[known] == 0).all()
    there, back = contrast(ratios, [0], [5]), contrast(ratios, [5], [0])
    np.testing.assert_array_equal(there.estimate, -back.estimate)
    np.testing.assert_array_equal(there.std_error, back.std_error)
    if known[[0, 5]].all():
        row = np.zeros((1, 12))
        row[0, [0, 5]] = 1, -1
        near(linear_contrasts(ratios.estimate, ratios.covariance, row).std_error, there.std_error, 1e-9)


@given(samples())
@PROPERTY
def test_shares_of_a_whole_sum_to_one_without_error(sample):
    ratios = shares_by_group(*sample)
    sums = linear_contrasts(ratios.estimate, ratios.covariance, np.kron(np.eye(3), np.ones((1, 4))))
    known = ~np.isnan(sums.estimate)
    np.testing.assert_allclose(sums.estimate[known], 1)
    assert (sums.std_error[known] < 1e-8).all()


@pytest.mark.parametrize("cluster", [None, np.repeat(np.arange(25), 2)])
@pytest.mark.parametrize("equal", [True, False])
def test_a_share_of_nothing_or_everything_has_no_variance(cluster, equal):
    """Nets and ticks too: within 1e-30, where a difference of sums would leave 1e-18 or a negative number."""
    rng = np.random.default_rng(3)
    design = sample_design(np.full(50, 0.1) if equal else rng.uniform(0.1, 3, 50), cluster=cluster)
    answer = rng.integers(0, 3, 50)
    cells = ratio_estimates(
        cell_totals(design, answer, 4), [[0, 0, 0, 1], [1, 1, 1, 0], [1, 1, 1, 1]], np.ones((3, 4))
    )
    ticks = np.column_stack([np.ones(50), np.zeros(50), np.full(50, 3.7), np.ones(50)])
    columns = ratio_estimates(
        column_totals(design, np.zeros(50, int), 1, ticks), np.eye(4)[:3], np.tile(np.eye(4)[3], (3, 1))
    )
    np.testing.assert_allclose(cells.estimate, [0, 1, 1], atol=1e-15)
    np.testing.assert_allclose(columns.estimate, [1, 0, 3.7], atol=1e-15)
    for ratios in (cells, columns):
        variance = np.diag(ratios.covariance)
        assert (variance >= 0).all()
        assert (variance < 1e-30).all()


def test_mean_far_from_zero_keeps_its_standard_error():
    """A score around 1e8 with unit spread: sums of squares would keep no digit of the variance."""
    rng = np.random.default_rng(8)
    y = rng.normal(size=400)
    design = sample_design(np.ones(400), stratum=np.repeat([0, 1], 200))
    near, far = (
        ratio_estimates(
            column_totals(design, np.zeros(400, int), 1, np.column_stack([y + shift, np.ones(400)])),
            [[1, 0]],
            [[0, 1]],
        )
        for shift in (0, 1e8)
    )
    np.testing.assert_allclose(far.std_error, near.std_error, rtol=1e-6)


def test_simple_sample_is_the_textbook_formula():
    p = 0.3
    totals = cell_totals(sample_design(np.ones(200)), np.repeat([0, 1], [60, 140]), 2)
    ratios = ratio_estimates(totals, [[1, 0]], [[1, 1]])
    assert ratios.std_error[0] == pytest.approx(np.sqrt(p * (1 - p) / 199), rel=1e-14)


def test_net_promoter_score():
    """P = .40, D = .30, n = 500: 10 points, standard error 3.719 (divisor n - 1), 3.715 with n."""
    totals = cell_totals(sample_design(np.ones(500)), np.repeat([0, 1, 2], [150, 150, 200]), 3)
    score = ratio_estimates(totals, [[-100, 0, 100]], [[1, 1, 1]])
    assert score.estimate[0] == pytest.approx(10)
    assert score.std_error[0] == pytest.approx(3.719, abs=5e-4)
    assert score.std_error[0] * np.sqrt(499 / 500) == pytest.approx(3.715, abs=5e-4)


def test_part_against_rest_is_part_against_whole_scaled():
    """Gap to the total is the gap to the rest times the rest's share, error included: z is the same."""
    rng = np.random.default_rng(11)
    totals = cell_totals(
        sample_design(np.ones(300)), np.where(np.arange(300) < 100, 0, 2) + rng.integers(0, 2, 300), 4
    )
    ratios = ratio_estimates(
        totals, [[0, 1, 0, 0], [0, 0, 0, 1], [0, 1, 0, 1]], [[1, 1, 0, 0], [0, 0, 1, 1], [1] * 4]
    )
    gaps = contrast(ratios, [0, 0], [1, 2])
    assert gaps.overlap.tolist() == [0, 100]
    assert gaps.df.tolist() == [299, 299]
    assert gaps.estimate[1] / gaps.estimate[0] == pytest.approx(2 / 3)


def test_empty_base_is_nan_and_leaves_the_others_alone():
    totals = cell_totals(sample_design(np.ones(6)), [0, 1, 0, 1, 0, 1], 4)
    ratios = ratio_estimates(totals, [[1, 0, 0, 0], [0, 0, 1, 0]], [[1, 1, 0, 0], [0, 0, 1, 1]])
    assert ratios.n.tolist() == [6, 0]
    assert ratios.df.tolist() == [5, 0]
    assert np.isnan(
        [ratios.estimate[1], ratios.std_error[1], ratios.n_effective[1], ratios.covariance[0, 1]]
    ).all()
    assert np.isfinite(ratios.std_error[0])
    rows = linear_contrasts(ratios.estimate, ratios.covariance, [[2, 0], [1, -1]])
    assert rows.estimate[0] == 1
    assert np.isfinite(rows.std_error[0])
    assert np.isnan([rows.estimate[1], rows.std_error[1]]).all()
    assert np.isnan(contrast(ratios, [0], [1]).std_error[0])


def test_base_of_weight_zero_is_empty_but_counted():
    totals = cell_totals(sample_design([1, 1, 0, 0]), [0, 1, 2, 3], 4)
    ratios = ratio_estimates(totals, [[0, 0, 1, 0]], [[0, 0, 1, 1]])
    assert ratios.n[0] == 2
    assert np.isnan([ratios.estimate[0], ratios.std_error[0], ratios.n_effective[0]]).all()


def test_nobody_at_all():
    design = sample_design(np.ones(3))
    assert np.isnan(ratio_estimates(cell_totals(design, [-1, -1, -1], 2), [[1, 0]], [[1, 1]]).estimate).all()
    empty = ratio_estimates(column_totals(design, [-1] * 3, 1, np.full((3, 2), np.nan)), [[1, 0]], [[0, 1]])
    assert np.isnan(empty.estimate).all()
    nothing = ratio_estimates(cell_totals(design, [0, 0, 0], 1), np.empty((0, 1)), np.empty((0, 1)))
    assert nothing.covariance.shape == (0, 0)


def test_one_respondent():
    """A single answer in a larger design is a share of 1 without error; alone it is a lonely stratum."""
    totals = cell_totals(sample_design(np.ones(5)), [0, -1, -1, -1, -1], 1)
    ratios = ratio_estimates(totals, [[1]], [[1]])
    assert (ratios.estimate[0], ratios.std_error[0], ratios.df[0]) == (1, 0, 0)
    with pytest.raises(DataFault, match="lonely-stratum"):
        ratio_estimates(cell_totals(sample_design([1.0]), [0], 1), [[1]], [[1]])


def test_overlap_of_ticks():
    design = sample_design(np.ones(4))
    columns = [[1, 0, 1], [1, 1, 1], [0, 1, 1], [0, 0, 1]]
    totals = column_totals(design, [0, 0, 0, 0], 1, columns)
    ratios = ratio_estimates(totals, [[0, 1, 0], [1, 0, 0]], [[1, 0, 0], [0, 1, 0]])
    assert ratios.overlap.tolist() == [[2, 1], [1, 2]]
    assert ratios.df.tolist() == [1, 1]
    assert ratios.union_df[0, 1] == 2


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda d: cell_totals(d, [0, 1], 2), "array-shape"),
        (lambda d: cell_totals(d, [0, 1, 2], 2), "code-out-of-range"),
        (lambda d: cell_totals(d, [0, -2, 1], 2), "code-out-of-range"),
        (lambda d: cell_totals(d, [0.0, 1.0, 1.0], 2), "code-out-of-range"),
        (lambda d: column_totals(d, [0, 0, 0], 1, [1, 2, 3]), "array-shape"),
        (lambda d: column_totals(d, [0, 0, 0], 1, [[1.0], [2.0]]), "array-shape"),
        (lambda d: ratio_estimates(cell_totals(d, [0, 1, 1], 2), [[1, 0, 0]], [[1, 1, 1]]), "array-shape"),
        (lambda d: ratio_estimates(cell_totals(d, [0, 1, 1], 2), [[1, 0]], [[1, 1], [1, 1]]), "array-shape"),
        (lambda d: total_estimates(cell_totals(d, [0, 1, 1], 2), [1, 0]), "array-shape"),
        (
            lambda d: ratio_estimates(column_totals(d, [0, 0, 0], 1, np.ones((3, 2))), [[1, 0]], [[1, 1]]),
            "denominator-of-several-columns",
        ),
        (lambda d: contrast(total_estimates(cell_totals(d, [0, 1, 1], 2)), [0], [2]), "code-out-of-range"),
        (lambda d: contrast(total_estimates(cell_totals(d, [0, 1, 1], 2)), [0], [0, 1]), "array-shape"),
        (lambda _: linear_contrasts([1.0], [[1.0]], [[1.0, 1.0]]), "array-shape"),
        (lambda _: linear_contrasts([1.0, 1.0], [[1.0, 2.0], [2.0, 1.0]], [[1.0, -1.0]]), "not-a-covariance"),
    ],
)
def test_refusals(call, code):
    with pytest.raises(RequestError, match=code):
        call(sample_design(np.ones(3)))


def test_a_missing_answer_inside_a_group_is_refused_and_outside_ignored():
    design = sample_design(np.ones(3))
    columns = [[1.0, 1.0], [np.nan, 1.0], [3.0, 1.0]]
    with pytest.raises(DataFault, match="column-not-finite") as caught:
        column_totals(design, [0, 0, 0], 1, columns)
    assert "column 0" in str(caught.value)
    known = ratio_estimates(column_totals(design, [0, -1, 0], 1, columns), [[1, 0]], [[0, 1]])
    assert known.estimate.tolist() == [2]


def test_strata_refuse_nothing_when_a_certainty_stratum_is_alone():
    strata = Strata(np.array([1, 3]), np.array([1.0, 0.0]))
    assert strata.inflation(lambda: np.ones((2, 1), bool)) is None
    assert strata.centred_factors().tolist() == [0, 1.5]
