"""What stands under a figure: base, lines or letters, rounding, what is illustrative. The facts, in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from cxsurvey.analysis.design import describe_design
from cxsurvey.analysis.results import Estimates, Gaps
from cxsurvey.display import numbers
from cxsurvey.study.codebook import Question
from cxsurvey.study.study import Study

Note = tuple[str, str]
METHODS: Final = {"wilson": "Wilson", "logit": "logit", "exact": "exact", "t": "t", "Woodruff": "Woodruff"}
WORDS: Final = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
ROUNDING: Final = ("Rounding", "Figures may not add to 100% due to rounding.")
SIGNIFICANT: Final = 0.05


def base_note(study: Study, estimates: Estimates) -> Note:
    """Who the percentages are of, with the unweighted base and how it is weighted."""
    sizes = sorted({int(n) for n in estimates.frame["n"]})
    questions = dict.fromkeys(row.question for row in estimates.rows)
    who = _who(study, list(questions), sizes)
    return ("Base", f"{who}. {weighting(study)}")


def _who(study: Study, questions: Sequence[str], sizes: Sequence[int]) -> str:
    found = study.questions.get(questions[0]) if len(questions) == 1 else None
    count = f"n={numbers.count(sizes[0])}"
    if len(sizes) > 1:
        count = f"n={numbers.count(sizes[0])} to {numbers.count(sizes[-1])}"
    if found is not None and found.base is not None:
        return f"{found.base.label} ({count})"
    if sizes[0] == study.n:
        return f"All respondents ({count})"
    if len(questions) > 1:
        return f"Respondents who answered each question ({count})"
    if len(sizes) > 1:
        return f"Respondents who answered, in each group ({count})"
    return f"Respondents who answered ({count} of {numbers.count(study.n)})"


def weighting(study: Study) -> str:
    """Whether the figures are weighted, in a sentence."""
    return "Weighted; n is unweighted." if study.file.design.weight else "Unweighted."


def choices_sentence(question: Question) -> str:
    """Why the shares of a multi question add to more than 100%; empty for others."""
    if question.type != "multi":
        return ""
    most = f"up to {WORDS[question.cap]}" if question.cap and question.cap < len(WORDS) else "several"
    return f"Respondents could select {most}, so shares add to more than 100%."


def lines_note(estimates: Estimates, *, key: str = "Lines") -> Note:
    """What the intervals are, how they were made, and what they leave out."""
    methods = list(dict.fromkeys(METHODS.get(row.interval, "") for row in estimates.rows if row.interval))
    made = f" ({', '.join(methods)}; {_sampling(estimates.design)})" if methods else ""
    return (key, f"{estimates.level:.0%} confidence interval{made}, for sampling error only.")


def _sampling(design: str) -> str:
    return "simple sample" if design == "unweighted" else "from the sample design"


def letters_note(gaps: Gaps) -> Note:
    """What a letter means: test, level and correction."""
    how = f"{_test(gaps)}, 5% level, {gaps.corrected_in('figure')}"
    meaning = f"The value is significantly higher than the group(s) with that letter ({how})."
    return ("Letters", f"{meaning} Values with no letter are not in bold.")


def _test(gaps: Gaps) -> str:
    tests = [name for name in dict.fromkeys(gaps.frame["test"]) if name]
    return "two-sided " + (" or ".join(tests) if tests else "test")


def gap_note(gaps: Gaps, *, unit: str) -> Note:
    """What the gap is, its interval, and which rows could be chance."""
    left, right = gaps.rows[0]
    places = {"percent": "percentage points", "score": "score points", "nps": "points"}[unit]
    interval = f"{gaps.level:.0%} CI by {_interval_name(gaps)}"
    sides = f"{left.group_label} minus {right.group_label}"
    return ("Gap", f"{sides}, in {places}. {interval}. {_verdict(gaps)}")


def _interval_name(gaps: Gaps) -> str:
    tests = set(gaps.frame["test"]) - {""}
    return "Newcombe's method" if tests and all("pooled" in name for name in tests) else "linearization"


def _verdict(gaps: Gaps) -> str:
    p = gaps.frame["p_adjusted"]
    weak = [a.response_label for (a, _), value in zip(gaps.rows, p, strict=True) if value >= SIGNIFICANT]
    untested = int(p.isna().sum())
    parts = []
    if weak:
        parts.append(f"Not significant at 5% ({gaps.corrected_in('figure')}): {'; '.join(weak)}.")
    elif untested < len(p):
        parts.append(f"Significant at 5% in every row tested ({gaps.corrected_in('figure')}).")
    if untested:
        parts.append(f"{untested} row{'s' if untested > 1 else ''} not tested: base too small.")
    return " ".join(parts)


def illustrative_note(study: Study, questions: Iterable[str]) -> tuple[Note, ...]:
    """Say that respondents are synthetic and what of a question was never published; none for real data."""
    parts = []
    if study.file.study.synthetic:
        parts.append("The respondents are synthetic.")
    for name in dict.fromkeys(questions):
        question = study.questions.get(name)
        if question is not None and question.unpublished:
            parts.append(question.unpublished)
    return (("Illustrative", " ".join(parts)),) if parts else ()


def design_words(study: Study) -> str:
    """The sampling design in a sentence that begins with a capital."""
    text = describe_design(study)
    return f"{text[0].upper()}{text[1:]}."
