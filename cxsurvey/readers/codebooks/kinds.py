"""What kind of cells a column holds: answers of a list, numbers, moments, or free text."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from cxsurvey.readers.codebooks.draft import Sure
from cxsurvey.readers.codebooks.nonanswers import is_absent, is_special, reason_of, special_codes
from cxsurvey.readers.codebooks.profiles import Profile
from cxsurvey.readers.codebooks.scales import recognise_scale
from cxsurvey.readers.codebooks.wording import key
from cxsurvey.study.answers import canonical, parse_number
from cxsurvey.study.codebook import Reading

Kind = Literal["coded", "number", "text", "date", "empty"]

MOSTLY = 0.95
SHORT_NUMBER = 4  # characters: years, percentages, ages
LONG_TEXT = 60  # characters of the average cell, beyond which a column is prose
FEW_ANSWERS = 12
FEW_PEOPLE = 2  # who may all answer differently without writing prose
MANY_ANSWERS = 60
SAMPLE = 60  # distinct cells that are looked at before all of them are
MANY_DISTINCT = 1000
SHORT_SCALE = 11
LEAST_YEAR = 1000  # years and long codes
READINGS = (
    Reading(),
    Reading(thousands=","),
    Reading(decimal=","),
    Reading(decimal=",", thousands="."),
    Reading(thousands="'"),
)
_PLAIN = re.compile(r"[+-]?\d{1,15}(?:\.\d+)?")
_CLOCK = r"\d{1,2}[:.]\d{2}(?:[:.]\d{2}(?:\.\d+)?)?\s?(?:[AaPp]\.?[Mm]\.?)?"
_DAY = (
    r"(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d{2})|"
    r"(?:\d{1,2}[ -])?[A-Z][a-z]{2,8}\.?[ -]\d{1,2},?[ -]\d{4}|\d{1,2}[ -][A-Z][a-z]{2,8}[ -]\d{2,4})"
)
_DATE = re.compile(rf"{_DAY}(?:[T ,]+{_CLOCK}(?:\s?(?:Z|UTC|GMT|[+-]\d{{2}}:?\d{{2}}))?[^\d]*)?")
_TIME = re.compile(r"\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:\s?[AaPp][Mm])?")
_QUANTITY = re.compile(
    r"how many|how much|how old|number of|^no_|_no$|(?:\b|_)count\b|\bage\b|\bhours\b|\bminutes\b|"
    r"\byears?\b(?! (?:group|band|old))|\bincome\b(?!.*range)|\bpercent|percentage|anzahl|wie viele|wie alt",
)
_RATING = re.compile(
    r"scale (?:of|from)|rate |rating|how likely|how satisfied|how important|how (?:would|do) you rate|"
    r"recommend|\b(?:0|1) ?(?:-|–|to|=|being|is) .{0,40}(?:5|7|10)\b|"
    r"\b(?:5|7|10) ?(?:-|–|=|being|is) ?\w+|strongly (?:dis)?agree|satisf|wie zufrieden|bewerten|skala",
)


@dataclass(frozen=True, slots=True)
class KindFound:
    """The kind of a column, the evidence, and how sure it is."""

    kind: Kind
    evidence: str
    sure: Sure


def words_of(profile: Profile) -> str:
    """What the column is called and what it asks, folded."""
    column = profile.column
    return " ".join([column.name.casefold().replace(".", "_"), key(column.text), key(column.item)])


def is_rating(profile: Profile) -> bool:
    """Whether the wording asks for a rating."""
    return _RATING.search(words_of(profile)) is not None


def choose_reading(profiles: Iterable[Profile]) -> Reading:
    """Find the decimal and thousands marks under which most columns are numbers."""
    votes = [0] * len(READINGS)
    for item in profiles:
        sample = [cell for cell in item.cells[:50] if re.match(r"\s*[-+]?[\d.,]", cell)]
        if len(sample) < MOSTLY * min(50, len(item.cells)) or not any(
            re.search(r"\d[.,']\d", cell) for cell in sample
        ):
            continue
        for i, reading in enumerate(READINGS):
            votes[i] += all(
                parse_number(cell.strip(), reading) == parse_number(cell.strip(), reading) for cell in sample
            )
    return READINGS[votes.index(max(votes))]


def numeric_share(tally: Mapping[str, int], reading: Reading) -> float:
    """Share of the cells that are numbers, among those that are answers."""
    sample = dict(islice(tally.items(), SAMPLE))
    share = _share(sample, reading)
    return share if len(tally) <= SAMPLE or share < MOSTLY / 2 else _share(tally, reading)


def _share(tally: Mapping[str, int], reading: Reading) -> float:
    total = good = 0
    for cell, count in tally.items():
        if is_number(cell, reading):
            good += count
        elif is_absent(cell) or (len(cell) < LONG_TEXT and reason_of(key(cell))):
            continue
        total += count
    return good / total if total else 0.0


def is_number(cell: str, reading: Reading) -> bool:
    """Whether a cell is a number as the study writes them.

    >>> is_number("3.50", Reading()), is_number("3,5", Reading()), is_number("ten", Reading())
    (True, False, False)
    """
    if not cell or cell.lstrip()[:1] not in "0123456789+-.,":
        return False
    if reading.decimal == "." and not reading.thousands and _PLAIN.fullmatch(cell):
        return True
    return not math.isnan(parse_number(canonical(cell), reading))


def is_date(cells: Sequence[str]) -> bool:
    """Whether distinct cells are dates or times of day.

    >>> is_date(["2018-05-01 10:00:00", "5/10/18 6:30"]), is_date(["3", "4"])
    (True, False)
    """
    sample = [cell.strip() for cell in cells[:60] if not is_absent(cell)]
    good = sum(bool(_DATE.fullmatch(cell) or _TIME.fullmatch(cell)) for cell in sample)
    return bool(sample) and good >= MOSTLY * len(sample)


def kind_of(profile: Profile, reading: Reading) -> KindFound:
    """Tell the kind of a column that stands alone.

    Parameters
    ----------
    profile : Profile
    reading : Reading
        How the file writes numbers.

    Returns
    -------
    KindFound
    """
    column = profile.column
    answers = {cell: n for cell, n in profile.tally().items() if not is_absent(cell)}
    if not answers and not (column.labels and column.shape in {"single", "grid_row"}):
        return KindFound("empty", "no cell is filled", "certain")
    return _by_shape(profile, answers, reading) or _by_cells(profile, answers, reading)


def _by_shape(profile: Profile, answers: Mapping[str, int], reading: Reading) -> KindFound | None:
    """What the platform says, where it says so."""
    shape = profile.column.shape
    if shape in {"single", "grid_row", "rank"} and not _prose(answers):
        return KindFound("coded", f"the platform calls it {shape.replace('_', ' ')}", "declared")
    if shape == "text" and profile.column.role == "answer" and _amounts(answers, reading):
        return KindFound("number", "a text box that holds nothing but numbers", "likely")
    if shape == "text":
        return KindFound("text", "the platform calls it text", "declared")
    if shape == "date":
        return KindFound("date", "the platform calls it a date", "declared")
    return KindFound("number", "the platform calls it a number", "declared") if shape == "number" else None


def _by_cells(profile: Profile, answers: Mapping[str, int], reading: Reading) -> KindFound:
    if is_date(list(answers)):
        return KindFound("date", "the cells are dates or times", "certain")
    if profile.column.labels:
        return _labelled(profile, answers, reading)
    if numeric_share(answers, reading) >= MOSTLY:
        return _numbers(profile, answers, reading)
    return _words(answers)


def _amounts(answers: Mapping[str, int], reading: Reading) -> bool:
    """Whether what people wrote are numbers, and none of them a postcode or a telephone number."""
    cells = [cell.strip() for cell in answers]
    coded = sum(len(cell) > SHORT_NUMBER or (cell[:1] == "0" and cell[1:2].isdigit()) for cell in cells)
    return len(cells) > 1 and not coded and numeric_share(answers, reading) >= MOSTLY


def _prose(answers: Mapping[str, int]) -> bool:
    """Whether cells are sentences of people's own, whatever the platform says."""
    total = sum(answers.values())
    return len(answers) > MANY_ANSWERS and len(answers) > total / 2


def _labelled(profile: Profile, answers: Mapping[str, int], reading: Reading) -> KindFound:
    """Labels make a list, unless they only name what is no answer."""
    codes = {canonical(code) for code, _ in profile.column.labels}
    labels = {key(label) for _, label in profile.column.labels}
    outside = [cell for cell in answers if canonical(cell) not in codes and key(cell) not in labels]
    stated = {canonical(code) for code, *_ in profile.column.missing}
    named = [
        label
        for code, label in profile.column.labels
        if not reason_of(key(label))
        and canonical(code) not in stated
        and not _inside(code, profile.column.missing_ranges)
    ]
    if not named and numeric_share(answers, reading) >= MOSTLY:
        return _numbers(
            profile,
            {cell: n for cell, n in answers.items() if canonical(cell) not in stated} or answers,
            reading,
        )
    if len(outside) > max(FEW_ANSWERS, 2 * len(named)) and numeric_share(answers, reading) >= MOSTLY:
        return KindFound("number", "most numbers have no label", "likely")
    return KindFound("coded", "the file labels its codes", "declared")


def _inside(code: str, ranges: Sequence[tuple[float, float]]) -> bool:
    value = parse_number(canonical(code), Reading())
    return any(low <= value <= high for low, high in ranges)


def _numbers(profile: Profile, answers: Mapping[str, int], reading: Reading) -> KindFound:
    if len(answers) > MANY_DISTINCT:
        return KindFound("number", f"{len(answers):,} different numbers", "likely")
    values = sorted({parse_number(canonical(cell), reading) for cell in answers} - {float("nan")})
    values = [value for value in values if value == value]  # noqa: PLR0124 - a NaN is not itself
    whole = all(value.is_integer() for value in values)
    codes = [value for value in values if f"{value:g}" in special_codes()]
    answersonly = [
        v for v in values if v not in codes or not is_special(f"{v:g}", [w for w in values if w != v])
    ]
    if not whole:
        return KindFound("number", "numbers with decimals", "certain")
    if _QUANTITY.search(words_of(profile)) and not is_rating(profile) and len(values) > 3:  # noqa: PLR2004 - yes, no, other
        return KindFound("number", "the wording asks for a quantity", "likely")
    if len(answersonly) <= FEW_ANSWERS and (not answersonly or answersonly[0] <= SHORT_SCALE):
        return KindFound("coded", "few whole numbers", "guess")
    if (
        len(answersonly) <= FEW_ANSWERS
        and answersonly[0] > LEAST_YEAR
        and profile.filled >= 10 * len(answersonly)
    ):
        return KindFound("coded", "few whole numbers, each held by many", "guess")
    return KindFound("number", f"{len(values)} different numbers", "likely")


def _is_worded(cells: Sequence[str]) -> bool:
    keys = [text for text in dict.fromkeys(map(key, cells)) if reason_of(text) is None]
    return recognise_scale(keys) is not None


def _words(answers: Mapping[str, int]) -> KindFound:
    total = sum(answers.values())
    distinct = len(answers) if len(answers) > MANY_DISTINCT else len({key(cell) for cell in answers})
    if distinct <= 2 and total > distinct:  # noqa: PLR2004 - yes and no
        return KindFound("coded", f"{distinct} different answers", "certain")
    if distinct <= FEW_ANSWERS and _is_worded(list(answers)):
        return KindFound("coded", "the words are those of a scale", "likely")
    prose = _prose_of(answers, total, distinct)
    return prose or _names(answers, total, distinct)


def _prose_of(answers: Mapping[str, int], total: int, distinct: int) -> KindFound | None:
    """Text by its variety or its length."""
    length = sum(len(cell) * count for cell, count in answers.items()) / total
    alone = distinct > FEW_ANSWERS or distinct == total > FEW_PEOPLE or length > LONG_TEXT
    if distinct > total / 2 and alone:
        return KindFound("text", f"{distinct:,} different answers of {total:,}", "likely")
    if length > LONG_TEXT and distinct > total / 4:
        return KindFound("text", "long answers that seldom recur", "likely")
    return None


def _names(answers: Mapping[str, int], total: int, distinct: int) -> KindFound:
    """A list by how often its answers recur."""
    if distinct <= FEW_ANSWERS:
        return KindFound("coded", f"{distinct} different answers of {total:,}", "likely")
    recur = sum(count for count in answers.values() if count > 1) / total
    if total >= 10 * distinct or (distinct <= MANY_ANSWERS and total >= 4 * distinct) or recur >= MOSTLY:
        return KindFound("coded", f"{distinct} different answers that recur", "likely")
    return KindFound("text", f"{distinct:,} different answers of {total:,}", "guess")
