"""The sampling design of a study, as the numerics want it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from cxsurvey.errors import DataFault
from cxsurvey.numerics.tables.design import SampleDesign, sample_design
from cxsurvey.study import roles
from cxsurvey.study.study import Study

SYNTHETIC = "synthetic respondents, illustrative and not observed"
UNWEIGHTED = "unweighted"


def survey_design(study: Study) -> SampleDesign:
    """Build the sample design that ``[design]`` declares.

    Parameters
    ----------
    study : Study

    Returns
    -------
    SampleDesign
        Equal weights where no weight column is declared.

    Raises
    ------
    DataFault
        ``weight-unusable``, ``design-unusable``, ``cluster-in-several-strata`` or ``fpc-not-usable``.
    StudyError
        ``unknown-column``.

    Examples
    --------
    >>> import cxsurvey as cx
    >>> survey_design(cx.read_study("sfo2018")).n
    2809
    """
    declared = study.file.design
    named = {role: getattr(declared, role) for role in ("weight", "stratum", "cluster", "fpc")}
    study.require_columns({f"[design] {role}": column for role, column in named.items() if column})
    if study.n == 0:
        raise DataFault.no_respondents(study.raw.file_name)
    return sample_design(
        _weights(study, declared.weight),
        stratum=_labels(study, "stratum", declared.stratum),
        cluster=_labels(study, "cluster", declared.cluster),
        fpc=roles.numbers(study, declared.fpc) if declared.fpc else None,
        nest=declared.nested,
        lonely=declared.lonely_cluster,
    )


def describe_design(study: Study) -> str:
    """Say in words how respondents were weighted and sampled, and whether they are synthetic.

    Examples
    --------
    >>> import cxsurvey as cx
    >>> "weighted" in describe_design(cx.read_study("sfo2018"))
    True
    """
    declared = study.file.design
    parts = [SYNTHETIC] if study.file.study.synthetic else []
    parts.append(f"weighted by {declared.weight}" if declared.weight else UNWEIGHTED)
    if declared.stratum:
        parts.append(f"strata: {declared.stratum}")
    if declared.cluster:
        parts.append(f"clusters: {declared.cluster}")
    if declared.fpc:
        parts.append(f"finite population correction: {declared.fpc}")
    return "; ".join(parts)


def _weights(study: Study, column: str | None) -> npt.NDArray[np.float64]:
    if column is None:
        return np.ones(study.n)
    weights = roles.numbers(study, column)
    bad = ~roles.usable_weights(weights)
    if bad.any():
        row = study.raw.first_row + int(np.argmax(bad))
        fault = "some are missing, negative, extreme or no number"
        raise DataFault.weight_column(column, fault, int(bad.sum()), row)
    if not (weights > 0).any():
        raise DataFault.weight_column(column, "all are zero", study.n, study.raw.first_row)
    return weights


def _labels(study: Study, role: str, column: str | None) -> npt.NDArray[np.int64] | None:
    if column is None:
        return None
    found = roles.labels(study, column)
    if found.blank.any():
        row = study.raw.first_row + int(np.argmax(found.blank))
        raise DataFault.design_column(column, role, int(found.blank.sum()), row)
    # Numbered by name, not by first appearance, so that shuffled rows give the same design.
    number = np.empty(len(found.names), dtype=np.int64)
    number[np.argsort(np.array(found.names))] = np.arange(len(found.names))
    return number[found.index]
