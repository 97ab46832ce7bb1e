"""One-sided classic tests against R 4.2.2: `t.test`, `wilcox.test` and `cor.test` with `alternative`."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxsurvey.errors import RequestError
from cxsurvey.numerics.classic.correlations import kendall, pearson, spearman
from cxsurvey.numerics.classic.mean_comparisons import mean_test, t_test
from cxsurvey.numerics.classic.rank_sums import mann_whitney, signed_rank
from cxsurvey.numerics.classic.tested import directed_p, level_of, one_ended

X = np.array([3.1, 4.7, 2.2, 5.9, 4.4, 6.3, 3.8, 5.2])
Y = np.array([2.9, 3.5, 4.1, 2.4, 5.5, 3.3, 1.8])
Z = np.array([2.0, 5.1, 1.9, 5.0, 4.9, 5.8, 2.7, 4.4])
TIED, OTHER = [1, 2, 2, 3, 3, 4, 5, 5, 5], [1, 1, 2, 2, 2, 3, 3, 4]
SIDES = ("less", "greater")
CLOSE = {"rel": 1e-11, "abs": 1e-13}  # R printed 15 digits
# p of "less", p of "greater", upper end of "less", lower end of "greater"
MEANS = [
    (lambda **k: t_test(X, Y, **k),
     0.936771707286272, 0.0632282927137276, 2.27807222453775, -0.0923579388234673),
    (lambda **k: t_test(X, Y, pooled=True, level=0.9, **k),
     0.935030687624973, 0.0649693123750272, 2.00554359813758, 0.180170687576703),
    (lambda **k: t_test(X, Z, paired=True, **k),
     0.964064897526379, 0.0359351024736212, 0.899773891024566, 0.0502261089754342),
    (lambda **k: mean_test(X, 4, **k),
     0.805392940402056, 0.194607059597944, 5.37884050321432 - 4, 3.52115949678568 - 4),
]  # fmt: skip
RANKS = [
    (lambda **k: mann_whitney(X, Y, **k), 0.93970473970474, 0.075990675990676),
    (lambda **k: mann_whitney(TIED, OTHER, **k), 0.942690345441373, 0.0695493259288305),
    (lambda **k: mann_whitney(TIED, OTHER, continuity=False, **k), 0.936800952739856, 0.0631990472601437),
    (lambda **k: signed_rank(X - 4, **k), 0.84375, 0.19140625),
    (lambda **k: signed_rank(np.array(TIED) - 3.0, **k), 0.807059120669873, 0.243938954201828),
    (lambda **k: spearman(X, Z, **k).test, 0.998074839768134, 0.0019251602318662),
    (lambda **k: kendall(X, Z, **k).test, 0.996753571127458, 0.00324642887254195),
]


@pytest.mark.parametrize(("run", "p_less", "p_greater", "high", "low"), MEANS)
def test_means_agree_with_r(run, p_less, p_greater, high, low):
    less, greater = (run(alternative=side) for side in SIDES)
    assert (less.test.p_value, greater.test.p_value) == pytest.approx((p_less, p_greater), **CLOSE)
    assert (less.conf_low, greater.conf_high) == (-np.inf, np.inf)
    assert (less.conf_high, greater.conf_low) == pytest.approx((high, low), **CLOSE)


@pytest.mark.parametrize(("run", "p_less", "p_greater"), RANKS)
def test_ranks_agree_with_r(run, p_less, p_greater):
    found = [run(alternative=side).p_value for side in SIDES]
    assert found == pytest.approx([p_less, p_greater], **CLOSE)


def test_correlations_agree_with_r():
    less, greater = (pearson(X, Z, alternative=side) for side in SIDES)
    assert less.test.p_value == pytest.approx(0.99917197961518, **CLOSE)
    assert greater.test.p_value == pytest.approx(0.000828020384820014, **CLOSE)
    assert (less.conf_low, less.conf_high) == pytest.approx((-1, 0.97879414301745), **CLOSE)
    assert (greater.conf_low, greater.conf_high) == pytest.approx((0.662233290664387, 1), **CLOSE)


@pytest.mark.parametrize("run", [t_test, mann_whitney, signed_rank, pearson, spearman, kendall])
def test_no_other_alternative(run):
    with pytest.raises(RequestError) as refused:
        run(X, Z, alternative="two.sided")
    assert refused.value.code == "unknown-option"


def test_nothing_that_varies_has_no_p_value():
    same = [2.0, 2.0, 2.0]
    for side in SIDES:
        found = t_test(same, same, alternative=side)
        assert np.isnan([found.test.p_value, pearson(same, X[:3], alternative=side).test.p_value]).all()
        assert np.isnan(mann_whitney(same, same, alternative=side).p_value)
        few = mean_test([1.0], alternative=side)
        assert np.isnan([few.conf_low, few.conf_high]).all()


def test_an_interval_with_one_end_needs_a_level_above_one_half():
    with pytest.raises(RequestError) as refused:
        level_of(0.5, "less")
    assert refused.value.code == "not-a-fraction"
    assert level_of(0.5, "two-sided") == 0.5
    assert one_ended(1.0, 2.0, "less") == (-np.inf, 2.0)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.integers(0, 6), min_size=3, max_size=9), st.lists(st.integers(0, 6), min_size=3, max_size=9))
def test_the_sides_change_places_with_the_samples(a, b):
    for run in (t_test, mann_whitney):
        one = getattr(run(a, b, alternative="less"), "test", run(a, b, alternative="less")).p_value
        other = getattr(run(b, a, alternative="greater"), "test", run(b, a, alternative="greater")).p_value
        assert one == pytest.approx(other, rel=1e-12, nan_ok=True)


@given(st.floats(-5, 5), st.floats(0, 1))
def test_both_sides_together_are_certain(statistic, p):
    both = directed_p(statistic, p, "less") + directed_p(statistic, p, "greater")
    assert both == pytest.approx(1.0 if statistic else 2 - p, abs=1e-12)
