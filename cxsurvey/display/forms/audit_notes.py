"""The words around an audit page: its headline, its notes, and the claims that it counts and does not draw."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from cxsurvey.display import numbers
from cxsurvey.display.forms.audit_scale import GAPS, RATIO
from cxsurvey.display.forms.audit_words import TILES, WEAKEST_FIRST

if TYPE_CHECKING:
    from cxsurvey.display.card import Note
    from cxsurvey.published.audit.verdicts import Audit, Finding, Verdict

BASES: Final = (
    "printed, or derived from printed shares; no responses are read. Tests treat respondents as a simple random"
    " sample."
)
ROUNDING: Final = (
    "p ranges over all whole counts and bases that print as the report does; a verdict can depend on which."
)
BY_WORDING: Final = {
    "describes": "a fact about the survey needs documents",
    "cites": "a number from outside needs its source",
    "causes": "one survey shows no causes",
}
BY_NEED: Final = (
    ("in both", "overlapping groups are not crossed"),
    ("percentage", "a percentage is not printed"),
    ("base", "a base is not printed"),
)
NOT_ENOUGH: Final = "too little is printed"
SHOWN_TESTS: Final = 6
SHOWN_SOURCES: Final = 3
SHOWN_OTHERS: Final = 2
OTHERS: Final = {
    "not_supported": ("is not supported", "are not supported"),
    "depends_on_rounding": ("depends on rounding", "depend on rounding"),
    "not_after_correction": ("is lost after correction", "are lost after correction"),
    "sample_only": ("is true only of the sample", "are true only of the sample"),
}


def headline(audit: Audit) -> str:
    """Count the claims that hold, and name what becomes of the others where that is short."""
    counts = audit.counts
    tested = sum(finding.tested for finding in audit.findings)
    holds = counts["supported"]
    if tested == 0:
        return "None of the claims can be tested from what is printed"
    if tested == 1:
        return f"The one testable claim {'holds' if holds else 'does not hold'}"
    if holds == tested:
        return f"All {tested:,} testable claims hold"
    others: list[tuple[int, Verdict]] = [(counts[name], name) for name in WEAKEST_FIRST[:-1] if counts[name]]
    head = f"Of {tested:,} testable claims, {holds or 'none'} {'holds' if holds in {0, 1} else 'hold'}"
    if len(others) > SHOWN_OTHERS:
        return f"{head} and {tested - holds:,} fall short"
    return f"{head}; " + " and ".join(f"{n:,} {OTHERS[name][n != 1]}" for n, name in others)


def notes(audit: Audit, ordered: Sequence[Finding]) -> tuple[Note, ...]:
    """What the page shows, how it was tested and corrected, and what rounding leaves open."""
    found: list[Note] = [
        ("Base", BASES),
    ]
    if not ordered:
        return tuple(found)
    alpha = f"{1 - audit.level:.3g}".removeprefix("0")
    marks = [
        words
        for words, there in (
            ("circles: gaps in points; ", any(item.measure in GAPS for item in ordered)),
            ("diamonds: ratios; ", any(item.measure == RATIO for item in ordered)),
        )
        if there
    ]
    zero = "; upright line: no difference" if marks else ""
    drawn = f"{''.join(marks)}lines: {numbers.level(audit.level)} intervals, not corrected{zero}."
    found += [
        ("Lines", drawn),
        ("Rounding", ROUNDING),
        (
            "Correction",
            f"adj. is p after correction, up to its largest: {audit.correction}. Significant is below {alpha}.",
        ),
        ("Tests", _tests(ordered)),
    ]
    return tuple(note for note in found if note[1])


def _any_several(ordered: Sequence[Finding]) -> bool:
    return any(len(item.claim.pairs) > 1 or len(item.claim.statistics) > 1 for item in ordered)


def _tests(ordered: Sequence[Finding]) -> str:
    """The tests that were used, the most frequent first, and what stands for a claim of several."""
    used = [name for name, _ in Counter(item.test for item in ordered if item.test).most_common()]
    if not used:
        return ""
    rest = len(used) - SHOWN_TESTS
    named = "; ".join([*used[:SHOWN_TESTS], *([f"{rest} more"] if rest > 0 else [])])
    several = " A claim of several comparisons shows its weakest." if _any_several(ordered) else ""
    return f"{named}.{several}"


def sources(audit: Audit) -> str:
    """The sources of the claims, the first three by name."""
    found = list(dict.fromkeys(item.claim.source for item in audit.findings if item.claim.source))
    more = len(found) - SHOWN_SOURCES
    return "; ".join([*found[:SHOWN_SOURCES], *([f"{more} more"] if more > 0 else [])])


def more(left_out: Sequence[Finding]) -> list[str]:
    """Count the tested claims that the page has no room for."""
    if not left_out:
        return []
    counts = Counter(item.verdict for item in left_out)
    if set(counts) == {"supported"}:
        n = counts["supported"]
        return [f"{n:,} more supported claim{'s' if n > 1 else ''}, with smaller p-values: see the table."]
    named = ", ".join(f"{TILES[name]} {counts[name]:,}" for name in WEAKEST_FIRST if counts[name])
    return [f"{len(left_out):,} more tested claims ({named}): see the table."]


def untested(audit: Audit) -> list[str]:
    """Count the claims that cannot be tested, with the main reasons, and the printed figures."""
    lines = []
    untestable = [item for item in audit.findings if item.verdict == "untestable"]
    if untestable:
        claims = f"{len(untestable):,} claim{'s' if len(untestable) > 1 else ''} cannot be tested"
        lines.append(f"{claims}: {', '.join(main_reasons(untestable))}.")
    stated = audit.counts["stated"]
    if stated:
        figures = f"{stated:,} printed figure{'s' if stated > 1 else ''}"
        lines.append(f"{figures}, of which nothing is claimed beyond the sample.")
    return lines


def main_reasons(untestable: Sequence[Finding]) -> list[str]:
    """Why claims cannot be tested, each reason with its count, the most frequent first."""
    kinds = Counter(_reason(item) for item in untestable)
    return [f"{words} ({count:,})" for words, count in kinds.most_common()]


def _reason(finding: Finding) -> str:
    """The kind of what is missing: by the wording of the claim, else by what the audit says is needed."""
    if finding.claim.wording in BY_WORDING:
        return BY_WORDING[finding.claim.wording]
    return next((words for sign, words in BY_NEED if sign in finding.needed), NOT_ENOUGH)
