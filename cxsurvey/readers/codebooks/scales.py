"""Scales recognised by their words: named families, and a degree before a word of the question's own."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from itertools import pairwise
from typing import Any

MOST_REMEMBERED = 4096
FEWEST_KNOWN = 3  # a stranger among the labels is let through beside this many known ones


@dataclass(frozen=True, slots=True)
class Scale:
    """An order that the words themselves tell.

    Attributes
    ----------
    name : str
        The family, or ``degrees of WORD``.
    order : tuple of int
        Positions in the labels that were given, lowest first.
    strangers : tuple of int
        Positions of labels that the scale does not know.
    tied : bool
        Whether two labels stand on one step, so that their order is a guess.
    """

    name: str
    order: tuple[int, ...]
    strangers: tuple[int, ...] = ()
    tied: bool = False


@cache
def vocabulary() -> Mapping[str, Any]:
    """The tables of ``scales.toml``."""
    text = files("cxsurvey.readers.codebooks").joinpath("scales.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def _families() -> Mapping[str, Mapping[str, int]]:
    return {
        name: {spelling: rank for rank, spellings in enumerate(steps) for spelling in spellings}
        for name, steps in vocabulary()["families"].items()
    }


def recognise_scale(keys: Sequence[str], *, strangers: bool = False) -> Scale | None:
    """Find the scale that folded labels make, or None.

    Parameters
    ----------
    keys : sequence of str
        Labels as :func:`cxsurvey.readers.codebooks.wording.key` folds them, without nonanswers.
    strangers : bool
        Let one label in four through that the scale does not know.

    Returns
    -------
    Scale or None

    Examples
    --------
    >>> recognise_scale(["often", "never", "sometimes"]).order
    (1, 2, 0)
    >>> recognise_scale(["very masculine", "not at all masculine", "somewhat masculine"]).order
    (1, 2, 0)
    >>> recognise_scale(["red", "green"]) is None
    True
    """
    return _recognised(tuple(keys), strangers=strangers)


@lru_cache(maxsize=MOST_REMEMBERED)
def _recognised(keys: tuple[str, ...], *, strangers: bool) -> Scale | None:
    """Many questions of a survey share an answer list: each list is looked at once."""
    if len(keys) < 2:  # noqa: PLR2004 - one label has no order
        return None
    found = [_in_family(name, ranks, keys) for name, ranks in _families().items()]
    found.append(_in_degrees(keys))
    if strangers and not any(found):
        found.extend(_without(i, keys) for i in range(len(keys)) if len(keys) > FEWEST_KNOWN)
    fits = [scale for scale in found if scale is not None and (strangers or not scale.strangers)]
    return min(fits, key=lambda scale: (len(scale.strangers), scale.tied), default=None)


def _short(text: str) -> str:
    """A label without what explains it: brackets, and what follows a comma or a dash."""
    return re.sub(r"\s*(?:\(.*\)|\[.*\])", "", re.split(r"(?<=\w)(?:[,;:]| - |--)\s*", text)[0]).strip(" .")


def _in_family(name: str, ranks: Mapping[str, int], keys: Sequence[str]) -> Scale | None:
    exact = [ranks.get(text) for text in keys]
    if any(rank is None for rank in exact):
        exact = [ranks.get(text, ranks.get(_short(text))) for text in keys]
    return _ordered(name, exact, keys)


def _ordered(name: str, ranks: Sequence[float | None], keys: Sequence[str]) -> Scale | None:
    """Order the labels that have a rank; one pair may share a step, the denial first."""
    known = [i for i, rank in enumerate(ranks) if rank is not None]
    strange = tuple(i for i, rank in enumerate(ranks) if rank is None)
    allowed = len(known) >= FEWEST_KNOWN and 4 * len(strange) <= len(ranks)
    steps = {ranks[i] for i in known}
    if len(steps) < 2 or (strange and not allowed) or len(known) - len(steps) > 1:  # noqa: PLR2004
        return None
    order = sorted(known, key=lambda i: (ranks[i] or 0, " not " not in keys[i], i))
    tied = any(ranks[a] == ranks[b] for a, b in pairwise(order))
    return Scale(name, tuple(order), strange, tied)


@dataclass(frozen=True, slots=True)
class _Degree:
    strength: float
    word: str


@cache
def _before() -> tuple[tuple[str, float], ...]:
    found: Mapping[str, float] = vocabulary()["degrees"]["before"]
    return tuple(sorted(found.items(), key=lambda item: -len(item[0])))


def _degree(text: str) -> _Degree | None:
    """Part a label into its degree and its word; None for the middle of a scale."""
    degrees = vocabulary()["degrees"]
    text = re.sub(r"\s*\((?!.*\w{25}).*\)$", "", text) or text
    if text in degrees["middle"] or text.startswith(tuple(degrees["middle_starts"])):
        return None
    if text.endswith(tuple(degrees["middle_ends"])):
        return None
    for phrase, strength in _before():
        if text == phrase:
            return _Degree(strength, "")
        if text.startswith(f"{phrase} "):
            word = text[len(phrase) + 1 :]
            return _Degree(strength, word.replace(" at all", "") if strength < 0 else word)
    return _Degree(degrees["bare"], text)


def _in_degrees(keys: Sequence[str]) -> Scale | None:
    parts = [_degree(text) for text in keys]
    words = {part.word for part in parts if part is not None}
    core = _positive(words)
    if core is None or len(keys) < FEWEST_KNOWN or sum(part is None for part in parts) > 1:
        return None
    if all(part is not None and part.strength == vocabulary()["degrees"]["bare"] for part in parts):
        return None
    ranks = [0.0 if part is None else part.strength * (1 if part.word == core else -1) for part in parts]
    if len(set(ranks)) < len(ranks):
        return None
    names = vocabulary()["degrees"]["names"]
    return _ordered(names.get(core, f"degrees of {core}" if core else "degrees"), ranks, keys)


def _without(stranger: int, keys: Sequence[str]) -> Scale | None:
    """The degrees of all labels but one."""
    kept = [i for i in range(len(keys)) if i != stranger]
    scale = _in_degrees([keys[i] for i in kept])
    if scale is None:
        return None
    return Scale(scale.name, tuple(kept[i] for i in scale.order), (stranger,), scale.tied)


def _positive(words: set[str]) -> str | None:
    """The word that the others deny; None when they have nothing to do with one another."""
    if len(words) == 1:
        return next(iter(words))
    for word in sorted(words, key=len):
        if all(other == word or _denies(other, word) for other in words):
            return word
    for word in words:
        if all(other == word or _denies(other, word) for other in words):
            return word
    return None


def _denies(other: str, word: str) -> bool:
    """Whether one word is the contrary of another: unlikely of likely, easier to use of harder to use."""
    degrees = vocabulary()["degrees"]
    if not word or not other:
        return False
    if any(other == prefix + word for prefix in degrees["denials"]):
        return True
    if other.replace("not ", "", 1) == word or f" {other} ".replace(" not ", " ", 1).strip() == word:
        return True
    swapped = " ".join(degrees["contrary"].get(part, part) for part in other.split())
    return other != word and swapped == word
