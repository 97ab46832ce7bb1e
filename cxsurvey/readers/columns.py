"""Column names and the shape of the frame: rules that every file format shares.

A column with cells needs a name, with one exception: R and pandas write a row index as a first column without a
name. When its cells are exactly 0, 1, 2, ... or 1, 2, 3, ... it says nothing and is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from cxsurvey.errors import ResponsesError

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

MAX_COLUMNS = 10_000
MAX_CELL_BYTES = 1_000_000
_INVISIBLE = "\ufeff\u200b"


def clean_name(name: str) -> str:
    r"""Take surrounding spaces, no-break spaces and byte order marks off a column name.

    >>> clean_name("\ufeff NETPRO\u00a0 ")
    'NETPRO'
    """
    before = None
    while name != before:
        before, name = name, name.strip().strip(_INVISIBLE)
    return name


def is_row_index(cells: Sequence[object]) -> bool:
    """Whether cells count the rows from 0 or from 1, as text or as numbers, without a gap.

    >>> is_row_index(["0", "1", "2"]), is_row_index([1.0, 2.0]), is_row_index(["1", "3"]), is_row_index([])
    (True, True, False, False)
    """
    return len(cells) > 0 and any(
        all(_written(cell) == str(number) for number, cell in enumerate(cells, first)) for first in (0, 1)
    )


def _written(cell: object) -> str:
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def named_columns(
    header: Sequence[str],
    *,
    file_name: str,
    row: int,
    is_empty: Callable[[int], bool],
    first_cells: Callable[[], Sequence[object]],
) -> dict[int, str]:
    """Decide which columns are kept and what they are called.

    Parameters
    ----------
    header : sequence of str
        The names as the file has them.
    file_name : str
        For messages.
    row : int
        Row of the header.
    is_empty : callable
        Given a column's position, whether every cell below its name is empty.
    first_cells : callable
        Gives the cells of the first column; called when that column has cells but no name.

    Returns
    -------
    dict of int to str
        Position to name. Columns without a name and without cells are left out, and a nameless row index.

    Raises
    ------
    ResponsesError
        When there are too many columns, no names at all, two columns of one name, or cells under a blank
        name.

    Examples
    --------
    >>> named_columns(
    ...     ["", "id ", ""],
    ...     file_name="answers.csv",
    ...     row=1,
    ...     is_empty=lambda position: position == 2,
    ...     first_cells=lambda: ["1", "2"],
    ... )
    {1: 'id'}
    """
    if len(header) > MAX_COLUMNS:
        raise ResponsesError.too_many_columns(file_name, count=len(header), limit=MAX_COLUMNS)
    names = [clean_name(name) for name in header]
    if not any(names):
        raise ResponsesError.blank_header(file_name, row=row)
    seen: dict[str, int] = {}
    for position, name in enumerate(names):
        if not name:
            if not is_empty(position) and not (position == 0 and is_row_index(first_cells())):
                raise ResponsesError.blank_column(file_name, row=row, position=position + 1)
        elif name in seen:
            raise ResponsesError.duplicate_column(
                file_name, row=row, column=name, positions=(seen[name] + 1, position + 1)
            )
        else:
            seen[name] = position
    return {position: name for name, position in seen.items()}


def text_frame(
    columns: Sequence[pa.ChunkedArray], header: Sequence[str], *, file_name: str, header_row: int
) -> pd.DataFrame:
    """Make a frame of text from one array per column of the file.

    Trailing rows without any text are dropped.

    Parameters
    ----------
    columns : sequence of pyarrow.ChunkedArray
        Text, plain or dictionary-coded, all of one length, no nulls.
    header : sequence of str
        The names as the file has them.
    file_name : str
        For messages.
    header_row : int
        Row of the header; the first array element stands one row below it.

    Returns
    -------
    pandas.DataFrame

    Raises
    ------
    ResponsesError
        As :func:`named_columns`; also when a cell is too long or no row is left.
    """
    import pandas as pd  # noqa: PLC0415 - heavy, and the detector loads without it

    used = used_rows(columns, header, file_name=file_name, header_row=header_row)
    rows = max(used)
    names = named_columns(
        header,
        file_name=file_name,
        row=header_row,
        is_empty=lambda position: used[position] == 0,
        first_cells=lambda: columns[0].slice(0, rows).to_pylist(),
    )
    return pd.DataFrame(
        {name: columns[position].slice(0, rows).to_pandas() for position, name in names.items()}
    )


def used_rows(
    columns: Sequence[pa.ChunkedArray], header: Sequence[str], *, file_name: str, header_row: int
) -> list[int]:
    """Count, for each column, the rows up to the last that holds any text.

    Parameters
    ----------
    columns : sequence of pyarrow.ChunkedArray
        Text, plain or dictionary-coded, no nulls.
    header : sequence of str
        Their names, for messages.
    file_name : str
        For messages.
    header_row : int
        Row of the header; the first array element stands one row below it.

    Returns
    -------
    list of int

    Raises
    ------
    ResponsesError
        When no column holds any text, or a cell is longer than any answer.
    """
    used = [
        _used_rows(column, name, file_name=file_name, first_row=header_row + 1)
        for column, name in zip(columns, header, strict=True)
    ]
    if max(used, default=0) == 0:
        raise ResponsesError.header_only(file_name, row=header_row)
    return used


def _used_rows(column: pa.ChunkedArray, name: str, *, file_name: str, first_row: int) -> int:
    """Count rows up to the last that holds any text; refuse a cell longer than any answer."""
    import pyarrow as pa  # noqa: PLC0415 - heavy, and other formats do without it
    import pyarrow.compute as pc  # noqa: PLC0415

    sizes = pc.binary_length(column.cast(pa.large_string())).to_numpy()
    if sizes.max(initial=0) > MAX_CELL_BYTES:
        row = int(np.argmax(sizes > MAX_CELL_BYTES))
        raise ResponsesError.cell_too_long(
            file_name,
            row=first_row + row,
            column=clean_name(name),
            size=int(sizes[row]),
            limit=MAX_CELL_BYTES,
        )
    filled = np.flatnonzero(sizes)
    return int(filled[-1]) + 1 if filled.size else 0
