"""``cxsurvey synthesize``: the table, the file, and what is refused without a file being written."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

HEADER = "id,kind,statement,question,response,value,base,calibrate,note\n"
ROWS = (
    "central,share,Two in five have one team,owner,one,40,200,,\n"
    "tools,share,Most use A,tools,a,61,,,\n"
    "said,share,The text says 45,owner,one,45,,no,The figure says 40\n"
)
STUDY = """
[study]
id = "tiny"
title = "Tiny"
responses = "responses.csv"
synthetic = true

[[question]]
id = "owner"
text = "Who owns customer experience?"
type = "single"
column = "OWNER"
responses = { one = "One team", several = "Several teams" }

[[question]]
id = "tools"
text = "Which tools?"
type = "multi"
responses = [{ code = "a", label = "A", column = "A" }, { code = "b", label = "B", column = "B" }]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "study.toml").write_text(STUDY, encoding="utf-8")
    (tmp_path / "claims.csv").write_text(HEADER + ROWS, encoding="utf-8")
    return tmp_path


def test_the_text_lists_what_was_counted_and_fits_a_terminal(cli, folder):
    done = cli("synthesize", folder, "--seed", "7", "--out", folder / "made.csv")
    assert (done.code, done.err) == (0, f"cxsurvey: written: {folder / 'made.csv'}\n")
    assert done.out == (
        "Synthetic respondents of tiny: 200, seed 7; 2 claims met, 1 set aside\n"
        "\n"
        "Claim                      Printed Counted   Base               Share        Met\n"
        "central                        40%      80    200               40.0%        yes\n"
        "tools                          61%     122    200               61.0%        yes\n"
        "said                           45%      80    200               40.0%  set aside\n"
        "\n"
        "Set aside: the respondents need not satisfy these.\n"
        "  said: The figure says 40\n"
        "\n"
        "Counted from the respondents. What no claim tells of them is invented.\n"
    )
    assert max(map(len, done.out.splitlines())) <= 80


def test_the_file_holds_what_the_table_says(cli, folder):
    cli("synthesize", folder, "--seed", "7", "--out", folder / "made.csv")
    with (folder / "made.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert list(rows[0]) == ["OWNER", "A", "B"]
    assert sum(row["OWNER"] == "one" for row in rows) == 80
    assert sum(row["A"] == "1" for row in rows) == 122
    assert all("1" in (row["A"], row["B"]) for row in rows)


def test_csv_and_json_hold_the_same_rows(cli, folder):
    out = folder / "made.csv"
    as_csv = cli("synthesize", folder, "--seed", "7", "--out", out, "--format", "csv").out
    as_json = json.loads(cli("synthesize", folder, "--seed", "7", "--out", out, "--format", "json").out)
    rows = list(csv.DictReader(io.StringIO(as_csv)))
    columns = "claim,kind,statement,statistic,printed,counted,base,share,against_low,against_high,met,note"
    assert as_csv.splitlines()[0] == columns
    assert [row["claim"] for row in rows] == [row["claim"] for row in as_json["rows"]]
    assert (as_json["study"], as_json["seed"], as_json["respondents"]) == ("tiny", 7, 200)
    assert as_json["rows"][0]["share"] == 0.4
    assert as_json["rows"][0]["against_low"] is None
    assert as_json["synthetic"] is True


def test_fractions_print_as_percentages_and_comparisons_show_both_sides(cli, folder):
    header = HEADER.replace("response,", "response,versus_question,versus_response,qualifier,")
    rows = (
        "central,share,x,owner,one,,,,40,200,,",
        "third,threshold,x,owner,one,,,more_than,1/3,200,,",
        "tools,share,x,tools,a,,,,61,200,,",
        "more,comparison,x,tools,a,owner,one,,,200,,",
        "first,rank,x,tools,a,,,,1,200,,",
    )
    (folder / "claims.csv").write_text(header + "\n".join(rows) + "\n", encoding="utf-8")
    done = cli("synthesize", folder, "--seed", "7", "--out", folder / "made.csv")
    lines = {line.split()[0]: line for line in done.out.splitlines()[3:8]}
    assert lines["third"].split() == ["third", "33%", "80", "200", "40.0%", "yes"]
    assert lines["more"].split() == ["more", "122", "200", "61.0%", "v", "40.0%", "yes"]
    other = float(lines["first"].split()[-2].removesuffix("%"))
    assert lines["first"].split()[:5] == ["first", "1", "122", "200", "61.0%"]
    assert 0 <= other < 61
    assert max(map(len, done.out.splitlines())) <= 80


def test_the_study_runs_on_what_was_written(cli, folder):
    assert cli("synthesize", folder, "--seed", "7", "--out", folder / "responses.csv").code == 0
    assert cli("check", folder).code == 0
    first = (folder / "responses.csv").read_bytes()
    assert cli("synthesize", folder, "--seed", "8", "--out", folder / "responses.csv").code == 0
    assert (folder / "responses.csv").read_bytes() != first


def test_claims_that_conflict_end_with_1_and_no_file(cli, folder):
    (folder / "claims.csv").write_text(HEADER + ROWS + "more,share,S,owner,several,75,,,\n", encoding="utf-8")
    done = cli("synthesize", folder, "--seed", "7", "--out", folder / "made.csv")
    assert (done.code, done.out) == (1, "")
    assert "[claims-conflict]" in done.err
    assert "central" in done.err
    assert "more" in done.err
    assert not (folder / "made.csv").exists()


@pytest.mark.parametrize(
    ("change", "arguments", "code"),
    [
        (None, ["--seed", "-1", "--out", "made.csv"], "bad-seed"),
        (None, ["--seed", "7", "--out", "claims.csv"], "would-overwrite-input"),
        (None, ["--seed", "7", "--out", "study.toml"], "table-format"),
        (None, ["--seed", "7", "--out", "made.xlsx"], "table-format"),
        (None, ["--seed", "7", "--out", "absent/made.csv"], "folder-missing"),
        (("true", "false"), ["--seed", "7", "--out", "made.csv"], "study-not-synthetic"),
    ],
)
def test_what_is_refused_writes_nothing(cli, folder, monkeypatch, change, arguments, code):
    if change:
        (folder / "study.toml").write_text(STUDY.replace(*change), encoding="utf-8")
    monkeypatch.chdir(folder)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    done = cli("synthesize", ".", *arguments)
    assert (done.code, done.out) == (2, "")
    assert f"[{code}]" in done.err
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_the_study_file_is_safe_behind_another_name(cli, folder):
    (folder / "link.csv").symlink_to(folder / "study.toml")
    done = cli("synthesize", folder, "--seed", "7", "--out", folder / "link.csv")
    assert "[would-overwrite-input]" in done.err
    assert (folder / "study.toml").read_text(encoding="utf-8") == STUDY


@pytest.mark.parametrize(
    "arguments", [["--out", "made.csv"], ["--seed", "7"], ["--seed", "a", "--out", "m.csv"]]
)
def test_seed_and_out_must_be_given(cli, folder, arguments):
    assert cli("synthesize", folder, *arguments).code == 2


def test_two_processes_write_the_same_bytes(folder):
    for name, hash_seed in (("one.csv", "1"), ("two.csv", "2")):
        command = [sys.executable, "-m", "cxsurvey", "synthesize", ".", "--seed", "7", "--out", name]
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
        subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True)
    assert (folder / "one.csv").read_bytes() == (folder / "two.csv").read_bytes()
