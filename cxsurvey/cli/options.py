"""Arguments and options that several commands share."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Format(StrEnum):
    """How a table is printed."""

    text = "text"
    csv = "csv"
    json = "json"


class Adjust(StrEnum):
    """Corrections for many tests."""

    holm = "holm"
    bh = "bh"
    bonferroni = "bonferroni"
    none = "none"


class Against(StrEnum):
    """What a group is compared with."""

    pairs = "pairs"
    rest = "rest"


class Family(StrEnum):
    """Which tests are corrected together."""

    all = "all"
    question = "question"
    response = "response"


class ControlMissing(StrEnum):
    """What becomes of respondents who did not answer a control."""

    exclude = "exclude"
    level = "level"


class Paper(StrEnum):
    """Page size of the figure pack."""

    letter = "letter"
    a4 = "a4"


StudyName = Annotated[
    str, typer.Argument(metavar="STUDY", help="A bundled study's name, a study folder, or a study file.")
]
FormatOption = Annotated[Format, typer.Option("--format", help="How the table is printed.")]
LevelOption = Annotated[
    float | None, typer.Option(help="Confidence level; the study's own (0.95) when left out.")
]
RuleOption = Annotated[
    str | None, typer.Option(help="Segmentation rule; the study's own when left out.", metavar="RULE")
]
OutFile = Annotated[Path | None, typer.Option("--out", help="Also write the table to this CSV file.")]
OutFolder = Annotated[Path, typer.Option("--out", help="Folder to write to; made when absent.")]
PaperOption = Annotated[Paper, typer.Option("--paper", help="Page size of the PDF.")]


def split_names(given: list[str] | None) -> list[str] | None:
    """Part names at their commas; None when none are given.

    >>> split_names(["size,industry", "region"])
    ['size', 'industry', 'region']
    """
    names = [name.strip() for text in given or [] for name in text.split(",")]
    return names or None
