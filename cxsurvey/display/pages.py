"""The pages of a figure pack: cover with contents, one figure a page with its data, methodology."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from cxsurvey.display import flow, style
from cxsurvey.display.data_pages import place_table
from cxsurvey.display.measure import shorten, text_width
from cxsurvey.display.ops import Rect
from cxsurvey.display.sheets import Block, Box, Group, Page, page_size
from cxsurvey.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cxsurvey.display.card import Card
    from cxsurvey.display.methodology import Methodology, Section
    from cxsurvey.display.sheets import Node, PageSize

METHODOLOGY: Final = "Methodology"
SYNTHETIC: Final = "Synthetic respondents"
SYNTHETIC_NOTICE: Final = (
    "The respondents behind these figures are synthetic: they were generated, and no person was interviewed. "
    "Do not quote these figures as the findings of a survey."
)
COVER_TOP: Final = 1.9
FOOT: Final = 0.61  # top of the running title above the edge of the paper
MARK_GAP: Final = 0.15
ENTRY: Final = flow.Type(10, leading=1.2)
ENTRY_NUMBER: Final = flow.Type(10, "semibold", flow.ACCENT, leading=1.2)
NUMBER: Final = replace(flow.SMALL, weight="semibold")
MARK: Final = replace(NUMBER, colour=style.PALETTE.warn)
NOTICE: Final = flow.Type(9.5, "semibold", style.PALETTE.warn, leading=1.3)


@dataclass(frozen=True, slots=True)
class Front:
    """What the cover says, and the running title of every page.

    Attributes
    ----------
    title, publisher : str
        Of the study.
    field_dates, base, source : str
        Printed when they are not empty.
    synthetic : bool
        Print the notice on the cover and a mark on every page.
    origin : str
        Under the title: where synthetic respondents come from.
    """

    title: str
    publisher: str = ""
    field_dates: str = ""
    base: str = ""
    source: str = ""
    synthetic: bool = False
    origin: str = ""


def lay_out(
    cards: Sequence[Card], front: Front, methodology: Methodology, *, size: str = "letter"
) -> tuple[Page, ...]:
    """Lay out a whole pack.

    Parameters
    ----------
    cards : sequence of Card
        The figures, in order; at least one.
    front : Front
        Cover and running title.
    methodology : Methodology
        The last pages.
    size : {"letter", "a4"}
        Paper.

    Returns
    -------
    tuple of Page
        Page ``i`` is printed as number ``i + 1``.

    Raises
    ------
    RequestError
        If there is no card, a card is taller than the page, or the paper size is unknown.
    """
    paper = page_size(size)
    if not cards:
        raise RequestError.empty_pack()
    figures = [_figure_pages(card, paper) for card in cards]
    front_count = len(_cover(front, [(card.number, card.text.headline, 0) for card in cards], 0, paper))
    starts = [front_count + sum(len(pages) for pages in figures[:index]) for index in range(len(figures) + 1)]
    entries = [(card.number, card.text.headline, start) for card, start in zip(cards, starts, strict=False)]
    pages = [*_cover(front, entries, starts[-1], paper)]
    pages += [page for group in figures for page in group]
    pages += _methodology_pages(methodology, paper)
    return tuple(_with_footer(page, number, front) for number, page in enumerate(pages, 1))


def _cover(
    front: Front, entries: Sequence[tuple[str, str, int]], methodology: int, paper: PageSize
) -> list[Page]:
    column = flow.Flow(paper, COVER_TOP)
    column.place(Block("Artifact", (flow.accent_rule(column.left, column.y),)), 0.16)
    if front.publisher:
        column.paragraph(front.publisher.upper(), flow.KICKER)
        column.gap(0.06)
    column.heading("H1", front.title, flow.TITLE)
    column.gap(0.12)
    for text in filter(None, (front.origin, front.field_dates, front.base, front.source)):
        column.paragraph(text, flow.LEAD)
    if front.synthetic:
        column.gap(0.22)
        _notice(column)
    column.gap(0.5)
    column.heading("H2", "Contents", flow.HEADING)
    column.gap(0.08)
    for number, headline, page in entries:
        _entry(column, f"Figure {number}", headline, page)
    _entry(column, "", METHODOLOGY, methodology)
    return [
        Page(paper.width, paper.height, body, front.title if index == 0 else "Contents, continued")
        for index, body in enumerate(_with_toc(body) for body in column.pages)
    ]


def _notice(column: flow.Flow) -> None:
    top = column.y
    column.paragraph(SYNTHETIC_NOTICE, NOTICE, indent=0.16)
    bar = Rect(column.left, top, 0.04, column.y - top, style.PALETTE.warn, role="rule")
    column.place(Block("Artifact", (bar,)), 0.0)


def _entry(column: flow.Flow, name: str, headline: str, page: int) -> None:
    """Place a line of the contents: a link with the figure's name, headline and page number."""
    indent = 0.85
    lines = flow.break_lines(headline, column.width - indent - 0.5, ENTRY)
    height = len(lines) * ENTRY.pitch + 0.12
    column.need(height)
    column.y += 0.03
    number = str(page + 1)
    ops = (
        *flow.set_lines([name] if name else [], column.left, column.y, ENTRY_NUMBER, "entry number"),
        *flow.set_lines(lines, column.left + indent, column.y, ENTRY, "entry"),
        *flow.set_lines([number], column.left + column.width, column.y, ENTRY, "page number", align="right"),
    )
    box = Box(column.left, column.y - 0.07, column.width, height - 0.01)
    spoken = f"{name}: {headline}" if name else headline
    column.place(
        Group(
            "TOCI",
            (Block("Link", ops, alt=f"{flow.one_line(spoken)}, page {number}", box=box, link=page),),
        ),
        height - 0.08,
    )
    rule = flow.hairline(column.left, column.y, column.width)
    column.place(Block("Artifact", (rule,)), 0.05)


def _with_toc(body: Sequence[Node]) -> tuple[Node, ...]:
    """Gather the entries of a page, with the rules between them, into one table of contents."""
    first = next(i for i, node in enumerate(body) if node.tag == "TOCI")
    return (*body[:first], Group("TOC", tuple(body[first:])))


def _figure_pages(card: Card, paper: PageSize) -> list[Page]:
    room = paper.bottom - paper.margin_top + style.PADDING  # a card's own padding may reach into the margin
    if card.height > room:
        raise RequestError.figure_too_tall(card.key, card.height, room)
    column = flow.Flow(paper, paper.margin_top + card.height)
    place_table(column, card)
    name = f"Figure {card.number}"
    first, *others = column.pages
    page = Page(
        paper.width,
        paper.height,
        first,
        f"{name}. {card.text.headline}",
        card=card,
        left=(paper.width - style.WIDTH) / 2,
        top=paper.margin_top,
    )
    return [page, *(Page(paper.width, paper.height, body, f"{name}, data") for body in others)]


def _methodology_pages(methodology: Methodology, paper: PageSize) -> list[Page]:
    column = flow.Flow(paper)
    column.place(Block("Artifact", (flow.accent_rule(column.left, column.y),)), 0.14)
    column.heading("H1", METHODOLOGY, flow.PAGE_TITLE)
    for section in methodology.sections():
        _section(column, section)
    return [
        Page(paper.width, paper.height, body, METHODOLOGY if index == 0 else f"{METHODOLOGY}, continued")
        for index, body in enumerate(column.pages)
    ]


def _section(column: flow.Flow, section: Section) -> None:
    column.gap(0.24)
    column.heading("H2", section.heading, flow.HEADING)
    column.gap(0.05)
    for number, paragraph in enumerate(section.paragraphs):
        column.gap(0.08 if number else 0.0)
        column.paragraph(paragraph)
    for term, text in section.items:
        column.item(term, text)
        column.gap(0.05)


def _with_footer(page: Page, number: int, front: Front) -> Page:
    """Add running title and page number, last in the order of painting."""
    left = (page.width - style.WIDTH) / 2 + style.PADDING
    top = page.height - FOOT
    mark = SYNTHETIC if front.synthetic else ""
    mark_width = text_width(mark, MARK.size, MARK.weight) + MARK_GAP if mark else 0.0
    title = shorten(front.title, style.CONTENT - 0.6 - mark_width, flow.SMALL.size)
    mark_left = left + text_width(title, flow.SMALL.size) + MARK_GAP
    ops = (
        flow.hairline(left, top - 0.09, style.CONTENT),
        *flow.set_lines([title], left, top, flow.SMALL, "running title"),
        *flow.set_lines([mark], mark_left, top, MARK, "running title"),
        *flow.set_lines([str(number)], left + style.CONTENT, top, NUMBER, "page number", align="right"),
    )
    return replace(page, body=(*page.body, Block("Artifact", ops)))
