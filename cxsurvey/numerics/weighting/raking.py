"""Weights that reproduce known margins: iterative proportional fitting.

Respondents of one combination of categories get one and the same factor, so the fitting runs on the table of
combinations, not on the respondents: one pass over the sample makes the table, and one gives the weights back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cxsurvey.errors import DataFault, RequestError
from cxsurvey.numerics.arrays import Floats, Ints, as_floats, checked_codes, frozen, same_length

TOLERANCE = 1e-12
MOST_ROUNDS = 10_000
TOTALS_AGREE = 1e-6  # relative; published margins are rounded
SPARSE_FROM = 4  # a table with more cells than this many a respondent is numbered by what occurs


@dataclass(frozen=True, slots=True, eq=False)
class Margin:
    """What the weights of each category of a question should sum to.

    Attributes
    ----------
    name : str
        Of the question, for messages.
    codes : (n,) int
        Category of each respondent, 0 to K-1.
    targets : (K,) float
        In persons or as shares; all margins of one call in the same unit.
    labels : tuple of str, length K
    """

    name: str
    codes: Ints
    targets: Floats
    labels: tuple[str, ...]

    def scaled(self, total: float) -> Margin:
        """Make the same margin with targets that sum to ``total``."""
        targets = self.targets * (total / self.targets.sum())
        frozen(targets)
        return Margin(self.name, self.codes, targets, self.labels)


@dataclass(frozen=True, slots=True, eq=False)
class Raked:
    """Weights after raking.

    Attributes
    ----------
    weights : (n,) float
    factor : (n,) float
        Each weight over the weight before.
    rounds : int
        Passes over the margins.
    worst : float
        Largest relative distance of a category from its target.
    """

    weights: Floats
    factor: Floats
    rounds: int
    worst: float


def margin(name: str, codes: npt.ArrayLike, targets: npt.ArrayLike, labels: Sequence[str] = ()) -> Margin:
    """Check a margin.

    Parameters
    ----------
    name : str
    codes : (n,) int
        Category of each respondent, 0 to K-1; nobody may be without one.
    targets : (K,) float
        Not negative, finite, not all zero.
    labels : sequence of str, optional
        For messages; the codes themselves by default.

    Returns
    -------
    Margin

    Raises
    ------
    RequestError
        ``array-shape``, ``code-out-of-range`` or ``margin-target`` for a target that cannot be.
    DataFault
        ``margin-unanswered`` when respondents have no category.

    Examples
    --------
    >>> margin("size", [0, 1, 1], [0.5, 0.5]).labels
    ('0', '1')
    """
    wanted = as_floats(targets)
    if wanted.ndim != 1 or not wanted.size:
        raise RequestError.array_shape(f"targets of {name}", "shape (K,), K at least 1", wanted.shape)
    names = tuple(labels) or tuple(str(code) for code in range(wanted.size))
    if len(names) != wanted.size:
        raise RequestError.array_shape(f"labels of {name}", f"{wanted.size} labels", (len(names),))
    for label, target in zip(names, wanted.tolist(), strict=True):
        if not (np.isfinite(target) and target >= 0):
            raise RequestError.margin_target(name, label, target)
    if not wanted.any():
        raise RequestError.margin_target(name, "every category", 0.0)
    numbered = checked_codes(name, codes, np.size(codes), wanted.size)
    outside = int((numbered < 0).sum())
    if outside:
        raise DataFault.margin_unanswered(name, outside)
    frozen(wanted)
    return Margin(name, numbered, wanted, names)


def rake(
    weights: npt.ArrayLike,
    margins: Sequence[Margin],
    *,
    tolerance: float = TOLERANCE,
    most_rounds: int = MOST_ROUNDS,
) -> Raked:
    """Fit weights to margins (Deming and Stephan 1940).

    Parameters
    ----------
    weights : (n,) float
        Base weights, not negative.
    margins : sequence of Margin
        One or more; one margin is post-stratification.
    tolerance : float
        Largest relative distance of a category from its target.
    most_rounds : int
        Rounds after which the margins are said not to converge.

    Returns
    -------
    Raked
        ``w_i = d_i × Π_m f_m(category of i)``: of all weights that meet the margins, those nearest to the base
        weights in Kullback-Leibler distance (Ireland and Kullback 1968).

    Raises
    ------
    RequestError
        ``array-shape``; ``no-margins``.
    DataFault
        ``margin-empty`` for a target above zero with no weight to carry it; ``margin-zero`` for a target of
        zero with respondents; ``margins-disagree`` when they sum to different totals; ``raking-no-convergence``
        with the category that is furthest off.

    Examples
    --------
    >>> size = margin("size", [0, 0, 1], [50, 50])
    >>> rake([1, 1, 1], [size]).weights.tolist()
    [25.0, 25.0, 50.0]
    """
    base = as_floats(weights)
    require_margins(base, margins)
    cell, categories = margin_cells(margins, base.size)
    table = as_floats(np.bincount(cell, base, minlength=len(categories)))
    carried = table > 0  # combinations without weight stay as they are
    factor = np.ones(table.size)
    factor[carried], rounds, worst = _fit(table[carried], categories[carried], margins, tolerance, most_rounds)
    given = factor[cell]
    fitted = base * given
    frozen(fitted)
    frozen(given)
    return Raked(fitted, given, rounds, worst)


def require_margins(base: Floats, margins: Sequence[Margin]) -> None:
    """Refuse margins that no weights can meet.

    Parameters
    ----------
    base : (n,) float
    margins : sequence of Margin

    Raises
    ------
    RequestError
        ``array-shape``; ``no-margins``.
    DataFault
        ``margin-empty``, ``margin-zero``, ``margins-disagree``; see :func:`rake`.
    """
    if not margins:
        raise RequestError.no_margins()
    for item in margins:
        same_length(item.name, item.codes, base.size)
        _require_carriers(base, item)
    _require_one_total(margins)


def _require_carriers(base: Floats, item: Margin) -> None:
    carried = np.bincount(item.codes, base, minlength=item.targets.size)
    for label, weight, target in zip(item.labels, carried.tolist(), item.targets.tolist(), strict=True):
        if target > 0 and weight <= 0:
            raise DataFault.margin_empty(item.name, label, target)
        if target == 0 and weight > 0:
            raise DataFault.margin_zero(item.name, label)


def _require_one_total(margins: Sequence[Margin]) -> None:
    totals = [float(item.targets.sum()) for item in margins]
    for item, total in zip(margins, totals, strict=True):
        if abs(total - totals[0]) > TOTALS_AGREE * totals[0]:
            raise DataFault.margins_disagree(margins[0].name, totals[0], item.name, total)


def margin_cells(margins: Sequence[Margin], n: int) -> tuple[Ints, Ints]:
    """Number the combinations of categories.

    Parameters
    ----------
    margins : sequence of Margin
    n : int
        Respondents.

    Returns
    -------
    cell : (n,) int
        Of each respondent.
    categories : (C, M) int
        Of each cell, one column a margin.
    """
    sizes = [item.targets.size for item in margins]
    cell = margins[0].codes
    for item in margins[1:]:
        cell = cell * item.targets.size + item.codes
    n_cells = int(np.prod(sizes, dtype=object))
    if n_cells > SPARSE_FROM * n:
        occurring, cell = np.unique(cell, return_inverse=True)
    else:
        occurring = np.arange(n_cells)
    return cell, np.column_stack(np.unravel_index(occurring, sizes)).astype(np.intp)


def _fit(
    table: Floats, categories: Ints, margins: Sequence[Margin], tolerance: float, most_rounds: int
) -> tuple[Floats, int, float]:
    factor = np.ones(table.size)
    total = float(margins[0].targets.sum())
    targets = [item.targets * (total / item.targets.sum()) for item in margins]
    steps = [(np.ascontiguousarray(categories[:, m]), target) for m, target in enumerate(targets)]
    for rounds in range(1, most_rounds + 1):
        for codes, target in steps:
            reached = np.bincount(codes, table * factor, minlength=target.size)
            factor *= np.divide(target, reached, out=np.zeros(target.size), where=reached > 0)[codes]
        far = [worst_distance(table * factor, codes, target) for codes, target in steps]
        if max(distance for distance, _ in far) <= tolerance:
            return factor, rounds, max(distance for distance, _ in far)
    worst = int(np.argmax([distance for distance, _ in far]))
    distance, category = far[worst]
    raise DataFault.raking_stuck(margins[worst].name, margins[worst].labels[category], distance, most_rounds)


def worst_distance(table: Floats, codes: Ints, target: Floats) -> tuple[float, int]:
    """Give the largest relative distance of summed weights from their targets, and whose it is.

    Parameters
    ----------
    table : (n,) float
        Weights.
    codes : (n,) int
    target : (k,) float

    Returns
    -------
    distance : float
        Relative to its target.
    category : int

    Examples
    --------
    >>> worst_distance(np.array([1.0, 3.0]), np.array([0, 1]), np.array([1.0, 2.0]))
    (0.5, 1)
    """
    reached = np.bincount(codes, table, minlength=target.size)
    distance = np.divide(np.abs(reached - target), target, out=np.zeros(target.size), where=target > 0)
    category = int(np.argmax(distance))
    return float(distance[category]), category
