"""Rank tests under a design: the same as tests of mean scores, and what leaves them unchanged."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtri
from test_multistage import designed, samples

from cxsurvey.errors import DataFault, RequestError
from cxsurvey.numerics.comparisons.mean_tests import two_means_test
from cxsurvey.numerics.comparisons.rank_tests import rank_test
from cxsurvey.numerics.estimation.estimators import by_group, means
from cxsurvey.numerics.sampling.fitted import fit
from cxsurvey.numerics.sampling.multistage import multistage_design
from cxsurvey.numerics.sampling.replicate_weights import jackknife

SCORES = {"wilcoxon": lambda r: r, "van-der-waerden": ndtri, "median": lambda r: (r > 0.5).astype(float)}


def ranks_of(y, w):
    """The share of the weight below each answer, and half of that at it."""
    below = np.array([w[y < value].sum() + w[y == value].sum() / 2 for value in y])
    return below / w.sum()


def clustered():
    rng = np.random.default_rng(9)
    n = 120
    design = multistage_design(rng.uniform(1, 5, n), clusters=[np.arange(n) // 4], strata=[np.arange(n) // 40])
    return design, rng.integers(1, 8, n).astype(float), rng.integers(0, 3, n)


@pytest.mark.parametrize("score", SCORES)
@settings(deadline=None, max_examples=20)
@given(data=samples())
def test_two_groups_are_a_t_test_of_scores(score, data):
    design, y = designed(data), data["y"].round(1)
    group = np.arange(len(y)) % 2
    test = rank_test(design, y, group, score=score)
    scores = SCORES[score](ranks_of(y, data["weights"]))
    expected = two_means_test(design, scores, group)
    assert test.difference == pytest.approx(expected.estimate, rel=1e-8, abs=1e-10)
    assert test.df_denominator == expected.df
    if expected.std_error > 1e-8:
        assert test.statistic == pytest.approx(expected.statistic, rel=1e-6, abs=1e-8)
        assert test.p_value == pytest.approx(expected.p_value, rel=1e-6)


@pytest.mark.parametrize("score", SCORES)
def test_more_groups_are_a_wald_test_of_scores(score):
    design, y, group = clustered()
    test = rank_test(design, y, group, score=score)
    scores = SCORES[score](ranks_of(y, design.weights))
    made = fit(design, by_group(means(scores), group, 3)).contrasts([[-1, 1, 0], [-1, 0, 1]])
    expected = made.estimate @ np.linalg.solve(made.covariance, made.estimate)
    assert test.statistic == pytest.approx(expected, rel=1e-9)
    assert (test.df, test.df_denominator) == (2, design.df - 2)
    assert np.isnan(test.difference)
    assert 0 < test.p_value < 1


@pytest.mark.parametrize("make", [lambda design: design, jackknife])
def test_only_the_order_of_answers_matters(make):
    design, y, group = clustered()
    first = rank_test(make(design), y, group)
    second = rank_test(make(design), np.exp(y) - 3, (group + 1) % 3)
    assert second.statistic == pytest.approx(first.statistic, rel=1e-9)
    assert second.p_value == pytest.approx(first.p_value, rel=1e-9)


@settings(deadline=None, max_examples=15)
@given(st.integers(0, 500))
def test_rows_and_the_scale_of_weights_do_not_matter(seed):
    design, y, group = clustered()
    order = np.random.default_rng(seed).permutation(design.n)
    stage = design.stages[0]
    again = multistage_design(
        7 * design.weights[order], clusters=[stage.cluster[order]], strata=[stage.sample.stratum[order]]
    )
    first, second = rank_test(design, y, group), rank_test(again, y[order], group[order])
    assert second.statistic == pytest.approx(first.statistic, rel=1e-9)


def test_the_rule_of_ties_needs_ties_and_unequal_weights():
    design, y, group = clustered()
    apart = y + np.linspace(0, 0.5, len(y))
    even = multistage_design(np.ones(design.n))
    for d, values in ((design, apart), (even, y)):
        first, second = (rank_test(d, values, group, ties=ties).statistic for ties in ("midpoint", "row-order"))
        assert second == pytest.approx(first, rel=1e-9)
    first, second = (rank_test(design, y, group, ties=ties).statistic for ties in ("midpoint", "row-order"))
    assert second != pytest.approx(first, rel=1e-6)


def test_missing_answers_and_other_groups_are_outside():
    design, y, group = clustered()
    gone = np.arange(design.n) % 5 == 0
    first = rank_test(design, np.where(gone, np.nan, y), np.where(group == 2, -1, group))
    second = rank_test(design, y, group, domain=~gone & (group < 2))
    assert first == second
    assert first.n == (~gone & (group < 2)).sum()


def test_answers_that_are_all_the_same_have_no_test():
    design, y, group = clustered()
    assert np.isnan(rank_test(design, np.ones(len(y)), group).p_value)
    assert np.isnan(rank_test(design, np.ones(len(y)), group % 2).p_value)
    assert np.isnan(rank_test(design, (group > 0) * 1.0, (group > 0) * 1).p_value)


@pytest.mark.parametrize(
    ("call", "kind", "code"),
    [
        (lambda d: rank_test(d, [1.0, 2, 3], [0, 0, 0]), DataFault, "too-few-rank-groups"),
        (lambda d: rank_test(d, [np.nan] * 3, [0, 1, 0]), DataFault, "too-few-rank-groups"),
        (lambda d: rank_test(d, [1.0, 2], [0, 1, 0]), RequestError, "array-shape"),
        (lambda d: rank_test(d, [1.0, 2, 3], [0, 1, 0], score="logrank"), RequestError, "unknown-option"),
        (lambda d: rank_test(d, [1.0, 2, 3], [0, 1, 0], ties="first"), RequestError, "unknown-option"),
    ],
)
def test_what_cannot_be_ranked_is_refused(call, kind, code):
    with pytest.raises(kind) as caught:
        call(multistage_design(np.ones(3)))
    assert caught.value.code == code
