"""Which tests of a table of gaps are corrected together, and their adjusted p-values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from cxsurvey.numerics.probability.multiplicity import adjust_p
from cxsurvey.study.answers import FloatArray, IntArray
from cxsurvey.study.codebook import Adjustment

if TYPE_CHECKING:
    import pandas as pd

Family = Literal["all", "question", "response"]
FAMILIES = ("all", "question", "response")
TWIN = 1e-9  # how near to 1 two shares of one group add up that are one and the same comparison


def adjusted_p(
    frame: pd.DataFrame, method: Adjustment, family: Family, *, column: str = "p_value"
) -> tuple[FloatArray, tuple[int, ...]]:
    """Correct the p-values of each family.

    Parameters
    ----------
    frame : pandas.DataFrame
        Gaps.
    method : {"holm", "bh", "bonferroni", "none"}
    family : {"all", "question", "response"}
    column : str
        That of the p-values.

    Returns
    -------
    p_adjusted : ndarray, shape (rows,)
    sizes : tuple of int
        Tests in each family.
    """
    keys = {"all": [], "question": ["question"], "response": ["question", "response"]}[family]
    families = frame.groupby(keys, sort=False).indices.values() if keys else [np.arange(len(frame))]
    first = np.arange(len(frame)) if family == "response" else _first_of_twins(frame, column)
    p_value = np.where(first == np.arange(len(frame)), frame[column].to_numpy(dtype=np.float64), np.nan)
    adjusted = np.full(len(frame), np.nan)
    sizes = []
    for rows in families:
        found = adjust_p(p_value[rows], method)
        adjusted[rows] = found.p_adjusted
        sizes.append(found.family)
    return adjusted[first], tuple(sizes)


def _first_of_twins(frame: pd.DataFrame, column: str) -> IntArray:
    """The row that holds the same test: yes and no of one question are one comparison, counted once."""
    first = np.arange(len(frame))
    tested = np.flatnonzero(frame[column].notna())
    compared = frame.iloc[tested].groupby(["question", "group_a", "group_b"], sort=False)
    key, place = compared.ngroup().to_numpy(), compared.cumcount().to_numpy()
    paired = (np.bincount(key) == 2)[key]  # noqa: PLR2004 - twins
    one, other = tested[paired & (place == 0)], tested[paired & (place == 1)]
    one, other = one[np.argsort(key[paired & (place == 0)])], other[np.argsort(key[paired & (place == 1)])]
    shares = frame[["estimate_a", "estimate_b"]].to_numpy(dtype=np.float64)
    same = (np.abs(shares[one] + shares[other] - 1.0) < TWIN).all(axis=1)
    first[other[same]] = one[same]
    return first
