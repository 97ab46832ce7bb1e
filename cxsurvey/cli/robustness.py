"""``cxsurvey robustness``: the segments and their gaps under other rules."""

from __future__ import annotations

from typing import Annotated

import typer

from cxsurvey.cli.options import Adjust, Format, FormatOption, LevelOption, OutFile, StudyName
from cxsurvey.cli.output import records, show
from cxsurvey.cli.studies import tell_of_errors, write_table

NAME = "robustness"


def command(
    study: StudyName,
    rule: Annotated[
        list[str] | None,
        typer.Option(help="Compare this rule with the study's own; may be given again.", metavar="RULE"),
    ] = None,
    question: Annotated[
        list[str] | None,
        typer.Option(help="Compare leaders and laggards on this question or scale; may be given again."),
    ] = None,
    adjust: Annotated[
        Adjust | None, typer.Option(help="Correction for many tests; the study's own (holm) when left out.")
    ] = None,
    level: LevelOption = None,
    format_: FormatOption = Format.text,
    out: OutFile = None,
) -> None:
    """Repeat segments and gaps under every rule: who moves, and what becomes of each gap.

    CSV and --out hold the gaps; JSON holds the sizes and the moves as well.
    """
    import cxsurvey as cx
    from cxsurvey.display.robustness_text import robustness_text

    read = cx.read_study(study)
    found = cx.robustness(
        read,
        rules=rule or None,
        question=question or None,
        adjust=adjust.value if adjust else None,
        level=level,
    )
    if out is not None:
        write_table(out, found.gaps, read)
    about = {
        "study": read.id,
        "rule": found.own,
        "left_out": found.left_out,
        "level": found.level,
        "correction": found.correction,
        "design": found.design,
        "notes": found.notes,
        "sizes": records(found.sizes),
        "moves": records(found.moves),
    }
    show(format_, found.gaps, lambda: robustness_text(read, found), about)
    tell_of_errors(read, study)
