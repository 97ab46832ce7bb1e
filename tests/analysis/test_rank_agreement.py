"""Rank correlations: against definitions written out and scipy, and their range over orders within tiers."""

import itertools
import math

import numpy as np
import pytest
from helpers import question, study_of
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

import cxsurvey as cx
from cxsurvey.analysis.rank_agreement import agreement_range, mid_ranks, rank_agreement
from cxsurvey.errors import RequestError

ITEMS = "abcdef"


def study(left, right):
    """A study in which so many of 100 respondents choose each item of two questions."""
    columns = {}
    for name, counts in (("x", left), ("y", right)):
        for item, count in zip(ITEMS, counts, strict=False):
            columns[f"{name}{item}"] = ["1" if row < count else "0" for row in range(100)]
    toml = ""
    for name, counts in (("x", left), ("y", right)):
        options = ", ".join(
            f'{{ code = "{item}", label = "{item}", column = "{name}{item}" }}' for item in ITEMS[: len(counts)]
        )
        toml += question(name, "multi", blank="none_chosen", raw=f"responses = [{options}]")
    return study_of(toml, columns)


def agreement(left, right):
    found = study(left, right)
    return rank_agreement(cx.estimate(found, "x"), cx.estimate(found, "y"))


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ((60, 50, 40, 30), (30, 40, 50, 60)),
        ((60, 50, 50, 30, 10), (20, 50, 40, 60, 60)),
        ((9, 8, 7), (9, 8, 7)),
    ],
)
def test_correlations_are_those_of_scipy(left, right):
    found = agreement(left, right)
    assert found.n == len(left)
    assert found.spearman == pytest.approx(stats.spearmanr(left, right).statistic)
    assert found.kendall == pytest.approx(stats.kendalltau(left, right).statistic)


def test_rankings_that_tie_everything_have_no_correlation():
    found = agreement((50, 50, 50), (10, 20, 30))
    assert math.isnan(found.spearman)
    assert math.isnan(found.kendall)


def test_items_of_one_ranking_only_are_left_out_and_two_are_needed():
    assert agreement((60, 50, 40, 30), (10, 20, 30)).n == 3
    with pytest.raises(RequestError, match="nothing-to-rank"):
        agreement((60, 50), (10,))


@settings(deadline=None, max_examples=30)
@given(st.lists(st.integers(0, 5), min_size=2, max_size=9))
def test_mid_ranks_are_those_of_scipy(values):
    expected = stats.rankdata([-value for value in values])
    assert mid_ranks(np.array(values, dtype=float)).tolist() == expected.tolist()


def written_out(left, right):
    """Go through the orders one by one."""

    def orders(tiers):
        return [
            list(itertools.chain(*order)) for order in itertools.product(*map(itertools.permutations, tiers))
        ]

    pairs = [
        ([one.index(item) for item in sorted(one)], [other.index(item) for item in sorted(one)])
        for one in orders(left)
        for other in orders(right)
    ]
    rho = [stats.spearmanr(x, y).statistic for x, y in pairs]
    tau = [stats.kendalltau(x, y).statistic for x, y in pairs]
    return (min(rho), max(rho)), (min(tau), max(tau)), len(pairs)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (("ab", "cd"), ("abcd",)),
        (("abcd",), ("ab", "cd")),
        (("abcd",), ("abcd",)),
        (("ab", "cd"), ("cd", "ab")),
        (("a", "bc", "d"), ("ad", "bc")),
        (("a", "b", "c"), ("c", "b", "a")),
    ],
)
def test_the_range_is_that_of_every_order(left, right):
    found = agreement_range(left, right)
    spearman, kendall, orders = written_out(left, right)
    assert found.spearman == pytest.approx(spearman)
    assert found.kendall == pytest.approx(kendall)
    assert found.orders == orders


def test_the_true_order_lies_in_the_range():
    found = agreement_range(("abc", "def"), ("def", "abc"))
    assert found.spearman == pytest.approx((-1.0, -19 / 35))  # at best the orders within triples agree
    assert found.orders == 36 * 36


def test_tiers_must_be_of_the_same_items_and_not_too_many():
    with pytest.raises(RequestError, match="results-differ"):
        agreement_range(("ab", "c"), ("ab", "d"))
    with pytest.raises(RequestError, match="results-differ"):
        agreement_range(("ab", "a"), ("ab", "a"))
    with pytest.raises(RequestError, match="nothing-to-rank"):
        agreement_range(("a",), ("a",))
    with pytest.raises(RequestError, match="too-many-orders"):
        agreement_range(("abcdefgh", "ijkl"), ("abcdef", "ghijkl"))
    assert agreement_range(("abcdefgh",), ("abcdefgh",)).spearman == (-1.0, 1.0)
