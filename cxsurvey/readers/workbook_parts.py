"""Inside an Excel workbook: its size before it is unpacked, and cells that its reader passes over.

The reader of workbooks gives nothing for an error such as ``#DIV/0!`` and nothing for a formula that was
never calculated. Both would pass for "not answered", so the sheet itself is searched for them.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

from cxsurvey.errors import ResponsesError

MAX_UNPACKED = 1024**3
LARGE_MEMBER = 50 * 1024**2
MAX_RATIO = 200
CHUNK_BYTES = 4 * 1024 * 1024
_SHEET = re.compile(rb"<(?:\w+:)?sheet\s[^>]*?\bid=[\"']([^\"']+)[\"']")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\s[^>]*>")
_ATTRIBUTE = re.compile(rb"\b(Id|Target)=[\"']([^\"']*)[\"']")
_CELL = re.compile(rb"<(?:\w+:)?c\s([^>]*[^/>])>(.*?)</(?:\w+:)?c>", re.DOTALL)
_POSITION = re.compile(rb"(?:^|\s)r=[\"']([A-Z]+)(\d+)[\"']")
_TYPE = re.compile(rb"(?:^|\s)t=[\"'](\w+)[\"']")
_VALUE = re.compile(rb"<(?:\w+:)?v(?:\s[^>]*)?>([^<]*)<")
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
_OF_INTEREST = re.compile(rb"\st=[\"']e[\"']|<(?:\w+:)?f[\s/>]")


def refuse_archive_bomb(path: Path) -> None:
    """Look at the archive's directory before anything is unpacked.

    Parameters
    ----------
    path : pathlib.Path
        An Excel workbook.

    Raises
    ------
    ResponsesError
        When the members unpack to over 1 GB, or one over 50 MB is packed more than 200 to 1.
    """
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
    total = sum(member.file_size for member in members)
    if total > MAX_UNPACKED:
        raise ResponsesError.archive_bomb(
            path.name, member="all parts", size=total, limit=f"at most {MAX_UNPACKED:,} bytes"
        )
    for member in members:
        if member.file_size > LARGE_MEMBER and member.file_size > MAX_RATIO * member.compress_size:
            raise ResponsesError.archive_bomb(
                path.name,
                member=member.filename,
                size=member.file_size,
                limit=f"packed at most {MAX_RATIO} to 1 ({MAX_RATIO * member.compress_size:,} bytes)",
            )


def error_cells(path: Path, *, sheet: int, label: str) -> dict[tuple[int, int], str]:
    """Find the cells of a sheet that hold an error value.

    Parameters
    ----------
    path : pathlib.Path
        An Excel workbook.
    sheet : int
        Position of the sheet among all sheets, from 0.
    label : str
        File and sheet, for messages.

    Returns
    -------
    dict of (int, int) to str
        Row and column, both from 0, to the error as the sheet shows it.

    Raises
    ------
    ResponsesError
        At a formula without a stored result.
    """
    with zipfile.ZipFile(path) as archive:
        member = _sheet_member(archive, sheet)
        if member is None:
            return {}
        return dict(_peculiar(archive, member, label))


def _sheet_member(archive: zipfile.ZipFile, sheet: int) -> str | None:
    """Follow the workbook's relations to the part that holds a sheet."""
    relations: dict[bytes, str] = {}
    for tag in _RELATION.findall(archive.read("xl/_rels/workbook.xml.rels")):
        parts = dict(_ATTRIBUTE.findall(tag))
        relations[parts.get(b"Id", b"")] = posixpath.normpath(
            posixpath.join("/xl", parts.get(b"Target", b"").decode())
        ).lstrip("/")
    ids = _SHEET.findall(archive.read("xl/workbook.xml"))
    member = relations.get(ids[sheet]) if sheet < len(ids) else None
    return member if member in archive.namelist() else None


def _peculiar(archive: zipfile.ZipFile, member: str, label: str) -> Iterator[tuple[tuple[int, int], str]]:
    for text in _whole_cells(archive, member):
        if not _OF_INTEREST.search(text):
            continue
        for attributes, content in _CELL.findall(text):
            kind = _TYPE.search(attributes)
            value = _VALUE.search(content)
            if kind and kind.group(1) == b"e":
                yield _position(attributes, label), value.group(1).decode() if value else "#N/A"
            elif _FORMULA.search(content) and not (value and value.group(1)):
                _refuse_uncomputed(attributes, kind, label)


def _refuse_uncomputed(attributes: bytes, kind: re.Match[bytes] | None, label: str) -> None:
    """A formula may well result in empty text; then its cell says that it is text."""
    if kind and kind.group(1) == b"str":
        return
    found = _POSITION.search(attributes)
    cell = b"".join(found.groups()).decode() if found else "without a position"
    raise ResponsesError.uncomputed_formula(label, cell=cell)


def _whole_cells(archive: zipfile.ZipFile, member: str) -> Iterator[bytes]:
    """Yield the sheet in parts that end where a cell ends."""
    rest = b""
    with archive.open(member) as stream:
        while chunk := stream.read(CHUNK_BYTES):
            text = rest + chunk
            end = max(text.rfind(b"</c>"), text.rfind(b":c>")) + 4
            yield text[:end]
            rest = text[end:]
    yield rest


def _position(attributes: bytes, label: str) -> tuple[int, int]:
    found = _POSITION.search(attributes)
    if found is None:
        raise ResponsesError.broken(label, kind="an Excel workbook", reason="an error cell without a position")
    column = 0
    for letter in found.group(1):
        column = column * 26 + letter - ord("A") + 1
    return int(found.group(2)) - 1, column - 1
