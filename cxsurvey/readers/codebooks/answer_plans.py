"""The answer list of a question as inference makes it, with what became of each cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from cxsurvey.readers.codebooks.draft import Sure
from cxsurvey.study.codebook import MissingCode, Response

LONGEST_RATING = 10  # from lowest to highest: 0 to 10


@dataclass(frozen=True, slots=True)
class Declared:
    """What the file or the platform says of a column's answers, and what its wording suggests."""

    labels: tuple[tuple[str, str], ...] = ()
    missing: tuple[tuple[str, str, str], ...] = ()
    ranges: tuple[tuple[float, float], ...] = ()
    rating: bool = False
    ranks: bool = False
    keep_nonanswers: bool = False


@dataclass(frozen=True, slots=True)
class Stranger:
    """A cell outside the labels or the scale."""

    cell: str
    count: int
    treatment: str


@dataclass(frozen=True, slots=True)
class AnswerPlan:
    """The answer list of a column, and how it was found.

    ``rewrites`` holds the cells that the codebook would not find under their spelling, and the label that they
    spell.
    """

    type: Literal["single", "ordinal"]
    responses: tuple[Response, ...]
    missing: tuple[MissingCode, ...]
    scale: str
    evidence: str
    sure: Sure
    rewrites: Mapping[str, str] = field(default_factory=dict)
    strangers: tuple[Stranger, ...] = ()

    @property
    def signature(self) -> tuple[object, ...]:
        """Equal for two columns that may share one answer list."""
        return (self.type, self.responses, self.missing)


def number_of(text: str) -> float | None:
    """The number that a canonical cell is, or None."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if abs(value) < 1e15 else None  # noqa: PLR2004 - what a study reads as a number; excludes inf, nan


def filled(codes: Sequence[str], known: Mapping[str, str]) -> list[str]:
    """Whole numbers inside a rating that nobody chose."""
    values = [float(code) for code in codes]
    if not all(value.is_integer() for value in values) or max(values) - min(values) > LONGEST_RATING:
        return []
    inside = (str(step) for step in range(int(min(values)), int(max(values)) + 1))
    return [code for code in inside if code not in known]
