"""From the counts of a solved program to the plan: classes of respondents written as disjoint parts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from cxsurvey.errors import DataFault
from cxsurvey.published.synthesis.counts import AnswerCounts, Factor, IntArray, JointCounts, Part, Plan
from cxsurvey.published.synthesis.factors import CHOSEN
from cxsurvey.published.synthesis.integers import whole_numbers
from cxsurvey.published.synthesis.measures import Asked, Model
from cxsurvey.published.synthesis.program import STRUCTURE, Program, Row, counted
from cxsurvey.published.synthesis.tables import Table
from cxsurvey.study.codebook import Question

Pattern = tuple[str, ...]


def plan_of(model: Model, values: IntArray) -> Plan:
    """Write the solution of a model as a plan.

    Parameters
    ----------
    model : Model
    values : ndarray of int, shape (variables,)

    Returns
    -------
    Plan
    """
    joint = tuple(
        JointCounts(table.factors, table.cells, values[list(variables)])
        for table, variables in zip(model.tables, model.cells, strict=True)
    )
    answers = tuple(_answer_counts(model, asked, joint, values) for asked in model.asked.values())
    return Plan(model.n, joint, answers)


def _answer_counts(model: Model, asked: Asked, joint: Sequence[JointCounts], values: IntArray) -> AnswerCounts:
    question, table = asked.strata.question, asked.strata.table
    if table is None:
        counts = np.array([[count.at(values) for count in asked.counts[0]]], dtype=np.int64)
        answering = np.array([asked.answering[0].at(values)], dtype=np.int64)
        return AnswerCounts(question.id, (Part(),), np.array([model.n], dtype=np.int64), counts, answering)
    held = joint[model.tables.index(table)].counts
    looked_at = model.used[question.id].factors
    own = [f for f in table.factors if f in looked_at or f.question == question.id]
    parts: list[Part] = []
    blocks: list[tuple[IntArray, IntArray, IntArray]] = []
    for k, cells in enumerate(asked.strata.classes):
        found = list(boxes(table, own, cells))
        parts += [part for part, _ in found]
        blocks.append(_split(asked, k, [members for _, members in found], held, values))
    sizes, counts, answering = (
        (np.concatenate(column) for column in zip(*blocks, strict=True))
        if blocks
        else (
            np.zeros(0, dtype=np.int64),
            np.zeros((0, len(question.codes)), dtype=np.int64),
            np.zeros(0, dtype=np.int64),
        )
    )
    return AnswerCounts(question.id, tuple(parts), sizes, counts, answering)


def boxes(table: Table, factors: Sequence[Factor], cells: Sequence[int]) -> Iterator[tuple[Part, list[int]]]:
    """Write a set of cells as disjoint parts.

    Parameters
    ----------
    table : Table
    factors : sequence of Factor
        What the set depends on.
    cells : sequence of int

    Yields
    ------
    Part, list of int
        And the cells in it.
    """
    columns = [table.factors.index(factor) for factor in factors]
    patterns = [tuple(cell[column] for column in columns) for cell in table.cells]
    inside = dict.fromkeys(patterns[i] for i in cells)
    for box in _boxes(list(inside), list(dict.fromkeys(patterns)), 0):
        where = tuple((factors[place], values) for place, values in box)
        members = [i for i in cells if all(patterns[i][place] in values for place, values in box)]
        yield Part(where), members


def _boxes(
    inside: list[Pattern], universe: list[Pattern], place: int
) -> Iterator[tuple[tuple[int, frozenset[str]], ...]]:
    """Boxes over the patterns' remaining places; values with the same patterns behind them go together."""
    if len(inside) == len(universe):
        yield ()
        return
    alike: dict[frozenset[Pattern], list[str]] = {}
    for value in dict.fromkeys(pattern[place] for pattern in universe):
        behind = frozenset(p[place + 1 :] for p in inside if p[place] == value)
        alike.setdefault(behind, []).append(value)
    for behind, values in alike.items():
        if not behind:
            continue
        within = [p for p in universe if p[place] in values]
        chosen = [p for p in inside if p[place] in values]
        condition = ((place, frozenset(values)),) if len(alike) > 1 else ()
        rest = {p[place + 1 :]: p for p in within}
        kept = {p[place + 1 :] for p in chosen}
        for box in _boxes([rest[key] for key in rest if key in kept], list(rest.values()), place + 1):
            yield (*condition, *box)


def _split(
    asked: Asked, k: int, members: Sequence[Sequence[int]], held: IntArray, values: IntArray
) -> tuple[IntArray, IntArray, IntArray]:
    """Share the counts of a class out among its parts, in proportion to their sizes.

    Returns
    -------
    sizes, shape (B,); counts, shape (B, R); answering, shape (B,)
    """
    question = asked.strata.question
    sizes = np.array([int(held[list(cells)].sum()) for cells in members], dtype=np.int64)
    counts = np.array([count.at(values) for count in asked.counts[k]], dtype=np.int64)
    answering = _proportional(asked.answering[k].at(values), sizes)
    if len(members) == 1:
        return sizes, counts[None, :], answering
    fixed = _fixed_counts(asked, members, held)
    free = [r for r, code in enumerate(question.codes) if code not in fixed]
    table = np.zeros((len(members), len(question.codes)), dtype=np.int64)
    for code, column in fixed.items():
        table[:, question.codes.index(code)] = column
    table[:, free] = _shared_out(question, asked.strata.chosen[k], counts[free], answering)
    return sizes, table, answering


def _proportional(whole: int, sizes: IntArray) -> IntArray:
    """Whole numbers that add up to ``whole``, in proportion to sizes, the largest remainders rounded up."""
    everybody = max(int(sizes.sum()), 1)
    floors = whole * sizes // everybody
    remainders = whole * sizes - floors * everybody
    up = np.argsort(-remainders, kind="stable")[: whole - int(floors.sum())]
    floors[up] += 1
    return floors


def _fixed_counts(asked: Asked, members: Sequence[Sequence[int]], held: IntArray) -> dict[str, IntArray]:
    table = asked.strata.table
    if table is None:
        return {}
    own = [factor for factor in table.factors if factor.question == asked.strata.question.id]
    return {
        factor.response: np.array(
            [sum(int(held[i]) for i in cells if table.answers[i][factor] == CHOSEN) for cells in members],
            dtype=np.int64,
        )
        for factor in own
    }


def _shared_out(question: Question, chosen: int, counts: IntArray, answering: IntArray) -> IntArray:
    """Counts by part and response with the same sums; a flow in whole numbers, so it exists."""
    program = Program()
    shape = len(answering), len(counts)
    share = answering / max(int(answering.sum()), 1)
    cells = np.zeros(shape, dtype=np.int64)
    for b, r in np.ndindex(shape):
        cells[b, r] = program.variable(int(answering[b]))
        program.expect({int(cells[b, r]): float(counts[r] * share[b])})
    for r, count in enumerate(counts):
        program.rows.append(Row(STRUCTURE, counted(cells[:, r].tolist()), int(count), int(count)))
    for b, size in enumerate(answering.tolist()):
        low: int | None = size
        high: int | None = size
        if question.type == "multi":
            low = size if chosen == 0 and question.blank == "skipped" else None
            high = None if question.cap is None else (question.cap - chosen) * size
        program.rows.append(Row(STRUCTURE, counted(cells[b].tolist()), low, high))
    found = whole_numbers(program, program.rows, aim=True)
    if found is None:
        raise DataFault.claims_undecided(f"the counts of '{question.id}' cannot be shared out")
    shared: IntArray = found[cells]
    return shared
