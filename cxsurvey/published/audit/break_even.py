"""The base from which printed shares without bases would differ significantly."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from cxsurvey.numerics.comparisons.score_tests import part_whole_z
from cxsurvey.numerics.tables.inference import normal_quantile, two_proportion_z
from cxsurvey.published.audit.envelopes import Overlap, PrintedShare
from cxsurvey.published.audit.relations import Relation

LARGEST_BASE: Final = 1_000_000
FLOAT_NOISE: Final = 1e-9


def break_even(
    a: PrintedShare, b: PrintedShare, relation: Relation, overlap: Overlap, level: float
) -> tuple[int, int] | None:
    """The smallest base from which two printed shares without bases would differ significantly.

    Parameters
    ----------
    a, b : PrintedShare
    relation : str
        "groups": the base of each of two equal groups; "same": that of all.
    overlap : str
    level : float

    Returns
    -------
    tuple of int, or None
        As printed, and at the least favourable rounding; None when no base would do, or the relation is
        another.
    """
    if relation not in {"groups", "same"}:
        return None
    (low_a, high_a), (low_b, high_b) = a.ends, b.ends
    ends = (low_a, high_b) if a.value > b.value else (high_a, low_b)
    needed = [
        smallest_base(float(p), float(q), _spread(relation, overlap), level)
        for p, q in ((a.value, b.value), ends)
        if (p > q) == (a.value > b.value) and p != q
    ]
    return (needed[0], needed[1]) if len(needed) == len(ends) else None


def smallest_base(p: float, q: float, spread: Callable[[float, float], float], level: float) -> int:
    """The smallest n with ``|p - q| sqrt(n) >= z sqrt(spread)``."""
    return int(np.ceil(normal_quantile(level) ** 2 * spread(p, q) / (p - q) ** 2 - FLOAT_NOISE))


def _spread(relation: Relation, overlap: Overlap) -> Callable[[float, float], float]:
    if relation == "groups":
        return lambda p, q: (p + q) * (1 - (p + q) / 2)
    if overlap in {"a_in_b", "b_in_a"}:
        return lambda p, q: abs(p - q)
    return lambda p, q: min(p + q, 2 - p - q)


def missing_base(a: PrintedShare, b: PrintedShare, relation: Relation, level: float) -> int | None:
    """The smallest base of a share from which it would differ from another whose base is known, as printed.

    Parameters
    ----------
    a, b : PrintedShare
        One of them with a base. For ``relation`` "part" and "rest" that is ``b``, the whole.
    relation : str
    level : float

    Returns
    -------
    int or None
        None when no base up to a million would do, or the relation is another.
    """
    known, unknown = (a, b) if a.base is not None else (b, a)
    if known.base is None or unknown.base is not None:
        return None
    p, q, n = float(unknown.value), float(known.value), known.base.n
    if relation == "groups":
        return _first(lambda m: abs(float(two_proportion_z(p * m, m, q * n, n).statistic)), LARGEST_BASE, level)
    if relation in {"part", "rest"} and known is b:
        return _first(lambda m: abs(float(part_whole_z(p * m, m, q * n, n).statistic)), n - 1, level)
    return None


def _first(statistic: Callable[[int], float], most: int, level: float) -> int | None:
    """The first base at which a growing statistic is significant."""
    critical = normal_quantile(level)
    if most < 1 or not statistic(most) >= critical:
        return None
    low, high = 0, most
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if statistic(middle) >= critical else (middle, high)
    return high
