"""Generalized linear models: statsmodels, derivatives, identities of designs, and what has no fit."""

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st

from cxsurvey.errors import DataFault, RequestError
from cxsurvey.numerics.estimation.estimators import by_group, means
from cxsurvey.numerics.models.generalized_linear import generalized_linear
from cxsurvey.numerics.models.predictors import Factor, Number, predictors
from cxsurvey.numerics.models.regression import regression
from cxsurvey.numerics.sampling.fitted import fit
from cxsurvey.numerics.sampling.multistage import multistage_design
from cxsurvey.numerics.sampling.replicate_weights import jackknife
from cxsurvey.numerics.sampling.replication import replicate_design

FAMILIES = ("linear", "logit", "probit", "poisson")
SIZES = ("small", "medium", "large")


def sample(seed=3, n=120):
    """Outcomes of every family, a number, a factor, weights and clusters."""
    rng = np.random.default_rng(seed)
    x, size = rng.normal(0, 1, n), np.arange(n) % 3
    eta = 0.4 * x + 0.3 * (size == 1) - 0.5 * (size == 2)
    yes = (rng.random(n) < 1 / (1 + np.exp(-eta))).astype(float)
    outcomes = {
        "linear": eta + rng.normal(0, 1, n), "logit": yes, "probit": yes, "poisson": rng.poisson(np.exp(eta)),
    }  # fmt: skip
    return outcomes, x, size, rng.uniform(0.5, 3, n), rng.integers(0, 15, n)


OUTCOMES, X, SIZE, W, CLUSTERS = sample()
N = len(X)


def matrix(x=X, size=SIZE, *, baseline=0, domain=None):
    return predictors([Number("x", x), Factor("size", size, SIZES, baseline)], domain=domain)


@pytest.mark.parametrize("family", ["linear", "logit", "poisson"])
def test_a_simple_sample_is_statsmodels_with_its_robust_covariance(family):
    """HC0 takes the sum of squares, a sample of n respondents n / (n - 1) of it. Both solve to about 1e-10."""
    made = {
        "linear": sm.families.Gaussian(), "logit": sm.families.Binomial(),
        "poisson": sm.families.Poisson(),
    }[family]  # fmt: skip
    rows = matrix()
    theirs = sm.GLM(OUTCOMES[family], rows.columns, family=made).fit(tol=1e-14, cov_type="HC0")
    ours = regression(multistage_design(np.ones(N)), generalized_linear(OUTCOMES[family], rows, family=family))
    np.testing.assert_allclose(ours.fitted.estimate, theirs.params, rtol=1e-7, atol=1e-9)
    np.testing.assert_allclose(ours.fitted.covariance, theirs.cov_params() * N / (N - 1), rtol=1e-6, atol=1e-9)
    assert ours.df_residual == N - 4


def test_probit_is_statsmodels_with_the_expected_information():
    """statsmodels' own robust covariance of a probit takes the observed information."""
    rows = matrix()
    probit = sm.families.Binomial(sm.families.links.Probit())
    theirs = sm.GLM(OUTCOMES["probit"], rows.columns, family=probit).fit(tol=1e-14)
    ours = regression(
        multistage_design(np.ones(N)), generalized_linear(OUTCOMES["probit"], rows, family="probit")
    )
    np.testing.assert_allclose(ours.fitted.estimate, theirs.params, rtol=1e-7)
    eta = rows.columns @ theirs.params
    mean, density = theirs.fittedvalues, np.exp(-(eta**2) / 2) / np.sqrt(2 * np.pi)
    factor = density / (mean * (1 - mean))
    bread = np.linalg.inv(rows.columns.T @ (rows.columns * (density * factor)[:, None]))
    scores = rows.columns * (factor * (OUTCOMES["probit"] - mean))[:, None]
    expected = bread @ scores.T @ scores @ bread * N / (N - 1)
    np.testing.assert_allclose(ours.fitted.covariance, expected, rtol=1e-6, atol=1e-10)


def test_a_weighted_line_is_weighted_least_squares():
    rows = matrix()
    theirs = sm.WLS(OUTCOMES["linear"], rows.columns, weights=W).fit(cov_type="HC0")
    ours = regression(multistage_design(W), generalized_linear(OUTCOMES["linear"], rows))
    np.testing.assert_allclose(ours.fitted.estimate, theirs.params, rtol=1e-12)
    np.testing.assert_allclose(
        ours.fitted.covariance, theirs.cov_params() * N / (N - 1), rtol=1e-11, atol=1e-16
    )


@pytest.mark.parametrize("family", FAMILIES)
def test_influence_is_the_weight_times_the_derivative(family):
    """Only of the canonical links: a probit's expected information is not the derivative of its score."""
    model = generalized_linear(OUTCOMES[family], matrix(domain=np.arange(N) % 5 != 1), family=family)
    influence = model.influence(W)
    rough = {"probit": 0.05}.get(family, 2e-5)
    for i in range(0, N, 7):
        step = np.zeros(N)
        step[i] = 1e-4 * W[i]
        slope = (model.at(W + step) - model.at(W - step)) / 2e-4
        np.testing.assert_allclose(influence[i], slope, atol=rough * np.abs(influence).max())
    assert (influence[np.arange(N) % 5 == 1] == 0).all()
    np.testing.assert_allclose(influence.sum(axis=0), 0, atol=1e-8)


@settings(deadline=None, max_examples=15)
@given(seed=st.integers(0, 10**6), family=st.sampled_from(FAMILIES), scale=st.floats(1e-3, 1e3))
def test_scale_of_weights_and_order_of_rows_change_nothing(seed, family, scale):
    outcomes, x, size, w, cluster = sample(seed)
    order = np.random.default_rng(seed).permutation(len(x))
    one = regression(
        multistage_design(w, clusters=[cluster]),
        generalized_linear(outcomes[family], matrix(x, size), family=family),
    )
    other = regression(
        multistage_design(scale * w[order], clusters=[cluster[order]]),
        generalized_linear(outcomes[family][order], matrix(x[order], size[order]), family=family),
    )
    np.testing.assert_allclose(other.fitted.estimate, one.fitted.estimate, rtol=1e-6, atol=1e-7)
    np.testing.assert_allclose(other.fitted.covariance, one.fitted.covariance, rtol=1e-6, atol=1e-7)
    assert other.df_residual == one.df_residual


@settings(deadline=None, max_examples=15)
@given(seed=st.integers(0, 10**6), family=st.sampled_from(FAMILIES))
def test_another_baseline_is_the_same_fit(seed, family):
    outcomes, x, size, w, cluster = sample(seed)
    design = multistage_design(w, clusters=[cluster])
    found = [
        regression(
            design, generalized_linear(outcomes[family], matrix(x, size, baseline=b), family=family)
        ).fitted
        for b in (0, 2)
    ]
    # constant, x, and the gaps of small, medium and large: those to large are those to small less large's
    turned = found[0].contrasts([[1, 0, 0, 1], [0, 1, 0, 0], [0, 0, 0, -1], [0, 0, 1, -1]])
    np.testing.assert_allclose(found[1].estimate, turned.estimate, rtol=1e-6, atol=1e-7)
    np.testing.assert_allclose(found[1].covariance, turned.covariance, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("replicated", [False, True])
def test_a_factor_alone_gives_domain_means(replicated):
    design = multistage_design(W, clusters=[CLUSTERS])
    design = jackknife(design) if replicated else design
    alone = predictors([Factor("size", SIZE, SIZES)])
    ours = fit(design, generalized_linear(OUTCOMES["linear"], alone)).contrasts(
        [[1, 0, 0], [1, 1, 0], [1, 0, 1]]
    )
    theirs = fit(design, by_group(means(OUTCOMES["linear"]), SIZE, 3))
    np.testing.assert_allclose(ours.estimate, theirs.estimate, rtol=1e-11)
    np.testing.assert_allclose(ours.covariance, theirs.covariance, rtol=1e-9, atol=1e-14)


@pytest.mark.parametrize("family", ["linear", "logit", "poisson"])
def test_small_changes_of_weights_give_the_linearized_variance(family):
    """Each replicate takes a thousandth of a respondent; its variance differs by the curvature, about 1e-3."""
    model = generalized_linear(OUTCOMES[family], matrix(), family=family)
    small = 1e-3
    columns = W[:, None] * (1 + small * (np.eye(N) - 1 / N))
    replicates = replicate_design(W, columns, scale=N / (N - 1) / small**2)
    linear = regression(multistage_design(W), model).fitted.covariance
    np.testing.assert_allclose(fit(replicates, model).covariance, linear, rtol=2e-3, atol=2e-3 * linear.max())


def test_respondents_without_a_weight_count_for_nothing_but_the_domain():
    w = W.copy()
    w[::6] = 0.0
    kept = w > 0
    with_them = generalized_linear(OUTCOMES["logit"], matrix(), family="logit")
    without = generalized_linear(OUTCOMES["logit"][kept], matrix(X[kept], SIZE[kept]), family="logit")
    np.testing.assert_allclose(with_them.at(w), without.at(w[kept]), rtol=1e-9)
    assert (with_them.influence(w)[~kept] == 0).all()


def test_who_did_not_answer_a_predictor_is_outside():
    x, codes = X.copy(), SIZE.copy()
    x[4], codes[7] = np.nan, -1
    inside = matrix(x, codes).inside
    assert np.flatnonzero(~inside).tolist() == [4, 7]
    full = generalized_linear(OUTCOMES["linear"], matrix(x, codes)).at(W)
    fewer = generalized_linear(OUTCOMES["linear"][inside], matrix(X[inside], SIZE[inside])).at(W[inside])
    np.testing.assert_allclose(full, fewer, rtol=1e-12)


def test_levels_of_nobody_are_left_out_and_the_baseline_with_them():
    made = predictors([Factor("size", SIZE, SIZES)], domain=SIZE != 0)
    assert made.names == ("constant", "size=large")
    assert made.term("size").levels == ("medium", "large")


def test_dispersion_of_a_line_is_its_residual_variance():
    model = generalized_linear(OUTCOMES["linear"], matrix())
    residual = OUTCOMES["linear"] - model.predictors.columns @ model.at(W)
    expected = np.average(residual**2, weights=W) * N / (N - 1)
    assert model.dispersion(W) == pytest.approx(expected, rel=1e-12)


def separated():
    yes = OUTCOMES["logit"].copy()
    yes[SIZE == 2] = 1.0
    return yes


@pytest.mark.parametrize("family", ["logit", "probit", "poisson"])
def test_separation_names_the_predictor(family):
    outcome = 1 - separated() if family == "poisson" else separated()
    model = generalized_linear(outcome, matrix(), family=family)
    with pytest.raises(DataFault, match="infinite") as raised:
        regression(multistage_design(W), model)
    assert (raised.value.code, raised.value.where) == ("outcome-separated", "size=large")
    assert np.isnan(model.at(W)).all()


@pytest.mark.parametrize("family", ["logit", "probit"])
def test_the_limit_of_a_separated_model_has_the_right_shares(family):
    model = generalized_linear(separated(), matrix(), family=family, separation="limit")
    share, _ = model.predicted(model.at(W), model.predictors.columns, None)
    np.testing.assert_allclose(share[SIZE == 2], 1.0, atol=1e-9)
    others = generalized_linear(separated(), matrix(domain=SIZE != 2), family=family)
    np.testing.assert_allclose(model.at(W)[:3], others.at(W), rtol=1e-6)


def test_a_strong_effect_is_no_separation():
    x = np.repeat([0.0, 1.0, 2.0, 30.0], 30)
    yes = (np.arange(120) % 3 < np.repeat([1, 2, 2, 3], 30)).astype(float)
    model = generalized_linear(yes, predictors([Number("x", x)]), family="logit")
    assert model.solve(np.ones(120)).problem == ""
    assert np.abs(model.solve(np.ones(120)).scores.sum(axis=0)).max() < 1e-8


@pytest.mark.parametrize(
    ("code", "where", "make"),
    [
        ("model-without-respondents", "", lambda: (OUTCOMES["linear"], matrix(domain=np.zeros(N)), "linear")),
        ("outcome-constant", "", lambda: (np.ones(N), matrix(), "logit")),
        ("outcome-constant", "", lambda: (np.zeros(N), matrix(), "poisson")),
        (
            "predictors-collinear", "again",
            lambda: (OUTCOMES["linear"], predictors([Number("x", X), Number("again", 2 * X + 1)]), "linear"),
        ),
        ("predictors-collinear", "size=large", lambda: (OUTCOMES["linear"], matrix(domain=_two()), "linear")),
    ],
)  # fmt: skip
def test_what_has_no_fit_says_why(code, where, make):
    outcome, rows, family = make()
    with pytest.raises(DataFault) as raised:
        regression(multistage_design(W), generalized_linear(outcome, rows, family=family))
    assert (raised.value.code, raised.value.where) == (code, where)


def _two():
    """Two respondents of two sizes for three columns."""
    return np.isin(np.arange(N), [1, 2])


@pytest.mark.parametrize(
    ("family", "bad"), [("logit", 1.2), ("probit", -0.1), ("poisson", -1), ("linear", np.nan)]
)
def test_outcomes_that_a_family_cannot_have(family, bad):
    outcome = OUTCOMES["logit"].copy()
    outcome[3] = bad
    with pytest.raises(DataFault, match="1 value of the outcome"):
        generalized_linear(outcome, matrix(), family=family)
    generalized_linear(outcome, matrix(domain=np.arange(N) != 3), family=family)


def test_requests_that_make_no_sense():
    with pytest.raises(DataFault, match="infinite"):
        predictors([Number("x", [1.0, np.inf])])
    for make, code in (
        (lambda: predictors([Number("x", X), Number("x", X)]), "bad-option"),
        (lambda: predictors([Factor("size", SIZE, SIZES, 3)]), "bad-option"),
        (lambda: predictors([Factor("size", SIZE, SIZES[:2])]), "code-out-of-range"),
        (lambda: predictors([Number("x", X), Number("z", X[:-1])]), "array-shape"),
        (lambda: predictors([]), "array-shape"),
        (lambda: generalized_linear(OUTCOMES["linear"], matrix(), family="gamma"), "unknown-option"),
        (lambda: generalized_linear(OUTCOMES["linear"], matrix(), separation="no"), "unknown-option"),
        (lambda: generalized_linear(OUTCOMES["linear"][1:], matrix()), "array-shape"),
        (lambda: matrix().without("age"), "unknown-option"),
        (lambda: matrix().with_everybody("x", 0), "bad-option"),
    ):
        with pytest.raises(RequestError) as raised:
            make()
        assert raised.value.code == code


def test_a_replicate_without_a_fit_leaves_no_variance_unless_it_is_dropped():
    columns = np.tile(W[:, None], (1, 4)) * np.random.default_rng(5).uniform(0.5, 1.5, (N, 4))
    columns[SIZE == 2, 0] = 0.0
    model = generalized_linear(OUTCOMES["linear"], matrix())
    strict = replicate_design(W, columns, scale=0.25)
    assert np.isnan(regression(strict, model).fitted.covariance).all()
    dropping = replicate_design(W, columns, scale=0.25, drop_undefined=True)
    assert np.isfinite(regression(dropping, model).fitted.covariance).all()


def test_too_few_clusters_leave_no_p_value():
    found = regression(
        multistage_design(W, clusters=[np.arange(N) % 3 + 3 * (np.arange(N) > 60)]),
        generalized_linear(OUTCOMES["linear"], predictors([Number(f"x{k}", X**k) for k in range(1, 7)])),
    )
    assert found.df_residual == 5 + 1 - 7
    assert np.isnan(found.p_value).all()
    assert np.isnan(found.interval().low).all()
