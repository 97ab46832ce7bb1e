"""What an analysis returns: estimates and gaps as frozen tables that remember how they were made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cxsurvey.study.answers import FloatArray
from cxsurvey.study.notebook import html_table

if TYPE_CHECKING:
    import pandas as pd

ESTIMATE_COLUMNS: Final = (
    "question",
    "response",
    "group_by",
    "group",
    "n",
    "n_effective",
    "n_weighted",
    "estimate",
    "std_error",
    "conf_low",
    "conf_high",
    "df",
    "flag",
)
GAP_COLUMNS: Final = (
    "question",
    "response",
    "group_by",
    "group_a",
    "group_b",
    "estimate_a",
    "estimate_b",
    "gap",
    "std_error",
    "conf_low",
    "conf_high",
    "statistic",
    "df",
    "p_value",
    "p_adjusted",
    "effect_size",
    "n_a",
    "n_b",
    "n_overlap",
    "test",
    "flag",
)
CONTROLLED_COLUMNS: Final = (
    "controlled_gap",
    "controlled_std_error",
    "controlled_conf_low",
    "controlled_conf_high",
    "controlled_statistic",
    "controlled_df",
    "controlled_p_value",
    "controlled_p_adjusted",
    "controlled_n",
    "controlled_raw_gap",
    "controlled_flag",
)
TOTAL: Final = "total"
SHOWN_ESTIMATE_COLUMNS: Final = (
    "question",
    "response",
    "group",
    "n",
    "estimate",
    "conf_low",
    "conf_high",
    "flag",
)
SHOWN_GAP_COLUMNS: Final = (
    "question",
    "response",
    "group_a",
    "group_b",
    "gap",
    "conf_low",
    "conf_high",
    "p_adjusted",
    "flag",
)
SHOWN_CONTROLLED_COLUMNS: Final = (
    "question",
    "response",
    "group_a",
    "group_b",
    "gap",
    "controlled_raw_gap",
    "controlled_gap",
    "controlled_conf_low",
    "controlled_conf_high",
    "controlled_p_adjusted",
    "controlled_flag",
)
SHOWN_ROWS: Final = 24


def _excerpt(frame: pd.DataFrame, columns: Sequence[str]) -> str:
    """The columns that answer the question, in a width that a terminal holds; ``.frame`` has them all."""
    shown = frame.loc[:, list(columns)].head(SHOWN_ROWS)
    text = shown.to_string(index=False, float_format=lambda value: f"{value:.4g}", na_rep="")
    rest = len(frame) - len(shown)
    return f"{text}\n... and {rest:,} rows more in .frame" if rest > 0 else text


@dataclass(frozen=True, slots=True)
class Row:
    """Labels of one row of a result, beside its numbers.

    Attributes
    ----------
    question, response, group : str
        Ids.
    question_label, response_label, group_label : str
    statistic : str
        ``share``, ``mean``, ``median`` or ``nps``.
    interval : str
        Method of the interval.
    bounds : tuple of float, or None
        The lowest and highest value that a mean or median can take, where that is known.
    """

    question: str
    response: str
    group: str
    question_label: str
    response_label: str
    group_label: str
    statistic: str
    interval: str
    bounds: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Estimates:
    """Estimates with their covariance.

    Attributes
    ----------
    study : str
    frame : pandas.DataFrame
        One row an estimate; columns ``question response group_by group n n_effective n_weighted estimate
        std_error conf_low conf_high df flag``. Shares are fractions; net promoter scores run from -100 to 100.
        ``n`` of a suppressed group is NaN where it is smaller than the base of the shares.
    covariance : ndarray, shape (rows, rows)
        NaN where an estimate is suppressed or undefined.
    rows : tuple of Row
    level : float
        Of the intervals.
    design : str
        Weighting and sampling in words.
    missing : dict of str to dict of str to int
        For each question, respondents left out by reason.
    notes : tuple of str
    synthetic : bool
        Whether the respondents were made up; whatever shows their numbers says so.
    """

    study: str
    frame: pd.DataFrame
    covariance: FloatArray
    rows: tuple[Row, ...]
    level: float
    design: str
    missing: dict[str, dict[str, int]]
    notes: tuple[str, ...] = ()
    synthetic: bool = False

    @property
    def caption(self) -> str:
        """What the table holds, in one line."""
        methods = sorted({row.interval for row in self.rows if row.interval})
        return (
            f"{len(self.frame)} estimates of {self.study}; {self.level:.0%} intervals "
            f"({', '.join(methods) or 'none'}); {self.design}"
        )

    def __repr__(self) -> str:
        return "\n".join([self.caption, _excerpt(self.frame, SHOWN_ESTIMATE_COLUMNS), *self.notes])

    def _repr_html_(self) -> str:
        return html_table(self.frame, " ".join([self.caption, *self.notes]))


@dataclass(frozen=True, slots=True)
class Controls:
    """What gaps were controlled for, and how.

    Attributes
    ----------
    questions, labels : tuple of str
        The controls.
    models : tuple of str
        Of each gap: ``logistic``, ``linear``, ``proportional odds``, or empty where there is none.
    missing : str
        ``exclude`` or ``level``: what became of respondents who did not answer every control.
    not_known : dict of str to int
        Members of the groups who did not answer each control.
    complete, members : int
        Members of the groups who answered them all, and all members; respondents with a weight.
    family_sizes : tuple of int
        Tests of controlled gaps in each family of ``controlled_p_adjusted``.
    """

    questions: tuple[str, ...]
    labels: tuple[str, ...]
    models: tuple[str, ...]
    missing: str
    not_known: dict[str, int]
    complete: int
    members: int
    family_sizes: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Gaps:
    """Differences between groups, tested.

    Attributes
    ----------
    study : str
    frame : pandas.DataFrame
        One row a gap; columns ``question response group_by group_a group_b estimate_a estimate_b gap std_error
        conf_low conf_high statistic df p_value p_adjusted effect_size n_a n_b n_overlap test flag``.
        ``gap`` is a less b. Of gaps that are controlled for something the columns ``controlled_gap
        controlled_std_error controlled_conf_low controlled_conf_high controlled_statistic controlled_df
        controlled_p_value controlled_p_adjusted controlled_n controlled_raw_gap controlled_flag`` follow.
    rows : tuple of tuple of Row
        The labels of each gap's two estimates.
    level : float
    adjust : str
        Correction of ``p_adjusted``: ``holm``, ``bh``, ``bonferroni`` or ``none``.
    family : str
        What is corrected together: ``all`` gaps of this table, each ``question`` or each ``response``.
    family_sizes : tuple of int
        Tests in each family.
    design : str
    notes : tuple of str
    synthetic : bool
        Whether the respondents were made up; whatever shows their numbers says so.
    controls : Controls or None
        What the gaps were controlled for.
    """

    study: str
    frame: pd.DataFrame
    rows: tuple[tuple[Row, Row], ...]
    level: float
    adjust: str
    family: str
    family_sizes: tuple[int, ...]
    design: str
    notes: tuple[str, ...] = ()
    synthetic: bool = False
    controls: Controls | None = None

    @property
    def tested(self) -> int:
        """Gaps that were tested."""
        return sum(self.family_sizes)

    @property
    def caption(self) -> str:
        """What the table holds, in one line."""
        counts = f"{len(self.frame):,} gaps of {self.study}, {self.tested:,} tested"
        return f"{counts}; {self.correction}; {self.design}"

    @property
    def correction(self) -> str:
        """The correction and the family it covers, in words."""
        return self.corrected_in("table")

    def corrected_in(self, place: str) -> str:
        """Say the correction and its family, where ``place`` holds all the gaps: a table, a figure."""
        names = {"holm": "Holm", "bh": "Benjamini-Hochberg", "bonferroni": "Bonferroni"}
        if self.tested == 0:
            return f"nothing in this {place} could be tested"
        if self.tested == 1:
            return f"the only test of this {place}, so nothing to correct"
        if self.adjust == "none":
            return f"{self.tested:,} tests, p-values not corrected"
        if self.family == "all":
            return f"{names[self.adjust]} over all {self.tested:,} tests of this {place}"
        return f"{names[self.adjust]} within each {self.family} ({self.tested:,} tests in all)"

    def __repr__(self) -> str:
        shown = SHOWN_CONTROLLED_COLUMNS if self.controls else SHOWN_GAP_COLUMNS
        return "\n".join([self.caption, _excerpt(self.frame, shown), *self.notes])

    def _repr_html_(self) -> str:
        return html_table(self.frame, " ".join([self.caption, *self.notes]))
