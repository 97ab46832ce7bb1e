"""The typeface: registered once, on first use, with DejaVu Sans behind it for glyphs it does not have."""

from __future__ import annotations

import logging
import threading
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from cxsurvey.display.settings import frozen_settings
from cxsurvey.errors import OutputError, RequestError

if TYPE_CHECKING:
    from matplotlib.font_manager import FontPath, FontProperties
    from matplotlib.ft2font import FT2Font

    from cxsurvey.display.ops import Weight

LOG = logging.getLogger("cxsurvey.display")
FAMILY: Final = "Cx Sans"
FALLBACK: Final = "DejaVu Sans"
FOLDER: Final = Path(__file__).parent / "fonts"
WEIGHTS: Final[dict[Weight, int]] = {"regular": 400, "semibold": 600, "bold": 700}
Slant = Literal["normal", "italic"]
FILES: Final[dict[tuple[int, Slant], str]] = {
    (400, "normal"): "CxSans-Regular.ttf",
    (600, "normal"): "CxSans-Semibold.ttf",
    (700, "normal"): "CxSans-Bold.ttf",
    (400, "italic"): "CxSans-Italic.ttf",
}

_added: list[str] = []  # families that use_font put between ours and the fallback
_reported: set[str] = set()  # what the log has been told about, so that it is told once


class _NearestWeight(logging.Filter):
    """Drops the notice that DejaVu Sans has no weight 600: bold stands in for it, as meant."""

    def filter(self, record: logging.LogRecord) -> bool:
        return "Failed to find font weight" not in record.getMessage()


@lru_cache(maxsize=1)
def register() -> None:
    """Give matplotlib the four files of the typeface; later calls do nothing.

    Raises
    ------
    OutputError
        If a file is missing, or matplotlib does not find it by family, weight and style.
    """
    from matplotlib import font_manager  # noqa: PLC0415 - half a second that text output does not need

    logging.getLogger("matplotlib.font_manager").addFilter(_NearestWeight())
    for (weight, slant), name in FILES.items():
        path = FOLDER / name
        if not path.is_file():
            raise OutputError.typeface_missing(path)
        font_manager.fontManager.addfont(path)
        wanted = font_manager.FontProperties(family=FAMILY, weight=weight, style=slant)
        found = Path(str(font_manager.findfont(wanted, fallback_to_default=False)))
        if found.name != name:
            raise OutputError.typeface_missing(path)


def families() -> tuple[str, ...]:
    """Families in the order in which a glyph is looked for."""
    return (FAMILY, *_added, FALLBACK)


@lru_cache(maxsize=64)
def properties(weight: Weight = "regular", italic: bool = False, size: float = 10.0) -> FontProperties:  # noqa: FBT001, FBT002 - a cache key
    """Describe the font of some words to matplotlib; do not change what is returned."""
    from matplotlib.font_manager import FontProperties  # noqa: PLC0415 - as in register

    register()
    style: Slant = "italic" if italic else "normal"
    return FontProperties(family=list(families()), weight=WEIGHTS[weight], style=style, size=size)


def faces(weight: Weight = "regular", *, italic: bool = False) -> tuple[FT2Font, ...]:
    """Open the fonts of `families` for one weight and slant, in order, each by itself."""
    from matplotlib.font_manager import get_font  # noqa: PLC0415 - as in register

    return tuple(get_font(path) for path in _paths(weight, italic))


@lru_cache(maxsize=16)
def _paths(weight: Weight, italic: bool) -> tuple[FontPath, ...]:  # noqa: FBT001 - a cache key
    from matplotlib.font_manager import FontProperties, findfont  # noqa: PLC0415 - as in register

    register()
    style: Slant = "italic" if italic else "normal"
    wanted = (FontProperties(family=name, weight=WEIGHTS[weight], style=style) for name in families())
    return tuple(findfont(properties) for properties in wanted)


def chain(weight: Weight = "regular", *, italic: bool = False) -> FT2Font:
    """Open the typeface with the other families behind it, glyph by glyph, as the renderer does."""
    return _chain(weight, italic, threading.get_ident())


@lru_cache(maxsize=64)
def _chain(weight: Weight, italic: bool, thread: int) -> FT2Font:  # noqa: ARG001, FBT001 - a cache key: faces are not safe between threads
    from matplotlib.font_manager import get_font  # noqa: PLC0415 - as in register

    with frozen_settings():
        return get_font(_paths(weight, italic))


def missing(text: str, weight: Weight = "regular", *, italic: bool = False) -> tuple[str, str]:
    r"""Tell which characters the typeface lacks.

    Returns
    -------
    tuple of str
        The characters that another font draws, and those that none has, which are drawn as an empty box.

    Examples
    --------
    >>> missing("A + B")
    ('', '')
    >>> missing("A \N{HEBREW LETTER ALEF}")[0] == "\N{HEBREW LETTER ALEF}"
    True
    """
    first, *others = faces(weight, italic=italic)
    absent = [character for character in dict.fromkeys(text) if not first.get_char_index(ord(character))]
    drawn = [c for c in absent if any(face.get_char_index(ord(c)) for face in others)]
    return "".join(drawn), "".join(c for c in absent if c not in drawn)


def report(text: str, weight: Weight = "regular", *, italic: bool = False) -> bool:
    """Log, once each, that words need another font or that no font has their glyphs.

    Returns
    -------
    bool
        Whether some glyph is in no font.
    """
    if text.isascii():
        return False
    drawn, absent = missing(text, weight, italic=italic)
    if drawn and "fallback" not in _reported:
        _reported.add("fallback")
        LOG.warning("%s has no glyph for %r; %s is used for those.", FAMILY, drawn, ", ".join(families()[1:]))
    if absent and "absent" not in _reported:
        _reported.add("absent")
        LOG.warning("No font has a glyph for %r: boxes are drawn. Name a font with use_font(path).", absent)
    return bool(absent)


def use_font(path: str | Path) -> str:
    """Add a font for scripts that the typeface does not cover, such as Chinese, Arabic or Devanagari.

    Glyphs that Cx Sans lacks are looked for here before DejaVu Sans. The choice holds for the process.

    Parameters
    ----------
    path : str or Path
        A TrueType or OpenType file.

    Returns
    -------
    str
        The name of its family.

    Raises
    ------
    RequestError
        If the file does not exist or is not a font.

    Examples
    --------
    >>> use_font(FOLDER / "CxSans-Regular.ttf")  # the typeface itself changes nothing
    'Cx Sans'
    """
    from matplotlib import font_manager  # noqa: PLC0415 - as in register

    register()
    if not Path(path).is_file():
        raise RequestError.font_unusable(path, "no such file")
    try:
        font_manager.fontManager.addfont(path)
    except RuntimeError as error:  # what FreeType raises for a file that is no font
        raise RequestError.font_unusable(path, str(error)) from error
    family = str(font_manager.get_font(path).family_name)
    if family not in families():
        _added.append(family)
        forget()
    return family


def forget() -> None:
    """Drop what was cached about fonts and reported in the log."""
    from cxsurvey.display import measure  # noqa: PLC0415 - measure needs this module

    _reported.clear()
    properties.cache_clear()
    _paths.cache_clear()
    _chain.cache_clear()
    measure.forget()
