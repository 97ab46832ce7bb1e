"""Tests of independence in a two-way table, under any design; see :mod:`..tables.rao_scott` for the theory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, get_args

import numpy as np

from cxsurvey.errors import DataFault, RequestError
from cxsurvey.numerics.arrays import Floats, Ints, checked_codes
from cxsurvey.numerics.estimation.estimators import means, totals
from cxsurvey.numerics.sampling.fitted import domain_mask, fit
from cxsurvey.numerics.tables.rao_scott import (
    IndependenceStatistic,
    IndependenceTest,
    pearson_statistic,
    rao_scott_test,
)

if TYPE_CHECKING:
    import numpy.typing as npt

    from cxsurvey.numerics.sampling.fitted import SurveyDesign

LEAST_LEVELS = 2


@dataclass(frozen=True, slots=True)
class _Cells:
    """The table over levels that somebody chose: codes of rows and columns, and their numbers of levels."""

    cell: Ints
    inside: npt.NDArray[np.bool_]
    n_rows: int
    n_columns: int

    @property
    def df(self) -> int:
        return (self.n_rows - 1) * (self.n_columns - 1)

    @property
    def indicators(self) -> npt.NDArray[np.bool_]:
        marks: npt.NDArray[np.bool_] = self.cell[:, None] == np.arange(self.n_rows * self.n_columns)
        return marks


def independence_test(
    design: SurveyDesign,
    row: npt.ArrayLike,
    column: npt.ArrayLike,
    *,
    domain: npt.ArrayLike | None = None,
    statistic: IndependenceStatistic = "F",
    base: float | None = None,
    df: float | None = None,
) -> IndependenceTest:
    """Test whether two answers are independent.

    Parameters
    ----------
    design : Multistage or Replicated
    row, column : (n,) int
        Levels from 0, and -1 for no answer, which is outside the table. Levels that nobody in the domain chose
        are left out.
    domain : (n,) bool, optional
    statistic : {"F", "chisq", "wald", "adjusted-wald", "saddlepoint"}
        F: X² over the sum of deltas, with second-order (Satterthwaite) degrees of freedom d and d times those
        of the design (Rao and Scott 1984; Thomas and Rao 1987). chisq: X² over the mean delta against
        chi-square. wald: Koch, Freeman and Freeman's (1975) test of observed less expected totals against F;
        adjusted-wald corrects its degrees of freedom. saddlepoint: X² against the sum of chi-squares, each
        times its delta, over a mean square with the second degrees of freedom of F.
    base : float, optional
        What X² and the deltas are blown up to; the respondents in the table when left out (R takes those in
        the domain, whether they answered or not). No p-value depends on it.
    df : float, optional
        Degrees of freedom of the design; when left out those of the domain, with those who did not answer.

    Returns
    -------
    IndependenceTest

    Raises
    ------
    DataFault
        ``table-too-small`` when fewer than two rows or columns have respondents; ``lonely-stratum``.
    RequestError
        ``array-shape``, ``code-out-of-range``, ``unknown-option``.

    Notes
    -----
    p is NaN where the design leaves no degrees of freedom, and for a Wald test with more cells than it has.

    Examples
    --------
    >>> from cxsurvey.numerics.sampling.multistage import multistage_design
    >>> row, column = np.repeat([0, 0, 1, 1], [30, 20, 15, 35]), np.repeat([0, 1, 0, 1], [30, 20, 15, 35])
    >>> test = independence_test(multistage_design(np.ones(100)), row, column)
    >>> round(test.pearson, 3), round(test.statistic, 3), round(test.p_value, 4)
    (9.091, 9.0, 0.0034)
    """
    if statistic not in get_args(IndependenceStatistic):
        raise RequestError.unknown_option("statistic", statistic, get_args(IndependenceStatistic))
    cells = _cells(design, row, column, domain)
    fitted = fit(design, means(cells.indicators, domain=cells.inside))
    size = float(fitted.n[0]) if base is None else float(base)
    nu = design.degrees_of_freedom(domain) if df is None else df
    shape = (cells.n_rows, cells.n_columns)
    if statistic == "wald" or statistic == "adjusted-wald":  # noqa: PLR1714 - mypy narrows by equality only
        pearson = pearson_statistic(fitted.estimate, shape, size)
        return _wald(design, cells, nu, pearson, adjusted=statistic == "adjusted-wald")
    return rao_scott_test(
        fitted.estimate, fitted.covariance, shape, n=int(fitted.n[0]), df=nu, statistic=statistic, base=size
    )


def _cells(
    design: SurveyDesign, row: npt.ArrayLike, column: npt.ArrayLike, domain: npt.ArrayLike | None
) -> _Cells:
    inside = domain_mask(domain, design.n)
    codes = [
        checked_codes(name, given, design.n, int(np.max(given, initial=-1)) + 1)
        for name, given in (("row", row), ("column", column))
    ]
    inside = inside & (codes[0] >= 0) & (codes[1] >= 0)
    weighed = inside & (design.weights > 0)
    levels = [np.unique(code[weighed]) for code in codes]
    sizes = [len(found) for found in levels]
    if min(sizes) < LEAST_LEVELS:
        raise DataFault.table_too_small(*sizes)
    inside &= np.isin(codes[0], levels[0]) & np.isin(codes[1], levels[1])
    place = [np.searchsorted(found, code) for found, code in zip(levels, codes, strict=True)]
    return _Cells(np.where(inside, place[0] * sizes[1] + place[1], -1), inside, *sizes)


def _wald(
    design: SurveyDesign, cells: _Cells, nu: float, pearson: float, *, adjusted: bool
) -> IndependenceTest:
    from scipy.special import fdtrc  # noqa: PLC0415 - 0.3 s, paid by those who ask for a test

    fitted = fit(design, totals(cells.indicators, domain=cells.inside))
    residual, jacobian = _residuals(cells, fitted.estimate)
    covariance = jacobian @ fitted.covariance @ jacobian.T
    k = cells.df
    value, ddf = float("nan"), float(nu - k + 1 if adjusted else nu)
    if np.linalg.matrix_rank(covariance) == k:
        value = float(residual @ np.linalg.solve(covariance, residual)) / k
    value = value * ddf / nu if adjusted and nu > 0 else value
    p = float(fdtrc(k, ddf, value)) if ddf > 0 else float("nan")
    return IndependenceTest(value, float(k), ddf, p, pearson, np.zeros(0), int(fitted.n.sum()))


def _residuals(cells: _Cells, totals_of_cells: Floats) -> tuple[Floats, Floats]:
    """Give observed less expected totals of all but the last row and column, and their derivatives."""
    table = totals_of_cells.reshape(cells.n_rows, cells.n_columns)
    rows, columns, whole = table.sum(axis=1), table.sum(axis=0), table.sum()
    residual = table - np.outer(rows, columns) / whole
    eye_r, eye_c = np.eye(cells.n_rows), np.eye(cells.n_columns)
    slope = np.einsum("ia,jb->ijab", eye_r, eye_c)
    slope = slope - np.einsum("ia,j->ija", eye_r, columns / whole)[:, :, :, None]
    slope = slope - np.einsum("jb,i->ijb", eye_c, rows / whole)[:, :, None, :]
    slope = slope + (np.outer(rows, columns) / whole**2)[:, :, None, None]
    return residual[:-1, :-1].ravel(), slope[:-1, :-1].reshape(cells.df, -1)
