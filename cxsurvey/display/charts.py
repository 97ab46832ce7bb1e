"""Charts of results: what an analysis returned, as a card that shows in a notebook and saves to a file.

Each function takes a result and the words around it, and computes nothing::

    cx.charts.dumbbell(cx.gaps(study, by="ownership"), headline="Centralized owners lead").save("gap.svg")
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cxsurvey.analysis.rating_pairs import RatingPairs
from cxsurvey.analysis.results import Estimates, Gaps
from cxsurvey.analysis.segmentation import Segmentation
from cxsurvey.display import drafts
from cxsurvey.display.card import Card, FigureText
from cxsurvey.display.chart_inputs import check_kind, check_one_group, check_pair, check_segments, check_shares

Words = Mapping[str, str]


def ranked(estimates: Estimates, *, across: str = "response", headline: str = "", **options: Any) -> Card:
    """Draw ranked bars: the responses of one question, or one response of several questions.

    Parameters
    ----------
    estimates : Estimates
        Of the total, or of one group.
    across : {"response", "question"}
        What names a bar.
    headline : str
        The finding; a plain description by default.
    **options
        Fields of :class:`cxsurvey.display.forms.ranked.Options`.

    Returns
    -------
    Card

    Raises
    ------
    RequestError
        ``wrong-result``; ``mixed-units`` when rows have different units; or an option cannot be used.

    Examples
    --------
    >>> import cxsurvey as cx
    >>> study = cx.read_study("sfo2018")
    >>> cx.charts.ranked(cx.estimate(study, "overall"), headline="Eight in ten are content").key
    'fig01'
    """
    check_kind("ranked", estimates, Estimates)
    check_one_group(estimates)
    text = _text(headline or f"Answers to {estimates.rows[0].question_label}")
    return drafts.ranked(estimates, text, across=across, options=options).draw()


def segments(shares: Estimates, segmentation: Segmentation, *, headline: str = "", **options: Any) -> Card:
    """Draw the sizes of leaders, followers and laggards.

    Parameters
    ----------
    shares : Estimates
        From :func:`cxsurvey.segment_shares`, without groups.
    segmentation : Segmentation
        Gives the definitions.
    headline : str
    **options
        Fields of :class:`cxsurvey.display.forms.segments.Options`.

    Returns
    -------
    Card

    Raises
    ------
    RequestError
        ``wrong-result``; or an option cannot be used.

    Examples
    --------
    >>> import cxsurvey as cx
    >>> study = cx.read_study("sfo2018")
    >>> found = cx.segment(study)
    >>> cx.charts.segments(cx.segment_shares(study, found), found).number
    '1'
    """
    check_kind("segments", shares, Estimates)
    check_kind("segments", segmentation, Segmentation)
    check_segments(shares, segmentation)
    text = _text(headline or "Leaders, followers and laggards")
    return drafts.segments(shares, segmentation, text, options=options).draw()


def stacked(estimates: Estimates, *, rows: str = "question", headline: str = "", **options: Any) -> Card:
    """Draw stacked bars: the same scale over several questions, or one question over groups.

    Parameters
    ----------
    estimates : Estimates
        Shares.
    rows : {"question", "group"}
        What names a bar.
    headline : str
    **options
        Fields of :class:`cxsurvey.display.forms.stacked.Options`.

    Returns
    -------
    Card

    Raises
    ------
    RequestError
        ``wrong-result``; or an option cannot be used.

    Examples
    --------
    >>> import cxsurvey as cx
    >>> study = cx.read_study("sfo2018")
    >>> cx.charts.stacked(cx.estimate(study, "first_time", by="region"), rows="group").number
    '1'
    """
    check_kind("stacked", estimates, Estimates)
    check_shares("stacked", estimates)
    text = _text(headline or f"Answers to {estimates.rows[0].question_label}")
    return drafts.stacked(estimates, text, rows=rows, options=options).draw()


def lanes(estimates: Estimates, gaps: Gaps, *, headline: str = "", **options: Any) -> Card:
    """Draw three to five groups side by side, with intervals and significance letters.

    Parameters
    ----------
    estimates : Estimates
        By groups.
    gaps : Gaps
        Of the same groups and questions; gives the letters.
    headline : str
    **options
        Fields of :class:`cxsurvey.display.forms.lanes.Options`.

    Returns
    -------
    Card

    Raises
    ------
    RequestError
        ``wrong-result``; ``results-differ`` when the two are of other groups or questions; ``mixed-units``; or
        an option cannot be used.

    Examples
    --------
    >>> import cxsurvey as cx
    >>> study = cx.read_study("sfo2018")
    >>> means = cx.estimate(study, "cleanliness", by="region")
    >>> cx.charts.lanes(means, cx.gaps(study, by="region", question="cleanliness")).number
    '1'
    """
    check_kind("lanes", estimates, Estimates)
    check_kind("lanes", gaps, Gaps)
    check_pair(estimates, gaps)
    return drafts.lanes(estimates, gaps, _text(headline or "Groups compared"), options=options).draw()


def dumbbell(gaps: Gaps, *, headline: str = "", **options: Any) -> Card:
    """Draw the gaps between two groups, with the interval of each gap.

    Parameters
    ----------
    gaps : Gaps
        Of one pair of groups.
    headline : str
    **options
        Fields of :class:`cxsurvey.display.forms.dumbbell.Options`.

    Returns
    -------
    Card

    Raises
    ------
    RequestError
        ``wrong-result``, ``not-two-groups``, ``mixed-units``; or an option cannot be used.

    Examples
    --------
    >>> import cxsurvey as cx
    >>> study = cx.read_study("sfo2018")
    >>> cx.charts.dumbbell(cx.gaps(study, by="trip", question=["information", "amenities"])).number
    '1'
    """
    check_kind("dumbbell", gaps, Gaps)
    text = _text(headline or f"Gaps by {gaps.frame['group_by'].iloc[0]}")
    return drafts.dumbbell(gaps, text, options=options).draw()


def matrix(pairs: RatingPairs, *, headline: str = "", **options: Any) -> Card:
    """Draw two ordered ratings crossed, with the boundaries of the segments.

    Parameters
    ----------
    pairs : RatingPairs
        From :func:`cxsurvey.rating_pairs`.
    headline : str
    **options
        Fields of :class:`cxsurvey.display.forms.matrix.Options`.

    Returns
    -------
    Card

    Raises
    ------
    RequestError
        ``wrong-result``; or an option cannot be used.

    Examples
    --------
    >>> import cxsurvey as cx
    >>> pairs = cx.rating_pairs(cx.read_study("sfo2018"), rule="at_best_fair")
    >>> cx.charts.matrix(pairs).number
    '1'
    """
    check_kind("matrix", pairs, RatingPairs)
    return drafts.matrix(pairs, _text(headline or "Insight and engagement"), options=options).draw()


def _text(headline: str) -> FigureText:
    return FigureText(key="fig01", number="1", headline=headline)


__all__: Sequence[str] = ("dumbbell", "lanes", "matrix", "ranked", "segments", "stacked")
