"""New responses for a study whose study file stays as it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from cxsurvey.errors import OutputError, StudyError
from cxsurvey.readers.codebooks.draft import Draft
from cxsurvey.readers.importing.folder import edited
from cxsurvey.readers.importing.records import RESPONSES, Imported, Origin
from cxsurvey.readers.importing.responses_text import formula_like, write_responses
from cxsurvey.study.codebook import StudyFile
from cxsurvey.study.study_file import FILE_NAME, load_study_file


def refuse_refresh(folder: Path) -> None:
    """Refuse where there is no study file to keep, or the responses were edited.

    Parameters
    ----------
    folder : pathlib.Path

    Raises
    ------
    OutputError
        ``no-study-to-refresh`` or ``study-edited``.
    """
    if not (folder / FILE_NAME).is_file():
        raise OutputError.no_study_to_refresh(folder)
    if edited(folder, RESPONSES):
        raise OutputError.study_edited(folder / RESPONSES)


def refresh(folder: Path, draft: Draft, origin: Origin, source: Path) -> Imported:
    """Write the responses of a new export beside a study file that fits them.

    Parameters
    ----------
    folder : pathlib.Path
        The study folder.
    draft : Draft
        Of the new export.
    origin : Origin
    source : pathlib.Path
        The export.

    Returns
    -------
    Imported
        Its draft has the study file that was kept.

    Raises
    ------
    StudyError
        ``responses-differ`` when a column that the study file reads is not in the new responses, or holds
        another option; or the study file itself is wrong.
    OutputError
        When the folder cannot be written.
    """
    from cxsurvey.readers.importing.writing import written  # noqa: PLC0415 - it needs what this module does not

    kept = load_study_file(folder / FILE_NAME)
    problems = [*_responses_elsewhere(kept), *_unfit(kept, draft)]
    if problems:
        raise StudyError.responses_differ(str(folder / FILE_NAME), problems)
    text = (folder / FILE_NAME).read_text(encoding="utf-8-sig")
    imported = Imported(origin, replace(draft, file=kept), text, kept=True)
    makers = {RESPONSES: lambda path: write_responses(path, draft.frame, guarded=kept.reading.guarded)}
    return written(folder, imported, makers, [source])


def _responses_elsewhere(kept: StudyFile) -> Iterator[str]:
    if kept.study.responses != RESPONSES:
        yield f"[study] responses is '{kept.study.responses}', and an import writes {RESPONSES}"


def _unfit(kept: StudyFile, draft: Draft) -> Iterator[str]:
    """What the study file reads that the new responses lack or hold otherwise."""
    columns = set(draft.frame.columns)
    for place, column in _wanted(kept):
        if column not in columns:
            yield f"{place} reads the column '{column}', which the new export does not have"
    now = {label: column for column, label in _options(draft.file)}
    for column, label in _options(kept):
        if column in columns and now.get(label, column) != column:
            yield f"'{label[1]}' of '{label[0]}' stands in '{now[label]}' now, not in '{column}'"
    if formula_like(draft.frame) and not kept.reading.guarded:
        yield "cells begin like formulas: state guarded = true under [reading]"


def _wanted(kept: StudyFile) -> Iterator[tuple[str, str]]:
    if kept.study.respondent_id:
        yield "[study] respondent_id", kept.study.respondent_id
    yield from ((f"[design] {role}", column) for role, column in kept.design.sampling_columns())
    if kept.quality is not None:
        yield from ((f"[quality] {role}", column) for role, column in kept.quality.columns())
    for question in kept.question:
        yield from ((f"question '{question.id}'", column) for column in question.source_columns)


def _options(file: StudyFile) -> Iterator[tuple[str, tuple[str, str]]]:
    """Each option column with its question and label."""
    for question in file.question:
        for response in question.responses:
            if response.column:
                yield response.column, (question.id, response.label)
