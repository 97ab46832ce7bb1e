"""Shares of 0 and 1 in clusters: bases of the pooled z test, and how often it finds what is not there."""

import numpy as np
import pytest

from cxsurvey.numerics.banners.kernel import banner_tables
from cxsurvey.numerics.banners.records import DisjointColumns, OptionsQuestion, OverlappingColumns
from cxsurvey.numerics.banners.significance import METHODS, pair_tests, rest_tests
from cxsurvey.numerics.tables.edge_bases import clustered_bases
from cxsurvey.numerics.tables.inference import at_edge, t_two_sided_p, two_proportion_z
from cxsurvey.numerics.tables.totals import sample_design

CLUSTERS, SIZE = 15, 20
N = CLUSTERS * SIZE


def test_bases_by_hand():
    """p (1 - p) / n = .0008: a variance of .0032 is a design effect of 4; one of .0002 counts as 1."""
    share = [[0.2, 0.2, 0.0, 1.0, 0.2], [0.0, 1.0, 0.2, 0.0, 0.3]]
    variance = [[0.0032, 0.0002, 0.0, 0.0, 0.0032], [0.0, 0.0, 0.0032, 0.0, 0.01]]
    found = clustered_bases(share, variance, np.full((2, 5), [[200.0], [100.0]]), [[9] * 5, [199] * 5])
    np.testing.assert_allclose(found[:, :2], [[50, 200], [25, 100]], rtol=1e-12)
    np.testing.assert_allclose(found[:, 2], [100, 50], rtol=1e-12)  # p (1 - p) / n = .0016: an effect of 2
    np.testing.assert_allclose(found[:, 3:], [[10, 200], [100, 100]], rtol=1e-12)


def shares_of(rng, icc, p, samples):
    """Shares of two alike groups and their linearized variances, (2, samples): beta-binomial clusters."""
    spread = (1 - icc) / icc
    chance = rng.beta(p * spread, (1 - p) * spread, (2, samples, CLUSTERS))
    totals = rng.binomial(SIZE, chance)
    share = totals.sum(axis=2) / N
    influence = (totals - SIZE * share[:, :, None]) / N
    return share, CLUSTERS / (CLUSTERS - 1) * (influence**2).sum(axis=2)


@pytest.mark.parametrize(("icc", "p", "with_kish"), [(0.1, 0.02, 0.065), (0.2, 0.03, 0.062), (0.1, 0.01, 0.13)])
def test_no_more_than_one_finding_in_twenty(icc, p, with_kish):
    """Over 20,000 samples a rate has a standard error of .0015; Kish's bases reject 6 to 13 times in 100."""
    share, variance = shares_of(np.random.default_rng(7), icc, p, 20_000)
    edge = at_edge(share).any(axis=0)
    n, df = np.full(share.shape, float(N)), np.full(share.shape, CLUSTERS - 1)
    error = np.sqrt(np.where(variance.sum(axis=0) > 0, variance.sum(axis=0), np.nan))
    t = t_two_sided_p((share[0] - share[1]) / error, np.full(len(error), 2 * CLUSTERS - 2))
    rates = []
    for base in (clustered_bases(share, variance, n, df), n):
        z = two_proportion_z(share[0] * base[0], base[0], share[1] * base[1], base[1])
        rates.append(float((np.where(edge, z.p_value, t) < 0.05).mean()))
    assert rates[0] < 0.05
    assert rates[1] == pytest.approx(with_kish, abs=0.006)


def eight_of_one_cluster(columns):
    """Eight of the first cluster said yes, and nobody in the other 29."""
    yes = np.zeros((2 * N, 1), dtype=bool)
    yes[:8] = True
    design = sample_design(np.ones(2 * N), cluster=np.repeat(np.arange(2 * CLUSTERS), SIZE))
    (table,) = banner_tables(design, [OptionsQuestion(yes)], [columns])
    return table


def test_one_cluster_is_no_evidence():
    """Totals of 8, 0, ..., 0 in 30 clusters, written out; Kish's bases would give z = 2.85."""
    table = eight_of_one_cluster(DisjointColumns(np.repeat([0, 1], N), 2))
    p = 8 / N
    influence = (np.array([8.0] + [0.0] * 14) - SIZE * p) / N
    base = N / (30 / 29 * (influence**2).sum() / (p * (1 - p) / N))
    expected = two_proportion_z(p * base, base, 0, base)
    for tests in (pair_tests(table), rest_tests(table)):
        assert METHODS[tests.method[0, 0]] == "z, pooled, effective bases"
        assert tests.p_value[0, 0] == pytest.approx(float(expected.p_value), rel=1e-9)
    assert expected.statistic == pytest.approx(1.01, abs=0.005)


def test_a_column_inside_the_total_that_nobody_of_answered_so():
    """Against the total the overlap is scaled with the bases: near the test against the rest."""
    members = np.zeros((2 * N, 1), dtype=bool)
    members[N:] = True
    table = eight_of_one_cluster(OverlappingColumns(members))
    part, rest = pair_tests(table, [1], [0]), rest_tests(table)
    assert part.p_value[0, 0] > 0.2
    assert part.statistic[0, 0] == pytest.approx(rest.statistic[0, 0], rel=0.05)
