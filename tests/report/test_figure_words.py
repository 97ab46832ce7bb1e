"""What a declared figure says beside its values, in which order, and which rows may stand together."""

import pandas as pd
import pytest
from helpers import question, study_of

import cxsurvey as cx
from cxsurvey.display.figures import draw_figures
from cxsurvey.display.methods import methodology

RATING = {"1": "Poor", "2": "Fair", "3": "Good", "4": "Excellent"}
TOP = 'nets = [{ id = "top2", label = "Good or excellent", responses = [3, 4] }]'
KINDS = """
[[question]]
id = "kind"
text = "What went wrong?"
type = "multi"
columns = ["KIND1", "KIND2"]
responses = { 1 = "Queue", 2 = "Noise", 3 = "Price" }
nets = [
  { id = "place", label = "The place", responses = [1, 2] },
  { id = "cost", label = "Cost", responses = [3] },
]
"""
PARTS = """
[[group]]
id = "part"
question = "town"
label = "Part"
members = [
  { id = "one", label = "Part one", responses = ["a"] },
  { id = "two", label = "The rest", responses = ["b", "c"] },
]
"""


def study(figure, *, number="01", more=""):
    """A study of 120 in which the rating of ``x`` rises from town a to town c, and of ``y`` falls."""
    rows = range(120)
    frame = pd.DataFrame(
        {
            "TOWN": ["abc"[row % 3] for row in rows],
            "SIZE": [str(1 + row % 3) for row in rows],
            "X": [str(1 + row % 3 + (row % 2)) for row in rows],
            "Y": [str(max(1, 3 - row % 3 - row % 2)) for row in rows],
            "VISITS": [str(row % 7) for row in rows],
            "KIND1": [str(1 + row % 3) for row in rows],
            "KIND2": ["3" if row % 2 else "" for row in rows],
        }
    )
    toml = question("town", responses={"a": "Town a", "b": "Town b", "c": "Town c"})
    toml += question("size", "ordinal", responses={"1": "Small", "2": "Middle", "3": "Large"})
    toml += question("x", "ordinal", responses=RATING, label="Rating x", raw=TOP)
    toml += question("y", "ordinal", responses=RATING, label="Rating y", raw=TOP)
    toml += question("visits", "number") + KINDS + PARTS
    toml += '[segments]\nrule = "any_good"\ninsight = "x"\nengagement = "y"\n' + RULE
    toml += f'[[figure]]\nid = "fig{number}"\nheadline = "Words"\n{figure}\n'
    return study_of(toml + more, frame)


RULE = """
[segments.rules.any_good]
kind = "grid"
label = "Excellent in either"
cells = [
  ["leader", "leader", "leader", "leader"],
  ["leader", "follower", "follower", "laggard"],
  ["leader", "follower", "follower", "laggard"],
  ["leader", "laggard", "laggard", "laggard"],
]
"""


def drawn(figure, **options):
    (card,) = draw_figures(study(figure, **options))
    return card


def labels(card):
    return list(dict.fromkeys(card.table["label"]))


@pytest.mark.parametrize(
    ("rows", "values"),
    [
        ('[{ question = "x", net = "top2" }, { question = "y", net = "top2" }]', ["x/top2", "y/top2"]),
        (
            '[{ question = "x", statistic = "mean" }, { question = "y", statistic = "mean" }]',
            ["x/mean", "y/mean"],
        ),
    ],
)
def test_the_same_answer_to_two_questions_makes_two_bars(rows, values):
    card = drawn(f'form = "ranked"\nsort = "questionnaire"\nrows = {rows}')
    assert card.table["row_id"].tolist() == values
    assert labels(card) == ["Rating x", "Rating y"]


def stressed(card):
    return [op.text for op in card.ops if getattr(op, "role", "") == "row label" and op.weight == "semibold"]


@pytest.mark.parametrize("name", ["y", "y/top2", "Rating y", " rating Y"])
def test_bars_of_several_questions_are_stressed_by_any_of_their_names(name):
    rows = [cx.Measure(question="x", net="top2"), cx.Measure(question="y", net="top2")]
    found = cx.estimate(study('form = "ranked"\nquestion = "x"'), rows)
    assert stressed(cx.charts.ranked(found, highlight=[name])) == ["Rating y"]
    assert len(stressed(cx.charts.ranked(found, highlight=["top2"]))) == 2
    assert len(stressed(cx.charts.ranked(found, highlight=[0]))) == 1


def test_a_study_file_stresses_a_row_by_its_question():
    rows = '[{ question = "x", net = "top2" }, { question = "y", net = "top2" }]'
    card = drawn(f'form = "ranked"\nrows = {rows}\nhighlight = ["y"]')
    assert stressed(card) == ["Rating y"]


def test_a_row_is_kept_last_by_its_response_code():
    rows = (
        '[{ question = "x", response = 2 }, { question = "y", response = 3 }, { question = "x", response = 4 }]'
    )
    for code, last in (("3", "y/3"), ("2", "x/2"), ("4", "x/4")):
        card = drawn(f'form = "ranked"\nrows = {rows}\nkeep_last = ["{code}"]')
        assert card.table["row_id"].iloc[-1] == last


def test_the_number_of_a_figure_is_that_of_its_id():
    card = drawn('form = "ranked"\nquestion = "town"', number="10")
    assert (card.key, card.number) == ("fig10", "10")


@pytest.mark.parametrize(
    ("by", "order"),
    [
        ("size", ["Total", "Small", "Middle", "Large"]),
        ("part", ["Total", "Part one", "The rest"]),
        ("segment", ["Total", "Leaders", "Followers", "Laggards"]),
        ("town", ["Total", "Town c", "Town b", "Town a"]),
    ],
)
def test_groups_with_an_order_keep_it_in_a_stack(by, order):
    figure = f'form = "stacked"\nquestion = "x"\nby = "{by}"\nnet = "top2"'
    assert labels(drawn(figure)) == order
    given = labels(drawn(f'{figure}\nsort = "questionnaire"'))
    assert given == (["Total", "Town a", "Town b", "Town c"] if by == "town" else order)


def test_a_stack_by_groups_says_that_rows_are_not_tested_and_keeps_intervals_in_its_data():
    card = drawn('form = "stacked"\nquestion = "x"\nby = "town"')
    assert dict(card.text.notes)["Rows"] == "Differences between rows are not tested here."
    shown = card.table[card.table["value"] > 0]
    assert ((shown["lo"] < shown["value"]) & (shown["value"] < shown["hi"])).all()
    assert "–" not in card.alt_long
    battery = drawn('form = "stacked"\nquestions = ["y", "x"]\nnet = "top2"')
    assert "Rows" not in dict(battery.text.notes)
    assert labels(battery) == ["Rating x", "Rating y"]  # by their net


@pytest.mark.parametrize(
    ("descriptor", "words"),
    [("How x is rated", "How x is rated, %"), ("Share in %", "Share in %"), ("", "Share of respondents, %")],
)
@pytest.mark.parametrize("form", ["stacked", "matrix"])
def test_a_form_of_bare_numbers_states_the_unit(form, descriptor, words):
    asked = {"stacked": 'question = "x"\nby = "town"', "matrix": ""}[form]
    card = drawn(f'form = "{form}"\ndescriptor = "{descriptor}"\n{asked}')
    assert card.text.descriptor == words


@pytest.mark.parametrize(
    ("rows", "sums"),
    [
        ('[{ question = "kind", net = "place" }, { question = "kind", net = "cost" }]', "add to more than"),
        ('[{ question = "kind", response = 1 }, { question = "kind", response = 2 }]', "need not add to"),
        ('[{ question = "kind", net = "cost" }]', ""),
    ],
)
def test_rows_of_one_multi_question_say_so(rows, sums):
    card = drawn(f'form = "ranked"\nrows = {rows}')
    said = f"Respondents could select several, so shares {sums} 100%."
    assert (said in dict(card.text.notes)["Base"]) is bool(sums)
    assert card.text.question == "What went wrong?"


@pytest.mark.parametrize(
    ("figure", "key"),
    [
        ('form = "matrix"', "Rule"),
        ('form = "segments"', "Segments"),
        ('form = "lanes"\nquestions = ["x", "y"]\nnet = "top2"\nby = "segment"', "Rule"),
    ],
)
def test_a_rule_that_is_not_the_studys_own_is_said_to_be_so(figure, key):
    said = "This rule is not the study's own, which is 'any_good'."
    other = dict(drawn(f'{figure}\nrule = "at_best_fair"').text.notes)[key]
    assert other.endswith(said)
    assert "at best fair" in other
    assert said not in str(drawn(figure).text.notes)


def test_means_of_different_ranges_do_not_share_a_scale():
    rows = '[{ question = "x", statistic = "mean" }, { question = "visits", statistic = "mean" }]'
    for form in ("ranked", "lanes", "dumbbell"):
        by = "" if form == "ranked" else 'by = "part"'
        with pytest.raises(cx.CxSurveyError, match="means from 1 to 4, means without bounds") as caught:
            drawn(f'form = "{form}"\nrows = {rows}\n{by}')
        assert caught.value.code == "mixed-units"
    assert len(drawn('form = "ranked"\nquestions = ["x", "y"]\nstatistic = "mean"').table) == 2


def test_the_methodology_states_the_response_rate_and_what_intervals_leave_out():
    plain = methodology(study('form = "ranked"\nquestion = "x"'))
    assert dict(plain.disclosure.items())["Response rate"] == "Not stated"
    assert plain.design.split("\n\n")[-1].startswith("This is not stated to be a probability sample.")
    more = '[disclosure]\nresponse_rate = "31% (AAPOR RR3)"\nprobability_sample = true\n'
    told = methodology(study('form = "ranked"\nquestion = "x"', more=more))
    assert dict(told.disclosure.items())["Response rate"] == "31% (AAPOR RR3)"
    assert "probability sample" not in told.design
