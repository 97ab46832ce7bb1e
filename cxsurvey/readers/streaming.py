"""A large text file, looked at piece by piece: is it UTF-8 with quotes where every reader expects them.

Such a file can be parsed straight from disk. Any other is read whole, which can find its encoding and name its
faults.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from pathlib import Path

import numpy as np

PIECE_BYTES = 1024 * 1024
_QUOTE = ord('"')
_LINE_BREAKS = (ord("\r"), ord("\n"))


def is_regular(path: Path, *, start: int, separator: str, piece_bytes: int = PIECE_BYTES) -> bool:
    r"""Tell whether a text is UTF-8 without NUL and its quotes pair up around whole fields.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    start : int
        Byte at which the rows begin.
    separator : str
        One ASCII character between fields.
    piece_bytes : int
        How much is held at a time.

    Returns
    -------
    bool

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "answers.csv"
    >>> _ = path.write_bytes(b'1,"a ""b"", c"\n2,d\n')
    >>> is_regular(path, start=0, separator=",", piece_bytes=3)
    True
    """
    edges = np.array([ord(separator), *_LINE_BREAKS, _QUOTE], dtype=np.uint8)
    decoder = codecs.getincrementaldecoder("utf-8")()
    before, inside = _LINE_BREAKS[1], 0
    for piece, after in _pieces(path, start, piece_bytes):
        if b"\0" in piece or not _decodes(decoder, piece, last=after is None):
            return False
        bytes_ = np.frombuffer(piece, dtype=np.uint8)
        quotes = np.flatnonzero(bytes_ == _QUOTE)
        opens = (np.arange(quotes.size) + inside) % 2 == 0
        ends = np.array([before, _LINE_BREAKS[1] if after is None else after], dtype=np.uint8)
        outer = np.concatenate([ends[:1], bytes_, ends[1:]])
        around = np.where(opens, outer[quotes], outer[quotes + 2])
        if not np.isin(around, edges).all():
            return False
        before, inside = piece[-1], (inside + quotes.size) % 2
    return inside == 0


def _decodes(decoder: codecs.IncrementalDecoder, piece: bytes, *, last: bool) -> bool:
    try:
        decoder.decode(piece, last)
    except UnicodeDecodeError:
        return False
    return True


def _pieces(path: Path, start: int, size: int) -> Iterator[tuple[bytes, int | None]]:
    """Yield each piece with the byte that follows it; None behind the last."""
    with path.open("rb") as stream:
        stream.seek(start)
        piece = stream.read(size)
        while piece:
            following = stream.read(size)
            yield piece, following[0] if following else None
            piece = following
