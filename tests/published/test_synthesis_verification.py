"""Claims counted from respondents: each kind is met by some answers and missed by others, to the respondent."""

from __future__ import annotations

import pytest
from helpers import question, study_of
from hypothesis import given, settings
from hypothesis import strategies as st

from cxsurvey.published.claims.file import parse_claims
from cxsurvey.published.claims.records import GroupRef, Statistic
from cxsurvey.published.synthesis.tallies import Tallies, Tally
from cxsurvey.published.synthesis.verification import COLUMNS, constraints_frame, verify

HEADER = (
    "id,kind,statement,question,response,group,versus_group,versus_response,value,qualifier,base,calibrate,note"
)
RATING = {"4": "Excellent", "3": "Good", "2": "Fair", "1": "Poor"}
GROUP = """
[[group]]
id = "ownership"
label = "Ownership"
question = "owner"
overlap = "exclude"
members = [
  { id = "central", label = "Central", responses = ["one"] },
  { id = "owned", label = "Owned", responses = ["one", "several"] },
  { id = "not_central", label = "Not central", responses = ["several", "nobody"] },
]
"""
TOML = "\n".join(
    [
        question(
            "owner",
            responses={"one": "One team", "several": "Several teams", "nobody": "Nobody"},
            raw='nets = [{ id = "some", label = "Somebody", responses = ["one", "several"] }]',
        ),
        question(
            "tools",
            "multi",
            column="TOOLS",
            separator=";",
            responses={"a": "A", "b": "B", "c": "C"},
            raw='nets = [{ id = "ab", label = "A or B", responses = ["a", "b"] }]',
        ),
        question("insight", "ordinal", responses=RATING),
        question("engagement", "ordinal", responses=RATING),
        '[segments]\ninsight = "insight"\nengagement = "engagement"\n',
        GROUP,
    ]
)


def study(owner=(), tools=(), insight=(), engagement=()):
    n = max(map(len, (owner, tools, insight, engagement)))
    columns = {"OWNER": owner, "TOOLS": tools, "INSIGHT": insight, "ENGAGEMENT": engagement}
    return study_of(TOML, {name: list(cells) or [""] * n for name, cells in columns.items()})


def owners(one=0, several=0, nobody=0, silent=0):
    return ["one"] * one + ["several"] * several + ["nobody"] * nobody + [""] * silent


def met(asked, row):
    """What is said of one claim: ``yes``, ``no`` or ``set aside``, by statistic."""
    claims = parse_claims(f"{HEADER}\n{row}\n", file=asked.file)
    found = verify(asked, claims)
    kinds = {item.met for item in found}
    assert len(kinds) == 1
    return kinds.pop()


@pytest.mark.parametrize(
    ("count", "value", "said"),
    [
        (115, "57.5", "yes"),
        (115, "58", "yes"),  # 57.5 rounds up
        (115, "57", "no"),
        (114, "57", "yes"),
        (113, "57", "yes"),  # 56.5 rounds up
        (113, "56", "no"),
        (116, "58", "yes"),
        (117, "58", "no"),  # 58.5 rounds up
    ],
)
def test_a_share_must_round_half_up_to_the_printed_number(count, value, said):
    asked = study(owner=owners(one=count, several=200 - count))
    assert met(asked, f"a,share,S,owner,one,,,,{value},,,,") == said


@settings(deadline=None, max_examples=60)
@given(n=st.integers(1, 60), data=st.data())
def test_a_count_is_met_by_the_one_number_it_prints_as(n, data):
    count = data.draw(st.integers(0, n))
    asked = study(owner=owners(one=count, several=n - count))
    rounded = (200 * count + n) // (2 * n)
    claims = parse_claims(
        "\n".join([HEADER, *(f"p{p},share,S,owner,one,,,,{p},,,," for p in range(101))]), file=asked.file
    )
    assert [item.claim.printed for item in verify(asked, claims) if item.met == "yes"] == [str(rounded)]


def test_those_who_did_not_answer_are_out_of_the_base():
    asked = study(owner=owners(one=5, several=5, silent=10))
    assert met(asked, "a,share,S,owner,one,,,,50,,,,") == "yes"
    assert Tallies(asked).of(Statistic("owner", "one")) == Tally(5, 10)


def test_a_base_that_the_claim_gives_must_be_the_counted_one():
    asked = study(owner=owners(one=5, several=5, silent=10))
    assert met(asked, "a,share,S,owner,one,,,,50,,10,,") == "yes"
    assert met(asked, "a,share,S,owner,one,,,,50,,11,,") == "no"


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("a,share,S,owner,nobody,,,,0,,,,", "yes"),
        ("a,share,S,owner,nobody,,,,,,,,", "no"),  # named, so somebody gave it
        ("a,share,S,owner,one,,,,,,,,", "yes"),
        ("a,share,S,owner,some,,,,,every,,,", "yes"),
        ("a,share,S,owner,one,,,,,every,,,", "no"),
        ("a,share,S,owner,one,,,,62,nearly,,,", "yes"),
        ("a,share,S,owner,one,,,,60,nearly,,,", "no"),  # 60 is not nearly 60
        ("a,share,S,owner,one,,,,55,about,,,", "yes"),
        ("a,share,S,owner,one,,,,50,about,,,", "no"),
        ("a,threshold,S,owner,one,,,,60,at_least,,,", "yes"),
        ("a,threshold,S,owner,one,,,,60,more_than,,,", "no"),
        ("a,threshold,S,owner,one,,,,60,at_most,,,", "yes"),
        ("a,threshold,S,owner,one,,,,60,less_than,,,", "no"),
        ("a,rank,S,owner,one,,,,1,,,,", "yes"),
        ("a,rank,S,owner,several,,,,2,,,,", "yes"),
        ("a,rank,S,owner,several,,,,1,,,,", "no"),
        ("a,comparison,S,owner,one,,,several,,,,,", "yes"),
        ("a,comparison,S,owner,one,,,several,,less,,,", "no"),
        ("a,ratio,S,owner,one,,,several,1.5,,,,", "yes"),
        ("a,ratio,S,owner,one,,,several,1.5,more_than,,,", "no"),
        ("a,ratio,S,owner,one,,,several,1.5,at_least,,,", "yes"),
        ("a,ratio,S,owner,one,,,nobody,2,more_than,,,", "no"),  # nothing is a multiple of nothing
        ("a,share,S,owner,one,,,,99,,,no,Contradicted by another figure", "set aside"),
    ],
)
def test_every_kind_of_claim(row, said):
    assert met(study(owner=owners(one=6, several=4)), row) == said


def test_a_tie_has_no_rank_and_nothing_is_more():
    asked = study(owner=owners(one=5, several=5))
    assert met(asked, "a,rank,S,owner,one,,,,1,,,,") == "no"
    assert met(asked, "a,rank,S,owner,one,,,,2,,,,") == "no"
    assert met(asked, "a,comparison,S,owner,one,,,several,,,,,") == "no"


def test_groups_are_compared_with_the_rest_with_members_and_with_everyone():
    asked = study(
        owner=[*owners(one=4, several=4, nobody=2), "", ""],
        tools=["a", "a", "a", "b", "a", "b", "b", "b", "b", "b", "a", ""],
    )
    found = Tallies(asked)
    one = GroupRef("owner", "one")
    assert found.of(Statistic("tools", "a", one)) == Tally(3, 4)
    assert found.of(Statistic("tools", "a", GroupRef("owner", "one", rest=True))) == Tally(2, 7)
    assert met(asked, "a,comparison,S,tools,a,owner=one,rest,,,,,,") == "yes"
    assert met(asked, "a,comparison,S,tools,a,owner=one,owner=*,,,,,,") == "yes"
    assert met(asked, "a,comparison,S,tools,a,owner=several,owner=*,,,,,,") == "no"
    assert met(asked, "a,comparison,S,tools,a,owner=one,all,,,,,,") == "yes"


def test_members_that_overlap_are_left_out_where_the_study_says_so():
    asked = study(owner=owners(one=3, several=2, nobody=1), tools=["a"] * 6)
    found = Tallies(asked)
    # 'one' is central and owned, 'several' is owned and not central: only 'nobody' is in one member.
    assert found.of(Statistic("tools", "a", GroupRef("ownership", "central"))) == Tally(0, 0)
    assert found.of(Statistic("tools", "a", GroupRef("ownership", "not_central"))) == Tally(1, 1)
    assert met(asked, "a,share,S,tools,a,ownership=central,,,100,,,,") == "no"


def test_a_net_of_choices_counts_a_respondent_once():
    asked = study(tools=["a;b", "a", "c", ""])
    assert Tallies(asked).of(Statistic("tools", "ab")) == Tally(2, 3)
    assert Tallies(asked).of(Statistic("tools", "c", GroupRef("tools", "a"))) == Tally(0, 2)


def test_segments_are_counted_from_the_ratings():
    asked = study(insight=["4", "3", "2", "1", "4"], engagement=["4", "4", "2", "1", ""], tools=["a"] * 5)
    assert Tallies(asked).of(Statistic("segment", "leader")) == Tally(2, 4)
    assert met(asked, "a,share,S,segment,leader,,,,50,,,,") == "yes"
    assert Tallies(asked).of(Statistic("tools", "a", GroupRef("segment", "leader"))) == Tally(2, 2)


@pytest.mark.parametrize(("several", "said"), [(50, "yes"), (37, "yes"), (36, "no")])
def test_no_difference_is_a_pooled_test_that_stays_under_five_percent(several, said):
    # 50 of 100 against 37 of 100: z = 1.854; against 36 of 100: z = 1.998.
    tools = ["a"] * 50 + ["b"] * 50 + ["a"] * several + ["b"] * (100 - several)
    asked = study(owner=owners(one=100, several=100), tools=tools)
    assert met(asked, "a,no_difference,S,tools,a,owner=one|several,,,,,,,") == said


def test_statements_constrain_nothing_and_the_table_says_what_was_counted():
    asked = study(owner=owners(one=6, several=4))
    text = f"{HEADER}\na,statement,S,owner,one,,,,,,,,\nb,comparison,More,owner,one,,,several,,,,,\n"
    frame = constraints_frame(verify(asked, parse_claims(text, file=asked.file)))
    assert tuple(frame) == COLUMNS
    assert frame.to_dict("records") == [
        {
            "claim": "b",
            "kind": "comparison",
            "statement": "More",
            "statistic": "owner=one in all",
            "printed": "",
            "counted": 6,
            "base": 10,
            "share": 0.6,
            "against_low": 0.4,
            "against_high": 0.4,
            "met": "yes",
            "note": "against 40.0% for owner=several in all",
        }
    ]


def test_a_claim_of_several_is_counted_one_by_one():
    asked = study(owner=owners(one=6, several=4), tools=["a;b"] * 10)
    claims = parse_claims(f"{HEADER}\na,share,S,tools,a|b,owner=one|several,,,100,,,,\n", file=asked.file)
    assert [item.tally for item in verify(asked, claims)] == [Tally(6, 6), Tally(4, 4)] * 2


def test_an_empty_group_meets_no_share():
    asked = study(owner=owners(one=3), tools=["a"] * 3)
    for row in (
        "a,share,S,tools,a,owner=nobody,,,0,,,,",
        "a,threshold,S,tools,a,owner=nobody,,,50,less_than,,,",
        "a,no_difference,S,tools,a,owner=one|nobody,,,,,,,",
        "a,ratio,S,tools,a,owner=nobody,owner=one,,1,,,,",
    ):
        assert met(asked, row) == "no"
    frame = constraints_frame(verify(asked, parse_claims(f"{HEADER}\n{row}\n", file=asked.file)))
    assert frame["share"].isna().all()
