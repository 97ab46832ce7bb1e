"""Controlled gaps: R's predictive margins, averages by hand, identities, and a reason where there is none."""

import json
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from helpers import question, study_of
from hypothesis import given, settings
from hypothesis import strategies as st
from samples import BLOCKS, DESIGN, KINDS, golden_study, made, sample

import cxsurvey as cx
from cxsurvey.analysis.adjusted_gaps import too_close
from cxsurvey.analysis.results import CONTROLLED_COLUMNS, GAP_COLUMNS
from cxsurvey.errors import DataFault, RequestError
from cxsurvey.files import csv_text

GOLDEN = json.loads((Path(__file__).parents[1] / "golden_values" / "adjusted_gaps.json").read_text())["cases"]
JACKKNIFE = DESIGN.replace("[design]\n", '[design]\nreplicates = { make = "jackknife" }\n')
COLUMNS = list(CONTROLLED_COLUMNS)


def only(found, response):
    return found.frame[found.frame["response"] == response].iloc[0]


def golden_gap(case, design=DESIGN):
    study = golden_study(design)
    outcome = case["outcome"]
    by = "segment_given" if case["group"] == "segment" else case["group"]
    found = cx.gaps(
        study, by=by, question=outcome, adjust_for=case["controls"], proportional_odds=case["id"] == "top"
    )
    response = {"roi": "1", "engagement": "mean", "sat": "4"}[outcome]
    names = list(zip(found.frame["response"], found.frame["group_a"], found.frame["group_b"], strict=True))
    for sign, pair in ((1, (case["a"], case["b"])), (-1, (case["b"], case["a"]))):
        if (response, *pair) in names:
            return sign, found.frame.iloc[names.index((response, *pair))]
    raise AssertionError(names)


@pytest.mark.parametrize("case", GOLDEN, ids=lambda case: case["id"])
def test_gaps_are_those_of_r(case):
    """To 1e-7: R's glm stops at a relative change of the deviance of 1e-8 inside svypredmeans, polr at 1e-8."""
    sign, row = golden_gap(case)
    tolerance = 1e-4 if case["id"] == "top" else 1e-7  # svyolr maximizes by BFGS, to about four digits
    np.testing.assert_allclose(sign * row["controlled_gap"], case["gap"], rtol=tolerance)
    assert row["controlled_n"] == case["n"]


@pytest.mark.parametrize("case", GOLDEN[:3], ids=lambda case: case["id"])
def test_standard_errors_are_those_of_r(case):
    """R's own margins leave out a covariance that is near 0 when the model is right: 1 in 1,000 here."""
    _, row = golden_gap(case)
    assert row["controlled_std_error"] == pytest.approx(case["linearized"][0], rel=1e-7)
    assert row["controlled_std_error"] == pytest.approx(case["predmeans"][0], rel=1e-3)


@pytest.mark.parametrize("case", GOLDEN[:3], ids=lambda case: case["id"])
def test_replicates_refit_the_model(case):
    sign, row = golden_gap(case, JACKKNIFE)
    assert sign * row["controlled_gap"] == pytest.approx(case["jackknife"][0], rel=1e-7)
    assert row["controlled_std_error"] == pytest.approx(case["jackknife"][1], rel=1e-6)


def frame_of(n=400, seed=5):
    """Groups that differ in size, an answer and a number that depend on both, by respondents who all differ."""
    rng = np.random.default_rng(seed)
    size = rng.choice(["S", "M", "L"], n)
    group = np.where(rng.random(n) < np.where(size == "L", 0.7, 0.35), "a", "b")
    chance = 0.25 + 0.1 * (group == "a") + 0.3 * (size == "L")
    yes = np.where(rng.random(n) < chance, "yes", "no")
    v = np.round(rng.normal(0, 1, n) + (group == "a") + 2.0 * (size == "L"), 3)
    weight = rng.uniform(0.5, 3, n).round(4)
    return pd.DataFrame({"g": group, "size": size, "y": yes, "v": v, "weight": weight, "one": "x"})


TOML = (
    '[design]\nweight = "weight"\n'
    + question("g", responses={"a": "A", "b": "B"})
    + question("size", responses={"S": "S", "M": "M", "L": "L"})
    + question("y", responses={"no": "No", "yes": "Yes"})
    + question("one", responses={"x": "X", "other": "Other"})
    + question("v", "number")
)


def study(frame=None, toml=TOML):
    given = frame_of() if frame is None else frame
    return study_of(toml, given.rename(columns={name: name.upper() for name in given if name != "weight"}))


def test_a_line_gives_its_coefficient():
    frame = frame_of()
    row = cx.gaps(study(frame), by="g", question="v", adjust_for=["size"]).frame.iloc[0]
    X = np.column_stack([np.ones(len(frame)), *(frame["size"] == k for k in "ML"), frame["g"] == "a"]).astype(
        float
    )
    root = np.sqrt(frame["weight"].to_numpy())
    expected = np.linalg.lstsq(X * root[:, None], frame["v"] * root, rcond=None)[0]
    assert row["controlled_gap"] == pytest.approx(expected[3], rel=1e-10)
    assert row["controlled_df"] == len(frame) - 4
    assert abs(row["gap"] - row["controlled_gap"]) > 0.3  # the groups differ in size, so control matters


def test_predictions_are_averaged_over_everybody():
    """From the coefficients of statsmodels, person by person."""
    frame = frame_of()
    X = np.column_stack([np.ones(len(frame)), *(frame["size"] == k for k in "ML"), frame["g"] == "a"]).astype(
        float
    )
    model = sm.GLM(frame["y"] == "yes", X, family=sm.families.Binomial(), freq_weights=frame["weight"])
    b = model.fit(tol=1e-14).params.to_numpy()
    as_if = [1 / (1 + np.exp(-(X[:, :3] @ b[:3] + b[3] * member))) for member in (1, 0)]
    expected = np.average(as_if[0] - as_if[1], weights=frame["weight"])
    found = cx.gaps(study(frame), by="g", question="y", adjust_for=["size"])
    assert only(found, "yes")["controlled_gap"] == pytest.approx(expected, rel=1e-8)


def test_a_saturated_model_is_direct_standardization():
    """Within each size the groups differ by the same odds, so the main effects fit every cell exactly."""
    cells = {("S", "a"): (20, 40), ("S", "b"): (10, 30), ("L", "a"): (40, 60), ("L", "b"): (45, 90)}
    assert (20 * 20 / (20 * 10)) == (40 * 45 / (20 * 45)) == 2.0
    rows = [(g, s, y) for (s, g), (k, n) in cells.items() for y in ["yes"] * k + ["no"] * (n - k)]
    frame = pd.DataFrame(rows, columns=["g", "size", "y"]).assign(v=0.0, weight=1.0, one="x")
    share = {cell: k / n for cell, (k, n) in cells.items()}
    parts = {"S": 70 / 220, "L": 150 / 220}
    expected = sum(parts[s] * (share[s, "a"] - share[s, "b"]) for s in parts)
    found = cx.gaps(study(frame), by="g", question="y", adjust_for=["size"])
    assert only(found, "yes")["controlled_gap"] == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("against", ["pairs", "rest"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_constant_changes_nothing(kind, against):
    frame = sample(300, seed=2).assign(K="x")
    toml = KINDS[kind] + BLOCKS + question("k", responses={"x": "X", "y": "Y"})
    found = cx.gaps(study_of(toml, frame), by="g", against=against, adjust_for=["k"]).frame
    known = found[found["controlled_gap"].notna()]
    assert len(known) > 10
    np.testing.assert_allclose(known["controlled_gap"], known["gap"], rtol=1e-7, atol=1e-11)
    np.testing.assert_allclose(known["controlled_raw_gap"], known["gap"], rtol=1e-10, atol=1e-13)
    means = known[known["question"] == "v"]
    np.testing.assert_allclose(means["controlled_std_error"], means["std_error"], rtol=1e-7)


def test_the_control_is_the_whole_gap_where_groups_differ_in_nothing_else():
    frame = frame_of(2_000, seed=1)
    frame["v"] = 3.0 * (frame["size"] == "L") + np.tile([-1.0, 1.0], 1_000)
    found = cx.gaps(study(frame), by="g", question="v", adjust_for="size").frame.iloc[0]
    assert found["p_value"] < 1e-10
    assert abs(found["controlled_gap"]) < 3 * found["controlled_std_error"] < 0.2


@pytest.mark.parametrize("kind", KINDS)
def test_shuffled_rows_change_no_byte(kind):
    frame = sample(260, seed=4)
    expected = None
    for seed in range(3):
        shuffled = frame.sample(frac=1, random_state=seed).reset_index(drop=True)
        text = csv_text(cx.gaps(made(shuffled, kind), by="g", adjust_for=["s", "v"]).frame)
        expected = expected or text
        assert text == expected


@settings(deadline=None, max_examples=8)
@given(st.integers(0, 10_000), st.sampled_from([1e-3, 7.0, 1e4]))
def test_the_scale_of_weights_changes_nothing(seed, scale):
    frame = sample(150, seed=seed)
    one = cx.gaps(made(frame), by="g", question=["v", "s"], adjust_for=["r"]).frame
    other = frame.assign(weight=frame["weight"] * scale)
    two = cx.gaps(made(other), by="g", question=["v", "s"], adjust_for=["r"]).frame
    for name in ("controlled_gap", "controlled_std_error", "controlled_df", "controlled_n"):
        np.testing.assert_allclose(one[name], two[name], rtol=1e-6, atol=1e-9)
    assert one["controlled_flag"].tolist() == two["controlled_flag"].tolist()


def reasons(found):
    return dict(zip(found.frame["response"], found.frame["controlled_flag"], strict=True))


def test_missing_controls_are_left_out_and_counted_or_a_level():
    frame = frame_of()
    frame["size"] = np.where(np.arange(len(frame)) % 5 == 0, "", frame["size"])
    out = cx.gaps(study(frame), by="g", question="v", adjust_for=["size"])
    row = out.frame.iloc[0]
    assert row["controlled_n"] == 320
    assert out.controls.not_known == {"size": 80}
    assert (out.controls.complete, out.controls.members) == (320, 400)
    assert "320 of 400 (no answer: size 80)" in out.notes[-1]
    kept = frame[frame["size"] != ""]
    means = [np.average(part["v"], weights=part["weight"]) for _, part in kept.groupby("g")]
    assert row["controlled_raw_gap"] == pytest.approx(means[0] - means[1], rel=1e-10)
    assert row["controlled_raw_gap"] != pytest.approx(row["gap"], rel=1e-6)
    level = cx.gaps(study(frame), by="g", question="v", adjust_for=["size"], control_missing="level")
    toml = TOML.replace('"M" = "M"', '"M" = "M", "M2" = "M2"')
    filled = study(frame.replace({"size": {"": "M2"}}), toml)
    other = cx.gaps(filled, by="g", question="v", adjust_for=["size"])
    assert level.frame["controlled_n"].tolist() == [400]
    assert level.frame["controlled_gap"].iloc[0] == pytest.approx(
        other.frame["controlled_gap"].iloc[0], rel=1e-10
    )


@pytest.mark.parametrize(("few", "shown"), [(0, True), (1, False), (4, False), (5, True)])
def test_a_raw_gap_that_a_few_set_apart_is_left_out(few, shown):
    """Without a control's answer in group a: raw gap and controlled_raw_gap differ by these people alone."""
    frame = frame_of()
    inside = np.flatnonzero(frame["g"] == frame["g"].iloc[0])[:few]
    frame["size"] = np.where(np.isin(np.arange(len(frame)), inside), "", frame["size"])
    out = cx.gaps(study(frame), by="g", question="v", adjust_for=["size"])
    assert out.frame["controlled_gap"].notna().all()
    assert out.frame["controlled_raw_gap"].notna().tolist() == [shown]
    assert any("left out where fewer than 5" in note for note in out.notes) != shown
    assert out.frame["controlled_n"].tolist() == [400 - few]


@pytest.mark.parametrize("against_rest", [False, True])
@pytest.mark.parametrize("groups", [2, 3, 4])
def test_no_sum_of_raw_gaps_is_about_a_few(groups, against_rest):
    """What two raw gaps differ by, a weighted sum over those left out, group by group: all vectors of sizes."""
    share = np.random.default_rng(1).dirichlet(np.ones(groups))
    pairs = [(a, b) for a in range(groups) for b in range(a + 1, groups)]
    unit = np.eye(groups)
    for left_out in product((0, 1, 4, 5), repeat=groups):
        sizes = np.array(left_out)
        if against_rest:
            close = too_close([np.array([n, sizes.sum() - n]) for n in sizes], 5)
            rest = [(share - share[g] * unit[g]) / (1 - share[g]) for g in range(groups)]
            rows = [unit[g] - rest[g] for g in range(groups) if not close[g][0, 1]]
        else:
            close = too_close([sizes], 5)
            rows = [unit[a] - unit[b] for a, b in pairs if not close[0][a, b]]
        known = np.array(rows).reshape(-1, groups)[:, sizes > 0]
        there = sizes[sizes > 0]
        for out in product((False, True), repeat=len(there)):
            few = np.array(out, dtype=bool)
            if known.size and 0 < there[few].sum() < 5:
                lower = np.linalg.matrix_rank(known[:, ~few]) if (~few).any() else 0
                about = np.linalg.matrix_rank(known) - lower
                assert about == 0, left_out


def test_a_number_without_an_answer_has_a_term_of_its_own():
    """Whatever number stands for no answer, the term beside it takes it up."""
    frame = frame_of()
    frame["v"] = np.where(np.arange(len(frame)) % 4 == 0, np.nan, frame["v"])
    found = cx.gaps(study(frame), by="g", question="y", adjust_for=["v"], control_missing="level")
    X = np.column_stack([np.ones(400), frame["v"].fillna(7.0), frame["v"].isna(), frame["g"] == "a"]).astype(
        float
    )
    b, w, y = np.zeros(4), frame["weight"].to_numpy(), (frame["y"] == "yes").to_numpy()
    for _ in range(30):
        p = 1 / (1 + np.exp(-X @ b))
        b = b + np.linalg.solve(X.T @ (X * (w * p * (1 - p))[:, None]), X.T @ (w * (y - p)))
    as_if = [1 / (1 + np.exp(-(X[:, :3] @ b[:3] + b[3] * member))) for member in (1, 0)]
    expected = np.average(as_if[0] - as_if[1], weights=w)
    assert only(found, "yes")["controlled_gap"] == pytest.approx(expected, rel=1e-8)


def test_what_has_no_model_says_why():
    frame = frame_of(200)
    frame["y"] = np.where(frame["g"] == "a", frame["y"], "no")
    assert reasons(cx.gaps(study(frame), by="g", question="y", adjust_for=["size"]))["yes"] == "separated"
    assert cx.gaps(study(), by="g", question="v", statistic="median", adjust_for=["size"]).frame[
        "controlled_flag"
    ].tolist() == ["median"]
    assert set(reasons(cx.gaps(study(), by="g", question="size", adjust_for=["size"])).values()) == {"control"}
    frame = frame_of(60)
    rare = np.where(np.arange(60) < 7, "yes", "no")
    found = cx.gaps(study(frame.assign(y=rare)), by="g", question="y", adjust_for=["size"])
    assert set(reasons(found).values()) == {"few_per_coefficient"}
    found = cx.gaps(study(frame.assign(y="no")), by="g", question="y", adjust_for=["size"])
    assert reasons(found)["yes"] == "one_answer"
    for one in (found, cx.gaps(study(frame.assign(v=1.0)), by="g", question="v", adjust_for=["size"])):
        assert one.frame["controlled_gap"].isna().all()
        assert one.frame["controlled_p_adjusted"].isna().all()
        assert sum(one.controls.family_sizes) == 0


def test_a_level_at_which_nobody_gave_the_response_counts_with_a_gap_of_0():
    """The limit of the model is that of the others, and those at the level differ by nothing."""
    frame = frame_of(600)
    frame["y"] = np.where(frame["size"] == "S", "no", frame["y"])
    row = only(cx.gaps(study(frame), by="g", question="y", adjust_for=["size"]), "yes")
    others = frame[frame["size"] != "S"]
    rest = only(cx.gaps(study(others), by="g", question="y", adjust_for=["size"]), "yes")
    share = others["weight"].sum() / frame["weight"].sum()
    assert row["controlled_flag"] == "limit"
    assert row["controlled_gap"] == pytest.approx(share * rest["controlled_gap"], rel=1e-6)
    assert 0 < row["controlled_std_error"] < rest["controlled_std_error"]
    assert row["controlled_p_value"] == pytest.approx(rest["controlled_p_value"], abs=0.02)


def test_one_group_that_has_no_end_leaves_the_gaps_of_the_others():
    frame = frame_of(600)
    frame["g"] = np.where(np.arange(600) % 3 == 0, "c", frame["g"])
    frame["y"] = np.where(frame["g"] == "a", "no", frame["y"])
    toml = TOML.replace('"b" = "B"', '"b" = "B", "c" = "C"')
    found = cx.gaps(study(frame, toml), by="g", question="y", adjust_for=["size"]).frame
    yes = found[found["response"] == "yes"].set_index(["group_a", "group_b"])["controlled_flag"]
    assert yes.to_dict() == {("a", "b"): "separated", ("a", "c"): "separated", ("b", "c"): ""}


def test_small_groups_are_not_tested_and_tiny_ones_hidden():
    frame = frame_of(300)
    for n, flag, hidden in ((20, "**", False), (3, "suppressed", True)):
        few = frame.assign(g=np.where(np.arange(300) < n, "a", "b"), v=np.arange(300) % 7)
        row = cx.gaps(study(few), by="g", question="v", adjust_for=["size"]).frame.iloc[0]
        assert row["controlled_flag"] == flag
        assert np.isnan(row["controlled_p_value"])
        assert bool(np.isnan(row["controlled_gap"])) is hidden
    frame["size"] = np.where((frame["g"] == "a") & (np.arange(300) > 12), "", frame["size"])
    row = cx.gaps(study(frame), by="g", question="v", adjust_for=["size"]).frame.iloc[0]
    assert row["flag"] == "" or row["flag"] == "*"
    assert row["controlled_flag"] in {"**", "suppressed"}  # of those who answered the control too few are left


def test_few_clusters_leave_no_test():
    frame = frame_of().assign(psu=np.arange(400) % 4)
    toml = TOML.replace("[design]\n", '[design]\ncluster = "PSU"\n')
    row = cx.gaps(study(frame, toml), by="g", question="v", adjust_for=["size"]).frame.iloc[0]
    assert row["controlled_flag"] == "few_clusters"
    assert np.isnan(row[["controlled_p_value", "controlled_conf_low"]].astype(float)).all()
    assert row["controlled_std_error"] > 0


def test_controlled_tests_are_a_family_of_their_own():
    found = cx.gaps(study(), by="g", question=["y", "v"], adjust_for=["size"], adjust="bonferroni")
    p = found.frame.set_index("response")
    assert found.controls.family_sizes == (2,)  # no and yes are one test
    for name in ("mean", "yes", "no"):
        expected = min(1, 2 * p.loc[name, "controlled_p_value"])
        assert p.loc[name, "controlled_p_adjusted"] == pytest.approx(expected)
    assert list(found.frame.columns) == [*GAP_COLUMNS, *COLUMNS]
    assert found.controls.models == ("logistic", "logistic", "linear")
    assert list(cx.gaps(study(), by="g").frame.columns) == list(GAP_COLUMNS)


def test_proportional_odds_of_shares_and_means():
    """One model moves every answer: gaps of the responses add up to 0, and make the gap of the mean."""
    frame = sample(400, seed=6)
    options = {"by": "g", "question": "s", "adjust_for": ["r"], "proportional_odds": True}
    shares = cx.gaps(made(frame), **options)
    mean = cx.gaps(made(frame), statistic="mean", **options).frame
    assert set(shares.controls.models) == {"proportional odds"}
    single = shares.frame[shares.frame["response"].isin(list("12345"))]
    by_pair = single.groupby(["group_a", "group_b"], sort=False)
    assert by_pair["controlled_gap"].sum().abs().max() < 1e-12
    made_up = by_pair.apply(lambda part: (part["response"].astype(float) * part["controlled_gap"]).sum())
    np.testing.assert_allclose(mean["controlled_gap"], made_up, rtol=1e-9)
    top = shares.frame[shares.frame["response"] == "top2"]["controlled_gap"].to_numpy()
    pair = single[single["response"].isin(["4", "5"])].groupby(["group_a", "group_b"], sort=False)
    np.testing.assert_allclose(top, pair["controlled_gap"].sum(), rtol=1e-9)


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"adjust_for": ["sizes"]}, "unknown-control"),
        ({"adjust_for": ["g"]}, "control-makes-groups"),
        ({"adjust_for": []}, "bad-option"),
        ({"adjust_for": ["size", "size"]}, "bad-option"),
        ({"adjust_for": ["size"], "control_missing": "guess"}, "bad-option"),
        ({"adjust_for": ["m"]}, "control-type"),
        ({"adjust_for": ["copy"]}, "control-collinear"),
        ({"adjust_for": ["empty"]}, "controls-unanswered"),
    ],
)
def test_requests_that_leave_nothing_are_refused(options, code):
    frame = frame_of(80).assign(copy=lambda one: one["g"], empty="")
    more = question("copy", responses={"a": "A", "b": "B"}) + question("empty", responses={"x": "X"})
    more += question("m", "text", column="ONE")
    with pytest.raises((RequestError, DataFault)) as error:
        cx.gaps(study(frame, TOML + more), by="g", question="y", **options)
    assert error.value.code == code


def test_controls_that_repeat_one_another_are_one():
    frame = frame_of().assign(again=lambda one: one["size"])
    toml = TOML + question("again", responses={"S": "S", "M": "M", "L": "L"})
    once = cx.gaps(study(frame, toml), by="g", question=["y", "v"], adjust_for=["size"]).frame
    twice = cx.gaps(study(frame, toml), by="g", question=["y", "v"], adjust_for=["size", "again"]).frame
    for name in ("controlled_gap", "controlled_std_error", "controlled_df"):
        np.testing.assert_allclose(once[name], twice[name], rtol=1e-9)
