"""Exports made in a test, and a study folder written of a draft."""

import json
from pathlib import Path

import pandas as pd

from cxsurvey.readers.codebooks.inference import infer
from cxsurvey.readers.exports.records import Export, ExportColumn
from cxsurvey.study.raw import RawResponses
from cxsurvey.study.study import Study
from cxsurvey.study.study_file import parse_study_file


def column(name, text="", **keys):
    return ExportColumn(name, keys.pop("header", (text or name,)), text, **keys)


def export_of(cells, columns=()):
    """Make an export of columns of cells; those that are not described are plain ones."""
    described = {item.name: item for item in columns}
    return Export(
        platform="plain",
        why="made in a test",
        columns=tuple(described.get(name, column(name)) for name in cells),
        frame=pd.DataFrame({name: list(values) for name, values in cells.items()}, dtype=str),
        first_row=2,
        dropped=(),
        file_name="made.csv",
        format="csv",
        encoding="utf-8",
        separator=",",
        sha256="0" * 64,
    )


def drafted(cells, *columns, keep=()):
    return infer(export_of(cells, columns), keep=keep)


def question_of(draft, name):
    """A question of the draft with its shared list written out."""
    return study_of(draft).questions[name]


def study_text(draft):
    """The study file as one line of TOML a table: readable by the package, not by people."""
    tables = draft.file.model_dump(by_alias=True, exclude_defaults=True)
    return "\n".join(f"{key} = {_toml(value)}" for key, value in tables.items())


def _toml(value):
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {_toml(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def study_of(draft):
    """The draft as a study, by way of its text."""
    raw = RawResponses(frame=draft.frame, file_name="responses.csv", format="csv", sha256="0" * 64)
    return Study(file=parse_study_file(study_text(draft)), raw=raw, path=Path("study.toml"), sha256="0" * 64)


def write_folder(draft, folder):
    """Write the study folder in the plainest way."""
    folder.mkdir()
    (folder / "study.toml").write_text(study_text(draft), encoding="utf-8")
    draft.frame.to_csv(folder / "responses.csv", index=False)
    return folder
