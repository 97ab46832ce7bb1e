"""The study file as text: what is written is read back exactly, whatever the words; comments stay comments."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxsurvey.readers.codebooks.draft import Draft, Guess
from cxsurvey.readers.importing.declarations import declared, responses_line, table
from cxsurvey.readers.importing.study_text import question_lines, study_text
from cxsurvey.readers.importing.toml_text import assignment, comment, commented, key, value
from cxsurvey.study.codebook import Question, StudyFile
from cxsurvey.study.study_file import parse_study_file

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
LEAF = st.one_of(
    TEXT,
    st.booleans(),
    st.integers(-(10**12), 10**12),
    st.floats(allow_nan=False, allow_infinity=False),
)
ITEM = st.recursive(
    LEAF,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(TEXT.filter(lambda name: name != "code"), inner, max_size=4),
    ),
    max_leaves=12,
)
CODE = st.one_of(st.integers(-99, 999).map(str), TEXT.filter(bool))


def responses(pairs):
    return [{"code": code, "label": label} for code, label in pairs.items()]


@given(TEXT, ITEM)
@settings(deadline=None, max_examples=150)
def test_a_value_is_read_back(name, item):
    assert tomllib.loads(assignment(name, item)) == {name: item}


@given(st.dictionaries(CODE, TEXT.filter(bool), min_size=1, max_size=6))
@settings(deadline=None, max_examples=100)
def test_answer_options_are_read_back(pairs):
    written = tomllib.loads(responses_line(responses(pairs)))
    asked = {"id": "q", "text": "?", "type": "single", "column": "Q"}
    question = Question.model_validate({**asked, **written})
    assert {item.code: item.label for item in question.responses} == pairs
    assert question.codes == tuple(pairs)


@given(st.text(max_size=200), st.text(max_size=60))
@settings(deadline=None, max_examples=100)
def test_comments_cannot_become_anything_else(text, evidence):
    lines = [*comment(text), *comment(evidence, mark="# guess: "), *commented("[segments]\nrule = 1")]
    assert all(line.startswith("#") for line in lines)
    assert tomllib.loads("\n".join([*lines, "a = 1"])) == {"a": 1}


@given(TEXT.filter(str.strip), CODE, TEXT.filter(bool))
@settings(deadline=None, max_examples=60)
def test_a_question_is_read_back(wording, code, label):
    question = Question(
        id="q1",
        text=wording,
        type="multi",
        responses=[
            {"code": code, "label": label, "column": f"Q1 {label}", "scored": False},
            {"code": "other one", "label": f"{label} too", "column": "Q1_2"},
        ],
        missing=[{"code": "-99", "reason": "refused"}],
        base={"label": "All", "all": [{"question": "q0", "is": ["1"]}]},
        blank="none_chosen",
    )
    text = "\n".join(question_lines(question, [Guess("q1", "multi", wording, "guess")]))
    assert Question.model_validate(tomllib.loads(text)["question"][0]) == question


def test_half_a_surrogate_pair_becomes_a_question_mark():
    assert value("\ud83d!") == '"?!"'
    assert key("\ud83d") == '"?"'


def test_options_take_the_shortest_form():
    assert responses_line(responses({"a": "a", "b": "b"})) == 'responses = ["a", "b"]'
    assert responses_line(responses({"1": "Yes", "2": "No"})) == 'responses = { 1 = "Yes", 2 = "No" }'
    long = responses_line(responses({"1": "x" * 90, "2": "y" * 30}))
    assert long.splitlines()[1] == f'  {{ code = 1, label = "{"x" * 90}" }},'


def test_tables_within_tables_get_their_own_heading():
    lines = table("[design]", {"weight": "w", "replicates": {"columns": ["rep_*"], "kind": "jk1"}})
    assert tomllib.loads("\n".join(lines)) == {
        "design": {"weight": "w", "replicates": {"columns": ["rep_*"], "kind": "jk1"}}
    }
    assert "[design.replicates]" in lines


def frame():
    pd = pytest.importorskip("pandas")
    return pd.DataFrame({"Q1": ["Yes", "No"]})


def draft(**tables):
    asked = {"id": "q1", "text": "Do you?", "type": "single", "column": "Q1", "responses": ["Yes", "No"]}
    study = {"id": "s", "title": "S", "responses": "responses.csv"}
    file = StudyFile.model_validate({"study": study, "question": [asked], **tables})
    return Draft(file=file, frame=frame(), fates=(), guesses=(Guess("q1", "single", "by its words", "guess"),))


def test_every_table_of_a_study_file_is_written():
    rated = {"type": "ordinal", "column": "R", "responses": ["Poor", "Fair", "Good", "Excellent"]}
    questions = [
        {"id": "a", "text": "A", **rated},
        {"id": "b", "text": "B", **rated},
        {"id": "c", "text": "C", "type": "single", "column": "C", "list": "yes_no"},
    ]
    tables = {
        "question": questions,
        "lists": {
            "yes_no": {"responses": ["Yes", "No"], "nets": [{"id": "y", "label": "Y", "responses": ["Yes"]}]}
        },
        "reading": {"decimal": ",", "thousands": "."},
        "disclosure": {"population": 'Firms "of" note', "probability_sample": True},
        "design": {"weight": "W", "stratum": ["S1", "S2"], "replicates": {"columns": ["rep_*"], "kind": "brr"}},
        "settings": {"level": 0.9},
        "scale": [{"id": "m", "label": "M", "items": ["a", "b"], "weights": {"a": 2.0}}],
        "segments": {
            "insight": "a",
            "engagement": "b",
            "rule": "own",
            "rules": {"own": {"kind": "cuts", "scores": ["m"], "leader": 3.0, "laggard": 2.0}},
        },
        "group": [
            {
                "id": "g",
                "label": "G",
                "question": "c",
                "members": [
                    {"id": "y", "label": "Y", "responses": ["Yes"]},
                    {
                        "id": "n",
                        "label": "N",
                        "where": {"label": "No", "any": [{"question": "c", "is": ["No"]}]},
                    },
                ],
            }
        ],
        "figure": [{"id": "fig01", "form": "ranked", "headline": "H", "question": "a"}],
        "table": [{"banner": ["c"], "levels": [0.95]}],
        "synthesis": {"respondents": 5, "expected": {"a": {"Poor": 0.5}}, "loading": {"a": 0.2}},
    }
    made = draft(**tables)
    text = study_text(made, origin="Made by hand.")
    assert StudyFile.model_validate(tomllib.loads(text)) == made.file


def test_guesses_stand_above_their_question_and_figures_below():
    figure = {"id": "fig01", "form": "ranked", "headline": "Do you?", "question": "q1"}
    text = study_text(draft(), origin="Made of\nan export.", figures=[figure])
    assert text.startswith("#:schema study.schema.json\n# Made of an export.\n")
    assert '# guess: single; by its words\n[[question]]\nid = "q1"' in text
    assert "# [segments]" in text
    assert declared(parse_study_file(text).figure[0]) == figure
