"""Wording of questions and options: markup, entities, odd spaces and text that was decoded twice."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

_TAG = re.compile(r"</?[a-zA-Z][a-zA-Z0-9]*(?:\s[^<>]*)?/?>")
_BREAK = re.compile(r"<(?:br|/p|/div|/li)\s*/?>", re.IGNORECASE)
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_SPACES = re.compile(r"\s+")
# Two or more characters that UTF-8 bytes of one character become when they are read as Windows-1252.
_TWICE = re.compile("[ÂÃâ][\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]+")


def clean_text(text: str) -> str:
    r"""Take markup, entities, line breaks and odd spaces out of a wording.

    Parameters
    ----------
    text : str
        A header cell or a label as it stands in the file.

    Returns
    -------
    str
        One line, single spaces, ordinary spaces for no-break ones.

    Examples
    --------
    >>> clean_text("<p>How  satisfied are you&nbsp;with\n<b>support</b>?</p>")
    'How satisfied are you with support?'
    >>> clean_text("Don’t know")
    'Don’t know'
    """
    if "<" in text:
        text = _TAG.sub("", _BREAK.sub(" ", text))
    if "&" in text:
        text = html.unescape(text)
    return _SPACES.sub(" ", _UNSEEN.sub("", mended(text))).strip()


def mended(text: str) -> str:
    """Undo UTF-8 that was read as Windows-1252 once too often.

    Only what decodes without a fault is changed; a text in which somebody means ``Â`` stays.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    str

    Examples
    --------
    >>> mended("I donâ€™t know"), mended("CÔTE D’ÂGE")
    ('I don’t know', 'CÔTE D’ÂGE')
    """
    return _TWICE.sub(_decoded_once, text) if not text.isascii() else text


def _decoded_once(found: re.Match[str]) -> str:
    try:
        return found.group().encode("cp1252").decode("utf-8")
    except UnicodeError:
        return found.group()


def decoded_twice(texts: Iterable[str]) -> int:
    """Count texts that hold UTF-8 read as Windows-1252.

    >>> decoded_twice(["I donâ€™t know", "fine"])
    1
    """
    return sum(mended(text) != text for text in texts)


@lru_cache(maxsize=100_000)
def folded(text: str) -> str:
    """Bring a wording to a form in which spellings of one label agree.

    >>> folded("Don’t  Know. ") == folded("don't know")
    True
    """
    plain = unicodedata.normalize("NFKC", clean_text(text)).casefold()
    return plain.replace("’", "'").replace("‘", "'").replace("–", "-").replace("—", "-").rstrip(" .:")
