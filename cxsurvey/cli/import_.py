"""``cxsurvey import``: a study folder from a survey platform's export."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from cxsurvey.cli.options import OutFolder
from cxsurvey.cli.progress import Progress

NAME = "import"


class ReportFormat(StrEnum):
    """How the import report is printed."""

    text = "text"
    json = "json"


def command(
    export: Annotated[Path, typer.Argument(metavar="EXPORT", help="The export of a survey platform.")],
    out: OutFolder,
    keep: Annotated[
        list[str] | None,
        typer.Option(
            help="Keep what is left out by default: a column, personal, text, administrative or constant;"
            " nonanswers keeps answers such as Don't know. May be given again.",
            metavar="WHAT",
        ),
    ] = None,
    platform: Annotated[
        str | None, typer.Option(help="The platform, such as qualtrics; found when left out.")
    ] = None,
    title: Annotated[str | None, typer.Option(help="Title of the study.")] = None,
    responses_only: Annotated[
        bool, typer.Option("--responses-only", help="Keep the study file in DIR; write new responses only.")
    ] = False,
    format_: Annotated[
        ReportFormat, typer.Option("--format", help="How the report is printed.")
    ] = ReportFormat.text,
) -> None:
    """Make a study folder of a survey export, and say what was done.

    The study file is meant to be edited: guesses are marked in it. An edited one is never overwritten.
    """
    import cxsurvey as cx
    from cxsurvey.readers.importing.report import report_text

    progress = Progress()
    try:
        made = cx.import_export(
            export,
            to=out,
            keep=keep or (),
            platform=platform,
            title=title,
            responses_only=responses_only,
            progress=progress,
        )
    finally:
        progress.close()
    if format_ is ReportFormat.json:
        typer.echo(json.dumps(made.summary(), ensure_ascii=False, indent=2))
    else:
        typer.echo(report_text(made, brief=True), nl=False)
