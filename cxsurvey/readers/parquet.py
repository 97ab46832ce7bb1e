"""Parquet: typed columns, of which text, numbers, truth values, dates and times are read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cxsurvey.errors import ResponsesError
from cxsurvey.readers.cells import iso_texts, whole_seconds
from cxsurvey.readers.columns import named_columns
from cxsurvey.study.raw import RawResponses

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd
    import pyarrow as pa

    from cxsurvey.readers.source import SourceFile
    from cxsurvey.study.codebook import Reading


def read_parquet(source: SourceFile, reading: Reading) -> RawResponses:  # noqa: ARG001 - readers share a shape
    """Read a Parquet file.

    Whole numbers stay whole when cells are absent, dates and moments become ISO text, and columns stored
    as a dictionary become plain.

    Parameters
    ----------
    source : SourceFile
        The file.
    reading : Reading
        Not used: the file describes itself.

    Returns
    -------
    RawResponses
        Respondent 1 is row 1: Parquet has no header row.

    Raises
    ------
    ResponsesError
        When the file is damaged, holds no rows, or has a column of lists, records or bytes.
    """
    import pandas as pd  # noqa: PLC0415 - heavy, and the detector loads without it

    table = _table(source)
    if table.num_columns == 0:
        raise ResponsesError.empty(source.name)
    names = named_columns(
        table.column_names,
        file_name=source.name,
        row=1,
        is_empty=_is_empty(table),
        first_cells=lambda: table.column(0).to_pylist(),
    )
    if table.num_rows == 0:
        raise ResponsesError.no_cases(source.name)
    columns = {name: _column(table.column(position)) for position, name in names.items()}
    return RawResponses(
        frame=pd.DataFrame(columns),
        file_name=source.name,
        format="parquet",
        sha256=source.sha256,
        first_row=1,
    )


def _table(source: SourceFile) -> pa.Table:
    import pyarrow as pa  # noqa: PLC0415 - as above
    from pyarrow import parquet  # noqa: PLC0415

    try:
        with parquet.ParquetFile(source.path) as file:
            for field in file.schema_arrow:
                if not _is_usable(field.type):
                    raise ResponsesError.unusable_column(source.name, column=field.name, kind=str(field.type))
            return file.read()
    except (pa.ArrowException, OSError) as fault:
        reason = str(fault).splitlines()[0]
        raise ResponsesError.broken(source.name, kind="a Parquet file", reason=reason) from fault


def _is_usable(kind: pa.DataType) -> bool:
    from pyarrow import types  # noqa: PLC0415 - as above

    if types.is_dictionary(kind):
        return _is_usable(kind.value_type)
    tests = (
        types.is_string, types.is_large_string, types.is_string_view, types.is_boolean, types.is_integer,
        types.is_floating, types.is_decimal, types.is_date, types.is_timestamp, types.is_time, types.is_null,
    )  # fmt: skip
    return any(test(kind) for test in tests)


def _is_empty(table: pa.Table) -> Callable[[int], bool]:
    return lambda position: table.column(position).null_count == table.num_rows


def _column(column: pa.ChunkedArray) -> pd.Series:
    import pandas as pd  # noqa: PLC0415 - as above
    from pyarrow import types  # noqa: PLC0415

    kind = column.type
    if types.is_dictionary(kind):
        return _column(column.cast(kind.value_type))
    if types.is_integer(kind) or types.is_floating(kind) or types.is_decimal(kind):
        return _numbers(column)
    if types.is_boolean(kind):
        return pd.Series(column.to_pylist(), dtype=object if column.null_count else bool)
    return pd.Series(_texts(column), dtype="str")


def _numbers(column: pa.ChunkedArray) -> pd.Series:
    """Whole numbers with absent cells stay whole: as floats, long identifiers would change."""
    import pandas as pd  # noqa: PLC0415 - as above
    import pyarrow as pa  # noqa: PLC0415
    from pyarrow import types  # noqa: PLC0415

    if not types.is_integer(column.type):
        return pd.Series(column.cast(pa.float64()).to_numpy())
    if column.null_count == 0:
        return pd.Series(column.to_numpy())
    dtype = pd.UInt64Dtype() if types.is_unsigned_integer(column.type) else pd.Int64Dtype()
    return pd.Series(column.to_pylist(), dtype=dtype)


def _texts(column: pa.ChunkedArray) -> Any:
    from pyarrow import types  # noqa: PLC0415 - as above

    kind = column.type
    if types.is_date(kind) or (types.is_timestamp(kind) and kind.tz is None):
        return iso_texts(whole_seconds(column.to_numpy()))
    if types.is_timestamp(kind) or types.is_time(kind):
        return [None if cell is None else cell.isoformat() for cell in column.to_pylist()]
    return column.to_pandas()
