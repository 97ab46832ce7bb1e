"""Which statistics the calibrated claims speak of, and which factors each question needs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from cxsurvey.published.claims.records import EVERY, Claim, Claims, GroupRef, Statistic
from cxsurvey.published.synthesis.counts import Factor
from cxsurvey.published.synthesis.factors import (
    CODED,
    SEGMENT,
    Formula,
    base_formula,
    group_formula,
    member_formulas,
    segment_answers,
)
from cxsurvey.study.codebook import SEGMENT_ORDER, Question, StudyFile, by_id

Pair = tuple[Statistic, Statistic]


def calibrated(claims: Claims) -> tuple[Claim, ...]:
    """The claims that synthetic respondents have to satisfy."""
    return tuple(
        claim for claim in claims if claim.calibrate and claim.about_answers and claim.kind != "statement"
    )


def expanded(claim: Claim, file: StudyFile) -> tuple[Pair, ...]:
    """The pairs of a claim with every ``*`` written out.

    Parameters
    ----------
    claim : Claim
    file : StudyFile

    Returns
    -------
    tuple of (Statistic, Statistic)
    """
    found: dict[Pair, None] = {}
    for own, other in claim.pairs:
        responses = _other_responses(own, other, file) if other.response == EVERY else [other.response]
        groups = _other_groups(own, other, file) if other.group.member == EVERY else [other.group]
        for response in responses:
            for group in groups:
                found[own, replace(other, response=response, group=group)] = None
    return tuple(found)


def _other_responses(own: Statistic, other: Statistic, file: StudyFile) -> Sequence[str]:
    if other.question == SEGMENT:
        return [name for name in SEGMENT_ORDER if name != own.response]
    question = by_id(file.question)[other.question]
    mine = response_codes(question, own.response) if own.question == other.question else ()
    return [code for code in question.codes if code not in mine]


def _other_groups(own: Statistic, other: Statistic, file: StudyFile) -> list[GroupRef]:
    name = other.group.name
    declared = by_id(file.group).get(name)
    if name == SEGMENT:
        members: Sequence[str] = SEGMENT_ORDER
    elif declared is not None:
        members = [member.id for member in declared.members]
    else:
        members = by_id(file.question)[name].codes
    return [GroupRef(name, member) for member in members if GroupRef(name, member) != own.group]


def response_codes(question: Question, response: str) -> tuple[str, ...]:
    """The codes of a response or a net."""
    net = question.net(response)
    return net.responses if net is not None else (response,)


@dataclass(frozen=True, slots=True, eq=False)
class Use:
    """What one question is asked by and counted in.

    Attributes
    ----------
    question : str
        Or ``segment``.
    shown : Formula
        Who is asked.
    groups : dict of GroupRef to Formula
        The groups that claims count it in.
    factors : frozenset of Factor
        Everything that these look at, and the responses of a multi question that must be told apart.
    """

    question: str
    shown: Formula
    groups: dict[GroupRef, Formula]
    factors: frozenset[Factor]


def uses(file: StudyFile, claims: Iterable[Claim]) -> dict[str, Use]:
    """Collect what each question needs.

    Parameters
    ----------
    file : StudyFile
    claims : iterable of Claim
        Those that are calibrated.

    Returns
    -------
    dict of str to Use
        Every single, ordinal and multi question, in questionnaire order, and ``segment`` where claims count it.

    Raises
    ------
    ClaimsError
        ``claims-group-unusable``.
    """
    statistics = {statistic for claim in claims for statistic in spoken_of(claim, file)}
    questions = [item for item in file.question if item.type in {*CODED, "multi"}]
    found = {item.id: _use(file, item, statistics) for item in questions}
    if any(statistic.question == SEGMENT for statistic in statistics):
        found[SEGMENT] = _segment_use(file, statistics)
    return found


def spoken_of(claim: Claim, file: StudyFile) -> tuple[Statistic, ...]:
    """Every statistic of a claim, those it is compared with included."""
    others = (other for _, other in expanded(claim, file))
    return tuple(dict.fromkeys([*claim.statistics, *others]))


def _use(file: StudyFile, question: Question, statistics: Iterable[Statistic]) -> Use:
    own = sorted(statistic for statistic in statistics if statistic.question == question.id)
    shown = base_formula(file, question.base, f'[[question]] "{question.id}" base')
    groups = {statistic.group: group_formula(file, statistic.group) for statistic in own}
    factors = {factor for formula in (shown, *groups.values()) for factor in formula.factors}
    factors |= {factor for group in groups for factor in _member_factors(file, group)}
    if question.type == "multi":
        nets = {s.response for s in own if question.net(s.response) is not None}
        factors |= {Factor(question.id, code) for net in nets for code in response_codes(question, net)}
    else:
        factors.discard(Factor(question.id))
    return Use(question.id, shown, groups, frozenset(factors))


def _member_factors(file: StudyFile, group: GroupRef) -> frozenset[Factor]:
    """What all members of a declared group look at, so that none overlap."""
    declared = by_id(file.group).get(group.name)
    if declared is None:
        return frozenset()
    members = member_formulas(file, declared).values()
    return frozenset(factor for formula in members for factor in formula.factors)


def _segment_use(file: StudyFile, statistics: Iterable[Statistic]) -> Use:
    own = sorted(statistic for statistic in statistics if statistic.question == SEGMENT)
    groups = {statistic.group: group_formula(file, statistic.group) for statistic in own}
    ratings = segment_answers(file).factors
    factors = ratings.union(*(formula.factors for formula in groups.values()))
    return Use(SEGMENT, group_formula(file, GroupRef()), groups, factors)
