"""Count how often 95% intervals hold the truth, and how often 5% tests err.

    python benchmarks/coverage.py --replications 1000 --markdown docs/methods/coverage.md

Samples are drawn from populations whose shares, means and medians are known, and go through ``cx.estimate``,
``cx.gaps`` and the numerics as a study would. One made-up study holds many independent questions, each of them
a replication; weights and clusters are drawn anew for every such study. Groups of 17%, 51% and 32% (leaders,
followers and laggards of the Harvard report) have the same answers, so that every gap found is an error. The
base policy is switched off, to see what it protects from; rows "bases of 30 or more" are what it leaves.
"""

from __future__ import annotations

import argparse
import json
import math
import os
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter

import numpy as np
import pandas as pd
from scipy.special import ndtr

import cxsurvey as cx
from cxsurvey.numerics.comparisons.independence import independence_test
from cxsurvey.numerics.comparisons.rank_tests import rank_test
from cxsurvey.numerics.estimation.share_intervals import design_share_intervals
from cxsurvey.numerics.sampling.multistage import multistage_design
from cxsurvey.numerics.tables.inference import clopper_pearson, wilson
from cxsurvey.study.raw import RawResponses
from cxsurvey.study.study import Study
from cxsurvey.study.study_file import parse_study_file

SIZES = (20, 30, 50, 100, 200, 500, 1_000)
SHARES = (0.02, 0.05, 0.1, 0.25, 0.5)
GROUPS = (0.17, 0.51, 0.32)
RATING = (0.08, 0.17, 0.30, 0.30, 0.15)  # 1 to 5
RECOMMEND = (0.3, 0.3, 0.4)  # detractors, passives, promoters
CLUSTERS = 30
STRATA = 5
LEVEL, ALPHA = 0.95, 0.05
TESTED_FROM = 30  # the base policy of every study that does not say otherwise
BATCH = 50  # questions of one study: replications that share weights and clusters
LOW, HIGH, BOLD = 0.93, 0.975, 0.065  # coverage and size outside these are failures
START, END = "<!-- tables -->", "<!-- end of tables -->"
METHODS = ("logit", "beta", "xlogit", "likelihood", "asin", "mean")


@dataclass(frozen=True)
class Scenario:
    """How respondents are drawn; without intraclass correlation there are no clusters."""

    design: str
    n: int
    p: float
    deff: float = 1.0
    icc: float = 0.0
    strata: bool = False


def scenarios(*, quick):
    """Every design at every size and share; clusters need two respondents each to differ from people."""
    designs = [
        {"design": "simple sample"},
        {"design": "weights, deff 2", "deff": 2.0},
        {"design": "weights, deff 3", "deff": 3.0},
        {"design": "5 strata, deff 1.5", "deff": 1.5, "strata": True},
        {"design": "30 clusters, icc .02", "icc": 0.02},
        {"design": "30 clusters, icc .10", "icc": 0.1},
        {"design": "30 clusters, icc .10, deff 2", "icc": 0.1, "deff": 2.0},
    ]
    sizes, shares = ((30, 200), (0.05, 0.5)) if quick else (SIZES, SHARES)
    return [
        Scenario(n=n, p=p, **design)
        for design in designs
        for n in sizes
        for p in shares
        if n >= 2 * CLUSTERS or "icc" not in design
    ]


def draw(scenario, rng):
    """Answers of all questions, weights, clusters, strata and groups of one study."""
    n = scenario.n
    cluster = rng.permutation(np.arange(n) % CLUSTERS)
    columns = {"g": rng.choice(3, n, p=GROUPS)}
    sigma = math.sqrt(math.log(scenario.deff))
    columns["w"] = np.exp(rng.normal(0, sigma, n)) if sigma else np.ones(n)
    columns["h"] = np.arange(n) % STRATA
    columns["c"] = cluster
    for i in range(BATCH):
        columns[f"y{i}"] = (uniforms(scenario, cluster, rng) < scenario.p).astype(int)
        columns[f"r{i}"] = 1 + np.searchsorted(np.cumsum(RATING)[:-1], uniforms(scenario, cluster, rng))
        columns[f"k{i}"] = np.array([0, 7, 10])[
            np.searchsorted(np.cumsum(RECOMMEND)[:-1], uniforms(scenario, cluster, rng))
        ]
        columns[f"m{i}"] = np.round(100 * uniforms(scenario, cluster, rng), 6)
    return columns


def uniforms(scenario, cluster, rng):
    """Uniform numbers, alike within clusters: a Gaussian copula with this correlation."""
    own = rng.normal(size=scenario.n)
    if scenario.icc > 0:
        shared = rng.normal(size=CLUSTERS)[cluster]
        own = math.sqrt(1 - scenario.icc) * own + math.sqrt(scenario.icc) * shared
    return ndtr(own)


def study_file(scenario):
    lines = [
        "[study]", 'id = "coverage"', 'title = "Coverage"', 'responses = "responses.csv"',
        "[settings]", "test_from = 2", "suppress_below = 0", 'adjust = "none"',
        "[design]",
    ]  # fmt: skip
    lines += ['weight = "w"'] if scenario.deff > 1 else []
    lines += ['stratum = "h"', 'lonely_cluster = "average"'] if scenario.strata else []
    lines += ['cluster = "c"'] if scenario.icc > 0 else []
    lines += [question("g", "single", ["0", "1", "2"])]
    for i in range(BATCH):
        lines += [
            question(f"y{i}", "single", ["1", "0"]),
            question(f"r{i}", "ordinal", ["1", "2", "3", "4", "5"]),
            question(f"k{i}", "number", nps=True),
            question(f"m{i}", "number"),
        ]
    return parse_study_file("\n".join(lines))


def question(name, kind, responses=(), *, nps=False):
    listed = f"responses = {json.dumps(list(responses))}\n" if responses else ""
    return (
        f'[[question]]\nid = "{name}"\ntext = "{name}"\ntype = "{kind}"\ncolumn = "{name}"\n'
        f"{listed}{'nps = true' if nps else ''}"
    )


def batch(scenario, rng, file):
    """Hits and errors of one study: {measure: (cases, hits)}; a hit is coverage, or a false alarm."""
    columns = draw(scenario, rng)
    frame = pd.DataFrame({name: values.astype(str) for name, values in columns.items()})
    raw = RawResponses(frame=frame, file_name="responses.csv", format="csv", sha256="0" * 64)
    study = Study(file=file, raw=raw, path=Path("study.toml"), sha256="0" * 64)
    found = defaultdict(lambda: np.zeros(3))
    intervals(study, scenario, found)
    gap_tests(study, found)
    other_tests(scenario, columns, found)
    return {name: counts.tolist() for name, counts in found.items()}


def intervals(study, scenario, found):
    asked = [cx.Measure(question=f"y{i}", response="1") for i in range(BATCH)]
    shares = cx.estimate(study, asked).frame
    count(found, "share, as estimated by default", shares, scenario.p)
    p, se, df, n = (shares[name].to_numpy(float) for name in ("estimate", "std_error", "df", "n"))
    for method in METHODS:
        interval = design_share_intervals(p, se, df, n=n, method=method)
        count_limits(found, f"share, {method}", interval.low, interval.high, scenario.p)
    bases = shares["n_effective"].to_numpy(float)
    for name, function in (("Wilson on effective n", wilson), ("exact on effective n", clopper_pearson)):
        interval = function(p, bases, LEVEL)
        count_limits(found, f"share, {name}", interval.low, interval.high, scenario.p)
    leaders = cx.estimate(study, asked, by="g").frame.query("group == '0'")
    count(found, "share of leaders (17%)", leaders, scenario.p)
    points = np.arange(1, 6)
    for prefix, statistic, truth in (
        ("r", "mean", float(np.dot(RATING, points))),
        ("k", "nps", 100 * (RECOMMEND[2] - RECOMMEND[0])),
        ("m", "median", 50.0),
    ):
        names = [f"{prefix}{i}" for i in range(BATCH)]
        count(found, statistic, cx.estimate(study, names, statistic=statistic).frame, truth)


def count(found, name, frame, truth):
    count_limits(found, name, frame["conf_low"].to_numpy(float), frame["conf_high"].to_numpy(float), truth)


def count_limits(found, name, low, high, truth):
    known = ~np.isnan(low) & ~np.isnan(high)
    inside = (low <= truth) & (truth <= high) & known
    found[f"covers: {name}"] += (known.sum(), inside.sum(), (~known).sum())


def gap_tests(study, found):
    asked = [cx.Measure(question=f"y{i}", response="1") for i in range(BATCH)]
    scores = [cx.Measure(question=f"r{i}", statistic="mean") for i in range(BATCH)]
    pairs = cx.gaps(study, by="g", question=asked).frame
    rest = cx.gaps(study, by="g", question=asked, against="rest").frame
    means = cx.gaps(study, by="g", question=scores).frame
    for name, frame in (
        ("gap of shares, leaders v laggards", pairs.query("group_a == '0' and group_b == '2'")),
        ("gap of shares, followers v laggards", pairs.query("group_a == '1' and group_b == '2'")),
        ("share of leaders v all others", rest.query("group_a == '0'")),
        ("gap of means, leaders v laggards", means.query("group_a == '0' and group_b == '2'")),
    ):
        tested = frame.query(f"n_a >= {TESTED_FROM} and n_b >= {TESTED_FROM}")
        for label, rows in ((name, frame), (f"{name}, bases of {TESTED_FROM} or more", tested)):
            count(found, label, rows, 0.0)
            alarms(found, label, rows["p_value"].to_numpy(float))


def alarms(found, name, p_values):
    known = ~np.isnan(p_values)
    found[f"errs: {name}"] += (known.sum(), (p_values[known] < ALPHA).sum(), (~known).sum())


def other_tests(scenario, columns, found):
    design = multistage_design(
        columns["w"],
        strata=[columns["h"]] if scenario.strata else [],
        clusters=[columns["c"]] if scenario.icc > 0 else [],
        lonely="average",
    )
    group, p = columns["g"], defaultdict(list)
    for i in range(BATCH):
        answer = columns[f"y{i}"]
        for statistic, name in (("F", "Rao-Scott F, 2 x 3"), ("adjusted-wald", "adjusted Wald, 2 x 3")):
            p[name].append(table_p(design, answer, group, statistic))
        p["rank test, 3 groups"].append(ranks_p(design, columns[f"r{i}"], group))
        two = np.where(group == 1, -1, group // 2)
        p["rank test, leaders v laggards"].append(ranks_p(design, columns[f"r{i}"], two))
    for name, values in p.items():
        alarms(found, name, np.array(values))


def table_p(design, answer, group, statistic):
    try:
        return independence_test(design, answer, group, statistic=statistic).p_value
    except cx.CxSurveyError as error:
        return untested(error, "table-too-small")


def ranks_p(design, values, group):
    try:
        return rank_test(design, values, group).p_value
    except cx.CxSurveyError as error:
        return untested(error, "too-few-rank-groups")


def untested(error, expected):
    """Without two answers or two groups there is nothing to test; anything else is a fault of the script."""
    if error.code != expected:
        raise error
    return float("nan")


def simulate(job):
    scenario, replications, seed = job
    rng = np.random.default_rng(seed)
    file = study_file(scenario)
    total = defaultdict(lambda: np.zeros(3))
    for _ in range(math.ceil(replications / BATCH)):
        for name, counts in batch(scenario, rng, file).items():
            total[name] += counts
    return [
        {**asdict(scenario), "measure": name, "cases": int(cases), "rate": hits / cases if cases else math.nan,
         "without": int(without)}
        for name, (cases, hits, without) in total.items()
    ]  # fmt: skip


def run(replications, seed, *, quick, workers):
    jobs = [
        (scenario, replications, [seed, position]) for position, scenario in enumerate(scenarios(quick=quick))
    ]
    with ProcessPoolExecutor(workers) as pool:
        rows = [row for part in pool.map(simulate, jobs) for row in part]
    return pd.DataFrame(rows)


def failures(results):
    """Rows whose rate is outside the limits by more than twice the Monte Carlo error."""
    error = np.sqrt(LEVEL * (1 - LEVEL) / results["cases"].clip(lower=1))
    covers = results["measure"].str.startswith("covers")
    low = covers & (results["rate"] < LOW - 2 * error)
    high = covers & (results["rate"] > HIGH + 2 * error)
    bold = ~covers & (results["rate"] > BOLD + 2 * error)
    kind = np.select([low, high, bold], ["too narrow", "too wide", "too bold"], default="")
    return results.assign(failure=kind)[kind != ""]


def markdown(results, replications):
    """Mean rates by design, then where they fail."""
    situations = results.groupby(["design", "n", "p"]).ngroups
    made = f"{replications:,} replications of each of {situations:,} situations"
    lines = [f"<!-- made by benchmarks/coverage.py: {made} -->", ""]
    lines += by_size(results, "covers: ", "Coverage of 95% intervals")
    lines += by_size(results, "errs: ", "How often 5% tests find a gap where there is none")
    lines += by_design(
        results, "covers: share, as estimated by default", "Coverage of a share as estimated by default"
    )
    rest = f"errs: share of leaders v all others, bases of {TESTED_FROM} or more"
    lines += by_design(results, rest, "Errors of leaders v all others, bases of 30 or more")
    lines += failing(results)
    return "\n".join(lines) + "\n"


def by_size(results, kind, title):
    rows = results[results["measure"].str.startswith(kind) & (results["cases"] > 0)]
    sizes = sorted(results["n"].unique())
    lines = [f"## {title}, by size of the sample (all designs and shares together)", ""]
    lines += ["| | " + " | ".join(f"n = {n:,}" for n in sizes) + " |", "|---|" + "---:|" * len(sizes)]
    for name, part in rows.groupby("measure", sort=False):
        rates = weighted(part, "n").reindex(sizes)
        cells = " | ".join("" if math.isnan(rate) else f"{rate:.1%}" for rate in rates)
        lines.append(f"| {name.removeprefix(kind)} | {cells} |")
    return [*lines, ""]


def weighted(part, key):
    sums = part.assign(hits=part["rate"] * part["cases"]).groupby(key)[["hits", "cases"]].sum()
    return sums["hits"] / sums["cases"]


def by_design(results, name, title):
    rows = results[results["measure"] == name]
    lines = [f"## {title}, by design and share (all sizes together)", ""]
    lines += ["| | " + " | ".join(f"p = {p:g}" for p in sorted(rows["p"].unique())) + " |"]
    lines += ["|---|" + "---:|" * rows["p"].nunique()]
    for design, part in rows.groupby("design", sort=False):
        lines.append(f"| {design} | " + " | ".join(f"{rate:.1%}" for rate in weighted(part, "p")) + " |")
    return [*lines, ""]


def failing(results):
    bad = failures(results)
    lines = [
        "## Where they fail",
        "",
        f"{len(bad):,} of {(results['cases'] > 0).sum():,} rates are outside the limits.",
        "",
    ]
    lines += [
        "| | situations | too narrow | too wide | too bold | worst | where |",
        "|---|---:|---:|---:|---:|---:|---|",
    ]
    for name, part in results[results["cases"] > 0].groupby("measure", sort=False):
        own = bad[bad["measure"] == name]
        if own.empty:
            continue
        covers = name.startswith("covers")
        worst = own.loc[own["rate"].idxmin() if covers else own["rate"].idxmax()]
        kinds = [str((own["failure"] == kind).sum() or "") for kind in ("too narrow", "too wide", "too bold")]
        where = f"{worst['design']}, n = {worst['n']:,}, p = {worst['p']:g}"
        counts = " | ".join(kinds)
        lines.append(f"| {name.split(': ', 1)[1]} | {len(part)} | {counts} | {worst['rate']:.1%} | {where} |")
    return [*lines, ""]


def put_between_marks(path, text):
    """Replace the tables of a page, and leave its words."""
    before, rest = path.read_text(encoding="utf-8").split(START)
    path.write_text(f"{before}{START}\n{text}{END}{rest.split(END)[1]}", encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--replications", type=int, default=200)
    parser.add_argument("--seed", type=int, default=2020)
    parser.add_argument("--quick", action="store_true", help="two sizes and two shares")
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    parser.add_argument("--out", type=Path, help="every rate, as CSV")
    parser.add_argument("--markdown", type=Path, help="a page with marks, between which the tables go")
    asked = parser.parse_args()
    start = perf_counter()
    results = run(asked.replications, asked.seed, quick=asked.quick, workers=asked.workers)
    text = markdown(results, asked.replications)
    if asked.out:
        results.to_csv(asked.out, index=False)
    if asked.markdown:
        put_between_marks(asked.markdown, text)
    print(text)
    error = math.sqrt(LEVEL * (1 - LEVEL) / asked.replications)
    print(f"{perf_counter() - start:,.0f} s; Monte Carlo error of a rate near 95% or 5%: {error:.2%}")


if __name__ == "__main__":
    main()
