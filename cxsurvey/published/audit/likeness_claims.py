"""Verdicts on claims of no difference."""

from __future__ import annotations

from dataclasses import replace

from cxsurvey.numerics.tables.inference import normal_quantile
from cxsurvey.published.audit.findings import made_finding
from cxsurvey.published.audit.gap_claims import EVERY_OTHER, untested
from cxsurvey.published.audit.pairs import Pair, resolved, unlisted
from cxsurvey.published.audit.printed_likeness import Likeness, likeness, likeness_p
from cxsurvey.published.audit.reasons import (
    against,
    interval,
    listing,
    needs,
    p_words,
    points,
    sentence,
    weakest,
)
from cxsurvey.published.audit.relations import Report
from cxsurvey.published.audit.verdicts import Finding, Verdict
from cxsurvey.published.claims.records import Claim

Tested = tuple[Pair, Likeness]


def likeness_finding(claim: Claim, report: Report, *, margin: float, level: float) -> Finding:
    """Judge a claim that groups do not differ.

    Parameters
    ----------
    claim : Claim
    report : Report
    margin : float
        How far apart two shares may be and still count as alike; a fraction.
    level : float

    Returns
    -------
    Finding
        That a gap is not significant does not show that there is none: ``supported`` needs every gap, with its
        interval, to keep within the margin. ``not_supported``: under every rounding a gap exceeds the margin,
        or is significant and not shown to keep within it; ``depends_on_rounding``: under some. ``sample_only``:
        alike in the printed numbers, and not shown to be.
    """
    pairs = resolved(claim, report)
    tested = [
        (pair, made)
        for pair in pairs
        if pair.shares
        and (made := likeness(*pair.shares, pair.relation, pair.overlap, margin=margin, level=level))
        is not None
    ]
    lacking = [pair for pair in pairs if pair not in {own for own, _ in tested}]
    if not tested:
        return untested(claim, lacking, report, level=level)
    unlike = [item for item in tested if item[1].always] or [item for item in tested if item[1].ever]
    pair, made = min(unlike or tested, key=lambda item: item[1].printed)
    verdict = _verdict([own for _, own in tested], level)
    if verdict != "not_supported" and (lacking or unlisted(claim, report)):
        sought = [need for other in lacking for need in needs(other, report)]
        sought += [EVERY_OTHER] if unlisted(claim, report) else []
        shown = f"{len(tested)} of {len(pairs)} comparisons can be made"
        return Finding(claim, "untestable", sentence([shown]), listing(sought))
    return _judged(claim, pair, made, verdict, len(tested), report, margin=margin, level=level)


def _verdict(made: list[Likeness], level: float) -> Verdict:
    critical = normal_quantile(2 * level - 1)
    if any(item.always for item in made):
        return "not_supported"
    if min(item.least for item in made) >= critical:
        return "supported"
    if any(item.ever for item in made) or min(item.most for item in made) >= critical:
        return "depends_on_rounding"
    return "sample_only"


def _judged(
    claim: Claim,
    pair: Pair,
    made: Likeness,
    verdict: Verdict,
    count: int,
    report: Report,
    *,
    margin: float,
    level: float,
) -> Finding:
    reason = _reason(pair, made, verdict, count, report, margin=margin, level=level)
    found = made_finding(claim, verdict, reason, made.gap, clearance=0.0, level=level)
    return replace(
        found,
        statistic=made.printed,
        p_value=likeness_p(made.printed),
        p_low=likeness_p(made.most),
        p_high=likeness_p(made.least),
    )


def _reason(
    pair: Pair, made: Likeness, verdict: Verdict, count: int, report: Report, *, margin: float, level: float
) -> str:
    gap = f"a gap of {points(made.gap.estimate)} ({interval(made.gap, 2 * level - 1)})"
    within = f"within {points(margin)}"
    some = "roundings and overlaps" if made.gap.free_overlap else "roundings"
    unlike = f"that differs or exceeds {points(margin)}" if made.ever else f"not shown to be {within}"
    chance = made.gap.p_value >= 1 - level
    tails = {
        "supported": f"{gap}, {within} under every rounding",
        "depends_on_rounding": f"{gap}, {unlike} under some {some}, and not under others",
        "sample_only": f"alike in the sample, not shown to be alike: {gap}, not shown to be {within}",
        "not_supported": f"{gap}, more than {points(margin)} as printed, which can be chance"
        if chance
        else f"{gap} that is significant ({p_words(made.gap.p_value)})",
    }
    return sentence([weakest(count) + against(pair, made.gap, report), tails[verdict]])
