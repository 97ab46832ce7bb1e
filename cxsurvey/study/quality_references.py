"""Does ``[quality]`` agree with itself and with the questions? What each flag needs to be computed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from cxsurvey.errors import did_you_mean
from cxsurvey.study.codebook import StudyFile
from cxsurvey.study.names import Names
from cxsurvey.study.quality_plan import QualityPlan

ITEMS = ("single", "ordinal", "number")


def quality_problems(file: StudyFile, names: Names) -> Iterator[str]:
    """List what ``[quality]`` gets wrong.

    Parameters
    ----------
    file : StudyFile
    names : Names

    Yields
    ------
    str
        One sentence a problem.
    """
    plan = file.quality
    if plan is None:
        return
    yield from _times(plan)
    yield from _status(plan)
    yield from _grids(plan, names)
    yield from _excluded(plan, file)


def _times(plan: QualityPlan) -> Iterator[str]:
    if plan.duration and (plan.start or plan.end):
        yield "[quality]: give either 'duration' or 'start' and 'end'"
    elif bool(plan.start) != bool(plan.end):
        yield "[quality]: 'start' and 'end' go together"
    if plan.time_format and not (plan.start or plan.end):
        yield "[quality]: 'time_format' is for 'start' and 'end'"


def _status(plan: QualityPlan) -> Iterator[str]:
    lists = {"complete": plan.complete, "screened_out": plan.screened_out, "preview": plan.preview}
    named = [key for key, values in lists.items() if values]
    if plan.status and not named:
        yield "[quality]: 'status' needs its values under 'complete', 'screened_out' or 'preview'"
    if named and not plan.status:
        yield f"[quality]: '{named[0]}' holds values of 'status', which is not given"
    counts = Counter(value.strip().casefold() for values in lists.values() for value in set(values))
    for value, count in counts.items():
        if count > 1:
            yield f"[quality]: the status '{value}' is in {count} lists"


def _grids(plan: QualityPlan, names: Names) -> Iterator[str]:
    for number, grid in enumerate(plan.grids or (), 1):
        place = f"[quality] grid {number}"
        if len(grid) < plan.straight_lining_from:
            yield (
                f"{place}: it has {len(grid)} items, and 'straight_lining_from' is {plan.straight_lining_from}"
            )
        for name, count in Counter(grid).items():
            if count > 1:
                yield f"{place}: the question '{name}' is listed {count} times"
        yield from _items(place, grid, names)


def _items(place: str, grid: tuple[str, ...], names: Names) -> Iterator[str]:
    for name in grid:
        question = names.questions.get(name)
        if question is None:
            yield f"{place}: no question '{name}'. {did_you_mean(name, list(names.questions))}"
        elif question.type not in ITEMS:
            yield f"{place}: '{name}' is a {question.type} question; items are single, ordinal or number"
    numeric = {names.questions[name].type == "number" for name in grid if name in names.questions}
    if len(numeric) > 1:
        yield f"{place}: items are all number questions, or none is"


def _excluded(plan: QualityPlan, file: StudyFile) -> Iterator[str]:
    """Flags that exclude and that nothing computes: leaving nobody out would be a silent surprise."""
    needs = {
        "previews": (bool(plan.preview), "'status' and its values under 'preview'"),
        "screened_out": (bool(plan.screened_out), "'status' and its values under 'screened_out'"),
        "speeders": (plan.timed, "'duration', or 'start' and 'end'"),
        "duplicate_ids": (bool(file.study.respondent_id), "'respondent_id' under [study]"),
        "duplicate_address": (bool(plan.address), "'address'"),
    }
    for name, count in Counter(plan.exclude).items():
        met, what = needs.get(name, (True, ""))
        if count > 1:
            yield f"[quality]: 'exclude' names '{name}' {count} times"
        if not met:
            yield f"[quality]: to exclude '{name}', give {what}"
