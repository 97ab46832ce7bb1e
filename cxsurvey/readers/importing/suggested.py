"""Blocks of the study file that wait for a decision: settings, data quality, segments, groups."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cxsurvey.errors import listed
from cxsurvey.readers.importing.declarations import declared, table
from cxsurvey.readers.importing.quality_draft import quality_defaults
from cxsurvey.readers.importing.toml_text import assignment, comment, commented
from cxsurvey.study.codebook import Question, Settings, StudyFile
from cxsurvey.study.quality_plan import QualityPlan

FEWEST_LEVELS = 3
GROUP_RESPONSES = range(3, 13)
SETTINGS = ("level", "adjust", "suppress_below", "test_from", "caution_below")


def settings_block() -> list[str]:
    """The thresholds that a study may change, with their defaults, as comments."""
    defaults = Settings().model_dump()
    stated = table("[settings]", {name: defaults[name] for name in SETTINGS})
    return [*comment("Defaults; take the marks away to change one."), *commented("\n".join(stated))]


def segments_block(file: StudyFile) -> list[str]:
    """Leaders, followers and laggards from two ratings, as a comment: which ratings is never guessed."""
    rated = [question.id for question in file.question if _is_rating(question, file)]
    keys = {"rule": "at_best_fair", "insight": "...", "engagement": "..."}
    words = "Leaders, followers and laggards need two ratings, of customer insight and of customer engagement."
    known = f" Ordinal questions here: {listed(rated)}." if rated else ""
    return [*comment(words + known), *commented("\n".join(table("[segments]", keys)))]


def _is_rating(question: Question, file: StudyFile) -> bool:
    shared = file.lists.get(question.list) if question.list else None
    responses = question.responses or (shared.responses if shared else ())
    return question.type == "ordinal" and sum(response.scored for response in responses) >= FEWEST_LEVELS


def group_block(file: StudyFile) -> list[str]:
    """Two groups made of the answers to a question, as a comment."""
    found = next((q for q in file.question if q.type == "single" and len(q.responses) in GROUP_RESPONSES), None)
    if found is None:
        return []
    codes = found.codes
    members = [
        {"id": "first", "label": "...", "responses": list(codes[:1])},
        {"id": "rest", "label": "...", "responses": list(codes[1:])},
    ]
    keys: dict[str, Any] = {
        "id": f"{found.id[:58]}_group",
        "label": "...",
        "question": found.id,
        "members": members,
    }
    words = "A group parts respondents by their answers, such as centralized and distributed ownership."
    return [*comment(words), *commented("\n".join(table("[[group]]", keys)))]


def quality_block(plan: QualityPlan, remarks: Sequence[str]) -> list[str]:
    """``[quality]``: columns as stated, thresholds as comments, nobody excluded."""
    stated = declared(plan)
    words = "Flags of careless, unfinished and repeated interviews, counted by 'cxsurvey check'."
    lines = [
        *comment(words),
        *(line for text in remarks for line in comment(text)),
        *table("[quality]", stated),
    ]
    for name, default, meaning in quality_defaults(plan, list(stated)):
        lines.append(f"# {assignment(name, default)}  # {meaning}")
    if "exclude" not in stated:
        lines.append(
            'exclude = []  # such as ["speeders", "duplicate_ids"]: these respondents leave every base'
        )
    return lines
