"""Where the letters of another tool differ, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from cxsurvey.analysis.tabulation.book import Book
from cxsurvey.analysis.tabulation.comparisons import REST
from cxsurvey.analysis.tabulation.profiles import PROFILES, ProfileRules
from cxsurvey.analysis.tabulation.records import Table
from cxsurvey.analysis.tabulation.settings import BookSettings
from cxsurvey.errors import RequestError
from cxsurvey.numerics.tables.inference import EDGE, normal_two_sided_p
from cxsurvey.study.answers import BoolArray, FloatArray
from cxsurvey.study.table_plan import Profile

if TYPE_CHECKING:
    import pandas as pd

    from cxsurvey.analysis.tabulation.records import Tests

REASONS: Final = {
    "base rule": "one of the two tests bases that the other leaves out",
    "zero cell": "a share of 0% or 100%, which one of the two does not test",
    "correction": "the p-values as they are agree; they are corrected in another way",
    "part and whole": "the tool takes the total for another group",
    "overlap": "the two columns share respondents, which the tool leaves out of account",
    "weights": "weights taken for frequencies, or Kish's effective base for the linearized variance",
    "clusters and strata": "the tool knows neither clusters nor strata",
    "test": "another formula on the same counts, such as another variance of means",
}
COMPARISON_COLUMNS: Final = (
    "table", "question", "row", "banner", "column_a", "column_b", "kind", "mark", "profile_mark", "p_value",
    "p_adjusted", "profile_p_value", "profile_p_adjusted", "reason",
)  # fmt: skip


def compare_profile(book: Book, profile: Profile) -> pd.DataFrame:
    """List the comparisons that another tool would mark differently.

    Parameters
    ----------
    book : Book
        With cxsurvey's own letters.
    profile : {"spss", "unicom", "q", "naive"}

    Returns
    -------
    pandas.DataFrame
        One row a comparison that is marked by one of the two only, at another level, or the other way round:
        ``table question row banner column_a column_b kind mark profile_mark p_value p_adjusted profile_p_value
        profile_p_adjusted reason``. Marks are the level in percent with a sign, such as ``+95``; ``+`` says
        that column a is higher. The reason is the first that holds of :data:`REASONS`.

    Raises
    ------
    RequestError
        ``bad-option`` for an unknown profile, or a book that has the letters of a profile itself.

    Examples
    --------
    >>> import cxsurvey as cx
    >>> book = cx.tabulate(cx.read_study("sfo2018"), "first_time", questions="nps", adjust="none")
    >>> sorted(set(cx.compare_profile(book, "naive")["reason"]))
    ['clusters and strata', 'part and whole']
    """
    import pandas as pd  # noqa: PLC0415 - the table is made last

    if profile not in PROFILES:
        raise RequestError.bad_option("profile", profile, f"one of {', '.join(PROFILES)}")
    if book.settings.profile is not None or book.again is None:
        raise RequestError.bad_option("book", book.settings.profile, "a book with cxsurvey's own letters")
    other = book.again(profile)
    parts = [_differences(book, one, two, profile) for one, two in zip(book.tables, other.tables, strict=True)]
    found = {name: np.concatenate([part[name] for part in parts]) for name in COMPARISON_COLUMNS}
    return pd.DataFrame(found, columns=list(COMPARISON_COLUMNS))


def _differences(book: Book, one: Table, two: Table, profile: Profile) -> dict[str, np.ndarray]:
    first, second = one.tests, two.tests
    waves = np.array([kind == "wave" for kind in first.kind], dtype=bool)
    signed = [np.nan_to_num(tests.level) * np.sign(np.nan_to_num(tests.gap)) for tests in (first, second)]
    r, j = np.nonzero((signed[0] != signed[1]) & ~waves)
    ids = np.array([column.id for column in one.columns], dtype=object)
    why = _reasons(book, one, two, PROFILES[profile])
    other = np.where(first.b[j] == REST, "rest", ids[np.maximum(first.b[j], 0)])
    return {
        "table": np.full(len(r), one.number),
        "question": np.full(len(r), one.question, dtype=object),
        "row": np.array([row.id for row in one.rows], dtype=object)[r],
        "banner": np.array([column.banner for column in one.columns], dtype=object)[first.a[j]],
        "column_a": ids[first.a[j]],
        "column_b": other.astype(object),
        "kind": np.array(first.kind, dtype=object)[j],
        "mark": _marks(signed[0][r, j]),
        "profile_mark": _marks(signed[1][r, j]),
        "p_value": first.p_value[r, j],
        "p_adjusted": first.p_adjusted[r, j],
        "profile_p_value": second.p_value[r, j],
        "profile_p_adjusted": second.p_adjusted[r, j],
        "reason": why[r, j],
    }


def _marks(signed: FloatArray) -> np.ndarray:
    return np.array([f"{100 * value:+g}" if value else "" for value in signed], dtype=object)


def _reasons(book: Book, one: Table, two: Table, rules: ProfileRules) -> np.ndarray:
    """The first reason that holds for each comparison; shape (R, J)."""
    first, second = one.tests, two.tests
    untested = np.isnan(first.p_value) ^ np.isnan(second.p_value)
    rest = np.broadcast_to(first.b == REST, first.gap.shape)
    checks = {
        "base rule": untested & _small(first, rules, book.settings),
        "zero cell": untested & _edges(first),
        "correction": _same_side(first, second, book.settings),
        "part and whole": rest & rules.whole,
        "overlap": (first.n_overlap > 0) & (not rules.overlap),
        "clusters and strata": _clustered(book) & _effective_agrees(first, second, book.settings, one),
        "weights": np.full(first.gap.shape, _weighted(book)),
    }
    reason = np.full(first.gap.shape, "test", dtype=object)
    for name in reversed(checks):
        reason[checks[name]] = name
    return reason


def _small(first: Tests, rules: ProfileRules, settings: BookSettings) -> BoolArray:
    least = max(rules.least, settings.test_from)
    small: BoolArray = (first.n_a < least) | (first.n_b < least)
    return small


def _edges(first: Tests) -> BoolArray:
    edge: BoolArray = np.zeros(first.gap.shape, dtype=bool)
    for share in (first.estimate_a, first.estimate_b):
        edge |= (share <= EDGE) | (np.abs(share - 1) <= EDGE)
    return edge


def _same_side(first: Tests, second: Tests, settings: BookSettings) -> BoolArray:
    """Whether the p-values as they are would be marked alike."""
    same: BoolArray = np.ones(first.gap.shape, dtype=bool)
    for level in settings.levels:
        same &= (first.p_value < 1 - level) == (second.p_value < 1 - level)
    return same & ~np.isnan(first.p_value) & ~np.isnan(second.p_value)


def _effective_agrees(first: Tests, second: Tests, settings: BookSettings, table: Table) -> BoolArray:
    """Whether effective bases, which know weights and not clusters, would give the tool's mark."""
    shares = np.array([row.statistic == "share" for row in table.rows])[:, None]
    m, n = first.n_effective_a, first.n_effective_b
    pooled = (first.estimate_a * m + first.estimate_b * n) / (m + n)
    variance = pooled * (1 - pooled) * (1 / m + 1 / n)
    z = first.gap / np.sqrt(np.where(variance > 0, variance, np.nan))
    p = normal_two_sided_p(z)
    level = 1 - settings.levels[-1]
    agrees: BoolArray = ((p < level) == (second.p_value < level)) | ~shares
    return agrees


def _weighted(book: Book) -> bool:
    return "weighted by" in book.design


def _clustered(book: Book) -> bool:
    return any(word in book.design for word in ("clusters", "strata", "stages", "replicate"))
