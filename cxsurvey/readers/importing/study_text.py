"""The text of a new study file: tables in the order of editing, guesses marked where they were made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cxsurvey.readers.codebooks.draft import Draft, Guess
from cxsurvey.readers.importing.declarations import declared, table
from cxsurvey.readers.importing.suggested import group_block, quality_block, segments_block, settings_block
from cxsurvey.readers.importing.toml_text import assignment, comment
from cxsurvey.study.codebook import Disclosure, Question, StudyFile

SCHEMA_LINE = "#:schema study.schema.json"
RULE = "-" * 66
_DISCLOSED = {
    "population": "who the respondents stand for",
    "sample": "how many, and how they were found",
    "mode": "such as online panel, e-mail invitation, telephone",
    "field_dates": "first and last day of answering",
    "sponsor": "who paid",
    "conducted_by": "who asked",
    "weighting": "how weights were made, or: unweighted",
    "response_rate": "share of those invited who answered, and how counted",
    "limitations": "what a reader must know",
}
_OPENING = (
    "Edit this file: it is read as it stands, and an import never overwrites it once it was edited.",
    "'# guess' and '# likely' mark what the export does not state: the evidence follows.",
    "Lines that begin with '# ' and hold a key are suggestions; take the mark away to use them.",
)


def study_text(
    draft: Draft,
    *,
    origin: str,
    figures: Sequence[Mapping[str, Any]] = (),
    no_figures: str = "",
    remarks: Sequence[str] = (),
) -> str:
    """Write the study file of a draft.

    Parameters
    ----------
    draft : Draft
    origin : str
        One sentence: which file, of which platform.
    figures : sequence of mapping
        Keys of ``[[figure]]`` tables.
    no_figures : str
        Why there are none.
    remarks : sequence of str
        What was taken for granted under ``[quality]``.

    Returns
    -------
    str
        TOML that :func:`cxsurvey.study.study_file.parse_study_file` reads back as ``draft.file``, with the
        figures.
    """
    blocks = [
        [SCHEMA_LINE, *comment(origin), *(line for text in _OPENING for line in comment(text))],
        table("[study]", declared(draft.file.study)),
        *_optional("[reading]", draft.file.reading),
        _disclosure(draft.file.disclosure),
        *_design(draft),
        *([quality_block(draft.file.quality, remarks)] if draft.file.quality is not None else []),
        *_settings(draft.file),
        *_lists(draft.file),
        *_questionnaire(draft),
        *(table("[[scale]]", declared(scale)) for scale in draft.file.scale),
        *_analysis(draft),
        *_figures(draft.file, figures, no_figures),
        *(table("[[table]]", declared(plan)) for plan in draft.file.table),
        *_optional("[synthesis]", draft.file.synthesis),
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def heading(text: str) -> list[str]:
    """A line that parts the file, with the name of the part.

    >>> heading("questions")[0][-11:]
    '- questions'
    """
    return [f"# {RULE} {text}"]


def _optional(header: str, record: Any) -> Iterator[list[str]]:
    stated = declared(record) if record is not None else {}
    if stated:
        yield table(header, stated)


def _disclosure(disclosure: Disclosure) -> list[str]:
    """Every item to be filled in, with what it asks for."""
    stated = declared(disclosure)
    lines = [
        "[disclosure]",
        *comment("What AAPOR and ESOMAR ask a report to state; what is empty prints 'not stated'."),
    ]
    for name, meaning in _DISCLOSED.items():
        text = assignment(name, stated.get(name, ""))
        lines.append(text if stated.get(name) else f"{text}  # {meaning}")
    if disclosure.probability_sample:
        lines.append(assignment("probability_sample", item=True))
    return lines


def _design(draft: Draft) -> Iterator[list[str]]:
    """What is declared, with its evidence; candidates as comments."""
    evidence = [fate for fate in draft.fates if fate.fate == "design"]
    stated = declared(draft.file.design)
    sure = [fate for fate in evidence if not fate.detail.endswith("not declared")]
    unsure = [fate for fate in evidence if fate not in sure]
    marks = [line for fate in sure if stated for line in _mark(fate.detail, fate.reason, fate.sure)]
    if stated:
        yield [*_first(marks, 6), *table("[design]", stated)]
    if unsure:
        lines = comment("Columns that may be part of the sampling; declare what is so.")
        keys = [assignment(fate.detail.partition(",")[0], fate.column) for fate in unsure]
        head = [] if stated else ["# [design]"]
        yield [*lines, *head, *(f"# {line}" for line in dict.fromkeys(keys))]


def _first(lines: list[str], most: int) -> list[str]:
    return lines if len(lines) <= most else [*lines[:most], f"# (and {len(lines) - most} more)"]


def _mark(what: str, evidence: str, sure: str) -> list[str]:
    """What was inferred, in words; what the platform declares needs none."""
    words = {"guess": "guess: ", "likely": "likely: "}.get(sure)
    return comment(f"{what}; {evidence}" if evidence else what, mark=f"# {words}") if words else []


def _settings(file: StudyFile) -> Iterator[list[str]]:
    stated = declared(file.settings)
    yield table("[settings]", stated) if stated else settings_block()


def _lists(file: StudyFile) -> Iterator[list[str]]:
    if file.lists:
        yield heading("answer lists that several questions share")
    for name, answers in file.lists.items():
        yield table(f"[lists.{name}]", declared(answers))


def _questionnaire(draft: Draft) -> Iterator[list[str]]:
    yield heading("questions, in the order of the export")
    first_of = {members[0]: (block, len(members)) for block, members in draft.grids.items() if members}
    guesses: dict[str, list[Guess]] = {}
    for guess in draft.guesses:
        guesses.setdefault(guess.question, []).append(guess)
    for question in draft.file.question:
        block, rows = first_of.get(question.id, ("", 0))
        opening = [f"# A grid of {rows} rows: {block}"] if rows else []
        yield [*opening, *question_lines(question, guesses.get(question.id, []))]


def question_lines(question: Question, guesses: Sequence[Guess]) -> list[str]:
    r"""Write one question, below what was guessed of it.

    Parameters
    ----------
    question : Question
    guesses : sequence of Guess
        What is sure is not repeated.

    Returns
    -------
    list of str

    Examples
    --------
    >>> asked = Question(id="q1", text="Do you cook?", type="single", column="Q1", responses=["Yes", "No"])
    >>> print("\n".join(question_lines(asked, [Guess("q1", "single", "customary order", "likely")])))
    # likely: single; customary order
    [[question]]
    id = "q1"
    text = "Do you cook?"
    type = "single"
    column = "Q1"
    responses = ["Yes", "No"]
    """
    marks = [line for guess in guesses for line in _mark(guess.what, guess.evidence, guess.sure)]
    return [*marks, *table("[[question]]", declared(question))]


def _analysis(draft: Draft) -> Iterator[list[str]]:
    """Segments and groups: as declared, or as comments to start from."""
    file = draft.file
    yield heading("analysis")
    if file.segments is not None:
        yield table("[segments]", declared(file.segments))
    else:
        yield segments_block(file)
    if file.group:
        yield from (table("[[group]]", declared(group)) for group in file.group)
    else:
        yield group_block(file)
    if draft.suggestions:
        yield [line for text in draft.suggestions for line in comment(text)]


def _figures(file: StudyFile, figures: Sequence[Mapping[str, Any]], why_not: str) -> Iterator[list[str]]:
    if file.figure:
        yield from (table("[[figure]]", declared(figure)) for figure in file.figure)
        return
    if not figures:
        if why_not:
            yield comment(why_not)
        return
    note = (
        "Drafts that can be drawn at once. Replace each headline, the wording of the question, by the finding."
    )
    for i, figure in enumerate(figures):
        yield [*(comment(note) if i == 0 else []), *table("[[figure]]", figure)]
