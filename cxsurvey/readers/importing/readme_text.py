"""The README of a new study folder: where the responses come from, and what each file is."""

from __future__ import annotations

from cxsurvey.readers.importing.records import COLUMNS, README, REPORT, RESPONSES, SCHEMA, Imported
from cxsurvey.study.study_file import FILE_NAME

_FILES = {
    FILE_NAME: "what was asked, and what is to be made of it: edit this",
    RESPONSES: "one row a respondent; columns as the study file names them",
    REPORT: "what the import did, and hashes that tell an edited file",
    COLUMNS: "what became of each column of the export",
    SCHEMA: "lets an editor complete and check the study file",
}


def readme_text(imported: Imported, *, guarded: bool) -> str:
    """Write the README.

    Parameters
    ----------
    imported : Imported
    guarded : bool
        Whether cells that look like formulas stand behind an apostrophe.

    Returns
    -------
    str
        Markdown.
    """
    origin, info = imported.origin, imported.draft.file.study
    about = [
        ("Origin", f"`{_code(origin.file_name)}`, {origin.size:,} bytes, {origin.platform}"),
        ("Date of the file", origin.modified),
        ("SHA-256", f"`{origin.sha256}`"),
        ("Respondents", f"{imported.n:,}"),
        ("Licence", "not stated"),
    ]
    lines = [f"# {_line(info.title)}", "", *(f"- {name}: {text}" for name, text in about), ""]
    lines += [*(f"- `{name}`: {text}" for name, text in _FILES.items()), ""]
    if guarded:
        lines += [_GUARDED, ""]
    lines += [
        "State the licence and who may see the responses here; an import keeps an edited " + README + ".",
        "",
    ]
    return "\n".join(lines)


_GUARDED = (
    f"In `{RESPONSES}` an apostrophe stands before cells that begin with `=`, `+`, `-` or `@`, so that no\n"
    "spreadsheet computes them. It is no part of the answer: `guarded = true` under `[reading]` takes it off."
)


def _line(text: str) -> str:
    """One line of Markdown without marks of its own."""
    clean = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return "".join(f"\\{letter}" if letter in "\\`*_[]<>#|" else letter for letter in clean)


def _code(text: str) -> str:
    return "".join(letter if letter.isprintable() and letter != "`" else "?" for letter in text)
