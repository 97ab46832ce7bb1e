"""Counts as variables of a program: joint cells, answers by class, and the share of a statistic in them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from cxsurvey.published.claims.records import GroupRef, Statistic
from cxsurvey.published.synthesis.counts import Factor
from cxsurvey.published.synthesis.factors import BLANK, CHOSEN, SEGMENT, Answered, Formula, segment_answers
from cxsurvey.published.synthesis.program import STRUCTURE, Measure, Program, Row, Source, Sum, counted, total
from cxsurvey.published.synthesis.tables import Strata, Table, strata, tables
from cxsurvey.published.synthesis.uses import Use, response_codes
from cxsurvey.study.codebook import Question, StudyFile, by_id


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """The counts of one question that is no factor, by class of respondents.

    Attributes
    ----------
    strata : Strata
    sizes : tuple of Sum, length K
    answering : tuple of Sum, length K
    counts : tuple of tuple of Sum, (K, R)
        By response, in questionnaire order.
    """

    strata: Strata
    sizes: tuple[Sum, ...]
    answering: tuple[Sum, ...]
    counts: tuple[tuple[Sum, ...], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """All counts of a study as sums of variables.

    Attributes
    ----------
    file : StudyFile
    n : int
    used : mapping of str to Use
    tables : tuple of Table
    cells : tuple of tuple of int
        Variable of each cell, by table.
    asked : dict of str to Asked
        By question, in questionnaire order.
    program : Program
    """

    file: StudyFile
    n: int
    used: Mapping[str, Use]
    tables: tuple[Table, ...]
    cells: tuple[tuple[int, ...], ...]
    asked: dict[str, Asked]
    program: Program

    def table_of(self, factor: Factor) -> int | None:
        """Which table holds a factor."""
        return next((i for i, table in enumerate(self.tables) if factor in table.factors), None)

    def question_of(self) -> dict[int, int]:
        """The question that each variable counts the answers to, by its place; joint cells are absent."""
        cells = {variable for variables in self.cells for variable in variables}
        return {
            variable: place
            for place, asked in enumerate(self.asked.values())
            for of in (*asked.answering, *(count for row in asked.counts for count in row))
            for variable, _ in of.terms
            if variable not in cells
        }

    def where(self, place: int, holds: Callable[[Answered], bool]) -> Sum:
        """How many respondents are in the cells of a table for which something holds."""
        return _cell_sum(
            self.n,
            self.cells[place],
            [i for i, answers in enumerate(self.tables[place].answers) if holds(answers)],
        )

    def measure(self, statistic: Statistic) -> Measure:
        """The count and the base of a statistic: those of the group who gave the response, and who answered."""
        use = self.used[statistic.question]
        formula = use.groups[statistic.group]
        if statistic.question == SEGMENT:
            return self._segment(statistic, formula, use)
        question = by_id(self.file.question)[statistic.question]
        codes = response_codes(question, statistic.response)
        if question.type == "multi":
            return self._multi(question, codes, formula)
        own = Factor(question.id)
        place = self.table_of(own)
        if place is not None:
            return Measure(
                self.where(place, lambda a: formula.holds(a) and a[own] in codes),
                self.where(place, lambda a: formula.holds(a) and a[own] != BLANK),
            )
        return self._coded(question, codes, formula)

    def _segment(self, statistic: Statistic, formula: Formula, use: Use) -> Measure:
        of = segment_answers(self.file).of
        place = self.table_of(min(use.factors))
        if place is None:
            return Measure(Sum(), Sum())
        return Measure(
            self.where(place, lambda a: formula.holds(a) and of(a) == statistic.response),
            self.where(place, lambda a: formula.holds(a) and of(a) != BLANK),
        )

    def _coded(self, question: Question, codes: Sequence[str], formula: Formula) -> Measure:
        asked = self.asked[question.id]
        own = Factor(question.id)
        inside = [
            (k, question.codes[r], count)
            for k, counts in enumerate(asked.counts)
            for r, count in enumerate(counts)
            if formula.holds({**asked.strata.answers[k], own: question.codes[r]})
        ]
        given = total((1, count) for _, code, count in inside if code in codes)
        if own in formula.factors:
            return Measure(given, total((1, count) for _, _, count in inside))
        members = dict.fromkeys(k for k, _, _ in inside)
        return Measure(given, self.merged(total((1, asked.answering[k]) for k in members)))

    def _multi(self, question: Question, codes: Sequence[str], formula: Formula) -> Measure:
        asked = self.asked[question.id]
        members = [k for k, answers in enumerate(asked.strata.answers) if formula.holds(answers)]
        base = self.merged(total((1, asked.answering[k]) for k in members))
        if len(codes) == 1:
            place = question.codes.index(codes[0])
            return Measure(self.merged(total((1, asked.counts[k][place]) for k in members)), base)
        chosen = [Factor(question.id, code) for code in codes]
        table = self.table_of(chosen[0])
        if table is None:
            return Measure(Sum(), base)
        anyone = self.where(table, lambda a: formula.holds(a) and any(a[f] == CHOSEN for f in chosen))
        return Measure(anyone, base)

    def merged(self, of: Sum) -> Sum:
        """The same sum, with all cells of a table together written as the number of respondents."""
        held = dict(of.terms)
        for cells in self.cells:
            if all(held.get(cell) == 1 for cell in cells):
                held = {variable: factor for variable, factor in held.items() if variable not in set(cells)}
                of = Sum(tuple(held.items()), of.constant + self.n)
        return of


def _cell_sum(n: int, variables: Sequence[int], chosen: Sequence[int]) -> Sum:
    if len(chosen) == len(variables):
        return Sum((), n)
    return counted(variables[i] for i in chosen)


def build_model(
    file: StudyFile, n: int, used: Mapping[str, Use], blanks: Mapping[str, Iterable[GroupRef]]
) -> Model:
    """Declare the variables of every count, and the rows that the codebook makes.

    Parameters
    ----------
    file : StudyFile
    n : int
        Respondents.
    used : mapping of str to Use
    blanks : mapping of str to iterable of GroupRef
        Where a question may be left blank.

    Returns
    -------
    Model

    Raises
    ------
    ClaimsError
        ``claims-table-too-large``, ``claims-group-unusable``.
    """
    program = Program()
    found = tables(file, used, frozenset(blanks))
    cells = tuple(tuple(program.variable(n) for _ in table.cells) for table in found)
    for variables in cells:
        program.rows.append(Row(STRUCTURE, counted(variables), n, n))
    factors = {factor for table in found for factor in table.factors}
    asked = {
        question.id: _asked(program, strata(question, used[question.id], found), found, cells, n, blanks, used)
        for question in file.question
        if question.id in used and Factor(question.id) not in factors
    }
    return Model(file, n, used, found, cells, asked, program)


def _asked(
    program: Program,
    classes: Strata,
    found: Sequence[Table],
    cells: Sequence[tuple[int, ...]],
    n: int,
    blanks: Mapping[str, Iterable[GroupRef]],
    used: Mapping[str, Use],
) -> Asked:
    question = classes.question
    held: tuple[int, ...] = () if classes.table is None else cells[found.index(classes.table)]
    sizes, answering, counts = [], [], []
    for k, members in enumerate(classes.classes):
        size = _cell_sum(n, held, members)
        groups = [used[question.id].groups[group] for group in blanks.get(question.id, ())]
        leaves = question.type != "multi" or question.blank == "skipped"
        may_skip = leaves and any(
            Factor(question.id) in group.factors or group.holds(classes.answers[k]) for group in groups
        )
        row, answered = _class(program, classes, k, size, held, n, may_skip=may_skip)
        sizes.append(size)
        answering.append(answered)
        counts.append(row)
    return Asked(classes, tuple(sizes), tuple(answering), tuple(counts))


def _class(
    program: Program, classes: Strata, k: int, size: Sum, held: tuple[int, ...], n: int, *, may_skip: bool
) -> tuple[tuple[Sum, ...], Sum]:
    """Counts by response, and how many answer, in one class."""
    question = classes.question
    fixed = _fixed(classes, k, held)
    if classes.chosen[k] < 0:
        return tuple(Sum() for _ in question.codes), Sum()
    counts = tuple(fixed[code] if code in fixed else counted([program.variable(n)]) for code in question.codes)
    answered = size
    if may_skip and not fixed:
        answered = counted([program.variable(n)])
        program.rows.append(_below(STRUCTURE, answered, size))
    if question.type != "multi":
        rule = Source(rule=f"{question.id}: one answer each")
        program.rows.append(Row(rule, total([*((1, count) for count in counts), (-1, answered)]), 0, 0))
        program.rows += [_below(STRUCTURE, count, answered) for count in counts]
        return counts, answered
    program.rows += _multi_rows(classes, k, counts, answered, set(fixed))
    return counts, answered


def _fixed(classes: Strata, k: int, held: tuple[int, ...]) -> dict[str, Sum]:
    """Counts of the responses of a multi question that are factors."""
    if classes.table is None:
        return {}
    own = [factor for factor in classes.table.factors if factor.question == classes.question.id]
    cells = classes.classes[k]
    answers = classes.table.answers
    return {factor.response: counted(held[i] for i in cells if answers[i][factor] == CHOSEN) for factor in own}


def _multi_rows(
    classes: Strata, k: int, counts: Sequence[Sum], answered: Sum, fixed: set[str]
) -> Iterable[Row]:
    """Nobody chooses a response twice, more than the cap, or (unless a blank means none) nothing."""
    question, chosen = classes.question, classes.chosen[k]
    free = [count for code, count in zip(question.codes, counts, strict=True) if code not in fixed]
    yield from (_below(STRUCTURE, count, answered) for count in free)
    others = total((1, count) for count in free)
    if question.cap is not None and question.cap < len(question.codes):
        rule = Source(rule=f"{question.id}: at most {question.cap} answers each")
        yield Row(rule, total([(1, others), (chosen - question.cap, answered)]), high=0)
    if chosen == 0 and question.blank == "skipped":
        rule = Source(rule=f"{question.id}: at least one answer each")
        yield Row(rule, total([(1, others), (-1, answered)]), low=0)


def _below(source: Source, part: Sum, whole: Sum) -> Row:
    return Row(source, total([(1, part), (-1, whole)]), high=0)
