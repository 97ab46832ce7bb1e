"""The book: all tables of one banner, as one frozen result."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cxsurvey.analysis.tabulation.frames import comparison_frame, long_frame
from cxsurvey.analysis.tabulation.records import BannerVariable, Table, TableColumn
from cxsurvey.analysis.tabulation.settings import BookSettings
from cxsurvey.errors import RequestError, did_you_mean
from cxsurvey.study.notebook import html_table
from cxsurvey.study.table_plan import Profile

if TYPE_CHECKING:
    import pandas as pd

WIDTH = 80
SHOWN_TABLES = 12


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Book:
    """A book of banner tables.

    Attributes
    ----------
    study, title, source : str
        Id, title and source line of the study.
    tables : tuple of Table
    columns : tuple of TableColumn
        Of the whole banner, the total first.
    variables : tuple of BannerVariable
        Which columns belong together.
    settings : BookSettings
        What the numbers and letters were made with.
    design : str
        Weighting and sampling in words.
    filter : str
        Whom the book is limited to, in words; ``""`` for everyone.
    n, n_filtered : int
        Respondents of the study, and those that the filter keeps.
    notes : tuple of str
        How to read the letters, what was tested and corrected, what is hidden.
    synthetic : bool
        Whether the respondents were made up; whatever shows their numbers says so.
    errors : int
        Errors that a check of the data found before the book was shown; 0 where nobody looked.
    again : callable, or None
        Makes the same book with the letters of another profile; :func:`.profiles.compare` asks for it.
    """

    study: str
    title: str
    source: str
    tables: tuple[Table, ...]
    columns: tuple[TableColumn, ...]
    variables: tuple[BannerVariable, ...]
    settings: BookSettings
    design: str
    filter: str
    n: int
    n_filtered: int
    notes: tuple[str, ...] = ()
    synthetic: bool = False
    errors: int = 0
    again: Callable[[Profile | None], Book] | None = None
    _made: dict[str, pd.DataFrame] = field(default_factory=dict)

    @property
    def frame(self) -> pd.DataFrame:
        """Every number, one a row; columns as in :data:`.frames.FRAME_COLUMNS`."""
        return self._frame("frame", lambda: long_frame(self.tables))

    @property
    def tests(self) -> pd.DataFrame:
        """Every comparison that was tested, marked or not; columns as in ``letters``."""
        return self._frame("tests", lambda: comparison_frame(self.tables))

    @property
    def letters(self) -> pd.DataFrame:
        """One row for each letter and mark, with its test: column a is higher, or carries the mark."""
        return self._frame("letters", lambda: comparison_frame(self.tables, marked=True))

    @property
    def tested(self) -> int:
        """Comparisons that were tested."""
        return sum(table.tests.tested for table in self.tables)

    def table(self, question: str) -> Table:
        """Return the table of a question.

        Raises
        ------
        RequestError
            ``unknown-question``.
        """
        found = {table.question: table for table in self.tables}
        if question not in found:
            raise RequestError.unknown_question(question, did_you_mean(question, list(found)))
        return found[question]

    @property
    def caption(self) -> str:
        """What the book holds, in one line."""
        plural = "table" if len(self.tables) == 1 else "tables"
        return (
            f"{len(self.tables):,} {plural} of {self.study} by {len(self.columns) - 1:,} columns; "
            f"{self.tested:,} tests; {self.design}"
        )

    def _frame(self, name: str, make: Callable[[], pd.DataFrame]) -> pd.DataFrame:
        if name not in self._made:
            self._made[name] = make()
        return self._made[name]

    def __repr__(self) -> str:
        lines = [
            f"  {table.number:>3}  {table.question}: {table.label}" for table in self.tables[:SHOWN_TABLES]
        ]
        rest = len(self.tables) - SHOWN_TABLES
        more = [f"  ... and {rest:,} tables more in .tables"] if rest > 0 else []
        return "\n".join(_cut(line) for line in [*textwrap.wrap(self.caption, WIDTH), *lines, *more])

    def _repr_html_(self) -> str:
        rows = [
            {
                "table": table.number,
                "question": table.label,
                "row": row.label,
                **{
                    f"{column.letter} {' / '.join(column.path)}".strip(): table.cells.estimate[r, c]
                    for c, column in enumerate(self.columns)
                },
            }
            for table in self.tables
            for r, row in enumerate(table.rows)
        ]
        return html_table(rows, " ".join([self.caption, *self.notes]))


def _cut(line: str) -> str:
    return line if len(line) <= WIDTH else f"{line[: WIDTH - 3]}..."
