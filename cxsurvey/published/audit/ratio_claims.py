"""Verdicts on ratios: "twice as likely"."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
from typing import Final

from cxsurvey.numerics.tables.inference import normal_quantile
from cxsurvey.published.audit.findings import made_finding
from cxsurvey.published.audit.gap_claims import EVERY_OTHER, untested
from cxsurvey.published.audit.pairs import Pair, resolved, unlisted
from cxsurvey.published.audit.printed_ratios import RatioEvidence, ratio_evidence
from cxsurvey.published.audit.printed_tests import Evidence
from cxsurvey.published.audit.reasons import (
    against,
    interval,
    level_words,
    listing,
    needs,
    p_range,
    p_words,
    rounded,
    sentence,
    sides,
    weakest,
)
from cxsurvey.published.audit.relations import Report
from cxsurvey.published.audit.verdicts import ABSENT, Finding, Verdict
from cxsurvey.published.claims.records import Claim
from cxsurvey.published.claims.wordings import zone

SOMEBODY: Final = "groups in which somebody gave the answer"
ROUGH: Final = frozenset({"nearly", "about"})
Tested = tuple[Pair, RatioEvidence]


def ratio_finding(claim: Claim, report: Report, *, level: float) -> Finding:
    """Judge a claim about a multiple.

    Parameters
    ----------
    claim : Claim
    report : Report
    level : float

    Returns
    -------
    Finding
        Supported when the whole interval of the ratio lies where the words put it ("more than twice": above 2;
        "twice": what rounds to 2). "Nearly" and "about" are supported when the ratio lies within a tenth of the
        multiple and the two shares differ.
    """
    rough, where = _rough(claim), zone(claim)
    pairs = resolved(claim, report)
    tested = [
        (pair, made)
        for pair in pairs
        if pair.shares
        and (made := ratio_evidence(*pair.shares, pair.relation, pair.overlap, where, rough=rough, level=level))
    ]
    lacking = [pair for pair in pairs if pair not in {own for own, _ in tested}]
    if not tested:
        return _untested(claim, lacking, report, level=level)
    verdicts = [_verdict(claim, pair, made, level=level) for pair, made in tested]
    order: tuple[Verdict, ...] = ("not_supported", "sample_only", "depends_on_rounding", "supported")
    worst = min(range(len(tested)), key=lambda i: (order.index(verdicts[i]), tested[i][1].printed))
    if verdicts[worst] != "not_supported" and (lacking or unlisted(claim, report)):
        sought = [need for pair in lacking for need in needs(pair, report)]
        sought += [EVERY_OTHER] if unlisted(claim, report) else []
        shown = f"{len(tested)} of {len(pairs)} comparisons can be made"
        return Finding(claim, "untestable", sentence([shown]), listing(sought))
    return _judged(claim, *tested[worst], verdicts[worst], len(tested), report, level=level)


def _rough(claim: Claim) -> bool:
    return claim.qualifier in ROUGH and claim.value != 1


def _verdict(claim: Claim, pair: Pair, made: RatioEvidence, *, level: float) -> Verdict:
    critical, rough = normal_quantile(level), _rough(claim)
    if made.least >= critical and (made.always or not rough):
        return "supported"
    if made.most >= critical and (made.ever or not rough):
        return "depends_on_rounding"
    return "sample_only" if zone(claim).holds(_printed_ratio(pair)) else "not_supported"


def _printed_ratio(pair: Pair) -> Fraction | float:
    """One printed percentage over the other; over the rest, as near as the printed ones tell."""
    if pair.printed is None:
        return ABSENT
    first, second = pair.printed
    return first.value / second.value if second.value else float("inf")


def _judged(
    claim: Claim, pair: Pair, made: RatioEvidence, verdict: Verdict, count: int, report: Report, *, level: float
) -> Finding:
    reason = _reason(claim, pair, made, verdict, count, report, level=level)
    about_difference = not _rough(claim) or made.always
    clearance = made.printed if about_difference else 0.0
    return made_finding(claim, verdict, reason, made.test, clearance=clearance, level=level)


def _reason(
    claim: Claim, pair: Pair, made: RatioEvidence, verdict: Verdict, count: int, report: Report, *, level: float
) -> str:
    rest = _to_rest(made.to_rest)
    ratio = f"{_size(pair, made.test, report, level)}{rest}"
    where = zone_words(claim)
    said = _rough_words(where, made, verdict) if _rough(claim) else _strict_words(where, verdict)
    return sentence([weakest(count) + against(pair, made.test, report), f"{ratio}; {said}"])


def _to_rest(ratio: float) -> str:
    if math.isinf(ratio):
        return "; nobody in the rest gave it"
    return "" if math.isnan(ratio) else f"; {rounded(ratio, 2)} times the rest"


def _size(pair: Pair, made: Evidence, report: Report, level: float) -> str:
    """A ratio with its interval, or what is known of one without an upper end."""
    if math.isinf(made.estimate):
        ends = f"so the ratio has no upper end; at least {rounded(made.low, 2)} times at {level_words(level)}"
        second = sides(pair, report)[1]
        where = {"same": f"nobody said {second}", "rest": "nobody else gave it"}
        nobody = where.get(pair.relation, f"nobody in {second} gave it")
        return f"{nobody}, {ends}"
    if math.isinf(made.high):
        return f"{rounded(made.estimate, 2)} times ({level_words(level)} interval from {rounded(made.low, 2)})"
    return f"{rounded(made.estimate, 2)} times ({interval(made, level)})"


def _strict_words(where: str, verdict: Verdict) -> str:
    if verdict == "supported":
        return f"the whole interval is {where}, under every rounding"
    if verdict == "depends_on_rounding":
        return f"the whole interval is {where} under some roundings only"
    return f"the ratio is {where}, its interval is not" if verdict == "sample_only" else f"that is not {where}"


def _rough_words(where: str, made: RatioEvidence, verdict: Verdict) -> str:
    if verdict == "supported":
        return f"{where} under every rounding, and the shares differ ({p_words(made.test.p_high)} at most)"
    if verdict == "depends_on_rounding" and not made.always:
        return f"{where} under some roundings only"
    if verdict == "depends_on_rounding":
        return f"{where}, but whether the shares differ is open: {p_range(made.test)}"
    chance = f"but the shares can differ by chance ({p_words(made.test.p_value)})"
    return f"{where}, {chance}" if verdict == "sample_only" else f"that is not {where}"


def zone_words(claim: Claim) -> str:
    """Where the words of a claim put its ratio.

    >>> zone_words(Claim("a", "Nearly twice", "ratio", "multiple", value=Fraction(2), qualifier="nearly"))
    'from 1.8 to just under 2'
    """
    where = zone(claim)
    low, high = (
        "" if end is None else rounded(float(end), 2).rstrip("0").rstrip(".") for end in (where.low, where.high)
    )
    if low and high:
        return f"from {low} to {'just under ' if where.high_strict else ''}{high}"
    if low:
        return f"above {low}" if where.low_strict else f"{low} or more"
    return f"below {high}" if where.high_strict else f"{high} or less"


def _untested(claim: Claim, lacking: list[Pair], report: Report, *, level: float) -> Finding:
    """Without bases a ratio can be refused, when no rounding of the percentages puts it where the words do."""
    found = untested(claim, lacking, report, level=level)
    nobody = next((item for item in lacking if _nobody(item)), None)
    if nobody is not None:
        said = "nobody gave either answer, so there is no ratio"
        return replace(found, reason=sentence([against(nobody, None, report), said]), needed=SOMEBODY)
    pair = next((item for item in lacking if item.printed and not item.b.group.rest), None)
    if pair is None or pair.printed is None:
        return found
    ratio = float(_printed_ratio(pair))
    found = replace(found, measure="ratio", estimate=ratio)
    if _attainable(claim, pair):
        return found
    said = f"{rounded(ratio, 2)} times; that is not {zone_words(claim)} under any rounding"
    return replace(
        found, verdict="not_supported", needed="", reason=sentence([against(pair, None, report), said])
    )


def _nobody(pair: Pair) -> bool:
    return pair.printed is not None and not any(share.value for share in pair.printed)


def _attainable(claim: Claim, pair: Pair) -> bool:
    """Whether some rounding of two printed percentages has its ratio where the words put it."""
    if pair.printed is None:
        return True
    (low_a, high_a), (low_b, high_b) = (share.ends for share in pair.printed)
    least = low_a / high_b if high_b else math.inf
    most = high_a / low_b if low_b else math.inf
    where = zone(claim)
    return (where.low is None or most >= where.low) and (where.high is None or least <= where.high)
