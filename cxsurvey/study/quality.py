"""Data quality flags of a study: who was too fast, unvaried, unfinished or there twice, and who is left out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cxsurvey.study.interview_flags import Interviews
from cxsurvey.study.notebook import html_table
from cxsurvey.study.quality_plan import FLAGS, QualityPlan
from cxsurvey.study.study import Study

if TYPE_CHECKING:
    import pandas as pd

NEEDS = {
    "previews": "[quality] names no status of previews",
    "screened_out": "[quality] names no status of screen-outs",
    "speeders": "[quality] names no duration",
    "straight_liners": "the study has no grid",
    "duplicate_ids": "the study has no respondent_id",
    "duplicate_address": "[quality] names no address",
}
LABELS: dict[str, str] = {
    "previews": "previews",
    "screened_out": "screened out",
    "partials": "partials",
    "speeders": "speeders",
    "straight_liners": "straight-liners",
    "duplicate_ids": "duplicate ids",
    "duplicate_address": "duplicate addresses",
    "duplicate_answers": "duplicate answers",
}
LEFT_OUT = "excluded for data quality"
SUMMARY = ("flag", "n", "share", "n_excluded", "threshold", "first_row")


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Quality:
    """Flags of every respondent.

    Attributes
    ----------
    study : str
    plan : QualityPlan
        The thresholds, as ``[quality]`` states them.
    declared : bool
        Whether the study file has ``[quality]``; the thresholds are the defaults otherwise.
    flags : pandas.DataFrame
        One row a respondent: ``respondent``, ``row`` of the responses file, ``seconds`` (where a duration is
        declared), ``answered_share``, ``straight_lines`` (grids answered in one), a column of bool for each
        flag that could be computed, and ``excluded``.
    summary : pandas.DataFrame
        One row a flag: ``flag n share n_excluded threshold first_row``. ``share`` is of all respondents;
        ``n_excluded`` counts those flagged who are left out; ``threshold`` says the rule in words.
    median_seconds : float
        Of those who finished; NaN where no duration is known.
    grids : tuple of tuple of str
        Question ids of each grid.
    notes : tuple of str
        Which flags could not be computed, and why.
    """

    study: str
    plan: QualityPlan
    declared: bool
    flags: pd.DataFrame
    summary: pd.DataFrame
    median_seconds: float
    grids: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()

    @property
    def n_excluded(self) -> int:
        """Respondents who are left out."""
        return int(self.flags["excluded"].sum())

    @property
    def caption(self) -> str:
        """Of whom, by which thresholds, and how many are left out, in one line."""
        whose = "the study file's thresholds" if self.declared else "default thresholds"
        left_out = f"{self.n_excluded:,} excluded" if self.plan.exclude else "nobody excluded"
        return f"Data quality of {self.study}: {len(self.flags):,} respondents, {whose}, {left_out}"

    def __repr__(self) -> str:
        shown = self.summary.to_string(index=False, float_format=lambda value: f"{value:.4g}")
        return "\n".join([self.caption, shown, *self.notes])

    def _repr_html_(self) -> str:
        return html_table(self.summary, " ".join([self.caption + ".", *self.notes]))


def quality(study: Study) -> Quality:
    """Flag interviews that look careless, unfinished or repeated.

    Parameters
    ----------
    study : Study
        Its ``[quality]`` table names the columns and thresholds. Without one, the flags that need no column are
        computed with the default thresholds.

    Returns
    -------
    Quality
        Flags are computed for everybody, excluded or not, and do not depend on the order of the rows.

    Raises
    ------
    StudyError
        ``unknown-column`` when the responses lack a column that ``[quality]`` or a question names.

    Notes
    -----
    A respondent who finished is neither a preview, nor screened out, nor a partial. *Speeders* finished in
    less than ``speeders_below`` times the median duration of those who finished, or in less than
    ``speeders_seconds``.
    *Straight-liners* answered at least ``straight_lining_from`` items of a grid, all alike, in at least
    ``straight_lining_grids`` grids. *Partials* replied to less than ``partial_below`` of the closed and number
    questions that they were shown, or have a status or progress that is not complete. *Duplicates* share an id,
    an address, or all answers where at least ``identical_from`` questions are answered.

    A flag is a reason to look, not a finding. Greszki, Meyer and Schoen (2015, *Public Opinion Quarterly*
    79(2)) found that leaving out fast respondents hardly changes results; Zhang and Conrad (2014, *Survey
    Research Methods* 8(2)) that those who speed also straight-line.

    Examples
    --------
    >>> import cxsurvey as cx
    >>> found = cx.quality(cx.read_study("sfo2018"))
    >>> found.n_excluded, "partials" in found.flags
    (0, True)
    """
    import pandas as pd  # noqa: PLC0415 - the tables are made on request

    found = study.interviews()
    plan = study.file.quality or QualityPlan()
    columns: dict[str, object] = {
        "respondent": list(study.respondents()),
        "row": np.arange(study.raw.first_row, study.raw.first_row + study.n),
    }
    if found.seconds is not None:
        columns["seconds"] = found.seconds
    columns |= {"answered_share": found.answered_share, "straight_lines": found.alike}
    flags = pd.DataFrame({**columns, **found.flags, "excluded": found.excluded})
    rows = [_row(study, plan, found, name) for name in found.flags]
    lacking = (name for name in FLAGS if name not in found.flags)
    return Quality(
        study=study.id,
        plan=plan,
        declared=study.file.quality is not None,
        flags=flags,
        summary=pd.DataFrame(rows, columns=list(SUMMARY)).astype({"first_row": "Int64"}),
        median_seconds=found.median,
        grids=found.grids,
        notes=tuple(f"Not computed: {LABELS[name]}, because {NEEDS[name]}." for name in lacking),
    )


def _row(study: Study, plan: QualityPlan, found: Interviews, name: str) -> tuple[object, ...]:
    flagged = found.flags[name]
    n = int(flagged.sum())
    share = n / study.n if study.n else float("nan")
    left_out = int((flagged & found.excluded).sum())
    first = study.raw.first_row + int(np.argmax(flagged)) if n else None
    return name, n, share, left_out, threshold_words(plan, found, name), first


def threshold_words(plan: QualityPlan, found: Interviews, name: str) -> str:
    """Say the rule of a flag in words, with its thresholds.

    Parameters
    ----------
    plan : QualityPlan
    found : Interviews
    name : str

    Returns
    -------
    str
    """
    grids = "a grid" if plan.straight_lining_grids == 1 else f"{plan.straight_lining_grids} grids"
    rules: dict[str, str] = {
        "previews": f"status is {' or '.join(plan.preview)}",
        "screened_out": f"status is {' or '.join(plan.screened_out)}",
        "partials": "; ".join(_partial_words(plan)),
        "speeders": _speed_words(plan, found),
        "straight_liners": f"{plan.straight_lining_from} or more items of {grids} answered, all alike",
        "duplicate_ids": "an id that occurs more than once",
        "duplicate_address": "an address that several respondents share",
        "duplicate_answers": f"the same answers, {plan.identical_from} or more questions answered",
    }
    return rules[name]


def _partial_words(plan: QualityPlan) -> list[str]:
    words = [f"under {plan.partial_below:.0%} of the questions shown answered"] if plan.partial_below else []
    if plan.status and plan.complete:
        words.append(f"status is not {' or '.join(plan.complete)}")
    if plan.progress:
        words.append(f"progress under {plan.complete_from:g}")
    return words or ["no bound"]


def _speed_words(plan: QualityPlan, found: Interviews) -> str:
    if found.bound <= 0:
        return "no bound" if not plan.speeders_below else "no median: nobody who finished has a duration"
    if found.bound > plan.speeders_below * found.median or np.isnan(found.median):
        return f"under {found.bound:,.0f} seconds"
    return f"under {found.bound:,.0f} seconds, {plan.speeders_below:.0%} of the median {found.median:,.0f}"


def exclusion_words(study: Study) -> str:
    """Say how many are left out and by which flags; empty where the study file excludes nobody.

    Parameters
    ----------
    study : Study

    Returns
    -------
    str
        Without a full stop, such as ``12 of 1,000 respondents excluded for data quality (speeders)``.

    Examples
    --------
    >>> import cxsurvey as cx
    >>> exclusion_words(cx.read_study("sfo2018"))
    ''
    """
    plan = study.file.quality
    if plan is None or not plan.exclude:
        return ""
    count = study.n - study.n_kept
    names = ", ".join(LABELS[name] for name in FLAGS if name in plan.exclude)
    return f"{count:,} of {study.n:,} respondents {LEFT_OUT} ({names})"
