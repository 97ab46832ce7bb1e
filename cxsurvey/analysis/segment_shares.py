"""How large the segments are, in the columns of the Estimates contract."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cxsurvey.analysis import base_policy
from cxsurvey.analysis.design import describe_design, survey_design
from cxsurvey.analysis.estimation import block_frame, estimate_block, with_level
from cxsurvey.analysis.measures import Target, Variable
from cxsurvey.analysis.partition import SEGMENT, partition
from cxsurvey.analysis.results import ESTIMATE_COLUMNS, TOTAL, Estimates, Row
from cxsurvey.analysis.segmentation import UNCLASSIFIED, Segmentation
from cxsurvey.numerics.totals import effective_n
from cxsurvey.study.answers import FloatArray, IntArray
from cxsurvey.study.study import Study

if TYPE_CHECKING:
    import pandas as pd

NOT_IN_BASE = "not_in_base"


def segment_variable(segments: Segmentation) -> Variable:
    """The segments as a variable to estimate; the base are the classified respondents."""
    parted = segments.partition
    size = len(parted.names)
    targets = tuple(
        Target(name, label, "share", np.eye(size)[i], np.ones(size))
        for i, (name, label) in enumerate(zip(parted.names, parted.labels, strict=True))
    )
    return Variable(SEGMENT, "Segment", parted.index >= 0, targets, code=parted.index)


def segment_shares(
    study: Study, segments: Segmentation, *, by: str | None = None, level: float | None = None
) -> Estimates:
    """Estimate the share of respondents in each segment.

    Parameters
    ----------
    study : Study
    segments : Segmentation
    by : str, optional
        A question or ``[[group]]`` whose groups are shown apart.
    level : float, optional

    Returns
    -------
    Estimates
        Rows ``leader``, ``follower``, ``laggard`` and ``unclassified`` for the total or for each group. Here
        ``n``, ``n_weighted`` and ``n_effective`` are of the segment itself, which is the base of
        every later figure about it, so that ``n`` adds up to the respondents. Shares are of the classified
        respondents and add up to 1; ``unclassified`` has no share and the flag ``not_in_base``.

    Raises
    ------
    RequestError
        ``unknown-group``, ``bad-option``.
    DataFault
        ``weight-unusable``, ``lonely-stratum``.

    Examples
    --------
    >>> import cxsurvey as cx
    >>> study = cx.read_study("sfo2018")
    >>> shares = cx.segment_shares(study, cx.segment(study))
    >>> int(shares.frame["n"].sum())
    2809
    """
    settings = with_level(study.file.settings, level)
    groups = partition(study, by) if by else None
    design = survey_design(study)
    found = segment_variable(segments)
    block = estimate_block(design, found, groups, total=groups is None, level=settings.level)
    frame = block_frame(block, settings)
    index = groups.index if groups else np.zeros(study.n, dtype=np.int64)
    names = groups.names if groups else (TOTAL,)
    labels = groups.labels if groups else ("Total",)
    shown, rows = _with_rest(frame, found, index, names, design.weights)
    described = tuple(
        Row(SEGMENT, name, group, "Segment", label, dict(zip(names, labels, strict=True))[group], "share", "")
        for group, name, label in rows
    )
    covariance = _spread(block.ratios.covariance, len(names), len(found.targets))
    notes = tuple(f"{count:,} unclassified: {reason}." for reason, count in segments.rest.items())
    return Estimates(study.id, shown, covariance, described, settings.level, describe_design(study), {}, notes)


def _with_rest(
    frame: pd.DataFrame, found: Variable, index: IntArray, names: tuple[str, ...], weights: FloatArray
) -> tuple[pd.DataFrame, list[tuple[str, str, str]]]:
    """Put each segment's own size beside its share, and the unclassified below."""
    import pandas as pd  # noqa: PLC0415 - the table is made last

    code = found.code if found.code is not None else np.full(len(index), -1)
    targets = [(target.response, target.label) for target in found.targets]
    pieces, rows = [], []
    for position, group in enumerate(names):
        part = frame[frame["group"] == group].reset_index(drop=True)
        rest = {"question": SEGMENT, "response": UNCLASSIFIED, "group_by": part["group_by"].iloc[0]}
        rest |= {"group": group, "flag": NOT_IN_BASE}
        part = pd.concat([part, pd.DataFrame([rest])], ignore_index=True)
        members = [(index == position) & (code == c) for c in (*range(len(targets)), -1)]
        part["n"] = [int(member.sum()) for member in members]
        part["n_weighted"] = [float(weights[member].sum()) for member in members]
        part["n_effective"] = [effective_n(weights[m]) if weights[m].any() else 0.0 for m in members]
        part.loc[part["flag"].eq(base_policy.SUPPRESSED), ["n_weighted", "n_effective"]] = np.nan
        pieces.append(part)
        rows += [(group, name, label) for name, label in (*targets, (UNCLASSIFIED, "Unclassified"))]
    return pd.concat(pieces, ignore_index=True)[list(ESTIMATE_COLUMNS)], rows


def _spread(covariance: FloatArray, groups: int, targets: int) -> FloatArray:
    """Leave room for the unclassified row after each group's segments."""
    size = targets + 1
    keep = [g * size + t for g in range(groups) for t in range(targets)]
    wide = np.full((groups * size, groups * size), np.nan)
    wide[np.ix_(keep, keep)] = covariance
    return wide
