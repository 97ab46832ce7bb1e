"""Presence: what a report names for whom, as a dot matrix without numbers, made from claims.

A dot says that the report names it. An empty cell says nothing: the report does not state it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from cxsurvey.display import alt_text
from cxsurvey.display.card import Body, Card, assemble
from cxsurvey.display.forms.parts import (
    CommonOptions,
    block,
    label_column,
    missing_note,
    read_options,
    row_height,
)
from cxsurvey.display.measure import one_line, text_width, wrap
from cxsurvey.display.ops import Line, Marker, Text
from cxsurvey.display.paging import one_card, split
from cxsurvey.display.style import LEFT, RIGHT
from cxsurvey.errors import RequestError

if TYPE_CHECKING:
    import pandas as pd

    from cxsurvey.display.card import FigureText, Note
    from cxsurvey.display.ops import Op

PITCH: Final = 0.345
DOT: Final = 0.145
MOST_LABEL: Final = 1.95
LEAST_LABEL: Final = 0.9
LABEL_GAP: Final = 0.16
WIDEST: Final = 1.25
NARROWEST: Final = 0.30
MOST_LINES: Final = 4
HEAD_PT: Final = 9.0
HEAD_PITCH: Final = 0.142
HEAD_INSET: Final = 0.08
HEAD_TOP: Final = 0.14
HEAD_GAP: Final = 0.09
STATED: Final = "named"
EMPTY: Final = "not stated"
MEANING: Final = "named in the report. An empty cell is not stated: it does not say no."


@dataclass(frozen=True, slots=True)
class Options(CommonOptions):
    """Options of a presence matrix.

    Attributes
    ----------
    small_base, hide_base : int
        Not used: there are no bases.
    palette : Palette
        Colours.
    """


@dataclass(frozen=True, slots=True)
class _Row:
    """One row: its label and the columns that are named."""

    label: str
    named: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Layout:
    """Columns, the same on every card of one figure."""

    columns: tuple[str, ...]
    heads: tuple[tuple[str, ...], ...]
    label: float
    width: float
    numbered: bool

    def x(self, place: int) -> float:
        """Centre of a column."""
        return LEFT + self.label + LABEL_GAP + (place + 0.5) * self.width


def draw(table: pd.DataFrame, text: FigureText, **options: Any) -> Card:
    """Draw a presence matrix on one card.

    Parameters
    ----------
    table : DataFrame
        ``row, col, stated``: one row a cell, in the order to draw; ``stated`` is true where it is named.
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
        If the table or an option cannot be used, there are too many columns, or the card is taller than a
        page.

    Examples
    --------
    >>> import pandas as pd
    >>> from cxsurvey.display.card import FigureText
    >>> cells = {"row": ["CEO", "Sales"], "col": ["Growth", "Revenue"], "stated": [True, True]}
    >>> draw(pd.DataFrame(cells), FigureText("fig03", "3", "Each has its own")).alt_long
    'Matrix of what is named: Each has its own. CEO: Growth; Sales: Revenue. All else is not stated.'
    """
    return one_card(text, *_prepare(table, text, options))


def draw_all(table: pd.DataFrame, text: FigureText, **options: Any) -> tuple[Card, ...]:
    """Draw a presence matrix on as many cards as it needs, all with every column."""
    return split(text, *_prepare(table, text, options))


def _prepare(table: pd.DataFrame, text: FigureText, options: Mapping[str, Any]) -> tuple[list[_Row], Any]:
    chosen = read_options(Options, text.key, options)
    rows, columns = _read(table, text.key)
    layout = _lay_out(rows, columns, text.key)

    def compose(words: FigureText, part: Sequence[_Row]) -> Card:
        ops, height = _draw_rows(part, layout, chosen)
        return assemble(
            words,
            Body(ops, height, _notes(layout, words)),
            form="presence",
            table=_as_drawn(text.key, part, columns),
            alt_long=_alt(words, part, columns),
            palette=chosen.palette,
        )

    return rows, compose


def _read(table: pd.DataFrame, figure: str) -> tuple[list[_Row], tuple[str, ...]]:
    present = [str(name) for name in table.columns]
    absent = [name for name in ("row", "col", "stated") if name not in present]
    if absent:
        raise RequestError.figure_columns(figure, absent, present)
    if table.empty:
        raise RequestError.figure_empty(figure)
    cells = [
        (str(row), str(col), bool(stated)) for row, col, stated in table[["row", "col", "stated"]].to_numpy()
    ]
    places = [(row, col) for row, col, _ in cells]
    twice = [" / ".join(place) for place in dict.fromkeys(places) if places.count(place) > 1]
    if twice:
        raise RequestError.figure_duplicates(figure, twice)
    rows = [
        _Row(label, frozenset(col for row, col, stated in cells if row == label and stated))
        for label in dict.fromkeys(row for row, _, _ in cells)
    ]
    return rows, tuple(dict.fromkeys(col for _, col, _ in cells))


def _lay_out(rows: Sequence[_Row], columns: tuple[str, ...], figure: str) -> _Layout:
    """Place the columns; heads that do not fit above theirs are numbered, and a note explains the numbers."""
    label = min(max(label_column([row.label for row in rows], MOST_LABEL).width, LEAST_LABEL), MOST_LABEL)
    width = min((RIGHT - LEFT - label - LABEL_GAP) / len(columns), WIDEST)
    if width < NARROWEST:
        most = int((RIGHT - LEFT - label - LABEL_GAP) / NARROWEST)
        raise RequestError.figure_groups(figure, columns, f"at most {most} columns")
    heads = tuple(wrap(column, width - HEAD_INSET, HEAD_PT, "semibold") for column in columns)
    words = [word for column in columns for word in one_line(column).split()]
    fits = all(text_width(word, HEAD_PT, "semibold") <= width - HEAD_INSET for word in words)
    if fits and all(0 < len(lines) <= MOST_LINES for lines in heads):
        return _Layout(columns, heads, label, width, numbered=False)
    numbers = tuple((f"{place}",) for place in range(1, len(columns) + 1))
    return _Layout(columns, numbers, label, width, numbered=True)


def _draw_rows(rows: Sequence[_Row], layout: _Layout, options: Options) -> tuple[tuple[Op, ...], float]:
    palette = options.palette
    deep = max(map(len, layout.heads))
    bottom = HEAD_TOP + (deep - 1) * HEAD_PITCH
    ops: list[Op] = []
    for place, lines in enumerate(layout.heads):
        for step, line in enumerate(lines):
            y = bottom - (len(lines) - 1 - step) * HEAD_PITCH
            style = {"colour": palette.ink, "align": "center", "role": "column head"}
            ops.append(Text(layout.x(place), y, line, HEAD_PT, "semibold", **style))  # type: ignore[arg-type] # fields of Text
    y = bottom + HEAD_GAP
    end = layout.x(len(layout.columns) - 1) + layout.width / 2
    ops.append(Line(LEFT, y, end, y, palette.rule, 0.6, "rule"))
    labels = label_column([row.label for row in rows], layout.label)
    for row, lines in zip(rows, labels.lines, strict=True):
        height = row_height(len(lines), PITCH)
        ops += block(lines, LEFT, y + height / 2, colour=palette.ink, role="row label")
        ops += [
            Marker(
                layout.x(place), y + height / 2, "circle", DOT, palette.accent, "dot", f"{row.label}/{column}"
            )
            for place, column in enumerate(layout.columns)
            if column in row.named
        ]
        y += height
        ops.append(Line(LEFT, y, end, y, palette.rule, 0.6, "rule"))
    return tuple(ops), y


def _notes(layout: _Layout, text: FigureText) -> tuple[Note, ...]:
    named = "; ".join(f"{place} {one_line(column)}" for place, column in enumerate(layout.columns, 1))
    numbers = (("Columns", f"{named}."),) if layout.numbered else ()
    return (*missing_note(text.notes, "Dots", MEANING), *numbers)


def _as_drawn(figure: str, rows: Sequence[_Row], columns: Sequence[str]) -> pd.DataFrame:
    import pandas as pd  # noqa: PLC0415 - loaded by whoever has a table

    return pd.DataFrame(
        [
            {
                "figure": figure,
                "row": row.label,
                "col": column,
                "stated": STATED if column in row.named else EMPTY,
            }
            for row in rows
            for column in columns
        ]
    )


def _alt(text: FigureText, rows: Sequence[_Row], columns: Sequence[str]) -> str:
    def said(row: _Row, longest: int | None) -> str:
        named = ", ".join(alt_text.cut(column, longest) for column in columns if column in row.named)
        return f"{alt_text.cut(row.label, longest)}: {named or 'nothing stated'}"

    variants = [[said(row, longest) for row in rows] for longest in alt_text.LABEL_CHARACTERS]
    head = [alt_text.opening("Matrix of what is named", text)]
    return alt_text.fitted(head, variants, ["All else is not stated."])
