"""Weights that reproduce known totals of any variables: calibration, and trimming of weights.

Formulas: Deville and Särndal (1992), *JASA* 87, cases 1 (linear), 2 (raking) and 6 (logit).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from cxsurvey.errors import DataFault, RequestError
from cxsurvey.numerics.arrays import Bools, Floats, as_floats, frozen

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy.typing as npt

Distance = Literal["linear", "raking", "logit"]
TOLERANCE = 1e-12
MOST_STEPS = 200
SMALLEST_STEP = 2.0**-30


@dataclass(frozen=True, slots=True, eq=False)
class Calibrated:
    """Weights after calibration.

    Attributes
    ----------
    weights, factor : (n,) float
        The weights, and each over the weight before.
    at_bound : (n,) bool
        Whose factor stands at a bound.
    steps : int
        Newton steps.
    worst : float
        Largest relative distance of a total from its target.
    """

    weights: Floats
    factor: Floats
    at_bound: Bools
    steps: int
    worst: float


@dataclass(frozen=True, slots=True)
class _Response:
    """How a factor answers to ``u = x'λ``: F(u), and its slope."""

    factor: Callable[[Floats], Floats]
    slope: Callable[[Floats], Floats]


def calibrate(
    weights: npt.ArrayLike,
    x: npt.ArrayLike,
    totals: npt.ArrayLike,
    *,
    distance: Distance = "linear",
    bounds: tuple[float, float] | None = None,
    names: Sequence[str] = (),
    tolerance: float = TOLERANCE,
    most_steps: int = MOST_STEPS,
) -> Calibrated:
    """Fit weights to totals.

    Parameters
    ----------
    weights : (n,) float
        Base weights, not negative.
    x : (n, p) float
        Auxiliary variables; a column of ones holds the population size.
    totals : (p,) float
        What ``Σ w_i x_i`` should be.
    distance : {"linear", "raking", "logit"}
        ``linear`` (the generalised regression estimator; factors may be negative without bounds), ``raking``
        (factors above zero), ``logit`` (needs bounds).
    bounds : (low, high), optional
        Of the factors, with ``low < 1 < high``. Linear factors that meet a bound stay there.
    names : sequence of str, optional
        Of the variables, for messages.
    tolerance : float
        Largest relative distance from a total.
    most_steps : int
        Newton steps after which the totals are said not to be reached.

    Returns
    -------
    Calibrated
        ``w_i = d_i F(x_i'λ)`` with λ such that the totals are met.

    Raises
    ------
    RequestError
        ``array-shape``, ``bad-option``.
    DataFault
        ``calibration-not-reached`` when no weights within the bounds meet the totals, or the steps run out;
        the total that is furthest off is named.

    Examples
    --------
    >>> calibrate([1, 1, 1], [[1, 0], [1, 0], [1, 1]], [4, 2]).weights.tolist()
    [1.0, 1.0, 2.0]
    """
    base, table, wanted, labels = _checked(weights, x, totals, names)
    response = _response(distance, bounds)
    scale = np.where(wanted == 0, np.maximum(np.abs(table).T @ base, 1.0), np.abs(wanted))
    multipliers = np.zeros(wanted.size)
    factor = response.factor(np.zeros(base.size))
    gap = wanted - table.T @ (base * factor)
    steps = 0
    while np.max(np.abs(gap) / scale) > tolerance:
        steps += 1
        moved = _step(base, table, wanted, scale, response, multipliers, gap) if steps <= most_steps else None
        if moved is None:
            worst = int(np.argmax(np.abs(gap) / scale))
            raise DataFault.calibration_stuck(labels[worst], wanted[worst], wanted[worst] - gap[worst])
        multipliers, factor, gap = moved
    at_bound = np.zeros(base.size, dtype=bool)
    if bounds is not None:
        at_bound = (factor <= bounds[0] * (1 + TOLERANCE)) | (factor >= bounds[1] * (1 - TOLERANCE))
    fitted = base * factor
    for array in (fitted, factor, at_bound):
        frozen(array)
    return Calibrated(fitted, factor, at_bound, steps, float(np.max(np.abs(gap) / scale)))


def _checked(
    weights: npt.ArrayLike, x: npt.ArrayLike, totals: npt.ArrayLike, names: Sequence[str]
) -> tuple[Floats, Floats, Floats, tuple[str, ...]]:
    base, table, wanted = as_floats(weights), as_floats(x), as_floats(totals)
    if table.ndim != 2 or table.shape[0] != base.size:  # noqa: PLR2004 - rows and columns
        raise RequestError.array_shape("x", f"shape ({base.size}, p)", table.shape)
    if wanted.shape != (table.shape[1],) or not wanted.size:
        raise RequestError.array_shape("totals", f"shape ({table.shape[1]},)", wanted.shape)
    if not (np.isfinite(table).all() and np.isfinite(wanted).all()):
        raise RequestError.bad_option("x and totals", "a value that is not finite", "finite numbers")
    labels = tuple(names) or tuple(f"variable {place}" for place in range(1, wanted.size + 1))
    return base, table, wanted, labels


def _response(distance: Distance, bounds: tuple[float, float] | None) -> _Response:
    if distance not in get_args(Distance):
        raise RequestError.bad_option("distance", distance, ", ".join(get_args(Distance)))
    if bounds is not None and not (0 <= bounds[0] < 1 < bounds[1]):
        raise RequestError.bad_option("bounds", bounds, "low and high with 0 <= low < 1 < high")
    if distance == "linear":
        low, high = bounds or (-np.inf, np.inf)
        return _Response(
            lambda u: np.clip(1 + u, low, high),
            lambda u: ((1 + u > low) & (1 + u < high)).astype(np.float64),
        )
    if distance == "raking":
        return _bounded_exponential(bounds)
    if bounds is None:
        raise RequestError.bad_option("bounds", None, "a low and a high factor for distance 'logit'")
    return _logit(*bounds)


def _bounded_exponential(bounds: tuple[float, float] | None) -> _Response:
    low, high = bounds or (0.0, np.inf)

    def factor(u: Floats) -> Floats:
        with np.errstate(over="ignore"):  # an infinite factor makes the step be halved
            clipped: Floats = np.clip(np.exp(u), low, high)
        return clipped

    def slope(u: Floats) -> Floats:
        found = factor(u)
        sloped: Floats = np.where((found > low) & (found < high), found, 0.0)
        return sloped

    return _Response(factor, slope)


def _logit(low: float, high: float) -> _Response:
    steepness = (high - low) / ((1 - low) * (high - 1))

    def share(u: Floats) -> Floats:
        """From 0 at the low bound to 1 at the high one, 1 - low over the span at u = 0."""
        odds = np.log((1 - low) / (high - 1)) + steepness * u
        above = 1 / (1 + np.exp(-np.abs(odds)))
        reached: Floats = np.where(odds >= 0, above, 1 - above)
        return reached

    def slope(u: Floats) -> Floats:
        reached = share(u)
        return (high - low) * steepness * reached * (1 - reached)

    return _Response(lambda u: low + (high - low) * share(u), slope)


def _step(
    base: Floats,
    table: Floats,
    wanted: Floats,
    scale: Floats,
    response: _Response,
    multipliers: Floats,
    gap: Floats,
) -> tuple[Floats, Floats, Floats] | None:
    """One Newton step, halved until it comes nearer; None when no step does."""
    slope = base * response.slope(table @ multipliers)
    direction, *_ = np.linalg.lstsq((table * slope[:, None]).T @ table, gap, rcond=None)
    before = _length(gap / scale)  # Newton's direction shortens this for small enough a step
    size = 1.0
    while size >= SMALLEST_STEP:
        moved = multipliers + size * direction
        factor = response.factor(table @ moved)
        left = wanted - table.T @ (base * factor)
        if np.isfinite(left).all() and _length(left / scale) < before:
            return moved, factor, left
        size /= 2
    return None


def _length(vector: Floats) -> float:
    return float(np.sqrt(np.sum(vector * vector)))


def trim(
    weights: npt.ArrayLike,
    *,
    lower: float = 0.0,
    upper: float = np.inf,
    redistribute: Literal["equal", "proportional", "none"] = "proportional",
    strict: bool = False,
) -> Floats:
    """Cut weights off at a lower and an upper value.

    Parameters
    ----------
    weights : (n,) float
    lower, upper : float
    redistribute : {"proportional", "equal", "none"}
        What was cut goes to the weights within the limits, in proportion or in equal amounts (R's
        ``trimWeights``), so that the sum stays; or nowhere.
    strict : bool
        Repeat until no weight passes a limit again.

    Returns
    -------
    (n,) float

    Raises
    ------
    RequestError
        ``bad-option`` for limits that are not in order.
    DataFault
        ``trimming-impossible`` when the sum cannot be kept within the limits.

    Examples
    --------
    >>> trim([1, 1, 1, 5], upper=3, redistribute="equal").round(3).tolist()
    [1.667, 1.667, 1.667, 3.0]
    """
    given = as_floats(weights)
    if not 0 <= lower < upper:
        raise RequestError.bad_option("lower, upper", (lower, upper), "0 <= lower < upper")
    trimmed = given.copy()
    for _ in range(given.size + 1):
        outside = (trimmed < lower) | (trimmed > upper)
        if not outside.any():
            return trimmed
        cut = np.clip(trimmed, lower, upper)
        excess = float(trimmed.sum() - cut.sum())
        if redistribute == "none":
            return cut
        inside = ~outside & (cut > lower) & (cut < upper) if strict else ~outside
        if not inside.any():  # all stand at a limit: those with room to the other one take it
            inside = cut < upper if excess > 0 else cut > lower
        if not inside.any():
            if abs(excess) <= TOLERANCE * given.sum():
                return cut
            raise DataFault.trimming_impossible(lower, upper, float(given.sum()), given.size)
        share = cut[inside] if redistribute == "proportional" else np.ones(int(inside.sum()))
        cut[inside] += excess * share / share.sum()
        trimmed = cut
        if not strict:
            return trimmed
    raise DataFault.trimming_impossible(lower, upper, float(given.sum()), given.size)
