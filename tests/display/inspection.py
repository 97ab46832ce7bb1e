"""Faults of a card that can be found without looking at it.

Words that overlap or leave the margins, type that is too small, and words that do not stand out from what is
really behind them. A form that draws a sound card returns nothing here.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Final

from cxsurvey.display.colour import WHITE, contrast
from cxsurvey.display.measure import ink_box
from cxsurvey.display.ops import Rect, Text
from cxsurvey.display.style import MIN_PT, PADDING, TEXT_CONTRAST

if TYPE_CHECKING:
    from cxsurvey.display.card import Card
    from cxsurvey.display.ops import Op

TOLERANCE: Final = 0.008
Box = tuple[float, float, float, float]


def faults(card: Card) -> tuple[str, ...]:
    """List what is wrong with the layout of a card.

    Returns
    -------
    tuple of str
        One sentence a fault; empty for a sound card.

    Examples
    --------
    >>> import pandas as pd
    >>> from cxsurvey.display.card import FigureText
    >>> from cxsurvey.display.forms import ranked
    >>> table = pd.DataFrame({"label": ["Silos", "Budget"], "value": [53.2, 37.0]})
    >>> faults(ranked.draw(table, FigureText("fig06", "6", "Silos lead")))
    ()
    """
    words = [op for op in card.ops if isinstance(op, Text)]
    boxes = [ink_box(op) for op in words]
    found = [fault for op, box in zip(words, boxes, strict=True) for fault in _faults_of(op, box, card)]
    for (one, first), (other, second) in combinations(zip(words, boxes, strict=True), 2):
        if _overlap(first, second):
            found.append(f"'{one.text}' ({one.role}) overlaps '{other.text}' ({other.role})")
    if not card.alt_short or not card.alt_long:
        found.append("there is no alternative text")
    return tuple(found)


def _faults_of(op: Text, box: Box, card: Card) -> list[str]:
    left, top, right, bottom = box
    name = f"'{op.text}' ({op.role})"
    found = []
    margin = PADDING - TOLERANCE
    if left < margin or top < margin or right > card.width - margin or bottom > card.height - margin + 0.06:
        found.append(f"{name} leaves the margins")
    if op.size < MIN_PT:
        found.append(f"{name} is set in {op.size:g} points")
    behind = ground(card.ops, op)
    if behind != op.backdrop:
        found.append(f"{name} stands on {behind}, not on {op.backdrop}")
    if contrast(op.colour, behind) < TEXT_CONTRAST:
        found.append(f"{name} has contrast {contrast(op.colour, behind):.2f}")
    return found


def _overlap(one: Box, other: Box) -> bool:
    across = min(one[2], other[2]) - max(one[0], other[0])
    down = min(one[3], other[3]) - max(one[1], other[1])
    return across > TOLERANCE and down > TOLERANCE


def ground(ops: tuple[Op, ...], words: Text) -> str:
    """Colour of the uppermost rectangle behind the middle of some words; white where there is none.

    Examples
    --------
    >>> ground((Rect(0, 0, 2, 2, "#0B3954"),), Text(1, 1, "58%", 10))
    '#0B3954'
    """
    left, top, right, bottom = ink_box(words)
    x, y = (left + right) / 2, (top + bottom) / 2
    colour = WHITE
    for op in ops:
        if op is words:
            break
        if isinstance(op, Rect) and op.x <= x <= op.x + op.width and op.y <= y <= op.y + op.height:
            colour = op.colour
    return colour
