"""Verdicts on thresholds: "more than half"."""

from __future__ import annotations

from typing import Final

from cxsurvey.numerics.tables.inference import normal_quantile
from cxsurvey.published.audit.envelopes import PrintedShare, held
from cxsurvey.published.audit.findings import made_finding
from cxsurvey.published.audit.gap_claims import CONTRADICTED, ladder
from cxsurvey.published.audit.printed_tests import Evidence, threshold_evidence
from cxsurvey.published.audit.reasons import (
    group_name,
    level_words,
    listing,
    p_range,
    p_words,
    percent,
    response_name,
    rounded,
    sentence,
    share_name,
    share_needs,
    weakest,
)
from cxsurvey.published.audit.relations import Report
from cxsurvey.published.audit.verdicts import ABSENT, Finding, Verdict
from cxsurvey.published.claims.records import Claim, Statistic
from cxsurvey.published.claims.wordings import zone

OVER: Final = frozenset({"more_than", "at_least"})


def threshold_finding(claim: Claim, report: Report, *, level: float) -> Finding:
    """Judge whether printed shares pass a number ("more than half").

    Parameters
    ----------
    claim : Claim
    report : Report
    level : float

    Returns
    -------
    Finding
        Of several shares, the numbers of the weakest.
    """
    over = claim.qualifier in OVER
    sign = 1 if over else -1
    bound = float(claim.value or 0) / 100
    where = zone(claim)
    shares = [(statistic, report.share(statistic)) for statistic in claim.statistics]
    failing = next((share for _, share in shares if share is not None and not held(where, share)[1]), None)
    if failing is not None and failing.base is None:
        return _refused(claim, failing, report)
    made = [
        found
        for _, share in shares
        if share is not None and share.base and (found := threshold_evidence(share, bound, level))
    ]
    sought = [need for statistic, share in shares for need in share_needs(statistic, share, report)]
    if not made or (sought and failing is None):
        return _unpassed(claim, shares, sought, report)
    weak = min(made, key=lambda item: sign * item.z)
    verdict = ladder(
        min(item.z_low if over else -item.z_high for item in made),
        min(item.z_high if over else -item.z_low for item in made),
        holds=all(where.holds(100 * share.value) for _, share in shares if share is not None),
        significance=False,
        critical=normal_quantile(level),
    )
    return _passed(claim, weak, verdict, report, sign=sign, count=len(made), level=level)


def _refused(claim: Claim, share: PrintedShare, report: Report) -> Finding:
    shown = share_name(share, report)
    return Finding(
        claim,
        "not_supported",
        sentence([shown, f"not {_bound(claim)} under any rounding"]),
        pair=(share.statistic,),
        measure="margin",
        estimate_a=float(share.value),
        estimate_b=float(claim.value or 0) / 100,
        estimate=float(share.value) - float(claim.value or 0) / 100,
    )


def _bound(claim: Claim) -> str:
    value = claim.printed if "/" in claim.printed else f"{rounded(float(claim.value or 0), claim.decimals)}%"
    return f"{claim.qualifier.replace('_', ' ')} {value}"


def _unpassed(
    claim: Claim, shares: list[tuple[Statistic, PrintedShare | None]], sought: list[str], report: Report
) -> Finding:
    printed_ones = [(statistic, share) for statistic, share in shares if share is not None]
    if not printed_ones:
        return Finding(claim, "untestable", "No percentage is printed.", listing(sought))
    statistic, share = printed_ones[0]
    shown = share_name(share, report)
    why = CONTRADICTED if share.base is not None and not sought else "not all percentages and bases are printed"
    return Finding(
        claim,
        "untestable",
        sentence([shown, why]),
        listing(sought) or "a correction of the printed numbers",
        pair=(statistic,),
        measure="margin",
        estimate_a=float(share.value),
        n_a=ABSENT if share.base is None else float(share.base.n),
        estimate_b=float(claim.value or 0) / 100,
        estimate=float(share.value) - float(claim.value or 0) / 100,
    )


def _passed(
    claim: Claim, made: Evidence, verdict: Verdict, report: Report, *, sign: int, count: int, level: float
) -> Finding:
    statistic, bound = made.pair[0], _bound(claim)
    ends = f"{level_words(level)} interval {percent(made.low + made.b)} to {percent(made.high + made.b)}"
    name = f"{response_name(statistic, report)}, {group_name(statistic.group, report)}"
    shown = f"{name} {percent(made.a)} ({ends})"
    p = p_words(made.p_value)
    tails = {
        "supported": f"{bound}, significant under every rounding ({p_words(made.p_high)} at most)",
        "depends_on_rounding": f"{bound}, {p} as printed, but {p_range(made)}",
        "sample_only": f"{bound} in the sample, which can be chance ({p})",
        "not_supported": f"not {bound} ({p})",
    }
    share = report.share(statistic)
    if verdict == "not_supported" and share is not None and share.value == (claim.value or 0) / 100:
        tails[verdict] = f"printed as equal, not as {bound}"
    reason = sentence([weakest(count) + shown, tails[verdict]])
    return made_finding(claim, verdict, reason, made, clearance=sign * made.z, level=level)
