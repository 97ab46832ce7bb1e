"""What a request that cannot be met is answered with: a next step, never the name just typed."""

import pytest
from helpers import question, study_of

import cxsurvey as cx
from cxsurvey.errors import CxSurveyError

AGES = {"1": "18 - 34", "2": "35 - 54", "3": "55 or over"}


@pytest.fixture(scope="module")
def study():
    toml = "".join(
        [
            question("age", responses=AGES),
            question("twice", responses={"a": "Same", "b": "SAME", "c": "C"}),
            question("tools", "multi", columns=["T1", "T2"], responses={"x": "Crm", "y": "Survey"}),
            question("spend", "number"),
            question("q3_r1", "ordinal", responses={"1": "Low", "2": "High"}),
            question("q3_r2", "ordinal", responses={"1": "Low", "2": "High"}),
        ]
    )
    answers = {
        "AGE": ["1", "2", "3", "1"] * 20, "TWICE": ["a", "b", "c", "c"] * 20,
        "T1": ["x"] * 80, "T2": ["", "y"] * 40, "SPEND": ["1"] * 80,
        "Q3_R1": ["1", "2"] * 40, "Q3_R2": ["2", "1"] * 40,
    }  # fmt: skip
    return study_of(toml, answers)


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        ({"banner": "age > tools"}, "unknown-banner", "cannot be nested"),
        ({"banner": "segment"}, "unknown-banner", "declares no [segments]"),
        ({"banner": "spend"}, "unknown-banner", "declare a [[group]]"),
        ({"banner": "agee"}, "unknown-banner", "Did you mean 'age'?"),
        ({"banner": "age", "questions": "q3"}, "unknown-question", "begin with it: q3_r1, q3_r2"),
        ({"banner": "age", "filter": "age=9"}, "unknown-response", "1 (18 - 34)"),
        ({"banner": "age", "filter": "age=35-54"}, "unknown-response", "Did you mean 2 (35 - 54)?"),
        ({"banner": "age", "filter": "age=1 and twice=c"}, "unknown-response", "join conditions with '&'"),
        ({"banner": "age", "filter": "twice=same"}, "unknown-response", "(Same)"),
        ({"banner": "age", "levels": [95]}, "bad-option", "Did you mean .95?"),
        ({"banner": "age", "levels": [95.0, 90.0]}, "bad-option", "Did you mean .95, .9?"),
        ({"banner": "age", "levels": [0.9, 95]}, "bad-option", "Correct the option"),
    ],
)
def test_refusals_name_the_next_step(study, options, code, words):
    asked = dict(options)
    with pytest.raises(CxSurveyError) as refused:
        cx.tabulate(study, asked.pop("banner"), **asked)
    assert refused.value.code == code
    assert words in refused.value.message.replace("\n", " ")


def test_no_suggestion_is_the_name_just_typed(study):
    for banner in ("age > tools", "age > spend", "segment"):
        with pytest.raises(CxSurveyError) as refused:
            cx.tabulate(study, banner)
        assert f"Did you mean '{banner.split(' > ')[-1]}'" not in refused.value.message


def test_gaps_by_a_multi_question_point_to_the_banner(study):
    with pytest.raises(CxSurveyError, match="unknown-group") as refused:
        cx.gaps(study, by="tools")
    assert "--banner tools" in refused.value.message


@pytest.mark.parametrize(
    "text", ["age=18 - 34|55 OR OVER", "age=1|55 or over", "age!=35 - 54", "age=1|3 & age != 35 - 54"]
)
def test_filters_take_labels_for_codes(study, text):
    assert cx.tabulate(study, "twice", filter=text).n_filtered == 60
