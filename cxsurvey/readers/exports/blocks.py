"""Columns of one question: a set of options, a grid, a ranking, or fields of text or numbers.

The header says that columns belong together; their cells say how. The rules ask for what chance does not make:
an option's column holds its own label, or one mark, or one code; a grid's rows share their answers; a ranking
gives no respondent one rank twice.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from cxsurvey.readers.exports.records import ExportColumn, Role, Shape
from cxsurvey.readers.exports.wording import folded

if TYPE_CHECKING:
    import pandas as pd

MOST_ANSWERS = 15
MOST_LOOKED_AT = 1000
FEW_CELLS = 5000
ENOUGH_CELLS = 30
LEAST_RANKS = 3
LEAST_RANKERS = 8
LEAST_LABELLED = 3
LEAST_SHARING = 2
_MARKS = frozenset({"1", "x", "yes", "y", "true", "checked", "selected", "on", "✓", "quoted"})
_CHOSEN_OF = {
    frozenset({"0", "1"}): "1",
    frozenset({"false", "true"}): "true",
    frozenset({"unchecked", "checked"}): "checked",
    frozenset({"not quoted", "quoted"}): "quoted",
    frozenset({"n", "y"}): "y",
}
_NOT_CHOSEN = frozenset({"not selected", "not chosen", "unselected", "unchecked", "0", "not checked"})
_ABSENT = frozenset({"na", "n/a", "#n/a", "null", "nan", "-99", "-999"})
_OTHER = re.compile(
    r"specify|explain|describe|elaborate|write[ -]?in|\bother\b.*(?:text|:)|^other$|other words?", re.IGNORECASE
)
_RANK = re.compile(r"\brank", re.IGNORECASE)
_COMMENT = re.compile(
    r"\bcomment|^why\b|feedback|remarks?$|additional (?:info|details)|further detail", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Answers:
    """The distinct cells of a column, without blanks and marks of absence, and how many cells hold one."""

    distinct: tuple[str, ...]
    filled: int

    @property
    def folded(self) -> frozenset[str]:
        """The distinct cells, spellings of one label brought together."""
        return frozenset(folded(cell) for cell in self.distinct)


def answers_of(cells: pd.Series, missing: Sequence[str] = ()) -> Answers:
    """Take stock of a column.

    Parameters
    ----------
    cells : pandas.Series
        Text.
    missing : sequence of str
        Codes that are no answer.

    Returns
    -------
    Answers
        In order of their first use; of a column of text, the first thousand.

    Examples
    --------
    >>> import pandas as pd
    >>> answers_of(pd.Series(["Phone", "", "Phone", "NA"]))
    Answers(distinct=('Phone',), filled=2)
    """
    counts = _counted(cells)
    left_out = {*missing}
    kept = {
        str(cell): int(count)
        for cell, count in counts.items()
        if count and str(cell).strip() and str(cell) not in left_out and folded(str(cell)) not in _ABSENT
    }
    return Answers(tuple(kept), sum(kept.values()))


def _counted(cells: pd.Series) -> Mapping[object, int]:
    if len(cells) < FEW_CELLS:  # many small columns: counting in Python is the quicker way
        return Counter(cells.to_list())
    counts = cells.value_counts(sort=False).head(MOST_LOOKED_AT)
    return dict(zip(counts.index, counts.to_list(), strict=True))


def kind_of_text(label: str) -> Role | None:
    """Tell from its label whether a column of a question holds text beside the options.

    >>> kind_of_text("Other (please specify)"), kind_of_text("Why?"), kind_of_text("Phone")
    ('other_text', 'comment', None)
    """
    if _COMMENT.search(label):
        return "comment"
    return "other_text" if _OTHER.search(label) else None


def settle(columns: Sequence[ExportColumn], body: Sequence[pd.Series]) -> tuple[ExportColumn, ...]:
    """Give the columns of one question their roles and shapes.

    Parameters
    ----------
    columns : sequence of ExportColumn
        With ``item`` and ``block`` set; columns that already hold ``other_text`` or ``comment`` stay so.
    body : sequence of pandas.Series
        Their cells.

    Returns
    -------
    tuple of ExportColumn
        With ``role``, ``shape`` and ``chosen`` set.
    """
    answers = [
        answers_of(cells, [code for code, _, _ in column.missing])
        for column, cells in zip(columns, body, strict=True)
    ]
    settled = [_told_by_label(columns[at], answers[at], _others(answers, at)) for at in range(len(columns))]
    open_ = [at for at, column in enumerate(settled) if column.role not in {"other_text", "comment"}]
    chosen = _option_marks([columns[at] for at in open_], [answers[at] for at in open_])
    if chosen is not None:
        for at, mark in zip(open_, chosen, strict=True):
            settled[at] = replace(columns[at], role="option", shape="option", chosen=mark)
        return tuple(settled)
    labelled = _labelled(columns, answers, open_)
    if labelled is not None:
        return _with_strangers(settled, answers, open_, labelled)
    inner = _without_strangers(open_, answers, settled)
    shape = _shape(
        [answers[at] for at in inner],
        [body[at] for at in inner],
        ranks=len(columns),
        said=_RANK.search(columns[0].text) is not None,
    )
    for at in inner:
        role: Role = "row" if shape in {"grid_row", "rank"} else "answer"
        settled[at] = replace(settled[at], role=role, shape=shape)
    return tuple(settled)


def _others(answers: Sequence[Answers], at: int) -> frozenset[str]:
    """Return what columns of few answers hold, one column left out."""
    few = [
        found.folded
        for other, found in enumerate(answers)
        if other != at and len(found.distinct) <= MOST_ANSWERS
    ]
    return frozenset().union(*few)


def _told_by_label(column: ExportColumn, answers: Answers, others: frozenset[str]) -> ExportColumn:
    """A column labelled "Other (please specify)" holds text, unless it holds its label or a grid's answers."""
    if column.role in {"other_text", "comment"}:
        return replace(column, shape="text")
    role = kind_of_text(column.item)
    if role is None or (answers.distinct and _mark(column, answers) is not None):
        return column
    if answers.distinct and (answers.folded <= {"0", "1"} or answers.folded <= others):
        return column
    return replace(column, role=role, shape="text")


def _mark(column: ExportColumn, answers: Answers) -> str | None:
    """Return the cell that means chosen, where the column is one of an option; None where it is not."""
    known = {folded(cell): cell for cell in answers.distinct}
    if len(known) == 1:
        fold, cell = next(iter(known.items()))
        return cell if fold in _MARKS or fold == folded(column.item) else None
    if len(known) == 2:  # noqa: PLR2004 - chosen and not chosen
        pair = _CHOSEN_OF.get(frozenset(known))
        if pair is not None:
            return known[pair]
        named = [cell for fold, cell in known.items() if fold not in _NOT_CHOSEN]
        return named[0] if len(named) == 1 else None
    return None


def _option_marks(columns: Sequence[ExportColumn], answers: Sequence[Answers]) -> list[str] | None:
    """Return the chosen mark of each column; None when the columns are no set of options."""
    used = [at for at, found in enumerate(answers) if found.distinct]
    if not used:
        return None
    marks = {at: _mark(columns[at], answers[at]) for at in used}
    if all(mark is not None for mark in marks.values()):
        marks = {at: mark for at, mark in marks.items() if mark is not None}
    elif _codes_alone([answers[at] for at in used]):
        marks = {at: answers[at].distinct[0] for at in used}
    else:
        return None
    found = {mark for mark in marks.values() if mark is not None}
    common = found.pop() if len(found) == 1 and len(used) > 1 else ""
    return [marks.get(at) or common for at in range(len(columns))]


def _codes_alone(answers: Sequence[Answers]) -> bool:
    """Whether every column holds one code and there are cells enough for that not to be chance."""
    single = all(len(found.distinct) == 1 and found.distinct[0].strip().isdigit() for found in answers)
    return single and len(answers) > 1 and sum(found.filled for found in answers) >= ENOUGH_CELLS


def _labelled(
    columns: Sequence[ExportColumn], answers: Sequence[Answers], positions: Sequence[int]
) -> dict[int, str] | None:
    """Return the columns that hold their own label, when they are most of the question's columns."""
    used = [at for at in positions if answers[at].distinct]
    own = {at: cell for at in used for cell in answers[at].distinct if folded(cell) == folded(columns[at].item)}
    return own if len(own) >= LEAST_LABELLED and len(own) * 3 >= len(used) * 2 else None


def _with_strangers(
    settled: list[ExportColumn], answers: Sequence[Answers], positions: Sequence[int], own: dict[int, str]
) -> tuple[ExportColumn, ...]:
    """Options by their labels; a column that holds other text is a comment, an empty one an option."""
    for at in positions:
        if at in own or not answers[at].distinct:
            settled[at] = replace(settled[at], role="option", shape="option", chosen=own.get(at, ""))
        else:
            settled[at] = replace(settled[at], role="comment", shape="text")
    return tuple(settled)


def _without_strangers(
    positions: Sequence[int], answers: Sequence[Answers], settled: list[ExportColumn]
) -> list[int]:
    """Set apart columns of text among the rows of a grid: none of their answers occurs in another row."""
    used = [at for at in positions if answers[at].distinct]
    sharing = [
        at for at in used if any(answers[at].folded & answers[other].folded for other in used if other != at)
    ]
    if len(sharing) < LEAST_SHARING:
        return list(positions)
    common = frozenset().union(
        *(answers[at].folded for at in sharing if len(answers[at].distinct) <= MOST_ANSWERS)
    )
    if not common:
        return list(positions)
    inner = []
    for at in positions:
        own = answers[at].folded
        if at in used and len(own & common) * 3 < len(own) and not all(map(_is_number, own)):
            settled[at] = replace(settled[at], role="comment", shape="text")
        else:
            inner.append(at)
    return inner


def _shape(answers: Sequence[Answers], body: Sequence[pd.Series], *, ranks: int, said: bool) -> Shape:
    union = frozenset().union(*(found.folded for found in answers)) if answers else frozenset()
    numbers = sum(_is_number(cell) for cell in union)
    if not union:
        return ""
    if _is_ranking(union, body, ranks, said=said):
        return "rank"
    if len(union) <= MOST_ANSWERS and _answers_alike(answers):
        return "grid_row"
    return "number" if numbers >= len(union) * 0.9 else "text"


def _answers_alike(answers: Sequence[Answers]) -> bool:
    """Whether rows share answers, as the rows of a grid do; rows that nobody answered do not count."""
    used = [found.folded for found in answers if found.distinct]
    sharing = sum(
        any(len(own & other) * 2 >= min(len(own), len(other)) for other in used if other is not own)
        for own in used
    )
    return sharing >= LEAST_SHARING and sharing * 2 >= len(used)


def _is_number(cell: str) -> bool:
    try:
        float(cell.replace(",", ".").rstrip("%"))
    except ValueError:
        return False
    return True


def _is_ranking(union: frozenset[str], body: Sequence[pd.Series], most: int, *, said: bool) -> bool:
    """Whether the answers are 1 to the number of columns and hardly any respondent gives one twice."""
    ranks = {str(rank) for rank in range(1, most + 1)}
    numbers = {cell for cell in union if _is_number(cell)}
    if len(body) < LEAST_RANKS or not numbers or not numbers <= ranks or len(union - numbers) > 1:
        return False
    columns = [cells.astype("str").str.strip() for cells in body]
    cells = np.column_stack(
        [column.where(column.isin(list(ranks)), "0").to_numpy(dtype="int64") for column in columns]
    )
    filled = (cells > 0).sum(axis=1)
    rows = cells[filled >= LEAST_RANKS - 1]
    if len(rows) < (1 if said else LEAST_RANKERS):
        return False
    ordered = np.sort(rows, axis=1)
    repeats = ((np.diff(ordered, axis=1) == 0) & (ordered[:, 1:] > 0)).any(axis=1)
    return bool(repeats.mean() <= 0.05)  # noqa: PLR2004 - a few slips of the pen
