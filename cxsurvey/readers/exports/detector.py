"""Which platform a file comes from: by its kind, then by what its header rows hold."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

from cxsurvey.errors import ExportError, RequestError, ResponsesError, did_you_mean
from cxsurvey.readers.exports.grid import Grid, read_grid
from cxsurvey.readers.exports.triple_s_files import is_triple_s
from cxsurvey.readers.source import open_source

if TYPE_CHECKING:
    from cxsurvey.readers.exports.records import Export

# Readers of kinds of file, by what the first bytes say.
TYPED: dict[str, str] = {
    "spss": "statistical",
    "spss_portable": "statistical",
    "stata": "statistical",
    "sas": "statistical",
    "sas_transport": "statistical",
    "parquet": "parquet",
    "xml": "triple_s",
}
# Readers of tables, the most telling marks first; the last takes any table.
PLATFORMS: tuple[str, ...] = (
    "qualtrics",
    "limesurvey",
    "microsoft_forms",
    "google_forms",
    "typeform",
    "kobo",
    "surveymonkey",
    "alchemer",
    "delimited_sets",
    "plain",
)


class _GridReader(Protocol):
    def recognise(self, grid: Grid) -> str | None: ...

    def read(self, grid: Grid) -> Export: ...


class _FileReader(Protocol):
    def read(self, path: Path) -> Export: ...


def read_export(path: Path, *, platform: str | None = None) -> Export:
    """Read a survey platform's export.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    platform : str, optional
        The platform, such as ``"qualtrics"``, where it is known; else it is found.

    Returns
    -------
    Export

    Raises
    ------
    ExportError
        When the file cannot be read, or holds no respondents.
    RequestError
        When there is no such platform.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "answers.csv"
    >>> text = "RespondentID,Do you cook?" + chr(10) + "1,Yes" + chr(10) + "2,No"
    >>> _ = path.write_text(text, encoding="utf-8")
    >>> export = read_export(path)
    >>> export.platform, [column.name for column in export.columns]
    ('surveymonkey', ['respondent_id', 'q1'])
    """
    typed = _typed_reader(path)
    if platform is not None and platform not in {*PLATFORMS, *TYPED.values()}:
        raise RequestError.bad_option("platform", platform, _known(platform))
    if typed is not None:
        return cast("_FileReader", _module(typed)).read(path)
    grid = read_grid(path)
    if platform is not None and platform in PLATFORMS:
        return cast("_GridReader", _module(platform)).read(grid)
    for name in PLATFORMS:
        reader = cast("_GridReader", _module(name))
        if reader.recognise(grid) is not None:
            return reader.read(grid)
    raise ExportError.not_a_table(grid.file_name, content=grid.format)


def _typed_reader(path: Path) -> str | None:
    try:
        content = open_source(path).content
    except ResponsesError as fault:
        raise ExportError.unreadable(fault) from fault
    return "triple_s" if content == "text" and is_triple_s(path) else TYPED.get(content)


def _module(name: str) -> object:
    return importlib.import_module(f"cxsurvey.readers.exports.{name}")


def _known(platform: str) -> str:
    names = sorted({*PLATFORMS, *TYPED.values()})
    return f"one of {', '.join(names)}. {did_you_mean(platform, names)}"
