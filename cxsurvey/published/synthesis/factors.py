"""What groups are made of: conditions of the study file as formulas over answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from cxsurvey.analysis.segmentation import UNCLASSIFIED, rating_levels
from cxsurvey.errors import ClaimsError
from cxsurvey.published.claims.records import GroupRef
from cxsurvey.published.synthesis.counts import Factor
from cxsurvey.study.codebook import GridRule, Group, Question, StudyFile, by_id
from cxsurvey.study.conditions import Base, Condition
from cxsurvey.study.rules import NAMED_GRIDS

CHOSEN, NOT_CHOSEN, BLANK = "1", "0", ""
SEGMENT = "segment"
CODED = ("single", "ordinal")

Answered = Mapping[Factor, str]


@dataclass(frozen=True, slots=True, eq=False)
class Formula:
    """Something that is true or false of a respondent's answers.

    Attributes
    ----------
    factors : frozenset of Factor
        What it looks at.
    holds : callable
        From the values of those factors to the truth.
    """

    factors: frozenset[Factor]
    holds: Callable[[Answered], bool]


EVERYBODY = Formula(frozenset(), lambda _: True)


def both(formulas: Iterable[Formula]) -> Formula:
    """All of them hold."""
    parts = tuple(formulas)
    return Formula(_factors(parts), lambda answers: all(part.holds(answers) for part in parts))


def either(formulas: Iterable[Formula]) -> Formula:
    """One of them holds, or several."""
    parts = tuple(formulas)
    return Formula(_factors(parts), lambda answers: any(part.holds(answers) for part in parts))


def opposite(formula: Formula) -> Formula:
    """It does not hold."""
    return Formula(formula.factors, lambda answers: not formula.holds(answers))


def _factors(parts: Iterable[Formula]) -> frozenset[Factor]:
    return frozenset(factor for part in parts for factor in part.factors)


def base_formula(file: StudyFile, base: Base | None, place: str) -> Formula:
    """Who meets the conditions of a base.

    Parameters
    ----------
    file : StudyFile
    base : Base or None
        None: everybody.
    place : str
        Where the base is declared, for errors.

    Returns
    -------
    Formula

    Raises
    ------
    ClaimsError
        ``claims-group-unusable`` for conditions on numbers or texts.
    """
    if base is None:
        return EVERYBODY
    needed = [_condition(file, condition, place) for condition in base.all]
    choices = [_condition(file, condition, place) for condition in base.any]
    return both([*needed, *([either(choices)] if choices else [])])


def _condition(file: StudyFile, condition: Condition, place: str) -> Formula:
    question = by_id(file.question)[condition.question]
    if question.type not in {*CODED, "multi"}:
        raise ClaimsError.group_unusable(place, f"'{question.id}' is a {question.type} question")
    parts = [any_of(question, condition.is_)] if condition.is_ is not None else []
    if condition.not_ is not None:
        parts += [_answers(question), opposite(any_of(question, condition.not_))]
    if condition.at_least is not None or condition.at_most is not None:
        parts.append(any_of(question, _between(question, condition.at_least, condition.at_most)))
    if condition.answered is not None:
        parts.append(_answers(question) if condition.answered else opposite(_answers(question)))
    return both(parts)


def _between(question: Question, low: float | None, high: float | None) -> list[str]:
    """Codes whose values lie between two bounds; a response without a value is outside."""
    return [
        code
        for code, value in zip(question.codes, question.values, strict=True)
        if value == value and (low is None or value >= low) and (high is None or value <= high)  # noqa: PLR0124 - NaN
    ]


def any_of(question: Question, codes: Iterable[str]) -> Formula:
    """One of these responses was given."""
    wanted = frozenset(codes)
    if question.type in CODED:
        own = Factor(question.id)
        return Formula(frozenset({own}), lambda answers: answers[own] in wanted)
    chosen = frozenset(Factor(question.id, code) for code in wanted)
    return Formula(chosen, lambda answers: any(answers[factor] == CHOSEN for factor in chosen))


def _answers(question: Question) -> Formula:
    """The question was answered; a multi question shows it in each of its responses."""
    own = Factor(question.id, question.codes[0] if question.type == "multi" else "")
    return Formula(frozenset({own}), lambda answers: answers[own] != BLANK)


def group_formula(file: StudyFile, group: GroupRef) -> Formula:
    """Who belongs to a group of a claim.

    Parameters
    ----------
    file : StudyFile
    group : GroupRef
        Without ``*``.

    Returns
    -------
    Formula

    Raises
    ------
    ClaimsError
        ``claims-group-unusable`` where the group is not made of coded answers.
    """
    if group.is_all:
        return EVERYBODY
    found = _member_formula(file, group.name, group.member)
    return opposite(found) if group.rest else found


def _member_formula(file: StudyFile, name: str, member: str) -> Formula:
    if name == SEGMENT:
        segments = segment_answers(file)
        return Formula(segments.factors, lambda answers: segments.of(answers) == member)
    declared = by_id(file.group).get(name)
    if declared is None:
        return any_of(by_id(file.question)[name], (member,))
    formulas = member_formulas(file, declared)
    if declared.overlap == "error":
        return formulas[member]
    others = [opposite(formula) for other, formula in formulas.items() if other != member]
    return both([formulas[member], *others])


def member_formulas(file: StudyFile, group: Group) -> dict[str, Formula]:
    """Who meets the conditions of each member of a declared group, overlaps included."""
    found = {}
    for member in group.members:
        place = f'[[group]] "{group.id}" member "{member.id}"'
        own = Condition(question=group.question or "", is_=member.responses) if member.responses else None
        where = Base(label=member.label, all=(own,)) if own is not None else member.where
        found[member.id] = base_formula(file, where, place)
    return found


@dataclass(frozen=True, slots=True, eq=False)
class SegmentAnswers:
    """The segments as an answer that two ratings give."""

    factors: frozenset[Factor]
    of: Callable[[Answered], str]


def segment_answers(file: StudyFile) -> SegmentAnswers:
    """Read the segment of a pair of ratings from the study's own grid.

    Raises
    ------
    ClaimsError
        ``claims-group-unusable`` for a rule on scores.
    RequestError
        ``rule-not-applicable`` when the ratings do not fit the grid.
    """
    declared = file.segments
    rule = None if declared is None else declared.rules.get(declared.rule) or NAMED_GRIDS.get(declared.rule)
    if declared is None or not isinstance(rule, GridRule) or not (declared.insight and declared.engagement):
        raise ClaimsError.group_unusable("[segments]", "segments by scores do not follow from two ratings")
    questions = by_id(file.question)
    own = [Factor(declared.insight), Factor(declared.engagement)]
    levels = []
    for factor, size in zip(own, (len(rule.cells), len(rule.cells[0])), strict=True):
        codes = rating_levels(declared, questions[factor.question], declared.rule)
        if len(codes) != size:
            raise ClaimsError.group_unusable(
                "[segments]",
                f"the grid '{declared.rule}' has {size} levels where '{factor.question}' has {len(codes)}",
            )
        levels.append({code: place for place, level in enumerate(codes) for code in level})

    def of(answers: Answered) -> str:
        row, column = (level.get(answers[factor]) for level, factor in zip(levels, own, strict=True))
        cell = UNCLASSIFIED if row is None or column is None else rule.cells[row][column]
        return BLANK if cell == UNCLASSIFIED else cell

    return SegmentAnswers(frozenset(own), of)
