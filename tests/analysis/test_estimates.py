"""Estimates by the public functions: against R, against linearization written out, and derived three ways.

Tolerance: 1e-10 relative where sums of a few hundred products in double precision meet (as the goldens say).
"""

import json

import numpy as np
import pandas as pd
import pytest
from helpers import question, study_of
from samples import BLOCKS, GOLDEN, KINDS, golden_study, made, ratio, sample
from scipy import stats

import cxsurvey as cx
from cxsurvey.errors import RequestError
from cxsurvey.study.codebook import Measure

CASES = {case["id"]: case for case in json.loads((GOLDEN / "r_survey.json").read_text())["cases"]}
RTOL = 1e-10


def golden(case):
    return CASES[case]["result"]


@pytest.fixture(scope="module")
def r_study():
    return golden_study()


@pytest.fixture(scope="module")
def r_weighted():
    return golden_study('[design]\nweight = "weight"\n')


# ---------------------------------------------------------------- R


@pytest.mark.parametrize(("case", "name"), [("a0322", "engagement"), ("a0323", "insight")])
def test_mean_and_interval_against_r(r_study, case, name):
    result = golden(case)
    row = cx.estimate(r_study, name, level=result["level"]).frame.iloc[0]
    low, high = result["ci_t"]["values"][0]
    found = row[["estimate", "conf_low", "conf_high"]].tolist()
    np.testing.assert_allclose(found, [result["est"][name], low, high], rtol=RTOL)
    assert row["df"] == result["df"] == 28


def test_shares_against_r(r_study):
    result = golden("a0326")
    shares = cx.estimate(r_study, "segment_given")
    np.testing.assert_allclose(shares.frame["estimate"], list(result["est"].values()), rtol=RTOL)
    np.testing.assert_allclose(shares.frame["std_error"], result["se"], rtol=RTOL)
    assert shares.frame["estimate"].sum() == pytest.approx(1, rel=1e-14)
    np.testing.assert_allclose(shares.covariance.sum(axis=0), 0, atol=1e-15)


def test_means_by_group_against_r(r_study, r_weighted):
    for study, case, name, by in (
        (r_study, "a0333", "engagement", "industry"),
        (r_weighted, "a0412", "insight", "ownership"),
    ):
        result = golden(case)
        frame = cx.estimate(study, name, by=by).frame
        assert frame["group"].tolist() == list(result["est"])
        np.testing.assert_allclose(frame["estimate"], list(result["est"].values()), rtol=RTOL)
        np.testing.assert_allclose(frame["std_error"], result["se"], rtol=RTOL)


@pytest.mark.parametrize(
    ("case", "question", "by"), [("a0520", "segment_given", "industry"), ("a0523", "sat", "size")]
)
def test_shares_by_group_against_r(r_study, case, question, by):
    """R prints a level's groups together, cxsurvey a group's levels."""
    result = golden(case)
    frame = cx.estimate(r_study, question, by=by).frame
    expected = {tuple(name.replace(f"factor({question.removesuffix('_given')})", "").split(":")): value
                for name, value in result["est"].items()}  # fmt: skip
    errors = dict(zip(expected, result["se"], strict=True))
    for row in frame.itertuples():
        assert row.estimate == pytest.approx(expected[row.group, row.response], rel=RTOL)
        assert row.std_error == pytest.approx(errors[row.group, row.response], rel=RTOL)


def test_multi_response_by_group_against_r(r_study):
    for case, tool in (("a0533", "a"), ("a0535", "b"), ("a0537", "c")):
        result = golden(case)
        frame = cx.estimate(r_study, Measure(question="tools", response=tool), by="segment_given").frame
        np.testing.assert_allclose(frame["estimate"], list(result["est"].values()), rtol=RTOL)
        np.testing.assert_allclose(frame["std_error"], result["se"], rtol=RTOL)


@pytest.mark.parametrize(("case", "level"), [("a0357", None), ("a0363", 0.9)])
def test_logit_interval_against_r(r_study, case, level):
    """1e-6: R iterates the log-odds to its own convergence."""
    result = golden(case)
    shares = cx.estimate(r_study, "roi", level=level)
    row = shares.frame.iloc[1]
    np.testing.assert_allclose([row["conf_low"], row["conf_high"]], result["ci"], rtol=1e-6)
    assert row["estimate"] == pytest.approx(result["est"], rel=1e-9)
    assert shares.rows[1].interval == "logit"


def test_medians_against_r(r_study):
    result = golden("a0356")
    frame = cx.estimate(r_study, "engagement", by="industry", statistic="median").frame
    np.testing.assert_array_equal(frame["estimate"].round(12), np.round(list(result["est"].values()), 12))
    whole = golden("a0346")["engagement"]["values"][1]
    row = cx.estimate(r_study, "engagement", statistic="median").frame.iloc[0]
    np.testing.assert_allclose(row[["estimate", "conf_low", "conf_high"]].tolist(), whole[:3], rtol=1e-12)


def test_alpha_against_r():
    """R's alpha of complete cases (a0515); its weights and the package's are the sampling weights."""
    summary = cx.score(golden_study()).summary.iloc[0]
    assert summary["alpha"] == pytest.approx(next(iter(golden("a0515").values())), rel=1e-9)


# ---------------------------------------------------------------- linearization written out


FRAME = sample()
ANSWERED = {name: FRAME[name].ne("").to_numpy() for name in ("G", "S", "V", "R")}
NUMBER = {name: pd.to_numeric(FRAME[name], errors="coerce").fillna(0).to_numpy() for name in ("S", "V", "R")}


def domains(base, by):
    """Masks of the total and of each group, within a base."""
    return [base, *(base & FRAME["G"].eq(g).to_numpy() for g in "abc")] if by else [base]


def written_out(kind, values, base, by):
    y = np.column_stack([value * domain for domain in domains(base, by) for value in values])
    x = np.column_stack([domain for domain in domains(base, by) for _ in values])
    return ratio(FRAME, kind, y, x), x


def chosen(code):
    return (FRAME["M1"].eq(code) | FRAME["M2"].eq(code)).to_numpy()


SHARES = [FRAME["S"].eq(str(i)).to_numpy() for i in range(1, 6)]
EVERYONE = np.ones(len(FRAME), dtype=bool)
VARIABLES = {
    "shares and net": ("s", None, [*SHARES, SHARES[3] | SHARES[4]], ANSWERED["S"]),
    "mean of an ordinal": ("s", "mean", [NUMBER["S"]], ANSWERED["S"]),
    "mean of a number": ("v", None, [NUMBER["V"]], ANSWERED["V"]),
    "nps": ("r", None, [100 * ((NUMBER["R"] >= 9) * 1.0 - (NUMBER["R"] <= 6))], ANSWERED["R"]),
    "multi": ("m", None, [*(chosen(c) for c in "xyz"), chosen("x") | chosen("y")], EVERYONE),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("by", [None, "g"])
@pytest.mark.parametrize("name", VARIABLES)
def test_estimates_errors_and_covariance(kind, by, name):
    question, statistic, values, base = VARIABLES[name]
    (expected, covariance), x = written_out(kind, values, base, by)
    found = cx.estimate(made(FRAME, kind), question, by=by, statistic=statistic, total=True)
    np.testing.assert_allclose(found.frame["estimate"], expected, rtol=RTOL, atol=1e-12)
    scale = np.sqrt(np.outer(np.diag(covariance), np.diag(covariance)))
    np.testing.assert_allclose(found.covariance / scale, covariance / scale, atol=1e-10)
    np.testing.assert_allclose(found.frame["std_error"], np.sqrt(np.diag(covariance)), rtol=RTOL)
    w = FRAME["weight"].to_numpy() if kind != "simple" else np.ones(len(FRAME))
    np.testing.assert_array_equal(found.frame["n"], x.sum(axis=0))
    np.testing.assert_allclose(found.frame["n_weighted"], w @ x, rtol=RTOL)
    np.testing.assert_allclose(found.frame["n_effective"], (w @ x) ** 2 / (w**2 @ x), rtol=RTOL)
    for row, inside in zip(found.frame.itertuples(), x.T.astype(bool), strict=True):
        units = FRAME["psu"] if kind == "design" else FRAME.index.to_series()
        strata = FRAME["stratum"] if kind in {"design", "strata"} else pd.Series(0, index=FRAME.index)
        assert row.df == units[inside].nunique() - strata[inside].nunique()


def test_intervals_follow_the_house_rule():
    simple, design = (cx.estimate(made(FRAME, kind), "s") for kind in ("simple", "design"))
    assert {row.interval for row in simple.rows} == {"wilson"}
    assert {row.interval for row in design.rows} == {"logit"}
    row = simple.frame.iloc[0]
    p, n, z = row["estimate"], row["n"], stats.norm.ppf(0.975)
    centre, half = p + z**2 / (2 * n), z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    np.testing.assert_allclose(
        [row["conf_low"], row["conf_high"]],
        np.array([centre - half, centre + half]) / (1 + z**2 / n),
        rtol=1e-12,
    )
    row = design.frame.iloc[0]
    logit, se = (
        np.log(row["estimate"] / (1 - row["estimate"])),
        row["std_error"] / (row["estimate"] * (1 - row["estimate"])),
    )
    half = stats.t.ppf(0.975, row["df"]) * se
    np.testing.assert_allclose(
        [row["conf_low"], row["conf_high"]],
        1 / (1 + np.exp(-np.array([logit - half, logit + half]))),
        rtol=1e-10,
    )


def test_exact_interval_at_the_edge():
    study = study_of(question("a", responses=["Y", "N"]), {"A": ["Y"] * 20})
    frame = cx.estimate(study, "a").frame
    np.testing.assert_allclose(frame["conf_low"], [0.025 ** (1 / 20), 0], rtol=1e-12)
    np.testing.assert_allclose(frame["conf_high"], [1, 1 - 0.025 ** (1 / 20)], rtol=1e-12)


# ---------------------------------------------------------------- identities


@pytest.mark.parametrize("kind", KINDS)
def test_a_domain_mean_is_a_ratio_is_a_regression(kind):
    """Three derivations of one number.

    The group's mean by cx.estimate; the ratio of two totals; the coefficients of a weighted regression on group
    indicators with the cluster sandwich, whose only small-sample factor is the design's n / (n - 1) by stratum.
    """
    base = ANSWERED["V"] & ANSWERED["G"]
    found = cx.estimate(made(FRAME, kind), "v", by="g")
    groups = np.column_stack([base & FRAME["G"].eq(g).to_numpy() for g in "abc"]).astype(float)
    estimate, covariance = ratio(FRAME, kind, groups * NUMBER["V"][:, None], groups)
    np.testing.assert_allclose(found.frame["estimate"], estimate, rtol=RTOL)
    np.testing.assert_allclose(found.covariance, covariance, rtol=RTOL, atol=1e-10 * np.diag(covariance).max())

    w = FRAME["weight"].to_numpy() if kind != "simple" else np.ones(len(FRAME))
    bread = np.linalg.inv(groups.T @ (w[:, None] * groups))
    beta = bread @ groups.T @ (w * NUMBER["V"] * base)
    scores = groups * (w * (NUMBER["V"] - groups @ beta))[:, None]
    stratum = FRAME["stratum"].to_numpy() if kind in {"design", "strata"} else np.zeros(len(FRAME))
    psu = FRAME["psu"].to_numpy() if kind == "design" else np.arange(len(FRAME)).astype(str)
    totals = pd.DataFrame(scores).groupby([stratum, psu]).sum()
    meat = sum(len(z) * np.cov(z.to_numpy().T) for _, z in totals.groupby(level=0))
    np.testing.assert_allclose(found.frame["estimate"], beta, rtol=RTOL)
    np.testing.assert_allclose(found.frame["std_error"], np.sqrt(np.diag(bread @ meat @ bread)), rtol=RTOL)


@pytest.mark.parametrize("question", ["s", "m", "v", "r"])
def test_the_total_contains_its_parts(question):
    """Everyone has a group here: the total is the mean of the groups by their weighted bases."""
    frame = FRAME[FRAME["G"].ne("")].reset_index(drop=True)
    found = cx.estimate(made(frame), question, by="g", total=True).frame
    parts = found[found["group"] != "total"]
    for response, rows in parts.groupby("response"):
        whole = found[(found["group"] == "total") & (found["response"] == response)].iloc[0]
        assert whole["n"] == rows["n"].sum()
        assert whole["n_weighted"] == pytest.approx(rows["n_weighted"].sum(), rel=1e-12)
        combined = np.average(rows["estimate"], weights=rows["n_weighted"])
        assert whole["estimate"] == pytest.approx(combined, rel=1e-12)


def test_the_total_counts_respondents_outside_the_groups():
    found = cx.estimate(made(FRAME), "s", by="g", total=True).frame
    alone = cx.estimate(made(FRAME), "s").frame
    np.testing.assert_array_equal(found["n"][:6], alone["n"])
    np.testing.assert_allclose(found["estimate"][:6], alone["estimate"], rtol=1e-14)
    assert found["group"].tolist()[:6] == ["total"] * 6
    assert alone["n"][0] > found.groupby("group")["n"].first()[["a", "b", "c"]].sum()


def test_a_group_called_total_is_not_the_total():
    toml = question("g", responses={"total": "All of it", "part": "Some"}) + question("a", responses=["Y", "N"])
    study = study_of(toml, {"G": ["total"] * 40 + ["part"] * 60, "A": ["Y"] * 40 + ["N"] * 60})
    found = cx.estimate(study, "a", by="g", total=True)
    np.testing.assert_allclose(found.frame["estimate"], [0.4, 0.6, 1, 0, 0, 1], rtol=1e-15)
    assert [row.group_label for row in found.rows][::2] == ["Total", "All of it", "Some"]


def test_a_net_is_at_most_its_parts_and_shares_of_a_multi_question_may_pass_one():
    frame = cx.estimate(made(FRAME), "m").frame.set_index("response")["estimate"]
    assert frame[["x", "y", "z"]].sum() > 1
    assert max(frame["x"], frame["y"]) < frame["xy"] < frame["x"] + frame["y"]


def test_missing_is_counted_by_reason():
    found = cx.estimate(made(FRAME), ["s", "m"])
    assert found.missing["s"] == {"skipped": int((~ANSWERED["S"]).sum())}
    assert found.missing["m"] == {}
    assert found.frame["n"].iloc[0] + found.missing["s"]["skipped"] == len(FRAME)


def test_covariance_between_questions_is_not_given():
    found = cx.estimate(made(FRAME), ["s", "v"])
    assert found.covariance.shape == (7, 7)
    assert np.isnan(found.covariance[:6, 6]).all()
    assert np.isfinite(found.covariance[:6, :6]).all()


def test_medians_by_hand():
    toml = question("g", responses=["a", "b"]) + question("v", "number")
    data = {"G": ["a"] * 5 + ["b"] * 6 + [""], "V": [5, 1, 4, 2, 3, 1, 1, 1, 2, 9, np.nan, 100.0]}
    study = study_of("[settings]\nsuppress_below = 0\n" + toml, data)
    found = cx.estimate(study, "v", by="g", statistic="median").frame
    assert found["estimate"].tolist() == [3, 1]
    assert found["n"].tolist() == [5, 5]
    assert cx.estimate(study, "v", statistic="median").frame["estimate"][0] == 2
    with pytest.raises(RequestError):
        cx.estimate(study, "v", by="g", statistic="median", total=True)


# ---------------------------------------------------------------- edges


def test_a_group_of_weight_zero_is_empty():
    toml = (
        '[design]\nweight = "W"\n' + question("g", responses=["a", "b"]) + question("a", responses=["Y", "N"])
    )
    study = study_of(toml, {"G": ["a"] * 40 + ["b"] * 40, "A": ["Y", "N"] * 40, "W": [1.0] * 40 + [0.0] * 40})
    frame = cx.estimate(study, "a", by="g").frame
    assert frame["flag"].tolist() == ["*", "*", "empty", "empty"]
    assert frame["estimate"].isna().tolist() == [False, False, True, True]
    assert frame["n"].tolist() == [40, 40, 0, 0]


@pytest.mark.parametrize("kind", ["design", "strata", "weights"])
@pytest.mark.parametrize("statistic", [None, "median"])
def test_respondents_of_weight_zero_are_in_no_base(kind, statistic):
    """3 who count among 60 are a base of 3: suppressed, whatever the other 57 add to the file."""
    frame = sample(300, seed=12)
    members = frame.index[frame["G"].eq("a") & frame["V"].ne("")]
    frame.loc[members[3:], "weight"] = 0.0
    found = cx.estimate(made(frame, kind), "v", by="g", statistic=statistic).frame.set_index("group")
    assert found.loc["a", "n"] == 3
    assert found.loc["a", "flag"] == "suppressed"
    shown = study_of(KINDS[kind] + "[settings]\nsuppress_below = 0\n" + BLOCKS, frame)
    row = cx.estimate(shown, "v", by="g", statistic=statistic).frame.set_index("group").loc["a"]
    counted = frame.loc[members[:3]]
    units = {"design": counted["psu"].nunique() - counted["stratum"].nunique()}
    units |= {"strata": 3 - counted["stratum"].nunique(), "weights": 2}
    assert (row["n"], row["df"], row["flag"]) == (3, units[kind], "**")


def test_respondents_of_weight_zero_stay_in_the_design():
    """Dropping their rows would drop their clusters: the variance is of the whole design."""
    frame = sample(200, seed=13)
    gone = frame["psu"].isin(["0", "5"])
    weightless = frame.assign(weight=np.where(gone, 0.0, frame["weight"]))
    outside = frame.assign(V=np.where(gone, "", frame["V"]))
    one, other = (cx.estimate(made(f), "v").frame for f in (weightless, outside))
    numbers = ["n", "n_effective", "n_weighted", "estimate", "std_error", "conf_low", "conf_high", "df"]
    np.testing.assert_allclose(one[numbers].astype(float), other[numbers].astype(float), rtol=1e-12)


@pytest.mark.parametrize(("name", "statistic"), [("v", None), ("v", "median"), ("m", None), ("r", None)])
def test_a_group_in_one_cluster_has_no_standard_error(name, statistic):
    """Linearization gives 0 there, for want of a second cluster: an error of 0 would be the boldest claim."""
    frame = sample(300, seed=14)
    frame["G"] = np.where(frame["psu"].eq("3"), "a", "b")
    found = cx.estimate(made(frame), name, by="g", statistic=statistic)
    alone = found.frame["group"].eq("a").to_numpy()
    assert found.frame.loc[alone, "estimate"].notna().all()
    assert found.frame.loc[alone, ["std_error", "conf_low", "conf_high"]].isna().all(axis=None)
    assert np.isnan(found.covariance[alone]).all()
    assert (found.frame.loc[found.frame["group"].eq("b"), "std_error"] > 0).all()


def test_nobody_answered():
    study = study_of(question("a", "ordinal", responses={"1": "x", "2": "y"}), {"A": [""] * 50})
    for statistic in (None, "mean", "median"):
        frame = cx.estimate(study, "a", statistic=statistic).frame
        assert set(frame["flag"]) == {"empty"}
        assert frame["estimate"].isna().all()
        assert frame["n"].eq(0).all()


def test_flags_follow_the_unweighted_base():
    toml = question("g", responses=list("abcde")) + question("a", responses=["Y", "N"])
    sizes = {"a": 100, "b": 99, "c": 30, "d": 29, "e": 0}
    group = [g for g, size in sizes.items() for _ in range(size)]
    frame = cx.estimate(study_of(toml, {"G": group, "A": (["Y", "N"] * 200)[: len(group)]}), "a", by="g").frame
    assert frame["flag"][::2].tolist() == ["", "*", "*", "**", "empty"]


@pytest.mark.parametrize(
    ("keys", "code"),
    [
        ({"question": []}, "nothing-to-estimate"),
        ({"question": "zz"}, "unknown-question"),
        ({"question": "t"}, "statistic-not-defined"),
        ({"question": "g", "statistic": "mean"}, "statistic-not-defined"),
        ({"question": "m", "statistic": "mean"}, "statistic-not-defined"),
        ({"question": "v", "statistic": "share"}, "statistic-not-defined"),
        ({"question": "s", "statistic": "nps"}, "statistic-not-defined"),
        ({"question": "s", "statistic": "mode"}, "statistic-not-defined"),
        ({"question": "s", "by": "v"}, "unknown-group"),
        ({"question": "s", "level": 1.0}, "bad-option"),
        ({"question": "s", "level": 95}, "bad-option"),
    ],
)
def test_requests_that_cannot_be_met(keys, code):
    with pytest.raises(RequestError, match=code):
        cx.estimate(made(FRAME), **keys)


def test_nps_needs_a_rating_from_0_to_10():
    study = study_of(question("a", "ordinal", nps=True, responses={"1": "x", "50": "y"}), {"A": ["1", "50"]})
    with pytest.raises(RequestError, match="from 0 to 10"):
        cx.estimate(study, "a")


def test_segments_have_shares_only():
    rating = {"2": "High", "1": "Low"}
    toml = question("i", "ordinal", responses=rating) + question("e", "ordinal", responses=rating)
    toml += '[segments]\nrule = "own"\ninsight = "i"\nengagement = "e"\n'
    toml += "[segments.rules.own]\nkind = 'grid'\ncells = [['leader', 'follower'], ['follower', 'laggard']]\n"
    study = study_of(toml, {"I": ["2", "1"] * 30, "E": ["2", "2", "1"] * 20})
    np.testing.assert_allclose(
        cx.estimate(study, "segment").frame["estimate"], [1 / 3, 1 / 2, 1 / 6], rtol=1e-14
    )
    with pytest.raises(RequestError, match="statistic-not-defined"):
        cx.estimate(study, "segment", statistic="mean")


@pytest.mark.parametrize("bounds", [{"maximum": 100}, {"minimum": -10}])
def test_a_net_promoter_score_of_another_scale_is_refused(bounds):
    """Of answers from 0 to 100, 70 is no promoter."""
    study = study_of(question("r", "number", nps=True, **bounds), {"R": ["95", "70", "8", "20"] * 10})
    with pytest.raises(RequestError, match="0 to 10"):
        cx.estimate(study, "r")
    assert cx.estimate(study, "r", statistic="mean").frame["estimate"].notna().all()


def test_what_is_no_statistic_and_what_is_no_grouping():
    study = made(sample(60))
    with pytest.raises(RequestError, match="one of share, mean, median, nps"):
        cx.estimate(study, "v", statistic="average")
    with pytest.raises(RequestError, match="unknown-group"):
        cx.estimate(study, "v", by=["g"])
