"""How two unknown shares stand to each other: exact tests, and the straight lines that lead a program to them.

A share is a count over a base, and both are unknown, so "more" multiplies unknowns. With nominal bases it is a
straight line; what the program finds is then tested in exact fractions.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from cxsurvey.published.synthesis.counts import IntArray
from cxsurvey.published.synthesis.program import STRUCTURE, Measure, Row, Source, Sum, at_least, at_most, total

Values = IntArray | Sequence[int]
HALF = Fraction(1, 2)
NEAR = 0.05
"""How far a pooled share is moved, so that a margin is rather too wide than too narrow."""


@dataclass(frozen=True, slots=True)
class Relation:
    """What must hold between two shares.

    Attributes
    ----------
    source : Source
    kind : {"more", "significant", "alike"}
    own, other : Measure
    times : Fraction
        ``more``: the own share exceeds this multiple of the other.
    strict : bool
        ``more``: is not equal to it either.
    critical : tuple of float
        Squared two-sided critical values of the pooled z test, the wished for first, the needed last:
        ``significant`` reaches it, ``alike`` stays below it.
    """

    source: Source
    kind: Literal["more", "significant", "alike"]
    own: Measure
    other: Measure
    times: Fraction = Fraction(1)
    strict: bool = True
    critical: tuple[float, ...] = ()

    @property
    def sums(self) -> tuple[Sum, Sum, Sum, Sum]:
        """Count and base of the own share, count and base of the other."""
        return self.own.count, self.own.base, self.other.count, self.other.base

    def at(self, values: Values) -> tuple[int, int, int, int]:
        """The four sums where the variables have these values."""
        x, n, y, m = (of.at(values) for of in self.sums)
        return x, n, y, m

    def holds(self, values: Values, level: int = -1) -> bool:
        """Whether it holds, at the least demanding level unless told; never of a base of nobody."""
        x, n, y, m = self.at(values)
        if n < 1 or m < 1:
            return False
        if self.kind == "more":
            left, right = x * m * self.times.denominator, y * n * self.times.numerator
            return left > right or (left == right and not self.strict)
        squared = squared_z(x, n, y, m)
        critical = Fraction(self.critical[min(level, len(self.critical) - 1)])
        if self.kind == "alike":
            return squared < critical
        return x * m > y * n and squared >= critical


def squared_z(x: int, n: int, y: int, m: int) -> Fraction:
    """The square of the pooled z statistic of two proportions; 0 where all or none gave the response.

    Formula: z = (x/n - y/m) / sqrt(p (1 - p) (1/n + 1/m)), p = (x + y) / (n + m).

    >>> round(float(squared_z(45, 181, 36, 343)), 2)
    18.71
    """
    pooled = Fraction(x + y, n + m)
    if pooled in {0, 1}:
        return Fraction(0)
    return (Fraction(x, n) - Fraction(y, m)) ** 2 / (pooled * (1 - pooled) * (Fraction(1, n) + Fraction(1, m)))


@dataclass(frozen=True, slots=True)
class Guess:
    """Nominal numbers that make a relation a straight line.

    Attributes
    ----------
    n, m : int
        Bases of the own and the other share.
    pooled : float
        Share of the response in both groups together.
    level : int
        Index into the critical values.
    """

    n: int
    m: int
    pooled: float = 0.5
    level: int = 0


def lines(relation: Relation, guess: Guess) -> Iterator[Row]:
    """Rows that imply a relation where the bases and the pooled share are as guessed.

    Parameters
    ----------
    relation : Relation
    guess : Guess

    Yields
    ------
    Row
    """
    n, m = guess.n, guess.m
    yield Row(relation.source, relation.own.base, low=1)
    yield Row(relation.source, relation.other.base, low=1)
    top, bottom = relation.times.numerator, relation.times.denominator
    scale = math.gcd(bottom * m, top * n)
    gap = total([(bottom * m // scale, relation.own.count), (-top * n // scale, relation.other.count)])
    if relation.kind == "more":
        yield Row(relation.source, gap, low=1 if relation.strict else 0)
        return
    critical = relation.critical[min(guess.level, len(relation.critical) - 1)]
    width = math.sqrt(critical * guess.pooled * (1 - guess.pooled) * (1 / n + 1 / m)) * n * m / scale
    if relation.kind == "significant":
        yield Row(relation.source, gap, low=max(1, math.ceil(width)))
    else:
        inside = max(0, math.ceil(width) - 1)
        yield Row(relation.source, gap, low=-inside, high=inside)


def guess_from(relation: Relation, numbers: tuple[float, float, float, float], level: int) -> Guess:
    """Make a guess from counts and bases that are expected, or that a program found."""
    x, n, y, m = numbers
    pooled = min(max((x + y) / (n + m), 0.0), 1.0) if n + m > 0 else 0.5
    outwards = -NEAR if relation.kind == "alike" else NEAR
    nearer = min(pooled + outwards, 0.5) if pooled < HALF else max(pooled - outwards, 0.5)
    return Guess(max(1, round(n)), max(1, round(m)), min(max(nearer, 0.01), 0.99), level)


def branches(
    relation: Relation, at: tuple[int, int, int, int], fixed: Collection[Sum]
) -> Iterator[tuple[Row, ...]]:
    """Part the solutions of a relation, none of them lost, so that numbers that break it are in no part.

    Parameters
    ----------
    relation : Relation
    at : four ints
        Counts and bases, in the order of ``relation.sums``, that break it.
    fixed : collection of Sum
        Sums that are single numbers already.

    Yields
    ------
    tuple of Row
        With "more than ``times`` the other share", either the other share lies below a threshold, or it does
        not and the own share passes ``times`` the threshold; the threshold lies between the two shares found.
        Other relations are parted by whether a base or a count is what was found, less or more.
    """
    x, n, y, m = at
    if min(n, m) < 1:
        yield tuple(Row(STRUCTURE, base, low=1) for base in (relation.own.base, relation.other.base))
        return
    if relation.kind == "significant" and n + m < relation.critical[-1]:
        together = total([(1, relation.own.base), (1, relation.other.base)])  # z squared is n + m at the most
        yield (Row(STRUCTURE, together, low=math.ceil(relation.critical[-1])),)
        return
    own, other = Fraction(x, n) / relation.times, Fraction(y, m)
    if relation.kind != "alike" and (own < other or (own == other and relation.strict)):
        threshold = other if own == other or not relation.strict else simplest(own, other)
        yield (at_most(STRUCTURE, relation.other.count, relation.other.base, threshold, strict=True),)
        passed = threshold * relation.times
        yield (
            at_least(STRUCTURE, relation.other.count, relation.other.base, threshold, strict=False),
            at_least(STRUCTURE, relation.own.count, relation.own.base, passed, strict=relation.strict),
        )
        return
    order = (1, 3, 2, 0)
    open_ones = [i for i in order if relation.sums[i].terms and relation.sums[i] not in fixed]
    if open_ones:
        of, value = relation.sums[open_ones[0]], at[open_ones[0]]
        yield (Row(STRUCTURE, of, high=value - 1),)
        yield (Row(STRUCTURE, of, low=value + 1),)
        yield (Row(STRUCTURE, of, value, value),)


def simplest(low: Fraction, high: Fraction) -> Fraction:
    """The fraction of the smallest denominator between two that are not negative, ends included.

    >>> simplest(Fraction(56, 187), Fraction(185, 562)), simplest(Fraction(0), Fraction(1, 9))
    (Fraction(3, 10), Fraction(0, 1))
    """
    whole = math.ceil(low)
    if whole <= high:
        return Fraction(whole)
    base = math.floor(low)
    return base + 1 / simplest(1 / (high - base), 1 / (low - base))
