"""The workbook of a book, read back cell by cell: numbers unrounded, labels as text, nothing to mend."""

import io
import re
import shutil
import subprocess
import sys
import zipfile
from datetime import datetime
from functools import cache
from itertools import pairwise

import openpyxl
import pytest
from book_samples import ODD, bundled_book, odd_book, wide_study
from helpers import question, study_of

import cxsurvey as cx
from cxsurvey.display.book import workbook as module
from cxsurvey.display.book.formats import MOST_FORMATS, number_format
from cxsurvey.display.book.grid import ARROWS, Cell, Line, lines
from cxsurvey.display.book.layout import LABEL_WIDTH, PAGE_WIDTH, PIXELS, layout_of, page_columns
from cxsurvey.display.book.workbook import book_workbook
from cxsurvey.errors import OutputError, RequestError


@cache
def opened(book, **options):
    """Write a book and read it back; tests only look at it."""
    return openpyxl.load_workbook(io.BytesIO(book_workbook(book, **options)))


def first_line(sheet):
    """Row of the first base, and rows of the head above it."""
    return next(row[0].row for row in sheet.iter_rows(max_col=1) if row[0].value == "Base: respondents")


@pytest.mark.parametrize("book", [odd_book, bundled_book])
def test_every_cell_is_the_number_of_the_book(book):
    made = book()
    read = opened(made)
    for table in made.tables:
        sheet = read[f"T{table.number}"]
        start = first_line(sheet)
        for row, line in enumerate(lines(table), start):
            assert sheet.cell(row, 1).value == line.label
            for column, cell in enumerate(line.cells, 2):
                got = sheet.cell(row, column).value
                # A file holds 16 to 17 digits, so a number comes back as it was to that.
                assert got == (
                    pytest.approx(cell.value, rel=1e-15) if cell.value is not None else cell.text or None
                )


def test_cells_of_shares_hold_estimates_and_formats_show_the_letters():
    book = odd_book()
    sheet, table = opened(book)["T3"], book.tables[2]
    start = first_line(sheet) + 1  # without weights there is one base
    shown = 0
    for r, row in enumerate(table.rows):
        for c in range(len(table.columns)):
            cell = sheet.cell(start + r, 2 + c)
            if not table.cells.hidden[r, c] and table.flags[c] != "empty":
                assert cell.value == pytest.approx(table.cells.estimate[r, c], rel=1e-15)
            marks = [*table.cells.letters[r, c].split(), ARROWS.get(table.cells.rest[r, c], "")]
            assert all(mark in cell.number_format for mark in marks)
            shown += sum(map(bool, marks))
        assert row.label == sheet.cell(start + r, 1).value
    assert shown > 5


@pytest.mark.parametrize("options", [{}, {"sheets": "one"}, {"letters": "column"}, {"charts": True}])
def test_labels_are_never_formulas(options):
    read = opened(odd_book(), **options)
    seen = set()
    for sheet in read:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f"
                seen.add(cell.value)
    assert set(ODD.values()) <= seen


def test_heads_are_merged_over_their_columns():
    sheet = opened(odd_book())["T1"]
    owner = {cell: area.start_cell.coordinate for area in sheet.merged_cells.ranges for cell in area.cells}
    letters = first_line(sheet) - 1
    depth = max(len(column.path) for column in odd_book().columns)
    for place, column in enumerate(odd_book().columns, 2):
        above = [(row, place) for row in range(letters - depth, letters)]
        heads = [owner.get(cell, sheet.cell(*cell).coordinate) for cell in above]
        assert tuple(sheet[head].value for head in dict.fromkeys(heads)) == column.path
        assert (sheet.cell(letters, place).value or "") == column.letter
    cells = [cell for area in sheet.merged_cells.ranges for cell in area.cells]
    assert len(cells) == len(set(cells))  # merges that overlap make programs mend the file


def test_panes_and_print_titles_hold_the_head():
    for sheet in [sheet for sheet in opened(odd_book()) if re.fullmatch(r"T\d+", sheet.title)]:
        start = first_line(sheet)
        assert sheet.freeze_panes == f"B{start}"
        first, last = map(int, re.findall(r"\d+", sheet.print_title_rows))
        assert (last, sheet.cell(last, 3).value) == (start - 1, "A")
        assert first < last
        assert sheet.print_title_cols.replace("$", "") == "A:A"
        assert sheet.page_setup.orientation == "landscape"
        assert "&P / &N" in sheet.oddFooter.right.text or "&P" in str(sheet.oddFooter.right.text)


@pytest.mark.parametrize("sheets", ["each", "one"])
def test_links_lead_to_tables_and_back(sheets):
    read = opened(odd_book(), sheets=sheets)
    ways = {
        (sheet.title, cell.coordinate): cell.hyperlink.location
        for sheet in read
        for row in sheet.iter_rows()
        for cell in row
        if cell.hyperlink
    }
    for target in ways.values():
        name, cell = re.fullmatch(r"'(.+)'!([A-Z]+\d+)", target).groups()
        assert name in read.sheetnames
        assert read[name][cell].value
    titles = [read[name.strip("'")][cell].value for name, cell in (to.split("!") for to in ways.values())]
    for table in odd_book().tables:
        start = f"Table {table.number}. {table.label}"
        assert any(isinstance(title, str) and start.startswith(title) for title in titles)
    back = [ref for (title, ref), to in ways.items() if title.startswith("T") and to == "'Contents'!A1"]
    assert len(back) == len(odd_book().tables)


def test_sheet_names_are_short_and_apart():
    names = opened(odd_book()).sheetnames
    assert names == ["Contents", *(f"T{i + 1}" for i in range(len(odd_book().tables))), "Letters", "Notes"]
    assert opened(odd_book(), sheets="one").sheetnames == ["Contents", "Tables", "Letters", "Notes"]


def test_hidden_cells_leave_a_mark_and_nothing_behind_it():
    book = odd_book()
    place = next(i for i, column in enumerate(book.columns) if column.id == "size=4")
    assert book.tables[0].flags[place] == "suppressed"
    sheet = opened(book, letters="column")["T3"]
    start = first_line(sheet)
    column = 2 + 2 * place
    values = [sheet.cell(row, column).value for row in range(start + 1, start + len(lines(book.tables[2])))]
    assert set(values) <= {"–", None}
    assert sheet.cell(start + 4, column).comment is None


def test_letters_stand_in_a_column_of_their_own():
    book = odd_book()
    sheet, table = opened(book, letters="column")["T3"], book.tables[2]
    start = first_line(sheet) + 1  # without weights there is one base
    for r in range(len(table.rows)):
        for c in range(len(table.columns)):
            letters = sheet.cell(start + r, 3 + 2 * c).value or ""
            assert letters.startswith(table.cells.letters[r, c])
            assert '"' not in sheet.cell(start + r, 2 + 2 * c).number_format.replace('"<1%"', "").replace(
                '"−"', ""
            )
    none = opened(book, letters="none")["T3"]
    formats = {cell.number_format for row in none.iter_rows(min_row=start) for cell in row}
    assert not any(re.search(r"[A-Z▲▼△▽]", text.replace("General", "")) for text in formats)


def test_letters_sheet_holds_every_letter_with_its_test():
    sheet = opened(odd_book())["Letters"]
    frame = odd_book().letters
    rows = list(sheet.iter_rows(values_only=True))
    assert list(rows[0]) == list(frame.columns)
    assert len(rows) == len(frame) + 1
    p = list(frame.columns).index("p_adjusted")
    assert [row[p] for row in rows[1:]] == pytest.approx(frame["p_adjusted"].tolist(), rel=1e-14)


def test_many_letters_move_to_columns_so_that_no_program_mends_the_file():
    book = cx.tabulate(wide_study(), ["region"])
    assert any("AA" in letters.split() for letters in book.table("rating").cells.letters.ravel())
    data = book_workbook(book)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        styles = archive.read("xl/styles.xml").decode()
    assert styles.count("<numFmt ") <= MOST_FORMATS
    read = openpyxl.load_workbook(io.BytesIO(data))
    notes = [row[0] for row in read["Notes"].iter_rows(values_only=True)]
    assert module.MOVED in notes
    assert module.MOVED not in [row[0] for row in opened(odd_book())["Notes"].iter_rows(values_only=True)]


@pytest.mark.parametrize(
    ("value", "text", "unit", "shown"),
    [
        (0.25, "25%", "percent", '[=0]0%" B";[<0.005]"<1% B";0%" B"'),
        (-12.0, "−12", "nps", '+0" B";"−"0" B";0" B"'),
        (-0.2, "0", "nps", '0" B";0" B";0" B"'),
        (3.5, "3.50", "score", '0.00" B";"−"0.00" B";0.00" B"'),
        (1200.0, "1,200", "count", '#,##0" B"'),
    ],
)
def test_number_formats_print_as_the_house_does(value, text, unit, shown):
    line = Line("", "answer", unit, (), decimals=2)
    assert number_format(line, Cell(value, text, "B")) == shown


def test_synthetic_respondents_are_said_to_be_on_every_sheet_of_tables():
    read = opened(bundled_book())
    for sheet in read:
        words = [cell for row in sheet.iter_rows(values_only=True) for cell in row if isinstance(cell, str)]
        assert "Synthetic respondents" in str(sheet.oddFooter.left.text)
        if sheet.title != "Letters":
            assert any("Synthetic respondents: illustrative, not observed." in word for word in words)


def test_charts_are_native_and_one_a_table_of_shares():
    read = opened(bundled_book(), charts=True)
    assert [len(read[f"T{i}"]._charts) for i in (1, 2, 3)] == [1, 1, 1]
    together = opened(bundled_book(), charts=True, sheets="one", letters="column")
    assert len(together["Tables"]._charts) == 3
    assert opened(bundled_book(), charts=True, show=("share", "count"))["T1"]._charts == []


def test_properties_hold_no_date_of_the_day():
    assert opened(bundled_book()).properties.created == datetime(2000, 1, 1)  # noqa: DTZ001 - as the file has it


CODE = """
import sys, hashlib, cxsurvey as cx
from cxsurvey.display.book.layout import LABEL_WIDTH, PAGE_WIDTH, PIXELS, layout_of, page_columns
from cxsurvey.display.book.workbook import book_workbook
from cxsurvey.display.book.html import book_html
book = cx.tabulate(cx.read_study("cmswire2021"), questions=["barriers", "cco_role"])
data = book_workbook(book, charts=True) + book_html(book).encode() + book.frame.to_csv().encode()
print(hashlib.sha256(data).hexdigest())
"""


def test_two_processes_write_the_same_bytes():
    hashes = {
        subprocess.run(
            [sys.executable, "-c", CODE],
            capture_output=True,
            text=True,
            check=True,
            env={"PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    }
    assert len(hashes) == 1


@pytest.mark.parametrize(
    "option", [{"sheets": "two"}, {"letters": "above"}, {"show": ()}, {"show": ["share", "x"]}]
)
def test_unknown_options_are_refused(option):
    with pytest.raises(RequestError) as caught:
        book_workbook(bundled_book(), **option)
    assert caught.value.code == "bad-option"


@pytest.mark.parametrize(("limit", "what"), [("MOST_COLUMNS", "columns"), ("MOST_ROWS", "rows")])
def test_what_no_sheet_holds_is_refused(limit, what, monkeypatch):
    monkeypatch.setattr(module, limit, 10)
    with pytest.raises(OutputError) as caught:
        book_workbook(bundled_book(), sheets="one")
    assert caught.value.code == "workbook-too-large"
    assert what in caught.value.message


def test_pages_end_between_banner_variables_where_they_can():
    book = odd_book()
    layout = layout_of(
        book.columns, [lines(table) for table in book.tables], apart=True, back="", synthetic=False
    )
    scale, breaks = page_columns(layout)
    assert scale == 60
    starts = [0, *((at - 1) // 2 for at in breaks), len(book.columns)]
    for first, end in pairwise(starts):
        assert PIXELS * (LABEL_WIDTH + layout.span(first, end - first)) * scale / 100 <= PAGE_WIDTH
    begins = [i for i in starts[1:-1] if book.columns[i].banner != book.columns[i - 1].banner]
    assert begins
    narrow = layout_of(book.columns[:3], [lines(book.tables[1])], apart=False, back="", synthetic=False)
    assert page_columns(narrow) == (100, [])


def test_a_book_of_one_question_and_one_group_is_written():
    toml = question("a", responses={"1": "Yes", "2": "No"}) + question("b", responses={"1": "X"})
    study = study_of(toml, {"A": ["1", "2", "1"] * 20, "B": ["1"] * 60})
    read = opened(cx.tabulate(study, "b", questions="a", against="pairs"))
    assert [read["Letters"].max_row, read["T1"].cell(1, 1).value] == [1, "Table 1. Question a"]


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_opens_the_workbook(tmp_path):
    source = tmp_path / "book.xlsx"
    source.write_bytes(book_workbook(odd_book(), charts=True))
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    shown = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,true,false,false,4"  # the fourth sheet
    command = ["soffice", profile, "--headless", "--convert-to", shown]
    subprocess.run([*command, "--outdir", tmp_path, source], check=True, capture_output=True, timeout=60)
    (made,) = tmp_path.glob("book*.csv")
    text = made.read_text(encoding="utf-8")
    assert '"=HYPERLINK(""http://localhost"")"' in text
    start = next(line for line in text.splitlines() if line.startswith("Point 5"))
    table = odd_book().tables[2]
    place = [column.id for column in table.columns].index("size=2")
    cell = next(line for line in lines(table) if line.label == "Point 5").cells[place]
    assert cell.marks.startswith("A")
    assert start.split(",")[1 + place] == f"{cell.text} {cell.marks}"
