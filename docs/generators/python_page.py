"""``reference/python.md``: the public names, from their docstrings."""

from __future__ import annotations

import inspect
import re
from typing import Any

import cxsurvey as cx
from cxsurvey.analysis.rating_pairs import RatingPairs
from cxsurvey.display.card import Card
from cxsurvey.display.typeface import use_font
from cxsurvey.published.audit.verdicts import Finding
from cxsurvey.published.claims.file import parse_claims
from cxsurvey.published.claims.records import Claim
from generators.words import document, markdown, sentence, words

FUNCTIONS = (
    "import_export", "read_study", "bundled_studies", "check", "quality", "score", "segment", "segment_shares",
    "estimate", "gaps", "tabulate", "compare_profile", "write_book", "rating_pairs", "robustness", "weigh",
    "read_claims", "audit", "synthesize", "draw_figures", "figures", "report",
)  # fmt: skip
RESULTS = (
    "Imported", "Study", "Issues", "Quality", "Scores", "Segmentation", "Estimates", "Gaps", "Book",
    "Robustness", "Weighting", "Claims", "Audit", "Synthetic", "Measure", "CxSurveyError",
)  # fmt: skip
SECTION = re.compile(r"^([A-Z][A-Za-z ]+)\n-{3,}$", re.MULTILINE)
LISTED = {"Parameters", "Attributes", "Raises"}


def page() -> str:
    """Write the page."""
    charts = [_function(f"charts.{name}", getattr(cx.charts, name)) for name in cx.charts.__all__]
    others = [
        _class("RatingPairs", RatingPairs),
        _class("Claim", Claim),
        _class("Finding", Finding),
        _function("parse_claims", parse_claims, home="cxsurvey.published.claims.file"),
        _class("Card", Card),
        _function("use_font", use_font, home="cxsurvey.display.typeface"),
    ]
    return document(
        "Python",
        words()["pages"]["python"],
        "## Functions",
        *(_function(name, getattr(cx, name)) for name in FUNCTIONS),
        "## Charts",
        markdown(inspect.getdoc(cx.charts) or "").split("\n\n")[0],
        *charts,
        "## Results, records, and the base of all errors",
        *(_class(name, getattr(cx, name)) for name in RESULTS),
        "## What functions return or need, not named in `cxsurvey` itself",
        *others,
    )


def _function(name: str, function: Any, *, home: str = "cx") -> str:
    signature = str(inspect.signature(function)).replace("'", "")
    return "\n\n".join([f"### {name}", _code(f"{home}.{name}", signature), docstring(function)])


def _code(name: str, signature: str) -> str:
    """A signature, with one parameter a line where it is long."""
    line = f"{name}{signature}"
    if len(line) > 88:  # noqa: PLR2004 - what a code block shows without scrolling
        inside, arrow, returned = signature.partition(" -> ")
        parameters = re.split(r", (?![^\[]*\])", inside[1:-1])
        inner = [f"    {parameter}," for parameter in parameters]
        line = "\n".join([f"{name}(", *inner, f"){arrow}{returned}"])
    return f"```text\n{line}\n```"


def _class(name: str, kind: Any) -> str:
    parts = [f"### {name}", docstring(kind)]
    if hasattr(kind, "model_fields"):
        lines = [f"- `{key}` : {_kind(field)}" for key, field in kind.model_fields.items()]
        parts += ["Fields", "\n".join(lines)]
    rows = []
    for key, member in vars(kind).items():
        shown = member.fget if isinstance(member, property) else getattr(member, "__func__", member)
        if key.startswith("_") or not inspect.isfunction(shown) or not shown.__doc__:
            continue
        call = "" if isinstance(member, property) else "()"
        rows.append(f"- `{key}{call}`: {sentence(inspect.getdoc(shown) or '')}")
    if rows:
        parts += ["Properties and methods", "\n".join(rows)]
    return "\n\n".join(parts)


def _kind(field: Any) -> str:
    return "required" if field.is_required() else f"optional, `{field.default!r}`"


def docstring(thing: Any) -> str:
    """A numpy-style docstring as Markdown: sections in bold, parameters as a list, examples as code."""
    pieces = SECTION.split(inspect.getdoc(thing) or "")
    parts = [markdown(pieces[0].strip())]
    for title, body in zip(pieces[1::2], pieces[2::2], strict=True):
        parts += [f"**{title}**", _section(title, body.strip("\n"))]
    return "\n\n".join(part for part in parts if part)


def _section(title: str, body: str) -> str:
    if title == "Examples":
        quoted = body.replace("'''", '"""')  # inside a docstring the other quotes had to do
        return f"```pycon\n{quoted}\n```"
    if title in LISTED or (title == "Returns" and re.search(r"^    \S", body, re.MULTILINE)):
        return _listed(body)
    return markdown(body)


def _listed(body: str) -> str:
    """``name : type`` with an indented text below becomes one item of a list."""
    items: list[tuple[str, list[str]]] = []
    for line in body.splitlines():
        if line and not line.startswith(" "):
            name, colon, kind = line.partition(" : ")
            items.append((f"- `{name}`{f' ({markdown(kind)})' if colon else ''}", []))
        elif line.strip():
            items[-1][1].append(markdown(line.strip()))
    return "\n".join(f"{head}: {' '.join(text)}" if text else head for head, text in items)
