"""A drafted study becomes a folder: study file, responses, report, columns, README."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from cxsurvey.files import csv_text
from cxsurvey.readers.codebooks.draft import Draft
from cxsurvey.readers.importing.figure_drafts import figure_drafts
from cxsurvey.readers.importing.folder import copier, refuse_edited, write_folder, writer
from cxsurvey.readers.importing.quality_draft import draft_quality
from cxsurvey.readers.importing.readme_text import readme_text
from cxsurvey.readers.importing.records import COLUMNS, README, RESPONSES, SCHEMA, Imported, Origin
from cxsurvey.readers.importing.report import column_table, report_text
from cxsurvey.readers.importing.responses_text import formula_like, write_responses
from cxsurvey.readers.importing.study_text import study_text
from cxsurvey.study.raw import RawResponses
from cxsurvey.study.schema import SCHEMA_FILE
from cxsurvey.study.study import Study
from cxsurvey.study.study_file import FILE_NAME, parse_study_file

NO_FIGURES = "No figure is drafted: none of the questions was answered by enough respondents to be drawn."


def new_study(draft: Draft, origin: Origin) -> Imported:
    """Write the study file of a draft, with figures that its responses can fill.

    Parameters
    ----------
    draft : Draft
    origin : Origin

    Returns
    -------
    Imported
    """
    guarded = formula_like(draft.frame)
    if guarded:
        reading = draft.file.reading.model_copy(update={"guarded": True})
        draft = replace(draft, file=draft.file.model_copy(update={"reading": reading}))
    quality = draft_quality(draft)
    draft = replace(draft, file=draft.file.model_copy(update={"quality": quality.plan}))
    words = f"Made by 'cxsurvey import' of {origin.file_name} ({origin.platform}); see import-report.txt."
    plain = study_text(draft, origin=words, remarks=quality.remarks)
    figures = figure_drafts(in_memory(draft, plain, origin), draft.grids)
    text = study_text(draft, origin=words, figures=figures, no_figures=NO_FIGURES, remarks=quality.remarks)
    parse_study_file(text)
    return Imported(origin, draft, text)


def in_memory(draft: Draft, text: str, origin: Origin) -> Study:
    """The study that the folder will hold, before it is written."""
    raw = RawResponses(
        frame=draft.frame, file_name=RESPONSES, format="delimited", sha256=origin.sha256, separator=","
    )
    return Study(file=parse_study_file(text), raw=raw, path=Path(FILE_NAME), sha256="")


def write_new(folder: Path, imported: Imported, source: Path) -> Imported:
    """Write the folder of a new study.

    Parameters
    ----------
    folder : pathlib.Path
    imported : Imported
    source : pathlib.Path
        The export.

    Returns
    -------
    Imported
        With what was written.

    Raises
    ------
    OutputError
        ``study-edited``; or the folder cannot be written.
    """
    refuse_edited(folder)
    draft = imported.draft
    guarded = draft.file.reading.guarded
    makers: dict[str, Callable[[Path], None]] = {
        FILE_NAME: writer(imported.study_toml),
        RESPONSES: lambda path: write_responses(path, draft.frame, guarded=guarded),
        **beside(imported, guarded=guarded),
    }
    return written(folder, imported, makers, [source])


def beside(imported: Imported, *, guarded: bool) -> dict[str, Callable[[Path], None]]:
    """What stands beside the study file and its responses."""
    return {
        SCHEMA: copier(SCHEMA_FILE),
        COLUMNS: writer(csv_text(column_table(imported.draft))),
        README: writer(readme_text(imported, guarded=guarded)),
    }


def written(
    folder: Path, imported: Imported, makers: Mapping[str, Callable[[Path], None]], sources: Sequence[Path]
) -> Imported:
    """Write files and the report of them; return what was written."""
    placed = replace(imported, folder=folder)
    files = write_folder(
        folder, makers, report=lambda hashes: report_text(placed, hashes=hashes), sources=sources
    )
    return replace(placed, files=files)


def write_copy(folder: Path, imported: Imported, source: Path, study_file: Path) -> Imported:
    """Write the folder of a study that has a study file already, both files byte for byte.

    Parameters
    ----------
    folder : pathlib.Path
    imported : Imported
    source, study_file : pathlib.Path
        The responses, and the study file that names them.

    Returns
    -------
    Imported

    Raises
    ------
    OutputError
        ``would-overwrite-input`` when it is the study's own folder; ``study-edited``.
    """
    name = imported.draft.file.study.responses
    if study_file.parent.resolve() != folder.resolve():
        refuse_edited(folder, responses=name)
    makers = {
        FILE_NAME: copier(study_file),
        name: copier(source),
        **beside(imported, guarded=imported.draft.file.reading.guarded),
    }
    return written(folder, imported, makers, [source, study_file])
