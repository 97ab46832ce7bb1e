"""t tests of means under any design: one mean, or the gap of two groups."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cxsurvey.errors import DataFault
from cxsurvey.numerics.arrays import Bools, Floats, as_floats, checked_codes, same_length
from cxsurvey.numerics.estimation.estimators import by_group, means
from cxsurvey.numerics.probability.tails import t_two_sided_p
from cxsurvey.numerics.sampling.fitted import domain_mask, fit
from cxsurvey.numerics.tables.inference import t_interval

if TYPE_CHECKING:
    import numpy.typing as npt

    from cxsurvey.numerics.sampling.fitted import Estimator, SurveyDesign

PAIR = 2


@dataclass(frozen=True, slots=True)
class MeanTest:
    """A t test.

    Attributes
    ----------
    estimate, std_error : float
        The mean less its hypothetical value, or the gap.
    statistic, df, p_value : float
    conf_low, conf_high : float
    n : int
        Respondents, unweighted.
    """

    estimate: float
    std_error: float
    statistic: float
    df: int
    p_value: float
    conf_low: float
    conf_high: float
    n: int


@dataclass(frozen=True, slots=True)
class Gap:
    """The second of two estimates less the first, as an estimator of its own.

    A replicate that cannot make one of the two cannot make the gap.

    Attributes
    ----------
    pair : Estimator
        Of two estimates.
    """

    pair: Estimator

    @property
    def members(self) -> Bools:
        """Who is in either: (n, 1)."""
        either: Bools = self.pair.members[:, :1] | self.pair.members[:, 1:]
        return either

    def at(self, weights: Floats) -> Floats:
        """Give the gap: (1,)."""
        return np.diff(self.pair.at(weights))

    def influence(self, weights: Floats) -> Floats:
        """Give the influence on the gap: (n, 1)."""
        return np.diff(self.pair.influence(weights), axis=1)


def mean_test(
    design: SurveyDesign,
    values: npt.ArrayLike,
    *,
    hypothesis: float = 0.0,
    domain: npt.ArrayLike | None = None,
    level: float = 0.95,
) -> MeanTest:
    """Test one mean.

    Parameters
    ----------
    design : Multistage or Replicated
    values : (n,) array
        NaN is outside the domain.
    hypothesis : float
        What the mean is tested against; the estimate is the mean less this.
    domain : (n,) bool, optional
    level : float
        Of the interval.

    Returns
    -------
    MeanTest
        With the degrees of freedom of the domain less 1, as R's ``svyttest`` (a regression on a constant). The
        p-value is NaN where that leaves none, or where the standard error is 0.

    Raises
    ------
    RequestError
        ``array-shape``, ``not-a-fraction``.
    DataFault
        ``lonely-stratum``.

    Examples
    --------
    >>> from cxsurvey.numerics.sampling.multistage import multistage_design
    >>> test = mean_test(multistage_design(np.ones(5)), [1.0, 2.0, 3.0, 4.0, 5.0])
    >>> round(test.statistic, 4), test.df, round(test.p_value, 4)
    (4.2426, 3, 0.024)
    """
    y = as_floats(values)
    same_length("values", y, design.n)
    inside = domain_mask(domain, design.n) & ~np.isnan(y)
    fitted = fit(design, means(np.where(inside, y, 0.0), domain=inside))
    df = int(fitted.df[0]) - 1
    return _tested(float(fitted.estimate[0]) - hypothesis, float(fitted.std_error[0]), df, inside, level)


def two_means_test(
    design: SurveyDesign,
    values: npt.ArrayLike,
    group: npt.ArrayLike,
    *,
    domain: npt.ArrayLike | None = None,
    level: float = 0.95,
) -> MeanTest:
    """Test the gap between the means of two groups.

    Parameters
    ----------
    design : Multistage or Replicated
    values : (n,) array
        NaN is outside the domain.
    group : (n,) int
        Codes from 0, and -1 for outside; two of them occur in the domain. The gap is the mean of the higher
        code less that of the lower.
    domain : (n,) bool, optional
    level : float
        Of the interval.

    Returns
    -------
    MeanTest
        With the degrees of freedom of the union of both groups less 1, as R's ``svyttest``; groups that share
        clusters are correlated, which the standard error knows.

    Raises
    ------
    DataFault
        ``not-two-groups``; ``lonely-stratum``.
    RequestError
        ``array-shape``, ``code-out-of-range``, ``not-a-fraction``.

    Examples
    --------
    >>> from cxsurvey.numerics.sampling.multistage import multistage_design
    >>> test = two_means_test(multistage_design(np.ones(6)), [1.0, 2, 3, 3, 5, 7], [0, 0, 0, 1, 1, 1])
    >>> test.estimate, round(test.std_error, 4), test.df
    (3.0, 1.1547, 4)
    """
    y = as_floats(values)
    same_length("values", y, design.n)
    codes = checked_codes("group", group, design.n, int(np.max(group, initial=-1)) + 1)
    inside = domain_mask(domain, design.n) & ~np.isnan(y) & (codes >= 0)
    known = np.unique(codes[inside])
    if len(known) != PAIR:
        raise DataFault.not_two_groups(len(known))
    place = np.where(inside, codes == known[1], -1).astype(np.intp)
    gap = fit(design, Gap(by_group(means(np.where(inside, y, 0.0), domain=inside), place, PAIR)))
    return _tested(float(gap.estimate[0]), float(gap.std_error[0]), int(gap.df[0]) - 1, inside, level)


def _tested(estimate: float, std_error: float, df: int, inside: Bools, level: float) -> MeanTest:
    statistic = estimate / std_error if std_error > 0 else float("nan")
    limits = t_interval(estimate, std_error, df, level)
    p: Floats = t_two_sided_p(statistic, df)
    return MeanTest(
        estimate, std_error, statistic, df, float(p), float(limits.low), float(limits.high), int(inside.sum())
    )
