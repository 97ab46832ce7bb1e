"""Number questions: which cells are no answer, and which are not numbers."""

from __future__ import annotations

from collections.abc import Mapping

from cxsurvey.readers.codebooks.answer_plans import Declared, Stranger, number_of
from cxsurvey.readers.codebooks.kinds import is_number
from cxsurvey.readers.codebooks.nonanswers import is_mark, is_special, reason_of
from cxsurvey.readers.codebooks.wording import key, plain
from cxsurvey.study.answers import canonical, parse_number
from cxsurvey.study.codebook import MissingCode, Reading


def number_missing(
    tally: Mapping[str, int], declared: Declared, reading: Reading
) -> tuple[tuple[MissingCode, ...], tuple[Stranger, ...]]:
    """Find the cells of a number question that hold no number of use.

    Parameters
    ----------
    tally : mapping of str to int
        Distinct cells and their counts.
    declared : Declared
        Labels and codes of the file.
    reading : Reading
        How the file writes numbers.

    Returns
    -------
    missing : tuple of MissingCode
    strangers : tuple of Stranger
        Cells that are neither numbers nor a known wording; they stay in the responses and a check finds them.
    """
    labels = {canonical(code): label for code, label in declared.labels}
    stated = {canonical(code): (reason, label) for code, reason, label in declared.missing}
    missing: dict[str, MissingCode] = {
        code: MissingCode.model_validate({"code": code, "reason": reason, "label": plain(label)})
        for code, (reason, label) in stated.items()
    }
    strangers = []
    values = [number for cell in tally if (number := number_of(canonical(cell))) is not None]
    plainly = [value for value in values if value >= 0]
    special = all(is_special(f"{value:g}", plainly) for value in values if value < 0)
    simple = not (labels or stated or declared.ranges or any(value < 0 for value in values))
    for cell, count in tally.items():
        if simple and is_number(cell, reading):
            continue
        code = canonical(cell)
        if code in missing:
            continue
        wording = key(labels.get(code, code))
        value = parse_number(code, reading)
        inside = any(low <= value <= high for low, high in declared.ranges)
        if inside or (code in labels and reason_of(wording)):
            why = reason_of(wording) or "skipped"
            missing[code] = MissingCode(code=code, reason=why, label=plain(labels.get(code, "")))
        elif value != value:  # noqa: PLR0124 - a NaN is not itself
            reason = "skipped" if is_mark(wording) else reason_of(wording)
            if reason:
                missing[code] = MissingCode(code=code, reason=reason)
            else:
                strangers.append(Stranger(code, count, "not a number; left as it is"))
        elif value < 0 and special:
            missing[code] = MissingCode(code=code, reason="skipped")
    return tuple(missing.values()), tuple(strangers)
