"""The columns of a book: which respondents are in each, and what it is called."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np

from cxsurvey.analysis.partition import SEGMENT, Partition, known_partitions, partition
from cxsurvey.analysis.tabulation.records import BannerVariable, TableColumn
from cxsurvey.errors import RequestError, did_you_mean
from cxsurvey.study.answers import BoolArray, IntArray
from cxsurvey.study.study import Study
from cxsurvey.study.table_plan import NESTED

if TYPE_CHECKING:
    from cxsurvey.analysis.segmentation import Segmentation

    BannerItem: TypeAlias = str | Segmentation

ALPHABET: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
TOTAL: Final = TableColumn("total", "Total", ("Total",), "", "")


@dataclass(frozen=True, slots=True, eq=False)
class Members:
    """Who is in the columns of one banner variable.

    Attributes
    ----------
    id, label : str
    names, labels : tuple of str, length G
    paths : tuple of tuple of str, length G
        Heads and label of each column.
    questions : frozenset of str
        Whose answers make the columns.
    code : ndarray of int, shape (n,), or None
        Column of each respondent, -1 in none.
    chosen : ndarray of bool, shape (n, G), or None
        Columns that overlap.
    head : ndarray of int, shape (G,)
        Columns with the same head are compared with one another: all of a plain variable, those of one parent
        where banners are nested.
    unanswered : ndarray of bool, shape (n,), or None
        Who is in no column for want of an answer. None for columns that overlap.
    """

    id: str
    label: str
    names: tuple[str, ...]
    labels: tuple[str, ...]
    paths: tuple[tuple[str, ...], ...]
    questions: frozenset[str]
    head: IntArray
    code: IntArray | None = None
    chosen: BoolArray | None = None
    unanswered: BoolArray | None = None

    @property
    def size(self) -> int:
        """How many columns there are, G."""
        return len(self.names)

    @property
    def matrix(self) -> BoolArray:
        """Who is in which column: (n, G)."""
        if self.chosen is not None:
            return self.chosen
        return self.rows(np.arange(0 if self.code is None else len(self.code)))

    def rows(self, respondents: IntArray) -> BoolArray:
        """Which columns some respondents are in: (r, G)."""
        if self.chosen is not None or self.code is None:
            return np.zeros((0, 0), dtype=bool) if self.chosen is None else self.chosen[respondents]
        inside: BoolArray = self.code[respondents][:, None] == np.arange(self.size)
        return inside

    @property
    def pairs(self) -> tuple[IntArray, IntArray]:
        """Columns to compare, as positions from 0 to G - 1."""
        first, second = np.triu_indices(self.size, k=1)
        same = self.head[first] == self.head[second]
        return first[same], second[same]


@dataclass(frozen=True, slots=True, eq=False)
class Banner:
    """All columns of a book.

    Attributes
    ----------
    columns : tuple of TableColumn
        The total first.
    variables : tuple of BannerVariable
    members : tuple of Members
        Of each variable.
    """

    columns: tuple[TableColumn, ...]
    variables: tuple[BannerVariable, ...]
    members: tuple[Members, ...]


def banner_of(study: Study, items: Sequence[BannerItem]) -> Banner:
    """Make the columns of a banner.

    Parameters
    ----------
    study : Study
    items : sequence of str or Segmentation
        Ids of single, ordinal or multi questions, of ``[[group]]``, ``segment``, nested ids such as
        ``"industry > size"``, or a segmentation.

    Returns
    -------
    Banner

    Raises
    ------
    RequestError
        ``unknown-banner``, ``banner-repeated``, ``unknown-group``, ``foreign-segments``.
    DataFault
        ``group-overlap``.

    Examples
    --------
    >>> import cxsurvey as cx
    >>> made = banner_of(cx.read_study("sfo2018"), ["segment", "first_time"])
    >>> [column.letter for column in made.columns]
    ['', 'A', 'B', 'C', 'D', 'E']
    """
    members = tuple(_members(study, item) for item in items)
    for position, item in enumerate(members):
        if item.id in {earlier.id for earlier in members[:position]}:
            raise RequestError.banner_repeated(item.id)
    columns, variables = [TOTAL], []
    for item in members:
        start = len(columns)
        columns += [
            TableColumn(f"{item.id}={name}", label, path, item.id, letter_of(start - 1 + i))
            for i, (name, label, path) in enumerate(zip(item.names, item.labels, item.paths, strict=True))
        ]
        places = tuple(range(start, len(columns)))
        variables.append(BannerVariable(item.id, item.label, places, item.chosen is not None))
    return Banner(tuple(columns), tuple(variables), members)


def letter_of(position: int) -> str:
    """Name the columns A to Z, then AA, AB and so on.

    >>> letter_of(0), letter_of(25), letter_of(26), letter_of(27)
    ('A', 'Z', 'AA', 'AB')
    """
    name = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, len(ALPHABET))
        name = ALPHABET[rest] + name
    return name


def _members(study: Study, item: BannerItem) -> Members:
    if isinstance(item, str):
        parts = [part.strip() for part in item.split(NESTED)]
        if len(parts) > 1:
            return _nested([_part(study, part) for part in parts])
        question = study.questions.get(item)
        if question is not None and question.type == "multi":
            return _options(study, item)
        return _parted(_part(study, item))
    return _parted(partition(study, item))


def _part(study: Study, name: str) -> Partition:
    known = known_partitions(study)
    if name not in known:
        raise RequestError.unknown_banner(name, _instead(study, name, known))
    return partition(study, name)


def _instead(study: Study, name: str, known: Sequence[str]) -> str:
    """What to do where nothing by this name makes columns, or none that can be nested."""
    multis = [key for key, question in study.questions.items() if question.type == "multi"]
    if name in multis:
        return (
            f"'{name}' takes several answers: its columns overlap and cannot be nested. Let it stand in the "
            "banner by itself."
        )
    if name == SEGMENT:
        return "The study file declares no [segments]: add them, or name a question or a [[group]]."
    question = study.questions.get(name)
    if question is not None:
        return f"'{name}' is a {question.type} question: declare a [[group]] made of its answers."
    return did_you_mean(name, [*known, *multis])


def _parted(groups: Partition) -> Members:
    return Members(
        groups.id,
        groups.label,
        groups.names,
        groups.labels,
        tuple((groups.label, label) for label in groups.labels),
        groups.questions,
        np.zeros(len(groups.names), dtype=np.int64),
        code=groups.index,
        unanswered=groups.unanswered,
    )


def _options(study: Study, name: str) -> Members:
    question, answers = study.question(name), study.answers(name)
    chosen = answers.chosen if answers.chosen is not None else np.zeros((study.n, 0), dtype=bool)
    labels = tuple(response.label for response in question.responses)
    return Members(
        name,
        question.name,
        question.codes,
        labels,
        tuple((question.name, label) for label in labels),
        frozenset({name}),
        np.zeros(len(labels), dtype=np.int64),
        chosen=chosen & answers.answered[:, None],
    )


def _nested(parts: Sequence[Partition]) -> Members:
    """Cross partitions, the last one innermost; combinations that nobody is in are left out."""
    sizes = [len(part.names) for part in parts]
    inside = np.all([part.index >= 0 for part in parts], axis=0)
    cell = np.zeros(len(parts[0].index), dtype=np.int64)
    for part, size in zip(parts, sizes, strict=True):
        cell = cell * size + np.where(inside, part.index, 0)
    used = np.unique(cell[inside])
    where = np.array(np.unravel_index(used, sizes)).T
    renumber = np.full(int(np.prod(sizes)), -1)
    renumber[used] = np.arange(len(used))
    ids = [
        f" {NESTED} ".join(
            part.names[i] if part is parts[0] else f"{part.id}={part.names[i]}"
            for part, i in zip(parts, row, strict=True)
        )
        for row in where
    ]
    paths = [
        tuple(word for part, i in zip(parts, row, strict=True) for word in (part.label, part.labels[i]))
        for row in where
    ]
    _, head = np.unique(where[:, :-1], axis=0, return_inverse=True)
    return Members(
        f" {NESTED} ".join(part.id for part in parts),
        f" {NESTED} ".join(part.label for part in parts),
        tuple(ids),
        tuple(path[-1] for path in paths),
        tuple(paths),
        frozenset().union(*(part.questions for part in parts)),
        np.asarray(head).reshape(-1).astype(np.int64),
        code=np.where(inside, renumber[cell], -1),
        unanswered=np.any([part.unanswered for part in parts], axis=0),
    )
