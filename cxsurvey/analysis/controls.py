"""What a gap is controlled for: profile questions, groups, scales and segments as predictors of a model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from cxsurvey.analysis.partition import SEGMENT, Partition, known_partitions, partition
from cxsurvey.analysis.scoring import score_values
from cxsurvey.analysis.segmentation import Segmentation
from cxsurvey.errors import DataFault, RequestError, did_you_mean
from cxsurvey.numerics.models.model_fits import dependent_columns
from cxsurvey.numerics.models.predictors import CONSTANT, Factor, Number, Predictor, Predictors, predictors
from cxsurvey.study.answers import BoolArray, FloatArray, IntArray
from cxsurvey.study.study import Study

ControlMissing = Literal["exclude", "level"]
GROUPS = "by"  # the term of the groups in a model; those of controls have a colon
NO_ANSWER = "no answer"


@dataclass(frozen=True, slots=True, eq=False)
class Control:
    """One control.

    Attributes
    ----------
    id, label : str
    questions : frozenset of str
        The questions that it is made of.
    known : ndarray of bool, shape (n,)
        Who answered it.
    codes : ndarray of int, shape (n,), or None
        Of a control with groups; -1 where it is not known.
    levels : tuple of str
        Their names; empty for a number.
    values : ndarray of float, shape (n,), or None
        Of a control that is a number; NaN where it is not known.
    """

    id: str
    label: str
    questions: frozenset[str]
    known: BoolArray
    codes: IntArray | None = None
    levels: tuple[str, ...] = ()
    values: FloatArray | None = None

    @property
    def answers(self) -> IntArray | FloatArray:
        """Codes or values: (n,)."""
        if self.codes is not None:
            return self.codes
        return self.values if self.values is not None else np.zeros(len(self.known))

    def predictors(self, order: IntArray, missing: ControlMissing) -> list[Predictor]:
        """Give the control as predictors of respondents in an order.

        No answer is a level of its own under ``level``: of a number, 0 beside a term for those without one,
        which takes up whatever number stands there.
        """
        name, unknown = f"{self.id}:", ~self.known[order]
        as_level = missing == "level" and bool(unknown.any())
        if self.codes is not None:
            codes = self.codes[order]
            if not as_level:
                return [Factor(name, codes, self.levels)]
            return [Factor(name, np.where(unknown, len(self.levels), codes), (*self.levels, NO_ANSWER))]
        values = np.asarray(self.answers, dtype=np.float64)[order]
        if not as_level:
            return [Number(name, values)]
        answered = Factor(f"{self.id}: {NO_ANSWER}", unknown.astype(np.intp), ("answered", NO_ANSWER))
        return [Number(name, np.where(unknown, 0.0, values)), answered]


def gather_controls(
    study: Study, wanted: Sequence[str | Segmentation], groups: Partition
) -> tuple[Control, ...]:
    """Prepare controls, and refuse those that make the groups.

    Parameters
    ----------
    study : Study
    wanted : sequence of str or Segmentation
        Ids of single and ordinal questions, numbers, scales and groups; ``"segment"`` or a segmentation.
    groups : Partition
        Whose gaps are controlled.

    Returns
    -------
    tuple of Control

    Raises
    ------
    RequestError
        ``unknown-control``, ``control-type``, ``control-makes-groups``; ``bad-option`` for none, or one twice.
    """
    found = tuple(_control(study, item) for item in wanted)
    names = [control.id for control in found]
    if not names or len(set(names)) < len(names):
        raise RequestError.bad_option(
            "adjust_for", ", ".join(names) or "nothing", "questions, each of them once"
        )
    for control in found:
        if control.id == groups.id or control.questions & groups.questions:
            raise RequestError.control_makes_groups(control.id, groups.id)
    return found


def _control(study: Study, wanted: str | Segmentation) -> Control:
    if not isinstance(wanted, str):
        return _parted(partition(study, wanted))
    if wanted in study.scales:
        scale = study.scales[wanted]
        return _number(wanted, scale.label, frozenset(scale.items), score_values(study, scale))
    question = study.questions.get(wanted)
    if wanted == SEGMENT or wanted in study.groups:
        return _parted(partition(study, wanted))
    if question is None:
        known = [*known_partitions(study), *study.scales, *study.questions]
        raise RequestError.unknown_control(wanted, did_you_mean(wanted, list(dict.fromkeys(known))))
    if question.type in {"single", "ordinal"}:
        return _parted(partition(study, wanted))
    values = study.answers(wanted).value
    if question.type != "number" or values is None:
        raise RequestError.control_type(wanted, question.type)
    return _number(wanted, question.name, frozenset({wanted}), values)


def _parted(made: Partition) -> Control:
    return Control(made.id, made.label, made.questions, made.index >= 0, codes=made.index, levels=made.names)


def _number(name: str, label: str, questions: frozenset[str], values: FloatArray) -> Control:
    return Control(name, label, questions, ~np.isnan(values), values=values)


def complete(controls: Sequence[Control], missing: ControlMissing) -> BoolArray:
    """Mark who can be in a model: everybody who answered all the controls, or everybody; shape (n,)."""
    known = np.logical_and.reduce([control.known for control in controls])
    return known if missing == "exclude" else np.ones_like(known)


def model_matrix(
    controls: Sequence[Control],
    groups: Partition,
    base: BoolArray,
    weights: FloatArray,
    order: IntArray,
    missing: ControlMissing,
    *,
    baseline: int = 0,
) -> Predictors | None:
    """Put controls and groups side by side, without what repeats the controls before it.

    Parameters
    ----------
    controls : sequence of Control
    groups : Partition
        The last term of the matrix, :data:`GROUPS`; its levels are their positions, as text.
    base : ndarray of bool, shape (n,)
    weights : ndarray of float, shape (n,)
    order : ndarray of int, shape (n,)
        That of the rows of the matrix.
    missing : {"exclude", "level"}
    baseline : int
        The group that the others are compared with.

    Returns
    -------
    Predictors or None
        With a constant; None where the controls tell the groups apart, so that no gap is left beside them.
    """
    given = [part for control in controls for part in control.predictors(order, missing)]
    inside = base[order] & (groups.index[order] >= 0)
    positions = [str(i) for i in range(len(groups.names))]
    made = predictors([*given, Factor(GROUPS, groups.index[order], positions, baseline)], domain=inside)
    repeated = dependent_columns(made.kinds, made.totals(weights[order]))
    group = set(made.term(GROUPS).columns.tolist())
    return None if group & set(repeated) else made.without_columns(repeated)


def without_constant(made: Predictors) -> Predictors:
    """Leave the constant out, as a model with thresholds wants it."""
    return made.without(CONSTANT)


def refuse_hopeless(
    controls: Sequence[Control], groups: Partition, weights: FloatArray, missing: ControlMissing
) -> None:
    """Refuse controls that leave nothing to compare in the whole sample.

    Raises
    ------
    DataFault
        ``controls-unanswered`` when fewer than two groups have members who answered them all,
        ``control-collinear`` when they tell the groups apart.
    """
    inside = complete(controls, missing) & (groups.index >= 0) & (weights > 0)
    names = [control.id for control in controls]
    if len(np.unique(groups.index[inside])) < 2:  # noqa: PLR2004 - a gap has two sides
        raise DataFault.controls_unanswered(names, groups.id)
    if model_matrix(controls, groups, inside, weights, np.arange(len(weights)), missing) is None:
        raise DataFault.control_collinear(names, groups.id)


def missing_counts(controls: Sequence[Control], groups: Partition, weights: FloatArray) -> dict[str, int]:
    """Count the members of any group who did not answer each control, of those with a weight."""
    inside = (groups.index >= 0) & (weights > 0)
    return {control.id: int((inside & ~control.known).sum()) for control in controls}
