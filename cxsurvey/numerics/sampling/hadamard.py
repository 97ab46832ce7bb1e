"""Hadamard matrices: square, of 1 and -1, with orthogonal rows. They balance half-samples."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cxsurvey.errors import RequestError

if TYPE_CHECKING:
    from cxsurvey.numerics.arrays import Ints

QUARTER = 4


def hadamard_matrix(least: int) -> Ints:
    """Give a Hadamard matrix whose first row and column are ones.

    Parameters
    ----------
    least : int
        The order is the smallest known that is no smaller: 1, or 2^k, or 2^k (q + 1) for a prime q that
        leaves 3 when divided by 4 (so 4, 8, 12, 16, 20, 24, 32, ...; among multiples of 4 below 200 the orders
        28, 36, 52, 56, 76, 92, 100, ... are passed over for the next).

    Returns
    -------
    (order, order) int

    Raises
    ------
    RequestError
        ``bad-option`` when ``least`` is below 1.

    Notes
    -----
    Powers of 2 by Sylvester's doubling ``[[H, H], [H, -H]]``; the others by Paley's first construction
    (Paley 1933, *J. Math. Phys.* 12: 311-320) and doubling. A power of 2 is preferred where both give the same
    order. Half-samples are then those of R's ``as.svrepdesign`` for up to 19 strata, in another
    order.

    Examples
    --------
    >>> hadamard_matrix(3).tolist()
    [[1, 1, 1, 1], [1, -1, 1, -1], [1, 1, -1, -1], [1, -1, -1, 1]]
    >>> len(hadamard_matrix(10))
    12
    """
    if least < 1:
        raise RequestError.bad_option("least", least, "a whole number from 1")
    order = least
    while (doublings := _doublings(order)) is None:
        order += 1
    core = order >> doublings
    matrix = np.ones((1, 1), dtype=np.intp) if core == 1 else _paley(core - 1)
    for _ in range(doublings):
        matrix = np.block([[matrix, matrix], [matrix, -matrix]])
    return matrix


def _doublings(order: int) -> int | None:
    """How often a known matrix must be doubled to reach an order, or None."""
    if order & (order - 1) == 0:
        return order.bit_length() - 1
    halvings = 0
    while order % QUARTER == 0:
        if _is_prime(order - 1):
            return halvings
        order, halvings = order // 2, halvings + 1
    return None


def _is_prime(number: int) -> bool:
    return number > 1 and all(number % factor for factor in range(2, int(number**0.5) + 1))


def _paley(q: int) -> Ints:
    """Build order q + 1 from quadratic residues, then turn signs so that the first row and column are ones."""
    residues = {i * i % q for i in range(1, q)}
    character = np.array([0] + [1 if i in residues else -1 for i in range(1, q)], dtype=np.intp)
    jacobsthal = character[(np.arange(q) - np.arange(q)[:, None]) % q]
    skew = np.zeros((q + 1, q + 1), dtype=np.intp)
    skew[0, 1:], skew[1:, 0], skew[1:, 1:] = 1, -1, jacobsthal
    matrix = skew + np.eye(q + 1, dtype=np.intp)
    matrix *= matrix[0]
    return matrix * matrix[:, :1]
