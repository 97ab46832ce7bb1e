"""Tests between the columns of a banner, for all its rows at once.

The rules are those of the gaps between groups. In a simple sample shares are tested by the pooled z test. With
weights, strata or clusters the test is t on the linearized standard error, with the degrees of freedom of the
two columns together; where a share is 0 or 1 its linearized variance is zero, and the pooled z test on
effective bases stands in, which with clusters are those of :mod:`..tables.edge_bases`. Means are tested by t.

Columns that overlap are tested with what they share. For t it is the covariance; for z the variance of the gap
under a common share p is

    p (1 - p) (1 / n_a + 1 / n_b - 2 n_ab / (n_a n_b))

with p of the union of both columns. A column against the total that holds it and a column against all the
others then give one and the same z: 50 of 100 against 120 of 300, and 50 of 100 against 70 of 200, give 2.50.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from cxsurvey.errors import RequestError
from cxsurvey.numerics.arrays import Bools, Floats, Ints
from cxsurvey.numerics.banners.records import BannerTable
from cxsurvey.numerics.probability.tails import normal_two_sided_p, t_two_sided_p
from cxsurvey.numerics.tables.edge_bases import clustered_bases
from cxsurvey.numerics.tables.inference import at_edge, snapped, two_proportion_z

if TYPE_CHECKING:
    import numpy.typing as npt

NO_TEST, LINEARIZED, POOLED, POOLED_EFFECTIVE, REPLICATED = range(5)
METHODS: Final = ("", "t, linearized", "z, pooled", "z, pooled, effective bases", "t, replicates")
REST: Final = -1
ROUNDING = 1e-12  # of the terms that a variance is made of: less is none


@dataclass(frozen=True, slots=True, eq=False)
class ColumnTests:
    """T targets by J pairs of columns.

    Attributes
    ----------
    a, b : (J,) int
        Columns; ``b`` is -1 for the rest of column ``a``.
    estimate_a, estimate_b, gap, std_error : (T, J) float
        The gap is a less b, its standard error linearized under every test.
    statistic, df, p_value : (T, J) float
        NaN where there is nothing to test; ``df`` is NaN for z.
    method : (T, J) int8
        Position in :data:`METHODS`.
    n_a, n_b, n_overlap : (T, J) int
        Respondents in the base of each, and of both.
    n_effective_a, n_effective_b : (T, J) float
    """

    a: Ints
    b: Ints
    estimate_a: Floats
    estimate_b: Floats
    gap: Floats
    std_error: Floats
    statistic: Floats
    df: Floats
    p_value: Floats
    method: npt.NDArray[np.int8]
    n_a: Ints
    n_b: Ints
    n_overlap: Ints
    n_effective_a: Floats
    n_effective_b: Floats


@dataclass(frozen=True, slots=True, eq=False)
class _Pairs:
    """What a test must know of T targets by J pairs; ``common`` is the share of the union."""

    a: Ints
    b: Ints
    estimate_a: Floats
    estimate_b: Floats
    variance: Floats
    df: Floats
    n_a: Ints
    n_b: Ints
    n_overlap: Ints
    n_effective_a: Floats
    n_effective_b: Floats
    effective_overlap: Floats
    common: Floats
    variance_a: Floats
    variance_b: Floats
    df_a: Ints
    df_b: Ints


def pair_tests(
    table: BannerTable, a: npt.ArrayLike | None = None, b: npt.ArrayLike | None = None
) -> ColumnTests:
    """Test columns against each other.

    Parameters
    ----------
    table : BannerTable
    a, b : (J,) int, optional
        Columns; 0 is the total, which holds all the others: the dependent form of a test of a part against the
        whole. All pairs of columns, without the total, when left out.

    Returns
    -------
    ColumnTests

    Raises
    ------
    RequestError
        ``array-shape``, ``code-out-of-range``; ``not-a-covariance``.

    Examples
    --------
    >>> from cxsurvey.numerics.banners.kernel import banner_tables
    >>> from cxsurvey.numerics.banners.records import CodedQuestion, DisjointColumns
    >>> from cxsurvey.numerics.tables.design import sample_design
    >>> answer = np.repeat([0, 1, 0, 1], [50, 50, 70, 130])
    >>> young = DisjointColumns(np.repeat([0, -1], [100, 200]), 1)
    >>> yes = CodedQuestion(answer, np.array([[1.0, 0.0]]), np.ones((1, 2)))
    >>> (table,) = banner_tables(sample_design(np.ones(300)), [yes], [young])
    >>> found = pair_tests(table, [1], [0])
    >>> found.statistic.round(6).tolist(), found.n_overlap.tolist()
    ([[2.5]], [[100]])
    """
    left, right = _positions(table, a, b)
    bases, overlaps, base = table.bases, table.overlaps, table.base_of
    V = table.covariance
    own = np.einsum("tcc->tc", V)
    variance = _difference(own[:, left], own[:, right], V[:, left, right])
    weight, effective = bases.weight, bases.n_effective
    scale = weight[:, left] * weight[:, right]
    shared = np.zeros(scale.shape)
    np.divide(
        effective[:, left] * effective[:, right] * overlaps.weight_squared[:, left, right],
        scale, out=shared, where=scale > 0,
    )  # fmt: skip
    union = (weight[:, left] + weight[:, right] - overlaps.weight[:, left, right])[base]
    given = table.total[:, left] + table.total[:, right] - overlaps.total[:, left, right]
    common = np.full(given.shape, np.nan)
    np.divide(given, union, out=common, where=(union > 0) & (overlaps.n[:, left, right] > 0)[base])
    return _tested(table, _Pairs(
        left, right, table.estimate[:, left], table.estimate[:, right], variance,
        overlaps.df[:, left, right][base].astype(np.float64), bases.n[:, left][base], bases.n[:, right][base],
        overlaps.n[:, left, right][base], effective[:, left][base], effective[:, right][base], shared[base],
        common, own[:, left], own[:, right], bases.df[:, left][base], bases.df[:, right][base],
    ))  # fmt: skip


def rest_tests(table: BannerTable) -> ColumnTests:
    """Test each column against everyone in the total who is not in it.

    Parameters
    ----------
    table : BannerTable

    Returns
    -------
    ColumnTests
        One pair a column; ``b`` is -1.

    Raises
    ------
    RequestError
        ``not-a-covariance``.

    Examples
    --------
    >>> from cxsurvey.numerics.banners.kernel import banner_tables
    >>> from cxsurvey.numerics.banners.records import CodedQuestion, DisjointColumns
    >>> from cxsurvey.numerics.tables.design import sample_design
    >>> answer = np.repeat([0, 1, 0, 1], [50, 50, 70, 130])
    >>> young = DisjointColumns(np.repeat([0, -1], [100, 200]), 1)
    >>> yes = CodedQuestion(answer, np.array([[1.0, 0.0]]), np.ones((1, 2)))
    >>> (table,) = banner_tables(sample_design(np.ones(300)), [yes], [young])
    >>> found = rest_tests(table)
    >>> found.estimate_b.tolist(), found.statistic.round(6).tolist()
    ([[0.35]], [[2.5]])
    """
    rest, bases, base = table.rest, table.bases, table.base_of
    own = np.einsum("tcc->tc", table.covariance)[:, 1:]
    columns = np.arange(1, own.shape[1] + 1)
    variance = _difference(own, rest.variance, rest.covariance)
    df = np.broadcast_to(bases.df[:, :1][base].astype(np.float64), own.shape)
    nobody = np.zeros(own.shape)
    return _tested(table, _Pairs(
        columns, np.full(len(columns), REST), table.estimate[:, 1:], rest.estimate, variance, df,
        bases.n[:, 1:][base], rest.bases.n[base], nobody.astype(np.intp),
        bases.n_effective[:, 1:][base], rest.bases.n_effective[base], nobody, np.full(own.shape, np.nan),
        own, rest.variance, bases.df[:, 1:][base], rest.bases.df[base],
    ))  # fmt: skip


def letter_levels(
    tests: ColumnTests, p: npt.ArrayLike, *, levels: Sequence[float] = (0.95, 0.90), n_columns: int
) -> npt.NDArray[np.int8]:
    """Say which columns stand above which.

    Parameters
    ----------
    tests : ColumnTests
        Of pairs of columns.
    p : (T, J) float
        p-values, adjusted or not; NaN is not tested.
    levels : sequence of float
        Confidence, the strictest first.
    n_columns : int
        C, the total included.

    Returns
    -------
    (T, C, C) int8
        Entry (t, c, d) is 0, or 1 plus the position of the first level at which column c is higher than d: p is
        below 1 less the level.

    Raises
    ------
    RequestError
        ``array-shape`` when the p-values are not those of the tests.

    Examples
    --------
    >>> from cxsurvey.numerics.banners.kernel import banner_tables
    >>> from cxsurvey.numerics.banners.records import CodedQuestion, DisjointColumns
    >>> from cxsurvey.numerics.tables.design import sample_design
    >>> answer = np.repeat([0, 1, 0, 1], [50, 50, 70, 130])
    >>> age = DisjointColumns(np.repeat([0, 1], [100, 200]), 2)
    >>> yes = CodedQuestion(answer, np.array([[1.0, 0.0]]), np.ones((1, 2)))
    >>> (table,) = banner_tables(sample_design(np.ones(300)), [yes], [age])
    >>> found = pair_tests(table)
    >>> letter_levels(found, found.p_value, levels=(0.99, 0.95), n_columns=3)[0].tolist()
    [[0, 0, 0], [0, 0, 2], [0, 0, 0]]
    """
    values = np.asarray(p, dtype=np.float64)
    if values.shape != tests.gap.shape:
        raise RequestError.array_shape("p", f"shape {tests.gap.shape}, as the tests", values.shape)
    reached = np.zeros(values.shape, dtype=np.int8)
    for position in range(len(levels) - 1, -1, -1):
        reached[values < round(1 - levels[position], 12)] = position + 1
    marks = np.zeros((len(values), n_columns, n_columns), dtype=np.int8)
    marks[:, tests.a, tests.b] = np.where(tests.gap > 0, reached, 0)
    marks[:, tests.b, tests.a] = np.where(tests.gap < 0, reached, 0)
    return marks


def _positions(table: BannerTable, a: npt.ArrayLike | None, b: npt.ArrayLike | None) -> tuple[Ints, Ints]:
    n_columns = table.estimate.shape[1]
    if a is None or b is None:
        first, second = np.triu_indices(n_columns - 1, k=1)
        return first + 1, second + 1
    left, right = np.atleast_1d(np.asarray(a)), np.atleast_1d(np.asarray(b))
    if left.shape != right.shape or left.ndim != 1:
        raise RequestError.array_shape("b", f"shape {left.shape}, as a", right.shape)
    for name, positions in (("a", left), ("b", right)):
        usable = positions.dtype.kind in "iu"
        if not usable or (positions.size and (positions.min() < 0 or positions.max() >= n_columns)):
            raise RequestError.code_out_of_range(name, 0, n_columns - 1, str(positions.tolist()))
    return left.astype(np.intp), right.astype(np.intp)


def _difference(first: Floats, second: Floats, both: Floats) -> Floats:
    """Variance of a gap; zero where it is within the rounding of its terms."""
    variance = first + second - 2 * both
    small = np.abs(variance) <= ROUNDING * (first + second + 2 * np.abs(both))
    variance[small] = 0.0
    if (variance < 0).any():
        raise RequestError.not_a_covariance()
    return variance


def _tested(table: BannerTable, pairs: _Pairs) -> ColumnTests:
    gap, std_error = pairs.estimate_a - pairs.estimate_b, np.sqrt(pairs.variance)
    score = _scored(table, pairs, std_error)
    statistic = np.full(gap.shape, np.nan)
    np.divide(gap, std_error, out=statistic, where=(std_error > 0) & ~score)
    df = np.where(score, np.nan, pairs.df)
    p_value = np.full(gap.shape, np.nan)
    linear = ~np.isnan(statistic)
    p_value[linear] = t_two_sided_p(statistic[linear], df[linear])
    if score.any():
        statistic[score] = _pooled_z(table, pairs, score)
        p_value[score] = normal_two_sided_p(statistic[score])
    pooled = POOLED if table.is_simple else POOLED_EFFECTIVE
    plain = REPLICATED if table.replicated else LINEARIZED
    method = np.where(np.isnan(p_value), NO_TEST, np.where(score, pooled, plain)).astype(np.int8)
    return ColumnTests(
        pairs.a, pairs.b, pairs.estimate_a, pairs.estimate_b, gap, std_error, statistic, df, p_value, method,
        pairs.n_a, pairs.n_b, pairs.n_overlap, pairs.n_effective_a, pairs.n_effective_b,
    )  # fmt: skip


def _scored(table: BannerTable, pairs: _Pairs, std_error: Floats) -> Bools:
    """Where the pooled z test is the one to make."""
    shares: Bools = np.broadcast_to(table.is_share[:, None], std_error.shape)
    if table.is_simple:
        return shares
    edge = at_edge(pairs.estimate_a) | at_edge(pairs.estimate_b)
    return shares & edge & ~np.isnan(std_error)


def _pooled_z(table: BannerTable, pairs: _Pairs, at: Bools) -> Floats:
    """The z of some of the pairs; NaN where nobody or everybody answered so, or both columns are the same."""
    a, b = snapped(pairs.estimate_a[at]), snapped(pairs.estimate_b[at])
    bases: tuple[Floats | Ints, ...] = (pairs.n_a, pairs.n_b, pairs.n_overlap)
    if not table.is_simple:
        bases = (pairs.n_effective_a, pairs.n_effective_b, pairs.effective_overlap)
    m, n, shared = (base[at].astype(np.float64) for base in bases)
    if table.clustered:
        m, n, shared = _with_clusters(pairs, at, np.array([a, b]), np.array([m, n]), shared)
    z = two_proportion_z(a * m, m, b * n, n).statistic
    overlapping = pairs.n_overlap[at] > 0
    if overlapping.any():
        few = overlapping
        z[few] = _overlapping_z(a[few] - b[few], snapped(pairs.common[at][few]), m[few], n[few], shared[few])
    return z


def _with_clusters(
    pairs: _Pairs, at: Bools, share: Floats, n: Floats, shared: Floats
) -> tuple[Floats, Floats, Floats]:
    """Effective bases, and their overlap, less what the clusters take away."""
    variance = np.array([pairs.variance_a[at], pairs.variance_b[at]])
    df = np.array([pairs.df_a[at], pairs.df_b[at]])
    bases = clustered_bases(share, variance, n, df)
    left: Floats = np.sqrt((bases / np.where(n > 0, n, np.nan)).prod(axis=0))
    return bases[0], bases[1], shared * left


def _overlapping_z(gap: Floats, common: Floats, m: Floats, n: Floats, shared: Floats) -> Floats:
    apart = 1 / m + 1 / n
    spread = apart - 2 * shared / (m * n)
    variance = common * (1 - common) * np.where(spread > ROUNDING * apart, spread, np.nan)
    return gap / np.sqrt(np.where(variance > 0, variance, np.nan))
