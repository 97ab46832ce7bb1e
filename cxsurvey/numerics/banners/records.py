"""What goes into a banner and what comes out of it: questions and columns in, one table a variable out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from cxsurvey.numerics.arrays import Bools, Floats, Ints


@dataclass(frozen=True, slots=True, eq=False)
class CodedQuestion:
    """Disjoint answers, and what is estimated of them.

    Attributes
    ----------
    codes : (n,) int
        Cell of each respondent, 0 to K-1; -1 is out of the base (and stays in the design).
    numerator, denominator : (T, K) float
        Estimate t is ``numerator[t] @ W / denominator[t] @ W`` of the weighted cell totals W. Its base are the
        respondents of the cells whose denominator is not zero.
    is_share : (T,) bool, optional
        Which estimates are shares, tested by the rules of shares. Left out: those whose numerator and
        denominator hold only 0 and 1.

    Notes
    -----
    Shares, nets, top boxes, means, net promoter scores and whatever else is linear in the cells.
    """

    codes: npt.NDArray[np.integer]
    numerator: Floats
    denominator: Floats
    is_share: Bools | None = None


@dataclass(frozen=True, slots=True, eq=False)
class OptionsQuestion:
    """Answers that overlap, each estimated as a share of the base.

    Attributes
    ----------
    options : (n, M) bool
        Ticks; one target each. Nets are further columns. Ticks out of the base are not read.
    base : (n,) bool, optional
        Who the shares are of; everyone when left out.
    """

    options: Bools
    base: Bools | None = None


@dataclass(frozen=True, slots=True, eq=False)
class NumberQuestion:
    """A number, of which the mean is estimated: one target.

    Attributes
    ----------
    values : (n,) float
        NaN is out of the base.
    """

    values: Floats


@dataclass(frozen=True, slots=True, eq=False)
class DisjointColumns:
    """A banner variable whose columns do not overlap, such as an industry.

    Attributes
    ----------
    codes : (n,) int
        Column of each respondent, 0 to G-1; -1 is in none of them, but in the total.
    n_columns : int
        G.
    """

    codes: npt.NDArray[np.integer]
    n_columns: int


@dataclass(frozen=True, slots=True, eq=False)
class OverlappingColumns:
    """A banner variable whose columns may overlap, such as the options of a multiple-response question.

    Attributes
    ----------
    members : (n, G) bool
    """

    members: Bools

    @property
    def n_columns(self) -> int:
        """Number of columns, G."""
        return int(self.members.shape[1])


Question: TypeAlias = CodedQuestion | OptionsQuestion | NumberQuestion
BannerVariable: TypeAlias = DisjointColumns | OverlappingColumns


@dataclass(frozen=True, slots=True, eq=False)
class Bases:
    """The respondents that estimates are of: one row a base, one column a column of the table.

    Attributes
    ----------
    n : (B, C) int
        Respondents, unweighted.
    weight, weight_squared : (B, C) float
        Sums of w and w².
    df : (B, C) int
        PSUs less strata with a member.
    """

    n: Ints
    weight: Floats
    weight_squared: Floats
    df: Ints

    @property
    def n_effective(self) -> Floats:
        """Kish's ``(sum w)² / sum w²``: (B, C), NaN where a base is empty or weighs nothing."""
        effective = np.full(self.weight.shape, np.nan)
        np.divide(self.weight**2, self.weight_squared, out=effective, where=self.weight_squared > 0)
        return effective


@dataclass(frozen=True, slots=True, eq=False)
class Overlaps:
    """What two columns share; the diagonal holds each column's own.

    Attributes
    ----------
    n : (B, C, C) int
        Respondents in both bases.
    weight, weight_squared : (B, C, C) float
        Sums of w and w² over them.
    df : (B, C, C) int
        PSUs less strata with a member of either base.
    total : (T, C, C) float
        Weighted numerator total of those in both columns.
    """

    n: Ints
    weight: Floats
    weight_squared: Floats
    df: Ints
    total: Floats


@dataclass(frozen=True, slots=True, eq=False)
class RestColumns:
    """For each column of a banner variable, everyone in the total who is not in it.

    Attributes
    ----------
    bases : Bases
        (B, G).
    estimate, variance : (T, G) float
        Of the rest; NaN as in :class:`BannerTable`.
    covariance : (T, G) float
        Of a column with its rest.
    deviation : (T, G) float
        Standard deviation within the rest.
    """

    bases: Bases
    estimate: Floats
    variance: Floats
    covariance: Floats
    deviation: Floats


@dataclass(frozen=True, slots=True, eq=False)
class BannerTable:
    """Every question by one banner variable: T targets by C = 1 + G columns, the total first.

    Attributes
    ----------
    first : (Q + 1,) int
        Targets of question q are ``first[q]`` to ``first[q + 1] - 1``.
    base_of : (T,) int
        Row of a target's base in ``bases`` and ``overlaps``.
    is_share : (T,) bool
    is_simple : bool
        The sample is simple, see :attr:`.SampleDesign.is_simple`.
    bases : Bases
        (B, C).
    overlaps : Overlaps
    n : (T, C) int
        Respondents, unweighted, whose cell has a numerator other than zero: who gave the answer.
    total : (T, C) float
        Weighted numerator total: the weighted count of a share.
    estimate : (T, C) float
        NaN where the base weighs nothing.
    covariance : (T, C, C) float
        Of a target's columns. NaN where an estimate is, and where a base lies in one PSU, so that there is
        nothing to see a variance by. Zero, not its rounding error, where everyone in a base answered alike.
        Under the rule ``average`` for lonely strata that of two columns is written so that V_a + V_b - 2 C_ab
        is the variance of their gap, see :func:`.domains.inflated`.
    deviation : (T, C) float
        Weighted standard deviation of the numerator within the base (divisor n - 1); NaN under two respondents.
    rest : RestColumns
    clustered : bool
        Respondents may come in clusters, see :func:`.tables.edge_bases.clustered_bases`.
    replicated : bool
        The variances are those of replicate weights.
    interval_error : (T, C) float, optional
        What logit intervals of shares are made from, on the scale of the shares: with replicate weights the
        spread of the log-odds over the replicates. Left out: the standard errors.
    """

    first: Ints
    base_of: Ints
    is_share: Bools
    is_simple: bool
    bases: Bases
    overlaps: Overlaps
    n: Ints
    total: Floats
    estimate: Floats
    covariance: Floats
    deviation: Floats
    rest: RestColumns
    clustered: bool = False
    replicated: bool = False
    interval_error: Floats | None = None

    @property
    def std_error(self) -> Floats:
        """Standard errors: (T, C)."""
        error: Floats = np.sqrt(np.einsum("tcc->tc", self.covariance))
        return error

    def rows(self, question: int) -> slice:
        """Find the targets of a question."""
        return slice(int(self.first[question]), int(self.first[question + 1]))
