"""What inference gathers on its way through the columns, before it is frozen into a draft."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from cxsurvey.readers.codebooks.answer_plans import Stranger
from cxsurvey.readers.codebooks.columns import Kept
from cxsurvey.readers.codebooks.draft import ColumnFate, Fate, Guess, Sure, Unmapped
from cxsurvey.readers.codebooks.profiles import Profile
from cxsurvey.readers.codebooks.wording import unique_id
from cxsurvey.study.codebook import Question, Reading

ObjectArray = npt.NDArray[np.object_]


@dataclass(slots=True)
class Collected:
    """Declarations and the account of them, in the order of the export.

    ``cells`` holds the columns of the responses by name: an array, or None for the export's own cells.
    ``scales`` names the scale of a question, for its shared list.
    """

    profiles: Mapping[str, Profile]
    reading: Reading
    kept: Kept
    questions: list[Question] = field(default_factory=list)
    fates: dict[str, ColumnFate] = field(default_factory=dict)
    guesses: list[Guess] = field(default_factory=list)
    unmapped: list[Unmapped] = field(default_factory=list)
    cells: dict[str, ObjectArray | None] = field(default_factory=dict)
    roles: dict[str, list[str]] = field(default_factory=dict)
    scales: dict[str, str] = field(default_factory=dict)
    grids: dict[str, tuple[str, ...]] = field(default_factory=dict)
    ids: set[str] = field(default_factory=set)
    rewritten: int = 0
    notes: list[str] = field(default_factory=list)

    def new_id(self, wanted: str) -> str:
        """Take an id of its own for a question."""
        return unique_id(wanted, self.ids)

    def settle(self, profile: Profile, fate: Fate, detail: str, reason: str, sure: Sure) -> None:
        """Say what became of a column."""
        column = profile.column
        self.fates[column.name] = ColumnFate(column.name, column.header, fate, detail, reason, sure)

    def take(self, profile: Profile, new: Mapping[str, str] | None = None) -> None:
        """Put a column into the responses, with some cells written otherwise."""
        if new:
            tally = profile.tally()
            self.rewritten += sum(tally.get(cell, 0) for cell in new)
        self.cells[profile.name] = profile.spread(new) if new else None

    def report(self, question: str, column: str, strangers: tuple[Stranger, ...]) -> None:
        """Note cells that nothing declares."""
        self.unmapped += [Unmapped(question, column, s.cell, s.count, s.treatment) for s in strangers]
