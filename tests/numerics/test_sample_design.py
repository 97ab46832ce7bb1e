"""The sample design: numbering, checks, corrections and degrees of freedom."""

import numpy as np
import pytest

from cxsurvey.errors import DataFault, RequestError
from cxsurvey.numerics.tables.totals import (
    cell_totals,
    column_totals,
    domain_df,
    effective_n,
    group_df,
    sample_design,
)
from cxsurvey.numerics.tables.variance import ratio_estimates


def test_simple_sample():
    design = sample_design(np.full(10, 2.5))
    assert design.is_simple
    assert (design.n, design.n_strata, design.n_psus, design.df) == (10, 1, 10, 9)


@pytest.mark.parametrize(
    "options",
    [
        {"stratum": [0, 0, 1, 1]},
        {"cluster": [0, 0, 1, 1]},
        {"fpc": [100, 100, 100, 100]},
        {"weights": [1, 1, 1, 2]},
    ],
)
def test_not_a_simple_sample(options):
    assert not sample_design(**{"weights": [1, 1, 1, 1], **options}).is_simple


def test_labels_of_any_kind_give_the_same_design():
    plain = sample_design(np.ones(6), stratum=[0, 0, 1, 1, 1, 1], cluster=[0, 1, 2, 2, 3, 3])
    text = sample_design(np.ones(6), stratum=list("aabbbb"), cluster=["p", "q", "r", "r", "s", "s"])
    objects = sample_design(
        np.ones(6), stratum=np.array([("n", 1), ("n", 1), None, None, None, None], dtype=object) == None,  # noqa: E711
        cluster=np.array(["p", 2, 3.5, 3.5, "s", "s"], dtype=object),
    )  # fmt: skip
    sparse = sample_design(
        np.ones(6), stratum=[7, 7, 10**15, 10**15, 10**15, 10**15], cluster=[1.5, 2, 3, 3, 4, 4]
    )
    for other in (text, objects, sparse):
        np.testing.assert_array_equal(plain.stratum, other.stratum)
        np.testing.assert_array_equal(plain.psus_per_stratum, other.psus_per_stratum)
        assert other.cluster is not None
        assert len(set(zip(plain.cluster.tolist(), other.cluster.tolist(), strict=True))) == 4


def test_clusters_are_numbered_stratum_by_stratum():
    design = sample_design(np.ones(6), stratum=[1, 0, 1, 0, 1, 1], cluster=[9, 1, 9, 1, 5, 7], nest=False)
    assert (np.diff(design.psu_stratum) >= 0).all()
    np.testing.assert_array_equal(design.psu_stratum[design.cluster], design.stratum)
    assert design.psus_per_stratum.tolist() == [1, 3]


def test_clusters_in_several_strata():
    with pytest.raises(DataFault, match="cluster-in-several-strata") as caught:
        sample_design(np.ones(5), stratum=[0, 0, 1, 1, 1], cluster=[1, 2, 1, 2, 3])
    assert "2 cluster identifiers" in str(caught.value)
    assert sample_design(np.ones(5), stratum=[0, 0, 1, 1, 1], cluster=[1, 2, 1, 2, 3], nest=True).n_psus == 5


def test_clusters_of_one_are_respondents():
    assert sample_design(np.ones(3), cluster=[4, 5, 6]).cluster is None


@pytest.mark.parametrize(
    ("weights", "code"),
    [
        ([1, np.nan], "weights-missing"),
        ([1, np.inf], "weights-missing"),
        ([1, -1], "weights-negative"),
        ([0, 0], "weights-zero"),
    ],
)
def test_weights_that_cannot_be_used(weights, code):
    with pytest.raises(DataFault, match=code):
        sample_design(weights)


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"stratum": [1.0, np.nan, 1.0]}, "design-value-missing"),
        ({"cluster": np.array(["a", None, "b"], dtype=object)}, "design-value-missing"),
        ({"fpc": [10, np.nan, 10]}, "design-value-missing"),
        ({"fpc": [10, 11, 10]}, "fpc-not-usable"),
        ({"fpc": [2, 2, 2]}, "fpc-not-usable"),
        ({"fpc": [-1, -1, -1]}, "fpc-not-usable"),
        ({"fpc": [0.5, 0.5, 12], "stratum": [0, 0, 1]}, "fpc-not-usable"),
    ],
)
def test_design_columns_that_cannot_be_used(options, code):
    with pytest.raises(DataFault, match=code):
        sample_design(np.ones(3), **options)


@pytest.mark.parametrize(
    "options", [{"stratum": [1, 2]}, {"cluster": [1]}, {"fpc": [10.0]}, {"weights": [[1.0]]}, {"weights": []}]
)
def test_arrays_that_do_not_fit(options):
    with pytest.raises(RequestError, match="array-shape"):
        sample_design(**{"weights": np.ones(3), **options})


def test_unknown_lonely_rule():
    with pytest.raises(RequestError, match="unknown-option"):
        sample_design([1.0], lonely="ignore")


def test_correction_as_size_and_as_fraction_agree():
    strata = [0, 0, 0, 1, 1]
    size = sample_design(np.ones(5), stratum=strata, fpc=[12, 12, 12, 8, 8])
    fraction = sample_design(np.ones(5), stratum=strata, fpc=[0.25] * 5)
    np.testing.assert_array_equal(size.sampling_fraction, fraction.sampling_fraction)


def test_a_census_has_no_sampling_error():
    design = sample_design(np.ones(4), fpc=[4] * 4)
    ratios = ratio_estimates(cell_totals(design, [0, 1, 1, 0], 2), [[1, 0]], [[1, 1]])
    assert ratios.std_error[0] == 0
    alone = sample_design(np.ones(3), stratum=[0, 0, 1], fpc=[9, 9, 1])
    assert np.isfinite(ratio_estimates(cell_totals(alone, [0, 1, 1], 2), [[1, 0]], [[1, 1]]).std_error[0])


def test_lonely_stratum_is_refused_when_a_variance_is_asked_for():
    design = sample_design(np.ones(5), stratum=[0, 0, 1, 2, 2])
    for totals in (
        cell_totals(design, [0, 1, 1, 0, 0], 2),
        column_totals(design, np.zeros(5, int), 1, np.eye(5)[:, :2]),
    ):
        with pytest.raises(DataFault, match="lonely-stratum") as caught:
            ratio_estimates(totals, [[1, 0]], [[0, 1]])
        assert "1 of 3 strata" in str(caught.value)


def test_all_strata_lonely_leave_nothing_to_average():
    design = sample_design(np.ones(2), stratum=[0, 1], lonely="average")
    with pytest.raises(DataFault, match="lonely-stratum"):
        ratio_estimates(cell_totals(design, [0, 1], 2), [[1, 0]], [[1, 1]])


def test_domain_of_lonely_strata_only_has_no_variance_to_average():
    design = sample_design(np.ones(6), stratum=[0, 0, 1, 1, 2, 2], cluster=[0, 1, 2, 2, 3, 4], lonely="average")
    alone = ratio_estimates(cell_totals(design, [-1, -1, 0, 1, -1, -1], 2), [[1, 0]], [[1, 1]])
    assert alone.estimate[0] == 0.5
    assert np.isnan(alone.std_error[0])
    both = ratio_estimates(cell_totals(design, [0, 1, 0, 1, 1, 1], 2), [[1, 0]], [[1, 1]])
    assert both.std_error[0] > 0


def test_the_design_does_not_follow_its_inputs():
    weights = np.ones(3)
    design = sample_design(weights)
    weights[0] = 99
    assert design.weights[0] == 1
    with pytest.raises(ValueError, match="read-only"):
        design.weights[0] = 5


def test_degrees_of_freedom_of_domains_and_their_unions():
    design = sample_design(np.ones(8), stratum=[0, 0, 0, 0, 1, 1, 1, 1], cluster=[0, 0, 1, 1, 2, 2, 3, 3])
    assert design.df == 2
    assert domain_df(design, np.zeros(8, bool)) == 0
    assert domain_df(design, [1, 0, 0, 0, 0, 0, 0, 0]) == 0
    assert domain_df(design, [1, 0, 1, 0, 0, 0, 0, 0]) == 1
    groups = [0, 1, 0, -1, 1, -1, -1, -1]
    expected = [[domain_df(design, np.isin(groups, [a, b])) for b in (0, 1)] for a in (0, 1)]
    np.testing.assert_array_equal(group_df(design, groups, 2), expected)


def test_kish():
    """50 weights of 1 and 50 of 3: effective n 80."""
    assert effective_n(np.repeat([1, 3], 50)) == 80
    assert np.isnan(effective_n([]))
    assert np.isnan(effective_n([0.0]))


def test_repr_names_what_changes_numbers():
    text = repr(sample_design(np.ones(4), stratum=[0, 0, 1, 1], fpc=[0.1] * 4, lonely="adjust"))
    assert "lonely='adjust'" in text
    assert "with finite population correction" in text
