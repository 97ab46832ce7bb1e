"""A column as its distinct cells: counted once, looked at by every rule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from cxsurvey.readers.codebooks.wording import key, plain
from cxsurvey.readers.exports.records import Export, ExportColumn

BLANKS = " \t\r\n\u00a0\u200b\ufeff"

IntArray = npt.NDArray[np.signedinteger]


@dataclass(frozen=True, slots=True)
class Level:
    """Cells that spell one answer: the cleaned label, its folded key, how often, and the spellings."""

    label: str
    key: str
    count: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """A column of an export, counted.

    Attributes
    ----------
    column : ExportColumn
    cells : tuple of str
        Distinct cells that are not blank, in order of appearance, as they stand.
    counts : ndarray of int, shape (cells,)
    index : ndarray of int, shape (n,)
        Which cell each respondent holds; -1 for a blank. As few bytes a respondent as the cells allow.
    """

    column: ExportColumn
    cells: tuple[str, ...]
    counts: IntArray
    index: IntArray

    @property
    def name(self) -> str:
        """Name of the column."""
        return self.column.name

    @property
    def n(self) -> int:
        """Respondents."""
        return len(self.index)

    @property
    def filled(self) -> int:
        """Respondents whose cell is not blank."""
        return int(self.counts.sum())

    def tally(self) -> dict[str, int]:
        """Count each distinct cell."""
        return dict(zip(self.cells, self.counts.tolist(), strict=True))

    def spread(self, new: Mapping[str, str]) -> npt.NDArray[np.object_]:
        """Write the column again with other cells for these; shape (n,)."""
        cells = np.array([*(new.get(cell, cell) for cell in self.cells), ""], dtype=object)
        return cells[self.index]


def profile(column: ExportColumn, cells: pd.Series) -> Profile:
    """Count the cells of a column; cells of spaces only are blank."""
    codes, distinct = pd.factorize(cells, use_na_sentinel=True)
    texts = ["" if cell is None else str(cell) for cell in distinct]
    held = [i for i, text in enumerate(texts) if text.strip(BLANKS)]
    position = np.full(len(texts) + 1, -1, dtype=np.int64)
    position[held] = np.arange(len(held))
    index = position.astype(np.min_scalar_type(-len(texts) - 1))[codes]
    counts = np.bincount(index[index >= 0], minlength=len(held)).astype(np.int64)
    return Profile(column, tuple(texts[i] for i in held), counts, index)


def profiles(export: Export) -> dict[str, Profile]:
    """Count every column of an export, in its order."""
    return {column.name: profile(column, export.frame[column.name]) for column in export.columns}


def levels(tally: Mapping[str, int]) -> tuple[Level, ...]:
    """Gather the spellings of one answer; the commonest spelling is the label.

    >>> [(level.label, level.count) for level in levels({"Yes": 3, "yes ": 1, "No": 2})]
    [('Yes', 4), ('No', 2)]
    """
    groups: dict[str, list[str]] = {}
    for cell in tally:
        groups.setdefault(key(cell) or plain(cell), []).append(cell)
    found = []
    for folded_key, cells in groups.items():
        best = max(cells, key=lambda cell: tally[cell])
        found.append(Level(plain(best), folded_key, sum(tally[cell] for cell in cells), tuple(cells)))
    return tuple(found)
