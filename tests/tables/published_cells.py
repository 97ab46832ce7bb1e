"""Printed tables beside the book of the same responses: which cells agree, and why the others do not."""

import csv
import io
import math
import re
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import cxsurvey as cx
from cxsurvey.analysis.tabulation.book import Book

HERE = Path(__file__).resolve().parent
EXPORTS = HERE.parents[2] / "shared" / "exports"
EXACT = 1e-9  # sums of binary fractions

Number = Literal["share", "count", "not_counted", "mean", "base", "skipped"]


@dataclass(frozen=True, slots=True)
class Printed:
    """One cell as somebody printed it."""

    question: str
    option: str
    group: str
    base: str
    statistic: str
    value: str
    column: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a printed cell stands in a book.

    ``not_counted`` is the base less the count, ``skipped`` those without an answer.
    """

    question: str
    row: str
    column: str = "total"
    number: Number = "share"
    book: int = 0


@dataclass(frozen=True, slots=True)
class Tally:
    """How a printed source and a book compare, in cells; reasons are in words."""

    printed: int
    agreeing: int
    not_comparable: dict[str, int]
    differing: dict[str, int]

    def __str__(self) -> str:
        comparable = self.printed - sum(self.not_comparable.values())
        lines = [f"{self.printed:,} printed, {comparable:,} comparable, {self.agreeing:,} agree"]
        lines += [f"  {count:,} not comparable: {why}" for why, count in self.not_comparable.items()]
        lines += [f"  {count:,} differ: {why}" for why, count in self.differing.items()]
        return "\n".join(lines)


def read_printed(name: str) -> list[Printed]:
    """Read the printed cells of an export."""
    with (EXPORTS / f"{name}.published.csv").open(encoding="utf-8", newline="") as file:
        return [
            Printed(
                row["question"], row["option"], row["group"], row["base_n"], row["statistic"],
                row["published_value"], row.get("file_column", ""),
            )
            for row in csv.DictReader(file)
        ]  # fmt: skip


def read_raw(name: str, responses: str, folder: Path, *, header_rows: int = 1) -> cx.Study:
    """Read an export with the study file that stands beside this module, in a folder of its own.

    Where an export has several header rows the columns are named by their place (``c1``, ``c2``), because the
    rows repeat names. A first column without a name is called ``row``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(HERE / "studies" / name / "study.toml", folder / "study.toml")
    text = (EXPORTS / responses).read_text(encoding="utf-8-sig")
    if header_rows > 1:
        rows = list(csv.reader(io.StringIO(text, newline="")))[header_rows:]
        made = io.StringIO(newline="")
        csv.writer(made).writerows([[f"c{i}" for i in range(1, len(rows[0]) + 1)], *rows])
        text = made.getvalue()
    (folder / "responses.csv").write_text("row" * text.startswith(",") + text, encoding="utf-8", newline="")
    study = cx.read_study(folder)
    issues = cx.check(study).frame
    assert "error" not in set(issues["severity"]), issues.to_string()
    return study


def rows_by_label(book: Book) -> dict[tuple[str, str], tuple[str, str]]:
    """Index the responses of a book: wording and label to question and row."""
    return {
        (table.text, row.label): (table.question, row.id)
        for table in book.tables
        for row in table.rows
        if row.kind == "response"
    }


def number_of(book: Book, place: Place) -> float:
    """Read a number of a book."""
    table = book.table(place.question)
    column = [item.id for item in table.columns].index(place.column)
    if place.number == "base":
        return float(table.n_weighted[column])
    if place.number == "skipped":
        return float(table.missing["skipped"][column]) if "skipped" in table.missing else 0.0
    row = [item.id for item in table.rows].index(place.row)
    cells = table.cells
    if place.number == "count":
        return float(cells.count[row, column])
    if place.number == "not_counted":
        return float(table.n_weighted[column] - cells.count[row, column])
    return float(cells.estimate[row, column])


def agrees(printed: str, own: float) -> bool:
    """Whether a printed number is this number, rounded up or down at its last place."""
    found = re.fullmatch(r"(-?\d+)(?:\.(\d+))?(%?)", printed.strip())
    if found is None or math.isnan(own):
        return False
    unit = 10.0 ** -len(found[2] or "")
    return abs(float(printed.strip().rstrip("%")) - (100 * own if found[3] else own)) <= unit / 2 + EXACT


def compare(
    books: Book | tuple[Book, ...],
    printed: list[Printed],
    locate: Callable[[Printed], Place | str],
    explain: Callable[[Printed, float], str],
) -> Tally:
    """Compare every printed cell.

    ``locate`` gives the place of a cell, or in words why it has none; ``explain`` says why a cell differs.
    """
    books = books if isinstance(books, tuple) else (books,)
    agreeing, without, differing = 0, Counter[str](), Counter[str]()
    for cell in printed:
        place = locate(cell)
        if isinstance(place, str):
            without[place] += 1
            continue
        own = number_of(books[place.book], place)
        if agrees(cell.value, own):
            agreeing += 1
        else:
            differing[explain(cell, own)] += 1
    return Tally(len(printed), agreeing, dict(without), dict(differing))
