"""``[quality]``: which interviews look careless, unfinished or repeated, and which of them are left out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from cxsurvey.study.conditions import Code
from cxsurvey.study.record import Record

Flag = Literal[
    "previews",
    "screened_out",
    "partials",
    "speeders",
    "straight_liners",
    "duplicate_ids",
    "duplicate_address",
    "duplicate_answers",
]
FLAGS: tuple[Flag, ...] = (
    "previews",
    "screened_out",
    "partials",
    "speeders",
    "straight_liners",
    "duplicate_ids",
    "duplicate_address",
    "duplicate_answers",
)
REPEATS: tuple[Flag, ...] = ("duplicate_ids", "duplicate_address", "duplicate_answers")
DurationUnit = Literal["milliseconds", "seconds", "minutes", "clock"]
Share = Annotated[float, Field(ge=0, le=1)]


def _flag(value: Any) -> Any:
    """A flag may be written as its check code is, with hyphens."""
    return value.replace("-", "_") if isinstance(value, str) else value


class QualityPlan(Record):
    """``[quality]``: columns and thresholds of the data quality flags, and which flags exclude."""

    duration: str | None = Field(None, description="Column of how long the interview took.")
    duration_unit: DurationUnit = Field("seconds", description="Unit of `duration`; `clock` is h:mm:ss.")
    start: str | None = Field(None, description="Column of when the interview began, where no duration is.")
    end: str | None = Field(None, description="Column of when it ended.")
    time_format: str = Field(
        "",
        description="How `start` and `end` are written, such as `%m/%d/%Y %I:%M:%S %p`; ISO 8601 when empty.",
    )
    status: str | None = Field(None, description="Column of how the interview ended.")
    complete: tuple[Code, ...] = Field(
        (), description="Values of `status` that mean complete; a value in no list is then a partial."
    )
    screened_out: tuple[Code, ...] = Field((), description="Values of `status` that mean screened out.")
    preview: tuple[Code, ...] = Field((), description="Values of `status` that mean a preview or a test.")
    progress: str | None = Field(None, description="Column of how far the respondent came.")
    complete_from: Annotated[float, Field(gt=0)] = Field(
        100, description="Values of `progress` under this are partials."
    )
    address: str | None = Field(
        None,
        description="Column of a number that respondents of one address share, blank for all others;"
        " import makes it.",
    )
    speeders_below: Share = Field(
        1 / 3, description="Speeders took less than this share of the median of those who finished; 0 for none."
    )
    speeders_seconds: Annotated[float, Field(ge=0)] = Field(
        0, description="Speeders took less than this many seconds; 0 for no such bound."
    )
    straight_lining_from: Annotated[int, Field(ge=3)] = Field(
        5, description="The fewest items of a grid that must be answered, all alike."
    )
    straight_lining_grids: Annotated[int, Field(ge=1)] = Field(
        1, description="In how many grids, for a respondent to be flagged."
    )
    grids: tuple[tuple[str, ...], ...] | None = Field(
        None,
        description="Question ids of each grid; neighbouring ordinal questions of one `list` when empty,"
        " and no grid where the list is `[]`.",
    )
    partial_below: Share = Field(
        0.5, description="Partials answered less than this share of the questions they were shown; 0 for none."
    )
    identical_from: Annotated[int, Field(ge=2)] = Field(
        10, description="The fewest answered questions for equal answers to count as a duplicate."
    )
    exclude: tuple[Annotated[Flag, BeforeValidator(_flag)], ...] = Field(
        (), description="Flags whose respondents are out of every base; of duplicates the first one stays."
    )

    def columns(self) -> Iterator[tuple[str, str]]:
        """Each role in words with the column that the plan names for it."""
        for role in ("duration", "start", "end", "status", "progress", "address"):
            column = getattr(self, role)
            if column:
                yield role, column

    @property
    def timed(self) -> bool:
        """Whether interviews have a duration, as a column or as the time from start to end."""
        return bool(self.duration or (self.start and self.end))

    def without(self, lacking: frozenset[str]) -> QualityPlan:
        """The same plan with the columns that the responses lack left out."""
        gone = {role: None for role, column in self.columns() if column in lacking}
        return self.model_copy(update=gone)
