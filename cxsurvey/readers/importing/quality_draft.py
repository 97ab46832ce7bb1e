"""``[quality]`` of a new study: columns that tell how an interview went, where their cells are understood."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cxsurvey.readers.codebooks.draft import Draft
from cxsurvey.study.answers import folded, parse_number
from cxsurvey.study.codebook import Reading
from cxsurvey.study.quality_plan import DurationUnit, QualityPlan

if TYPE_CHECKING:
    import pandas as pd

MOST_STATUSES = 8
PERCENT = 100
LOOKED_AT = 300  # cells of a column of moments
NEARLY_ALL = 0.95
_WORDS = {
    "complete": {"complete", "completed", "finished", "submitted", "abgeschlossen", "true", "yes"},
    "screened_out": {
        "disqualified",
        "screened out",
        "screenout",
        "screen out",
        "terminated",
        "over quota",
        "quota full",
        "overquota",
        "ineligible",
    },
    "preview": {"preview", "survey preview", "test", "survey test", "test data"},
    "partial": {
        "partial",
        "partially complete",
        "incomplete",
        "in progress",
        "started",
        "abandoned",
        "false",
        "no",
    },
}
_FINISHED = re.compile(r"finished|completed?|submitted", re.IGNORECASE)
_FORMATS = (
    "",  # ISO 8601
    "%m/%d/%Y %H:%M:%S",
    "%d/%m/%Y %H:%M:%S",
    "%m/%d/%Y %I:%M:%S %p",
    "%d/%m/%Y %I:%M:%S %p",
    "%m/%d/%Y %H:%M",
    "%d/%m/%Y %H:%M",
    "%m/%d/%y %H:%M:%S",
    "%d/%m/%y %H:%M:%S",
    "%m/%d/%y %H:%M",
    "%d/%m/%y %H:%M",
    "%m/%d/%y %I:%M %p",
    "%d.%m.%Y %H:%M:%S",
    "%d.%m.%Y %H:%M",
    "%d-%b-%Y %H:%M:%S",
    "%b %d, %Y %I:%M:%S %p",
)


@dataclass(frozen=True, slots=True)
class QualityDraft:
    """The plan of a new study, and remarks on what was taken for granted."""

    plan: QualityPlan
    remarks: tuple[str, ...] = ()


def draft_quality(draft: Draft) -> QualityDraft:
    """Plan the data quality flags that the kept columns allow.

    Parameters
    ----------
    draft : Draft
        Its ``roles`` name columns of ``frame``: ``duration``, ``start``, ``end``, ``status``, ``progress``,
        ``address``.

    Returns
    -------
    QualityDraft
        A column is named only where all its cells are understood; nobody is excluded.
    """
    reading = draft.file.reading
    remarks: list[str] = []
    stated: dict[str, Any] = {
        **_duration(draft, reading, remarks),
        **_status(draft),
        **_progress(draft, reading),
    }
    address = draft.roles.get("address", ())
    if address:
        stated["address"] = address[0]
    return QualityDraft(QualityPlan.model_validate(stated), tuple(remarks))


def _filled(frame: pd.DataFrame, column: str) -> pd.Series:
    cells = frame[column].astype(str).str.strip()
    return cells[cells != ""]


def _headings(draft: Draft, column: str) -> str:
    found = next((fate.header for fate in draft.fates if fate.column == column), ())
    return " ".join((column, *found)).casefold()


def _duration(draft: Draft, reading: Reading, remarks: list[str]) -> dict[str, Any]:
    for column in draft.roles.get("duration", ()):
        cells = _filled(draft.frame, column)
        unit = _unit(cells, _headings(draft, column), reading, remarks)
        if unit is not None:
            return {"duration": column, "duration_unit": unit}
    starts, ends = draft.roles.get("start", ()), draft.roles.get("end", ())
    if len(starts) == 1 and len(ends) == 1:
        return _span(draft.frame, starts[0], ends[0], remarks)
    return {}


def _unit(cells: pd.Series, heading: str, reading: Reading, remarks: list[str]) -> DurationUnit | None:
    distinct = cells.unique()
    if not len(distinct):
        return None
    if all(re.fullmatch(r"\d+:\d{1,2}:\d{1,2}(\.\d+)?", cell) for cell in distinct):
        return "clock"
    if any(math.isnan(parse_number(cell, reading)) for cell in distinct):
        return None
    named: tuple[tuple[str, DurationUnit], ...] = (
        (r"milli|\bms\b", "milliseconds"),
        (r"second|sekunde|\bsecs?\b|_sec\b", "seconds"),
        (r"minute|\bmins?\b", "minutes"),
    )
    for pattern, unit in named:
        if re.search(pattern, heading):
            return unit
    remarks.append("guess: the duration is in seconds; its name does not say.")
    return "seconds"


def _span(frame: pd.DataFrame, start: str, end: str, remarks: list[str]) -> dict[str, Any]:
    """Start and end, where one way of writing moments reads both and most interviews took some time."""
    found = []
    for place, written in enumerate(_FORMATS):
        spans = _seconds(frame, start, end, written)
        if spans is not None:
            found.append((float(spans.abs().sum()), place))
    if not found:
        return {}
    if len(found) > 1:
        remarks.append("guess: whether days or months come first; the dates allow both.")
    written = _FORMATS[min(found)[1]]  # of two that fit as well, the commoner
    return {"start": start, "end": end, **({"time_format": written} if written else {})}


def _seconds(frame: pd.DataFrame, start: str, end: str, written: str) -> pd.Series | None:
    import pandas as pd  # noqa: PLC0415 - heavy, and only needed here

    both = frame[[start, end]].astype(str)
    both = both[(both != "").all(axis="columns")].head(LOOKED_AT)
    if both.empty:
        return None
    moments = [
        pd.to_datetime(both[name].str.strip(), format=written or "ISO8601", errors="coerce", utc=True)
        for name in (start, end)
    ]
    spans: pd.Series = (moments[1] - moments[0]).dt.total_seconds()
    sound = spans.notna().all() and (spans >= 0).mean() >= NEARLY_ALL and spans.median() > 0
    return spans if sound else None


def _status(draft: Draft) -> dict[str, Any]:
    """The first column of which every value is known to mean complete, partial, screened out or a test."""
    for column in (*draft.roles.get("status", ()), *draft.roles.get("progress", ())):
        values = list(_filled(draft.frame, column).unique())
        finished = _FINISHED.fullmatch(column) is not None
        kinds = {value: _kind(value, finished=finished) for value in values}
        if 0 < len(values) <= MOST_STATUSES and all(kinds.values()):
            lists = {name: tuple(v for v in values if kinds[v] == name) for name in _WORDS if name != "partial"}
            if any(lists.values()):
                return {"status": column, **{name: found for name, found in lists.items() if found}}
    return {}


def _kind(value: str, *, finished: bool) -> str:
    word = folded(value).casefold()
    if finished and word in {"1", "0"}:
        return "complete" if word == "1" else "partial"
    if word in {"true", "false", "yes", "no"} and not finished:
        return ""
    return next((kind for kind, words in _WORDS.items() if word in words), "")


def _progress(draft: Draft, reading: Reading) -> dict[str, Any]:
    """A column of percentages, of which the full hundred is reached."""
    for column in draft.roles.get("progress", ()):
        numbers = [parse_number(cell, reading) for cell in _filled(draft.frame, column).unique()]
        if numbers and all(0 <= number <= PERCENT for number in numbers) and PERCENT in numbers:
            return {"progress": column}
    return {}


def quality_defaults(plan: QualityPlan, stated: Sequence[str]) -> Iterator[tuple[str, Any, str]]:
    """Thresholds that are not stated, with what each means."""
    meanings = {
        "speeders_below": "of the median duration",
        "straight_lining_from": "items of a grid, all answered alike",
        "partial_below": "of the questions shown",
        "identical_from": "questions answered the same as somebody else",
    }
    for name, meaning in meanings.items():
        if name not in stated:
            value = getattr(plan, name)
            yield name, round(value, 4) if isinstance(value, float) else value, meaning
