"""Writing files so that an interruption leaves the old file or the new one, never half of either.

Every output of cxsurvey goes through here: a single file is written under a temporary name in its own folder
and renamed; a folder of files is built aside and moved into place once all of it exists.
"""

from __future__ import annotations

import csv
import errno
import hashlib
import io
import json
import os
import secrets
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from cxsurvey.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

MANIFEST = "manifest.json"
TOOL = "cxsurvey"
UNSAFE_STARTS = ("=", "+", "-", "@", "\t", "\r")


class Frame(Protocol):
    """The part of a pandas DataFrame that writing needs; this module does not import pandas."""

    @property
    def columns(self) -> Iterable[Any]: ...  # noqa: D102 - as in pandas

    def itertuples(self, index: bool = ..., name: str | None = ...) -> Iterable[Any]: ...  # noqa: D102, FBT001

    def isna(self) -> Any: ...  # noqa: D102


def sha256(path: str | os.PathLike[str]) -> str:
    """Hash the content of a file.

    Returns
    -------
    str
        64 hexadecimal digits.

    Raises
    ------
    OSError
        If the file cannot be read.

    Examples
    --------
    >>> import os
    >>> sha256(os.devnull)[:16]
    'e3b0c44298fc1c14'
    """
    with Path(path).open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def spreadsheet_safe(text: str) -> str:
    r"""Stop a spreadsheet from reading a text as a formula.

    A text that begins with ``=``, ``+``, ``-``, ``@``, a tab or a carriage return gets an apostrophe before
    it, which spreadsheet programs show as plain text.

    Examples
    --------
    >>> spreadsheet_safe("=1+1")
    "'=1+1"
    >>> spreadsheet_safe("Lack of skills")
    'Lack of skills'
    """
    return f"'{text}" if text.startswith(UNSAFE_STARTS) else text


def csv_text(frame: Frame) -> str:
    r"""Write a table as CSV text.

    Numbers keep their full precision, so reading the file back gives the same floats; a missing value is an
    empty cell; texts and column names go through :func:`spreadsheet_safe`. The index is not written.

    Parameters
    ----------
    frame : pandas.DataFrame
        Any table with pandas' ``columns``, ``itertuples`` and ``isna``.

    Returns
    -------
    str
        Comma separated, one header line, ``\n`` at the end of each line.

    Examples
    --------
    >>> import pandas as pd
    >>> print(csv_text(pd.DataFrame({"label": ["=x", "y"], "value": [0.1, None]})), end="")
    label,value
    '=x,0.1
    y,
    """
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([_cell(column) for column in frame.columns])
    absent = frame.isna().to_numpy()
    columns = zip(*frame.itertuples(index=False, name=None), strict=True)
    texts = [_column(cells, absent[:, place].tolist()) for place, cells in enumerate(columns)]
    writer.writerows(zip(*texts, strict=True))
    return stream.getvalue()


def _column(cells: Sequence[object], absent: Sequence[bool]) -> list[str]:
    safe = {cell: spreadsheet_safe(cell) for cell in {cell for cell in cells if isinstance(cell, str)}}
    return [
        "" if gap else safe[cell] if isinstance(cell, str) else _cell(cell)
        for cell, gap in zip(cells, absent, strict=True)
    ]


def _cell(value: object) -> str:
    if isinstance(value, str):
        return spreadsheet_safe(value)
    if isinstance(value, float):
        return repr(float(value))
    return str(value)


def write_bytes(
    path: str | os.PathLike[str], data: bytes, *, inputs: Iterable[str | os.PathLike[str]] = ()
) -> Path:
    """Write a file whole or not at all.

    The bytes go to a temporary name in the same folder, which then replaces the target in one step. A target
    that is a pipe or a device, such as ``/dev/stdout``, is written to directly.

    Parameters
    ----------
    path : path-like
        File to write; its folder must exist.
    data : bytes
        Content.
    inputs : iterable of path-like
        Files that were read to make the output; none of them may be the target.

    Returns
    -------
    Path
        The path as given.

    Raises
    ------
    OutputError
        If the target is a folder or an input, its folder is missing, or the file cannot be written there.
    """
    path = Path(path)
    _refuse_input(path, inputs)
    if path.is_dir():
        raise OutputError.target_is_folder(path)
    with _explained(path):
        if path.exists() and not path.is_file():
            path.write_bytes(data)
        else:
            _replace(Path(os.path.realpath(path)), data)
    return path


def _replace(path: Path, data: bytes) -> None:
    temporary = path.with_name(f".cxsurvey-{secrets.token_hex(8)}.tmp")  # the target's own name may be long
    try:
        with temporary.open("xb") as stream:
            stream.write(data)
        if path.exists():
            shutil.copymode(path, temporary)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def write_text(
    path: str | os.PathLike[str], text: str, *, inputs: Iterable[str | os.PathLike[str]] = ()
) -> Path:
    r"""Write text as UTF-8 with its line ends as they are, whole or not at all.

    Half of a surrogate pair, which UTF-8 cannot hold, is written as ``?``. Parameters, return value and errors
    are those of :func:`write_bytes`.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_text(Path(folder) / "note.txt", "done\n").read_bytes()
    b'done\n'
    """
    return write_bytes(path, text.encode("utf-8", errors="replace"), inputs=inputs)


def write_csv(
    path: str | os.PathLike[str], frame: Frame, *, inputs: Iterable[str | os.PathLike[str]] = ()
) -> Path:
    r"""Write a table as a UTF-8 CSV file, whole or not at all; see :func:`csv_text` for the shape.

    Parameters other than ``frame``, return value and errors are those of :func:`write_bytes`.

    Examples
    --------
    >>> import tempfile, pandas as pd
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_csv(Path(folder) / "n.csv", pd.DataFrame({"n": [1091]})).read_bytes()
    b'n\n1091\n'
    """
    return write_text(path, csv_text(frame), inputs=inputs)


def output_folder(path: str | os.PathLike[str]) -> Path:
    """Make a folder and the folders above it, unless they exist.

    Returns
    -------
    Path
        The folder as given.

    Raises
    ------
    OutputError
        If a file stands where the folder should be, or the folder cannot be made.
    """
    path = Path(path)
    for place in (path, *path.parents):
        if place.exists():
            if not place.is_dir():
                raise OutputError.target_is_file(place)
            break
    with _explained(path):
        path.mkdir(parents=True, exist_ok=True)
    return path


@contextmanager
def staged_folder(
    target: str | os.PathLike[str], *, inputs: Iterable[str | os.PathLike[str]] = (), prune: bool = True
) -> Iterator[Path]:
    """Build a folder of files aside and move them into place when all of them exist.

    The body of the ``with`` writes into the folder it is given. If it raises, the target stays as it was. If
    it ends, each file replaces its namesake in the target; should one of these moves fail, those already done
    are undone. Files in the target that the earlier manifest lists, that the new build lacks and that nobody
    has edited since are removed. Every other file in the target is left alone.

    Parameters
    ----------
    target : path-like
        Folder to fill; made, with the folders above it, when it does not exist.
    inputs : iterable of path-like
        Files that were read to make the output; none of them may be overwritten or removed.
    prune : bool
        Remove what the earlier manifest lists and the new build lacks. False for a build without a manifest,
        which says nothing about the files that another one left.

    Yields
    ------
    Path
        An empty temporary folder on the target's own file system.

    Raises
    ------
    OutputError
        If the target is a file or cannot be written, a file would replace an input or a folder, or the target
        holds a ``manifest.json`` that cxsurvey did not write.
    """
    folder = Path(target)
    made = [place for place in (folder, *folder.parents) if not place.exists()]
    output_folder(folder)
    try:
        with _stage(folder, list(inputs), prune=prune) as built:
            yield built
    except BaseException:
        _remove_empty(made)
        raise


@contextmanager
def _stage(folder: Path, inputs: Sequence[str | os.PathLike[str]], *, prune: bool) -> Iterator[Path]:
    earlier = _earlier_files(folder) if prune else {}
    with _explained(folder):
        stage = Path(tempfile.mkdtemp(prefix=".cxsurvey-", dir=folder))
    built, aside = stage / "new", stage / "old"
    built.mkdir()
    aside.mkdir()
    try:
        yield built
        names = _relative_files(built)
        _refuse_clashes(folder, names, inputs)
        stale = _stale_files(folder, earlier, names, inputs)
        with _explained(folder):
            _swap(built, aside, folder, names, stale)
    except BaseException:
        if not _relative_files(aside):  # otherwise old files could not be put back: leave them to be found
            shutil.rmtree(stage, ignore_errors=True)
        raise
    shutil.rmtree(stage, ignore_errors=True)


def _relative_files(folder: Path) -> list[str]:
    """List the files under a folder, the manifest last: it then never lists what is not yet there."""
    names = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return sorted(names, key=lambda name: (name == MANIFEST, name))


def _earlier_files(folder: Path) -> dict[str, str]:
    """Read name and sha256 of the files that an earlier build left in a folder."""
    path = folder / MANIFEST
    if not path.exists():
        return {}
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        if manifest["tool"]["name"] != TOOL:
            raise OutputError.foreign_manifest(path)
        return {str(entry["path"]): str(entry["sha256"]) for entry in manifest["files"]}
    except (ValueError, KeyError, TypeError) as error:
        raise OutputError.foreign_manifest(path) from error


def _refuse_clashes(folder: Path, names: Sequence[str], inputs: Sequence[str | os.PathLike[str]]) -> None:
    for name in names:
        path = folder / name
        _refuse_input(path, inputs)
        if path.is_dir():
            raise OutputError.target_is_folder(path)


def _stale_files(
    folder: Path, earlier: dict[str, str], names: Sequence[str], inputs: Sequence[str | os.PathLike[str]]
) -> list[str]:
    root = folder.resolve()
    stale = []
    for name in sorted(set(earlier) - set(names)):
        path = folder / name
        inside = path.resolve().is_relative_to(root) and path.is_file()
        if inside and not _is_input(path, inputs) and sha256(path) == earlier[name]:
            stale.append(name)
    return stale


def _swap(built: Path, aside: Path, folder: Path, names: Sequence[str], stale: Sequence[str]) -> None:
    """Move new files in and old files aside; on any failure put everything back."""
    moves = [(folder / name, aside / name) for name in (*stale, *names) if (folder / name).exists()]
    moves += [(built / name, folder / name) for name in names]
    done: list[tuple[Path, Path]] = []
    try:
        for source, place in moves:
            place.parent.mkdir(parents=True, exist_ok=True)
            done.append((source, place))  # before the move: an interrupt may fall between the two
            source.replace(place)
    except BaseException:
        for source, place in reversed(done):
            if not source.exists():
                place.replace(source)
        raise
    _remove_empty(sorted({(folder / name).parent for name in stale} - {folder}))


def _remove_empty(folders: Iterable[Path]) -> None:
    for folder in folders:
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()


def _is_input(path: Path, inputs: Iterable[str | os.PathLike[str]]) -> bool:
    if not path.exists():
        return False
    return any(Path(given).exists() and path.samefile(given) for given in inputs)


def _refuse_input(path: Path, inputs: Iterable[str | os.PathLike[str]]) -> None:
    if _is_input(path, inputs):
        raise OutputError.would_overwrite_input(path)


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Turn an operating system error into an OutputError that says what to do."""
    try:
        yield
    except OSError as error:
        if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
            raise OutputError.no_permission(path) from error
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise OutputError.disk_full(path) from error
        if error.errno == errno.ENOTDIR:
            raise OutputError.target_is_file(path.parent) from error
        if error.errno == errno.ENOENT and not path.parent.exists():
            raise OutputError.parent_missing(path) from error
        raise OutputError.not_written(path, error.strerror or str(error)) from error
