"""Quantiles and tail probabilities of the t and normal distributions.

Tails come from survival functions (incomplete beta and complementary error functions of ``scipy.special``), so
that a p-value as small as 1e-300 is told apart from 0. ``scipy.special`` takes 0.3 s to load and is loaded by
the first call.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cxsurvey.errors import RequestError

if TYPE_CHECKING:
    import numpy.typing as npt

    from cxsurvey.numerics.arrays import Floats


def upper_point(level: float) -> float:
    """Give the point of the distribution at the upper limit of a two-sided level: 0.975 for 0.95.

    Parameters
    ----------
    level : float
        Between 0 and 1.

    Returns
    -------
    float

    Raises
    ------
    RequestError
        ``not-a-fraction``.

    Examples
    --------
    >>> upper_point(0.95)
    0.975
    """
    if not 0 < level < 1:
        raise RequestError.not_a_fraction("level", level)
    return (1 + level) / 2


def normal_quantile(level: float) -> float:
    """Give the two-sided normal quantile, 1.96 for 0.95.

    Parameters
    ----------
    level : float
        Between 0 and 1.

    Returns
    -------
    float

    Raises
    ------
    RequestError
        ``not-a-fraction``.

    Examples
    --------
    >>> round(normal_quantile(0.95), 4)
    1.96
    """
    from scipy.special import ndtri  # noqa: PLC0415 - 0.3 s, paid by those who ask for an interval

    return float(ndtri(upper_point(level)))


def t_quantile(level: float, df: npt.ArrayLike) -> Floats:
    """Give the two-sided t quantile: the factor of a standard error.

    Parameters
    ----------
    level : float
    df : array
        Degrees of freedom; infinite for the normal distribution.

    Returns
    -------
    float array
        NaN where ``df`` is not above 0.

    Raises
    ------
    RequestError
        ``not-a-fraction``.

    Examples
    --------
    >>> t_quantile(0.95, [10, np.inf, 0]).round(4).tolist()
    [2.2281, 1.96, nan]
    """
    from scipy.special import stdtrit  # noqa: PLC0415 - as in normal_quantile

    freedom = np.asarray(df, dtype=np.float64)
    usable = np.where(freedom > 0, freedom, np.nan)
    finite = np.where(np.isinf(usable), 1.0, usable)
    factor: Floats = np.where(np.isinf(usable), normal_quantile(level), stdtrit(finite, upper_point(level)))
    return factor


def normal_two_sided_p(z: npt.ArrayLike) -> Floats:
    """Give the two-sided p-value of a normal statistic.

    Parameters
    ----------
    z : float array of any shape

    Returns
    -------
    float array, as ``z``
        ``erfc(|z| / √2)``, which does not underflow before z = 37.

    Examples
    --------
    >>> float(normal_two_sided_p(1.959963984540054).round(6)), bool(normal_two_sided_p(37.0) > 0)
    (0.05, True)
    """
    from scipy.special import erfc  # noqa: PLC0415 - as in normal_quantile

    p: Floats = np.asarray(erfc(np.abs(np.asarray(z, dtype=np.float64)) / np.sqrt(2)))
    return p


def t_two_sided_p(t: npt.ArrayLike, df: npt.ArrayLike) -> Floats:
    """Give the two-sided p-value of a t statistic.

    Parameters
    ----------
    t : array
    df : array
        Infinite for the normal distribution.

    Returns
    -------
    float array
        NaN where ``df`` is not above 0 or ``t`` is NaN.

    Notes
    -----
    ``P(|T| > t) = I_x(df/2, 1/2)`` at ``x = df / (df + t²)``, I being the regularized incomplete beta function
    (Abramowitz and Stegun 26.7.1): no difference from 1 is formed, so nothing underflows early.

    Examples
    --------
    >>> float(t_two_sided_p(2.2281388519862744, 10).round(6))
    0.05
    """
    from scipy.special import betainc  # noqa: PLC0415 - as in normal_quantile

    statistic, freedom = np.asarray(t, dtype=np.float64), np.asarray(df, dtype=np.float64)
    usable = np.where(freedom > 0, freedom, np.nan)
    finite = np.where(np.isinf(usable), 1.0, usable)
    tail = betainc(finite / 2, 0.5, 1 / (1 + statistic**2 / finite))
    p: Floats = np.where(np.isinf(usable), normal_two_sided_p(statistic), tail)
    return p
