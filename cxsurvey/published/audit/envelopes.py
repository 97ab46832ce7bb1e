"""Everything that a printed percentage can have been: whole counts at every base that a report leaves open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final, Literal

import numpy as np

from cxsurvey.numerics.arrays import Bools, Floats
from cxsurvey.published.claims.bases import count_range, rounding_range
from cxsurvey.published.claims.records import Claim, PrintedBase, Statistic
from cxsurvey.published.claims.wordings import Zone

Overlap = Literal["none", "a_in_b", "b_in_a", "unknown"]
MOST_BASES: Final = 2_000
MOST_POINTS: Final = 200_000


@dataclass(frozen=True, slots=True)
class PrintedShare:
    """A percentage as a report prints it.

    Attributes
    ----------
    statistic : Statistic
    claim : Claim
        The one that prints it.
    base : PrintedBase or None
    """

    statistic: Statistic
    claim: Claim
    base: PrintedBase | None

    @property
    def value(self) -> Fraction:
        """The share as printed, a fraction."""
        return (self.claim.value or Fraction(0)) / 100

    @property
    def ends(self) -> tuple[Fraction, Fraction]:
        """The smallest and the largest share that prints so; "everyone" is 1 and nothing less."""
        if self.claim.qualifier == "every":
            return Fraction(1), Fraction(1)
        low, high = rounding_range(self.claim.value or Fraction(0), self.claim.decimals)
        return low / 100, high / 100

    def counts(self, n: int) -> tuple[int, int]:
        """The fewest and the most of ``n`` that print so; fewest > most when none do."""
        if self.claim.qualifier == "every":
            return n, n
        return count_range(self.claim.value or Fraction(0), self.claim.decimals, n)

    @property
    def possible(self) -> bool:
        """Whether a whole count prints so at some base; true where there is no base to try.

        The test of Brown and Heathers (2017), made for percentages.
        """
        if self.base is None or self.base.high - self.base.low >= MOST_BASES:
            return True
        counts = (self.counts(n) for n in range(self.base.low, self.base.high + 1))
        return any(low <= high for low, high in counts)


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """Counts and bases that print as the report does.

    Attributes
    ----------
    x, n : (K,) float
    far : (K,) float
        How far from the printed base and share: in respondents, then in share.
    whole : bool
        Every whole count at every base; otherwise only those between which all others lie.
    """

    x: Floats
    n: Floats
    far: Floats
    whole: bool


def points(share: PrintedShare) -> Points:
    """List the counts and bases that a printed share with a base can have had.

    Parameters
    ----------
    share : PrintedShare
        With a base.

    Returns
    -------
    Points
        Without any, when no whole count prints so. Of more than 2,000 bases only the corners of the box of
        shares and bases and what is printed: the statistics used here rise or fall with each share, and grow
        with each base, so that their extremes lie in the corners.
    """
    base = share.base
    if base is None:
        return Points(np.empty(0), np.empty(0), np.empty(0), whole=True)
    if base.high - base.low >= MOST_BASES:
        return corners(share)
    ranges = [(n, *share.counts(n)) for n in range(base.low, base.high + 1)]
    found = np.array([(x, n) for n, low, high in ranges for x in range(low, high + 1)], dtype=np.float64)
    x, n = found.reshape(-1, 2).T
    return Points(x, n, _distance(share, x, n), whole=True)


def corners(share: PrintedShare) -> Points:
    """The box around everything a share with a base can have been: its corners, and what is printed."""
    base = share.base
    if base is None:
        return points(share)
    low, high = share.ends
    grid = [(float(p) * n, float(n)) for p in (low, share.value, high) for n in (base.low, base.n, base.high)]
    x, n = np.array(grid, dtype=np.float64).T
    return Points(x, n, _distance(share, x, n), whole=False)


def _distance(share: PrintedShare, x: Floats, n: Floats) -> Floats:
    printed = share.base.n if share.base is not None else 0
    distance: Floats = np.abs(n - printed) + np.abs(x / n - float(share.value))
    return distance


@dataclass(frozen=True, slots=True, eq=False)
class Envelope:
    """Everything that one or two printed shares can have been together.

    Attributes
    ----------
    x1, n1, x2, n2 : (K,) float
        Counts and bases; the second pair is empty of meaning for a single share.
    printed : int
        Which of them is nearest to what is printed.
    whole : bool
        As in :class:`Points`.
    """

    x1: Floats
    n1: Floats
    x2: Floats
    n2: Floats
    printed: int
    whole: bool

    def __len__(self) -> int:
        return len(self.x1)

    @property
    def share1(self) -> float:
        """The first share, as printed."""
        return float(self.x1[self.printed] / self.n1[self.printed])

    @property
    def share2(self) -> float:
        """The second share, as printed."""
        return float(self.x2[self.printed] / self.n2[self.printed])


def alone(share: PrintedShare) -> Envelope:
    """Everything that one share can have been."""
    found = points(share)
    return _envelope(
        [found.x, found.n, found.x, found.n], found.far, np.ones(len(found.x), bool), whole=found.whole
    )


def apart(first: PrintedShare, second: PrintedShare) -> Envelope:
    """Two shares of different respondents: anything with anything."""
    x1, n1, x2, n2, far, whole = _grid(first, second)
    return _envelope([x1, n1, x2, n2], far, np.ones(len(x1), bool), whole=whole)


def together(first: PrintedShare, second: PrintedShare, overlap: Overlap = "unknown") -> Envelope:
    """Two shares of the same respondents: the base is one, so it lies in both ranges.

    Answers that exclude one another are no more than the base together; an answer that is part of another is
    no more than that.
    """
    common = _common(first.base, second.base)
    if common is None:
        return _envelope([np.empty(0)] * 4, np.empty(0), np.empty(0, bool), whole=True)
    x1, n1, x2, n2, far, whole = _grid(replace(first, base=common), replace(second, base=common))
    fits = {"none": x1 + x2 <= n1, "a_in_b": x1 <= x2, "b_in_a": x2 <= x1, "unknown": x1 <= n1}[overlap]
    return _envelope([x1, n1, x2, n2], far, fits & (n1 == n2), whole=whole)


def inside(part: PrintedShare, whole: PrintedShare) -> Envelope:
    """A share of a part and of the whole: nobody is in the part alone, and the rest is not empty."""
    x1, n1, x2, n2, far, every = _grid(part, whole)
    if not every:
        # Corners that cannot be move to the nearest that can; the statistics rise or fall all the way there.
        share = x1 / n1
        n1 = np.minimum(n1, n2 - 1)
        x1 = np.clip(share * n1, np.maximum(0, x2 - (n2 - n1)), np.minimum(x2, n1))
    fits = (n1 >= 1) & (n2 > n1) & (x2 >= x1) & (x2 - x1 <= n2 - n1)
    return _envelope([x1, n1, x2, n2], far, fits, whole=every)


def _common(first: PrintedBase | None, second: PrintedBase | None) -> PrintedBase | None:
    if first is None or second is None:
        return None
    low, high = max(first.low, second.low), min(first.high, second.high)
    return PrintedBase(min(max(first.n, low), high), low, high, first.origin) if low <= high else None


def _grid(first: PrintedShare, second: PrintedShare) -> tuple[Floats, Floats, Floats, Floats, Floats, bool]:
    """Anything with anything; the ends at each base where that is too much, then the corners."""
    a, b = points(first), points(second)
    for fewer in (_ends, corners):
        if len(a.x) * len(b.x) > MOST_POINTS:
            a, b = fewer(first), fewer(second)
    at_a, at_b = (index.ravel() for index in np.indices((len(a.x), len(b.x))))
    return a.x[at_a], a.n[at_a], b.x[at_b], b.n[at_b], a.far[at_a] + b.far[at_b], a.whole and b.whole


def _ends(share: PrintedShare) -> Points:
    """The fewest and the most at each base, and what is printed."""
    found = points(share)
    if not found.whole or not len(found.x):
        return found
    first = np.diff(found.n, prepend=0) > 0
    last = np.diff(found.n, append=np.inf) > 0
    kept = first | last
    kept[np.argmin(found.far)] = True
    return Points(found.x[kept], found.n[kept], found.far[kept], whole=False)


def _envelope(columns: Sequence[Floats], far: Floats, fits: Bools, *, whole: bool) -> Envelope:
    x1, n1, x2, n2 = (column[fits] for column in columns)
    nearest = int(np.argmin(far[fits])) if fits.any() else -1
    return Envelope(x1, n1, x2, n2, nearest, whole)


def held(where: Zone, share: PrintedShare) -> tuple[bool, bool]:
    """Whether a printed share lies in a zone of percentages under every rounding, and under some.

    With a base, of whole counts only.
    """
    found = points(share)
    if found.whole and len(found.x):
        values = {Fraction(int(100 * x), int(n)) for x, n in zip(found.x, found.n, strict=True)}
        inside = [where.holds(value) for value in values]
        return all(inside), any(inside)
    low, high = (100 * end for end in share.ends)
    reaches = (where.low is None or high >= where.low) and (where.high is None or low <= where.high)
    touches = (where.high_strict and low == where.high) or (where.low_strict and high == where.low)
    return where.holds(low) and where.holds(high), reaches and not touches
