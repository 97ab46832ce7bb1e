"""What stands under a figure: base, lines or letters, rounding, what is illustrative. The facts, in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

from cxsurvey.analysis.base_policy import EMPTY, NOT_TESTED, SUPPRESSED
from cxsurvey.analysis.design import SYNTHETIC, UNWEIGHTED, describe_design
from cxsurvey.analysis.rating_pairs import RatingPairs
from cxsurvey.analysis.results import TOTAL, Estimates, Gaps
from cxsurvey.analysis.segmentation import Segmentation
from cxsurvey.display import numbers
from cxsurvey.display.figure_data import UNPUBLISHED
from cxsurvey.display.published_tests import LEAST_FAVOURABLE
from cxsurvey.display.tables import circular, row_labels, significance
from cxsurvey.study.codebook import Question
from cxsurvey.study.quality import LEFT_OUT, exclusion_words
from cxsurvey.study.study import Study

if TYPE_CHECKING:
    import pandas as pd

Note = tuple[str, str]
METHODS: Final = {"wilson": "Wilson", "logit": "logit", "exact": "exact", "t": "t", "Woodruff": "Woodruff"}
WORDS: Final = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
CALIBRATED: Final = (
    "The respondents are synthetic, calibrated to the published numbers; bases, intervals and tests are theirs."
)
MADE_UP: Final = "The respondents are synthetic: their answers are illustrative, and not observed."
ROUNDING: Final = ("Rounding", "Figures may not add to 100% due to rounding.")


def base_note(study: Study, estimates: Estimates) -> Note:
    """Who the percentages are of, with the unweighted base and how it is weighted."""
    sizes = sorted({int(n) for n in estimates.frame["n"].dropna()})  # that of a suppressed mean may be hidden
    questions = dict.fromkeys(row.question for row in estimates.rows)
    who = _in_equal_groups(study, estimates) or _who(study, list(questions), sizes)
    return ("Base", f"{who}. {weighting(study)}")


def _in_equal_groups(study: Study, estimates: Estimates) -> str:
    """Who answered, where every base is that of a group and all are the same; else empty."""
    frame = estimates.frame
    groups, bases = set(frame["group"]), set(frame["n"].dropna())
    asked = [study.questions.get(name) for name in set(frame["question"])]
    if len(groups) == 1 or len(bases) != 1 or TOTAL in groups or any(one and one.base for one in asked):
        return ""
    n = int(bases.pop())
    who = "All respondents" if n * len(groups) == study.n_kept else "Respondents who answered"
    return f"{who} (n={numbers.count(n)} in each group)"


def _who(study: Study, questions: Sequence[str], sizes: Sequence[int]) -> str:
    found = study.questions.get(questions[0]) if len(questions) == 1 else None
    if not sizes:
        return "Respondents who answered, in each group (n not shown)"
    count = f"n={numbers.count(sizes[0])}"
    if len(sizes) > 1:
        count = f"n={numbers.count(sizes[0])} to {numbers.count(sizes[-1])}"
    if found is not None and found.base is not None:
        return f"{found.base.label} ({count})"
    if sizes[0] == study.n_kept:
        return f"All respondents ({count})"
    if len(questions) > 1:
        return f"Respondents who answered each question ({count})"
    if len(sizes) > 1:
        return f"Respondents who answered, in each group ({count})"
    return f"Respondents who answered ({count} of {numbers.count(study.n_kept)})"


def weighting(study: Study) -> str:
    """Whether the figures are weighted, and how many respondents are left out, in a sentence each."""
    left_out = exclusion_words(study)
    said = "Weighted; n is unweighted." if study.file.design.weighted else "Unweighted."
    return f"{said} {left_out}." if left_out else said


def choices_sentence(question: Question, estimates: Estimates) -> str:
    """Why the shares of several answers to a multi question do not add to 100%; empty for others."""
    frame = estimates.frame
    if question.type != "multi" or frame["response"].nunique() < 2:  # noqa: PLR2004 - one share adds to nothing
        return ""
    most = f"up to {WORDS[question.cap]}" if question.cap and question.cap < len(WORDS) else "several"
    over = bool((frame.groupby("group", dropna=False)["estimate"].sum() > 1).any())
    return (
        f"Respondents could select {most}, so shares {'add to more than' if over else 'need not add to'} 100%."
    )


def lines_note(estimates: Estimates, *, key: str = "Lines") -> Note:
    """What the intervals are, how they were made, and what they leave out."""
    methods = list(dict.fromkeys(METHODS.get(row.interval, "") for row in estimates.rows if row.interval))
    made = f" ({', '.join(methods)}; {_sampling(estimates.design)})" if methods else ""
    return (key, f"{numbers.level(estimates.level)} confidence interval{made}, for sampling error only.")


def _sampling(design: str) -> str:
    parts = [part for part in design.removeprefix(f"{SYNTHETIC}; ").split("; ") if LEFT_OUT not in part]
    return "simple sample" if parts == [UNWEIGHTED] else "from the sample design"


def letters_note(gaps: Gaps) -> Note:
    """What a letter means: test, level and correction; or that there is none."""
    verdicts = significance(gaps)
    how = f"{_test(gaps)}, 5% level, {_corrected(gaps)}"
    if not verdicts.notna().any():
        words = "No difference was tested."
    elif not verdicts.any():
        words = f"No value is significantly higher than another ({how})."
    else:
        meaning = f"The value is significantly higher than the group(s) with that letter ({how})."
        words = f"{meaning} Values with no letter are not in bold."
    return ("Letters", " ".join([words, *_circular(gaps)]))


def _corrected(gaps: Gaps) -> str:
    """The correction; for printed percentages also that the counts behind them were taken at their worst."""
    worst = gaps.frame.get(LEAST_FAVOURABLE)
    rounding = "; at the least favourable rounding" if worst is not None and worst.any() else ""
    return f"{gaps.corrected_in('figure')}{rounding}"


def _circular(gaps: Gaps) -> list[str]:
    """Name the rows that compare groups on what makes the groups."""
    own = gaps.frame["flag"].map(circular)
    labels = _labels(gaps, own)
    return [f"No finding, because they make the groups: {'; '.join(labels)}."] if labels else []


def _labels(gaps: Gaps, wanted: Iterable[bool]) -> list[str]:
    names = row_labels([a for a, _ in gaps.rows])
    found = (name for name, keep in zip(names, wanted, strict=True) if keep)
    return list(dict.fromkeys(found))


def _test(gaps: Gaps) -> str:
    tests = [name for name in dict.fromkeys(gaps.frame["test"]) if name]
    return "two-sided " + (" or ".join(tests) if tests else "test")


def gap_note(gaps: Gaps, *, unit: str, interval: bool = True) -> Note:
    """What the gap is, its interval where that is printed, and what bold type says of chance."""
    left, right = gaps.rows[0]
    places = {"percent": "percentage points", "score": "score points", "nps": "points"}[unit]
    corrected = gaps.adjust != "none" and gaps.tested > 1
    made = f" {numbers.level(gaps.level)} CI by {_interval_name(gaps)}{', not corrected' if corrected else ''}."
    sides = f"{left.group_label} minus {right.group_label}"
    basis = "of the printed percentages" if "published_a" in gaps.frame else "before rounding"
    drawn = interval and gaps.frame["conf_low"].notna().any()
    return ("Gap", f"{sides}, in {places}, {basis}.{made if drawn else ''} {_verdict(gaps)}".strip())


def _interval_name(gaps: Gaps) -> str:
    tests = set(gaps.frame["test"]) - {""}
    return "Newcombe's method" if tests and all("pooled" in name for name in tests) else "linearization"


def _verdict(gaps: Gaps) -> str:
    """Say what bold type means, and which rows were not tested and why."""
    verdicts = significance(gaps)
    own = gaps.frame["flag"].map(circular).astype(bool)
    hidden = gaps.frame["flag"].map(lambda flag: UNPUBLISHED in flag.split()).astype(bool)
    hidden |= gaps.frame.get("baseless", False)  # another note tells of those
    untested = gaps.frame["p_adjusted"].isna() & ~own & ~hidden
    small = gaps.frame["flag"].map(_is_small).astype(bool)
    parts = [_bold(verdicts, _corrected(gaps))] if verdicts.notna().any() else []
    for rows, why in ((untested & small, "base too small"), (untested & ~small, "no variation")):
        labels = _labels(gaps, rows)
        parts += [f"Not tested ({why}): {'; '.join(labels)}."] if labels else []
    return " ".join([*parts, *_circular(gaps)])


def _bold(verdicts: pd.Series[bool], how: str) -> str:
    """Say which gaps are significant: the bold ones, or all or none of those that were tested."""
    tested = verdicts.dropna()
    single = len(verdicts) == 1
    if tested.all():
        subject = "The gap is" if single else "All gaps tested are"
        return f"{subject} significant at 5% ({how})."
    if not tested.any():
        subject = "The gap is not" if single else "None of the gaps tested is"
        return f"{subject} significant at 5% ({how})."
    return f"Gaps in bold are significant at 5% ({how}), the others are not."


def _is_small(flag: str) -> bool:
    return bool({NOT_TESTED, SUPPRESSED, EMPTY} & set(flag.split()))


def illustrative_note(study: Study, questions: Iterable[str], *, calibrated: bool = False) -> tuple[Note, ...]:
    """Say that respondents are synthetic and what of a question was never published; none for real data.

    ``calibrated`` ones give the numbers that a report printed, and figures show no other without saying so.
    """
    parts = []
    if study.file.study.synthetic:
        parts.append(CALIBRATED if calibrated else "The respondents are synthetic.")
    for name in dict.fromkeys(questions):
        question = study.questions.get(name)
        if question is not None and question.unpublished:
            parts.append(question.unpublished)
    return (("Illustrative", " ".join(dict.fromkeys(parts))),) if parts else ()


def synthetic_note(*results: Estimates | Gaps | Segmentation | RatingPairs) -> tuple[Note, ...]:
    """Say that the respondents behind results are synthetic; nothing of real ones."""
    return (("Illustrative", MADE_UP),) if any(result.synthetic for result in results) else ()


def design_words(study: Study) -> str:
    """The sampling design in a sentence that begins with a capital."""
    text = describe_design(study)
    return f"{text[0].upper()}{text[1:]}."
