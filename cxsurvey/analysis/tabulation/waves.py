"""Waves: each column of the last wave against itself in the wave before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cxsurvey.analysis.design import StudyDesign
from cxsurvey.analysis.measures import Variable
from cxsurvey.analysis.tabulation.banner import Banner
from cxsurvey.analysis.tabulation.comparisons import Comparisons, compared
from cxsurvey.analysis.tabulation.kernel_input import kernel_question, small_codes
from cxsurvey.analysis.tabulation.measured import tables_of
from cxsurvey.errors import DataFault, RequestError
from cxsurvey.numerics.banners.records import BannerVariable, DisjointColumns, OverlappingColumns
from cxsurvey.numerics.banners.significance import pair_tests
from cxsurvey.study.answers import BoolArray
from cxsurvey.study.study import Study

TOTAL = -1
TWO = 2


@dataclass(frozen=True, slots=True, eq=False)
class Waves:
    """The last wave and the one before.

    Attributes
    ----------
    words : str
        Names the wave that is tabulated.
    last, before : ndarray of bool, shape (n,)
    """

    words: str
    last: BoolArray
    before: BoolArray


def waves_of(study: Study, name: str | None) -> Waves | None:
    """Find the last two waves that have respondents, in the order of the responses.

    Parameters
    ----------
    study : Study
    name : str or None
        A single or ordinal question.

    Returns
    -------
    Waves or None
        None where no wave question is asked for.

    Raises
    ------
    RequestError
        ``unknown-question``, ``bad-option`` for a question of another type.
    DataFault
        ``wave-not-usable`` when fewer than two waves have respondents.
    """
    if name is None:
        return None
    question, code = study.question(name), study.answers(name).code
    if question.type not in {"single", "ordinal"} or code is None:
        raise RequestError.bad_option(
            "wave", name, "a single or ordinal question whose responses are waves in order"
        )
    present = np.unique(code[code >= 0])
    if len(present) < TWO:
        raise DataFault.too_few_waves(name, len(present))
    before, last = int(present[-2]), int(present[-1])
    labels = question.responses[last].label, question.responses[before].label
    return Waves(f"{question.name}: {labels[0]}, compared with {labels[1]}", code == last, code == before)


def wave_comparisons(
    design: StudyDesign,
    parts: Sequence[Variable],
    banner: Banner,
    last: BoolArray,
    before: BoolArray,
) -> list[Comparisons]:
    """Compare the total and every column with itself in the wave before.

    Parameters
    ----------
    design : SampleDesign, Multistage or Replicated
    parts : sequence of Variable
        Of all questions.
    banner : Banner
    last, before : ndarray of bool, shape (n,)
        Respondents of the book in each wave.

    Returns
    -------
    list of Comparisons
        Whether waves share respondents or clusters is the design's to say.
    """
    questions = [kernel_question(part, last | before) for part in parts]
    crossed: list[BannerVariable] = [DisjointColumns(np.where(last, 0, np.where(before, 1, -1)), TWO)]
    for members in banner.members:
        if members.code is not None:
            inside = (members.code >= 0) & (last | before)
            codes = np.where(inside, TWO * members.code + before, -1)
            crossed.append(DisjointColumns(small_codes(codes, TWO * members.size), TWO * members.size))
        else:
            both = np.stack([members.matrix & last[:, None], members.matrix & before[:, None]], axis=2)
            crossed.append(OverlappingColumns(both.reshape(len(last), -1)))
    tables = tables_of(design, questions, crossed)
    found = []
    for position, table in enumerate(tables):
        places = (
            np.zeros(1, dtype=np.int64)
            if position == 0
            else np.array(banner.variables[position - 1].columns, dtype=np.int64)
        )
        first = 1 + TWO * np.arange(len(places))
        tests = pair_tests(table, first, first + 1)
        found.append(compared("wave", position - 1 if position else TOTAL, tests, places, places))
    return found
