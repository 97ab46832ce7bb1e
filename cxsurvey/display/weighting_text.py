"""Weights and their margins as plain text of 80 columns."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from cxsurvey.display import numbers
from cxsurvey.display.text_tables import Cells, aligned, wrapped

if TYPE_CHECKING:
    from collections.abc import Hashable

    from cxsurvey.analysis.weights import Weighting

HEAD: Cells = ("", "Target", "Unweighted", "Base", "Weighted")
WIDTHS = (38, 9, 12, 9, 10)
HUNDRED = 100


def weighting_text(made: Weighting) -> str:
    """Show each margin before and after, and what the weights cost.

    Parameters
    ----------
    made : Weighting

    Returns
    -------
    str
        Lines of at most 80 columns.
    """
    lines = [*wrapped(f"Weights of {made.study}: {_method(made)}; base: {made.origin}."), ""]
    records = made.margins.to_dict("records")
    for question, rows in groupby(records, key=lambda record: str(record["question"])):
        lines += [*aligned([(question, *HEAD[1:]), *map(_cells, rows)], widths=WIDTHS), ""]
    lines += aligned(_facts(made), widths=(38, 14))
    lines += ["", *(line for note in made.notes for line in wrapped(note))] if made.notes else []
    lines += ["", *wrapped(_met(made))]
    return "\n".join(lines)


def _method(made: Weighting) -> str:
    words = {"rake": "raked", "linear": "linear calibration", "logit": "logit calibration"}
    parts = [words[made.method]]
    parts += [f"factors from {made.bounds[0]:g} to {made.bounds[1]:g}"] if made.bounds else []
    parts += [f"no weight above {made.trim:g} times the mean"] if made.trim is not None else []
    return ", ".join(parts)


def _cells(record: dict[Hashable, Any]) -> Cells:
    shares = (record[name] for name in ("target", "unweighted", "base", "weighted"))
    return (f"  {record['response']}", *(_percent(share) for share in shares))


def _percent(share: float) -> str:
    return f"{numbers.mean(HUNDRED * share, places=1)}%"


def _facts(made: Weighting) -> list[Cells]:
    found = made.diagnostics
    rows: list[Cells] = [
        ("Respondents weighted", numbers.count(found.n)),
        ("Effective n", numbers.count(found.n_effective)),
        ("Design effect of the weights", numbers.mean(found.design_effect, places=2)),
        ("Sum of weights", numbers.count(found.total)),
        ("Smallest weight, mean = 1", numbers.mean(found.smallest, places=3)),
        ("Largest weight, mean = 1", numbers.mean(found.largest, places=3)),
        ("Largest over smallest", numbers.mean(found.ratio, places=1)),
    ]
    left_out = len(made.weights) - found.n
    rows += [("Base weight zero, left at zero", numbers.count(left_out))] if left_out else []
    rows += [("Factors at a bound", numbers.count(found.at_bound))] if made.bounds else []
    rows += [("Weights at the largest allowed", numbers.count(found.trimmed))] if made.trim is not None else []
    return rows


def _met(made: Weighting) -> str:
    found = made.diagnostics
    name = "round" if made.method == "rake" else "Newton step"
    return (
        f"Every margin is met, the furthest ({found.worst_margin}) to {found.worst:.1e} of its target, "
        f"in {numbers.count(found.rounds)} {name}{'' if found.rounds == 1 else 's'}."
    )
