"""The kernel: a whole book of questions by a whole banner, in a few passes over the respondents."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from cxsurvey.numerics.arrays import Ints
from cxsurvey.numerics.banners.atoms import Atoms, atoms, grouped
from cxsurvey.numerics.banners.number_means import fill_number
from cxsurvey.numerics.banners.packs import Layout, Pack, PackSet, layout, pack_sets, tick_bits
from cxsurvey.numerics.banners.records import (
    BannerTable,
    BannerVariable,
    CodedQuestion,
    NumberQuestion,
    OptionsQuestion,
    Question,
)
from cxsurvey.numerics.banners.sheets import Sheet, Targets
from cxsurvey.numerics.banners.tallies import Ordered, ordered
from cxsurvey.numerics.banners.ways import ColumnByColumn, Joint
from cxsurvey.numerics.tables.design import SampleDesign

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SLOTS_AT_ONCE = 1 << 21  # sums of one kind held at once
MOST_SLOTS = 1 << 20  # units by atoms beyond which overlapping columns are counted one by one
WIDTHS = (2, 4, 16, 64, 256)  # values of a pack that are tried
JOINT_ATOMS = (1, 32, 128)  # atoms of a group of banner variables that are tried
PER_ROW, PER_SLOT = 6.0, 9.0  # ns to count a respondent, to make and fold a slot


def banner_tables(
    design: SampleDesign, questions: Sequence[Question], variables: Sequence[BannerVariable]
) -> tuple[BannerTable, ...]:
    """Tabulate every question by every banner variable.

    Parameters
    ----------
    design : SampleDesign
    questions : sequence of CodedQuestion, OptionsQuestion or NumberQuestion
        Integers of one byte and booleans are counted without a copy.
    variables : sequence of DisjointColumns or OverlappingColumns

    Returns
    -------
    tuple of BannerTable
        One for each banner variable, in their order.

    Raises
    ------
    RequestError
        ``array-shape``, ``code-out-of-range``.
    DataFault
        ``lonely-stratum``; ``column-not-finite``.

    Notes
    -----
    Estimates, covariances and bases are those of :func:`.variance.ratio_estimates` for a table of each question
    by each variable, and do not depend on the order of the respondents. Several questions are counted in one
    code (:mod:`.packs`), several banner variables in one joint atom (:mod:`.atoms`), and every number of the
    tables is made from those counts (:mod:`.domains`).

    Examples
    --------
    >>> from cxsurvey.numerics.banners.records import DisjointColumns
    >>> from cxsurvey.numerics.tables.design import sample_design
    >>> answer = np.repeat([0, 1, 0, 1], [50, 50, 70, 130])
    >>> young = DisjointColumns(np.repeat([0, 1], [100, 200]), 2)
    >>> yes = CodedQuestion(answer, np.array([[1.0, 0.0]]), np.ones((1, 2)))
    >>> (table,) = banner_tables(sample_design(np.ones(300)), [yes], [young])
    >>> table.n.tolist(), table.estimate.tolist(), table.bases.n.tolist()
    ([[120, 50, 70]], [[0.4, 0.5, 0.35]], [[300, 100, 200]])
    """
    where = layout(questions, design.n)
    parts = [atoms(variable, design.n) for variable in variables]
    if not parts:
        return ()
    rows = ordered(design)
    parts = [replace(part, code=rows.arranged(part.code)) for part in parts]
    sheets = [Sheet(rows, part, where) for part in parts]
    wide = [i for i, part in enumerate(parts) if rows.n_units * part.n_atoms > MOST_SLOTS and part.pairs.size]
    narrow = [i for i in range(len(parts)) if i not in wide]
    widest, most = _plan(rows, questions, [parts[i] for i in narrow])
    ways: list[Joint | ColumnByColumn] = [
        Joint(
            rows,
            group,
            [parts[narrow[i]] for i in group.positions],
            [sheets[narrow[i]] for i in group.positions],
        )
        for group in grouped([parts[i] for i in narrow], most)
    ]
    ways += [ColumnByColumn(rows, parts[i], sheets[i]) for i in wide]
    for packs in pack_sets(questions, widest):
        for batch in _batches(packs, max(way.size for way in ways)):
            targets = _targets(questions, packs, batch, where)
            codes = [rows.arranged(pack.codes()) for pack in batch]
            for way in ways:
                way.fill(packs, codes, targets)
    for position, question in enumerate(questions):
        if isinstance(question, NumberQuestion):
            for sheet in sheets:
                fill_number(sheet, question, position)
    return tuple(sheet.table() for sheet in sheets)


def _plan(rows: Ordered, questions: Sequence[Question], parts: Sequence[Atoms]) -> tuple[int, int]:
    """Choose the width of packs and the atoms of groups that should cost least."""
    sizes = [part.n_atoms for part in parts]
    cells = [q.numerator.shape[1] + 1 for q in questions if isinstance(q, CodedQuestion)]
    ticks = sum(q.options.shape[1] for q in questions if isinstance(q, OptionsQuestion))
    plans = [(width, most) for width in WIDTHS for most in JOINT_ATOMS]
    return min(plans, key=lambda plan: _cost(plan[0], plan[1], rows, sizes, cells, ticks))


def _cost(width: int, most: int, rows: Ordered, sizes: list[int], cells: list[int], ticks: int) -> float:
    packs = _pack_widths(width, cells, ticks)
    joint, cost = 1, 0.0
    for size in [*sizes, most + 1]:
        if joint * size > most and joint > 1:
            cost += sum(PER_ROW * len(rows.unit) + PER_SLOT * rows.n_units * joint * pack for pack in packs)
            joint = 1
        joint *= size
    return cost


def _pack_widths(width: int, cells: list[int], ticks: int) -> list[float]:
    bits = tick_bits(width)
    widths = [float(1 << bits)] * -(-ticks // bits)
    for radix in set(cells):
        size = max(1, int(np.log(max(width, radix) + 0.5) / np.log(radix)))
        widths += [float(radix) ** size] * -(-cells.count(radix) // size)
    return widths


def _batches(packs: PackSet, largest: int) -> Iterator[tuple[Pack, ...]]:
    step = max(1, SLOTS_AT_ONCE // (largest * packs.width))
    for start in range(0, len(packs.packs), step):
        yield packs.packs[start : start + step]


def _targets(questions: Sequence[Question], packs: PackSet, batch: Sequence[Pack], where: Layout) -> Targets:
    """Gather the targets and bases of the items of a batch."""
    size, n_cells = packs.unfold.shape[1:]
    rows, items, over, under = [], [], [], []
    base_rows, base_items, base_cells = [], [], []
    for place, (position, option) in _items(batch, size):
        question = questions[position]
        if isinstance(question, CodedQuestion):
            own, masks = np.arange(where.first[position], where.first[position + 1]), where.base_cells[position]
            over.append(question.numerator)
            under.append(question.denominator)
        else:
            own = where.first[position : position + 1] + option
            masks = np.ones((1, n_cells), dtype=np.bool_) if option == 0 else None
            over.append(np.array([[1.0, 0.0]]))
            under.append(np.ones((1, 2)))
        rows.append(own)
        items.append(np.full(len(own), place))
        if masks is not None:
            base_rows.append(where.first_base[position] + np.arange(len(masks)))
            base_items.append(np.full(len(masks), place))
            base_cells.append(masks)
    return Targets(
        row=_run(rows),
        item=_run(items),
        numerator=np.concatenate(over).astype(np.float64),
        denominator=np.concatenate(under).astype(np.float64),
        base_row=_run(base_rows),
        base_item=_run(base_items),
        base_cells=np.concatenate([np.empty((0, n_cells), dtype=np.bool_), *base_cells]),
    )


def _items(batch: Sequence[Pack], size: int) -> Iterator[tuple[int, tuple[int, int]]]:
    for number, pack in enumerate(batch):
        yield from ((number * size + place, item) for place, item in enumerate(pack.items))


def _run(parts: list[Ints]) -> Ints:
    return np.concatenate(parts).astype(np.intp) if parts else np.empty(0, dtype=np.intp)
