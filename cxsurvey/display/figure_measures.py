"""What a declared figure has in its rows: the shares, means and scores to estimate, each with its label."""

from __future__ import annotations

import numpy as np

from cxsurvey.analysis.measures import variable
from cxsurvey.analysis.partition import SEGMENT
from cxsurvey.study.codebook import Figure, Measure, Question, Statistic
from cxsurvey.study.study import Study


def all_responses(study: Study, name: str) -> list[Measure]:
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


def measures_of(study: Study, figure: Figure) -> list[Measure]:
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
    return all_responses(study, figure.question)


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
