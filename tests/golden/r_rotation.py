"""Group factors as R's `psych` rotates them: oblique from varimax, stopped when the slope is below 1e-5.

Quartimin has several valleys. cxsurvey goes down from several starts and takes the deepest; R from one.
"""

from __future__ import annotations

import numpy as np

from cxsurvey.numerics.scales.factor_models import extract_factors

SLOPE, MOST = 1e-5, 1000


def varimax(loadings):
    """Rotate to simple structure at right angles, the rows of one length (Kaiser 1958)."""
    size = np.sqrt((loadings**2).sum(axis=1, keepdims=True))
    rows, turn, reached = loadings / size, np.eye(loadings.shape[1]), 0.0
    for _ in range(MOST):
        z = rows @ turn
        left, values, right = np.linalg.svd(rows.T @ (z**3 - z * (z**2).mean(axis=0)))
        turn, before, reached = left @ right, reached, values.sum()
        if reached < before * (1 + SLOPE):
            break
    rotated = rows @ turn * size
    rotated = rotated * np.where(rotated.sum(axis=0) < 0, -1.0, 1.0)
    return rotated[:, np.argsort(-(rotated**2).sum(axis=0), kind="stable")]


def quartimin(A):
    """Go downhill from the axes of A by gradient projection (Jennrich 2002): loadings and correlations."""
    T, size = np.eye(A.shape[1]), 1.0
    value, gradient, _ = _at(A, T)
    for _ in range(MOST):
        projected = gradient - T * (T * gradient).sum(axis=0)
        length = np.sqrt((projected**2).sum())
        if length < SLOPE:
            break
        size *= 2
        for _ in range(11):
            trial = T - size * projected
            trial = trial / np.sqrt((trial**2).sum(axis=0))
            new, _, _ = found = _at(A, trial)
            if value - new > length**2 * size / 2:
                break
            size /= 2
        T, (value, gradient, _) = trial, found
    return _at(A, T)[2], T.T @ T, value


def _at(A, T):
    inverse = np.linalg.inv(T)
    L = A @ inverse.T
    squares = L**2
    others = squares.sum(axis=1, keepdims=True) - squares
    return (squares * others).sum() / 4, -(L.T @ (L * others) @ inverse).T, L


def schmid_leiman(R, factors):
    """Give the general loadings, those of the groups, and the depth of the valley."""
    loadings, between, depth = quartimin(varimax(extract_factors(R, factors).loadings))
    if factors == 2:
        r = between[0, 1]
        higher = np.sqrt(abs(r)) * np.array([1.0, np.sign(r) or 1.0])
    else:
        higher = extract_factors(between, 1).loadings[:, 0]
    general, group = loadings @ higher, loadings * np.sqrt(np.maximum(1 - higher**2, 0.0))
    turn = np.where(general < 0, -1.0, 1.0)
    return general * turn, group * turn[:, None], depth
