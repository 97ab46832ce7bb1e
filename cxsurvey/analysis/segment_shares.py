"""How large the segments are, in the columns of the Estimates contract."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cxsurvey.analysis import base_policy
from cxsurvey.analysis.design import StudyDesign, describe_design, survey_design, weights_alone
from cxsurvey.analysis.estimation import Block, block_frame, estimate_block, with_level
from cxsurvey.analysis.measures import Variable, cell_shares
from cxsurvey.analysis.partition import SEGMENT, partition
from cxsurvey.analysis.results import ESTIMATE_COLUMNS, TOTAL, Estimates, Row
from cxsurvey.analysis.segmentation import UNCLASSIFIED, Segmentation
from cxsurvey.errors import RequestError
from cxsurvey.numerics.tables.cells import CellTotals, cell_totals
from cxsurvey.study.answers import BoolArray, FloatArray, IntArray
from cxsurvey.study.study import Study

if TYPE_CHECKING:
    import pandas as pd

NOT_IN_BASE = "not_in_base"
OF_SHARES = ("estimate", "std_error", "conf_low", "conf_high", "df")


def segment_variable(segments: Segmentation) -> Variable:
    """The segments as a variable to estimate; the base are the classified respondents."""
    parted = segments.partition
    targets = cell_shares(list(zip(parted.names, parted.labels, strict=True)))
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
        every later figure about it, so that ``n`` adds up to the respondents (those of weight zero left
        out). Shares are of the classified respondents and add up to 1; ``unclassified`` has no share and the
        flag ``not_in_base``. In a suppressed group the sizes of its segments would give the shares away: they
        are left out as well.

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
    if by == SEGMENT:
        raise RequestError.segments_by_segments()
    settings = with_level(study.file.settings, level)
    groups = partition(study, by) if by else None
    design = survey_design(study)
    found = segment_variable(segments)
    block = estimate_block(design, found, groups, total=groups is None, level=settings.level)
    names = groups.names if groups else (TOTAL,)
    labels = groups.labels if groups else ("Total",)
    index = groups.index if groups else np.zeros(study.n, dtype=np.int64)
    sizes = _sizes(design, found, np.where(study.kept, index, -1), len(names))
    frame = _with_rest(block_frame(block, settings), found, names, sizes)
    rows = tuple(row for i, group in enumerate(names) for row in _labels(block, i, group, labels[i]))
    covariance = _spread(block.ratios.covariance, frame["estimate"].notna().to_numpy())
    notes = tuple(f"{count:,} unclassified: {reason}." for reason, count in segments.rest.items())
    return Estimates(
        study=study.id,
        frame=frame,
        covariance=covariance,
        rows=rows,
        level=settings.level,
        design=describe_design(study),
        missing={},
        notes=notes,
        synthetic=study.file.study.synthetic,
    )


def _labels(block: Block, position: int, group: str, label: str) -> list[Row]:
    """The labels of one group's segments and of its unclassified."""
    first, targets = position * len(block.variable.targets), block.variable.targets
    named = [(t.response, t.label, block.intervals[first + i]) for i, t in enumerate(targets)]
    return [
        Row(SEGMENT, name, group, "Segment", text, label, "share", interval)
        for name, text, interval in (*named, (UNCLASSIFIED, "Unclassified", ""))
    ]


def _sizes(design: StudyDesign, found: Variable, index: IntArray, n_groups: int) -> CellTotals:
    """Count each segment of each group, the unclassified last."""
    code = found.code if found.code is not None else np.full(len(index), -1)
    size = found.n_cells + 1
    inside = (index >= 0) & (design.weights > 0)
    cell = np.where(inside, index * size + np.where(code >= 0, code, size - 1), -1)
    return cell_totals(weights_alone(design), cell, n_groups * size)


def _with_rest(frame: pd.DataFrame, found: Variable, names: tuple[str, ...], sizes: CellTotals) -> pd.DataFrame:
    """Put each segment's own size beside its share, and the unclassified below each group."""
    import pandas as pd  # noqa: PLC0415 - the table is made last

    responses = [*(target.response for target in found.targets), UNCLASSIFIED]
    n_rows = len(names) * len(responses)
    shown = np.arange(n_rows) % len(responses) < len(found.targets)
    flag = np.full(n_rows, NOT_IN_BASE, dtype=object)
    flag[shown] = frame["flag"]
    numbers = {name: np.full(n_rows, np.nan) for name in OF_SHARES}
    for name, column in numbers.items():
        column[shown] = frame[name]
    hidden = flag == base_policy.SUPPRESSED
    effective = np.zeros(n_rows)
    np.divide(sizes.weight**2, sizes.weight_squared, out=effective, where=sizes.weight_squared > 0)
    table = {
        "question": SEGMENT,
        "response": responses * len(names),
        "group_by": frame["group_by"].iloc[0],
        "group": np.repeat(np.array(names, dtype=object), len(responses)),
        "n": _with_gaps(sizes.count, hidden),
        "n_effective": np.where(hidden, np.nan, effective),
        "n_weighted": np.where(hidden, np.nan, sizes.weight),
        **numbers,
        "flag": flag,
    }
    made = pd.DataFrame(table, columns=list(ESTIMATE_COLUMNS))
    if hidden.any():  # pandas would turn whole numbers beside a gap into floats
        made["n"] = pd.Series(table["n"], dtype=object)
    return made


def _with_gaps(counts: IntArray, hidden: BoolArray) -> list[int | None]:
    """Counts as whole numbers, None where they are hidden."""
    return [None if hide else int(count) for count, hide in zip(counts, hidden, strict=True)]


def _spread(covariance: FloatArray, known: BoolArray) -> FloatArray:
    """Leave room for the unclassified rows, and leave out what is not shown."""
    size, n_shown = len(known), len(covariance)
    wide = np.full((size, size), np.nan)
    groups = size - n_shown
    keep = np.flatnonzero(np.arange(size) % (size // groups) < n_shown // groups)
    wide[np.ix_(keep, keep)] = covariance
    wide[~known, :] = np.nan
    wide[:, ~known] = np.nan
    return wide
