"""Tables that are no responses: codebooks, tables without column names, rows whose first is an answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cxsurvey.errors import ExportError
from cxsurvey.readers.exports.wording import folded

if TYPE_CHECKING:
    import pandas as pd

    from cxsurvey.readers.exports.grid import Grid

MOSTLY = 0.5
NEARLY_ALL = 0.8
FEWEST = 2
LOOKED_AT = 4  # records in which a codebook may have its column names
_SUBJECTS = {
    "q#", "question", "questions", "question id", "question number", "question text",
    "questions and responses", "question/description", "variable", "variable name", "variable label",
    "field", "field name", "column", "column name", "item",
}  # fmt: skip
_PREDICATES = {
    "r#", "description", "label", "labels", "value", "values", "value label", "value labels", "code",
    "codes", "coding", "coding notes", "notes", "type", "data type", "question type", "responses",
    "response options", "options", "answer", "answers", "answer options", "choices", "format", "position",
    "width", "missing", "missing values", "measure", "filter", "filter rules", "skip logic", "logic",
    "range",
}  # fmt: skip


def refuse_other_tables(grid: Grid, body: pd.DataFrame, used: Sequence[int]) -> None:
    """Refuse a table that holds no row a respondent.

    Parameters
    ----------
    grid : Grid
        The file.
    body : pandas.DataFrame
        ``grid.body(1)``.
    used : sequence of int
        Positions of columns with a name or a cell.

    Raises
    ------
    ExportError
        ``export-is-codebook``, ``export-nameless-columns`` or ``export-no-names``.
    """
    heading = next((row for row in grid.head[:LOOKED_AT] if is_codebook_heading(row)), None)
    if heading is not None:
        raise ExportError.codebook(grid.file_name, heading=[cell.strip() for cell in heading if cell.strip()])
    nameless = sum(not grid.head[0][at].strip() for at in used)
    if nameless >= FEWEST and nameless >= MOSTLY * len(used):
        raise ExportError.nameless_columns(
            grid.file_name, row=grid.start_row, nameless=nameless, columns=len(used)
        )
    names = {at: grid.head[0][at] for at in used if grid.head[0][at].strip()}
    worded = [at for at, name in names.items() if not name.strip().lstrip("-").replace(".", "").isdigit()]
    answers = [at for at in worded if _is_answer(names[at], body[at])]
    if len(answers) >= FEWEST and len(answers) >= NEARLY_ALL * len(worded):
        raise ExportError.no_names(
            grid.file_name, row=grid.start_row, cells=[names[at].strip() for at in answers]
        )


def _is_answer(name: str, cells: pd.Series) -> bool:
    """Whether a name is one of several answers below it; an option column may hold its name alone."""
    distinct = [cell for cell in cells.unique() if cell.strip()]
    return name in distinct and len(distinct) > 1


def is_codebook_heading(row: Sequence[str]) -> bool:
    """Tell whether a record names the columns of a codebook.

    >>> is_codebook_heading(["Variable", "Label", "Values"])
    True
    >>> is_codebook_heading(["Respondent", "Question", "Answer"])
    False
    >>> is_codebook_heading(["Variable", "", ""])
    False
    """
    words = [folded(cell) for cell in row if cell.strip()]
    known = [word in _SUBJECTS or word in _PREDICATES for word in words]
    said = sum(word in _SUBJECTS for word in words)
    return len(words) >= FEWEST and said > 0 and words[0] != "respondent" and sum(known) > MOSTLY * len(words)
