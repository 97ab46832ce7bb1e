"""What a classic test gives, and the checks of what it is given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from cxsurvey.errors import DataFault, RequestError
from cxsurvey.numerics.arrays import Floats, as_floats, same_length

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

Alternative = Literal["two-sided", "less", "greater"]
ALTERNATIVES = ("two-sided", "less", "greater")


@dataclass(frozen=True, slots=True)
class Tested:
    """A test of simple samples.

    Attributes
    ----------
    statistic : float
        NaN where there is none: too few respondents, or nothing that varies.
    p_value : float
    df : float
        Degrees of freedom; of the numerator for an F; NaN for a test that has none.
    df2 : float
        Of the denominator of an F; NaN otherwise.
    """

    statistic: float
    p_value: float
    df: float = float("nan")
    df2: float = float("nan")


def counts_of(name: str, counts: npt.ArrayLike, ndim: int, *, whole: bool = False) -> Floats:
    """Check counts.

    Parameters
    ----------
    name : str
        For messages.
    counts : array
    ndim : int
        Axes wanted.
    whole : bool
        Refuse counts that are not whole numbers.

    Returns
    -------
    float array

    Raises
    ------
    RequestError
        ``array-shape``.
    DataFault
        ``not-counts``.

    Examples
    --------
    >>> counts_of("table", [[1, 2], [3, 4]], 2).tolist()
    [[1.0, 2.0], [3.0, 4.0]]
    """
    values = as_floats(counts)
    if np.ndim(counts) != ndim:
        raise RequestError.array_shape(name, f"{ndim} axes", np.shape(counts))
    bad = ~(np.isfinite(values) & (values >= 0))
    if whole:
        bad |= values != np.rint(values)
    if bad.any():
        raise DataFault.not_counts(name, int(bad.sum()))
    return values


def sample_of(name: str, values: npt.ArrayLike) -> Floats:
    """Give the known values of one sample.

    Parameters
    ----------
    name : str
        What errors call the sample.
    values : (n,) array
        NaN where unknown.

    Returns
    -------
    (m,) float, m <= n

    Raises
    ------
    RequestError
        ``array-shape``.

    Examples
    --------
    >>> sample_of("x", [1.0, float("nan"), 3.0]).tolist()
    [1.0, 3.0]
    """
    x = as_floats(values)
    if np.ndim(values) != 1:
        raise RequestError.array_shape(name, "one value for each respondent", np.shape(values))
    return x[~np.isnan(x)]


def pairs_of(x: npt.ArrayLike, y: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Give the pairs of which both values are known.

    Parameters
    ----------
    x, y : (n,) array
        NaN where unknown.

    Returns
    -------
    tuple of two (m,) float, m <= n

    Raises
    ------
    RequestError
        ``array-shape``.

    Examples
    --------
    >>> [side.tolist() for side in pairs_of([1.0, 2.0], [3.0, float("nan")])]
    [[1.0], [3.0]]
    """
    a, b = as_floats(x), as_floats(y)
    if np.ndim(x) != 1:
        raise RequestError.array_shape("x", "one value for each respondent", np.shape(x))
    same_length("y", b, len(a))
    known = ~(np.isnan(a) | np.isnan(b))
    return a[known], b[known]


def samples_of(samples: Sequence[npt.ArrayLike]) -> list[Floats]:
    """Give the known values of two samples or more.

    Parameters
    ----------
    samples : sequence of (n_k,) arrays
        NaN where unknown.

    Returns
    -------
    list of (m_k,) float

    Raises
    ------
    RequestError
        ``array-shape``.

    Examples
    --------
    >>> len(samples_of([[1.0], [2.0, 3.0]]))
    2
    """
    if len(samples) < 2:  # noqa: PLR2004 - a comparison
        raise RequestError.array_shape("samples", "two samples or more", (len(samples),))
    return [sample_of(f"sample {place}", sample) for place, sample in enumerate(samples, 1)]


def check_alternative(alternative: str) -> None:
    """Refuse an alternative that is none.

    Parameters
    ----------
    alternative : str
        ``two-sided``, ``less`` or ``greater``.

    Raises
    ------
    RequestError
        ``unknown-option``.

    Examples
    --------
    >>> check_alternative("less")
    """
    if alternative not in ALTERNATIVES:
        raise RequestError.unknown_option("alternative", alternative, ALTERNATIVES)


def directed_p(statistic: float, two_sided: float, alternative: Alternative) -> float:
    """Turn the two-sided p-value of a symmetric statistic into that of an alternative.

    Parameters
    ----------
    statistic : float
        Its sign says on which side of the hypothesis the sample lies.
    two_sided : float
    alternative : {"two-sided", "less", "greater"}

    Returns
    -------
    float

    Raises
    ------
    RequestError
        ``unknown-option``.

    Examples
    --------
    >>> directed_p(2.1, 0.04, "greater"), directed_p(2.1, 0.04, "less")
    (0.02, 0.98)
    """
    check_alternative(alternative)
    if alternative == "two-sided" or np.isnan(statistic):
        return two_sided
    toward = statistic > 0 if alternative == "greater" else statistic < 0
    return two_sided / 2 if toward else 1 - two_sided / 2


def level_of(level: float, alternative: Alternative) -> float:
    """Give the level of the two-sided interval that ends where one with one end does.

    Parameters
    ----------
    level : float
        Above 0.5 for an interval with one end.
    alternative : {"two-sided", "less", "greater"}

    Returns
    -------
    float

    Raises
    ------
    RequestError
        ``unknown-option``, ``not-a-fraction``.

    Examples
    --------
    >>> round(level_of(0.95, "less"), 12)
    0.9
    """
    check_alternative(alternative)
    if alternative == "two-sided":
        return level
    if not 1 / 2 < level < 1:
        raise RequestError.not_a_fraction("level", level)
    return 2 * level - 1


def one_ended(
    low: float, high: float, alternative: Alternative, *, widest: float = np.inf
) -> tuple[float, float]:
    """Let the end of an interval go that an alternative leaves open.

    Parameters
    ----------
    low, high : float
    alternative : {"two-sided", "less", "greater"}
        "less" has no lower end, "greater" no upper one.
    widest : float
        Where an open end lies, with the sign of its side.

    Returns
    -------
    low, high : float

    Raises
    ------
    RequestError
        ``unknown-option``.

    Examples
    --------
    >>> one_ended(0.1, 0.4, "greater", widest=1.0)
    (0.1, 1.0)
    """
    check_alternative(alternative)
    return -widest if alternative == "less" else low, widest if alternative == "greater" else high
