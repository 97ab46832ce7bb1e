"""Verdicts on comparisons, ranks and trends."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from cxsurvey.numerics.tables.inference import normal_quantile
from cxsurvey.published.audit.break_even import break_even, missing_base
from cxsurvey.published.audit.envelopes import PrintedShare
from cxsurvey.published.audit.findings import made_finding
from cxsurvey.published.audit.pairs import Pair, resolved, unlisted
from cxsurvey.published.audit.printed_tests import Evidence, gap_evidence
from cxsurvey.published.audit.reasons import (
    against,
    interval,
    listing,
    needs,
    p_range,
    p_words,
    points,
    sentence,
    weakest,
)
from cxsurvey.published.audit.relations import Report
from cxsurvey.published.audit.verdicts import ABSENT, Finding, Verdict
from cxsurvey.published.claims.records import Claim

Tested = tuple[Pair, Evidence]
CLAIMS_SIGNIFICANCE: Final = frozenset({"significantly_more"})
CROSSED: Final = "how many were asked both, with both answers"
CORRECTION: Final = "a correction of the printed numbers"
EVERY_OTHER: Final = "every other one that was offered"
CONTRADICTED: Final = "no whole counts print so at these bases: the printed numbers contradict each other"


def gap_finding(claim: Claim, report: Report, *, level: float) -> Finding:
    """Judge a comparison, a rank or a trend.

    Parameters
    ----------
    claim : Claim
    report : Report
    level : float

    Returns
    -------
    Finding
        The claim holds when each of its pairs does (intersection-union), so its numbers are those of the
        weakest pair. Where some pairs are not printed, the rest can refuse the claim and cannot support it.
    """
    pairs = resolved(claim, report)
    tested = [
        (pair, made)
        for pair in pairs
        if pair.shares and (made := gap_evidence(*pair.shares, pair.relation, pair.overlap, level)) is not None
    ]
    lacking = [pair for pair in pairs if pair not in {own for own, _ in tested}]
    contrary = next((pair for pair in lacking if pair.lead < 0), None)
    if contrary is not None:
        return _contrary(claim, contrary, report)
    if not tested:
        return untested(claim, lacking, report, level=level)
    verdict = ladder(
        min(clearance(pair, made)[0] for pair, made in tested),
        min(clearance(pair, made)[1] for pair, made in tested),
        holds=all(pair.lead > 0 for pair in pairs if pair.printed),
        significance=claim.wording in CLAIMS_SIGNIFICANCE,
        critical=normal_quantile(level),
    )
    if verdict != "not_supported" and (lacking or unlisted(claim, report)):
        return _partly(claim, tested, lacking, report)
    return _judged(claim, tested, verdict, report, level=level)


def clearance(pair: Pair, made: Evidence) -> tuple[float, float]:
    """The statistic at its least and at its most favourable, above 0 when the gap runs as claimed."""
    return (made.z_low, made.z_high) if pair.sign > 0 else (-made.z_high, -made.z_low)


def ladder(least: float, most: float, *, holds: bool, significance: bool, critical: float) -> Verdict:
    """The verdict on a direction.

    Parameters
    ----------
    least, most : float
        The range of the statistic over everything that the printing allows; above 0 as claimed.
    holds : bool
        Whether the printed shares stand as claimed.
    significance : bool
        Whether the words claim significance.
    critical : float

    Returns
    -------
    str

    Examples
    --------
    >>> ladder(4.1, 4.8, holds=True, significance=False, critical=1.96)
    'supported'
    >>> ladder(0.1, 1.3, holds=True, significance=False, critical=1.96)
    'sample_only'
    """
    if holds and least >= critical:
        return "supported"
    if most >= critical:
        return "depends_on_rounding"
    return "sample_only" if holds and not significance else "not_supported"


def _firmness(item: Tested) -> tuple[bool, float]:
    """How far a pair runs as claimed; first those whose printed shares do not."""
    pair, made = item
    return pair.lead > 0, pair.sign * made.z


def _judged(claim: Claim, tested: list[Tested], verdict: Verdict, report: Report, *, level: float) -> Finding:
    pair, made = min(tested, key=_firmness)
    z = pair.sign * made.z
    # Where each pair runs as claimed, the p-value of the claim is the largest; otherwise the failing pair's.
    agreed = [other for _, other in tested] if z > 0 else [made]
    ends = max(other.p_low for other in agreed), max(other.p_high for other in agreed)
    reason = _reason(pair, made, verdict, len(tested), report, level=level)
    return made_finding(claim, verdict, reason, made, clearance=z, level=level, spread=ends)


def _reason(pair: Pair, made: Evidence, verdict: Verdict, count: int, report: Report, *, level: float) -> str:
    gap = f"a gap of {points(made.estimate)} ({interval(made, level)})"
    shown = against(pair, made, report)
    if verdict == "supported":
        at = "under every rounding" + (" and overlap" if made.free_overlap else "")
        words = f"{gap}, significant {at} ({p_words(made.p_high)} at most)"
    elif verdict == "depends_on_rounding":
        words = f"{gap}, {p_words(made.p_value)} as printed, but {p_range(made)}"
    elif verdict == "sample_only":
        words = f"so in the sample, but {gap} can be chance ({p_words(made.p_value)})"
    elif pair.lead == 0:
        words = _level_words(pair)
    elif pair.lead < 0:
        chance = made.p_value > 1 - level
        words = (
            f"the gap runs the other way ({p_words(made.p_value)}{', which can be chance' if chance else ''})"
        )
    else:
        words = f"called significant, but {gap} is not under any rounding ({p_words(made.p_value)} as printed)"
    return sentence([weakest(count) + shown, words])


def _level_words(pair: Pair) -> str:
    return "printed as equal" if pair.alike else "rounded as they are, they do not tell which is larger"


def _partly(claim: Claim, tested: list[Tested], lacking: list[Pair], report: Report) -> Finding:
    """Some of what the claim speaks of is printed and stands as claimed; the rest is not printed."""
    pair, made = min(tested, key=_firmness)
    total = len(tested) + len(lacking)
    open_end = ", and the report does not name them all" if unlisted(claim, report) else ""
    shown = f"{len(tested)} of {total} comparisons can be made{open_end}; nearest of them"
    sought = [need for other in lacking for need in needs(other, report)]
    sought += [EVERY_OTHER] if unlisted(claim, report) else []
    return Finding(
        claim,
        "untestable",
        sentence([shown, f"{against(pair, made, report)}, {p_words(made.p_value)}"]),
        listing(sought),
        pair=made.pair,
        measure=made.measure,
        estimate_a=made.a,
        n_a=made.n_a,
        estimate_b=made.b,
        n_b=made.n_b,
        estimate=made.estimate,
    )


def _contrary(claim: Claim, pair: Pair, report: Report) -> Finding:
    """The printed shares refuse a claim, whatever their bases."""
    shown = [against(pair, None, report), "the printed gap runs the other way"]
    return replace(_printed_only(claim, pair), verdict="not_supported", reason=sentence(shown))


def untested(claim: Claim, lacking: list[Pair], report: Report, *, level: float) -> Finding:
    """A claim of which no pair can be tested, with what would be needed.

    Where both percentages are printed, the reason says from which base their gap would be significant.
    """
    sought = [need for pair in lacking for need in needs(pair, report)]
    shown = [item for item in lacking if item.printed]
    pair = min(shown, key=lambda item: _openness(item, level), default=None)
    if not lacking:
        return Finding(
            claim, "untestable", "Nothing that it compares with is printed.", "every percentage compared"
        )
    if pair is None or pair.printed is None:
        absent = (
            "No percentage is printed"
            if not any(p.share_a or p.share_b for p in lacking)
            else ("Only one side of the comparison is printed")
        )
        return Finding(claim, "untestable", sentence([absent]), listing(sought))
    return replace(
        _printed_only(claim, pair),
        reason=sentence([weakest(len(shown)) + against(pair, None, report), _why_not(pair, level)]),
        needed=listing(sought) or (CROSSED if _asked_apart(pair) else CORRECTION),
    )


def _openness(pair: Pair, level: float) -> tuple[bool, float]:
    """Sort pairs by how far they are from what is claimed: no gap as printed, then the largest base needed."""
    needed = break_even(*pair.printed, pair.relation, pair.overlap, level) if pair.printed else None
    return pair.lead > 0, -float(needed[0]) if needed is not None else 0.0


def _asked_apart(pair: Pair) -> bool:
    """Whether two answers of the same people have bases that cannot be one."""
    if pair.shares is None or pair.relation != "same":
        return False
    first, second = (share.base for share in pair.shares)
    if first is None or second is None:
        return False
    return max(first.low, second.low) > min(first.high, second.high)


def _whole_part(pair: Pair) -> bool:
    """Whether a part is printed as large as its whole."""
    if pair.shares is None or pair.relation not in {"part", "rest", "whole"}:
        return False
    part, whole = (share.base for share in (pair.shares if pair.relation != "whole" else pair.shares[::-1]))
    return part is not None and whole is not None and part.low >= whole.high


def _printed_only(claim: Claim, pair: Pair) -> Finding:
    """The two printed shares, untested."""
    (first, n_first), (second, n_second) = (_side(pair.share_a), _side(pair.share_b))
    if pair.b.group.rest:
        second = n_second = ABSENT
    return Finding(
        claim,
        "untestable",
        "",
        pair=(pair.a, pair.b),
        measure="gap",
        estimate_a=first,
        n_a=n_first,
        estimate_b=second,
        n_b=n_second,
        estimate=first - second,
    )


def _side(share: PrintedShare | None) -> tuple[float, float]:
    if share is None:
        return ABSENT, ABSENT
    return float(share.value), ABSENT if share.base is None else float(share.base.n)


def _why_not(pair: Pair, level: float) -> str:
    if pair.printed is None or pair.relation == "crossed":
        return "the two groups overlap by an unknown number of respondents"
    if pair.shares is not None:
        return _impossible(pair)
    return _level_words(pair) if pair.lead == 0 else _without_bases(pair, pair.printed, level)


def _impossible(pair: Pair) -> str:
    """Why two shares with bases cannot be tested."""
    if _asked_apart(pair):
        return "asked of different numbers of respondents; how they overlap is not printed"
    if _whole_part(pair):
        return "the part is as large as its whole, so nobody is left to compare with"
    return CONTRADICTED


def _without_bases(pair: Pair, printed: tuple[PrintedShare, PrintedShare], level: float) -> str:
    found = break_even(*printed, pair.relation, pair.overlap, level)
    bases = [share.base for share in printed]
    if found is not None and not any(bases):
        of = "in each group" if pair.relation == "groups" else "respondents"
        worst = f"{found[1]:,} at the worst rounding"
        if pair.relation == "same" and pair.overlap == "unknown":
            worst = f"at the least favourable overlap; {worst}"
        return f"bases are not printed; the gap would be significant from {found[0]:,} {of} ({worst})"
    one = missing_base(*printed, pair.relation, level)
    if one is not None:
        return f"one base is not printed; the gap would be significant from {one:,} respondents there"
    return "not all bases are printed"
