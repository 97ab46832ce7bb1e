"""How many respondents each two columns share, and when that alone shows that nothing need be hidden.

A base is safe when no combination of its columns is about fewer people than the limit, and that cannot be
where no respondent has a leverage of 1 / (limit - 1) or more (see :mod:`.suppression`). A leverage is at most
the squared length of the respondent's scaled row, the sum of 1 / size over their columns, over the least
eigenvalue above zero of the scaled sizes of what columns share. Those are counts of bits: no matrix with a row
for everyone is multiplied, and the sizes of a large base take milliseconds.

Those who are in no column of a variable count as a column here. It can only raise a leverage, and without it
the total would all but be the sum of the others, with an eigenvalue near zero.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cxsurvey.analysis.tabulation.banner import Banner, Members
from cxsurvey.analysis.tabulation.suppression import SLACK, TOLERANCE
from cxsurvey.study.answers import BoolArray, IntArray

BITS_A_WORD = 64
Words = npt.NDArray[np.uint64]


@dataclass(frozen=True, slots=True, eq=False)
class ColumnBits:
    """Who is in which column, a bit for each respondent.

    Attributes
    ----------
    words : ndarray of uint64, shape (K, W)
        The total, the columns of the banner, and those in none of a variable's columns where there are any.
    parts : tuple of ndarray of int
        Places of columns of which nobody is in two: a variable, or one column of those that overlap.
    """

    words: Words
    parts: tuple[IntArray, ...]

    def shared(self, inside: BoolArray) -> IntArray:
        """Respondents of a base that each two columns share: (K, K), sizes in the diagonal."""
        kept = self.words & _words(inside)
        size = len(kept)
        shared = np.zeros((size, size), dtype=np.int64)
        for i in range(size):
            row = np.bitwise_count(kept[i:] & kept[i]).sum(axis=1, dtype=np.int64)
            shared[i, i:] = shared[i:, i] = row
        return shared


def column_bits(banner: Banner, n: int) -> ColumnBits:
    """Write the columns of a banner as bits.

    Parameters
    ----------
    banner : Banner
    n : int
        Respondents.

    Returns
    -------
    ColumnBits
    """
    words, parts = [_words(np.ones(n, dtype=bool))], [np.zeros(1, dtype=np.int64)]
    for members in banner.members:
        own = [_words(np.asarray(mask, dtype=bool)) for mask in _masks(members)]
        places = len(words) + np.arange(len(own))
        words += own
        parts += [places] if members.chosen is None else list(places[:, None])
    return ColumnBits(np.array(words), tuple(parts))


def _masks(members: Members) -> Iterator[BoolArray]:
    """Who is in each column of a variable, and who is in none."""
    if members.chosen is not None or members.code is None:
        yield from members.matrix.T
        return
    yield from (members.code == g for g in range(members.size))
    if (members.code < 0).any():
        yield members.code < 0


def plainly_safe(shared: IntArray, parts: tuple[IntArray, ...], limit: int) -> bool:
    """Tell from shared sizes that no column need be hidden; False where it takes a closer look.

    Parameters
    ----------
    shared : ndarray of int, shape (K, K)
    parts : tuple of ndarray of int
        As in :class:`ColumnBits`.
    limit : int

    Returns
    -------
    bool

    Examples
    --------
    Two groups of 40 in a total of 80, and groups of 3 and 77:

    >>> halves = np.array([[80, 40, 40], [40, 40, 0], [40, 0, 40]])
    >>> few = np.array([[80, 3, 77], [3, 3, 0], [77, 0, 77]])
    >>> parts = (np.array([0]), np.array([1, 2]))
    >>> plainly_safe(halves, parts, 5), plainly_safe(few, parts, 5)
    (True, False)
    """
    sizes = np.diag(shared)
    some = sizes > 0
    if limit <= 1 or not some.any():
        return True
    if sizes[some].min() < limit:
        return False
    shares = np.where(some, 1 / np.maximum(sizes, 1), 0.0)
    longest = sum(float(shares[part].max(initial=0)) for part in parts)
    scale = np.sqrt(shares[some])
    values = np.linalg.eigvalsh(shared[np.ix_(some, some)] * scale * scale[:, None])
    least = float(values[values > TOLERANCE * values[-1]].min())
    return longest / least < 1 / (limit - 1) - SLACK


def _words(mask: BoolArray) -> Words:
    padded = np.zeros(-(-len(mask) // BITS_A_WORD) * BITS_A_WORD, dtype=bool)
    padded[: len(mask)] = mask
    return np.packbits(padded).view(np.uint64)
