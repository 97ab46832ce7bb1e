"""From cells to answers, type by type and shape by shape."""

import numpy as np
import pandas as pd
import pytest
from helpers import question, study_of
from hypothesis import given, settings
from hypothesis import strategies as st

import cxsurvey as cx
from cxsurvey.errors import StudyError
from cxsurvey.study.answers import REASONS, canonical, parse_number
from cxsurvey.study.codebook import Reading
from cxsurvey.study.raw import MissingRange

OWNER = question(
    "q1",
    responses={"1": "One team", "2": "Several teams", "3": "Nobody’s job"},
    raw="""missing = [
  { code = 8, reason = "dont_know", label = "Don't know" },
  { code = 9, reason = "refused" },
]""",
)
RATING = question("q1", "ordinal", responses={"1": "Poor", "2": "Fair", "3": "Good"})


def reasons(answers):
    return [REASONS[i] for i in answers.reason]


def decoded(toml, cells, **keys):
    return study_of(toml, {"Q1": cells}, **keys).answers("q1")


@pytest.mark.parametrize(
    ("cell", "code", "reason"),
    [
        ("1", 0, "answered"),
        (" 2 ", 1, "answered"),
        ("3.0", 2, "answered"),
        ("2.00", 1, "answered"),
        ("One team", 0, "answered"),
        ("One\u00a0team", 0, "answered"),
        ("Nobody's job", 2, "answered"),
        ("Nobody’s job", 2, "answered"),
        ("Several  teams", 1, "answered"),
        ("", -1, "skipped"),
        ("   ", -1, "skipped"),
        ("8", -1, "dont_know"),
        ("Don’t know", -1, "dont_know"),
        ("9", -1, "refused"),
        ("4", -1, "not_in_codebook"),
        ("1.5", -1, "not_in_codebook"),
        ("One Team", -1, "not_in_codebook"),
        ("-1", -1, "not_in_codebook"),
    ],
)
def test_single_from_text(cell, code, reason):
    answers = decoded(OWNER, [cell, "1"])
    assert answers.code[0] == code
    assert reasons(answers)[0] == reason
    assert answers.answered[0] == (reason == "answered")


@pytest.mark.parametrize(
    "cells",
    [
        [1.0, 2.0, np.nan],
        pd.array([1, 2, None], dtype="Int64"),
        np.array([1.0, 2.0, np.nan], dtype=np.float32),
        pd.Series([1, "Several teams", None], dtype=object),
        pd.Series(["1", "2", None], dtype="str"),
        pd.Categorical(["One team", "Several teams", None]),
    ],
)
def test_single_from_typed_cells(cells):
    answers = decoded(OWNER, cells)
    assert answers.code.tolist() == [0, 1, -1]
    assert reasons(answers) == ["answered", "answered", "skipped"]


def test_unknown_values_are_listed_with_count_and_first_row():
    answers = decoded(OWNER, ["1", "7", "x", "7"])
    assert [(u.column, u.value, u.count, u.first) for u in answers.unknown] == [
        ("Q1", "7", 2, 1),
        ("Q1", "x", 1, 2),
    ]
    assert answers.missing_counts() == {"not_in_codebook": 3}


def test_a_code_wins_over_a_label_that_looks_like_it():
    answers = decoded(question("q1", responses={"1": "2", "2": "1"}), ["1", "2"])
    assert answers.code.tolist() == [0, 1]


def test_codes_that_look_like_numbers_but_are_not_stay_apart():
    answers = decoded(question("q1", responses={"01": "North", "1": "South"}), ["01", "1", "1.0"])
    assert answers.code.tolist() == [0, 1, 1]


def test_canonical_of_missing_scalars():
    missing = [None, pd.NA, pd.NaT, np.nan, np.float32("nan")]
    assert [canonical(cell) for cell in missing] == [""] * 5
    assert [canonical(cell) for cell in (True, np.False_, -2.0, 1e20, np.float32(4))] == [
        "1", "0", "-2", "100000000000000000000", "4",
    ]  # fmt: skip


def test_ordinal_values_come_from_codes_or_are_declared():
    answers = decoded(RATING, ["3", "Poor", ""])
    np.testing.assert_array_equal(answers.value, [3, 1, np.nan])
    raw = 'responses = [{ code = "E", label = "Excellent", value = 4 }, { code = "X", label = "Cannot say" }]'
    answers = decoded(question("q1", "ordinal", raw=raw), ["E", "X", "Excellent"])
    np.testing.assert_array_equal(answers.value, [4, np.nan, 4])
    assert answers.answered.all()


def test_a_code_that_spells_infinity_has_no_value():
    answers = decoded(question("q1", "ordinal", responses={"inf": "Always", "1": "Once"}), ["inf", "1"])
    np.testing.assert_array_equal(answers.value, [np.nan, 1])


@pytest.mark.parametrize(
    ("text", "decimal", "thousands", "value"),
    [
        ("1234.5", ".", "", 1234.5),
        ("1,234.5", ".", ",", 1234.5),
        ("1.234,5", ",", ".", 1234.5),
        ("1.234.567", ",", ".", 1234567),
        ("3.000", ",", ".", 3000),
        ("3,000", ",", ".", 3),
        ("1 234,5", ",", " ", 1234.5),
        ("1\u202f234,5", ",", " ", 1234.5),
        ("1\u00a0234", ",", " ", 1234),
        ("1'234", ".", "'", 1234),
        ("1’234.25", ".", "'", 1234.25),
        ("-0,5", ",", "", -0.5),
        ("+7", ".", "", 7),
        (".5", ".", "", 0.5),
        ("5.", ".", "", 5),
        ("1e3", ".", "", 1000),
        ("12,5E-1", ",", "", 1.25),
        # No number: never a number ten or a thousand times too large.
        ("3.5", ",", ".", None),
        ("3.5", ",", "", None),
        ("1,5", ".", ",", None),
        ("12,34,567", ".", ",", None),
        ("1,2345", ".", ",", None),
        ("1,234", ".", "", None),
        ("", ".", "", None),
        ("1 2", ".", "", None),
        ("nan", ".", "", None),
        ("inf", ".", "", None),
        ("0x10", ".", "", None),
        ("1_000", ".", "", None),
        ("7 people", ".", "", None),
    ],
)
def test_parse_number(text, decimal, thousands, value):
    number = parse_number(text, Reading(decimal=decimal, thousands=thousands))
    assert np.isnan(number) if value is None else number == value


def test_numbers_as_text_with_a_thousands_dot_are_not_truncated():
    study = study_of(
        '[reading]\ndecimal = ","\nthousands = "."\n' + question("q1", "number"),
        {"Q1": ["3.000", "3,5", "2.5", "2"]},
    )
    answers = study.answers("q1")
    np.testing.assert_array_equal(answers.value, [3000, 3.5, np.nan, 2])
    assert answers.missing_counts() == {"not_in_codebook": 1}


def test_typed_numbers_do_not_follow_the_marks_of_text():
    toml = '[reading]\ndecimal = ","\n' + question("q1", "number")
    np.testing.assert_array_equal(study_of(toml, {"Q1": [3.5, 1000.25]}).answers("q1").value, [3.5, 1000.25])
    mixed = pd.Series([3.5, "2,5", None], dtype=object)
    np.testing.assert_array_equal(study_of(toml, {"Q1": mixed}).answers("q1").value, [3.5, 2.5, np.nan])


def test_marks_of_a_number_must_differ():
    with pytest.raises(StudyError, match="must not be the same"):
        study_of('[reading]\nthousands = "."\n' + question("q1", "number"), {"Q1": ["1"]})


def test_number_bounds_and_missing_codes():
    toml = question("q1", "number", minimum=0, maximum=120, raw='missing = [{ code = 99, reason = "refused" }]')
    answers = decoded(toml, ["0", "120", "121", "-1", "99", "", "99.0"])
    assert reasons(answers) == [
        "answered", "answered", "not_in_codebook", "not_in_codebook", "refused", "skipped", "refused",
    ]  # fmt: skip
    np.testing.assert_array_equal(answers.value[:2], [0, 120])
    assert np.isnan(answers.value[2:]).all()
    assert {u.expected for u in answers.unknown} == {"a number from 0 to 120"}


def test_a_likelihood_to_recommend_runs_from_0_to_10():
    answers = decoded(question("q1", "number", nps=True), ["10", "0", "11", "99"])
    assert answers.missing_counts() == {"not_in_codebook": 2}


def test_text_is_answered_or_skipped():
    answers = decoded(question("q1", "text"), ["good", " ", None, "0"])
    assert reasons(answers) == ["answered", "skipped", "skipped", "answered"]
    assert answers.code is answers.value is answers.chosen is None


# ---------------------------------------------------------------- multi


def options(*codes, **keys):
    raw = ", ".join(f'{{ code = "{c}", label = "Option {c}", column = "Q1_{c}" }}' for c in codes)
    return question("q1", "multi", raw=f"responses = [{raw}]", **keys)


def columns(**cells):
    return {f"Q1_{name.lstrip('c')}": value for name, value in cells.items()}


@pytest.mark.parametrize(
    ("yes", "no"),
    [
        ("1", "0"),
        ("Yes", "No"),
        ("TRUE", "FALSE"),
        ("Selected", "Not Selected"),
        ("x", ""),
        ("Option a", ""),
        ("a", ""),
    ],
)
def test_option_columns(yes, no):
    """``yes`` marks the first column; the second column always says 1 or nothing."""
    study = study_of(options("a", "b"), columns(ca=[yes, no, no], cb=["", "1", ""]))
    answers = study.answers("q1")
    assert answers.chosen.tolist() == [[True, False], [False, True], [False, False]]
    assert reasons(answers) == ["answered", "answered", "answered" if no else "skipped"]


def test_option_columns_typed():
    study = study_of(options("a", "b"), columns(ca=[1.0, 0.0, np.nan], cb=[True, False, False]))
    assert study.answers("q1").chosen.tolist() == [[True, True], [False, False], [False, False]]


def test_zero_is_no_mark_for_the_option_coded_zero_where_columns_are_binary():
    study = study_of(options("0", "1", "2"), columns(c0=["0", "0"], c1=["1", "0"], c2=["0", "1"]))
    assert study.answers("q1").chosen.tolist() == [[False, True, False], [False, False, True]]


def test_zero_is_the_mark_of_the_option_coded_zero_where_columns_hold_their_codes():
    study = study_of(options("0", "2"), columns(c0=["0", ""], c2=["2", "2"]))
    assert study.answers("q1").chosen.tolist() == [[True, True], [False, True]]


def test_option_label_with_a_hard_space():
    study = study_of(options("a"), columns(ca=["Option\u00a0a", ""]))
    assert study.answers("q1").chosen.tolist() == [[True], [False]]


def test_an_unknown_mark_is_reported_and_the_other_choices_stand():
    study = study_of(options("a", "b"), columns(ca=["1", "7", "7"], cb=["1", "1", ""]))
    answers = study.answers("q1")
    assert reasons(answers) == ["answered", "answered", "not_in_codebook"]
    assert [(u.column, u.value, u.count) for u in answers.unknown] == [("Q1_a", "7", 2)]


def test_a_choice_outranks_a_missing_code_in_another_column():
    toml = options("a", "b")
    toml += 'missing = [{ code = 99, reason = "refused" }]\n'
    study = study_of(toml, columns(ca=["99", "99", "99"], cb=["1", "", "99"]))
    assert reasons(study.answers("q1")) == ["answered", "refused", "refused"]


def test_blank_may_mean_that_nothing_was_chosen():
    study = study_of(options("a", "b", blank="none_chosen"), columns(ca=["1", ""], cb=["", ""]))
    answers = study.answers("q1")
    assert reasons(answers) == ["answered", "answered"]
    assert answers.chosen.tolist() == [[True, False], [False, False]]


SPREAD = question(
    "q1", "multi", columns=["A1", "A2", "A3"], responses={"1": "Cost", "2": "Skills", "3": "Data"}
)


def test_spread_codes():
    study = study_of(SPREAD, {"A1": ["1", "3", "", "2"], "A2": ["2", "", "", "2"], "A3": ["Data", "x", "", ""]})
    answers = study.answers("q1")
    assert answers.chosen.tolist() == [[True] * 3, [False, False, True], [False] * 3, [False, True, False]]
    assert reasons(answers) == ["answered", "answered", "skipped", "answered"]
    assert [u.column for u in answers.unknown] == ["A3"]


def joined(separator, *labels):
    raw = ", ".join(f'{{ code = "{i}", label = "{label}" }}' for i, label in enumerate(labels, 1))
    return question("q1", "multi", column="Q1", separator=separator, raw=f"responses = [{raw}]")


@pytest.mark.parametrize(
    ("separator", "cell", "chosen"),
    [
        (",", "Cost,Skills", [0, 1]),
        (",", "Cost, Skills", [0, 1]),
        (",", "Sales, marketing and service,Cost", [0, 2]),
        (",", "Cost, Sales, marketing and service", [0, 2]),
        (", ", "Cost, Sales, marketing and service, Skills", [0, 1, 2]),
        (";", "Cost;Sales, marketing and service;", [0, 2]),
        (";", ";;Skills; ;", [1]),
        ("|", "1|3", [0, 2]),
        (",", "1,3.0", None),
        (",", "Cost,Other: my own words", None),
        (",", "Sales", None),
        (",", "", []),
    ],
)
def test_joined_cell(separator, cell, chosen):
    study = study_of(
        joined(separator, "Cost", "Skills", "Sales, marketing and service"), {"Q1": [cell, "Cost"]}
    )
    answers = study.answers("q1")
    if chosen is None:
        assert reasons(answers)[0] == "not_in_codebook"
        assert not answers.chosen[0].any()
        assert answers.unknown[0].value == cell
    else:
        assert np.flatnonzero(answers.chosen[0]).tolist() == chosen
        assert reasons(answers)[0] == ("answered" if chosen else "skipped")


def test_the_longest_label_wins():
    study = study_of(
        joined(",", "Sales", "Sales, marketing", "marketing"), {"Q1": ["Sales, marketing", "Sales"]}
    )
    assert study.answers("q1").chosen.tolist() == [[False, True, False], [True, False, False]]


def test_a_cell_of_many_parts_is_split_in_linear_time():
    answers = study_of(joined(",", "a", "b, c"), {"Q1": [",".join(["a"] * 20_000), "b, c"]}).answers("q1")
    assert answers.chosen.tolist() == [[True, False], [False, True]]


# ---------------------------------------------------------------- what the file itself declares missing


def test_values_that_the_file_declares_missing_are_kept_apart():
    missing = {"Q1": (MissingRange(97.0, 99.0), MissingRange(2.0, 2.0))}
    answers = decoded(OWNER, [1.0, 2.0, 98.0, 3.0, np.nan, 9.0], user_missing=missing)
    assert reasons(answers) == [
        "answered", "declared_missing", "declared_missing", "answered", "skipped", "refused",
    ]  # fmt: skip
    assert answers.code.tolist() == [0, -1, -1, 2, -1, -1]


def test_text_that_the_file_declares_missing():
    missing = {"Q1": (MissingRange("NA", "NA"),)}
    answers = decoded(question("q1", responses=["NA", "Yes"]), ["NA ", "Yes"], user_missing=missing)
    assert reasons(answers) == ["declared_missing", "answered"]


# ---------------------------------------------------------------- properties


CELLS = st.sampled_from(["", "1", "2", "3", "2.0", "8", "9", "Poor", "x", " 1", "99"])


@settings(deadline=None, max_examples=60)
@given(
    st.lists(CELLS, max_size=30), st.sampled_from(["single", "ordinal", "number", "text", "joined", "spread"])
)
def test_reasons_partition_the_respondents(cells, shape):
    toml = {
        "single": OWNER,
        "ordinal": RATING,
        "number": question("q1", "number", maximum=50),
        "text": question("q1", "text"),
        "joined": joined(",", "Poor", "1", "x y"),
        "spread": question("q1", "multi", columns=["Q1"], responses={"1": "a", "2": "b"}),
    }[shape]
    answers = decoded(toml, pd.Series(cells, dtype="str"))
    assert answers.answered.sum() + sum(answers.missing_counts().values()) == len(cells)
    if answers.code is not None:
        np.testing.assert_array_equal(answers.code >= 0, answers.answered)
    if answers.value is not None and shape == "number":
        np.testing.assert_array_equal(~np.isnan(answers.value), answers.answered)
    if answers.chosen is not None:
        assert not answers.chosen[~answers.answered].any()
    assert sum(u.count for u in answers.unknown) == (answers.reason == REASONS.index("not_in_codebook")).sum()


def test_no_respondents_at_all():
    toml = OWNER + SPREAD.replace('"q1"', '"q2"') + options("a").replace('"q1"', '"q3"')
    names = ["Q1", "A1", "A2", "A3", "Q1_a"]
    study = study_of(toml, {name: pd.Series([], dtype="str") for name in names})
    assert [len(study.answers(name).reason) for name in ("q1", "q2", "q3")] == [0, 0, 0]
    assert [issue.code for issue in cx.check(study).errors] == ["no-respondents"]


def test_a_notebook_shows_a_study_whose_columns_are_wrong():
    study = study_of(question("q", "single", responses=["Y", "N"]), {"other": ["Y", "N"]})
    assert "unknown-column" in study._repr_html_()
