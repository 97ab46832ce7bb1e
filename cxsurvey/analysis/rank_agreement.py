"""Do two rankings of the same items agree? Rank correlations, and their range when only tiers are known."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, permutations, product
from typing import Final

import numpy as np

from cxsurvey.analysis.results import Estimates
from cxsurvey.errors import RequestError
from cxsurvey.study.answers import FloatArray

MOST_ORDERS: Final = 1_000_000
LEAST_ITEMS: Final = 2
Tiers = Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class RankAgreement:
    """How far two rankings of the same items agree.

    Attributes
    ----------
    n : int
        Items that both rank.
    spearman : float
        Spearman's rho, the product-moment correlation of mid-ranks; NaN where a ranking ties everything.
    kendall : float
        Kendall's tau-b; NaN where a ranking ties everything.
    """

    n: int
    spearman: float
    kendall: float


@dataclass(frozen=True, slots=True)
class AgreementRange:
    """The least and the most that rank correlations can be.

    Attributes
    ----------
    spearman, kendall : tuple of float
        Lowest and highest over all orders within the tiers.
    orders : int
        Pairs of orders that the tiers allow.
    """

    spearman: tuple[float, float]
    kendall: tuple[float, float]
    orders: int


def rank_agreement(left: Estimates, right: Estimates) -> RankAgreement:
    """Correlate the order of the same responses to two questions.

    Parameters
    ----------
    left, right : Estimates
        Of one group; responses are matched by their code, and those without an estimate on both sides left out.

    Returns
    -------
    RankAgreement

    Raises
    ------
    RequestError
        ``nothing-to-rank`` when fewer than two responses have an estimate on both sides.

    Notes
    -----
    Spearman's rho is the product-moment correlation of mid-ranks (Spearman 1904; Kendall and Gibbons 1990,
    chapter 3). Kendall's tau-b is ``(C - D) / sqrt((P - T) (P - U))`` with C concordant and D discordant
    pairs of the P pairs, of which T and U are tied in the one and the other (Kendall 1945). Both describe these
    items and are no inference about others.

    Examples
    --------
    >>> import cxsurvey as cx
    >>> study = cx.read_study("sfo2018")
    >>> one, other = cx.estimate(study, "overall"), cx.estimate(study, "signs")
    >>> rank_agreement(one, one).spearman
    1.0
    """
    first, second = _shares(left), _shares(right)
    codes = [code for code in first if code in second]
    if len(codes) < LEAST_ITEMS:
        raise RequestError.nothing_to_rank(len(codes))
    x, y = (np.array([side[code] for code in codes]) for side in (first, second))
    return RankAgreement(len(codes), _correlation(mid_ranks(x), mid_ranks(y)), _tau_b(x, y))


def _shares(estimates: Estimates) -> dict[str, float]:
    known = estimates.frame[estimates.frame["estimate"].notna()]
    return dict(zip(known["response"], known["estimate"], strict=True))


def mid_ranks(values: FloatArray) -> FloatArray:
    """Rank values from the highest, 1, down; ties share the mean of their places.

    Examples
    --------
    >>> mid_ranks(np.array([0.2, 0.5, 0.2, 0.1])).tolist()
    [2.5, 1.0, 2.5, 4.0]
    """
    above = (values[None, :] > values[:, None]).sum(axis=1)
    level = (values[None, :] == values[:, None]).sum(axis=1)
    ranks: FloatArray = above + (level + 1) / 2
    return ranks


def _correlation(x: FloatArray, y: FloatArray) -> float:
    dx, dy = x - x.mean(), y - y.mean()
    scale = math.sqrt(float((dx**2).sum() * (dy**2).sum()))
    return min(max(float((dx * dy).sum()) / scale, -1.0), 1.0) if scale > 0 else math.nan


def _tau_b(x: FloatArray, y: FloatArray) -> float:
    a, b = _signs(x), _signs(y)
    scale = math.sqrt(float((a**2).sum() * (b**2).sum()))
    return float((a * b).sum()) / scale if scale > 0 else math.nan


def _signs(values: FloatArray) -> FloatArray:
    """Which of two items is higher, for every pair; shape (..., pairs)."""
    first, second = np.triu_indices(values.shape[-1], k=1)
    signs: FloatArray = np.sign(values[..., first] - values[..., second]).astype(np.float64)
    return signs


def agreement_range(left: Tiers, right: Tiers) -> AgreementRange:
    """Bound rank correlations when only tiers are known.

    Parameters
    ----------
    left, right : sequence of sequence of str
        Tiers of the same items, the highest first; the order within a tier is not known.

    Returns
    -------
    AgreementRange
        By going through every strict order that the tiers allow.

    Raises
    ------
    RequestError
        ``nothing-to-rank`` for fewer than two items, ``results-differ`` when the items are not the same, or
        ``too-many-orders``.

    Examples
    --------
    >>> found = agreement_range([["a", "b"], ["c"]], [["c"], ["a", "b"]])
    >>> found.spearman, found.orders
    ((-1.0, -0.5), 4)
    """
    items = sorted(chain.from_iterable(left))
    if items != sorted(chain.from_iterable(right)) or len(set(items)) != len(items):
        raise RequestError.results_differ("items", items, sorted(chain.from_iterable(right)))
    if len(items) < LEAST_ITEMS:
        raise RequestError.nothing_to_rank(len(items))
    orders = _count(left) * _count(right)
    one, other = left, right
    if len(one) == 1:
        one, other = other, one
    if len(other) == 1:  # all orders of one side meet any single order of the other in the same ways
        one = [[item] for tier in one for item in tier]
    if _count(one) * _count(other) > MOST_ORDERS:
        raise RequestError.too_many_orders(_count(one) * _count(other), MOST_ORDERS)
    x, y = _ranks(one, items), _ranks(other, items)
    n = len(items)
    rho = ((x - (n + 1) / 2) @ (y - (n + 1) / 2).T) * 12 / (n * (n**2 - 1))
    tau = (_signs(x) @ _signs(y).T) * 2 / (n * (n - 1))
    return AgreementRange(_ends(rho), _ends(tau), orders)


def _count(tiers: Tiers) -> int:
    return math.prod(math.factorial(len(tier)) for tier in tiers)


def _ranks(tiers: Tiers, items: Sequence[str]) -> FloatArray:
    """The rank of each item in every order that the tiers allow; shape (orders, items)."""
    place = {item: i for i, item in enumerate(items)}
    orders = [
        [place[item] for item in chain.from_iterable(order)] for order in product(*map(permutations, tiers))
    ]
    ranks = np.empty((len(orders), len(items)))
    np.put_along_axis(ranks, np.array(orders), np.arange(1.0, len(items) + 1)[None, :], axis=1)
    return ranks


def _ends(values: FloatArray) -> tuple[float, float]:
    return round(float(values.min()), 12), round(float(values.max()), 12)
