"""The structure tree of a PDF: headings, paragraphs, figures with alternative text, tables and links.

A screen reader follows this tree and not the marks on the page. Each block of a page was painted as one
numbered piece of marked content; here the tree is built from the same blocks in the same order, so the numbers
agree. ISO 32000-1, sections 14.6 to 14.8.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pypdf.generic import (
    ArrayObject,
    BooleanObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    NullObject,
    NumberObject,
    TextStringObject,
)

from cxsurvey.display.sheets import Block, Box

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pypdf import PageObject, PdfWriter
    from pypdf.generic import IndirectObject, PdfObject

    from cxsurvey.display.sheets import Node

POINTS = 72
PRINTED = 4  # annotation flag


class Placed(NamedTuple):
    """Blocks whose inches count from ``left, top`` of the page."""

    nodes: tuple[Node, ...]
    left: float = 0.0
    top: float = 0.0


def tag_pages(writer: PdfWriter, pages: Sequence[Sequence[Placed]], *, language: str) -> None:
    """Give a document its structure tree and mark it as tagged.

    Parameters
    ----------
    writer : pypdf.PdfWriter
        Holds the pages; changed in place.
    pages : sequence of sequences of Placed
        What each page shows, in the order in which it was painted.
    language : str
        Language of the text, such as ``"en"``.
    """
    tree = _Tree(writer)
    for index, parts in enumerate(pages):
        tree.add_page(index, parts)
    tree.finish()
    writer.root_object[NameObject("/MarkInfo")] = _dictionary({"/Marked": BooleanObject(True)})  # noqa: FBT003
    writer.root_object[NameObject("/Lang")] = TextStringObject(language)


def rectangle(box: Box, page: PageObject, left: float = 0.0, top: float = 0.0) -> ArrayObject:
    """Turn a box in inches from the top left into PDF points from the bottom left of a page."""
    x = (left + box.left) * POINTS
    y = float(page.mediabox.height) - (top + box.top + box.height) * POINTS
    corners = (x, y, x + box.width * POINTS, y + box.height * POINTS)
    return ArrayObject(FloatObject(round(corner, 3)) for corner in corners)


def _dictionary(entries: Mapping[str, PdfObject]) -> DictionaryObject:
    return DictionaryObject({NameObject(key): value for key, value in entries.items()})


class _Element(NamedTuple):
    """A dictionary of the tree with its reference and its children at hand."""

    entries: DictionaryObject
    kids: ArrayObject
    reference: IndirectObject


class _Tree:
    """The tree while it grows, and the table from content numbers back to elements."""

    def __init__(self, writer: PdfWriter) -> None:
        self.writer = writer
        self.root = self._register({"/Type": NameObject("/StructTreeRoot")})
        self.document = self._element("Document", self.root)
        self.root.kids.append(self.document.reference)
        self.owners: list[PdfObject] = []  # of a page: the elements of its contents; of a link: its element
        self.links: list[tuple[_Element, DictionaryObject]] = []

    def add_page(self, index: int, parts: Sequence[Placed]) -> None:
        """Hang the blocks of a page into the tree."""
        page = self.writer.pages[index]
        page[NameObject("/StructParents")] = NumberObject(len(self.owners))
        page[NameObject("/Tabs")] = NameObject("/S")  # keyboard focus follows the structure
        contents: ArrayObject = ArrayObject()
        for part in parts:
            for node in part.nodes:
                self._add_node(node, self.document, page, part, contents)
        self.owners.append(self._reference(contents))

    def finish(self) -> None:
        """Number the links after the pages and write the table of owners."""
        for element, annotation in self.links:
            annotation[NameObject("/StructParent")] = NumberObject(len(self.owners))
            self.owners.append(element.reference)
        pairs = [part for key, owner in enumerate(self.owners) for part in (NumberObject(key), owner)]
        parents = self._reference(_dictionary({"/Nums": ArrayObject(pairs)}))
        self.root.entries[NameObject("/ParentTree")] = parents
        self.root.entries[NameObject("/ParentTreeNextKey")] = NumberObject(len(self.owners))
        self.writer.root_object[NameObject("/StructTreeRoot")] = self.root.reference

    def _reference(self, item: PdfObject) -> IndirectObject:
        return self.writer._add_object(item)  # noqa: SLF001 - pypdf offers no public way

    def _register(self, entries: Mapping[str, PdfObject]) -> _Element:
        kids: ArrayObject = ArrayObject()
        dictionary = _dictionary({**entries, "/K": kids})
        return _Element(dictionary, kids, self._reference(dictionary))

    def _element(self, tag: str, parent: _Element) -> _Element:
        kind = {"/Type": NameObject("/StructElem"), "/S": NameObject(f"/{tag}"), "/P": parent.reference}
        return self._register(kind)

    def _add_node(
        self, node: Node, parent: _Element, page: PageObject, part: Placed, contents: ArrayObject
    ) -> None:
        if node.tag == "Artifact":
            return
        element = self._element(node.tag, parent)
        parent.kids.append(element.reference)
        if isinstance(node, Block):
            _describe(node, element.entries, page, part)
            element.kids.append(NumberObject(len(contents)))
            contents.append(element.reference)
            if node.link is not None:
                self._add_link(element, page, self.writer.pages[node.link], node, part)
            return
        for child in node.children:
            self._add_node(child, element, page, part, contents)

    def _add_link(
        self, element: _Element, page: PageObject, target: PageObject, block: Block, part: Placed
    ) -> None:
        annotation = _dictionary(
            {
                "/Type": NameObject("/Annot"),
                "/Subtype": NameObject("/Link"),
                "/Rect": rectangle(block.box, page, part.left, part.top),
                "/Border": ArrayObject([NumberObject(0)] * 3),
                "/F": NumberObject(PRINTED),
                "/Contents": TextStringObject(block.alt),
                "/Dest": ArrayObject([_page_reference(target), NameObject("/Fit")]),
            }
        )
        reference = self._reference(annotation)
        annotations = page.get("/Annots", ArrayObject()).get_object()
        page[NameObject("/Annots")] = ArrayObject([*annotations, reference])
        kid = {"/Type": NameObject("/OBJR"), "/Obj": reference, "/Pg": _page_reference(page)}
        element.kids.append(_dictionary(kid))
        self.links.append((element, annotation))


def _describe(block: Block, entries: DictionaryObject, page: PageObject, part: Placed) -> None:
    entries[NameObject("/Pg")] = _page_reference(page)
    if block.alt:
        entries[NameObject("/Alt")] = TextStringObject(block.alt)
    if block.scope:
        scope: dict[str, PdfObject] = {"/O": NameObject("/Table"), "/Scope": NameObject(f"/{block.scope}")}
        entries[NameObject("/A")] = _dictionary(scope)
    if block.tag == "Figure":
        extent = rectangle(block.box, page, part.left, part.top)
        layout: dict[str, PdfObject] = {"/O": NameObject("/Layout"), "/BBox": extent}
        entries[NameObject("/A")] = _dictionary({**layout, "/Placement": NameObject("/Block")})


def _page_reference(page: PageObject) -> PdfObject:
    return page.indirect_reference or NullObject()
