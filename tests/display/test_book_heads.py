"""Heads of a book whose banner variables differ in depth: every label stands over its own columns."""

from __future__ import annotations

from itertools import pairwise

import openpyxl
import pytest
from book_samples import odd_study

import cxsurvey as cx
from cxsurvey.display.book.grid import depth_of, heads
from cxsurvey.display.book.html import book_html
from cxsurvey.display.book.markdown import book_markdown, plain
from cxsurvey.display.book.text import book_text
from cxsurvey.display.book.words import column_words

LABELS = 26  # columns of a terminal before the first column of the banner


def squeezed(text):
    return "".join(text.split())


def panels(text):
    """The head of each panel in print: its lines, the row of letters last."""
    found, open_ = [], []
    for line in text.splitlines():
        if line.startswith("Base: "):
            found.append(open_)
        open_ = [*open_, line] if line.strip() else []
    return found


def starts_of(letters):
    """Where each letter stands; the total of the first panel has none."""
    places = [i for i, sign in enumerate(letters) if sign != " " and letters[i - 1] == " "]
    return places if places[0] == LABELS + 1 else [LABELS + 1, *places]


@pytest.fixture(scope="module", params=[["size > likely", "size"], ["size", "size > likely", "rating"]])
def book(request):
    return cx.tabulate(odd_study(), request.param, questions=["spend"])


def test_every_label_in_print_stands_over_its_columns(book):
    columns, seen = list(book.columns), 0
    for *lines, letters in panels(book_text(book)):
        starts = starts_of(letters)
        here = columns[seen : seen + len(starts)]
        seen += len(starts)
        edges = [*starts, 200]
        for level in range(depth_of(columns)):
            for column in here:
                path = column.path[: level + 1]
                same = [
                    i
                    for i, other in enumerate(here)
                    if (other.banner, other.path[: level + 1]) == (column.banner, path)
                ]
                over = "".join(line[edges[same[0]] - 1 : edges[same[-1] + 1] - 1] for line in lines)
                assert squeezed(path[-1]) in squeezed(over), (column, lines)
        for column, (start, end) in zip(here, pairwise(edges), strict=True):
            own = squeezed("".join(line[start - 1 : end - 1] for line in lines))
            assert own.endswith(squeezed(column.path[-1])), (column, own)
            assert letters[start - 1 : end - 1].split() == ([column.letter] if column.letter else [])
    assert seen == len(columns)


def test_heads_cover_every_column_and_row_once(book):
    columns = book.columns
    depth = depth_of(columns)
    cells = [
        (row, place)
        for head in heads(columns)
        for row in range(head.level, head.level + head.rows)
        for place in range(head.first, head.first + head.columns)
    ]
    assert sorted(cells) == [(row, place) for row in range(depth) for place in range(len(columns))]


def test_a_page_lists_the_heads_of_each_row_from_left_to_right(book):
    text = book_html(book)
    for level in range(depth_of(book.columns)):
        ids = [int(part.split('"')[0]) for part in text.split(f'id="t1-h{level}-')[1:]]
        assert ids == sorted(ids)
        assert len(ids) == len({head.first for head in heads(book.columns) if head.level == level})


def test_markdown_names_each_column_whole(book):
    row = next(line for line in book_markdown(book).splitlines() if line.startswith("|"))
    names = [f"{column_words(column)} ({column.letter})" for column in book.columns[1:]]
    assert row == f"|  | Total | {' | '.join(map(plain, names))} |"


def test_a_workbook_has_each_label_at_its_column(book, tmp_path):
    path = tmp_path / "book.xlsx"
    cx.write_book(book, path)
    sheet = openpyxl.load_workbook(path)["T1"]
    bases = next(row[0].row for row in sheet.iter_rows(max_col=1) if str(row[0].value).startswith("Base: res"))
    top = bases - 1 - depth_of(book.columns)
    for head in heads(book.columns):
        assert sheet.cell(top + head.level, 2 + head.first).value == head.label
    letters = [sheet.cell(bases - 1, 2 + i).value or "" for i in range(len(book.columns))]
    assert letters == [column.letter for column in book.columns]
