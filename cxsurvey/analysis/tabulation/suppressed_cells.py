"""Small counts inside columns that are shown: hidden where a study asks for it, with what gives them away.

What a table shows of a cell is a sum over the people of the column and the answers of the row. The cells that
are shown, and the bases of all columns, are linear equations; a hidden cell is given away when it is a linear
combination of them. Further cells are hidden until none is, and until those hidden in a column, and in a row of
a banner variable, hold as many respondents together as the limit asks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from cxsurvey.analysis.tabulation.questions import Source
from cxsurvey.analysis.tabulation.suppression import Atoms
from cxsurvey.study.answers import BoolArray, FloatArray, IntArray

SLACK = 1e-8  # of the length of a combination, beside the part of it that is not shown


@dataclass(frozen=True, slots=True, eq=False)
class CellSums:
    """The cells of R share rows by C columns as linear combinations of unknown counts.

    Attributes
    ----------
    counts : ndarray of int, shape (R, C)
    rows : ndarray of float, shape (R, K)
        Answers that a row adds up.
    base : ndarray of float, shape (K,) or None
        All answers together, which the base of a column gives; None where answers overlap.
    columns : ndarray of float, shape (A, C)
        Groups of people that a column adds up, the total first.
    variables : tuple of ndarray of int
        Columns of each banner variable.
    """

    counts: IntArray
    rows: FloatArray
    base: FloatArray | None
    columns: FloatArray
    variables: tuple[IntArray, ...]

    def given_away(self, hidden: BoolArray, whole: BoolArray) -> tuple[int, int] | None:
        """Find a hidden cell that follows from what is shown, in columns that are not hidden whole.

        The bases of all columns are shown.
        """
        across = _coordinates(self.columns)
        all_rows = self.rows if self.base is None else np.vstack([self.rows, self.base])
        down = _coordinates(all_rows.T)
        shown = ~hidden if self.base is None else np.vstack([~hidden, np.ones((1, len(whole)), dtype=bool)])
        cells = np.einsum("ac,dr->rcad", across, down).reshape(len(all_rows), len(whole), -1)
        known = _orthonormal(cells[shown])
        secret: BoolArray = hidden & ~whole & (self.counts > 0)
        full = np.all(hidden, axis=0)  # come last: what hides others may settle them
        for r, c in [*np.argwhere(secret & ~full), *np.argwhere(secret & full)]:
            rest = cells[r, c] - known.T @ (known @ cells[r, c])
            if np.linalg.norm(rest) <= SLACK * np.linalg.norm(cells[r, c]):
                return int(r), int(c)
        return None


def hidden_cells(
    source: Source,
    n: IntArray,
    columns: BoolArray,
    limit: int,
    *,
    member: BoolArray,
    variables: tuple[IntArray, ...],
) -> BoolArray:
    """Choose the cells to hide.

    Parameters
    ----------
    source : Source
    n : ndarray of int, shape (R, C)
        Respondents who gave each answer.
    columns : ndarray of bool, shape (C,)
        Columns that are hidden whole.
    limit : int
        Counts of 1 to ``limit - 1`` respondents are hidden; 0 hides none.
    member : ndarray of bool, shape (A, C)
        Columns of each group of people who are in the same columns.
    variables : tuple of ndarray of int
        Columns of each banner variable.

    Returns
    -------
    ndarray of bool, shape (R, C)
        Means and scores are hidden in columns with a hidden count, of which they are made.
    """
    hidden = np.repeat(columns[None, :], len(source.rows), axis=0)
    shares = np.array([row.statistic == "share" for row in source.rows])
    small = (n[shares] > 0) & (n[shares] < limit) & ~columns[None, :]
    if not small.any():
        return hidden
    rows, base = _answers(source)
    sums = CellSums(n[shares], rows, base, member.astype(np.float64), variables)
    hidden[shares] = closed(sums, small | columns[None, :], limit, whole=columns)
    hidden[~shares] = hidden[shares].any(axis=0)
    return hidden


def answer_counts(source: Source, atoms: Atoms, inside: BoolArray) -> IntArray:
    """Count who gave each answer within a base, by column.

    Parameters
    ----------
    source : Source
    atoms : Atoms
    inside : ndarray of bool, shape (n,)

    Returns
    -------
    ndarray of int, shape (R, C)
        0 in a row of medians.
    """
    rows = []
    for part in source.parts:
        own = np.flatnonzero(part.base & inside)
        place = atoms.index[own]
        gave = np.zeros((len(atoms.member), part.n_cells), dtype=np.int64)
        if part.code is not None:
            np.add.at(gave, (place, part.code[own]), 1)
        elif part.columns is not None:
            np.add.at(gave, place, part.columns[own] != 0)
        rows += [(target.numerator != 0) @ gave.T @ atoms.member for target in part.targets]
    if source.median is not None:
        rows.append(np.zeros(atoms.member.shape[1], dtype=np.int64))
    return np.array(rows)


def closed(sums: CellSums, hidden: BoolArray, limit: int, *, whole: BoolArray) -> BoolArray:
    """Hide more cells until no hidden one follows from what is shown.

    Parameters
    ----------
    sums : CellSums
    hidden : ndarray of bool, shape (R, C)
    limit : int
    whole : ndarray of bool, shape (C,)
        Columns that are hidden for their base.

    Returns
    -------
    ndarray of bool, shape (R, C)
    """
    hidden = hidden.copy()
    while True:
        while (line := _thin_line(sums, hidden, limit)) is not None:
            _hide_smallest(sums, hidden, line)
        found = sums.given_away(hidden, whole)
        if found is None or hidden.all():
            return hidden
        if not any(_hide_smallest(sums, hidden, line) for line in _lines(sums, hidden, found)):
            hidden[:] = True  # nothing but zeros is shown, and they still give something away


def _lines(sums: CellSums, hidden: BoolArray, place: tuple[int, int]) -> Iterator[BoolArray]:
    """Where to hide one more cell for the sake of one: its column, its row, and then anywhere."""
    r, c = place
    line = np.zeros_like(hidden)
    line[:, c] = True
    yield line
    for variable in sums.variables:
        line[r, variable] |= c in variable or c == 0
    yield line
    line[r] = True
    yield line
    yield np.ones_like(hidden)


def _answers(source: Source) -> tuple[FloatArray, FloatArray | None]:
    """Share rows as sums of answers: disjoint responses add up to the base, options do not."""
    found = [(part, target) for part in source.parts for target in part.targets if target.statistic == "share"]
    if found[0][0].code is None:
        return np.eye(len(found)), None
    return np.array([target.numerator for _, target in found]), found[0][1].denominator


def _thin_line(sums: CellSums, hidden: BoolArray, limit: int) -> BoolArray | None:
    """Find a column, or a row of one banner variable, whose hidden cells hold fewer people than the limit."""
    lines = [(slice(None), np.array([c])) for c in range(hidden.shape[1])] if sums.base is not None else []
    lines += [(slice(r, r + 1), variable) for r in range(len(hidden)) for variable in sums.variables]
    for rows, places in lines:
        within = np.zeros_like(hidden)
        within[rows, places] = True
        some = within & hidden & (sums.counts > 0)
        held, open_cells = int(sums.counts[some].sum()), within & ~hidden & (sums.counts > 0)
        if (
            some.any()
            and (held < limit or some.sum() == 1)
            and open_cells.any()
            and not hidden[:, places].all()
        ):
            return within
    return None


def _hide_smallest(sums: CellSums, hidden: BoolArray, line: BoolArray) -> bool:
    """Hide the smallest shown count of a line; False where there is none."""
    places = np.argwhere(line & ~hidden & (sums.counts > 0))
    if not len(places):
        return False
    r, c = min(places.tolist(), key=lambda place: (sums.counts[place[0], place[1]], place[1] == 0, place))
    hidden[r, c] = True
    return True


def _coordinates(vectors: FloatArray) -> FloatArray:
    """Write the columns of a matrix in an orthonormal basis of what they span: (rank, columns)."""
    basis = _orthonormal(vectors.T)
    coordinates: FloatArray = basis @ vectors
    return coordinates


def _orthonormal(rows: FloatArray) -> FloatArray:
    """Orthonormal rows that span the same space."""
    if not rows.size:
        return np.zeros((0, rows.shape[1]))
    _, values, basis = np.linalg.svd(rows, full_matrices=False)
    spanning: FloatArray = basis[values > SLACK * values.max(initial=0.0)]
    return spanning
