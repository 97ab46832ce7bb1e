"""Workbooks: numbers stay numbers, nothing that the sheet shows gets lost."""

import datetime as dt
import zipfile

import pytest
import xlsxwriter

from cxsurvey.errors import ResponsesError
from cxsurvey.readers import workbook_parts
from cxsurvey.readers.detector import read_responses
from cxsurvey.study.codebook import Reading


@pytest.fixture
def book(tmp_path):
    """Write sheets of cells and return the file."""

    def _book(**sheets):
        path = tmp_path / "answers.xlsx"
        with xlsxwriter.Workbook(path) as workbook:
            for name, cells in sheets.items():
                sheet = workbook.add_worksheet(name)
                for row, line in enumerate(cells):
                    sheet.write_row(row, 0, line)
        return path

    return _book


def refused(path, **options):
    with pytest.raises(ResponsesError) as caught:
        read_responses(path, Reading(**options))
    return caught.value.message


def rewritten(path, changes):
    """Replace text inside parts of a workbook."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for name, old, new in changes:
        assert old in parts[name]
        parts[name] = parts[name].replace(old, new)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


SHEET = "xl/worksheets/sheet1.xml"


def test_numbers_and_text(book):
    raw = read_responses(book(S=[["id ", "q1", "note"], [1, 4.5, " x "], [2, None, None]]), Reading())
    assert raw.frame["id"].tolist() == [1.0, 2.0]
    assert raw.frame["q1"].dtype.kind == "f"
    assert raw.frame["q1"].isna().tolist() == [False, True]
    assert raw.frame["note"].iloc[0] == " x "
    assert raw.frame["note"].isna().tolist() == [False, True]
    assert (raw.format, raw.first_row, raw.file_name) == ("workbook", 2, "answers.xlsx")


def test_numbers_as_names_are_written_as_shown(book):
    raw = read_responses(book(S=[["id", 1, 2.5, True], [7, 8, 9, 10]]), Reading())
    assert list(raw.frame.columns) == ["id", "1", "2.5", "TRUE"]


def test_mixed_cells_stay_what_they_are(book):
    raw = read_responses(book(S=[["q1"], [1], ["refused"], [True]]), Reading())
    assert raw.frame["q1"].tolist() == [1.0, "refused", True]


def test_dates_times_and_durations(tmp_path):
    path = tmp_path / "answers.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet()
        sheet.write_row(0, 0, ["day", "moment", "time", "duration"])
        cells = [
            (dt.date(2020, 1, 2), "yyyy-mm-dd"),
            (dt.datetime(2020, 1, 2, 3, 4, 5), "yyyy-mm-dd hh:mm:ss"),  # noqa: DTZ001 - Excel knows no zones
            (dt.time(12, 30), "hh:mm"),
            (1.5, "[h]:mm:ss"),
        ]
        for column, (cell, form) in enumerate(cells):
            sheet.write(1, column, cell, workbook.add_format({"num_format": form}))
    raw = read_responses(path, Reading())
    assert raw.frame.iloc[0].tolist() == ["2020-01-02", "2020-01-02T03:04:05", "12:30:00", "36:00:00"]


def test_errors_stay_visible(tmp_path):
    path = tmp_path / "answers.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet()
        sheet.write_row(0, 0, ["id", "ratio", "look"])
        sheet.write_row(1, 0, [1, 2.0])
        sheet.write(2, 0, 2)
        sheet.write_formula(2, 1, "=1/0", None, "#DIV/0!")
        sheet.write_formula(4, 2, "=NA()", None, "#N/A")
    raw = read_responses(path, Reading())
    assert raw.frame["ratio"].tolist()[:2] == [2.0, "#DIV/0!"]
    assert raw.frame["look"].tolist()[3] == "#N/A"
    assert len(raw.frame) == 4


def test_errors_are_found_across_parts_of_the_sheet(tmp_path, monkeypatch):
    monkeypatch.setattr(workbook_parts, "CHUNK_BYTES", 50)
    test_errors_stay_visible(tmp_path)


def test_formula_gives_its_stored_result(tmp_path):
    path = tmp_path / "answers.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet()
        sheet.write_row(0, 0, ["sum", "word"])
        sheet.write_formula(1, 0, "=1+1", None, 2)
        sheet.write_formula(1, 1, '=""', None, "")
        sheet.write_row(2, 0, [3, "x"])
    rewritten(path, [(SHEET, b'<c r="B2">', b'<c r="B2" t="str">')])
    raw = read_responses(path, Reading())
    assert raw.frame["sum"].tolist() == [2.0, 3.0]
    assert raw.frame["word"].isna().tolist() == [True, False]


def test_formula_without_a_result(tmp_path):
    path = tmp_path / "answers.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet("Data")
        sheet.write_row(0, 0, ["id", "sum"])
        sheet.write(1, 0, 1)
        sheet.write_formula(1, 1, "=1+1", None, 2)
    rewritten(path, [(SHEET, b"<f>1+1</f><v>2</v>", b"<f>1+1</f><v></v>")])
    assert refused(path) == (
        "A formula has no stored result. [responses-uncomputed-formula]\n"
        "Where: answers.xlsx, sheet 'Data', cell B2\n"
        "Next: Open the workbook in a spreadsheet and save it, or export it as CSV."
    )


def test_named_sheet(book):
    path = book(Notes=[["about"], ["x"]], Data=[["id"], [1]])
    assert list(read_responses(path, Reading(sheet="Data")).frame.columns) == ["id"]
    assert list(read_responses(path, Reading()).frame.columns) == ["about"]


def test_unknown_sheet(book):
    assert refused(book(Notes=[["a"], [1]], Data=[["a"], [1]]), sheet="data") == (
        "The workbook has no sheet 'data'. [responses-unknown-sheet]\n"
        "Where: answers.xlsx\n"
        "Expected: one of: Notes, Data\n"
        "Next: Did you mean 'Data'?"
    )


def test_hidden_sheet_is_not_the_first(tmp_path):
    path = tmp_path / "answers.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        hidden, shown = workbook.add_worksheet("Hidden"), workbook.add_worksheet("Shown")
        hidden.write_column(0, 0, ["secret", 1])
        shown.write_column(0, 0, ["id", 1])
        shown.activate()
        shown.set_first_sheet()
        hidden.hide()
    assert list(read_responses(path, Reading()).frame.columns) == ["id"]


def test_header_row_and_empty_rows(book):
    raw = read_responses(
        book(S=[["Survey"], [], ["id", "", "q1"], [1, "", 2], [], [3, "", ""]]), Reading(header_row=3)
    )
    assert raw.frame["id"].isna().tolist() == [False, True, False]
    assert list(raw.frame.columns) == ["id", "q1"]
    assert raw.first_row == 4


def test_sheet_that_begins_below_the_corner(tmp_path):
    path = tmp_path / "answers.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet()
        sheet.write_row(2, 1, ["id", "q1"])
        sheet.write_row(3, 1, [1, 2])
    raw = read_responses(path, Reading(header_row=3))
    assert raw.frame.to_dict("list") == {"id": [1.0], "q1": [2.0]}


@pytest.mark.parametrize(
    ("cells", "what", "place", "rest"),
    [
        ([], "The responses file is empty. [responses-empty]", "", "Next: Export the responses again."),
        (
            [["id", "q1"]],
            "The file holds column names but no responses. [responses-header-only]",
            ", below row 1",
            "Next: Export the responses again; check the filter of the export.",
        ),
        (
            [["id", None], [1, 2]],
            "Column 2 has answers but no name. [responses-blank-column]",
            ", row 1",
            "Next: Name the column, or correct header_row under [reading].",
        ),
        (
            [["id", 1, "1"], [1, 2, 3]],
            "Two columns are named '1'. [responses-duplicate-column]",
            ", row 1, columns 2 and 3",
            (
                "Expected: names that differ, surrounding spaces aside\n"
                "Next: Rename one of them, or correct header_row under [reading]."
            ),
        ),
    ],
)
def test_refused_sheets(book, cells, what, place, rest):
    assert refused(book(S=cells)) == f"{what}\nWhere: answers.xlsx, sheet 'S'{place}\n{rest}"


def test_header_below_the_end(book):
    assert refused(book(S=[["id"], [1]]), header_row=5) == (
        "The file ends before the row of column names. [responses-no-header]\n"
        "Where: answers.xlsx, sheet 'S'\n"
        "Expected: column names in row 5\n"
        "Next: Correct header_row under [reading]."
    )


def test_archive_bomb_by_ratio(book, monkeypatch):
    path = book(S=[["id"], *[[1]] * 5000])
    monkeypatch.setattr(workbook_parts, "LARGE_MEMBER", 1000)
    monkeypatch.setattr(workbook_parts, "MAX_RATIO", 2)
    with zipfile.ZipFile(path) as archive:
        first = next(i for i in archive.infolist() if i.file_size > max(1000, 2 * i.compress_size))
    assert refused(path) == (
        "The workbook unpacks to a size that no survey needs. [responses-archive-bomb]\n"
        f"Where: answers.xlsx, {first.filename}\n"
        f"Expected: packed at most 2 to 1 ({2 * first.compress_size:,} bytes)\n"
        f"Got: {first.file_size:,} bytes unpacked\n"
        "Next: Export the responses again, as CSV if they are really this large."
    )


def test_archive_bomb_by_its_directory(tmp_path):
    """60 MB of zeros pack 1000 to 1; nothing of it is unpacked."""
    path = tmp_path / "answers.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr(SHEET, bytes(60 * 1024**2))
    assert refused(path).startswith(
        "The workbook unpacks to a size that no survey needs. [responses-archive-bomb]\n"
        "Where: answers.xlsx, xl/worksheets/sheet1.xml\nExpected: packed at most 200 to 1 ("
    )


def test_archive_bomb_by_total(book, monkeypatch):
    path = book(S=[["id"], [1]])
    monkeypatch.setattr(workbook_parts, "MAX_UNPACKED", 10)
    with zipfile.ZipFile(path) as archive:
        total = sum(member.file_size for member in archive.infolist())
    assert refused(path) == (
        "The workbook unpacks to a size that no survey needs. [responses-archive-bomb]\n"
        "Where: answers.xlsx, all parts\n"
        "Expected: at most 10 bytes\n"
        f"Got: {total:,} bytes unpacked\n"
        "Next: Export the responses again, as CSV if they are really this large."
    )


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        (SHEET, b"</sheetData>", b""),
        ("xl/workbook.xml", b"<sheets>", b"<sheets"),
        ("xl/_rels/workbook.xml.rels", b"sheet1.xml", b"sheet9.xml"),
    ],
)
def test_broken_parts_are_one_clear_error(book, part, old, new):
    path = rewritten(book(S=[["id"], [1]]), [(part, old, new)])
    message = refused(path)
    assert message.startswith(
        "The file cannot be read as an Excel workbook. [responses-broken]\nWhere: answers.xlsx\nGot: "
    )
    assert message.endswith("\nNext: The file may be damaged or cut off: export it again.")
