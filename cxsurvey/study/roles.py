"""The sampling columns of a study: weights, strata and clusters as the responses hold them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from cxsurvey.study.answers import LARGEST, BoolArray, canonical, cell_number, is_declared_missing
from cxsurvey.study.codebook import Reading
from cxsurvey.study.study import Study


@dataclass(frozen=True, slots=True, eq=False)
class Labels:
    """A grouping column: ``index (n,)`` points into ``names``, -1 where the cell is blank."""

    index: npt.NDArray[np.int64]
    names: tuple[str, ...]

    @property
    def blank(self) -> npt.NDArray[np.bool_]:
        """Rows without a label; shape (n,)."""
        return np.asarray(self.index < 0)

    def first(self) -> npt.NDArray[np.int64]:
        """Position of the first row that holds each label; shape (labels,)."""
        known = np.flatnonzero(~self.blank)
        return known[np.unique(self.index[known], return_index=True)[1]]


def numbers(study: Study, column: str) -> npt.NDArray[np.float64]:
    """Read a column as numbers; NaN where a cell is blank, no number or declared missing. Shape (n,)."""
    cells = study.raw.frame[column]
    declared = study.raw.user_missing.get(column, ())
    if pd.api.types.is_numeric_dtype(cells) and not declared:
        return cells.to_numpy(dtype=np.float64, na_value=np.nan)
    index, distinct = pd.factorize(cells, use_na_sentinel=False)
    reading: Reading = study.file.reading
    values = [
        np.nan if is_declared_missing(cell, declared) else cell_number(cell, reading) for cell in distinct
    ]
    return np.array([*values, np.nan])[index]


def usable_weights(weights: npt.NDArray[np.float64]) -> BoolArray:
    """Which weights can be computed with: 0, or from 1e-15 to 1e15. Shape (n,)."""
    usable: BoolArray = (weights == 0) | ((weights >= 1 / LARGEST) & (weights <= LARGEST))
    return usable


def labels(study: Study, column: str) -> Labels:
    """Read a column as labels, in order of first appearance; what the file declares missing is blank."""
    index, distinct = pd.factorize(study.raw.frame[column], use_na_sentinel=False)
    declared = study.raw.user_missing.get(column, ())
    texts = ["" if is_declared_missing(cell, declared) else canonical(cell) for cell in distinct]
    names = tuple(dict.fromkeys(text for text in texts if text))
    position = {name: i for i, name in enumerate(names)}
    return Labels(np.array([*(position.get(text, -1) for text in texts), -1])[index], names)
