"""The words that a study file and its answers put around a figure: question wording, base, rule, own note."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from cxsurvey.analysis.results import Estimates
from cxsurvey.analysis.segmentation import Segmentation
from cxsurvey.display import drafts, notes
from cxsurvey.display.card import FigureText
from cxsurvey.study.codebook import Figure
from cxsurvey.study.study import Study


def worded(
    study: Study, figure: Figure, text: FigureText, estimates: Estimates, *, calibrated: bool = False
) -> FigureText:
    """Put question wording, base, what is illustrative and the figure's own note around a figure.

    ``calibrated`` respondents are synthetic and give the numbers of a report.
    """
    asked = list(dict.fromkeys(row.question for row in estimates.rows))
    question = study.questions.get(asked[0]) if len(asked) == 1 else None
    key, words = notes.base_note(study, estimates)
    if question is not None:
        words = f"{words} {notes.choices_sentence(question, estimates)}".strip()
        text = replace(text, question=question.text, instruction=question.instruction)
    noted = drafts.with_notes(text, (key, words), *notes.illustrative_note(study, asked, calibrated=calibrated))
    return with_own(noted, figure)


def with_own(text: FigureText, figure: Figure) -> FigureText:
    """Add the figure's own note to the base."""
    return joined(text, "Base", figure.note)


def with_rule(study: Study, found: Segmentation, text: FigureText, *, key: str) -> FigureText:
    """Say in a note when segments are made by another rule than the study's own."""
    declared = study.file.segments
    if declared is None or found.rule == declared.rule:
        return text
    return joined(text, key, f"This rule is not the study's own, which is '{declared.rule}'.")


def joined(text: FigureText, key: str, words: str) -> FigureText:
    """Add words to the note of a key, or make that note.

    Examples
    --------
    >>> joined(FigureText("fig01", "1", "", notes=(("Base", "All."),)), "Base", "Weighted.").notes
    (('Base', 'All. Weighted.'),)
    """
    if not words:
        return text
    whole = f"{dict(text.notes).get(key, '')} {words}".strip()
    others: Iterable[tuple[str, str]] = (note for note in text.notes if note[0] != key)
    return replace(text, notes=((key, whole), *others))
