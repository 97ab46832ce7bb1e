"""The data of a figure in words."""

import pandas as pd
import pytest

from cxsurvey.display.card import FigureText
from cxsurvey.display.card_data import drawn_data, without_withheld
from cxsurvey.display.data_table import data_table
from cxsurvey.display.forms import dumbbell
from cxsurvey.errors import RequestError


def frame(**columns):
    return pd.DataFrame(columns)


def test_one_group_is_a_list_with_intervals_and_bases():
    table = data_table(
        frame(
            label=["Silos", "Other"],
            value=[53.2, 0.2],
            lo=[50.2, 0.1],
            hi=[56.1, 0.9],
            n=[1091, 40],
            flag=["", "small"],
        )
    )
    assert table.header == ("", "Value", "Interval", "n")
    assert table.rows == (("Silos", "53%", "50–56%", "1,091"), ("Other", "<1%†", "<1–1%", "40"))


def test_groups_stand_side_by_side_with_their_bases_and_letters():
    table = data_table(
        frame(
            label=["a", "a", "b", "b"],
            group=["L", "F"] * 2,
            value=[18.0, 27.0, 15.0, 13.0],
            n=[185, 567] * 2,
            letters=["", "a", "", None],
        )
    )
    assert table.header == ("", "L a (n=185)", "F b (n=567)")
    assert table.rows == (("a", "18%", "27% a"), ("b", "15%", "13%"))


def test_bases_that_differ_by_row_get_a_column():
    table = data_table(
        frame(
            label=["a", "a", "b", "b"],
            level=["Yes", "No"] * 2,
            value=[60.0, 40.0, 70.0, 30.0],
            n=[50, 50, 90, 90],
        )
    )
    assert table.header == ("", "Yes", "No", "n")
    assert table.rows == (("a", "60%", "40%", "50"), ("b", "70%", "30%", "90"))


def test_groups_and_levels_together():
    both = frame(
        label=["Q", "Q", "Q", "Q"],
        group=["L", "L", "F", "F"],
        level=["Yes", "No"] * 2,
        value=[60.0, 40.0, 70.0, 30.0],
    )
    assert [row[0] for row in data_table(both).rows] == ["L", "F"]
    both["label"] = ["Q", "Q", "R", "R"]
    assert [row[0] for row in data_table(both).rows] == ["Q: L", "R: F"]


def test_two_values_a_row():
    table = data_table(
        frame(
            label=["x", "y"],
            a=[60.0, 5.0],
            b=[23.0, 5.0],
            diff=[37.0, 0.0],
            diff_lo=[30.0, None],
            diff_hi=[44.0, None],
            flag=["", "suppressed"],
        )
    )
    assert table.header == ("", "A", "B", "Difference", "Interval")
    assert table.rows == (("x", "60%", "23%", "+37", "30 to 44"), ("y", *["suppressed"] * 3, ""))


def test_two_values_say_whether_their_gap_is_significant():
    rows = frame(
        label=["x", "y", "z", "w"],
        a=[60.0, 5.0, 7.0, None],
        b=[23.0, 5.0, None, None],
        diff=[37.0, 1.0, None, None],
        significant=[True, False, None, None],
        flag=["small", "", "not_asked", "suppressed"],
    )
    table = data_table(rows)
    assert table.header[-1] == "Significant"
    assert table.rows[:2] == (("x†", "60%", "23%", "+37", "yes"), ("y", "5%", "5%", "+1", "no"))
    assert table.rows[2:] == (
        ("z", "7%", "not asked", "not asked", ""),
        ("w", *["suppressed"] * 3, ""),
    )
    assert data_table(rows.assign(diff=1.0)).rows[2][-1] == "not tested"


def test_two_values_are_named_by_their_groups():
    table = data_table(
        frame(label=["x"], group_a=["Centralized"], group_b=["Distributed"], a=[6.0], b=[2.0], diff=[4.0])
    )
    assert table.header == ("", "Centralized", "Distributed", "Difference")


@pytest.mark.parametrize(
    "names", [("Centralized", "Distributed"), ("Distributed", "Centralized"), ("A: b", "c (d)")]
)
@pytest.mark.parametrize("unit", ["percent", "score", "nps"])
def test_dumbbells_name_both_groups_in_their_data(names, unit):
    pairs = frame(
        label=["Hidden", "Data"], a=[50.0, 34.0], b=[20.0, 71.0], diff=[-30.0, 37.0], n_a=[9, 90], n_b=[99, 99]
    )
    text = FigureText("fig09", "9", "Centralized owners lead", "Share, by owner")
    data = drawn_data(dumbbell.draw(pairs, text, groups=names, unit=unit, sort="given"))
    assert set(data["group_a"]) == {names[0]}
    assert set(data["group_b"]) == {names[1]}
    assert data.loc[data["label"] == "Data", "a"].tolist() == [34.0]
    assert data.loc[data["label"] == "Hidden", "a"].isna().all()
    assert data_table(data, unit=unit).header[1:3] == names


def test_a_grid():
    table = data_table(
        frame(row=["Good", "Good", "Poor", "Poor"], col=["Good", "Poor"] * 2, value=[17.0, 20.0, 30.0, 33.0])
    )
    assert table.header == ("", "Good", "Poor")
    assert table.rows == (("Good", "17%", "20%"), ("Poor", "30%", "33%"))


def test_units():
    scores = frame(label=["x"], value=[61.25], lo=[-3.0], hi=[4.0])
    assert data_table(scores, unit="score").rows[0][1:] == ("61.3", "−3.0 to 4.0")
    assert data_table(scores.assign(value=-4.6), unit="nps").rows[0][1] == "−5"
    with pytest.raises(RequestError):
        data_table(scores, unit="furlong")


def test_what_is_absent_says_why():
    flags = ["suppressed", "not_asked", "not_published", "missing", ""]
    table = data_table(frame(label=list("abcde"), value=[50.0, None, None, None, None], flag=flags))
    assert [row[1] for row in table.rows] == ["suppressed", "not asked", "n/p", "n/a", "n/a"]


def test_rows_that_share_a_label_are_not_merged():
    table = data_table(frame(label=["x", "x", "x"], group=["L", "L", "F"], value=[1.0, 2.0, 3.0]))
    assert [row[1] for row in table.rows] == ["1%", "2%", "3%"]


def test_nullable_and_numpy_columns_read_alike():
    plain = frame(label=["x", "y"], value=[1.0, None], n=[5.0, None])
    nullable = plain.astype({"value": "Float64", "n": "Int64"})
    assert data_table(plain) == data_table(nullable)


def test_an_infinite_number_is_refused():
    with pytest.raises(RequestError):
        data_table(frame(label=["x"], value=[float("inf")]))


def test_suppressed_numbers_are_blanked_in_a_copy():
    given = frame(
        figure="fig01",
        label=["x", "y"],
        value=[1.5, 2.5],
        n_eff=[8.5, 90.0],
        diff=[3, 4],
        n=[9, 100],
        flag=["suppressed", ""],
    )
    safe = without_withheld(given)
    assert safe["value"].isna().tolist() == [True, False]
    assert safe["diff"].isna().tolist() == [True, False]
    assert safe["n_eff"].isna().tolist() == [True, False]
    assert safe["figure"].tolist() == ["fig01", "fig01"]
    assert safe["n"].tolist() == [9, 100]
    assert given["value"].tolist() == [1.5, 2.5]
    assert without_withheld(given.drop(columns="flag"))["value"].tolist() == [1.5, 2.5]


def test_one_row_of_groups_is_read_downwards():
    table = data_table(frame(label=["", ""], group=["L", "F"], value=[17.0, 52.0], n=[9, 9], letters=["b", ""]))
    assert table.header == ("", "Value", "n")
    assert table.rows == (("L a", "17% b", "9"), ("F b", "52%", "9"))
