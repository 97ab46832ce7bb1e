"""Synthetic respondents who satisfy every number that a report prints."""

from __future__ import annotations

import operator
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from cxsurvey.errors import ClaimsError, DataFault, RequestError, StudyError
from cxsurvey.files import write_text
from cxsurvey.published.claims.file import claims_beside, claims_path
from cxsurvey.published.claims.records import Claims
from cxsurvey.published.claims.references import reference_problems
from cxsurvey.published.synthesis.answer_cells import csv_of, study_of
from cxsurvey.published.synthesis.planning import plan
from cxsurvey.published.synthesis.respondents import make_respondents
from cxsurvey.published.synthesis.verification import MISSED, SET_ASIDE, Constraint, constraints_frame, verify
from cxsurvey.readers.study_folder import study_path
from cxsurvey.study.checks import check
from cxsurvey.study.codebook import StudyFile
from cxsurvey.study.notebook import html_table
from cxsurvey.study.study import Study
from cxsurvey.study.study_file import load_study_file

if TYPE_CHECKING:
    import pandas as pd

ROLES = ("cluster", "fpc")
UTF8 = frozenset({"utf-8", "utf8", "utf-8-sig"})


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Synthetic:
    """Synthetic respondents of a study, and the claims they satisfy.

    Attributes
    ----------
    study : Study
        The study with these respondents in memory: ready for estimates, gaps and figures.
    seed : int
    constraints : pandas.DataFrame
        ``claim kind statement statistic printed counted base share against_low against_high met note``: one row
        for each statistic of each claim about answers, counted from the respondents. ``met`` is ``yes`` or
        ``set aside``.
    """

    study: Study
    seed: int
    constraints: pd.DataFrame = field(hash=False)

    @property
    def frame(self) -> pd.DataFrame:
        """The responses: one row a respondent, text cells, in the columns that the study file declares."""
        return self.study.raw.frame.copy()

    @property
    def csv(self) -> str:
        """The responses as CSV text, as the study reads them."""
        return csv_of(self.study.raw.frame, separator=self.study.file.reading.separator or ",")

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the responses as a CSV file in UTF-8, whole or not at all.

        Parameters
        ----------
        path : path-like
            The responses file that the study names may be replaced, since its respondents are synthetic; the
            study file and the claims may not.

        Returns
        -------
        Path
            As given.

        Raises
        ------
        StudyError
            ``responses-not-csv`` when the study names this file and could not read it.
        RequestError
            ``table-format`` for another kind of file.
        OutputError
            When the file cannot be written, or would replace the study file or the claims.
        """
        path = Path(path)
        if path.suffix.lower() not in {".csv", ""}:
            raise RequestError.table_format(path)
        own = self.study.path.parent / self.study.file.study.responses
        if os.path.realpath(path) == os.path.realpath(own):
            self._require_readable(own)
        return write_text(path, self.csv, inputs=(self.study.path, claims_path(self.study.path)))

    def _require_readable(self, own: Path) -> None:
        reading = self.study.file.reading
        if own.suffix.lower() != ".csv":
            raise StudyError.responses_not_csv(str(self.study.path), f"responses in {own.name}")
        if (reading.encoding or "utf-8").lower() not in UTF8 or reading.header_row != 1:
            given = f"encoding {reading.encoding or 'not stated'}, header_row {reading.header_row}"
            raise StudyError.responses_not_csv(str(self.study.path), given)

    def __repr__(self) -> str:
        claims = self.constraints.groupby("claim")["met"].first()
        aside = int((claims == SET_ASIDE).sum())
        rest = f", {aside:,} set aside" if aside else ""
        people = "respondent" if self.study.n == 1 else "respondents"
        return (
            f"Synthetic {people} of {self.study.id}: {self.study.n:,}, seed {self.seed}; "
            f"{len(claims) - aside:,} claims met{rest}"
        )

    def _repr_html_(self) -> str:
        return html_table(self.constraints, repr(self))


def synthesize(study: str | os.PathLike[str], *, seed: int, claims: Claims | None = None) -> Synthetic:
    """Make respondents who satisfy every calibrated claim of a report.

    Parameters
    ----------
    study : str or path-like
        A bundled study's name, a study folder or a study file that says ``synthetic = true``. Its responses
        file need not exist and is not read.
    seed : int
        From 0. The same seed gives the same respondents, byte for byte.
    claims : Claims, optional
        Those of ``claims.csv`` beside the study file when left out.

    Returns
    -------
    Synthetic
        Nothing but the claims is known of these respondents: what they answer beyond them is invented.

    Raises
    ------
    StudyError
        ``study-not-synthetic``, ``responses-unlisted``, ``synthesis-design``, ``synthesis-number``, and the
        errors of a study file.
    ClaimsError
        The claims cannot be read, or name what the study lacks.
    RequestError
        ``bad-seed`` for a seed that is not a whole number from 0.
    DataFault
        ``claims-conflict`` names the smallest set of claims that no respondents can satisfy.

    Notes
    -----
    Whole numbers of respondents are found first, by integer programming, so that every share prints as the
    report prints it. Answers are then given out by a one-factor model: each respondent has a maturity, and the
    more mature lean to better ratings, with a loading for each answer (``[synthesis.loading]``). Last, every
    claim is counted again from the finished respondents.

    Examples
    --------
    >>> import cxsurvey as cx
    >>> made = cx.synthesize("hbr2020", seed=7)
    >>> made.study.n, set(made.constraints.met) <= {"yes", "set aside"}
    (1091, True)
    """
    number = _seed(seed)
    path = study_path(Path(study) if Path(study).exists() else os.fspath(study))
    file = load_study_file(path)
    _require_synthetic(file, path)
    held = _claims(claims, file, path)
    respondents = make_respondents(file, plan(file, held), seed=number)
    made = study_of(file, respondents, seed=number, path=path.resolve())
    return Synthetic(made, number, _verified(made, held))


def _seed(seed: int) -> int:
    try:
        number = operator.index(seed)
    except TypeError:
        number = -1
    if number < 0 or isinstance(seed, bool):
        raise RequestError.bad_seed(seed)
    return number


def _require_synthetic(file: StudyFile, path: Path) -> None:
    if not file.study.synthetic:
        raise StudyError.not_synthetic(str(path))
    coded = [question for question in file.question if question.type not in {"number", "text"}]
    unlisted = [question.id for question in coded if not (question.responses or question.list)]
    if unlisted:
        raise StudyError.responses_unlisted(str(path), unlisted)
    for role in ROLES:
        if named := getattr(file.design, role):
            raise StudyError.synthesis_design(str(path), role, ", ".join(named))
    if file.design.replicates is not None:
        raise StudyError.synthesis_design(str(path), "replicates")


def _claims(claims: Claims | None, file: StudyFile, path: Path) -> Claims:
    if claims is None:
        return claims_beside(path, file)
    problems = reference_problems(claims.items, file)
    if problems:
        raise ClaimsError.invalid(claims.name, problems)
    return claims


def _verified(study: Study, claims: Claims) -> pd.DataFrame:
    """Count the claims and check the data; respondents who fail never leave this module."""
    constraints = verify(study, claims)
    missed = [_missed(item) for item in constraints if item.met == MISSED]
    if missed:
        raise DataFault.synthesis_unmet(missed)
    errors = check(study).errors
    if errors:
        raise DataFault.synthesis_faulty([f"{issue.code}: {issue.message}" for issue in errors])
    return constraints_frame(constraints)


def _missed(item: Constraint) -> str:
    printed = f"printed {item.claim.printed}, " if item.claim.printed else ""
    against = f", {item.note}" if item.note else ""
    return (
        f"{item.claim.id} ({item.statistic}): {printed}counted {item.tally.count} of {item.tally.base}{against}"
    )
