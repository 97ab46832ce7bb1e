"""The list of segments of a matrix: share, name and definition, beside the cells or below them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cxsurvey.display.measure import one_line, text_width, wrap
from cxsurvey.display.numbers import percent
from cxsurvey.display.ops import Rect, Text
from cxsurvey.display.style import LEFT, RIGHT

if TYPE_CHECKING:
    from cxsurvey.display.ops import Op
    from cxsurvey.display.style import GroupStyle, Palette

SIDE: Final = 1.42
SIDE_GAP: Final = 0.26
TALLEST: Final = 4.0  # a taller list stands below the cells
BELOW_GAP: Final = 0.18
GAP: Final = (0.16, 0.30)
SWATCH: Final = 0.09
INSET: Final = 0.18
SHARE_PT: Final = 16.0
NAME_PT: Final = 10.0
NAME_LEADING: Final = 0.16
DEFINITION_PT: Final = 8.5
DEFINITION_LEADING: Final = 0.137
LEAST_HEIGHT: Final = 0.35


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment listed beside the matrix.

    Attributes
    ----------
    name : str
        As in the column ``segment`` of the table.
    share : float
        Percentage of respondents, unrounded; NaN prints none.
    definition : str
        What puts a respondent into it.
    """

    name: str
    share: float = math.nan
    definition: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """One segment, wrapped.

    Attributes
    ----------
    segment : Segment
        What it is.
    share : str
        As printed; may be empty.
    names, definition : tuple of str
        Lines.
    beside : float
        Room that the share takes before the name; 0 if the name stands below it.
    height : float
        Inches.
    """

    segment: Segment
    share: str
    names: tuple[str, ...]
    definition: tuple[str, ...]
    beside: float
    height: float


def block_of(segment: Segment, width: float) -> Block:
    """Wrap the name and definition of a segment; the name stands beside the share if there is room."""
    share = "" if math.isnan(segment.share) else percent(segment.share)
    beside = text_width(share, SHARE_PT, "bold") + 0.07 if share else 0.0
    name = one_line(segment.name)
    fits = beside + text_width(name, NAME_PT, "bold") <= width
    names = (name,) if fits else wrap(name, width, NAME_PT, "bold")
    definition = wrap(segment.definition, width, DEFINITION_PT) if segment.definition.strip() else ()
    below = len(names) - 1 if fits or not share else len(names)
    first = 0.23 if share else 0.16
    height = first + below * NAME_LEADING + len(definition) * DEFINITION_LEADING + 0.03
    return Block(segment, share, names, definition, beside if fits else 0.0, max(height, LEAST_HEIGHT))


def stands_beside(segments: Sequence[Segment]) -> bool:
    """Whether the list is short enough to stand at the right of the cells."""
    heights = [block_of(segment, SIDE - INSET).height for segment in segments]
    return bool(segments) and sum(heights) + GAP[0] * (len(heights) - 1) <= TALLEST


def draw_list(
    segments: Sequence[Segment],
    styles: Mapping[str, GroupStyle],
    top: float,
    bottom: float,
    palette: Palette,
) -> tuple[list[Op], float]:
    """Draw the list beside cells that reach from ``top`` to ``bottom``, or below them.

    Returns
    -------
    tuple
        The marks, and the height at which they end.
    """
    if not segments:
        return [], bottom
    beside = stands_beside(segments)
    x = RIGHT - SIDE if beside else LEFT
    blocks = [block_of(segment, RIGHT - x - INSET) for segment in segments]
    room = (bottom - top - sum(block.height for block in blocks)) / max(len(blocks) - 1, 1)
    least, most = GAP
    gap = min(max(room, least), most) if beside else least
    y = top + 0.02 if beside else bottom + BELOW_GAP
    ops: list[Op] = []
    for block in blocks:
        style = styles[block.segment.name]
        ops.append(Rect(x, y, SWATCH, block.height, style.fill, "swatch", block.segment.name))
        ops += _words(block, x + INSET, y, style, palette)
        y += block.height + gap
    return ops, y - gap


def _words(block: Block, x: float, y: float, style: GroupStyle, palette: Palette) -> list[Op]:
    ops: list[Op] = []
    line = y + 0.185 if block.share else y + 0.12
    if block.share:
        ops.append(Text(x, line, block.share, SHARE_PT, "bold", colour=style.text, role="share"))
    if block.share and not block.beside:
        line += 0.175
    for row, name in enumerate(block.names):
        place = line + row * NAME_LEADING
        ops.append(Text(x + block.beside, place, name, NAME_PT, "bold", colour=style.text, role="group"))
    line += (len(block.names) - 1) * NAME_LEADING + 0.15
    for row, words in enumerate(block.definition):
        place = line + row * DEFINITION_LEADING
        ops.append(Text(x, place, words, DEFINITION_PT, colour=palette.ink2, role="definition"))
    return ops
