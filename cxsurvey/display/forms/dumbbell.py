"""Dumbbells: two groups, or two times, with the gap between them and its interval.

The interval is that of the difference, not two intervals to be compared by eye. For two times the bar carries
an arrow from the first to the second.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from cxsurvey.display import alt_text
from cxsurvey.display.card import Body, Card, assemble, baseline
from cxsurvey.display.figure_data import (
    DAGGER,
    SMALL_BASE,
    SUPPRESS_BASE,
    Bases,
    Mark,
    absent_word,
    flag_notes,
    n_words,
    suppressed_words,
)
from cxsurvey.display.forms import heads
from cxsurvey.display.forms.axis import axis_note, domain, draw_axis
from cxsurvey.display.forms.pairs import Pair, pairs_as_drawn, read_pairs
from cxsurvey.display.forms.parts import (
    Scale,
    block,
    interval_note,
    label_column,
    level_words,
    one_of,
    read_options,
    row_height,
    spread,
    track,
)
from cxsurvey.display.measure import one_line, text_width
from cxsurvey.display.numbers import unit
from cxsurvey.display.ops import Line, Marker, Rect, Text
from cxsurvey.display.paging import one_card, split
from cxsurvey.display.style import COLUMN_PT, LEFT, N_PT, PALETTE, RIGHT, GroupStyle, Palette
from cxsurvey.errors import RequestError

if TYPE_CHECKING:
    import pandas as pd

    from cxsurvey.display.card import FigureText, Note
    from cxsurvey.display.ops import Op, Shape

PITCH: Final = 0.50
MARKER: Final = 0.125
VALUE_PT: Final = 10.5
VALUE_GAP: Final = 0.065
GAP_PT: Final = 12.0
INTERVAL_PT: Final = 8.5
CONNECTOR_PT: Final = 3.2
ARROW: Final = 0.105
ARROW_LEAST: Final = 0.34
TRACK: Final = 0.20
MOST_LABEL: Final = 2.15
LEAST_LABEL: Final = 1.0
HALO: Final = (0.03, 0.10)
ROUND_TO: Final = 25.0
NAME_GAP: Final = 0.16
AXIS_HEIGHT: Final = 0.20
NARROWEST: Final = 0.8
CLEAR_LABEL: Final = 0.1
CLEAR_GAP: Final = 0.2  # a value must not be read with the gap
FAR: Final = 0.6  # a name further than this from its marker goes into a legend


@dataclass(frozen=True, slots=True)
class Options:
    """Options of dumbbells.

    Attributes
    ----------
    groups : tuple of str
        Names of the columns ``a`` and ``b`` of the table.
    unit : str
        ``percent``, ``score`` or ``nps``.
    arrow : bool
        The second group is a later time: an arrow points to it, and the head says change.
    ci : bool
        Print the interval of the gap.
    level : float
        Confidence level, for the head of the column and the note.
    sort : str
        ``gap`` (widest first) or ``given``.
    xmax : float or None
        End of the scale; by default the next multiple of 25 that holds everything.
    small_base, suppress_base : int
        Unweighted n under which a row without a flag is marked, or not shown.
    palette : Palette
        Colours.
    """

    groups: tuple[str, str] = ("a", "b")
    unit: str = "percent"
    arrow: bool = False
    ci: bool = True
    level: float = 0.95
    sort: str = "gap"
    xmax: float | None = None
    small_base: int = SMALL_BASE
    suppress_base: int = SUPPRESS_BASE
    palette: Palette = PALETTE


@dataclass(frozen=True, slots=True)
class _Layout:
    """Columns and scale, the same on every card of one figure."""

    label: float
    scale: Scale
    gap_right: float
    styles: tuple[GroupStyle, GroupStyle]
    bases: tuple[str, str]


def draw(table: pd.DataFrame, text: FigureText, **options: Any) -> Card:
    """Draw dumbbells on one card.

    Parameters
    ----------
    table : DataFrame
        ``label, a, b, diff`` and, as they apply, ``row_id, diff_lo, diff_hi, n_a, n_b, flag, published``. The
        sign of ``diff`` is printed as given.
    text : FigureText
        Words around the chart.
    **options
        Fields of `Options`.

    Returns
    -------
    Card

    Raises
    ------
    RequestError
        If the table or an option cannot be used, or the card is taller than a page.

    Examples
    --------
    >>> import pandas as pd
    >>> from cxsurvey.display.card import FigureText
    >>> table = pd.DataFrame({"label": ["Data"], "a": [34.0], "b": [71.0], "diff": [37.0]})
    >>> card = draw(table, FigureText("fig09", "9", "Data win"), groups=("Distributed", "Centralized"))
    >>> card.alt_long
    'Dumbbell chart: Data win. Data: Distributed 34%, Centralized 71%, gap +37.'
    """
    return one_card(text, *_prepare(table, text, options))


def draw_all(table: pd.DataFrame, text: FigureText, **options: Any) -> tuple[Card, ...]:
    """Draw dumbbells on as many cards as they need; see `draw`."""
    return split(text, *_prepare(table, text, options))


def _prepare(table: pd.DataFrame, text: FigureText, options: Mapping[str, Any]) -> tuple[list[Pair], Any]:
    """Read and sort the rows, and return them with what draws some of them."""
    chosen = read_options(Options, text.key, options)
    unit(chosen.unit)
    one_of(text.key, "sort", chosen.sort, ("gap", "given"))
    if len(chosen.groups) != 2 or chosen.groups[0] == chosen.groups[1]:  # noqa: PLR2004 - a dumbbell has two ends
        raise RequestError.figure_option(text.key, "groups", chosen.groups, "two different names")
    bases = Bases(chosen.small_base, chosen.suppress_base)
    pairs = _sorted(read_pairs(table, text.key, groups=chosen.groups, unit=chosen.unit, bases=bases), chosen)
    layout = _layout(pairs, chosen, text.key)

    def compose(words: FigureText, part: Sequence[Pair]) -> Card:
        return assemble(
            words,
            _body(part, layout, chosen, words),
            table=pairs_as_drawn(text.key, part, table),
            alt_long=_alt(words, part, layout, chosen),
            palette=chosen.palette,
        )

    return pairs, compose


def _sorted(pairs: Sequence[Pair], options: Options) -> list[Pair]:
    def width(pair: Pair) -> float:
        return math.inf if math.isnan(pair.diff) else -abs(pair.diff)

    return list(pairs) if options.sort == "given" else sorted(pairs, key=width)


def _layout(pairs: Sequence[Pair], options: Options, figure: str) -> _Layout:
    label = max(label_column([pair.label for pair in pairs], MOST_LABEL).width, LEAST_LABEL)
    intervals = [_interval_words(pair, options) for pair in pairs]
    ci_width = max(text_width(words, INTERVAL_PT) for words in intervals)
    gap_right = RIGHT - ci_width - 0.2 if ci_width else RIGHT
    gap_width = max(text_width(_gap_words(pair, options), GAP_PT, "bold") for pair in pairs)
    gap_left = min(gap_right - gap_width, RIGHT - text_width(_gap_title(options), COLUMN_PT, "semibold"))
    marks = [mark for pair in pairs for mark in (pair.a, pair.b)]
    low, high = domain(
        marks, options.unit, ci=False, high=options.xmax, figure=figure, round_to=_round_to(marks)
    )
    scale = _fitted_scale(pairs, low, high, (LEFT + label, gap_left), options)
    if scale.right - scale.left < NARROWEST:
        raise RequestError.figure_option(
            figure, "unit", options.unit, "values short enough to leave room to draw"
        )
    styles = _styles(options)
    bases = (n_words(pair.a.n for pair in pairs), n_words(pair.b.n for pair in pairs))
    return _Layout(label, scale, gap_right, styles, bases)


def _round_to(marks: Sequence[Mark]) -> float:
    """Half of a percentage scale is worth drawing on a shorter axis, less than that is not."""
    top = max((mark.value for mark in marks if mark.shown), default=100.0)
    return ROUND_TO if top <= 2 * ROUND_TO else 100.0


def _fitted_scale(
    pairs: Sequence[Pair], low: float, high: float, room: tuple[float, float], options: Options
) -> Scale:
    """Place the scale so that values beside the outermost markers stay clear of the columns."""
    left, right = room[0] + 0.2, room[1] - 0.34
    beside = MARKER / 2 + VALUE_GAP
    for _ in range(8):
        scale = Scale(low, high, left, right)
        lefts, rights = [room[0] + CLEAR_LABEL], [room[1] - CLEAR_GAP]
        for pair in pairs:
            for mark, at_left in pair.ends():
                width = beside + text_width(_value_words(mark, options), VALUE_PT, "bold")
                x = scale.at(mark.value)
                (lefts if at_left else rights).append(x - width if at_left else x + width)
        short = room[0] + CLEAR_LABEL - min(lefts)
        over = max(rights) - room[1] + CLEAR_GAP
        if short <= 1e-6 and over <= 1e-6:  # noqa: PLR2004 - far below a pixel
            break
        left, right = left + max(short, 0.0), right - max(over, 0.0)
    return Scale(low, high, left, right)


def _styles(options: Options) -> tuple[GroupStyle, GroupStyle]:
    palette = options.palette
    if options.arrow:
        later = palette.groups[0]
        return (GroupStyle(palette.muted, palette.ink2, "circle"), replace(later, shape="circle"))
    named = [palette.named.get(name.strip().casefold()) for name in options.groups]
    if all(named):
        one, other = palette.for_groups(options.groups)
        return (one, other)
    return (palette.groups[2], palette.groups[0]) if len(palette.groups) > 2 else palette.groups[:2]  # type: ignore[return-value] # noqa: PLR2004 - two of them


def _value_words(mark: Mark, options: Options) -> str:
    words = unit(options.unit).value(mark.value) if mark.shown else absent_word(mark)
    return f"{words}{DAGGER}" if mark.flag == "small" else words


def _gap_words(pair: Pair, options: Options) -> str:
    if math.isnan(pair.diff):
        return absent_word(pair.a if not pair.a.shown else pair.b)
    return unit(options.unit).gap(pair.diff)


def _interval_words(pair: Pair, options: Options) -> str:
    if not options.ci or math.isnan(pair.diff) or math.isnan(pair.lo) or math.isnan(pair.hi):
        return ""
    return unit(options.unit).gap_interval(pair.lo, pair.hi)


def _gap_title(options: Options) -> str:
    return f"{'Change' if options.arrow else 'Gap'}, {unit(options.unit).gap_title}"


def _body(pairs: Sequence[Pair], layout: _Layout, options: Options, text: FigureText) -> Body:
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
    grid, ticks = draw_axis(layout.scale, options.unit, top, y, options.palette, zero=options.unit != "percent")
    return Body((*head_ops, *grid, *rules, *ops, *ticks), y + AXIS_HEIGHT, _notes(pairs, layout, options, text))


def _heads(pairs: Sequence[Pair], layout: _Layout, options: Options) -> tuple[list[Op], float]:
    """Set names above the markers of the first row, or in a legend where they are long."""
    widths = [text_width(one_line(name), COLUMN_PT, "bold") for name in options.groups]
    widths = [max(w, text_width(base, N_PT)) for w, base in zip(widths, layout.bases, strict=True)]
    room = (LEFT, RIGHT - text_width(_gap_title(options), COLUMN_PT, "semibold") - NAME_GAP)
    first = next((pair for pair in pairs if pair.a.shown and pair.b.shown), None)
    centres = [layout.scale.at(mark.value) for mark in (first.a, first.b)] if first else [room[0], room[1]]
    order = sorted((0, 1), key=lambda index: (centres[index], index))
    wanted = [centres[index] - widths[index] / 2 for index in order]
    places = spread(wanted, [widths[index] for index in order], *room, NAME_GAP)
    ops: list[Op] = []
    top = 0.175
    far = places is None or any(abs(p - w) > FAR for p, w in zip(places, wanted, strict=True))
    if places is None or (first and far):
        places = None
        made = [
            heads.Head(" ".join(part for part in (name, f"({base})" if base else "") if part), style)
            for name, base, style in zip(options.groups, layout.bases, layout.styles, strict=True)
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


def _name(index: int, x: float, y: float, layout: _Layout, options: Options) -> list[Op]:
    style, name, base = layout.styles[index], one_line(options.groups[index]), layout.bases[index]
    ops: list[Op] = [Text(x, y, name, COLUMN_PT, "bold", colour=style.text, align="center", role="group")]
    if base:
        ops.append(
            Text(x, y + heads.N_PITCH, base, N_PT, colour=options.palette.ink2, align="center", role="n")
        )
    return ops


def _gap_head(y: float, layout: _Layout, options: Options) -> list[Op]:
    colour = options.palette.ink2
    title = _gap_title(options)
    ops: list[Op] = [
        Text(RIGHT, y, title, COLUMN_PT, "semibold", colour=colour, align="right", role="column head")
    ]
    if layout.gap_right < RIGHT:
        words = f"{level_words(options.level)} CI"
        ops.append(
            Text(RIGHT, y + heads.N_PITCH, words, N_PT, colour=colour, align="right", role="column head")
        )
    return ops


def _row(pair: Pair, y: float, layout: _Layout, options: Options) -> list[Op]:
    palette = options.palette
    if pair.suppressed:
        n = min((mark.n for mark in (pair.a, pair.b) if not math.isnan(mark.n)), default=math.nan)
        words = suppressed_words(n, Bases(options.small_base, options.suppress_base))
        drawn = list(track(words, layout.scale.left, layout.scale.right, y, TRACK, pair.row_id, palette))
        return drawn + _gap(pair, y, layout, options)
    return [*_bar(pair, y, layout, options), *_ends(pair, y, layout, options), *_gap(pair, y, layout, options)]


def _bar(pair: Pair, y: float, layout: _Layout, options: Options) -> list[Op]:
    if not (pair.a.shown and pair.b.shown):
        return []
    a, b = layout.scale.at(pair.a.value), layout.scale.at(pair.b.value)
    ops: list[Op] = [
        Line(min(a, b), y, max(a, b), y, options.palette.connector, CONNECTOR_PT, "connector", pair.row_id)
    ]
    if options.arrow and abs(b - a) >= ARROW_LEAST:
        shape: Shape = "arrow" if b > a else "back arrow"
        ops.append(Marker((a + b) / 2, y, shape, ARROW, "#6B7A87", "arrow", pair.row_id))
    return ops


def _ends(pair: Pair, y: float, layout: _Layout, options: Options) -> list[Op]:
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
    words = _value_words(mark, options)
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


def _gap(pair: Pair, y: float, layout: _Layout, options: Options) -> list[Op]:
    words = _gap_words(pair, options)
    absent = math.isnan(pair.diff)
    size = INTERVAL_PT if absent else GAP_PT
    colour = options.palette.ink2 if absent else options.palette.accent
    ops: list[Op] = [
        Text(
            layout.gap_right,
            baseline(y, size),
            words,
            size,
            "regular" if absent else "bold",
            colour=colour,
            align="right",
            role="gap",
        )
    ]
    interval = _interval_words(pair, options)
    if interval:
        place = baseline(y, INTERVAL_PT)
        ops.append(
            Text(
                RIGHT, place, interval, INTERVAL_PT, colour=options.palette.ink2, align="right", role="interval"
            )
        )
    return ops


def _notes(pairs: Sequence[Pair], layout: _Layout, options: Options, text: FigureText) -> tuple[Note, ...]:
    marks = [mark for pair in pairs for mark in (pair.a, pair.b)]
    notes = list(flag_notes(marks, Bases(options.small_base, options.suppress_base)))
    if any(_interval_words(pair, options) for pair in pairs):
        notes += interval_note(text.notes, options.level, "Change" if options.arrow else "Gap")
    return (*notes, *axis_note(layout.scale))


def _alt(text: FigureText, pairs: Sequence[Pair], layout: _Layout, options: Options) -> str:
    formats = unit(options.unit)
    kind = "change" if options.arrow else "gap"

    def said(pair: Pair, longest: int | None, *, interval: bool) -> str:
        label = alt_text.cut(pair.label, longest)
        if pair.suppressed:
            return f"{label}: suppressed"
        ends = ", ".join(
            f"{alt_text.cut(mark.group, longest)} {alt_text.value_words(mark, formats)}"
            for mark in (pair.a, pair.b)
        )
        words = _interval_words(pair, options) if interval else ""
        gap = "" if math.isnan(pair.diff) else f", {kind} {formats.gap(pair.diff)}"
        return f"{label}: {ends}{gap}{f' ({words})' if words else ''}"

    variants = [
        [said(pair, longest, interval=interval) for pair in pairs]
        for longest in alt_text.LABEL_CHARACTERS
        for interval in (True, False)
    ]
    known = [
        f"{alt_text.cut(name, 40)} {base}"
        for name, base in zip(options.groups, layout.bases, strict=True)
        if base
    ]
    groups = f"Groups: {', '.join(known)}." if known else alt_text.base_sentence(text)
    return alt_text.fitted([alt_text.opening("Dumbbell chart", text), groups], variants)
