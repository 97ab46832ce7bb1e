"""Margins held against a study: which respondents are in which category, and what each should weigh."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from cxsurvey.analysis.margin_rows import MarginRow, MarginRows, Unit
from cxsurvey.analysis.partition import SEGMENT, Partition, known_partitions, partition
from cxsurvey.errors import DataFault, RequestError, did_you_mean
from cxsurvey.numerics.weighting.raking import Margin, margin
from cxsurvey.study.answers import FloatArray, IntArray, folded

if TYPE_CHECKING:
    from cxsurvey.study.study import Study

NO_ANSWER: Final = "No answer"
ROUNDED: Final = 0.01  # published shares may add up to as little as 0.99 or as much as 1.01
PERCENT: Final = 10.0  # shares that sum to more are percentages


@dataclass(frozen=True, slots=True, eq=False)
class StudyMargin:
    """The targets of one question or group, in the order of the codebook.

    Attributes
    ----------
    id, label : str
    names, labels : tuple of str, length K
        Codes and labels of the categories; no answer has an empty name and stands last.
    index : (n,) int
        Category of each respondent; -1 in none.
    targets : (K,) float
        Shares that sum to 1, or persons.
    """

    id: str
    label: str
    names: tuple[str, ...]
    labels: tuple[str, ...]
    index: IntArray
    targets: FloatArray

    def among(self, kept: IntArray) -> Margin:
        """The margin of these respondents, as raking wants it."""
        return margin(self.id, self.index[kept], self.targets, self.labels)


@dataclass(frozen=True, slots=True, eq=False)
class _Draft:
    """Rows of one question: each with its category, and the problems of those that have none."""

    parts: Partition
    rows: tuple[tuple[MarginRow, int], ...]
    problems: tuple[tuple[int, str], ...]


def study_margins(
    study: Study, given: MarginRows, weights: FloatArray
) -> tuple[tuple[StudyMargin, ...], tuple[str, ...]]:
    """Hold margins against the codebook and the respondents.

    Parameters
    ----------
    study : Study
    given : MarginRows
    weights : (n,) float
        Base weights; who has none need not be in a category.

    Returns
    -------
    margins : tuple of StudyMargin
        In the order in which questions first appear.
    notes : tuple of str
        Shares that were scaled to sum to 1.

    Raises
    ------
    RequestError
        ``margins-invalid`` with every problem of the rows.
    DataFault
        ``margins-unfit`` with every category that has a target and nobody, or somebody and no target;
        ``group-overlap``.
    """
    questions = list(dict.fromkeys(row.question for row in given.rows if row.question))
    drafts: list[_Draft] = []
    problems = list(given.problems)
    for name in questions:
        rows = [row for row in given.rows if row.question == name]
        draft = _draft(study, name, rows, given.unit)
        problems += draft if isinstance(draft, list) else draft.problems
        drafts += [] if isinstance(draft, list) else [draft]
    if problems:
        told = [f"row {row}: {text}" for row, text in sorted(problems)]
        raise RequestError.margins_invalid(given.place, told)
    unfit = [problem for draft in drafts for problem in _unfit(draft, weights)]
    if unfit:
        raise DataFault.margins_unfit(given.place, unfit)
    made = tuple(_margin(draft, given.unit) for draft in drafts)
    return made, tuple(_scaled(draft) for draft in drafts if given.unit == "share" and _scaled(draft))


def _draft(study: Study, name: str, rows: Sequence[MarginRow], unit: Unit) -> _Draft | list[tuple[int, str]]:
    known = [item for item in known_partitions(study) if item != SEGMENT]
    if name not in known:
        text = f"'{name}' is no single or ordinal question and no [[group]]. {did_you_mean(name, known)}"
        return [(rows[0].row, text)]
    parts = partition(study, name)
    found = [(row, _category(row.response, parts)) for row in rows]
    problems = [
        (row.row, f"'{name}' has no response '{row.response}'. {_nearest(row.response, parts)}")
        for row, category in found
        if category < 0
    ]
    problems += _repeated(name, [pair for pair in found if pair[1] >= 0])
    whole = not problems and all(math.isfinite(row.value) for row in rows)
    problems += _sum_problems(name, rows, unit) if whole else []
    return _Draft(parts, tuple(found), tuple(problems))


def _category(response: str, parts: Partition) -> int:
    """The position of a code or label; that after the last for no answer; -1 when there is none."""
    if not response:
        return len(parts.names)
    for spellings in (parts.names, parts.labels):
        if response in spellings:
            return spellings.index(response)
    plain = [folded(label) for label in parts.labels]
    return plain.index(folded(response)) if folded(response) in plain else -1


def _nearest(response: str, parts: Partition) -> str:
    return did_you_mean(response, list(dict.fromkeys([*parts.labels, *parts.names])))


def _repeated(name: str, found: Sequence[tuple[MarginRow, int]]) -> list[tuple[int, str]]:
    first: dict[int, int] = {}
    problems = []
    for row, category in found:
        if category in first:
            text = f"'{row.response}' of '{name}' stands in row {first[category]} as well"
            problems.append((row.row, text))
        first.setdefault(category, row.row)
    return problems


def _sum_problems(name: str, rows: Sequence[MarginRow], unit: Unit) -> list[tuple[int, str]]:
    total = math.fsum(row.value for row in rows)
    if unit == "target":
        return [] if total > 0 else [(rows[0].row, f"targets of '{name}' are all zero")]
    if abs(total - 1) <= ROUNDED + np.finfo(float).eps:
        return []
    advice = " Write 58% as 0.58." if total > PERCENT else ""
    return [(rows[0].row, f"shares of '{name}' sum to {total:.6g}; expected 1, within {ROUNDED:g}.{advice}")]


def _unfit(draft: _Draft, weights: FloatArray) -> list[str]:
    """Categories with a target and nobody, and with somebody and no target."""
    name, size = draft.parts.id, len(draft.parts.names)
    weighed = draft.parts.index[weights > 0]
    people = np.bincount(np.where(weighed >= 0, weighed, size), minlength=size + 1)
    given = {category: row for row, category in draft.rows}
    problems = []
    for category, label in enumerate((*draft.parts.labels, NO_ANSWER)):
        row, n = given.get(category), int(people[category])
        many = f"{n:,} respondent{'s' if n != 1 else ''}"
        if row is not None and row.value > 0 and n == 0:
            problems.append(f"row {row.row}: '{name}', '{label}' has a target of {row.value:g} and nobody")
        elif row is not None and row.value == 0 and n > 0:
            problems.append(f"row {row.row}: '{name}', '{label}' has a target of 0 and {many}")
        elif row is None and n > 0 and category == size:
            problems.append(f"'{name}': {many} without an answer, and no row with an empty response")
        elif row is None and n > 0:
            problems.append(f"'{name}', '{label}': {many}, and no target")
    return problems


def _margin(draft: _Draft, unit: Unit) -> StudyMargin:
    pairs = sorted(draft.rows, key=lambda pair: pair[1])
    order = [category for _, category in pairs]
    place = np.full(len(draft.parts.names) + 1, -1)
    place[order] = np.arange(len(order))
    index = place[np.where(draft.parts.index >= 0, draft.parts.index, len(draft.parts.names))]
    targets = np.array([row.value for row, _ in pairs], dtype=np.float64)
    names, labels = (*draft.parts.names, ""), (*draft.parts.labels, NO_ANSWER)
    return StudyMargin(
        draft.parts.id,
        draft.parts.label,
        tuple(names[category] for category in order),
        tuple(labels[category] for category in order),
        index.astype(np.int64),
        targets / targets.sum() if unit == "share" else targets,
    )


def _scaled(draft: _Draft) -> str:
    total = math.fsum(row.value for row, _ in draft.rows)
    if abs(total - 1) < 1e-9:  # noqa: PLR2004 - thirds written with nine decimals or more
        return ""
    return f"Shares of '{draft.parts.id}' sum to {total:.6g} and were scaled to 1."
