"""Expressions of estimates with their derivatives, for contrasts that are not linear."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from r_language import Call, Name, NotUnderstood, Number


@dataclass(frozen=True)
class Dual:
    """A number and its derivatives by K estimates."""

    value: float
    slope: np.ndarray  # (K,)


def differentiated(node, known):
    """Work an expression of known names out, derivatives and all."""
    if isinstance(node, Number):
        return Dual(node.value, np.zeros(len(next(iter(known.values())).slope)))
    if isinstance(node, Name):
        if node.name not in known:
            raise NotUnderstood(f"no estimate '{node.name}'")
        return known[node.name]
    if not isinstance(node, Call) or not isinstance(node.function, Name):
        raise NotUnderstood("an expression of something else than estimates")
    parts = [differentiated(part, known) for _, part in node.arguments]
    work = {1: ONE, 2: TWO}.get(len(parts), {}).get(node.function.name)
    if work is None:
        raise NotUnderstood(f"the derivative of {node.function.name}")
    return work(*parts)


def _power(a, b):
    value = a.value**b.value
    by_base = b.value * a.value ** (b.value - 1) * a.slope
    by_exponent = value * np.log(a.value) * b.slope if b.slope.any() else 0.0
    return Dual(value, by_base + by_exponent)


ONE = {
    "(": lambda a: a,
    "-": lambda a: Dual(-a.value, -a.slope),
    "log": lambda a: Dual(np.log(a.value), a.slope / a.value),
    "exp": lambda a: Dual(np.exp(a.value), np.exp(a.value) * a.slope),
    "sqrt": lambda a: Dual(np.sqrt(a.value), a.slope / (2 * np.sqrt(a.value))),
}
TWO = {
    "+": lambda a, b: Dual(a.value + b.value, a.slope + b.slope),
    "-": lambda a, b: Dual(a.value - b.value, a.slope - b.slope),
    "*": lambda a, b: Dual(a.value * b.value, a.slope * b.value + a.value * b.slope),
    "/": lambda a, b: Dual(a.value / b.value, a.slope / b.value - a.value * b.slope / b.value**2),
    "^": _power,
}
