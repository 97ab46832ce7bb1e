"""What a report prints of its respondents, statistic by statistic: all that a figure may show as a value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

from cxsurvey.analysis.partition import SEGMENT
from cxsurvey.analysis.results import TOTAL
from cxsurvey.errors import DataFault
from cxsurvey.published.claims.file import claims_beside, claims_path
from cxsurvey.published.claims.records import Claim, Claims, GroupRef
from cxsurvey.published.claims.wordings import zone
from cxsurvey.study.codebook import StudyFile, by_id
from cxsurvey.study.study import Study

Group = tuple[str, frozenset[str]]
Cell = tuple[str, frozenset[str], Group]
EVERYBODY: Final[Group] = ("", frozenset())
SLACK: Final = 1e-9  # a share computed in floating point may miss a printed half by its last bits


@dataclass(frozen=True, slots=True, eq=False)
class PublishedCells:
    """The shares that the claims of a study print exactly.

    Attributes
    ----------
    file : StudyFile
    claims : Claims
    printed : mapping of cell to tuple of Claim
        The claims that print a cell, those that respondents are calibrated to first. A cell is a question, a
        set of responses and a group of respondents, so that a net of one response is that response, and a
        declared group of one answer is that answer. Nothing that follows from several printed numbers is in it.
    """

    file: StudyFile
    claims: Claims
    printed: Mapping[Cell, tuple[Claim, ...]]

    def claim(
        self, question: str, response: str, *, group_by: str = "", group: str = "", share: float | None = None
    ) -> Claim | None:
        """Find the claim that prints a share.

        Parameters
        ----------
        question, response : str
            Response code, net id, or a segment of the question ``segment``.
        group_by, group : str
            As in the Estimates contract; empty, or ``total``, for all respondents.
        share : float, optional
            What the respondents give, as a fraction; it has to print as the claim does.

        Returns
        -------
        Claim or None
            None where no claim prints it.

        Raises
        ------
        DataFault
            ``not-as-printed`` when the respondents give another number than a claim they are calibrated to.
        """
        found = self.printed.get(_cell(self.file, question, response, group_by, group), ())
        if share is None or not found:
            return found[0] if found else None
        fitting = next((claim for claim in found if prints_as(claim, share)), None)
        if fitting is None and found[0].calibrate:
            raise DataFault.not_as_printed(
                found[0].id, found[0].printed, 100 * share, self.file.study.responses
            )
        return fitting

    def names(self, question: str, response: str) -> bool:
        """Whether the report names a response: every one that the codebook does not call invented."""
        found = next((item for item in self.file.question if item.id == question), None)
        answer = found.response(response) if found is not None else None
        return answer is None or not answer.invented

    def without_segments(self) -> PublishedCells:
        """The cells that no segment is in, for a figure that makes the segments by another rule."""
        kept = {cell: claims for cell, claims in self.printed.items() if SEGMENT not in {cell[0], cell[2][0]}}
        return replace(self, printed=kept)


def published_cells(study: Study) -> PublishedCells | None:
    """Read what the report of a study prints.

    Parameters
    ----------
    study : Study

    Returns
    -------
    PublishedCells or None
        None for a study of real respondents, and for one without a claims file: then there is nothing that a
        figure would have to withhold.

    Raises
    ------
    ClaimsError
        ``claims-unreadable``, ``claims-invalid``.

    Examples
    --------
    >>> import cxsurvey as cx
    >>> published_cells(cx.read_study("sfo2018")) is None
    True
    """
    if not study.file.study.synthetic or not claims_path(study.path).is_file():
        return None
    return cells_of(study.file, claims_beside(study.path, study.file))


def cells_of(file: StudyFile, claims: Claims) -> PublishedCells:
    """Gather the cells that claims print."""
    found: dict[Cell, list[Claim]] = {}
    for claim in _calibrated_first(claims):
        for statistic in claim.statistics if claim.prints_share else ():
            group = statistic.group
            if not group.rest:
                cell = _cell(file, statistic.question, statistic.response, group.name, group.member)
                found.setdefault(cell, []).append(claim)
    return PublishedCells(file, claims, {cell: tuple(items) for cell, items in found.items()})


def _calibrated_first(claims: Iterable[Claim]) -> list[Claim]:
    return sorted(claims, key=lambda claim: not claim.calibrate)


def prints_as(claim: Claim, share: float) -> bool:
    """Whether a share, as a fraction, prints as a claim does.

    Examples
    --------
    >>> claim = Claim("a", "A sixth lead", "share", "states", value=Fraction(17), qualifier="exact")
    >>> prints_as(claim, 185 / 1091), prints_as(claim, 0.18)
    (True, False)
    """
    near = zone(claim)
    percent = 100 * share
    low, high = (float(end) if end is not None else percent for end in (near.low, near.high))
    return low - SLACK <= percent <= high + SLACK


def _cell(file: StudyFile, question: str, response: str, group_by: str, group: str) -> Cell:
    found = next((item for item in file.question if item.id == question), None)
    net = found.net(response) if found is not None else None
    codes = frozenset(net.responses) if net is not None else frozenset({response})
    return question, codes, _group(file, group_by, group)


def _group(file: StudyFile, name: str, member: str) -> Group:
    """A group as the answers that make it, where a coded question with one answer each does."""
    if not name or member in {"", TOTAL}:
        return EVERYBODY
    declared = by_id(file.group).get(name)
    if declared is None or declared.question is None:
        return name, frozenset({member})
    source = next((item for item in file.question if item.id == declared.question), None)
    part = next((item for item in declared.members if item.id == member), None)
    if source is None or source.type == "multi" or part is None or not part.responses:
        return name, frozenset({member})
    return source.id, frozenset(part.responses)


def printed_tiers(
    cells: PublishedCells, question: str, responses: Sequence[str]
) -> tuple[tuple[str, ...], ...]:
    """Order responses as far as the report does, from all that it says of all respondents.

    Parameters
    ----------
    cells : PublishedCells
    question : str
    responses : sequence of str
        Codes, in questionnaire order.

    Returns
    -------
    tuple of tuple of str
        Tiers, the highest first. Every response of a tier is said, or printed, to be above every one of the
        next; within a tier the order is not known. One tier where the report says nothing.
    """
    above = _closed(_stated_order(cells, question, responses), responses)
    worth = {code: sum((code, other) in above for other in responses) for code in responses}
    order = sorted(responses, key=lambda code: -worth[code])
    tiers: list[list[str]] = [[]]
    for place, code in enumerate(order):
        if place and all((high, low) in above for high in order[:place] for low in order[place:]):
            tiers.append([])
        tiers[-1].append(code)
    return tuple(tuple(code for code in responses if code in tier) for tier in tiers)


def _stated_order(cells: PublishedCells, question: str, responses: Sequence[str]) -> set[tuple[str, str]]:
    """Pairs of responses of which the first is above the second: as compared in words, or as printed."""
    values = {code: cells.claim(question, code) for code in responses}
    found = {
        (a, b)
        for a, first in values.items()
        for b, second in values.items()
        if first is not None and second is not None and (first.value or 0) > (second.value or 0)
    }
    for claim in cells.claims:
        if claim.kind not in {"comparison", "rank"} or (claim.kind == "rank" and claim.value != Fraction(1)):
            continue
        for own, other in claim.pairs:
            if {own.question, other.question} == {question} and own.group == other.group == GroupRef():
                others = responses if other.response == "*" else [other.response]
                pairs = {(own.response, code) for code in others if code != own.response}
                found |= {(b, a) for a, b in pairs} if claim.qualifier == "less" else pairs
    return found


def _closed(above: set[tuple[str, str]], responses: Sequence[str]) -> set[tuple[str, str]]:
    """What follows: above one that is above another is above that other."""
    closed = set(above)
    for middle in responses:
        closed |= {(a, b) for a in responses for b in responses if {(a, middle), (middle, b)} <= closed}
    return closed
