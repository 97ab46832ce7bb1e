"""Can the declared books of tables be made? What each asks for against what the study has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from cxsurvey.errors import did_you_mean
from cxsurvey.study.codebook import StudyFile
from cxsurvey.study.conditions import Base
from cxsurvey.study.names import Names
from cxsurvey.study.table_plan import NESTED, TablePlan

BaseCheck = Callable[[str, Base | None, Names], Iterator[str]]


def table_problems(file: StudyFile, names: Names, base_problems: BaseCheck) -> Iterator[str]:
    """Tell what each declared book asks for that is not there.

    Parameters
    ----------
    file : StudyFile
    names : Names
    base_problems : callable
        Tells what is wrong with the conditions of a base.
    """
    for name, count in Counter(plan.id for plan in file.table).items():
        if count > 1:
            yield f'[[table]] "{name}" is declared {count} times'
    for number, plan in enumerate(file.table, 1):
        place = f'[[table]] {number} "{plan.id}"'
        for item in plan.banner:
            yield from _banner(place, item, names)
        for name in plan.questions:
            yield from _question(place, name, names)
        yield from _wave(place, plan, names)
        yield from base_problems(place, plan.filter, names)


def _banner(place: str, item: str, names: Names) -> Iterator[str]:
    """Whether every part of a banner item makes columns."""
    parts = [part.strip() for part in item.split(NESTED)]
    multis = [name for name, question in names.questions.items() if question.type == "multi"]
    for part in parts:
        known = names.splits if len(parts) > 1 else [*names.splits, *multis]
        if part not in known:
            what = "a nested banner takes single questions, groups and segments" if part in multis else ""
            yield f"{place}: no banner '{part}'. {what or did_you_mean(part, known)}"


def _question(place: str, name: str, names: Names) -> Iterator[str]:
    if name not in names.measured:
        yield f"{place}: no question or scale '{name}'. {did_you_mean(name, names.measured)}"
    elif name in names.questions and names.questions[name].type == "text":
        yield f"{place}: '{name}' is a text question; tables need answers that can be counted"


def _wave(place: str, plan: TablePlan, names: Names) -> Iterator[str]:
    if plan.wave is None:
        return
    singles = [name for name, item in names.questions.items() if item.type in {"single", "ordinal"}]
    if plan.wave not in singles:
        yield f"{place}: 'wave' names '{plan.wave}'. {did_you_mean(plan.wave, singles)}"
