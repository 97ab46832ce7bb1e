"""The cells of a matrix: names of levels, tinted cells with their values, and boundaries of segments."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cxsurvey.display.card import baseline
from cxsurvey.display.colour import contrast, mix
from cxsurvey.display.figure_data import DAGGER, Mark, absent_word
from cxsurvey.display.forms.parts import block
from cxsurvey.display.forms.segment_list import SIDE, SIDE_GAP, Segment, stands_beside
from cxsurvey.display.measure import one_line, text_width, wrap
from cxsurvey.display.numbers import bare_percent
from cxsurvey.display.ops import Line, Rect, Text
from cxsurvey.display.style import CAP_HEIGHT, LEFT, RIGHT, TEXT_CONTRAST, GroupStyle, Palette

if TYPE_CHECKING:
    from cxsurvey.display.card import Note
    from cxsurvey.display.ops import Op

CELL: Final = 0.5625
CELL_GAP: Final = 0.016
VALUE_PT: Final = 11.0
LEVEL_PT: Final = 9.0
LEVEL_LEADING: Final = 0.14
TITLE_PT: Final = 9.5
TITLE_LEADING: Final = 0.155
ROW_LABEL: Final = (0.35, 0.85)
TITLE_ROOM: Final = 0.24
BOUNDARY_PT: Final = 2.6
TINT: Final = (0.08, 0.47)
ARROW: Final = " →"
MOST_ROW_LINES: Final = 4
MOST_COLUMN_LINES: Final = 6


@dataclass(frozen=True, slots=True)
class Grid:
    """The cells of a matrix, from the lowest levels up, and where they stand.

    Attributes
    ----------
    rows, cols : tuple of str
        Levels from lowest to highest.
    cells : mapping
        Marks by row and column.
    styles : mapping
        Style of each segment.
    left, width : float
        Left edge of the first column, and width of a cell.
    tops, heights : tuple of float
        Of the rows.
    row_title, col_title : tuple of str
        Lines of the names of the ratings.
    row_names, col_names : tuple of tuple of str
        Lines of the names of the levels.
    """

    rows: tuple[str, ...]
    cols: tuple[str, ...]
    cells: Mapping[tuple[str, str], Mark]
    styles: Mapping[str, GroupStyle]
    left: float
    width: float
    tops: tuple[float, ...]
    heights: tuple[float, ...]
    row_title: tuple[str, ...]
    col_title: tuple[str, ...]
    row_names: tuple[tuple[str, ...], ...]
    col_names: tuple[tuple[str, ...], ...]

    @property
    def top(self) -> float:
        """Upper edge of the cells."""
        return self.tops[-1]

    @property
    def bottom(self) -> float:
        """Lower edge of the cells."""
        return self.tops[0] + self.heights[0]

    def x(self, col: int) -> float:
        """Left edge of a column."""
        return self.left + col * self.width

    def segment(self, row: int, col: int) -> str:
        """Segment of a cell; empty where there is none."""
        mark = self.cells.get((self.rows[row], self.cols[col]))
        return mark.group if mark else ""


def place_grid(
    marks: Sequence[Mark],
    rows: tuple[str, ...],
    cols: tuple[str, ...],
    segments: Sequence[Segment],
    *,
    row_title: str,
    col_title: str,
    palette: Palette,
) -> Grid:
    """Place the cells of a matrix.

    Parameters
    ----------
    marks : sequence of Mark
        The cells; label, level and group are row, column and segment.
    rows, cols : tuple of str
        Levels from lowest to highest.
    segments : sequence of Segment
        Listed beside the cells or below them; beside, they take room.
    row_title, col_title : str
        Names of the ratings.
    palette : Palette
        Colours.

    Returns
    -------
    Grid
    """
    least, most = ROW_LABEL
    row_names = names_of(rows, most, "R", MOST_ROW_LINES)
    widest = max(text_width(line, LEVEL_PT) for lines in row_names for line in lines)
    heights = [max(CELL, len(lines) * LEVEL_LEADING + 0.12) for lines in row_names]
    row_lines = _title(row_title, sum(heights))
    title = TITLE_ROOM + (len(row_lines) - 1) * TITLE_LEADING if row_lines else 0.0
    left = LEFT + title + max(widest, least) + 0.12
    right = RIGHT - (SIDE + SIDE_GAP if stands_beside(segments) else 0.0)
    width = (right - left) / len(cols)
    col_names = names_of(cols, width - 0.06, "C", MOST_COLUMN_LINES)
    deep = max(len(lines) for lines in col_names)
    col_lines = _title(col_title, right - left)
    over = 0.235 + (len(col_lines) - 1) * TITLE_LEADING if col_lines else 0.0
    top = over + deep * LEVEL_LEADING + 0.07
    tops = [0.0] * len(rows)
    y = top
    for place in range(len(rows) - 1, -1, -1):
        tops[place] = y
        y += heights[place]
    listed = [segment.name for segment in segments]
    return Grid(
        rows=rows,
        cols=cols,
        cells={(mark.label, mark.level): mark for mark in marks},
        styles=dict(zip(listed, palette.for_groups(listed), strict=True)),
        left=left,
        width=width,
        tops=tuple(tops),
        heights=tuple(heights),
        row_title=row_lines,
        col_title=col_lines,
        row_names=row_names,
        col_names=col_names,
    )


def names_of(levels: Sequence[str], width: float, prefix: str, most: int) -> tuple[tuple[str, ...], ...]:
    """Wrap the names of levels; where one is too long, number them all and leave the names to a note."""
    names = tuple(wrap(level, width, LEVEL_PT) for level in levels)
    if max(len(lines) for lines in names) <= most:
        return names
    return tuple((f"{prefix}{place + 1}",) for place in range(len(levels)))


def name_notes(grid: Grid) -> list[Note]:
    """Say what numbered levels stand for."""
    notes: list[Note] = []
    for key, prefix, levels, names in (
        ("Rows", "R", grid.rows, grid.row_names),
        ("Columns", "C", grid.cols, grid.col_names),
    ):
        if names[0] == (f"{prefix}1",):
            listing = (f"{lines[0]} {one_line(level)}" for lines, level in zip(names, levels, strict=True))
            notes.append((key, f"{'; '.join(listing)}."))
    return notes


def _title(words: str, room: float) -> tuple[str, ...]:
    return wrap(f"{words}{ARROW}", room, TITLE_PT, "semibold") if words.strip() else ()


def titles(grid: Grid, palette: Palette) -> list[Op]:
    """Set the names of the ratings and of their levels."""
    ops: list[Op] = []
    kind = {"weight": "semibold", "colour": palette.ink2, "align": "center", "role": "axis title"}
    middle = grid.left + grid.width * len(grid.cols) / 2
    for place, line in enumerate(grid.col_title):
        y = baseline(0.07 + place * TITLE_LEADING, TITLE_PT)
        ops.append(Text(middle, y, line, TITLE_PT, **kind))  # type: ignore[arg-type] # fields of Text
    for place, lines in enumerate(grid.col_names):
        centre = grid.top - 0.07 - len(lines) * LEVEL_LEADING / 2
        style = {"leading": LEVEL_LEADING, "colour": palette.ink, "align": "center", "role": "level"}
        ops += block(lines, grid.x(place) + grid.width / 2, centre, size=LEVEL_PT, **style)  # type: ignore[arg-type] # fields of Text
    for place, line in enumerate(grid.row_title):
        x = LEFT + CAP_HEIGHT * TITLE_PT / 72 + place * TITLE_LEADING
        ops.append(Text(x, (grid.top + grid.bottom) / 2, line, TITLE_PT, rotation=90, **kind))  # type: ignore[arg-type] # fields of Text
    for place in range(len(grid.rows) - 1, -1, -1):
        lines = grid.row_names[place]
        style = {"leading": LEVEL_LEADING, "colour": palette.ink, "align": "right", "role": "level"}
        centre = grid.tops[place] + grid.heights[place] / 2
        ops += block(lines, grid.left - 0.11, centre, size=LEVEL_PT, **style)  # type: ignore[arg-type] # fields of Text
    return ops


def cells(grid: Grid, palette: Palette) -> list[Op]:
    """Draw the cells in the tints of their segments, with their values."""
    largest = max((mark.value for mark in grid.cells.values() if mark.shown), default=0.0)
    ops: list[Op] = []
    for row in range(len(grid.rows) - 1, -1, -1):
        for col in range(len(grid.cols)):
            mark = grid.cells.get((grid.rows[row], grid.cols[col]))
            fill = _tint(mark, largest, grid, palette)
            inset = CELL_GAP / 2
            ops.append(
                Rect(
                    grid.x(col) + inset,
                    grid.tops[row] + inset,
                    grid.width - CELL_GAP,
                    grid.heights[row] - CELL_GAP,
                    fill,
                    "cell",
                    f"{grid.rows[row]}/{grid.cols[col]}",
                )
            )
            ops += _cell_words(mark, grid, row, col, fill, palette)
    return ops


def _cell_words(mark: Mark | None, grid: Grid, row: int, col: int, fill: str, palette: Palette) -> list[Op]:
    if mark is None:
        return []
    small = mark.flag == "small"
    words = bare_percent(mark.value, missing=absent_word(mark)) + (DAGGER if small else "")
    x, y = grid.x(col) + grid.width / 2, grid.tops[row] + grid.heights[row] / 2
    size = VALUE_PT if mark.shown else LEVEL_PT
    legible = contrast(palette.warn, fill) >= TEXT_CONTRAST
    colour = palette.warn if small and legible else palette.ink
    return [
        Text(
            x,
            baseline(y, size),
            words,
            size,
            "semibold" if mark.shown else "regular",
            colour=colour,
            align="center",
            role="value",
            backdrop=fill,
        )
    ]


def _tint(mark: Mark | None, largest: float, grid: Grid, palette: Palette) -> str:
    """Mix the colour of the segment with white, up to where ink can still be read on it."""
    if mark is None or not mark.shown:
        return palette.track
    style = grid.styles.get(mark.group)
    low, high = TINT
    share = low + (high - low) * math.sqrt(mark.value / largest) if largest else low
    colour = style.fill if style else palette.accent
    while contrast(palette.ink, mix(colour, share)) < TEXT_CONTRAST:
        share *= 0.9
    return mix(colour, share)


def boundaries(grid: Grid, palette: Palette) -> list[Op]:
    """Draw a heavy line wherever two neighbouring cells belong to different segments."""
    ops: list[Op] = []
    half = BOUNDARY_PT / 144
    for row in range(len(grid.rows)):
        top, bottom = grid.tops[row], grid.tops[row] + grid.heights[row]
        for col in range(len(grid.cols)):
            here = grid.segment(row, col)
            x = grid.x(col)
            if col and grid.segment(row, col - 1) != here:
                ops.append(Line(x, top - half, x, bottom + half, palette.ink, BOUNDARY_PT, "boundary"))
            if row and grid.segment(row - 1, col) != here:
                end = x + grid.width + half
                ops.append(Line(x - half, bottom, end, bottom, palette.ink, BOUNDARY_PT, "boundary"))
    return ops
