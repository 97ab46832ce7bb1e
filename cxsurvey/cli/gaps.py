"""``cxsurvey gaps``: test every response between groups."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from cxsurvey.cli.options import (
    Adjust,
    Against,
    ControlMissing,
    Family,
    Format,
    FormatOption,
    LevelOption,
    OutFile,
    RuleOption,
    StudyName,
    split_names,
)
from cxsurvey.cli.output import show
from cxsurvey.cli.studies import tell_of_errors, write_table
from cxsurvey.errors import RequestError

NAME = "gaps"


def command(
    study: StudyName,
    by: Annotated[str, typer.Option(help="What parts the respondents: a question, a group, or 'segment'.")],
    question: Annotated[
        list[str] | None,
        typer.Option(help="Test these questions or scales only, parted by commas.", metavar="Q[,Q]"),
    ] = None,
    against: Annotated[
        Against, typer.Option(help="All pairs of groups, or each group against the rest.")
    ] = Against.pairs,
    adjust: Annotated[
        Adjust | None, typer.Option(help="Correction for many tests; the study's own (holm) when left out.")
    ] = None,
    family: Annotated[Family, typer.Option(help="Which tests are corrected together.")] = Family.all,
    adjust_for: Annotated[
        list[str] | None,
        typer.Option(help="Also control the gaps for these, parted by commas.", metavar="Q[,Q]"),
    ] = None,
    control_missing: Annotated[
        ControlMissing, typer.Option(help="No answer to a control: out of the model, or a level of its own.")
    ] = ControlMissing.exclude,
    proportional_odds: Annotated[
        bool, typer.Option("--proportional-odds", help="Control ordinal questions by proportional odds.")
    ] = False,
    rule: RuleOption = None,
    level: LevelOption = None,
    format_: FormatOption = Format.text,
    out: OutFile = None,
) -> None:
    """Test every response between groups."""
    import cxsurvey as cx
    from cxsurvey.display.controlled_text import controlled_gaps_text
    from cxsurvey.display.text_tables import gaps_text

    if rule is not None and by != "segment":
        raise RequestError.rule_without_segments(by)
    read = cx.read_study(study)
    found = cx.gaps(
        read,
        by=cx.segment(read, rule=rule) if by == "segment" else by,
        question=split_names(question),
        against=against.value,
        adjust=adjust.value if adjust else None,
        family=family.value,
        adjust_for=split_names(adjust_for),
        control_missing=control_missing.value,
        proportional_odds=proportional_odds,
        level=level,
    )
    if out is not None:
        write_table(out, found.frame, read)
    about = {
        "study": read.id,
        "correction": found.correction,
        "level": found.level,
        "design": found.design,
        "notes": found.notes,
        **({"controls": asdict(found.controls)} if found.controls else {}),
    }
    show(format_, found.frame, lambda: (controlled_gaps_text if found.controls else gaps_text)(found), about)
    tell_of_errors(read, study)
