"""One figure on one card, or on several when it would be taller than a page. Type is never shrunk."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from string import ascii_lowercase
from typing import Final, TypeVar

from cxsurvey.display.card import Card, FigureText
from cxsurvey.display.ops import Text
from cxsurvey.display.style import MAX_HEIGHT
from cxsurvey.errors import RequestError

LOG = logging.getLogger("cxsurvey.display")
HEADLINE_LINES: Final = 2
R = TypeVar("R")
Compose = Callable[[FigureText, Sequence[R]], Card]


def one_card(text: FigureText, rows: Sequence[R], compose: Compose[R]) -> Card:
    """Draw all rows on one card.

    Raises
    ------
    RequestError
        If it is taller than a page.
    """
    card = compose(text, rows)
    if card.height > MAX_HEIGHT:
        raise RequestError.figure_too_tall(text.key, card.height, MAX_HEIGHT)
    _warn_of_headline(card)
    return card


def _warn_of_headline(card: Card) -> None:
    lines = sum(isinstance(op, Text) and op.role == "headline" for op in card.ops)
    if lines > HEADLINE_LINES:
        LOG.warning("%s: the headline takes %d lines; two are enough.", card.key, lines)


def split(text: FigureText, rows: Sequence[R], compose: Compose[R]) -> tuple[Card, ...]:
    """Draw rows on as few cards as fit on pages, numbered 6a, 6b and so on.

    Parameters
    ----------
    text : FigureText
        Of the whole figure.
    rows : sequence
        What the form stacks down the page.
    compose : callable
        Draws some of the rows under the words given; keeps the scale of the whole.

    Returns
    -------
    tuple of Card
        One card if it fits.

    Raises
    ------
    RequestError
        If a card of one row is still taller than a page.
    """
    whole = compose(text, rows)
    _warn_of_headline(whole)
    if whole.height <= MAX_HEIGHT:
        return (whole,)
    for parts in range(2, len(rows) + 1):
        cards = tuple(compose(part_text(text, part), chunk) for part, chunk in enumerate(_chunks(rows, parts)))
        if all(card.height <= MAX_HEIGHT for card in cards):
            return cards
    raise RequestError.figure_too_tall(text.key, whole.height, MAX_HEIGHT)


def part_text(text: FigureText, part: int) -> FigureText:
    """Words of one part of a figure.

    Examples
    --------
    >>> part_text(FigureText("fig06", "6", "Silos"), 1).number
    '6b'
    """
    suffix = ascii_lowercase[part] if part < len(ascii_lowercase) else f"-{part + 1}"
    return replace(text, key=f"{text.key}{suffix}", number=f"{text.number}{suffix}")


def _chunks(rows: Sequence[R], parts: int) -> list[Sequence[R]]:
    size, extra = divmod(len(rows), parts)
    ends = [part * size + min(part, extra) for part in range(parts + 1)]
    return [rows[start:end] for start, end in pairwise(ends)]
