"""Every comparison of a book as arrays: pairs inside a banner variable, each column against the rest, waves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from cxsurvey.analysis.gaps import LINEARIZED, REPLICATED
from cxsurvey.analysis.tabulation.banner import Banner
from cxsurvey.analysis.tabulation.measured import MedianColumns
from cxsurvey.analysis.tabulation.records import Strings, TestKind
from cxsurvey.numerics.banners.records import BannerTable
from cxsurvey.numerics.banners.significance import METHODS, ColumnTests, pair_tests, rest_tests
from cxsurvey.numerics.tables.inference import t_two_sided_p
from cxsurvey.study.answers import FloatArray, IntArray

METHOD_NAMES = np.array(METHODS, dtype=object)
REST = -1


@dataclass(frozen=True, slots=True, eq=False)
class Comparisons:
    """J comparisons of T targets, before the base policy and the correction.

    Attributes
    ----------
    kind : tuple of {"pair", "rest", "wave"}, length J
    variable : ndarray of int, shape (J,)
        Banner variable that a comparison belongs to; -1 for the total.
    a, b : ndarray of int, shape (J,)
        Columns of the book; ``b`` is -1 for the rest.
    estimate_a, estimate_b, gap, std_error, statistic, df, p_value : ndarray, shape (T, J)
    n_a, n_b, n_overlap : ndarray of int, shape (T, J)
    n_effective_a, n_effective_b : ndarray of float, shape (T, J)
    test : ndarray of str, shape (T, J)
    """

    kind: tuple[TestKind, ...]
    variable: IntArray
    a: IntArray
    b: IntArray
    estimate_a: FloatArray
    estimate_b: FloatArray
    gap: FloatArray
    std_error: FloatArray
    statistic: FloatArray
    df: FloatArray
    p_value: FloatArray
    n_a: IntArray
    n_b: IntArray
    n_overlap: IntArray
    n_effective_a: FloatArray
    n_effective_b: FloatArray
    test: Strings

    def rows(self, own: slice) -> Comparisons:
        """The comparisons of some targets."""
        picked: dict[str, Any] = {name: getattr(self, name)[own] for name in ARRAYS}
        return replace(self, **picked)

    def with_rows(self, more: Comparisons) -> Comparisons:
        """The comparisons of these targets, and of others below them."""
        both: dict[str, Any] = {name: np.vstack([getattr(self, name), getattr(more, name)]) for name in ARRAYS}
        return replace(self, **both)


HEADS = ("kind", "variable", "a", "b")
ARRAYS = tuple(item.name for item in fields(Comparisons) if item.name not in HEADS)


def joined(parts: Sequence[Comparisons], n_targets: int) -> Comparisons:
    """Put comparisons of the same targets beside one another."""
    if not parts:
        return _none(n_targets)
    whole = {name: np.hstack([getattr(part, name) for part in parts]) for name in ARRAYS}
    heads = {name: np.concatenate([getattr(part, name) for part in parts]) for name in HEADS[1:]}
    return Comparisons(kind=tuple(kind for part in parts for kind in part.kind), **heads, **whole)


def _none(n_targets: int) -> Comparisons:
    empty, whole = np.zeros((n_targets, 0)), np.zeros((n_targets, 0), dtype=np.int64)
    kinds: dict[str, Any] = {
        name: whole if name.startswith(("n_a", "n_b", "n_o")) else empty for name in ARRAYS
    }
    kinds["test"] = np.full((n_targets, 0), "", dtype=object)
    none = np.zeros(0, dtype=np.int64)
    return Comparisons((), none, none, none, **kinds)


def column_comparisons(
    banner: Banner, tables: Sequence[BannerTable], against: Sequence[str]
) -> list[Comparisons]:
    """Compare the columns of each banner variable with one another and with the rest.

    Parameters
    ----------
    banner : Banner
    tables : sequence of BannerTable
        One for each variable.
    against : sequence of {"pairs", "rest"}

    Returns
    -------
    list of Comparisons
    """
    parts = []
    for position, (table, members) in enumerate(zip(tables, banner.members, strict=True)):
        places = np.array(banner.variables[position].columns, dtype=np.int64)
        if "pairs" in against:
            first, second = members.pairs
            tests = pair_tests(table, first + 1, second + 1)
            parts.append(compared("pair", position, tests, places[first], places[second]))
        if "rest" in against:
            tests = rest_tests(table)
            parts.append(compared("rest", position, tests, places, np.full(len(places), REST)))
    return parts


def compared(kind: TestKind, variable: int, tests: ColumnTests, a: IntArray, b: IntArray) -> Comparisons:
    """Write tests of the kernel as comparisons of columns of the book."""
    return Comparisons(
        kind=(kind,) * len(a),
        variable=np.full(len(a), variable),
        a=a,
        b=b,
        estimate_a=tests.estimate_a,
        estimate_b=tests.estimate_b,
        gap=tests.gap,
        std_error=tests.std_error,
        statistic=tests.statistic,
        df=tests.df,
        p_value=tests.p_value,
        n_a=tests.n_a,
        n_b=tests.n_b,
        n_overlap=tests.n_overlap,
        n_effective_a=tests.n_effective_a,
        n_effective_b=tests.n_effective_b,
        test=METHOD_NAMES[tests.method],
    )


def median_comparisons(like: Comparisons, banner: Banner, medians: Sequence[MedianColumns]) -> Comparisons:
    """Compare medians where columns do not overlap: t on their covariance; nothing against the rest.

    Parameters
    ----------
    like : Comparisons
        Those of other targets of the book, whose columns are compared here.
    banner : Banner
    medians : sequence of MedianColumns
        One for each variable.

    Returns
    -------
    Comparisons
        Of one target.
    """
    row: dict[str, Any] = {
        name: np.full((1, len(like.a)), np.nan if not name.startswith(("n_a", "n_b", "n_o")) else 0)
        for name in ARRAYS
    }
    row |= {name: row[name].astype(np.int64) for name in ("n_a", "n_b", "n_overlap")}
    row["test"] = np.full((1, len(like.a)), "", dtype=object)
    for position, found in enumerate(medians):
        start = banner.variables[position].columns[0] if banner.variables[position].columns else 0
        own = (like.variable == position) & np.array([kind != "wave" for kind in like.kind])
        a, b = like.a[own] - start, like.b[own] - start
        pair = like.b[own] != REST
        row["estimate_a"][0, own], row["n_a"][0, own] = found.estimate[a], found.n[a]
        row["n_effective_a"][0, own] = found.effective[a]
        places = np.flatnonzero(own)[pair]
        _fill_pairs(row, places, found, a[pair], b[pair])
    return replace(like, **row)


def _fill_pairs(row: dict[str, Any], places: IntArray, found: MedianColumns, a: IntArray, b: IntArray) -> None:
    row["estimate_b"][0, places], row["n_b"][0, places] = found.estimate[b], found.n[b]
    row["n_effective_b"][0, places] = found.effective[b]
    gap = found.estimate[a] - found.estimate[b]
    row["gap"][0, places] = gap
    if found.variance is None:
        return
    V = found.variance
    variance = V[a, a] + V[b, b] - 2 * V[a, b]
    error = np.sqrt(np.where(variance > 0, variance, np.where(variance <= 0, 0.0, np.nan)))
    statistic = np.divide(gap, error, out=np.full(len(gap), np.nan), where=error > 0)
    df = found.df[a, b].astype(np.float64)
    row["std_error"][0, places], row["statistic"][0, places], row["df"][0, places] = error, statistic, df
    row["p_value"][0, places] = t_two_sided_p(statistic, df)
    row["n_overlap"][0, places] = found.overlap[a, b]
    row["test"][0, places] = REPLICATED if found.replicated else LINEARIZED
