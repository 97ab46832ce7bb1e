"""A responses file on disk: its bytes, its digest, and what its first bytes say it is."""

from __future__ import annotations

import hashlib
import re
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from cxsurvey.errors import ResponsesError

if TYPE_CHECKING:
    from pathlib import Path

Content = Literal[
    "text", "workbook", "parquet", "spss", "stata", "zip", "broken_zip", "gzip", "pdf", "html", "xml", "json",
    "old_excel", "binary_excel", "open_document", "encrypted_workbook", "spss_portable", "sas",
    "sas_transport", "rdata", "empty"
]  # fmt: skip

MAX_BYTES = 2 * 1024**3
HEAD_BYTES = 64 * 1024

_MAGIC: tuple[tuple[bytes, Content], ...] = (
    (b"PAR1", "parquet"),
    (b"$FL2", "spss"),
    (b"$FL3", "spss"),
    (b"<stata_dta>", "stata"),
    (b"\x1f\x8b", "gzip"),
    (b"%PDF-", "pdf"),
    (b"RDX", "rdata"),
    (b"\x00" * 12 + b"\xc2\xea\x81\x60", "sas"),
    (b"HEADER RECORD*******LIB", "sas_transport"),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PORTABLE = re.compile(rb".{0,200}SPSS PORT FILE", re.DOTALL)  # a splash in several character sets comes first
_OLD_STATA = re.compile(rb"[\x69-\x73][\x01\x02]\x01")
_HTML = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype\s+html|html|head|body|table)\b", re.IGNORECASE)
_XML = re.compile(rb"(?:\xef\xbb\xbf)?\s*<\?xml\b", re.IGNORECASE)
_JSON = re.compile(rb'(?:\xef\xbb\xbf)?\s*(?:\{\s*"[^"\n]*"\s*:|\[\s*\{\s*"[^"\n]*"\s*:)')
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A responses file that exists, is not empty and is not too large.

    Attributes
    ----------
    path : pathlib.Path
        Where it is.
    content : str
        What its bytes say it is, such as ``"text"`` or ``"workbook"``.
    sha256 : str
        Digest of its bytes, in hexadecimal.
    """

    path: Path
    content: Content
    sha256: str

    @property
    def name(self) -> str:
        """The file's name without its folder."""
        return self.path.name


def open_source(path: Path, *, max_bytes: int = MAX_BYTES) -> SourceFile:
    """Look at a file before it is read.

    Parameters
    ----------
    path : pathlib.Path
        The responses file.
    max_bytes : int
        The largest file that is read.

    Returns
    -------
    SourceFile

    Raises
    ------
    ResponsesError
        When the file is absent, is no file, is empty, is too large or cannot be opened.
    """
    if not path.exists():
        raise ResponsesError.not_found(path.name)
    if not path.is_file():
        raise ResponsesError.not_a_file(path.name)
    try:
        size = path.stat().st_size
        if size > max_bytes:
            raise ResponsesError.too_large(path.name, size=size, limit=max_bytes)
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        content = _content(path)
    except OSError as fault:
        raise ResponsesError.unreadable(path.name, reason=fault.strerror or str(fault)) from fault
    if content == "empty":
        raise ResponsesError.empty(path.name)
    return SourceFile(path=path, content=content, sha256=digest)


def _content(path: Path) -> Content:
    with path.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    if not head:
        return "empty"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip_content(path)
    if head.startswith(_OLE):
        return _ole_content(path)
    for magic, content in _MAGIC:
        if head.startswith(magic):
            return content
    patterns: tuple[tuple[re.Pattern[bytes], Content], ...] = (
        (_OLD_STATA, "stata"),
        (_PORTABLE, "spss_portable"),
        (_HTML, "html"),
        (_XML, "xml"),
        (_JSON, "json"),
    )
    return next((content for pattern, content in patterns if pattern.match(head)), "text")


def _zip_content(path: Path) -> Content:
    try:
        with zipfile.ZipFile(path) as archive:
            members = set(archive.namelist())
    except zipfile.BadZipFile:
        return "broken_zip"
    if "xl/workbook.xml" in members:
        return "workbook"
    if "xl/workbook.bin" in members:
        return "binary_excel"
    return "open_document" if {"mimetype", "content.xml"} <= members else "zip"


def _ole_content(path: Path) -> Content:
    """Excel 97 files and password-protected workbooks share a container; its directory tells them apart."""
    with path.open("rb") as stream:
        data = stream.read()
    return "encrypted_workbook" if _ENCRYPTED in data else "old_excel"
