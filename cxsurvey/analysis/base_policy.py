"""Which bases are too small: flagged, not tested, or suppressed so that nobody can be found."""

from __future__ import annotations

from typing import Final

import numpy as np

from cxsurvey.study.answers import BoolArray, IntArray
from cxsurvey.study.codebook import Settings

CAUTION: Final = "*"
NOT_TESTED: Final = "**"
SUPPRESSED: Final = "suppressed"
EMPTY: Final = "empty"


def suppressed(sizes: IntArray, limit: int, *, partition: bool = True) -> BoolArray:
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

    Returns
    -------
    ndarray of bool, shape (G,)

    Examples
    --------
    >>> suppressed(np.array([3, 40, 90, 200]), 5).tolist()
    [True, True, False, False]
    """
    hidden: BoolArray = (sizes > 0) & (sizes < limit)
    if not partition or not hidden.any():
        return hidden
    for position in np.argsort(sizes, kind="stable"):
        if sizes[hidden].sum() >= limit:  # which takes two groups: one alone is smaller
            break
        hidden[position] |= sizes[position] > 0
    return hidden


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
