"""``cxsurvey segment``: score and segment."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cxsurvey.cli.options import Format, FormatOption, LevelOption, RuleOption, StudyName
from cxsurvey.cli.output import show
from cxsurvey.cli.studies import tell_of_errors, write_table

NAME = "segment"


def command(
    study: StudyName,
    rule: RuleOption = None,
    by: Annotated[
        str | None, typer.Option(help="Show the segments within the groups of this question.")
    ] = None,
    level: LevelOption = None,
    format_: FormatOption = Format.text,
    out: Annotated[
        Path | None, typer.Option(help="Write each respondent's scores and segment to this CSV file.")
    ] = None,
) -> None:
    """Score respondents and part them into leaders, followers and laggards.

    With --out, each respondent's scores and segment are written to a CSV file.
    """
    import cxsurvey as cx
    from cxsurvey.analysis.respondents import respondent_table
    from cxsurvey.display.text_tables import segments_text

    read = cx.read_study(study)
    segments = cx.segment(read, rule=rule)
    shares = cx.segment_shares(read, segments, by=by, level=level)
    if out is not None:
        write_table(out, respondent_table(read, segments), read)
    about = {
        "study": read.id,
        "rule": segments.rule,
        "unclassified": segments.rest,
        "level": shares.level,
        "design": shares.design,
    }
    show(format_, shares.frame, lambda: segments_text(read, segments, shares), about)
    tell_of_errors(read, study)
