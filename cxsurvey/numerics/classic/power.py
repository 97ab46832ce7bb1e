"""Power, sample size, and the smallest gap that given bases are likely to show.

Power is the chance that a two-sided test finds a gap in the direction it has. A design effect above 1 makes n
respondents count as n / deff.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cxsurvey.errors import RequestError
from cxsurvey.numerics.arrays import Floats
from cxsurvey.numerics.probability.tails import normal_quantile, t_quantile
from cxsurvey.numerics.probability.upper_tails import noncentral_t_p

if TYPE_CHECKING:
    import numpy.typing as npt

HALVINGS = 100
LEAST_DF = 1.0
ROUNDING = 1e-9
LARGEST_EFFECT = 1e6
MOST_RESPONDENTS = 1e12


@dataclass(frozen=True, slots=True)
class SmallestGap:
    """How far a second share must lie from a first one to be found.

    Attributes
    ----------
    up, down : float array
        Gap above and below the first share; NaN where even a share of 1 or 0 would not be found.
    """

    up: Floats
    down: Floats


def share_power(
    p1: npt.ArrayLike,
    p2: npt.ArrayLike,
    n1: npt.ArrayLike,
    n2: npt.ArrayLike,
    *,
    level: float = 0.95,
    deff: npt.ArrayLike = 1.0,
) -> Floats:
    """Give the power of the pooled test of two independent shares.

    Parameters
    ----------
    p1, p2 : array
        Shares in the population.
    n1, n2 : array
        Bases.
    level : float
        1 less the size of the test.
    deff : array
        Design effect of the gap.

    Returns
    -------
    float array
        NaN where a base or the design effect is not above 0, or both shares are the same 0 or 1.

    Raises
    ------
    RequestError
        ``not-a-fraction`` for the level or a share outside 0 to 1.

    Notes
    -----
    ``Φ((|p1 - p2| - z √(p(1-p)(1/n1 + 1/n2))) / √(p1(1-p1)/n1 + p2(1-p2)/n2))``, p being the pooled share
    (Fleiss, Levin and Paik 2003, sec. 4.2, without correction for continuity).

    Examples
    --------
    >>> float(share_power(0.35, 0.5, 170, 170).round(3))
    0.802
    """
    from scipy.special import ndtr  # noqa: PLC0415 - 0.3 s, paid by those who ask for it

    a, b = _shares(p1, p2)
    m, n = _effective(n1, deff), _effective(n2, deff)
    pooled = (m * a + n * b) / (m + n)
    under = normal_quantile(level) * np.sqrt(pooled * (1 - pooled) * (1 / m + 1 / n))
    spread = np.sqrt(a * (1 - a) / m + b * (1 - b) / n)
    distance = np.abs(a - b) - under
    with np.errstate(divide="ignore", invalid="ignore"):  # shares of 0 and 1: certain, or 0 / 0
        power: Floats = np.asarray(ndtr(distance / spread))
    return power


def share_sample_size(
    p1: npt.ArrayLike,
    p2: npt.ArrayLike,
    *,
    power: float = 0.8,
    level: float = 0.95,
    ratio: npt.ArrayLike = 1.0,
    deff: npt.ArrayLike = 1.0,
) -> Floats:
    """Give the respondents of group 1 at which the pooled test of two shares has a given power.

    Parameters
    ----------
    p1, p2 : array
        Shares in the population.
    power : float
    level : float
        1 less the size of the test.
    ratio : array
        Respondents of group 2 for each of group 1.
    deff : array
        Design effect of the gap.

    Returns
    -------
    float array
        Not rounded; infinite where the shares are the same, NaN where ratio or design effect is not above 0.

    Raises
    ------
    RequestError
        ``not-a-fraction``.

    Examples
    --------
    >>> float(share_sample_size(0.35, 0.5).round(2))
    169.31
    """
    a, b = _shares(p1, p2)
    k, effect = _above_zero(ratio), _above_zero(deff)
    pooled = (a + k * b) / (1 + k)
    under = normal_quantile(level) * np.sqrt(pooled * (1 - pooled) * (1 + 1 / k))
    spread = _one_sided(power) * np.sqrt(a * (1 - a) + b * (1 - b) / k)
    with np.errstate(divide="ignore"):  # the same share twice
        n: Floats = effect * (np.maximum(under + spread, 0.0) / np.abs(a - b)) ** 2
    return np.where(a == b, np.inf + 0 * k * effect, n)


def smallest_share_gap(
    p1: npt.ArrayLike,
    n1: npt.ArrayLike,
    n2: npt.ArrayLike,
    *,
    power: float = 0.8,
    level: float = 0.95,
    deff: npt.ArrayLike = 1.0,
) -> SmallestGap:
    """Give the smallest gap from a share that two bases are likely to show (minimum detectable effect).

    Parameters
    ----------
    p1 : array
        The first share in the population.
    n1, n2 : array
        Bases.
    power : float
        How likely.
    level : float
        1 less the size of the test.
    deff : array
        Design effect of the gap.

    Returns
    -------
    SmallestGap
        Where :func:`share_power` reaches ``power``, by halving.

    Raises
    ------
    RequestError
        ``not-a-fraction``.

    Examples
    --------
    >>> gap = smallest_share_gap(0.5, 200, 200, deff=1.5)
    >>> float(gap.up.round(3)), float(gap.down.round(3))
    (0.168, 0.168)
    """
    _one_sided(power)
    share, m, n, effect = np.broadcast_arrays(
        *(np.asarray(value, dtype=np.float64) for value in (p1, n1, n2, deff))
    )

    def gap(end: float) -> Floats:
        def found(way: Floats) -> Floats:
            return share_power(share, share + way * (end - share), m, n, level=level, deff=effect)

        way = _rising_root(found, np.zeros(share.shape), np.ones(share.shape), power)
        distance: Floats = np.abs(end - share) * way
        return distance

    return SmallestGap(gap(1.0), gap(0.0))


def mean_power(
    effect: npt.ArrayLike,
    n1: npt.ArrayLike,
    n2: npt.ArrayLike,
    *,
    level: float = 0.95,
    deff: npt.ArrayLike = 1.0,
) -> Floats:
    """Give the power of the pooled t test of two means.

    Parameters
    ----------
    effect : array
        Cohen's d: the gap in standard deviations.
    n1, n2 : array
        Bases.
    level : float
        1 less the size of the test.
    deff : array
        Design effect of the gap.

    Returns
    -------
    float array
        From the noncentral t distribution with ``n1 + n2 - 2`` degrees of freedom (respondents counted as
        n / deff). NaN where a base or the design effect is not above 0 or there is less than one degree of
        freedom.

    Raises
    ------
    RequestError
        ``not-a-fraction``.

    Examples
    --------
    >>> float(mean_power(0.5, 60, 60).round(4))
    0.7753
    """
    m, n = _effective(n1, deff), _effective(n2, deff)
    df = m + n - 2
    df = np.where(df >= LEAST_DF * (1 - ROUNDING), np.maximum(df, LEAST_DF), np.nan)
    shift = np.abs(np.asarray(effect, dtype=np.float64)) / np.sqrt(1 / m + 1 / n)
    return noncentral_t_p(t_quantile(level, df), df, shift)


def mean_sample_size(
    effect: npt.ArrayLike,
    *,
    power: float = 0.8,
    level: float = 0.95,
    ratio: npt.ArrayLike = 1.0,
    deff: npt.ArrayLike = 1.0,
) -> Floats:
    """Give the respondents of group 1 at which the t test of two means has a given power.

    Parameters
    ----------
    effect : array
        Cohen's d.
    power : float
    level : float
        1 less the size of the test.
    ratio : array
        Respondents of group 2 for each of group 1.
    deff : array
        Design effect of the gap.

    Returns
    -------
    float array
        Not rounded, and no fewer than three respondents in both groups; NaN where the effect is 0 or beyond
        what 1e12 respondents show.

    Raises
    ------
    RequestError
        ``not-a-fraction``.

    Examples
    --------
    >>> float(mean_sample_size(0.5).round(2))
    63.77
    """
    _one_sided(power)
    d, k, g = np.broadcast_arrays(*(np.asarray(value, dtype=np.float64) for value in (effect, ratio, deff)))

    def found(log_n: Floats) -> Floats:
        n = np.exp(log_n) * _above_zero(g)
        return mean_power(d, n, k * n, level=level, deff=g)

    least = np.log((2 + LEAST_DF + ROUNDING) / (1 + _above_zero(k)))
    n: Floats = np.exp(_rising_root(found, least, np.full(d.shape, np.log(MOST_RESPONDENTS)), power))
    sized: Floats = n * g
    return sized


def smallest_mean_gap(
    n1: npt.ArrayLike,
    n2: npt.ArrayLike,
    *,
    power: float = 0.8,
    level: float = 0.95,
    deff: npt.ArrayLike = 1.0,
) -> Floats:
    """Give the smallest gap of two means, in standard deviations, that two bases are likely to show.

    Parameters
    ----------
    n1, n2 : array
        Bases.
    power : float
        How likely.
    level : float
        1 less the size of the test.
    deff : array
        Design effect of the gap.

    Returns
    -------
    float array
        NaN where :func:`mean_power` is, or no effect up to a million standard deviations is found.

    Raises
    ------
    RequestError
        ``not-a-fraction``.

    Examples
    --------
    >>> float(smallest_mean_gap(64, 64).round(3))
    0.499
    """
    _one_sided(power)
    m, n, g = np.broadcast_arrays(*(np.asarray(value, dtype=np.float64) for value in (n1, n2, deff)))
    # The noncentrality at which the power is reached lies near the sum of two quantiles, whatever the bases.
    unit = np.sqrt(1 / _effective(m, g) + 1 / _effective(n, g))

    def found(log_shift: Floats) -> Floats:
        return mean_power(np.exp(log_shift) * unit, m, n, level=level, deff=g)

    ends = (np.full(m.shape, np.log(1 / LARGEST_EFFECT)), np.full(m.shape, np.log(LARGEST_EFFECT)))
    gap: Floats = np.exp(_rising_root(found, *ends, power)) * unit
    return gap


def _shares(p1: npt.ArrayLike, p2: npt.ArrayLike) -> tuple[Floats, Floats]:
    a, b = np.asarray(p1, dtype=np.float64), np.asarray(p2, dtype=np.float64)
    for name, share in (("p1", a), ("p2", b)):
        outside = (share < 0) | (share > 1)
        if outside.any():
            raise RequestError.not_a_fraction(name, float(share[outside].flat[0]))
    return a, b


def _above_zero(values: npt.ArrayLike) -> Floats:
    given = np.asarray(values, dtype=np.float64)
    kept: Floats = np.where(given > 0, given, np.nan)
    return kept


def _effective(n: npt.ArrayLike, deff: npt.ArrayLike) -> Floats:
    counted: Floats = _above_zero(n) / _above_zero(deff)
    return counted


def _one_sided(power: float) -> float:
    from scipy.special import ndtri  # noqa: PLC0415 - as in share_power

    if not 0 < power < 1:
        raise RequestError.not_a_fraction("power", power)
    return float(ndtri(power))


def _rising_root(function: Callable[[Floats], Floats], low: Floats, high: Floats, target: float) -> Floats:
    """Halve towards where a rising function reaches a target; NaN where it does not before the end."""
    left, right = np.array(low, dtype=np.float64), np.array(high, dtype=np.float64)
    reached = function(right) >= target
    for _ in range(HALVINGS):
        middle = (left + right) / 2
        beyond = function(middle) >= target
        left, right = np.where(beyond, left, middle), np.where(beyond, middle, right)
    root: Floats = np.where(reached, (left + right) / 2, np.nan)
    return root
