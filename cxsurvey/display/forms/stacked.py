"""Stacked bars: the same scale over several rows, or the same groups over several rows.

Each row is a whole of 100%. Don't know stands apart in grey. The value of a net stands at the right; a row for
the total may come first. A label that does not fit into its part is left out, and a note says so.
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
    SMALL_BASE,
    SUPPRESS_BASE,
    Bases,
    Mark,
    Row,
    absent_word,
    as_drawn,
    flag_notes,
    names,
    read_marks,
    rows_of,
    suppressed_words,
    withhold,
)
from cxsurvey.display.forms.parts import (
    LegendItem,
    block,
    label_column,
    legend,
    legend_lines,
    missing_note,
    one_of,
    read_options,
    row_height,
    track,
)
from cxsurvey.display.measure import text_width, wrap
from cxsurvey.display.numbers import bare_percent, count, percent, unit
from cxsurvey.display.ops import Line, Rect, Text
from cxsurvey.display.paging import one_card, split
from cxsurvey.display.style import CONTENT, LEFT, PALETTE, RIGHT, Palette
from cxsurvey.errors import RequestError

if TYPE_CHECKING:
    import pandas as pd

    from cxsurvey.display.card import FigureText, Note
    from cxsurvey.display.ops import Op, Weight

PITCH: Final = 0.36
BAR: Final = 0.25
MOST_LABEL: Final = 2.0
LEAST_LABEL: Final = 1.1
PART_PT: Final = 9.5
NET_PT: Final = 11.0
HEAD_PT: Final = 8.5
HEAD_PITCH: Final = 0.125
MOST_HEAD: Final = 3
NET_WIDTH: Final = 0.62
N_PT: Final = 9.0
SEPARATOR_PT: Final = 1.0
DK_GAP: Final = 0.06
TOTAL_GAP: Final = 0.06
ROUNDING: Final = 0.5
NOT_LABELLED: Final = "Parts too narrow for a label are drawn but not labelled; see the data table."


@dataclass(frozen=True, slots=True)
class Options:
    """Options of stacked bars.

    Attributes
    ----------
    net : tuple of (str, sequence of str) or None
        Title and levels of the net printed at the right, added before rounding.
    base : bool
        Print n in a column where rows differ.
    dk : str
        The level that is off the scale, such as ``Don't know``; grey and apart.
    min_label_w : float
        Parts narrower than this, in inches, carry no label.
    total_row : str
        Label or row_id of the row for all respondents: drawn first, above a rule.
    sort : str
        ``net`` (descending; the first level where there is no net) or ``given``.
    scale : str
        Colours: ``sequential`` and ``diverging`` for answers, ``groups`` for segments; ``auto`` takes groups
        if every level has a fixed style.
    small_base, suppress_base : int
        Unweighted n under which a row without a flag is marked, or not shown.
    palette : Palette
        Colours.
    """

    net: tuple[str, Sequence[str]] | None = None
    base: bool = True
    dk: str = ""
    min_label_w: float = 0.20
    total_row: str = ""
    sort: str = "net"
    scale: str = "auto"
    small_base: int = SMALL_BASE
    suppress_base: int = SUPPRESS_BASE
    palette: Palette = PALETTE


@dataclass(frozen=True, slots=True)
class _Layout:
    """Columns and colours, the same on every card of one figure."""

    levels: tuple[str, ...]
    fills: Mapping[str, str]
    label: float
    n_right: float
    left: float
    right: float
    net_title: tuple[str, ...]


def draw(table: pd.DataFrame, text: FigureText, **options: Any) -> Card:
    """Draw stacked bars on one card.

    Parameters
    ----------
    table : DataFrame
        ``label, level, value`` and, as they apply, ``row_id, n, flag, published``. Levels are drawn in the
        order in which they first appear.
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
        If the table or an option cannot be used, a row adds to more than 100%, or the card is taller than a
        page.

    Examples
    --------
    >>> import pandas as pd
    >>> from cxsurvey.display.card import FigureText
    >>> table = pd.DataFrame({"label": ["Finance"] * 2, "level": ["A lot", "A little"], "value": [61.2, 38.8]})
    >>> draw(table, FigureText("fig05", "5", "Finance leads")).alt_long
    'Stacked bar chart: Finance leads. Finance: A lot 61%, A little 39%.'
    """
    return one_card(text, *_prepare(table, text, options))


def draw_all(table: pd.DataFrame, text: FigureText, **options: Any) -> tuple[Card, ...]:
    """Draw stacked bars on as many cards as they need; see `draw`."""
    return split(text, *_prepare(table, text, options))


def _prepare(table: pd.DataFrame, text: FigureText, options: Mapping[str, Any]) -> tuple[list[Row], Any]:
    """Read and sort the rows, and return them with what draws some of them."""
    chosen = read_options(Options, text.key, options)
    one_of(text.key, "sort", chosen.sort, ("net", "given"))
    one_of(text.key, "scale", chosen.scale, ("auto", "sequential", "diverging", "groups"))
    bases = Bases(chosen.small_base, chosen.suppress_base)
    marks = read_marks(table, text.key, needs=("label", "level", "value"), bases=bases)
    levels = _levels(marks, chosen)
    rows = [withhold(row) for row in rows_of(marks)]
    for row in rows:
        _check_whole(row, len(levels), text.key)
    ordered = _sorted(rows, levels, chosen)
    layout = _layout(ordered, levels, chosen, text.key)

    def compose(words: FigureText, part: Sequence[Row]) -> Card:
        drawn = [mark for row in part for mark in row.marks]
        return assemble(
            words,
            _body(part, layout, chosen, words),
            table=as_drawn(text.key, drawn, table),
            alt_long=_alt(words, part, chosen),
            palette=chosen.palette,
        )

    return ordered, compose


def _levels(marks: Sequence[Mark], options: Options) -> tuple[str, ...]:
    found = names(marks, lambda mark: mark.level)
    return (
        *(level for level in found if level != options.dk),
        *(level for level in found if level == options.dk),
    )


def _check_whole(row: Row, levels: int, figure: str) -> None:
    whole = sum(mark.value for mark in row.marks if mark.shown)
    if whole > 100 + ROUNDING * levels:
        expected = "levels that add to 100%, apart from rounding"
        raise RequestError.figure_value(figure, row.label, f"{whole:.1f}% in all", expected)


def _net_value(row: Row, options: Options) -> float:
    """Add the levels of the net, unrounded; NaN where one of them is not shown."""
    if options.net is None:
        return math.nan
    wanted = set(options.net[1])
    return (
        math.fsum(mark.value for mark in row.marks if mark.level in wanted) if _has(row, wanted) else math.nan
    )


def _has(row: Row, wanted: set[str]) -> bool:
    return bool(wanted & {mark.level for mark in row.marks})


def _sorted(rows: Sequence[Row], levels: Sequence[str], options: Options) -> list[Row]:
    total = options.total_row.strip().casefold()

    def key(row: Row) -> tuple[int, float]:
        if total and total in {row.label.strip().casefold(), row.row_id.strip().casefold()}:
            return (0, 0.0)
        if options.sort == "given":
            return (1, 0.0)
        first = row.of(levels[0])
        value = _net_value(row, options) if options.net else (first.value if first else math.nan)
        return (1, math.inf if math.isnan(value) else -value)

    return sorted(rows, key=key)


def _fills(levels: Sequence[str], options: Options, figure: str) -> dict[str, str]:
    """Give each level its colour; don't know is always grey."""
    palette = options.palette
    scale = [level for level in levels if level != options.dk]
    fixed = all(level.strip().casefold() in palette.named for level in scale)
    fills: Sequence[str]
    if options.scale == "groups" or (options.scale == "auto" and fixed):
        fills = [style.fill for style in palette.for_groups(scale)]
    elif options.scale == "diverging":
        if len(scale) != len(palette.diverging):
            raise RequestError.figure_groups(figure, scale, f"{len(palette.diverging)} levels")
        fills = palette.diverging
    else:
        most = max(palette.sequential)
        if len(scale) > most:
            raise RequestError.figure_groups(figure, scale, f"at most {most} levels")
        fills = palette.sequential[max(len(scale), 1)]
    return dict(zip(scale, fills, strict=False)) | {options.dk: palette.dont_know}


def _layout(rows: Sequence[Row], levels: tuple[str, ...], options: Options, figure: str) -> _Layout:
    labels = label_column([row.label for row in rows], MOST_LABEL, weights=["semibold"] * len(rows))
    label = min(max(labels.width, LEAST_LABEL), MOST_LABEL)
    x = LEFT + label + 0.16
    n_right = 0.0
    known = {row.n for row in rows if not math.isnan(row.n)}
    small = any(mark.flag == "small" for row in rows for mark in row.marks)
    if options.base and known and (len(known) > 1 or small):
        widest = max(text_width(f"{count(n)}{DAGGER}", N_PT, "semibold") for n in known)
        n_right = x + max(widest, 0.3)
        x = n_right + 0.12 + (text_width(DAGGER, N_PT, "semibold") if small else 0.0)
    title: tuple[str, ...] = ()
    right = RIGHT
    if options.net:
        title = wrap(options.net[0], NET_WIDTH, HEAD_PT, "semibold")
        title = title if len(title) <= MOST_HEAD else ("Net",)  # a note says of what
        widest = max(text_width(line, HEAD_PT, "semibold") for line in title)
        right = RIGHT - max(widest, text_width("100%", NET_PT, "bold")) - 0.16
    return _Layout(levels, _fills(levels, options, figure), label, n_right, x, right, title)


def _body(rows: Sequence[Row], layout: _Layout, options: Options, text: FigureText) -> Body:
    ops, y = _head(layout, options)
    weights: list[Weight] = ["semibold" if _is_total(row, options) else "regular" for row in rows]
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
    return Body(tuple(ops), y, _notes(rows, unlabelled=unlabelled, options=options, text=text))


def _is_total(row: Row, options: Options) -> bool:
    total = options.total_row.strip().casefold()
    return bool(total) and total in {row.label.strip().casefold(), row.row_id.strip().casefold()}


def _head(layout: _Layout, options: Options) -> tuple[list[Op], float]:
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
        last += 0.17 + lift if layout.net_title or layout.n_right else 0.0
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
    return ops, last + 0.143


def _base(row: Row, y: float, layout: _Layout, options: Options) -> list[Op]:
    if not layout.n_right or math.isnan(row.n):
        return []
    low = row.suppressed or any(mark.flag == "small" for mark in row.marks)
    words = f"{count(row.n)}{DAGGER}" if low and not row.suppressed else count(row.n)
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


def _parts(row: Row, y: float, layout: _Layout, options: Options) -> tuple[list[Op], bool]:
    """Draw the parts of one row; tells also whether some label was left out."""
    bases = Bases(options.small_base, options.suppress_base)
    if row.suppressed:
        words = suppressed_words(row.n, bases)
        return list(track(words, layout.left, layout.right, y, BAR, row.row_id, options.palette)), False
    if not any(mark.shown for mark in row.marks):
        words = absent_word(row.marks[0])
        return list(track(words, layout.left, layout.right, y, BAR, row.row_id, options.palette)), False
    gap = DK_GAP if options.dk in layout.levels else 0.0
    whole = max(100.0, sum(mark.value for mark in row.marks if mark.shown))
    per_point = (layout.right - layout.left - gap) / whole
    ops: list[Op] = []
    edges: list[float] = []
    dropped = False
    x = layout.left
    for level in layout.levels:
        mark = row.of(level)
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
    value = _net_value(row, options)
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


def _notes(rows: Sequence[Row], *, unlabelled: bool, options: Options, text: FigureText) -> tuple[Note, ...]:
    bases = Bases(options.small_base, options.suppress_base)
    notes = list(flag_notes([mark for row in rows for mark in row.marks], bases))
    if options.net:
        parts = " or ".join(options.net[1])
        said = any(options.net[0].casefold() in words.casefold() for _, words in text.notes)
        notes += [] if said else [("Net", f"{options.net[0]} = {parts}, added before rounding.")]
    notes += missing_note(text.notes, "Rounding", "figures may not add to 100% due to rounding.")
    return (*notes, *((("Rounding", NOT_LABELLED),) if unlabelled else ()))


def _alt(text: FigureText, rows: Sequence[Row], options: Options) -> str:
    def net(row: Row) -> str:
        value = _net_value(row, options)
        return (
            ""
            if options.net is None or math.isnan(value)
            else f", {options.net[0]} {percent(min(value, 100.0))}"
        )

    variants = [
        [words + net(row) for words, row in zip(variant, rows, strict=True)]
        for variant in alt_text.grouped_rows(rows, unit("percent"))
    ]
    known = [f"{alt_text.cut(row.label, 40)} n={count(row.n)}" for row in rows if not math.isnan(row.n)]
    bases = f"Bases: {', '.join(known)}." if len({row.n for row in rows}) > 1 else ""
    return alt_text.fitted(
        [alt_text.opening("Stacked bar chart", text), bases or alt_text.base_sentence(text)], variants
    )
