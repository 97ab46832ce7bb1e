"""SPSS and Stata: what is declared missing stays visible, never a number and never lost."""

import math

import numpy as np
import pandas as pd
import pyreadstat
import pytest

from cxsurvey.errors import ResponsesError
from cxsurvey.readers import statistical
from cxsurvey.readers.detector import read_responses
from cxsurvey.study.codebook import Reading
from cxsurvey.study.raw import MissingRange

DATES = ["2018-05-06", "1880-05-06", "1960-01-01", "1583-01-01", None]


def cells(series):
    return [None if absent else cell for cell, absent in zip(series.tolist(), series.isna(), strict=True)]


def refused(path, **options):
    with pytest.raises(ResponsesError) as caught:
        read_responses(path, Reading(**options))
    return caught.value.message


@pytest.fixture
def survey(tmp_path):
    """A small SPSS file with every way of declaring values missing."""
    frame = pd.DataFrame(
        {
            "q1": [1, 2, 99, np.nan],
            "word": ["a", "Z", "", " b"],
            "income": [1.5, 5, -3, 98],
            "low": [-1e6, 1, 2, 3],
        }
    )
    path = tmp_path / "answers.sav"
    pyreadstat.write_sav(
        frame,
        path,
        column_labels={"q1": "How satisfied?", "word": "In a word"},
        variable_value_labels={"q1": {1: "Very", 1.5: "Between", 99: "Refused"}, "word": {"a": "Alpha"}},
        missing_ranges={
            "q1": [99],
            "word": ["Z"],
            "income": [{"lo": -10, "hi": 0}, 98],
            "low": [{"lo": -math.inf, "hi": 0}],
        },
    )
    return path


def test_declared_missing_values_stay(survey):
    raw = read_responses(survey, Reading())
    assert cells(raw.frame["q1"]) == [1, 2, 99, None]
    assert cells(raw.frame["word"]) == ["a", "Z", "", " b"]
    assert cells(raw.frame["income"]) == [1.5, 5, -3, 98]
    assert raw.user_missing == {
        "q1": (MissingRange(99, 99),),
        "word": (MissingRange("Z", "Z"),),
        "income": (MissingRange(-10, 0), MissingRange(98, 98)),
        "low": (MissingRange(-math.inf, 0),),
    }


def test_labels(survey):
    raw = read_responses(survey, Reading())
    assert raw.value_labels == {"q1": {"1": "Very", "1.5": "Between", "99": "Refused"}, "word": {"a": "Alpha"}}
    assert raw.variable_labels == {"q1": "How satisfied?", "word": "In a word"}
    assert (raw.format, raw.first_row, raw.encoding) == ("spss", 1, "UTF-8")


def test_reading_in_parts_changes_nothing(survey, monkeypatch):
    whole = read_responses(survey, Reading())
    for cells_at_once in (4, 8, 12, 16):
        monkeypatch.setattr(statistical, "CELLS_AT_ONCE", cells_at_once)
        parts = read_responses(survey, Reading())
        pd.testing.assert_frame_equal(parts.frame, whole.frame)
        assert parts.user_missing == whole.user_missing


def test_spss_fixture(files):
    raw = read_responses(files / "pyreadstat_missing_user.sav", Reading())
    assert cells(raw.frame["mylabl"]) == [1, 2, 1, 2, 1, -1, None]
    assert cells(raw.frame["myord"]) == [1, 2, 3, 1, 1, -1, -3]
    assert cells(raw.frame["mydate"]) == [*DATES, None, None]
    assert cells(raw.frame["dtime"])[0] == "2018-05-06T10:10:10"
    assert cells(raw.frame["mytime"])[:4] == ["10:10:10", "23:10:10", "00:00:00", "16:10:10"]
    assert raw.user_missing["mynum"] == (MissingRange(2000, 3000), MissingRange(-1, -1))
    assert raw.user_missing["myord"] == (MissingRange(-1, -1), MissingRange(-2, -2), MissingRange(-3, -3))
    assert raw.value_labels["mylabl"] == {"-1": "undetermined", "1": "Male", "2": "Female"}
    assert raw.variable_labels["mylabl"] == "labeled"


def test_mixed_fixture(files):
    raw = read_responses(files / "pyreadstat_mrset_alltypes.sav", Reading())
    assert cells(raw.frame["y"])[:4] == ["2000-01-01", "2000-01-02", "1950-12-24", "1776-07-04"]
    assert raw.user_missing["z"] == (MissingRange(-999, 0), MissingRange(999, 999))
    assert raw.frame["quarter"].iloc[0] == "2014-10-01"


def test_stata_fixture(files):
    raw = read_responses(files / "pyreadstat_sample.dta", Reading())
    assert cells(raw.frame["mydate"]) == DATES
    assert cells(raw.frame["dtime"])[:2] == ["2018-05-06T10:10:10", "1880-05-06T10:10:10"]
    assert cells(raw.frame["mytime"])[:4] == ["10:10:10", "23:10:10", "00:00:00", "16:10:10"]
    assert raw.value_labels["mylabl"] == {"1": "Male", "2": "Female"}
    assert (raw.format, raw.first_row) == ("stata", 1)


def test_stata_letters(tmp_path, monkeypatch):
    path = tmp_path / "answers.dta"
    frame = pd.DataFrame({"q1": [1, 2, "a", np.nan, "b"], "n": [1, 2, 3, 4, 5]})
    labels = {"q1": {1: "Yes", "a": "Refused"}}
    pyreadstat.write_dta(frame, path, missing_user_values={"q1": ["a", "b"]}, variable_value_labels=labels)
    for cells_at_once in (2_000_000, 4):
        monkeypatch.setattr(statistical, "CELLS_AT_ONCE", cells_at_once)
        raw = read_responses(path, Reading())
        assert cells(raw.frame["q1"]) == [1, 2, "a", None, "b"]
        assert {MissingRange("a", "a"), MissingRange("b", "b")} <= set(raw.user_missing["q1"])
        assert raw.value_labels == {"q1": {"1": "Yes", "a": "Refused"}}


def test_a_code_between_dates_stays_a_code(tmp_path):
    path = tmp_path / "answers.sav"
    frame = pd.DataFrame({"seen": [13797302400.0, 99.0, np.nan]})
    pyreadstat.write_sav(frame, path, variable_format={"seen": "DATE11"}, missing_ranges={"seen": [99]})
    raw = read_responses(path, Reading())
    assert cells(raw.frame["seen"]) == ["2020-01-02", "99", None]
    assert raw.user_missing == {"seen": (MissingRange("99", "99"),)}


def test_compressed_spss(tmp_path):
    path = tmp_path / "answers.zsav"
    pyreadstat.write_sav(pd.DataFrame({"q1": [1.0, 2.0]}), path, compress=True)
    assert read_responses(path, Reading()).frame["q1"].tolist() == [1, 2]


def test_long_text_and_accents(tmp_path):
    path = tmp_path / "answers.sav"
    texts = ["é" * 300, "ותק", "x" * 757]
    pyreadstat.write_sav(pd.DataFrame({"note": texts}), path)
    assert read_responses(path, Reading()).frame["note"].tolist() == texts


def test_long_value_labels(tmp_path):
    path = tmp_path / "answers.sav"
    label = "Ä" * 59  # SPSS allows 120 bytes
    pyreadstat.write_sav(pd.DataFrame({"q1": [1.0]}), path, variable_value_labels={"q1": {1: label}})
    assert read_responses(path, Reading()).value_labels["q1"]["1"] == label


def test_no_cases(tmp_path):
    path = tmp_path / "answers.sav"
    pyreadstat.write_sav(pd.DataFrame({"q1": [1.0], "q2": ["a"]})[:0], path)
    assert refused(path) == (
        "The file declares variables but holds no respondents. [responses-no-cases]\n"
        "Where: answers.sav\n"
        "Next: Export the responses again; check the filter of the export."
    )


@pytest.mark.parametrize("name", ["pyreadstat_missing_user.sav", "pyreadstat_sample.dta"])
@pytest.mark.parametrize("share", [0.2, 0.5, 0.95])
def test_cut_off(files, tmp_path, name, share):
    content = (files / name).read_bytes()
    path = tmp_path / f"answers{(files / name).suffix}"
    path.write_bytes(content[: int(len(content) * share)])
    message = refused(path)
    kind = "SPSS" if path.suffix == ".sav" else "Stata"
    assert message.startswith(
        f"The file cannot be read as {kind} data. [responses-broken]\nWhere: {path.name}\nGot: "
    )
    assert message.endswith(
        "\nNext: The file may be damaged or cut off: export it again. "
        "If its text is at fault, state the encoding under [reading]."
    )


def test_encoding_that_is_none(survey):
    assert refused(survey, encoding="klingon") == (
        "The file cannot be read as SPSS data. [responses-broken]\n"
        "Where: answers.sav\n"
        "Got: File has an unsupported character set\n"
        "Next: The file may be damaged or cut off: export it again. "
        "If its text is at fault, state the encoding under [reading]."
    )
