"""Two rankings as a slope chart: ranks, ties, lines, the item that is stressed, and how far they agree."""

import math

import pandas as pd
import pytest
from calibrated_study import drawn, figure, study_in
from form_samples import LABELS, LONG, of, text
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from inspection import faults

import cxsurvey as cx
from cxsurvey.display.card_data import drawn_data
from cxsurvey.display.data_table import data_table
from cxsurvey.display.forms import ranks
from cxsurvey.display.forms.ranks_layout import Options
from cxsurvey.display.ops import Line, Marker, Text
from cxsurvey.display.style import MAX_HEIGHT, PALETTE
from cxsurvey.errors import RequestError

NAMES = ("Spending", "Priority")


def table(a=(40.0, 30.0, 20.0, 10.0), b=(10.0, 35.0, 30.0, 20.0), **more):
    labels = ["Adoption", "Advocacy", "Journeys", "Value"][: len(a)]
    return pd.DataFrame({"label": labels, "a": a, "b": b, "n_a": 400, "n_b": 380, **more})


def draw(frame=None, **options):
    return ranks.draw(table() if frame is None else frame, text(), groups=NAMES, **options)


def words(card, role):
    return [op.text for op in of(card, Text, role)]


def test_both_sides_are_ranked_by_value():
    card = draw()
    assert words(card, "row label") == [
        *("Adoption", "Advocacy", "Journeys", "Value"),
        *("Advocacy", "Journeys", "Value", "Adoption"),
    ]
    assert words(card, "rank") == ["1", "2", "3", "4"] * 2
    assert words(card, "value") == ["40%", "30%", "20%", "10%", "35%", "30%", "20%", "10%"]
    assert words(card, "group") == list(NAMES)
    assert words(card, "n") == ["n=400", "n=380"]
    assert faults(card) == ()


def test_a_line_joins_the_two_ranks_of_an_item():
    card = draw()
    label = {(op.text, op.x < 3): op.y for op in of(card, Text, "row label")}
    lines = {line.key: line for line in of(card, Line, "slope")}
    assert len(lines) == 4
    for name, line in lines.items():
        assert line.y1 == pytest.approx(label[name, True], abs=0.06)
        assert line.y2 == pytest.approx(label[name, False], abs=0.06)
    assert len(of(card, Marker, "value marker")) == 8
    assert len(of(card, Line, "halo")) == 4  # so that the upper line of a crossing stays whole


def test_the_largest_reversal_is_stressed_and_on_top():
    lines = of(draw(), Line, "slope")
    assert lines[-1].key == "Adoption"
    assert [line.colour for line in lines] == [PALETTE.muted] * 3 + [PALETTE.accent]
    chosen = of(draw(highlight=["Value"]), Line, "slope")
    assert chosen[-1].key == "Value"
    assert {line.colour for line in chosen[:-1]} == {PALETTE.muted}
    same = draw(table(b=(40.0, 30.0, 20.0, 10.0)))
    assert {line.colour for line in of(same, Line, "slope")} == {PALETTE.muted}


def test_ties_share_a_rank_in_the_order_of_the_questionnaire():
    card = draw(table(a=(20.0, 40.0, 20.0, 10.0)))
    assert words(card, "rank")[:4] == ["1", "2=", "2=", "4"]
    assert words(card, "row label")[:4] == ["Advocacy", "Adoption", "Journeys", "Value"]
    assert card.table["rank_a"].tolist() == [1, 2, 2, 4]
    assert card.svg() == draw(table(a=(20.0, 40.0, 20.0, 10.0))).svg()


def test_a_side_with_a_value_missing_has_no_ranks_and_no_lines():
    frame = table(flag_a=["", "not_published", "", ""], flag_b=""[:0])
    card = draw(frame.assign(flag_b=None))
    assert words(card, "rank") == ["1", "2", "3", "4"]
    assert not of(card, Line, "slope")
    assert "30%" not in words(card, "value")[:4]
    assert card.table["rank_a"].isna().all()
    assert card.table.set_index("label").loc["Advocacy", "flag"] == "not_published"
    assert "Not known" in dict(card.text.notes)["Ranks"]
    assert "Spending not published" in card.alt_long
    assert faults(card) == ()


def test_small_bases_are_marked_and_hidden_ones_not_shown():
    small = draw(table().assign(n_b=41))
    assert "35%†" in words(small, "value")
    hidden = draw(table().assign(n_b=12))
    assert "35%" not in hidden.alt_long
    assert hidden.table["b"].isna().all()


def test_the_data_table_has_values_and_ranks():
    made = data_table(drawn_data(draw()))
    assert made.header == ("", "Spending", "Rank", "Priority", "Rank")
    assert made.rows[0] == ("Adoption", "40%", "1", "10%", "4")


def test_bad_tables_and_options_are_refused():
    with pytest.raises(RequestError, match="figure-columns"):
        draw(table().drop(columns="b"))
    with pytest.raises(RequestError, match="two items or more"):
        draw(table().head(1))
    with pytest.raises(RequestError, match="figure-duplicates"):
        draw(pd.concat([table(), table()]))
    with pytest.raises(RequestError, match="arrows"):
        draw(arrows=True)
    assert set(Options.__slots__) <= {word.strip(", :") for word in Options.__doc__.split()}


def test_tall_charts_are_split_and_keep_their_ranks():
    size = 24
    frame = pd.DataFrame(
        {"label": [f"{place} {LONG}" for place in range(size)], "a": range(size), "b": range(size, 0, -1)}
    )
    cards = ranks.draw_all(frame, text())
    assert len(cards) > 1
    assert [rank for card in cards for rank in card.table["rank_a"]] == list(range(1, size + 1))
    for card in cards:
        assert faults(card) == ()
        assert card.height <= MAX_HEIGHT
    with pytest.raises(RequestError, match="figure-too-tall"):
        ranks.draw(frame, text())


VALUES = st.one_of(st.sampled_from((0.0, 0.2, 50.0, 99.6, 100.0, math.nan)), st.floats(0, 100))


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_any_rankings_give_sound_cards(data):
    labels = data.draw(st.lists(LABELS, min_size=2, max_size=12, unique=True))
    rows = [
        {"label": label, "a": data.draw(VALUES), "b": data.draw(VALUES), "n_a": data.draw(st.integers(1, 999))}
        for label in labels
    ]
    names = data.draw(st.tuples(LABELS, LABELS).filter(lambda pair: pair[0] != pair[1]))
    for card in ranks.draw_all(pd.DataFrame(rows), text(), groups=names):
        assert faults(card) == ()
        assert card.height <= MAX_HEIGHT
        assert 0 < len(card.alt_long) <= 900


BODY = 'form = "ranks"\nquestions = ["spending", "priority"]\n'


def test_a_declared_figure_says_how_far_the_rankings_agree(tmp_path):
    card = drawn(tmp_path, f"{BODY}illustrative = true")
    said = dict(card.text.notes)["Ranks"]
    found = cx.charts.ranks(*(cx.estimate(study_in(tmp_path, ""), name) for name in ("spending", "priority")))
    assert [op.text for op in of(found, Text, "rank")] == words(card, "rank")
    assert "Spearman's rho −0." in said
    assert (
        "25,920 pairs of orders that what it says of each ranking allows, rho lies between −1.00 and 1.00"
        in said
    )
    assert words(card, "tag")
    assert card.table["published_a"].eq(False).all()  # noqa: FBT003 - the value compared
    assert faults(card) == ()


def test_rankings_that_are_not_published_have_no_ranks(tmp_path):
    card = drawn(tmp_path, BODY)
    assert set(words(card, "value")) == {"n/p"}
    assert not words(card, "rank")
    assert "Spearman" not in dict(card.text.notes)["Ranks"].split("rho lies")[0]
    assert faults(card) == ()


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ('form = "ranks"\nquestions = ["spending"]', "takes two different 'questions'"),
        ('form = "ranks"\nquestion = "spending"', "takes two different 'questions'"),
        ('form = "ranks"\nquestions = ["spending", "spending"]', "takes two different 'questions'"),
        ('form = "ranks"\nquestions = ["spending", "owner"]', "share no two response codes"),
        ('form = "ranks"\nquestions = ["spending", "priority"]\nby = "owner"', "'by' is for the forms"),
        ('form = "ranks"\nquestions = ["spending", "nothing"]', "no question or scale 'nothing'"),
        ('form = "ranks"\nquestions = ["spending", "priority"]\nhighlight = ["z"]', "'highlight' names 'z'"),
    ],
)
def test_declarations_are_checked(tmp_path, body, problem):
    with pytest.raises(cx.CxSurveyError, match=problem):
        study_in(tmp_path, figure(body))
