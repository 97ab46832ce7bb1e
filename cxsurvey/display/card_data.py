"""The data of a card as they leave the house: what may not be shown blanked, bases whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cxsurvey.display.figure_data import WITHHELD

if TYPE_CHECKING:
    import pandas as pd

    from cxsurvey.display.card import Card

COUNTED: Final = ("n", "n_a", "n_b")
NAMING: Final = frozenset(
    {"figure", "row_id", "label", "group", "level", "row", "col", "segment", "flag", "published"}
    | {"group_a", "group_b"}
)


def without_withheld(frame: pd.DataFrame) -> pd.DataFrame:
    """Blank everything of the rows that are withheld but their names and bases.

    Parameters
    ----------
    frame : pandas.DataFrame
        Data of a figure; a column ``flag`` says which rows are suppressed or not shown.

    Returns
    -------
    pandas.DataFrame
        A copy in which withheld values cannot be read.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"label": ["a", "b"], "value": [20.0, 31.0], "flag": ["", "suppressed"]})
    >>> without_withheld(frame)["value"].tolist()
    [20.0, nan]
    """
    if "flag" not in frame.columns:
        return frame.copy()
    hidden = frame["flag"].isin(WITHHELD).to_numpy()
    safe = frame.copy()
    for name in safe.columns:
        if hidden.any() and name not in NAMING and name not in COUNTED:
            safe[name] = safe[name].mask(hidden)
    return safe


def drawn_data(card: Card) -> pd.DataFrame:
    """Read the data of a card for its data file and its data table.

    Withheld values are blank and bases are whole numbers.

    Returns
    -------
    pandas.DataFrame
    """
    frame = without_withheld(card.table)
    counts = [name for name in COUNTED if name in frame.columns and (frame[name].dropna() % 1 == 0).all()]
    return frame.astype(dict.fromkeys(counts, "Int64"))
