"""Bases for the test of a share of 0 or 1 where the sample has clusters.

A share of 0 or 1 has no linearized variance, so the pooled z test on effective bases stands in for t. Kish's
effective base knows weights and not clusters: eight people of one cluster who answer alike are worth one, not
eight. What the clusters take away is seen on the other side of the comparison.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cxsurvey.numerics.arrays import Floats
from cxsurvey.numerics.tables.inference import at_edge

if TYPE_CHECKING:
    import numpy.typing as npt


def clustered_bases(
    share: npt.ArrayLike, variance: npt.ArrayLike, n_effective: npt.ArrayLike, df: npt.ArrayLike
) -> Floats:
    """Give the bases of two shares, one of them at least 0 or 1, in a sample of clusters.

    Parameters
    ----------
    share, variance, n_effective, df : (2, ...) array
        Both sides of each comparison: the share, its variance under the design, Kish's effective base, and the
        degrees of freedom of the base.

    Returns
    -------
    (2, ...) float
        Where one side is 0 or 1, both effective bases over the design effect of the other,
        ``variance n_effective / (p (1 - p))``, at least 1. Where both are, nothing is known of the clusters,
        and no base counts for more than its degrees of freedom plus 1: its clusters, where they lie in one
        stratum.
        Where neither is, the effective bases as they are.

    Examples
    --------
    Eight of 300 gave an answer, all in one cluster of 20, and nobody in the other 15 clusters did:

    >>> found = clustered_bases([8 / 300, 0.0], [0.0007619, 0.0], [300, 300], [14, 14])
    >>> found.round(1).tolist()
    [34.1, 34.1]
    """
    p, V = np.asarray(share, dtype=np.float64), np.asarray(variance, dtype=np.float64)
    n, freedom = np.asarray(n_effective, dtype=np.float64), np.asarray(df, dtype=np.float64)
    edge = at_edge(p)
    simple = np.where(edge, np.nan, p * (1 - p)) / np.where(n > 0, n, np.nan)
    effect = np.maximum(V / simple, 1.0)
    one, both = edge[0] ^ edge[1], edge[0] & edge[1]
    divisor = np.where(one, np.where(edge[0], effect[1], effect[0]), 1.0)
    return np.where(both, np.minimum(n, freedom + 1), n / divisor)
