"""The measures by which a study compares its segments: those of its figures, or every answer it has."""

from __future__ import annotations

from collections.abc import Iterable

from cxsurvey.analysis.partition import SEGMENT
from cxsurvey.study.codebook import Figure, Measure
from cxsurvey.study.study import Study

COMPARING_FORMS = frozenset({"lanes", "dumbbell", "stacked"})
Wanted = str | Measure


def headline_measures(study: Study, *, defining: Iterable[str] = ()) -> tuple[Wanted, ...]:
    """List what a study shows of its segments.

    Parameters
    ----------
    study : Study
    defining : iterable of str
        Questions and scales that make the segments; they are left out where no figure compares the segments.

    Returns
    -------
    tuple of str or Measure
        The rows of every figure that compares the segments, each once. Without such a figure: every response
        of every question that is not ``defining``, and every score.

    Examples
    --------
    >>> import cxsurvey as cx
    >>> [row.label for row in headline_measures(cx.read_study("sfo2018"))][:2]
    ['Encountered a problem', 'Security was easy']
    """
    compared = [figure for figure in study.file.figure if figure.by == SEGMENT]
    shown: dict[tuple[str | None, ...], Wanted] = {}
    for row in (row for item in compared if item.form in COMPARING_FORMS for row in _rows(study, item)):
        shown.setdefault(_key(row), row)
    if shown:
        return tuple(shown.values())
    left_out = set(defining)
    questions = [name for name, item in study.questions.items() if item.type != "text" and name not in left_out]
    scales = [
        name
        for name, scale in study.scales.items()
        if name not in left_out and left_out.isdisjoint(scale.items)
    ]
    return tuple(row for name in (*questions, *scales) for row in _answers(study, name))


def _key(row: Wanted) -> tuple[str | None, ...]:
    """What tells one measure from another; labels do not."""
    return (row,) if isinstance(row, str) else (row.question, row.response, row.net, row.statistic)


def _rows(study: Study, figure: Figure) -> list[Wanted]:
    """The measures that a figure draws."""
    if figure.rows:
        return list(figure.rows)
    names = [figure.question] if figure.question else list(figure.questions)
    if figure.response or figure.net or figure.statistic != "share":
        one = {"response": figure.response, "net": figure.net, "statistic": figure.statistic}
        return [Measure(question=name, **one) for name in names]
    return [row for name in names for row in _answers(study, name)]


def _answers(study: Study, name: str) -> list[Wanted]:
    """Every response that the report names; numbers, scores and recommendations have one measure."""
    question = study.questions.get(name)
    if question is None or question.type == "number" or question.nps:
        return [name]
    return [Measure(question=name, response=item.code) for item in question.responses if not item.invented]
