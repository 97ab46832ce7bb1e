"""Files that are at fault: a clear error each, and nothing read that should not be."""

import io
import struct
import zipfile

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from cxsurvey.errors import ExportError, RequestError
from cxsurvey.readers import delimited
from cxsurvey.readers.exports.detector import read_export
from cxsurvey.readers.exports.grid import read_grid
from cxsurvey.readers.streaming import is_regular

TEXT = "RespondentID,Do you cook?,Why?\n" + "".join(f'{row},Yes,"words, and {row}"\n' for row in range(40))


@pytest.fixture
def refusal(tmp_path):
    def _refusal(content, name="answers.csv"):
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        with pytest.raises(ExportError) as caught:
            read_export(path)
        assert "[reading]" not in caught.value.message
        assert caught.value.hint
        return caught.value

    return _refusal


def workbook(rows, **options):
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, options) as book:
        sheet = book.add_worksheet()
        for at, row in enumerate(rows):
            sheet.write_row(at, 0, row)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("content", "code", "where"),
    [
        ("", "export-empty", "answers.csv"),
        ("\r\n\r\n", "export-empty", "answers.csv"),
        ("RespondentID,Age\n", "export-header-only", "below row 1"),
        ("RespondentID,Age\n,Response\n", "export-header-only", "below row 2"),
        (TEXT[: TEXT.index("39,Yes") + 4], "export-ragged", "row 41"),
        (TEXT[:-4], "export-unclosed-quote", "row 41"),
        (TEXT.replace('"words, and 7"', "words, and 7"), "export-ragged", "row 9"),
        ("RespondentID,Age\n1,20,30,40\n", "export-ragged", "row 2"),
        ("RespondentID,Age\n1\n2,30\n", "export-ragged", "row 2"),
        ("sep=;\nRespondentID,Age\n1,20\n2,30\n", "export-separator-absent", "row 2"),
        ("Ergebnis\nid;age;sex\n1;20;m\n2;30;f\n", "export-one-name", "row 1"),
        ("id,age\n1,Z\u00fcrich\n".encode() + b"2,Z\xfcrich\n", "export-undecodable", "line 3"),
        (b"id,age\n1,\x00\n", "export-nul-byte", "line 2"),
        ("<!doctype html><html><body>sign in</body></html>", "export-not-a-table", "answers.csv"),
        (b"%PDF-1.7 ...", "export-not-a-table", "answers.csv"),
        (",".join(f"q{at}" for at in range(10_001)) + "\n1\n", "export-too-many-columns", "answers.csv"),
    ],
)
def test_text_at_fault(refusal, content, code, where):
    fault = refusal(content)
    assert fault.code == code
    assert where in fault.where
    assert fault.exit_code == 2


def test_an_absent_file_and_a_folder(tmp_path):
    for path, code in ((tmp_path / "none.csv", "export-not-found"), (tmp_path, "export-not-a-file")):
        with pytest.raises(ExportError) as caught:
            read_export(path)
        assert caught.value.code == code


def test_rows_of_blank_cells_only(refusal):
    fault = refusal("RespondentID,Age\n , \n , \n")
    assert (fault.code, fault.got) == ("export-nobody-left", "rows that were left out: 2 blank")


def test_a_bomb_is_refused_by_its_declared_size(refusal):
    stream = io.BytesIO(workbook([["RespondentID", "Age"], ["1", "20"]]))
    with zipfile.ZipFile(stream, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/zeros.bin", bytes(60 * 1024**2))
    fault = refusal(stream.getvalue(), "bomb.xlsx")
    assert fault.code == "export-archive-bomb"


def test_a_bomb_that_lies_about_its_size_is_refused(refusal):
    stream = io.BytesIO()
    sound = io.BytesIO(workbook([["RespondentID", "Age"], ["1", "20"]]))
    with zipfile.ZipFile(sound) as source, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in source.namelist():
            archive.writestr(name, source.read(name) + b" " * 30_000_000 * name.endswith("sheet1.xml"))
    data = bytearray(stream.getvalue())
    at = data.index(b"PK\x01\x02")
    while data[at : at + 4] == b"PK\x01\x02":
        sizes = struct.unpack_from("<HHH", data, at + 28)
        if data[at + 46 : at + 46 + sizes[0]].endswith(b"sheet1.xml"):
            struct.pack_into("<I", data, at + 24, 900)
        at += 46 + sum(sizes)
    assert refusal(bytes(data), "liar.xlsx").code == "export-broken"


def test_a_workbook_cut_off(refusal):
    assert refusal(workbook([["RespondentID"], ["1"]])[:-300], "cut.xlsx").code == "export-not-a-table"


def test_a_formula_without_a_result_is_refused_and_one_with_a_result_read(refusal, tmp_path):
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["RespondentID", "Age"])
        sheet.write_row(1, 0, ["1"])
        sheet.write_formula(1, 1, "=10+10", None, 20)
    path = tmp_path / "sums.xlsx"
    path.write_bytes(stream.getvalue())
    assert read_export(path).frame["q1"].tolist() == ["20"]
    emptied = io.BytesIO()
    with zipfile.ZipFile(stream) as source, zipfile.ZipFile(emptied, "w") as archive:
        for name in source.namelist():
            archive.writestr(name, source.read(name).replace(b"<v>20</v>", b""))
    fault = refusal(emptied.getvalue(), "sums.xlsx")
    assert (fault.code, "cell B2" in fault.where) == ("export-uncomputed-formula", True)


def test_formulas_in_text_are_text(tmp_path):
    path = tmp_path / "answers.csv"
    path.write_text("RespondentID,Why?\n1,=1+1\n2,+49 30\n", encoding="utf-8")
    assert read_export(path).frame["q1"].tolist() == ["=1+1", "+49 30"]


def test_blank_cells_that_a_spreadsheet_left_out_or_added(tmp_path):
    path = tmp_path / "answers.csv"
    path.write_text("id,a,b,c,d,e\n1,1,1,1,1,1\n2,1,1,1,1\n3,1,1,1,1,1,,\n", encoding="utf-8")
    grid = read_grid(path)
    assert grid.body(1).to_numpy().tolist()[1:] == [
        ["2", "1", "1", "1", "1", ""],
        ["3", "1", "1", "1", "1", "1"],
    ]


def test_five_thousand_columns(tmp_path):
    path = tmp_path / "wide.csv"
    names = ",".join(f"item_{at // 10}_{at % 10}" for at in range(5000))
    path.write_text(names + "\n" + (",".join("01" * 2500) + "\n") * 2, encoding="utf-8")
    export = read_export(path)
    assert export.frame.shape == (2, 5000)


def test_a_platform_is_taken_at_its_word_or_refused(tmp_path):
    path = tmp_path / "answers.csv"
    path.write_text(TEXT, encoding="utf-8")
    assert read_export(path).platform == "surveymonkey"
    assert read_export(path, platform="plain").platform == "plain"
    with pytest.raises(ExportError, match="does not look like an export of Qualtrics"):
        read_export(path, platform="qualtrics")
    with pytest.raises(RequestError, match="Did you mean 'surveymonkey'"):
        read_export(path, platform="surveymonky")


def test_a_large_file_is_read_from_disk_as_a_small_one_is(tmp_path, monkeypatch):
    path = tmp_path / "answers.csv"
    rows = "".join(f'{row},"a ""b"",\nc{row}",Yes\n' for row in range(60_000))
    path.write_bytes(b"\xef\xbb\xbf" + f"RespondentID,Why?,Cook?\n{rows}".encode())
    small = read_grid(path).body(1)
    monkeypatch.setattr(delimited, "LARGE_BYTES", 1000)
    monkeypatch.setattr(delimited, "_parsed", None)
    large = read_grid(path)
    assert large.encoding == "utf-8-sig"
    assert (large.body(1).astype("str") == small).all().all()
    assert str(large.body(1)[2].dtype) == "category"


@pytest.mark.parametrize("bad", ['1,"a"b,c\n', '1,a"b"\n', '1,"open\n', "1,\x00\n", b"1,\xff\n"])
def test_irregular_text_is_read_whole(tmp_path, bad):
    path = tmp_path / "answers.csv"
    path.write_bytes(b"id,a\n" + (bad.encode() if isinstance(bad, str) else bad))
    assert not is_regular(path, start=5, separator=",")


@given(
    st.lists(st.sampled_from(['"a"', '"a ""b"""', "c", '""', "\u00e9\u20ac", '","']), min_size=1),
    st.integers(1, 7),
)
@settings(deadline=None, max_examples=60)
def test_regular_text_is_regular_in_pieces_of_any_size(tmp_path_factory, fields, size):
    path = tmp_path_factory.mktemp("pieces") / "answers.csv"
    path.write_bytes((",".join(fields) + "\n").encode())
    assert is_regular(path, start=0, separator=",", piece_bytes=size)
