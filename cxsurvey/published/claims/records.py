"""The claims of a printed report as frozen records.

A claim is about one or more *statistics*: the share of a group that gave a response. A ``share`` claim prints
such a statistic; a comparison, ratio, rank or trend says how two of them stand to each other and prints nothing
of its own, so that a number stands in one row only. See ``docs/reference/claims-file.md``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final, Literal

from cxsurvey.study.notebook import html_table

Kind = Literal["share", "comparison", "ratio", "threshold", "rank", "trend", "no_difference", "statement"]
Wording = Literal[
    "states",
    "approximate",
    "passes",
    "more",
    "significantly_more",
    "multiple",
    "first",
    "grows",
    "alike",
    "describes",
    "cites",
    "causes",
]
Qualifier = Literal[
    "exact",
    "every",
    "nearly",
    "about",
    "more_than",
    "less_than",
    "at_least",
    "at_most",
    "more",
    "less",
    "same",
    "",
]
BaseOrigin = Literal["stated", "derived", "unknown"]

WORDINGS: Final[dict[Kind, tuple[Wording, ...]]] = {
    "share": ("states", "approximate"),
    "comparison": ("more", "significantly_more"),
    "ratio": ("multiple",),
    "threshold": ("passes",),
    "rank": ("first",),
    "trend": ("grows",),
    "no_difference": ("alike",),
    "statement": ("describes", "cites", "causes"),
}
QUALIFIERS: Final[dict[Kind, tuple[Qualifier, ...]]] = {
    "share": ("exact", "every", "nearly", "about"),
    "comparison": ("more", "less"),
    "ratio": ("exact", "nearly", "about", "more_than", "less_than", "at_least", "at_most"),
    "threshold": ("more_than", "less_than", "at_least", "at_most"),
    "rank": ("exact",),
    "trend": ("more", "less"),
    "no_difference": ("same",),
    "statement": ("", "exact", "nearly", "about", "more_than", "less_than", "at_least", "at_most"),
}
ALL: Final = "all"
EVERY: Final = "*"
REST: Final = "rest"


@dataclass(frozen=True, slots=True, order=True)
class GroupRef:
    """Whom a share is of: all respondents, or those of one group.

    Attributes
    ----------
    name : str
        A question or group of the study, or ``segment``; empty for all respondents.
    member : str
        The response or member; ``*`` stands for every other one; empty for all respondents.
    rest : bool
        Everybody but this group.
    """

    name: str = ""
    member: str = ""
    rest: bool = False

    @property
    def is_all(self) -> bool:
        """Whether this is everybody."""
        return not self.name

    def __str__(self) -> str:
        if not self.name:
            return ALL
        return f"{REST} of {self.name}={self.member}" if self.rest else f"{self.name}={self.member}"


@dataclass(frozen=True, slots=True, order=True)
class Statistic:
    """The share of a group that gave a response (or a response of a net)."""

    question: str
    response: str
    group: GroupRef = GroupRef()

    def __str__(self) -> str:
        return f"{self.question}={self.response} in {self.group}"


@dataclass(frozen=True, slots=True)
class PrintedBase:
    """How many respondents a percentage is of: one number, and the range that the report leaves open.

    ``taken_from`` is the claim about another question that states it, where none about the same question does.
    """

    n: int
    low: int
    high: int
    origin: BaseOrigin
    taken_from: str = field(default="", compare=False)

    def __str__(self) -> str:
        return f"{self.n:,}" if self.low == self.high else f"{self.n:,} ({self.low:,}–{self.high:,})"


@dataclass(frozen=True, slots=True)
class Claim:
    """One statement of a report.

    Attributes
    ----------
    id, statement : str
        Its name, and the claim in our own words.
    kind, wording : str
        What is claimed, and the class of the words it is claimed in; they choose the test.
    statistics : tuple of Statistic
        What the claim is about. Several: it holds of each.
    pairs : tuple of (Statistic, Statistic)
        What is compared with what, each of ``statistics`` first; the claim says that every pair is so. A member
        or response ``*`` in the second place stands for every other one.
    value : Fraction or None
        The printed number: percent, multiple, place or count, by ``kind`` and ``unit``.
    printed : str
        The number as printed.
    decimals : int
        Printed decimal places.
    qualifier : str
        ``exact``, ``nearly``, ``more_than`` and so on.
    base : PrintedBase or None
        Base of ``statistics``; None when the report gives none.
    calibrate : bool
        Whether synthetic respondents have to satisfy it.
    source, place, note, unit : str
    row : int
        Row of the claims file, the header being row 1.
    """

    id: str
    statement: str
    kind: Kind
    wording: Wording
    statistics: tuple[Statistic, ...] = ()
    pairs: tuple[tuple[Statistic, Statistic], ...] = ()
    value: Fraction | None = None
    printed: str = ""
    decimals: int = 0
    qualifier: Qualifier = ""
    base: PrintedBase | None = None
    calibrate: bool = True
    source: str = ""
    place: str = ""
    note: str = ""
    unit: str = ""
    row: int = 0

    @property
    def prints_share(self) -> bool:
        """Whether it prints an exact percentage of one group."""
        return self.kind == "share" and self.value is not None and self.qualifier in {"exact", "every"}

    @property
    def about_answers(self) -> bool:
        """Whether it speaks of answers to questions of the study, and not of the world outside it."""
        return bool(self.statistics)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Claims:
    """The claims of one report, in the order of the file.

    Attributes
    ----------
    name : str
        The study, or the file.
    items : tuple of Claim
    shares : dict of Statistic to Claim
        The claim that prints each statistic exactly. Where a report prints one twice the first, and one that is
        set aside (``calibrate`` no) only where no other does.
    """

    name: str
    items: tuple[Claim, ...]
    shares: dict[Statistic, Claim] = field(init=False)

    def __post_init__(self) -> None:
        found: dict[Statistic, Claim] = {}
        for claim in sorted(self.items, key=lambda item: not item.calibrate):
            if claim.prints_share:
                for statistic in claim.statistics:
                    found.setdefault(statistic, claim)
        object.__setattr__(self, "shares", found)

    def __iter__(self) -> Iterator[Claim]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def claim(self, claim_id: str) -> Claim | None:
        """Return the claim of this id, or None."""
        return next((claim for claim in self.items if claim.id == claim_id), None)

    def __repr__(self) -> str:
        return f"Claims of {self.name}: {len(self.items)} claims, {len(self.shares)} printed shares"

    def _repr_html_(self) -> str:
        rows = [
            {"id": item.id, "kind": item.kind, "statement": item.statement, "printed": item.printed}
            for item in self.items
        ]
        return html_table(rows, repr(self))
