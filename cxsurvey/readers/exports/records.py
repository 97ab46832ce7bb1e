"""What a platform's reader makes of an export: columns that say what they are, and cells as text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import pandas as pd

Role = Literal[
    "answer",
    "option",
    "row",
    "other_text",
    "comment",
    "respondent_id",
    "start",
    "end",
    "duration",
    "status",
    "progress",
    "preview",
    "language",
    "weight",
    "stratum",
    "cluster",
    "wave",
    "personal",
    "administrative",
]
Shape = Literal["", "single", "option", "joined", "grid_row", "rank", "number", "text", "date"]
SHOWN_ROWS = 20


@dataclass(frozen=True, slots=True)
class ExportColumn:
    """One column of an export.

    Attributes
    ----------
    name : str
        Unique short name: the platform's own id where it has one, else made from position or text.
    header : tuple of str
        The header cells as they stand in the file, top to bottom.
    text : str
        Wording of the question, cleaned; empty where there is none.
    item : str
        Label of the option or of the grid row that the column stands for.
    block : str
        The platform's id of the question that the column belongs to. Columns of one block form a
        multi-response set or a grid; empty when the column stands alone.
    role : str
        What the platform itself says the column is; ``"personal"`` is e-mail, IP address, name, coordinates.
    labels : tuple of (str, str)
        Code and label, in file order, where the format carries them.
    missing : tuple of (str, str, str)
        Code, reason (``skipped``, ``not_shown``, ``refused``, ``dont_know``, ``not_applicable``) and label.
    missing_ranges : tuple of (float, float)
        Closed ranges of numbers that are missing.
    shape : str
        What the platform says of the answers' shape; empty when it says nothing.
    separator : str
        What joins the options in one cell, for ``shape="joined"``.
    chosen : str
        For an option column, the cell that means chosen; empty when any cell that is not blank does.
    """

    name: str
    header: tuple[str, ...]
    text: str
    item: str = ""
    block: str = ""
    role: Role = "answer"
    labels: tuple[tuple[str, str], ...] = ()
    missing: tuple[tuple[str, str, str], ...] = ()
    missing_ranges: tuple[tuple[float, float], ...] = ()
    shape: Shape = ""
    separator: str = ""
    chosen: str = ""


@dataclass(frozen=True, slots=True)
class DroppedRows:
    """Rows of the file that hold no respondent.

    Attributes
    ----------
    reason : str
        Why they were left out, in a few words.
    count : int
        How many.
    rows : tuple of int
        The first 20, numbered as a spreadsheet numbers the rows of the file.
    """

    reason: str
    count: int
    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Export:
    """A survey export that has been read.

    Attributes
    ----------
    platform : str
        Where the file comes from, such as ``"qualtrics"``.
    why : str
        One sentence: what in the file gave it away.
    columns : tuple of ExportColumn
        One for each column of ``frame``, in file order.
    frame : pandas.DataFrame
        Columns named as ``ExportColumn.name``, every cell text (``""`` where nothing is), one row a respondent.
    first_row : int
        Row of the file below the header rows.
    dropped : tuple of DroppedRows
        Rows that were left out: previews, tests, blank ones.
    file_name, format, encoding, separator : str
        The file and how it was read.
    sha256 : str
        Of the file's bytes.
    title : str
        Title of the survey where the file has one.
    notes : tuple of str
        What the reader noticed: text decoded wrongly, repeated labels, codes below zero, and the like.
    """

    platform: str
    why: str
    columns: tuple[ExportColumn, ...]
    frame: pd.DataFrame
    first_row: int
    dropped: tuple[DroppedRows, ...]
    file_name: str
    format: str
    encoding: str
    separator: str
    sha256: str
    title: str = ""
    notes: tuple[str, ...] = ()
