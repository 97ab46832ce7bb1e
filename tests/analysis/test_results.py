"""Results are frozen, say how they were made, and show labels in HTML as text."""

from dataclasses import FrozenInstanceError, fields

import numpy as np
import pytest
from helpers import question, study_of

import cxsurvey as cx
from cxsurvey.analysis.results import ESTIMATE_COLUMNS, GAP_COLUMNS

EVIL = "<script>alert(1)</script>"
TOML = (
    '[study]\nid = "tiny"\ntitle = "' + EVIL + '"\nresponses = "r.csv"\nrespondent_id = "ID"\n'
    + question("g", responses={"<b>": EVIL, "c": "C & D"})
    + question("i", "ordinal", label=EVIL, responses={str(i): f"{EVIL} {i}" for i in range(4, 0, -1)})
    + question("e", "ordinal", responses={str(i): f"L{i}" for i in range(4, 0, -1)})
    + f'[[scale]]\nid = "s"\nlabel = "{EVIL}"\nitems = ["i", "e"]\n'
    + '[segments]\nrule = "own"\ninsight = "i"\nengagement = "e"\n'
    + f'[segments.rules.own]\nkind = "cuts"\nlabel = "{EVIL}"\nscores = ["s"]\nleader = 3.5\nlaggard = 2\n'
)  # fmt: skip


@pytest.fixture(scope="module")
def study():
    rng = np.random.default_rng(0)
    return study_of(
        TOML,
        {
            "ID": [f"{EVIL}{i}" for i in range(200)],
            "G": rng.choice(["<b>", "c"], 200),
            "I": rng.integers(1, 5, 200).astype(str),
            "E": [*rng.integers(1, 5, 199).astype(str), EVIL],
        },
    )


@pytest.fixture(scope="module")
def results(study):
    segments = cx.segment(study)
    return {
        "study": study,
        "issues": cx.check(study),
        "scores": cx.score(study),
        "segments": segments,
        "estimates": cx.estimate(study, ["i", "s"], by="g"),
        "gaps": cx.gaps(study, by="g"),
        "shares": cx.segment_shares(study, segments, by="g"),
    }


NAMES = ["study", "issues", "scores", "segments", "estimates", "gaps", "shares"]


@pytest.mark.parametrize("name", NAMES)
def test_results_cannot_be_assigned_to(results, name):
    result = results[name]
    for field in fields(result):
        with pytest.raises(FrozenInstanceError):
            setattr(result, field.name, None)
        with pytest.raises(FrozenInstanceError):
            delattr(result, field.name)
    with pytest.raises((FrozenInstanceError, AttributeError, TypeError)):
        result.something_new = 1


@pytest.mark.parametrize("name", NAMES)
def test_html_shows_labels_as_text(results, name):
    html = results[name]._repr_html_()
    assert "<script" not in html
    assert "<b>" not in html
    assert html.count("<table") == 1
    assert repr(results[name])


def test_html_carries_the_escaped_label(results):
    for name in ("study", "segments"):
        assert "&lt;script&gt;" in results[name]._repr_html_()
    assert "&lt;b&gt;" in results["estimates"]._repr_html_()


def test_columns_are_the_contract(results):
    assert tuple(results["estimates"].frame.columns) == ESTIMATE_COLUMNS
    assert tuple(results["shares"].frame.columns) == ESTIMATE_COLUMNS
    assert tuple(results["gaps"].frame.columns) == GAP_COLUMNS


def test_rows_label_the_frame(results):
    for name in ("estimates", "shares"):
        found = results[name]
        assert [(r.question, r.response, r.group) for r in found.rows] == list(
            found.frame[["question", "response", "group"]].itertuples(index=False, name=None)
        )
        assert {r.group_label for r in found.rows} == {EVIL, "C & D"}
        assert found.covariance.shape == (len(found.rows),) * 2
    gaps = results["gaps"]
    assert [(a.group, b.group) for a, b in gaps.rows] == list(
        gaps.frame[["group_a", "group_b"]].itertuples(index=False, name=None)
    )


def test_repr_says_what_changed_the_numbers(study, results):
    assert "95% intervals" in repr(results["estimates"])
    assert "90% intervals" in repr(cx.estimate(study, "i", level=0.9))
    assert "unweighted" in repr(results["estimates"])
    assert "Holm over all" in repr(results["gaps"])
    assert "not corrected" in repr(cx.gaps(study, by="g", adjust="none"))
    assert "Benjamini-Hochberg within each question" in repr(
        cx.gaps(study, by="g", adjust="bh", family="question")
    )
    assert "rule 'own'" in repr(results["segments"])


def test_a_long_table_is_cut_in_html(study):
    html = cx.gaps(study, by="i", question=["e", "s", "g"])._repr_html_()
    assert html.count("<tr") <= 61
