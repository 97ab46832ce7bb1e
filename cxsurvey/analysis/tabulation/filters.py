"""Whom a book is limited to: conditions written as text, or as a base of the study file."""

from __future__ import annotations

import difflib
import re

import numpy as np

from cxsurvey.errors import RequestError, listed
from cxsurvey.study.answers import BoolArray
from cxsurvey.study.codebook import Question
from cxsurvey.study.conditions import Base, Condition
from cxsurvey.study.study import Study

CONDITION = re.compile(r"\s*(?P<question>\w+)\s*(?P<sign>!=|>=|<=|=)\s*(?P<codes>.+?)\s*")
SIGNS = {"=": "is", "!=": "is not", ">=": "at least", "<=": "at most"}


def parse_filter(study: Study, text: str) -> Base:
    """Read a filter: ``question=code``, ``question=a|b``, ``!=``, ``>=``, ``<=``, joined by ``&``.

    A response may be written as its code or as its label.

    Parameters
    ----------
    study : Study
    text : str

    Returns
    -------
    Base
        Its label says the conditions in the words of the codebook.

    Raises
    ------
    RequestError
        ``bad-filter``, ``unknown-question``, ``unknown-response``.

    Examples
    --------
    >>> import cxsurvey as cx
    >>> [parse_filter(cx.read_study("sfo2018"), f"first_time={text}").all[0].is_ for text in ("2", "yes")]
    [('2',), ('2',)]
    """
    found = [_condition(study, part) for part in text.split("&")]
    return Base(label="; ".join(words for _, words in found), all=tuple(condition for condition, _ in found))


def filter_mask(study: Study, base: Base | None) -> BoolArray:
    """Who is kept; shape (n,)."""
    return study.kept if base is None else study.mask(base)


def _condition(study: Study, part: str) -> tuple[Condition, str]:
    match = CONDITION.fullmatch(part)
    if match is None:
        raise RequestError.bad_filter(part)
    question = study.question(match["question"])
    sign, codes = match["sign"], tuple(code.strip() for code in match["codes"].split("|"))
    if sign in {">=", "<="}:
        return _bounded(question, sign, codes, part)
    if question.type == "text":
        raise RequestError.bad_filter(part)
    if question.type != "number":
        codes = tuple(_code(question, text) for text in codes)
    elif not all(_is_number(code) for code in codes):
        raise RequestError.bad_filter(part)
    key = {"=": "is_", "!=": "not_"}[sign]
    labels = question.response_labels(codes) or codes
    return Condition(question=question.id, **{key: codes}), _words(question, sign, labels)


def _code(question: Question, text: str) -> str:
    """The code that a code or a label stands for."""
    if text in question.codes:
        return text
    named = [item.code for item in question.responses if item.label.casefold() == text.casefold()]
    if len(named) != 1:
        raise RequestError.unknown_response(question.id, text, _known_codes(question, text))
    return named[0]


def _known_codes(question: Question, text: str) -> str:
    """Codes with their labels, those nearest to what was written alone where there are any."""
    words = {item.code: f"{item.code} ({item.label})" for item in question.responses}
    labels = {item.label.casefold(): item.code for item in reversed(question.responses)}
    near = difflib.get_close_matches(text.casefold(), labels, n=1)
    said = f"Did you mean {words[labels[near[0]]]}?" if near else f"Known: {listed(list(words.values()))}."
    return f"{said} Part codes with '|', join conditions with '&'."


def _bounded(question: Question, sign: str, codes: tuple[str, ...], part: str) -> tuple[Condition, str]:
    if question.type not in {"ordinal", "number"} or len(codes) != 1 or not _is_number(codes[0]):
        raise RequestError.bad_filter(part)
    key = {">=": "at_least", "<=": "at_most"}[sign]
    return Condition(question=question.id, **{key: float(codes[0])}), _words(question, sign, codes)


def _words(question: Question, sign: str, values: tuple[str, ...]) -> str:
    return f"{question.name}: {'' if sign == '=' else SIGNS[sign] + ' '}{' or '.join(values)}"


def _is_number(text: str) -> bool:
    try:
        return bool(np.isfinite(float(text)))
    except ValueError:
        return False
