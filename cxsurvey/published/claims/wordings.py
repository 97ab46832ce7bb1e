"""What the words around a printed number allow the number to be."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from cxsurvey.published.claims.bases import rounding_range
from cxsurvey.published.claims.records import Claim

NEAR: Final = Fraction(1, 10)
"""How far "nearly" and "about" reach, of the number itself: our own convention, stated wherever it is used."""


@dataclass(frozen=True, slots=True)
class Zone:
    """Numbers between two ends; an end that is None is open, and a strict end does not belong."""

    low: Fraction | None = None
    high: Fraction | None = None
    low_strict: bool = False
    high_strict: bool = False

    def holds(self, number: Fraction | float) -> bool:
        """Whether a number lies in the zone.

        >>> Zone(Fraction(50), None, low_strict=True).holds(50), Zone(None, Fraction(8)).holds(7.9)
        (False, True)
        """
        above = self.low is None or number > self.low or (number == self.low and not self.low_strict)
        below = self.high is None or number < self.high or (number == self.high and not self.high_strict)
        return bool(above and below)


def zone(claim: Claim) -> Zone:
    """The numbers that make the words of a claim true, in its own unit: percent, or multiples.

    Parameters
    ----------
    claim : Claim
        With a value.

    Returns
    -------
    Zone
        ``exact``: what prints as the value; of a multiple written as a fraction ("1/3"), which prints no
        decimals, within a tenth of it. ``every``: 100 percent and nothing less. ``nearly``: short of the
        value by at most a tenth of it. ``about``: within a tenth. The others are their plain meaning.

    Examples
    --------
    >>> zone(Claim("a", "Nearly twice", "ratio", "multiple", value=Fraction(2), qualifier="nearly")).holds(1.85)
    True
    """
    value = claim.value if claim.value is not None else Fraction(0)
    near = value * NEAR
    zones = {
        "every": Zone(value, value),
        "nearly": Zone(value - near, value, high_strict=True),
        "about": Zone(value - near, value + near),
        "more_than": Zone(value, None, low_strict=True),
        "less_than": Zone(None, value, high_strict=True),
        "at_least": Zone(value, None),
        "at_most": Zone(None, value),
    }
    if claim.qualifier in zones:
        return zones[claim.qualifier]
    if claim.kind == "ratio":
        half = near if "/" in claim.printed else Fraction(1, 2) / 10**claim.decimals
        return Zone(max(value - half, value * NEAR), value + half)
    low, high = rounding_range(value, claim.decimals)
    return Zone(low, high)
