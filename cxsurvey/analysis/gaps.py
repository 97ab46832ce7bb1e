"""Is that difference real? Gaps between groups, with their covariance, tested and corrected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from cxsurvey.analysis import base_policy
from cxsurvey.analysis.design import describe_design, survey_design
from cxsurvey.analysis.estimation import Block, estimate_block, hidden_groups, with_level
from cxsurvey.analysis.measures import Variable, chosen
from cxsurvey.analysis.partition import SEGMENT, Partition, partition
from cxsurvey.analysis.results import GAP_COLUMNS, Gaps, Row
from cxsurvey.analysis.segmentation import Segmentation, segment
from cxsurvey.errors import DataFault, RequestError
from cxsurvey.numerics.probability.multiplicity import adjust_p
from cxsurvey.numerics.tables.design import SampleDesign
from cxsurvey.numerics.tables.inference import (
    EDGE,
    cohen_d,
    cohen_h,
    newcombe,
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
Family = Literal["all", "question", "response"]
REST = "rest"
DEFINES = "defines_groups"
LINEARIZED = "t, linearized"
POOLED = "z, pooled"
POOLED_EFFECTIVE = "z, pooled, effective bases"
ADJUSTMENTS = ("holm", "bh", "bonferroni", "none")
FAMILIES = ("all", "question", "response")
TWIN = 1e-9  # how near to 1 two shares of one group add up that are one and the same comparison
HIDDEN_COLUMNS = ("gap", "std_error", "conf_low", "conf_high", "effect_size")


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
    level : float, optional

    Returns
    -------
    Gaps

    Raises
    ------
    RequestError
        ``unknown-question``, ``unknown-group``, ``statistic-not-defined``, ``nothing-to-estimate`` or
        ``bad-option``.
    DataFault
        ``nothing-to-compare`` when fewer than two groups have respondents; ``group-overlap``,
        ``weight-unusable``, ``lonely-stratum``.

    Notes
    -----
    Gaps are contrasts of estimates from one design, so groups that share clusters are handled with their
    covariance. In a simple sample shares are tested by the pooled z test with Newcombe's interval (1998,
    method 10). With a design the test is t on the linearized standard error, with the degrees of freedom of the
    two groups together. Where a share is 0 or 1 its linearized variance is zero, and the pooled z test on
    effective bases with Newcombe's interval stands in. These bases know weights and not clusters: with clusters
    that one test is too bold and its interval too narrow.

    Not tested, with no p-value and outside every family: bases under ``test_from`` (30), responses that nobody
    or everybody gave in both groups, groups without a standard error (all of a group in one cluster, a median
    whose limits the data do not reach), and the answers that make the groups.

    Effect sizes are Cohen's h for shares, and the gap over the pooled standard deviation (Cohen's d) for
    means and net promoter scores.

    Examples
    --------
    >>> import cxsurvey as cx
    >>> study = cx.read_study("sfo2018")
    >>> found = cx.gaps(study, by="first_time", question="nps")
    >>> len(found.frame)
    1
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
    parts = [_question_gaps(design, item, groups, against, settings) for item in wanted]
    return _assemble(study, parts, groups, settings, correction, family, by_default=question is None)


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
    return Partition(groups.id, groups.label, names, labels, renumber[groups.index], groups.questions)


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
    design: SampleDesign, found: Variable, groups: Partition, against: Against, settings: Settings
) -> tuple[pd.DataFrame, list[tuple[Row, Row]]]:
    if against == "rest":
        import pandas as pd  # noqa: PLC0415 - the table is made last

        hidden = base_policy.suppressed(_bases(design, found, groups), settings.suppress_below)
        parts = [
            _against_rest(design, found, groups, i, settings, hide=bool(hidden[i]))
            for i in range(len(groups.names))
        ]

        frame = pd.concat([part[0] for part in parts], ignore_index=True)
        return frame, [row for part in parts for row in part[1]]
    block = estimate_block(design, found, groups, total=False, level=settings.level)
    return _tested(design, block, _all_pairs(block), settings, hidden_groups(block, settings))


def _bases(design: SampleDesign, found: Variable, groups: Partition) -> IntArray:
    """Unweighted base of each group; shape (groups,)."""
    inside = found.base & (groups.index >= 0) & (design.weights > 0)
    return np.bincount(groups.index[inside], minlength=len(groups.names))


def _all_pairs(block: Block) -> _Pairs:
    targets = len(block.variable.targets)
    first, second = np.triu_indices(len(block.groups), k=1)
    step = np.arange(targets)[:, None]
    return _Pairs((first * targets + step).ravel(), (second * targets + step).ravel())


def _against_rest(
    design: SampleDesign, found: Variable, groups: Partition, position: int, settings: Settings, *, hide: bool
) -> tuple[pd.DataFrame, list[tuple[Row, Row]]]:
    """One group against the others together: a partition of two.

    A group that is hidden among all groups hides its rest as well: the other rows give the total, and the total
    less the rest is the group.
    """
    index = np.where(groups.index < 0, -1, np.where(groups.index == position, 0, 1))
    names, labels = (groups.names[position], REST), (groups.labels[position], "All others")
    halves = Partition(groups.id, groups.label, names, labels, index, groups.questions)
    block = estimate_block(design, found, halves, total=False, level=settings.level)
    return _tested(design, block, _all_pairs(block), settings, hidden_groups(block, settings) | hide)


def _tested(
    design: SampleDesign, block: Block, pairs: _Pairs, settings: Settings, hidden_by_group: BoolArray
) -> tuple[pd.DataFrame, list[tuple[Row, Row]]]:
    import pandas as pd  # noqa: PLC0415 - the table is made last

    a, b = pairs.a, pairs.b
    rows = [(block.row(int(i)), block.row(int(j))) for i, j in zip(a, b, strict=True)]
    hidden = np.repeat(hidden_by_group, len(block.variable.targets))
    left = base_policy.flags(block.bases[a], hidden[a], settings)
    right = base_policy.flags(block.bases[b], hidden[b], settings)
    ratios = block.ratios
    columns = {
        "question": [row.question for row, _ in rows],
        "response": [row.response for row, _ in rows],
        "group_by": block.partition.id,
        "group_a": [row.group for row, _ in rows],
        "group_b": [row.group for _, row in rows],
        "estimate_a": np.where(hidden[a], np.nan, ratios.estimate[a]),
        "estimate_b": np.where(hidden[b], np.nan, ratios.estimate[b]),
        **_statistics(design, block, pairs, settings),
        "n_a": ratios.n[a],
        "n_b": ratios.n[b],
        "n_overlap": ratios.overlap[a, b],
        "flag": [_worst(x, y) for x, y in zip(left, right, strict=True)],
    }
    frame = pd.DataFrame(columns, columns=[name for name in GAP_COLUMNS if name in columns])
    silent = frame["flag"].isin([base_policy.SUPPRESSED, base_policy.EMPTY, base_policy.NOT_TESTED])
    frame.loc[silent, ["statistic", "df", "p_value"]] = np.nan
    frame.loc[frame["p_value"].isna(), "test"] = ""
    frame.loc[hidden[a] | hidden[b], list(HIDDEN_COLUMNS)] = np.nan
    return frame, rows


def _worst(left: str, right: str) -> str:
    order = (base_policy.SUPPRESSED, base_policy.EMPTY, base_policy.NOT_TESTED, base_policy.CAUTION, "")
    return min(left, right, key=order.index)


def _statistics(
    design: SampleDesign, block: Block, pairs: _Pairs, settings: Settings
) -> dict[str, FloatArray | list[str]]:
    """Gap, error, interval, test and effect size of each pair."""
    found = contrast(block.ratios, pairs.a, pairs.b)
    df = found.df.astype(np.float64)
    interval = t_interval(found.estimate, found.std_error, df, settings.level)
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
    return {**linear, "effect_size": effect, "test": [LINEARIZED] * len(df)}


def _with_score_tests(
    design: SampleDesign, block: Block, pairs: _Pairs, linear: dict[str, FloatArray], settings: Settings
) -> dict[str, FloatArray | list[str]]:
    """Put the pooled z test where the sample is simple or a share is 0 or 1."""
    p = _snapped(block.ratios.estimate)
    bases = block.ratios.n.astype(np.float64) if design.is_simple else block.ratios.n_effective
    first, n_first, second, n_second = p[pairs.a], bases[pairs.a], p[pairs.b], bases[pairs.b]
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
    score = ((_at_edge(first) | _at_edge(second)) & ~np.isnan(linear["std_error"])) | design.is_simple
    name = POOLED if design.is_simple else POOLED_EFFECTIVE
    return {
        **linear,
        **{key: np.where(score, value, linear[key]) for key, value in replaced.items()},
        "effect_size": cohen_h(first, second),
        "test": [name if pooled else LINEARIZED for pooled in score],
    }


def _snapped(share: FloatArray) -> FloatArray:
    """Shares that are 0 or 1 but for rounding, as 0 or 1."""
    return np.where(_at_edge(share), np.rint(share), share)


def _at_edge(share: FloatArray) -> BoolArray:
    edge: BoolArray = (share <= EDGE) | (share >= 1 - EDGE)
    return edge


def _standardized(design: SampleDesign, block: Block, pairs: _Pairs, gap: FloatArray) -> FloatArray:
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
    parts: Sequence[tuple[pd.DataFrame, list[tuple[Row, Row]]]],
    groups: Partition,
    settings: Settings,
    method: Adjustment,
    family: Family,
    *,
    by_default: bool,
) -> Gaps:
    import pandas as pd  # noqa: PLC0415 - the table is made last

    frame = pd.concat([part for part, _ in parts], ignore_index=True)
    circular = [name for name in frame["question"].unique() if _defines(study, name, groups)]
    own = frame["question"].isin(circular)
    frame.loc[own, "flag"] = (frame.loc[own, "flag"] + f" {DEFINES}").str.strip()
    frame.loc[own, ["statistic", "df", "p_value"]] = np.nan
    frame.loc[own, "test"] = ""
    frame["p_adjusted"], sizes = _adjusted(frame, method, family)
    left_out = [name for name in _comparable(study) if by_default and _defines(study, name, groups)]
    return Gaps(
        study=study.id,
        frame=frame[list(GAP_COLUMNS)],
        rows=tuple(row for _, rows in parts for row in rows),
        level=settings.level,
        adjust=method,
        family=family,
        family_sizes=sizes,
        design=describe_design(study),
        notes=_notes(left_out, circular, _without_error(frame)),
        synthetic=study.file.study.synthetic,
    )


def _adjusted(frame: pd.DataFrame, method: Adjustment, family: Family) -> tuple[FloatArray, tuple[int, ...]]:
    """Correct the p-values of each family; return them with the family sizes."""
    keys = {"all": [], "question": ["question"], "response": ["question", "response"]}[family]
    families = frame.groupby(keys, sort=False).indices.values() if keys else [np.arange(len(frame))]
    first = np.arange(len(frame)) if family == "response" else _first_of_twins(frame)
    p_value = np.where(first == np.arange(len(frame)), frame["p_value"].to_numpy(dtype=np.float64), np.nan)
    adjusted = np.full(len(frame), np.nan)
    sizes = []
    for rows in families:
        found = adjust_p(p_value[rows], method)
        adjusted[rows] = found.p_adjusted
        sizes.append(found.family)
    return adjusted[first], tuple(sizes)


def _first_of_twins(frame: pd.DataFrame) -> IntArray:
    """The row that holds the same test: yes and no of one question are one comparison, counted once."""
    first = np.arange(len(frame))
    tested = frame[frame["p_value"].notna()]
    for rows in tested.groupby(["question", "group_a", "group_b"], sort=False).indices.values():
        places = tested.index.to_numpy()[rows]
        shares = frame.loc[places, ["estimate_a", "estimate_b"]].to_numpy(dtype=np.float64)
        if len(places) == 2 and np.abs(shares.sum(axis=0) - 1.0).max() < TWIN:  # noqa: PLR2004 - twins
            first[places[1]] = places[0]
    return first


def _without_error(frame: pd.DataFrame) -> list[str]:
    """Questions with a gap that is known and whose standard error is not."""
    unknown = frame["gap"].notna() & frame["std_error"].isna()
    return list(dict.fromkeys(frame.loc[unknown, "question"]))


def _notes(left_out: Sequence[str], circular: Sequence[str], no_error: Sequence[str]) -> tuple[str, ...]:
    notes = []
    if left_out:
        notes.append(f"Not compared, because they make the groups: {', '.join(left_out)}.")
    if circular:
        named = ", ".join(circular)
        notes.append(f"Not tested, because they make the groups (flag {DEFINES}): {named}.")
    if no_error:
        why = "Not tested where a group has no standard error, such as a group in a single cluster"
        notes.append(f"{why}: {', '.join(no_error)}.")
    return tuple(notes)
