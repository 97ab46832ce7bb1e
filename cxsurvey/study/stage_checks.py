"""Checks of the stages of sampling after the first: units, strata and population sizes within each cluster."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from cxsurvey.study import roles
from cxsurvey.study.answers import BoolArray, FloatArray, IntArray
from cxsurvey.study.findings import finding, first_row, people
from cxsurvey.study.issues import Issue
from cxsurvey.study.study import Study


@dataclass(frozen=True, slots=True, eq=False)
class _Stage:
    """One stage after the first: ``within (n,)`` numbers its strata and ``unit (n,)`` its units from 0."""

    number: int
    column: str
    within: IntArray
    unit: IntArray
    sizes: FloatArray | None

    @property
    def drawn(self) -> IntArray:
        """Units drawn in each stratum; shape (strata,)."""
        first = np.unique(self.unit, return_index=True)[1]
        return np.bincount(self.within[first], minlength=int(self.within.max()) + 1)


def check_later_stages(study: Study) -> Iterator[Issue]:
    """Whether every stage after the first has its units, two to a stratum, and populations that hold them."""
    design, columns = study.file.design, study.raw.frame.columns
    needed = [column for _, column in design.sampling_columns()]
    if design.stages == 1 or study.n == 0 or not set(needed) <= set(columns):
        return
    above = roles.labels(study, design.cluster[0]).index
    for number in range(1, design.stages):
        blank = list(_blank(study, number))
        yield from blank
        if blank or (above < 0).any():
            return
        stage = _stage(study, number, above)
        yield from _repeated(study, stage, above)
        if len(design.fpc) < number:
            yield _without_effect(number, stage.column)
        else:
            yield from _lonely(study, stage)
            yield from _populations(study, stage)
        above = stage.unit


def _blank(study: Study, number: int) -> Iterator[Issue]:
    design = study.file.design
    for role, column in (("stratum", design.at("stratum", number)), ("cluster", design.at("cluster", number))):
        if column is None:
            continue
        blank = roles.labels(study, column).blank
        if blank.any():
            message = f"{people(int(blank.sum()), 'have')} no {role} of stage {number + 1}."
            row = first_row(study, blank)
            yield finding(f"{role}-missing", "error", column, message, row=row, expected=f"a {role}")


def _stage(study: Study, number: int, above: IntArray) -> _Stage:
    design = study.file.design
    stratum, column = design.at("stratum", number), design.cluster[number]
    within = above if stratum is None else _crossed(above, roles.labels(study, stratum).index)
    within = _numbered(within)
    unit = _crossed(within, roles.labels(study, column).index)
    sizes = design.at("fpc", number)
    return _Stage(number + 1, column, within, unit, roles.numbers(study, sizes) if sizes else None)


def _crossed(left: IntArray, right: IntArray) -> IntArray:
    """Number the pairs of two labels; shape (n,)."""
    return _numbered(left * (int(right.max()) + 1) + right)


def _numbered(labels: IntArray) -> IntArray:
    codes: IntArray = np.unique(labels, return_inverse=True)[1].ravel()
    return codes


def _repeated(study: Study, stage: _Stage, above: IntArray) -> Iterator[Issue]:
    label = roles.labels(study, stage.column)
    clusters = np.unique(np.stack([label.index, above]), axis=1)
    several = np.flatnonzero(np.bincount(clusters[0]) > 1)
    if len(several):
        ids = "1 id occurs" if len(several) == 1 else f"{len(several):,} ids occur"
        message = (
            f"{ids} in several clusters of stage {stage.number - 1}; units of stage {stage.number} are "
            "told apart by the cluster that they lie in."
        )
        value = label.names[several[0]]
        row = study.raw.first_row + int(label.first()[several[0]])
        yield finding("cluster-id-repeats", "note", stage.column, message, row=row, value=value)


def _without_effect(number: int, column: str) -> Issue:
    message = (
        f"Stage {number + 1} adds nothing to the variances: without an fpc the clusters above it count as "
        "drawn with replacement."
    )
    return finding("stage-without-effect", "note", column, message, expected=f"an fpc for stage {number}")


def _lonely(study: Study, stage: _Stage) -> Iterator[Issue]:
    lonely = (stage.drawn == 1)[stage.within]
    if stage.sizes is not None:
        lonely &= stage.sizes != 1  # a population of one unit, or a fraction of 1: no variance
    if not lonely.any():
        return
    count, rule = len(np.unique(stage.within[lonely])), study.file.design.lonely_cluster
    outcome = "no variance can be estimated from it" if rule == "error" else f"the rule is '{rule}'"
    message = (
        f"At stage {stage.number} {count:,} of {len(stage.drawn):,} clusters or strata "
        f"{'has' if count == 1 else 'have'} one sampling unit; {outcome}."
    )
    yield finding(
        "lonely-cluster",
        "error" if rule == "error" else "note",
        stage.column,
        message,
        row=first_row(study, lonely),
        expected="two or more units, an fpc of 1, or another lonely_cluster rule",
    )


def _populations(study: Study, stage: _Stage) -> Iterator[Issue]:
    column = study.file.design.at("fpc", stage.number - 1)
    sizes = stage.sizes
    if column is None or sizes is None:
        return
    for code, wrong, words, expected in _wrong_sizes(stage, sizes):
        if wrong.any():
            row = first_row(study, wrong)
            message = f"{people(int(wrong.sum()), 'have')} {words} at stage {stage.number}."
            value = f"{sizes[np.argmax(wrong)]:g}"
            yield finding(code, "error", column, message, row=row, value=value, expected=expected)
            return


def _wrong_sizes(stage: _Stage, sizes: FloatArray) -> Iterator[tuple[str, BoolArray, str, str]]:
    """Each way in which sizes can be wrong: code, who has it, in words, and what is expected."""
    unread: BoolArray = ~(sizes >= 0)
    yield "population-missing", unread, "no population size", "the units of the cluster, or the fraction drawn"
    one = np.zeros(len(stage.drawn))
    one[stage.within] = sizes
    differs: BoolArray = one[stage.within] != sizes
    yield "population-differs", differs, "another population size than their cluster", "one for each cluster"
    small: BoolArray = (sizes < stage.drawn[stage.within]) & bool(np.nanmax(sizes) > 1)
    words = "a population size below the units drawn"
    yield "population-too-small", small, words, "as many units as were drawn, or more"
