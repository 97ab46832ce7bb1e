"""Weights of a study: margins are met, the rest stays what it was, and what does not fit is told at once."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import numpy as np
import pandas as pd
import pytest
from helpers import question, study_of
from hypothesis import given, settings
from hypothesis import strategies as st

import cxsurvey as cx
from cxsurvey.analysis.weights import MARGIN_COLUMNS
from cxsurvey.errors import CxSurveyError, DataFault, RequestError

BLOCKS = (
    question("size", responses={"s": "Small", "l": "Large"})
    + question("region", "ordinal", responses={"1": "North", "2": "South", "3": "West"})
    + question("age", "number")
    + question("tools", "multi", columns=["T1"], responses={"x": "X"})
    + '[[group]]\nid = "coast"\nlabel = "Coast"\nquestion = "region"\nmembers = ['
    '{ id = "sea", label = "By the sea", responses = [1, 3] },'
    '{ id = "land", label = "Inland", responses = [2] }]\n'
)
WEIGHTED = (
    '[study]\nid = "tiny"\ntitle = "T"\nresponses = "r.csv"\nrespondent_id = "ID"\n[design]\nweight = "W"\n'
)


def made(size, region=None, weight=None):
    n = len(size)
    region = ["1"] * n if region is None else region
    frame = pd.DataFrame({"SIZE": list(size), "REGION": list(region), "AGE": 1, "T1": "x"})
    frame["ID"] = [f"p{i}" for i in range(n)]
    if weight is None:
        return study_of(BLOCKS, frame)
    frame["W"] = weight
    return study_of(WEIGHTED + BLOCKS, frame)


def margins(*rows, unit="share"):
    return pd.DataFrame(rows, columns=["question", "response", unit])


HALVES = margins(("size", "s", 0.5), ("size", "l", 0.5))


def fault(kind, *arguments, **options):
    with pytest.raises(kind) as raised:
        cx.weigh(*arguments, **options)
    return raised.value


def random_study(seed, n=120):
    """Base weights, and targets near what the sample has."""
    rng = np.random.default_rng(seed)
    size = rng.choice(["s", "l", ""], n, p=[0.6, 0.3, 0.1])
    region = rng.choice(["1", "2", "3"], n)
    size[:9], region[:9] = ["s", "l", ""] * 3, np.repeat(["1", "2", "3"], 3)
    weight = rng.uniform(0.5, 2.0, n)
    rows = []
    for name, column in (("size", size), ("region", region)):
        share = pd.Series(weight * rng.uniform(0.7, 1.4, n)).groupby(column).sum()
        rows += [(name, code, value) for code, value in (share / share.sum()).items()]
    return size, region, weight, margins(*rows)


def test_by_hand():
    """Three small and one large: half and half of four is 2/3 for each small one and 2 for the large one."""
    weighting = cx.weigh(made("sssl"), HALVES)
    np.testing.assert_allclose(weighting.weights, [2 / 3, 2 / 3, 2 / 3, 2], rtol=1e-13)
    rows = weighting.margins.to_dict("records")
    assert list(rows[0]) == list(MARGIN_COLUMNS)
    assert [row["response"] for row in rows] == ["Small", "Large"]
    assert [row["unweighted"] for row in rows] == [0.75, 0.25]
    assert [row["base"] for row in rows] == [0.75, 0.25]
    np.testing.assert_allclose([row["weighted"] for row in rows], 0.5, rtol=1e-13)
    np.testing.assert_allclose([row["difference"] for row in rows], 0.0, atol=1e-13)
    found = weighting.diagnostics
    assert (found.converged, found.n, found.at_bound, found.trimmed) == (True, 4, 0, 0)
    assert found.total == pytest.approx(4)
    assert found.n_effective == pytest.approx(16 / (3 * 4 / 9 + 4))  # (sum w)² / sum w²
    assert found.design_effect == pytest.approx(4 / found.n_effective)
    assert (found.smallest, found.largest) == (pytest.approx(2 / 3), pytest.approx(2))
    assert found.ratio == pytest.approx(3)


def test_weights_start_from_the_weight_column():
    """By hand: the small ones keep their 1 to 3, and the sum stays 8."""
    weighting = cx.weigh(made("ssl", weight=[1.0, 3.0, 4.0]), margins(("size", "s", 0.25), ("size", "l", 0.75)))
    np.testing.assert_allclose(weighting.weights, [0.5, 1.5, 6.0], rtol=1e-13)
    assert weighting.origin == "weighted by W"
    assert weighting.margins["base"].tolist() == [0.5, 0.5]
    assert weighting.frame.columns.tolist() == ["respondent", "weight"]
    assert weighting.frame["respondent"].tolist() == ["p0", "p1", "p2"]


def test_persons_sum_to_the_population():
    targets = margins(("size", "s", 300), ("size", "l", 700), unit="target")
    weighting = cx.weigh(made("sssl"), targets)
    np.testing.assert_allclose(weighting.weights, [100, 100, 100, 700], rtol=1e-13)
    assert weighting.margins["target"].tolist() == [0.3, 0.7]


@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 10_000), method=st.sampled_from(["rake", "linear", "logit"]))
def test_every_margin_is_met(seed, method):
    size, region, weight, wanted = random_study(seed)
    bounds = (0.2, 4.0) if method != "rake" else None
    weighting = cx.weigh(made(size, region, weight), wanted, method=method, bounds=bounds)
    for name, column in (("size", size), ("region", region)):
        rows = wanted[wanted["question"] == name]
        for code, share in zip(rows["response"], rows["share"], strict=True):
            reached = weighting.weights[column == code].sum() / weighting.weights.sum()
            assert reached == pytest.approx(share, rel=1e-10)
    assert weighting.weights.sum() == pytest.approx(weight.sum(), rel=1e-10)
    assert weighting.diagnostics.worst < 1e-10


@settings(deadline=None, max_examples=15)
@given(seed=st.integers(0, 10_000), method=st.sampled_from(["rake", "linear"]))
def test_scale_of_the_base_and_order_of_rows_change_nothing(seed, method):
    size, region, weight, wanted = random_study(seed)
    bounds = (0.2, 4.0)
    first = cx.weigh(made(size, region, weight), wanted, method=method, bounds=bounds).weights
    scaled = cx.weigh(made(size, region, 1000 * weight), wanted, method=method, bounds=bounds).weights
    np.testing.assert_allclose(scaled, 1000 * first, rtol=1e-9)
    order = np.random.default_rng(seed).permutation(len(size))
    study = made(size[order], region[order], weight[order])
    again = cx.weigh(study, wanted.sample(frac=1, random_state=seed), method=method, bounds=bounds).weights
    np.testing.assert_allclose(again, first[order], rtol=1e-9)


@settings(deadline=None, max_examples=15)
@given(seed=st.integers(0, 10_000))
def test_calibration_of_cells_is_calibration_of_respondents(seed):
    """Linear factors written out: 1 + x'λ, one λ for each category, solved at once."""
    size, region, weight, wanted = random_study(seed)
    weighting = cx.weigh(made(size, region, weight), wanted, method="linear", bounds=(0.01, 50))
    columns = {"size": size, "region": region}
    x = np.column_stack(
        [columns[q] == r for q, r in zip(wanted["question"], wanted["response"], strict=True)]
    ).astype(float)
    short = wanted["share"].to_numpy() * weight.sum() - x.T @ weight
    multipliers, *_ = np.linalg.lstsq((x * weight[:, None]).T @ x, short, rcond=None)
    np.testing.assert_allclose(weighting.weights, weight * (1 + x @ multipliers), rtol=1e-8)


@settings(deadline=None, max_examples=15)
@given(seed=st.integers(0, 10_000))
def test_trimming_and_margins_hold_together(seed):
    size, region, weight, wanted = random_study(seed)
    study = made(size, region, weight)
    free = cx.weigh(study, wanted).diagnostics
    at = 1 + 0.85 * (free.largest - 1)
    weighting = cx.weigh(study, wanted, trim=at)
    assert weighting.diagnostics.largest <= at * (1 + 1e-12)
    assert weighting.diagnostics.trimmed > 0
    assert weighting.margins["difference"].abs().max() < 1e-10


def test_bounds_limit_factors():
    size, region, weight, wanted = random_study(7)
    study = made(size, region, weight)
    free = cx.weigh(study, wanted).weights / weight
    bounds = (1 - 0.9 * (1 - free.min()), 1 + 0.9 * (free.max() - 1))
    weighting = cx.weigh(study, wanted, bounds=bounds)
    factor = weighting.weights / weighting.base
    assert factor.min() == pytest.approx(bounds[0])
    assert factor.max() == pytest.approx(bounds[1])
    assert weighting.diagnostics.at_bound > 0
    assert weighting.margins["difference"].abs().max() < 1e-10
    assert f"factors {bounds[0]:g} to {bounds[1]:g}" in weighting.caption


def test_a_base_weight_of_zero_stays_zero_and_needs_no_category():
    weighting = cx.weigh(made(["s", "l", ""], weight=[1.0, 1.0, 0.0]), HALVES)
    assert weighting.weights.tolist() == [1.0, 1.0, 0.0]
    assert weighting.diagnostics.n == 2
    assert weighting.margins["unweighted"].tolist() == [0.5, 0.5]


def test_those_without_an_answer_can_have_a_target():
    rows = [("size", "s", 0.4), ("size", "l", 0.4), ("size", "", 0.2)]
    weighting = cx.weigh(made(["s", "l", "", "?"]), margins(*rows))
    np.testing.assert_allclose(weighting.weights, [1.6, 1.6, 0.4, 0.4], rtol=1e-13)
    assert weighting.margins["response"].tolist() == ["Small", "Large", "No answer"]


def test_a_group_is_a_margin():
    weighting = cx.weigh(made("ssss", "1223"), margins(("coast", "By the sea", 0.75), ("coast", "land", 0.25)))
    np.testing.assert_allclose(weighting.weights, [1.5, 0.5, 0.5, 1.5], rtol=1e-13)


def test_codes_and_labels_name_the_same():
    by_code, by_label = HALVES, margins(("size", "Large", 0.5), ("size", " Small ", 0.5))
    first, second = (cx.weigh(made("sssl"), given_) for given_ in (by_code, by_label))
    np.testing.assert_array_equal(first.weights, second.weights)
    pd.testing.assert_frame_equal(first.margins, second.margins)


def test_shares_that_were_rounded_are_scaled_and_said_so():
    rows = [("region", code, 0.33) for code in "123"]
    weighting = cx.weigh(made("sss", "123"), margins(*rows))
    np.testing.assert_allclose(weighting.weights, 1.0, rtol=1e-13)
    assert weighting.notes == ("Shares of 'region' sum to 0.99 and were scaled to 1.",)
    assert weighting.notes[0] in repr(weighting)
    exact = margins(*((("region", code, 1 / 3)) for code in "123"))
    assert cx.weigh(made("sss", "123"), exact).notes == ()


def test_every_problem_of_the_rows_is_told_at_once():
    wrong = margins(
        ("size", "Smal", 0.5),
        ("size", "l", "half"),
        ("region", "North", 0.4),
        ("region", "1", 0.3),
        ("age", "1", 1.0),
        ("tools", "x", 1.0),
        ("sise", "s", 1.0),
        ("", "s", 1.0),
        ("coast", "sea", 58),
        ("coast", "land", 42),
    )
    error = fault(RequestError, made("sl"), wrong)
    assert error.code == "margins-invalid"
    for text in (
        "row 1: 'size' has no response 'Smal'. Did you mean 'Small'?",
        "row 2: share 'half' of 'size' is not a fraction from 0 to 1",
        "row 4: '1' of 'region' stands in row 3 as well",
        "row 5: 'age' is no single or ordinal question and no [[group]].",
        "row 6: 'tools' is no single",
        "row 7: 'sise' is no single or ordinal question and no [[group]]. Did you mean 'size'?",
        "row 8: question is empty",
        "row 9: shares of 'coast' sum to 100; expected 1, within 0.01. Write 58% as 0.58.",
    ):
        assert text in error.got


def test_everything_that_does_not_fit_the_respondents_is_told_at_once():
    rows = [("size", "s", 1.0), ("size", "l", 0.0), ("region", "1", 0.5), ("region", "2", 0.5)]
    error = fault(DataFault, made(["s", "l", "", "l"], "1133"), margins(*rows))
    assert error.code == "margins-unfit"
    assert error.exit_code == 1
    for text in (
        "row 2: 'size', 'Large' has a target of 0 and 2 respondents",
        "'size': 1 respondent without an answer, and no row with an empty response",
        "row 4: 'region', 'South' has a target of 0.5 and nobody",
        "'region', 'West': 2 respondents, and no target",
    ):
        assert text in error.got


@pytest.mark.parametrize("method", ["rake", "linear"])
def test_margins_of_different_populations_are_refused(method):
    rows = [("size", "s", 100), ("size", "l", 100), ("region", "1", 100), ("region", "2", 110)]
    error = fault(DataFault, made("ssll", "1212"), margins(*rows, unit="target"), method=method)
    assert error.code == "margins-disagree"
    assert error.got == "200 and 210"


def test_margins_that_no_weights_meet_are_refused():
    """All small ones are in the north, so there cannot be more of them than northerners."""
    rows = [("size", "s", 0.7), ("size", "l", 0.3), ("region", "1", 0.4), ("region", "2", 0.6)]
    for method, options, code in (
        ("rake", {}, "raking-no-convergence"),
        ("rake", {"trim": 3}, "limits-no-convergence"),
        ("linear", {"bounds": (0.1, 9)}, "calibration-not-reached"),
        ("logit", {"bounds": (0.1, 9)}, "calibration-not-reached"),
    ):
        error = fault(DataFault, made("ssll", "1112"), margins(*rows), method=method, **options)
        assert error.code == code
        assert "size" in error.where or "region" in error.where


def test_limits_that_a_target_cannot_keep_are_refused():
    error = fault(DataFault, made("sssl"), HALVES, trim=1.5)
    assert error.code == "margin-beyond-limits"
    assert error.where == "margin 'size', 'Large'"


def test_negative_weights_are_refused():
    """Nearly all small ones are in the north, and it is to have far more large ones."""
    study = made("s" * 20 + "s" * 5 + "l" * 5 + "l" * 20, "1" * 20 + "2" * 5 + "1" * 5 + "2" * 20)
    rows = [("size", "s", 0.45), ("size", "l", 0.55), ("region", "1", 0.9), ("region", "2", 0.1)]
    error = fault(DataFault, study, margins(*rows), method="linear")
    assert error.code == "weights-turned-negative"


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"method": "rim"}, "unknown-option"),
        ({"method": "logit"}, "bounds-needed"),
        ({"method": "linear", "trim": 5}, "trim-without-raking"),
        ({"trim": 1.0}, "bad-option"),
        ({"trim": float("nan")}, "bad-option"),
        ({"bounds": (1.2, 3)}, "bad-option"),
        ({"bounds": (0.3, 0.9)}, "bad-option"),
        ({"bounds": (0.3, 2, 3)}, "bad-option"),
    ],
)
def test_options_that_cannot_be(options, code):
    assert fault(RequestError, made("sssl"), HALVES, **options).code == code


def test_margins_must_be_a_file_or_a_frame():
    assert fault(RequestError, made("sl"), {"size": {"s": 1}}).code == "bad-option"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "the file is empty"),
        ("question,response,share\n", "there is a header and no row"),
        ("question,response\nsize,s\n", "no column 'share'"),
        ("question,answer,share\nsize,s,1\n", "no column 'response'"),
        ("question,responce,share\nsize,s,1\n", "column 'responce' is not known. Did you mean 'response'?"),
        ("question,response,share,target\nsize,s,1,1\n", "both 'share' and 'target'"),
        ("question,response,share,share\nsize,s,1,1\n", "two columns 'share'"),
        ("question,response,share\nsize,s\nsize,l,1\n", "row 2: 2 cells where the header has 3"),
        ("question,response,share\nsize,s,-1\n", "row 2: share '-1' of 'size' is not a fraction"),
        ("question,response,target\nsize,s,0\nsize,l,0\n", "row 2: targets of 'size' are all zero"),
    ],
)
def test_files_that_are_none(text, told, tmp_path):
    path = tmp_path / "margins.csv"
    path.write_text(text, encoding="utf-8")
    error = fault(RequestError, made("sl"), path)
    assert error.code == "margins-invalid"
    assert error.where == str(path)
    assert told in error.got


@pytest.mark.parametrize("data", [b"\xff\xfeq\x00", b'question,response,share\n"size,s,1\n'])
def test_files_that_cannot_be_read(data, tmp_path):
    path = tmp_path / "margins.csv"
    path.write_bytes(data)
    assert fault(RequestError, made("sl"), path).code == "margins-unreadable"
    assert fault(RequestError, made("sl"), tmp_path / "none.csv").code == "margins-unreadable"
    assert fault(RequestError, made("sl"), tmp_path).code == "margins-unreadable"


@pytest.mark.parametrize(
    "text",
    [
        "\ufeffquestion,response,share\nsize,s,0.5\nsize,l,0.5\n",
        "share;response;question\n0,5;s;size\n\n0,5;l;size\n",
        'question,response,share\r\n"size","s",0.5\r\nsize, l ,5e-1\r\n,,\r\n',
    ],
)
def test_spellings_of_a_file(text, tmp_path):
    path = tmp_path / "margins.csv"
    path.write_bytes(text.encode())
    np.testing.assert_allclose(cx.weigh(made("sssl"), path).weights, [2 / 3, 2 / 3, 2 / 3, 2], rtol=1e-13)


def test_a_study_without_respondents_is_refused():
    assert fault(CxSurveyError, made(""), HALVES).code == "no-respondents"


def test_the_result_is_frozen_and_shown():
    weighting = cx.weigh(made("sssl"), HALVES, trim=3)
    with pytest.raises(FrozenInstanceError):
        weighting.method = "linear"
    with pytest.raises(ValueError, match="read-only"):
        weighting.weights[0] = 1.0
    assert "4 respondents, 1 margin;" in repr(weighting)
    assert "trimmed at 3 times the mean" in repr(weighting)
    assert "<table" in weighting._repr_html_()


def test_labels_are_escaped():
    study = study_of(question("size", responses={"s": "<b>Small</b>", "l": "Large"}), {"SIZE": ["s", "l"]})
    shown = cx.weigh(study, HALVES)._repr_html_()
    assert "<b>" not in shown
    assert "&lt;b&gt;Small" in shown
