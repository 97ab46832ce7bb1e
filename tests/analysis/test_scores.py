"""Scores against values worked out by hand, and alpha against the formula written out."""

from fractions import Fraction
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from helpers import question, study_of

import cxsurvey as cx
from cxsurvey.errors import RequestError, StudyError

FIVE = {str(i): f"L{i}" for i in range(1, 6)}
HOTEL = Path(__file__).resolve().parents[3] / "shared" / "exports" / "pspp_hotel.sav"
DATA = {
    "A": ["5", "4", "", "1", "", "2"],
    "B": ["3", "", "2", "1", "", "2"],
    "C": ["1", "2", "", "5", "", "2"],
}


def scored(scale, data=DATA, items="abc", *, head="", blocks=None):
    toml = head + (blocks or "".join(question(item, "ordinal", responses=FIVE) for item in items))
    names = ", ".join(f'"{item}"' for item in items)
    study = study_of(toml + f'[[scale]]\nid = "s"\nlabel = "S"\nitems = [{names}]\n{scale}\n', data)
    return cx.score(study)


@pytest.mark.parametrize(
    ("scale", "expected"),
    [
        ("", [3, 3, np.nan, 7 / 3, np.nan, 2]),
        ("min_answered = 0", [3, 3, 2, 7 / 3, np.nan, 2]),
        ("min_answered = 0.33", [3, 3, 2, 7 / 3, np.nan, 2]),
        ("min_answered = 1", [3, np.nan, np.nan, 7 / 3, np.nan, 2]),
        ('method = "sum"', [9, 9, np.nan, 7, np.nan, 6]),
        # c turned: 5, 4, ., 1, ., 4
        ('reversed = ["c"]', [13 / 3, 4, np.nan, 1, np.nan, 8 / 3]),
        ('method = "sum"\nreversed = ["c"]', [13, 12, np.nan, 3, np.nan, 8]),
        ("rescale = true", [50, 50, np.nan, 100 / 3, np.nan, 25]),
        ('method = "sum"\nrescale = true', [50, 50, np.nan, 100 / 3, np.nan, 25]),
        # share of answered items rated 4 or 5
        ('method = "top_box"', [1 / 3, 1 / 2, np.nan, 1 / 3, np.nan, 0]),
        ('method = "top_box"\ntop = 1', [1 / 3, 0, np.nan, 1 / 3, np.nan, 0]),
        ('method = "top_box"\nreversed = ["c"]\nrescale = true', [200 / 3, 100, np.nan, 0, np.nan, 100 / 3]),
        # weights 2, 1, 1
        (
            'method = "weighted"\nweights = { a = 2, b = 1, c = 1 }',
            [14 / 4, 10 / 3, np.nan, 2, np.nan, 2],
        ),
    ],
)
def test_score_by_hand(scale, expected):
    np.testing.assert_allclose(scored(scale).values[:, 0], expected, rtol=1e-11)  # scores have 12 digits


def test_two_thirds_of_three_items_are_two_items():
    """0.6667 x 3 = 2.0001: a rounded share must not ask for a third answer; 0.7 does."""
    assert not np.isnan(scored("min_answered = 0.6666666667").values[1, 0])
    assert np.isnan(scored("min_answered = 0.7").values[1, 0])


def test_rescale_with_items_of_different_ranges():
    """Each answered item brings its own range: the mean of the lows goes to 0, the mean of the highs to 100."""
    blocks = question("a", "ordinal", responses=FIVE) + question("b", "number", minimum=0, maximum=10)
    data = {"A": ["5", "1", "3", "", "5"], "B": ["10", "0", "5", "4", ""]}
    found = scored("rescale = true", data, "ab", blocks=blocks).values[:, 0]
    # (4 - 0.5) / (7.5 - 0.5): answer 3 and 5 have the mean 4; 4 of 0..10; 5 of 1..5
    np.testing.assert_allclose(found, [100, 0, 50, 40, 100], rtol=1e-11)
    turned = scored('rescale = true\nreversed = ["b"]', data, "ab", blocks=blocks).values[:, 0]
    np.testing.assert_allclose(turned, [100 * (2.5 - 0.5) / 7, 100 * (5.5 - 0.5) / 7, 50, 60, 100], rtol=1e-11)


@pytest.mark.parametrize("rescale", ["", "rescale = true"])
def test_scores_that_are_equal_on_paper_are_equal(rescale):
    """Every pattern of three items with weights .2, .3 and .5, against exact fractions."""
    rows = list(product("12345", repeat=3))
    scale = f'method = "weighted"\nweights = {{ a = 0.2, b = 0.3, c = 0.5 }}\n{rescale}'
    found = scored(scale, {name: [row[i] for row in rows] for i, name in enumerate("ABC")}).values[:, 0]
    exact = [Fraction(2 * int(a) + 3 * int(b) + 5 * int(c), 10) for a, b, c in rows]
    wanted = [float(100 * (value - 1) / 4 if rescale else value) for value in exact]
    assert found.tolist() == wanted


def test_top_box_leaves_out_responses_without_value():
    raw = 'responses = [{ code = "1", label = "L1" }, { code = "2", label = "L2" }, '
    raw += '{ code = "3", label = "L3" }, { code = "x", label = "Cannot say" }]'
    blocks = "".join(question(item, "ordinal", raw=raw) for item in "ab")
    found = scored(
        'method = "top_box"\ntop = 1', {"A": ["3", "x", "2"], "B": ["3", "3", "x"]}, "ab", blocks=blocks
    )
    np.testing.assert_array_equal(found.values[:, 0], [1, 1, 0])


def test_items_that_allow_one_value_only_cannot_be_rescaled():
    blocks = question("a", "ordinal", responses={"3": "Only"})
    assert np.isnan(scored("rescale = true", {"A": ["3", "3"]}, "a", blocks=blocks).values).all()


def test_items_without_values_are_refused():
    with pytest.raises((RequestError, StudyError)):
        scored("", {"A": ["Good", "Bad"]}, "a", blocks=question("a", "ordinal", responses=["Good", "Bad"]))


def test_number_items_need_bounds_to_be_turned():
    with pytest.raises(StudyError, match="minimum"):
        scored('reversed = ["a"]', {"A": ["1"]}, "a", blocks=question("a", "number"))


def test_nobody_answered():
    found = scored("", {name: [""] * 4 for name in "ABC"})
    assert np.isnan(found.values).all()
    line = found.summary.iloc[0]
    assert (line["n"], line["n_missing"], line["alpha_n"]) == (0, 4, 0)
    assert np.isnan(line["mean"])
    assert np.isnan(line["alpha"])


def test_everyone_scored_has_weight_zero():
    found = scored("", {**DATA, "W": ["0", "0", "1", "0", "1", "0"]}, head='[design]\nweight = "W"\n')
    line = found.summary.iloc[0]
    assert line["n"] == 4
    assert np.isnan(line["mean"])


def test_summary_is_weighted():
    found = scored("", {**DATA, "W": ["1", "2", "9", "3", "9", "4"]}, head='[design]\nweight = "W"\n')
    line = found.summary.iloc[0]
    assert (line["items"], line["n"], line["n_missing"]) == (3, 4, 2)
    assert line["mean"] == pytest.approx((3 * 1 + 3 * 2 + 7 / 3 * 3 + 2 * 4) / 10, rel=1e-14)


def alpha(items, weights):
    """Cronbach (1951) over complete cases, variances weighted."""
    complete = ~np.isnan(items).any(axis=1)
    covariance = np.cov(items[complete].T, aweights=weights[complete])
    k = items.shape[1]
    return k / (k - 1) * (1 - np.trace(covariance) / covariance.sum())


@pytest.mark.parametrize("weighted", [False, True])
def test_alpha(weighted):
    rng = np.random.default_rng(5)
    trait = rng.normal(size=200)
    items = np.clip(np.rint(3 + trait[:, None] + rng.normal(size=(200, 3))), 1, 5)
    items[:, 2] = 6 - items[:, 2]
    items[rng.random(items.shape) < 0.05] = np.nan
    weights = rng.uniform(0.5, 2, 200) if weighted else np.ones(200)
    data = {name.upper(): items[:, i] for i, name in enumerate("abc")} | {"W": weights}
    found = scored('reversed = ["c"]', data, head='[design]\nweight = "W"\n')
    turned = np.column_stack([items[:, 0], items[:, 1], 6 - items[:, 2]])
    line = found.summary.iloc[0]
    assert line["alpha"] == pytest.approx(alpha(turned, weights), rel=1e-12)
    assert line["alpha_n"] == (~np.isnan(items).any(axis=1)).sum()
    assert line["alpha_low"] < line["alpha"] < line["alpha_high"]
    assert found.items["item"].tolist() == ["a", "b", "c"]
    complete = ~np.isnan(turned).any(axis=1)
    rest = alpha(turned[complete, 1:], weights[complete])
    assert found.items["alpha_if_dropped"][0] == pytest.approx(rest, rel=1e-12)


def test_one_item_has_no_alpha():
    found = scored("", {"A": ["1", "5"]}, "a")
    assert found.reliability == (None,)
    assert np.isnan(found.summary["alpha"][0])
    assert found.items.empty


def test_no_scales():
    with pytest.raises(RequestError, match="no-scales"):
        cx.score(study_of(question("a", "ordinal", responses=FIVE), {"A": ["1"]}))


@pytest.mark.skipif(not HOTEL.exists(), reason="the hotel file lies beside the checkout only")
def test_hotel_file(tmp_path):
    """PSPP's tutorial: alpha of v1, 6 - v3 and v4 is 0.81 (pspp_hotel.published.csv)."""
    (tmp_path / "hotel.sav").write_bytes(HOTEL.read_bytes())
    items = ("v1", "v3", "v4")
    labels = ("Strongly Disagree", "Disagree", "No Opinion", "Agree", "Strongly Agree")
    codes = {str(i): label for i, label in enumerate(labels, 1)}
    toml = '[study]\nid = "hotel"\ntitle = "Hotel"\nresponses = "hotel.sav"\n'
    toml += "".join(question(item, "ordinal", column=item, responses=codes) for item in items)
    toml += '[[scale]]\nid = "s"\nlabel = "S"\nitems = ["v1", "v3", "v4"]\nreversed = ["v3"]\n'
    (tmp_path / "study.toml").write_text(toml, encoding="utf-8")
    found = cx.score(cx.read_study(tmp_path))
    assert round(found.summary["alpha"][0], 2) == 0.81
    assert len(found.respondents) == 17
