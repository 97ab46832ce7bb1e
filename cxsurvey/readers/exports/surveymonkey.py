"""SurveyMonkey: CSV and XLSX of individual responses, with one, two or three header rows.

The usual export has two: the question stands above its first column, blank cells mean "as to the left", and
the row below holds ``Response``, ``Open-Ended Response``, an option or a row of a matrix. A row of codes may
stand above them. With one header row the parts are joined (``Question - Option``) or the option carries the
number of the question (``3. Python``). The summary export of the same platform holds no respondents.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cxsurvey.errors import ExportError, listed
from cxsurvey.readers.exports.assembly import assemble, used_positions
from cxsurvey.readers.exports.blocks import answers_of, kind_of_text, settle
from cxsurvey.readers.exports.joined_columns import part_joined
from cxsurvey.readers.exports.names import short_name
from cxsurvey.readers.exports.records import Export, ExportColumn, Role
from cxsurvey.readers.exports.stems import find_stems
from cxsurvey.readers.exports.wording import clean_text, folded

if TYPE_CHECKING:
    import pandas as pd

    from cxsurvey.readers.exports.grid import Grid

PLATFORM = "surveymonkey"
_SEPARATORS = (", ", ";")
_SINGLE = frozenset({"response", "open-ended response"})
_SYSTEM: dict[str, tuple[str, Role]] = {
    "respondentid": ("respondent_id", "respondent_id"),
    "collectorid": ("collector_id", "administrative"),
    "collector": ("collector", "administrative"),
    "startdate": ("start_date", "start"),
    "datecreated": ("start_date", "start"),
    "enddate": ("end_date", "end"),
    "datemodified": ("end_date", "end"),
    "ipaddress": ("ip_address", "personal"),
    "emailaddress": ("email_address", "personal"),
    "email": ("email_address", "personal"),
    "firstname": ("first_name", "personal"),
    "lastname": ("last_name", "personal"),
    "language": ("language", "language"),
    "minutes": ("minutes", "duration"),
    "totaltimespent": ("time_spent", "duration"),
    "timespent": ("time_spent", "duration"),
    "responsestatus": ("status", "status"),
    "sequence": ("sequence", "administrative"),
    "sequence#": ("sequence", "administrative"),
}
_CUSTOM = re.compile(r"^custom(?:data)?\d*$")
_NUMBERED = re.compile(r"^(?:Q(?:uestion)?\s?)?(\d+[a-z]?\d*)[.):]\s+(.+)$", re.DOTALL | re.IGNORECASE)
_SUMMARY_SHEET = re.compile(r"^(?:question|q)\s?\d+", re.IGNORECASE)
_LETTERED = re.compile(r"^(\d+)[a-z]$")
_CODE = re.compile(r"^[A-Za-z]{1,3}\d+(?:_\w+)?$")


@dataclass(frozen=True, slots=True)
class _Head:
    """One column's place in the header: code row, question (carried to the right) and item."""

    at: int
    code: str
    question: str
    item: str
    first: bool


def recognise(grid: Grid) -> str | None:
    """Say what marks a file as SurveyMonkey's; None when nothing does.

    Parameters
    ----------
    grid : Grid
        The file.

    Returns
    -------
    str or None
    """
    if _is_summary(grid):
        return "its sheets are summaries of questions"
    row = _item_row(grid.head)
    if row is not None:
        shown = next((cell.strip() for cell in grid.head[row] if folded(cell) in _SINGLE), None)
        held = f"'{shown}'" if shown else "options"
        return f"row {grid.row(row)} holds {held} below the questions"
    names = {cell.strip() for cell in grid.head[0][:3]}
    found = sorted(names & {"Respondent ID", "RespondentID"})
    return f"the first columns hold '{found[0]}'" if found else None


def read(grid: Grid) -> Export:
    """Read an export of individual responses.

    Parameters
    ----------
    grid : Grid
        The file.

    Returns
    -------
    Export

    Raises
    ------
    ExportError
        When the file is a summary of answers, or holds no respondent.
    """
    if _is_summary(grid):
        raise ExportError.summary_workbook(grid.file_name, sheets=max(len(grid.sheets), 1))
    row = _item_row(grid.head)
    header_rows = 1 if row is None else row + 1
    body = grid.body(header_rows)
    used = used_positions(grid.head[:header_rows], body)
    heads = _heads_of_one_row(grid, used) if row is None else _heads(grid.head, row, used)
    coded = any(head.code for head in heads)
    columns: dict[int, ExportColumn] = {}
    number = 0
    for block in _blocks(heads):
        system = _system(block[0], grid.head[:header_rows]) if len(block) == 1 else None
        if system is None:
            number += 1
            parts = _question(block, number, grid.head[:header_rows], body, coded=coded)
        else:
            parts = (system,)
        columns |= {head.at: part for head, part in zip(block, parts, strict=True)}
    typed = [at for at, column in columns.items() if column.shape == "text"]
    notes = [*_notes(columns), *part_joined(columns, body, _SEPARATORS, never=typed)]
    return assemble(
        grid,
        platform=PLATFORM,
        why=f"SurveyMonkey: {recognise(grid)}.",
        header_rows=header_rows,
        body=body,
        columns=columns,
        notes=notes,
    )


def _is_summary(grid: Grid) -> bool:
    """Whether the workbook holds a sheet a question, or the first rows head a table of choices and counts."""
    if grid.sheets and all(_SUMMARY_SHEET.match(sheet) for sheet in grid.sheets):
        filled = [sum(bool(cell.strip()) for cell in row) for row in grid.head[:2]]
        return filled == [1, 1] or len(grid.sheets) > 1
    return any(
        folded(row[0]) == "answer choices" and any(folded(cell) == "responses" for cell in row[1:])
        for row in grid.head
        if row
    )


def _item_row(head: Sequence[Sequence[str]]) -> int | None:
    """Return which record, from 0, holds ``Response`` and the options; None with one header row."""
    for at in (1, 2):
        if len(head) > at and any(folded(cell) in _SINGLE for cell in head[at]):
            return at
    if len(head) == 1 or not any(cell.strip() for cell in head[1]):
        return None
    # No respondent is without an id: a blank below it belongs to the header.
    below = [head[1][at].strip() for at, cell in enumerate(head[0]) if _key(cell) == "respondentid"]
    return 1 if "" in below else None


def _key(cell: str) -> str:
    return re.sub(r"[\s_.-]", "", clean_text(cell)).casefold()


def _heads(head: Sequence[Sequence[str]], row: int, used: Sequence[int]) -> list[_Head]:
    """Carry each question to the right over the blank cells that belong to it."""
    heads: list[_Head] = []
    question = ""
    for at in used:
        own = clean_text(head[row - 1][at])
        item = clean_text(head[row][at])
        code = head[row - 2][at].strip() if row > 1 else ""
        carried = not own and bool(item) and bool(heads)
        question = question if carried else own
        single = folded(item) in _SINGLE or item == own
        heads.append(_Head(at, code, question, "" if single else item, first=not carried))
    return heads


def _heads_of_one_row(grid: Grid, used: Sequence[int]) -> list[_Head]:
    """Find questions in one header row: by the number in front, else by what neighbours share."""
    texts = {at: clean_text(grid.head[0][at]) for at in used}
    numbers = {at: found.group(1) for at in used if (found := _NUMBERED.match(texts[at]))}
    if len(numbers) * 2 > len(used):
        return _by_number(texts, numbers)
    heads: list[_Head] = []
    for stem in find_stems([texts[at] for at in used]):
        for offset, item in enumerate(stem.items):
            heads.append(_Head(used[stem.start + offset], "", stem.text, item, first=offset == 0))
    return heads


def _by_number(texts: dict[int, str], numbers: dict[int, str]) -> list[_Head]:
    """Columns ``3. Python.`` and ``3. R.`` are options of question 3, whose wording the file does not hold.

    Columns ``10a. Too slow.`` and ``10b. Too big.`` may be the rows of a grid; their answers decide.
    """
    heads: list[_Head] = []
    counts = Counter(numbers.values())
    before = ""
    for at, text in texts.items():
        number = numbers.get(at, "").lower()
        lettered = _LETTERED.match(number)
        own = found.group(2) if (found := _NUMBERED.match(text)) else text
        stem = lettered.group(1) if lettered else number
        part = bool(lettered) or counts[numbers.get(at, "")] > 1
        code = f"q{number}" if number else ""
        heads.append(
            _Head(at, code, "" if part else own, own if part else "", first=not (part and stem == before))
        )
        before = stem if part else ""
    return heads


def _blocks(heads: Sequence[_Head]) -> list[list[_Head]]:
    blocks: list[list[_Head]] = []
    for head in heads:
        if head.first or not blocks:
            blocks.append([head])
        else:
            blocks[-1].append(head)
    return blocks


def _system(head: _Head, rows: Sequence[Sequence[str]]) -> ExportColumn | None:
    """Return the column when it is one that the platform adds itself."""
    label = head.question or head.item
    known = _SYSTEM.get(_key(label))
    if known is None and _CUSTOM.match(_key(label)):
        known = (_key(label), "administrative")
    if known is None or (head.code and _CODE.match(head.code) and known[1] != "language"):
        return None
    name, role = known
    return ExportColumn(name, tuple(row[head.at] for row in rows), clean_text(label), role=role)


def _question(
    block: Sequence[_Head], number: int, rows: Sequence[Sequence[str]], body: pd.DataFrame, *, coded: bool
) -> tuple[ExportColumn, ...]:
    stem = _stem(block, number, coded=coded)
    text = block[0].question or (block[0].item if len(block) == 1 else "")
    columns = [
        ExportColumn(
            name=_name(head, offset, stem, block),
            header=tuple(row[head.at] for row in rows),
            text=text,
            item=head.item if len(block) > 1 or head.question else "",
            block=stem if len(block) > 1 else "",
        )
        for offset, head in enumerate(block)
    ]
    cells = [body[head.at] for head in block]
    if len(block) > 1 and block[0].item == "":
        return _with_texts(columns)
    if len(block) > 1:
        settled = settle(columns, cells)
        return _apart(settled) if _is_loose(block, settled) else settled
    return (_alone(columns[0], block[0], rows, cells[0]),)


def _stem(block: Sequence[_Head], number: int, *, coded: bool) -> str:
    """The question's code, else its number, which would pass for a code among other codes."""
    code = block[0].code
    if not code:
        return (short_name(block[0].question) if coded else "") or f"q{number}"
    if len(block) > 1 and _LETTERED.match(code.removeprefix("q")):
        return code[:-1]
    return code.rpartition("_")[0] or code if len(block) > 1 else code


def _name(head: _Head, offset: int, stem: str, block: Sequence[_Head]) -> str:
    if head.code and ("_" in head.code or _LETTERED.match(head.code.removeprefix("q"))):
        return head.code
    if len(block) == 1 or not head.item:
        return stem
    kind = kind_of_text(head.item)
    if kind and block[0].item == "":
        return f"{stem}_{'other' if kind == 'other_text' else 'comment'}"
    return f"{stem}_{offset + 1}"


def _with_texts(columns: list[ExportColumn]) -> tuple[ExportColumn, ...]:
    """A single choice whose other columns hold the text of "Other" or a comment."""
    first = replace(columns[0], shape="single")
    rest = [
        replace(column, role=kind_of_text(column.item) or "comment", shape="text") for column in columns[1:]
    ]
    return (first, *rest)


def _is_loose(block: Sequence[_Head], settled: Sequence[ExportColumn]) -> bool:
    """Whether columns ``18a.``, ``18b.`` share a number only and are no grid."""
    return bool(_LETTERED.match(block[0].code.removeprefix("q"))) and not any(
        column.role in {"row", "option"} for column in settled
    )


def _apart(columns: Sequence[ExportColumn]) -> tuple[ExportColumn, ...]:
    return tuple(
        replace(column, text=column.text or column.item, item="", block="", shape="") for column in columns
    )


def _alone(column: ExportColumn, head: _Head, rows: Sequence[Sequence[str]], cells: pd.Series) -> ExportColumn:
    """A question of one column: open, single, or the only option of a set."""
    if any(folded(row[head.at]) == "open-ended response" for row in rows):
        numeric = all(_is_number(cell) for cell in answers_of(cells).distinct)
        return replace(column, shape="" if numeric else "text")
    if not head.item:
        return replace(column, shape="single" if len(rows) > 1 else "")
    kind = kind_of_text(head.item)
    if kind:
        return replace(column, role=kind, shape="text")
    return settle([replace(column, block=column.name)], [cells])[0]


def _is_number(cell: str) -> bool:
    return bool(re.fullmatch(r"\s*[-+]?[\d.,\s]+%?\s*", cell))


def _notes(columns: dict[int, ExportColumn]) -> list[str]:
    labels = Counter((c.block, c.item) for c in columns.values() if c.role in {"option", "row"} and c.block)
    twice = [f"'{item}' in {block}" for (block, item), count in labels.items() if count > 1]
    return [f"labels that stand twice in one question: {listed(twice)}"] if twice else []
