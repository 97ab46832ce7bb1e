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
    if (fa > 0) == (fb > 0):
        return float("nan")
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


def spline_through(x, y, places):
    """Read a cubic spline at places, its ends bent as the cubics through the first and the last four points.

    Forsythe, Malcolm and Moler (1977, *Computer Methods for Mathematical Computations*, ch. 4). x rises.
    """
    x, y, places = (np.asarray(part, dtype=float) for part in (x, y, places))
    n, h = len(x), np.diff(x)
    slope = np.diff(y) / h
    if n < 4:
        raise ValueError("a spline through fewer than four points")
    second = np.diff(slope)
    system, right = np.zeros((n, n)), np.zeros(n)
    for i in range(1, n - 1):
        system[i, i - 1 : i + 2] = h[i - 1], 2 * (h[i - 1] + h[i]), h[i]
        right[i] = second[i - 1]
    third = np.diff(second / (x[2:] - x[:-2])) / (x[3:] - x[:-3])
    system[0, :2], right[0] = (-h[0], h[0]), third[0] * h[0] ** 2
    system[-1, -2:], right[-1] = (h[-1], -h[-1]), -third[-1] * h[-1] ** 2
    bend = np.linalg.solve(system, right)
    at = np.clip(np.searchsorted(x, places, side="right") - 1, 0, n - 2)
    gone, step = places - x[at], h[at]
    first = slope[at] - step * (bend[at + 1] + 2 * bend[at])
    return y[at] + gone * (first + gone * (3 * bend[at] + gone * (bend[at + 1] - bend[at]) / step))


def profile_limits(deviance, centre, std_error, dispersion, *, furthest, cutoff):
    """Read the limits of a coefficient off a spline through its profile, as R does.

    The signed root of the deviance over its least, in units of the dispersion, is taken at steps of a fifth of
    ``furthest`` standard errors until it passes that; a spline goes through those points, lines through three
    times as many points of the spline, and the limits are where the lines are at ``cutoff`` below and above 0.
    """
    points, signed = [centre], [0.0]
    for sign in (-1, 1):
        root, step = 0.0, 1
        while step < 10 and abs(root) < furthest:
            at = centre + sign * step * furthest / 5 * std_error
            root = sign * np.sqrt(max((deviance(at) - deviance(centre)) / dispersion, 0.0))
            points.append(at)
            signed.append(root)
            step += 1
    order = np.argsort(points)
    x, y = np.array(points)[order], np.array(signed)[order]
    fine = np.linspace(x[0], x[-1], 3 * len(x))
    height = spline_through(x, y, fine)
    low, high = np.interp([-cutoff, cutoff], height, fine, left=np.nan, right=np.nan)
    return float(low), float(high)


FIRST_RANGE = (  # Odeh and Evans's (1974) normal quantile, numerator and denominator from the highest power
    (-0.453642210148e-04, -0.204231210125, -0.342242088547, -1.0, 0.322232421088),
    (0.38560700634e-02, 0.103537752850, 0.531103462366, 0.588581570495, 0.993484626060e-01),
)
FEW = 120  # degrees of freedom below which the first value is corrected


def range_searched(level, groups, df, chance_below):
    """Give the quantile of a studentized range where R's secants stop, at a step below 1e-4.

    They begin as in Copenhaver and Holland (1988, *J. Statist. Comput. Simul.* 30: 1-15).
    """
    root = np.sqrt(-2 * np.log((1 - level) / 2))
    t = root + np.polyval(FIRST_RANGE[0], root) / np.polyval(FIRST_RANGE[1], root)
    t += (t**3 + t) / df / 4 if df < FEW else 0.0
    slope = 0.8832 - 0.2368 * t + ((1.208 * t - 1.214) / df if df < FEW else 0.0)
    x0 = t * (slope * np.log(groups - 1) + 1.4142)
    f0 = chance_below(x0) - level
    x1 = max(0.0, x0 - 1) if f0 > 0 and x0 > 1 else x0 + 1
    f1 = chance_below(x1) - level
    for _ in range(50):
        found = max(x1 - f1 * (x1 - x0) / (f1 - f0), 0.0)
        x0, f0, x1, f1 = x1, f1, found, chance_below(found) - level
        if abs(x1 - x0) < 1e-4:
            break
    return x1
