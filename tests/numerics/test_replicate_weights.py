"""Replicate weights: equal to linearization where statistics are linear; balance, rank, and what is refused."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from test_multistage import designed, samples

from cxsurvey.errors import DataFault, RequestError
from cxsurvey.numerics.estimation.estimators import means, totals
from cxsurvey.numerics.estimation.log_odds import LogOdds, log_odds_interval
from cxsurvey.numerics.sampling.fitted import fit
from cxsurvey.numerics.sampling.hadamard import hadamard_matrix
from cxsurvey.numerics.sampling.multistage import multistage_design
from cxsurvey.numerics.sampling.replicate_weights import balanced_replicates, bootstrap_replicates, jackknife
from cxsurvey.numerics.sampling.replication import replicate_design, replication_scale


def pairs():
    """Six strata of two clusters."""
    rng = np.random.default_rng(4)
    stratum = np.repeat(np.arange(6), 6)
    cluster = np.tile(np.repeat([1, 2], 3), 6)
    design = multistage_design(rng.uniform(1, 4, 36), clusters=[cluster], strata=[stratum], nest=True)
    return design, rng.normal(5, 2, 36)


@settings(deadline=None, max_examples=20)
@given(data=samples(), mse=st.booleans())
def test_the_jackknife_of_totals_is_linearization(data, mse):
    design = designed(data)
    expected = fit(design, totals(data["y"])).covariance
    found = fit(jackknife(design, mse=mse), totals(data["y"])).covariance
    # JKn around the mean of all replicates differs by the means of the strata, which are equal for totals.
    np.testing.assert_allclose(found, expected, rtol=1e-8)


def test_the_jackknife_carries_the_correction():
    y, size = np.array([1.0, 5, 2, 8, 3]), np.full(5, 12)
    design = multistage_design(None, fpc=[size])
    np.testing.assert_allclose(
        fit(jackknife(design), totals(y)).covariance, fit(design, totals(y)).covariance, rtol=1e-12
    )
    stratified = multistage_design(None, strata=[["a", "a", "b", "b", "b"]], fpc=[[9, 9, 12, 12, 12]])
    np.testing.assert_allclose(
        fit(jackknife(stratified), totals(y)).covariance, fit(stratified, totals(y)).covariance, rtol=1e-12
    )


@pytest.mark.parametrize("rho", [0.0, 0.3, 0.7])
def test_balanced_half_samples_of_totals_are_linearization(rho):
    design, y = pairs()
    made = balanced_replicates(design, fay_rho=rho)
    np.testing.assert_allclose(fit(made, totals(y)).covariance, fit(design, totals(y)).covariance, rtol=1e-10)
    assert (made.df, made.replicates.shape) == (6, (36, 8))


def test_the_bootstrap_is_repeatable_and_near_linearization():
    design, y = pairs()
    first, second = (bootstrap_replicates(design, replicates=400, seed=7) for _ in range(2))
    np.testing.assert_array_equal(first.replicates, second.replicates)
    assert (bootstrap_replicates(design, replicates=400, seed=8).replicates != first.replicates).any()
    # 400 replicates give a variance with a coefficient of variation of about sqrt(2 / 400 + kurtosis), 0.1.
    ratio = fit(first, totals(y)).covariance / fit(design, totals(y)).covariance
    assert 0.7 < ratio[0, 0] < 1.4


def test_degrees_of_freedom_are_the_rank_less_one():
    design, _ = pairs()
    made = jackknife(design)
    bare = replicate_design(made.weights, made.replicates, scale=1.0)
    assert made.df == design.df == 6
    assert bare.degrees_of_freedom() == 6
    half = np.arange(36) < 18
    assert made.degrees_of_freedom(half) == bare.degrees_of_freedom(half) == 3
    assert bare.degrees_of_freedom(np.zeros(36, bool)) == 0


def test_given_degrees_of_freedom_are_an_upper_limit():
    design, _ = pairs()
    made = replicate_design(design.weights, jackknife(design).replicates, scale=1.0, df=2)
    assert (made.df, made.degrees_of_freedom(np.arange(36) < 18)) == (2, 2)


def test_multipliers_and_combined_weights_are_the_same():
    design, y = pairs()
    combined = jackknife(design)
    multipliers = combined.replicates / combined.weights[:, None]
    again = replicate_design(
        combined.weights, multipliers, combined=False, scale=combined.scale, rscales=combined.rscales
    )
    np.testing.assert_allclose(fit(again, means(y)).covariance, fit(combined, means(y)).covariance, rtol=1e-12)


def test_the_centre_is_the_mean_or_the_estimate():
    w, columns, y = np.ones(3), np.array([[2.0, 0], [0, 2], [1, 1]]), np.array([1.0, 2, 6])
    theta = columns.T @ y
    spread = fit(replicate_design(w, columns, kind="brr"), totals(y)).covariance[0, 0]
    around = fit(replicate_design(w, columns, kind="brr", mse=True), totals(y)).covariance[0, 0]
    assert spread == pytest.approx(((theta - theta.mean()) ** 2).mean(), rel=1e-14)
    assert around == pytest.approx(((theta - y.sum()) ** 2).mean(), rel=1e-14)


def test_replicates_of_scale_zero_take_no_part():
    w, columns, y = np.ones(3), np.array([[2.0, 0, 9], [0, 2, 9], [1, 1, 0]]), np.array([1.0, 2, 6])
    with_idle = replicate_design(w, columns, scale=0.5, rscales=[1, 1, 0])
    without = replicate_design(w, columns[:, :2], scale=0.5)
    np.testing.assert_array_equal(fit(with_idle, means(y)).covariance, fit(without, means(y)).covariance)


def test_a_replicate_that_cannot_make_the_estimate():
    """Leaving out the only cluster of a domain leaves nobody: unknown, or left out when asked."""
    design = multistage_design(np.ones(6), clusters=[[1, 1, 2, 2, 3, 3]])
    y, domain = np.arange(6.0), np.array([True, True, False, False, True, True])
    alone = np.array([True, True, False, False, False, False])
    made = jackknife(design)
    assert np.isnan(fit(made, means(y, domain=alone)).std_error).all()
    dropping = replicate_design(
        made.weights, made.replicates, scale=made.scale, rscales=made.rscales, drop_undefined=True
    )
    assert fit(dropping, means(y, domain=alone)).std_error.tolist() == [0.0]
    np.testing.assert_array_equal(
        fit(dropping, means(y, domain=domain)).covariance, fit(made, means(y, domain=domain)).covariance
    )


def test_log_odds_of_linearization_are_the_delta_method():
    design, y = pairs()
    shares = means(y > 5)
    fitted, odds = fit(design, shares), fit(design, LogOdds(shares))
    p = fitted.estimate
    np.testing.assert_allclose(odds.estimate, np.log(p / (1 - p)), rtol=1e-14)
    np.testing.assert_allclose(odds.std_error, fitted.std_error / (p * (1 - p)), rtol=1e-12)
    limits = log_odds_interval(design, shares, df=6)
    assert 0 < limits.low[0] < p[0] < limits.high[0] < 1
    assert np.isnan(log_odds_interval(design, means(y > 100)).low).all()


@pytest.mark.parametrize("least", range(1, 130))
def test_hadamard_matrices_are_orthogonal_with_a_first_row_and_column_of_ones(least):
    matrix = hadamard_matrix(least)
    size = len(matrix)
    assert size >= least
    assert set(np.unique(matrix)) <= {-1, 1}
    np.testing.assert_array_equal(matrix @ matrix.T, size * np.eye(size))
    assert (matrix[0] == 1).all()
    assert (matrix[:, 0] == 1).all()


def test_usual_scales():
    assert replication_scale("jackknife", 10) == pytest.approx(0.9)
    assert replication_scale("brr", 16) == pytest.approx(1 / 16)
    assert replication_scale("fay", 16, fay_rho=0.3) == pytest.approx(0.1275510204081633)
    assert replication_scale("bootstrap", 60) == pytest.approx(0.016949152542372881)


LONELY = multistage_design(np.ones(3), strata=[["a", "a", "b"]])
ADJUST = multistage_design(np.ones(3), strata=[["a", "a", "b"]], lonely="adjust")
CORRECTED = multistage_design(None, fpc=[[9, 9]])


@pytest.mark.parametrize(
    ("call", "kind", "code"),
    [
        (lambda: jackknife(LONELY), DataFault, "lonely-stratum"),
        (lambda: jackknife(ADJUST), RequestError, "bad-option"),
        (lambda: bootstrap_replicates(LONELY, replicates=9, seed=1), DataFault, "lonely-stratum"),
        (lambda: bootstrap_replicates(CORRECTED, replicates=1, seed=1), RequestError, "bad-option"),
        (lambda: balanced_replicates(ADJUST), DataFault, "two-clusters-needed"),
        (lambda: balanced_replicates(CORRECTED), RequestError, "bad-option"),
        (lambda: balanced_replicates(pairs()[0], fay_rho=1.0), RequestError, "bad-option"),
        (lambda: hadamard_matrix(0), RequestError, "bad-option"),
        (lambda: replication_scale("other", 4), RequestError, "bad-option"),
        (lambda: replication_scale("jk9", 4), RequestError, "unknown-option"),
        (lambda: replication_scale("bootstrap", 1), RequestError, "bad-option"),
        (lambda: replicate_design([1, 1], [[1.0], [1], [1]], kind="brr"), RequestError, "array-shape"),
        (lambda: replicate_design([1, 1], np.ones((2, 0)), kind="brr"), RequestError, "array-shape"),
        (lambda: replicate_design([1, 1], np.ones((2, 2)), scale=1, rscales=[1]), RequestError, "array-shape"),
        (lambda: replicate_design([1, 1], np.ones((2, 2)), scale=-1), RequestError, "bad-option"),
        (lambda: replicate_design([1, 1], [[1.0], [np.nan]], scale=1), DataFault, "replicate-weights-unusable"),
        (lambda: replicate_design([1, 1], [[1.0], [-1]], scale=1), DataFault, "replicate-weights-unusable"),
        (lambda: replicate_design([1, -1], [[1.0], [1]], scale=1), DataFault, "weights-negative"),
    ],
)
def test_what_cannot_be_replicated_is_refused(call, kind, code):
    with pytest.raises(kind) as caught:
        call()
    assert caught.value.code == code


def test_a_lonely_cluster_has_no_replicate_when_it_counts_as_certain():
    certain = multistage_design(np.ones(3), strata=[["a", "a", "b"]], lonely="certainty")
    assert jackknife(certain).replicates.shape == (3, 2)
    np.testing.assert_array_equal(bootstrap_replicates(certain, replicates=5, seed=1).replicates[2], np.ones(5))


def nearly_dependent(columns):
    """Rounded replicates can be dependent but for the rounding: then the rank is a matter of tolerance."""
    length = np.sqrt((columns**2).sum(axis=0))
    sizes = np.linalg.svd(columns[:, length > 0] / length[length > 0], compute_uv=False)
    return ((sizes > 1e-8) & (sizes < 1e-3)).any()


@settings(deadline=None, max_examples=30)
@example(92, "bootstrap", True)  # noqa: FBT003 - whether weights are rounded
@given(st.integers(0, 10_000), st.sampled_from(["jackknife", "bootstrap", "few", "brr"]), st.booleans())
def test_degrees_of_freedom_of_unions_are_ranks(seed, kind, rounded):
    """The dependencies between clusters, found once, give the rank of any domain's rows."""
    rng = np.random.default_rng(seed)
    strata, clusters = rng.integers(2, 5), 2 if kind == "brr" else int(rng.integers(2, 6))
    cluster = np.repeat(np.arange(strata * clusters), 4)
    weights = rng.uniform(0.5, 3.0, len(cluster)).round(3)
    design = multistage_design(weights, strata=[cluster // clusters], clusters=[cluster])
    made = {
        "jackknife": lambda: jackknife(design),
        "brr": lambda: balanced_replicates(design),
        "bootstrap": lambda: bootstrap_replicates(design, replicates=60, seed=seed),
        "few": lambda: bootstrap_replicates(design, replicates=3, seed=seed),
    }[kind]()
    columns = made.replicates.round(2) if rounded else made.replicates
    given_columns = replicate_design(weights, columns, scale=1.0)
    bases = rng.random((len(cluster), 4)) < rng.uniform(0.02, 1.0, 4)
    found = given_columns.union_degrees_of_freedom(bases)
    for a in range(4):
        for b in range(4):
            both = bases[:, a] | bases[:, b]
            if not nearly_dependent(columns[both]):
                assert found[a, b] == given_columns.degrees_of_freedom(both)
