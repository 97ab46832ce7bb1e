"""SPSS, Stata and SAS files: labels, missing codes with reasons, declared and undeclared response sets."""

import math

import numpy as np
import pandas as pd
import pyreadstat
import pytest
from export_files import SHARED, columns_of

from cxsurvey.errors import ExportError
from cxsurvey.readers.exports.common_labels import shared_and_own
from cxsurvey.readers.exports.detector import read_export
from cxsurvey.readers.exports.missing_words import missing_reason
from cxsurvey.readers.exports.statistical import read
from cxsurvey.readers.statistical import _sas_text


def sav(folder, frame, name="survey.sav", **options):
    path = folder / name
    pyreadstat.write_sav(frame, str(path), **options)
    return path


def test_six_ways_of_declaring_missing(tmp_path):
    frame = pd.DataFrame(
        {
            "one": [1.0, 9.0, 2.0],
            "three": [7.0, 8.0, 9.0],
            "range": [90.0, 95.0, 1.0],
            "range_and_one": [-1.0, 95.0, 1.0],
            "lowest": [-5.0, 1.0, 2.0],
            "text": ["a", "Z", "b"],
        }
    )
    path = sav(
        tmp_path,
        frame,
        missing_ranges={
            "one": [9],
            "three": [7, 8, 9],
            "range": [{"lo": 90, "hi": 99}],
            "range_and_one": [{"lo": 90, "hi": 99}, -1],
            "lowest": [{"lo": -math.inf, "hi": 0}],
            "text": ["Z"],
        },
        variable_value_labels={
            "three": {7: "Refused", 8: "Don’t know", 9: "Not asked"},
            "range": {95: "Does not apply", 1: "Good"},
        },
    )
    export = read(path)
    columns = columns_of(export)
    assert columns["one"].missing == (("9", "skipped", ""),)
    assert [reason for _, reason, _ in columns["three"].missing] == ["refused", "dont_know", "not_shown"]
    assert columns["range"].missing == (("95", "not_applicable", "Does not apply"),)
    assert columns["range"].missing_ranges == ((90.0, 99.0),)
    assert (columns["range_and_one"].missing_ranges, columns["range_and_one"].missing[0][0]) == (
        ((90.0, 99.0),),
        "-1",
    )
    assert columns["lowest"].missing_ranges == ((-math.inf, 0.0),)
    assert columns["text"].missing == (("Z", "skipped", ""),)
    assert export.frame["one"].to_list() == ["1", "9", "2"]


def test_sets_that_are_not_declared_are_found_by_names_and_labels(tmp_path):
    frame = pd.DataFrame(
        {
            "q1_1": [1.0, 2.0, 1.0],
            "q1_2": [2.0, 1.0, None],
            "q2a1": [1.0, 0.0, 1.0],
            "q2a2": [0.0, 0.0, 1.0],
            "q3_1": [1.0, None, 1.0],
            "q3_2": [None, 1.0, None],
            "q4_1": [1.0, 5.0, 3.0],
            "q4_2": [2.0, 4.0, 3.0],
            "q5_1": [0.0, 1.0, 1.0],
            "q5_2": [1.0, 1.0, 1.0],
        }
    )
    labels = [
        "Which? - Phone",
        "Which? - Chat",
        "Use: Mail",
        "Use: Fax",
        "Best",
        "Best",
        "Rate a",
        "Rate b",
        "A",
        "B",
    ]
    yes, scale = {1: "Yes", 2: "No"}, {1: "Bad", 2: "Poor", 3: "Fair", 4: "Good", 5: "Best"}
    path = sav(
        tmp_path,
        frame,
        column_labels=labels,
        variable_value_labels={
            "q1_1": yes, "q1_2": yes, "q3_1": {1: "Price"}, "q3_2": {1: "Speed"}, "q4_1": scale, "q4_2": scale,
        },
    )  # fmt: skip
    export = read(path)
    columns = columns_of(export)
    assert (columns["q1_2"].text, columns["q1_2"].item, columns["q1_2"].chosen) == ("Which?", "Chat", "1")
    assert (columns["q2a1"].block, columns["q2a1"].item) == ("q2a", "Mail")
    assert (columns["q3_2"].text, columns["q3_2"].item, columns["q3_2"].chosen) == ("Best", "Speed", "1")
    assert (columns["q4_1"].role, columns["q4_1"].shape) == ("answer", "single")
    assert columns["q5_1"].role == "answer"  # nothing but 0 and 1 is no proof
    assert sum("taken for one question" in note for note in export.notes) == 3


def test_declared_sets_of_both_kinds():
    path = SHARED / "pyreadstat_mrset_alltypes.sav"
    if not path.exists():
        pytest.skip("the collection of exports is not here")
    export = read_export(path)
    columns = columns_of(export)
    assert (export.platform, len(export.frame)) == ("spss", 6)
    assert (columns["bool2"].text, columns["bool2"].item) == ("My multiple response set", "Response #2")
    assert {columns[f"bool{n}"].block for n in (1, 2, 3)} == {"mymrset"}
    held = {code: export.frame[f"categorical_array_{code}"].to_list() for code in "abcd"}
    assert held == {
        "a": ["1", "1", "0", "0", "1", "0"],
        "b": ["1", "1", "1", "1", "1", "1"],
        "c": ["0", "1", "1", "0", "0", "1"],
        "d": ["0", "0", "1", "0", "1", "1"],
    }  # counted by hand from the three columns of the set
    assert columns["x"].shape == ""
    assert any("without a label" in note for note in export.notes)


def test_dates_numbers_and_long_text(tmp_path):
    frame = pd.DataFrame(
        {
            "when": pd.to_datetime(["2024-05-01", None]),
            "age": [30.0, 41.5],
            "why": ["ä" * 600, ""],
        }
    )
    export = read(sav(tmp_path, frame, variable_measure={"age": "scale"}, file_label="A title"))
    columns = columns_of(export)
    assert (columns["when"].shape, columns["age"].shape) == ("date", "number")
    assert export.frame["age"].to_list() == ["30", "41.5"]
    assert export.frame["why"].to_list() == ["ä" * 600, ""]
    assert export.frame["when"][1] == ""
    assert export.title == "A title"


def test_stata_letters_are_missing(tmp_path):
    path = tmp_path / "survey.dta"
    frame = pd.DataFrame({"q1": [1, 2, "a", "b"]})
    pyreadstat.write_dta(
        frame,
        str(path),
        missing_user_values={"q1": ["a", "b"]},
        variable_value_labels={"q1": {1: "Yes", 2: "No", "a": "Refused"}},
    )
    export = read(path)
    column = columns_of(export)["q1"]
    assert export.frame["q1"].to_list() == ["1", "2", "a", "b"]
    assert column.missing == (("a", "refused", "Refused"), ("b", "skipped", ""))
    assert column.shape == "single"


def test_sas_transport_dates_count_from_1960(tmp_path):
    path = tmp_path / "survey.xpt"
    moment = pd.to_datetime(["2020-01-02 10:00:00"])
    pyreadstat.write_xport(pd.DataFrame({"q1": [1.0], "day": moment.date, "at": moment}), str(path))
    export = read_export(path)
    assert export.platform == "sas"
    assert export.frame.iloc[0].to_list() == ["1", "2020-01-02", "2020-01-02T10:00:00"]


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("DATE9.", "2020-01-02"),
        ("YYMMDD10.", "2020-01-02"),
        ("E8601DA", "2020-01-02"),
        ("DATETIME20.", "1960-01-01T06:05:16"),
        ("E8601DT19.", "1960-01-01T06:05:16"),
        ("TIME8.", "06:05:16"),
        ("BEST12.", None),
        ("", None),
    ],
)
def test_sas_formats(form, text):
    maker = _sas_text(form)
    assert (maker and maker(np.array([21916.0]))[0]) == text


def test_a_damaged_sas_file_is_a_clear_error(tmp_path):
    path = tmp_path / "survey.sas7bdat"
    path.write_bytes(b"\x00" * 12 + b"\xc2\xea\x81\x60" + b"\x00" * 400)
    with pytest.raises(ExportError) as caught:
        read_export(path)
    assert caught.value.code == "export-broken"


@pytest.mark.parametrize("keep", [60, 180, 400])
def test_a_cut_off_file_is_a_clear_error(tmp_path, keep):
    whole = sav(tmp_path, pd.DataFrame({"q1": range(200), "q2": ["text"] * 200})).read_bytes()
    path = tmp_path / "cut.sav"
    path.write_bytes(whole[:keep])
    with pytest.raises(ExportError) as caught:
        read_export(path)
    assert (caught.value.code, caught.value.exit_code) == ("export-broken", 2)


def test_broken_records_are_a_clear_error(tmp_path):
    whole = bytearray(sav(tmp_path, pd.DataFrame({"q1": [1.0] * 50})).read_bytes())
    whole[176:200] = b"\xff" * 24
    path = tmp_path / "broken.sav"
    path.write_bytes(whole)
    with pytest.raises(ExportError):
        read_export(path)


@pytest.mark.parametrize(
    ("name", "platform", "shape"),
    [
        ("pspp_hotel.sav", "spss", (17, 5)),
        ("pyreadstat_hebrew.sav", "spss", (99, 1)),
        ("pyreadstat_missing_user.sav", "spss", (7, 7)),
        ("pyreadstat_sample.zsav", "spss", (5, 7)),
        ("pyreadstat_sample.por", "spss", (5, 7)),
        ("pyreadstat_sample.dta", "stata", (5, 7)),
    ],
)
def test_real_files(name, platform, shape):
    path = SHARED / name
    if not path.exists():
        pytest.skip("the collection of exports is not here")
    export = read_export(path)
    columns_of(export)
    assert (export.platform, export.frame.shape) == (platform, shape)


@pytest.mark.parametrize(
    ("label", "reason"),
    [
        ("DK/NS", "dont_know"),
        ("Weiß nicht", "dont_know"),
        ("N/A", "not_applicable"),
        ("Prefer not to answer", "refused"),
        ("Not asked in this wave", "not_shown"),
        ("No answer", "skipped"),
        ("No", None),
        ("Nothing", None),
    ],
)
def test_reasons_by_their_words(label, reason):
    assert missing_reason(label) == reason


def test_labels_without_a_joint_share_no_question():
    assert shared_and_own(["Satisfied", "Satisfying"]) == ("", ("Satisfied", "Satisfying"))
    assert shared_and_own(["Q1[a]", "Q1[b]"]) == ("Q1", ("a", "b"))
