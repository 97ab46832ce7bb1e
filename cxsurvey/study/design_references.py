"""Does ``[design]`` agree with itself? Which stages, population sizes and replicate weights go together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from cxsurvey.errors import listed
from cxsurvey.study.sampling_plan import WILDCARD, Design, Replicates

SCALED = ("jk1", "jkn", "bootstrap", "other")
OF_BOOTSTRAP = ("count", "seed")
OF_COLUMNS = ("kind", "scale", "df")


def design_problems(design: Design) -> Iterator[str]:
    """List what ``[design]`` gets wrong, apart from the responses.

    Parameters
    ----------
    design : Design

    Yields
    ------
    str
        One sentence a problem.

    Examples
    --------
    >>> list(design_problems(Design(cluster=("school",), fpc=("schools", "pupils"))))
    ["[design]: 'fpc' names 2 columns and 'cluster' names 1; each stage needs its clusters"]
    """
    yield from _stages(design)
    if design.weight_from_fpc and design.weight:
        yield "[design]: 'weight' and 'weight_from_fpc' are two sources of one weight; leave one out"
    if design.weight_from_fpc and len(design.fpc) < design.stages:
        yield "[design]: 'weight_from_fpc' needs an 'fpc' for every stage"
    if design.replicates is not None:
        yield from _replicates(design, design.replicates)


def _stages(design: Design) -> Iterator[str]:
    for role in ("stratum", "fpc"):
        named = getattr(design, role)
        if len(named) > design.stages:
            yield (
                f"[design]: '{role}' names {len(named)} columns and 'cluster' names {len(design.cluster)}; "
                "each stage needs its clusters"
            )
    for role in ("cluster", "fpc"):
        if "" in getattr(design, role):
            yield f"[design]: '{role}' holds an empty name"
    for column, count in Counter(column for column in design.cluster if column).items():
        if count > 1:
            yield f"[design]: the column '{column}' stands for the clusters of {count} stages"


def _replicates(design: Design, given: Replicates) -> Iterator[str]:
    place = "[design.replicates]"
    if bool(given.columns) == bool(given.make):
        yield f"{place}: give either 'columns', or 'make' to have replicate weights made"
    elif given.columns:
        yield from _of_columns(place, design, given)
    else:
        yield from _made(place, design, given)
    if (given.rho is not None) != ("fay" in {given.kind, given.make}):
        yield f"{place}: 'rho' goes with the kind 'fay', and the kind 'fay' with 'rho'"


def _of_columns(place: str, design: Design, given: Replicates) -> Iterator[str]:
    known = [role for role in ("stratum", "cluster", "fpc") if getattr(design, role)]
    if known:
        yield f"{place}: replicate weights hold the sampling plan already; leave out {listed(known)}"
    if given.combined and not design.weight:
        yield f"{place}: the columns hold the sampling weight, so name it: 'weight', or combined = false"
    yield from (f"{place}: '{key}' goes with 'make'" for key in OF_BOOTSTRAP if getattr(given, key) is not None)
    yield from _patterns(place, given.columns)
    yield from _scale(place, given)


def _patterns(place: str, columns: tuple[str, ...]) -> Iterator[str]:
    for column in columns:
        if not column or column.count(WILDCARD) > 1:
            yield f"{place}: '{column}' is no column; a pattern has one '*'"
    for column, count in Counter(columns).items():
        if count > 1:
            yield f"{place}: '{column}' is named {count} times"


def _scale(place: str, given: Replicates) -> Iterator[str]:
    if given.kind is None:
        yield f"{place}: columns need a 'kind': brr, fay, jk1, jkn, bootstrap or other"
    elif given.kind == "other" and given.scale is None:
        yield f"{place}: the kind 'other' needs a 'scale'"
    elif given.kind == "jkn" and not given.rscales:
        yield f"{place}: the kind 'jkn' needs 'rscales', (n_h - 1)/n_h for the stratum of each column"
    elif given.kind not in SCALED and (given.scale is not None or given.rscales):
        yield f"{place}: the scale of the kind '{given.kind}' follows from the number of columns"
    if given.rscales and not any(given.rscales):
        yield f"{place}: all 'rscales' are 0"


def _made(place: str, design: Design, given: Replicates) -> Iterator[str]:
    if design.fpc and given.make != "jackknife":
        yield f"{place}: {given.make} replicates carry no finite population correction; leave out 'fpc'"
    known = [key for key in OF_COLUMNS if getattr(given, key) is not None]
    known += [key for key, told in (("rscales", given.rscales), ("combined", not given.combined)) if told]
    if known:
        yield f"{place}: {listed(known)} go with 'columns'; replicates that are made have their own"
    if given.make == "bootstrap":
        yield from (
            f"{place}: a bootstrap needs '{key}'" for key in OF_BOOTSTRAP if getattr(given, key) is None
        )
    else:
        yield from (
            f"{place}: '{key}' goes with make = \"bootstrap\""
            for key in OF_BOOTSTRAP
            if getattr(given, key) is not None
        )
