"""The robustness of a segmentation as plain text that fits a terminal of 80 columns."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from cxsurvey.analysis.results import Row
from cxsurvey.analysis.robustness import Robustness
from cxsurvey.analysis.rule_tables import NO_GAP, SIGN, SIGNIFICANCE, UNTESTED
from cxsurvey.analysis.segmentation import UNCLASSIFIED
from cxsurvey.display import numbers
from cxsurvey.display.tables import HUNDRED, UNITS, row_labels
from cxsurvey.display.text_tables import COLUMNS, Cells, aligned, wrapped
from cxsurvey.study.study import Study

SHOWN_MEASURES: Final = 12  # the others are in the CSV
NARROWEST: Final = 10
SIZE_WIDTHS: Final = (27, 11, 11, 11, 11, 8)
GAP_WIDTHS: Final = (29, 7, 7, 7, 13, 7, 7, 3)
HEADS: Final = {"leader": "Leader", "follower": "Follower", "laggard": "Laggard", UNCLASSIFIED: "Unclass."}
SIGNS: Final = {SIGN: "g", SIGNIFICANCE: "p", UNTESTED: "u", NO_GAP: "n"}
SIGN_WORDS: Final = {
    "g": "g The gap points the other way than under the study's own rule.",
    "p": "p It is significant under one of the two rules only.",
    "u": "u It could be tested under one of the two rules only.",
    "n": "n It is there under one of the two rules only.",
}
Record = dict[Hashable, Any]


@dataclass(frozen=True, slots=True)
class _Block:
    """One measure under every rule: its gaps with the labels of their rows."""

    label: str
    statistic: str
    records: tuple[Record, ...]

    @property
    def widest(self) -> float:
        """The largest change of its gap, in size; -1 where none is known."""
        sizes = [abs(record["gap_change"]) for record in self.records]
        return max((size for size in sizes if not math.isnan(size)), default=-1.0)


def robustness_text(study: Study, found: Robustness) -> str:
    """Show the sizes under each rule, who moves, and the gaps, those that change most first.

    Parameters
    ----------
    study : Study
    found : Robustness
        Of that study.

    Returns
    -------
    str
        Lines of at most 80 columns.
    """
    lines = wrapped(f"{study.file.study.title}, {study.n_kept:,} respondents")
    lines += wrapped(f"The study's own rule is {found.own}; every other rule is compared with it.")
    lines += ["", *_size_lines(found), "", *_move_lines(found)]
    lines += _left_out(found)
    lines += ["", *_gap_lines(found)]
    lines += ["", *_words(found)]
    return "\n".join(lines)


def _size_lines(found: Robustness) -> list[str]:
    head = ("Rule", *HEADS.values(), "Moved")
    moved = {found.own: "", **{name: numbers.count(count) for name, count in found.moved.items()}}
    body = []
    for name in found.rules:
        own = found.sizes[found.sizes["rule"] == name].set_index("segment").to_dict("index")
        body.append((name, *(_size(own[segment]) for segment in HEADS), moved[name]))
    return aligned([head, *body], widths=_fitted(body, SIZE_WIDTHS))


def _size(record: Record) -> str:
    """Count and share of one segment; the unclassified have no share."""
    if record["flag"] == "suppressed":
        return "suppressed"
    share = record["estimate"]
    return numbers.count(record["n"]) + ("" if math.isnan(share) else f" {numbers.percent(HUNDRED * share):>4}")


def _move_lines(found: Robustness) -> Iterator[str]:
    """Who moves under each other rule, the largest stream first."""
    everybody = f"of {_respondents(found):,}" if found.moved else ""
    for name, moved in found.moved.items():
        own = found.moves[(found.moves["rule"] == name) & (found.moves["n"] > 0)]
        streams = own[own["from_segment"] != own["to_segment"]].sort_values("n", ascending=False, kind="stable")
        words = [
            f"{record['from_segment']} to {record['to_segment']} {numbers.count(record['n'])}"
            for record in streams.to_dict("records")
        ]
        told = f"{numbers.count(moved)} {everybody} move: {', '.join(words)}." if words else "nobody moves."
        yield from textwrap.wrap(f"{name}: {told}", COLUMNS, subsequent_indent="  ")


def _respondents(found: Robustness) -> int:
    return int(found.sizes.loc[found.sizes["rule"] == found.own, "n"].sum())


def _left_out(found: Robustness) -> list[str]:
    return [line for name, why in found.left_out.items() for line in wrapped(f"{name} left out: {why}.")]


def _gap_lines(found: Robustness) -> Iterator[str]:
    """Each measure under every rule, shares first, then by the largest change of the gap."""
    if found.gaps.empty:
        yield from wrapped("No gaps: no rule leaves both leaders and laggards.")
        return
    yield from wrapped(f"Leaders (a) v laggards (b) under each rule: {found.correction}.")
    blocks = _blocks(found)
    interval = f"{numbers.level(found.level)} interval"
    head = ("", "a", "b", "gap", interval, "p", "change", "")
    for place, block in enumerate(blocks[:SHOWN_MEASURES]):
        yield from ["", *wrapped(block.label)]
        rows = [_gap_cells(record, block.statistic, found.own) for record in block.records]
        yield from aligned([head, *rows] if place == 0 else rows, widths=_fitted(rows, GAP_WIDTHS))
    rest = len(blocks) - SHOWN_MEASURES
    if rest > 0:
        yield from ["", *wrapped(f"{rest:,} more, whose gaps change less: --format csv lists them all.")]


def _blocks(found: Robustness) -> list[_Block]:
    """The measures of the gaps, those of one unit together."""
    size = len(found.gaps) // len(found.families)
    labels = row_labels([left for left, _ in found.rows[:size]])
    records = found.gaps.to_dict("records")
    sides: Sequence[Row] = [left for left, _ in found.rows[:size]]
    blocks = [
        _Block(_full_label(label, side), side.statistic, tuple(records[place::size]))
        for place, (label, side) in enumerate(zip(labels, sides, strict=True))
    ]
    units = ["percent", "nps", "score"]
    return sorted(blocks, key=lambda block: (units.index(UNITS[block.statistic]), -block.widest))


def _full_label(label: str, side: Row) -> str:
    """The label of a row, behind its question where it is the label of one answer."""
    if label == side.response_label != side.question_label and side.statistic == "share":
        return f"{side.question_label}: {label}"
    return label


def _gap_cells(record: Record, statistic: str, own: str) -> Cells:
    unit = numbers.unit(UNITS[statistic])
    scale = HUNDRED if statistic == "share" else 1.0
    change = math.nan if record["rule"] == own else scale * record["gap_change"]
    return (
        f"  {record['rule']}",
        unit.value(scale * record["estimate_a"]),
        unit.value(scale * record["estimate_b"]),
        unit.gap(scale * record["gap"]),
        unit.gap_interval(scale * record["conf_low"], scale * record["conf_high"]),
        numbers.p_value(record["p_adjusted"], missing="–"),
        unit.gap(change, missing=""),
        f" {''.join(SIGNS[word] for word in record['change'].split())}",
    )


def _fitted(rows: Sequence[Cells], widths: Sequence[int]) -> tuple[int, ...]:
    """Widen the columns of large numbers at the cost of the names of the rules."""
    needed = [max([width, *(len(row[i]) + 1 for row in rows)]) for i, width in enumerate(widths) if i > 0]
    return (max(sum(widths) - sum(needed), NARROWEST), *needed)


def _words(found: Robustness) -> Iterator[str]:
    """What the signs mean, and how far the numbers reach."""
    present = {SIGNS[word] for change in found.gaps["change"] for word in change.split()}
    for sign, text in SIGN_WORDS.items():
        if sign in present:
            yield from wrapped(text)
    if not found.gaps.empty:
        told = "Change is against the study's own rule. Intervals are uncorrected; a significant p is under"
        yield from wrapped(f"{told} {1 - found.level:.4g}.")
    yield from (line for note in found.notes for line in wrapped(note))
    named = f"Shares of segments are of classified respondents; {found.design}."
    yield from wrapped(named)
