"""Two ways from packs to sheets: several banner variables in joint atoms, or one variable column by column."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cxsurvey.numerics.banners.atoms import AtomGroup, Atoms
from cxsurvey.numerics.banners.domains import domain_totals, factors, over_units, pair_totals
from cxsurvey.numerics.banners.packs import PackSet
from cxsurvey.numerics.banners.sheets import Sheet, Targets
from cxsurvey.numerics.banners.tallies import Ordered, Tallier, Tally

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    Codes = npt.NDArray[np.integer]


class Joint:
    """Banner variables counted together, by units and joint atoms.

    Parameters
    ----------
    rows : Ordered
    group : AtomGroup
    parts : sequence of Atoms
    sheets : sequence of Sheet
        The atoms and the sheet of each variable of the group.
    """

    def __init__(
        self, rows: Ordered, group: AtomGroup, parts: Sequence[Atoms], sheets: Sequence[Sheet]
    ) -> None:
        self._rows, self._group, self._parts, self._sheets = rows, group, parts, sheets
        self._tallier = Tallier(rows, group)

    @property
    def size(self) -> int:
        """Slots for each value of a pack."""
        return self._rows.n_units * self._group.n_atoms

    def fill(self, packs: PackSet, codes: Sequence[Codes], targets: Targets) -> None:
        """Count some packs and fill in the sheets."""
        tally = self._tallier.tally(packs, codes)
        by_atom = over_units(self._rows, tally)
        for part, sheet, of in zip(self._parts, self._sheets, self._group.parts, strict=True):
            shared = pair_totals(by_atom, part, of)
            sheet.fill(domain_totals(self._rows, tally.folded(part.domains[:, of]), shared), targets)


class ColumnByColumn:
    """One banner variable whose columns overlap in more ways than there is room to count by units.

    Each column and its rest are counted by units; the overlaps, of which no covariance by clusters is made, are
    counted over all units.

    Parameters
    ----------
    rows : Ordered
    part : Atoms
    sheet : Sheet
    """

    def __init__(self, rows: Ordered, part: Atoms, sheet: Sheet) -> None:
        self._rows, self._part, self._sheet = rows, part, sheet
        root = np.sqrt(factors(rows.design.strata))
        scale = root[rows.design.psu_stratum[rows.unit] if rows.clustered else rows.unit]
        whole = AtomGroup(part.code, part.n_atoms, (0,), (np.arange(part.n_atoms),))
        self._over_units = [Tallier(rows.pooled(w), whole) for w in (rows.weights, rows.weights * scale)]

    @property
    def size(self) -> int:
        """Slots for each value of a pack."""
        return max(self._part.n_atoms, self._rows.n_units * len(self._part.member) * 2)

    def fill(self, packs: PackSet, codes: Sequence[Codes], targets: Targets) -> None:
        """Count some packs and fill in the sheet."""
        columns = [self._column(member, packs, codes) for member in self._part.member[1:]]
        both = columns[0].folded(np.ones((1, 2)))
        order = [both, *(tally.folded(np.eye(2)[1:]) for tally in columns)]
        order += [tally.folded(np.eye(2)[:1]) for tally in columns]
        by_unit = Tally(
            np.concatenate([tally.n for tally in order], axis=2),
            np.concatenate([tally.excess for tally in order], axis=2),
            np.concatenate([tally.squared for tally in order], axis=2),
        )
        plain, scaled = (tallier.tally(packs, codes) for tallier in self._over_units)
        by_atom = (plain.n[:, 0], plain.excess[:, 0], plain.squared[:, 0], scaled.squared[:, 0])
        shared = pair_totals(by_atom, self._part)
        self._sheet.fill(domain_totals(self._rows, by_unit, shared), targets)

    def _column(self, member: npt.NDArray[np.bool_], packs: PackSet, codes: Sequence[Codes]) -> Tally:
        inside = member[self._part.code].astype(np.intp)
        return Tallier(self._rows, AtomGroup(inside, 2, (0,), (np.arange(2),))).tally(packs, codes)
