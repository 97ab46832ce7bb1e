"""What inference hands over: a study file, the responses it reads, and an account of every decision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from cxsurvey.study.codebook import StudyFile

if TYPE_CHECKING:
    import pandas as pd

Sure = Literal["declared", "certain", "likely", "guess"]
Fate = Literal["question", "part", "design", "id", "timestamp", "quality", "left_out"]
LeftOut = Literal["personal", "free text", "administrative", "empty", "constant"]
SURENESS: tuple[Sure, ...] = ("declared", "certain", "likely", "guess")


@dataclass(frozen=True, slots=True)
class ColumnFate:
    """What became of one column of the export.

    Attributes
    ----------
    column : str
        Its short name.
    header : tuple of str
        Its heading as it stands in the file.
    fate : str
        ``question``, ``part`` (of a multi question), ``design``, ``id``, ``timestamp``, ``quality`` (status,
        progress and other columns that quality flags read) or ``left_out``.
    detail : str
        The question's id, the role, or why it is left out: ``personal``, ``free text``, ``administrative``,
        ``empty``, ``constant``.
    reason : str
        What in the file says so.
    sure : str
        ``declared`` by the platform, ``certain``, ``likely`` or ``guess``.
    """

    column: str
    header: tuple[str, ...]
    fate: Fate
    detail: str
    reason: str
    sure: Sure


@dataclass(frozen=True, slots=True)
class Guess:
    """What was taken for granted about a question, on what evidence, and how sure it is."""

    question: str
    what: str
    evidence: str
    sure: Sure


@dataclass(frozen=True, slots=True)
class Unmapped:
    """A cell that no declared label or recognised scale knows, how often it occurs, and what became of it."""

    question: str
    column: str
    cell: str
    count: int
    treatment: str


@dataclass(frozen=True, slots=True)
class Duplicates:
    """Respondents who share an id, an address or every answer.

    ``rows`` are the first positions in the frame, counted from 0; ``kind`` is ``id``, ``ip`` or ``answers``.
    """

    kind: Literal["id", "ip", "answers"]
    column: str
    groups: int
    respondents: int
    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Draft:
    """A codebook inferred from an export.

    Attributes
    ----------
    file : StudyFile
        Valid declarations; shared answer lists stay shared, under ``file.lists``.
    frame : pandas.DataFrame
        The responses as they are to be written: text cells, one row a respondent.
    fates : tuple of ColumnFate
        One for each column of the export, in its order.
    guesses : tuple of Guess
        One or more for each question, in questionnaire order.
    unmapped : tuple of Unmapped
    duplicates : tuple of Duplicates
    roles : mapping of str to tuple of str
        Columns of ``frame`` by role: ``respondent_id``, ``start``, ``end``, ``duration``, ``status``,
        ``progress``, ``weight``, ``stratum``, ``cluster``, ``fpc``, ``wave``, ``replicate_weight``, ``date``.
    grids : mapping of str to tuple of str
        Question ids of each grid, by the id of its block.
    suggestions : tuple of str
        What the file does not settle, such as ratings that could make segments.
    notes : tuple of str
    """

    file: StudyFile
    frame: pd.DataFrame
    fates: tuple[ColumnFate, ...]
    guesses: tuple[Guess, ...]
    unmapped: tuple[Unmapped, ...] = ()
    duplicates: tuple[Duplicates, ...] = ()
    roles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    grids: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    suggestions: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def guesses_of(self, question: str) -> tuple[Guess, ...]:
        """Guesses about one question."""
        return tuple(guess for guess in self.guesses if guess.question == question)
