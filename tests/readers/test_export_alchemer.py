"""Alchemer: Option:Question headers, joined cells, statuses; and names instead of questions."""

import pytest
from shared_exports import shared

from cxsurvey.readers.exports.detector import read_export

HEADER = (
    '"Response ID","Time Started","Date Submitted","Status","IP Address","How often?",'
    '"Other - Write In:How often?","Phone:Which do you use?","Chat: quick:Which do you use?",'
    '"Need #1:What do you need: now or later?","Need #2:What do you need: now or later?","Ratio: 3 to 4"\n'
)


def by_name(export):
    return {column.name: column for column in export.columns}


@pytest.fixture
def export(tmp_path):
    def _export(*rows, header=HEADER):
        path = tmp_path / "export.csv"
        path.write_text(header + "".join(f"{row}\n" for row in rows), encoding="utf-8")
        return read_export(path)

    return _export


def test_options_and_fields_of_a_question(export):
    found = export(
        "1,2024-01-01,2024-01-01,Complete,10.0.0.1,Other - Write In,at times,Phone,,speed,,yes",
        "2,2024-01-01,2024-01-01,Partial,10.0.0.2,Daily,,Phone,Chat: quick,price,tone,no",
        "3,2024-01-01,2024-01-01,Disqualified,10.0.0.3,,,,,,,",
    )
    columns = by_name(found)
    assert found.platform == "alchemer"
    assert [column.role for column in found.columns[:5]] == [
        "respondent_id", "start", "end", "status", "personal",
    ]  # fmt: skip
    assert (columns["q1"].text, columns["q1"].role, columns["q1"].block) == ("How often?", "answer", "q1")
    assert (columns["q1_other"].role, columns["q1_other"].item) == ("other_text", "Other - Write In")
    assert [(columns[name].item, columns[name].chosen) for name in ("q2_1", "q2_2")] == [
        ("Phone", "Phone"),
        ("Chat: quick", "Chat: quick"),
    ]
    assert (columns["q3_2"].text, columns["q3_2"].item) == ("What do you need: now or later?", "Need #2")
    assert (columns["q4"].text, columns["q4"].item) == ("Ratio: 3 to 4", "")
    assert len(found.frame) == 3


def test_test_responses_are_dropped(export):
    row = "2024-01-01,2024-01-01,{},10.0.0.1,Daily,,,,,,"
    found = export("1," + row.format("Complete"), *(f"{n}," + row.format("Complete") for n in (2, 3, 4, 5)),
                   "9," + row.format("Test"))  # fmt: skip
    assert [(drop.reason, drop.rows) for drop in found.dropped] == [("test", (7,))]


def test_names_in_place_of_questions(export):
    found = export(
        "1,2024-01-01,Complete,1,0,Good,Bad,5",
        "2,2024-01-01,Partial,0,1,Bad,Good,7",
        header="RESPONSE.ID,DATE.SUBMITTED,STATUS,USE.PHONE,USE.CHAT,RATE.SPEED,RATE.TONE,AGE\n",
    )
    columns = by_name(found)
    assert (columns["USE.PHONE"].role, columns["USE.PHONE"].chosen, columns["USE.CHAT"].block) == (
        "option",
        "1",
        "USE",
    )
    assert (columns["RATE.SPEED"].shape, columns["RATE.TONE"].item) == ("grid_row", "TONE")
    assert columns["AGE"].block == ""


def test_another_table_with_a_status_is_not_claimed(export):
    header = "Response ID,Date Submitted,Status,Age\n"
    assert export("1,2024,open,20", "2,2024,closed,30", header=header).platform == "plain"


def test_shared_notebook_survey():
    found = read_export(shared("alchemer_jupyter_ux_2015.csv"))
    columns = by_name(found)
    assert (found.platform, found.frame.shape) == ("alchemer", (1706, 37))
    assert (columns["q12"].shape, columns["q12"].separator) == ("joined", ";")
    assert columns["q4_3"].item == "Tool / Application #3"
    assert found.frame["status"].value_counts().to_dict() == {"Partial": 927, "Complete": 779}


def test_shared_open_source_survey():
    columns = by_name(read_export(shared("github_oss_2017.csv")))
    assert columns["OSS.USER.PRIORITIES.LICENSE"].block == "OSS.USER.PRIORITIES"
    assert columns["OSS.CONTRIBUTOR.PRIORITIES.CLA"].block == "OSS.CONTRIBUTOR.PRIORITIES"
    assert columns["PARTICIPATION.TYPE.FOLLOW"].chosen == "1"
