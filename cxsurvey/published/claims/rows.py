"""One row of ``claims.csv`` read into a :class:`Claim`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import combinations
from typing import Final, TypeVar, get_args

from cxsurvey.errors import did_you_mean
from cxsurvey.published.claims.records import (
    ALL,
    EVERY,
    QUALIFIERS,
    REST,
    WORDINGS,
    BaseOrigin,
    Claim,
    GroupRef,
    Kind,
    PrintedBase,
    Statistic,
)

NEEDED: Final = ("id", "kind", "statement")
COLUMNS: Final = (
    *NEEDED,
    "wording",
    "question",
    "response",
    "group",
    "versus_question",
    "versus_response",
    "versus_group",
    "value",
    "unit",
    "qualifier",
    "base",
    "base_low",
    "base_high",
    "base_origin",
    "calibrate",
    "source",
    "place",
    "note",
)
NAME = re.compile(r"[a-z0-9][a-z0-9_.+-]{0,99}", re.IGNORECASE)
DECIMAL = re.compile(r"(\d{1,3}(?:,\d{3})+|\d{1,12})(?:\.(\d{1,6}))?\s*%?")
RATIO = re.compile(r"(\d{1,4})/(\d{1,4})")
BETWEEN: Final = ("comparison", "ratio", "rank", "trend", "no_difference")
PERCENT: Final = ("share", "threshold")
HUNDRED = 100

Word = TypeVar("Word", bound=str)


@dataclass(slots=True)
class _Row:
    """The cells of a row, and what is wrong with them so far."""

    cells: Mapping[str, str]
    problems: list[str] = field(default_factory=list)

    def text(self, column: str) -> str:
        return self.cells.get(column, "")

    def parts(self, column: str) -> tuple[str, ...]:
        """What ``|`` parts."""
        return tuple(part.strip() for part in self.text(column).split("|") if part.strip())

    def word(self, column: str, known: tuple[Word, ...], default: Word) -> Word:
        """One of these words."""
        given = self.text(column)
        if not given:
            return default
        for word in known:
            if word == given:
                return word
        self.problems.append(f"{column} '{given}' is not one of {', '.join(item for item in known if item)}")
        return default

    def whole(self, column: str) -> int | None:
        """A count of at least 1."""
        given = self.text(column).replace(",", "")
        if not given:
            return None
        if not given.isascii() or not given.isdigit() or int(given) < 1:
            self.problems.append(f"{column} '{self.text(column)}' is not a whole number from 1")
            return None
        return int(given)


def read_claim(cells: Mapping[str, str], number: int) -> tuple[Claim | None, list[str]]:
    """Read one row.

    Parameters
    ----------
    cells : mapping of str to str
        By column; columns that the file lacks count as empty.
    number : int
        Row of the file, the header being row 1.

    Returns
    -------
    claim : Claim or None
        None when something is wrong.
    problems : list of str
    """
    row = _Row(cells)
    kinds: tuple[Kind, ...] = get_args(Kind)
    if row.text("kind") not in kinds:
        known = did_you_mean(row.text("kind"), kinds)
        return None, [f"kind '{row.text('kind')}' is not one of {', '.join(kinds)}. {known}".rstrip()]
    kind = row.word("kind", kinds, "statement")
    if not NAME.fullmatch(row.text("id")):
        row.problems.append(f"id '{row.text('id')}' is not a name of letters, digits, '.', '_', '+' and '-'")
    if not row.text("statement"):
        row.problems.append("statement is empty: say the claim in your own words")
    statistics = _statistics(row, kind)
    pairs = _pairs(row, kind, statistics)
    qualifier = row.word("qualifier", QUALIFIERS[kind], QUALIFIERS[kind][0])
    value, decimals = _value(row, kind)
    everybody = qualifier == "every" and value is None
    claim = Claim(
        id=row.text("id"),
        statement=row.text("statement"),
        kind=kind,
        wording=row.word("wording", WORDINGS[kind], WORDINGS[kind][0]),
        statistics=statistics,
        pairs=pairs,
        value=Fraction(HUNDRED) if everybody else value,
        printed=str(HUNDRED) if everybody else row.text("value"),
        decimals=decimals,
        qualifier=qualifier,
        base=_base(row),
        calibrate=row.word("calibrate", ("yes", "no"), "yes") == "yes",
        unit=row.text("unit"),
        source=row.text("source"),
        place=row.text("place"),
        note=row.text("note"),
        row=number,
    )
    _agree(row, claim)
    return (None if row.problems else claim), row.problems


def _statistics(row: _Row, kind: Kind) -> tuple[Statistic, ...]:
    questions, responses = row.parts("question"), row.parts("response")
    if not questions and not responses and kind == "statement":
        return ()
    row.problems.extend(
        f"{column} is empty: a {kind} is about a response to a question"
        for column, given in (("question", questions), ("response", responses))
        if not given
    )
    groups = _groups(row, "group") or (GroupRef(),)
    if EVERY in responses or any(group.member == EVERY or group.rest for group in groups):
        row.problems.append(f"'{EVERY}' and '{REST}' stand in the versus columns only")
    return tuple(Statistic(q, r, g) for q in questions for r in responses for g in groups)


def _groups(row: _Row, column: str, own: GroupRef | None = None) -> tuple[GroupRef, ...]:
    """``all``, ``rest``, ``segment=leader|follower``, ``segment=*``; empty when the cell is."""
    given = row.text(column)
    if not given:
        return ()
    if given == ALL:
        return (GroupRef(),)
    if given == REST:
        if own is None or own.is_all:
            row.problems.append(f"{column} '{REST}' needs a group to be the rest of")
            return ()
        return (GroupRef(own.name, own.member, rest=True),)
    name, mark, members = given.partition("=")
    parts = [part.strip() for part in members.split("|")]
    if not mark or not name.strip() or not all(parts):
        row.problems.append(f"{column} '{given}' is not 'all', 'NAME=MEMBER' or 'NAME=MEMBER|MEMBER'")
        return ()
    return tuple(GroupRef(name.strip(), part) for part in parts)


def _pairs(row: _Row, kind: Kind, statistics: tuple[Statistic, ...]) -> tuple[tuple[Statistic, Statistic], ...]:
    """What is compared with what; a versus column that is empty is as on the claim's own side."""
    given = [column for column in ("versus_question", "versus_response", "versus_group") if row.text(column)]
    if kind not in BETWEEN:
        row.problems.extend(f"{column} is filled in: a {kind} compares nothing" for column in given)
        return ()
    if kind == "no_difference" and not given:
        pairs = [
            (a, b) for a, b in combinations(statistics, 2) if a.group != b.group and a.question == b.question
        ]
        found = tuple((a, b) for a, b in pairs if a.response == b.response)
    else:
        found = tuple((own, other) for own in statistics for other in _others(row, kind, own))
    if statistics and (not found or any(own == other for own, other in found)):
        row.problems.append(
            "compares a share with itself: fill in versus_group, versus_response or versus_question"
        )
    return found


def _others(row: _Row, kind: Kind, own: Statistic) -> list[Statistic]:
    questions = row.parts("versus_question") or (own.question,)
    default = EVERY if kind == "rank" and not row.parts("versus_question") else own.response
    responses = row.parts("versus_response") or (default,)
    groups = _groups(row, "versus_group", own.group) or (own.group,)
    return [Statistic(q, r, g) for q in questions for r in responses for g in groups]


def _value(row: _Row, kind: Kind) -> tuple[Fraction | None, int]:
    given = row.text("value")
    if given and kind in {"comparison", "trend", "no_difference"}:
        row.problems.append(f"value '{given}' stands in a {kind}: it prints no number; shares and ratios do")
        return None, 0
    if not given:
        if kind in {"ratio", "threshold", "rank"}:
            row.problems.append(f"value is empty: a {kind} needs one")
        return None, 0
    parts = DECIMAL.fullmatch(given)
    ratio = RATIO.fullmatch(given)
    if parts is not None:
        digits = parts[2] or ""
        return Fraction(f"{parts[1].replace(',', '')}.{digits or '0'}"), len(digits)
    if ratio is not None and int(ratio[2]) > 0 and kind in {"threshold", "ratio", "share"}:
        unit = HUNDRED if kind in PERCENT else 1
        return Fraction(int(ratio[1]), int(ratio[2])) * unit, 0
    if kind != "statement":
        row.problems.append(f"value '{given}' is not a number such as 58, 58.3 or 1/3{_reading(given)}")
    return None, 0


def _reading(given: str) -> str:
    """How to write what was probably meant."""
    comma = re.fullmatch(r"(\d+),(\d+)\s*%?", given)
    if comma is not None:
        return f": write {comma[1]}.{comma[2]}"
    words = {"half": "1/2", "third": "1/3", "quarter": "1/4", "fifth": "1/5", "twice": "2"}
    said = next((number for word, number in words.items() if word in given.casefold()), "")
    return f": write {said}" if said else ""


def _base(row: _Row) -> PrintedBase | None:
    n, low, high = row.whole("base"), row.whole("base_low"), row.whole("base_high")
    if n is None:
        if low is not None or high is not None:
            row.problems.append("base_low or base_high without base")
        origin: BaseOrigin = row.word("base_origin", ("derived", "unknown"), "derived")
        return None if origin == "derived" else PrintedBase(0, 0, 0, "unknown")
    origin = row.word("base_origin", ("stated", "derived"), "stated")
    found = PrintedBase(n, n if low is None else low, n if high is None else high, origin)
    if not found.low <= found.n <= found.high:
        row.problems.append(f"base {found.n} is not between base_low {found.low} and base_high {found.high}")
    return found


def _agree(row: _Row, claim: Claim) -> None:
    """Hold the cells of a row against each other."""
    if claim.kind in PERCENT and claim.value is not None and not 0 <= claim.value <= HUNDRED:
        row.problems.append(f"value '{claim.printed}' is not a percentage from 0 to 100")
    if claim.kind == "rank" and claim.value is not None and (claim.value < 1 or claim.value.denominator != 1):
        row.problems.append(f"value '{claim.printed}' is not a place: 1, 2, 3 and so on")
    if claim.kind == "ratio" and claim.value is not None and claim.value <= 0:
        row.problems.append(f"value '{claim.printed}' is not a multiple above 0")
    if claim.qualifier == "every" and claim.value not in {None, Fraction(HUNDRED)}:
        row.problems.append("qualifier 'every' means 100 percent: leave value empty or 100")
    if not claim.calibrate and not claim.note and claim.about_answers:
        row.problems.append("calibrate is 'no' without a note that says why")
