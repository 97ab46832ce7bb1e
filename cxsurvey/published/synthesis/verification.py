"""Whether respondents satisfy the claims of a report, counted from their answers alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from cxsurvey.published.claims.records import Claim, Claims, Kind, PrintedBase, Statistic
from cxsurvey.published.claims.wordings import zone
from cxsurvey.published.synthesis.sample import binding_bases
from cxsurvey.published.synthesis.tallies import Tallies, Tally
from cxsurvey.published.synthesis.uses import calibrated, expanded
from cxsurvey.study.study import Study

if TYPE_CHECKING:
    import pandas as pd

COLUMNS: Final = (
    "claim",
    "kind",
    "statement",
    "statistic",
    "printed",
    "counted",
    "base",
    "share",
    "against_low",
    "against_high",
    "met",
    "note",
)
MET, MISSED, SET_ASIDE = "yes", "no", "set aside"
HALF: Final = Fraction(1, 2)
HUNDRED: Final = 100
NAN: Final = float("nan")
CRITICAL: Final = Fraction("3.841458820694124")
"""Square of the normal deviate of 5 percent in two tails; beyond it a difference is significant."""


@dataclass(frozen=True, slots=True)
class Constraint:
    """One statistic of a claim, counted.

    Attributes
    ----------
    claim : Claim
    statistic : Statistic
    tally : Tally
    met : str
        ``yes``, ``no``, or ``set aside`` where the claim is not calibrated.
    note : str
        What a comparison is against, or why the claim is set aside.
    against : tuple of Fraction, or None
        The lowest and the highest percentage that it is compared with; None where it is compared with nothing.
    """

    claim: Claim
    statistic: Statistic
    tally: Tally
    met: str
    note: str
    against: tuple[Fraction, Fraction] | None = None


def verify(study: Study, claims: Claims) -> tuple[Constraint, ...]:
    """Count every claim about answers from the answers of respondents.

    Parameters
    ----------
    study : Study
    claims : Claims
        They name what the study declares.

    Returns
    -------
    tuple of Constraint
        One for each statistic of each claim, in the order of the claims; statements constrain no answers and
        are left out.

    Notes
    -----
    A printed share is met when the counted share rounds, half up, to the printed number; one that is named
    without a number, when somebody gave the response. A base that the claim itself gives must be the counted
    one. "More" is more by any amount; "no difference" is a pooled z test that does not reach 5 percent.
    Everything is computed in fractions.
    """
    tallies = Tallies(study)
    bases = binding_bases(study.file, calibrated(claims))
    return tuple(
        _constraint(claim, statistic, study, tallies, bases.get(claim.id))
        for claim in claims
        if claim.about_answers and claim.kind != "statement"
        for statistic in claim.statistics
    )


def constraints_frame(constraints: Iterable[Constraint]) -> pd.DataFrame:
    """Put constraints in a table.

    Returns
    -------
    pandas.DataFrame
        ``claim kind statement statistic printed counted base share against_low against_high met note``. Shares
        are fractions: ``share`` is missing of an empty base; ``against_low`` and ``against_high``, the ends of
        what a claim compares with, where it compares nothing.
    """
    import pandas as pd  # noqa: PLC0415 - heavy, and only needed here

    rows = [
        (
            item.claim.id,
            item.claim.kind,
            item.claim.statement,
            str(item.statistic),
            item.claim.printed,
            item.tally.count,
            item.tally.base,
            item.tally.count / item.tally.base if item.tally.base else float("nan"),
            *(float(end / HUNDRED) for end in item.against or (NAN, NAN)),
            item.met,
            item.note,
        )
        for item in constraints
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _constraint(
    claim: Claim, statistic: Statistic, study: Study, tallies: Tallies, base: PrintedBase | None
) -> Constraint:
    own = tallies.of(statistic)
    others = _others(claim, statistic, study)
    if not claim.calibrate:
        return Constraint(claim, statistic, own, SET_ASIDE, claim.note)
    counted = [tallies.of(other) for other in others]
    met = CHECKS[claim.kind](claim, own, counted) and (base is None or base.low <= own.base <= base.high)
    ends = _ends(counted)
    words = _against(others, ends) if ends is not None else ""
    return Constraint(claim, statistic, own, MET if met else MISSED, words, ends)


def _others(claim: Claim, statistic: Statistic, study: Study) -> list[Statistic]:
    """What a statistic of a claim is compared with; "no difference" holds both ways."""
    pairs = expanded(claim, study.file)
    turned = [mine for mine, other in pairs if other == statistic] if claim.kind == "no_difference" else []
    return [*(other for mine, other in pairs if mine == statistic), *turned]


def _ends(counted: Sequence[Tally]) -> tuple[Fraction, Fraction] | None:
    """The lowest and the highest percentage that a claim compares with."""
    shares = [tally.percent for tally in counted if tally.percent is not None]
    return (min(shares), max(shares)) if shares else None


def _against(others: Sequence[Statistic], ends: tuple[Fraction, Fraction]) -> str:
    """What a claim compares with: the one statistic, or the range of several."""
    low, high = (f"{float(share):.1f}%" for share in ends)
    if len(others) == 1:
        return f"against {low} for {others[0]}"
    return f"against {low} to {high} for {len(others)} others"


def _share(claim: Claim, own: Tally, _: Sequence[Tally]) -> bool:
    if claim.value is None or own.percent is None:
        return own.count > 0
    if claim.qualifier == "exact":
        half = HALF / 10**claim.decimals
        return bool(-half <= own.percent - claim.value < half)
    return zone(claim).holds(own.percent)


def _threshold(claim: Claim, own: Tally, _: Sequence[Tally]) -> bool:
    return own.percent is not None and zone(claim).holds(own.percent)


def _comparison(claim: Claim, own: Tally, others: Sequence[Tally]) -> bool:
    sign = -1 if claim.qualifier == "less" else 1
    return all(_gap(own, other, sign) > 0 for other in others)


def _gap(own: Tally, other: Tally, sign: int = 1) -> Fraction:
    """How far one share is above another in percent; nothing where a base is empty."""
    if own.percent is None or other.percent is None:
        return Fraction(0)
    return sign * (own.percent - other.percent)


def _ratio(claim: Claim, own: Tally, others: Sequence[Tally]) -> bool:
    allowed = zone(claim)
    return own.percent is not None and all(
        other.percent and allowed.holds(own.percent / other.percent) for other in others
    )


def _rank(claim: Claim, own: Tally, others: Sequence[Tally]) -> bool:
    above = sum(_gap(other, own) > 0 for other in others)
    below = sum(_gap(own, other) > 0 for other in others)
    return claim.value == above + 1 and above + below == len(others)


def _alike(_: Claim, own: Tally, others: Sequence[Tally]) -> bool:
    return all(_insignificant(own, other) for other in others)


def _insignificant(own: Tally, other: Tally) -> bool:
    if not own.base or not other.base:
        return False
    pooled = Fraction(own.count + other.count, own.base + other.base)
    variance = pooled * (1 - pooled) * (Fraction(1, own.base) + Fraction(1, other.base))
    gap = Fraction(own.count, own.base) - Fraction(other.count, other.base)
    return gap**2 <= CRITICAL * variance


CHECKS: Final[dict[Kind, Callable[[Claim, Tally, Sequence[Tally]], bool]]] = {
    "share": _share,
    "threshold": _threshold,
    "comparison": _comparison,
    "trend": _comparison,
    "ratio": _ratio,
    "rank": _rank,
    "no_difference": _alike,
}
