"""Respondents parted into groups that exclude one another: by an answer, a declared group, or the segments."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from cxsurvey.errors import DataFault, RequestError, did_you_mean
from cxsurvey.study.codebook import Group
from cxsurvey.study.membership import memberships
from cxsurvey.study.study import Study

if TYPE_CHECKING:
    from cxsurvey.analysis.segmentation import Segmentation

SEGMENT = "segment"
REST = "rest"


@dataclass(frozen=True, slots=True, eq=False)
class Partition:
    """Groups of respondents.

    Attributes
    ----------
    id, label : str
    names, labels : tuple of str
        One for each of the G groups.
    index : ndarray of int, shape (n,)
        Group of each respondent; -1 in none.
    questions : frozenset of str
        Questions whose answers make the groups, so that a gap in them is no finding.
    silent : ndarray of bool, shape (n,), or None
        Who answered none of these questions; None where that is everyone who is in no group.
    """

    id: str
    label: str
    names: tuple[str, ...]
    labels: tuple[str, ...]
    index: npt.NDArray[np.int64]
    questions: frozenset[str]
    silent: npt.NDArray[np.bool_] | None = None

    @property
    def unanswered(self) -> npt.NDArray[np.bool_]:
        """Who is in no group for want of an answer; shape (n,). Others in no group gave one."""
        outside: npt.NDArray[np.bool_] = self.index < 0
        return outside if self.silent is None else outside & self.silent

    @property
    def sizes(self) -> npt.NDArray[np.int64]:
        """Respondents in each group; shape (G,)."""
        inside = self.index[self.index >= 0]
        return np.bincount(inside, minlength=len(self.names)).astype(np.int64)


def partition(study: Study, by: str | Segmentation) -> Partition:
    """Part the respondents of a study.

    Parameters
    ----------
    study : Study
    by : str or Segmentation
        Id of a single or ordinal question or of a ``[[group]]``, ``"segment"``, or a segmentation.

    Returns
    -------
    Partition
        Respondents without an answer, or in no member of the group, are outside.

    Raises
    ------
    RequestError
        ``unknown-group`` when nothing by this name parts respondents; ``foreign-segments`` for a segmentation
        of other respondents.
    DataFault
        ``group-overlap`` when members overlap and the study does not say what to do.

    Examples
    --------
    >>> import cxsurvey as cx
    >>> partition(cx.read_study("sfo2018"), "segment").names
    ('leader', 'follower', 'laggard')
    """
    if not isinstance(by, str):
        if not hasattr(by, "partition"):
            raise RequestError.unknown_group(repr(by), did_you_mean(repr(by), known_partitions(study)))
        if by.study != study.id or len(by.partition.index) != study.n:
            raise RequestError.foreign_segments(by.study, len(by.partition.index), study.id, study.n)
        return by.partition
    if by == SEGMENT:
        from cxsurvey.analysis.segmentation import segment  # noqa: PLC0415 - segments are made of groups

        return segment(study).partition
    if by in study.groups:
        return _declared(study, study.groups[by])
    question = study.questions.get(by)
    if question is None or question.type not in {"single", "ordinal"}:
        raise RequestError.unknown_group(by, _instead(study, by))
    answers = study.answers(by)
    index = answers.code if answers.code is not None else np.full(study.n, -1)
    labels = tuple(response.label for response in question.responses)
    return Partition(by, question.name, question.codes, labels, index, frozenset({by}))


def _instead(study: Study, name: str) -> str:
    """What to do where nothing by this name parts respondents."""
    question = study.questions.get(name)
    if question is not None and question.type == "multi":
        return (
            f"'{name}' takes several answers, so its groups would overlap. A banner compares them: "
            f"cxsurvey table {study.id} --banner {name}."
        )
    return did_you_mean(name, known_partitions(study))


def one_against_rest(groups: Partition, position: int) -> Partition:
    """Part the members of any group into one group and all the others.

    Parameters
    ----------
    groups : Partition
    position : int
        That of the one.

    Returns
    -------
    Partition
        Of two groups, the second of them :data:`REST`.
    """
    index = np.where(groups.index < 0, -1, np.where(groups.index == position, 0, 1))
    names, labels = (groups.names[position], REST), (groups.labels[position], "All others")
    return replace(groups, names=names, labels=labels, index=index)


def known_partitions(study: Study) -> list[str]:
    """Ids that part respondents, groups first."""
    singles = [name for name, item in study.questions.items() if item.type in {"single", "ordinal"}]
    return [*study.groups, *([SEGMENT] if study.file.segments else []), *singles]


def _declared(study: Study, group: Group) -> Partition:
    inside = memberships(study, group)
    double = inside.sum(axis=1) > 1
    if double.any() and group.overlap == "error":
        row = study.raw.first_row + int(np.argmax(double))
        raise DataFault.overlapping_groups(group.id, int(double.sum()), row)
    index = np.where(inside.any(axis=1) & ~double, inside.argmax(axis=1), -1)
    names = tuple(member.id for member in group.members)
    labels = tuple(member.label for member in group.members)
    sources = frozenset(_sources(group))
    return Partition(group.id, group.label, names, labels, index, sources, answered_none(study, sources))


def answered_none(study: Study, questions: Iterable[str]) -> npt.NDArray[np.bool_]:
    """Tell who answered none of some questions; scales among them are left to their items. Shape (n,)."""
    silent = np.ones(study.n, dtype=bool)
    for name in questions:
        if name in study.questions:
            silent &= ~study.answers(name).answered
    return silent


def _sources(group: Group) -> set[str]:
    sources = {group.question} if group.question else set()
    for member in group.members:
        if member.where is not None:
            sources |= {condition.question for condition in (*member.where.all, *member.where.any)}
    return sources
