"""The broken studies of this folder: what each case holds, and how it is laid out to be run."""

from __future__ import annotations

import os
import shutil
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

from bad_input_recipes import RECIPES

HERE = Path(__file__).parent
EXPECTED = "expected.toml"
TABLES = ("check", "segment", "gaps")
OLD = "what an earlier run left\n"


@dataclass(frozen=True)
class Run:
    """One command line of a case and everything it must print, return and leave behind."""

    args: tuple[str, ...]
    code: int
    out: str
    err: str
    columns: tuple[str, ...]
    writes: tuple[str, ...]

    @property
    def fails(self) -> bool:
        """Whether the command refuses, so that a file named with --out must stay as it was."""
        return bool(self.err) and self.code != 0

    @property
    def arguments(self) -> tuple[str, ...]:
        """The arguments, with an output that already exists for every command that refuses."""
        if not self.fails or "--out" in self.args or "demo" in self.args:
            return self.args
        return (*self.args, "--out", "kept.csv" if any(name in self.args for name in TABLES) else "pack")


@dataclass(frozen=True)
class Case:
    """A broken study and the runs over it."""

    folder: Path
    about: str
    recipe: str
    runs: tuple[Run, ...]

    @property
    def name(self) -> str:
        """The folder's name."""
        return self.folder.name

    def lay_out(self, place: Path) -> None:
        """Copy the study to ``place/study``, make what no repository holds, and put old outputs beside it."""
        shutil.copytree(self.folder, place / "study", ignore=shutil.ignore_patterns(EXPECTED))
        (place / "kept.csv").write_text(OLD, encoding="utf-8")
        (place / "pack").mkdir()
        (place / "pack" / "notes.txt").write_text(OLD, encoding="utf-8")
        if self.recipe:
            RECIPES[self.recipe](place)


def read_case(folder: Path) -> Case:
    """Read one case folder."""
    told = tomllib.loads((folder / EXPECTED).read_text(encoding="utf-8"))
    runs = tuple(_run(run) for run in told.pop("run"))
    return Case(folder, told.pop("about"), told.pop("recipe", ""), runs)


def _run(told: dict[str, Any]) -> Run:
    return Run(
        args=tuple(os.fsdecode(unquote_to_bytes(arg)) for arg in told["args"]),
        code=told["code"],
        out=told.get("stdout", ""),
        err=told.get("stderr", ""),
        columns=tuple(told.get("columns", ())),
        writes=tuple(told.get("writes", ())),
    )


def all_cases() -> list[Case]:
    """Every case, in the order of its number."""
    return [read_case(path.parent) for path in sorted(HERE.glob(f"*/{EXPECTED}"))]


def snapshot(place: Path) -> dict[str, bytes | str]:
    """Everything under a folder: names, kinds and bytes."""
    return {str(path.relative_to(place)): _content(path) for path in sorted(place.rglob("*"))}


def _content(path: Path) -> bytes | str:
    if path.is_symlink():
        return f"-> {path.readlink()}"
    return path.read_bytes() if path.is_file() else "folder"
