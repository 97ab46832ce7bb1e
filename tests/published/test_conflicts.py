import pytest
from count_cases import multi, planned, single, study

from cxsurvey.errors import DataFault
from cxsurvey.published.synthesis.integers import fewest_hits

PLACE = single("place", "ab")
MOOD = single("mood", "xyz", 'nets = [{ id = "xy", label = "x or y", responses = ["x", "y"] }]\n')


def conflict(file, *rows):
    with pytest.raises(DataFault) as caught:
        planned(file, *rows)
    assert caught.value.code == "claims-conflict"
    assert caught.value.exit_code == 1
    return caught.value


def named(error):
    return [line.split(" (row")[0].strip().removeprefix("- ") for line in error.got.strip().splitlines()]


def test_shares_that_add_up_to_too_much():
    error = conflict(
        study(PLACE + MOOD, 100),
        {"question": "place", "response": "a", "value": "50"},
        {"question": "mood", "response": "x", "value": "40"},
        {"question": "mood", "response": "y", "value": "40"},
        {"question": "mood", "response": "z", "value": "40"},
    )
    assert named(error) == ["c1", "c2", "c3"]
    assert "add up to 118.5% at the least" in error.what
    assert "No smaller set of claims conflicts" in error.what
    assert "100 respondents; mood: one answer each" in error.expected


def test_shares_that_add_up_to_too_little():
    rows = [{"question": "mood", "response": code, "value": "30"} for code in "xyz"]
    error = conflict(study(MOOD, 100), *rows)
    assert named(error) == ["c0", "c1", "c2"]
    assert "there is no other response" in error.what


def test_a_part_larger_than_its_whole():
    error = conflict(
        study(MOOD, 100),
        {"question": "mood", "response": "xy", "value": "30"},
        {"question": "mood", "response": "x", "value": "40"},
        {"question": "mood", "response": "z", "value": "65"},
    )
    assert len(named(error)) == 2


def test_one_share_with_two_values():
    error = conflict(
        study(PLACE, 100),
        {"question": "place", "response": "a", "value": "30"},
        {"question": "place", "response": "a", "value": "35"},
    )
    assert "They give one share two values." in error.what
    assert "(row 2, prints 30%): A claim" in error.got


def test_more_choices_than_the_cap_allows():
    rows = [{"question": "why", "response": code, "value": "90"} for code in "pqr"]
    error = conflict(study(multi("why", "pqrs", "cap = 2\n"), 100), *rows)
    assert named(error) == ["c0", "c1", "c2"]
    assert "why: at most 2 answers each" in error.expected
    assert "268.5 answers of 100 respondents, who give 2 at most" in error.what


def test_a_smaller_conflict_is_preferred():
    rows = [{"question": "mood", "response": code, "value": "40"} for code in "xyz"]
    error = conflict(
        study(PLACE + MOOD, 100),
        *rows,
        {"question": "place", "response": "a", "value": "10"},
        {"kind": "threshold", "question": "place", "response": "a", "value": "20", "qualifier": "more_than"},
    )
    assert named(error) == ["c3", "c4"]
    assert "No smaller set of claims conflicts" in error.what


def test_the_smallest_conflict_of_two_in_one_question():
    error = conflict(
        study(single("mood", "vwxyz"), 100),
        {"question": "mood", "response": "v", "value": "30"},
        {"question": "mood", "response": "w", "value": "30"},
        {"question": "mood", "response": "x", "value": "30"},
        {"question": "mood", "response": "y", "value": "30"},
        {"question": "mood", "response": "z", "value": "80"},
    )
    assert len(named(error)) == 2
    assert "c4" in named(error)


def test_a_comparison_that_contradicts_printed_shares():
    error = conflict(
        study(PLACE + MOOD, 100),
        {"question": "mood", "response": "x", "group": "place=a", "value": "30"},
        {"question": "mood", "response": "x", "group": "place=b", "value": "40"},
        {"kind": "comparison", "question": "mood", "response": "x", "group": "place=a", "versus_group": "rest"},
    )
    assert named(error) == ["c0", "c1", "c2"]


def test_groups_that_cannot_average_to_the_total():
    error = conflict(
        study(PLACE + MOOD, 100),
        {"question": "mood", "response": "x", "value": "20"},
        {"question": "mood", "response": "x", "group": "place=a", "value": "30"},
        {"question": "mood", "response": "x", "group": "place=b", "value": "40"},
    )
    assert len(named(error)) == 3


def test_a_share_that_no_base_prints():
    error = conflict(study(PLACE, 3), {"question": "place", "response": "a", "value": "50"})
    assert named(error) == ["c0"]
    assert "1 claim of 'small' cannot hold." in error.what


def test_two_bases_of_one_question():
    error = conflict(
        study(PLACE),
        {"question": "place", "response": "a", "value": "50", "base": 100},
        {"question": "place", "response": "b", "value": "50", "base": 90},
    )
    assert named(error) == ["c0", "c1"]
    assert "prints 50% of 90" in error.got


def test_significance_that_the_base_cannot_give():
    error = conflict(
        study(PLACE + MOOD, 3),
        {
            "kind": "comparison",
            "wording": "significantly_more",
            "question": "mood",
            "response": "x",
            "group": "place=a",
            "versus_group": "rest",
        },
    )
    assert named(error) == ["c0"]


def test_fewest_hits():
    assert fewest_hits(3, []) == []
    assert len(fewest_hits(5, [[0, 1], [1, 2], [3, 4]])) == 2
