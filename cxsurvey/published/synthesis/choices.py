"""Who chooses which responses, when it is settled how many choose each and how many each may choose."""

from __future__ import annotations

from collections import deque

import numpy as np
import numpy.typing as npt

BoolArray = npt.NDArray[np.bool_]
FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


def choose(propensity: FloatArray, counts: IntArray, *, least: IntArray, most: IntArray) -> BoolArray | None:
    """Give every response its count of respondents, the keenest first, within what each may choose.

    Parameters
    ----------
    propensity : ndarray of float, shape (n, R)
        How strongly each respondent leans towards each response.
    counts : ndarray of int, shape (R,)
        How many choose each response.
    least, most : ndarray of int, shape (n,)
        How many responses each respondent chooses, at the least and at the most.

    Returns
    -------
    ndarray of bool, shape (n, R), or None
        None when no choices meet the counts and the bounds.

    Notes
    -----
    Each response first takes its keenest respondents. Then choices move from respondents with too many to
    respondents with room, by the single move that costs least or else by a chain of moves, in each of which one
    respondent hands a response to another who lacks it. Counts of responses never change, and each chain takes
    one from the total excess, so this ends. Where no chain leaves a respondent with too many, all who can be
    reached are full, and by max-flow min-cut nothing else would do: it is impossible. Too few choices are the
    mirror image, too many responses that are not chosen; those chains end at respondents who can spare one, so
    they keep what the first pass has settled.

    Examples
    --------
    >>> likes = np.array([[3.0, 3.0], [2.0, 2.0], [1.0, 1.0]])
    >>> one = np.ones(3, dtype=np.int64)
    >>> choose(likes, np.array([1, 2]), least=one, most=one).sum(axis=0)
    array([1, 2])
    >>> choose(likes, np.array([2, 2]), least=one, most=one) is None
    True
    """
    n, responses = propensity.shape
    if np.any(counts < 0) or np.any(counts > n) or np.any(least > most):
        return None
    rank = np.argsort(np.argsort(-propensity, axis=0, kind="stable"), axis=0, kind="stable")
    chosen: BoolArray = rank < counts
    if not _relieve(chosen, propensity, most):
        return None
    spared: BoolArray = ~chosen
    return ~spared if _relieve(spared, -propensity, responses - least) else None


Move = tuple[int, int, int]


def _relieve(chosen: BoolArray, liking: FloatArray, most: IntArray) -> bool:
    """Move choices, in place, until nobody has more than ``most``; False when that cannot be."""
    excess: IntArray = chosen.sum(axis=1) - most
    queues = [_Queue(chosen[:, i], liking[:, i], excess) for i in range(liking.shape[1])]
    for giver in np.flatnonzero(excess > 0).tolist():
        while excess[giver] > 0:
            moves = _move(queues, chosen, liking, giver) or _chain(chosen, giver, excess < 0)
            if not moves:
                return False
            for start, end, response in moves:
                chosen[start, response], chosen[end, response] = False, True
            excess[giver] -= 1
            excess[moves[-1][1]] += 1
    return True


class _Queue:
    """Who could still take one response, the keenest first.

    Respondents with room only ever take, so that whoever has no room, or has the response, never comes back.
    """

    def __init__(self, chosen: BoolArray, liking: FloatArray, excess: IntArray) -> None:
        self.chosen, self.excess = chosen, excess
        self.order = iter(np.argsort(-liking, kind="stable").tolist())
        self.first: int | None = next(self.order, None)

    def head(self) -> int | None:
        """The keenest, or None when nobody is left."""
        while self.first is not None and (self.excess[self.first] >= 0 or self.chosen[self.first]):
            self.first = next(self.order, None)
        return self.first


def _move(queues: list[_Queue], chosen: BoolArray, liking: FloatArray, giver: int) -> list[Move]:
    """The one move to a respondent with room that costs least liking; none when there is no such move."""
    moves = [
        (giver, taker, response)
        for response in np.flatnonzero(chosen[giver]).tolist()
        if (taker := queues[response].head()) is not None
    ]
    cost = [liking[giver, response] - liking[taker, response] for _, taker, response in moves]
    return [moves[int(np.argmin(cost))]] if moves else []


def _chain(chosen: BoolArray, giver: int, room: BoolArray) -> list[Move]:
    """The shortest chain of moves to a respondent with room; none when there is no chain."""
    reached: dict[int, Move] = {}
    seen = np.zeros(len(chosen), dtype=bool)
    seen[giver] = True
    waiting = deque([giver])
    while waiting:
        start = waiting.popleft()
        offered = chosen[start] & ~chosen
        takers = np.flatnonzero(offered.any(axis=1) & ~seen)
        seen[takers] = True
        reached |= {int(end): (start, int(end), int(np.argmax(offered[end]))) for end in takers}
        ends = takers[room[takers]]
        if ends.size:
            return _back(reached, giver, int(ends[0]))
        waiting.extend(int(end) for end in takers)
    return []


def _back(reached: dict[int, Move], giver: int, end: int) -> list[Move]:
    moves = [reached[end]]
    while moves[0][0] != giver:
        moves.insert(0, reached[moves[0][0]])
    return moves
