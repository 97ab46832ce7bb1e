"""Short unique names of columns."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

MOST_CHARACTERS = 40
_OTHER = re.compile(r"[^a-z0-9]+")


def unique_names(wanted: Sequence[str]) -> tuple[str, ...]:
    """Make names differ, whatever their case, with the fewest changes.

    Parameters
    ----------
    wanted : sequence of str
        The platform's own ids; blank where a column has none.

    Returns
    -------
    tuple of str
        The first of several equal names stays, the others get ``_2``, ``_3`` and so on; a blank one becomes
        ``column_7``, by position.

    Examples
    --------
    >>> unique_names(["Q1", "q1", "", "Q1_2"])
    ('Q1', 'q1_3', 'column_3', 'Q1_2')
    """
    given = [name.strip() or f"column_{at}" for at, name in enumerate(wanted, 1)]
    taken = {name.casefold() for name in given}
    seen: set[str] = set()
    names: list[str] = []
    for name in given:
        unique, number = name, 2
        while unique.casefold() in seen or (unique != name and unique.casefold() in taken):
            unique, number = f"{name}_{number}", number + 1
        seen.add(unique.casefold())
        names.append(unique)
    return tuple(names)


def short_name(text: str, *, most: int = MOST_CHARACTERS) -> str:
    """Make a short name of a wording: letters, digits and underscores, cut where a word ends.

    Parameters
    ----------
    text : str
        A wording.
    most : int
        The longest name.

    Returns
    -------
    str
        Empty when the wording has no Latin letter and no digit.

    Examples
    --------
    >>> short_name("Start Date (UTC)"), short_name("Größe der Firma")
    ('start_date_utc', 'grosse_der_firma')
    """
    plain = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
    name = _OTHER.sub("_", plain).strip("_")
    if len(name) <= most:
        return name
    return name[: most + 1].rpartition("_")[0] or name[:most]
