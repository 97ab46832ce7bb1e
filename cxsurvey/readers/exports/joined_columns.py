"""What the readers of forms share: columns of joined options, grids by "Question [Row]", short names."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from cxsurvey.readers.exports.blocks import settle
from cxsurvey.readers.exports.joined_options import joined_separator, part_options
from cxsurvey.readers.exports.records import ExportColumn
from cxsurvey.readers.exports.wording import clean_text

if TYPE_CHECKING:
    import pandas as pd

_ROW = re.compile(r"(?P<text>.*?)\s*\[(?P<row>[^\[\]]*)\]\s*", re.DOTALL)
SHOWN_CHARACTERS = 40
Columns = dict[int, ExportColumn]


def question_columns(headers: Mapping[int, str]) -> Columns:
    """Name the columns of questions q1, q2, ... in order; rows of a grid become q3_1, q3_2, ...

    Parameters
    ----------
    headers : mapping of int to str
        Header cells of the columns that are questions, by position.

    Returns
    -------
    dict of int to ExportColumn

    Examples
    --------
    >>> columns = question_columns({1: "Age", 2: "Rate [Price]", 3: "Rate [Speed]"})
    >>> [(column.name, column.block, column.item) for column in columns.values()]
    [('q1', '', ''), ('q2_1', 'q2', 'Price'), ('q2_2', 'q2', 'Speed')]
    """
    parts = {at: _ROW.fullmatch(header) for at, header in headers.items()}
    texts = {at: found["text"] if found else header for at, header in headers.items() for found in [parts[at]]}
    columns: Columns = {}
    number, row, before = 0, 0, ""
    for at, header in headers.items():
        found = parts[at]
        alone = found is None or sum(texts[other] == texts[at] for other in headers if parts[other]) == 1
        if alone or texts[at] != before:
            number, row = number + 1, 0
        row += 1
        before = "" if alone else texts[at]
        if alone or found is None:
            columns[at] = ExportColumn(f"q{number}", (header,), clean_text(header))
        else:
            columns[at] = ExportColumn(
                f"q{number}_{row}", (header,), clean_text(texts[at]), clean_text(found["row"]), f"q{number}"
            )
    return columns


def settle_grids(columns: Columns, body: pd.DataFrame) -> None:
    """Give the columns of each block their roles and shapes, in place.

    Parameters
    ----------
    columns : dict of int to ExportColumn
        By position; changed.
    body : pandas.DataFrame
        Their cells.
    """
    blocks: dict[str, list[int]] = {}
    for at, column in columns.items():
        if column.block and column.shape != "joined":
            blocks.setdefault(column.block, []).append(at)
    for positions in blocks.values():
        settled = settle([columns[at] for at in positions], [body[at] for at in positions])
        columns.update(zip(positions, settled, strict=True))


def part_joined(
    columns: Columns, body: pd.DataFrame, separators: tuple[str, ...], *, never: Sequence[int] = ()
) -> list[str]:
    """Find columns of joined options and part their cells without doubt, in place.

    Parameters
    ----------
    columns : dict of int to ExportColumn
        By position; changed.
    body : pandas.DataFrame
        Their cells; changed.
    separators : tuple of str
        What the platform joins with.
    never : sequence of int
        Positions that are left alone.

    Returns
    -------
    list of str
        Notes on what was found.
    """
    notes: list[str] = []
    for at, column in columns.items():
        if column.role != "answer" or column.labels or at in never:
            continue
        separator = joined_separator(body[at], separators)
        if separator:
            found = part_options(body[at], separator)
            body[at] = found.cells
            columns[at] = replace(
                column,
                shape="joined",
                separator=found.separator,
                labels=tuple((option, option) for option in found.options),
            )
            notes += _told(column.name, separator, found.separator, found.leftovers)
    return notes


def _told(name: str, given: str, used: str, leftovers: Sequence[tuple[str, int]]) -> list[str]:
    notes = []
    if given != used:
        notes.append(
            f"{name}: options hold '{given.strip()}', which also joins them; they were parted by what recurs"
        )
    if leftovers:
        shown = "; ".join(
            textwrap.shorten(part, SHOWN_CHARACTERS, placeholder="...") for part, _ in leftovers[:5]
        )
        notes.append(f"{name}: {len(leftovers)} pieces of cells are no option that recurs ({shown})")
    return notes
