"""What pydantic says about a study file, in the words of its author: table, key, what should stand there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from cxsurvey.errors import SHOWN_CHARACTERS, did_you_mean
from cxsurvey.study.codebook import StudyFile
from cxsurvey.study.record import Record

ARRAYS = ("question", "scale", "group", "figure")
PATTERNS = {
    "^[a-z][a-z0-9_]*$": "lower case letters, digits and '_', a letter first",
    "^fig[0-9]{2,3}$": "'fig' and two or three digits, such as 'fig01'",
}
RULE_KINDS = "kind = 'grid', 'cuts', 'median_split' or 'terciles'"
EXPECTED = {
    "model_type": "a table",
    "dict_type": "a table",
    "union_tag_invalid": RULE_KINDS,
    "union_tag_not_found": RULE_KINDS,
}


def validation_problems(error: ValidationError, tables: Mapping[str, Any]) -> list[str]:
    """List what pydantic found wrong, in the words of a study file.

    Parameters
    ----------
    error : pydantic.ValidationError
    tables : mapping
        The study file as TOML gave it, for the ids of what is named.

    Returns
    -------
    list of str
        One sentence a problem, in the order of the file.
    """
    details = error.errors(include_url=False)
    return [_problem(dict(detail), tables) for detail in details if not _follows(detail["loc"], details)]


def _follows(location: tuple[str | int, ...], details: Sequence[ErrorDetails]) -> bool:
    """Whether a list is found too short only because one of its items is faulty."""
    size = len(location)
    return any(len(other["loc"]) > size and other["loc"][:size] == location for other in details)


def _problem(detail: Mapping[str, Any], tables: Mapping[str, Any]) -> str:
    location: tuple[str | int, ...] = detail["loc"]
    if detail["type"] == "extra_forbidden":
        key = str(location[-1])
        known = _known_keys(location)
        return f"{_place(location[:-1], tables)}: unknown key '{key}'. {did_you_mean(key, known)}"
    if detail["type"] == "missing":
        return f"{_place(location[:-1], tables)}: the key '{location[-1]}' is missing"
    return f"{_place(location, tables)}: {_wanted(detail)}{_got(detail.get('input'))}"


def _wanted(detail: Mapping[str, Any]) -> str:
    """Say in the words of a study file what should stand there."""
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "value_error":
        return str(detail["msg"]).removeprefix("Value error, ")
    if kind == "string_pattern_mismatch":
        return f"expected {PATTERNS.get(context['pattern'], context['pattern'])}"
    if kind in {"too_short", "string_too_short", "string_too_long"}:
        return f"expected {_bound(context, 'item' if kind == 'too_short' else 'character')}"
    if kind in {"tuple_type", "list_type"}:
        return f"expected a list{_double_brackets(detail)}"
    message = str(detail["msg"]).removeprefix("Input should be ").replace("a valid string", "text")
    return f"expected {EXPECTED.get(kind, message[:1].lower() + message[1:])}"


def _bound(context: Mapping[str, Any], noun: str) -> str:
    at_least = "min_length" in context
    number = context["min_length"] if at_least else context["max_length"]
    return f"at {'least' if at_least else 'most'} {number} {noun}{'' if number == 1 else 's'}"


def _double_brackets(detail: Mapping[str, Any]) -> str:
    (name, *inside) = detail["loc"]
    return f"; write [[{name}]], in double brackets, above each" if name in ARRAYS and not inside else ""


def _got(value: Any) -> str:
    if not isinstance(value, str | int | float | bool):
        return ""
    shown = repr(value)
    return f", got {shown if len(shown) <= SHOWN_CHARACTERS else shown[:SHOWN_CHARACTERS] + '...'}"


def _place(location: Sequence[str | int], tables: Mapping[str, Any]) -> str:
    """Name a location as its author knows it: ``[[question]] 3 "q7" type``."""
    if not location:
        return "the file"
    head, *rest = location
    if head in ARRAYS and rest and isinstance(rest[0], int):
        items = tables.get(str(head))
        item = items[rest[0]] if isinstance(items, list) else None
        name = f' "{item["id"]}"' if isinstance(item, dict) and isinstance(item.get("id"), str) else ""
        return " ".join([f"[[{head}]] {rest[0] + 1}{name}", *_steps(rest[1:])])
    return " ".join([f"[{head}]", *_steps(rest)])


def _steps(rest: Sequence[str | int]) -> list[str]:
    return [f"item {step + 1}" if isinstance(step, int) else str(step) for step in rest]


def _known_keys(location: Sequence[str | int]) -> list[str]:
    """Find the keys that the table at this location knows."""
    fields = StudyFile.model_fields
    for step in location[:-1]:
        if isinstance(step, int) or step not in fields:
            continue
        model = _record_of(fields[step].annotation)
        if model is None:
            break
        fields = model.model_fields
    return [field.alias or name for name, field in fields.items()]


def _record_of(annotation: Any) -> type[Record] | None:
    """Find the record class inside ``tuple[X, ...]``, ``X | None`` or ``dict[str, X]``."""
    if isinstance(annotation, type) and issubclass(annotation, Record):
        return annotation
    for part in getattr(annotation, "__args__", ()):
        found = _record_of(part)
        if found is not None:
            return found
    return None
