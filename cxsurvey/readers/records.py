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

from cxsurvey.errors import ResponsesError

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
