"""Ranks: two rankings of the same items as a slope chart, each item joined to itself across the chart.

Ranks are made from unrounded values, the highest first; equal values share a rank. A ranking of which a value
is not shown has no ranks at all, for nobody can tell how many stand above. One item is stressed: the largest
reversal, unless the caller names others.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from cxsurvey.display import alt_text
from cxsurvey.display.card import Body, Card, assemble
from cxsurvey.display.figure_data import UNPUBLISHED, flag_notes
from cxsurvey.display.forms.pairs import group_names
from cxsurvey.display.forms.parts import read_options
from cxsurvey.display.forms.ranks_layout import Item, Options, lay_out, rank_words, ranked_items
from cxsurvey.display.forms.ranks_marks import draw_items
from cxsurvey.display.numbers import unit
from cxsurvey.display.paging import one_card, split

if TYPE_CHECKING:
    import pandas as pd

    from cxsurvey.display.card import FigureText, Note
    from cxsurvey.display.forms.ranks_layout import Layout


def draw(table: pd.DataFrame, text: FigureText, **options: Any) -> Card:
    """Draw two rankings on one card.

    Parameters
    ----------
    table : DataFrame
        ``label, a, b`` and, as they apply, ``row_id, group_a, group_b, n_a, n_b, flag_a, flag_b, published_a,
        published_b``; values in percent.
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
    >>> table = pd.DataFrame({"label": ["Data", "Staff"], "a": [40.0, 20.0], "b": [10.0, 30.0]})
    >>> draw(table, FigureText("fig01", "1", "Turned round"), groups=("Spend", "Need")).alt_long
    'Slope chart: Turned round. Data: Spend 1 (40%), Need 2 (10%); Staff: Spend 2 (20%), Need 1 (30%).'
    """
    return one_card(text, *_prepare(table, text, options))


def draw_all(table: pd.DataFrame, text: FigureText, **options: Any) -> tuple[Card, ...]:
    """Draw two rankings on as many cards as they need, each with its items and their ranks among all."""
    return split(text, *_prepare(table, text, options))


def _prepare(table: pd.DataFrame, text: FigureText, options: Mapping[str, Any]) -> tuple[list[Item], Any]:
    chosen = read_options(Options, text.key, options)
    groups = group_names(table, chosen.groups, text.key)
    items = ranked_items(table, groups, chosen, text.key)
    layout = lay_out(items, groups)

    def compose(words: FigureText, part: Sequence[Item]) -> Card:
        ops, height = draw_items(part, layout, chosen)
        return assemble(
            words,
            Body(ops, height, _notes(part, chosen)),
            form="ranks",
            table=_as_drawn(text.key, part, groups, table),
            alt_long=_alt(words, part, layout),
            palette=chosen.palette,
        )

    return items, compose


def _notes(items: Sequence[Item], options: Options) -> tuple[Note, ...]:
    notes = list(flag_notes([mark for item in items for mark in item.marks], options.bases))
    ranked = [item for item in items if not any(math.isnan(rank) for rank in item.ranks)]
    words = "By share, the highest first; = marks a tie." if ranked else "Not known, as values are missing."
    return (*notes, ("Ranks", words))


def _as_drawn(figure: str, items: Sequence[Item], groups: tuple[str, str], given: pd.DataFrame) -> pd.DataFrame:
    """Turn items back into a table, without what is not shown."""
    import pandas as pd  # noqa: PLC0415 - loaded by whoever has a table

    records = [
        {
            "figure": figure,
            "row_id": item.a.row_id,
            "label": item.a.label,
            "group_a": groups[0],
            "group_b": groups[1],
            "a": item.a.value,
            "b": item.b.value,
            "rank_a": item.ranks[0],
            "rank_b": item.ranks[1],
            "n_a": item.a.n,
            "n_b": item.b.n,
            "flag": item.a.flag or item.b.flag,
            "published_a": item.a.published,
            "published_b": item.b.published,
        }
        for item in items
    ]
    frame = pd.DataFrame.from_records(records)
    optional = [name for name in ("n_a", "n_b", "published_a", "published_b") if name not in given.columns]
    return frame.drop(columns=optional).astype({"rank_a": "Int64", "rank_b": "Int64"})


def _alt(text: FigureText, items: Sequence[Item], layout: Layout) -> str:
    formats = unit("percent")

    def side(item: Item, place: int, longest: int | None) -> str:
        mark = item.marks[place]
        value = alt_text.value_words(mark, formats, interval=False)
        rank = rank_words(item, place)
        said = f"{rank} ({value})" if rank and mark.flag != UNPUBLISHED else value
        return f"{alt_text.cut(layout.groups[place], longest)} {said}"

    variants = [
        [
            f"{alt_text.cut(item.a.label, longest)}: {side(item, 0, longest)}, {side(item, 1, longest)}"
            for item in items
        ]
        for longest in alt_text.LABEL_CHARACTERS
    ]
    return alt_text.fitted([alt_text.opening("Slope chart", text), alt_text.base_sentence(text)], variants)
