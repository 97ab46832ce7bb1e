"""``cxsurvey table``: the book on a terminal and in files, what other tools would mark, and what is refused."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import openpyxl
import pytest
from helpers import question, study_of

import cxsurvey as cx
from cxsurvey.analysis.tabulation.frames import FRAME_COLUMNS
from cxsurvey.analysis.tabulation.profile_comparison import COMPARISON_COLUMNS
from cxsurvey.display.book.text import book_text

SMALL = ("hbr2020", "--question", "top5_barriers", "--question", "insight_rating")


def run(cli, *options):
    finished = cli("table", *options)
    assert finished.code == 0, finished.err
    return finished.out


@pytest.mark.parametrize(
    "options",
    [
        (),
        ("--banner", "segment,size"),
        ("--banner", "segment", "--banner", "view > size"),
        ("--show", "count,share,row_share,index"),
        ("--statistics", "share,mean,median", "--top-box", "0"),
        ("--levels", ".99", "--adjust", "none", "--against", "both"),
        ("--against", "rest"),
        ("--profile", "spss"),
        ("--filter", "size=2"),
    ],
)
def test_text_fits_eighty_columns(cli, options):
    text = run(cli, *SMALL, *options)
    assert max(map(len, text.splitlines())) <= 80
    assert "Table 1. Top-five barriers" in text
    assert text.count("Synthetic respondents") == 1


def test_options_reach_the_book(cli):
    options = ["--banner", "segment", "--levels", ".9,.8", "--adjust", "holm", "--against", "pairs"]
    found = json.loads(run(cli, *SMALL, *options, "--format", "json"))
    wanted = cx.tabulate(
        cx.read_study("hbr2020"),
        "segment",
        questions=["top5_barriers", "insight_rating"],
        levels=(0.9, 0.8),
        adjust="holm",
        against="pairs",
    )
    assert len(found["rows"]) == len(wanted.frame)
    assert [row["letter"] for row in found["letters"]] == wanted.letters["letter"].tolist()
    assert [column["letter"] for column in found["columns"]] == ["", "A", "B", "C"]
    assert found["notes"] == list(wanted.notes)
    assert found["synthetic"] is True


def test_csv_has_the_columns_of_the_contract(cli):
    rows = list(csv.DictReader(io.StringIO(run(cli, *SMALL, "--format", "csv"))))
    assert list(rows[0]) == [*FRAME_COLUMNS, "synthetic"]
    real = run(cli, "sfo2018", "--banner", "flyer", "--question", "nps", "--format", "csv")
    assert real.splitlines()[0] == ",".join(FRAME_COLUMNS)


def test_markdown_is_printed_whole(cli):
    text = run(cli, *SMALL, "--banner", "segment", "--format", "md")
    assert text.startswith("# ")
    assert "| Total | Segment: Leaders (A) |" in text


def test_declared_table_is_taken_by_its_name(cli):
    assert "Ownership of CX" in run(cli, "cmswire2021", "--question", "cco_role")
    text = run(cli, "cmswire2021", "--table", "book", "--question", "cco_role")
    assert text == run(cli, "cmswire2021", "--question", "cco_role")
    finished = cli("table", "cmswire2021", "--table", "bok")
    assert (finished.code, "[unknown-book]" in finished.err) == (2, True)


@pytest.mark.parametrize("ending", [".xlsx", ".html", ".csv", ".md"])
def test_out_writes_the_book_and_prints_nothing(cli, tmp_path, ending):
    path = tmp_path / f"book{ending}"
    finished = cli("table", *SMALL, "--out", path)
    assert (finished.code, finished.out) == (0, "")
    assert f"cxsurvey: written: {path}" in finished.err
    assert path.stat().st_size > 1_000
    assert (tmp_path / "book.letters.csv").exists() == (ending == ".csv")


def test_out_with_a_format_prints_as_well(cli, tmp_path):
    text = run(cli, *SMALL, "--out", tmp_path / "book.html", "--format", "text")
    assert text == run(cli, *SMALL)


def test_workbook_options_reach_the_workbook(cli, tmp_path):
    path = tmp_path / "book.xlsx"
    run(cli, *SMALL, "--out", path, "--sheets", "one", "--letters", "column", "--charts", "--show", "share")
    read = openpyxl.load_workbook(path)
    assert read.sheetnames == ["Contents", "Tables", "Letters", "Notes"]
    assert len(read["Tables"]._charts) == 2


def test_comparison_lists_what_another_tool_marks_differently(cli):
    text = run(cli, *SMALL, "--compare", "naive")
    assert max(map(len, text.splitlines())) <= 80
    book = cx.tabulate(cx.read_study("hbr2020"), questions=["top5_barriers", "insight_rating"])
    found = cx.compare_profile(book, "naive")
    assert len(found) > 3
    assert f"{len(found)} of {book.tested} comparisons would be marked differently by the naive profile" in text
    assert all(reason in text for reason in found["reason"])
    rows = list(csv.DictReader(io.StringIO(run(cli, *SMALL, "--compare", "naive", "--format", "csv"))))
    assert [row["reason"] for row in rows] == found["reason"].tolist()
    assert list(rows[0]) == list(COMPARISON_COLUMNS)
    assert json.loads(run(cli, *SMALL, "--compare", "naive", "--format", "json"))["tested"] == book.tested


def test_comparison_says_when_nothing_differs(cli):
    text = run(cli, "cmswire2021", "--question", "kpis_help", "--compare", "unicom", "--against", "pairs")
    assert text.startswith("No comparison would be marked differently")


def test_comparison_is_written_as_csv_only(cli, tmp_path):
    run(cli, *SMALL, "--compare", "spss", "--out", tmp_path / "c.csv")
    assert (tmp_path / "c.csv").read_text(encoding="utf-8").startswith("table,question")
    finished = cli("table", *SMALL, "--compare", "spss", "--out", tmp_path / "c.xlsx")
    assert (finished.code, "[table-format]" in finished.err) == (2, True)


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (("--banner", "nothing"), "unknown-banner"),
        (("--banner", "segment,segment"), "banner-repeated"),
        (("--question", "nothing"), "unknown-question"),
        (("--filter", "size"), "bad-filter"),
        (("--filter", "size=9"), "unknown-response"),
        (("--levels", "95"), "bad-option"),
        (("--levels", ".95,a"), "bad-option"),
        (("--levels", ".8,.9"), "bad-option"),
        (("--statistics", "mode"), "bad-option"),
        (("--top-box", "9"), "bad-option"),
        (("--show", "shares"), "bad-option"),
        (("--wave", "nothing"), "unknown-question"),
        (("--profile", "q", "--compare", "spss"), "compare-with-profile"),
        (("--compare", "q", "--format", "md"), "bad-option"),
        (("--out", "book.pdf"), "unknown-book-format"),
        (("--out", "absent/book.xlsx"), "folder-missing"),
    ],
)
def test_what_cannot_be_done_is_said(cli, options, code, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    finished = cli("table", "hbr2020", *options)
    assert (finished.code, finished.out) == (2, "")
    assert f"[{code}]" in finished.err
    assert not any(Path().iterdir())


@pytest.mark.parametrize(
    "options",
    [("--adjust", "x"), ("--against", "all"), ("--profile", "r"), ("--sheets", "2"), ("--format", "pdf")],
)
def test_unknown_words_are_usage(cli, options):
    assert cli("table", "hbr2020", *options).code == 2


def test_study_without_a_banner_says_what_could_make_one(cli):
    finished = cli("table", "cx_spending2021")
    assert (finished.code, "[no-banner]" in finished.err) == (2, True)


def test_files_of_the_study_are_not_overwritten(cli, odd_study):
    before = (odd_study / "responses.csv").read_bytes()
    finished = cli("table", odd_study, "--banner", "split", "--out", odd_study / "responses.csv")
    assert (finished.code, "[would-overwrite-input]" in finished.err) == (2, True)
    assert (odd_study / "responses.csv").read_bytes() == before


@pytest.mark.parametrize("ending", [".xlsx", ".html", ".csv", ".md"])
def test_odd_words_are_written_in_every_format(cli, odd_study, tmp_path, ending):
    run(cli, odd_study, "--banner", "owner,split", "--out", tmp_path / f"book{ending}")
    text = run(cli, odd_study, "--banner", "owner,split")
    assert max(map(len, text.splitlines())) <= 80


def test_report_has_the_book_and_says_when_there_is_none(cli, tmp_path, monkeypatch):
    monkeypatch.setattr("cxsurvey.display.report.draw_figures", lambda _: ())
    monkeypatch.setattr("cxsurvey.display.report.study_audit", lambda _: None)
    assert cli("report", "cmswire2021", "--out", tmp_path / "a").code == 0
    listed = json.loads((tmp_path / "a" / "manifest.json").read_text(encoding="utf-8"))["files"]
    names = {entry["path"] for entry in listed if entry["path"].startswith("book/")}
    assert names == {f"book/book{ending}" for ending in (".xlsx", ".html", ".csv", ".letters.csv")}
    finished = cli("report", "cx_spending2021", "--out", tmp_path / "b")
    assert finished.code == 0
    assert "no book of tables" in finished.err
    assert not (tmp_path / "b" / "book").exists()


def test_questions_of_gaps_are_parted_by_commas(cli):
    once = cli("gaps", "sfo2018", "--by", "first_time", "--question", "nps,overall", "--format", "csv")
    twice = cli(
        "gaps", "sfo2018", "--by", "first_time", "--question", "nps", "--question", "overall", "--format", "csv"
    )
    assert (once.code, once.out) == (0, twice.out)
    assert {row["question"] for row in csv.DictReader(io.StringIO(once.out))} == {"nps", "overall"}


def test_names_of_tools_are_taken_in_any_case(cli):
    asked = ("sfo2018", "--banner", "flyer", "--question", "nps", "--profile")
    assert run(cli, *asked, "SPSS") == run(cli, *asked, "spss")


@pytest.mark.parametrize("weighted", [True, False])
def test_counts_say_whether_they_are_weighted(weighted):
    toml = question("g", responses={"a": "A", "b": "B"}) + question("s", responses={"1": "Yes", "2": "No"})
    toml += '\n[design]\nweight = "W"\n' if weighted else ""
    study = study_of(toml, {"G": ["a", "b"] * 40, "S": ["1", "1", "2", "1"] * 20, "W": ["1", "2"] * 40})
    book = cx.tabulate(study, "g", questions="s")
    alone, beside = book_text(book, show=["count"]), book_text(book, show=["count", "share"])
    for text in (alone, beside):
        assert ("(count, weighted)" in " ".join(text.split())) == weighted
        assert ("Weighted base" in text, "Effective base" in text) == (weighted, weighted)
        assert "Base: respondents" in text


def test_letters_name_what_they_compare(cli):
    found = json.loads(run(cli, "sfo2018", "--banner", "flyer", "--question", "nps", "--format", "json"))
    names = {column["id"]: column for column in found["columns"]}
    assert found["letters"]  # there is something to look at
    for row in found["letters"]:
        assert row["column_a_label"] == names[row["column_a"]]["path"][-1]
        assert row["letter_a"] == names[row["column_a"]]["letter"]
        other = names.get(row["column_b"])
        assert row["column_b_label"] == (other["path"][-1] if other else "everyone else")
        assert row["letter_b"] == (other["letter"] if other else "")
        assert row["response_label"]
