"""Charts given another result than the one they draw say what they want."""

import pandas as pd
import pytest
from helpers import question, study_of

import cxsurvey as cx
from cxsurvey.errors import RequestError

RATING = {"1": "Poor", "2": "Fair", "3": "Good", "4": "Excellent"}


@pytest.fixture(scope="module")
def study():
    frame = pd.DataFrame(
        {
            "SIDE": ["a", "b"] * 60,
            "FLOOR": ["1", "2", "3"] * 40,
            "TOOL": ["y", "n", "n", "n"] * 30,
            "KIT": ["y", "y", "n"] * 40,
            "INSIGHT": ["1", "2", "3", "4"] * 30,
            "ENGAGE": ["4", "4", "1"] * 40,
        }
    )
    toml = question("side", responses=["a", "b"]) + question("floor", responses=["1", "2", "3"])
    toml += question("tool", responses={"y": "Yes", "n": "No"}) + question("kit", responses=["y", "n"])
    toml += question("insight", "ordinal", responses=RATING)
    toml += question("engagement", "ordinal", column="ENGAGE", responses=RATING)
    toml += '[segments]\ninsight = "insight"\nengagement = "engagement"\n'
    return study_of(toml, frame)


def code_of(draw):
    with pytest.raises(RequestError) as caught:
        draw()
    return caught.value.code


@pytest.mark.parametrize(
    ("chart", "others"),
    [("ranked", 0), ("segments", 1), ("stacked", 0), ("lanes", 1), ("dumbbell", 0), ("matrix", 0)],
)
def test_another_kind_of_result_is_refused(study, chart, others):
    assert code_of(lambda: getattr(cx.charts, chart)(study, *[study] * others)) == "wrong-result"


def test_the_message_says_what_is_wanted_and_how_to_get_it(study):
    with pytest.raises(RequestError, match=r"Gaps, which cx\.gaps returns") as caught:
        cx.charts.dumbbell(cx.estimate(study, "tool"))
    assert "Got: Estimates" in str(caught.value)


def test_the_second_result_of_a_chart_is_looked_at_too(study):
    shares, by_floor = cx.estimate(study, "tool"), cx.estimate(study, "tool", by="floor")
    assert code_of(lambda: cx.charts.lanes(by_floor, by_floor)) == "wrong-result"
    assert code_of(lambda: cx.charts.segments(shares, shares)) == "wrong-result"


def test_lanes_need_gaps_of_their_own_groups_and_questions(study):
    estimates = cx.estimate(study, "tool", by="floor")
    good = cx.gaps(study, by="floor", question="tool")
    assert cx.charts.lanes(estimates, good).form == "lanes"
    other_groups = cx.gaps(study, by="side", question="tool")
    other_rows = cx.gaps(study, by="floor", question="kit")
    assert code_of(lambda: cx.charts.lanes(estimates, other_groups)) == "results-differ"
    assert code_of(lambda: cx.charts.lanes(estimates, other_rows)) == "results-differ"
    assert code_of(lambda: cx.charts.lanes(cx.estimate(study, "tool"), good)) == "results-differ"


def test_segments_are_drawn_of_segments_alone(study):
    found = cx.segment(study)
    assert cx.charts.segments(cx.segment_shares(study, found), found).form == "segments"
    assert code_of(lambda: cx.charts.segments(cx.estimate(study, "tool"), found)) == "wrong-result"


def test_stacks_are_made_of_shares_and_bars_of_one_group(study):
    means = cx.estimate(study, "insight", statistic="mean")
    assert code_of(lambda: cx.charts.stacked(means)) == "wrong-result"
    assert code_of(lambda: cx.charts.ranked(cx.estimate(study, "tool", by="side"))) == "wrong-result"


def test_results_and_cards_are_told_in_a_line(study):
    pairs = cx.rating_pairs(study)
    assert "120 respondents of tiny; rule 'at_best_fair'" in repr(pairs)
    assert pairs._repr_html_().count("<td>Poor</td>") == 1
    assert "<th>Excellent</th>" in pairs._repr_html_()
    card = cx.charts.ranked(cx.estimate(study, "tool"), headline="A quarter have it")
    assert repr(card) == f"Card(fig01, ranked, 'A quarter have it', 7.00 x {card.height:.2f} in)"
