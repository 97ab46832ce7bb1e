"""Google Forms: one header row of question texts, a timestamp first, several answers joined in one cell.

The spreadsheet joins the answers to a question of several responses by ``", "``, the CSV download by ``";"``.
Options may hold commas of their own; which commas part options is found in the cells.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cxsurvey.readers.exports.assembly import assemble, used_positions
from cxsurvey.readers.exports.joined_columns import part_joined, question_columns, settle_grids
from cxsurvey.readers.exports.names import short_name
from cxsurvey.readers.exports.records import Export, ExportColumn, Role
from cxsurvey.readers.exports.wording import clean_text

if TYPE_CHECKING:
    from cxsurvey.readers.exports.grid import Grid

SEPARATORS = (";", ", ")
_TIMESTAMPS = frozenset({
    "timestamp", "zeitstempel", "horodateur", "marca temporal",
    "carimbo de data/hora", "informazioni cronologiche", "tijdstempel",
    "sygnatura czasowa", "отметка времени", "タイムスタンプ", "时间戳记", "時間戳記",
    "tidsstämpel", "tidsstempel", "zaman damgası", "časové razítko", "aikaleima",
    "타임스탬프",
})  # fmt: skip
_DATE = re.compile(r"\s*\d{1,4}[./-]\d{1,2}[./-]\d{1,4}(?!\d).*", re.DOTALL)
_SYSTEM: dict[str, Role] = {
    "email address": "personal",
    "e-mail-adresse": "personal",
    "adresse e-mail": "personal",
    "dirección de correo electrónico": "personal",
    "endereço de e-mail": "personal",
    "username": "personal",
    "nutzername": "personal",
    "score": "administrative",
    "total score": "administrative",
    "punkte": "administrative",
}
_QUIZ = (" [score]", " [feedback]")


def recognise(grid: Grid) -> str | None:
    """Tell what shows that a grid comes from Google Forms.

    Parameters
    ----------
    grid : Grid
        A file.

    Returns
    -------
    str or None
        The reason, or None.
    """
    first = clean_text(grid.head[0][0])
    dated = all(_DATE.fullmatch(row[0]) or _is_serial(row[0]) for row in grid.head[1:] if row[0].strip())
    if first.casefold() in _TIMESTAMPS and len(grid.head) > 1 and dated:
        return f"its first column is '{first}' and holds moments"
    return None


def _is_serial(cell: str) -> bool:
    """Whether a cell is the number of a day, as workbooks store moments."""
    return re.fullmatch(r"[34]\d{4}(?:\.\d+)?", cell.strip()) is not None


def read(grid: Grid) -> Export:
    """Read an export of Google Forms.

    Parameters
    ----------
    grid : Grid
        The file.

    Returns
    -------
    Export
        Cells of joined options are parted without doubt: where options hold the mark that joins them, another
        mark takes its place.

    Raises
    ------
    ExportError
        When no respondent is left.
    """
    body = grid.body(1)
    header = grid.head[0]
    used = used_positions(grid.head[:1], body)
    columns: dict[int, ExportColumn] = {}
    for at in used:
        name = clean_text(header[at]).casefold()
        if at == 0:
            columns[at] = ExportColumn(
                "timestamp", (header[at],), clean_text(header[at]), role="end", shape="date"
            )
        elif name in _SYSTEM:
            columns[at] = ExportColumn(
                short_name(name), (header[at],), clean_text(header[at]), role=_SYSTEM[name]
            )
        elif name.endswith(_QUIZ):
            columns[at] = ExportColumn(
                short_name(name), (header[at],), clean_text(header[at]), role="administrative"
            )
    columns |= question_columns({at: header[at] for at in used if at not in columns})
    notes = part_joined(columns, body, SEPARATORS)
    settle_grids(columns, body)
    blank = len(header) - len(used)
    if blank:
        notes.append(f"{blank} columns have no name and no cells and were left out")
    return assemble(
        grid,
        platform="google_forms",
        why=f"Google Forms: {recognise(grid) or 'it was named so'}.",
        header_rows=1,
        body=body,
        columns=dict(sorted(columns.items())),
        notes=notes,
    )
