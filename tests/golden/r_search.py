"""Roots as R searches for them: to within 1.2e-4 unless it is told otherwise.

Where R gives such a root and cxsurvey solves the equation, the same search over cxsurvey's function has to
stop at R's number, and the solution has to lie within what the search leaves open.
"""

from __future__ import annotations

import numpy as np

EPS = float(np.finfo(float).eps)
COARSE = EPS**0.25


def searched(function, low, high, tolerance=COARSE):
    """Find a root between two ends by Brent's (1973) method: bisection where interpolation does worse."""
    a, b, fa, fb = low, high, function(low), function(high)
    c, fc = a, fa
    if 0 in {fa, fb}:
        return a if fa == 0 else b
    while True:
        before = b - a
        if abs(fc) < abs(fb):
            a, b, c, fa, fb, fc = b, c, b, fb, fc, fb
        near = 2 * EPS * abs(b) + tolerance / 2
        step = (c - b) / 2
        if abs(step) <= near or fb == 0:
            return b
        if abs(before) >= near and abs(fa) > abs(fb):
            step = _interpolated(a, b, c, fa, fb, fc, before, near, step)
        if abs(step) < near:
            step = near if step > 0 else -near
        a, fa = b, fb
        b += step
        fb = function(b)
        if (fb > 0) == (fc > 0):
            c, fc = a, fa


def _interpolated(a, b, c, fa, fb, fc, before, near, half):
    """Give the step to where a line or an inverse parabola crosses, or half way if that is too far."""
    span = c - b
    if a == c:
        p, q = span * fb / fa, 1 - fb / fa
    else:
        u, s, t = fa / fc, fb / fc, fb / fa
        p = t * (span * u * (u - s) - (b - a) * (s - 1))
        q = (u - 1) * (s - 1) * (t - 1)
    p, q = (p, -q) if p > 0 else (-p, q)
    short = p < 0.75 * span * q - abs(near * q) / 2 and p < abs(before * q / 2)
    return p / q if short else half


def as_searched(solved, rising, target, *, left_open=COARSE):
    """Give the odds ratio that the search stops at, when the solution lies within what it leaves open.

    R searches below 1, or for the reciprocal of what lies above 1.
    """
    if solved in {0.0, float("inf")} or np.isnan(solved):
        return solved
    at_one = rising(1.0)
    if at_one == target:
        return 1.0
    if at_one > target:
        found = searched(lambda odds: rising(odds) - target, 0.0, 1.0)
        return found if abs(found - solved) <= left_open else solved
    root = searched(lambda reciprocal: rising(1 / reciprocal) - target, EPS, 1.0)
    return 1 / root if abs(root - 1 / solved) <= left_open else solved
