"""The metadata of Quantipy (JSON): wordings, labels, types, and arrays of columns."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cxsurvey.errors import ExportError
from cxsurvey.readers.exports.missing_words import missing_reason
from cxsurvey.readers.exports.records import Shape
from cxsurvey.readers.exports.wording import clean_text

MAX_BYTES = 64 * 1024 * 1024
_SHAPES: dict[str, Shape] = {
    "single": "single",
    "delimited set": "joined",
    "int": "number",
    "float": "number",
    "date": "date",
    "string": "text",
}


@dataclass(frozen=True, slots=True)
class Described:
    """What the metadata say of a column: as :class:`ExportColumn`."""

    text: str
    item: str = ""
    block: str = ""
    labels: tuple[tuple[str, str], ...] = ()
    missing: tuple[tuple[str, str, str], ...] = ()
    shape: Shape = ""


def read_metadata(path: Path) -> dict[str, Described]:
    """Read the metadata.

    Parameters
    ----------
    path : pathlib.Path
        A JSON file.

    Returns
    -------
    dict of str to Described
        By column; empty when the file is JSON of another kind.

    Raises
    ------
    ExportError
        When the file is too large or no JSON.
    """
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise ExportError.metadata_broken(path.name, reason=f"{size:,} bytes")
        meta = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as fault:
        raise ExportError.metadata_broken(path.name, reason=str(fault)) from fault
    if not isinstance(meta, dict) or not isinstance(meta.get("columns"), dict):
        return {}
    lists = _table(_table(meta.get("lib")).get("values"))
    language = str(_table(meta.get("lib")).get("default text", ""))
    found = {name: _column(_table(told), lists, language) for name, told in meta["columns"].items()}
    for name, mask in _table(meta.get("masks")).items():
        for column, described in _rows(name, _table(mask), lists, language).items():
            if column in found:
                found[column] = described
    return found


def _table(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any, language: str) -> str:
    """A text in the default language, else in the first."""
    if isinstance(value, str):
        return clean_text(value)
    texts = {key: told for key, told in _table(value).items() if isinstance(told, str)}
    return clean_text(texts.get(language) or next(iter(texts.values()), ""))


def _labels(values: Any, lists: dict[str, Any], language: str) -> tuple[tuple[str, str], ...]:
    if isinstance(values, str):
        values = lists.get(values.rpartition("@")[2])
    told = [value for value in values or () if isinstance(value, dict) and "value" in value]
    return tuple((str(value["value"]), _text(value.get("text"), language)) for value in told)


def _column(told: dict[str, Any], lists: dict[str, Any], language: str) -> Described:
    labels = _labels(told.get("values"), lists, language)
    return Described(
        text=_text(told.get("text"), language),
        labels=labels,
        missing=_missing(told.get("missings"), dict(labels)),
        shape=_SHAPES.get(str(told.get("type", "")), ""),
    )


def _missing(missings: Any, labels: dict[str, str]) -> tuple[tuple[str, str, str], ...]:
    """Codes to be left out: by code, or by the manner of leaving them out."""
    codes: list[str] = []
    for key, value in _table(missings).items():
        codes += [str(code) for code in value] if isinstance(value, list) else [str(key)]
    return tuple(
        (code, missing_reason(labels.get(code, "")) or "skipped", labels.get(code, "")) for code in codes
    )


def _rows(name: str, mask: dict[str, Any], lists: dict[str, Any], language: str) -> dict[str, Described]:
    labels = _labels(mask.get("values"), lists, language)
    missing = _missing(mask.get("missings"), dict(labels))
    text = _text(mask.get("text"), language)
    return {
        str(item.get("source", "")).rpartition("@")[2]: Described(
            text, _text(item.get("text"), language), name, labels, missing, "grid_row" if labels else ""
        )
        for item in mask.get("items") or ()
        if isinstance(item, dict)
    }
