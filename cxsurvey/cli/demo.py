"""``cxsurvey demo``: the bundled studies."""

from __future__ import annotations

import typer

NAME = "demo"


def command() -> None:
    """List the bundled studies."""
    import cxsurvey as cx
    from cxsurvey.display.text_tables import studies_text

    studies = [cx.read_study(name) for name in cx.bundled_studies()]
    kind = {True: "synthetic", False: "real"}
    listed = [(s.id, s.file.study.title, s.n, kind[s.file.study.synthetic]) for s in studies]
    typer.echo(studies_text(listed))
