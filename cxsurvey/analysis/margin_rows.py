"""Margins as written: rows of question, response and target, from a CSV file or a data frame."""

from __future__ import annotations

import csv
import io
import math
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from cxsurvey.errors import RequestError, did_you_mean
from cxsurvey.study.answers import canonical, cell_number
from cxsurvey.study.codebook import Reading

if TYPE_CHECKING:
    import pandas as pd

Unit = Literal["share", "target"]
NAMES: Final = ("question", "response")
UNITS: Final[tuple[Unit, ...]] = ("share", "target")
LARGEST: Final = 4 * 1024 * 1024  # bytes; a hundred thousand categories
IN_MEMORY: Final = "margins"


@dataclass(frozen=True, slots=True)
class MarginRow:
    """One row: its place, the question or group, the response (empty for no answer), and the target.

    ``value`` is NaN where the cell holds no target, which is then among the problems.
    """

    row: int
    question: str
    response: str
    value: float


@dataclass(frozen=True, slots=True)
class MarginRows:
    """The rows of a margins file, and what is wrong with them by themselves.

    Attributes
    ----------
    place : str
        What errors call the file.
    unit : {"share", "target"}
        Fractions of 1, or persons.
    rows : tuple of MarginRow
    problems : tuple of (int, str)
        Row and text.
    """

    place: str
    unit: Unit
    rows: tuple[MarginRow, ...]
    problems: tuple[tuple[int, str], ...]


def read_margin_rows(margins: str | os.PathLike[str] | pd.DataFrame) -> MarginRows:
    """Read margins.

    Parameters
    ----------
    margins : path-like or pandas.DataFrame
        Columns ``question``, ``response``, and ``share`` or ``target``. A CSV file is UTF-8, parted by commas,
        or by semicolons with decimal commas. Rows of a file count from its header, those of a frame from 1.

    Returns
    -------
    MarginRows

    Raises
    ------
    RequestError
        ``margins-unreadable``; ``margins-invalid`` when the columns are not those; ``bad-option`` for anything
        else than a file or a frame.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = read_margin_rows(pd.DataFrame({"question": ["size"], "response": ["L"], "share": [1.0]}))
    >>> rows.unit, rows.rows[0].value
    ('share', 1.0)
    """
    if isinstance(margins, str | os.PathLike):
        path = Path(margins)
        return parse_margins(_text(path), place=str(path))
    if not hasattr(margins, "itertuples"):
        raise RequestError.bad_option("margins", type(margins).__name__, "a CSV file or a pandas DataFrame")
    cells = margins.astype(object).itertuples(index=False, name=None)
    return _table(IN_MEMORY, [str(name) for name in margins.columns], enumerate(cells, 1), Reading())


def parse_margins(text: str, *, place: str = IN_MEMORY) -> MarginRows:
    r"""Read the text of a margins file; see :func:`read_margin_rows`.

    Examples
    --------
    >>> parse_margins("question;response;share\nsize;L;0,4\n").rows
    (MarginRow(row=2, question='size', response='L', value=0.4),)
    """
    head = text.partition("\n")[0]
    separator = ";" if ";" in head and "," not in head else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        table = list(reader)
    except csv.Error as error:
        raise RequestError.margins_unreadable(place, f"line {reader.line_num}: {error}") from error
    if not any(any(cell.strip() for cell in row) for row in table):
        raise RequestError.margins_invalid(place, ["the file is empty"])
    reading = Reading(decimal="," if separator == ";" else ".")
    return _table(place, [name.strip() for name in table[0]], enumerate(table[1:], 2), reading)


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > LARGEST:
            raise RequestError.margins_unreadable(str(path), f"it is larger than {LARGEST // 1024**2} MB")
        return path.read_bytes().decode("utf-8-sig")
    except (OSError, ValueError) as error:
        if isinstance(error, UnicodeDecodeError):
            raise RequestError.margins_unreadable(str(path), "it is not UTF-8 text") from error
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise RequestError.margins_unreadable(str(path), reason) from error


def _table(
    place: str, header: Sequence[str], rows: Iterable[tuple[int, Sequence[Any]]], reading: Reading
) -> MarginRows:
    problems = _header_problems(header)
    if problems:
        raise RequestError.margins_invalid(place, problems)
    found: list[MarginRow] = []
    wrong: list[tuple[int, str]] = []
    for number, cells in rows:
        if len(cells) <= len(header) and not any(canonical(cell) for cell in cells):
            continue
        if len(cells) != len(header):
            wrong.append((number, f"{len(cells)} cells where the header has {len(header)}"))
            continue
        row, problem = _row(number, dict(zip(header, cells, strict=True)), reading)
        found.append(row)
        wrong += [(number, problem)] if problem else []
    if not found and not wrong:
        raise RequestError.margins_invalid(place, ["there is a header and no row"])
    return MarginRows(place, _unit(header), tuple(found), tuple(wrong))


def _header_problems(header: Sequence[str]) -> list[str]:
    known = (*NAMES, *UNITS)
    problems = [f"no column '{name}'" for name in NAMES if name not in header]
    problems += [
        f"column '{name}' is not known. {did_you_mean(name, known)}".rstrip()
        for name in header
        if name not in known
    ]
    problems += [f"two columns '{name}'" for name in dict.fromkeys(header) if header.count(name) > 1]
    given = [name for name in UNITS if name in header]
    if not given:
        problems.append("no column 'share' (fractions of 1) and none 'target' (persons)")
    if len(given) > 1:
        problems.append("both 'share' and 'target': give one of them")
    return problems


def _unit(header: Sequence[str]) -> Unit:
    return next(unit for unit in UNITS if unit in header)


def _row(number: int, cells: dict[str, Any], reading: Reading) -> tuple[MarginRow, str]:
    unit = _unit(list(cells))
    question, response = (canonical(cells[name]) for name in NAMES)
    text = canonical(cells[unit])
    value = cell_number(cells[unit], reading) if text else math.nan
    problem = ""
    if not question:
        problem = "question is empty"
    elif not math.isfinite(value) or value < 0:
        expected = "a fraction from 0 to 1, such as 0.58" if unit == "share" else "a number of persons from 0"
        problem = f"{unit} '{text}' of '{question}' is not {expected}"
        value = math.nan
    return MarginRow(number, question, response, value), problem
