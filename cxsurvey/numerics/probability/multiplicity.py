"""P-values adjusted for the size of their family.

statsmodels has the same adjustments; importing them costs 0.8 s, more than the rest of a small command.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from cxsurvey.errors import DataFault, RequestError
from cxsurvey.numerics.arrays import Floats, as_floats
from cxsurvey.numerics.probability.hommel import hommel_p

if TYPE_CHECKING:
    import numpy.typing as npt

Adjustment = Literal["holm", "bh", "bonferroni", "none"]  # what studies and commands offer
AnyAdjustment = Literal["holm", "bh", "bonferroni", "none", "hochberg", "hommel", "by"]


@dataclass(frozen=True, slots=True)
class AdjustedP:
    """Adjusted p-values and the family they were adjusted for.

    Attributes
    ----------
    p_adjusted : (m,) float
        NaN where there was no test.
    family : int
        Number of tests.
    """

    p_adjusted: Floats
    family: int


def adjust_p(p: npt.ArrayLike, method: AnyAdjustment) -> AdjustedP:
    """Adjust p-values for multiple testing.

    Parameters
    ----------
    p : (m,) array
        NaN where there was no test; it is left out of the family and stays NaN.
    method : {"holm", "bh", "bonferroni", "none", "hochberg", "hommel", "by"}
        ``holm`` (1979) and ``bonferroni`` hold the probability of any false finding, ``bh`` (Benjamini and
        Hochberg 1995) the expected share of false ones among the findings. ``hochberg`` (1988) and the more
        powerful ``hommel`` (1988) do what Holm's does for tests that depend on each other positively, ``by``
        (Benjamini and Yekutieli 2001) what ``bh`` does under any dependence.

    Returns
    -------
    AdjustedP

    Raises
    ------
    RequestError
        ``unknown-option``, ``array-shape``.
    DataFault
        ``not-a-p-value``.

    Examples
    --------
    >>> adjust_p([0.01, 0.04, float("nan"), 0.03], "holm")
    AdjustedP(p_adjusted=array([0.03, 0.06,  nan, 0.06]), family=3)
    """
    if method not in get_args(AnyAdjustment):
        raise RequestError.unknown_option("adjust", method, get_args(AnyAdjustment))
    values = as_floats(p)
    if values.ndim != 1:
        raise RequestError.array_shape("p", "one p-value for each test", values.shape)
    outside = int(((values < 0) | (values > 1)).sum())
    if outside:
        raise DataFault.not_a_p_value(outside)
    tested = np.flatnonzero(~np.isnan(values))
    order = tested[np.argsort(values[tested], kind="stable")]
    adjusted = np.full(len(values), np.nan)
    adjusted[order] = _adjust_sorted(values[order], method)
    return AdjustedP(adjusted, len(tested))


def _adjust_sorted(p: Floats, method: AnyAdjustment) -> Floats:
    m = len(p)
    rank = np.arange(1, m + 1)
    if method == "holm":
        p = np.maximum.accumulate(p * (m + 1 - rank))
    elif method in {"bh", "by"}:
        spread = float((1 / rank).sum()) if method == "by" else 1.0
        p = np.minimum.accumulate((p * spread * m / rank)[::-1])[::-1]
    elif method == "hochberg":
        p = np.minimum.accumulate((p * (m + 1 - rank))[::-1])[::-1]
    elif method == "hommel":
        p = hommel_p(p)
    elif method == "bonferroni":
        p = p * m
    return np.minimum(p, 1.0)
