"""What notes say of tests: which gaps are significant, which were not tested and why, which are circular."""

import pandas as pd
import pytest
from helpers import question, study_of

import cxsurvey as cx
from cxsurvey.display import drafts, notes, tables
from cxsurvey.display.card import FigureText
from cxsurvey.display.style import LEADERS

RATINGS = {"4": "Excellent", "3": "Good", "2": "Fair", "1": "Poor"}


def study(**columns):
    """Two groups of 100; each column counts those who say yes in either."""
    frame = pd.DataFrame({"SIDE": ["a"] * 100 + ["b"] * 100})
    toml = question("side", responses={"a": "Left", "b": "Right"})
    for name, (left, right) in columns.items():
        frame[name.upper()] = ["y"] * left + ["n"] * (100 - left) + ["y"] * right + ["n"] * (100 - right)
        toml += question(name, responses={"y": f"Yes to {name}", "n": "No"})
    return study_of(toml, frame)


def gaps(names, **columns):
    found = study(**columns)
    return cx.gaps(found, by="side", question=[cx.Measure(question=name, response="y") for name in names])


def gap_words(found):
    return notes.gap_note(found, unit="percent")[1]


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        (
            {"x": (80, 20), "z": (50, 52)},
            "Gaps in bold are significant at 5% (Holm over all 2 tests of this figure)",
        ),
        (
            {"x": (80, 20), "z": (70, 20)},
            "All gaps tested are significant at 5% (Holm over all 2 tests of this",
        ),
        (
            {"x": (51, 50), "z": (52, 50)},
            "None of the gaps tested is significant at 5% (Holm over all 2 tests of",
        ),
        (
            {"x": (80, 20)},
            "The gap is significant at 5% (the only test of this figure, so nothing to correct).",
        ),
        (
            {"x": (51, 50)},
            "The gap is not significant at 5% (the only test of this figure, so nothing to correct).",
        ),
    ],
)
def test_the_note_of_gaps_says_what_bold_means(counts, words):
    found = gap_words(gaps(list(counts), **counts))
    assert words in found
    assert found.startswith(
        "Left minus Right, in percentage points, before rounding. 95% CI by Newcombe's method"
    )
    assert ("not corrected" in found) is (len(counts) > 1)
    assert "Not tested" not in found


def test_a_level_is_not_rounded_to_certainty():
    found = cx.gaps(study(x=(80, 20)), by="side", question="x", level=0.999)
    assert "99.9% CI by" in gap_words(found)
    estimates = cx.estimate(study(x=(80, 20)), "x", level=0.995)
    assert notes.lines_note(estimates)[1].startswith("99.5% confidence interval (Wilson; simple sample)")


def test_the_table_of_gaps_says_which_are_significant():
    table = tables.gap_rows(gaps(["x", "z"], x=(80, 20), z=(50, 52)))
    assert table["significant"].tolist() == [True, False]
    assert table["group_a"].tolist() == ["Left", "Left"]
    assert table["group_b"].tolist() == ["Right", "Right"]
    assert table["flag"].isna().all()


def test_rows_without_a_test_are_named_with_the_reason():
    frame = pd.DataFrame(
        {"SIDE": ["a"] * 60 + ["b"] * 60, "V": ["5"] * 120, "F": ["5"] * 20 + [""] * 50 + ["4"] * 50}
    )
    toml = question("side", responses={"a": "Left", "b": "Right"})
    toml += question("v", "number", label="Same") + question("f", "number", label="Few")  # means have no label
    found = cx.gaps(study_of(toml, frame), by="side", question=["v", "f"])
    table = tables.gap_rows(found)
    assert table["significant"].isna().all()
    words = notes.gap_note(found, unit="score")[1]
    assert "Not tested (base too small): Few." in words
    assert "Not tested (no variation): Same." in words
    assert "significant" not in words
    assert notes.letters_note(found)[1] == "No difference was tested."


def test_the_note_of_letters_says_when_there_is_none():
    assert notes.letters_note(gaps(["x"], x=(80, 20)))[1].startswith(
        "The value is significantly higher than the"
    )
    none = notes.letters_note(gaps(["x"], x=(51, 50)))[1]
    assert none.startswith(
        "No value is significantly higher than another (two-sided z, pooled, 5% level, the only"
    )


@pytest.fixture
def by_segment():
    frame = pd.DataFrame(
        {"INSIGHT": ["4", "1"] * 60, "ENGAGE": ["4", "1"] * 60, "OTHER": ["y", "n", "n", "n"] * 30}
    )
    toml = question("insight", "ordinal", responses=RATINGS, label="Insight")
    toml += question("engagement", "ordinal", column="ENGAGE", responses=RATINGS)
    toml += question("other", responses={"y": "Yes", "n": "No"})
    toml += '[segments]\ninsight = "insight"\nengagement = "engagement"\n'
    return study_of(toml, frame)


def test_what_makes_the_groups_is_no_finding(by_segment):
    rows = [cx.Measure(question="insight", statistic="mean", label="Insight")]
    found = cx.gaps(by_segment, by="segment", question=rows)
    assert (found.frame["p_adjusted"].dropna() < 0.05).all()
    assert tables.gap_rows(found)["significant"].isna().all()
    for _, words in (notes.gap_note(found, unit="score"), notes.letters_note(found)):
        assert "No finding, because they make the groups: Insight." in words
    estimates = cx.estimate(by_segment, rows, by="segment")
    assert set(tables.lane_marks(estimates, found)["letters"]) == {""}


def test_a_dumbbell_of_segments_has_their_colours(by_segment):
    rows = [cx.Measure(question="other", response="y", label="Other")]
    found = cx.gaps(by_segment, by="segment", question=rows)
    draft = drafts.dumbbell(found, FigureText("fig01", "1", "Segments"), options={})
    label = found.rows[0][0].group_label
    assert draft.options["palette"].named[label.casefold()] == LEADERS
    assert set(draft.draw().table["group_a"]) == {label}


def test_rows_are_told_apart_by_response_by_question_or_by_both():
    found = study(x=(80, 20), z=(50, 52))
    shares = cx.gaps(found, by="side", question=["x", "z"])
    assert tables.gap_rows(shares)["label"].tolist() == [
        "Question x: Yes to x",
        "Question x: No",
        "Question z: Yes to z",
        "Question z: No",
    ]
    one = cx.gaps(found, by="side", question="x")
    assert tables.gap_rows(one)["label"].tolist() == ["Yes to x", "No"]
    no = [cx.Measure(question=name, response="n") for name in ("x", "z")]
    both = cx.gaps(found, by="side", question=no)
    assert tables.gap_rows(both)["label"].tolist() == ["Question x", "Question z"]
    frame = pd.DataFrame({"SIDE": ["a", "b"] * 60, "V": ["5", "4", "3"] * 40})
    mean = study_of(question("side", responses=["a", "b"]) + question("v", "number", label="Visits"), frame)
    assert tables.gap_rows(cx.gaps(mean, by="side", question="v"))["label"].tolist() == ["Visits"]
    marks = tables.lane_marks(cx.estimate(found, no, by="side"), both)
    assert marks["label"].unique().tolist() == ["Question x", "Question z"]


def test_equal_groups_that_hold_everybody_are_all_respondents():
    found = study(x=(80, 20), z=(50, 52))
    for asked in ("x", ["x", "z"]):
        assert notes.base_note(found, cx.estimate(found, asked, by="side"))[1].startswith(
            "All respondents (n=100 in each group)."
        )
    whole = notes.base_note(found, cx.estimate(found, "x", by="side", total=True))[1]
    assert "in each group (n=100 to 200)" in whole
    frame = pd.DataFrame({"SIDE": ["a"] * 50 + ["b"] * 50 + [""] * 20, "X": ["y", "n"] * 60})
    toml = question("side", responses={"a": "Left", "b": "Right"}) + question("x", responses=["y", "n"])
    some = study_of(toml, frame)
    assert notes.base_note(some, cx.estimate(some, "x", by="side"))[1].startswith(
        "Respondents who answered (n=50 in each group)."
    )
