"""``cxsurvey report``: everything, with a manifest."""

from __future__ import annotations

import sys

import typer

from cxsurvey.cli.options import OutFolder, Paper, PaperOption, StudyName
from cxsurvey.cli.progress import Progress
from cxsurvey.cli.studies import tell_of_errors

NAME = "report"


def command(study: StudyName, out: OutFolder, paper: PaperOption = Paper.letter) -> None:
    """Write everything: checks, scores, segments, gaps, banner tables and the figure pack, with a manifest."""
    import cxsurvey as cx
    from cxsurvey.display.book.shelf import book_names

    read = cx.read_study(study)
    progress = Progress()
    files = cx.report(read, to=out, paper=paper.value, progress=progress)
    progress.close()
    typer.echo("\n".join(str(path) for path in files))
    if not book_names(read):
        sys.stderr.write(
            "cxsurvey: no book of tables: the study declares no [[table]], [[group]] or segments\n"
        )
    tell_of_errors(read, study)
