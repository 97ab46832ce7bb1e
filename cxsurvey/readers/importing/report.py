"""The import report: what was read, what became of each column, what was guessed, what to do next."""

from __future__ import annotations

import shlex
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from cxsurvey.readers.codebooks.draft import ColumnFate, Draft
from cxsurvey.readers.importing.records import COLUMNS, REPORT, REPORT_TITLE, Imported

if TYPE_CHECKING:
    import pandas as pd

WIDTH = 80
FEW = 8  # rows of a part on a terminal; the file has all of them
NAMES = 24
HEADLINES = {"guess": "guess ", "likely": "likely"}
FATES = {
    "question": "question",
    "part": "part of",
    "design": "design",
    "id": "id",
    "timestamp": "time",
    "quality": "quality",
    "left_out": "left out",
}


def report_text(imported: Imported, *, hashes: Mapping[str, str] | None = None, brief: bool = False) -> str:
    """Write the import report.

    Parameters
    ----------
    imported : Imported
    hashes : mapping of str to str, optional
        File name to sha256, recorded at the end so that a later import knows an edited file.
    brief : bool
        Shorten long lists and leave out the list of columns, for a terminal.

    Returns
    -------
    str
        Lines of at most 80 columns, but for names that are longer by themselves.
    """
    most = FEW if brief else None
    parts: list[Iterable[str]] = [
        _source(imported),
        _respondents(imported),
        _questions(imported),
        _left_out(imported.draft),
        _roles(imported.draft),
        _guesses(imported.draft, most),
        _unmapped(imported.draft, most),
        _duplicates(imported.draft),
        _notes(imported, most),
        () if brief else _columns(imported.draft),
        _written(imported),
        _next(imported),
        _hashes(hashes or {}),
    ]
    blocks = ["\n".join(lines) for part in parts if (lines := list(part))]
    return "\n\n".join(blocks) + "\n"


def _wrapped(text: str, *, indent: int = 2, hang: int = 2) -> list[str]:
    clean = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return textwrap.wrap(
        clean,
        WIDTH,
        initial_indent=" " * indent,
        subsequent_indent=" " * (indent + hang),
        break_on_hyphens=False,
    )


def _source(imported: Imported) -> Iterator[str]:
    origin = imported.origin
    yield from _wrapped(f"{REPORT_TITLE}: {origin.file_name}", indent=0)
    yield from _wrapped(origin.why)
    read = [f"{origin.size:,} bytes", origin.format]
    read += [f"encoding {origin.encoding}"] if origin.encoding else []
    read += [f"separator {origin.separator!r}"] if origin.separator else []
    yield from _wrapped(f"Platform {origin.platform}; {', '.join(read)}.")


def _respondents(imported: Imported) -> Iterator[str]:
    dropped = sum(rows.count for rows in imported.origin.dropped)
    yield f"Rows: {imported.n + dropped:,} read, {imported.n:,} respondents kept, {dropped:,} left out"
    for rows in imported.origin.dropped:
        shown = ", ".join(map(str, rows.rows[:FEW]))
        more = ", ..." if rows.count > len(rows.rows[:FEW]) else ""
        yield from _wrapped(f"{rows.count:,} {rows.reason} (row {shown}{more})")


def _questions(imported: Imported) -> Iterator[str]:
    kinds = ", ".join(f"{count} {kind}" for kind, count in imported.types.items())
    yield from _wrapped(f"Questions: {len(imported.draft.file.question)} ({kinds})", indent=0)
    grids = imported.draft.grids
    if grids:
        rows = sum(map(len, grids.values()))
        named = ", ".join(f"{block} ({members[0]} to {members[-1]})" for block, members in grids.items())
        word = "grid" if len(grids) == 1 else "grids"
        yield from _wrapped(f"{len(grids)} {word} of {rows} rows in all: {named}")
    sure = ", ".join(f"{count} {name}" for name, count in imported.sureness.items())
    if sure:
        yield from _wrapped(f"How sure: {sure}")


def _left_out(draft: Draft) -> Iterator[str]:
    by_reason: dict[str, list[ColumnFate]] = {}
    for fate in draft.fates:
        if fate.fate == "left_out":
            by_reason.setdefault(fate.detail, []).append(fate)
    if not by_reason:
        return
    yield "Left out"
    for reason, fates in by_reason.items():
        names = _some([fate.column for fate in fates])
        yield from _wrapped(f"{reason}: {len(fates)} ({names})")
    if "personal" in by_reason or "free text" in by_reason:
        yield from _wrapped("To keep some: --keep COLUMN, --keep text, --keep personal.")


def _some(names: Sequence[str]) -> str:
    shown = [_cut(name) for name in names[:FEW]]
    return ", ".join(shown) + (f" and {len(names) - FEW} more" if len(names) > FEW else "")


def _cut(text: str, length: int = NAMES) -> str:
    return text if len(text) <= length else f"{text[: length - 1]}…"


def _roles(draft: Draft) -> Iterator[str]:
    if draft.roles:
        yield "Columns with a part of their own"
    for role, columns in draft.roles.items():
        yield from _wrapped(f"{role.replace('_', ' ')}: {_some(columns)}")


def _guesses(draft: Draft, most: int | None) -> Iterator[str]:
    """What is not sure, least sure first; questions with the same evidence together."""
    together: dict[tuple[str, str, str], list[str]] = {}
    for guess in draft.guesses:
        if guess.sure in HEADLINES:
            together.setdefault((guess.sure, guess.what, guess.evidence), []).append(guess.question)
    found = sorted(together.items(), key=lambda item: item[0][0] != "guess")
    if not found:
        return
    yield "To look at: what the file does not state"
    for (sure, what, evidence), questions in found[:most]:
        names = _some(questions) if most is not None else ", ".join(questions)
        yield from _wrapped(f"{HEADLINES[sure]} {what}; {evidence}: {names}", hang=7)
    yield from _more(found, most)


def _more(found: Sequence[object], most: int | None) -> Iterator[str]:
    if most is not None and len(found) > most:
        yield f"  and {len(found) - most:,} more in {REPORT}"


def _unmapped(draft: Draft, most: int | None) -> Iterator[str]:
    if not draft.unmapped:
        return
    yield "Answers that no label or scale knows"
    for item in draft.unmapped[:most]:
        yield from _wrapped(f"{item.question}: '{_cut(item.cell, 60)}' {item.count:,} times, {item.treatment}")
    yield from _more(draft.unmapped, most)


def _duplicates(draft: Draft) -> Iterator[str]:
    words = {"id": "the same id", "ip": "the same IP address", "answers": "the same answers throughout"}
    if draft.duplicates:
        yield "Duplicates"
    for item in draft.duplicates:
        column = f" in '{_cut(item.column)}'" if item.column else ""
        yield from _wrapped(
            f"{item.respondents:,} respondents share {words[item.kind]}{column} ({item.groups:,} groups)"
        )


def _notes(imported: Imported, most: int | None) -> Iterator[str]:
    notes = [*imported.origin.notes, *imported.draft.notes, *imported.draft.suggestions]
    if notes:
        yield "Notes"
    for note in notes[:most]:
        yield from _wrapped(note)
    yield from _more(notes, most)


def _columns(draft: Draft) -> Iterator[str]:
    yield f"Columns (also in {COLUMNS})"
    for fate in draft.fates:
        became = f"{FATES[fate.fate]} {fate.detail}"
        why = f"; {fate.reason}" if fate.reason else ""
        yield from _wrapped(f"{fate.column}: {became}{why} ({fate.sure})")


def _written(imported: Imported) -> Iterator[str]:
    if imported.folder is None:
        yield "Nothing was written."
    elif imported.kept:
        yield "study.toml was left as it is; responses.csv is new."


def _next(imported: Imported) -> Iterator[str]:
    if imported.folder is None:
        return
    place = shlex.quote(str(imported.folder))
    yield "Next"
    yield f"  cxsurvey check {place}"
    if "\n[[figure]]" in imported.study_toml:
        yield f"  cxsurvey figures {place} --out {shlex.quote(str(imported.folder / 'figures'))}"
    else:
        yield from _own_figure(imported)
    yield from _wrapped(f"Edit {imported.folder / 'study.toml'}: guesses are marked there.")


def _own_figure(imported: Imported) -> Iterator[str]:
    """How to declare a figure, where none was drafted."""
    drawable = [item for item in imported.draft.file.question if item.type in {"single", "ordinal", "multi"}]
    if not drawable:
        yield from _wrapped("No figure was drafted: no question has answers to choose from.")
        return
    question = drawable[0].id
    yield from _wrapped("No figure was drafted. To declare one, add to the study file:")
    yield "    [[figure]]"
    yield '    id = "fig01"'
    yield '    form = "ranked"'
    yield '    headline = "What the figure shows"'
    yield f'    question = "{question}"'


def _hashes(hashes: Mapping[str, str]) -> Iterator[str]:
    if hashes:
        yield "What was written (SHA-256); a file that differs was edited since"
        yield from (f"{digest}  {name}" for name, digest in hashes.items())


def column_table(draft: Draft) -> pd.DataFrame:
    """What became of each column, as a table: ``column header fate detail reason sure``."""
    import pandas as pd  # noqa: PLC0415 - heavy, and only needed here

    rows = [
        {**asdict(fate), "header": " | ".join(cell for cell in fate.header if cell)} for fate in draft.fates
    ]
    return pd.DataFrame(rows, columns=["column", "header", "fate", "detail", "reason", "sure"])


def report_data(imported: Imported) -> dict[str, Any]:
    """The import report as plain data: the same parts, nothing shortened."""
    draft, origin = imported.draft, imported.origin
    return {
        "study": draft.file.study.id,
        "origin": {**asdict(origin), "dropped": [asdict(rows) for rows in origin.dropped]},
        "respondents": imported.n,
        "questions": imported.types,
        "sureness": imported.sureness,
        "guesses": [asdict(guess) for guess in draft.guesses],
        "unmapped": [asdict(item) for item in draft.unmapped],
        "duplicates": [asdict(item) for item in draft.duplicates],
        "roles": {role: list(names) for role, names in draft.roles.items()},
        "grids": {block: list(names) for block, names in draft.grids.items()},
        "suggestions": list(draft.suggestions),
        "notes": [*origin.notes, *draft.notes],
        "files": [str(path) for path in imported.files],
        "columns": [asdict(fate) for fate in draft.fates],
    }
