"""Checks of replicate weights: that the columns are there, hold weights, and are what ``[design]`` says."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cxsurvey.errors import StudyError, did_you_mean
from cxsurvey.study import roles
from cxsurvey.study.answers import FloatArray
from cxsurvey.study.findings import finding, first_row
from cxsurvey.study.issues import Issue
from cxsurvey.study.study import Study

ALIKE = (0.5, 2.0)  # replicate weights add up to about what the weights add up to


def replicate_columns_found(study: Study) -> tuple[list[Issue], set[str]]:
    """List what is wrong with the names of the columns of replicate weights, and the columns there are."""
    given = study.file.design.replicates
    found: set[str] = set()
    issues: list[Issue] = []
    for name in given.columns if given else ():
        columns = roles.matching_columns(study, name)
        found |= set(columns)
        if not columns:
            message = "The replicate weights name columns that the responses lack."
            known = did_you_mean(name, [str(column) for column in study.raw.frame.columns])
            issues.append(finding("unknown-column", "error", name, message, value=name, expected=known))
    return issues, found


def check_replicates(study: Study) -> Iterator[Issue]:
    """Whether replicate weights are weights, and as many and as large as declared."""
    given = study.file.design.replicates
    if given is None or study.n == 0:
        return
    if given.make in {"brr", "fay"}:
        yield from _pairs(study)
    if not given.columns or replicate_columns_found(study)[0]:
        return
    try:
        columns = roles.replicate_columns(study)
    except StudyError as error:
        place = "[design.replicates]"
        found, expected = error.got, error.expected
        yield finding("replicates-disagree", "error", place, error.what, value=found, expected=expected)
        return
    unusable = list(_unusable(study, columns))
    yield from unusable or _combined(study, columns)


def _pairs(study: Study) -> Iterator[Issue]:
    """Half-samples take one of two clusters in every stratum."""
    design = study.file.design
    stratum, cluster = design.at("stratum", 0), design.at("cluster", 0)
    if not {name for name in (stratum, cluster) if name} <= set(study.raw.frame.columns):
        return
    strata = roles.labels(study, stratum).index if stratum else np.zeros(study.n, dtype=np.int64)
    units = roles.labels(study, cluster).index if cluster else np.arange(study.n)
    if (strata < 0).any() or (units < 0).any():
        return
    drawn = np.bincount(np.unique(np.stack([strata, units]), axis=1)[0])
    if (drawn != 2).any():  # noqa: PLR2004 - a pair
        message = (
            f"Half-samples need two clusters in every stratum; {np.sum(drawn != 2):,} of them have others."  # noqa: PLR2004
        )
        row = first_row(study, (drawn != 2)[strata])  # noqa: PLR2004
        expected = 'two clusters in every stratum, or make = "jackknife"'
        yield finding(
            "half-samples-unpaired",
            "error",
            stratum or cluster or "[design]",
            message,
            row=row,
            expected=expected,
        )


def _weights(study: Study, column: str) -> FloatArray:
    """A column of weights, zero for those who are excluded, who need none; shape (n,)."""
    return np.where(study.kept, roles.numbers(study, column), 0.0)


def _unusable(study: Study, columns: list[str]) -> Iterator[Issue]:
    for column in columns:
        weights = _weights(study, column)
        bad = ~roles.usable_weights(weights)
        if bad.any():
            value = str(study.raw.frame[column].iloc[int(np.argmax(bad))])
            count = int(bad.sum())
            message = (
                f"{count:,} replicate weight{'s are' if count > 1 else ' is'} missing, negative or no number."
            )
            row, expected = first_row(study, bad), "a number of 0 or more"
            yield finding(
                "replicate-weight-unusable", "error", column, message, row=row, value=value, expected=expected
            )
        elif not weights.any():
            yield finding("replicate-weight-unusable", "error", column, "All replicate weights are zero.")


def _combined(study: Study, columns: list[str]) -> Iterator[Issue]:
    """Whether columns that should hold the sampling weight add up to about the weights, others to about n."""
    design = study.file.design
    given, column = design.replicates, design.weight
    if given is None or (column is not None and column not in study.raw.frame):
        return
    counted = study.kept.astype(np.float64)
    weights = counted if column is None else _weights(study, column)
    expected = weights if given.combined else counted
    usual = float(np.median([_weights(study, name).sum() for name in columns]))
    total = float(expected.sum())
    if total > 0 and not ALIKE[0] <= usual / total <= ALIKE[1]:
        told = "true" if given.combined else "false"
        message = f"With combined = {told} a replicate adds up to about {total:,.6g}, but here to {usual:,.6g}."
        other = "false" if given.combined else "true"
        yield finding(
            "replicates-combined",
            "warning",
            "[design.replicates]",
            message,
            expected=f"combined = {other}, perhaps",
        )
