"""What a column is before its answers are looked at: an id, a moment, personal, administrative, an answer."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from cxsurvey.errors import RequestError
from cxsurvey.readers.codebooks.draft import Fate, Sure
from cxsurvey.readers.codebooks.kinds import is_date, numeric_share
from cxsurvey.readers.codebooks.nonanswers import is_absent
from cxsurvey.readers.codebooks.profiles import Profile
from cxsurvey.readers.codebooks.wording import key
from cxsurvey.readers.exports.records import ExportColumn
from cxsurvey.study.codebook import Reading

KINDS = ("personal", "text", "administrative", "constant", "nonanswers")
NEARLY_ALL = 0.9
LOOKED_AT = 200  # cells of a column
MOST_STATUSES = 5  # complete, partial, screened out
LONGEST_NAME = 40  # characters; a heading beyond it is a question
ENOUGH_ROWS = 10  # respondents, below whom one value for all proves nothing
_NUMBER = re.compile(r"^q\d+[a-z]?[ .-]*(?=[a-z])")  # of the question, before what it asks for
_ID = re.compile(
    r"(?:resp(?:ondent)?|response|participant|case|interview|record|sample|key|instance|survey|entry|submission|session)?"
    r"[ _.-]*(?:id|uuid|guid|serial|respnum|number|no|nr|token|key)|"
    r"respnum|caseid|record|serial|index|unnamed.*|[a-z]{1,12}[ _.-]?id|cds|",
)
_PERSONAL = re.compile(
    r"e[- ]?mail(?:[- ]?address)?|ip(?:[- ]?address)?|name|user[- ]?name|recipient.*|"
    r"external(?:data)?reference|"
    r"(?:first|last|full|sur|given|family|middle|recipient|contact|your)[- ]?name|user[- ]?agent|"
    r"(?:tele|mobile[- ]?)?phone(?:[- ]?(?:no|number))?|mobile|address(?:[- ]?\d)?|linkedin.*|twitter.*|"
    r"(?:street|home|postal|mailing)[- ]?address|zip(?:[- ]?code)?|postal(?:[- ]?code)?|post[- ]?code|"
    r".*(?:latitude|longitude)|lat|lon|lng|gps.*|geo[- ]?location|"
    r"date[- ]?of[- ]?birth|dob|birth[- ]?date",
)
_PERSONAL_WORDS = re.compile(
    r"\be-?mail address|your (?:full |first |last |work )?(?:name|e-?mail|phone)\b|phone number|"
    r"contact (?:details|information)|(?:first|last) name\b|postal address|date of birth|"
    r"where can we (?:reach|contact)",
)
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[a-zA-Z]{2,}")
_IP = re.compile(r"(?:\d{1,3}\.){3}\d{1,3}|(?:[0-9a-fA-F]{1,4}:){3,7}[0-9a-fA-F]{0,4}")
_START = re.compile(r".*(?:start|begin|began).*(?:date|time|ed)?.*|time started|start")
_END = re.compile(r".*(?:submit|end|finish|complet|timestamp|recorded).*")
_DURATION = re.compile(
    r".*\bduration\b.*|.*(?:time|seconds|minutes)[ _]?(?:taken|spent|total|to[ _]complete|elapsed).*|"
    r"interview[ _]?(?:length|time)|loi|qtime|total[ _]?time|interviewtime.*|length of interview",
)
_STATUS = re.compile(
    r"(?:response|completion|interview)?[ _.]?status|finished|completed?|progress|disposition|last ?page.*"
)


@dataclass(frozen=True, slots=True)
class Standing:
    """What a column is: ``answer``, or a fate of :class:`~cxsurvey.readers.codebooks.draft.ColumnFate`."""

    fate: Fate | None
    detail: str = ""
    reason: str = ""
    sure: Sure = "declared"


ANSWER = Standing(None)
_BY_ROLE: Mapping[str, tuple[Fate, str]] = {
    "respondent_id": ("id", "respondent_id"),
    "start": ("timestamp", "start"),
    "end": ("timestamp", "end"),
    "duration": ("timestamp", "duration"),
    "status": ("quality", "status"),
    "progress": ("quality", "progress"),
    "preview": ("quality", "preview"),
}

# The kind by which a caller keeps it, what the account calls it, and why.
_LEFT_OUT: Mapping[str, tuple[str, str, str]] = {
    "personal": ("personal", "personal", "the platform says so"),
    "administrative": ("administrative", "administrative", "the platform's own record"),
    "other_text": ("text", "free text", "what people wrote beside the options"),
    "comment": ("text", "free text", "comments"),
}


@dataclass(frozen=True, slots=True)
class Kept:
    """What the caller wants kept: kinds of columns, and columns by name or heading."""

    kinds: frozenset[str]
    columns: frozenset[str]

    def has(self, kind: str, column: ExportColumn) -> bool:
        """Whether a column that would be left out for this kind is kept."""
        return kind in self.kinds or column.name in self.columns


def kept_columns(keep: Sequence[str], columns: Sequence[ExportColumn]) -> Kept:
    """Read what the caller wants kept.

    Parameters
    ----------
    keep : sequence of str
        ``personal``, ``text``, ``administrative``, ``constant``, ``nonanswers``, or columns by their short
        name or a cell of their heading.
    columns : sequence of ExportColumn

    Returns
    -------
    Kept

    Raises
    ------
    RequestError
        ``unknown-keep`` for a name that is neither.
    """
    names: dict[str, str] = {}
    for column in columns:
        for spelling in (*column.header, column.text, column.name):
            names.setdefault(key(spelling), column.name)
    names |= {key(column.name): column.name for column in columns}
    kinds, found = set(), set()
    for word in keep:
        if word in KINDS:
            kinds.add(word)
        elif key(word) in names:
            found.add(names[key(word)])
        else:
            raise RequestError.unknown_kept(word, KINDS, [column.name for column in columns])
    return Kept(frozenset(kinds), frozenset(found))


def standing_of(profile: Profile, kept: Kept, reading: Reading) -> Standing:
    """Tell what a column is, by its role, its name and its cells.

    Parameters
    ----------
    profile : Profile
    kept : Kept
    reading : Reading

    Returns
    -------
    Standing
    """
    column = profile.column
    if column.role in _BY_ROLE:
        fate, detail = _BY_ROLE[column.role]
        return Standing(fate, detail, "the platform says so") if profile.cells else _empty()
    if column.role in _LEFT_OUT:
        kind, detail, words = _LEFT_OUT[column.role]
        return _unless(kind, profile, kept, words, "declared", detail=detail)
    if not profile.cells:
        return ANSWER if column.block or column.labels else _empty()
    if column.role in {"option", "row"} or column.shape in {"option", "grid_row", "rank", "joined", "single"}:
        return ANSWER
    return _by_cells(profile, kept, reading)


def _empty() -> Standing:
    return Standing("left_out", "empty", "no cell is filled", "certain")


def _unless(kind: str, profile: Profile, kept: Kept, reason: str, sure: Sure, *, detail: str = "") -> Standing:
    if not profile.cells:
        return _empty()
    return ANSWER if kept.has(kind, profile.column) else Standing("left_out", detail or kind, reason, sure)


def _names(column: ExportColumn) -> tuple[str, ...]:
    """How the column is called: its short name and each heading cell, folded."""
    found = {key(text).replace("_", " ") for text in (column.name, *column.header, column.text)}
    found |= {_NUMBER.sub("", name) for name in found}
    return tuple(name for name in found if name and len(name) <= LONGEST_NAME)


def _called(pattern: re.Pattern[str], column: ExportColumn) -> bool:
    return any(pattern.fullmatch(name) for name in _names(column))


def _by_cells(profile: Profile, kept: Kept, reading: Reading) -> Standing:
    column = profile.column
    cells = [cell.strip() for cell in profile.cells[:LOOKED_AT] if not is_absent(cell)]
    if not cells:
        return ANSWER
    personal = _personal(profile, cells)
    if personal:
        return _unless("personal", profile, kept, personal, "likely")
    return (None if column.block else _fieldwork(profile, cells, reading)) or _constant(profile, kept)


def _fieldwork(profile: Profile, cells: Sequence[str], reading: Reading) -> Standing | None:
    """A moment, a duration, a status or an id, by name and cells."""
    column = profile.column
    if is_date(cells):
        role = "start" if _called(_START, column) else "end" if _called(_END, column) else "date"
        return Standing("timestamp", role, "its cells are dates or times", "likely")
    if _called(_DURATION, column) and numeric_share(profile.tally(), reading) > NEARLY_ALL:
        return Standing("timestamp", "duration", "its name, and numbers", "likely")
    if _called(_STATUS, column) and len(cells) <= MOST_STATUSES:
        return Standing("quality", "status", "its name", "likely")
    if _is_id(profile):
        return Standing("id", "respondent_id", "its name, and a value of its own for everyone", "likely")
    return None


def _personal(profile: Profile, cells: Sequence[str]) -> str:
    """Why a column is personal; empty when it is not."""
    addresses = sum(_EMAIL.search(cell) is not None and len(cell) < 80 for cell in cells)  # noqa: PLR2004 - a sentence may name one
    if 2 * addresses > len(cells):
        return "its cells are e-mail addresses"
    if all(_IP.fullmatch(cell) for cell in cells):
        return "its cells are IP addresses"
    column = profile.column
    if column.block or not (_called(_PERSONAL, column) or _PERSONAL_WORDS.search(key(column.text))):
        return ""
    return f"its name, '{column.name}'" if len(cells) > 5 or _called(_PERSONAL, column) else ""  # noqa: PLR2004 - yes, no, later


def _is_id(profile: Profile) -> bool:
    unique = profile.filled == profile.n == len(profile.cells) and profile.n > 1
    names = {profile.column.name, *profile.column.header}
    return unique and any(_ID.fullmatch(key(name).replace(".", " ")) for name in names)


def _constant(profile: Profile, kept: Kept) -> Standing:
    """A column that says the same of everybody says nothing."""
    few = len(profile.cells) <= MOST_STATUSES and profile.filled == profile.n
    same = few and len({key(cell) for cell in profile.cells}) == 1
    if same and profile.n >= ENOUGH_ROWS and not profile.column.block and not profile.column.labels:
        if kept.has("constant", profile.column):
            return ANSWER
        return Standing("left_out", "constant", f"'{profile.cells[0][:40]}' for everybody", "certain")
    return ANSWER


def address_column(profiles: Mapping[str, Profile]) -> Profile | None:
    """The column of IP addresses, if there is one."""
    for profile in profiles.values():
        cells = [cell.strip() for cell in profile.cells[:50]]
        if cells and all(_IP.fullmatch(cell) for cell in cells) and not np.array_equal(profile.counts, []):
            return profile
    return None
