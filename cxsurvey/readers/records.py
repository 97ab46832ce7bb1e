r"""Records of delimited text (RFC 4180), one by one.

A field is quoted when its first character is ``"``; inside, ``""`` stands for one quote and line breaks are
part of the field. A quote later in an unquoted field is an ordinary character. Records end with ``\r\n``,
``\n`` or ``\r``. Rows are counted in records, from 1.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from cxsurvey.errors import ResponsesError

SEPARATORS = (",", ";", "\t", "|")
ONE_COLUMN = "\x1f"  # a character that text does not hold parts nothing
LOOKED_AT = 100
_QUOTED = re.compile(r'"(?:[^"]|"")*+"')


@dataclass(frozen=True, slots=True)
class Record:
    """One record: its row, its fields, where in the text it ends, and whether an unquoted field has a quote."""

    row: int
    fields: list[str]
    end: int
    loose_quote: bool = False


@lru_cache(maxsize=16)
def _field_pattern(separator: str) -> re.Pattern[str]:
    part = re.escape(separator)
    return re.compile(rf'(?:"((?:[^"]|"")*+)"|((?!")[^{part}\r\n]*+))({part}|\r\n|\r|\n|\Z)')


def read_records(text: str, separator: str, *, file_name: str) -> Iterator[Record]:
    r"""Yield the records of a text.

    Parameters
    ----------
    text : str
        Delimited text.
    separator : str
        One character between fields.
    file_name : str
        For messages.

    Yields
    ------
    Record

    Raises
    ------
    ResponsesError
        At a quote that is never closed, or at text between a closing quote and the next separator.

    Examples
    --------
    >>> [record.fields for record in read_records('id,note\n1,"a ""b"", c"\n', ",", file_name="answers.csv")]
    [['id', 'note'], ['1', 'a "b", c']]
    """
    match_field = _field_pattern(separator).match
    position, row = 0, 1
    fields: list[str] = []
    loose = False
    while position < len(text) or fields:
        found = match_field(text, position)
        if found is None:
            raise _quote_fault(text, position, row, len(fields) + 1, file_name)
        quoted, plain, after = found.groups()
        fields.append(plain if quoted is None else quoted.replace('""', '"'))
        loose = loose or (quoted is None and '"' in plain)
        position = found.end()
        if after != separator:
            yield Record(row, fields, position, loose)
            fields, row, loose = [], row + 1, False


def _quote_fault(text: str, position: int, row: int, field: int, file_name: str) -> ResponsesError:
    closed = _QUOTED.match(text, position)
    if closed is None:
        return ResponsesError.unclosed_quote(file_name, row=row, field=field)
    return ResponsesError.stray_quote(
        file_name, row=row, field=field, after=text[closed.end() : closed.end() + 20]
    )


def find_separator(text: str, *, header_row: int, file_name: str, decimal: str = ".", cut: bool = False) -> str:
    """Find the separator by the field counts of the first records.

    The candidates are comma, semicolon, tab and bar. The one that parts the header and gives every record
    as many fields wins; then the one that most records agree with; then the one that makes most fields.

    Parameters
    ----------
    text : str
        The file, or its beginning.
    header_row : int
        Row that holds the column names.
    file_name : str
        For messages.
    decimal : str
        The decimal mark: a decimal comma in a file of one column is no separator.
    cut : bool
        Whether the text breaks off before the end of the file.

    Returns
    -------
    str
        One character; ``ONE_COLUMN`` when no candidate parts the header.

    Raises
    ------
    ResponsesError
        When the header is one name although the rows below it part evenly.

    Examples
    --------
    >>> find_separator("id;score" + chr(10) + "1;4,5", header_row=1, file_name="answers.csv")
    ';'
    """
    found = {part: _partition(text, part, header_row, file_name, cut=cut) for part in SEPARATORS}
    parting = [separator for separator in SEPARATORS if found[separator].width > 1]
    if parting:
        return max(parting, key=lambda separator: found[separator].fitness)
    for separator in SEPARATORS:
        below = found[separator].counts[1:]
        even = len(below) > 1 and below[0] > 1 and len(set(below)) == 1
        if even and not (separator == "," and decimal == ","):
            raise ResponsesError.one_name(file_name, row=header_row, fields=below[0], separator=separator)
    return ONE_COLUMN


@dataclass(frozen=True, slots=True)
class _Partition:
    """Field counts of the header and the first rows under one separator."""

    counts: list[int]
    loose_quote: bool

    @property
    def width(self) -> int:
        return self.counts[0] if self.counts else 0

    @property
    def fitness(self) -> tuple[bool, bool, float, int]:
        """Even rows without a quote inside an unquoted field, then even rows, then the share of them."""
        agreeing = sum(count == self.width for count in self.counts) / len(self.counts)
        return agreeing == 1 and not self.loose_quote, agreeing == 1, agreeing, self.width


def _partition(text: str, separator: str, header_row: int, file_name: str, *, cut: bool) -> _Partition:
    """Count the fields of the first records, up to a quoting fault; blank and cut records do not count."""
    records = islice(read_records(text, separator, file_name=file_name), header_row - 1, header_row + LOOKED_AT)
    counts: list[int] = []
    loose = False
    try:
        for record in records:
            whole = record.end < len(text) or not cut
            if record.fields != [""] and (whole or not counts):
                counts.append(len(record.fields))
                loose = loose or record.loose_quote
    except ResponsesError:
        # The candidate may simply be wrong; a real fault is reported when the file is read.
        if not cut:
            counts.append(0)
    return _Partition(counts, loose)
