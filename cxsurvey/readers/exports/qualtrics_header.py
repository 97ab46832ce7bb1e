"""The header of a Qualtrics export: how many rows it has and what the ids in it say.

Current exports have three rows: names, wording, and a JSON record with the ``ImportId``. Spreadsheets and older
exports leave the third row out; the oldest call the first columns ``V1`` to ``V10``. The wording of the columns
that Qualtrics adds itself is translated, so they are told by name and id.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from cxsurvey.readers.exports.records import Role
from cxsurvey.readers.exports.wording import clean_text

SYSTEM: dict[str, tuple[str, Role]] = {
    "responseid": ("ResponseId", "respondent_id"),
    "recordid": ("ResponseId", "respondent_id"),
    "responseset": ("ResponseSet", "administrative"),
    "responsesetid": ("ResponseSet", "administrative"),
    "startdate": ("StartDate", "start"),
    "enddate": ("EndDate", "end"),
    "recordeddate": ("RecordedDate", "administrative"),
    "status": ("Status", "status"),
    "responsetype": ("Status", "status"),
    "finished": ("Finished", "progress"),
    "progress": ("Progress", "progress"),
    "duration": ("Duration", "duration"),
    "durationinseconds": ("Duration", "duration"),
    "distributionchannel": ("DistributionChannel", "preview"),
    "userlanguage": ("UserLanguage", "language"),
    "ipaddress": ("IPAddress", "personal"),
    "name": ("Name", "personal"),
    "emailaddress": ("EmailAddress", "personal"),
    "recipientlastname": ("RecipientLastName", "personal"),
    "recipientfirstname": ("RecipientFirstName", "personal"),
    "recipientemail": ("RecipientEmail", "personal"),
    "externalreference": ("ExternalReference", "personal"),
    "externaldatareference": ("ExternalReference", "personal"),
    "locationlatitude": ("LocationLatitude", "personal"),
    "locationlongitude": ("LocationLongitude", "personal"),
    "locationaccuracy": ("LocationAccuracy", "personal"),
    "qrecaptchascore": ("Q_RecaptchaScore", "administrative"),
    "qrelevantidduplicate": ("Q_RelevantIDDuplicate", "administrative"),
    "qrelevantidduplicatescore": ("Q_RelevantIDDuplicateScore", "administrative"),
    "qrelevantidfraudscore": ("Q_RelevantIDFraudScore", "administrative"),
    "qduplicaterespondent": ("Q_DuplicateRespondent", "administrative"),
    "qambiguoustextpresent": ("Q_AmbiguousTextPresent", "administrative"),
    "qballotboxstuffing": ("Q_BallotBoxStuffing", "administrative"),
    "qlanguage": ("Q_Language", "language"),
}
_ENOUGH = 4
_ID = re.compile(r"^(?:(?P<loop>\d+)[_-])?(?P<question>QID\d+(?:#\d+)?)(?P<rest>(?:[_-]\w+)*)$", re.IGNORECASE)
_NOT_KEY = re.compile(r"[^a-z]")
_SERIAL = re.compile(r"^(?P<question>.+?)(?P<rest>(?:_\d+)+(?:_TEXT)?|_TEXT)$")


@dataclass(frozen=True, slots=True)
class Header:
    """How many rows the header has, and which of them hold names, wording and ids (-1 where there is none)."""

    rows: int
    names: int
    wording: int
    ids: int


@dataclass(frozen=True, slots=True)
class ImportId:
    """What an id says: the question, the loop that it was asked in, the part, and whether it is text.

    ``question`` is empty for embedded data and for columns that Qualtrics adds itself.
    """

    whole: str
    question: str = ""
    loop: str = ""
    part: str = ""
    is_text: bool = False

    @property
    def block(self) -> str:
        """The question within its loop."""
        return f"{self.loop}_{self.question}" if self.loop else self.question


def find_header(head: Sequence[Sequence[str]]) -> Header | None:
    """Recognise the header rows.

    Parameters
    ----------
    head : sequence of sequence of str
        The first records.

    Returns
    -------
    Header or None
        None when this is no Qualtrics export.

    Examples
    --------
    >>> find_header([["Q1"], ["How?"], ['{"ImportId":"QID1"}'], ["Well"]])
    Header(rows=3, names=0, wording=1, ids=2)
    """
    for at in range(1, min(len(head), 4)):
        records = [cell for cell in head[at] if cell.strip()]
        if records and all(_record(cell) is not None for cell in records):
            return Header(at + 1, 0, 1 if at > 1 else -1, at)
    if not head:
        return None
    if len(head) > 1 and _system_cells(head[1]) >= _ENOUGH:
        return Header(2, 0, 1, -1)
    if _system_cells(head[0]) >= _ENOUGH and _is_qualtrics(head[0]):
        start = next(at for at, cell in enumerate(head[0]) if key(cell) == "startdate")
        worded = len(head) > 1 and not any(mark.isdigit() for mark in head[1][start])
        return Header(2 if worded else 1, 0, 1 if worded else -1, -1)
    return None


def key(cell: str) -> str:
    """Bring the name of a column to letters.

    >>> key("Duration (in seconds)"), key("Start Date")
    ('durationinseconds', 'startdate')
    """
    return _NOT_KEY.sub("", clean_text(cell).casefold())


def _system_cells(row: Sequence[str]) -> int:
    return len({key(cell) for cell in row} & set(SYSTEM))


def _is_qualtrics(row: Sequence[str]) -> bool:
    """Whether names stand there that other platforms do not use."""
    keys = {key(cell) for cell in row}
    own = {
        "recordeddate",
        "distributionchannel",
        "userlanguage",
        "externalreference",
        "responseset",
        "durationinseconds",
    }
    return "startdate" in keys and len(keys & own) > 1


def import_id(cell: str) -> ImportId:
    """Read the record of one column.

    Parameters
    ----------
    cell : str
        A JSON record such as ``{"ImportId":"QID2_1_TEXT"}``; blank where there is none.

    Returns
    -------
    ImportId

    Examples
    --------
    >>> import_id('{"ImportId":"1_QID20_3_TEXT"}')
    ImportId(whole='1_QID20_3_TEXT', question='QID20', loop='1', part='3', is_text=True)
    >>> import_id('{"ImportId":"QID7","choiceId":"4"}').part
    '4'
    """
    record = _record(cell) or {}
    whole = str(record.get("ImportId", ""))
    found = _ID.match(whole)
    if found is None:
        return ImportId(whole)
    parts = re.split(r"[_-]", found["rest"])[1:] if found["rest"] else []
    is_text = "TEXT" in [part.upper() for part in parts]
    numbers = [part for part in parts if part.upper() != "TEXT"]
    choice = record.get("choiceId")
    return ImportId(
        whole,
        question=found["question"],
        loop=found["loop"] or "",
        part="_".join(numbers) or (str(choice) if choice is not None else ""),
        is_text=is_text,
    )


def id_of_name(name: str) -> ImportId:
    """Guess the same from a column's name, where the file has no ids.

    >>> id_of_name("Q3_2_TEXT")
    ImportId(whole='Q3_2_TEXT', question='Q3', loop='', part='2', is_text=True)
    """
    found = _SERIAL.match(name)
    if found is None:
        return ImportId(name, question=name)
    parts = found["rest"].strip("_").split("_")
    numbers = "_".join(part for part in parts if part != "TEXT")
    return ImportId(name, question=found["question"], part=numbers, is_text="TEXT" in parts)


def _record(cell: str) -> dict[str, object] | None:
    """Read a JSON record; some tools write it with single quotes."""
    text = cell.strip()
    if not text.startswith("{"):
        return None
    for written in (text, text.replace("'", '"')):
        try:
            record = json.loads(written)
        except ValueError:
            continue
        return record if isinstance(record, dict) and "ImportId" in record else None
    return None
