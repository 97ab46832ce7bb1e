"""The sampling columns of a study: weights, strata, clusters and replicate weights in the responses."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from cxsurvey.errors import StudyError
from cxsurvey.study.answers import LARGEST, BoolArray, canonical, cell_number, is_declared_missing
from cxsurvey.study.codebook import Reading
from cxsurvey.study.sampling_plan import WILDCARD
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


def replicate_columns(study: Study) -> list[str]:
    """List the columns of replicate weights, those of a pattern in the order of the responses file.

    Raises
    ------
    StudyError
        ``unknown-column`` for a name or pattern that the responses do not have; ``replicates-disagree`` when
        the sampling weight is among the columns, or ``rscales`` has another number of factors.
    """
    declared = study.file.design
    given = declared.replicates
    if given is None:
        return []
    file = study.raw.file_name
    found = {name: matching_columns(study, name) for name in given.columns}
    study.require_columns(
        {f"[design.replicates] column {i}": name for i, name in enumerate(found, 1) if not found[name]}
    )
    columns = list(dict.fromkeys(column for matched in found.values() for column in matched))
    if declared.weight in columns:
        raise StudyError.weight_among_replicates(file, declared.weight or "")
    if given.rscales and len(given.rscales) != len(columns):
        raise StudyError.rscales_mismatch(file, len(columns), len(given.rscales))
    return columns


def matching_columns(study: Study, name: str) -> list[str]:
    """List the columns of the responses that a name or a pattern with one ``*`` stands for."""
    known = [str(column) for column in study.raw.frame.columns]
    before, wildcard, after = name.partition(WILDCARD)
    if name in known or not wildcard:
        return [column for column in known if column == name]
    size = len(before) + len(after)
    return [
        column
        for column in known
        if len(column) > size and column.startswith(before) and column.endswith(after)
    ]


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
