"""Rao and Scott's test of independence, from the shares of a two-way table and their covariance.

Pearson's X² of the weighted shares, blown up to n, is not chi-square distributed under a design: it is a sum
of chi-squares, each times a design effect delta of the log-linear interactions (Rao and Scott 1981, 1984). The
deltas are the eigenvalues of ``(C' D⁻¹ C / n)⁻¹ C' D⁻¹ V D⁻¹ C``, V being the covariance of the cell shares, D
the diagonal matrix of those shares as *observed*, and C the interaction contrasts orthogonal to the margins.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from cxsurvey.errors import DataFault, RequestError
from cxsurvey.numerics.arrays import Bools, Floats
from cxsurvey.numerics.probability.weighted_chi_squares import weighted_chi_square_p
from cxsurvey.numerics.tables.variance import ratio_estimates

if TYPE_CHECKING:
    from cxsurvey.numerics.tables.cells import CellTotals

RaoScottStatistic = Literal["F", "chisq", "saddlepoint"]
IndependenceStatistic = Literal["F", "chisq", "wald", "adjusted-wald", "saddlepoint"]
LEAST_LEVELS = 2


@dataclass(frozen=True, slots=True)
class IndependenceTest:
    """A test that rows and columns of a table are independent.

    Attributes
    ----------
    statistic : float
        F for "F" and both Wald tests, Pearson's X² for the others.
    df : float
        Numerator degrees of freedom of F; those of the interaction otherwise.
    df_denominator : float
        Infinite for "chisq".
    p_value : float
    pearson : float
        X² of the weighted shares times n, or times the ``base`` that was given.
    design_effects : ((R-1)(C-1),) float
        The deltas of Rao and Scott, largest first; empty for the Wald tests.
    n : int
        Respondents in the table, unweighted.
    """

    statistic: float
    df: float
    df_denominator: float
    p_value: float
    pearson: float
    design_effects: Floats
    n: int


def table_independence(
    totals: CellTotals,
    n_rows: int,
    n_columns: int,
    *,
    df: int | None = None,
    statistic: RaoScottStatistic = "F",
) -> IndependenceTest:
    """Test whether rows and columns are independent, from the totals of the cells alone.

    Parameters
    ----------
    totals : CellTotals
        Of ``n_rows * n_columns`` cells, numbered row by row: cell = row * n_columns + column. Respondents
        outside all cells stay in the design. Rows and columns without weight are left out.
    n_rows, n_columns : int
    df : int, optional
        Degrees of freedom of the design; PSUs less strata when left out, which counts those in which nobody
        has a weight above zero.
    statistic : {"F", "chisq", "saddlepoint"}
        As in :func:`.independence.independence_test`, which gives the same from the answers.

    Returns
    -------
    IndependenceTest

    Raises
    ------
    RequestError
        ``array-shape`` when the totals are of another number of cells.
    DataFault
        ``table-too-small`` when fewer than two rows or columns have weight; ``lonely-stratum``.

    Examples
    --------
    >>> from cxsurvey.numerics.tables.totals import cell_totals, sample_design
    >>> totals = cell_totals(sample_design(np.ones(100)), np.repeat([0, 1, 2, 3], [30, 20, 15, 35]), 4)
    >>> test = table_independence(totals, 2, 2)
    >>> round(test.pearson, 3), round(test.statistic, 3), round(test.p_value, 4)
    (9.091, 9.0, 0.0034)
    """
    if totals.weight.shape != (n_rows * n_columns,):
        raise RequestError.array_shape("totals", f"{n_rows} x {n_columns} cells", totals.weight.shape)
    kept, shape = _cells_with_weight(totals.weight.reshape(n_rows, n_columns))
    numerator = np.eye(kept.size)[kept]
    denominator = np.broadcast_to(kept.astype(np.float64), numerator.shape)
    shares = ratio_estimates(totals, numerator, denominator)
    whole = int(totals.strata.psus.sum()) - len(totals.strata.psus)
    return rao_scott_test(
        shares.estimate,
        shares.covariance,
        shape,
        n=int(totals.count[kept].sum()),
        df=whole if df is None else df,
        statistic=statistic,
    )


def _cells_with_weight(table: Floats) -> tuple[Bools, tuple[int, int]]:
    """Which cells are in a row and a column with weight, (R * C,), and how many rows and columns those are."""
    rows, columns = (table > 0).any(axis=1), (table > 0).any(axis=0)
    shape = int(rows.sum()), int(columns.sum())
    if min(shape) < LEAST_LEVELS:
        raise DataFault.table_too_small(*shape)
    return np.logical_and.outer(rows, columns).ravel(), shape


def rao_scott_test(
    share: Floats,
    covariance: Floats,
    shape: tuple[int, int],
    *,
    n: int,
    df: float,
    statistic: RaoScottStatistic = "F",
    base: float | None = None,
) -> IndependenceTest:
    """Test independence, given the shares of the cells and their covariance under the design.

    Parameters
    ----------
    share : (R * C,) float
        Of the whole table, row by row; every row and column has a share above zero.
    covariance : (R * C, R * C) float
    shape : (R, C)
    n : int
        Respondents in the table, unweighted.
    df : float
        Degrees of freedom of the design.
    statistic : {"F", "chisq", "saddlepoint"}
        As in :func:`.independence.independence_test`.
    base : float, optional
        What X² and the deltas are blown up to; n when left out.

    Returns
    -------
    IndependenceTest
        p is NaN where the design has no degrees of freedom.

    Examples
    --------
    >>> p = np.array([0.3, 0.2, 0.15, 0.35])
    >>> test = rao_scott_test(p, (np.diag(p) - np.outer(p, p)) / 100, (2, 2), n=100, df=99, statistic="chisq")
    >>> round(test.pearson, 3), round(test.p_value, 4), test.design_effects.round(9).tolist()
    (9.091, 0.0026, [1.0])
    """
    from scipy.special import chdtrc, fdtrc  # noqa: PLC0415 - 0.3 s, paid by those who ask for a test

    size = float(n if base is None else base)
    pearson, deltas = pearson_statistic(share, shape, size), _deltas(share, covariance, shape, size)
    interactions = (shape[0] - 1) * (shape[1] - 1)
    total = float(deltas.sum()) or float("nan")
    first = total**2 / float((deltas**2).sum()) if total > 0 else float("nan")
    second = first * df
    if statistic == "F":
        p = float(fdtrc(first, second, pearson / total)) if df > 0 else float("nan")
        return IndependenceTest(pearson / total, first, second, p, pearson, deltas, n)
    if statistic == "chisq":
        p = float(chdtrc(interactions, pearson / (total / interactions)))
        return IndependenceTest(pearson, float(interactions), float("inf"), p, pearson, deltas, n)
    p = weighted_chi_square_p(pearson, deltas, df_denominator=second)
    return IndependenceTest(pearson, float(interactions), second, p, pearson, deltas, n)


def pearson_statistic(share: Floats, shape: tuple[int, int], n: float) -> float:
    """Give Pearson's X² of shares (R * C,), blown up to n.

    Parameters
    ----------
    share : (R * C,) float
        Shares of all cells, row by row.
    shape : tuple of int
        R and C.
    n : float
        Respondents.

    Returns
    -------
    float
        ``n Σ (p_rc - p_r p_c)² / (p_r p_c)``.

    Examples
    --------
    >>> round(pearson_statistic(np.array([0.3, 0.2, 0.2, 0.3]), (2, 2), 100), 9)
    4.0
    """
    table = share.reshape(shape)
    expected = np.outer(table.sum(axis=1), table.sum(axis=0))
    return float(n * ((table - expected) ** 2 / expected).sum())


def _deltas(share: Floats, covariance: Floats, shape: tuple[int, int], size: float) -> Floats:
    """Give the generalized design effects, largest first; cells of nobody have no logarithm and drop out."""
    inverse = np.divide(1.0, share, out=np.zeros_like(share), where=share > 0)
    contrasts = np.kron(_orthogonal(shape[0]), _orthogonal(shape[1]))
    scaled = contrasts * inverse[:, None]
    simple = contrasts.T @ scaled / size
    found = np.linalg.eigvals(np.linalg.solve(simple, scaled.T @ covariance @ scaled))
    return np.sort(np.maximum(found.real, 0.0))[::-1]


def _orthogonal(size: int) -> Floats:
    """Give contrasts orthogonal to the constant: (size, size - 1)."""
    basis: Floats = np.linalg.qr(np.column_stack([np.ones(size), np.eye(size)[:, 1:]]))[0][:, 1:]
    return basis
