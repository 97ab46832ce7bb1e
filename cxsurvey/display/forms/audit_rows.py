"""The rows of an audit page: verdict counts, and the tested claims under the heads of their verdicts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Final

from cxsurvey.display import numbers
from cxsurvey.display.forms.audit_prints import contradiction
from cxsurvey.display.forms.audit_scale import RATIO, Panel, draw_axes, drawable, panel_of
from cxsurvey.display.forms.audit_words import TILES, ClaimWords, VerdictStyle, claim_words, verdict_style
from cxsurvey.display.measure import one_line, shorten, text_width, wrap
from cxsurvey.display.ops import Line, Marker, Rect, Text
from cxsurvey.display.style import ASCENT, CONTENT, LEADING, LEFT, N_PT, RIGHT
from cxsurvey.published.audit.verdicts import VERDICT_WORDS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cxsurvey.display.ops import Op, Shape, Weight
    from cxsurvey.display.style import Palette
    from cxsurvey.published.audit.verdicts import Finding, Verdict
    from cxsurvey.published.claims.records import Claims

LINE: Final = N_PT * LEADING / 72
ROW: Final = 2 * LINE + 0.045
HEAD: Final = 0.215
HEAD_PT: Final = 9.0
TILE_PT: Final = 15.0
TILE_RULE: Final = 0.045
TILE_GAP: Final = 0.10
COLUMN_GAP: Final = 0.14
PANEL: Final = 1.50
PANEL_GAP: Final = 0.16
MARKER: Final = 0.085
INTERVAL_PT: Final = 1.3
ARROW: Final = 0.07
SHAPES: Final[Mapping[str, Shape]] = {"gap": "circle", "margin": "circle", RATIO: "diamond"}


@dataclass(frozen=True, slots=True)
class Columns:
    """Where the cells of a row stand.

    Attributes
    ----------
    statement : float
        Width of the claims, inches.
    printed, value, p : float
        Right edges.
    panel : Panel
    """

    statement: float
    printed: float
    value: float
    p: float
    panel: Panel


@dataclass(frozen=True, slots=True)
class _Row:
    finding: Finding
    words: ClaimWords
    against: str


def draw_tiles(counts: Mapping[Verdict, int], palette: Palette) -> tuple[list[Op], float]:
    """Draw how many claims have each verdict; returns the marks and where they end."""
    shown = [(verdict, words) for verdict, words in TILES.items() if counts.get(verdict)]
    width = (CONTENT - TILE_GAP * (len(shown) - 1)) / max(len(shown), 1)
    ops: list[Op] = []
    lowest = 0.0
    for place, (verdict, words) in enumerate(shown):
        x = LEFT + place * (width + TILE_GAP)
        ops.append(Rect(x, 0.0, width, TILE_RULE, verdict_style(verdict, palette).fill, role="tile"))
        y = TILE_RULE + 0.05
        count = numbers.count(counts[verdict])
        ops.append(_text(x, y, count, palette.ink, role="tile count", size=TILE_PT, weight="semibold"))
        y += TILE_PT * 1.05 / 72
        lines = wrap(words, width, N_PT)
        ops += [_text(x, y + row * LINE, line, palette.ink2, role="tile") for row, line in enumerate(lines)]
        lowest = max(lowest, y + len(lines) * LINE)
    return ops, lowest


def columns_of(findings: Sequence[Finding], claims: Claims) -> Columns:
    """Give each column the room of its widest words, and the claims the rest."""
    words = [claim_words(finding, claims) for finding in findings]
    p = max(
        _widest([w.p_range for w in words]), _widest([w.p_adjusted for w in words], "regular"), _head("p range")
    )
    value = max(_widest([w.value for w in words], "semibold"), _widest([w.interval for w in words]), 0.5)
    printed = max(_widest([w.printed for w in words], "semibold"), _widest([w.bases for w in words]), 0.5)
    value_right = RIGHT - p - COLUMN_GAP
    panel_right = value_right - value - PANEL_GAP
    panel_left = panel_right - PANEL
    printed_right = panel_left - PANEL_GAP
    statement = printed_right - printed - COLUMN_GAP - LEFT
    return Columns(statement, printed_right, value_right, RIGHT, panel_of(findings, panel_left, panel_right))


def _widest(words: Sequence[str], weight: Weight = "regular") -> float:
    return max((text_width(word, N_PT, weight) for word in words), default=0.0)


def _head(words: str) -> float:
    return text_width(words, N_PT, "semibold")


def draw_claims(
    findings: Sequence[Finding],
    columns: Columns,
    palette: Palette,
    *,
    claims: Claims,
    totals: Mapping[Verdict, int],
    level: float,
) -> tuple[list[Op], float]:
    """Draw claims under the heads of their verdicts, above the axes of the panel.

    Parameters
    ----------
    findings : sequence of Finding
        Those of one verdict together.
    columns : Columns
    palette : Palette
    claims : Claims
        All claims of the audit, which print the percentages.
    totals : mapping of str to int
        How many claims have each verdict, drawn or not.
    level : float
        Of the intervals, for the head of their column.

    Returns
    -------
    tuple
        The marks, and the height at which they end; 0 where there is nothing to draw.
    """
    if not findings:
        return [], 0.0
    ops, y = _column_heads(columns, palette, level)
    top = y
    for verdict, group in groupby(findings, key=lambda finding: finding.verdict):
        rows = list(group)
        ops += _verdict_head(verdict, len(rows), totals.get(verdict, 0), y, palette)
        y += HEAD
        for place, finding in enumerate(rows):
            row = _Row(finding, claim_words(finding, claims), contradiction(finding, claims))
            ops += _row(row, y, columns, palette)
            y += ROW
            if place < len(rows) - 1:
                ops.append(Line(LEFT, y, RIGHT, y, palette.rule, 0.5, role="rule"))
    behind, words, bottom = draw_axes(columns.panel, top, y, palette)
    return [*behind, *ops, *words], bottom if words else y


def _column_heads(columns: Columns, palette: Palette, level: float) -> tuple[list[Op], float]:
    heads = (
        (columns.printed, "Printed", "base"),
        (columns.value, "Found", numbers.level(level) + " CI"),
        (columns.p, "p range", "adjusted"),
    )
    ops: list[Op] = []
    for x, first, second in heads:
        ops.append(_text(x, 0.0, first, palette.ink2, role="column head", weight="semibold", align="right"))
        ops.append(_text(x, LINE, second, palette.ink2, role="column head", align="right"))
    return ops, 2 * LINE + 0.03


def _verdict_head(verdict: Verdict, drawn: int, total: int, y: float, palette: Palette) -> list[Op]:
    """The verdict in words, and how many claims have it."""
    style = verdict_style(verdict, palette)
    words = VERDICT_WORDS[verdict]
    count = numbers.count(total) if drawn == total else f"{numbers.count(drawn)} of {numbers.count(total)}"
    title = f"{words[0].upper()}{words[1:]}: {count}"
    rule = Line(LEFT, y + 0.01, RIGHT, y + 0.01, style.fill, 1.0, role="verdict rule")
    return [rule, _text(LEFT, y + 0.04, title, style.text, role="verdict", size=HEAD_PT, weight="bold")]


def _row(row: _Row, y: float, columns: Columns, palette: Palette) -> list[Op]:
    words, top = row.words, y + 0.025
    style = verdict_style(row.finding.verdict, palette)
    lines = statement_lines(row.finding.claim.statement, columns.statement, second=row.against)
    ops: list[Op] = [
        _text(LEFT, top + place * LINE, line, palette.ink, role="row label") for place, line in enumerate(lines)
    ]
    cells: tuple[tuple[float, int, str, Weight, str], ...] = (
        (columns.printed, 0, words.printed, "semibold", "printed"),
        (columns.printed, 1, words.bases, "regular", "base"),
        (columns.value, 0, words.value, "semibold", "value"),
        (columns.value, 1, words.interval, "regular", "interval"),
        (columns.p, 0, words.p_range, "regular", "p"),
        (columns.p, 1, words.p_adjusted, "regular", "p"),
    )
    ops += [
        _text(
            x,
            top + line * LINE,
            cell,
            palette.ink2 if line else palette.ink,
            role=role,
            weight=weight,
            align="right",
        )
        for x, line, cell, weight, role in cells
        if cell
    ]
    return [*ops, *_marks(row.finding, y + ROW / 2, columns.panel, style)]


def statement_lines(statement: str, width: float, *, second: str = "") -> tuple[str, ...]:
    """Break a claim into two lines at most, the second one cut with an ellipsis where it is too long.

    Where something is to be said in the ``second`` line, the claim has the first alone.

    Examples
    --------
    >>> statement_lines("Leaders are more likely to have a chief experience officer than laggards are", 1.6)
    ('Leaders are more likely to have a', 'chief experience officer than lag…')
    """
    if second:
        return tuple(shorten(one_line(words), width, N_PT) for words in (statement, second))
    lines = wrap(one_line(statement), width, N_PT)
    if len(lines) <= 2:  # noqa: PLR2004 - the two lines of a row
        return lines
    return lines[0], shorten(" ".join(lines[1:]), width, N_PT)


def _marks(finding: Finding, y: float, panel: Panel, style: VerdictStyle) -> list[Op]:
    """The interval as a line, with an arrow where it leaves the panel, under the symbol of the measure."""
    if not drawable(finding):
        return []
    measure, key = finding.measure, finding.claim.id
    ops: list[Op] = []
    ends = (finding.conf_low, finding.conf_high)
    if not any(math.isnan(end) for end in ends):
        low, high = (panel.at(measure, end) for end in ends)
        ops.append(Line(low, y, high, y, style.fill, INTERVAL_PT, role="interval", key=key))
        if not panel.holds(measure, ends[0]):
            ops.append(Marker(low, y, "back arrow", ARROW, style.fill, role="arrow", key=key))
        if not panel.holds(measure, ends[1]):
            ops.append(Marker(high, y, "arrow", ARROW, style.fill, role="arrow", key=key))
    x = panel.at(measure, finding.estimate)
    return [*ops, Marker(x, y, SHAPES[measure], MARKER, style.fill, role="marker", key=key)]


def _text(
    x: float,
    top: float,
    words: str,
    colour: str,
    *,
    role: str,
    size: float = N_PT,
    weight: Weight = "regular",
    align: str = "left",
) -> Text:
    """One line of words whose line box begins at ``top``."""
    return Text(x, top + ASCENT * size / 72, words, size, weight, colour=colour, align=align, role=role)  # type: ignore[arg-type]
