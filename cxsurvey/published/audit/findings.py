"""From a test of printed shares to a finding."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any, Final

from cxsurvey.numerics.tables.inference import normal_quantile
from cxsurvey.published.audit.printed_tests import Evidence
from cxsurvey.published.audit.relations import Report
from cxsurvey.published.audit.verdicts import ABSENT, Finding, Verdict
from cxsurvey.published.claims.records import Claim

OVERLAP_NEEDED: Final = "how many gave both answers"
SMALL_BASE: Final = 30
NUMBERS: Final = ("estimate", "conf_low", "conf_high", "statistic", "effect_size", "design_effect")


def made_finding(
    claim: Claim,
    verdict: Verdict,
    reason: str,
    made: Evidence,
    *,
    clearance: float,
    level: float,
    spread: tuple[float, float] | None = None,
) -> Finding:
    """Make the finding of a claim that was tested.

    Parameters
    ----------
    claim : Claim
    verdict : str
    reason : str
    made : Evidence
        Of the claim's weakest pair.
    clearance : float
        The statistic as printed, above 0 as claimed; it gives the design effect, where it is finite.
    level : float
    spread : tuple of float, optional
        The range of the p-value of the whole claim; that of ``made`` when left out.

    Returns
    -------
    Finding
    """
    critical = normal_quantile(level)
    p_low, p_high = spread or (made.p_low, made.p_high)
    return Finding(
        claim,
        verdict,
        reason,
        OVERLAP_NEEDED if made.free_overlap and verdict == "depends_on_rounding" else "",
        made.test,
        made.pair,
        made.measure,
        made.a,
        made.n_a,
        made.b,
        made.n_b,
        made.estimate,
        made.low,
        made.high,
        made.z,
        made.p_value,
        p_low,
        p_high,
        effect_size=made.effect,
        design_effect=(clearance / critical) ** 2 if critical <= clearance < math.inf else ABSENT,
    )


def with_caveats(finding: Finding, report: Report) -> Finding:
    """Say what is weak about the bases of a finding, and leave out numbers without an end.

    Parameters
    ----------
    finding : Finding
    report : Report

    Returns
    -------
    Finding
        Its reason ends with the small base, and with the claim that a base is taken from; what is infinite is
        NaN.
    """
    endless: dict[str, Any] = {name: ABSENT for name in NUMBERS if math.isinf(getattr(finding, name))}
    said = [*_small(finding), *_taken(finding, report)]
    return replace(finding, **endless, reason=" ".join([finding.reason, *said]))


def _small(finding: Finding) -> list[str]:
    small = sorted({f"{n:,.0f}" for n in (finding.n_a, finding.n_b) if n < SMALL_BASE}, key=float)
    return [f"Small base (n {' and '.join(small)})."] if small else []


def _taken(finding: Finding, report: Report) -> list[str]:
    """Where a base was printed for another question only."""
    shares = [report.share(statistic) for statistic in finding.pair]
    bases = [share.base for share in shares if share is not None and share.base is not None]
    own = finding.claim.base
    bases += [own] if own is not None and finding.claim.prints_share else []
    names = dict.fromkeys(base.taken_from for base in bases if base.taken_from)
    return [f"Base taken from {' and '.join(names)}."] if names else []
