"""Whether claims speak of questions, responses and groups that the study file declares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from cxsurvey.errors import did_you_mean
from cxsurvey.published.claims.records import EVERY, Claim, GroupRef, Statistic
from cxsurvey.study.codebook import SEGMENT_ORDER, StudyFile, by_id

SEGMENT = "segment"


def reference_problems(items: Sequence[Claim], file: StudyFile) -> list[str]:
    """List the names in claims that the study file does not know; statements may name anything.

    Parameters
    ----------
    items : sequence of Claim
    file : StudyFile

    Returns
    -------
    list of str
        One sentence a problem, with the row.
    """
    responses, groups = _responses(file), _groups(file)
    problems = [
        f"row {claim.row}: {problem}"
        for claim in items
        if claim.kind != "statement"  # which may speak of what was never asked
        for statistic in dict.fromkeys([*claim.statistics, *(other for _, other in claim.pairs)])
        for problem in _of_statistic(statistic, responses, groups)
    ]
    return list(dict.fromkeys(problems))


def _responses(file: StudyFile) -> dict[str, tuple[str, ...]]:
    """What a share may be of, for every question: response codes and nets."""
    known = {
        question.id: (*question.codes, *(net.id for net in question.nets))
        for question in file.question
        if question.type in {"single", "multi", "ordinal"}
    }
    return {**known, **({SEGMENT: SEGMENT_ORDER} if file.segments else {})}


def _groups(file: StudyFile) -> dict[str, tuple[str, ...]]:
    """What respondents may be parted by, with the members."""
    known = {item.id: item.codes for item in file.question if item.type in {"single", "ordinal", "multi"}}
    declared = {group.id: tuple(member.id for member in group.members) for group in by_id(file.group).values()}
    return {**known, **declared, **({SEGMENT: SEGMENT_ORDER} if file.segments else {})}


def _of_statistic(
    statistic: Statistic, responses: Mapping[str, tuple[str, ...]], groups: Mapping[str, tuple[str, ...]]
) -> Iterator[str]:
    if statistic.question not in responses:
        known = did_you_mean(statistic.question, list(responses))
        yield f"no question '{statistic.question}' with responses. {known}"
    elif statistic.response not in {*responses[statistic.question], EVERY}:
        known = did_you_mean(statistic.response, responses[statistic.question])
        yield f"'{statistic.question}' has no response or net '{statistic.response}'. {known}"
    yield from _of_group(statistic.group, groups)


def _of_group(group: GroupRef, groups: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    if group.is_all:
        return
    if group.name not in groups:
        yield f"nothing called '{group.name}' parts respondents. {did_you_mean(group.name, list(groups))}"
    elif group.member not in {*groups[group.name], EVERY}:
        known = did_you_mean(group.member, groups[group.name])
        yield f"'{group.name}' has no member or response '{group.member}'. {known}"
