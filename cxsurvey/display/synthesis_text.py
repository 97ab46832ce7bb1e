"""What synthetic respondents satisfy, as text of 80 columns."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from cxsurvey.display import numbers
from cxsurvey.display.text_tables import Cells, aligned, wrapped

if TYPE_CHECKING:
    import pandas as pd

HEAD: Cells = ("Claim", "Printed", "Counted", "Base", "Share", "Met")
WIDTHS = (26, 8, 8, 7, 20, 11)
HUNDRED = 100
PERCENT = ("share", "threshold")
ASIDE = "set aside"


def constraints_text(constraints: pd.DataFrame, title: str) -> str:
    """List the claims that respondents were made to satisfy, each with what was counted.

    Parameters
    ----------
    constraints : pandas.DataFrame
        As in ``Synthetic.constraints``.
    title : str
        First line.

    Returns
    -------
    str
        Lines of at most 80 columns.
    """
    rows = constraints.to_dict("records")
    statistics = Counter(str(row["claim"]) for row in rows)
    body = [_cells(row, alone=statistics[str(row["claim"])] == 1) for row in rows]
    lines = [*wrapped(title), "", *aligned([HEAD, *body], widths=WIDTHS)]
    notes = {str(row["claim"]): str(row["note"]) for row in rows if row["met"] == ASIDE}
    if notes:
        lines += ["", *wrapped("Set aside: the respondents need not satisfy these.")]
        lines += [line for claim, note in notes.items() for line in wrapped(f"{claim}: {note}", indent="  ")]
    lines += ["", *wrapped("Counted from the respondents. What no claim tells of them is invented.")]
    return "\n".join(lines)


def _cells(row: dict[Hashable, Any], *, alone: bool) -> Cells:
    return (
        row["claim"] if alone else f"{row['claim']} {row['statistic']}",
        _printed(row["kind"], row["printed"]),
        numbers.count(row["counted"]),
        numbers.count(row["base"]),
        _shares(row),
        row["met"],
    )


def _printed(kind: str, printed: str) -> str:
    """The number of a claim as printed; a fraction as a percentage."""
    if kind not in PERCENT or not printed:
        return printed
    return numbers.percent(float(HUNDRED * Fraction(printed))) if "/" in printed else f"{printed.rstrip('%')}%"


def _shares(row: dict[Hashable, Any]) -> str:
    """The counted share, and the one or the range that the claim compares it with."""
    own = _tenths(row["share"]) if row["base"] else "n/a"
    low, high = row["against_low"], row["against_high"]
    if math.isnan(low):
        return own
    ends = list(dict.fromkeys((_tenths(low), _tenths(high))))
    return f"{own} v {ends[0]}" if len(ends) == 1 else f"{own} v {ends[0].removesuffix('%')}–{ends[1]}"


def _tenths(share: float) -> str:
    return f"{HUNDRED * share:.1f}%"
