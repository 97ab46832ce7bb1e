"""Numbers in labels: bands such as "50-249 employees", and numbered labels such as "1 (None at all)"."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

MOST_REMEMBERED = 4096
FEWEST_KNOWN = 3  # a label without a number is let through beside this many bands
_END = re.compile(r"\d+\s*(?:\(\D*\)|[-–—:=]\s*\D+)")
_DIGITS = r"\d{1,3}(?:[,'\u2009\u202f ]\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+"
_TIMES = {"second": 1, "minute": 60, "hour": 3600, "day": 86400, "week": 604800, "month": 2629800}
_TIMES |= {"quarter": 7889400, "year": 31557600, "jahr": 31557600, "monat": 2629800, "yr": 31557600, "hr": 3600}
_TIMES |= {"min": 60, "sec": 1, "wk": 604800, "mo": 2629800, "stunde": 3600, "tag": 86400, "woche": 604800}
_LARGE = {"k": 1e3, "thousand": 1e3, "tsd": 1e3, "m": 1e6, "mm": 1e6, "mn": 1e6, "mio": 1e6, "million": 1e6}
_LARGE |= {"bn": 1e9, "b": 1e9, "billion": 1e9, "mrd": 1e9}
_SPELLED = {"one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7"}
_SPELLED |= {"eight": "8", "nine": "9", "ten": "10", "zero": "0", "eleven": "11", "twelve": "12"}
_BELOW = (
    r"within|(?:in )?(?:the )?next|innerhalb|under|less than|fewer than|below|up to|younger than|"
    r"no more than|at most|unter|bis zu|weniger als|<=?|≤"
)
_BELOW_AFTER = r"or less|or fewer|or under|and under|or below|and below|or younger|and younger|oder weniger"
_ABOVE = r"over|more than|above|greater than|older than|at least|über|mehr als|mindestens|>=?|≥"
_ABOVE_AFTER = r"or more|and over|and up|and above|or over|or above|or older|and older|plus|oder mehr|\+|inf"
_FILLERS = (
    r"\b(?:to|and|bis|through|from|between|von|per|a|an|the|of|about|around|approximately|in|oder|und|"
    r"usd|eur|gbp)\b"
)
_UNIT = rf"\b(?:{'|'.join((*_TIMES, *_LARGE))})e?[ns]?\b"
_SPAN = r"\d\s*(?:-|–|—|to|bis)\s*[$€£]?\d|[$€£%]"
_QUANTITY = re.compile(f"{_SPAN}|{_UNIT}|{_BELOW}|{_BELOW_AFTER}|{_ABOVE}|{_ABOVE_AFTER}")
_NUMBERED = re.compile(r"^[(\[]?(-?\d{1,3})\b(?!\s*(?:[-–—,.]|to\b)\s*\d)[)\].:]?\s*[-–—:=.]?\s*(.*)$")


@dataclass(frozen=True, slots=True)
class Bands:
    """An order that numbers in the labels tell.

    Attributes
    ----------
    kind : str
        ``bands`` (ranges of a quantity), ``series`` (a name and a number: Python 2, Python 3) or ``numbered``
        (labels that begin with their number).
    order : tuple of int
        Positions in the labels that were given, lowest first.
    strangers : tuple of int
        Positions of labels without such a number.
    numbers : tuple of int
        For numbered labels their own numbers, in the order given; empty for bands.
    bare : bool
        Numbered labels: whether some are numbers and nothing else.
    """

    kind: str
    order: tuple[int, ...]
    strangers: tuple[int, ...] = ()
    numbers: tuple[int, ...] = ()
    bare: bool = False


def recognise_bands(keys: Sequence[str], *, strangers: bool = False) -> Bands | None:
    """Order labels by the numbers in them, or return None.

    Parameters
    ----------
    keys : sequence of str
        Labels as :func:`cxsurvey.readers.codebooks.wording.key` folds them.
    strangers : bool
        Let one label in four through that is no band.

    Returns
    -------
    Bands or None
        None when a label has no number, or when what stands beside the numbers differs from label to label.

    Examples
    --------
    >>> recognise_bands(["50-249", "more than 249", "under 50"]).order
    (2, 0, 1)
    >>> recognise_bands(["$25,000 to $49,999", "$0 - $24,999", "$1 million+"]).order
    (1, 0, 2)
    >>> recognise_bands(["1 (none at all)", "3", "2"]).order
    (0, 2, 1)
    >>> recognise_bands(["windows 7", "ubuntu 9"]) is None
    True
    """
    return _recognised(tuple(keys), strangers=strangers)


@lru_cache(maxsize=MOST_REMEMBERED)
def _recognised(keys: tuple[str, ...], *, strangers: bool) -> Bands | None:
    """Many questions of a survey share an answer list: each list is looked at once."""
    if len(keys) < 2:  # noqa: PLR2004 - one label has no order
        return None
    return (
        _ended(keys)
        or _bands(keys, strangers=False)
        or _numbered(keys)
        or (_bands(keys, strangers=True) if strangers else None)
    )


def _ended(keys: Sequence[str]) -> Bands | None:
    """Numbers of which some ends bear words: 1 (none at all), 2, 3."""
    found = _numbered(keys)
    if found is None or not found.bare or all(text.isdigit() for text in keys):
        return None
    return found if all(text.isdigit() or _END.fullmatch(text) for text in keys) else None


def _bands(keys: Sequence[str], *, strangers: bool) -> Bands | None:
    spans = [_span(text) for text in keys]
    residues = Counter(span[2] for span in spans if span is not None)
    if not residues:
        return None
    usual = {"", next((words for words, _ in residues.most_common() if words), "")}
    if strangers and residues[""] > len(keys) / 2:
        usual = {""}
    strange = tuple(i for i, span in enumerate(spans) if span is None or span[2] not in usual)
    known = [i for i in range(len(keys)) if i not in strange]
    if strange and not (strangers and len(known) >= FEWEST_KNOWN and 4 * len(strange) <= len(keys)):
        return None
    starts = {i: (span[0], span[1]) for i, span in enumerate(spans) if span is not None}
    order = sorted(known, key=lambda i: starts[i])
    if any(starts[a] == starts[b] for a, b in pairwise(order)):
        return None
    named = bool(usual - {""}) and not any(_QUANTITY.search(keys[i]) for i in known)
    return Bands("series" if named else "bands", tuple(order), strange)


def _span(text: str) -> tuple[float, int, str] | None:
    """Where a band begins, on which side of it, and the words that are left over."""
    if text == "none":
        return 0.0, 0, ""
    for word, digit in _SPELLED.items():
        text = re.sub(rf"\b{word}\b", digit, text)
    text = re.sub(rf"\b(?:a|an)(?= (?:{'|'.join(_TIMES)}))", "1", text)
    below = re.search(rf"(?:{_BELOW})", text) or re.search(rf"(?:{_BELOW_AFTER})\b", text)
    above = re.search(rf"(?:{_ABOVE})", text) or re.search(rf"(?:{_ABOVE_AFTER})", text)
    found = [(_scaled(match, text), match) for match in re.finditer(_DIGITS, text)]
    if not found or len(found) > 3:  # noqa: PLR2004 - a date, a version, a telephone number
        return None
    rest = re.sub(rf"{_DIGITS}", " ", text)
    rest = re.sub(rf"{_BELOW_AFTER}|{_ABOVE_AFTER}|{_BELOW}|{_ABOVE}|{_FILLERS}", " ", rest)
    rest = re.sub(rf"\b(?:{'|'.join((*_TIMES, *_LARGE))})e?[ns]?\b", " ", rest)
    residue = " ".join(re.sub(r"[^\w ]+|_", " ", rest).split())
    side = -1 if below and not above else 1 if above and len(found) == 1 else 0
    return found[0][0], side, residue


def _scaled(match: re.Match[str], text: str) -> float:
    """A number times what follows it: thousands, millions, months, years."""
    value = float(re.sub(r"[^\d.]", "", match.group()))
    after = text[match.end() :]
    large = re.match(r"\s?([a-z]+)", after)
    if large and large.group(1) in _LARGE and not (large.group(1) in {"m", "b"} and "month" in text):
        value *= _LARGE[large.group(1)]
    unit = re.search(rf"\b({'|'.join(_TIMES)})e?[ns]?\b", after)
    return value * _TIMES[unit.group(1)] if unit else value


def _numbered(keys: Sequence[str]) -> Bands | None:
    matches = [_NUMBERED.match(text) for text in keys]
    held = [match for match in matches if match is not None]
    numbers = [int(match.group(1)) for match in held]
    if len(held) < len(keys) or len(set(numbers)) < len(numbers):
        return None
    bare = any(not match.group(2) for match in held)
    order = tuple(sorted(range(len(keys)), key=lambda i: numbers[i]))
    return Bands("numbered", order, (), tuple(numbers), bare=bare)
