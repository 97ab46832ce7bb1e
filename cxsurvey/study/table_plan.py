"""``[[table]]``: a book of banner tables, as a study file declares it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from cxsurvey.numerics.probability.multiplicity import Adjustment
from cxsurvey.study.conditions import Base, Identifier, Label
from cxsurvey.study.record import Record

TableStatistic = Literal["share", "mean", "median"]
TestAgainst = Literal["pairs", "rest"]
Profile = Literal["spss", "unicom", "q", "naive"]

NESTED = ">"  # parts the ids of a nested banner
MOST_LEVELS = 2  # upper case and lower case


class TablePlan(Record):
    """``[[table]]``: one book of banner tables."""

    id: Identifier = "book"
    title: str = Field("", description="The title of the study when empty.")
    banner: Annotated[tuple[Label, ...], Field(min_length=1)] = Field(
        description="What makes the columns: ids, and nested ids such as 'industry > size'."
    )
    questions: tuple[str, ...] = Field((), description="What makes the tables; every question when empty.")
    filter: Base | None = Field(None, description="Whom the book is limited to.")
    statistics: tuple[TableStatistic, ...] = ("share", "mean")
    top_box: Annotated[int, Field(ge=0, le=5)] = Field(
        2, description="Points in the top and bottom boxes of ordinal questions without nets; 0 for none."
    )
    levels: tuple[Annotated[float, Field(gt=0.5, lt=1)], ...] = Field(
        (0.95, 0.90), description="One or two levels: upper case letters, lower case letters."
    )
    adjust: Adjustment = Field("bh", description="Correction within a question and a banner variable.")
    against: tuple[TestAgainst, ...] = ("pairs", "rest")
    profile: Profile | None = Field(None, description="Letters as another tool computes them.")
    wave: str | None = Field(None, description="Question of the wave: the last wave against the one before.")

    @model_validator(mode="after")
    def _sound(self) -> TablePlan:
        if not 1 <= len(self.levels) <= MOST_LEVELS or list(self.levels) != sorted(set(self.levels))[::-1]:
            message = "'levels' are one or two fractions, the stricter first: [0.95, 0.90]"
            raise ValueError(message)
        return self
