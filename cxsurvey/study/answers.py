"""From cells to answers: codes, choices and numbers, and a reason for every answer that is missing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from cxsurvey.study.codebook import Question, Reading
from cxsurvey.study.raw import MissingRange, RawResponses

REASONS: Final = (
    "answered",
    "skipped",
    "not_shown",
    "refused",
    "dont_know",
    "not_applicable",
    "declared_missing",
    "not_in_codebook",
    "excluded",
)
ANSWERED, SKIPPED, NOT_SHOWN = 0, 1, 2
LARGEST: Final = 1e15  # beyond it doubles lose whole numbers, and their squares soon overflow
DECLARED, UNKNOWN = REASONS.index("declared_missing"), REASONS.index("not_in_codebook")
EXCLUDED: Final = REASONS.index("excluded")  # for data quality: the study file says so

CHOSEN_WORDS: Final = frozenset({"1", "yes", "y", "true", "selected", "checked", "x"})
UNCHOSEN_WORDS: Final = frozenset({"0", "no", "n", "false", "not selected", "unchecked"})

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class UnknownAnswer:
    """A distinct value that the codebook does not know."""

    column: str
    value: str
    count: int
    first: int
    expected: str


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """The answers of all respondents to one question.

    Attributes
    ----------
    question : Question
    reason : ndarray of int, shape (n,)
        Index into ``REASONS``; 0 where the respondent answered.
    code : ndarray of int, shape (n,), or None
        Single and ordinal questions: index of the response, -1 where there is none.
    chosen : ndarray of bool, shape (n, responses), or None
        Multi questions: which responses were chosen.
    value : ndarray of float, shape (n,), or None
        Ordinal and number questions: the number of the answer, NaN where there is none.
    unknown : tuple of UnknownAnswer
        Values outside the codebook; they count as missing with the reason ``not_in_codebook``.
    """

    question: Question
    reason: IntArray
    code: IntArray | None = None
    chosen: BoolArray | None = None
    value: FloatArray | None = None
    unknown: tuple[UnknownAnswer, ...] = ()

    def __post_init__(self) -> None:
        # A study hands the same answers to everyone who asks.
        for array in (self.reason, self.code, self.chosen, self.value):
            if array is not None:
                array.setflags(write=False)

    @property
    def answered(self) -> BoolArray:
        """Who gave a valid answer; shape (n,)."""
        answered: BoolArray = self.reason == ANSWERED
        return answered

    def missing_counts(self) -> dict[str, int]:
        """Respondents by reason for having no answer, reasons that occur only."""
        counts = np.bincount(self.reason, minlength=len(REASONS))
        return {name: int(counts[i]) for i, name in enumerate(REASONS) if i != ANSWERED and counts[i]}


def canonical(cell: Any) -> str:
    """Write a cell as a code: whole numbers without ``.0``, blanks as ``""``, spaces trimmed.

    >>> canonical(3.0), canonical(" 3 "), canonical("3.00"), canonical(None)
    ('3', '3', '3', '')
    """
    if cell is None or cell is pd.NA or cell is pd.NaT:
        return ""
    if isinstance(cell, float | np.floating) and np.isnan(cell):
        return ""
    if isinstance(cell, bool | np.bool_):
        return "1" if cell else "0"
    if isinstance(cell, float | np.floating) and float(cell).is_integer():
        return str(int(cell))
    text = str(cell).strip()
    return re.sub(r"^(-?\d+)\.0+$", r"\1", text)


def folded(text: str) -> str:
    """Fold what differs between two spellings of one label: quotes, dashes, spaces, compatibility forms."""
    table = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "\ufeff": None})
    return " ".join(unicodedata.normalize("NFKC", text).translate(table).split())


def parse_number(text: str, reading: Reading) -> float:
    """Read a number with the study's decimal and thousands marks; NaN when it is none.

    A thousands mark stands before groups of three digits only: where it is a dot, 3.5 is no number, never 35.

    >>> parse_number("1.234,5", Reading(decimal=",", thousands="."))
    1234.5
    >>> parse_number("3.5", Reading(decimal=",", thousands="."))
    nan
    """
    plain = folded(text)  # spaces of every kind, and typographic apostrophes, also part thousands
    mark, point = re.escape(reading.thousands), re.escape(reading.decimal)
    whole = rf"\d{{1,3}}(?:{mark}\d{{3}})+|\d+" if mark else r"\d+"
    if not re.fullmatch(rf"[+-]?(?:(?:{whole})(?:{point}\d*)?|{point}\d+)(?:[eE][+-]?\d+)?", plain):
        return float("nan")
    return float((plain.replace(reading.thousands, "") if mark else plain).replace(reading.decimal, "."))


def cell_number(cell: Any, reading: Reading) -> float:
    """Read a cell as a number; NaN when it is none.

    A typed cell is its own number: the marks of the study file are for text.

    >>> cell_number(3.5, Reading(decimal=",")), cell_number(" 3,5 ", Reading(decimal=","))
    (3.5, 3.5)
    """
    if isinstance(cell, int | float | np.number) and not isinstance(cell, bool):
        return float(cell)
    return parse_number(str(cell).strip(), reading)


@dataclass(frozen=True, slots=True)
class _Column:
    """A column as distinct cells and who holds which."""

    name: str
    cells: list[Any]
    distinct: list[str]
    index: IntArray
    declared: list[bool]

    def spread(self, per_value: Sequence[Any]) -> npt.NDArray[Any]:
        kind = type(per_value[0]) if per_value else int  # without respondents there is no value to tell
        return np.array(per_value, dtype=kind)[self.index]


def _column(raw: RawResponses, name: str) -> _Column:
    index, cells = pd.factorize(raw.frame[name], use_na_sentinel=False)
    texts = [canonical(cell) for cell in cells]
    ranges = raw.user_missing.get(name, ())
    declared = [is_declared_missing(cell, ranges) for cell in cells] if ranges else [False] * len(texts)
    return _Column(name, list(cells), texts, index.astype(np.int64), declared)


def is_declared_missing(cell: Any, ranges: tuple[MissingRange, ...]) -> bool:
    """Whether the data file itself declares a cell missing."""
    for span in ranges:
        if isinstance(span.low, str) or isinstance(span.high, str) or isinstance(cell, str):
            if canonical(cell) == canonical(span.low):
                return True
        elif cell is not None and not pd.isna(cell) and span.low <= cell <= span.high:
            return True
    return False


def decode(question: Question, raw: RawResponses, reading: Reading) -> Answers:
    """Decode one question, leaving aside who was asked.

    Parameters
    ----------
    question : Question
    raw : RawResponses
        Must hold every column that the question reads.
    reading : Reading
        Decimal and thousands marks for numbers.

    Returns
    -------
    Answers
        Blank cells are ``skipped``; declared codes carry their reason.
    """
    decoder: Callable[[Question, RawResponses, Reading], Answers] = {
        "single": _decode_coded,
        "ordinal": _decode_coded,
        "number": _decode_number,
        "text": _decode_text,
        "multi": _decode_multi,
    }[question.type]
    return decoder(question, raw, reading)


def _missing_reasons(question: Question) -> dict[str, int]:
    return {item.code: REASONS.index(item.reason) for item in question.missing}


def _lookup(question: Question) -> Mapping[str, int]:
    """Every spelling of a response: its code, its label, its folded label; codes win."""
    spellings: dict[str, int] = {}
    for spelling in (lambda r: folded(r.label), lambda r: r.label, lambda r: r.code):
        spellings |= {spelling(response): i for i, response in enumerate(question.responses)}
    return spellings


def _find(text: str, spellings: Mapping[str, int]) -> int:
    found = spellings.get(text)
    return spellings.get(folded(text), -1) if found is None else found


def _reasons(column: _Column, question: Question, valid: list[bool]) -> list[int]:
    """The reason for each distinct cell: declared by the study, by the file, blank, or unknown."""
    declared = _missing_reasons(question)
    spellings = [(folded(text), item) for item in question.missing for text in (item.code, item.label) if text]
    labels = {text: REASONS.index(item.reason) for text, item in reversed(spellings)}
    reasons = []
    for text, is_valid, by_file in zip(column.distinct, valid, column.declared, strict=True):
        if text in declared:
            reasons.append(declared[text])
        elif by_file:
            reasons.append(DECLARED)
        elif is_valid:
            reasons.append(ANSWERED)
        elif not text:
            reasons.append(SKIPPED)
        else:
            reasons.append(labels.get(folded(text), UNKNOWN))
    return reasons


def _unknown(column: _Column, reasons: list[int], expected: str) -> tuple[UnknownAnswer, ...]:
    if UNKNOWN not in reasons:
        return ()
    _, first, counts = np.unique(column.index, return_index=True, return_counts=True)
    return tuple(
        UnknownAnswer(column.name, text, int(counts[i]), int(first[i]), expected)
        for i, (text, reason) in enumerate(zip(column.distinct, reasons, strict=True))
        if reason == UNKNOWN
    )


def _decode_coded(question: Question, raw: RawResponses, _reading: Reading) -> Answers:
    column = _column(raw, question.column or "")
    spellings = _lookup(question)
    found = [_find(text, spellings) if text else -1 for text in column.distinct]
    reasons = _reasons(column, question, [position >= 0 for position in found])
    code = np.where(column.spread(reasons) == ANSWERED, column.spread(found), -1).astype(np.int64)
    values = np.array([*question.values, np.nan])
    return Answers(
        question,
        reason=column.spread(reasons).astype(np.int64),
        code=code,
        value=values[code] if question.type == "ordinal" else None,
        unknown=_unknown(column, reasons, "a code or label of the codebook"),
    )


def _decode_number(question: Question, raw: RawResponses, reading: Reading) -> Answers:
    column = _column(raw, question.column or "")
    numbers = [cell_number(cell, reading) for cell in column.cells]
    lowest, highest = question.bounds
    low = -np.inf if lowest is None else lowest
    high = np.inf if highest is None else highest
    reasons = _reasons(
        column, question, [abs(number) <= LARGEST and low <= number <= high for number in numbers]
    )
    reason = column.spread(reasons).astype(np.int64)
    return Answers(
        question,
        reason=reason,
        value=np.where(reason == ANSWERED, column.spread(numbers), np.nan),
        unknown=_unknown(column, reasons, _expected_number(question)),
    )


def _expected_number(question: Question) -> str:
    low, high = question.bounds
    if low is not None and high is not None:
        return f"a number from {low:g} to {high:g}"
    if low is not None:
        return f"a number of {low:g} or more"
    return "a number" if high is None else f"a number of {high:g} or less"


def _decode_text(question: Question, raw: RawResponses, _reading: Reading) -> Answers:
    column = _column(raw, question.column or "")
    reasons = _reasons(column, question, [bool(text) for text in column.distinct])
    return Answers(question, reason=column.spread(reasons).astype(np.int64))


def _decode_multi(question: Question, raw: RawResponses, _reading: Reading) -> Answers:
    if question.columns:
        return _decode_spread(question, raw)
    if question.column:
        return _decode_joined(question, raw)
    return _decode_columns(question, raw)


def _multi(
    question: Question, chosen: BoolArray, reason: IntArray, unknown: tuple[UnknownAnswer, ...]
) -> Answers:
    """Settle who answered: a choice outranks a missing code in another column."""
    any_chosen = chosen.any(axis=1)
    settled = np.where(any_chosen, ANSWERED, reason)
    if question.blank == "none_chosen":
        settled = np.where(settled == SKIPPED, ANSWERED, settled)
    return Answers(question, reason=settled.astype(np.int64), chosen=chosen, unknown=unknown)


def _decode_columns(question: Question, raw: RawResponses) -> Answers:
    """One column an option: a mark, the option's code or its label where chosen."""
    columns = [_column(raw, response.column or "") for response in question.responses]
    marks = [{r.code, r.label, folded(r.label)} for r in question.responses]
    binary = any(_is_binary(column, own) for column, own in zip(columns, marks, strict=True))
    chosen = np.zeros((len(raw.frame), len(columns)), dtype=bool)
    reason = np.full(len(raw.frame), SKIPPED, dtype=np.int64)
    unknown: list[UnknownAnswer] = []
    for i, (column, response) in enumerate(zip(columns, question.responses, strict=True)):
        yes, no = _ticks(column, marks[i], binary=binary)
        reasons = _reasons(column, question, [a or b for a, b in zip(yes, no, strict=True)])
        valid = column.spread(reasons) == ANSWERED
        chosen[:, i] = valid & column.spread(yes)
        reason = _stronger(reason, column.spread(reasons))
        unknown += _unknown(column, reasons, f"a mark for '{response.label}', or blank")
    return _multi(question, chosen, reason, tuple(unknown))


def _is_binary(column: _Column, marks: set[str]) -> bool:
    """Whether a column says yes and no in words that are not its own option's: 1 and 0, or Selected."""
    words = CHOSEN_WORDS | UNCHOSEN_WORDS
    return any(text.casefold() in words and text not in marks for text in column.distinct)


def _ticks(column: _Column, marks: set[str], *, binary: bool) -> tuple[list[bool], list[bool]]:
    """Which distinct cells say that the option was chosen, and which that it was not.

    Where columns are binary a 0 says no, even in the column of an option whose code is 0.
    """
    no = [text.casefold() in UNCHOSEN_WORDS and (binary or text not in marks) for text in column.distinct]
    yes = [
        not refused and (text in marks or folded(text) in marks or text.casefold() in CHOSEN_WORDS)
        for text, refused in zip(column.distinct, no, strict=True)
    ]
    return yes, no


def _stronger(held: IntArray, other: npt.NDArray[Any]) -> IntArray:
    """An answer beats a stated reason, which beats a blank."""
    rank = np.array([2 if i == ANSWERED else 0 if i == SKIPPED else 1 for i in range(len(REASONS))])
    return np.where(rank[other] > rank[held], other, held).astype(np.int64)


def _decode_spread(question: Question, raw: RawResponses) -> Answers:
    """Several columns that each hold the code of one choice."""
    spellings = _lookup(question)
    chosen = np.zeros((len(raw.frame), len(question.responses)), dtype=bool)
    reason = np.full(len(raw.frame), SKIPPED, dtype=np.int64)
    unknown: list[UnknownAnswer] = []
    for name in question.columns:
        column = _column(raw, name)
        found = [_find(text, spellings) if text else -1 for text in column.distinct]
        reasons = _reasons(column, question, [position >= 0 for position in found])
        rows = np.flatnonzero(column.spread(reasons) == ANSWERED)
        chosen[rows, column.spread(found)[rows]] = True
        reason = _stronger(reason, column.spread(reasons))
        unknown += _unknown(column, reasons, "a code or label of the codebook")
    return _multi(question, chosen, reason, tuple(unknown))


def _decode_joined(question: Question, raw: RawResponses) -> Answers:
    """Choices inside one cell, which may themselves contain the separator."""
    column = _column(raw, question.column or "")
    spellings = _lookup(question)
    parsed = [_split(text, question.separator or "", spellings) for text in column.distinct]
    reasons = _reasons(column, question, [bool(picks) and not rest for picks, rest in parsed])
    table = np.zeros((len(parsed), len(question.responses)), dtype=bool)
    for i, (picks, _) in enumerate(parsed):
        table[i, picks] = reasons[i] == ANSWERED
    unknown = _unknown(column, reasons, f"labels or codes parted by '{question.separator}'")
    reason = column.spread(reasons).astype(np.int64)
    return _multi(question, table[column.index], reason, unknown)


def _split(text: str, separator: str, spellings: Mapping[str, int]) -> tuple[list[int], list[str]]:
    """Take the longest run of parts that spells a response, again and again; return picks and leftovers."""
    parts = text.split(separator) if text else []
    longest = 1 + max((spelling.count(separator.strip() or separator) for spelling in spellings), default=0)
    picks: list[int] = []
    rest: list[str] = []
    start = 0
    while start < len(parts):
        stop, found = _longest_run(parts, start, min(len(parts), start + longest), separator, spellings)
        if found >= 0:
            picks.append(found)
        elif parts[start].strip():
            rest.append(parts[start].strip())
        start = stop
    return picks, rest


def _longest_run(
    parts: list[str], start: int, last: int, separator: str, spellings: Mapping[str, int]
) -> tuple[int, int]:
    """Find where the longest run that spells a response stops, and the response; -1 for none."""
    for stop in range(last, start, -1):
        found = _find(separator.join(parts[start:stop]).strip(), spellings)
        if found >= 0:
            return stop, found
    return start + 1, -1
