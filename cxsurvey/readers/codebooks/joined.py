"""Several options in one cell: found among the cells, and spread to one column each."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from cxsurvey.readers.codebooks.answer_plans import Stranger, number_of
from cxsurvey.readers.codebooks.draft import Sure
from cxsurvey.readers.codebooks.nonanswers import is_mark
from cxsurvey.readers.codebooks.profiles import Profile
from cxsurvey.readers.codebooks.wording import cut, key, plain, unique_labels
from cxsurvey.study.answers import canonical
from cxsurvey.study.codebook import MissingCode, Response

RARE = 0.005  # below this share of the respondents a part is something written in
ENOUGH = 10  # times together that are no chance
LEAST = 30  # respondents, below whom rare says nothing


@dataclass(frozen=True, slots=True)
class JoinedPlan:
    """A multi question spread from one column: a response and a column for each option."""

    responses: tuple[Response, ...]
    missing: tuple[MissingCode, ...]
    columns: Mapping[str, npt.NDArray[np.object_]]
    evidence: str
    sure: Sure
    strangers: tuple[Stranger, ...] = ()


@dataclass(slots=True)
class _Found:
    options: list[tuple[str, str]] = field(default_factory=list)  # code or spelling, label
    written: Counter[str] = field(default_factory=Counter)


def parts_of(cell: str, separator: str) -> list[str]:
    """Part a cell, but not inside brackets.

    >>> parts_of("Social (Twitter, blog), Events", ",")
    ['Social (Twitter, blog)', 'Events']
    """
    mark = separator.strip() or separator
    found, held = [], ""
    for part in cell.split(mark):
        held = f"{held}{mark}{part}" if held else part
        if held.count("(") <= held.count(")"):
            found.append(held.strip())
            held = ""
    return [part for part in [*found, held.strip()] if part]


def plan_joined(profile: Profile, taken: set[str]) -> JoinedPlan | None:
    """Spread a column of joined options.

    Parameters
    ----------
    profile : Profile
        With ``column.separator``, and ``column.labels`` where the platform gives the options.
    taken : set of str
        Column names in use; the new ones are added.

    Returns
    -------
    JoinedPlan or None
        None when no cell holds an option.
    """
    column = profile.column
    marks = {cell for cell in profile.cells if is_mark(key(cell))}
    stated = {canonical(code): (reason, label) for code, reason, label in column.missing}
    tally = {c: n for c, n in profile.tally().items() if c not in marks and canonical(c) not in stated}
    split = {cell: parts_of(cell, column.separator) for cell in tally}
    found = _declared(column.labels) if column.labels else _Found()
    picks = {cell: _picks(parts, column.separator, found.options) for cell, parts in split.items()}
    if not column.labels:
        found = _undeclared(split, tally, column.separator, profile.n)
        picks = {cell: _picks(parts, column.separator, found.options) for cell, parts in split.items()}
    written = Counter[str]()
    for cell, (_, rest) in picks.items():
        written.update(dict.fromkeys(rest, tally[cell]))
    if not found.options and not written:
        return None
    missing = [
        MissingCode.model_validate({"code": c, "reason": r, "label": plain(t)}) for c, (r, t) in stated.items()
    ]
    missing += [
        MissingCode(code=canonical(cell), reason="skipped") for cell in marks if canonical(cell) not in stated
    ]
    return _spread(profile, found.options, picks, written, missing, taken)


def _declared(labels: Sequence[tuple[str, str]]) -> _Found:
    return _Found([(canonical(code), plain(label) or canonical(code)) for code, label in labels])


def _undeclared(split: Mapping[str, Sequence[str]], tally: Mapping[str, int], separator: str, n: int) -> _Found:
    """Take the parts that recur for options; parts that never occur apart are one option."""
    pairs = _inseparable(split, tally)
    held = {cell: _together(parts, separator.strip() or separator, pairs) for cell, parts in split.items()}
    counts = Counter[str]()
    spelling: dict[str, Counter[str]] = {}
    for cell, parts in held.items():
        for part in dict.fromkeys(parts):
            counts[key(part)] += tally[cell]
            spelling.setdefault(key(part), Counter())[plain(part)] += tally[cell]
    least = max(2, RARE * n) if n >= LEAST else 1
    often = [folded_key for folded_key, count in counts.items() if count >= least]
    numbers = {part: number_of(spelling[part].most_common(1)[0][0]) for part in often}
    if often and None not in numbers.values():
        often.sort(key=lambda part: numbers[part] or 0)
    else:
        often = _as_listed(often, held)
    labels = [spelling[part].most_common(1)[0][0] for part in often]
    return _Found([(label, label) for label in labels])


def _inseparable(split: Mapping[str, Sequence[str]], tally: Mapping[str, int]) -> set[tuple[str, str]]:
    """Neighbours that never occur without each other: one option with the separator in it.

    Twice is enough where the second begins in lower case, as the rest of a sentence does.
    """
    alone, pairs = Counter[str](), Counter[tuple[str, str]]()
    for cell, parts in split.items():
        alone.update(dict.fromkeys(parts, tally[cell]))
        pairs.update(dict.fromkeys(pairwise(parts), tally[cell]))
    return {
        (a, b)
        for (a, b), count in pairs.items()
        if alone[a] == alone[b] == count and count >= (ENOUGH if b[:1].isupper() or b[:1].isdigit() else 2)
    }


def _together(parts: Sequence[str], mark: str, pairs: set[tuple[str, str]]) -> list[str]:
    joined = list(parts[:1])
    for before, part in pairwise(parts):
        if (before, part) in pairs:
            joined[-1] = f"{joined[-1]}{mark} {part}"
        else:
            joined.append(part)
    return joined


def _as_listed(often: Sequence[str], held: Mapping[str, Sequence[str]]) -> list[str]:
    """Order options as the cells do: platforms write choices in the order of the questionnaire."""
    before: Counter[tuple[str, str]] = Counter()
    for parts in held.values():
        keys = [key(part) for part in parts]
        before.update((a, b) for i, a in enumerate(keys) for b in keys[i + 1 :])
    wins = {a: sum(before[a, b] > before[b, a] for b in often) for a in often}
    return sorted(often, key=lambda part: -wins[part])


def _picks(
    parts: Sequence[str], separator: str, options: Sequence[tuple[str, str]]
) -> tuple[list[int], list[str]]:
    """Take the longest run of parts that spells an option, again and again."""
    mark = separator.strip() or separator
    spelled = {key(spelling): i for i, option in enumerate(options) for spelling in reversed(option)}
    picks: list[int] = []
    rest: list[str] = []
    start = 0
    while start < len(parts):
        for stop in range(len(parts), start, -1):
            run = f"{mark} ".join(parts[start:stop]) if len(mark) == 1 else mark.join(parts[start:stop])
            at = spelled.get(key(run), spelled.get(key(mark.join(parts[start:stop]))))
            if at is not None:
                picks.append(at)
                break
        else:
            stop = start + 1
            rest.append(parts[start])
        start = stop
    return picks, rest


def _spread(
    profile: Profile,
    options: Sequence[tuple[str, str]],
    picks: Mapping[str, tuple[list[int], list[str]]],
    written: Counter[str],
    missing: Sequence[MissingCode],
    taken: set[str],
) -> JoinedPlan:
    labels = unique_labels([cut(label) for _, label in options] + (["Other (written in)"] if written else []))
    numeric = bool(options) and all(number_of(code) is not None for code, _ in options)
    codes = [code for code, _ in options] if numeric else [str(i) for i in range(1, len(options) + 1)]
    codes += [str(max((int(float(code)) for code in codes), default=0) + 1)] if written else []
    stray = {item.code: item for item in missing}
    columns: dict[str, npt.NDArray[np.object_]] = {}
    responses = []
    for position, (code, label) in enumerate(zip(codes, labels, strict=True)):
        name = _column_name(f"{profile.name}_{code}", taken)
        columns[name] = _cells(profile, picks, position, len(options), label, stray)
        responses.append(Response(code=code, label=label, column=name))
    strangers = tuple(Stranger(text, count, "counted as written in") for text, count in written.most_common())
    declared = bool(profile.column.labels)
    mark = profile.column.separator
    evidence = f"options joined by '{mark}' in one cell" + (
        "" if declared else "; parts that recur are its options"
    )
    held = tuple(item for item in stray.values() if item.code not in codes)
    return JoinedPlan(
        tuple(responses), held, columns, evidence, "declared" if declared else "likely", strangers
    )


def _cells(
    profile: Profile,
    picks: Mapping[str, tuple[list[int], list[str]]],
    position: int,
    options: int,
    label: str,
    stray: Mapping[str, MissingCode],
) -> npt.NDArray[np.object_]:
    found = []
    for cell in profile.cells:
        chosen, rest = picks.get(cell, ([], []))
        is_chosen = position in chosen or (position == options and bool(rest))
        found.append(
            label if is_chosen else canonical(cell) if canonical(cell) in stray and cell not in picks else ""
        )
    return np.array([*found, ""], dtype=object)[profile.index]


def _column_name(wanted: str, taken: set[str]) -> str:
    name = re.sub(r"\W+", "_", wanted)
    while name in taken:
        name += "_"
    taken.add(name)
    return name
