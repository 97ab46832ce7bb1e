"""Checks that nothing must stop, and sampling columns as the data file declares them."""

import numpy as np
import pandas as pd
import pytest
from helpers import question, study_of

import cxsurvey as cx
from cxsurvey.errors import DataFault
from cxsurvey.study import roles
from cxsurvey.study.raw import MissingRange

YES_NO = question("x", responses=["Y", "N"])


def issue(study, code):
    return next(found for found in cx.check(study) if found.code == code)


@pytest.mark.parametrize("dtype", ["Int64", "Float64"])
def test_a_weight_that_a_typed_column_marks_as_absent(dtype):
    """Whole numbers with gaps come from Parquet; such a gap is neither equal nor unequal to anything."""
    frame = pd.DataFrame({"X": ["Y", "N", "Y"], "W": pd.array([1, None, 2], dtype=dtype)})
    found = issue(study_of('[design]\nweight = "W"\n' + YES_NO, frame), "weight-missing")
    assert (found.row, found.message) == (3, "1 respondent has no weight.")


@pytest.mark.parametrize("code", ["²", "--5", "inf"])
def test_a_code_that_looks_like_a_number_has_no_value(code):
    study = study_of(question("x", "ordinal", responses={"1": "One", code: "Other"}), {"X": ["1", code]})
    assert issue(study, "response-without-value").value == code


def test_repeated_ids_name_their_first_row():
    head = '[study]\nid = "t"\ntitle = "T"\nresponses = "r.csv"\nrespondent_id = "I"\n'
    ids = ["a", "b", "", "c", "b", "c", "", "c"]
    found = cx.check(study_of(head + YES_NO, {"I": ids, "X": ["Y"] * 8}))
    said = [(item.code, item.value, item.row) for item in found if item.code.startswith("respondent")]
    assert said == [
        ("respondent-blank", "", 4),
        ("respondent-duplicate", "b", 3),
        ("respondent-duplicate", "c", 5),
    ]


def test_crossing_clusters_and_lonely_strata_name_their_first_row():
    toml = '[design]\nstratum = "H"\ncluster = "P"\n' + YES_NO
    data = {"H": ["n", "n", "", "s", "s", "w"], "P": ["1", "2", "3", "4", "2", "5"], "X": ["Y"] * 6}
    crossing, lonely = (
        issue(study_of(toml, data), code) for code in ("cluster-crosses-strata", "lonely-cluster")
    )
    assert (crossing.value, crossing.row) == ("2", 3)
    assert (lonely.value, lonely.row) == ("w", 7)


def test_a_weight_that_the_file_declares_missing_is_no_weight():
    """999 would be most of the sample."""
    study = study_of(
        '[design]\nweight = "W"\n' + YES_NO,
        pd.DataFrame({"X": ["Y", "N"] * 20, "W": [1.0] * 39 + [999.0]}),
        user_missing={"W": (MissingRange(999.0, 999.0),)},
        file_format="sav",
    )
    assert np.flatnonzero(np.isnan(roles.numbers(study, "W"))).tolist() == [39]
    assert issue(study, "weight-missing").row == 41
    with pytest.raises(DataFault, match="weight-unusable"):
        cx.estimate(study, "x")


def test_a_stratum_that_the_file_declares_missing_is_blank():
    study = study_of(
        '[design]\nstratum = "H"\n' + YES_NO,
        pd.DataFrame({"X": ["Y", "N"] * 20, "H": [1.0] * 20 + [2.0] * 18 + [9.0] * 2}),
        user_missing={"H": (MissingRange(8.0, 9.0),)},
        file_format="sav",
    )
    assert issue(study, "stratum-missing").row == 40
    with pytest.raises(DataFault, match="design-unusable"):
        cx.estimate(study, "x")


@pytest.mark.parametrize("sizes", [("100", "1"), ("0.4", "1")])
def test_a_stratum_taken_with_certainty_is_not_lonely(sizes):
    """What check calls an error is refused; this is estimated, and so no error."""
    toml = '[design]\nstratum = "H"\nfpc = "F"\n' + YES_NO
    data = {"H": ["a"] * 40 + ["b"], "F": [sizes[0]] * 40 + [sizes[1]], "X": ["Y", "N"] * 20 + ["Y"]}
    study = study_of(toml, data)
    assert not cx.check(study).errors
    assert cx.estimate(study, "x").frame["std_error"].gt(0).all()
    lonely = study_of(toml, {**data, "F": ["100"] * 40 + ["2"]})
    assert issue(lonely, "lonely-cluster").row == 42
    with pytest.raises(DataFault, match="lonely-stratum"):
        cx.estimate(lonely, "x")


def test_a_dont_know_with_a_number_is_an_error_until_the_study_says_what_it_is():
    """A numeric code is its own value, so 9 = Don't know would count as a nine in every mean."""
    rated = {"Q": ["1", "5", "9"] * 10}
    plain = question("q", "ordinal", responses={"1": "Low", "5": "High", "9": "Don’t know"})
    found = cx.check(study_of(plain, rated))
    assert [issue.code for issue in found.errors] == ["nonanswer-scored"]
    kept = """
[[question]]
id = "q"
text = "How much?"
type = "ordinal"
column = "Q"
responses = [
  { code = 1, label = "Low" },
  { code = 5, label = "High" },
  { code = 9, label = "Don't know", scored = false },
]
"""
    study = study_of(kept, rated)
    assert not cx.check(study).errors
    assert cx.estimate(study, "q").frame["estimate"].tolist() == pytest.approx([1 / 3] * 3)
    mean = cx.estimate(study, "q", statistic="mean").frame
    assert mean["estimate"].tolist() == [3.0]
    assert mean["n"].tolist() == [20]


def test_a_described_weighting_without_a_weight_column_is_a_warning():
    head = '[disclosure]\nweighting = "By industry and size"\n'
    found = cx.check(study_of(head + question("q", responses=["Y", "N"]), {"Q": ["Y", "N"] * 5}))
    assert [issue.code for issue in found if issue.severity == "warning"] == ["weight-not-declared"]
