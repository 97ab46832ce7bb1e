"""Gaps under the rule ``average`` for lonely strata: one factor over the strata that both groups reach.

Expected values are R 4.2.2, survey 4.1-1, from the data below as a data frame ``d``:

    options(survey.lonely.psu = "average")
    s <- subset(svydesign(~cluster, strata = ~stratum, weights = ~w, data = d), g %in% c("a", "b"))
    svycontrast(svyby(~y, ~g, s, svymean, covmat = TRUE), c(1, -1))

with ``top <- as.numeric(y >= 4)`` for shares, and ``~ I(g == "a")`` in the whole design for the rest. Printed
to ten digits, which the tolerance allows for.
"""

import numpy as np
import pytest

from cxsurvey.numerics.banners.kernel import banner_tables
from cxsurvey.numerics.banners.records import CodedQuestion, DisjointColumns, NumberQuestion
from cxsurvey.numerics.banners.significance import pair_tests, rest_tests
from cxsurvey.numerics.estimation.domain_ratios import domain_ratios
from cxsurvey.numerics.estimation.estimators import RatiosOfTotals
from cxsurvey.numerics.sampling.multistage import as_multistage
from cxsurvey.numerics.tables.totals import cell_totals, column_totals, sample_design
from cxsurvey.numerics.tables.variance import contrast, ratio_estimates

STRATUM = np.repeat([1, 2, 3, 4], [8, 8, 4, 3])
CLUSTER = np.array([1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 9, 9, 10, 10, 10])
W = np.array([1, 2, 1, 1, 3, 1, 2, 1, 1, 1, 2, 2, 1, 3, 1, 1, 2, 1, 2, 1, 1, 3, 2.0])
GROUP = np.array(["abcd".index(g) for g in "abacbacabbaccbabaadabdb"])
Y = np.array([3, 5, 2, 4, 1, 5, 3, 2, 4, 5, 1, 2, 2, 4, 3, 3, 5, 2, 4, 1, 2, 5, 4.0])
PAIRS = ([0, 0, 1], [1, 2, 2])
MEANS = [1.256703349, 0.5745440145, 0.808409005]
SHARES = [0.3733852223, 0.2530950871, 0.3117694798]
RESTS = [0.25424196, 0.339254531, 0.2746040921]
OWN = [0.1256089599, 0.239170918, 0.1742119234]
DESIGN = sample_design(W, stratum=STRATUM, cluster=CLUSTER, lonely="average")
DIGITS = {"rel": 5e-9}


def test_gaps_of_estimates():
    over, under = np.kron(np.eye(4), [0, 1]), np.kron(np.eye(4), [1, 1])
    shares = ratio_estimates(cell_totals(DESIGN, 2 * GROUP + (Y >= 4), 8), over, under)
    assert contrast(shares, *PAIRS).std_error == pytest.approx(SHARES, **DIGITS)
    assert shares.std_error[:3] == pytest.approx(OWN, **DIGITS)
    assert np.isnan(shares.std_error[3])  # group d lies in lonely strata alone
    columns = column_totals(DESIGN, GROUP, 4, np.column_stack([Y, np.ones(len(Y))]))
    means = ratio_estimates(columns, np.kron(np.eye(4), [1, 0]), np.kron(np.eye(4), [0, 1]))
    assert contrast(means, *PAIRS).std_error == pytest.approx(MEANS, **DIGITS)


def test_gaps_under_the_general_design():
    inside = (GROUP[:, None] == np.arange(4)).astype(float)
    means = domain_ratios(as_multistage(DESIGN), RatiosOfTotals(inside * Y[:, None], inside, inside > 0))
    assert contrast(means, *PAIRS).std_error == pytest.approx(MEANS, **DIGITS)
    plain = as_multistage(sample_design(W))
    assert domain_ratios(plain, RatiosOfTotals(inside, inside, inside > 0)).gap_factor is None


def test_columns_of_a_banner():
    top = CodedQuestion((Y >= 4).astype(int), np.array([[0.0, 1.0]]), np.ones((1, 2)))
    (table,) = banner_tables(DESIGN, [top, NumberQuestion(Y)], [DisjointColumns(GROUP, 4)])
    pairs = pair_tests(table, np.array(PAIRS[0]) + 1, np.array(PAIRS[1]) + 1)
    assert pairs.std_error[0] == pytest.approx(SHARES, **DIGITS)
    assert pairs.std_error[1] == pytest.approx(MEANS, **DIGITS)
    assert rest_tests(table).std_error[0, :3] == pytest.approx(RESTS, **DIGITS)
    assert table.std_error[0, 1:4] == pytest.approx(OWN, **DIGITS)


def test_a_group_of_one_answer_leaves_the_others_variance_at_the_factor_of_both():
    """In R, ``d$y[d$g == "c"] <- 2`` first: c then has no variance of its own."""
    y = np.where(GROUP == 2, 2.0, Y)
    columns = column_totals(DESIGN, GROUP, 4, np.column_stack([y, np.ones(len(y))]))
    means = ratio_estimates(columns, np.kron(np.eye(4), [1, 0]), np.kron(np.eye(4), [0, 1]))
    assert contrast(means, [0, 1], [2, 2]).std_error == pytest.approx([0.5057891752, 0.799043772], **DIGITS)
