"""Printing results: text for people, CSV and JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Any

import typer

from cxsurvey.cli.options import Format

if TYPE_CHECKING:
    import pandas as pd


def show(format_: Format, frame: pd.DataFrame, text: Callable[[], str], about: dict[str, Any]) -> None:
    """Print a table.

    Parameters
    ----------
    format_ : Format
    frame : pandas.DataFrame
        The table with the columns of its contract.
    text : callable
        Makes the text for people.
    about : dict
        What JSON says beside the rows.
    """
    if format_ is Format.csv:
        from cxsurvey.files import csv_text

        typer.echo(csv_text(frame), nl=False)
    elif format_ is Format.json:
        typer.echo(json.dumps({**about, "rows": records(frame)}, ensure_ascii=False, indent=2))
    else:
        typer.echo(text())


def records(frame: pd.DataFrame) -> list[dict[Hashable, Any]]:
    """Turn rows into JSON objects; what is missing is null."""
    plain = frame.astype(object).where(frame.notna(), None)
    return plain.to_dict(orient="records")
