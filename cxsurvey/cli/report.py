"""``cxsurvey report``: everything, with a manifest."""

from __future__ import annotations

import typer

from cxsurvey.cli.options import OutFolder, Paper, PaperOption, StudyName
from cxsurvey.cli.progress import Progress

NAME = "report"


def command(study: StudyName, out: OutFolder, paper: PaperOption = Paper.letter) -> None:
    """Write everything: checks, scores, segments, gaps and the figure pack, with a manifest."""
    import cxsurvey as cx

    progress = Progress()
    files = cx.report(cx.read_study(study), to=out, paper=paper.value, progress=progress)
    progress.close()
    typer.echo("\n".join(str(path) for path in files))
