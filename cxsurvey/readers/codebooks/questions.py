"""Columns become questions: alone, as rows of a grid, as options of a set, or spread from joined cells."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from cxsurvey.readers.codebooks.answer_lists import plan_answers, with_rewrites
from cxsurvey.readers.codebooks.answer_plans import AnswerPlan, Declared, Stranger, number_of
from cxsurvey.readers.codebooks.collected import Collected
from cxsurvey.readers.codebooks.draft import Guess, Sure
from cxsurvey.readers.codebooks.joined import plan_joined
from cxsurvey.readers.codebooks.kinds import KindFound, is_rating, kind_of
from cxsurvey.readers.codebooks.numbers import number_missing
from cxsurvey.readers.codebooks.option_sets import plan_set
from cxsurvey.readers.codebooks.profiles import Profile
from cxsurvey.readers.codebooks.wording import cut, key, plain, slug
from cxsurvey.study.codebook import Question

SHORT_SCALE = 5
_RECOMMEND = re.compile(r"recommend|weiterempfehl|recommander")
_ZERO_TO_TEN = {str(step) for step in range(11)}


def add_alone(held: Collected, profile: Profile) -> None:
    """Make a question of a column that stands alone."""
    if profile.column.shape == "joined":
        add_joined(held, profile)
        return
    found = kind_of(profile, held.reading)
    name = _id_alone(profile)
    text = _text_alone(profile)
    if found.kind == "coded":
        add_coded(held, [profile], [name], [text], _declared(held, [profile]))
    else:
        _add_other(held, profile, found, name, text, label="")


def _add_other(
    held: Collected, profile: Profile, found: KindFound, name: str, text: str, *, label: str
) -> None:
    """A number, a text, a moment, or nothing."""
    if found.kind == "empty":
        held.settle(profile, "left_out", "empty", found.evidence, found.sure)
    elif found.kind == "date":
        held.settle(profile, "timestamp", "date", found.evidence, found.sure)
        held.roles.setdefault("date", []).append(profile.name)
        held.take(profile)
    elif found.kind == "text" and not held.kept.has("text", profile.column):
        held.settle(profile, "left_out", "free text", found.evidence, found.sure)
    else:
        _add_plain(held, profile, found, name, text, label=label)


def _add_plain(
    held: Collected, profile: Profile, found: KindFound, name: str, text: str, *, label: str
) -> None:
    question = held.new_id(name)
    if found.kind == "number":
        missing, strangers = number_missing(profile.tally(), _declared(held, [profile]), held.reading)
        held.report(question, profile.name, strangers)
        made = Question(
            id=question, text=text, label=label, type="number", column=profile.name, missing=missing
        )
    else:
        made = Question(id=question, text=text, label=label, type="text", column=profile.name)
    _add(held, made, [profile], found.evidence, found.sure)


def _add(held: Collected, question: Question, profiles: Sequence[Profile], evidence: str, sure: Sure) -> None:
    held.questions.append(question)
    held.guesses.append(Guess(question.id, question.type, evidence, sure))
    for profile in profiles:
        held.settle(profile, "part" if question.type == "multi" else "question", question.id, evidence, sure)
        if profile.name not in held.cells:
            held.take(profile)


def _id_alone(profile: Profile) -> str:
    column = profile.column
    return slug(column.name or column.text)


def _text_alone(profile: Profile) -> str:
    column = profile.column
    item = plain(column.item)
    heading = next((plain(cell) for cell in reversed(column.header) if plain(cell)), "")
    text = plain(column.text) or item or heading or column.name
    return cut(f"{text} [{item}]" if item and item not in text else text)


def _declared(held: Collected, profiles: Sequence[Profile], *, rating: bool = False) -> Declared:
    column = profiles[0].column
    return Declared(
        column.labels,
        column.missing,
        column.missing_ranges,
        rating=rating or any(is_rating(profile) for profile in profiles),
        ranks=column.shape == "rank",
        keep_nonanswers="nonanswers" in held.kept.kinds,
    )


def add_coded(
    held: Collected,
    profiles: Sequence[Profile],
    names: Sequence[str],
    texts: Sequence[str],
    declared: Declared,
    *,
    labels: Sequence[str] = (),
) -> tuple[str, ...]:
    """Make single or ordinal questions of columns that share one answer list; return their ids."""
    tally: dict[str, int] = {}
    for profile in profiles:
        for cell, count in profile.tally().items():
            tally[cell] = tally.get(cell, 0) + count
    plan = _scored_from_zero(plan_answers(tally, declared), declared, texts)
    made = []
    for i, profile in enumerate(profiles):
        if not plan.responses:
            held.settle(profile, "left_out", "empty", "no cell holds an answer", "certain")
            continue
        own = plan if len(profiles) == 1 else _own(plan, profile)
        question = held.new_id(names[i])
        nps = own.type == "ordinal" and _is_nps(own, texts[i])
        held.take(profile, own.rewrites)
        held.report(question, profile.name, own.strangers)
        held.scales[question] = plan.scale
        made.append(question)
        asked = Question(
            id=question,
            text=texts[i],
            label=labels[i] if labels else "",
            type=plan.type,
            column=profile.name,
            responses=plan.responses,
            missing=plan.missing,
            nps=nps,
        )
        _add(
            held,
            asked,
            [profile],
            plan.evidence + ("; the wording asks to recommend" if nps else ""),
            plan.sure,
        )
    return tuple(made)


def _own(plan: AnswerPlan, profile: Profile) -> AnswerPlan:
    """The shared plan with what concerns one column."""
    tally = profile.tally()
    held = {plain(cell): count for cell, count in tally.items()}
    strangers = tuple(Stranger(s.cell, held[s.cell], s.treatment) for s in plan.strangers if s.cell in held)
    return replace(with_rewrites(plan, tally), strangers=strangers)


def _scored_from_zero(plan: AnswerPlan, declared: Declared, texts: Sequence[str]) -> AnswerPlan:
    """Fill in the steps of a 0-10 likelihood to recommend that nobody chose."""
    codes = {response.code for response in plan.responses}
    asks = all(_RECOMMEND.search(key(text)) for text in texts)
    if (
        plan.type == "ordinal"
        and asks
        and not declared.labels
        and "0" in codes
        and codes < _ZERO_TO_TEN
        and len(codes) > SHORT_SCALE
    ):
        return plan_answers(dict.fromkeys(map(str, range(11)), 1), declared)
    return plan


def _is_nps(plan: AnswerPlan, text: str) -> bool:
    scored = {response.code for response in plan.responses if response.scored}
    return scored == _ZERO_TO_TEN and _RECOMMEND.search(key(text)) is not None


def add_rows(held: Collected, block: str, profiles: Sequence[Profile], *, text: str) -> None:
    """Make the questions of a grid: rows that share an answer list share it in the study file."""
    kinds = {profile.name: kind_of(profile, held.reading) for profile in profiles}
    coded = [profile for profile in profiles if kinds[profile.name].kind == "coded"]
    batches = _alike(held, coded)
    ids: list[str] = []
    names = {profile.name: _row_id(block, profile) for profile in profiles}
    for profile in profiles:
        label = cut(plain(profile.column.item))
        batch = next((batch for batch in batches if profile is batch[0]), None)
        if batch is not None:
            rating = len(batch) > 1 or profile.column.shape in {"grid_row", "rank"}
            ids += add_coded(
                held,
                batch,
                [names[row.name] for row in batch],
                [_text_alone(row) for row in batch],
                _declared(held, batch, rating=rating),
                labels=[cut(plain(row.column.item)) for row in batch],
            )
        elif profile not in coded:
            _add_other(
                held, profile, kinds[profile.name], names[profile.name], _text_alone(profile), label=label
            )
    if len(ids) > 1:
        held.grids[slug(block or text)] = tuple(ids)


def _alike(held: Collected, profiles: Sequence[Profile]) -> list[list[Profile]]:
    """Part the rows of a block into those whose answers are of one list."""
    if not profiles:
        return []
    labelled = {profile.column.labels for profile in profiles}
    if len(labelled) > 1:
        return [
            [p for p in profiles if p.column.labels == labels]
            for labels in dict.fromkeys(p.column.labels for p in profiles)
        ]
    if profiles[0].column.labels:
        return [list(profiles)]
    seen = [{key(cell) for cell in profile.cells} for profile in profiles]
    pooled = set().union(*seen)
    numeric = [all(number_of(text) is not None for text in keys) for keys in seen]
    if all(numeric) or len(pooled) <= 1.5 * max(map(len, seen)) + 1:
        return [list(profiles)]
    pool: dict[str, int] = {}
    for profile in profiles:
        for cell, count in profile.tally().items():
            pool[cell] = pool.get(cell, 0) + count
    plan = plan_answers(pool, _declared(held, profiles))
    if plan.type == "ordinal" and not plan.strangers:
        return [list(profiles)]
    return [[profile] for profile in profiles]


def _row_id(block: str, profile: Profile) -> str:
    """``q3_r1`` for the column Q3_1 of the grid Q3; its own name where that says more."""
    name, stem = slug(profile.name), slug(block)
    match = re.fullmatch(rf"{re.escape(stem)}_?(\d+)", name) if block else None
    if match:
        return f"{stem}_r{int(match.group(1))}"
    return name


def add_set(held: Collected, block: str, profiles: Sequence[Profile], written_in: Sequence[Profile]) -> None:
    """Make one multi question of option columns."""
    plan = plan_set(profiles, written_in)
    if plan is None:
        for profile in profiles:
            held.settle(profile, "left_out", "empty", "nobody chose any option of the question", "certain")
        return
    first = profiles[0].column
    question = held.new_id(slug(block or first.name))
    for profile in profiles:
        held.take(profile, plan.cells.get(profile.name, {}))
    held.cells.update(plan.derived)
    for column, stranger in plan.strangers:
        held.report(question, column, (stranger,))
    text = plain(first.text)
    shared = bool(text) and len({profile.column.text for profile in profiles}) == 1
    if len(profiles) > 1 and (text == first.name or (" " not in text and not shared)):
        text = block or text  # it is the name of one option's column
    made = Question(
        id=question,
        text=cut(text or first.name),
        type="multi",
        responses=plan.responses,
        missing=plan.missing,
        blank=plan.blank,
    )
    _add(
        held,
        made,
        profiles,
        f"{len(profiles)} columns of one option each",
        "declared" if first.shape == "option" else "likely",
    )
    held.guesses.append(Guess(question, f"blank = {plan.blank}", plan.evidence, plan.sure))
    if plan.derived:
        words = "who wrote something in chose 'other': an option column was made of it, without the text"
        held.guesses.append(Guess(question, "other", words, "likely"))


def add_joined(held: Collected, profile: Profile) -> None:
    """Make one multi question of a column whose cells join options."""
    taken = {*held.profiles, *held.cells}
    plan = plan_joined(profile, taken)
    if plan is None:
        held.settle(profile, "left_out", "empty", "no cell holds an option", "certain")
        return
    question = held.new_id(_id_alone(profile))
    held.cells.update(plan.columns)
    held.report(question, profile.name, plan.strangers)
    made = Question(
        id=question, text=_text_alone(profile), type="multi", responses=plan.responses, missing=plan.missing
    )
    held.questions.append(made)
    held.guesses.append(Guess(question, "multi", plan.evidence, plan.sure))
    held.settle(profile, "question", question, f"{plan.evidence}; spread to a column an option", plan.sure)


def blocks_of(profiles: Mapping[str, Profile]) -> dict[str, list[Profile]]:
    """Columns by the platform's question, in file order; a column alone makes its own."""
    found: dict[str, list[Profile]] = {}
    for name, profile in profiles.items():
        found.setdefault(profile.column.block or f"\0{name}", []).append(profile)
    return found
