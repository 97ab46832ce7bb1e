"""Figures and reports of studies with empty groups, odd words and hardly anybody: drawn, safe, whole."""

from __future__ import annotations

import csv
import io
import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

STUDY = """[study]
id = "tiny"
title = "A tiny study"
responses = "responses.csv"

[[question]]
id = "owner"
text = "Who owns customer experience?"
type = "single"
column = "OWNER"
responses = { 1 = "One team", 2 = "Several teams" }

[[question]]
id = "insight"
text = "Insight"
type = "ordinal"
column = "INSIGHT"
responses = { 4 = "Excellent", 3 = "Good", 2 = "Fair", 1 = "Poor" }

[[question]]
id = "engagement"
text = "Engagement"
type = "ordinal"
column = "ENGAGE"
responses = { 4 = "Excellent", 3 = "Good", 2 = "Fair", 1 = "Poor" }

[segments]
insight = "insight"
engagement = "engagement"

[[figure]]
id = "fig01"
form = "segments"
headline = "Segments"

[[figure]]
id = "fig02"
form = "ranked"
headline = "Insight"
question = "insight"

[[figure]]
id = "fig03"
form = "matrix"
headline = "Both ratings"
"""


def study(folder: Path, rows: list[str]) -> Path:
    folder.mkdir()
    (folder / "study.toml").write_text(STUDY, encoding="utf-8")
    text = "\n".join(["OWNER,INSIGHT,ENGAGE", *rows]) + "\n"
    (folder / "responses.csv").write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("no-leader", ["1,2,2", "2,1,2", "1,3,2"] * 20),
        ("everybody-unclassified", ["1,,2", "2,1,"] * 20),
        ("nobody-answered", ["1,,", "2,,"] * 20),
        ("four-respondents", ["1,4,4", "2,3,3", "1,2,2", "2,1,1"]),
    ],
)
def test_a_pack_of_empty_groups_is_drawn(name, rows, cli, tmp_path):
    finished = cli("figures", study(tmp_path / name, rows), "--out", tmp_path / "pack")
    assert finished.err == ""
    assert finished.code == 0
    written = {Path(line) for line in finished.out.splitlines()}
    assert written == {path for path in (tmp_path / "pack").rglob("*") if path.is_file()}
    assert [path.name for path in sorted((tmp_path / "pack" / "data").iterdir())] == [
        "fig01.csv",
        "fig02.csv",
        "fig03.csv",
    ]


def test_a_report_of_odd_words_is_whole_and_safe(cli, odd_study, tmp_path):
    pack = tmp_path / "pack"
    finished = cli("report", odd_study, "--out", pack)
    assert finished.err == f"cxsurvey: a check of the data finds 2 errors: cxsurvey check {odd_study}\n"
    assert finished.code == 0
    assert {Path(line) for line in finished.out.splitlines()} == {
        path for path in pack.rglob("*") if path.is_file()
    }
    for path in pack.rglob("*.svg"):
        picture = ET.parse(path)  # noqa: S314 - written a moment ago by the code under test
        assert not list(picture.iter("{http://www.w3.org/2000/svg}script"))
    cells = [
        cell
        for path in pack.rglob("*.csv")
        for row in csv.reader(io.StringIO(path.read_text(encoding="utf-8"), newline=""))
        for cell in row
    ]
    assert "'=HYPERLINK(A1)" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "@", "\t", "\r"))]
    manifest = json.loads((pack / "manifest.json").read_text(encoding="utf-8"))
    assert {entry["path"] for entry in manifest["files"]} == {
        path.relative_to(pack).as_posix() for path in pack.rglob("*") if path.is_file()
    } - {"manifest.json"}


def test_a_failing_report_makes_no_folder(cli, odd_study, tmp_path):
    text = (odd_study / "study.toml").read_text(encoding="utf-8")
    dumbbell = 'id = "fig03"\nform = "dumbbell"\nheadline = "H"\nquestion = "owner"\nby = "segment"\n'
    (odd_study / "study.toml").write_text(f"{text}\n[[figure]]\n{dumbbell}", encoding="utf-8")
    finished = cli("report", odd_study, "--out", tmp_path / "deep" / "pack")
    assert finished.code == 2
    assert '[[figure]] 3 "fig03"' in finished.err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["odd"]
