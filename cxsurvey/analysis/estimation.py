"""Shares, means, medians and net promoter scores, for the total and by groups, from the full design."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from cxsurvey.analysis import base_policy
from cxsurvey.analysis.design import StudyDesign, describe_design, is_simple, survey_design
from cxsurvey.analysis.design_ratios import Cells, Columns, design_medians, design_ratios, logit_errors
from cxsurvey.analysis.measures import Variable, chosen
from cxsurvey.analysis.partition import Partition, partition
from cxsurvey.analysis.results import ESTIMATE_COLUMNS, TOTAL, Estimates, Row
from cxsurvey.errors import RequestError
from cxsurvey.numerics.tables.inference import share_intervals, t_interval
from cxsurvey.numerics.tables.variance import Ratios
from cxsurvey.study.answers import BoolArray, FloatArray, IntArray
from cxsurvey.study.codebook import Measure, Settings, Statistic
from cxsurvey.study.study import Study

if TYPE_CHECKING:
    import pandas as pd

    from cxsurvey.analysis.segmentation import Segmentation


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """The estimates of one variable: targets within groups, groups outermost; K = groups x targets.

    Attributes
    ----------
    variable : Variable
    partition : Partition
        Its groups, without the total.
    groups : tuple of str
        Group ids, ``total`` first when asked for.
    ratios : Ratios
        The K estimates with their covariance and bases.
    std_error, low, high : ndarray, shape (K,)
    intervals : tuple of str, length K
        Method of each interval.
    unplaced : int
        Respondents of the base who are in no group, where some of them gave an answer that makes the groups.
    """

    variable: Variable
    partition: Partition
    groups: tuple[str, ...]
    ratios: Ratios
    std_error: FloatArray
    low: FloatArray
    high: FloatArray
    intervals: tuple[str, ...]
    unplaced: int = 0

    @property
    def sizes(self) -> IntArray:
        """Unweighted base of each group; shape (groups,)."""
        return self.bases[:: len(self.variable.targets)]

    @property
    def bases(self) -> IntArray:
        """Unweighted base of each estimate; shape (K,)."""
        return self.ratios.n

    @property
    def has_total(self) -> bool:
        """Whether the first group is the total."""
        return len(self.groups) > len(self.partition.names)

    def row(self, position: int) -> Row:
        """The labels of one estimate."""
        targets = self.variable.targets
        group, target = self.groups[position // len(targets)], targets[position % len(targets)]
        labels = (*(("Total",) if self.has_total else ()), *self.partition.labels)
        return Row(
            question=self.variable.id,
            response=target.response,
            group=group,
            question_label=self.variable.label,
            response_label=target.label,
            group_label=labels[position // len(targets)],
            statistic=target.statistic,
            interval=self.intervals[position],
            bounds=self.variable.bounds,
        )


def estimate(
    study: Study,
    question: str | Measure | Sequence[str | Measure],
    *,
    by: str | Segmentation | None = None,
    statistic: Statistic | None = None,
    total: bool | None = None,
    level: float | None = None,
) -> Estimates:
    """Estimate the answers to questions, or the scores of scales.

    Parameters
    ----------
    study : Study
    question : str, Measure, or a sequence of them
        Ids of questions or scales; a :class:`Measure` names one response, net or statistic. Of a whole
        question, responses invented for synthetic respondents are left out.
    by : str or Segmentation, optional
        What parts the respondents into groups: a single or ordinal question, a ``[[group]]``,
        ``"segment"``, or the result of :func:`cxsurvey.segment`.
    statistic : {"share", "mean", "median", "nps"}, optional
        By default shares of every response and net; the net promoter score of a question declared ``nps``; the
        mean of numbers and scores.
    total : bool, optional
        Whether to estimate the total; by default only when there are no groups.
    level : float, optional
        Of the intervals; the study's own (0.95) by default.

    Returns
    -------
    Estimates
        ``.frame`` is the table, ``.covariance`` the covariance of its rows within each question.

    Raises
    ------
    RequestError
        ``unknown-question``, ``unknown-group``, ``statistic-not-defined``, ``nothing-to-estimate`` or
        ``bad-option``.
    DataFault
        ``weight-unusable``, ``design-unusable``, ``lonely-stratum`` or ``group-overlap``.

    Notes
    -----
    Every estimate but the median is a ratio of weighted totals; its covariance is by Taylor linearization
    over the whole design, every stage of it, so a group is a domain and never a smaller sample (Särndal,
    Swensson and Wretman 1992, section 5.6), or by the study's replicate weights. Intervals of shares are
    Wilson's for a simple sample, on the logit scale with a design, and exact (Clopper-Pearson) at 0 and 1;
    others use Student's t with the design's degrees of freedom. The median's interval is Woodruff's. A group
    in a single cluster has no standard error. Respondents of weight zero stay in the design and are in no
    base.

    Covariances between rows of different questions are not computed and stand as NaN.

    Examples
    --------
    >>> import cxsurvey as cx
    >>> study = cx.read_study("sfo2018")
    >>> shares = cx.estimate(study, "first_time")
    >>> round(float(shares.frame["estimate"].sum()), 12)
    1.0
    """
    settings = with_level(study.file.settings, level)
    wanted = [question] if isinstance(question, str | Measure) else list(question)
    if not wanted:
        raise RequestError.no_outcomes("")
    groups = partition(study, by) if by is not None else None
    design = survey_design(study)
    with_total = groups is None if total is None else total or groups is None
    blocks = [
        estimate_block(design, chosen(study, item, statistic), groups, total=with_total, level=settings.level)
        for item in wanted
    ]
    names = dict.fromkeys(block.variable.id for block in blocks)
    missing = {name: study.answers(name).missing_counts() for name in names if name in study.questions}
    return _assemble(study, blocks, settings, missing)


def with_level(settings: Settings, level: float | None) -> Settings:
    """Take the study's settings with another confidence level.

    Raises
    ------
    RequestError
        ``bad-option`` when the level is not between 0.5 and 1.
    """
    if level is None:
        return settings
    if not 0.5 < level < 1:  # noqa: PLR2004 - the range is the message
        raise RequestError.bad_option("level", level, "a number between 0.5 and 1, such as 0.95")
    return settings.model_copy(update={"level": level})


def estimate_block(
    design: StudyDesign, found: Variable, groups: Partition | None, *, total: bool, level: float
) -> Block:
    """Estimate one variable by groups, with the covariance of all its estimates.

    Parameters
    ----------
    design : SampleDesign, Multistage or Replicated
        Of all respondents.
    found : Variable
    groups : Partition or None
        None for the total alone.
    total : bool
        Whether the total comes first.
    level : float

    Returns
    -------
    Block
    """
    parted = groups or _everyone(design.n)
    block = _estimated(design, found, parted, total=total, level=level)
    outside = found.base & (parted.index < 0) & (design.weights > 0)
    answered = bool((outside & ~parted.unanswered).any())
    return replace(block, unplaced=int(outside.sum()) if answered else 0)


def _estimated(design: StudyDesign, found: Variable, parted: Partition, *, total: bool, level: float) -> Block:
    names = ((TOTAL,) if total else ()) + parted.names
    cells = len(parted.names) + 1
    index = np.where(parted.index >= 0, parted.index, cells - 1)
    # A respondent of weight zero stays in the design and adds to no estimate, so to no base either.
    index = np.where(found.base & (design.weights > 0), index, -1)
    members = _group_rows(len(parted.names), total=total)
    if found.targets[0].statistic == "median":
        return _medians(design, found, parted, names, index, level)
    numerator = np.kron(members, np.array([target.numerator for target in found.targets]))
    denominator = np.kron(members, np.array([target.denominator for target in found.targets]))
    basis = _basis(found, index, cells)
    ratios = _without_false_zeros(design_ratios(design, basis, numerator, denominator))
    if found.targets[0].statistic != "share":
        return _with_t(found, parted, names, ratios, level)
    error = logit_errors(design, basis, numerator, denominator, ratios)
    return _with_shares(found, parted, names, ratios, error, level, simple=is_simple(design))


def _without_false_zeros(ratios: Ratios) -> Ratios:
    """Leave the variance unknown where a base lies in one PSU: linearization gives 0 for want of another."""
    alone = (ratios.df <= 0) & ~(np.diag(ratios.covariance) > 0)
    covariance = ratios.covariance.copy()
    covariance[alone, :] = np.nan
    covariance[:, alone] = np.nan
    return replace(ratios, covariance=covariance)


def _everyone(n: int) -> Partition:
    """No groups: all respondents are in the last cell, which only the total counts."""
    return Partition("", "", (), (), np.full(n, -1), frozenset())


def _group_rows(n_groups: int, *, total: bool) -> FloatArray:
    """Which cells each wanted group is made of; shape (groups wanted, n_groups + 1)."""
    rows = np.eye(n_groups, n_groups + 1)
    return np.vstack([np.ones((1, n_groups + 1)), rows]) if total else rows


def _basis(found: Variable, index: IntArray, cells: int) -> Cells | Columns:
    if found.code is not None:
        cell = np.where(index >= 0, index * found.n_cells + found.code, -1)
        return Cells(cell, cells * found.n_cells)
    columns = found.columns if found.columns is not None else np.zeros((len(index), 0))
    return Columns(index, cells, columns)


def _with_t(found: Variable, parted: Partition, names: tuple[str, ...], ratios: Ratios, level: float) -> Block:
    error = ratios.std_error
    interval = t_interval(ratios.estimate, error, ratios.df, level)
    return Block(found, parted, names, ratios, error, interval.low, interval.high, ("t",) * len(error))


def _with_shares(
    found: Variable,
    parted: Partition,
    names: tuple[str, ...],
    ratios: Ratios,
    error: FloatArray,
    level: float,
    *,
    simple: bool,
) -> Block:
    shares = share_intervals(
        ratios.estimate, error, ratios.n, ratios.n_effective, ratios.df, simple=simple, level=level
    )
    methods = tuple(str(method) for method in shares.method)
    return Block(found, parted, names, ratios, ratios.std_error, shares.low, shares.high, methods)


def _medians(
    design: StudyDesign,
    found: Variable,
    parted: Partition,
    names: tuple[str, ...],
    index: IntArray,
    level: float,
) -> Block:
    """Woodruff medians; a total cannot stand beside the groups it contains."""
    if parted.names and len(names) > len(parted.names):
        raise RequestError.total_beside_medians()
    value = found.value if found.value is not None else np.full(design.n, np.nan)
    everyone = not parted.names
    group = np.where(index >= 0, 0, -1) if everyone else np.where(index < len(parted.names), index, -1)
    result = design_medians(design, group, len(names), value, level=level)
    medians = Ratios(
        estimate=result.estimate,
        covariance=result.covariance,
        overlap=result.overlap,
        n_weighted=result.n_weighted,
        n_effective=result.n_effective,
        union_df=result.union_df,
        gap_factor=result.gap_factor,
    )
    ratios, methods = _without_false_zeros(medians), ("Woodruff",) * len(names)
    return Block(found, parted, names, ratios, ratios.std_error, result.conf_low, result.conf_high, methods)


def _assemble(
    study: Study, blocks: Sequence[Block], settings: Settings, missing: dict[str, dict[str, int]]
) -> Estimates:
    import pandas as pd  # noqa: PLC0415 - the table is made last

    parts = [_block_columns(block, settings) for block in blocks]
    frame = pd.DataFrame({name: np.concatenate([part[name] for part in parts]) for name in ESTIMATE_COLUMNS})
    covariance = np.full((len(frame), len(frame)), np.nan)
    start = 0
    for block in blocks:
        stop = start + len(block.std_error)
        covariance[start:stop, start:stop] = block.ratios.covariance
        start = stop
    hidden = frame["flag"].eq(base_policy.SUPPRESSED).to_numpy()
    covariance[hidden, :] = np.nan
    covariance[:, hidden] = np.nan
    rows = tuple(block.row(i) for block in blocks for i in range(len(block.std_error)))
    return Estimates(
        study=study.id,
        frame=frame,
        covariance=covariance,
        rows=rows,
        level=settings.level,
        design=describe_design(study),
        missing=missing,
        synthetic=study.file.study.synthetic,
    )


def block_frame(block: Block, settings: Settings) -> pd.DataFrame:
    """Write one block as rows of the Estimates contract, with the base policy applied."""
    import pandas as pd  # noqa: PLC0415 - the table is made last

    return pd.DataFrame(_block_columns(block, settings))


def _block_columns(block: Block, settings: Settings) -> dict[str, base_policy.Column]:
    rows = [block.row(i) for i in range(len(block.std_error))]
    hidden = np.repeat(hidden_groups(block, settings), len(block.variable.targets))
    numbers = {
        "n_effective": block.ratios.n_effective,
        "n_weighted": block.ratios.n_weighted,
        "estimate": block.ratios.estimate,
        "std_error": block.std_error,
        "conf_low": block.low,
        "conf_high": block.high,
        "df": block.ratios.df.astype(np.float64),
    }
    return {
        "question": [row.question for row in rows],
        "response": [row.response for row in rows],
        "group_by": [block.partition.id] * len(rows),
        "group": [row.group for row in rows],
        "n": shown_bases(block.variable, block.ratios.n, hidden),
        **{name: np.where(hidden, np.nan, values) for name, values in numbers.items()},
        "flag": base_policy.flags(block.bases, hidden, settings),
    }


def shown_bases(found: Variable, n: IntArray, hidden: BoolArray) -> IntArray | base_policy.Objects:
    """Bases, NaN of hidden estimates of fewer than gave an answer.

    Beside the base of the shares, that of the mean would count the answers that are not scored.
    """
    return base_policy.whole_numbers(np.where(hidden & found.narrower, np.nan, n))


def hidden_groups(block: Block, settings: Settings) -> BoolArray:
    """Groups of a block that must not be shown; shape (groups,). A total is shown when its groups are."""
    sizes, limit = block.sizes[1:] if block.has_total else block.sizes, settings.suppress_below
    if not block.has_total:
        return base_policy.suppressed(sizes, limit, partition=len(sizes) > 1)
    parts = base_policy.suppressed(sizes, limit, partition=len(sizes) > 1, unplaced=block.unplaced)
    whole = base_policy.suppressed(block.sizes[:1], settings.suppress_below, partition=False)
    return np.concatenate([whole, parts])
