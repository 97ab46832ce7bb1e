"""What a report names without a number, as a dot matrix made from claims."""

import pandas as pd
import pytest
from calibrated_study import CLAIMS, TOML, drawn, figure, study_in
from form_samples import LABELS, LONG, of, text
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from inspection import faults

import cxsurvey as cx
from cxsurvey.display.card_data import drawn_data
from cxsurvey.display.data_table import data_table
from cxsurvey.display.forms import presence
from cxsurvey.display.ops import Marker, Text
from cxsurvey.display.style import MAX_HEIGHT
from cxsurvey.errors import RequestError
from cxsurvey.published.claims.file import parse_claims

BODY = 'form = "presence"\nquestion = "drivers"\n'
LABELLED = BODY + 'labels = { sales = "Sales", ceo = "Chief executive", cost = "Cost", growth = "Growth" }\n'


def words(card, role):
    return [op.text for op in of(card, Text, role)]


def cells(names):
    """A table of rows by columns, in which ``names`` holds what is named."""
    rows = list(dict.fromkeys(row for row, _ in names))
    columns = list(dict.fromkeys(column for _, column in names))
    return pd.DataFrame(
        [{"row": row, "col": col, "stated": (row, col) in names} for row in rows for col in columns]
    )


def test_a_dot_stands_where_a_claim_names_it(tmp_path):
    card = drawn(tmp_path, BODY)
    assert words(card, "row label") == ["ceo", "marketing", "sales", "service"]
    assert words(card, "column head") == ["growth", "revenue", "cost"]
    dots = {dot.key for dot in of(card, Marker, "dot")}
    assert dots == {"ceo/growth", "marketing/revenue", "sales/revenue", "service/cost"}
    assert "not stated" in dict(card.text.notes)["Dots"]
    assert "no respondents are behind this figure" in dict(card.text.notes)["Base"]
    assert "respondents of this study are synthetic" in dict(card.text.notes)["Base"]
    assert card.alt_long.endswith("service: cost. All else is not stated.")
    assert faults(card) == ()


def test_labels_of_the_figure_name_and_order_rows_and_columns(tmp_path):
    card = drawn(tmp_path, LABELLED)
    assert words(card, "row label") == ["Sales", "Chief executive", "marketing", "service"]
    assert words(card, "column head") == ["Cost", "Growth", "revenue"]
    sales = next(op for op in of(card, Text, "row label") if op.text == "Sales")
    head = next(op for op in of(card, Text, "column head") if op.text == "revenue")
    (dot,) = (dot for dot in of(card, Marker, "dot") if dot.key == "Sales/revenue")
    assert dot.x == pytest.approx(head.x)
    assert dot.y == pytest.approx(sales.y, abs=0.06)


def test_labels_of_the_codebook_serve_where_the_figure_has_none(tmp_path):
    claims = CLAIMS + "vision.silent,share,x,barriers,vision|owner,segment=leader,,,,\n"
    claims = claims.replace("owner.leader,share,Ownership,barriers,owner,segment=leader,,18,,\n", "")
    claims = claims.replace("vision.leader,share,Vision,barriers,vision,segment=leader,,15,,\n", "")
    card = drawn(tmp_path, 'form = "presence"\nquestion = "barriers"', claims=claims)
    assert words(card, "row label") == ["All respondents", "leader"]
    assert words(card, "column head") == ["Vision", "Ownership"]
    assert words(card, "question") == ["Which are the greatest barriers?"]


def test_the_data_say_named_or_not_stated(tmp_path):
    card = drawn(tmp_path, LABELLED)
    assert card.table["stated"].value_counts().to_dict() == {"not stated": 8, "named": 4}
    made = data_table(drawn_data(card))
    assert made.header == ("", "Cost", "Growth", "revenue")
    assert made.rows[0] == ("Sales", "not stated", "not stated", "named")
    cx.figures(study_in(tmp_path, figure(LABELLED)), to=tmp_path / "pack")
    assert "fig01,Sales,revenue,named" in (tmp_path / "pack" / "data" / "fig01.csv").read_text()


def test_words_of_the_study_file_stand_beside_the_base(tmp_path):
    card = drawn(tmp_path, f'{LABELLED}note = "No count by function is printed."')
    assert dict(card.text.notes)["Note"] == "No count by function is printed."
    assert "no respondents are behind this figure" in dict(card.text.notes)["Base"]
    assert faults(card) == ()


def test_without_claims_that_name_it_there_is_no_figure(tmp_path):
    with pytest.raises(cx.CxSurveyError, match="figure-claims") as raised:
        drawn(tmp_path / "a", 'form = "presence"\nquestion = "driver"')
    assert "drivers" in raised.value.message
    with pytest.raises(cx.CxSurveyError, match=r"no claims\.csv"):
        drawn(tmp_path / "b", BODY, claims=None)
    printed = CLAIMS.splitlines()[0] + "\nsilos,share,Silos,barriers,silos,,,53,,400\n"
    with pytest.raises(cx.CxSurveyError, match="no claim that names a question"):
        drawn(tmp_path / "c", 'form = "presence"\nquestion = "barriers"', claims=printed)


def test_statements_may_name_what_was_never_asked_and_other_claims_may_not(tmp_path):
    with pytest.raises(cx.CxSurveyError, match="no question 'drivers'"):
        drawn(tmp_path, BODY, claims=f"{CLAIMS}x,share,x,drivers,growth,,,,,\n")


def test_real_studies_may_have_one_too(tmp_path):
    card = drawn(tmp_path, BODY, toml=TOML.replace("synthetic = true", "synthetic = false"))
    assert "synthetic" not in dict(card.text.notes)["Base"]


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ('form = "presence"\nquestions = ["barriers"]', "takes the 'question' that claims name"),
        (f'{BODY}by = "owner"', "'by' is for the forms"),
        ('form = "ranked"\nquestion = "barriers"\nlabels = { a = "b" }', "'labels' is for the forms presence"),
    ],
)
def test_declarations_are_checked(tmp_path, body, problem):
    with pytest.raises(cx.CxSurveyError, match=problem):
        study_in(tmp_path, figure(body))


def test_charts_draw_claims_that_were_read_by_themselves():
    card = cx.charts.presence(parse_claims(CLAIMS), question="drivers", headline="Each has its own")
    assert len(of(card, Marker, "dot")) == 4
    with pytest.raises(RequestError, match="wrong-result"):
        cx.charts.presence("claims.csv", question="drivers")


# --- layout ----------------------------------------------------------------------------------------------


def test_heads_that_do_not_fit_are_numbered_and_explained():
    names = {("Sales", f"{place} {LONG}") for place in range(6)}
    card = presence.draw(cells(sorted(names)), text())
    assert words(card, "column head") == ["1", "2", "3", "4", "5", "6"]
    assert dict(card.text.notes)["Columns"].startswith(f"1 0 {LONG}; 2 1 {LONG}")
    assert faults(card) == ()


def test_too_many_columns_and_broken_tables_are_refused():
    with pytest.raises(RequestError, match="at most"):
        presence.draw(cells([("Sales", f"column {place}") for place in range(40)]), text())
    with pytest.raises(RequestError, match="figure-columns"):
        presence.draw(cells([("a", "b")]).drop(columns="stated"), text())
    with pytest.raises(RequestError, match="figure-empty"):
        presence.draw(cells([("a", "b")]).head(0), text())
    with pytest.raises(RequestError, match="figure-duplicates"):
        presence.draw(pd.concat([cells([("a", "b")])] * 2), text())


def test_tall_ones_are_split_with_every_column_on_every_card():
    table = cells([(f"{place} {LONG}", f"column {place % 3}") for place in range(30)])
    cards = presence.draw_all(table, text())
    assert len(cards) > 1
    for card in cards:
        assert (
            words(card, "column head") == ["column", "0", "column", "1", "column", "2"]
            or len(set(card.table["col"])) == 3
        )
        assert card.height <= MAX_HEIGHT
        assert faults(card) == ()
    with pytest.raises(RequestError, match="figure-too-tall"):
        presence.draw(table, text())


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_any_names_give_sound_cards(data):
    rows = data.draw(st.lists(LABELS, min_size=1, max_size=12, unique=True))
    columns = data.draw(st.lists(LABELS, min_size=1, max_size=10, unique=True))
    table = pd.DataFrame(
        [{"row": row, "col": col, "stated": data.draw(st.booleans())} for row in rows for col in columns]
    )
    for card in presence.draw_all(table, text()):
        assert faults(card) == ()
        assert card.height <= MAX_HEIGHT
        assert 0 < len(card.alt_long) <= 900
