"""Would another segmentation tell the same story? Sizes, movers and gaps under every rule of a study."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from cxsurvey.analysis.design import describe_design
from cxsurvey.analysis.estimation import with_level
from cxsurvey.analysis.gaps import ADJUSTMENTS, gaps
from cxsurvey.analysis.headline_measures import Wanted, headline_measures
from cxsurvey.analysis.results import Gaps, Row
from cxsurvey.analysis.rule_tables import gaps_table, moves_table, sizes_table
from cxsurvey.analysis.segmentation import Segmentation, known_rules, segment
from cxsurvey.errors import DataFault, RequestError, did_you_mean
from cxsurvey.study.codebook import Adjustment, Measure
from cxsurvey.study.notebook import html_table
from cxsurvey.study.study import Study

if TYPE_CHECKING:
    import pandas as pd

NOT_APPLICABLE: Final = frozenset({"rule-not-applicable", "rating-upside-down", "no-weighted-score"})
COMPARED: Final = ("leader", "laggard")
CALIBRATED: Final = (
    "The respondents are synthetic. At most the study's own rule was calibrated to published numbers; what"
    " another rule shows is illustrative."
)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Robustness:
    """What becomes of the segments and of their gaps under other rules.

    Attributes
    ----------
    study : str
    own : str
        The study's own rule, with which the others are compared.
    rules : dict of str to str
        Rules that were applied, the study's own first, each in words.
    left_out : dict of str to str
        Rules that could not be applied, or that leave nobody to compare, each with the reason.
    sizes : pandas.DataFrame
        One row a rule and segment: ``rule segment n n_effective n_weighted estimate std_error conf_low
        conf_high flag`` as in :func:`cxsurvey.segment_shares`, and the change of size and share against
        the study's own rule, ``n_change estimate_change``.
    moves : pandas.DataFrame
        One row a rule, segment under the study's own rule and segment under this one: ``rule from_segment
        to_segment n n_weighted share``; ``share`` is the weighted share of all respondents.
    gaps : pandas.DataFrame
        ``rule``, the columns of the Gaps contract, ``gap_change`` and ``change``. ``gap_change`` is the gap
        less the gap under the study's own rule. ``change`` is empty, or says ``sign`` (the gap points the
        other way, and is significant under one rule at least), ``significance`` (it is significant under one of
        the two rules only), ``untested`` (it could be tested under one only) or ``no_gap`` (one of the two gaps
        is not there).
    rows : tuple of tuple of Row
        The labels of each gap's two estimates.
    level : float
        Of the intervals; a gap is significant when its adjusted p-value is under 1 - ``level``.
    adjust : str
    families : dict of str to int
        Tests corrected together under each rule that has gaps.
    design : str
    notes : tuple of str
    """

    study: str
    own: str
    rules: dict[str, str]
    left_out: dict[str, str]
    sizes: pd.DataFrame
    moves: pd.DataFrame
    gaps: pd.DataFrame
    rows: tuple[tuple[Row, Row], ...]
    level: float
    adjust: str
    families: dict[str, int]
    design: str
    notes: tuple[str, ...] = ()

    @property
    def moved(self) -> dict[str, int]:
        """Respondents whom each other rule puts elsewhere than the study's own."""
        elsewhere = self.moves[self.moves["from_segment"] != self.moves["to_segment"]]
        counts = elsewhere.groupby("rule")["n"].sum()
        return {name: int(counts.get(name, 0)) for name in self.rules if name != self.own}

    @property
    def caption(self) -> str:
        """What was compared, in one line."""
        others = len(self.rules) - 1
        rules = f"the rule '{self.own}' of {self.study} against {others} other{'s' if others != 1 else ''}"
        measures = len(self.gaps) // max(len(self.families), 1)
        return f"{rules}; {measures} gaps of leaders v laggards; {self.correction}; {self.design}"

    @property
    def correction(self) -> str:
        """The correction and what it covers, in words."""
        names = {"holm": "Holm", "bh": "Benjamini-Hochberg", "bonferroni": "Bonferroni"}
        if self.adjust == "none":
            return "p-values not corrected"
        return f"{names[self.adjust]} over the tests of each rule, one family a rule"

    def __repr__(self) -> str:
        moved = [f"{name}: {count:,} respondents move" for name, count in self.moved.items()]
        changed = self.gaps["change"].ne("").sum()
        told = f"{changed} of {len(self.gaps)} gaps change sign, significance or whether they can be told"
        left_out = [f"{name} left out: {reason}" for name, reason in self.left_out.items()]
        return "\n".join([self.caption, *moved, told, *left_out, *self.notes])

    def _repr_html_(self) -> str:
        notes = " ".join([self.caption, *self.notes])
        return "\n".join(
            [
                html_table(self.sizes, notes),
                html_table(self.moves[self.moves["n"] > 0], "Respondents by segment under both rules"),
                html_table(self.gaps, "Leaders v laggards under each rule"),
            ]
        )


def robustness(
    study: Study,
    *,
    rules: Sequence[str] | str | None = None,
    question: str | Measure | Sequence[str | Measure] | None = None,
    adjust: Adjustment | None = None,
    level: float | None = None,
) -> Robustness:
    """Repeat the segmentation and the gaps between leaders and laggards under every rule of a study.

    Parameters
    ----------
    study : Study
    rules : str or sequence of str, optional
        Rules to compare with the study's own; by default all of the study file, and the named grids.
    question : str, Measure, or a sequence of them, optional
        What leaders and laggards are compared on; by default the rows of every figure that compares the
        segments, else every response of every question that no rule uses to make them.
    adjust : {"holm", "bh", "bonferroni", "none"}, optional
        Correction of ``p_adjusted``; the study's own (``holm``) by default. The family are the gaps of one
        rule.
    level : float, optional

    Returns
    -------
    Robustness
        With ``.sizes``, ``.moves`` and ``.gaps``. Rules that cannot be applied are in ``left_out``.

    Raises
    ------
    RequestError
        ``no-segments``, ``unknown-rule``, ``unknown-question``, ``nothing-to-estimate``, ``bad-option``; or
        the study's own rule cannot be applied.
    DataFault
        As :func:`cxsurvey.segment` and :func:`cxsurvey.gaps`.

    Notes
    -----
    Each gap is that of :func:`cxsurvey.gaps` with the segmentation of the rule: leaders less laggards, as
    domains of the whole sample. The change of a gap between two rules has no interval here: the same
    respondents stand behind both. Of a rule that asks for ratings of other levels, or ranks nobody, the
    reason is told. A measure that makes the segments under a rule is flagged ``defines_groups`` and not tested
    there.

    Examples
    --------
    >>> import cxsurvey as cx
    >>> found = cx.robustness(cx.read_study("sfo2018"), rules=["median", "thirds"], question="problem")
    >>> list(found.rules)
    ['four_and_three_half', 'median', 'thirds']
    >>> found.moved["median"] > 0
    True
    """
    settings = with_level(study.file.settings, level)
    if adjust is not None and adjust not in ADJUSTMENTS:
        raise RequestError.bad_option("adjust", adjust, f"one of {', '.join(ADJUSTMENTS)}")
    wanted = _wanted_rules(study, rules)
    applied, left_out = _applied(study, wanted)
    own = applied[wanted[0]]
    measures = _measures(study, question, applied)
    tested: dict[str, Gaps] = {}
    for name, segments in applied.items():
        absent = _absent(segments)
        if absent:
            left_out[name] = absent
            continue
        tested[name] = gaps(
            study, by=_two_sides(segments), question=measures, adjust=adjust, level=settings.level
        )
    frame = gaps_table(tested, own.rule, 1 - settings.level)
    return Robustness(
        study=study.id,
        own=own.rule,
        rules={name: segments.description for name, segments in applied.items()},
        left_out=left_out,
        sizes=sizes_table(study, applied, settings.level),
        moves=moves_table(study, applied, own),
        gaps=frame,
        rows=tuple(row for found in tested.values() for row in found.rows),
        level=settings.level,
        adjust=adjust or settings.adjust,
        families={name: found.tested for name, found in tested.items()},
        design=describe_design(study),
        notes=_notes(study, tested),
    )


def _wanted_rules(study: Study, rules: Sequence[str] | str | None) -> list[str]:
    """The study's own rule, then the others that were asked for, each once."""
    if study.file.segments is None:
        raise RequestError.no_segments(study.id)
    known = list(dict.fromkeys(known_rules(study)))
    asked = known if rules is None else [rules] if isinstance(rules, str) else list(rules)
    for name in asked:
        if name not in known:
            raise RequestError.unknown_rule(name, did_you_mean(name, known))
    return list(dict.fromkeys([study.file.segments.rule, *asked]))


def _applied(study: Study, wanted: Sequence[str]) -> tuple[dict[str, Segmentation], dict[str, str]]:
    """Segment by each rule; the reason where a rule does not fit, unless it is the study's own."""
    applied, left_out = {}, {}
    for name in wanted:
        try:
            applied[name] = segment(study, rule=name)
        except (RequestError, DataFault) as error:
            if name == wanted[0] or error.code not in NOT_APPLICABLE:
                raise
            left_out[name] = f"needs {error.expected}" if error.expected else error.what.rstrip(".")
    return applied, left_out


def _measures(
    study: Study,
    question: str | Measure | Sequence[str | Measure] | None,
    applied: Mapping[str, Segmentation],
) -> list[Wanted]:
    if question is not None:
        return [question] if isinstance(question, str | Measure) else list(question)
    defining = {name for segments in applied.values() for name in segments.partition.questions}
    found = list(headline_measures(study, defining=defining))
    if not found:
        raise RequestError.no_outcomes("segment")
    return found


def _absent(segments: Segmentation) -> str:
    """Why leaders and laggards cannot be compared; empty when both are there."""
    absent = [name for name in COMPARED if segments.sizes[name] == 0]
    return f"nobody is a {' or a '.join(absent)}, so there are no gaps" if absent else ""


def _two_sides(segments: Segmentation) -> Segmentation:
    """Leaders and laggards alone as groups; everybody stays in the design."""
    parted = segments.partition
    keep = [parted.names.index(name) for name in COMPARED]
    renumber = np.full(len(parted.names) + 1, -1)
    renumber[keep] = np.arange(len(keep))
    names, labels = (tuple(values[i] for i in keep) for values in (parted.names, parted.labels))
    sides = replace(parted, names=names, labels=labels, index=renumber[parted.index])
    return replace(segments, partition=sides)


def _notes(study: Study, tested: Mapping[str, Gaps]) -> tuple[str, ...]:
    made_up = [CALIBRATED] if study.file.study.synthetic else []
    told = [f"{name}: {note}" for name, found in tested.items() for note in found.notes]
    return (*made_up, *told)
