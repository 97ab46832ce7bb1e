"""Checks of the sampling columns: weights, and the strata, clusters and population sizes of the first stage."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Literal

import numpy as np

from cxsurvey.study import roles
from cxsurvey.study.answers import BoolArray
from cxsurvey.study.findings import decimal_hint, finding, first_row, people
from cxsurvey.study.issues import Issue
from cxsurvey.study.study import Study

ROLES: tuple[Literal["stratum"], Literal["cluster"]] = ("stratum", "cluster")
UNWEIGHTED_WORDS = ("unweighted", "not weighted", "no weight", "none")


def check_weights(study: Study) -> Iterator[Issue]:
    """Whether every weight is a number of zero or more, and one is above zero."""
    column = study.file.design.weight
    weighting = study.file.disclosure.weighting
    if not study.file.design.weighted and weighting and not weighting.casefold().startswith(UNWEIGHTED_WORDS):
        message = "[disclosure] describes a weighting, but [design] names no weight column."
        expected = 'weight = "..." in [design]'
        yield finding("weight-not-declared", "warning", "[design]", message, value=weighting, expected=expected)
    if column is None or column not in study.raw.frame or study.n == 0:
        return
    weights = roles.numbers(study, column)
    blank = roles.labels(study, column).blank
    weights, blank = np.where(study.kept, weights, 1.0), blank & study.kept  # those excluded need none
    finite, usable = np.isfinite(weights), roles.usable_weights(weights)
    tests = (
        ("weight-missing", blank, "no weight"),
        ("weight-not-finite", ~finite & ~blank, "a weight that is not a finite number"),
        ("weight-negative", finite & (weights < 0), "a negative weight"),
        ("weight-extreme", finite & (weights > 0) & ~usable, "a weight above 1e15 or below 1e-15"),
    )
    for code, mask, words in tests:
        if mask.any():
            row = first_row(study, mask)
            value = str(study.raw.frame[column].iloc[row - study.raw.first_row])
            yield finding(
                code,
                "error",
                column,
                f"{people(int(mask.sum()), 'have')} {words}.",
                row=row,
                value=value,
                expected=f"a number of 0 or more{decimal_hint(study, value)}",
            )
    counted = finite & study.kept
    if counted.any() and not np.any(weights[counted] > 0):
        yield finding("weights-all-zero", "error", column, "No respondent has a weight above zero.")
    elif np.any(weights[finite] == 0):
        mask = weights == 0
        message = f"{people(int(mask.sum()), 'have')} a weight of zero, which counts in no estimate."
        yield finding("weight-zero", "note", column, message, row=first_row(study, mask), value="0")


def check_strata_and_clusters(study: Study) -> Iterator[Issue]:
    """Whether everybody has a stratum and a cluster, each cluster one stratum, each stratum two clusters."""
    design = study.file.design
    columns = study.raw.frame.columns
    found = {}
    for role in ROLES:
        column = design.at(role, 0)
        if column is None or column not in columns:
            continue
        found[role] = roles.labels(study, column)
        blank = found[role].blank
        if blank.any():
            message = f"{people(int(blank.sum()), 'have')} no {role}."
            row = first_row(study, blank)
            yield finding(f"{role}-missing", "error", column, message, row=row, expected=f"a {role}")
    cluster, stratum = found.get("cluster"), found.get("stratum")
    if cluster and stratum and not design.nested:
        yield from _crossing(study, cluster, stratum)
    yield from _lonely(study, cluster, stratum)


def _crossing(study: Study, cluster: roles.Labels, stratum: roles.Labels) -> Iterator[Issue]:
    pairs = {(c, s) for c, s in zip(cluster.index.tolist(), stratum.index.tolist(), strict=True) if c >= 0}
    strata, first = Counter(c for c, _ in pairs), cluster.first()
    for position, count in strata.items():
        if count > 1:
            name = cluster.names[position]
            yield finding(
                "cluster-crosses-strata",
                "error",
                study.file.design.cluster[0],
                f"The cluster '{name}' lies in {count} strata; set nested = true if ids start afresh in each.",
                row=study.raw.first_row + int(first[position]),
                value=name,
                expected="one stratum a cluster",
            )


def _lonely(study: Study, cluster: roles.Labels | None, stratum: roles.Labels | None) -> Iterator[Issue]:
    if stratum is None or (study.file.design.cluster and cluster is None):
        return
    units = cluster.index if cluster else np.arange(study.n)
    pairs = {(s, u) for s, u in zip(stratum.index.tolist(), units.tolist(), strict=True) if s >= 0}
    rule, first = study.file.design.lonely_cluster, stratum.first()
    certain = _taken_with_certainty(study)[first]
    for position, count in Counter(s for s, _ in pairs).items():
        if count == 1 and not certain[position]:
            name = stratum.names[position]
            yield finding(
                "lonely-cluster",
                "error" if rule == "error" else "note",
                study.file.design.stratum[0],
                f"The stratum '{name}' has one sampling unit; "
                + (
                    "no variance can be estimated from it."
                    if rule == "error"
                    else f"its variance follows the rule '{rule}'."
                ),
                row=study.raw.first_row + int(first[position]),
                value=name,
                expected="two or more units a stratum, or another lonely_cluster rule",
            )


def _taken_with_certainty(study: Study) -> BoolArray:
    """Whose stratum has a population of one unit, or was taken whole: it adds no variance. Shape (n,)."""
    column = study.file.design.at("fpc", 0)
    if column is None or column not in study.raw.frame:
        return np.zeros(study.n, dtype=bool)
    certain: BoolArray = roles.numbers(study, column) == 1
    return certain


def check_populations(study: Study) -> Iterator[Issue]:
    """Whether every population size, or fraction sampled, is one that its stratum can have."""
    column = study.file.design.at("fpc", 0)
    if column is None or column not in study.raw.frame or study.n == 0:
        return
    sizes = roles.numbers(study, column)
    unread = ~(sizes >= 0)
    if unread.any():
        message = f"{people(int(unread.sum()), 'have')} no population size."
        expected = "the population of the stratum, or the fraction sampled"
        row = first_row(study, unread)
        yield finding("population-missing", "error", column, message, row=row, expected=expected)
        return
    for name, inside, drawn in _drawn(study):
        found = sizes[inside]
        row = first_row(study, inside)
        place = f"The stratum '{name}'" if name else "The sample"
        if found.min() < found.max():
            message = f"{place} has several population sizes, from {found.min():g} to {found.max():g}."
            yield finding("population-differs", "error", column, message, row=row, expected="one a stratum")
        elif sizes.max() > 1 and found[0] < drawn:
            message = f"{place} has a population of {found[0]:g}, and {drawn} units were drawn from it."
            expected = f"{drawn} or more, or the fraction sampled"
            yield finding("population-too-small", "error", column, message, row=row, expected=expected)


def _drawn(study: Study) -> Iterator[tuple[str, BoolArray, int]]:
    """For each stratum its name, its respondents and its number of sampling units."""
    design, columns = study.file.design, study.raw.frame.columns
    units = np.arange(study.n)
    cluster, stratum = design.at("cluster", 0), design.at("stratum", 0)
    if cluster is not None and cluster in columns:
        units = roles.labels(study, cluster).index
    if stratum is None or stratum not in columns:
        yield "", np.ones(study.n, dtype=bool), len(np.unique(units))
        return
    strata = roles.labels(study, stratum)
    for position, name in enumerate(strata.names):
        inside: BoolArray = strata.index == position
        yield name, inside, len(np.unique(units[inside]))
