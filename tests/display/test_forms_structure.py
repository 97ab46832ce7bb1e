"""Each form draws what its table says: one mark a row, to scale, in the right colour and order."""

import math

import pandas as pd
import pytest
from form_samples import GROUPS, TABLES, card, lanes_table, of, ranked_table, stacked_table, text

from cxsurvey.display.forms import dumbbell, lanes, matrix, ranked, segments, stacked
from cxsurvey.display.numbers import percent
from cxsurvey.display.ops import Line, Marker, Rect, Text
from cxsurvey.display.style import PALETTE
from cxsurvey.errors import RequestError


def words(drawn, role):
    return [op.text for op in of(drawn, Text, role)]


# --- ranked ----------------------------------------------------------------------------------------------


def test_bars_are_to_scale_and_in_order():
    values = (19.4, 53.2, 46.1, 0.0, 0.2)
    drawn = ranked.draw(ranked_table(values), text())
    bars = of(drawn, Rect, "bar")
    assert [round(bar.y, 3) for bar in bars] == sorted(round(bar.y, 3) for bar in bars)
    order = [53.2, 46.1, 19.4, 0.2, 0.0]
    scale = bars[0].width / 53.2
    assert [bar.width for bar in bars] == pytest.approx([value * scale for value in order])
    assert words(drawn, "value") == [percent(value) for value in order]
    assert [bar.colour for bar in bars] == [PALETTE.accent] + [PALETTE.muted] * 4
    axis = of(drawn, Line, "axis")[0]
    assert all(bar.x == axis.x1 for bar in bars)


def test_ties_keep_the_order_of_the_questionnaire_and_the_last_stay_last():
    table = pd.DataFrame({"label": ["Other", "B", "A", "None", "C"], "value": [90.0, 20.0, 20.4, 5.0, 20.0]})
    drawn = ranked.draw(table, text(), keep_last=["none", "other"])
    assert drawn.table["label"].tolist() == ["A", "B", "C", "None", "Other"]
    given = ranked.draw(table, text(), sort="given")
    assert given.table["label"].tolist() == table["label"].tolist()
    up = ranked.draw(table, text(), sort="asc")
    assert up.table["value"].is_monotonic_increasing


def test_highlights_by_place_label_or_row_id():
    table = ranked_table().assign(row_id=["x", "y", "z"])
    drawn = ranked.draw(table, text(), highlight=[0, "Barrier 1", "z"])
    assert {bar.colour for bar in of(drawn, Rect, "bar")} == {PALETTE.accent}


def test_more_rows_than_wanted_are_counted_and_kept_in_the_table():
    drawn = ranked.draw(ranked_table(tuple(float(v) for v in range(60, 40, -1))), text())
    assert len(of(drawn, Rect, "bar")) == 12
    assert words(drawn, "more") == ["8 more, see table"]
    assert len(drawn.table) == 20
    assert "8 more in the data table." in drawn.alt_long
    assert len(of(ranked.draw(ranked_table((50.0,) * 15), text()), Rect, "bar")) == 15


def test_nets_span_their_rows_or_go_into_a_note():
    net = {"label": "have a view", "rows": ["Barrier 0", "Barrier 1"], "value": 30.9}
    drawn = ranked.draw(ranked_table(), text(), nets=[net])
    assert words(drawn, "net value") == ["31%"]
    bars, upright = of(drawn, Rect, "bar"), of(drawn, Line, "net")[1]
    assert (upright.y1, upright.y2) == pytest.approx((bars[0].y, bars[1].y + bars[1].height))
    apart = ranked.draw(ranked_table(), text(), nets=[net | {"rows": ["Barrier 0", "Barrier 2"]}])
    assert not of(apart, Text, "net value")
    assert dict(apart.text.notes)["Net"] == "have a view: 31%."
    table = ranked_table().assign(flag=["suppressed", "", ""])
    hidden = ranked.draw(table, text(), nets=[net])
    assert "31" not in hidden.alt_long + dict(hidden.text.notes)["Net"]
    with pytest.raises(RequestError, match="nets"):
        ranked.draw(ranked_table(), text(), nets=[{"label": "x"}])


def test_intervals_lie_on_the_scale_of_the_bars():
    drawn = ranked.draw(ranked_table((50.0,), half=10.0), text())
    bar, line = of(drawn, Rect, "bar")[0], of(drawn, Line, "interval")[0]
    assert (line.x1 - bar.x) / bar.width == pytest.approx(0.8)
    assert (line.x2 - bar.x) / bar.width == pytest.approx(1.2)


def test_negative_scores_go_left_of_zero():
    drawn = ranked.draw(pd.DataFrame({"label": ["a", "b"], "value": [40.0, -20.0]}), text(), unit="nps")
    up, down = of(drawn, Rect, "bar")
    zero = of(drawn, Line, "axis")[0].x1
    assert up.x == pytest.approx(zero)
    assert down.x + down.width == pytest.approx(zero)
    assert up.width == pytest.approx(2 * down.width)


# --- stacked ---------------------------------------------------------------------------------------------


def test_parts_of_a_row_are_to_scale_and_fill_it():
    drawn = stacked.draw(stacked_table(), text(), dk="Don't know", sort="given")
    parts = of(drawn, Rect, "part")[:4]
    values = (21.3, 39.6, 35.6, 3.5)
    scale = parts[0].width / values[0]
    assert [part.width for part in parts] == pytest.approx([value * scale for value in values])
    assert [part.colour for part in parts] == [*PALETTE.sequential[3], PALETTE.dont_know]
    gap = parts[3].x - (parts[2].x + parts[2].width)
    assert gap == pytest.approx(0.06)
    assert words(drawn, "value")[:3] == ["21", "40", "36"]


def test_narrow_parts_have_no_label_but_a_note():
    drawn = stacked.draw(stacked_table(), text())
    assert "2" not in words(drawn, "value")
    assert "too narrow" in dict(drawn.text.notes)["Rounding"]
    wide = stacked.draw(stacked_table((("a", (25.0,) * 4, 900),)), text())
    assert "too narrow" not in dict(wide.text.notes)["Rounding"]


def test_nets_are_added_before_rounding_and_sort_the_rows():
    rows = (("Low", (15.3, 15.6, 69.1, 0.0), 900), ("High", (40.4, 30.4, 29.2, 0.0), 900))
    drawn = stacked.draw(stacked_table(rows), text(), net=("Net", ["A lot", "A little"]))
    assert words(drawn, "net value") == ["71%", "31%"]  # 15.3 + 15.6, printed as 15 and 16
    assert words(drawn, "row label") == ["High", "Low"]


def test_the_total_comes_first_above_a_rule_whatever_its_value():
    drawn = stacked.draw(stacked_table(), text(), total_row="finance")
    assert words(drawn, "row label") == ["Finance", "Sales"]
    assert len(of(drawn, Line, "rule")) == 1
    assert words(drawn, "n") == ["1,091", "400"]
    assert not of(stacked.draw(stacked_table(), text(), base=False), Text, "n")


def test_segments_as_levels_keep_their_colours():
    rows = pd.DataFrame({"label": "All", "level": [group for group, _ in GROUPS], "value": [17.0, 52.0, 31.0]})
    drawn = stacked.draw(rows, text())
    assert [part.colour for part in of(drawn, Rect, "part")] == [style.fill for style in PALETTE.groups[:3]]


def test_stacks_that_are_no_whole_are_refused():
    with pytest.raises(RequestError, match="add to 100"):
        stacked.draw(stacked_table((("a", (60.0, 60.0, 0.0, 0.0), 900),)), text())
    rounded = stacked.draw(stacked_table((("a", (34.0, 34.0, 33.0, 0.0), 900),)), text())
    parts = of(rounded, Rect, "part")
    assert parts[-1].x + parts[-1].width <= 6.68 + 1e-9
    with pytest.raises(RequestError, match="5 levels"):
        stacked.draw(stacked_table(), text(), scale="diverging")
    many = pd.DataFrame({"label": "a", "level": [str(i) for i in range(9)], "value": 10.0})
    with pytest.raises(RequestError, match="at most 7"):
        stacked.draw(many, text())


# --- segments --------------------------------------------------------------------------------------------


def test_segments_fill_the_width_in_fixed_order():
    drawn = card("segments")
    parts = of(drawn, Rect, "part")
    assert [part.width / 6.36 * 100 for part in parts] == pytest.approx([17, 52, 31])
    assert words(drawn, "group") == ["Leaders", "Followers", "Laggards"]
    assert words(drawn, "value") == ["17%", "52%", "31%"]
    assert words(drawn, "interval") == ["15–19%", "50–54%", "29–33%"]


def test_shares_that_do_not_fit_their_part_stand_in_the_list():
    drawn = segments.draw(TABLES["segments"]((1.2, 60.0, 38.8)), text())
    listed = [op.text for op in of(drawn, Text, "value") if op.size == 10]
    assert listed == ["1%", "60%", "39%"]


def test_segments_need_two_to_five_groups_and_at_most_a_whole():
    with pytest.raises(RequestError, match="figure-groups"):
        segments.draw(TABLES["segments"]().head(1), text())
    with pytest.raises(RequestError, match="add to 100"):
        segments.draw(TABLES["segments"]((50.0, 50.0, 50.0)), text())


def test_a_head_under_a_long_legend_is_nearer_to_its_column_than_to_the_legend():
    table = stacked_table()
    table["level"] = [f"{level}, as far as I can tell from here" for level in table["level"]]
    drawn = stacked.draw(table, text())
    (head,) = of(drawn, Text, "column head")
    legend = max(op.y for op in of(drawn, Text, "legend"))
    first = min(op.y for op in of(drawn, Text, "n"))
    assert legend < head.y < first
    assert first - head.y <= head.y - legend


# --- lanes -----------------------------------------------------------------------------------------------


def test_each_group_has_a_lane_a_marker_and_a_column():
    drawn = card("lanes")
    markers = of(drawn, Marker, "value marker")
    assert [marker.shape for marker in markers] == ["circle", "square", "triangle"]
    assert [marker.colour for marker in markers] == [style.fill for style in PALETTE.groups[:3]]
    assert len({round(marker.y, 4) for marker in markers}) == 3
    gaps = (markers[1].x - markers[0].x, markers[2].x - markers[1].x)
    assert gaps[0] / gaps[1] == pytest.approx(9 / 10)
    assert words(drawn, "value") == ["18%", "27%", "37%"]
    assert words(drawn, "n") == ["n=185", "n=567", "n=338"]


def test_letters_mark_columns_and_make_values_bold():
    drawn = card("lanes")
    assert words(drawn, "column letter") == ["a", "b", "c"]
    assert words(drawn, "letters") == ["a", "ab"]
    assert [op.weight for op in of(drawn, Text, "value")] == ["regular", "bold", "bold"]
    assert "Letters" in dict(drawn.text.notes)
    plain = card("lanes", letters=False)
    assert not words(plain, "letters") + words(plain, "column letter")


def test_rows_with_the_largest_gap_come_first():
    rows = (("Narrow", (30.0, 31.0, 32.0), ("",) * 3), ("Wide", (10.0, 20.0, 60.0), ("",) * 3))
    assert words(lanes.draw(lanes_table(rows), text()), "row label") == ["Wide", "Narrow"]
    assert words(lanes.draw(lanes_table(rows), text(), sort="given"), "row label") == ["Narrow", "Wide"]


def test_the_end_of_the_scale_can_be_set_but_not_below_the_data():
    far, near = card("lanes", xmax=100), card("lanes")
    assert of(far, Marker, "value marker")[2].x < of(near, Marker, "value marker")[2].x
    assert words(far, "tick")[-1] == "100%"
    with pytest.raises(RequestError, match="xmax"):
        card("lanes", xmax=40)


def test_lanes_need_two_to_five_groups():
    one = lanes_table((("a", (1.0,), ("",)),), (("A", 100),))
    six = lanes_table((("a", (1.0,) * 6, ("",) * 6),), tuple((letter, 100) for letter in "ABCDEF"))
    for table in (one, six):
        with pytest.raises(RequestError, match="2 to 5 groups"):
            lanes.draw(table, text())


def test_a_withheld_lane_is_an_empty_track():
    table = lanes_table().assign(n=[22, 567, 338])
    drawn = lanes.draw(table, text())
    assert len(of(drawn, Marker, "value marker")) == 2
    assert words(drawn, "withheld") == ["Not shown: base under 30"]
    assert words(drawn, "value")[0] == "–"
    assert words(drawn, "letters") == ["b"]  # "a" would say something of the withheld group


# --- dumbbell --------------------------------------------------------------------------------------------


def test_values_stand_outside_their_markers_and_gaps_as_given():
    drawn = dumbbell.draw(TABLES["dumbbell"](), text(), groups=("Distributed", "Centralized"))
    markers = {marker.key: marker for marker in of(drawn, Marker, "value marker")}
    low, high = markers["Data help/Distributed"], markers["Data help/Centralized"]
    assert (low.shape, high.shape) == ("diamond", "circle")
    assert low.x < high.x
    values = {op.text: op for op in of(drawn, Text, "value")}
    assert (values["34%"].align, values["71%"].align) == ("right", "left")
    assert values["34%"].x < low.x < high.x < values["71%"].x
    assert words(drawn, "gap") == ["+37", "−4"]
    assert words(drawn, "interval") == ["27 to 46", "−13 to 5"]
    bar = of(drawn, Line, "connector")[0]
    assert (bar.x1, bar.x2) == (low.x, high.x)


def test_arrows_point_to_the_later_time():
    table = pd.DataFrame({"label": ["up", "down", "still"], "a": [20.0, 80.0, 50.0], "b": [70.0, 10.0, 51.0]})
    drawn = dumbbell.draw(table.assign(diff=table["b"] - table["a"]), text(), arrow=True, sort="given")
    assert [marker.shape for marker in of(drawn, Marker, "arrow")] == ["arrow", "back arrow"]
    assert words(drawn, "column head") == ["Change, points"]


def test_a_missing_gap_is_not_worked_out():
    table = TABLES["dumbbell"]().assign(diff=math.nan)
    assert set(words(dumbbell.draw(table, text()), "gap")) == {"n/a"}


def test_a_dumbbell_has_two_different_groups():
    with pytest.raises(RequestError, match="two different names"):
        card("dumbbell", groups=("A", "A"))
    named = TABLES["dumbbell"]().assign(group_a=["A", "A"], group_b=["B", "C"])
    with pytest.raises(RequestError, match="the same two groups in every row"):
        dumbbell.draw(named, text())


def test_a_dumbbell_takes_its_groups_from_the_table():
    named = TABLES["dumbbell"]().assign(group_a="Distributed", group_b="Centralized")
    drawn = dumbbell.draw(named, text())
    assert set(words(drawn, "group")) == {"Distributed", "Centralized"}
    assert [drawn.table[name].unique().tolist() for name in ("group_a", "group_b")] == [
        ["Distributed"],
        ["Centralized"],
    ]
    other = dumbbell.draw(named, text(), groups=("One", "Two"))
    assert set(words(other, "group")) == {"One", "Two"}


def test_only_significant_gaps_are_bold():
    table = pd.DataFrame({"label": ["sure", "chance", "untested"], "a": 50.0, "b": [70.0, 54.0, 52.0]})
    table = table.assign(diff=table["b"] - table["a"], significant=[True, False, None])
    drawn = dumbbell.draw(table, text())
    gaps = {op.text: (op.weight, op.colour) for op in of(drawn, Text, "gap")}
    quiet = ("regular", PALETTE.ink2)
    assert gaps == {"+20": ("bold", PALETTE.accent), "+4": quiet, "+2": quiet}
    assert "gap +20; " in drawn.alt_long
    assert "gap +4, not significant; " in drawn.alt_long
    assert "gap +2, not tested." in drawn.alt_long
    assert drawn.table["significant"].tolist() == [True, False, pd.NA]
    unsaid = dumbbell.draw(table.drop(columns="significant"), text())
    assert {op.weight for op in of(unsaid, Text, "gap")} == {"bold"}
    assert "significant" not in unsaid.table.columns


# --- matrix ----------------------------------------------------------------------------------------------


def test_the_best_cell_is_at_the_top_right():
    drawn = card("matrix", row_title="Insight", col_title="Engagement")
    cells = {cell.key: cell for cell in of(drawn, Rect, "cell")}
    best = cells["Good/Good"]
    assert best.x == max(cell.x for cell in cells.values())
    assert best.y == min(cell.y for cell in cells.values())
    assert words(drawn, "value")[:3] == ["11", "12", "13"]
    assert words(drawn, "axis title") == ["Engagement →", "Insight →"]
    assert len(cells) == 9


def test_boundaries_run_between_different_segments_only():
    drawn = card("matrix")
    # 3 x 3 cells, segments by the sum of both levels: two steps, each crossed twice across and twice down
    assert len(of(drawn, Line, "boundary")) == 6
    assert not of(card("matrix", boundaries=False), Line, "boundary")
    plain = matrix.draw(TABLES["matrix"]().drop(columns="segment"), text())
    assert not of(plain, Line, "boundary")


def test_segments_are_listed_with_shares():
    listed = [
        {"name": "Leaders", "share": 17.2, "definition": "good in both"},
        {"name": "Followers", "share": 52.0},
        {"name": "Laggards"},
    ]
    drawn = card("matrix", segments=listed)
    assert words(drawn, "share") == ["17%", "52%"]
    assert words(drawn, "group") == ["Leaders", "Followers", "Laggards"]
    assert "Segments: Leaders 17%, Followers 52%." in drawn.alt_long
    with pytest.raises(RequestError, match="every segment"):
        card("matrix", segments=listed[:2])
    hidden = TABLES["matrix"]().assign(flag=["suppressed"] + [""] * 8)
    assert not words(matrix.draw(hidden, text(), segments=listed), "share")  # less its other cells, it tells


def test_the_data_of_a_matrix_stand_in_the_order_drawn():
    drawn = card("matrix")
    assert drawn.table["row"].unique().tolist() == ["Good", "Fair", "Poor"]
    assert drawn.table["col"].unique().tolist() == ["Poor", "Fair", "Good"]


def test_levels_can_be_ordered_and_must_be_known():
    upside = card("matrix", row_levels=["Good", "Fair", "Poor"])
    assert words(upside, "level")[3:] == ["Poor", "Fair", "Good"]
    with pytest.raises(RequestError, match="row_levels"):
        card("matrix", row_levels=["Good", "Fair"])


def test_long_level_names_are_numbered_and_explained():
    table = TABLES["matrix"]().replace({"row": {"Good": "A name of a level that is very long " * 4}})
    drawn = matrix.draw(table, text())
    assert words(drawn, "level")[3:] == ["R3", "R2", "R1"]
    assert dict(drawn.text.notes)["Rows"].startswith("R1 Poor; R2 Fair; R3 A name")
