"""Upper tail probabilities of the chi-square, F and studentized range distributions.

As in :mod:`.tails`, tails are computed directly, not as 1 less the rest, and ``scipy.special`` is loaded by the
first call.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING

import numpy as np

from cxsurvey.errors import RequestError
from cxsurvey.numerics.arrays import Floats

if TYPE_CHECKING:
    import numpy.typing as npt

NODES = 64  # of each panel of the Gauss-Legendre rule
NORMAL_END = 8.5  # beyond it the normal density is below 1e-16 of its top
SCALE_ENDS = 12.0  # standard deviations of the root of a mean square that are looked at
HALVINGS = 100


def chi_square_p(statistic: npt.ArrayLike, df: npt.ArrayLike) -> Floats:
    """Give the chance of a chi-square at least as large.

    Parameters
    ----------
    statistic, df : array

    Returns
    -------
    float array
        NaN where ``df`` is not above 0; 1 for a statistic of 0 or less.

    Examples
    --------
    >>> float(chi_square_p(3.841458820694124, 1).round(6)), bool(chi_square_p(1400.0, 1) > 0)
    (0.05, True)
    """
    from scipy.special import chdtrc  # noqa: PLC0415 - 0.3 s, paid by those who ask for a tail

    freedom = np.asarray(df, dtype=np.float64)
    x = np.maximum(np.asarray(statistic, dtype=np.float64), 0.0)
    p: Floats = np.asarray(chdtrc(np.where(freedom > 0, freedom, np.nan), x))
    return p


def f_p(statistic: npt.ArrayLike, df1: npt.ArrayLike, df2: npt.ArrayLike) -> Floats:
    """Give the chance of an F at least as large.

    Parameters
    ----------
    statistic : array
    df1, df2 : array
        Degrees of freedom of the numerator and the denominator; ``df2`` may be infinite.

    Returns
    -------
    float array
        NaN where a degree of freedom is not above 0; 1 for a statistic of 0 or less.

    Notes
    -----
    ``P(F > f) = I_x(df2/2, df1/2)`` at ``x = df2 / (df2 + df1 f)`` (Abramowitz and Stegun 26.6.2).

    Examples
    --------
    >>> float(f_p(4.0, 2, 20).round(4)), float(f_p(3.0, 1, np.inf).round(4))
    (0.0346, 0.0833)
    """
    from scipy.special import betainc  # noqa: PLC0415 - as in chi_square_p

    f = np.maximum(np.asarray(statistic, dtype=np.float64), 0.0)
    above, below = (np.asarray(df, dtype=np.float64) for df in (df1, df2))
    above, below = np.where(above > 0, above, np.nan), np.where(below > 0, below, np.nan)
    finite = np.where(np.isinf(below), 1.0, below)
    p = betainc(finite / 2, above / 2, 1 / (1 + above * f / finite))
    tail: Floats = np.where(np.isinf(below), chi_square_p(above * f, above), p)
    return tail


def range_p(q: float, groups: int, df: float) -> float:
    """Give the chance of a studentized range at least as large (Tukey's q).

    Parameters
    ----------
    q : float
        Largest less smallest of the means, in standard errors of one mean.
    groups : int
        Means, 2 or more.
    df : float
        Degrees of freedom of the standard error; may be infinite.

    Returns
    -------
    float
        NaN where ``q`` is NaN, ``groups`` is below 2 or ``df`` is not above 0. Good to about 1e-11, below
        which a tail is not told apart from 0.

    Notes
    -----
    ``P(Q > q) = E[1 - W(q s)]``, s being the root of a chi-square over its df and
    ``W(w) = k ∫ φ(z) [Φ(z) - Φ(z - w)]^(k-1) dz`` the distribution of the range of k normals (Hartley 1942;
    Copenhaver and Holland 1988). Both integrals by Gauss-Legendre quadrature.

    Examples
    --------
    >>> round(range_p(3.577935, 3, 20), 4), round(range_p(3.314493, 3, float("inf")), 4)
    (0.05, 0.05)
    """
    if groups < 2 or not df > 0 or np.isnan(q):  # noqa: PLR2004 - a range needs two
        return float("nan")
    if q <= 0:
        return 1.0
    if np.isinf(df):
        return float(_beyond(np.array([q]), groups)[0])
    scale, weight = _scale_rule(float(df), 4)
    return float(np.clip(weight @ _beyond(q * scale, groups), 0.0, 1.0))


def range_quantile(level: float, groups: int, df: float) -> float:
    """Give the studentized range that is exceeded with probability ``1 - level``.

    Parameters
    ----------
    level : float
    groups : int
    df : float

    Returns
    -------
    float
        NaN as :func:`range_p`.

    Raises
    ------
    RequestError
        ``not-a-fraction``.

    Examples
    --------
    >>> round(range_quantile(0.95, 3, 20), 4)
    3.5779
    """
    if not 0 < level < 1:
        raise RequestError.not_a_fraction("level", level)
    if np.isnan(range_p(1.0, groups, df)):
        return float("nan")
    low, high = 0.0, 1.0
    while range_p(high, groups, df) > 1 - level:
        high *= 2
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if range_p(middle, groups, df) > 1 - level else (low, middle)
        if high - low <= np.finfo(np.float64).eps * high:
            break
    return (low + high) / 2


def noncentral_t_p(t: npt.ArrayLike, df: npt.ArrayLike, shift: npt.ArrayLike) -> Floats:
    """Give the chance that a noncentral t exceeds t.

    Parameters
    ----------
    t : array
    df : array
        Degrees of freedom, 1 or more; may be infinite.
    shift : array
        Noncentrality.

    Returns
    -------
    float array
        NaN where ``df`` is below 1.

    Notes
    -----
    ``E[Φ(shift - t s)]``, s being the root of a chi-square over its df, by Gauss-Legendre quadrature.

    Examples
    --------
    >>> float(noncentral_t_p(1.9803, 118, 2.7386).round(4)), float(noncentral_t_p(2.0, 1, 0.0).round(4))
    (0.7753, 0.1476)
    """
    from scipy.special import ndtr  # noqa: PLC0415 - as in chi_square_p

    points = np.broadcast_arrays(*(np.asarray(value, dtype=np.float64) for value in (t, df, shift)))
    tail = np.full(points[0].shape, np.nan)
    for place in np.ndindex(tail.shape):
        at, freedom, moved = (float(point[place]) for point in points)
        if np.isinf(freedom):
            tail[place] = ndtr(moved - at)
        elif freedom >= 1:
            scale, weight = _scale_rule(freedom, 16)
            tail[place] = weight @ ndtr(moved - at * scale)
    return tail


@cache
def _rule(panels: int) -> tuple[Floats, Floats]:
    """Nodes and weights of a compound Gauss-Legendre rule on 0 to 1."""
    at, weight = np.polynomial.legendre.leggauss(NODES)
    start = np.arange(panels)[:, None]
    return ((at + 1) / 2 + start).ravel() / panels, np.tile(weight / 2 / panels, panels)


@lru_cache(maxsize=32)
def _scale_rule(df: float, panels: int) -> tuple[Floats, Floats]:
    """Nodes and weights (they sum to 1) for the root of a chi-square over its df."""
    from scipy.special import gammaln  # noqa: PLC0415 - as in chi_square_p

    spread = SCALE_ENDS / np.sqrt(2 * df)
    low, high = max(0.0, 1 - spread), 1 + spread + 4 / df
    at, weight = _rule(panels)
    s = low + (high - low) * at
    log_density = (
        np.log(2.0) + df / 2 * np.log(df / 2) - gammaln(df / 2) + (df - 1) * np.log(s) - df * s * s / 2
    )
    mass = (high - low) * weight * np.exp(log_density)
    return s, mass / mass.sum()


def _beyond(w: Floats, groups: int) -> Floats:
    """Chance that the range of normals exceeds w (m,)."""
    from scipy.special import ndtr  # noqa: PLC0415 - as in chi_square_p

    at, weight = _rule(2)
    z = (2 * at - 1) * NORMAL_END
    density = 2 * NORMAL_END * weight * np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)
    below = ndtr(z)
    # The largest is at z and the others lie within w below it, or, on the far side of 0, one of them does not.
    inside = below[None, :] - ndtr(z[None, :] - w[:, None])
    whole = below[None, :] ** (groups - 1)
    chance: Floats = groups * ((whole - inside ** (groups - 1)) @ density)
    return chance
