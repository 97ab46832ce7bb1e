"""Replicate weights: variances from how an estimate varies when the sample is reweighted.

Any estimator is computed once with the sampling weights and once with each column of replicate weights
(Wolter 2007, *Introduction to Variance Estimation*; conventions of R's ``svrepdesign``):

    V = scale * sum_r rscale_r (theta_r - centre)(theta_r - centre)'

The centre is the mean of the replicates, or the estimate itself with ``mse=True``.
:mod:`.replicate_weights` makes such weights from a design.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import blake2b
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from cxsurvey.errors import DataFault, RequestError
from cxsurvey.numerics.arrays import Bools, Floats, Ints, as_floats, frozen
from cxsurvey.numerics.sampling.fitted import domain_mask
from cxsurvey.numerics.sampling.replicate_rank import ReplicateRows, replicate_rows, weighted_rank
from cxsurvey.numerics.tables.design import sample_design

if TYPE_CHECKING:
    import numpy.typing as npt

    from cxsurvey.numerics.sampling.fitted import Estimator

Replication = Literal["jackknife", "brr", "fay", "bootstrap", "other"]
MATRIX = 2


@dataclass(frozen=True, slots=True)
class Replicated:
    """A sample of n respondents with R columns of replicate weights. Make one with :func:`replicate_design`.

    Attributes
    ----------
    weights : (n,) float
    replicates : (n, R) float
        Replicate weights, the sampling weights included.
    scale : float
    rscales : (R,) float
    mse : bool
    design_df : int or None
        Degrees of freedom of the whole design when they were given.
    drop_undefined : bool
        What becomes of an estimate that some replicate cannot make, see :meth:`covariance`.
    """

    weights: Floats
    replicates: Floats
    scale: float
    rscales: Floats
    mse: bool = False
    design_df: int | None = None
    drop_undefined: bool = False
    _rows: list[ReplicateRows] = field(init=False, repr=False, compare=False, default_factory=list)
    _ranks: dict[bytes, int] = field(init=False, repr=False, compare=False, default_factory=dict)

    @property
    def n(self) -> int:
        """Number of respondents."""
        return len(self.weights)

    @property
    def df(self) -> int:
        """Degrees of freedom of the whole design."""
        return self.degrees_of_freedom()

    def degrees_of_freedom(self, member: npt.ArrayLike | None = None) -> int:
        """Give the rank of the replicate weights less 1.

        Parameters
        ----------
        member : (n,) bool, optional
            A domain, whose rows are taken. Of everybody, the degrees of freedom that were given.

        Returns
        -------
        int
            0 for an empty domain; never more than what was given for the whole design.

        Raises
        ------
        RequestError
            ``array-shape``.
        """
        inside = domain_mask(member, self.n)
        if self.design_df is not None and inside.all():
            return self.design_df
        key = blake2b(
            np.packbits(inside).tobytes(), digest_size=16
        ).digest()  # many estimates ask for one domain
        if key not in self._ranks:
            self._ranks[key] = weighted_rank(self.replicates[inside])
        return self._df_of(self._ranks[key], whole=False)

    def union_degrees_of_freedom(self, bases: Bools) -> Ints:
        """Give the degrees of freedom of the union of each two domains.

        Parameters
        ----------
        bases : (n, U) bool

        Returns
        -------
        (U, U) int
            :meth:`degrees_of_freedom` of each union; of each domain on the diagonal.
        """
        if not self._rows:
            self._rows.append(replicate_rows(self.weights, self.replicates))
        df = np.zeros((bases.shape[1],) * 2, dtype=np.intp)
        for a, b in zip(*np.triu_indices(len(df)), strict=True):
            member = bases[:, a] | bases[:, b]
            df[a, b] = df[b, a] = self._df_of(self._rows[0].rank(member), whole=bool(member.all()))
        return df

    def _df_of(self, rank: int, *, whole: bool) -> int:
        if self.design_df is None:
            return max(0, rank - 1)
        return self.design_df if whole else min(max(0, rank - 1), self.design_df)

    def thetas(self, estimator: Estimator) -> Floats:
        """Compute an estimator under each column of replicate weights: (R, K)."""
        at_each = getattr(estimator, "at_each", None)  # one product of matrices where the estimator has one
        if at_each is not None:
            return as_floats(at_each(self.replicates))
        return np.array([estimator.at(column) for column in self.replicates.T])

    def covariance(self, estimator: Estimator) -> Floats:
        """Give the covariance of an estimator over the replicates.

        Parameters
        ----------
        estimator : Estimator

        Returns
        -------
        (K, K) float
            NaN for an estimate that some replicate cannot make, its domain being empty there. With
            ``drop_undefined`` such replicates are left out, as R does; the variance is then too small.
        """
        used = self.rscales > 0
        thetas = self.thetas(estimator)[used]
        defined = ~np.isnan(thetas) if self.drop_undefined else np.ones(thetas.shape, dtype=np.bool_)
        known = np.where(defined, thetas, 0.0)
        count = defined.sum(axis=0)
        mean = known.sum(axis=0) / np.where(count > 0, count, np.nan)
        centre = estimator.at(self.weights) if self.mse else mean
        deviation = np.where(defined, known - centre, 0.0 * mean)
        deviation *= np.sqrt(self.scale * self.rscales[used])[:, None]
        covariance: Floats = deviation.T @ deviation
        return covariance

    def __repr__(self) -> str:
        centre = "the estimate" if self.mse else "the mean of the replicates"
        return (
            f"Replicated(n={self.n}, replicates={self.replicates.shape[1]}, scale={self.scale:.6g}, "
            f"df={self.df}, around {centre})"
        )


def replicate_design(
    weights: npt.ArrayLike,
    replicates: npt.ArrayLike,
    *,
    kind: Replication = "other",
    combined: bool = True,
    scale: float | None = None,
    rscales: npt.ArrayLike | None = None,
    fay_rho: float = 0.0,
    mse: bool = False,
    df: int | None = None,
    drop_undefined: bool = False,
) -> Replicated:
    """Check replicate weights that came with the data.

    Parameters
    ----------
    weights : (n,) array
        Sampling weights.
    replicates : (n, R) array
        Replicate weights: finite, zero or more.
    kind : {"jackknife", "brr", "fay", "bootstrap", "other"}
        What ``scale`` follows from when it is left out, see :func:`replication_scale`.
    combined : bool
        Whether the columns hold the sampling weight already; otherwise they are multiplied by it.
    scale : float, optional
    rscales : (R,) array, optional
        Ones when left out.
    fay_rho : float
        Fay's rho, 0 to below 1.
    mse : bool
        Centre on the estimate rather than on the mean of the replicates.
    df : int, optional
        Degrees of freedom of the design; the rank of the replicate weights less 1 when left out.
    drop_undefined : bool
        Leave out replicates that cannot make an estimate, see :meth:`Replicated.covariance`.

    Returns
    -------
    Replicated

    Raises
    ------
    DataFault
        ``weights-missing``, ``weights-negative``, ``weights-zero``, ``replicate-weights-unusable``.
    RequestError
        ``array-shape``, ``unknown-option``, ``bad-option``.

    Examples
    --------
    >>> replicate_design([1.0, 1.0], [[2.0, 0.0], [0.0, 2.0]], kind="brr")
    Replicated(n=2, replicates=2, scale=0.5, df=1, around the mean of the replicates)
    """
    w = sample_design(weights).weights
    columns = np.array(replicates, dtype=np.float64)
    if columns.ndim != MATRIX or len(columns) != len(w) or not columns.shape[1]:
        raise RequestError.array_shape("replicates", f"({len(w)}, replicates)", columns.shape)
    unusable = ~np.isfinite(columns) | (columns < 0)
    if unusable.any():
        raise DataFault.replicate_weights(int(unusable.any(axis=0).sum()), columns.shape[1])
    columns = columns if combined else columns * w[:, None]
    size = columns.shape[1]
    factors = np.ones(size) if rscales is None else np.array(as_floats(rscales))
    if factors.shape != (size,) or not (factors >= 0).all():
        raise RequestError.array_shape("rscales", f"({size},), none below 0", factors.shape)
    if scale is None:
        scale = replication_scale(kind, size, fay_rho=fay_rho)
    if not scale > 0:
        raise RequestError.bad_option("scale", scale, "a number above 0")
    for array in (columns, factors):
        frozen(array)
    return Replicated(w, columns, float(scale), factors, mse, df, drop_undefined)


def replication_scale(kind: Replication, n_replicates: int, *, fay_rho: float = 0.0) -> float:
    """Give the usual scale of a kind of replication.

    Parameters
    ----------
    kind : {"jackknife", "brr", "fay", "bootstrap", "other"}
    n_replicates : int
        R.
    fay_rho : float

    Returns
    -------
    float
        Jackknife (one cluster left out of an unstratified sample) (R-1)/R; BRR 1/R; Fay 1/(R (1-rho)²);
        bootstrap 1/(R-1).

    Raises
    ------
    RequestError
        ``unknown-option``; ``bad-option`` for "other", whose scale must be given, for a bootstrap of one
        replicate and for a rho outside 0 to 1.

    Examples
    --------
    >>> replication_scale("fay", 16, fay_rho=0.5)
    0.25
    """
    if kind not in get_args(Replication):
        raise RequestError.unknown_option("kind", kind, get_args(Replication))
    if kind == "other":
        raise RequestError.bad_option("scale", None, "a number for replicate weights of the kind 'other'")
    if not 0 <= fay_rho < 1:
        raise RequestError.bad_option("fay_rho", fay_rho, "a number from 0 to below 1")
    if kind == "jackknife":
        return (n_replicates - 1) / n_replicates
    if kind != "bootstrap":
        return 1.0 / (n_replicates * (1.0 - fay_rho) ** 2)
    if n_replicates == 1:
        raise RequestError.bad_option("replicates", 1, "two bootstrap replicates or more")
    return 1.0 / (n_replicates - 1)
