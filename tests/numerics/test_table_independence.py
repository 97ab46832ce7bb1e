"""Independence from cell totals: the same as from the answers, under every single-stage design."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxsurvey.errors import DataFault, RequestError
from cxsurvey.numerics.comparisons.independence import independence_test
from cxsurvey.numerics.sampling.multistage import multistage_design
from cxsurvey.numerics.tables.rao_scott import table_independence
from cxsurvey.numerics.tables.totals import cell_totals, sample_design

# Both sum the same products, in another order and once as shares of all, once as shares of the table.
CLOSE = 1e-10
KINDS = ("simple", "stratified", "clustered")


def respondents(seed, kind, n=300, rows=3, columns=5):
    """Weights, stratum, cluster and answers; some have none, and answers lean with the cluster."""
    rng = np.random.default_rng(seed)
    cluster = rng.permutation(np.arange(n) % 24)
    stratum = cluster % 4
    lean = rng.normal(size=24)[cluster]
    row = np.clip(np.rint(1 + lean + rng.normal(size=n)), -1, rows - 1).astype(int)
    column = np.clip(np.rint(2 + lean + rng.normal(size=n)), -1, columns - 1).astype(int)
    weights = np.ones(n) if kind == "simple" else rng.uniform(0.5, 2, n)
    options = {"stratified": {"stratum": stratum}, "clustered": {"stratum": stratum, "cluster": cluster}}
    return weights, options.get(kind, {}), row, column


def both(weights, options, row, column, *, rows=3, columns=5, **more):
    cell = np.where((row >= 0) & (column >= 0), row * columns + column, -1)
    totals = cell_totals(sample_design(weights, **options), cell, rows * columns)
    strata = [options["stratum"]] if "stratum" in options else ()
    clusters = [options["cluster"]] if "cluster" in options else ()
    design = multistage_design(weights, strata=strata, clusters=clusters)
    df = None if (weights > 0).all() else design.degrees_of_freedom()
    found = table_independence(totals, rows, columns, df=df, **more)
    return found, independence_test(design, row, column, **more)


def agree(found, expected):
    for name in ("statistic", "df", "df_denominator", "p_value", "pearson"):
        np.testing.assert_allclose(getattr(found, name), getattr(expected, name), rtol=CLOSE, err_msg=name)
    np.testing.assert_allclose(found.design_effects, expected.design_effects, rtol=CLOSE, atol=CLOSE)
    assert found.n == expected.n


@settings(deadline=None, max_examples=30)
@given(
    seed=st.integers(0, 10_000),
    kind=st.sampled_from(KINDS),
    statistic=st.sampled_from(["F", "chisq", "saddlepoint"]),
)
def test_totals_give_the_test_of_the_answers(seed, kind, statistic):
    agree(*both(*respondents(seed, kind), statistic=statistic))


@pytest.mark.parametrize("kind", KINDS)
def test_answers_of_nobody_are_left_out(kind):
    weights, options, row, column = respondents(3, kind)
    found, expected = both(weights, options, row + (row > 0), column + (column > 1), rows=4, columns=6)
    agree(found, expected)
    assert len(found.design_effects) == 2 * 4


@pytest.mark.parametrize("kind", ["stratified", "clustered"])
def test_weights_of_zero_give_no_answer(kind):
    weights, options, row, column = respondents(4, kind)
    row[:5], weights[:5] = 3, 0.0
    agree(*both(weights, options, row, column, rows=4))


def test_degrees_of_freedom_can_be_given():
    weights, options, row, column = respondents(5, "clustered")
    cell = np.where((row >= 0) & (column >= 0), row * 5 + column, -1)
    totals = cell_totals(sample_design(weights, **options), cell, 15)
    whole, fewer = table_independence(totals, 3, 5), table_independence(totals, 3, 5, df=2)
    assert whole.df_denominator == pytest.approx(20 * whole.df)  # 24 clusters less 4 strata
    assert fewer.df_denominator == pytest.approx(2 * whole.df)
    assert fewer.statistic == whole.statistic
    assert fewer.p_value > whole.p_value
    assert np.isnan(table_independence(totals, 3, 5, df=0).p_value)


def test_a_table_of_one_column_is_refused():
    totals = cell_totals(sample_design(np.ones(4)), [0, 0, 2, 2], 4)
    with pytest.raises(DataFault) as fault:
        table_independence(totals, 2, 2)
    assert fault.value.code == "table-too-small"


def test_another_number_of_cells_is_refused():
    totals = cell_totals(sample_design(np.ones(4)), [0, 1, 2, 3], 4)
    with pytest.raises(RequestError) as fault:
        table_independence(totals, 3, 2)
    assert fault.value.code == "array-shape"


def test_degrees_of_freedom_may_be_given():
    row, column = np.repeat([0, 0, 1, 1], [12, 9, 5, 14]), np.repeat([0, 1, 0, 1], [12, 9, 5, 14])
    design = multistage_design(np.ones(40))
    for statistic in ("F", "wald", "adjusted-wald"):
        own, told, few = (
            independence_test(design, row, column, statistic=statistic, df=df) for df in (None, 39, 10)
        )
        assert (told.df_denominator, told.p_value) == (own.df_denominator, own.p_value)
        assert few.df_denominator == pytest.approx(10)
        assert few.p_value > own.p_value
