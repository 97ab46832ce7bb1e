"""Pick the reader of a responses file by its suffix and its first bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxsurvey.errors import ResponsesError
from cxsurvey.readers.delimited import read_delimited
from cxsurvey.readers.guarding import unguarded
from cxsurvey.readers.parquet import read_parquet
from cxsurvey.readers.source import open_source
from cxsurvey.readers.statistical import read_statistical
from cxsurvey.readers.workbook import read_workbook

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cxsurvey.readers.source import SourceFile
    from cxsurvey.study.codebook import Reading
    from cxsurvey.study.raw import RawResponses

_CONTENT_OF_SUFFIX = {
    ".csv": "text",
    ".tsv": "text",
    ".tab": "text",
    ".txt": "text",
    ".xlsx": "workbook",
    ".xlsm": "workbook",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".sav": "spss",
    ".zsav": "spss",
    ".dta": "stata",
}
SUFFIXES = tuple(_CONTENT_OF_SUFFIX)


def read_responses(path: Path, reading: Reading) -> RawResponses:
    """Read a responses file.

    Parameters
    ----------
    path : pathlib.Path
        CSV, TSV or other delimited text, an Excel workbook (.xlsx), Parquet, SPSS (.sav, .zsav) or Stata
        (.dta).
    reading : Reading
        What the study file states about it: encoding, separator, sheet, header row.

    Returns
    -------
    RawResponses
        Cells as read, nothing interpreted.

    Raises
    ------
    ResponsesError
        When the file cannot be read, or is not what its suffix says.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from cxsurvey.study.codebook import Reading
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "answers.csv"
    >>> _ = path.write_text("id;q1" + chr(10) + "1;4,5", encoding="utf-8")
    >>> raw = read_responses(path, Reading())
    >>> raw.separator, raw.frame.to_dict("list")
    (';', {'id': ['1'], 'q1': ['4,5']})
    """
    suffix = path.suffix.lower()
    expected = _CONTENT_OF_SUFFIX.get(suffix)
    source = open_source(path)
    if expected is None:
        raise ResponsesError.unknown_suffix(source.name, content=source.content, known=SUFFIXES)
    if source.content != expected:
        raise ResponsesError.suffix_mismatch(source.name, expected=expected, content=source.content)
    raw = _reader(source.content)(source, reading)
    return unguarded(raw) if reading.guarded and source.content == "text" else raw


def _reader(content: str) -> Callable[[SourceFile, Reading], RawResponses]:
    """Return the reader of a kind of content."""
    return {
        "text": read_delimited,
        "workbook": read_workbook,
        "parquet": read_parquet,
        "spss": read_statistical,
        "stata": read_statistical,
    }[content]
