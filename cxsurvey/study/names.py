"""What the tables of a study file may refer to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cxsurvey.study.codebook import Group, Question, Response, Scale, StudyFile, by_id
from cxsurvey.study.rules import NAMED_GRIDS


@dataclass(frozen=True, slots=True)
class Names:
    """What the tables may refer to."""

    questions: Mapping[str, Question]
    codes: Mapping[str, tuple[str, ...]]
    labels: Mapping[str, tuple[str, ...]]
    nets: Mapping[str, tuple[str, ...]]
    scales: Mapping[str, Scale]
    groups: Mapping[str, Group]
    rules: tuple[str, ...]
    has_segments: bool

    @property
    def measured(self) -> list[str]:
        """Ids that can be estimated: questions, scales and the segments."""
        return [*self.questions, *self.scales, *(["segment"] if self.has_segments else [])]

    @property
    def splits(self) -> list[str]:
        """Ids that part respondents: single questions, groups and the segments."""
        singles = [name for name, item in self.questions.items() if item.type in {"single", "ordinal"}]
        return [*singles, *self.groups, *(["segment"] if self.has_segments else [])]


def names_of(file: StudyFile) -> Names:
    """Gather the names of a study file, whose answer lists need not be written out yet."""
    return Names(
        questions=by_id(file.question),
        codes={q.id: tuple(item.code for item in _declared(q, file)) for q in file.question},
        labels={q.id: tuple(item.label for item in _declared(q, file)) for q in file.question},
        nets={question.id: _declared_nets(question, file) for question in file.question},
        scales=by_id(file.scale),
        groups=by_id(file.group),
        rules=(*NAMED_GRIDS, *(file.segments.rules if file.segments else ())),
        has_segments=file.segments is not None,
    )


def _declared(question: Question, file: StudyFile) -> tuple[Response, ...]:
    """A question's own responses, or else those of its shared list."""
    shared = file.lists.get(question.list) if question.list else None
    return question.responses or (shared.responses if shared else ())


def _declared_nets(question: Question, file: StudyFile) -> tuple[str, ...]:
    shared = file.lists.get(question.list) if question.list else None
    return tuple(net.id for net in (*question.nets, *(shared.nets if shared else ())))
