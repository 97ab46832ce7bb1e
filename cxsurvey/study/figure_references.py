"""Can the declared figures be drawn? What each asks for against what the study has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cxsurvey.errors import did_you_mean
from cxsurvey.study.codebook import Figure, StudyFile
from cxsurvey.study.names import Names

SIDES = 2  # the two rankings of a slope chart
FORM_KEYS = {
    "highlight": ("ranked", "ranks"),
    "labels": ("presence",),
    "keep_last": ("ranked",),
    "sort": ("ranked", "stacked", "lanes", "dumbbell"),
    "response": ("ranked", "lanes", "dumbbell"),
    "net": ("ranked", "stacked", "lanes", "dumbbell"),
    "statistic": ("ranked", "lanes", "dumbbell"),
    "interval": ("ranked", "segments", "lanes", "dumbbell"),
    "by": ("stacked", "lanes", "dumbbell"),
}


def figure_problems(file: StudyFile, names: Names) -> Iterator[str]:
    """Tell what each declared figure asks for that is not there or that its form cannot draw."""
    for number, figure in enumerate(file.figure, 1):
        place = f'[[figure]] {number} "{figure.id}"'
        named = [*([figure.question] if figure.question else []), *figure.questions]
        named += [row.question for row in figure.rows]
        if figure.form != "presence":  # its question is one of the claims file
            yield from _known(place, "question or scale", named, names.measured)
        yield from _known(place, "group", [figure.by] if figure.by else [], names.splits)
        yield from _fit(place, figure)
        yield from _unread(place, figure)
        yield from _two_groups(place, figure, names)
        yield from _stressed(place, figure, names)
        yield from _promoter_scores(place, figure, names)
        yield from _drawn_responses(place, figure, names)
        yield from _same_items(place, figure, names)
        if figure.illustrative and not file.study.synthetic:
            yield f"{place}: 'illustrative' is for a study with synthetic = true"
        if figure.rule is not None and figure.rule not in names.rules:
            yield f"{place}: no rule '{figure.rule}'. {did_you_mean(figure.rule, names.rules)}"
        if figure.form in {"segments", "matrix"} and not names.has_segments:
            yield f"{place}: the form '{figure.form}' needs [segments]"


def _drawn_responses(place: str, figure: Figure, names: Names) -> Iterator[str]:
    """Responses and nets that a figure singles out of its questions."""
    own = [*([figure.question] if figure.question else []), *figure.questions]
    wanted = [(name, figure.response, figure.net) for name in own]
    wanted += [(row.question, row.response, row.net) for row in figure.rows]
    for name, response, net in wanted:
        known = [*names.codes.get(name, ()), *names.nets.get(name, ())]
        if response is not None and known and response not in known:
            yield f"{place}: no response '{response}' in '{name}'. {did_you_mean(response, known)}"
        nets = names.nets.get(name, ())
        if net is not None and known and net not in nets:
            yield f"{place}: no net '{net}' in '{name}'. {did_you_mean(net, nets)}"


def _known(place: str, what: str, named: Iterable[str], known: list[str]) -> Iterator[str]:
    for name in named:
        if name not in known:
            yield f"{place}: no {what} '{name}'. {did_you_mean(name, known)}"


def _fit(place: str, figure: Figure) -> Iterator[str]:
    """Whether the form has what it draws."""
    sources = bool(figure.question) + bool(figure.questions) + bool(figure.rows)
    if figure.form in {"segments", "matrix"}:
        if sources:
            yield f"{place}: the form '{figure.form}' draws the segments and takes no question"
        return
    if figure.form in {"ranks", "presence"}:
        yield from _fit_of_items(place, figure)
        return
    if sources != 1:
        yield f"{place}: give it one of 'question', 'questions' or 'rows'"
    if figure.form in {"lanes", "dumbbell"} and not figure.by:
        yield f"{place}: the form '{figure.form}' compares groups and needs 'by'"
    if figure.form == "ranked" and figure.by:
        yield f"{place}: the form 'ranked' shows one group; use 'lanes' or 'stacked' to compare"
    if figure.form == "stacked" and bool(figure.question) != bool(figure.by):
        yield f"{place}: the form 'stacked' takes one 'question' with 'by', or several 'questions' without"
    if figure.form == "stacked" and figure.rows:
        yield f"{place}: the form 'stacked' shows whole questions and takes no 'rows'"


def _fit_of_items(place: str, figure: Figure) -> Iterator[str]:
    """What two rankings and a matrix of named items take."""
    if figure.form == "presence" and (not figure.question or figure.questions or figure.rows):
        yield f"{place}: the form 'presence' takes the 'question' that claims name, and nothing else"
    if figure.form == "ranks" and (len(set(figure.questions)) != SIDES or figure.question or figure.rows):
        yield f"{place}: the form 'ranks' takes two different 'questions', and nothing else"


def _same_items(place: str, figure: Figure, names: Names) -> Iterator[str]:
    """Whether two rankings have responses in common."""
    if figure.form != "ranks" or not set(figure.questions) <= set(names.measured):
        return
    shared = [set(names.codes.get(name, ())) for name in figure.questions]
    if len(shared) == SIDES and len(shared[0] & shared[1]) < SIDES:
        yield f"{place}: its two questions share no two response codes, so there is nothing to rank on both"


def _unread(place: str, figure: Figure) -> Iterator[str]:
    """Keys that the form would pass over in silence."""
    chosen = {name for name in FORM_KEYS if getattr(figure, name) != Figure.model_fields[name].default}
    for name in sorted(chosen):
        if figure.form not in FORM_KEYS[name]:
            yield f"{place}: '{name}' is for the forms {', '.join(FORM_KEYS[name])}"
    if figure.rows and (figure.response or figure.net or figure.statistic != "share"):
        yield f"{place}: with 'rows', each row has its own 'response', 'net' or 'statistic'"


def _two_groups(place: str, figure: Figure, names: Names) -> Iterator[str]:
    """Whether a dumbbell has the two groups that it compares."""
    if figure.form != "dumbbell" or figure.by is None:
        return
    group = names.groups.get(figure.by)
    count = (
        3 if figure.by == "segment" else len(group.members) if group else len(names.codes.get(figure.by, ()))
    )
    if count > 2:  # noqa: PLR2004 - the two ends of a dumbbell
        yield (
            f"{place}: a dumbbell compares two groups and '{figure.by}' has {count}; "
            "use 'lanes', or declare a [[group]] of two"
        )


def _stressed(place: str, figure: Figure, names: Names) -> Iterator[str]:
    """Whether 'highlight' and 'keep_last' name rows of the figure."""
    own = [*([figure.question] if figure.question else []), *figure.questions]
    own += [row.question for row in figure.rows]
    known = [*own, *(row.label for row in figure.rows if row.label)]
    for name in own:
        known += [*names.codes.get(name, ()), *names.labels.get(name, ()), *names.nets.get(name, ())]
    for key, wanted in (("highlight", figure.highlight), ("keep_last", figure.keep_last)):
        for name in wanted:
            if name not in known:
                yield f"{place}: '{key}' names '{name}'. {did_you_mean(name, known)}"


def _promoter_scores(place: str, figure: Figure, names: Names) -> Iterator[str]:
    """Whether a net promoter score is asked of a likelihood to recommend."""
    asked = [figure.question] if figure.question else [*figure.questions]
    wanted = [(name, figure.statistic) for name in asked] + [
        (row.question, row.statistic) for row in figure.rows
    ]
    for name, statistic in wanted:
        question = names.questions.get(name or "")
        if statistic == "nps" and question is not None and not question.nps:
            yield f"{place}: the net promoter score of '{name}' needs nps = true in that question"
