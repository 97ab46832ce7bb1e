"""Responses that a study file leaves to the value labels of an SPSS or Stata file."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyreadstat
import pytest

import cxsurvey as cx

STUDY = """
[study]
id = "labelled"
title = "Labels in the file"
responses = "{file}"

[[question]]
id = "owner"
text = "Who owns customer experience?"
type = "single"
column = "OWNER"
nets = [{{ id = "somebody", label = "Somebody", responses = [1, 2] }}]
"""
CELLS = pd.DataFrame({"OWNER": [1.0, 2.0, 2.0, 9.0, 1.0, 8.0] * 3})
LABELS = {"OWNER": {1: "One team", 2: "Several teams", 8: "Refused", 9: "Don't know"}}


def study_of(folder: Path, file: str, text: str = STUDY) -> Path:
    (folder / "study.toml").write_text(text.format(file=file), encoding="utf-8")
    return folder


def test_labels_become_responses_and_declared_missing_codes_do_not(tmp_path: Path) -> None:
    pyreadstat.write_sav(
        CELLS,
        tmp_path / "r.sav",
        variable_value_labels=LABELS,
        missing_ranges={"OWNER": [{"lo": 8, "hi": 9}]},
    )
    study = cx.read_study(study_of(tmp_path, "r.sav"))
    assert [(item.code, item.label) for item in study.questions["owner"].responses] == [
        ("1", "One team"),
        ("2", "Several teams"),
    ]
    assert study.answers("owner").missing_counts() == {"declared_missing": 6}
    shares = cx.estimate(study, "owner").frame
    assert shares["estimate"].tolist() == [0.5, 0.5, 1.0]


def test_a_stata_file_carries_labels_too(tmp_path: Path) -> None:
    cells = CELLS.astype("int32")
    pyreadstat.write_dta(cells, tmp_path / "r.dta", variable_value_labels=LABELS)
    study = cx.read_study(study_of(tmp_path, "r.dta"))
    assert study.questions["owner"].codes == ("1", "2", "8", "9")


def test_a_file_without_labels_is_refused(tmp_path: Path) -> None:
    pyreadstat.write_sav(CELLS, tmp_path / "r.sav")
    with pytest.raises(cx.CxSurveyError) as caught:
        cx.read_study(study_of(tmp_path, "r.sav"))
    assert caught.value.code == "study-file-invalid"
    assert "needs 'responses', 'list', or a data file with labels" in caught.value.message


def test_a_net_is_checked_against_the_labels(tmp_path: Path) -> None:
    pyreadstat.write_sav(CELLS, tmp_path / "r.sav", variable_value_labels={"OWNER": {1: "One team"}})
    with pytest.raises(cx.CxSurveyError, match="net 'somebody' names the code '2'"):
        cx.read_study(study_of(tmp_path, "r.sav"))


def test_a_csv_file_has_no_labels(tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text("OWNER\n1\n", encoding="utf-8")
    with pytest.raises(cx.CxSurveyError, match="study-file-invalid"):
        cx.read_study(study_of(tmp_path, "r.csv"))
