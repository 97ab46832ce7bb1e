"""Who is in which cell of the joint tables: the more mature, the better the ratings of the cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from statistics import NormalDist
from typing import Final

import numpy as np
import numpy.typing as npt

from cxsurvey.errors import DataFault
from cxsurvey.published.synthesis.counts import Factor, IntArray, JointCounts
from cxsurvey.published.synthesis.latent import FloatArray, Leanings
from cxsurvey.study.codebook import Question

Values = npt.NDArray[np.str_]

CHOSEN: Final = "1"
NOT_CHOSEN: Final = "0"
CLOSEST: Final = 0.99
"""A rating as good as maturity itself would leave no weight to other ratings."""


def place(joint: JointCounts, questions: Mapping[str, Question], leanings: Leanings) -> dict[Factor, Values]:
    """Put every respondent in a cell of a joint table.

    Parameters
    ----------
    joint : JointCounts
    questions : mapping of str to Question
    leanings : Leanings

    Returns
    -------
    dict of Factor to ndarray of str, shape (n,)
        The value of each factor.

    Raises
    ------
    DataFault
        ``synthesis-plan`` when the counts do not sum to the respondents, or a factor is not in the codebook.

    Notes
    -----
    Respondents are ranked by what the factors together tell of maturity, and cells by their score, ties at
    random. In a one-factor model, factors of loading l are summed with the weights l / (1 - l**2); with w the
    sum of l**2 / (1 - l**2), that sum correlates by sqrt(w / (1 + w)) with maturity (Bartlett 1937).
    """
    n = leanings.latent.n
    names = " and ".join(dict.fromkeys(factor.question for factor in joint.factors))
    if np.any(joint.counts < 0) or joint.counts.sum() != n:
        raise DataFault.synthesis_plan(names, f"has counts that do not sum to {n:,}")
    score, information = _scores(joint, questions, leanings)
    noise = leanings.latent.noise(f"cell {names}")
    rank = np.argsort(leanings.mixed(noise, float(np.sqrt(information / (1 + information)))), kind="stable")
    slots = np.repeat(np.arange(len(joint.cells)), joint.counts)
    ties = leanings.latent.noise(f"ties {names}")
    cell = np.empty(n, dtype=np.int64)
    cell[rank] = slots[np.lexsort((ties, score[slots]))]
    columns = zip(joint.factors, zip(*joint.cells, strict=True), strict=True)
    return {factor: np.array(values, dtype=np.str_)[cell] for factor, values in columns}


def indices(question: Question, values: Values) -> IntArray:
    """Turn response codes into their places in the codebook; -1 for no answer; shape (n,).

    Raises
    ------
    DataFault
        ``synthesis-plan`` for a code that the question lacks.
    """
    position = {"": -1, **{code: i for i, code in enumerate(question.codes)}}
    unknown = sorted(set(values.tolist()) - set(position))
    if unknown:
        raise DataFault.synthesis_plan(question.id, f"has no response '{unknown[0]}'")
    return np.array([position[value] for value in values.tolist()], dtype=np.int64)


def _scores(
    joint: JointCounts, questions: Mapping[str, Question], leanings: Leanings
) -> tuple[FloatArray, float]:
    """Score of each cell, and how much the factors tell of maturity."""
    score = np.zeros(len(joint.cells))
    information = 0.0
    for i, factor in enumerate(joint.factors):
        if factor.question not in questions:
            raise DataFault.synthesis_plan(factor.question, "is not in the codebook")
        column = [values[i] for values in joint.cells]
        for loading, levels in _levels(factor, questions[factor.question], leanings):
            near = float(np.clip(loading, -CLOSEST, CLOSEST))
            scores = normal_scores(column, joint.counts, levels)
            score += near / (1 - near**2) * scores
            information += near**2 / (1 - near**2) if scores.any() else 0.0
    return score, information


def _levels(factor: Factor, question: Question, leanings: Leanings) -> Iterator[tuple[float, dict[str, float]]]:
    """What of a factor goes with maturity: the loading, and the order of the values."""
    loadings = leanings.loadings
    if factor.response:
        yield loadings[question.id, factor.response], {NOT_CHOSEN: 0.0, CHOSEN: 1.0}
    elif question.type == "ordinal":
        values = zip(question.codes, question.values, strict=True)
        yield loadings[question.id, ""], {code: value for code, value in values if not np.isnan(value)}
    else:
        for code in question.codes:
            if loadings[question.id, code]:
                yield loadings[question.id, code], {other: float(other == code) for other in question.codes}


def normal_scores(column: list[str], counts: IntArray, levels: Mapping[str, float]) -> FloatArray:
    """Standard normal scores of the mid-ranks of values.

    Parameters
    ----------
    column : list of str, length C
    counts : ndarray of int, shape (C,)
    levels : mapping of str to float
        Order of the values; a value that is not there has no place, and scores 0.

    Returns
    -------
    ndarray of float, shape (C,)

    Examples
    --------
    >>> normal_scores(["low", "high"], np.array([50, 50]), {"low": 1, "high": 2}).round(2)
    array([-0.67,  0.67])
    """
    sizes: dict[float, int] = {}
    for value, count in zip(column, counts.tolist(), strict=True):
        if value in levels and count:
            sizes[levels[value]] = sizes.get(levels[value], 0) + count
    total, below, score = sum(sizes.values()), 0, dict[float, float]()
    for level in sorted(sizes):
        score[level] = NormalDist().inv_cdf((below + sizes[level] / 2) / total)
        below += sizes[level]
    return np.array([score.get(levels[value], 0.0) if value in levels else 0.0 for value in column])
