"""Typeform: a token in the column ``#`` first; dates in UTC and a network id last."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from cxsurvey.readers.exports.assembly import assemble, used_positions
from cxsurvey.readers.exports.blocks import kind_of_text
from cxsurvey.readers.exports.joined_columns import Columns, part_joined, question_columns, settle_grids
from cxsurvey.readers.exports.records import Export, ExportColumn, Role
from cxsurvey.readers.exports.wording import clean_text, folded

if TYPE_CHECKING:
    import pandas as pd

    from cxsurvey.readers.exports.grid import Grid

_SYSTEM: dict[str, tuple[str, Role]] = {
    "#": ("token", "respondent_id"),
    "response id": ("token", "respondent_id"),
    "start date (utc)": ("start_date", "start"),
    "submit date (utc)": ("submit_date", "end"),
    "stage date (utc)": ("stage_date", "administrative"),
    "network id": ("network_id", "personal"),
    "response type": ("response_type", "status"),
    "tags": ("tags", "administrative"),
    "ending": ("ending", "administrative"),
    "score": ("score", "administrative"),
}
_TELLING = frozenset(
    {"start date (utc)", "submit date (utc)", "network id", "response type", "stage date (utc)"}
)
_PLACEHOLDER = re.compile(r"\{\{[^{}]*\}\}")
_OTHER = frozenset({"other", "andere", "autre", "otro", "outro"})
SEPARATORS = (" / ", ";", ", ")


def recognise(grid: Grid) -> str | None:
    """Tell what shows that a grid comes from Typeform.

    Parameters
    ----------
    grid : Grid
        A file.

    Returns
    -------
    str or None
        The reason, or None.
    """
    names = [clean_text(cell) for cell in grid.head[0]]
    found = [name for name in names if name.casefold() in _TELLING]
    if len(found) >= 2 or (names[0] == "#" and found):  # noqa: PLR2004 - one of them alone proves little
        first = "'#' and " if names[0] == "#" else ""
        return f"it has the columns {first}{', '.join(found)}"
    return None


def read(grid: Grid) -> Export:
    """Read an export of Typeform.

    Neighbouring columns that hold nothing but their own headings are the options of one question, whose
    wording the file does not have; a column ``Other`` behind them is its text. A placeholder such as
    ``{{answer_123}}`` in a wording stays, and is reported.

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
        When no respondent is left.
    """
    body = grid.body(1)
    header = grid.head[0]
    used = used_positions(grid.head[:1], body)
    system = {at: _SYSTEM[name] for at in used if (name := clean_text(header[at]).casefold()) in _SYSTEM}
    columns: Columns = {
        at: ExportColumn(name, (header[at],), clean_text(header[at]), role=role)
        for at, (name, role) in system.items()
    }
    options = _options({at: header[at] for at in used if at not in system}, body)
    columns |= question_columns({at: header[at] for at in used if at not in system and at not in options})
    columns = _numbered(dict(sorted((columns | options).items())))
    notes = part_joined(columns, body, SEPARATORS)
    settle_grids({at: column for at, column in columns.items() if column.role == "answer"}, body)
    return assemble(
        grid,
        platform="typeform",
        why=f"Typeform: {recognise(grid) or 'it was named so'}.",
        header_rows=1,
        body=body,
        columns=columns,
        notes=[*notes, *_notes(columns)],
    )


def _options(headers: Mapping[int, str], body: pd.DataFrame) -> Columns:
    """Find runs of columns that hold their own headings; the block's name is made of its first position."""
    found: Columns = {}
    run: list[int] = []
    for at in [*headers, -1]:
        label = clean_text(headers.get(at, ""))
        if at >= 0 and _holds_itself(body[at], label):
            run.append(at)
            continue
        if len(run) > 1:
            block = f"options_{run[0]}"
            found |= {
                option: ExportColumn(
                    "",
                    (headers[option],),
                    "",
                    clean_text(headers[option]),
                    block,
                    role="option",
                    shape="option",
                )
                for option in run
            }
            if at >= 0 and (label.casefold() in _OTHER or kind_of_text(label) == "other_text"):
                found[at] = ExportColumn("", (headers[at],), "", label, block, role="other_text", shape="text")
        run = []
    return found


def _option(header: str, block: str) -> ExportColumn:
    return ExportColumn("", (header,), "", clean_text(header), block, role="option", shape="option")


def _holds_itself(cells: pd.Series, label: str) -> bool:
    held = {folded(str(cell)) for cell in cells.unique() if str(cell).strip()}
    return held == {folded(label)}


def _numbered(columns: Columns) -> Columns:
    """Name questions q1, q2, ... in the order of the file, blocks of options among them."""
    names: dict[str, str] = {}
    rows: dict[str, int] = {}
    numbered: Columns = {}
    for at, column in columns.items():
        if column.role not in {"answer", "option", "other_text"}:
            numbered[at] = column
            continue
        key = column.block or f"column_{at}"
        name = names.setdefault(key, f"q{len(names) + 1}")
        rows[key] = rows.get(key, 0) + 1
        numbered[at] = replace(
            column, name=f"{name}_{rows[key]}" if column.block else name, block=name if column.block else ""
        )
    return numbered


def _notes(columns: Columns) -> Iterator[str]:
    placeholders = [column.name for column in columns.values() if _PLACEHOLDER.search(column.text)]
    if placeholders:
        yield f"the wording of {', '.join(placeholders[:5])} holds placeholders such as {{{{answer_123}}}}"
    nameless = dict.fromkeys(c.block for c in columns.values() if c.role == "option" and not c.text)
    if nameless:
        yield f"the file does not tell the wording of {', '.join(list(nameless)[:5])}: its columns are options"
