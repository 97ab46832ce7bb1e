"""What a dumbbell chart draws: heads, markers with their values, bars, gaps and their intervals."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from cxsurvey.display.card import baseline
from cxsurvey.display.figure_data import withheld_words
from cxsurvey.display.forms import heads
from cxsurvey.display.forms.axis import draw_axis
from cxsurvey.display.forms.dumbbell_layout import (
    GAP_PT,
    INTERVAL_PT,
    MARKER,
    VALUE_GAP,
    VALUE_PT,
    gap_title,
    gap_words,
    interval_words,
)
from cxsurvey.display.forms.parts import (
    block,
    label_column,
    level_words,
    row_height,
    spread,
    track,
    value_words,
)
from cxsurvey.display.measure import one_line, text_width
from cxsurvey.display.ops import Line, Marker, Rect, Text
from cxsurvey.display.style import COLUMN_PT, LEFT, N_PT, RIGHT

if TYPE_CHECKING:
    from cxsurvey.display.figure_data import Mark
    from cxsurvey.display.forms.dumbbell_layout import Layout, Options
    from cxsurvey.display.forms.pairs import Pair
    from cxsurvey.display.ops import Op, Shape
    from cxsurvey.display.style import GroupStyle

PITCH: Final = 0.50
CONNECTOR_PT: Final = 3.2
ARROW: Final = 0.105
ARROW_LEAST: Final = 0.34
TRACK: Final = 0.20
HALO: Final = (0.03, 0.10)
NAME_GAP: Final = 0.16
AXIS_HEIGHT: Final = 0.20
FAR: Final = 0.6  # a name further than this from its marker goes into a legend
ARROW_COLOUR: Final = "#6B7A87"


def draw_rows(pairs: Sequence[Pair], layout: Layout, options: Options) -> tuple[tuple[Op, ...], float]:
    """Draw rows under their heads and above the axis; returns the marks and where they end."""
    head_ops, y = _heads(pairs, layout, options)
    top = y
    labels = label_column([pair.label for pair in pairs], layout.label)
    ops: list[Op] = []
    rules: list[Op] = []
    for place, (pair, lines) in enumerate(zip(pairs, labels.lines, strict=True)):
        height = row_height(len(lines), PITCH)
        centre = y + height / 2
        ops += block(lines, LEFT, centre, colour=options.palette.ink, role="row label")
        ops += _row(pair, centre, layout, options)
        y += height
        if place < len(pairs) - 1:
            rules.append(Line(LEFT, y, RIGHT, y, options.palette.rule, 0.6, "rule"))
    if not has_values(pairs):
        return (*head_ops, *rules, *ops), y
    grid, ticks = draw_axis(layout.scale, options.unit, top, y, options.palette, zero=options.unit != "percent")
    return (*head_ops, *grid, *rules, *ops, *ticks), y + AXIS_HEIGHT


def has_values(pairs: Sequence[Pair]) -> bool:
    """Whether anything stands on the axis."""
    return any(mark.shown for pair in pairs for mark in (pair.a, pair.b))


def _heads(pairs: Sequence[Pair], layout: Layout, options: Options) -> tuple[list[Op], float]:
    """Set names above the markers of the first whole row, or in a legend: where they are long, or none is."""
    widths = [text_width(one_line(name), COLUMN_PT, "bold") for name in layout.groups]
    widths = [max(w, text_width(base, N_PT)) for w, base in zip(widths, layout.bases, strict=True)]
    room = (LEFT, RIGHT - text_width(gap_title(options), COLUMN_PT, "semibold") - NAME_GAP)
    first = next((pair for pair in pairs if pair.a.shown and pair.b.shown), None)
    centres = [layout.scale.at(mark.value) for mark in (first.a, first.b)] if first else [0.0, 0.0]
    order = sorted((0, 1), key=lambda index: (centres[index], index))
    wanted = [centres[index] - widths[index] / 2 for index in order]
    places = spread(wanted, [widths[index] for index in order], *room, NAME_GAP)
    ops: list[Op] = []
    top = 0.175
    far = places is None or any(abs(p - w) > FAR for p, w in zip(places, wanted, strict=True))
    if places is None or first is None or far:
        places = None
        made = [
            heads.Head(" ".join(part for part in (name, f"({base})" if base else "") if part), style)
            for name, base, style in zip(layout.groups, layout.bases, layout.styles, strict=True)
        ]
        drawn, last = heads.legend(made, 0.09)
        ops += drawn
        top = last + 0.24
    else:
        for place, index in zip(places, order, strict=True):
            ops += _name(index, place + widths[index] / 2, top, layout, options)
    ops += _gap_head(top, layout, options)
    second = (places is not None and any(layout.bases)) or layout.gap_right < RIGHT
    return ops, top + (0.165 if second else 0.10)


def _name(index: int, x: float, y: float, layout: Layout, options: Options) -> list[Op]:
    style, name, base = layout.styles[index], one_line(layout.groups[index]), layout.bases[index]
    ops: list[Op] = [Text(x, y, name, COLUMN_PT, "bold", colour=style.text, align="center", role="group")]
    if base:
        ops.append(
            Text(x, y + heads.N_PITCH, base, N_PT, colour=options.palette.ink2, align="center", role="n")
        )
    return ops


def _gap_head(y: float, layout: Layout, options: Options) -> list[Op]:
    colour = options.palette.ink2
    title = gap_title(options)
    ops: list[Op] = [
        Text(RIGHT, y, title, COLUMN_PT, "semibold", colour=colour, align="right", role="column head")
    ]
    if layout.gap_right < RIGHT:
        words = f"{level_words(options.level)} CI"
        ops.append(
            Text(RIGHT, y + heads.N_PITCH, words, N_PT, colour=colour, align="right", role="column head")
        )
    return ops


def _row(pair: Pair, y: float, layout: Layout, options: Options) -> list[Op]:
    palette = options.palette
    if pair.withheld:
        words = withheld_words((pair.a, pair.b), options.bases)
        drawn = list(track(words, layout.scale.left, layout.scale.right, y, TRACK, pair.row_id, palette))
        return drawn + _gap(pair, y, layout, options)
    return [*_bar(pair, y, layout, options), *_ends(pair, y, layout, options), *_gap(pair, y, layout, options)]


def _bar(pair: Pair, y: float, layout: Layout, options: Options) -> list[Op]:
    if not (pair.a.shown and pair.b.shown):
        return []
    a, b = layout.scale.at(pair.a.value), layout.scale.at(pair.b.value)
    ops: list[Op] = [
        Line(min(a, b), y, max(a, b), y, options.palette.connector, CONNECTOR_PT, "connector", pair.row_id)
    ]
    if options.arrow and abs(b - a) >= ARROW_LEAST:
        shape: Shape = "arrow" if b > a else "back arrow"
        ops.append(Marker((a + b) / 2, y, shape, ARROW, ARROW_COLOUR, "arrow", pair.row_id))
    return ops


def _ends(pair: Pair, y: float, layout: Layout, options: Options) -> list[Op]:
    """Draw the markers, and each value on the outer side of its own."""
    marks: list[Op] = []
    words: list[Op] = []
    for mark, at_left in pair.ends():
        style = layout.styles[0 if mark is pair.a else 1]
        x = layout.scale.at(mark.value)
        key = f"{pair.row_id}/{mark.group}"
        marks.append(Marker(x, y, style.shape, _size(style.shape), style.fill, "value marker", key))
        words += _end_words(mark, x, y, style, options, at_left=at_left)
    return [
        *(op for op in words if isinstance(op, Rect)),
        *marks,
        *(op for op in words if isinstance(op, Text)),
    ]


def _size(shape: Shape) -> float:
    return {"diamond": MARKER * 1.3, "square": MARKER * 0.92}.get(shape, MARKER)


def _end_words(
    mark: Mark, x: float, y: float, style: GroupStyle, options: Options, *, at_left: bool
) -> list[Op]:
    words = value_words(mark, options.unit)
    width = text_width(words, VALUE_PT, "bold")
    beside = MARKER / 2 + VALUE_GAP
    edge = x - beside if at_left else x + beside
    side, half = HALO
    left = edge - width - side if at_left else edge - side
    colour = options.palette.warn if mark.flag == "small" else style.text
    return [
        Rect(left, y - half, width + 2 * side, 2 * half, "#FFFFFF", "halo"),
        Text(
            edge,
            baseline(y, VALUE_PT),
            words,
            VALUE_PT,
            "bold",
            colour=colour,
            align="right" if at_left else "left",
            role="value",
        ),
    ]


def _gap(pair: Pair, y: float, layout: Layout, options: Options) -> list[Op]:
    """Print the gap, bold where it is significant, and its interval."""
    palette = options.palette
    absent = math.isnan(pair.diff)
    stressed = pair.stressed and not absent
    size = INTERVAL_PT if absent else GAP_PT
    ops: list[Op] = [
        Text(
            layout.gap_right,
            baseline(y, size),
            gap_words(pair, options),
            size,
            "bold" if stressed else "regular",
            colour=palette.accent if stressed else palette.ink2,
            align="right",
            role="gap",
        )
    ]
    interval = interval_words(pair, options)
    if interval:
        place = baseline(y, INTERVAL_PT)
        ops.append(
            Text(
                RIGHT, place, interval, INTERVAL_PT, colour=options.palette.ink2, align="right", role="interval"
            )
        )
    return ops
