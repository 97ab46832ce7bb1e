"""Typed cells as text where a number will not do: codes, dates and times of day."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import pandas as pd

Floats = npt.NDArray[np.float64]


def code_text(value: float | str) -> str:
    """Write a code as text: whole numbers without ``.0``, text without the blanks that pad it.

    >>> code_text(99.0), code_text(1.5), code_text("a  ")
    ('99', '1.5', 'a')
    """
    if isinstance(value, str):
        return value.rstrip()
    return str(int(value)) if float(value).is_integer() else str(value)


def clock_text(seconds: float) -> str:
    """Write a duration or a time of day as hours, minutes and seconds.

    >>> clock_text(36610), clock_text(-90.25)
    ('10:10:10', '-00:01:30.250')
    """
    thousandths = round(abs(seconds) * 1000)
    minutes, rest = divmod(thousandths, 60_000)
    hours, minutes = divmod(minutes, 60)
    fraction = f".{rest % 1000:03d}" if rest % 1000 else ""
    return f"{'-' if seconds < 0 else ''}{hours:02d}:{minutes:02d}:{rest // 1000:02d}{fraction}"


def plain_cell(value: Any) -> Any:
    """Bring one cell of a workbook to text, number, truth value or None.

    >>> import datetime
    >>> plain_cell(datetime.date(2020, 1, 2)), plain_cell(""), plain_cell(4.5)
    ('2020-01-02', None, 4.5)
    """
    if isinstance(value, str):
        return value or None
    if isinstance(value, dt.timedelta):
        return clock_text(value.total_seconds())
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return value


def column_of(cells: list[Any]) -> pd.Series:
    """Make a column of text, numbers, truth values and None, as narrow as its cells allow.

    Parameters
    ----------
    cells : list
        One value a row; None where nothing is.

    Returns
    -------
    pandas.Series
        Of numbers or of text when all cells are of one kind, of objects when they are mixed.

    Examples
    --------
    >>> column_of([1.0, None]).dtype.kind, column_of([1.0, "NA"]).dtype.kind
    ('f', 'O')
    """
    import pandas as pd  # noqa: PLC0415 - heavy, and the detector loads without it

    kinds = {type(cell) for cell in cells if cell is not None}
    if kinds and kinds <= {int, float} and all(abs(cell) <= 2**53 for cell in cells if isinstance(cell, int)):
        return pd.Series(np.array(cells, dtype=np.float64))
    if kinds == {str}:
        return pd.Series(cells, dtype="str")
    if kinds == {bool} and None not in cells:
        return pd.Series(cells, dtype=bool)
    return pd.Series(cells, dtype=object)


def iso_texts(moments: npt.NDArray[np.datetime64]) -> list[str | None]:
    """Write dates or moments in ISO 8601; None where there is none.

    >>> iso_texts(np.array(["2020-01-02", "NaT"], dtype="datetime64[D]"))
    ['2020-01-02', None]
    """
    absent = np.isnat(moments)
    texts = np.datetime_as_string(np.where(absent, np.datetime64(0, "D"), moments))
    return [None if gone else str(text) for text, gone in zip(texts, absent, strict=True)]


def moments_since(epoch: str, values: Floats, *, unit: str, shown: str) -> npt.NDArray[np.datetime64]:
    """Count time units from an epoch.

    Parameters
    ----------
    epoch : str
        ISO date that counts as 0.
    values : array of float, shape (n,)
        Units since the epoch; NaN where there is none.
    unit : str
        NumPy's letter of the unit: ``"D"``, ``"s"`` or ``"ms"``.
    shown : str
        Letter of the precision that is kept: ``"D"`` for dates, ``"s"`` for moments (thousandths are kept
        where there are any).

    Returns
    -------
    array of datetime64, shape (n,)

    Examples
    --------
    >>> iso_texts(moments_since("1960-01-01", np.array([21310.0]), unit="D", shown="D"))
    ['2018-05-06']
    """
    per_unit = {"D": 86_400_000, "s": 1000, "ms": 1}[unit]
    known = np.isfinite(values)
    offsets = np.round(np.where(known, values, 0.0) * per_unit).astype(np.int64)
    moments = np.datetime64(epoch, "ms") + offsets.astype("timedelta64[ms]")
    known_moments = np.where(known, moments, np.datetime64("NaT"))
    return known_moments.astype("datetime64[D]") if shown == "D" else whole_seconds(known_moments)


def whole_seconds(moments: npt.NDArray[np.datetime64]) -> npt.NDArray[np.datetime64]:
    """Drop fractions of a second when there are none; dates stay dates.

    >>> whole_seconds(np.array(["2020-01-02T03:04:05.000"], dtype="datetime64[ms]")).dtype
    dtype('<M8[s]')
    """
    if np.datetime_data(moments.dtype)[0] == "D":
        return moments
    seconds = moments.astype("datetime64[s]")
    return seconds if bool(((seconds == moments) | np.isnat(moments)).all()) else moments
