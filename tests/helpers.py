"""Small studies for tests: a study file as text beside the answers as columns or as CSV."""

import io
from pathlib import Path

import pandas as pd

from cxsurvey.study.raw import RawResponses
from cxsurvey.study.study import Study
from cxsurvey.study.study_file import parse_study_file

HEAD = '[study]\nid = "tiny"\ntitle = "A tiny study"\nresponses = "responses.csv"\n'


def study_of(toml, responses, *, user_missing=None, file_format="csv"):
    """Make a Study without touching the disk.

    ``toml`` may leave out ``[study]``. ``responses`` is CSV text (every cell is text, as the CSV reader gives
    it), a dict of columns, or a data frame (typed cells, as from .sav or .xlsx).
    """
    if isinstance(responses, str):
        responses = pd.read_csv(io.StringIO(responses), dtype=str, keep_default_na=False)
    text = toml if "[study]" in toml else HEAD + toml
    raw = RawResponses(
        frame=pd.DataFrame(responses),
        file_name="responses.csv",
        format=file_format,
        sha256="0" * 64,
        user_missing=user_missing or {},
    )
    return Study(file=parse_study_file(text), raw=raw, path=Path("study.toml"), sha256="0" * 64)


def question(name, kind="single", **keys):
    """Write one ``[[question]]``: keys become TOML, and ``raw`` is added as it stands."""
    raw = keys.pop("raw", "")
    keys = {"column": name.upper(), **keys} if kind != "multi" else keys
    lines = [f"{key} = {_toml(value)}" for key, value in keys.items() if value is not None]
    return "\n".join(
        ["[[question]]", f'id = "{name}"', f'text = "Question {name}"', f'type = "{kind}"', *lines, raw, ""]
    )


def _toml(value):
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    if isinstance(value, dict):
        return "{ " + ", ".join(f'"{key}" = {_toml(item)}' for key, item in value.items()) + " }"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return str(value)
