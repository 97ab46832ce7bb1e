"""Why an answer is missing, read from the words of its label."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cxsurvey.study.codebook import MissingReason

# The first list that holds a pattern which is found decides: "refused / don't know" is a refusal.
_WORDS: dict[MissingReason, tuple[str, ...]] = {
    "refused": (
        "refus", "prefer not", "rather not", "decline", "verweiger", "keine angabe", "préfère ne pas",
        "prefiero no",
    ),
    "not_shown": (
        "not asked", "not shown", "not seen", "not displayed", "not presented", "not reached", "filtered",
        "routed",
        "legitimate skip", "valid skip", "skip pattern", r"\binap\b", "nicht gestellt", "nicht gezeigt",
    ),
    "dont_know": (
        "don'?t know", "do not know", r"\bdk\b", "not sure", "unsure", "can'?t (?:say|choose|tell)",
        "cannot (?:say|choose)", "undecided", "weiß nicht", "weiss nicht", "ne sais pas", "no sabe",
    ),
    "not_applicable": (
        "not applicable", "does not apply", "doesn'?t apply", "do not apply", r"\bn/a\b", r"^n\.?a\.?$",
        "nicht zutreffend", "sans objet", "no aplica", "not relevant",
    ),
    "skipped": (
        "skipped", "no answer", "no response", "non-?response", "not answered", "unanswered", "not stated",
        r"\bmissing\b", "ohne angabe", "not ascertained", "not specified", "sans réponse", "no contesta",
    ),
}  # fmt: skip
_PATTERNS = tuple((reason, re.compile("|".join(words))) for reason, words in _WORDS.items())


def missing_reason(label: str) -> MissingReason | None:
    """Tell from a label why there is no answer.

    Parameters
    ----------
    label : str
        Label of a code that is, or may be, no answer.

    Returns
    -------
    str or None
        ``refused``, ``not_shown``, ``dont_know``, ``not_applicable`` or ``skipped``; None when the words say
        nothing of it. A code that the file itself declares missing is ``skipped`` then.

    Examples
    --------
    >>> missing_reason("Don’t know / no opinion"), missing_reason("Not asked"), missing_reason("Good")
    ('dont_know', 'not_shown', None)
    """
    words = " ".join(label.replace("\u2019", "'").replace("\u00a0", " ").casefold().split())
    return next((reason for reason, pattern in _PATTERNS if pattern.search(words)), None)
