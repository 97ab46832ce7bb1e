"""Findings of a check and their words."""

from __future__ import annotations

import numpy as np

from cxsurvey.study.answers import BoolArray, parse_number
from cxsurvey.study.codebook import Reading
from cxsurvey.study.issues import Issue, Severity
from cxsurvey.study.study import Study


def finding(
    code: str,
    severity: Severity,
    column: str,
    message: str,
    *,
    row: int | None = None,
    value: str = "",
    expected: str = "",
) -> Issue:
    """Make one finding; see :class:`~cxsurvey.study.issues.Issue`."""
    return Issue(code, severity, column, row, value, expected, message)


def first_row(study: Study, mask: BoolArray) -> int:
    """Row of the responses file that holds the first respondent of a mask, as a spreadsheet counts."""
    return study.raw.first_row + int(np.argmax(mask))


def people(count: int, verb: str = "") -> str:
    """Count respondents, with the verb in its number.

    >>> people(1, "have"), people(2, "have")
    ('1 respondent has', '2 respondents have')
    """
    singular = {"have": "has", "belong": "belongs"}
    word = singular[verb] if verb and count == 1 else verb
    return f"{count:,} respondent{'s' if count != 1 else ''} {word}".strip()


def times(count: int) -> str:
    """Say how often.

    >>> times(1), times(1200)
    ('once', '1,200 times')
    """
    return "once" if count == 1 else f"{count:,} times"


def decimal_hint(study: Study, value: str) -> str:
    """Point to the decimal mark when a number is written with the other one."""
    reading = study.file.reading
    other = "," if reading.decimal == "." else "."
    swapped = Reading(decimal="," if other == "," else ".")
    if other not in value or np.isnan(parse_number(value, swapped)):
        return ""
    return f"; where '{other}' is the decimal mark, set decimal = \"{other}\" under [reading]"
