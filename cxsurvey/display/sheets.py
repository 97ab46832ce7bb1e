"""A page as data: blocks of marks in reading order, each with its place in the document's structure.

Pages are laid out from these records without drawing anything, so that tests can read them; `pdf` paints them
and `tags` turns the same records into the structure tree that a screen reader follows.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from cxsurvey.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cxsurvey.display.card import Card
    from cxsurvey.display.ops import Op

Tag = Literal["H1", "H2", "H3", "P", "Figure", "Link", "TH", "TD", "Caption", "Artifact"]
GroupTag = Literal["Sect", "TOC", "TOCI", "Table", "TR"]


class Box(NamedTuple):
    """A rectangle in inches; ``left, top`` is measured from the top left corner."""

    left: float
    top: float
    width: float
    height: float


NOWHERE: Final = Box(0.0, 0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Block:
    """Marks that are read as one piece.

    Attributes
    ----------
    tag : str
        Structure type: a heading, ``P``, ``Figure``, ``Link`` or a table cell; ``Artifact`` is decoration and
        page furniture, which is painted but not read aloud.
    ops : tuple of Op
        The marks, in inches from the top left of the sheet.
    alt : str
        What a screen reader says in place of the marks; a figure needs it.
    box : Box
        Extent of a figure, or the area of a link that can be clicked.
    link : int or None
        Page that a click opens, counted from 0.
    scope : str
        For ``TH``: ``"Column"`` or ``"Row"``.
    """

    tag: Tag
    ops: tuple[Op, ...]
    alt: str = ""
    box: Box = NOWHERE
    link: int | None = None
    scope: Literal["", "Column", "Row"] = ""


@dataclass(frozen=True, slots=True)
class Group:
    """A part of the structure that holds others, such as a table row."""

    tag: GroupTag
    children: tuple[Block | Group, ...]


Node = Block | Group


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the pack.

    Attributes
    ----------
    width, height : float
        Inches.
    body : tuple of Block or Group
        What is on the page, in reading order, after the card; running title and page number come last.
    outline : str
        Title in the list of bookmarks.
    card : Card or None
        The figure that the page shows.
    left, top : float
        Where the card's top left corner lies.
    """

    width: float
    height: float
    body: tuple[Node, ...]
    outline: str
    card: Card | None = None
    left: float = 0.0
    top: float = 0.0


@dataclass(frozen=True, slots=True)
class PageSize:
    """Paper and the margins of what is printed on it, in inches."""

    width: float
    height: float
    margin_top: float = 0.70
    margin_bottom: float = 0.85

    @property
    def bottom(self) -> float:
        """Lowest point of the text area, from the top."""
        return self.height - self.margin_bottom


PAGE_SIZES: Final = MappingProxyType({"letter": PageSize(8.5, 11.0), "a4": PageSize(8.27, 11.69)})


def page_size(name: str) -> PageSize:
    """Look a paper size up by name.

    Raises
    ------
    RequestError
        If the name is neither ``letter`` nor ``a4``.

    Examples
    --------
    >>> page_size("letter").bottom
    10.15
    """
    if name not in PAGE_SIZES:
        raise RequestError.unknown_page_size(name, tuple(PAGE_SIZES))
    return PAGE_SIZES[name]


def blocks(nodes: Iterable[Node]) -> Iterator[Block]:
    """Go through the blocks of a structure in reading order, which is also the order of painting.

    Examples
    --------
    >>> row = Group("TR", (Block("TH", ()), Block("TD", ())))
    >>> [block.tag for block in blocks([Block("H2", ()), Group("Table", (row,))])]
    ['H2', 'TH', 'TD']
    """
    for node in nodes:
        if isinstance(node, Block):
            yield node
        else:
            yield from blocks(node.children)
