"""The look of every figure: colours, type sizes, spacing and the frozen settings of matplotlib.

Nothing here draws, and matplotlib is not imported. Measurements are inches unless a name says points (``PT``).
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from types import MappingProxyType
from typing import Any, Final

from cxsurvey.display.colour import DEFICIENCIES, WHITE, Deficiency, contrast, difference, label_on, lightness
from cxsurvey.display.ops import Shape
from cxsurvey.errors import RequestError

LOG = logging.getLogger("cxsurvey.display")

WIDTH: Final = 7.00
PADDING: Final = 0.32
LEFT: Final = PADDING
RIGHT: Final = WIDTH - PADDING
CONTENT: Final = RIGHT - LEFT
MAX_HEIGHT: Final = 9.3  # with the margins of the pack, a Letter page

ACCENT_RULE: Final = (0.42, 0.045)
HAIRLINE_PT: Final = 0.6
LEADING: Final = 1.22  # line pitch as a multiple of the type size
HEADLINE_LEADING: Final = 1.13
ASCENT: Final = 0.77  # from the top of a line to its baseline, as a multiple of the type size
CAP_HEIGHT: Final = 0.66  # of the typeface, as a multiple of the type size
DESCENT: Final = 0.22

FIGURE_PT: Final = 9.0
HEADLINE_PT: Final = 17.0
DESCRIPTOR_PT: Final = 11.0
QUESTION_PT: Final = 9.0
INSTRUCTION_PT: Final = 7.5
LABEL_PT: Final = 10.0
VALUE_PT: Final = 10.5
COLUMN_PT: Final = 9.5
N_PT: Final = 8.0
NOTE_PT: Final = 8.0
LETTER_PT: Final = 7.5
MIN_PT: Final = 7.5

TEXT_CONTRAST: Final = 4.5
FILL_CONTRAST: Final = 3.0
SEGMENT_LIGHTNESS: Final = 12.0
GROUP_DIFFERENCE: Final = 20.0

RC_PARAMS: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "text.hinting": "none",  # measured widths agree with drawn ones only without hinting
        "text.parse_math": False,
        "text.usetex": False,
        "text.antialiased": True,
        "axes.unicode_minus": True,
        "pdf.fonttype": 42,
        "pdf.compression": 6,
        "pdf.use14corefonts": False,
        "svg.fonttype": "path",
        "svg.image_inline": True,
        "path.simplify": False,
        "figure.facecolor": WHITE,
        "savefig.facecolor": WHITE,
        "savefig.edgecolor": "none",
        "savefig.bbox": None,
        "savefig.pad_inches": 0.0,
        "savefig.transparent": False,
        "font.enable_last_resort": False,  # its boxes carry hexadecimal digits too small to read
    }
)


@dataclass(frozen=True, slots=True)
class GroupStyle:
    """How one group is shown everywhere in a pack.

    Attributes
    ----------
    fill : str
        Colour of its marks.
    text : str
        A darker colour of the same hue, for words.
    shape : Shape
        Its marker.
    """

    fill: str
    text: str
    shape: Shape


LEADERS: Final = GroupStyle("#0B3954", "#0B3954", "circle")
FOLLOWERS: Final = GroupStyle("#35719E", "#2B6690", "square")
LAGGARDS: Final = GroupStyle("#D28028", "#94510A", "triangle")
DISTRIBUTED: Final = GroupStyle(LAGGARDS.fill, LAGGARDS.text, "diamond")
SLATE: Final = GroupStyle("#7D8B99", "#46535F", "diamond")
NEAR_BLACK: Final = GroupStyle("#1A1A1A", "#1A1A1A", "wedge")

SEQUENTIAL: Final[Mapping[int, tuple[str, ...]]] = MappingProxyType(
    {
        1: ("#0B3954",),
        2: ("#0B3954", "#9FC3D9"),
        3: ("#0B3954", "#3F7CA8", "#9FC3D9"),
        4: ("#0B3954", "#3F7CA8", "#9FC3D9", "#D3E2EC"),
        5: ("#0B3954", "#2B6690", "#5C98C0", "#9FC3D9", "#D3E2EC"),
        6: ("#0B3954", "#2B6690", "#5C98C0", "#8DB7D1", "#B4D0E1", "#DCE8F0"),
        7: ("#0B3954", "#1D4F78", "#35719E", "#6FA3C6", "#9FC3D9", "#C3D8E6", "#E3EDF4"),
    }
)
DIVERGING: Final = ("#0B3954", "#5C98C0", "#D6DBDF", "#EBB07A", "#A8501C")


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of a pack; `check_palette` tells whether everybody can read them.

    Attributes
    ----------
    ink, ink2 : str
        Text and secondary text.
    accent, muted : str
        Highlighted bars and the figure number; other bars.
    warn : str
        Small bases.
    rule, track, grid, connector : str
        Decoration: hairlines, empty bars, gridlines and the bar between two markers.
    dont_know : str
        The grey of answers that are off the scale.
    sequential : mapping of int to tuple of str
        Colours of an ordered scale, by number of levels.
    diverging : tuple of str
        Colours of a scale with two sides, five levels.
    groups : tuple of GroupStyle
        Colours in the order in which groups without a style of their own get them.
    named : mapping of str to GroupStyle
        Groups whose style is fixed across a pack, by their name in lower case.
    """

    ink: str = "#16202A"
    ink2: str = "#46535F"
    accent: str = "#0B4A6F"
    muted: str = "#8095A5"
    warn: str = "#9A3412"
    rule: str = "#C7CFD6"
    track: str = "#EEF1F4"
    grid: str = "#E4E8EB"
    connector: str = "#B9C4CC"
    dont_know: str = "#C4C1BA"
    sequential: Mapping[int, tuple[str, ...]] = field(default_factory=lambda: SEQUENTIAL)
    diverging: tuple[str, ...] = DIVERGING
    groups: tuple[GroupStyle, ...] = (LEADERS, FOLLOWERS, LAGGARDS, SLATE, NEAR_BLACK)
    named: Mapping[str, GroupStyle] = field(
        default_factory=lambda: MappingProxyType(
            {
                "leaders": LEADERS,
                "followers": FOLLOWERS,
                "laggards": LAGGARDS,
                "centralized": LEADERS,
                "distributed": DISTRIBUTED,
            }
        )
    )

    def label_on(self, fill: str) -> str:
        """Colour of a label that stands on a fill.

        >>> Palette().label_on("#35719E")
        '#FFFFFF'
        """
        return label_on(fill, self.ink)

    def for_groups(self, names: Sequence[str]) -> tuple[GroupStyle, ...]:
        """Styles of groups in the order given.

        Groups with a fixed style keep it when all of them have one; otherwise the palette is used in order, so
        that no two groups share a colour.

        Raises
        ------
        RequestError
            If there are more groups than colours.

        Examples
        --------
        >>> [style.shape for style in Palette().for_groups(["Leaders", "Laggards"])]
        ['circle', 'triangle']
        """
        known = [self.named.get(name.strip().casefold()) for name in names]
        fixed = tuple(style for style in known if style is not None)
        if len(fixed) == len(names) == len({style.fill for style in fixed}):
            return fixed
        if len(names) > len(self.groups):
            raise RequestError.figure_groups("palette", names, f"at most {len(self.groups)} groups")
        return self.groups[: len(names)]


PALETTE: Final = Palette()


def check_palette(palette: Palette = PALETTE, *, strict: bool = True) -> tuple[str, ...]:
    """Check that text contrasts and that groups can be told apart, with any colour vision.

    Text needs a contrast of 4.5 to 1, fills that carry data 3 to 1; labels on fills 4.5 to 1; the first three
    groups a difference in lightness of 12, and all groups a CIE 1976 difference of 20, also under simulated
    protanopia, deuteranopia and tritanopia.

    Parameters
    ----------
    palette : Palette
        What to check.
    strict : bool
        Raise on the first failing palette; otherwise log each problem as a warning.

    Returns
    -------
    tuple of str
        The problems; empty for a sound palette.

    Raises
    ------
    RequestError
        If a check fails and ``strict`` is set.

    Examples
    --------
    >>> check_palette()
    ()
    """
    problems = (*_contrast_problems(palette), *_difference_problems(palette))
    if problems and strict:
        raise RequestError.palette_unreadable(problems)
    for problem in problems:
        LOG.warning("palette: %s", problem)
    return problems


def _contrast_problems(palette: Palette) -> list[str]:
    texts = [palette.ink, palette.ink2, palette.accent, palette.warn, *(g.text for g in palette.groups)]
    fills = [palette.accent, palette.muted, *(g.fill for g in palette.groups)]
    labelled = [
        *(g.fill for g in palette.groups),
        *(c for ramp in palette.sequential.values() for c in ramp),
        *palette.diverging,
        palette.dont_know,
    ]
    low_text = [f"text {c} has contrast {contrast(c):.2f}" for c in texts if contrast(c) < TEXT_CONTRAST]
    low_fill = [f"fill {c} has contrast {contrast(c):.2f}" for c in fills if contrast(c) < FILL_CONTRAST]
    low_label = [
        f"no label can be read on {fill}"
        for fill in labelled
        if contrast(palette.label_on(fill), fill) < TEXT_CONTRAST
    ]
    return [*low_text, *low_fill, *low_label]


def _difference_problems(palette: Palette) -> list[str]:
    problems = [
        f"groups {one.fill} and {other.fill} are equally light"
        for one, other in combinations(palette.groups[:3], 2)
        if abs(lightness(one.fill) - lightness(other.fill)) < SEGMENT_LIGHTNESS
    ]
    for one, other in combinations(palette.groups, 2):
        eyes: tuple[Deficiency | None, ...] = (None, *DEFICIENCIES)
        seen = {kind: difference(one.fill, other.fill, kind) for kind in eyes}
        problems += [
            f"groups {one.fill} and {other.fill} look alike ({kind or 'full colour vision'})"
            for kind, distance in seen.items()
            if distance < GROUP_DIFFERENCE
        ]
    return problems
