"""Charts of results: what an analysis returned, as a card that shows in a notebook and saves to a file.

Each function takes a result and the words around it, and computes nothing::

    cx.charts.dumbbell(cx.gaps(study, by="ownership"), headline="Centralized owners lead").save("gap.svg")
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from cxsurvey.analysis.rating_pairs import RatingPairs
from cxsurvey.analysis.results import Estimates, Gaps
from cxsurvey.analysis.segmentation import Segmentation
from cxsurvey.display import drafts, item_drafts
from cxsurvey.display.audit_page import audit_card
from cxsurvey.display.card import Card, FigureText
from cxsurvey.display.chart_inputs import check_kind, check_one_group, check_segments, check_shares, in_pairs
from cxsurvey.errors import RequestError
from cxsurvey.published.audit.verdicts import Audit
from cxsurvey.published.claims.records import Claims

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
        Of the same groups and questions; gives the letters. Answers that it leaves out are not drawn.
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
    shown = in_pairs(estimates, gaps)
    return drafts.lanes(shown, gaps, _text(headline or "Groups compared"), options=options).draw()


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


def ranks(left: Estimates, right: Estimates, *, headline: str = "", **options: Any) -> Card:
    """Draw two rankings of the same responses as a slope chart.

    Parameters
    ----------
    left, right : Estimates
        Shares of one group each; responses are matched by their code.
    headline : str
    **options
        Fields of :class:`cxsurvey.display.forms.ranks_layout.Options`.

    Returns
    -------
    Card

    Raises
    ------
    RequestError
        ``wrong-result``; ``nothing-to-rank`` when they have fewer than two responses in common; or an option
        cannot be used.

    Examples
    --------
    >>> import cxsurvey as cx
    >>> study = cx.read_study("sfo2018")
    >>> cx.charts.ranks(cx.estimate(study, "artwork"), cx.estimate(study, "signs")).number
    '1'
    """
    for side in (left, right):
        check_kind("ranks", side, Estimates)
        check_one_group(side, "ranks")
        check_shares("ranks", side)
    words = f"{left.rows[0].question_label} and {right.rows[0].question_label}"
    return item_drafts.ranks(left, right, _text(headline or words), cells=None, options=options).draw()


def presence(
    claims: Claims, *, question: str, labels: Words = MappingProxyType({}), headline: str = "", **options: Any
) -> Card:
    """Draw what claims name of a question without a number, as a dot matrix.

    Parameters
    ----------
    claims : Claims
        From :func:`cxsurvey.read_claims`; statements count, and shares without a value.
    question : str
        The question that they name.
    labels : mapping of str to str
        Labels of groups and responses by id, in the order to draw.
    headline : str
    **options
        Fields of :class:`cxsurvey.display.forms.presence.Options`.

    Returns
    -------
    Card

    Raises
    ------
    RequestError
        ``wrong-result``; ``figure-claims`` when no claim names the question; or an option cannot be used.

    Examples
    --------
    >>> from cxsurvey.published.claims.file import parse_claims
    >>> claims = parse_claims('''id,kind,statement,question,response,group
    ... ceo,statement,Chief executives want growth,drivers,growth,function=ceo
    ... sales,statement,Sales wants revenue,drivers,revenue,function=sales
    ... ''')
    >>> presence(claims, question="drivers", labels={"ceo": "Chief executive"}).form
    'presence'
    """
    check_kind("presence", claims, Claims)
    table = item_drafts.presence_table(claims, question, figure="fig01", labels=labels)
    text = drafts.with_notes(_text(headline or f"What is named of {question}"), ("Base", item_drafts.CLAIMED))
    return drafts.Draft("presence", table, text, options).draw()


def audit(audited: Audit, *, headline: str = "", **options: Any) -> Card:
    """Draw an audit of printed claims on one page, the weakest claims first.

    Parameters
    ----------
    audited : Audit
        From :func:`cxsurvey.audit`.
    headline : str
        The finding; by default how many of the testable claims hold.
    **options
        ``source``, ``key``, ``number`` and ``palette``, as of :func:`cxsurvey.display.audit_page.audit_card`.

    Returns
    -------
    Card

    Raises
    ------
    RequestError
        ``wrong-result``; ``figure-empty`` for an audit of no claims; ``figure-too-tall`` for a headline that
        leaves no room.

    Examples
    --------
    >>> from cxsurvey.published.claims.records import Claim
    >>> from cxsurvey.published.audit.verdicts import Audit, Finding
    >>> claim = Claim("a", "Buying experience causes growth", "statement", "causes")
    >>> finding = Finding(claim, "untestable", "One cross-section cannot show cause.")
    >>> audit(Audit("tiny", 0.95, "holm", 0, 0.1, (finding,))).text.headline
    'None of the claims can be tested from what is printed'
    """
    if not isinstance(audited, Audit):
        raise RequestError.wrong_result("audit", "an Audit, which cx.audit returns", type(audited).__name__)
    return audit_card(audited, headline=headline, **options)


def _text(headline: str) -> FigureText:
    return FigureText(key="fig01", number="1", headline=headline)


__all__: Sequence[str] = (
    "audit",
    "dumbbell",
    "lanes",
    "matrix",
    "presence",
    "ranked",
    "ranks",
    "segments",
    "stacked",
)
