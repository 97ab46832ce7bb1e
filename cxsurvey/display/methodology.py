"""What a pack says about how its numbers were made.

The disclosure items are those that the AAPOR Disclosure Standards (April 2021) and the ESOMAR/WAPOR guideline
ask to be released with results. An item that is missing is printed as "not stated", never left out.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Final

NOT_STATED: Final = "Not stated"


@dataclass(frozen=True, slots=True)
class Disclosure:
    """Who was asked what, how, when and for whom; each item is a text, empty when it is not known.

    Examples
    --------
    >>> Disclosure(sample="1,091 respondents").items()[:2]
    (('Population', 'Not stated'), ('Sample', '1,091 respondents'))
    """

    population: str = ""
    sample: str = ""
    mode: str = ""
    field_dates: str = ""
    sponsor: str = ""
    conducted_by: str = ""
    weighting: str = ""
    response_rate: str = ""
    limitations: str = ""

    def items(self) -> tuple[tuple[str, str], ...]:
        """List each item's name and text, with "Not stated" for what is missing."""
        return tuple(
            (field.name.replace("_", " ").capitalize(), stated(getattr(self, field.name)))
            for field in fields(self)
        )


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with its paragraphs, and named items after them."""

    heading: str
    paragraphs: tuple[str, ...] = ()
    items: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Methodology:
    """The last pages of a pack. Every text may hold several paragraphs, parted by blank lines.

    Attributes
    ----------
    disclosure : Disclosure
        The items that standards of disclosure ask for.
    design : str
        Weights, strata, clusters; how variances and intervals are computed.
    segments : str
        The rule that makes leaders, followers and laggards.
    bases : str
        Who the percentages are of; what is flagged, suppressed or left untested.
    tests : str
        Which tests, at which level, corrected for which family.
    rounding : str
        How printed numbers are rounded.
    more : tuple of Section
        Anything else, printed after these.

    Examples
    --------
    >>> [section.heading for section in Methodology().sections()][:2]
    ['About this survey', 'Design and precision']
    """

    disclosure: Disclosure = Disclosure()
    design: str = ""
    segments: str = ""
    bases: str = ""
    tests: str = ""
    rounding: str = ""
    more: tuple[Section, ...] = ()

    def sections(self) -> tuple[Section, ...]:
        """List what is printed, in order."""
        texts = (
            ("Design and precision", self.design),
            ("Segments", self.segments),
            ("Bases", self.bases),
            ("Tests", self.tests),
            ("Rounding", self.rounding),
        )
        about = Section("About this survey", items=self.disclosure.items())
        return (about, *(Section(heading, _paragraphs(text)) for heading, text in texts), *self.more)


def stated(text: str) -> str:
    """Say that a text is missing rather than print nothing.

    >>> stated("  ")
    'Not stated'
    """
    return text.strip() or NOT_STATED


def _paragraphs(text: str) -> tuple[str, ...]:
    parts = tuple(part.strip() for part in text.split("\n\n") if part.strip())
    return parts or (NOT_STATED,)
