"""The part of R's grammar that golden calls are written in: text to a tree, and a tree back to text.

A tree has five kinds of node. Operators, brackets, braces and `function` are calls, as they are in R.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

TOKEN = re.compile(
    r"""\s*(?:
    (?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?L?)
  | (?P<string>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")
  | (?P<name>[A-Za-z.][\w.]*|`[^`]+`)
  | (?P<operator>%[^%]*%|<-|<=|>=|==|!=|&&|\|\||::|[-+*/^<>=!&|~:$,;(){}\[\]])
  )""",
    re.VERBOSE,
)
# Loosest first; a tighter operator binds before a looser one.
LEVELS = (
    ("~",), ("|", "||"), ("&", "&&"), ("!",), ("==", "!=", "<", ">", "<=", ">="), ("+", "-"), ("*", "/"),
    ("%%",), (":",),
)  # fmt: skip
ESCAPES = {"n": "\n", "t": "\t"}


@dataclass(frozen=True)
class Number:
    value: float


@dataclass(frozen=True)
class Text:
    value: str


@dataclass(frozen=True)
class Name:
    name: str


@dataclass(frozen=True)
class Call:
    function: object
    arguments: tuple[tuple[str | None, object], ...]


@dataclass(frozen=True)
class Function:
    parameters: tuple[str, ...]
    body: object


class NotUnderstood(Exception):
    """The call uses something that this reader of R does not know."""


def parse(text):
    """Read one expression."""
    reader = _Reader(_tokens(text))
    tree = reader.expression()
    if reader.kind != "end":
        raise NotUnderstood(f"'{reader.text}' in {text}")
    return tree


def _tokens(text):
    position, found = 0, []
    text = text.rstrip()
    while position < len(text):
        match = TOKEN.match(text, position)
        if not match or match.end() == position:
            raise NotUnderstood(text[position : position + 20])
        kind = match.lastgroup
        found.append((kind, match[kind]))
        position = match.end()
    return [*found, ("end", "")]


class _Reader:
    def __init__(self, tokens):
        self.tokens, self.at = tokens, 0

    @property
    def kind(self):
        return self.tokens[self.at][0]

    @property
    def text(self):
        return self.tokens[self.at][1]

    def take(self, text=None):
        if text is not None and (self.text != text or self.kind == "string"):
            raise NotUnderstood(f"expected {text}, got {self.text}")
        self.at += 1
        return self.tokens[self.at - 1][1]

    def sees(self, *texts):
        return self.kind == "operator" and self.text in texts

    def expression(self):
        left = self.binary(0)
        if self.sees("<-"):
            self.take()
            return Call(Name("<-"), ((None, left), (None, self.expression())))
        return left

    def binary(self, level):
        if level == len(LEVELS):
            return self.unary()
        operators = LEVELS[level]
        if operators[0] in {"~", "!"} and self.sees(operators[0]):
            sign = self.take()
            return Call(Name(sign), ((None, self.binary(level)),))
        left = self.binary(level + 1)
        while operators != ("!",) and (self.sees(*operators) or self._infix(operators)):
            operator = self.take()
            left = Call(Name(operator), ((None, left), (None, self.binary(level + 1))))
        return left

    def _infix(self, operators):
        return operators == ("%%",) and self.kind == "operator" and self.text.startswith("%")

    def unary(self):
        if self.sees("-", "+", "!"):
            sign = self.take()
            return Call(Name(sign), ((None, self.unary()),))
        return self.power()

    def power(self):
        base = self.postfix()
        if self.sees("^"):
            self.take()
            return Call(Name("^"), ((None, base), (None, self.unary())))
        return base

    def postfix(self):
        node = self.primary()
        while self.sees("(", "[", "$"):
            if self.sees("$"):
                self.take()
                node = Call(Name("$"), ((None, node), (None, Text(self.take().strip("`")))))
            elif self.sees("("):
                node = Call(node, self.arguments("(", ")"))
            elif self.tokens[self.at + 1] == ("operator", "["):
                self.take("[")
                node = Call(Name("[["), ((None, node), *self.arguments("[", "]")))
                self.take("]")
            else:
                node = Call(Name("["), ((None, node), *self.arguments("[", "]")))
        return node

    def arguments(self, opening, closing):
        self.take(opening)
        found = []
        while not self.sees(closing):
            found.append(self.argument(closing))
            if self.sees(","):
                self.take()
                if self.sees(closing):
                    found.append((None, None))
        self.take(closing)
        return tuple(found)

    def argument(self, closing):
        if self.sees(",", closing):
            return (None, None)
        following = self.tokens[min(self.at + 1, len(self.tokens) - 1)]
        if self.kind in {"name", "string"} and following == ("operator", "="):
            name = self.take().strip("`'\"")
            self.take("=")
            return (name, self.expression())
        return (None, self.expression())

    def primary(self):
        if self.kind == "number":
            return Number(float(self.take().rstrip("L")))
        if self.kind == "string":
            return Text(re.sub(r"\\(.)", lambda m: ESCAPES.get(m[1], m[1]), self.take()[1:-1]))
        if self.kind == "name":
            name = self.take()
            return self.function() if name == "function" else Name(name.strip("`"))
        if self.sees("("):
            self.take()
            inner = self.expression()
            self.take(")")
            return Call(Name("("), ((None, inner),))
        if self.sees("{"):
            return self.block()
        raise NotUnderstood(self.text)

    def function(self):
        self.take("(")
        parameters = []
        while not self.sees(")"):
            parameters.append(self.take())
            if self.sees(","):
                self.take()
        self.take(")")
        return Function(tuple(parameters), self.expression())

    def block(self):
        self.take("{")
        statements = []
        while not self.sees("}"):
            statements.append((None, self.expression()))
            while self.sees(";"):
                self.take()
        self.take("}")
        return Call(Name("{"), tuple(statements))


def number_text(value):
    """Write a number as R does in names: 15 digits, no trailing zeros."""
    return f"{value:.15g}"


def deparse(node):
    """Write a tree as R does in the names of coefficients."""
    if isinstance(node, Number):
        return number_text(node.value)
    if isinstance(node, Text):
        return f'"{node.value}"'
    if isinstance(node, Name):
        return node.name
    if isinstance(node, Function):
        return f"function({', '.join(node.parameters)}) {deparse(node.body)}"
    name = node.function.name if isinstance(node.function, Name) else deparse(node.function)
    values = [deparse(value) if value is not None else "" for _, value in node.arguments]
    return _deparse_call(name, values, [key for key, _ in node.arguments])


def _deparse_call(name, values, keys):
    if name == "(":
        return f"({values[0]})"
    if name in {"[", "[["}:
        return f"{values[0]}{name}{', '.join(values[1:])}{']' * len(name)}"
    if name in {"$", ":", "/", "^"} and len(values) == 2:
        return f"{values[0]}{name}{values[1].strip(chr(34)) if name == '$' else values[1]}"
    if not re.match(r"[\w.]", name):
        return f"{name}{values[0]}" if len(values) == 1 else f"{values[0]} {name} {values[1]}"
    pairs = [f"{key} = {value}" if key else value for key, value in zip(keys, values, strict=True)]
    return f"{name}({', '.join(pairs)})"


def terms(node):
    """Part the right side of a formula at its plus signs; a term that is named twice counts once."""
    return list({deparse(term): term for term in _summands(node)}.values())


def _summands(node):
    if isinstance(node, Call) and node.function == Name("+") and len(node.arguments) == 2:
        return [*_summands(node.arguments[0][1]), *_summands(node.arguments[1][1])]
    return [node]
