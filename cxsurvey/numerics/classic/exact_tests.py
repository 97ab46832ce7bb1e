"""Exact tests of counts: one share, a 2 x 2 table, a table of any size.

A two-sided p-value is the chance of all outcomes that are no more likely than the one observed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cxsurvey.errors import DataFault, RequestError
from cxsurvey.numerics.arrays import Floats
from cxsurvey.numerics.classic.tested import Alternative, check_alternative, counts_of

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

AS_LIKELY = 1 + 1e-7  # chances that differ by less are of equally likely outcomes, computed in another order
HALVINGS = 200
WIDEST_LOG_ODDS = 700.0
MOST_TABLES = 20_000_000


@dataclass(frozen=True, slots=True)
class ShareTest:
    """An exact test of one share.

    Attributes
    ----------
    share : float
    p_value : float
    conf_low, conf_high : float
        Clopper and Pearson's interval, one-sided as the test is.
    """

    share: float
    p_value: float
    conf_low: float
    conf_high: float


@dataclass(frozen=True, slots=True)
class FisherTest:
    """Fisher's exact test of a 2 x 2 table.

    Attributes
    ----------
    odds_ratio : float
        The conditional estimate of largest likelihood; 0 or infinite when the table stands at its limit, NaN
        when its margins allow no other table.
    p_value : float
    conf_low, conf_high : float
        Odds ratios that the two one-sided tests at half the level, or the one asked for, do not refuse.
    """

    odds_ratio: float
    p_value: float
    conf_low: float
    conf_high: float


@dataclass(frozen=True, slots=True)
class FirstCell:
    """The first cell of a 2 x 2 table, given its margins and an odds ratio.

    Attributes
    ----------
    mean : float
    at_most, at_least : float
        Chance of a count no larger and no smaller than the one observed.
    """

    mean: float
    at_most: float
    at_least: float


def binomial_test(
    x: int, n: int, share: float = 0.5, *, alternative: Alternative = "two-sided", level: float = 0.95
) -> ShareTest:
    """Test one share against a given number, exactly.

    Parameters
    ----------
    x, n : int
        Count and base.
    share : float
        The number, 0 to 1.
    alternative : {"two-sided", "less", "greater"}
    level : float

    Returns
    -------
    ShareTest

    Raises
    ------
    RequestError
        ``not-a-fraction``, ``unknown-option``, ``bad-option`` for more than ``n`` or a base of 0.
    DataFault
        ``not-counts``.

    Examples
    --------
    >>> binomial_test(8, 9, alternative="greater").p_value
    0.01953125
    """
    from scipy.special import betaincinv  # noqa: PLC0415 - 0.3 s, paid by those who ask for a test

    count, base = counts_of("x, n", [x, n], 1, whole=True)
    check_alternative(alternative)
    if not 0 < level < 1:
        raise RequestError.not_a_fraction("level", level)
    if not 0 <= share <= 1:
        raise RequestError.bad_option("share", share, "a number from 0 to 1")
    if base == 0 or count > base:
        raise RequestError.bad_option("x, n", (x, n), "a base above 0, and no more than it")
    tail = (1 - level) / (2 if alternative == "two-sided" else 1)
    low, high = 0.0, 1.0
    if alternative != "less" and count > 0:
        low = float(betaincinv(count, base - count + 1, tail))
    if alternative != "greater" and count < base:
        high = float(betaincinv(count + 1, base - count, 1 - tail))
    p_value = _binomial_p(int(count), int(base), share, alternative)
    return ShareTest(float(count / base), p_value, low, high)


def fisher_2x2(
    table: npt.ArrayLike, *, alternative: Alternative = "two-sided", level: float = 0.95
) -> FisherTest:
    """Test a 2 x 2 table by Fisher's (1935) exact test, given its margins.

    Parameters
    ----------
    table : (2, 2) array
        Whole counts.
    alternative : {"two-sided", "less", "greater"}
        Of the odds ratio against 1.
    level : float

    Returns
    -------
    FisherTest

    Raises
    ------
    RequestError
        ``array-shape``, ``unknown-option``, ``not-a-fraction``.
    DataFault
        ``not-counts``.

    Notes
    -----
    Given the margins, the first cell follows the noncentral hypergeometric distribution, whose noncentrality is
    the odds ratio. The estimate makes its mean the observed count; the limits are where a tail is as large as
    the level leaves. All are solved to double precision.

    Examples
    --------
    >>> result = fisher_2x2([[3, 11], [9, 4]])
    >>> round(result.p_value, 4), round(result.odds_ratio, 3)
    (0.0213, 0.133)
    """
    counts = _two_by_two(table)
    check_alternative(alternative)
    if not 0 < level < 1:
        raise RequestError.not_a_fraction("level", level)
    cells = _FirstCell.of(counts)
    place = int(counts[0, 0] - cells.support[0])
    p_value = _tail(cells.chances(0.0), place, alternative)
    tail = (1 - level) / (2 if alternative == "two-sided" else 1)
    low, high = 0.0, np.inf
    if alternative != "less":
        low = cells.odds(place, lambda chances: float(chances[place:].sum()), tail)
    if alternative != "greater":
        high = cells.odds(place, lambda chances: -float(chances[: place + 1].sum()), -tail)
    return FisherTest(cells.estimate(place), p_value, low, high)


def first_cell(table: npt.ArrayLike, odds_ratio: float) -> FirstCell:
    """Describe the noncentral hypergeometric distribution of the first cell of a 2 x 2 table.

    Parameters
    ----------
    table : (2, 2) array
        Whole counts; they give the margins and the observed count.
    odds_ratio : float
        Above 0.

    Returns
    -------
    FirstCell

    Raises
    ------
    RequestError
        ``array-shape``, ``bad-option`` for an odds ratio that is not above 0.
    DataFault
        ``not-counts``.

    Examples
    --------
    >>> cell = first_cell([[3, 1], [1, 3]], 1.0)
    >>> round(cell.mean, 4), round(cell.at_least, 4)
    (2.0, 0.2429)
    """
    counts = _two_by_two(table)
    if not 0 < odds_ratio < np.inf:
        raise RequestError.bad_option("odds_ratio", odds_ratio, "a number above 0")
    cells = _FirstCell.of(counts)
    place = int(counts[0, 0] - cells.support[0])
    chances = cells.chances(float(np.log(odds_ratio)))
    return FirstCell(
        float(chances @ cells.support), float(chances[: place + 1].sum()), float(chances[place:].sum())
    )


def _two_by_two(table: npt.ArrayLike) -> Floats:
    counts = counts_of("table", table, 2, whole=True)
    if counts.shape != (2, 2):
        raise RequestError.array_shape("table", "(2, 2)", counts.shape)
    return counts


def fisher_table(table: npt.ArrayLike, *, most_tables: int = MOST_TABLES) -> float:
    """Test a table of any size by Fisher's exact test (Freeman and Halton 1951).

    Parameters
    ----------
    table : (R, C) array
        Whole counts.
    most_tables : int
        Terms after which the test is given up.

    Returns
    -------
    float
        The chance, given the margins, of all tables no more likely than the one observed; 1 where the margins
        allow no other.

    Raises
    ------
    RequestError
        ``array-shape``.
    DataFault
        ``not-counts``, ``too-many-tables``.

    Notes
    -----
    Column by column; tables that leave the same row totals for the columns to come, in whatever order, go on as
    one (as in the network of Mehta and Patel 1983), with the chances of what they hold so far kept apart.

    Examples
    --------
    >>> round(fisher_table([[3, 2, 5], [1, 6, 2], [4, 0, 7]]), 4)
    0.0234
    """
    counts = counts_of("table", table, 2, whole=True).astype(np.intp)
    counts = counts[counts.sum(axis=1) > 0][:, counts.sum(axis=0) > 0]
    if min(counts.shape, default=0) < 2:  # noqa: PLR2004 - one row or column leaves no choice
        return 1.0
    if counts.shape[0] > counts.shape[1]:
        counts = counts.T
    log_factorial = _log_factorials(int(counts.sum()))
    constant = (
        log_factorial[counts.sum(axis=0)].sum()
        + log_factorial[counts.sum(axis=1)].sum()
        - log_factorial[counts.sum()]
    )
    observed = constant - log_factorial[counts].sum()
    rows = tuple(sorted(counts.sum(axis=1).tolist()))
    terms: dict[tuple[int, ...], tuple[Floats, Floats]] = {rows: (np.zeros(1), np.ones(1))}
    for column in sorted(counts.sum(axis=0).tolist(), reverse=True)[:-1]:
        terms = _next_column(terms, column, log_factorial, most_tables)
    total = 0.0
    for left, (held, times) in terms.items():
        chance = constant + held - log_factorial[list(left)].sum()
        total += float((times * np.exp(chance))[chance <= observed + np.log(AS_LIKELY)].sum())
    return min(total, 1.0)


@dataclass(frozen=True, slots=True)
class _FirstCell:
    """Counts that the first cell of a 2 x 2 table can have, and their log chances at an odds ratio of 1."""

    support: Floats
    log_chance: Floats

    @classmethod
    def of(cls, table: Floats) -> _FirstCell:
        row, column, total = table[0].sum(), table[:, 0].sum(), table.sum()
        support = np.arange(max(0.0, row + column - total), min(row, column) + 1)
        log_factorial = _log_factorials(int(total))
        cells = np.stack([support, row - support, column - support, total - row - column + support])
        return cls(support, -log_factorial[cells.astype(np.intp)].sum(axis=0))

    def chances(self, log_odds: float) -> Floats:
        weight = self.log_chance + log_odds * (self.support - self.support[0])
        chance = np.exp(weight - weight.max())
        chances: Floats = chance / chance.sum()
        return chances

    def estimate(self, place: int) -> float:
        if len(self.support) == 1:
            return float("nan")
        value = float(self.support[place])
        return self.odds(place, lambda chances: float(chances @ self.support), value, either=True)

    def odds(
        self, place: int, rising: Callable[[Floats], float], target: float, *, either: bool = False
    ) -> float:
        """Find the odds ratio at which something that rises with it reaches a target."""
        if place == 0 and (target > 0 or either):
            return 0.0
        if place == len(self.support) - 1 and (target < 0 or either):
            return float("inf")
        low, high = -WIDEST_LOG_ODDS, WIDEST_LOG_ODDS
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            low, high = (middle, high) if rising(self.chances(middle)) < target else (low, middle)
        return float(np.exp((low + high) / 2))


def _tail(chances: Floats, place: int, alternative: Alternative) -> float:
    if alternative == "less":
        return min(float(chances[: place + 1].sum()), 1.0)
    if alternative == "greater":
        return min(float(chances[place:].sum()), 1.0)
    return min(float(chances[chances <= chances[place] * AS_LIKELY].sum()), 1.0)


def _log_factorials(n: int) -> Floats:
    from scipy.special import gammaln  # noqa: PLC0415 - as in binomial_test

    logs: Floats = np.asarray(gammaln(np.arange(n + 1) + 1.0))
    return logs


def _binomial_p(x: int, n: int, share: float, alternative: Alternative) -> float:
    if alternative == "less":
        return _at_most(x, n, share)
    if alternative == "greater":
        return _at_most(n - x, n, 1 - share)
    chances = _binomial_chances(n, share)
    unlikely = np.flatnonzero(chances <= chances[x] * AS_LIKELY)
    mode = np.argmax(chances)
    below, above = unlikely[unlikely < mode], unlikely[unlikely > mode]
    if len(unlikely) == n + 1 or mode in unlikely:
        return 1.0
    p = _at_most(int(below[-1]), n, share) if len(below) else 0.0
    return min(p + (_at_most(n - int(above[0]), n, 1 - share) if len(above) else 0.0), 1.0)


def _at_most(x: int, n: int, share: float) -> float:
    """Chance of x answers or fewer."""
    from scipy.special import betainc  # noqa: PLC0415 - as in binomial_test

    return float(betainc(n - x, x + 1, 1 - share)) if x < n else 1.0


def _binomial_chances(n: int, share: float) -> Floats:
    from scipy.special import xlog1py, xlogy  # noqa: PLC0415 - as in binomial_test

    count = np.arange(n + 1)
    log_factorial = _log_factorials(n)
    log_ways = log_factorial[n] - log_factorial - log_factorial[::-1]
    chances: Floats = np.exp(log_ways + xlogy(count, share) + xlog1py(n - count, -share))
    return chances


def _next_column(
    terms: dict[tuple[int, ...], tuple[Floats, Floats]], column: int, log_factorial: Floats, most: int
) -> dict[tuple[int, ...], tuple[Floats, Floats]]:
    found: dict[tuple[int, ...], list[tuple[Floats, Floats]]] = {}
    size = 0.0
    for left, (held, times) in terms.items():
        size += len(held) * _n_fillings(left, column)
        if size > most:
            raise DataFault.too_many_tables(most)
        for cells in _fillings(left, column):
            rest = tuple(sorted(row - cell for row, cell in zip(left, cells, strict=True)))
            found.setdefault(rest, []).append((held - log_factorial[list(cells)].sum(), times))
    return {rest: _merged(parts) for rest, parts in found.items()}


def _n_fillings(rows: tuple[int, ...], column: int) -> float:
    """Count the ways to fill a column, without going through them."""
    ways = np.zeros(column + 1)
    ways[0] = 1.0
    for limit in rows:
        upto = np.cumsum(ways)
        upto[limit + 1 :] -= upto[: max(column - limit, 0)].copy()
        ways = upto
    return float(ways[column])


def _fillings(rows: tuple[int, ...], column: int) -> list[tuple[int, ...]]:
    """Every way to fill a column whose cells are limited by the row totals left."""
    partial: list[tuple[tuple[int, ...], int]] = [((), column)]
    for place, limit in enumerate(rows):
        room = sum(rows[place + 1 :])
        partial = [
            ((*cells, cell), left - cell)
            for cells, left in partial
            for cell in range(max(0, left - room), min(limit, left) + 1)
        ]
    return [cells for cells, _ in partial]


def _merged(parts: list[tuple[Floats, Floats]]) -> tuple[Floats, Floats]:
    """Join terms whose chances are the same but for rounding."""
    held = np.concatenate([chance for chance, _ in parts])
    times = np.concatenate([count for _, count in parts])
    order = np.argsort(held)
    held, times = held[order], times[order]
    first = np.concatenate([[True], np.diff(held) > 1e-11 * np.maximum(1.0, np.abs(held[1:]))])
    return held[first], np.add.reduceat(times, np.flatnonzero(first))
