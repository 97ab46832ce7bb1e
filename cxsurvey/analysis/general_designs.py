"""Designs that one stage does not describe: several stages, and replicate weights in columns or made."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from cxsurvey.analysis.design_columns import DesignLabels, design_labels, design_weights
from cxsurvey.errors import DataFault
from cxsurvey.numerics.sampling.multistage import Multistage, multistage_design
from cxsurvey.numerics.sampling.replicate_weights import balanced_replicates, bootstrap_replicates, jackknife
from cxsurvey.numerics.sampling.replication import Replicated, Replication, replicate_design
from cxsurvey.study import roles
from cxsurvey.study.answers import FloatArray
from cxsurvey.study.sampling_plan import ReplicateKind, Replicates
from cxsurvey.study.study import Study

MOST_REPLICATE_WEIGHTS = 200_000_000  # 1.6 GB
NAMES: dict[ReplicateKind, Replication] = {
    "brr": "brr",
    "fay": "fay",
    "jk1": "jackknife",
    "jkn": "other",
    "bootstrap": "bootstrap",
    "other": "other",
}


def staged_design(study: Study) -> Multistage:
    """Build the stages that ``[design]`` declares.

    Parameters
    ----------
    study : Study

    Returns
    -------
    Multistage

    Raises
    ------
    DataFault
        As :func:`.design.survey_design`.
    """
    return _staged(study, design_weights(study), design_labels(study))


def _staged(study: Study, weights: FloatArray | None, labels: DesignLabels) -> Multistage:
    declared = study.file.design
    return multistage_design(
        weights,
        clusters=labels.cluster,
        strata=labels.stratum,
        fpc=labels.fpc,
        nest=declared.nested,
        lonely=declared.lonely_cluster,
    )


def replicates_in_columns(study: Study, given: Replicates) -> Replicated:
    """Read replicate weights from the columns of the responses.

    Parameters
    ----------
    study : Study
    given : Replicates
        With ``columns`` and ``kind``.

    Returns
    -------
    Replicated
        An estimate that a replicate cannot make, since nobody of its base has a weight there, has no standard
        error.

    Raises
    ------
    DataFault
        ``weight-unusable``, ``replicate-weights-unusable``.
    StudyError
        ``unknown-column``, ``replicates-disagree``.
    """
    columns = roles.replicate_columns(study)
    replicates = np.column_stack([_replicate(study, column) for column in columns])
    weights = design_weights(study)
    kind = NAMES[given.kind or "other"]
    return replicate_design(
        np.ones(study.n) if weights is None else weights,
        replicates,
        kind=kind,
        combined=given.combined,
        scale=1.0 if given.kind == "jkn" and given.scale is None else given.scale,
        rscales=given.rscales or None,
        fay_rho=given.rho or 0.0,
        mse=given.mse,
        df=given.df,
    )


def _replicate(study: Study, column: str) -> FloatArray:
    weights = np.where(study.kept, roles.numbers(study, column), 0.0)
    bad = ~roles.usable_weights(weights)
    if not weights.any():
        bad[:] = True
    if bad.any():
        row = study.raw.first_row + int(np.argmax(bad))
        raise DataFault.replicate_column(column, int(bad.sum()), row)
    return weights


def replicates_made(study: Study, given: Replicates) -> Replicated:
    """Make replicate weights from the declared strata and clusters.

    Parameters
    ----------
    study : Study
    given : Replicates
        With ``make``.

    Returns
    -------
    Replicated
        The same for rows in any order: clusters are taken in the order of their names.

    Raises
    ------
    DataFault
        ``too-many-replicates``, ``two-clusters-needed``, ``lonely-stratum``; as :func:`.design.survey_design`.
    RequestError
        ``bad-option`` under the rules ``adjust`` and ``average``, and for half-samples with an fpc.
    """
    labels, weights = design_labels(study), design_weights(study)
    order = np.lexsort([np.arange(study.n), *_keys(labels)])
    staged = _staged(study, None if weights is None else weights[order], labels.rows(order))
    made = _made(staged, given)
    back = np.empty_like(order)
    back[order] = np.arange(study.n)
    rows = [made.weights[back], made.replicates[back]]
    for array in rows:
        array.setflags(write=False)
    return replace(made, weights=rows[0], replicates=rows[1])


def _keys(labels: DesignLabels) -> list[np.ndarray]:
    return [array for array in (labels.first("cluster"), labels.first("stratum")) if array is not None]


def _made(staged: Multistage, given: Replicates) -> Replicated:
    if given.make == "bootstrap":
        count = given.count or 0
        _require_room(count, staged.n)
        return bootstrap_replicates(staged, replicates=count, seed=given.seed or 0, mse=given.mse)
    if given.make == "jackknife":
        _require_room(staged.stages[0].sample.n_psus, staged.n)
        return jackknife(staged, mse=given.mse)
    _require_room(staged.stages[0].sample.n_strata, staged.n)
    return balanced_replicates(staged, fay_rho=given.rho or 0.0, mse=given.mse)


def _require_room(replicates: int, n: int) -> None:
    if replicates * n > MOST_REPLICATE_WEIGHTS:
        raise DataFault.too_many_replicates(replicates, n, MOST_REPLICATE_WEIGHTS)
