"""The study file as frozen records: what was asked, of whom, and what is to be made of it.

Each class is one table of ``study.toml``. They hold declarations only; decoding answers is in
:mod:`cxsurvey.study.answers`, checks across tables in :mod:`cxsurvey.study.references`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BeforeValidator, Field, model_validator

from cxsurvey.study.conditions import Base, Code, Identifier, Label
from cxsurvey.study.quality_plan import QualityPlan
from cxsurvey.study.record import Record
from cxsurvey.study.sampling_plan import Design
from cxsurvey.study.table_plan import TablePlan

QuestionType = Literal["single", "multi", "ordinal", "number", "text"]
MissingReason = Literal["skipped", "not_shown", "refused", "dont_know", "not_applicable"]
Segment = Literal["leader", "follower", "laggard"]
SegmentOrRest = Literal["leader", "follower", "laggard", "unclassified"]
Statistic = Literal["share", "mean", "median", "nps"]
Adjustment = Literal["holm", "bh", "bonferroni", "none"]
FigureForm = Literal["ranked", "segments", "stacked", "lanes", "dumbbell", "matrix", "ranks", "presence"]

SEGMENT_ORDER: tuple[Segment, ...] = ("leader", "follower", "laggard")


def _responses(value: Any) -> Any:
    """Accept ``{1 = "Yes"}``, ``["Yes", "No"]`` and tables, in questionnaire order."""
    if isinstance(value, Mapping):
        return tuple({"code": code, "label": label} for code, label in value.items())
    if isinstance(value, list | tuple):
        return tuple({"code": item, "label": item} if isinstance(item, str) else item for item in value)
    return value


Fraction = Annotated[float, Field(ge=0, le=1)]


class StudyInfo(Record):
    """``[study]``: identity of the study and where its responses are."""

    id: Identifier
    title: Label
    publisher: str = ""
    source: str = Field("", description="The source line under every figure; the publisher when empty.")
    responses: str = Field(description="The responses file, inside the study folder.")
    respondent_id: str | None = Field(None, description="Column that names the respondent.")
    synthetic: bool = Field(
        default=False, description="True when the respondents are made up; every output says so."
    )


class Reading(Record):
    """``[reading]``: how to read the responses file, where the file itself does not tell."""

    encoding: str | None = None
    separator: Annotated[str, Field(min_length=1, max_length=1)] | None = None
    decimal: Literal[".", ","] = "."
    thousands: Literal["", ".", ",", " ", "'"] = ""
    sheet: str | None = Field(None, description="Sheet of a workbook; the first when empty.")
    header_row: Annotated[int, Field(ge=1, le=20)] = Field(1, description="Row that holds the column names.")
    guarded: bool = Field(
        default=False,
        description="Delimited text: an apostrophe before =, +, - or @ keeps spreadsheets from"
        " reading a formula, and is no part of the cell.",
    )

    @model_validator(mode="after")
    def _marks_differ(self) -> Reading:
        if self.decimal == self.thousands:
            message = "the decimal mark and the thousands mark must not be the same"
            raise ValueError(message)
        return self


class Disclosure(Record):
    """``[disclosure]``: what AAPOR and ESOMAR ask a report to state. Empty items print "not stated"."""

    population: str = ""
    sample: str = ""
    probability_sample: bool = False
    mode: str = ""
    field_dates: str = ""
    sponsor: str = ""
    conducted_by: str = ""
    weighting: str = ""
    response_rate: str = ""
    limitations: str = ""


class Settings(Record):
    """``[settings]``: thresholds and defaults that a study may change."""

    level: Annotated[float, Field(gt=0.5, lt=1)] = 0.95
    adjust: Adjustment = "holm"
    suppress_below: Annotated[int, Field(ge=0)] = 5
    suppress_cells_below: Annotated[int, Field(ge=0)] = Field(
        0, description="Tables: counts of respondents hidden inside a base that is shown; 0 hides none."
    )
    test_from: Annotated[int, Field(ge=2)] = 30
    caution_below: Annotated[int, Field(ge=0)] = 100
    figure_small_below: Annotated[int, Field(ge=0)] = Field(
        50, description="Figures: bases marked with a dagger."
    )
    figure_hide_below: Annotated[int, Field(ge=0)] = Field(30, description="Figures: bases not drawn.")


class Response(Record):
    """One answer option. ``value`` is its number in scores; a numeric code is its own value.

    ``scored = false`` keeps an answer such as "Don't know" in shares and out of means and scores.
    """

    code: Code
    label: Label
    value: float | None = None
    scored: bool = Field(default=True, description="False: in shares, but in no mean, median or score.")
    column: str | None = Field(None, description="For a multi question: the column of this option.")
    invented: bool = Field(default=False, description="The report does not name it; no figure shows it.")


class MissingCode(Record):
    """A code that is not an answer, and why."""

    code: Code
    reason: MissingReason
    label: str = ""


class Net(Record):
    """Several responses counted as one, such as top-2-box."""

    id: Identifier
    label: Label
    responses: Annotated[tuple[Code, ...], Field(min_length=1)]


Responses = Annotated[
    tuple[Response, ...],
    BeforeValidator(_responses, json_schema_input_type=dict[str, str] | list[str | Response]),
]


class AnswerList(Record):
    """``[lists.NAME]``: responses shared by several questions."""

    responses: Annotated[Responses, Field(min_length=1)]
    missing: tuple[MissingCode, ...] = ()
    nets: tuple[Net, ...] = ()


class Question(Record):
    """``[[question]]``: one question, where its answers stand, and what they mean."""

    id: Identifier
    text: Label = Field(description="The wording, verbatim.")
    label: str = Field("", description="A short name for rows and columns; the wording when empty.")
    type: QuestionType
    column: str | None = None
    columns: tuple[str, ...] = Field((), description="Multi: columns that each hold the code of one choice.")
    separator: str | None = Field(None, description="Multi: what parts the choices inside one cell.")
    list: str | None = Field(None, description="Name of a shared answer list.")
    responses: Responses = ()
    missing: tuple[MissingCode, ...] = ()
    nets: tuple[Net, ...] = ()
    base: Base | None = None
    cap: Annotated[int, Field(ge=1)] | None = Field(None, description="Multi: the most that may be chosen.")
    blank: Literal["skipped", "none_chosen"] = Field(
        "skipped", description="Multi: what a respondent with nothing chosen did."
    )
    instruction: str = Field("", description="Such as 'Select up to five'.")
    nps: bool = Field(default=False, description="A 0-10 likelihood to recommend.")
    minimum: float | None = None
    maximum: float | None = None
    unpublished: str = Field("", description="What of this question is not published; footnoted in figures.")

    @property
    def name(self) -> str:
        """The short label, or the wording."""
        return self.label or self.text

    @property
    def codes(self) -> tuple[str, ...]:
        """Response codes in questionnaire order."""
        return tuple(response.code for response in self.responses)

    @property
    def values(self) -> tuple[float, ...]:
        """The number of each response in scores; NaN where it has none."""
        return tuple(_value(response) for response in self.responses)

    def response_labels(self, codes: Iterable[str]) -> tuple[str, ...]:
        """Labels of these codes."""
        return tuple(found.label for code in codes if (found := self.response(code)) is not None)

    @property
    def bounds(self) -> tuple[float | None, float | None]:
        """The lowest and highest number allowed, None for no bound; 0 to 10 for a likelihood to recommend."""
        low, high = (0.0, 10.0) if self.nps else (None, None)
        return (low if self.minimum is None else self.minimum, high if self.maximum is None else self.maximum)

    def response(self, code: str) -> Response | None:
        """Return the response with this code, or None."""
        return next((item for item in self.responses if item.code == code), None)

    def net(self, net_id: str) -> Net | None:
        """Return the net with this id, or None."""
        return next((item for item in self.nets if item.id == net_id), None)

    @property
    def source_columns(self) -> tuple[str, ...]:
        """Every column of the responses file that this question reads."""
        own = [item.column for item in self.responses if item.column]
        return tuple(dict.fromkeys([*([self.column] if self.column else []), *self.columns, *own]))


def _value(response: Response) -> float:
    if not response.scored:
        return float("nan")
    if response.value is not None:
        return response.value
    try:
        value = float(response.code)
    except ValueError:
        return float("nan")
    return value if math.isfinite(value) else float("nan")


class Scale(Record):
    """``[[scale]]``: items combined into a score."""

    id: Identifier
    label: Label
    items: Annotated[tuple[str, ...], Field(min_length=1)]
    method: Literal["mean", "sum", "top_box", "weighted"] = "mean"
    reversed: tuple[str, ...] = ()
    weights: dict[str, Annotated[float, Field(gt=0)]] = Field({})
    top: Annotated[int, Field(ge=1)] = Field(2, description="top_box: how many of the highest responses count.")
    min_answered: Fraction = Field(0.5, description="Least share of the items that must be answered.")
    rescale: bool = Field(default=False, description="Rescale the score to 0-100.")


class GroupMember(Record):
    """One group: respondents with these responses, or who meet these conditions."""

    id: Identifier
    label: Label
    responses: tuple[Code, ...] = ()
    where: Base | None = None


class Group(Record):
    """``[[group]]``: respondents parted by their answers, such as centralized v distributed."""

    id: Identifier
    label: Label
    question: str | None = None
    members: Annotated[tuple[GroupMember, ...], Field(min_length=2)]
    overlap: Literal["error", "exclude"] = Field(
        "error", description="Respondents in two groups: an error, or in neither."
    )


GridRow = Annotated[tuple[SegmentOrRest, ...], Field(min_length=2)]


class GridRule(Record):
    """A segment for every pair of two ordered ratings; rows are the first rating, best first."""

    kind: Literal["grid"]
    label: str = ""
    definitions: dict[Segment, str] = Field({})
    cells: Annotated[tuple[GridRow, ...], Field(min_length=2)]


class CutRule(Record):
    """Cut points on scores: leaders reach ``leader`` on each score, laggards stay under ``laggard`` on each."""

    kind: Literal["cuts"]
    label: str = ""
    definitions: dict[Segment, str] = Field({})
    scores: Annotated[tuple[str, ...], Field(min_length=1)]
    leader: float
    laggard: float

    @model_validator(mode="after")
    def _ordered(self) -> CutRule:
        if self.laggard > self.leader:
            message = "the laggard cut point must not be above the leader cut point"
            raise ValueError(message)
        return self


class SplitRule(Record):
    """A split of the sample itself: at the weighted median, or at the weighted terciles, of scores.

    ``median_split``: leaders are above the median on each score, laggards on none.
    ``terciles``: thirds of the mean of the scores.
    """

    kind: Literal["median_split", "terciles"]
    label: str = ""
    definitions: dict[Segment, str] = Field({})
    scores: Annotated[tuple[str, ...], Field(min_length=1)]


Rule = Annotated[GridRule | CutRule | SplitRule, Field(discriminator="kind")]


class Segments(Record):
    """``[segments]``: the ratings or scores that make leaders, followers and laggards."""

    rule: str = "at_best_fair"
    insight: str | None = Field(None, description="The ordered question that rates customer insight.")
    engagement: str | None = Field(None, description="The ordered question that rates customer engagement.")
    levels: tuple[tuple[Code, ...], ...] = Field(
        (), description="Codes of each rating level, best first; each response by itself when empty."
    )
    labels: dict[Segment, str] = Field({})
    rules: dict[str, Rule] = Field({})


class Measure(Record):
    """One row of a figure: a share, mean, median or NPS of a question or scale."""

    question: str
    response: Code | None = None
    net: str | None = None
    statistic: Statistic = "share"
    label: str = ""


class Figure(Record):
    """``[[figure]]``: one figure of the pack."""

    id: Annotated[str, Field(pattern=r"^fig[0-9]{2,3}$")]
    form: FigureForm
    headline: Label
    descriptor: str = ""
    question: str | None = None
    questions: tuple[str, ...] = ()
    rows: tuple[Measure, ...] = ()
    response: Code | None = None
    net: str | None = None
    statistic: Statistic = "share"
    by: str | None = None
    rule: str | None = None
    sort: Literal["value", "questionnaire"] | None = None
    highlight: tuple[str, ...] = Field((), description="Response codes or question ids to stress.")
    keep_last: tuple[Code, ...] = Field((), description="Responses that stay at the foot: other, none.")
    interval: bool = True
    labels: dict[str, Label] = Field({}, description="presence: labels of its rows and columns, by id.")
    illustrative: bool = Field(default=False, description="Draw unpublished numbers too; tag the picture.")
    note: str = ""


class Synthesis(Record):
    """``[synthesis]``: what synthetic respondents assume where claims say nothing; all of it is invented."""

    respondents: Annotated[int, Field(ge=1)] | None = Field(
        None, description="How many respondents, where no claim states the base of all."
    )
    expected: dict[str, dict[Code, Fraction]] = Field(
        {}, description="Rough share of each response among those asked, by question."
    )
    loading: dict[str, Annotated[float, Field(ge=-1, le=1)]] = Field(
        {}, description="How closely an answer goes with CX maturity, by 'question' or 'question.response'."
    )


class StudyFile(Record):
    """A whole ``study.toml``."""

    study: StudyInfo
    reading: Reading = Reading()
    disclosure: Disclosure = Disclosure()
    design: Design = Design()
    quality: QualityPlan | None = None
    settings: Settings = Settings()
    lists: dict[str, AnswerList] = Field({})
    question: Annotated[tuple[Question, ...], Field(min_length=1)]
    scale: tuple[Scale, ...] = ()
    segments: Segments | None = None
    group: tuple[Group, ...] = ()
    figure: tuple[Figure, ...] = ()
    table: tuple[TablePlan, ...] = ()
    synthesis: Synthesis | None = None


Declared = TypeVar("Declared", Question, Scale, Group, Figure)


def by_id(items: Iterable[Declared]) -> dict[str, Declared]:
    """Index declarations by their id."""
    return {item.id: item for item in items}
