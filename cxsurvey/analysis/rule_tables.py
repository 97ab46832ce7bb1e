"""Tables of several segmentations beside each other: sizes, movers, and gaps with their change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

import numpy as np

from cxsurvey.analysis.design import survey_design, weights_alone
from cxsurvey.analysis.results import GAP_COLUMNS, Gaps
from cxsurvey.analysis.segment_shares import segment_shares
from cxsurvey.analysis.segmentation import UNCLASSIFIED, Segmentation
from cxsurvey.numerics.tables.cells import cell_totals
from cxsurvey.study.answers import FloatArray
from cxsurvey.study.codebook import SEGMENT_ORDER
from cxsurvey.study.study import Study

if TYPE_CHECKING:
    import pandas as pd

SIZE_COLUMNS: Final = (
    "rule",
    "segment",
    "n",
    "n_effective",
    "n_weighted",
    "estimate",
    "std_error",
    "conf_low",
    "conf_high",
    "flag",
    "n_change",
    "estimate_change",
)
MOVE_COLUMNS: Final = ("rule", "from_segment", "to_segment", "n", "n_weighted", "share")
ROBUSTNESS_COLUMNS: Final = ("rule", *GAP_COLUMNS, "gap_change", "change")
SIGN: Final = "sign"
SIGNIFICANCE: Final = "significance"
UNTESTED: Final = "untested"
NO_GAP: Final = "no_gap"


def gaps_table(tested: Mapping[str, Gaps], own: str, alpha: float) -> pd.DataFrame:
    """The gaps of all rules below each other, beside their change against the study's own rule."""
    import pandas as pd  # noqa: PLC0415 - the table is made last

    parts: list[pd.DataFrame] = []
    for name, found in tested.items():
        frame = found.frame.copy()
        here = frame[["gap", "p_adjusted"]].to_numpy(dtype=np.float64)
        before = np.full(here.shape, np.nan)
        if own in tested:  # the same measures in the same order, so row stands beside row
            before = tested[own].frame[["gap", "p_adjusted"]].to_numpy(dtype=np.float64)
        frame.insert(0, "rule", name)
        frame["gap_change"] = here[:, 0] - before[:, 0]
        frame["change"] = [change_of(*pair, alpha) for pair in zip(before, here, strict=True)]
        parts.append(frame)
    if not parts:
        return pd.DataFrame(columns=list(ROBUSTNESS_COLUMNS))
    return pd.concat(parts, ignore_index=True)[list(ROBUSTNESS_COLUMNS)]


def change_of(before: FloatArray, after: FloatArray, alpha: float) -> str:
    """Say what is different between two gaps, each with its p-value; both shape (2,).

    A sign that turns says nothing where neither gap is significant.

    >>> change_of(np.array([0.2, 0.001]), np.array([-0.1, 0.2]), 0.05)
    'sign significance'
    >>> change_of(np.array([0.01, 0.8]), np.array([-0.01, 0.8]), 0.05)
    ''
    """
    if np.isnan(before[0]) or np.isnan(after[0]):
        return "" if np.isnan(before[0]) and np.isnan(after[0]) else NO_GAP
    told = before[1] < alpha or after[1] < alpha  # false where neither is tested
    words = [SIGN] if told and before[0] * after[0] < 0 else []
    untested = np.isnan([before[1], after[1]])
    if untested.any():
        words += [] if untested.all() else [UNTESTED]
    elif (before[1] < alpha) != (after[1] < alpha):
        words.append(SIGNIFICANCE)
    return " ".join(words)


def sizes_table(study: Study, applied: Mapping[str, Segmentation], level: float) -> pd.DataFrame:
    """Size and share of each segment under each rule, the study's own first."""
    import pandas as pd  # noqa: PLC0415 - the table is made last

    parts: list[pd.DataFrame] = []
    for name, segments in applied.items():
        frame = segment_shares(study, segments, level=level).frame.rename(columns={"response": "segment"})
        frame["n"] = frame["n"].astype("Int64")
        frame.insert(0, "rule", name)
        before = parts[0] if parts else frame
        frame["n_change"] = frame["n"] - before["n"]
        frame["estimate_change"] = frame["estimate"] - before["estimate"]
        parts.append(frame[list(SIZE_COLUMNS)])
    return pd.concat(parts, ignore_index=True)


def moves_table(study: Study, applied: Mapping[str, Segmentation], own: Segmentation) -> pd.DataFrame:
    """Cross the segments under the study's own rule with those under each other rule."""
    import pandas as pd  # noqa: PLC0415 - the table is made last

    names = (*SEGMENT_ORDER, UNCLASSIFIED)
    design = weights_alone(survey_design(study))
    before = own.partition.index % len(names)  # unclassified, -1, comes last
    parts = []
    for name, segments in applied.items():
        if name == own.rule:
            continue
        cell = before * len(names) + segments.partition.index % len(names)
        found = cell_totals(design, np.where((design.weights > 0) & study.kept, cell, -1), len(names) ** 2)
        table = {
            "rule": name,
            "from_segment": np.repeat(np.array(names, dtype=object), len(names)),
            "to_segment": list(names) * len(names),
            "n": found.count,
            "n_weighted": found.weight,
            "share": found.weight / found.weight.sum(),
        }
        parts.append(pd.DataFrame(table))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(MOVE_COLUMNS))
