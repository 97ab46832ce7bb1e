"""What the banner kernel is given: questions as cells, ticks or numbers, and columns, limited to a base."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from cxsurvey.analysis.measures import Variable
from cxsurvey.analysis.tabulation.banner import Members
from cxsurvey.numerics.banners.records import (
    BannerVariable,
    CodedQuestion,
    DisjointColumns,
    NumberQuestion,
    OptionsQuestion,
    OverlappingColumns,
    Question,
)
from cxsurvey.study.answers import BoolArray, IntArray

SMALL_CODES = 127  # fit in one byte


def kernel_question(found: Variable, inside: BoolArray) -> Question:
    """Write a variable as a question of the kernel, limited to some respondents.

    Parameters
    ----------
    found : Variable
        No median.
    inside : ndarray of bool, shape (n,)

    Returns
    -------
    CodedQuestion, OptionsQuestion or NumberQuestion
        One target for each of the variable's.
    """
    base = found.base & inside
    if found.code is not None:
        return CodedQuestion(
            small_codes(np.where(base, found.code, -1), found.n_cells),
            np.array([target.numerator for target in found.targets]),
            np.array([target.denominator for target in found.targets]),
            np.array([target.statistic == "share" for target in found.targets]),
        )
    if found.value is not None:
        return NumberQuestion(np.where(base, found.value, np.nan))
    columns = found.columns if found.columns is not None else np.zeros((len(base), 0))
    picked = [int(np.flatnonzero(target.numerator)[0]) for target in found.targets]
    return OptionsQuestion(columns[:, picked] != 0, base)


def kernel_columns(members: Members) -> BannerVariable:
    """Write a banner variable as columns of the kernel."""
    if members.chosen is not None:
        return OverlappingColumns(members.chosen)
    code = members.code if members.code is not None else np.zeros(0, dtype=np.int64)
    return DisjointColumns(small_codes(code, members.size), members.size)


def small_codes(codes: IntArray, size: int) -> npt.NDArray[np.integer]:
    """Codes in the smallest type that holds them: the kernel reads bytes fastest."""
    kind = np.int8 if size <= SMALL_CODES else np.int32
    return codes.astype(kind)
