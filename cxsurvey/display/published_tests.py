"""Tests of gaps between printed percentages, which hold whatever whole counts print so."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from cxsurvey.analysis.gaps import POOLED
from cxsurvey.analysis.results import Gaps, Row
from cxsurvey.display.figure_data import UNPUBLISHED
from cxsurvey.numerics.probability.multiplicity import adjust_p
from cxsurvey.numerics.tables.inference import two_proportion_z
from cxsurvey.published.audit.envelopes import PrintedShare
from cxsurvey.published.claims.records import Statistic
from cxsurvey.study.answers import BoolArray
from cxsurvey.study.codebook import Adjustment

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from cxsurvey.published.claims.records import Claim

OF_TESTS: Final = ("std_error", "conf_low", "conf_high", "statistic", "df", "p_value")
OF_GAPS: Final = ("gap", *OF_TESTS, "effect_size")
LEAST_FAVOURABLE: Final = "least_favourable"


def least_favourable_p(a: Claim, b: Claim, n_a: int, n_b: int) -> float:
    """The largest p-value of a gap over all whole counts that print as two percentages do.

    Parameters
    ----------
    a, b : Claim
        The claims that print the two shares.
    n_a, n_b : int
        Respondents of the two groups.

    Returns
    -------
    float
        Of the pooled z test, two-sided. 1 where the counts allow no gap, or one in either direction; NaN where
        no whole count prints as a claim does.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from cxsurvey.published.claims.records import Claim
    >>> a, b = (Claim(name, "", "share", "states", value=Fraction(name)) for name in ("27", "16"))
    >>> round(least_favourable_p(a, b, 150, 150), 3)
    0.024
    """
    low_a, high_a = _counts(a, n_a)
    low_b, high_b = _counts(b, n_b)
    if low_a > high_a or low_b > high_b:
        return float("nan")
    if low_a * n_b <= high_b * n_a and low_b * n_a <= high_a * n_b:  # the shares can be the same, or cross
        return 1.0
    x_a = np.array([low_a, low_a, high_a, high_a])
    x_b = np.array([low_b, high_b, low_b, high_b])
    return float(np.max(two_proportion_z(x_a, n_a, x_b, n_b).p_value))


def _counts(claim: Claim, n: int) -> tuple[int, int]:
    statistic = claim.statistics[0] if claim.statistics else Statistic("", "")
    return PrintedShare(statistic, claim, claim.base).counts(n)


def tested_again(
    found: Gaps,
    frame: pd.DataFrame,
    rows: tuple[tuple[Row, Row], ...],
    claims: Sequence[tuple[Claim | None, Claim | None]],
) -> Gaps:
    """Drop the tests of what is not shown, and correct what is left, at its worst, as one family.

    Parameters
    ----------
    found : Gaps
        As estimated of the respondents.
    frame : pandas.DataFrame
        Of the gaps kept, with column ``baseless``; changed in place.
    rows : tuple of (Row, Row)
    claims : sequence of (Claim or None, Claim or None)
        What prints the two ends of each gap.

    Returns
    -------
    Gaps
        Its p-values are those at the least favourable whole counts that print as the report does, at the
        respondents' group sizes; column ``least_favourable`` marks them. A gap of another test than the pooled
        z has the p-value of the respondents.
    """
    both: BoolArray = np.array([a is not None and b is not None for a, b in claims], dtype=np.bool_)
    baseless = frame["baseless"].to_numpy()
    frame.loc[~both, list(OF_GAPS)] = np.nan
    frame.loc[baseless, list(OF_TESTS)] = np.nan
    frame.loc[~both | baseless, "test"] = ""
    frame.loc[~both, "flag"] = (frame.loc[~both, "flag"] + f" {UNPUBLISHED}").str.strip()
    records = frame.to_dict("records")
    worst = [_worst(record, *pair) for record, pair in zip(records, claims, strict=True)]
    frame[LEAST_FAVOURABLE] = [p is not None for p in worst]
    frame["p_value"] = [record["p_value"] if p is None else p for record, p in zip(records, worst, strict=True)]
    method: Adjustment = found.adjust  # type: ignore[assignment] # one of them, as gaps checked
    corrected = adjust_p(frame["p_value"].to_numpy(dtype=np.float64), method)
    frame["p_adjusted"] = corrected.p_adjusted
    return replace(found, frame=frame, rows=rows, family="all", family_sizes=(corrected.family,))


def _worst(record: Mapping[Any, Any], a: Claim | None, b: Claim | None) -> float | None:
    """The p-value of a gap at its worst; None where it is not tested, or not by comparing two counts."""
    if a is None or b is None or record["test"] != POOLED or np.isnan(record["p_value"]):
        return None
    p = least_favourable_p(a, b, int(record["n_a"]), int(record["n_b"]))
    return None if np.isnan(p) else max(p, float(record["p_value"]))
