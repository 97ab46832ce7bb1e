"""``cxsurvey gaps --adjust-for``: raw and controlled gaps side by side, in every format."""

from __future__ import annotations

import csv
import io
import json

import pytest

import cxsurvey as cx
from cxsurvey.analysis.results import CONTROLLED_COLUMNS, GAP_COLUMNS

WANTED = (
    "sfo2018",
    "--by",
    "flight",
    "--question",
    "problem",
    "--question",
    "nps",
    "--adjust-for",
    "first_time",
)


def run(cli, *options):
    finished = cli("gaps", *WANTED, *options)
    assert finished.code == 0, finished.err
    return finished.out


@pytest.mark.parametrize(
    "options",
    [
        (),
        ("--against", "rest"),
        ("--proportional-odds", "--question", "overall"),
        ("--adjust-for", "gender,age", "--control-missing", "level"),
    ],
)
def test_text_fits_eighty_columns(cli, options):
    text = run(cli, *options)
    assert max(map(len, text.splitlines())) <= 80
    assert "raw same n  controlled 95% interval      p" in text
    assert "Controlled for first_time" in text


def test_text_shows_both_gaps_and_who_is_in_the_model(cli):
    text = " ".join(run(cli).split())
    row = cx.gaps(cx.read_study("sfo2018"), by="flight", question="nps", adjust_for="first_time").frame.iloc[0]
    gaps = [f"{row[name]:+.0f}".replace("-", "−") for name in ("gap", "controlled_raw_gap", "controlled_gap")]
    assert "Net promoter score " + " ".join(gaps) in text
    assert "2,788 of 2,809 (no answer: first_time 21)" in text


def test_csv_and_json_hold_the_columns_of_the_contract(cli):
    rows = list(csv.DictReader(io.StringIO(run(cli, "--format", "csv"))))
    assert list(rows[0]) == [*GAP_COLUMNS, *CONTROLLED_COLUMNS]
    found = json.loads(run(cli, "--format", "json"))
    assert found["controls"]["questions"] == ["first_time"]
    assert len(found["controls"]["models"]) == len(found["rows"]) == len(rows)
    assert "controls" not in json.loads(cli("gaps", *WANTED[:-2], "--format", "json").out)


def test_a_control_that_makes_the_groups_is_refused(cli):
    finished = cli("gaps", "sfo2018", "--by", "flight", "--adjust-for", "flight")
    assert finished.code == 2
    assert "[control-makes-groups]" in finished.err
