"""Respondents who share an id, an address or every answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt

from cxsurvey.readers.codebooks.columns import address_column
from cxsurvey.readers.codebooks.draft import Duplicates
from cxsurvey.readers.codebooks.profiles import Profile

SHOWN = 20
FEWEST_ANSWERS = 5  # fewer agree by chance


def find_repeats(
    profiles: Mapping[str, Profile], *, respondent_id: str | None, answers: Sequence[str]
) -> tuple[Duplicates, ...]:
    """Count respondents that occur more than once.

    Parameters
    ----------
    profiles : mapping of str to Profile
        Every column of the export.
    respondent_id : str, optional
        Column of ids.
    answers : sequence of str
        Columns that hold answers; rows with fewer than five of them filled are not compared.

    Returns
    -------
    tuple of Duplicates
        Only what occurs.
    """
    found = []
    if respondent_id is not None:
        found.append(_shared("id", respondent_id, profiles[respondent_id].index))
    address = address_column(profiles)
    if address is not None:
        found.append(_shared("ip", address.name, address.index))
    held = [profiles[name] for name in answers if name in profiles]
    if len(held) >= FEWEST_ANSWERS:
        found.append(_shared("answers", "", _rows(held)))
    return tuple(item for item in found if item.respondents)


def _rows(held: Sequence[Profile]) -> npt.NDArray[np.int64]:
    """A number for each row of answers, the same for equal rows; -1 where too few are filled."""
    spread = np.random.default_rng(20260101).integers(1, 2**62, size=len(held))
    total = np.zeros(held[0].n, dtype=np.int64)
    filled = np.zeros(held[0].n, dtype=np.int64)
    for weight, profile in zip(spread, held, strict=True):
        total += (profile.index.astype(np.int64) + 1) * weight  # wraps around, which is what a hash does
        filled += profile.index >= 0
    _, codes = np.unique(total, return_inverse=True)
    return np.where(filled >= FEWEST_ANSWERS, codes, -1).astype(np.int64)


def _shared(kind: Literal["id", "ip", "answers"], column: str, index: npt.NDArray[np.int64]) -> Duplicates:
    known = np.flatnonzero(index >= 0)
    counts = np.bincount(index[known]) if len(known) else np.zeros(0, dtype=np.int64)
    many = known[counts[index[known]] > 1] if len(known) else known
    rows = tuple(int(row) for row in many[:SHOWN])
    return Duplicates(kind, column, int((counts > 1).sum()), len(many), rows)
