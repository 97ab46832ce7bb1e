"""Objects that golden calls name without saying what they are: population margins, prepared data frames.

They are read from the R script beside the golden file, where its assignments at top level make them.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from r_language import Call, Name, NotUnderstood, parse

HERE = Path(__file__).resolve().parent
ASSIGNMENT = re.compile(r"([A-Za-z.][\w.]*)(?:\$[\w.]+)?\s*<-\s*(function\b)?")


def scripts_of(golden):
    """Give the script of a golden file, the others beside it, and last the one in the project."""
    own = golden.with_suffix(".R")
    beside = [path for path in sorted(golden.parent.glob("*.R")) if path != own]
    return [path for path in (own, *beside, HERE / "golden_a.R") if path.is_file()]


@cache
def statements(golden, name, *, function=False):
    """Give the assignments to an object and its columns, or to a function, from the first script with any."""
    for path in scripts_of(golden) if golden else ():
        found = _assignments(path).get((name, function), ())
        if found:
            return found
    return ()


@cache
def _assignments(path):
    found = {}
    for text in split(path.read_text(encoding="utf-8")):
        match = ASSIGNMENT.match(text)
        if match is None:
            continue
        try:
            tree = parse(text)
        except NotUnderstood:
            continue
        if isinstance(tree, Call) and tree.function == Name("<-"):
            found.setdefault((match[1], match[2] is not None), []).append(tree)
    return {name: tuple(trees) for name, trees in found.items()}


def split(text):
    """Part a script into its statements: at semicolons and line ends outside brackets and quotes."""
    parts, depth, quote, start = [], 0, "", 0
    text = re.sub(r"(?m)^\s*#.*$", "", text)
    for place, sign in enumerate(text):
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "'\"`":
            quote = sign
        elif sign in "([{":
            depth += 1
        elif sign in ")]}":
            depth -= 1
        elif sign in ";\n" and depth == 0:
            parts.append(text[start:place].strip())
            start = place + 1
    return [part for part in [*parts, text[start:].strip()] if part]
