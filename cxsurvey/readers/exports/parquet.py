"""Parquet files as exports: names and cells, and the categories of dictionary columns as labels."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cxsurvey.errors import ExportError, ResponsesError
from cxsurvey.readers.exports.cell_texts import text_column
from cxsurvey.readers.exports.records import Export, ExportColumn, Shape
from cxsurvey.readers.parquet import read_parquet
from cxsurvey.readers.source import open_source
from cxsurvey.study.codebook import Reading

if TYPE_CHECKING:
    import pyarrow as pa

MOST_CATEGORIES = 200


def read(path: Path) -> Export:
    """Read a Parquet file as an export.

    Parameters
    ----------
    path : pathlib.Path
        The file.

    Returns
    -------
    Export
        True and false are ``true`` and ``false``; dates and moments are ISO text. The categories of a column
        that is stored as a dictionary are its labels, in their order. ``first_row`` is 1.

    Raises
    ------
    ExportError
        When the file is absent, damaged, holds no rows or a column of lists, records or bytes.
    """
    try:
        source = open_source(path)
        raw = read_parquet(source, Reading())
    except ResponsesError as fault:
        raise ExportError.unreadable(fault) from fault
    schema = _schema(path)
    texts = raw.frame.apply(text_column)
    return Export(
        platform="parquet",
        why="Its first bytes are those of a Parquet file.",
        columns=tuple(
            ExportColumn(name, (name,), "", labels=_labels(path, schema, name), shape=_shape(schema, name))
            for name in texts.columns
        ),
        frame=texts,
        first_row=1,
        dropped=(),
        file_name=raw.file_name,
        format="parquet",
        encoding="",
        separator="",
        sha256=raw.sha256,
    )


def _schema(path: Path) -> pa.Schema:
    from pyarrow import parquet  # noqa: PLC0415 - heavy

    return parquet.read_schema(path)


def _labels(path: Path, schema: pa.Schema, name: str) -> tuple[tuple[str, str], ...]:
    """Categories of a dictionary column of text, unless there are too many to be answers."""
    from pyarrow import parquet, types  # noqa: PLC0415 - heavy

    kind = schema.field(name).type if name in schema.names else None
    if kind is None or not types.is_dictionary(kind) or not types.is_string(kind.value_type):
        return ()
    column = parquet.read_table(path, columns=[name]).column(0)
    found = dict.fromkeys(
        label for chunk in column.chunks for label in chunk.dictionary.to_pylist() if label is not None
    )
    return tuple((label, label) for label in found) if len(found) <= MOST_CATEGORIES else ()


def _shape(schema: pa.Schema, name: str) -> Shape:
    from pyarrow import types  # noqa: PLC0415 - heavy

    kind = schema.field(name).type if name in schema.names else None
    if kind is None:
        return ""
    if types.is_date(kind) or types.is_timestamp(kind) or types.is_time(kind):
        return "date"
    if types.is_boolean(kind):
        return "single"
    return "number" if types.is_floating(kind) or types.is_decimal(kind) else ""
