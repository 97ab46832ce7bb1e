"""One look at every interview: how long, how complete, how varied, how often. Arrays, and no judgement.

The answers are read once, question by question, and only sums over questions are kept, so that memory does not
grow with the questionnaire.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from cxsurvey.study.answers import (
    ANSWERED,
    NOT_SHOWN,
    REASONS,
    Answers,
    BoolArray,
    FloatArray,
    IntArray,
)
from cxsurvey.study.codebook import Question
from cxsurvey.study.raw import RawResponses

Read = Callable[[Question], Answers]
REPLY = np.isin(REASONS, ("answered", "dont_know", "not_applicable", "not_in_codebook"))
WORD = 32  # choices that go into one key
HASH_SEED = 20150779


@dataclass(frozen=True, slots=True, eq=False)
class Contents:
    """What the answers of each respondent amount to.

    Attributes
    ----------
    shown, replied : ndarray of int, shape (n,)
        Closed and number questions that the respondent was shown, and those with a reply: an answer, or a
        "don't know" or "not applicable" that the codebook declares.
    answered : ndarray of int, shape (n,)
        Questions of any type with a valid answer.
    alike : ndarray of int, shape (n,)
        Grids in which enough items were answered, and all of them alike.
    repeats : ndarray of int, shape (n,)
        A number that respondents with the same answers share, -1 for all others.
    """

    shown: IntArray
    replied: IntArray
    answered: IntArray
    alike: IntArray
    repeats: IntArray


@dataclass(slots=True)
class _Line:
    """A grid while it is read: the first answer to it, how many there are, and whether all are the same."""

    codes: dict[str, float]
    first: FloatArray
    count: IntArray
    same: BoolArray = field(init=False)

    def __post_init__(self) -> None:
        self.same = np.ones(len(self.first), dtype=bool)

    def add(self, answers: Answers) -> None:
        value = self._positions(answers)
        given = ~np.isnan(value)
        self.first = np.where(self.count == 0, value, self.first)
        self.same &= ~given | (value == self.first)
        self.count += given

    def _positions(self, answers: Answers) -> FloatArray:
        """A number for each answer, the same for the same code of another item; NaN for none."""
        if answers.code is None:
            return answers.value if answers.value is not None else np.full(len(answers.reason), np.nan)
        known = [self.codes.setdefault(code, float(len(self.codes))) for code in answers.question.codes]
        positions: FloatArray = np.array([*known, np.nan])[answers.code]
        return positions


def read_contents(
    questions: Sequence[Question],
    raw: RawResponses,
    read: Read,
    *,
    grids: Sequence[Sequence[str]],
    alike_from: int,
    identical_from: int,
) -> Contents:
    """Read the answers to all questions once.

    Parameters
    ----------
    questions : sequence of Question
    raw : RawResponses
    read : callable
        Decodes a question, with respondents outside its base set aside as not shown.
    grids : sequence of sequence of str
        Ids of the questions of each grid.
    alike_from : int
        The fewest items of a grid that must be answered.
    identical_from : int
        The fewest answered questions for equal answers to be compared.

    Returns
    -------
    Contents
    """
    n = len(raw.frame)
    shown, replied, answered = (np.zeros(n, dtype=np.int64) for _ in range(3))
    lines = [_Line({}, np.full(n, np.nan), np.zeros(n, dtype=np.int64)) for _ in grids]
    hashed = np.zeros(n, dtype=np.int64)
    factors = _factors()
    for question in questions:
        answers = read(question)
        answered += answers.reason == ANSWERED
        if question.type != "text":  # an open question is an offer, and left blank by most
            shown += answers.reason != NOT_SHOWN
            replied += REPLY[answers.reason]
        for line, members in zip(lines, grids, strict=True):
            if question.id in members:
                line.add(answers)
        for key in _keys(answers, raw):
            hashed += key * next(factors)  # wraps around, which is what a hash does
    alike = sum((line.same & (line.count >= alike_from) for line in lines), np.zeros(n, dtype=np.int64))
    repeats = _equal_rows(questions, raw, read, hashed, np.flatnonzero(answered >= identical_from))
    return Contents(shown, replied, answered, np.asarray(alike), repeats)


def _factors() -> Iterator[np.int64]:
    """Odd numbers without an end, the same at every call."""
    random = np.random.default_rng(HASH_SEED)
    while True:
        yield np.int64(random.integers(0, 2**62) * 2 + 1)


def _keys(answers: Answers, raw: RawResponses) -> Iterator[IntArray]:
    """Whole numbers that two respondents share when their answers are the same; each shape (n,)."""
    away = -1 - answers.reason
    if answers.chosen is not None:
        size = answers.chosen.shape[1]
        for first in range(0, max(size, 1), WORD):
            packed = _packed(answers.chosen[:, first : first + WORD])
            yield np.where(answers.reason == ANSWERED, packed, away)
        return
    if answers.code is not None:
        told: npt.NDArray[np.int64] = answers.code
    elif answers.value is not None:
        told = pd.factorize(answers.value)[0].astype(np.int64)
    else:
        cells = raw.frame[answers.question.column or ""]
        told = pd.factorize(cells, use_na_sentinel=False)[0].astype(np.int64)
    yield np.where(answers.reason == ANSWERED, told, away)


def _packed(chosen: BoolArray) -> IntArray:
    """Up to 32 choices as the bits of one number; shape (n,)."""
    bits = np.zeros((len(chosen), WORD // 8), dtype=np.uint8)
    packed = np.packbits(chosen, axis=1)
    bits[:, : packed.shape[1]] = packed
    return bits.view("<u4")[:, 0].astype(np.int64)


def _equal_rows(
    questions: Sequence[Question], raw: RawResponses, read: Read, hashed: IntArray, compared: IntArray
) -> IntArray:
    """Number the sets of respondents with the same answers: by hash first, then by every answer."""
    rows = compared[_shared(hashed[compared])]
    group = np.zeros(len(rows), dtype=np.int64)
    for question in questions if len(rows) else ():
        for key in _keys(read(question), raw):
            told = pd.factorize(key[rows])[0]
            group = pd.factorize(group * (told.max() + 1) + told)[0].astype(np.int64)
    many = _shared(group)
    repeats = np.full(len(hashed), -1, dtype=np.int64)
    repeats[rows[many]] = pd.factorize(group[many])[0]
    return repeats


def _shared(values: npt.NDArray[np.int64]) -> BoolArray:
    """Which values occur more than once; shape (n,)."""
    index = pd.factorize(values)[0]
    shared: BoolArray = np.bincount(index)[index] > 1
    return shared


def grids_of(questions: Sequence[Question], *, fewest: int) -> tuple[tuple[str, ...], ...]:
    """Find grids by their shared answer list: neighbouring ordinal questions with one ``list``.

    Parameters
    ----------
    questions : sequence of Question
        In questionnaire order.
    fewest : int
        Shorter runs are no grid.

    Returns
    -------
    tuple of tuple of str
        Question ids.
    """
    runs: list[list[Question]] = []
    for question in questions:
        if question.type != "ordinal" or not question.list:
            runs.append([])
        elif runs and runs[-1] and runs[-1][-1].list == question.list:
            runs[-1].append(question)
        else:
            runs.append([question])
    return tuple(tuple(item.id for item in run) for run in runs if len(run) >= fewest)
