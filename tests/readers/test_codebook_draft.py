"""The whole draft: ids, grids, shared lists, ratings; and the shared exports as studies without an error."""

from pathlib import Path

import pytest
from codebook_exports import column, drafted, export_of, question_of, study_of, write_folder
from hypothesis import given, settings
from hypothesis import strategies as st

import cxsurvey as cx
from cxsurvey.errors import CxSurveyError
from cxsurvey.readers.codebooks.draft import SURENESS
from cxsurvey.readers.codebooks.inference import infer
from cxsurvey.readers.exports.detector import read_export
from cxsurvey.study.checks import check
from cxsurvey.study.references import reference_problems

EXPORTS = Path(__file__).resolve().parents[3] / "shared" / "exports"
NO_EXPORT = (".published.csv", ".json", ".asc", "INVENTORY.csv", "codebook.csv", "codebook.xlsx", "filter.csv")
AGREE = ["Strongly agree", "Agree", "Disagree", "Strongly disagree"]


def grid(block, *items, **keys):
    return [
        column(f"{block}_{i}", "Do you agree?", item=item, block=block, role="row", shape="grid_row", **keys)
        for i, item in enumerate(items, 1)
    ]


def test_rows_of_a_grid_share_a_list_and_the_steps_of_all_of_them():
    rows = grid("Q3", "Friendly", "Quick")
    draft = drafted({"Q3_1": [*AGREE[:3], ""], "Q3_2": ["Strongly disagree", "Agree", "", ""]}, *rows)
    assert [question.id for question in draft.file.question] == ["q3_r1", "q3_r2"]
    assert {question.list for question in draft.file.question} == {"agreement_4"}
    assert draft.grids == {"q3": ("q3_r1", "q3_r2")}
    first = question_of(draft, "q3_r1")
    assert first.response_labels(first.codes) == tuple(AGREE[::-1])
    assert (first.label, first.text) == ("Friendly", "Do you agree? [Friendly]")


def test_rows_with_lists_of_their_own_keep_them():
    rows = grid("Q3", "Colour", "Size")
    draft = drafted({"Q3_1": ["Red", "Blue", "Green"] * 4, "Q3_2": ["S", "M", "L"] * 4}, *rows)
    assert {question.response_labels(question.codes) for question in study_of(draft).file.question} == {
        ("Red", "Blue", "Green"),
        ("S", "M", "L"),
    }


def test_ranks_are_ordered_by_their_numbers():
    parts = [
        column(f"Q3_{i}", "Rank these", item=item, block="Q3", role="row", shape="rank")
        for i, item in enumerate("ABC", 1)
    ]
    draft = drafted({"Q3_1": ["1", "2", "3"], "Q3_2": ["2", "1", "1"], "Q3_3": ["3", "3", "2"]}, *parts)
    assert question_of(draft, "q3_r2").codes == ("1", "2", "3")
    assert "lowest number comes first" in draft.guesses_of("q3_r1")[0].evidence


def test_lists_are_shared_outside_a_grid_too():
    cells = {"a": ["Yes", "No"] * 3, "b": ["No", "No", "Yes"] * 2, "c": ["Yes", "No", "Maybe"] * 2}
    draft = drafted(cells)
    assert list(draft.file.lists) == ["yes_no"]
    assert [question.list for question in draft.file.question] == ["yes_no", "yes_no", None]


def test_a_likelihood_to_recommend_is_told_from_other_ratings():
    cells = {"Q1": ["0", "6", "8", "9", "10", "7", "10"], "Q2": ["1", "6", "8", "9", "10", "7", "10"]}
    text = "How likely are you to recommend us?"
    draft = drafted(cells, column("Q1", text), column("Q2", text))
    first, second = (question_of(draft, name) for name in ("q1", "q2"))
    assert (first.type, first.nps, first.codes) == ("ordinal", True, tuple(map(str, range(11))))
    assert (second.type, second.nps) == ("ordinal", False)
    assert any("q2 asks to recommend" in text for text in draft.suggestions)


def test_ratings_that_could_make_segments_are_suggested_and_not_declared():
    text = "How would you rate your use of customer insight?"
    draft = drafted({"Q1": ["Excellent", "Good", "Poor"] * 3}, column("Q1", text))
    assert draft.file.segments is None
    assert any(line.startswith("[segments] insight") and "q1" in line for line in draft.suggestions)


def test_a_question_for_some_is_told_by_its_blanks():
    cells = {"Q1": ["Yes"] * 20 + ["No"] * 15, "Q2": ["A", "B"] * 10 + [""] * 15, "Q3": ["A", ""] * 17 + [""]}
    lines = [line for line in drafted(cells).suggestions if "base" in line]
    assert lines == ["q2 was answered only by those who said 'Yes' to q1: its base?"]


def test_ids_are_unique_and_never_reserved():
    cells = {name: ["Yes", "No", "Yes"] for name in ("Segment", "segment!", "1", "1.", "Ä", "É" * 90)}
    draft = drafted(cells)
    ids = [question.id for question in draft.file.question]
    assert len(set(ids)) == len(cells)
    assert "segment" not in ids
    assert reference_problems(draft.file) == []


def test_every_column_has_a_fate_and_every_question_a_guess():
    cells = {
        "id": ["1", "2", "3"],
        "Q1": AGREE[:3],
        "Email": ["a@b.org", "c@d.org", "e@f.org"],
        "Q2": ["", "", ""],
    }
    draft = drafted(cells)
    assert [item.column for item in draft.fates] == list(cells)
    assert {item.sure for item in (*draft.fates, *draft.guesses)} <= set(SURENESS)
    assert all(draft.guesses_of(question.id) for question in draft.file.question)


def test_cells_are_left_as_they_stand_apart_from_spellings():
    cells = {"Q1": ["Often", "often", "Never", "R&amp;D", "Don’t know", "\u00a0Often "]}
    draft = drafted(cells)
    assert draft.frame["Q1"].tolist() == ["Often", "Often", "Never", "R&D", "Don’t know", "\u00a0Often "]
    assert any("2 cells" in note for note in draft.notes)
    assert check(study_of(draft)).errors == ()


def test_long_wordings_fit_the_study_file():
    text = "Why? " * 400
    draft = drafted({"Q1": ["Yes", "No", "Yes"]}, column("Q1", text))
    assert len(question_of(draft, "q1").text) == 1000


def test_text_that_was_decoded_wrongly_is_reported():
    draft = drafted({"Q1": ["I donâ€™t", "I do", "I do"]})
    assert any("wrongly decoded" in note for note in draft.notes)


cell = st.sampled_from(
    [
        "",
        "Yes",
        "no",
        "1",
        "2",
        "5",
        "10",
        "0",
        "Agree",
        "Disagree",
        "N/A",
        "-99",
        "2020-01-01",
        "a;b",
        "18-29",
        "é",
        "3,5",
    ]
)


@settings(deadline=None, max_examples=30)
@given(st.data())
def test_any_cells_make_a_sound_study_or_a_refusal(data):
    n = data.draw(st.integers(1, 12))
    shapes = st.sampled_from(["", "single", "option", "grid_row", "rank", "joined", "number", "text", "date"])
    columns, cells = [], {}
    for j in range(data.draw(st.integers(1, 5))):
        name = f"Q{j}"
        shape = data.draw(shapes)
        block = data.draw(st.sampled_from(["", "B"]))
        columns.append(
            column(name, "Which?", block=block, shape=shape, separator=";" if shape == "joined" else "")
        )
        cells[name] = data.draw(st.lists(cell, min_size=n, max_size=n))
    try:
        draft = infer(export_of(cells, columns))
    except CxSurveyError as fault:
        assert fault.code == "export-no-questions"  # noqa: PT017 - a refusal is one of two good ends
        return
    assert reference_problems(draft.file) == []
    assert {item.column for item in draft.fates} == set(cells)
    assert len(draft.frame) == n
    told = {(item.column, item.cell) for item in draft.unmapped}
    for issue in check(study_of(draft)).errors:
        assert issue.code == "number-unreadable"
        assert (issue.column, issue.value) in told


def shared_files():
    if not EXPORTS.is_dir():
        return [pytest.param(None, marks=pytest.mark.skip("the shared exports are not here"))]
    names = sorted(path.name for path in EXPORTS.iterdir())
    left_out = {"cncf_cloudnative_2021_part1.xlsx"}  # a summary, refused by its reader
    return [name for name in names if not name.endswith(NO_EXPORT) and name not in left_out]


@pytest.mark.parametrize("name", shared_files())
def test_shared_exports_are_studies_without_an_error(name):
    draft = infer(read_export(EXPORTS / name))
    study = study_of(draft)
    assert [issue.message for issue in check(study).errors] == []
    assert all(issue.code != "unknown-column" for issue in check(study))


EXPECTED = {
    "pspp_hotel.sav": {"v1": ("ordinal", ("1", "2", "3", "4", "5"))},
    "gforms_cncf_maintainer_2018h1.csv": {"q2": ("single", ("Yes", "No"))},
    "sm_538_starwars.csv": {"q2": ("single", ("Yes", "No"))},
}


@pytest.mark.parametrize("name", EXPECTED)
def test_shared_exports_from_their_folder(name, tmp_path):
    if not (EXPORTS / name).is_file():
        pytest.skip("the shared exports are not here")
    draft = infer(read_export(EXPORTS / name))
    study = cx.read_study(write_folder(draft, tmp_path / "study"))
    assert cx.check(study).errors == ()
    for question, expected in EXPECTED[name].items():
        found = study.questions[question]
        assert (found.type, found.codes) == expected
