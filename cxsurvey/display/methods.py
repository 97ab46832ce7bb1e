"""How the numbers of a study were made, in the words of its methodology page."""

from __future__ import annotations

from cxsurvey.analysis.design import StudyDesign, is_simple, survey_design
from cxsurvey.analysis.segmentation import segment
from cxsurvey.display.methodology import Disclosure, Methodology, Section
from cxsurvey.display.notes import design_words
from cxsurvey.display.numbers import count, level
from cxsurvey.numerics.sampling.multistage import Multistage
from cxsurvey.numerics.sampling.replication import Replicated
from cxsurvey.numerics.tables.totals import effective_n
from cxsurvey.published.claims.file import claims_path
from cxsurvey.study.codebook import Scale
from cxsurvey.study.quality import LABELS, exclusion_words, quality
from cxsurvey.study.study import Study

CALIBRATED = (
    "They are calibrated to a published report: every share that it prints comes out of them as printed, "
    "at its base. Nothing else about them was observed. Figures show a number only where the report "
    "prints it, and mark the others n/p, unless a tag in the figure calls it illustrative. Intervals and "
    "tests are those of a simple random sample of these sizes. Tables beside the figures hold what "
    "follows from the synthetic respondents, published or not."
)
SHARED_ITEMS = (
    "population",
    "mode",
    "field_dates",
    "sponsor",
    "conducted_by",
    "weighting",
    "response_rate",
    "limitations",
)
NAMES = {"holm": "Holm", "bh": "Benjamini-Hochberg", "bonferroni": "Bonferroni", "none": "no correction"}


def methodology(study: Study) -> Methodology:
    """Write the methodology of a study from its disclosure, design, scales, segments and settings.

    Parameters
    ----------
    study : Study

    Returns
    -------
    Methodology

    Raises
    ------
    DataFault
        ``weight-unusable``, ``design-unusable``.
    """
    stated = study.file.disclosure
    design = survey_design(study)
    items = {name: getattr(stated, name) for name in SHARED_ITEMS}
    sample = stated.sample or f"{count(study.n_kept)} respondents"
    return Methodology(
        disclosure=Disclosure(sample=sample, **items),
        design=_design(study, design),
        segments=_segments(study),
        bases=_bases(study),
        tests=_tests(study, design),
        rounding=(
            "Percentages are rounded half up from unrounded values, each by itself, so they may not add to "
            "100%. Nets and gaps are computed before rounding. A share under half of one percent prints <1%."
        ),
        more=(*_scales(study), *_quality(study), *_synthetic(study)),
    )


def _design(study: Study, design: StudyDesign) -> str:
    kish, n = effective_n(design.weights[study.kept]), study.n_kept
    weights = (
        f"Weights reduce the {count(n)} respondents to an effective base of {count(round(kish))} "
        f"(Kish), a design effect from weighting of {n / kish:.2f}."
        if round(kish) < n
        else ""
    )
    made = f"{design_words(study)} {_errors(design)} {weights}".strip()
    return f"{made}\n\n{_caveat(study)}".strip()


def _errors(design: StudyDesign) -> str:
    """Where standard errors come from, and with which degrees of freedom."""
    if is_simple(design):
        return "A simple sample: standard errors are those of independent respondents."
    student = f"Tests and intervals use Student's t with up to {count(design.df)} degrees of freedom."
    if isinstance(design, Replicated):
        centre = "the estimate" if design.mse else "their mean"
        return (
            f"Standard errors are those of {count(design.replicates.shape[1])} sets of replicate weights "
            f"around {centre}; every group is a domain of the whole sample. {student}"
        )
    first = design.stages[0].sample if isinstance(design, Multistage) else design
    sizes = f"{count(first.n_psus)} sampling units in {count(first.n_strata)} strata"
    stages = (
        f" of the first of {len(design.stages)} stages, each with its finite population correction"
        if isinstance(design, Multistage)
        else ""
    )
    return (
        f"Standard errors are by Taylor linearization over {sizes}{stages}; every group is a domain of the "
        f"whole sample. {student}"
    )


def _caveat(study: Study) -> str:
    """What intervals do not cover where the sample is not a probability sample."""
    if study.file.disclosure.probability_sample:
        return ""
    return (
        "This is not stated to be a probability sample. Intervals and p-values treat the respondents as if "
        "they had been drawn at random by the stated design; they cover sampling error only, and nothing "
        "that self-selection, coverage or wording may add."
    )


def _segments(study: Study) -> str:
    if study.file.segments is None:
        return "This study declares no segments."
    found = segment(study)
    named = dict(zip(found.partition.names, found.partition.labels, strict=True))
    definitions = " ".join(f"{named[name]}: {words}." for name, words in found.definitions.items())
    rest = "; ".join(f"{count(n)} {reason}" for reason, n in found.rest.items())
    left_out = f"\n\nIn no segment: {rest}." if rest else ""
    return f"Rule '{found.rule}': {found.description}. {definitions}{left_out}"


def _bases(study: Study) -> str:
    settings = study.file.settings
    return (
        "Bases are unweighted respondents who gave a valid answer; missing answers are out of the base unless "
        f"a figure says otherwise. Bases under {settings.caution_below} are flagged, under "
        f"{settings.test_from} not tested, and under {settings.suppress_below} suppressed together with "
        "another group, so that nobody can be found by subtraction. Figures mark bases under "
        f"{settings.figure_small_below} and do not draw bases under {settings.figure_hide_below}."
    )


def _tests(study: Study, design: StudyDesign) -> str:
    source = "replicate" if isinstance(design, Replicated) else "linearized"
    shares = (
        "Gaps between shares are tested by the pooled z test with Newcombe's interval; intervals of shares "
        "are Wilson's"
        if is_simple(design)
        else f"Gaps are tested by t on the {source} standard error of the difference, with the covariance of "
        "the two groups; intervals of shares are on the logit scale"
    )
    settings = study.file.settings
    return (
        f"{shares}, and exact (Clopper-Pearson) at 0% and 100%. Tests are two-sided at the 5% level; p-values "
        f"are corrected by {NAMES[settings.adjust]} over all tests of a figure. Intervals are "
        f"{level(settings.level)} and not corrected."
    )


def _quality(study: Study) -> tuple[Section, ...]:
    """What was looked for in the interviews, how often it was found, and who is left out."""
    plan = study.file.quality
    if plan is None:
        return ()
    found = quality(study)
    rows = found.summary.to_dict("records")
    items = tuple(
        (
            LABELS[row["flag"]].capitalize(),
            f"{count(row['n'])} of {count(study.n)} respondents"
            + (f", {count(row['n_excluded'])} of them excluded" if row["n_excluded"] else "")
            + f" ({row['threshold']}).",
        )
        for row in rows
    )
    if not plan.exclude:
        return (Section("Data quality", ("Interviews were flagged; nobody was excluded.",), items),)
    left_out = (
        f"{exclusion_words(study)}. They are out of every base; they stay in the sampling design, so that "
        "standard errors are those of a domain of the whole sample."
    )
    return (Section("Data quality", (left_out,), items),)


def _scales(study: Study) -> tuple[Section, ...]:
    if not study.file.scale:
        return ()
    items = tuple((scale.label, _scale_words(study, scale)) for scale in study.file.scale)
    return (Section("Scores", items=items),)


def _scale_words(study: Study, scale: Scale) -> str:
    methods = {
        "mean": "mean",
        "sum": "sum",
        "top_box": f"share rated in the {scale.top} highest responses",
        "weighted": "weighted mean",
    }
    names = ", ".join(study.question(item).name for item in scale.items)
    rescaled = ", rescaled to 0-100" if scale.rescale else ""
    turned = f"; reversed: {', '.join(scale.reversed)}" if scale.reversed else ""
    return (
        f"{methods[scale.method].capitalize()} of {len(scale.items)} items{rescaled}: {names}{turned}. "
        f"Scored when at least {scale.min_answered:.0%} of the items are answered."
    )


def _synthetic(study: Study) -> tuple[Section, ...]:
    if not study.file.study.synthetic:
        return ()
    made = "The respondents of this study are synthetic."
    calibrated = (made, CALIBRATED) if claims_path(study.path).is_file() else (made,)
    return (Section("Synthetic data", calibrated),)
