"""Who was asked: bases that the columns themselves tell."""

from __future__ import annotations

import re

from cxsurvey.readers.codebooks.collected import Collected
from cxsurvey.readers.codebooks.draft import Guess
from cxsurvey.readers.codebooks.wording import common_start
from cxsurvey.study.codebook import Question
from cxsurvey.study.conditions import Base, Condition

_ANY = re.compile(r"(.*?)[._ ]*any[._ ]?(?:response|answer)", re.IGNORECASE)


def with_bases(held: Collected) -> tuple[Question, ...]:
    """Give a set of options its base where a column says who gave any answer to it.

    Parameters
    ----------
    held : Collected

    Returns
    -------
    tuple of Question
        In the same order. The column is named like the set, with ANY RESPONSE behind.
    """
    flags = {}
    for question in held.questions:
        match = _ANY.fullmatch(question.column or "")
        if match and set(question.codes) == {"0", "1"}:
            flags[match.group(1).casefold()] = question
    return tuple(_based(question, flags, held) if flags else question for question in held.questions)


def _based(question: Question, flags: dict[str, Question], held: Collected) -> Question:
    if question.type != "multi":
        return question
    stem = common_start(response.column or "" for response in question.responses).rstrip("._ ").casefold()
    flag = flags.get(stem)
    if flag is None:
        return question
    words = f"the column '{flag.column}' says who gave any answer to it"
    held.guesses.append(Guess(question.id, "base", words, "certain"))
    base = Base(
        label="Those who gave any answer to the question",
        all=(Condition.model_validate({"question": flag.id, "is": ["1"]}),),
    )
    return question.model_copy(update={"base": base, "blank": "none_chosen"})
