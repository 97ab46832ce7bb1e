"""Whose tests make the letters: cxsurvey's own, or those of another tool."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cxsurvey.analysis.tabulation.comparisons import Comparisons, column_comparisons
from cxsurvey.analysis.tabulation.letters import Marking

if TYPE_CHECKING:
    from cxsurvey.analysis.tabulation.banner import Banner
    from cxsurvey.analysis.tabulation.settings import BookSettings
    from cxsurvey.numerics.banners.records import BannerTable
    from cxsurvey.study.table_plan import Profile


@dataclass(frozen=True, slots=True)
class Rules:
    """Tests and what becomes of them.

    Attributes
    ----------
    marking : Marking
    least : int
        Unweighted base from which is tested.
    profile : {"spss", "unicom", "q", "naive"} or None
    """

    marking: Marking
    least: int
    profile: Profile | None = None

    def compare(
        self, banner: Banner, tables: Sequence[BannerTable], against: Sequence[str]
    ) -> list[Comparisons]:
        """Compare the columns of each banner variable."""
        found = column_comparisons(banner, tables, against)
        if self.profile is None:
            return found
        from cxsurvey.analysis.tabulation.profiles import as_profile  # noqa: PLC0415 - seldom asked for

        return [
            as_profile(self.profile, item, tables[int(item.variable[0])], banner) if len(item.a) else item
            for item in found
        ]


def rules_of(settings: BookSettings) -> Rules:
    """Give the rules that the settings ask for."""
    if settings.profile is None:
        return Rules(Marking(settings.levels, settings.adjust), settings.test_from)
    from cxsurvey.analysis.tabulation.profiles import PROFILES  # noqa: PLC0415 - seldom asked for

    named = PROFILES[settings.profile]
    return Rules(
        Marking(settings.levels, named.adjust, by_row=named.by_row, case_by_raw=named.case_by_raw),
        named.least,
        settings.profile,
    )
