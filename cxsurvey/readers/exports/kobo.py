"""KoboToolbox and other ODK servers: form names or labels as headings, groups in front of them.

A question of several responses comes as one cell of joined codes (``Q1``), as one column an option
(``Q1/phone``), or as both; groups stand in front with the same mark (``group/Q1/phone``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cxsurvey.readers.columns import clean_name
from cxsurvey.readers.exports.assembly import assemble, used_positions
from cxsurvey.readers.exports.joined_columns import Columns
from cxsurvey.readers.exports.joined_options import joined_separator, part_options
from cxsurvey.readers.exports.names import short_name
from cxsurvey.readers.exports.records import Export, ExportColumn, Role
from cxsurvey.readers.exports.wording import clean_text

if TYPE_CHECKING:
    import pandas as pd

    from cxsurvey.readers.exports.grid import Grid

GROUP_MARKS = ("/", "::", ":", ".", "-")
_ROLES: dict[str, Role] = {
    "start": "start",
    "end": "end",
    "today": "administrative",
    "_submission_time": "administrative",
    "submissiondate": "administrative",
    "_duration": "duration",
    "_status": "administrative",
    "_validation_status": "administrative",
    "reviewstate": "administrative",
    "deviceid": "personal",
    "subscriberid": "personal",
    "simid": "personal",
    "simserial": "personal",
    "phonenumber": "personal",
    "username": "personal",
    "email": "personal",
    "submitterid": "personal",
    "submittername": "personal",
    "_submitted_by": "personal",
}
_ADMINISTRATIVE = re.compile(
    r"_(?:index|parent_\w+|tags|notes|attachments|version_|xform_id_string|bamboo_dataset_id|media_\w+|root_uuid)|"
    r"__version__(?:_\d+)?|formhub/uuid|meta/\w+|attachments\w+|edits|status|formversion|devicename|"
    r"audit(?:_url)?|rootuuid",
    re.IGNORECASE,
)
# In order of preference: what identifies a response.
_IDENTIFIERS = ("_uuid", "key", "instanceid", "meta-instanceid", "meta/instanceid", "_id", "_index")
_TELLING = frozenset({
    "_uuid", "_id", "_submission_time", "_validation_status", "_index", "__version__", "formhub/uuid",
    "meta/instanceid", "meta-instanceid", "instanceid", "submissiondate", "deviceid", "_submitted_by",
    "subscriberid", "_parent_index", "_tags", "_notes", "_status", "reviewstate", "submitterid",
})  # fmt: skip
_PLACE = re.compile(r"(?:^|[_:/.-])(?:latitude|longitude|altitude|precision|accuracy)$", re.IGNORECASE)
_COORDINATES = re.compile(r"-?\d{1,3}\.\d+ -?\d{1,3}\.\d+(?: -?\d+(?:\.\d+)?){0,2}")
_CODES = re.compile(r"[\w.-]+(?: [\w.-]+)*")
_MARKS = frozenset({"0", "1", "0.0", "1.0", "true", "false"})
_CHOSEN = ("1", "1.0", "true")
LEAST_ALONE = 0.25
_ABSENT = frozenset({"NULL", "n/a", "NaN", "nan", "None"})


@dataclass(frozen=True, slots=True)
class _Details:
    """The columns of one question of several responses, and the column that joins them, if there is one."""

    stem: str
    summary: int | None
    members: tuple[int, ...]


def recognise(grid: Grid) -> str | None:
    """Tell what shows that a grid comes from KoboToolbox or another ODK server.

    Parameters
    ----------
    grid : Grid
        A file.

    Returns
    -------
    str or None
        The reason, or None.
    """
    names = [clean_name(cell) for cell in grid.head[0]]
    found = [name for name in names if name.casefold() in _TELLING]
    if len(found) >= 2:  # noqa: PLR2004 - one of them alone proves little
        return f"it has the columns {', '.join(found[:4])}"
    for at, name in enumerate(names):
        if name.casefold().endswith("instanceid") and any(row[at].startswith("uuid:") for row in grid.head[1:]):
            return f"its column {name} holds ids of ODK forms (uuid:...)"
    return None


def read(grid: Grid) -> Export:
    """Read an export of KoboToolbox or of another ODK server.

    Where a question of several responses comes in both shapes, the columns of its options are used and the
    joined cell is set aside. Cells ``NULL`` and ``n/a`` are listed as missing; in joined cells they become
    blank. Places, devices and names are personal.

    Parameters
    ----------
    grid : Grid
        The file.

    Returns
    -------
    Export

    Raises
    ------
    ExportError
        When no respondent is left.
    """
    body = grid.body(1)
    used = used_positions(grid.head[:1], body)
    names = {at: clean_name(grid.head[0][at]) for at in used}
    mark = _group_mark(list(names.values()))
    details = _details(names, body, mark)
    columns: Columns = {at: _column(name, mark, body[at]) for at, name in names.items()}
    _identify(columns, names)
    notes: list[str] = []
    for found in details:
        _lay_out(found, columns, names, body, mark)
        if found.summary is None:
            notes.append(f"the columns of {found.stem} hold 0 and 1 and were taken for options of one question")
        else:
            notes.append(f"{names[found.summary]} repeats the columns of its options and was set aside")
    notes += _part_summaries(columns, body)
    return assemble(
        grid,
        platform="kobo",
        why=f"KoboToolbox or ODK: {recognise(grid) or 'it was named so'}.",
        header_rows=1,
        body=body,
        columns=columns,
        notes=notes,
    )


def _group_mark(names: Sequence[str]) -> str:
    """The mark between groups, questions and options: the one that most headings hold between two names."""
    own = [name for name in names if not name.startswith("_") and name.casefold() not in _TELLING]
    counts = {
        mark: sum(bool(re.search(rf"\S{re.escape(mark)}\S", name)) for name in own) for mark in GROUP_MARKS
    }
    best = max(GROUP_MARKS, key=lambda mark: counts[mark])
    return best if counts[best] else "/"


def _details(names: Mapping[int, str], body: pd.DataFrame, mark: str) -> list[_Details]:
    """Find the columns of options: marks below a stem that is a column itself, or that several share."""
    positions = {name: at for at, name in names.items()}
    stems: dict[str, list[int]] = {}
    for at, name in names.items():
        if not name.startswith("_") and any(mark in name for mark in GROUP_MARKS) and _holds_marks(body[at]):
            parents = [stem for stem in _stems(name) if stem in positions]
            last = "/" if "/" in name else mark
            stem = max(parents, key=len) if parents else name.rpartition(last)[0]
            if stem:
                stems.setdefault(stem, []).append(at)
    return [
        _Details(stem, positions.get(stem), tuple(members))
        for stem, members in stems.items()
        if stem in positions or len(members) > 1
    ]


def _stems(name: str) -> Iterator[str]:
    """What stands before each mark; servers part groups and options by different ones."""
    for mark in GROUP_MARKS:
        yield from (name[: found.start()] for found in re.finditer(re.escape(mark), name))


def _holds_marks(cells: pd.Series) -> bool:
    held = {str(cell).casefold() for cell in cells.unique() if str(cell) and str(cell) not in _ABSENT}
    return held <= _MARKS


def _column(name: str, mark: str, cells: pd.Series) -> ExportColumn:
    last = name.rpartition(mark)[2] or name
    fold = name.casefold()
    held = [str(cell) for cell in cells.unique()]
    role: Role = _ROLES.get(fold) or _ROLES.get(last.casefold(), "answer")
    if _PLACE.search(name) or _is_place(held):
        role = "personal"
    elif role == "answer" and _ADMINISTRATIVE.fullmatch(name):
        role = "administrative"
    missing = tuple((cell, "skipped", cell) for cell in held if cell in _ABSENT)
    wording = clean_text(last) if " " in last else ""
    return ExportColumn(
        name=(short_name(last) if wording else last) or "q",
        header=(name,),
        text=wording,
        role=role,
        missing=missing,
    )


def _is_place(held: Sequence[str]) -> bool:
    filled = [cell for cell in held if cell.strip() and cell not in _ABSENT]
    return bool(filled) and all(_COORDINATES.fullmatch(cell) for cell in filled)


def _identify(columns: Columns, names: Mapping[int, str]) -> None:
    """One column identifies a response; the other identifiers are administrative. No end: when it was sent."""
    folds = {name.casefold(): at for at, name in names.items()}
    found = [folds[name] for name in _IDENTIFIERS if name in folds]
    for rank, at in enumerate(found):
        columns[at] = replace(columns[at], role="administrative" if rank else "respondent_id")
    roles = {column.role for column in columns.values()}
    for name in ("_submission_time", "submissiondate"):
        if "end" not in roles and name in folds:
            columns[folds[name]] = replace(columns[folds[name]], role="end")
            return


def _lay_out(
    found: _Details, columns: Columns, names: Mapping[int, str], body: pd.DataFrame, mark: str
) -> None:
    stem = found.stem.rpartition(mark)[2] or found.stem
    wording = clean_text(stem) if " " in stem else ""
    block = short_name(stem) if wording else stem
    for number, at in enumerate(found.members, 1):
        option = clean_text(names[at][len(found.stem) :].lstrip("/:.-"))
        held = {str(cell) for cell in body[at].unique()}
        columns[at] = replace(
            columns[at],
            name=f"{block}_{number if ' ' in option else option}",
            text=wording,
            item=option,
            block=block,
            role="option",
            shape="option",
            chosen=next((cell for cell in held if cell.casefold() in _CHOSEN), "1"),
        )
    if found.summary is not None:
        columns[found.summary] = replace(columns[found.summary], role="administrative")


def _part_summaries(columns: Columns, body: pd.DataFrame) -> list[str]:
    """Part joined cells, by semicolons or by blanks where all pieces are codes."""
    notes = []
    for at, column in columns.items():
        if column.role != "answer":
            continue
        cells = body[at].where(~body[at].isin(list(_ABSENT)), "")
        separator = joined_separator(cells, (";", " ") if _are_codes(cells) else (";",))
        if not separator:
            continue
        found = part_options(cells, separator)
        absent = int((body[at] != cells).sum())
        body[at] = found.cells
        columns[at] = replace(
            column,
            shape="joined",
            separator=found.separator,
            labels=tuple(
                (option, option) for option in (*found.options, *(part for part, _ in found.leftovers))
            ),
            missing=(),
        )
        if absent:
            notes.append(f"{column.name}: {absent} cells that say NULL or n/a were made blank")
    return notes


def _are_codes(cells: pd.Series) -> bool:
    """Whether cells hold codes between blanks: no sentences, and many a code stands alone somewhere."""
    held = [str(cell).strip() for cell in cells.unique() if str(cell).strip()]
    if not all(_CODES.fullmatch(cell) and len(set(cell.split())) == len(cell.split()) for cell in held):
        return False
    codes = {code for cell in held for code in cell.split()}
    return len(codes & set(held)) >= LEAST_ALONE * len(codes)
