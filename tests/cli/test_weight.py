"""`cxsurvey weight`: the table, the file of weights, and what is refused without a file being written."""

from __future__ import annotations

import csv
import io
import json

import pandas as pd
import pytest

import cxsurvey as cx
from cxsurvey.analysis.weights import MARGIN_COLUMNS

SHARES = {"Male": 0.48, "Female": 0.45, "Non-Binary": 0.01, "": 0.06}


@pytest.fixture
def margins(tmp_path):
    path = tmp_path / "margins.csv"
    rows = "".join(f"gender,{response},{share}\n" for response, share in SHARES.items())
    path.write_text(f"question,response,share\n{rows}", encoding="utf-8")
    return path


def test_text_shows_each_margin_before_and_after(cli, margins, tmp_path):
    finished = cli("weight", "sfo2018", "--margins", margins, "--out", tmp_path / "w.csv")
    assert finished.code == 0
    lines = finished.out.splitlines()
    assert lines[0] == "Weights of sfo2018: raked; base: weighted by WEIGHT."
    assert lines[2].split() == ["gender", "Target", "Unweighted", "Base", "Weighted"]
    assert lines[3].split() == ["Male", "48.0%", "43.3%", "43.8%", "48.0%"]
    assert "Every margin is met" in finished.out
    assert max(map(len, lines)) <= 80
    assert finished.err.startswith(f"cxsurvey: written: {tmp_path / 'w.csv'}\n")


def test_the_file_holds_a_weight_for_every_respondent(cli, margins, tmp_path):
    out = tmp_path / "w.csv"
    cli("weight", "sfo2018", "--margins", margins, "--out", out, "--trim", "4")
    written = pd.read_csv(out, dtype={"respondent": str})
    made = cx.weigh(cx.read_study("sfo2018"), margins, trim=4.0)
    pd.testing.assert_frame_equal(written, made.frame, check_exact=True)
    assert written["weight"].max() <= 4 * written["weight"].mean() * (1 + 1e-12)


def test_formats_hold_the_same_rows(cli, margins, tmp_path):
    common = ("weight", "sfo2018", "--margins", margins, "--out", tmp_path / "w.csv", "--method", "logit")
    common += ("--bounds", "0.1,6")
    rows = list(csv.DictReader(io.StringIO(cli(*common, "--format", "csv").out)))
    told = json.loads(cli(*common, "--format", "json").out)
    assert tuple(rows[0]) == MARGIN_COLUMNS
    assert [row["response"] for row in rows] == [row["response"] for row in told["rows"]]
    assert (told["method"], told["bounds"], told["trim"]) == ("logit", [0.1, 6.0], None)
    assert told["diagnostics"]["converged"] is True
    assert told["diagnostics"]["n"] == 2809


def test_limits_are_told_in_text(cli, margins, tmp_path):
    out = tmp_path / "w.csv"
    text = cli("weight", "sfo2018", "--margins", margins, "--out", out, "--trim", "4", "--bounds", "0.1,9").out
    assert "no weight above 4 times the mean" in " ".join(text.split())
    assert "Factors at a bound" in text
    assert "Weights at the largest allowed" in text
    assert max(map(len, text.splitlines())) <= 80


def test_long_words_fit_eighty_columns(cli, odd_study, tmp_path):
    path = tmp_path / "margins.csv"
    rows = "owner,1,0.3\nowner,2,0.3\nowner,3,0.3\nowner,,0.1\nsplit,one,0.3\nsplit,others,0.6\nsplit,,0.1\n"
    path.write_text(f"question,response,share\n{rows}", encoding="utf-8")
    finished = cli("weight", odd_study, "--margins", path, "--out", tmp_path / "w.csv")
    assert finished.code == 0, finished.err
    assert max(map(len, finished.out.splitlines())) <= 80


@pytest.mark.parametrize(
    ("options", "code", "exit_code"),
    [
        (("--bounds", "0.3"), "bad-option", 2),
        (("--bounds", "low,high"), "bad-option", 2),
        (("--bounds", "1.5,3"), "bad-option", 2),
        (("--trim", "0.5"), "bad-option", 2),
        (("--trim", "5", "--method", "linear"), "trim-without-raking", 2),
        (("--method", "logit"), "bounds-needed", 2),
        (("--bounds", "0.9,1.1"), "margin-beyond-limits", 1),
    ],
)
def test_what_cannot_be_writes_no_file(options, code, exit_code, cli, margins, tmp_path):
    out = tmp_path / "w.csv"
    finished = cli("weight", "sfo2018", "--margins", margins, "--out", out, *options)
    assert finished.code == exit_code
    assert f"[{code}]" in finished.err
    assert finished.out == ""
    assert not out.exists()


def test_all_problems_of_the_margins_are_told(cli, tmp_path):
    path = tmp_path / "margins.csv"
    path.write_text("question,response,share\ngender,Mal,0.5\nsex,Male,0.5\n", encoding="utf-8")
    finished = cli("weight", "sfo2018", "--margins", path, "--out", tmp_path / "w.csv")
    assert finished.code == 2
    assert "row 2: 'gender' has no response 'Mal'. Did you mean 'Male'?" in finished.err
    assert "row 3: 'sex' is no single or ordinal question" in finished.err


def test_margins_and_respondents_that_do_not_fit_are_the_fault_of_the_data(cli, margins, tmp_path):
    text = margins.read_text(encoding="utf-8").replace("gender,,0.06\n", "").replace("0.48", "0.54")
    margins.write_text(text, encoding="utf-8")
    finished = cli("weight", "sfo2018", "--margins", margins, "--out", tmp_path / "w.csv")
    assert finished.code == 1
    assert "170 respondents without an answer, and no row with an empty response" in finished.err


def test_inputs_are_not_overwritten(cli, margins):
    before = margins.read_bytes()
    finished = cli("weight", "sfo2018", "--margins", margins, "--out", margins)
    assert finished.code == 2
    assert "[would-overwrite-input]" in finished.err
    assert margins.read_bytes() == before


def test_a_file_for_the_weights_is_needed(cli, margins):
    assert cli("weight", "sfo2018", "--margins", margins).code == 2
