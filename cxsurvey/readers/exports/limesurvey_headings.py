"""The headings of a LimeSurvey export: codes, texts, or both, and what brackets after them mean.

A heading is a question's code (``Q1[SQ001]``), its text (``Which? [Phone]``), its text cut short, or code and
text with something between (``Q1[SQ001]. Which? [Phone]``). Brackets after the code name the sub-question;
brackets at the end of the text give its wording. Codes may be written for the expression manager
(``Q1_SQ001``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from cxsurvey.readers.columns import clean_name
from cxsurvey.readers.exports.records import Role
from cxsurvey.readers.exports.wording import clean_text

_CODE = r"(?P<code>[A-Za-z][A-Za-z0-9_]*)(?P<subs>(?:\[[^\[\]]{1,60}\])*)(?:\#(?P<scale>[01]))?"
_ALONE = re.compile(_CODE)
_COMBINED = re.compile(rf"{_CODE}(?P<joint>\._\.|\.\s|:\s|\s-\s|\s\|\s|;\s|\s(?=\S))(?P<text>.*)", re.DOTALL)
_SCALE = re.compile(r"#?([01])")
LEAST_COMBINED = 0.8

# Texts of the headings in English, German and French; codes are the same in every language.
SYSTEM: dict[str, tuple[Role, tuple[str, ...]]] = {
    "id": ("respondent_id", ("Response ID", "Antwort ID", "Antwort-ID", "ID de la réponse")),
    "submitdate": ("end", ("Date submitted", "Datum Abgeschlossen", "Date de soumission")),
    "lastpage": ("progress", ("Last page", "Last page seen", "Letzte Seite", "Dernière page")),
    "startlanguage": ("language", ("Start language", "Start-Sprache", "Startsprache", "Langue de départ")),
    "seed": ("administrative", ("Seed", "Zufallsstartwert", "Tête de série")),
    "token": ("personal", ("Access code", "Token", "Zugangscode", "Zugangsschlüssel", "Code d'accès")),
    "startdate": ("start", ("Date started", "Datum gestartet", "Date de lancement")),
    "datestamp": (
        "administrative",
        ("Date last action", "Datum letzte Aktivität", "Date de la dernière action"),
    ),
    "ipaddr": ("personal", ("IP address", "IP-Adresse", "Adresse IP")),
    "refurl": ("administrative", ("Referrer URL", "Weiterleitungs-URL", "URL référente")),
    "firstname": ("personal", ("First name", "Vorname", "Prénom")),
    "lastname": ("personal", ("Last name", "Nachname", "Nom")),
    "email": ("personal", ("Email address", "E-Mail-Adresse", "Adresse courriel")),
    "interviewtime": ("duration", ("Total time", "Gesamtzeit", "Temps total")),
}
# Codes and texts that other platforms hardly use: what tells a file of LimeSurvey from others.
TELLING = frozenset({"submitdate", "lastpage", "startlanguage", "datestamp", "seed", "refurl"})
_TIMINGS = re.compile(r"(?:groupTime\d+|.+Time)(?:\b.*)?|(?:Group|Question) time: .*", re.DOTALL)
_BY_TEXT = {text.casefold(): code for code, (_, texts) in SYSTEM.items() for text in texts}


@dataclass(frozen=True, slots=True)
class Heading:
    """One heading, taken apart.

    Attributes
    ----------
    code : str
        Code of the question; empty when headings are texts.
    sub : str
        Code of the sub-question; ``other`` and ``comment`` among them.
    scale : str
        ``0`` or ``1`` in an array of two scales.
    text, item : str
        Wording of the question and of the sub-question.
    system : str
        LimeSurvey's own name of a column that is no question.
    """

    code: str
    sub: str
    scale: str
    text: str
    item: str
    system: str = ""


def separator_of(headers: Sequence[str]) -> str | None:
    """Find what stands between code and text.

    Parameters
    ----------
    headers : sequence of str
        Headings.

    Returns
    -------
    str or None
        None when the headings are not codes with texts.

    Examples
    --------
    >>> separator_of(["Q1. Which?", "Q2[SQ001]. Why? [Price]"]), separator_of(["Which?", "Why?"])
    ('. ', None)
    """
    named = [name for header in headers if (name := clean_name(header)) and name not in SYSTEM]
    found = [match["joint"] for match in map(_COMBINED.fullmatch, named) if match]
    counts = {joint: found.count(joint) for joint in dict.fromkeys(found) if joint.strip()}
    best = max(counts, key=lambda joint: counts[joint], default="")
    return best if best and counts[best] >= LEAST_COMBINED * len(named) else None


def are_codes(headers: Sequence[str]) -> bool:
    """Tell whether all headings are bare codes, some with sub-questions in brackets.

    >>> are_codes(["id", "Q1[SQ001]", "Q1[SQ002]"]), are_codes(["id", "Q1 [a]"])
    (True, False)
    """
    named = [clean_name(header) for header in headers if clean_name(header)]
    return bool(named) and all(_ALONE.fullmatch(header) for header in named)


def parse_headings(headers: Sequence[str]) -> tuple[Heading, ...]:
    """Take headings apart.

    Parameters
    ----------
    headers : sequence of str
        The header row.

    Returns
    -------
    tuple of Heading

    Examples
    --------
    >>> found = parse_headings(["id. Response ID", "Q1[SQ001]. Which? [Phone]"])
    >>> found[0].system, found[1].code, found[1].sub, found[1].text, found[1].item
    ('id', 'Q1', 'SQ001', 'Which?', 'Phone')
    """
    joint = separator_of(headers)
    codes = are_codes(headers)
    return tuple(_heading(clean_name(header), joint=joint, codes=codes) for header in headers)


def _heading(header: str, *, joint: str | None, codes: bool) -> Heading:
    pattern = _ALONE if codes else _COMBINED if joint else None
    match = pattern.fullmatch(header) if pattern else None
    if match is None:
        return _of_text(header)
    text = "" if codes else clean_text(match["text"])
    code, sub, scale = match["code"], *_sub(match["subs"], match["scale"])
    if not sub and "_" in code.strip("_"):  # codes have no underscore: it stands for the bracket
        code, _, sub = code.partition("_")
    if not sub and code in SYSTEM:
        return Heading(code, "", "", text or SYSTEM[code][1][0], "", system=code)
    if not sub and _TIMINGS.fullmatch(code):
        return Heading(code, "", "", text, "", system="timing")
    text, item = _items(text, most=0 if not sub else 2 if "_" in sub or scale else 1)
    return Heading(code, sub, scale, text, item)


def _of_text(header: str) -> Heading:
    text = clean_text(header)
    code = text if text in SYSTEM else _BY_TEXT.get(text.casefold(), "")
    system = code or ("timing" if _TIMINGS.fullmatch(text) and ": " in text else "")
    if system:
        return Heading(system if system != "timing" else "", "", "", text, "", system=system)
    text, item = _items(text, most=1)
    return Heading("", item, "", text, item)


def _sub(subs: str, scale: str | None) -> tuple[str, str]:
    """Sub-question and scale from ``[SQ001]``, ``[SQ001#0]``, ``[SQ001][1]`` or ``[SQ001]#1``."""
    parts = re.findall(r"\[([^\[\]]+)\]", subs)
    if scale is None and len(parts) == 2 and (found := _SCALE.fullmatch(parts[1])):  # noqa: PLR2004 - two brackets
        return parts[0], found[1]
    sub = "_".join(parts)
    inner = re.fullmatch(r"(.+)#([01])", sub)
    return (inner[1], inner[2]) if inner else (sub, scale or "")


def _items(text: str, *, most: int) -> tuple[str, str]:
    """Part the wording of the question from up to so many bracketed wordings behind it."""
    items: list[str] = []
    while len(items) < most and text.endswith("]"):
        start = _opening(text)
        if start < 0:
            break
        items.insert(0, text[start + 1 : -1].strip())
        text = text[:start].rstrip()
    return text, ": ".join(item for item in items if item)


def _opening(text: str) -> int:
    """Return where the bracket opens that closes at the end; -1 when none does."""
    depth = 0
    for at in range(len(text) - 1, -1, -1):
        depth += {"]": 1, "[": -1}.get(text[at], 0)
        if depth == 0:
            return at
    return -1
