"""LimeSurvey: CSV or Excel with codes, texts or both as headings, short or long answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from cxsurvey.readers.columns import is_row_index
from cxsurvey.readers.exports.assembly import assemble, used_positions
from cxsurvey.readers.exports.blocks import settle
from cxsurvey.readers.exports.limesurvey_headings import (
    SYSTEM,
    TELLING,
    Heading,
    are_codes,
    parse_headings,
    separator_of,
)
from cxsurvey.readers.exports.names import short_name
from cxsurvey.readers.exports.records import Export, ExportColumn, Role
from cxsurvey.readers.exports.wording import folded

if TYPE_CHECKING:
    import pandas as pd

    from cxsurvey.readers.exports.grid import Grid

_LEAST_TELLING = 2
_OTHER_CODE = "-oth-"
_NOT_SHOWN = "n/a"
_INVISIBLE = "\ufeff\u200b"
_YES = frozenset({"y", "yes", "ja", "oui", "sí", "si", "sim", "tak"})
_NO = frozenset({"n", "no", "nein", "nee", "non", "não", "nie"})
_OTHER = frozenset({"other", "sonstiges", "andere", "autre", "otro", "altro", "anders", "outro"})
_RANKS = ("rank ", "ranking ", "rang ", "platz ")


def recognise(grid: Grid) -> str | None:
    """Tell what shows that a grid comes from LimeSurvey.

    Parameters
    ----------
    grid : Grid
        A file.

    Returns
    -------
    str or None
        The reason, or None.
    """
    headings = parse_headings(grid.head[0])
    systems = {heading.system for heading in headings} & TELLING
    if len(systems) >= _LEAST_TELLING:
        return f"it has the columns {', '.join(sorted(systems))}"
    joint = separator_of(grid.head[0])
    subs = [
        heading.sub
        for heading, cell in zip(headings, grid.head[0], strict=True)
        if heading.code and "[" in cell
    ]
    subs = [sub for sub in subs if sub]
    if joint and subs:
        return f"its headings are codes with sub-questions in brackets, then '{joint.strip()}' and a text"
    if are_codes(grid.head[0]) and len(subs) >= _LEAST_TELLING and not any("_" in sub for sub in subs):
        return "its headings are codes with sub-questions in brackets, such as Q1[SQ001]"
    return None


def read(grid: Grid) -> Export:
    """Read an export of LimeSurvey.

    A question of several responses becomes option columns; ``[other]`` and ``[...comment]`` become text beside
    them. ``N/A`` for a sub-question means that it was not shown. The two scales of a dual array become two
    grids. Byte order marks inside cells and the ``'`` that guards a leading ``=`` are taken off.

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
    body, notes = _cleaned(grid.body(1))
    header = grid.head[0]
    headings = parse_headings(header)
    used = used_positions(grid.head[:1], body)
    nameless = used[:1] if used and not header[used[0]].strip() else []
    if nameless and is_row_index(body[used[0]].to_list()):
        used = used[1:]
    columns = {at: _column(header[at], headings[at]) for at in used}
    if nameless and _are_rows(body[nameless[0]]):
        columns |= {at: ExportColumn("row", ("",), "", role="respondent_id") for at in nameless if at in used}
    for positions in _blocks(columns).values():
        settled = _settled([columns[at] for at in positions], [body[at] for at in positions])
        columns.update(zip(positions, settled, strict=True))
    for at, column in columns.items():
        if column.role == "answer" and (body[at] == _OTHER_CODE).any():
            columns[at] = replace(column, labels=((_OTHER_CODE, "Other"),))
    return assemble(
        grid,
        platform="limesurvey",
        why=f"LimeSurvey: {recognise(grid) or 'it was named so'}.",
        header_rows=1,
        body=body,
        columns=columns,
        notes=[*notes, *_notes(columns, body)],
    )


def _cleaned(body: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Take marks off cells that are no part of the answer."""
    marked = guarded = 0
    cleaned = body.copy()
    for at in body.columns:
        changes = {cell: plain for cell in body[at].unique() if (plain := _plain(str(cell))) != cell}
        if changes:
            marks = [cell for cell in changes if cell.strip(_INVISIBLE) != cell]
            marked += int(body[at].isin(marks).sum())
            guarded += int(body[at].isin([cell for cell in changes if cell not in marks]).sum())
            cleaned[at] = body[at].astype("str").replace(changes)
    notes = [f"{marked} cells began with a byte order mark, which was taken off"] if marked else []
    notes += (
        [f"{guarded} cells began with '=, written so for spreadsheets; the ' was taken off"] if guarded else []
    )
    return cleaned, notes


def _plain(cell: str) -> str:
    cell = cell.strip(_INVISIBLE)
    return cell[1:] if cell.startswith(("'=", "'+", "'-", "'@")) else cell


def _are_rows(cells: pd.Series) -> bool:
    """Whether cells number rows of which some were left out."""
    return bool(cells.is_unique and cells.str.fullmatch(r"\d{1,9}").all())


def _column(header: str, heading: Heading) -> ExportColumn:
    if heading.system:
        role: Role = SYSTEM[heading.system][0] if heading.system in SYSTEM else "administrative"
        return ExportColumn(
            name=heading.code or short_name(heading.text), header=(header,), text=heading.text, role=role
        )
    block = heading.code or (short_name(heading.text) if heading.item else "")
    name = heading.code or short_name(heading.text)
    if heading.sub:
        name = f"{name}_{heading.sub if heading.code else short_name(heading.item)}"
    if heading.scale:
        name, block = f"{name}_{heading.scale}", f"{block}#{heading.scale}"
    return ExportColumn(
        name=name.replace("[", "_").replace("]", ""),
        header=(header,),
        text=heading.text,
        item=heading.item or heading.sub,
        block=block,
        role=_role(heading),
    )


def _role(heading: Heading) -> Role:
    if heading.sub.casefold() == "other" or (not heading.code and heading.item.casefold() in _OTHER):
        return "other_text"
    return "comment" if heading.sub.casefold().endswith("comment") else "answer"


def _blocks(columns: Mapping[int, ExportColumn]) -> dict[str, list[int]]:
    blocks: dict[str, list[int]] = {}
    for at, column in columns.items():
        if column.block:
            blocks.setdefault(column.block, []).append(at)
    return blocks


def _settled(columns: Sequence[ExportColumn], cells: Sequence[pd.Series]) -> list[ExportColumn]:
    """Give the columns of one code their roles; a question of one column stands alone."""
    answers = [at for at, column in enumerate(columns) if column.role == "answer"]
    settled = [
        replace(column, shape="text") if column.role in {"other_text", "comment"} else column
        for column in columns
    ]
    if len(columns) == 1:
        return [_alone(columns[0])]
    if len(answers) == 1:
        settled[answers[0]] = _alone(columns[answers[0]])
        return settled
    inner, found = [columns[at] for at in answers], [cells[at] for at in answers]
    marks = [_chosen(series) for series in found]
    said = any(folded(str(cell)) in _YES | _NO for series in found for cell in series.unique())
    if said and all(mark is not None for mark in marks):
        for at, column in zip(answers, _options(inner, found, [mark or "" for mark in marks]), strict=True):
            settled[at] = column
    elif all(column.item.casefold().startswith(_RANKS) for column in inner):
        for at in answers:
            settled[at] = replace(columns[at], role="row", shape="grid_row")
    else:
        for at, column in zip(answers, settle(inner, found), strict=True):
            settled[at] = column
    return settled


def _alone(column: ExportColumn) -> ExportColumn:
    """A question with one sub-question is a plain question; the sub-question's code says nothing."""
    item = "" if column.name.endswith(f"_{column.item}") else column.item
    text = f"{column.text} [{item}]" if item and column.text else column.text or item
    return replace(column, text=text, item="", block="")


def _chosen(cells: pd.Series) -> str | None:
    """The cell that says yes; empty when nobody did; None when the cells say more than yes and no."""
    yes = ""
    for cell in cells.unique():
        fold = folded(str(cell))
        if fold in _YES:
            yes = str(cell)
        elif fold and fold not in _NO and fold != _NOT_SHOWN:
            return None
    return yes


def _options(
    columns: Sequence[ExportColumn], cells: Sequence[pd.Series], marks: Sequence[str]
) -> Iterator[ExportColumn]:
    common = next((mark for mark in marks if mark), "Yes")
    for column, series, mark in zip(columns, cells, marks, strict=True):
        not_shown = [str(cell) for cell in series.unique() if folded(str(cell)) == _NOT_SHOWN]
        yield replace(
            column,
            role="option",
            shape="option",
            chosen=mark or common,
            missing=tuple((cell, "not_shown", cell) for cell in not_shown),
        )


def _notes(columns: Mapping[int, ExportColumn], body: pd.DataFrame) -> Iterator[str]:
    """Short answers print "no" and "not shown" alike: tell which questions are concerned."""
    says_no: dict[str, bool] = {}
    for at, column in columns.items():
        if column.role == "option":
            found = any(folded(str(cell)) in _NO for cell in body[at].unique())
            says_no[column.block] = says_no.get(column.block, False) or found
    ambiguous = [block for block, found in says_no.items() if not found]
    if ambiguous:
        yield (
            f"{len(ambiguous)} questions of several responses have no cell for 'not chosen': a blank row may "
            f"mean that none was chosen or that the question was not shown ({', '.join(ambiguous[:5])})"
        )
