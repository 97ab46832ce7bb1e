"""Results as plain text that fits a terminal of 80 columns."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any, TypeAlias

from cxsurvey.analysis.results import Estimates, Gaps, Row
from cxsurvey.analysis.scoring import score
from cxsurvey.analysis.segmentation import UNCLASSIFIED, Segmentation
from cxsurvey.display import numbers
from cxsurvey.display.tables import HUNDRED, UNITS
from cxsurvey.study.issues import Issue, Issues
from cxsurvey.study.study import Study

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = 80
SHOWN_ALIKE = 5  # findings of one kind in one column, before the rest are counted
Cells = tuple[str, ...]
GapRow: TypeAlias = tuple[dict[Hashable, Any], Row]
PairLines: TypeAlias = Callable[[Sequence[GapRow], float], Iterator[str]]


def issues_text(issues: Issues) -> str:
    """List the findings of a check, errors first, with the place and what was expected.

    Parameters
    ----------
    issues : Issues

    Returns
    -------
    str
        Lines of at most 80 columns.
    """
    lines = [issues.summary()]
    for _, group in groupby(issues, key=lambda issue: (issue.code, issue.column)):
        alike = list(group)
        lines += [line for issue in alike[:SHOWN_ALIKE] for line in _issue_lines(issue)]
        rest = len(alike) - SHOWN_ALIKE
        if rest > 0:
            more = f"{rest:,} more [{alike[0].code}] in {alike[0].column}; --format csv lists them all."
            lines += ["", *wrapped(more)]
    return "\n".join(lines)


def _issue_lines(issue: Issue) -> list[str]:
    row = f", row {issue.row}" if issue.row is not None else ""
    lines = ["", *wrapped(f"{issue.severity} [{issue.code}] {issue.column}{row}")]
    lines += wrapped(issue.message, indent="  ")
    if issue.expected:
        lines += wrapped(f"Expected: {issue.expected}", indent="  ")
    return lines


def segments_text(study: Study, segments: Segmentation, shares: Estimates) -> str:
    """Show the sizes of the segments, why respondents are unclassified, and the scales behind them.

    Parameters
    ----------
    study : Study
    segments : Segmentation
    shares : Estimates
        From :func:`cxsurvey.segment_shares`.

    Returns
    -------
    str
        Lines of at most 80 columns.
    """
    lines = [*_title(study), *wrapped(f"Rule {segments.rule}: {segments.description}"), ""]
    table = zip(shares.frame.to_dict("records"), shares.rows, strict=True)
    for group, pairs in groupby(table, key=lambda pair: pair[1].group_label):
        head = "" if group == "Total" else group
        body = [_segment_cells(record, row) for record, row in pairs]
        interval = f"{numbers.level(shares.level)} interval"
        lines += [*aligned([(head, "n", "Share", interval, ""), *body], widths=(36, 8, 8, 14, 4)), ""]
    lines += [line for note in shares.notes for line in wrapped(note, indent="  ")]
    lines += [line for note in _flag_words(shares.frame) for line in wrapped(note, indent="  ")]
    lines += _definitions(segments) + _scales_text(study)
    lines += wrapped(f"Shares are of classified respondents; {shares.design}.")
    return "\n".join(lines)


def _segment_cells(record: dict[Hashable, Any], row: Row) -> Cells:
    flag = record["flag"]
    if row.response == UNCLASSIFIED:
        return (row.response_label, numbers.count(record["n"]), "", "", "")
    if flag == "suppressed":
        return (row.response_label, "", "n/a", "suppressed", "")
    share = numbers.percent(HUNDRED * record["estimate"])
    interval = numbers.unit("percent").interval(HUNDRED * record["conf_low"], HUNDRED * record["conf_high"])
    return (row.response_label, numbers.count(record["n"]), share, interval, flag)


def _definitions(segments: Segmentation) -> list[str]:
    labels = dict(zip(segments.partition.names, segments.partition.labels, strict=True))
    lines = [
        line
        for name, words in segments.definitions.items()
        for line in wrapped(f"{labels[name]}: {words}", indent="  ")
    ]
    return [*lines, ""] if lines else []


def _scales_text(study: Study) -> list[str]:
    if not study.file.scale:
        return []
    head = ("Scale", "Items", "Scored", "Mean", "Alpha", "Interval")
    body = [
        (
            study.scales[line["scale"]].label,
            numbers.count(line["items"]),
            numbers.count(line["n"]),
            numbers.mean(line["mean"], places=1),
            numbers.mean(line["alpha"], places=2),
            numbers.interval(line["alpha_low"], line["alpha_high"], places=2),
        )
        for line in score(study).summary.to_dict("records")
    ]
    return [*aligned([head, *body], widths=(28, 7, 8, 8, 8, 15)), ""]


def gaps_text(found: Gaps) -> str:
    """Show gaps pair by pair: both estimates, the gap with its interval, and the adjusted p-value.

    Parameters
    ----------
    found : Gaps

    Returns
    -------
    str
        Lines of at most 80 columns.
    """
    return gap_page(found, _pair_lines, _flag_words(found.frame))


def gap_page(found: Gaps, pair_lines: PairLines, words: Iterable[str]) -> str:
    """Lay out gaps pair by pair.

    Parameters
    ----------
    found : Gaps
    pair_lines : callable
        Gives the lines of one pair from its rows and the level.
    words : iterable of str
        What flags mean.

    Returns
    -------
    str
    """
    records = found.frame.to_dict("records")
    pairs: dict[tuple[str, str], list[GapRow]] = {}
    for record, (left, right) in zip(records, found.rows, strict=True):
        pairs.setdefault((left.group_label, right.group_label), []).append((record, left))
    lines = wrapped(f"Gaps by {records[0]['group_by']}: {found.correction}.") if records else ["No gaps."]
    for (left_label, right_label), rows in pairs.items():
        sides = f"{left_label} (a{_n_words(rows, 'n_a')}) v {right_label} (b{_n_words(rows, 'n_b')})"
        lines += ["", *wrapped(sides)]
        lines += pair_lines(rows, found.level)
    lines += ["", *wrapped(f"Intervals are {numbers.level(found.level)}, uncorrected; p is {_p_words(found)}.")]
    lines += [line for note in (*words, *found.notes) for line in wrapped(note)]
    return "\n".join([*lines, *wrapped(f"Design: {found.design}.")])


def _p_words(found: Gaps) -> str:
    return "uncorrected" if found.adjust == "none" or found.tested <= 1 else "adjusted"


def _n_words(rows: Sequence[GapRow], column: str) -> str:
    """The unweighted bases of one side; nothing where all are suppressed."""
    given = [record[column] for record, _ in rows if record["flag"] != "suppressed"]
    known = sorted({int(n) for n in given if not math.isnan(n)})
    if not known:
        return ""
    low, high = numbers.count(known[0]), numbers.count(known[-1])
    return f", n={low}" if low == high else f", n={low} to {high}"


def _pair_lines(rows: Sequence[GapRow], level: float) -> Iterator[str]:
    cells = [_gap_cells(record, row) for record, row in rows]
    widths = fitted_widths(cells, (34, 7, 7, 7, 13, 8, 4))
    yield from aligned([("", "a", "b", "gap", f"{numbers.level(level)} interval", "p", "")], widths=widths)
    start = 0
    for question, group in groupby(rows, key=lambda pair: pair[1].question_label):
        yield from wrapped(question)
        stop = start + len(list(group))
        yield from aligned(cells[start:stop], widths=widths)
        start = stop


def fitted_widths(rows: Sequence[Cells], widths: Sequence[int]) -> tuple[int, ...]:
    """Widen the columns of large numbers at the cost of the labels, down to a third of their width.

    >>> fitted_widths([("label", "1,234.5")], (20, 6))
    (18, 8)
    """
    needed = [max([width, *(len(row[i]) + 1 for row in rows)]) for i, width in enumerate(widths)][1:]
    return (max(widths[0] - sum(needed) + sum(widths[1:]), widths[0] // 3), *needed)


def _gap_cells(record: dict[Hashable, Any], row: Row) -> Cells:
    unit = numbers.unit(UNITS[row.statistic])
    scale = HUNDRED if row.statistic == "share" else 1.0
    flag = record["flag"].replace("suppressed", "s").replace("empty", "e").replace("defines_groups", "d")
    return (
        f"  {row.response_label}",
        unit.value(scale * record["estimate_a"]),
        unit.value(scale * record["estimate_b"]),
        unit.gap(scale * record["gap"]),
        unit.gap_interval(scale * record["conf_low"], scale * record["conf_high"]),
        numbers.p_value(record["p_adjusted"], missing="–"),
        flag,
    )


def _flag_words(frame: pd.DataFrame) -> Iterator[str]:
    present = {part for flag in frame["flag"] for part in flag.split()}
    words = {
        "*": "* Small base: read as indicative.",
        "**": "** Base too small to be tested.",
        "suppressed": "s Suppressed, so that nobody can be found.",
        "empty": "e Nobody in a group answered.",
        "defines_groups": "d The answer makes the groups, so the gap is no finding and is not tested.",
    }
    yield from (text for flag, text in words.items() if flag in present)


def studies_text(studies: Sequence[tuple[str, str, int, str]]) -> str:
    """List studies: name, title, respondents and kind.

    Returns
    -------
    str
        Lines of at most 80 columns.
    """
    body = [(name, title, numbers.count(n), f"  {kind}") for name, title, n, kind in studies]
    table = aligned([("Study", "Title", "n", ""), *body], widths=(18, 42, 8, 12), left=(0, 1, 3))
    return "\n".join([*table, "", "Try: cxsurvey segment " + (studies[0][0] if studies else "STUDY")])


def _title(study: Study) -> list[str]:
    return wrapped(f"{study.file.study.title}, {study.n_kept:,} respondents")


def wrapped(text: str, *, indent: str = "") -> list[str]:
    """Fold a text to 80 columns.

    >>> wrapped("short", indent="  ")
    ['  short']
    """
    return textwrap.wrap(text, COLUMNS, initial_indent=indent, subsequent_indent=indent) or [""]


def aligned(rows: Iterable[Cells], *, widths: Sequence[int], left: Sequence[int] = (0,)) -> list[str]:
    """Set cells in columns: the first to the left and folded where it is long, the others to the right.

    Parameters
    ----------
    rows : iterable of tuple of str
    widths : sequence of int
        Columns of each cell, the gap to the next one included.
    left : sequence of int
        Cells that stand at the left.

    Returns
    -------
    list of str

    Examples
    --------
    >>> aligned([("Leaders", "17%")], widths=(12, 5))
    ['Leaders       17%']
    """
    return [line for row in rows for line in _row_lines(row, widths, left)]


def _row_lines(row: Cells, widths: Sequence[int], left: Sequence[int]) -> Iterator[str]:
    folded = [
        _folded(cell, width - 1) if i in left else [cell]
        for i, (cell, width) in enumerate(zip(row, widths, strict=True))
    ]
    for depth in range(max(len(lines) for lines in folded)):
        cells = [lines[depth] if depth < len(lines) else "" for lines in folded]
        placed = [
            f"{cell:<{width}}" if i in left else f"{cell:>{width}}"
            for i, (cell, width) in enumerate(zip(cells, widths, strict=True))
        ]
        yield "".join(placed).rstrip()


def _folded(cell: str, width: int) -> list[str]:
    indent = cell[: len(cell) - len(cell.lstrip())]
    return textwrap.wrap(cell.strip(), width, initial_indent=indent, subsequent_indent=indent) or [""]
