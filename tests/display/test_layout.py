"""Nothing overlaps, leaves the card or is too small or faint to read, in any form and for any table."""

import math
from dataclasses import replace

import pandas as pd
import pytest
from form_samples import ANY, FORMS, LABELS, LONG, TABLES, card, lanes_table, of, ranked_table, text
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from inspection import faults, ground
from matplotlib.backends.backend_agg import FigureCanvasAgg

from cxsurvey.display.forms import lanes, ranked, stacked
from cxsurvey.display.measure import text_width
from cxsurvey.display.ops import Line, Rect, Text
from cxsurvey.display.render import canvas, drawing_settings
from cxsurvey.display.style import MAX_HEIGHT
from cxsurvey.display.typeface import properties
from cxsurvey.errors import RequestError

EXAMPLES = {"ranked": 25, "lanes": 15, "stacked": 15, "dumbbell": 25, "segments": 40, "matrix": 25}


@pytest.mark.parametrize("form", FORMS)
def test_ordinary_cards_are_sound(form):
    assert faults(card(form)) == ()


@pytest.mark.parametrize("form", FORMS)
def test_words_come_in_reading_order_with_furniture_last(form):
    roles = [op.role for op in card(form).ops]
    order = [roles.index(role) for role in ("figure number", "headline", "descriptor", "question", "note key")]
    assert order == sorted(order)
    assert roles[-2:] == ["accent rule", "hairline"]


HARD = {
    "one row": ranked_table((50.0,)),
    "0 and 100": ranked_table((100.0, 0.0)),
    "all zero": ranked_table((0.0, 0.0)),
    "all suppressed": ranked_table((40.0, 30.0), n=12),
    "all missing": pd.DataFrame({"label": ["a", "b"], "value": [math.nan, math.nan]}),
    "15 long labels": ranked_table(tuple(range(99, 24, -5))).assign(label=lambda t: t["label"] + " " + LONG),
}


@pytest.mark.parametrize("case", HARD)
def test_hard_ranked_cards_are_sound(case):
    for drawn in ranked.draw_all(HARD[case], text(headline=f"{LONG} and {LONG}"[:150])):
        assert faults(drawn) == ()


def test_five_groups_with_long_names_are_sound():
    groups = tuple((f"{LONG[: 20 * place]} {place}", 30 + place) for place in range(1, 6))
    rows = tuple((f"{LONG} {place}", (0.0, 100.0, 50.0, 99.6, 0.2), ("bcde",) * 5) for place in range(3))
    drawn = lanes.draw(lanes_table(rows, groups), text())
    assert faults(drawn) == ()
    assert len(of(drawn, Text, "column letter")) == 5


@pytest.mark.parametrize("form", FORMS)
def test_any_table_gives_sound_cards_that_fit_a_page(form):
    @settings(
        deadline=None,
        max_examples=EXAMPLES[form],
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(ANY[form], LABELS, st.one_of(st.just(""), LABELS))
    def check(table, headline, question):
        # A matrix stands on one card: a headline of four lines may push it over a page, which it refuses.
        words = text(headline=headline[:100] if form == "matrix" else headline, question=question)
        for drawn in FORMS[form].draw_all(table, words):
            assert faults(drawn) == ()
            assert drawn.height <= MAX_HEIGHT
            assert 0 < len(drawn.alt_long) <= 900

    check()


def test_measured_widths_are_those_of_the_renderer():
    words = [op for form in FORMS for op in card(form).ops if isinstance(op, Text)]
    words.append(Text(1, 1, "שלום 漢字 A→B ½ \N{GRINNING FACE}", 10))
    with drawing_settings(words):
        figure, axes = canvas(7, 5)
        figure.set_dpi(200)
        renderer = FigureCanvasAgg(figure).get_renderer()
        for op in words:
            drawn = axes.text(
                1, 1, op.text, fontproperties=properties(op.weight, op.italic, op.size), parse_math=False
            )
            wide = drawn.get_window_extent(renderer).width / 200
            assert text_width(op.text, op.size, op.weight, italic=op.italic) == pytest.approx(
                wide, rel=0.02, abs=0.01
            )  # a pixel of rounding on short words


def test_the_check_finds_faults():
    drawn = card("ranked")
    bad = (
        Text(1.0, 3.0, "one over the other", 10),
        Text(1.05, 3.02, "two over the other", 10),
        Text(6.9, 4.0, "outside", 10),
        Text(4.0, 0.5, "small", 6),
        Text(4.5, 0.5, "faint", 10, colour="#C7CFD6"),
        Rect(5.0, 0.3, 1.0, 0.4, "#0B3954"),
        Text(5.2, 0.5, "white lie", 10),
    )
    found = " ".join(faults(replace(drawn, ops=(*drawn.ops, *bad), alt_long="")))
    for sign in (
        "overlaps",
        "leaves the margins",
        "6 points",
        "contrast 1.58",
        "not on #FFFFFF",
        "alternative",
    ):
        assert sign in found


def test_ground_is_the_uppermost_rectangle_below():
    words = Text(1, 1, "58%", 10)
    ops = (Rect(0, 0, 2, 2, "#111111"), Rect(0, 0, 2, 2, "#222222"), words, Rect(0, 0, 2, 2, "#333333"))
    assert ground(ops, words) == "#222222"


@pytest.mark.parametrize("form", ["ranked", "lanes", "stacked", "dumbbell"])
def test_tall_figures_are_split_and_never_shrunk(form):
    column = {"stacked": "level", "lanes": "group"}.get(form)
    table = TABLES[form]()
    parts = [
        table[table["label"] == table["label"].iloc[0]].assign(label=f"{place} {LONG}") for place in range(25)
    ]
    options = {"max_rows": None} if form == "ranked" else {}
    with pytest.raises(RequestError, match="figure-too-tall"):
        FORMS[form].draw(pd.concat(parts), text(), **options)
    cards = FORMS[form].draw_all(pd.concat(parts), text(), **options)
    assert [drawn.key for drawn in cards] == [f"fig01{letter}" for letter in "abcdefgh"[: len(cards)]]
    assert [drawn.number for drawn in cards][:2] == ["1a", "1b"]
    whole = pd.concat([drawn.table for drawn in cards])
    assert len(whole) == 25 * (table[column].nunique() if column else 1)
    sizes = {op.size for op in card(form, **options).ops if isinstance(op, Text)}
    assert {op.size for drawn in cards for op in drawn.ops if isinstance(op, Text)} <= sizes
    for drawn in cards:
        assert faults(drawn) == ()


def test_parts_of_a_split_figure_share_one_scale():
    table = ranked_table(tuple(float(v) for v in range(70, 20, -2))).assign(label=lambda t: t["label"] + LONG)
    cards = ranked.draw_all(table, text(), max_rows=None, ci=False)
    assert len(cards) > 1
    ratios = [
        bar.width / float(table.loc[int(bar.key), "value"]) for drawn in cards for bar in of(drawn, Rect, "bar")
    ]
    assert max(ratios) == pytest.approx(min(ratios))


def test_rules_of_stacked_bars_stay_between_rows():
    drawn = stacked.draw(TABLES["stacked"](), text(), total_row="Sales")
    rule = of(drawn, Line, "rule")[0].y1
    bars = sorted((bar.y, bar.y + bar.height) for bar in of(drawn, Rect, "part"))
    assert bars[0][1] < rule < bars[-1][0]
