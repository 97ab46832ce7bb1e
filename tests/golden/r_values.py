"""What golden calls compute with: factors, logical vectors, data frames, formulas, functions.

Numbers are one-dimensional float arrays (NaN for NA), text is an array of objects, NULL is None and a list is a
dict or a Python list.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from r_language import NotUnderstood, number_text


@dataclass(frozen=True)
class Factor:
    codes: np.ndarray  # -1 where missing
    levels: tuple[str, ...]

    def __len__(self):
        return len(self.codes)


@dataclass(frozen=True)
class Logical:
    values: np.ndarray  # 0, 1 and NaN

    def __len__(self):
        return len(self.values)

    @property
    def true(self):
        return self.values == 1


@dataclass(frozen=True)
class Named:
    """A numeric vector with names."""

    values: np.ndarray
    names: tuple[str, ...]


@dataclass(frozen=True)
class Frame:
    columns: dict
    n: int

    def rows(self, index):
        return Frame({name: take(column, index) for name, column in self.columns.items()}, len(index))


@dataclass(frozen=True)
class Table:
    """Counts by the levels of several factors."""

    counts: np.ndarray
    levels: tuple[tuple[str, ...], ...]
    names: tuple[str, ...]

    def __len__(self):
        return self.counts.size


@dataclass(frozen=True)
class Formula:
    left: object
    right: object


@dataclass(frozen=True)
class Closure:
    parameters: tuple[str, ...]
    body: object
    scope: object


@dataclass
class Scope:
    values: dict = field(default_factory=dict)
    parent: Scope | None = None

    def find(self, name):
        scope = self
        while scope is not None:
            if name in scope.values:
                return scope.values[name]
            scope = scope.parent
        raise KeyError(name)


def read_frame(path):
    """Read a file as R's read.csv does with text as factors."""
    table = pd.read_csv(path, keep_default_na=False, na_values=["", "NA"], low_memory=False)
    return Frame({str(name): _column(table[name]) for name in table.columns}, len(table))


def _column(column):
    if column.dtype.kind in "iuf":
        return column.to_numpy(dtype=float)
    if column.dtype.kind == "b" or set(column.dropna().unique()) <= {True, False}:
        return Logical(column.map({True: 1.0, False: 0.0}).to_numpy(dtype=float))
    return text_factor(column.tolist())


def text_factor(values):
    known = [None if value is None or value != value else str(value) for value in values]  # noqa: PLR0124
    levels = tuple(sorted({value for value in known if value is not None}, key=_collation))
    place = {level: code for code, level in enumerate(levels)}
    return Factor(np.array([-1 if v is None else place[v] for v in known]), levels)


def _collation(text):
    """Sort letters without regard to case first, as R's locale does."""
    return (text.casefold(), text.swapcase())


def as_factor(value):
    if isinstance(value, Factor):
        return value
    if isinstance(value, Logical):
        codes = np.where(np.isnan(value.values), -1, value.values).astype(int)
        present = sorted(set(codes[codes >= 0].tolist()))
        return _renumbered(codes, present, [("FALSE", "TRUE")[code] for code in present])
    if isinstance(value, np.ndarray) and value.dtype.kind == "f":
        distinct = np.unique(value[~np.isnan(value)])
        codes = np.where(np.isnan(value), -1, np.searchsorted(distinct, value))
        return Factor(codes.astype(int), tuple(number_text(level) for level in distinct))
    return text_factor(np.asarray(value, dtype=object).tolist())


def _renumbered(codes, present, labels):
    place = np.full(max(present, default=-1) + 2, -1)
    place[present] = np.arange(len(present))
    return Factor(np.where(codes >= 0, place[codes], -1), tuple(labels))


def numeric(value):
    if isinstance(value, Logical):
        return value.values
    if isinstance(value, Named):
        return value.values
    if isinstance(value, Factor) or value is None:
        raise NotUnderstood("arithmetic on a factor")
    array = np.atleast_1d(np.asarray(value))
    if array.dtype.kind not in "fiub":
        raise NotUnderstood("arithmetic on text")
    return array.astype(float)


def missing(value):
    """Mark the missing elements."""
    if isinstance(value, Factor):
        return value.codes < 0
    if isinstance(value, np.ndarray) and value.dtype.kind == "O":
        return np.array([v is None for v in value])
    return np.isnan(numeric(value))


def take(value, index):
    if isinstance(value, Factor):
        return Factor(value.codes[index], value.levels)
    if isinstance(value, Logical):
        return Logical(value.values[index])
    if isinstance(value, Named):
        return Named(value.values[index], tuple(np.array(value.names, dtype=object)[index]))
    return np.asarray(value)[index]


def scalar(value):
    """Give a vector of length one as a plain Python value."""
    if isinstance(value, Logical):
        return bool(value.values[0] == 1)
    array = np.ravel(value.values if isinstance(value, Named) else value)
    if len(array) != 1:
        raise NotUnderstood("a single value is wanted")
    return array[0] if isinstance(array[0], str) else float(array[0])


def vector(value):
    """Make a vector of a Python value."""
    if isinstance(value, bool):
        return Logical(np.array([float(value)]))
    if isinstance(value, str):
        return np.array([value], dtype=object)
    return np.atleast_1d(np.asarray(value, dtype=float))
