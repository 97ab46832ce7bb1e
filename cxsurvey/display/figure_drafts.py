"""From a declared figure to its draft: what to estimate, what of it may be shown, and the words around it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from cxsurvey.analysis.estimation import estimate
from cxsurvey.analysis.gaps import gaps
from cxsurvey.analysis.partition import SEGMENT
from cxsurvey.analysis.rating_pairs import rating_pairs
from cxsurvey.analysis.results import Estimates, Gaps
from cxsurvey.analysis.segment_shares import segment_shares
from cxsurvey.analysis.segmentation import Segmentation, segment
from cxsurvey.display import drafts, notes
from cxsurvey.display.card import FigureText
from cxsurvey.display.drafts import Draft
from cxsurvey.display.figure_measures import all_responses, measures_of
from cxsurvey.display.figure_words import with_own, with_rule, worded
from cxsurvey.display.item_drafts import presence, ranks
from cxsurvey.display.published_bars import Bars, Lack, figure_bars
from cxsurvey.study.codebook import Figure
from cxsurvey.study.study import Study


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """One figure to be drafted.

    Attributes
    ----------
    study : Study
    figure : Figure
    text : FigureText
        Its own words.
    bars : Bars
        What it may show.
    """

    study: Study
    figure: Figure
    text: FigureText
    bars: Bars

    def illustrative(self, *questions: str) -> tuple[notes.Note, ...]:
        """What of it is not observed."""
        return notes.illustrative_note(self.study, questions, calibrated=self.bars.cells is not None)

    @property
    def bases(self) -> dict[str, int]:
        """The thresholds of bases, as options of forms."""
        settings = self.study.file.settings
        return {"small_base": settings.figure_small_below, "hide_base": settings.figure_hide_below}


def draft(study: Study, figure: Figure) -> Draft:
    """Estimate what a declared figure shows, and put its words around it; its id gives its number.

    Raises
    ------
    RequestError, DataFault, ClaimsError
        As :func:`cxsurvey.display.figures.draw_figures`.
    """
    makers: dict[str, Callable[[Job], Draft]] = {
        "ranked": _ranked,
        "segments": _segments,
        "stacked": _stacked,
        "lanes": _lanes,
        "dumbbell": _dumbbell,
        "matrix": _matrix,
        "ranks": _ranks,
        "presence": _presence,
    }
    text = FigureText(
        key=figure.id,
        number=str(int(figure.id.removeprefix("fig"))),
        headline=figure.headline,
        descriptor=figure.descriptor,
        source=study.source,
    )
    return makers[figure.form](Job(study, figure, text, figure_bars(study, figure)))


def _worded(job: Job, shown: Estimates) -> FigureText:
    return worded(job.study, job.figure, job.text, shown, calibrated=job.bars.cells is not None)


def _ranked(job: Job) -> Draft:
    study, figure = job.study, job.figure
    measures = measures_of(study, figure)
    whole = estimate(study, measures)
    shown = job.bars.estimates(whole)
    lack = job.bars.lack(whole, shown)
    battery = len({measure.question for measure in measures}) > 1
    question = study.questions.get(figure.question or "")
    ordered = question is not None and question.type == "ordinal"
    by_value = figure.sort == "value" or (figure.sort is None and not ordered)
    options: dict[str, Any] = {
        "sort": "desc" if by_value else "given",
        "keep_last": figure.keep_last,
        "ci": figure.interval,
        "full": lack.any,
    }
    if figure.highlight:
        options["highlight"] = figure.highlight
    elif not by_value:
        options["highlight"] = ()
    noted = _worded(job, shown)
    if question is not None and question.type == "single" and not lack.any:
        noted = drafts.with_notes(noted, notes.ROUNDING)
    across = "question" if battery and not figure.rows else "response"
    return job.bars.said(drafts.ranked(shown, noted, across=across, options={**options, **job.bases}), lack)


def _segments(job: Job) -> Draft:
    study, figure = job.study, job.figure
    found = segment(study, rule=figure.rule)
    whole = segment_shares(study, found)
    shown = job.bars.estimates(whole)
    classified = sum(found.partition.sizes.tolist())
    who = "All respondents" if classified == study.n_kept else "Respondents in a segment"
    base = ("Base", f"{who} (n={classified:,}). {notes.weighting(study)}")
    noted = drafts.with_notes(job.text, base, *job.illustrative(*sorted(found.partition.questions)))
    options = {"ci": figure.interval, **job.bases}
    drawn = drafts.segments(shown, found, with_own(noted, figure), options=options)
    ruled = replace(drawn, text=with_rule(study, found, drawn.text, key="Segments"))
    return job.bars.said(ruled, job.bars.lack(whole, shown))


def _stacked(job: Job) -> Draft:
    study, figure, bars = job.study, job.figure, job.bars
    by_group = figure.question is not None
    names = [figure.question] if figure.question else list(figure.questions)
    rows = [row for name in names for row in all_responses(study, name)]
    by = _groups(study, figure) if by_group and figure.by else None
    whole = estimate(study, rows, by=by, total=True if by_group else None)
    shown = bars.estimates(whole)
    first = study.questions.get(names[0])
    noted = _by_rule(study, _worded(job, shown), by)
    options: dict[str, Any] = {**job.bases}
    net = first.net(figure.net) if first is not None and figure.net else None
    if net is not None and first is not None:
        options["net"] = (net.label, first.response_labels(net.responses))
        if bars.withholds:
            options["net_values"] = _printed_nets(job, whole, net.id, by_group=by_group)
    options["sort"] = "given" if _in_given_order(study, figure) else "net"
    if names == [SEGMENT]:
        options["palette"] = drafts.segment_palette(segment(study))
    named = "group" if by_group else "question"
    missing = whole if bars.cells is not None else None
    drawn = drafts.stacked(shown, noted, rows=named, options=options, whole=missing)
    return bars.said(drawn, bars.lack(whole, shown))


def _printed_nets(job: Job, whole: Estimates, net: str, *, by_group: bool) -> dict[str, float]:
    """The net of each row as printed; rows of which it is not printed are left out."""
    cells, found = job.bars.cells, {}
    for row, group_by in zip(whole.rows, whole.frame["group_by"], strict=True):
        claim = cells.claim(row.question, net, group_by=group_by, group=row.group) if cells else None
        if claim is not None and claim.value is not None:
            found[row.group if by_group else row.question] = float(claim.value)
    return found


def _in_given_order(study: Study, figure: Figure) -> bool:
    """Whether the rows of a stack keep the order of the study file: groups that have one do by default."""
    if figure.sort is not None or figure.question is None or figure.by is None:
        return figure.sort == "questionnaire"
    by = study.questions.get(figure.by)
    return by is None or by.type == "ordinal"


def _lanes(job: Job) -> Draft:
    shown, tested, noted, options, lack = _compared(job)
    return job.bars.said(drafts.lanes(shown, tested, noted, options=options), lack)


def _dumbbell(job: Job) -> Draft:
    _, tested, noted, options, lack = _compared(job)
    return job.bars.said(drafts.dumbbell(tested, noted, options=options), lack)


def _compared(job: Job) -> tuple[Estimates, Gaps, FigureText, dict[str, Any], Lack]:
    """What lanes and dumbbells share: estimates and gaps by group, words, options, and what is missing."""
    study, figure, bars = job.study, job.figure, job.bars
    measures, by = measures_of(study, figure), _groups(study, figure)
    whole = estimate(study, measures, by=by)
    shown = bars.estimates(whole)
    tested = bars.gaps(gaps(study, by=by, question=measures))
    noted = _by_rule(study, _worded(job, shown), by)
    options: dict[str, Any] = {"ci": figure.interval, **job.bases}
    if figure.sort is not None:
        options["sort"] = "given" if figure.sort == "questionnaire" else "gap"
    return shown, tested, noted, options, bars.lack(whole, shown)


def _matrix(job: Job) -> Draft:
    study, figure = job.study, job.figure
    pairs = rating_pairs(study, rule=figure.rule)
    who = "All respondents" if pairs.n == study.n_kept else "Respondents who gave both ratings"
    reading = "Heavy lines are the segment boundaries; darker cells hold more respondents."
    base = ("Base", f"{who} (n={pairs.n:,}). {notes.weighting(study)} {reading}")
    noted = drafts.with_notes(job.text, base, *job.illustrative(*sorted(pairs.segments.partition.questions)))
    tagged = job.bars.tagged(with_own(noted, figure), always=True)
    drawn = drafts.matrix(pairs, tagged, options=job.bases)
    if job.bars.cells is not None:  # no report prints the cells
        drawn = replace(drawn, table=drawn.table.assign(published=False))
    return replace(drawn, text=with_rule(study, pairs.segments, drawn.text, key="Rule"))


def _ranks(job: Job) -> Draft:
    study, figure = job.study, job.figure
    left, right = (estimate(study, all_responses(study, name)) for name in figure.questions)
    shown = tuple(job.bars.estimates(side) for side in (left, right))
    lack = job.bars.lack(left, shown[0]) + job.bars.lack(right, shown[1])
    noted = _worded(
        job, estimate(study, [row for name in figure.questions for row in all_responses(study, name)])
    )
    options: dict[str, Any] = {**job.bases}
    if figure.highlight:
        options["highlight"] = figure.highlight
    return job.bars.said(ranks(shown[0], shown[1], noted, cells=job.bars.cells, options=options), lack)


def _presence(job: Job) -> Draft:
    return presence(job.study, job.figure, job.text)


def _groups(study: Study, figure: Figure) -> str | Segmentation:
    """What parts the respondents of a figure; the figure may name a rule of its own for the segments."""
    if figure.by == SEGMENT and figure.rule is not None:
        return segment(study, rule=figure.rule)
    return figure.by or ""


def _by_rule(study: Study, text: FigureText, by: str | Segmentation | None) -> FigureText:
    """Name the rule of the segments that respondents are compared by, where the figure has one of its own."""
    if not isinstance(by, Segmentation):
        return text
    described = drafts.with_notes(text, ("Rule", drafts.sentence(by.description)))
    return with_rule(study, by, described, key="Rule")
