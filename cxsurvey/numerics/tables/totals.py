"""The seam: weighted totals, from which every estimator is fed.

An estimator asks three things of its totals, and does not know where they came from: the totals themselves, the
covariance of linear combinations of them, and who is in a base. Two records answer, built from arrays here and
one day from an engine that sums data larger than memory:

- :class:`CellTotals`, made by :func:`cell_totals`: disjoint cells, such as response by group;
- :class:`ColumnTotals`, made by :func:`column_totals`: overlapping or numeric columns inside disjoint groups.

Examples
--------
>>> design = sample_design([1, 1, 2, 2])
>>> cell_totals(design, [0, 1, 1, 0], 2).total.tolist()
[3.0, 3.0]
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np

from cxsurvey.numerics.arrays import as_floats, checked_codes, counts_by_slot, same_length
from cxsurvey.numerics.tables.cells import Bases, CellTotals, cell_totals, df_by_psu
from cxsurvey.numerics.tables.columns import ColumnTotals, column_totals
from cxsurvey.numerics.tables.design import Lonely, SampleDesign, Strata, sample_design
from cxsurvey.numerics.tables.moments import union_df

if TYPE_CHECKING:
    import numpy.typing as npt

    from cxsurvey.numerics.arrays import Bools, Floats, Ints

__all__ = [
    "Bases",
    "CellTotals",
    "ColumnTotals",
    "Lonely",
    "SampleDesign",
    "Strata",
    "WeightedTotals",
    "cell_totals",
    "column_totals",
    "domain_df",
    "effective_n",
    "group_df",
    "sample_design",
]


class WeightedTotals(Protocol):
    """What an estimator may ask of weighted totals over a basis of size C."""

    @property
    def total(self) -> Floats:
        """Weighted totals: (C,)."""

    def influence_moments(self, coefficients: Floats) -> Floats:
        """Give the covariance (K, K) of K linear combinations (K, C) of the totals."""

    def inflation(self, member: Bools) -> Floats | None:
        """Give what lonely strata multiply the variances of K bases (K, C) by, and of their unions: (K, K)."""

    def bases(self, member: Bools) -> Bases:
        """Count the respondents of K bases, (K, C) bool."""


def effective_n(weights: npt.ArrayLike) -> float:
    """Give Kish's effective number of respondents, ``(sum w)² / sum w²``.

    Parameters
    ----------
    weights : (n,) array

    Returns
    -------
    float
        NaN when the weights are all zero or there are none.

    Examples
    --------
    >>> effective_n([1] * 50 + [3] * 50)
    80.0
    """
    w = np.sort(as_floats(weights))  # a sum that does not depend on the order of the rows
    squares = float(w @ w)
    return float(w.sum()) ** 2 / squares if squares > 0 else float("nan")


def domain_df(design: SampleDesign, member: npt.ArrayLike) -> int:
    """Count PSUs with a member less strata with a member.

    Parameters
    ----------
    design : SampleDesign
    member : (n,) bool
        The domain.

    Returns
    -------
    int
        0 for an empty domain.

    Raises
    ------
    RequestError
        ``array-shape``.

    Examples
    --------
    >>> domain_df(sample_design([1, 1, 1, 1], stratum=[1, 1, 2, 2]), [True, True, True, False])
    1
    """
    inside = np.asarray(member, dtype=np.bool_)
    same_length("member", inside, design.n)
    return int(group_df(design, inside.astype(np.intp) - 1, 1)[0, 0])


def group_df(design: SampleDesign, group: npt.ArrayLike, n_groups: int) -> Ints:
    """Give degrees of freedom of each group and of the union of each two.

    Parameters
    ----------
    design : SampleDesign
    group : (n,) int
        0 to G-1, and -1 for outside.
    n_groups : int
        G.

    Returns
    -------
    (G, G) int
        PSUs less strata with a member of either group; each group's own on the diagonal.

    Raises
    ------
    RequestError
        ``array-shape``, ``code-out-of-range``.

    Examples
    --------
    >>> group_df(sample_design([1, 1, 1, 1], cluster=[1, 1, 2, 3]), [0, 1, 1, 1], 2).tolist()
    [[0, 2], [2, 2]]
    """
    codes = checked_codes("group", group, design.n, n_groups)
    width = n_groups + 1
    unit, n_units = design.units
    count = counts_by_slot(unit * width + codes + 1, n_units, width)[:, 1:]
    if design.cluster is not None:
        return df_by_psu(count > 0, design.strata)
    return union_df(np.diag(count.sum(axis=0).astype(np.float64)), count > 0)
