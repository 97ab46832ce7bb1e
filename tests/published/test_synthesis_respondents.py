"""From counts to respondents: counts come out exactly, caps are kept, answers of a person hang together."""

from __future__ import annotations

import io
import itertools
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from synthetic_studies import FILE, OWNER, RATINGS, STUDY, random_plan

from cxsurvey.errors import DataFault, StudyError
from cxsurvey.published.synthesis.answer_cells import csv_of, study_of
from cxsurvey.published.synthesis.choices import choose
from cxsurvey.published.synthesis.counts import AnswerCounts, JointCounts, Part, Plan
from cxsurvey.published.synthesis.latent import Latent, Leanings, batteries, loadings
from cxsurvey.published.synthesis.respondents import make_respondents
from cxsurvey.study.checks import check
from cxsurvey.study.study_file import parse_study_file

QUESTIONS = {question.id: question for question in FILE.question}


@st.composite
def choice_problems(draw):
    n, responses = draw(st.integers(0, 4)), draw(st.integers(0, 3))
    counts = draw(st.lists(st.integers(0, 4), min_size=responses, max_size=responses))
    least = draw(st.lists(st.integers(0, 2), min_size=n, max_size=n))
    most = draw(st.lists(st.integers(0, 3), min_size=n, max_size=n))
    liking = np.random.default_rng(draw(st.integers(0, 99))).standard_normal((n, responses))
    return liking, *(np.array(values, dtype=np.int64) for values in (counts, least, most))


def possible(shape, counts, least, most):
    """Try every table of choices."""
    rows = [np.array(row) for row in itertools.product([0, 1], repeat=shape[1])]
    allowed = [[row for row in rows if least[i] <= row.sum() <= most[i]] for i in range(shape[0])]
    return any(
        np.array_equal(np.sum(table, axis=0) if table else np.zeros(shape[1]), counts)
        for table in itertools.product(*allowed)
    )


@settings(deadline=None, max_examples=150)
@given(choice_problems())
def test_choices_are_found_whenever_there_are_any(problem):
    liking, counts, least, most = problem
    found = choose(liking, counts, least=least, most=most)
    assert (found is not None) == possible(liking.shape, counts, least, most)
    if found is not None:
        assert np.array_equal(found.sum(axis=0), counts)
        assert np.all((least <= found.sum(axis=1)) & (found.sum(axis=1) <= most))


def test_choices_go_to_the_keenest_where_nothing_stands_in_the_way():
    liking = np.random.default_rng(1).standard_normal((50, 4))
    counts = np.array([10, 20, 5, 40])
    found = choose(liking, counts, least=np.zeros(50, dtype=np.int64), most=np.full(50, 4))
    for response in range(4):
        assert liking[found[:, response], response].min() > liking[~found[:, response], response].max()


def test_choices_move_in_chains_where_one_move_is_not_enough():
    # The first may keep nothing; the third has room, but has that response: the second passes on its other one.
    liking = np.array([[9.0, 0.0], [0.0, 9.0], [8.0, 0.0]])
    most = np.array([0, 1, 2])
    found = choose(liking, np.array([2, 1]), least=np.zeros(3, dtype=np.int64), most=most)
    assert found.tolist() == [[False, False], [True, False], [True, True]]


def inside(part, respondents):
    mask = np.ones(respondents.n, dtype=bool)
    for factor, values in part.where:
        if factor.response:
            place = QUESTIONS[factor.question].codes.index(factor.response)
            chosen, answered = (
                respondents.chosen[factor.question][:, place],
                respondents.answered[factor.question],
            )
            mask &= np.isin(np.where(answered, np.where(chosen, "1", "0"), ""), list(values))
        else:
            codes = np.array([*QUESTIONS[factor.question].codes, ""])
            mask &= np.isin(codes[respondents.coded[factor.question]], list(values))
    return mask


def assert_as_planned(plan, made):
    for joint in plan.joint:
        for cell, count in zip(joint.cells, joint.counts, strict=True):
            where = tuple((f, frozenset({v})) for f, v in zip(joint.factors, cell, strict=True))
            assert inside(Part(where), made).sum() == count
    for counts in plan.answers:
        asked = np.zeros(made.n, dtype=bool)
        for part, size, row, answering in zip(
            counts.parts, counts.sizes, counts.counts, counts.answering, strict=True
        ):
            people = inside(part, made)
            asked |= people
            assert people.sum() == size
            if counts.question in made.chosen:
                assert np.array_equal(made.chosen[counts.question][people].sum(axis=0), row)
                assert made.answered[counts.question][people].sum() == answering
            else:
                code = made.coded[counts.question][people]
                assert np.array_equal(np.bincount(code[code >= 0], minlength=len(row)), row)
                assert (code >= 0).sum() == answering
        if counts.question in made.coded:
            assert np.all(made.coded[counts.question][~asked] == -1)


@settings(deadline=None, max_examples=40)
@given(plan_seed=st.integers(0, 10_000), seed=st.integers(0, 10_000), n=st.integers(1, 60))
def test_every_count_comes_out_exactly_and_every_rule_is_kept(plan_seed, seed, n):
    plan = random_plan(plan_seed, n)
    made = make_respondents(FILE, plan, seed=seed)
    assert_as_planned(plan, made)
    barriers, answered = made.chosen["barriers"].sum(axis=1), made.answered["barriers"]
    assert np.all((barriers >= 1) == answered)
    assert barriers.max() <= 2
    channels, answered = made.chosen["channels"].sum(axis=1), made.answered["channels"]
    assert np.all((channels >= 1) == answered)
    assert channels.max() <= 2


@settings(deadline=None, max_examples=20)
@given(plan_seed=st.integers(0, 10_000), n=st.integers(2, 60))
def test_the_cells_read_back_as_the_answers_and_pass_the_check(plan_seed, n):
    made = make_respondents(FILE, random_plan(plan_seed, n), seed=3)
    study = study_of(FILE, made, seed=3, path=Path(__file__))
    # Of very few respondents nobody may meet the filter of a question.
    assert {issue.code for issue in check(study).errors} <= {"base-empty"}
    read = pd.read_csv(io.StringIO(csv_of(study.raw.frame)), dtype=str, keep_default_na=False)
    pd.testing.assert_frame_equal(read, study.raw.frame, check_dtype=False)


def test_columns_are_those_of_the_study_file_in_its_order():
    made = make_respondents(FILE, random_plan(1, 30), seed=1)
    frame = study_of(FILE, made, seed=1, path=Path(__file__)).raw.frame
    names = "ID INSIGHT ENGAGEMENT OWNER VIEW CULTURE METRICS B1 B2 B3 B4 TOOLS CH1 CH2 NPS WHY"
    assert " ".join(frame) == names
    assert frame["ID"].tolist() == [f"R{i:04d}" for i in range(1, 31)]
    assert set(frame["B1"]) <= {"1", "0", ""}
    assert set(frame["WHY"]) == {""}
    numbers = frame["NPS"].astype(int)
    assert numbers.between(0, 10).all()
    assert 3.5 < numbers.mean() < 6.5  # the middle of 0 to 10, within 5 standard errors of 10 / 6 / sqrt(30)


def test_numbers_are_asked_of_their_base_only_and_lie_within_their_bounds():
    text = STUDY.replace(
        'column = "NPS"\nnps = true',
        'column = "NPS"\nminimum = 3\nmaximum = 5\n'
        'base = { label = "One owner", all = [{ question = "owner", is = ["one"] }] }',
    )
    file = parse_study_file(text)
    made = make_respondents(file, random_plan(2, 200), seed=1)
    frame = study_of(file, made, seed=1, path=Path(__file__)).raw.frame
    assert set(frame.loc[frame["OWNER"] == "one", "NPS"]) == {"3", "4", "5"}
    assert set(frame.loc[frame["OWNER"] != "one", "NPS"]) == {""}


def test_a_number_without_a_whole_number_in_its_bounds_is_refused():
    text = STUDY.replace("nps = true", "minimum = 0.2\nmaximum = 0.8")
    file = parse_study_file(text)
    made = make_respondents(file, random_plan(2, 20), seed=1)
    with pytest.raises(StudyError, match="synthesis-number"):
        study_of(file, made, seed=1, path=Path(__file__))


def test_two_questions_in_one_column_cannot_be_written():
    file = parse_study_file(STUDY.replace('column = "METRICS"', 'column = "CULTURE"'))
    made = make_respondents(file, random_plan(2, 40), seed=1)
    with pytest.raises(DataFault, match="synthesis-unread"):
        study_of(file, made, seed=1, path=Path(__file__))


def test_marks_stay_clear_of_codes_that_mean_no_answer():
    text = STUDY.replace("cap = 2\n", 'cap = 2\nmissing = [{ code = "0", reason = "refused" }]\n')
    file = parse_study_file(text)
    made = make_respondents(file, random_plan(2, 40), seed=1)
    frame = study_of(file, made, seed=1, path=Path(__file__)).raw.frame
    assert set(frame["B1"]) == {"silos", ""}


def test_the_same_seed_gives_the_same_respondents_and_another_seed_others():
    plan = random_plan(5, 80)
    first, again, other = (make_respondents(FILE, plan, seed=seed) for seed in (1, 1, 2))
    assert all(np.array_equal(first.coded[name], again.coded[name]) for name in first.coded)
    assert all(np.array_equal(first.chosen[name], again.chosen[name]) for name in first.chosen)
    assert any(not np.array_equal(first.coded[name], other.coded[name]) for name in first.coded)


def test_a_question_added_leaves_the_answers_to_the_others_as_they_were():
    plan = random_plan(5, 80)
    more = (
        '[[question]]\nid = "size"\ntext = "Size?"\ntype = "single"\ncolumn = "SIZE"\nresponses = ["S", "L"]\n'
    )
    file = parse_study_file(STUDY + more)
    sizes = AnswerCounts("size", (Part(),), np.array([80]), np.array([[30, 50]]), np.array([80]))
    first = make_respondents(FILE, plan, seed=1)
    second = make_respondents(file, replace(plan, answers=(*plan.answers, sizes)), seed=1)
    assert all(np.array_equal(first.coded[name], second.coded[name]) for name in first.coded)


def independent_plan(n):
    """Everybody in one part, answers spread evenly: whatever correlates does so by the latent factor."""
    cells = tuple(itertools.product("4321", "4321"))
    ratings = JointCounts(RATINGS, cells, np.full(16, n // 16))
    owner = JointCounts((OWNER,), (("one",), ("several",), ("nobody",)), np.array([n // 2, n // 2, 0]))
    spread = {"single_view": 4, "culture": 4, "metrics": 4}
    whole = np.array([n])
    coded = [AnswerCounts(q, (Part(),), whole, np.full((1, r), n // r), whole) for q, r in spread.items()]
    chosen = {
        "barriers": [n // 2, n // 3, n // 4, n // 5],
        "tools": [n // 2, n // 2, n // 2],
        "channels": [n // 2, n // 2, n // 2],
    }
    multi = [AnswerCounts(q, (Part(),), whole, np.array([row]), whole) for q, row in chosen.items()]
    return Plan(n, (ratings, owner), (*coded, *multi))


def correlation(made, a, b):
    return float(np.corrcoef(-made.coded[a], -made.coded[b])[0, 1])


def test_answers_of_a_person_hang_together():
    n = 3200
    made = make_respondents(FILE, independent_plan(n), seed=11)
    maturity = Latent(11, n).maturity
    error = 1 / np.sqrt(n)
    # Ratings in one battery: r = 0.55**2 + (1 - 0.55**2) * 0.35 = 0.547; even quarters of a normal variable
    # correlate by 0.925 with it, so that two such ratings keep about 0.925**2 * 0.547 = 0.47.
    assert correlation(made, "culture", "metrics") == pytest.approx(0.47, abs=4 * error)
    # Ratings of good insight and engagement say most about maturity; their own correlation is in the counts.
    total = -made.coded["insight"] - made.coded["engagement"]
    # Counts without correlation leave sqrt(w / (1 + w)) = 0.88 to the ranks, less what seven classes lose.
    assert 0.8 < np.corrcoef(total, maturity)[0, 1] < 0.9
    assert np.corrcoef(total, -made.coded["culture"])[0, 1] > 0.3
    assert abs(correlation(made, "insight", "engagement")) < 4 * error
    # Profiles do not depend on maturity.
    assert abs(np.corrcoef(made.coded["owner"], maturity)[0, 1]) < 4 * error


def test_correlated_rating_counts_stay_correlated():
    n = 400
    cells = (("4", "4"), ("4", "1"), ("1", "4"), ("1", "1"))
    plan = independent_plan(n)
    ratings = JointCounts(RATINGS, cells, np.array([160, 40, 40, 160]))
    made = make_respondents(FILE, replace(plan, joint=(ratings, plan.joint[1])), seed=2)
    assert correlation(made, "insight", "engagement") == pytest.approx(
        0.6
    )  # (160 - 40) / 200, whoever they are


def test_a_negative_loading_turns_an_answer_round():
    file = parse_study_file(STUDY + '\n[synthesis]\nloading = { culture = -0.9, "barriers.silos" = 0.9 }\n')
    made = make_respondents(file, independent_plan(3200), seed=4)
    maturity = Latent(4, 3200).maturity
    assert np.corrcoef(-made.coded["culture"], maturity)[0, 1] < -0.7
    assert np.corrcoef(made.chosen["barriers"][:, 0], maturity)[0, 1] > 0.5


def test_the_order_of_rows_tells_nothing():
    n = 3200
    made = make_respondents(FILE, independent_plan(n), seed=9)
    place = np.arange(n)
    for answers in (*made.coded.values(), made.chosen["barriers"][:, 0]):
        if answers.std() > 0:
            assert abs(np.corrcoef(place, answers)[0, 1]) < 4 / np.sqrt(n)


def test_loadings_have_defaults_by_what_is_asked():
    found = loadings(FILE)
    assert found["insight", ""] == 0.8
    assert found["culture", ""] == 0.55
    assert found["recommend", ""] == 0.55
    assert found["barriers", "silos"] == 0.15
    assert found["owner", "one"] == 0.0


@pytest.mark.parametrize(
    ("stated", "words"),
    [
        ("cultur = 0.5", "no question or response 'cultur'. Did you mean 'culture'?"),
        ("owner = 0.5", "no question or response 'owner'. Did you mean 'owner.one'?"),
    ],
)
def test_a_loading_of_nothing_is_refused(stated, words):
    file = parse_study_file(STUDY + f"\n[synthesis]\nloading = {{ {stated} }}\n")
    with pytest.raises(StudyError) as caught:
        loadings(file)
    assert caught.value.code == "study-file-invalid"
    assert words in caught.value.message


def test_batteries_are_neighbours_with_one_list():
    assert dict(batteries(FILE)) == {
        "insight": "insight",
        "engagement": "insight",
        "single_view": "single_view",
        "culture": "single_view",
        "metrics": "single_view",
    }


def test_answers_without_a_value_do_not_follow_maturity():
    text = STUDY.replace('1 = "Strongly disagree" }', '1 = "Strongly disagree", dk = "Do not know" }')
    file = parse_study_file(text)
    plan = independent_plan(3200)
    row = np.array([[700, 700, 700, 700, 400]])
    answers = [
        replace(a, counts=row) if a.counts.shape[1] == 4 and a.question != "barriers" else a
        for a in plan.answers
    ]
    made = make_respondents(file, replace(plan, answers=tuple(answers)), seed=8)
    unsure = made.coded["culture"] == 4
    assert unsure.sum() == 400
    assert abs(Latent(8, 3200).maturity[unsure].mean()) < 4 / np.sqrt(400)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda plan: replace(plan, n=plan.n + 1), "do not sum to"),
        (
            lambda plan: replace(plan, answers=plan.answers[1:]),
            "'single_view' cannot be carried out: it has no counts",
        ),
        (lambda plan: _with(plan, 2, counts=plan.answers[2].counts + 1), "answers where"),
        (lambda plan: _with(plan, 1, sizes=plan.answers[1].sizes - 1), "answering in a part of"),
        (lambda plan: _with(plan, 1, parts=(Part(), Part())), "in a part of|in two parts"),
        (lambda plan: _with(plan, 2, question="nothing"), "is not in the codebook"),
    ],
)
def test_counts_that_contradict_each_other_are_a_fault_with_a_name(change, words):
    with pytest.raises(DataFault, match=words) as caught:
        make_respondents(FILE, change(random_plan(3, 50)), seed=1)
    assert caught.value.code == "synthesis-plan"


def _with(plan, place, **changes):
    answers = list(plan.answers)
    answers[place] = replace(answers[place], **changes)
    return replace(plan, answers=tuple(answers))


def test_choices_that_nobody_can_make_are_refused():
    plan = random_plan(3, 50)
    tools = plan.answers[3]
    many = replace(tools, counts=np.array([[tools.answering[i]] * 4 for i in range(3)]))
    with pytest.raises(DataFault) as caught:
        make_respondents(FILE, _with(plan, 3, counts=many.counts), seed=1)
    assert caught.value.code == "synthesis-choices"
    assert "at most 2 responses each" in caught.value.expected


def test_leanings_have_the_loading_as_their_correlation_with_maturity():
    leanings = Leanings.of_study(FILE, seed=1, n=20_000)
    found = np.corrcoef(leanings.towards("culture"), leanings.latent.maturity)[0, 1]
    assert found == pytest.approx(0.55, abs=4 / np.sqrt(20_000))
