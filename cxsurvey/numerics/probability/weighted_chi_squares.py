"""The distribution of a weighted sum of chi-squares with one degree of freedom each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cxsurvey.numerics.arrays import Floats, as_floats

if TYPE_CHECKING:
    import numpy.typing as npt

HALVINGS = 200  # of the bracket of the saddlepoint: more than double precision can tell apart
NEAR_MEAN = 1e-4  # a saddlepoint this near to 0 is at the mean, where the formula divides 0 by 0


def weighted_chi_square_p(
    statistic: float, weights: npt.ArrayLike, *, df_denominator: float = float("inf")
) -> float:
    """Give the chance that ``sum lambda_i X_i`` is at least as large, by a saddlepoint approximation.

    Parameters
    ----------
    statistic : float
    weights : (k,) array
        The lambdas; those not above 0 take no part.
    df_denominator : float
        Degrees of freedom of a mean square that the sum is divided by, as in an F; infinite for none.

    Returns
    -------
    float
        NaN without a positive weight, for a statistic that is NaN and for a denominator without degrees of
        freedom; 1 for a statistic that is not above 0.

    Notes
    -----
    The chance that the sum exceeds x times a mean square with d degrees of freedom is that of
    ``sum lambda_i X_i - x / d sum_1..d X_j > 0``. With K the cumulant function of this sum and z solving
    K'(z) = 0, it is the upper normal tail of ``w + log(v / w) / w`` for w = sign(z) sqrt(-2 K(z)) and
    v = z sqrt(K''(z)) (Kuonen 1999, *Biometrika* 86: 929-935). At the mean, where that is 0 over 0,
    Satterthwaite's F or chi-square with the same two moments stands in.

    Examples
    --------
    >>> round(weighted_chi_square_p(6.0, [1.0, 1.0]), 4)
    0.0506
    >>> round(weighted_chi_square_p(6.0, [1.0, 1.0], df_denominator=14), 4)
    0.0837
    """
    from scipy.special import ndtr  # noqa: PLC0415 - 0.3 s, paid by those who ask for a test

    given = as_floats(weights)
    used = given[given > 0]
    if not len(used) or np.isnan(statistic) or not df_denominator > 0:
        return float("nan")
    if statistic <= 0:
        return 1.0
    shares, x = used / used.max(), statistic / used.max()
    z = _saddlepoint(x, shares, df_denominator)
    if abs(z) < NEAR_MEAN:
        return _satterthwaite(x, shares, df_denominator)
    rest = 1 - 2 * z * shares
    below = 1 + 2 * z * x / df_denominator
    cumulant = -np.log(rest).sum() / 2 - _less(x, z, df_denominator)
    curvature = 2 * ((shares / rest) ** 2).sum() + 2 * x**2 / df_denominator / below**2
    w, v = np.sign(z) * np.sqrt(-2 * cumulant), z * np.sqrt(curvature)
    return float(ndtr(-(w + np.log(v / w) / w)))


def _less(x: float, z: float, df: float) -> float:
    """What the denominator takes from the cumulant: z x where it is a constant."""
    return x * z if np.isinf(df) else df / 2 * float(np.log1p(2 * z * x / df))


def _saddlepoint(x: float, shares: Floats, df: float) -> float:
    """Halve the way from where the derivative of the cumulant is negative to where it is positive."""
    low, high = max(-len(shares) / (2 * x), -df / (2 * x)), 0.5
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        rest, below = 1 - 2 * middle * shares, 1 + 2 * middle * x / df
        positive = (rest <= 0).any() or (
            below > 0 and (shares / np.where(rest > 0, rest, 1.0)).sum() > x / below
        )
        low, high = (low, middle) if positive else (middle, high)
    return (low + high) / 2


def _satterthwaite(x: float, shares: Floats, df: float) -> float:
    from scipy.special import chdtrc, fdtrc  # noqa: PLC0415 - as above

    second = shares.sum() ** 2 / (shares**2).sum()
    if np.isinf(df):
        return float(chdtrc(second, x * second / shares.sum()))
    return float(fdtrc(second, df, x / shares.sum()))
