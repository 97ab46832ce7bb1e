"""With what a book is made: checked once, printed with the result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, get_args

from cxsurvey.errors import RequestError
from cxsurvey.numerics.probability.multiplicity import Adjustment
from cxsurvey.study.codebook import Settings
from cxsurvey.study.table_plan import MOST_LEVELS, Profile, TablePlan, TableStatistic, TestAgainst

CORRECTIONS: Final = {
    "none": "not corrected",
    "bh": "corrected by Benjamini-Hochberg",
    "holm": "corrected by Holm",
    "bonferroni": "corrected by Bonferroni",
}


@dataclass(frozen=True, slots=True)
class BookSettings:
    """What the numbers and letters of a book are made with.

    Attributes
    ----------
    statistics : tuple of {"share", "mean", "median"}
        Rows that are made, where a question allows them; net promoter scores come with the questions that
        declare them.
    top_box : int
        Points in the top and bottom boxes of ordinal questions that declare no nets; 0 for none.
    levels : tuple of float
        Of the letters: upper case, and lower case where there is a second.
    adjust : {"bh", "holm", "bonferroni", "none"}
        Correction of ``p_adjusted``, by which the letters go, within a question and a banner variable.
    against : tuple of {"pairs", "rest"}
    profile : {"spss", "unicom", "q", "naive"} or None
        Whose rules make the letters; None for cxsurvey's own.
    wave : str or None
        Question whose last wave is tabulated and compared with the one before.
    interval : float
        Level of the intervals.
    suppress_below, suppress_cells_below, test_from, caution_below : int
        The base policy of the study.
    """

    statistics: tuple[TableStatistic, ...] = ("share", "mean")
    top_box: int = 2
    levels: tuple[float, ...] = (0.95, 0.90)
    adjust: Adjustment = "bh"
    against: tuple[TestAgainst, ...] = ("pairs", "rest")
    profile: Profile | None = None
    wave: str | None = None
    interval: float = 0.95
    suppress_below: int = 5
    suppress_cells_below: int = 0
    test_from: int = 30
    caution_below: int = 100


def book_settings(policy: Settings, plan: TablePlan | None, **asked: object) -> BookSettings:
    """Settle what a book is made with: what was asked, else what the study file declares, else the defaults.

    Parameters
    ----------
    policy : Settings
        Thresholds of the study.
    plan : TablePlan or None
    **asked : object
        Options of :func:`.tabulate.tabulate`; None where they were left out.

    Returns
    -------
    BookSettings

    Raises
    ------
    RequestError
        ``bad-option``.

    Examples
    --------
    >>> book_settings(Settings(), None, levels=[0.99]).levels
    (0.99,)
    """
    start = BookSettings(
        interval=policy.level,
        suppress_below=policy.suppress_below,
        suppress_cells_below=policy.suppress_cells_below,
        test_from=policy.test_from,
        caution_below=policy.caution_below,
    )
    keys = ("statistics", "top_box", "levels", "adjust", "against", "profile", "wave")
    declared = {key: getattr(plan, key) for key in keys} if plan is not None else {}
    wanted: dict[str, Any] = {**declared, **{key: value for key, value in asked.items() if value is not None}}
    for key in ("statistics", "levels", "against"):
        if key in wanted:
            wanted[key] = _several(wanted[key])
    settled: BookSettings = replace(start, **wanted)
    _check(settled)
    return settled


def _several(value: object) -> tuple[object, ...]:
    return tuple(value) if isinstance(value, Sequence) and not isinstance(value, str) else (value,)


def _check(settled: BookSettings) -> None:
    _known("statistics", settled.statistics, get_args(TableStatistic))
    _known("against", settled.against, get_args(TestAgainst))
    _known("adjust", (settled.adjust,), get_args(Adjustment))
    _known("profile", (settled.profile,) if settled.profile else (), get_args(Profile))
    levels = settled.levels
    fractions = [isinstance(level, float) and 0.5 < level < 1 for level in levels]  # noqa: PLR2004 - the message
    falling = list(levels) == sorted(set(levels), reverse=True)
    if not (all(fractions) and falling and 1 <= len(levels) <= MOST_LEVELS):
        expected = "one or two fractions between 0.5 and 1, the stricter first: (0.95, 0.90)"
        raise RequestError.bad_option("levels", levels, expected, _as_fractions(levels))
    if not isinstance(settled.top_box, int) or not 0 <= settled.top_box <= 5:  # noqa: PLR2004 - the message
        raise RequestError.bad_option("top_box", settled.top_box, "a whole number from 0 to 5")


def _as_fractions(levels: Sequence[object]) -> str:
    """The levels that were meant, where they are written in percent."""
    percents = [level for level in levels if isinstance(level, int | float) and 50 < level < 100]  # noqa: PLR2004 - the message
    if not percents or len(percents) < len(levels):
        return ""
    return f"Did you mean {', '.join(f'{level / 100:g}'.removeprefix('0') for level in percents)}?"


def _known(option: str, values: Sequence[object], known: Sequence[str]) -> None:
    for value in values:
        if value not in known:
            raise RequestError.bad_option(option, value, f"one of {', '.join(known)}")
