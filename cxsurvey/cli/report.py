"""``cxsurvey report``: everything, with a manifest."""

from __future__ import annotations

import typer

from cxsurvey.cli.options import OutFolder, Paper, PaperOption, StudyName
from cxsurvey.cli.progress import Progress
from cxsurvey.cli.studies import tell_of_errors

NAME = "report"


def command(study: StudyName, out: OutFolder, paper: PaperOption = Paper.letter) -> None:
    """Write everything: checks, scores, segments, gaps and the figure pack, with a manifest."""
    import cxsurvey as cx

    read = cx.read_study(study)
    progress = Progress()
    files = cx.report(read, to=out, paper=paper.value, progress=progress)
    progress.close()
    typer.echo("\n".join(str(path) for path in files))
    tell_of_errors(read, study)
