"""The panel of an audit: gaps and ratios about one line, that of no difference.

Gaps stand on a linear scale of percentage points, ratios on a logarithmic one of multiples; the line is at 0
points, and at once.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from cxsurvey.display import numbers
from cxsurvey.display.forms.parts import STEPS
from cxsurvey.display.measure import text_width
from cxsurvey.display.ops import Line, Text
from cxsurvey.display.style import ASCENT, LEADING, N_PT

if TYPE_CHECKING:
    from cxsurvey.display.ops import Op
    from cxsurvey.display.style import Palette
    from cxsurvey.published.audit.verdicts import Finding

HUNDRED: Final = 100.0
GAPS: Final = frozenset({"gap", "margin"})
RATIO: Final = "ratio"
FARTHEST: Final = 8.0  # multiples; an interval beyond is cut with an arrow
MULTIPLES: Final = (0.125, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0)
FINE_MULTIPLES: Final = (0.75, 1.0, 1.25, 1.5)
TEN: Final = 10.0
EDGE: Final = 0.08  # of the panel, kept free on the side where nothing stands
LABEL_GAP: Final = 0.06
AXIS_PITCH: Final = N_PT * LEADING / 72 + 0.01


@dataclass(frozen=True, slots=True)
class Panel:
    """Where gaps and ratios stand.

    Attributes
    ----------
    left, right, zero : float
        Ends of the panel and its line of no difference, inches.
    per_point, per_doubling : float
        Inches; 0 where there is no gap, or no ratio, to draw.
    """

    left: float
    right: float
    zero: float
    per_point: float
    per_doubling: float

    def at(self, measure: str, value: float) -> float:
        """Where a gap (fraction) or a ratio stands; what lies beyond an end stands at it.

        Examples
        --------
        >>> Panel(0.0, 2.0, 1.0, 0.01, 0.5).at("gap", 0.25)
        1.25
        >>> Panel(0.0, 2.0, 1.0, 0.01, 0.5).at("ratio", 2.0)
        1.5
        """
        return min(max(self._place(measure, value), self.left), self.right)

    def holds(self, measure: str, value: float) -> bool:
        """Whether a value lies inside the panel."""
        return self.left - 1e-9 <= self._place(measure, value) <= self.right + 1e-9

    def _place(self, measure: str, value: float) -> float:
        if measure != RATIO:
            return self.zero + HUNDRED * value * self.per_point
        if value <= 0:
            return -math.inf
        return math.inf if math.isinf(value) else self.zero + math.log2(value) * self.per_doubling


def drawable(finding: Finding) -> bool:
    """Whether a finding has a gap or a ratio that the panel can show."""
    known = not math.isnan(finding.estimate) and not math.isinf(finding.estimate)
    return known and (finding.measure in GAPS or (finding.measure == RATIO and finding.estimate > 0))


def panel_of(findings: Iterable[Finding], left: float, right: float) -> Panel:
    """Scale the panel so that every gap with its interval is inside, and every ratio up to eight times."""
    drawn = [finding for finding in findings if drawable(finding)]
    gaps = [HUNDRED * end for item in drawn if item.measure in GAPS for end in _ends(item)]
    ratios = [end for item in drawn if item.measure == RATIO for end in _doublings(item)]
    gap_low, gap_high = _reach(gaps)
    ratio_low, ratio_high = _reach(ratios)
    shares = [low / (low + high) for low, high in ((gap_low, gap_high), (ratio_low, ratio_high)) if low + high]
    zero = left + (right - left) * min(max([EDGE, *shares]), 1 - EDGE)
    return Panel(
        left,
        right,
        zero,
        _per_unit(zero - left, right - zero, gap_low, gap_high),
        _per_unit(zero - left, right - zero, ratio_low, ratio_high),
    )


def _ends(finding: Finding) -> list[float]:
    ends = (finding.estimate, finding.conf_low, finding.conf_high)
    return [end for end in ends if math.isfinite(end)]


def _doublings(finding: Finding) -> list[float]:
    """The ends of a ratio in doublings; those of its interval up to eight times either way."""
    farthest = math.log2(FARTHEST)
    inner = [math.log2(end) for end in _ends(finding)[1:] if end > 0]
    return [math.log2(finding.estimate), *(min(max(end, -farthest), farthest) for end in inner)]


def _reach(ends: Sequence[float]) -> tuple[float, float]:
    """How far values go to the left and to the right of the line; (0, 0) where there are none."""
    if not ends:
        return 0.0, 0.0
    low, high = max(0.0, -min(ends)), max(0.0, *ends)
    return (low, high) if low + high > 0 else (0.0, 1.0)


def _per_unit(room_left: float, room_right: float, low: float, high: float) -> float:
    """Inches for a unit, so that both sides fit; 0 where nothing is to be drawn."""
    sizes = [room / reach for room, reach in ((room_left, low), (room_right, high)) if reach > 0]
    return 0.95 * min(sizes) if sizes else 0.0


def draw_axes(panel: Panel, top: float, bottom: float, palette: Palette) -> tuple[list[Op], list[Op], float]:
    """Draw the line of no difference, and below the rows an axis for gaps and one for ratios.

    Returns
    -------
    tuple
        Lines that belong behind the marks, words, and the height at which the axes end.
    """
    behind: list[Op] = []
    words: list[Op] = []
    y = bottom + 0.02
    for title, places in (("points", _gap_ticks(panel)), ("times", _ratio_ticks(panel))):
        if not places:
            continue
        place = y + ASCENT * N_PT / 72
        words.append(
            Text(panel.left - 0.12, place, title, N_PT, colour=palette.ink2, align="right", role="axis title")
        )
        for x, label in places:
            words.append(Text(x, place, label, N_PT, colour=palette.ink2, align="center", role="tick label"))
            if title == "points" or not panel.per_point:  # one grid is enough
                behind.append(Line(x, top, x, bottom, palette.grid, 0.6, role="grid"))
        y += AXIS_PITCH
    behind.append(Line(panel.zero, top, panel.zero, bottom, palette.ink2, 0.8, role="no difference"))
    return behind, words, y


def _gap_ticks(panel: Panel) -> list[tuple[float, str]]:
    """Ticks of the scale of points: the finest step of which the labels stay apart."""
    if not panel.per_point:
        return []
    for step in (step for step in STEPS if step >= 1):
        low = math.ceil((panel.left - panel.zero) / panel.per_point / step - 1e-9)
        high = math.floor((panel.right - panel.zero) / panel.per_point / step + 1e-9)
        places = [
            (panel.zero + k * step * panel.per_point, numbers.points(k * step)) for k in range(low, high + 1)
        ]
        if len(places) <= 5 and _apart(places):  # noqa: PLR2004 - a small panel
            return places
    return [(panel.zero, "0")]


def _ratio_ticks(panel: Panel) -> list[tuple[float, str]]:
    """Ticks of the scale of multiples: powers of two, or finer ones where nothing reaches them."""
    if not panel.per_doubling:
        return []
    for multiples in (MULTIPLES, MULTIPLES[1::2], MULTIPLES[::3]):
        inside = [multiple for multiple in multiples if panel.holds(RATIO, multiple)]
        if len(inside) == 1:
            inside = [multiple for multiple in FINE_MULTIPLES if panel.holds(RATIO, multiple)]
        places = [(panel.at(RATIO, multiple), f"{multiple:g}×") for multiple in inside]
        if _apart(places):
            return places
    return [(panel.zero, "1×")]


def _apart(places: Sequence[tuple[float, str]]) -> bool:
    """Whether the labels of ticks stay clear of each other."""
    ends = [(x - text_width(label, N_PT) / 2, x + text_width(label, N_PT) / 2) for x, label in places]
    return all(first[1] + LABEL_GAP <= second[0] for first, second in pairwise(ends))


def multiple_words(value: float) -> str:
    """Print a multiple with two decimals, one from ten up.

    Examples
    --------
    >>> [multiple_words(value) for value in (2.46, 1.02, 12.3, float("inf"))]
    ['2.46', '1.02', '12.3', '∞']
    """
    if math.isinf(value):
        return "∞"
    return numbers.mean(value, places=2 if value < TEN else 1)
