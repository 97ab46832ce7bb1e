"""Leaders, followers and laggards: every cell of every named grid, weighted splits with ties, and the rest."""

from itertools import product

import numpy as np
import pytest
from helpers import question, study_of
from hypothesis import given, settings
from hypothesis import strategies as st

import cxsurvey as cx
from cxsurvey.errors import DataFault, RequestError, StudyError

E, G, F, P = "EGFP"
RATINGS = {"4": "Excellent", "3": "Good", "2": "Fair", "1": "Poor"}
CODE = {E: "4", G: "3", F: "2", P: "1"}


def rated(rule="at_best_fair", *, extra="", rules="", more=""):
    toml = "".join(question(name, "ordinal", responses=RATINGS) for name in ("ins", "eng")) + more
    return toml + f'[segments]\nrule = "{rule}"\ninsight = "ins"\nengagement = "eng"\n{extra}\n{rules}'


# What each rule says in words (../shared/sources/segments.md, "Candidate rules"), written out as conditions on
# the pair of ratings and not as grids.


def is_leader(pair):
    """Excellent in both, or excellent in one and good in the other (S1)."""
    return sorted(pair) in (sorted([E, E]), sorted([E, G]))


def at_best_fair(pair):
    if is_leader(pair):
        return "leader"
    return "laggard" if set(pair) <= {F, P} else "follower"


def any_poor(pair):
    if is_leader(pair):
        return "leader"
    return "laggard" if P in pair else "follower"


def score(pair):
    total = sum({E: 4, G: 3, F: 2, P: 1}[rating] for rating in pair)
    return "leader" if total >= 7 else "follower" if total >= 5 else "laggard"


def literal(pair, fair_fair):
    """The published wordings and nothing beyond them: five kinds of pair are named, the others dropped."""
    named = {
        frozenset([E]): "leader", frozenset([E, G]): "leader",
        frozenset([G]): "follower", frozenset([G, F]): "follower",
        frozenset([F]): fair_fair, frozenset([F, P]): "laggard", frozenset([P]): "laggard",
    }  # fmt: skip
    return named.get(frozenset(pair), "unclassified")


RULES = {
    "at_best_fair": at_best_fair,
    "any_poor": any_poor,
    "score": score,
    "literal_drop": lambda pair: literal(pair, "laggard"),
    "literal_drop_fair_follower": lambda pair: literal(pair, "follower"),
}
PAIRS = list(product("EGFP", repeat=2))
GRID_STUDY = study_of(rated(), {"INS": [CODE[a] for a, _ in PAIRS], "ENG": [CODE[b] for _, b in PAIRS]})


@pytest.mark.parametrize("rule", RULES)
def test_named_grid_cell_by_cell(rule):
    found = cx.segment(GRID_STUDY, rule=rule)
    assert dict(zip(PAIRS, found.frame["segment"], strict=True)) == {pair: RULES[rule](pair) for pair in PAIRS}
    counts = {name: sum(RULES[rule](pair) == name for pair in PAIRS) for name in found.sizes}
    assert found.sizes == counts
    assert sum(found.sizes.values()) == 16


def test_nine_cells_are_fixed_by_the_text_and_agree_in_the_literal_rule():
    kinds = {RULES["literal_drop"](pair) for pair in PAIRS}
    assert kinds == {"leader", "follower", "laggard", "unclassified"}
    assert cx.segment(GRID_STUDY, rule="literal_drop").sizes == {
        "leader": 3, "follower": 3, "laggard": 4, "unclassified": 6,
    }  # fmt: skip


def test_the_default_is_at_best_fair_and_the_study_may_say_otherwise():
    data = {"INS": ["3"], "ENG": ["1"]}
    assert cx.segment(study_of(rated(), data)).rule == "at_best_fair"
    toml = rated().replace('rule = "at_best_fair"\n', "")
    assert cx.segment(study_of(toml, data)).rule == "at_best_fair"
    assert cx.segment(study_of(rated("any_poor"), data)).frame["segment"].tolist() == ["laggard"]


def test_rest_is_counted_by_reason():
    data = {"INS": ["4", "", "4", "", "9"], "ENG": ["4", "4", "", "", "1"]}
    found = cx.segment(
        study_of(rated("literal_drop"), {k: [*v, "4"] for k, v in data.items()} | {"ENG": [*data["ENG"], "1"]})
    )
    assert found.rest == {
        "no valid answer to 'ins'": 2,
        "no valid answer to 'eng'": 1,
        "no valid answer to either rating": 1,
        "the rule leaves this pair of ratings out": 1,
    }
    assert found.sizes == {"leader": 1, "follower": 0, "laggard": 0, "unclassified": 5}


def test_answers_outside_the_declared_levels_are_told_apart_from_no_answer():
    wide = {"5": "Superb", "4": "Excellent", "3": "Good", "2": "Fair", "1": "Poor", "0": "Cannot say"}
    toml = rated(extra='levels = [["5", "4"], ["3"], ["2"], ["1"]]').replace(
        question("ins", "ordinal", responses=RATINGS), question("ins", "ordinal", responses=wide)
    )
    toml = toml.replace(
        question("eng", "ordinal", responses=RATINGS), question("eng", "ordinal", responses=wide)
    )
    found = cx.segment(study_of(toml, {"INS": ["5", "4", "0", "0", ""], "ENG": ["4", "3", "5", "0", "0"]}))
    assert found.frame["segment"].tolist() == ["leader", "leader", *["unclassified"] * 3]
    assert found.frame["level_insight"].tolist()[:2] == [1, 1]
    assert found.rest == {
        "no valid answer to 'ins'": 1,
        "the answer to 'eng' belongs to no rating level": 1,
        "the answer to 'ins' belongs to no rating level": 1,
    }


@pytest.mark.parametrize("levels", ['[["4"], ["3"], ["2"], ["7"]]', '[["4"], ["4", "3"], ["2"], ["1"]]'])
def test_levels_must_be_the_ratings_codes_once_each(levels):
    with pytest.raises(StudyError, match="levels"):
        study_of(rated(extra=f"levels = {levels}"), {"INS": ["1"], "ENG": ["1"]})


def test_own_grid_of_another_size():
    five, three = {str(i): f"L{i}" for i in range(5, 0, -1)}, {str(i): f"L{i}" for i in range(3, 0, -1)}
    cells = (
        [["leader", "leader", "follower"]] * 2
        + [["follower"] * 3]
        + [["unclassified", "laggard", "laggard"]] * 2
    )
    toml = question("ins", "ordinal", responses=five) + question("eng", "ordinal", responses=three)
    toml += '[segments]\nrule = "own"\ninsight = "ins"\nengagement = "eng"\n'
    toml += f"[segments.rules.own]\nkind = 'grid'\ncells = {cells}\n"
    pairs = list(product(five, three))
    study = study_of(toml, {"INS": [a for a, _ in pairs], "ENG": [b for _, b in pairs]})
    assert cx.segment(study).frame["segment"].tolist() == [cell for row in cells for cell in row]
    with pytest.raises(RequestError, match="ratings of 4 levels"):
        cx.segment(study, rule="score")
    with pytest.raises(RequestError, match="Did you mean 'own'"):
        cx.segment(study, rule="ow")


SCALES = question("x", "number") + question("y", "number")


def split(kind, scores=("x",), **keys):
    lines = "\n".join(f"{key} = {value}" for key, value in keys.items())
    weight = '[design]\nweight = "W"\n'
    return (
        weight
        + SCALES
        + f'[segments]\nrule = "r"\n[segments.rules.r]\nkind = "{kind}"\nscores = {list(scores)}\n{lines}\n'
    )


def segments_of(toml, x, y=None, w=None):
    n = len(x)
    blank = [None if v is None else float(v) for v in (y or [0.0] * n)]
    return cx.segment(
        study_of(toml, {"X": np.array(x, dtype=float), "Y": np.array(blank, dtype=float), "W": w or [1.0] * n})
    )


def letters(found):
    return "".join(
        {"leader": "L", "follower": "f", "laggard": "g", "unclassified": "."}[s] for s in found.frame["segment"]
    )


def test_cut_points_include_the_leader_cut_and_exclude_the_laggard_cut():
    found = segments_of(split("cuts", leader=80, laggard=60), [80, 79.999, 60, 59.999, np.nan])
    assert letters(found) == "Lffg."
    both = segments_of(
        split("cuts", ["x", "y"], leader=80, laggard=60),
        [90, 90, 10, 10, 70, np.nan],
        [85, 50, 90, 20, 70, None],
    )
    assert letters(both) == "Lffgf."
    assert both.rest == {"no score on any of the scales": 1}


def test_median_split_by_hand():
    """Weights 1, 1, 1, 3: the weighted median of 1, 2, 3, 4 is 3 (F(3) = 3/6); only 4 lies above it."""
    assert letters(segments_of(split("median_split"), [1, 2, 3, 4], w=[1, 1, 1, 3])) == "gggL"
    # Everyone has the same score: nobody is above the median, so nobody leads.
    assert letters(segments_of(split("median_split"), [5, 5, 5])) == "ggg"
    both = segments_of(split("median_split", ["x", "y"]), [1, 2, 3, 4, np.nan], [9, 1, 1, 9, 1])
    assert letters(both) == "fgfL."
    assert both.rest == {"no score on 'x'": 1}


def test_terciles_by_hand():
    """Cumulative weight reaches 1/3 at the score 2 and 2/3 at 4; ties stay together."""
    assert letters(segments_of(split("terciles"), [1, 2, 3, 4, 5, 6])) == "ggffLL"
    assert letters(segments_of(split("terciles"), [1, 2, 2, 2, 5, 6])) == "ggggLL"
    assert letters(segments_of(split("terciles"), [1, 2, 3], w=[10, 1, 1])) == "gLL"
    assert letters(segments_of(split("terciles", ["x", "y"]), [0, 1, 2], [0, 1, 2])) == "gfL"


def test_respondents_without_a_score_do_not_move_the_split():
    base = letters(segments_of(split("terciles"), [1, 2, 3, 4, 5, 6]))
    with_rest = letters(segments_of(split("terciles"), [1, 2, 3, 4, 5, 6, np.nan, np.nan]))
    assert with_rest == base + ".."


def test_respondents_of_weight_zero_do_not_move_the_split_but_are_placed():
    assert letters(segments_of(split("median_split"), [1, 2, 3, 100, 200], w=[1, 1, 1, 0, 0])) == "ggLLL"


@pytest.mark.parametrize("kind", ["median_split", "terciles"])
def test_a_split_of_nobody(kind):
    assert letters(segments_of(split(kind), [np.nan, np.nan])) == ".."
    with pytest.raises(DataFault, match="no-weighted-score"):
        segments_of(split(kind), [1, np.nan], w=[0, 1])


def test_no_leaders_and_nobody_classified():
    shown = "[settings]\nsuppress_below = 0\n" + rated()
    none = study_of(shown, {"INS": ["2", "3"], "ENG": ["2", "3"]})
    shares = cx.segment_shares(none, cx.segment(none)).frame.set_index("response")
    assert shares.loc["leader", ["n", "estimate"]].tolist() == [0, 0]
    empty = study_of(shown, {"INS": ["", "4"], "ENG": ["4", ""]})
    found = cx.segment(empty)
    assert found.sizes == {"leader": 0, "follower": 0, "laggard": 0, "unclassified": 2}
    frame = cx.segment_shares(empty, found).frame
    assert frame["estimate"].isna().all()
    assert frame["flag"].tolist() == ["empty", "empty", "empty", "not_in_base"]


def test_one_respondent_is_placed_but_has_no_estimate():
    study = study_of(rated(), {"INS": ["4"], "ENG": ["4"]})
    assert cx.segment(study).sizes["leader"] == 1
    with pytest.raises(DataFault, match="lonely-stratum"):
        cx.segment_shares(study, cx.segment(study))


def test_shares_by_hand_with_weights():
    data = {"INS": ["4", "4", "2", "3", ""], "ENG": ["4", "3", "1", "3", "3"], "W": ["1", "2", "3", "4", "7"]}
    study = study_of('[design]\nweight = "W"\n[settings]\nsuppress_below = 0\n' + rated(), data)
    frame = cx.segment_shares(study, cx.segment(study)).frame.set_index("response")
    np.testing.assert_allclose(frame["estimate"], [0.3, 0.4, 0.3, np.nan], rtol=1e-15)
    assert frame["n"].tolist() == [2, 1, 1, 1]
    assert frame["n_weighted"].tolist() == [3, 4, 3, 7]
    np.testing.assert_allclose(frame["n_effective"], [9 / 5, 1, 1, 1], rtol=1e-15)


RATING = st.sampled_from(["4", "3", "2", "1", "", "8"])


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.tuples(RATING, RATING, st.integers(0, 50)), min_size=2, max_size=40),
    st.sampled_from([*RULES, "cuts", "median_split", "terciles"]),
)
def test_everyone_is_in_one_segment_or_counted(rows, rule):
    own = "[segments.rules.cuts]\nkind = 'cuts'\nscores = ['ins', 'eng']\nleader = 4\nlaggard = 2\n"
    for kind in ("median_split", "terciles"):
        own += f"[segments.rules.{kind}]\nkind = '{kind}'\nscores = ['ins', 'eng']\n"
    weights = np.array([w for _, _, w in rows], dtype=float)
    weights[0] += 1
    data = {"INS": [a for a, _, _ in rows], "ENG": [b for _, b, _ in rows], "W": weights}
    head = '[design]\nweight = "W"\n[settings]\nsuppress_below = 0\n'
    study = study_of(head + rated(rules=own), data)
    known = np.array([a in RATINGS and b in RATINGS for a, b, _ in rows])
    if rule in {"median_split", "terciles"} and known.any() and not weights[known].any():
        with pytest.raises(DataFault, match="no-weighted-score"):
            cx.segment(study, rule=rule)
        return
    found = cx.segment(study, rule=rule)
    index = found.partition.index
    assert ((index >= -1) & (index <= 2)).all()
    assert found.partition.sizes.sum() + sum(found.rest.values()) == len(rows)
    assert sum(found.sizes.values()) == len(rows)
    frame = cx.segment_shares(study, found).frame
    assert frame["n"].sum() == (weights > 0).sum()
    np.testing.assert_allclose(frame["n_weighted"].sum(), weights.sum(), rtol=1e-12)
    if weights[index >= 0].any():
        assert abs(frame["estimate"].sum() - 1) < 1e-12
        expected = [weights[index == k].sum() / weights[index >= 0].sum() for k in range(3)]
        np.testing.assert_allclose(frame["estimate"][:3], expected, rtol=1e-12, atol=1e-15)
    else:
        assert frame["estimate"].isna().all()


def test_segments_by_group_show_no_size_of_a_suppressed_group():
    """Three respondents in group c: the sizes of their segments would tell their answers."""
    sizes = {"a": 40, "b": 6, "c": 3}
    group = [name for name, size in sizes.items() for _ in range(size)]
    ratings = ["4" if i % 3 else "2" for i in range(len(group))]
    toml = rated(more=question("g", responses=list(sizes)))
    study = study_of(toml, {"INS": ratings, "ENG": ratings, "G": group})
    shares = cx.segment_shares(study, cx.segment(study), by="g")
    frame = shares.frame
    hidden = frame["flag"] == "suppressed"
    assert set(frame.loc[hidden, "group"]) == {"b", "c"}
    columns = ["n", "n_effective", "n_weighted", "estimate", "std_error", "conf_low", "conf_high", "df"]
    assert frame.loc[hidden, columns].isna().all(axis=None)
    assert np.isnan(shares.covariance[hidden]).all()
    assert frame.loc[~hidden, "n"].notna().all()
    assert frame.loc[(frame["group"] == "a") & ~hidden, "n"].sum() == 40
    whole = cx.segment_shares(study, cx.segment(study)).frame
    assert whole["n"].dtype == np.int64


def test_a_segmentation_of_other_respondents_is_refused():
    other = cx.segment(study_of(rated(), {"INS": ["4"], "ENG": ["4"]}))
    with pytest.raises(RequestError, match="foreign-segments"):
        cx.estimate(GRID_STUDY, "ins", by=other)


def test_without_segments():
    study = study_of(question("ins", "ordinal", responses=RATINGS), {"INS": ["4"]})
    with pytest.raises(RequestError, match="no-segments"):
        cx.segment(study)


def test_a_score_at_the_cut_reaches_it_whatever_its_rounding():
    """0.3, 0.3 and 0.4 times 3, 4 and 1 come to 2.4999999999999996, which is 2.5 and reaches that cut."""
    toml = "".join(
        question(name, "ordinal", responses={str(i): f"L{i}" for i in range(1, 6)}) for name in "abc"
    )
    toml += '[[scale]]\nid = "s"\nlabel = "S"\nitems = ["a", "b", "c"]\nmethod = "weighted"\n'
    toml += "weights = { a = 0.3, b = 0.3, c = 0.4 }\n"
    toml += '[segments]\nrule = "own"\n[segments.rules.own]\nkind = "{kind}"\nscores = ["s"]\n'
    rows = list(product("12345", repeat=3))
    exact = np.array([3 * int(a) + 3 * int(b) + 4 * int(c) for a, b, c in rows])
    data = {name: [row[i] for row in rows] for i, name in enumerate("ABC")}
    for tenths in range(12, 50):
        cuts = toml.replace("{kind}", "cuts") + f"leader = {tenths / 10}\nlaggard = {(tenths - 1) / 10}\n"
        index = cx.segment(study_of(cuts, data)).partition.index
        expected = np.where(exact >= tenths, 0, np.where(exact < tenths - 1, 2, 1))
        np.testing.assert_array_equal(index, expected, err_msg=str(tenths))
    halves = cx.segment(study_of(toml.replace("{kind}", "median_split"), data)).partition.index
    np.testing.assert_array_equal(halves == 0, exact > np.quantile(exact, 0.5, method="inverted_cdf"))


def test_an_error_names_the_rule_that_was_asked_for():
    toml = "".join(question(name, "ordinal", responses=list("pqrs")) for name in ("i", "e"))
    toml += '[segments]\nrule = "any_poor"\ninsight = "i"\nengagement = "e"\n'
    with pytest.raises(RequestError, match="The rule 'score'"):
        cx.segment(study_of(toml, {name: list("pqrs") for name in "IE"}), rule="score")
