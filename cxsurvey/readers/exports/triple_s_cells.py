"""The data of a Triple-S survey: fields by position or by column, and what a multiple's field says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cxsurvey.errors import ExportError
from cxsurvey.readers.exports.triple_s_schema import MOST_CODES, Schema, Variable
from cxsurvey.readers.records import read_records

_WHOLE = re.compile(r"-?\d+")
_LEADING_ZEROS = re.compile(r"^(-?)0+(?=\d)")
_JOINED = re.compile(r"[;,]\s*")
_TRUE = frozenset({"1", "T", "Y", "t", "y"})
_END_OF_FILE = "\x1a"  # ends text files of old systems


@dataclass(frozen=True, slots=True)
class Rows:
    """The records of the data below the rows that are skipped.

    Attributes
    ----------
    lines : list of str
        Records of fixed positions, blanks added up to the last field; empty for delimited data.
    fields : list of list of str
        Records of delimited data; empty for fixed positions.
    first_row : int
        Row of the file that holds the first.
    blank : tuple of int
        Rows without anything, which were left out.
    short : int
        How many lines end before the last field: what is cut off is blank.
    """

    lines: list[str]
    fields: list[list[str]]
    first_row: int
    blank: tuple[int, ...]
    short: int = 0


def split_rows(text: str, schema: Schema, *, file_name: str) -> Rows:
    """Part the data file into records.

    Parameters
    ----------
    text : str
        The data file.
    schema : Schema
        The metadata.
    file_name : str
        For messages.

    Returns
    -------
    Rows

    Raises
    ------
    ExportError
        When a row of delimited data has fewer fields than the metadata name.
    ResponsesError
        When its quotes do not pair.
    """
    needed = max((variable.finish for variable in schema.variables), default=0)
    if schema.csv:
        return _delimited(text.rstrip(_END_OF_FILE), schema, needed, file_name)
    lines = [line.rstrip("\r") for line in text.rstrip(_END_OF_FILE + "\r\n").split("\n")][schema.skip :]
    filled = [line for line in lines if line.strip()]
    blank = tuple(row for row, line in enumerate(lines, schema.skip + 1) if not line.strip())
    short = sum(len(line) < needed for line in filled)
    return Rows([line.ljust(needed) for line in filled], [], schema.skip + 1, blank, short)


def _delimited(text: str, schema: Schema, needed: int, file_name: str) -> Rows:
    rows, blank = list[list[str]](), list[int]()
    for record in read_records(text, ",", file_name=file_name):
        if record.row <= schema.skip:
            continue
        if not any(field.strip() for field in record.fields):
            blank.append(record.row)
        elif len(record.fields) < needed:
            raise ExportError.triple_s_row(file_name, row=record.row, fields=len(record.fields), needed=needed)
        else:
            rows.append(record.fields)
    return Rows([], rows, schema.skip + 1, tuple(blank))


def fields_of(rows: Rows, variable: Variable) -> list[str] | list[list[str]]:
    """Return a variable's field in every record: one text, or several of a multiple in delimited data.

    Parameters
    ----------
    rows : Rows
        The records.
    variable : Variable
        Whose field is wanted.

    Returns
    -------
    list of str or list of list of str
    """
    start, finish = variable.start - 1, variable.finish
    if rows.lines:
        return [line[start:finish] for line in rows.lines]
    if variable.kind != "multiple" or finish - start == 1:
        return [fields[start] for fields in rows.fields]
    return [fields[start:finish] for fields in rows.fields]


def plain_cell(text: str, variable: Variable) -> str:
    """Write one value: codes and numbers without zeros in front, dates and times in ISO form.

    Parameters
    ----------
    text : str
        The field.
    variable : Variable
        Of any type but multiple.

    Returns
    -------
    str
        Empty when the field is blank.

    Examples
    --------
    >>> from cxsurvey.readers.exports.triple_s_schema import Variable
    >>> plain_cell("20050504", Variable("1", "Q1", "", "date", 1, 8))
    '2005-05-04'
    """
    cell = text.strip()
    if variable.kind == "date" and re.fullmatch(r"\d{8}", cell) and cell.strip("0"):
        return f"{cell[:4]}-{cell[4:6]}-{cell[6:]}"
    if variable.kind == "time" and re.fullmatch(r"\d{6}", cell):
        return f"{cell[:2]}:{cell[2:4]}:{cell[4:]}"
    if variable.kind == "quantity" and variable.use != "serial":
        return _LEADING_ZEROS.sub(r"\1", cell)
    if variable.kind in {"single", "multiple"} and not variable.literal:
        return str(int(cell)) if _WHOLE.fullmatch(cell) else cell
    return text.rstrip() if variable.kind == "character" else cell


def chosen_codes(field: str | list[str], variable: Variable, codes: Sequence[str]) -> frozenset[str] | None:
    """Return the codes that a multiple's field holds.

    Parameters
    ----------
    field : str or list of str
        The field, or its columns in delimited data.
    variable : Variable
        A multiple.
    codes : sequence of str
        All its codes.

    Returns
    -------
    frozenset of str or None
        None when the field is blank: the question was not answered, or not asked.

    Examples
    --------
    >>> from cxsurvey.readers.exports.triple_s_schema import Variable
    >>> bits = Variable("1", "Q1", "", "multiple", 1, 3)
    >>> sorted(chosen_codes("101", bits, ["1", "2", "3"])), chosen_codes("   ", bits, ["1", "2", "3"])
    (['1', '3'], None)
    >>> spread = Variable("1", "Q1", "", "multiple", 1, 4, subfields=2, width=2)
    >>> sorted(chosen_codes(" 2 0", spread, ["1", "2"])) == sorted(chosen_codes("0002", spread, ["1", "2"]))
    True
    """
    parts = list(_parts(field, variable))
    if not any(part.strip() for part in parts):
        return None
    if variable.subfields:
        found = (plain_cell(part, variable) for part in parts)
        return frozenset(code for code in found if code and (variable.literal or code != "0"))
    places = _places(variable, codes)
    if isinstance(field, str) and variable.start == variable.finish:
        parts = list(field.strip().rjust(max(places, default=0), "0"))  # a spreadsheet drops zeros in front
    return frozenset(places.get(at, str(at)) for at, part in enumerate(parts, 1) if part.strip() in _TRUE)


def _parts(field: str | list[str], variable: Variable) -> Iterator[str]:
    if isinstance(field, list) or not variable.subfields:
        yield from field
    elif not variable.width and _JOINED.search(field):
        yield from _JOINED.split(field.strip())
    else:
        width = variable.width or max(1, len(field) // variable.subfields)
        yield from (field[at : at + width] for at in range(0, len(field), width))


def _places(variable: Variable, codes: Sequence[str]) -> dict[int, str]:
    """Code k is the k-th character; codes that are text, or beyond the field, count by order."""
    width = variable.finish - variable.start + 1
    numbers = [int(code) for code in codes if _WHOLE.fullmatch(code)]
    by_number = len(numbers) == len(codes) and not variable.literal and min(numbers, default=1) >= 1
    if by_number and (width == 1 or max(numbers, default=0) <= width):
        return dict(zip(numbers, codes, strict=True))
    return dict(enumerate(codes, 1))


def codes_of(variable: Variable) -> tuple[str, ...]:
    """List the codes of a multiple: those with labels, and the whole numbers of its ranges.

    Parameters
    ----------
    variable : Variable
        A multiple.

    Returns
    -------
    tuple of str
        When the metadata list none, one code a character of a bit string.

    Examples
    --------
    >>> from cxsurvey.readers.exports.triple_s_schema import Variable
    >>> codes_of(Variable("1", "Q1", "", "multiple", 1, 3, codes=(("9", "Other"),), ranges=(("1", "2"),)))
    ('1', '2', '9')
    """
    labelled = [plain_cell(code, variable) for code, _ in variable.codes]
    ranged = [
        str(number)
        for low, high in variable.ranges
        if low.isdigit() and high.isdigit() and int(high) - int(low) < MOST_CODES
        for number in range(int(low), int(high) + 1)
    ]
    found = list(dict.fromkeys([*ranged, *labelled])) if ranged else labelled
    if not found and not variable.subfields:
        return tuple(str(at + 1) for at in range(variable.finish - variable.start + 1))
    return tuple(found)
