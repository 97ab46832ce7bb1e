"""``[design]`` as frozen records: how respondents were weighted and sampled, by stages or by replicates."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from cxsurvey.study.record import Record

LonelyRule = Literal["error", "remove", "certainty", "adjust", "average"]
ReplicateKind = Literal["brr", "fay", "jk1", "jkn", "bootstrap", "other"]
ReplicateMaker = Literal["jackknife", "brr", "fay", "bootstrap"]
WILDCARD = "*"


def _columns(value: Any) -> Any:
    """One column by itself, or several in a list; a name left empty is none."""
    if isinstance(value, str):
        return (value,) if value else ()
    return tuple(value) if isinstance(value, list) else value


Columns = Annotated[tuple[str, ...], BeforeValidator(_columns, json_schema_input_type=str | list[str])]


class Replicates(Record):
    """``[design.replicates]``: weights that are columns of the responses, or made from strata and clusters."""

    columns: Columns = Field(
        (), description="The columns: a list, or a pattern with one `*`, in the order of the responses file."
    )
    kind: ReplicateKind | None = Field(None, description="How the columns were made, which gives their scale.")
    make: ReplicateMaker | None = Field(None, description="Make them from strata and clusters instead.")
    rho: Annotated[float, Field(ge=0, lt=1)] | None = Field(None, description="Fay's rho.")
    scale: Annotated[float, Field(gt=0)] | None = None
    rscales: tuple[Annotated[float, Field(ge=0)], ...] = Field((), description="One factor for each column.")
    combined: bool = Field(default=True, description="Whether the columns hold the sampling weight already.")
    mse: bool = Field(default=False, description="Centre on the estimate, not on the mean of the replicates.")
    df: Annotated[int, Field(ge=1)] | None = Field(None, description="Degrees of freedom of the whole design.")
    count: Annotated[int, Field(ge=2)] | None = Field(
        None, description="How many bootstrap replicates to make."
    )
    seed: Annotated[int, Field(ge=0)] | None = Field(
        None, description="What bootstrap replicates are drawn from."
    )


class Design(Record):
    """``[design]``: the columns that say how respondents were sampled and weighted."""

    weight: str | None = None
    stratum: Columns = Field((), description='Column of strata, or a list: stage one first, `""` where none.')
    cluster: Columns = Field((), description="Column of clusters, or a list: stage one first.")
    fpc: Columns = Field(
        (),
        description="How many clusters (without clusters: people) the stratum has, or the fraction drawn;"
        " a list: stage one first.",
    )
    nested: bool = Field(default=False, description="Cluster ids start afresh in each stratum.")
    lonely_cluster: LonelyRule = Field("error", description="What to do with a stratum of one cluster.")
    weight_from_fpc: bool = Field(
        default=False, description="Weigh by the inverse of the fractions drawn at every stage."
    )
    replicates: Replicates | None = None

    @property
    def stages(self) -> int:
        """How many stages of sampling are declared; 1 without clusters."""
        return max(1, len(self.cluster))

    @property
    def one_stage(self) -> bool:
        """Whether the first stage decides every variance: there is no other, or no finite population."""
        return self.replicates is None and (self.stages == 1 or not self.fpc)

    @property
    def weighted(self) -> bool:
        """Whether respondents have weights of their own."""
        return bool(self.weight) or self.weight_from_fpc

    def at(self, role: Literal["stratum", "cluster", "fpc"], stage: int) -> str | None:
        """The column of a role at a stage, counted from 0; None where there is none."""
        named: tuple[str, ...] = getattr(self, role)
        return named[stage] or None if stage < len(named) else None

    def sampling_columns(self) -> Iterator[tuple[str, str]]:
        """Each role in words with its column, weights first; replicate weights are apart."""
        if self.weight:
            yield "weight", self.weight
        for role in ("stratum", "cluster", "fpc"):
            named: tuple[str, ...] = getattr(self, role)
            for stage, column in enumerate(named, 1):
                if column:
                    yield (role if len(named) == 1 else f"{role} of stage {stage}"), column
