"""The numbers of an audit page as the report prints them: with its digits and its fractions."""

from __future__ import annotations

import math
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from cxsurvey.display import numbers
from cxsurvey.published.audit.envelopes import PrintedShare
from cxsurvey.published.audit.share_claims import contradictions
from cxsurvey.published.claims.records import Claims

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cxsurvey.published.audit.verdicts import Audit, Finding
    from cxsurvey.published.claims.records import Claim

HUNDRED: Final = 100.0
FRACTIONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "1/2": "half",
        "1/3": "a third",
        "2/3": "two thirds",
        "1/4": "a quarter",
        "3/4": "three quarters",
        "1/5": "a fifth",
        "1/6": "a sixth",
        "1/10": "a tenth",
    }
)
NO_CLAIMS: Final = Claims("", ())


def audited_claims(audit: Audit) -> Claims:
    """The claims that an audit is of, by which its findings find their printed numbers."""
    return Claims(audit.study, tuple(finding.claim for finding in audit.findings))


def percent_words(claim: Claim) -> str:
    """The percentage of a share or threshold as printed; a fraction in words.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from cxsurvey.published.claims.records import Claim
    >>> half = Claim("a", "Over 12.25%", "threshold", "passes", value=Fraction("12.25"), printed="12.25")
    >>> third = Claim("b", "Over a third", "threshold", "passes", value=Fraction(100, 3), printed="1/3")
    >>> percent_words(half), percent_words(third)
    ('12.25%', 'a third (33%)')
    """
    printed = claim.printed.strip().rstrip("%").rstrip()
    whole = numbers.percent(float(claim.value or 0))
    if "/" in printed:
        return f"{FRACTIONS.get(printed.replace(' ', ''), printed)} ({whole})"
    return f"{printed}%" if printed else whole


def printed_sides(finding: Finding, claims: Claims) -> tuple[str, ...]:
    """The percentages of a finding, as printed where the report prints them, else as the audit derived them.

    Parameters
    ----------
    finding : Finding
    claims : Claims
        All claims of the audit.

    Returns
    -------
    tuple of str
        None, one or two.
    """
    found = []
    for place, estimate in enumerate((finding.estimate_a, finding.estimate_b)):
        if not math.isnan(estimate):
            claim = _printing(finding, claims, place)
            found.append(percent_words(claim) if claim is not None else numbers.percent(HUNDRED * estimate))
    return tuple(found)


def _printing(finding: Finding, claims: Claims, place: int) -> Claim | None:
    """The claim that prints one side; None for what is derived, such as the share of everybody else."""
    own = finding.claim
    if place == 1 and own.kind == "threshold":
        return own
    if place == 0 and own.prints_share:
        return own
    if place >= len(finding.pair) or (place == 1 and _is_rest(finding)):
        return None
    return claims.shares.get(finding.pair[place])


def _is_rest(finding: Finding) -> bool:
    """Whether the second side is everybody but the group of the first."""
    return any(other.group.rest for one, other in finding.claim.pairs if one == finding.pair[0])


def contradiction(finding: Finding, claims: Claims) -> str:
    """The sentence that a printed share cannot be true beside; empty where there is none.

    Parameters
    ----------
    finding : Finding
    claims : Claims
        All claims of the audit.

    Returns
    -------
    str
        Its number and its words.
    """
    if finding.verdict != "not_supported" or not finding.claim.prints_share:
        return ""
    claim = finding.claim
    against = [
        also.claim
        for statistic in claim.statistics
        for also in contradictions(PrintedShare(statistic, claim, claim.base), claims)
    ]
    if not against:
        return ""
    other = min(against, key=lambda claim: not claim.calibrate)  # as the audit names it
    return f"v {percent_words(other)} in “{other.statement}”"
