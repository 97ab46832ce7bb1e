"""Whether one sample comes from a normal distribution: Shapiro and Wilk's test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cxsurvey.errors import RequestError
from cxsurvey.numerics.arrays import Floats
from cxsurvey.numerics.classic.tested import Tested, sample_of

if TYPE_CHECKING:
    import numpy.typing as npt

LEAST, MOST = 3, 5_000  # values for which Royston's approximation is made
SMALL, FEW = 5, 11  # values up to which one weight is fitted, and up to which log W is bent
NONE = 1e-99  # the p-value where the bend has no more room
# Royston (1995): polynomials, from the lowest power
LAST = (0.0, 0.221157, -0.147981, -2.07119, 4.434685, -2.706056)
LAST_BUT_ONE = (0.0, 0.042981, -0.293762, -1.752461, 5.682633, -3.582633)
BEND = (-2.273, 0.459)
FEW_MEAN, FEW_SPREAD = (0.544, -0.39978, 0.025054, -6.714e-4), (1.3822, -0.77857, 0.062767, -0.0020322)
MANY_MEAN, MANY_SPREAD = (-1.5861, -0.31082, -0.083751, 0.0038915), (-0.4803, -0.082676, 0.0030302)


def shapiro_wilk(x: npt.ArrayLike) -> Tested:
    """Test whether a sample comes from a normal distribution (Shapiro and Wilk 1965).

    Parameters
    ----------
    x : (n,) array
        In any unit; NaN where unknown, left out.

    Returns
    -------
    Tested
        ``statistic`` is W, 1 for values that lie as those of a normal distribution are expected to; NaN where
        all values are the same.

    Raises
    ------
    RequestError
        ``array-shape``; ``bad-option`` for fewer than 3 known values or more than 5,000.

    Notes
    -----
    W is the squared correlation of the ordered values with weights near the expected order statistics of a
    normal sample; weights and the normal approximation of ``log(1 - W)`` are those of Royston (1995, *Applied
    Statistics* 44: 547-551, algorithm AS R94), as in R's ``shapiro.test``.

    Examples
    --------
    >>> found = shapiro_wilk([148, 154, 158, 160, 161, 162, 166, 170, 182, 195, 236])
    >>> round(found.statistic, 4), round(found.p_value, 4)
    (0.7888, 0.0067)
    """
    values = np.sort(sample_of("x", x))
    n = len(values)
    if not LEAST <= n <= MOST:
        raise RequestError.bad_option("x", f"{n} known values", f"{LEAST} to {MOST:,}")
    if values[0] == values[-1]:
        return Tested(float("nan"), float("nan"))
    centred = (values - values.mean()) / (values[-1] - values[0])
    weights = _weights(n)
    lengths = np.sqrt((weights**2).sum() * (centred**2).sum())
    short = (lengths - weights @ centred) * (lengths + weights @ centred) / lengths**2
    return Tested(float(1 - short), _p_value(float(short), n))


def _weights(n: int) -> Floats:
    """Give the weights of the ordered values, the largest the last: (n,), opposite at the two ends."""
    from scipy.special import ndtri  # noqa: PLC0415 - 0.3 s, paid by those who ask for a test

    if n == LEAST:
        return np.array([-np.sqrt(0.5), 0.0, np.sqrt(0.5)])
    expected: Floats = ndtri((np.arange(1, n + 1) - 0.375) / (n + 0.25))
    squares, small = float((expected**2).sum()), 1 / np.sqrt(n)
    fitted = [_polynomial(LAST, small) + expected[-1] / np.sqrt(squares)]
    if n > SMALL:
        fitted.append(_polynomial(LAST_BUT_ONE, small) + expected[-2] / np.sqrt(squares))
    ends = np.array(fitted[::-1])
    k = len(ends)
    left = (squares - 2 * float((expected[-k:] ** 2).sum())) / (1 - 2 * float((ends**2).sum()))
    weights: Floats = expected / np.sqrt(left)
    weights[-k:], weights[:k] = ends, -ends[::-1]
    return weights


def _p_value(short: float, n: int) -> float:
    """Give the chance of a W that falls short of 1 by as much."""
    from scipy.special import ndtr  # noqa: PLC0415 - as above

    if n == LEAST:
        nearest = np.arcsin(np.sqrt(0.75))
        return max(0.0, float(6 / np.pi * (np.arcsin(np.sqrt(1 - short)) - nearest)))
    y, size = np.log(short), np.log(n)
    if n > FEW:
        mean, spread = _polynomial(MANY_MEAN, size), np.exp(_polynomial(MANY_SPREAD, size))
        return float(ndtr((mean - y) / spread))
    room = _polynomial(BEND, n)
    if y >= room:
        return NONE
    mean, spread = _polynomial(FEW_MEAN, n), np.exp(_polynomial(FEW_SPREAD, n))
    return float(ndtr((mean + np.log(room - y)) / spread))


def _polynomial(coefficients: tuple[float, ...], at: float) -> float:
    return float(np.polynomial.polynomial.polyval(at, coefficients))
