"""Designs of several stages and of replicate weights: what must be equal, whatever the answers."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from helpers import study_of
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from samples import BLOCKS, DESIGN, sample

import cxsurvey as cx
from cxsurvey.analysis.design import describe_design, general_design, is_simple, survey_design
from cxsurvey.display.methods import methodology
from cxsurvey.numerics.sampling.multistage import Multistage
from cxsurvey.numerics.sampling.replication import Replicated
from cxsurvey.numerics.tables.design import SampleDesign
from cxsurvey.study.sampling_plan import Design, Replicates

EASY = settings(deadline=None, max_examples=3)
SEEDS = st.integers(0, 10_000)
STAGES = (
    '[design]\nweight = "weight"\nstratum = "stratum"\ncluster = ["psu", "ssu"]\nfpc = ["size", "share"]\n'
    "nested = true\n"
)
NUMBERS = ["estimate", "std_error", "conf_low", "conf_high", "df", "n_effective"]
GAPS = ["gap", "std_error", "conf_low", "conf_high", "statistic", "df", "p_value", "p_adjusted", "effect_size"]
TINY = 1e-12


def staged(seed, *, share=1.0, size=40):
    """The sample with units of a second stage, 40 clusters in each stratum, and a share of each drawn."""
    frame = sample(seed=seed)
    rng = np.random.default_rng([seed, 1])
    return frame.assign(ssu=rng.integers(0, 3, len(frame)).astype(str), size=size, share=share)


def made(frame, design):
    return study_of(design + BLOCKS, frame)


def tables(study):
    """Every kind of estimate and gap as one column of numbers."""
    parts = [
        cx.estimate(study, ["s", "m", "r"], by="g", total=True).frame[NUMBERS],
        cx.estimate(study, ["v", "s"], statistic="mean").frame[NUMBERS],
        cx.estimate(study, "v", by="g", statistic="median").frame[NUMBERS],
        cx.gaps(study, by="g", question=["s", "v", "m"], against="rest").frame[GAPS],
    ]
    return np.concatenate([part.to_numpy(dtype=float).ravel() for part in parts])


def alike(left, right, rtol=1e-9):
    np.testing.assert_allclose(tables(left), tables(right), rtol=rtol, atol=TINY)


def with_replicates(study, **keys):
    design = study.file.design.model_copy(update={"replicates": Replicates(**keys)})
    return replace(study, file=study.file.model_copy(update={"design": design}), _decoded={})


@EASY
@given(SEEDS)
def test_second_stage_taken_whole_adds_nothing(seed):
    frame = staged(seed)
    one = STAGES.replace('["psu", "ssu"]', '"psu"').replace('["size", "share"]', '"size"')
    assert isinstance(survey_design(made(frame, STAGES)), Multistage)
    assert isinstance(survey_design(made(frame, one)), SampleDesign)
    alike(made(frame, STAGES), made(frame, one))


@EASY
@given(SEEDS)
def test_stages_below_one_drawn_with_replacement_add_nothing(seed):
    frame = staged(seed)
    alike(made(frame, STAGES.replace('fpc = ["size", "share"]\n', "")), made(frame, DESIGN))


@EASY
@given(SEEDS)
def test_a_second_stage_widens_every_standard_error(seed):
    frame = staged(seed, size=5)
    whole, part = (cx.estimate(made(frame.assign(share=share), STAGES), "s") for share in (1.0, 0.5))
    assert (part.frame["std_error"] > whole.frame["std_error"]).all()


def test_the_second_stage_written_out():
    """Särndal, Swensson and Wretman 1992, section 4.3: the stages' variances add up."""
    frame = staged(3, share=0.25, size=16).assign(V=lambda x: np.arange(len(x)).astype(str))
    row = cx.estimate(made(frame, STAGES), "v").frame.iloc[0]
    w, y = frame["weight"].to_numpy(), frame["V"].astype(float).to_numpy()
    mean = w @ y / w.sum()
    frame = frame.assign(u=w * (y - mean) / w.sum())
    between = within = 0.0
    for _, stratum in frame.groupby("stratum"):
        clusters = stratum.groupby("psu")["u"].sum()
        fraction = len(clusters) / 16
        between += (1 - fraction) * len(clusters) * clusters.var(ddof=1)
        for _, cluster in stratum.groupby("psu"):
            units = cluster.groupby("ssu")["u"].sum()
            within += fraction * (1 - 0.25) * len(units) * units.var(ddof=1)
    assert row["estimate"] == pytest.approx(mean, rel=1e-12)
    assert row["std_error"] == pytest.approx(np.sqrt(between + within), rel=1e-10)


def even(seed, clusters=2):
    """Clusters of ten in four strata, equal weights, everybody answers: the mean is linear in the weights."""
    frame = sample(n=40 * clusters, seed=seed).assign(weight=2.5)
    place = np.arange(len(frame))
    numbers = np.random.default_rng(seed).normal(50, 10, len(frame)).round(3).astype(str)
    return frame.assign(
        stratum=np.array(list("abcd"))[place % 4], psu=(place // 4 % clusters).astype(str), V=numbers
    )


@EASY
@given(SEEDS, st.booleans())
@pytest.mark.parametrize(
    ("clusters", "keys"),
    [
        (2, {"make": "brr"}),
        (2, {"make": "fay", "rho": 0.4}),
        (2, {"make": "jackknife"}),
        (5, {"make": "jackknife"}),
    ],
)
def test_replicates_are_linearization_where_the_estimate_is_linear(clusters, keys, seed, mse):
    study = made(even(seed, clusters), DESIGN)
    linear = cx.estimate(study, "v").frame
    found = cx.estimate(with_replicates(study, **keys, mse=mse), "v").frame
    pd.testing.assert_frame_equal(found, linear, rtol=1e-9)


@EASY
@given(SEEDS)
def test_bootstrap_is_near_linearization_and_follows_its_seed(seed):
    study = made(even(seed, 6), DESIGN)
    one, same, other = (
        cx.estimate(with_replicates(study, make="bootstrap", count=400, seed=number), "v").frame
        for number in (1, 1, 2)
    )
    pd.testing.assert_frame_equal(one, same)
    assert one["std_error"].item() != other["std_error"].item()
    # 400 replicates: the standard error of a standard error is about 3.5%, so 20% is beyond five of them.
    assert one["std_error"].item() == pytest.approx(cx.estimate(study, "v").frame["std_error"].item(), rel=0.2)


@EASY
@given(SEEDS)
@pytest.mark.parametrize("combined", [True, False])
def test_columns_say_what_replicates_made_say(combined, seed):
    frame = staged(seed)
    study = with_replicates(made(frame, DESIGN), make="jackknife")
    design = survey_design(study)
    columns = design.replicates if combined else design.replicates / design.weights[:, None]
    named = pd.DataFrame(columns, columns=[f"rep_{i}" for i in range(columns.shape[1])])
    toml = '[design]\nweight = "weight"\n'
    given = made(pd.concat([frame, named], axis=1), toml)
    given = with_replicates(
        given, columns=("rep_*",), kind="jkn", rscales=tuple(design.rscales), combined=combined, df=design.df
    )
    alike(study, given)


@EASY
@given(SEEDS)
@pytest.mark.parametrize("keys", [None, {"make": "jackknife"}, {"make": "bootstrap", "count": 20, "seed": 4}])
def test_rows_in_another_order_and_weights_on_another_scale(keys, seed):
    frame = staged(seed, share=0.5)
    shuffled = frame.sample(frac=1, random_state=seed).reset_index(drop=True)
    scaled = frame.assign(weight=frame["weight"] * 1000)
    toml = STAGES if keys is None else DESIGN
    first, second, third = (made(rows, toml) for rows in (frame, shuffled, scaled))
    if keys:
        first, second, third = (with_replicates(study, **keys) for study in (first, second, third))
    alike(first, second, rtol=1e-8)
    alike(first, third, rtol=1e-8)


def test_half_samples_follow_the_names_of_clusters_and_not_the_order_of_the_rows():
    frame = sample(seed=7, clusters=2)
    study = with_replicates(made(frame, DESIGN), make="brr")
    back = with_replicates(made(frame.iloc[::-1].reset_index(drop=True), DESIGN), make="brr")
    alike(study, back)


@EASY
@given(SEEDS)
def test_replicate_variances_written_out(seed):
    frame = staged(seed).assign(S=lambda x: x["S"].replace("", "3"))
    study = with_replicates(made(frame, DESIGN), make="bootstrap", count=30, seed=seed)
    design = survey_design(study)
    top = frame["S"].isin(["4", "5"]).to_numpy(dtype=float)
    groups = [(frame["G"] == name).to_numpy() for name in "abc"]

    def shares(w):
        return np.array([w @ (top * inside) / (w @ inside) for inside in groups])

    replicates = np.array([shares(w) for w in design.replicates.T])
    spread = np.cov(replicates.T, ddof=1)  # scale 1/(R - 1) around the mean of the replicates
    found = cx.estimate(study, cx.Measure(question="s", net="top2"), by="g")
    np.testing.assert_allclose(found.frame["estimate"], shares(design.weights), rtol=1e-12)
    np.testing.assert_allclose(found.covariance, spread, rtol=1e-9, atol=1e-14)
    ranks = [np.linalg.matrix_rank(design.replicates[inside]) - 1 for inside in groups]
    assert found.frame["df"].tolist() == [min(rank, 9) for rank in ranks]
    row = cx.gaps(study, by="g", question=cx.Measure(question="s", net="top2")).frame.iloc[0]
    error = np.std(replicates[:, 0] - replicates[:, 1], ddof=1)
    assert row["std_error"] == pytest.approx(error, rel=1e-9)
    assume(((replicates > 0) & (replicates < 1)).all())  # else the share's own error stands in
    log_odds = np.std(np.log(replicates / (1 - replicates)), axis=0, ddof=1)
    from scipy.special import expit, logit, stdtrit  # noqa: PLC0415 - one use

    t = stdtrit(found.frame["df"], 0.975)
    limit = expit(logit(shares(design.weights)) - t * log_odds)
    np.testing.assert_allclose(found.frame["conf_low"], limit, rtol=1e-9)


def test_mean_square_error_is_around_the_estimate():
    study = with_replicates(made(sample(seed=2), DESIGN), make="jackknife")
    around_mean = cx.estimate(study, "v", by="g").frame["std_error"]
    around_estimate = cx.estimate(with_replicates(study, make="jackknife", mse=True), "v", by="g").frame[
        "std_error"
    ]
    assert (around_estimate > around_mean).all()


def test_an_estimate_that_a_replicate_cannot_make_has_no_standard_error():
    """All of group c lies in one cluster, which one jackknife replicate leaves out."""
    frame = sample(seed=5)
    alone = frame["psu"] == frame["psu"].iloc[0]
    frame["G"] = np.where(alone, "c", np.where(frame["S"] > "2", "a", "b"))
    study = with_replicates(made(frame, DESIGN), make="jackknife")
    found = cx.estimate(study, "v", by="g").frame.set_index("group")
    assert found["std_error"].isna().to_dict() == {"a": False, "b": False, "c": True}
    gaps = cx.gaps(study, by="g", question="v")
    assert gaps.frame["p_value"].isna().tolist() == [False, True, True]
    assert "no standard error" in gaps.notes[0]


@EASY
@given(SEEDS)
def test_the_general_form_of_a_simple_design_says_the_same(seed):
    from cxsurvey.analysis.design_ratios import Cells, design_ratios  # noqa: PLC0415 - one use

    study = made(sample(seed=seed), DESIGN)
    design = survey_design(study)
    cell = study.answers("s").code
    assert cell is not None
    wanted = (np.eye(5), np.ones((5, 5)))
    quick, general = (design_ratios(each, Cells(cell, 5), *wanted) for each in (design, general_design(design)))
    np.testing.assert_allclose(general.covariance, quick.covariance, rtol=1e-9, atol=1e-15)
    np.testing.assert_array_equal(general.union_df, quick.union_df)
    np.testing.assert_array_equal(general.overlap, quick.overlap)
    np.testing.assert_allclose(general.n_effective, quick.n_effective, rtol=1e-12)


SEGMENTS = """
[segments]
rule = "halves"
[segments.rules.halves]
kind = "median_split"
scores = ["v", "r"]
[segments.rules.thirds]
kind = "terciles"
scores = ["v"]
[[scale]]
id = "both"
label = "Both"
items = ["r", "s"]
"""


@pytest.mark.parametrize("design", ["stages", "replicates"])
def test_segments_scores_and_robustness_know_every_design(design):
    frame = staged(11)
    plain = made(frame, DESIGN + SEGMENTS)
    study = made(frame, STAGES + SEGMENTS) if design == "stages" else with_replicates(plain, make="jackknife")
    assert not is_simple(survey_design(study))
    shares, expected = (cx.segment_shares(each, cx.segment(each)).frame for each in (study, plain))
    columns = ["n", "n_weighted", "n_effective", "estimate"]
    np.testing.assert_allclose(shares[columns].astype(float), expected[columns].astype(float), rtol=1e-12)
    # The correction takes 4 of 40 clusters a stratum off the variance; the jackknife is near linearization.
    ratio = (shares["std_error"] / expected["std_error"]).dropna()
    assert ratio.between(0.93, 1.1).all()
    assert len(cx.score(study).reliability) == 1
    found = cx.robustness(study)
    assert set(found.rules) >= {"halves", "thirds"}
    assert found.gaps["std_error"].notna().any()
    assert found.design == describe_design(study)


def test_new_weights_do_not_fit_old_replicates():
    frame = sample(seed=1).assign(G="a", rep1=1.0, rep2=2.0)
    margins = pd.DataFrame({"question": ["g"], "response": ["a"], "share": [1.0]})
    plain = made(frame, DESIGN)
    given = made(frame, '[design]\nweight = "weight"\n[design.replicates]\ncolumns = "rep*"\nkind = "jk1"\n')
    assert not any("replicate" in note for note in cx.weigh(plain, margins).notes)
    assert "one by one" in cx.weigh(given, margins).notes[-1]


def test_words():
    frame = staged(1)
    stages = made(frame, STAGES)
    assert describe_design(stages) == (
        "weighted by weight; strata: stratum; clusters: psu (stage 1), ssu (stage 2); "
        "finite population correction: size (stage 1), share (stage 2)"
    )
    page = methodology(stages)
    assert "over 12 sampling units in 3 strata of the first of 2 stages" in page.design
    replicated = with_replicates(made(frame, DESIGN), make="fay", rho=0.3)
    assert describe_design(replicated).endswith(
        "replicate weights made from them (Fay's half-samples, rho 0.3)"
    )
    bootstrap = with_replicates(made(frame, DESIGN), make="bootstrap", count=50, seed=9)
    assert describe_design(bootstrap).endswith("50 bootstrap replicates made from them, seed 9")
    page = methodology(bootstrap)
    assert "those of 50 sets of replicate weights around their mean" in page.design
    assert "t on the replicate standard error" in page.tests
    columns = made(frame, '[design]\nweight = "weight"\n')
    columns = with_replicates(columns, columns=("rep*",), kind="other", scale=0.5)
    assert describe_design(columns).endswith("replicate weights: rep* (scale as given)")
    fractions = Design(fpc=("size",), weight_from_fpc=True)
    assert fractions.weighted
    weighed = made(frame.assign(size=1000), '[design]\nfpc = "size"\nweight_from_fpc = true\n')
    assert describe_design(weighed).startswith("weighted by the inverse of the fractions drawn")
    np.testing.assert_allclose(survey_design(weighed).weights, 1000 / len(frame))


def test_weights_follow_from_the_fractions_of_every_stage():
    frame = staged(4, share=0.5, size=8)
    toml = STAGES.replace('weight = "weight"\n', "").replace(
        "nested = true\n", "weight_from_fpc = true\nnested = true\n"
    )
    design = survey_design(made(frame, toml))
    assert isinstance(design, Multistage)
    np.testing.assert_allclose(design.weights, 8 / 4 / 0.5)
    assert isinstance(survey_design(with_replicates(made(frame, DESIGN), make="jackknife")), Replicated)
