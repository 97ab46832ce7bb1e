"""The pages: words stay on the paper, apart from each other, and none is lost."""

from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pack_cards import META, METHODOLOGY, card

from cxsurvey.display.flow import Flow, Type
from cxsurvey.display.measure import clean, text_width
from cxsurvey.display.methodology import NOT_STATED, Disclosure, Methodology, Section
from cxsurvey.display.ops import Text
from cxsurvey.display.pages import lay_out
from cxsurvey.display.sheets import PAGE_SIZES, Block, blocks

INK = 0.66, 0.22  # cap height and depth of the typeface, as parts of its size
TOLERANCE = 0.008


def words(page, *, furniture=True):
    kept = [block for block in blocks(page.body) if furniture or block.tag != "Artifact"]
    return [op for block in kept for op in block.ops if isinstance(op, Text) and op.text.strip()]


def box(op):
    width = text_width(op.text, op.size, op.weight)
    left = op.x - (width if op.align == "right" else 0.0)
    em = op.size / 72
    return left, op.y - INK[0] * em, left + width, op.y + INK[1] * em


def check_page(page):
    boxes = [box(op) for op in words(page)]
    for left, top, right, bottom in boxes:
        assert left > 0.6
        assert right < page.width - 0.6
        assert top > 0.6
        assert bottom < page.height - 0.3
    for place, one in enumerate(boxes):
        for other in boxes[place + 1 :]:
            apart_x = one[2] <= other[0] + TOLERANCE or other[2] <= one[0] + TOLERANCE
            apart_y = one[3] <= other[1] + TOLERANCE or other[3] <= one[1] + TOLERANCE
            assert apart_x or apart_y, (page.outline, one, other)
    assert all(op.size >= 7.5 for op in words(page))


def said(pages):
    return " ".join(op.text for page in pages for op in words(page, furniture=False))


@pytest.mark.parametrize("size", PAGE_SIZES)
def test_a_plain_pack(size):
    pages = lay_out([card(1), card(2)], META.front, METHODOLOGY, size=size)
    for page in pages:
        check_page(page)
    assert [page.outline.split(".")[0] for page in pages] == [META.title, "Figure 1", "Figure 2", "Methodology"]
    assert pages[1].card.key == "fig01"
    assert pages[1].left == pytest.approx((PAGE_SIZES[size].width - 7.0) / 2)
    assert pages[1].top == 0.70


def test_the_cover_says_what_the_study_is_and_leaves_out_what_is_unknown():
    cover = said(lay_out([card(1)], META.front, METHODOLOGY)[:1])
    for part in (META.title, META.publisher.upper(), META.field_dates, META.base, META.source):
        assert part in cover
    bare = said(lay_out([card(1)], replace(META.front, publisher="", field_dates=""), METHODOLOGY)[:1])
    assert bare.startswith(META.title)


def test_a_synthetic_study_is_not_said_to_be_by_the_publisher_of_the_report():
    meta = replace(META, synthetic=True, calibrated=True)
    cover = said(lay_out([card(1)], meta.front, METHODOLOGY)[:1])
    assert cover.startswith(META.title)
    assert f"Synthetic respondents calibrated to a report by {META.publisher}" in cover
    assert META.publisher.upper() not in cover
    assert (meta.author, META.author) == ("", META.publisher)
    nobody = replace(meta, publisher="").front
    assert nobody.origin == "Synthetic respondents calibrated to a report"
    assert replace(meta, calibrated=False).front.origin == ""
    assert META.front.origin == ""


def test_long_contents_go_on_and_still_name_the_right_pages():
    cards = [
        card(n, f"Finding number {n} that is long enough to need a second line in the list")
        for n in range(1, 61)
    ]
    pages = lay_out(cards, META.front, METHODOLOGY)
    first = next(place for place, page in enumerate(pages) if page.card is not None)
    assert first > 1
    links = [block for page in pages[:first] for block in blocks(page.body) if block.tag == "Link"]
    assert len(links) == 61
    for one, link in zip(cards, links, strict=False):
        assert pages[link.link].card is one
        assert link.alt.endswith(f"page {link.link + 1}")
    assert pages[links[-1].link].outline == "Methodology"
    for page in pages[:first]:
        check_page(page)


def test_every_page_ends_with_its_number():
    pages = lay_out([card(1), card(2)], META.front, METHODOLOGY)
    for number, page in enumerate(pages, 1):
        last = page.body[-1]
        assert last.tag == "Artifact"
        assert last.ops[-1].text == str(number)


def test_methodology_states_what_is_missing():
    text = said(lay_out([card(1)], META.front, Methodology())[2:])
    assert text.count(NOT_STATED) == 9 + 5
    for name in ("Population", "Sponsor", "Conducted by", "Response rate", "Limitations", "Rounding"):
        assert name in text


def test_disclosure_items_are_printed_once_and_in_order():
    items = Disclosure(sponsor="A bank", limitations=" ").items()
    assert [name for name, _ in items][:3] == ["Population", "Sample", "Mode"]
    assert dict(items)["Sponsor"] == "A bank"
    assert dict(items)["Limitations"] == NOT_STATED


PARAGRAPH = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs", "Cn", "Cc", "Mn", "Me"]), max_size=300
)


@settings(deadline=None, max_examples=20)
@given(st.lists(st.integers(1, 400), min_size=1, max_size=8), st.integers(0, 3))
def test_methodology_of_any_length_keeps_every_word(lengths, items):
    texts = [" ".join(f"w{n}x{k}" for k in range(length)) for n, length in enumerate(lengths)]
    extra = Section("More", tuple(texts), tuple((f"Term {n}", texts[0]) for n in range(items)))
    pages = lay_out([card(1)], META.front, Methodology(more=(extra,)))[2:]
    for page in pages:
        check_page(page)
    found = said(pages).split()
    for text in texts:
        assert set(text.split()) <= set(found)
    assert found.count("w0x0") == 1 + items


@settings(deadline=None, max_examples=30)
@given(PARAGRAPH, st.floats(7.0, 10.0))
def test_a_paragraph_loses_no_character(text, top):
    column = Flow(PAGE_SIZES["letter"], top)
    column.paragraph(text, Type(10))
    drawn = "".join(op.text for page in column.pages for block in page for op in block.ops)
    assert "".join(drawn.split()) == "".join(clean(text).split())


def test_a_paragraph_leaves_no_line_alone():
    for count in range(2, 60):
        column = Flow(PAGE_SIZES["letter"], 9.0)
        column.paragraph("above", Type(10))
        column.paragraph("\n".join(f"line {n}" for n in range(count)), Type(10))
        sizes = [sum(len(block.ops) for block in page if isinstance(block, Block)) for page in column.pages]
        sizes[0] -= 1
        assert sum(sizes) == count
        assert 1 not in sizes


def grouped(rows, groups, *, label="A barrier with a name of some length, number"):
    records = [
        {
            "row_id": f"r{r}",
            "label": f"{label} {r}",
            "group": f"Group {g}",
            "value": 10.0 + g,
            "lo": 8.0,
            "hi": 13.0,
            "n": 100 + g,
        }
        for r in range(rows)
        for g in range(groups)
    ]
    return pd.DataFrame(records)


@pytest.mark.parametrize(("rows", "groups"), [(2, 2), (12, 3), (25, 5), (70, 3), (5, 12), (30, 26)])
def test_data_of_any_size_is_printed_whole(rows, groups):
    pages = lay_out([card(1, table=grouped(rows, groups))], META.front, METHODOLOGY)[1:-1]
    for page in pages:
        check_page(page)
    tables = [[b for b in blocks(page.body) if b.tag in {"TH", "TD"}] for page in pages]
    heads = [[b for b in table if b.scope == "Row"] for table in tables]
    assert sum(len(page) for page in heads) == rows
    cells = [b for table in tables for b in table if b.tag == "TD"]
    assert len(cells) == rows * groups
    assert all(b.ops for b in cells)
    for page, table in zip(pages, tables, strict=True):
        if table:
            assert len([b for b in table if b.scope == "Column"]) == groups + 1
            assert "Data for Figure 1" in said([page])


def test_data_goes_under_the_card_only_where_all_of_it_fits():
    fits, overflows = grouped(5, 3), grouped(5, 3)
    page, *more = lay_out([card(1, table=fits)], META.front, METHODOLOGY)[1:-1]
    assert "Data for Figure 1" in said([page])
    assert more == []
    page, other = lay_out([card(1, table=overflows, height=6.5)], META.front, METHODOLOGY)[1:-1]
    assert said([page]) == ""
    assert other.outline == "Figure 1, data"


def test_a_row_taller_than_the_page_is_still_printed():
    table = pd.DataFrame({"label": ["word " * 40], "value": [12.0]})
    pages = lay_out([card(1, table=table, height=6.9)], META.front, METHODOLOGY)
    assert said(pages).count("word") == 40
