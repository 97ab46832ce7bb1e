"""The book as one web page: no scripts, nothing loaded, tables that a screen reader can walk."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import Final

from cxsurvey.analysis.tabulation.book import Book
from cxsurvey.analysis.tabulation.records import Table
from cxsurvey.display.book.grid import Cell, Head, Line, Show, depth_of, heads, lines
from cxsurvey.display.book.words import (
    MADE_UP,
    base_words,
    book_words,
    reading_notes,
    table_notes,
    table_title,
)
from cxsurvey.display.style import LEADERS, SLATE

LONG: Final = 40  # letters of a head, from which its column is made wider
LONGEST_WORD: Final = 18  # letters after which a word in a head may be broken

STYLE: Final = f"""
:root {{ color-scheme: light; }}
body {{ font: 14px/1.45 "Source Sans 3", "Segoe UI", Arial, sans-serif; color: #1a1a1a; margin: 0 auto;
  max-width: 1440px; padding: 24px; }}
h1 {{ font-size: 26px; line-height: 1.2; margin: 0 0 4px; color: {LEADERS.text}; }}
h2 {{ font-size: 17px; margin: 44px 0 2px; color: {LEADERS.text}; }}
p {{ margin: 4px 0; max-width: 80ch; }}
.quiet, .note {{ color: {SLATE.text}; }}
.note {{ font-size: 12px; }}
.made-up {{ border-left: 4px solid #a8501c; padding-left: 10px; font-weight: 600; }}
nav ol {{ columns: 2; column-gap: 40px; padding-left: 24px; }}
a {{ color: {LEADERS.text}; }}
.skip {{ position: absolute; left: -999px; }}
.skip:focus {{ left: 8px; top: 8px; background: #fff; padding: 6px; }}
.wide {{ overflow: auto; max-height: 92vh; }}
table {{ font-size: 13px; border-collapse: collapse; margin: 10px 0 6px; font-variant-numeric: tabular-nums; }}
caption {{ text-align: left; padding-bottom: 6px; }}
th, td {{ padding: 3px 8px; vertical-align: bottom; text-align: right; }}
td {{ white-space: nowrap; }}
thead {{ position: sticky; top: 0; background: #fff; z-index: 1; }}
thead th {{ text-align: center; font-weight: 600; border-bottom: 1px solid #c3ccd4; }}
thead th.long {{ min-width: 13em; }}
tbody th {{ text-align: left; font-weight: 400; min-width: 18em; max-width: 34em; position: sticky; left: 0;
  background: #fff; }}
tbody tr.base th, tbody tr.base td, tbody tr.missing th, tbody tr.missing td {{ color: {SLATE.text};
  font-size: 12px; }}
tbody tr.summary th, tbody tr.summary td {{ font-weight: 600; }}
tbody tr.minor th {{ padding-left: 24px; color: {SLATE.text}; }}
tbody tr.minor td {{ color: {SLATE.text}; }}
tbody + tbody tr:first-child > * {{ border-top: 1px solid #c3ccd4; }}
.first {{ border-left: 1px solid #dde3e8; }}
.marks {{ display: inline-block; min-width: 24px; text-align: left; font-size: 10.5px; font-weight: 700;
  color: {LEADERS.text}; padding-left: 3px; }}
@page {{ size: landscape; margin: 12mm; }}
@media print {{ nav, .skip, .back {{ display: none; }} body {{ max-width: none; padding: 0; font-size: 11px; }}
  section {{ break-inside: avoid; }} h2 {{ break-after: avoid; }}
  .wide {{ overflow: visible; max-height: none; }}
  thead, tbody th {{ position: static; }} }}
""".strip()


def book_html(book: Book, *, show: Sequence[Show] = ("share",)) -> str:
    """Write a book as one self-contained web page.

    Parameters
    ----------
    book : Book
    show : sequence of {"share", "count", "row_share", "index"}

    Returns
    -------
    str
        HTML 5. Every label of the study is escaped, and nothing is loaded from elsewhere.

    Raises
    ------
    RequestError
        ``bad-option`` for something else to show.
    """
    title = escape(f"{book.title}: tables")
    parts = [
        "<!DOCTYPE html>",
        '<html lang="en">',
        f'<head><meta charset="utf-8"><title>{title}</title>',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<style>\n{STYLE}\n</style></head>",
        "<body>",
        '<a class="skip" href="#tables">Skip to the tables</a>',
        f"<header><h1>{title}</h1>",
        *(f'<p class="quiet">{escape(words)}</p>' for words in book_words(book)),
        *_made_up(book),
        "</header>",
        '<nav aria-label="Contents"><h2 id="contents">Contents</h2><ol>',
        *(f'<li><a href="#t{table.number}">{escape(table.label)}</a></li>' for table in book.tables),
        "</ol></nav>",
        '<main id="tables">',
        *(part for table in book.tables for part in _section(table, show)),
        '<section aria-labelledby="notes"><h2 id="notes">How to read the tables</h2>',
        *(f"<p>{escape(note)}</p>" for note in reading_notes(book)),
        "</section></main></body></html>",
    ]
    return "\n".join(parts) + "\n"


def _made_up(book: Book) -> Iterator[str]:
    if book.synthetic:
        yield f'<p class="made-up">{MADE_UP}</p>'


def _section(table: Table, show: Sequence[Show]) -> Iterator[str]:
    name = f"t{table.number}"
    yield f'<section aria-labelledby="{name}"><h2 id="{name}">{escape(table_title(table))}</h2>'
    yield f'<div class="wide" role="region" tabindex="0" aria-labelledby="{name}"><table>'
    yield f'<caption>{escape(table.text)}<br><span class="note">{escape(base_words(table))}</span></caption>'
    yield from _head(table, name)
    for kinds in (("base",), ("answer", "summary"), ("missing",)):
        yield from _body(table, name, [line for line in lines(table, show) if line.kind in kinds])
    yield "</table></div>"
    yield from (f'<p class="note">{escape(note)}</p>' for note in table_notes(table))
    yield '<p class="note back"><a href="#contents">Back to the contents</a></p></section>'


def _head(table: Table, name: str) -> Iterator[str]:
    placed = heads(table.columns)
    depth = depth_of(table.columns)
    yield "<thead>"
    for level in range(depth):
        corner = f'<td rowspan="{depth + 1}"></td>' if level == 0 else ""
        cells = "".join(_head_cell(head, name) for head in placed if head.level == level)
        yield f"<tr>{corner}{cells}</tr>"
    letters = "".join(_letter_cell(table, place, name) for place in range(len(table.columns)))
    yield f"<tr>{letters}</tr></thead>"


def _letter_cell(table: Table, place: int, name: str) -> str:
    letter = escape(table.columns[place].letter)
    edge = _edge(table, place)
    return f'<th scope="col" id="{name}-l{place}" class="{edge}">{letter}</th>' if letter else "<td></td>"


def _head_cell(head: Head, name: str) -> str:
    scope = "col" if head.columns == 1 else "colgroup"
    spans = "".join(
        f' {key}="{size}"' for key, size in (("colspan", head.columns), ("rowspan", head.rows)) if size > 1
    )
    wide = ' class="long"' if len(head.label) > LONG * head.columns else ""
    return (
        f'<th scope="{scope}" id="{name}-h{head.level}-{head.first}"{spans}{wide}>{breakable(head.label)}</th>'
    )


def breakable(label: str) -> str:
    """Escape a label, with places where a browser may break words that are longer than a column.

    Parameters
    ----------
    label : str

    Returns
    -------
    str

    Examples
    --------
    >>> breakable("Banking/investment & more")
    'Banking/<wbr>investment &amp; more'
    """
    return " ".join(_pieces(word) for word in label.split())


def _pieces(word: str) -> str:
    parts = word.replace("/", "/\0").split("\0")
    cut = [part[i : i + LONGEST_WORD] for part in parts for i in range(0, len(part), LONGEST_WORD)]
    return "<wbr>".join(escape(part) for part in cut)


def _above(table: Table) -> list[list[Head]]:
    """The heads over each column, outermost first."""
    placed = heads(table.columns)
    return [
        [head for head in placed if head.first <= place < head.first + head.columns]
        for place in range(len(table.columns))
    ]


def _edge(table: Table, place: int) -> str:
    """Where a banner variable begins."""
    columns = table.columns
    return "first" if place and columns[place].banner != columns[place - 1].banner else "inner"


def _body(table: Table, name: str, rows: Sequence[Line]) -> Iterator[str]:
    if not rows:
        return
    over = [
        " ".join([*(f"{name}-h{head.level}-{head.first}" for head in above), *_letter_id(table, place, name)])
        for place, above in enumerate(_above(table))
    ]
    yield "<tbody>"
    for position, line in enumerate(rows):
        row = f"{name}-{line.kind}{position}"
        cells = "".join(
            f'<td headers="{row} {over[place]}" class="{_edge(table, place)}">{_printed(cell)}</td>'
            for place, cell in enumerate(line.cells)
        )
        kind = f"{line.kind} minor" if line.minor else line.kind
        yield f'<tr class="{kind}"><th scope="row" id="{row}">{escape(line.label)}</th>{cells}</tr>'
    yield "</tbody>"


def _letter_id(table: Table, place: int, name: str) -> Iterator[str]:
    if table.columns[place].letter:
        yield f"{name}-l{place}"


def _printed(cell: Cell) -> str:
    return f'{escape(cell.text)}<span class="marks">{escape(cell.marks)}</span>' if cell.text else ""
