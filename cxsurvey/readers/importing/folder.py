"""The study folder on disk: written whole or not at all, and never over what somebody edited."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from cxsurvey.errors import OutputError
from cxsurvey.files import sha256, staged_folder
from cxsurvey.readers.importing.records import COLUMNS, README, REPORT, REPORT_TITLE, RESPONSES, SCHEMA
from cxsurvey.study.study_file import FILE_NAME

_RECORD = re.compile(r"^([0-9a-f]{64})  (.+)$", re.MULTILINE)


def recorded(folder: Path) -> dict[str, str]:
    """Read the hash of each file that an earlier import left in a folder.

    Parameters
    ----------
    folder : pathlib.Path

    Returns
    -------
    dict of str to str
        File name to sha256; empty when there is no import report.
    """
    try:
        text = (folder / REPORT).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return {}
    return {name: digest for digest, name in _RECORD.findall(text)}


def edited(folder: Path, name: str) -> bool:
    """Whether a file is there that differs from what an import wrote."""
    path = folder / name
    return path.is_file() and sha256(path) != recorded(folder).get(name)


def refuse_edited(folder: Path, *, responses: str = RESPONSES) -> None:
    """Refuse to go on where an import would replace somebody's work.

    Parameters
    ----------
    folder : pathlib.Path
        The study folder, which may not exist yet.
    responses : str
        Name of the responses file.

    Raises
    ------
    OutputError
        ``study-edited`` when the study file or the responses differ from what the last import wrote.
    """
    names = [name for name in (FILE_NAME, responses) if edited(folder, name)]
    names += [REPORT] if _foreign_report(folder / REPORT) else []
    if names:
        raise OutputError.study_edited(folder / names[0])


def _foreign_report(path: Path) -> bool:
    """Whether a file that no import wrote has the name of the report."""
    if not path.is_file():
        return False
    with path.open("rb") as stream:
        return stream.read(len(REPORT_TITLE)) != REPORT_TITLE.encode()


def write_folder(
    folder: Path,
    makers: Mapping[str, Callable[[Path], None]],
    *,
    report: Callable[[Mapping[str, str]], str],
    sources: Sequence[Path],
) -> tuple[Path, ...]:
    """Write the files of a study folder together.

    Parameters
    ----------
    folder : pathlib.Path
    makers : mapping of str to callable
        File name to what writes it at a path.
    report : callable
        Makes the import report of the hashes of the files beside it.
    sources : sequence of pathlib.Path
        The export and what else was read, which must not be overwritten.

    Returns
    -------
    tuple of pathlib.Path

    Raises
    ------
    OutputError
        When the folder cannot be written, or would hold its own export under a name that is needed.
    """
    before = recorded(folder)
    kept = {name for name in (README, COLUMNS, SCHEMA) if name in makers and edited(folder, name)}
    with staged_folder(folder, inputs=sources, prune=False) as stage:
        for name, make in makers.items():
            if name not in kept:
                (stage / name).parent.mkdir(parents=True, exist_ok=True)
                make(stage / name)
        made = {name: sha256(stage / name) for name in makers if name not in kept}
        hashes = dict(sorted({**before, **made}.items()))
        (stage / REPORT).write_text(report(hashes), encoding="utf-8", errors="replace", newline="\n")
    return tuple(folder / name for name in (*makers, REPORT) if name not in kept)


def copier(source: Path) -> Callable[[Path], None]:
    """What copies a file byte for byte."""

    def copy(target: Path) -> None:
        shutil.copyfile(source, target)

    return copy


def writer(text: str) -> Callable[[Path], None]:
    """What writes a text as UTF-8."""

    def write(target: Path) -> None:
        target.write_text(text, encoding="utf-8", errors="replace", newline="\n")

    return write
