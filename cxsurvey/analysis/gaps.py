"""Is that difference real? Gaps between groups, with their covariance, tested and corrected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from cxsurvey.analysis import base_policy
from cxsurvey.analysis.controlled_tables import control_request, with_controlled
from cxsurvey.analysis.controls import ControlMissing
from cxsurvey.analysis.design import StudyDesign, describe_design, is_clustered, is_simple, survey_design
from cxsurvey.analysis.estimation import Block, estimate_block, hidden_groups, shown_bases, with_level
from cxsurvey.analysis.gap_families import FAMILIES, Family, adjusted_p
from cxsurvey.analysis.measures import Variable, chosen
from cxsurvey.analysis.partition import SEGMENT, Partition, one_against_rest, partition
from cxsurvey.analysis.results import GAP_COLUMNS, Gaps, Row
from cxsurvey.analysis.segmentation import Segmentation, segment
from cxsurvey.errors import DataFault, RequestError
from cxsurvey.numerics.sampling.replication import Replicated
from cxsurvey.numerics.tables.edge_bases import clustered_bases
from cxsurvey.numerics.tables.inference import (
    at_edge,
    cohen_d,
    cohen_h,
    newcombe,
    snapped,
    t_interval,
    t_two_sided_p,
    two_proportion_z,
)
from cxsurvey.numerics.tables.variance import contrast
from cxsurvey.study.answers import BoolArray, FloatArray, IntArray
from cxsurvey.study.codebook import Adjustment, Measure, Settings, Statistic
from cxsurvey.study.study import Study

if TYPE_CHECKING:
    import pandas as pd

Against = Literal["pairs", "rest"]
DEFINES = "defines_groups"
LINEARIZED = "t, linearized"
REPLICATED = "t, replicates"
POOLED = "z, pooled"
POOLED_EFFECTIVE = "z, pooled, effective bases"
ADJUSTMENTS = ("holm", "bh", "bonferroni", "none")
UNTESTED = frozenset({base_policy.SUPPRESSED, base_policy.EMPTY, base_policy.NOT_TESTED})
HIDDEN_COLUMNS = ("gap", "std_error", "conf_low", "conf_high", "effect_size")


@dataclass(frozen=True, slots=True, eq=False)
class _Tested:
    """Some gaps: the columns of their table, and the labels of each one's two estimates."""

    columns: dict[str, base_policy.Column]
    rows: list[tuple[Row, Row]]


@dataclass(frozen=True, slots=True, eq=False)
class _Pairs:
    """Positions of the two estimates of each gap in a block; both shape (J,)."""

    a: IntArray
    b: IntArray


def gaps(
    study: Study,
    *,
    by: str | Segmentation,
    question: str | Measure | Sequence[str | Measure] | None = None,
    against: Against = "pairs",
    statistic: Statistic | None = None,
    adjust: Adjustment | None = None,
    family: Family = "all",
    adjust_for: str | Segmentation | Sequence[str | Segmentation] | None = None,
    control_missing: ControlMissing = "exclude",
    proportional_odds: bool = False,
    level: float | None = None,
) -> Gaps:
    """Test every response between groups.

    Parameters
    ----------
    study : Study
    by : str or Segmentation
        What parts the respondents: a single or ordinal question, a ``[[group]]``, ``"segment"``, or the
        result of :func:`cxsurvey.segment`.
    question : str, Measure, or a sequence of them, optional
        Questions, scales or single measures to test; by default all but free text and those that make the
        groups. Of a whole question, responses invented for synthetic respondents are left out.
    against : {"pairs", "rest"}
        All pairs of groups, or each group against all the others together.
    statistic : {"share", "mean", "median", "nps"}, optional
        As in :func:`cxsurvey.estimate`.
    adjust : {"holm", "bh", "bonferroni", "none"}, optional
        Correction of ``p_adjusted``; the study's own (``holm``) by default.
    family : {"all", "question", "response"}
        What is corrected together: every gap of the table, or those of one question or response.
    adjust_for : str, Segmentation, or a sequence of them, optional
        Controls: single, ordinal and number questions, scales, groups, ``"segment"`` or a segmentation. The gap
        that is left beside them stands beside the raw one.
    control_missing : {"exclude", "level"}
        Whether respondents without an answer to a control are left out of the models, or no answer is a level
        of its own.
    proportional_odds : bool
        Control ordinal questions and net promoter scores by proportional odds; by default shares by a logistic
        model of each response, means and scores by a linear one.
    level : float, optional

    Returns
    -------
    Gaps

    Raises
    ------
    RequestError
        ``unknown-question``, ``unknown-group``, ``statistic-not-defined``, ``nothing-to-estimate`` or
        ``bad-option``; of controls ``unknown-control``, ``control-type``, ``control-makes-groups``.
    DataFault
        ``nothing-to-compare`` when fewer than two groups have respondents; ``group-overlap``,
        ``weight-unusable``, ``lonely-stratum``; of controls ``controls-unanswered``, ``control-collinear``.

    Notes
    -----
    Gaps are contrasts of estimates from one design, so groups that share clusters are handled with their
    covariance. In a simple sample shares are tested by the pooled z test with Newcombe's interval (1998,
    method 10). With a design the test is t on the linearized standard error, or on that of the replicate
    weights, with the degrees of freedom of the two groups together. Where a share is 0 or 1 its variance is
    zero, and the pooled z test on effective bases with Newcombe's interval stands in. With clusters these bases
    are divided by the design effect of the other share; where both are 0 or 1, no base counts for more than its
    clusters.

    Not tested, with no p-value and outside every family: bases under ``test_from`` (30), responses that nobody
    or everybody gave in both groups, gaps without a standard error (a group in one cluster, a median whose
    limits the data do not reach, two groups of one answer each), and the answers that make the groups.

    Effect sizes are Cohen's h for shares, and the gap over the pooled standard deviation (Cohen's d) for
    means and net promoter scores.

    A controlled gap is an average marginal effect: what the model predicts for everybody as if in group a, less
    the same as if in group b, both averaged with the weights over all who are in the model (Graubard and Korn
    1999, *Biometrics* 55: 652-659). Its standard error is that of the design for both the coefficients and the
    respondents averaged over; the test is t with the design's degrees of freedom, plus 1, less the
    coefficients. ``controlled_flag`` says why a gap has no model, or no test.

    Examples
    --------
    >>> import cxsurvey as cx
    >>> study = cx.read_study("sfo2018")
    >>> found = cx.gaps(study, by="first_time", question="nps")
    >>> len(found.frame)
    1
    >>> controlled = cx.gaps(study, by="first_time", question="nps", adjust_for=["flight"])
    >>> controlled.controls.models
    ('linear',)
    """
    settings = with_level(study.file.settings, level)
    correction = adjust or settings.adjust
    _known("adjust", correction, ADJUSTMENTS)
    _known("family", family, FAMILIES)
    _known("against", against, ("pairs", "rest"))
    groups = _at_least_two(partition(study, by))
    design = survey_design(study)
    named = [question] if isinstance(question, str | Measure) else question
    wanted = (
        _outcomes(study, groups, statistic)
        if named is None
        else [chosen(study, item, statistic) for item in named]
    )
    if not wanted:
        raise RequestError.no_outcomes(groups.id)
    request = None
    if adjust_for is not None:
        request = control_request(
            study, groups, design, adjust_for, missing=control_missing, proportional_odds=proportional_odds
        )
    parts = [part for item in wanted for part in _question_gaps(design, item, groups, against, settings)]
    found = _assemble(study, parts, groups, settings, correction, family, by_default=question is None)
    if request is None:
        return found
    own = {item.id: DEFINES for item in wanted if _defines(study, item.id, groups)}
    rest = against == "rest"
    return with_controlled(
        found,
        study,
        design,
        wanted,
        groups,
        request,
        reasons=own,
        against_rest=rest,
        method=correction,
        family=family,
    )


def _known(option: str, value: str, known: Sequence[str]) -> None:
    if value not in known:
        raise RequestError.bad_option(option, value, f"one of {', '.join(known)}")


def _at_least_two(groups: Partition) -> Partition:
    """Leave out groups without respondents; refuse when fewer than two remain."""
    present = np.flatnonzero(groups.sizes > 0)
    if len(present) < 2:  # noqa: PLR2004 - a gap has two sides
        raise DataFault.too_few_groups(groups.id, len(present))
    renumber = np.full(len(groups.names) + 1, -1)
    renumber[present] = np.arange(len(present))
    names = tuple(groups.names[i] for i in present)
    labels = tuple(groups.labels[i] for i in present)
    return replace(groups, names=names, labels=labels, index=renumber[groups.index])


def _outcomes(study: Study, groups: Partition, statistic: Statistic | None) -> list[Variable]:
    """Everything that can be compared and does not itself make the groups."""
    names = [name for name in _comparable(study) if not _defines(study, name, groups)]
    return [chosen(study, name, statistic) for name in names]


def _comparable(study: Study) -> list[str]:
    named = [name for name, question in study.questions.items() if question.type != "text"]
    return [*named, *study.scales]


def _defines(study: Study, name: str, groups: Partition) -> bool:
    if name == SEGMENT:
        return groups.id == SEGMENT or bool(segment(study).partition.questions & groups.questions)
    if name in groups.questions:
        return True
    scale = study.scales.get(name)
    return scale is not None and any(item in groups.questions for item in scale.items)


def _question_gaps(
    design: StudyDesign, found: Variable, groups: Partition, against: Against, settings: Settings
) -> list[_Tested]:
    if against == "rest":
        hidden = base_policy.suppressed(_bases(design, found, groups), settings.suppress_below)
        return [
            _against_rest(design, found, groups, i, settings, hide=bool(hidden[i]))
            for i in range(len(groups.names))
        ]
    block = estimate_block(design, found, groups, total=False, level=settings.level)
    return [_tested(design, block, _all_pairs(block), settings, hidden_groups(block, settings))]


def _bases(design: StudyDesign, found: Variable, groups: Partition) -> IntArray:
    """Unweighted base of each group; shape (groups,)."""
    inside = found.base & (groups.index >= 0) & (design.weights > 0)
    return np.bincount(groups.index[inside], minlength=len(groups.names))


def _all_pairs(block: Block) -> _Pairs:
    targets = len(block.variable.targets)
    first, second = np.triu_indices(len(block.groups), k=1)
    step = np.arange(targets)[:, None]
    return _Pairs((first * targets + step).ravel(), (second * targets + step).ravel())


def _against_rest(
    design: StudyDesign, found: Variable, groups: Partition, position: int, settings: Settings, *, hide: bool
) -> _Tested:
    """One group against the others together: a partition of two.

    A group that is hidden among all groups hides its rest as well: the other rows give the total, and the total
    less the rest is the group.
    """
    halves = one_against_rest(groups, position)
    block = estimate_block(design, found, halves, total=False, level=settings.level)
    return _tested(design, block, _all_pairs(block), settings, hidden_groups(block, settings) | hide)


def _tested(
    design: StudyDesign, block: Block, pairs: _Pairs, settings: Settings, hidden_by_group: BoolArray
) -> _Tested:
    a, b = pairs.a, pairs.b
    rows = [(block.row(int(i)), block.row(int(j))) for i, j in zip(a, b, strict=True)]
    hidden = np.repeat(hidden_by_group, len(block.variable.targets))
    left = base_policy.flags(block.bases[a], hidden[a], settings)
    right = base_policy.flags(block.bases[b], hidden[b], settings)
    flags = [base_policy.worst(x, y) for x, y in zip(left, right, strict=True)]
    numbers, tests = _statistics(design, block, pairs, settings)
    silent = np.array([flag in UNTESTED for flag in flags], dtype=bool)
    for name in ("statistic", "df", "p_value"):
        numbers[name] = np.where(silent, np.nan, numbers[name])
    for name in HIDDEN_COLUMNS:
        numbers[name] = np.where(hidden[a] | hidden[b], np.nan, numbers[name])
    ratios = block.ratios
    columns: dict[str, base_policy.Column] = {
        "question": [row.question for row, _ in rows],
        "response": [row.response for row, _ in rows],
        "group_by": [block.partition.id] * len(rows),
        "group_a": [row.group for row, _ in rows],
        "group_b": [row.group for _, row in rows],
        "estimate_a": np.where(hidden[a], np.nan, ratios.estimate[a]),
        "estimate_b": np.where(hidden[b], np.nan, ratios.estimate[b]),
        **numbers,
        "n_a": shown_bases(block.variable, ratios.n[a], hidden[a]),
        "n_b": shown_bases(block.variable, ratios.n[b], hidden[b]),
        "n_overlap": ratios.overlap[a, b],
        "test": ["" if np.isnan(p) else test for p, test in zip(numbers["p_value"], tests, strict=True)],
        "flag": flags,
    }
    return _Tested(columns, rows)


def _statistics(
    design: StudyDesign, block: Block, pairs: _Pairs, settings: Settings
) -> tuple[dict[str, FloatArray], list[str]]:
    """Gap, error, interval, statistic and effect size of each pair, and which test it is."""
    found = contrast(block.ratios, pairs.a, pairs.b)
    df = found.df.astype(np.float64)
    error = np.where(found.std_error == 0, np.nan, found.std_error)  # none is seen: not that there is none
    interval = t_interval(found.estimate, error, df, settings.level)
    statistic = np.divide(
        found.estimate, found.std_error, out=np.full(len(df), np.nan), where=found.std_error > 0
    )
    linear = {
        "gap": found.estimate,
        "std_error": found.std_error,
        "conf_low": interval.low,
        "conf_high": interval.high,
        "statistic": statistic,
        "df": df,
        "p_value": t_two_sided_p(statistic, df),
    }
    if block.variable.targets[0].statistic == "share":
        return _with_score_tests(design, block, pairs, linear, settings)
    effect = _standardized(design, block, pairs, found.estimate)
    return {**linear, "effect_size": effect}, [_t_test(design)] * len(df)


def _with_score_tests(
    design: StudyDesign, block: Block, pairs: _Pairs, linear: dict[str, FloatArray], settings: Settings
) -> tuple[dict[str, FloatArray], list[str]]:
    """Put the pooled z test where the sample is simple or a share is 0 or 1."""
    p = snapped(block.ratios.estimate)
    first, second = p[pairs.a], p[pairs.b]
    n_first, n_second = _score_bases(design, block, pairs)
    z = two_proportion_z(first * n_first, n_first, second * n_second, n_second)
    interval = newcombe(first, n_first, second, n_second, settings.level)
    # Nobody or everybody in both groups leaves nothing to test: z and p are NaN and join no family.
    replaced = {
        "conf_low": interval.low,
        "conf_high": interval.high,
        "statistic": z.statistic,
        "df": np.full(len(first), np.nan),
        "p_value": z.p_value,
    }
    score = ((at_edge(first) | at_edge(second)) & ~np.isnan(linear["std_error"])) | is_simple(design)
    name = POOLED if is_simple(design) else POOLED_EFFECTIVE
    chosen_ones = {key: np.where(score, value, linear[key]) for key, value in replaced.items()}
    tests = [name if pooled else _t_test(design) for pooled in score]
    return {**linear, **chosen_ones, "effect_size": cohen_h(first, second)}, tests


def _score_bases(design: StudyDesign, block: Block, pairs: _Pairs) -> FloatArray:
    """Bases of the pooled z test and its interval, shape (2, J)."""
    ratios, both = block.ratios, np.array([pairs.a, pairs.b])
    n: FloatArray = (ratios.n.astype(np.float64) if is_simple(design) else ratios.n_effective)[both]
    if not is_clustered(design):
        return n
    return clustered_bases(ratios.estimate[both], ratios.std_error[both] ** 2, n, ratios.df[both])


def _t_test(design: StudyDesign) -> str:
    """Name the t test by where its standard error comes from."""
    return REPLICATED if isinstance(design, Replicated) else LINEARIZED


def _standardized(design: StudyDesign, block: Block, pairs: _Pairs, gap: FloatArray) -> FloatArray:
    """Cohen's d from the weighted standard deviations within the groups; NaN for medians."""
    value = block.variable.value
    if block.variable.targets[0].statistic == "median" or value is None:
        return np.full(len(gap), np.nan)
    spread = [_deviation(design.weights, value, block.partition.index == g) for g in range(len(block.groups))]
    sd, n = np.array(spread), block.ratios.n
    return cohen_d(gap, sd[pairs.a], n[pairs.a], sd[pairs.b], n[pairs.b])


def _deviation(weights: FloatArray, value: FloatArray, member: BoolArray) -> float:
    """Weighted standard deviation with the divisor n - 1; NaN for fewer than two respondents."""
    inside = member & ~np.isnan(value) & (weights > 0)
    n = int(inside.sum())
    if n < 2:  # noqa: PLR2004 - one value has no spread
        return float("nan")
    order = np.lexsort((value[inside], weights[inside]))  # sums that do not depend on the order of the rows
    y, w = value[inside][order], weights[inside][order]
    mean = np.average(y, weights=w)
    return float(np.sqrt(np.average((y - mean) ** 2, weights=w) * n / (n - 1)))


def _assemble(
    study: Study,
    parts: Sequence[_Tested],
    groups: Partition,
    settings: Settings,
    method: Adjustment,
    family: Family,
    *,
    by_default: bool,
) -> Gaps:
    import pandas as pd  # noqa: PLC0415 - the table is made last

    names = [name for name in GAP_COLUMNS if name in parts[0].columns]
    frame = pd.DataFrame({name: np.concatenate([part.columns[name] for part in parts]) for name in names})
    circular = [name for name in frame["question"].unique() if _defines(study, name, groups)]
    own = frame["question"].isin(circular)
    frame.loc[own, "flag"] = (frame.loc[own, "flag"] + f" {DEFINES}").str.strip()
    frame.loc[own, ["statistic", "df", "p_value"]] = np.nan
    frame.loc[own, "test"] = ""
    frame["p_adjusted"], sizes = adjusted_p(frame, method, family)
    left_out = [name for name in _comparable(study) if by_default and _defines(study, name, groups)]
    return Gaps(
        study=study.id,
        frame=frame[list(GAP_COLUMNS)],
        rows=tuple(row for part in parts for row in part.rows),
        level=settings.level,
        adjust=method,
        family=family,
        family_sizes=sizes,
        design=describe_design(study),
        notes=_notes(left_out, circular, _without_error(frame)),
        synthetic=study.file.study.synthetic,
    )


def _without_error(frame: pd.DataFrame) -> list[str]:
    """Questions with a gap that is known and whose standard error is not, or is 0."""
    unknown = frame["gap"].notna() & ~(frame["std_error"] > 0) & frame["conf_low"].isna()
    return list(dict.fromkeys(frame.loc[unknown, "question"]))


def _notes(left_out: Sequence[str], circular: Sequence[str], no_error: Sequence[str]) -> tuple[str, ...]:
    notes = []
    if left_out:
        notes.append(f"Not compared, because they make the groups: {', '.join(left_out)}.")
    if circular:
        named = ", ".join(circular)
        notes.append(f"Not tested, because they make the groups (flag {DEFINES}): {named}.")
    if no_error:
        why = "Not tested where a gap has no standard error, such as that of a group in a single cluster"
        alike = "of groups that each gave one answer"
        notes.append(f"{why} or {alike}: {', '.join(no_error)}.")
    return tuple(notes)
