"""Controlled gaps of a whole table: which controls, which rows, and what is said of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from cxsurvey.analysis.adjusted_gaps import CONTROL, Request, controlled_columns, controlled_gaps
from cxsurvey.analysis.controls import (
    ControlMissing,
    complete,
    gather_controls,
    missing_counts,
    refuse_hopeless,
)
from cxsurvey.analysis.design import StudyDesign
from cxsurvey.analysis.estimation import with_level
from cxsurvey.analysis.gap_families import Family, adjusted_p
from cxsurvey.analysis.measures import Variable
from cxsurvey.analysis.partition import SEGMENT, Partition, one_against_rest
from cxsurvey.analysis.results import Controls, Gaps
from cxsurvey.analysis.segmentation import Segmentation, segment
from cxsurvey.errors import RequestError
from cxsurvey.study.codebook import Adjustment
from cxsurvey.study.study import Study

MISSING = ("exclude", "level")
CLOSE_NOTE = (
    "controlled_raw_gap is left out where fewer than {} respondents without an answer to a control would alone "
    "set it apart from the raw gap."
)


def control_request(
    study: Study,
    groups: Partition,
    design: StudyDesign,
    wanted: str | Segmentation | Sequence[str | Segmentation],
    *,
    missing: ControlMissing,
    proportional_odds: bool,
) -> Request:
    """Prepare the controls of a table, and refuse those that leave nothing to compare.

    Parameters
    ----------
    study : Study
    groups : Partition
    design : SampleDesign, Multistage or Replicated
    wanted : str, Segmentation, or a sequence of them
    missing : {"exclude", "level"}
    proportional_odds : bool

    Returns
    -------
    Request

    Raises
    ------
    RequestError
        As :func:`.controls.gather_controls`; ``bad-option`` for ``missing``.
    DataFault
        ``controls-unanswered``, ``control-collinear``.
    """
    if missing not in MISSING:
        raise RequestError.bad_option("control_missing", missing, f"one of {', '.join(MISSING)}")
    named = [wanted] if isinstance(wanted, str) or not isinstance(wanted, Sequence) else wanted
    controls = gather_controls(study, named, groups)
    refuse_hopeless(controls, groups, design.weights, missing)
    return Request(controls, missing, proportional_odds)


def with_controlled(
    raw: Gaps,
    study: Study,
    design: StudyDesign,
    wanted: Sequence[Variable],
    groups: Partition,
    request: Request,
    *,
    reasons: Mapping[str, str],
    against_rest: bool,
    method: Adjustment,
    family: Family,
) -> Gaps:
    """Put the controlled gaps beside the raw ones.

    Parameters
    ----------
    raw : Gaps
    study : Study
    design : SampleDesign, Multistage or Replicated
    wanted : sequence of Variable
        Those of the table, in its order.
    groups : Partition
    request : Request
    reasons : mapping of str to str
        Variables that are not to be modelled, with their flag.
    against_rest : bool
    method : {"holm", "bh", "bonferroni", "none"}
    family : {"all", "question", "response"}

    Returns
    -------
    Gaps
        With :data:`.results.CONTROLLED_COLUMNS`, ``controls`` and what is to be said of them.
    """
    import pandas as pd  # noqa: PLC0415 - the table is made last

    partitions = [groups]
    if against_rest:
        partitions = [one_against_rest(groups, i) for i in range(len(groups.names))]
    controlled = frozenset[str]().union(*(control.questions for control in request.controls))
    settings, rows = with_level(study.file.settings, raw.level), []
    for found in wanted:
        reason = reasons.get(found.id, "") or (CONTROL if _sources(study, found.id) & controlled else "")
        ordered = _has_order(study, found)
        rows += controlled_gaps(design, found, partitions, request, settings, ordered=ordered, reason=reason)
    columns = controlled_columns(rows, raw.frame["flag"].tolist())
    frame = pd.concat([raw.frame, columns], axis=1)
    frame["controlled_p_adjusted"], sizes = adjusted_p(frame, method, family, column="controlled_p_value")
    models = tuple(row.model for row in rows)
    controls = replace(_about(request, groups, design), models=models, family_sizes=sizes)
    close = [CLOSE_NOTE.format(settings.suppress_below)] if any(row.close for row in rows) else []
    return replace(raw, frame=frame, controls=controls, notes=(*raw.notes, *_notes(controls), *close))


def _sources(study: Study, name: str) -> frozenset[str]:
    """The questions that a variable is made of."""
    if name == SEGMENT:
        return segment(study).partition.questions
    scale = study.scales.get(name)
    return frozenset(scale.items) if scale else frozenset({name})


def _has_order(study: Study, found: Variable) -> bool:
    question = study.questions.get(found.id)
    ordinal = question is not None and question.type == "ordinal"
    return ordinal or found.targets[0].statistic == "nps"


def _about(request: Request, groups: Partition, design: StudyDesign) -> Controls:
    members = (groups.index >= 0) & (design.weights > 0)
    answered = members & complete(request.controls, "exclude")
    return Controls(
        questions=tuple(control.id for control in request.controls),
        labels=tuple(control.label for control in request.controls),
        models=(),
        missing=request.missing,
        not_known=missing_counts(request.controls, groups, design.weights),
        complete=int(np.count_nonzero(answered)),
        members=int(np.count_nonzero(members)),
        family_sizes=(),
    )


def _notes(controls: Controls) -> tuple[str, ...]:
    """Say what the gaps were controlled for, and whom that leaves out."""
    models = sorted(set(controls.models) - {""})
    how = f" by average marginal effects ({', '.join(models)})" if models else ""
    notes = [f"Controlled for {', '.join(controls.questions)}{how}."]
    unknown = [f"{name} {count:,}" for name, count in controls.not_known.items() if count]
    if unknown and controls.missing == "exclude":
        notes.append(
            f"Controlled gaps are of those who answered every control, {controls.complete:,} of "
            f"{controls.members:,} (no answer: {', '.join(unknown)}); controlled_raw_gap is the raw gap of the "
            "same respondents."
        )
    elif unknown:
        notes.append(f"No answer counts as a level of its own: {', '.join(unknown)}.")
    return tuple(notes)
