"""What must change nothing: the scale of the weights, and the order of the rows.

Shuffled rows change no byte of the tables. Weights times 1,000 change nothing beyond 1e-12, relative to the
largest value of a column: products of weights round differently at another scale.
"""

import numpy as np
import pandas as pd
import pytest
from helpers import question, study_of
from hypothesis import given, settings
from hypothesis import strategies as st
from samples import BLOCKS, KINDS, made, sample

import cxsurvey as cx
from cxsurvey.files import csv_text

SEGMENTS = """
[[scale]]
id = "both"
label = "Both"
items = ["s", "r"]
rescale = true
[segments]
rule = "thirds"
[segments.rules.thirds]
kind = "terciles"
scores = ["s", "v"]
[segments.rules.halves]
kind = "median_split"
scores = ["s", "v"]
"""
QUESTIONS = ["s", "v", "r", "m", "both", "segment"]


def tables(frame, kind, rule="thirds"):
    """Every table that is not of single respondents."""
    study = study_of(KINDS[kind] + BLOCKS + SEGMENTS.replace('rule = "thirds"', f'rule = "{rule}"'), frame)
    segments = cx.segment(study)
    score = cx.score(study)
    return {
        "estimates": cx.estimate(study, QUESTIONS, by="g", total=True).frame,
        "means": cx.estimate(study, "s", by="g", statistic="mean").frame,
        "medians": cx.estimate(study, "v", by="g", statistic="median").frame,
        "gaps": cx.gaps(study, by="g").frame,
        "segment gaps": cx.gaps(study, by=segments, question=["m", "r"], against="rest").frame,
        "median gaps": cx.gaps(study, by="g", question="v", statistic="median").frame,
        "shares": cx.segment_shares(study, segments).frame,
        "shares by group": cx.segment_shares(study, segments, by="g").frame,
        "summary": score.summary,
        "items": score.items,
        "rest": pd.DataFrame({"reason": list(segments.rest), "n": list(segments.rest.values())}),
    }


@pytest.mark.parametrize("kind", KINDS)
def test_shuffled_rows_change_no_byte(kind):
    frame = sample(300, seed=4)
    frame["weight"] = np.where(np.arange(300) % 3 == 0, 1.3, frame["weight"])  # ties, as cell weights have
    expected = {name: csv_text(table) for name, table in tables(frame, kind).items()}
    for seed in range(4):
        shuffled = frame.sample(frac=1, random_state=seed).reset_index(drop=True)
        for name, table in tables(shuffled, kind).items():
            assert csv_text(table) == expected[name], name


@settings(deadline=None, max_examples=12)
@given(st.integers(0, 2**32 - 1), st.sampled_from(list(KINDS)), st.sampled_from(["thirds", "halves"]))
def test_shuffled_rows_change_no_byte_of_any_sample(seed, kind, rule):
    """Weights over ten orders of magnitude, where the order of a sum shows most."""
    frame = sample(90, seed=seed, strata=2, clusters=3, low=1e-5, high=1e5)
    shuffled = frame.sample(frac=1, random_state=seed % 1000).reset_index(drop=True)
    one, other = tables(frame, kind, rule), tables(shuffled, kind, rule)
    assert {name: csv_text(t) for name, t in one.items()} == {name: csv_text(t) for name, t in other.items()}


def test_covariances_do_not_depend_on_the_order_of_rows():
    frame = sample(200, seed=8)
    shuffled = frame.sample(frac=1, random_state=3).reset_index(drop=True)
    for kind in KINDS:
        one, other = (cx.estimate(made(f, kind), "m", by="g", total=True) for f in (frame, shuffled))
        np.testing.assert_array_equal(one.covariance, other.covariance)


@pytest.mark.parametrize("kind", ["design", "strata", "weights"])
@pytest.mark.parametrize("factor", [1000, 1024, 1 / 7])
def test_the_scale_of_the_weights_changes_weighted_bases_only(kind, factor):
    frame = sample(300, seed=4)
    expected, found = tables(frame, kind), tables(frame.assign(weight=frame["weight"] * factor), kind)
    for name, table in expected.items():
        other = found[name]
        for column in table.columns:
            if column == "n_weighted":
                np.testing.assert_allclose(other[column], table[column] * factor, rtol=1e-12)
            elif table[column].dtype.kind == "f":
                largest = np.nanmax(np.abs(table[column].to_numpy()), initial=0)
                np.testing.assert_allclose(
                    other[column], table[column], rtol=1e-12, atol=1e-12 * largest, err_msg=f"{name} {column}"
                )
            else:
                assert other[column].tolist() == table[column].tolist(), f"{name} {column}"


def test_weights_all_alike_are_no_weights():
    frame = sample(200, seed=5)
    toml = '[design]\nweight = "weight"\n'
    alike = study_of(toml + BLOCKS, frame.assign(weight=3.7))
    none = study_of(BLOCKS, frame)
    for question_id in ("s", "v", "m"):
        one, other = (cx.gaps(study, by="g", question=question_id).frame for study in (alike, none))
        numbers = [c for c in one.columns if one[c].dtype.kind == "f"]
        np.testing.assert_allclose(one[numbers], other[numbers], rtol=1e-12, atol=1e-14)
        assert one["test"].tolist() == other["test"].tolist()


def test_labels_of_strata_and_clusters_are_only_labels():
    frame = sample(200, seed=6)
    renamed = frame.assign(
        stratum=frame["stratum"].map(lambda s: s[::-1]), psu=frame["psu"].map(lambda p: f"z{99 - int(p)}")
    )
    one, other = (cx.estimate(made(f), ["s", "m"], by="g").frame for f in (frame, renamed))
    numbers = [c for c in one.columns if one[c].dtype.kind == "f"]
    np.testing.assert_allclose(one[numbers], other[numbers], rtol=1e-12, atol=1e-15)


def test_respondent_tables_keep_the_order_of_the_file():
    frame = sample(30, seed=7).assign(ID=[f"p{i}" for i in range(30)])
    head = '[study]\nid = "t"\ntitle = "T"\nresponses = "r.csv"\nrespondent_id = "ID"\n'
    study = study_of(head + BLOCKS + SEGMENTS, frame.iloc[::-1].reset_index(drop=True))
    assert cx.segment(study).frame["respondent"].tolist() == [f"p{i}" for i in range(29, -1, -1)]
    assert cx.score(study).frame["respondent"].tolist() == [f"p{i}" for i in range(29, -1, -1)]


def test_a_column_that_no_question_reads_changes_nothing():
    toml = question("a", responses=["Y", "N"])
    data = {"A": ["Y", "N", "Y"] * 20}
    one, other = study_of(toml, data), study_of(toml, data | {"NOISE": list(range(60))})
    assert csv_text(cx.estimate(one, "a").frame) == csv_text(cx.estimate(other, "a").frame)
