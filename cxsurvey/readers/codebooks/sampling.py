"""The columns that say how respondents were sampled: weight, stratum, cluster, population, replicates, wave."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cxsurvey.readers.codebooks.draft import Sure
from cxsurvey.readers.codebooks.profiles import Profile
from cxsurvey.study.answers import cell_number
from cxsurvey.study.codebook import Reading
from cxsurvey.study.sampling_plan import Design

_NAMES = {
    "weight": re.compile(
        r"(?:.*[_ .])?(?:final|samp(?:ling)?|survey|design|post|person|hh|house|pop)?_?"
        r"(?:weights?|wgts?|wts?|gewicht)(?:[_ .]?[a-z0-9]{1,4})?|"
        r"pw|pweight|p_weight|wt[a-z]{2,4}\d?yr|perwt|hhwt|finalwgt|weightvar|wtssall|nwgt",
    ),
    "stratum": re.compile(r"(?:.*_)?(?:strat(?:um|a|id|_id)?|sdmvstra|v023|strata_?(?:id|no|code)?)"),
    "cluster": re.compile(
        r"(?:.*_)?(?:psu|psu_?(?:id|no)|sdmvpsu|clusters?|cluster_?(?:id|no)|clustid|clust|v021|ea_?id|ea|upsu)"
    ),
    "fpc": re.compile(r"fpc\d?|(?:.*_)?pop(?:ulation)?_?size"),
    "wave": re.compile(r"wave(?:_?(?:id|no|nr|number))?|survey_?(?:wave|round|year)|round|edition|welle"),
}
_REPLICATE = re.compile(
    r"((?:.*_)?(?:brr|rep(?:wt|wgt|weight)?s?|jk\w*|bsw|bsrw|bs|btwt|boot\w*|fay\w*|wrep|pwgtp|wgtp|wtrep|pworwgt|rw))_?(\d{1,3})"
)
LEAST_REPLICATES = 4
BODY = (30.0, 130.0)  # a column called weight with such a mean may hold kilograms


@dataclass(frozen=True, slots=True)
class Role:
    """A column with a part in the sampling, why, and how sure that is."""

    name: str
    column: str
    reason: str
    sure: Sure


@dataclass(frozen=True, slots=True)
class Sampling:
    """The design that the columns suggest, every column with a part in it, and those that were not declared."""

    design: Design
    roles: tuple[Role, ...]
    candidates: tuple[Role, ...]
    notes: tuple[str, ...]


def find_sampling(profiles: Mapping[str, Profile], reading: Reading) -> Sampling:
    """Find the sampling columns by what the platform says, their names and their values.

    Parameters
    ----------
    profiles : mapping of str to Profile
        Columns of the export, in its order.
    reading : Reading
        How the file writes numbers.

    Returns
    -------
    Sampling
        A column is declared only where its cells allow it: a weight for everyone, a stratum and a cluster
        without blanks. Other candidates are in ``notes``.
    """
    notes: list[str] = []
    candidates: list[Role] = []
    replicates = list(_replicates(profiles))
    taken = {role.column for role in replicates}
    free = {name: item for name, item in profiles.items() if name not in taken}
    weight = _weight(free, reading, notes, candidates)
    stratum = _grouping("stratum", free, notes)
    cluster = _grouping("cluster", free, notes)
    fpc = _population(free, reading, notes, candidates, sampled=cluster is not None or stratum is not None)
    wave = next((role for role in _named("wave", free) if 2 <= len(free[role.column].cells) <= 30), None)  # noqa: PLR2004 - few waves
    found = [role for role in (weight, stratum, cluster, fpc, wave) if role is not None]
    declared: dict[str, object] = {role.name: role.column for role in found if role.name != "wave"}
    if replicates:
        declared |= _with_replicates([role.column for role in replicates], declared, list(profiles), notes)
    nested = (
        stratum is not None and cluster is not None and _crosses(free[cluster.column], free[stratum.column])
    )
    if nested:
        notes.append(f"Clusters of '{declared['cluster']}' recur in several strata: taken as nested.")
    return Sampling(
        Design.model_validate({**declared, "nested": nested}),
        (*found, *replicates),
        tuple(candidates),
        tuple(notes),
    )


def _with_replicates(
    columns: list[str], declared: Mapping[str, object], known: list[str], notes: list[str]
) -> dict[str, object]:
    """Declare balanced replicates beside a weight; of the other kinds the names do not tell the scale."""
    what = f"{len(columns)} columns of replicate weights ({columns[0]} to {columns[-1]})"
    plans = {"stratum", "cluster", "fpc"} & set(declared)
    stem = re.sub(r"\d+$", "", columns[0])
    if "brr" not in stem.casefold() or "weight" not in declared or plans:
        notes.append(
            f"{what} are kept and not declared: name them under [design.replicates] with their kind and scale."
        )
        return {}
    whole = [name for name in known if name.startswith(stem)] == columns
    return {"replicates": {"columns": [f"{stem}*"] if whole else columns, "kind": "brr"}}


def numbers_of(profile: Profile, reading: Reading) -> npt.NDArray[np.float64]:
    """The column as numbers, NaN where a cell is blank or none; shape (n,)."""
    values = np.array([*(cell_number(cell, reading) for cell in profile.cells), np.nan])
    return values[profile.index]


def _plain_name(profile: Profile) -> str:
    return re.sub(r"[\s.]+", "_", profile.name.strip().casefold())


def _named(role: str, profiles: Mapping[str, Profile]) -> Iterator[Role]:
    for name, item in profiles.items():
        if item.column.role == role:
            yield Role(role, name, "the platform says so", "declared")
    for name, item in profiles.items():
        if item.column.role == "answer" and not item.column.block and _NAMES[role].fullmatch(_plain_name(item)):
            yield Role(role, name, f"its name, '{name}'", "likely")


def _weight(
    profiles: Mapping[str, Profile], reading: Reading, notes: list[str], candidates: list[Role]
) -> Role | None:
    held: list[tuple[float, Role]] = []
    for role in _named("weight", profiles):
        item = profiles[role.column]
        values = numbers_of(item, reading)
        if not len(values) or not np.all(np.isfinite(values)) or values.min() < 0 or values.max() <= 0:
            if item.cells:
                notes.append(f"'{role.column}' is named as a weight but lacks a number for some; not declared.")
                candidates += [role] if np.isfinite(values).any() else []
            continue
        held.append((_doubt(role, values), role))
    held = [(doubt, role) for doubt, role in held if doubt < 3]  # noqa: PLR2004 - see _doubt
    if not held:
        return None
    doubt, best = min(held, key=lambda pair: pair[0])
    mean = float(numbers_of(profiles[best.column], reading).mean())
    others = [role.column for _, role in held if role.column != best.column]
    candidates += [role for _, role in held if role.column in others]
    if others:
        notes.append(f"Other columns look like weights: {', '.join(others)}. '{best.column}' is declared.")
    sure: Sure = best.sure if best.sure == "declared" or (doubt < 2 and not others) else "guess"  # noqa: PLR2004 - see _doubt
    return Role("weight", best.column, f"{best.reason}; numbers for everyone, mean {mean:.4g}", sure)


def _doubt(role: Role, values: npt.NDArray[np.float64]) -> float:
    """0 for a mean of 1, 1 for a large or other mean, 2 for few values, 3 for what may be kilograms."""
    if role.sure == "declared":
        return 0
    mean = float(values.mean())
    if 0.8 < mean < 1.25:  # noqa: PLR2004 - weights are commonly scaled to a mean of 1
        return 0
    if role.column.strip().casefold() in {"weight", "weights", "wt"} and BODY[0] < mean < BODY[1]:
        return 3
    return 1 if len(np.unique(values)) > 2 or mean > 1 else 2  # noqa: PLR2004 - 0 and 1 mark a group, they weigh nothing


def _grouping(role_name: str, profiles: Mapping[str, Profile], notes: list[str]) -> Role | None:
    for role in _named(role_name, profiles):
        item = profiles[role.column]
        if not 2 <= len(item.cells) <= max(2, item.n / 2 if role_name == "stratum" else item.n):  # noqa: PLR2004 - one group is none
            continue
        if item.filled < item.n:
            notes.append(f"'{role.column}' is named as a {role_name} but is blank for some; not declared.")
            continue
        return Role(role_name, role.column, f"{role.reason}; {len(item.cells):,} values", role.sure)
    return None


def _population(
    profiles: Mapping[str, Profile],
    reading: Reading,
    notes: list[str],
    candidates: list[Role],
    *,
    sampled: bool,
) -> Role | None:
    """A population size: declared only beside a stratum or a cluster, since it may count either."""
    for role in _named("fpc", profiles):
        values = numbers_of(profiles[role.column], reading)
        if not len(values) or not np.all(values > 0):
            continue
        if not sampled:
            words = "is named as a population size, but no column says what was drawn from it; not declared"
            notes.append(f"'{role.column}' {words}.")
            candidates.append(role)
            continue
        return Role("fpc", role.column, role.reason, "guess")
    return None


def _replicates(profiles: Mapping[str, Profile]) -> Iterator[Role]:
    families: dict[str, list[str]] = {}
    for name, item in profiles.items():
        match = _REPLICATE.fullmatch(_plain_name(item))
        if match and item.column.role in {"answer", "weight", "option", "row"}:
            families.setdefault(match.group(1), []).append(name)
    for members in families.values():
        if len(members) >= LEAST_REPLICATES:
            yield from (
                Role("replicate_weight", name, "its name is one of a numbered family", "likely")
                for name in members
            )


def _crosses(cluster: Profile, stratum: Profile) -> bool:
    """Whether a cluster's id occurs in more than one stratum."""
    pairs = np.unique(np.column_stack([cluster.index, stratum.index]), axis=0)
    return len(pairs) > len(np.unique(cluster.index))
