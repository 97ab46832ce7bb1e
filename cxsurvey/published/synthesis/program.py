"""An integer program over counts of respondents whose every row says where it comes from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from cxsurvey.published.synthesis.counts import IntArray


@dataclass(frozen=True, slots=True, order=True)
class Sum:
    """A whole-number sum of variables and a constant: a count of respondents.

    Attributes
    ----------
    terms : tuple of (int, int)
        Variable and coefficient, by rising variable, no coefficient zero.
    constant : int
    """

    terms: tuple[tuple[int, int], ...] = ()
    constant: int = 0

    def at(self, values: IntArray | Sequence[int]) -> int:
        """The sum where the variables have these values.

        >>> Sum(((0, 2), (1, -1)), 3).at([5, 4])
        9
        """
        return self.constant + sum(factor * int(values[variable]) for variable, factor in self.terms)


def total(parts: Iterable[tuple[int, Sum]]) -> Sum:
    """Add sums, each times a whole number.

    >>> total([(2, Sum(((0, 1),))), (-1, Sum(((0, 2), (1, 1)), 4))])
    Sum(terms=((1, -1),), constant=-4)
    """
    found: dict[int, int] = {}
    constant = 0
    for factor, part in parts:
        constant += factor * part.constant
        for variable, times in part.terms:
            found[variable] = found.get(variable, 0) + factor * times
    return Sum(tuple(sorted((v, f) for v, f in found.items() if f)), constant)


def counted(variables: Iterable[int]) -> Sum:
    """The sum of these variables, each once."""
    return Sum(tuple((variable, 1) for variable in sorted(variables)))


@dataclass(frozen=True, slots=True, order=True)
class Source:
    """Where a row comes from: a claim, a rule of the codebook, or (both empty) what counts are."""

    claim: str = ""
    rule: str = ""


STRUCTURE = Source()


@dataclass(frozen=True, slots=True)
class Row:
    """A sum that must lie between two whole numbers; None where an end is open."""

    source: Source
    sum: Sum
    low: int | None = None
    high: int | None = None

    def holds(self, values: IntArray | Sequence[int]) -> bool:
        """Whether the row holds exactly.

        >>> Row(STRUCTURE, Sum(((0, 1),)), 2, 3).holds([4])
        False
        """
        found = self.sum.at(values)
        return (self.low is None or found >= self.low) and (self.high is None or found <= self.high)


@dataclass(frozen=True, slots=True)
class Measure:
    """A share as two sums: those who gave the response, and those it is a share of."""

    count: Sum
    base: Sum


def at_least(source: Source, own: Sum, other: Sum, times: Fraction, *, strict: bool) -> Row:
    """The row ``own >= times * other``, or ``>`` when strict, in whole numbers."""
    difference = total([(times.denominator, own), (-times.numerator, other)])
    return Row(source, difference, low=1 if strict else 0)


def at_most(source: Source, own: Sum, other: Sum, times: Fraction, *, strict: bool) -> Row:
    """The row ``own <= times * other``, or ``<`` when strict, in whole numbers."""
    difference = total([(times.denominator, own), (-times.numerator, other)])
    return Row(source, difference, high=-1 if strict else 0)


@dataclass(slots=True)
class Program:
    """Counts to be found, being built up.

    Attributes
    ----------
    highest : list of int
        Upper bound of each variable; the lower bound is 0.
    targets : list of float
        What each variable would plausibly be.
    weights : list of float
        How much a respondent away from the target matters.
    rows : list of Row
    """

    highest: list[int] = field(default_factory=list)
    targets: list[float] = field(default_factory=list)
    weights: list[float] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)

    def variable(self, highest: int, *, target: float = 0.0, weight: float = 0.0) -> int:
        """Add a variable and return its number."""
        self.highest.append(highest)
        self.targets.append(target)
        self.weights.append(weight)
        return len(self.highest) - 1

    def expect(self, targets: Mapping[int, float], weight: float = 1.0) -> None:
        """Say what variables would plausibly be."""
        for variable, target in targets.items():
            self.targets[variable] = target
            self.weights[variable] = weight / (1.0 + max(target, 0.0)) ** 0.5

    def expected(self, of: Sum) -> float:
        """The sum at the targets."""
        return of.constant + sum(factor * self.targets[variable] for variable, factor in of.terms)

    def span(self, of: Sum) -> tuple[int, int]:
        """The least and the most that a sum of counts can be, from the bounds of its variables alone."""
        ends = [sorted((0, factor * self.highest[variable])) for variable, factor in of.terms]
        return of.constant + sum(low for low, _ in ends), of.constant + sum(high for _, high in ends)
