"""Where everything in a stacked chart stands: columns, colours, nets, and which row is the total."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cxsurvey.display.figure_data import DAGGER, REST
from cxsurvey.display.forms.parts import CommonOptions, label_column
from cxsurvey.display.measure import text_width, wrap
from cxsurvey.display.numbers import count
from cxsurvey.display.style import LEFT, RIGHT
from cxsurvey.errors import RequestError

if TYPE_CHECKING:
    from cxsurvey.display.figure_data import Row

MOST_LABEL: Final = 2.0
LEAST_LABEL: Final = 1.1
NET_PT: Final = 11.0
HEAD_PT: Final = 8.5
MOST_HEAD: Final = 3
NET_WIDTH: Final = 0.62
N_PT: Final = 9.0


@dataclass(frozen=True, slots=True)
class Options(CommonOptions):
    """Options of stacked bars.

    Attributes
    ----------
    net : tuple of (str, sequence of str) or None
        Title and levels of the net printed at the right, added before rounding.
    net_values : mapping of str to float, or None
        The net of each row by its row_id, where it is known by itself; rows that are not in it have none. By
        default levels are added.
    base : bool
        Print n in a column where rows differ.
    dk : str
        The level that is off the scale, such as ``Don't know``; grey and apart.
    min_label_w : float
        Parts narrower than this, in inches, carry no label.
    total_row : str
        Label or row_id of the row for all respondents: drawn first, above a rule.
    sort : str
        ``net`` (descending; the first level where there is no net) or ``given``.
    scale : str
        Colours: ``sequential`` and ``diverging`` for answers, ``groups`` for segments; ``auto`` takes groups
        if every level has a fixed style.
    small_base, hide_base : int
        Unweighted n under which a row without a flag is marked, or not shown.
    palette : Palette
        Colours.
    """

    net: tuple[str, Sequence[str]] | None = None
    net_values: Mapping[str, float] | None = None
    base: bool = True
    dk: str = ""
    min_label_w: float = 0.20
    total_row: str = ""
    sort: str = "net"
    scale: str = "auto"


@dataclass(frozen=True, slots=True)
class Layout:
    """Columns and colours, the same on every card of one figure.

    Attributes
    ----------
    levels : tuple of str
        In the order drawn, what is not published and don't know last.
    fills : mapping
        Colour of each level.
    label : float
        Width of the labels, inches.
    n_right : float
        Right edge of the column of n; 0 where there is none.
    left, right : float
        Of the bars.
    net_title : tuple of str
        Lines of the head of the column of nets.
    """

    levels: tuple[str, ...]
    fills: Mapping[str, str]
    label: float
    n_right: float
    left: float
    right: float
    net_title: tuple[str, ...]


def lay_out(rows: Sequence[Row], levels: tuple[str, ...], options: Options, figure: str) -> Layout:
    """Place the columns and choose the colours.

    Raises
    ------
    RequestError
        If there are more levels than the scale has colours.
    """
    labels = label_column([row.label for row in rows], MOST_LABEL, weights=["semibold"] * len(rows))
    label = min(max(labels.width, LEAST_LABEL), MOST_LABEL)
    x = LEFT + label + 0.16
    n_right = 0.0
    known = {row.n for row in rows if not math.isnan(row.n)}
    small = any(mark.flag == "small" for row in rows for mark in row.marks)
    if options.base and known and (len(known) > 1 or small):
        widest = max(text_width(f"{count(n)}{DAGGER}", N_PT, "semibold") for n in known)
        n_right = x + max(widest, 0.3)
        x = n_right + 0.12 + (text_width(DAGGER, N_PT, "semibold") if small else 0.0)
    title: tuple[str, ...] = ()
    right = RIGHT
    if options.net:
        title = wrap(options.net[0], NET_WIDTH, HEAD_PT, "semibold")
        title = title if len(title) <= MOST_HEAD else ("Net",)  # a note says of what
        widest = max(text_width(line, HEAD_PT, "semibold") for line in title)
        right = RIGHT - max(widest, text_width("100%", NET_PT, "bold")) - 0.16
    return Layout(levels, _fills(levels, options, figure), label, n_right, x, right, title)


def _fills(levels: Sequence[str], options: Options, figure: str) -> dict[str, str]:
    """Give each level its colour; don't know is always grey."""
    palette = options.palette
    scale = [level for level in levels if level not in {options.dk, REST}]
    fixed = all(level.strip().casefold() in palette.named for level in scale)
    fills: Sequence[str]
    if options.scale == "groups" or (options.scale == "auto" and fixed):
        fills = [style.fill for style in palette.for_groups(scale)]
    elif options.scale == "diverging":
        if len(scale) != len(palette.diverging):
            raise RequestError.figure_groups(figure, scale, f"{len(palette.diverging)} levels")
        fills = palette.diverging
    else:
        most = max(palette.sequential)
        if len(scale) > most:
            raise RequestError.figure_groups(figure, scale, f"at most {most} levels")
        fills = palette.sequential[max(len(scale), 1)]
    return dict(zip(scale, fills, strict=False)) | {options.dk: palette.dont_know, REST: palette.rule}


def net_value(row: Row, options: Options) -> float:
    """Add the levels of the net, unrounded; NaN where one of them is not shown."""
    if options.net is None:
        return math.nan
    if options.net_values is not None:
        return math.nan if row.withheld else options.net_values.get(row.row_id, math.nan)
    wanted = set(options.net[1])
    return (
        math.fsum(mark.value for mark in row.marks if mark.level in wanted) if _has(row, wanted) else math.nan
    )


def _has(row: Row, wanted: set[str]) -> bool:
    return bool(wanted & {mark.level for mark in row.marks})


def is_total(row: Row, options: Options) -> bool:
    """Whether a row is the one for all respondents."""
    total = options.total_row.strip().casefold()
    return bool(total) and total in {row.label.strip().casefold(), row.row_id.strip().casefold()}
