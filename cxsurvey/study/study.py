"""A study: what was asked and who answered, together and unchangeable."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from cxsurvey.errors import RequestError, StudyError, did_you_mean
from cxsurvey.study.answers import ANSWERED, NOT_SHOWN, Answers, BoolArray, canonical, decode
from cxsurvey.study.codebook import Group, Question, Scale, StudyFile, by_id
from cxsurvey.study.conditions import Base, Condition
from cxsurvey.study.raw import RawResponses
from cxsurvey.study.study_file import CLAIMS_FILE


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Study:
    """One survey, ready to be analysed.

    Attributes
    ----------
    file : StudyFile
        The declarations of ``study.toml``.
    raw : RawResponses
        The responses as read; answers are decoded when they are first asked for.
    path : pathlib.Path
        The study file.
    sha256 : str
        Of the study file.
    """

    file: StudyFile
    raw: RawResponses
    path: Path
    sha256: str
    _decoded: dict[str, Answers] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """Short name of the study."""
        return self.file.study.id

    @property
    def inputs(self) -> tuple[Path, ...]:
        """The files that nothing may overwrite."""
        folder = self.path.parent
        return (self.path, folder / self.file.study.responses, folder / CLAIMS_FILE)

    @property
    def n(self) -> int:
        """Respondents in the responses file."""
        return len(self.raw.frame)

    @property
    def questions(self) -> dict[str, Question]:
        """Questions by id, in questionnaire order."""
        return by_id(self.file.question)

    @property
    def scales(self) -> dict[str, Scale]:
        """Scales by id."""
        return by_id(self.file.scale)

    @property
    def groups(self) -> dict[str, Group]:
        """Groups by id."""
        return by_id(self.file.group)

    @property
    def source(self) -> str:
        """The source line of figures and tables."""
        info = self.file.study
        return info.source or info.publisher or info.title

    def question(self, name: str) -> Question:
        """Return a question of the codebook.

        Raises
        ------
        RequestError
            ``unknown-question`` with the nearest name.
        """
        questions = self.questions
        if name not in questions:
            raise RequestError.unknown_question(name, did_you_mean(name, list(questions)))
        return questions[name]

    def answers(self, name: str) -> Answers:
        """Decode the answers to a question, with respondents outside its base set aside as not shown.

        Parameters
        ----------
        name : str
            Id of a question.

        Returns
        -------
        Answers

        Raises
        ------
        RequestError
            ``unknown-question``.
        StudyError
            ``unknown-column`` when the responses lack a column of the question.
        """
        if name not in self._decoded:
            question = self.question(name)
            self.require_columns(
                {f"question '{name}' column {i}": c for i, c in enumerate(question.source_columns, 1)}
            )
            decoded = decode(question, self.raw, self.file.reading)
            self._decoded[name] = _within(decoded, self.mask(question.base)) if question.base else decoded
        return self._decoded[name]

    def mask(self, base: Base) -> BoolArray:
        """Who meets the conditions of a base; shape (n,)."""
        met: BoolArray = np.ones(self.n, dtype=bool)
        for condition in base.all:
            met &= self._meets(condition)
        if base.any:
            met &= np.any([self._meets(condition) for condition in base.any], axis=0)
        return met

    def respondents(self) -> Sequence[str]:
        """Respondent ids, or row numbers of the responses file where no id is declared."""
        column = self.file.study.respondent_id
        if column is None:
            return [str(self.raw.first_row + i) for i in range(self.n)]
        self.require_columns({"[study] respondent_id": column})
        return [canonical(cell) for cell in self.raw.frame[column]]

    def require_columns(self, named: Mapping[str, str]) -> None:
        """Refuse to go on when the responses lack a column that the study file names.

        Parameters
        ----------
        named : mapping of str to str
            Where the study file names a column, and the column.

        Raises
        ------
        StudyError
            ``unknown-column`` with the nearest names.
        """
        absent = [(place, column) for place, column in named.items() if column not in self.raw.frame]
        if absent:
            columns = list(self.raw.frame.columns)
            raise StudyError.missing_columns(self.raw.file_name, absent, columns)

    def _meets(self, condition: Condition) -> BoolArray:
        answers = self.answers(condition.question)
        met = np.ones(self.n, dtype=bool)
        if condition.answered is not None:
            met &= answers.answered == condition.answered
        if condition.is_ is not None:
            met &= answers.answered & _any_of(answers, condition.is_)
        if condition.not_ is not None:
            met &= answers.answered & ~_any_of(answers, condition.not_)
        for bound, sign in ((condition.at_least, 1.0), (condition.at_most, -1.0)):
            if bound is not None:
                value = answers.value if answers.value is not None else np.full(self.n, np.nan)
                met &= answers.answered & (sign * np.nan_to_num(value, nan=-sign * np.inf) >= sign * bound)
        return met

    def __repr__(self) -> str:
        info = self.file.study
        made_up = ", synthetic respondents" if info.synthetic else ""
        people = "respondent" if self.n == 1 else "respondents"
        return (
            f"Study {info.id}: {info.title} ({self.n:,} {people}, {len(self.file.question)} questions, "
            f"{len(self.file.scale)} scales, {len(self.file.group)} groups{made_up})"
        )

    def _repr_html_(self) -> str:
        from cxsurvey.study.notebook import html_table  # noqa: PLC0415 - only notebooks need it

        rows = [
            {"id": q.id, "type": q.type, "question": q.text, "answered": self._answered(q.id)}
            for q in self.file.question
        ]
        return html_table(rows, repr(self))

    def _answered(self, name: str) -> int | str:
        """How many answered, or why that cannot be said: a notebook shows a study whose columns are wrong."""
        try:
            return int(self.answers(name).answered.sum())
        except StudyError as error:
            return error.code


def _within(decoded: Answers, shown: BoolArray) -> Answers:
    """Set aside what respondents outside the base answered."""
    reason = np.where(shown, decoded.reason, NOT_SHOWN)
    out = reason != ANSWERED
    return Answers(
        decoded.question,
        reason=reason,
        code=None if decoded.code is None else np.where(out, -1, decoded.code),
        chosen=None if decoded.chosen is None else decoded.chosen & ~out[:, None],
        value=None if decoded.value is None else np.where(out, np.nan, decoded.value),
        unknown=decoded.unknown,
    )


def _any_of(answers: Answers, codes: Sequence[str]) -> BoolArray:
    """Whether a respondent gave any of these responses; shape (n,)."""
    wanted = [i for i, code in enumerate(answers.question.codes) if code in codes]
    if answers.chosen is not None:
        chosen: BoolArray = np.any(answers.chosen[:, wanted], axis=1)
        return chosen
    if answers.code is not None:
        return np.isin(answers.code, wanted)
    if answers.value is None:
        return np.zeros(len(answers.reason), dtype=bool)
    inside: BoolArray = np.isin(answers.value, [float(code) for code in codes])
    return inside
