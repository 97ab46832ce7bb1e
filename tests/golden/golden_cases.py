"""Run the cases of a golden file and say how each came out.

As a script it prints the table: `python tests/golden/golden_cases.py [FILE]`.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from golden_compare import differences, plain, tolerance_of
from golden_deviations import Difference, deviation_of
from r_designs import DataMissing, Designs
from r_interpreter import Interpreter
from r_language import Call, Function, Name, NotUnderstood, parse

from cxsurvey.errors import CxSurveyError

HERE = Path(__file__).resolve().parent
SHARED = HERE.parents[2] / "shared" / "golden"
OUTCOMES = ("agrees", "listed", "differs", "not mapped", "no data")

for module in sorted(HERE.glob("handle_*.py")):
    importlib.import_module(module.stem)


@dataclass(frozen=True)
class Outcome:
    """What became of a case: one of OUTCOMES, with what there is to say of it."""

    case: dict
    kind: str
    detail: str = ""


@dataclass(frozen=True)
class Golden:
    """A golden file with its designs, ready to run."""

    cases: tuple[dict, ...]
    tolerance: dict
    designs: Designs


def golden_paths():
    """Give the golden files to run: the one that CXSURVEY_GOLDEN names, else those of the project."""
    if "CXSURVEY_GOLDEN" in os.environ:
        return (Path(os.environ["CXSURVEY_GOLDEN"]).resolve(),)
    return tuple(sorted(HERE.glob("golden_*.json")))


@cache
def load(path):
    content = json.loads(path.read_text(encoding="utf-8"))
    folders = [path.parent / "data", path.parent, HERE.parent / "golden_values", SHARED / "data"]
    return Golden(tuple(content["cases"]), content["tolerance"], Designs(content["designs"], folders, path))


@cache
def outcomes(path):
    golden = load(path)
    return tuple(run(golden, case) for case in golden.cases)


def run(golden, case):
    """Carry out a case and compare."""
    try:
        ours = plain(Interpreter(golden.designs, case.get("options") or {}).run(case["call"]))
    except DataMissing as missing:
        return Outcome(case, "no data", str(missing))
    except NotUnderstood as reason:
        return Outcome(case, "not mapped", str(reason))
    except CxSurveyError as error:
        if "error" in case:
            return Outcome(case, "agrees", error.code)
        ours = error
    except Exception as error:  # noqa: BLE001 - one broken case is one difference; the others still run
        return Outcome(case, "differs", f"breaks with {type(error).__name__}: {error}")
    try:
        found = _compared(golden, case, ours)
    except (TypeError, ValueError) as error:  # of another shape than R's
        found = [f"cannot be compared: {error}"]
    if not found:
        return Outcome(case, "agrees")
    names = functions_of(case)
    unweighed = any(golden.designs.unweighed(name) for name in names)
    slug = deviation_of(Difference(case, names, ours, tuple(found), golden.designs.declared, unweighed))
    return Outcome(case, "listed", slug) if slug else Outcome(case, "differs", "; ".join(found[:4]))


def _compared(golden, case, ours):
    if isinstance(ours, CxSurveyError):
        return [f"raises {ours.code}"]
    if "error" in case:
        return [f"R raises: {case['error']}"]
    return differences(ours, case["result"], tolerance_of(functions_of(case), golden.tolerance))


def functions_of(case):
    """Every function that a call names, with the text arguments given to it."""
    try:
        return frozenset(_names(parse(case["call"])))
    except NotUnderstood:
        return frozenset()


def _names(node):
    if isinstance(node, Function):
        yield from _names(node.body)
    if isinstance(node, Name):
        yield node.name
    if isinstance(node, Call):
        yield from _names(node.function)
        for key, argument in node.arguments:
            if key and hasattr(argument, "value"):
                yield f"{key}={argument.value}"
            if key and isinstance(argument, Name):
                yield f"{key}={argument.name}"
            yield from _names(argument)


def table(results):
    """Count outcomes by group, as text."""
    groups = {}
    for result in results:
        groups.setdefault(result.case["group"], Counter())[result.kind] += 1
    width = max(map(len, groups), default=5) + 2
    lines = [f"{'statistic':{width}}{'cases':>7}" + "".join(f"{kind:>12}" for kind in OUTCOMES)]
    for name, counts in [*groups.items(), ("all", Counter(result.kind for result in results))]:
        cells = "".join(f"{counts[kind] or '':>12}" for kind in OUTCOMES)
        lines.append(f"{name:{width}}{sum(counts.values()):>7}{cells}")
    return "\n".join(lines)


def summary(results):
    counts = Counter(result.kind for result in results)
    return ", ".join(f"{counts[kind]} {kind}" for kind in OUTCOMES if counts[kind])


if __name__ == "__main__":
    for path in [Path(name).resolve() for name in sys.argv[1:]] or golden_paths():
        results = outcomes(path)
        sys.stdout.write(f"{path.name}\n{table(results)}\n")
        for result in results:
            if result.kind in {"differs", "not mapped"}:
                sys.stdout.write(
                    f"{result.case['id']} {result.case['call']}\n    {result.kind}: {result.detail}\n"
                )
