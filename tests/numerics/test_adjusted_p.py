"""Adjusted p-values against statsmodels and R's p.adjust."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from r_goldens import golden
from statsmodels.stats.multitest import multipletests

from cxsurvey.errors import DataFault, RequestError
from cxsurvey.numerics.probability.multiplicity import adjust_p

R_NAMES = {"holm": "holm", "bh": "BH", "bonferroni": "bonferroni", "none": "none"}
STATSMODELS_NAMES = {"holm": "holm", "bh": "fdr_bh", "bonferroni": "bonferroni"}


def numbers(values):
    return np.array([np.nan if value == "NA" else value for value in values], dtype=float)


@golden("classic_padjust", "pairwise_holm")
def test_against_r(case):
    result = case["result"]
    p = numbers(result.get("none", result.get("p")))
    for ours, theirs in R_NAMES.items():
        if theirs in result:
            np.testing.assert_allclose(adjust_p(p, ours).p_adjusted, numbers(result[theirs]), rtol=1e-12)
    assert adjust_p(p, "holm").family == np.isfinite(p).sum()


@pytest.mark.parametrize("method", STATSMODELS_NAMES)
@given(p=st.lists(st.one_of(st.floats(0, 1), st.sampled_from([0.0, 0.01, 0.01, 1.0])), min_size=1, max_size=40))
@settings(deadline=None, max_examples=60)
def test_against_statsmodels(method, p):
    expected = multipletests(p, method=STATSMODELS_NAMES[method])[1]
    np.testing.assert_allclose(adjust_p(p, method).p_adjusted, expected, rtol=1e-12, atol=1e-300)


def test_untested_comparisons_do_not_count():
    with_gaps = adjust_p([0.01, np.nan, 0.02, np.nan], "bonferroni")
    assert with_gaps.family == 2
    np.testing.assert_array_equal(with_gaps.p_adjusted, [0.02, np.nan, 0.04, np.nan])


def test_no_tests_at_all():
    assert adjust_p([], "holm").family == 0
    assert np.isnan(adjust_p([np.nan], "bh").p_adjusted).all()


def test_refusals():
    with pytest.raises(DataFault, match="not-a-p-value"):
        adjust_p([0.5, 1.5], "holm")
    with pytest.raises(RequestError, match="unknown-option"):
        adjust_p([0.5], "sidak")
    with pytest.raises(RequestError, match="array-shape"):
        adjust_p([[0.5]], "holm")
