"""Minima as R searches for them: Nash's variable metric method, stopped when the value hardly changes.

Nash (1990, *Compact Numerical Methods for Computers*, 2nd ed., algorithm 21) with R's settings: steps are
cut to a fifth until the value falls by 1e-4 of what the slope promises, and the search ends when it falls by
less than ``relative`` of its size.
"""

from __future__ import annotations

import numpy as np

ROOT_EPS = float(np.sqrt(np.finfo(float).eps))
SHORTER, PROMISED, LARGE = 0.2, 1e-4, 10.0


def descended(value, slope, start, *, relative=ROOT_EPS, most=100):
    """Give the parameters (K,) at which the search from ``start`` stops."""
    at, n = np.array(start, dtype=float), len(start)
    least, g = value(at), slope(at)
    metric, fresh, taken, since = np.eye(n), True, 0, 0
    while taken < most:
        direction = -metric @ g
        promise = float(direction @ g)
        found = _stepped(value, at, direction, promise, least) if promise < 0 else None
        if found is None or not abs(found[1] - least) > relative * (abs(least) + relative):
            if found is not None:
                at, least = found[0], min(least, found[1])
            if fresh:
                return at
            metric, fresh, since = np.eye(n), True, 0
            continue
        moved, least = found[0] - at, found[1]
        at, before, g = found[0], g, slope(found[0])
        metric, fresh = _updated(metric, moved, g - before)
        taken, since = taken + 1, 0 if fresh else since + 1
        if since > 2 * n:
            metric, fresh, since = np.eye(n), True, 0
    return at


def _stepped(value, at, direction, promise, least):
    """Shorten a step until it leads down far enough; None when it no longer leads anywhere."""
    length = 1.0
    while True:
        reached = at + length * direction
        if (LARGE + reached == LARGE + at).all():
            return None
        found = value(reached)
        if np.isfinite(found) and found <= least + promise * length * PROMISED:
            return reached, found
        length *= SHORTER


def _updated(metric, moved, turned):
    """Update the inverse of the curvature; start afresh when the slope did not rise along the step."""
    rise = float(moved @ turned)
    if rise <= 0:
        return np.eye(len(moved)), True
    bent = metric @ turned
    stretch = 1 + float(turned @ bent) / rise
    change = stretch * np.outer(moved, moved) - np.outer(moved, bent) - np.outer(bent, moved)
    return metric + change / rise, False
