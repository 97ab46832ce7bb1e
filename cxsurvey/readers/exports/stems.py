"""Neighbouring columns whose headers begin alike: "Question - Option", "Q1 [a]", "q0004_0001"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

TEXT_JOINTS = (" - ", " – ", " — ", " [", ": ", " | ")
LEAST_PART = 3
NAME_JOINTS = ("_", ".", "-", "#", "[", ":", "/", " ")


@dataclass(frozen=True, slots=True)
class Stem:
    """Neighbouring columns from ``start`` up to ``stop`` (left out) and what their headers share.

    ``items`` are the rest of each header; empty where the header is the stem itself.
    """

    start: int
    stop: int
    text: str
    items: tuple[str, ...]


def find_stems(
    headers: Sequence[str], *, joints: Sequence[str] = TEXT_JOINTS, least: int = 2
) -> tuple[Stem, ...]:
    """Part a row of headers into runs that share a beginning up to a joint.

    Parameters
    ----------
    headers : sequence of str
        Cleaned header texts or names.
    joints : sequence of str
        What may stand between the stem and the item.
    least : int
        Fewest characters of a stem.

    Returns
    -------
    tuple of Stem
        In order, covering every column; a column that shares nothing is a run of its own without an item.

    Examples
    --------
    >>> [(stem.text, stem.items) for stem in find_stems(["Pie? - Apple", "Pie? - Plum", "Age"])]
    [('Pie?', ('Apple', 'Plum')), ('Age', ('',))]
    >>> find_stems(["q4_1", "q4_2", "q5"], joints=NAME_JOINTS)[0]
    Stem(start=0, stop=2, text='q4', items=('1', '2'))
    """
    ways = [_ways(header, joints, least) for header in headers]
    stems: list[Stem] = []
    start = 0
    while start < len(headers):
        stop, text = _run(ways, start)
        for first, last, stem in _split(ways, start, stop, text):
            items = tuple(ways[at][stem] for at in range(first, last)) if last > first + 1 else ("",)
            stems.append(Stem(first, last, stem if last > first + 1 else headers[first], items))
        start = stop
    return tuple(stems)


def _split(ways: Sequence[dict[str, str]], start: int, stop: int, stem: str) -> Iterator[tuple[int, int, str]]:
    """Part a run further where most of its columns share more, as ``A`` into ``A.X`` and ``A.Y``."""
    longer = [
        min((way for way in ways[at] if len(way) > len(stem)), key=len, default="") for at in range(start, stop)
    ]
    bounds = [
        start,
        *(at for at in range(start + 1, stop) if longer[at - start] != longer[at - start - 1]),
        stop,
    ]
    parts = list(pairwise(bounds))
    covered = sum(last - first for first, last in parts if last - first >= LEAST_PART)
    if len(parts) == 1 or covered * 3 < (stop - start) * 2:
        shared = set(ways[start]).intersection(*(ways[at] for at in range(start + 1, stop)))
        yield start, stop, max(shared, key=len)
        return
    for first, last in parts:
        yield from _split(ways, first, last, longer[first - start])


def _ways(header: str, joints: Sequence[str], least: int) -> dict[str, str]:
    """Return every stem that a header may have, with the item it leaves; longest joints first."""
    ways = {header: ""}
    for joint in joints:
        for found in re.finditer(re.escape(joint), header):
            stem, item = header[: found.start()].strip(), header[found.end() :].strip()
            if len(stem) >= least and item and stem not in ways:
                ways[stem] = _unbracketed(item) if joint.strip() == "[" else item
    return ways


def _run(ways: Sequence[dict[str, str]], start: int) -> tuple[int, str]:
    """Follow the columns for as long as one stem is shared by all; the longest such stem is the run's."""
    shared = set(ways[start])
    stop = start + 1
    while stop < len(ways) and shared & set(ways[stop]):
        shared &= set(ways[stop])
        stop += 1
    return stop, max(shared, key=len)


def _unbracketed(item: str) -> str:
    return item[:-1].strip() if item.endswith("]") else item
