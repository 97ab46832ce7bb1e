"""``cxsurvey audit``: a report's printed claims against its printed numbers."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cxsurvey.cli.options import Adjust, Format, FormatOption
from cxsurvey.cli.output import show
from cxsurvey.errors import RequestError

if TYPE_CHECKING:
    from cxsurvey.published.audit.audit import Audit

NAME = "audit"
PICTURES = (".pdf", ".png", ".svg")


def command(
    claims: Annotated[
        str,
        typer.Argument(
            metavar="STUDY|CLAIMS.csv", help="A study with a claims.csv beside it, or a claims file by itself."
        ),
    ],
    level: Annotated[float, typer.Option(help="Confidence level.")] = 0.95,
    adjust: Annotated[
        Adjust, typer.Option(help="Correction over the comparisons of the report.")
    ] = Adjust.holm,
    margin: Annotated[
        float, typer.Option(help="How far apart shares may be and still count as alike; 0.10 is ten points.")
    ] = 0.10,
    format_: FormatOption = Format.text,
    out: Annotated[
        Path | None,
        typer.Option(help="Also write the table to this CSV file, or the page to this PDF, PNG or SVG file."),
    ] = None,
) -> None:
    """Test the claims of a printed report against its percentages and bases.

    No respondents are needed. Claims that fail are a result: the exit code is 0.
    """
    import cxsurvey as cx
    from cxsurvey.display.audit_text import audit_text

    if out is not None and out.suffix.lower() not in {"", ".csv", *PICTURES}:
        raise RequestError.audit_format(out)
    found = cx.audit(claims, level=level, adjust=adjust.value, margin=margin)
    if out is not None:
        _write(out, found, claims)
    about = {
        "study": found.study,
        "level": found.level,
        "correction": found.correction,
        "family": found.family,
        "margin": found.margin,
        "counts": found.counts,
    }
    show(format_, found.frame, lambda: audit_text(found), about)


def _write(path: Path, found: Audit, claims: str) -> None:
    if path.suffix.lower() in PICTURES:
        from cxsurvey.display.audit_page import audit_card

        audit_card(found).save(path)
    else:
        from cxsurvey.files import write_csv
        from cxsurvey.published.claims.file import claims_path
        from cxsurvey.readers.study_folder import study_path

        own = Path(claims)
        if own.suffix.lower() != ".csv":
            own = claims_path(study_path(own if own.exists() else claims))
        write_csv(path, found.frame, inputs=[own])
    sys.stderr.write(f"cxsurvey: written: {path}\n")
