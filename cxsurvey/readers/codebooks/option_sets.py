"""Several columns that each hold one option: a multi question, what its marks mean, and what a blank means."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt

from cxsurvey.readers.codebooks.answer_plans import Stranger, number_of
from cxsurvey.readers.codebooks.draft import Sure
from cxsurvey.readers.codebooks.nonanswers import is_mark, reason_of, special_codes
from cxsurvey.readers.codebooks.profiles import Profile
from cxsurvey.readers.codebooks.wording import cut, key, plain, unique_labels
from cxsurvey.readers.exports.records import ExportColumn
from cxsurvey.study.answers import CHOSEN_WORDS, UNCHOSEN_WORDS, canonical, folded
from cxsurvey.study.codebook import MissingCode, Response

MOST_SPELLINGS = 40  # distinct cells of one option, however it is spelled
OTHER = ("other", "sonstige", "andere", "autre")
NONE = ("none", "nothing", "keine", "no ", "i do not", "i don't", "not applicable", "n/a")


@dataclass(frozen=True, slots=True)
class SetPlan:
    """A multi question made of columns.

    Attributes
    ----------
    responses : tuple of Response
        Each with its column.
    missing : tuple of MissingCode
    cells : mapping of str to mapping of str to str
        By column, the cells to be written otherwise.
    derived : mapping of str to ndarray
        Columns that the export lacks: whether something was written in beside the options.
    blank : str
        What a respondent with nothing chosen did.
    evidence, sure : str
        Why ``blank`` is what it is.
    strangers : tuple of (str, Stranger)
        By column, cells that are neither the option nor its absence.
    """

    responses: tuple[Response, ...]
    missing: tuple[MissingCode, ...]
    cells: Mapping[str, Mapping[str, str]]
    derived: Mapping[str, npt.NDArray[np.object_]]
    blank: Literal["skipped", "none_chosen"]
    evidence: str
    sure: Sure
    strangers: tuple[tuple[str, Stranger], ...] = ()


@dataclass(slots=True)
class _Marks:
    """The distinct cells of one option column, sorted by what they say."""

    chosen: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    missing: dict[str, MissingCode] = field(default_factory=dict)
    strange: list[str] = field(default_factory=list)


def is_option(profile: Profile) -> bool:
    """Whether a column can hold one option: a single mark or label, or yes and no."""
    column = profile.column
    if column.shape == "option" or column.role == "option" or column.chosen:
        return True
    if column.shape or column.role != "answer":
        return False
    if len(profile.cells) > MOST_SPELLINGS:
        return False
    found = {key(cell) for cell in profile.cells if not is_mark(key(cell))}
    return len(found) <= 1 or (len(found) == 2 and found <= CHOSEN_WORDS | UNCHOSEN_WORDS)  # noqa: PLR2004 - yes, no


def plan_set(columns: Sequence[Profile], written_in: Sequence[Profile]) -> SetPlan | None:
    """Make one multi question of option columns.

    Parameters
    ----------
    columns : sequence of Profile
        One for each option, in file order.
    written_in : sequence of Profile
        Text columns of the same question: who wrote something chose "other".

    Returns
    -------
    SetPlan or None
        None when no column holds anything.
    """
    if not any(len(profile.cells) for profile in (*columns, *written_in)):
        return None
    marks = [_marks_of(profile) for profile in columns]
    labels = [_label(profile, found) for profile, found in zip(columns, marks, strict=True)]
    derived = _written_in(labels, columns, written_in)
    names = unique_labels([*(cut(label) for label in labels), *(label for label, _ in derived.values())])
    codes = _codes(columns, marks, len(names))
    fields = [*(profile.name for profile in columns), *derived]
    responses = tuple(
        Response(code=code, label=label, column=column)
        for code, label, column in zip(codes, names, fields, strict=True)
    )
    blank, evidence, sure = _base(marks, names)
    missing = {code: item for found in marks for code, item in found.missing.items() if code not in set(codes)}
    if blank == "none_chosen":  # what is skipped would count as none chosen
        missing = {code: item.model_copy(update={"reason": "not_shown"}) for code, item in missing.items()}
    cells = {
        profile.name: _rewrites(found, response)
        for profile, found, response in zip(columns, marks, responses, strict=False)
    }
    return SetPlan(
        responses,
        tuple(missing.values()),
        cells,
        {
            name: _filled(profile, label)
            for (name, (_, profile)), label in zip(derived.items(), names[len(columns) :], strict=True)
        },
        blank,
        evidence,
        sure,
        tuple(_strangers(columns, marks)),
    )


def _marks_of(profile: Profile) -> _Marks:
    """Sort the cells of one option's column."""
    column, found = profile.column, _Marks()
    for cell in profile.cells:
        reason = _missing_reason(canonical(cell), column)
        if reason is not None:
            found.missing[reason.code] = reason
        elif _is_refusal(canonical(cell), column):
            found.refused.append(cell)
        else:
            found.chosen.append(cell)
            if not _is_own(canonical(cell), column):
                found.strange.append(cell)
    if (
        len(found.strange) == len(found.chosen)
        and len({key(cell) for cell in found.strange}) == 1
        and not column.chosen
    ):
        found.strange.clear()  # the only mark of the column is the mark of its option, however it is spelled
    return found


def _is_chosen(code: str, column: ExportColumn) -> bool:
    return bool(column.chosen) and key(code) == key(canonical(column.chosen))


def _missing_reason(code: str, column: ExportColumn) -> MissingCode | None:
    """Why a cell says neither yes nor no; None when it says so."""
    stated = {canonical(told): (reason, label) for told, reason, label in column.missing}
    if code in stated:
        reason, label = stated[code]
        return MissingCode.model_validate({"code": code, "reason": reason, "label": plain(label)})
    if _is_chosen(code, column):
        return None
    value = number_of(code)
    outside = value is not None and (
        any(low <= value <= high for low, high in column.missing_ranges)
        or (value < 0 and code in special_codes())
    )
    if is_mark(key(code)) or outside:
        return MissingCode(code=code, reason="skipped")
    said = reason_of(key(code)) if column.chosen and key(code) != key(column.item) else None
    return MissingCode(code=code, reason=said) if said else None


def _is_refusal(code: str, column: ExportColumn) -> bool:
    """Whether a cell says that the option was not chosen."""
    if _is_chosen(code, column) or (column.item and key(code) == key(column.item)):
        return False
    labels = {canonical(told): key(label) for told, label in column.labels}
    meaning = labels.get(code, key(code))
    if meaning in UNCHOSEN_WORDS or (code in labels and meaning.startswith(("not ", "un"))):
        return True
    return bool(column.chosen) and number_of(code) is not None


def _is_own(code: str, column: ExportColumn) -> bool:
    """Whether a cell is the mark that the column should hold."""
    if column.chosen:
        return _is_chosen(code, column) or key(code) == key(column.item)
    return (
        not column.item
        or key(code) == key(column.item)
        or key(code) in CHOSEN_WORDS
        or number_of(code) is not None
    )


def _label(profile: Profile, marks: _Marks) -> str:
    column = profile.column
    own = [
        plain(cell)
        for cell in marks.chosen
        if number_of(canonical(cell)) is None and key(cell) not in CHOSEN_WORDS
    ]
    return plain(column.item) or (own[0] if len(own) == 1 else "") or plain(column.text) or column.name


def _codes(columns: Sequence[Profile], marks: Sequence[_Marks], count: int) -> list[str]:
    """The option's own number where cells hold it, else its position."""
    held = [canonical(found.chosen[0]) if len(found.chosen) == 1 else "" for found in marks]
    held = [cell or canonical(profile.column.chosen) for cell, profile in zip(held, columns, strict=True)]
    numbers = [cell for cell in held if number_of(cell) is not None]
    if len(numbers) == len(columns) > 1 and len(set(numbers)) == len(numbers):
        last = int(max(float(number) for number in numbers))
        return [*numbers, *(str(last + 1 + i) for i in range(count - len(columns)))]
    return [str(position) for position in range(1, count + 1)]


def _rewrites(marks: _Marks, response: Response) -> dict[str, str]:
    """Cells that decoding would read otherwise than they are meant."""
    spelled = {response.code, response.label, folded(response.label)}
    found = {}
    for cell in marks.chosen:
        text = canonical(cell)
        known = text in spelled or folded(text) in spelled or text.casefold() in CHOSEN_WORDS
        if not known or (text.casefold() in UNCHOSEN_WORDS and text not in spelled):
            found[cell] = response.label
    for cell in marks.refused:
        if canonical(cell).casefold() not in UNCHOSEN_WORDS or canonical(cell) in spelled:
            found[cell] = "0"
    return found


def _strangers(columns: Sequence[Profile], marks: Sequence[_Marks]) -> Iterable[tuple[str, Stranger]]:
    for profile, found in zip(columns, marks, strict=True):
        tally = profile.tally()
        yield from (
            (profile.name, Stranger(plain(cell), tally[cell], "counted as this option chosen"))
            for cell in found.strange
        )


def _written_in(
    labels: Sequence[str], columns: Sequence[Profile], texts: Sequence[Profile]
) -> dict[str, tuple[str, Profile]]:
    """A column for what was written in, where no option says "other"."""
    if any(key(label).startswith(OTHER) for label in labels):
        return {}
    names = {profile.name for profile in (*columns, *texts)}
    found: dict[str, tuple[str, Profile]] = {}
    for profile in texts:
        if profile.column.role != "other_text" or not len(profile.cells):
            continue
        name = f"{profile.name}_given"
        while name in names:
            name += "_"
        label = plain(profile.column.item)
        found[name] = (cut(label) if key(label).startswith(OTHER) else "Other", profile)
    return found


def _filled(profile: Profile, label: str) -> npt.NDArray[np.object_]:
    """The label where something was written; a dash or NA is nothing."""
    marks = np.array([*("" if is_mark(key(cell)) else label for cell in profile.cells), ""], dtype=object)
    return marks[profile.index]


def _marks_only(marks: Sequence[_Marks]) -> bool:
    """Whether cells such as NA, and no codes with a reason of their own, stand beside marks and blanks."""
    codes = {code for found in marks for code in found.missing}
    return bool(codes) and all(is_mark(key(code)) for code in codes)


def _base(
    marks: Sequence[_Marks], labels: Sequence[str]
) -> tuple[Literal["skipped", "none_chosen"], str, Sure]:
    if any(found.refused for found in marks):
        return (
            "skipped",
            "cells say who did not choose an option; a blank row was not asked or skipped",
            "certain",
        )
    if _marks_only(marks):
        return (
            "none_chosen",
            "other cells say who was not asked, so a row without a choice chose none",
            "likely",
        )
    if any(key(label).startswith(NONE) for label in labels):
        return (
            "skipped",
            "an option says none of these, so a row without a choice skipped the question",
            "likely",
        )
    words = "a blank row may have skipped, not been asked, or chosen nothing; the file does not say: skipped"
    return "skipped", words, "guess"
