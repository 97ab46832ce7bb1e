"""What commands print: help, text that fits a terminal, and tables in the columns of their contract."""

from __future__ import annotations

import csv
import io
import json
import unicodedata

import pytest

from cxsurvey import __version__
from cxsurvey.cli.main import app

COMMANDS = sorted(command.name for command in app.registered_commands)
CONTRACT = {"check", "segment", "gaps", "figures", "report", "demo"}
ISSUES = ["code", "severity", "column", "row", "value", "expected", "message"]
ESTIMATES = [
    "question",
    "response",
    "group_by",
    "group",
    "n",
    "n_effective",
    "n_weighted",
    "estimate",
    "std_error",
    "conf_low",
    "conf_high",
    "df",
    "flag",
]
GAPS = [
    "question",
    "response",
    "group_by",
    "group_a",
    "group_b",
    "estimate_a",
    "estimate_b",
    "gap",
    "std_error",
    "conf_low",
    "conf_high",
    "statistic",
    "df",
    "p_value",
    "p_adjusted",
    "effect_size",
    "n_a",
    "n_b",
    "n_overlap",
    "test",
    "flag",
]
TABLES = {
    "check": (("check",), ISSUES),
    "segment": (("segment",), ESTIMATES),
    "segment-by": (("segment", "--by", "split"), ESTIMATES),
    "gaps": (("gaps", "--by", "owner"), GAPS),
    "gaps-segment": (("gaps", "--by", "segment", "--against", "rest"), GAPS),
}


def columns(line: str) -> int:
    """Terminal columns of a line: wide characters take two, joiners and marks none."""
    kinds = {"W": 2, "F": 2}
    return sum(
        0 if unicodedata.category(sign) in {"Mn", "Cf"} else kinds.get(unicodedata.east_asian_width(sign), 1)
        for sign in line
    )


def too_wide(text: str) -> list[str]:
    return [line for line in text.splitlines() if columns(line) > 80]


def test_the_contract_has_its_commands():
    assert set(COMMANDS) >= CONTRACT


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_says_what_a_command_does(command, cli, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    finished = cli(*([command] if command else []), "--help")
    assert finished.code == 0
    assert finished.out.startswith(f"Usage: cxsurvey {command}".strip())
    assert finished.err == ""
    assert not too_wide(finished.out)
    documented = [line for line in finished.out.splitlines() if line.strip()]
    assert len(documented) > 2
    assert not [line for line in documented if line.strip().startswith("--") and len(line.split()) == 1]


def test_no_arguments_show_the_help(cli):
    finished = cli()
    assert finished.code in {0, 2}
    assert "Usage: cxsurvey" in finished.out + finished.err


@pytest.mark.parametrize("command", ["figures", "report"])
def test_a_pack_needs_a_folder(command, cli):
    finished = cli(command, "sfo2018")
    assert finished.code == 2
    assert "Missing option '--out'" in finished.err


def test_version(cli):
    assert cli("--version").out == f"cxsurvey {__version__}\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ("demo",),
        ("check", "sfo2018"),
        ("segment", "sfo2018"),
        ("segment", "sfo2018", "--by", "first_time"),
        ("gaps", "sfo2018", "--by", "boarding_area", "--question", "nps"),
        ("gaps", "sfo2018", "--by", "first_time", "--against", "rest"),
    ],
    ids=" ".join,
)
def test_text_fits_eighty_columns(arguments, cli):
    finished = cli(*arguments)
    assert finished.code == 0
    assert not too_wide(finished.out)


@pytest.mark.parametrize("name", TABLES)
def test_long_words_fit_eighty_columns(name, cli, odd_study):
    (command, *options), _ = TABLES[name]
    finished = cli(command, odd_study, *options)
    assert finished.code == (1 if command == "check" else 0)
    assert not too_wide(finished.out)


@pytest.mark.parametrize("name", TABLES)
def test_csv_has_the_columns_of_the_contract(name, cli, odd_study):
    (command, *options), expected = TABLES[name]
    finished = cli(command, odd_study, *options, "--format", "csv")
    rows = list(csv.reader(io.StringIO(finished.out)))
    assert rows[0] == expected
    assert len(rows) > 1
    assert {len(row) for row in rows} == {len(expected)}
    unsafe = [cell for row in rows for cell in row if cell.startswith(("=", "+", "@")) or cell[:2] == "--"]
    assert unsafe == []


@pytest.mark.parametrize("name", TABLES)
def test_json_has_the_columns_of_the_contract_and_no_nan(name, cli, odd_study):
    (command, *options), expected = TABLES[name]
    finished = cli(command, odd_study, *options, "--format", "json")

    def refuse(word: str) -> None:
        pytest.fail(f"{word} is not JSON")

    told = json.loads(finished.out, parse_constant=refuse)
    assert told["study"] == "odd"
    assert told["rows"]
    assert all(list(row) == expected for row in told["rows"])


@pytest.mark.parametrize("name", TABLES)
def test_the_three_formats_hold_the_same_rows(name, cli, odd_study):
    (command, *options), _ = TABLES[name]
    as_json = json.loads(cli(command, odd_study, *options, "--format", "json").out)["rows"]
    as_csv = list(csv.DictReader(io.StringIO(cli(command, odd_study, *options, "--format", "csv").out)))
    assert len(as_json) == len(as_csv)
    for left, right in zip(as_json, as_csv, strict=True):
        for key, value in left.items():
            cell = right[key]
            assert cell in ({""} if value is None else {str(value), f"'{value}"})


def test_the_file_of_out_is_the_printed_csv(cli, odd_study, tmp_path):
    for command, *options in (("check",), ("gaps", "--by", "owner")):
        printed = cli(command, odd_study, *options, "--format", "csv", "--out", tmp_path / "table.csv")
        assert (tmp_path / "table.csv").read_text(encoding="utf-8") == printed.out


def test_segment_writes_every_respondent(cli, odd_study, tmp_path):
    finished = cli("segment", odd_study, "--out", tmp_path / "people.csv")
    assert finished.code == 0
    with (tmp_path / "people.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == 10
    assert {"respondent", "segment"} <= set(rows[0])
    assert [row["segment"] for row in rows[-2:]] == ["unclassified"] * 2


def test_text_shows_labels_literally(cli, odd_study):
    shown = cli("gaps", odd_study, "--by", "split").out
    assert "<b>Insight</b> & more" in shown
    assert "@Engagement" in shown


@pytest.mark.parametrize("variable", ["NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE"])
def test_no_colour_codes(variable, cli, monkeypatch, odd_study):
    monkeypatch.setenv(variable, "1")
    shown = [cli("segment", odd_study), cli("check", "nothing-like-it"), cli("--help")]
    assert not [finished for finished in shown if "\x1b" in finished.out + finished.err]
