"""From the cells of a column, or the labels of its file, to responses in order and what is not an answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from cxsurvey.readers.codebooks.answer_plans import AnswerPlan, Declared, number_of
from cxsurvey.readers.codebooks.labelled_lists import inner_codes, labelled_plan
from cxsurvey.readers.codebooks.nonanswers import is_mark, is_special, reason_of
from cxsurvey.readers.codebooks.seen_lists import seen_plan
from cxsurvey.readers.codebooks.wording import cut, key, plain
from cxsurvey.study.answers import canonical, folded
from cxsurvey.study.codebook import MissingCode, MissingReason


def plan_answers(tally: Mapping[str, int], declared: Declared) -> AnswerPlan:
    """Make the answer list of a single-choice or ordinal question.

    Parameters
    ----------
    tally : mapping of str to int
        Distinct cells that are not blank, in order of appearance, and their counts.
    declared : Declared

    Returns
    -------
    AnswerPlan

    Examples
    --------
    >>> plan = plan_answers({"Often": 5, "Never": 2, "Don't know": 1, "Sometimes": 4}, Declared())
    >>> plan.type, [response.label for response in plan.responses], plan.missing[0].reason
    ('ordinal', ['Never', 'Sometimes', 'Often'], 'dont_know')
    """
    answers, missing = _set_aside(tally, declared)
    plan = labelled_plan(answers, declared) if declared.labels else seen_plan(answers, declared)
    taken = {response.code for response in plan.responses}
    kept = tuple(item for item in missing if item.code not in taken)
    return with_rewrites(replace(plan, missing=kept), answers)


def _set_aside(tally: Mapping[str, int], declared: Declared) -> tuple[dict[str, int], tuple[MissingCode, ...]]:
    """Part the cells into answers and codes for none."""
    labels = {canonical(code): label for code, label in declared.labels}
    stated = {canonical(code): (reason, label) for code, reason, label in declared.missing}
    reasons = {cell: _reason(canonical(cell), labels, stated, declared) for cell in tally}
    if all(reasons.values()):  # a question may have nothing but such answers: then they are its answers
        reasons = {cell: "skipped" if is_mark(key(cell)) else None for cell in tally}
    found: dict[str, MissingCode] = {}
    for code, (stated_reason, label) in stated.items():
        found[code] = MissingCode.model_construct(
            code=code, reason=_valid(stated_reason, label), label=plain(label)
        )
    for code, label in labels.items():
        reason = None if code in stated or declared.keep_nonanswers else reason_of(key(label))
        if reason:
            found[code] = MissingCode(code=code, reason=reason, label=plain(label))
    for cell, why in reasons.items():
        code = canonical(cell)
        if why and code not in found:
            label = plain(labels.get(code, "" if plain(cell) == code else cell))
            found[code] = MissingCode(code=code, reason=why, label="" if label == code else label)
    for code in inner_codes(labels, stated):
        found.pop(code, None)
        reasons |= {cell: None for cell in tally if canonical(cell) == code}
    specials = _specials([cell for cell, why in reasons.items() if not why], labels)
    found |= {code: MissingCode(code=code, reason="skipped") for code in specials}
    answers = {
        cell: tally[cell] for cell, why in reasons.items() if not why and canonical(cell) not in specials
    }
    return answers, tuple(found.values())


def _valid(reason: str, label: str) -> MissingReason:
    return reason_of(key(label)) or reason  # type: ignore[return-value]  # readers write reasons of this type


def _reason(
    code: str, labels: Mapping[str, str], stated: Mapping[str, tuple[str, str]], declared: Declared
) -> MissingReason | None:
    if code in stated:
        return _valid(*stated[code])
    value = number_of(code)
    if value is not None and any(low <= value <= high for low, high in declared.ranges):
        return reason_of(key(labels.get(code, ""))) or "skipped"
    wording = key(labels.get(code, code))
    if code not in labels and is_mark(wording):
        return "skipped"
    return None if declared.keep_nonanswers else reason_of(wording)


def _specials(cells: Sequence[str], labels: Mapping[str, str]) -> set[str]:
    """Unlabelled numbers that are codes for no answer."""
    codes = {canonical(cell) for cell in cells}
    values = {code: number for code in codes if (number := number_of(code)) is not None}
    if len(values) < len(codes):
        return set()
    plainly = {code: value for code, value in values.items() if value >= 0}
    found = {
        code
        for code in values
        if values[code] < 0 and code not in labels and plainly and is_special(code, list(plainly.values()))
    }
    rest = sorted(value for code, value in plainly.items() if code not in labels)
    if rest and not found:
        top = canonical(max(rest))
        others = [value for code, value in plainly.items() if code != top]
        found |= {top} if is_special(top, others) and top not in labels else set()
    return found


def with_rewrites(plan: AnswerPlan, tally: Mapping[str, int]) -> AnswerPlan:
    """Find the cells that decoding would not recognise, and what they spell."""
    exact = {spelling for item in plan.missing for spelling in (item.code, folded(item.code))}
    by_key: dict[str, str] = {}
    for response in plan.responses:
        exact |= {response.code, response.label, folded(response.label)}
        by_key.setdefault(key(response.label), response.label)
    by_key |= {key(response.code): response.code for response in plan.responses}
    rewrites = {}
    for cell in tally:
        text = canonical(cell)
        if text not in exact and folded(text) not in exact:
            spelled = by_key.get(key(text)) or by_key.get(key(cut(plain(text))))
            if spelled is not None:
                rewrites[cell] = spelled
    return replace(plan, rewrites=rewrites)
