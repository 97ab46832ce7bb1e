"""Leaders, followers and laggards: a rule, who falls where, and who falls nowhere and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cxsurvey.analysis.design import SYNTHETIC, survey_design
from cxsurvey.analysis.partition import SEGMENT, Partition, answered_none
from cxsurvey.analysis.scoring import score_values, settled
from cxsurvey.errors import DataFault, RequestError, did_you_mean
from cxsurvey.numerics.tables.quantiles import weighted_quantile
from cxsurvey.study.answers import BoolArray, FloatArray, IntArray
from cxsurvey.study.codebook import (
    SEGMENT_ORDER,
    CutRule,
    GridRule,
    Question,
    Rule,
    Segment,
    Segments,
    SplitRule,
)
from cxsurvey.study.notebook import html_table
from cxsurvey.study.rules import GRID_LEVELS, NAMED_GRIDS
from cxsurvey.study.study import Study

if TYPE_CHECKING:
    import pandas as pd

UNCLASSIFIED = "unclassified"
EXCLUDED = "excluded"
LABELS: dict[Segment, str] = {"leader": "Leaders", "follower": "Followers", "laggard": "Laggards"}
DROPPED = "the rule leaves this pair of ratings out"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Segmentation:
    """Who is a leader, follower or laggard.

    Attributes
    ----------
    study : str
    rule : str
        Name of the rule.
    description : str
        The rule in words.
    definitions : dict of str to str
        Each segment in words; segments without words are absent.
    respondents : tuple of str, length n
    scores : dict of str to ndarray, shape (n,)
        What the rule looked at: rating levels (1 is the best) or scores.
    partition : Partition
        Leaders, followers and laggards as groups; -1 is unclassified.
    rest : dict of str to int
        Unclassified respondents by reason, the most frequent first.
    cells : tuple of tuple of str
        The grid, where the rule is one; empty otherwise.
    synthetic : bool
        Whether the respondents were made up; whatever shows their numbers says so.
    excluded : ndarray of bool, shape (n,), or None
        Who is left out for data quality, and in no segment; None where the study file excludes nobody.
    """

    study: str
    rule: str
    description: str
    definitions: dict[Segment, str]
    respondents: tuple[str, ...]
    scores: dict[str, FloatArray]
    partition: Partition
    rest: dict[str, int]
    cells: tuple[tuple[str, ...], ...] = ()
    synthetic: bool = False
    excluded: BoolArray | None = None

    @property
    def sizes(self) -> dict[str, int]:
        """Respondents in each segment, and ``unclassified``; they sum to all who are not excluded."""
        named = dict(zip(self.partition.names, self.partition.sizes.tolist(), strict=True))
        return {**named, UNCLASSIFIED: sum(self.rest.values())}

    @property
    def frame(self) -> pd.DataFrame:
        """One row a respondent: ``respondent``, what the rule looked at, and ``segment``."""
        import pandas as pd  # noqa: PLC0415 - the table is made on request

        names = np.array([*self.partition.names, UNCLASSIFIED], dtype=object)[self.partition.index]
        if self.excluded is not None:
            names[self.excluded] = EXCLUDED
        return pd.DataFrame({"respondent": list(self.respondents), **self.scores, SEGMENT: names})

    @property
    def caption(self) -> str:
        """The rule and the sizes, in one line."""
        sizes = ", ".join(f"{count:,} {name}" for name, count in self.sizes.items())
        made_up = f"; {SYNTHETIC}" if self.synthetic else ""
        left_out = f", {self.excluded.sum():,} {EXCLUDED}" if self.excluded is not None else ""
        return (
            f"Segments of {self.study} by the rule '{self.rule}' ({self.description}): "
            f"{sizes}{left_out}{made_up}"
        )

    def __repr__(self) -> str:
        reasons = [f"{count:,} unclassified: {reason}" for reason, count in self.rest.items()]
        return "\n".join([self.caption, *reasons])

    def _repr_html_(self) -> str:
        rows = [{"segment": name, "n": count} for name, count in self.sizes.items()]
        return html_table(rows, repr(self))


def known_rules(study: Study) -> list[str]:
    """Names of the rules that a study can be segmented by: its own first, then the named grids."""
    declared = study.file.segments
    if declared is None:
        return []
    grids = list(NAMED_GRIDS) if declared.insight and declared.engagement else []
    return [*declared.rules, *grids]


def segment(study: Study, *, rule: str | None = None) -> Segmentation:
    """Part respondents into leaders, followers and laggards.

    Parameters
    ----------
    study : Study
    rule : str, optional
        Name of a rule of the study file, or of a named grid; the study's own rule by default
        (``at_best_fair`` unless the study file says otherwise).

    Returns
    -------
    Segmentation
        Every respondent is in exactly one segment or counted in ``rest`` with a reason.

    Raises
    ------
    RequestError
        ``no-segments``, ``unknown-rule``, or ``rule-not-applicable`` when the ratings do not fit the grid.
    DataFault
        ``weight-unusable``; ``no-weighted-score`` when a split finds nobody to split.

    Notes
    -----
    A grid looks up the pair of ratings. Cut points: a leader reaches the ``leader`` cut on every score, a
    laggard stays below the ``laggard`` cut on every score, the others are followers. A median split compares
    with the weighted median of each score: leaders are above it on all, laggards on none. Terciles part the
    weighted distribution of the mean of the scores.

    Examples
    --------
    >>> import cxsurvey as cx
    >>> segments = cx.segment(cx.read_study("sfo2018"))
    >>> sum(segments.sizes.values())
    2809
    """
    declared = study.file.segments
    if declared is None:
        raise RequestError.no_segments(study.id)
    name = rule or declared.rule
    known = known_rules(study)
    if name not in known:
        raise RequestError.unknown_rule(name, did_you_mean(name, known))
    chosen: Rule = declared.rules.get(name) or NAMED_GRIDS[name]
    if isinstance(chosen, GridRule):
        index, scores, reasons = _by_grid(study, declared, name, chosen)
        sources = {declared.insight or "", declared.engagement or ""}
    else:
        index, scores, reasons = _by_scores(study, chosen)
        sources = _score_sources(study, chosen.scores)
    labels = {**LABELS, **declared.labels}
    parted = Partition(
        SEGMENT,
        "Segment",
        SEGMENT_ORDER,
        tuple(labels[key] for key in SEGMENT_ORDER),
        index,
        frozenset(sources),
        answered_none(study, sources),
    )
    rest = reasons[(index < 0) & study.kept].tolist()
    counts = sorted(Counter(rest).items(), key=lambda item: (-item[1], item[0]))
    return Segmentation(
        study=study.id,
        rule=name,
        description=chosen.label or _words(chosen),
        definitions=dict(chosen.definitions),
        respondents=tuple(study.respondents()),
        scores=scores,
        partition=parted,
        rest=dict(counts),
        cells=chosen.cells if isinstance(chosen, GridRule) else (),
        synthetic=study.file.study.synthetic,
        excluded=~study.kept if study.excludes else None,
    )


Outcome = tuple[IntArray, dict[str, FloatArray], np.ndarray[tuple[int], np.dtype[np.object_]]]


def _by_grid(study: Study, declared: Segments, name: str, rule: GridRule) -> Outcome:
    insight = _rating(study, declared, declared.insight, name, len(rule.cells))
    engagement = _rating(study, declared, declared.engagement, name, len(rule.cells[0]))
    positions = [[_position(cell) for cell in row] for row in rule.cells]
    table = np.array([[*row, -1] for row in positions] + [[-1] * (len(positions[0]) + 1)])
    index = table[insight, engagement]
    reasons = np.full(study.n, DROPPED, dtype=object)
    ratings = {declared.insight or "": insight, declared.engagement or "": engagement}
    silent = {question: ~study.answers(question).answered for question in ratings}
    for question, rating in ratings.items():
        reasons[rating < 0] = f"the answer to '{question}' belongs to no rating level"
    for question, unanswered in silent.items():
        reasons[unanswered] = f"no valid answer to '{question}'"
    reasons[np.all(list(silent.values()), axis=0)] = "no valid answer to either rating"
    levels = {
        f"level_{role}": np.where(rating >= 0, rating + 1.0, np.nan)
        for role, rating in (("insight", insight), ("engagement", engagement))
    }
    return index, levels, reasons


def _position(cell: str) -> int:
    return SEGMENT_ORDER.index(cell) if cell in SEGMENT_ORDER else -1


def _rating(study: Study, declared: Segments, question_id: str | None, rule: str, size: int) -> IntArray:
    """The level of each respondent's rating, 0 the best, -1 for none."""
    if question_id is None:
        raise RequestError.rule_needs(rule, "'insight' and 'engagement' ratings in [segments]")
    answers = study.answers(question_id)
    levels = rating_levels(declared, answers.question, rule)
    if len(levels) != size:
        needs = f"ratings of {size} levels; '{question_id}' has {len(levels)} (see 'levels' in [segments])"
        raise RequestError.rule_needs(rule, needs)
    level_of = {code: i for i, codes in enumerate(levels) for code in codes}
    lookup = np.array([*(level_of.get(code, -1) for code in answers.question.codes), -1])
    return lookup[answers.code if answers.code is not None else -1]


def rating_levels(declared: Segments, question: Question, rule: str) -> tuple[tuple[str, ...], ...]:
    """Codes of each level of a rating for a rule, best first: as declared, or each response by falling value.

    Raises
    ------
    RequestError
        ``rule-not-applicable`` when responses have no values and no levels are declared;
        ``rating-upside-down`` when their labels say that the highest value is the worst.
    """
    if declared.levels:
        return declared.levels
    scored = [
        (item, value) for item, value in zip(question.responses, question.values, strict=True) if item.scored
    ]
    values = np.array([value for _, value in scored])
    if np.isnan(values).any():
        needs = f"a value for every response of '{question.id}', or 'levels' in [segments]"
        raise RequestError.rule_needs(rule, needs)
    best_first = [scored[i][0] for i in np.argsort(-values, kind="stable")]
    said = [GRID_LEVELS.index(name) for item in best_first if (name := item.label.casefold()) in GRID_LEVELS]
    if said != sorted(said):
        raise RequestError.rating_upside_down(question.id, [item.label for item in best_first])
    return tuple((item.code,) for item in best_first)


def _by_scores(study: Study, rule: CutRule | SplitRule) -> Outcome:
    scores = {name: _score(study, name) for name in rule.scores}
    table = np.column_stack(list(scores.values()))
    known = np.asarray(~np.isnan(table).any(axis=1))
    if isinstance(rule, CutRule):
        leader, laggard = settled(np.array([rule.leader, rule.laggard]))
        index = _levels(table >= leader, table < laggard)
    else:
        weights = survey_design(study).weights
        _require_weight(rule, weights, known)
        split = _median_split if rule.kind == "median_split" else _terciles
        index = split(weights, table, known)
    reasons = np.full(study.n, "", dtype=object)
    for position, name in enumerate(rule.scores):
        reasons[np.isnan(table[:, position]) & (reasons == "")] = f"no score on '{name}'"
    reasons[np.isnan(table).all(axis=1) & (table.shape[1] > 1)] = "no score on any of the scales"
    return np.where(known, index, -1), scores, reasons


def _score(study: Study, name: str) -> FloatArray:
    if name in study.scales:
        return score_values(study, study.scales[name])
    value = study.answers(name).value
    return value if value is not None else np.full(study.n, np.nan)


def _levels(
    leading: BoolArray,
    lagging: BoolArray,
) -> IntArray:
    return np.where(leading.all(axis=1), 0, np.where(lagging.all(axis=1), 2, 1))


def _median_split(weights: FloatArray, table: FloatArray, known: BoolArray) -> IntArray:
    medians = [float(weighted_quantile(column[known], weights[known], 0.5)[0]) for column in table.T]
    above = table > np.array(medians)
    return _levels(above, ~above)


def _require_weight(rule: SplitRule, weights: FloatArray, known: BoolArray) -> None:
    if known.any() and not weights[known].any():
        raise DataFault.no_weighted_scores(rule.scores)


def _terciles(weights: FloatArray, table: FloatArray, known: BoolArray) -> IntArray:
    mean = settled(table.mean(axis=1))
    low, high = weighted_quantile(mean[known], weights[known], [1 / 3, 2 / 3])
    return np.where(mean > high, 0, np.where(mean <= low, 2, 1))


def _score_sources(study: Study, scores: Sequence[str]) -> set[str]:
    """Questions and scales that make the scores."""
    items = {item for name in scores if name in study.scales for item in study.scales[name].items}
    return items | set(scores)


def _words(rule: Rule) -> str:
    if isinstance(rule, GridRule):
        return "a grid over two ratings"
    scores = " and ".join(rule.scores)
    if isinstance(rule, CutRule):
        return f"{scores}: leaders from {rule.leader:g}, laggards under {rule.laggard:g}"
    if rule.kind == "median_split":
        return f"above or not above the weighted median of {scores}"
    return f"weighted terciles of {scores}"
