"""What is not an answer: wordings of "don't know" and the like, marks of programs, codes such as -99."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from cxsurvey.readers.codebooks.scales import vocabulary
from cxsurvey.readers.codebooks.wording import key
from cxsurvey.study.answers import canonical
from cxsurvey.study.codebook import MissingReason

_STARTS: tuple[tuple[str, MissingReason], ...] = (
    ("don't know", "dont_know"),
    ("i don't know", "dont_know"),
    ("prefer not to", "refused"),
    ("i prefer not to", "refused"),
    ("decline to", "refused"),
    ("not applicable", "not_applicable"),
    ("n/a ", "not_applicable"),
)
_BEGINNINGS = tuple(start for start, _ in _STARTS)
_REASONS: tuple[MissingReason, ...] = ("dont_know", "not_applicable", "refused", "skipped", "not_shown")
LONGEST_MARK = 16  # characters, spaces around it included
_MOST_WORDS = 7  # beyond it a label that begins with "don't know" says more than that


@cache
def _wordings() -> Mapping[str, MissingReason]:
    table = vocabulary()["nonanswers"]
    return {wording: reason for reason in _REASONS for wording in table[reason]}


@cache
def _marks() -> frozenset[str]:
    return frozenset(vocabulary()["nonanswers"]["marks"])


@cache
def special_codes() -> frozenset[str]:
    """Numbers that surveys use for what is not an answer."""
    return frozenset(vocabulary()["nonanswers"]["codes"])


def reason_of(folded_key: str) -> MissingReason | None:
    """Why a label is no answer; None when it is one.

    Parameters
    ----------
    folded_key : str
        The label as :func:`cxsurvey.readers.codebooks.wording.key` folds it.

    Returns
    -------
    str or None

    Examples
    --------
    >>> reason_of("don't know"), reason_of("prefer not to say"), reason_of("never")
    ('dont_know', 'refused', None)
    """
    found = _wordings().get(folded_key)
    if found is None and folded_key.startswith(_BEGINNINGS) and len(folded_key.split()) <= _MOST_WORDS:
        found = next(reason for start, reason in _STARTS if folded_key.startswith(start))
    return found


def is_mark(folded_key: str) -> bool:
    """Whether a program wrote the cell where it had nothing: NA, NULL, a dash."""
    return folded_key in _marks() or not folded_key


def is_absent(cell: str) -> bool:
    """Whether a cell as it stands is such a mark."""
    return len(cell) <= LONGEST_MARK and is_mark(key(cell))


def is_special(code: str, others: list[float]) -> bool:
    """Whether an unlabelled number is a code for no answer, beside the other numbers of its column.

    It is when it is a customary one and stands apart: below zero where the rest is not, or at least four
    times the highest of a short scale.

    >>> is_special("-99", [1, 2, 3]), is_special("99", [1, 5]), is_special("99", [20, 80]), is_special("2", [1])
    (True, True, False, False)
    """
    if canonical(code) not in special_codes() or not others:
        return False
    value = float(code)
    if value < 0:
        return min(others) >= 0
    return max(others) <= 11 and value >= 4 * max(others)  # noqa: PLR2004 - a 0-10 scale is the longest
