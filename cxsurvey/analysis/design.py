"""The sampling design of a study, as the numerics want it."""

from __future__ import annotations

from cxsurvey.analysis.design_columns import design_labels, design_weights
from cxsurvey.analysis.general_designs import replicates_in_columns, replicates_made, staged_design
from cxsurvey.errors import DataFault
from cxsurvey.numerics.sampling.multistage import Multistage, as_multistage
from cxsurvey.numerics.sampling.replication import Replicated
from cxsurvey.numerics.tables.design import SampleDesign, sample_design
from cxsurvey.study.quality import exclusion_words
from cxsurvey.study.sampling_plan import Design, Replicates
from cxsurvey.study.study import Study

StudyDesign = SampleDesign | Multistage | Replicated

SYNTHETIC = "synthetic respondents, illustrative and not observed"
UNWEIGHTED = "unweighted"
OF_FRACTIONS = "weighted by the inverse of the fractions drawn"
KINDS = {
    "brr": "balanced half-samples",
    "fay": "Fay's half-samples",
    "jk1": "jackknife",
    "jkn": "stratified jackknife",
    "bootstrap": "bootstrap",
    "other": "scale as given",
}


def survey_design(study: Study) -> StudyDesign:
    """Build the sample design that ``[design]`` declares.

    Parameters
    ----------
    study : Study

    Returns
    -------
    SampleDesign, Multistage or Replicated
        A :class:`.tables.design.SampleDesign` where the first stage decides every variance, else the general
        design of the stages, or replicate weights. All have ``weights (n,)``, ``n`` and ``df``; respondents
        have equal weights where neither a weight column nor ``weight_from_fpc`` is declared.

    Raises
    ------
    DataFault
        ``weight-unusable``, ``design-unusable``, ``cluster-in-several-strata``, ``fpc-not-usable``,
        ``design-value-missing``; of replicate weights ``replicate-weights-unusable``, ``too-many-replicates``,
        ``two-clusters-needed``, ``lonely-stratum``.
    StudyError
        ``unknown-column``, ``replicates-disagree``.
    RequestError
        ``bad-option`` for replicates that cannot be made under the lonely-cluster rule or with an fpc.

    Examples
    --------
    >>> import cxsurvey as cx
    >>> survey_design(cx.read_study("sfo2018")).n
    2809
    """
    declared = study.file.design
    study.require_columns({f"[design] {role}": column for role, column in declared.sampling_columns()})
    if study.n == 0:
        raise DataFault.no_respondents(study.raw.file_name)
    given = declared.replicates
    if given is not None:
        return replicates_made(study, given) if given.make else replicates_in_columns(study, given)
    if not declared.one_stage:
        return staged_design(study)
    weights, labels = design_weights(study), design_labels(study)
    return sample_design(
        staged_design(study).weights if weights is None else weights,
        stratum=labels.first("stratum"),
        cluster=labels.first("cluster"),
        fpc=labels.first("fpc"),
        nest=declared.nested,
        lonely=declared.lonely_cluster,
    )


def general_design(design: StudyDesign) -> Multistage | Replicated:
    """Give a design in the form that any estimator can be fitted under, with the same variances.

    Parameters
    ----------
    design : SampleDesign, Multistage or Replicated

    Returns
    -------
    Multistage or Replicated

    Examples
    --------
    >>> import cxsurvey as cx
    >>> design = survey_design(cx.read_study("sfo2018"))
    >>> general_design(design).df == design.df
    True
    """
    return as_multistage(design) if isinstance(design, SampleDesign) else design


def weights_alone(design: StudyDesign) -> SampleDesign:
    """Give a one-stage design with the same weights, for counts and weighted sums without a standard error.

    >>> weights_alone(sample_design([1.0, 2.0])).weights.tolist()
    [1.0, 2.0]
    """
    return design if isinstance(design, SampleDesign) else sample_design(design.weights)


def is_simple(design: StudyDesign) -> bool:
    """Whether respondents count as a simple random sample: one stratum, no clusters, equal weights.

    >>> is_simple(sample_design([1.0, 1.0, 1.0])), is_simple(sample_design([1.0, 2.0, 1.0]))
    (True, False)
    """
    return isinstance(design, SampleDesign) and design.is_simple


def is_clustered(design: StudyDesign) -> bool:
    """Whether respondents may have come in clusters; replicate weights do not say, and are taken so.

    >>> is_clustered(sample_design([1.0, 1.0, 1.0], cluster=["a", "a", "b"]))
    True
    """
    if isinstance(design, Replicated):
        return True
    first = design if isinstance(design, SampleDesign) else design.stages[0].sample
    return first.cluster is not None


def describe_design(study: Study) -> str:
    """Say in words how respondents were weighted and sampled, who is excluded, and whether they are synthetic.

    Examples
    --------
    >>> import cxsurvey as cx
    >>> "weighted" in describe_design(cx.read_study("sfo2018"))
    True
    """
    declared = study.file.design
    parts = [SYNTHETIC] if study.file.study.synthetic else []
    parts.append(describe_weights(declared))
    named = (("strata", declared.stratum), ("clusters", declared.cluster))
    parts += [f"{role}: {_staged(columns)}" for role, columns in named if columns]
    if declared.fpc:
        parts.append(f"finite population correction: {_staged(declared.fpc)}")
    if declared.replicates is not None:
        parts.append(_replicates(declared.replicates))
    if study.excludes:
        parts.append(exclusion_words(study))
    return "; ".join(parts)


def describe_weights(declared: Design) -> str:
    """Say in words what respondents are weighted by.

    >>> describe_weights(Design(weight="w")), describe_weights(Design())
    ('weighted by w', 'unweighted')
    """
    if declared.weight_from_fpc:
        return OF_FRACTIONS
    return f"weighted by {declared.weight}" if declared.weight else UNWEIGHTED


def _staged(columns: tuple[str, ...]) -> str:
    if len(columns) == 1:
        return columns[0]
    return ", ".join(f"{column} (stage {stage})" for stage, column in enumerate(columns, 1) if column)


def _replicates(given: Replicates) -> str:
    if given.make == "bootstrap":
        return f"{given.count:,} bootstrap replicates made from them, seed {given.seed}"
    if given.make:
        rho = f", rho {given.rho:g}" if given.rho is not None else ""
        kind = {"jackknife": "jackknife", "brr": KINDS["brr"], "fay": KINDS["fay"]}[given.make]
        return f"replicate weights made from them ({kind}{rho})"
    rho = f", rho {given.rho:g}" if given.rho is not None else ""
    names = ", ".join(given.columns) if len(given.columns) < 3 else f"{len(given.columns)} columns"  # noqa: PLR2004 - short enough to read
    return f"replicate weights: {names} ({KINDS[given.kind or 'other']}{rho})"
