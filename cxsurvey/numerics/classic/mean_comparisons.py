"""Tests of means and variances of simple samples: t tests, analysis of variance, all pairs.

Missing values (NaN) are left out. Everything works from sizes, means and sums of squares of the samples. The t
tests of weighted and clustered samples are in :mod:`..comparisons.mean_tests`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cxsurvey.errors import RequestError
from cxsurvey.numerics.arrays import Floats, Ints
from cxsurvey.numerics.classic.tested import (
    Alternative,
    Tested,
    directed_p,
    level_of,
    one_ended,
    pairs_of,
    sample_of,
    samples_of,
)
from cxsurvey.numerics.probability.tails import t_two_sided_p
from cxsurvey.numerics.probability.upper_tails import chi_square_p, f_p, range_p, range_quantile
from cxsurvey.numerics.tables.inference import t_interval

if TYPE_CHECKING:
    import numpy.typing as npt

TWO = 2


@dataclass(frozen=True, slots=True)
class MeanComparison:
    """A t test of simple samples.

    Attributes
    ----------
    test : Tested
        NaN where there are too few values, or no value differs from another.
    difference : float
        Mean 1 less mean 2, the mean of the differences, or the mean less the given number.
    std_error, conf_low, conf_high : float
        Of the difference.
    """

    test: Tested
    difference: float
    std_error: float
    conf_low: float
    conf_high: float


@dataclass(frozen=True, slots=True)
class VarianceTable:
    """A one-way analysis of variance.

    Attributes
    ----------
    test : Tested
    between, within : float
        Sums of squares.
    """

    test: Tested
    between: float
    within: float

    @property
    def mean_squares(self) -> tuple[float, float]:
        """Sums of squares over their degrees of freedom; NaN where there are none."""
        return self.between / (self.test.df or np.nan), self.within / (self.test.df2 or np.nan)


@dataclass(frozen=True, slots=True, eq=False)
class RangeComparisons:
    """All pairs of means by Tukey's method.

    Attributes
    ----------
    pairs : (P, 2) int
        Numbers of the samples, the later one first.
    difference, conf_low, conf_high, p_value : (P,) float
        Of the first of a pair less the second, simultaneous over all pairs.
    """

    pairs: Ints
    difference: Floats
    conf_low: Floats
    conf_high: Floats
    p_value: Floats


@dataclass(frozen=True, slots=True)
class _Moments:
    """Sizes, means and sums of squares about the means, (K,) each."""

    n: Floats
    mean: Floats
    squares: Floats

    @classmethod
    def of(cls, samples: Sequence[Floats]) -> _Moments:
        n = np.array([float(len(sample)) for sample in samples])
        mean = np.array([sample.mean() if len(sample) else np.nan for sample in samples])
        pairs = zip(samples, mean, strict=True)
        squares = [
            ((sample - at) ** 2).sum() if len(sample) and np.ptp(sample) else 0.0 for sample, at in pairs
        ]
        return cls(n, mean, np.array(squares, dtype=np.float64))


def t_test(
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    *,
    pooled: bool = False,
    paired: bool = False,
    level: float = 0.95,
    alternative: Alternative = "two-sided",
) -> MeanComparison:
    """Test the means of two samples.

    Parameters
    ----------
    x, y : (m,) and (n,) arrays
    pooled : bool
        Suppose equal variances (Student 1908). Otherwise Welch's (1947) test, with Satterthwaite's degrees of
        freedom.
    paired : bool
        x and y are of the same respondents; pairs with a missing value are left out.
    level : float
    alternative : {"two-sided", "less", "greater"}
        That mean 1 differs, is the smaller, is the larger. The interval of the last two has one end.

    Returns
    -------
    MeanComparison

    Raises
    ------
    RequestError
        ``array-shape``, ``not-a-fraction``, ``unknown-option``.

    Examples
    --------
    >>> result = t_test([1, 2, 3, 4], [2, 4, 6, 8])
    >>> round(result.test.statistic, 4), round(result.test.df, 4)
    (-1.7321, 4.4118)
    """
    if paired:
        first, second = pairs_of(x, y)
        return mean_test(first - second, level=level, alternative=alternative)
    samples = [sample_of("x", x), sample_of("y", y)]
    if min(map(len, samples)) < (1 if pooled else TWO):
        return _compared(float("nan"), float("nan"), float("nan"), level, alternative)
    moments = _Moments.of(samples)
    difference = float(moments.mean[0] - moments.mean[1])
    if pooled:
        df = float(moments.n.sum() - TWO)
        variance = float(moments.squares.sum() / df * (1 / moments.n).sum()) if df > 0 else float("nan")
        return _compared(difference, variance, df, level, alternative)
    each = moments.squares / (moments.n - 1) / moments.n
    variance = float(each.sum())
    df = variance**2 / float((each**2 / (moments.n - 1)).sum()) if variance > 0 else float("nan")
    return _compared(difference, variance, df, level, alternative)


def mean_test(
    x: npt.ArrayLike, mean: float = 0.0, *, level: float = 0.95, alternative: Alternative = "two-sided"
) -> MeanComparison:
    """Test the mean of one sample against a given number.

    Parameters
    ----------
    x : (n,) array
    mean : float
    level : float
    alternative : {"two-sided", "less", "greater"}
        That the mean differs, is smaller, is larger. The interval of the last two has one end.

    Returns
    -------
    MeanComparison

    Raises
    ------
    RequestError
        ``array-shape``, ``not-a-fraction``, ``unknown-option``.

    Examples
    --------
    >>> round(mean_test([1, 2, 3, 4], 2).test.statistic, 4)
    0.7746
    """
    sample = sample_of("x", x)
    if len(sample) < TWO:
        return _compared(float("nan"), float("nan"), float("nan"), level, alternative)
    moments = _Moments.of([sample])
    n = float(moments.n[0])
    variance = float(moments.squares[0]) / (n - 1) / n
    return _compared(float(moments.mean[0]) - mean, variance, n - 1, level, alternative)


def _compared(
    difference: float, variance: float, df: float, level: float, alternative: Alternative
) -> MeanComparison:
    error = float(np.sqrt(variance))
    t = difference / error if error > 0 else float("nan")
    limits = t_interval(difference, error, df, level_of(level, alternative))
    low, high = float(limits.low), float(limits.high)
    if not np.isnan(low):
        low, high = one_ended(low, high, alternative)
    test = Tested(t, directed_p(t, float(t_two_sided_p(t, df)), alternative), df)
    return MeanComparison(test, difference, error, low, high)


def anova(samples: Sequence[npt.ArrayLike]) -> VarianceTable:
    """Test whether several samples have one mean, supposing equal variances (Fisher 1925).

    Parameters
    ----------
    samples : sequence of (n_k,) arrays
        Two or more; empty ones are left out.

    Returns
    -------
    VarianceTable
        NaN where fewer than two samples hold values, or no value differs from its sample's mean.

    Raises
    ------
    RequestError
        ``array-shape``.

    Examples
    --------
    >>> round(anova([[1, 2, 3], [2, 3, 4], [5, 6, 7]]).test.statistic, 4)
    13.0
    """
    moments = _Moments.of([sample for sample in samples_of(samples) if len(sample)])
    between, within, df, df2 = _sums_of_squares(moments)
    usable = df > 0 and df2 > 0 and within > 0
    f = between / df / (within / df2) if usable else float("nan")
    return VarianceTable(Tested(f, float(f_p(f, df, df2)), df, df2), between, within)


def _sums_of_squares(moments: _Moments) -> tuple[float, float, float, float]:
    n = float(moments.n.sum())
    centre = float(moments.n @ moments.mean) / n if n else float("nan")
    between = float(moments.n @ (moments.mean - centre) ** 2)
    groups = len(moments.n)
    return between, float(moments.squares.sum()), groups - 1, n - groups


def welch_anova(samples: Sequence[npt.ArrayLike]) -> Tested:
    """Test whether several samples have one mean, variances differing (Welch 1951, *Biometrika* 38: 330-336).

    Parameters
    ----------
    samples : sequence of (n_k,) arrays
        Two or more, each of two values or more.

    Returns
    -------
    Tested
        NaN where a sample has fewer than two values or none that differ.

    Raises
    ------
    RequestError
        ``array-shape``.

    Examples
    --------
    >>> round(welch_anova([[1, 2, 3], [2, 3, 5], [5, 6, 9]]).statistic, 4)
    5.2704
    """
    held = samples_of(samples)
    groups = len(held)
    moments = _Moments.of(held)
    if (moments.n < TWO).any() or not (moments.squares > 0).all():
        return Tested(float("nan"), float("nan"), groups - 1)
    weight = moments.n / (moments.squares / (moments.n - 1))
    total = float(weight.sum())
    spread = float(((1 - weight / total) ** 2 / (moments.n - 1)).sum()) / (groups**2 - 1)
    centre = float(weight @ moments.mean) / total
    between = float(weight @ (moments.mean - centre) ** 2) / (groups - 1)
    f = between / (1 + 2 * (groups - 2) * spread)
    df2 = 1 / (3 * spread)
    return Tested(f, float(f_p(f, groups - 1, df2)), groups - 1, df2)


def bartlett(samples: Sequence[npt.ArrayLike]) -> Tested:
    """Test whether several samples have one variance; sensitive to distributions that are not normal.

    Parameters
    ----------
    samples : sequence of (n_k,) arrays
        Two or more, each of two values or more.

    Returns
    -------
    Tested
        Bartlett's (1937) K² on K - 1 degrees of freedom; NaN where a sample has fewer than two values or none
        that differ.

    Raises
    ------
    RequestError
        ``array-shape``.

    Examples
    --------
    >>> round(bartlett([[1, 2, 3, 5], [1, 5, 9, 20]]).statistic, 4)
    4.711
    """
    held = samples_of(samples)
    moments = _Moments.of(held)
    groups = len(held)
    if (moments.n < TWO).any() or not (moments.squares > 0).all():
        return Tested(float("nan"), float("nan"), groups - 1)
    df = moments.n - 1
    total = float(df.sum())
    pooled = float(moments.squares.sum()) / total
    distance = total * np.log(pooled) - float(df @ np.log(moments.squares / df))
    statistic = float(distance / (1 + (float((1 / df).sum()) - 1 / total) / (3 * (groups - 1))))
    return Tested(statistic, float(chi_square_p(statistic, groups - 1)), groups - 1)


def tukey(samples: Sequence[npt.ArrayLike], *, level: float = 0.95) -> RangeComparisons:
    """Compare all pairs of means, the whole family at one level (Tukey 1953; Kramer 1956 for unequal sizes).

    Parameters
    ----------
    samples : sequence of (n_k,) arrays
        Two or more, none empty.
    level : float

    Returns
    -------
    RangeComparisons
        Pairs in the order 1-0, 2-0, ..., 2-1, .... NaN where the analysis of variance has no F.

    Raises
    ------
    RequestError
        ``array-shape``, also for an empty sample; ``not-a-fraction``.

    Examples
    --------
    >>> result = tukey([[1, 2, 3], [2, 3, 4], [5, 6, 7]])
    >>> result.difference.tolist(), result.p_value.round(4).tolist()
    ([1.0, 4.0, 3.0], [0.4827, 0.0065, 0.0242])
    """
    held = samples_of(samples)
    if min(map(len, held)) < 1:
        raise RequestError.array_shape("samples", "a value in each", [len(sample) for sample in held])
    moments = _Moments.of(held)
    _, within, _, df = _sums_of_squares(moments)
    first, second = np.triu_indices(len(held), 1)
    difference = moments.mean[second] - moments.mean[first]
    variance = within / df if df > 0 and within > 0 else float("nan")
    error = np.sqrt(variance / 2 * (1 / moments.n[second] + 1 / moments.n[first]))
    p = np.array([range_p(abs(q), len(held), df) for q in (difference / error).tolist()])
    margin = range_quantile(level, len(held), df) * error
    return RangeComparisons(
        np.column_stack([second, first]), difference, difference - margin, difference + margin, p
    )


def hedges_g(d: npt.ArrayLike, df: npt.ArrayLike) -> Floats:
    """Correct Cohen's d for its bias in small samples (Hedges 1981, *J. Educ. Stat.* 6: 107-128).

    Parameters
    ----------
    d : array
        :func:`.inference.cohen_d`.
    df : array
        Both bases together less 2.

    Returns
    -------
    float array
        ``d Γ(df/2) / (√(df/2) Γ((df - 1)/2))``, not its usual approximation. NaN where ``df`` is below 2.

    Examples
    --------
    >>> float(hedges_g(0.5, 18).round(4))
    0.4788
    """
    from scipy.special import gammaln  # noqa: PLC0415 - 0.3 s, paid by those who ask for it

    freedom = np.asarray(df, dtype=np.float64)
    half = np.where(freedom >= TWO, freedom, np.nan) / 2
    factor = np.exp(gammaln(half) - gammaln(half - 0.5)) / np.sqrt(half)
    g: Floats = np.asarray(np.asarray(d, dtype=np.float64) * factor)
    return g
