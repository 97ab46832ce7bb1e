"""Parquet: whole numbers stay whole, dates become text, one plain value a cell."""

import datetime as dt
import decimal

import pyarrow as pa
import pytest
from pyarrow import parquet

from cxsurvey.errors import ResponsesError
from cxsurvey.readers.detector import read_responses
from cxsurvey.study.codebook import Reading


@pytest.fixture
def read_table(tmp_path):
    def _read_table(**columns):
        path = tmp_path / "answers.parquet"
        parquet.write_table(pa.table(columns), path)
        return read_responses(path, Reading())

    return _read_table


def refused(path):
    with pytest.raises(ResponsesError) as caught:
        read_responses(path, Reading())
    return caught.value.message


def cells(series):
    return [None if absent else cell for cell, absent in zip(series.tolist(), series.isna(), strict=True)]


LONG_ID = 9_007_199_254_740_993  # 2^53 + 1: no float holds it


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        (pa.array([1, 2]), [1, 2]),
        (pa.array([LONG_ID, None]), [LONG_ID, None]),
        (pa.array([2**64 - 1, None], pa.uint64()), [2**64 - 1, None]),
        (pa.array([1.5, None]), [1.5, None]),
        (pa.array([0.5, None], pa.float16()), [0.5, None]),
        (pa.array([decimal.Decimal("1.25"), None]), [1.25, None]),
        (pa.array(["a ", ""]), ["a ", ""]),
        (pa.array(["a", None], pa.large_string()), ["a", None]),
        (pa.array(["a", None]).dictionary_encode(), ["a", None]),
        (pa.array([3, None]).dictionary_encode(), [3, None]),
        (pa.array([True, False]), [True, False]),
        (pa.array([True, None]), [True, None]),
        (pa.array([None, None], pa.null()), [None, None]),
        (pa.array([dt.date(2020, 1, 2), None]), ["2020-01-02", None]),
        (pa.array([1_577_934_245_000, None], pa.timestamp("ms")), ["2020-01-02T03:04:05", None]),
        (pa.array([1_577_934_245_250, None], pa.timestamp("ms")), ["2020-01-02T03:04:05.250", None]),
        (pa.array([1_577_934_245, None], pa.timestamp("s", "UTC")), ["2020-01-02T03:04:05+00:00", None]),
        (pa.array([dt.time(12, 30), None]), ["12:30:00", None]),
    ],
)
def test_kinds_of_columns(read_table, column, expected):
    assert cells(read_table(q1=column).frame["q1"]) == expected


def test_where_it_came_from(read_table):
    raw = read_table(**{" id ": [1, 2]})
    assert (raw.format, raw.first_row, list(raw.frame.columns)) == ("parquet", 1, ["id"])


@pytest.mark.parametrize(
    ("column", "kind"),
    [
        (pa.array([[1, 2], []]), "list<element: int64>"),
        (pa.array([{"a": 1}, None]), "struct<a: int64>"),
        (pa.array([b"x", None]), "binary"),
    ],
)
def test_columns_of_several_values(read_table, column, kind):
    with pytest.raises(ResponsesError) as caught:
        read_table(q1=column)
    assert caught.value.message == (
        "Column 'q1' does not hold one plain value per cell. [responses-unusable-column]\n"
        "Where: answers.parquet\n"
        "Expected: text, numbers, dates, or true and false\n"
        f"Got: {kind}\n"
        "Next: Write one column per value."
    )


def test_no_rows(read_table):
    with pytest.raises(ResponsesError) as caught:
        read_table(q1=pa.array([], pa.int64()))
    assert caught.value.message == (
        "The file declares variables but holds no respondents. [responses-no-cases]\n"
        "Where: answers.parquet\n"
        "Next: Export the responses again; check the filter of the export."
    )


def test_duplicate_names(tmp_path):
    path = tmp_path / "answers.parquet"
    parquet.write_table(pa.table([pa.array([1]), pa.array([2])], names=["q1", "q1 "]), path)
    assert refused(path).startswith("Two columns are named 'q1'. [responses-duplicate-column]")


def test_cut_off(tmp_path):
    path = tmp_path / "answers.parquet"
    parquet.write_table(pa.table({"q1": list(range(100))}), path)
    path.write_bytes(path.read_bytes()[:-20])
    message = refused(path)
    assert message.startswith(
        "The file cannot be read as a Parquet file. [responses-broken]\nWhere: answers.parquet\nGot: "
    )
    assert message.endswith("\nNext: The file may be damaged or cut off: export it again.")
