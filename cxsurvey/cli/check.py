"""``cxsurvey check``: data against codebook."""

from __future__ import annotations

import typer

from cxsurvey.cli.options import Format, FormatOption, OutFile, StudyName
from cxsurvey.cli.output import show
from cxsurvey.cli.studies import write_table

NAME = "check"


def command(study: StudyName, format_: FormatOption = Format.text, out: OutFile = None) -> None:
    """Check the responses against the codebook; exit 1 if there is any error."""
    import cxsurvey as cx
    from cxsurvey.display.text_tables import issues_text

    read = cx.read_study(study)
    issues = cx.check(read)
    if out is not None:
        write_table(out, issues.frame, read)
    show(format_, issues.frame, lambda: issues_text(issues), {"study": read.id, "summary": issues.summary()})
    if issues.errors:
        raise typer.Exit(1)
