"""Heads of the columns of a comparison: names of groups with marker, base and column letter.

Names that would need more than three lines in their column go into a legend above the chart, and the columns
keep the marker.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cxsurvey.display.card import baseline
from cxsurvey.display.measure import one_line, text_width, wrap
from cxsurvey.display.ops import Marker, Text
from cxsurvey.display.style import CONTENT, LEFT, LETTER_PT, N_PT, GroupStyle, Palette

if TYPE_CHECKING:
    from cxsurvey.display.ops import Op, Weight

NAME_PT: Final = 10.5
LEGEND_PT: Final = 9.5
NAME_PITCH: Final = 0.16
LEGEND_PITCH: Final = 0.18
MARKER: Final = 0.085
MARKER_GAP: Final = 0.05
MOST_LINES: Final = 3
N_PITCH: Final = 0.135
LEGEND_GAP: Final = 0.22
LETTER_ROOM: Final = 0.095


@dataclass(frozen=True, slots=True)
class Head:
    """One group as its column shows it.

    Attributes
    ----------
    name : str
        Of the group.
    style : GroupStyle
        Its colours and marker.
    base : str
        Such as ``n=185``; may be empty.
    letter : str
        Column letter; may be empty.
    warn : bool
        Whether the base is small.
    """

    name: str
    style: GroupStyle
    base: str = ""
    letter: str = ""
    warn: bool = False


def name_lines(head: Head, width: float) -> tuple[str, ...]:
    """Wrap the name of a group to a column."""
    return wrap(head.name, width, NAME_PT, "bold")


def fits(heads: Sequence[Head], width: float) -> bool:
    """Whether every name fits above its column in three lines, without cutting a word."""
    return all(
        len(name_lines(head, width)) <= MOST_LINES
        and all(text_width(word, NAME_PT, "bold") <= width for word in one_line(head.name).split())
        for head in heads
    )


def name_room(column: float) -> float:
    """Width that a name may take in a column."""
    return column - MARKER - MARKER_GAP - 0.08


def legend(heads: Sequence[Head], centre: float) -> tuple[list[Op], float]:
    """List markers and full names across the card; returns them and the centre of the last line."""
    ops: list[Op] = []
    x, y = LEFT, centre
    inset = MARKER + MARKER_GAP
    for head in heads:
        first, *rest = wrap(head.name, CONTENT - inset, LEGEND_PT, "semibold")
        width = inset + text_width(first, LEGEND_PT, "semibold")
        if x > LEFT and (rest or x + width > LEFT + CONTENT):
            x, y = LEFT, y + LEGEND_PITCH
        ops.append(
            Marker(x + MARKER / 2, y, head.style.shape, MARKER, head.style.fill, "legend marker", head.name)
        )
        for row, line in enumerate((first, *rest)):
            place = baseline(y + row * LEGEND_PITCH, LEGEND_PT)
            ops.append(
                Text(x + inset, place, line, LEGEND_PT, "semibold", colour=head.style.text, role="group")
            )
        y += len(rest) * LEGEND_PITCH
        x = LEFT + CONTENT + 1 if rest else x + width + LEGEND_GAP
    return ops, y


def base_lines(head: Head, column: float) -> tuple[str, ...]:
    """Wrap the base of a group to its column; a range breaks after its dash."""
    if not head.base:
        return ()
    return wrap(head.base, column - 0.06 - (LETTER_ROOM if head.letter else 0.0), N_PT, "semibold")


def column_head(
    head: Head,
    right: float,
    bottom: float,
    names: Sequence[str],
    bases: Sequence[str],
    *,
    hang: bool,
    palette: Palette,
) -> list[Op]:
    """Draw the head of a column, flush right.

    Parameters
    ----------
    head : Head
        The group.
    right, bottom : float
        Right edge of the column, and the baseline of the last line of bases.
    names, bases : sequence of str
        Lines of the name and of the base; names are empty where a legend lists them.
    hang : bool
        Whether the column letter stands to the right of the edge, above letters of the values.
    palette : Palette
        Colours.
    """
    name_bottom = bottom - len(bases) * N_PITCH if bases or head.letter else bottom
    name_bottom -= N_PITCH if head.letter and not bases else 0.0
    top = name_bottom - max(len(names) - 1, 0) * NAME_PITCH
    beside = text_width(names[0], NAME_PT, "bold") + MARKER_GAP if names else 0.0
    x = right - beside - MARKER / 2
    y = top - 0.33 * NAME_PT / 72
    ops: list[Op] = [Marker(x, y, head.style.shape, MARKER, head.style.fill, "column marker", head.name)]
    for row, line in enumerate(names):
        place = top + row * NAME_PITCH
        ops.append(
            Text(right, place, line, NAME_PT, "bold", colour=head.style.text, align="right", role="group")
        )
    weight: Weight = "semibold" if head.warn else "regular"
    colour = palette.warn if head.warn else palette.ink2
    edge = right - (0.0 if hang or not head.letter else LETTER_ROOM)
    for row, line in enumerate(bases):
        place = bottom - (len(bases) - 1 - row) * N_PITCH
        ops.append(Text(edge, place, line, N_PT, weight, colour=colour, align="right", role="n"))
    if head.letter:
        ops.append(
            Text(edge + 0.025, bottom, head.letter, N_PT, "bold", colour=head.style.text, role="column letter")
        )
    return ops


def letter_width(letters: Sequence[str]) -> float:
    """Room to the right of values for the longest run of letters."""
    return max((text_width(run, LETTER_PT, "semibold") for run in letters if run), default=0.0)
