"""The files of a Triple-S survey: which is the metadata, and what stands beside it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

METADATA_SUFFIXES = (".sss", ".xml")
_DATA_SUFFIXES = frozenset({".asc", ".dat"})
_HEAD_BYTES = 16 * 1024


def is_triple_s(path: Path) -> bool:
    """Tell whether a file is Triple-S metadata, or data of fixed positions with such metadata beside them.

    Parameters
    ----------
    path : pathlib.Path
        A file that exists.

    Returns
    -------
    bool
    """
    if is_metadata(path):
        return True
    return path.suffix.casefold() in _DATA_SUFFIXES and metadata_beside(path) is not None


def is_metadata(path: Path) -> bool:
    """Tell whether a file begins like Triple-S metadata.

    Parameters
    ----------
    path : pathlib.Path
        A file that exists.

    Returns
    -------
    bool
    """
    with path.open("rb") as stream:
        head = stream.read(_HEAD_BYTES).replace(b"\x00", b"")
    return b"<sss" in head.lower()


def metadata_beside(path: Path) -> Path | None:
    """Find the metadata that describe a data file: the same name, another suffix.

    Parameters
    ----------
    path : pathlib.Path
        A data file.

    Returns
    -------
    pathlib.Path or None
        None when there are none.
    """
    return next((found for found in siblings(path, METADATA_SUFFIXES) if is_metadata(found)), None)


def siblings(path: Path, suffixes: Sequence[str]) -> Iterator[Path]:
    """Find files of the same name and another suffix, in the order of the suffixes, whatever their case.

    Parameters
    ----------
    path : pathlib.Path
        A file.
    suffixes : sequence of str
        In lower case, with the dot.

    Yields
    ------
    pathlib.Path
    """
    stem = path.stem.casefold()
    files = sorted(file for file in path.parent.iterdir() if file.stem.casefold() == stem and file != path)
    for suffix in suffixes:
        yield from (file for file in files if file.suffix.casefold() == suffix and file.is_file())
