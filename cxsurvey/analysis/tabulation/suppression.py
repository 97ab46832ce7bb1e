"""Which columns of a table are hidden, so that what is shown is never about fewer people than the limit.

Whatever a table shows of a column is a sum over the people in it: counts, weighted counts, bases, numerators
and denominators of means. A reader can add and subtract columns, so they know the sum over every combination of
shown columns. A combination that cancels for all but a few people is about those few. A table is safe when no
linear combination of its shown columns, with any coefficients, is about one or more people but fewer than the
limit.

People are grouped into atoms: those who are in the same columns of the whole banner. With X the atoms by shown
columns, a combination c is about the atoms where ``X c`` is not zero. A search over leverages finds every
smallest set of atoms of fewer people than the limit that a combination can be about, or shows that there is
none:

- people whom all others' columns do not span: taking a set D out of X lowers its rank exactly when a
  combination is about members of D alone;
- such a set of at most k people has a member with a leverage of 1/k or more, since the hat matrix of X
  projects, so that only few atoms need be looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from cxsurvey.analysis.tabulation.banner import Banner
from cxsurvey.numerics.arrays import as_floats
from cxsurvey.study.answers import BoolArray, FloatArray, IntArray

TOLERANCE = 1e-10  # of an eigenvalue, the columns scaled to length 1
SLACK = 1e-7  # of a leverage
MOST_STEPS = 5000  # of a search; beyond it columns are hidden rather than searched on


@dataclass(frozen=True, slots=True, eq=False)
class Atoms:
    """Respondents by the columns of the banner they are in.

    Attributes
    ----------
    index : ndarray of int, shape (n,)
    member : ndarray of bool, shape (A, C)
        Which columns an atom is in; the total is the first.
    outside : tuple of ndarray of bool, shape (A,)
        For each variable whose columns do not overlap: atoms in none of them for want of an answer. Those in
        none of them who did answer are atoms of their own.
    """

    index: IntArray
    member: BoolArray
    outside: tuple[BoolArray, ...]

    def counts(self, inside: BoolArray) -> IntArray:
        """Respondents of each atom within a base: (A,)."""
        return np.bincount(self.index[inside], minlength=len(self.member)).astype(np.int64)


def atoms_of(banner: Banner, n: int) -> Atoms:
    """Group respondents by the columns they are in.

    Parameters
    ----------
    banner : Banner
    n : int
        Respondents.

    Returns
    -------
    Atoms
    """
    index = np.zeros(n, dtype=np.int64)
    for members in banner.members:
        pattern = _patterns(members.matrix) if members.code is None else members.code + 1
        if members.unanswered is not None:
            pattern = np.where((pattern == 0) & ~members.unanswered, members.size + 1, pattern)
        _, index = np.unique(index * (int(pattern.max(initial=0)) + 1) + pattern, return_inverse=True)
        index = index.reshape(-1).astype(np.int64)
    first = np.unique(index, return_index=True)[1]
    everyone = np.ones((len(first), 1), dtype=bool)
    member = np.hstack([everyone, *(members.rows(first) for members in banner.members)])
    marks = (members.unanswered for members in banner.members)
    return Atoms(index, member, tuple(mark[first] for mark in marks if mark is not None))


def _patterns(matrix: BoolArray) -> IntArray:
    """Number the distinct rows of a matrix."""
    _, index = np.unique(np.packbits(matrix, axis=1), axis=0, return_inverse=True)
    return index.reshape(-1).astype(np.int64)


def hidden_columns(
    member: BoolArray, counts: IntArray, limit: int, *, outside: Sequence[BoolArray] = ()
) -> BoolArray:
    """Choose the columns to hide, so that no combination of the others is about fewer people than the limit.

    Parameters
    ----------
    member : ndarray of bool, shape (A, C)
        Columns of each atom, the total first.
    counts : ndarray of int, shape (A,)
        Respondents of each atom in the base.
    limit : int
    outside : sequence of ndarray of bool, shape (A,)
        Atoms in none of a variable's columns because they gave it no answer. They are no group of the table,
        and the total less the columns may be about a few of them alone; about a few others it may not.

    Returns
    -------
    ndarray of bool, shape (C,)
        Columns of 1 to ``limit - 1`` respondents, and as many more as it takes; of these the smallest that
        help. Everything where the total is too small. Empty columns are not hidden.

    Examples
    --------
    Groups of 3, 40 and 90 make up the total of 133, which would give the first away:

    >>> columns = np.array([[1, 1, 0, 0], [1, 0, 1, 0], [1, 0, 0, 1]], bool)
    >>> hidden_columns(columns, np.array([3, 40, 90]), 5).tolist()
    [False, True, True, False]
    """
    present = counts > 0
    inside, n = member[present], counts[present]
    sizes = n @ inside
    hidden: BoolArray = (sizes > 0) & (sizes < limit)
    if hidden[0]:
        whole: BoolArray = sizes > 0
        return whole
    no_answer = [own[present] for own in outside]
    while True:
        found = disclosed(inside, n, hidden, limit, outside=no_answer)
        if found is None:
            return hidden
        hidden[_next_to_hide(inside, n, hidden, found)] = True


def is_safe(member: BoolArray, counts: IntArray, limit: int) -> bool:
    """Tell at once that nothing need be hidden, of these respondents and of whoever joins them.

    Taking k respondents out of a larger base takes k or fewer out of this one. If that never lowers the rank of
    this base, and its rank is that of all columns, it does not lower the rank of the larger base either.

    Parameters
    ----------
    member, counts, limit
        As in :func:`hidden_columns`; atoms may be empty.

    Returns
    -------
    bool
        False also where it takes a closer look to tell.

    Examples
    --------
    >>> columns = np.array([[1, 1, 0], [1, 0, 1]], bool)
    >>> is_safe(columns, np.array([30, 40]), 5), is_safe(columns, np.array([3, 40]), 5)
    (True, False)
    """
    if limit <= 1:
        return True
    present = counts > 0
    rows, n = member[present], counts[present]
    if not len(rows) or _leverage(rows, n)[0].max() >= 1 / (limit - 1) - SLACK:
        return False
    return _rank(rows, n) == _rank(member, np.ones(len(member), dtype=np.int64))


def disclosed(
    member: BoolArray, counts: IntArray, hidden: BoolArray, limit: int, *, outside: Sequence[BoolArray] = ()
) -> BoolArray | None:
    """Find a few people whom a combination of the shown columns is about.

    Parameters
    ----------
    member, counts, limit, outside
        As in :func:`hidden_columns`; every atom has respondents.
    hidden : ndarray of bool, shape (C,)

    Returns
    -------
    ndarray of bool, shape (A,), or None
        The atoms of fewer people than the limit; None when every combination is about more. A search that takes
        too many steps counts as a find: all the members of hidden columns, or everyone.

    Examples
    --------
    >>> columns = np.array([[1, 1, 0], [1, 0, 1]], bool)
    >>> disclosed(columns, np.array([3, 40]), np.array([False, True, False]), 5).tolist()
    [True, False]
    """
    shown = member[:, ~hidden]
    if limit <= 1 or not shown.size or _leverage(shown, counts)[0].max() < 1 / (limit - 1) - SLACK:
        return None
    rows, place = np.unique(shown, axis=0, return_inverse=True)
    place = place.reshape(-1)
    n = np.bincount(place, counts).astype(np.int64)
    reached: BoolArray = np.any(member[:, hidden], axis=1)
    in_hidden = np.bincount(place, reached) > 0
    no_answer: list[BoolArray] = [np.bincount(place, ~own) == 0 for own in outside]
    try:
        for found in _small_sets(rows, n, limit - 1):
            own = np.array(sorted(found))
            if in_hidden[own].any() or not any(mark[own].all() for mark in no_answer):
                return np.isin(place, own)
    except _TooManyStepsError:
        return reached if reached.any() else np.ones(len(member), dtype=bool)
    return None


class _TooManyStepsError(Exception):
    """The search was given up; never leaves this module."""


def _leverage(rows: BoolArray, counts: IntArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """The leverage of one respondent of each atom, with the scaled rows and the inverse it comes from."""
    sizes = counts @ rows
    scaled: FloatArray = rows[:, sizes > 0] / np.sqrt(sizes[sizes > 0])
    inverse = as_floats(np.linalg.pinv(scaled.T @ (counts[:, None] * scaled), rcond=TOLERANCE, hermitian=True))
    return ((scaled @ inverse) * scaled).sum(axis=1), scaled, inverse


def _small_sets(rows: BoolArray, counts: IntArray, most: int) -> Iterator[frozenset[int]]:
    """Every smallest set of atoms, of at most ``most`` people, that a combination of the columns is about."""
    start, scaled, inverse = _leverage(rows, counts)
    level: dict[frozenset[int], tuple[FloatArray, tuple[tuple[FloatArray, float], ...]]]
    level = {frozenset(): (start, ())}
    found: list[frozenset[int]] = []
    steps = 0
    while level:
        deeper: dict[frozenset[int], tuple[FloatArray, tuple[tuple[FloatArray, float], ...]]] = {}
        for out, (leverage, past) in level.items():
            left = most - int(counts[list(out)].sum())
            near = (counts <= left) & (leverage >= 1 / max(left, 1) - SLACK)
            for atom in set(np.flatnonzero(near).tolist()) - out:
                larger = out | {atom}
                if larger in deeper or any(smaller <= larger for smaller in found):
                    continue
                steps += 1
                if steps > MOST_STEPS:
                    raise _TooManyStepsError
                room = 1 - counts[atom] * leverage[atom]
                if room <= SLACK:  # the others do not span this atom: taking it out lowers the rank
                    found.append(larger)
                    yield larger
                    continue
                column = scaled @ (inverse @ scaled[atom])
                column = column + sum(scale * own * own[atom] for own, scale in past)
                scale = float(counts[atom] / room)
                deeper[larger] = (leverage + scale * column**2, (*past, (column, scale)))
        level = deeper


def _next_to_hide(member: BoolArray, counts: IntArray, hidden: BoolArray, found: BoolArray) -> int:
    """The smallest column without which nothing is about these people; else the smallest that could help."""
    sizes = counts @ member
    candidates = [int(c) for c in np.argsort(sizes, kind="stable") if c and not hidden[c] and sizes[c]]
    for column in candidates:
        rest = ~hidden
        rest[column] = False
        if not _about(member[:, rest], counts, found):
            return column
    return next(
        (c for c in candidates if c in _taking_part(member, counts, ~hidden, found)), (candidates or [0])[0]
    )


def _taking_part(member: BoolArray, counts: IntArray, shown: BoolArray, found: BoolArray) -> set[int]:
    """Columns of the shortest combination that is about these atoms alone."""
    places = np.flatnonzero(shown & (counts @ member > 0))
    _, scaled, inverse = _leverage(member[:, places], counts)
    weight = np.sqrt(counts[found])
    inner = weight[:, None] * (scaled[found] @ inverse @ scaled[found].T) * weight
    values = np.linalg.eigh(inner)[1][:, -1] * weight
    part = inverse @ (scaled[found].T @ values)
    return set(places[np.abs(part) > SLACK * np.abs(part).max()].tolist())


def _about(shown: BoolArray, counts: IntArray, atoms: BoolArray) -> bool:
    """Whether a combination of columns is about these atoms alone: without them the rank is lower."""
    return _rank(shown, counts) > _rank(shown[~atoms], counts[~atoms])


def _rank(rows: BoolArray, counts: IntArray) -> int:
    sizes = counts @ rows
    scaled = rows[:, sizes > 0] / np.sqrt(sizes[sizes > 0])
    if not scaled.size:
        return 0
    values = np.linalg.eigvalsh(scaled.T @ (counts[:, None] * scaled))
    return int((values > TOLERANCE).sum())
