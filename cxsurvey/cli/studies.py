"""What commands say on standard error beside their result: files written, and data at fault."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from cxsurvey.errors import RequestError

if TYPE_CHECKING:
    import pandas as pd

    from cxsurvey.study.study import Study


def errors_in(study: Study) -> int:
    """Count the errors that a check finds in the data."""
    import cxsurvey as cx

    return len(cx.check(study).errors)


def tell_of_errors(study: Study, name: str, *, errors: int | None = None) -> None:
    """Say on standard error, once the work is done, how many errors a check finds in the data behind it.

    They are counted here unless the command has counted them.
    """
    errors = errors_in(study) if errors is None else errors
    if errors:
        count = f"{errors:,} error{'s' if errors != 1 else ''}"
        sys.stderr.write(f"cxsurvey: a check of the data finds {count}: cxsurvey check {name}\n")


def write_table(path: Path, frame: pd.DataFrame, study: Study, *, inputs: Sequence[Path] = ()) -> None:
    """Write a table as CSV and say so on standard error.

    Parameters
    ----------
    path : Path
    frame : pandas.DataFrame
    study : Study
        None of its files is overwritten.
    inputs : sequence of Path
        Nor are these.

    Raises
    ------
    RequestError
        ``table-format`` for another kind of file.
    OutputError
        When the file cannot be written, or would replace an input.
    """
    from cxsurvey.files import write_csv

    if path.suffix.lower() not in {".csv", ""}:
        raise RequestError.table_format(path)
    write_csv(path, frame, inputs=[*study.inputs, *inputs])
    sys.stderr.write(f"cxsurvey: written: {path}\n")
