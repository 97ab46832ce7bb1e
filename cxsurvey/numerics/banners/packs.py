"""Packs: several questions in one small code a respondent, so that one count serves them all.

Three questions of five points have 6 x 6 x 6 = 216 combinations, missing answers included, and eight ticks have
256: one pass over the respondents counts a pack, and the tables of its questions are margins of that count.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cxsurvey.errors import RequestError
from cxsurvey.numerics.arrays import Bools, Floats, Ints, same_length
from cxsurvey.numerics.banners.records import CodedQuestion, OptionsQuestion, Question

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy.typing as npt

    Codes = npt.NDArray[np.integer]

BYTE = 8


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """Where the targets and bases of the questions stand.

    Attributes
    ----------
    first : (Q + 1,) int
    first_base : (Q + 1,) int
        Bases of question q are ``first_base[q]`` to ``first_base[q + 1] - 1``.
    base_of : (T,) int
    is_share : (T,) bool
    base_cells : tuple
        For each coded question which cells each of its bases holds, (bases, K) bool; None for others.
    """

    first: Ints
    first_base: Ints
    base_of: Ints
    is_share: Bools
    base_cells: tuple[Bools | None, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Pack:
    """Some items of K cells in one code.

    Attributes
    ----------
    codes : callable
        Gives (n,) int.
    items : tuple of (int, int)
        Question, and option (0 for a coded question).
    """

    codes: Callable[[], Codes]
    items: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, eq=False)
class PackSet:
    """Packs of the same layout.

    Attributes
    ----------
    width : int
        Values of a code, V.
    unfold : (V, m, K) float
        1 where a code puts item m into cell K.
    packs : tuple of Pack
        Of ticks, cell 0 is ticked and cell 1 in the base and not ticked.
    """

    width: int
    unfold: Floats
    packs: tuple[Pack, ...]


def layout(questions: Sequence[Question], n: int) -> Layout:
    """Check the questions and number their targets and bases.

    Parameters
    ----------
    questions : sequence of CodedQuestion, OptionsQuestion or NumberQuestion
    n : int
        Respondents.

    Returns
    -------
    Layout

    Raises
    ------
    RequestError
        ``array-shape``, ``code-out-of-range``.

    Examples
    --------
    >>> import numpy as np
    >>> from cxsurvey.numerics.banners.records import NumberQuestion
    >>> codes = np.array([0, 1, 2, -1])
    >>> satisfied = CodedQuestion(codes, np.array([[0.0, 0, 1], [1, 2, 3]]), np.ones((2, 3)))
    >>> found = layout([satisfied, NumberQuestion(np.arange(4.0))], 4)
    >>> found.first.tolist(), found.base_of.tolist(), found.is_share.tolist()
    ([0, 2, 3], [0, 0, 1], [True, False, False])
    """
    targets, bases, base_of, shares, cells = [0], [0], [], [], []
    for question in questions:
        masks, own = None, np.zeros(1, dtype=np.intp)
        if isinstance(question, CodedQuestion):
            _check_coded(question, n)
            masks, own = _distinct_bases(question.denominator)
            shares.append(_are_shares(question))
        elif isinstance(question, OptionsQuestion):
            _check_options(question, n)
            own = np.zeros(question.options.shape[1], dtype=np.intp)
            shares.append(np.ones(len(own), dtype=np.bool_))
        else:
            same_length("values", question.values, n)
            shares.append(np.zeros(1, dtype=np.bool_))
        base_of.append(own + bases[-1])
        targets.append(targets[-1] + len(own))
        bases.append(bases[-1] + (1 if masks is None else len(masks)))
        cells.append(masks)
    none = np.empty(0)
    return Layout(
        np.array(targets),
        np.array(bases),
        np.concatenate([none, *base_of]).astype(np.intp),
        np.concatenate([none, *shares]).astype(np.bool_),
        tuple(cells),
    )


def _check_coded(question: CodedQuestion, n: int) -> None:
    over, under = question.numerator, question.denominator
    if over.ndim != 2 or not over.size:  # noqa: PLR2004 - a matrix
        raise RequestError.array_shape("numerator", "shape (targets, cells), of one or more", over.shape)
    if over.shape != under.shape:
        raise RequestError.array_shape("denominator", f"shape {over.shape}, as the numerator", under.shape)
    codes, n_cells = question.codes, over.shape[1]
    same_length("codes", codes, n)
    if codes.dtype.kind not in "iub":
        raise RequestError.code_out_of_range("codes", -1, n_cells - 1, f"values of type {codes.dtype}")
    if n and (codes.min() < -1 or codes.max() >= n_cells):
        raise RequestError.code_out_of_range("codes", -1, n_cells - 1, f"{codes.min()} to {codes.max()}")


def _check_options(question: OptionsQuestion, n: int) -> None:
    options, base = question.options, question.base
    matrix = options.ndim == 2 and options.shape[0] == n and options.shape[1] > 0  # noqa: PLR2004 - a matrix
    if not matrix or options.dtype != np.bool_:
        raise RequestError.array_shape("options", f"shape ({n}, one or more), of bool", options.shape)
    if base is not None and (base.shape != (n,) or base.dtype != np.bool_):
        raise RequestError.array_shape("base", f"shape ({n},), of bool", base.shape)


def _distinct_bases(denominator: Floats) -> tuple[Bools, Ints]:
    masks = denominator != 0
    if masks.all() and len(masks):
        return masks[:1], np.zeros(len(masks), dtype=np.intp)
    distinct, own = np.unique(masks, axis=0, return_inverse=True)
    return distinct, own.astype(np.intp).ravel()


def _are_shares(question: CodedQuestion) -> Bools:
    if question.is_share is not None:
        return np.asarray(question.is_share, dtype=np.bool_)
    over, under = question.numerator, question.denominator
    whole = ((over == 0) | (over == 1)) & ((under == 0) | (under == 1)) & (over <= under)
    shares: Bools = whole.all(axis=1)
    return shares


def pack_sets(questions: Sequence[Question], widest: int) -> list[PackSet]:
    """Put questions into packs.

    Parameters
    ----------
    questions : sequence
        Checked by :func:`layout`. Numbers are left out.
    widest : int
        Values that a code of several questions may have.

    Returns
    -------
    list of PackSet

    Examples
    --------
    >>> import numpy as np
    >>> codes = np.array([0, 1, 2, -1], dtype=np.int8)
    >>> rated = CodedQuestion(codes, np.eye(3), np.ones((3, 3)))
    >>> sets = pack_sets([rated, rated, rated], 16)
    >>> sets[0].width, len(sets[0].packs), sets[0].packs[0].codes().tolist()
    (16, 2, [5, 10, 15, 0])
    """
    coded: dict[int, list[int]] = defaultdict(list)
    ticks: dict[tuple[int, bool], list[Pack]] = defaultdict(list)
    for position, question in enumerate(questions):
        if isinstance(question, CodedQuestion):
            coded[question.numerator.shape[1]].append(position)
        elif isinstance(question, OptionsQuestion):
            _add_ticks(ticks, question, position, tick_bits(widest))
    sets = [_coded_set(questions, at, n_cells, widest) for n_cells, at in coded.items()]
    return [*sets, *(_tick_set(bits, masked, packs) for (bits, masked), packs in ticks.items())]


def tick_bits(widest: int) -> int:
    """Give how many ticks go into a code.

    Parameters
    ----------
    widest : int
        Values that the code may have.

    Returns
    -------
    int
        1, 2, 4 or 8, which fit into a byte; 1 even where it is too many.

    Examples
    --------
    >>> [tick_bits(width) for width in (2, 16, 100, 256)]
    [1, 4, 4, 8]
    """
    return max(bits for bits in (1, 2, 4, BYTE) if widest >= 1 << bits or bits == 1)


def _coded_set(questions: Sequence[Question], at: list[int], n_cells: int, widest: int) -> PackSet:
    radix, size = n_cells + 1, 1
    while size < len(at) and radix ** (size + 1) <= widest:
        size += 1
    size = -(-len(at) // -(-len(at) // size))  # packs of even size
    values = np.arange(radix**size)[:, None] // radix ** np.arange(size) % radix
    unfold = (values[:, :, None] == np.arange(1, radix)).astype(np.float64)
    packs = []
    for start in range(0, len(at), size):
        members = at[start : start + size]
        arrays = tuple(q.codes for q in (questions[i] for i in members) if isinstance(q, CodedQuestion))
        packs.append(Pack(_Digits(arrays, radix, radix**size), tuple((i, 0) for i in members)))
    return PackSet(radix**size, unfold, tuple(packs))


@dataclass(frozen=True, slots=True, eq=False)
class _Digits:
    arrays: tuple[Codes, ...]
    radix: int
    width: int

    def __call__(self) -> Codes:
        kind = np.min_scalar_type(self.width - 1)
        code = np.zeros(len(self.arrays[0]), dtype=kind)
        for place, array in enumerate(reversed(self.arrays)):
            if place:
                code *= kind.type(self.radix)
            code += array.astype(kind)  # -1 wraps round to the largest number, and on to 0 below
            code += kind.type(1)
        return code


def _add_ticks(
    found: dict[tuple[int, bool], list[Pack]], question: OptionsQuestion, position: int, most: int
) -> None:
    n_options = question.options.shape[1]
    outside = None if question.base is None or question.base.all() else ~question.base
    bits = _Bits(question.options)
    for start in range(0, n_options, most):
        size = min(most, n_options - start)
        items = tuple((position, option) for option in range(start, start + size))
        found[size, outside is not None].append(Pack(_Ticks(bits, start, size, outside), items))


class _Bits:
    """The ticks of a question, eight to a byte, made when they are first asked for."""

    __slots__ = ("_bytes", "_options")

    def __init__(self, options: Bools) -> None:
        self._options = options
        self._bytes: npt.NDArray[np.uint8] | None = None

    def byte(self, position: int) -> npt.NDArray[np.uint8]:
        """Bits ``8 position`` to ``8 position + 7`` of each respondent: (n,)."""
        if self._options.flags.c_contiguous:
            if self._bytes is None:
                self._bytes = np.ascontiguousarray(np.packbits(self._options, axis=1, bitorder="little").T)
            packed: npt.NDArray[np.uint8] = self._bytes[position]
            return packed
        columns = self._options[:, BYTE * position : BYTE * (position + 1)]
        code = np.zeros(len(columns), dtype=np.uint8)
        for column in range(columns.shape[1]):
            code |= columns[:, column].view(np.uint8) * np.uint8(1 << column)
        return code


@dataclass(frozen=True, slots=True, eq=False)
class _Ticks:
    bits: _Bits
    start: int
    size: int
    outside: Bools | None

    def __call__(self) -> Codes:
        code = self.bits.byte(self.start // BYTE)
        if self.size < BYTE:
            code = (code >> np.uint8(self.start % BYTE)) & np.uint8((1 << self.size) - 1)
        if self.outside is None:
            return code
        return np.where(self.outside, np.uint16(1 << self.size), code.astype(np.uint16))


def _tick_set(bits: int, masked: bool, packs: list[Pack]) -> PackSet:  # noqa: FBT001 - a key, unpacked
    width = 1 << bits
    ticked = (np.arange(width)[:, None] >> np.arange(bits)) & 1
    unfold = np.stack([ticked, 1 - ticked], axis=2).astype(np.float64)
    if masked:
        unfold = np.concatenate([unfold, np.zeros((1, bits, 2))])
    return PackSet(len(unfold), unfold, tuple(packs))
