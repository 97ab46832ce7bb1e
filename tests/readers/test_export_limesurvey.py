"""LimeSurvey: all manners of headings, short and long answers, and what is no answer."""

import pytest
from export_files import SHARED, columns_of, read_text

from cxsurvey.readers.exports.detector import read_export
from cxsurvey.readers.exports.limesurvey_headings import parse_headings, separator_of

LONG = (
    '\ufeff"id. Response ID";"submitdate. Date submitted";"lastpage. Last page";'
    '"startlanguage. Start language";'
    '"Q1. How old are you?";"Q2[SQ001]. Which do you use? [Phone]";"Q2[SQ002]. Which do you use? [Chat, mail]";'
    '"Q2[other]. Which do you use? [Other]";"Q3[SQ001]. Rate [Price [net]]";"Q3[SQ002]. Rate [Speed]";'
    '"ipaddr. IP address"\r\n'
    '"1";"2024-05-01 10:00:00";"3";"en";"40";"Yes";"No";"";"\ufeff1 (None at all)";"3";"10.0.0.1"\r\n'
    '"2";"";"2";"en";"50";"N/A";"N/A";"";"3";"2";"10.0.0.2"\r\n'
    '"3";"2024-05-01 11:00:00";"3";"de";"";"No";"Yes";"\'=fax";"2";"4";"10.0.0.3"\r\n\r\n'
)


def test_combined_headings_and_long_answers(tmp_path):
    export = read_text(tmp_path, LONG)
    columns = columns_of(export)
    assert export.platform == "limesurvey"
    assert export.separator == ";"
    assert [columns[name].role for name in ("id", "submitdate", "lastpage", "startlanguage", "ipaddr")] == [
        "respondent_id", "end", "progress", "language", "personal",
    ]  # fmt: skip
    assert columns["Q1"].text == "How old are you?"
    phone = columns["Q2_SQ001"]
    assert (phone.text, phone.item, phone.block) == ("Which do you use?", "Phone", "Q2")
    assert (phone.role, phone.shape, phone.chosen) == ("option", "option", "Yes")
    assert phone.missing == (("N/A", "not_shown", "N/A"),)
    assert columns["Q2_SQ002"].item == "Chat, mail"
    assert (columns["Q2_other"].role, columns["Q2_other"].block) == ("other_text", "Q2")
    assert (columns["Q3_SQ001"].item, columns["Q3_SQ001"].shape) == ("Price [net]", "grid_row")


def test_marks_that_are_no_part_of_a_cell_are_taken_off_and_told(tmp_path):
    export = read_text(tmp_path, LONG)
    assert export.frame["Q3_SQ001"].to_list() == ["1 (None at all)", "3", "2"]
    assert export.frame["Q2_other"].to_list() == ["", "", "=fax"]
    assert any("byte order mark" in note for note in export.notes)
    assert any("spreadsheets" in note for note in export.notes)


def test_partial_responses_stay(tmp_path):
    assert len(read_text(tmp_path, LONG).frame) == 3


def test_code_headings_and_short_answers(tmp_path):
    text = (
        "id,submitdate,lastpage,Q1,Q1[other],Q2[SQ001],Q2[SQ002],Q2[SQ002comment],"
        "Q4[A][0],Q4[A][1],Q4[B][0],Q4[B][1]\n"
        "1,2024-05-01,3,A1,,Y,,,1,5,2,4\n2,2024-05-01,3,-oth-,my own,,Y,why,2,4,1,5\n"
        "3,2024-05-02,1,A2,,,,,1,3,2,3\n"
    )
    export = read_text(tmp_path, text)
    columns = columns_of(export)
    assert columns["Q1"].labels == (("-oth-", "Other"),)
    assert columns["Q1_other"].role == "other_text"
    assert (columns["Q2_SQ001"].chosen, columns["Q2_SQ001"].item) == ("Y", "SQ001")
    assert columns["Q2_SQ002comment"].role == "comment"
    assert columns["Q4_A_0"].block == columns["Q4_B_0"].block == "Q4#0"
    assert columns["Q4_A_1"].block == "Q4#1"
    assert any("Q2" in note and "not shown" in note for note in export.notes)


def test_codes_for_the_expression_manager(tmp_path):
    text = (
        "id,submitdate,lastpage,Q1_SQ001,Q1_SQ002,Q1_other,Q2\n1,2024-05-01,3,Y,,,4\n2,2024-05-01,3,,Y,own,5\n"
    )
    columns = columns_of(read_text(tmp_path, text))
    assert (columns["Q1_SQ002"].block, columns["Q1_SQ002"].role) == ("Q1", "option")
    assert columns["Q1_other"].role == "other_text"


def test_text_headings(tmp_path):
    text = (
        'Response ID,Date submitted,Last page,Start language,Seed,"Which? [Phone]","Which? [Chat]",Why?\n'
        "1,2024-05-01,3,en,12,Yes,No,so\n2,2024-05-01,3,en,13,No,No,\n"
    )
    columns = columns_of(read_text(tmp_path, text))
    assert columns["id"].role == "respondent_id"
    options = [column for column in columns.values() if column.role == "option"]
    assert [(column.text, column.item) for column in options] == [("Which?", "Phone"), ("Which?", "Chat")]


def test_nobody_said_yes(tmp_path):
    text = "Q1[SQ001]. Which? [Phone],Q1[SQ002]. Which? [Chat],Q2. Why?\nNo,No,so\nNo,No,not\n"
    columns = columns_of(read_text(tmp_path, text))
    assert (columns["Q1_SQ001"].role, columns["Q1_SQ001"].chosen) == ("option", "Yes")


def test_ranks_are_rows_that_share_answers(tmp_path):
    header = ",".join(f"P[{rank}]. Rank them [Rank {rank}]" for rank in (1, 2, 3))
    columns = columns_of(read_text(tmp_path, f"{header}\nPrice,Speed,Looks\nSpeed,Price,Looks\n"))
    assert [column.shape for column in columns.values()] == ["grid_row"] * 3


def test_one_slider_is_a_plain_question(tmp_path):
    header = "Q1[SQ001]. How often? [],Q2[SQ001]. Why? [Price],Q2[SQ002]. Why? [Speed]"
    columns = columns_of(read_text(tmp_path, f"{header}\n5,Yes,No\n3,No,No\n"))
    assert (columns["Q1_SQ001"].text, columns["Q1_SQ001"].block) == ("How often?", "")


@pytest.mark.parametrize("joint", [". ", "._.", ": ", " | "])
def test_joints_between_code_and_text(joint):
    headers = [f"id{joint}Response ID", f"Q1[SQ001]{joint}Which? [Phone]", f"Q2{joint}Why? e.g. so"]
    assert separator_of(headers) == joint
    assert [heading.text for heading in parse_headings(headers)] == ["Response ID", "Which?", "Why? e.g. so"]


@pytest.mark.parametrize(
    ("name", "rows", "options"), [("2017_de", 325, 65), ("2017_nl", 77, 65), ("2018_all", 997, 65)]
)
def test_real_files(name, rows, options):
    path = SHARED / f"lime_rse_{name}.csv"
    if not path.exists():
        pytest.skip("the collection of exports is not here")
    export = read_export(path)
    columns = columns_of(export)
    assert (export.platform, len(export.frame)) == ("limesurvey", rows)
    assert sum(c.block in {"currentEmp13", "currentEmp13quk"} for c in columns.values()) == options
    assert not any(cell.startswith("\ufeff") for cell in export.frame.to_numpy().ravel())
    assert columns["likert0_time1can"].shape == "grid_row"
