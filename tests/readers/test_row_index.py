"""A first column without a name that counts the rows, as R and pandas write it, is left out."""

import io

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxsurvey.readers import delimited
from cxsurvey.readers.columns import is_row_index

NAMELESS = (
    "Column 1 has answers but no name. [responses-blank-column]\n"
    "Where: answers.csv, row 1\n"
    "Next: Name the column, or correct header_row under [reading]."
)


@pytest.mark.parametrize("first", [0, 1])
def test_as_pandas_writes_it(read, first):
    frame = pd.DataFrame({"id": ["a", "b", "c"], "q1": [4, 5, 6]}, index=range(first, first + 3))
    raw = read(frame.to_csv(lineterminator="\n"))
    assert raw.frame.to_dict("list") == {"id": ["a", "b", "c"], "q1": ["4", "5", "6"]}
    assert raw.first_row == 2


def test_as_r_writes_it(read):
    """What ``write.csv(data.frame(q1 = c("x", "y")))`` prints in R."""
    assert read('"","q1"\n"1","x"\n"2","y"\n').frame.to_dict("list") == {"q1": ["x", "y"]}


def test_kept_as_codes_in_a_large_file(read, monkeypatch):
    monkeypatch.setattr(delimited, "LARGE_BYTES", 10)
    text = ",q1\n" + "".join(f"{row},{row % 3}\n" for row in range(80))
    assert list(read(text).frame.columns) == ["q1"]


def test_a_respondent_without_answers_stays(read):
    assert read(",q1\n1,x\n2,\n").frame["q1"].tolist() == ["x", ""]


@pytest.mark.parametrize(
    "cells",
    [["1", "3"], ["2", "3"], ["1", "2", ""], ["1", "1"], ["2", "1"], ["1", " 2"], ["01", "02"], ["1.0", "2.0"]],
)
def test_anything_but_a_count_is_refused(refusal, cells):
    assert refusal(",q1\n" + "".join(f"{cell},x\n" for cell in cells)) == NAMELESS


def test_only_the_first_column(refusal):
    assert refusal("q1,,q2\n4,1,5\n5,2,6\n") == NAMELESS.replace("Column 1", "Column 2")


def test_a_count_with_a_name_stays(read):
    assert list(read("n,q1\n1,x\n2,y\n").frame.columns) == ["n", "q1"]


@pytest.mark.parametrize("name", ["answers.xlsx", "answers.parquet"])
@pytest.mark.parametrize("first", [0, 1])
def test_typed_formats(read, name, first):
    frame = pd.DataFrame({"": range(first, first + 3), "q1": [4.0, 5.0, 6.0]})
    content = io.BytesIO()
    if name.endswith("xlsx"):
        frame.to_excel(content, index=False, engine="xlsxwriter")
    else:
        frame.to_parquet(content, index=False)
    assert read(content.getvalue(), name).frame.to_dict("list") == {"q1": [4.0, 5.0, 6.0]}


def test_workbook_with_another_nameless_column(refusal):
    content = io.BytesIO()
    pd.DataFrame({"": [1, 3], "q1": [4, 5]}).to_excel(content, index=False, engine="xlsxwriter")
    assert refusal(content.getvalue(), "answers.xlsx").startswith("Column 1 has answers but no name.")


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 40), st.integers(-1, 3), st.sampled_from([str, int, float]))
def test_counts_from_nought_or_one_only(length, first, kind):
    cells = [kind(number) for number in range(first, first + length)]
    assert is_row_index(cells) == (first in {0, 1})


@pytest.mark.parametrize("cells", [[True], [False, True], [None], [0.5], [float("nan")], [float("inf")]])
def test_other_cells_do_not_count(cells):
    assert not is_row_index(cells)
