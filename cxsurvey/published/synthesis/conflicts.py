"""Which claims cannot all be true: the smallest set of them, found by hitting sets.

A set of claims conflicts when no counts satisfy it. Every conflict shares a claim with every set of claims
whose removal leaves the rest satisfiable. So a smallest set that shares one with each removal found so far is
either a conflict, and then the smallest, or leads to a further removal (the implicit hitting-set method:
Ignatiev, Previti, Liffiton and Marques-Silva, 2015, Smallest MUS extraction with minimal hitting set
dualization).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from cxsurvey.errors import DataFault
from cxsurvey.published.synthesis.counts import IntArray
from cxsurvey.published.synthesis.inequalities import Relation
from cxsurvey.published.synthesis.integers import fewest_hits
from cxsurvey.published.synthesis.program import STRUCTURE, Program, Row, Source
from cxsurvey.published.synthesis.search import Block, Effort, counts

UNDECIDED: Final = "claims-undecided"
ROUGH: Final = Effort(aim=False)
QUICK: Final = Effort(nodes=1, branches=2, wishes=False)
CAREFUL: Final = Effort(nodes=1, branches=40, wishes=False)
CALLS: Final = 400
"""Programs solved in search of the smallest set; beyond it an irreducible set must do."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """Claims that cannot all hold.

    Attributes
    ----------
    claims : tuple of str
        Ids; without any one of them the others can hold, unless ``open``.
    rules : tuple of str
        Rules of the codebook that the conflict rests on.
    smallest : bool
        Whether it is certain that no conflict has fewer claims.
    open : bool
        Whether some of the claims may not be needed, because that could not be decided.
    """

    claims: tuple[str, ...]
    rules: tuple[str, ...]
    smallest: bool
    open: bool


@dataclass(slots=True)
class _Oracle:
    """Says whether claims can hold together, and counts how often it was asked."""

    program: Program
    block: Block
    question_of: Mapping[int, int]  # of variables that are no joint cells
    calls: int = 0
    undecided: bool = False
    known: dict[tuple[frozenset[Source], Effort], bool | None] = field(default_factory=dict)

    def solution(self, sources: Iterable[Source], effort: Effort, *, whole: bool = False) -> IntArray | None:
        """Counts that satisfy these sources and all that is structure, or None.

        Parameters
        ----------
        sources : iterable of Source
        effort : Effort
        whole : bool
            Whether questions that no source speaks of are counted as well.

        Raises
        ------
        DataFault
            ``claims-undecided``.
        """
        chosen = frozenset([*sources, STRUCTURE])
        self.calls += 1
        relations = [item for item in self.block.relations if item.source in chosen]
        rows = [row for row in self.block.rows if row.source in chosen]
        if whole:
            return counts(self.program, rows, relations, effort)
        rows = self._concerned(rows, relations)
        return counts(self.program, rows, relations, effort if relations else ROUGH)

    def _concerned(self, rows: list[Row], relations: list[Relation]) -> list[Row]:
        """Leave out the rules of questions that no claim in hand speaks of: answers to them always exist."""
        spoken = {v for item in relations for of in item.sums for v, _ in of.terms}
        spoken |= {v for row in rows if row.source.claim for v, _ in row.sum.terms}
        touched = {self.question_of[v] for v in spoken if v in self.question_of}
        return [row for row in rows if row.source.claim or self._questions(row) <= touched]

    def _questions(self, row: Row) -> set[int]:
        return {self.question_of[v] for v, _ in row.sum.terms if v in self.question_of}

    def verdict(self, sources: Iterable[Source], effort: Effort = CAREFUL) -> bool | None:
        """Whether these sources can all hold; None where that stays open."""
        chosen = frozenset(sources)
        key = chosen, effort
        if key not in self.known:
            try:
                self.known[key] = self.solution(chosen, effort) is not None
            except DataFault as error:
                if error.code != UNDECIDED:
                    raise
                self.known[key] = None
                self.undecided |= effort is CAREFUL
        return self.known[key]

    def conflicting(self, sources: Iterable[Source]) -> bool:
        """Whether it is certain that these sources cannot all hold."""
        return self.verdict(sources) is False

    def satisfied_near(self, sources: Sequence[Source], claims: Sequence[Source]) -> list[Source]:
        """The claims that plausible counts satisfy, made to satisfy these sources; none where undecided."""
        try:
            values = self.solution(sources, QUICK, whole=True)
        except DataFault as error:
            if error.code != UNDECIDED:
                raise
            return []
        if values is None:
            return []
        held = values.tolist()
        broken = {row.source for row in self.block.rows if not row.holds(held)}
        broken |= {item.source for item in self.block.relations if not item.holds(held)}
        return [claim for claim in claims if claim not in broken]


def find_conflict(
    program: Program,
    block: Block,
    question_of: Mapping[int, int],
    groups: Sequence[Sequence[str]] = (),
) -> Conflict:
    """Find the smallest set of claims of an infeasible block that cannot all hold.

    Parameters
    ----------
    program : Program
    block : Block
        Rows and relations that cannot all hold.
    question_of : mapping of int to int
        The question that each variable counts the answers to; joint cells are absent.
    groups : sequence of sequence of str
        Sets of claims to look at first, such as those about one question.

    Returns
    -------
    Conflict
        Without claims when the codebook alone cannot be satisfied.
    """
    oracle = _Oracle(program, block, question_of)
    sources = sorted({row.source for row in block.rows} | {item.source for item in block.relations})
    claims = [source for source in sources if source.claim]
    rules = [source for source in sources if source.rule]
    names = {source.claim: source for source in claims}
    first = _first_look(oracle, [[names[name] for name in group if name in names] for group in groups], rules)
    best = _irreducible(oracle, first or claims, rules)
    smallest = False
    if best:
        best, smallest = _smallest(oracle, claims, rules, best)
    needed = _irreducible(oracle, rules, best)
    return Conflict(
        tuple(source.claim for source in best),
        tuple(source.rule for source in needed),
        smallest,
        oracle.undecided and not smallest,
    )


def _first_look(oracle: _Oracle, groups: Iterable[list[Source]], rules: list[Source]) -> list[Source]:
    """The first of these groups that conflicts in itself."""
    return next((group for group in groups if group and oracle.conflicting([*group, *rules])), [])


def _irreducible(oracle: _Oracle, sources: Sequence[Source], always: Sequence[Source]) -> list[Source]:
    """Leave sources out, many at a time, until none of the rest can go (deletion by halves)."""
    if not sources or oracle.conflicting(always):
        return []
    found = sorted(_needed(oracle, list(sources), list(always), grew=False))
    if oracle.conflicting([*found, *always]):
        return found
    kept = list(sources)  # halves met programs that cannot be decided: leave out one at a time instead
    for source in sources:
        rest = [other for other in kept if other != source]
        if oracle.conflicting([*rest, *always]):
            kept = rest
    return kept


def _needed(oracle: _Oracle, candidates: list[Source], held: list[Source], *, grew: bool) -> list[Source]:
    """Those of the candidates that a conflict with the held sources needs."""
    if grew and oracle.conflicting(held):
        return []
    if len(candidates) == 1:
        return candidates
    half = len(candidates) // 2
    left, right = candidates[:half], candidates[half:]
    from_right = _needed(oracle, right, [*held, *left], grew=True)
    from_left = _needed(oracle, left, [*held, *from_right], grew=bool(from_right))
    return from_left + from_right


def _smallest(
    oracle: _Oracle, claims: list[Source], rules: list[Source], best: list[Source]
) -> tuple[list[Source], bool]:
    """Hit every removal with as few claims as possible until they conflict, or are as many as the best."""
    removals: list[list[int]] = []
    start = oracle.calls
    while oracle.calls - start < CALLS:
        hit = [claims[i] for i in fewest_hits(len(claims), removals)]
        if len(hit) >= len(best):
            return best, True
        possible = oracle.verdict([*hit, *rules])
        if possible is None:
            return best, False
        if not possible:
            return hit, True
        kept = set(_grown(oracle, hit, claims, rules))
        removal = [i for i, claim in enumerate(claims) if claim not in kept]
        removals.append(removal)
    return best, False


def _grown(oracle: _Oracle, start: list[Source], claims: list[Source], rules: list[Source]) -> list[Source]:
    """Add claims, many at a time, as long as all can hold."""
    kept = oracle.satisfied_near([*start, *rules], claims) or list(start)

    def add(candidates: list[Source]) -> None:
        if not candidates:
            return
        if oracle.verdict([*kept, *candidates, *rules], QUICK):
            kept.extend(candidates)
        elif len(candidates) > 1:
            half = len(candidates) // 2
            add(candidates[:half])
            add(candidates[half:])

    held = set(kept)
    add([claim for claim in claims if claim not in held])
    return kept
