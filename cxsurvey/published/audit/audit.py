"""The audit of a printed report: each claim against the numbers printed for it."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final, get_args

from cxsurvey.errors import RequestError
from cxsurvey.numerics.probability.multiplicity import Adjustment, adjust_p
from cxsurvey.published.audit.findings import with_caveats
from cxsurvey.published.audit.gap_claims import gap_finding
from cxsurvey.published.audit.likeness_claims import likeness_finding
from cxsurvey.published.audit.ratio_claims import ratio_finding
from cxsurvey.published.audit.reasons import p_words
from cxsurvey.published.audit.relations import Report
from cxsurvey.published.audit.share_claims import dispute, share_finding, statement_finding
from cxsurvey.published.audit.threshold_claims import threshold_finding
from cxsurvey.published.audit.verdicts import Audit, Finding
from cxsurvey.published.claims.file import claims_beside, read_claims
from cxsurvey.published.claims.records import Claim, Claims, Statistic
from cxsurvey.readers.study_folder import study_path
from cxsurvey.study.codebook import StudyFile
from cxsurvey.study.study_file import load_study_file

__all__ = ["Audit", "Finding", "audit"]

FAMILY: Final = frozenset({"comparison", "rank", "trend"})
NAMES: Final = {"holm": "Holm", "bh": "Benjamini-Hochberg", "bonferroni": "Bonferroni", "none": ""}
LEAST_LEVEL: Final = 0.5


def audit(
    claims: Claims | str | os.PathLike[str],
    *,
    level: float = 0.95,
    adjust: Adjustment = "holm",
    margin: float = 0.10,
    codebook: StudyFile | None = None,
) -> Audit:
    """Test the claims of a printed report against its printed percentages and bases; no respondents are needed.

    Parameters
    ----------
    claims : Claims, str or path-like
        Claims that were read; or a bundled study's name, a study folder, a study file, or a claims file.
    level : float
        Confidence level, above 0.5.
    adjust : {"holm", "bh", "bonferroni", "none"}
        Correction of the p-values over the report's comparisons, ranks and trends; each distinct comparison
        counts once.
    margin : float
        How far apart two shares may be and still count as alike, for claims of no difference; 0.10 is ten
        points.
    codebook : StudyFile, optional
        What is known of questions and groups, for claims that were read without their study: which answers and
        groups exclude one another, and what "every other" stands for. A study's own when it is named.

    Returns
    -------
    Audit
        One finding a claim.

    Raises
    ------
    RequestError
        ``level-too-low``, ``not-a-fraction``, ``unknown-option``.
    StudyError, ClaimsError
        As :func:`cxsurvey.read_claims`.

    Notes
    -----
    A verdict follows from the printed numbers alone. ``supported``: as claimed, and significant under every
    rounding of the percentages and every base that the report leaves open. ``not_after_correction``: that, but
    not after the correction for many comparisons, or not under every rounding then. ``depends_on_rounding``:
    under some roundings only. ``sample_only``: as claimed in the printed numbers, which chance can have brought
    about. ``not_supported``: not as claimed, or called significant and not so. ``untestable``: something is not
    printed. ``stated``: a figure, and nothing claimed beyond it. Respondents are treated as a simple random
    sample.

    Examples
    --------
    >>> from cxsurvey import audit
    >>> from cxsurvey.published.claims.file import parse_claims
    >>> claims = parse_claims('''id,kind,statement,question,response,group,versus_group,value,base
    ... a,share,25% of leaders have one,officer,yes,segment=leader,,25,185
    ... b,share,10% of laggards have one,officer,yes,segment=laggard,,10,338
    ... c,comparison,Leaders have one more often,officer,yes,segment=leader,segment=laggard,,
    ... ''')
    >>> [finding.verdict for finding in audit(claims)]
    ['stated', 'stated', 'supported']
    """
    _check(level, adjust, margin)
    report = _report(claims, codebook)
    judges: dict[str, Callable[..., Finding]] = {
        "share": share_finding,
        "threshold": threshold_finding,
        "statement": statement_finding,
        "comparison": gap_finding,
        "rank": gap_finding,
        "trend": gap_finding,
        "ratio": ratio_finding,
        "no_difference": partial(likeness_finding, margin=margin),
    }
    found = [
        _disputed(claim, report) or judges[claim.kind](claim, report, level=level) for claim in report.claims
    ]
    corrected, family = _corrected(found, adjust, level)
    findings = tuple(with_caveats(finding, report) for finding in corrected)
    return Audit(report.claims.name, level, adjust, family, margin, findings)


def _disputed(claim: Claim, report: Report) -> Finding | None:
    """A claim that rests on a share of which the report prints two numbers cannot be tested on either."""
    said = "" if claim.kind in {"share", "statement"} else dispute(claim, report)
    if not said:
        return None
    reason = f"It rests on a share that is printed twice, with different numbers: {said}."
    return Finding(claim, "untestable", reason, "which of the two numbers holds")


def _check(level: float, adjust: Adjustment, margin: float) -> None:
    for name, value in (("level", level), ("margin", margin)):
        if not 0 < value < 1:
            raise RequestError.not_a_fraction(name, value)
    if level <= LEAST_LEVEL:
        raise RequestError.level_too_low(level)
    if adjust not in get_args(Adjustment):
        raise RequestError.unknown_option("adjust", adjust, get_args(Adjustment))


def _report(claims: Claims | str | os.PathLike[str], codebook: StudyFile | None) -> Report:
    if isinstance(claims, Claims):
        return Report(claims, codebook)
    path = Path(claims)
    if path.suffix.lower() == ".csv":
        return Report(read_claims(path), codebook)
    study = study_path(path if path.exists() else os.fspath(claims))
    file = load_study_file(study)
    return Report(claims_beside(study, file), file)


def _corrected(found: Sequence[Finding], adjust: Adjustment, level: float) -> tuple[tuple[Finding, ...], int]:
    """Correct the p-values of the comparisons; one that a report makes twice is one test."""
    members = [item for item in found if item.claim.kind in FAMILY and not math.isnan(item.p_value)]
    tests = {_test(item): item for item in members}
    printed = adjust_p([item.p_value for item in tests.values()], adjust)
    largest = adjust_p([item.p_high for item in tests.values()], adjust)
    ends = zip(printed.p_adjusted.tolist(), largest.p_adjusted.tolist(), strict=True)
    of = dict(zip(tests, ends, strict=True))
    return (
        tuple(
            _after(item, of[_test(item)], adjust, printed.family, level) if item in members else item
            for item in found
        ),
        printed.family,
    )


def _test(finding: Finding) -> frozenset[frozenset[Statistic]]:
    """What is compared, whichever side is named first."""
    return frozenset(frozenset(pair) for pair in finding.claim.pairs)


def _after(
    finding: Finding, corrected: tuple[float, float], adjust: Adjustment, family: int, level: float
) -> Finding:
    p, p_high = corrected
    made = replace(finding, p_adjusted=p, p_adjusted_high=p_high)
    if finding.verdict != "supported" or p_high < 1 - level:
        return made
    some = f", and {p_words(p_high)} under some roundings" if p < 1 - level else ""
    said = f"After the {NAMES[adjust]} correction over {family} comparisons, {p_words(p)}{some}."
    return replace(made, verdict="not_after_correction", reason=f"{finding.reason} {said}")
