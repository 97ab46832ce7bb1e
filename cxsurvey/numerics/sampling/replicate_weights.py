"""Replicate weights made from a design: jackknife, balanced half-samples, Fay's variant, bootstrap.

All treat the first-stage clusters as drawn with replacement from their strata (ultimate clusters), with the
finite population correction of the first stage where the method can carry one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cxsurvey.errors import DataFault, RequestError
from cxsurvey.numerics.sampling.hadamard import hadamard_matrix
from cxsurvey.numerics.sampling.replication import Replicated, replicate_design, replication_scale

if TYPE_CHECKING:
    from cxsurvey.numerics.arrays import Floats, Ints
    from cxsurvey.numerics.sampling.multistage import Multistage, Stage

PAIR = 2


def jackknife(design: Multistage, *, mse: bool = False) -> Replicated:
    """Leave out each first-stage cluster in turn.

    Parameters
    ----------
    design : Multistage
    mse : bool
        Centre on the estimate.

    Returns
    -------
    Replicated
        As many replicates as clusters, in the order of their codes. Without strata JK1: scale
        (1 - f) (R-1)/R. With strata JKn: scale 1 and rscales (1 - f_h) (n_h - 1)/n_h (Rust and Rao 1996). A
        stratum of one cluster has none under the rules ``remove`` and ``certainty``.

    Raises
    ------
    DataFault
        ``lonely-stratum`` under the rule ``error``.
    RequestError
        ``bad-option`` for the rules ``adjust`` and ``average``, when there is such a stratum.

    Examples
    --------
    >>> from cxsurvey.numerics.sampling.multistage import multistage_design
    >>> jackknife(multistage_design([1.0, 1.0, 1.0, 1.0], strata=[["a", "a", "b", "b"]]))
    Replicated(n=4, replicates=4, scale=1, df=2, around the mean of the replicates)
    """
    first = design.stages[0]
    strata, psu_stratum = first.sample.strata, first.sample.psu_stratum
    _no_lonely_rule(first)
    dropped = np.flatnonzero(strata.psus[psu_stratum] > 1)
    multiplier = np.ones((first.sample.n_psus, len(dropped)))
    for r, psu in enumerate(dropped):
        h = psu_stratum[psu]
        multiplier[psu_stratum == h, r] = strata.psus[h] / (strata.psus[h] - 1)
        multiplier[psu, r] = 0.0
    n_h, f_h = strata.psus[psu_stratum[dropped]], strata.sampling_fraction[psu_stratum[dropped]]
    rscales = (1.0 - f_h) * (n_h - 1) / n_h
    single = first.sample.n_strata == 1 and len(dropped) > 0
    scale, factors = (float(rscales[0]), np.ones(len(dropped))) if single else (1.0, rscales)
    return _replicated(design, multiplier, scale, factors, mse=mse)


def balanced_replicates(design: Multistage, *, fay_rho: float = 0.0, mse: bool = False) -> Replicated:
    """Take half of the clusters of strata with two, balanced over the strata (BRR), or Fay's milder variant.

    Parameters
    ----------
    design : Multistage
        Two first-stage clusters in each stratum and no finite population correction.
    fay_rho : float
        The half left out keeps this fraction of its weight; 0 is BRR.
    mse : bool
        Centre on the estimate.

    Returns
    -------
    Replicated
        The replicates are the rows of a Hadamard matrix of the smallest order above the number of strata that
        :func:`.hadamard.hadamard_matrix` knows; stratum h takes column h + 1 and its first cluster in the
        order of the rows the plus sign.

    Raises
    ------
    DataFault
        ``two-clusters-needed``.
    RequestError
        ``bad-option`` for a rho outside 0 to 1 and for a design with finite population correction.

    Examples
    --------
    >>> from cxsurvey.numerics.sampling.multistage import multistage_design
    >>> balanced_replicates(multistage_design([1.0, 1.0, 1.0, 1.0], strata=[["a", "a", "b", "b"]]))
    Replicated(n=4, replicates=4, scale=0.25, df=2, around the mean of the replicates)
    """
    first = design.stages[0]
    strata = first.sample.strata
    if (strata.psus != PAIR).any():
        raise DataFault.two_clusters_needed(int((strata.psus != PAIR).sum()), len(strata.psus))
    if strata.sampling_fraction.any():
        raise RequestError.bad_option("fpc", "a correction", "none: half-samples are drawn with replacement")
    signs = hadamard_matrix(len(strata.psus) + 1)
    scale = replication_scale("fay", len(signs), fay_rho=fay_rho)
    by_stratum = signs[:, 1 : len(strata.psus) + 1].T
    sign = np.repeat(by_stratum, PAIR, axis=0) * _first_in_stratum(first)[:, None]
    multiplier = np.where(sign > 0, 2.0 - fay_rho, fay_rho)
    return _replicated(design, multiplier, scale, np.ones(len(signs)), mse=mse)


def bootstrap_replicates(design: Multistage, *, replicates: int, seed: int, mse: bool = False) -> Replicated:
    """Draw n_h - 1 of the n_h clusters of each stratum with replacement, and rescale (Rao, Wu and Yue 1992).

    Parameters
    ----------
    design : Multistage
        Without finite population correction, or with a negligible one: the bootstrap carries none.
    replicates : int
        R, two or more.
    seed : int
        The same seed gives the same weights.
    mse : bool
        Centre on the estimate.

    Returns
    -------
    Replicated
        A cluster drawn m times has its weight multiplied by ``m n_h / (n_h - 1)``; scale 1/(R-1). The cluster
        of a stratum of one keeps its weight under the rules ``remove`` and ``certainty``.

    Raises
    ------
    DataFault
        ``lonely-stratum`` under the rule ``error``.
    RequestError
        ``bad-option`` for fewer than two replicates, and for the rules ``adjust`` and ``average`` when there
        is a stratum of one.

    Examples
    --------
    >>> from cxsurvey.numerics.sampling.multistage import multistage_design
    >>> design = multistage_design([1.0] * 6, clusters=[[1, 1, 2, 2, 3, 3]])
    >>> bootstrap_replicates(design, replicates=50, seed=1).replicates.sum(axis=0).round(9).tolist()[:2]
    [6.0, 6.0]
    """
    if replicates < PAIR:
        raise RequestError.bad_option("replicates", replicates, "two or more")
    first = design.stages[0]
    _no_lonely_rule(first)
    rng = np.random.default_rng(seed)
    multiplier = np.ones((first.sample.n_psus, replicates))
    starts = first.sample.strata.starts
    for start, size in zip(starts.tolist(), first.sample.psus_per_stratum.tolist(), strict=True):
        if size > 1:
            times = rng.multinomial(size - 1, np.full(size, 1.0 / size), size=replicates)
            multiplier[start : start + size] = times.T * (size / (size - 1))
    scale = replication_scale("bootstrap", replicates)
    return _replicated(design, multiplier, scale, np.ones(replicates), mse=mse)


def _no_lonely_rule(first: Stage) -> None:
    strata = first.sample.strata
    if not strata.is_lonely.any():
        return
    if strata.lonely == "error":
        raise DataFault.lonely_strata(int(strata.is_lonely.sum()), len(strata.psus))
    if strata.lonely in {"adjust", "average"}:
        raise RequestError.bad_option("lonely", strata.lonely, "'remove' or 'certainty' for replicate weights")


def _first_in_stratum(first: Stage) -> Ints:
    """Give 1 for the cluster of each stratum that the rows name first, and -1 for the other: (P,)."""
    seen = np.full(first.sample.n_psus, len(first.cluster), dtype=np.intp)
    np.minimum.at(seen, first.cluster, np.arange(len(first.cluster)))
    pairs = seen.reshape(-1, PAIR)
    ahead: Ints = np.where(pairs == pairs.min(axis=1, keepdims=True), 1, -1).ravel()
    return ahead


def _replicated(
    design: Multistage, multiplier: Floats, scale: float, rscales: Floats, *, mse: bool
) -> Replicated:
    columns = multiplier[design.stages[0].cluster] * design.weights[:, None]
    return replicate_design(design.weights, columns, scale=scale, rscales=rscales, mse=mse, df=design.df)
