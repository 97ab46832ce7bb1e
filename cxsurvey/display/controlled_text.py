"""Raw and controlled gaps side by side, as plain text that fits a terminal of 80 columns."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from cxsurvey.analysis.results import Gaps, Row
from cxsurvey.display import numbers
from cxsurvey.display.tables import HUNDRED, UNITS
from cxsurvey.display.text_tables import Cells, GapRow, aligned, fitted_widths, gap_page, wrapped

WIDTHS = (31, 7, 7, 12, 13, 7, 3)
LETTERS = {
    "*": ("*", "Small base: read as indicative."),
    "**": ("**", "Base too small to be tested."),
    "suppressed": ("s", "Suppressed, so that nobody can be found."),
    "empty": ("e", "Nobody in a group answered, or answered every control."),
    "defines_groups": ("d", "The answer makes the groups, so the gap is no finding."),
    "control": ("c", "Made of a control, so not controlled for it."),
    "median": ("m", "A median has no model."),
    "unanswered": ("u", "Fewer than two groups answered every control."),
    "one_answer": ("1", "Everybody in the model gave the same answer."),
    "few_per_coefficient": (
        "f",
        "Too few respondents, or too few who gave the response, for so many controls.",
    ),
    "separated": ("x", "All or nobody of a group gave the response, so its coefficient is infinite."),
    "collinear": ("k", "The controls tell the groups apart."),
    "not_converged": ("v", "The model did not converge."),
    "few_clusters": ("t", "Too few clusters for so many controls: no test and no interval."),
    "no_standard_error": ("n", "No standard error."),
    "limit": ("l", "All or nobody at a level of a control gave the response; there the gap is 0."),
}


def controlled_gaps_text(found: Gaps) -> str:
    """Show gaps pair by pair: raw, raw on the base of the model, and controlled with interval and p-value.

    Parameters
    ----------
    found : Gaps
        With controls.

    Returns
    -------
    str
        Lines of at most 80 columns; the correction and its family are those of the controlled gaps.
    """
    sizes = found.controls.family_sizes if found.controls else ()
    return gap_page(replace(found, family_sizes=sizes), _pair_lines, _words(found))


def _pair_lines(rows: Sequence[GapRow], level: float) -> Iterator[str]:
    cells = [_cells(record, row) for record, row in rows]
    widths = fitted_widths(cells, WIDTHS)
    head = ("", "raw", "same n", "controlled", f"{numbers.level(level)} interval", "p", "")
    yield from aligned([head], widths=widths)
    start = 0
    for question, group in groupby(rows, key=lambda pair: pair[1].question_label):
        yield from wrapped(question)
        stop = start + len(list(group))
        yield from aligned(cells[start:stop], widths=widths)
        start = stop


def _cells(record: dict[Hashable, Any], row: Row) -> Cells:
    unit = numbers.unit(UNITS[row.statistic])
    scale = HUNDRED if row.statistic == "share" else 1.0
    low, high = (scale * record[f"controlled_{end}"] for end in ("conf_low", "conf_high"))
    flags = [LETTERS.get(part, (part,))[0] for part in record["controlled_flag"].split()]
    return (
        f"  {row.response_label}",
        unit.gap(scale * record["gap"]),
        unit.gap(scale * record["controlled_raw_gap"]),
        unit.gap(scale * record["controlled_gap"]),
        unit.gap_interval(low, high),
        numbers.p_value(record["controlled_p_adjusted"], missing="–"),
        "".join(flags),
    )


def _words(found: Gaps) -> Iterator[str]:
    yield "raw: everybody who answered; same n: raw, of those in the model; then controlled."
    present = {part for flag in found.frame["controlled_flag"] for part in flag.split()}
    yield from (f"{letter} {words}" for name, (letter, words) in LETTERS.items() if name in present)
