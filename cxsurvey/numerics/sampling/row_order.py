"""Samples with their rows in another order.

Sums in double precision depend, in their last bit, on the order of their terms. Who fits a model to respondents
in an order that their answers decide, and not their place in a file, has the same digits however the file is
shuffled.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from cxsurvey.errors import RequestError
from cxsurvey.numerics.arrays import Ints, as_floats, frozen
from cxsurvey.numerics.sampling.fitted import SurveyDesign
from cxsurvey.numerics.sampling.multistage import Multistage, Stage, as_multistage
from cxsurvey.numerics.sampling.replication import Replicated
from cxsurvey.numerics.tables.design import SampleDesign

if TYPE_CHECKING:
    import numpy.typing as npt

MOST_KEYS = 100  # columns of replicate weights that decide an order
_Kind = TypeVar("_Kind", bound=np.generic)


def settled_order(design: SampleDesign | SurveyDesign, answers: Sequence[npt.ArrayLike]) -> Ints:
    """Order respondents by weight, then by where they were drawn, then by their answers.

    Parameters
    ----------
    design : SampleDesign, Multistage or Replicated
    answers : sequence of (n,) arrays
        Codes or numbers, the first counting first.

    Returns
    -------
    (n,) int
        Rows that change places are alike in all of it, so that a sum over them is one sequence of terms.

    Examples
    --------
    >>> from cxsurvey.numerics.tables.design import sample_design
    >>> settled_order(sample_design([2.0, 1, 1]), [[0, 1, 0]]).tolist()
    [2, 1, 0]
    """
    keys: list[npt.NDArray[Any]] = [as_floats(design.weights)]
    if isinstance(design, SampleDesign):
        keys.append(np.asarray(design.units[0]))
    if isinstance(design, Multistage):
        keys += [part for stage in design.stages for part in (stage.sample.stratum, *_clusters(stage))]
    if isinstance(design, Replicated):
        keys += list(design.replicates.T[:MOST_KEYS])
    keys += [np.asarray(answer) for answer in answers]
    return np.lexsort(keys[::-1])


def _clusters(stage: Stage) -> tuple[Ints, ...]:
    return () if stage.sample.cluster is None else (stage.sample.cluster,)


def reordered(design: SampleDesign | SurveyDesign, order: Ints) -> SurveyDesign:
    """Put the respondents of a design in another order.

    Parameters
    ----------
    design : SampleDesign, Multistage or Replicated
    order : (n,) int
        A permutation of the rows.

    Returns
    -------
    Multistage or Replicated

    Raises
    ------
    RequestError
        ``bad-option`` for another kind of design.

    Examples
    --------
    >>> from cxsurvey.numerics.tables.design import sample_design
    >>> reordered(sample_design([2.0, 1, 1]), np.array([2, 1, 0])).weights.tolist()
    [1.0, 1.0, 2.0]
    """
    if isinstance(design, SampleDesign):
        return as_multistage(_sample(design, order))
    if isinstance(design, Replicated):
        return replace(
            design, weights=_taken(design.weights, order), replicates=_taken(design.replicates, order)
        )
    if not isinstance(design, Multistage):
        raise RequestError.bad_option("design", type(design).__name__, "a Multistage or Replicated design")
    stages = tuple(_stage(stage, order) for stage in design.stages)
    return replace(design, weights=_taken(design.weights, order), stages=stages)


def _stage(stage: Stage, order: Ints) -> Stage:
    sample = _sample(stage.sample, order)
    if sample.cluster is None:  # respondents are numbered by their place
        return replace(stage, sample=sample, cluster=as_multistage(sample).stages[0].cluster)
    return replace(stage, sample=sample, cluster=sample.cluster)


def _sample(sample: SampleDesign, order: Ints) -> SampleDesign:
    cluster = None if sample.cluster is None else _taken(sample.cluster, order)
    weights, stratum = _taken(sample.weights, order), _taken(sample.stratum, order)
    return SampleDesign(weights, stratum, cluster, sample.strata)


def _taken(values: npt.NDArray[_Kind], order: Ints) -> npt.NDArray[_Kind]:
    taken = values[order]
    frozen(taken)
    return taken
