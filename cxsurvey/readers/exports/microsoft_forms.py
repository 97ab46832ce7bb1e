"""Microsoft Forms: a workbook with ID, start and completion time, e-mail and name; answers joined by ``;``."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from cxsurvey.readers.exports.assembly import assemble, used_positions
from cxsurvey.readers.exports.joined_columns import Columns, part_joined, question_columns, settle_grids
from cxsurvey.readers.exports.names import short_name
from cxsurvey.readers.exports.records import Export, ExportColumn, Role
from cxsurvey.readers.exports.wording import clean_text

if TYPE_CHECKING:
    import pandas as pd

    from cxsurvey.readers.exports.grid import Grid

_SYSTEM: dict[str, Role] = {
    "id": "respondent_id",
    "start time": "start",
    "completion time": "end",
    "email": "personal",
    "name": "personal",
    "last modified time": "administrative",
    "language": "language",
    "total points": "administrative",
    "quiz feedback": "administrative",
    "grade posted time": "administrative",
    "startzeit": "start",
    "fertigstellungszeit": "end",
    "e-mail": "personal",
    "heure de début": "start",
    "heure de fin": "end",
    "adresse de messagerie": "personal",
    "nom": "personal",
    "hora de inicio": "start",
    "hora de finalización": "end",
    "correo electrónico": "personal",
    "nombre": "personal",
}
# In other languages the first five columns are told by their places and their cells.
_PLACES: tuple[Role, ...] = ("respondent_id", "start", "end", "personal", "personal")
_DATE = re.compile(r"\s*(?:\d{1,4}[./-]\d{1,2}[./-]\d{1,4}|[34]\d{4}\.\d+)(?!\d).*", re.DOTALL)
_POINTS = ("points - ", "feedback - ", "punkte - ")
_LEADING = 8
_LEAST_RANKED = 3


def recognise(grid: Grid) -> str | None:
    """Tell what shows that a grid comes from Microsoft Forms.

    Parameters
    ----------
    grid : Grid
        A file.

    Returns
    -------
    str or None
        The reason, or None.
    """
    names = [clean_text(cell) for cell in grid.head[0][:_LEADING]]
    roles = {_SYSTEM.get(name.casefold()) for name in names}
    if names[0].casefold() == "id" and ({"start", "end"} <= roles or _is_laid_out(grid)):
        return f"its first columns are {', '.join(names[:3])}"
    return None


def _is_laid_out(grid: Grid) -> bool:
    """Whether two moments and an e-mail address, or the word for none, follow the id in every row."""
    rows = [row for row in grid.head[1:] if row[0].strip()]
    if grid.width <= len(_PLACES) or not rows:
        return False
    dated = all(_DATE.fullmatch(row[1]) and _DATE.fullmatch(row[2]) for row in rows)
    return dated and (len({row[3] for row in rows}) == 1 or all("@" in row[3] for row in rows))


def read(grid: Grid) -> Export:
    """Read an export of Microsoft Forms.

    Parameters
    ----------
    grid : Grid
        The file.

    Returns
    -------
    Export
        A ranking, which puts all options into one cell in the respondent's order, becomes one column an option
        that holds its rank.

    Raises
    ------
    ExportError
        When no respondent is left.
    """
    body = grid.body(1)
    header = grid.head[0]
    used = used_positions(grid.head[:1], body)
    columns: Columns = {}
    for at in used:
        name = clean_text(header[at]).casefold()
        role: Role | None = _SYSTEM.get(name) if at < _LEADING else None
        if role is None and at < len(_PLACES) and _is_laid_out(grid):
            role = _PLACES[at]
        if role is None and name.startswith(_POINTS):
            role = "administrative"
        if role is not None and role not in {column.role for column in columns.values()} - {
            "personal",
            "administrative",
        }:
            columns[at] = ExportColumn(
                short_name(name) or f"column_{at + 1}", (header[at],), clean_text(header[at]), role=role
            )
    columns |= question_columns({at: header[at] for at in used if at not in columns})
    columns = dict(sorted(columns.items()))
    notes = part_joined(columns, body, (";",))
    columns, body = _with_ranks(columns, body)
    settle_grids({at: column for at, column in columns.items() if column.shape != "rank"}, body)
    return assemble(
        grid,
        platform="microsoft_forms",
        why=f"Microsoft Forms: {recognise(grid) or 'it was named so'}.",
        header_rows=1,
        body=body,
        columns=columns,
        notes=notes,
    )


def _with_ranks(columns: Columns, body: pd.DataFrame) -> tuple[Columns, pd.DataFrame]:
    """Replace each ranking by one column an option; positions are numbered anew."""
    import pandas as pd  # noqa: PLC0415 - heavy, and the detector loads without it

    laid: Columns = {}
    cells: dict[int, pd.Series] = {}
    for at, column in columns.items():
        options = [label for _, label in column.labels]
        if column.shape != "joined" or not _is_ranking(body[at], column.separator, options):
            laid[len(laid)], cells[len(cells)] = column, body[at]
            continue
        orders = {cell: str(cell).split(column.separator) for cell in body[at].unique()}
        for number, option in enumerate(options, 1):
            ranks = {
                cell: str(found.index(option) + 1) if option in found else "" for cell, found in orders.items()
            }
            laid[len(laid)] = replace(
                column,
                name=f"{column.name}_{number}",
                item=option,
                block=column.name,
                role="row",
                shape="rank",
                labels=(),
                separator="",
            )
            cells[len(cells)] = body[at].map(ranks).astype("str")
    return laid, pd.DataFrame(cells)


def _is_ranking(cells: pd.Series, separator: str, options: list[str]) -> bool:
    """Whether every answer holds all options and the orders differ."""
    orders = {tuple(str(cell).split(separator)) for cell in cells.unique() if str(cell)}
    return (
        len(options) >= _LEAST_RANKED
        and len(orders) > 1
        and all(len(order) == len(options) and set(order) == set(options) for order in orders)
    )
