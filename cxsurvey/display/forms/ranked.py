"""Ranked bars: the answers to one question, one bar each, with the values in a column.

For several answers or one answer of one group of respondents. Bars start at zero. Answers to a scale keep their
order (``sort="given"``); others are ranked by unrounded value.
"""

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
    as_drawn,
    flag_notes,
    read_marks,
    withheld_words,
)
from cxsurvey.display.forms.nets import Net, draw_nets, net_width, read_nets
from cxsurvey.display.forms.parts import (
    CommonOptions,
    Scale,
    block,
    interval_note,
    label_column,
    one_of,
    read_options,
    row_height,
    track,
    value_words,
    whisker,
)
from cxsurvey.display.measure import text_width
from cxsurvey.display.numbers import count, unit
from cxsurvey.display.ops import Line, Rect, Text
from cxsurvey.display.paging import one_card, split
from cxsurvey.display.style import LEFT, N_PT, RIGHT, VALUE_PT
from cxsurvey.errors import RequestError

if TYPE_CHECKING:
    import pandas as pd

    from cxsurvey.display.card import FigureText
    from cxsurvey.display.ops import Op, Weight

PITCH: Final = 0.345
BAR: Final = 0.20
MOST_LABEL: Final = 2.72
LEAST_LABEL: Final = 1.55
LABEL_GAP: Final = 0.22
VALUE_GAP: Final = 0.08
HEAD: Final = 0.20
OVERHANG: Final = 0.055
FULL_AT: Final = 75.0  # from here on the scale of percentages runs to 100
MORE: Final = 0.26
CUT: Final = 3  # rows that give way to "n more"


@dataclass(frozen=True, slots=True)
class Options(CommonOptions):
    """Options of ranked bars.

    Attributes
    ----------
    unit : str
        ``percent``, ``score`` or ``nps``.
    sort : str
        ``desc``, ``asc`` or ``given``. Ties and rows without a value keep the order of the table.
    keep_last : sequence of str
        Labels or row_ids that stand last whatever their value, such as Other and Don't know.
    highlight : sequence of int or str
        Bars in the accent colour: places after sorting, labels or row_ids.
    nets : sequence of Net or mapping
        Several rows as one, with a value computed before rounding.
    ci : bool
        Draw intervals.
    level : float
        Confidence level, for the note.
    full : bool
        Run a scale of percentages to 100, as is right where bars are missing.
    max_rows : int or None
        With more rows, all but three of so many are drawn and the rest are counted; None draws every row.
    small_base, hide_base : int
        Unweighted n under which a value without a flag is marked, or not shown.
    palette : Palette
        Colours.
    """

    unit: str = "percent"
    sort: str = "desc"
    keep_last: Sequence[str] = ()
    highlight: Sequence[int | str] = (0,)
    nets: Sequence[Net | Mapping[str, Any]] = ()
    ci: bool = True
    level: float = 0.95
    full: bool = False
    max_rows: int | None = 15


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where the columns of a ranked chart stand, the same on every card of one figure."""

    label: float
    n_right: float
    value_right: float
    scale: Scale
    nets_left: float


def draw(table: pd.DataFrame, text: FigureText, **options: Any) -> Card:
    """Draw ranked bars on one card.

    Parameters
    ----------
    table : DataFrame
        ``label, value`` and, as they apply, ``row_id, n, n_eff, lo, hi, flag, published``.
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
    >>> table = pd.DataFrame({"label": ["Silos", "Budget"], "value": [53.2, 37.0]})
    >>> draw(table, FigureText("fig06", "6", "Silos lead")).alt_long
    'Bar chart: Silos lead. Silos 53%; Budget 37%.'
    """
    return one_card(text, *_prepare(table, text, options))


def draw_all(table: pd.DataFrame, text: FigureText, **options: Any) -> tuple[Card, ...]:
    """Draw ranked bars on as many cards as they need; see `draw`."""
    return split(text, *_prepare(table, text, options))


def _prepare(table: pd.DataFrame, text: FigureText, options: Mapping[str, Any]) -> tuple[list[Mark], Any]:
    """Read, sort and cut the rows, and return them with what draws some of them."""
    chosen = read_options(Options, text.key, options)
    _check(chosen, text.key)
    numbered = table if "row_id" in table.columns else table.assign(row_id=[str(i) for i in range(len(table))])
    marks = read_marks(numbered, text.key, unit=chosen.unit, bases=chosen.bases)
    ordered = _sorted(marks, chosen)
    most = chosen.max_rows
    kept = ordered if most is None or len(ordered) <= most else ordered[: max(most - CUT, 1)]
    nets = read_nets(chosen.nets, text.key)
    columns = _columns(kept, nets, chosen)
    marked = _highlighted(kept, chosen)

    def compose(words: FigureText, rows: Sequence[Mark]) -> Card:
        last = rows[-1] is kept[-1]
        hidden = ordered[len(kept) :] if last else []
        body = _body(rows, hidden, nets, marked, columns, chosen, words)
        drawn = as_drawn(text.key, (*rows, *hidden), table)
        return assemble(
            words,
            body,
            form="ranked",
            unit=chosen.unit,
            table=drawn if "row_id" in table.columns else drawn.drop(columns="row_id"),
            alt_long=_alt(words, rows, nets, len(hidden), chosen),
            palette=chosen.palette,
        )

    return kept, compose


def _check(options: Options, figure: str) -> None:
    unit(options.unit)
    one_of(figure, "sort", options.sort, ("desc", "asc", "given"))
    if options.max_rows is not None and options.max_rows < 1:
        raise RequestError.figure_option(figure, "max_rows", options.max_rows, "1 or more, or none")


def _sorted(marks: Sequence[Mark], options: Options) -> list[Mark]:
    last = [name.strip().casefold() for name in options.keep_last]

    def kept_last(mark: Mark) -> int:
        found = [last.index(name) for name in (mark.row_id.casefold(), mark.label.casefold()) if name in last]
        return min(found) + 1 if found else 0

    def by_value(mark: Mark) -> float:
        if options.sort == "given":
            return 0.0
        if not mark.shown:
            return math.inf
        return mark.value if options.sort == "asc" else -mark.value

    return sorted(marks, key=lambda mark: (kept_last(mark), 0.0 if kept_last(mark) else by_value(mark)))


def _highlighted(rows: Sequence[Mark], options: Options) -> frozenset[str]:
    wanted = options.highlight
    return frozenset(
        mark.row_id
        for place, mark in enumerate(rows)
        if (place in wanted and mark.flag != UNPUBLISHED) or mark.label in wanted or mark.row_id in wanted
    )


def _columns(rows: Sequence[Mark], nets: Sequence[Net], options: Options) -> _Columns:
    weights: list[Weight] = ["semibold"] * len(rows)
    labels = label_column([mark.label for mark in rows], MOST_LABEL, weights=weights)
    label = min(max(labels.width, LEAST_LABEL), MOST_LABEL)
    x = LEFT + label + LABEL_GAP
    n_right = 0.0
    if len({mark.n for mark in rows if not math.isnan(mark.n)}) > 1:
        n_right = x + max(text_width(f"{count(mark.n)}{DAGGER}", N_PT, "semibold") for mark in rows)
        x = n_right + 0.16
    dagger = text_width(DAGGER, VALUE_PT, "bold")
    widest = max(text_width(value_words(mark, options.unit), VALUE_PT, "bold") for mark in rows)
    axis = x + widest + (dagger if n_right or any(m.flag == "small" for m in rows) else 0.0) + VALUE_GAP
    value_right = axis - VALUE_GAP - (dagger if any(mark.flag == "small" for mark in rows) else 0.0)
    width = net_width(nets)
    low, high = _domain(rows, options)
    return _Columns(label, n_right, value_right, Scale(low, high, axis, RIGHT - width), RIGHT - width)


def _domain(rows: Sequence[Mark], options: Options) -> tuple[float, float]:
    """Choose the ends of the scale; zero is always inside, for bars start there."""
    ends = [0.0]
    for mark in rows:
        if mark.shown:
            ends.append(mark.value)
            ends += [mark.lo, mark.hi] if options.ci and mark.has_interval else []
    low, high = min(ends), max(ends)
    if options.unit == "percent":
        low, high = 0.0, 100.0 if high > FULL_AT or options.full else high
    return (low, high) if high > low else (0.0, 1.0)


def _body(
    rows: Sequence[Mark],
    hidden: Sequence[Mark],
    nets: Sequence[Net],
    marked: frozenset[str],
    columns: _Columns,
    options: Options,
    text: FigureText,
) -> Body:
    weights: list[Weight] = ["semibold" if mark.row_id in marked else "regular" for mark in rows]
    labels = label_column([mark.label for mark in rows], columns.label, weights=weights)
    ops: list[Op] = []
    y = HEAD if columns.n_right else 0.0
    if columns.n_right:
        ops.append(_n_head(columns, options))
    zero = columns.scale.at(0)
    axis_from = y
    spans: dict[str, tuple[float, float]] = {}
    for mark, lines in zip(rows, labels.lines, strict=True):
        height = row_height(len(lines), PITCH)
        ops += _row(mark, lines, y + height / 2, marked=mark.row_id in marked, columns=columns, options=options)
        spans[mark.row_id] = (y + height / 2 - BAR / 2, y + height / 2 + BAR / 2)
        y += height
    first, last = (spans[mark.row_id] for mark in (rows[0], rows[-1]))
    if any(mark.shown for mark in rows):
        top = max(first[0] - OVERHANG, axis_from)
        ops.append(Line(zero, top, zero, last[1] + OVERHANG, options.palette.ink, 0.8, "axis"))
    brackets, net_notes = draw_nets(nets, rows, spans, columns.nets_left, options.unit, options.palette)
    ops += brackets
    if hidden:
        ops.append(_more(len(hidden), y, options))
        y += MORE
    notes = [*flag_notes((*rows, *hidden), options.bases), *net_notes]
    if options.ci and any(mark.has_interval for mark in rows):
        notes += interval_note(text.notes, options.level)
    return Body(tuple(ops), y, tuple(notes))


def _n_head(columns: _Columns, options: Options) -> Text:
    style = {"colour": options.palette.ink2, "align": "right", "role": "column head"}
    return Text(columns.n_right, baseline(0.08, 9), "n", 9, "bold", **style)  # type: ignore[arg-type] # fields of Text


def _more(hidden: int, y: float, options: Options) -> Text:
    style = {"italic": True, "colour": options.palette.ink2, "role": "more"}
    return Text(LEFT, baseline(y + MORE / 2, 9), f"{count(hidden)} more, see table", 9, **style)  # type: ignore[arg-type] # fields of Text


def _row(
    mark: Mark, lines: tuple[str, ...], y: float, *, marked: bool, columns: _Columns, options: Options
) -> list[Op]:
    palette = options.palette
    weight: Weight = "semibold" if marked else "regular"
    ops: list[Op] = [*block(lines, LEFT, y, weight=weight, colour=palette.ink, role="row label")]
    small = mark.flag == "small"
    if columns.n_right and not math.isnan(mark.n):
        colour = palette.warn if small else palette.ink2
        ops.append(
            Text(
                columns.n_right,
                baseline(y, N_PT),
                count(mark.n),
                N_PT,
                "semibold" if small else "regular",
                colour=colour,
                align="right",
                role="n",
            )
        )
    ops += _value(mark, y, marked=marked, columns=columns, options=options)
    if mark.withheld:
        words = withheld_words([mark], options.bases)
        left, right = _wider_side(columns.scale)
        return ops + list(track(words, left, right, y, BAR, mark.row_id, palette))
    if not mark.shown:
        return ops
    zero, end = columns.scale.at(0), columns.scale.at(mark.value)
    fill = palette.accent if marked else palette.muted
    ops.append(Rect(min(zero, end), y - BAR / 2, abs(end - zero), BAR, fill, "bar", mark.row_id))
    return ops + list(whisker(mark, columns.scale, y, palette) if options.ci else ())


def _wider_side(scale: Scale) -> tuple[float, float]:
    zero = scale.at(0)
    return (zero, scale.right) if scale.right - zero >= zero - scale.left else (scale.left, zero)


def _value(mark: Mark, y: float, *, marked: bool, columns: _Columns, options: Options) -> list[Op]:
    palette = options.palette
    if mark.withheld:
        return []
    words = value_words(mark, options.unit)
    hang = text_width(DAGGER, VALUE_PT, "bold") if mark.flag == "small" else 0.0
    colour = palette.warn if hang else (palette.accent if marked else palette.ink)
    size = VALUE_PT if mark.shown else 9.0
    weight: Weight = "regular" if not mark.shown else "bold" if marked else "semibold"
    x = columns.value_right + hang
    return [
        Text(
            x,
            baseline(y, size),
            words,
            size,
            weight,
            colour=colour if mark.shown else palette.ink2,
            align="right",
            role="value",
        )
    ]


def _alt(text: FigureText, rows: Sequence[Mark], nets: Sequence[Net], hidden: int, options: Options) -> str:
    formats = unit(options.unit)
    variants = [
        [
            f"{alt_text.cut(mark.label, longest)} {alt_text.value_words(mark, formats, interval=interval)}"
            for mark in rows
        ]
        for longest in alt_text.LABEL_CHARACTERS
        for interval in ((options.ci, False) if options.ci else (False,))
    ]
    here = {mark.row_id for mark in rows}
    tail = [f"{net.label}: {formats.value(net.value)}." for net in nets if net.covers(rows) == "shown"]
    more = f"{hidden} more in the data table." if hidden else ""
    return alt_text.fitted(
        [alt_text.opening("Bar chart", text), alt_text.base_sentence(text)],
        variants,
        [*tail, more] if here else [],
    )
