"""Rank tests under any design, of whether groups differ in where their answers lie.

The estimated population ranks of the answers are scored, and the scores regressed on the groups; the variance
of the coefficients is that of the design, the scores taken as given (Lumley and Scott 2013, *Biometrika* 100:
831-842; R's ``svyranktest``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from cxsurvey.errors import DataFault, RequestError
from cxsurvey.numerics.arrays import Bools, Floats, Ints, as_floats, checked_codes, same_length
from cxsurvey.numerics.estimation.estimators import totals
from cxsurvey.numerics.probability.tails import t_two_sided_p
from cxsurvey.numerics.sampling.fitted import domain_mask, fit
from cxsurvey.numerics.tables.variance import NOISE

if TYPE_CHECKING:
    import numpy.typing as npt

    from cxsurvey.numerics.sampling.fitted import SurveyDesign

RankScore = Literal["wilcoxon", "van-der-waerden", "median"]
TieRule = Literal["midpoint", "row-order"]
PAIR = 2


@dataclass(frozen=True, slots=True)
class RankTest:
    """A rank test of G groups.

    Attributes
    ----------
    difference : float
        Mean score of the second group less the first; NaN for more than two groups.
    statistic : float
        t for two groups, else the chi-square of Wald's test.
    df, df_denominator : float
        1 and those of t for two groups; else G - 1 and those of the F that gives p.
    p_value : float
    n : int
        Respondents, unweighted.
    """

    difference: float
    statistic: float
    df: float
    df_denominator: float
    p_value: float
    n: int


def rank_test(
    design: SurveyDesign,
    values: npt.ArrayLike,
    group: npt.ArrayLike,
    *,
    domain: npt.ArrayLike | None = None,
    score: RankScore = "wilcoxon",
    ties: TieRule = "midpoint",
) -> RankTest:
    """Test whether groups differ in rank: Wilcoxon's test of two, Kruskal and Wallis's of more.

    Parameters
    ----------
    design : Multistage or Replicated
    values : (n,) array
        NaN is outside the domain.
    group : (n,) int
        Codes from 0, and -1 for outside; those that occur in the domain are compared.
    domain : (n,) bool, optional
    score : {"wilcoxon", "van-der-waerden", "median"}
        The rank as a fraction r of the population, the normal quantile of r, or whether r is above one half.
    ties : {"midpoint", "row-order"}
        Tied answers take the middle of the weights they cover; or, as R does, the mean of their ranks in the
        order of the rows, which depends on that order when their weights differ.

    Returns
    -------
    RankTest
        Two groups: t with the degrees of freedom of the domain less 1. More: Wald's chi-square over G - 1
        against F with G - 1 and the degrees of freedom of the domain less G - 1. p is NaN where that leaves
        none or where the scores do not vary.

    Raises
    ------
    DataFault
        ``too-few-rank-groups``; ``lonely-stratum``.
    RequestError
        ``array-shape``, ``code-out-of-range``, ``unknown-option``.

    Examples
    --------
    >>> from cxsurvey.numerics.sampling.multistage import multistage_design
    >>> test = rank_test(multistage_design(np.ones(8)), [1, 3, 2, 4, 6, 8, 7, 5], [0, 0, 0, 1, 1, 1, 1, 0])
    >>> round(test.difference, 3), round(test.statistic, 3), test.df_denominator
    (0.438, 3.13, 6.0)
    """
    for name, given, known in (("score", score, get_args(RankScore)), ("ties", ties, get_args(TieRule))):
        if given not in known:
            raise RequestError.unknown_option(name, given, known)
    y = as_floats(values)
    same_length("values", y, design.n)
    codes = checked_codes("group", group, design.n, int(np.max(group, initial=-1)) + 1)
    inside = domain_mask(domain, design.n) & ~np.isnan(y) & (codes >= 0)
    present, place = np.unique(codes[inside], return_inverse=True)
    if len(present) < PAIR:
        raise DataFault.too_few_rank_groups(len(present))
    ranks = _population_ranks(y[inside], design.weights[inside], ties)
    return _tested(design, inside, place, len(present), _scored(ranks, score))


def _population_ranks(y: Floats, w: Floats, ties: TieRule) -> Floats:
    """Give the estimated share of the population below each answer, half of itself included."""
    support, position = np.unique(y, return_inverse=True)
    if ties == "midpoint":
        mass = np.bincount(position, w, minlength=len(support))
        middle = np.cumsum(mass) - mass / 2
    else:
        order = np.argsort(y, kind="stable")
        each = np.empty(len(y))
        each[order] = np.cumsum(w[order]) - w[order] / 2
        middle = np.bincount(position, each) / np.bincount(position)
    share: Floats = middle[position] / w.sum()
    return share


def _scored(ranks: Floats, score: RankScore) -> Floats:
    from scipy.special import ndtri  # noqa: PLC0415 - 0.3 s, paid by those who ask for a test

    if score == "median":
        return (ranks > 1 / 2).astype(np.float64)
    return np.asarray(ndtri(ranks)) if score == "van-der-waerden" else ranks


def _tested(design: SurveyDesign, inside: Bools, place: Ints, n_groups: int, scores: Floats) -> RankTest:
    from scipy.special import fdtrc  # noqa: PLC0415 - as in _scored

    w = design.weights[inside]
    X = np.column_stack([np.ones(len(place)), place[:, None] == np.arange(1, n_groups)]).astype(np.float64)
    bread = np.linalg.pinv(X.T @ (w[:, None] * X))
    coefficients = bread @ (X.T @ (w * scores))
    influence = np.zeros((design.n, n_groups - 1))
    residual = scores - X @ coefficients
    residual[np.abs(residual) <= NOISE * np.abs(scores).max()] = 0.0  # groups of one score each: rounding
    influence[inside] = (residual[:, None] * X @ bread)[:, 1:]
    V = fit(design, totals(influence, domain=inside)).covariance
    df, n, beta = design.degrees_of_freedom(inside), int(inside.sum()), coefficients[1:]
    if n_groups == PAIR:
        t = float(beta[0] / np.sqrt(V[0, 0])) if V[0, 0] > 0 else float("nan")
        return RankTest(float(beta[0]), t, 1.0, float(df - 1), float(t_two_sided_p(t, df - 1)), n)
    k, whole = n_groups - 1, bool(np.isfinite(V).all())
    full = whole and np.linalg.matrix_rank(V) == n_groups - 1
    chi_square = float(beta @ np.linalg.solve(V, beta)) if full else float("nan")
    p = float(fdtrc(k, df - k, chi_square / k)) if df > k else float("nan")
    return RankTest(float("nan"), chi_square, float(k), float(df - k), p, n)
