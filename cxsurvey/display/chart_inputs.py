"""Whether a chart was given the result that it draws, and results that belong together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import numpy as np

from cxsurvey.analysis.rating_pairs import RatingPairs
from cxsurvey.analysis.results import TOTAL, Estimates, Gaps
from cxsurvey.analysis.segmentation import UNCLASSIFIED, Segmentation
from cxsurvey.display.tables import KINDS, unit_of
from cxsurvey.errors import RequestError, listed
from cxsurvey.published.claims.records import Claims

if TYPE_CHECKING:
    import pandas as pd

MAKERS: Final[Mapping[type, str]] = MappingProxyType(
    {
        Estimates: "Estimates, which cx.estimate returns",
        Gaps: "Gaps, which cx.gaps returns",
        Segmentation: "a Segmentation, which cx.segment returns",
        Claims: "Claims, which cx.read_claims returns",
        RatingPairs: "RatingPairs, which cx.rating_pairs returns",
    }
)


def check_kind(chart: str, result: object, kind: type) -> None:
    """Refuse a result that the chart does not draw.

    Raises
    ------
    RequestError
        ``wrong-result``.

    Examples
    --------
    >>> check_kind("dumbbell", "overall", Gaps)
    Traceback (most recent call last):
        ...
    cxsurvey.errors.RequestError: charts.dumbbell cannot draw this. [wrong-result]
    Expected: Gaps, which cx.gaps returns
    Got: str
    Next: Make the result first, and give it to the chart.
    """
    if not isinstance(result, kind):
        raise RequestError.wrong_result(chart, MAKERS[kind], type(result).__name__)


def check_one_group(estimates: Estimates, chart: str = "ranked") -> None:
    """Refuse estimates of several groups, where a chart has one bar a row.

    Raises
    ------
    RequestError
        ``wrong-result``.
    """
    groups = list(dict.fromkeys(row.group_label for row in estimates.rows))
    if len(groups) > 1:
        raise RequestError.wrong_result(chart, "estimates of the total or of one group", listed(groups))


def check_shares(chart: str, estimates: Estimates) -> None:
    """Refuse estimates that are no parts of a whole.

    Raises
    ------
    RequestError
        ``wrong-result``; ``mixed-units``.
    """
    unit = unit_of(estimates.rows)
    if unit != "percent":
        raise RequestError.wrong_result(chart, KINDS["percent"], KINDS[unit])


def check_segments(shares: Estimates, found: Segmentation) -> None:
    """Refuse estimates that are not of the segments.

    Raises
    ------
    RequestError
        ``wrong-result``.
    """
    known = {*found.partition.names, UNCLASSIFIED}
    if not {row.response for row in shares.rows} <= known:
        asked = ", ".join(dict.fromkeys(row.question for row in shares.rows))
        raise RequestError.wrong_result(
            "segments", "shares of segments, which cx.segment_shares returns", f"estimates of {asked}"
        )


def in_pairs(estimates: Estimates, gaps: Gaps) -> Estimates:
    """Refuse gaps of other groups or questions than the estimates.

    Returns
    -------
    Estimates
        Without the answers that the gaps leave out, such as those that no report names.

    Raises
    ------
    RequestError
        ``results-differ``.
    """
    groups = _groups(estimates.frame, "group") - {(by, TOTAL) for by in estimates.frame["group_by"]}
    compared = _groups(gaps.frame, "group_a") | _groups(gaps.frame, "group_b")
    if not compared or not compared <= groups:
        raise RequestError.results_differ("groups", _named(groups), _named(compared))
    shown = {(row.question, row.response) for row in estimates.rows}
    tested = {(row.question, row.response) for row, _ in gaps.rows}
    if tested < shown and _asked(tested) == _asked(shown):
        return _only(estimates, tested)
    if shown != tested:
        raise RequestError.results_differ("questions", _named(shown), _named(tested))
    return estimates


def _asked(rows: set[tuple[str, str]]) -> set[str]:
    return {question for question, _ in rows}


def _only(estimates: Estimates, wanted: set[tuple[str, str]]) -> Estimates:
    kept = [i for i, row in enumerate(estimates.rows) if (row.question, row.response) in wanted]
    return replace(
        estimates,
        frame=estimates.frame.iloc[kept].reset_index(drop=True),
        rows=tuple(estimates.rows[i] for i in kept),
        covariance=estimates.covariance[np.ix_(kept, kept)],
    )


def _groups(frame: pd.DataFrame, column: str) -> set[tuple[str, str]]:
    return {(str(by), str(group)) for by, group in zip(frame["group_by"], frame[column], strict=True)}


def _named(pairs: set[tuple[str, str]]) -> list[str]:
    return sorted("/".join(pair) for pair in pairs)
