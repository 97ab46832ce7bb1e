"""What a slope chart draws: heads, items with value and rank on both sides, and the lines between them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from cxsurvey.display.card import baseline
from cxsurvey.display.forms.parts import block, label_column, row_height, value_words
from cxsurvey.display.forms.ranks_layout import RANK_PT, VALUE_PT, order, rank_words
from cxsurvey.display.ops import Line, Marker, Text
from cxsurvey.display.style import COLUMN_PT, N_PT

if TYPE_CHECKING:
    from cxsurvey.display.forms.ranks_layout import Item, Layout, Options
    from cxsurvey.display.ops import Align, Op, Weight

PITCH: Final = 0.345
MARKER: Final = 0.11
LINE_PT: Final = 1.6
STRESSED_PT: Final = 3.0
HALO_PT: Final = 2.4  # on top of the line: where lines cross, the upper one stays whole
HEAD_TOP: Final = 0.15
HEAD_PITCH: Final = 0.155
N_PITCH: Final = 0.135
HEAD_GAP: Final = 0.10
ABSENT_PT: Final = 9.0
ALIGN: Final[tuple[Align, Align]] = ("right", "left")


def draw_items(items: Sequence[Item], layout: Layout, options: Options) -> tuple[tuple[Op, ...], float]:
    """Draw items below the heads; returns the marks and where they end."""
    ops, top = _heads(layout, options)
    sides = [sorted(items, key=lambda item, side=side: order(item, side)) for side in (0, 1)]  # type: ignore[misc] # a default binds the loop
    weights: list[list[Weight]] = [
        ["semibold" if item.stressed else "regular" for item in side] for side in sides
    ]
    lines = [
        label_column([item.a.label for item in side], layout.label, weights=cut).lines
        for side, cut in zip(sides, weights, strict=True)
    ]
    heights = [row_height(max(map(len, pair)), PITCH) for pair in zip(*lines, strict=True)]
    centres = [top + sum(heights[:place]) + height / 2 for place, height in enumerate(heights)]
    ends: list[dict[str, float]] = []
    for side, placed in enumerate(sides):
        ends.append({item.a.row_id: y for item, y in zip(placed, centres, strict=True)})
        for item, words, y in zip(placed, lines[side], centres, strict=True):
            ops += _words(item, words, y, side, layout, options)
    return (*ops, *_slopes(items, ends, layout, options)), top + sum(heights)


def _heads(layout: Layout, options: Options) -> tuple[list[Op], float]:
    """Set the names of the rankings above their columns."""
    ops: list[Op] = []
    deep = max(map(len, layout.heads))
    bottom = HEAD_TOP + (deep - 1) * HEAD_PITCH
    for side, edge in enumerate(layout.starts):
        lines = layout.heads[side]
        for row, line in enumerate(lines):
            y = bottom - (len(lines) - 1 - row) * HEAD_PITCH
            ops.append(Text(edge, y, line, COLUMN_PT, "bold", colour=options.palette.ink, role="group"))
        if layout.bases[side]:
            base = layout.bases[side]
            ops.append(Text(edge, bottom + N_PITCH, base, N_PT, colour=options.palette.ink2, role="n"))
    return ops, bottom + (N_PITCH if any(layout.bases) else 0.0) + HEAD_GAP


def _words(item: Item, lines: Sequence[str], y: float, side: int, layout: Layout, options: Options) -> list[Op]:
    palette, mark = options.palette, item.marks[side]
    weight: Weight = "semibold" if item.stressed else "regular"
    plain: Weight = "regular"
    colour = palette.accent if item.stressed else palette.ink
    ops: list[Op] = list(
        block(lines, layout.labels[side], y, weight=weight, colour=palette.ink, role="row label")
    )
    size, cut = (VALUE_PT, weight) if mark.shown else (ABSENT_PT, plain)
    shown = (palette.warn if mark.flag == "small" else colour) if mark.shown else palette.ink2
    place, value = baseline(y, size), value_words(mark, "percent")
    ops.append(
        Text(layout.values[side], place, value, size, cut, colour=shown, align=ALIGN[side], role="value")
    )
    place, rank = baseline(y, RANK_PT), rank_words(item, side)
    if rank:
        align = ALIGN[side]
        ops.append(
            Text(layout.ranks[side], place, rank, RANK_PT, "bold", colour=colour, align=align, role="rank")
        )
    return ops


def _slopes(
    items: Sequence[Item], ends: Sequence[dict[str, float]], layout: Layout, options: Options
) -> list[Op]:
    """Draw the lines, stressed ones last and on top, each with a white edge; then the ends of all."""
    left, right = layout.ends[0] + MARKER / 2, layout.ends[1] - MARKER / 2
    lines: list[Op] = []
    markers: list[Op] = []
    for item in sorted((item for item in items if item.joined), key=lambda item: item.stressed):
        key = item.a.row_id
        one, other = ends[0][key], ends[1][key]
        colour = options.palette.accent if item.stressed else options.palette.muted
        thick = STRESSED_PT if item.stressed else LINE_PT
        lines.append(Line(left, one, right, other, "#FFFFFF", thick + HALO_PT, "halo", key))
        lines.append(Line(left, one, right, other, colour, thick, "slope", key))
        markers += [
            Marker(left, one, "circle", MARKER, colour, "value marker", f"{key}/a"),
            Marker(right, other, "circle", MARKER, colour, "value marker", f"{key}/b"),
        ]
    return [*lines, *markers]
