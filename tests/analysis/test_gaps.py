"""Gaps by the public function: reference values, R, linearization and jackknife, families, symmetry."""

import json
from itertools import combinations

import numpy as np
import pytest
from helpers import question, study_of
from samples import BLOCKS, GOLDEN, KINDS, golden_study, made, ratio, sample
from scipy import stats

import cxsurvey as cx
from cxsurvey.errors import DataFault, RequestError
from cxsurvey.study.codebook import Measure

CASES = {case["id"]: case for case in json.loads((GOLDEN / "r_survey.json").read_text())["cases"]}
YES_NO = question("g", responses=["a", "b", "c"]) + question("x", responses=["Y", "N"])
NUMBERS = [
    "gap",
    "std_error",
    "conf_low",
    "conf_high",
    "statistic",
    "df",
    "p_value",
    "p_adjusted",
    "effect_size",
]


def counts(*groups, toml=YES_NO, head=""):
    """A simple sample: ``groups`` holds yes and base of each group."""
    g = [name for name, (_, n) in zip("abc", groups, strict=False) for _ in range(n)]
    x = [answer for yes, n in groups for answer in ["Y"] * yes + ["N"] * (n - yes)]
    return study_of(head + toml, {"G": g, "X": x})


def yes(frame):
    return frame[frame["response"] == "Y"].iloc[0]


# ---------------------------------------------------------------- simple samples


def test_pooled_z_and_newcombe_reference():
    """50/100 v 70/200: z = 2.50, p = .0124. Newcombe 1998, Table II (a): 56/70 v 48/80 is 0.0524 to 0.3339."""
    row = yes(cx.gaps(counts((50, 100), (70, 200)), by="g", question="x").frame)
    assert row["statistic"] == pytest.approx(2.5, abs=1e-12)
    assert row["p_value"] == pytest.approx(2 * stats.norm.sf(2.5), rel=1e-12)
    assert row["gap"] == pytest.approx(0.15, rel=1e-14)
    assert row["test"] == "z, pooled"
    assert row["effect_size"] == pytest.approx(
        2 * (np.arcsin(np.sqrt(0.5)) - np.arcsin(np.sqrt(0.35))), rel=1e-14
    )
    row = yes(cx.gaps(counts((56, 70), (48, 80)), by="g", question="x").frame)
    assert (round(row["conf_low"], 4), round(row["conf_high"], 4)) == (0.0524, 0.3339)


def test_against_the_rest_is_the_complement_not_the_total():
    """50/100 against 120/300 in total: the rest is 70/200 and z = 2.50 (the total itself would give 1.75)."""
    pair = yes(cx.gaps(counts((50, 100), (70, 200)), by="g", question="x").frame)
    three = counts((50, 100), (40, 120), (30, 80))
    frame = cx.gaps(three, by="g", question="x", against="rest").frame
    row = yes(frame)
    assert (row["group_a"], row["group_b"]) == ("a", "rest")
    assert (row["n_a"], row["n_b"], row["n_overlap"]) == (100, 200, 0)
    np.testing.assert_allclose(
        row[["gap", "statistic", "p_value"]].tolist(), pair[["gap", "statistic", "p_value"]].tolist()
    )
    assert frame["group_a"].tolist() == ["a", "a", "b", "b", "c", "c"]


@pytest.mark.parametrize(
    ("first", "second", "statistic", "p_value"),
    [
        ((50, 50), (0, 60), np.sqrt(110), None),
        ((0, 50), (6, 60), None, None),
        ((0, 5000), (5000, 5000), -100.0, None),
    ],
)
def test_shares_of_0_and_1(first, second, statistic, p_value):
    row = yes(cx.gaps(counts(first, second), by="g", question="x").frame)
    (x1, n1), (x2, n2) = first, second
    pooled = (x1 + x2) / (n1 + n2)
    if statistic is None:
        statistic = (x1 / n1 - x2 / n2) / np.sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n2))
    p_value = 2 * stats.norm.sf(abs(statistic)) if p_value is None else p_value
    assert row["statistic"] == pytest.approx(statistic, rel=1e-12)
    assert row["p_value"] == pytest.approx(p_value, rel=1e-9, abs=0)
    assert (row["conf_low"] <= row["gap"] <= row["conf_high"]) or abs(row["gap"]) == 1
    assert row["conf_low"] >= -1
    assert row["conf_high"] <= 1


@pytest.mark.parametrize(("first", "second"), [((0, 50), (0, 60)), ((50, 50), (60, 60))])
def test_what_nobody_or_everybody_said_is_not_tested(first, second):
    """There is nothing to test, so such rows join no family and make no other row's p-value larger."""
    found = cx.gaps(counts(first, second), by="g", question="x")
    assert found.frame["gap"].tolist() == [0, 0]
    assert found.frame[["statistic", "p_value", "p_adjusted"]].isna().all(axis=None)
    assert found.frame["test"].tolist() == ["", ""]
    assert (found.frame["conf_low"] < 0).all()
    assert found.tested == 0


def test_weighted_shares_of_everybody_are_the_same_whatever_their_rounding():
    """Sums of 0.1 do not come to exactly 1; two groups in which everyone said yes still have no gap."""
    weights = [0.1, 0.3, 0.7] * 60
    head = '[design]\nweight = "W"\n'
    study = study_of(head + YES_NO, {"G": ["a"] * 80 + ["b"] * 100, "X": ["Y"] * 180, "W": weights})
    frame = cx.gaps(study, by="g").frame
    assert frame["p_value"].isna().all()
    np.testing.assert_allclose(frame["gap"], 0, atol=1e-15)


def test_share_of_0_with_a_design_uses_effective_bases():
    w = np.tile([1.0, 2.0], 60)
    x = ["Y" if i % 2 and i >= 60 else "N" for i in range(120)]
    study = study_of('[design]\nweight = "W"\n' + YES_NO, {"G": ["a"] * 60 + ["b"] * 60, "X": x, "W": w})
    row = yes(cx.gaps(study, by="g", question="x").frame)
    effective = 90**2 / (30 + 120)
    pooled = (2 / 3) / 2
    assert row["statistic"] == pytest.approx(
        -(2 / 3) / np.sqrt(pooled * (1 - pooled) * 2 / effective), rel=1e-12
    )
    assert row["test"] == "z, pooled, effective bases"


def test_small_bases_are_estimated_and_not_tested():
    frame = cx.gaps(counts((10, 29), (50, 100), (60, 99)), by="g", question="x").frame
    row = yes(frame)
    assert row["flag"] == "**"
    assert np.isfinite(row[["gap", "std_error", "conf_low", "conf_high", "effect_size"]].astype(float)).all()
    assert row[["statistic", "df", "p_value", "p_adjusted"]].isna().all()
    assert row["test"] == ""
    bc = frame[(frame["group_a"] == "b") & (frame["response"] == "Y")].iloc[0]
    assert bc["flag"] == "*"
    assert bc["p_value"] < 1


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("first", "second"), [(3.0, 3.0), (3.3, 3.3), (0.1, 4.7)])
def test_no_spread_is_not_tested(kind, first, second):
    """Everyone in a group gives the same number: the error is 0, not its rounding, and there is no test."""
    frame = sample(120, seed=9)
    frame = frame.assign(
        G=np.where(np.arange(120) < 60, "a", "b"), V=np.where(np.arange(120) < 60, first, second)
    )
    found = cx.gaps(made(frame, kind), by="g", question="v")
    row = found.frame.iloc[0]
    assert row["gap"] == pytest.approx(first - second, abs=1e-14)
    assert row["std_error"] == 0
    assert row[["statistic", "p_value", "p_adjusted"]].isna().all()
    assert row["test"] == ""
    assert found.tested == 0


def test_identical_groups_have_no_gap():
    frame = cx.gaps(counts((40, 80), (40, 80)), by="g").frame
    assert frame["gap"].tolist() == [0, 0]
    assert frame["p_value"].tolist() == [1, 1]
    assert frame["effect_size"].tolist() == [0, 0]


# ---------------------------------------------------------------- with a design


@pytest.fixture(scope="module")
def r_study():
    return golden_study()


@pytest.mark.parametrize("case", ["a0526", "a0527", "a0528", "a0529", "a0530", "a0531", "a0532"])
def test_gaps_of_means_against_r(r_study, case):
    """Relative 1e-10, the tolerance of the goldens; the covariance of the groups is in the error."""
    result = CASES[case]["result"]
    item = CASES[case]["call"].split("~")[1].split(",")[0]
    row = cx.gaps(r_study, by="ownership", question=item, statistic="mean").frame.iloc[0]
    np.testing.assert_allclose(
        row[["gap", "std_error", "statistic", "p_value"]].astype(float),
        [result["diff"], result["se"], result["t"], result["p_t"]],
        rtol=1e-10,
    )
    assert row["df"] == result["df"]


@pytest.mark.parametrize(("case", "tool"), [("a0534", "a"), ("a0536", "b"), ("a0538", "c")])
def test_gaps_of_multi_response_against_r(r_study, case, tool):
    result = CASES[case]["result"]
    frame = cx.gaps(r_study, by="segment_given", question=Measure(question="tools", response=tool)).frame
    row = frame[(frame["group_a"] == "laggard") & (frame["group_b"] == "leader")].iloc[0]
    np.testing.assert_allclose(
        row[["gap", "std_error", "statistic", "p_value"]].astype(float),
        [-result["diff"], result["se"], -result["t"], result["p_t"]],
        rtol=1e-10,
    )


def test_all_pairs_and_holm_against_r(r_study):
    result = CASES["a0539"]["result"]
    frame = cx.gaps(r_study, by="industry", question="engagement").frame
    found = list(zip(frame["group_a"], frame["group_b"], strict=True))
    assert found == [
        tuple(result["levels"][i - 1] for i in pair) for pair in result["pairs"]["values"]
    ] or found == list(combinations(result["levels"], 2))
    np.testing.assert_allclose(frame["p_value"], result["p"], rtol=1e-9)
    np.testing.assert_allclose(frame["p_adjusted"], result["holm"], rtol=1e-9)


FRAME = sample(400, seed=2)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("against", ["pairs", "rest"])
@pytest.mark.parametrize("name", ["s", "v", "r", "m"])
def test_errors_by_linearization_of_the_difference(kind, against, name):
    """The variance of the influence of a less the influence of b: no covariance is looked up on the way."""
    values, base = _values(name)
    frame = cx.gaps(made(FRAME, kind), by="g", question=name, against=against).frame
    for row in frame.itertuples():
        value = values[row.response]
        a = base & FRAME["G"].eq(row.group_a).to_numpy()
        known = FRAME["G"].ne("").to_numpy()
        b = (
            base
            & (
                (known & ~FRAME["G"].eq(row.group_a)) if row.group_b == "rest" else FRAME["G"].eq(row.group_b)
            ).to_numpy()
        )
        estimate, covariance = ratio(
            FRAME, kind, np.column_stack([value * a, value * b]), np.column_stack([a, b])
        )
        assert row.estimate_a == pytest.approx(estimate[0], rel=1e-10, abs=1e-13)
        assert row.gap == pytest.approx(estimate[0] - estimate[1], rel=1e-10, abs=1e-12)
        assert row.std_error == pytest.approx(np.sqrt(np.array([1, -1]) @ covariance @ [1, -1]), rel=1e-10)
        assert (row.n_a, row.n_b, row.n_overlap) == (a.sum(), b.sum(), 0)
        if row.test == "t, linearized":
            t = row.gap / row.std_error
            units, strata = FRAME.loc[a | b, "psu"], FRAME.loc[a | b, "stratum"]
            df = units.nunique() - strata.nunique() if kind == "design" else row.df
            assert row.df == df
            assert row.statistic == pytest.approx(t, rel=1e-12)
            assert row.p_value == pytest.approx(2 * stats.t.sf(abs(t), df), rel=1e-9)
            half = stats.t.ppf(0.975, df) * row.std_error
            np.testing.assert_allclose(
                [row.conf_low, row.conf_high], [row.gap - half, row.gap + half], rtol=1e-10, atol=1e-12
            )


def _values(name):
    column = {"s": "S", "v": "V", "r": "R"}.get(name)
    base = FRAME[column].ne("").to_numpy() if column else np.ones(len(FRAME), dtype=bool)
    if name == "s":
        values = {str(i): FRAME["S"].eq(str(i)).to_numpy() for i in range(1, 6)}
        return values | {"top2": values["4"] | values["5"]}, base
    if name == "m":
        values = {c: (FRAME["M1"].eq(c) | FRAME["M2"].eq(c)).to_numpy() for c in "xyz"}
        return values | {"xy": values["x"] | values["y"]}, base
    number = FRAME[column].replace("", "0").astype(float).to_numpy()
    return ({"mean": number} if name == "v" else {"nps": 100.0 * (number >= 9) - 100.0 * (number <= 6)}), base


def test_groups_in_the_same_clusters_have_a_covariance():
    """The jackknife of the difference, a cluster deleted at a time, comes within 5% of linearization.

    Both are far from adding the two variances, which forgets that the groups sit in the same clusters.
    """
    frame = sample(900, seed=3, strata=2, clusters=12)
    row = cx.gaps(made(frame), by="g", question="v").frame.iloc[0]
    value = frame["V"].replace("", "nan").astype(float)
    known = value.notna()

    def gap(weights):
        means = [
            np.average(value[m], weights=weights[m])
            for m in (known & frame["G"].eq("a"), known & frame["G"].eq("b"))
        ]
        return means[0] - means[1]

    jackknife = 0.0
    for stratum, rows in frame.groupby("stratum"):
        clusters = rows["psu"].unique()
        n = len(clusters)
        for cluster in clusters:
            left_out = frame["psu"].eq(cluster)
            weights = (
                np.where(left_out, 0, np.where(frame["stratum"].eq(stratum), n / (n - 1), 1)) * frame["weight"]
            )
            jackknife += (n - 1) / n * (gap(weights) - gap(frame["weight"])) ** 2
    assert row["std_error"] == pytest.approx(np.sqrt(jackknife), rel=0.05)
    errors = cx.estimate(made(frame), "v", by="g").frame["std_error"]
    assert row["std_error"] < 0.7 * np.hypot(errors[0], errors[1])


def test_cohens_d_by_hand():
    toml = '[design]\nweight = "W"\n' + question("g", responses=["a", "b"]) + question("v", "number")
    rng = np.random.default_rng(0)
    values, weights = rng.normal(size=100), rng.uniform(0.5, 2, 100)
    values[:50] += 0.5
    row = cx.gaps(study_of(toml, {"G": ["a"] * 50 + ["b"] * 50, "V": values, "W": weights}), by="g").frame.iloc[
        0
    ]

    def variance(y, w):
        return np.average((y - np.average(y, weights=w)) ** 2, weights=w) * len(y) / (len(y) - 1)

    pooled = (variance(values[:50], weights[:50]) + variance(values[50:], weights[50:])) / 2
    assert row["effect_size"] == pytest.approx(row["gap"] / np.sqrt(pooled), rel=1e-12)


def test_median_gaps():
    frame = cx.gaps(made(FRAME), by="g", question="v", statistic="median").frame
    medians = cx.estimate(made(FRAME), "v", by="g", statistic="median")
    a, b = medians.frame["estimate"][:2]
    row = frame.iloc[0]
    assert (row["estimate_a"], row["estimate_b"], row["gap"]) == (a, b, a - b)
    expected = medians.covariance[0, 0] + medians.covariance[1, 1] - 2 * medians.covariance[0, 1]
    assert row["std_error"] == pytest.approx(np.sqrt(expected), rel=1e-12)
    assert np.isnan(row["effect_size"])


@pytest.mark.parametrize(("name", "statistic"), [("v", None), ("v", "median"), ("m", None)])
@pytest.mark.parametrize("against", ["pairs", "rest"])
def test_a_group_in_one_cluster_is_not_tested(name, statistic, against):
    """Its variance is unknown, so the variance of the gap is: that of the other group alone is too small."""
    frame = sample(900, seed=14)
    frame["G"] = np.where(frame["psu"].eq("3"), "a", np.where(frame["psu"].eq("7"), "b", "c"))
    frame.loc[frame["G"].eq("a"), ["M1", "M2"]] = "x"  # everyone in a: a share of 1 has no linearized test
    found = cx.gaps(made(frame), by="g", question=name, statistic=statistic, against=against)
    alone = found.frame["group_a"].isin(["a", "b"]) | found.frame["group_b"].isin(["a", "b"])
    rows = found.frame[alone & found.frame["n_a"].ge(30) & found.frame["n_b"].ge(30)]
    assert len(rows) > 0
    assert rows["gap"].notna().all()
    unknown = ["std_error", "conf_low", "conf_high", "statistic", "p_value", "p_adjusted"]
    assert rows[unknown].isna().all(axis=None)
    assert rows["test"].eq("").all()
    assert found.notes == (
        (
            "Not tested where a gap has no standard error, such as that of a group in a single cluster or of "
            f"groups that each gave one answer: {name}."
        ),
    )


# ---------------------------------------------------------------- symmetry


def relabelled(order):
    """The same respondents with the groups declared in another order."""
    responses = {name: name.upper() for name in order}
    toml = BLOCKS.replace(
        question("g", responses={"a": "A", "b": "B", "c": "C"}), question("g", responses=responses)
    )
    return study_of(KINDS["design"] + toml, FRAME)


@pytest.mark.parametrize("question_id", ["s", "v", "r", "m"])
def test_swapped_groups_turn_the_sign_and_nothing_else(question_id):
    forward = cx.gaps(relabelled("abc"), by="g", question=question_id).frame
    backward = cx.gaps(relabelled("cba"), by="g", question=question_id).frame
    key = ["group_a", "group_b", "response"]
    swapped = backward.rename(columns={"group_a": "group_b", "group_b": "group_a"})
    one, other = (f.set_index(key).sort_index() for f in (forward, swapped[[*forward.columns]]))
    assert one.index.equals(other.index)
    for name in ("gap", "statistic", "effect_size"):
        np.testing.assert_allclose(one[name], -other[name], rtol=1e-10, atol=1e-13)
    for name in ("std_error", "df", "p_value", "p_adjusted"):
        np.testing.assert_allclose(one[name], other[name], rtol=1e-9)
    np.testing.assert_allclose(one["conf_low"], -other["conf_high"], rtol=1e-9, atol=1e-12)
    np.testing.assert_array_equal(one["n_a"], other["n_b"])


@pytest.mark.parametrize("question_id", ["s", "v"])
def test_declaring_groups_in_another_order_permutes_the_rest_gaps(question_id):
    key = ["group_a", "response"]
    one, other = (
        cx.gaps(relabelled(order), by="g", question=question_id, against="rest")
        .frame.set_index(key)
        .sort_index()
        for order in ("abc", "bca")
    )
    np.testing.assert_allclose(one[NUMBERS].astype(float), other[NUMBERS].astype(float), rtol=1e-9, atol=1e-12)


# ---------------------------------------------------------------- families


def adjusted(p, method):
    """Holm, Benjamini-Hochberg and Bonferroni, straight from their definitions."""
    p = np.asarray(p)
    m, order = len(p), np.argsort(p)
    rank = np.empty(m, dtype=int)
    rank[order] = np.arange(1, m + 1)
    if method == "bonferroni":
        return np.minimum(1, m * p)
    if method == "none":
        return p
    if method == "holm":
        found = [max((m - rank[j] + 1) * p[j] for j in range(m) if p[j] <= p[i]) for i in range(m)]
    else:
        found = [min(m / rank[j] * p[j] for j in range(m) if p[j] >= p[i]) for i in range(m)]
    return np.minimum(1, found)


@pytest.mark.parametrize("method", ["holm", "bh", "bonferroni", "none"])
@pytest.mark.parametrize("family", ["all", "question", "response"])
def test_families(method, family):
    found = cx.gaps(made(FRAME), by="g", question=["s", "m", "v"], adjust=method, family=family)
    frame = found.frame
    keys = {
        "all": [0] * len(frame),
        "question": frame["question"],
        "response": frame["question"] + frame["response"],
    }
    sizes = []
    for _, rows in frame.groupby(list(keys[family]), sort=False):
        np.testing.assert_allclose(rows["p_adjusted"], adjusted(rows["p_value"], method), rtol=1e-12)
        sizes.append(len(rows))
    assert found.family_sizes == tuple(sizes)
    assert found.tested == len(frame)


def test_a_family_counts_tests_only():
    found = cx.gaps(counts((10, 29), (50, 100), (40, 99)), by="g", question="x", adjust="bonferroni")
    tested = found.frame[found.frame["p_value"].notna()]
    assert len(tested) == 2
    assert found.family_sizes == (1,), "yes and no are one comparison"
    np.testing.assert_allclose(tested["p_adjusted"], tested["p_value"], rtol=1e-14)


def test_yes_and_no_are_one_test_and_three_answers_are_three():
    found = cx.gaps(counts((10, 40), (50, 100), (40, 99)), by="g", question="x", adjust="bonferroni")
    assert found.family_sizes == (3,)
    np.testing.assert_allclose(found.frame["p_adjusted"], np.minimum(3 * found.frame["p_value"], 1), rtol=1e-12)
    apart = cx.gaps(
        counts((10, 40), (50, 100), (40, 99)), by="g", question="x", adjust="holm", family="response"
    )
    assert apart.family_sizes == (3, 3)
    toml = question("x", responses={"1": "A", "2": "B", "3": "C"}) + question("g", responses=["p", "q"])
    data = {"X": ["1", "2", "3", "1"] * 30, "G": ["p", "q", "q", "p", "p", "q"] * 20}
    assert cx.gaps(study_of(toml, data), by="g", question="x").family_sizes == (3,)


# ---------------------------------------------------------------- circularity

RATED = (
    "".join(
        question(name, "ordinal", responses={str(i): f"L{i}" for i in range(4, 0, -1)})
        for name in ("i", "e", "o")
    )
    + '[[scale]]\nid = "own"\nlabel = "Own"\nitems = ["i", "o"]\n'
    + '[[scale]]\nid = "other"\nlabel = "Other"\nitems = ["o"]\n'
    + '[segments]\ninsight = "i"\nengagement = "e"\n'
)


@pytest.fixture(scope="module")
def rated():
    rng = np.random.default_rng(1)
    return study_of(RATED, {name: rng.integers(1, 5, 300).astype(str) for name in "IEO"})


def test_segments_leave_out_what_they_are_made_of(rated):
    found = cx.gaps(rated, by="segment")
    assert list(dict.fromkeys(found.frame["question"])) == ["o", "other"]
    assert found.notes == ("Not compared, because they make the groups: i, e, own.",)


def test_what_makes_the_groups_is_flagged_when_asked_for(rated):
    frame = cx.gaps(rated, by="segment", question=["i", "own", "o"]).frame
    circular = frame["flag"].str.contains("defines_groups")
    assert frame.loc[circular, "p_value"].isna().all()
    assert frame.loc[~circular & ~frame["flag"].eq("**"), "p_value"].notna().any()
    flagged = frame.groupby("question")["flag"].agg(lambda flags: all("defines_groups" in f for f in flags))
    assert flagged.to_dict() == {"i": True, "own": True, "o": False}
    assert frame["flag"].str.fullmatch(r"|\*|\*\*|(\*{1,2} )?defines_groups").all()


def test_segments_are_not_tested_by_what_makes_them(rated):
    """All leaders are leaders: 100% v 0% is no finding, nor is a gap by one of the two ratings."""
    for by in ("segment", "i", cx.segment(rated, rule="score")):
        found = cx.gaps(rated, by=by, question="segment")
        assert found.frame["flag"].str.contains("defines_groups").all()
        assert found.tested == 0
    assert cx.gaps(rated, by="o", question="segment").tested > 0


def test_a_group_leaves_out_its_question():
    group = '[[group]]\nid = "high"\nlabel = "H"\nquestion = "i"\nmembers = [\n'
    group += (
        '{ id = "yes", label = "Y", responses = [3, 4] },\n{ id = "no", label = "N", responses = [1, 2] }]\n'
    )
    rng = np.random.default_rng(1)
    study = study_of(RATED + group, {name: rng.integers(1, 5, 300).astype(str) for name in "IEO"})
    assert set(cx.gaps(study, by="high").frame["question"]) == {"e", "o", "other"}
    assert set(cx.gaps(study, by="i", against="rest").frame["question"]) == {"e", "o", "other"}


# ---------------------------------------------------------------- refusals


def test_nothing_to_compare():
    with pytest.raises(DataFault, match="nothing-to-compare"):
        cx.gaps(counts((5, 50)), by="g")
    only = study_of(question("g", responses=["a", "b"]), {"G": ["a", "b"] * 40})
    with pytest.raises(RequestError, match="nothing-to-estimate"):
        cx.gaps(only, by="g")
    with pytest.raises(RequestError, match="nothing-to-estimate"):
        cx.gaps(counts((5, 50), (6, 50)), by="g", question=[])


@pytest.mark.parametrize(
    "keys", [{"adjust": "sidak"}, {"family": "table"}, {"against": "total"}, {"level": 0.4}]
)
def test_options_that_are_not(keys):
    with pytest.raises(RequestError, match="bad-option"):
        cx.gaps(counts((5, 50), (6, 50)), by="g", **keys)


def test_groups_without_respondents_are_left_out():
    study = counts((20, 50), (30, 50))
    frame = cx.gaps(study, by="g", question="x").frame
    assert set(frame["group_a"]) | set(frame["group_b"]) == {"a", "b"}


def test_a_group_whose_members_all_skipped_the_question_is_empty():
    study = study_of(YES_NO, {"G": ["a"] * 50 + ["b"] * 50 + ["c"] * 50, "X": ["Y", "N"] * 50 + [""] * 50})
    frame = cx.gaps(study, by="g", question="x").frame
    empty = frame[frame["group_b"] == "c"]
    assert set(empty["flag"]) == {"empty"}
    assert empty[[*NUMBERS, "estimate_b"]].isna().all(axis=None)
    assert np.isfinite(frame[frame["group_b"] == "b"]["p_value"]).all()
