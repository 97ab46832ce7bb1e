"""What a claim compares, with what of it is printed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from cxsurvey.published.audit.envelopes import Overlap, PrintedShare
from cxsurvey.published.audit.relations import Relation, Report
from cxsurvey.published.claims.records import EVERY, Claim, GroupRef, Statistic


@dataclass(frozen=True, slots=True)
class Pair:
    """Two statistics that a claim compares.

    Attributes
    ----------
    a, b : Statistic
    sign : int
        1 when the claim says that a is the larger, -1 when b.
    relation, overlap : str
    share_a, share_b : PrintedShare or None
        As printed; for the rest of a group, ``share_b`` is that of the whole.
    """

    a: Statistic
    b: Statistic
    sign: int
    relation: Relation
    overlap: Overlap
    share_a: PrintedShare | None
    share_b: PrintedShare | None

    @property
    def printed(self) -> tuple[PrintedShare, PrintedShare] | None:
        """Both shares, where both are printed."""
        return (self.share_a, self.share_b) if self.share_a is not None and self.share_b is not None else None

    @property
    def shares(self) -> tuple[PrintedShare, PrintedShare] | None:
        """Both shares, where they can be tested: printed, with bases, of people whose overlap is known."""
        if self.printed is None or self.relation == "crossed":
            return None
        first, second = self.printed
        return self.printed if first.base is not None and second.base is not None else None

    @property
    def lead(self) -> int:
        """1 when the printed gap runs as claimed, -1 when it runs against it under every rounding, else 0."""
        if self.printed is None:
            return 0
        larger, smaller = self.printed if self.sign > 0 else self.printed[::-1]
        if larger.value > smaller.value:
            return 1
        return -1 if larger.value < smaller.value and larger.ends[1] <= smaller.ends[0] else 0

    @property
    def alike(self) -> bool:
        """Whether both print the same number."""
        return self.printed is not None and self.printed[0].value == self.printed[1].value


def resolved(claim: Claim, report: Report) -> tuple[Pair, ...]:
    """What a claim compares, every ``*`` written out.

    Parameters
    ----------
    claim : Claim
        With pairs.
    report : Report

    Returns
    -------
    tuple of Pair
        Of a rank other than the first, the printed rivals that lead are those that must; rivals that are not
        printed can be ahead in their place.
    """
    sign = -1 if claim.qualifier == "less" else 1
    found = tuple(
        _pair(own, other, sign, report)
        for own, star in claim.pairs
        for other in (report.others(own, star) if _starred(star) else (star,))
    )
    if claim.kind != "rank":
        return found
    return tuple(_placed(found, int(claim.value or 1), open_end=unlisted(claim, report)))


def unlisted(claim: Claim, report: Report) -> bool:
    """Whether a claim is about every other one, and nothing says which they all are."""
    return any(_starred(star) and not report.whole_list(star) for _, star in claim.pairs)


def _starred(statistic: Statistic) -> bool:
    return EVERY in {statistic.response, statistic.group.member}


def _pair(a: Statistic, b: Statistic, sign: int, report: Report) -> Pair:
    of_b = replace(b, group=GroupRef()) if b.group.rest else b
    relation = report.relation(a, b)
    overlap = report.overlap(a, b) if relation == "same" else "unknown"
    return Pair(a, b, sign, relation, overlap, report.share(a), report.share(of_b))


def _placed(pairs: tuple[Pair, ...], place: int, *, open_end: bool) -> Iterator[Pair]:
    """Turn the claim around for the rivals of each statistic that a place leaves ahead of it.

    Of U rivals that are not printed any number can be ahead, so that ``place - 1 - U`` to ``place - 1`` of the
    printed ones must be; as many are taken as come nearest to what is printed.
    """
    for own in dict.fromkeys(pair.a for pair in pairs):
        rivals = [pair for pair in pairs if pair.a == own]
        named = sorted((pair for pair in rivals if pair.share_b), key=_leading, reverse=True)
        hidden = place - 1 if open_end else len(rivals) - len(named)
        leading = sum(_leading(pair) > float(pair.share_a.value) for pair in named if pair.share_a is not None)
        ahead = named[: min(max(leading, place - 1 - hidden), place - 1)]
        yield from (replace(pair, sign=-1) if pair in ahead else pair for pair in rivals)


def _leading(pair: Pair) -> float:
    return float(pair.share_b.value) if pair.share_b is not None else 0.0
