"""Models fitted to the totals of kinds of respondents, against the same models fitted to each respondent."""

import numpy as np
import pytest

import cxsurvey.numerics.models.generalized_linear as linear_module
import cxsurvey.numerics.models.model_fits as fits_module
from cxsurvey.errors import RequestError
from cxsurvey.numerics.models.generalized_linear import generalized_linear
from cxsurvey.numerics.models.marginal_effects import average_gap, average_gaps
from cxsurvey.numerics.models.ordinal_models import proportional_odds
from cxsurvey.numerics.models.predictors import Factor, Number, predictors
from cxsurvey.numerics.models.regression import regression
from cxsurvey.numerics.sampling.multistage import as_multistage, multistage_design
from cxsurvey.numerics.sampling.replicate_weights import jackknife
from cxsurvey.numerics.sampling.row_order import reordered, settled_order
from cxsurvey.numerics.tables.design import sample_design

RNG = np.random.default_rng(21)
N = 300
GROUP, SIZE, YEARS = RNG.integers(0, 3, N), RNG.integers(-1, 4, N), RNG.integers(1, 6, N).astype(float)
W, CLUSTERS = RNG.uniform(0.5, 3, N), RNG.integers(0, 30, N)
ETA = 0.5 * (GROUP == 1) - 0.3 * (SIZE == 2) + 0.1 * YEARS - 0.4
OUTCOMES = {
    "linear": ETA + RNG.normal(size=N), "logit": (RNG.random(N) < 1 / (1 + np.exp(-ETA))).astype(float),
    "poisson": RNG.poisson(np.exp(ETA)).astype(float),
}  # fmt: skip
OUTCOMES["probit"] = OUTCOMES["logit"]
CODE = np.digitize(ETA + RNG.logistic(size=N), [-1.0, 0.0, 1.0])
DESIGN = multistage_design(W, clusters=[CLUSTERS])
GROUPS = Factor("group", GROUP, list("abc"))


def by_kind(*, constant=True):
    return predictors([GROUPS, Factor("size", SIZE, list("stuv")), Number("years", YEARS)], constant=constant)


def by_respondent(*, constant=True):
    """The same columns, each respondent a kind of their own."""
    made = by_kind(constant=constant)
    kind = np.where(made.inside, np.cumsum(made.inside) - 1, -1)
    return type(made)(made.columns[made.inside], kind, made.inside, made.terms)


def test_kinds_are_the_rows_that_occur():
    made = by_kind()
    assert len(made.kinds) <= 3 * 4 * 5 < made.inside.sum() == (SIZE >= 0).sum()
    expected = np.column_stack(
        [np.ones(N), *(k == GROUP for k in (1, 2)), *(k == SIZE for k in (1, 2, 3)), YEARS]
    )
    np.testing.assert_array_equal(made.columns, np.where(made.inside[:, None], expected, 0.0))
    np.testing.assert_allclose(made.totals(W), np.bincount(made.kind[made.inside], W[made.inside]), rtol=1e-14)


def test_a_number_of_many_values_makes_everybody_a_kind():
    made = predictors([GROUPS, Number("x", OUTCOMES["linear"])])
    assert len(made.kinds) == N
    assert len(predictors([GROUPS, Number("x", YEARS / 7)]).kinds) == 15


@pytest.mark.parametrize("family", OUTCOMES)
def test_totals_of_kinds_give_what_respondents_give(family):
    one, each = (
        generalized_linear(OUTCOMES[family], made, family=family) for made in (by_kind(), by_respondent())
    )
    mine, theirs = one.solve(W), each.solve(W)
    np.testing.assert_allclose(mine.parameters, theirs.parameters, rtol=1e-9, atol=1e-11)
    np.testing.assert_allclose(mine.inverse, theirs.inverse, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(mine.influence, theirs.influence, rtol=1e-7, atol=1e-10)
    np.testing.assert_allclose(mine.influence, mine.influence_on(np.eye(7)), rtol=1e-12)
    assert mine.deviance == pytest.approx(theirs.deviance, rel=1e-12)
    assert one.dispersion(W) == pytest.approx(each.dispersion(W), rel=1e-12)


@pytest.mark.parametrize("link", ["logit", "probit"])
def test_ordered_answers_by_kind_and_category(link):
    one, each = (
        proportional_odds(CODE, made, link=link)
        for made in (by_kind(constant=False), by_respondent(constant=False))
    )
    mine, theirs = one.solve(W), each.solve(W)
    np.testing.assert_allclose(mine.parameters, theirs.parameters, rtol=1e-9)
    np.testing.assert_allclose(mine.influence, theirs.influence, rtol=1e-7, atol=1e-10)
    assert mine.deviance == pytest.approx(theirs.deviance, rel=1e-12)


@pytest.mark.parametrize("family", OUTCOMES)
def test_normal_equations_give_what_orthogonal_ones_give(monkeypatch, family):
    """As beyond 20,000 kinds; the last step but one is another, so standard errors agree to 1e-6."""
    model = generalized_linear(OUTCOMES[family], by_respondent(), family=family)
    expected = regression(DESIGN, model).fitted
    for module in (linear_module, fits_module):
        monkeypatch.setattr(module, "MANY_ROWS", 10)
    found = regression(DESIGN, model).fitted
    np.testing.assert_allclose(found.estimate, expected.estimate, rtol=1e-9)
    np.testing.assert_allclose(found.std_error, expected.std_error, rtol=1e-6)


def test_columns_that_depend_are_found_by_sums_of_squares_too(monkeypatch):
    monkeypatch.setattr(fits_module, "MANY_ROWS", 10)
    x, noise = np.random.default_rng(2).normal(size=(2, N))
    for extra, expected in ((2 * x - 3, (2,)), (2 * x - 3 + 1e-7 * noise, ())):
        columns = np.column_stack([np.ones(N), x, extra])
        assert fits_module.dependent_columns(columns, W) == expected


def test_several_gaps_come_from_one_fit():
    model = generalized_linear(OUTCOMES["logit"], by_kind(), family="logit")
    pairs = [("a", "b"), ("c", "a"), ("b", "b")]
    found = average_gaps(DESIGN, model, "group", pairs=pairs)
    for place, (a, b) in enumerate(pairs):
        one = average_gap(DESIGN, model, "group", a=a, b=b)
        assert found.gap[place] == pytest.approx(one.gap, rel=1e-12)
        assert found.std_error[place] == pytest.approx(one.std_error, rel=1e-12)
    assert (found.gap[2], found.std_error[2]) == (0, 0)
    assert np.isnan(found.p_value[2])


def test_worths_of_ordered_answers_make_a_mean():
    model = proportional_odds(CODE, by_kind(constant=False))
    each = [
        average_gaps(DESIGN, model, "group", pairs=[("a", "b")], responses=one) for one in np.eye(4, dtype=bool)
    ]
    worth = np.array([-1.0, 0.5, 2.0, 7.0])
    mean = average_gaps(DESIGN, model, "group", pairs=[("a", "b")], responses=worth)
    assert mean.gap[0] == pytest.approx(
        sum(w * one.gap[0] for w, one in zip(worth, each, strict=True)), rel=1e-10
    )


def test_columns_left_out_merge_levels_with_the_baseline():
    made = predictors([Factor("size", [0, 1, 2, 2], list("abc")), Number("x", [1.0, 2, 3, 5])])
    less = made.without_columns([1])
    assert less.names == ("constant", "size=c", "x")
    assert less.term("size").levels == ("a", "c")
    assert made.without_columns([1, 2]).names == ("constant", "x")
    assert made.without_columns([3]).names == ("constant", "size=b", "size=c")


@pytest.mark.parametrize(
    "design",
    [
        sample_design(W, cluster=CLUSTERS, stratum=CLUSTERS % 3),
        multistage_design(W, clusters=[CLUSTERS, np.arange(N)], fpc=[np.full(N, 40), np.full(N, 50)]),
        multistage_design(W),
        jackknife(DESIGN),
    ],
    ids=["one stage", "two stages", "respondents", "replicates"],
)
def test_rows_in_another_order_give_the_same(design):
    order = settled_order(design, [GROUP, SIZE])
    assert sorted(order.tolist()) == list(range(N))
    assert (np.diff(W[order]) >= 0).all()
    model = generalized_linear(OUTCOMES["logit"], by_kind(), family="logit")
    rows = [Factor("group", GROUP[order], list("abc")), Factor("size", SIZE[order], list("stuv"))]
    other = generalized_linear(
        OUTCOMES["logit"][order], predictors([*rows, Number("years", YEARS[order])]), family="logit"
    )
    whole = as_multistage(design) if hasattr(design, "strata") else design
    np.testing.assert_allclose(
        regression(whole, model).fitted.covariance,
        regression(reordered(design, order), other).fitted.covariance,
        rtol=1e-8, atol=1e-12,
    )  # fmt: skip


def test_other_designs_cannot_be_put_in_order():
    class Odd:
        weights, n = np.ones(3), 3

    with pytest.raises(RequestError) as error:
        reordered(Odd(), np.arange(3))
    assert error.value.code == "bad-option"
