"""``cxsurvey synthesize``: respondents calibrated to published numbers."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from cxsurvey.cli.options import Format, FormatOption, StudyName
from cxsurvey.cli.output import show

NAME = "synthesize"


def command(
    study: StudyName,
    seed: Annotated[int, typer.Option(help="A whole number from 0; the same seed gives the same file.")],
    out: Annotated[Path, typer.Option("--out", help="Write the respondents to this CSV file.")],
    format_: FormatOption = Format.text,
) -> None:
    """Make respondents who satisfy every published number.

    The claims stand in claims.csv beside the study file. When they conflict, the smallest set that does is
    named and no file is written.
    """
    import cxsurvey as cx
    from cxsurvey.display.synthesis_text import constraints_text

    made = cx.synthesize(study, seed=seed)
    made.save(out)
    sys.stderr.write(f"cxsurvey: written: {out}\n")
    about = {"study": made.study.id, "seed": made.seed, "respondents": made.study.n, "synthetic": True}
    show(format_, made.constraints, lambda: constraints_text(made.constraints, repr(made)), about)
