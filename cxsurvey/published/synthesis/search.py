"""Counts that satisfy rows and relations: a quick way that mostly finds them, and a sure way that decides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from cxsurvey.errors import DataFault
from cxsurvey.published.synthesis.counts import IntArray
from cxsurvey.published.synthesis.inequalities import Relation, branches, guess_from, lines
from cxsurvey.published.synthesis.integers import NODES, whole_numbers
from cxsurvey.published.synthesis.program import STRUCTURE, Program, Row, Sum

ROUNDS: Final = 8


@dataclass(frozen=True, slots=True)
class Effort:
    """How much to do for counts.

    Attributes
    ----------
    aim : bool
        Whether to come near the targets.
    nodes : int
        How long to go on looking for nearer counts.
    branches : int
        How many ways of choosing bases are tried before the search gives up.
    wishes : bool
        Whether relations are to hold at their wished for level, if they can.
    """

    aim: bool = True
    nodes: int = NODES
    branches: int = 300
    wishes: bool = True


THOROUGH: Final = Effort()


def counts(
    program: Program,
    rows: Sequence[Row],
    relations: Sequence[Relation],
    effort: Effort = THOROUGH,
) -> IntArray | None:
    """Find counts that satisfy everything.

    Parameters
    ----------
    program : Program
    rows : sequence of Row
        Those of the codebook included.
    relations : sequence of Relation
    effort : Effort

    Returns
    -------
    ndarray of int, shape (variables,), or None
        None when it is certain that there are none.

    Raises
    ------
    DataFault
        ``claims-undecided`` when neither is certain within the effort allowed.

    Notes
    -----
    Without relations this is one integer program. With them, its solution is tested in exact fractions, and
    each relation that fails adds a straight line through the bases that were found, until none fails. Where
    lines leave nothing, solutions are parted again and again by a share, base or count of a relation that
    fails (spatial branch and bound), until counts are found or no part is left.
    """
    found = whole_numbers(program, rows, aim=effort.aim, nodes=effort.nodes)
    if found is None or not relations:
        return found
    levels = max(len(relation.critical) for relation in relations)
    for level in range(levels - 1 if effort.wishes else 0):
        better = _mended(program, rows, relations, found, level, effort)
        if better is not None:
            return better
    return _branched(program, rows, relations, effort)


def _mended(
    program: Program,
    rows: Sequence[Row],
    relations: Sequence[Relation],
    found: IntArray,
    level: int,
    effort: Effort,
) -> IntArray | None:
    """Add a straight line for each relation that fails, until none does or the lines leave nothing."""
    lined: set[int] = set()
    for turn in range(ROUNDS):
        failed = {i for i, relation in enumerate(relations) if not relation.holds(found, level)}
        if not failed:
            return found
        again = failed & lined
        lined |= failed
        guesses = {i: guess_from(relations[i], relations[i].at(found), level) for i in sorted(lined)}
        straight = [row for i, guess in guesses.items() for row in lines(relations[i], guess)]
        if again and turn > 1:  # bases moved away from the lines through them: hold them where they are
            bases = {of for i in lined for of in (relations[i].own.base, relations[i].other.base)}
            straight += [Row(STRUCTURE, of, max(of.at(found), 1), max(of.at(found), 1)) for of in sorted(bases)]
        better = whole_numbers(program, [*rows, *straight], aim=effort.aim, nodes=effort.nodes)
        if better is None:
            return None
        found = better
    return None


def _branched(
    program: Program, rows: Sequence[Row], relations: Sequence[Relation], effort: Effort
) -> IntArray | None:
    """Depth first: where a relation fails, no solution is lost and what was found is left behind."""
    stack: list[tuple[Row, ...]] = [()]
    for _ in range(effort.branches):
        if not stack:
            return None
        fence = stack.pop()
        found = whole_numbers(program, [*rows, *fence], aim=effort.aim, nodes=effort.nodes)
        if found is None:
            continue
        better = _mended(program, [*rows, *fence], relations, found, -1, effort)
        if better is not None:
            return better
        failed = next(relation for relation in relations if not relation.holds(found))
        fixed = {row.sum for row in fence if row.low is not None and row.low == row.high}
        stack += [(*fence, *branch) for branch in branches(failed, failed.at(found), fixed)]
    if not stack:
        return None
    raise DataFault.claims_undecided(f"{effort.branches} ways of choosing bases were tried")


@dataclass(frozen=True, slots=True)
class Block:
    """Rows and relations that share variables with one another, and with nothing else."""

    rows: tuple[Row, ...]
    relations: tuple[Relation, ...]


def blocks(rows: Sequence[Row], relations: Sequence[Relation]) -> tuple[Block, ...]:
    """Part a program into what can be solved apart.

    Parameters
    ----------
    rows : sequence of Row
    relations : sequence of Relation

    Returns
    -------
    tuple of Block
        By first variable; rows without variables are a block of their own at the start.
    """
    items: list[Row | Relation] = [*rows, *relations]
    touched = [sorted({variable for of in _of(item) for variable, _ in of.terms}) for item in items]
    leader: dict[int, int] = {}

    def root(variable: int) -> int:
        while leader.setdefault(variable, variable) != variable:
            variable = leader[variable]
        return variable

    for variables in touched:
        for variable in variables[1:]:
            low, high = sorted((root(variables[0]), root(variable)))
            leader[high] = low
    found: dict[int, list[Row | Relation]] = {}
    for item, variables in zip(items, touched, strict=True):
        found.setdefault(root(variables[0]) if variables else -1, []).append(item)
    return tuple(
        Block(
            tuple(item for item in found[key] if isinstance(item, Row)),
            tuple(item for item in found[key] if isinstance(item, Relation)),
        )
        for key in sorted(found)
    )


def _of(item: Row | Relation) -> Iterator[Sum]:
    if isinstance(item, Row):
        yield item.sum
    else:
        yield from item.sums
