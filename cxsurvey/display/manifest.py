"""The manifest of a pack: what made it, from what, and the hash of each file.

Two packs made from the same study with the same library versions have equal manifests; the file holds no date,
no user and no path of the machine.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final

from cxsurvey import __version__
from cxsurvey.files import MANIFEST, TOOL, sha256, write_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

SCHEMA: Final = 1
LIBRARIES: Final = ("matplotlib", "numpy", "pandas", "pypdf", "scipy")


@dataclass(frozen=True, slots=True)
class FigureEntry:
    """One figure of a pack.

    Attributes
    ----------
    key, number, headline : str
        As on the figure.
    form : str
        Name of the chart form, such as ``"ranked"``.
    base, source : str
        As printed in the notes.
    files : tuple of str
        The figure's own files, relative to the pack.
    """

    key: str
    number: str
    headline: str
    form: str
    base: str
    source: str
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Origin:
    """What a pack was made from.

    Attributes
    ----------
    id, title : str
        Of the study.
    synthetic : bool
        Whether its respondents are.
    study_sha256, responses_sha256 : str
        Hashes of the study file and the responses file; empty when there is none.
    options : mapping
        Options that change numbers, with values that JSON can hold.
    """

    id: str
    title: str
    synthetic: bool
    study_sha256: str
    responses_sha256: str
    options: Mapping[str, Any]


def manifest(folder: Path, origin: Origin, figures: Sequence[FigureEntry]) -> dict[str, Any]:
    """Describe a folder of outputs.

    Parameters
    ----------
    folder : Path
        All files in it and below it are listed, except a manifest.
    origin : Origin
        What they were made from.
    figures : sequence of FigureEntry
        The figures among them.

    Returns
    -------
    dict
        ``schema``, ``tool`` (name, version, libraries), ``study``, ``options``, ``figures`` and ``files``
        (path, sha256 and bytes of each).
    """
    return {
        "schema": SCHEMA,
        "tool": {
            "name": TOOL,
            "version": __version__,
            "libraries": {name: version(name) for name in LIBRARIES},
        },
        "study": {
            "id": origin.id,
            "title": origin.title,
            "synthetic": origin.synthetic,
            "study_sha256": origin.study_sha256,
            "responses_sha256": origin.responses_sha256,
        },
        "options": dict(origin.options),
        "figures": [asdict(figure) for figure in figures],
        "files": [_file_entry(folder, name) for name in listed_files(folder)],
    }


def listed_files(folder: Path) -> list[str]:
    """List the files under a folder in a fixed order, without its manifest."""
    names = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return sorted(name for name in names if name != MANIFEST)


def _file_entry(folder: Path, name: str) -> dict[str, Any]:
    path = folder / name
    return {"path": name, "sha256": sha256(path), "bytes": path.stat().st_size}


def write_manifest(folder: Path, origin: Origin, figures: Sequence[FigureEntry]) -> Path:
    r"""Write ``manifest.json`` into a folder of outputs, last of all.

    Keys are sorted and the file ends with a line break. See `manifest` for the content.

    Returns
    -------
    Path
        The manifest.

    Raises
    ------
    TypeError, ValueError
        If an option is not JSON, such as an object or NaN.
    OutputError
        If the file cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> origin = Origin("demo", "Demo", False, "", "", {"level": 0.95})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_manifest(Path(folder), origin, ()).read_text()[:18]
    '{\n  "figures": [],'
    """
    content = manifest(folder, origin, figures)
    text = json.dumps(content, sort_keys=True, indent=2, ensure_ascii=False, allow_nan=False)
    return write_text(folder / MANIFEST, text + "\n")
