"""Triple-S: metadata (``.sss``, ``.xml``) beside data by position (``.asc``) or delimited data (``.csv``)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from cxsurvey.errors import ExportError, ResponsesError
from cxsurvey.readers.encodings import to_utf8
from cxsurvey.readers.exports.missing_words import missing_reason
from cxsurvey.readers.exports.names import unique_names
from cxsurvey.readers.exports.records import SHOWN_ROWS, DroppedRows, Export, ExportColumn, Role, Shape
from cxsurvey.readers.exports.triple_s_cells import (
    Rows,
    chosen_codes,
    codes_of,
    fields_of,
    plain_cell,
    split_rows,
)
from cxsurvey.readers.exports.triple_s_files import METADATA_SUFFIXES, is_metadata, metadata_beside, siblings
from cxsurvey.readers.exports.triple_s_schema import Schema, Variable, codec_of, parse_schema
from cxsurvey.readers.source import open_source

if TYPE_CHECKING:
    import pandas as pd

    from cxsurvey.readers.encodings import Utf8Text

_FIXED_SUFFIXES = (".asc", ".dat", ".txt", ".csv")
_CSV_SUFFIXES = (".csv", ".asc", ".dat", ".txt")
_ROLES: dict[str, Role] = {"serial": "respondent_id", "weight": "weight"}
_SHAPES: dict[str, Shape] = {
    "single": "single",
    "logical": "single",
    "quantity": "number",
    "character": "text",
    "date": "date",
    "time": "date",
}


def read(path: Path) -> Export:
    """Read a Triple-S survey from its metadata or from its data of fixed positions.

    A multiple becomes one option column a code (``1`` chosen, ``0`` not), blank when the field is blank. Codes
    and numbers lose zeros in front, dates and times become ISO text. A labelled value of a quantity whose label
    says that there is no answer is listed as missing.

    Parameters
    ----------
    path : pathlib.Path
        The metadata (``.sss``, ``.xml``), or the data beside them.

    Returns
    -------
    Export

    Raises
    ------
    ExportError
        When one of the two files is absent, the metadata break the standard or describe a hierarchy, or the
        data do not fit them.
    """
    try:
        source = open_source(path)
        metadata = path if is_metadata(path) else metadata_beside(path)
        if metadata is None and source.content != "text":
            raise ExportError.not_a_table(source.name, content=source.content)
        if metadata is None:
            tried = [path.with_suffix(suffix).name for suffix in METADATA_SUFFIXES]
            raise ExportError.triple_s_no_metadata(source.name, tried=tried)
        schema = parse_schema(metadata.read_bytes(), file_name=metadata.name)
        data = open_source(_data_file(metadata, schema) if metadata == path else path)
        text, notes = _decoded(data.path, schema)
        rows = split_rows(text.text(), schema, file_name=data.name)
    except ResponsesError as fault:
        raise ExportError.unreadable(fault) from fault
    if not (rows.lines or rows.fields):
        raise ExportError.nobody_left(data.name, reasons=[f"{len(rows.blank)} blank"] if rows.blank else [])
    columns, frame, told = _laid_out(schema, rows)
    return Export(
        platform="triple_s",
        why=f"{metadata.name} is a Triple-S survey (version {schema.version or 'not told'}).",
        columns=columns,
        frame=frame,
        first_row=rows.first_row,
        dropped=_dropped(rows),
        file_name=data.name,
        format="triple_s",
        encoding=text.encoding,
        separator="," if schema.csv else "",
        sha256=data.sha256,
        title=schema.title,
        notes=(f"The variables are described by {metadata.name}", *notes, *told),
    )


def _data_file(metadata: Path, schema: Schema) -> Path:
    """The file that the metadata name, if it stands beside them; else the one of their own name."""
    named = metadata.parent / Path(schema.href.replace("\\", "/")).name if schema.href else None
    if named is not None and named.is_file() and named != metadata:
        return named
    suffixes = _CSV_SUFFIXES if schema.csv else _FIXED_SUFFIXES
    found = next(siblings(metadata, suffixes), None)
    if found is None:
        tried = [*([named.name] if named else []), *(metadata.with_suffix(suffix).name for suffix in suffixes)]
        raise ExportError.triple_s_no_data(metadata.name, tried=tried)
    return found


def _decoded(path: Path, schema: Schema) -> tuple[Utf8Text, list[str]]:
    """Data are in the encoding of the metadata; when they do not fit it, they are found out."""
    data = path.read_bytes()
    try:
        return to_utf8(data, file_name=path.name, encoding=codec_of(schema.encoding)), []
    except ResponsesError:
        text = to_utf8(data, file_name=path.name)
        return text, [f"The data are not in {schema.encoding}, as the metadata say, but in {text.encoding}"]


def _dropped(rows: Rows) -> tuple[DroppedRows, ...]:
    return (DroppedRows("blank", len(rows.blank), rows.blank[:SHOWN_ROWS]),) if rows.blank else ()


def _laid_out(schema: Schema, rows: Rows) -> tuple[tuple[ExportColumn, ...], pd.DataFrame, tuple[str, ...]]:
    import pandas as pd  # noqa: PLC0415 - heavy, and the detector loads without it

    columns: list[ExportColumn] = []
    cells: list[list[str]] = []
    notes = [f"{rows.short} lines end before the last field; what is cut off is blank"] if rows.short else []
    for variable in schema.variables:
        parts = _multiple(variable, rows, notes) if variable.kind == "multiple" else _plain(variable, rows)
        for column, texts in parts:
            columns.append(column)
            cells.append(texts)
        if variable.filter:
            notes.append(f"{variable.name} was asked of some only: its filter is {variable.filter}")
    names = unique_names([column.name for column in columns])
    named = tuple(replace(column, name=name) for column, name in zip(columns, names, strict=True))
    frame = pd.DataFrame(dict(zip(names, cells, strict=True)), dtype="str")
    return named, frame, tuple(notes)


def _plain(variable: Variable, rows: Rows) -> Iterator[tuple[ExportColumn, list[str]]]:
    fields = fields_of(rows, variable)
    known: dict[str, str] = {}
    for field in fields:
        if isinstance(field, str) and field not in known:
            known[field] = plain_cell(field, variable)
    labels = tuple((plain_cell(code, variable), label) for code, label in variable.codes)
    if variable.kind == "logical":
        labels = labels or (("1", "Yes"), ("0", "No"))
    role = _ROLES.get(variable.use, "answer")
    yield (
        ExportColumn(
            name=variable.name,
            header=(variable.name,),
            text=variable.label,
            role=role,
            labels=labels,
            missing=_missing(variable, labels),
            shape="" if role == "respondent_id" else _SHAPES[variable.kind],
        ),
        [known[field] for field in fields if isinstance(field, str)],
    )


def _missing(variable: Variable, labels: Sequence[tuple[str, str]]) -> tuple[tuple[str, str, str], ...]:
    """A number labelled "not stated" is no number."""
    if variable.kind != "quantity":
        return ()
    told = ((code, missing_reason(label), label) for code, label in labels)
    return tuple((code, reason, label) for code, reason, label in told if reason)


def _multiple(variable: Variable, rows: Rows, notes: list[str]) -> Iterator[tuple[ExportColumn, list[str]]]:
    codes = codes_of(variable)
    fields = fields_of(rows, variable)
    known = {_key(field): chosen_codes(field, variable, codes) for field in fields}
    chosen = [known[_key(field)] for field in fields]
    unlisted = sorted(set().union(*(found for found in chosen if found)) - set(codes))
    if unlisted:
        notes.append(f"{variable.name} holds codes that the metadata do not list: {', '.join(unlisted[:10])}")
    labels = {plain_cell(code, variable): label for code, label in variable.codes}
    for code in (*codes, *unlisted):
        yield (
            ExportColumn(
                name=f"{variable.name}_{code}",
                header=(variable.name,),
                text=variable.label,
                item=labels.get(code, code) or code,
                block=variable.name,
                role="option",
                shape="option",
                chosen="1",
            ),
            ["" if found is None else "1" if code in found else "0" for found in chosen],
        )


def _key(field: str | list[str]) -> str:
    return field if isinstance(field, str) else "\x1f".join(field)
