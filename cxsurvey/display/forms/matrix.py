"""Matrix: two ordered ratings crossed, with the segments that cells fall into.

The best of both ratings stands at the top right. Cells are tinted in the colour of their segment, darker with
more respondents, and heavy lines mark the boundaries between segments.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from cxsurvey.display import alt_text
from cxsurvey.display.card import Body, Card, assemble
from cxsurvey.display.figure_data import (
    Bases,
    Mark,
    as_drawn,
    flag_notes,
    hide,
    read_marks,
    withheld_flag,
)
from cxsurvey.display.forms.grid import boundaries, cells, name_notes, place_grid, titles
from cxsurvey.display.forms.parts import CommonOptions, missing_note, read_options
from cxsurvey.display.forms.segment_list import Segment, draw_list
from cxsurvey.display.numbers import percent, unit
from cxsurvey.display.paging import one_card
from cxsurvey.errors import RequestError, listed

if TYPE_CHECKING:
    import pandas as pd

    from cxsurvey.display.card import FigureText, Note

LEAST_LEVELS: Final = 2
MOST_LEVELS: Final = 7
BELOW: Final = 0.05


@dataclass(frozen=True, slots=True)
class Options(CommonOptions):
    """Options of a matrix.

    Attributes
    ----------
    row_levels, col_levels : sequence of str
        Levels from lowest to highest; by default in the order in which they first appear in the table.
    row_title, col_title : str
        Names of the two ratings.
    segments : sequence of Segment or mapping
        Listed at the right, in fixed order; by default those of the table, without shares.
    boundaries : bool
        Draw heavy lines between cells of different segments.
    small_base, hide_base : int
        Unweighted n under which a cell without a flag is marked, or not shown.
    palette : Palette
        Colours.
    """

    row_levels: Sequence[str] = ()
    col_levels: Sequence[str] = ()
    row_title: str = ""
    col_title: str = ""
    segments: Sequence[Segment | Mapping[str, Any]] = ()
    boundaries: bool = True


def draw(table: pd.DataFrame, text: FigureText, **options: Any) -> Card:
    """Draw a matrix.

    Parameters
    ----------
    table : DataFrame
        ``row, col, value`` and, as they apply, ``segment, n, flag, published``; one row a cell, values as
        percentages of all respondents.
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
        If the table or an option cannot be used, there are too few or too many levels, or the card is taller
        than a page.

    Examples
    --------
    >>> import pandas as pd
    >>> from cxsurvey.display.card import FigureText
    >>> cells = {"row": ["Low", "Low", "High", "High"], "col": ["Low", "High"] * 2, "value": [40.0, 20, 10, 30]}
    >>> draw(pd.DataFrame(cells), FigureText("fig10", "10", "They rise together")).alt_long
    'Matrix: They rise together. High with Low 10%, High 30%; Low with Low 40%, High 20%.'
    """
    return one_card(text, *_prepare(table, text, options))


def draw_all(table: pd.DataFrame, text: FigureText, **options: Any) -> tuple[Card, ...]:
    """Draw a matrix; always one card, as a crossing cannot be split."""
    return (draw(table, text, **options),)


def _prepare(table: pd.DataFrame, text: FigureText, options: Mapping[str, Any]) -> tuple[list[Mark], Any]:
    chosen = read_options(Options, text.key, options)
    marks = _read(table, text.key, chosen.bases)
    rows = _levels([mark.label for mark in marks], chosen.row_levels, text.key, "row_levels")
    cols = _levels([mark.level for mark in marks], chosen.col_levels, text.key, "col_levels")
    segments = _segments(marks, chosen, text.key)
    drawn_order = sorted(marks, key=lambda mark: (-rows.index(mark.label), cols.index(mark.level)))

    def compose(words: FigureText, part: Sequence[Mark]) -> Card:
        body = _body(part, rows, cols, segments, chosen, words)
        drawn = as_drawn(text.key, part, table.rename(columns={"col": "level", "segment": "group"}))
        drawn = drawn.drop(columns=["row_id"]).rename(
            columns={"label": "row", "level": "col", "group": "segment"}
        )
        alt = _alt(words, part, rows, cols, segments)
        return assemble(words, body, form="matrix", table=drawn, alt_long=alt, palette=chosen.palette)

    return drawn_order, compose


def _read(table: pd.DataFrame, figure: str, bases: Bases) -> tuple[Mark, ...]:
    present = [str(name) for name in table.columns]
    absent = [name for name in ("row", "col", "value") if name not in present]
    if absent:
        raise RequestError.figure_columns(figure, absent, present)
    clash = [name for name in ("label", "level", "group", "row_id") if name in present]
    named = table.drop(columns=clash).rename(columns={"row": "label", "col": "level", "segment": "group"})
    twice = named.duplicated(["label", "level"])
    if twice.any():
        found = [f"{row} / {col}" for row, col in named.loc[twice, ["label", "level"]].itertuples(index=False)]
        raise RequestError.figure_duplicates(figure, found)
    return _complemented(read_marks(named, figure, bases=bases))


def _complemented(marks: Sequence[Mark]) -> tuple[Mark, ...]:
    """Withhold a second cell where just one is withheld: all others would give it away."""
    shown = [mark for mark in marks if mark.shown]
    hidden = [mark for mark in marks if not mark.shown]
    if not shown or len(hidden) != 1 or not hidden[0].withheld:
        return tuple(marks)
    least = min(shown, key=lambda mark: mark.value)
    return tuple(hide(mark, hidden[0].flag) if mark is least else mark for mark in marks)


def _levels(found: Sequence[str], given: Sequence[str], figure: str, option: str) -> tuple[str, ...]:
    levels = tuple(given) or tuple(dict.fromkeys(found))
    unknown = sorted(set(found) - set(levels))
    if unknown or len(set(levels)) != len(levels):
        raise RequestError.figure_option(figure, option, list(levels), f"every level once ({listed(unknown)})")
    if not LEAST_LEVELS <= len(levels) <= MOST_LEVELS:
        raise RequestError.figure_groups(figure, levels, f"{LEAST_LEVELS} to {MOST_LEVELS} levels")
    return levels


def _segments(marks: Sequence[Mark], options: Options, figure: str) -> tuple[Segment, ...]:
    given = tuple(
        item if isinstance(item, Segment) else read_options(Segment, figure, item) for item in options.segments
    )
    found = tuple(dict.fromkeys(mark.group for mark in marks if mark.group))
    unknown = [name for name in found if given and name not in {segment.name for segment in given}]
    if unknown:
        raise RequestError.figure_option(figure, "segments", unknown, "every segment of the table")
    if any(mark.withheld for mark in marks):  # a share less the cells that are shown gives it away
        given = tuple(replace(segment, share=math.nan) for segment in given)
    return given or tuple(Segment(name) for name in found)


def _body(
    marks: Sequence[Mark],
    rows: tuple[str, ...],
    cols: tuple[str, ...],
    segments: Sequence[Segment],
    options: Options,
    text: FigureText,
) -> Body:
    palette = options.palette
    grid = place_grid(
        marks, rows, cols, segments, row_title=options.row_title, col_title=options.col_title, palette=palette
    )
    ops = [*titles(grid, palette), *cells(grid, palette)]
    if options.boundaries and segments:
        ops += boundaries(grid, palette)
    listing, end = draw_list(segments, grid.styles, grid.top, grid.bottom, palette)
    notes: list[Note] = list(flag_notes(marks, options.bases))
    shading = "Heavy lines are the segment boundaries; darker cells hold more respondents."
    if any(mark.withheld for mark in marks):
        notes.append(("Base", f"–: {alt_text.SAID[withheld_flag(marks)]}."))
    notes += [("Base", shading if options.boundaries and segments else "Darker cells hold more respondents.")]
    notes += name_notes(grid)
    notes += missing_note(text.notes, "Rounding", "figures may not add to 100% due to rounding.")
    return Body((*ops, *listing), max(grid.bottom, end) + BELOW, tuple(notes))


def _alt(
    text: FigureText,
    marks: Sequence[Mark],
    rows: Sequence[str],
    cols: Sequence[str],
    segments: Sequence[Segment],
) -> str:
    found = {(mark.label, mark.level): mark for mark in marks}
    formats = unit("percent")

    def said(row: str, longest: int | None) -> str:
        values = ", ".join(
            f"{alt_text.cut(col, longest)} {alt_text.value_words(found[row, col], formats, interval=False)}"
            for col in cols
            if (row, col) in found
        )
        return f"{alt_text.cut(row, longest)} with {values}"

    variants = [[said(row, longest) for row in reversed(rows)] for longest in alt_text.LABEL_CHARACTERS]
    shares = [
        f"{segment.name} {percent(segment.share)}" for segment in segments if not math.isnan(segment.share)
    ]
    tail = f"Segments: {', '.join(shares)}." if shares else ""
    head = [alt_text.opening("Matrix", text), alt_text.base_sentence(text)]
    return alt_text.fitted(head, variants, [tail])
