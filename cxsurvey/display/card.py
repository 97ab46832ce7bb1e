"""The card: a figure with its finding, question, notes and source, ready to be saved or placed on a page."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cxsurvey.display import render
from cxsurvey.display.measure import balance, one_line, text_width, wrap
from cxsurvey.display.ops import Line, Rect, Text
from cxsurvey.display.style import (
    ACCENT_RULE,
    ASCENT,
    CAP_HEIGHT,
    CONTENT,
    DESCRIPTOR_PT,
    FIGURE_PT,
    HAIRLINE_PT,
    HEADLINE_LEADING,
    HEADLINE_PT,
    INSTRUCTION_PT,
    LEADING,
    LEFT,
    NOTE_PT,
    PADDING,
    PALETTE,
    QUESTION_PT,
    RIGHT,
    WIDTH,
    Palette,
)
from cxsurvey.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from cxsurvey.display.ops import Op, Weight

Note = tuple[str, str]
NOTE_ORDER: Final = (
    "Base",
    "Segments",
    "Rule",
    "Lines",
    "Interval",
    "Letters",
    "Gap",
    "Change",
    "Net",
    "Ranks",
    "Dots",
    "Rows",
    "Columns",
    "Axis",
    "Rounding",
)
LAST_NOTES: Final = ("Not published", "Illustrative", "Source")
CHART_GAP: Final = 0.16
HAIRLINE_GAP: Final = 0.14
NOTES_GAP: Final = 0.075
NOTE_GAP: Final = 0.025
INSTRUCTION_GAP: Final = 0.08
TAG_PT: Final = 9.0


@dataclass(frozen=True, slots=True)
class FigureText:
    """The words around a chart.

    Attributes
    ----------
    key : str
        Name of the figure's files, such as ``fig01``; stays the same when the headline changes.
    number : str
        As printed, such as ``1`` or ``6a``.
    headline : str
        The finding, as a sentence.
    descriptor : str
        What is measured, and the unit.
    question, instruction : str
        The wording that respondents saw, and what they were told, such as ``Select up to five``.
    notes : tuple of (str, str)
        Key and text; printed in the order Base, Lines, Letters, Gap, Rounding, Illustrative.
    source : str
        Printed as the last note.
    tag : str
        A warning in capitals under the headline: that no number of the figure was published.
    """

    key: str
    number: str
    headline: str
    descriptor: str = ""
    question: str = ""
    instruction: str = ""
    notes: tuple[Note, ...] = ()
    source: str = ""
    tag: str = ""


@dataclass(frozen=True, slots=True)
class Body:
    """A chart before it gets its header and notes.

    Attributes
    ----------
    ops : tuple of Op
        Placed in the width of a card, with 0 at the top of the chart.
    height : float
        Inches.
    notes : tuple of (str, str)
        What the form has to say; each joins the note of the same key.
    """

    ops: tuple[Op, ...]
    height: float
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Card:
    """A finished figure.

    Attributes
    ----------
    key, number : str
        As in `FigureText`.
    form : str
        Name of the chart form, such as ``ranked``.
    unit : str
        Of its values: ``percent``, ``score`` or ``nps``.
    width, height : float
        Inches.
    ops : tuple of Op
        Marks and words, in reading order, furniture last.
    text : FigureText
        The words around the chart, with all notes.
    alt_short, alt_long : str
        The finding; and the form, groups and every value in words.
    table : DataFrame
        The data as drawn, one row a mark; withheld values are absent.
    """

    key: str
    number: str
    form: str
    unit: str
    width: float
    height: float
    ops: tuple[Op, ...]
    text: FigureText
    alt_short: str
    alt_long: str
    table: pd.DataFrame

    def __repr__(self) -> str:
        words = one_line(self.text.headline)
        return f"Card({self.key}, {self.form}, {words!r}, {self.width:.2f} x {self.height:.2f} in)"

    def drawing(self) -> render.Drawing:
        """What the backends paint."""
        return render.Drawing(
            ops=self.ops,
            width=self.width,
            height=self.height,
            key=self.key,
            title=self.alt_short,
            description=self.alt_long,
            source=self.text.source,
        )

    def png(self, dpi: float = 200) -> bytes:
        """The figure as PNG."""
        return render.png(self.drawing(), dpi=dpi)

    def svg(self) -> bytes:
        """The figure as SVG, with words as outlines."""
        return render.svg(self.drawing())

    def pdf(self) -> bytes:
        """The figure as a PDF of one page of its own size."""
        return render.pdf(self.drawing())

    def save(self, path: str | Path) -> Path:
        """Write the figure in the format that the suffix names: ``.png``, ``.svg`` or ``.pdf``.

        Returns
        -------
        Path
            Where it was written.

        Raises
        ------
        RequestError
            If the suffix names no format.
        OutputError
            If the file cannot be written.
        """
        from cxsurvey.files import write_bytes  # noqa: PLC0415 - not needed to show a figure

        writers = {".png": self.png, ".svg": self.svg, ".pdf": self.pdf}
        target = Path(path)
        write = writers.get(target.suffix.lower())
        if write is None:
            raise RequestError.picture_format(path, tuple(writers))
        write_bytes(target, write())
        return target

    def _repr_png_(self) -> bytes:
        return self.png(dpi=110)

    def _repr_svg_(self) -> str:
        return self.svg().decode("utf-8")


def baseline(centre: float, size: float) -> float:
    """Baseline of words of ``size`` points whose capitals are centred on a height."""
    return centre + CAP_HEIGHT * size / 144


def moved(op: Op, right: float = 0.0, down: float = 0.0) -> Op:
    """Return a mark at another place.

    Examples
    --------
    >>> moved(Rect(0, 0, 1, 1, "#000000"), down=2.0).y
    2.0
    """
    if isinstance(op, Line):
        return replace(op, x1=op.x1 + right, x2=op.x2 + right, y1=op.y1 + down, y2=op.y2 + down)
    if isinstance(op, Text):
        return replace(op, x=op.x + right, y=op.y + down)
    if isinstance(op, Rect):
        return replace(op, x=op.x + right, y=op.y + down)
    return replace(op, x=op.x + right, y=op.y + down)


def lines_of(
    lines: Iterable[str],
    x: float,
    top: float,
    size: float,
    *,
    colour: str,
    role: str,
    leading: float = LEADING,
    weight: Weight = "regular",
    italic: bool = False,
) -> tuple[Text, ...]:
    """Set lines of words below each other, the first line box beginning at ``top``."""
    em = size / 72
    return tuple(
        Text(x, top + (row * leading + ASCENT) * em, line, size, weight, italic, colour, role=role)
        for row, line in enumerate(lines)
    )


def header(text: FigureText, *, palette: Palette = PALETTE) -> tuple[tuple[Op, ...], float]:
    """Set the figure number, headline, tag, descriptor and question.

    Returns
    -------
    tuple
        The words, and the height at which the chart begins.
    """
    ops: list[Op] = []
    y = PADDING + ACCENT_RULE[1] + 0.10
    number = (f"FIGURE {one_line(text.number)}",)
    ops += lines_of(number, LEFT, y, FIGURE_PT, colour=palette.accent, role="figure number", weight="bold")
    y += FIGURE_PT * LEADING / 72 + 0.03
    headline = balance(text.headline, CONTENT, HEADLINE_PT, "semibold")
    style = {"leading": HEADLINE_LEADING, "colour": palette.ink, "role": "headline"}
    ops += lines_of(headline, LEFT, y, HEADLINE_PT, weight="semibold", **style)  # type: ignore[arg-type]
    y += len(headline) * HEADLINE_PT * HEADLINE_LEADING / 72
    if text.tag.strip():
        y += 0.03
        lines = wrap(text.tag.upper(), CONTENT, TAG_PT, "bold")
        ops += lines_of(lines, LEFT, y, TAG_PT, colour=palette.warn, role="tag", weight="bold")
        y += len(lines) * TAG_PT * LEADING / 72
    if text.descriptor.strip():
        y += 0.03
        lines = wrap(text.descriptor, CONTENT, DESCRIPTOR_PT)
        ops += lines_of(lines, LEFT, y, DESCRIPTOR_PT, colour=palette.ink2, role="descriptor")
        y += len(lines) * DESCRIPTOR_PT * LEADING / 72
    question, y = _question(text, y, palette)
    return (*ops, *question), y + CHART_GAP


def _question(text: FigureText, y: float, palette: Palette) -> tuple[list[Op], float]:
    """Set the question, and the instruction after its last line if it fits there."""
    instruction = one_line(text.instruction).upper()
    if not (text.question.strip() or instruction):
        return [], y
    y += 0.05
    em = QUESTION_PT / 72
    lines = wrap(text.question, CONTENT, QUESTION_PT, italic=True) if text.question.strip() else ()
    ops: list[Op] = list(
        lines_of(lines, LEFT, y, QUESTION_PT, colour=palette.ink2, role="question", italic=True)
    )
    used = text_width(lines[-1], QUESTION_PT, italic=True) + INSTRUCTION_GAP if lines else 0.0
    rows = wrap(instruction, CONTENT, INSTRUCTION_PT, "bold") if instruction else ()
    if lines and len(rows) == 1 and used + text_width(rows[0], INSTRUCTION_PT, "bold") <= CONTENT:
        x, row = LEFT + used, len(lines) - 1
    else:
        x, row = LEFT, len(lines)
    for step, words in enumerate(rows):
        place = y + ((row + step) * LEADING + ASCENT) * em
        ops.append(Text(x, place, words, INSTRUCTION_PT, "bold", colour=palette.ink2, role="instruction"))
    return ops, y + max(len(lines), row + len(rows)) * LEADING * em


def merged_notes(text: FigureText, added: Iterable[Note]) -> tuple[Note, ...]:
    """Join the notes of the caller and of the form, in printing order, with the source last.

    Examples
    --------
    >>> merged_notes(FigureText("fig01", "1", "", source="Survey"), [("Base", "n=5.")])
    (('Base', 'n=5.'), ('Source', 'Survey'))
    """
    notes: dict[str, str] = {}
    source = (("Source", text.source),) if text.source.strip() else ()
    for key, words in (*text.notes, *added, *source):
        sentence = words.strip()
        if sentence and sentence not in notes.get(key, ""):
            notes[key] = f"{notes[key]} {sentence}" if key in notes else sentence
    order = {key: place for place, key in enumerate(NOTE_ORDER)}
    order |= {key: len(NOTE_ORDER) + 1 + place for place, key in enumerate(LAST_NOTES)}
    return tuple(sorted(notes.items(), key=lambda note: order.get(note[0], len(NOTE_ORDER))))


def note_lines(
    notes: Iterable[Note], top: float, *, palette: Palette = PALETTE
) -> tuple[tuple[Op, ...], float]:
    """Set notes from ``top`` down; returns the words and the height of their last line's lower edge."""
    ops: list[Op] = []
    y = top
    em = NOTE_PT / 72
    for key, words in notes:
        title = f"{one_line(key)}:"
        indent = text_width(f"{title} ", NOTE_PT, "semibold")
        lines = wrap(words, CONTENT, NOTE_PT, indent=indent)
        ops.append(
            Text(LEFT, y + ASCENT * em, title, NOTE_PT, "semibold", colour=palette.ink2, role="note key")
        )
        for row, line in enumerate(lines):
            if line:
                x = LEFT + (0.0 if row else indent)
                place = y + (row * LEADING + ASCENT) * em
                ops.append(Text(x, place, line, NOTE_PT, colour=palette.ink2, role="note"))
        y += len(lines) * LEADING * em + NOTE_GAP
    return tuple(ops), y - NOTE_GAP


def assemble(
    text: FigureText,
    body: Body,
    *,
    form: str,
    unit: str = "percent",
    table: pd.DataFrame,
    alt_long: str,
    palette: Palette = PALETTE,
) -> Card:
    """Put the header above a chart and the notes below it.

    Parameters
    ----------
    text : FigureText
        The words around the chart.
    body : Body
        The chart.
    form : str
        Name of the chart form.
    unit : str
        Of the values.
    table : DataFrame
        The data as drawn.
    alt_long : str
        The long alternative text.
    palette : Palette
        Colours.

    Returns
    -------
    Card
        As tall as it needs to be; see `cxsurvey.display.paging` for what does not fit on a page.
    """
    heading, top = header(text, palette=palette)
    chart = tuple(moved(op, down=top) for op in body.ops)
    rule = top + body.height + HAIRLINE_GAP
    notes = merged_notes(text, body.notes)
    foot, bottom = note_lines(notes, rule + NOTES_GAP, palette=palette)
    height = math.ceil(100 * (bottom + PADDING - (LEADING - ASCENT) * NOTE_PT / 72)) / 100
    furniture = (
        Rect(LEFT, PADDING, *ACCENT_RULE, palette.accent, role="accent rule"),
        Line(LEFT, rule, RIGHT, rule, palette.rule, HAIRLINE_PT, role="hairline"),
    )
    return Card(
        key=text.key,
        number=text.number,
        form=form,
        unit=unit,
        width=WIDTH,
        height=height,
        ops=(*heading, *chart, *foot, *furniture),
        text=replace(text, notes=tuple(note for note in notes if note[0] != "Source")),
        alt_short=one_line(text.headline) or one_line(text.descriptor) or f"Figure {one_line(text.number)}",
        alt_long=alt_long,
        table=table,
    )
