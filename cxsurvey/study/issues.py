"""The Issues table: everything that a check found, as data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Literal

from cxsurvey.study.notebook import html_table

if TYPE_CHECKING:
    import pandas as pd

Severity = Literal["error", "warning", "note"]
COLUMNS = ("code", "severity", "column", "row", "value", "expected", "message")


@dataclass(frozen=True, slots=True)
class Issue:
    """One finding.

    Attributes
    ----------
    code : str
        Stable identifier, such as ``"answer-outside-codebook"``.
    severity : {"error", "warning", "note"}
        An error makes ``cxsurvey check`` exit with 1.
    column : str
        Column of the responses, or id of the declaration.
    row : int or None
        First row of the responses file that shows it, as a spreadsheet counts.
    value, expected : str
        What was found and what should be there.
    message : str
        The finding in words, with its count.
    """

    code: str
    severity: Severity
    column: str
    row: int | None
    value: str
    expected: str
    message: str


@dataclass(frozen=True, slots=True, repr=False)
class Issues:
    """All findings, errors first."""

    study: str
    items: tuple[Issue, ...]

    @classmethod
    def gather(cls, study: str, found: Sequence[Issue]) -> Issues:
        """Order findings by severity and keep the order of checks within."""
        rank = {"error": 0, "warning": 1, "note": 2}
        return cls(study, tuple(sorted(found, key=lambda issue: rank[issue.severity])))

    @property
    def errors(self) -> tuple[Issue, ...]:
        """Findings that must be mended before the numbers can be trusted."""
        return tuple(issue for issue in self.items if issue.severity == "error")

    @property
    def frame(self) -> pd.DataFrame:
        """The findings as a table with the columns of the Issues contract."""
        import pandas as pd  # noqa: PLC0415 - the table is made on request

        frame = pd.DataFrame([asdict(issue) for issue in self.items], columns=list(COLUMNS))
        return frame.astype({"row": "Int64"})

    def summary(self) -> str:
        """One sentence that counts the findings."""
        counts = [
            f"{sum(issue.severity == level for issue in self.items)} {level}s"
            for level in ("error", "warning", "note")
        ]
        singular = [count[:-1] if count.startswith("1 ") else count for count in counts]
        return f"{self.study}: {', '.join(singular)}"

    def __iter__(self) -> Iterator[Issue]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def __repr__(self) -> str:
        lines = [f"{issue.severity:8}{issue.code}: {issue.message}" for issue in self.items]
        return "\n".join([self.summary(), *lines])

    def _repr_html_(self) -> str:
        return html_table(self.frame, self.summary())
