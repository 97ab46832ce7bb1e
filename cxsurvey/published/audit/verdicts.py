"""What an audit finds: one finding a claim, with its verdict, and all findings of a report together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, get_args

from cxsurvey.errors import RequestError, did_you_mean
from cxsurvey.published.claims.records import Claim, Statistic
from cxsurvey.study.notebook import html_table

if TYPE_CHECKING:
    import pandas as pd

Verdict = Literal[
    "supported",
    "not_after_correction",
    "depends_on_rounding",
    "not_supported",
    "sample_only",
    "untestable",
    "stated",
]
Measure = Literal["gap", "ratio", "margin", "share", ""]
VERDICTS: Final[tuple[Verdict, ...]] = get_args(Verdict)
VERDICT_WORDS: Final[dict[Verdict, str]] = {
    "supported": "supported",
    "not_after_correction": "supported, but not after correction",
    "depends_on_rounding": "depends on rounding",
    "not_supported": "not supported",
    "sample_only": "true only of the sample",
    "untestable": "cannot be tested from what is printed",
    "stated": "a printed figure; nothing claimed beyond it",
}
AUDIT_COLUMNS: Final = (
    "claim",
    "kind",
    "wording",
    "statement",
    "verdict",
    "estimate_a",
    "base_a",
    "estimate_b",
    "base_b",
    "estimate",
    "conf_low",
    "conf_high",
    "statistic",
    "p_value",
    "p_low",
    "p_high",
    "p_adjusted",
    "p_adjusted_high",
    "effect_size",
    "design_effect",
    "test",
    "reason",
    "needed",
    "source",
    "place",
)
ABSENT: Final = float("nan")


@dataclass(frozen=True, slots=True)
class Finding:
    """What the printed numbers say about one claim.

    A claim of several pairs holds when each pair holds, so its numbers are those of its weakest pair.

    Attributes
    ----------
    claim : Claim
    verdict : str
        One of ``VERDICTS``; ``VERDICT_WORDS`` has them in words.
    test : str
        The test in words; empty where there was none.
    pair : tuple of Statistic
        What ``estimate_a`` and ``estimate_b`` are of; one statistic for shares and thresholds, none for
        statements.
    measure : str
        What ``estimate`` is: a ``gap`` (a less b), a ``ratio`` (a over b), a ``margin`` (the share less the
        threshold), a ``share``, or empty.
    estimate_a, n_a, estimate_b, n_b : float
        Shares as fractions with their bases: whole counts that print as the report does, nearest to it. NaN
        where the report prints none.
    estimate, conf_low, conf_high : float
        The measure with its interval; fractions (0.15 is 15 points), or multiples for a ratio. NaN for a ratio
        without an upper end.
    statistic, p_value : float
        Test statistic and two-sided p-value at those counts, of an exact test the z that has its p-value; for
        claims of no difference the p-value of equivalence.
    p_low, p_high : float
        The smallest and the largest p-value over everything that the printing allows.
    p_adjusted : float
        Corrected over the comparisons of the report; NaN outside that family.
    p_adjusted_high : float
        The same with every member of the family at its largest p-value.
    effect_size : float
        Cohen's h.
    design_effect : float
        The design effect from which the result would be lost; NaN where there is nothing to lose.
    reason : str
        One sentence in plain words.
    needed : str
        What would have to be printed to say more; empty where nothing is missing.
    """

    claim: Claim
    verdict: Verdict
    reason: str
    needed: str = ""
    test: str = ""
    pair: tuple[Statistic, ...] = ()
    measure: Measure = ""
    estimate_a: float = ABSENT
    n_a: float = ABSENT
    estimate_b: float = ABSENT
    n_b: float = ABSENT
    estimate: float = ABSENT
    conf_low: float = ABSENT
    conf_high: float = ABSENT
    statistic: float = ABSENT
    p_value: float = ABSENT
    p_low: float = ABSENT
    p_high: float = ABSENT
    p_adjusted: float = ABSENT
    p_adjusted_high: float = ABSENT
    effect_size: float = ABSENT
    design_effect: float = ABSENT

    @property
    def words(self) -> str:
        """The verdict in words."""
        return VERDICT_WORDS[self.verdict]

    @property
    def tested(self) -> bool:
        """Whether the claim reaches beyond its printed figure and could be tested."""
        return self.verdict not in {"untestable", "stated"}

    def record(self) -> dict[str, object]:
        """The row of :attr:`Audit.frame`."""
        claim = self.claim
        own = {
            "claim": claim.id,
            "base_a": self.n_a,
            "base_b": self.n_b,
            **{name: getattr(claim, name) for name in ("kind", "wording", "statement", "source", "place")},
        }
        return {name: own[name] if name in own else getattr(self, name) for name in AUDIT_COLUMNS}


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Audit:
    """The findings of a report.

    Attributes
    ----------
    study : str
        The study, or the claims file.
    level : float
        Confidence level of the intervals; a p-value is significant below ``1 - level``.
    adjust : str
        Correction of ``p_adjusted``: ``holm``, ``bh``, ``bonferroni`` or ``none``.
    family : int
        How many tests are corrected together: the distinct comparisons, ranks and trends that could be tested.
    margin : float
        How far apart two shares may be and still count as alike.
    findings : tuple of Finding
        In the order of the claims.
    """

    study: str
    level: float
    adjust: str
    family: int
    margin: float
    findings: tuple[Finding, ...]

    @property
    def correction(self) -> str:
        """The correction and the family it covers, in words."""
        names = {"holm": "Holm", "bh": "Benjamini-Hochberg", "bonferroni": "Bonferroni"}
        if self.family == 0:
            return "no comparison could be tested"
        if self.family == 1:
            return "one comparison tested, so nothing to correct"
        if self.adjust == "none":
            return f"{self.family:,} comparisons tested, p-values not corrected"
        return f"{names[self.adjust]} over the {self.family:,} comparisons tested"

    @property
    def counts(self) -> dict[Verdict, int]:
        """How many claims have each verdict, in the order of ``VERDICTS``."""
        verdicts = [finding.verdict for finding in self.findings]
        return {verdict: verdicts.count(verdict) for verdict in VERDICTS}

    @property
    def frame(self) -> pd.DataFrame:
        """One row a claim, in the order of the claims; shares are fractions, what is absent is missing."""
        import pandas as pd  # noqa: PLC0415 - 0.5 s, paid by those who want a table

        return pd.DataFrame([finding.record() for finding in self.findings], columns=list(AUDIT_COLUMNS))

    @property
    def caption(self) -> str:
        """What was audited, in one line."""
        tested = sum(finding.tested for finding in self.findings)
        noun = "claim" if len(self.findings) == 1 else "claims"
        return (
            f"Audit of {self.study}: {len(self.findings):,} {noun}, {tested:,} tested"
            f" at {100 * self.level:.6g}%; {self.correction}; respondents treated as a simple random sample"
        )

    def finding(self, claim_id: str) -> Finding:
        """Return the finding of this claim.

        Raises
        ------
        RequestError
            ``unknown-claim`` with the nearest id.
        """
        found = {finding.claim.id: finding for finding in self.findings}
        if claim_id not in found:
            raise RequestError.unknown_claim(claim_id, did_you_mean(claim_id, list(found)))
        return found[claim_id]

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.findings)

    def __len__(self) -> int:
        return len(self.findings)

    def __repr__(self) -> str:
        lines = [f"{count:5,}  {VERDICT_WORDS[verdict]}" for verdict, count in self.counts.items() if count]
        return "\n".join([self.caption, *lines])

    def _repr_html_(self) -> str:
        shown = ("claim", "statement", "verdict", "estimate", "conf_low", "conf_high", "p_low", "p_high")
        return html_table(self.frame.loc[:, list(shown)], self.caption)
