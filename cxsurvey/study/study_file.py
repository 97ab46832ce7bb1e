"""From the text of ``study.toml`` to a ``StudyFile``, or every problem at once."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from cxsurvey.errors import StudyError, did_you_mean
from cxsurvey.study import codebook
from cxsurvey.study.codebook import AnswerList, Question, StudyFile
from cxsurvey.study.references import reference_problems

FILE_NAME = "study.toml"
ARRAYS = ("question", "scale", "group", "figure")


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
        ``study-file-syntax`` when it is not TOML, ``study-file-invalid`` with every problem otherwise.

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
    try:
        file = StudyFile.model_validate(tables)
    except ValidationError as error:
        raise StudyError.invalid(name, _problems(error, tables)) from error
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


def _problems(error: ValidationError, tables: Mapping[str, Any]) -> list[str]:
    return [_problem(dict(detail), tables) for detail in error.errors(include_url=False)]


def _problem(detail: Mapping[str, Any], tables: Mapping[str, Any]) -> str:
    location: tuple[str | int, ...] = detail["loc"]
    if detail["type"] == "extra_forbidden":
        key = str(location[-1])
        known = _known_keys(location)
        return f"{_place(location[:-1], tables)}: unknown key '{key}'. {did_you_mean(key, known)}"
    if detail["type"] == "missing":
        return f"{_place(location[:-1], tables)}: the key '{location[-1]}' is missing"
    message = detail["msg"].removeprefix("Value error, ").removeprefix("Input should be ")
    wanted = message if detail["type"] == "value_error" else f"expected {message[:1].lower()}{message[1:]}"
    got = detail.get("input")
    shown = f", got {got!r}" if isinstance(got, str | int | float | bool) else ""
    return f"{_place(location, tables)}: {wanted}{shown}"


def _place(location: Sequence[str | int], tables: Mapping[str, Any]) -> str:
    """Name a location as its author knows it: ``[[question]] 3 "q7" type``."""
    if not location:
        return "the file"
    head, *rest = location
    if head in ARRAYS and rest and isinstance(rest[0], int):
        items = tables.get(str(head))
        item = items[rest[0]] if isinstance(items, list) else None
        name = f' "{item["id"]}"' if isinstance(item, dict) and isinstance(item.get("id"), str) else ""
        return " ".join([f"[[{head}]] {rest[0] + 1}{name}", *_steps(rest[1:])])
    return " ".join([f"[{head}]", *_steps(rest)])


def _steps(rest: Sequence[str | int]) -> list[str]:
    return [f"item {step + 1}" if isinstance(step, int) else str(step) for step in rest]


def _known_keys(location: Sequence[str | int]) -> list[str]:
    """Find the keys that the table at this location knows."""
    fields = StudyFile.model_fields
    for step in location[:-1]:
        if isinstance(step, int) or step not in fields:
            continue
        model = _record_of(fields[step].annotation)
        if model is None:
            break
        fields = model.model_fields
    return [field.alias or name for name, field in fields.items()]


def _record_of(annotation: Any) -> type[codebook.Record] | None:
    """Find the record class inside ``tuple[X, ...]``, ``X | None`` or ``dict[str, X]``."""
    if isinstance(annotation, type) and issubclass(annotation, codebook.Record):
        return annotation
    for part in getattr(annotation, "__args__", ()):
        found = _record_of(part)
        if found is not None:
            return found
    return None
