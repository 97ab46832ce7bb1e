"""Tests of printed ratios: "twice as likely" at everything that the printing allows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from cxsurvey.numerics.arrays import Bools, Floats
from cxsurvey.numerics.comparisons.paired import paired_ratio_interval, paired_ratio_z
from cxsurvey.numerics.comparisons.score_tests import ratio_interval, ratio_z
from cxsurvey.numerics.tables.inference import Interval
from cxsurvey.published.audit.envelopes import Envelope, Overlap, PrintedShare, apart, inside, together
from cxsurvey.published.audit.printed_tests import (
    PART_WHOLE,
    SAME_PEOPLE,
    TWO_GROUPS,
    Evidence,
    evidence,
    few_words,
    groups_gap,
    overlaps,
    part_gap,
    same_gap,
)
from cxsurvey.published.audit.relations import Relation
from cxsurvey.published.claims.wordings import Zone

RATIO: Final = "score test (Koopman) of the ratio of two groups"
RATIO_OF_PART: Final = "score test (Koopman) of the ratio of a part to its whole"
RATIO_OF_SAME: Final = "score test of the ratio of two answers of the same respondents"
DIGITS: Final = 12  # a ratio of counts that should be 2 is 2 in spite of floating point


@dataclass(frozen=True, slots=True)
class RatioEvidence:
    """A test of the ratio of two printed shares.

    Attributes
    ----------
    test : Evidence
        ``estimate`` is the ratio with its interval; ``z`` and p-values test that the ratio is at the edge of
        the zone that its words allow or, where the words are rough, that it is 1.
    printed, least, most : float
        By how many standard errors the ratio clears the edges of the zone (below 0: it lies outside) or, where
        the words are rough, 1: as printed, at the least and at the most favourable rounding.
    always, ever : bool
        Whether the ratio lies in the zone under every rounding, and under some.
    to_rest : float
        For a part against its whole: the ratio to the rest; else NaN.
    """

    test: Evidence
    printed: float
    least: float
    most: float
    always: bool
    ever: bool
    to_rest: float


@dataclass(frozen=True, slots=True, eq=False)
class _Ratio:
    """A ratio at each of K points, its statistic against a multiple (rows: overlaps), and its interval."""

    name: str
    found: Envelope
    ratio: Floats
    statistic: Callable[[float], Floats]
    interval: Callable[[float], tuple[float, float]]
    to_rest: float = float("nan")
    few: str = ""


def ratio_evidence(
    a: PrintedShare,
    b: PrintedShare,
    relation: Relation,
    overlap: Overlap,
    zone: Zone,
    *,
    rough: bool,
    level: float,
) -> RatioEvidence | None:
    """Test whether a printed share is the multiple of another that the words claim.

    Parameters
    ----------
    a, b : PrintedShare
        With bases. For ``relation`` "rest", ``b`` is the share of the whole.
    relation, overlap : str
        As :class:`.Report` tells; not "crossed".
    zone : Zone
        The multiples that make the words true.
    rough : bool
        "nearly" or "about": the ratio must lie in the zone and differ from 1. Otherwise its whole interval must
        lie in the zone.
    level : float

    Returns
    -------
    RatioEvidence or None
        None when no whole counts print so, or when nobody gave either answer.
    """
    made = _ratio(a, b, relation, overlap)
    if made is None or np.isnan(made.ratio[made.found.printed]):
        return None
    at, points = made.found.printed, len(made.found)
    cleared = _cleared(made, zone, rough=rough)
    printed = [float(side.reshape(-1, points)[:, at].min()) for _, side in cleared]
    edge, _ = cleared[int(np.argmin(printed))]
    held = _held(zone, made.ratio)
    secure = np.min([side.reshape(-1, points) for _, side in cleared], axis=0)
    name = f"{made.name} against {edge:.4g}" + (f"; {made.few}" if made.few else "")
    test = evidence(name, (a, b), made.found, made.statistic(edge), made.interval(level))
    test = replace(test, measure="ratio", estimate=float(made.ratio[at]))
    return RatioEvidence(
        _named(test, made, relation, overlap),
        min(printed),
        float(secure.min()),
        float(secure.max()),
        bool(held.all()),
        bool(held.any()),
        made.to_rest,
    )


def _cleared(made: _Ratio, zone: Zone, *, rough: bool) -> list[tuple[float, Floats]]:
    """For each edge of the zone, by how many standard errors each point clears it."""
    if rough:
        up = zone.high is not None and zone.high > 1
        return [(1.0, made.statistic(1.0) if up else -made.statistic(1.0))]
    sides = []
    if zone.low is not None:
        sides.append((float(zone.low), made.statistic(float(zone.low))))
    if zone.high is not None:
        sides.append((float(zone.high), -made.statistic(float(zone.high))))
    return sides


def _named(test: Evidence, made: _Ratio, relation: Relation, overlap: Overlap) -> Evidence:
    found, at = made.found, made.found.printed
    if relation == "rest":
        n_rest = float(found.n2[at] - found.n1[at])
        return replace(test, b=float(found.x2[at] - found.x1[at]) / n_rest, n_b=n_rest)
    if relation == "whole":
        return replace(test, pair=test.pair[::-1], a=test.b, n_a=test.n_b, b=test.a, n_b=test.n_a)
    return replace(test, free_overlap=relation == "same" and overlap == "unknown")


def _held(zone: Zone, ratio: Floats) -> Bools:
    values = ratio.round(DIGITS)
    low = -np.inf if zone.low is None else round(float(zone.low), DIGITS)
    high = np.inf if zone.high is None else round(float(zone.high), DIGITS)
    above = values > low if zone.low_strict else values >= low
    below = values < high if zone.high_strict else values <= high
    held: Bools = above & below
    return held


def _ratio(a: PrintedShare, b: PrintedShare, relation: Relation, overlap: Overlap) -> _Ratio | None:
    if relation == "groups":
        found = apart(a, b)
        return _careful(_of_groups(found), groups_gap, TWO_GROUPS)
    if relation == "same":
        found = together(a, b, overlap)
        return _careful(_of_the_same(found, overlap), lambda points: same_gap(points, overlap), SAME_PEOPLE)
    if relation == "whole":
        made = _careful(_of_a_part(inside(b, a), to_rest=False), part_gap, PART_WHOLE)
        return _turned(made) if made is not None else None
    return _careful(_of_a_part(inside(a, b), to_rest=relation == "rest"), part_gap, PART_WHOLE)


def _careful(made: _Ratio | None, gap: Callable[[Envelope], tuple[Floats, Bools]], test: str) -> _Ratio | None:
    """Of small counts: no ratio is further from 1 than the exact test says that the shares differ."""
    if made is None:
        return None
    differ, few = gap(made.found)
    if not few.any():
        return made

    def statistic(multiple: float) -> Floats:
        z = made.statistic(multiple)
        above = np.minimum(z, np.maximum(differ, 0.0)) if multiple > 1 else differ
        below = np.maximum(z, np.minimum(differ, 0.0)) if multiple < 1 else differ
        capped = np.where(z > 0, above if multiple >= 1 else z, below if multiple <= 1 else z)
        return np.where(few, capped, z)

    return replace(made, statistic=statistic, few=few_words(test))


def _of_groups(found: Envelope) -> _Ratio | None:
    if not len(found):
        return None
    counts = (found.x1, found.n1, found.x2, found.n2)
    x1, n1, x2, n2 = (float(column[found.printed]) for column in counts)
    return _Ratio(
        RATIO,
        found,
        _over(found.x1 / found.n1, found.x2 / found.n2),
        lambda multiple: _settled(ratio_z(*counts, multiple).statistic),
        lambda level: _ends(ratio_interval(x1, n1, x2, n2, level)),
    )


def _of_the_same(found: Envelope, overlap: Overlap) -> _Ratio | None:
    if not len(found):
        return None
    at = found.printed
    sides = [(m, found.x1 - m, found.x2 - m, found.n1) for m in overlaps(found, overlap)]
    both, only_a, only_b, n = (float(column[at]) for column in sides[0])
    return _Ratio(
        RATIO_OF_SAME,
        found,
        _over(found.x1, found.x2),
        lambda multiple: np.stack([_settled(paired_ratio_z(*side, multiple).statistic) for side in sides]),
        lambda level: _ends(paired_ratio_interval(both, only_a, only_b, n, level)),
    )


def _of_a_part(found: Envelope, *, to_rest: bool) -> _Ratio | None:
    """The ratio R of a part to its whole follows from that to the rest, r: ``R = r / (f r + 1 - f)``."""
    if not len(found):
        return None
    at = found.printed
    counts = (found.x1, found.n1, found.x2 - found.x1, found.n2 - found.n1)
    x, n, x_rest, n_rest = (float(column[at]) for column in counts)
    part = np.zeros(len(found)) if to_rest else found.n1 / found.n2
    rest = _over(counts[0] / counts[1], counts[2] / counts[3])

    def statistic(multiple: float) -> Floats:
        room = 1 - part * multiple  # without room no part can be so large a multiple of its whole
        as_of_rest = multiple * (1 - part) / np.where(room > 0, room, 1.0)
        return np.where(room > 0, _settled(ratio_z(*counts, as_of_rest).statistic), -np.inf)

    def interval(level: float) -> tuple[float, float]:
        found = _ends(ratio_interval(x, n, x_rest, n_rest, level))
        low, high = (_to_whole(end, float(part[at])) for end in found)
        return low, high

    ratio = rest if to_rest else _over(found.x1 / found.n1, found.x2 / found.n2)
    to_the_rest = float("nan") if to_rest else float(rest[at])
    return _Ratio(RATIO_OF_PART, found, ratio, statistic, interval, to_the_rest)


def _turned(made: _Ratio) -> _Ratio:
    """The same ratio the other way up."""

    def interval(level: float) -> tuple[float, float]:
        low, high = made.interval(level)
        return float(_over(1.0, high)), float(_over(1.0, low))

    ratio = _over(np.ones_like(made.ratio), made.ratio)
    return _Ratio(
        made.name,
        made.found,
        ratio,
        lambda k: -made.statistic(1 / k),
        interval,
        float(_over(1.0, made.to_rest)),
        made.few,
    )


def _to_whole(ratio: float, part: float) -> float:
    if np.isinf(ratio):
        return 1 / part if part > 0 else ratio
    return ratio / (part * ratio + 1 - part)


def _over(a: Floats | float, b: Floats | float) -> Floats:
    """A quotient that is infinite over 0, and NaN for 0 over 0."""
    top, bottom = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    quotient = top / np.where(bottom > 0, bottom, np.nan)
    return np.where((bottom == 0) & (top > 0), np.inf, quotient)


def _ends(interval: Interval) -> tuple[float, float]:
    return float(interval.low), float(interval.high)


def _settled(z: Floats) -> Floats:
    """Where nobody gave either answer nothing speaks for a ratio or against it."""
    return np.where(np.isnan(z), 0.0, z)
