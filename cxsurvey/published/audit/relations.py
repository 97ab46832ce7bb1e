"""How two printed shares stand to each other: of whom, and which answers contain which."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from cxsurvey.published.audit.envelopes import Overlap, PrintedShare
from cxsurvey.published.claims.records import EVERY, Claims, GroupRef, Statistic
from cxsurvey.study.codebook import SEGMENT_ORDER, Question, StudyFile, by_id

Relation = Literal["groups", "part", "whole", "rest", "same", "crossed"]
SEGMENT = "segment"
CODED = frozenset({"single", "ordinal"})


@dataclass(frozen=True, slots=True)
class Report:
    """What a report prints, with what the codebook says of its questions and groups.

    Attributes
    ----------
    claims : Claims
    file : StudyFile or None
        Without a codebook, groups of one name are taken to exclude one another, and nothing is known of which
        answers exclude one another.
    """

    claims: Claims
    file: StudyFile | None = None
    questions: dict[str, Question] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "questions", by_id(self.file.question) if self.file is not None else {})

    def share(self, statistic: Statistic) -> PrintedShare | None:
        """The printed share of a statistic, or None."""
        claim = self.claims.shares.get(statistic)
        return PrintedShare(statistic, claim, claim.base) if claim is not None else None

    def codes(self, question: str, response: str) -> frozenset[str]:
        """The responses that a response or a net stands for."""
        declared = self.questions.get(question)
        net = declared.net(response) if declared is not None else None
        return frozenset(net.responses) if net is not None else frozenset({response})

    def coded(self, question: str) -> bool | None:
        """Whether a respondent gives one answer to a question; None where nothing says so."""
        if question == SEGMENT:
            return True
        declared = self.questions.get(question)
        return declared.type in CODED if declared is not None else None

    def meaning(self, group: GroupRef) -> tuple[str, frozenset[str]]:
        """The question and the responses that make a group; its own name where nothing else is declared."""
        declared = by_id(self.file.group).get(group.name) if self.file is not None else None
        if declared is None:
            return group.name, self.codes(group.name, group.member)
        member = next((item for item in declared.members if item.id == group.member), None)
        if declared.question and member is not None and self.coded(declared.question):
            return declared.question, frozenset(member.responses)
        return group.name, frozenset({group.member})

    def relation(self, a: Statistic, b: Statistic) -> Relation:
        """Whether two statistics are of different people, of a part and its whole, or of the same people.

        ``part``: a is of a part of b's group. ``whole``: the reverse. ``rest``: b is of all but a's group.
        ``crossed``: nothing printed says how many belong to both.
        """
        if a.group == b.group:
            return "same"
        relation = self._of_groups(a.group, b.group)
        alike = (a.question, a.response) == (b.question, b.response)
        return relation if alike or relation == "groups" else "crossed"

    def _of_groups(self, a: GroupRef, b: GroupRef) -> Relation:
        if b.rest:
            return "rest" if (a.name, a.member) == (b.name, b.member) else "crossed"
        if a.is_all or b.is_all:
            return "whole" if a.is_all else "part"
        own, other = self.meaning(a), self.meaning(b)
        if own[0] != other[0] or self.coded(own[0]) is False:  # one may choose several of a multi question
            return "crossed"
        if own[1].isdisjoint(other[1]):
            return "groups"
        return "part" if own[1] < other[1] else "whole" if other[1] < own[1] else "crossed"

    def overlap(self, a: Statistic, b: Statistic) -> Overlap:
        """Which of two answers of the same people contains the other."""
        if self._within(a, b):
            return "a_in_b"
        if self._within(b, a):
            return "b_in_a"
        if a.question == b.question and self.coded(a.question):
            own, other = self.codes(a.question, a.response), self.codes(b.question, b.response)
            return "none" if own.isdisjoint(other) else "unknown"
        return "unknown"

    def _within(self, a: Statistic, b: Statistic) -> bool:
        """Whether everybody who gave answer a gave answer b: as part of a net, or because a claim says so."""
        own, other = self.codes(a.question, a.response), self.codes(b.question, b.response)
        if a.question == b.question and own <= other:
            return True
        return all(self._all_say(a.question, code, b.question, other) for code in own)

    def _all_say(self, question: str, code: str, other: str, wanted: frozenset[str]) -> bool:
        """Whether a claim says that every respondent with this answer gave one of the wanted ones."""
        for statistic, claim in self.claims.shares.items():
            whose, codes = self.meaning(statistic.group)
            if (
                claim.qualifier == "every"
                and (whose, statistic.question) == (question, other)
                and code in codes
                and self.codes(other, statistic.response) <= wanted
            ):
                return True
        return False

    def others(self, own: Statistic, star: Statistic) -> tuple[Statistic, ...]:
        """What ``*`` stands for: every other response, or every other member of the group.

        Without a codebook only what is printed is known.
        """
        responses, groups = [star.response], [star.group]
        if star.response == EVERY:
            inside = self.codes(own.question, own.response) if star.question == own.question else frozenset()
            named = [code for code in self._responses(star) if code not in inside and code != own.response]
            responses = [code for code in named if self.codes(star.question, code).isdisjoint(inside)]
        if star.group.member == EVERY:
            members = [member for member in self._members(star) if member != own.group.member]
            groups = [GroupRef(star.group.name, member) for member in members]
        return tuple(Statistic(star.question, code, group) for code in responses for group in groups)

    def whole_list(self, star: Statistic) -> bool:
        """Whether the codebook lists, without invented ones, everything that ``*`` can stand for."""
        name = star.question if star.response == EVERY else star.group.name
        if name == SEGMENT:
            return True
        declared = self.questions.get(name)
        if declared is None:
            return self.file is not None and name in by_id(self.file.group)
        return not any(response.invented for response in declared.responses)

    def _responses(self, star: Statistic) -> Iterable[str]:
        if star.question == SEGMENT:
            return SEGMENT_ORDER
        declared = self.questions.get(star.question)
        if declared is not None:
            return [response.code for response in declared.responses if not response.invented]
        printed = (item for item in self.claims.shares if item.group == star.group)
        return dict.fromkeys(item.response for item in printed if item.question == star.question)

    def _members(self, star: Statistic) -> Iterable[str]:
        name = star.group.name
        if name == SEGMENT:
            return SEGMENT_ORDER
        declared = by_id(self.file.group).get(name) if self.file is not None else None
        if declared is not None:
            return [member.id for member in declared.members]
        if name in self.questions:
            return [item.code for item in self.questions[name].responses if not item.invented]
        printed = (item for item in self.claims.shares if item.question == star.question)
        return dict.fromkeys(item.group.member for item in printed if item.group.name == name)
