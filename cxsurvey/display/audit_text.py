"""An audit as plain text that fits a terminal of 80 columns."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Final

from cxsurvey.display import numbers
from cxsurvey.display.text_tables import wrapped
from cxsurvey.published.audit.verdicts import VERDICT_WORDS, Audit, Finding, Verdict

ORDER: Final[tuple[Verdict, ...]] = (
    "not_supported",
    "depends_on_rounding",
    "not_after_correction",
    "sample_only",
    "supported",
    "untestable",
)
ROUNDING: Final = (
    "p-values in brackets: the smallest and the largest over every whole count and every base that prints as"
    " the report does. Design effect: how much less than its size a sample may tell before the result is lost."
    " Respondents are treated as a simple random sample."
)


def audit_text(audit: Audit) -> str:
    """Show the verdicts of an audit, the weakest first, each with its reason.

    Parameters
    ----------
    audit : Audit

    Returns
    -------
    str
        Lines of at most 80 columns. Printed figures of which nothing more is claimed are counted, not listed.

    Examples
    --------
    >>> from cxsurvey.published.claims.records import Claim
    >>> finding = Finding(Claim("a", "Leaders lead", "comparison", "more"), "untestable", "Nothing is printed.")
    >>> print(audit_text(Audit("tiny", 0.95, "holm", 0, 0.1, (finding,))).splitlines()[0])
    Audit of tiny: 1 claim, 0 tested at 95%; no comparison could be tested;
    """
    lines = [*wrapped(audit.caption), ""]
    lines += [f"{count:6,}  {VERDICT_WORDS[name]}" for name, count in audit.counts.items() if count]
    for verdict in ORDER:
        findings = [finding for finding in audit.findings if finding.verdict == verdict]
        if findings:
            lines += ["", *wrapped(f"{VERDICT_WORDS[verdict].capitalize()} ({len(findings):,})")]
            lines += [line for finding in findings for line in ("", *_lines(finding, audit))]
    lines += ["", *wrapped(_stated(audit.counts["stated"]))] if audit.counts["stated"] else []
    return "\n".join([*lines, "", *wrapped(ROUNDING)])


def _lines(finding: Finding, audit: Audit) -> Iterator[str]:
    yield from wrapped(f"{finding.claim.id}: {finding.claim.statement}", indent="  ")
    yield from wrapped(finding.reason, indent="    ")
    numbers_shown = "; ".join(_numbers(finding, audit))
    if numbers_shown:
        yield from wrapped(numbers_shown, indent="    ")
    if finding.needed:
        yield from wrapped(f"Needed: {finding.needed}.", indent="    ")


def _numbers(finding: Finding, audit: Audit) -> Iterable[str]:
    if finding.test and not math.isnan(finding.p_value):
        ends = " to ".join(_p(end) for end in (finding.p_low, finding.p_high))
        yield f"p {_p(finding.p_value)} ({ends})"
    if not math.isnan(finding.p_adjusted) and audit.adjust != "none":
        shown, most = _p(finding.p_adjusted), _p(finding.p_adjusted_high)
        worse = finding.p_adjusted_high > finding.p_adjusted and most != shown
        yield f"corrected {shown} ({most} at most)" if worse else f"corrected {shown}"
    if not math.isnan(finding.design_effect):
        yield f"lost at a design effect of {numbers.mean(finding.design_effect, places=1)}"
    if not math.isnan(finding.p_value):
        yield finding.test


def _p(value: float) -> str:
    return numbers.p_value(value).removeprefix("p ").removeprefix("= ")


def _stated(count: int) -> str:
    figures = "1 printed figure is" if count == 1 else f"{count:,} printed figures are"
    return f"{figures} claimed as such, and nothing beyond; --format csv lists every claim."
