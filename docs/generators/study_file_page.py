"""``reference/study-file.md``: every table and key of ``study.toml``, from the records that validate it."""

from __future__ import annotations

import json
from typing import Any

from cxsurvey.study import codebook, conditions, quality_plan, sampling_plan, table_plan
from cxsurvey.study.codebook import StudyFile
from cxsurvey.study.record import Record
from generators.words import document, meaning, sentence, table, words

TABLES: tuple[tuple[str, str, type[Record]], ...] = (
    ("`[study]`", "study", codebook.StudyInfo),
    ("`[reading]`", "reading", codebook.Reading),
    ("`[disclosure]`", "disclosure", codebook.Disclosure),
    ("`[design]`", "design", sampling_plan.Design),
    ("`[design.replicates]`", "replicates", sampling_plan.Replicates),
    ("`[quality]`", "quality", quality_plan.QualityPlan),
    ("`[settings]`", "settings", codebook.Settings),
    ("`[lists.NAME]`", "lists", codebook.AnswerList),
    ("`[[question]]`", "question", codebook.Question),
    ("`responses` of a question or list", "responses", codebook.Response),
    ("`missing` of a question or list", "missing", codebook.MissingCode),
    ("`nets` of a question or list", "nets", codebook.Net),
    ("`base` of a question, `where` of a group's member", "base", conditions.Base),
    ("Conditions under `all` and `any`", "conditions", conditions.Condition),
    ("`[[scale]]`", "scale", codebook.Scale),
    ("`[segments]`", "segments", codebook.Segments),
    ('`[segments.rules.NAME]` with `kind = "grid"`', "grid", codebook.GridRule),
    ('`[segments.rules.NAME]` with `kind = "cuts"`', "cuts", codebook.CutRule),
    ('`[segments.rules.NAME]` with `kind = "median_split"` or `"terciles"`', "split", codebook.SplitRule),
    ("`[[group]]`", "group", codebook.Group),
    ("`members` of a group", "members", codebook.GroupMember),
    ("`[[figure]]`", "figure", codebook.Figure),
    ("`rows` of a figure", "rows", codebook.Measure),
    ("`[[table]]`", "table", table_plan.TablePlan),
    ("`[synthesis]`", "synthesis", codebook.Synthesis),
)
PLAIN = {"string": "text", "integer": "whole number", "number": "number", "boolean": "true or false"}


def page() -> str:
    """Write the page."""
    definitions = StudyFile.model_json_schema(mode="validation")["$defs"]
    contents = "\n".join(f"- [{title}](#{anchor})" for title, anchor, _ in TABLES)
    parts = [_section(title, anchor, record, definitions) for title, anchor, record in TABLES]
    return document("The study file", words()["pages"]["study_file"], contents, *parts)


def _section(title: str, anchor: str, record: type[Record], definitions: dict[str, Any]) -> str:
    name = record.__name__
    schema = definitions[name]
    required = set(schema.get("required", ()))
    rows = [
        (f"`{key}`", _type(found, definitions), _default(key, found, required), _meaning(name, key, found))
        for key, found in schema["properties"].items()
    ]
    intro = sentence(record.__doc__ or "").rpartition("]`: ")[2]
    intro = f"{intro[:1].upper()}{intro[1:]}"
    heads = ("Key", "Type", "Default", "Meaning")
    more = str(words()["tables"].get(name, ""))
    body = "\n\n".join(part for part in (intro, table(heads, rows), more.strip()) if part)
    return f'<a id="{anchor}"></a>\n\n## {title}\n\n{body}'


def _meaning(record: str, key: str, schema: dict[str, Any]) -> str:
    written = words()["keys"].get(record, {}).get(key)
    return str(written or schema.get("description") or meaning("keys", record, key))


def _default(key: str, schema: dict[str, Any], required: set[str]) -> str:
    if key in required:
        return "required"
    value = schema.get("default")
    if value is None or value in ("", [], {}):
        return ""
    return "" if isinstance(value, dict) else f"`{json.dumps(value)}`"


def _type(schema: dict[str, Any], definitions: dict[str, Any]) -> str:  # noqa: PLR0911 - one case a kind
    if "$ref" in schema:
        return _named(schema["$ref"].rpartition("/")[2], definitions)
    if "const" in schema:
        return f'`"{schema["const"]}"`'
    if "enum" in schema:
        return " or ".join(f'`"{value}"`' for value in schema["enum"])
    options = schema.get("anyOf") or schema.get("oneOf")
    if options:
        kinds = [_type(option, definitions) for option in options if option.get("type") != "null"]
        return " or ".join(dict.fromkeys(kinds))
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}), definitions)}"
    if schema.get("type") == "object":
        return f"table of {_type(schema.get('additionalProperties') or {'type': 'string'}, definitions)}"
    return PLAIN.get(schema.get("type", ""), "any") + _range(schema)


def _named(name: str, definitions: dict[str, Any]) -> str:
    links = {record.__name__: anchor for _, anchor, record in TABLES}
    if name in links:
        return f"[{name}](#{links[name]})"
    return _type(definitions[name], definitions)


def _range(schema: dict[str, Any]) -> str:
    low, high = schema.get("minimum"), schema.get("maximum")
    above, under = schema.get("exclusiveMinimum"), schema.get("exclusiveMaximum")
    words_of = (
        (low, f"{low} or more"), (high, f"{high} or less"),
        (above, f"above {above}"), (under, f"below {under}"),
    )  # fmt: skip
    said = [words for bound, words in words_of if bound is not None]
    return f" ({', '.join(said)})" if said else ""
