"""The responses of a new study folder as CSV: one header row, cells as they stood, no formulas."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from cxsurvey.readers.guarding import guard, needs_guard

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

CELLS_AT_ONCE = 2_000_000


def formula_like(frame: pd.DataFrame) -> bool:
    """Whether any name or cell would be taken for a formula."""
    return needs_guard(map(str, frame.columns)) or any(needs_guard(frame[c].unique()) for c in frame.columns)


def write_responses(path: Path, frame: pd.DataFrame, *, guarded: bool) -> None:
    r"""Write responses as comma-separated UTF-8 without a byte order mark, in pieces of bounded size.

    Parameters
    ----------
    path : pathlib.Path
        A file that does not exist yet.
    frame : pandas.DataFrame
        Text cells, one row a respondent.
    guarded : bool
        Put an apostrophe before cells that begin like a formula.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import pandas as pd
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "responses.csv"
    >>> write_responses(path, pd.DataFrame({"q1": ["a, b", ""]}), guarded=False)
    >>> path.read_bytes()
    b'q1\n"a, b"\n""\n'
    """
    alone = frame.shape[1] == 1
    names = [_quoted(str(name), guarded=guarded, alone=alone) for name in frame.columns]
    with path.open("x", encoding="utf-8", errors="replace", newline="") as stream:
        stream.write(",".join(names) + "\n")
        stream.writelines(_pieces(frame, guarded=guarded, alone=alone))


def _pieces(frame: pd.DataFrame, *, guarded: bool, alone: bool) -> Iterator[str]:
    columns = [_coded(frame[name], guarded=guarded, alone=alone) for name in frame.columns]
    step = max(1, CELLS_AT_ONCE // max(1, len(columns)))
    for start in range(0, len(frame), step):
        cells = (texts[codes[start : start + step]].tolist() for codes, texts in columns)
        yield "".join(f"{line}\n" for line in map(",".join, zip(*cells, strict=True)))


def _coded(
    cells: pd.Series, *, guarded: bool, alone: bool
) -> tuple[npt.NDArray[np.unsignedinteger], npt.NDArray[np.object_]]:
    """A column as numbers of its distinct cells, and these as they are written."""
    import pandas as pd  # noqa: PLC0415 - heavy, and only needed here

    codes, distinct = pd.factorize(cells, use_na_sentinel=False)
    texts = np.empty(len(distinct), dtype=object)
    texts[:] = [_quoted(str(cell), guarded=guarded, alone=alone) for cell in distinct]
    return codes.astype(np.min_scalar_type(max(len(distinct) - 1, 0))), texts


def _quoted(text: str, *, guarded: bool, alone: bool) -> str:
    """Quote a cell that needs it; a blank one that stands alone would else be a blank line."""
    text = guard(text) if guarded else text
    if any(mark in text for mark in ',"\n\r') or (alone and not text):
        return '"' + text.replace('"', '""') + '"'
    return text
