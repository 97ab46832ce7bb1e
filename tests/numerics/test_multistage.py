"""Designs of several stages: textbook formulas written out, the one-stage path, and what the rules do."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxsurvey.errors import DataFault, RequestError
from cxsurvey.numerics.estimation.estimators import by_group, means, ratios, totals
from cxsurvey.numerics.sampling.fitted import fit
from cxsurvey.numerics.sampling.multistage import multistage_design
from cxsurvey.numerics.tables.totals import cell_totals, domain_df, sample_design
from cxsurvey.numerics.tables.variance import ratio_estimates


@st.composite
def samples(draw, *, lonely=False):
    """A stratified cluster sample as arrays, with two clusters a stratum or more unless lonely ones may be."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    strata, clusters = [], []
    for h in range(draw(st.integers(2, 4))):
        for c in range(draw(st.integers(1 if lonely and h else 2, 4))):
            size = draw(st.integers(1, 4))
            strata += [f"s{h}"] * size
            clusters += [f"s{h}c{c}"] * size
    n = len(strata)
    order = rng.permutation(n)
    return {
        "stratum": np.array(strata)[order],
        "cluster": np.array(clusters)[order],
        "weights": rng.uniform(1, 9, n).round(3),
        "y": rng.normal(3, 1, n).round(3),
        "group": rng.integers(0, 3, n),
    }


def designed(data, **options):
    return multistage_design(data["weights"], clusters=[data["cluster"]], strata=[data["stratum"]], **options)


@pytest.mark.parametrize("lonely", ["remove", "certainty", "adjust", "average"])
@settings(deadline=None, max_examples=25)
@given(data=samples(lonely=True))
def test_one_stage_is_the_one_stage_path(lonely, data):
    design = designed(data, lonely=lonely)
    plain = sample_design(data["weights"], stratum=data["stratum"], cluster=data["cluster"], lonely=lonely)
    known = sorted(set(data["group"].tolist()))
    group = np.searchsorted(known, data["group"])
    level = (data["y"] > 3).astype(int)
    size = len(known)
    cells = cell_totals(plain, 2 * group + level, 2 * size)
    expected = ratio_estimates(cells, np.kron(np.eye(size), [[0, 1]]), np.kron(np.eye(size), [[1, 1]]))
    found = fit(design, by_group(means(level), group, size))
    np.testing.assert_allclose(found.estimate, expected.estimate, rtol=1e-12)
    # Sums of squares taken in another order; a variance of nothing is 1e-16 of the shares squared.
    # A group of one answer in lonely strata alone: the one-stage path says 0, the rule "average" nothing.
    known = ~np.isnan(found.covariance)
    np.testing.assert_allclose(found.covariance[known], expected.covariance[known], rtol=1e-9, atol=1e-14)
    assert (np.nan_to_num(expected.covariance[~known]) == 0).all()
    assert found.df.tolist() == expected.df.tolist() == [domain_df(plain, group == g) for g in range(size)]
    assert found.n.tolist() == expected.n.tolist()


def two_stage():
    """Three of ten schools, two to three of their four to nine pupils."""
    school = np.array(["a", "a", "b", "b", "b", "c", "c"])
    pupil = np.array([1, 2, 1, 2, 3, 1, 2])
    n_schools, n_pupils = np.full(7, 10), np.array([4, 4, 9, 9, 9, 5, 5])
    y = np.array([3.0, 5.0, 2.0, 7.0, 4.0, 6.0, 1.0])
    return school, pupil, n_schools, n_pupils, y


def test_two_stages_by_the_textbook():
    """Cochran 1977, eq. 11.24: N² (1-f) s²/n + N/n sum M_i² (1-f_i) s_i²/m_i."""
    school, pupil, n_schools, n_pupils, y = two_stage()
    design = multistage_design(None, clusters=[school, pupil], fpc=[n_schools, n_pupils])
    N, n = 10, 3
    M, m = {"a": 4, "b": 9, "c": 5}, {"a": 2, "b": 3, "c": 2}
    total = {s: M[s] * y[school == s].mean() for s in M}
    between = N**2 * (1 - n / N) * np.var(list(total.values()), ddof=1) / n
    within = N / n * sum(M[s] ** 2 * (1 - m[s] / M[s]) * y[school == s].var(ddof=1) / m[s] for s in M)
    fitted = fit(design, totals(y))
    np.testing.assert_allclose(design.weights, n_pupils / [2, 2, 3, 3, 3, 2, 2] * N / n, rtol=1e-14)
    np.testing.assert_allclose(fitted.estimate, N / n * sum(total.values()), rtol=1e-13)
    np.testing.assert_allclose(fitted.covariance[0, 0], between + within, rtol=1e-12)


def test_sizes_and_fractions_are_the_same_correction():
    school, pupil, n_schools, n_pupils, y = two_stage()
    sizes = multistage_design(None, clusters=[school, pupil], fpc=[n_schools, n_pupils])
    drawn = np.array([2, 2, 3, 3, 3, 2, 2])
    shares = multistage_design(None, clusters=[school, pupil], fpc=[3 / n_schools, drawn / n_pupils])
    np.testing.assert_allclose(shares.weights, sizes.weights, rtol=1e-14)
    np.testing.assert_allclose(fit(shares, means(y)).covariance, fit(sizes, means(y)).covariance, rtol=1e-12)


def test_labels_of_a_later_stage_may_start_again_or_not():
    school, pupil, n_schools, n_pupils, y = two_stage()
    again = multistage_design(None, clusters=[school, pupil], fpc=[n_schools, n_pupils])
    unique = multistage_design(None, clusters=[school, np.arange(7)], fpc=[n_schools, n_pupils])
    np.testing.assert_array_equal(fit(again, means(y)).covariance, fit(unique, means(y)).covariance)


def test_below_a_stage_with_replacement_nothing_is_added():
    school, pupil, _, n_pupils, y = two_stage()
    w = np.linspace(1, 2, 7)
    deep = multistage_design(w, clusters=[school, pupil], fpc=[None, n_pupils])
    flat = multistage_design(w, clusters=[school])
    np.testing.assert_array_equal(fit(deep, means(y)).covariance, fit(flat, means(y)).covariance)


def test_everybody_drawn_leaves_no_variance():
    y = np.array([1.0, 4.0, 2.0])
    design = multistage_design(None, fpc=[np.full(3, 3)])
    assert fit(design, totals(y)).std_error.tolist() == [0.0]


def test_strata_within_clusters_at_the_second_stage():
    """With the first stage a census, the variance is that of a stratified sample of pupils."""
    school = np.repeat(["a", "b"], 6)
    sex = np.tile(["f", "f", "f", "m", "m", "m"], 2)
    y = np.array([1.0, 2, 4, 3, 3, 5, 2, 6, 1, 4, 2, 2])
    size = np.full(12, 9)
    deep = multistage_design(
        None, clusters=[school, np.arange(12)], strata=[None, sex], fpc=[np.full(12, 2), size]
    )
    flat = multistage_design(None, strata=[np.char.add(school, sex)], fpc=[size])
    np.testing.assert_allclose(fit(deep, means(y)).covariance, fit(flat, means(y)).covariance, rtol=1e-12)


@settings(deadline=None, max_examples=25)
@given(data=samples(), scale=st.floats(1e-3, 1e6), seed=st.integers(0, 1000))
def test_scale_of_weights_and_order_of_rows_do_not_matter(data, scale, seed):
    first = fit(designed(data), means(data["y"]))
    order = np.random.default_rng(seed).permutation(len(data["y"]))
    turned = {key: values[order] for key, values in data.items()}
    second = fit(designed(turned | {"weights": scale * turned["weights"]}), means(turned["y"]))
    np.testing.assert_allclose(second.estimate, first.estimate, rtol=1e-11)
    np.testing.assert_allclose(second.covariance, first.covariance, rtol=1e-8, atol=1e-26)
    assert second.df.tolist() == first.df.tolist()


@settings(deadline=None, max_examples=25)
@given(data=samples())
def test_labels_are_only_labels(data):
    again = dict(data)
    again["stratum"] = np.array([f"z{label[::-1]}" for label in data["stratum"]])
    again["cluster"] = np.array([label[::-1] for label in data["cluster"]])
    first, second = (fit(designed(d), means(d["y"])).covariance for d in (data, again))
    np.testing.assert_allclose(second, first, rtol=1e-10, atol=1e-26)


def test_a_domain_is_not_a_smaller_sample():
    """Clusters without a member stay in the design: the variance is that of a ratio over all of them."""
    cluster, y = np.array([1, 1, 2, 2, 3, 3]), np.array([1.0, 2, 3, 5, 8, 9])
    inside = np.array([True, True, True, False, False, False])
    design = multistage_design(np.ones(6), clusters=[cluster])
    fitted = fit(design, means(y, domain=inside))
    z = np.where(inside, y - y[inside].mean(), 0) / inside.sum()
    by_cluster = np.array([z[cluster == c].sum() for c in (1, 2, 3)])
    np.testing.assert_allclose(fitted.covariance[0, 0], 3 * by_cluster.var(ddof=1), rtol=1e-13)
    assert (fitted.df.tolist(), fitted.n.tolist(), design.df) == ([1], [3], 2)


def test_weights_of_zero_stay_in_the_variance_but_give_no_degrees_of_freedom():
    w = np.array([0.0, 0, 1, 2, 3, 1])
    design = multistage_design(w)
    assert (design.n, design.df) == (6, 3)
    z = w * (np.arange(6) - np.average(np.arange(6), weights=w)) / w.sum()
    expected = 6 / 5 * (z**2).sum()
    np.testing.assert_allclose(fit(design, means(np.arange(6.0))).covariance[0, 0], expected, rtol=1e-13)


def lonely_sample(**options):
    stratum = np.array(["a", "a", "a", "b", "b", "c"])
    return multistage_design(np.arange(1.0, 7), strata=[stratum], **options), np.array([1.0, 2, 4, 3, 6, 5])


def test_a_lonely_cluster_is_an_error_until_a_rule_is_named():
    design, y = lonely_sample()
    with pytest.raises(DataFault) as caught:
        fit(design, means(y))
    assert caught.value.code == "lonely-stratum"


def test_a_lonely_cluster_outside_the_domain_does_no_harm():
    design, y = lonely_sample()
    assert fit(design, means(y, domain=[True] * 5 + [False])).std_error[0] > 0


def test_average_gives_lonely_strata_the_mean_of_the_others():
    removed, y = lonely_sample(lonely="remove")
    averaged, _ = lonely_sample(lonely="average")
    ratio = fit(averaged, means(y)).covariance / fit(removed, means(y)).covariance
    np.testing.assert_allclose(ratio, 3 / 2, rtol=1e-13)


def test_average_of_nothing_is_unknown():
    design = multistage_design(np.ones(2), strata=[["a", "b"]], lonely="average")
    assert np.isnan(fit(design, means([1.0, 2.0])).std_error).all()


@pytest.mark.parametrize(("lonely", "grows"), [("adjust", True), ("average", True), ("remove", False)])
def test_rules_can_reach_strata_with_one_cluster_in_the_domain(lonely, grows):
    domain = np.array([True, True, True, True, False, False])
    narrow, y = lonely_sample(lonely=lonely)
    wide, _ = lonely_sample(lonely=lonely, adjust_domain=True)
    first, second = (fit(d, means(y, domain=domain)).std_error[0] for d in (narrow, wide))
    assert (second != pytest.approx(first, rel=1e-9)) == grows


def test_estimates_of_nobody_are_unknown():
    fitted = fit(multistage_design(np.ones(3)), ratios([1.0, 2, 3], [1.0, 1, 1], domain=np.zeros(3, bool)))
    assert np.isnan(fitted.estimate).all()
    assert np.isnan(fitted.covariance).all()
    assert (fitted.df.tolist(), fitted.n.tolist()) == ([0], [0])


def test_one_respondent_has_an_estimate_and_no_interval():
    fitted = fit(multistage_design([2.0], lonely="remove"), means([3.0]))
    assert fitted.estimate.tolist() == [3.0]
    assert np.isnan(fitted.interval().low).all()


@pytest.mark.parametrize(
    ("arguments", "kind", "code"),
    [
        ({"weights": None}, RequestError, "weights-needed"),
        (
            {"weights": None, "clusters": [[1, 2], [1, 1]], "fpc": [[9, 9], None]},
            RequestError,
            "weights-needed",
        ),
        ({"weights": [1, 1], "strata": [[1, 2], [1, 1]]}, RequestError, "bad-option"),
        ({"weights": [1, 1], "fpc": [[9, 9], [1, 1]]}, RequestError, "bad-option"),
        ({"weights": [1, 1], "lonely": "fail"}, RequestError, "unknown-option"),
        ({"weights": [1, 1], "clusters": [[1, 2, 3]]}, RequestError, "array-shape"),
        ({"weights": [1, -1]}, DataFault, "weights-negative"),
        ({"weights": [1, np.nan]}, DataFault, "weights-missing"),
        ({"weights": [0, 0]}, DataFault, "weights-zero"),
        ({"weights": [1, 1], "clusters": [[1, np.nan]]}, DataFault, "design-value-missing"),
        ({"weights": [1, 1], "fpc": [[1.5, 1.5]]}, DataFault, "fpc-not-usable"),
        (
            {"weights": [1, 1], "clusters": [[1, 1]], "strata": [["a", "b"]]},
            DataFault,
            "cluster-in-several-strata",
        ),
    ],
)
def test_what_cannot_be_a_design_is_refused(arguments, kind, code):
    with pytest.raises(kind) as caught:
        multistage_design(**arguments)
    assert caught.value.code == code


def test_an_estimator_of_other_respondents_is_refused():
    with pytest.raises(RequestError) as caught:
        fit(multistage_design(np.ones(3)), means([1.0, 2.0]))
    assert caught.value.code == "array-shape"
