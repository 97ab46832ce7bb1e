"""Answers as the cells of a responses file, in the columns that the study file declares."""

from __future__ import annotations

import csv
import hashlib
import io
import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from cxsurvey.errors import DataFault, StudyError
from cxsurvey.published.synthesis.latent import FloatArray, Leanings
from cxsurvey.published.synthesis.respondents import BoolArray, Respondents
from cxsurvey.study.codebook import Question, StudyFile
from cxsurvey.study.raw import RawResponses
from cxsurvey.study.study import Study

if TYPE_CHECKING:
    import pandas as pd

TextArray = npt.NDArray[np.object_]
ID_DIGITS: Final = 4
SPAN: Final = 100.0
"""How far the bounds of a number lie apart where the study file does not say."""
DEVIATIONS: Final = 6
"""Standard deviations between the bounds of a number."""


def study_of(file: StudyFile, respondents: Respondents, *, seed: int, path: Path) -> Study:
    """Make the study that these respondents would be.

    Parameters
    ----------
    file : StudyFile
    respondents : Respondents
    seed : int
        For answers to number questions.
    path : pathlib.Path
        The study file.

    Returns
    -------
    Study
        Its ``raw.frame`` holds text cells, as read from a CSV file: the respondent id, design columns, and the
        columns of each question, in the order of the study file. Numbers are whole, roughly normal about the
        middle of their bounds (0 and 100 where none are declared); texts are blank.

    Raises
    ------
    StudyError
        ``synthesis-number`` when no whole number lies between the bounds of a number question.
    DataFault
        ``synthesis-unread`` when cells do not read back as the answers they were made from.
    """
    cells = _outset(file, respondents.n)
    for question in file.question:
        cells |= _question_cells(question, respondents)
    study = _study(file, cells, path)
    _read_back(study, respondents)
    return _with_numbers(study, Leanings.of_study(file, seed=seed, n=respondents.n))


def csv_of(frame: pd.DataFrame, *, separator: str = ",") -> str:
    r"""Write text cells as CSV, exactly as they are: a code is no formula, and must read back the same.

    Parameters
    ----------
    frame : pandas.DataFrame
        Of text.
    separator : str

    Returns
    -------
    str
        With a header line, and ``\n`` at the end of each line.

    Examples
    --------
    >>> import pandas as pd
    >>> csv_of(pd.DataFrame({"OWNER": ["-1", "a,b"]}))
    'OWNER\n-1\n"a,b"\n'
    """
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=separator, lineterminator="\n")
    writer.writerow(frame.columns)
    writer.writerows(frame.itertuples(index=False, name=None))
    return stream.getvalue()


def _outset(file: StudyFile, n: int) -> dict[str, TextArray]:
    """Ids and design columns."""
    cells: dict[str, TextArray] = {}
    if file.study.respondent_id:
        digits = max(ID_DIGITS, len(str(n)))
        cells[file.study.respondent_id] = _texts([f"R{i:0{digits}d}" for i in range(1, n + 1)])
    for column in (file.design.weight, *file.design.stratum):
        if column:
            cells[column] = _texts(["1"] * n)
    return cells


def _texts(values: list[str]) -> TextArray:
    return np.array(values, dtype=object)


def _question_cells(question: Question, respondents: Respondents) -> dict[str, TextArray]:
    if question.type in {"number", "text"}:
        return {column: _texts([""] * respondents.n) for column in question.source_columns}
    if question.type != "multi":
        codes = _texts([*question.codes, ""])
        return {question.column or "": codes[respondents.coded[question.id]]}
    chosen, answered = respondents.chosen[question.id], respondents.answered[question.id]
    if question.columns:
        return _spread(question, chosen)
    if question.column:
        return {question.column: _texts([_joined(question, row) for row in chosen])}
    yes, no = _marks(question)
    return {
        response.column or "": _texts(
            [
                "" if not asked else (yes or response.code) if mine else no
                for asked, mine in zip(answered, chosen[:, i], strict=True)
            ]
        )
        for i, response in enumerate(question.responses)
    }


def _marks(question: Question) -> tuple[str, str]:
    """How a response column says yes and no: 1 and 0, unless they mean that an answer is missing."""
    missing = {item.code for item in question.missing} | {item.label for item in question.missing}
    return ("", "") if missing & {"0", "1"} else ("1", "0")


def _joined(question: Question, chosen: BoolArray) -> str:
    return (question.separator or "").join(question.codes[i] for i in np.flatnonzero(chosen))


def _spread(question: Question, chosen: BoolArray) -> dict[str, TextArray]:
    """The codes of the choices in the columns of the question, from the first column on."""
    table = np.full((len(chosen), len(question.columns)), "", dtype=object)
    for row, picks in zip(table, chosen, strict=True):
        codes = [question.codes[i] for i in np.flatnonzero(picks)]
        row[: len(codes)] = codes
    return {column: table[:, i] for i, column in enumerate(question.columns)}


def _study(file: StudyFile, cells: Mapping[str, TextArray], path: Path) -> Study:
    import pandas as pd  # noqa: PLC0415 - heavy, and only needed here

    frame = pd.DataFrame(cells, dtype=str)
    sha256 = hashlib.sha256(csv_of(frame).encode()).hexdigest()
    raw = RawResponses(frame, file_name=file.study.responses, format="delimited", sha256=sha256)
    return Study(file=file, raw=raw, path=path, sha256=hashlib.sha256(path.read_bytes()).hexdigest())


def _read_back(study: Study, respondents: Respondents) -> None:
    """Hold what the cells say, filters applied, against the answers that were meant."""
    for question in study.file.question:
        if question.type in {"number", "text"}:
            continue
        read = study.answers(question.id)
        if read.chosen is not None:
            same = np.array_equal(read.chosen, respondents.chosen[question.id])
            same &= np.array_equal(read.answered, respondents.answered[question.id])
        else:
            same = np.array_equal(read.code, respondents.coded[question.id])  # type: ignore[arg-type]
        if not same:
            raise DataFault.synthesis_unread(question.id)


def _with_numbers(study: Study, leanings: Leanings) -> Study:
    """Fill in number questions, those that others are filtered by first."""
    waiting = [question for question in study.file.question if question.type == "number"]
    while waiting:
        names = {question.id for question in waiting}
        ready = [question for question in waiting if not names & _filters(question)]
        cells = {str(column): study.raw.frame[column].to_numpy(dtype=object) for column in study.raw.frame}
        for question in ready:
            shown = study.mask(question.base) if question.base else np.ones(study.n, dtype=bool)
            numbers = _numbers(question, leanings.towards(question.id), str(study.path))
            cells[question.column or ""] = np.where(shown, numbers, "").astype(object)
        study = _study(study.file, cells, study.path)
        waiting = [question for question in waiting if question not in ready]
    return study


def _filters(question: Question) -> set[str]:
    base = question.base
    return {condition.question for condition in (*base.all, *base.any)} if base else set()


def _numbers(question: Question, lean: FloatArray, file: str) -> TextArray:
    low, high = question.bounds
    if low is None:
        low = 0.0 if high is None or high > 0 else high - SPAN
    if high is None:
        high = low + SPAN
    lowest, highest = math.ceil(low), math.floor(high)
    if lowest > highest:
        raise StudyError.no_whole_number(file, question.id, low, high)
    numbers = np.clip(np.rint((low + high) / 2 + lean * (high - low) / DEVIATIONS), lowest, highest)
    return _texts([str(int(number)) for number in numbers])
