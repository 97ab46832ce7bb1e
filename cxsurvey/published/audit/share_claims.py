"""Verdicts on printed shares and on statements."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from cxsurvey.numerics.tables.inference import wilson
from cxsurvey.published.audit.envelopes import PrintedShare, alone, held
from cxsurvey.published.audit.reasons import (
    level_words,
    listing,
    percent,
    printed,
    rounded,
    sentence,
    share_name,
    share_needs,
)
from cxsurvey.published.audit.relations import Report
from cxsurvey.published.audit.verdicts import ABSENT, Finding, Verdict
from cxsurvey.published.claims.records import Claim, Claims
from cxsurvey.published.claims.wordings import Zone, zone

ARITHMETIC: Final = "arithmetic of whole respondents"
AGREEMENT: Final = "agreement with the exact figure"
STATEMENTS: Final = {
    "describes": (
        "Says something about the study or in general, and gives no share of answers to compare.",
        "documentation of the study, or figures to compare",
    ),
    "cites": ("A number or finding from outside this survey.", "its source, with base and method"),
    "causes": (
        "One survey at one moment shows what goes together, not what brings it about.",
        "an experiment, or the same organizations before and after, with a comparison group",
    ),
}


def statement_finding(claim: Claim, report: Report, *, level: float) -> Finding:
    """Say why a statement cannot be tested; by the class of its words."""
    del report, level
    reason, needed = STATEMENTS[claim.wording]
    return Finding(claim, "untestable", reason, needed)


def share_finding(claim: Claim, report: Report, *, level: float) -> Finding:
    """Check the arithmetic of a printed share.

    Parameters
    ----------
    claim : Claim
    report : Report
    level : float

    Returns
    -------
    Finding
        ``stated``, unless no whole count prints so, or the report prints the same share with another value:
        then ``not_supported``. A share keeps ``stated``, and its reason names the contradiction, when every
        claim that contradicts it is set aside (``calibrate`` no) and it is not. "Nearly" and "about" are held
        against the exact figure, where that is printed.
    """
    if claim.value is None:
        sought = [need for statistic in claim.statistics for need in share_needs(statistic, None, report)]
        return Finding(claim, "untestable", "It is named, and no percentage is printed.", listing(sought))
    if not claim.prints_share:
        return _rough(claim, report)
    own = [PrintedShare(statistic, claim, claim.base) for statistic in claim.statistics]
    faults = [fault for share in own if (fault := _fault(share, report))]
    worst = next((fault for fault in faults if fault.fatal), faults[0] if faults else None)
    return _stated(claim, own[0], worst, report, level=level)


@dataclass(frozen=True, slots=True)
class _Fault:
    """What speaks against a printed share; ``fatal`` unless the claims file sets it aside."""

    words: str
    fatal: bool


def _fault(share: PrintedShare, report: Report) -> _Fault | None:
    """Why a printed share cannot be, or what contradicts it."""
    if not share.possible:
        base = share.base
        if base is None:
            return None
        return _Fault(f"no whole count of {base} respondents prints as {printed(share)}", fatal=True)
    against = contradictions(share, report.claims)
    if not against:
        return None
    also = against[0]
    if share.claim.calibrate and not also.claim.calibrate:
        other = f"{also.claim.id}, which prints {printed(also)} and which the claims file sets aside"
        return _Fault(f"another sentence of the report contradicts it ({other})", fatal=False)
    said = f"the same share is printed as {printed(also)} as well ({also.claim.id})"
    return _Fault(f"{said}; both cannot be", fatal=True)


def contradictions(share: PrintedShare, claims: Claims) -> list[PrintedShare]:
    """What a report prints of the same share and cannot be true beside it; what is set aside comes last."""
    low, high = share.ends
    others = [
        PrintedShare(share.statistic, other, other.base)
        for other in claims
        if other.prints_share and share.statistic in other.statistics and other.id != share.claim.id
    ]
    against = [also for also in others if also.ends[0] > high or also.ends[1] < low]
    return sorted(against, key=lambda also: not also.claim.calibrate)


def dispute(claim: Claim, report: Report) -> str:
    """Name a share that a claim rests on and that is printed with two numbers; empty when there is none."""
    for statistic in dict.fromkeys([*claim.statistics, *(other for _, other in claim.pairs)]):
        first = report.claims.shares.get(statistic)
        if first is None:
            continue
        share = PrintedShare(statistic, first, first.base)
        for also in contradictions(share, report.claims):
            if also.claim.calibrate or not first.calibrate:
                return f"{share_name(share, report)} ({first.id}), and {printed(also)} ({also.claim.id})"
    return ""


def _stated(
    claim: Claim, share: PrintedShare, fault: _Fault | None, report: Report, *, level: float
) -> Finding:
    found = alone(share)
    known = len(found) > 0
    n = float(found.n1[found.printed]) if known else ABSENT
    value = found.share1 if known else float(share.value)
    ends = wilson(value, n, level)
    low, high = float(ends.low), float(ends.high)
    wrong = fault is not None and fault.fatal
    of = f"of {share.base} respondents ({level_words(level)} interval {percent(low)} to {percent(high)})"
    said = f"{share_name(share, report)} {of}" if known else share_name(share, report)
    unknown = "" if known else "the base is not printed, so there is no interval"
    rest = fault.words if fault is not None else unknown
    needed = "" if known or wrong else listing(share_needs(share.statistic, share, report))
    return Finding(
        claim,
        "not_supported" if wrong else "stated",
        sentence([said, rest]),
        needed,
        ARITHMETIC,
        (share.statistic,),
        "share",
        value,
        n,
        estimate=value,
        conf_low=low,
        conf_high=high,
    )


def _rough(claim: Claim, report: Report) -> Finding:
    """Hold "nearly 60%" against the exact figure."""
    exact = [share for statistic in claim.statistics if (share := report.share(statistic)) is not None]
    if not exact:
        about = f"{_qualified(claim)}; the exact figure is not printed"
        return Finding(
            claim,
            "stated",
            sentence([about]),
            pair=claim.statistics[:1],
            measure="share",
            estimate_a=float(claim.value or 0) / 100,
        )
    where = zone(claim)
    failing = next((share for share in exact if not held(where, share)[0]), exact[0])
    always, ever = held(where, failing)
    verdict: Verdict = "stated" if always else "depends_on_rounding" if ever else "not_supported"
    words = {
        "stated": "fits the exact figure",
        "depends_on_rounding": "fits the exact figure under some roundings only",
        "not_supported": "does not fit the exact figure",
    }
    base = failing.base
    return Finding(
        claim,
        verdict,
        sentence([f"{_qualified(claim)} ({_zone_words(where)}) {words[verdict]}, {printed(failing)}"]),
        test=AGREEMENT,
        pair=(failing.statistic,),
        measure="share",
        estimate_a=float(failing.value),
        n_a=ABSENT if base is None else float(base.n),
        estimate=float(failing.value),
    )


def _qualified(claim: Claim) -> str:
    return f"{claim.qualifier.replace('_', ' ')} {rounded(float(claim.value or 0), claim.decimals)}%"


def _zone_words(where: Zone) -> str:
    low, high = (rounded(float(end), 1).removesuffix(".0") for end in (where.low or 0, where.high or 100))
    return f"{low}% to {high}%"
