"""What all chart forms keep to: flags, bases, suppression, options, notes and alternative text."""

import math
from importlib import import_module

import pandas as pd
import pytest
from form_samples import (
    FORMS,
    GROUPS,
    TABLES,
    card,
    lanes_table,
    of,
    ranked_table,
    stacked_table,
    text,
    value_column,
)

from cxsurvey.display.figure_data import Bases, read_marks
from cxsurvey.display.forms import dumbbell, lanes, matrix, ranked, stacked
from cxsurvey.display.ops import Rect, Text
from cxsurvey.display.style import PALETTE
from cxsurvey.errors import RequestError

SECRETS = (7.4829, 11.9)


def secret_table(form, secret=SECRETS[0], flag="suppressed"):
    """A table whose first mark is withheld."""
    table = TABLES[form]()
    column = value_column(form)
    table[column] = table[column].astype(float)
    table.loc[0, column] = secret
    table["flag"] = ""
    table.loc[0, "flag"] = flag
    return table


@pytest.mark.parametrize(("flag", "said"), [("suppressed", "suppressed"), ("not_shown", "not shown")])
@pytest.mark.parametrize("form", FORMS)
def test_nothing_depends_on_a_withheld_value(form, flag, said):
    one, other = (FORMS[form].draw(secret_table(form, secret, flag), text()) for secret in SECRETS)
    assert one.svg() == other.svg()
    assert one.alt_long == other.alt_long
    pd.testing.assert_frame_equal(one.table, other.table)
    assert said in one.alt_long
    assert said.capitalize() in " ".join(op.text for op in of(one, Text, "withheld")) or form == "matrix"
    assert one.table[value_column(form)].isna().any()
    shown = FORMS[form].draw(secret_table(form).assign(flag=""), text())
    assert shown.svg() != one.svg()


@pytest.mark.parametrize("form", ["stacked", "segments"])
def test_a_whole_with_a_suppressed_part_is_withheld_altogether(form):
    table = secret_table(form)
    drawn = FORMS[form].draw(table, text())
    first = drawn.table if form == "segments" else drawn.table[drawn.table["label"] == table["label"].iloc[0]]
    assert first["value"].isna().all()
    assert (first["flag"] == "suppressed").all()


def test_one_suppressed_cell_takes_a_second_with_it():
    table = secret_table("matrix")
    assert matrix.draw(table, text()).table["value"].isna().sum() == 2


def test_a_gap_falls_with_either_of_its_ends():
    table = TABLES["dumbbell"]().assign(n_b=[12, 175])
    drawn = dumbbell.draw(table, text())
    hidden = drawn.table[drawn.table["label"] == "Data help"].iloc[0]
    assert hidden[["a", "b", "diff", "diff_lo", "diff_hi"]].isna().all()
    assert "+37" not in [op.text for op in of(drawn, Text, "gap")]


def test_the_order_of_rows_does_not_tell_a_suppressed_value():
    table = ranked_table((10.0, 90.0, 20.0)).assign(flag=["", "suppressed", ""])
    assert ranked.draw(table, text()).table["label"].tolist() == ["Barrier 2", "Barrier 0", "Barrier 1"]


@pytest.mark.parametrize(("n", "flag"), [(29, "not_shown"), (30, "small"), (49, "small"), (50, "")])
def test_flags_are_derived_from_bases_where_the_table_has_none(n, flag):
    marks = read_marks(ranked_table((40.0,), n=n), "fig01")
    assert marks[0].flag == flag
    given = read_marks(ranked_table((40.0,), n=n).assign(flag=""), "fig01")
    assert given[0].flag == ""
    other = read_marks(ranked_table((40.0,), n=n), "fig01", bases=Bases(10, 5))
    assert other[0].flag == ""


def test_small_bases_are_marked_and_explained():
    drawn = ranked.draw(ranked_table((40.0, 30.0)).assign(n=[41, 900]), text())
    small = [op for op in of(drawn, Text, "value") if op.text.endswith("†")]
    assert [(op.text, op.colour) for op in small] == [("40%†", PALETTE.warn)]
    assert [op.colour for op in of(drawn, Text, "n")] == [PALETTE.warn, PALETTE.ink2]
    assert "† Small base (n under 50): read as indicative." in dict(drawn.text.notes)["Base"]
    assert "small base" in drawn.alt_long


@pytest.mark.parametrize(
    ("flag", "words"), [("not_asked", "not asked"), ("not_published", "n/p"), ("missing", "n/a"), ("", "n/a")]
)
def test_values_that_are_absent_say_why(flag, words):
    table = ranked_table((40.0, 30.0)).assign(flag=["", flag])
    table.loc[1, "value"] = math.nan
    drawn = ranked.draw(table, text())
    assert [op.text for op in of(drawn, Text, "value")] == ["40%", words]
    assert len(of(drawn, Rect, "bar")) == 1


def test_complementary_suppression_does_not_claim_a_small_base():
    drawn = ranked.draw(ranked_table((40.0, 30.0)).assign(flag=["suppressed", ""]), text())
    assert [op.text for op in of(drawn, Text, "withheld")] == ["Suppressed"]
    assert "withheld" in dict(drawn.text.notes)["Base"]


@pytest.mark.parametrize("form", FORMS)
def test_unpublished_values_force_a_note(form):
    table = TABLES[form]().assign(published=False)
    assert "Illustrative" in dict(FORMS[form].draw(table, text()).text.notes)
    assert "Illustrative" not in dict(card(form).text.notes)


@pytest.mark.parametrize("form", FORMS)
def test_alternative_text_names_every_value_and_the_form(form):
    drawn = card(form)
    assert drawn.alt_short == drawn.text.headline
    assert drawn.alt_long.split(":")[0].endswith(("chart", "group", "shares", "Matrix"))
    printed = {op.text for op in drawn.ops if isinstance(op, Text) and op.role in {"value", "gap", "net value"}}
    for words in printed:
        assert words.removesuffix("%") in drawn.alt_long
    assert len(drawn.alt_long) <= 900


def test_long_alternative_texts_say_how_many_rows_are_left_out():
    long = {"label": [f"Answer {place} of very many answers" for place in range(60)], "value": [50.0] * 60}
    drawn = ranked.draw_all(pd.DataFrame(long), text(), max_rows=None)[0]
    assert len(drawn.alt_long) <= 900
    stack = pd.concat([stacked_table().assign(label=lambda t, i=i: t["label"] + f" {i}") for i in range(8)])
    alt = stacked.draw(stack, text()).alt_long
    assert "In the order A lot, A little, Not at all, Don't know: Sales 0 66%, 25%, 8%, 2%" in alt


@pytest.mark.parametrize("form", FORMS)
def test_bad_tables_are_refused_with_a_reason(form):
    module, table, column = FORMS[form], TABLES[form](), value_column(form)
    cases = {
        "figure-columns": table.drop(columns=column),
        "figure-empty": table.head(0),
        "figure-value": table.assign(**{column: 140.0}),
    }
    for code, bad in cases.items():
        with pytest.raises(RequestError) as caught:
            module.draw(bad, text())
        assert caught.value.code == code
    for value in (math.inf, "lots"):
        with pytest.raises(RequestError, match="figure-value"):
            module.draw(table.assign(**{column: value}), text())
    with pytest.raises(RequestError, match="figure-option"):
        module.draw(table, text(), colour="red")


@pytest.mark.parametrize("form", ["ranked", "stacked", "lanes", "matrix"])
def test_a_mark_may_stand_once(form):
    table = TABLES[form]().assign(**({"row_id": "same"} if form == "ranked" else {}))
    with pytest.raises(RequestError, match="figure-duplicates"):
        FORMS[form].draw(pd.concat([table, table]), text())


def test_other_faults_of_tables():
    with pytest.raises(RequestError, match="lo at most hi"):
        ranked.draw(ranked_table().assign(lo=90.0), text())
    with pytest.raises(RequestError, match="a flag of small"):
        ranked.draw(ranked_table().assign(flag="tiny"), text())
    with pytest.raises(RequestError, match="unknown-unit"):
        ranked.draw(ranked_table(), text(), unit="share")
    with pytest.raises(RequestError, match="level"):
        FORMS["segments"].draw(TABLES["segments"](), text(), level=95)


def test_values_may_be_nullable_and_of_any_number_type():
    table = ranked_table((40.0, 30.0)).convert_dtypes()
    table.loc[1, "value"] = pd.NA
    assert ranked.draw(table, text()).alt_long.endswith("n/a.")


@pytest.mark.parametrize("form", FORMS)
def test_the_callers_table_is_left_alone(form):
    table = TABLES[form]()
    before = table.copy()
    FORMS[form].draw(table, text())
    pd.testing.assert_frame_equal(table, before)


@pytest.mark.parametrize("form", ["ranked", "lanes", "segments", "dumbbell"])
def test_intervals_can_be_switched_off(form):
    on, off = card(form), card(form, ci=False)
    roles = [{op.role for op in drawn.ops} for drawn in (on, off)]
    assert "interval" in roles[0]
    assert "interval" not in roles[1]
    noted = {"Lines", "Interval", "Gap"}
    assert noted & set(dict(on.text.notes))
    assert not noted & set(dict(off.text.notes))


@pytest.mark.parametrize("form", FORMS)
def test_a_card_knows_its_form_and_unit(form):
    assert (card(form).form, card(form).unit) == (form, "percent")
    if "unit" in import_module(f"cxsurvey.display.forms.{form}").Options.__dataclass_fields__:
        assert card(form, unit="nps").unit == "nps"


@pytest.mark.parametrize("form", FORMS)
def test_options_are_documented(form):
    options = import_module(f"cxsurvey.display.forms.{form}").Options
    for name in options.__dataclass_fields__:
        assert name in options.__doc__


@pytest.mark.parametrize(("unit", "low", "printed"), [("score", 61.25, "61.3"), ("nps", -31.5, "−32")])
def test_units_of_ranked_lanes_and_dumbbell(unit, low, printed):
    bars = ranked.draw(pd.DataFrame({"label": ["x"], "value": [low]}), text(), unit=unit)
    assert [op.text for op in of(bars, Text, "value")] == [printed]
    rows = pd.DataFrame({"label": "x", "group": [g for g, _ in GROUPS], "value": [low, low + 5, low + 9]})
    dots = lanes.draw(rows, text(), unit=unit)
    assert of(dots, Text, "value")[0].text == printed
    assert ("Axis" in dict(dots.text.notes)) is (unit == "score")
    pair = pd.DataFrame({"label": ["x"], "a": [low], "b": [low + 5], "diff": [5.0]})
    ends = dumbbell.draw(pair, text(), unit=unit)
    assert {printed, "+5.0" if unit == "score" else "+5"} <= {
        op.text for op in ends.ops if isinstance(op, Text)
    }


def test_values_within_rounding_of_their_limits_are_taken():
    drawn = ranked.draw(pd.DataFrame({"label": ["x"], "value": [100 + 1e-9]}), text())
    assert drawn.table["value"].tolist() == [100.0]


def test_lanes_table_of_the_samples_has_letters():
    assert lanes_table()["letters"].tolist() == ["", "a", "ab"]
