"""The data against the codebook: every issue at once, nothing raised."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

import numpy as np

from cxsurvey.errors import did_you_mean, listed
from cxsurvey.study.answers import EXCLUDED, LARGEST, NOT_SHOWN, Answers, decode, folded, parse_number
from cxsurvey.study.codebook import Group, Question
from cxsurvey.study.design_checks import check_populations, check_strata_and_clusters, check_weights
from cxsurvey.study.findings import decimal_hint, finding, first_row, people, times
from cxsurvey.study.issues import Issue, Issues, Severity
from cxsurvey.study.membership import memberships
from cxsurvey.study.quality_checks import check_quality, look
from cxsurvey.study.replicate_checks import check_replicates, replicate_columns_found
from cxsurvey.study.stage_checks import check_later_stages
from cxsurvey.study.study import Study

NONANSWERS = frozenset(
    {
        "don't know",
        "dont know",
        "do not know",
        "don't know / not applicable",
        "don't know/not applicable",
        "unsure",
        "not sure",
        "not applicable",
        "does not apply",
        "n/a",
        "na",
        "refused",
        "prefer not to say",
        "prefer not to answer",
        "no answer",
        "can't say",
        "have never used",
    }
)

Check = Callable[[Study], Iterator[Issue]]


def check(study: Study) -> Issues:
    """Check a study's responses against its codebook.

    Parameters
    ----------
    study : Study

    Returns
    -------
    Issues
        Errors first. ``.frame`` is the table with the columns
        ``code severity column row value expected message``.

    Notes
    -----
    Nothing is raised for what is wrong with the data: a missing column, an answer outside the codebook and a
    negative weight all become rows of the table.

    Examples
    --------
    >>> import cxsurvey as cx
    >>> issues = cx.check(cx.read_study("sfo2018"))
    >>> len(issues.errors)
    0
    """
    sound = look(study, _readable(study))
    found = [issue for rule in CHECKS for issue in rule(study if rule is _columns else sound)]
    return Issues.gather(study.id, found)


def _readable(study: Study) -> list[Question]:
    """Questions whose columns, and whose bases' columns, the responses have."""
    columns, questions = set(study.raw.frame.columns), study.questions
    present = {q.id for q in study.file.question if columns.issuperset(q.source_columns)}
    while True:
        usable = {name for name in present if _needs(questions[name]) <= present}
        if usable == present:
            return [question for question in study.file.question if question.id in usable]
        present = usable


def _needs(question: Question) -> set[str]:
    base = question.base
    return {condition.question for condition in (*base.all, *base.any)} if base else set()


def _respondents(study: Study) -> Iterator[Issue]:
    if study.n == 0:
        yield finding("no-respondents", "error", study.raw.file_name, "The responses file has no respondents.")
    elif study.n == 1:
        yield finding(
            "single-respondent",
            "warning",
            study.raw.file_name,
            "There is one respondent; nothing can be tested.",
        )
    column = study.file.study.respondent_id
    if column is None or column not in study.raw.frame:
        return
    ids = study.respondents()
    counts = Counter(ids)
    first = dict(zip(reversed(ids), range(len(ids) - 1, -1, -1), strict=True))
    blank = counts.pop("", 0)
    if blank:
        row = study.raw.first_row + first[""]
        yield finding(
            "respondent-blank", "error", column, f"{people(blank, 'have')} no id.", row=row, expected="an id"
        )
    settled = study.file.quality is not None and "duplicate_ids" in study.file.quality.exclude
    for name, count in counts.items():
        if count > 1:
            row = study.raw.first_row + first[name]
            severity: Severity = "note" if settled else "error"
            message = f"The respondent '{name}' occurs {count} times{', and counts once' if settled else ''}."
            yield finding(
                "respondent-duplicate", severity, column, message, row=row, value=name, expected="once"
            )


def _columns(study: Study) -> Iterator[Issue]:
    known = list(study.raw.frame.columns)
    roles_of = [("respondent id", study.file.study.respondent_id), *study.file.design.sampling_columns()]
    if study.file.quality is not None:
        roles_of += [(f"{role} of [quality]", name) for role, name in study.file.quality.columns()]
    wanted = [(f"the {role}", name) for role, name in roles_of if name]
    wanted += [(f"question '{q.id}'", name) for q in study.file.question for name in q.source_columns]
    for place, name in wanted:
        if name not in known:
            message = f"{place[0].upper()}{place[1:]} names a column that the responses lack."
            yield finding(
                "unknown-column", "error", name, message, value=name, expected=did_you_mean(name, known)
            )
    missing, replicates = replicate_columns_found(study)
    yield from missing
    used = {name for _, name in wanted} | replicates
    unused = [name for name in known if name not in used]
    if unused:
        count = "1 column is" if len(unused) == 1 else f"{len(unused):,} columns are"
        message = f"{count} not used by the study: {listed(unused)}."
        yield finding("unused-columns", "note", study.raw.file_name, message)


def _answers(study: Study) -> Iterator[Issue]:
    for question in _readable(study):
        for unknown in study.answers(question.id).unknown:
            message = f"'{question.id}': '{unknown.value}' occurs {times(unknown.count)}."
            code, hint = _unknown_code(study, question, unknown.value)
            yield finding(
                code,
                "error",
                unknown.column,
                message,
                row=study.raw.first_row + unknown.first,
                value=unknown.value,
                expected=unknown.expected + hint,
            )


def _unknown_code(study: Study, question: Question, value: str) -> tuple[str, str]:
    if question.type != "number":
        return "answer-outside-codebook", ""
    if np.isnan(parse_number(value, study.file.reading)):
        return "number-unreadable", decimal_hint(study, value)
    too_large = abs(parse_number(value, study.file.reading)) > LARGEST
    return "number-out-of-range", f"; numbers beyond {LARGEST:.0e} are not read" if too_large else ""


def _bases(study: Study) -> Iterator[Issue]:
    for question in _readable(study):
        answers = study.answers(question.id)
        shown = (answers.reason != NOT_SHOWN) & (answers.reason != EXCLUDED)
        if question.base and study.n and not shown.any():
            message = f"Nobody is in the base of '{question.id}': {question.base.label}."
            yield finding("base-empty", "error", question.id, message, expected=question.base.label)
        elif study.n and not answers.answered.any():
            yield finding("question-unanswered", "warning", question.id, f"Nobody answered '{question.id}'.")
        if question.base:
            given = decode(question, study.raw, study.file.reading).answered
            strays = given & study.kept & ~study.mask(question.base)
            if strays.any():
                message = f"{people(int(strays.sum()))} outside the base of '{question.id}' answered it, "
                message += "which is set aside."
                row = first_row(study, strays)
                yield finding("answered-outside-base", "warning", question.id, message, row=row)


def _choices(study: Study) -> Iterator[Issue]:
    for question in _readable(study):
        answers = study.answers(question.id)
        if answers.chosen is not None and question.cap is not None:
            over = answers.chosen.sum(axis=1) > question.cap
            if over.any():
                row = first_row(study, over)
                yield finding(
                    "cap-exceeded",
                    "error",
                    question.id,
                    f"{people(int(over.sum()))} chose more than {question.cap} responses.",
                    row=row,
                    value=str(int(answers.chosen[row - study.raw.first_row].sum())),
                    expected=f"at most {question.cap}",
                )
        yield from _never_chosen(question, answers)
        yield from _code_gap(question)


def _never_chosen(question: Question, answers: Answers) -> Iterator[Issue]:
    if not question.responses or not answers.answered.any():
        return
    if answers.chosen is not None:
        counts = answers.chosen.sum(axis=0)
    else:
        counts = np.bincount(
            answers.code[answers.answered] if answers.code is not None else [], minlength=len(question.codes)
        )
    never = [item.label for item, count in zip(question.responses, counts, strict=True) if count == 0]
    if never:
        message = f"'{question.id}': nobody chose {listed(never)}."
        yield finding("response-never-chosen", "note", question.id, message, value=never[0])


def _code_gap(question: Question) -> Iterator[Issue]:
    if question.type != "ordinal":
        return
    yield from _nonanswers(question)
    scored = [item for item in question.responses if item.scored]
    by_code = dict(zip(question.codes, question.values, strict=True))
    values = np.array([by_code[item.code] for item in scored])
    if np.isnan(values).any():
        unvalued = [item.code for item in scored if np.isnan(by_code[item.code])]
        have = "has" if len(unvalued) == 1 else "have"
        message = f"'{question.id}': {listed(unvalued)} {have} no value, so no mean or score can use it."
        yield finding("response-without-value", "warning", question.id, message, value=unvalued[0])
        return
    steps = np.diff(values)
    if len(steps) and not (np.all(steps > 0) or np.all(steps < 0)):
        message = f"The values of '{question.id}' do not run in one direction."
        yield finding("ordinal-not-ordered", "error", question.id, message, expected="rising or falling values")
    elif len(steps) and not np.allclose(steps, steps[0]):
        gap = int(np.argmax(np.abs(steps)))
        value = f"{scored[gap].code} to {scored[gap + 1].code}"
        message = f"The codes of '{question.id}' have a gap: {value}."
        yield finding("ordinal-code-gap", "warning", question.id, message, value=value, expected="equal steps")


def _nonanswers(question: Question) -> Iterator[Issue]:
    """Answers such as "Don't know" that a mean would count as a number."""
    for item, value in zip(question.responses, question.values, strict=True):
        if folded(item.label).casefold().rstrip(".") in NONANSWERS and not np.isnan(value):
            message = f"'{question.id}': '{item.label}' counts as {value:g} in means and scores."
            expected = "a missing code with a reason, or scored = false to keep it in shares"
            yield finding("nonanswer-scored", "error", question.id, message, value=item.code, expected=expected)


def _scales(study: Study) -> Iterator[Issue]:
    readable = {question.id for question in _readable(study)}
    for scale in study.file.scale:
        for item in scale.items:
            if item not in readable:
                message = f"The item '{item}' of the scale '{scale.id}' is missing from the responses."
                yield finding("scale-item-missing", "error", scale.id, message, value=item)
            elif study.n and not study.answers(item).answered.any():
                message = f"Nobody answered the item '{item}' of the scale '{scale.id}'."
                yield finding("scale-item-unanswered", "error", scale.id, message, value=item)


def _groups(study: Study) -> Iterator[Issue]:
    readable = {question.id for question in _readable(study)}
    for group in study.file.group:
        if _group_needs(group) <= readable:
            yield from _members(study, group)


def _group_needs(group: Group) -> set[str]:
    needs = {group.question} if group.question else set()
    for member in group.members:
        if member.where:
            needs |= {condition.question for condition in (*member.where.all, *member.where.any)}
    return needs


def _members(study: Study, group: Group) -> Iterator[Issue]:
    inside = memberships(study, group)
    double = inside.sum(axis=1) > 1
    if double.any():
        message = f"{people(int(double.sum()), 'belong')} to more than one member of '{group.id}'."
        severity: Severity = "error" if group.overlap == "error" else "note"
        yield finding("group-overlap", severity, group.id, message, row=first_row(study, double))
    for member, size in zip(group.members, inside.sum(axis=0), strict=True):
        if size == 0:
            message = f"The group '{member.id}' of '{group.id}' has no respondents."
            yield finding("group-empty", "warning", group.id, message, value=member.id)


def _synthetic(study: Study) -> Iterator[Issue]:
    if study.file.study.synthetic:
        yield finding("synthetic", "note", study.id, "The respondents are synthetic; every output says so.")


CHECKS: tuple[Check, ...] = (
    _respondents,
    _columns,
    check_weights,
    check_strata_and_clusters,
    check_populations,
    check_later_stages,
    check_replicates,
    _answers,
    _bases,
    _choices,
    _scales,
    _groups,
    check_quality,
    _synthetic,
)
