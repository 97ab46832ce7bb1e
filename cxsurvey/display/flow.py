"""Text that flows down a column and over as many pages as it needs.

The pages of words in a pack (cover, contents, data tables, methodology) are set in the same typeface, colours
and content width as the figures.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cxsurvey.display import style
from cxsurvey.display.measure import balance, clean, wrap
from cxsurvey.display.ops import Rect, Text
from cxsurvey.display.sheets import Block

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cxsurvey.display.ops import Align, Op, Weight
    from cxsurvey.display.sheets import Node, PageSize, Tag

INK: Final = style.PALETTE.ink
INK2: Final = style.PALETTE.ink2
ACCENT: Final = style.PALETTE.accent
POINTS: Final = 72
FEWEST_LINES: Final = 2  # of a paragraph at the foot or head of a page


@dataclass(frozen=True, slots=True)
class Type:
    """How a paragraph is set; ``size`` in points, ``leading`` as a multiple of it."""

    size: float
    weight: Weight = "regular"
    colour: str = INK
    leading: float = style.LEADING
    balanced: bool = False

    @property
    def pitch(self) -> float:
        """Distance between two baselines in inches."""
        return self.size * self.leading / POINTS

    @property
    def ascent(self) -> float:
        """Distance from the top of a line to its baseline in inches."""
        return self.size * style.ASCENT / POINTS


TITLE: Final = Type(28, "semibold", leading=style.HEADLINE_LEADING, balanced=True)
PAGE_TITLE: Final = Type(style.HEADLINE_PT, "semibold", leading=style.HEADLINE_LEADING, balanced=True)
KICKER: Final = Type(style.FIGURE_PT, "bold", ACCENT)
HEADING: Final = Type(11, "semibold", ACCENT)
LEAD: Final = Type(style.DESCRIPTOR_PT, colour=INK2)
BODY: Final = Type(9.5, leading=1.36)
TERM: Final = Type(9.5, "semibold", leading=1.36)
SMALL: Final = Type(style.NOTE_PT, colour=INK2)


def one_line(text: str) -> str:
    r"""Make a text fit for a title: on one line, without control characters.

    >>> one_line(" Two\nlines ")
    'Two lines'
    """
    return " ".join(clean(text).split())


def break_lines(text: str, width: float, kind: Type) -> tuple[str, ...]:
    """Break a paragraph into lines of at most ``width`` inches."""
    broken = balance if kind.balanced else wrap
    return broken(text, width, kind.size, kind.weight)


def set_lines(
    lines: Sequence[str], x: float, top: float, kind: Type, role: str, *, align: Align = "left"
) -> tuple[Text, ...]:
    """Place lines of text under each other, the first line's top at ``top``; an empty line is only space."""
    return tuple(
        Text(
            x,
            top + kind.ascent + number * kind.pitch,
            line,
            kind.size,
            kind.weight,
            colour=kind.colour,
            align=align,
            role=role,
        )
        for number, line in enumerate(lines)
        if line
    )


def accent_rule(left: float, top: float) -> Rect:
    """Draw the short rule that opens every figure and page of a pack."""
    return Rect(left, top, *style.ACCENT_RULE, ACCENT, role="accent")


class Flow:
    """A column that is filled from the top and goes on on a new page when it is full.

    Parameters
    ----------
    size : PageSize
        Paper.
    top : float or None
        Where the first page's text begins; by default at the card's text, so that pages and figures line up.

    Attributes
    ----------
    left, width : float
        The column, in inches: where the text of a figure stands on its page.
    y : float
        Where the next thing goes on the current page.
    """

    def __init__(self, size: PageSize, top: float | None = None) -> None:
        self.size = size
        self.left = (size.width - style.WIDTH) / 2 + style.PADDING
        self.width = style.CONTENT
        self.start = size.margin_top + style.PADDING
        self.y = self.start if top is None else top
        self._pages: list[list[Node]] = [[]]

    @property
    def pages(self) -> tuple[tuple[Node, ...], ...]:
        """What has been placed, page by page."""
        return tuple(tuple(page) for page in self._pages)

    @property
    def page(self) -> int:
        """The number of the current page, from 0."""
        return len(self._pages) - 1

    @property
    def room(self) -> float:
        """Inches left on the current page."""
        return self.size.bottom - self.y

    def gap(self, inches: float) -> None:
        """Leave space, but never at the head of a page."""
        if self._pages[-1]:
            self.y += inches

    def turn(self) -> None:
        """Go to a new page."""
        self._pages.append([])
        self.y = self.start

    def need(self, height: float) -> None:
        """Go to a new page unless ``height`` inches are left or the page is still empty."""
        if height > self.room and self._pages[-1]:
            self.turn()

    def place(self, node: Node, height: float) -> None:
        """Put something at the current place and move on by its height."""
        self._pages[-1].append(node)
        self.y += height

    def heading(self, tag: Tag, text: str, kind: Type, *, keep: float = 0.5) -> None:
        """Place a heading that stays together with the ``keep`` inches after it."""
        lines = break_lines(text, self.width, kind)
        height = len(lines) * kind.pitch
        self.need(height + keep)
        self.place(Block(tag, set_lines(lines, self.left, self.y, kind, "heading")), height)

    def paragraph(self, text: str, kind: Type = BODY, *, indent: float = 0.0) -> None:
        """Place a paragraph; it may go on on the next page, but never with a single line left alone."""
        rest = list(break_lines(text, self.width - indent, kind))
        while rest:
            now = self._fitting(len(rest), kind.pitch)
            if now:
                ops = set_lines(rest[:now], self.left + indent, self.y, kind, "paragraph")
                self.place(Block("P", ops), now * kind.pitch)
                del rest[:now]
            if rest:
                self.turn()

    def item(self, term: str, text: str, *, indent: float = 1.55) -> None:
        """Place a name in bold and what is said of it in a second column beside it."""
        names = break_lines(term, indent - 0.15, TERM)
        self.need(TERM.pitch * max(len(names), FEWEST_LINES))
        name = Block("P", set_lines(names, self.left, self.y, TERM, "term"))
        self.place(name, 0.0)
        bottom, page = self.y + len(names) * TERM.pitch, self.page
        self.paragraph(text, indent=indent)
        self.y = max(self.y, bottom) if self.page == page else self.y

    def _fitting(self, count: int, pitch: float) -> int:
        """Count the lines that go on this page without leaving one alone here or on the next."""
        fit = int(self.room / pitch + 1e-9)
        if fit >= count:
            return count
        fit = min(fit, count - FEWEST_LINES)
        if not self._pages[-1]:
            return max(fit, 1)
        return fit if fit >= FEWEST_LINES else 0


def hairline(left: float, top: float, width: float) -> Op:
    """Draw a thin horizontal rule."""
    return Rect(left, top, width, style.HAIRLINE_PT / POINTS, style.PALETTE.rule, role="rule")
