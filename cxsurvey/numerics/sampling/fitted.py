"""One way to an estimate under any design: an estimator, a design, and what they give together.

An *estimator* knows the answers and no design; a *design* knows who was drawn and how, and no answers.
:func:`fit` brings them together. A domain (a subgroup, or those who answered) belongs to the estimator: its
members are marked, and every row stays in the design.

=======================================  ==============================================================
designs                                  :class:`.multistage.Multistage` (linearization),
                                         :class:`.replication.Replicated` (replicate weights)
estimators                               :mod:`..estimation.estimators`; anything else with the three parts of
                                         :class:`Estimator`
=======================================  ==============================================================
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from cxsurvey.errors import RequestError
from cxsurvey.numerics.arrays import Bools, Floats, Ints, same_length
from cxsurvey.numerics.tables.inference import Interval, t_interval
from cxsurvey.numerics.tables.variance import NOISE, Contrasts, linear_contrasts

if TYPE_CHECKING:
    import numpy.typing as npt


class Estimator(Protocol):
    """K estimates as a function of the weights of n respondents."""

    @property
    def members(self) -> Bools:
        """Who each estimate is of: (n, K)."""

    def at(self, weights: Floats) -> Floats:
        """Give the estimates under weights (n,): (K,), NaN where there is none."""

    def influence(self, weights: Floats) -> Floats:
        """Give the linearized contribution of each respondent: (n, K), its weight included.

        The scale is that of the estimate: the variance of an estimate under a with-replacement sample of
        respondents is about the sum of squares of its column. A column sums to 0 for a ratio, to the total
        for a total. Who is not a member has 0. Where the estimate is NaN the column is NaN or 0.
        """


class SurveyDesign(Protocol):
    """A sample that can give the covariance of any estimator."""

    @property
    def weights(self) -> Floats:
        """Sampling weights: (n,)."""

    @property
    def n(self) -> int:
        """Respondents, weights of zero included."""

    def covariance(self, estimator: Estimator) -> Floats:
        """Give the covariance of an estimator: (K, K)."""

    def degrees_of_freedom(self, member: npt.ArrayLike | None = None) -> int:
        """Count the degrees of freedom, of the whole design or of a domain (n,) bool."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """K estimates with their covariance under a design.

    Attributes
    ----------
    estimate : (K,) float
        NaN where the domain is empty.
    covariance : (K, K) float
        NaN in the rows and columns of estimates that are NaN.
    df : (K,) int
        Degrees of freedom of the design within the members of each estimate.
    n : (K,) int
        Members of each estimate, unweighted.
    """

    estimate: Floats
    covariance: Floats
    df: Ints
    n: Ints

    @property
    def std_error(self) -> Floats:
        """Standard errors: (K,)."""
        return np.sqrt(np.diag(self.covariance))

    def interval(self, *, level: float = 0.95, df: npt.ArrayLike | None = None) -> Interval:
        """Give t intervals.

        Parameters
        ----------
        level : float
        df : array, optional
            Degrees of freedom, infinite for the normal distribution; each estimate's own when left out.

        Returns
        -------
        Interval
            (K,) each; NaN where ``df`` is not above 0.

        Raises
        ------
        RequestError
            ``not-a-fraction``.
        """
        return t_interval(self.estimate, self.std_error, self.df if df is None else df, level)

    def contrasts(self, L: npt.ArrayLike) -> Contrasts:
        """Combine the estimates linearly.

        Parameters
        ----------
        L : (J, K) array
            Coefficients, as in :func:`.variance.linear_contrasts`.

        Returns
        -------
        Contrasts

        Raises
        ------
        RequestError
            ``array-shape``; ``not-a-covariance``.
        """
        return linear_contrasts(self.estimate, self.covariance, L)


def fit(design: SurveyDesign, estimator: Estimator) -> Fitted:
    """Estimate, with the covariance that the design gives.

    Parameters
    ----------
    design : Multistage or Replicated
    estimator : Estimator
        Over the n respondents of the design.

    Returns
    -------
    Fitted
        A variance that is rounding beside its estimate is 0.

    Raises
    ------
    RequestError
        ``array-shape`` when the estimator is of another number of respondents.
    DataFault
        ``lonely-stratum``, as the design's rule has it.

    Examples
    --------
    >>> import numpy as np
    >>> from cxsurvey.numerics.estimation.estimators import means
    >>> from cxsurvey.numerics.sampling.multistage import multistage_design
    >>> design = multistage_design(np.ones(4), clusters=[["a", "a", "b", "c"]])
    >>> fitted = fit(design, means([1.0, 3.0, 2.0, 6.0]))
    >>> fitted.estimate.tolist(), fitted.std_error.round(4).tolist(), fitted.df.tolist()
    ([3.0], [1.1456], [2])
    """
    members = estimator.members
    estimate, covariance = point_and_covariance(design, estimator)
    df = _df_by_domain(design, members)
    return Fitted(estimate, covariance, df, members.sum(axis=0, dtype=np.intp))


def point_and_covariance(design: SurveyDesign, estimator: Estimator) -> tuple[Floats, Floats]:
    """Estimate, with the covariance and without the degrees of freedom, which can take longer.

    Parameters
    ----------
    design : Multistage or Replicated
    estimator : Estimator

    Returns
    -------
    estimate : (K,) float
    covariance : (K, K) float
        As :class:`Fitted` has them.

    Raises
    ------
    RequestError, DataFault
        As :func:`fit`.

    Examples
    --------
    >>> import numpy as np
    >>> from cxsurvey.numerics.estimation.estimators import totals
    >>> from cxsurvey.numerics.sampling.multistage import multistage_design
    >>> estimate, covariance = point_and_covariance(multistage_design(np.ones(4)), totals([1.0, 1.0, 1.0, 3.0]))
    >>> estimate.tolist(), covariance.round(6).tolist()
    ([6.0], [[4.0]])
    """
    members = estimator.members
    if members.ndim != 2 or len(members) != design.n:  # noqa: PLR2004 - a matrix
        raise RequestError.array_shape("members", f"({design.n}, estimates)", members.shape)
    estimate = estimator.at(design.weights)
    covariance = np.array(design.covariance(estimator))
    constant = np.diag(covariance) <= (NOISE * np.abs(estimate)) ** 2
    unknown = np.isnan(estimate) | np.isnan(np.diag(covariance))
    for rows, value in ((constant, 0.0), (unknown, np.nan)):
        covariance[rows, :] = value
        covariance[:, rows] = value
    return estimate, covariance


def domain_mask(domain: npt.ArrayLike | None, n: int) -> Bools:
    """Give a domain as (n,) bool; everybody when it is left out.

    Parameters
    ----------
    domain : (n,) bool or None
    n : int
        Respondents.

    Returns
    -------
    (n,) bool

    Raises
    ------
    RequestError
        ``array-shape``.

    Examples
    --------
    >>> domain_mask(None, 2).tolist(), domain_mask([0, 1], 2).tolist()
    ([True, True], [False, True])
    """
    if domain is None:
        return np.ones(n, dtype=np.bool_)
    mask = np.asarray(domain, dtype=np.bool_)
    same_length("domain", mask, n)
    return mask


def _df_by_domain(design: SurveyDesign, members: Bools) -> Ints:
    """Count once for estimates of the same members."""
    known: dict[bytes, int] = {}
    df = np.zeros(members.shape[1], dtype=np.intp)
    if members.size and members.strides[1] == 0:  # the same members, seen once for each estimate
        return df + design.degrees_of_freedom(members[:, 0])
    for k, member in enumerate(members.T):
        key = np.packbits(member).tobytes()
        if key not in known:
            known[key] = design.degrees_of_freedom(member)
        df[k] = known[key]
    return df
