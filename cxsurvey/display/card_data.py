"""The data of a card as they leave the house: what may not be shown blanked, groups named, bases whole."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from cxsurvey.display import numbers
from cxsurvey.display.flow import one_line

if TYPE_CHECKING:
    import pandas as pd

    from cxsurvey.display.card import Card

VALUED: Final = ("value", "a", "b")
COUNTED: Final = ("n", "n_a", "n_b")
NAMING: Final = frozenset(
    {"figure", "row_id", "label", "group", "level", "row", "col", "segment", "flag", "published"}
    | {"group_a", "group_b"}
)


def without_suppressed(frame: pd.DataFrame) -> pd.DataFrame:
    """Blank everything of the suppressed rows but their names and bases.

    Parameters
    ----------
    frame : pandas.DataFrame
        Data of a figure; a column ``flag`` says which rows are suppressed.

    Returns
    -------
    pandas.DataFrame
        A copy in which suppressed values cannot be read.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"label": ["a", "b"], "value": [20.0, 31.0], "flag": ["", "suppressed"]})
    >>> without_suppressed(frame)["value"].tolist()
    [20.0, nan]
    """
    if "flag" not in frame.columns:
        return frame.copy()
    hidden = (frame["flag"] == "suppressed").to_numpy()
    safe = frame.copy()
    for name in safe.columns:
        if hidden.any() and name not in NAMING and name not in COUNTED:
            safe[name] = safe[name].mask(hidden)
    return safe


def unit_of(card: Card) -> str:
    """Tell in which unit a card prints its values: the one whose formats its alternative text uses.

    A card does not name its unit, but the long text says its values as they were drawn.

    Returns
    -------
    str
        ``"percent"``, ``"score"`` or ``"nps"``; percentages when no value is printed.
    """
    columns = [name for name in VALUED if name in card.table.columns]
    values = [float(value) for name in columns for value in card.table[name].dropna()]
    found = {
        name: sum(
            bool(re.search(rf"(?<![\w.]){re.escape(unit.value(value))}(?![\w.]*[\w%])", card.alt_long))
            for value in values
        )
        for name, unit in numbers.UNITS.items()
    }
    return max(found, key=lambda name: found[name])


def drawn_data(card: Card) -> pd.DataFrame:
    """Read the data of a card for its data file and its data table.

    Suppressed values are blank, bases are whole numbers, and where rows hold two values ``a`` and ``b`` the
    columns ``group_a`` and ``group_b`` name their groups, as the figure does.

    Returns
    -------
    pandas.DataFrame
    """
    frame = without_suppressed(card.table)
    counts = [name for name in COUNTED if name in frame.columns and (frame[name].dropna() % 1 == 0).all()]
    frame = frame.astype(dict.fromkeys(counts, "Int64"))
    names = _pair_names(card, frame) if {"a", "b"} <= set(frame.columns) else None
    if names is None or "group_a" in frame.columns:
        return frame
    place = list(frame.columns).index("a")
    frame.insert(place, "group_a", names[0])
    frame.insert(place + 1, "group_b", names[1])
    return frame


def _pair_names(card: Card, frame: pd.DataFrame) -> tuple[str, str] | None:
    """Find the names of two groups where the long text says a row: ``Data: Centralized 71%, Others 34%``."""
    show = numbers.unit(unit_of(card)).value
    for label, a, b in zip(frame["label"], frame["a"], frame["b"], strict=True):
        if numbers.is_missing(a) or numbers.is_missing(b):
            continue
        said, first, second = (re.escape(text) for text in (one_line(str(label)), show(a), show(b)))
        row = rf"{said}: ([^;]+?) {first}, ([^;]+?) {second}(?=[,;.])"  # rows are parted by semicolons
        found = re.search(row, card.alt_long)
        if found:
            return found[1], found[2]
    return None
