"""Findings about data quality: how many interviews each flag of ``[quality]`` concerns, and who is left out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from cxsurvey.study.answers import BoolArray
from cxsurvey.study.codebook import Question
from cxsurvey.study.findings import finding, first_row, people
from cxsurvey.study.interview_flags import Interviews
from cxsurvey.study.issues import Issue, Severity
from cxsurvey.study.quality import exclusion_words, threshold_words
from cxsurvey.study.quality_plan import QualityPlan
from cxsurvey.study.study import Study

ROWS_SHOWN = 5
PLACE = "[quality]"


def look(study: Study, readable: list[Question]) -> Study:
    """Flag the interviews by what the responses have, so that a missing column stops no other check.

    Parameters
    ----------
    study : Study
    readable : list of Question
        Those whose columns are there.

    Returns
    -------
    Study
        The same one, without the columns of ``[quality]`` that the responses lack.
    """
    plan = study.file.quality
    if plan is None:
        return study
    columns = set(study.raw.frame.columns)
    update: dict[str, object] = {"quality": plan.without(frozenset(c for _, c in plan.columns()) - columns)}
    if study.file.study.respondent_id not in columns:
        update["study"] = study.file.study.model_copy(update={"respondent_id": None})
    sound = replace(study, file=study.file.model_copy(update=update), _decoded={}, _looked_at={})
    sound.interviews(readable)
    return sound


def check_quality(study: Study) -> Iterator[Issue]:
    """How many interviews each flag concerns, and how many are left out."""
    plan = study.file.quality
    if plan is None or study.n == 0:
        return
    found = study.interviews()
    yield from _flagged(study, plan, found)
    yield from _durations(study, plan, found)
    if not plan.exclude:
        return
    if not study.n_kept:
        message = "[quality] excludes every respondent; nothing can be estimated."
        yield finding("everybody-excluded", "error", PLACE, message)
    words = f"{exclusion_words(study)}: out of every base, and still in the design."
    row = first_row(study, found.excluded) if found.excluded.any() else None
    yield finding("respondents-excluded", "note", PLACE, words, row=row)


def _flagged(study: Study, plan: QualityPlan, found: Interviews) -> Iterator[Issue]:
    status, clock = plan.status or PLACE, plan.duration or plan.end or PLACE
    grid = found.grids[0][0] if len(found.grids) == 1 else PLACE
    addresses, sets = (
        _sets(found, *item) for item in (("duplicate_address", "address"), ("duplicate_answers", "set"))
    )
    rows = (
        ("previews", "previews", status, "Previews or tests"),
        ("screened-out", "screened_out", status, "Screened out"),
        ("partials", "partials", PLACE, "Partial interviews"),
        ("speeders", "speeders", clock, "Too fast to have read the questions"),
        ("straight-liners", "straight_liners", grid, "Straight-liners"),
        ("duplicate-address", "duplicate_address", plan.address or PLACE, f"At {addresses}"),
        ("duplicate-answers", "duplicate_answers", PLACE, f"In {sets} of equal answers"),
    )
    for code, name, column, words in rows:
        flagged = found.flags.get(name)
        if flagged is None or not flagged.any():
            continue
        severity: Severity = "note" if name in plan.exclude else "warning"
        rule = threshold_words(plan, found, name)
        message = f"{words}: {_who(study, flagged)}{_fate(plan, name)}. Rule: {rule}."
        yield finding(code, severity, column, message, row=first_row(study, flagged), value=rule)


def _durations(study: Study, plan: QualityPlan, found: Interviews) -> Iterator[Issue]:
    if found.seconds is None:
        return
    unknown = np.isnan(found.seconds)
    if unknown.any():
        column = plan.duration or plan.end or PLACE
        message = f"{people(int(unknown.sum()), 'have')} no duration that can be read, and cannot be speeders."
        expected = plan.time_format or (plan.duration_unit if plan.duration else "ISO 8601")
        severity: Severity = "warning" if unknown.all() else "note"
        row = first_row(study, unknown)
        yield finding("duration-unreadable", severity, column, message, row=row, expected=expected)


def _fate(plan: QualityPlan, name: str) -> str:
    if name not in plan.exclude:
        return ""
    return ", all but the first excluded" if name.startswith("duplicate") else ", excluded"


def _who(study: Study, flagged: BoolArray) -> str:
    """The respondents with their share and the first of their rows."""
    count = int(flagged.sum())
    rows = [str(study.raw.first_row + int(i)) for i in np.flatnonzero(flagged)[:ROWS_SHOWN]]
    more = ", ..." if count > ROWS_SHOWN else ""
    place = f"row{'s' if count > 1 else ''} {', '.join(rows)}{more}"
    share = count / study.n
    return f"{people(count)} ({share:.1%}; {place})"


def _sets(found: Interviews, name: str, noun: str) -> str:
    sets = found.sets.get(name)
    count = 0 if sets is None else int(sets.max()) + 1
    return f"one {noun}" if count == 1 else f"{count:,} {noun}{'es' if noun.endswith('s') else 's'}"
