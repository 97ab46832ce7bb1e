"""Two ordered ratings crossed: how many respondents gave each pair, and the segment it belongs to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cxsurvey.analysis.design import SYNTHETIC, survey_design
from cxsurvey.analysis.estimation import estimate_block
from cxsurvey.analysis.measures import Variable, cell_shares
from cxsurvey.analysis.segmentation import Segmentation, rating_levels, segment
from cxsurvey.errors import RequestError
from cxsurvey.study.answers import FloatArray, IntArray
from cxsurvey.study.codebook import SEGMENT_ORDER
from cxsurvey.study.notebook import html_table
from cxsurvey.study.study import Study


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class RatingPairs:
    """A grid rule with the respondents in it.

    Attributes
    ----------
    segments : Segmentation
    insight, engagement : str
        Labels of the two ratings; insight stands in the rows.
    rows, columns : tuple of str
        Labels of the levels, best first.
    share : ndarray, shape (rows, columns)
        Of respondents who gave both ratings; weighted.
    segment : tuple of tuple of str
        The segment of each pair; empty where the rule leaves it out.
    segment_share : dict of str to float
        Of respondents who gave both ratings, the share in each segment; weighted.
    n : int
        Respondents who gave both ratings.
    """

    segments: Segmentation
    insight: str
    engagement: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    share: FloatArray
    segment: tuple[tuple[str, ...], ...]
    segment_share: dict[str, float]
    n: int

    @property
    def synthetic(self) -> bool:
        """Whether the respondents were made up; whatever shows their numbers says so."""
        return self.segments.synthetic

    @property
    def caption(self) -> str:
        """What is crossed, under which rule and on which base, in one line."""
        made_up = f"; {SYNTHETIC}" if self.synthetic else ""
        return (
            f"{self.insight} (rows) by {self.engagement} (columns), shares of {self.n:,} respondents of "
            f"{self.segments.study}; rule '{self.segments.rule}'{made_up}"
        )

    def __repr__(self) -> str:
        return self.caption

    def _repr_html_(self) -> str:
        rows = [
            {"": label, **dict(zip(self.columns, shares, strict=True))}
            for label, shares in zip(self.rows, self.share.tolist(), strict=True)
        ]
        return html_table(rows, self.caption)


def rating_pairs(study: Study, *, rule: str | None = None) -> RatingPairs:
    """Cross the two ratings of a grid rule.

    Parameters
    ----------
    study : Study
    rule : str, optional
        A grid; the study's own rule by default.

    Returns
    -------
    RatingPairs

    Raises
    ------
    RequestError
        ``rule-not-applicable`` when the rule is no grid; otherwise as :func:`cxsurvey.segment`.

    Examples
    --------
    >>> import cxsurvey as cx
    >>> pairs = rating_pairs(cx.read_study("sfo2018"), rule="at_best_fair")
    >>> round(float(pairs.share.sum()), 12)
    1.0
    """
    segments = segment(study, rule=rule)
    declared = study.file.segments
    if declared is None or "level_insight" not in segments.scores:
        raise RequestError.rule_needs(segments.rule, "a grid over two ratings, such as at_best_fair")
    insight, engagement = (study.question(name or "") for name in (declared.insight, declared.engagement))
    levels = [rating_levels(declared, question, segments.rule) for question in (insight, engagement)]
    shape = len(levels[0]), len(levels[1])
    pair = _pair(segments, shape[1])
    targets = cell_shares([(str(i), "") for i in range(shape[0] * shape[1])])
    found = Variable("pairs", "", pair >= 0, targets, code=pair)
    block = estimate_block(survey_design(study), found, None, total=True, level=study.file.settings.level)
    share = block.ratios.estimate.reshape(shape)
    grid = _segments(segments.cells)
    return RatingPairs(
        segments=segments,
        insight=insight.name,
        engagement=engagement.name,
        rows=tuple(_level(insight.response_labels(codes)) for codes in levels[0]),
        columns=tuple(_level(engagement.response_labels(codes)) for codes in levels[1]),
        share=share,
        segment=grid,
        segment_share={name: float(share[np.array(grid) == name].sum()) for name in SEGMENT_ORDER},
        n=int(block.ratios.n[0]),
    )


def _pair(segments: Segmentation, width: int) -> IntArray:
    """The pair of levels of each respondent as one number, -1 where either is missing; shape (n,)."""
    levels = segments.scores["level_insight"], segments.scores["level_engagement"]
    known = ~np.isnan(levels[0]) & ~np.isnan(levels[1])
    row, column = (np.where(known, level - 1, 0).astype(np.int64) for level in levels)
    return np.where(known, row * width + column, -1)


def _level(labels: tuple[str, ...]) -> str:
    return " or ".join(labels)


def _segments(cells: tuple[tuple[str, ...], ...]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(cell if cell in SEGMENT_ORDER else "" for cell in row) for row in cells)
