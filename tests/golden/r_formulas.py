"""The right side of a model formula: its terms, with interactions, and the predictors they become."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
from r_designs import indicator_columns
from r_language import Name, NotUnderstood, Number, deparse
from r_values import as_factor

from cxsurvey.numerics.models.predictors import Factor
from cxsurvey.numerics.models.predictors import Number as NumberOf

PAIR = 2
LEFT_ALONE = {Name(sign) for sign in ("/", "%in%", "|")}


@dataclass(frozen=True)
class Right:
    """Terms as sets of variables, fewest first, and whether there is a constant."""

    terms: tuple[frozenset, ...]
    variables: dict  # name: tree
    constant: bool


def read_right(node, outcome=None):
    """Read the right side; an answer is left out of what explains it, as R does."""
    variables = {}
    found = _terms(node, variables)
    left = deparse(outcome) if outcome is not None else None
    constant = found.pop(frozenset(), True)
    kept = [term for term, stays in found.items() if stays and left not in term]
    return Right(tuple(sorted(kept, key=len)), variables, constant)


def _terms(node, variables):
    """Give the terms of a formula in their order; the empty one says whether there is a constant."""
    if isinstance(node, Number):
        return {frozenset(): bool(node.value)}
    sides = [part for _, part in getattr(node, "arguments", ())]
    sign = getattr(getattr(node, "function", None), "name", "")
    if sign == "(":
        return _terms(sides[0], variables)
    if sign not in {"+", "-", "*", ":", "^"} or len(sides) != PAIR:
        return _variable(node, variables)
    first = _terms(sides[0], variables)
    return _power(first, sides[1]) if sign == "^" else _joined(sign, first, _terms(sides[1], variables))


def _joined(sign, first, second):
    """Add, take away or cross two sides; taking 0 away brings the constant back."""
    if sign == "-":
        return first | {term: not stays if not term else False for term, stays in second.items()}
    joint = {a | b: True for a, b in product(first, second)}
    return {"+": first | second, ":": joint, "*": first | second | joint}[sign]


def _power(terms, exponent):
    if not isinstance(exponent, Number):
        raise NotUnderstood("a power that is no number")
    found = terms
    for _ in range(int(exponent.value) - 1):
        found = found | {a | b: True for a, b in product(found, terms)}
    return found


def _variable(node, variables):
    if getattr(node, "function", None) in LEFT_ALONE:
        raise NotUnderstood(f"the term {deparse(node)}")
    variables[deparse(node)] = node
    return {frozenset([deparse(node)]): True}


def label_of(term):
    """Name a term whatever the order of its variables."""
    return ":".join(sorted(term))


def predictors_of(right, values, n):
    """Turn terms into predictors, with the names of those that each term became.

    A factor is coded by all its levels but the first where the term without it is in the model as well, and by
    all of them otherwise; columns of an interaction are products, the first variable varying fastest.
    """
    made, parts = [], {}
    present = set(right.terms) | ({frozenset()} if right.constant else set())
    for term in right.terms:
        names = [name for name in right.variables if name in term]
        found = _one(names[0], values[names[0]], n) if len(term) == 1 and frozenset() in present else None
        if found is None:
            found = _products([
                _columns(name, values[name], n, whole=term - {name} not in present) for name in names
            ])  # fmt: skip
        parts[label_of(term)] = tuple(one.name for one in found)
        made += found
    return made, parts


def _one(name, value, n):
    if _is_number(value):
        return [NumberOf(name, _full(value, n, name))]
    factor = as_factor(value)
    return [Factor(name, factor.codes, factor.levels)]


def _columns(name, value, n, *, whole):
    if _is_number(value):
        return [(name, _full(value, n, name))]
    factor = as_factor(value)
    found = indicator_columns(factor, name)
    return list(zip(found.names, found.values.T, strict=True))[0 if whole else 1 :]


def _products(sides):
    found = [("", None)]
    for side in sides:
        found = [
            (f"{label}:{name}" if label else name, column if so_far is None else so_far * column)
            for name, column in side
            for label, so_far in found
        ]
    return [NumberOf(label, column) for label, column in found]


def _is_number(value):
    return isinstance(value, np.ndarray) and value.dtype.kind == "f"


def _full(value, n, name):
    if len(value) != n:
        raise NotUnderstood(f"the term {name}")
    return value
