"""Files that are no responses, damaged, or too much: a clear error, and nothing half-written."""

from __future__ import annotations

import csv
import io
import os
import random
import subprocess
import sys
import zipfile
from pathlib import Path

import pandas as pd
import pyreadstat
import pytest

import cxsurvey as cx

EXPORTS = Path(__file__).resolve().parents[3] / "shared" / "exports"
YES_NO = b"id,q1,q2\n1,Yes,No\n2,No,No\n3,No,Yes\n"
SURVEY = b"Respondent ID,Start Date,Which?,,\n,,Response,A,B\n11,01/02/2024,Yes,A,\n"
JUNK = random.Random(7).randbytes(3_000)  # noqa: S311 - the same bytes each time


def spss(folder):
    """A small .sav file of the library that reads it."""
    path = folder / "whole.sav"
    frame = pd.DataFrame({"q1": [1.0, 2.0, 1.0] * 40, "q2": ["a", "b", "c"] * 40})
    pyreadstat.write_sav(frame, path, variable_value_labels={"q1": {1: "Yes", 2: "No"}})
    return path.read_bytes()


def workbook(parts):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


def bomb():
    """Eleven hundred megabytes of blanks in a megabyte."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        piece = b" " * 4_000_000
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            for _ in range(275):
                part.write(piece)
    return stream.getvalue()


BAD = {
    "empty.csv": (b"", "export-empty"),
    "mark-only.csv": (b"\xef\xbb\xbf", "export-empty"),
    "blank-lines.csv": (b"\n\n  \n", "export-empty"),
    "header-only.csv": (b"Respondent ID,Start Date,Q1\n", "export-header-only"),
    "two-headers-only.csv": (b"Respondent ID,Start Date,What?\n,,Response\n", "export-header-only"),
    "nobody.csv": (b"id,q1,q2\n1,,\n2,,\n", "export-no-questions"),
    "no-names.csv": (b"1,Yes,No\n2,No,No\n3,Yes,Yes\n", "export-no-names"),
    "torn.csv": (b'id,q1\n1,"Yes\n2,No\n', "export-unclosed-quote"),
    "ragged.csv": (b"id,q1,q2\n1,Yes,No\n2,No\n3,No,Yes\n", "export-ragged"),
    "two-separators.csv": (b"id,q1,q2\n1;Yes;No\n2;No;No\n3,No,Yes\n", "export-ragged"),
    "two-encodings.csv": (
        "id,q1\n1,Z\u00fcrich\n".encode() + "2,Z\u00fcrich\n".encode("cp1252"),
        "export-undecodable",
    ),
    "cut-utf-16.csv": ("id\tq1\n1\tYes\n".encode("utf-16")[:-1], "export-undecodable"),
    "nul.csv": (b"id,q1\n1,Ye\0s\n2,No\n", "export-nul-byte"),
    "junk.bin": (JUNK, "export-nul-byte"),
    "junk.sav": (b"$FL2" + JUNK, "export-broken"),
    "junk.dta": (b"<stata_dta>" + JUNK, "export-broken"),
    "junk.parquet": (b"PAR1" + JUNK, "export-broken"),
    "page.csv": (b"<!DOCTYPE html><html><body>Sign in</body></html>", "export-not-a-table"),
    "data.json": (b'{"questions": [1, 2]}', "export-not-a-table"),
    "document.pdf": (b"%PDF-1.7\n", "export-not-a-table"),
    "export.zip": (workbook({"export.csv": "id,q1\n1,Yes\n"}), "export-not-a-table"),
    "cut.xlsx": (workbook({"xl/workbook.xml": "<workbook/>", "b": "x" * 999})[:150], "export-not-a-table"),
    "hollow.xlsx": (workbook({"xl/workbook.xml": "<workbook/>"}), "export-broken"),
    "open.sss": (b'<?xml version="1.0"?><sss><survey>', "export-triple-s"),
    "codebook.csv": (b"Variable,Label,Values\nq1,Do you cook?,1 Yes 2 No\nq2,Age,\n", "export-is-codebook"),
    "page-layout.csv": (b"Survey 2024,,\nWhat?,,\nYes,10,20%\nNo,40,80%\n", "export-nameless-columns"),
}


@pytest.fixture
def refused(cli, tmp_path):
    """Import a file that is refused: exit code 2, its name in the message, and nothing written."""

    def refuse(path, code):
        before = sorted(tmp_path.iterdir())
        done = cli("import", path, "--out", tmp_path / "study")
        assert (done.code, f"[{code}]" in done.err, done.out) == (2, True, ""), done
        assert path.name in done.err
        assert sorted(tmp_path.iterdir()) == before
        return done.err

    return refuse


@pytest.mark.parametrize("name", BAD)
def test_nothing_is_written(refused, name, tmp_path):
    content, code = BAD[name]
    path = tmp_path / name
    path.write_bytes(content)
    refused(path, code)


@pytest.mark.parametrize("kept", [180, 400, -8])
def test_spss_file_cut_off(refused, kept, tmp_path):
    whole = spss(tmp_path)
    path = tmp_path / "cut.sav"
    path.write_bytes(whole[:kept])
    assert "[reading]" not in refused(path, "export-broken")


def test_archive_bomb_is_refused_by_its_size(refused, tmp_path):
    path = tmp_path / "bomb.xlsx"
    path.write_bytes(bomb())
    assert "1,100,000,0" in refused(path, "export-archive-bomb")


def test_a_folder_and_no_file(refused, tmp_path):
    (tmp_path / "folder").mkdir()
    refused(tmp_path / "folder", "export-not-a-file")
    refused(tmp_path / "absent.csv", "export-not-found")


@pytest.mark.skipif(os.geteuid() == 0, reason="the administrator may read everything")
def test_no_permission(refused, tmp_path):
    path = tmp_path / "export.csv"
    path.write_bytes(YES_NO)
    path.chmod(0)
    refused(path, "export-unreadable")


def test_out_is_a_file(cli, tmp_path):
    path, out = tmp_path / "export.csv", tmp_path / "study"
    path.write_bytes(YES_NO)
    out.write_text("mine")
    done = cli("import", path, "--out", out)
    assert (done.code, out.read_text()) == (2, "mine")
    assert "[target-is-file]" in done.err


def test_an_edited_study_stays(cli, tmp_path):
    path, out = tmp_path / "export.csv", tmp_path / "study"
    path.write_bytes(YES_NO)
    assert cli("import", path, "--out", out).code == 0
    edited = (out / "study.toml").read_text(encoding="utf-8") + "\n# mine\n"
    (out / "study.toml").write_text(edited, encoding="utf-8")
    path.write_bytes(SURVEY * 2)
    assert "[study-edited]" in cli("import", path, "--out", out).err
    assert (out / "study.toml").read_text(encoding="utf-8") == edited


def test_a_failed_import_leaves_the_last_one(cli, tmp_path):
    path, out = tmp_path / "export.csv", tmp_path / "study"
    path.write_bytes(YES_NO)
    assert cli("import", path, "--out", out).code == 0
    before = {file.name: file.read_bytes() for file in out.iterdir()}
    path.write_bytes(YES_NO[:-4] + b'"')
    assert cli("import", path, "--out", out).code == 2
    assert {file.name: file.read_bytes() for file in out.iterdir()} == before


def test_wrong_separator_is_found(cli, tmp_path):
    path = tmp_path / "export.csv"
    path.write_bytes(YES_NO.replace(b",", b"|"))
    assert "3 respondents kept" in cli("import", path, "--out", tmp_path / "study").out


def test_formula_cells_stay_text(cli, tmp_path):
    """A spreadsheet that opens the written file runs nothing; the study reads the cells as they stood."""
    path = tmp_path / "export.csv"
    path.write_bytes(b'id,q1\n1,"=HYPERLINK(""http://x"")"\n2,+1\n3,@SUM(A1)\n' + b"4,No\n5,+1\n" * 3)
    assert cli("import", path, "--out", tmp_path / "study").code == 0
    text = (tmp_path / "study" / "responses.csv").read_text(encoding="utf-8")
    written = {cell for row in csv.reader(text.splitlines()) for cell in row}
    assert {'\'=HYPERLINK("http://x")', "'@SUM(A1)"} < written
    study = cx.read_study(tmp_path / "study")
    assert list(study.raw.frame.iloc[:3, -1]) == ['=HYPERLINK("http://x")', "+1", "@SUM(A1)"]


def test_five_thousand_columns(cli, tmp_path):
    path = tmp_path / "wide.csv"
    names = ["id", *(f"q{i}" for i in range(5_000))]
    rows = [[str(i), *("Yes" if (i + j) % 3 else "No" for j in range(5_000))] for i in range(12)]
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([names, *rows])
    done = cli("import", path, "--out", tmp_path / "study")
    assert done.code == 0
    assert "5000 single" in done.out


def test_too_many_columns(refused, tmp_path):
    path = tmp_path / "wider.csv"
    path.write_text(",".join(f"q{i}" for i in range(40_000)) + "\n" + ",".join("1" * 40_000) + "\n")
    refused(path, "export-too-many-columns")


@pytest.mark.skipif(not EXPORTS.is_dir(), reason="the collection of exports is not here")
@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("cncf_cloudnative_2021_part1.xlsx", "export-is-summary"),
        ("ospo_2022_codebook.csv", "export-is-codebook"),
        ("ospo_2022_filter.csv", "export-is-codebook"),
        ("sfo_2018_codebook.xlsx", "export-is-codebook"),
        ("quantipy_exampleA.json", "export-not-a-table"),
    ],
)
def test_files_beside_responses(refused, name, code):
    refused(EXPORTS / name, code)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems count memory otherwise")
def test_bounded_memory(tmp_path):
    """Seventy megabytes are read piece by piece: cells of their own would take half a gigabyte."""
    path = tmp_path / "large.csv"
    rows = [b"%d," % (i % 5 + 1) + b"Somewhat satisfied,Very dissatisfied," * 12 + b"x\n" for i in range(500)]
    with path.open("wb") as file:
        file.write(b",".join(b"q%d" % i for i in range(26)) + b"\n")
        for _ in range(70_000_000 // len(b"".join(rows))):
            file.writelines(rows)
    # The highest mark of the process itself: getrusage would count what its parent held.
    script = (
        "import re; from pathlib import Path; import cxsurvey as cx;"
        f"cx.import_export({str(path)!r}, to={str(tmp_path / 'study')!r});"
        "print(re.search(r'VmHWM:\\s*(\\d+)', Path('/proc/self/status').read_text())[1])"
    )
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    assert int(done.stdout) < 300 * 1024
