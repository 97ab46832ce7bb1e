"""Chi-square tests of counts: tables, given shares, paired answers, tables in strata.

For simple samples; weighted and clustered ones need the design-based tests.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cxsurvey.errors import RequestError
from cxsurvey.numerics.arrays import Floats, as_floats
from cxsurvey.numerics.classic.exact_tests import binomial_test
from cxsurvey.numerics.classic.tested import Tested, counts_of
from cxsurvey.numerics.probability.tails import normal_quantile
from cxsurvey.numerics.probability.upper_tails import chi_square_p

if TYPE_CHECKING:
    import numpy.typing as npt

HALF = 0.5  # of a respondent: Yates' correction for continuity
SUMS_TO_ONE = 1e-9
TWO_BY_TWO = (2, 2)


@dataclass(frozen=True, slots=True, eq=False)
class TableTest:
    """Pearson's chi-square test of an R x C table.

    Attributes
    ----------
    test : Tested
        NaN where a row or column is empty, or there is only one.
    expected : (R, C) float
        Counts under independence.
    residuals : (R, C) float
        ``(observed - expected) / sqrt(expected)``.
    standardized : (R, C) float
        Residuals over their standard errors (Haberman 1973), about normal under independence.
    cramers_v : float
        ``sqrt(chi² / (n (min(R, C) - 1)))``, without correction for continuity.
    """

    test: Tested
    expected: Floats
    residuals: Floats
    standardized: Floats
    cramers_v: float


@dataclass(frozen=True, slots=True)
class StrataTest:
    """Cochran, Mantel and Haenszel's test of 2 x 2 tables in strata.

    Attributes
    ----------
    test : Tested
    odds_ratio : float
        Common odds ratio of Mantel and Haenszel (1959).
    conf_low, conf_high : float
        With the variance of Robins, Breslow and Greenland (1986).
    """

    test: Tested
    odds_ratio: float
    conf_low: float
    conf_high: float


def chi_square(table: npt.ArrayLike, *, continuity: bool = False) -> TableTest:
    """Test whether rows and columns of a table are independent (Pearson 1900).

    Parameters
    ----------
    table : (R, C) array
        Counts.
    continuity : bool
        Yates' correction; for a 2 x 2 table only, where no cell moves past its expected count. Left out
        otherwise, as R's ``chisq.test`` does.

    Returns
    -------
    TableTest

    Raises
    ------
    RequestError
        ``array-shape``.
    DataFault
        ``not-counts``.

    Examples
    --------
    >>> result = chi_square([[15, 35], [30, 30]])
    >>> round(result.test.p_value, 4), round(result.cramers_v, 4)
    (0.0336, 0.2025)
    """
    counts = counts_of("table", table, 2)
    total = counts.sum() or np.nan
    row, column = counts.sum(axis=1) / total, counts.sum(axis=0) / total
    expected = total * np.multiply.outer(row, column)
    safe = np.where(expected > 0, expected, np.nan)
    residuals = (counts - expected) / np.sqrt(safe)
    with np.errstate(divide="ignore", invalid="ignore"):  # a row that holds everybody has no spread
        standardized = residuals / np.sqrt(np.multiply.outer(1 - row, 1 - column))
    statistic = float((residuals**2).sum())
    corrected = statistic
    if continuity and counts.shape == TWO_BY_TWO:
        distance = np.abs(counts - expected)
        corrected = float((((distance - min(HALF, float(distance.min()))) ** 2) / safe).sum())
    df = (counts.shape[0] - 1) * (counts.shape[1] - 1)
    smallest = min(counts.shape) - 1
    v = float(np.sqrt(statistic / (total * smallest))) if smallest > 0 else float("nan")
    return TableTest(_chi_square(corrected, df), expected, residuals, standardized, v)


def goodness_of_fit(counts: npt.ArrayLike, shares: npt.ArrayLike | None = None) -> Tested:
    """Test counts against given shares (Pearson 1900).

    Parameters
    ----------
    counts : (K,) array
    shares : (K,) array, optional
        They sum to 1; equal ones by default.

    Returns
    -------
    Tested
        K - 1 degrees of freedom; infinite where a share of 0 was observed.

    Raises
    ------
    RequestError
        ``array-shape``, ``bad-option`` for shares that do not sum to 1.
    DataFault
        ``not-counts``.

    Examples
    --------
    >>> round(goodness_of_fit([20, 30, 50]).statistic, 6)
    14.0
    """
    observed = counts_of("counts", counts, 1)
    wanted = np.full(len(observed), 1 / max(len(observed), 1)) if shares is None else as_floats(shares)
    if wanted.shape != observed.shape:
        raise RequestError.array_shape("shares", f"({len(observed)},)", wanted.shape)
    if not (wanted >= 0).all() or abs(float(wanted.sum()) - 1) > SUMS_TO_ONE:
        raise RequestError.bad_option("shares", wanted.tolist(), "shares that are not negative and sum to 1")
    expected = (observed.sum() or np.nan) * wanted
    possible = expected > 0
    if (observed[expected == 0] > 0).any():
        return Tested(float("inf"), 0.0, len(observed) - 1)
    squares = (observed[possible] - expected[possible]) ** 2 / expected[possible]
    statistic = float(squares.sum()) if possible.any() else float("nan")
    return _chi_square(statistic, len(observed) - 1)


def mcnemar(only_a: float, only_b: float, *, continuity: bool = True, exact: bool = False) -> Tested:
    """Test two shares of the same respondents by those whose answers differ (McNemar 1947).

    Parameters
    ----------
    only_a, only_b : float
        Respondents with one answer and without the other.
    continuity : bool
        Edwards' (1948) correction: the difference comes one nearer to 0.
    exact : bool
        The binomial test instead; its statistic is ``only_a`` and it has no degrees of freedom.

    Returns
    -------
    Tested
        NaN where nobody's answers differ; the exact p-value is 1 then.

    Raises
    ------
    DataFault
        ``not-counts``.

    Examples
    --------
    >>> round(mcnemar(59, 16, continuity=False).statistic, 2), round(mcnemar(5, 1, exact=True).p_value, 4)
    (24.65, 0.2188)
    """
    b, c = counts_of("only_a, only_b", [only_a, only_b], 1, whole=exact).tolist()
    if exact:
        return Tested(b, binomial_test(int(b), int(b + c)).p_value if b + c else 1.0)
    distance = max(abs(b - c) - (1.0 if continuity else 0.0), 0.0)
    return _chi_square(distance**2 / (b + c) if b + c else float("nan"), 1)


def mantel_haenszel(tables: npt.ArrayLike, *, continuity: bool = True, level: float = 0.95) -> StrataTest:
    """Test whether rows and columns are independent within strata.

    Parameters
    ----------
    tables : (S, 2, 2) array
        A table of counts for each stratum; strata of fewer than two respondents say nothing and are left out.
    continuity : bool
        Bring the sum of differences half a respondent nearer to 0.
    level : float

    Returns
    -------
    StrataTest
        NaN where no stratum has two rows and two columns; the interval is NaN for an odds ratio of 0 or
        infinity.

    Raises
    ------
    RequestError
        ``array-shape``, ``not-a-fraction``.
    DataFault
        ``not-counts``.

    Notes
    -----
    Cochran (1954), Mantel and Haenszel (1959, *JNCI* 22: 719-748). With P and Q the shares of a stratum on and
    off its diagonal and R = ad/n, S = bc/n, the variance of the log odds ratio is
    ``ΣPR / 2(ΣR)² + Σ(PS + QR) / 2 ΣR ΣS + ΣQS / 2(ΣS)²`` (Robins, Breslow and Greenland 1986, *Biometrics* 42:
    311-323).

    Examples
    --------
    >>> result = mantel_haenszel([[[10, 5], [4, 11]], [[8, 7], [6, 9]]])
    >>> round(result.odds_ratio, 3), round(result.test.p_value, 3)
    (2.935, 0.075)
    """
    z = normal_quantile(level)
    counts = counts_of("tables", tables, 3)
    if counts.shape[1:] != TWO_BY_TWO:
        raise RequestError.array_shape("tables", "(strata, 2, 2)", counts.shape)
    counts = counts[counts.sum(axis=(1, 2)) > 1]
    n = counts.sum(axis=(1, 2))
    (a, b), (c, d) = np.moveaxis(counts, 0, 2)
    difference = abs(float((a - (a + b) * (a + c) / n).sum()))
    variance = float(((a + b) * (c + d) * (a + c) * (b + d) / (n**2 * (n - 1))).sum())
    if continuity and difference >= HALF:
        difference -= HALF
    statistic = difference**2 / variance if variance > 0 else float("nan")
    r, s, on, off = a * d / n, b * c / n, (a + d) / n, (b + c) / n
    above, below = float(r.sum()), float(s.sum())
    if not (above > 0 and below > 0):
        ratio = float("inf") if above > 0 else 0.0 if below > 0 else float("nan")
        return StrataTest(_chi_square(statistic, 1), ratio, float("nan"), float("nan"))
    log_variance = (on @ r) / (2 * above**2) + (on @ s + off @ r) / (2 * above * below)
    margin = np.exp(z * np.sqrt(log_variance + (off @ s) / (2 * below**2)))
    ratio = above / below
    return StrataTest(_chi_square(statistic, 1), ratio, float(ratio / margin), float(ratio * margin))


def _chi_square(statistic: float, df: int) -> Tested:
    return Tested(statistic, float(chi_square_p(statistic, df)), df)
