"""Banner tables under any design: stages and replicate weights, which the kernel does not know.

Respondents are put into disjoint patterns, one for each set of columns that somebody is in; every column, and
its rest, is then a sum of patterns, and the covariance of all columns comes from one fit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from cxsurvey.analysis.design import StudyDesign, is_clustered, is_simple
from cxsurvey.analysis.design_ratios import Cells, Columns, design_ratios, logit_errors
from cxsurvey.numerics.arrays import as_floats
from cxsurvey.numerics.banners.records import (
    BannerTable,
    BannerVariable,
    Bases,
    CodedQuestion,
    DisjointColumns,
    NumberQuestion,
    Overlaps,
    Question,
    RestColumns,
)
from cxsurvey.numerics.sampling.replication import Replicated
from cxsurvey.numerics.tables.moments import for_gaps
from cxsurvey.numerics.tables.variance import Ratios
from cxsurvey.study.answers import BoolArray, FloatArray, IntArray


def general_tables(
    design: StudyDesign, questions: Sequence[Question], variables: Sequence[BannerVariable]
) -> tuple[BannerTable, ...]:
    """Make what :func:`.numerics.banners.kernel.banner_tables` makes, under any design, question by question.

    Parameters
    ----------
    design : SampleDesign, Multistage or Replicated
    questions, variables : sequence
        Records of the kernel.

    Returns
    -------
    tuple of BannerTable
        One for each variable.

    Raises
    ------
    DataFault
        ``lonely-stratum``.
    """
    return tuple(_table(design, questions, _matrix(variable)) for variable in variables)


def _matrix(variable: BannerVariable) -> BoolArray:
    if isinstance(variable, DisjointColumns):
        inside: BoolArray = np.asarray(variable.codes)[:, None] == np.arange(variable.n_columns)
        return inside
    return np.asarray(variable.members, dtype=bool)


@dataclass(frozen=True, slots=True, eq=False)
class _Answers:
    """One question under the general design: T targets over a basis of size K, and each respondent's part."""

    code: IntArray | None
    columns: FloatArray
    base: BoolArray
    numerator: FloatArray
    denominator: FloatArray
    is_share: BoolArray

    def basis(self, pattern: IntArray, n_patterns: int) -> Cells | Columns:
        group = np.where(self.base, pattern, -1)
        if self.code is None:
            return Columns(group, n_patterns, self.columns)
        size = self.numerator.shape[1]
        return Cells(np.where(self.base, pattern * size + self.code, -1), n_patterns * size)

    def spread(self, rows: FloatArray) -> FloatArray:
        """Each respondent's own coefficient: (n, T), 0 out of the base."""
        if self.code is None:
            return np.where(self.base[:, None], self.columns @ rows.T, 0.0)
        return np.where(self.base[:, None], rows.T[self.code], 0.0)


def _answers(question: Question) -> _Answers:
    if isinstance(question, CodedQuestion):
        code = np.asarray(question.codes, dtype=np.int64)
        shares = question.is_share if question.is_share is not None else np.ones(len(question.numerator), bool)
        return _Answers(code, np.zeros((0, 0)), code >= 0, question.numerator, question.denominator, shares)
    if isinstance(question, NumberQuestion):
        known = ~np.isnan(question.values)
        columns = np.column_stack([np.where(known, question.values, 0.0), known])
        first, second = np.array([[1.0, 0.0]]), np.array([[0.0, 1.0]])
        return _Answers(None, columns, known, first, second, np.zeros(1, bool))
    ticks = np.asarray(question.options, dtype=np.float64)
    size = ticks.shape[1]
    base = np.ones(len(ticks), bool) if question.base is None else np.asarray(question.base, dtype=bool)
    columns = np.column_stack([ticks, np.ones(len(ticks))])
    whole = np.repeat(np.eye(size + 1)[-1:], size, axis=0)
    return _Answers(None, columns, base, np.eye(size, size + 1), whole, np.ones(size, bool))


def _table(design: StudyDesign, questions: Sequence[Question], matrix: BoolArray) -> BannerTable:
    patterns, pattern = np.unique(matrix, axis=0, return_inverse=True)
    inside = patterns.T.astype(np.float64)
    rows = np.vstack([np.ones((1, len(patterns))), inside, 1 - inside])  # total, columns, their rests
    everyone = np.column_stack([np.ones(len(matrix), bool), matrix, ~matrix])
    found = [_answers(question) for question in questions]
    blocks = [_block(design, item, pattern.reshape(-1), rows, everyone) for item in found]
    first = np.concatenate([[0], np.cumsum([len(item.numerator) for item in found])])
    is_share = np.concatenate([item.is_share for item in found])
    joined = _joined(blocks, first, is_share, simple=is_simple(design), columns=1 + matrix.shape[1])
    return replace(joined, clustered=is_clustered(design), replicated=isinstance(design, Replicated))


@dataclass(frozen=True, slots=True, eq=False)
class _Block:
    """One question: arrays over targets and all of total, columns and rests; D = 1 + 2 G of them."""

    estimate: FloatArray
    covariance: FloatArray
    df: IntArray
    overlap: IntArray
    weight: FloatArray
    weight_squared: FloatArray
    total_both: FloatArray
    n: IntArray
    deviation: FloatArray
    interval_error: FloatArray


def _block(
    design: StudyDesign, item: _Answers, pattern: IntArray, rows: FloatArray, everyone: BoolArray
) -> _Block:
    size, n_targets = len(rows), len(item.numerator)
    basis = item.basis(pattern, rows.shape[1])
    over, under_rows = (as_floats(np.kron(rows, part)) for part in (item.numerator, item.denominator))
    ratios = without_false_zeros(design_ratios(design, basis, over, under_rows))
    own = np.arange(n_targets)
    places = own[:, None] + n_targets * np.arange(size)  # of each target in the order of the fit: (T, D)
    both = places[:, :, None], places[:, None, :]
    value, under = item.spread(item.numerator), item.spread(item.denominator) != 0
    shape = (n_targets, size, size)
    weight, squared, total = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    n, deviation = np.zeros((n_targets, size), dtype=np.int64), np.zeros((n_targets, size))
    for t in range(n_targets):
        member = (everyone & under[:, t, None]).astype(np.float64)
        weighted = design.weights[:, None] * member
        weight[t] = weighted.T @ member
        squared[t] = (design.weights[:, None] * weighted).T @ member
        total[t] = (value[:, t, None] * weighted).T @ member
        n[t] = np.rint((value[:, t] != 0).astype(np.float64) @ member)
        deviation[t] = _deviations(value[:, t], design.weights, member)
    head = n_targets * (1 + size // 2)  # of the total and the columns, without their rests
    interval_error = ratios.std_error[:head]
    if item.is_share.any():
        interval_error = logit_errors(design, basis, over[:head], under_rows[:head], ratios)
    return _Block(
        ratios.estimate[places], for_gaps(ratios.covariance, ratios.gap_factor)[both], ratios.union_df[both],
        ratios.overlap[both], weight, squared, total, n, deviation, interval_error.reshape(-1, n_targets).T,
    )  # fmt: skip


def without_false_zeros(ratios: Ratios) -> Ratios:
    """Leave the variance unknown where a base lies in one PSU, as :mod:`.analysis.estimation` does."""
    alone = (ratios.df <= 0) & ~(np.diag(ratios.covariance) > 0)
    covariance = ratios.covariance.copy()
    covariance[alone, :] = np.nan
    covariance[:, alone] = np.nan
    return replace(ratios, covariance=covariance)


def _deviations(value: FloatArray, weights: FloatArray, member: FloatArray) -> FloatArray:
    """Weighted standard deviation in each domain, divisor n - 1; NaN for fewer than two."""
    n, w = (member * (weights > 0)[:, None]).sum(axis=0), weights @ member
    safe = np.where((n > 1) & (w > 0), w, np.nan)
    mean = (weights * value) @ member / safe
    squares = np.array(
        [weights @ (member[:, d] * (value - m) ** 2) for d, m in enumerate(mean)], dtype=np.float64
    )
    deviation: FloatArray = np.sqrt(squares / safe * n / np.where(n > 1, n - 1, np.nan))
    return deviation


def _joined(
    blocks: Sequence[_Block], first: IntArray, is_share: BoolArray, *, simple: bool, columns: int
) -> BannerTable:
    """Stack the questions, and part the total and its columns from their rests."""
    names = _Block.__slots__
    whole = _Block(*(np.concatenate([getattr(block, name) for block in blocks]) for name in names))
    head, rest = slice(0, columns), slice(columns, 2 * columns - 1)
    own = np.arange(2 * columns - 1)
    n, df = whole.overlap[:, own, own], whole.df[:, own, own]
    w, w2 = whole.weight[:, own, own], whole.weight_squared[:, own, own]
    column, other = np.arange(1, columns), np.arange(columns, 2 * columns - 1)
    return BannerTable(
        first=first.astype(np.intp),
        base_of=np.arange(len(whole.estimate)),
        is_share=is_share,
        is_simple=simple,
        bases=Bases(n[:, head], w[:, head], w2[:, head], df[:, head]),
        overlaps=Overlaps(
            whole.overlap[:, head, head], whole.weight[:, head, head], whole.weight_squared[:, head, head],
            whole.df[:, head, head], whole.total_both[:, head, head],
        ),
        n=whole.n[:, head],
        total=whole.total_both[:, own, own][:, head],
        estimate=whole.estimate[:, head],
        covariance=whole.covariance[:, head, head],
        deviation=whole.deviation[:, head],
        rest=RestColumns(
            Bases(n[:, rest], w[:, rest], w2[:, rest], df[:, rest]), whole.estimate[:, rest],
            whole.covariance[:, own, own][:, rest], whole.covariance[:, column, other],
            whole.deviation[:, rest],
        ),
        interval_error=whole.interval_error,
    )  # fmt: skip
