"""Multiple-response sets of statistical files: as the file declares them, else by names, labels and cells."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cxsurvey.readers.cells import code_text
from cxsurvey.readers.exports.common_labels import shared_and_own

if TYPE_CHECKING:
    import pandas as pd

    from cxsurvey.study.raw import MissingRange, RawResponses

# q5_1, q5.1, q5r1, q51 and q5a: a stem and a number, or a letter behind a digit or a joint.
_NUMBERED = re.compile(r"(?P<stem>.+?)(?:[_.]+|(?<=\D))(?P<number>\d{1,3})")
_LETTERED = re.compile(r"(?P<stem>.*\d)_?(?P<letter>[A-Za-z])")
_YES = re.compile(
    r"(?:yes|ja|oui|s[ií]|true|selected|checked|ticked|chosen|mentioned|quoted|marked|genannt|ausgewählt|gewählt)"
)
_NO = re.compile(
    r"(?:no|nein|non|false|(?:not|un|non|nicht)[ -]?(?:selected|checked|ticked|chosen|mentioned|quoted|marked|"
    r"genannt|ausgewählt|gewählt))"
)


@dataclass(frozen=True, slots=True)
class ResponseSet:
    """Columns that hold the answers to one question of several responses.

    Attributes
    ----------
    name : str
        The set's name, without ``$``.
    label : str
        Wording of the question; empty when the file has none.
    members : tuple of str
        Columns, in file order.
    items : tuple of str
        For a set of one column an option, the labels of the options.
    counted : str
        For such a set, the cell that means chosen; empty when every column holds codes of one list.
    """

    name: str
    label: str
    members: tuple[str, ...]
    items: tuple[str, ...]
    counted: str


def declared_sets(meta: Any, raw: RawResponses) -> tuple[ResponseSet, ...]:
    """List the sets that a file declares.

    Sets of no or one column, and columns that belong to an earlier set, are left out.

    Parameters
    ----------
    meta : pyreadstat metadata container
        Of the file.
    raw : RawResponses
        Cells and labels of the file.

    Returns
    -------
    tuple of ResponseSet
    """
    found: list[ResponseSet] = []
    taken: set[str] = set()
    for name, told in meta.mr_sets.items():
        members = tuple(column for column in raw.frame.columns if column in set(told["variable_list"]) - taken)
        if len(members) < 2:  # noqa: PLR2004 - one column is no set
            continue
        taken |= set(members)
        counted = _counted(told["counted_value"]) if told["is_dichotomy"] else ""
        label, items = _wording(members, raw, label=told["label"] or "", counted=counted)
        found.append(ResponseSet(name.lstrip("$"), label, members, items, counted))
    return tuple(found)


def _counted(value: object) -> str:
    return code_text(value) if isinstance(value, str | int | float) else "1"


def _wording(
    members: Sequence[str], raw: RawResponses, *, label: str, counted: str
) -> tuple[str, tuple[str, ...]]:
    """Options by the labels of the columns, or by each column's own label of the counted code."""
    labels = [raw.variable_labels.get(member, "") for member in members]
    own = [raw.value_labels.get(member, {}).get(counted, "") for member in members]
    if counted and all(own) and len(set(own)) == len(own):
        return label or _only(labels), tuple(own)
    shared, items = shared_and_own(labels)
    named = tuple(item or member for item, member in zip(items, members, strict=True))
    return label or shared, named


def _only(labels: Sequence[str]) -> str:
    return labels[0] if len(set(labels)) == 1 else shared_and_own(labels)[0]


def inferred_sets(raw: RawResponses, *, texts: pd.DataFrame, taken: set[str]) -> tuple[ResponseSet, ...]:
    """Find sets of one column an option that a file does not declare.

    Neighbouring columns make a set when their names count on (``q5_1``, ``q5_2``), they hold two codes at
    most besides missing ones, and either their labels say yes and no, or selected and not selected; or each
    has one labelled code of its own; or they hold 0 and 1 and share the wording of a question.

    Parameters
    ----------
    raw : RawResponses
        Cells and labels of the file.
    texts : pandas.DataFrame
        The cells as text.
    taken : set of str
        Columns of sets that the file declares.

    Returns
    -------
    tuple of ResponseSet
    """
    found = []
    for stem, members in _runs([name for name in texts.columns if name not in taken]):
        cells = {
            name: {cell for cell in texts[name].unique() if cell and not is_missing(raw, name, cell)}
            for name in members
        }
        counted = _shared_counted(members, cells, raw)
        if counted is None:
            continue
        label, items = _wording(members, raw, label="", counted=counted)
        found.append(ResponseSet(stem, label, members, items, counted))
    return tuple(found)


def _runs(names: Sequence[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Group neighbours whose names differ in a number that rises."""
    stem, number, run = "", -1, list[str]()
    for name in [*names, ""]:
        own, at = _stem_and_number(name)
        if own and own == stem and at > number:
            run.append(name)
        else:
            if len(run) > 1:
                yield stem, tuple(run)
            run = [name] if own else []
        stem, number = own, at


def _stem_and_number(name: str) -> tuple[str, int]:
    numbered = _NUMBERED.fullmatch(name)
    if numbered:
        return numbered["stem"], int(numbered["number"])
    lettered = _LETTERED.fullmatch(name)
    return (lettered["stem"], ord(lettered["letter"].casefold())) if lettered else ("", -1)


def is_missing(raw: RawResponses, name: str, cell: str) -> bool:
    """Tell whether the file declares a code of a column missing.

    Parameters
    ----------
    raw : RawResponses
        Cells and labels of the file.
    name : str
        The column.
    cell : str
        The code as text.

    Returns
    -------
    bool
    """
    return any(_within(cell, span) for span in raw.user_missing.get(name, ()))


def _within(cell: str, span: MissingRange) -> bool:
    if isinstance(span.low, str) or isinstance(span.high, str):
        return cell == span.low
    try:
        return span.low <= float(cell) <= span.high
    except ValueError:
        return False


def _shared_counted(members: Sequence[str], cells: Mapping[str, set[str]], raw: RawResponses) -> str | None:
    """Return the code that means chosen in all columns; None when they are no set."""
    if not any(cells.values()) or any(len(found) > 2 for found in cells.values()):  # noqa: PLR2004 - yes and no
        return None
    labels = {name: valid_labels(raw, name) for name in members}
    codes = {_chosen_code(labels[name], cells[name]) for name in members}
    if len(codes) == 1 and None not in codes:
        return codes.pop()
    everything = set().union(*cells.values())
    wordings = [raw.variable_labels.get(name, "") for name in members]
    bare = not any(labels.values()) and everything <= {"0", "1"} and "1" in everything
    return "1" if bare and shared_and_own(wordings)[0] else None


def valid_labels(raw: RawResponses, name: str) -> dict[str, str]:
    """Return the labels of a column's codes that are not missing.

    Parameters
    ----------
    raw : RawResponses
        Cells and labels of the file.
    name : str
        The column.

    Returns
    -------
    dict of str to str
    """
    labels = raw.value_labels.get(name, {})
    return {code: label for code, label in labels.items() if not is_missing(raw, name, code)}


def _chosen_code(labels: Mapping[str, str], cells: set[str]) -> str | None:
    """The code labelled yes beside one labelled no; or the only labelled code, beside 0 or nothing."""
    words = {code: label.strip().casefold() for code, label in labels.items()}
    yes = [code for code, word in words.items() if _YES.fullmatch(word)]
    no = [code for code, word in words.items() if _NO.fullmatch(word)]
    if len(words) == 2:  # noqa: PLR2004 - yes and no
        other = [code for code in words if code not in no]
        if len(yes) == 1 and len(no) == 1:
            return yes[0]
        return other[0] if len(no) == 1 and no[0] == "0" and cells <= set(words) else None
    if len(words) == 1:
        code = next(iter(words))
        return code if code not in no and cells <= {code, "0"} else None
    return None
