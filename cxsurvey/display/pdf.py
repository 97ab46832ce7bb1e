"""One tagged PDF for the whole pack, and a PDF of its own size for each figure, from a single drawing.

matplotlib draws every card on a sheet of the card's size and the words around it on a sheet of the paper's
size, all in one file, so that the fonts are subset once. pypdf then puts card and words together on a page and
cuts the single figures from the same sheets: the same content streams serve both.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from io import BytesIO
from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import escape

from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    BooleanObject,
    ByteStringObject,
    DictionaryObject,
    NameObject,
    StreamObject,
)

from cxsurvey.display.flow import one_line
from cxsurvey.display.measure import clean
from cxsurvey.display.ops import Line, Text
from cxsurvey.display.render import canvas, drawing_settings, paint
from cxsurvey.display.sheets import Block, Box, blocks
from cxsurvey.display.tags import POINTS, Placed, tag_pages

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from matplotlib.figure import Figure
    from pypdf import PageObject

    from cxsurvey.display.card import Card
    from cxsurvey.display.ops import Op
    from cxsurvey.display.sheets import Page, Tag

LANGUAGE: Final = "en"
PRODUCER: Final = "cxsurvey"
HEADER: Final = "%PDF-1.7"
CARD_PARTS: Final[tuple[tuple[Tag, frozenset[str]], ...]] = (
    ("H2", frozenset({"figure number", "headline"})),
    ("P", frozenset({"descriptor"})),
    ("P", frozenset({"question", "instruction"})),
)
NOTE_ROLES: Final = frozenset({"note key", "note"})
FURNITURE_ROLES: Final = frozenset({"accent rule", "hairline"})


@dataclass(frozen=True, slots=True)
class Info:
    """What the file says about itself.

    Attributes
    ----------
    title, author, subject : str
        Shown by readers and found by search.
    identity : str
        Text from which the file's identifier is made; the same text gives the same identifier.
    """

    title: str
    author: str = ""
    subject: str = ""
    identity: str = ""


@dataclass(frozen=True, slots=True)
class PackPdf:
    """The finished files: the pack, and each figure alone by its key."""

    pack: bytes
    figures: dict[str, bytes]


@dataclass(frozen=True, slots=True)
class _Sheet:
    """What is drawn on one page of the working file; ``first`` is the number of its first block."""

    width: float
    height: float
    blocks: tuple[Block, ...]
    first: int


def build_pdf(
    pages: Sequence[Page], info: Info, *, progress: Callable[[int, int], None] | None = None
) -> PackPdf:
    """Draw the pages of a pack and tag them.

    Parameters
    ----------
    pages : sequence of Page
        From `cxsurvey.display.pages.lay_out`.
    info : Info
        Title and identity.
    progress : callable, optional
        Called with the number of sheets drawn and the number of all sheets.

    Returns
    -------
    PackPdf
        The bytes depend on the arguments and the versions of the libraries alone.
    """
    sheets = [sheet for page in pages for sheet in _sheets(page)]
    reader = PdfReader(BytesIO(_draw(sheets, progress)))
    figures: dict[str, bytes] = {}
    number = 0
    places: list[tuple[int, int | None]] = []  # of each page: the sheet of its words, and that of its card
    for page in pages:
        number += 1 if page.card is None else 2
        places.append((number - 1, None if page.card is None else number - 2))
    for page, (_, sheet) in zip(pages, places, strict=True):
        if page.card is not None and sheet is not None:
            figures[page.card.key] = _figure_file(reader.pages[sheet], page.card, info)
    return PackPdf(_pack_file(reader, pages, places, info), figures)


def card_blocks(card: Card) -> tuple[Block, ...]:
    """Divide a card into what is read separately: heading, descriptor, question, figure, notes.

    The figure is the chart without the words around it, and carries the long alternative text; the words are
    read as text, so nothing is read twice and the headline can be jumped to.
    """
    parts = [Block(tag, ops) for tag, roles in CARD_PARTS if (ops := _with_roles(card.ops, roles))]
    words = NOTE_ROLES.union(FURNITURE_ROLES, *(roles for _, roles in CARD_PARTS))
    chart = tuple(op for op in card.ops if op.role not in words)
    parts.append(Block("Figure", chart, alt=clean(card.alt_long), box=_chart_box(card, words)))
    parts += [Block("P", note) for note in _notes(card.ops)]
    return (*parts, Block("Artifact", _with_roles(card.ops, FURNITURE_ROLES)))


def _chart_box(card: Card, words: frozenset[str]) -> Box:
    """Find the extent of the chart: the card's width, between the words above and the hairline below."""
    above = [op.y for op in card.ops if isinstance(op, Text) and op.role in words - NOTE_ROLES]
    below = [op.y1 for op in card.ops if isinstance(op, Line) and op.role == "hairline"]
    top, bottom = max(above, default=0.0), min(below, default=card.height)
    return Box(0.0, top, card.width, bottom - top)


def _with_roles(ops: Sequence[Op], roles: frozenset[str]) -> tuple[Op, ...]:
    return tuple(op for op in ops if op.role in roles)


def _notes(ops: Sequence[Op]) -> list[tuple[Op, ...]]:
    """Part the notes of a card at their keys."""
    notes: list[tuple[Op, ...]] = []
    for op in _with_roles(ops, NOTE_ROLES):
        if op.role == "note key" or not notes:
            notes.append(())
        notes[-1] = (*notes[-1], op)
    return notes


def _placed(page: Page) -> tuple[Placed, ...]:
    words = Placed(page.body)
    if page.card is None:
        return (words,)
    return (Placed(card_blocks(page.card), page.left, page.top), words)


def _sheets(page: Page) -> list[_Sheet]:
    first = 0
    sheets = []
    if page.card is not None:
        parts = card_blocks(page.card)
        sheets.append(_Sheet(page.card.width, page.card.height, parts, 0))
        first = sum(block.tag != "Artifact" for block in parts)
    return [*sheets, _Sheet(page.width, page.height, tuple(blocks(page.body)), first)]


def _draw(sheets: Sequence[_Sheet], progress: Callable[[int, int], None] | None) -> bytes:
    from matplotlib.backends.backend_pdf import PdfPages  # noqa: PLC0415 - slow to import

    buffer = BytesIO()
    ops = [op for sheet in sheets for block in sheet.blocks for op in block.ops]
    with drawing_settings(ops):
        with PdfPages(buffer, metadata={"CreationDate": None}) as file:
            for number, sheet in enumerate(sheets, 1):
                file.savefig(_figure(sheet))
                if progress is not None:
                    progress(number, len(sheets))
        return buffer.getvalue()


def _figure(sheet: _Sheet) -> Figure:
    from matplotlib.artist import Artist  # noqa: PLC0415 - slow to import

    class Operator(Artist):
        """Writes one operator into the content of a PDF page, between the marks around it."""

        def __init__(self, content: str) -> None:
            super().__init__()
            self.content = content
            self.set_zorder(2)  # as all marks, so that the order of adding is the order of painting

        def draw(self, renderer: object) -> None:
            renderer.file.write(f"{self.content}\n".encode("ascii"))  # type: ignore[attr-defined]

    figure, axes = canvas(sheet.width, sheet.height)
    figure.patch.set_visible(False)  # paper is white, and a page of words must not cover its card
    number = sheet.first
    for block in sheet.blocks:
        if block.tag == "Artifact":
            axes.add_artist(Operator("/Artifact BMC"))
        else:
            axes.add_artist(Operator(f"/{block.tag} <</MCID {number}>> BDC"))
            number += 1
        paint([_spaced(op) for op in block.ops], axes)
        axes.add_artist(Operator("EMC"))
    return figure


def _spaced(op: Op) -> Op:
    """Add a blank where words go on in another line or column, or readers run them together; unseen."""
    if not isinstance(op, Text):
        return op
    before, after = "" if op.align == "left" else " ", "" if op.align == "right" else " "
    return replace(op, text=f"{before}{op.text}{after}")


def _pack_file(
    reader: PdfReader, pages: Sequence[Page], places: Sequence[tuple[int, int | None]], info: Info
) -> bytes:
    writer = PdfWriter()
    for page, (words, card) in zip(pages, places, strict=True):
        added = writer.add_page(reader.pages[words])
        if card is not None:
            _add_card(writer, added, reader.pages[card], page)
    for number, page in enumerate(pages):
        writer.add_outline_item(title=one_line(page.outline), page_number=number)
    writer.set_page_label(0, len(pages) - 1, style="/D")  # type: ignore[arg-type]  # pypdf types the enum's name
    tag_pages(writer, [_placed(page) for page in pages], language=LANGUAGE)
    writer.page_mode = "/UseOutlines"
    return _finished(writer, info)


def _add_card(writer: PdfWriter, page: PageObject, card: PageObject, place: Page) -> None:
    """Put the content of a card's sheet before that of a page; both use the resources of the whole file."""
    height = float(card.mediabox.height)
    x, y = place.left * POINTS, place.height * POINTS - place.top * POINTS - height
    opening, closing = StreamObject(), StreamObject()
    opening.set_data(f"q 1 0 0 1 {x:.4f} {y:.4f} cm\n".encode())
    closing.set_data(b"Q\n")
    content = card.raw_get("/Contents").get_object()
    streams = (opening, content.clone(writer), closing)
    added = [writer._add_object(stream) for stream in streams]  # noqa: SLF001 - pypdf offers no public way
    page[NameObject("/Contents")] = ArrayObject([*added, page.raw_get("/Contents")])


def _figure_file(sheet: PageObject, card: Card, info: Info) -> bytes:
    writer = PdfWriter()
    writer.add_page(sheet)
    tag_pages(writer, [(Placed(card_blocks(card)),)], language=LANGUAGE)
    title = f"Figure {card.number}. {card.text.headline}"
    return _finished(writer, Info(title, info.author, card.text.source, f"{info.identity} {card.key}"))


def _finished(writer: PdfWriter, info: Info) -> bytes:
    """Add titles and identity, and write; there is no date in the file, so the bytes can be compared."""
    entries = {"/Title": info.title, "/Author": info.author, "/Subject": info.subject}
    named = {name: one_line(text) for name, text in entries.items() if text}
    writer.metadata = {**named, "/Producer": PRODUCER, "/Creator": PRODUCER}
    shown = {NameObject("/DisplayDocTitle"): BooleanObject(True)}  # noqa: FBT003 - a PDF value
    writer.root_object[NameObject("/ViewerPreferences")] = DictionaryObject(shown)
    metadata = StreamObject()
    metadata.set_data(_xmp(info))
    metadata.update({NameObject("/Type"): NameObject("/Metadata"), NameObject("/Subtype"): NameObject("/XML")})
    writer.root_object[NameObject("/Metadata")] = writer._add_object(metadata)  # noqa: SLF001 - as above
    identity = f"{info.identity} {info.title}".encode(errors="replace")
    identifier = ByteStringObject(hashlib.sha256(identity).digest()[:16])
    writer._ID = ArrayObject([identifier, identifier])  # noqa: SLF001 - the public way is a random number
    writer.pdf_header = HEADER
    buffer = BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def _xmp(info: Info) -> bytes:
    title, author, subject = (escape(one_line(text)) for text in (info.title, info.author, info.subject))
    language = f"<dc:language><rdf:Bag><rdf:li>{LANGUAGE}</rdf:li></rdf:Bag></dc:language>"
    creator = f"<dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>" if author else ""
    about = '<rdf:Alt><rdf:li xml:lang="x-default">{}</rdf:li></rdf:Alt>'
    source = f"<dc:description>{about.format(subject)}</dc:description>" if subject else ""
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">\n'
        '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:xmp="http://ns.adobe.com/xap/1.0/">\n'
        f"<dc:format>application/pdf</dc:format><dc:title>{about.format(title)}</dc:title>{creator}{source}"
        f"{language}<pdf:Producer>{PRODUCER}</pdf:Producer><xmp:CreatorTool>{PRODUCER}</xmp:CreatorTool>\n"
        '</rdf:Description></rdf:RDF></x:xmpmeta>\n<?xpacket end="r"?>'
    ).encode()
