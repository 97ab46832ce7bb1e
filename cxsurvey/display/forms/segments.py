"""Segments: the shares of a whole, one wide bar, with what each segment means below it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from cxsurvey.display import alt_text
from cxsurvey.display.card import Body, Card, assemble, baseline
from cxsurvey.display.figure_data import (
    DAGGER,
    UNPUBLISHED,
    Mark,
    Row,
    absent_word,
    as_drawn,
    flag_notes,
    read_marks,
    withheld_words,
    withhold,
)
from cxsurvey.display.forms.parts import (
    CommonOptions,
    block,
    interval_note,
    level_words,
    missing_note,
    read_options,
    spread,
    track,
)
from cxsurvey.display.measure import one_line, text_width, wrap
from cxsurvey.display.numbers import NOT_PUBLISHED, percent, unit
from cxsurvey.display.ops import Line, Rect, Text
from cxsurvey.display.paging import one_card
from cxsurvey.display.style import CONTENT, LEFT, RIGHT, GroupStyle, Palette
from cxsurvey.errors import RequestError

if TYPE_CHECKING:
    import pandas as pd

    from cxsurvey.display.card import FigureText, Note
    from cxsurvey.display.ops import Op

BAR: Final = 0.66
BAR_TOP: Final = 0.29
NAME_PT: Final = 13.0
SHARE_PT: Final = 23.0
SHARE_INSET: Final = 0.125
DEFINITION_PT: Final = 9.5
DEFINITION_LEADING: Final = 0.155
PITCH: Final = 0.27
TILE: Final = (0.07, 0.18)
NAME_COLUMN: Final = (0.70, 1.7)
NAME_INSET: Final = 0.15
MOST: Final = 5
LEAST: Final = 2
ROUNDING: Final = 0.5


@dataclass(frozen=True, slots=True)
class Options(CommonOptions):
    """Options of segments.

    Attributes
    ----------
    ci : bool
        Print intervals beside the definitions.
    level : float
        Confidence level, for the head of the column and the note.
    small_base, hide_base : int
        Unweighted n under which a value without a flag is marked, or not shown.
    palette : Palette
        Colours.
    """

    ci: bool = True
    level: float = 0.95


@dataclass(frozen=True, slots=True)
class _Segment:
    mark: Mark
    definition: str
    style: GroupStyle
    left: float
    right: float
    inside: bool

    @property
    def name(self) -> str:
        return one_line(self.mark.group)

    @property
    def share(self) -> str:
        words = percent(self.mark.value) if self.mark.shown else absent_word(self.mark)
        return f"{words}{DAGGER}" if self.mark.flag == "small" else words


def draw(table: pd.DataFrame, text: FigureText, **options: Any) -> Card:
    """Draw the shares of two to five groups.

    Parameters
    ----------
    table : DataFrame
        ``group, value`` and, as they apply, ``definition, n, lo, hi, flag, published``; in fixed order.
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
        If the table or an option cannot be used, the shares add to more than 100%, or there are too few or too
        many groups.

    Examples
    --------
    >>> import pandas as pd
    >>> from cxsurvey.display.card import FigureText
    >>> table = pd.DataFrame({"group": ["Leaders", "Laggards"], "value": [17.0, 83.0]})
    >>> draw(table, FigureText("fig02", "2", "Few lead")).alt_long
    'Bar of shares: Few lead. Leaders 17%; Laggards 83%.'
    """
    return one_card(text, *_prepare(table, text, options))


def draw_all(table: pd.DataFrame, text: FigureText, **options: Any) -> tuple[Card, ...]:
    """Draw segments; always one card, as a whole cannot be split."""
    return (draw(table, text, **options),)


def _prepare(table: pd.DataFrame, text: FigureText, options: Mapping[str, Any]) -> tuple[list[Mark], Any]:
    chosen = read_options(Options, text.key, options)
    given = (
        table
        if "label" in table.columns or "group" not in table.columns
        else table.assign(label=table["group"])
    )
    marks = read_marks(given, text.key, needs=("group", "value"), bases=chosen.bases)
    if not LEAST <= len(marks) <= MOST:
        raise RequestError.figure_groups(text.key, [mark.group for mark in marks], f"{LEAST} to {MOST} groups")
    whole = sum(mark.value for mark in marks if mark.shown)
    if whole > 100 + ROUNDING * len(marks):
        expected = "shares that add to 100%, apart from rounding"
        raise RequestError.figure_value(text.key, marks[0].group, f"{whole:.1f}% in all", expected)
    row = withhold(Row("", "", marks))
    definitions = (
        [str(words) for words in table["definition"].fillna("")] if "definition" in table else [""] * len(marks)
    )

    def compose(words: FigureText, part: Sequence[Mark]) -> Card:
        segments = _segments(part, definitions, chosen)
        drawn = as_drawn(text.key, part, table).drop(
            columns=[] if "label" in table.columns else ["row_id", "label"]
        )
        if "definition" in table.columns:
            drawn["definition"] = definitions
        return assemble(
            words,
            _body(segments, chosen, words),
            form="segments",
            table=drawn,
            alt_long=_alt(words, segments),
            palette=chosen.palette,
        )

    return list(row.marks), compose


def _segments(marks: Sequence[Mark], definitions: Sequence[str], options: Options) -> list[_Segment]:
    """Place the parts of the bar; parts of no width keep their place."""
    styles = options.palette.for_groups([mark.group for mark in marks])
    whole = max(100.0, sum(mark.value for mark in marks if mark.shown))
    segments = []
    x = LEFT
    for mark, definition, style in zip(marks, definitions, styles, strict=True):
        width = mark.value / whole * CONTENT if mark.shown else 0.0
        words = percent(mark.value) if mark.shown else ""
        inside = bool(words) and text_width(words, SHARE_PT, "bold") + 2 * SHARE_INSET <= width + 0.06
        segments.append(_Segment(mark, definition, style, x, x + width, inside))
        x += width
    return segments


def _body(segments: Sequence[_Segment], options: Options, text: FigureText) -> Body:
    marks = [segment.mark for segment in segments]
    if any(mark.withheld for mark in marks):
        words = withheld_words(marks, options.bases)
        ops, top = (
            list(track(words, LEFT, RIGHT, BAR_TOP / 2 + BAR / 2, BAR, "", options.palette)),
            BAR + BAR_TOP / 2,
        )
    elif all(mark.flag == UNPUBLISHED for mark in marks):
        centre = BAR_TOP / 2 + BAR / 2
        ops, top = list(track(NOT_PUBLISHED, LEFT, RIGHT, centre, BAR, "", options.palette)), centre + BAR / 2
    else:
        ops, top = _bar(segments, options.palette)
    listed, y = _list(segments, top, options)
    notes: list[Note] = list(flag_notes(marks, options.bases))
    if options.ci and any(mark.has_interval for mark in marks):
        notes += interval_note(text.notes, options.level, "Interval")
    notes += (
        missing_note(text.notes, "Rounding", "figures may not add to 100% due to rounding.")
        if _odd(marks)
        else ()
    )
    return Body((*ops, *listed), y, tuple(notes))


def _odd(marks: Sequence[Mark]) -> bool:
    """Whether the printed shares do not add to 100."""
    printed = [percent(mark.value).rstrip("%") for mark in marks if mark.shown]
    return sum(int(words) if words.isdigit() else 1000 for words in printed) != 100  # noqa: PLR2004 - a whole, in percent


def _bar(segments: Sequence[_Segment], palette: Palette) -> tuple[list[Op], float]:
    """Draw the bar with names above it and shares on it."""
    shown = [segment for segment in segments if segment.mark.shown]
    widths = [text_width(segment.name, NAME_PT, "bold") for segment in shown]
    places = spread([segment.left for segment in shown], widths, LEFT, RIGHT, 0.14)
    top = BAR_TOP if places and all(segment.name for segment in shown) else 0.06
    ops: list[Op] = []
    for place, segment in zip(places or (), shown, strict=False):
        if top == BAR_TOP:
            colour = segment.style.text
            ops.append(Text(place, 0.213, segment.name, NAME_PT, "bold", colour=colour, role="group"))
    ops += [
        Rect(part.left, top, part.right - part.left, BAR, part.style.fill, "part", part.mark.group)
        for part in shown
    ]
    ops += [
        Line(part.left, top, part.left, top + BAR, "#FFFFFF", 1.0, "separator")
        for part in [part for part in shown if part.mark.value > 0][1:]
    ]
    for segment in shown:
        if segment.inside:
            fill = segment.style.fill
            words = Text(
                segment.left + SHARE_INSET,
                baseline(top + BAR / 2, SHARE_PT),
                percent(segment.mark.value),
                SHARE_PT,
                "bold",
                colour=palette.label_on(fill),
                role="value",
                backdrop=fill,
            )
            ops.append(words)
    return ops, top + BAR


@dataclass(frozen=True, slots=True)
class _Columns:
    """Of the list. ``share_right`` is 0 where all shares stand on the bar; ``width`` is of the definitions."""

    share_right: float
    definition: float
    width: float
    intervals: bool


def _list(segments: Sequence[_Segment], top: float, options: Options) -> tuple[list[Op], float]:
    """List the segments: name, share if it is not on the bar, definition, interval."""
    names = [wrap(segment.name, NAME_COLUMN[1], 10, "semibold") for segment in segments]
    columns = _columns(segments, names, options)
    ops: list[Op] = []
    if columns.intervals:
        style = {"colour": options.palette.ink2, "align": "right", "role": "column head"}
        head = f"{level_words(options.level)} CI"
        ops.append(Text(RIGHT, top + 0.224, head, 8.5, "semibold", **style))  # type: ignore[arg-type] # fields of Text
    y = top + (0.285 if columns.intervals else 0.16)
    for segment, name in zip(segments, names, strict=True):
        drawn, height = _entry(segment, name, y, columns, options)
        ops += drawn
        y += height
    return ops, y


def _columns(segments: Sequence[_Segment], names: Sequence[Sequence[str]], options: Options) -> _Columns:
    intervals = [_interval(segment, options) for segment in segments]
    shares = any(not segment.inside or segment.mark.flag == "small" for segment in segments)
    widest = max(text_width(line, 10, "semibold") for lines in names for line in lines)
    x = LEFT + NAME_INSET + max(widest, NAME_COLUMN[0]) + 0.15
    share_right = x + 0.38 if shares else 0.0
    x = share_right + 0.16 if shares else x
    ci_width = max((text_width(words, DEFINITION_PT) for words in intervals), default=0.0)
    width = RIGHT - x - (ci_width + 0.2 if any(intervals) else 0.0)
    return _Columns(share_right, x, width, any(intervals))


def _entry(
    segment: _Segment, name: Sequence[str], y: float, columns: _Columns, options: Options
) -> tuple[list[Op], float]:
    """Draw one segment of the list; returns it and its height."""
    palette, style = options.palette, segment.style
    definition = wrap(segment.definition, columns.width, DEFINITION_PT)
    lines = max(len(definition), len(name))
    height = max(PITCH, lines * DEFINITION_LEADING + 0.09)
    centre = y + height / 2
    tile = TILE[1] + (lines - 1) * DEFINITION_LEADING
    ops: list[Op] = [Rect(LEFT, centre - tile / 2, TILE[0], tile, style.fill, "swatch")]
    leading = DEFINITION_LEADING
    ops += block(
        name,
        LEFT + NAME_INSET,
        centre,
        leading=leading,
        weight="semibold",
        colour=style.text,
        role="group name",
    )
    ops += _share(segment, columns.share_right, centre, palette) if columns.share_right else ()
    ops += block(
        definition,
        columns.definition,
        centre,
        size=DEFINITION_PT,
        leading=leading,
        colour=palette.ink2,
        role="definition",
    )
    words, place = _interval(segment, options), baseline(centre, DEFINITION_PT)
    if words:
        ops.append(Text(RIGHT, place, words, DEFINITION_PT, colour=palette.ink, align="right", role="interval"))
    return ops, height


def _share(segment: _Segment, right: float, y: float, palette: Palette) -> list[Op]:
    low = segment.mark.flag == "small"
    hang = text_width(DAGGER, 10, "semibold") if low else 0.0
    colour = palette.warn if low else palette.ink
    place = baseline(y, 10)
    return [
        Text(right + hang, place, segment.share, 10, "semibold", colour=colour, align="right", role="value")
    ]


def _interval(segment: _Segment, options: Options) -> str:
    mark = segment.mark
    return unit("percent").interval(mark.lo, mark.hi) if options.ci and mark.has_interval else ""


def _alt(text: FigureText, segments: Sequence[_Segment]) -> str:
    def said(segment: _Segment, *, full: bool) -> str:
        n = "" if math.isnan(segment.mark.n) else f" (n={segment.mark.n:,.0f})"
        words = f"{segment.name}{n} {alt_text.value_words(segment.mark, unit('percent'), interval=full)}"
        return f"{words}: {segment.definition.rstrip('.')}" if full and segment.definition else words

    variants = [[said(segment, full=full) for segment in segments] for full in (True, False)]
    return alt_text.fitted([alt_text.opening("Bar of shares", text), alt_text.base_sentence(text)], variants)
