"""``cxsurvey figures``: the figure pack."""

from __future__ import annotations

from typing import Annotated

import typer

from cxsurvey.cli.options import OutFolder, Paper, PaperOption, StudyName
from cxsurvey.cli.progress import Progress
from cxsurvey.cli.studies import tell_of_errors

NAME = "figures"


def command(
    study: StudyName,
    out: OutFolder,
    only: Annotated[
        list[str] | None, typer.Option(help="Draw this figure only, such as fig02; may be given again.")
    ] = None,
    paper: PaperOption = Paper.letter,
) -> None:
    """Draw the figures of a study: PDF pack, PNG, SVG, data and alt text."""
    import cxsurvey as cx

    read = cx.read_study(study)
    progress = Progress()
    files = cx.figures(read, to=out, only=only or None, paper=paper.value, progress=progress)
    progress.close()
    typer.echo("\n".join(str(path) for path in files))
    tell_of_errors(read, study)
