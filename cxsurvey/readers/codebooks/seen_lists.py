"""Answer lists that only the cells show: scales by their words, bands by their numbers, names by frequency."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cxsurvey.readers.codebooks.answer_plans import AnswerPlan, Declared, Stranger, filled, number_of
from cxsurvey.readers.codebooks.bands import Bands, recognise_bands
from cxsurvey.readers.codebooks.draft import Sure
from cxsurvey.readers.codebooks.labelled_lists import behind_number, rest_is_scale
from cxsurvey.readers.codebooks.nonanswers import reason_of
from cxsurvey.readers.codebooks.profiles import Level, levels
from cxsurvey.readers.codebooks.scales import Scale, recognise_scale, vocabulary
from cxsurvey.readers.codebooks.wording import cut, unique_labels
from cxsurvey.study.answers import canonical
from cxsurvey.study.codebook import Response

LONGEST_CODE = 60


def seen_plan(answers: Mapping[str, int], declared: Declared) -> AnswerPlan:
    """The list as the cells show it."""
    tally: dict[str, int] = {}
    for cell, count in answers.items():
        tally[canonical(cell)] = tally.get(canonical(cell), 0) + count
    found = levels(tally)
    if found and all(number_of(level.label) is not None for level in found):
        return _numeric(found, declared)
    inside, outside = _inside(found)
    keys = [level.key for level in inside]
    scale, bands = recognise_scale(keys), recognise_bands(keys)
    if scale is None and bands is None:
        scale, bands = recognise_scale(keys, strangers=True), recognise_bands(keys, strangers=True)
    if scale is not None:
        return _worded(inside, outside, scale)
    if bands is not None:
        return _banded(inside, outside, bands, declared)
    return _nominal(found)


def _inside(found: Sequence[Level]) -> tuple[list[Level], list[Level]]:
    """Part what may be steps of a scale from "other", "none of the above" and a kept "don't know"."""
    last = {*vocabulary()["orders"]["last"]} - {"none"}
    outside = [
        level
        for level in found
        if level.key in last or level.key.startswith("none of the") or reason_of(level.key) is not None
    ]
    return [level for level in found if level not in outside], outside


def _worded(inside: Sequence[Level], outside: Sequence[Level], scale: Scale) -> AnswerPlan:
    strange = _strange(inside, scale.strangers)
    sure: Sure = "guess" if scale.tied or strange else "likely"
    responses = _ranked(inside, scale.order, [*(inside[i] for i in scale.strangers), *outside])
    return AnswerPlan(
        "ordinal", responses, (), scale.name, f"a scale by its words: {scale.name}", sure, {}, strange
    )


def _strange(inside: Sequence[Level], strangers: Sequence[int]) -> tuple[Stranger, ...]:
    treatment = "kept as a response that no score counts"
    return tuple(Stranger(inside[i].label, inside[i].count, treatment) for i in strangers)


def _banded(inside: Sequence[Level], outside: Sequence[Level], bands: Bands, declared: Declared) -> AnswerPlan:
    if bands.kind == "series":
        labels_of = unique_labels(
            [
                *(cut(inside[i].label) for i in (*bands.order, *bands.strangers)),
                *(cut(level.label) for level in outside),
            ]
        )
        named = tuple(Response(code=label, label=label) for label in labels_of)
        return AnswerPlan("single", named, (), "", "in order of their numbers", "guess")
    if bands.kind == "bands":
        strange = _strange(inside, bands.strangers)
        responses = _ranked(inside, bands.order, [*(inside[i] for i in bands.strangers), *outside])
        sure: Sure = "guess" if strange else "likely"
        return AnswerPlan(
            "ordinal", responses, (), "bands", "bands in order of their numbers", sure, {}, strange
        )
    labels = {str(bands.numbers[i]): cut(inside[i].label) for i in bands.order}
    is_scale = bands.bare or declared.rating or rest_is_scale([level.key for level in inside])
    if bands.bare:
        labels |= {code: code for code in filled(list(labels), labels)}
    responses = tuple(Response(code=code, label=labels[code]) for code in sorted(labels, key=float))
    responses += tuple(Response(code=level.label, label=level.label, scored=False) for level in outside)
    words = "answers begin with their number" + _falling([inside[i].key for i in bands.order])
    name = "rating" if is_scale else "numbered"
    return AnswerPlan(
        "ordinal" if is_scale else "single", responses, (), name, words, "likely" if is_scale else "guess"
    )


def _falling(keys: Sequence[str]) -> str:
    """Say so where the words behind rising numbers fall."""
    rest = [behind_number(text) for text in keys]
    worded = [text for text in rest if text]
    scale = recognise_scale(worded)
    falls = scale is not None and list(scale.order) == sorted(scale.order, reverse=True)
    return "; the highest number is the lowest answer" if falls else ""


def _numeric(found: Sequence[Level], declared: Declared) -> AnswerPlan:
    held = [level.label for level in found]
    codes = sorted({*held, *(filled(held, {}) if declared.rating else ())}, key=float)
    responses = tuple(Response(code=code, label=code) for code in codes)
    values = [float(code) for code in codes]
    if declared.ranks:
        return AnswerPlan("ordinal", responses, (), "ranks", "ranks: the lowest number comes first", "declared")
    whole = all(value.is_integer() for value in values)
    from_zero = values[0] <= 0 and values[-1] != 10  # noqa: PLR2004 - 0 to 10; else 0 may be a code for no answer
    if declared.rating and len(found) > 1 and not from_zero:
        return AnswerPlan(
            "ordinal", responses, (), "rating", "numbers that the wording calls a rating", "likely"
        )
    if whole and not from_zero and values[0] <= 1 and values[-1] in {5, 7, 10} and len(values) >= values[-1]:
        return AnswerPlan(
            "ordinal", responses, (), "rating", f"whole numbers up to {values[-1]:g}, no labels", "guess"
        )
    words = "numbers without labels; make it ordinal if they are a rating"
    words += ", and mind that 0 may be no answer" if from_zero and len(values) > 2 else ""  # noqa: PLR2004 - 0 and 1 are no and yes
    return AnswerPlan("single", responses, (), "", words, "guess")


def _ranked(found: Sequence[Level], order: Sequence[int], behind: Sequence[Level]) -> tuple[Response, ...]:
    """Number the steps from 1, lowest first. A code must not be what another answer's cell says."""
    labels = unique_labels([*(cut(found[i].label) for i in order), *(cut(level.label) for level in behind)])
    codes = [str(step) for step in range(1, len(labels) + 1)]
    clash = bool(set(codes) & {canonical(label) for label in labels})
    steps = len(order)
    return tuple(
        Response(
            code=label if clash else code,
            label=label,
            value=float(i + 1) if clash and i < steps else None,
            scored=i < steps,
        )
        for i, (code, label) in enumerate(zip(codes, labels, strict=True))
    )


def _nominal(found: Sequence[Level]) -> AnswerPlan:
    """Answers without an order of their own: customary, or the commonest first and "other" last."""
    orders = vocabulary()["orders"]
    customary = {word: step for step, words in enumerate(orders["customary"]) for word in words}
    if all(level.key in customary for level in found):
        placed = sorted(found, key=lambda level: customary[level.key])
        words, sure = "customary order", "likely"
    else:
        last = {word: step for step, word in enumerate(orders["last"])}
        behind = {level.key: len(last) for level in found if reason_of(level.key) is not None} | last
        placed = sorted(found, key=lambda level: (behind.get(level.key, -1), -level.count))
        words, sure = "the questionnaire's order is not in the file: commonest first", "guess"
    labels = unique_labels([cut(level.label) for level in placed])
    long = any(len(label) > LONGEST_CODE for label in labels)
    clash = {str(step) for step in range(1, len(labels) + 1)} & {canonical(label) for label in labels}
    codes = [str(step) for step in range(1, len(labels) + 1)] if long and not clash else labels
    responses = tuple(Response(code=code, label=label) for code, label in zip(codes, labels, strict=True))
    return AnswerPlan("single", responses, (), "", words, sure)  # type: ignore[arg-type]  # one of Sure, both times
