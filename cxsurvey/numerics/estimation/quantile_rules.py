"""Weighted quantiles by the rules of R's ``svyquantile``.

Hyndman and Fan (1996, *American Statistician* 50: 361-365) number nine ways to read a quantile off a sample.
With weights w_k of the sorted values y_k, cumulated to C_1 ... C_n = C, they become the rules below; with equal
weights they are theirs (numpy's ``quantile`` has the same nine under other names).

=================  ======================================================================================
rule               quantile at p
=================  ======================================================================================
math, hf1          the smallest y_k with C_k >= p C
school, hf2        the same, and halfway to the next value where C_k = p C
hf3                the y_k with C_k nearest to p C; of two equally near, the one with even k
hf4                linear between the points C_k / C
hf5                linear between (C_k - w_k / 2) / C
hf6                linear between C_k / (C + w_m)
hf7                linear between C_(k-1) / C_(m-1)
hf8                linear between (C_k - w_k / 3) / (C + w_m / 3)
hf9                linear between (C_k - 3 w_k / 8) / (C + w_m / 4)
=================  ======================================================================================

The steps (to hf3) add up tied values first; n and k then count distinct values. The linear rules take them
one by one: with unequal weights the order of the rows within a tie then has a say, as in R. Beyond the first
and the last point the first and the last value stand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from cxsurvey.errors import RequestError
from cxsurvey.numerics.arrays import Floats, as_floats, same_length
from cxsurvey.numerics.tables.quantiles import TIE

if TYPE_CHECKING:
    import numpy.typing as npt

QuantileRuleName = Literal["math", "school", "hf1", "hf2", "hf3", "hf4", "hf5", "hf6", "hf7", "hf8", "hf9"]
STEPS = {"math", "school", "hf1", "hf2", "hf3"}


def quantiles_by_rule(
    values: npt.ArrayLike, weights: npt.ArrayLike, p: npt.ArrayLike, *, rule: QuantileRuleName = "math"
) -> Floats:
    """Read quantiles off a weighted sample.

    Parameters
    ----------
    values, weights : (n,) array
        NaN values and weights of zero take no part.
    p : float or (J,) array
        Fractions from 0 to 1.
    rule : str
        One of the rules above.

    Returns
    -------
    (J,) float
        NaN when there is no value, and where p is NaN.

    Raises
    ------
    RequestError
        ``array-shape``, ``not-a-fraction``, ``unknown-option``.

    Examples
    --------
    >>> quantiles_by_rule([1, 2, 3, 4], [1, 1, 1, 1], [0.5], rule="hf7").tolist()
    [2.5]
    >>> quantiles_by_rule([1, 2, 3, 4], [5, 1, 1, 1], [0.5, 0.9], rule="math").tolist()
    [1.0, 4.0]
    """
    if rule not in get_args(QuantileRuleName):
        raise RequestError.unknown_option("rule", rule, get_args(QuantileRuleName))
    y, w, wanted = as_floats(values), as_floats(weights), np.atleast_1d(as_floats(p))
    same_length("weights", w, len(y))
    outside = (wanted < 0) | (wanted > 1)
    if outside.any():
        raise RequestError.not_a_fraction("p", wanted[outside][0])
    used = ~np.isnan(y) & (w > 0)
    if not used.any():
        return np.full(len(wanted), np.nan)
    y, w = y[used], w[used]
    found = _step(y, w, wanted, rule) if rule in STEPS else _linear(y, w, wanted, rule)
    read: Floats = np.where(np.isnan(wanted), np.nan, found)
    return read


def _step(y: Floats, w: Floats, p: Floats, rule: QuantileRuleName) -> Floats:
    order = np.lexsort((w, y))  # sums that do not depend on the order of the rows
    support, position = np.unique(y[order], return_inverse=True)
    cumulative = np.cumsum(np.bincount(position, w[order]))
    level = np.where(np.isnan(p), 0.0, p) * cumulative[-1]
    slack = TIE * cumulative[-1]
    at = np.minimum(np.searchsorted(cumulative, level - slack), len(support) - 1)
    here, after = support[at], support[np.minimum(at + 1, len(support) - 1)]
    tied = np.abs(cumulative[at] - level) <= slack
    if rule in {"school", "hf2"}:
        return np.asarray(np.where(tied, (here + after) / 2, here))
    if rule == "hf3":
        before = np.maximum(at - 1, 0)
        nearer = level - cumulative[before] - (cumulative[at] - level)
        even = at % 2 == 0  # the value before: the first value is number 1
        down = (nearer < -slack) | ((np.abs(nearer) <= slack) & even)
        return np.asarray(np.where(down, support[before], here))
    return np.asarray(here)


def _linear(y: Floats, w: Floats, p: Floats, rule: QuantileRuleName) -> Floats:
    order = np.argsort(y, kind="stable")
    support, mass = y[order], w[order]
    if len(support) == 1:
        return np.full(len(p), support[0])
    cumulative = np.cumsum(mass)
    whole, last = cumulative[-1], mass[-1]
    points = {
        "hf4": cumulative / whole,
        "hf5": (cumulative - mass / 2) / whole,
        "hf6": cumulative / (whole + last),
        "hf7": (cumulative - mass) / (whole - last),
        "hf8": (cumulative - mass / 3) / (whole + last / 3),
        "hf9": (cumulative - 3 * mass / 8) / (whole + last / 4),
    }[rule]
    return np.asarray(np.interp(p, points, support))
