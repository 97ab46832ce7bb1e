"""``cxsurvey segment``: score and segment."""

from __future__ import annotations

from typing import Annotated

import typer

from cxsurvey.cli.options import Format, FormatOption, LevelOption, OutFile, RuleOption, StudyName
from cxsurvey.cli.output import show

NAME = "segment"


def command(
    study: StudyName,
    rule: RuleOption = None,
    by: Annotated[
        str | None, typer.Option(help="Show the segments within the groups of this question.")
    ] = None,
    level: LevelOption = None,
    format_: FormatOption = Format.text,
    out: OutFile = None,
) -> None:
    """Score respondents and part them into leaders, followers and laggards.

    With --out, each respondent's scores and segment are written to a CSV file.
    """
    import cxsurvey as cx
    from cxsurvey.analysis.respondents import respondent_table
    from cxsurvey.display.text_tables import segments_text
    from cxsurvey.files import write_csv

    read = cx.read_study(study)
    segments = cx.segment(read, rule=rule)
    shares = cx.segment_shares(read, segments, by=by, level=level)
    if out is not None:
        write_csv(out, respondent_table(read, segments), inputs=read.inputs)
    about = {
        "study": read.id,
        "rule": segments.rule,
        "unclassified": segments.rest,
        "level": shares.level,
        "design": shares.design,
    }
    show(format_, shares.frame, lambda: segments_text(read, segments, shares), about)
