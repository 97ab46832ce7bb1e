"""The columns of ``[design]`` as arrays: weights, and labels of strata and clusters stage by stage."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from cxsurvey.errors import DataFault
from cxsurvey.study import roles
from cxsurvey.study.answers import FloatArray
from cxsurvey.study.study import Study

Array = npt.NDArray[np.int64] | npt.NDArray[np.float64]
Role = Literal["stratum", "cluster", "fpc"]
ROLES: tuple[Role, ...] = ("stratum", "cluster", "fpc")


@dataclass(frozen=True, slots=True, eq=False)
class DesignLabels:
    """Strata, clusters and population sizes, each a list of (n,) arrays, stage one first.

    A stage without has None.
    """

    stratum: tuple[Array | None, ...]
    cluster: tuple[Array | None, ...]
    fpc: tuple[Array | None, ...]

    def first(self, role: Role) -> Array | None:
        """The first stage's, or None."""
        named: tuple[Array | None, ...] = getattr(self, role)
        return named[0] if named else None

    def rows(self, order: npt.NDArray[np.intp]) -> DesignLabels:
        """The same in another order of the respondents."""
        parts = [
            tuple(None if array is None else array[order] for array in getattr(self, role)) for role in ROLES
        ]
        return DesignLabels(*parts)


def design_weights(study: Study) -> FloatArray | None:
    """Give the declared weights, ones without a column, or None when they follow from ``fpc``; shape (n,).

    Whoever is excluded for data quality has a weight of zero in a declared column, whatever it holds.

    Raises
    ------
    DataFault
        ``weight-unusable``.
    """
    declared = study.file.design
    if declared.weight_from_fpc:
        return None
    column = declared.weight
    if column is None:
        return np.ones(study.n)
    weights = np.where(study.kept, roles.numbers(study, column), 0.0)
    bad = ~roles.usable_weights(weights)
    if bad.any():
        row = study.raw.first_row + int(np.argmax(bad))
        fault = "some are missing, negative, extreme or no number"
        raise DataFault.weight_column(column, fault, int(bad.sum()), row)
    if not (weights > 0).any():
        raise DataFault.weight_column(column, "all are zero", study.n, study.raw.first_row)
    return weights


def design_labels(study: Study) -> DesignLabels:
    """Read the strata, clusters and population sizes of every stage.

    Raises
    ------
    DataFault
        ``design-unusable`` for a blank stratum or cluster.
    """
    declared = study.file.design
    return DesignLabels(
        stratum=tuple(_labels(study, "stratum", column) for column in declared.stratum),
        cluster=tuple(_labels(study, "cluster", column) for column in declared.cluster),
        fpc=tuple(roles.numbers(study, column) if column else None for column in declared.fpc),
    )


def _labels(study: Study, role: str, column: str) -> npt.NDArray[np.int64] | None:
    if not column:
        return None
    found = roles.labels(study, column)
    if found.blank.any():
        row = study.raw.first_row + int(np.argmax(found.blank))
        raise DataFault.design_column(column, role, int(found.blank.sum()), row)
    # Numbered by name, not by first appearance, so that shuffled rows give the same design.
    number = np.empty(len(found.names), dtype=np.int64)
    number[np.argsort(np.array(found.names))] = np.arange(len(found.names))
    return number[found.index]
