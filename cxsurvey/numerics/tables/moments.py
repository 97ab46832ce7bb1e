"""Sums of squares of influence, stratum by stratum: the core that every variance goes through.

With respondents or clusters as PSUs the variance of a linearized statistic is

    V = sum_h (1 - f_h) n_h / (n_h - 1) sum_i (z_hi - zbar_h)(z_hi - zbar_h)'

where z_hi is the influence of PSU i of stratum h (Lumley 2010, *Complex Surveys*, sec. 2.2; Binder 1983). Both
functions below sum squares of deviations and never subtract one sum from another, so that a variance cannot
come out negative. What lonely strata call for beyond that is :meth:`.Strata.inflation`'s.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from cxsurvey.numerics.arrays import Bools, Floats, Ints
    from cxsurvey.numerics.tables.design import Strata

BLOCK_VALUES = 1 << 20  # values held at once while strata are worked off


def moments_of_psus(influence: Floats, psu_stratum: Ints, strata: Strata) -> Floats:
    """Give the covariance from the influence of each PSU.

    Parameters
    ----------
    influence : (P, K) float
        PSUs sorted by stratum; a PSU without a member of the domain has influence 0.
    psu_stratum : (P,) int
    strata : Strata

    Returns
    -------
    (K, K) float
    """
    centred, uncentred = strata.centred_factors(), strata.uncentred_factors()
    mean = np.add.reduceat(influence, strata.starts, axis=0) / strata.psus[:, None]
    mean[uncentred > 0] = 0.0
    deviation = influence - mean[psu_stratum]
    deviation *= np.sqrt(centred + uncentred)[psu_stratum, None]
    return deviation.T @ deviation


def moments_of_blocks(
    values: Callable[[slice], Floats], multiplicity: Floats, n_estimates: int, strata: Strata
) -> Floats:
    """Give the covariance when influence takes one value in each block of respondents of a stratum.

    Blocks are cells or groups; PSUs outside all of them have influence 0.

    Parameters
    ----------
    values : callable
        Takes a slice of strata and gives the influence of their blocks, (h, K, B) float.
    multiplicity : (H, B) float
        PSUs in each block.
    n_estimates : int
        K.
    strata : Strata

    Returns
    -------
    (K, K) float
    """
    centred, uncentred = strata.centred_factors(), strata.uncentred_factors()
    outside = strata.psus - multiplicity.sum(axis=1)
    n_strata, n_blocks = multiplicity.shape
    step = max(1, BLOCK_VALUES // max(1, n_estimates * n_blocks))
    covariance = np.zeros((n_estimates, n_estimates))
    for first in range(0, n_strata, step):
        rows = slice(first, min(first + step, n_strata))
        value, members = values(rows), multiplicity[rows, None, :]
        mean = (value * members).sum(axis=2) / strata.psus[rows, None]
        mean[uncentred[rows] > 0] = 0.0
        factor = (centred + uncentred)[rows, None]
        inside = (value - mean[:, :, None]) * np.sqrt(factor[:, :, None] * members)
        beyond = mean * np.sqrt(factor * outside[rows, None])
        flat = inside.transpose(1, 0, 2).reshape(n_estimates, inside[:, 0].size if n_estimates else 0)
        covariance += flat @ flat.T + beyond.T @ beyond
    return covariance


def inflated(moments: Floats, inflation: Floats | None) -> tuple[Floats, Floats | None]:
    """Multiply variances as ``average`` has it, each by the factor of its own domain.

    Parameters
    ----------
    moments : (K, K) float
        Covariance without the rule.
    inflation : (K, K) float or None
        See :meth:`.Strata.inflation`.

    Returns
    -------
    (K, K) float
        The covariance, each estimate scaled by the root of its own factor.
    (K, K) float or None
        What the variance of a gap is to be multiplied by besides, so that its factor is that of the strata
        which its two domains reach together. None where the rule multiplies nothing.
    """
    if inflation is None:
        return moments, None
    root = np.sqrt(np.diag(inflation))
    covariance = moments * np.multiply.outer(root, root)
    wanted, found = inflation * _of_gaps(moments), _of_gaps(covariance)
    own = np.diag(inflation)
    differ = (inflation != own[:, None]) | (inflation != own[None, :])
    factor = np.ones(inflation.shape)
    np.divide(wanted, found, out=factor, where=differ & (found > 0))
    return covariance, factor


def for_gaps(covariance: Floats, gap_factor: Floats | None) -> Floats:
    """Write a covariance so that V_a + V_b - 2 C_ab is the variance of each gap, its factor included.

    Parameters
    ----------
    covariance, gap_factor : (K, K) float
        Of :func:`inflated`.

    Returns
    -------
    (K, K) float
        For gaps of two alone: sums of several estimates can have a negative variance by it.
    """
    if gap_factor is None:
        return covariance
    found: Floats = covariance + (1 - gap_factor) * _of_gaps(covariance) / 2
    return found


def _of_gaps(covariance: Floats) -> Floats:
    own = np.diag(covariance)
    variance: Floats = own[:, None] + own[None, :] - 2 * covariance
    return variance


def union_df(psus_in_both: Floats, strata_with_member: Bools) -> Ints:
    """Count PSUs with a member less strata with a member, for the union of each two domains.

    Parameters
    ----------
    psus_in_both : (K, K) float
        PSUs with members of domain j and of domain k.
    strata_with_member : (H, K) bool

    Returns
    -------
    (K, K) int
        The diagonal holds each domain's own degrees of freedom.
    """
    present = strata_with_member.astype(np.float64)
    psus, strata = _union(psus_in_both), _union(present.T @ present)
    return np.rint(psus - strata).astype(np.intp)


def _union(both: Floats) -> Floats:
    each = np.diag(both)
    return each[:, None] + each[None, :] - both
