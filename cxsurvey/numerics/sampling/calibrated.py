"""Designs whose weights were fitted to known totals: what the fitting does to variances.

Weights that reproduce a total take the variation that goes with it out of every estimate. By linearization
only what the calibration variables do not explain is left: each influence value is replaced by the calibrated
weight times the residual of a regression on those variables (Deville and Särndal 1992, *JASA* 87: 376-382,
sec. 3; what R's ``survey`` does for calibrated, raked and post-stratified designs). With replicate weights
every replicate is fitted to the totals again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from cxsurvey.errors import RequestError
from cxsurvey.numerics.arrays import Bools, Floats, as_floats, frozen, same_length
from cxsurvey.numerics.sampling.multistage import Multistage
from cxsurvey.numerics.sampling.replication import Replicated
from cxsurvey.numerics.weighting.raking import Margin

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from cxsurvey.numerics.sampling.fitted import Estimator

DEPENDENT = 1e-10  # of the largest singular value: directions shorter than this are rounding


@dataclass(frozen=True, slots=True, eq=False)
class CalibratedSample:
    """A sample of n respondents with fitted weights. Make one with :func:`calibrated_design`, which checks.

    Attributes
    ----------
    drawn : Multistage
        The stages of selection, with the fitted weights.
    directions : (n, q) float
        Orthonormal columns that span the calibration variables, each row times the root of its weight in the
        regression.
    root : (n,) float
        Roots of the weights of the regression.
    """

    drawn: Multistage
    directions: Floats
    root: Floats

    @property
    def weights(self) -> Floats:
        """Fitted weights: (n,)."""
        return self.drawn.weights

    @property
    def n(self) -> int:
        """Number of respondents, weights of zero included."""
        return self.drawn.n

    @property
    def df(self) -> int:
        """Degrees of freedom of the whole design."""
        return self.drawn.df

    def degrees_of_freedom(self, member: npt.ArrayLike | None = None) -> int:
        """Count those of the drawn sample, see :meth:`.multistage.Multistage.degrees_of_freedom`.

        Parameters
        ----------
        member : (n,) bool, optional

        Returns
        -------
        int

        Raises
        ------
        RequestError
            ``array-shape``.
        """
        return self.drawn.degrees_of_freedom(member)

    def covariance(self, estimator: Estimator) -> Floats:
        """Give the linearized covariance of an estimator, calibration taken into account.

        Parameters
        ----------
        estimator : Estimator

        Returns
        -------
        (K, K) float

        Raises
        ------
        DataFault
            ``lonely-stratum`` as the design's rule has it. Residuals of a domain spread over everybody, so
            every stratum counts.
        """
        return self.drawn.covariance(_Residual(estimator, self))

    def residual(self, influence: Floats) -> Floats:
        """Take out of influence values (n, K) what the calibration variables explain."""
        w = self.weights[:, None]
        own = np.divide(influence, w, out=np.zeros(influence.shape), where=w > 0)
        scaled = self.root[:, None] * own
        explained = self.directions @ (self.directions.T @ scaled)
        root = self.root[:, None]
        fitted = np.divide(explained, root, out=np.zeros(influence.shape), where=root > 0)
        left: Floats = w * (own - fitted)
        return left


@dataclass(frozen=True, slots=True)
class _Residual:
    """An estimator whose influence values are residuals; every respondent takes part in them."""

    estimator: Estimator
    sample: CalibratedSample

    @property
    def members(self) -> Bools:
        return np.ones_like(self.estimator.members)

    def at(self, weights: Floats) -> Floats:
        return self.estimator.at(weights)

    def influence(self, weights: Floats) -> Floats:
        return self.sample.residual(self.estimator.influence(weights))


def calibrated_design(
    design: Multistage, weights: npt.ArrayLike, x: npt.ArrayLike, *, regression: npt.ArrayLike | None = None
) -> CalibratedSample:
    """Make the design of weights that were fitted to totals of x.

    Parameters
    ----------
    design : Multistage
        As drawn, with its weights before the fitting.
    weights : (n,) float
        Fitted weights, of :func:`.calibration.calibrate` or :func:`.raking.rake`.
    x : (n, p) float
        The calibration variables; for margins :func:`margin_indicators`. Columns may depend on each other.
    regression : (n,) float, optional
        Weights of the regression; the design's own by default. R's ``rake`` takes ones, which is the same where
        they do not differ within categories.

    Returns
    -------
    CalibratedSample

    Raises
    ------
    RequestError
        ``array-shape``.

    Examples
    --------
    A mean of what the weights were fitted to has no variance:

    >>> from cxsurvey.numerics.estimation.estimators import means
    >>> from cxsurvey.numerics.sampling.fitted import fit
    >>> from cxsurvey.numerics.sampling.multistage import multistage_design
    >>> drawn = multistage_design(np.ones(4))
    >>> design = calibrated_design(drawn, [3.0, 3.0, 1.0, 1.0], [[1, 0], [1, 0], [1, 1], [1, 1]])
    >>> fit(design, means([[0, 5], [0, 7], [1, 4], [1, 8]])).std_error.round(4).tolist()
    [0.0, 0.736]
    """
    fitted, variables = as_floats(weights), as_floats(x)
    same_length("weights", fitted, design.n)
    if variables.ndim != 2 or len(variables) != design.n:  # noqa: PLR2004 - rows and columns
        raise RequestError.array_shape("x", f"({design.n}, variables)", variables.shape)
    r = design.weights if regression is None else as_floats(regression)
    same_length("regression", r, design.n)
    root = np.sqrt(r)
    left, size, _ = np.linalg.svd(variables * root[:, None], full_matrices=False)
    directions = left[:, size > DEPENDENT * size.max(initial=0.0)]
    for array in (fitted, directions, root):
        frozen(array)
    return CalibratedSample(replace(design, weights=fitted), directions, root)


def recalibrated(design: Replicated, reweight: Callable[[Floats], npt.ArrayLike]) -> Replicated:
    """Fit the weights and every replicate of them to the same totals.

    Parameters
    ----------
    design : Replicated
    reweight : callable
        Takes weights (n,) and gives fitted weights (n,); it is called R + 1 times.

    Returns
    -------
    Replicated
        Degrees of freedom, scales and options as before.

    Raises
    ------
    DataFault
        Whatever ``reweight`` raises, for a replicate that leaves a category without weight, for instance.

    Examples
    --------
    >>> from cxsurvey.numerics.sampling.replication import replicate_design
    >>> design = replicate_design([1.0, 1.0], [[2.0, 0.0], [0.0, 2.0]], kind="jackknife")
    >>> recalibrated(design, lambda w: 10 * w / w.sum()).replicates.tolist()
    [[10.0, 0.0], [0.0, 10.0]]
    """
    weights = as_floats(reweight(design.weights))
    columns = np.column_stack([as_floats(reweight(column)) for column in design.replicates.T])
    frozen(weights)
    frozen(columns)
    return replace(design, weights=weights, replicates=columns)


def margin_indicators(margins: Sequence[Margin]) -> Floats:
    """Spread margins over columns of 0 and 1, one for each category.

    Parameters
    ----------
    margins : sequence of Margin
        One or more, of the same n respondents.

    Returns
    -------
    (n, categories) float

    Raises
    ------
    RequestError
        ``no-margins``.

    Examples
    --------
    >>> from cxsurvey.numerics.weighting.raking import margin
    >>> margin_indicators([margin("size", [0, 1], [5, 5])]).tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """
    if not margins:
        raise RequestError.no_margins()
    columns = [item.codes[:, None] == np.arange(item.targets.size) for item in margins]
    return np.concatenate(columns, axis=1).astype(np.float64)
