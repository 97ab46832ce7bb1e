"""What the questions might be used for; nothing of it is declared."""

from __future__ import annotations

import re
from collections.abc import Sequence

from cxsurvey.readers.codebooks.wording import key
from cxsurvey.study.codebook import Question

_RATINGS = {
    "insight": re.compile(
        r"insight|understand\w* (?:\w+ ){0,2}customer|customer data|know\w* (?:\w+ ){0,2}customer|analytics"
    ),
    "engagement": re.compile(
        r"engag(?:e|ing|ement)|customer experience|interact\w* with (?:\w+ ){0,2}customer|"
        r"respond\w* to customer"
    ),
}
_RECOMMEND = re.compile(r"recommend|weiterempfehl")
_OWNERSHIP = re.compile(r"centrali[sz]ed|who (?:owns|is responsible)|ownership of (?:the )?customer")
MOST = 5


def suggestions_for(questions: Sequence[Question]) -> tuple[str, ...]:
    """List questions whose wording suits a segmentation, a likelihood to recommend or an ownership group.

    Parameters
    ----------
    questions : sequence of Question

    Returns
    -------
    tuple of str
        One sentence each, for comments in the study file.
    """
    found = []
    for role, pattern in _RATINGS.items():
        named = [q.id for q in questions if q.type == "ordinal" and pattern.search(key(q.text))]
        if named:
            found.append(
                f"[segments] {role}: the wording of {', '.join(named[:MOST])} would suit; name one to use it."
            )
    for question in questions:
        if (
            question.type in {"ordinal", "number"}
            and not question.nps
            and _RECOMMEND.search(key(question.text))
        ):
            found.append(f"{question.id} asks to recommend; set nps = true if its scale ran from 0 to 10.")
        elif question.type == "single" and _OWNERSHIP.search(key(question.text)):
            found.append(f"[[group]]: {question.id} may part centralized from distributed ownership.")
    return tuple(found)
