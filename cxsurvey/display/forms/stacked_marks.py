"""What a stacked chart draws: legend and heads, bars with their labels, bases and nets."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from cxsurvey.display.card import baseline
from cxsurvey.display.figure_data import DAGGER, REST, UNPUBLISHED, absent_word, withheld_words
from cxsurvey.display.forms.parts import (
    LegendItem,
    block,
    label_column,
    legend,
    legend_lines,
    row_height,
    track,
)
from cxsurvey.display.forms.stacked_layout import HEAD_PT, N_PT, NET_PT, is_total, net_value
from cxsurvey.display.measure import text_width
from cxsurvey.display.numbers import bare_percent, count, percent
from cxsurvey.display.ops import Line, Rect, Text
from cxsurvey.display.style import CONTENT, LEFT, RIGHT

if TYPE_CHECKING:
    from cxsurvey.display.figure_data import Mark, Row
    from cxsurvey.display.forms.stacked_layout import Layout, Options
    from cxsurvey.display.ops import Op, Weight

PITCH: Final = 0.36
BAR: Final = 0.25
PART_PT: Final = 9.5
HEAD_PITCH: Final = 0.125
OWN_LINE: Final = 0.25  # of heads under a long legend: nearer to their columns than to the legend
UNDER_OWN_LINE: Final = 0.07
SEPARATOR_PT: Final = 1.0
DK_GAP: Final = 0.06
TOTAL_GAP: Final = 0.06


def draw_rows(rows: Sequence[Row], layout: Layout, options: Options) -> tuple[tuple[Op, ...], float, bool]:
    """Draw rows under the legend; returns the marks, where they end, and whether a part has no label."""
    ops, y = _head(layout, options)
    weights: list[Weight] = ["semibold" if is_total(row, options) else "regular" for row in rows]
    labels = label_column([row.label for row in rows], layout.label, weights=weights)
    unlabelled = False
    for row, lines, weight in zip(rows, labels.lines, weights, strict=True):
        height = row_height(len(lines), PITCH)
        centre = y + height / 2
        ops += block(lines, LEFT, centre, weight=weight, colour=options.palette.ink, role="row label")
        ops += _base(row, centre, layout, options)
        parts, dropped = _parts(row, centre, layout, options)
        ops += parts
        unlabelled = unlabelled or dropped
        ops += _net(row, centre, options)
        y += height
        if weight == "semibold" and len(rows) > 1:
            rule = y + 0.02
            ops.append(Line(LEFT, rule, RIGHT, rule, options.palette.rule, 0.6, "rule"))
            y += TOTAL_GAP
    return tuple(ops), y, unlabelled


def _head(layout: Layout, options: Options) -> tuple[list[Op], float]:
    """Draw the legend, with the heads of the columns of n and of the net on its last line."""
    palette = options.palette
    items = [LegendItem(level or "All", layout.fills[level]) for level in layout.levels]
    width = layout.right - layout.left
    lift = max(len(layout.net_title) - 1, 0) * HEAD_PITCH
    one_line = len(legend_lines(items, width, 0.12)) == 1
    if one_line:
        gap = 0.24 if len(legend_lines(items, width, 0.24)) == 1 else 0.12
        drawn, last = legend(items, layout.left, width, 0.125 + max(lift - 0.06, 0), gap=gap, palette=palette)
    else:
        drawn, last = legend(items, LEFT, CONTENT, 0.125, palette=palette)
        last += OWN_LINE + lift if layout.net_title or layout.n_right else 0.0
    ops = list(drawn)
    if layout.n_right:
        place = baseline(last, PART_PT)
        ops.append(
            Text(
                layout.n_right, place, "n", N_PT, "bold", colour=palette.ink2, align="right", role="column head"
            )
        )
    for row, line in enumerate(reversed(layout.net_title)):
        place = baseline(last, PART_PT) - row * HEAD_PITCH
        ops.append(
            Text(
                RIGHT, place, line, HEAD_PT, "semibold", colour=palette.ink2, align="right", role="column head"
            )
        )
    return ops, last + (0.143 if one_line or not (layout.net_title or layout.n_right) else UNDER_OWN_LINE)


def _base(row: Row, y: float, layout: Layout, options: Options) -> list[Op]:
    if not layout.n_right or math.isnan(row.n):
        return []
    low = row.withheld or any(mark.flag == "small" for mark in row.marks)
    words = f"{count(row.n)}{DAGGER}" if low and not row.withheld else count(row.n)
    hang = text_width(DAGGER, N_PT, "semibold") if words.endswith(DAGGER) else 0.0
    return [
        Text(
            layout.n_right + hang,
            baseline(y, N_PT),
            words,
            N_PT,
            "semibold" if low else "regular",
            colour=options.palette.warn if low else options.palette.ink2,
            align="right",
            role="n",
        )
    ]


def _parts(row: Row, y: float, layout: Layout, options: Options) -> tuple[list[Op], bool]:
    """Draw the parts of one row; tells also whether some label was left out."""
    if row.withheld:
        words = withheld_words(row.marks, options.bases)
        return list(track(words, layout.left, layout.right, y, BAR, row.row_id, options.palette)), False
    if not any(mark.shown for mark in row.marks):
        words = absent_word(row.marks[0])
        return list(track(words, layout.left, layout.right, y, BAR, row.row_id, options.palette)), False
    gap = DK_GAP if options.dk in layout.levels else 0.0
    shown = sum(mark.value for mark in row.marks if mark.shown)
    whole = max(100.0, shown)
    per_point = (layout.right - layout.left - gap) / whole
    ops: list[Op] = []
    edges: list[float] = []
    dropped = False
    x = layout.left
    for level in _in_place(row, layout.levels):
        mark = row.of(level)
        if level == REST and mark is not None and shown < whole:
            edges.append(x)
            ops.append(_rest(mark, x, (whole - shown) * per_point, y, layout))
            x += (whole - shown) * per_point
            continue
        if mark is None or not mark.shown or mark.value <= 0:
            continue
        width = mark.value * per_point
        if level == options.dk and gap:
            x = layout.right - width
        else:
            edges.append(x)
        drawn, bare = _part(mark, x, width, y, layout.fills[level], options)
        ops += drawn
        dropped = dropped or bare
        x += width
    thin = SEPARATOR_PT
    lines = [Line(e, y - BAR / 2, e, y + BAR / 2, "#FFFFFF", thin, "separator") for e in edges[1:]]
    rects = [op for op in ops if isinstance(op, Rect)]
    return [*rects, *lines, *(op for op in ops if isinstance(op, Text))], dropped


def _in_place(row: Row, levels: Sequence[str]) -> list[str]:
    """The levels from left to right; what is not published takes the place of the first level that is not."""
    shown = [mark.level for mark in row.marks if mark.shown]
    if REST not in levels or row.of(REST) is None:
        return list(levels)
    first = next(place for place, mark in enumerate(row.marks) if mark.flag == UNPUBLISHED)
    before = {mark.level for mark in row.marks[:first]} & set(shown)
    return [
        *(level for level in levels if level in before),
        REST,
        *(level for level in levels if level not in before and level != REST),
    ]


def _rest(mark: Mark, x: float, width: float, y: float, layout: Layout) -> Rect:
    """Draw what is not published of a row as one part without a number."""
    return Rect(x, y - BAR / 2, width, BAR, layout.fills[REST], "rest", mark.row_id)


def _part(mark: Mark, x: float, width: float, y: float, fill: str, options: Options) -> tuple[list[Op], bool]:
    rect = Rect(x, y - BAR / 2, width, BAR, fill, "part", f"{mark.row_id}/{mark.level}")
    words = bare_percent(mark.value)
    if width < max(options.min_label_w, text_width(words, PART_PT, "semibold") + 0.05):
        return [rect], True
    label = Text(
        x + width / 2,
        baseline(y, PART_PT),
        words,
        PART_PT,
        "semibold",
        colour=options.palette.label_on(fill),
        align="center",
        role="value",
        backdrop=fill,
    )
    return [rect, label], False


def _net(row: Row, y: float, options: Options) -> list[Op]:
    value = net_value(row, options)
    if math.isnan(value):
        return []
    words = percent(min(value, 100.0))
    return [
        Text(
            RIGHT,
            baseline(y, NET_PT),
            words,
            NET_PT,
            "bold",
            colour=options.palette.accent,
            align="right",
            role="net value",
        )
    ]
