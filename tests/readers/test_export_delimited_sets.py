"""Delimited sets, with and without Quantipy's metadata, and Parquet files."""

import json

import pandas as pd
import pytest
from export_files import SHARED, columns_of, read_text, written

from cxsurvey.errors import ExportError
from cxsurvey.readers.exports.detector import read_export

TEXT = ",id,q1,q2,q3_1,q3_2,age\n0,11,1.0,1;3;,1,2,30\n1,12,,,2.0,1,41\n2,13,2.0,2;,,99,52\n"
META = {
    "columns": {
        "q1": {"type": "single", "text": {"en-GB": "Which?"}, "values": "lib@values@yes"},
        "q2": {
            "type": "delimited set",
            "text": {"de-DE": "Welche?", "en-GB": "Which of these?"},
            "values": [{"value": at, "text": {"en-GB": name}} for at, name in ((1, "A"), (2, "B"), (3, "C"))],
        },
        "q3_1": {"type": "single"},
        "q3_2": {"type": "single"},
        "age": {"type": "int", "text": {"en-GB": "Age"}},
    },
    "lib": {
        "default text": "en-GB",
        "values": {"yes": [{"value": 1, "text": {"en-GB": "Yes"}}, {"value": 2, "text": {"en-GB": "No"}}]},
    },
    "masks": {
        "q3": {
            "text": {"en-GB": "Rate"},
            "items": [
                {"source": "columns@q3_1", "text": {"en-GB": "Price"}},
                {"source": "columns@q3_2", "text": {"en-GB": "Speed"}},
            ],
            "values": [{"value": 1, "text": {"en-GB": "Good"}}, {"value": 99, "text": {"en-GB": "Refused"}}],
            "missings": {"exclude": [99]},
        }
    },
}


def test_metadata_beside_give_labels_sets_and_grids(tmp_path):
    written(tmp_path, json.dumps(META), "export.json")
    export = read_text(tmp_path, TEXT)
    columns = columns_of(export)
    assert export.platform == "delimited_sets"
    assert (columns["q2"].text, columns["q2"].shape, columns["q2"].separator) == (
        "Which of these?",
        "joined",
        ";",
    )
    assert columns["q2"].labels == (("1", "A"), ("2", "B"), ("3", "C"))
    assert export.frame["q2"].to_list() == ["1;3", "", "2"]
    assert export.frame["q1"].to_list() == ["1", "", "2"]
    assert (columns["q3_1"].text, columns["q3_1"].item, columns["q3_1"].block) == ("Rate", "Price", "q3")
    assert columns["q3_2"].missing == (("99", "refused", "Refused"),)
    assert columns["age"].shape == "number"


def test_without_metadata_codes_are_the_options(tmp_path):
    export = read_text(tmp_path, TEXT)
    assert columns_of(export)["q2"].labels == (("1", "1"), ("2", "2"), ("3", "3"))
    assert any("no metadata" in note for note in export.notes)


@pytest.mark.parametrize("text", ["{", "[" * 100_000])
def test_damaged_metadata_are_told(tmp_path, text):
    written(tmp_path, text, "export.json")
    with pytest.raises(ExportError) as caught:
        read_text(tmp_path, TEXT)
    assert caught.value.code == "export-metadata-broken"


def test_json_of_another_kind_is_left_alone(tmp_path):
    written(tmp_path, "[1, 2]", "export.json")
    assert columns_of(read_text(tmp_path, TEXT))["q1"].text == ""


def test_real_file():
    path = SHARED / "quantipy_exampleA.csv"
    if not path.exists():
        pytest.skip("the collection of exports is not here")
    export = read_export(path)
    columns = columns_of(export)
    assert (export.platform, export.frame.shape) == ("delimited_sets", (8255, 77))
    assert sorted(name for name, column in columns.items() if column.shape == "joined") == [
        "q2",
        "q3",
        "q8",
        "q9",
    ]
    assert [columns[f"q5_{n}"].item for n in (1, 6)] == ["Surfing", "Windsurfing"]


def test_parquet(tmp_path):
    path = tmp_path / "export.parquet"
    frame = pd.DataFrame(
        {
            "age": pd.Series([30, None, 41], dtype="Int64"),
            "rate": pd.Categorical(["Good", "Bad", None], categories=["Bad", "Fair", "Good"]),
            "again": [True, False, True],
            "when": pd.to_datetime(["2024-05-01"] * 3),
            "weight": [0.5, 1.25, None],
        }
    )
    frame.to_parquet(path)
    export = read_export(path)
    columns = columns_of(export)
    assert export.frame["age"].to_list() == ["30", "", "41"]
    assert columns["rate"].labels == (("Bad", "Bad"), ("Fair", "Fair"), ("Good", "Good"))
    assert export.frame["again"].to_list() == ["true", "false", "true"]
    assert (columns["when"].shape, columns["weight"].shape) == ("date", "number")
    assert export.frame["weight"].to_list() == ["0.5", "1.25", ""]


def test_broken_parquet_is_an_error_of_the_export(tmp_path):
    path = tmp_path / "export.parquet"
    path.write_bytes(b"PAR1" + b"\x00" * 40)
    with pytest.raises(ExportError):
        read_export(path)


def test_real_parquet():
    path = SHARED / "svy_hld_sample_wb.parquet"
    if not path.exists():
        pytest.skip("the collection of exports is not here")
    assert read_export(path).frame.shape == (825, 16)
