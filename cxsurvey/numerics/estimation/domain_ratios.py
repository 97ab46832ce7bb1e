"""Ratios under any design in the record of the quick path: with bases, overlaps and degrees of freedom."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cxsurvey.numerics.arrays import Bools, Floats, Ints
from cxsurvey.numerics.sampling.fitted import point_and_covariance
from cxsurvey.numerics.sampling.multistage import Multistage
from cxsurvey.numerics.tables.cells import df_by_psu
from cxsurvey.numerics.tables.variance import Ratios

if TYPE_CHECKING:
    from cxsurvey.numerics.estimation.estimators import RatiosOfTotals
    from cxsurvey.numerics.sampling.replication import Replicated


def domain_ratios(design: Multistage | Replicated, estimator: RatiosOfTotals) -> Ratios:
    """Estimate K ratios with their covariance, bases and degrees of freedom.

    Parameters
    ----------
    design : Multistage or Replicated
    estimator : RatiosOfTotals
        K ratios over the n respondents of the design; the base of each are its members.

    Returns
    -------
    Ratios
        As :func:`.tables.variance.ratio_estimates` gives for a one-stage design. ``union_df`` counts the
        degrees of freedom of the members of either base: first-stage clusters less strata, or the rank of
        the replicate weights less 1. The variance of a ratio that some replicate cannot make is NaN.

    Raises
    ------
    RequestError
        ``array-shape`` when the estimator is of another number of respondents.
    DataFault
        ``lonely-stratum``, as the design's rule has it.

    Examples
    --------
    >>> from cxsurvey.numerics.estimation.estimators import shares
    >>> from cxsurvey.numerics.sampling.multistage import multistage_design
    >>> design = multistage_design([1.0, 1.0, 1.0, 3.0], clusters=[["a", "a", "b", "c"]])
    >>> found = domain_ratios(design, shares([0, 1, 1, 1], 2))
    >>> found.estimate.round(4).tolist(), found.n.tolist(), found.df.tolist(), found.n_effective.tolist()
    ([0.1667, 0.8333], [4, 4], [2, 2], [3.0, 3.0])
    """
    estimate, covariance = point_and_covariance(design, estimator)
    bases, base_of = _distinct(estimator.members)
    counted = bases.astype(np.float64)
    overlap = np.rint(counted.T @ counted).astype(np.intp)
    weight, squared = design.weights @ counted, design.weights**2 @ counted
    effective = np.full(len(weight), np.nan)
    np.divide(weight**2, squared, out=effective, where=squared > 0)
    each = np.ix_(base_of, base_of)
    return Ratios(
        estimate,
        covariance,
        overlap[each],
        weight[base_of],
        effective[base_of],
        _union_df(design, bases)[each],
        _gap_factor(design, estimator, covariance, base_of),
    )


def _distinct(members: Bools) -> tuple[Bools, Ints]:
    """Give the bases that differ, (n, U), and which of them each estimate has, (K,)."""
    packed = np.packbits(members, axis=0).T
    _, first, position = np.unique(packed, axis=0, return_index=True, return_inverse=True)
    return members[:, first], position.ravel()


def _gap_factor(
    design: Multistage | Replicated, estimator: RatiosOfTotals, covariance: Floats, base_of: Ints
) -> Floats | None:
    """Give what variances of gaps are to be multiplied by, (K, K); None but under the rule ``average``."""
    if not isinstance(design, Multistage) or design.lonely != "average":
        return None
    a, b = np.triu_indices(len(covariance), k=1)
    differ = base_of[a] != base_of[b]
    a, b = a[differ], b[differ]
    own = np.diag(covariance)
    plain = own[a] + own[b] - 2 * covariance[a, b]
    factor, of_gaps = np.ones_like(covariance), np.ones(len(a))
    np.divide(design.variances_of_gaps(estimator, a, b), plain, out=of_gaps, where=plain > 0)
    factor[a, b] = factor[b, a] = of_gaps
    return factor


def _union_df(design: Multistage | Replicated, bases: Bools) -> Ints:
    """Count the degrees of freedom of the union of each two bases, (U, U)."""
    if isinstance(design, Multistage):
        first = design.stages[0]
        weighted = bases & (design.weights > 0)[:, None]
        present = np.zeros((first.sample.n_psus, bases.shape[1]))
        for u, member in enumerate(weighted.T):
            present[:, u] = np.bincount(first.cluster[member], minlength=len(present))
        return df_by_psu(present > 0, first.sample.strata)
    return design.union_degrees_of_freedom(bases)
