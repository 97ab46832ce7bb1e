"""What an import hands back: the draft, where it came from, and what was written."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cxsurvey.readers.codebooks.draft import SURENESS, Draft
from cxsurvey.readers.exports.records import DroppedRows

RESPONSES = "responses.csv"
REPORT = "import-report.txt"
COLUMNS = "import-columns.csv"
README = "README.md"
SCHEMA = "study.schema.json"
REPORT_TITLE = "cxsurvey import report"


@dataclass(frozen=True, slots=True)
class Origin:
    """The file that was imported, and how it was read.

    Attributes
    ----------
    platform : str
        Such as ``"qualtrics"``; ``"study folder"`` for the responses of a study folder.
    why : str
        What in the file gave it away.
    file_name, format, encoding, separator, sha256 : str
    size : int
        Bytes.
    modified : str
        Date of the file, ``YYYY-MM-DD`` in UTC.
    dropped : tuple of DroppedRows
        Rows that are no respondents.
    notes : tuple of str
        What the reader noticed.
    """

    platform: str
    why: str
    file_name: str
    format: str
    encoding: str
    separator: str
    sha256: str
    size: int
    modified: str
    dropped: tuple[DroppedRows, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Imported:
    """An export that has been made into a study.

    Attributes
    ----------
    origin : Origin
        The file, the platform, and rows that were left out.
    draft : Draft
        The codebook with every guess, the responses, and what became of each column.
    study_toml : str
        The study file as it was written.
    folder : pathlib.Path or None
        The study folder; None when nothing was written.
    files : tuple of pathlib.Path
        What was written.
    kept : bool
        The study file that was there has been left as it is.
    """

    origin: Origin
    draft: Draft
    study_toml: str
    folder: Path | None = None
    files: tuple[Path, ...] = ()
    kept: bool = False

    @property
    def n(self) -> int:
        """Respondents."""
        return len(self.draft.frame)

    @property
    def types(self) -> dict[str, int]:
        """How many questions there are of each type."""
        return dict(Counter(question.type for question in self.draft.file.question))

    @property
    def sureness(self) -> dict[str, int]:
        """How many inferences are declared by the platform, certain, likely or a guess."""
        counts = Counter(guess.sure for guess in self.draft.guesses)
        return {sure: counts[sure] for sure in SURENESS if counts[sure]}

    @property
    def report(self) -> str:
        """The import report in full."""
        from cxsurvey.readers.importing.report import report_text  # noqa: PLC0415 - it describes this record

        return report_text(self)

    def summary(self) -> dict[str, Any]:
        """The import as plain data, for programs."""
        from cxsurvey.readers.importing.report import report_data  # noqa: PLC0415 - as above

        return report_data(self)

    def __repr__(self) -> str:
        kinds = ", ".join(f"{count} {kind}" for kind, count in self.types.items())
        where = f" in {self.folder}" if self.folder else ", nothing written"
        origin = self.origin
        return f"Import of {origin.file_name} ({origin.platform}): {self.n:,} respondents, {kinds}{where}"

    def _repr_html_(self) -> str:
        from cxsurvey.study.notebook import html_table  # noqa: PLC0415 - only notebooks need it

        rows = [
            {"column": f.column, "became": f.fate, "detail": f.detail, "why": f.reason, "sure": f.sure}
            for f in self.draft.fates
        ]
        return html_table(rows, repr(self))
