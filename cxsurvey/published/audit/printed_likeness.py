"""Tests that two printed shares are alike: two one-sided tests against a margin."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from cxsurvey.numerics.arrays import Floats
from cxsurvey.numerics.comparisons.paired import paired_gap_interval, paired_gap_z
from cxsurvey.numerics.comparisons.score_tests import gap_interval, gap_z
from cxsurvey.numerics.tables.inference import Interval, normal_quantile, normal_two_sided_p
from cxsurvey.published.audit.envelopes import Envelope, Overlap, PrintedShare, apart, inside, together
from cxsurvey.published.audit.printed_tests import (
    Evidence,
    gap_evidence,
    groups_gap,
    overlaps,
    part_gap,
    same_gap,
)
from cxsurvey.published.audit.relations import Relation

ALIKE: Final = "two one-sided score tests against a margin"
DIGITS: Final = 12  # a gap that should be the margin is it in spite of floating point


@dataclass(frozen=True, slots=True)
class Likeness:
    """Whether two printed shares are alike.

    Attributes
    ----------
    gap : Evidence
        The gap, tested for a difference; its interval is that of the two one-sided tests.
    printed, least, most : float
        By how many standard errors the gap keeps within the margin (below 0: it does not), as printed and over
        everything that the printing allows.
    always, ever : bool
        Whether the shares are unlike everywhere in it, or somewhere: further apart than the margin, or
        significantly different and not shown to keep within it.
    """

    gap: Evidence
    printed: float
    least: float
    most: float
    always: bool
    ever: bool


def likeness(
    a: PrintedShare, b: PrintedShare, relation: Relation, overlap: Overlap, *, margin: float, level: float
) -> Likeness | None:
    """Test whether two printed shares are less than a margin apart (Schuirmann 1987).

    Parameters
    ----------
    a, b : PrintedShare
        With bases. For ``relation`` "rest", ``b`` is the share of the whole.
    relation, overlap : str
        As :class:`.Report` tells; not "crossed". Of a part and its whole, the part is held against the rest.
    margin : float
        A fraction: 0.10 is ten points.
    level : float
        Both tests are made at ``1 - level``, which is whether the interval at ``2 level - 1`` keeps within the
        margin.

    Returns
    -------
    Likeness or None
        None when no whole counts print so.
    """
    if relation == "whole":
        seen = likeness(b, a, "part", overlap, margin=margin, level=level)
        return replace(seen, gap=seen.gap.turned()) if seen is not None else None
    against: Relation = "rest" if relation == "part" else relation
    gap = gap_evidence(a, b, against, overlap, level)
    if gap is None:
        return None
    found, statistic, interval, sizes, differ = _tests(a, b, against, overlap)
    within = np.minimum(statistic(-margin), -statistic(margin))
    ends = interval(2 * level - 1)
    gap = replace(gap, test=ALIKE, low=float(ends.low), high=float(ends.high))
    shown = within >= normal_quantile(2 * level - 1)
    unlike = (sizes.round(DIGITS) > margin) | ((np.abs(differ) >= normal_quantile(level)) & ~shown)
    printed = float(within.reshape(-1, len(found))[0, found.printed])
    return Likeness(
        gap, printed, float(within.min()), float(within.max()), bool(unlike.all()), bool(unlike.any())
    )


def likeness_p(within: float) -> float:
    """The larger of the two one-sided p-values.

    >>> round(likeness_p(1.6449), 3), round(likeness_p(0.0), 3)
    (0.05, 0.5)
    """
    tail = float(normal_two_sided_p(within)) / 2
    return tail if within >= 0 else 1 - tail


_Tests = tuple[Envelope, Callable[[float], Floats], Callable[[float], Interval], Floats, Floats]


def _tests(a: PrintedShare, b: PrintedShare, relation: Relation, overlap: Overlap) -> _Tests:
    """Everything the shares can have been, the statistic against a gap there, and the interval as printed.

    Then the sizes of the gaps, and the statistic of a difference.
    """
    if relation == "same":
        found = together(a, b, overlap)
        sides = [(m, found.x1 - m, found.x2 - m, found.n1) for m in overlaps(found, overlap)]
        m, only_a, only_b, n = (column[found.printed] for column in sides[0])
        return (
            found,
            lambda gap: np.stack([paired_gap_z(*side, gap).statistic for side in sides]),
            lambda level: paired_gap_interval(m, only_a, only_b, n, level),
            np.abs(found.x1 - found.x2) / found.n1,
            same_gap(found, overlap)[0],
        )
    found = inside(a, b) if relation == "rest" else apart(a, b)
    counts = (found.x1, found.n1, found.x2, found.n2)
    if relation == "rest":
        counts = (found.x1, found.n1, found.x2 - found.x1, found.n2 - found.n1)
    x1, n1, x2, n2 = (column[found.printed] for column in counts)
    return (
        found,
        lambda gap: gap_z(*counts, gap).statistic,
        lambda level: gap_interval(x1, n1, x2, n2, level),
        np.abs(counts[0] / counts[1] - counts[2] / counts[3]),
        (part_gap if relation == "rest" else groups_gap)(found)[0],
    )
