"""One row a respondent: scores and segment, for those who carry on elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxsurvey.analysis.scoring import score
from cxsurvey.analysis.segmentation import Segmentation
from cxsurvey.study.study import Study

if TYPE_CHECKING:
    import pandas as pd


def respondent_table(study: Study, segments: Segmentation) -> pd.DataFrame:
    """Put each respondent's scores beside the segment.

    Parameters
    ----------
    study : Study
    segments : Segmentation

    Returns
    -------
    pandas.DataFrame
        ``respondent``, a column for each scale of the study, what the rule looked at, and ``segment``.
    """
    table = segments.frame
    if not study.file.scale:
        return table
    scores = score(study).frame
    looked_at = [name for name in table.columns if name not in scores.columns]
    return scores.assign(**{name: table[name] for name in looked_at})
