"""The invented part of synthetic respondents: one maturity factor behind everybody's answers, and noise.

Counts fix how many give each answer. Who gives it follows propensities: an answer with loading l goes by
l * maturity + sqrt(1 - l**2) * noise, both standard normal, so that answers with loadings l and m correlate by
about l * m underneath (a one-factor copula). Questions of one battery share part of their noise as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt

from cxsurvey.errors import StudyError, did_you_mean
from cxsurvey.study.codebook import Question, StudyFile

FloatArray = npt.NDArray[np.float64]

RATING: Final = 0.8
"""Loading of the two ratings that make segments: together they correlate by about 0.64."""
ITEM: Final = 0.55
CHOICE: Final = 0.15
BATTERY: Final = 0.35
"""Share of the noise that the questions of a battery have in common."""


@dataclass(frozen=True, slots=True, eq=False)
class Latent:
    """Random numbers of the synthetic respondents; each use has a stream of its own.

    A stream depends on the seed and the name of its use, so that a question added to a study leaves the random
    numbers of the others as they were.

    Attributes
    ----------
    seed : int
        From 0.
    n : int
        Respondents.
    """

    seed: int
    n: int

    @property
    def maturity(self) -> FloatArray:
        """The factor behind all answers; standard normal, shape (n,)."""
        return self.noise("maturity")

    def noise(self, name: str) -> FloatArray:
        """Standard normal numbers of one use; shape (n,).

        Parameters
        ----------
        name : str
            The same name gives the same numbers.

        Returns
        -------
        ndarray of float, shape (n,)

        Examples
        --------
        >>> latent = Latent(seed=7, n=3)
        >>> bool((latent.noise("tools") == latent.noise("tools")).all())
        True
        >>> bool((latent.noise("tools") == latent.noise("owner")).any())
        False
        """
        seeds = np.random.SeedSequence(self.seed, spawn_key=tuple(name.encode()))
        return np.random.Generator(np.random.PCG64(seeds)).standard_normal(self.n)


@dataclass(frozen=True, slots=True, eq=False)
class Leanings:
    """How strongly each respondent leans towards each answer.

    Attributes
    ----------
    latent : Latent
    loadings : mapping of (str, str) to float
        See :func:`loadings`.
    batteries : mapping of str to str
        See :func:`batteries`.
    """

    latent: Latent
    loadings: Mapping[tuple[str, str], float]
    batteries: Mapping[str, str]

    @classmethod
    def of_study(cls, file: StudyFile, *, seed: int, n: int) -> Leanings:
        """Take loadings and batteries from a study file."""
        return cls(Latent(seed, n), loadings(file), batteries(file))

    def towards(self, question: str, response: str = "") -> FloatArray:
        """Lean towards a response of a multi or single question, or towards high answers to a rating.

        Parameters
        ----------
        question : str
        response : str
            Empty for the question as a whole.

        Returns
        -------
        ndarray of float, shape (n,)
            Standard normal; it correlates with maturity by the loading.
        """
        noise = self.latent.noise(f"answer {question}.{response}" if response else f"answer {question}")
        battery = "" if response else self.batteries.get(question, "")
        if battery:
            common = self.latent.noise(f"battery {battery}")
            noise = np.sqrt(BATTERY) * common + np.sqrt(1 - BATTERY) * noise
        return self.mixed(noise, self.loadings[question, response])

    def mixed(self, noise: FloatArray, loading: float) -> FloatArray:
        """Maturity and noise in one number; standard normal, shape (n,)."""
        both: FloatArray = loading * self.latent.maturity + np.sqrt(1 - loading**2) * noise
        return both


def loadings(file: StudyFile) -> Mapping[tuple[str, str], float]:
    """How closely every answer goes with maturity.

    Parameters
    ----------
    file : StudyFile

    Returns
    -------
    mapping of (str, str) to float
        By question and response; the response is ``""`` for the question as a whole. What ``[synthesis]``
        states (a response before its question), else 0.8 for the ratings that make segments, 0.55 for other
        ordinal questions and for numbers that are items of a scale or a likelihood to recommend, 0.15 for the
        responses of a multi question, and 0 for the rest: profiles do not depend on maturity.

    Raises
    ------
    StudyError
        ``study-file-invalid`` when ``[synthesis]`` names a question or response that the study lacks, or a
        single question as a whole, whose responses have no order.
    """
    stated = file.synthesis.loading if file.synthesis else {}
    names = [name for question in file.question for name in _names(question)]
    unknown = [
        f"[synthesis.loading]: no question or response '{name}'. {did_you_mean(name, names)}"
        for name in stated
        if name not in names
    ]
    if unknown:
        raise StudyError.invalid("study.toml", unknown)
    found: dict[tuple[str, str], float] = {}
    for question in file.question:
        whole = stated.get(question.id, _default(question, file))
        found[question.id, ""] = whole
        each = whole if question.type == "multi" else 0.0
        for code in question.codes:
            found[question.id, code] = stated.get(f"{question.id}.{code}", each)
    return found


def _names(question: Question) -> Iterator[str]:
    """What a loading may be stated for."""
    yield from [question.id] if question.type != "single" else []
    yield from (f"{question.id}.{code}" for code in question.codes)


def _default(question: Question, file: StudyFile) -> float:
    segments = file.segments
    if segments is not None and question.id in {segments.insight, segments.engagement}:
        return RATING
    scored = question.nps or any(question.id in scale.items for scale in file.scale)
    if question.type == "ordinal" or (question.type == "number" and scored):
        return ITEM
    return CHOICE if question.type == "multi" else 0.0


def batteries(file: StudyFile) -> Mapping[str, str]:
    """Questions that stand one after the other and share an answer list.

    Parameters
    ----------
    file : StudyFile

    Returns
    -------
    mapping of str to str
        Id of the battery, which is that of its first question, by question; only questions in one.
    """
    found: dict[str, str] = {}
    for earlier, later in pairwise(file.question):
        if later.list and later.list == earlier.list and earlier.type == later.type == "ordinal":
            found[later.id] = found.setdefault(earlier.id, earlier.id)
    return found
