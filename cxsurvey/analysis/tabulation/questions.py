"""The rows of a table: responses, nets, boxes, means, medians and net promoter scores of one question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from cxsurvey.analysis.measures import Target, Variable, chosen, variable
from cxsurvey.analysis.partition import SEGMENT
from cxsurvey.analysis.scoring import question_bounds, score_bounds
from cxsurvey.analysis.tabulation.records import RowKind, TableRow
from cxsurvey.analysis.tabulation.settings import BookSettings
from cxsurvey.errors import RequestError
from cxsurvey.study.answers import ANSWERED, REASONS, BoolArray, FloatArray, IntArray
from cxsurvey.study.codebook import Question
from cxsurvey.study.study import Study

POINTS_PER_BOX: Final = 2  # a scale must have this many points for each of its two boxes
NO_SCORE: Final = "no_score"
UNCLASSIFIED: Final = "unclassified"
MEAN_DECIMALS, SHARE_DECIMALS = 2, 0
NPS_PARTS: Final = (
    ("detractors", "Detractors (0-6)"),
    ("passives", "Passives (7-8)"),
    ("promoters", "Promoters (9-10)"),
)


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """One question, ready to be tabulated.

    Attributes
    ----------
    question, text, label, type, base, instruction : str
    parts : tuple of Variable
        Estimated together: their targets, one after the other, are the first rows of the table.
    rows : tuple of TableRow
        Those of the parts, and the median last where it is asked for.
    median : Variable or None
    reasons : ndarray of int, shape (n,)
        Why a respondent has no answer: index into ``reason_names``, 0 for an answer.
    reason_names : tuple of str
    questions : frozenset of str
        Whose answers make the rows; columns made of the same answers are not tested.
    """

    question: str
    text: str
    label: str
    type: str
    base: str
    instruction: str
    parts: tuple[Variable, ...]
    rows: tuple[TableRow, ...]
    median: Variable | None
    reasons: IntArray
    reason_names: tuple[str, ...]
    questions: frozenset[str]


def sources_of(study: Study, names: Sequence[str] | None, settings: BookSettings) -> tuple[Source, ...]:
    """Prepare the questions of a book, in the order asked or of the questionnaire.

    Parameters
    ----------
    study : Study
    names : sequence of str or None
        Ids of questions, scales or ``segment``; None for all that are not free text.
    settings : BookSettings

    Returns
    -------
    tuple of Source

    Raises
    ------
    RequestError
        ``unknown-question``, ``statistic-not-defined`` for free text, ``nothing-to-tabulate``.

    Examples
    --------
    >>> import cxsurvey as cx
    >>> source = sources_of(cx.read_study("sfo2018"), ["nps"], BookSettings())[0]
    >>> [row.id for row in source.rows][-5:]
    ['promoters', 'passives', 'detractors', 'nps', 'mean']
    """
    if names is None:
        names = [name for name, question in study.questions.items() if question.type != "text"]
        names = [*names, *study.scales]
    if not names:
        raise RequestError.nothing_to_tabulate()
    return tuple(_source(study, name, settings) for name in names)


def _source(study: Study, name: str, settings: BookSettings) -> Source:
    if name == SEGMENT:
        return _of_segments(study)
    if name in study.scales:
        return _of_scale(study, name, settings)
    plain = variable(study, name)  # refuses what is unknown, and free text
    question, answers = study.question(name), study.answers(name)
    parts, rows = _parts(study, question, plain, settings)
    median = _median(study, question, settings)
    return Source(
        question=name,
        text=question.text,
        label=question.name,
        type=question.type,
        base=question.base.label if question.base else "",
        instruction=question.instruction,
        parts=parts,
        rows=rows + ((_row(median.targets[0], "median", _bounds(question)),) if median else ()),
        median=median,
        reasons=answers.reason,
        reason_names=REASONS,
        questions=frozenset({name}),
    )


def _of_segments(study: Study) -> Source:
    found = variable(study, SEGMENT)
    return Source(
        SEGMENT, found.label, found.label, SEGMENT, "", "", (found,),
        tuple(_row(target, "response") for target in found.targets), None,
        np.where(found.base, ANSWERED, 1), ("answered", UNCLASSIFIED), _of_rule(study),
    )  # fmt: skip


def _of_rule(study: Study) -> frozenset[str]:
    from cxsurvey.analysis.segmentation import segment  # noqa: PLC0415 - needed for segments only

    return segment(study).partition.questions | {SEGMENT}


def _of_scale(study: Study, name: str, settings: BookSettings) -> Source:
    scale = study.scales[name]
    found = variable(study, name, "mean")
    bounds = score_bounds(study, scale)
    median = variable(study, name, "median") if "median" in settings.statistics else None
    rows = [_row(found.targets[0], "mean", bounds)]
    rows += [_row(median.targets[0], "median", bounds)] if median else []
    return Source(
        name, scale.label, scale.label, "scale", "", "", (found,), tuple(rows), median,
        np.where(found.base, ANSWERED, 1), ("answered", NO_SCORE), frozenset({name, *scale.items}),
    )  # fmt: skip


def _parts(
    study: Study, question: Question, plain: Variable, settings: BookSettings
) -> tuple[tuple[Variable, ...], tuple[TableRow, ...]]:
    """The variables of a question and their rows; a number has its mean, and its promoters when it has them."""
    if question.type == "number":
        parts = [_promoters(study, question)] if question.nps else []
        if "mean" in settings.statistics or not parts:
            parts.append(variable(study, question.id, "mean"))
    elif question.type == "multi":
        parts = [chosen(study, question.id)]
    else:
        parts = [_coded(study, question, plain, settings)]
    targets = [target for part in parts for target in part.targets]
    return tuple(parts), tuple(_row(target, _kind(target, question), _bounds(question)) for target in targets)


def _kind(target: Target, question: Question) -> RowKind:
    if target.statistic != "share":
        return target.statistic
    if target.response in question.codes:
        return "response"
    if question.type == "number" or question.net(target.response) is not None:
        return "net"
    return "top_box" if target.response.startswith("top") else "bottom_box"


def _row(target: Target, kind: RowKind, bounds: tuple[float, float] | None = None) -> TableRow:
    numeric = target.statistic in {"mean", "median"}
    return TableRow(
        target.response, target.label, kind, target.statistic,
        bounds if numeric else None, MEAN_DECIMALS if numeric else SHARE_DECIMALS,
    )  # fmt: skip


def _bounds(question: Question) -> tuple[float, float] | None:
    return question_bounds(question) if question.type in {"ordinal", "number"} else None


def _median(study: Study, question: Question, settings: BookSettings) -> Variable | None:
    """The median of a number or of an ordered question with values."""
    if "median" not in settings.statistics or question.type not in {"ordinal", "number"}:
        return None
    found = variable(study, question.id, "median")
    return found if found.base.any() else None


def _promoters(study: Study, question: Question) -> Variable:
    """Detractors, passives and promoters of a likelihood to recommend, and their score."""
    found = variable(study, question.id, "nps")
    everyone = np.ones(len(NPS_PARTS))
    shares = tuple(
        Target(name, label, "share", np.eye(len(NPS_PARTS))[i], everyone)
        for i, (name, label) in enumerate(NPS_PARTS)
    )
    return Variable(found.id, found.label, found.base, (*shares, *found.targets), code=found.code)


def _coded(study: Study, question: Question, plain: Variable, settings: BookSettings) -> Variable:
    """Shares, nets, boxes, net promoter score and mean of disjoint responses: all are sums over cells."""
    shares = chosen(study, question.id, "share")
    code = shares.code if shares.code is not None else np.full(study.n, -1)
    values = np.array(question.values)
    scored = ~np.isnan(values)
    targets = [*shares.targets]
    known = not any(item.invented for item in question.responses)  # no mean of points that no report names
    if question.type == "ordinal" and scored.any() and known:
        nps = question.nps and plain.targets[0].statistic == "nps"
        targets += [] if question.nets or nps else _boxes(question, values, scored, settings.top_box)
        targets += [_nps(values, scored)] if nps else []
        targets += [_mean(values, scored)] if "mean" in settings.statistics else []
    if "share" not in settings.statistics and any(target.statistic != "share" for target in targets):
        targets = [target for target in targets if target.statistic != "share"]
    return Variable(question.id, question.name, shares.base, tuple(targets), code=code)


def _mean(values: FloatArray, scored: BoolArray) -> Target:
    return Target("mean", "Mean", "mean", np.where(scored, values, 0.0), scored.astype(np.float64))


def _nps(values: FloatArray, scored: BoolArray) -> Target:
    points = 100.0 * ((values >= 9).astype(np.float64) - (values <= 6))  # noqa: PLR2004 - promoters, detractors
    return Target("nps", "Net promoter score", "nps", np.where(scored, points, 0.0), scored.astype(np.float64))


def _boxes(question: Question, values: FloatArray, scored: BoolArray, points: int) -> list[Target]:
    """The highest and the lowest points of a scale, as nets of all answers."""
    known = np.unique(values[scored])
    if points == 0 or len(known) < POINTS_PER_BOX * points:
        return []
    ends = {"top": known[-points:], "bottom": known[:points]}
    return [_box(question, values, stem, inside, points) for stem, inside in ends.items()]


def _box(question: Question, values: FloatArray, stem: str, inside: FloatArray, points: int) -> Target:
    member = np.isin(values, inside)
    names = [item.label for item, is_in in zip(question.responses, member, strict=True) if is_in]
    name = f"{stem}{points}"
    while name in question.codes:
        name += "_box"
    label = f"{stem.capitalize()} {points}: {', '.join(names)}"
    return Target(name, label, "share", member.astype(np.float64), np.ones(len(values)))
