"""The numbers of a book before anything is hidden: every target by every column, as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from cxsurvey.analysis.design import StudyDesign, is_simple
from cxsurvey.analysis.design_ratios import design_medians
from cxsurvey.analysis.measures import Variable
from cxsurvey.analysis.tabulation.banner import Members
from cxsurvey.analysis.tabulation.general import general_tables
from cxsurvey.numerics.banners.kernel import banner_tables
from cxsurvey.numerics.banners.records import BannerTable, BannerVariable, Question
from cxsurvey.numerics.sampling.replication import Replicated
from cxsurvey.numerics.tables.design import SampleDesign
from cxsurvey.numerics.tables.inference import share_intervals, t_interval
from cxsurvey.numerics.tables.moments import for_gaps
from cxsurvey.study.answers import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """T targets by C columns, the total first; each array (T, C).

    Attributes
    ----------
    n : ndarray of int
        Respondents who gave the answer.
    count : ndarray of float
        The same, weighted.
    base : ndarray of int
    base_weight, base_effective : ndarray of float
    estimate, std_error, low, high : ndarray of float
    """

    n: IntArray
    count: FloatArray
    base: IntArray
    base_weight: FloatArray
    base_effective: FloatArray
    estimate: FloatArray
    std_error: FloatArray
    low: FloatArray
    high: FloatArray

    def rows(self, own: slice) -> Measured:
        """Some of the targets."""
        return Measured(*(getattr(self, item.name)[own] for item in fields(self)))

    def with_rows(self, more: Measured) -> Measured:
        """These targets and others below them."""
        return Measured(
            *(np.vstack([getattr(self, item.name), getattr(more, item.name)]) for item in fields(self))
        )


def tables_of(
    design: StudyDesign, questions: Sequence[Question], variables: Sequence[BannerVariable]
) -> tuple[BannerTable, ...]:
    """Estimate every question by every banner variable: the quick way where the design allows it."""
    if isinstance(design, SampleDesign):
        return banner_tables(design, questions, variables)
    return general_tables(design, questions, variables)


def measured(design: StudyDesign, tables: Sequence[BannerTable], level: float) -> Measured:
    """Put the columns of all banner variables beside one another, with their intervals.

    Parameters
    ----------
    design : SampleDesign, Multistage or Replicated
    tables : sequence of BannerTable
        One for each banner variable, of the same questions.
    level : float
        Of the intervals.

    Returns
    -------
    Measured
    """
    first = tables[0]
    bases = [table.bases for table in tables]
    of = first.base_of
    estimate = _joined([table.estimate for table in tables])
    error = _joined([table.std_error for table in tables])
    base = _joined([item.n[of] for item in bases])
    effective = _joined([item.n_effective[of] for item in bases])
    df = _joined([item.df[of] for item in bases]).astype(np.float64)
    interval = t_interval(estimate, error, df, level)
    shares = first.is_share
    low, high = interval.low.copy(), interval.high.copy()
    of_logits = _joined(
        [table.std_error if table.interval_error is None else table.interval_error for table in tables]
    )
    arrays = [array[shares].ravel() for array in (estimate, of_logits, base, effective, df)]
    if shares.any():
        of_shares = share_intervals(*arrays, simple=is_simple(design), level=level)
        low[shares] = of_shares.low.reshape(-1, low.shape[1])
        high[shares] = of_shares.high.reshape(-1, low.shape[1])
    is_share = shares[:, None]
    return Measured(
        n=np.where(is_share, _joined([table.n for table in tables]), base),
        count=np.where(
            is_share, _joined([table.total for table in tables]), _joined([b.weight[of] for b in bases])
        ),
        base=base,
        base_weight=_joined([item.weight[of] for item in bases]),
        base_effective=effective,
        estimate=estimate,
        std_error=error,
        low=low,
        high=high,
    )


def _joined(arrays: Sequence[np.ndarray]) -> np.ndarray:
    """The total and columns of the first, and the columns of the others."""
    return np.hstack([arrays[0], *(array[:, 1:] for array in arrays[1:])])


@dataclass(frozen=True, slots=True, eq=False)
class MedianColumns:
    """Medians of one variable's columns, with what tests of them need.

    Attributes
    ----------
    variance : ndarray of float, shape (G, G), or None
        None where columns overlap: the covariance of such medians is not estimated, so they are not tested.
    df, overlap : ndarray of int, shape (G, G)
    replicated : bool
        The variance is that of replicate weights.
    """

    estimate: FloatArray
    variance: FloatArray | None
    df: IntArray
    overlap: IntArray
    n: IntArray
    effective: FloatArray
    replicated: bool


def median_row(
    design: StudyDesign, found: Variable, members: Sequence[Members], inside: BoolArray, level: float
) -> tuple[Measured, tuple[MedianColumns, ...]]:
    """Estimate the median of the total and of every column.

    Parameters
    ----------
    design : SampleDesign, Multistage or Replicated
    found : Variable
    members : sequence of Members
    inside : ndarray of bool, shape (n,)
        Whom the book is limited to.
    level : float

    Returns
    -------
    Measured
        One target.
    tuple of MedianColumns
        One for each variable.
    """
    value = found.value if found.value is not None else np.full(design.n, np.nan)
    value = np.where(found.base & inside, value, np.nan)
    everyone = np.zeros(design.n, dtype=np.int64)
    parts = [_medians(design, everyone, 1, value, level)]
    columns = []
    for item in members:
        if item.code is not None:
            made = _medians(design, item.code, item.size, value, level)
            variance: FloatArray | None = made[1]
        else:
            each = [_medians(design, own.astype(np.int64) - 1, 1, value, level) for own in item.matrix.T]
            made, variance = _beside(each, item.size), None
        parts.append(made)
        row, _, df, overlap = made
        columns.append(
            MedianColumns(
                row.estimate[0], variance, df, overlap, row.base[0], row.base_effective[0],
                replicated=isinstance(design, Replicated),
            )
        )  # fmt: skip
    rows = [part[0] for part in parts]
    whole = Measured(*(np.hstack([getattr(row, item.name) for row in rows]) for item in fields(Measured)))
    return whole, tuple(columns)


type_of_medians = tuple[Measured, FloatArray, IntArray, IntArray]


def _medians(
    design: StudyDesign, code: IntArray, size: int, value: FloatArray, level: float
) -> type_of_medians:
    group = np.where(np.isnan(value), -1, code)
    found = design_medians(design, group, size, value, level=level)
    alone = (found.df <= 0) & ~(np.diag(found.covariance) > 0)  # one PSU shows no variance
    covariance = for_gaps(found.covariance, found.gap_factor)
    covariance = np.where(alone[:, None] | alone[None, :], np.nan, covariance)
    row = Measured(
        *(
            np.asarray(array)[None, :]
            for array in (
                found.n, found.n_weighted, found.n, found.n_weighted, found.n_effective,
                found.estimate, np.sqrt(np.diag(covariance)), found.conf_low, found.conf_high,
            )
        )
    )  # fmt: skip
    return row, covariance, found.union_df, found.overlap


def _beside(each: Sequence[type_of_medians], size: int) -> type_of_medians:
    rows = [item[0] for item in each]
    row = Measured(*(np.hstack([getattr(row, item.name) for row in rows]) for item in fields(Measured)))
    empty = np.zeros((size, size), dtype=np.int64)
    return row, np.full((size, size), np.nan), empty, empty
