"""What an audit page says of each claim: the printed numbers, the gap or ratio, the p-values, the verdict."""

from __future__ import annotations

import math
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from cxsurvey.display import numbers
from cxsurvey.display.forms.audit_prints import NO_CLAIMS, printed_sides
from cxsurvey.display.forms.audit_scale import HUNDRED, RATIO, multiple_words
from cxsurvey.published.audit.verdicts import VERDICT_WORDS, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cxsurvey.display.style import Palette
    from cxsurvey.published.audit.verdicts import Finding
    from cxsurvey.published.claims.records import Claims

WEAKEST_FIRST: Final[tuple[Verdict, ...]] = (
    "not_supported",
    "depends_on_rounding",
    "not_after_correction",
    "sample_only",
    "supported",
)
TILES: Final[Mapping[Verdict, str]] = MappingProxyType(
    {
        "supported": "supported",
        "not_after_correction": "lost after correction",
        "depends_on_rounding": "depends on rounding",
        "sample_only": "true only of the sample",
        "not_supported": "not supported",
        "untestable": "cannot be tested",
        "stated": "printed figures",
    }
)
DASH: Final = "–"


@dataclass(frozen=True, slots=True)
class VerdictStyle:
    """Colours of one verdict: of its marks and of its words. Its words say it as well."""

    fill: str
    text: str


@dataclass(frozen=True, slots=True)
class ClaimWords:
    """The cells of one claim.

    Attributes
    ----------
    printed, bases : str
        Percentages, as printed, and bases of its two sides.
    value, interval : str
        The gap in points, the ratio, or the share, and its interval.
    p_range, p_adjusted : str
        Over everything that the printing allows, and after correction.
    """

    printed: str
    bases: str
    value: str
    interval: str
    p_range: str
    p_adjusted: str


def verdict_style(verdict: Verdict, palette: Palette) -> VerdictStyle:
    """Colours of a verdict in a palette."""
    middle, low = palette.groups[1], palette.groups[2]
    styles = {
        "supported": VerdictStyle(palette.accent, palette.accent),
        "not_after_correction": VerdictStyle(middle.fill, middle.text),
        "depends_on_rounding": VerdictStyle(palette.muted, palette.ink2),
        "sample_only": VerdictStyle(low.fill, low.text),
        "not_supported": VerdictStyle(palette.warn, palette.warn),
    }
    return styles.get(verdict, VerdictStyle(palette.dont_know, palette.ink2))


def claim_words(finding: Finding, claims: Claims = NO_CLAIMS) -> ClaimWords:
    """Print the numbers of a finding.

    Parameters
    ----------
    finding : Finding
    claims : Claims
        All claims of the audit, which print the percentages; what no claim prints is shown as a whole percent.

    Returns
    -------
    ClaimWords

    Examples
    --------
    >>> from cxsurvey.published.claims.records import Claim
    >>> from cxsurvey.published.audit.verdicts import Finding
    >>> claim = Claim("a", "Leaders do", "comparison", "more")
    >>> sides = {"estimate_a": 46 / 185, "n_a": 185, "estimate_b": 0.1, "n_b": 338}
    >>> claim_words(Finding(claim, "supported", "", measure="gap", estimate=0.149, **sides)).printed
    '25% v 10%'
    """
    sides = printed_sides(finding, claims)
    return ClaimWords(
        printed=" v ".join(sides),
        bases=_bases(finding),
        value=sides[0] if finding.measure == "share" and finding.claim.prints_share else _value(finding),
        interval=_interval(finding),
        p_range=_p_range(finding.p_low, finding.p_high),
        p_adjusted=_p_adjusted(finding.p_adjusted, finding.p_adjusted_high),
    )


def _share(value: float) -> str:
    return numbers.percent(HUNDRED * value)


def _sides(one: float, other: float, words: Callable[[float], str]) -> str:
    return " v ".join(words(value) for value in (one, other) if not math.isnan(value))


def _bases(finding: Finding) -> str:
    """The bases of the two sides; of a printed share the base with its range, as in the text of the audit."""
    claim = finding.claim
    if claim.prints_share and claim.base is not None:
        return f"n {claim.base}"
    bases = _sides(finding.n_a, finding.n_b, numbers.count)
    return f"n {bases}" if bases else ""


def _value(finding: Finding) -> str:
    if math.isnan(finding.estimate):
        return ""
    if finding.measure == RATIO:
        return f"{multiple_words(finding.estimate)}×"
    return (
        _share(finding.estimate) if finding.measure == "share" else numbers.points(HUNDRED * finding.estimate)
    )


def _interval(finding: Finding) -> str:
    low, high = finding.conf_low, finding.conf_high
    if math.isnan(low) or math.isnan(high):
        return ""
    if finding.measure == RATIO:
        return f"{multiple_words(low)} to {multiple_words(high)}"
    if finding.measure == "share":
        return numbers.unit("percent").interval(HUNDRED * low, HUNDRED * high)
    return numbers.interval(HUNDRED * low, HUNDRED * high)


def _p_range(low: float, high: float) -> str:
    """The smallest and the largest p-value; one of them where they print alike."""
    if math.isnan(low) or math.isnan(high):
        return DASH
    ends = (numbers.p_value(low), numbers.p_value(high))
    return ends[0] if ends[0] == ends[1] else f"{ends[0]}{DASH}{ends[1]}"


def _p_adjusted(p: float, high: float) -> str:
    """After correction: as printed, and the largest that the printing allows."""
    if math.isnan(p):
        return ""
    return f"adj. {numbers.p_value(p) if math.isnan(high) else _p_range(p, high)}"


def in_words(finding: Finding, claims: Claims = NO_CLAIMS) -> str:
    """Say what was found in one phrase, for alternative text; ``claims`` as for :func:`claim_words`."""
    words = claim_words(finding, claims)
    p = f"p {words.p_range.replace(DASH, ' to ')}" if words.p_range != DASH else ""
    gap = f"{words.value} ({words.interval})" if words.interval else words.value
    parts = [words.printed, gap, p, words.p_adjusted.replace("adj. ", "adjusted ").replace(DASH, " to ")]
    return ", ".join([*(part for part in parts if part), VERDICT_WORDS[finding.verdict]])
