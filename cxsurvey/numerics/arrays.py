"""Array types, and the checks that entry points share.

Entry points take anything that numpy can turn into an array; inside, an array is one of the types below.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import numpy.typing as npt

from cxsurvey.errors import DataFault, RequestError

if TYPE_CHECKING:
    from collections.abc import Sequence

Floats: TypeAlias = npt.NDArray[np.float64]
Ints: TypeAlias = npt.NDArray[np.intp]
Bools: TypeAlias = npt.NDArray[np.bool_]

DENSE_CODES_PER_ROW = 4  # integer labels spread wider than this many slots per row are sorted instead


def as_floats(values: npt.ArrayLike) -> Floats:
    """Turn input into contiguous float64, without a copy where it is one already.

    Parameters
    ----------
    values : array-like of any shape

    Returns
    -------
    ndarray of float64
        Of the same shape, contiguous.
    """
    return np.ascontiguousarray(values, dtype=np.float64)


def same_length(name: str, values: npt.NDArray[np.generic], n: int) -> None:
    """Refuse an array that does not hold one value for each respondent.

    Parameters
    ----------
    name : str
        What errors call the array.
    values : ndarray
    n : int
        Respondents.

    Raises
    ------
    RequestError
        ``array-shape`` when ``values`` is not of shape ``(n,)``.
    """
    if values.shape != (n,):
        raise RequestError.array_shape(name, f"shape ({n},)", values.shape)


def checked_codes(name: str, codes: npt.ArrayLike, n: int, n_codes: int) -> Ints:
    """Check integer codes of shape ``(n,)``: 0 to ``n_codes - 1``, and -1 for outside.

    Parameters
    ----------
    name : str
        What errors call the array.
    codes : (n,) int
    n : int
        Respondents.
    n_codes : int

    Returns
    -------
    (n,) intp

    Raises
    ------
    RequestError
        ``array-shape`` for another length, ``code-out-of-range`` for codes that are not integers or not
        declared.
    """
    array = np.asarray(codes)
    same_length(name, array, n)
    if array.dtype.kind not in "iub":
        raise RequestError.code_out_of_range(name, -1, n_codes - 1, f"values of type {array.dtype}")
    if n and (array.min() < -1 or array.max() >= n_codes):
        raise RequestError.code_out_of_range(name, -1, n_codes - 1, f"{array.min()} to {array.max()}")
    return array.astype(np.intp, copy=False)


def label_codes(name: str, labels: npt.ArrayLike) -> tuple[Ints, int]:
    """Number the distinct values of ``labels (n,)`` from 0.

    Numbers and text are numbered in sorted order, other objects in order of appearance.

    Parameters
    ----------
    name : str
        What errors call the array.
    labels : (n,) array of numbers, text or objects

    Returns
    -------
    codes : (n,) int
    n_codes : int

    Raises
    ------
    DataFault
        ``design-value-missing`` when a label is NaN or None.

    Examples
    --------
    >>> codes, n_codes = label_codes("stratum", ["south", "north", "south"])
    >>> codes.tolist(), n_codes
    ([1, 0, 1], 2)
    """
    array = np.asarray(labels)
    missing = _missing(array)
    if missing:
        raise DataFault.design_value_missing(name, missing)
    if array.dtype.kind == "O":
        return _codes_by_appearance(array.tolist())
    if array.dtype.kind in "iub" and array.size:
        low, high = int(array.min()), int(array.max())
        if high - low < DENSE_CODES_PER_ROW * array.size:
            return _dense_codes(array.astype(np.intp) - low)
    values, codes = np.unique(array, return_inverse=True)
    return codes.astype(np.intp, copy=False), len(values)


def _missing(array: npt.NDArray[np.generic]) -> int:
    if array.dtype.kind == "f":
        return int(np.isnan(array).sum())
    if array.dtype.kind == "O":
        # A missing value (NaN, NaT, a data frame's NA) is the one that does not say that it equals itself.
        return sum(label is None or (label == label) is not True for label in array.tolist())  # noqa: PLR0124
    return 0


def _codes_by_appearance(labels: Sequence[Hashable]) -> tuple[Ints, int]:
    seen: dict[Hashable, int] = {}
    codes = np.fromiter((seen.setdefault(label, len(seen)) for label in labels), np.intp, len(labels))
    return codes, len(seen)


def _dense_codes(offsets: Ints) -> tuple[Ints, int]:
    present = np.bincount(offsets) > 0
    rank = np.cumsum(present) - 1
    return rank[offsets].astype(np.intp, copy=False), int(present.sum())


def counts_by_slot(slot: Ints, n_rows: int, width: int) -> Ints:
    """Count respondents in each slot of a table of ``n_rows`` by ``width``, numbered row by row.

    Parameters
    ----------
    slot : (n,) int
        Slot of each respondent, row * width + column.
    n_rows, width : int

    Returns
    -------
    (n_rows, width) int
    """
    return np.bincount(slot, minlength=n_rows * width).reshape(n_rows, width)


def sums_by_slot(slot: Ints, values: Floats, n_rows: int, width: int) -> Floats:
    """Sum ``values (n,)`` in each slot of a table of ``n_rows`` by ``width``, numbered row by row.

    Parameters
    ----------
    slot : (n,) int
        Slot of each respondent, row * width + column.
    values : (n,) float
    n_rows, width : int

    Returns
    -------
    (n_rows, width) float
    """
    sums = np.bincount(slot, values, minlength=n_rows * width)
    return sums.astype(np.float64, copy=False).reshape(n_rows, width)


def frozen(array: npt.NDArray[np.generic]) -> None:
    """Make an array read-only, so that a frozen record stays what it was.

    Parameters
    ----------
    array : ndarray of any shape
    """
    array.setflags(write=False)
