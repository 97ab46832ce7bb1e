"""SPSS, Stata and SAS files: codes stay codes, and what the file declares missing stays visible."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from cxsurvey.errors import ResponsesError
from cxsurvey.readers.cells import Floats, clock_text, code_text, column_of, iso_texts, moments_since
from cxsurvey.readers.columns import named_columns
from cxsurvey.study.raw import MissingRange, RawResponses

if TYPE_CHECKING:
    import pandas as pd

    from cxsurvey.readers.source import SourceFile
    from cxsurvey.study.codebook import Reading

CELLS_AT_ONCE = 2_000_000
_KINDS = {
    "spss": "SPSS data",
    "spss_portable": "SPSS portable data",
    "stata": "Stata data",
    "sas": "SAS data",
    "sas_transport": "SAS transport data",
}
_FUNCTIONS = {
    "spss": "read_sav",
    "spss_portable": "read_por",
    "stata": "read_dta",
    "sas": "read_sas7bdat",
    "sas_transport": "read_xport",
}
_TELL_USER_MISSING = frozenset({"spss", "stata", "sas"})
_SPSS_EPOCH, _STATA_EPOCH = "1582-10-14", "1960-01-01"
_SAS_EPOCH = _STATA_EPOCH
_SAS_FORMATS = frozenset({"sas7bdat", "xport"})
_SPSS_DATES = frozenset({"DATE", "ADATE", "EDATE", "JDATE", "SDATE", "QYR", "MOYR", "WKYR"})
_SPSS_MOMENTS = frozenset({"DATETIME", "YMDHMS"})
_SPSS_TIMES = frozenset({"TIME", "DTIME", "MTIME"})
_SAS_DATES = frozenset({
    "DATE", "DAY", "DDMMYY", "DOWNAME", "JULIAN", "MMDDYY", "MMYY", "MONNAME", "MONTH", "MONYY", "QTR",
    "WEEKDATE", "WEEKDATX", "WEEKDAY", "WORDDATE", "WORDDATX", "YEAR", "YYMM", "YYMMDD", "YYMON", "YYQ", "DA"
})  # fmt: skip
_SAS_MOMENTS = frozenset({"DATETIME", "DATEAMPM", "MDYAMPM", "DTDATE", "DTMONYY", "DTYEAR", "DT", "DZ"})
_SAS_TIMES = frozenset({"TIME", "TIMEAMPM", "TOD", "HHMM", "HOUR", "MMSS", "TM"})
_LETTERS = re.compile(r"[A-Z]+")
_ISO_FORMAT = re.compile(r"(?:[EB]|IS)8601([A-Z]{2})")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e[+-]?\d+)?")

TextMaker = Callable[[Floats], list[str | None]]
Ranges = tuple[MissingRange, ...]


def read_statistical(source: SourceFile, reading: Reading) -> RawResponses:
    """Read an SPSS, Stata or SAS file.

    Values that the file declares missing are kept in the frame and told in ``user_missing``; a Stata
    ``.a`` is the text ``a``. Dates are ISO text, times are ``HH:MM:SS``. A declared missing value in a
    column of dates stays a code (``99``). Stata's weekly, monthly, quarterly, half-yearly and leap-second
    formats stay numbers.

    Parameters
    ----------
    source : SourceFile
        The file.
    reading : Reading
        ``encoding`` overrides what the file says of itself.

    Returns
    -------
    RawResponses
        Case 1 is row 1: these files have no header row.

    Raises
    ------
    ResponsesError
        When the file is damaged, cut off or holds no cases.
    """
    meta = statistical_metadata(source, reading.encoding)
    if not meta.column_names:
        raise ResponsesError.empty(source.name)
    named_columns(meta.column_names, file_name=source.name, row=1, is_empty=lambda _: False, first_cells=list)
    ranges = _declared_missing(meta)
    parts: dict[str, list[pd.Series]] = {name: [] for name in meta.column_names}
    for cells, part_meta in _parts(source, reading.encoding, width=len(meta.column_names)):
        ranges |= _letters(part_meta)
        for name, series in parts.items():
            series.append(_column(cells[name], meta, name, ranges.get(name, ())))
    frame = _joined(parts)
    if frame.empty:
        raise ResponsesError.no_cases(source.name)
    return RawResponses(
        frame=frame,
        file_name=source.name,
        format=source.content,
        sha256=source.sha256,
        first_row=1,
        encoding=meta.file_encoding or reading.encoding or "",
        value_labels=_value_labels(meta),
        variable_labels={name: label for name, label in meta.column_names_to_labels.items() if label},
        user_missing={name: _as_shown(frame[name], spans) for name, spans in ranges.items()},
    )


def statistical_metadata(source: SourceFile, encoding: str | None = None) -> Any:
    """Read what an SPSS, Stata or SAS file says of its variables, without the cells.

    Parameters
    ----------
    source : SourceFile
        The file.
    encoding : str, optional
        Overrides what the file says of itself.

    Returns
    -------
    pyreadstat metadata container
        Names, labels, value labels, missing ranges, multiple-response sets, title.

    Raises
    ------
    ResponsesError
        When the file is damaged or cut off.
    """
    return _read(source, encoding, metadataonly=True)[1]


def _read(source: SourceFile, encoding: str | None, **options: Any) -> tuple[dict[str, list[Any]], Any]:
    import pyreadstat  # noqa: PLC0415 - heavy, and other formats do without it

    if source.content in _TELL_USER_MISSING:
        options["user_missing"] = True
    if encoding is not None and source.content != "spss_portable":  # a portable file has one encoding only
        options["encoding"] = encoding
    read = getattr(pyreadstat, _FUNCTIONS[source.content])
    try:
        cells, meta = read(
            str(source.path),
            disable_datetime_conversion=True,
            output_format="dict",
            **options,
        )
    except (pyreadstat.ReadstatError, pyreadstat.PyreadstatError, ValueError, OverflowError, OSError) as fault:
        raise ResponsesError.broken(
            source.name, kind=_KINDS[source.content], reason=str(fault), encoded=True
        ) from fault
    return cells, meta


def _parts(
    source: SourceFile, encoding: str | None, *, width: int
) -> Iterator[tuple[dict[str, list[Any]], Any]]:
    """Read some rows at a time: the library makes an object of every cell."""
    rows, start = max(1, CELLS_AT_ONCE // width), 0
    while True:
        cells, meta = _read(source, encoding, row_offset=start, row_limit=rows)
        found = len(next(iter(cells.values())))
        yield cells, meta
        if found < rows:
            return
        start += found


def _joined(parts: Mapping[str, list[pd.Series]]) -> pd.DataFrame:
    import pandas as pd  # noqa: PLC0415 - heavy, and other formats do without it

    columns = {
        name: pd.concat([part for part in series if len(part)] or series[:1], ignore_index=True)
        for name, series in parts.items()
    }
    return pd.DataFrame(columns)


def _declared_missing(meta: Any) -> dict[str, Ranges]:
    """SPSS: up to three values, or a range and a value; an open end is infinite."""
    return {
        name: tuple(MissingRange(_end(span["lo"]), _end(span["hi"])) for span in spans)
        for name, spans in meta.missing_ranges.items()
    }


def _end(value: float | str) -> float | str:
    return value.rstrip() if isinstance(value, str) else float(value)


def _letters(meta: Any) -> dict[str, Ranges]:
    """Stata: the extended missing values .a to .z, told per part as they occur."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    return {
        name: tuple(MissingRange(letter, letter) for letter in letters)
        for name, found in meta.missing_user_values.items()
        if found
    }


def _as_shown(cells: pd.Series, spans: Ranges) -> Ranges:
    """State missing values as the column shows them: codes between dates are text."""
    if cells.dtype.kind == "f" or all(isinstance(span.low, str) for span in spans):
        return spans
    codes = [cell for cell in cells.dropna().unique() if isinstance(cell, str) and _NUMBER.fullmatch(cell)]
    return tuple(MissingRange(code, code) for code in codes)


def _value_labels(meta: Any) -> dict[str, dict[str, str]]:
    return {
        name: {code_text(code): label for code, label in labels.items()}
        for name, labels in meta.variable_value_labels.items()
    }


def _column(cells: list[Any], meta: Any, name: str, spans: Ranges) -> pd.Series:
    import pandas as pd  # noqa: PLC0415 - as above

    if meta.readstat_variable_types[name] == "string":
        return pd.Series(cells, dtype="str")
    to_text = _writer_of(meta, name)
    if to_text is None:
        lettered = any(isinstance(cell, str) for cell in cells)
        return column_of(cells) if lettered else pd.Series(np.array(cells, dtype=np.float64))
    return pd.Series(_dated(cells, to_text, spans), dtype="str")


def is_dated(meta: Any, name: str) -> bool:
    """Tell whether a column of an SPSS, Stata or SAS file holds dates, moments or times of day.

    Parameters
    ----------
    meta : pyreadstat metadata container
        Of the file.
    name : str
        The column.

    Returns
    -------
    bool
    """
    return meta.readstat_variable_types[name] != "string" and _writer_of(meta, name) is not None


def _writer_of(meta: Any, name: str) -> TextMaker | None:
    form = meta.original_variable_types[name] or ""
    return _sas_text(form) if meta.file_format in _SAS_FORMATS else _text_maker(form)


def _dated(cells: list[Any], to_text: TextMaker, spans: Ranges) -> list[str | None]:
    """Write dates as text, and codes that stand in for a date as codes."""
    coded = [cell is not None and _is_code(cell, spans) for cell in cells]
    numbers = np.array([None if code else cell for cell, code in zip(cells, coded, strict=True)], dtype=float)
    texts = to_text(numbers)
    return [code_text(cell) if code else text for cell, code, text in zip(cells, coded, texts, strict=True)]


def _is_code(cell: float | str, spans: Ranges) -> bool:
    if isinstance(cell, str):
        return True
    return any(
        span.low <= cell <= span.high
        for span in spans
        if not isinstance(span.low, str) and not isinstance(span.high, str)
    )


def _text_maker(form: str) -> TextMaker | None:
    """Return what writes values of a display format as text; None for plain numbers."""
    if form.startswith("%"):
        return _stata_text(form)
    letters = _LETTERS.match(form.upper())
    kind = letters.group() if letters else ""
    if kind in _SPSS_TIMES:
        return _clocks(per_second=1)
    if kind in _SPSS_DATES:
        return _moments(_SPSS_EPOCH, unit="s", shown="D")
    return _moments(_SPSS_EPOCH, unit="s", shown="s") if kind in _SPSS_MOMENTS else None


def _sas_text(form: str) -> TextMaker | None:
    """SAS counts days, or seconds, from 1960; a format's width is not looked at."""
    iso = _ISO_FORMAT.match(form.upper())
    letters = iso or _LETTERS.match(form.upper())
    kind = letters.group(1 if iso else 0) if letters else ""
    if kind in _SAS_TIMES:
        return _clocks(per_second=1)
    if kind in _SAS_DATES:
        return _moments(_SAS_EPOCH, unit="D", shown="D")
    return _moments(_SAS_EPOCH, unit="s", shown="s") if kind in _SAS_MOMENTS else None


def _stata_text(form: str) -> TextMaker | None:
    kind = form.lstrip("%-")
    if kind.startswith(("tcHH", "tchh")) and not re.search("[DdNnCY]", kind[2:]):
        return _clocks(per_second=1000)
    if kind.startswith("tc"):
        return _moments(_STATA_EPOCH, unit="ms", shown="s")
    return _moments(_STATA_EPOCH, unit="D", shown="D") if kind.startswith(("td", "d")) else None


def _moments(epoch: str, *, unit: str, shown: str) -> TextMaker:
    return lambda values: iso_texts(moments_since(epoch, values, unit=unit, shown=shown))


def _clocks(*, per_second: int) -> TextMaker:
    return lambda values: [clock_text(value / per_second) if np.isfinite(value) else None for value in values]
