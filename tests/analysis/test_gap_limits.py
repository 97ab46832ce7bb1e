"""Gaps at the limits: shares of 0 and 1 in clusters, groups of one answer, medians in one cluster."""

import numpy as np
import pandas as pd
import pytest
from analysis.samples import made, sample
from helpers import question, study_of

import cxsurvey as cx
from cxsurvey.numerics.tables.inference import newcombe, two_proportion_z

CLUSTER = '[design]\ncluster = "psu"\n'
REPLICATED = CLUSTER + '[design.replicates]\nmake = "jackknife"\n'
BLOCKS = question("g", responses={"a": "A", "b": "B"}) + question("y", responses={"1": "Yes", "0": "No"})


def clusters(design, *, yes):
    """30 clusters of 20, half in each group; ``yes`` of the first cluster's people said yes."""
    psu = np.repeat(np.arange(30), 20)
    answers = np.where(np.arange(600) < yes, "1", "0")
    frame = pd.DataFrame({"psu": psu.astype(str), "G": np.where(psu < 15, "a", "b"), "Y": answers})
    return study_of(design + BLOCKS, frame)


@pytest.mark.parametrize("design", [CLUSTER, REPLICATED])
def test_a_share_of_0_counts_the_clusters_of_the_other_share(design):
    """8 of one cluster and nobody elsewhere, written out with the 30 clusters of the design."""
    study = clusters(design, yes=8)
    row = cx.gaps(study, by="g", question="y", adjust="none").frame.iloc[0]
    p = 8 / 300
    influence = (np.array([8.0] + [0.0] * 14) - 20 * p) / 300
    base = 300 / (30 / 29 * (influence**2).sum() / (p * (1 - p) / 300))
    near = {"rel": 1e-9} if design == CLUSTER else {"rel": 0.1}  # the jackknife is not linear in a ratio
    assert row["test"] == "z, pooled, effective bases"
    assert row["p_value"] == pytest.approx(float(two_proportion_z(p * base, base, 0, base).p_value), **near)
    interval = newcombe(p, base, 0, base, 0.95)
    assert [row["conf_low"], row["conf_high"]] == pytest.approx(
        [float(interval.low), float(interval.high)], **near
    )
    book = cx.tabulate(study, "g", questions="y", adjust="none")
    assert not book.letters.size
    pair = book.tests[book.tests["kind"].eq("pair")].iloc[0]
    assert pair["p_value"] == pytest.approx(row["p_value"], rel=1e-12)


def test_shares_of_0_and_1_count_no_more_than_clusters():
    row = cx.gaps(clusters(CLUSTER, yes=300), by="g", question="y", adjust="none").frame.iloc[0]
    assert row["statistic"] == pytest.approx(float(two_proportion_z(15, 15, 0, 15).statistic), rel=1e-12)
    interval = newcombe(1, 15, 0, 15, 0.95)
    assert row["conf_low"] == pytest.approx(float(interval.low), rel=1e-12)


def test_without_clusters_effective_bases_are_kishs():
    frame = sample(400, seed=3)
    frame["S"] = np.where(frame["G"].eq("a"), "1", frame["S"])
    row = cx.gaps(made(frame, "weights"), by="g", question="s", adjust="none").frame
    row = row[row["response"].eq("5") & row["group_a"].eq("a") & row["group_b"].eq("b")].iloc[0]
    told = frame[frame["S"].ne("")]
    sums = [told["weight"][told["G"].eq(name)] for name in "ab"]
    m, n = (w.sum() ** 2 / (w**2).sum() for w in sums)
    expected = two_proportion_z(0, m, row["estimate_b"] * n, n)
    assert row["p_value"] == pytest.approx(float(expected.p_value), rel=1e-9)


@pytest.mark.parametrize("statistic", ["mean", "median"])
@pytest.mark.parametrize("kind", ["simple", "design"])
def test_groups_that_each_gave_one_answer_have_no_interval(statistic, kind):
    frame = sample(300, seed=5)
    frame["V"] = np.where(frame["G"].eq("a"), "1", np.where(frame["G"].eq("b"), "2", frame["V"]))
    found = cx.gaps(made(frame, kind), by="g", question="v", statistic=statistic)
    row = found.frame.iloc[0]
    assert (row["group_a"], row["group_b"], row["gap"], row["std_error"]) == ("a", "b", -1, 0)
    assert row[["conf_low", "conf_high", "statistic", "p_value"]].isna().all()
    assert row["test"] == ""
    assert any(note.startswith("Not tested where a gap has no standard error") for note in found.notes)
    assert found.frame["p_value"].notna().tolist() == [False, True, True]


def test_a_median_of_one_answer_in_one_cluster_has_no_interval():
    frame = sample(600, seed=9)
    frame["G"] = np.where(frame["psu"].eq("3"), "a", "b")
    frame["V"] = np.where(frame["G"].eq("a"), "2", frame["V"])
    study = made(frame)
    row = cx.estimate(study, "v", by="g", statistic="median").frame.iloc[0]
    assert (row["estimate"], row["df"]) == (2, 0)
    assert row[["std_error", "conf_low", "conf_high"]].isna().all()
    book = cx.tabulate(study, "g", questions="v", statistics=["median"]).frame
    cell = book[book["column"].eq("g=a") & book["row"].eq("median")].set_index("statistic")["value"]
    assert cell["median"] == 2
    assert cell[["std_error", "conf_low", "conf_high"]].isna().all()


def test_books_name_the_test_of_replicate_weights():
    frame = sample(300, seed=8)
    study = made(frame, more='[design.replicates]\nmake = "jackknife"\n')
    tests = cx.tabulate(study, "g", questions=["s", "v"], statistics=["share", "mean", "median"]).tests
    named = tests[tests["p_value"].notna()]
    assert set(named["row"]) >= {"1", "mean", "median"}
    assert set(named["test"]) == {"t, replicates"}
    linear = cx.tabulate(made(frame), "g", questions="v", statistics=["median"]).tests
    assert set(linear["test"]) == {"t, linearized"}
