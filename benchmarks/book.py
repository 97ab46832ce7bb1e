"""Time a large table book from the study folder to the files: 200 questions by total and 40 columns.

    python benchmarks/book.py [rows ...]

120 items of 5 points, 50 questions of 6 answers and 30 multiple-response questions of 8 options, weighted, by
3 + 2 + 5 + 8 + 12 columns and a multiple-response question of 10 whose columns overlap. Every pair of columns
inside a variable is tested, and each column against the rest. Each size is a process of its own, so that the
peak memory is that of the run; the peak is taken after each step. ``cpu`` is processor time, which a busy
machine stretches less. ``again`` is a second call of tabulate in the same process.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter, process_time

import numpy as np

SIZES = (1_100, 100_000)
COLUMNS = (3, 2, 5, 8, 12)
OVERLAPPING = 10
ITEMS, SINGLES, MULTIS, OPTIONS = 120, 50, 30, 8
HEAD = """[study]
id = "large"
title = "A large book"
responses = "responses.parquet"
[design]
weight = "weight"
"""
FIVE = ("Very poor", "Poor", "Fair", "Good", "Excellent")


def question(name, kind, responses, column=""):
    where = f'column = "{column}"\n' if column else ""
    lines = ",\n  ".join(responses)
    text = f"The wording of question {name}, about as long as such are"
    body = f'type = "{kind}"\n{where}responses = [\n  {lines}\n]\n'
    return f'[[question]]\nid = "{name}"\ntext = "{text}"\n{body}'


def coded(labels):
    return [f'{{ code = {i}, label = "{label}" }}' for i, label in enumerate(labels, 1)]


def options(name, count):
    return [f'{{ code = "o{i}", label = "Option {i} of {name}", column = "{name}_{i}" }}' for i in range(count)]


def study_text():
    parts = [HEAD]
    for i, size in enumerate(COLUMNS):
        labels = [f"Group {j + 1} of {size}" for j in range(size)]
        parts.append(question(f"banner{i}", "single", coded(labels), f"banner{i}"))
    parts.append(question("overlap", "multi", options("overlap", OVERLAPPING)))
    parts += [question(f"item{i}", "ordinal", coded(FIVE), f"item{i}") for i in range(ITEMS)]
    answers = coded([f"Answer {j}" for j in range(1, 7)])
    parts += [question(f"single{i}", "single", answers, f"single{i}") for i in range(SINGLES)]
    parts += [question(f"multi{i}", "multi", options(f"multi{i}", OPTIONS)) for i in range(MULTIS)]
    return "\n".join(parts)


def write_study(folder, n):
    import pyarrow as pa  # noqa: PLC0415 - a process of its own writes the data
    import pyarrow.parquet as pq  # noqa: PLC0415

    rng = np.random.default_rng(n)
    columns = {"weight": rng.uniform(0.5, 2, n)}
    for i, size in enumerate(COLUMNS):
        columns[f"banner{i}"] = rng.integers(1, size + 1, n, dtype=np.int8)
    lean = columns["banner2"] / 20
    for i in range(ITEMS):
        answers = np.clip(rng.normal(3 + lean * (i % 3), 1.2), 1, 5).round().astype(np.int8)
        columns[f"item{i}"] = pa.array(answers, mask=rng.random(n) < 0.05)
    for i in range(SINGLES):
        columns[f"single{i}"] = rng.integers(1, 7, n, dtype=np.int8)
    for name, count in [("overlap", OVERLAPPING), *((f"multi{i}", OPTIONS) for i in range(MULTIS))]:
        for j in range(count):
            columns[f"{name}_{j}"] = (rng.random(n) < 0.3 + lean / 10).astype(np.int8)
    pq.write_table(pa.table(columns), folder / "responses.parquet")
    (folder / "study.toml").write_text(study_text(), encoding="utf-8")


def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def run(folder):
    import cxsurvey as cx  # noqa: PLC0415 - loading is not part of the work

    steps = {}

    def step(name, work):
        start, cpu = perf_counter(), process_time()
        made = work()
        spent = {"seconds": perf_counter() - start, "cpu": process_time() - cpu}
        steps[name] = {**spent, "peak": peak()}
        return made

    study = step("read", lambda: cx.read_study(folder))
    banner = [*(f"banner{i}" for i in range(len(COLUMNS))), "overlap"]
    names = [name for name in study.questions if name not in banner]
    book = step("tabulate", lambda: cx.tabulate(study, banner, questions=names))
    step("again", lambda: cx.tabulate(study, banner, questions=names))
    for ending in ("xlsx", "html", "csv"):
        files = step(ending, lambda name=f"book.{ending}": cx.write_book(book, folder / name))
        steps[ending]["size"] = sum(path.stat().st_size for path in files) / 1e6
    found = {"steps": steps, "tested": book.tested, "letters": len(book.letters)}
    found["cells"] = sum(table.cells.estimate.size for table in book.tables)
    print(json.dumps(found))


def measured(n):
    with tempfile.TemporaryDirectory() as name:
        own = [sys.executable, __file__]
        subprocess.run([*own, "--write", name, str(n)], check=True)
        made = subprocess.run([*own, "--run", name], check=True, capture_output=True, text=True)
    return json.loads(made.stdout)


def main(sizes):
    print("200 questions by total and 40 columns")
    for n in sizes:
        found = measured(n)
        print(
            f"\n{n:,} rows: {found['cells']:,} cells, {found['tested']:,} tests, {found['letters']:,} letters"
        )
        print(f"{'':10}{'seconds':>9}{'cpu':>9}{'peak MB':>9}{'file MB':>9}")
        for name, step in found["steps"].items():
            size = f"{step['size']:9.1f}" if "size" in step else ""
            print(f"{name:10}{step['seconds']:9.2f}{step['cpu']:9.2f}{step['peak']:9.0f}{size}")


if __name__ == "__main__":
    arguments = sys.argv[1:]
    if arguments[:1] == ["--write"]:
        write_study(Path(arguments[1]), int(arguments[2]))
    elif arguments[:1] == ["--run"]:
        run(Path(arguments[1]))
    else:
        main([int(size) for size in arguments] or SIZES)
