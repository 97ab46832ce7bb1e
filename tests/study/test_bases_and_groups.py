"""Who was asked: base filters and their chains, and the groups and partitions made from answers."""

import numpy as np
import pytest
from helpers import question, study_of
from hypothesis import given, settings
from hypothesis import strategies as st

import cxsurvey as cx
from cxsurvey.analysis.partition import partition
from cxsurvey.errors import DataFault, RequestError, StudyError
from cxsurvey.study.answers import NOT_SHOWN
from cxsurvey.study.membership import memberships

CODES = {"1": "Low", "2": "Mid", "3": "High"}
DATA = {
    "A": ["1", "2", "3", "", "9"],
    "N": ["5", "10", "", "15", "20"],
    "M_x": ["1", "0", "0", "1", ""],
    "M_y": ["1", "1", "0", "0", ""],
    "B": ["1", "1", "1", "1", "1"],
}
BLOCKS = (
    question("a", "ordinal", responses=CODES)
    + question("n", "number")
    + question(
        "m",
        "multi",
        raw='responses = [{ code = "x", label = "X", column = "M_x" }, '
        '{ code = "y", label = "Y", column = "M_y" }]',
    )
)


def asked(base):
    """Who is shown question b, whose base is ``base``."""
    toml = BLOCKS + question("b", responses={"1": "Yes"}, raw=f'base = {{ label = "some", {base} }}')
    return (study_of(toml, DATA).answers("b").reason != NOT_SHOWN).astype(int).tolist()


@pytest.mark.parametrize(
    ("base", "shown"),
    [
        ('all = [{ question = "a", is = [1, 3] }]', [1, 0, 1, 0, 0]),
        ('all = [{ question = "a", not = [1] }]', [0, 1, 1, 0, 0]),
        ('all = [{ question = "a", at_least = 2 }]', [0, 1, 1, 0, 0]),
        ('all = [{ question = "a", at_most = 2 }]', [1, 1, 0, 0, 0]),
        ('all = [{ question = "a", answered = true }]', [1, 1, 1, 0, 0]),
        ('all = [{ question = "a", answered = false }]', [0, 0, 0, 1, 1]),
        ('all = [{ question = "n", at_least = 10, at_most = 15 }]', [0, 1, 0, 1, 0]),
        ('all = [{ question = "n", is = ["10", "20"] }]', [0, 1, 0, 0, 1]),
        ('all = [{ question = "n", not = [10] }]', [1, 0, 0, 1, 1]),
        ('all = [{ question = "m", is = ["x"] }]', [1, 0, 0, 1, 0]),
        ('all = [{ question = "m", is = ["x", "y"] }]', [1, 1, 0, 1, 0]),
        ('all = [{ question = "m", not = ["x"] }]', [0, 1, 1, 0, 0]),
        ('all = [{ question = "a", is = [1] }, { question = "n", at_most = 5 }]', [1, 0, 0, 0, 0]),
        ('any = [{ question = "a", is = [1] }, { question = "n", at_least = 15 }]', [1, 0, 0, 1, 1]),
        (
            (
                'all = [{ question = "n", at_least = 10 }], '
                'any = [{ question = "a", is = [2] }, { question = "m", is = ["x"] }]'
            ),
            [0, 1, 0, 1, 0],
        ),
        ('all = [{ question = "a", is = [1, 2, 3], not = [2] }]', [1, 0, 1, 0, 0]),
    ],
)
def test_base(base, shown):
    assert asked(base) == shown


def test_bases_chain():
    """c is shown to those who answered b with 1, and b to those of at least Mid: outside b is outside c."""
    toml = BLOCKS
    toml += question(
        "b",
        responses={"1": "Yes", "2": "No"},
        raw='base = { label = "b", all = [{ question = "a", at_least = 2 }] }',
    )
    toml += question(
        "c", responses={"1": "Yes"}, raw='base = { label = "c", all = [{ question = "b", is = [1] }] }'
    )
    study = study_of(toml, {**DATA, "B": ["1", "1", "2", "1", "1"], "C": ["1", "1", "1", "1", "1"]})
    assert study.answers("b").code.tolist() == [-1, 0, 1, -1, -1]
    assert study.answers("c").code.tolist() == [-1, 0, -1, -1, -1]
    assert study.answers("c").missing_counts() == {"not_shown": 4}


def test_base_sets_every_kind_of_answer_aside():
    base = 'base = { label = "few", all = [{ question = "a", is = [1] }] }'
    toml = question("a", responses=CODES) + question("n", "number", raw=base)
    toml += question("m", "multi", columns=["M1"], responses=CODES, blank="none_chosen", raw=base)
    study = study_of(toml, {"A": ["1", "2", "1"], "N": ["4", "5", ""], "M1": ["2", "2", ""]})
    np.testing.assert_array_equal(study.answers("n").value, [4, np.nan, np.nan])
    assert study.answers("n").missing_counts() == {"skipped": 1, "not_shown": 1}
    assert study.answers("m").chosen.tolist() == [[False, True, False], [False] * 3, [False] * 3]
    assert study.answers("m").missing_counts() == {"not_shown": 1}
    assert [i.code for i in cx.check(study) if i.code == "answered-outside-base"] == [
        "answered-outside-base"
    ] * 2


def test_answers_cannot_be_changed_through_the_cache():
    study = study_of(BLOCKS, DATA)
    assert study.answers("a") is study.answers("a")
    with pytest.raises(ValueError, match="read-only"):
        study.answers("a").code[0] = 2


@pytest.mark.parametrize(
    ("toml", "words"),
    [
        (
            question("b", responses=CODES, raw='base = { label = "x", all = [{ question = "b", is = [1] }] }'),
            "its own",
        ),
        (
            question("b", responses=CODES, raw='base = { label = "x", all = [{ question = "a", is = [7] }] }'),
            "code '7'",
        ),
    ],
)
def test_bases_that_cannot_be(toml, words):
    with pytest.raises(StudyError, match=words):
        study_of(BLOCKS + toml, DATA)


def test_unknown_column_and_question():
    study = study_of(BLOCKS, {"A": ["1"]})
    with pytest.raises(StudyError, match="unknown-column"):
        study.answers("n")
    with pytest.raises(RequestError, match="Did you mean 'a'"):
        study.answers("aa")


def test_respondents_are_rows_of_the_file_without_an_id():
    assert study_of(BLOCKS, DATA).respondents() == ["2", "3", "4", "5", "6"]
    head = '[study]\nid = "t"\ntitle = "T"\nresponses = "r.csv"\nrespondent_id = "B"\n'
    assert study_of(head + BLOCKS, DATA).respondents() == ["1"] * 5


# ---------------------------------------------------------------- groups

GROUP = """
[[group]]
id = "g"
label = "Ownership"
question = "m"
members = [{ id = "p", label = "P", responses = ["x"] }, { id = "q", label = "Q", responses = ["y"] }]
"""


def test_overlapping_groups():
    study = study_of(BLOCKS + GROUP, DATA)
    assert memberships(study, study.groups["g"]).astype(int).tolist() == [
        [1, 1],
        [0, 1],
        [0, 0],
        [1, 0],
        [0, 0],
    ]
    with pytest.raises(DataFault, match="group-overlap"):
        partition(study, "g")
    kept = partition(study_of(BLOCKS + GROUP + 'overlap = "exclude"\n', DATA), "g")
    assert kept.index.tolist() == [-1, 1, -1, 0, -1]
    assert kept.sizes.tolist() == [1, 1]
    assert kept.questions == {"m"}


def test_groups_by_condition_name_their_questions():
    group = """
[[group]]
id = "g"
label = "Size"
members = [
  { id = "small", label = "S", where = { label = "s", all = [{ question = "n", at_most = 10 }] } },
  { id = "large", label = "L", where = { label = "l", all = [
    { question = "n", at_least = 11 },
    { question = "a", answered = false },
  ] } },
]
"""
    found = partition(study_of(BLOCKS + group, DATA), "g")
    assert found.index.tolist() == [0, 0, -1, 1, 1]
    assert found.questions == {"n", "a"}


@pytest.mark.parametrize("by", ["m", "n", "zz", "segment", "total"])
def test_what_does_not_part_respondents(by):
    with pytest.raises(RequestError):
        partition(study_of(BLOCKS, DATA), by)


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.tuples(st.sampled_from(["1", "2", "3", "", "x"]), st.integers(0, 30)), min_size=1, max_size=25)
)
def test_a_base_and_its_contrary_and_the_silent_make_everyone(rows):
    toml = question("a", "ordinal", responses=CODES) + question("n", "number")
    study = study_of(toml, {"A": [a for a, _ in rows], "N": [n for _, n in rows]})

    def mask(condition):
        text = toml + question("b", responses={"1": "Y"}, raw=f'base = {{ label = "b", all = [{condition}] }}')
        made = study_of(text, {"A": [a for a, _ in rows], "N": [n for _, n in rows], "B": ["1"] * len(rows)})
        return made.answers("b").answered

    inside, contrary = mask('{ question = "a", is = [1, 2] }'), mask('{ question = "a", not = [1, 2] }')
    np.testing.assert_array_equal(inside | contrary, study.answers("a").answered)
    assert not (inside & contrary).any()
    low, high = mask('{ question = "n", at_most = 12 }'), mask('{ question = "n", at_least = 13 }')
    np.testing.assert_array_equal(low ^ high, np.ones(len(rows), dtype=bool))


def test_more_choices_than_the_cap_are_an_error_of_check():
    toml = question("m", "multi", columns=["M1", "M2"], responses=CODES, cap=1)
    issues = cx.check(study_of(toml, {"M1": ["1", "1", ""], "M2": ["2", "1", "3"]}))
    found = [(i.code, i.row, i.value) for i in issues.errors]
    assert found == [("cap-exceeded", 2, "2")]
