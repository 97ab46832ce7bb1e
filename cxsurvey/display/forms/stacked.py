"""Stacked bars: the same scale over several rows, or the same groups over several rows.

Each row is a whole of 100%. Don't know stands apart in grey. The value of a net stands at the right; a row for
the total may come first. A label that does not fit into its part is left out, and a note says so.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from cxsurvey.display import alt_text
from cxsurvey.display.card import Body, Card, assemble
from cxsurvey.display.figure_data import (
    REST,
    UNPUBLISHED,
    Mark,
    Row,
    as_drawn,
    flag_notes,
    names,
    read_marks,
    rows_of,
    withhold,
)
from cxsurvey.display.forms.parts import missing_note, one_of, read_options
from cxsurvey.display.forms.stacked_layout import Options, is_total, lay_out, net_value
from cxsurvey.display.forms.stacked_marks import draw_rows
from cxsurvey.display.numbers import count, percent, unit
from cxsurvey.display.paging import one_card, split
from cxsurvey.errors import RequestError

if TYPE_CHECKING:
    import pandas as pd

    from cxsurvey.display.card import FigureText, Note

ROUNDING: Final = 0.5
NOT_LABELLED: Final = "Parts too narrow for a label are drawn but not labelled; see the data table."


def draw(table: pd.DataFrame, text: FigureText, **options: Any) -> Card:
    """Draw stacked bars on one card.

    Parameters
    ----------
    table : DataFrame
        ``label, level, value`` and, as they apply, ``row_id, n, lo, hi, flag, published``; levels
        are drawn in the order in which they first appear, and intervals are not drawn.
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
    marks = read_marks(table, text.key, needs=("label", "level", "value"), bases=chosen.bases)
    levels = _levels(marks, chosen)
    rows = [withhold(row) for row in rows_of(marks)]
    for row in rows:
        _check_whole(row, len(levels), text.key)
    ordered = _sorted(rows, levels, chosen)
    layout = lay_out(ordered, levels, chosen, text.key)

    def compose(words: FigureText, part: Sequence[Row]) -> Card:
        drawn = [mark for row in part for mark in row.marks]
        ops, height, unlabelled = draw_rows(part, layout, chosen)
        notes = _notes(part, unlabelled=unlabelled, options=chosen, text=words)
        return assemble(
            words,
            Body(ops, height, notes),
            form="stacked",
            table=as_drawn(text.key, drawn, table),
            alt_long=_alt(words, part, chosen),
            palette=chosen.palette,
        )

    return ordered, compose


def _levels(marks: Sequence[Mark], options: Options) -> tuple[str, ...]:
    """The levels to draw: not those that are published in no row, and the rest that they are part of last."""
    found = names([mark for mark in marks if mark.flag != UNPUBLISHED], lambda mark: mark.level)
    rest = {mark.row_id for mark in marks if mark.level == REST} & {mark.row_id for mark in marks if mark.shown}
    return (
        *(level for level in found if level != options.dk),
        *((REST,) if rest else ()),
        *(level for level in found if level == options.dk),
    )


def _check_whole(row: Row, levels: int, figure: str) -> None:
    whole = sum(mark.value for mark in row.marks if mark.shown)
    if whole > 100 + ROUNDING * levels:
        expected = "levels that add to 100%, apart from rounding"
        raise RequestError.figure_value(figure, row.label, f"{whole:.1f}% in all", expected)


def _sorted(rows: Sequence[Row], levels: Sequence[str], options: Options) -> list[Row]:
    def key(row: Row) -> tuple[int, float]:
        if is_total(row, options):
            return (0, 0.0)
        if options.sort == "given":
            return (1, 0.0)
        first = row.of(levels[0]) if levels else None
        value = net_value(row, options) if options.net else (first.value if first else math.nan)
        return (1, math.inf if math.isnan(value) else -value)

    return sorted(rows, key=key)


def _notes(rows: Sequence[Row], *, unlabelled: bool, options: Options, text: FigureText) -> tuple[Note, ...]:
    drawn = [mark for row in rows for mark in row.marks if mark.flag != UNPUBLISHED or not _has_bar(row)]
    notes = list(flag_notes(drawn, options.bases))
    if options.net:
        parts = " or ".join(options.net[1])
        said = any(options.net[0].casefold() in words.casefold() for _, words in text.notes)
        how = "as published" if options.net_values is not None else "added before rounding"
        notes += [] if said else [("Net", f"{options.net[0]} = {parts}, {how}.")]
    if not any(mark.level == REST for row in rows for mark in row.marks):
        notes += missing_note(text.notes, "Rounding", "figures may not add to 100% due to rounding.")
    return (*notes, *((("Rounding", NOT_LABELLED),) if unlabelled else ()))


def _has_bar(row: Row) -> bool:
    return any(mark.shown for mark in row.marks)


def _undrawn(row: Row) -> Row:
    """Take out what is not in the picture: intervals, and what is part of the rest."""
    drawn = tuple(mark for mark in row.marks if mark.flag != UNPUBLISHED) or row.marks[-1:]
    return replace(row, marks=tuple(_worded(mark) for mark in drawn))


def _worded(mark: Mark) -> Mark:
    """A mark as alternative text says it: without an interval, and what is not published without its name."""
    return replace(mark, lo=math.nan, hi=math.nan, level="" if mark.level == REST else mark.level)


def _alt(text: FigureText, rows: Sequence[Row], options: Options) -> str:
    def net(row: Row) -> str:
        value = net_value(row, options)
        return (
            ""
            if options.net is None or math.isnan(value)
            else f", {options.net[0]} {percent(min(value, 100.0))}"
        )

    variants = [
        [words + net(row) for words, row in zip(variant, rows, strict=True)]
        for variant in alt_text.grouped_rows([_undrawn(row) for row in rows], unit("percent"))
    ]
    known = [f"{alt_text.cut(row.label, 40)} n={count(row.n)}" for row in rows if not math.isnan(row.n)]
    bases = f"Bases: {', '.join(known)}." if len({row.n for row in rows}) > 1 else ""
    return alt_text.fitted(
        [alt_text.opening("Stacked bar chart", text), bases or alt_text.base_sentence(text)], variants
    )
