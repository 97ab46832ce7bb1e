"""From the text of ``study.toml`` to a ``StudyFile``, or every problem at once."""

from __future__ import annotations

import tomllib
from pathlib import Path

from pydantic import ValidationError

from cxsurvey.errors import StudyError
from cxsurvey.study.answers import is_declared_missing
from cxsurvey.study.codebook import AnswerList, Question, Response, StudyFile
from cxsurvey.study.raw import RawResponses
from cxsurvey.study.references import reference_problems
from cxsurvey.study.validation import validation_problems

FILE_NAME = "study.toml"
CLAIMS_FILE = "claims.csv"  # beside the study file, where a printed report is behind the study
LABELLED = (".sav", ".zsav", ".dta")  # formats that carry value labels


def load_study_file(path: Path) -> StudyFile:
    """Read and validate a study file.

    Parameters
    ----------
    path : pathlib.Path
        The ``study.toml`` itself.

    Returns
    -------
    StudyFile
        With shared answer lists written out in every question that names one.

    Raises
    ------
    StudyError
        ``study-file-unreadable``, ``study-file-encoding``, ``study-file-syntax`` or ``study-file-invalid``.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise StudyError.unreadable(str(path), error.strerror or str(error)) from error
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise StudyError.not_utf8(str(path), content.count(b"\n", 0, error.start) + 1) from error
    return parse_study_file(text, name=str(path))


def parse_study_file(text: str, *, name: str = FILE_NAME) -> StudyFile:
    """Validate the text of a study file.

    Parameters
    ----------
    text : str
        TOML.
    name : str
        What errors call the file.

    Returns
    -------
    StudyFile

    Raises
    ------
    StudyError
        ``study-file-syntax`` when it is not TOML, ``study-file-invalid`` with every problem otherwise. A study
        that leaves responses to the labels of an SPSS or Stata file is checked once they are known, by
        :func:`with_file_labels`.

    Examples
    --------
    >>> file = parse_study_file('''
    ... [study]
    ... id = "tiny"
    ... title = "A tiny study"
    ... responses = "responses.csv"
    ... [[question]]
    ... id = "q1"
    ... text = "Who owns customer experience?"
    ... type = "single"
    ... column = "Q1"
    ... responses = ["One team", "Several teams"]
    ... ''')
    >>> file.question[0].codes
    ('One team', 'Several teams')
    """
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise StudyError.not_toml(name, str(error)) from error
    except RecursionError as error:
        raise StudyError.not_toml(name, "lists or tables are nested too deeply") from error
    except ValueError as error:  # tomllib lets this one through
        raise StudyError.not_toml(name, "a number has thousands of digits") from error
    try:
        file = StudyFile.model_validate(tables)
    except ValidationError as error:
        raise StudyError.invalid(name, validation_problems(error, tables)) from error
    return file if waits_for_labels(file) else _checked(file, name)


def waits_for_labels(file: StudyFile) -> bool:
    """Whether a question leaves its responses to the value labels of an SPSS or Stata file."""
    labelled = Path(file.study.responses).suffix.lower() in LABELLED
    return labelled and any(_unlabelled(question) for question in file.question)


def _unlabelled(question: Question) -> bool:
    coded = question.type in {"single", "ordinal"}
    return coded and not question.responses and not question.list


def with_file_labels(file: StudyFile, raw: RawResponses, *, name: str = FILE_NAME) -> StudyFile:
    """Fill in responses that the study file leaves to the value labels of the data file.

    Parameters
    ----------
    file : StudyFile
    raw : RawResponses
        Codes that the data file itself declares missing do not become responses.
    name : str
        What errors call the study file.

    Returns
    -------
    StudyFile
        The same when nothing was left out.

    Raises
    ------
    StudyError
        ``study-file-invalid`` when labels are missing, or when the tables disagree once they are there.
    """
    if not waits_for_labels(file):
        return file
    questions = tuple(
        _labelled(question, raw) if _unlabelled(question) else question for question in file.question
    )
    return _checked(file.model_copy(update={"question": questions}), name)


def _labelled(question: Question, raw: RawResponses) -> Question:
    column = question.column or ""
    labels = raw.value_labels.get(column, {})
    declared = raw.user_missing.get(column, ())
    missing = {item.code for item in question.missing}
    responses = tuple(
        Response(code=code, label=label)
        for code, label in labels.items()
        if code not in missing and not is_declared_missing(_cell(code), declared)
    )
    return question.model_copy(update={"responses": responses})


def _cell(code: str) -> float | str:
    """A code as the data file holds it: value labels are kept as text, numbers are numbers."""
    try:
        return float(code)
    except ValueError:
        return code


def _checked(file: StudyFile, name: str) -> StudyFile:
    problems = reference_problems(file)
    if problems:
        raise StudyError.invalid(name, problems)
    return _with_lists(file)


def _with_lists(file: StudyFile) -> StudyFile:
    questions = tuple(
        _written_out(question, file.lists[question.list]) if question.list else question
        for question in file.question
    )
    return file.model_copy(update={"question": questions})


def _written_out(question: Question, shared: AnswerList) -> Question:
    return question.model_copy(
        update={
            "responses": question.responses or shared.responses,
            "missing": (*question.missing, *shared.missing),
            "nets": (*question.nets, *shared.nets),
        }
    )
