"""Segments and gaps under other rules: the same gaps as by hand, everybody somewhere, every change told."""

from dataclasses import FrozenInstanceError
from html import escape

import numpy as np
import pandas as pd
import pytest
from helpers import question, study_of
from hypothesis import given, settings
from hypothesis import strategies as st
from samples import BLOCKS, KINDS, sample

import cxsurvey as cx
from cxsurvey.analysis.headline_measures import headline_measures
from cxsurvey.analysis.results import GAP_COLUMNS
from cxsurvey.analysis.robustness import CALIBRATED
from cxsurvey.errors import DataFault, RequestError
from cxsurvey.files import csv_text
from cxsurvey.study.codebook import Measure

RATINGS = {"4": "Excellent", "3": "Good", "2": "Fair", "1": "Poor"}
PAIR = "".join(question(name, "ordinal", responses=RATINGS) for name in ("ins", "eng"))
RATED = PAIR + '[segments]\ninsight = "ins"\nengagement = "eng"\n'
YES_NO = question("yes", responses={"Y": "Yes", "N": "No"})
RULES = """
[segments]
rule = "thirds"
[segments.rules.thirds]
kind = "terciles"
scores = ["s", "v"]
[segments.rules.halves]
kind = "median_split"
scores = ["s", "v"]
[segments.rules.cuts]
kind = "cuts"
scores = ["s"]
leader = 4
laggard = 3
"""
NUMBERS = [
    "estimate_a",
    "estimate_b",
    "gap",
    "std_error",
    "conf_low",
    "conf_high",
    "df",
    "p_value",
    "n_a",
    "n_b",
]


def sampled(kind="design", *, seed=3, n=300, more=""):
    return study_of(KINDS[kind] + BLOCKS + RULES + more, sample(n, seed))


def people(*cells):
    """A study of ratings with a yes-no question; each cell is (insight, engagement, yes, no)."""
    rows = [(a, b, answer) for a, b, yes, no in cells for answer in ["Y"] * yes + ["N"] * no]
    return dict(zip(("INS", "ENG", "YES"), map(list, zip(*rows, strict=True)), strict=True))


def rated(*cells, head="", rule="at_best_fair", more=""):
    return study_of(f'{head}{YES_NO}{RATED}rule = "{rule}"\n{more}', people(*cells))


def changes(found, rule):
    return found.gaps.loc[found.gaps["rule"] == rule, "change"].tolist()


# ---------------------------------------------------------------- gaps


@pytest.mark.parametrize("kind", KINDS)
def test_gaps_are_those_of_each_segmentation(kind):
    study = sampled(kind)
    found = cx.robustness(study, question=["m", "r", "g"])
    assert list(found.rules) == ["thirds", "halves", "cuts"]
    for rule in found.rules:
        here = found.gaps[found.gaps["rule"] == rule]
        whole = cx.gaps(study, by=cx.segment(study, rule=rule), question=["m", "r", "g"]).frame
        pair = whole[(whole["group_a"] == "leader") & (whole["group_b"] == "laggard")]
        assert here["question"].tolist() == pair["question"].tolist()
        assert here["response"].tolist() == pair["response"].tolist()
        np.testing.assert_allclose(here[NUMBERS].to_numpy(float), pair[NUMBERS].to_numpy(float), rtol=1e-12)


def test_holm_is_within_each_rule():
    found = cx.robustness(sampled(), question=["m", "g"])
    for rule, family in found.families.items():
        here = found.gaps[found.gaps["rule"] == rule]
        p = np.sort(here["p_value"].dropna().to_numpy())
        assert family == len(p)
        by_hand = np.minimum(np.maximum.accumulate(p * np.arange(len(p), 0, -1)), 1)
        np.testing.assert_allclose(np.sort(here["p_adjusted"].dropna()), by_hand, rtol=1e-12)
    assert "one family a rule" in found.correction


def test_correction_and_level_are_arguments():
    study = sampled()
    plain = cx.robustness(study, question="m", adjust="none", level=0.9)
    assert plain.gaps["p_adjusted"].equals(plain.gaps["p_value"])
    assert plain.correction == "p-values not corrected"
    wide = cx.robustness(study, question="m", level=0.99)
    assert wide.level == 0.99
    known = plain.gaps["conf_low"].notna() & (plain.gaps["std_error"] > 0)
    assert (wide.gaps["conf_low"] < plain.gaps["conf_low"])[known].all()


def test_change_is_against_the_own_rule():
    found = cx.robustness(sampled(), question=["m", "r"])
    own = found.gaps[found.gaps["rule"] == found.own]
    assert (own["gap_change"] == 0).all()
    assert own["change"].tolist() == [""] * len(own)
    for rule in ("halves", "cuts"):
        here = found.gaps[found.gaps["rule"] == rule]
        by_hand = here["gap"].to_numpy() - own["gap"].to_numpy()
        np.testing.assert_allclose(here["gap_change"], by_hand, rtol=1e-14)


def test_columns_are_the_contract():
    found = cx.robustness(sampled(), question="m")
    assert list(found.gaps.columns) == ["rule", *GAP_COLUMNS, "gap_change", "change"]
    assert list(found.moves.columns) == ["rule", "from_segment", "to_segment", "n", "n_weighted", "share"]
    assert list(found.sizes.columns)[:3] == ["rule", "segment", "n"]
    assert len(found.rows) == len(found.gaps)


# ---------------------------------------------------------------- what changes


def test_sign_and_significance():
    """Fair with poor laggards say yes, good with poor say no: 'any_poor' turns the gap round."""
    found = cx.robustness(
        rated(("4", "4", 50, 50), ("2", "2", 60, 40), ("3", "1", 0, 200)), rules="any_poor", question="yes"
    )
    assert changes(found, "at_best_fair") == ["", ""]
    assert changes(found, "any_poor") == ["sign significance"] * 2
    shares = found.gaps.set_index(["rule", "response"])["estimate_b"]
    assert shares["at_best_fair", "Y"] == pytest.approx(0.6)
    assert shares["any_poor", "Y"] == 0


def test_a_sign_that_turns_within_chance_is_no_change():
    """A gap of 5 points that becomes one of -5, neither of them significant."""
    found = cx.robustness(
        rated(("4", "4", 50, 50), ("2", "2", 45, 55), ("3", "1", 55, 45)), rules="any_poor", question="yes"
    )
    here = found.gaps.set_index(["rule", "response"])["gap"]
    assert here["at_best_fair", "Y"] * here["any_poor", "Y"] < 0
    assert (found.gaps["p_adjusted"] > 0.05).all()
    assert changes(found, "any_poor") == [""] * 2


def test_significance_alone():
    found = cx.robustness(
        rated(("4", "4", 50, 50), ("2", "2", 30, 70), ("3", "1", 10, 190)), rules="literal_drop", question="yes"
    )
    assert changes(found, "literal_drop") == ["", ""]
    found = cx.robustness(
        rated(("4", "4", 50, 50), ("2", "2", 40, 60), ("3", "1", 10, 190)), rules="any_poor", question="yes"
    )
    assert changes(found, "any_poor") == ["significance"] * 2


def test_one_gap_that_cannot_be_tested():
    """Of 20 laggards under 'any_poor' nothing is tested, of 120 under 'at_best_fair' it is."""
    cells = (("4", "4", 80, 20), ("2", "2", 60, 40), ("3", "1", 10, 10))
    found = cx.robustness(rated(*cells), rules="any_poor", question="yes")
    assert changes(found, "any_poor") == ["untested"] * 2
    assert found.families == {"at_best_fair": 1, "any_poor": 0}


def test_suppressed_gap_is_no_gap():
    cells = (("4", "4", 80, 20), ("2", "2", 60, 40), ("3", "1", 2, 1))
    found = cx.robustness(rated(*cells), rules="any_poor", question="yes")
    here = found.gaps[found.gaps["rule"] == "any_poor"]
    assert here["gap_change"].isna().all()
    assert here["change"].tolist() == ["no_gap"] * 2


# ---------------------------------------------------------------- rules that do not fit


def test_rule_that_does_not_fit_is_listed_with_its_reason():
    three = {"3": "Good", "2": "Fair", "1": "Poor"}
    toml = YES_NO + "".join(question(name, "ordinal", responses=three) for name in ("ins", "eng"))
    toml += (
        '[segments]\nrule = "own"\ninsight = "ins"\nengagement = "eng"\n[segments.rules.own]\nkind = "grid"\n'
    )
    toml += 'cells = [["leader","follower","follower"],["follower","follower","laggard"],'
    toml += '["follower","laggard","laggard"]]\n'
    found = cx.robustness(
        study_of(toml, people(("3", "3", 20, 20), ("1", "1", 20, 30), ("2", "2", 3, 9))), question="yes"
    )
    assert list(found.rules) == ["own"]
    assert set(found.left_out) == {
        "at_best_fair",
        "any_poor",
        "score",
        "literal_drop",
        "literal_drop_fair_follower",
    }
    assert "ratings of 4 levels; 'ins' has 3" in found.left_out["score"]
    assert found.moved == {}
    assert found.moves.empty
    assert "score left out: needs ratings of 4 levels" in repr(found)


def test_own_rule_that_does_not_fit_is_an_error():
    toml = YES_NO + RATED + 'rule = "odd"\n[segments.rules.odd]\nkind = "grid"\ncells = [["leader","laggard"],'
    toml += '["follower","laggard"]]\n'
    with pytest.raises(RequestError) as raised:
        cx.robustness(study_of(toml, people(("4", "4", 9, 9))), question="yes")
    assert raised.value.code == "rule-not-applicable"


def test_rule_without_laggards_has_sizes_and_no_gaps():
    found = cx.robustness(rated(("4", "4", 30, 30), ("2", "2", 30, 30)), rules="any_poor", question="yes")
    assert found.left_out == {"any_poor": "nobody is a laggard, so there are no gaps"}
    assert set(found.gaps["rule"]) == {"at_best_fair"}
    assert "any_poor" in found.rules
    assert found.moved == {"any_poor": 60}


def test_own_rule_without_laggards_leaves_no_change_to_tell():
    found = cx.robustness(
        rated(("4", "4", 30, 30), ("3", "1", 30, 30)), rules=["any_poor", "score"], question="yes"
    )
    assert list(found.left_out) == ["at_best_fair"]
    assert found.gaps["gap_change"].isna().all()
    assert set(found.gaps["change"]) == {"no_gap"}


def test_nobody_to_compare_under_any_rule():
    found = cx.robustness(rated(("4", "4", 3, 3)), rules="score", question="yes")
    assert found.gaps.empty
    assert list(found.gaps.columns) == ["rule", *GAP_COLUMNS, "gap_change", "change"]
    assert set(found.left_out) == {"at_best_fair", "score"}
    assert "0 of 0 gaps" in repr(found)


def test_requests_that_cannot_be_met():
    study = rated(("4", "4", 9, 9), ("1", "1", 9, 9))
    cases = {
        "unknown-rule": {"rules": ["any_pour"]},
        "unknown-question": {"question": "yess"},
        "bad-option": {"adjust": "sidak"},
        "nothing-to-estimate": {"question": []},
    }
    for code, options in cases.items():
        with pytest.raises(RequestError) as raised:
            cx.robustness(study, **options)
        assert raised.value.code == code
    with pytest.raises(RequestError) as raised:
        cx.robustness(study_of(YES_NO, {"YES": ["Y"]}))
    assert raised.value.code == "no-segments"
    weightless = '[design]\nweight = "W"\n'
    with pytest.raises(DataFault, match="weight-unusable"):
        cx.robustness(study_of(weightless + YES_NO + RATED, {**people(("4", "4", 1, 1)), "W": ["0", "0"]}))


# ---------------------------------------------------------------- sizes and moves


@pytest.mark.parametrize("kind", ["design", "simple"])
def test_moves_cross_the_two_segmentations(kind):
    frame = sample(300, 5)
    frame.loc[:40, "weight"] = 0.0
    study = study_of(KINDS[kind] + BLOCKS + RULES, frame)
    found = cx.robustness(study, question="m")
    weight = frame["weight"].to_numpy() if kind == "design" else np.ones(len(frame))
    own = cx.segment(study).frame["segment"].to_numpy()
    for rule in ("halves", "cuts"):
        other = cx.segment(study, rule=rule).frame["segment"].to_numpy()
        for record in found.moves[found.moves["rule"] == rule].to_dict("records"):
            inside = (own == record["from_segment"]) & (other == record["to_segment"]) & (weight > 0)
            assert record["n"] == inside.sum()
            assert record["n_weighted"] == pytest.approx(weight[inside].sum(), rel=1e-12)
            assert record["share"] == pytest.approx(weight[inside].sum() / weight.sum(), rel=1e-12)
        assert found.moved[rule] == ((own != other) & (weight > 0)).sum()


CELLS = st.tuples(st.sampled_from("4321"), st.sampled_from("4321"), st.integers(0, 6), st.integers(2, 6))


@settings(deadline=None, max_examples=25)
@given(st.lists(CELLS, min_size=1, max_size=8))
def test_everybody_comes_from_somewhere_and_goes_somewhere(cells):
    found = cx.robustness(rated(*cells), question="yes")
    sizes = found.sizes.set_index(["rule", "segment"])["n"].dropna().astype(int)
    moves = found.moves
    for rule in found.moved:
        here = moves[moves["rule"] == rule]
        assert here["share"].sum() == pytest.approx(1)
        for (of, segment), n in sizes.items():
            if of == found.own:
                assert here.loc[here["from_segment"] == segment, "n"].sum() == n
            if of == rule:
                assert here.loc[here["to_segment"] == segment, "n"].sum() == n


def test_sizes_are_segment_shares_with_their_change():
    study = sampled()
    found = cx.robustness(study, question="m")
    own = cx.segment_shares(study, cx.segment(study)).frame
    for rule in found.rules:
        here = found.sizes[found.sizes["rule"] == rule].reset_index(drop=True)
        shares = cx.segment_shares(study, cx.segment(study, rule=rule)).frame
        pd.testing.assert_series_equal(here["estimate"], shares["estimate"])
        assert here["n"].tolist() == shares["n"].tolist()
        assert here["n_change"].tolist() == (shares["n"] - own["n"]).tolist()
        np.testing.assert_allclose(here["estimate_change"], shares["estimate"] - own["estimate"])


def test_shuffled_rows_change_no_byte():
    frame = sample(300, 7)
    toml = KINDS["design"] + BLOCKS + RULES
    straight = cx.robustness(study_of(toml, frame))
    mixed = cx.robustness(study_of(toml, frame.sample(frac=1, random_state=1).reset_index(drop=True)))
    for name in ("sizes", "moves", "gaps"):
        assert csv_text(getattr(straight, name)) == csv_text(getattr(mixed, name))


# ---------------------------------------------------------------- what is compared by default


def test_figures_that_compare_segments_give_the_measures():
    figures = """
[[figure]]
id = "fig01"
form = "lanes"
headline = "A"
by = "segment"
rows = [{ question = "m", response = "x", label = "Says x" }, { question = "s", statistic = "mean" }]
[[figure]]
id = "fig02"
form = "lanes"
headline = "B"
by = "segment"
questions = ["m"]
response = "x"
[[figure]]
id = "fig03"
form = "stacked"
headline = "C"
by = "segment"
question = "g"
[[figure]]
id = "fig04"
form = "lanes"
headline = "D"
by = "g"
question = "t2"
"""
    study = sampled(more=question("t2", responses=["a", "b"], column="G") + figures)
    rows = headline_measures(study)
    assert rows[:2] == (
        Measure(question="m", response="x", label="Says x"),
        Measure(question="s", statistic="mean"),
    )
    assert [(row.question, row.response) for row in rows[2:]] == [("g", "a"), ("g", "b"), ("g", "c")]
    found = cx.robustness(study)
    assert found.rows[0][0].response_label == "Says x"
    assert len(found.gaps) == 5 * 3


def test_without_such_a_figure_every_answer_that_makes_no_segment():
    found = cx.robustness(sampled())
    assert sorted(set(found.gaps["question"])) == ["g", "m", "r"]
    assert set(found.gaps.loc[found.gaps["question"] == "m", "response"]) == {"x", "y", "z"}
    assert set(found.gaps.loc[found.gaps["question"] == "r", "response"]) == {"nps"}


def test_invented_responses_are_no_headline():
    more = question(
        "h", raw='responses = [{ code = "a", label = "A" }, { code = "b", label = "B", invented = true }]'
    )
    study = study_of(more + RATED, {**people(("4", "4", 9, 9), ("1", "1", 9, 9)), "H": ["a", "b"] * 18})
    assert set(cx.robustness(study).gaps["response"]) == {"a"}


def test_a_study_of_nothing_but_ratings_has_nothing_to_compare():
    with pytest.raises(RequestError, match="nothing-to-estimate"):
        cx.robustness(study_of(RATED, {"INS": ["4", "1"], "ENG": ["4", "1"]}))


def test_what_makes_the_segments_is_flagged_under_that_rule_only():
    found = cx.robustness(sampled(), question="v")
    flags = found.gaps.set_index("rule")["flag"]
    assert "defines_groups" in flags["thirds"]
    assert "defines_groups" in flags["halves"]
    assert "defines_groups" not in flags["cuts"]
    assert found.gaps.set_index("rule")["p_value"].notna().to_dict() == {
        "thirds": False,
        "halves": False,
        "cuts": True,
    }
    assert any(note.startswith("thirds: Not tested, because they make the groups") for note in found.notes)


# ---------------------------------------------------------------- the record


def test_synthetic_respondents_are_calibrated_under_one_rule():
    head = '[study]\nid = "made"\ntitle = "Made"\nresponses = "r.csv"\nsynthetic = true\n'
    found = cx.robustness(rated(("4", "4", 9, 9), ("1", "1", 9, 9), head=head), question="yes")
    assert found.notes[0] == CALIBRATED
    assert CALIBRATED in repr(found)
    assert escape(CALIBRATED) in found._repr_html_()
    assert "synthetic" in found.design


def test_the_record_is_frozen_and_told():
    found = cx.robustness(rated(("4", "4", 9, 9), ("1", "1", 9, 9)), rules=["score", "score"], question="yes")
    assert list(found.rules) == ["at_best_fair", "score"]
    with pytest.raises(FrozenInstanceError):
        found.own = "score"
    assert repr(found).startswith(
        "the rule 'at_best_fair' of tiny against 1 other; 2 gaps of leaders v laggards"
    )
    assert "score: 0 respondents move" in repr(found)
    assert found._repr_html_().count("<table") == 3
