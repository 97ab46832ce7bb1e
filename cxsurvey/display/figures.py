"""The figures that a study file declares, drawn from its responses."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from cxsurvey.analysis.estimation import estimate
from cxsurvey.analysis.gaps import gaps
from cxsurvey.analysis.measures import variable
from cxsurvey.analysis.partition import SEGMENT
from cxsurvey.analysis.rating_pairs import rating_pairs
from cxsurvey.analysis.results import Estimates, Gaps
from cxsurvey.analysis.segment_shares import segment_shares
from cxsurvey.analysis.segmentation import Segmentation, segment
from cxsurvey.display import drafts, notes
from cxsurvey.display.card import Card, FigureText
from cxsurvey.display.drafts import Draft
from cxsurvey.display.figure_words import with_own, with_rule, worded
from cxsurvey.display.methods import methodology
from cxsurvey.display.pack import PackMeta, write_pack
from cxsurvey.errors import DataFault, RequestError, did_you_mean
from cxsurvey.study.codebook import Figure, Measure, Question, Statistic, by_id
from cxsurvey.study.study import Study

Progress = Callable[[int, int, str], None]


def draw_figures(study: Study, *, only: Sequence[str] | None = None) -> tuple[Card, ...]:
    """Draw the figures of a study.

    Parameters
    ----------
    study : Study
    only : sequence of str, optional
        Ids of the figures to draw, such as ``["fig02"]``; all by default.

    Returns
    -------
    tuple of Card
        In the order of the study file; a figure taller than a page is drawn on several cards.

    Raises
    ------
    RequestError
        ``unknown-figure``; ``no-figures`` when the study declares none; or a figure asks for what its form
        cannot draw.
    DataFault
        As :func:`cxsurvey.estimate` and :func:`cxsurvey.gaps`.

    Examples
    --------
    >>> import cxsurvey as cx
    >>> cards = draw_figures(cx.read_study("sfo2018"), only=["fig01"])
    >>> cards[0].key
    'fig01'
    """
    declared = by_id(study.file.figure)
    if not declared:
        raise RequestError.no_figures(study.id)
    for name in only or ():
        if name not in declared:
            raise RequestError.unknown_figure(name, did_you_mean(name, list(declared)))
    return tuple(
        card
        for number, figure in enumerate(declared.values(), 1)
        if only is None or figure.id in only
        for card in _cards(study, figure, number)
    )


def _cards(study: Study, figure: Figure, number: int) -> Sequence[Card]:
    try:
        return draft(study, figure).draw_all()
    except (RequestError, DataFault) as error:
        raise error.located(f'[[figure]] {number} "{figure.id}"') from error


def figures(
    study: Study,
    *,
    to: str | os.PathLike[str],
    only: Sequence[str] | None = None,
    paper: str = "letter",
    progress: Progress | None = None,
) -> tuple[Path, ...]:
    """Write the figure pack of a study.

    Parameters
    ----------
    study : Study
    to : path-like
        Folder to write to; made when absent.
    only : sequence of str, optional
        Ids of the figures to draw; all by default.
    paper : {"letter", "a4"}
    progress : callable, optional
        Called with steps done, steps in all, and what was drawn.

    Returns
    -------
    tuple of pathlib.Path
        ``figure-pack.pdf``, ``png/``, ``svg/``, ``pdf/``, ``data/``, ``alt-text.md`` and ``manifest.json``.

    Raises
    ------
    RequestError, DataFault
        As :func:`draw_figures`.
    OutputError
        When the folder cannot be written; nothing is left half-written.

    Examples
    --------
    >>> import tempfile
    >>> import cxsurvey as cx
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     files = figures(cx.read_study("sfo2018"), to=folder, only=["fig01"])
    >>> files[-1].name
    'manifest.json'
    """
    cards = draw_figures(study, only=only)
    return write_pack(
        cards,
        to,
        study_meta=pack_meta(study, paper=paper),
        methodology=methodology(study),
        page_size=paper,
        inputs=study.inputs,
        progress=progress,
    )


def pack_meta(study: Study, *, paper: str) -> PackMeta:
    """What the cover and the manifest say of a study."""
    info, settings = study.file.study, study.file.settings
    return PackMeta(
        title=info.title,
        publisher=info.publisher,
        field_dates=study.file.disclosure.field_dates,
        base=f"{study.n:,} respondents",
        source=study.source,
        synthetic=info.synthetic,
        id=info.id,
        study_sha256=study.sha256,
        responses_sha256=study.raw.sha256,
        options={**settings.model_dump(), "paper": paper},
    )


def draft(study: Study, figure: Figure) -> Draft:
    """Estimate what a declared figure shows, and put its words around it; its id gives its number."""
    makers: dict[str, Callable[[Study, Figure, FigureText], Draft]] = {
        "ranked": _ranked,
        "segments": _segments,
        "stacked": _stacked,
        "lanes": _lanes,
        "dumbbell": _dumbbell,
        "matrix": _matrix,
    }
    text = FigureText(
        key=figure.id,
        number=str(int(figure.id.removeprefix("fig"))),
        headline=figure.headline,
        descriptor=figure.descriptor,
        source=study.source,
    )
    return makers[figure.form](study, figure, text)


def _ranked(study: Study, figure: Figure, text: FigureText) -> Draft:
    measures = _measures(study, figure)
    estimates = estimate(study, measures)
    battery = len({measure.question for measure in measures}) > 1
    question = study.questions.get(figure.question or "")
    ordered = question is not None and question.type == "ordinal"
    by_value = figure.sort == "value" or (figure.sort is None and not ordered)
    options: dict[str, Any] = {
        "sort": "desc" if by_value else "given",
        "keep_last": figure.keep_last,
        "ci": figure.interval,
    }
    if figure.highlight:
        options["highlight"] = figure.highlight
    elif not by_value:
        options["highlight"] = ()
    noted = worded(study, figure, text, estimates)
    if question is not None and question.type == "single":
        noted = drafts.with_notes(noted, notes.ROUNDING)
    across = "question" if battery and not figure.rows else "response"
    return drafts.ranked(estimates, noted, across=across, options={**options, **_bases(study)})


def _segments(study: Study, figure: Figure, text: FigureText) -> Draft:
    found = segment(study, rule=figure.rule)
    shares = segment_shares(study, found)
    classified = sum(found.partition.sizes.tolist())
    who = "All respondents" if classified == study.n else "Respondents in a segment"
    base = ("Base", f"{who} (n={classified:,}). {notes.weighting(study)}")
    noted = drafts.with_notes(text, base, *notes.illustrative_note(study, found.partition.questions))
    options = {"ci": figure.interval, **_bases(study)}
    drawn = drafts.segments(shares, found, with_own(noted, figure), options=options)
    return replace(drawn, text=with_rule(study, found, drawn.text, key="Segments"))


def _stacked(study: Study, figure: Figure, text: FigureText) -> Draft:
    by_group = figure.question is not None
    names = [figure.question] if figure.question else list(figure.questions)
    rows = [row for name in names for row in _responses(study, name)]
    by = _groups(study, figure) if by_group and figure.by else None
    estimates = estimate(study, rows, by=by, total=True if by_group else None)
    first = study.questions.get(names[0])
    noted = _by_rule(study, worded(study, figure, text, estimates), by)
    options: dict[str, Any] = {**_bases(study)}
    net = first.net(figure.net) if first is not None and figure.net else None
    if net is not None and first is not None:
        options["net"] = (net.label, first.response_labels(net.responses))
    options["sort"] = "given" if _in_given_order(study, figure) else "net"
    if names == [SEGMENT]:
        options["palette"] = drafts.segment_palette(segment(study))
    return drafts.stacked(estimates, noted, rows="group" if by_group else "question", options=options)


def _in_given_order(study: Study, figure: Figure) -> bool:
    """Whether the rows of a stack keep the order of the study file: groups that have one do by default."""
    if figure.sort is not None or figure.question is None or figure.by is None:
        return figure.sort == "questionnaire"
    by = study.questions.get(figure.by)
    return by is None or by.type == "ordinal"


def _responses(study: Study, name: str) -> list[Measure]:
    """Every response of a question, the highest of an ordered scale first."""
    if name == SEGMENT:
        found = variable(study, SEGMENT)
        return [Measure(question=SEGMENT, response=target.response) for target in found.targets]
    question = study.question(name)
    return [Measure(question=name, response=code) for code in ordered_codes(question)]


def ordered_codes(question: Question) -> list[str]:
    """Codes as a reader expects them: an ordered scale from its highest value down, others as asked."""
    values = np.array(question.values)
    if question.type == "ordinal" and len(values) > 1 and values[0] < values[-1]:
        return list(reversed(question.codes))
    return list(question.codes)


def _lanes(study: Study, figure: Figure, text: FigureText) -> Draft:
    estimates, tested, noted, options = _compared(study, figure, text)
    return drafts.lanes(estimates, tested, noted, options=options)


def _dumbbell(study: Study, figure: Figure, text: FigureText) -> Draft:
    _, tested, noted, options = _compared(study, figure, text)
    return drafts.dumbbell(tested, noted, options=options)


def _compared(
    study: Study, figure: Figure, text: FigureText
) -> tuple[Estimates, Gaps, FigureText, dict[str, Any]]:
    """What lanes and dumbbells share: estimates and gaps by group, the words around them, the options."""
    measures, by = _measures(study, figure), _groups(study, figure)
    estimates = estimate(study, measures, by=by)
    tested = gaps(study, by=by, question=measures)
    noted = _by_rule(study, worded(study, figure, text, estimates), by)
    options: dict[str, Any] = {"ci": figure.interval, **_bases(study)}
    if figure.sort is not None:
        options["sort"] = "given" if figure.sort == "questionnaire" else "gap"
    return estimates, tested, noted, options


def _matrix(study: Study, figure: Figure, text: FigureText) -> Draft:
    pairs = rating_pairs(study, rule=figure.rule)
    who = "All respondents" if pairs.n == study.n else "Respondents who gave both ratings"
    reading = "Heavy lines are the segment boundaries; darker cells hold more respondents."
    base = ("Base", f"{who} (n={pairs.n:,}). {notes.weighting(study)} {reading}")
    noted = drafts.with_notes(text, base, *notes.illustrative_note(study, pairs.segments.partition.questions))
    drawn = drafts.matrix(pairs, with_own(noted, figure), options=_bases(study))
    return replace(drawn, text=with_rule(study, pairs.segments, drawn.text, key="Rule"))


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


def _measures(study: Study, figure: Figure) -> list[Measure]:
    """The rows of a figure, each with a label that tells it from the others."""
    if figure.rows:
        return [_labelled(study, row) for row in figure.rows]
    one = {"response": figure.response, "net": figure.net, "statistic": figure.statistic}
    if figure.question is None:
        return [Measure(question=name, label=_name(study, name), **one) for name in figure.questions]
    if figure.statistic != "share" or figure.response or figure.net or figure.question in study.scales:
        statistic: Statistic = figure.statistic
        if figure.question in study.scales and statistic == "share":
            statistic = "mean"
        name = _name(study, figure.question)
        return [
            Measure(
                question=figure.question,
                response=figure.response,
                net=figure.net,
                statistic=statistic,
                label="" if figure.response or figure.net else name,
            )
        ]
    return _responses(study, figure.question)


def _labelled(study: Study, row: Measure) -> Measure:
    if row.label:
        return row
    question = study.questions.get(row.question)
    if question is not None and row.net:
        net = question.net(row.net)
        return row.model_copy(update={"label": net.label if net else row.net})
    if question is not None and row.response and question.type == "multi":
        labels = question.response_labels([row.response])
        return row.model_copy(update={"label": labels[0] if labels else row.response})
    return row.model_copy(update={"label": _name(study, row.question)})


def _name(study: Study, name: str) -> str:
    if name in study.scales:
        return study.scales[name].label
    return study.question(name).name if name in study.questions else name


def _bases(study: Study) -> dict[str, int]:
    settings = study.file.settings
    return {"small_base": settings.figure_small_below, "hide_base": settings.figure_hide_below}
