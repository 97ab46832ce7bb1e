"""Orders that labels tell: scales by their words, bands by their numbers; and what is no answer."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxsurvey.readers.codebooks.bands import recognise_bands
from cxsurvey.readers.codebooks.nonanswers import is_mark, is_special, reason_of
from cxsurvey.readers.codebooks.scales import recognise_scale, vocabulary
from cxsurvey.readers.codebooks.wording import is_garbled, key, slug, unique_labels

# Each lowest first.
WORDED = [
    "Strongly disagree|Somewhat disagree|Neither agree nor disagree|Somewhat agree|Strongly agree",
    "Very dissatisfied|Dissatisfied|Neutral|Satisfied|Very satisfied",
    "Never|Rarely|Sometimes|Often|Always",
    "Terrible|Poor|Fair|Good|Very good|Excellent",
    "Very unlikely|Somewhat unlikely|Somewhat likely|Very likely",
    "Not at all important|Slightly important|Moderately important|Very important|Extremely important",
    "Not at all|To a small extent|To some extent|To a great extent",
    "Not at all effective|A little effective|Somewhat effective|Mostly effective|Completely effective",
    "Very difficult|Difficult|Neutral|Easy|Very easy",
    "Not at all confident|Not very confident|Fairly confident|Very confident",
    "Not at all familiar|Slightly familiar|Very familiar",
    "Much worse|Somewhat worse|About the same|Somewhat better|Much better",
    "Generally harder to use|About the same|Generally easier to use",
    "Very important not to have|Somewhat important not to have|Not important either way|Very important to have",
    "Not at all masculine|Not very masculine|Somewhat masculine|Very masculine",
    "Definitely not|Probably not|Maybe|Probably|Definitely",
    "Less often than monthly|Monthly|Weekly|A few times a week|Daily",
    "Significantly decreased|Slightly decreased|Stayed the same|Slightly increased|Significantly increased",
    "Less than high school degree|High school degree|Some college|Bachelor's degree|Master's degree|PhD",
    "Low|Medium|High",
    "sehr unzufrieden|unzufrieden|teils/teils|zufrieden|sehr zufrieden",
    "nie|selten|manchmal|oft|immer",
    "stimme überhaupt nicht zu|stimme eher nicht zu|stimme eher zu|stimme voll und ganz zu",
    "Far below expectations|Below expectations|As expected|Above expectations|Far above expectations",
]
BANDED = [
    "Under 18|18-29|30-44|45-60|> 60",
    "$0 - $24,999|$25,000 - $49,999|$50,000 to $99,999|$100,000 - $149,999|$150,000+",
    "<50|50-99|100-499|500-999|1000-5000|>5000",
    "1-10 nodes|11-100 nodes|101-250 nodes|More than 250 nodes",
    "0-25%|26-50%|51-75%|76-100%",
    "6 months|Less than one year|1 to 2 years|2+ years",
    "Less than $10k/mo|Less than $250k/mo|Less than $1 million/mo|Greater than $1 million/mo",
    "(0,19]|(19,39]|(39,59]|(59,Inf]",
    "Within 3 months|Next 6 months|13-24 months|Greater than 24 months",
    "1|2|3-5|6-9|10+",
]
NUMBERED = [
    "1 (None at all)|2|3|4|10 (All my time)",
    "(0) Not a problem|(1) Trivial.|(4) Critical",
    "0 - Worst|1|2 - Best",
]


def labels_in(order, labels):
    return [labels[i] for i in order]


@pytest.mark.parametrize("text", WORDED)
@settings(deadline=None, max_examples=5)
@given(random=st.randoms(use_true_random=False))
def test_words_tell_the_order_however_the_labels_come(text, random):
    lowest_first = text.split("|")
    mixed = random.sample(lowest_first, k=len(lowest_first))
    scale = recognise_scale([key(label) for label in mixed])
    assert scale is not None
    assert labels_in(scale.order, mixed) == lowest_first


@pytest.mark.parametrize("text", BANDED)
@settings(deadline=None, max_examples=5)
@given(random=st.randoms(use_true_random=False))
def test_numbers_tell_the_order_however_the_labels_come(text, random):
    lowest_first = text.split("|")
    mixed = random.sample(lowest_first, k=len(lowest_first))
    bands = recognise_bands([key(label) for label in mixed])
    assert bands is not None
    assert bands.kind == "bands"
    assert labels_in(bands.order, mixed) == lowest_first


@pytest.mark.parametrize("text", NUMBERED)
def test_labels_that_begin_with_their_number(text):
    lowest_first = text.split("|")
    mixed = lowest_first[::-1]
    bands = recognise_bands([key(label) for label in mixed])
    assert bands is not None
    assert bands.kind == "numbered"
    assert labels_in(bands.order, mixed) == lowest_first


@pytest.mark.parametrize(
    "text",
    [
        "Yes|No",
        "Male|Female",
        "Leader|Alaska|Delta",
        "Coffee|No coffee",
        "AWS|Azure|GCP",
        "Windows 7|Ubuntu 9",
        "Very large order|Very happy customer",
    ],
)
def test_names_are_no_scale(text):
    keys = [key(label) for label in text.split("|")]
    assert recognise_scale(keys, strangers=True) is None
    assert recognise_bands(keys, strangers=True) is None


def test_a_name_and_a_number_is_an_order_but_no_quantity():
    bands = recognise_bands(["python 3", "python 2"])
    assert bands is not None
    assert (bands.kind, bands.order) == ("series", (1, 0))


def test_one_stranger_in_four_is_let_through_and_named():
    keys = ["agree", "strongly agree", "disagree", "aagree"]
    assert recognise_scale(keys) is None
    scale = recognise_scale(keys, strangers=True)
    assert scale is not None
    assert (labels_in(scale.order, keys), scale.strangers) == (["disagree", "agree", "strongly agree"], (3,))


def test_two_labels_on_one_step_are_a_guess_and_the_denial_comes_first():
    keys = [key(t) for t in ("Often", "Never, but open to it", "Never, and not open to it")]
    scale = recognise_scale(keys)
    assert scale is not None
    assert (scale.order, scale.tied) == ((2, 1, 0), True)


def test_no_spelling_stands_on_two_steps_of_a_family():
    for name, steps in vocabulary()["families"].items():
        spellings = [spelling for step in steps for spelling in step]
        assert len(spellings) == len(set(spellings)), name
        assert [key(spelling) for spelling in spellings] == spellings, name


@pytest.mark.parametrize(
    ("label", "reason"),
    [
        ("Don’t know", "dont_know"),
        ("Don't know what this is", "dont_know"),
        ("N/A", "not_applicable"),
        ("Does not apply.", "not_applicable"),
        ("Prefer not to say", "refused"),
        ("Decline to answer", "refused"),
        ("keine Angabe", "refused"),
        ("No answer", "skipped"),
        ("DK/NS", "dont_know"),
        ("None of the above", None),
        ("Never", None),
        ("Don't know which of the many tools that we have I would use for it", None),
        ("Not important", None),
    ],
)
def test_what_is_no_answer_and_why(label, reason):
    assert reason_of(key(label)) == reason


def test_marks_and_special_codes():
    assert [is_mark(key(cell)) for cell in ("NA", "NULL", "#N/A", "-", "", "No", "Nan")] == [True] * 5 + [
        False,
        True,
    ]
    assert is_special("-99", [0.0, 4.0])
    assert not is_special("-99", [-120.0, 4.0])
    assert is_special("99", [1.0, 7.0])
    assert not is_special("99", [18.0, 98.0])
    assert not is_special("9", [1.0, 2.0])
    assert not is_special("-99", [])


def test_wordings():
    assert key("R&amp;D\u00a0 Team. ") == "r&d team"
    assert slug("Q3_1 How – much?") == "q3_1_how_much"
    assert slug("ותק") == "q"
    assert len(slug("a" * 200)) == 64
    assert unique_labels(["A", "A", "A (2)"]) == ["A", "A (2)", "A (2) (2)"]
    assert [is_garbled(t) for t in ("donâ€™t", "weren?t sure", "M\ufffdller", "Why?", "Ä")] == [
        True,
        True,
        True,
        False,
        False,
    ]
