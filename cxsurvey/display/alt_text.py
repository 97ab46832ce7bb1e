"""Alternative text: what a picture says, in words, from the same records that it is drawn from.

The short text is the headline. The long text names the form, the groups with their bases, every value, and rows
that are withheld; where that exceeds `LONGEST` characters, intervals go first, then the ends of labels.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

from cxsurvey.display.figure_data import Mark, Row, absent_word, withheld_flag
from cxsurvey.display.measure import ELLIPSIS, one_line

if TYPE_CHECKING:
    from cxsurvey.display.card import FigureText
    from cxsurvey.display.numbers import Unit

LONGEST: Final = 900
LABEL_CHARACTERS: Final = (None, 60, 40, 24)
SAID: Final = {
    "suppressed": "suppressed",
    "not_shown": "not shown",
    "not_asked": "not asked",
    "not_published": "not published",
}


def value_words(mark: Mark, unit: Unit, *, interval: bool = True) -> str:
    """Say one value, with its interval if there is one, or why there is none.

    Examples
    --------
    >>> from cxsurvey.display.numbers import unit
    >>> value_words(Mark("a", "A", value=58.3, lo=55.2, hi=61.1), unit("percent"))
    '58% (55–61%)'
    >>> value_words(Mark("a", "A", flag="suppressed"), unit("percent"))
    'suppressed'
    """
    if mark.shown:
        asides = [
            unit.interval(mark.lo, mark.hi) if interval and mark.has_interval else "",
            f"above {' '.join(mark.letters)}" if mark.letters else "",
            "small base" if mark.flag == "small" else "",
        ]
        said = ", ".join(aside for aside in asides if aside)
        return f"{unit.value(mark.value)} ({said})" if said else unit.value(mark.value)
    return SAID.get(mark.flag, absent_word(mark))


def cut(label: str, longest: int | None) -> str:
    """Put a label on one line and cut it to a number of characters."""
    line = one_line(label)
    return line if longest is None or len(line) <= longest else line[: longest - 1].rstrip() + ELLIPSIS


def opening(form: str, text: FigureText) -> str:
    """Begin with the form and what is measured.

    Examples
    --------
    >>> from cxsurvey.display.card import FigureText
    >>> opening("Bar chart", FigureText("fig01", "1", "Half agree", "Share who agree"))
    'Bar chart: Share who agree.'
    """
    tag = f"{sentence(text.tag)} " if text.tag.strip() else ""
    return f"{form}: {tag}{sentence(text.descriptor or text.headline)}"


def sentence(words: str) -> str:
    """End words with a full stop unless they end a sentence already."""
    line = one_line(words)
    return line if not line or line.endswith((".", "?", "!")) else f"{line}."


def base_sentence(text: FigureText) -> str:
    """The base note, if the figure has one."""
    return next((f"Base: {sentence(words)}" for key, words in text.notes if key == "Base"), "")


def fitted(head: Iterable[str], variants: Sequence[Sequence[str]], tail: Iterable[str] = ()) -> str:
    """Join sentences about rows to their head, in the fullest variant that is short enough.

    Parameters
    ----------
    head, tail : iterable of str
        Sentences before and after; empty ones are left out.
    variants : sequence of sequences of str
        The rows in words, fullest first. If the last one is still too long, rows are dropped from its end and
        counted.

    Returns
    -------
    str
    """
    before = " ".join(part for part in head if part)
    after = " ".join(part for part in tail if part)
    for rows in variants:
        whole = " ".join(part for part in (before, f"{'; '.join(rows)}." if rows else "", after) if part)
        if len(whole) <= LONGEST:
            return whole
    shortest = list(variants[-1])
    kept = list(shortest)
    while kept:
        kept.pop()
        more = f"{'; '.join(kept)}; {len(shortest) - len(kept)} more in the data table.".removeprefix("; ")
        whole = " ".join(part for part in (before, more, after) if part)
        if len(whole) <= LONGEST:
            return whole
    return whole[: LONGEST - 1].rstrip() + ELLIPSIS


def grouped_rows(rows: Sequence[Row], unit: Unit) -> list[list[str]]:
    """Say rows of several groups or levels, in ever shorter variants."""

    def said(row: Row, longest: int | None, *, interval: bool) -> str:
        if all(mark.withheld for mark in row.marks):
            return f"{cut(row.label, longest)}: {SAID[withheld_flag(row.marks)]}"
        values = (
            f"{cut(mark.group or mark.level, longest)} {value_words(mark, unit, interval=interval)}".strip()
            for mark in row.marks
        )
        return f"{cut(row.label, longest)}: {', '.join(values)}"

    steps = [(longest, interval) for longest in LABEL_CHARACTERS for interval in (True, False)]
    full = [[said(row, longest, interval=interval) for row in rows] for longest, interval in steps[:2]]
    order = tuple(mark.group or mark.level for mark in rows[0].marks)
    if any(tuple(mark.group or mark.level for mark in row.marks) != order for row in rows):
        return full + [
            [said(row, longest, interval=interval) for row in rows] for longest, interval in steps[2:]
        ]
    return full + [_in_order(rows, order, unit, longest) for longest in LABEL_CHARACTERS]


def _in_order(rows: Sequence[Row], order: Sequence[str], unit: Unit, longest: int | None) -> list[str]:
    """Say rows by their values alone, after naming the groups once."""
    head = f"In the order {', '.join(cut(name, longest) for name in order)}: "
    said = [
        f"{cut(row.label, longest)} {SAID[withheld_flag(row.marks)]}"
        if all(mark.withheld for mark in row.marks)
        else f"{cut(row.label, longest)} "
        + ", ".join(value_words(mark, unit, interval=False) for mark in row.marks)
        for row in rows
    ]
    return [head + said[0], *said[1:]]
