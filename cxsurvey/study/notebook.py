"""Tables for notebooks: escaped, captioned, and short."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

SHOWN_ROWS = 60
WHOLE = 1000  # a number this large, such as a weighted base, is shown without decimals


def html_table(rows: pd.DataFrame | list[dict[str, Any]], caption: str) -> str:
    """Render rows as an HTML table under a caption; labels are escaped.

    Parameters
    ----------
    rows : pandas.DataFrame or list of dict
    caption : str
        Plain text.

    Returns
    -------
    str
        At most 60 rows; the caption counts the rest.
    """
    import pandas as pd  # noqa: PLC0415 - only notebooks need it

    frame = pd.DataFrame(rows)
    rest = len(frame) - SHOWN_ROWS
    more = f" Showing {SHOWN_ROWS} of {len(frame):,} rows." if rest > 0 else ""
    body = frame.head(SHOWN_ROWS).to_html(index=False, border=0, escape=True, na_rep="", float_format=_number)
    return f'<p class="cxsurvey">{escape(caption)}{more}</p>\n{body}'


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= WHOLE else f"{value:.4g}"
