"""What an audit says, in plain words."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from cxsurvey.published.audit.envelopes import PrintedShare
from cxsurvey.published.audit.pairs import Pair
from cxsurvey.published.audit.printed_tests import Evidence
from cxsurvey.published.audit.relations import SEGMENT, Report
from cxsurvey.published.claims.records import GroupRef, Statistic
from cxsurvey.study.codebook import by_id

SMALL_P: Final = 0.001
SHOWN_NEEDS: Final = 3
ROUNDING: Final = "what the rounding allows"
OVERLAP: Final = "what the rounding and the unprinted overlap of the two answers allow"


def rounded(value: float, places: int = 0) -> str:
    """A number rounded half up, with a real minus sign and none at 0.

    >>> rounded(14.5), rounded(-0.2), rounded(-2.449, 1)
    ('15', '0', '−2.4')
    """
    if not math.isfinite(value):
        return "any number" if value > 0 else "no number"
    exact = Decimal(repr(round(value, 9))).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    return f"{abs(exact) if exact == 0 else exact:,}".replace("-", "−")


def percent(share: float) -> str:
    """A fraction as a whole percentage.

    >>> percent(0.585)
    '59%'
    """
    return f"{rounded(100 * share)}%"


def printed(share: PrintedShare) -> str:
    """A percentage as the report prints it."""
    return (
        f"{share.claim.printed.rstrip('%')}%" if "/" not in share.claim.printed else percent(float(share.value))
    )


def points(gap: float) -> str:
    """A gap in percentage points.

    >>> points(0.148), points(-0.01)
    ('15 points', '1 point')
    """
    size = rounded(abs(100 * gap))
    return f"{size} point{'s' if size != '1' else ''}"


def p_words(p: float) -> str:
    """A p-value in the words of the figures.

    >>> p_words(0.0450), p_words(0.00004), p_words(0.9999)
    ('p = .045', 'p < .001', 'p > .999')
    """
    if p < SMALL_P:
        return "p < .001"
    shown = rounded(p, 3).removeprefix("0")
    return "p > .999" if shown.startswith("1") else f"p = {shown}"


def p_range(made: Evidence) -> str:
    """The range of a p-value, and what it ranges over."""
    return f"{_p(made.p_low)} to {_p(made.p_high)} over {OVERLAP if made.free_overlap else ROUNDING}"


def _p(p: float) -> str:
    return p_words(p).removeprefix("p ").removeprefix("= ")


def level_words(level: float) -> str:
    """A confidence level with the digits it has.

    >>> level_words(0.95), level_words(0.999)
    ('95%', '99.9%')
    """
    return f"{100 * level:.6g}%"


def interval(made: Evidence, level: float) -> str:
    """An interval of a ratio, or of a gap in points, seen from the larger side."""
    if made.measure == "ratio":
        ends = f"{rounded(made.low, 2)} to {rounded(made.high, 2)}"
    else:
        low, high = (made.low, made.high) if made.estimate >= 0 else (-made.high, -made.low)
        ends = f"{rounded(100 * low)} to {rounded(100 * high)}"
    return f"{level_words(level)} interval {ends}"


def listing(parts: Iterable[str]) -> str:
    """Join what is needed: the first three, and how many more.

    >>> listing(["a", "b", "c", "d"])
    'a; b; c; and 1 more'
    """
    items = list(dict.fromkeys(parts))
    shown, rest = items[:SHOWN_NEEDS], len(items) - SHOWN_NEEDS
    return "; ".join(shown) + (f"; and {rest} more" if rest > 0 else "")


def response_name(statistic: Statistic, report: Report) -> str:
    """The label of a response or net."""
    if statistic.question == SEGMENT:
        return _segment(statistic.response, report)
    declared = report.questions.get(statistic.question)
    if declared is None:
        return statistic.response
    net = declared.net(statistic.response)
    response = declared.response(statistic.response)
    return net.label if net is not None else response.label if response is not None else statistic.response


def question_name(statistic: Statistic, report: Report) -> str:
    """The short name of a question."""
    declared = report.questions.get(statistic.question)
    return declared.name if declared is not None else statistic.question


def group_name(group: GroupRef, report: Report) -> str:
    """Whom a share is of."""
    if group.is_all:
        return "all respondents"
    if group.rest:
        return "everybody else"
    if group.name == SEGMENT:
        return _segment(group.member, report)
    declared = by_id(report.file.group).get(group.name) if report.file is not None else None
    if declared is not None:
        return next((member.label for member in declared.members if member.id == group.member), group.member)
    return response_name(Statistic(group.name, group.member), report)


def _segment(member: str, report: Report) -> str:
    segments = report.file.segments if report.file is not None else None
    labels = dict(segments.labels) if segments is not None else {}
    return next((label for name, label in labels.items() if name == member), f"{member}s")


def sides(pair: Pair, report: Report) -> tuple[str, str]:
    """The two sides of a pair, named by what parts them."""
    a, b = pair.a, pair.b
    if a.group != b.group:
        names = group_name(a.group, report), group_name(b.group, report)
        if (a.question, a.response) == (b.question, b.response):
            return names
        return f"{response_name(a, report)}, {names[0]}", f"{response_name(b, report)}, {names[1]}"
    first, second = response_name(a, report), response_name(b, report)
    if a.question != b.question:
        first, second = f"{question_name(a, report)}: {first}", f"{question_name(b, report)}: {second}"
    return first, second


def against(pair: Pair, made: Evidence | None, report: Report) -> str:
    """Both sides with their numbers: ``leader 25% v laggard 10%``."""
    first, second = sides(pair, report)
    a = printed(pair.share_a) if pair.share_a is not None else "not printed"
    b = printed(pair.share_b) if pair.share_b is not None else "not printed"
    if pair.b.group.rest and pair.share_b is not None:
        b = percent(made.b) if made is not None else f"not printed, all respondents {b}"
    return f"{first} {a} v {second} {b}"


def needs(pair: Pair, report: Report) -> list[str]:
    """What would have to be printed before a pair can be tested."""
    if pair.relation == "crossed":
        first, second = group_name(pair.a.group, report), group_name(pair.b.group, report)
        return [f"how many are in both '{first}' and '{second}', with their answers"]
    whole = pair.b.group.rest
    sought = (
        (pair.a, pair.share_a),
        (Statistic(pair.b.question, pair.b.response) if whole else pair.b, pair.share_b),
    )
    return [need for statistic, share in sought for need in share_needs(statistic, share, report)]


def share_needs(statistic: Statistic, share: PrintedShare | None, report: Report) -> list[str]:
    """What a report does not print of a share: its percentage, or its base."""
    group = group_name(statistic.group, report)
    if share is None:
        return [f"the percentage '{_answer(statistic, report)}' among {group}"]
    return [f"the base of {group}"] if share.base is None else []


def _answer(statistic: Statistic, report: Report) -> str:
    """A response, with its question where it does not speak for itself."""
    answer = response_name(statistic, report)
    declared = report.questions.get(statistic.question)
    if statistic.question == SEGMENT or (declared is not None and declared.type == "multi"):
        return answer
    return f"{question_name(statistic, report)}: {answer}"


def share_name(share: PrintedShare, report: Report) -> str:
    """A printed share with what it is of."""
    statistic = share.statistic
    return f"{response_name(statistic, report)}, {group_name(statistic.group, report)} {printed(share)}"


def weakest(count: int) -> str:
    """How a finding of several pairs begins."""
    return f"Weakest of {count} comparisons: " if count > 1 else ""


def sentence(parts: Sequence[str]) -> str:
    """Join clauses, begin with a capital, end with a full stop.

    >>> sentence(["leader 25% v laggard 10%", "a gap of 15 points"])
    'Leader 25% v laggard 10%: a gap of 15 points.'
    """
    text = ": ".join(part for part in parts if part)
    return f"{text[:1].upper()}{text[1:]}." if text else ""
