from fractions import Fraction

import numpy as np
import pytest
from count_cases import answers, claims_of, joint, multi, planned, prints, significant, single, study

from cxsurvey.errors import ClaimsError, DataFault
from cxsurvey.published.synthesis.counts import Factor
from cxsurvey.published.synthesis.planning import plan

PLACE = single("place", "ab")
MOOD = single("mood", "xyz")


def test_a_share_prints_as_it_is_printed_at_a_base_nobody_gave():
    found = planned(study(PLACE, 82), {"question": "place", "response": "a", "value": "61"})
    assert answers(found, "place").counts.tolist() == [[50, 32]]


def test_decimals_count():
    found = planned(study(PLACE, 1091), {"question": "place", "response": "a", "value": "17.3"})
    assert prints(int(answers(found, "place").counts[0, 0]), 1091, Fraction("17.3"), 1)


def test_halves_round_up():
    file = study(PLACE, 8)
    assert (
        answers(planned(file, {"question": "place", "response": "a", "value": "13"}), "place").counts[0, 0] == 1
    )
    with pytest.raises(DataFault, match="claims-conflict"):
        planned(file, {"question": "place", "response": "a", "value": "12"})


def test_the_stated_base_of_all_is_how_many_there_are():
    row = {"question": "place", "response": "a", "value": "17", "base": 1091}
    assert planned(study(PLACE, 50), row).n == 1091


def test_nothing_says_how_many_there_are():
    with pytest.raises(ClaimsError, match="claims-no-respondents"):
        planned(study(PLACE), {"question": "place", "response": "a", "value": "17"})


def test_a_group_crosses_two_questions():
    found = planned(
        study(PLACE + MOOD, 200),
        {"question": "place", "response": "a", "value": "41"},
        {"question": "mood", "response": "x", "group": "place=a", "value": "33"},
        {"question": "mood", "response": "x", "value": "40"},
    )
    sizes, mood = joint(found, "place"), answers(found, "mood")
    assert [part.where for part in mood.parts] == [
        ((Factor("place"), frozenset({"a"})),),
        ((Factor("place"), frozenset({"b"})),),
    ]
    assert mood.sizes.tolist() == [sizes["a"], sizes["b"]]
    assert prints(int(mood.counts[0, 0]), sizes["a"], 33)
    assert prints(int(mood.counts[:, 0].sum()), 200, 40)
    assert (mood.counts.sum(axis=1) == mood.sizes).all()


def test_a_group_of_the_question_itself_needs_no_table():
    extra = 'nets = [{ id = "xy", label = "x or y", responses = ["x", "y"] }]\n'
    group = (
        '\n[[group]]\nid = "some"\nlabel = "Some"\nquestion = "mood"\n'
        'members = [{ id = "has", label = "Has", responses = ["x", "y"] }, '
        '{ id = "lacks", label = "Lacks", responses = ["z"] }]\n'
    )
    file = study(single("mood", "xyz", extra) + group, 1091)
    found = planned(
        file,
        {"question": "mood", "response": "xy", "value": "31"},
        {"question": "mood", "response": "x", "value": "15"},
        {"question": "mood", "response": "y", "group": "some=has", "value": "50"},
    )
    x, y, _ = answers(found, "mood").counts[0].tolist()
    assert not found.joint
    assert prints(x + y, 1091, 31)
    assert prints(x, 1091, 15)
    assert prints(y, x + y, 50)


def test_every_means_all_of_them():
    found = planned(
        study(PLACE + MOOD, 60),
        {"question": "mood", "response": "x", "group": "place=a", "qualifier": "every"},
    )
    mood = answers(found, "mood")
    assert mood.counts[0].tolist() == [mood.sizes[0], 0, 0]
    assert mood.sizes[0] > 0


@pytest.mark.parametrize(
    ("row", "low", "high"),
    [
        ({"kind": "threshold", "qualifier": "more_than", "value": "50"}, 51, 100),
        ({"kind": "threshold", "qualifier": "less_than", "value": "1/3"}, 0, 33),
        ({"kind": "threshold", "qualifier": "at_least", "value": "70"}, 70, 100),
        ({"kind": "threshold", "qualifier": "at_most", "value": "5"}, 0, 5),
        ({"kind": "share", "qualifier": "nearly", "value": "60"}, 54, 59),
        ({"kind": "share", "qualifier": "about", "value": "80"}, 72, 88),
        ({"kind": "share"}, 1, 100),
    ],
)
def test_words_around_a_number(row, low, high):
    found = planned(study(PLACE, 100), {"question": "place", "response": "a", **row})
    assert low <= answers(found, "place").counts[0, 0] <= high


def test_more_in_one_group_than_in_the_other():
    found = planned(
        study(PLACE + MOOD, 90),
        {"kind": "comparison", "question": "mood", "response": "x", "group": "place=b", "versus_group": "rest"},
        {
            "kind": "comparison",
            "question": "mood",
            "response": "y",
            "group": "place=b",
            "versus_group": "place=a",
            "qualifier": "less",
        },
    )
    (xa, ya, _), (xb, yb, _) = answers(found, "mood").counts.tolist()
    na, nb = answers(found, "mood").sizes.tolist()
    assert xb * na > xa * nb
    assert yb * na < ya * nb


def test_significantly_more_is_significant():
    found = planned(
        study(PLACE + MOOD, 200),
        {"question": "mood", "response": "x", "group": "place=a", "value": "30"},
        {
            "kind": "comparison",
            "wording": "significantly_more",
            "question": "mood",
            "response": "x",
            "group": "place=b",
            "versus_group": "place=a",
        },
    )
    counts, sizes = answers(found, "mood").counts, answers(found, "mood").sizes
    assert significant(int(counts[1, 0]), int(sizes[1]), int(counts[0, 0]), int(sizes[0]))
    assert counts[1, 0] * sizes[0] > counts[0, 0] * sizes[1]


def test_no_difference_stays_well_inside_chance():
    found = planned(
        study(single("place", "abc") + MOOD, 600),
        {"question": "mood", "response": "x", "value": "53"},
        {"kind": "no_difference", "question": "mood", "response": "x", "group": "place=a|b|c"},
    )
    counts, sizes = answers(found, "mood").counts[:, 0], answers(found, "mood").sizes
    for i, j in ((0, 1), (0, 2), (1, 2)):
        assert not significant(int(counts[i]), int(sizes[i]), int(counts[j]), int(sizes[j]))


def test_a_ratio():
    found = planned(
        study(PLACE + MOOD, 300),
        {
            "kind": "ratio",
            "question": "mood",
            "response": "x",
            "group": "place=a",
            "versus_group": "place=b",
            "value": "2",
            "qualifier": "more_than",
        },
    )
    counts, sizes = answers(found, "mood").counts[:, 0], answers(found, "mood").sizes
    assert counts[0] * sizes[1] > 2 * counts[1] * sizes[0]
    assert counts[1] > 0


@pytest.mark.parametrize("place", [1, 2, 3])
def test_a_rank_is_a_place(place):
    row = {"kind": "rank", "question": "mood", "response": "y", "value": place}
    counts = answers(planned(study(MOOD, 31), row), "mood").counts[0]
    assert int((counts > counts[1]).sum()) == place - 1
    assert int((counts == counts[1]).sum()) == 1


def test_a_trend_within_respondents():
    found = planned(
        study(PLACE + single("later", "ab"), 50),
        {"question": "place", "response": "a", "value": "62"},
        {"kind": "trend", "question": "later", "response": "a", "versus_question": "place"},
    )
    assert answers(found, "later").counts[0, 0] > answers(found, "place").counts[0, 0] == 31


def test_a_smaller_base_leaves_blanks_and_no_more_than_that():
    found = planned(
        study(PLACE + MOOD),
        {"question": "place", "response": "a", "value": "50", "base": 100},
        {"question": "mood", "response": "x", "value": "50", "base": 90},
    )
    assert answers(found, "place").answering.tolist() == [100]
    assert answers(found, "mood").answering.tolist() == [90]
    assert answers(found, "mood").counts.tolist()[0][0] == 45


def test_a_filter_asks_only_some():
    extra = 'base = { label = "a only", all = [{ question = "place", is = ["a"] }] }\n'
    last = 'base = { label = "x only", all = [{ question = "mood", not = ["x"] }] }\n'
    file = study(PLACE + single("mood", "xyz", extra) + single("why", "pq", last))
    found = planned(
        file,
        {"question": "place", "response": "a", "value": "30", "base": 100},
        {"question": "mood", "response": "x", "value": "40"},
        {"question": "why", "response": "p", "value": "50"},
    )
    why = answers(found, "why")
    asked = joint(found, "place")["a"]
    assert joint(found, "mood")[""] == 100 - asked
    assert prints(joint(found, "mood")["x"], asked, 40)
    assert why.sizes.sum() == asked - joint(found, "mood")["x"]
    assert prints(int(why.counts[:, 0].sum()), int(why.sizes.sum()), 50)


def test_a_multi_question_keeps_its_cap_and_its_least():
    found = planned(
        study(multi("why", "pqrst", "cap = 2\n"), 40),
        {"question": "why", "response": "p", "value": "90"},
        {"question": "why", "response": "q", "value": "80"},
    )
    why = answers(found, "why")
    assert why.counts[0, :2].tolist() == [36, 32]
    assert 40 <= why.counts.sum() <= 80
    assert (why.counts <= 40).all()


def test_chosen_responses_make_groups():
    found = planned(
        study(multi("why", "pqr", "cap = 2\n") + MOOD, 60),
        {"question": "why", "response": "p", "value": "50"},
        {"question": "mood", "response": "x", "group": "why=p", "value": "70"},
        {"question": "why", "response": "q", "group": "why=p", "value": "20"},
    )
    table = found.joint[0]
    assert table.factors == (Factor("why", "p"),)
    chosen = int(table.counts[[cell == ("1",) for cell in table.cells]].sum())
    why = answers(found, "why")
    inside = [i for i, part in enumerate(why.parts) if part.where[0][1] == frozenset({"1"})]
    assert chosen == 30
    assert why.counts[inside, 0].sum() == 30
    assert prints(int(why.counts[inside, 1].sum()), 30, 20)
    assert (why.counts[inside, 1:].sum(axis=1) <= why.sizes[inside]).all()


def test_a_net_of_choices_is_counted_by_people():
    nets = 'cap = 2\nnets = [{ id = "pq", label = "p or q", responses = ["p", "q"] }]\n'
    found = planned(
        study(multi("why", "pqrs", nets), 100),
        {"question": "why", "response": "pq", "value": "60"},
        {"question": "why", "response": "p", "value": "45"},
        {"question": "why", "response": "q", "value": "40"},
    )
    table = found.joint[0]
    totals = dict(zip(table.cells, table.counts.tolist(), strict=True))
    assert totals["1", "1"] + totals["1", "0"] + totals["0", "1"] == 60
    assert totals["1", "1"] == 25


def test_segments_by_a_grid():
    ratings = single("insight", "4321", kind="ordinal") + single("engagement", "4321", kind="ordinal")
    declared = '\n[segments]\ninsight = "insight"\nengagement = "engagement"\n'
    found = planned(
        study(ratings + MOOD + declared, 1091),
        {"question": "segment", "response": "leader", "value": "17"},
        {"question": "segment", "response": "follower", "value": "52"},
        {"question": "segment", "response": "laggard", "value": "31"},
        {"question": "insight", "response": "4", "value": "10"},
        {"question": "mood", "response": "x", "group": "segment=leader", "value": "41"},
        {"question": "mood", "response": "x", "group": "segment=laggard", "value": "16"},
    )
    table = found.joint[0]
    leaders = {("4", "4"), ("4", "3"), ("3", "4")}
    counts = dict(zip(table.cells, table.counts.tolist(), strict=True))
    size = sum(counts[cell] for cell in leaders)
    assert prints(size, 1091, 17)
    mood = answers(found, "mood")
    values = [dict(part.where) for part in mood.parts]
    own = [
        i
        for i, where in enumerate(values)
        if all(
            (a, b) in leaders for a in where[Factor("insight")] for b in where.get(Factor("engagement"), "4321")
        )
    ]
    assert mood.sizes[own].sum() == size
    assert prints(int(mood.counts[own, 0].sum()), size, 41)
    assert mood.sizes.sum() == 1091
    followers = [i for i in range(len(values)) if i not in own and "2" not in values[i][Factor("insight")]]
    share = mood.counts[followers, 0].sum() / mood.sizes[followers].sum()
    assert 0.16 < share < 0.41  # between laggards and leaders
    levels = np.array([[int(value) for value in cell] for cell in table.cells])
    pairs = np.repeat(levels, table.counts, axis=0)
    assert np.corrcoef(pairs.T)[0, 1] > 0.4  # the ratings go together


def test_the_same_plan_twice():
    rows = [
        {"question": "mood", "response": "x", "group": "place=a", "value": "33"},
        {"kind": "comparison", "question": "mood", "response": "y", "group": "place=a", "versus_group": "rest"},
    ]
    file = study(PLACE + MOOD, 97)
    first, second = (plan(file, claims_of(file, *rows)) for _ in range(2))
    assert answers(first, "mood").counts.tolist() == answers(second, "mood").counts.tolist()
    assert first.joint[0].counts.tolist() == second.joint[0].counts.tolist()


def test_what_is_expected_is_come_near_to():
    file = study(
        PLACE + MOOD + "\n[synthesis]\nrespondents = 200\nexpected.mood = { x = 0.2, y = 0.5, z = 0.3 }\n"
    )
    assert answers(
        planned(file, {"question": "place", "response": "a", "value": "50"}), "mood"
    ).counts.tolist() == [[40, 100, 60]]


def test_a_claim_that_is_set_aside_demands_nothing():
    found = planned(
        study(PLACE, 100),
        {"question": "place", "response": "a", "value": "70"},
        {"question": "place", "response": "a", "value": "20", "calibrate": "no", "note": "contradicts"},
    )
    assert answers(found, "place").counts[0, 0] == 70


def test_segments_by_scores_cannot_be_planned():
    cut = 'rules.cut = { kind = "cuts", scores = ["rating"], leader = 4, laggard = 2 }'
    declared = f'\n[segments]\nrule = "cut"\n{cut}\n'
    file = study(single("rating", "54321", kind="ordinal") + MOOD + declared, 50)
    with pytest.raises(ClaimsError, match="claims-group-unusable"):
        planned(file, {"question": "mood", "response": "x", "group": "segment=leader", "value": "40"})


def test_a_filter_on_a_number_cannot_be_planned():
    number = '\n[[question]]\nid = "age"\ntext = "Age?"\ntype = "number"\ncolumn = "age"\n'
    extra = 'base = { label = "old", all = [{ question = "age", at_least = 60 }] }\n'
    with pytest.raises(ClaimsError, match="claims-group-unusable"):
        planned(
            study(number + single("mood", "xy", extra), 50),
            {"question": "mood", "response": "x", "value": "40"},
        )


def test_too_many_combinations():
    codes = [f"c{i}" for i in range(30)]
    names = ["one", "two", "three"]
    file = study("".join(single(name, codes) for name in names) + MOOD, 50)
    rows = [{"question": "mood", "response": "x", "group": f"{name}=c1", "value": "40"} for name in names]
    with pytest.raises(ClaimsError, match="claims-table-too-large"):
        planned(file, *rows)
