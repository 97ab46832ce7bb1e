"""From what the interviews are to what is flagged, and from what is flagged to who is excluded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cxsurvey.study.answers import BoolArray, FloatArray, IntArray, canonical, cell_number, folded
from cxsurvey.study.codebook import Question, Reading
from cxsurvey.study.interviews import Contents, Read, grids_of, read_contents
from cxsurvey.study.quality_plan import FLAGS, REPEATS, QualityPlan
from cxsurvey.study.raw import RawResponses

SECONDS = {"milliseconds": 0.001, "seconds": 1.0, "minutes": 60.0}


@dataclass(frozen=True, slots=True, eq=False)
class Interviews:
    """Measures and flags of every interview.

    Attributes
    ----------
    flags : dict of str to ndarray of bool, shape (n,)
        The flags that the study file and the responses allow, in the order of ``FLAGS``.
    sets : dict of str to ndarray of int, shape (n,)
        For flags of duplicates, the set that a respondent belongs to, -1 for none.
    excluded : ndarray of bool, shape (n,)
        Whom ``exclude`` leaves out.
    seconds : ndarray of float, shape (n,), or None
        How long each interview took, NaN where that cannot be read.
    answered_share : ndarray of float, shape (n,)
        Share of the questions shown that were answered, NaN where none was shown.
    alike : ndarray of int, shape (n,)
        Grids answered in a straight line.
    median : float
        Median duration, in seconds, of those who finished; NaN without any.
    bound : float
        Interviews under this many seconds are speeders; 0 for none.
    grids : tuple of tuple of str
        Question ids of the grids.
    """

    flags: dict[str, BoolArray]
    sets: dict[str, IntArray]
    excluded: BoolArray
    seconds: FloatArray | None
    answered_share: FloatArray
    alike: IntArray
    median: float
    bound: float
    grids: tuple[tuple[str, ...], ...]


def look_at_interviews(
    plan: QualityPlan,
    questions: Sequence[Question],
    raw: RawResponses,
    reading: Reading,
    read: Read,
    *,
    respondent_id: str | None,
) -> Interviews:
    """Measure and flag every interview.

    Parameters
    ----------
    plan : QualityPlan
        Every column that it names must be in the responses.
    questions : sequence of Question
        In questionnaire order.
    raw : RawResponses
    reading : Reading
        Decimal and thousands marks of durations.
    read : callable
        Decodes a question, with respondents outside its base set aside as not shown.
    respondent_id : str, optional
        Column that names the respondent.

    Returns
    -------
    Interviews
        The same for every respondent whatever the order of the rows; of duplicates, ``excluded`` spares the
        first in the file.
    """
    grids = plan.grids if plan.grids is not None else grids_of(questions, fewest=plan.straight_lining_from)
    contents = read_contents(
        questions,
        raw,
        read,
        grids=grids,
        alike_from=plan.straight_lining_from,
        identical_from=plan.identical_from,
    )
    share = _answered_share(contents)
    flags = _unfinished(plan, raw, reading, share)
    seconds = durations(plan, raw, reading)
    median, bound = _speed_bound(plan, seconds, ~np.any([*flags.values()], axis=0))
    if seconds is not None:
        unfinished = np.any([*flags.values()], axis=0)
        flags["speeders"] = ~unfinished & (np.nan_to_num(seconds, nan=np.inf) < bound)
    if grids:
        flags["straight_liners"] = contents.alike >= plan.straight_lining_grids
    sets = _sets(plan, raw, contents, respondent_id)
    flags |= {name: found >= 0 for name, found in sets.items()}
    ordered: dict[str, BoolArray] = {name: flags[name] for name in FLAGS if name in flags}
    excluded = _excluded(plan, ordered, sets, len(raw.frame))
    return Interviews(ordered, sets, excluded, seconds, share, contents.alike, median, bound, tuple(grids))


def _answered_share(contents: Contents) -> FloatArray:
    share = np.full(len(contents.shown), np.nan)
    np.divide(contents.replied, contents.shown, out=share, where=contents.shown > 0)
    return share


def _unfinished(
    plan: QualityPlan, raw: RawResponses, reading: Reading, share: FloatArray
) -> dict[str, BoolArray]:
    """Previews, screen-outs and partials; the first of these that holds is the one."""
    n = len(raw.frame)
    partial: BoolArray = np.nan_to_num(share, nan=1.0) < plan.partial_below
    found: dict[str, BoolArray] = {}
    taken = np.zeros(n, dtype=bool)
    if plan.status is not None:
        lists: tuple[tuple[str, tuple[str, ...]], ...] = (
            ("previews", plan.preview),
            ("screened_out", plan.screened_out),
        )
        for name, values in lists:
            if values:
                found[name] = _has_status(plan.status, raw, values) & ~taken
                taken |= found[name]
        if plan.complete:
            partial |= ~_has_status(plan.status, raw, plan.complete)
    if plan.progress is not None:
        partial |= column_numbers(raw, plan.progress, reading) < plan.complete_from
    found["partials"] = partial & ~taken
    return found


def _has_status(column: str, raw: RawResponses, values: Sequence[str]) -> BoolArray:
    wanted = {_plain(value) for value in values}
    index, distinct = pd.factorize(raw.frame[column], use_na_sentinel=False)
    inside = [_plain(canonical(cell)) in wanted for cell in distinct]
    return np.array([*inside, False])[index]


def _plain(text: str) -> str:
    return folded(text).casefold()


def column_numbers(raw: RawResponses, column: str, reading: Reading) -> FloatArray:
    """Read a column as numbers, NaN where a cell is none; shape (n,)."""
    index, distinct = pd.factorize(raw.frame[column], use_na_sentinel=False)
    numbers: FloatArray = np.array([*(_number(cell, reading) for cell in distinct), np.nan])[index]
    return numbers


def _number(cell: object, reading: Reading) -> float:
    text = canonical(cell)
    if isinstance(cell, str):
        return cell_number(text.removesuffix("%"), reading)
    return cell_number(cell, reading) if text else float("nan")


def durations(plan: QualityPlan, raw: RawResponses, reading: Reading) -> FloatArray | None:
    """How long each interview took, in seconds; shape (n,).

    Parameters
    ----------
    plan : QualityPlan
    raw : RawResponses
    reading : Reading

    Returns
    -------
    ndarray or None
        NaN where the cells are blank, cannot be read or would make a negative duration. None where the plan
        names no columns for it.
    """
    if plan.duration is not None:
        seconds = _clock(raw, plan.duration) if plan.duration_unit == "clock" else None
        if seconds is None:
            seconds = column_numbers(raw, plan.duration, reading) * SECONDS[plan.duration_unit]
    elif plan.start and plan.end:
        seconds = _moments(raw, plan.end, plan.time_format) - _moments(raw, plan.start, plan.time_format)
    else:
        return None
    return np.where(np.isfinite(seconds) & (seconds >= 0), seconds, np.nan)


def _clock(raw: RawResponses, column: str) -> FloatArray:
    """Durations written as h:mm:ss."""
    index, distinct = pd.factorize(raw.frame[column], use_na_sentinel=False)
    texts = pd.Series([canonical(cell) for cell in distinct], dtype="str")
    spans = pd.to_timedelta(texts.where(texts.str.fullmatch(r"\d+:\d{1,2}:\d{1,2}(\.\d+)?")), errors="coerce")
    seconds: FloatArray = np.array([*spans.dt.total_seconds(), np.nan])[index]
    return seconds


def _moments(raw: RawResponses, column: str, written: str) -> FloatArray:
    """Moments in seconds since 1970; NaN where a cell cannot be read."""
    index, distinct = pd.factorize(raw.frame[column], use_na_sentinel=False)
    texts = pd.Series([canonical(cell) for cell in distinct], dtype="str")
    read = pd.to_datetime(texts.where(texts != ""), format=written or "ISO8601", errors="coerce", utc=True)
    known = read.notna().to_numpy()
    seconds = np.full(len(texts) + 1, np.nan)
    seconds[:-1][known] = read[known].astype("datetime64[us, UTC]").astype("int64").to_numpy() / 1e6
    return seconds[index]


def _speed_bound(plan: QualityPlan, seconds: FloatArray | None, finished: BoolArray) -> tuple[float, float]:
    """The median of those who finished, and the duration under which an interview is a speeder's."""
    if seconds is None:
        return float("nan"), 0.0
    known = seconds[finished & ~np.isnan(seconds)]
    median = float(np.median(known)) if len(known) else float("nan")
    relative = plan.speeders_below * median if len(known) else 0.0
    return median, max(relative, plan.speeders_seconds)


def _sets(
    plan: QualityPlan, raw: RawResponses, contents: Contents, respondent_id: str | None
) -> dict[str, IntArray]:
    """The sets of respondents who share an id, an address or every answer."""
    found: dict[str, IntArray] = {}
    if respondent_id is not None:
        found["duplicate_ids"] = _same_cell(raw, respondent_id)
    if plan.address is not None:
        found["duplicate_address"] = _same_cell(raw, plan.address)
    found["duplicate_answers"] = contents.repeats
    return found


def _same_cell(raw: RawResponses, column: str) -> IntArray:
    """Number the sets of respondents with the same cell, blanks apart; -1 for everybody else."""
    index, distinct = pd.factorize(raw.frame[column], use_na_sentinel=False)
    texts = pd.factorize(np.array([*(canonical(cell) for cell in distinct), ""], dtype=object))
    number, names = texts[0][index], texts[1]
    blank = np.array([not name for name in names], dtype=bool)[number]
    many = (np.bincount(number, minlength=len(names))[number] > 1) & ~blank
    shared = np.full(len(number), -1, dtype=np.int64)
    shared[many] = pd.factorize(number[many])[0]
    return shared


def _excluded(plan: QualityPlan, flags: dict[str, BoolArray], sets: dict[str, IntArray], n: int) -> BoolArray:
    """Everybody with a flag that excludes; of duplicates all but the first whom nothing else excludes."""
    excluded = np.zeros(n, dtype=bool)
    for name in plan.exclude:
        if name in flags and name not in REPEATS:
            excluded |= flags[name]
    for name in REPEATS:
        if name in plan.exclude and name in sets:
            left = np.flatnonzero((sets[name] >= 0) & ~excluded)
            later = np.ones(len(left), dtype=bool)
            later[np.unique(sets[name][left], return_index=True)[1]] = False
            excluded[left[later]] = True
    return excluded
