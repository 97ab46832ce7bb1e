"""A study: what was asked and who answered, together and unchangeable."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from cxsurvey.errors import RequestError, StudyError, did_you_mean
from cxsurvey.study.answers import ANSWERED, EXCLUDED, NOT_SHOWN, Answers, BoolArray, canonical, decode
from cxsurvey.study.codebook import Group, Question, Scale, StudyFile, by_id
from cxsurvey.study.conditions import Base, Condition
from cxsurvey.study.interview_flags import Interviews, look_at_interviews
from cxsurvey.study.quality_plan import QualityPlan
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
    _looked_at: dict[str, Interviews] = field(default_factory=dict)

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
    def excludes(self) -> bool:
        """Whether the study file leaves interviews out for data quality."""
        plan = self.file.quality
        return plan is not None and bool(plan.exclude)

    @property
    def kept(self) -> BoolArray:
        """Who is not excluded for data quality; shape (n,).

        The others have no answers, and stay in the design.
        """
        return ~self.interviews().excluded if self.excludes else np.ones(self.n, dtype=bool)

    @property
    def n_kept(self) -> int:
        """Respondents who are not excluded for data quality."""
        return int(self.kept.sum()) if self.excludes else self.n

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
            found = self.read(self.question(name))
            self._decoded[name] = _set_aside(found, ~self.kept, EXCLUDED) if self.excludes else found
        return self._decoded[name]

    def read(self, question: Question) -> Answers:
        """Decode a question anew: those outside its base are set aside, those excluded are not."""
        self.require_columns(
            {f"question '{question.id}' column {i}": c for i, c in enumerate(question.source_columns, 1)}
        )
        decoded = decode(question, self.raw, self.file.reading)
        return _set_aside(decoded, ~self.mask(question.base), NOT_SHOWN) if question.base else decoded

    def everybody(self) -> Study:
        """The same study with nobody excluded."""
        if not self.excludes or self.file.quality is None:
            return self
        plan = self.file.quality.model_copy(update={"exclude": ()})
        return replace(self, file=self.file.model_copy(update={"quality": plan}), _decoded={}, _looked_at={})

    def interviews(self, questions: Sequence[Question] | None = None) -> Interviews:
        """Measure and flag every interview, as ``[quality]`` says; once.

        Parameters
        ----------
        questions : sequence of Question, optional
            Those to read at the first call; all by default.

        Returns
        -------
        Interviews

        Raises
        ------
        StudyError
            ``unknown-column`` when the responses lack a column that is needed.
        """
        if not self._looked_at:
            plan = self.file.quality or QualityPlan()
            needed = {f"[quality] {role}": column for role, column in plan.columns()}
            respondent_id = self.file.study.respondent_id
            self.require_columns(needed | ({"[study] respondent_id": respondent_id} if respondent_id else {}))
            self._looked_at[self.id] = look_at_interviews(
                plan,
                self.file.question if questions is None else questions,
                self.raw,
                self.file.reading,
                self.everybody().read,
                respondent_id=respondent_id,
            )
        return self._looked_at[self.id]

    def mask(self, base: Base) -> BoolArray:
        """Who meets the conditions of a base, and is not excluded; shape (n,)."""
        met = self.kept.copy()
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


def _set_aside(decoded: Answers, away: BoolArray, why: int) -> Answers:
    """Take the answers of some respondents for missing."""
    reason = np.where(away, why, decoded.reason)
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
