"""The suffix and the bytes must agree; a mismatch is told in plain words."""

import gzip
import io
import zipfile

import pytest
import xlsxwriter

from cxsurvey.errors import ResponsesError
from cxsurvey.readers import source
from cxsurvey.readers.detector import SUFFIXES, read_responses
from cxsurvey.study.codebook import Reading

CSV = b"id,q1\n1,2\n"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
EXPORT_AGAIN = "Give the file the suffix of what it is, or export it again."
SPREADSHEET = "Open it in a spreadsheet and save it as .xlsx or CSV."
UNPACK = "Unpack the archive and name the file inside it."


def packed(**members):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return stream.getvalue()


def workbook():
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        book.add_worksheet().write_column(0, 0, ["id", 1])
    return stream.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "expected", "got", "hint"),
    [
        ("a.xlsx", CSV, "an Excel workbook (.xlsx)", "delimited text (CSV)", EXPORT_AGAIN),
        ("a.csv", workbook(), "delimited text (CSV)", "an Excel workbook (.xlsx)", EXPORT_AGAIN),
        ("a.csv", packed(answers_dot_csv=CSV), "delimited text (CSV)", "a zip archive", UNPACK),
        (
            "a.xlsx",
            workbook()[:-30],
            "an Excel workbook (.xlsx)",
            "a damaged zip archive",
            "The file is damaged or cut off: export it again.",
        ),
        ("a.csv", gzip.compress(CSV), "delimited text (CSV)", "a gzip archive", UNPACK),
        ("a.txt", b"%PDF-1.7", "delimited text (CSV)", "a PDF document", EXPORT_AGAIN),
        (
            "a.csv",
            b"\n<!DOCTYPE html><html>",
            "delimited text (CSV)",
            "a web page (HTML)",
            "The download is a page, perhaps a login page: export the responses again.",
        ),
        ("a.csv", b'<?xml version="1.0"?>', "delimited text (CSV)", "an XML document", EXPORT_AGAIN),
        ("a.sav", CSV, "an SPSS data file (.sav)", "delimited text (CSV)", EXPORT_AGAIN),
        ("a.dta", b"$FL2 and more", "a Stata data file (.dta)", "an SPSS data file (.sav)", EXPORT_AGAIN),
        ("a.parquet", b"<stata_dta>", "a Parquet file", "a Stata data file (.dta)", EXPORT_AGAIN),
        ("a.csv", b"PAR1", "delimited text (CSV)", "a Parquet file", EXPORT_AGAIN),
        ("a.csv", b"\x72\x02\x01\x00", "delimited text (CSV)", "a Stata data file (.dta)", EXPORT_AGAIN),
        ("a.csv", b"RDX3\n", "delimited text (CSV)", "an R data file", "Write it as CSV or Parquet."),
        (
            "a.sav",
            b"x" * 40 + b"ASCII SPSS PORT FILE",
            "an SPSS data file (.sav)",
            "an SPSS portable file (.por)",
            "Save it as .sav.",
        ),
        (
            "a.sav",
            bytes(12) + b"\xc2\xea\x81\x60",
            "an SPSS data file (.sav)",
            "a SAS data file (.sas7bdat)",
            "Convert it to .sav, .dta or CSV.",
        ),
        (
            "a.xlsx",
            OLE + b"Workbook",
            "an Excel workbook (.xlsx)",
            "an Excel 97-2003 workbook (.xls)",
            SPREADSHEET,
        ),
        (
            "a.xlsx",
            OLE + "EncryptedPackage".encode("utf-16-le"),
            "an Excel workbook (.xlsx)",
            "a password-protected workbook",
            "Open it in a spreadsheet, remove the password and save it.",
        ),
        (
            "a.xlsx",
            packed(xl__workbook_dot_bin=b""),
            "an Excel workbook (.xlsx)",
            "a binary Excel workbook (.xlsb)",
            SPREADSHEET,
        ),
        (
            "a.xlsx",
            packed(mimetype=b"", content_dot_xml=b""),
            "an Excel workbook (.xlsx)",
            "an OpenDocument spreadsheet (.ods)",
            SPREADSHEET,
        ),
    ],
)
def test_mismatch(refusal, name, content, expected, got, hint):
    assert refusal(content, name) == (
        "The responses file is not what its name says. [responses-suffix-mismatch]\n"
        f"Where: {name}\nExpected: {expected}\nGot: {got}\nNext: {hint}"
    )


@pytest.mark.parametrize(
    ("name", "content", "got", "hint"),
    [
        ("a.json", b"{}", "a text file", "Rename the file if its suffix is wrong, or export it as CSV."),
        ("answers", CSV, "a text file", "Rename the file if its suffix is wrong, or export it as CSV."),
        ("a.xls", OLE + b"Workbook", "an Excel 97-2003 workbook (.xls)", SPREADSHEET),
        ("a.zip", packed(a_dot_csv=CSV), "a zip archive", UNPACK),
    ],
)
def test_unknown_suffix(refusal, name, content, got, hint):
    assert refusal(content, name) == (
        "No reader is known for this kind of file. [responses-unknown-suffix]\n"
        f"Where: {name}\n"
        f"Expected: a file named {', '.join(SUFFIXES)}\n"
        f"Got: {got}\nNext: {hint}"
    )


def test_suffix_in_capitals(read):
    assert read(CSV, "ANSWERS.CSV").frame.to_dict("list") == {"id": ["1"], "q1": ["2"]}


def failure(path):
    with pytest.raises(ResponsesError) as caught:
        read_responses(path, Reading())
    return caught.value.message


def test_absent(tmp_path):
    assert failure(tmp_path / "answers.csv") == (
        "The responses file does not exist. [responses-not-found]\n"
        "Where: answers.csv\n"
        "Next: Check [study] responses in study.toml, and that the file stands in the study folder."
    )


def test_folder(tmp_path):
    (tmp_path / "answers.csv").mkdir()
    assert failure(tmp_path / "answers.csv") == (
        "The responses path is not a file. [responses-not-a-file]\n"
        "Where: answers.csv\n"
        "Next: Name the file itself, not its folder, in [study] responses."
    )


@pytest.mark.parametrize("name", ["answers.csv", "answers.xlsx", "answers.sav", "answers.parquet"])
def test_no_bytes(refusal, name):
    assert refusal(b"", name) == (
        f"The responses file is empty. [responses-empty]\nWhere: {name}\nNext: Export the responses again."
    )


def test_too_large(tmp_path):
    path = tmp_path / "answers.csv"
    path.write_bytes(CSV)
    with pytest.raises(ResponsesError) as caught:
        source.open_source(path, max_bytes=5)
    assert caught.value.message == (
        "The responses file is too large. [responses-too-large]\n"
        "Where: answers.csv\n"
        "Expected: at most 5 bytes\n"
        "Got: 10 bytes\n"
        "Next: Export only the columns that the study uses, or save the file as Parquet."
    )


def test_unreadable(tmp_path, monkeypatch):
    path = tmp_path / "answers.csv"
    path.write_bytes(CSV)

    def deny(_path):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(source, "_content", deny)
    assert failure(path) == (
        "The responses file cannot be opened. [responses-unreadable]\n"
        "Where: answers.csv\n"
        "Got: Permission denied\n"
        "Next: Check the permissions of the file, and close it if another program has it open."
    )
