"""The data of a figure set as a table below its card, or on the next page where there is no room."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Final

from cxsurvey.display import flow, style
from cxsurvey.display.card_data import drawn_data
from cxsurvey.display.data_table import data_table
from cxsurvey.display.forms.audit_table import audit_table
from cxsurvey.display.measure import text_width
from cxsurvey.display.sheets import Block, Group

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cxsurvey.display.card import Card
    from cxsurvey.display.data_table import DataTable
    from cxsurvey.display.sheets import Tag

CELL: Final = flow.Type(style.NOTE_PT, colour=flow.INK, leading=1.18)
HEAD: Final = flow.Type(style.NOTE_PT, "semibold", flow.INK2, leading=1.18)
CAPTION: Final = flow.Type(style.NOTE_PT, "bold", flow.ACCENT)
GUTTER: Final = 0.16
WIDEST_GUTTER: Final = 0.5
PAD_TOP: Final = 0.065
PAD_BOTTOM: Final = 0.04  # less than above: a line's depth is part of its pitch
NAMES_WIDTH: Final = 1.7  # the least that the column of names may get
HEAD_WIDTH: Final = 0.62
ONE_LINE_HEAD: Final = 1.1
AUDIT: Final = "audit"
BARE: Final = ("stacked",)  # forms that draw no intervals


@dataclass(frozen=True, slots=True)
class Grid:
    """Where the columns stand: right edges and widths of all but the first, and the first one's width."""

    names: float
    rights: tuple[float, ...]
    widths: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class SetRow:
    """A row of cells broken into lines."""

    cells: tuple[tuple[str, ...], ...]
    kind: flow.Type
    height: float


def place_table(column: flow.Flow, card: Card) -> None:
    """Place a card's data on the page, with its head again at the top of each page that it goes on to.

    The whole table goes below the card if it fits there, otherwise to new pages. Intervals are left out where
    the figure does not draw them, and where the columns would be too many for the page; they are in the
    figure's CSV file.
    """
    table, grid = _fitted(card, column.width)
    head = _set_row(table.header, grid, HEAD)
    rows = [_set_row(row, grid, CELL) for row in table.rows]
    caption = f"Data for Figure {card.number}"
    before = CAPTION.pitch + 0.06 + head.height
    if before + sum(row.height for row in rows) > column.room:
        column.turn()
    while rows:
        count = _fitting(rows, column.room - before)
        _place_part(column, caption, grid, head, rows[:count])
        del rows[:count]
        if rows:
            column.turn()
            caption = f"Data for Figure {card.number}, continued"


def _fitted(card: Card, width: float) -> tuple[DataTable, Grid]:
    frame = drawn_data(card)
    for intervals, whole in product((card.form not in BARE, False), (True, False)):
        if card.form == AUDIT:
            table = audit_table(frame)
        else:
            table = data_table(frame, unit=card.unit, intervals=intervals)
        natural = [_natural(table, index, whole=whole) for index in range(1, len(table.header))]
        if sum(natural) + GUTTER * len(natural) <= width - NAMES_WIDTH:
            break
    else:
        share = (width - NAMES_WIDTH) / max(len(natural), 1) - GUTTER
        natural = [share] * len(natural)
    return table, _grid(table, natural, width)


def _grid(table: DataTable, natural: Sequence[float], width: float) -> Grid:
    """Set the columns flush right, and apart as far as the names leave room for it."""
    count = max(len(natural), 1)
    names = max((text_width(row[0], CELL.size) for row in table.rows), default=0.0) + 0.01
    free = (width - max(names, NAMES_WIDTH) - sum(natural)) / count
    gutter = min(max(free, GUTTER), WIDEST_GUTTER)
    rights = tuple(width - sum(natural[i + 1 :]) - gutter * (count - 1 - i) for i in range(len(natural)))
    return Grid(width - sum(natural) - gutter * count, rights, tuple(natural))


def _natural(table: DataTable, index: int, *, whole: bool) -> float:
    """Width that a column asks for; ``whole`` keeps a short head on one line."""
    cells = max((text_width(row[index], CELL.size) for row in table.rows), default=0.0)
    head = table.header[index]
    words = max((text_width(word, HEAD.size, HEAD.weight) for word in head.split()), default=0.0)
    if whole and text_width(head, HEAD.size, HEAD.weight) <= ONE_LINE_HEAD:
        words = text_width(head, HEAD.size, HEAD.weight)
    return max(cells, min(words, HEAD_WIDTH * 2), HEAD_WIDTH) + 0.01


def _set_row(cells: Sequence[str], grid: Grid, kind: flow.Type) -> SetRow:
    widths = (grid.names, *grid.widths)
    broken = tuple(
        flow.break_lines(cell, width, kind) if cell else () for cell, width in zip(cells, widths, strict=True)
    )
    lines = max((len(cell) for cell in broken), default=1) or 1
    if kind is HEAD:  # heads stand on the rule below them
        broken = tuple(("",) * (lines - len(cell)) + cell for cell in broken)
    return SetRow(broken, kind, lines * kind.pitch + PAD_TOP + PAD_BOTTOM)


def _fitting(rows: Sequence[SetRow], room: float) -> int:
    """Count the rows that go on the page; one at the least, since a page may not stay empty."""
    used = 0.0
    for count, row in enumerate(rows):
        used += row.height
        if used > room:
            return max(count, 1)
    return len(rows)


def _place_part(column: flow.Flow, caption: str, grid: Grid, head: SetRow, rows: Sequence[SetRow]) -> None:
    top = column.y
    title = Block("Caption", flow.set_lines([caption], column.left, top, CAPTION, "caption"))
    y = top + CAPTION.pitch + 0.06
    groups = [_row(head, column.left, y, grid, "TH")]
    y += head.height
    rules = [flow.hairline(column.left, y, column.width)]
    for row in rows:
        groups.append(_row(row, column.left, y, grid, "TD"))
        y += row.height
        rules.append(flow.hairline(column.left, y, column.width))
    column.place(Group("Table", (title, *groups)), y - top)
    column.place(Block("Artifact", tuple(rules)), 0.0)


def _row(row: SetRow, left: float, top: float, grid: Grid, tag: Tag) -> Group:
    name = flow.set_lines(row.cells[0], left, top + PAD_TOP, row.kind, "table name")
    first = Block("TH" if tag == "TD" else tag, name, scope="Row" if tag == "TD" else "Column")
    others = [
        Block(
            tag,
            flow.set_lines(lines, left + right, top + PAD_TOP, row.kind, "table cell", align="right"),
            scope="Column" if tag == "TH" else "",
        )
        for lines, right in zip(row.cells[1:], grid.rights, strict=True)
    ]
    return Group("TR", (first, *others))
