"""Intervals of a share under a design, by six methods.

The house rule for tables is :func:`.inference.share_intervals`; these are the methods of R's ``svyciprop``, for
comparison and for those who must follow a given convention.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from cxsurvey.errors import RequestError
from cxsurvey.numerics.arrays import Floats, as_floats
from cxsurvey.numerics.tables.inference import (
    EDGE,
    Interval,
    clopper_pearson,
    logit_interval,
    t_interval,
    t_quantile,
)

if TYPE_CHECKING:
    import numpy.typing as npt

AtEdge = Literal["exact", "formula"]
ShareMethod = Literal["logit", "likelihood", "asin", "beta", "mean", "xlogit"]
HALVINGS = 200  # of the bracket of a likelihood limit: more than double precision can tell apart


def design_share_intervals(
    p: npt.ArrayLike,
    std_error: npt.ArrayLike,
    df: npt.ArrayLike,
    *,
    n: npt.ArrayLike,
    method: ShareMethod = "logit",
    level: float = 0.95,
    truncate: bool = False,
    at_edge: AtEdge = "exact",
) -> Interval:
    """Give confidence limits of shares from their design-based standard errors.

    Parameters
    ----------
    p, std_error : (K,) array
    df : (K,) array
        Degrees of freedom of the design.
    n : (K,) array
        Respondents; for "beta" and "likelihood", and for shares of 0 and 1.
    method : {"logit", "likelihood", "asin", "beta", "mean", "xlogit"}
        logit and xlogit: t interval on the log-odds scale (Korn and Graubard 1999, sec. 2.4). likelihood:
        the shares whose Rao-Scott working likelihood is within t² of the best. asin: t interval of
        asin √p. beta: Clopper-Pearson with the effective n ``p (1-p) / SE²`` corrected for the degrees of
        freedom (Korn and Graubard 1998). mean: ``p ± t SE``.
    level : float
    truncate : bool
        For "beta": the effective n is at most n, as the NCHS standards have it; R does not.
    at_edge : {"exact", "formula"}
        A share of 0 or 1 has a standard error of 0, which says nothing. ``exact`` gives it the Clopper-Pearson
        interval on n, whatever the method; ``formula`` what the method makes of it, as R: no width for "mean"
        and "logit", NaN for the others.

    Returns
    -------
    Interval
        (K,) each. NaN where ``df`` is not above 0.

    Raises
    ------
    RequestError
        ``unknown-option``, ``not-a-fraction``.

    Notes
    -----
    The likelihood limits solve ``2 n_e [p log(p/q) + (1-p) log((1-p)/(1-q))] = t² n / (n - 1)`` for q, where
    ``n_e = p (1-p) / SE²`` makes of the binomial deviance one of the design (Rao and Scott 1984), and
    n / (n - 1) is the dispersion that quasi-likelihood estimates from 0 and 1.

    Examples
    --------
    >>> result = design_share_intervals([0.3], [0.03], [28], n=[300], method="beta")
    >>> result.low.round(4).tolist(), result.high.round(4).tolist()
    ([0.2396], [0.366])
    """
    if method not in get_args(ShareMethod):
        raise RequestError.unknown_option("method", method, get_args(ShareMethod))
    if at_edge not in get_args(AtEdge):
        raise RequestError.unknown_option("at_edge", at_edge, get_args(AtEdge))
    given = (np.atleast_1d(as_floats(array)) for array in (p, std_error, df, n))
    share, error, freedom, base = np.broadcast_arrays(*given)
    edge = (share <= EDGE) | (share >= 1 - EDGE)
    if method == "mean":
        main = t_interval(share, error, freedom, level)
    else:
        inner = np.where(edge, np.nan, share)
        main = _transformed(
            inner, np.where(error > 0, error, np.nan), freedom, base, method, level, truncate=truncate
        )
    if at_edge == "formula" and method == "logit":
        point = t_interval(share, 0.0 * share, freedom, level)
        return Interval(np.where(edge, point.low, main.low), np.where(edge, point.high, main.high))
    if at_edge == "formula":
        return main
    exact = clopper_pearson(np.rint(share), base, level)
    return Interval(np.where(edge, exact.low, main.low), np.where(edge, exact.high, main.high))


def _transformed(
    p: Floats, std_error: Floats, df: Floats, n: Floats, method: ShareMethod, level: float, *, truncate: bool
) -> Interval:
    if method == "asin":
        return _asin(p, std_error, df, level)
    if method == "beta":
        return _beta(p, std_error, df, n, level, truncate=truncate)
    if method == "likelihood":
        return _likelihood(p, std_error, df, n, level)
    return logit_interval(p, std_error, df, level)


def _asin(p: Floats, std_error: Floats, df: Floats, level: float) -> Interval:
    """Stop at 0 and 1, where the scale ends."""
    middle = np.arcsin(np.sqrt(p))
    margin = t_quantile(level, df) * std_error / (2 * np.sqrt(p * (1 - p)))
    low, high = np.maximum(middle - margin, 0.0), np.minimum(middle + margin, np.pi / 2)
    return Interval(np.sin(low) ** 2, np.sin(high) ** 2)


def _beta(p: Floats, std_error: Floats, df: Floats, n: Floats, level: float, *, truncate: bool) -> Interval:
    effective = p * (1 - p) / std_error**2
    effective = effective * (t_quantile(level, n - 1) / t_quantile(level, df)) ** 2
    return clopper_pearson(p, np.minimum(effective, n) if truncate else effective, level)


def _likelihood(p: Floats, std_error: Floats, df: Floats, n: Floats, level: float) -> Interval:
    dispersion = n / np.where(n > 1, n - 1, np.nan)
    limit = t_quantile(level, df) ** 2 * dispersion * std_error**2 / (2 * p * (1 - p))
    return Interval(_deviance_root(p, limit, 0.0), _deviance_root(p, limit, 1.0))


def _deviance_root(p: Floats, limit: Floats, end: float) -> Floats:
    """Halve the way between p and an end of the scale until the deviance is the limit."""
    from scipy.special import rel_entr  # noqa: PLC0415 - 0.3 s, paid by those who ask for an interval

    near, far = p.copy(), np.full_like(p, end)
    for _ in range(HALVINGS):
        middle = (near + far) / 2
        beyond = rel_entr(p, middle) + rel_entr(1 - p, 1 - middle) > limit
        near, far = np.where(beyond, near, middle), np.where(beyond, middle, far)
    return np.where(np.isnan(limit), np.nan, (near + far) / 2)
