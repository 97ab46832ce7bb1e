"""How many respondents there are, and how many of a group answer a question, as far as the claims say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from cxsurvey.errors import ClaimsError
from cxsurvey.published.claims.bases import with_bases
from cxsurvey.published.claims.records import Claim, GroupRef, PrintedBase
from cxsurvey.study.codebook import StudyFile


def respondents(file: StudyFile, claims: Sequence[Claim]) -> int:
    """How many respondents there are to be.

    Parameters
    ----------
    file : StudyFile
    claims : sequence of Claim
        Those that are calibrated.

    Returns
    -------
    int
        The largest base stated for all respondents; without one, ``[synthesis] respondents``.

    Raises
    ------
    ClaimsError
        ``claims-no-respondents`` when neither says.
    """
    stated = [
        claim.base.n
        for claim in claims
        if claim.base is not None and claim.base.origin == "stated" and _only_group(claim) == GroupRef()
    ]
    if stated:
        return max(stated)
    if file.synthesis is None or file.synthesis.respondents is None:
        raise ClaimsError.no_respondents(file.study.id)
    return file.synthesis.respondents


def _only_group(claim: Claim) -> GroupRef | None:
    groups = {statistic.group for statistic in claim.statistics}
    return groups.pop() if len(groups) == 1 else None


def binding_bases(file: StudyFile, claims: Sequence[Claim]) -> dict[str, PrintedBase]:
    """The bases that claims give themselves, which their groups must have.

    Parameters
    ----------
    file : StudyFile
    claims : sequence of Claim
        Those that are calibrated.

    Returns
    -------
    dict of str to PrintedBase
        By claim. A base derived from the printed size of the group follows from that size and is left out.
    """
    known = with_bases([_without_derived(claim) for claim in claims], file)
    implied = {claim.id: claim.base for claim in known}
    return {
        claim.id: claim.base
        for claim in claims
        if claim.base is not None
        and _only_group(claim) is not None
        and (claim.base.origin == "stated" or implied[claim.id] != claim.base)
    }


def _without_derived(claim: Claim) -> Claim:
    derived = claim.base is not None and claim.base.origin == "derived"
    return replace(claim, base=None) if derived else claim


def blanks(claims: Iterable[Claim], bases: Mapping[str, PrintedBase], n: int) -> dict[str, set[GroupRef]]:
    """Where a printed base may be smaller than its group, so that some leave the question blank.

    Parameters
    ----------
    claims : iterable of Claim
    bases : mapping of str to PrintedBase
        As :func:`binding_bases`.
    n : int

    Returns
    -------
    dict of str to set of GroupRef
        By question. A base of all respondents that is everybody leaves no room.
    """
    found: dict[str, set[GroupRef]] = {}
    for claim in claims:
        base, group = bases.get(claim.id), _only_group(claim)
        if base is not None and group is not None and not (group.is_all and base.low >= n):
            for statistic in claim.statistics:
                found.setdefault(statistic.question, set()).add(group)
    return found
