"""The rank of replicate weights within domains, on which degrees of freedom rest.

Respondents of one cluster mostly have proportional replicates, so the rank is one over clusters. It is wanted
for every group of every question and for every two of them: the dependencies between clusters are found once,
and each domain then asks only which of them it holds whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cxsurvey.numerics.arrays import Floats, Ints

if TYPE_CHECKING:
    import numpy.typing as npt

RANK_TOLERANCE = 1e-5  # of a column's length: what R's degf takes for a linearly dependent replicate
NULL_TOLERANCE = 1e-6  # of vectors of length 1
DIGITS = 6  # of each of two places that proportional rows share
WIDE = 2  # rows to a column up to which dependencies are looked for between rows


@dataclass(frozen=True, slots=True)
class ReplicateRows:
    """Replicate weights with one row for all respondents whose replicates are proportional.

    Attributes
    ----------
    unit : (n,) int
        The row of each respondent, 0 to U-1.
    rows : (U, R) float
        Of length 1.
    dependencies : (U, d) float or None
        Orthonormal combinations of rows that are zero; None where there are too many rows to find them.
    """

    unit: Ints
    rows: Floats
    dependencies: Floats | None

    def rank(self, member: npt.ArrayLike) -> int:
        """Give the rank of the rows of a domain.

        Parameters
        ----------
        member : (n,) bool

        Returns
        -------
        int

        Examples
        --------
        >>> halves = np.array([[2.0, 0.0], [2.0, 0.0], [0.0, 2.0], [0.0, 2.0]])
        >>> rows = replicate_rows(np.ones(4), halves)
        >>> rows.rank([True, True, False, False]), rows.rank([True] * 4)
        (1, 2)
        """
        held = np.zeros(len(self.rows), dtype=np.bool_)
        held[self.unit[np.asarray(member, dtype=np.bool_)]] = True
        if self.dependencies is None:
            return weighted_rank(self.rows[held])
        # Combinations that lie within the rows held are those that the rows outside leave free.
        outside = self.dependencies[~held]
        tied = int(np.linalg.matrix_rank(outside, tol=NULL_TOLERANCE)) if outside.size else 0
        return int(np.count_nonzero(held)) - (int(self.dependencies.shape[1]) - tied)


def replicate_rows(weights: Floats, replicates: Floats) -> ReplicateRows:
    """Gather respondents with proportional replicates, and find what is dependent among the rows.

    Parameters
    ----------
    weights : (n,) float
    replicates : (n, R) float

    Returns
    -------
    ReplicateRows

    Examples
    --------
    >>> replicate_rows(np.ones(3), np.array([[1.5, 0.0], [1.5, 0.0], [0.0, 1.5]])).unit.tolist()
    [1, 1, 0]
    """
    scaled = replicates / np.where(weights > 0, weights, 1.0)[:, None]
    length = np.sqrt((scaled**2).sum(axis=1, keepdims=True))
    scaled /= np.where(length > 0, length, 1.0)
    directions = np.random.default_rng(0).random((scaled.shape[1], 2))  # rows that differ fall apart
    places = (scaled @ directions).round(DIGITS)
    _, first, unit = np.unique(places @ [1.0, 1.0j], return_index=True, return_inverse=True)
    rows = scaled[first]
    found = _dependencies(rows) if len(rows) <= WIDE * rows.shape[1] else None
    return ReplicateRows(unit.ravel(), rows, found)


def weighted_rank(columns: Floats) -> int:
    """Count linearly independent columns, each measured by its own length.

    Parameters
    ----------
    columns : (n, R) float

    Returns
    -------
    int

    Examples
    --------
    >>> weighted_rank(np.array([[1.0, 2.0], [2.0, 4.0]]))
    1
    """
    kept = _measured(columns)
    if not kept.size:
        return 0
    triangle = np.linalg.qr(kept, mode="r")
    return int(np.linalg.matrix_rank(triangle, tol=RANK_TOLERANCE))


def _measured(columns: Floats) -> Floats:
    length = np.sqrt((columns**2).sum(axis=0))
    measured: Floats = columns[:, length > 0] / length[length > 0]
    return measured


def _dependencies(rows: Floats) -> Floats:
    left, sizes, _ = np.linalg.svd(_measured(rows), full_matrices=True)
    return left[:, int((sizes > RANK_TOLERANCE).sum()) :]
