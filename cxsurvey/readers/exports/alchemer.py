"""Alchemer (once SurveyGizmo): ``Option:Question`` heads the columns of a set or of text fields.

The platform's own columns are ``Response ID``, ``Time Started``, ``Date Submitted``, ``Status`` and more.
Answers are reporting values; a joined cell holds several, parted by semicolons.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from cxsurvey.errors import ExportError, listed
from cxsurvey.readers.exports.assembly import Mask, assemble, used_positions
from cxsurvey.readers.exports.blocks import kind_of_text, settle
from cxsurvey.readers.exports.joined_columns import part_joined
from cxsurvey.readers.exports.named_blocks import named_blocks
from cxsurvey.readers.exports.records import Export, ExportColumn, Role
from cxsurvey.readers.exports.wording import clean_text, folded

if TYPE_CHECKING:
    import pandas as pd

    from cxsurvey.readers.exports.grid import Grid

PLATFORM = "alchemer"
_SYSTEM: dict[str, tuple[str, Role]] = {
    "responseid": ("response_id", "respondent_id"),
    "timestarted": ("time_started", "start"),
    "datesubmitted": ("date_submitted", "end"),
    "status": ("status", "status"),
    "contactid": ("contact_id", "personal"),
    "legacycomments": ("legacy_comments", "comment"),
    "comments": ("comments", "comment"),
    "language": ("language", "language"),
    "referer": ("referer", "administrative"),
    "extendedreferer": ("extended_referer", "administrative"),
    "sessionid": ("session_id", "administrative"),
    "useragent": ("user_agent", "administrative"),
    "extendeduseragent": ("extended_user_agent", "administrative"),
    "ipaddress": ("ip_address", "personal"),
    "longitude": ("longitude", "personal"),
    "latitude": ("latitude", "personal"),
    "country": ("country", "administrative"),
    "countryauto": ("country", "administrative"),
    "city": ("city", "personal"),
    "cityauto": ("city", "personal"),
    "stateregion": ("state_region", "administrative"),
    "stateregionauto": ("state_region", "administrative"),
    "postal": ("postal", "personal"),
    "linkname": ("link_name", "administrative"),
    "tags": ("tags", "administrative"),
    "email": ("email", "personal"),
    "emailaddress": ("email", "personal"),
}
_SEPARATORS = (";", ", ")
_STATUSES = frozenset({"partial", "complete", "disqualified", "deleted", "in progress"})
_OWN = frozenset({"responseid", "timestarted", "datesubmitted", "contactid", "legacycomments", "sessionid"})
_LEAST = 3
_TEST = frozenset({"test", "test response"})


@dataclass(frozen=True, slots=True)
class _Head:
    """One column: its question, and the option or the field that it stands for."""

    at: int
    question: str
    item: str = ""


def recognise(grid: Grid) -> str | None:
    """Say what marks a file as Alchemer's; None when nothing does.

    Parameters
    ----------
    grid : Grid
        The file.

    Returns
    -------
    str or None
    """
    keys = {_key(cell): clean_text(cell) for cell in grid.head[0]}
    found = [keys[key] for key in keys if key in _SYSTEM]
    if "status" not in keys or not keys.keys() & _OWN or len(found) < _LEAST:
        return None
    at = next(at for at, cell in enumerate(grid.head[0]) if _key(cell) == "status")
    held = {folded(row[at]) for row in grid.head[1:]} - {""}
    if not held or not held <= _STATUSES:
        return None
    return f"its columns include {listed(found, most=4)}, and the status is {listed(sorted(held))}"


def read(grid: Grid) -> Export:
    """Read an export. Partial and disqualified responses stay, told by their status.

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
        When no respondent is left, or the file is no Alchemer export.
    """
    why = recognise(grid)
    if why is None:
        raise ExportError.other_platform(grid.file_name, platform="Alchemer")
    body = grid.body(1)
    used = used_positions(grid.head[:1], body)
    header = grid.head[0]
    columns: dict[int, ExportColumn] = {
        at: ExportColumn(*_named(header[at]), role=_SYSTEM[_key(header[at])][1])
        for at in used
        if _key(header[at]) in _SYSTEM
    }
    rest = [at for at in used if at not in columns]
    if any(" " in header[at].strip() for at in rest):
        columns |= _questions(header, rest, body)
    else:
        columns |= named_blocks({at: header[at] for at in rest}, body)
    columns = {at: columns[at] for at in used}
    typed = [at for at, column in columns.items() if column.shape == "text"]
    notes = part_joined(columns, body, _SEPARATORS, never=typed)
    return assemble(
        grid,
        platform=PLATFORM,
        why=f"Alchemer: {why}.",
        header_rows=1,
        body=body,
        columns=columns,
        drop=[("test", _tests(columns, body))],
        notes=notes,
    )


def _key(cell: str) -> str:
    return re.sub(r"[^a-z]", "", clean_text(cell).casefold())


def _named(cell: str) -> tuple[str, tuple[str], str]:
    return _SYSTEM[_key(cell)][0], (cell,), clean_text(cell)


def _tests(columns: dict[int, ExportColumn], body: pd.DataFrame) -> Mask:
    mask = np.zeros(len(body), dtype=bool)
    for at, column in columns.items():
        if column.role == "status":
            mask |= body[at].astype("str").str.strip().str.casefold().isin(_TEST).to_numpy(dtype=bool)
    return mask


def _questions(header: Sequence[str], positions: Sequence[int], body: pd.DataFrame) -> dict[int, ExportColumn]:
    """Part ``Option:Question`` and gather neighbours of one question."""
    texts = {at: clean_text(header[at]) for at in positions}
    blocks: list[list[_Head]] = []
    for head in _parted(texts):
        if blocks and blocks[-1][-1].question == head.question and (head.item or blocks[-1][-1].item):
            blocks[-1].append(head)
        else:
            blocks.append([head])
    columns: dict[int, ExportColumn] = {}
    for number, block in enumerate(blocks, 1):
        columns |= _block_columns(block, f"q{number}", header, body)
    return columns


def _parted(texts: dict[int, str]) -> list[_Head]:
    """Cut each header at the colon before a question that another column has as well."""
    ways = {at: _ways(text) for at, text in texts.items()}
    questions: dict[str, int] = {}
    for at, text in texts.items():
        for question in {text, *ways[at]}:
            questions[question] = questions.get(question, 0) + 1
    heads = []
    for at, text in texts.items():
        shared = [question for question in ways[at] if questions[question] > 1]
        shared = sorted(shared, key=lambda one: (questions[one], len(one)), reverse=True)
        shared += [question for question, item in ways[at].items() if kind_of_text(item)]
        heads.append(_Head(at, shared[0], ways[at][shared[0]]) if shared else _Head(at, text))
    return heads


def _ways(text: str) -> dict[str, str]:
    """Return every question that a header may end with, and the item in front of it."""
    ways: dict[str, str] = {}
    for found in re.finditer(":", text):
        item, question = text[: found.start()].strip(" :"), text[found.end() :].strip(" :")
        if item and question:
            ways.setdefault(question, item)
    return ways


def _block_columns(
    block: Sequence[_Head], stem: str, header: Sequence[str], body: pd.DataFrame
) -> dict[int, ExportColumn]:
    single = block[0].item == ""
    columns = [
        ExportColumn(
            name=_name(head, number, stem, single=single, alone=len(block) == 1),
            header=(header[head.at],),
            text=head.question,
            item=head.item,
            block=stem if len(block) > 1 else "",
        )
        for number, head in enumerate(block, 1)
    ]
    cells = [body[head.at] for head in block]
    if not single and len(block) > 1:
        settled = list(settle(columns, cells))
    else:
        settled = [_alone(column) for column in columns]
    return {head.at: column for head, column in zip(block, settled, strict=True)}


def _name(head: _Head, number: int, stem: str, *, single: bool, alone: bool) -> str:
    if not head.item or alone:
        return stem
    kind = kind_of_text(head.item)
    return f"{stem}_{'comment' if kind == 'comment' else 'other'}" if single and kind else f"{stem}_{number}"


def _alone(column: ExportColumn) -> ExportColumn:
    if column.item:
        return replace(column, role=kind_of_text(column.item) or "comment", shape="text")
    return column
