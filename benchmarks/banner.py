"""Time the full banner: 50 items of 5 points and 100 multiple-response options by 31 columns, with all tests.

    python benchmarks/banner.py [rows ...]

Total and 3 + 2 + 5 + 8 + 12 columns; shares, respondents, effective bases, standard errors, every pair of
columns inside each banner variable tested, and the letters of two levels. Two designs at each size: weights
alone, and weights with 20 strata and 200 clusters. The targets are 0.15, 0.25 and 1.5 s for weights at
1,100, 100,000 and 1,000,000 rows, four times that with clusters, and 800 MB.

Each run is a process of its own, so that the peak memory is that of the run (data included). ``first`` is
the first call of the process, which loads scipy.special and sorts the design; ``best`` is the best of the
others and ``cpu`` the processor time of that one, which a busy machine stretches less. Beside it stands a
version by hand in numpy: a loop over questions and banner variables with one sum by cell for each moment,
then the linearized variances of the shares. It makes the estimates and errors only, no tests and no
letters, and both must agree. Where R and its ``survey`` package are installed, ``svyby`` makes one table of
one item by three columns, and the time is given for one table of the 750.
"""

from __future__ import annotations

import json
import resource
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter, process_time

import numpy as np

from cxsurvey.numerics.banners.kernel import banner_tables
from cxsurvey.numerics.banners.records import CodedQuestion, DisjointColumns, OptionsQuestion
from cxsurvey.numerics.banners.significance import letter_levels, pair_tests
from cxsurvey.numerics.tables.totals import sample_design

SIZES = (1_100, 100_000, 1_000_000)
COLUMNS = (3, 2, 5, 8, 12)
ITEMS, POINTS, OPTIONS, STRATA, CLUSTERS = 50, 5, 100, 20, 200
TABLES = (ITEMS + OPTIONS) * len(COLUMNS)
R_SCRIPT = """
suppressMessages(library(survey)); d <- read.csv(commandArgs(TRUE)[1]); d$y <- factor(d$y); d$g <- factor(d$g)
design <- if (commandArgs(TRUE)[2] == "clusters") svydesign(~cluster, strata=~stratum, weights=~w, data=d) else
  svydesign(~1, weights=~w, data=d)
svyby(~y, ~g, design, svymean)
cat(min(sapply(1:3, function(i) system.time(svyby(~y, ~g, design, svymean))[["elapsed"]])))
"""


def respondents(n):
    rng = np.random.default_rng(n)
    weights = rng.uniform(0.5, 2, n)
    items = np.empty((n, ITEMS), dtype=np.int8, order="F")
    for j in range(ITEMS):
        items[:, j] = rng.integers(0, POINTS, n, dtype=np.int8)
        items[rng.random(n, dtype=np.float32) < 0.05, j] = -1
    options = np.empty((n, OPTIONS), dtype=np.bool_, order="F")
    for j in range(OPTIONS):
        options[:, j] = rng.random(n, dtype=np.float32) < 0.3
    banner = [rng.integers(0, size, n, dtype=np.int8) for size in COLUMNS]
    return weights, items, options, banner, rng.integers(0, CLUSTERS, n)


def design_of(kind, weights, cluster):
    options = {"stratum": cluster % STRATA, "cluster": cluster} if kind == "clusters" else {}
    return sample_design(weights, **options)


def book(items, options, banner):
    shares, base = np.eye(POINTS), np.ones((POINTS, POINTS))
    questions = [CodedQuestion(items[:, j], shares, base) for j in range(ITEMS)]
    variables = [DisjointColumns(codes, size) for codes, size in zip(banner, COLUMNS, strict=True)]
    return [*questions, OptionsQuestion(options)], variables


def whole(design, questions, variables):
    """The tables, their effective bases, all tests and the letters of every cell."""
    tables = banner_tables(design, questions, variables)
    for table in tables:
        tests = pair_tests(table)
        size = table.estimate.shape[1]
        lettered(letter_levels(tests, tests.p_value, n_columns=size))
        table.bases.n_effective  # noqa: B018 - part of the work
    return tables


def lettered(marks):
    """Write the letters of each cell: upper case at the first level, lower case at the second."""
    power = 3 ** np.arange(marks.shape[2])
    patterns, where = np.unique(marks @ power, return_inverse=True)
    words = [
        "".join(chr((64, 96)[level - 1] + d) for d in range(marks.shape[2]) if (level := code // 3**d % 3))
        for code in patterns.tolist()
    ]
    return np.array(words, dtype=object)[where.reshape(marks.shape[:2])]


def by_hand(design, items, options, banner):
    """Shares and standard errors, question by question: (ITEMS * POINTS + OPTIONS, C) for each variable."""
    answers = [(items[:, j], POINTS) for j in range(ITEMS)]
    answers += [(1 - options[:, j].view(np.int8), 2) for j in range(OPTIONS)]
    found = []
    for codes, size in zip(banner, COLUMNS, strict=True):
        tables = [one_table(design, codes.astype(np.intp), size, *answer) for answer in answers]
        found.append(tuple(np.vstack(parts) for parts in zip(*tables, strict=True)))
    return found


def one_table(design, column, n_columns, answer, n_cells):
    w, width = design.weights, n_columns * (n_cells + 1)
    slot = column * (n_cells + 1) + answer + 1
    unit, n_units = design.units if design.cluster is not None else (None, 1)
    if unit is not None:
        slot = slot + unit * width
    weight, squares = (np.bincount(slot, x, width * n_units) for x in (w, w**2))
    np.bincount(slot, minlength=width * n_units)  # the respondents of each cell
    shape = (n_units, n_columns, n_cells + 1)
    weight, squares = weight.reshape(shape)[:, :, 1:], squares.reshape(shape)[:, :, 1:].sum(axis=0)
    weight, squares = (np.concatenate([x.sum(axis=-2, keepdims=True), x], axis=-2) for x in (weight, squares))
    total = weight.sum(axis=0)
    share = total / total.sum(axis=1, keepdims=True)
    shown = POINTS if n_cells == POINTS else 1
    errors = [error(design, weight, squares, total, share, k) for k in range(shown)]
    return share.T[:shown], np.array(errors)


def error(design, weight, squares, total, share, k):
    influence = (np.arange(total.shape[1]) == k) - share[:, [k]]
    influence = influence / total.sum(axis=1, keepdims=True)
    if design.cluster is None:
        return np.sqrt(design.n / (design.n - 1) * (influence**2 * squares).sum(axis=1))
    z = (weight * influence).sum(axis=2)
    variance = 0.0
    for h in range(design.n_strata):
        of_stratum = z[design.psu_stratum == h]
        m = len(of_stratum)
        variance = variance + m / (m - 1) * ((of_stratum - of_stratum.mean(axis=0)) ** 2).sum(axis=0)
    return np.sqrt(variance)


def measured(n, kind):
    """Time the kernel in this process and print the result as JSON."""
    weights, items, options, banner, cluster = respondents(n)
    questions, variables = book(items, options, banner)
    design = design_of(kind, weights, cluster)
    times = []
    for _ in range(4 if n > SIZES[1] else 8):
        start, used = perf_counter(), process_time()
        tables = whole(design, questions, variables)
        times.append((perf_counter() - start, process_time() - used))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    hand = compared(design, tables, items, options, banner)
    best, cpu = min(times[1:])
    print(json.dumps({"first": times[0][0], "best": best, "cpu": cpu, "peak": peak, "hand": hand}))


def compared(design, tables, items, options, banner):
    start = perf_counter()
    expected = by_hand(design, items, options, banner)
    hand = perf_counter() - start
    for table, (share, std_error) in zip(tables, expected, strict=True):
        np.testing.assert_allclose(table.estimate, share, rtol=1e-11)
        np.testing.assert_allclose(table.std_error, std_error, rtol=1e-9)
    return hand


def in_r(n, kind):
    """Seconds that R's survey takes for one table; NaN where it is not installed."""
    r = shutil.which("Rscript")
    if r is None:
        return float("nan")
    weights, items, _, banner, cluster = respondents(n)
    columns = (weights, cluster % STRATA, cluster, items[:, 0], banner[0])
    rows = np.column_stack(columns)[items[:, 0] >= 0]
    with tempfile.TemporaryDirectory() as folder:
        data, script = Path(folder, "data.csv"), Path(folder, "table.R")
        np.savetxt(data, rows, fmt="%.17g", delimiter=",", header="w,stratum,cluster,y,g", comments="")
        script.write_text(R_SCRIPT, encoding="utf-8")
        found = subprocess.run([r, str(script), str(data), kind], capture_output=True, text=True, check=False)
    return float(found.stdout.split()[-1]) if found.returncode == 0 else float("nan")


def main():
    heads = ("first s", "best s", "cpu s", "by hand s", "ratio", "peak MB", "ms a table", "R ms a table")
    print(f"{'design':<10}{'rows':>10}" + "".join(f"{head:>{len(head) + 2}}" for head in heads))
    for n in [int(size) for size in sys.argv[1:]] or SIZES:
        for kind in ("weights", "clusters"):
            command = [sys.executable, __file__, "--one", str(n), kind]
            found = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
            cells = [f"{found[name]:.3f}" for name in ("first", "best", "cpu", "hand")]
            cells += [f"{found['hand'] / found['best']:.0f}x", f"{found['peak']:.0f}"]
            cells += [f"{1000 * found['best'] / TABLES:.3f}"]
            cells += [f"{1000 * in_r(n, kind):.0f}" if n <= SIZES[1] else ""]
            row = "".join(f"{cell:>{len(head) + 2}}" for cell, head in zip(cells, heads, strict=True))
            print(f"{kind:<10}{n:>10,}{row}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        measured(int(sys.argv[2]), sys.argv[3])
    else:
        main()
