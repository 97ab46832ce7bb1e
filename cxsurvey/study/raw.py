"""The responses as a file gave them: one column per variable, one row per respondent, nothing interpreted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class MissingRange:
    """Values that the data file itself declares missing: a closed range, or one value when both ends agree."""

    low: float | str
    high: float | str


@dataclass(frozen=True, slots=True)
class RawResponses:
    """Cells as read.

    Attributes
    ----------
    frame : pandas.DataFrame
        One row per respondent. From text files every cell is text (in a large file a column of few distinct
        cells is categorical) and an empty cell is ``""``; typed formats keep numbers and mark what is absent.
        Row ``i`` of the frame is row
        ``first_row + i`` of the file.
    first_row : int
        Row of the file that holds the first respondent, counted from 1 as a spreadsheet shows it.
    value_labels : mapping of str to mapping of str to str
        Per column, code (as text) to label, where the format carries them.
    variable_labels : mapping of str to str
        Per column, the question wording, where the format carries it.
    user_missing : mapping of str to tuple of MissingRange
        Per column, the values that the file declares missing; they are kept in ``frame``.
    file_name, format, encoding, separator : str
        Where the cells came from and how they were read.
    sha256 : str
        Of the file's bytes.
    """

    frame: pd.DataFrame
    file_name: str
    format: str
    sha256: str
    first_row: int = 2
    encoding: str = ""
    separator: str = ""
    value_labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    variable_labels: Mapping[str, str] = field(default_factory=dict)
    user_missing: Mapping[str, tuple[MissingRange, ...]] = field(default_factory=dict)
