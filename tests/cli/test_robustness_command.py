"""``cxsurvey robustness``: every rule in 80 columns, the largest change first, the gaps as CSV."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest

from cxsurvey.analysis.rule_tables import ROBUSTNESS_COLUMNS

RULES = ("four_and_three_half", "median", "score")
WANTED = ("--rule", "median", "--rule", "score", "--question", "problem", "--question", "nps")


def run(cli, *options, study="sfo2018"):
    finished = cli("robustness", study, *options)
    assert finished.code == 0, finished.err
    return finished


def test_text_shows_sizes_movers_and_gaps(cli):
    text = run(cli, *WANTED).out
    assert "The study's own rule is four_and_three_half" in text
    for rule in RULES:
        assert re.search(rf"^{rule} +[\d,]+ +\d+% ", text, re.MULTILINE)
    assert re.search(r"^median: 1,096 of 2,809 move: follower to laggard 738,", text, re.MULTILINE)
    assert text.index(": Yes\n") < text.index("\nNet promoter score\n")
    assert "Holm over the tests of each rule, one family a rule" in " ".join(text.split())


def test_measures_stand_by_their_largest_change(cli):
    text = run(cli, "--rule", "median").out
    body = text[text.index("Leaders (a)") :]
    changes = [
        abs(int(found.replace("−", "-"))) for found in re.findall(r"<\.001 +([+−]\d+)$", body, re.MULTILINE)
    ]
    assert len(changes) == 6
    assert changes == sorted(changes, reverse=True)


@pytest.mark.parametrize("options", [(), ("--question", "age", "--level", "0.99", "--adjust", "none")])
def test_text_fits_eighty_columns(cli, options):
    assert max(map(len, run(cli, *options).out.splitlines())) <= 80


def test_long_words_fit_eighty_columns(cli, odd_study):
    finished = run(cli, study=odd_study)
    assert max(map(len, finished.out.splitlines())) <= 80
    assert "literal_drop" in finished.out


def test_more_measures_than_fit_are_counted(cli):
    text = run(cli, "--rule", "median", "--question", "airline", "--question", "access").out
    assert re.search(r"^\d+ more, whose gaps change less: --format csv lists them all\.$", text, re.MULTILINE)


def test_csv_is_the_gaps(cli, tmp_path):
    file = tmp_path / "gaps.csv"
    finished = run(cli, *WANTED, "--format", "csv", "--out", file)
    rows = list(csv.reader(io.StringIO(finished.out)))
    assert rows[0] == list(ROBUSTNESS_COLUMNS)
    assert list(dict.fromkeys(row[0] for row in rows[1:])) == list(RULES)
    assert file.read_text(encoding="utf-8") == finished.out


def test_json_holds_sizes_and_moves_too(cli):
    told = json.loads(run(cli, *WANTED, "--format", "json").out)
    assert told["rule"] == "four_and_three_half"
    assert {row["rule"] for row in told["sizes"]} == set(RULES)
    assert {row["rule"] for row in told["moves"]} == set(RULES[1:])
    assert list(told["rows"][0]) == list(ROBUSTNESS_COLUMNS)
    assert told["left_out"] == {}


@pytest.mark.parametrize(
    ("options", "code"),
    [(("--rule", "medain"), "unknown-rule"), (("--question", "nothing"), "unknown-question")],
)
def test_what_is_not_there_is_told(cli, options, code):
    finished = cli("robustness", "sfo2018", *options)
    assert finished.code == 2
    assert f"[{code}]" in finished.err
    assert finished.out == ""


def test_rule_without_laggards_is_told(cli, odd_study):
    """The ten respondents of the odd study under a rule that drops most of them."""
    file = odd_study / "study.toml"
    text = file.read_text(encoding="utf-8")
    cells = ", ".join(["[" + ", ".join(['"leader"'] * 4) + "]"] * 4)
    rule = f'\n[segments.rules.everybody]\nkind = "grid"\ncells = [{cells}]\n'
    file.write_text(text.replace("\n[[group]]", rule + "\n[[group]]", 1), encoding="utf-8")
    shown = run(cli, "--rule", "everybody", study=odd_study).out
    assert "everybody left out: nobody is a laggard, so there are no gaps." in shown
    assert re.search(r"^everybody +\d+ 100% ", shown, re.MULTILINE)
