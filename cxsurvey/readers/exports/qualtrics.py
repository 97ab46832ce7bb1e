"""Qualtrics: CSV, TSV and XLSX with one to three header rows, answers as text or as recode values.

Columns of one question share its ``QID``. The parts of a question say what each column is: ``Q3_1`` an option
or a row, ``Q3_2_TEXT`` the text beside an option; ``1_Q5`` is question 5 in the first round of a loop.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from cxsurvey.errors import ExportError, listed
from cxsurvey.readers.exports.assembly import Mask, assemble, used_positions
from cxsurvey.readers.exports.blocks import answers_of, settle
from cxsurvey.readers.exports.joined_columns import part_joined
from cxsurvey.readers.exports.qualtrics_header import (
    SYSTEM,
    Header,
    ImportId,
    find_header,
    id_of_name,
    import_id,
    key,
)
from cxsurvey.readers.exports.records import Export, ExportColumn, Role
from cxsurvey.readers.exports.stems import find_stems
from cxsurvey.readers.exports.wording import clean_text

if TYPE_CHECKING:
    import pandas as pd

    from cxsurvey.readers.exports.grid import Grid

PLATFORM = "qualtrics"
_UNANSWERED = ("-99", "-999")
_NEGATIVE = re.compile(r"^-\d+$")
_TEST_STATUS = {
    "survey preview": "preview",
    "survey test": "test",
    "1": "preview",
    "2": "test",
    "9": "preview",
    "17": "preview",
}
_SELECTED = re.compile(r"\s+-\s+Selected Choice(?=$|\s+-\s)", re.IGNORECASE)
_TEXT_PART = re.compile(r"\s+-\s+(?P<item>[^-]+(?:-[^-\s][^-]*)*?)\s+-\s+Text$", re.IGNORECASE)
_LEAST_SHARED = 8


@dataclass(frozen=True, slots=True)
class _Part:
    """One column: where it stands, its name, its wording and what its id says."""

    at: int
    name: str
    wording: str
    id: ImportId


def recognise(grid: Grid) -> str | None:
    """Say what marks a file as Qualtrics'; None when nothing does.

    Parameters
    ----------
    grid : Grid
        The file.

    Returns
    -------
    str or None
    """
    header = find_header(grid.head)
    if header is None:
        return None
    if header.ids >= 0:
        return f"row {grid.row(header.ids)} holds ImportId records"
    row = header.names if header.wording < 0 else header.wording
    shown = [clean_text(cell) for cell in grid.head[row] if key(cell) in SYSTEM] or [
        clean_text(cell) for cell in grid.head[0] if key(cell) in SYSTEM
    ]
    return f"its columns include {listed(shown, most=4)}"


def read(grid: Grid) -> Export:
    """Read an export.

    Previews and tests are left out and counted; when a file holds nothing else they stay. ``-99`` and ``-999``
    are questions that were seen and not answered.

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
        When no respondent is left, or the file is no Qualtrics export.
    """
    header = find_header(grid.head)
    if header is None:
        raise ExportError.other_platform(grid.file_name, platform="Qualtrics")
    body = grid.body(header.rows)
    parts = [_part(grid.head, header, at) for at in used_positions(grid.head[: header.rows], body)]
    columns: dict[int, ExportColumn] = {}
    for block in _blocks(parts, header):
        settled = _block_columns(block, grid.head[: header.rows], body)
        columns |= {part.at: column for part, column in zip(block, settled, strict=True)}
    columns = {at: columns[at] for at in sorted(columns)}
    drop, notes = _tests(columns, body)
    notes += _negative_notes(columns, body)
    typed = [at for at, column in columns.items() if column.shape == "text"]
    notes += part_joined(columns, body, (",",), never=typed)
    return assemble(
        grid,
        platform=PLATFORM,
        why=f"Qualtrics: {recognise(grid)}.",
        header_rows=header.rows,
        body=body,
        columns=columns,
        drop=drop,
        notes=notes,
    )


def _part(head: Sequence[Sequence[str]], header: Header, at: int) -> _Part:
    name = head[header.names][at].strip()
    wording = clean_text(head[header.wording][at]) if header.wording >= 0 else ""
    mark = import_id(head[header.ids][at]) if header.ids >= 0 else id_of_name(name)
    return _Part(at, name, wording, mark)


def _system(part: _Part) -> tuple[str, Role] | None:
    """Return name and role of a column that Qualtrics adds; told by id, else by name, else by wording."""
    marks = [part.id.whole.rpartition("-")[2], part.name, part.wording]
    if part.id.question.upper().startswith("QID"):
        return None
    return next((SYSTEM[key(mark)] for mark in marks if key(mark) in SYSTEM), None)


def _blocks(parts: Sequence[_Part], header: Header) -> list[list[_Part]]:
    """Gather the columns of each question, in the order in which questions begin."""
    if header.ids < 0:
        return _blocks_without_ids(parts)
    blocks: dict[str, list[_Part]] = {}
    for part in parts:
        name = part.id.block if part.id.question else f"{part.at}"
        blocks.setdefault(name, []).append(part)
    return [piece for block in blocks.values() for piece in _rows_of_sets(block)]


def _rows_of_sets(block: list[_Part]) -> list[list[_Part]]:
    """A matrix with several answers a row has parts ``row_column``: each row is a question of its own."""
    if len(block) < 2 or not all(part.id.part.count("_") == 1 for part in block):  # noqa: PLR2004 - one column
        return [block]
    rows: dict[str, list[_Part]] = {}
    for part in block:
        row, _, own = part.id.part.partition("_")
        question = f"{part.id.question}_{row}"
        rows.setdefault(row, []).append(replace(part, id=replace(part.id, question=question, part=own)))
    return list(rows.values()) if all(len(row) > 1 for row in rows.values()) else [block]


def _blocks_without_ids(parts: Sequence[_Part]) -> list[list[_Part]]:
    """By the names where they are numbered, else by wording that neighbours share."""
    blocks: list[list[_Part]] = []
    for part in parts:
        last = blocks[-1][0] if blocks else None
        joins = last is not None and not _system(part) and last.id.question == part.id.question and part.id.part
        if joins:
            blocks[-1].append(part)
        else:
            blocks.append([part])
    return [piece for run in _runs_of_single(blocks) for block in run for piece in _rows_of_sets(block)]


def _runs_of_single(blocks: list[list[_Part]]) -> list[list[list[_Part]]]:
    """Join neighbouring columns that stand alone where their wording begins alike."""
    alone = [len(block) == 1 and not _system(block[0]) for block in blocks]
    runs: list[list[list[_Part]]] = []
    start = 0
    while start < len(blocks):
        stop = start + 1
        while alone[start] and stop < len(blocks) and alone[stop]:
            stop += 1
        runs.append(
            _joined_runs([block[0] for block in blocks[start:stop]]) if alone[start] else [blocks[start]]
        )
        start = stop
    return runs


def _joined_runs(parts: list[_Part]) -> list[list[_Part]]:
    wordings = [_SELECTED.sub("", part.wording) for part in parts]
    joined: list[list[_Part]] = []
    for stem in find_stems(wordings, joints=(" - ",), least=_LEAST_SHARED):
        run = parts[stem.start : stem.stop]
        if all(stem.items) or (len(run) > 1 and stem.items[0] == "" and all(stem.items[1:])):
            block = run[0].id.question
            joined.append([replace(part, id=replace(part.id, question=block)) for part in run])
        else:
            joined += [[part] for part in run]
    return joined


def _block_columns(
    block: Sequence[_Part], rows: Sequence[Sequence[str]], body: pd.DataFrame
) -> tuple[ExportColumn, ...]:
    system = _system(block[0]) if len(block) == 1 else None
    if system is not None:
        return (_system_column(block[0], system, rows),)
    texts = _texts(block)
    name = block[0].id.block or block[0].name
    columns = [
        ExportColumn(
            name=part.name,
            header=tuple(row[part.at] for row in rows),
            text=text,
            item=item,
            block=name if len(block) > 1 else "",
            missing=_unanswered(body[part.at]),
            role="other_text" if part.id.is_text and len(block) > 1 else "answer",
        )
        for part, (text, item) in zip(block, texts, strict=True)
    ]
    cells = [body[part.at] for part in block]
    if len(block) == 1:
        return (_alone(columns[0], block[0]),)
    if all(column.role == "other_text" for column in columns):
        return tuple(replace(column, role="answer", shape="text") for column in columns)
    if sum(column.role != "other_text" for column in columns) == 1:
        return tuple(
            replace(column, shape="text") if column.role == "other_text" else column for column in columns
        )
    return settle(columns, cells)


def _system_column(part: _Part, system: tuple[str, Role], rows: Sequence[Sequence[str]]) -> ExportColumn:
    name, role = system
    header = tuple(row[part.at] for row in rows)
    return ExportColumn(name, header, part.wording or part.name, role=role)


def _texts(block: Sequence[_Part]) -> list[tuple[str, str]]:
    """Part the wording of each column into question and item."""
    wordings = [_SELECTED.sub("", part.wording) for part in block]
    texts = [part.id.is_text for part in block]
    plain = [wording for wording, is_text in zip(wordings, texts, strict=True) if not is_text] or wordings
    question = _shared_question(plain) if len(block) > 1 else _without_text_mark(wordings[0])[0]
    result = []
    for wording, is_text in zip(wordings, texts, strict=True):
        item = _item(wording, question)
        if is_text:
            item = re.sub(r"\s*-\s*(?:Text|TEXT)$", "", item)
        result.append((question, item))
    return result


def _without_text_mark(wording: str) -> tuple[str, str]:
    found = _TEXT_PART.search(wording)
    return (wording[: found.start()], found["item"]) if found else (wording, "")


def _shared_question(wordings: Sequence[str]) -> str:
    """Return what the wordings share up to the last dash, or all of it when they are the same."""
    if len(wordings) == 1 or len(set(wordings)) == 1:
        return wordings[0]
    first, last = min(wordings), max(wordings)
    shared = os.path.commonprefix([first, last])  # noqa: RUF071 - characters are meant
    for joint in (" - ", "-"):
        if joint in shared:
            return shared[: shared.rindex(joint)].strip()
    return shared.strip() if shared.rstrip().endswith(("?", ":", ".")) else ""


def _item(wording: str, question: str) -> str:
    if not question or not wording.startswith(question):
        return wording
    return wording[len(question) :].strip().removeprefix("-").removeprefix("–").strip()


def _alone(column: ExportColumn, part: _Part) -> ExportColumn:
    if part.id.is_text and part.id.part:
        return replace(column, role="other_text", shape="text")
    return replace(column, shape="text") if part.id.is_text else column


def _unanswered(cells: pd.Series) -> tuple[tuple[str, str, str], ...]:
    found = set(cells.unique()) & set(_UNANSWERED)
    return tuple((code, "skipped", "Seen but not answered") for code in _UNANSWERED if code in found)


def _negative_notes(columns: dict[int, ExportColumn], body: pd.DataFrame) -> list[str]:
    """Codes below zero may mean "not applicable"; Qualtrics does not say."""
    found: dict[str, list[str]] = {}
    for at, column in columns.items():
        if column.role not in {"answer", "option", "row"}:
            continue
        distinct = answers_of(body[at], _UNANSWERED).distinct
        if any(_NEGATIVE.match(cell) for cell in distinct) and len(distinct) <= 20:  # noqa: PLR2004 - codes, no amounts
            for cell in distinct:
                if _NEGATIVE.match(cell):
                    found.setdefault(cell, []).append(column.name)
    return [f"code {code} is below zero in {listed(names, most=4)}" for code, names in found.items()]


def _tests(columns: dict[int, ExportColumn], body: pd.DataFrame) -> tuple[list[tuple[str, Mask]], list[str]]:
    """Find previews and tests by distribution channel and status."""
    preview = np.zeros(len(body), dtype=bool)
    test = preview.copy()
    for at, column in columns.items():
        if column.role == "preview":
            preview |= _folded(body[at]) == "preview"
        elif column.role == "status":
            kinds = np.array([_TEST_STATUS.get(cell, "") for cell in _folded(body[at])])
            preview |= kinds == "preview"
            test |= kinds == "test"
    if (preview | test).all():
        return [], ["all responses are previews or tests, so they are kept"]
    return [("preview", preview), ("test", test)], []


def _folded(cells: pd.Series) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    return cells.astype("str").str.strip().str.casefold().to_numpy(dtype=object)
