"""How many respondents answer what: whole numbers that satisfy every claim, before there are respondents."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, order=True)
class Factor:
    """What groups are made of: the answer to a coded question, or whether one response of a multi was chosen.

    Attributes
    ----------
    question : str
    response : str
        Empty for a single or ordinal question.
    """

    question: str
    response: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class JointCounts:
    """How many respondents there are of each combination of answers to the questions that make groups.

    Attributes
    ----------
    factors : tuple of Factor, length F
        Claims tie them to one another; factors of two tables are free of each other.
    cells : tuple of tuple of str, (C, F)
        Response code of each factor; ``""`` for no answer (not asked, or left blank); ``"1"`` chosen and
        ``"0"`` not chosen for a response of a multi question.
    counts : ndarray of int, shape (C,)
        They sum to the number of respondents.
    """

    factors: tuple[Factor, ...]
    cells: tuple[tuple[str, ...], ...]
    counts: IntArray


@dataclass(frozen=True, slots=True)
class Part:
    """Respondents whose factors all have one of these values; everybody when there are none."""

    where: tuple[tuple[Factor, frozenset[str]], ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class AnswerCounts:
    """How many in each part of the respondents give each response to a question.

    Attributes
    ----------
    question : str
        Single, ordinal or multi, and no factor itself (a multi may be one by single responses of it).
    parts : tuple of Part, length P
        Disjoint. Respondents in no part are not asked.
    sizes : ndarray of int, shape (P,)
    counts : ndarray of int, shape (P, R)
        By response of the question, in questionnaire order. In a coded question a row may sum to less than the
        size of its part: the others leave the question blank.
    answering : ndarray of int, shape (P,)
        How many answer at all. In a multi question each of them chooses at least one response, unless a blank
        means that nothing was chosen.
    """

    question: str
    parts: tuple[Part, ...]
    sizes: IntArray
    counts: IntArray
    answering: IntArray


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """Counts that satisfy every claim and the codebook.

    Attributes
    ----------
    n : int
        Respondents.
    joint : tuple of JointCounts
        Every factor is in exactly one.
    answers : tuple of AnswerCounts
        One for every other coded question and every multi question, in questionnaire order.
    """

    n: int
    joint: tuple[JointCounts, ...]
    answers: tuple[AnswerCounts, ...]
