"""The bases of claims: as stated, or derived from the share that prints how large a group is."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

from cxsurvey.published.claims.records import Claim, GroupRef, PrintedBase, Statistic
from cxsurvey.study.codebook import Group, StudyFile, by_id

HALF: Final = Fraction(1, 2)


def rounding_range(value: Fraction, decimals: int) -> tuple[Fraction, Fraction]:
    """The percentages that print as this one, both ends included, because reports round halves either way.

    Parameters
    ----------
    value : Fraction
        As printed, in percent.
    decimals : int
        Printed decimal places.

    Returns
    -------
    tuple of Fraction
        Within 0 to 100.

    Examples
    --------
    >>> [float(end) for end in rounding_range(Fraction(17), 0)]
    [16.5, 17.5]
    """
    half = HALF / 10**decimals
    return max(value - half, Fraction(0)), min(value + half, Fraction(100))


def count_range(value: Fraction, decimals: int, n: int) -> tuple[int, int]:
    """The fewest and the most of ``n`` respondents that print as this percentage; fewest > most when none do.

    Examples
    --------
    >>> count_range(Fraction(17), 0, 1091), count_range(Fraction(61), 0, 82), count_range(Fraction(50), 0, 3)
    ((181, 190), (50, 50), (2, 1))
    """
    low, high = rounding_range(value, decimals)
    return math.ceil(low * n / 100), math.floor(high * n / 100)


def with_bases(items: Sequence[Claim], file: StudyFile | None) -> tuple[Claim, ...]:
    """Give every claim about answers the base it has, as far as the claims tell.

    Parameters
    ----------
    items : sequence of Claim
    file : StudyFile, optional
        Tells which answers make a declared group.

    Returns
    -------
    tuple of Claim
        A claim without a base of its own takes that of another claim about the same group, else one derived
        from the printed size of its group, else none. ``unknown`` in the file stays unknown. What is set aside
        (``calibrate`` no) gives a base only where nothing else does.
    """
    bases = _Bases(tuple(items), file)
    return tuple(replace(claim, base=bases.of(claim)) for claim in items)


@dataclass(frozen=True, slots=True)
class _Bases:
    items: tuple[Claim, ...]
    file: StudyFile | None

    def of(self, claim: Claim) -> PrintedBase | None:
        if claim.base is not None:
            return claim.base if claim.base.n else None
        groups = {statistic.group for statistic in claim.statistics}
        if len(groups) != 1:
            return None
        question = claim.statistics[0].question
        group = groups.pop()
        return self._stated(group, question) or (None if group.is_all else self._derived(group))

    def _stated(self, group: GroupRef, question: str) -> PrintedBase | None:
        """A base given for the same group, of the same question first; of that only, where it has a filter."""
        given = [
            claim
            for claim in self.items
            if claim.base is not None and claim.base.n and {s.group for s in claim.statistics} == {group}
        ]
        same = [claim for claim in given if claim.statistics[0].question == question]
        asked = by_id(self.file.question).get(question) if self.file is not None else None
        filtered = asked is not None and asked.base is not None
        usable = same if filtered else same or given
        usable = [claim for claim in usable if claim.calibrate] or usable
        bases = {claim.base: claim.id for claim in reversed(usable)}
        if len(bases) != 1:
            return None
        base, origin = bases.popitem()
        return replace(base, taken_from="" if same else origin) if base is not None else None

    def _derived(self, group: GroupRef) -> PrintedBase | None:
        """The printed share of the group times the base of that share."""
        for statistic in self._sizes(group):
            for claim in sorted(self.items, key=lambda item: not item.calibrate):
                if claim.prints_share and statistic in claim.statistics and claim.value is not None:
                    whole = self.of(claim)
                    return _part(claim, claim.value, whole) if whole is not None else None
        return None

    def _sizes(self, group: GroupRef) -> Iterator[Statistic]:
        """The statistics that say how large a group is."""
        yield Statistic(group.name, group.member)
        declared = by_id(self.file.group).get(group.name) if self.file is not None else None
        if declared is not None and declared.question:
            for response in self._responses(declared, group.member):
                yield Statistic(declared.question, response)

    def _responses(self, declared: Group, member: str) -> Iterable[str]:
        """The response, or the net, that makes a member of a declared group."""
        codes = {code for item in declared.members if item.id == member for code in item.responses}
        question = by_id(self.file.question).get(declared.question or "") if self.file is not None else None
        nets = [net.id for net in question.nets if set(net.responses) == codes] if question is not None else []
        return [*codes, *nets] if len(codes) == 1 else nets


def _part(claim: Claim, value: Fraction, whole: PrintedBase) -> PrintedBase | None:
    low, _ = count_range(value, claim.decimals, whole.low)
    _, high = count_range(value, claim.decimals, whole.high)
    if low > high or high < 1:
        return None
    middle = math.floor(value * whole.n / 100 + HALF)
    return PrintedBase(min(max(middle, low, 1), high), max(low, 1), high, "derived")
