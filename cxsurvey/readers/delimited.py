"""CSV, TSV and other delimited text: every cell is text, exactly as it stands in the file."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cxsurvey.errors import ResponsesError
from cxsurvey.readers.columns import MAX_COLUMNS, text_frame
from cxsurvey.readers.encodings import Utf8Text, to_utf8
from cxsurvey.readers.records import Record, read_records
from cxsurvey.readers.separators import ONE_COLUMN, find_declaration, find_separator, known_separator
from cxsurvey.readers.streaming import is_regular
from cxsurvey.study.raw import RawResponses

if TYPE_CHECKING:
    import pyarrow as pa

    from cxsurvey.readers.source import SourceFile
    from cxsurvey.study.codebook import Reading

HEAD_BYTES = 1024 * 1024
BLOCK_BYTES = 2 * 1024 * 1024
LARGE_BYTES = 64 * 1024 * 1024
MOST_CODES = 100
SCAN_BYTES = 16 * 1024 * 1024
_BLANK_LINE = re.compile(rb"\A[\r\n]|\n\r?\n|\r\r")
_QUOTE, _LINE_BREAKS = ord('"'), (ord("\r"), ord("\n"))


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where the header is and what parts the fields; ``body`` is the byte after the header."""

    separator: str
    header: list[str]
    header_row: int
    body: int
    lenient: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """The fields of delimited text, column by column.

    Attributes
    ----------
    header : tuple of str
        The first record.
    columns : sequence of pyarrow.ChunkedArray
        The records below it, as text; in a file over 64 MB, columns of few distinct cells are coded.
    header_row : int
        Row of the file that holds ``header``.
    separator, encoding : str
        How the file was read; no separator in a file of one column.
    """

    header: tuple[str, ...]
    columns: Sequence[pa.ChunkedArray]
    header_row: int
    separator: str
    encoding: str


def read_table(source: SourceFile, reading: Reading) -> Table:
    """Read delimited text whose columns have no usable names yet, as exports with several header rows.

    A blank line is a row of empty cells. Rows may be short or long by cells that are blank.

    Parameters
    ----------
    source : SourceFile
        The file.
    reading : Reading
        What is known about it; mostly nothing.

    Returns
    -------
    Table

    Raises
    ------
    ResponsesError
        As :func:`read_delimited`, names apart.
    """
    columns, layout, encoding = _streamed(source, reading) or _parsed(source, reading, lenient=True)
    return Table(
        header=tuple(layout.header),
        columns=columns,
        header_row=layout.header_row,
        separator="" if layout.separator == ONE_COLUMN else layout.separator,
        encoding=encoding,
    )


def read_delimited(source: SourceFile, reading: Reading) -> RawResponses:
    """Read delimited text.

    Encoding and separator are as stated, else found. A first line ``sep=;`` states the separator and is no row
    of the table. No cell is interpreted: the text ``NA``, a decimal
    comma and surrounding spaces all stay; an empty cell is ``""``. In a file over 64 MB, columns of few
    distinct cells are categorical (of the same text): a tenth of the memory.

    Parameters
    ----------
    source : SourceFile
        The file.
    reading : Reading
        What the study file states about it.

    Returns
    -------
    RawResponses
        ``separator`` is empty for a file of one column.

    Raises
    ------
    ResponsesError
        When the text cannot be decoded, the stated separator is not the file's, its quotes do not pair, a
        row has too many or too few fields, or its columns cannot be named.
    """
    columns, layout, encoding = _parsed(source, reading)
    return RawResponses(
        frame=text_frame(columns, layout.header, file_name=source.name, header_row=layout.header_row),
        file_name=source.name,
        format="delimited",
        sha256=source.sha256,
        first_row=layout.header_row + 1,
        encoding=encoding,
        separator="" if layout.separator == ONE_COLUMN else layout.separator,
    )


def _parsed(
    source: SourceFile, reading: Reading, *, lenient: bool = False
) -> tuple[Sequence[pa.ChunkedArray], _Layout, str]:
    """Read and part the text; it is let go before the frame is made."""
    try:
        data = source.path.read_bytes()
    except OSError as fault:
        raise ResponsesError.unreadable(source.name, reason=fault.strerror or str(fault)) from fault
    text = to_utf8(data, file_name=source.name, encoding=reading.encoding)
    layout = _layout(text, source.name, reading, lenient=lenient)
    return _columns(text, layout, source.name), layout, text.encoding


def _streamed(source: SourceFile, reading: Reading) -> tuple[Sequence[pa.ChunkedArray], _Layout, str] | None:
    """Parse a large regular file straight from disk; None when it must be read whole."""
    import pyarrow as pa  # noqa: PLC0415 - heavy, and other formats do without it

    try:
        if reading.encoding or source.path.stat().st_size <= LARGE_BYTES:
            return None
        with source.path.open("rb") as stream:
            head = stream.read(2 * HEAD_BYTES)
            skip = len(codecs.BOM_UTF8) if head.startswith(codecs.BOM_UTF8) else 0
            text = Utf8Text(memoryview(head)[skip:], "utf-8-sig" if skip else "utf-8")
            layout = _layout(text, source.name, reading, lenient=True)
            start = layout.body + skip
            if not layout.separator.isascii() or not is_regular(
                source.path, start=start, separator=layout.separator
            ):
                return None
            stream.seek(start)
            columns = _read_fast(pa.PythonFile(stream), layout.separator, len(layout.header), coded=True)
    except (OSError, UnicodeError, ResponsesError, pa.ArrowInvalid):
        # The reader of whole files names the fault.
        return None
    return columns, layout, text.encoding


def _layout(text: Utf8Text, file_name: str, reading: Reading, *, lenient: bool) -> _Layout:
    if reading.separator in {'"', "\r", "\n"}:
        raise ResponsesError.impossible_separator(file_name, separator=reading.separator)
    head = bytes(text.data[:HEAD_BYTES]).decode("utf-8", errors="ignore")
    declaration = find_declaration(head)
    start = declaration.end if declaration else 0
    if not head[start:].strip() and not bytes(text.data[start:]).strip():
        raise ResponsesError.empty(file_name)
    row = max(reading.header_row, 2) if declaration else reading.header_row
    cut = len(text.data) > HEAD_BYTES
    separator = known_separator(
        head, stated=reading.separator, header_row=row, file_name=file_name, cut=cut
    ) or find_separator(head, header_row=row, file_name=file_name, decimal=reading.decimal, cut=cut)
    header = _header(head, separator, row, file_name, cut=cut)
    if header is None:
        head = text.text()
        header = _header(head, separator, row, file_name, cut=False)
    if header is None:
        raise ResponsesError.no_header(file_name, row=row)
    if len(header.fields) > MAX_COLUMNS:
        raise ResponsesError.too_many_columns(file_name, count=len(header.fields), limit=MAX_COLUMNS)
    return _Layout(separator, header.fields, row, body=len(head[: header.end].encode()), lenient=lenient)


def _header(head: str, separator: str, row: int, file_name: str, *, cut: bool) -> Record | None:
    """Return the header record; None when the text ends before it is complete."""
    try:
        for record in read_records(head, separator, file_name=file_name):
            if record.row == row:
                return None if cut and record.end == len(head) else record
    except ResponsesError:
        if not cut:
            raise
    return None


def _columns(text: Utf8Text, layout: _Layout, file_name: str) -> Sequence[pa.ChunkedArray]:
    """Read the rows below the header: fast when quotes and field counts are regular, else one by one."""
    import pyarrow as pa  # noqa: PLC0415 - heavy, and other formats do without it

    body = memoryview(text.data)[layout.body : _end(text.data, layout.body, len(layout.header))]
    if not body:
        raise ResponsesError.header_only(file_name, row=layout.header_row)
    if layout.separator.isascii() and _quotes_are_regular(body, ord(layout.separator)):
        try:
            columns = _read_fast(
                pa.BufferReader(pa.py_buffer(body)),
                layout.separator,
                len(layout.header),
                coded=len(body) > LARGE_BYTES,
            )
        except pa.ArrowInvalid:
            # It names no row and stops at records longer than a block: the exact reader decides.
            return _read_exactly(text.text(), layout, file_name)
        # The fast reader makes a row of empty cells of a blank line, which is right where rows may be blank.
        if layout.lenient or not (_has_empty_row(columns) and _BLANK_LINE.search(body)):
            return columns
    return _read_exactly(text.text(), layout, file_name)


def _end(data: bytes | memoryview, start: int, width: int) -> int:
    """Return where the last record ends, blank lines at the end of the file left out."""
    end = len(data)
    while width > 1 and end > start and data[end - 1] in _LINE_BREAKS:
        end -= 1
    return end


def _read_fast(body: pa.NativeFile, separator: str, width: int, *, coded: bool) -> Sequence[pa.ChunkedArray]:
    """Read block by block; when asked to, keep columns of few distinct cells as codes."""
    import pyarrow as pa  # noqa: PLC0415 - as above
    from pyarrow import csv  # noqa: PLC0415

    names = [str(position) for position in range(width)]
    columns = [_Blocks([], coded=coded) for _ in names]
    # Closed when read, and of one thread where there is little to read: a process that ends at once, as after a
    # refusal, must not find the reader's threads at work.
    with csv.open_csv(
        body,
        read_options=csv.ReadOptions(column_names=names, block_size=BLOCK_BYTES, use_threads=coded),
        parse_options=csv.ParseOptions(delimiter=separator, newlines_in_values=True, ignore_empty_lines=False),
        convert_options=csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.large_string()), check_utf8=False, strings_can_be_null=False
        ),
    ) as reader:
        for batch in reader:
            for column, block in zip(columns, batch.columns, strict=True):
                column.add(block)
    return [pa.chunked_array(column.blocks) for column in columns]


@dataclass(slots=True)
class _Blocks:
    """One column, block by block: codes of one byte for as long as every block has few distinct cells."""

    blocks: list[pa.Array]
    coded: bool

    def add(self, block: pa.Array) -> None:
        import pyarrow as pa  # noqa: PLC0415 - as above

        if self.coded:
            codes = block.dictionary_encode()
            if len(codes.dictionary) <= MOST_CODES:
                self.blocks.append(codes.cast(pa.dictionary(pa.int8(), pa.large_string())))
                return
            self.coded = False
            self.blocks = [earlier.cast(pa.large_string()) for earlier in self.blocks]
        self.blocks.append(block)


def _has_empty_row(columns: Sequence[pa.ChunkedArray]) -> bool:
    """Whether some row is empty in every column: the fast reader makes such rows of blank lines."""
    import pyarrow as pa  # noqa: PLC0415 - as above
    import pyarrow.compute as pc  # noqa: PLC0415

    rows: np.ndarray[tuple[int], np.dtype[np.bool_]] | None = None
    for column in columns:
        empty = pc.equal(column.cast(pa.large_string()), "").to_numpy()
        rows = empty if rows is None else rows & empty
        if not rows.any():
            return False
    return rows is not None


def _read_exactly(text: str, layout: _Layout, file_name: str) -> Sequence[pa.ChunkedArray]:
    """Read record by record; the first faulty row is named."""
    import pyarrow as pa  # noqa: PLC0415 - as above

    width = len(layout.header)
    rows = list(_regular_rows(text, layout, file_name))
    if not rows:
        raise ResponsesError.header_only(file_name, row=layout.header_row)
    parts = zip(*rows, strict=True)
    return [pa.chunked_array([pa.array(part, pa.large_string())]) for part in parts][:width]


def _regular_rows(text: str, layout: _Layout, file_name: str) -> Iterator[list[str]]:
    """Yield the fields of each row below the header; blank lines are allowed at the end only."""
    width, blank = len(layout.header), 0
    for record in read_records(text, layout.separator, file_name=file_name):
        if record.row <= layout.header_row:
            continue
        if layout.lenient:
            _even_out(record.fields, width, cut=record.end == len(text) and not text.endswith(("\r", "\n")))
        if width > 1 and record.fields == [""]:
            blank = blank or record.row
            continue
        if blank:
            raise ResponsesError.blank_row(file_name, row=blank)
        if len(record.fields) != width:
            raise ResponsesError.ragged(
                file_name,
                row=record.row,
                expected=width,
                got=len(record.fields),
                start=layout.separator.join(record.fields)[:60],
            )
        yield record.fields


def _even_out(fields: list[str], width: int, *, cut: bool) -> None:
    """Bring a record to the header's width where only blank cells are too many or too few.

    Spreadsheets leave out blank cells at the end of a row. A row that an unquoted line break tore in two is
    not evened out: one of its parts has at most half of the fields. Nor is a last row that breaks off.
    """
    if fields == [""] or (width / 2 + 1 < len(fields) < width and not cut):
        fields += [""] * (width - len(fields))
    while len(fields) > width and not fields[-1].strip():
        fields.pop()


def _quotes_are_regular(body: memoryview, separator: int) -> bool:
    """Whether quotes pair up, open only where a field begins and close only where it ends.

    Every reader of delimited text agrees on such text. The check counts quotes: those at even positions
    open a field (or reopen it after a doubled quote), those at odd positions close it.
    """
    quotes = _positions(body)
    if quotes.size % 2:
        return False
    bytes_ = np.frombuffer(body, dtype=np.uint8)
    opening, closing = quotes[::2], quotes[1::2]
    edges = np.array([separator, *_LINE_BREAKS, _QUOTE], dtype=np.uint8)
    before = bytes_[np.maximum(opening - 1, 0)]
    after = bytes_[np.minimum(closing + 1, bytes_.size - 1)]
    opens = np.isin(before, edges) | (opening == 0)
    closes = np.isin(after, edges) | (closing == bytes_.size - 1)
    return bool(opens.all() and closes.all())


def _positions(body: memoryview) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Return the offsets of all quotes, found in parts to spare memory."""
    parts = [
        np.flatnonzero(np.frombuffer(body[start : start + SCAN_BYTES], dtype=np.uint8) == _QUOTE) + start
        for start in range(0, len(body), SCAN_BYTES)
    ]
    return np.concatenate(parts)
