"""Several options joined in one cell: how to tell, and what joins them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

SEPARATORS = (";", ", ", ",", " | ", "|", " / ")
MOST_DISTINCT = 3000
LEAST_JOINED = 0.03


def joined_by(cells: pd.Series, separators: tuple[str, ...] = SEPARATORS) -> str:
    """Find what joins the options of a column.

    Options recur in different company: of the parts, nearly all occur in several distinct cells. Sentences with
    commas have parts of their own, and the label of one choice that holds a comma has parts that always occur
    together.

    Parameters
    ----------
    cells : pandas.Series
        Text.
    separators : tuple of str
        What may join options.

    Returns
    -------
    str
        The separator; empty when the column holds one answer a cell.

    Examples
    --------
    >>> import pandas as pd
    >>> cells = pd.Series(["Phone;Chat", "Chat;Mail", "Phone;Mail", "Mail", "Phone", "Chat"])
    >>> joined_by(cells), joined_by(pd.Series(["Yes, always", "Yes, at times", "No"] * 9))
    (';', '')
    """
    found = cells.value_counts()
    if len(found) > MOST_DISTINCT:
        return ""
    counts = {str(cell): int(count) for cell, count in found.items() if str(cell).strip() and count}
    for separator in separators:
        if _joins(counts, separator):
            return separator
    return ""


def _joins(counts: dict[str, int], separator: str) -> bool:
    several = {cell: count for cell, count in counts.items() if separator in cell.strip().rstrip(separator)}
    total = sum(counts.values())
    if len(several) < 3 or sum(several.values()) < LEAST_JOINED * total:  # noqa: PLR2004 - fewer prove nothing
        return False
    cells_of: Counter[str] = Counter()
    weight: Counter[str] = Counter()
    for cell, count in counts.items():
        parts = {part.strip() for part in cell.split(separator) if part.strip()}
        cells_of.update(parts)
        weight.update(dict.fromkeys(parts, count))
    recurring = {part for part, number in cells_of.items() if number > 1}
    shared = sum(weight[part] for part in recurring) / sum(weight.values())
    repeated = len({part for cell in several for part in [cell.split(separator)[0].strip()]}) < len(several)
    return shared > 0.8 and repeated and len(several) > len(recurring) / 2  # noqa: PLR2004 - nearly all parts
