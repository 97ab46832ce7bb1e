"""Answer lists that the file declares: codes with labels, and cells beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from cxsurvey.readers.codebooks.answer_plans import AnswerPlan, Declared, Stranger, filled, number_of
from cxsurvey.readers.codebooks.bands import recognise_bands
from cxsurvey.readers.codebooks.nonanswers import reason_of
from cxsurvey.readers.codebooks.scales import recognise_scale
from cxsurvey.readers.codebooks.wording import cut, key, plain, unique_labels
from cxsurvey.study.answers import canonical
from cxsurvey.study.codebook import Response


def labelled_plan(answers: Mapping[str, int], declared: Declared) -> AnswerPlan:
    """The list as the file declares it, and cells that it does not declare behind."""
    pairs = {canonical(code): cut(plain(label) or canonical(code)) for code, label in declared.labels}
    inner = inner_codes(pairs, {canonical(code): reason for code, reason, _ in declared.missing})
    known = {
        code: label for code, label in pairs.items() if code in inner or not _is_missing(code, label, declared)
    }
    spelled = {key(label) for label in known.values()} | {key(code) for code in known}
    extra = {canonical(cell): count for cell, count in answers.items() if key(canonical(cell)) not in spelled}
    numeric = all(number_of(code) is not None for code in (*known, *extra)) and bool(known)
    rating = numeric and _ends(list(map(float, known)), list(map(float, extra)))
    if rating:
        extra = dict.fromkeys(filled([*known, *extra], known), 0) | extra
    codes = [*known, *extra]
    labels = unique_labels([*known.values(), *(cut(plain(code)) for code in extra)])
    if numeric and extra:
        order = sorted(range(len(codes)), key=lambda i: float(codes[i]))
        codes, labels = [codes[i] for i in order], [labels[i] for i in order]
    strangers = (
        ()
        if rating
        else tuple(Stranger(code, count, "kept as a response of its own") for code, count in extra.items())
    )
    return _graded(codes, labels, set(extra) if not rating else set(), strangers, rating=rating)


def _ends(known: Sequence[float], extra: Sequence[float]) -> bool:
    """Whether only the ends of a rating, and at most its middle, have labels."""
    if len(extra) < 2 or not 2 <= len(known) <= 3:  # noqa: PLR2004 - both ends, perhaps the middle
        return False
    return min(known) <= min(extra) and max(known) >= max(extra)


def _is_missing(code: str, label: str, declared: Declared) -> bool:
    if code in {canonical(stated) for stated, *_ in declared.missing}:
        return True
    value = number_of(code)
    if value is not None and any(low <= value <= high for low, high in declared.ranges):
        return True
    return not declared.keep_nonanswers and reason_of(key(label)) is not None


def _graded(
    codes: Sequence[str],
    labels: Sequence[str],
    extra: set[str],
    strangers: tuple[Stranger, ...],
    *,
    rating: bool,
) -> AnswerPlan:
    """Say whether a declared list is a scale, and give its responses their numbers."""
    inside = [i for i, code in enumerate(codes) if code not in extra]
    steps = [i for i in inside if reason_of(key(labels[i])) is None] or inside
    order, name = order_of([key(labels[i]) for i in steps])
    if order and len(steps) < len(inside):
        return _with_middle(codes, labels, inside, strangers, name)
    if rating and not order:
        order, name = tuple(range(len(inside))), "rating with labelled ends"
    if not order:
        found = tuple(Response(code=code, label=label) for code, label in zip(codes, labels, strict=True))
        return AnswerPlan("single", found, (), "", "answers as the file lists them", "declared", {}, strangers)
    numbers = [number_of(codes[inside[i]]) for i in order]
    steady = None not in numbers and (_runs(numbers) or _runs(numbers[::-1]))
    rank = {inside[position]: float(step) for step, position in enumerate(order, 1)}
    found = tuple(
        Response(
            code=code,
            label=label,
            value=None if steady or i not in rank else rank[i],
            scored=i in rank,
        )
        for i, (code, label) in enumerate(zip(codes, labels, strict=True))
    )
    if not steady:
        placed = sorted(range(len(found)), key=lambda i: rank.get(i, len(found) + i))
        found = tuple(found[i] for i in placed)
    upside = steady and _runs(numbers[::-1])
    evidence = f"labels of the file: {name}" + ("; the highest code is the lowest answer" if upside else "")
    return AnswerPlan("ordinal", found, (), name, evidence, "certain", {}, strangers)


def _with_middle(
    codes: Sequence[str],
    labels: Sequence[str],
    inside: Sequence[int],
    strangers: tuple[Stranger, ...],
    name: str,
) -> AnswerPlan:
    """A scale by its codes, with a "no opinion" that has a code between the others."""
    found = tuple(
        Response(code=code, label=label, scored=i in inside)
        for i, (code, label) in enumerate(zip(codes, labels, strict=True))
    )
    words = f"labels of the file: {name}; the code between the others counts as its middle"
    return AnswerPlan("ordinal", found, (), name, words, "likely", {}, strangers)


def _runs(numbers: Sequence[float | None]) -> bool:
    held = [number for number in numbers if number is not None]
    return all(a < b for a, b in pairwise(held))


def order_of(keys: Sequence[str]) -> tuple[tuple[int, ...], str]:
    """The order that all labels tell, lowest first, and its name; empty where they tell none."""
    scale = recognise_scale(keys)
    if scale is not None:
        return scale.order, scale.name
    bands = recognise_bands(keys)
    if bands is None or (bands.kind == "numbered" and not bands.bare and not rest_is_scale(keys)):
        return (), ""
    return bands.order, bands.kind


def rest_is_scale(keys: Sequence[str]) -> bool:
    """Whether numbered labels are a scale: "(4) critical", or known words behind the numbers."""
    rest = [behind_number(text) for text in keys]
    return all(text.startswith("(") for text in keys) or recognise_scale(rest, strangers=True) is not None


def behind_number(text: str) -> str:
    """Return a folded label without the number and the marks before its words."""
    return text.lstrip("([0123456789)].:-–= ").rstrip(")] ")


def inner_codes(labels: Mapping[str, str], stated: Mapping[str, object]) -> list[str]:
    """Codes such as 3 for "No opinion" on a scale from 1 to 5: the middle of the scale, not outside it."""
    values = {code: number_of(code) for code in labels if code not in stated}
    if None in values.values():
        return []
    worded = {code for code in values if not reason_of(key(labels[code]))}
    steps = [value for code, value in values.items() if value is not None and code in worded]
    if recognise_scale([key(labels[code]) for code in values if code in worded]) is None:
        return []
    return [c for c, v in values.items() if v is not None and c not in worded and min(steps) < v < max(steps)]
