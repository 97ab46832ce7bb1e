"""Joint tables of the factors that claims tie together, and the classes that a question tells apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from cxsurvey.errors import ClaimsError
from cxsurvey.published.synthesis.counts import Factor
from cxsurvey.published.synthesis.factors import (
    BLANK,
    CHOSEN,
    NOT_CHOSEN,
    Answered,
    Formula,
    base_formula,
    member_formulas,
)
from cxsurvey.published.synthesis.uses import Use
from cxsurvey.study.codebook import Question, StudyFile, by_id

LARGEST = 20_000
"""Cells of one joint table: an integer program of more is slow, and its cells would be empty."""


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """The combinations of answers that can occur.

    Attributes
    ----------
    factors : tuple of Factor, length F
    cells : tuple of tuple of str, (C, F)
    answers : tuple of dict of Factor to str, length C
        The cells again, by factor.
    """

    factors: tuple[Factor, ...]
    cells: tuple[tuple[str, ...], ...]
    answers: tuple[Answered, ...] = field(init=False)

    def __post_init__(self) -> None:
        found = tuple(dict(zip(self.factors, cell, strict=True)) for cell in self.cells)
        object.__setattr__(self, "answers", found)


def tables(file: StudyFile, used: Mapping[str, Use], skippable: frozenset[str]) -> tuple[Table, ...]:
    """Make a joint table of every set of factors that questions tie together.

    Parameters
    ----------
    file : StudyFile
    used : mapping of str to Use
    skippable : frozenset of str
        Questions that some respondents may leave blank.

    Returns
    -------
    tuple of Table
        In questionnaire order of their first factors.

    Raises
    ------
    ClaimsError
        ``claims-table-too-large``.
    """
    order = _order(file, {factor for use in used.values() for factor in use.factors})
    declared = _used_groups(file, used)
    return tuple(_table(file, tied, skippable, declared) for tied in _tied(order, used))


def _order(file: StudyFile, factors: set[Factor]) -> list[Factor]:
    """Factors with those that others are filtered by first, else in questionnaire order."""
    questions = by_id(file.question)
    places = {item.id: place for place, item in enumerate(file.question)}

    def depth(name: str) -> int:
        base = questions[name].base
        asked_by = {condition.question for condition in (*base.all, *base.any)} if base else set()
        return 1 + max((depth(other) for other in asked_by), default=0)

    def key(factor: Factor) -> tuple[int, int, int]:
        question = questions[factor.question]
        return (
            depth(question.id),
            places[question.id],
            question.codes.index(factor.response or question.codes[0]),
        )

    return sorted(factors, key=key)


def _tied(order: Sequence[Factor], used: Mapping[str, Use]) -> list[list[Factor]]:
    """Part the factors into sets that no question joins."""
    leader = {factor: factor for factor in order}

    def root(factor: Factor) -> Factor:
        while leader[factor] != factor:
            factor = leader[factor]
        return factor

    for name, use in used.items():
        own = [factor for factor in order if factor in use.factors or factor.question == name]
        for factor in own[1:]:
            leader[root(factor)] = root(own[0])
    sets: dict[Factor, list[Factor]] = {}
    for factor in order:
        sets.setdefault(root(factor), []).append(factor)
    return list(sets.values())


def _used_groups(
    file: StudyFile, used: Mapping[str, Use]
) -> list[tuple[frozenset[Factor], tuple[Formula, ...]]]:
    """Declared groups whose members must not overlap, as what they look at and who they are."""
    names = {group.name for use in used.values() for group in use.groups}
    found = []
    for group in file.group:
        if group.id in names and group.overlap == "error":
            members = tuple(member_formulas(file, group).values())
            found.append((frozenset(factor for member in members for factor in member.factors), members))
    return found


def _table(
    file: StudyFile,
    factors: Sequence[Factor],
    skippable: frozenset[str],
    groups: Sequence[tuple[frozenset[Factor], tuple[Formula, ...]]],
) -> Table:
    questions = by_id(file.question)
    partial: list[dict[Factor, str]] = [{}]
    for place, factor in enumerate(factors):
        question = questions[factor.question]
        shown = base_formula(file, question.base, f'[[question]] "{question.id}" base')
        last = factor.question not in {later.question for later in factors[place + 1 :]}
        own = [earlier for earlier in factors[: place + 1] if earlier.question == question.id]
        partial = [
            {**cell, factor: value}
            for cell in partial
            for value in _values(
                question, factor, cell, asked=shown.holds(cell), may_skip=question.id in skippable
            )
            if not last or _allowed(question, own, {**cell, factor: value})
        ]
        if len(partial) > LARGEST:
            raise ClaimsError.table_too_large([str(item.question) for item in factors], LARGEST)
    tied = [members for needed, members in groups if needed and needed <= set(factors)]
    cells = [
        cell for cell in partial if all(sum(member.holds(cell) for member in members) <= 1 for members in tied)
    ]
    return Table(tuple(factors), tuple(tuple(cell[factor] for factor in factors) for cell in cells))


def _values(
    question: Question, factor: Factor, cell: Answered, *, asked: bool, may_skip: bool
) -> Iterator[str]:
    """What the answer can be, given the answers to earlier factors."""
    if not asked:
        yield BLANK
        return
    if not factor.response:
        yield from question.codes
        yield from [BLANK] if may_skip else []
        return
    others = {value for other, value in cell.items() if other.question == question.id}
    if others != {BLANK}:
        yield from (CHOSEN, NOT_CHOSEN)
    if others == {BLANK} or (not others and may_skip and question.blank == "skipped"):
        yield BLANK


def _allowed(question: Question, own: Sequence[Factor], cell: Answered) -> bool:
    """Whether the responses of a multi question can be chosen together."""
    if question.type != "multi" or cell[own[0]] == BLANK:
        return True
    chosen = sum(cell[factor] == CHOSEN for factor in own)
    everything = len(own) == len(question.codes)
    if everything and chosen == 0 and question.blank == "skipped":
        return False
    return question.cap is None or chosen <= question.cap


@dataclass(frozen=True, slots=True, eq=False)
class Strata:
    """The coarsest classes of respondents that the claims about a question, and its filter, tell apart.

    Attributes
    ----------
    question : Question
    table : Table or None
        What the classes are made of; None where there is one class, everybody.
    classes : tuple of tuple of int
        Cells of the table that make each class; those who are not asked are in none.
    answers : tuple of dict of Factor to str
        The answers of one cell of each class, which stand for all of them.
    chosen : tuple of int
        Responses of a multi question that everybody in the class has chosen already, as a factor; -1 where
        the class left the question blank.
    """

    question: Question
    table: Table | None
    classes: tuple[tuple[int, ...], ...]
    answers: tuple[Answered, ...]
    chosen: tuple[int, ...]


def strata(question: Question, use: Use, found: Sequence[Table]) -> Strata:
    """Part respondents as far as a question needs it.

    Parameters
    ----------
    question : Question
        No factor itself; a multi question may be one by some responses.
    use : Use
    found : sequence of Table

    Returns
    -------
    Strata
    """
    own = tuple(sorted(factor for factor in use.factors if factor.question == question.id))
    own += tuple(f for table in found for f in table.factors if f.question == question.id and f not in own)
    table = next((item for item in found if {*use.factors, *own} & set(item.factors)), None)
    if table is None:
        return Strata(question, None, ((),), ({},), (0,))
    classes: dict[tuple[object, ...], list[int]] = {}
    for place, answers in enumerate(table.answers):
        if use.shown.holds(answers):
            told = tuple(_told(formula, question, answers) for formula in use.groups.values())
            classes.setdefault((_chosen(own, answers), told), []).append(place)
    members = tuple(tuple(cells) for cells in classes.values())
    firsts = tuple(table.answers[cells[0]] for cells in members)
    return Strata(question, table, members, firsts, tuple(_chosen(own, answers) for answers in firsts))


def _chosen(own: Sequence[Factor], answers: Answered) -> int:
    if own and answers[own[0]] == BLANK:
        return -1
    return sum(answers[factor] == CHOSEN for factor in own)


def _told(formula: Formula, question: Question, answers: Answered) -> tuple[bool, ...]:
    """Whether a formula holds, for each answer to the question itself where it looks at that."""
    own = Factor(question.id)
    if own not in formula.factors:
        return (formula.holds(answers),)
    return tuple(formula.holds({**answers, own: code}) for code in (*question.codes, BLANK))
