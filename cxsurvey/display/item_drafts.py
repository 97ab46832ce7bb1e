"""Drafts of figures of items: two rankings of them, and what a report names of them without a number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import pandas as pd

from cxsurvey.analysis.rank_agreement import AgreementRange, agreement_range, rank_agreement
from cxsurvey.analysis.results import Estimates
from cxsurvey.display import tables
from cxsurvey.display.card import FigureText
from cxsurvey.display.drafts import Draft, with_notes
from cxsurvey.display.notes import synthetic_note
from cxsurvey.display.numbers import count, mean
from cxsurvey.errors import RequestError, did_you_mean
from cxsurvey.published.claims.file import claims_beside, claims_path
from cxsurvey.published.claims.published_cells import PublishedCells, printed_tiers
from cxsurvey.published.claims.records import Claim, Claims, GroupRef
from cxsurvey.study.codebook import Figure, StudyFile, by_id
from cxsurvey.study.study import Study

ALL: Final = "all"
EVERYBODY: Final = "All respondents"
CLAIMED: Final = "Statements of the report; no respondents are behind this figure."


def ranks(
    left: Estimates,
    right: Estimates,
    text: FigureText,
    *,
    cells: PublishedCells | None,
    options: Mapping[str, Any],
) -> Draft:
    """Two rankings of the same items; see :func:`cxsurvey.display.charts.ranks`.

    ``cells`` tell how far a report orders the items, where respondents are synthetic.
    """
    table = tables.rank_rows(left, right)
    items = list(table["row_id"])
    sentences = _agreement(left, right, table)
    if cells is not None:
        tiers = [printed_tiers(cells, side.rows[0].question, items) for side in (left, right)]
        sentences += _reach(tiers)
    agreement = (("Ranks", " ".join(sentences)),) if sentences else ()
    noted = with_notes(text, *agreement, *synthetic_note(left, right))
    return Draft("ranks", table, noted, options)


def _agreement(left: Estimates, right: Estimates, table: pd.DataFrame) -> list[str]:
    """Say how far the rankings agree, where every item has a place in both."""
    if table[["a", "b"]].isna().any(axis=None):
        return []
    found = rank_agreement(left, right)
    rho, tau = mean(found.spearman, places=2), mean(found.kendall, places=2)
    return [f"Spearman's rho {rho}, Kendall's tau-b {tau}, over {found.n} items."]


def _reach(tiers: Sequence[Sequence[Sequence[str]]]) -> list[str]:
    """Say between what the correlation lies, when the report orders tiers and not items."""
    if all(len(tier) == 1 for side in tiers for tier in side):
        return []
    try:
        found: AgreementRange = agreement_range(*tiers)
    except RequestError as error:
        if error.code != "too-many-orders":
            raise
        return ["The report does not order all items, and allows too many orders to go through."]
    low, high = (mean(end, places=2) for end in found.spearman)
    allowed = f"over the {count(found.orders)} pairs of orders that what it says of each ranking allows"
    return [f"The report does not order all items: {allowed}, rho lies between {low} and {high}."]


def presence(study: Study, figure: Figure, text: FigureText) -> Draft:
    """What claims name without a number, as a dot matrix.

    Raises
    ------
    RequestError
        ``figure-claims`` when the study has no claims, or none of them names the question.
    ClaimsError
        As :func:`cxsurvey.published.claims.file.read_claims`.
    """
    asked = figure.question or ""
    if not claims_path(study.path).is_file():
        raise RequestError.figure_claims(figure.id, asked, "no claims.csv beside the study file", "")
    claims = claims_beside(study.path, study.file)
    table = presence_table(claims, asked, figure=figure.id, labels=figure.labels, file=study.file)
    synthetic = " The respondents of this study are synthetic." if study.file.study.synthetic else ""
    own = (("Note", figure.note),) if figure.note else ()
    noted = with_notes(text, ("Base", f"{CLAIMED}{synthetic}"), *own)
    question = study.questions.get(asked)
    return Draft("presence", table, replace(noted, question=question.text) if question else noted, {})


def presence_table(
    claims: Claims, question: str, *, figure: str, labels: Mapping[str, str], file: StudyFile | None = None
) -> pd.DataFrame:
    """Lay out what claims name of a question: groups in rows, responses in columns.

    Parameters
    ----------
    claims : Claims
        Statements count, and shares without a value.
    question : str
        The question of their statistics; it need not be one of the study.
    figure : str
        Its key, for messages.
    labels : mapping of str to str
        Labels of rows and columns by id; what they name comes first, in their order.
    file : StudyFile, optional
        Gives labels that ``labels`` leave out.

    Returns
    -------
    pandas.DataFrame
        ``row col stated``, one row a cell.

    Raises
    ------
    RequestError
        ``figure-claims``.
    """
    cells = _named_cells(claims, question, figure)
    order = list(labels)
    rows = sorted(dict.fromkeys(group for group, _ in cells), key=lambda group: _place(_row_id(group), order))
    columns = sorted(dict.fromkeys(response for _, response in cells), key=lambda name: _place(name, order))
    known = {ALL: EVERYBODY, **(_labels(file, question, rows) if file else {}), **labels}
    named = set(cells)
    return pd.DataFrame(
        [
            {
                "row": known.get(_row_id(group), _row_id(group)),
                "col": known.get(response, response),
                "stated": (group, response) in named,
            }
            for group in rows
            for response in columns
        ]
    )


def _row_id(group: GroupRef) -> str:
    return group.member or ALL


def _place(name: str, order: Sequence[str]) -> int:
    """Where the figure's own labels put a row or column; what they leave out follows, as claims name it."""
    return order.index(name) if name in order else len(order)


def _named_cells(claims: Claims, asked: str, figure: str) -> list[tuple[GroupRef, str]]:
    """What claims name of a question, in their order: by whom, and which response."""
    statistics = [statistic for claim in claims if _names(claim) for statistic in claim.statistics]
    cells = [(statistic.group, statistic.response) for statistic in statistics if statistic.question == asked]
    if not cells:
        known = list(dict.fromkeys(statistic.question for statistic in statistics))
        reason = f"claims that name {', '.join(known)}" if known else "no claim that names a question"
        raise RequestError.figure_claims(figure, asked, reason, did_you_mean(asked, known))
    return list(dict.fromkeys(cells))


def _names(claim: Claim) -> bool:
    """Whether a claim names something without printing its number."""
    return claim.kind == "statement" or (claim.kind == "share" and claim.value is None)


def _labels(file: StudyFile, asked: str, rows: Sequence[GroupRef]) -> dict[str, str]:
    """Labels that the codebook has for rows and columns, by id."""
    questions, groups = by_id(file.question), by_id(file.group)
    found: dict[str, str] = {}
    for name in dict.fromkeys([*(group.name for group in rows), asked]):
        if name in groups:
            found |= {member.id: member.label for member in groups[name].members}
        elif name in questions:
            found |= {answer.code: answer.label for answer in questions[name].responses}
    return found
