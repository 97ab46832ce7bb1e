"""Labels and headings as words: cleaned for people, folded for matching, shortened for ids."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from cxsurvey.study.answers import folded
from cxsurvey.study.references import RESERVED

LONGEST_ID = 64
LONGEST_TEXT = 1000
# Tags by name: a label such as <none> is none.
_BREAKS = re.compile(r"</?(?:p|br|div|ul|ol|li|h\d)\b[^<>]*>", re.IGNORECASE)
_TAGS = re.compile(r"</?(?:b|i|u|em|strong|span|font|a|sup|sub)\b[^<>]*>", re.IGNORECASE)
# What UTF-8 looks like once it was read as Windows-1252, and what a letter is that no decoder knew.
_GARBLED = re.compile(
    r"â€|Ã[\u0080-\u00bf‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]|Â[\u00a0-\u00bf]|\ufffd|[a-zA-Z]\?(?:s|t|re|ve|ll|m|d)\b"
)


@lru_cache(maxsize=65536)
def plain(text: str) -> str:
    r"""Clean a label for people: no tags, entities, marks or line breaks, single spaces.

    >>> plain("\ufeff<b>Yes</b>,\u00a0 of&nbsp;course ")
    'Yes, of course'
    """
    if "&" in text:
        text = html.unescape(text)
    if "<" in text:
        text = _TAGS.sub("", _BREAKS.sub(" ", text))
    return " ".join(text.replace("\ufeff", "").replace("\u200b", "").split())


@lru_cache(maxsize=65536)
def key(text: str) -> str:
    """Fold a label for matching: what differs between two spellings of it is gone.

    >>> key("Don’t  KNOW."), key("don't know")
    ("don't know", "don't know")
    """
    clean = plain(text)
    return (clean if clean.isascii() else folded(clean)).casefold().rstrip(" .:;").lstrip()


def cut(text: str, length: int = LONGEST_TEXT) -> str:
    """Shorten a text that a study file would refuse."""
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def is_garbled(text: str) -> bool:
    """Whether a text shows signs of having been decoded wrongly.

    >>> is_garbled("It?s"), is_garbled("Iâ€™m"), is_garbled("Why? So.")
    (True, True, False)
    """
    return _GARBLED.search(text) is not None


@lru_cache(maxsize=16384)
def slug(text: str) -> str:
    """Make an identifier of a name or a wording: lower case, digits and ``_``, beginning with a letter.

    >>> slug("Q3_1"), slug("2. How old are you?"), slug("")
    ('q3_1', 'q2_how_old_are_you', 'q')
    """
    words = re.sub(r"[^a-z0-9]+", "_", folded(plain(text)).casefold()).strip("_")
    if not words or not words[0].isalpha():
        words = f"q{words}"
    return words[:LONGEST_ID].rstrip("_")


def unique_id(wanted: str, taken: set[str]) -> str:
    """Return the id, numbered when it is taken or reserved, and take it."""
    name, number = wanted, 1
    while name in taken or name in RESERVED:
        number += 1
        tail = f"_{number}"
        name = wanted[: LONGEST_ID - len(tail)] + tail
    taken.add(name)
    return name


def unique_labels(labels: Sequence[str]) -> list[str]:
    """Number labels that occur again, since a question may use each once.

    >>> unique_labels(["Flux", "Strimzi", "Strimzi"])
    ['Flux', 'Strimzi', 'Strimzi (2)']
    """
    held: set[str] = set()
    found = []
    for label in labels:
        name, number = label, 1
        while name in held:
            number += 1
            name = f"{label} ({number})"
        held.add(name)
        found.append(name)
    return found


def common_start(texts: Iterable[str]) -> str:
    """Return what all texts begin with, cut back to the last whole word."""
    held = list(texts)
    if not held:
        return ""
    low, high = min(held), max(held)
    length = next(
        (i for i, (a, b) in enumerate(zip(low, high, strict=False)) if a != b), min(len(low), len(high))
    )
    return re.sub(r"[^\W_]*$", "", low[:length]) if length < len(high) else low
