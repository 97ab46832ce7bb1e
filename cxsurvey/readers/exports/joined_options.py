"""Options joined in one cell by a mark that options themselves may hold, such as a comma.

Which commas part options is found in the column itself: an option recurs as a whole, its pieces never occur
apart, and its brackets close.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import TYPE_CHECKING

from cxsurvey.readers.exports.joined import joined_by

if TYPE_CHECKING:
    import pandas as pd

LEAST_TOGETHER = 5
MOST_LOWER = 0.5  # where options begin in capitals, a piece in lower case goes on with what is before it
_NEW_SEPARATORS = (";", "|", " | ", "¦", "\x1f")
_OPENING, _CLOSING = "([{", ")]}"


@dataclass(frozen=True, slots=True)
class Joined:
    """A column of joined options, parted without doubt.

    Attributes
    ----------
    cells : pandas.Series
        The options of a cell joined by ``separator``, which no option holds.
    separator : str
        The mark; it differs from the file's where options hold that.
    options : tuple of str
        Options that recur, in the order of the questionnaire as the cells show it.
    leftovers : tuple of (str, int)
        Other pieces with their counts: text of the respondents' own, or options that hardly anybody chose.
    """

    cells: pd.Series
    separator: str
    options: tuple[str, ...]
    leftovers: tuple[tuple[str, int], ...]


def part_options(cells: pd.Series, separator: str, *, known: Sequence[str] = ()) -> Joined:
    """Part the cells of a column of joined options.

    Parameters
    ----------
    cells : pandas.Series
        Text.
    separator : str
        What joins the options, such as ``", "``.
    known : sequence of str
        Options that are known from elsewhere.

    Returns
    -------
    Joined

    Examples
    --------
    >>> import pandas as pd
    >>> cells = pd.Series(["Fairs (local, abroad), Mail", "Mail", "Fairs (local, abroad)", "My own words"])
    >>> parted = part_options(cells, ", ")
    >>> parted.options, parted.leftovers, parted.cells[0]
    (('Fairs (local, abroad)', 'Mail'), (('My own words', 1),), 'Fairs (local, abroad);Mail')
    >>> parted.separator
    ';'
    """
    counts = {str(cell): int(count) for cell, count in cells.value_counts(sort=False).items() if count}
    atoms = {cell: _atoms(cell, separator) for cell in counts}
    wholes = _wholes(atoms, counts, separator, known)
    parts = {cell: _longest(found, wholes, separator) for cell, found in atoms.items()}
    spelled: dict[str, str] = {}
    parts = {cell: _as_written(found, cell, separator, spelled) for cell, found in parts.items()}
    tally = _tally(parts, counts)
    options = _in_order([part for part, count in tally.items() if count > 1 or part in known], parts, counts)
    chosen = set(options)
    parts = {cell: _own_words(found, chosen, separator) for cell, found in parts.items()}
    parts = {cell: _as_written(found, cell, separator, spelled) for cell, found in parts.items()}
    tally = _tally(parts, counts)
    leftovers = tuple((part, count) for part, count in tally.items() if part not in chosen)
    clear = _clear_separator(separator, tally)
    rejoined = {cell: clear.join(found) for cell, found in parts.items()}
    return Joined(cells.map(rejoined).astype("str"), clear, options, leftovers)


def joined_separator(cells: pd.Series, separators: tuple[str, ...]) -> str:
    """Find what joins the options of a column, brackets taken into account.

    Parameters
    ----------
    cells : pandas.Series
        Text.
    separators : tuple of str
        What may join options; a semicolon behind the last option settles the matter.

    Returns
    -------
    str
        Empty when the column holds one answer a cell.

    Examples
    --------
    >>> import pandas as pd
    >>> joined_separator(pd.Series(["Phone;", "Phone;Mail;", ""]), (";", ", "))
    ';'
    """
    filled = [str(cell).strip() for cell in cells.unique() if str(cell).strip()]
    if ";" in separators and filled and all(cell.endswith(";") for cell in filled):
        return ";"
    return joined_by(cells, separators)


def _atoms(cell: str, separator: str) -> tuple[str, ...]:
    """Part a cell at the separator, except where brackets are open."""
    pieces = [piece.strip() for piece in cell.strip().strip(separator.strip()).split(separator)]
    atoms: list[str] = []
    pending: list[str] = []
    for piece in pieces:
        pending.append(piece)
        text = separator.join(pending)
        if _open_brackets(text) <= 0:
            atoms.append(text.strip())
            pending = []
    if pending:  # a bracket that never closes joins nothing
        atoms += pending
    return tuple(atom for atom in atoms if atom)


def _open_brackets(text: str) -> int:
    return sum(text.count(mark) for mark in _OPENING) - sum(text.count(mark) for mark in _CLOSING)


def _tally(parts: Mapping[str, Sequence[str]], counts: Mapping[str, int]) -> Counter[str]:
    tally: Counter[str] = Counter()
    for cell, found in parts.items():
        tally.update(dict.fromkeys(found, counts[cell]))
    return tally


def _own_words(parts: Sequence[str], options: set[str], separator: str) -> tuple[str, ...]:
    """Put pieces that follow each other and are no options together again: one text of the respondent's."""
    joined: list[str] = []
    for is_option, run in groupby(parts, key=lambda part: part in options):
        pieces = list(run)
        joined += pieces if is_option else [separator.join(pieces)]
    return tuple(joined)


def _as_written(parts: Sequence[str], cell: str, separator: str, spelled: dict[str, str]) -> tuple[str, ...]:
    """Give a text that holds the separator the spaces back that stand around it in the cell."""
    if separator != separator.strip():
        return tuple(parts)
    for part in parts:
        if separator in part and part not in spelled:
            pieces = (re.escape(piece.strip()) for piece in part.split(separator))
            found = re.search(rf"\s*{re.escape(separator)}\s*".join(pieces), cell)
            spelled[part] = found[0] if found else part
    return tuple(spelled.get(part, part) for part in parts)


def _wholes(
    atoms: Mapping[str, Sequence[str]], counts: Mapping[str, int], separator: str, known: Sequence[str]
) -> frozenset[tuple[str, ...]]:
    """Return runs of atoms that make one option: known ones, and atoms that never occur apart."""
    runs = {run for option in known if len(run := _atoms(option, separator)) > 1}
    single, pairs = Counter[str](), Counter[tuple[str, str]]()
    for cell, pieces in atoms.items():
        found = tuple(pieces)
        single.update(dict.fromkeys(found, counts[cell]))
        pairs.update(dict.fromkeys(pairwise(found), counts[cell]))
    lower = sum(atom[:1].islower() for atom in single) < MOST_LOWER * len(single)
    together = {
        (left, right)
        for (left, right), count in pairs.items()
        if count == single[left] == single[right]
        and count >= (2 if lower and right[:1].islower() else LEAST_TOGETHER)
    }
    runs |= {
        pair
        for pair, count in pairs.items()
        if lower and pair[1][:1].islower() and 1 < count == single[pair[1]]
    }
    after = dict(together)  # an atom has one successor only, as the counts agree
    for start in {left for left, _ in together} - {right for _, right in together}:
        chain = [start]
        while (following := after.get(chain[-1])) is not None and following not in chain:
            chain.append(following)
        runs.add(tuple(chain))
    return frozenset(runs)


def _longest(atoms: Sequence[str], wholes: frozenset[tuple[str, ...]], separator: str) -> tuple[str, ...]:
    """Read from left to right and take the longest run that is one option."""
    lengths = sorted({len(run) for run in wholes}, reverse=True)
    parts: list[str] = []
    at = 0
    while at < len(atoms):
        length = next((n for n in lengths if tuple(atoms[at : at + n]) in wholes), 1)
        parts.append(separator.join(atoms[at : at + length]))
        at += length
    return tuple(dict.fromkeys(parts))


def _in_order(
    options: Sequence[str], parts: Mapping[str, Sequence[str]], counts: Mapping[str, int]
) -> tuple[str, ...]:
    """Order options as most cells do; platforms join them in the order of the questionnaire."""
    known = set(options)
    before: Counter[tuple[str, str]] = Counter()
    for cell, found in parts.items():
        inner = [part for part in found if part in known]
        before.update({(a, b): counts[cell] for at, a in enumerate(inner) for b in inner[at + 1 :]})
    left, ordered = list(options), list[str]()
    while left:
        beaten = {
            option: sum(before[other, option] > before[option, other] for other in left) for option in left
        }
        first = min(left, key=lambda option: beaten[option])
        ordered.append(first)
        left.remove(first)
    return tuple(ordered)


def _clear_separator(separator: str, parts: Iterable[str]) -> str:
    texts = list(parts)
    for candidate in (separator, *_NEW_SEPARATORS):
        if not any((candidate.strip() or candidate) in text for text in texts):
            return candidate
    return _NEW_SEPARATORS[-1]
