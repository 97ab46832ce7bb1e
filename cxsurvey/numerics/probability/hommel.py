"""Hommel's adjustment of p-values: more powerful than Holm's, valid where Simes' inequality is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cxsurvey.errors import DataFault
from cxsurvey.numerics.arrays import Floats, as_floats

if TYPE_CHECKING:
    import numpy.typing as npt


def hommel_p(p: npt.ArrayLike) -> Floats:
    """Adjust p-values by Hommel's procedure (Hommel 1988, *Biometrika* 75: 383-386).

    Parameters
    ----------
    p : (m,) array
        NaN for tests that were not made; they are not of the family.

    Returns
    -------
    (m,) float
        In the order given; NaN stays NaN.

    Raises
    ------
    DataFault
        ``not-a-p-value`` outside 0 to 1.

    Notes
    -----
    The closed test by Simes: each hypothesis is adjusted to the largest Simes p-value of any subset that holds
    it, and of the subsets of size k only the one with the k - 1 largest of the others matters (Wright 1992,
    *Biometrics* 48: 1005-1013). Its Simes value is ``min_j k p_(j) / j`` over its sorted p-values.

    Examples
    --------
    >>> hommel_p([0.01, 0.02, 0.03, float("nan")]).round(4).tolist()
    [0.03, 0.03, 0.03, nan]
    """
    values = as_floats(p)
    tested = np.flatnonzero(~np.isnan(values))
    if ((values[tested] < 0) | (values[tested] > 1)).any():
        raise DataFault.not_a_p_value(int(((values[tested] < 0) | (values[tested] > 1)).sum()))
    order = tested[np.argsort(values[tested], kind="stable")]
    ordered = values[order]
    adjusted = np.full(len(values), np.nan)
    worst = ordered.copy()
    size = len(ordered)
    for k in range(2, size + 1):
        rank = np.arange(1, k + 1)
        simes = (k * ordered[size - k :] / rank).min()
        without_own = (k * ordered[size - k + 1 :] / rank[1:]).min()
        outside = np.minimum(k * ordered[: size - k], without_own)
        worst[: size - k] = np.maximum(worst[: size - k], outside)
        worst[size - k :] = np.maximum(worst[size - k :], simes)
    adjusted[order] = np.minimum(np.maximum(worst, ordered), 1.0)
    return adjusted
