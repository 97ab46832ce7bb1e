"""Delimited text: cells are verbatim, separators are found, every fault names its row."""

import csv
import hashlib
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxsurvey.errors import ResponsesError
from cxsurvey.readers import delimited
from cxsurvey.readers.detector import read_responses
from cxsurvey.study.codebook import Reading


def rows(raw):
    return [list(raw.frame.columns), *raw.frame.to_numpy().tolist()]


def test_cells_are_verbatim(read):
    text = 'id,q1,note\n007,NA, x \n008,"4,5",\n009,null,"a ""b""\nc"\n'
    raw = read(text)
    assert rows(raw) == [
        ["id", "q1", "note"],
        ["007", "NA", " x "],
        ["008", "4,5", ""],
        ["009", "null", 'a "b"\nc'],
    ]
    assert (raw.file_name, raw.format, raw.encoding, raw.separator) == (
        "answers.csv",
        "delimited",
        "utf-8",
        ",",
    )
    assert raw.sha256 == hashlib.sha256(text.encode()).hexdigest()
    assert raw.first_row == 2


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"])
def test_separator_is_found(read, separator, line_break):
    lines = [["id", "q1", "q2"], ["1", "4", "no"], ["2", "", "yes"]]
    raw = read(line_break.join(separator.join(line) for line in lines))
    assert rows(raw) == lines
    assert raw.separator == separator


def test_decimal_commas_do_not_separate(read):
    raw = read("id;score;weight\n1;4,5;1,0\n2;3,5;0,9\n")
    assert rows(raw)[1:] == [["1", "4,5", "1,0"], ["2", "3,5", "0,9"]]


def test_separators_inside_quotes_do_not_count(read):
    raw = read('id,"a;b;c;d"\n1,"x;y;z;w"\n2,"p;q;r;s"\n')
    assert raw.separator == ","


def test_stated_separator_wins(read):
    assert list(read("a;b,c\n1;2,3\n", separator=",").frame.columns) == ["a;b", "c"]


def test_separator_outside_ascii(read):
    assert rows(read("a§b\n1§2\n", separator="§")) == [["a", "b"], ["1", "2"]]


def test_one_column(read):
    raw = read('comment\nfine, thanks\n\n"well; yes"\n')
    assert rows(raw) == [["comment"], ["fine, thanks"], [""], ["well; yes"]]
    assert raw.separator == ""


def test_one_column_of_decimal_commas(read):
    assert rows(read("score\n4,5\n3,5\n", decimal=",")) == [["score"], ["4,5"], ["3,5"]]


def test_header_row_counts_records(read):
    raw = read('"Survey\nof 2020"\n\nid,q1\n1,2\n', header_row=3)
    assert rows(raw) == [["id", "q1"], ["1", "2"]]
    assert raw.first_row == 4


def test_trailing_empty_rows_are_dropped_and_inner_ones_kept(read):
    raw = read("id,q1\n1,2\n,\n3,4\n,\n,\n\n\n")
    assert rows(raw)[1:] == [["1", "2"], ["", ""], ["3", "4"]]


def test_column_names_lose_what_surrounds_them(read):
    raw = read("\ufeffNETPRO  ,\u00a0Q14FIND ,two\u00a0 words\n1,2,3\n")
    assert list(raw.frame.columns) == ["NETPRO", "Q14FIND", "two\u00a0 words"]


def test_empty_column_without_a_name_is_dropped(read):
    assert list(read("id,,q1\n1,,2\n3,,4\n").frame.columns) == ["id", "q1"]


def test_a_quote_inside_an_unquoted_cell_is_a_character(read):
    assert rows(read('id,size\n1,5" pipe\n2,6"\n'))[1:] == [["1", '5" pipe'], ["2", '6"']]


def test_rows_longer_than_a_block_are_read(read, monkeypatch):
    monkeypatch.setattr(delimited, "BLOCK_BYTES", 64)
    long = "x" * 500
    assert rows(read(f"id,note\n1,{long}\n2,b\n"))[1:] == [["1", long], ["2", "b"]]


def test_header_longer_than_the_head_is_read(read, monkeypatch):
    monkeypatch.setattr(delimited, "HEAD_BYTES", 64)
    names = [f"question_{i}" for i in range(40)]
    raw = read(",".join(names) + "\n" + ",".join("1" for _ in names) + "\n")
    assert list(raw.frame.columns) == names


def test_quotes_are_checked_across_scanned_parts(read, monkeypatch):
    monkeypatch.setattr(delimited, "SCAN_BYTES", 7)
    assert rows(read('id,a\n1,"x, ""y"""\n2,"z"\n'))[1:] == [["1", 'x, "y"'], ["2", "z"]]


CELL = st.text(alphabet='ab1,;"\n\r é’ \u00a0=', max_size=8)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=1, max_size=6), st.sampled_from(",;\t|"))
def test_what_is_written_is_read(tmp_path_factory, cells, separator):
    """Python's own writer and this reader agree, whatever the cells hold."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator, lineterminator="\r\n", quoting=csv.QUOTE_MINIMAL)
    writer.writerows([["a", "b", "c"], *cells, ["last", "row", "!"]])
    path = tmp_path_factory.mktemp("written") / "answers.csv"
    path.write_text(text.getvalue(), encoding="utf-8", newline="")
    raw = read_responses(path, Reading(separator=separator))
    assert raw.frame.to_numpy().tolist() == [*cells, ["last", "row", "!"]]


@settings(deadline=None, max_examples=100)
@given(st.text(alphabet='a1,"\n', max_size=30))
def test_fast_and_exact_reading_agree(tmp_path_factory, text):
    """Either both ways give the same cells or both refuse."""
    path = tmp_path_factory.mktemp("both") / "answers.csv"
    path.write_text("x,y\n" + text, encoding="utf-8", newline="")
    outcomes = []
    for regular in (delimited._quotes_are_regular, lambda *_: False):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(delimited, "_quotes_are_regular", regular)
            try:
                outcomes.append(read_responses(path, Reading(separator=",")).frame.to_numpy().tolist())
            except ResponsesError as error:
                outcomes.append(error.message)
    assert outcomes[0] == outcomes[1]


def test_too_many_fields(refusal):
    assert refusal("id,q1\n1,2\n3,4,5\n6,7\n") == (
        "Row 3 has too many fields. [responses-ragged]\n"
        "Where: answers.csv, row 3, which begins '3,4,5'\n"
        "Expected: 2 fields\n"
        "Got: 3 fields\n"
        "Next: Put quotes around cells that hold the separator; check separator and header_row."
    )


def test_too_few_fields_after_an_embedded_line_break(refusal):
    assert refusal('id,q1,q2\n1,"a\nb",2\n3\n') == (
        "Row 3 has too few fields. [responses-ragged]\n"
        "Where: answers.csv, row 3, which begins '3'\n"
        "Expected: 3 fields\n"
        "Got: 1 field\n"
        "Next: Put quotes around cells that hold the separator; check separator and header_row."
    )


def test_trailing_separator_on_every_row(refusal):
    assert refusal("a,b\n1,2,\n3,4,\n").startswith("Row 2 has too many fields. [responses-ragged]")


def test_unclosed_quote_in_the_last_column(refusal):
    assert refusal('id,note\n1,"fine\n2,good\n') == (
        "A quote is opened and never closed. [responses-unclosed-quote]\n"
        "Where: answers.csv, row 2, field 2\n"
        "Next: Close the quote, or write a quote inside a quoted cell twice."
    )


def test_unclosed_quote_hidden_by_a_later_quote(refusal):
    assert refusal('id,note\n1,"fine\n2,"good"\n3,x\n') == (
        "Text follows a closing quote. [responses-stray-quote]\n"
        "Where: answers.csv, row 2, field 2\n"
        "Expected: a separator or the end of the row\n"
        "Got: 'good\"\\n3,x\\n'\n"
        "Next: Write a quote inside a quoted cell twice; check the separator."
    )


def test_blank_row_between_responses(refusal):
    assert refusal("id,q1\n1,2\n\n3,4\n") == (
        "Row 3 is blank but responses follow it. [responses-blank-row]\n"
        "Where: answers.csv, row 3\n"
        "Next: Delete the blank row, or correct header_row under [reading]."
    )


def test_cell_over_the_limit(refusal):
    assert refusal("id,note\n1,a\n2," + "x" * 1_000_001 + "\n") == (
        "A cell is too long. [responses-cell-too-long]\n"
        "Where: answers.csv, row 3, column 'note'\n"
        "Expected: at most 1,000,000 bytes\n"
        "Got: 1,000,001 bytes\n"
        "Next: Look for a quote that is not closed near this row."
    )


def test_cell_at_the_limit_is_read(read):
    assert len(read("id,note\n1," + "x" * 1_000_000 + "\n").frame["note"].iloc[0]) == 1_000_000


def test_duplicate_names_after_stripping(refusal):
    assert refusal("id,q1,q1 \n1,2,3\n") == (
        "Two columns are named 'q1'. [responses-duplicate-column]\n"
        "Where: answers.csv, row 1, columns 2 and 3\n"
        "Expected: names that differ, surrounding spaces aside\n"
        "Next: Rename one of them, or correct header_row under [reading]."
    )


def test_answers_under_no_name(refusal):
    assert refusal("id,,q1\n1,,2\n3,x,4\n") == (
        "Column 2 has answers but no name. [responses-blank-column]\n"
        "Where: answers.csv, row 1\n"
        "Next: Name the column, or correct header_row under [reading]."
    )


@pytest.mark.parametrize("text", ["id,q1", "id,q1\n", "id,q1\n\n\n", "id,q1\n,\n", "id\n"])
def test_header_only(refusal, text):
    assert refusal(text) == (
        "The file holds column names but no responses. [responses-header-only]\n"
        "Where: answers.csv, below row 1\n"
        "Next: Export the responses again; check the filter of the export."
    )


@pytest.mark.parametrize("content", [b"", b"\n\n", b"  \r\n", b"\xef\xbb\xbf", b"\xff\xfe"])
def test_empty_file(refusal, content):
    assert refusal(content) == (
        "The responses file is empty. [responses-empty]\nWhere: answers.csv\nNext: Export the responses again."
    )


def test_blank_header(refusal):
    assert refusal(",,\n1,2,3\n") == (
        "The row of column names is blank. [responses-blank-header]\n"
        "Where: answers.csv, row 1\n"
        "Next: Correct header_row under [reading], or delete the blank row."
    )


def test_header_below_the_end(refusal):
    assert refusal("id,q1\n1,2\n", header_row=9) == (
        "The file ends before the row of column names. [responses-no-header]\n"
        "Where: answers.csv\n"
        "Expected: column names in row 9\n"
        "Next: Correct header_row under [reading]."
    )


def test_title_above_the_names(refusal):
    assert refusal("My survey\nid,q1,q2\n1,2,3\n") == (
        "The header holds one name although the rows below it hold more fields. [responses-one-name]\n"
        "Where: answers.csv, row 1\n"
        "Expected: 3 column names separated by ','\n"
        "Got: 1 column name\n"
        "Next: State header_row under [reading] if the names stand lower, or state the separator."
    )


def test_too_many_columns(refusal):
    names = ",".join(f"q{i}" for i in range(10_001))
    assert refusal(f"{names}\n{names}\n") == (
        "The file has too many columns. [responses-too-many-columns]\n"
        "Where: answers.csv\n"
        "Expected: at most 10,000\n"
        "Got: 10,001\n"
        "Next: Check the separator; export only the columns that the study uses."
    )


def test_impossible_separator(refusal):
    assert refusal("a,b\n1,2\n", separator='"') == (
        "A quote or a line break cannot separate fields. [responses-impossible-separator]\n"
        "Where: [reading] separator, for answers.csv\n"
        "Got: '\"'\n"
        "Next: State the character between the fields, or leave it out."
    )


def test_large_files_keep_few_distinct_cells_as_codes(read, monkeypatch):
    lines = [f"{i},{i % 5},{'rare' if i == 3999 else ''}" for i in range(4000)]
    text = "id,q1,note\n" + "\n".join(lines) + "\n,,\n"
    plain = read(text)
    monkeypatch.setattr(delimited, "LARGE_BYTES", 100)
    monkeypatch.setattr(delimited, "BLOCK_BYTES", 5000)
    coded = read(text)
    assert [str(dtype) for dtype in coded.frame.dtypes] == ["str", "category", "category"]
    assert coded.frame.to_numpy().tolist() == plain.frame.to_numpy().tolist()


def test_a_column_that_grows_rich_is_text_again(read, monkeypatch):
    text = "id,note\n" + "".join(f"{i},{'same' if i < 900 else f'own {i}'}\n" for i in range(2000))
    plain = read(text)
    monkeypatch.setattr(delimited, "LARGE_BYTES", 100)
    monkeypatch.setattr(delimited, "BLOCK_BYTES", 5000)
    coded = read(text)
    assert coded.frame["note"].dtype == plain.frame["note"].dtype
    assert coded.frame["note"].tolist() == plain.frame["note"].tolist()


def test_large_file_faults_are_named_all_the_same(refusal, monkeypatch):
    monkeypatch.setattr(delimited, "LARGE_BYTES", 10)
    assert refusal("id,q1\n1,2\n3,4,5\n").startswith("Row 3 has too many fields. [responses-ragged]")
    assert refusal("id,q1\n1,2\n\n3,4\n").startswith("Row 3 is blank but responses follow it.")
