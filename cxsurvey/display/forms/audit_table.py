"""The data of an audit page set as a table: every tested claim with its numbers and its verdict in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cxsurvey.display import numbers
from cxsurvey.display.data_table import DataTable
from cxsurvey.display.forms.audit_words import TILES
from cxsurvey.display.measure import one_line

if TYPE_CHECKING:
    import pandas as pd

HEADER: Final = ("", "Printed", "Found", "p range", "Adjusted p", "Verdict")


def audit_table(frame: pd.DataFrame) -> DataTable:
    """Arrange the data of an audit page for reading.

    Parameters
    ----------
    frame : pandas.DataFrame
        The table of :func:`cxsurvey.display.audit_page.audit_card`.

    Returns
    -------
    DataTable
        One row a tested claim.

    Examples
    --------
    >>> import pandas as pd
    >>> row = {"label": "More", "printed": "25% v 10%", "found": "+15", "p_range": "<.001", "p_adjusted": 0.004}
    >>> audit_table(pd.DataFrame([{**row, "verdict": "supported"}])).rows
    (('More', '25% v 10%', '+15', '<.001', '.004', 'supported'),)
    """
    return DataTable(HEADER, tuple(_cells(row) for row in frame.to_dict("records")))


def _cells(row: dict[Any, Any]) -> tuple[str, ...]:
    words = (one_line(str(row[name])) for name in ("label", "printed", "found", "p_range"))
    return (*words, numbers.p_value(float(row["p_adjusted"]), missing=""), TILES[row["verdict"]])
