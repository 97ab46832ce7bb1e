"""Tallies: respondents, weights and squared weights in every cell of every question by every column.

Respondents are taken in one order for all sums, by stratum or cluster and by weight within it, so that no sum
depends on the order of the rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from cxsurvey.numerics.arrays import Floats, Ints
from cxsurvey.numerics.banners.atoms import AtomGroup
from cxsurvey.numerics.banners.packs import PackSet
from cxsurvey.numerics.tables.design import SampleDesign

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

Kind = TypeVar("Kind", bound=np.generic)
ROWS_AT_ONCE = 1 << 18  # codes of respondents counted in one pass
SLIM = 128  # rows of a product that is not worth sharing among threads, which costs more than it brings
SHORT = 1 << 16  # unit codes below this are sorted by radix


@dataclass(frozen=True, slots=True, eq=False)
class Ordered:
    """A design in the order of its sums.

    Attributes
    ----------
    design : SampleDesign
    order : (n,) int or None
        Rows by unit and weight; None when any order will do, the weights being one and the same.
    unit : (n,) int
        Cluster, or stratum without clusters, of each respondent in that order.
    n_units : int
        U.
    floor : (U,) float
        What ``excess`` is counted from: the smallest weight of a stratum, and 0 where there is one stratum or
        where units are clusters.
    excess : (n,) float or None
        Weight less floor, in order; None when it is nothing for everyone, or the same for everyone.
    constant : float
        The excess of everyone when ``excess`` is None.
    """

    design: SampleDesign
    order: Ints | None
    unit: Ints
    n_units: int
    floor: Floats
    excess: Floats | None
    constant: float

    @property
    def clustered(self) -> bool:
        """Whether units are clusters."""
        return self.design.cluster is not None

    @property
    def weights(self) -> Floats:
        """The weight of each respondent in the order of the sums: (n,)."""
        return self.arranged(self.design.weights)

    def arranged(self, values: npt.NDArray[Kind]) -> npt.NDArray[Kind]:
        """Put one value a respondent into the order of the sums."""
        return values if self.order is None else values.take(self.order)

    def pooled(self, values: Floats) -> Ordered:
        """Give the same respondents in one unit, with other weights, (n,) in order."""
        low, high = float(values.min()), float(values.max())
        return Ordered(
            self.design,
            self.order,
            np.zeros_like(self.unit),
            1,
            np.zeros(1),
            values if low < high else None,
            low,
        )


@dataclass(frozen=True, slots=True, eq=False)
class Tally:
    """Items by units by atoms or domains by cells, each (I, U, A, K).

    Attributes
    ----------
    n : respondents
    excess, squared : sums of the weight less its floor, and of its square
        ``squared`` is summed over units, (I, 1, A, K), when units are clusters.
    """

    n: Floats
    excess: Floats
    squared: Floats

    def folded(self, member: Floats) -> Tally:
        """Add atoms up to domains, ``member`` (domains, atoms)."""
        return Tally(member @ self.n, member @ self.excess, member @ self.squared)


def ordered(design: SampleDesign) -> Ordered:
    """Sort a design for its sums, once for all tables.

    Parameters
    ----------
    design : SampleDesign

    Returns
    -------
    Ordered

    Examples
    --------
    >>> from cxsurvey.numerics.tables.design import sample_design
    >>> found = ordered(sample_design([2, 1, 4, 3], stratum=[1, 1, 0, 0]))
    >>> found.order.tolist(), found.floor.tolist(), found.excess.tolist()
    ([3, 2, 1, 0], [3.0, 1.0], [0.0, 1.0, 0.0, 1.0])
    """
    unit, n_units = design.units
    w = design.weights
    floor = np.zeros(n_units)
    order: Ints | None = None
    if w.min() < w.max() or n_units > 1:
        order = _order(design, unit, n_units)
        unit, w = unit[order], w[order]
    if design.cluster is None and n_units > 1:
        floor = w[np.cumsum(design.strata.psus) - design.strata.psus]
    excess = w - floor[unit] if floor.any() else w
    low, high = float(excess.min()), float(excess.max())
    return Ordered(design, order, unit, n_units, floor, excess if low < high else None, low)


def _order(design: SampleDesign, unit: Ints, n_units: int) -> Ints:
    if n_units == 1:
        return design.by_weight
    by_weight = design.by_weight
    units = unit[by_weight]
    short = units.astype(np.uint16) if n_units < SHORT else units
    return by_weight[np.argsort(short, kind="stable")]


class Tallier:
    """Tallies packs over a group of banner variables.

    Parameters
    ----------
    rows : Ordered
    group : AtomGroup
        Its codes in the order of ``rows``.
    """

    def __init__(self, rows: Ordered, group: AtomGroup) -> None:
        self._rows, self._group = rows, group
        self._slot = rows.unit * group.n_atoms + group.code if rows.n_units > 1 else group.code
        self._at_once = max(1, ROWS_AT_ONCE // len(rows.unit))
        self._room = np.empty((self._at_once, len(rows.unit)), dtype=np.intp)
        self._values: list[Floats] = []
        if rows.excess is not None:
            self._values = [np.tile(w, self._at_once) for w in (rows.excess, rows.excess**2)]

    def tally(self, packs: PackSet, codes: Sequence[npt.NDArray[np.integer]]) -> Tally:
        """Count and sum.

        Parameters
        ----------
        packs : PackSet
        codes : sequence of (n,) int
            Codes of some of its packs, in the order of the rows.

        Returns
        -------
        Tally
            Items of those packs, by units, by joint atoms, by cells.
        """
        rows, n_atoms = self._rows, self._group.n_atoms
        shape = (len(codes), rows.n_units, n_atoms, packs.width)
        if rows.excess is None:
            count = _unfolded(self._sums(self._slot, codes, shape, [None])[0], packs)
            pooled = count.sum(axis=1, keepdims=True) if rows.clustered else count
            return Tally(count, count * rows.constant, pooled * rows.constant**2)
        w, squares = self._values
        if not rows.clustered:
            sums = self._sums(self._slot, codes, shape, [None, w, squares])
        else:
            pooled_shape = (len(codes), 1, n_atoms, packs.width)
            sums = [
                *self._sums(self._slot, codes, shape, [None, w]),
                *self._sums(self._group.code, codes, pooled_shape, [squares]),
            ]
        return Tally(*(_unfolded(part, packs) for part in sums))

    def _sums(
        self,
        slot: Ints,
        codes: Sequence[npt.NDArray[np.integer]],
        shape: tuple[int, int, int, int],
        values: Sequence[Floats | None],
    ) -> list[Floats]:
        """Count, or sum values, by pack, unit, atom and code, some packs at a time."""
        size = shape[1] * shape[2] * shape[3]
        sums = [np.empty((shape[0], size)) for _ in values]
        for start in range(0, len(codes), self._at_once):
            some = codes[start : start + self._at_once]
            slots = self._slots(slot, some, shape[3], size)
            for of, total in zip(values, sums, strict=True):
                weights = of if of is None else of[: len(slots)]
                total[start : start + len(some)] = np.bincount(slots, weights, len(some) * size).reshape(
                    -1, size
                )
        return [total.reshape(shape) for total in sums]

    def _slots(self, base: Ints, codes: Sequence[npt.NDArray[np.integer]], width: int, size: int) -> Ints:
        slots = self._room[: len(codes)]
        np.multiply(base, width, out=slots[0])
        for position in range(len(codes) - 1, -1, -1):
            np.add(slots[0], codes[position], out=slots[position])
            if position:
                slots[position] += position * size
        return slots.ravel()


def _unfolded(sums: Floats, packs: PackSet) -> Floats:
    """Make the tables of the items from the sums of the packs: (packs * m, U, A, K)."""
    width, size, n_cells = packs.unfold.shape
    flat, unfold = sums.reshape(-1, width), packs.unfold.reshape(width, size * n_cells)
    tables = np.empty((len(flat), size * n_cells))
    for start in range(0, len(flat), SLIM):
        np.matmul(flat[start : start + SLIM], unfold, out=tables[start : start + SLIM])
    by_item = tables.reshape(*sums.shape[:3], size, n_cells).transpose(0, 3, 1, 2, 4)
    return by_item.reshape(len(sums) * size, *sums.shape[1:3], n_cells)
