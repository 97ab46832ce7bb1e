"""Which rows of a table of synthetic respondents a report has published."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from cxsurvey.published.claims.published_cells import PublishedCells, published_cells

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from cxsurvey.analysis.results import Row
    from cxsurvey.study.study import Study

PUBLISHED: Final = "published"


def with_published(
    study: Study, frame: pd.DataFrame, rows: Sequence[tuple[Row, ...]], *, own_rule: str = ""
) -> pd.DataFrame:
    """Add a last column ``published`` to a table of synthetic respondents of a study with claims.

    Parameters
    ----------
    study : Study
    frame : pandas.DataFrame
        Estimates, with ``estimate``, or gaps, with ``estimate_a`` and ``estimate_b``.
    rows : sequence of tuple of Row
        The labels of each row's one or two estimates.
    own_rule : str
        The study's own segmentation, where the frame has a column ``rule``: what the segments of another rule
        gave was not published.

    Returns
    -------
    pandas.DataFrame
        True where a claim prints every estimate of the row. The frame as it was for real respondents, and where
        there are no claims.

    Raises
    ------
    ClaimsError
        As :func:`cxsurvey.read_claims`.
    DataFault
        ``not-as-printed``.
    """
    cells = published_cells(study)
    if cells is None:
        return frame
    others = cells.without_segments()
    records = frame.to_dict("records")
    found = [
        _published(cells if record.get("rule", own_rule) == own_rule else others, record, ends)
        for record, ends in zip(records, rows, strict=True)
    ]
    return frame.assign(**{PUBLISHED: found})


def _published(cells: PublishedCells, record: Mapping[Any, Any], ends: tuple[Row, ...]) -> bool:
    names = ("estimate",) if len(ends) == 1 else ("estimate_a", "estimate_b")
    return all(_printed(cells, record, row, record[name]) for name, row in zip(names, ends, strict=True))


def _printed(cells: PublishedCells, record: Mapping[Any, Any], row: Row, share: Any) -> bool:
    if row.statistic != "share" or not isinstance(share, float) or math.isnan(share):
        return False
    by = str(record["group_by"] or "")
    return cells.claim(row.question, row.response, group_by=by, group=row.group, share=share) is not None
