"""What a reader of the book must know: how letters are made, what was tested, what is hidden."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from cxsurvey.analysis.tabulation.records import Table
from cxsurvey.analysis.tabulation.settings import CORRECTIONS, BookSettings

PROFILE_NOTES: Final = {
    "spss": "Letters follow the spss profile: weights as frequencies, Bonferroni in each row, no shares of 0% "
    "or 100%, overlaps ignored.",
    "unicom": "Letters follow the unicom profile: effective bases, overlap formula, bases from 30, not "
    "corrected.",
    "q": "Letters follow the q profile: effective bases, false discovery rate for each question, banner "
    "variable and kind of comparison, case by the p-value as it is.",
    "naive": "Letters follow the naive profile: weighted bases as if simple, the total as if another group, "
    "not corrected.",
}
SIGN_NOTE: Final = (
    "+ and - mark columns higher or lower than everyone else in the total; in brackets at the second level."
)
NO_PROBABILITY: Final = "Tests and intervals treat the respondents as if they were drawn at random."


def book_notes(
    tables: Sequence[Table], settings: BookSettings, design: str, filtered: str, *, probability: bool
) -> tuple[str, ...]:
    """Write the notes of a book.

    Parameters
    ----------
    tables : sequence of Table
    settings : BookSettings
    design : str
        Weighting and sampling in words.
    filtered : str
        Whom the book is limited to.
    probability : bool
        Whether the respondents were drawn at random.

    Returns
    -------
    tuple of str
    """
    limits = [f"Limited to: {filtered}."] if filtered else []
    return (
        f"{design[:1].upper()}{design[1:]}. n is unweighted.",
        *limits,
        *_letter_notes(tables, settings),
        *([] if probability else [NO_PROBABILITY]),
        *_base_notes(tables, settings),
    )


def _letter_notes(tables: Sequence[Table], settings: BookSettings) -> list[str]:
    kinds = {kind for table in tables for kind in table.tests.kind}
    tested = sum(table.tests.tested for table in tables)
    if not kinds:
        return ["Nothing was compared."]
    levels = [f"{level * 100:g}%" for level in settings.levels]
    cases = f"upper case {levels[0]}" + (f", lower case {levels[1]}" if len(levels) > 1 else "")
    notes = []
    if "pair" in kinds:
        notes.append(
            f"A letter names a column of the same banner variable that this one is higher than: {cases}."
        )
    if "rest" in kinds:
        notes.append(SIGN_NOTE)
    if "wave" in kinds:
        notes.append("Wave marks compare a column with itself in the wave before.")
    if settings.profile is not None:
        return [*notes, PROFILE_NOTES[settings.profile], f"{tested:,} tests."]
    where = "" if settings.adjust == "none" else " within each question, banner variable and kind of comparison"
    return [*notes, f"{tested:,} tests; p-values {CORRECTIONS[settings.adjust]}{where}."]


def _base_notes(tables: Sequence[Table], settings: BookSettings) -> list[str]:
    notes = [f"* base under {settings.caution_below}; ** base under {settings.test_from}, not tested."]
    if any(table.cells.hidden.any() for table in tables):
        notes.append(
            f"Figures of columns with a base under {settings.suppress_below} are hidden, with further columns "
            "where they could be found by subtraction."
        )
    return notes
