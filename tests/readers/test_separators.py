"""Separators that are stated: by the study file, by a first line ``sep=;``, and wrongly by either."""

import codecs

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxsurvey.readers.separators import find_declaration

TABLE = [["id", "q1"], ["1", "4,5"], ["2", ""]]


def rows(raw):
    return [list(raw.frame.columns), *raw.frame.to_numpy().tolist()]


def table(separator, line_break="\n"):
    return line_break.join(separator.join(row) for row in TABLE) + line_break


@pytest.mark.parametrize("separator", [";", "\t", "|"])
@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("line", ["sep={}", '"sep={}"', "SEP={}"])
def test_first_line_states_the_separator(read, separator, line_break, line):
    raw = read(line.format(separator) + line_break + table(separator, line_break))
    assert rows(raw) == TABLE
    assert (raw.separator, raw.first_row) == (separator, 3)


def test_first_line_states_a_comma(read):
    raw = read('"sep=,"\r\nid,q1\r\n1,"4,5"\r\n2,\r\n')
    assert (rows(raw), raw.separator, raw.first_row) == (TABLE, ",", 3)


def test_first_line_decides_where_field_counts_would_not(read):
    """By their counts, these fields would be parted by the comma."""
    text = "a;b,c,d\n1;2,3,4\n"
    assert list(read(text).frame.columns) == ["a;b", "c", "d"]
    assert list(read("sep=;\n" + text).frame.columns) == ["a", "b,c,d"]


@pytest.mark.parametrize("mark", [codecs.BOM_UTF8, codecs.BOM_UTF16_LE])
def test_first_line_after_a_byte_order_mark(read, mark):
    encoding = "utf-8" if mark == codecs.BOM_UTF8 else "utf-16-le"
    raw = read(mark + ("sep=;\n" + table(";")).encode(encoding))
    assert (rows(raw), raw.separator) == (TABLE, ";")


def test_same_separator_may_be_stated(read):
    assert rows(read("sep=;\n" + table(";"), separator=";")) == TABLE


@pytest.mark.parametrize(("header_row", "first_row"), [(1, 3), (2, 3)])
def test_header_row_counts_the_first_line(read, header_row, first_row):
    raw = read("sep=;\n" + table(";"), header_row=header_row)
    assert (rows(raw), raw.first_row) == (TABLE, first_row)


def test_title_below_the_first_line(read):
    raw = read("sep=;\nSurvey of 2020;\n" + table(";"), header_row=3)
    assert (rows(raw), raw.first_row) == (TABLE, 4)


def test_messages_count_the_first_line(refusal):
    assert refusal("sep=;\nid;q1\n1;2\n3\n") == (
        "Row 4 has too few fields. [responses-ragged]\n"
        "Where: answers.csv, row 4, which begins '3'\n"
        "Expected: 2 fields\n"
        "Got: 1 field\n"
        "Next: Put quotes around cells that hold the separator; check separator and header_row."
    )


@pytest.mark.parametrize("text", ["sep=;", "sep=;\n", '"sep=;"\r\n\r\n'])
def test_first_line_alone_is_an_empty_file(refusal, text):
    assert refusal(text) == (
        "The responses file is empty. [responses-empty]\nWhere: answers.csv\nNext: Export the responses again."
    )


@pytest.mark.parametrize("line", ["sep=x", "sep=;;", '"sep=;', "sep", " sep=;", "sep=;id", "step=;"])
def test_other_first_lines_are_rows(line):
    assert find_declaration(line + "\nid;q1\n") is None


def test_first_line_only(read):
    assert rows(read("note;q1\nsep=;1\n"))[1:] == [["sep=", "1"]]


def test_stated_separator_contradicts_the_first_line(refusal):
    assert refusal("sep=;\n" + table(";"), separator=",") == (
        "The stated separator contradicts the file's first line. [responses-separator-mismatch]\n"
        "Where: answers.csv, row 1\n"
        "Expected: separator ',', as stated under [reading]\n"
        "Got: the line 'sep=', which says ';'\n"
        "Next: Leave [reading] separator out, or delete the line if it is wrong."
    )


def test_stated_separator_is_absent(refusal):
    assert refusal("id,q1,q2\n1,2,3\n", separator=";") == (
        "The separator ';' is not found in the header; the file looks parted by ','. "
        "[responses-separator-absent]\n"
        "Where: answers.csv, row 1\n"
        "Expected: column names separated by ';'\n"
        "Got: 3 fields in every row looked at, separated by ','\n"
        "Next: Leave [reading] separator out. If the file is one column, put its cells in quotes."
    )


def test_separator_of_the_first_line_is_absent(refusal):
    assert refusal("sep=;\nid\tq1\n1\t2\n") == (
        "The separator ';' is not found in the header; the file looks parted by '\\t'. "
        "[responses-separator-absent]\n"
        "Where: answers.csv, row 2\n"
        "Expected: column names separated by ';'\n"
        "Got: 2 fields in every row looked at, separated by '\\t'\n"
        "Next: Delete the first line: the separator is found without it."
    )


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('"id","q1"\n"1","2"\n', id="stray-quotes"),
        pytest.param("id,q1\n", id="header-only"),
        pytest.param("id,q1\n1,2;3\n", id="ragged"),
        pytest.param("id,q1\n1," + "x" * 1_000_001 + "\n", id="cell-too-long"),
    ],
)
def test_absent_separator_is_told_before_anything_else(refusal, text):
    assert "[responses-separator-absent]" in refusal(text, separator=";").splitlines()[0]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("note\nfine, thanks\nwell, no\n", id="separator-below-the-header-only"),
        pytest.param("note, if any\nfine\nwell, no\n", id="uneven"),
        pytest.param('"note, if any"\n"fine, thanks"\n', id="quoted"),
    ],
)
def test_one_column_with_a_stated_separator(read, text):
    assert read(text, separator=";").frame.shape[1] == 1


def test_below_the_rows_looked_at_a_large_file_may_differ(refusal, monkeypatch):
    """The verdict is on the beginning of a file, also where that beginning breaks off inside a row."""
    monkeypatch.setattr("cxsurvey.readers.delimited.HEAD_BYTES", 40)
    text = "id,q1\n" + "1,2\n" * 50 + "1\n"
    assert "[responses-separator-absent]" in refusal(text, separator=";")


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(",;\t|"), st.booleans(), st.text(alphabet='a;,"\n', max_size=12))
def test_declaration_ends_where_the_table_begins(separator, quoted, rest):
    line = f'"sep={separator}"' if quoted else f"sep={separator}"
    found = find_declaration(f"{line}\n{rest}")
    assert found is not None
    assert (found.separator, found.end) == (separator, len(line) + 1)
