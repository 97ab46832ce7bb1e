"""Lanes: several groups compared on each row, every group in a lane of its own.

For two to five groups with intervals and column letters. Values stand in columns at the right, so that no two
labels can collide; marker, colour and order of a group are the same across a pack.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from string import ascii_lowercase
from typing import TYPE_CHECKING, Any, Final

from cxsurvey.display import alt_text
from cxsurvey.display.card import Body, Card, assemble, baseline
from cxsurvey.display.figure_data import (
    DAGGER,
    Mark,
    Row,
    absent_word,
    as_drawn,
    flag_notes,
    n_words,
    names,
    read_marks,
    rows_of,
    withheld_words,
)
from cxsurvey.display.forms import heads
from cxsurvey.display.forms.axis import axis_note, domain, draw_axis
from cxsurvey.display.forms.parts import (
    CommonOptions,
    Scale,
    block,
    interval_note,
    label_column,
    missing_note,
    one_of,
    read_options,
    row_height,
    track,
    value_words,
)
from cxsurvey.display.measure import text_width
from cxsurvey.display.numbers import unit
from cxsurvey.display.ops import Line, Marker, Text
from cxsurvey.display.paging import one_card, split
from cxsurvey.display.style import LEFT, LETTER_PT, N_PT, RIGHT, GroupStyle
from cxsurvey.errors import RequestError

if TYPE_CHECKING:
    import pandas as pd

    from cxsurvey.display.card import FigureText, Note
    from cxsurvey.display.ops import Op, Weight

LANE: Final = 0.135
ROW_EXTRA: Final = 0.155
MARKER: Final = 0.095
INTERVAL_PT: Final = 2.2
VALUE_PT: Final = 11.0
ABSENT_PT: Final = 9.5
TRACK: Final = 0.11
TRACK_PT: Final = 7.5
MOST_LABEL: Final = 1.79
MOST_LABEL_MANY: Final = 1.45
LEAST_LABEL: Final = 1.0
LEAST_PLOT: Final = 1.3
NARROWEST: Final = 0.6
LABEL_GAP: Final = 0.16
PLOT_GAP: Final = 0.13
FEW: Final = 3  # groups up to which letters stand beside the value
USUAL_COLUMN: Final = 0.87
LEAST: Final = 2
MOST: Final = 5
HEAD_GAP: Final = 0.095
AXIS_HEIGHT: Final = 0.20


@dataclass(frozen=True, slots=True)
class Options(CommonOptions):
    """Options of lanes.

    Attributes
    ----------
    unit : str
        ``percent``, ``score`` or ``nps``.
    sort : str
        ``gap`` (largest range between groups first) or ``given``.
    xmax : float or None
        End of the scale; by default the next multiple of 5 that holds everything.
    letters : bool
        Print column letters and the letters of the table.
    ci : bool
        Draw intervals.
    level : float
        Confidence level, for the note.
    small_base, hide_base : int
        Unweighted n under which a value without a flag is marked, or not shown.
    palette : Palette
        Colours.
    """

    unit: str = "percent"
    sort: str = "gap"
    xmax: float | None = None
    letters: bool = True
    ci: bool = True
    level: float = 0.95


@dataclass(frozen=True, slots=True)
class _Layout:
    """Columns, scale and heads, the same on every card of one figure.

    ``hang`` tells whether letters stand beside their value, or below it where columns are many.
    """

    heads: tuple[heads.Head, ...]
    label: float
    scale: Scale
    column: float
    rights: tuple[float, ...]
    named: bool
    hang: bool


def draw(table: pd.DataFrame, text: FigureText, **options: Any) -> Card:
    """Draw lanes on one card.

    Parameters
    ----------
    table : DataFrame
        ``label, group, value`` and, as they apply, ``row_id, n, n_eff, lo, hi, letters, flag, published``.
        Groups stand in the order in which they first appear.
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
        If the table or an option cannot be used, there are too few or too many groups, or the card is taller
        than a page.

    Examples
    --------
    >>> import pandas as pd
    >>> from cxsurvey.display.card import FigureText
    >>> table = pd.DataFrame({"label": ["Vision"] * 2, "group": ["Leaders", "Laggards"], "value": [15.0, 32.0]})
    >>> draw(table, FigureText("fig07", "7", "Laggards lack vision")).alt_long
    'Dot chart by group: Laggards lack vision. Vision: Leaders 15%, Laggards 32%.'
    """
    return one_card(text, *_prepare(table, text, options))


def draw_all(table: pd.DataFrame, text: FigureText, **options: Any) -> tuple[Card, ...]:
    """Draw lanes on as many cards as they need; see `draw`."""
    return split(text, *_prepare(table, text, options))


def _prepare(table: pd.DataFrame, text: FigureText, options: Mapping[str, Any]) -> tuple[list[Row], Any]:
    """Read and sort the rows, and return them with what draws some of them."""
    chosen = read_options(Options, text.key, options)
    unit(chosen.unit)
    one_of(text.key, "sort", chosen.sort, ("gap", "given"))
    marks = read_marks(table, text.key, needs=("label", "group", "value"), unit=chosen.unit, bases=chosen.bases)
    groups = names(marks, lambda mark: mark.group)
    if not LEAST <= len(groups) <= MOST:
        raise RequestError.figure_groups(text.key, groups, f"{LEAST} to {MOST} groups")
    rows = _sorted([_without_hidden(row, groups) for row in rows_of(marks)], chosen)
    layout = _layout(rows, groups, chosen, text.key)

    def compose(words: FigureText, part: Sequence[Row]) -> Card:
        drawn = [mark for row in part for mark in row.marks]
        return assemble(
            words,
            _body(part, layout, chosen, words),
            form="lanes",
            unit=chosen.unit,
            table=as_drawn(text.key, drawn, table),
            alt_long=_alt(words, part, layout, chosen),
            palette=chosen.palette,
        )

    return rows, compose


def _without_hidden(row: Row, groups: Sequence[str]) -> Row:
    """Take out the letters of withheld groups: that a value is higher says something of the other."""
    hidden = {
        letter
        for group, letter in zip(groups, ascii_lowercase, strict=False)
        if (mark := row.of(group)) is not None and mark.withheld
    }
    kept = ("".join(letter for letter in mark.letters if letter not in hidden) for mark in row.marks)
    marks = zip(row.marks, kept, strict=True)
    return replace(row, marks=tuple(replace(mark, letters=letters) for mark, letters in marks))


def _sorted(rows: Sequence[Row], options: Options) -> list[Row]:
    def gap(row: Row) -> float:
        values = [mark.value for mark in row.marks if mark.shown]
        return min(values) - max(values) if values else math.inf

    return list(rows) if options.sort == "given" else sorted(rows, key=gap)


def _layout(rows: Sequence[Row], groups: Sequence[str], options: Options, figure: str) -> _Layout:
    marks = [mark for row in rows for mark in row.marks]
    lettered = options.letters and any(mark.letters for mark in marks)
    made = tuple(
        _head(group, style, letter if lettered else "", [m for m in marks if m.group == group])
        for group, style, letter in zip(
            groups, options.palette.for_groups(groups), ascii_lowercase, strict=False
        )
    )
    few = len(made) <= FEW
    most_label = MOST_LABEL if few else MOST_LABEL_MANY
    label = max(label_column([row.label for row in rows], most_label).width, LEAST_LABEL)
    runs = (
        max(heads.letter_width([mark.letters for mark in marks]) + 0.03, heads.LETTER_ROOM) if lettered else 0.0
    )
    beside = runs if few else 0.0
    values = max(text_width(value_words(mark, options.unit), VALUE_PT, "bold") for mark in marks)
    below = 0.0 if few else runs
    room = RIGHT - beside - (LEFT + label + LABEL_GAP + LEAST_PLOT + PLOT_GAP)
    column, named = _column(made, max(values, below) + beside + 0.10, room / len(made))
    rights = tuple(RIGHT - beside - (len(made) - 1 - place) * column for place in range(len(made)))
    first = max(values, _head_width(made[0], column, named=named))
    low, high = domain(marks, options.unit, ci=options.ci, high=options.xmax, figure=figure)
    scale = Scale(low, high, LEFT + label + LABEL_GAP, rights[0] - first - PLOT_GAP)
    if scale.right - scale.left < NARROWEST:
        raise RequestError.figure_groups(figure, groups, "fewer groups, for their values leave no room to draw")
    return _Layout(made, label, scale, column, rights, named, few)


def _column(made: Sequence[heads.Head], needed: float, most: float) -> tuple[float, bool]:
    """Choose the width of the columns of values, and whether names stand above them."""
    usual = max(needed, min(USUAL_COLUMN, most))
    width = usual
    while width <= max(most, usual) + 1e-9:
        if heads.fits(made, heads.name_room(width)):
            return width, True
        width += 0.05
    return usual, False


def _head_width(head: heads.Head, column: float, *, named: bool) -> float:
    names = heads.name_lines(head, heads.name_room(column)) if named else ()
    bases = heads.base_lines(head, column)
    name = max((text_width(line, heads.NAME_PT, "bold") for line in names), default=0.0)
    base = max((text_width(line, N_PT, "semibold") for line in bases), default=0.0)
    return max(name + heads.MARKER + heads.MARKER_GAP, base + heads.LETTER_ROOM)


def _head(group: str, style: GroupStyle, letter: str, marks: Sequence[Mark]) -> heads.Head:
    small = any(mark.flag == "small" for mark in marks)
    base = n_words(mark.n for mark in marks)
    warn = small and len({mark.n for mark in marks}) == 1
    return heads.Head(group, style, f"{base}{DAGGER}" if warn and base else base, letter, warn)


def _body(rows: Sequence[Row], layout: _Layout, options: Options, text: FigureText) -> Body:
    head_ops, y = _heads(layout, options)
    top = y
    labels = label_column([row.label for row in rows], layout.label)
    ops: list[Op] = []
    rules: list[Op] = []
    for place, (row, lines) in enumerate(zip(rows, labels.lines, strict=True)):
        height = row_height(len(lines), len(layout.heads) * LANE + ROW_EXTRA)
        centre = y + height / 2
        ops += block(lines, LEFT, centre, colour=options.palette.ink, role="row label")
        ops += _row(row, centre, layout, options)
        y += height
        if place < len(rows) - 1:
            rules.append(Line(LEFT, y, RIGHT, y, options.palette.rule, 0.6, "rule"))
    grid, tick_words = draw_axis(layout.scale, options.unit, top, y, options.palette)
    notes = _notes(rows, layout, options, text)
    return Body((*head_ops, *grid, *rules, *ops, *tick_words), y + AXIS_HEIGHT, notes)


def _heads(layout: _Layout, options: Options) -> tuple[list[Op], float]:
    """Draw the heads of the columns, under a legend where names are long; returns also where rows begin."""
    ops: list[Op] = []
    room = heads.name_room(layout.column)
    names = [heads.name_lines(head, room) if layout.named else () for head in layout.heads]
    bases = [heads.base_lines(head, layout.column) for head in layout.heads]
    lettered = any(head.letter for head in layout.heads)
    deep = max(1 if lettered else 0, *(len(lines) for lines in bases))
    top = 0.175
    if not layout.named:
        drawn, last = heads.legend(layout.heads, 0.09)
        ops += drawn
        top = last + 0.24
    bottom = top + max(max(len(lines) for lines in names) - 1, 0) * heads.NAME_PITCH + deep * heads.N_PITCH
    for head, name, base, right in zip(layout.heads, names, bases, layout.rights, strict=True):
        ops += heads.column_head(head, right, bottom, name, base, hang=layout.hang, palette=options.palette)
    return ops, bottom + HEAD_GAP


def _row(row: Row, centre: float, layout: _Layout, options: Options) -> list[Op]:
    ops: list[Op] = []
    first = centre - (len(layout.heads) - 1) / 2 * LANE
    for place, (head, right) in enumerate(zip(layout.heads, layout.rights, strict=True)):
        mark = row.of(head.name)
        if mark is None:
            continue
        ops += _lane(mark, first + place * LANE, head, layout, options)
        ops += _value(mark, centre, right, head, options, hang=layout.hang)
    return ops


def _lane(mark: Mark, y: float, head: heads.Head, layout: _Layout, options: Options) -> list[Op]:
    key = f"{mark.row_id}/{mark.group}"
    scale = layout.scale
    if mark.withheld:
        words = withheld_words([mark], options.bases)
        return list(track(words, scale.left, scale.right, y, TRACK, key, options.palette, size=TRACK_PT))
    if not mark.shown:
        return []
    ops: list[Op] = []
    fill = head.style.fill
    if options.ci and mark.has_interval:
        ops.append(Line(scale.at(mark.lo), y, scale.at(mark.hi), y, fill, INTERVAL_PT, "interval", key))
    ops.append(Marker(scale.at(mark.value), y, head.style.shape, MARKER, fill, "value marker", key))
    return ops


def _value(mark: Mark, y: float, right: float, head: heads.Head, options: Options, *, hang: bool) -> list[Op]:
    if not mark.shown:
        place = baseline(y, ABSENT_PT)
        words = absent_word(mark)
        return [Text(right, place, words, ABSENT_PT, colour=options.palette.ink2, align="right", role="value")]
    letters = mark.letters if options.letters else ""
    weight: Weight = "bold" if letters else "regular"
    colour = options.palette.warn if mark.flag == "small" else head.style.text
    words = value_words(mark, options.unit)
    ops: list[Op] = [
        Text(right, baseline(y, VALUE_PT), words, VALUE_PT, weight, colour=colour, align="right", role="value")
    ]
    if letters and hang:
        raised = baseline(y, VALUE_PT) - 0.045
        ops.append(Text(right + 0.025, raised, letters, LETTER_PT, "semibold", colour=colour, role="letters"))
    elif letters:
        place = baseline(y, VALUE_PT) + 0.145
        style = {"colour": colour, "align": "right", "role": "letters"}
        ops.append(Text(right, place, letters, LETTER_PT, "semibold", **style))  # type: ignore[arg-type] # fields of Text
    return ops


def _notes(rows: Sequence[Row], layout: _Layout, options: Options, text: FigureText) -> tuple[Note, ...]:
    marks = [mark for row in rows for mark in row.marks]
    notes = list(flag_notes(marks, options.bases))
    if options.ci and any(mark.has_interval for mark in marks):
        notes += interval_note(text.notes, options.level)
    if any(head.letter for head in layout.heads):
        words = "the value is significantly higher than that of the column with the letter."
        notes += missing_note(text.notes, "Letters", words)
    return (*notes, *axis_note(layout.scale))


def _alt(text: FigureText, rows: Sequence[Row], layout: _Layout, options: Options) -> str:
    known = [
        " ".join(
            part
            for part in (f"({head.letter})" if head.letter else "", alt_text.cut(head.name, 40), head.base)
            if part
        )
        for head in layout.heads
        if head.base or head.letter
    ]
    groups = f"Groups: {', '.join(known)}." if known else ""
    variants = alt_text.grouped_rows(rows, unit(options.unit))
    return alt_text.fitted([alt_text.opening("Dot chart by group", text), groups], variants)
