"""From a text file's bytes to UTF-8: by its byte order mark, as stated, or by trial."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from cxsurvey.errors import ResponsesError

BOMS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16: its mark begins with the mark of UTF-16
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
CHUNK_BYTES = 8 * 1024 * 1024
_ALL_BYTES = bytes(range(256))
_WIDE_CHARACTER = re.compile(rb"[\xc0-\xff][\x80-\xbf]+")


@dataclass(frozen=True, slots=True)
class Utf8Text:
    """A text file as UTF-8 without a byte order mark, and the encoding it came in."""

    data: bytes | memoryview
    encoding: str

    def text(self) -> str:
        """Return the whole text."""
        return str(self.data, "utf-8")


def to_utf8(data: bytes, *, file_name: str, encoding: str | None = None) -> Utf8Text:
    """Bring a text file to UTF-8.

    A byte order mark decides; else the stated encoding; else UTF-8 if every byte fits, else Windows-1252.
    A file that is UTF-8 up to a broken place is refused: read as Windows-1252, its accents would turn into
    nonsense. So is a file of valid UTF-8 with a stated encoding of one byte a character: text in such an
    encoding all but never happens to be UTF-8.

    Parameters
    ----------
    data : bytes
        The whole file.
    file_name : str
        For messages.
    encoding : str, optional
        What the study file states.

    Returns
    -------
    Utf8Text

    Raises
    ------
    ResponsesError
        When the encoding is unknown, contradicts the byte order mark or the bytes, or does not fit them, and
        when the text holds NUL characters.

    Examples
    --------
    >>> to_utf8("“fair”".encode("cp1252"), file_name="answers.csv").encoding
    'cp1252'
    """
    marked = next((name for mark, name in BOMS if data.startswith(mark)), None)
    stated = _codec(encoding, file_name) if encoding else None
    if marked and stated and not stated.startswith(marked):
        raise ResponsesError.encoding_mismatch(file_name, stated=stated, marked=marked)
    if marked == "utf-8":
        return _checked_utf8(data, file_name, label="utf-8-sig", skip=len(codecs.BOM_UTF8))
    chosen = marked or stated
    if chosen in {"utf-8", "utf-8-sig"}:
        return _checked_utf8(data, file_name, label="utf-8")
    if chosen is None:
        return _found(data, file_name)
    if _is_single_byte(chosen):
        _refuse_utf8(data, file_name, stated=chosen)
    return _transcoded(data, file_name, chosen)


def _codec(name: str, file_name: str) -> str:
    try:
        bytes(4).decode(name)
    except LookupError as fault:
        raise ResponsesError.unknown_encoding(file_name, encoding=name) from fault
    except UnicodeError:
        # Four NUL bytes are not valid everywhere; it is a text encoding all the same.
        pass
    return codecs.lookup(name).name


def _is_single_byte(codec: str) -> bool:
    """Whether every byte is a character; encodings of more bytes take some of these for pairs."""
    return codec not in {"utf-8", "utf-8-sig"} and len(_ALL_BYTES.decode(codec, errors="replace")) == len(
        _ALL_BYTES
    )


def _refuse_utf8(data: bytes, file_name: str, *, stated: str) -> None:
    found = _WIDE_CHARACTER.search(data)
    if found is None or _utf8_fault(data) is not None:
        return
    sample = found.group()
    raise ResponsesError.is_utf8(
        file_name,
        stated=stated,
        line=_line(data, found.start()),
        meant=sample.decode(),
        shown=sample.decode(stated, errors="replace"),
    )


def _found(data: bytes, file_name: str) -> Utf8Text:
    """Without a mark and without a statement: UTF-8, else Windows-1252."""
    _refuse_nul(data, data, file_name)
    fault = _utf8_fault(data)
    if fault is None:
        return Utf8Text(data, "utf-8")
    if not data[:fault].isascii():
        raise ResponsesError.undecodable(
            file_name, encoding="utf-8", offset=fault, line=_line(data, fault), byte=data[fault]
        )
    return _transcoded(data, file_name, "cp1252")


def _checked_utf8(data: bytes, file_name: str, *, label: str, skip: int = 0) -> Utf8Text:
    _refuse_nul(data, data, file_name)
    fault = _utf8_fault(data)
    if fault is not None:
        raise ResponsesError.undecodable(
            file_name, encoding="utf-8", offset=fault, line=_line(data, fault), byte=data[fault]
        )
    return Utf8Text(memoryview(data)[skip:] if skip else data, label)


def _transcoded(data: bytes, file_name: str, encoding: str) -> Utf8Text:
    try:
        text = data.decode(encoding)
    except UnicodeError as fault:
        offset = getattr(fault, "start", 0)
        raise ResponsesError.undecodable(
            file_name, encoding=encoding, offset=offset, line=_line(data, offset), byte=data[offset]
        ) from fault
    converted = text.removeprefix("\ufeff").encode("utf-8", errors="surrogatepass")
    _refuse_nul(converted, data, file_name)
    return Utf8Text(converted, encoding)


def _utf8_fault(data: bytes) -> int | None:
    """Return the offset of the first byte that is not UTF-8; checked in chunks to spare memory."""
    if data.isascii():
        return None
    view, start = memoryview(data), 0
    while start < len(view):
        stop = min(start + CHUNK_BYTES, len(view))
        try:
            _, used = codecs.utf_8_decode(view[start:stop], "strict", stop == len(view))
        except UnicodeDecodeError as fault:
            return start + fault.start
        start += used
    return None


def _refuse_nul(text: bytes, data: bytes, file_name: str) -> None:
    offset = text.find(b"\0")
    if offset >= 0:
        wide = data[:1000].count(b"\0") * 3 >= len(data[:1000])
        raise ResponsesError.nul_byte(file_name, offset=offset, line=_line(text, offset), wide=wide)


def _line(data: bytes, offset: int) -> int:
    return data.count(b"\n", 0, offset) + 1
