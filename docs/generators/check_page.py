"""``reference/check-codes.md``: every issue that ``cxsurvey check`` can find, read from the checks."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from cxsurvey.study import checks
from generators.literals import texts
from generators.words import document, meaning, table, words

RANK = ("error", "warning", "note")
SOURCES = sorted(Path(checks.__file__).parent.glob("*checks.py"))
MAKER = "finding"  # the function that makes an issue from code, severity and the rest
CODE = re.compile(r"[a-z]+(-[a-z]+)+")


def page() -> str:
    """Write the page."""
    found = issue_codes()
    rows = [
        (f"`{code}`", " or ".join(severities), meaning("checks", "codes", code))
        for code, severities in sorted(found.items(), key=lambda item: (RANK.index(item[1][0]), item[0]))
    ]
    text = words()["pages"]["checks"]
    return document("Issues that a check finds", text, table(("Code", "Severity", "Meaning"), rows))


def issue_codes() -> dict[str, tuple[str, ...]]:
    """Codes with the severities that they can have, errors first.

    Raises
    ------
    LookupError
        When the source holds a text that looks like a code and is in no issue that could be read.
    """
    found: dict[str, set[str]] = {}
    looks_like_code: set[str] = set()
    for module in (ast.parse(path.read_text(encoding="utf-8")) for path in SOURCES):
        for function in (node for node in module.body if isinstance(node, ast.FunctionDef)):
            for call in _calls(function, MAKER):
                severities = set(_resolved(call.args[1], function, module)) & set(RANK)
                for code in _resolved(call.args[0], function, module):
                    found.setdefault(code, set()).update(severities)
        constants = (node.value for node in ast.walk(module) if isinstance(node, ast.Constant))
        looks_like_code |= {text for text in constants if isinstance(text, str) and CODE.fullmatch(text)}
    if lost := looks_like_code - set(found):
        message = f"codes of checks that were not read: {sorted(lost)}"
        raise LookupError(message)
    return {code: tuple(sorted(levels, key=RANK.index)) for code, levels in found.items()}


def _calls(tree: ast.AST, name: str) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name:
            yield node


def _resolved(node: ast.expr, function: ast.FunctionDef, module: ast.Module) -> list[str]:
    """Texts of an expression, with what its function binds filled in."""
    if isinstance(node, ast.Name):
        return _bound(node.id, function, module)
    if isinstance(node, ast.JoinedStr):
        names = [value.value for value in node.values if isinstance(value, ast.FormattedValue)]
        suffix = "".join(str(value.value) for value in node.values if isinstance(value, ast.Constant))
        first = names[0]
        return (
            [f"{name}{suffix}" for name in _bound(first.id, function, module)]
            if isinstance(first, ast.Name)
            else []
        )
    return texts(node, {})


def _bound(name: str, function: ast.FunctionDef, module: ast.Module) -> list[str]:
    """What a name can be: assigned, returned by a function of the module, or run over by a loop."""
    values: list[str] = []
    for node in ast.walk(function):
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            if name in _names(target):
                values += _item(node.value, target, _names(target).index(name), module)
        elif isinstance(node, ast.For) and name in _names(node.target):
            rows = _rows(node.iter, function)
            position = _names(node.target).index(name)
            firsts = [row.elts[position] if isinstance(row, ast.Tuple) else row for row in rows]
            values += [text for first in firsts for text in texts(first, {})]
    return values


def _names(target: ast.expr) -> list[str]:
    items = target.elts if isinstance(target, ast.Tuple) else [target]
    return [item.id for item in items if isinstance(item, ast.Name)]


def _item(value: ast.expr, target: ast.expr, position: int, module: ast.Module) -> list[str]:
    if not isinstance(target, ast.Tuple):
        return texts(value, {})
    called = value.func.id if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) else ""
    returned = [
        node.value
        for function in module.body
        if isinstance(function, ast.FunctionDef) and function.name == called
        for node in ast.walk(function)
        if isinstance(node, ast.Return)
    ]
    items = [found.elts[position] for found in (*returned, value) if isinstance(found, ast.Tuple)]
    return [text for item in items for text in texts(item, {})]


def _rows(iterated: ast.expr, function: ast.FunctionDef) -> list[ast.expr]:
    """The rows of a literal tuple that a loop runs over, written in place or assigned before."""
    literal = iterated
    for node in ast.walk(function):
        if (
            isinstance(node, ast.Assign)
            and isinstance(iterated, ast.Name)
            and iterated.id in _names(node.targets[0])
        ):
            literal = node.value
    return literal.elts if isinstance(literal, ast.Tuple | ast.List) else []
