"""Importing the responses of a study folder: the codebook is the study file beside them."""

from __future__ import annotations

from pathlib import Path

from cxsurvey.readers.codebooks.draft import ColumnFate, Draft, Fate, Guess
from cxsurvey.readers.study_folder import read_study, responses_path
from cxsurvey.study.codebook import Question, StudyFile
from cxsurvey.study.study import Study
from cxsurvey.study.study_file import FILE_NAME, load_study_file

PLATFORM = "study folder"
TEXT = (".csv", ".tsv", ".tab", ".txt")


def own_study_file(path: Path) -> Path | None:
    """Find the study file that names this file as its responses.

    Parameters
    ----------
    path : pathlib.Path
        A file that may be anything.

    Returns
    -------
    pathlib.Path or None
        None when no study file stands beside it, or when that names another file.

    Raises
    ------
    StudyError
        When the study file beside it is wrong.
    """
    beside = path.parent / FILE_NAME
    if path.suffix.lower() not in TEXT or not beside.is_file() or not path.is_file():
        return None
    file = load_study_file(beside)
    return beside if responses_path(beside, file.study) == path.resolve() else None


def draft_of_study(study_file: Path) -> tuple[Draft, Study]:
    """Take the codebook of a study file as it is.

    Parameters
    ----------
    study_file : pathlib.Path

    Returns
    -------
    draft : Draft
        Nothing in it is a guess.
    study : Study

    Raises
    ------
    StudyError, ResponsesError
        As :func:`cxsurvey.read_study`.
    """
    study = read_study(study_file)
    columns = list(study.raw.frame.columns)
    used = _uses(study.file)
    fates = tuple(
        ColumnFate(name, (name,), *used.get(name, ("quality", "not named by the study file")), "", "declared")
        for name in columns
    )
    guesses = tuple(Guess(q.id, q.type, "the study file", "declared") for q in study.file.question)
    frame = study.raw.frame.astype(str)
    return Draft(file=study.file, frame=frame, fates=fates, guesses=guesses), study


def _uses(file: StudyFile) -> dict[str, tuple[Fate, str]]:
    """What each column is to the study file."""
    found: dict[str, tuple[Fate, str]] = {}
    for question in file.question:
        for column in question.source_columns:
            found.setdefault(column, (_part(question), question.id))
    for role, column in file.design.sampling_columns():
        found.setdefault(column, ("design", role))
    for role, column in file.quality.columns() if file.quality is not None else ():
        found.setdefault(column, ("quality", role))
    if file.study.respondent_id:
        found[file.study.respondent_id] = ("id", "respondent_id")
    return found


def _part(question: Question) -> Fate:
    return "part" if question.type == "multi" and not question.column else "question"
