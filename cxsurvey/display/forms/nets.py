"""Nets beside ranked bars: a bracket over the rows that make one, with its value."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from cxsurvey.display.card import baseline
from cxsurvey.display.measure import text_width, wrap
from cxsurvey.display.numbers import unit
from cxsurvey.display.ops import Line, Text
from cxsurvey.errors import RequestError

if TYPE_CHECKING:
    from cxsurvey.display.card import Note
    from cxsurvey.display.figure_data import Mark
    from cxsurvey.display.ops import Op
    from cxsurvey.display.style import Palette

VALUE_PT: Final = 13.0
WORDS_PT: Final = 8.5
WORDS_WIDTH: Final = 1.05
WORDS_LEADING: Final = 0.142
HOOK: Final = 0.06
TEXT_GAP: Final = 0.10
BAR_GAP: Final = 0.05
BRACKET_PT: Final = 1.3
State = Literal["shown", "elsewhere", "withheld"]


@dataclass(frozen=True, slots=True)
class Net:
    """Several answers as one.

    Attributes
    ----------
    label : str
        What they have in common, such as ``have a single view``.
    rows : tuple of str
        Labels or row_ids.
    value : float
        Of the net, computed before rounding.
    """

    label: str
    rows: tuple[str, ...]
    value: float

    def members(self, rows: Sequence[Mark]) -> list[int]:
        """Places of its rows in a list."""
        return [place for place, mark in enumerate(rows) if {mark.label, mark.row_id} & set(self.rows)]

    def covers(self, rows: Sequence[Mark]) -> State:
        """Tell whether all its rows are in a list, and none of them is withheld."""
        places = self.members(rows)
        if any(rows[place].withheld for place in places) or math.isnan(self.value):
            return "withheld"
        return "shown" if len(places) == len(set(self.rows)) else "elsewhere"


def read_nets(given: Sequence[Net | Mapping[str, Any]], figure: str) -> tuple[Net, ...]:
    """Read nets from records or from mappings with ``label``, ``rows`` and ``value``.

    Raises
    ------
    RequestError
        If a mapping lacks one of them.
    """
    nets = []
    for net in given:
        if isinstance(net, Net):
            nets.append(net)
            continue
        absent = [name for name in ("label", "rows", "value") if name not in net]
        if absent:
            raise RequestError.figure_option(figure, "nets", dict(net), "label, rows and value in each")
        nets.append(Net(str(net["label"]), tuple(str(row) for row in net["rows"]), float(net["value"])))
    return tuple(nets)


def net_width(nets: Sequence[Net]) -> float:
    """Room that brackets and their words take at the right."""
    if not nets:
        return 0.0
    widest = max(text_width(line, WORDS_PT) for net in nets for line in wrap(net.label, WORDS_WIDTH, WORDS_PT))
    value = max(text_width("100%", VALUE_PT, "bold"), 0.0)
    return BAR_GAP + HOOK + TEXT_GAP + max(widest, value)


def draw_nets(
    nets: Sequence[Net],
    rows: Sequence[Mark],
    spans: Mapping[str, tuple[float, float]],
    left: float,
    unit_name: str,
    palette: Palette,
) -> tuple[list[Op], list[Note]]:
    """Draw a bracket over each net whose rows stand together; say the others in a note.

    Parameters
    ----------
    nets : sequence of Net
        What to draw.
    rows : sequence of Mark
        As drawn.
    spans : mapping
        Top and bottom of each bar, by row_id.
    left : float
        Where the bars end.
    unit_name : str
        Unit of the values.
    palette : Palette
        Colours.

    Returns
    -------
    tuple
        Marks and notes.
    """
    ops: list[Op] = []
    notes: list[Note] = []
    free = -math.inf
    for net in sorted(nets, key=lambda net: min(net.members(rows), default=0)):
        state = net.covers(rows)
        if state == "withheld":
            notes.append(("Net", f"{net.label}: not shown, for one of its answers is not."))
        if state != "shown":
            continue
        places = net.members(rows)
        top, bottom = spans[rows[places[0]].row_id][0], spans[rows[places[-1]].row_id][1]
        drawn, upper, lower = _bracket(net, top, bottom, left, unit_name, palette)
        together = places == list(range(places[0], places[0] + len(places)))
        if together and upper >= free and upper >= 0:
            ops += drawn
            free = lower + 0.06
        else:
            notes.append(("Net", f"{net.label}: {unit(unit_name).value(net.value)}."))
    return ops, notes


def _bracket(
    net: Net, top: float, bottom: float, left: float, unit_name: str, palette: Palette
) -> tuple[list[Op], float, float]:
    hook, x = left + BAR_GAP, left + BAR_GAP + HOOK
    lines = wrap(net.label, WORDS_WIDTH, WORDS_PT)
    height = 0.165 + len(lines) * WORDS_LEADING
    centre = (top + bottom) / 2
    ops: list[Op] = [
        Line(hook, top, x, top, palette.accent, BRACKET_PT, "net"),
        Line(x, top, x, bottom, palette.accent, BRACKET_PT, "net"),
        Line(hook, bottom, x, bottom, palette.accent, BRACKET_PT, "net"),
    ]
    words_x = x + TEXT_GAP
    upper = centre - height / 2
    value = unit(unit_name).value(net.value)
    ops.append(
        Text(
            words_x,
            baseline(upper + 0.07, VALUE_PT),
            value,
            VALUE_PT,
            "bold",
            colour=palette.accent,
            role="net value",
        )
    )
    for row, line in enumerate(lines):
        place = baseline(upper + 0.165 + (row + 0.5) * WORDS_LEADING, WORDS_PT)
        ops.append(Text(words_x, place, line, WORDS_PT, colour=palette.ink2, role="net"))
    return ops, min(upper, top), max(upper + height, bottom)
