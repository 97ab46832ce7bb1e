"""From counts to whole respondents: who gives which answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cxsurvey.errors import DataFault
from cxsurvey.published.synthesis.choices import choose
from cxsurvey.published.synthesis.counts import AnswerCounts, Factor, IntArray, Part, Plan
from cxsurvey.published.synthesis.latent import Leanings
from cxsurvey.published.synthesis.placement import CHOSEN, Values, indices, place
from cxsurvey.study.codebook import Question, StudyFile, by_id

BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Respondents:
    """Answers of synthetic respondents.

    Attributes
    ----------
    n : int
    coded : mapping of str to ndarray of int, shape (n,)
        Place of the response to each single and ordinal question, -1 for none.
    chosen : mapping of str to ndarray of bool, shape (n, R)
        Choices by multi question.
    answered : mapping of str to ndarray of bool, shape (n,)
        Who answered each multi question.
    """

    n: int
    coded: Mapping[str, IntArray]
    chosen: Mapping[str, BoolArray]
    answered: Mapping[str, BoolArray]


def make_respondents(file: StudyFile, plan: Plan, *, seed: int) -> Respondents:
    """Make respondents whose answers come out exactly as planned.

    Parameters
    ----------
    file : StudyFile
    plan : Plan
    seed : int
        From 0; the same seed gives the same respondents.

    Returns
    -------
    Respondents
        Their order tells nothing: every rank that places them is taken over random numbers of their own.

    Raises
    ------
    DataFault
        ``synthesis-plan`` when the counts contradict each other or the codebook; ``synthesis-choices`` when no
        respondents can make the choices that are counted.
    """
    questions = by_id(file.question)
    leanings = Leanings.of_study(file, seed=seed, n=plan.n)
    values: dict[Factor, Values] = {}
    for joint in plan.joint:
        values |= place(joint, questions, leanings)
    coded = {f.question: indices(questions[f.question], v) for f, v in values.items() if not f.response}
    chosen: dict[str, BoolArray] = {}
    answered: dict[str, BoolArray] = {}
    for counts in plan.answers:
        if counts.question not in questions:
            raise DataFault.synthesis_plan(counts.question, "is not in the codebook")
        asked = _Asked(questions[counts.question], counts, _parts(counts, values, plan.n), values, leanings)
        if asked.question.type == "multi":
            chosen[counts.question], answered[counts.question] = _choices(asked)
        else:
            coded[counts.question] = _answers(asked)
    for question in file.question:
        if question.type not in {"number", "text"} and question.id not in {*coded, *chosen}:
            raise DataFault.synthesis_plan(question.id, "has no counts")
    return Respondents(plan.n, coded, chosen, answered)


@dataclass(frozen=True, slots=True, eq=False)
class _Asked:
    """One question, its counts, and the respondents of each part, as row numbers."""

    question: Question
    counts: AnswerCounts
    parts: list[IntArray]
    values: Mapping[Factor, Values]
    leanings: Leanings

    def answering(self, part: int) -> IntArray:
        """Who of a part answers: anybody, as likely as the next, unless factors tell; in order of rows."""
        people = self.parts[part]
        wanted = int(self.counts.answering[part])
        own = [v for f, v in self.values.items() if f.question == self.question.id and f.response]
        if own:
            spoken = np.array([values[people] != "" for values in own])
            if np.any(spoken != spoken[0]) or spoken[0].sum() != wanted:
                raise DataFault.synthesis_plan(self.question.id, "has factors that disagree on who answers")
            return np.asarray(people[spoken[0]])
        order = np.argsort(self.leanings.latent.noise(f"silent {self.question.id}")[people], kind="stable")
        return np.sort(people[order[:wanted]])


def _parts(counts: AnswerCounts, values: Mapping[Factor, Values], n: int) -> list[IntArray]:
    """The respondents of each part, held against its size."""
    taken = np.zeros(n, dtype=bool)
    found = []
    for part, size, answering in zip(counts.parts, counts.sizes, counts.answering, strict=True):
        inside = _inside(part, values, n)
        if np.any(taken & inside):
            raise DataFault.synthesis_plan(counts.question, "counts respondents in two parts")
        if inside.sum() != size or not 0 <= answering <= size:
            problem = f"has {answering:,} of {size:,} answering in a part of {inside.sum():,}"
            raise DataFault.synthesis_plan(counts.question, problem)
        taken |= inside
        found.append(np.flatnonzero(inside))
    return found


def _inside(part: Part, values: Mapping[Factor, Values], n: int) -> BoolArray:
    inside = np.ones(n, dtype=bool)
    for factor, wanted in part.where:
        if factor not in values:
            raise DataFault.synthesis_plan(factor.question, "parts respondents and is in no joint table")
        inside &= np.isin(values[factor], sorted(wanted))
    return inside


def _answers(asked: _Asked) -> IntArray:
    """Answer a single or ordinal question, part by part; shape (n,)."""
    answers = np.full(asked.leanings.latent.n, -1, dtype=np.int64)
    for part, row in enumerate(asked.counts.counts):
        people = asked.answering(part)
        if np.any(row < 0) or row.sum() != len(people):
            problem = f"has {row.sum():,} answers where {len(people):,} answer"
            raise DataFault.synthesis_plan(asked.question.id, problem)
        answers[people] = _given(asked, people, row)
    return answers


def _given(asked: _Asked, people: IntArray, row: IntArray) -> IntArray:
    """The answers of people who all answer; shape (people,)."""
    question, leanings = asked.question, asked.leanings
    values = np.array(question.values) if question.type == "ordinal" else np.full(len(row), np.nan)
    given = np.full(len(people), -1, dtype=np.int64)
    for response in _apart(question, values, leanings):
        lean = leanings.towards(question.id, question.codes[response])[people]
        lean[given >= 0] = -np.inf
        given[np.argsort(-lean, kind="stable")[: row[response]]] = response
    best_first = sorted(np.flatnonzero(~np.isnan(values)).tolist(), key=lambda i: (-values[i], i))
    left = np.flatnonzero(given < 0)
    keenest = left[np.argsort(-leanings.towards(question.id)[people[left]], kind="stable")]
    given[keenest] = np.repeat(np.array(best_first, dtype=np.int64), row[best_first])
    return given


def _apart(question: Question, values: npt.NDArray[np.float64], leanings: Leanings) -> list[int]:
    """Responses without a place in an order, those that go with maturity most first."""
    places = np.flatnonzero(np.isnan(values)).tolist()
    return sorted(places, key=lambda i: (-abs(leanings.loadings[question.id, question.codes[i]]), i))


def _choices(asked: _Asked) -> tuple[BoolArray, BoolArray]:
    """Answer a multi question, part by part: choices (n, R), and who answers (n,)."""
    n = asked.leanings.latent.n
    chosen = np.zeros((n, len(asked.question.codes)), dtype=bool)
    answered = np.zeros(n, dtype=bool)
    for part, row in enumerate(asked.counts.counts):
        people = asked.answering(part)
        found = _chosen(asked, people, row)
        if found is None or np.any(found.sum(axis=0) != row):
            raise DataFault.synthesis_choices(asked.question.id, len(people), asked.question.cap)
        chosen[people] = found
        answered[people] = True
    return chosen, answered


def _chosen(asked: _Asked, people: IntArray, row: IntArray) -> BoolArray | None:
    """Choices of people who all answer, those that are factors being settled; None when impossible."""
    question = asked.question
    table = np.zeros((len(people), len(row)), dtype=bool)
    free = []
    for i, code in enumerate(question.codes):
        if (settled := asked.values.get(Factor(question.id, code))) is not None:
            table[:, i] = settled[people] == CHOSEN
        else:
            free.append(i)
    taken = table.sum(axis=1)
    limits = [limit for limit in (question.cap, len(question.columns)) if limit]
    most = np.minimum(min([len(row), *limits]) - taken, len(free))
    least = np.maximum(int(question.blank == "skipped") - taken, 0)
    lean = np.empty((len(people), len(free)))
    for place_, i in enumerate(free):
        lean[:, place_] = asked.leanings.towards(question.id, question.codes[i])[people]
    found = choose(lean, row[free], least=least, most=most)
    if found is not None:
        table[:, free] = found
    return table if found is not None else None
