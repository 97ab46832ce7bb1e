"""Any other CSV or Excel table: one header row, one row a respondent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxsurvey.readers.columns import clean_name, is_row_index
from cxsurvey.readers.exports.assembly import assemble, used_positions
from cxsurvey.readers.exports.joined import SEPARATORS
from cxsurvey.readers.exports.joined_columns import part_joined
from cxsurvey.readers.exports.named_blocks import named_blocks
from cxsurvey.readers.exports.other_tables import refuse_other_tables
from cxsurvey.readers.exports.records import Export

if TYPE_CHECKING:
    from cxsurvey.readers.exports.grid import Grid

PLATFORM = "plain"


def recognise(grid: Grid) -> str | None:
    """Any table will do.

    Parameters
    ----------
    grid : Grid
        The file.

    Returns
    -------
    str or None
    """
    return f"one row of {len([cell for cell in grid.head[0] if cell.strip()])} column names"


def read(grid: Grid) -> Export:
    """Read a table of one header row.

    A first column without a name that counts the rows is left out. Neighbours whose names share a stem
    (``q4_1``, ``Q1 - a``, ``Q1 [a]``, ``Q1: a``) are a question where their cells bear it out.

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
        When the table is a codebook or has no column names; when no column or no respondent is left.
    """
    body = grid.body(1)
    used = used_positions(grid.head[:1], body)
    refuse_other_tables(grid, body, used)
    header = {at: clean_name(grid.head[0][at]) for at in used}
    notes = []
    if 0 in header and not header[0] and is_row_index(body[0].to_list()):
        del header[0]
        notes.append("a first column without a name that counts the rows was left out")
    columns = named_blocks(header, body)
    notes += part_joined(columns, body, SEPARATORS)
    return assemble(
        grid,
        platform=PLATFORM,
        why=f"No platform's marks were found: {recognise(grid)}.",
        header_rows=1,
        body=body,
        columns=columns,
        notes=notes,
    )
