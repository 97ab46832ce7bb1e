"""Atoms of a banner: the disjoint parts that its columns are made of, for one variable or several at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cxsurvey.errors import RequestError
from cxsurvey.numerics.arrays import Bools, Floats, Ints, checked_codes
from cxsurvey.numerics.banners.records import BannerVariable, DisjointColumns

if TYPE_CHECKING:
    from collections.abc import Sequence

DENSE_BITS = 16  # overlapping columns up to which patterns are numbered by a table and not by sorting


@dataclass(frozen=True, slots=True, eq=False)
class Atoms:
    """A banner variable in disjoint parts.

    Attributes
    ----------
    code : (n,) int
        Atom of each respondent, 0 to A-1.
    member : (C, A) bool
        Which atoms a column holds; the total, column 0, holds all.
    pairs : (2, R) int
        Columns c < d, other than the total, that may overlap.
    """

    code: Ints
    member: Bools
    pairs: Ints

    @property
    def n_atoms(self) -> int:
        """Number of atoms, A."""
        return int(self.member.shape[1])

    @property
    def domains(self) -> Floats:
        """Columns, then the rest of each but the total: (1 + 2G, A), of 0 and 1."""
        return np.vstack([self.member, ~self.member[1:]]).astype(np.float64)

    def intersections(self, pairs: slice) -> Floats:
        """What two columns have in common, for some of the pairs: (r, A), of 0 and 1."""
        first, second = self.pairs[:, pairs]
        both: Bools = self.member[first] & self.member[second]
        return both.astype(np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class AtomGroup:
    """Banner variables that are totalled together, in the atoms of their combination.

    Attributes
    ----------
    code : (n,) int
        Joint atom of each respondent.
    n_atoms : int
    positions : tuple of int
        Places of the variables in the banner.
    parts : tuple of (J,) int
        Which atom of each variable a joint atom belongs to.
    """

    code: Ints
    n_atoms: int
    positions: tuple[int, ...]
    parts: tuple[Ints, ...]


def atoms(variable: BannerVariable, n: int) -> Atoms:
    """Divide a banner variable into disjoint parts.

    Parameters
    ----------
    variable : DisjointColumns or OverlappingColumns
    n : int
        Respondents.

    Returns
    -------
    Atoms

    Raises
    ------
    RequestError
        ``array-shape``, ``code-out-of-range``.

    Examples
    --------
    >>> from cxsurvey.numerics.banners.records import OverlappingColumns
    >>> parts = atoms(OverlappingColumns(np.array([[True, False], [True, True], [False, False]])), 3)
    >>> parts.code.tolist(), parts.member.astype(int).tolist()
    ([1, 2, 0], [[1, 1, 1], [0, 1, 1], [0, 0, 1]])
    """
    if isinstance(variable, DisjointColumns):
        code = checked_codes("banner variable", variable.codes, n, variable.n_columns) + 1
        columns = np.eye(variable.n_columns, variable.n_columns + 1, 1, dtype=np.bool_)
        return Atoms(code, _with_total(columns), np.empty((2, 0), dtype=np.intp))
    members = np.asarray(variable.members)
    if members.ndim != 2 or len(members) != n or members.dtype != np.bool_:  # noqa: PLR2004 - a matrix
        raise RequestError.array_shape("members", f"shape ({n}, columns), of bool", members.shape)
    code, columns = _patterns(members)
    return Atoms(code, _with_total(columns), np.array(np.triu_indices(members.shape[1], k=1)) + 1)


def _with_total(columns: Bools) -> Bools:
    return np.vstack([np.ones((1, columns.shape[1]), dtype=np.bool_), columns])


def _patterns(members: Bools) -> tuple[Ints, Bools]:
    """Number the combinations of columns that occur: codes (n,), and which columns each holds, (G, A)."""
    n_columns = members.shape[1]
    if n_columns > DENSE_BITS:
        rows = np.packbits(members, axis=1)
        _, first, code = np.unique(rows, axis=0, return_index=True, return_inverse=True)
        return code.astype(np.intp).ravel(), members[first].T
    pattern = np.zeros(len(members), dtype=np.intp)
    for column in range(n_columns):
        pattern |= members[:, column].astype(np.intp) << column
    occurs = np.bincount(pattern, minlength=1 << n_columns) > 0
    present = np.flatnonzero(occurs)
    columns = (present[None, :] >> np.arange(n_columns)[:, None]) & 1
    return (np.cumsum(occurs) - 1)[pattern], columns.astype(np.bool_)


def grouped(parts: Sequence[Atoms], most: int) -> list[AtomGroup]:
    """Join banner variables, in their order, while the combination has no more than ``most`` atoms.

    Parameters
    ----------
    parts : sequence of Atoms
    most : int

    Returns
    -------
    list of AtomGroup
        A variable with more atoms than that is by itself.

    Examples
    --------
    >>> from cxsurvey.numerics.banners.records import DisjointColumns
    >>> variables = [atoms(DisjointColumns(np.array([0, 1, -1]), 2), 3)] * 3
    >>> [group.n_atoms for group in grouped(variables, 10)]
    [9, 3]
    """
    groups: list[list[int]] = []
    size = most + 1
    for position, part in enumerate(parts):
        n_atoms = part.n_atoms
        if size * n_atoms > most:
            groups.append([])
            size = 1
        groups[-1].append(position)
        size *= n_atoms
    return [_joined([parts[i] for i in group], tuple(group)) for group in groups]


def _joined(parts: Sequence[Atoms], positions: tuple[int, ...]) -> AtomGroup:
    shape = tuple(part.n_atoms for part in parts)
    code = parts[0].code
    for part in parts[1:]:
        code = code * part.n_atoms + part.code
    size = int(np.prod(shape))
    return AtomGroup(code, size, positions, np.unravel_index(np.arange(size), shape))
