"""The first figures of a new study: drafts that can be drawn at once and are meant to be replaced."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import numpy as np

from cxsurvey.readers.codebooks.wording import cut
from cxsurvey.study.answers import Answers
from cxsurvey.study.codebook import Question
from cxsurvey.study.study import Study

MOST_FIGURES = 3
MOST_ROWS = 16
GRID_ROWS = (2, 10)
MOST_LEVELS = 7  # that a stacked bar can show
MOST_GROUPS = 4
HEADLINE = 90  # characters
TRIED = 20  # questions to show by groups, of which one is not drawn yet


def figure_drafts(study: Study, grids: Mapping[str, Sequence[str]]) -> tuple[dict[str, Any], ...]:
    """Choose up to three figures that the responses can fill.

    Parameters
    ----------
    study : Study
        The drafted study with its responses.
    grids : mapping of str to sequence of str
        Question ids of each grid.

    Returns
    -------
    tuple of dict
        Keys of a ``[[figure]]``, in order: a multi question ranked, a grid stacked, a question by groups or
        alone; fewer where the bases are too small to be drawn.
    """
    settings = study.file.settings
    answered: dict[str, int] = {}
    for enough in (settings.figure_small_below, max(settings.figure_hide_below, 1)):
        kept = _chosen(_Drawable(study, enough, answered), grids)
        if kept:
            return tuple({"id": f"fig{i:02d}", **figure} for i, figure in enumerate(kept, 1))
    return ()


@dataclass(frozen=True, slots=True)
class _Drawable:
    """Questions of a fitting length. Answers are counted when a figure asks for them, and not kept.

    ``enough`` is the smallest base that a figure shall have; ``answered`` holds the counts made so far.
    """

    study: Study
    enough: int
    answered: dict[str, int] = field(default_factory=dict)

    def of(self, *types: str) -> Iterator[Question]:
        """Questions of these types that enough respondents answered."""
        for question in self.study.file.question:
            fits = question.type in types and GRID_ROWS[0] <= len(question.codes) <= MOST_ROWS
            if fits and self.has(question):
                yield question

    def has(self, question: Question) -> bool:
        """Whether enough respondents answered."""
        if question.id not in self.answered:
            self.answered[question.id] = int(self.study.read(question).answered.sum())
        return self.answered[question.id] >= self.enough

    def groups(self, by: Question) -> Answers | None:
        """The answers to a single question, where each response was given often enough."""
        found = self.study.read(by)
        return found if self.has_each(found, None) else None

    def has_each(self, groups: Answers, question: Question | None) -> bool:
        """Whether enough of every group answered a question."""
        if groups.code is None:
            return False
        inside = (
            groups.code >= 0 if question is None else self.study.read(question).answered & (groups.code >= 0)
        )
        counts = np.bincount(groups.code[inside], minlength=len(groups.question.codes))
        return int(counts.min()) >= self.enough


def _chosen(drawable: _Drawable, grids: Mapping[str, Sequence[str]]) -> list[dict[str, Any]]:
    """The first figure of each kind that shows a question not shown before."""
    kinds = (
        _ranked(drawable, "multi"),
        _stacked(drawable, grids),
        _lanes(drawable),
        _ranked(drawable, "ordinal"),
        _ranked(drawable, "single"),
    )
    kept: list[dict[str, Any]] = []
    drawn: set[str] = set()
    for candidates in kinds:
        if len(kept) == MOST_FIGURES:
            break
        figure = next((one for one in candidates if not _shown(one) & drawn), None)
        if figure is not None:
            kept.append(figure)
            drawn |= _shown(figure)
    return kept


def _shown(figure: Mapping[str, Any]) -> set[str]:
    return {*figure.get("questions", ()), *([figure["question"]] if "question" in figure else [])}


def _ranked(drawable: _Drawable, kind: str) -> Iterator[dict[str, Any]]:
    for question in drawable.of(kind):
        yield {"form": "ranked", "headline": cut(question.name, HEADLINE), "question": question.id}


def _stacked(drawable: _Drawable, grids: Mapping[str, Sequence[str]]) -> Iterator[dict[str, Any]]:
    questions = drawable.study.questions
    for members in grids.values():
        rated = [questions[name] for name in members if questions[name].type == "ordinal"]
        rows = [row for row in rated if row.responses == rated[0].responses]
        if GRID_ROWS[0] <= len(rows) <= GRID_ROWS[1] and len(rows[0].codes) <= MOST_LEVELS:
            shown = [row for row in rows if drawable.has(row)]
            if len(shown) >= GRID_ROWS[0]:
                headline = cut(_stem(shown), HEADLINE)
                yield {"form": "stacked", "headline": headline, "questions": [row.id for row in shown]}


def _stem(rows: Sequence[Question]) -> str:
    """The wording that the rows of a grid share."""
    text = rows[0].text
    tail = f"[{rows[0].label}]"
    return text.removesuffix(tail).strip() or text if rows[0].label else text


def _lanes(drawable: _Drawable) -> Iterator[dict[str, Any]]:
    """A multi or ordinal question by a short single question whose groups are large enough."""
    for by in drawable.of("single"):
        groups = drawable.groups(by) if len(by.codes) <= MOST_GROUPS else None
        if groups is None:
            continue
        for question in islice(drawable.of("ordinal", "multi"), TRIED):
            if drawable.has_each(groups, question):
                headline = cut(question.name, HEADLINE)
                yield {"form": "lanes", "headline": headline, "question": question.id, "by": by.id}
