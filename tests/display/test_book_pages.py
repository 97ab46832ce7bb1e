"""The book as web page, Markdown, CSV and text: every number, every label as it is, nothing hidden shown."""

import csv
import io
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from book_samples import ODD, bundled_book, odd_book, odd_study, wide_study

import cxsurvey as cx
from cxsurvey.display.book.grid import lines, require_shown
from cxsurvey.display.book.html import book_html
from cxsurvey.display.book.markdown import book_markdown, paragraph, plain
from cxsurvey.display.book.text import book_text
from cxsurvey.display.book.words import reading_notes
from cxsurvey.errors import OutputError, RequestError

EMPTY = {"meta", "br", "wbr"}


class Page(HTMLParser):
    """A page as a tree would give it: tags balanced, ids, links, and the cells of its tables."""

    def __init__(self, text):
        super().__init__()
        self.open, self.ids, self.links, self.tables = [], [], [], []
        self.tags, self.words, self.cell = set(), [], None
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.tags.add(tag)
        if "id" in attributes:
            self.ids.append(attributes["id"])
        if tag == "a":
            self.links.append(attributes["href"])
        if tag == "table":
            self.tables.append([])
        if tag in {"td", "th"}:
            self.cell = {"tag": tag, "body": "tbody" in self.open, "text": "", **attributes}
            self.tables[-1].append(self.cell)
        if tag not in EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag
        if tag in {"td", "th"}:
            self.cell = None

    def handle_data(self, data):
        self.words.append(data)
        if self.cell is not None:
            self.cell["text"] += data


@pytest.fixture(scope="module")
def page():
    return Page(book_html(odd_book()))


def test_html_is_balanced_and_loads_nothing(page):
    text = book_html(odd_book())
    assert page.open == []
    assert len(page.ids) == len(set(page.ids))
    assert not page.tags & {"script", "link", "img", "iframe"}
    assert "url(" not in text
    assert all(link.startswith("#") and link[1:] in page.ids for link in page.links)


def test_every_number_of_the_page_names_its_heads(page):
    for table, cells in zip(odd_book().tables, page.tables, strict=True):
        texts = {cell["id"]: cell["text"] for cell in cells if "id" in cell}
        numbers = [cell for cell in cells if cell["tag"] == "td" and cell["body"]]
        rows = lines(table)
        assert len(numbers) == len(rows) * len(table.columns)
        for position, cell in enumerate(numbers):
            line, column = rows[position // len(table.columns)], table.columns[position % len(table.columns)]
            row, *heads = (texts[name] for name in cell["headers"].split())
            assert row == line.label
            assert tuple(heads) == (
                *(" ".join(label.split()) for label in column.path),
                *filter(None, [column.letter]),
            )
            shown = line.cells[position % len(table.columns)]
            assert cell["text"] == shown.text + (shown.marks if shown.text else "")


def test_labels_of_the_page_are_words_and_no_markup(page):
    words = "".join(page.words)
    assert all(label in words for label in ODD.values())
    assert "A <b>book</b> & its =title: tables" in words
    assert not page.tags & {"b", "i"}


def test_page_says_that_respondents_are_made_up():
    assert "Synthetic respondents: illustrative, not observed." in book_html(bundled_book())
    assert "Synthetic respondents: illustrative, not observed." not in book_html(odd_book())


def test_markdown_rows_have_one_cell_a_column():
    book = odd_book()
    for line in book_markdown(book).splitlines():
        if line.startswith("| "):
            assert len(re.split(r"(?<!\\)\|", line)) == len(book.columns) + 3


def test_markdown_escapes_what_would_be_markup():
    text = book_markdown(odd_book())
    assert r"a \| b \*c\*" in text
    assert r"\<script\>alert(1)\</script\> \& more" in text
    assert not re.search(r"(?<!\\)<", text)
    assert (plain("[x](y) `z`"), paragraph("+ 1"), paragraph("1. a")) == (r"\[x\](y) \`z\`", r"\+ 1", r"1\. a")


def test_csv_has_every_number_and_no_formula(tmp_path):
    book = odd_book()
    files = cx.write_book(book, tmp_path / "b.csv")
    assert [path.name for path in files] == ["b.csv", "b.letters.csv"]
    rows = list(csv.DictReader(io.StringIO(files[0].read_text(encoding="utf-8"))))
    for row, (_, found) in zip(rows, book.frame.iterrows(), strict=True):
        assert row["column"] == found["column"]
        assert row["value"] == "" if found["value"] != found["value"] else float(row["value"]) == found["value"]
    for path in files:
        cells = [cell for row in csv.reader(io.StringIO(path.read_text(encoding="utf-8"))) for cell in row]
        assert not any(cell.startswith(("=", "@", "\t")) or re.match(r"[+-]\D", cell) for cell in cells)


def test_csv_of_synthetic_respondents_says_so(tmp_path):
    for path in cx.write_book(bundled_book(), tmp_path / "b.csv"):
        rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))
        assert {row["synthetic"] for row in rows} == {"True"}
    for path in cx.write_book(odd_book(), tmp_path / "b.csv"):
        assert "synthetic" not in path.read_text(encoding="utf-8").splitlines()[0]


def hidden_numbers(book):
    """A book whose hidden cells hold a number again, as a fault of the analysis would leave it."""
    tables = []
    for table in book.tables:
        cells = {
            name: getattr(table.cells, name).copy() for name in ("estimate", "count", "row_share", "index")
        }
        for values in cells.values():
            values[table.cells.hidden] = 0.123456
        tables.append(replace(table, cells=replace(table.cells, **cells)))
    return replace(book, tables=tuple(tables))


def test_hidden_cells_print_a_mark_even_where_a_number_is_left_behind():
    for table in hidden_numbers(odd_book()).tables:
        assert table.cells.hidden.any()
        shown = [
            line
            for line in lines(table, ("share", "count", "row_share", "index"))
            if line.kind in {"answer", "summary"}
        ]
        for line in shown:
            for c, cell in enumerate(line.cells):
                if table.flags[c] == "suppressed":
                    assert (cell.value, cell.text, cell.marks) == (None, "–", "")


def test_hidden_columns_have_no_number_but_their_base_in_any_output(tmp_path):
    book = odd_book()
    hidden = {
        column.id
        for column, flag in zip(book.columns, book.tables[0].flags, strict=True)
        if flag == "suppressed"
    }
    assert "size=4" in hidden
    rows = [row for _, row in book.frame.iterrows() if row["table"] == 1 and row["column"] in hidden]
    assert all(row["value"] != row["value"] for row in rows if row["statistic"] != "n")
    assert not any(
        row["column_a"] in hidden or row["column_b"] in hidden
        for _, row in book.letters.query("table == 1").iterrows()
    )
    (path,) = cx.write_book(book, tmp_path / "b.md")
    first = path.read_text(encoding="utf-8").split("## ")[1].splitlines()
    table = [re.split(r"(?<!\\)\|", line)[2:-1] for line in first if line.startswith("| ")]
    place = [column.id for column in book.columns].index("size=4")
    assert {row[place].strip() for row in table[3:]} == {"–"}


@pytest.mark.parametrize("show", [("share",), ("share", "count", "row_share", "index")])
@pytest.mark.parametrize("book", [odd_book, bundled_book])
def test_text_fits_eighty_columns_and_has_every_number(book, show):
    made = book()
    text = book_text(made, show=show)
    assert max(map(len, text.splitlines())) <= 80
    found = text.split()
    for table in made.tables:
        for line in lines(table, show):
            assert all(cell.text in found for cell in line.cells if cell.text)


def test_text_of_forty_columns_keeps_letters_beside_their_numbers():
    book = cx.tabulate(wide_study(), ["region"], questions="rating")
    text = book_text(book)
    assert max(map(len, text.splitlines())) <= 80
    bases = [line for line in text.splitlines() if line.startswith("Base: respondents")]
    assert sum(len(re.findall(r"[\d,]+", line)) for line in bases) == len(book.columns)
    assert text.count("A letter names a column") == 1
    assert "AA" in text.split()


def test_signs_in_text_are_those_of_the_notes_and_arrows_are_explained():
    book = bundled_book()
    assert "▲" not in book_text(book)
    assert "+ and - mark columns" in book_text(book)
    assert "▲ ▼ higher or lower than everyone else" in " ".join(reading_notes(book))
    assert "+ and - mark columns" not in book_markdown(book)


def test_book_shows_itself_in_a_notebook():
    found = odd_book()._repr_html_()
    assert "<script>alert" not in found
    assert "&lt;script&gt;" in found
    assert ">nan<" not in found.lower()


def test_ending_says_the_format(tmp_path):
    book = bundled_book()
    for ending in (".xlsx", ".html", ".md", ".HTML"):
        (path,) = cx.write_book(book, tmp_path / f"b{ending}")
        assert path.read_bytes() == cx.write_book(book, tmp_path / f"again{ending}")[0].read_bytes()
    with pytest.raises(OutputError, match="unknown-book-format"):
        cx.write_book(book, tmp_path / "b.pdf")


def test_inputs_are_not_overwritten(tmp_path):
    kept = tmp_path / "b.letters.csv"
    kept.write_text("mine\n", encoding="utf-8")
    with pytest.raises(OutputError, match="overwrite"):
        cx.write_book(bundled_book(), tmp_path / "b.csv", inputs=[kept])
    assert kept.read_text(encoding="utf-8") == "mine\n"
    assert not (tmp_path / "b.csv").exists()


@pytest.mark.parametrize("show", [(), "share", ("shares",)])
@pytest.mark.parametrize("write", [book_html, book_markdown, book_text])
def test_what_cannot_be_shown_is_refused(write, show):
    with pytest.raises(RequestError, match="bad-option"):
        write(bundled_book(), show=show)
    with pytest.raises(RequestError):
        require_shown(show)


def test_progress_is_told_table_by_table(tmp_path):
    told = []
    cx.write_book(bundled_book(), tmp_path / "b.xlsx", progress=lambda *step: told.append(step))
    assert [step[:2] for step in told] == [(0, 3), (1, 3), (2, 3)]


def test_filter_and_base_are_said_everywhere():
    book = cx.tabulate(odd_study(), "odd", questions="rating", filter="size=1|2")
    for text in (book_html(book), book_markdown(book), book_text(book)):
        assert "Small or Large" in " ".join(text.split())
