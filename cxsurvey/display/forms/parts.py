"""What several forms share: options, scales, label columns, whiskers, legends and column heads."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Final, TypeVar

from cxsurvey.display.card import baseline
from cxsurvey.display.figure_data import DAGGER, HIDE_BASE, SMALL_BASE, Bases, absent_word
from cxsurvey.display.measure import balance, text_width, wrap
from cxsurvey.display.numbers import level as percent_level
from cxsurvey.display.numbers import unit
from cxsurvey.display.ops import Line, Rect, Text
from cxsurvey.display.style import LABEL_PT, PALETTE, Palette
from cxsurvey.errors import RequestError, did_you_mean

if TYPE_CHECKING:
    from cxsurvey.display.card import Note
    from cxsurvey.display.figure_data import Mark
    from cxsurvey.display.ops import Op, Weight

O = TypeVar("O")  # noqa: E741 - the options of a form

LABEL_LEADING: Final = 0.158  # of row labels, inches
ROW_PADDING: Final = 0.10
SCRAP: Final = 0.25  # of the column: a shorter last line is not worth a line
HALO_PT: Final = 3.4
WHISKER_PT: Final = 1.3
WITHHELD_PT: Final = 9.0
STEPS: Final = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500)


@dataclass(frozen=True, slots=True)
class CommonOptions:
    """Options of every form.

    Attributes
    ----------
    small_base, hide_base : int
        Unweighted n under which a value without a flag is marked, or not shown.
    palette : Palette
        Colours.
    """

    small_base: int = SMALL_BASE
    hide_base: int = HIDE_BASE
    palette: Palette = PALETTE

    @property
    def bases(self) -> Bases:
        """The two thresholds together."""
        return Bases(self.small_base, self.hide_base)


def read_options(kind: type[O], figure: str, options: Mapping[str, Any]) -> O:
    """Build the options of a form.

    Raises
    ------
    RequestError
        If an option is not one of the form's.
    """
    known = [field.name for field in fields(kind)]  # type: ignore[arg-type] # options are dataclasses
    for name in options:
        if name not in known:
            raise RequestError.figure_option(figure, name, options[name], did_you_mean(name, known))
    return kind(**options)


def one_of(figure: str, option: str, value: str, allowed: Sequence[str]) -> None:
    """Refuse a value of an option that is not allowed."""
    if value not in allowed:
        raise RequestError.figure_option(figure, option, value, f"one of {', '.join(allowed)}")


def value_words(mark: Mark, unit_name: str) -> str:
    """Print the value of a mark, with a dagger if its base is small, or why there is none."""
    words = unit(unit_name).value(mark.value) if mark.shown else absent_word(mark)
    return f"{words}{DAGGER}" if mark.flag == "small" else words


@dataclass(frozen=True, slots=True)
class Scale:
    """A linear scale from values to inches.

    Examples
    --------
    >>> Scale(0, 100, 1.0, 3.0).at(50)
    2.0
    """

    low: float
    high: float
    left: float
    right: float

    def at(self, value: float) -> float:
        """Where a value stands; values beyond the ends stand at them."""
        inside = min(max(value, self.low), self.high)
        return self.left + (inside - self.low) / (self.high - self.low) * (self.right - self.left)


def tick_step(low: float, high: float, width: float, label_width: float, most: int = 4) -> float:
    """Choose the step between ticks: at most four intervals, and room for the labels.

    Examples
    --------
    >>> tick_step(0, 45, 2.0, 0.3), tick_step(0, 100, 2.0, 0.3)
    (10, 25)
    """
    span = high - low
    for step in STEPS:
        if math.floor(span / step + 1e-9) <= most and step / span * width >= label_width + 0.08:
            return step
    return span


def ticks(low: float, high: float, step: float) -> tuple[float, ...]:
    """List multiples of the step within the scale.

    >>> ticks(0, 45, 10)
    (0, 10, 20, 30, 40)
    """
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return tuple(place * step for place in range(first, last + 1))


@dataclass(frozen=True, slots=True)
class LabelColumn:
    """Row labels, wrapped to one width.

    Attributes
    ----------
    lines : tuple of tuple of str
        The lines of each label.
    width : float
        Of the widest line, inches.
    """

    lines: tuple[tuple[str, ...], ...]
    width: float


def label_column(
    labels: Sequence[str],
    most: float,
    *,
    size: float = LABEL_PT,
    weights: Sequence[Weight] = (),
) -> LabelColumn:
    """Wrap row labels to at most a width; the column is as wide as its widest line.

    A label that would end in a scrap of a line, such as a single digit, is broken into even lines instead.
    """
    regular: Weight = "regular"
    cuts = weights or (regular,) * len(labels)
    lines = tuple(_label_lines(label, most, size, cut) for label, cut in zip(labels, cuts, strict=True))
    widths = (text_width(line, size, cut) for block, cut in zip(lines, cuts, strict=True) for line in block)
    return LabelColumn(lines, max(widths, default=0.0))


def _label_lines(label: str, most: float, size: float, weight: Weight) -> tuple[str, ...]:
    lines = wrap(label, most, size, weight)
    scrap = len(lines) > 1 and text_width(lines[-1], size, weight) < SCRAP * most
    return balance(label, most, size, weight) if scrap else lines


def row_height(lines: int, pitch: float) -> float:
    """Height of a row: its pitch, or more where the label has several lines."""
    return max(pitch, lines * LABEL_LEADING + ROW_PADDING)


def block(
    lines: Sequence[str],
    x: float,
    centre: float,
    *,
    size: float = LABEL_PT,
    leading: float = LABEL_LEADING,
    **kind: Any,
) -> tuple[Text, ...]:
    """Set lines of words about a centre; further fields of `Text` pass through."""
    first = baseline(centre, size) - (len(lines) - 1) / 2 * leading
    return tuple(Text(x, first + row * leading, line, size, **kind) for row, line in enumerate(lines) if line)


def whisker(mark: Mark, scale: Scale, y: float, palette: Palette = PALETTE) -> tuple[Line, ...]:
    """Draw an interval as a line with a white halo, for the end of a bar."""
    if not mark.has_interval:
        return ()
    left, right = scale.at(mark.lo), scale.at(mark.hi)
    return (
        Line(left - 0.012, y, min(right + 0.012, scale.right), y, "#FFFFFF", HALO_PT, "halo", mark.row_id),
        Line(left, y, right, y, palette.ink, WHISKER_PT, "interval", mark.row_id),
    )


def track(
    words: str,
    left: float,
    right: float,
    y: float,
    height: float,
    key: str,
    palette: Palette,
    *,
    size: float = WITHHELD_PT,
) -> tuple[Op, ...]:
    """Draw the empty bar that stands for a withheld one, with as much of the reason as there is room for."""
    while text_width(words, size, italic=True) > right - left - 0.06 and " " in words:
        words = words.partition(":")[0] if ":" in words else words.rsplit(" ", 1)[0]
    return (
        Rect(left, y - height / 2, right - left, height, palette.track, "withheld", key),
        Text(
            (left + right) / 2,
            baseline(y, size),
            words,
            size,
            italic=True,
            colour=palette.ink2,
            align="center",
            role="withheld",
            backdrop=palette.track,
        ),
    )


def level_words(level: float) -> str:
    """Print a confidence level.

    Raises
    ------
    RequestError
        If it does not lie between 0 and 1.

    Examples
    --------
    >>> level_words(0.95), level_words(0.999)
    ('95%', '99.9%')
    """
    if not 0 < level < 1:
        raise RequestError.figure_option("figure", "level", level, "a number between 0 and 1")
    return percent_level(level)


def interval_note(notes: Sequence[Note], level: float, key: str = "Lines") -> tuple[Note, ...]:
    """Say what the intervals are, where the caller's notes do not."""
    if {"Lines", "Interval", "Gap", "Change"} & {name for name, _ in notes}:
        return ()
    return ((key, f"{level_words(level)} confidence interval, for sampling error only."),)


def missing_note(notes: Sequence[Note], key: str, words: str) -> tuple[Note, ...]:
    """Add a note unless the caller has one of that key."""
    return () if any(name == key for name, _ in notes) else ((key, words),)


def spread(
    wanted: Sequence[float], widths: Sequence[float], low: float, high: float, gap: float
) -> list[float] | None:
    """Move words apart along a line, each as little as may be from where it should begin.

    Returns
    -------
    list of float or None
        Left edges in the same order, or None if the words do not fit between ``low`` and ``high``.

    Examples
    --------
    >>> spread([0.0, 0.1], [0.5, 0.5], 0.0, 2.0, 0.1)
    [0.0, 0.6]
    """
    if sum(widths) + gap * (len(widths) - 1) > high - low + 1e-9:
        return None
    places: list[float] = []
    edge = low
    for start, width in zip(wanted, widths, strict=True):
        places.append(max(start, edge))
        edge = places[-1] + width + gap
    edge = high
    for index in range(len(places) - 1, -1, -1):
        places[index] = min(places[index], edge - widths[index])
        edge = places[index] - gap
    return places


@dataclass(frozen=True, slots=True)
class LegendItem:
    """An entry of a legend: words and the colour of their swatch."""

    words: str
    colour: str


LEGEND_PT: Final = 9.0
SWATCH: Final = 0.11
SWATCH_GAP: Final = 0.045
LEGEND_PITCH: Final = 0.17


def legend_lines(items: Sequence[LegendItem], width: float, gap: float) -> list[list[tuple[float, str, str]]]:
    """Flow legend entries into lines: for each, where it begins, its words, its colour ("" continues one)."""
    flowed: list[list[tuple[float, str, str]]] = [[]]
    x = 0.0
    inset = SWATCH + SWATCH_GAP
    for item in items:
        first, *rest = wrap(item.words, width - inset, LEGEND_PT, "semibold")
        needed = inset + text_width(first, LEGEND_PT, "semibold")
        if flowed[-1] and x + needed > width + 1e-9:
            flowed.append([])
            x = 0.0
        flowed[-1].append((x, first, item.colour))
        x += needed + gap
        for line in rest:
            flowed.append([(0.0, line, "")])
            x = math.inf
    return flowed


def legend(
    items: Sequence[LegendItem], left: float, width: float, y: float, *, gap: float = 0.24, palette: Palette
) -> tuple[tuple[Op, ...], float]:
    """Draw a legend whose first line is centred on ``y``; returns it and the centre of its last line."""
    ops: list[Op] = []
    flowed = legend_lines(items, width, gap)
    if len(flowed) > 1:
        flowed = legend_lines(items, width, 0.12)
    for row, entries in enumerate(flowed):
        centre = y + row * LEGEND_PITCH
        for x, words, colour in entries:
            if colour:
                ops.append(Rect(left + x, centre - SWATCH / 2, SWATCH, SWATCH, colour, "legend swatch"))
            place = left + x + SWATCH + SWATCH_GAP
            ops.append(
                Text(
                    place,
                    baseline(centre, LEGEND_PT),
                    words,
                    LEGEND_PT,
                    "semibold",
                    colour=palette.ink,
                    role="legend",
                )
            )
    return tuple(ops), y + (len(flowed) - 1) * LEGEND_PITCH


def axis_ops(
    scale: Scale,
    places: Iterable[float],
    words: Iterable[str],
    top: float,
    bottom: float,
    palette: Palette,
    *,
    zero: bool = True,
) -> tuple[list[Op], list[Op]]:
    """Draw gridlines from top to bottom and the words of ticks below them."""
    lines: list[Op] = []
    labels: list[Op] = []
    for value, label in zip(places, words, strict=True):
        x = scale.at(value)
        heavy = zero and value == 0
        colour, thickness = (palette.ink, 0.8) if heavy else (palette.grid, 0.8)
        lines.append(Line(x, top, x, bottom, colour, thickness, "axis" if heavy else "grid"))
        labels.append(Text(x, bottom + 0.142, label, 8.0, colour=palette.ink2, align="center", role="tick"))
    return lines, labels
