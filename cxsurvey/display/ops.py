"""What a card is made of: marks and words placed in inches from the top left.

A chart form works out where everything goes and returns these records; the backends only paint them. Layout
tests read them too, so a collision is found without a picture.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Align = Literal["left", "center", "right"]
Shape = Literal["circle", "square", "triangle", "diamond", "wedge", "arrow", "back arrow"]
Weight = Literal["regular", "semibold", "bold"]


@dataclass(frozen=True, slots=True)
class Text:
    """One line of words. ``x`` is the anchor of ``align`` and ``y`` the baseline, both in inches.

    Attributes
    ----------
    size : float
        Points.
    role : str
        What the words are: ``"headline"``, ``"row label"``, ``"value"``, ``"note"``...
    backdrop : str
        Colour behind the words, against which contrast is checked.
    rotation : int
        0 or 90 degrees, counter-clockwise.
    """

    x: float
    y: float
    text: str
    size: float
    weight: Weight = "regular"
    italic: bool = False
    colour: str = "#16202A"
    align: Align = "left"
    role: str = ""
    backdrop: str = "#FFFFFF"
    rotation: int = 0


@dataclass(frozen=True, slots=True)
class Rect:
    """A filled rectangle; ``x, y`` is its top left corner. ``key`` names the table row it stands for."""

    x: float
    y: float
    width: float
    height: float
    colour: str
    role: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A straight line; ``thickness`` in points."""

    x1: float
    y1: float
    x2: float
    y2: float
    colour: str
    thickness: float
    role: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Marker:
    """A symbol centred at ``x, y``; ``size`` is its height in inches; a white edge separates it.

    A triangle points up, a wedge down, an arrow right and a back arrow left; arrows have no edge.
    """

    x: float
    y: float
    shape: Shape
    size: float
    colour: str
    role: str = ""
    key: str = ""


Op = Text | Rect | Line | Marker
