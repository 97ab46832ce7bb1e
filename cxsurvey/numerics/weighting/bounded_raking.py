"""Raking within limits: factors between two bounds, and no weight above a largest one.

Trimming after raking breaks the margins, and raking after trimming breaks the limit. Doing both in turn ends,
where it ends, at weights that hold both. Here they hold both by construction: each pass over a margin solves
for the factor at which the *limited* weights of a category sum to its target.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cxsurvey.errors import DataFault, RequestError
from cxsurvey.numerics.arrays import Bools, Floats, Ints, as_floats, frozen
from cxsurvey.numerics.weighting.raking import TOLERANCE, Margin, margin_cells, require_margins, worst_distance

MOST_ROUNDS = 2_000
MOST_STEPS = 200  # of one category's factor; halving a bracket in the logarithm ends well before
LONGEST_STEP = 1e3
FURTHEST = 1e150  # a product of factors this large or small has left: no weights meet the margins
CLOSE = 1e-13  # the rounding of a sum of a million weights


@dataclass(frozen=True, slots=True, eq=False)
class Limited:
    """Weights after raking within limits.

    Attributes
    ----------
    weights, factor : (n,) float
        The weights, and each over the weight before (1 where that is 0).
    at_bound : (n,) bool
        Whose factor stands at a bound.
    at_largest : (n,) bool
        Whose weight stands at the largest.
    rounds : int
        Passes over the margins.
    worst : float
        Largest relative distance of a category from its target.
    """

    weights: Floats
    factor: Floats
    at_bound: Bools
    at_largest: Bools
    rounds: int
    worst: float


@dataclass(frozen=True, slots=True, eq=False)
class _Units:
    """Respondents of one cell and one base weight, who get one and the same weight.

    ``start``, ``low`` and ``high`` are the weight of one respondent; ``count`` says how many there are.
    """

    count: Floats
    start: Floats
    low: Floats
    high: Floats

    def limited(self, free: Floats) -> Floats:
        """What the units weigh together, given the weight of one respondent without limits."""
        weighed: Floats = self.count * np.clip(free, self.low, self.high)
        return weighed


def rake_within(
    weights: npt.ArrayLike,
    margins: Sequence[Margin],
    *,
    bounds: tuple[float, float] | None = None,
    largest: float = np.inf,
    tolerance: float = TOLERANCE,
    most_rounds: int = MOST_ROUNDS,
) -> Limited:
    """Fit weights to margins within limits.

    Parameters
    ----------
    weights : (n,) float
        Base weights, not negative; they may be above ``largest``.
    margins : sequence of Margin
    bounds : (low, high), optional
        Of the factors, with ``0 <= low < 1 < high``.
    largest : float
        No weight is above it.
    tolerance : float
        Largest relative distance of a category from its target.
    most_rounds : int

    Returns
    -------
    Limited
        ``w_i = min(max(d_i Π_m f_m(category of i), low d_i), high d_i, largest)``: of all weights within the
        limits that meet the margins, those nearest to the base weights in Kullback-Leibler distance.

    Raises
    ------
    RequestError
        ``array-shape``, ``no-margins``; ``bad-option`` for limits that are none.
    DataFault
        As :func:`.raking.rake`; ``margin-beyond-limits`` when a category cannot reach its target within the
        limits; ``limits-no-convergence`` when the margins cannot be met together.

    Notes
    -----
    The raking distance is cut off at limits as Deville and Särndal (1992, *JASA* 87, case 7) cut off the linear
    one, with a limit of each weight beside that of each factor. Solving margin by margin is cyclic ascent on
    the concave dual of the minimisation, which converges where the limits leave room (Luo and Tseng 1992,
    *Journal of Optimization Theory and Applications* 72: 7-35).

    Examples
    --------
    Six persons, none of whom may count for more than 3:

    >>> from cxsurvey.numerics.weighting.raking import margin
    >>> everybody = margin("everybody", [0, 0, 0], [6])
    >>> rake_within([1, 1, 4], [everybody], largest=3).weights.round(9).tolist()
    [1.5, 1.5, 3.0]
    """
    base = as_floats(weights)
    _check_limits(bounds, largest)
    require_margins(base, margins)
    units, categories, unit = _units(base, margins, bounds, largest)
    steps = _steps(units, categories, margins)
    free, rounds, worst = _fit(units, steps, margins, tolerance, most_rounds)
    fitted = np.clip(free, units.low, units.high)[unit]
    factor = np.divide(fitted, base, out=np.ones(base.size), where=base > 0)
    low, high = bounds or (0.0, np.inf)
    at_bound = (base > 0) & ((factor <= low * (1 + TOLERANCE)) | (factor >= high * (1 - TOLERANCE)))
    at_largest = (base > 0) & (fitted >= largest * (1 - TOLERANCE))
    for array in (fitted, factor, at_bound, at_largest):
        frozen(array)
    return Limited(fitted, factor, at_bound & (bounds is not None), at_largest, rounds, worst)


def _check_limits(bounds: tuple[float, float] | None, largest: float) -> None:
    if bounds is not None and not (0 <= bounds[0] < 1 < bounds[1]):
        raise RequestError.bad_option("bounds", bounds, "low and high with 0 <= low < 1 < high")
    if not largest > 0:
        raise RequestError.bad_option("largest", largest, "a weight above 0")


def _units(
    base: Floats, margins: Sequence[Margin], bounds: tuple[float, float] | None, largest: float
) -> tuple[_Units, Ints, Ints]:
    """Put respondents together: the units, (U, M) categories of each, and the unit of each respondent."""
    cell, categories = margin_cells(margins, base.size)
    levels, level = np.unique(base, return_inverse=True)
    occurring, unit, count = np.unique(cell * levels.size + level, return_inverse=True, return_counts=True)
    start = levels[occurring % levels.size]
    least, most = bounds or (0.0, np.inf)
    low = np.minimum(start * least, largest)
    high = np.minimum(np.multiply(start, most, out=np.zeros(start.size), where=start > 0), largest)
    return _Units(count.astype(np.float64), start, low, high), categories[occurring // levels.size], unit


def _steps(units: _Units, categories: Ints, margins: Sequence[Margin]) -> list[tuple[Ints, Floats]]:
    """Give the codes and targets of each margin, scaled to one total; each target must be within reach."""
    total = float(margins[0].targets.sum())
    steps = []
    for place, item in enumerate(margins):
        codes = np.ascontiguousarray(categories[:, place])
        target = item.targets * (total / item.targets.sum())
        least, most = (
            np.bincount(codes, units.count * end, minlength=target.size) for end in (units.low, units.high)
        )
        out = (target > most * (1 + CLOSE)) | (target < least * (1 - CLOSE))
        if out.any():
            k = int(np.argmax(out))
            raise DataFault.margin_beyond_limits(
                item.name, item.labels[k], float(target[k]), float(least[k]), float(most[k])
            )
        steps.append((codes, target))
    return steps


def _fit(
    units: _Units,
    steps: Sequence[tuple[Ints, Floats]],
    margins: Sequence[Margin],
    tolerance: float,
    most_rounds: int,
) -> tuple[Floats, int, float]:
    """Give the weight of one respondent of each unit without limits, the rounds, and the worst distance."""
    free = units.start.copy()
    weighed = free > 0
    for rounds in range(1, most_rounds + 1):
        for codes, target in steps:
            free *= _factors(units, free, codes, target)[codes]
        far = [worst_distance(units.limited(free), codes, target) for codes, target in steps]
        if max(distance for distance, _ in far) <= tolerance:
            return free, rounds, max(distance for distance, _ in far)
        moved = free[weighed] / units.start[weighed]
        if moved.max() > FURTHEST or moved.min() < 1 / FURTHEST:
            break
    worst = int(np.argmax([distance for distance, _ in far]))
    distance, category = far[worst]
    raise DataFault.limits_stuck(margins[worst].name, margins[worst].labels[category], distance)


def _factors(units: _Units, free: Floats, codes: Ints, target: Floats) -> Floats:
    """Solve for the factor of each category: Newton's steps, and halving where they leave the bracket."""
    factor = np.ones(target.size)
    below, above = np.zeros(target.size), np.full(target.size, np.inf)
    for _ in range(MOST_STEPS):
        moved = free * factor[codes]
        short = target - np.bincount(codes, units.limited(moved), minlength=target.size)
        settled = (np.abs(short) <= CLOSE * target) | (above - below <= CLOSE * factor)
        if settled.all():
            break
        below, above = np.where(short > 0, factor, below), np.where(short < 0, factor, above)
        inner = (moved > units.low) & (moved < units.high)
        slope = np.bincount(codes, np.where(inner, units.count * moved, 0.0), minlength=target.size)
        step = np.divide(short, slope, out=np.zeros(target.size), where=slope > np.abs(short) / LONGEST_STEP)
        newton = factor * (1 + step)
        useful = (step != 0) & (newton > below) & (newton < above)
        factor = np.where(settled, factor, np.where(useful, newton, _middle(factor, below, above)))
    return factor


def _middle(factor: Floats, below: Floats, above: Floats) -> Floats:
    """Halve a bracket in the logarithm; where it is open, go a long step."""
    closed = (below > 0) & np.isfinite(above)
    halved = np.sqrt(np.where(closed, below, 1.0)) * np.sqrt(np.where(closed, above, 1.0))
    stepped = np.where(np.isinf(above), factor * LONGEST_STEP, factor / LONGEST_STEP)
    return np.where(closed, halved, stepped)
