"""Columns of typed files as text: numbers as codes, absent cells as empty text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cxsurvey.readers.cells import code_text

if TYPE_CHECKING:
    import pandas as pd


def text_column(cells: pd.Series) -> pd.Series:
    """Write a column as text.

    Whole numbers lose ``.0``; other numbers are written as short as they can be read back exactly; true and
    false are ``true`` and ``false``; absent cells are ``""``; text loses the blanks that pad it.

    Parameters
    ----------
    cells : pandas.Series
        Of text, numbers, truth values or a mixture.

    Returns
    -------
    pandas.Series of str

    Examples
    --------
    >>> import pandas as pd
    >>> text_column(pd.Series([1.0, 4.5, None])).to_list()
    ['1', '4.5', '']
    """
    import pandas as pd  # noqa: PLC0415 - heavy, and the detector loads without it

    if cells.dtype.kind == "f":
        distinct, position = np.unique(cells.to_numpy(), return_inverse=True)
        texts = np.array([_written(value) for value in distinct], dtype=object)
        written = texts[position] if len(distinct) else texts
        return pd.Series(written, index=cells.index, dtype="str")
    return pd.Series([_written(cell) for cell in cells.to_list()], index=cells.index, dtype="str")


def _written(cell: object) -> str:
    if isinstance(cell, str):
        return cell.rstrip()
    if isinstance(cell, bool | np.bool_):
        return "true" if cell else "false"
    if isinstance(cell, int | np.integer):
        return str(cell)
    if isinstance(cell, float | np.floating):
        number = float(cell)
        return "" if np.isnan(number) else (code_text(number) if np.isfinite(number) else str(number))
    return ""
