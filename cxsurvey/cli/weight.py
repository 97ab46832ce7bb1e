"""``cxsurvey weight``: weights that meet known margins."""

from __future__ import annotations

import math
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from cxsurvey.cli.options import Format, FormatOption, StudyName
from cxsurvey.cli.output import show
from cxsurvey.cli.studies import tell_of_errors, write_table
from cxsurvey.errors import RequestError

NAME = "weight"


class Method(StrEnum):
    """Which weights, of all that meet the margins."""

    rake = "rake"
    linear = "linear"
    logit = "logit"


def command(
    study: StudyName,
    margins: Annotated[
        Path, typer.Option(help="CSV file with the columns question, response, and share or target.")
    ],
    out: Annotated[Path, typer.Option("--out", help="Write each respondent's weight to this CSV file.")],
    method: Annotated[
        Method, typer.Option(help="Rake, or calibrate with linear or logit factors.")
    ] = Method.rake,
    bounds: Annotated[
        str | None,
        typer.Option(help="Least and largest factor on the base weight, such as 0.3,3.", metavar="LOW,HIGH"),
    ] = None,
    trim: Annotated[
        float | None, typer.Option(help="Largest weight, in multiples of the mean weight, such as 5.")
    ] = None,
    format_: FormatOption = Format.text,
) -> None:
    """Weight respondents so that they meet known margins.

    The study's weight column, if it has one, is where the weights start. The table shows each margin before
    and after.
    """
    import cxsurvey as cx
    from cxsurvey.display.weighting_text import weighting_text

    limits = _bounds(bounds)
    read = cx.read_study(study)
    made = cx.weigh(read, margins, method=method.value, bounds=limits, trim=trim)
    write_table(out, made.frame, read, inputs=[margins])
    found = {
        name: None if isinstance(value, float) and math.isnan(value) else value
        for name, value in asdict(made.diagnostics).items()
    }
    about = {
        "study": read.id,
        "method": made.method,
        "bounds": made.bounds,
        "trim": made.trim,
        "base": made.origin,
        "diagnostics": found,
        "notes": made.notes,
    }
    show(format_, made.margins, lambda: weighting_text(made), about)
    tell_of_errors(read, study)


def _bounds(text: str | None) -> tuple[float, float] | None:
    if text is None:
        return None
    parts = text.split(",")
    try:
        low, high = (float(part) for part in parts)
    except ValueError as error:
        raise RequestError.bad_option("bounds", text, "two factors parted by a comma, such as 0.3,3") from error
    return low, high
