"""Tests of all pairs of several samples, adjusted as one family."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cxsurvey.numerics.arrays import Floats, Ints
from cxsurvey.numerics.classic.mean_comparisons import anova, t_test
from cxsurvey.numerics.classic.tested import counts_of, samples_of
from cxsurvey.numerics.classic.two_proportions import yates_z
from cxsurvey.numerics.probability.multiplicity import AnyAdjustment, adjust_p
from cxsurvey.numerics.probability.tails import t_two_sided_p
from cxsurvey.numerics.tables.inference import two_proportion_z

if TYPE_CHECKING:
    import numpy.typing as npt


@dataclass(frozen=True, slots=True, eq=False)
class PairwiseTests:
    """P-values of all pairs of K groups.

    Attributes
    ----------
    pairs : (P, 2) int
        Numbers of the groups, the earlier one first: 0-1, 0-2, ..., 1-2, ....
    p_value, p_adjusted : (P,) float
        NaN where there was no test.
    family : int
        Tests that the adjustment counts.
    """

    pairs: Ints
    p_value: Floats
    p_adjusted: Floats
    family: int

    def matrix(self, *, adjusted: bool = True) -> Floats:
        """Give the p-values as a table.

        Parameters
        ----------
        adjusted : bool

        Returns
        -------
        (K, K) float
            Symmetric, NaN on the diagonal.
        """
        size = int(self.pairs.max()) + 1
        table = np.full((size, size), np.nan)
        values = self.p_adjusted if adjusted else self.p_value
        table[self.pairs[:, 0], self.pairs[:, 1]] = values
        table[self.pairs[:, 1], self.pairs[:, 0]] = values
        return table


def pairwise(
    samples: Sequence[npt.ArrayLike], test: Callable[[Floats, Floats], float], *, adjust: AnyAdjustment = "holm"
) -> PairwiseTests:
    """Test all pairs of samples.

    Parameters
    ----------
    samples : sequence of (n_k,) arrays
        Two or more; NaN is left out.
    test : callable
        Takes two samples and gives a p-value, NaN where there is none.
    adjust : str
        See :func:`.multiplicity.adjust_p`.

    Returns
    -------
    PairwiseTests

    Raises
    ------
    RequestError
        ``array-shape``, ``unknown-option``.

    Examples
    --------
    >>> from cxsurvey.numerics.classic.rank_sums import mann_whitney
    >>> samples = [[1, 2, 3, 4], [3.5, 5, 6, 7], [8, 9, 10, 11]]
    >>> pairwise(samples, lambda a, b: mann_whitney(a, b).p_value).p_adjusted.round(3).tolist()
    [0.086, 0.086, 0.086]
    """
    held = samples_of(samples)
    pairs = _pairs(len(held))
    p = np.array([test(held[i], held[j]) for i, j in pairs.tolist()])
    return _family(pairs, p, adjust)


def pairwise_means(
    samples: Sequence[npt.ArrayLike], *, pooled: bool = True, adjust: AnyAdjustment = "holm"
) -> PairwiseTests:
    """Test all pairs of means by t.

    Parameters
    ----------
    samples : sequence of (n_k,) arrays
    pooled : bool
        One variance for all samples, estimated from all of them; otherwise Welch's test of each pair.
    adjust : str

    Returns
    -------
    PairwiseTests

    Raises
    ------
    RequestError
        ``array-shape``, ``unknown-option``.

    Examples
    --------
    >>> pairwise_means([[1, 2, 3], [2, 3, 4], [5, 6, 7]]).p_adjusted.round(4).tolist()
    [0.2666, 0.0081, 0.0208]
    """
    if not pooled:
        return pairwise(samples, lambda a, b: t_test(a, b).test.p_value, adjust=adjust)
    held = samples_of(samples)
    table = anova(held)
    df = table.test.df2
    variance = table.within / df if df > 0 and table.within > 0 else float("nan")

    def p_value(a: Floats, b: Floats) -> float:
        if not len(a) or not len(b):
            return float("nan")
        return float(t_two_sided_p((a.mean() - b.mean()) / np.sqrt(variance * (1 / len(a) + 1 / len(b))), df))

    return pairwise(held, p_value, adjust=adjust)


def pairwise_shares(
    counts: npt.ArrayLike, bases: npt.ArrayLike, *, continuity: bool = False, adjust: AnyAdjustment = "holm"
) -> PairwiseTests:
    """Test all pairs of independent shares by the pooled z.

    Parameters
    ----------
    counts, bases : (K,) array
    continuity : bool
        Yates' correction.
    adjust : str

    Returns
    -------
    PairwiseTests
        NaN for a pair with an empty base or shares that are both 0 or both 1.

    Raises
    ------
    RequestError
        ``array-shape``, ``unknown-option``.
    DataFault
        ``not-counts``.

    Examples
    --------
    >>> pairwise_shares([15, 30, 45], [50, 60, 70], adjust="none").p_value.round(4).tolist()
    [0.0336, 0.0002, 0.1003]
    """
    x, n = counts_of("counts", counts, 1), counts_of("bases", bases, 1)
    samples_of([[value] for value in x])
    pairs = _pairs(len(x))
    i, j = pairs.T
    test = yates_z if continuity else two_proportion_z
    return _family(pairs, test(x[i], n[i], x[j], n[j]).p_value, adjust)


def _pairs(groups: int) -> Ints:
    return np.column_stack(np.triu_indices(groups, 1))


def _family(pairs: Ints, p: Floats, adjust: AnyAdjustment) -> PairwiseTests:
    adjusted = adjust_p(p, adjust)
    return PairwiseTests(pairs, p, adjusted.p_adjusted, adjusted.family)
