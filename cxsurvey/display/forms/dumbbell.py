"""Dumbbells: two groups, or two times, with the gap between them and its interval.

The interval is that of the difference, not two intervals to be compared by eye. For two times the bar carries
an arrow from the first to the second.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from cxsurvey.display import alt_text
from cxsurvey.display.card import Body, Card, assemble
from cxsurvey.display.figure_data import flag_notes
from cxsurvey.display.forms.axis import axis_note
from cxsurvey.display.forms.dumbbell_layout import Layout, Options, interval_words, lay_out
from cxsurvey.display.forms.dumbbell_marks import draw_rows, has_values
from cxsurvey.display.forms.pairs import Pair, group_names, pairs_as_drawn, read_pairs
from cxsurvey.display.forms.parts import interval_note, one_of, read_options
from cxsurvey.display.numbers import unit
from cxsurvey.display.paging import one_card, split

if TYPE_CHECKING:
    import pandas as pd

    from cxsurvey.display.card import FigureText, Note


def draw(table: pd.DataFrame, text: FigureText, **options: Any) -> Card:
    """Draw dumbbells on one card.

    Parameters
    ----------
    table : DataFrame
        ``label, a, b, diff`` and, as they apply, ``row_id, group_a, group_b, diff_lo, diff_hi, significant,
        n_a, n_b, flag, published``. The sign of ``diff`` is printed as given. With ``significant`` (true,
        false, missing for not tested) only significant gaps are bold.
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
    groups = group_names(table, chosen.groups, text.key)
    found = read_pairs(table, text.key, groups=groups, unit=chosen.unit, bases=chosen.bases)
    pairs = _sorted(found, chosen)
    layout = lay_out(pairs, groups, chosen, text.key)

    def compose(words: FigureText, part: Sequence[Pair]) -> Card:
        ops, height = draw_rows(part, layout, chosen)
        return assemble(
            words,
            Body(ops, height, _notes(part, layout, chosen, words)),
            form="dumbbell",
            unit=chosen.unit,
            table=pairs_as_drawn(text.key, part, table),
            alt_long=_alt(words, part, layout, chosen),
            palette=chosen.palette,
        )

    return pairs, compose


def _sorted(pairs: Sequence[Pair], options: Options) -> list[Pair]:
    def width(pair: Pair) -> float:
        return math.inf if math.isnan(pair.diff) else -abs(pair.diff)

    return list(pairs) if options.sort == "given" else sorted(pairs, key=width)


def _notes(pairs: Sequence[Pair], layout: Layout, options: Options, text: FigureText) -> tuple[Note, ...]:
    marks = [mark for pair in pairs for mark in (pair.a, pair.b)]
    notes = list(flag_notes(marks, options.bases))
    if any(interval_words(pair, options) for pair in pairs):
        notes += interval_note(text.notes, options.level, "Change" if options.arrow else "Gap")
    return (*notes, *axis_note(layout.scale)) if has_values(pairs) else tuple(notes)


def _alt(text: FigureText, pairs: Sequence[Pair], layout: Layout, options: Options) -> str:
    formats = unit(options.unit)
    kind = "change" if options.arrow else "gap"

    def said(pair: Pair, longest: int | None, *, interval: bool) -> str:
        label = alt_text.cut(pair.label, longest)
        if pair.withheld:
            return f"{label}: {alt_text.SAID[pair.a.flag]}"
        ends = ", ".join(
            f"{alt_text.cut(mark.group, longest)} {alt_text.value_words(mark, formats)}"
            for mark in (pair.a, pair.b)
        )
        words = interval_words(pair, options) if interval else ""
        gap = "" if math.isnan(pair.diff) else f", {kind} {formats.gap(pair.diff)}"
        verdict = f", {pair.verdict}" if gap and not pair.stressed else ""
        return f"{label}: {ends}{gap}{f' ({words})' if words else ''}{verdict}"

    variants = [
        [said(pair, longest, interval=interval) for pair in pairs]
        for longest in alt_text.LABEL_CHARACTERS
        for interval in (True, False)
    ]
    known = [
        f"{alt_text.cut(name, 40)} {base}"
        for name, base in zip(layout.groups, layout.bases, strict=True)
        if base
    ]
    groups = f"Groups: {', '.join(known)}." if known else alt_text.base_sentence(text)
    return alt_text.fitted([alt_text.opening("Dumbbell chart", text), groups], variants)
