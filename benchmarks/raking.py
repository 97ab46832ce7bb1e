"""Time raking to three margins, without and with a largest weight.

    python benchmarks/raking.py

Three margins of 3, 4 and 5 categories at three sizes. Beside each time stands raking written out by hand in
numpy: respondent by respondent, margin by margin, to the same closeness. Both give the same weights, which is
checked. Targets: 2, 10 and 80 ms. ``trimmed`` holds the same margins and a largest weight of 1.5 times the
mean; by hand there is no short version of it.
"""

from __future__ import annotations

from functools import partial
from time import perf_counter

import numpy as np

from cxsurvey.numerics.weighting.bounded_raking import rake_within
from cxsurvey.numerics.weighting.raking import margin, rake

SIZES = (3, 4, 5)
CLOSE = 1e-12


def sample(n):
    rng = np.random.default_rng(n)
    codes = [rng.integers(0, size, n) for size in SIZES]
    targets = [n * share / share.sum() for share in (rng.uniform(0.7, 1.3, size) for size in SIZES)]
    return codes, targets


def by_hand(weights, codes, targets):
    w = weights.copy()
    while True:
        for code, target in zip(codes, targets, strict=True):
            w *= (target / np.bincount(code, w))[code]
        far = [
            np.abs(np.bincount(code, w) / target - 1).max() for code, target in zip(codes, targets, strict=True)
        ]
        if max(far) <= CLOSE:
            return w


def best_ms(call, repeats):
    times = []
    for _ in range(repeats):
        start = perf_counter()
        call()
        times.append(perf_counter() - start)
    return 1000 * min(times)


def main():
    print(f"{'rows':>10}{'rake ms':>10}{'by hand ms':>12}{'ratio':>8}{'trimmed ms':>12}")
    for n in (1_100, 100_000, 1_000_000):
        codes, targets = sample(n)
        base = np.ones(n)
        pairs = zip(codes, targets, strict=True)
        margins = [margin(str(i), code, target) for i, (code, target) in enumerate(pairs)]
        repeats = 3 if n > 100_000 else 10
        ours = best_ms(partial(rake, base, margins), repeats)
        hand = best_ms(partial(by_hand, base, codes, targets), repeats)
        trimmed = best_ms(partial(rake_within, base, margins, largest=1.5), repeats)
        np.testing.assert_allclose(rake(base, margins).weights, by_hand(base, codes, targets), rtol=1e-9)
        print(f"{n:>10,}{ours:>10.2f}{hand:>12.2f}{hand / ours:>7.0f}x{trimmed:>12.2f}")


if __name__ == "__main__":
    main()
