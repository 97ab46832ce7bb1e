"""From comparisons to letters: the base policy, the correction inside families, and the marks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cxsurvey.analysis.tabulation.comparisons import REST, Comparisons
from cxsurvey.analysis.tabulation.records import HIGHER, LOWER, Strings, TableColumn, Tests
from cxsurvey.numerics.probability.multiplicity import AnyAdjustment, adjust_p
from cxsurvey.study.answers import BoolArray, FloatArray, IntArray

ONE_CHARACTER = 26  # columns that have a letter of one character each


@dataclass(frozen=True, slots=True)
class Marking:
    """How comparisons become marks.

    Attributes
    ----------
    levels : tuple of float
    adjust : {"bh", "holm", "bonferroni", "none"}
    by_row : bool
        Whether a family is one row of a banner variable; otherwise all its rows.
    case_by_raw : bool
        Whether the corrected p-value decides about a mark at the last level, and the raw one about its case.
    """

    levels: tuple[float, ...]
    adjust: AnyAdjustment
    by_row: bool = False
    case_by_raw: bool = False


def marked_tests(
    found: Comparisons,
    silent: BoolArray,
    hidden: BoolArray,
    hidden_base: BoolArray,
    twins: IntArray,
    marking: Marking,
    families: Sequence[str],
) -> Tests:
    """Leave out what is not tested or hidden, correct the rest, and find the level of each.

    Parameters
    ----------
    found : Comparisons
        Of the R rows of one table.
    silent : ndarray of bool, shape (R, J)
        Not to be tested: small bases, columns made of the same answers.
    hidden : ndarray of bool, shape (R, J)
        A column or its rest is suppressed.
    hidden_base : ndarray of bool, shape (R, J)
        Those of them whose bases are hidden as well.
    twins : ndarray of int, shape (R,)
        For each row the first that is the same comparison, such as no for yes: counted once in the family.
    marking : Marking
    families : sequence of str, length J

    Returns
    -------
    Tests
    """
    quiet = silent | hidden | np.isnan(found.p_value)
    p = np.where(quiet, np.nan, found.p_value)
    adjusted = _adjusted(p, twins, marking, families)
    level = _levels(p, adjusted, found.gap, marking)

    def shown(values: FloatArray) -> FloatArray:
        return np.where(hidden, np.nan, values)

    return Tests(
        kind=found.kind,
        a=found.a,
        b=found.b,
        estimate_a=shown(found.estimate_a),
        estimate_b=shown(found.estimate_b),
        gap=shown(found.gap),
        std_error=shown(found.std_error),
        statistic=np.where(quiet, np.nan, found.statistic),
        df=np.where(quiet, np.nan, found.df),
        p_value=p,
        p_adjusted=adjusted,
        n_a=np.where(hidden_base, np.nan, found.n_a),
        n_b=np.where(hidden_base, np.nan, found.n_b),
        n_overlap=shown(found.n_overlap.astype(np.float64)),
        n_effective_a=shown(found.n_effective_a),
        n_effective_b=shown(found.n_effective_b),
        test=np.where(quiet, "", found.test),
        level=level,
        family=tuple(families),
        levels=marking.levels,
    )


def _adjusted(p: FloatArray, twins: IntArray, marking: Marking, families: Sequence[str]) -> FloatArray:
    """Correct the p-values of each family; a twin takes those of the row it repeats."""
    adjusted = np.full(p.shape, np.nan)
    first = twins == np.arange(len(twins))
    names = np.array(families, dtype=object)
    for name in dict.fromkeys(families):
        own = np.flatnonzero(names == name)
        counted = np.where(first[:, None], p[:, own], np.nan)
        if marking.by_row:
            corrected = np.array([adjust_p(row, marking.adjust).p_adjusted for row in counted]).reshape(
                counted.shape
            )
        else:
            corrected = adjust_p(counted.ravel(), marking.adjust).p_adjusted.reshape(counted.shape)
        adjusted[:, own] = corrected[twins]
    return np.where(np.isnan(p), np.nan, adjusted)


def _levels(p: FloatArray, adjusted: FloatArray, gap: FloatArray, marking: Marking) -> FloatArray:
    """The strictest level that a comparison reaches; NaN where it reaches none."""
    level = np.full(p.shape, np.nan)
    some = adjusted < 1 - marking.levels[-1]
    for wanted in reversed(marking.levels):
        decides = (some & (p < 1 - wanted)) if marking.case_by_raw else adjusted < 1 - wanted
        level = np.where(decides & (gap != 0), wanted, level)
    return level


def write_marks(
    tests: Tests, columns: Sequence[TableColumn], n_rows: int, levels: Sequence[float]
) -> tuple[Strings, Strings, Strings]:
    """Write the letters of each cell, and its marks against the rest and the wave before.

    Parameters
    ----------
    tests : Tests
    columns : sequence of TableColumn
    n_rows : int
    levels : sequence of float

    Returns
    -------
    letters, rest, wave : ndarray of str, shape (R, C)
    """
    letters: dict[tuple[int, int], list[tuple[int, str]]] = {}
    rest, wave = (np.full((n_rows, len(columns)), "", dtype=object) for _ in range(2))
    for r, j in zip(*np.nonzero(~np.isnan(tests.level)), strict=True):
        strict, higher = tests.level[r, j] == levels[0], tests.gap[r, j] > 0
        a, b = int(tests.a[j]), int(tests.b[j])
        if tests.kind[j] == "pair":
            holder, other = (a, b) if higher else (b, a)
            name = columns[other].letter
            letters.setdefault((int(r), holder), []).append((other, name if strict else name.lower()))
            continue
        sign = HIGHER if higher else LOWER
        (wave if tests.kind[j] == "wave" else rest)[r, a] = sign if strict else f"({sign})"
    gap = "" if len(columns) - 1 <= ONE_CHARACTER else " "
    written = np.full((n_rows, len(columns)), "", dtype=object)
    for place, found in letters.items():
        written[place] = gap.join(name for _, name in sorted(found))
    return written, rest, wave


def columns_in(mark: BoolArray, found: Comparisons) -> BoolArray:
    """Comparisons with a side in one of these columns; shape (J,). A rest is judged by its column."""
    second = np.where(found.b == REST, found.a, found.b)
    inside: BoolArray = mark[found.a] | mark[second]
    return inside
