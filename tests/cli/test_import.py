"""`cxsurvey import`: the report in 80 columns, JSON, what is kept, and refusals that write nothing."""

from __future__ import annotations

import json

import pytest

HEAD = "Respondent ID,Email,How satisfied are you with us?,Which team?,Comments"
LEVELS = ("Very satisfied", "Satisfied", "Dissatisfied", "Very dissatisfied")


@pytest.fixture
def export(tmp_path):
    path = tmp_path / "export.csv"
    lines = [f"{i},p{i}@example.com,{LEVELS[i % 4]},{'AB'[i % 2]},Remark {i}" for i in range(120)]
    path.write_text("\n".join([HEAD, *lines]) + "\n", encoding="utf-8")
    return path


def test_from_export_to_first_figure_in_three_commands(cli, export, tmp_path):
    folder = tmp_path / "acme"
    assert cli("import", export, "--out", folder).code == 0
    assert cli("check", folder).code == 0
    finished = cli("figures", folder, "--out", tmp_path / "figures", "--only", "fig01")
    assert finished.code == 0
    assert (tmp_path / "figures" / "figure-pack.pdf").is_file()


def test_the_report_fits_a_terminal_and_says_what_is_next(cli, export, tmp_path):
    finished = cli("import", export, "--out", tmp_path / "acme study")
    lines = finished.out.splitlines()
    assert lines[0] == "cxsurvey import report: export.csv"
    assert "Rows: 120 read, 120 respondents kept, 0 left out" in lines
    assert any("personal: 1 (" in line for line in lines)
    assert any(line.startswith("  cxsurvey check '") for line in lines)
    wrapped = [line for line in lines if str(tmp_path) not in line]
    assert max(map(len, wrapped)) <= 80
    assert finished.err == ""


def test_json_holds_the_whole_report(cli, export, tmp_path):
    finished = cli("import", export, "--out", tmp_path / "acme", "--format", "json")
    found = json.loads(finished.out)
    assert found["respondents"] == 120
    assert {column["fate"] for column in found["columns"]} >= {"question", "left_out"}
    assert len(found["files"]) == 6


def test_kept_columns_and_a_title(cli, export, tmp_path):
    folder = tmp_path / "acme"
    given = ("--keep", "Comments", "--keep", "Email", "--title", "Acme, 2024")
    assert cli("import", export, "--out", folder, *given).code == 0
    text = (folder / "study.toml").read_text(encoding="utf-8")
    assert 'title = "Acme, 2024"' in text
    responses = (folder / "responses.csv").read_text(encoding="utf-8")
    assert "p7@example.com" in responses
    assert "Remark 7" in responses


def test_an_edited_study_is_refused_and_can_be_refreshed(cli, export, tmp_path):
    folder = tmp_path / "acme"
    cli("import", export, "--out", folder)
    with (folder / "study.toml").open("a", encoding="utf-8") as stream:
        stream.write("\n# edited\n")
    refused = cli("import", export, "--out", folder)
    assert refused.code == 2
    assert "study-edited" in refused.err
    assert refused.out == ""
    refreshed = cli("import", export, "--out", folder, "--responses-only")
    assert refreshed.code == 0
    assert "study.toml was left as it is" in refreshed.out


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--keep", "Shoe size"), "unknown-keep"),
        (("--platform", "surveymunkey"), "bad-option"),
        (("--title", " "), "bad-option"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_is_written(cli, export, tmp_path, arguments, code):
    finished = cli("import", export, "--out", tmp_path / "acme", *arguments)
    assert finished.code == 2
    assert f"[{code}]" in finished.err
    assert not (tmp_path / "acme").exists()


def test_no_such_export(cli, tmp_path):
    finished = cli("import", tmp_path / "nowhere.csv", "--out", tmp_path / "acme")
    assert finished.code == 2
    assert "Traceback" not in finished.err
    assert not (tmp_path / "acme").exists()
