"""The numbers of the book by a second way: cell by cell against estimate and gaps, and by hand."""

import numpy as np
import pandas as pd
import pytest
from samples import made, sample

import cxsurvey as cx
from cxsurvey.analysis.design import general_design, survey_design
from cxsurvey.analysis.tabulation.banner import banner_of
from cxsurvey.analysis.tabulation.general import general_tables
from cxsurvey.analysis.tabulation.kernel_input import kernel_columns, kernel_question
from cxsurvey.analysis.tabulation.questions import sources_of
from cxsurvey.analysis.tabulation.settings import BookSettings
from cxsurvey.numerics.banners.kernel import banner_tables

EXACT = {"rtol": 1e-9, "atol": 1e-12}  # two ways of adding the same weights
KINDS = ["design", "strata", "weights", "simple"]
ALL = "[settings]\nsuppress_below = 0\ntest_from = 2\n"


def cell(table, row, column, name="estimate"):
    names = [item.id for item in table.rows], [item.id for item in table.columns]
    return getattr(table.cells, name)[names[0].index(row), names[1].index(column)]


@pytest.mark.parametrize("kind", [*KINDS, "replicates"])
def test_every_cell_is_the_estimate_of_its_group(kind):
    study = made(sample(), kind, ALL)
    book = cx.tabulate(study, "g", statistics=["share", "mean", "median"])
    checked = 0
    for wanted, statistic in (
        ("s", "share"),
        ("s", "mean"),
        ("s", "median"),
        ("v", "mean"),
        ("m", "share"),
        ("r", "nps"),
    ):
        total = cx.estimate(study, wanted, statistic=statistic).frame
        groups = cx.estimate(study, wanted, by="g", statistic=statistic).frame.assign(
            group=lambda f: "g=" + f["group"]
        )
        for row in pd.concat([total, groups]).itertuples():
            table = book.table(wanted)
            got = {
                "estimate": row.estimate,
                "std_error": row.std_error,
                "conf_low": row.conf_low,
                "conf_high": row.conf_high,
                "base": row.n,
                "base_effective": row.n_effective,
            }
            for name, expected in got.items():
                np.testing.assert_allclose(cell(table, row.response, row.group, name), expected, **EXACT)
            checked += 1
    assert checked == 4 * (6 + 1 + 1 + 1 + 4 + 1)


@pytest.mark.parametrize("kind", KINDS)
def test_every_test_is_the_gap_of_its_groups(kind):
    study = made(sample(), kind, ALL)
    book = cx.tabulate(
        study, "g", statistics=["share", "mean", "median"], adjust="none", against="pairs", top_box=0
    )
    tests = book.tests.set_index(["question", "row", "column_a", "column_b"])
    checked = 0
    for wanted, statistic in (
        ("s", "share"),
        ("s", "mean"),
        ("s", "median"),
        ("v", "mean"),
        ("m", "share"),
        ("r", "nps"),
    ):
        for gap in cx.gaps(
            study, by="g", question=wanted, statistic=statistic, adjust="none"
        ).frame.itertuples():
            key = (wanted, gap.response, f"g={gap.group_a}", f"g={gap.group_b}")
            if np.isnan(gap.p_value):
                assert key not in tests.index
                continue
            test = tests.loc[key]
            for name in ("gap", "std_error", "statistic", "df", "p_value", "n_a", "n_b", "n_overlap"):
                np.testing.assert_allclose(test[name], getattr(gap, name), **EXACT)
            assert test["test"] == gap.test
            checked += 1
    assert checked > 30


@pytest.mark.parametrize("kind", KINDS)
def test_the_rest_is_the_gap_against_the_rest_where_everyone_is_in_a_column(kind):
    frame = sample()
    frame = frame[frame["G"].notna() & (frame["G"] != "")]
    study = made(frame, kind, ALL)
    book = cx.tabulate(study, "g", questions=["s", "v", "m"], adjust="none", against="rest", top_box=0)
    tests = book.tests.set_index(["question", "row", "column_a"])
    found = cx.gaps(study, by="g", question=["s", "v", "m"], against="rest", adjust="none").frame
    for gap in found.itertuples():
        test = tests.loc[(gap.question, gap.response, f"g={gap.group_a}")]
        for name in ("gap", "std_error", "statistic", "p_value", "n_a", "n_b"):
            np.testing.assert_allclose(test[name], getattr(gap, name), **EXACT)
    assert len(found) > 20


def by_hand(design, study, names, banner):
    """The tables of the general way beside those of the kernel."""
    inside = design.weights > 0
    parts = [part for source in sources_of(study, names, BookSettings()) for part in source.parts]
    questions = [kernel_question(part, inside) for part in parts]
    columns = [kernel_columns(members) for members in banner_of(study, banner).members]
    return general_tables(general_design(design), questions, columns), banner_tables(design, questions, columns)


@pytest.mark.parametrize("kind", KINDS)
def test_the_general_way_and_the_kernel_agree(kind):
    study = made(sample(160, seed=5), kind, ALL)
    for first, second in zip(
        *by_hand(survey_design(study), study, ["s", "v", "m", "r"], ["g", "m"]), strict=True
    ):
        for name in ("estimate", "covariance", "total", "n", "deviation"):
            np.testing.assert_allclose(getattr(first, name), getattr(second, name), rtol=1e-9, atol=1e-10)
        base = second.base_of
        for name in ("n", "weight", "weight_squared", "df"):
            np.testing.assert_allclose(
                getattr(first.bases, name), getattr(second.bases, name)[base], rtol=1e-12
            )
            np.testing.assert_allclose(
                getattr(first.overlaps, name), getattr(second.overlaps, name)[base], rtol=1e-9
            )
            np.testing.assert_allclose(
                getattr(first.rest.bases, name), getattr(second.rest.bases, name)[base], rtol=1e-9
            )
        for name in ("estimate", "variance", "covariance", "deviation"):
            np.testing.assert_allclose(
                getattr(first.rest, name), getattr(second.rest, name), rtol=1e-8, atol=1e-10
            )
