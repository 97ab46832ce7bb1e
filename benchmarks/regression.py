"""Time a design-based logistic regression and the controlled gap that comes from it.

    python benchmarks/regression.py

A yes/no answer explained by a group of three and two controls, in 20 strata of 10 clusters, at three sizes:
with factors only (3 x 5 x 4 levels), and with a number that takes a value of its own for each in place of one.
Beside each time stands the same by hand in numpy: Newton's method on the whole matrix, and the sandwich of the
scores summed by cluster. Both give the same coefficients and standard errors, which is checked.
"""

from __future__ import annotations

from functools import partial
from time import perf_counter

import numpy as np

from cxsurvey.numerics.models.generalized_linear import generalized_linear
from cxsurvey.numerics.models.marginal_effects import average_gaps
from cxsurvey.numerics.models.predictors import Factor, Number, predictors
from cxsurvey.numerics.models.regression import regression
from cxsurvey.numerics.sampling.multistage import multistage_design

STRATA, CLUSTERS = 20, 10


def sample(n):
    rng = np.random.default_rng(n)
    stratum = rng.integers(0, STRATA, n)
    cluster = stratum * CLUSTERS + rng.integers(0, CLUSTERS, n)
    group, size, region = (rng.integers(0, levels, n) for levels in (3, 5, 4))
    income = rng.normal(size=n)
    eta = -0.5 + 0.3 * group - 0.1 * size + 0.2 * income
    yes = (rng.random(n) < 1 / (1 + np.exp(-eta))).astype(float)
    return stratum, cluster, rng.uniform(0.5, 3, n), (group, size, region, income), yes


def terms(columns, kind):
    group, size, region, income = columns
    second = Number("income", income) if kind == "number" else Factor("region", region, list("wxyz"))
    return [Factor("group", group, list("abc")), Factor("size", size, list("stuvw")), second]


def ours(design, columns, yes, kind):
    model = generalized_linear(yes, predictors(terms(columns, kind)), family="logit")
    fitted = regression(design, model).fitted
    return fitted.estimate, fitted.std_error


def gap(design, columns, yes, kind):
    model = generalized_linear(yes, predictors(terms(columns, kind)), family="logit")
    return average_gaps(design, model, "group", pairs=[("b", "a"), ("c", "a"), ("c", "b")])


def by_hand(cluster, w, columns, yes, kind):
    group, size, region, income = columns
    parts = [np.ones(len(yes)), *(group == k for k in (1, 2)), *(size == k for k in (1, 2, 3, 4))]
    parts += [income] if kind == "number" else [region == k for k in (1, 2, 3)]
    X = np.column_stack(parts).astype(float)
    b = np.zeros(X.shape[1])
    for _ in range(100):
        mean = 1 / (1 + np.exp(-X @ b))
        bread = np.linalg.inv(X.T @ (X * (w * mean * (1 - mean))[:, None]))
        step = bread @ (X.T @ (w * (yes - mean)))
        b = b + step
        if np.abs(step).max() < 1e-10:
            break
    influence = (X * (w * (yes - mean))[:, None]) @ bread
    totals = np.column_stack([np.bincount(cluster, column) for column in influence.T])
    centred = totals - totals.reshape(STRATA, CLUSTERS, -1).mean(axis=1).repeat(CLUSTERS, axis=0)
    return b, np.sqrt(np.diag(centred.T @ centred) * CLUSTERS / (CLUSTERS - 1))


def best_ms(call, repeats):
    times = []
    for _ in range(repeats):
        start = perf_counter()
        call()
        times.append(perf_counter() - start)
    return 1000 * min(times)


def main():
    print(f"{'rows':>10} {'predictors':<11}{'fit ms':>9}{'by hand ms':>12}{'ratio':>8}{'gap ms':>9}")
    for n in (1_100, 100_000, 1_000_000):
        stratum, cluster, w, columns, yes = sample(n)
        design = multistage_design(w, clusters=[cluster], strata=[stratum])
        for kind in ("factors", "number"):
            repeats = 2 if n > 100_000 else 5
            mine = best_ms(partial(ours, design, columns, yes, kind), repeats)
            hand = best_ms(partial(by_hand, cluster, w, columns, yes, kind), repeats)
            of_gap = best_ms(partial(gap, design, columns, yes, kind), repeats)
            found, expected = ours(design, columns, yes, kind), by_hand(cluster, w, columns, yes, kind)
            for one, other in zip(found, expected, strict=True):
                np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-9)
            print(f"{n:>10,} {kind:<11}{mine:>9.1f}{hand:>12.1f}{hand / mine:>7.1f}x{of_gap:>9.1f}")


if __name__ == "__main__":
    main()
