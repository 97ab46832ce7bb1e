"""The data against the codebook: every issue at once, nothing raised."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

import numpy as np

from cxsurvey.errors import did_you_mean, listed
from cxsurvey.study import roles
from cxsurvey.study.answers import NOT_SHOWN, Answers, BoolArray, decode
from cxsurvey.study.codebook import Group, Question
from cxsurvey.study.issues import Issue, Issues, Severity
from cxsurvey.study.membership import memberships
from cxsurvey.study.study import Study

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
    found = [issue for rule in CHECKS for issue in rule(study)]
    return Issues.gather(study.id, found)


def _issue(
    code: str,
    severity: Severity,
    column: str,
    message: str,
    *,
    row: int | None = None,
    value: str = "",
    expected: str = "",
) -> Issue:
    return Issue(code, severity, column, row, value, expected, message)


def _first_row(study: Study, mask: BoolArray) -> int:
    return study.raw.first_row + int(np.argmax(mask))


def _people(count: int) -> str:
    return f"{count:,} respondent{'s' if count != 1 else ''}"


def _readable(study: Study) -> list[Question]:
    """Questions whose columns, and whose bases' columns, the responses have."""
    columns = set(study.raw.frame.columns)
    present = {q.id for q in study.file.question if columns.issuperset(q.source_columns)}
    while True:
        usable = {name for name in present if _needs(study.questions[name]) <= present}
        if usable == present:
            return [question for question in study.file.question if question.id in usable]
        present = usable


def _needs(question: Question) -> set[str]:
    base = question.base
    return {condition.question for condition in (*base.all, *base.any)} if base else set()


def _respondents(study: Study) -> Iterator[Issue]:
    if study.n == 0:
        yield _issue("no-respondents", "error", study.raw.file_name, "The responses file has no respondents.")
    elif study.n == 1:
        yield _issue(
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
    blank = counts.pop("", 0)
    if blank:
        row = study.raw.first_row + ids.index("")
        yield _issue(
            "respondent-blank", "error", column, f"{_people(blank)} have no id.", row=row, expected="an id"
        )
    for name, count in counts.items():
        if count > 1:
            row = study.raw.first_row + ids.index(name)
            message = f"The respondent '{name}' occurs {count} times."
            yield _issue("respondent-duplicate", "error", column, message, row=row, value=name, expected="once")


def _columns(study: Study) -> Iterator[Issue]:
    known = list(study.raw.frame.columns)
    design = study.file.design
    roles_of = [("respondent id", study.file.study.respondent_id)]
    roles_of += [(role, getattr(design, role)) for role in ("weight", "stratum", "cluster", "fpc")]
    wanted = [(f"the {role}", name) for role, name in roles_of if name]
    wanted += [(f"question '{q.id}'", name) for q in study.file.question for name in q.source_columns]
    for place, name in wanted:
        if name not in known:
            message = f"{place[0].upper()}{place[1:]} names a column that the responses lack."
            yield _issue(
                "unknown-column", "error", name, message, value=name, expected=did_you_mean(name, known)
            )
    used = {name for _, name in wanted}
    unused = [name for name in known if name not in used]
    if unused:
        message = f"{len(unused)} columns are not used by the study: {listed(unused)}."
        yield _issue("unused-columns", "note", study.raw.file_name, message)


def _weights(study: Study) -> Iterator[Issue]:
    column = study.file.design.weight
    if column is None or column not in study.raw.frame or study.n == 0:
        return
    weights = roles.numbers(study, column)
    blank = np.array([not str(cell).strip() or cell != cell for cell in study.raw.frame[column].astype(object)])  # noqa: PLR0124 - NaN is the only cell unequal to itself
    finite = np.isfinite(weights)
    tests = (
        ("weight-missing", blank, "have no weight"),
        ("weight-not-finite", ~finite & ~blank, "have a weight that is not a finite number"),
        ("weight-negative", finite & (weights < 0), "have a negative weight"),
    )
    for code, mask, words in tests:
        if mask.any():
            row = _first_row(study, mask)
            value = str(study.raw.frame[column].iloc[row - study.raw.first_row])
            yield _issue(
                code,
                "error",
                column,
                f"{_people(int(mask.sum()))} {words}.",
                row=row,
                value=value,
                expected="a number of 0 or more",
            )
    if not np.any(weights[finite] > 0):
        yield _issue("weights-all-zero", "error", column, "No respondent has a weight above zero.")
    elif np.any(weights[finite] == 0):
        mask = weights == 0
        message = f"{_people(int(mask.sum()))} have a weight of zero and count in no estimate."
        yield _issue("weight-zero", "note", column, message, row=_first_row(study, mask), value="0")


def _strata_and_clusters(study: Study) -> Iterator[Issue]:
    design = study.file.design
    columns = study.raw.frame.columns
    found = {}
    for role in ("stratum", "cluster"):
        column = getattr(design, role)
        if column is None or column not in columns:
            continue
        found[role] = roles.labels(study, column)
        blank = found[role].blank
        if blank.any():
            message = f"{_people(int(blank.sum()))} have no {role}."
            row = _first_row(study, blank)
            yield _issue(f"{role}-missing", "error", column, message, row=row, expected=f"a {role}")
    cluster, stratum = found.get("cluster"), found.get("stratum")
    if cluster and stratum and not design.nested:
        yield from _crossing(study, cluster, stratum)
    yield from _lonely(study, cluster, stratum)


def _crossing(study: Study, cluster: roles.Labels, stratum: roles.Labels) -> Iterator[Issue]:
    pairs = {(c, s) for c, s in zip(cluster.index.tolist(), stratum.index.tolist(), strict=True) if c >= 0}
    strata = Counter(c for c, _ in pairs)
    for position, count in strata.items():
        if count > 1:
            name = cluster.names[position]
            yield _issue(
                "cluster-crosses-strata",
                "error",
                study.file.design.cluster or "",
                f"The cluster '{name}' lies in {count} strata; set nested = true if ids start afresh in each.",
                row=_first_row(study, cluster.index == position),
                value=name,
                expected="one stratum a cluster",
            )


def _lonely(study: Study, cluster: roles.Labels | None, stratum: roles.Labels | None) -> Iterator[Issue]:
    if stratum is None or (study.file.design.cluster and cluster is None):
        return
    units = cluster.index if cluster else np.arange(study.n)
    pairs = {(s, u) for s, u in zip(stratum.index.tolist(), units.tolist(), strict=True) if s >= 0}
    rule = study.file.design.lonely_cluster
    for position, count in Counter(s for s, _ in pairs).items():
        if count == 1:
            name = stratum.names[position]
            yield _issue(
                "lonely-cluster",
                "error" if rule == "error" else "note",
                study.file.design.stratum or "",
                f"The stratum '{name}' has one sampling unit; its variance is treated by the rule '{rule}'.",
                row=_first_row(study, stratum.index == position),
                value=name,
                expected="two or more units a stratum, or another lonely_cluster rule",
            )


def _answers(study: Study) -> Iterator[Issue]:
    for question in _readable(study):
        for unknown in study.answers(question.id).unknown:
            code = "number-unreadable" if question.type == "number" else "answer-outside-codebook"
            message = f"'{question.id}': '{unknown.value}' occurs {unknown.count:,} times."
            yield _issue(
                code,
                "error",
                unknown.column,
                message,
                row=study.raw.first_row + unknown.first,
                value=unknown.value,
                expected=unknown.expected,
            )


def _bases(study: Study) -> Iterator[Issue]:
    for question in _readable(study):
        answers = study.answers(question.id)
        shown = answers.reason != NOT_SHOWN
        if question.base and study.n and not shown.any():
            message = f"Nobody is in the base of '{question.id}': {question.base.label}."
            yield _issue("base-empty", "error", question.id, message, expected=question.base.label)
        elif study.n and not answers.answered.any():
            yield _issue("question-unanswered", "warning", question.id, f"Nobody answered '{question.id}'.")
        if question.base:
            strays = decode(question, study.raw, study.file.reading).answered & ~study.mask(question.base)
            if strays.any():
                message = f"{_people(int(strays.sum()))} outside the base of '{question.id}' answered it; "
                message += "their answers are set aside."
                row = _first_row(study, strays)
                yield _issue("answered-outside-base", "warning", question.id, message, row=row)


def _choices(study: Study) -> Iterator[Issue]:
    for question in _readable(study):
        answers = study.answers(question.id)
        if answers.chosen is not None and question.cap is not None:
            over = answers.chosen.sum(axis=1) > question.cap
            if over.any():
                row = _first_row(study, over)
                yield _issue(
                    "cap-exceeded",
                    "error",
                    question.id,
                    f"{_people(int(over.sum()))} chose more than {question.cap} responses.",
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
        yield _issue("response-never-chosen", "note", question.id, message, value=never[0])


def _code_gap(question: Question) -> Iterator[Issue]:
    if question.type != "ordinal":
        return
    values = np.array(question.values)
    if np.isnan(values).any():
        unvalued = [item.code for item in question.responses if np.isnan(_number(item.code, item.value))]
        message = f"'{question.id}': {listed(unvalued)} have no value, so no mean or score can use them."
        yield _issue("response-without-value", "warning", question.id, message, value=unvalued[0])
        return
    steps = np.diff(values)
    if len(steps) and not (np.all(steps > 0) or np.all(steps < 0)):
        message = f"The values of '{question.id}' do not run in one direction."
        yield _issue("ordinal-not-ordered", "error", question.id, message, expected="rising or falling values")
    elif len(steps) and not np.allclose(steps, steps[0]):
        gap = int(np.argmax(np.abs(steps)))
        value = f"{question.codes[gap]} to {question.codes[gap + 1]}"
        message = f"The codes of '{question.id}' have a gap: {value}."
        yield _issue("ordinal-code-gap", "warning", question.id, message, value=value, expected="equal steps")


def _number(code: str, value: float | None) -> float:
    if value is not None:
        return value
    return float(code) if code.lstrip("-").replace(".", "", 1).isdigit() else float("nan")


def _scales(study: Study) -> Iterator[Issue]:
    readable = {question.id for question in _readable(study)}
    for scale in study.file.scale:
        for item in scale.items:
            if item not in readable:
                message = f"The item '{item}' of the scale '{scale.id}' is missing from the responses."
                yield _issue("scale-item-missing", "error", scale.id, message, value=item)
            elif study.n and not study.answers(item).answered.any():
                message = f"Nobody answered the item '{item}' of the scale '{scale.id}'."
                yield _issue("scale-item-unanswered", "error", scale.id, message, value=item)


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
        message = f"{_people(int(double.sum()))} belong to more than one member of '{group.id}'."
        severity: Severity = "error" if group.overlap == "error" else "note"
        yield _issue("group-overlap", severity, group.id, message, row=_first_row(study, double))
    for member, size in zip(group.members, inside.sum(axis=0), strict=True):
        if size == 0:
            message = f"The group '{member.id}' of '{group.id}' has no respondents."
            yield _issue("group-empty", "warning", group.id, message, value=member.id)


def _synthetic(study: Study) -> Iterator[Issue]:
    if study.file.study.synthetic:
        yield _issue("synthetic", "note", study.id, "The respondents are synthetic; every output says so.")


CHECKS: tuple[Check, ...] = (
    _respondents,
    _columns,
    _weights,
    _strata_and_clusters,
    _answers,
    _bases,
    _choices,
    _scales,
    _groups,
    _synthetic,
)
