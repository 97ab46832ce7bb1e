"""Questions that only some were asked: told by blanks that follow an earlier answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice

import numpy as np
import numpy.typing as npt

from cxsurvey.errors import listed
from cxsurvey.readers.codebooks.profiles import Profile
from cxsurvey.readers.codebooks.wording import plain
from cxsurvey.study.codebook import Question

NEAR = 8  # how many earlier questions may have decided
MOST_CODES = 8
ENOUGH = 10  # respondents who were not asked
NEARLY_ALL = 0.9  # of those asked have answered
SHOWN = 20


def asked_after(questions: Sequence[Question], profiles: Mapping[str, Profile]) -> tuple[str, ...]:
    """List questions that were answered by those with certain answers to an earlier one, and by nobody else.

    Parameters
    ----------
    questions : sequence of Question
        In the order of the questionnaire.
    profiles : mapping of str to Profile
        Columns of the export by name.

    Returns
    -------
    tuple of str
        One sentence each, 20 at most: the files do not say so, and no base is declared.
    """
    answered = {question.id: _answered(question, profiles) for question in questions}
    found = (
        sentence
        for i, question in enumerate(questions)
        if (sentence := _sentence(question, questions[max(0, i - NEAR) : i], answered, profiles))
    )
    return tuple(islice(found, SHOWN))


def _answered(question: Question, profiles: Mapping[str, Profile]) -> npt.NDArray[np.bool_]:
    """Who has a cell in any column of a question; shape (n,)."""
    held = [profiles[name].index >= 0 for name in question.source_columns if name in profiles]
    none = np.zeros(0, dtype=bool)
    return np.logical_or.reduce(held) if held else none


def _sentence(
    question: Question,
    earlier: Sequence[Question],
    answered: Mapping[str, npt.NDArray[np.bool_]],
    profiles: Mapping[str, Profile],
) -> str:
    mask = answered[question.id]
    if not len(mask) or mask.all() or not mask.any():
        return ""
    for gate in reversed(earlier):
        profile = profiles.get(gate.column or "")
        if gate.type not in {"single", "ordinal"} or profile is None or len(profile.cells) > MOST_CODES:
            continue
        open_to = _open_to(profile, mask)
        if open_to:
            answers = listed(f"'{plain(cell)}'" for cell in open_to)
            return f"{question.id} was answered only by those who said {answers} to {gate.id}: its base?"
    return ""


def _open_to(gate: Profile, mask: npt.NDArray[np.bool_]) -> tuple[str, ...]:
    """The answers to an earlier question that let to this one; empty when it decided nothing."""
    known = gate.index >= 0
    if (mask & ~known).any():
        return ()
    asked = np.bincount(gate.index[known & mask], minlength=len(gate.cells))
    inside = asked > 0
    if gate.counts[~inside].sum() < ENOUGH or asked[inside].sum() < NEARLY_ALL * gate.counts[inside].sum():
        return ()
    return tuple(cell for cell, is_inside in zip(gate.cells, inside, strict=True) if is_inside)
