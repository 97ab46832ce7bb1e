"""Answer lists of one column: what the file declares, what the cells show; decoding finds every cell."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxsurvey.readers.codebooks.answer_lists import plan_answers
from cxsurvey.readers.codebooks.answer_plans import Declared
from cxsurvey.readers.codebooks.wording import key
from cxsurvey.study.answers import canonical, decode
from cxsurvey.study.codebook import Question, Reading
from cxsurvey.study.raw import RawResponses


def plan_of(*cells, **declared):
    tally = {}
    for cell in cells:
        tally[cell] = tally.get(cell, 0) + 1
    return plan_answers(tally, Declared(**declared))


def listed(plan):
    return [(item.code, item.label) for item in plan.responses]


def values(plan):
    question = Question(id="q", text="q", type="ordinal", column="q", responses=plan.responses)
    return [None if np.isnan(value) else value for value in question.values]


def missing(plan):
    return {item.code: item.reason for item in plan.missing}


def decoded(plan, cells):
    written = [plan.rewrites.get(cell, cell) for cell in cells]
    raw = RawResponses(frame=pd.DataFrame({"q": written}, dtype=str), file_name="r", format="csv", sha256="")
    question = Question(
        id="q", text="q", type=plan.type, column="q", responses=plan.responses, missing=plan.missing
    )
    return decode(question, raw, Reading())


def test_labels_of_the_file_in_its_order():
    plan = plan_of("1", "2", "2", labels=(("2", "Phone"), ("1", "Mail"), ("3", "Chat")))
    assert (plan.type, listed(plan)) == ("single", [("2", "Phone"), ("1", "Mail"), ("3", "Chat")])
    assert plan.sure == "declared"


def test_codes_of_a_labelled_scale_stay_and_a_falling_one_is_told():
    labels = (("1", "Very good"), ("2", "Good"), ("3", "Poor"), ("9", "Don't know"))
    plan = plan_of("1", "3", "9", labels=labels)
    assert (plan.type, values(plan), missing(plan)) == ("ordinal", [1, 2, 3], {"9": "dont_know"})
    assert "highest code is the lowest answer" in plan.evidence


def test_codes_that_do_not_follow_the_scale_get_values():
    labels = (("1", "Never"), ("2", "Often"), ("3", "Sometimes"))
    plan = plan_of("1", "2", "3", labels=labels)
    assert listed(plan) == [("1", "Never"), ("3", "Sometimes"), ("2", "Often")]
    assert values(plan) == [1, 2, 3]


def test_no_opinion_between_the_codes_is_the_middle_of_the_scale():
    scale = [("1", "Strongly disagree"), ("2", "Disagree"), ("4", "Agree"), ("5", "Strongly agree")]
    inside = plan_of("1", "3", "5", labels=(*scale, ("3", "No opinion")))
    assert (sorted(values(inside)), missing(inside)) == ([1, 2, 3, 4, 5], {})
    outside = plan_of("1", "9", labels=(*scale, ("9", "No opinion")))
    assert (values(outside), missing(outside)) == ([1, 2, 4, 5], {"9": "dont_know"})


def test_only_the_ends_are_labelled():
    plan = plan_of("1", "2", "4", "5", labels=(("1", "Not at all likely"), ("5", "Extremely likely")))
    assert plan.type == "ordinal"
    assert [code for code, _ in listed(plan)] == ["1", "2", "3", "4", "5"]
    assert plan.strangers == ()


def test_a_code_without_a_label_is_kept_and_named():
    plan = plan_of("1", "7", "7", labels=(("1", "Yes"), ("2", "No")))
    assert listed(plan) == [("1", "Yes"), ("2", "No"), ("7", "7")]
    assert [(item.cell, item.count) for item in plan.strangers] == [("7", 2)]


def test_ranges_and_stated_codes_are_missing():
    plan = plan_of("1", "97", "99", "2", labels=(("1", "A"), ("2", "B"), ("99", "Refused")), ranges=((97, 99),))
    assert missing(plan) == {"99": "refused", "97": "skipped"}
    stated = plan_of("1", "2", "8", labels=(("1", "A"), ("2", "B")), missing=(("8", "not_shown", "Not asked"),))
    assert missing(stated) == {"8": "not_shown"}


def test_misspelled_labels_are_kept_named_and_not_scored():
    plan = plan_of("Agree", "Agree", "Strongly agree", "Disagree", "Aagree")
    assert (plan.type, plan.sure) == ("ordinal", "guess")
    assert [(item.cell, item.count) for item in plan.strangers] == [("Aagree", 1)]
    assert [item.scored for item in plan.responses] == [True, True, True, False]
    assert decoded(plan, ["Aagree"]).unknown == ()


def test_spellings_of_one_label_come_together():
    cells = ["Often", "often ", "OFTEN", "R&amp;D", "Never"]
    plan = plan_of("Often", "Often", *cells)
    assert len(plan.responses) == 3
    assert decoded(plan, cells).code[:3].tolist() == [decoded(plan, ["Often"]).code[0]] * 3
    assert decoded(plan, cells).unknown == ()


def test_a_code_is_never_what_another_cell_says():
    plan = plan_of("0", "1", "2", "3+", "3+")
    assert (plan.type, [label for _, label in listed(plan)]) == ("ordinal", ["0", "1", "2", "3+"])
    answers = decoded(plan, ["0", "1", "2", "3+"])
    assert answers.code.tolist() == [0, 1, 2, 3]


def test_other_and_none_of_the_above_stand_outside_a_scale():
    plan = plan_of("Poor", "Good", "Excellent", "None of the above", "Other (please specify)")
    assert [label for _, label in listed(plan)][:3] == ["Poor", "Good", "Excellent"]
    assert values(plan)[3:] == [None, None]


def test_numbers_without_labels():
    rated = plan_of("1", "2", "5", rating=True)
    assert (rated.type, [code for code, _ in listed(rated)]) == ("ordinal", ["1", "2", "3", "4", "5"])
    whole = plan_of("1", "2", "3", "4", "5")
    assert (whole.type, whole.sure) == ("ordinal", "guess")
    group = plan_of("1", "2", "3", "4")
    assert (group.type, group.sure) == ("single", "guess")
    blank_and_never = plan_of("0", "1", "2", "3", "4", "5", "6", rating=True)
    assert blank_and_never.type == "single"
    assert "0 may be no answer" in blank_and_never.evidence
    assert plan_of(*map(str, range(11)), rating=True).type == "ordinal"


def test_special_codes_are_set_aside():
    assert missing(plan_of("1", "2", "3", "-99", "99")) == {"-99": "skipped"}
    assert missing(plan_of("1", "2", "3", "99")) == {"99": "skipped"}
    assert missing(plan_of("1.0", "2.0", "3.0")) == {}
    assert listed(plan_of("1.0", "2", "2.0"))[0] == ("1", "1")


def test_names_stand_by_frequency_with_other_last():
    plan = plan_of("Red", "Other", "Other", "Other", "Blue", "Blue")
    assert [label for _, label in listed(plan)] == ["Blue", "Red", "Other"]
    assert (plan.type, plan.sure) == ("single", "guess")
    assert [label for _, label in listed(plan_of("No", "No", "Yes"))] == ["Yes", "No"]


def test_nonanswers_can_be_kept():
    plan = plan_of("Never", "Often", "Always", "Don't know", keep_nonanswers=True)
    assert missing(plan) == {}
    assert [(item.label, item.scored) for item in plan.responses][-1] == ("Don't know", False)
    assert missing(plan_of("Never", "Always", "NA", keep_nonanswers=True)) == {"NA": "skipped"}


def test_a_column_of_nonanswers_only_has_them_for_answers():
    assert [label for _, label in listed(plan_of("Don't know", "Refused"))] == ["Don't know", "Refused"]
    assert listed(plan_of("NA", "NULL")) == []
    assert listed(plan_of()) == []


@settings(deadline=None, max_examples=100)
@given(
    st.lists(
        st.one_of(
            st.text(alphabet="aAbB019 -.,&’'()%+<é\u00a0", min_size=1, max_size=8),
            st.sampled_from(
                ["Agree", "agree ", "Disagree", "Don't know", "NA", "-99", "1", "2", "3.0", "10+", "Yes", "no"]
            ),
        ).filter(lambda text: text.strip(" \u00a0")),
        min_size=1,
        max_size=9,
    ),
    st.booleans(),
)
def test_decoding_finds_every_cell(cells, rating):
    plan = plan_of(*cells, rating=rating)
    if not plan.responses:
        return
    answers = decoded(plan, cells)
    assert answers.unknown == ()
    codes = [item.code for item in plan.responses] + [item.code for item in plan.missing]
    assert len(codes) == len(set(codes))
    labels = [response.label for response in plan.responses]
    assert len(labels) == len(set(labels))
    for cell, code in zip(cells, answers.code.tolist(), strict=True):
        if code >= 0:
            assert key(labels[code]).split(" (")[0] in {key(cell), key(canonical(cell))} or key(
                labels[code]
            ).startswith(key(canonical(cell)))


@pytest.mark.parametrize("cells", [["Good", "Bad"], ["1", "2"], ["18-29", "30+"]])
def test_the_same_cells_give_the_same_plan(cells):
    assert plan_of(*cells) == plan_of(*cells)
