"""Do the tables of a study file agree with one another? Every problem, in the order of the file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from cxsurvey.errors import SHOWN_CHARACTERS, did_you_mean
from cxsurvey.study.answers import LARGEST
from cxsurvey.study.codebook import (
    CutRule,
    GridRule,
    Group,
    GroupMember,
    Question,
    Scale,
    Segments,
    SplitRule,
    StudyFile,
)
from cxsurvey.study.conditions import Base, Condition
from cxsurvey.study.design_references import design_problems
from cxsurvey.study.figure_references import figure_problems
from cxsurvey.study.names import Names, names_of
from cxsurvey.study.quality_references import quality_problems
from cxsurvey.study.rules import NAMED_GRIDS
from cxsurvey.study.table_references import table_problems

RESERVED = ("segment", "total", "unclassified")
RATED = ("ordinal", "number")


def reference_problems(file: StudyFile) -> list[str]:
    """List what the tables of a study file get wrong about one another.

    Parameters
    ----------
    file : StudyFile
        As parsed; answer lists need not be written out yet.

    Returns
    -------
    list of str
        One sentence a problem; empty when the file is sound.
    """
    names = names_of(file)
    parts: tuple[Callable[[], Iterator[str]], ...] = (
        lambda: design_problems(file.design),
        lambda: _duplicate_ids(file),
        lambda: _questions(file, names),
        lambda: _circles(names),
        lambda: _scales(file, names),
        lambda: _groups(file, names),
        lambda: _segments(file.segments, names),
        lambda: figure_problems(file, names),
        lambda: table_problems(file, names, _base),
        lambda: quality_problems(file, names),
    )
    return [problem for part in parts for problem in part()]


def _duplicate_ids(file: StudyFile) -> Iterator[str]:
    ids = [*(item.id for item in file.question), *(item.id for item in file.scale)]
    ids += [item.id for item in file.group]
    for name, count in Counter(ids).items():
        if count > 1:
            yield f'the id "{name}" is used {count} times; questions, scales and groups share one set of names'
    yield from (f'the id "{name}" is reserved' for name in RESERVED if name in ids)
    for name, count in Counter(figure.id for figure in file.figure).items():
        if count > 1:
            yield f'[[figure]] "{name}" is declared {count} times'


def _questions(file: StudyFile, names: Names) -> Iterator[str]:
    for number, question in enumerate(file.question, 1):
        place = f'[[question]] {number} "{question.id}"'
        if question.list and question.list not in file.lists:
            yield f"{place}: no answer list '{question.list}'. {did_you_mean(question.list, list(file.lists))}"
            continue
        yield from _shape(place, question)
        yield from _codes(place, question, file)
        yield from _base(place, question.base, names)


def _shape(place: str, question: Question) -> Iterator[str]:
    """Whether the columns fit the type."""
    options = [item.column for item in question.responses if item.column]
    if question.type != "multi":
        if not question.column:
            yield f"{place}: a {question.type} question needs 'column'"
        if question.columns or options or question.separator or question.cap:
            yield f"{place}: 'columns', 'separator', 'cap' and response columns are for multi questions"
    else:
        shapes = [bool(question.column), bool(question.columns), bool(options)]
        if sum(shapes) != 1:
            yield (
                f"{place}: a multi question needs one of: a column in every response, "
                "'columns' of codes, or one 'column' with a 'separator'"
            )
        if question.column and not question.separator:
            yield f"{place}: choices in one column need a 'separator'"
        if options and len(options) != len(question.responses):
            yield f"{place}: give every response a column, or none"
    coded = question.type in {"single", "multi", "ordinal"}
    if coded and not question.responses and not question.list:
        yield f"{place}: a {question.type} question needs 'responses', 'list', or a data file with labels"
    if question.nps and question.type not in RATED:
        yield f"{place}: 'nps' needs an ordinal or number question"
    if not coded and (question.responses or question.list):
        yield f"{place}: a {question.type} question has no responses"


def _codes(place: str, question: Question, file: StudyFile) -> Iterator[str]:
    shared = file.lists.get(question.list) if question.list else None
    responses = question.responses or (shared.responses if shared else ())
    missing = (*question.missing, *(shared.missing if shared else ()))
    nets = (*question.nets, *(shared.nets if shared else ()))
    codes = [item.code for item in responses]
    for code, count in Counter([*codes, *(item.code for item in missing)]).items():
        if count > 1:
            yield f"{place}: the code '{code}' is declared {count} times"
    for label, count in Counter(item.label for item in responses).items():
        if count > 1:
            yield f"{place}: the label '{label}' is used {count} times"
    yield from _values(place, question.model_copy(update={"responses": responses}))
    for net in nets:
        for code in net.responses:
            if code not in codes:
                yield f"{place}: net '{net.id}' names the code '{code}'. {did_you_mean(code, codes)}"
    for name, count in Counter([*(net.id for net in nets), *codes]).items():
        if count > 1 and name in {net.id for net in nets}:
            yield f"{place}: the net '{name}' has the name of another net or code"


def _values(place: str, question: Question) -> Iterator[str]:
    for code, value in zip(question.codes, question.values, strict=True):
        if question.type == "ordinal" and abs(value) > LARGEST:
            yield f"{place}: the value of '{code[:SHOWN_CHARACTERS]}' is beyond {LARGEST:.0e}"


def _base(place: str, base: Base | None, names: Names) -> Iterator[str]:
    for condition in (*base.all, *base.any) if base else ():
        question = names.questions.get(condition.question)
        if question is None:
            known = did_you_mean(condition.question, list(names.questions))
            yield f"{place}: its base names the question '{condition.question}'. {known}"
            continue
        yield from _condition(f"{place}: its base", condition, question, names.codes[question.id])


def _condition(place: str, condition: Condition, question: Question, codes: tuple[str, ...]) -> Iterator[str]:
    """Whether a condition can be met by answers of this type."""
    named = (*(condition.is_ or ()), *(condition.not_ or ()))
    if named and question.type == "text":
        yield f"{place} asks what '{question.id}' is; of a text question it can ask whether it is answered"
    elif question.type == "number":
        for code in named:
            if not _is_number(code):
                yield f"{place} compares the number question '{question.id}' with '{code}'"
    else:
        for code in named:
            if codes and code not in codes:
                yield f"{place} names the code '{code}' of '{question.id}'. {did_you_mean(code, codes)}"
    bounded = condition.at_least is not None or condition.at_most is not None
    if bounded and question.type not in RATED:
        yield f"{place} bounds '{question.id}', which is {question.type}; 'at_least' and 'at_most' need numbers"


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _circles(names: Names) -> Iterator[str]:
    """Bases that depend on themselves through other questions."""
    needs = {
        name: {condition.question for condition in (*question.base.all, *question.base.any)}
        for name, question in names.questions.items()
        if question.base
    }
    for name, first in needs.items():
        reached, open_ends = set[str](), set(first)
        while open_ends:
            reached |= open_ends
            open_ends = {far for near in open_ends for far in needs.get(near, ())} - reached
        if name in reached:
            yield f'[[question]] "{name}": its base depends on its own answers'


def _scales(file: StudyFile, names: Names) -> Iterator[str]:
    for number, scale in enumerate(file.scale, 1):
        place = f'[[scale]] {number} "{scale.id}"'
        yield from _items(place, scale, names)
        for key, listed in (("reversed", scale.reversed), ("weights", tuple(scale.weights))):
            for item in listed:
                if item not in scale.items:
                    yield f"{place}: '{key}' names '{item}', which is not an item of the scale"
        if scale.method == "weighted" and set(scale.weights) != set(scale.items):
            yield f"{place}: a weighted scale needs a weight for every item"
        if scale.method != "weighted" and scale.weights:
            yield f"{place}: 'weights' go with method = \"weighted\""


def _items(place: str, scale: Scale, names: Names) -> Iterator[str]:
    needs_bounds = scale.rescale or bool(scale.reversed) or scale.method == "top_box"
    for item, count in Counter(scale.items).items():
        question = names.questions.get(item)
        if count > 1:
            yield f"{place}: the item '{item}' is listed {count} times"
        if question is None:
            yield f"{place}: no question '{item}'. {did_you_mean(item, list(names.questions))}"
        elif question.type not in RATED:
            yield f"{place}: the item '{item}' is a {question.type} question; items are ordinal or number"
        elif question.type == "number" and needs_bounds and None in question.bounds:
            yield f"{place}: the item '{item}' needs 'minimum' and 'maximum' to be reversed or rescaled"


def _groups(file: StudyFile, names: Names) -> Iterator[str]:
    for number, group in enumerate(file.group, 1):
        place = f'[[group]] {number} "{group.id}"'
        question = names.questions.get(group.question) if group.question else None
        if group.question and question is None:
            known = did_you_mean(group.question, list(names.questions))
            yield f"{place}: no question '{group.question}'. {known}"
        for name, count in Counter(member.id for member in group.members).items():
            if count > 1:
                yield f"{place}: the member '{name}' is declared {count} times"
        for member in group.members:
            yield from _member(f"{place} member '{member.id}'", member, group, names)


def _member(place: str, member: GroupMember, group: Group, names: Names) -> Iterator[str]:
    if bool(member.responses) == bool(member.where):
        yield f"{place}: give it either 'responses' or 'where'"
    if member.responses and not group.question:
        yield f"{place}: 'responses' need the group's 'question'"
    question = names.questions.get(group.question) if group.question else None
    if question is not None:
        codes = names.codes[question.id]
        for code in member.responses:
            if code not in codes:
                yield f"{place}: no code '{code}' in '{question.id}'. {did_you_mean(code, codes)}"
    yield from _base(place, member.where, names)


def _segments(segments: Segments | None, names: Names) -> Iterator[str]:
    if segments is None:
        return
    if segments.rule not in names.rules:
        yield f"[segments]: no rule '{segments.rule}'. {did_you_mean(segments.rule, names.rules)}"
    for name in segments.rules:
        if name in NAMED_GRIDS:
            yield f"[segments]: the rule '{name}' is built in; give yours another name"
    for role, rating in (("insight", segments.insight), ("engagement", segments.engagement)):
        yield from _rating(role, rating, names)
    yield from _levels(segments, names)
    if segments.rule in NAMED_GRIDS and not (segments.insight and segments.engagement):
        yield f"[segments]: the rule '{segments.rule}' needs 'insight' and 'engagement' ratings"
    for name, rule in segments.rules.items():
        yield from _rule(f"[segments] rule '{name}'", rule, names)


def _levels(segments: Segments, names: Names) -> Iterator[str]:
    """Whether the declared levels are made of the ratings' codes, each in one level."""
    listed = [code for level in segments.levels for code in level]
    for code, count in Counter(listed).items():
        if count > 1:
            yield f"[segments]: 'levels' names the code '{code}' {count} times"
        for rating in dict.fromkeys((segments.insight, segments.engagement)):
            codes = names.codes.get(rating or "", (code,))
            if code not in codes:
                yield f"[segments]: 'levels' names the code '{code}' of '{rating}'. {did_you_mean(code, codes)}"


def _rating(role: str, rating: str | None, names: Names) -> Iterator[str]:
    if rating is None:
        return
    question = names.questions.get(rating)
    if question is None:
        known = did_you_mean(rating, list(names.questions))
        yield f"[segments]: '{role}' names the question '{rating}'. {known}"
    elif question.type != "ordinal":
        yield f"[segments]: '{role}' must be an ordinal question; '{rating}' is {question.type}"


def _rule(place: str, rule: GridRule | CutRule | SplitRule, names: Names) -> Iterator[str]:
    if isinstance(rule, GridRule):
        if len({len(row) for row in rule.cells}) != 1:
            yield f"{place}: every row of 'cells' must have the same number of cells"
        return
    for score in rule.scores:
        question = names.questions.get(score)
        if question is not None and question.type not in RATED:
            yield f"{place}: the score '{score}' is a {question.type} question; it must be ordinal or number"
        elif question is None and score not in names.scales:
            rated = [name for name, item in names.questions.items() if item.type in RATED]
            yield f"{place}: no scale or rating '{score}'. {did_you_mean(score, [*names.scales, *rated])}"
