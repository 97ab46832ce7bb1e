"""Colour arithmetic: luminance, contrast, lightness, difference, and how a colour looks without one cone type.

Sources: WCAG 2.1 (relative luminance and contrast ratio); CIE 1976 L*a*b* under D65; the simulation of colour
vision deficiency at full severity of Machado, Oliveira and Fernandes (2009), applied to linear RGB.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Final, Literal

Triple = tuple[float, float, float]
Deficiency = Literal["protan", "deutan", "tritan"]

WHITE: Final = "#FFFFFF"
SRGB_KNEE = 0.04045
LAB_KNEE = (6 / 29) ** 3
D65: Triple = (0.95047, 1.0, 1.08883)
RGB_TO_XYZ: tuple[Triple, Triple, Triple] = (
    (0.4124564, 0.3575761, 0.1804375),
    (0.2126729, 0.7151522, 0.0721750),
    (0.0193339, 0.1191920, 0.9503041),
)
DEFICIENCIES: Final[Mapping[Deficiency, tuple[Triple, Triple, Triple]]] = MappingProxyType(
    {
        "protan": (
            (0.152286, 1.052583, -0.204868),
            (0.114503, 0.786281, 0.099216),
            (-0.003882, -0.048116, 1.051998),
        ),
        "deutan": (
            (0.367322, 0.860646, -0.227968),
            (0.280085, 0.672501, 0.047413),
            (-0.011820, 0.042940, 0.968881),
        ),
        "tritan": (
            (1.255528, -0.076749, -0.178779),
            (-0.078411, 0.930809, 0.147602),
            (0.004733, 0.691367, 0.303900),
        ),
    }
)


def linear_rgb(colour: str) -> Triple:
    """Turn ``#RRGGBB`` into linear red, green and blue, each 0 to 1."""
    red, green, blue = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    return (_linear(red), _linear(green), _linear(blue))


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= SRGB_KNEE else ((channel + 0.055) / 1.055) ** 2.4


def _times(matrix: tuple[Triple, Triple, Triple], vector: Triple) -> Triple:
    first, second, third = (sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix)
    return (first, second, third)


@lru_cache(maxsize=512)
def luminance(colour: str) -> float:
    """Relative luminance of WCAG 2.1, 0 for black and 1 for white.

    >>> round(luminance("#FFFFFF"), 6), luminance("#000000")
    (1.0, 0.0)
    """
    red, green, blue = linear_rgb(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(colour: str, other: str = WHITE) -> float:
    """Contrast ratio of WCAG 2.1, 1 to 21.

    >>> round(contrast("#0B4A6F"), 2)
    9.45
    """
    dark, light = sorted((luminance(colour), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def lightness(colour: str) -> float:
    """CIE L*, 0 to 100.

    >>> round(lightness("#8095A5"))
    61
    """
    return lab(colour)[0]


@lru_cache(maxsize=512)
def lab(colour: str, deficiency: Deficiency | None = None) -> Triple:
    """CIE 1976 L*, a*, b* under D65, as seen with a colour vision deficiency if one is named.

    >>> [round(abs(part), 3) for part in lab("#FFFFFF")]
    [100.0, 0.0, 0.0]
    """
    rgb = linear_rgb(colour)
    if deficiency is not None:
        red, green, blue = (min(1.0, max(0.0, c)) for c in _times(DEFICIENCIES[deficiency], rgb))
        rgb = (red, green, blue)
    x, y, z = (_cube_root(v / white) for v, white in zip(_times(RGB_TO_XYZ, rgb), D65, strict=True))
    return (116 * y - 16, 500 * (x - y), 200 * (y - z))


def _cube_root(ratio: float) -> float:
    return math.cbrt(ratio) if ratio > LAB_KNEE else ratio / (3 * (6 / 29) ** 2) + 4 / 29


def difference(colour: str, other: str, deficiency: Deficiency | None = None) -> float:
    """CIE 1976 colour difference, the distance in L*a*b*.

    >>> round(difference("#000000", "#FFFFFF"))
    100
    """
    return math.dist(lab(colour, deficiency), lab(other, deficiency))


def label_on(fill: str, dark: str) -> str:
    """Choose white or the dark ink for a label on a fill, whichever contrasts more.

    >>> label_on("#0B3954", "#16202A"), label_on("#D28028", "#16202A")
    ('#FFFFFF', '#16202A')
    """
    return max((WHITE, dark), key=lambda colour: contrast(colour, fill))


def mix(colour: str, share: float, ground: str = WHITE) -> str:
    """Lay a colour over a ground at some opacity, mixing the sRGB values.

    >>> mix("#000000", 0.5)
    '#808080'
    """
    pairs = ((int(colour[s : s + 2], 16), int(ground[s : s + 2], 16)) for s in (1, 3, 5))
    return "#" + "".join(f"{math.floor(share * top + (1 - share) * under + 0.5):02X}" for top, under in pairs)
