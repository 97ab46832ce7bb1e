"""``reference/errors.md``: every error with its class, exit code and wording, read from ``errors.py``."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from textwrap import wrap

from cxsurvey import errors
from generators.literals import Scope, assigned, texts
from generators.words import document, markdown, sentence, words

WIDTH = 100
PARTS = ("code", "what", "where", "expected", "got", "hint")


@dataclass(frozen=True, slots=True)
class Wording:
    """One named constructor: the texts that each part of its message can have."""

    name: str
    when: str
    parts: dict[str, list[str]]


def page() -> str:
    """Write the page."""
    tree = ast.parse(inspect.getsource(errors))
    sections = [_section(node) for node in tree.body if isinstance(node, ast.ClassDef)]
    return document("Errors", words()["pages"]["errors"], *(section for section in sections if section))


def _section(node: ast.ClassDef) -> str:
    found = sorted(wordings(node), key=lambda wording: wording.parts["code"])
    if not found:
        return ""
    kind = getattr(errors, node.name)
    head = f"## {node.name}: exit code {kind.exit_code}\n\n{sentence(ast.get_docstring(node) or '')}"
    return "\n\n".join([head, *(_entry(wording) for wording in found)])


def wordings(node: ast.ClassDef) -> Iterator[Wording]:
    """The named constructors of an error class."""
    for function in node.body:
        if not isinstance(function, ast.FunctionDef):
            continue
        scope = assigned(function)
        for call in ast.walk(function):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "cls":
                yield Wording(function.name, sentence(ast.get_docstring(function) or ""), _parts(call, scope))


def _parts(call: ast.Call, scope: Scope) -> dict[str, list[str]]:
    given: dict[str, ast.expr] = dict(zip(PARTS, call.args, strict=False))
    given |= {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
    return {part: _distinct(texts(given.get(part), scope)) for part in PARTS}


def _distinct(found: list[str]) -> list[str]:
    return [text for text in dict.fromkeys(" ".join(text.split()) for text in found) if text]


def _entry(wording: Wording) -> str:
    codes = " or ".join(wording.parts["code"])
    labels = {"where": "Where", "expected": "Expected", "got": "Got", "hint": "Next"}
    lines = [f"{' / '.join(wording.parts['what'])} [{codes}]"]
    given = ((label, wording.parts[part]) for part, label in labels.items())
    lines += [f"{label}: {' / '.join(found)}" for label, found in given if found]
    shown = [line for text in lines for line in wrap(text, WIDTH, subsequent_indent="  ")]
    return "\n".join([f"### {codes}", "", markdown(wording.when), "", "```text", *shown, "```"])
