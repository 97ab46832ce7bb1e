"""What weighting returns: the weights, each margin before and after, and what the weights cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from cxsurvey.study.answers import FloatArray
from cxsurvey.study.notebook import html_table

if TYPE_CHECKING:
    import pandas as pd

Method = Literal["rake", "linear", "logit"]
MARGIN_COLUMNS: Final = (
    "question",
    "response",
    "target",
    "unweighted",
    "base",
    "weighted",
    "difference",
)


@dataclass(frozen=True, slots=True)
class Diagnostics:
    """What weighting did to the sample.

    Attributes
    ----------
    converged : bool
        Whether every margin is met. Weights that do not meet their margins are never returned.
    rounds : int
        Passes over the margins, or Newton steps.
    worst : float
        Largest relative distance of a category from its target.
    worst_margin : str
        Where that is, as ``question: response``.
    n : int
        Respondents with a base weight above zero.
    n_effective : float
        ``(sum w)² / sum w²`` (Kish).
    design_effect : float
        ``n / n_effective``: what unequal weights alone do to the variance of a mean.
    total : float
        Sum of weights: of the base weights for shares, persons for targets.
    smallest, largest : float
        Weights among the n, in units of their mean.
    ratio : float
        Largest over smallest; NaN when the smallest is zero.
    at_bound : int
        Respondents whose factor stands at a bound.
    trimmed : int
        Respondents whose weight stands at the largest that ``trim`` allows.
    """

    converged: bool
    rounds: int
    worst: float
    worst_margin: str
    n: int
    n_effective: float
    design_effect: float
    total: float
    smallest: float
    largest: float
    ratio: float
    at_bound: int
    trimmed: int


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Weighting:
    """Weights of the respondents of a study.

    Attributes
    ----------
    study : str
    respondents : tuple of str, length n
    weights : ndarray, shape (n,)
        Zero where the base weight is zero.
    base : ndarray, shape (n,)
        Weights before: the study's weight column, or 1.
    margins : pandas.DataFrame
        One row a category; columns ``question response target unweighted base weighted difference``. All are
        shares, fractions of those with a base weight above zero; ``difference`` is weighted less target.
    diagnostics : Diagnostics
    method : str
    bounds : tuple of float, or None
    trim : float or None
    origin : str
        What the base weights are, in words.
    notes : tuple of str
    """

    study: str
    respondents: tuple[str, ...]
    weights: FloatArray
    base: FloatArray
    margins: pd.DataFrame
    diagnostics: Diagnostics
    method: Method
    bounds: tuple[float, float] | None
    trim: float | None
    origin: str
    notes: tuple[str, ...] = ()

    @property
    def frame(self) -> pd.DataFrame:
        """One row a respondent: ``respondent`` and ``weight``."""
        import pandas as pd  # noqa: PLC0415 - the table is made on request

        return pd.DataFrame({"respondent": list(self.respondents), "weight": self.weights})

    @property
    def caption(self) -> str:
        """How the weights were made and what they cost, in one line."""
        found, questions = self.diagnostics, self.margins["question"].nunique()
        options = [f"factors {self.bounds[0]:g} to {self.bounds[1]:g}"] if self.bounds else []
        options += [f"trimmed at {self.trim:g} times the mean"] if self.trim is not None else []
        return "; ".join(
            [
                f"Weights of {self.study}, {found.n:,} respondents, {questions} margin{'s'[: questions != 1]}",
                ", ".join([self.method, *options]),
                f"base: {self.origin}",
                f"design effect {found.design_effect:.3f}, effective n {found.n_effective:,.0f}",
            ]
        )

    def __repr__(self) -> str:
        table = self.margins.to_string(index=False, float_format=lambda value: f"{value:.4g}")
        return "\n".join([self.caption, table, *self.notes])

    def _repr_html_(self) -> str:
        return html_table(self.margins, " ".join([self.caption, *self.notes]))
