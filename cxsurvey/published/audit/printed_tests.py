"""Tests of printed shares: a gap, a part against its whole, the same respondents, a threshold.

Each test is made at the counts nearest to what is printed and at everything else that the printing allows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from cxsurvey.numerics.arrays import Bools, Floats
from cxsurvey.numerics.comparisons.paired import paired_gap_interval, paired_z
from cxsurvey.numerics.comparisons.score_tests import part_whole_z, share_z
from cxsurvey.numerics.comparisons.small_counts import FEW_DIFFER, groups_z, pairs_z, shares_z
from cxsurvey.numerics.tables.inference import (
    cohen_h,
    newcombe,
    normal_two_sided_p,
    two_proportion_z,
    wilson,
)
from cxsurvey.published.audit.envelopes import Envelope, Overlap, PrintedShare, alone, apart, inside, together
from cxsurvey.published.audit.relations import Relation
from cxsurvey.published.audit.verdicts import ABSENT, Measure
from cxsurvey.published.claims.records import Statistic

TWO_GROUPS: Final = "pooled z test of two groups"
PART_WHOLE: Final = "z test of a part against the rest of its whole"
SAME_PEOPLE: Final = "paired z test (McNemar) of two answers of the same respondents"
ONE_SHARE: Final = "score z test of one share against a number"
EXACT: Final = {
    TWO_GROUPS: "Fisher's exact test of two groups",
    PART_WHOLE: "Fisher's exact test of a part against the rest of its whole",
    SAME_PEOPLE: "exact McNemar test of two answers of the same respondents",
    ONE_SHARE: "exact binomial test of one share against a number",
}


@dataclass(frozen=True, slots=True)
class Evidence:
    """A test of one pair of printed shares, or of one share against a number.

    Attributes
    ----------
    test, measure : str
        As in :class:`.Finding`.
    pair : tuple of Statistic
    a, n_a, b, n_b : float
        Shares and bases.
    estimate, low, high : float
        The measure and its interval.
    z, z_low, z_high : float
        The statistic at what is printed, and its range; above 0 when a is the larger. Of an exact test the z
        that has its p-value.
    p_low, p_high : float
        The range of the two-sided p-value.
    free_overlap : bool
        Whether the range covers every way in which two answers of the same people can overlap, because the
        report prints no overlap; ``z`` is then at the least favourable one.
    """

    test: str
    measure: Measure
    pair: tuple[Statistic, ...]
    a: float
    n_a: float
    b: float
    n_b: float
    estimate: float
    low: float
    high: float
    z: float
    z_low: float
    z_high: float
    p_low: float
    p_high: float
    free_overlap: bool = False

    @property
    def p_value(self) -> float:
        """Two-sided, at what is printed."""
        return float(normal_two_sided_p(self.z))

    @property
    def effect(self) -> float:
        """Cohen's h."""
        return float(cohen_h(self.a, self.b))

    def turned(self) -> Evidence:
        """The same gap seen from the other side."""
        return replace(
            self,
            pair=self.pair[::-1],
            a=self.b,
            n_a=self.n_b,
            b=self.a,
            n_b=self.n_a,
            estimate=-self.estimate,
            low=-self.high,
            high=-self.low,
            z=-self.z,
            z_low=-self.z_high,
            z_high=-self.z_low,
        )


def gap_evidence(
    a: PrintedShare, b: PrintedShare, relation: Relation, overlap: Overlap, level: float
) -> Evidence | None:
    """Test whether two printed shares differ.

    Parameters
    ----------
    a, b : PrintedShare
        With bases. For ``relation`` "rest", ``b`` is the share of the whole.
    relation, overlap : str
        As :class:`.Report` tells; not "crossed".
    level : float

    Returns
    -------
    Evidence or None
        None when no whole counts print so. Against a whole, ``estimate`` is the gap to the whole and its
        interval that of the gap to the rest, shrunk by the share of the rest in the whole; against the rest,
        the gap to the rest.
    """
    if relation == "groups":
        return _of_groups(a, b, level)
    if relation == "same":
        return _of_the_same(a, b, overlap, level)
    if relation == "whole":
        found = _of_a_part(b, a, level, to_rest=False)
        return found.turned() if found is not None else None
    return _of_a_part(a, b, level, to_rest=relation == "rest")


def _of_groups(a: PrintedShare, b: PrintedShare, level: float) -> Evidence | None:
    found = apart(a, b)
    if not len(found):
        return None
    z, exact = groups_gap(found)
    at = found.printed
    interval = newcombe(found.share1, found.n1[at], found.share2, found.n2[at], level)
    return evidence(named(TWO_GROUPS, exact, at), (a, b), found, z, (float(interval.low), float(interval.high)))


def _of_a_part(part: PrintedShare, whole: PrintedShare, level: float, *, to_rest: bool) -> Evidence | None:
    found = inside(part, whole)
    if not len(found):
        return None
    z, exact = part_gap(found)
    at = found.printed
    n_rest = float(found.n2[at] - found.n1[at])
    rest = float(found.x2[at] - found.x1[at]) / n_rest
    to_the_rest = newcombe(found.share1, found.n1[at], rest, n_rest, level)
    shrink = 1.0 if to_rest else n_rest / float(found.n2[at])
    ends = (float(to_the_rest.low) * shrink, float(to_the_rest.high) * shrink)
    made = evidence(named(PART_WHOLE, exact, at), (part, whole), found, z, ends)
    return replace(made, b=rest, n_b=n_rest, estimate=found.share1 - rest) if to_rest else made


def _of_the_same(a: PrintedShare, b: PrintedShare, overlap: Overlap, level: float) -> Evidence | None:
    found = together(a, b, overlap)
    if not len(found):
        return None
    z, exact = _every_overlap(found, overlap)
    at = found.printed
    both, n = overlaps(found, overlap)[0][at], found.n1[at]
    interval = paired_gap_interval(both, found.x1[at] - both, found.x2[at] - both, n, level)
    ends = (float(interval.low), float(interval.high))
    made = evidence(named(SAME_PEOPLE, exact, at), (a, b), found, z, ends)
    return replace(made, free_overlap=overlap == "unknown")


def groups_gap(found: Envelope) -> tuple[Floats, Bools]:
    """The statistic of two groups at each point, and whether its test is exact there."""
    counts = (found.x1, found.n1, found.x2, found.n2)
    return groups_z(_settled(two_proportion_z(*counts).statistic), *counts)


def part_gap(found: Envelope) -> tuple[Floats, Bools]:
    """The same of a part against the rest of its whole."""
    z = _settled(part_whole_z(found.x1, found.n1, found.x2, found.n2).statistic)
    return groups_z(z, found.x1, found.n1, found.x2 - found.x1, found.n2 - found.n1)


def same_gap(found: Envelope, overlap: Overlap) -> tuple[Floats, Bools]:
    """The same of the same respondents, shape (2, K): with the fewest and with the most who gave both."""
    return _differing(found, overlaps(found, overlap))


def _every_overlap(found: Envelope, overlap: Overlap) -> tuple[Floats, Bools]:
    """The same, shape (L, K), with the overlaps between which the statistic rises and falls.

    It falls as fewer gave both, but for the step from the exact test to z: both sides of it belong.
    """
    least, most = overlaps(found, overlap)
    given = found.x1 + found.x2
    steps = (np.ceil((given - FEW_DIFFER + 1) / 2), np.floor((given - FEW_DIFFER) / 2))
    return _differing(found, (least, most, *(np.clip(step, least, most) for step in steps)))


def _differing(found: Envelope, boths: Sequence[Floats]) -> tuple[Floats, Bools]:
    only = [(found.x1 - both, found.x2 - both) for both in boths]
    made = [pairs_z(paired_z(*sides).statistic, *sides) for sides in only]
    return np.stack([z for z, _ in made]), np.stack([exact for _, exact in made])


def named(test: str, exact: Bools, at: int) -> str:
    """A test by its name, which is that of the exact one where the printed counts are small."""
    rows = exact.reshape(-1, exact.shape[-1])
    if rows[0, at]:
        return EXACT[test]
    return f"{test}; {few_words(test)}" if exact.any() else test


def few_words(test: str) -> str:
    """That some points of an envelope have the exact form of a test.

    >>> few_words(ONE_SHARE)
    'exact binomial test where few are expected'
    """
    return f"{EXACT[test].partition(' of ')[0]} where few are expected"


def overlaps(found: Envelope, overlap: Overlap) -> tuple[Floats, Floats]:
    """The fewest and the most respondents who can have given both answers (Fréchet's bounds)."""
    most = np.minimum(found.x1, found.x2)
    if overlap == "none":
        return 0.0 * most, 0.0 * most
    least = np.maximum(0.0, found.x1 + found.x2 - found.n1)
    return (least, most) if overlap == "unknown" else (most, most)


def threshold_evidence(a: PrintedShare, threshold: float, level: float) -> Evidence | None:
    """Test whether a printed share with a base differs from a number.

    Returns
    -------
    Evidence or None
        ``b`` is the number, ``estimate`` the share less the number. None when no whole count prints so.
    """
    found = alone(a)
    if not len(found):
        return None
    z, exact = shares_z(share_z(found.x1, found.n1, threshold).statistic, found.x1, found.n1, threshold)
    interval = wilson(found.share1, found.n1[found.printed], level)
    ends = (float(interval.low) - threshold, float(interval.high) - threshold)
    made = evidence(named(ONE_SHARE, exact, found.printed), (a,), found, z, ends)
    return replace(made, measure="margin", b=threshold, n_b=ABSENT, estimate=found.share1 - threshold)


def evidence(
    test: str, shares: tuple[PrintedShare, ...], found: Envelope, z: Floats, ends: tuple[float, float]
) -> Evidence:
    """Gather a test from its statistic over everything that the printing allows.

    Parameters
    ----------
    test : str
    shares : tuple of PrintedShare
    found : Envelope
        With K points.
    z : (K,) or (L, K) float
        The statistic; the first of several rows is the one at what is printed.
    ends : tuple of float
        The interval of the gap.
    """
    at = found.printed
    printed = float(z.reshape(-1, len(found))[0, at])
    low, high = float(z.min()), float(z.max())
    nearest = float(np.abs(z).min()) if found.whole or low > 0 or high < 0 else 0.0
    return Evidence(
        test,
        "gap",
        tuple(share.statistic for share in shares),
        found.share1,
        float(found.n1[at]),
        found.share2,
        float(found.n2[at]),
        found.share1 - found.share2,
        *ends,
        printed,
        low,
        high,
        float(normal_two_sided_p(max(-low, high))),
        float(normal_two_sided_p(nearest)),
    )


def _settled(z: Floats) -> Floats:
    """Where everybody or nobody in both groups says the same there is no gap."""
    return np.where(np.isnan(z), 0.0, z)
