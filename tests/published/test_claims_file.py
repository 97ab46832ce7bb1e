"""The claims file: what a row means, what is refused, and that every problem is told at once."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxsurvey.errors import ClaimsError
from cxsurvey.published.claims.bases import count_range, rounding_range
from cxsurvey.published.claims.file import LARGEST, parse_claims, read_claims
from cxsurvey.published.claims.records import GroupRef, PrintedBase, Statistic
from cxsurvey.published.claims.rows import COLUMNS
from cxsurvey.study.study_file import parse_study_file

STUDY = """
[study]
id = "tiny"
title = "Tiny"
responses = "responses.csv"

[[question]]
id = "owner"
text = "Who owns customer experience?"
type = "single"
column = "OWNER"
responses = { one = "One team", several = "Several teams", nobody = "Nobody" }
nets = [{ id = "somebody", label = "Somebody", responses = ["one", "several"] }]

[[question]]
id = "tools"
text = "Which tools?"
type = "multi"
responses = [
  { code = "a", label = "A", column = "A" },
  { code = "b", label = "B", column = "B" },
]

[[group]]
id = "ownership"
label = "Ownership"
question = "owner"
members = [
  { id = "centralized", label = "Centralized", responses = ["one"] },
  { id = "owned", label = "Owned", responses = ["one", "several"] },
  { id = "other", label = "Other", responses = ["several", "nobody"] },
]
overlap = "exclude"
"""


def claims_of(*rows: str, header: str = "id,kind,statement,question,response,group,value"):
    return parse_claims("\n".join([header, *rows]) + "\n")


def problems_of(text: str, **options) -> str:
    with pytest.raises(ClaimsError) as caught:
        parse_claims(text, **options)
    assert caught.value.code == "claims-invalid"
    assert caught.value.exit_code == 2
    return caught.value.got


def test_a_share_prints_one_statistic():
    found = claims_of("a,share,Most,owner,one,,57.5").claim("a")
    assert found is not None
    assert found.statistics == (Statistic("owner", "one"),)
    assert (found.value, found.decimals, found.printed) == (Fraction(115, 2), 1, "57.5")
    assert (found.kind, found.wording, found.qualifier) == ("share", "states", "exact")
    assert found.prints_share


def test_every_means_all_of_them():
    header = "id,kind,statement,question,response,group,qualifier"
    found = claims_of("a,share,All,owner,one,,every", header=header).claim("a")
    assert (found.value, found.printed) == (Fraction(100), "100")


def test_a_comparison_points_at_two_shares_and_prints_none():
    header = "id,kind,statement,question,response,group,versus_group,wording"
    row = "a,comparison,More,tools,a,owner=one,owner=several,significantly_more"
    found = claims_of(row, header=header).claim("a")
    mine, other = found.pairs[0]
    assert (mine.group, other.group) == (GroupRef("owner", "one"), GroupRef("owner", "several"))
    assert (mine.question, mine.response) == (other.question, other.response) == ("tools", "a")
    assert found.value is None


def test_a_list_means_each_of_them():
    header = "id,kind,statement,question,response,group,versus_group"
    found = claims_of("a,comparison,More,tools,a|b,owner=one,owner=several|nobody", header=header).claim("a")
    assert len(found.statistics) == 2
    assert {(m.response, o.response, o.group.member) for m, o in found.pairs} == {
        ("a", "a", "several"),
        ("a", "a", "nobody"),
        ("b", "b", "several"),
        ("b", "b", "nobody"),
    }


def test_no_difference_compares_every_pair_of_groups():
    header = "id,kind,statement,question,response,group"
    found = claims_of("a,no_difference,Alike,tools,a,owner=one|several|nobody", header=header).claim("a")
    members = [(mine.group.member, other.group.member) for mine, other in found.pairs]
    assert members == [("one", "several"), ("one", "nobody"), ("several", "nobody")]


def test_a_rank_is_against_every_other_response_unless_others_are_named():
    header = "id,kind,statement,question,response,value,versus_question"
    found = claims_of("a,rank,First,tools,a,1,", "b,rank,First,x,top,1,y|z", header=header)
    assert found.claim("a").pairs[0][1].response == "*"
    assert [other.question for _, other in found.claim("b").pairs] == ["y", "z"]
    assert {other.response for _, other in found.claim("b").pairs} == {"top"}


def test_rest_is_everybody_but_the_group():
    header = "id,kind,statement,question,response,group,versus_group"
    found = claims_of("a,comparison,More,tools,a,owner=one,rest", header=header).claim("a")
    assert found.pairs[0][1].group == GroupRef("owner", "one", rest=True)
    assert str(found.pairs[0][1].group) == "rest of owner=one"


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("a,guess,S,owner,one,,5", "kind 'guess' is not one of share, comparison"),
        ("a b,share,S,owner,one,,5", "id 'a b' is not a name"),
        ("a,share,,owner,one,,5", "statement is empty"),
        ("a,share,S,,one,,5", "question is empty: a share is about a response to a question"),
        ("a,share,S,owner,,,5", "response is empty"),
        ("a,share,S,owner,*,,5", "stand in the versus columns only"),
        ("a,share,S,owner,one,owner=*,5", "stand in the versus columns only"),
        ("a,share,S,owner,one,ownerone,5", "is not 'all', 'NAME=MEMBER'"),
        ("a,share,S,owner,one,rest,5", "needs a group to be the rest of"),
        ("a,share,S,owner,one,,101", "not a percentage from 0 to 100"),
        ("a,share,S,owner,one,,=1+1", "value '=1+1' is not a number"),
        ("a,share,S,owner,one,,-5", "value '-5' is not a number"),
        ("a,share,S,owner,one,,1/0", "value '1/0' is not a number"),
        ("a,share,S,owner,one,,a third", "58.3 or 1/3: write 1/3"),
        ("a,share,S,owner,one,,a few", "58.3 or 1/3"),
        ("a,trend,S,owner,one,,40", "value '40' stands in a trend: it prints no number"),
        ("a,threshold,S,owner,one,,", "value is empty: a threshold needs one"),
        ("a,rank,S,owner,one,,1.5", "is not a place"),
        ("a,ratio,S,owner,one,,0", "not a multiple above 0"),
        ("a,comparison,S,owner,one,,", "compares a share with itself"),
    ],
)
def test_a_wrong_row_is_told_with_its_number(row, words):
    said = problems_of(f"id,kind,statement,question,response,group,value\n{row}\n")
    assert "row 2: " in said
    assert words in said


def test_columns_that_hold_no_number_or_word_are_told():
    header = "id,kind,statement,question,response,base,base_low,base_high,qualifier,calibrate,versus_group\n"
    rows = "a,share,S,owner,one,5.5,,,maybe,perhaps,owner=one\nb,share,S,owner,one,10,20,30,,no,\n"
    rows += "c,share,S,owner,one,,4,,,,\n"
    said = problems_of(header + rows)
    for words in (
        "base '5.5' is not a whole number",
        "qualifier 'maybe' is not one of exact, every, nearly, about",
        "calibrate 'perhaps' is not one of yes, no",
        "versus_group is filled in: a share compares nothing",
        "row 3: base 10 is not between base_low 20 and base_high 30",
        "row 3: calibrate is 'no' without a note",
        "row 4: base_low or base_high without base",
    ):
        assert words in said


def test_the_table_itself_is_checked():
    assert "no column 'kind'" in problems_of("id,statement\na,b\n")
    assert "column 'percent' is not known" in problems_of("id,kind,statement,percent\na,share,b,5\n")
    assert "Did you mean 'group'?" in problems_of("id,kind,statement,grup\na,share,b,5\n")
    assert "two columns 'id'" in problems_of("id,id,kind,statement\na,a,statement,b\n")
    assert "row 2: 2 cells where the header has 3" in problems_of("id,kind,statement\na,statement\n")
    assert "the file is empty" in problems_of("")
    assert "a header and no claim" in problems_of("id,kind,statement\n\n")
    assert "the id 'a' stands in row 2 as well" in problems_of(
        "id,kind,statement\na,statement,x\na,statement,y\n"
    )


def test_names_that_the_study_lacks_are_told_with_the_nearest():
    text = (
        "id,kind,statement,question,response,group\n"
        "a,share,S,ownr,one,\nb,share,S,owner,two,\nc,share,S,owner,somebody,size=big\n"
        "d,share,S,tools,a,ownership=centralised\n"
    )
    said = problems_of(text, file=parse_study_file(STUDY))
    assert "row 2: no question 'ownr' with responses. Did you mean 'owner'?" in said
    assert "row 3: 'owner' has no response or net 'two'." in said
    assert "row 4: nothing called 'size' parts respondents." in said
    assert "row 5: 'ownership' has no member or response 'centralised'. Did you mean 'centralized'?" in said


def test_a_base_is_taken_from_another_claim_about_the_same_group():
    header = "id,kind,statement,question,response,group,value,base"
    found = claims_of("a,share,S,tools,a,,58,400", "b,share,S,tools,b,,30,", header=header)
    assert found.claim("b").base == PrintedBase(400, 400, 400, "stated")


def test_a_base_is_derived_from_the_printed_size_of_the_group():
    header = "id,kind,statement,question,response,group,value,base"
    found = claims_of(
        "n,share,S,segment,leader,,17,1091", "x,share,S,cxo,yes,segment=leader,25,", header=header
    )
    assert found.claim("x").base == PrintedBase(185, 181, 190, "derived")


def test_a_declared_group_is_sized_by_the_answers_that_make_it():
    text = (
        "id,kind,statement,question,response,group,value,base\n"
        "n,share,S,owner,one,,43,408\nm,share,S,owner,somebody,,94,408\n"
        "x,share,S,tools,a,ownership=centralized,49,\ny,share,S,tools,a,ownership=owned,40,\n"
        "z,share,S,tools,a,ownership=other,40,\n"
    )
    found = parse_claims(text, file=parse_study_file(STUDY))
    assert found.claim("x").base == PrintedBase(175, 174, 177, "derived")
    assert found.claim("y").base == PrintedBase(384, 382, 385, "derived")
    assert found.claim("z").base is None


def test_a_filtered_question_does_not_take_the_base_of_others():
    filtered = STUDY.replace(
        'text = "Which tools?"',
        'text = "Which tools?"\nbase = { label = "Owners", all = [{ question = "owner", is = ["one"] }] }',
    )
    text = "id,kind,statement,question,response,value,base\nn,share,S,owner,one,43,408\nx,share,S,tools,a,58,\n"
    assert parse_claims(text, file=parse_study_file(STUDY)).claim("x").base is not None
    assert parse_claims(text, file=parse_study_file(filtered)).claim("x").base is None


def test_a_base_said_to_be_unknown_stays_unknown():
    header = "id,kind,statement,question,response,value,base,base_origin"
    found = claims_of("a,share,S,tools,a,58,400,", "b,share,S,tools,b,30,,unknown", header=header)
    assert found.claim("b").base is None


def test_the_same_statistic_printed_twice_keeps_the_first():
    found = claims_of("a,share,S,tools,a,,58", "b,share,S,tools,a,,59")
    assert found.shares[Statistic("tools", "a")].id == "a"


def test_files_that_cannot_be_read(tmp_path):
    with pytest.raises(ClaimsError, match="claims-absent"):
        read_claims(tmp_path / "absent.csv")
    with pytest.raises(ClaimsError, match="claims-unreadable"):
        read_claims(_folder(tmp_path / "folder.csv"))
    latin = tmp_path / "latin.csv"
    latin.write_bytes("id,kind,statement\na,statement,caf\xe9\n".encode("latin-1"))
    with pytest.raises(ClaimsError, match="not UTF-8"):
        read_claims(latin)
    quoted = tmp_path / "quoted.csv"
    quoted.write_text('id,kind,statement\na,statement,"open\n', encoding="utf-8")
    with pytest.raises(ClaimsError, match="claims-unreadable"):
        read_claims(quoted)
    large = tmp_path / "large.csv"
    large.write_bytes(b"x" * (LARGEST + 1))
    with pytest.raises(ClaimsError, match="claims-too-large"):
        read_claims(large)


def _folder(path):
    path.mkdir()
    return path


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("said", [True, False])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_exports_of_spreadsheets_read_the_same(mark, said, encoding, tmp_path):
    lines = [f"sep={mark}"] if said else []
    lines += [mark.join(["ID", "Kind", "Statement", "Question", "Response", "Value"])]
    lines += [mark.join(["a", "share", "Caf\u00e9s first", "q", "r", "54.5 %"])]
    path = tmp_path / "claims.csv"
    path.write_bytes("\r\n".join(lines).encode(encoding))
    claim = read_claims(path).claim("a")
    assert (claim.statement, claim.value) == ("Caf\u00e9s first", Fraction(109, 2))


def test_a_workbook_is_to_be_saved_as_text(tmp_path):
    (tmp_path / "claims.xlsx").write_bytes(b"PK")
    with pytest.raises(ClaimsError, match="save the sheet of claims as CSV"):
        read_claims(tmp_path / "claims.xlsx")


def test_a_decimal_comma_is_told_how_to_be_written():
    said = problems_of("id;kind;statement;question;response;value\na;share;S;q;r;54,5\n")
    assert "value '54,5' is not a number such as 58, 58.3 or 1/3: write 54.5" in said


def test_a_study_without_claims_says_where_to_put_them():
    with pytest.raises(ClaimsError, match="claims-missing"):
        read_claims("sfo2018")


def test_a_file_in_any_column_order_with_a_mark_at_its_start_reads_the_same(tmp_path):
    row = dict.fromkeys(COLUMNS, "") | {
        "id": "a",
        "kind": "share",
        "statement": "S, with a comma",
        "question": "q",
        "response": "r",
        "value": "5",
    }
    columns = list(reversed(COLUMNS))
    quoted = ",".join(f'"{row[column]}"' for column in columns)
    path = tmp_path / "claims.csv"
    path.write_text(f"\ufeff{','.join(columns)}\r\n{quoted}\r\n", encoding="utf-8")
    assert read_claims(path).claim("a").statement == "S, with a comma"


@settings(deadline=None, max_examples=60)
@given(
    value=st.integers(0, 1000).map(lambda tenth: Fraction(tenth, 10)),
    decimals=st.integers(0, 1),
    n=st.integers(1, 400),
)
def test_counts_that_print_as_a_percentage_are_exactly_those_in_the_range(value, decimals, n):
    low, high = rounding_range(value, decimals)
    printing = [count for count in range(n + 1) if low <= Fraction(100 * count, n) <= high]
    fewest, most = count_range(value, decimals, n)
    assert list(range(fewest, most + 1)) == printing
