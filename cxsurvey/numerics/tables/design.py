"""The sample design: who was drawn, with which weight, from which stratum and in which cluster.

A design is single-stage (the ultimate-cluster approximation of several stages): clusters are the primary
sampling units (PSUs), drawn within strata. Without clusters each respondent is a PSU. Conventions are those of
R's ``svydesign`` (Lumley 2010, *Complex Surveys*, ch. 2-3).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from cxsurvey.errors import DataFault, RequestError
from cxsurvey.numerics.arrays import Bools, Floats, Ints, as_floats, frozen, label_codes, same_length

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

Lonely = Literal["error", "remove", "certainty", "adjust", "average"]


@dataclass(frozen=True, slots=True)
class Strata:
    """What the variance must know of the strata, apart from the data.

    Attributes
    ----------
    psus : (H,) int
        PSUs of each stratum in the sample.
    sampling_fraction : (H,) float
        Share of the stratum's PSUs that were drawn; 0 without a finite population correction.
    lonely : {"error", "remove", "certainty", "adjust", "average"}
        What a stratum with a single PSU (and a fraction below 1) adds to the variance. ``error`` refuses;
        ``remove`` and ``certainty`` add nothing; ``adjust`` adds the squared influence, uncentred, which for
        ratios is the deviation from the overall mean; ``average`` adds the mean of the other strata that
        hold a respondent of the estimate's base.
    """

    psus: Ints
    sampling_fraction: Floats
    lonely: Lonely = "error"

    @property
    def starts(self) -> Ints:
        """Where each stratum's PSUs begin: (H,) int."""
        return np.cumsum(self.psus) - self.psus

    @property
    def is_lonely(self) -> Bools:
        """Strata from which no variance can be estimated: (H,) bool."""
        lonely: Bools = (self.psus == 1) & (self.sampling_fraction < 1)
        return lonely

    def inflation(self, present: Callable[[], Bools]) -> Floats | None:
        """Give what ``average`` multiplies the variance by in each domain, and in the union of each two.

        Parameters
        ----------
        present : callable
            Gives (..., H, K) bool: which strata hold a member of each domain. Called under ``average`` only.

        Returns
        -------
        (..., K, K) float or None
            Of H_k strata with a member of either domain, L_k lonely: ``H_k / (H_k - L_k)``, NaN when all are
            lonely; each domain's own on the diagonal. None where nothing is multiplied.

        Raises
        ------
        DataFault
            ``lonely-stratum`` when ``lonely`` is ``error`` and the design has such a stratum, or when it is
            ``average`` and the design has no other.
        """
        n_lonely, n_strata = int(self.is_lonely.sum()), len(self.psus)
        if n_lonely and (self.lonely == "error" or (self.lonely == "average" and n_lonely == n_strata)):
            raise DataFault.lonely_strata(n_lonely, n_strata)
        if not n_lonely or self.lonely != "average":
            return None
        stands = present().astype(np.float64)
        strata, alone = (_in_either(part) for part in (stands, stands[..., self.is_lonely, :]))
        inflation = np.where(strata > 0, np.nan, 1.0)
        np.divide(strata, strata - alone, out=inflation, where=strata > alone)
        return inflation

    def centred_factors(self) -> Floats:
        """Multiply each stratum's centred squares: ``(1 - f_h) n_h / (n_h - 1)``, (H,), zero for one PSU."""
        spread = np.maximum(self.psus - 1, 1)
        return np.where(self.psus == 1, 0.0, (1.0 - self.sampling_fraction) * self.psus / spread)

    def uncentred_factors(self) -> Floats:
        """Multiply the squares of a lonely stratum that ``adjust`` leaves uncentred: (H,), zero elsewhere."""
        keep = self.is_lonely & (self.lonely == "adjust")
        return np.where(keep, 1.0 - self.sampling_fraction, 0.0)


@dataclass(frozen=True)
class SampleDesign:
    """A sample of n respondents in H strata.

    Make one with :func:`sample_design`, which checks.

    Attributes
    ----------
    weights : (n,) float
    stratum : (n,) int
        Codes 0 to H-1.
    cluster : (n,) int or None
        Codes 0 to P-1, numbered stratum by stratum; None when each respondent is a PSU.
    strata : Strata
    """

    weights: Floats
    stratum: Ints
    cluster: Ints | None
    strata: Strata

    @property
    def n(self) -> int:
        """Number of respondents, weights of zero included."""
        return len(self.weights)

    @property
    def n_strata(self) -> int:
        """Number of strata, H."""
        return len(self.strata.psus)

    @property
    def n_psus(self) -> int:
        """Number of primary sampling units, P."""
        return int(self.strata.psus.sum())

    @property
    def psus_per_stratum(self) -> Ints:
        """PSUs of each stratum: (H,) int."""
        return self.strata.psus

    @property
    def sampling_fraction(self) -> Floats:
        """Share of each stratum's PSUs that were drawn: (H,) float, zeros without a correction."""
        return self.strata.sampling_fraction

    @property
    def lonely(self) -> Lonely:
        """The rule for strata of one PSU."""
        return self.strata.lonely

    @property
    def units(self) -> tuple[Ints, int]:
        """What totals are kept by: clusters, (n,) codes and P, or without clusters strata and H."""
        return (self.stratum, self.n_strata) if self.cluster is None else (self.cluster, self.n_psus)

    @property
    def df(self) -> int:
        """Degrees of freedom of the design: PSUs minus strata."""
        return self.n_psus - self.n_strata

    @cached_property
    def is_simple(self) -> bool:
        """Whether this is a simple sample: one stratum, no clusters, equal weights, no correction."""
        plain = self.cluster is None and self.n_strata == 1 and not self.sampling_fraction.any()
        return bool(plain and self.weights.min() == self.weights.max())

    @cached_property
    def by_weight(self) -> Ints:
        """Respondents in rising order of weight: (n,) int.

        Totals are summed in this order. A sum in double precision depends, in its last bit, on the order of its
        terms; the weights of a cell, taken in rising order, are one and the same sequence however the rows of
        the responses file are shuffled.
        """
        return np.argsort(self.weights)

    @cached_property
    def units_by_weight(self) -> tuple[Ints, Floats]:
        """The unit and the weight of each respondent, in rising order of weight: (n,) each."""
        return self.units[0][self.by_weight], self.weights[self.by_weight]

    @cached_property
    def psu_stratum(self) -> Ints:
        """Stratum of each PSU, in the order of the cluster codes: (P,) int, never decreasing."""
        return np.repeat(np.arange(self.n_strata), self.psus_per_stratum)

    def __repr__(self) -> str:
        corrected = "with" if self.sampling_fraction.any() else "no"
        clusters = "respondents" if self.cluster is None else "clusters"
        return (
            f"SampleDesign(n={self.n}, strata={self.n_strata}, psus={self.n_psus} {clusters}, df={self.df}, "
            f"lonely={self.lonely!r}, {corrected} finite population correction)"
        )


def sample_design(
    weights: npt.ArrayLike,
    *,
    stratum: npt.ArrayLike | None = None,
    cluster: npt.ArrayLike | None = None,
    fpc: npt.ArrayLike | None = None,
    nest: bool = False,
    lonely: Lonely = "error",
) -> SampleDesign:
    """Check weights, strata and clusters, and number them.

    Parameters
    ----------
    weights : (n,) array
        Sampling weights: finite, zero or more, not all zero. A respondent of weight zero still counts as drawn.
    stratum, cluster : (n,) array, optional
        Labels of any kind. They become codes; the caller keeps the labels.
    fpc : (n,) array, optional
        Finite population correction, constant within a stratum: either the number of PSUs in the population or,
        when no value exceeds 1, the fraction of them that was drawn.
    nest : bool
        Cluster labels start again in each stratum. Without it a label in two strata is an error.
    lonely : {"error", "remove", "certainty", "adjust", "average"}
        Rule for strata of one PSU, see :class:`Strata`. ``error`` is raised when a variance is asked for.

    Returns
    -------
    SampleDesign

    Raises
    ------
    DataFault
        ``weights-missing``, ``weights-negative``, ``weights-zero``, ``design-value-missing``,
        ``cluster-in-several-strata``, ``fpc-not-usable``.
    RequestError
        ``array-shape``, ``unknown-option``.

    Examples
    --------
    >>> sample_design([1, 1, 2, 2], stratum=["a", "a", "b", "b"], cluster=[1, 2, 1, 2], nest=True)
    SampleDesign(n=4, strata=2, psus=4 respondents, df=2, lonely='error', no finite population correction)
    """
    if lonely not in get_args(Lonely):
        raise RequestError.unknown_option("lonely", lonely, get_args(Lonely))
    w = _checked_weights(weights)
    strata, n_strata = _codes("stratum", stratum, len(w))
    clusters, n_clusters = _codes("cluster", cluster, len(w)) if cluster is not None else (None, 0)
    if clusters is not None:
        clusters, n_clusters = _nested(clusters, n_clusters, strata, n_strata, nest=nest)
        if n_clusters == len(w):
            clusters = None
    psus = _psus_per_stratum(clusters, n_clusters, strata, n_strata)
    fraction = _sampling_fraction(fpc, strata, psus)
    for array in (w, strata, psus, fraction) if clusters is None else (w, strata, psus, fraction, clusters):
        frozen(array)
    return SampleDesign(w, strata, clusters, Strata(psus, fraction, lonely))


def _in_either(stands: Floats) -> Floats:
    """Count strata with a member of either of each two domains: (..., K, K) from (..., H, K)."""
    both = np.swapaxes(stands, -1, -2) @ stands
    each = np.einsum("...kk->...k", both)
    either: Floats = each[..., :, None] + each[..., None, :] - both
    return either


def _checked_weights(weights: npt.ArrayLike) -> Floats:
    w = np.array(weights, dtype=np.float64)  # a copy: the design must not change with the caller's array
    if w.ndim != 1 or not len(w):
        raise RequestError.array_shape("weights", "one weight for each respondent", w.shape)
    if not np.isfinite(w).all():
        raise DataFault.design_weights("missing", int((~np.isfinite(w)).sum()), len(w))
    if w.min() < 0:
        raise DataFault.design_weights("negative", int((w < 0).sum()), len(w))
    if w.max() == 0:
        raise DataFault.design_weights("zero", len(w), len(w))
    return w


def _codes(name: str, labels: npt.ArrayLike | None, n: int) -> tuple[Ints, int]:
    if labels is None:
        return np.zeros(n, dtype=np.intp), 1
    codes, n_codes = label_codes(name, labels)
    same_length(name, codes, n)
    return codes, n_codes


def _nested(clusters: Ints, n_clusters: int, strata: Ints, n_strata: int, *, nest: bool) -> tuple[Ints, int]:
    """Renumber clusters stratum by stratum, so that a stratum's PSUs stand together."""
    pairs, n_pairs = label_codes("cluster", strata * n_clusters + clusters)
    if n_pairs > n_clusters and not nest:
        raise DataFault.clusters_cross_strata(_in_several_strata(clusters, n_clusters, strata, n_strata))
    return pairs, n_pairs


def _in_several_strata(clusters: Ints, n_clusters: int, strata: Ints, n_strata: int) -> int:
    pairs = np.unique(clusters * n_strata + strata)
    return int((np.bincount(pairs // n_strata, minlength=n_clusters) > 1).sum())


def _psus_per_stratum(clusters: Ints | None, n_clusters: int, strata: Ints, n_strata: int) -> Ints:
    if clusters is None:
        return np.bincount(strata, minlength=n_strata)
    stratum_of_cluster = np.zeros(n_clusters, dtype=np.intp)
    stratum_of_cluster[clusters] = strata
    return np.bincount(stratum_of_cluster, minlength=n_strata)


def _sampling_fraction(fpc: npt.ArrayLike | None, strata: Ints, psus: Ints) -> Floats:
    if fpc is None:
        return np.zeros(len(psus))
    values = as_floats(fpc)
    same_length("fpc", values, len(strata))
    if np.isnan(values).any():
        raise DataFault.design_value_missing("population size", int(np.isnan(values).sum()))
    size = np.zeros(len(psus))
    size[strata] = values
    if not np.array_equal(size[strata], values):
        raise DataFault.unusable_fpc("it changes within a stratum", "several values in one stratum")
    return _fraction_of(size, psus)


def _fraction_of(size: Floats, psus: Ints) -> Floats:
    if size.min() < 0:
        raise DataFault.unusable_fpc("it is negative", f"{size.min():g}")
    if size.max() <= 1:
        return size
    if size.min() < 1:
        raise DataFault.unusable_fpc("sizes and fractions are mixed", f"{size.min():g} to {size.max():g}")
    if (psus > size).any():
        worst = int(np.argmax(psus - size))
        got = f"{psus[worst]} drawn of {size[worst]:g}"
        raise DataFault.unusable_fpc("more clusters were drawn than the population holds", got)
    return psus / size
