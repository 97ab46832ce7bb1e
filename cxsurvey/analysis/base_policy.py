"""Which bases are too small: flagged, not tested, or suppressed so that nobody can be found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from cxsurvey.study.answers import BoolArray, FloatArray, IntArray
from cxsurvey.study.codebook import Settings

CAUTION: Final = "*"
NOT_TESTED: Final = "**"
SUPPRESSED: Final = "suppressed"
EMPTY: Final = "empty"

Objects: TypeAlias = npt.NDArray[np.object_]
Column: TypeAlias = Sequence[str] | IntArray | FloatArray | Objects


def suppressed(sizes: IntArray, limit: int, *, partition: bool = True, unplaced: int = 0) -> BoolArray:
    """Choose the groups whose figures must not be shown.

    Parameters
    ----------
    sizes : ndarray of int, shape (G,)
        Unweighted bases.
    limit : int
        Bases from 1 to ``limit - 1`` are suppressed.
    partition : bool
        The groups make up a total that is shown, so a single suppressed group could be found by subtraction.
        Then the next smallest groups are suppressed as well, until those hidden, two or more, hold ``limit``
        respondents together.
    unplaced : int
        Respondents of a total that is shown who are in no group: from 1 to ``limit - 1`` they count as one more
        suppressed group, since the total less the groups is about them.

    Returns
    -------
    ndarray of bool, shape (G,)

    Examples
    --------
    >>> suppressed(np.array([3, 40, 90, 200]), 5).tolist()
    [True, True, False, False]
    >>> suppressed(np.array([100, 120]), 5, unplaced=3).tolist()
    [True, False]
    """
    if 0 < unplaced < limit:
        return suppressed(np.append(sizes, unplaced), limit)[:-1]
    hidden: BoolArray = (sizes > 0) & (sizes < limit)
    if not partition or not hidden.any():
        return hidden
    for position in np.argsort(sizes, kind="stable"):
        if sizes[hidden].sum() >= limit:  # which takes two groups: one alone is smaller
            break
        hidden[position] |= sizes[position] > 0
    return hidden


def whole_numbers(counts: FloatArray) -> IntArray | Objects:
    """Write counts as whole numbers, beside NaN where they are hidden.

    Parameters
    ----------
    counts : ndarray of float

    Returns
    -------
    ndarray
        Of int; of objects where some are NaN.

    Examples
    --------
    >>> whole_numbers(np.array([60.0, 40.0])).tolist(), whole_numbers(np.array([60.0, np.nan])).tolist()
    ([60, 40], [60, nan])
    """
    hidden = np.isnan(counts)
    whole = np.where(hidden, 0, counts).astype(np.int64)
    if not hidden.any():
        return whole
    mixed: Objects = whole.astype(object)
    mixed[hidden] = np.nan
    return mixed


def flags(sizes: IntArray, hidden: BoolArray, settings: Settings) -> list[str]:
    """Flag each base by its unweighted size: ``""``, ``*``, ``**``, ``suppressed`` or ``empty``.

    Parameters
    ----------
    sizes : ndarray of int, shape (K,)
    hidden : ndarray of bool, shape (K,)
    settings : Settings

    Returns
    -------
    list of str, length K
    """
    return [_flag(int(size), bool(hide), settings) for size, hide in zip(sizes, hidden, strict=True)]


def worst(left: str, right: str) -> str:
    """Give the graver of the flags of two bases.

    >>> worst(CAUTION, NOT_TESTED)
    '**'
    """
    return min(left, right, key=(SUPPRESSED, EMPTY, NOT_TESTED, CAUTION, "").index)


def _flag(size: int, hide: bool, settings: Settings) -> str:  # noqa: FBT001 - one base at a time
    if hide:
        return SUPPRESSED
    if size == 0:
        return EMPTY
    if size < settings.test_from:
        return NOT_TESTED
    return CAUTION if size < settings.caution_below else ""
