"""Carry out golden calls: a small evaluator of R whose functions are registered by name.

A module `handle_*.py` in this folder adds functions:

    @handles("svymean", "x", "design", "na.rm", "deff")
    def svymean(args): ...   # args["x"] evaluated, args.get("na.rm", default)

    @special("subset")
    def subset(here): ...    # here.call is a tree, for functions that do not evaluate all their arguments

``args.r`` and ``here.r`` are the :class:`Interpreter` of the case: its options, its designs and its data.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from r_designs import DataMissing
from r_language import Call, Function, Name, NotUnderstood, Number, Text, parse
from r_objects import statements
from r_values import Closure, Formula, Logical, Scope, vector

HANDLERS = {}
SPECIAL = {}
OPTIONS = {"survey.lonely.psu", "survey.adjust.domain.lonely"}
CONSTANTS = {
    "TRUE": Logical(np.array([1.0])),
    "FALSE": Logical(np.array([0.0])),
    "T": Logical(np.array([1.0])),
    "F": Logical(np.array([0.0])),
    "NULL": None,
    "NA": vector(float("nan")),
    "NaN": vector(float("nan")),
    "Inf": vector(float("inf")),
}


@dataclass(frozen=True)
class Builtin:
    name: str
    parameters: tuple[str, ...]
    run: object
    more: bool  # whether it takes arguments beside its parameters


@dataclass(frozen=True)
class Here:
    """A call as a tree, where it stands."""

    r: Interpreter
    call: Call
    scope: Scope

    def value(self, node):
        return self.r.value(node, self.scope)


class Arguments(dict):
    """Arguments by the name of their parameter; what fits none is in ``rest`` (in order) and ``extra``."""

    def __init__(self, r=None):
        super().__init__()
        self.r = r
        self.rest = []
        self.extra = {}

    def __missing__(self, key):
        raise NotUnderstood(f"a call without '{key}'")


def handles(name, *parameters, more=False):
    """Register a function of evaluated arguments; ``more`` takes others than those named, too."""

    def register(run):
        HANDLERS[name] = Builtin(name, parameters, run, more)
        return run

    return register


def special(name):
    """Register a function that gets its call as a tree."""

    def register(run):
        SPECIAL[name] = run
        return run

    return register


@dataclass
class Interpreter:
    """Evaluates calls over the designs and data of one golden file, under one case's options."""

    designs: object
    options: dict = field(default_factory=dict)
    making: list = field(default_factory=list)

    def run(self, text):
        unknown = set(self.options) - OPTIONS
        if unknown:
            raise NotUnderstood(f"option {', '.join(sorted(unknown))}")
        return self.value(parse(text), Scope())

    def value(self, node, scope):
        if isinstance(node, Number | Text):
            return vector(node.value)
        if isinstance(node, Name):
            return self.look_up(node.name, scope)
        if isinstance(node, Function):
            return Closure(node.parameters, node.body, scope)
        if isinstance(node, Call):
            return self.call(node, scope)
        raise NotUnderstood(repr(node))

    def look_up(self, name, scope):
        try:
            return scope.find(name)
        except KeyError:
            pass
        if name in CONSTANTS:
            return CONSTANTS[name]
        found = self.made_or_named(name)
        if found is not None:
            return found
        if name in HANDLERS:
            return HANDLERS[name]
        made_by = self.designs.text_of(name)
        if made_by is not None:
            return self.run(made_by)
        if not self.designs.complete:
            raise DataMissing(f"{name}.csv")  # the name is most likely of a file that stayed out
        raise NotUnderstood(f"no object '{name}'")

    def made_or_named(self, name):
        """Make an object as the script does, or find it by name, also where its making cannot be read."""
        try:
            made = self.made(name)
        except NotUnderstood:
            found = self.designs.named(name, self.options)
            if found is None:
                raise
            return found
        return self.designs.named(name, self.options) if made is None else made

    def made(self, name):
        """Make an object as the script of the golden file does; within its own making a name means the file."""
        trees = () if name in self.making else statements(self.designs.golden, name)
        if not trees:
            return None
        scope = Scope()
        self.making.append(name)
        try:
            for tree in trees:
                self.value(tree, scope)
        finally:
            self.making.remove(name)
        return scope.find(name)

    def call(self, node, scope):
        if isinstance(node.function, Name):
            name = node.function.name
            own = self.own_function(name, scope)
            if own is not None:
                return self.apply(own, *self.evaluated(node.arguments, scope))
            if name in SPECIAL:
                return SPECIAL[name](Here(self, node, scope))
            if name not in HANDLERS:
                return self.apply(self.function_of_script(name), *self.evaluated(node.arguments, scope))
            return self.apply(HANDLERS[name], *self.evaluated(node.arguments, scope))
        return self.apply(self.value(node.function, scope), *self.evaluated(node.arguments, scope))

    def function_of_script(self, name):
        """A function that the script of the golden file defines."""
        trees = statements(self.designs.golden, name, function=True)
        if not trees:
            raise NotUnderstood(f"no function '{name}'")
        scope = Scope()
        self.value(trees[-1], scope)
        return scope.find(name)

    def own_function(self, name, scope):
        """A function that the call itself defined; R skips what is no function when it looks for one."""
        while scope is not None:
            if isinstance(scope.values.get(name), Closure):
                return scope.values[name]
            scope = scope.parent
        return None

    def evaluated(self, arguments, scope):
        positional, named = [], {}
        for key, node in arguments:
            value = None if node is None else self.value(node, scope)
            if key is None:
                positional.append(value)
            else:
                named[key] = value
        return positional, named

    def apply(self, function, positional, named):
        if isinstance(function, Closure):
            bound = match(function.parameters, positional, named, self)
            return self.value(function.body, Scope(dict(bound), function.scope))
        if isinstance(function, Builtin):
            bound = match(function.parameters, positional, named, self)
            if not function.more and (bound.rest or bound.extra):
                raise NotUnderstood(f"{function.name} with {', '.join(bound.extra) or 'more arguments'}")
            return function.run(bound)
        raise NotUnderstood("a call of what is no function")


def match(parameters, positional, named, r):
    """Match arguments as R does: by name, by an unambiguous beginning of a name, by position."""
    bound = Arguments(r)
    waiting = dict(named)
    for key in list(waiting):
        if key in parameters:
            bound[key] = waiting.pop(key)
    for key in list(waiting):
        fitting = [name for name in parameters if name.startswith(key) and name not in bound]
        if len(fitting) == 1:
            bound[fitting[0]] = waiting.pop(key)
    free = [name for name in parameters if name not in bound]
    for name, value in zip(free, positional, strict=False):
        bound[name] = value
    bound.rest = positional[len(free) :]
    bound.extra = waiting
    return bound


@special("~")
def formula(here):
    sides = [node for _, node in here.call.arguments]
    return Formula(sides[0] if len(sides) > 1 else None, sides[-1])


@special("{")
def block(here):
    inner = Here(here.r, here.call, Scope({}, here.scope))
    value = None
    for _, statement in here.call.arguments:
        value = inner.value(statement)
    return value


@special("(")
def parentheses(here):
    return here.value(here.call.arguments[0][1])
