"""What parts the fields of delimited text: as stated, as the first line says, or by field counts.

A first line ``sep=;`` (quoted or not; comma, semicolon, tab or bar) tells a spreadsheet the separator. It is no
row of the table: the names stand in the row below it or lower. It counts as row 1 of the file all the same, so
that ``header_row`` and the rows in messages are those that a text editor shows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice

from cxsurvey.errors import ResponsesError
from cxsurvey.readers.records import read_records

SEPARATORS = (",", ";", "\t", "|")
ONE_COLUMN = "\x1f"  # a character that text does not hold parts nothing
LOOKED_AT = 100
_DECLARATION = re.compile(r'("?)sep=([,;\t|])\1(?:\r\n|\r|\n|\Z)', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Declaration:
    """A first line that states the separator: the separator, and where in the text the line ends."""

    separator: str
    end: int


def find_declaration(text: str) -> Declaration | None:
    """Recognise a first line such as ``sep=;``, which spreadsheets write and obey.

    Parameters
    ----------
    text : str
        The file, or its beginning.

    Returns
    -------
    Declaration or None
        None when the first line is another.

    Examples
    --------
    >>> find_declaration('"sep=;"' + chr(10) + "id;q1")
    Declaration(separator=';', end=8)
    >>> find_declaration("id;q1") is None
    True
    """
    found = _DECLARATION.match(text)
    return Declaration(found.group(2), found.end()) if found else None


def known_separator(
    text: str, *, stated: str | None, header_row: int, file_name: str, cut: bool = False
) -> str | None:
    """Return the separator that the study file or the first line states, once the header bears it out.

    Parameters
    ----------
    text : str
        The file, or its beginning.
    stated : str or None
        The separator that the study file states.
    header_row : int
        Row that holds the column names.
    file_name : str
        For messages.
    cut : bool
        Whether the text breaks off before the end of the file.

    Returns
    -------
    str or None
        None when neither states one.

    Raises
    ------
    ResponsesError
        When the two differ, or when the separator makes one column although another parts the header and
        all rows evenly.

    Examples
    --------
    >>> known_separator("id,q1" + chr(10) + "1,2", stated=",", header_row=1, file_name="answers.csv")
    ','
    """
    declaration = find_declaration(text)
    if declaration and stated and stated != declaration.separator:
        raise ResponsesError.separator_contradicted(file_name, stated=stated, declared=declaration.separator)
    separator = stated or (declaration.separator if declaration else None)
    if separator is None or _partition(text, separator, header_row, file_name, cut=cut).width > 1:
        return separator
    found = {part: _partition(text, part, header_row, file_name, cut=cut) for part in SEPARATORS}
    fitting = [part for part in SEPARATORS if found[part].width > 1 and found[part].is_even]
    if fitting:
        best = max(fitting, key=lambda part: found[part].fitness)
        raise ResponsesError.separator_absent(
            file_name,
            row=header_row,
            separator=separator,
            fitting=best,
            fields=found[best].width,
            declared=declaration is not None,
        )
    return separator


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
    def is_even(self) -> bool:
        return len(set(self.counts)) == 1

    @property
    def fitness(self) -> tuple[bool, bool, float, int]:
        """Even rows without a quote inside an unquoted field, then even rows, then the share of them."""
        agreeing = sum(count == self.width for count in self.counts) / len(self.counts)
        return self.is_even and not self.loose_quote, self.is_even, agreeing, self.width


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
