"""Gaps after controlling for profile questions: average marginal effects of a model under the design.

For each response a model explains the answer by the groups and the controls. Its predictions for everybody as
if in group a, and as if in group b, are averaged with the weights; the controlled gap is the difference of the
two averages (:mod:`..numerics.models.marginal_effects`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from cxsurvey.analysis import base_policy
from cxsurvey.analysis.controls import (
    GROUPS,
    Control,
    ControlMissing,
    complete,
    model_matrix,
    without_constant,
)
from cxsurvey.analysis.design import StudyDesign
from cxsurvey.analysis.measures import Target, Variable
from cxsurvey.analysis.partition import Partition
from cxsurvey.analysis.results import CONTROLLED_COLUMNS
from cxsurvey.errors import DataFault
from cxsurvey.numerics.models.generalized_linear import generalized_linear
from cxsurvey.numerics.models.marginal_effects import AverageGaps, average_gaps
from cxsurvey.numerics.models.model_fits import Model, solved
from cxsurvey.numerics.models.ordinal_models import proportional_odds
from cxsurvey.numerics.models.predictors import Predictors
from cxsurvey.numerics.sampling.fitted import SurveyDesign
from cxsurvey.numerics.sampling.row_order import reordered, settled_order
from cxsurvey.study.answers import BoolArray, FloatArray, IntArray
from cxsurvey.study.codebook import Settings

if TYPE_CHECKING:
    import pandas as pd

LEAST_PER_COEFFICIENT = 5  # Vittinghoff and McCulloch 2007, American Journal of Epidemiology 165: 710-718
LOGISTIC, LINEAR, ORDINAL = "logistic", "linear", "proportional odds"
MEDIAN, CONTROL, UNANSWERED, COLLINEAR = "median", "control", "unanswered", "collinear"
ONE_ANSWER, FEW, SEPARATED, STUCK = "one_answer", "few_per_coefficient", "separated", "not_converged"
FEW_CLUSTERS, NO_ERROR, LIMIT = "few_clusters", "no_standard_error", "limit"
FAULTS = {
    "outcome-separated": SEPARATED,
    "outcome-constant": ONE_ANSWER,
    "predictors-collinear": COLLINEAR,
    "model-not-converged": STUCK,
}
NUMBERS = ("gap", "std_error", "conf_low", "conf_high", "statistic", "df", "p_value")
TESTED = ("statistic", "df", "p_value")


@dataclass(frozen=True, slots=True, eq=False)
class Request:
    """How gaps are to be controlled.

    Attributes
    ----------
    controls : tuple of Control
    missing : {"exclude", "level"}
    proportional_odds : bool
        Model ordinal answers, and net promoter scores, by proportional odds.
    """

    controls: tuple[Control, ...]
    missing: ControlMissing
    proportional_odds: bool


@dataclass(frozen=True, slots=True)
class Controlled:
    """One controlled gap; NaN where there is none, and ``flag`` says why.

    ``close`` is true where the raw gap of the model's base would tell of a few respondents, and is left out.
    """

    gap: float = float("nan")
    std_error: float = float("nan")
    conf_low: float = float("nan")
    conf_high: float = float("nan")
    statistic: float = float("nan")
    df: float = float("nan")
    p_value: float = float("nan")
    n: int = 0
    raw_gap: float = float("nan")
    flag: str = ""
    model: str = ""
    close: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class _Setting:
    """One variable with the respondents who can be in its models, in an order that their answers decide."""

    design: SurveyDesign
    found: Variable
    request: Request
    base: BoolArray
    weights: FloatArray
    order: IntArray
    settings: Settings
    ordered: bool


def controlled_gaps(
    design: StudyDesign,
    found: Variable,
    partitions: Sequence[Partition],
    request: Request,
    settings: Settings,
    *,
    ordered: bool,
    reason: str = "",
) -> list[Controlled]:
    """Control the gaps of one variable.

    Parameters
    ----------
    design : SampleDesign, Multistage or Replicated
    found : Variable
    partitions : sequence of Partition
        The groups, or each of them against the rest.
    request : Request
    settings : Settings
    ordered : bool
        Whether the answers have an order.
    reason : str
        Why there is nothing to control; empty when there is.

    Returns
    -------
    list of Controlled
        Partition by partition, response by response, pair by pair.

    Raises
    ------
    DataFault
        ``lonely-stratum``, as the design's rule has it.
    """
    base = found.base & complete(request.controls, request.missing) & (design.weights > 0)
    answers = [partitions[0].index, *(control.answers for control in request.controls), *_answers(found)]
    order = settled_order(design, answers)
    setting = _Setting(reordered(design, order), found, request, base, design.weights, order, settings, ordered)
    asked = found.base & (design.weights > 0)
    left_out = [_sizes(groups, asked) - _sizes(groups, base) for groups in partitions]
    rows: list[Controlled] = []
    for groups, close in zip(partitions, too_close(left_out, settings.suppress_below), strict=True):
        prepared = _Matrices(setting, groups, {})
        for target in found.targets:
            rows += _target_gaps(prepared, target, reason, close)
    return rows


def _sizes(groups: Partition, base: BoolArray) -> IntArray:
    """Unweighted base of each group; shape (G,)."""
    return np.bincount(groups.index[base & (groups.index >= 0)], minlength=len(groups.names))


def too_close(left_out: Sequence[IntArray], limit: int) -> list[BoolArray]:
    """Find the raw gaps of a model's base that would tell of a few respondents.

    A gap of all and the same gap without those who did not answer every control differ by the latter. Several
    such differences can be added and subtracted, so with three groups or more none may have a side that leaves
    out a few.

    Parameters
    ----------
    left_out : sequence of ndarray of int, shape (G,)
        Respondents that the model leaves out, by group: of one partition, or of each group against the rest.
    limit : int
        What counts as a few: 1 to ``limit - 1``.

    Returns
    -------
    list of ndarray of bool, shape (G, G)
        For each partition the pairs of groups.

    Examples
    --------
    >>> too_close([np.array([1, 0])], 5)[0].tolist(), too_close([np.array([1, 30])], 5)[0].tolist()
    ([[True, True], [True, True]], [[False, False], [False, False]])
    """
    against_rest = len(left_out) > 1
    each = np.array([sizes[0] for sizes in left_out]) if against_rest else left_out[0]
    few = (each > 0) & (each < limit)
    if len(each) <= 2:  # noqa: PLR2004 - one gap, which both groups make together
        few = np.full(len(each), 0 < each.sum() < limit)
    if against_rest:
        return [np.full((2, 2), few.any())] * len(left_out)
    return [few[:, None] | few]


def _answers(found: Variable) -> list[FloatArray | IntArray]:
    """What decides the outcome of every target, as keys of an order."""
    given = [found.code, found.value] if found.columns is None else [*found.columns.T]
    return [answer for answer in given if answer is not None]


@dataclass(frozen=True, slots=True, eq=False)
class _Matrices:
    """The design matrices of one variable and one partition: one for each baseline that a response asks for."""

    setting: _Setting
    groups: Partition
    known: dict[int, Predictors | None]

    @property
    def inside(self) -> BoolArray:
        """Who can be in a model; shape (n,), in the order of the file."""
        inside: BoolArray = self.setting.base & (self.groups.index >= 0)
        return inside

    @property
    def sizes(self) -> IntArray:
        """Unweighted base of each group; shape (G,)."""
        return _sizes(self.groups, self.setting.base)

    def at(self, baseline: int) -> Predictors | None:
        """The matrix with one of the groups as the baseline."""
        if baseline not in self.known:
            s = self.setting
            self.known[baseline] = model_matrix(
                s.request.controls,
                self.groups,
                s.base,
                s.weights,
                s.order,
                s.request.missing,
                baseline=baseline,
            )
        return self.known[baseline]


def _target_gaps(prepared: _Matrices, target: Target, reason: str, close: BoolArray) -> list[Controlled]:
    """All pairs of one response."""
    sizes, n_groups = prepared.sizes, len(prepared.groups.names)
    pairs = [(a, b) for a in range(n_groups) for b in range(a + 1, n_groups)]
    y = _outcome(prepared.setting.found, target)
    if y is None or reason:
        return [Controlled(n=int(sizes.sum()), flag=reason or MEDIAN)] * len(pairs)
    if np.count_nonzero(sizes) < 2:  # noqa: PLR2004 - a gap has two sides
        return [Controlled(n=int(sizes.sum()), flag=UNANSWERED)] * len(pairs)
    means = _means(prepared, y)
    present = [pair for pair in pairs if sizes[list(pair)].all()]
    fitted = _fitted(prepared, target, y, means, present)
    hidden = base_policy.suppressed(sizes, prepared.setting.settings.suppress_below)
    flags = base_policy.flags(sizes, hidden, prepared.setting.settings)
    rows = []
    for pair in pairs:
        base = base_policy.worst(flags[pair[0]], flags[pair[1]])
        raw = float("nan") if close[pair] else float(means[pair[0]] - means[pair[1]])
        place = present.index(pair) if pair in present else -1
        row = _row(fitted, place, pair, base, raw, int(sizes.sum()))
        rows.append(replace(row, close=bool(close[pair])))
    return rows


def _outcome(found: Variable, target: Target) -> FloatArray | None:
    """The number that is modelled for each respondent, NaN outside the base; None for a median."""
    if target.statistic == "median":
        return None
    if target.statistic != "share":
        return found.value
    if found.code is not None:
        return np.append(target.numerator, np.nan)[found.code]
    columns = found.columns if found.columns is not None else np.zeros((len(found.base), len(target.numerator)))
    return np.where(found.base, columns @ target.numerator, np.nan)


def _means(prepared: _Matrices, y: FloatArray) -> FloatArray:
    """Raw shares or means of the groups on the base of the model; shape (G,), NaN for an empty group."""
    order, n_groups = prepared.setting.order, len(prepared.groups.names)
    rows = order[prepared.inside[order]]
    group, weights = prepared.groups.index[rows], prepared.setting.weights[rows]
    total = np.bincount(group, weights, minlength=n_groups)
    values = np.bincount(group, weights * y[rows], minlength=n_groups)
    means: FloatArray = np.divide(values, total, out=np.full(n_groups, np.nan), where=total > 0)
    return means


@dataclass(frozen=True, slots=True, eq=False)
class _Fitted:
    """The gaps of a model, or why there are none; ``endless`` are groups with an infinite coefficient."""

    reason: str
    model: str = ""
    gaps: AverageGaps | None = None
    endless: frozenset[int] = frozenset()
    limit: bool = False


def _fitted(
    prepared: _Matrices, target: Target, y: FloatArray, means: FloatArray, pairs: Sequence[tuple[int, int]]
) -> _Fitted:
    """Fit the model of one response and take the gaps from it, or say why there are none."""
    setting, answers = prepared.setting, y[prepared.inside]
    if answers.min() == answers.max():
        return _Fitted(ONE_ANSWER)
    binary = target.statistic == "share"
    matrix = prepared.at(_baseline(means, prepared.sizes) if binary else int(np.argmax(prepared.sizes > 0)))
    if matrix is None:
        return _Fitted(COLLINEAR)
    name = (
        ORDINAL if setting.ordered and setting.request.proportional_odds else (LOGISTIC if binary else LINEAR)
    )
    codes, worth = _categories(setting.found, target, y) if name == ORDINAL else (None, None)
    counted = codes[prepared.inside] if codes is not None else (answers if binary else None)
    if _information(counted, len(answers)) < LEAST_PER_COEFFICIENT * (matrix.kinds.shape[1] - 1):
        return _Fitted(FEW, name)
    try:
        model = _model(matrix, y[setting.order], None if codes is None else codes[setting.order], name)
        known = solved(model, setting.design.weights)
        named = [(str(a), str(b)) for a, b in pairs]
        level = setting.settings.level
        found = average_gaps(setting.design, known, GROUPS, pairs=named, responses=worth, level=level)
    except DataFault as fault:
        if fault.code not in FAULTS:
            raise
        return _Fitted(FAULTS[fault.code], name)
    term = known.predictors.term(GROUPS)
    groups = [k for k in known.kept.columns if term.start <= k < term.stop]
    endless = frozenset(int(term.levels[1 + k - term.start]) for k in groups)
    return _Fitted("", name, found, endless, limit=len(known.kept.columns) > len(groups))


def _baseline(means: FloatArray, sizes: IntArray) -> int:
    """The first group in which some gave the response and some did not, as far as there is one."""
    mixed = (sizes > 0) & (means > 0) & (means < 1)
    return int(np.argmax(mixed if mixed.any() else sizes > 0))


def _categories(found: Variable, target: Target, y: FloatArray) -> tuple[IntArray, FloatArray]:
    """Ordered categories, -1 for no answer, and what each is worth."""
    if target.statistic == "share" and found.code is not None:
        return found.code, target.numerator
    worth, codes = np.unique(y[found.base], return_inverse=True)
    all_codes = np.full(len(y), -1)
    all_codes[found.base] = codes
    return all_codes, worth


def _information(categories: FloatArray | IntArray | None, n: int) -> float:
    """How many respondents a model really has: all; the rarer answer of two; ``n - sum n_k³ / n²`` of several.

    The last is Harrell's (2015, *Regression Modeling Strategies*, sec. 4.4).
    """
    if categories is None:
        return float(n)
    counts = np.unique(categories, return_counts=True)[1]
    if len(counts) <= 2:  # noqa: PLR2004 - yes and no
        return float(counts.min())
    return float(n - (counts / n) ** 2 @ counts)


def _model(matrix: Predictors, y: FloatArray, codes: IntArray | None, name: str) -> Model:
    if codes is not None:
        return proportional_odds(codes, without_constant(matrix), separation="limit")
    return generalized_linear(y, matrix, family="logit" if name == LOGISTIC else "linear", separation="limit")


def _row(fitted: _Fitted, place: int, pair: tuple[int, int], base: str, raw: float, n: int) -> Controlled:
    """Write one gap, without what its base or its model does not support."""
    if base in {base_policy.SUPPRESSED, base_policy.EMPTY}:
        return Controlled(n=n, flag=base)
    found = fitted.gaps
    if fitted.reason or found is None or set(pair) & fitted.endless:
        return Controlled(n=n, raw_gap=raw, flag=fitted.reason or SEPARATED, model=fitted.model)
    values = {name: float(getattr(found, name)[place]) for name in NUMBERS if name != "df"}
    flags = [base, LIMIT if fitted.limit else ""]
    if found.df <= 0:
        flags.append(FEW_CLUSTERS)
    elif not values["std_error"] > 0:
        flags.append(NO_ERROR)
    row: dict[str, Any] = {**values, "df": float(found.df)}
    if base == base_policy.NOT_TESTED or len(flags) > 2:  # noqa: PLR2004 - a third flag says that nothing is tested
        row |= dict.fromkeys(TESTED, float("nan"))
    return Controlled(**row, n=n, raw_gap=raw, flag=" ".join(filter(None, flags)), model=fitted.model)


def controlled_columns(rows: Sequence[Controlled], raw_flags: Sequence[str]) -> pd.DataFrame:
    """Write controlled gaps as columns beside the raw ones, with nothing where the raw gap is hidden.

    Parameters
    ----------
    rows : sequence of Controlled
    raw_flags : sequence of str
        Flags of the raw gaps.

    Returns
    -------
    pandas.DataFrame
        :data:`.results.CONTROLLED_COLUMNS`, ``controlled_p_adjusted`` still NaN.
    """
    import pandas as pd  # noqa: PLC0415 - the table is made last

    names = [name.removeprefix("controlled_") for name in CONTROLLED_COLUMNS]
    shown = [
        Controlled(n=row.n, flag=flag) if flag in {base_policy.SUPPRESSED, base_policy.EMPTY} else row
        for row, flag in zip(rows, raw_flags, strict=True)
    ]
    table = {f"controlled_{name}": [getattr(row, name, np.nan) for row in shown] for name in names}
    return pd.DataFrame(table, columns=list(CONTROLLED_COLUMNS))
