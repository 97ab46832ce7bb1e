"""Reading wording out of source code: the texts that an expression can have, as far as they are written."""

from __future__ import annotations

import ast
from itertools import product

Scope = dict[str, ast.expr]


def texts(node: ast.expr | None, scope: Scope) -> list[str]:  # noqa: PLR0911 - one case a kind of node
    r"""Every text that an expression can be; what is only known when it runs stands in angle brackets.

    >>> texts(ast.parse("f'{n} row{\"s\" if n != 1 else \"\"}'", mode="eval").body, {})
    ['<n> row(s)']
    """
    if node is None:
        return []
    if isinstance(node, ast.Constant):
        return [str(node.value)]
    if isinstance(node, ast.JoinedStr):
        return ["".join(part) for part in product(*(_part(value, scope) for value in node.values))]
    if isinstance(node, ast.IfExp):
        return [*texts(node.body, scope), *texts(node.orelse, scope)]
    if isinstance(node, ast.Name) and node.id in scope:
        return texts(scope[node.id], {name: value for name, value in scope.items() if name != node.id})
    if isinstance(node, ast.Tuple):
        return [text for item in node.elts for text in texts(item, scope)]
    if isinstance(node, ast.Subscript):
        return _looked_up(node, scope)
    if isinstance(node, ast.Call):
        return _called(node, scope)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return [a + b for a, b in product(texts(node.left, scope), texts(node.right, scope))]
    return [f"<{_name(node)}>"]


def _part(node: ast.expr, scope: Scope) -> list[str]:
    if not isinstance(node, ast.FormattedValue):
        return texts(node, scope)
    inner = node.value
    if isinstance(inner, ast.Name) and isinstance(scope.get(inner.id), ast.Tuple):
        return texts(inner, scope)
    if isinstance(inner, ast.Name) and isinstance(scope.get(inner.id), ast.IfExp):
        inner = scope[inner.id]
    if isinstance(inner, ast.IfExp):
        return [_either(texts(inner.body, scope), texts(inner.orelse, scope))]
    if isinstance(inner, ast.Call):
        return _called(inner, scope)
    return [f"<{_name(inner)}>"]


def _either(first: list[str], second: list[str]) -> str:
    one, other = "/".join(first), "/".join(second)
    if not one or not other:
        return f"({one or other})"
    return f"({one}/{other})"


def _looked_up(node: ast.Subscript, scope: Scope) -> list[str]:
    found = scope.get(node.value.id) if isinstance(node.value, ast.Name) else None
    if isinstance(found, ast.Dict):
        return [text for value in found.values for text in texts(value, scope)]
    return [f"<{_name(node)}>"]


def _called(node: ast.Call, scope: Scope) -> list[str]:
    """What a call stands for: a known function's wording, or the name of its first argument."""
    name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
    first = _name(node.args[0]) if node.args else name.replace("_", " ").strip()
    if name == "did_you_mean":
        return ["Did you mean <name>?"]
    if name == "join":
        return ["<list>"]
    if name == "_count" and isinstance(node.args[1], ast.Constant):
        return [f"<{first}> {node.args[1].value!s}(s)"]
    if name == "get":
        return [f"<by {first}>", *(text for default in node.args[1:] for text in texts(default, scope))]
    return [f"<{first}>"]


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return node.id.strip("_").replace("_", " ")
    if isinstance(node, ast.Attribute):
        return node.attr.replace("_", " ")
    if isinstance(node, ast.Call):
        return _name(node.args[0]) if node.args else _name(node.func)
    if isinstance(node, ast.Subscript):
        return _name(node.slice) if isinstance(node.slice, ast.Name) else _name(node.value)
    return "value"


def assigned(function: ast.FunctionDef) -> Scope:
    """Names that a function gives to expressions, so that wording put together first is found.

    A name that is looked up in a dictionary of the function can be any of its keys.
    """
    scope: Scope = {}
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            scope[node.targets[0].id] = node.value
    for node in ast.walk(function):
        if (
            isinstance(node, ast.Subscript)
            and isinstance(node.value, ast.Name)
            and isinstance(node.slice, ast.Name)
        ):
            looked_up = scope.get(node.value.id)
            if isinstance(looked_up, ast.Dict):
                keys = [key for key in looked_up.keys if key is not None]
                scope[node.slice.id] = ast.Tuple(elts=keys, ctx=ast.Load())
    return scope
