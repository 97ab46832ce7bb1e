"""Time one table of 5 answers by 3 groups: from coded arrays to shares, errors, intervals and Rao-Scott's F.

    python benchmarks/one_table.py

Three designs (20 strata and 200 clusters; 20 strata; a simple sample) at three sizes. Beside each time stands a
version written out by hand in numpy: indicators, influence matrices of n x 15, sums by cluster, and the
eigenvalues of Rao and Scott. Both give the same standard errors and F, which is checked. The first design is
that of the target: 5, 20 and 150 ms. Checking, numbering and sorting the design (``design ms``) is done once
for all tables of a study; it counts neither in the table nor in the version by hand.
"""

from __future__ import annotations

from functools import partial
from time import perf_counter

import numpy as np

from cxsurvey.numerics.tables.inference import share_intervals
from cxsurvey.numerics.tables.rao_scott import table_independence
from cxsurvey.numerics.tables.totals import cell_totals, sample_design
from cxsurvey.numerics.tables.variance import ratio_estimates

ANSWERS, GROUPS, STRATA, CLUSTERS = 5, 3, 20, 200
OVER = np.eye(ANSWERS * GROUPS)
UNDER = np.kron(np.eye(GROUPS), np.ones((ANSWERS, ANSWERS)))


def respondents(n):
    rng = np.random.default_rng(n)
    cluster = rng.integers(0, CLUSTERS, n)
    return (
        rng.uniform(0.5, 2, n),
        cluster % STRATA,
        cluster,
        rng.integers(0, GROUPS, n),
        rng.integers(0, ANSWERS, n),
    )


def prepared(weights, **options):
    design = sample_design(weights, **options)
    design.units_by_weight  # noqa: B018 - sorts once, for every table after
    return design


def table(design, group, answer):
    totals = cell_totals(design, group * ANSWERS + answer, ANSWERS * GROUPS)
    ratios = ratio_estimates(totals, OVER, UNDER)
    share_intervals(
        ratios.estimate, ratios.std_error, ratios.n, ratios.n_effective, ratios.df, simple=design.is_simple
    )
    return ratios.std_error, table_independence(totals, GROUPS, ANSWERS).statistic


def by_hand(design, group, answer):
    w = design.weights
    members = (group[:, None] == np.repeat(np.arange(GROUPS), ANSWERS)) * w[:, None]
    chosen = answer[:, None] == np.tile(np.arange(ANSWERS), GROUPS)
    base = members.sum(axis=0)
    share = (members * chosen).sum(axis=0) / base
    std_error = np.sqrt(np.diag(covariance_by_hand(design, members * (chosen - share) / base)))
    return std_error, f_by_hand(design, members * chosen)


def f_by_hand(design, cells):
    """Rao and Scott's F, given the weight of each respondent in the cell chosen: (n, cells)."""
    share = cells.sum(axis=0) / design.weights.sum()
    V = covariance_by_hand(design, (cells - design.weights[:, None] * share) / design.weights.sum())
    two_way = share.reshape(GROUPS, ANSWERS)
    expected = np.outer(two_way.sum(axis=1), two_way.sum(axis=0))
    pearson = design.n * ((two_way - expected) ** 2 / expected).sum()
    sums = [np.vstack([-np.ones(size - 1), np.eye(size - 1)]) for size in (GROUPS, ANSWERS)]
    contrasts = np.kron(*sums)
    scaled = contrasts / share[:, None]
    deltas = np.linalg.eigvals(np.linalg.solve(contrasts.T @ scaled / design.n, scaled.T @ V @ scaled)).real
    return pearson / deltas.sum()


def covariance_by_hand(design, influence):
    covariance = np.zeros((influence.shape[1], influence.shape[1]))
    for h in range(design.n_strata):
        rows = design.stratum == h
        z = influence[rows]
        if design.cluster is not None:
            _, psu = np.unique(design.cluster[rows], return_inverse=True)
            sums = np.zeros((psu.max() + 1, z.shape[1]))
            np.add.at(sums, psu, z)
            z = sums
        z = z - z.mean(axis=0)
        covariance += len(z) / (len(z) - 1) * z.T @ z
    return covariance


def best_ms(call, repeats):
    times = []
    for _ in range(repeats):
        start = perf_counter()
        call()
        times.append(perf_counter() - start)
    return 1000 * min(times)


def main():
    print(f"{'design':<14}{'rows':>10}{'design ms':>11}{'table ms':>10}{'by hand ms':>12}{'ratio':>8}")
    for n in (1_100, 100_000, 1_000_000):
        w, stratum, cluster, group, answer = respondents(n)
        kinds = {
            "clustered": (w, {"stratum": stratum, "cluster": cluster}),
            "stratified": (w, {"stratum": stratum}),
            "simple": (np.ones(n), {}),
        }
        for name, (weights, options) in kinds.items():
            repeats = 3 if n > 100_000 else 10
            making = best_ms(partial(prepared, weights, **options), repeats)
            design = prepared(weights, **options)
            ours = best_ms(partial(table, design, group, answer), repeats)
            hand = best_ms(partial(by_hand, design, group, answer), min(repeats, 2))
            pairs = zip(table(design, group, answer), by_hand(design, group, answer), strict=True)
            for found, expected in pairs:
                np.testing.assert_allclose(found, expected, rtol=1e-8)
            print(f"{name:<14}{n:>10,}{making:>11.2f}{ours:>10.2f}{hand:>12.1f}{hand / ours:>7.0f}x")


if __name__ == "__main__":
    main()
