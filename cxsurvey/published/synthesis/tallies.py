"""Statistics of claims counted from respondents, in whole numbers."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from cxsurvey.analysis.segmentation import segment
from cxsurvey.published.claims.records import GroupRef, Statistic
from cxsurvey.study.answers import BoolArray
from cxsurvey.study.codebook import SEGMENT_ORDER
from cxsurvey.study.membership import memberships
from cxsurvey.study.study import Study

SEGMENT = "segment"
HUNDRED = 100


@dataclass(frozen=True, slots=True)
class Tally:
    """How many of a base gave a response."""

    count: int
    base: int

    @property
    def percent(self) -> Fraction | None:
        """The share in percent, exactly; None of an empty base."""
        return Fraction(HUNDRED * self.count, self.base) if self.base else None


@dataclass(frozen=True, slots=True, eq=False)
class Tallies:
    """Counts statistics of one study; the base of a share is those of the group who answered the question.

    Attributes
    ----------
    study : Study
    """

    study: Study
    _groups: dict[GroupRef, BoolArray] = field(default_factory=dict)
    _found: dict[Statistic, Tally] = field(default_factory=dict)

    def of(self, statistic: Statistic) -> Tally:
        """Count one statistic.

        Parameters
        ----------
        statistic : Statistic
            Without ``*``; the study declares its question, response and group.

        Returns
        -------
        Tally
            Shares of ``segment`` are of those who are in a segment.
        """
        if statistic not in self._found:
            inside = self._group(statistic.group)
            given, answered = self._given(statistic.question, statistic.response)
            self._found[statistic] = Tally(int((given & inside).sum()), int((answered & inside).sum()))
        return self._found[statistic]

    def _given(self, question: str, response: str) -> tuple[BoolArray, BoolArray]:
        """Who gave the response, or a response of the net; and who answered."""
        if question == SEGMENT:
            index = segment(self.study).partition.index
            return index == SEGMENT_ORDER.index(response), index >= 0
        declared = self.study.question(question)
        net = declared.net(response)
        places = [declared.codes.index(code) for code in (net.responses if net else (response,))]
        answers = self.study.answers(question)
        if answers.chosen is not None:
            return np.any(answers.chosen[:, places], axis=1), answers.answered
        return np.isin(np.asarray(answers.code), places), answers.answered

    def _group(self, group: GroupRef) -> BoolArray:
        if group not in self._groups:
            inside = self._member(group)
            self._groups[group] = ~inside if group.rest else inside
        return self._groups[group]

    def _member(self, group: GroupRef) -> BoolArray:
        if group.is_all:
            return np.ones(self.study.n, dtype=bool)
        declared = self.study.groups.get(group.name)
        if declared is None:
            return self._given(group.name, group.member)[0]
        members = memberships(self.study, declared)
        inside: BoolArray = members[:, [member.id for member in declared.members].index(group.member)]
        return inside if declared.overlap == "error" else inside & (members.sum(axis=1) == 1)
