"""The cells of an export as text, before anybody knows how many rows the header has.

Survey platforms write one, two or three header rows, so the grid gives the first records to look at, and the
rows below as many header rows as a platform's reader asks for.
"""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cxsurvey.errors import ExportError, ResponsesError
from cxsurvey.readers.cells import code_text
from cxsurvey.readers.columns import MAX_COLUMNS, used_rows
from cxsurvey.readers.source import open_source

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from cxsurvey.readers.source import SourceFile

HEAD_ROWS = 6


@dataclass(frozen=True, slots=True)
class Grid:
    """All cells of a file as text.

    Attributes
    ----------
    head : tuple of tuple of str
        The first six records, fewer where the file is shorter; each has ``width`` cells.
    columns : sequence of pyarrow.ChunkedArray
        The records below the first, column by column.
    start_row : int
        Row of the file that holds the first record: 2 below a line ``sep=;``, else 1.
    file_name, format, encoding, separator : str
        The file and how it was read; the format is ``"delimited"`` or ``"workbook"``.
    sha256 : str
        Of the file's bytes.
    sheet : str
        Name of the sheet that was read, of a workbook.
    sheets : tuple of str
        Names of all sheets of a workbook.
    path : pathlib.Path or None
        Where the file is: metadata may stand beside it.
    """

    head: tuple[tuple[str, ...], ...]
    columns: Sequence[pa.ChunkedArray]
    start_row: int
    file_name: str
    format: str
    encoding: str
    separator: str
    sha256: str
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    path: Path | None = None

    @property
    def width(self) -> int:
        """How many columns there are."""
        return len(self.head[0])

    def row(self, header_rows: int) -> int:
        """Return the row of the file that stands just below so many header rows."""
        return self.start_row + header_rows

    def body(self, header_rows: int) -> pd.DataFrame:
        """Return the rows below the header.

        Parameters
        ----------
        header_rows : int
            How many records the header has, at least one.

        Returns
        -------
        pandas.DataFrame
            Text, columns numbered from 0.

        Raises
        ------
        ExportError
            When the header is all there is.
        """
        import pyarrow as pa  # noqa: PLC0415 - heavy, and the detector loads without it

        if len(self.columns[0]) < header_rows:
            raise ExportError.header_only(self.file_name, rows=header_rows)
        table = pa.Table.from_arrays(list(self.columns), [str(at) for at in range(self.width)])
        frame: pd.DataFrame = table.slice(header_rows - 1).to_pandas()
        return frame.set_axis(range(self.width), axis="columns")


def read_grid(path: Path, *, sheet: str | None = None) -> Grid:
    """Read the cells of delimited text or of a workbook.

    Encoding and separator are found. No cell is interpreted: the text ``NA`` and surrounding spaces stay, an
    empty cell is ``""``; numbers of a workbook are written as a person would (``3``, ``4.5``). Rows without any
    text at the end of the file are left out.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    sheet : str, optional
        Sheet of a workbook; the first that is shown when left out.

    Returns
    -------
    Grid

    Raises
    ------
    ExportError
        When the file is absent, empty, damaged, of another kind, unpacks to an absurd size, has rows that do
        not fit its header, or holds a header and nothing below it.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "answers.csv"
    >>> _ = path.write_text("id;q1" + chr(10) + "1;4,5", encoding="utf-8")
    >>> grid = read_grid(path)
    >>> grid.head, grid.separator, grid.body(1).to_numpy().tolist()
    ((('id', 'q1'), ('1', '4,5')), ';', [['1', '4,5']])
    """
    try:
        source = open_source(path)
        if source.content == "workbook":
            return _workbook_grid(source, sheet)
        if source.content == "text":
            return _delimited_grid(source)
    except ResponsesError as fault:
        raise ExportError.unreadable(fault) from fault
    raise ExportError.not_a_table(source.name, content=source.content)


def _delimited_grid(source: SourceFile) -> Grid:
    from cxsurvey.readers.delimited import read_table  # noqa: PLC0415 - loads what workbooks do without
    from cxsurvey.study.codebook import Reading  # noqa: PLC0415 - as above

    table = read_table(source, Reading())
    columns = _without_blank_end(table.columns, table.header, source.name, table.header_row)
    return Grid(
        head=(table.header, *_records(columns)),
        columns=columns,
        start_row=table.header_row,
        file_name=source.name,
        format="delimited",
        encoding=table.encoding,
        separator=table.separator,
        sha256=source.sha256,
        path=source.path,
    )


def _workbook_grid(source: SourceFile, wanted: str | None) -> Grid:
    import pyarrow as pa  # noqa: PLC0415 - heavy

    from cxsurvey.readers.workbook import read_sheet  # noqa: PLC0415 - as above

    refuse_false_sizes(source.path)
    sheet = read_sheet(source, wanted)
    rows = [[_text(cell) for cell in row] for row in sheet.cells]
    label = f"{source.name}, sheet '{sheet.name}'"
    if not any(any(row) for row in rows):
        raise ResponsesError.empty(label)
    if len(rows[0]) > MAX_COLUMNS:
        raise ResponsesError.too_many_columns(label, count=len(rows[0]), limit=MAX_COLUMNS)
    parts = zip(*rows[1:], strict=True) if len(rows) > 1 else ([] for _ in rows[0])
    arrays = [pa.chunked_array([pa.array(part, pa.large_string())]) for part in parts]
    columns = _without_blank_end(arrays, rows[0], label, 1)
    return Grid(
        head=(tuple(rows[0]), *_records(columns)),
        columns=columns,
        start_row=1,
        file_name=source.name,
        format="workbook",
        encoding="",
        separator="",
        sha256=source.sha256,
        path=source.path,
        sheet=sheet.name,
        sheets=sheet.names,
    )


def refuse_false_sizes(path: Path) -> None:
    """Unpack each part of an archive in small pieces and stop where it outgrows the size that it declares.

    A workbook is judged by declared sizes before it is read; a directory that lies would get past that.

    Parameters
    ----------
    path : pathlib.Path
        An Excel workbook.

    Raises
    ------
    ResponsesError
        When the archive declares too much, or a part is not what the directory says.
    """
    from cxsurvey.readers.workbook import KIND  # noqa: PLC0415 - as above
    from cxsurvey.readers.workbook_parts import refuse_archive_bomb  # noqa: PLC0415 - as above

    try:
        refuse_archive_bomb(path)
        with zipfile.ZipFile(path) as archive:
            member = archive.testzip()
    except (zipfile.BadZipFile, NotImplementedError, OSError, EOFError, RuntimeError) as fault:
        raise ResponsesError.broken(path.name, kind=KIND, reason=str(fault)) from fault
    if member is not None:
        raise ResponsesError.broken(path.name, kind=KIND, reason=f"the part {member} is damaged")


def _text(cell: Any) -> str:
    if isinstance(cell, bool):
        return str(cell).upper()
    if cell is None:
        return ""
    return cell if isinstance(cell, str) else code_text(cell)


def _without_blank_end(
    columns: Sequence[pa.ChunkedArray], header: Sequence[str], label: str, header_row: int
) -> Sequence[pa.ChunkedArray]:
    rows = max(used_rows(columns, header, file_name=label, header_row=header_row))
    return [column.slice(0, rows) for column in columns]


def _records(columns: Sequence[pa.ChunkedArray]) -> list[tuple[str, ...]]:
    return list(zip(*(column.slice(0, HEAD_ROWS - 1).to_pylist() for column in columns), strict=True))
