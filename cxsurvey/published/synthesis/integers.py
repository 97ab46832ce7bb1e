"""Whole numbers within rows, nearest to what is plausible: the one place that calls the integer solver."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from cxsurvey.errors import DataFault
from cxsurvey.published.synthesis.counts import IntArray
from cxsurvey.published.synthesis.program import STRUCTURE, Program, Row, counted
from cxsurvey.study.answers import FloatArray

GAP: Final = 0.02  # of the distance from the targets, which are rough themselves
NODES: Final = 400  # a limit on nodes is the same on every machine; one on seconds is not
STEP: Final = 3.0  # a respondent beyond a quarter of the target costs this much more
QUARTER: Final = 0.25
OPTIMAL: Final = 0
INFEASIBLE: Final = 2


def whole_numbers(program: Program, rows: Sequence[Row], *, aim: bool, nodes: int = NODES) -> IntArray | None:
    """Find counts that satisfy rows.

    Parameters
    ----------
    program : Program
        Its own rows are left aside; ``rows`` are all that count.
    rows : sequence of Row
    aim : bool
        Whether to come near the targets; otherwise any counts will do, sooner.
    nodes : int
        How long to go on looking for nearer ones.

    Returns
    -------
    ndarray of int, shape (variables,), or None
        None when there are none. Variables in no row are 0. Every row has been tested in whole numbers.

    Raises
    ------
    DataFault
        ``claims-undecided`` when the solver gives up.
    """
    free = [row for row in rows if row.sum.terms]
    if not all(row.holds(()) for row in rows if not row.sum.terms):
        return None
    found = np.zeros(len(program.highest), dtype=np.int64)
    used = sorted({variable for row in free for variable, _ in row.sum.terms})
    if not used:
        return found
    solution = _solve(program, used, free, aim=aim, nodes=nodes)
    if solution is None:
        return None
    found[used] = np.rint(solution).astype(np.int64)
    values = found.tolist()
    if min(values) < 0 or not all(row.holds(values) for row in free):
        raise DataFault.claims_undecided("the solver's counts do not hold in whole numbers")
    return found


def fewest_hits(size: int, sets: Sequence[Sequence[int]]) -> list[int]:
    """As few numbers below ``size`` as possible that share one with every set.

    Parameters
    ----------
    size : int
    sets : sequence of sequence of int
        None of them empty.

    Returns
    -------
    list of int
        In rising order.

    Examples
    --------
    >>> fewest_hits(4, [[0, 1], [1, 2], [3]])
    [1, 3]
    """
    if not sets:
        return []
    program = Program()
    chosen = [program.variable(1) for _ in range(size)]
    rows = [Row(STRUCTURE, counted(numbers), low=1) for numbers in sets]
    result = _highs(program, chosen, rows, aim=False, cost=np.ones(size))
    if result.x is None or result.status != OPTIMAL:
        raise DataFault.claims_undecided(str(result.message))
    return [i for i in chosen if round(float(result.x[i])) == 1]


def _solve(program: Program, used: Sequence[int], rows: Sequence[Row], *, aim: bool, nodes: int) -> Any | None:
    """Values of the used variables, or None."""
    result = _highs(program, used, rows, aim=aim, nodes=nodes)
    if result.x is None and result.status != INFEASIBLE and aim:
        result = _highs(program, used, rows, aim=False)
    if result.x is None and result.status != INFEASIBLE:
        raise DataFault.claims_undecided(str(result.message))
    return None if result.x is None else result.x[: len(used)]


def _highs(
    program: Program,
    used: Sequence[int],
    rows: Sequence[Row],
    *,
    aim: bool,
    nodes: int = NODES,
    cost: FloatArray | None = None,
) -> Any:
    from scipy.optimize import Bounds, LinearConstraint, milp  # noqa: PLC0415 - heavy
    from scipy.sparse import csc_array, hstack  # noqa: PLC0415 - heavy

    place = {variable: i for i, variable in enumerate(used)}
    entries = [(r, place[v], f) for r, row in enumerate(rows) for v, f in row.sum.terms]
    across, down, factors = (np.array(column) for column in zip(*entries, strict=True))
    matrix = csc_array((factors.astype(float), (across, down)), shape=(len(rows), len(used)))
    low = np.array([-np.inf if row.low is None else row.low - row.sum.constant for row in rows], dtype=float)
    high = np.array([np.inf if row.high is None else row.high - row.sum.constant for row in rows], dtype=float)
    highest = np.array([program.highest[v] for v in used], dtype=float)
    integral = np.ones(len(used))
    cost = np.zeros(len(used)) if cost is None else cost
    constraints = [LinearConstraint(matrix, low, high)]
    if aim:
        away, upper, price = _distance(program, used)
        extra = len(upper)
        padded = hstack([matrix, csc_array((len(rows), extra))], format="csc")
        aims = np.array([round(program.targets[v]) for v in used if program.weights[v] > 0], dtype=float)
        constraints = [LinearConstraint(padded, low, high), LinearConstraint(away, aims, aims)]
        highest = np.concatenate([highest, upper])
        integral = np.concatenate([integral, np.zeros(extra)])
        cost = np.concatenate([cost, price])
    options = {"mip_rel_gap": GAP if nodes > 1 else 1e6, "node_limit": nodes} if aim else {}
    return milp(
        cost,
        constraints=constraints,
        integrality=integral,
        bounds=Bounds(np.zeros(len(highest)), highest),
        options=options,
    )


def _distance(program: Program, used: Sequence[int]) -> tuple[Any, Any, Any]:
    """Rows ``x - over + under = target``, near and far parts apart, so that a large shift is shared out."""
    from scipy.sparse import csc_array, hstack  # noqa: PLC0415 - heavy

    aimed = [i for i, variable in enumerate(used) if program.weights[variable] > 0]
    size = len(aimed)
    pick = csc_array((np.ones(size), (np.arange(size), aimed)), shape=(size, len(used)))
    unit = csc_array((np.ones(size), (np.arange(size), np.arange(size))), shape=(size, size))
    away = hstack([pick, -unit, -unit, unit, unit], format="csc")
    targets = np.array([max(program.targets[used[i]], 0.0) for i in aimed])
    weights = np.array([program.weights[used[i]] for i in aimed])
    near = np.maximum(1.0, np.rint(QUARTER * targets))
    far = np.full(size, np.inf)
    upper = np.concatenate([near, far, near, far])
    price = np.concatenate([weights, STEP * weights, weights, STEP * weights])
    return away, upper, price
