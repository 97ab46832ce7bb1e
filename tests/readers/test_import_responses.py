"""The responses of a new study folder: read back cell by cell; nothing in them that a spreadsheet runs."""

from __future__ import annotations

import csv
import re

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxsurvey.readers.detector import read_responses
from cxsurvey.readers.guarding import guard, needs_guard, unguard
from cxsurvey.readers.importing import responses_text
from cxsurvey.readers.importing.responses_text import formula_like, write_responses
from cxsurvey.study.codebook import Reading

HARD = st.text(st.sampled_from("'=+-@1.9a,;\"\n\t é"), max_size=8)
CELL = st.one_of(HARD, st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12))


@given(HARD)
@settings(deadline=None, max_examples=300)
def test_taking_the_apostrophe_off_gives_back_every_text(text):
    assert unguard(guard(text)) == text
    if guard(text).startswith(("=", "+", "-", "@", "\t", "\r")):
        assert re.fullmatch(r"[+-][\d.,eE+-]*", guard(text))


@pytest.mark.parametrize(
    "text", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "- none", "+-1", "'=1"]
)
def test_what_looks_like_a_formula_is_guarded(text):
    assert guard(text) == f"'{text}"


@pytest.mark.parametrize("text", ["-99", "+3.5", "-1e5", "-,5", "", "'tis", "a=b", "' quoted '"])
def test_numbers_and_words_stay_as_they_are(text):
    assert guard(text) == text
    assert not needs_guard([text])


@given(st.lists(st.tuples(CELL, CELL, HARD), min_size=1, max_size=6))
@settings(deadline=None, max_examples=60)
def test_cells_are_read_back(tmp_path_factory, rows):
    frame = pd.DataFrame(
        {
            "id": [str(i) for i in range(len(rows))],
            **{n: [r[k] for r in rows] for k, n in enumerate(("a", "b", "-c"))},
        }
    )
    path = tmp_path_factory.mktemp("written") / "responses.csv"
    write_responses(path, frame, guarded=True)
    back = read_responses(path, Reading(guarded=True)).frame
    assert list(back.columns) == list(frame.columns)
    pd.testing.assert_frame_equal(back.astype(str), frame.astype(str), check_dtype=False)


def test_without_the_guard_the_apostrophe_is_part_of_the_cell(tmp_path):
    path = tmp_path / "responses.csv"
    write_responses(path, pd.DataFrame({"id": ["1"], "q": ["'=1"]}), guarded=False)
    assert read_responses(path, Reading()).frame["q"].tolist() == ["'=1"]


def test_only_a_frame_with_formulas_is_guarded():
    assert not formula_like(pd.DataFrame({"q": ["-99", "Yes", ""]}))
    assert formula_like(pd.DataFrame({"q": ["-99", "=1"]}))
    assert formula_like(pd.DataFrame({"@q": ["1"]}))


def test_one_column_keeps_its_blank_rows(tmp_path):
    path = tmp_path / "responses.csv"
    write_responses(path, pd.DataFrame({"q": ["1", "", "2"]}), guarded=False)
    assert path.read_bytes() == b'q\n1\n""\n2\n'
    assert read_responses(path, Reading(separator=",")).frame["q"].tolist() == ["1", "", "2"]


def test_pieces_join_without_a_seam(tmp_path, monkeypatch):
    monkeypatch.setattr(responses_text, "CELLS_AT_ONCE", 5)
    frame = pd.DataFrame({"a": [str(i) for i in range(17)], "b": ["x, y"] * 17})
    path = tmp_path / "responses.csv"
    write_responses(path, frame, guarded=False)
    with path.open(encoding="utf-8", newline="") as stream:
        assert list(csv.reader(stream)) == [["a", "b"], *([str(i), "x, y"] for i in range(17))]


def test_text_is_utf8_without_a_mark(tmp_path):
    path = tmp_path / "responses.csv"
    write_responses(path, pd.DataFrame({"é": ["ü, ñ"]}), guarded=False)
    assert path.read_bytes() == 'é\n"ü, ñ"\n'.encode()
