"""What each claim demands of the counts: rows of a program, and relations between two shares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from cxsurvey.errors import ClaimsError
from cxsurvey.published.claims.records import Claim, PrintedBase, Statistic
from cxsurvey.published.claims.wordings import Zone, zone
from cxsurvey.published.synthesis.inequalities import Relation
from cxsurvey.published.synthesis.measures import Model
from cxsurvey.published.synthesis.program import Measure, Row, Source, Sum, at_least, at_most, total
from cxsurvey.published.synthesis.uses import Pair, expanded

HUNDRED: Final = 100
LEVEL: Final = 0.05
COMPARED: Final = ("comparison", "ratio", "trend")


@dataclass(frozen=True, slots=True)
class Demands:
    """What claims demand.

    Attributes
    ----------
    rows : tuple of Row
    relations : tuple of Relation
    """

    rows: tuple[Row, ...]
    relations: tuple[Relation, ...]


def demands(model: Model, claims: Sequence[Claim], bases: Mapping[str, PrintedBase]) -> Demands:
    """Translate claims.

    Parameters
    ----------
    model : Model
        Rank claims beyond the first place add variables to its program.
    claims : sequence of Claim
        Those that are calibrated.
    bases : mapping of str to PrintedBase
        The base that a claim gives itself.

    Returns
    -------
    Demands

    Raises
    ------
    ClaimsError
        ``claims-rank-unusable``.
    """
    printed = {s for claim in claims if claim.prints_share for s in claim.statistics}
    family = sum(len(expanded(claim, model.file)) for claim in claims if claim.kind in COMPARED)
    critical = _critical(LEVEL / max(family, 1)), _critical(LEVEL)
    rows: list[Row] = []
    relations: list[Relation] = []
    for claim in claims:
        if claim.id in bases:
            rows += _base_rows(model, claim, bases[claim.id])
        for item in _of_claim(model, claim, printed, critical):
            if isinstance(item, Row):
                rows.append(item)
            else:
                rows_now, kept = _settled(item)
                rows += rows_now
                relations += kept
    return Demands(tuple(rows), tuple(relations))


def _critical(level: float) -> float:
    """The squared critical value of a two-sided z test."""
    from scipy.special import ndtri  # noqa: PLC0415 - heavy

    return float(ndtri(1 - level / 2)) ** 2


def _base_rows(model: Model, claim: Claim, base: PrintedBase) -> Iterator[Row]:
    for statistic in claim.statistics:
        yield Row(Source(claim.id), model.measure(statistic).base, base.low, base.high)


def _of_claim(
    model: Model, claim: Claim, printed: set[Statistic], critical: tuple[float, float]
) -> Iterator[Row | Relation]:
    source = Source(claim.id)
    if claim.kind in {"share", "threshold"}:
        for statistic in claim.statistics:
            yield from _share(source, claim, model.measure(statistic))
        return
    pairs = expanded(claim, model.file)
    if claim.kind == "rank" and claim.value != 1:
        yield from _place(model, claim, pairs)
        return
    for own, other in pairs:
        yield from _pair(
            claim, (model.measure(own), model.measure(other)), critical, known={own, other} <= printed
        )


def _share(source: Source, claim: Claim, found: Measure) -> Iterator[Row]:
    yield Row(source, found.base, low=1)
    if claim.value is None:
        yield Row(source, found.count, low=1)  # it is named, so somebody gave it
        return
    yield from _within(source, found, share_zone(claim))


def share_zone(claim: Claim) -> Zone:
    """The percentages that make a share or threshold claim true; printed ones round half up."""
    found = zone(claim)
    value = claim.value if claim.value is not None else Fraction(0)
    half = Fraction(1, 2) / 10**claim.decimals
    if claim.kind == "share" and claim.qualifier == "exact" and found.high == value + half:
        return Zone(found.low, found.high, high_strict=True)
    return found


def _within(source: Source, found: Measure, allowed: Zone) -> Iterator[Row]:
    if allowed.low is not None:
        times = allowed.low / HUNDRED
        yield at_least(source, found.count, found.base, times, strict=allowed.low_strict)
    if allowed.high is not None:
        times = allowed.high / HUNDRED
        yield at_most(source, found.count, found.base, times, strict=allowed.high_strict)


def _pair(
    claim: Claim, measures: tuple[Measure, Measure], critical: tuple[float, float], *, known: bool
) -> Iterator[Row | Relation]:
    source = Source(claim.id)
    own, other = measures
    if claim.kind == "ratio":
        allowed = zone(claim)
        yield Row(source, other.count, low=1)
        if allowed.low is not None:
            yield Relation(source, "more", own, other, times=allowed.low, strict=allowed.low_strict)
        if allowed.high is not None:
            yield Relation(source, "more", other, own, times=1 / allowed.high, strict=allowed.high_strict)
    elif claim.kind == "no_difference":
        # Half the critical gap is the wish, the critical gap the need; the criterion is its square.
        yield Relation(source, "alike", own, other, critical=(critical[1] / 4, critical[1]))
    else:
        first, second = (other, own) if claim.qualifier == "less" else (own, other)
        if claim.wording == "significantly_more" and not known:
            yield Relation(source, "significant", first, second, critical=critical)
        else:
            yield Relation(source, "more", first, second)


def _settled(relation: Relation) -> tuple[list[Row], list[Relation]]:
    """A relation as rows where bases are equal or known, which makes it a straight line."""
    own, other = relation.own, relation.other
    same, fixed = own.base == other.base, not own.base.terms and not other.base.terms
    if relation.kind != "more" or not (same or fixed):
        return [], [relation]
    n, m = (1, 1) if same else (own.base.constant, other.base.constant)
    top, bottom = relation.times.numerator * n, relation.times.denominator * m
    gap = total([(bottom, own.count), (-top, other.count)])
    needed = [Row(relation.source, base, low=1) for base in {own.base, other.base}]
    return [*needed, Row(relation.source, gap, low=1 if relation.strict else 0)], []


def _place(model: Model, claim: Claim, pairs: Sequence[Pair]) -> Iterator[Row]:
    """Exactly ``place - 1`` others are ahead, the rest behind: a 0-1 variable for each other says which."""
    source = Source(claim.id)
    place = int(claim.value or 1)
    for statistic in claim.statistics:
        own = model.measure(statistic)
        others = [model.measure(other) for first, other in pairs if first == statistic]
        if any(other.base != own.base for other in others):
            raise ClaimsError.rank_unusable(claim.id, claim.row)
        ahead = []
        for other in others:
            one = model.program.variable(1)
            ahead.append((1, _variable(one)))
            gap = [(1, own.count), (-1, other.count)]
            far = model.n + 1
            yield Row(source, total([*gap, (far, _variable(one))]), low=1)
            yield Row(source, total([*gap, (far, _variable(one))]), high=far - 1)
        yield Row(source, own.base, low=1)
        yield Row(source, total(ahead), place - 1, place - 1)


def _variable(number: int) -> Sum:
    return Sum(((number, 1),))
