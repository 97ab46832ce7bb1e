"""Samples drawn in one stage or several, and variances by Taylor linearization.

At each stage clusters are drawn within strata; the strata of a later stage lie within the clusters of the one
before. The variance is a sum over stages (Särndal, Swensson and Wretman 1992, sec. 4.3; what R's ``svyrecvar``
computes):

    V = sum_s sum_h g_h (1 - f_h) n_h / (n_h - 1) sum_i (z_hi - zbar_h)(z_hi - zbar_h)'

z_hi being the influence summed over cluster i of stratum h at stage s, f_h the share of the stratum's clusters
that was drawn, and g_h the product of those shares over the stages above (1 at the first). A stage below one
drawn with replacement (no finite population correction, f = 0) therefore adds nothing. :mod:`..tables.design`
is the quick path for one stage and disjoint groups; this one takes any estimator.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cxsurvey.errors import DataFault, RequestError
from cxsurvey.numerics.arrays import Bools, Floats, Ints, frozen, label_codes, same_length
from cxsurvey.numerics.sampling.fitted import domain_mask
from cxsurvey.numerics.tables.design import Lonely, SampleDesign, sample_design

if TYPE_CHECKING:
    import numpy.typing as npt

    from cxsurvey.numerics.sampling.fitted import Estimator

    Labels = Sequence[npt.ArrayLike | None]


GAPS_AT_ONCE = 256


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of selection.

    Attributes
    ----------
    sample : SampleDesign
        Its strata and clusters over all respondents; the strata lie within the clusters above.
    cluster : (n,) int
        The unit of each respondent at this stage, 0 to P-1, numbered stratum by stratum.
    parent : (H,) int
        The cluster above that holds each stratum; zeros at the first stage.
    share : (H,) float
        Product of the sampling fractions above; ones at the first stage.
    """

    sample: SampleDesign
    cluster: Ints
    parent: Ints
    share: Floats


@dataclass(frozen=True, slots=True)
class Multistage:
    """A sample of n respondents drawn in stages. Make one with :func:`multistage_design`, which checks.

    Attributes
    ----------
    weights : (n,) float
    stages : tuple of Stage
    adjust_domain : bool
        Whether the rules ``adjust`` and ``average`` also apply to strata with several clusters of which one
        holds members of the domain.
    """

    weights: Floats
    stages: tuple[Stage, ...]
    adjust_domain: bool = False

    @property
    def n(self) -> int:
        """Number of respondents, weights of zero included."""
        return len(self.weights)

    @property
    def lonely(self) -> Lonely:
        """The rule for strata of one cluster."""
        return self.stages[0].sample.lonely

    @property
    def df(self) -> int:
        """Degrees of freedom of the whole design."""
        return self.degrees_of_freedom()

    def degrees_of_freedom(self, member: npt.ArrayLike | None = None) -> int:
        """Count first-stage clusters less strata, of those with a member whose weight is not zero.

        Parameters
        ----------
        member : (n,) bool, optional
            A domain.

        Returns
        -------
        int
            0 for an empty domain.

        Raises
        ------
        RequestError
            ``array-shape``.
        """
        inside = domain_mask(member, self.n) & (self.weights > 0)
        first = self.stages[0]
        n_psus = np.count_nonzero(np.bincount(first.cluster[inside]))
        return int(n_psus - np.count_nonzero(np.bincount(first.sample.stratum[inside])))

    def covariance(self, estimator: Estimator) -> Floats:
        """Give the linearized covariance of an estimator.

        Parameters
        ----------
        estimator : Estimator

        Returns
        -------
        (K, K) float

        Raises
        ------
        DataFault
            ``lonely-stratum`` when the rule is ``error`` and a stratum of one cluster holds a member.
        """
        influence, members = estimator.influence(self.weights), estimator.members
        size = influence.shape[1]
        total = np.zeros((size, size))
        for stage in self.stages:
            if stage.share.any():
                scaled = _scaled_totals(stage, influence, members, adjust_domain=self.adjust_domain)
                total += scaled.T @ scaled
        return total

    def variances_of_gaps(self, estimator: Estimator, a: Ints, b: Ints) -> Floats:
        """Give the variance of the difference of estimates, in the union of their two domains.

        That is what :meth:`covariance` makes of it, but for the rule ``average``, whose factor is that of the
        strata that the domains reach together.

        Parameters
        ----------
        estimator : Estimator
        a, b : (J,) int
            Positions of the estimates.

        Returns
        -------
        (J,) float

        Raises
        ------
        DataFault
            ``lonely-stratum``.
        """
        influence, members = estimator.influence(self.weights), estimator.members
        variance = np.zeros(len(a))
        for first in range(0, len(a), GAPS_AT_ONCE):
            run = slice(first, first + GAPS_AT_ONCE)
            gap, either = influence[:, a[run]] - influence[:, b[run]], members[:, a[run]] | members[:, b[run]]
            for stage in self.stages:
                if stage.share.any():
                    scaled = _scaled_totals(stage, gap, either, adjust_domain=self.adjust_domain)
                    variance[run] += (scaled**2).sum(axis=0)
        return variance

    def __repr__(self) -> str:
        first = self.stages[0].sample
        corrected = "with" if first.sampling_fraction.any() else "no"
        return (
            f"Multistage(n={self.n}, stages={len(self.stages)}, strata={first.n_strata}, psus={first.n_psus}, "
            f"df={self.df}, lonely={self.lonely!r}, {corrected} finite population correction)"
        )


def multistage_design(
    weights: npt.ArrayLike | None,
    *,
    clusters: Labels = (),
    strata: Labels = (),
    fpc: Labels = (),
    nest: bool = False,
    lonely: Lonely = "error",
    adjust_domain: bool = False,
) -> Multistage:
    """Check and number the stages of a design.

    Parameters
    ----------
    weights : (n,) array or None
        Sampling weights; None takes them from ``fpc``, as the inverse of the product of sampling fractions.
    clusters : sequence of (n,) arrays
        Labels of the units of each stage; none for a sample of respondents. A label of a later stage may be
        used again in another cluster.
    strata : sequence of (n,) arrays or None
        Labels of the strata of each stage, as far as there are any.
    fpc : sequence of (n,) arrays or None
        Finite population correction of each stage, constant within a stratum: the clusters in the population,
        or, when no value exceeds 1, the fraction of them drawn. A stage without one is drawn with replacement.
    nest : bool
        First-stage cluster labels start again in each stratum.
    lonely : {"error", "remove", "certainty", "adjust", "average"}
        Rule for strata of one cluster, see :class:`.design.Strata`; applied at every stage.
    adjust_domain : bool
        See :class:`Multistage` (R's ``survey.adjust.domain.lonely``).

    Returns
    -------
    Multistage

    Raises
    ------
    DataFault
        As :func:`.design.sample_design`.
    RequestError
        ``array-shape``, ``unknown-option``; ``weights-needed`` without weights or fpc; ``bad-option`` when
        ``strata`` or ``fpc`` names more stages than ``clusters``.

    Examples
    --------
    Two of ten schools, then two of four and two of five classes:

    >>> schools, classes = ["a", "a", "b", "b"], [1, 2, 1, 2]
    >>> multistage_design(None, clusters=[schools, classes], fpc=[[10] * 4, [4, 4, 5, 5]])
    Multistage(n=4, stages=2, strata=1, psus=2, df=1, lonely='error', with finite population correction)
    """
    depth = max(1, len(clusters))
    for name, given in (("strata", strata), ("fpc", fpc)):
        if len(given) > depth:
            raise RequestError.bad_option(name, f"{len(given)} stages", f"at most {depth}")
    n = _respondents(weights, clusters, strata, fpc)
    carried = np.ones(n) if weights is None else weights
    stages: list[Stage] = []
    for s in range(depth):
        above = stages[-1] if stages else None
        labels = [_at(given, s) for given in (clusters, strata, fpc)]
        stages.append(_stage(carried, above, *labels, nest=nest, lonely=lonely))
    w = stages[0].sample.weights if weights is not None else _weights_of_fractions(stages)
    frozen(w)
    return Multistage(w, tuple(stages), adjust_domain)


def as_multistage(sample: SampleDesign) -> Multistage:
    """Give a one-stage design as a design of stages, with the same variances.

    Parameters
    ----------
    sample : SampleDesign

    Returns
    -------
    Multistage

    Examples
    --------
    >>> as_multistage(sample_design([1.0, 1.0, 2.0], cluster=["a", "a", "b"])).df
    1
    """
    return Multistage(sample.weights, (_first_stage(sample),))


def _first_stage(sample: SampleDesign) -> Stage:
    parent = np.zeros(sample.n_strata, dtype=np.intp)
    return Stage(sample, _units(sample), parent, np.ones(sample.n_strata))


def _at(given: Labels, stage: int) -> npt.ArrayLike | None:
    return given[stage] if stage < len(given) else None


def _respondents(weights: npt.ArrayLike | None, *given: Labels) -> int:
    if weights is not None:
        return len(np.asarray(weights))
    sizes = [labels for labels in given[2] if labels is not None]
    if not sizes:
        raise RequestError.weights_needed()
    return len(np.asarray(sizes[0]))


def _stage(
    weights: npt.ArrayLike,
    above: Stage | None,
    clusters: npt.ArrayLike | None,
    strata: npt.ArrayLike | None,
    fpc: npt.ArrayLike | None,
    *,
    nest: bool,
    lonely: Lonely,
) -> Stage:
    if above is None:
        sample = sample_design(weights, stratum=strata, cluster=clusters, fpc=fpc, nest=nest, lonely=lonely)
        return _first_stage(sample)
    within = above.cluster if strata is None else _crossed(above.cluster, strata)
    sample = sample_design(weights, stratum=within, cluster=clusters, fpc=fpc, nest=True, lonely=lonely)
    parent = np.zeros(sample.n_strata, dtype=np.intp)
    parent[sample.stratum] = above.cluster
    stratum_above = above.sample.psu_stratum[parent]
    share = above.share[stratum_above] * above.sample.sampling_fraction[stratum_above]
    return Stage(sample, _units(sample), parent, share)


def _crossed(cluster: Ints, strata: npt.ArrayLike) -> Ints:
    codes, n_codes = label_codes("stratum", strata)
    same_length("stratum", codes, len(cluster))
    return cluster * n_codes + codes


def _units(sample: SampleDesign) -> Ints:
    """Number the units stratum by stratum, respondents too where there are no clusters."""
    if sample.cluster is not None:
        return sample.cluster
    unit = np.empty(sample.n, dtype=np.intp)
    unit[np.argsort(sample.stratum, kind="stable")] = np.arange(sample.n)
    return unit


def _weights_of_fractions(stages: Sequence[Stage]) -> Floats:
    chance = np.ones(stages[0].sample.n)
    for stage in stages:
        fraction = stage.sample.sampling_fraction[stage.sample.stratum]
        if not (fraction > 0).all():
            raise RequestError.weights_needed()
        chance *= fraction
    return 1.0 / chance


def _scaled_totals(stage: Stage, influence: Floats, members: Bools, *, adjust_domain: bool) -> Floats:
    """Give what the clusters of one stage deviate by, (P, K): the variance is the sum of their squares."""
    strata, psu_stratum = stage.sample.strata, stage.sample.psu_stratum
    n_psus, size = stage.sample.n_psus, influence.shape[1]
    totals, holds = np.zeros((n_psus, size)), np.zeros((n_psus, size))
    for k in range(size):
        totals[:, k] = np.bincount(stage.cluster, influence[:, k], minlength=n_psus)
        if k and members.strides[1] == 0:  # the same members, seen once for each estimate
            holds[:, k] = holds[:, 0]
        else:
            holds[:, k] = np.bincount(stage.cluster[members[:, k]], minlength=n_psus) > 0
    in_domain = np.add.reduceat(holds, strata.starts, axis=0)
    alone = _alone(stage, in_domain, adjust_domain=adjust_domain)
    mean = np.add.reduceat(totals, strata.starts, axis=0) / strata.psus[:, None]
    if strata.lonely == "adjust":
        mean[alone] = 0.0
    spread = strata.psus / np.maximum(strata.psus - 1, 1)
    factor = np.sqrt(stage.share * (1.0 - strata.sampling_fraction) * spread)[:, None]
    factor = np.where(alone & (strata.lonely == "average"), 0.0, factor)
    factor = factor * _inflation(stage, in_domain > 0, alone)
    scaled: Floats = (totals - mean[psu_stratum]) * factor[psu_stratum]
    return scaled


def _alone(stage: Stage, in_domain: Floats, *, adjust_domain: bool) -> Bools:
    """Strata from which an estimate's variance cannot be estimated, (H, K)."""
    strata = stage.sample.strata
    alone: Bools = strata.is_lonely[:, None] & (in_domain > 0)
    if alone.any() and strata.lonely == "error":
        raise DataFault.lonely_strata(int(alone.any(axis=1).sum()), len(strata.psus))
    if adjust_domain:
        alone |= (in_domain == 1) & (strata.sampling_fraction < 1)[:, None]
    return alone


def _inflation(stage: Stage, present: Bools, alone: Bools) -> Floats:
    """Give the root of what ``average`` multiplies the strata within one cluster above by, (H, K)."""
    if stage.sample.strata.lonely != "average" or not alone.any():
        return np.ones(present.shape)
    n_parents = int(stage.parent.max()) + 1
    counts = np.zeros((2, n_parents, present.shape[1]))
    np.add.at(counts[0], stage.parent, present)
    np.add.at(counts[1], stage.parent, alone)
    inflation = np.where(counts[0] > 0, np.nan, 1.0)
    np.divide(counts[0], counts[0] - counts[1], out=inflation, where=counts[0] > counts[1])
    return np.sqrt(inflation)[stage.parent]
