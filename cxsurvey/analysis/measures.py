"""What can be estimated of a question: its responses, nets, mean, median and net promoter score."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, get_args

import numpy as np

from cxsurvey.analysis.partition import SEGMENT
from cxsurvey.analysis.scoring import question_bounds, score_bounds, score_values
from cxsurvey.errors import RequestError, did_you_mean
from cxsurvey.study.answers import BoolArray, FloatArray, IntArray
from cxsurvey.study.codebook import Measure, Question, Statistic
from cxsurvey.study.study import Study

LOWEST, HIGHEST = 0, 10
PROMOTER_FROM: Final = 9
DETRACTOR_TO: Final = 6
NPS_SCALE: Final = 100.0
NUMBERED: Final = "an ordinal or number question, or a scale"


@dataclass(frozen=True, slots=True, eq=False)
class Target:
    """One quantity: a ratio of linear combinations of the variable's basis.

    Attributes
    ----------
    response : str
        Response code, net id, or ``mean``, ``median``, ``nps``.
    label : str
    statistic : {"share", "mean", "median", "nps"}
    numerator, denominator : ndarray, shape (C,)
    """

    response: str
    label: str
    statistic: Statistic
    numerator: FloatArray
    denominator: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Variable:
    """The answers to one question or the scores of one scale, ready to be totalled.

    Attributes
    ----------
    id, label : str
    base : ndarray of bool, shape (n,)
        Who the shares and means are of.
    targets : tuple of Target
    code : ndarray of int, shape (n,), or None
        Disjoint responses: the basis is one cell for each, C of them.
    columns : ndarray of float, shape (n, C), or None
        Overlapping responses or a number: the basis are these columns, the last one the base.
    value : ndarray of float, shape (n,), or None
        The number of each answer, whose mean or median is estimated; for a net promoter score -100, 0 or 100.
    bounds : tuple of float, or None
        The lowest and highest value that the mean or median can take, where that is known.
    narrower : bool
        Whether the base leaves out people who answered: those whose answer is not scored.
    """

    id: str
    label: str
    base: BoolArray
    targets: tuple[Target, ...]
    code: IntArray | None = None
    columns: FloatArray | None = None
    value: FloatArray | None = None
    bounds: tuple[float, float] | None = None
    narrower: bool = False

    @property
    def n_cells(self) -> int:
        """Size of the basis, C."""
        return len(self.targets[0].numerator)


def variable(study: Study, name: str, statistic: Statistic | None = None) -> Variable:
    """Prepare a question or scale for estimation.

    Parameters
    ----------
    study : Study
    name : str
        Id of a question or scale.
    statistic : {"share", "mean", "median", "nps"}, optional
        What to estimate. By default shares of all responses and nets for coded questions (the net promoter
        score for a question declared ``nps``), the mean for numbers and scores.

    Returns
    -------
    Variable

    Raises
    ------
    RequestError
        ``unknown-question``, or ``statistic-not-defined`` for this type of question.
    """
    if statistic not in {None, *get_args(Statistic)}:
        raise RequestError.statistic_needs(str(statistic), name, f"one of {', '.join(get_args(Statistic))}")
    found = _prepared(study, name, statistic)
    if found.targets[0].statistic not in {"mean", "median"}:
        return found
    scale = study.scales.get(name)
    bounds = score_bounds(study, scale) if scale else question_bounds(study.question(name))
    return replace(found, bounds=bounds)


def _prepared(study: Study, name: str, statistic: Statistic | None) -> Variable:
    if name == SEGMENT:
        if statistic not in {None, "share"}:
            raise RequestError.statistic_needs(str(statistic), name, NUMBERED)
        return _segments(study)
    if name in study.scales:
        scale = study.scales[name]
        return _numeric(name, scale.label, score_values(study, scale), statistic or "mean")
    if name not in study.questions:
        known = did_you_mean(name, [*study.questions, *study.scales])
        raise RequestError.unknown_question(name, known)
    question = study.question(name)
    if question.type == "text":
        raise RequestError.statistic_needs(statistic or "share", name, "a question that is not free text")
    answers = study.answers(name)
    if answers.chosen is not None:
        return _multi(question, answers.answered, answers.chosen, statistic or "share")
    if question.type == "number" and not question.nps:
        return _numeric(name, question.name, _numbers(answers.value), statistic or "mean")
    if question.type == "number":
        return _promoters(question, _numbers(answers.value), statistic or "nps")
    code = answers.code if answers.code is not None else np.full(study.n, -1)
    return _coded(question, code, answers.value, statistic or ("nps" if question.nps else "share"))


def _segments(study: Study) -> Variable:
    from cxsurvey.analysis.segment_shares import segment_variable  # noqa: PLC0415 - which estimates variables
    from cxsurvey.analysis.segmentation import segment  # noqa: PLC0415 - needed for segments only

    return segment_variable(segment(study))


def _numbers(value: FloatArray | None) -> FloatArray:
    return value if value is not None else np.zeros(0)


def _coded(question: Question, code: IntArray, value: FloatArray | None, statistic: Statistic) -> Variable:
    if statistic == "share":
        targets = _shares(question)
        return Variable(question.id, question.name, code >= 0, targets, code=code, value=value)
    if question.type != "ordinal" or value is None:
        raise RequestError.statistic_needs(statistic, question.id, NUMBERED)
    if statistic == "nps":
        _require_nps(question)
    made = _promoters if statistic == "nps" else _scored
    return replace(made(question, value, statistic), narrower=bool(((code >= 0) & np.isnan(value)).any()))


def _scored(question: Question, value: FloatArray, statistic: Statistic) -> Variable:
    return _numeric(question.id, question.name, value, statistic)


def cell_shares(named: Sequence[tuple[str, str]]) -> tuple[Target, ...]:
    """The share of each disjoint cell, in all cells together; ``named`` gives its response and its label."""
    size = len(named)
    everyone = np.ones(size)
    return tuple(
        Target(name, label, "share", _indicator([i], size), everyone) for i, (name, label) in enumerate(named)
    )


def _shares(question: Question) -> tuple[Target, ...]:
    singles = cell_shares([(item.code, item.label) for item in question.responses])
    size, position = len(question.codes), {code: i for i, code in enumerate(question.codes)}
    nets = [
        Target(
            net.id,
            net.label,
            "share",
            _indicator([position[code] for code in net.responses], size),
            np.ones(size),
        )
        for net in question.nets
    ]
    return (*singles, *nets)


def _indicator(positions: list[int], size: int) -> FloatArray:
    row = np.zeros(size)
    row[positions] = 1.0
    return row


def _multi(question: Question, answered: BoolArray, chosen: BoolArray, statistic: Statistic) -> Variable:
    if statistic != "share":
        raise RequestError.statistic_needs(statistic, question.id, NUMBERED)
    position = {code: i for i, code in enumerate(question.codes)}
    nets = [chosen[:, [position[c] for c in net.responses]].any(axis=1) for net in question.nets]
    columns = np.column_stack([chosen, *nets, np.ones(len(chosen))]).astype(np.float64)
    size = columns.shape[1]
    named = [(item.code, item.label) for item in question.responses]
    named += [(net.id, net.label) for net in question.nets]
    base = _indicator([size - 1], size)
    targets = tuple(
        Target(code, label, "share", _indicator([i], size), base) for i, (code, label) in enumerate(named)
    )
    return Variable(question.id, question.name, answered, targets, columns=columns)


def _numeric(name: str, label: str, value: FloatArray, statistic: Statistic) -> Variable:
    if statistic not in {"mean", "median"}:
        raise RequestError.statistic_needs(statistic, name, "a question with responses")
    known = ~np.isnan(value)
    columns = np.column_stack([np.where(known, value, 0.0), np.ones(len(value))])
    target = Target(statistic, statistic.capitalize(), statistic, _indicator([0], 2), _indicator([1], 2))
    return Variable(name, label, known, (target,), columns=columns, value=value)


def _promoters(question: Question, value: FloatArray, statistic: Statistic) -> Variable:
    """Three cells: detractors (0-6), passives (7-8) and promoters (9-10)."""
    if statistic in {"mean", "median"}:
        return _numeric(question.id, question.name, value, statistic)
    _require_nps(question)
    known = ~np.isnan(value)
    code = np.where(known, np.digitize(value, [DETRACTOR_TO + 0.5, PROMOTER_FROM - 0.5]), -1)
    everyone = np.ones(3)
    points = NPS_SCALE * np.array([-1.0, 0.0, 1.0])
    target = Target("nps", "Net promoter score", "nps", points, everyone)
    worth = np.array([*points, np.nan])[code]
    return Variable(question.id, question.name, known, (target,), code=code.astype(np.int64), value=worth)


def _require_nps(question: Question) -> None:
    if not question.nps:
        raise RequestError.statistic_needs("nps", question.id, "a question declared nps = true")
    ends = question.bounds if question.type == "number" else question.values
    if not all(LOWEST <= end <= HIGHEST for end in ends if end is not None and not np.isnan(end)):
        raise RequestError.statistic_needs("nps", question.id, "a rating from 0 to 10")


def chosen(study: Study, wanted: str | Measure, statistic: Statistic | None = None) -> Variable:
    """Prepare a whole question, or the one quantity of it that a measure names.

    Parameters
    ----------
    study : Study
    wanted : str or Measure
        Id of a question or scale, or a measure with its response, net or statistic.
    statistic : {"share", "mean", "median", "nps"}, optional
        As in :func:`variable`; a measure brings its own.

    Returns
    -------
    Variable
        With the measure's target alone, under the measure's label. Of a whole question, without the responses
        that only synthetic respondents give (``invented``), unless it has no other.

    Raises
    ------
    RequestError
        ``unknown-question``, ``unknown-response`` or ``statistic-not-defined``.
    """
    if isinstance(wanted, str):
        return _reported(study, variable(study, wanted, statistic))
    one = wanted.response or wanted.net
    plain = wanted.statistic == "share" and not one
    found = variable(study, wanted.question, None if plain else wanted.statistic)
    if plain and len(found.targets) > 1:
        raise RequestError.measure_is_several(wanted.question, [target.response for target in found.targets])
    target = found.targets[pick(found, wanted.response, wanted.net)[0]]
    return replace(found, targets=(replace(target, label=wanted.label or target.label),))


def _reported(study: Study, found: Variable) -> Variable:
    """Leave out responses that no report names."""
    question = study.questions.get(found.id)
    invented = {item.code for item in question.responses if item.invented} if question else set()
    kept = tuple(target for target in found.targets if target.response not in invented)
    return replace(found, targets=kept) if kept and len(kept) < len(found.targets) else found


def pick(found: Variable, response: str | None, net: str | None) -> tuple[int, ...]:
    """Find the positions of a named response or net among the targets; all of them when neither is named.

    Raises
    ------
    RequestError
        ``unknown-response``.
    """
    wanted = response or net
    if wanted is None:
        return tuple(range(len(found.targets)))
    names = [target.response for target in found.targets]
    if wanted not in names:
        raise RequestError.unknown_response(found.id, wanted, did_you_mean(wanted, names))
    return (names.index(wanted),)
