"""The PDF: read back with pypdf as a reader or a screen reader would."""

import io
import re
from itertools import pairwise

import pytest
from pack_cards import META, METHODOLOGY, card, with_suppressed_row
from pypdf import PdfReader

from cxsurvey.display import pdf
from cxsurvey.display.ops import Rect, Text
from cxsurvey.display.pages import lay_out
from cxsurvey.display.pdf import Info, _spaced, build_pdf, card_blocks


@pytest.fixture(scope="module")
def built():
    cards = [card(1), with_suppressed_row(), card(3, 'Labels like $x$ & <b> "stay" – as they are')]
    pages = lay_out(cards, META.front, METHODOLOGY)
    return cards, pages, build_pdf(pages, Info(META.title, META.publisher, "CX", "demo"))


@pytest.fixture(scope="module")
def reader(built):
    return PdfReader(io.BytesIO(built[2].pack))


def elements(reader):
    """Go through the structure tree in reading order."""

    def walk(element, depth):
        yield depth, element
        kids = element.get("/K", [])
        for kid in (kid.get_object() for kid in kids):
            if isinstance(kid, dict) and "/S" in kid:
                yield from walk(kid, depth + 1)

    root = reader.trailer["/Root"]["/StructTreeRoot"]
    for kid in root["/K"]:
        yield from walk(kid.get_object(), 0)


def tags(reader):
    return [element["/S"].removeprefix("/") for _, element in elements(reader)]


def test_every_page_has_a_bookmark_and_a_number(reader):
    titles = [item.title for item in reader.outline]
    pages = [reader.get_destination_page_number(item) for item in reader.outline]
    assert titles[0] == META.title
    assert titles[1] == "Figure 1. Silos are the greatest barrier"
    assert titles[-1] == "Methodology"
    assert pages == list(range(len(reader.pages)))
    assert reader.page_labels == [str(number + 1) for number in pages]


def test_the_document_says_what_it_is(reader):
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata.title == META.title
    assert reader.metadata.author == META.publisher
    assert reader.xmp_metadata.dc_title == {"x-default": META.title}
    assert reader.xmp_metadata.dc_language == ["en"]


def test_nothing_in_it_depends_on_the_day(built):
    for content in [built[2].pack, *built[2].figures.values()]:
        assert b"Date" not in content
    again = build_pdf(built[1], Info(META.title, META.publisher, "CX", "demo"))
    assert again == built[2]


def test_identifier_follows_the_study(built):
    other = build_pdf(built[1], Info(META.title, META.publisher, "CX", "another"))
    first, second = (PdfReader(io.BytesIO(pdf.pack)).trailer["/ID"][0] for pdf in (built[2], other))
    assert first != second


def test_figures_carry_their_alternative_text(built, reader):
    alts = [str(e["/Alt"]) for _, e in elements(reader) if e["/S"] == "/Figure"]
    assert alts == [one.alt_long for one in built[0]]


def test_figure_extent_lies_on_the_page_under_its_question(reader, built):
    figure = next(e for _, e in elements(reader) if e["/S"] == "/Figure")
    left, bottom, right, top = (float(x) for x in figure["/A"]["/BBox"])
    assert (left, right) == (54.0, 558.0)
    question = max(op.y for op in built[0][0].ops if isinstance(op, Text) and op.role == "question")
    assert top == pytest.approx(792 - 72 * (0.70 + question), abs=0.01)
    assert 0 < bottom < top


def test_reading_order_of_a_figure_page(reader):
    order = tags(reader)
    start = order.index("Figure")
    assert order[start - 3 : start] == ["H2", "P", "P"]
    assert order[start + 1 : start + 6] == ["P", "P", "P", "Table", "Caption"]
    assert order[0] == "Document"
    assert order.index("H1") < order.index("TOC") < start


def test_table_cells_know_their_heads(reader):
    heads = [e["/A"]["/Scope"] for _, e in elements(reader) if e["/S"] == "/TH"]
    assert set(heads) == {"/Column", "/Row"}
    assert "TD" in tags(reader)


def test_contents_are_links_to_the_pages_they_name(reader):
    cover = reader.pages[0]
    targets = [a.get_object()["/Dest"][0].get_object() for a in cover["/Annots"]]
    assert [reader.get_page_number(page) for page in targets] == [1, 2, 3, 4]
    spoken = [a.get_object()["/Contents"] for a in cover["/Annots"]]
    assert spoken[0] == "Figure 1: Silos are the greatest barrier, page 2"
    width, height = float(cover.mediabox.width), float(cover.mediabox.height)
    boxes = [[float(x) for x in a.get_object()["/Rect"]] for a in cover["/Annots"]]
    assert all(0 < x0 < x1 < width and 0 < y0 < y1 < height for x0, y0, x1, y1 in boxes)
    assert all(above[1] >= below[3] for above, below in pairwise(boxes))


def page_marks(page):
    content = page.get_contents().get_data()
    return [int(n) for n in re.findall(rb"<</MCID (\d+)>> BDC", content)], content


def test_every_mark_is_numbered_in_order_or_an_artifact(built, reader):
    files = [reader, *(PdfReader(io.BytesIO(data)) for data in built[2].figures.values())]
    for file in files:
        owners = file.trailer["/Root"]["/StructTreeRoot"]["/ParentTree"]["/Nums"]
        table = dict(zip(owners[::2], owners[1::2], strict=True))
        for page in file.pages:
            numbers, content = page_marks(page)
            assert numbers == list(range(len(numbers)))
            assert len(table[page["/StructParents"]].get_object()) == len(numbers)
            opened = len(numbers) + content.count(b"/Artifact BMC")
            assert content.count(b"\nEMC\n") == opened
            shown = re.sub(rb"(BDC|BMC)\n.*?\nEMC\n", b"", content, flags=re.DOTALL)
            assert b"BT" not in shown, "words outside marked content"


def test_every_number_belongs_to_its_element(reader):
    owners = reader.trailer["/Root"]["/StructTreeRoot"]["/ParentTree"]["/Nums"]
    for page in reader.pages:
        row = owners[owners.index(page["/StructParents"]) + 1].get_object()
        for number, element in enumerate(row):
            assert number in element.get_object()["/K"]
            assert element.get_object()["/Pg"] == page


def test_words_can_be_read_out_and_suppressed_values_cannot(reader):
    text = " ".join("\n".join(page.extract_text() for page in reader.pages).split())
    for words in [
        "Silos are the greatest barrier",
        "53%",
        "<1%",
        "Source: Example survey, 2020",
        'Labels like $x$ & <b> "stay" – as they are',
        "suppressed",
        "Not stated",
    ]:
        assert words in text
    assert "71" not in text


def test_words_that_go_on_elsewhere_are_parted_by_a_blank_on_their_free_side():
    assert [_spaced(Text(0, 0, "58%", 10, align=side)).text for side in ("left", "right", "center")] == [
        "58% ",
        " 58%",
        " 58% ",
    ]
    bar = Rect(0, 0, 1, 1, "#000000")
    assert _spaced(bar) is bar


def test_painted_words_hold_the_blank(built, monkeypatch):
    painted = []
    monkeypatch.setattr(pdf, "paint", lambda ops, _axes: painted.extend(ops))
    build_pdf(built[1], Info("Any"))
    words = [op.text for op in painted if isinstance(op, Text) and op.align == "left"]
    assert words
    assert all(text.endswith(" ") for text in words)


def test_a_single_figure_is_its_card_and_no_more(built):
    one = built[0][0]
    reader = PdfReader(io.BytesIO(built[2].figures["fig01"]))
    assert len(reader.pages) == 1
    box = reader.pages[0].mediabox
    assert (float(box.width), float(box.height)) == pytest.approx((72 * one.width, 72 * one.height))
    text = reader.pages[0].extract_text()
    assert "Silos" in text
    assert "Data for Figure" not in text
    assert META.title not in text
    assert tags(reader) == ["Document", "H2", "P", "P", "Figure", "P", "P", "P"]
    assert reader.metadata.title == "Figure 1. Silos are the greatest barrier"


def test_a_card_is_divided_without_losing_a_mark(built):
    for one in built[0]:
        divided = [op for block in card_blocks(one) for op in block.ops]
        assert sorted(map(repr, divided)) == sorted(map(repr, one.ops))


def test_fonts_are_ours_and_embedded_as_truetype(reader):
    fonts = reader.pages[1]["/Resources"]["/Font"]
    names = {str(font.get_object()["/BaseFont"]) for font in fonts.values()}
    assert all("CxSans" in name for name in names)
    assert all(font.get_object()["/Subtype"] in {"/Type0", "/TrueType"} for font in fonts.values())
