"""The width of words, and breaking them into lines, before anything is drawn.

Widths come from FreeType without hinting, by the same layout that the renderer uses, at 100 points; they scale
with the type size, so each distinct string is measured once.
"""

from __future__ import annotations

import unicodedata
import warnings
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from cxsurvey.display import typeface
from cxsurvey.display.style import CAP_HEIGHT, DESCENT

if TYPE_CHECKING:
    from collections.abc import Callable

    from cxsurvey.display.ops import Text, Weight

REFERENCE_PT: Final = 100.0
FREETYPE_UNITS: Final = 64.0
ELLIPSIS: Final = "…"
REPLACEMENT: Final = "\N{REPLACEMENT CHARACTER}"
UNPRINTABLE: Final = frozenset({"Cc", "Cs", "Cn"})
SPACES: Final = frozenset("\t\v\f\x1c\x1d\x1e\x1f")
BREAKS: Final = str.maketrans(dict.fromkeys("\r\x85\u2028\u2029", "\n"))


def clean(text: str) -> str:
    r"""Make text drawable: control characters become spaces, line breaks ``\n``, the unprintable a replacement.

    >>> clean("a\tb\r\nc\x00")
    'a b\nc\ufffd'
    """
    if text.isascii() and text.isprintable():
        return text
    text = text.replace("\r\n", "\n").translate(BREAKS)
    return "".join(_drawable(character) for character in text)


def one_line(text: str) -> str:
    r"""Make text drawable on one line.

    >>> one_line("two\n lines ")
    'two lines'
    """
    return " ".join(clean(text).split())


def _drawable(character: str) -> str:
    if character == "\n":
        return character
    if character in SPACES:
        return " "
    return REPLACEMENT if unicodedata.category(character) in UNPRINTABLE else character


def text_width(text: str, size: float, weight: Weight = "regular", *, italic: bool = False) -> float:
    """Width of one line of words as it will be drawn.

    Parameters
    ----------
    text : str
        No line breaks.
    size : float
        Points.
    weight, italic
        Cut of the typeface.

    Returns
    -------
    float
        Inches.

    Examples
    --------
    >>> 0.2 < text_width("58%", 10.5, "semibold") < 0.4
    True
    >>> text_width("", 10)
    0.0
    """
    return _reference_width(text, weight, italic) * size / REFERENCE_PT


@lru_cache(maxsize=65536)
def _reference_width(text: str, weight: Weight, italic: bool) -> float:  # noqa: FBT001 - a cache key
    from matplotlib.ft2font import LoadFlags  # noqa: PLC0415 - slow to import

    text = clean(text).replace("\n", " ")  # as it is painted
    if not text:
        return 0.0
    boxes = typeface.report(text, weight, italic=italic)
    font = typeface.chain(weight, italic=italic)
    font.set_size(REFERENCE_PT, 72)
    with warnings.catch_warnings():
        if boxes:  # the log has said so; matplotlib would repeat it for each glyph
            warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        font.set_text(text, 0.0, flags=LoadFlags.NO_HINTING)
    width, _ = font.get_width_height()
    return float(width) / FREETYPE_UNITS / 72.0


def forget() -> None:
    """Drop the cached widths, after a font was added."""
    _reference_width.cache_clear()


def wrap(
    text: str,
    width: float,
    size: float,
    weight: Weight = "regular",
    *,
    italic: bool = False,
    indent: float = 0.0,
) -> tuple[str, ...]:
    r"""Break text into lines that fit, filling each line as far as it goes.

    Breaks fall at spaces and at line breaks of the text; a word longer than a line is cut, and no character
    other than white space is lost.

    Parameters
    ----------
    text : str
        Anything; it is made drawable first (see `clean`).
    width : float
        Inches.
    size, weight, italic
        Type.
    indent : float
        Inches by which the first line is shorter.

    Returns
    -------
    tuple of str
        At least one line, which is empty for empty text.

    Examples
    --------
    >>> wrap("Lack of ownership for CX efforts", 1.5, 10)
    ('Lack of ownership for CX', 'efforts')
    >>> wrap("one\ntwo", 5, 10)
    ('one', 'two')
    """

    def measure(part: str) -> float:
        return text_width(part, size, weight, italic=italic)

    lines: list[str] = []
    for paragraph in clean(text).split("\n"):
        if paragraph.strip():
            lines.extend(_fill(paragraph.split(), width, 0.0 if lines else indent, measure))
    return tuple(lines) or ("",)


def _fill(words: list[str], width: float, indent: float, measure: Callable[[str], float]) -> list[str]:
    lines: list[str] = []
    line = ""
    for word in words:
        joined = f"{line} {word}" if line else word
        if measure(joined) <= width - (0.0 if lines else indent):
            line = joined
            continue
        if line or indent:
            lines.append(line)
        *full, line = _cut(word, width, measure)
        lines.extend(full)
    return [*lines, line] if line else lines


def _cut(word: str, width: float, measure: Callable[[str], float]) -> list[str]:
    """Cut a word into pieces that fit, at a hyphen or slash if one is near the end of a piece."""
    pieces: list[str] = []
    while word and measure(word) > width:
        end = _longest_prefix(word, width, measure)
        mark = max(word.rfind(sign, 1, end) for sign in "-/–—")
        end = mark + 1 if mark >= end // 2 and mark > 0 else end
        pieces.append(word[:end])
        word = word[end:]
    return [*pieces, word] if word or not pieces else pieces


def _longest_prefix(word: str, width: float, measure: Callable[[str], float]) -> int:
    low, high = 1, len(word)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if measure(word[:middle]) <= width else (low, middle - 1)
    while low < len(word) and unicodedata.combining(word[low]):
        low += 1  # an accent stays with its letter
    return low


def balance(
    text: str, width: float, size: float, weight: Weight = "regular", *, italic: bool = False
) -> tuple[str, ...]:
    """Break text into as few lines as `wrap` and make them about equally long.

    Examples
    --------
    >>> balance("More than half put customer experience first", 3.5, 17, "semibold")
    ('More than half put', 'customer experience first')
    """
    lines = wrap(text, width, size, weight, italic=italic)
    if len(lines) == 1 or "\n" in clean(text).strip():
        return lines
    low = max(text_width(word, size, weight, italic=italic) for word in clean(text).split())
    low, high = min(low, width), width
    for _ in range(12):
        middle = (low + high) / 2
        fits = len(wrap(text, middle, size, weight, italic=italic)) <= len(lines)
        low, high = (low, middle) if fits else (middle, high)
    return wrap(text, high, size, weight, italic=italic)


def shorten(text: str, width: float, size: float, weight: Weight = "regular", *, italic: bool = False) -> str:
    """Cut one line of text to a width with an ellipsis, where it cannot be wrapped.

    Examples
    --------
    >>> shorten("Business process outsourcing", 1.0, 10)
    'Business proce…'
    """
    text = one_line(text)
    if text_width(text, size, weight, italic=italic) <= width:
        return text
    end = _longest_prefix(
        text, width, lambda part: text_width(part.rstrip() + ELLIPSIS, size, weight, italic=italic)
    )
    return text[:end].rstrip() + ELLIPSIS


def ink_box(words: Text) -> tuple[float, float, float, float]:
    """Bounds of the ink of a line of words: left, top, right and bottom, in inches.

    From cap height to descender, not the line box: two lines of one label do not overlap.

    Examples
    --------
    >>> from cxsurvey.display.ops import Text
    >>> left, top, right, bottom = ink_box(Text(1.0, 1.0, "58%", 10.0))
    >>> left, round(top, 3), round(bottom, 3)
    (1.0, 0.908, 1.031)
    """
    width = text_width(words.text, words.size, words.weight, italic=words.italic)
    em = words.size / 72
    above, below = CAP_HEIGHT * em, DESCENT * em
    before = {"left": 0.0, "center": width / 2, "right": width}[words.align]
    if words.rotation:
        return (words.x - above, words.y - width + before, words.x + below, words.y + before)
    return (words.x - before, words.y - above, words.x - before + width, words.y + below)
