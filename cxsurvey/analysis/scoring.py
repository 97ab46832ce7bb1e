"""Scores: several items of a respondent combined into one number, and whether the items hang together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cxsurvey.analysis.design import SYNTHETIC, survey_design
from cxsurvey.errors import RequestError
from cxsurvey.numerics.scales.reliability import Reliability, cronbach_alpha
from cxsurvey.study.answers import BoolArray, FloatArray
from cxsurvey.study.codebook import Question, Scale
from cxsurvey.study.notebook import html_table
from cxsurvey.study.study import Study

if TYPE_CHECKING:
    import pandas as pd

FULL = 100.0
ROUNDING = 1e-9  # a share such as 2/3 of 3 items must not ask for a third
DIGITS = 12  # of a score: what lies beyond is the rounding of its sums


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Scores:
    """One score for each respondent and scale.

    Attributes
    ----------
    study : str
    scales : tuple of Scale
    respondents : tuple of str, length n
    values : ndarray, shape (n, scales)
        NaN where too few items were answered.
    weights : ndarray, shape (n,)
    reliability : tuple of Reliability or None
        One for each scale; None for a scale of one item.
    synthetic : bool
        Whether the respondents were made up; whatever shows their numbers says so.
    n_excluded : int
        Respondents left out for data quality, who have no score and are not counted as missing.
    """

    study: str
    scales: tuple[Scale, ...]
    respondents: tuple[str, ...]
    values: FloatArray
    weights: FloatArray
    reliability: tuple[Reliability | None, ...]
    synthetic: bool = False
    n_excluded: int = 0

    @property
    def frame(self) -> pd.DataFrame:
        """One row a respondent: ``respondent`` and a column for each scale."""
        import pandas as pd  # noqa: PLC0415 - the table is made on request

        columns = {scale.id: self.values[:, i] for i, scale in enumerate(self.scales)}
        return pd.DataFrame({"respondent": list(self.respondents), **columns})

    @property
    def summary(self) -> pd.DataFrame:
        """One row a scale: items, respondents scored and not, weighted mean, alpha with its interval."""
        import pandas as pd  # noqa: PLC0415 - the table is made on request

        return pd.DataFrame([self._line(i) for i in range(len(self.scales))])

    @property
    def items(self) -> pd.DataFrame:
        """One row an item: its correlation with the rest of the scale, and alpha without it."""
        import pandas as pd  # noqa: PLC0415 - the table is made on request

        rows = [
            {
                "scale": scale.id,
                "item": item,
                "item_total_correlation": found.item_total[i],
                "alpha_if_dropped": found.alpha_if_dropped[i],
            }
            for scale, found in zip(self.scales, self.reliability, strict=True)
            if found is not None
            for i, item in enumerate(scale.items)
        ]
        return pd.DataFrame(rows, columns=["scale", "item", "item_total_correlation", "alpha_if_dropped"])

    def _line(self, position: int) -> dict[str, object]:
        scale, found = self.scales[position], self.reliability[position]
        values = self.values[:, position]
        known = ~np.isnan(values)
        order = np.lexsort((values[known], self.weights[known]))  # sums that do not depend on the order of rows
        score, weight = values[known][order], self.weights[known][order]
        return {
            "scale": scale.id,
            "items": len(scale.items),
            "n": int(known.sum()),
            "n_missing": int((~known).sum()) - self.n_excluded,
            "mean": float((score * weight).sum() / weight.sum()) if weight.any() else float("nan"),
            "alpha": found.alpha if found else float("nan"),
            "alpha_low": found.conf_low if found else float("nan"),
            "alpha_high": found.conf_high if found else float("nan"),
            "alpha_n": found.n if found else 0,
        }

    @property
    def caption(self) -> str:
        """Of whom the scores are, in one line."""
        made_up = f"; {SYNTHETIC}" if self.synthetic else ""
        left_out = f", {self.n_excluded:,} of them excluded for data quality" if self.n_excluded else ""
        return f"Scores of {self.study}: {len(self.respondents):,} respondents{left_out}{made_up}"

    def __repr__(self) -> str:
        return f"{self.caption}\n{self.summary}"

    def _repr_html_(self) -> str:
        return html_table(self.summary, self.caption)


def score(study: Study) -> Scores:
    """Score every scale of a study.

    Parameters
    ----------
    study : Study

    Returns
    -------
    Scores

    Raises
    ------
    RequestError
        ``no-scales`` when the study declares none; ``statistic-not-defined`` for an item without values.

    Notes
    -----
    Items in ``reversed`` count as ``minimum + maximum - value``. A respondent who answered fewer than
    ``min_answered`` of the items has no score; otherwise a mean is of the items answered, and a sum is that
    mean times the number of items, so that a skipped item does not pull the sum down. ``weighted`` is
    the weighted mean of the items answered; ``top_box`` the share of answered items rated in the ``top``
    highest responses. ``rescale`` maps the lowest score that the answered items allow to 0 and the highest to
    100; there is no score where they allow one value only. Scores have 12 digits, see :func:`settled`.

    Examples
    --------
    >>> import cxsurvey as cx
    >>> scores = cx.score(cx.read_study("sfo2018"))
    >>> scores.values.shape[0]
    2809
    """
    scales = tuple(study.file.scale)
    if not scales:
        raise RequestError.no_scales(study.id)
    values = np.column_stack([score_values(study, scale) for scale in scales])
    weights = survey_design(study).weights
    reliability = tuple(_reliability(study, scale, weights) for scale in scales)
    return Scores(
        study=study.id,
        scales=scales,
        respondents=tuple(study.respondents()),
        values=values,
        weights=weights,
        reliability=reliability,
        synthetic=study.file.study.synthetic,
        n_excluded=study.n - study.n_kept,
    )


def _reliability(study: Study, scale: Scale, weights: FloatArray) -> Reliability | None:
    if len(scale.items) == 1:
        return None
    return cronbach_alpha(item_values(study, scale), weights=weights, level=study.file.settings.level)


def score_values(study: Study, scale: Scale) -> FloatArray:
    """Score one scale; shape (n,), NaN where too few items were answered. See :func:`score`."""
    items = item_values(study, scale)
    known = ~np.isnan(items)
    enough = known.sum(axis=1) >= max(1.0, scale.min_answered * len(scale.items) - ROUNDING)
    weights = np.array([scale.weights.get(item, 1.0) for item in scale.items])
    if scale.method == "top_box":
        values = _mean(_top_box(study, scale, items), known, weights)
        low, high = np.zeros(len(values)), np.ones(len(values))
    else:
        ranges = np.array([item_range(study.question(item)) for item in scale.items])
        values = _mean(items, known, weights)
        low, high = (_mean(np.broadcast_to(ranges[:, i], items.shape), known, weights) for i in (0, 1))
    if scale.rescale:
        unscaled = np.full(len(values), np.nan)
        values = np.divide(FULL * (values - low), high - low, out=unscaled, where=high > low)
    elif scale.method == "sum":
        values = values * len(scale.items)
    return np.where(enough, settled(values), np.nan)


def settled(values: FloatArray) -> FloatArray:
    """Round to 12 significant digits, and to 12 decimals at most; same shape, NaN stays.

    Sums in double precision leave 2.5 as 2.5 for one pattern of answers and as 2.4999999999999996 for another.
    Scores that are equal on paper must be equal: they are compared with cut points and with each other.

    Examples
    --------
    >>> settled(np.array([2.4999999999999996, 100 / 3])).tolist()
    [2.5, 33.3333333333]
    """
    before_point = np.floor(np.log10(np.maximum(np.abs(values), 0.1)))
    scale = 10.0 ** np.clip(DIGITS - 1 - before_point, 0.0, None)
    rounded: FloatArray = np.rint(values * scale) / scale
    return rounded


def item_values(study: Study, scale: Scale) -> FloatArray:
    """The items of a scale as numbers, reversed where declared; shape (n, items)."""
    columns = []
    for item in scale.items:
        answers = study.answers(item)
        value = answers.value if answers.value is not None else np.full(study.n, np.nan)
        if item in scale.reversed:
            low, high = item_range(answers.question)
            value = low + high - value
        columns.append(value)
    return np.column_stack(columns)


def question_bounds(question: Question) -> tuple[float, float] | None:
    """The lowest and highest number that a question allows; None where one is not declared."""
    if question.type != "number":
        return item_range(question)
    low, high = question.bounds
    return None if low is None or high is None else (low, high)


def score_bounds(study: Study, scale: Scale) -> tuple[float, float] | None:
    """The lowest and highest score that a scale allows; None where an item has no bounds."""
    if scale.rescale:
        return 0.0, FULL
    if scale.method == "top_box":
        return 0.0, 1.0
    ends = [question_bounds(study.question(item)) for item in scale.items]
    known = [end for end in ends if end is not None]
    if len(known) < len(ends):
        return None
    times = len(known) if scale.method == "sum" else 1
    weights = [scale.weights.get(item, 1.0) for item in scale.items]
    low, high = np.average(np.array(known), axis=0, weights=weights)
    return float(times * low), float(times * high)


def item_range(question: Question) -> tuple[float, float]:
    """The lowest and highest number that a question allows.

    Raises
    ------
    RequestError
        ``statistic-not-defined`` when no response of an ordinal question has a value.
    """
    if question.type == "number":
        low, high = question.bounds
        return float(low or 0.0), float(high or 0.0)
    values = [value for value in question.values if not np.isnan(value)]
    if not values:
        raise RequestError.statistic_needs("score", question.id, "responses with a 'value' or numbers as codes")
    return min(values), max(values)


def _mean(items: FloatArray, known: BoolArray, weights: FloatArray) -> FloatArray:
    """Weighted mean of the items that are known; NaN where none is. Shape (n,)."""
    share = known * weights
    total = share.sum(axis=1)
    values = np.full(len(items), np.nan)
    np.divide((np.where(known, items, 0.0) * share).sum(axis=1), total, out=values, where=total > 0)
    return values


def _top_box(study: Study, scale: Scale, items: FloatArray) -> FloatArray:
    """1 where an item is rated in its highest responses, 0 where it is not; shape (n, items)."""
    cuts = []
    for item in scale.items:
        question = study.question(item)
        low, high = item_range(question)
        if question.type == "number":
            cuts.append(high - scale.top + 1)
            continue
        known = np.array([value for value in question.values if not np.isnan(value)])
        values = np.sort(low + high - known if item in scale.reversed else known)
        cuts.append(float(values[-min(scale.top, len(values))]))
    return (items >= np.array(cuts)).astype(np.float64)
