"""SurveyMonkey: header rows, sets, grids, rankings, text beside options, and the summary that is refused."""

import io
import time

import pytest
import xlsxwriter
from shared_exports import shared

from cxsurvey.errors import ExportError
from cxsurvey.readers.exports import surveymonkey
from cxsurvey.readers.exports.detector import read_export
from cxsurvey.readers.exports.grid import read_grid

SYSTEM = (
    "Respondent ID,Collector ID,Start Date,End Date,IP Address,Email Address,First Name,Last Name,Custom Data 1"
)
TWO_ROWS = (
    f"{SYSTEM},How satisfied are you?,,Which do you use?,,,Rate each,,What else?\r\n"
    ",,,,,,,,,Response,Other (please specify),Phone,Chat & mail,Other (please specify),Speed,Tone,"
    "Open-Ended Response\r\n"
    "114000000001,9,07/31/2023 04:21:36 PM,07/31/2023 04:25:00 PM,10.0.0.1,a@example.com,Ann,Lee,,"
    "Aagree,,Phone,,fax,Good,Bad,all well\r\n"
    "114000000002,9,07/31/2023 04:21:36 PM,07/31/2023 04:25:00 PM,10.0.0.1,b@example.com,Bob,Lee,,"
    "Agree,,,Chat & mail,,Bad,Good,\r\n"
)


@pytest.fixture
def export(tmp_path):
    def _export(text, name="answers.csv"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_export(path)

    return _export


def by_name(export):
    return {column.name: column for column in export.columns}


def test_two_header_rows(export):
    found = export(TWO_ROWS)
    columns = by_name(found)
    assert found.platform == "surveymonkey"
    assert found.why == "SurveyMonkey: row 2 holds 'Response' below the questions."
    assert [column.role for column in found.columns[:9]] == [
        "respondent_id", "administrative", "start", "end",
        "personal", "personal", "personal", "personal", "administrative",
    ]  # fmt: skip
    assert (columns["q1"].text, columns["q1"].shape, columns["q1"].block) == (
        "How satisfied are you?",
        "single",
        "q1",
    )
    assert (columns["q1_other"].role, columns["q1_other"].block) == ("other_text", "q1")
    assert (columns["q2_1"].role, columns["q2_1"].item, columns["q2_1"].chosen) == ("option", "Phone", "Phone")
    assert columns["q2_1"].header == ("Which do you use?", "Phone")
    assert columns["q2_3"].role == "other_text"
    assert [columns[name].shape for name in ("q3_1", "q3_2", "q4")] == ["grid_row", "grid_row", "text"]
    assert found.frame["respondent_id"].tolist() == ["114000000001", "114000000002"]
    assert found.frame["q1"].tolist() == ["Aagree", "Agree"]
    assert found.first_row == 3


def test_workbook_reads_as_the_text_does(export, tmp_path):
    rows = [line.split(",") for line in TWO_ROWS.strip().split("\r\n")]
    with xlsxwriter.Workbook(tmp_path / "answers.xlsx") as book:
        sheet = book.add_worksheet("Sheet")
        for at, row in enumerate(rows):
            sheet.write_row(at, 0, row)
    found, text = read_export(tmp_path / "answers.xlsx"), export(TWO_ROWS)
    assert [(c.name, c.role, c.shape, c.item) for c in found.columns] == [
        (c.name, c.role, c.shape, c.item) for c in text.columns
    ]
    assert found.frame.to_dict("list") == text.frame.to_dict("list")


def test_question_text_with_line_breaks_markup_and_entities(export):
    text = 'Respondent ID,"How <b>satisfied</b>\nare&nbsp;you?"\n,Response\n1,Yes\n2,No\n'
    assert by_name(export(text))["q1"].text == "How satisfied are you?"


def test_a_row_of_codes_above(export):
    text = (
        ",Q1_1,Q1_2,Q2\nRespondent ID,Which? (all),,How many?\n,Phone,Chat,Response\n"
        + "".join(f"{row},{1 if row % 2 else ''},{2 if row % 3 else ''},4\n" for row in range(1, 61))
    )  # fmt: skip
    columns = by_name(export(text))
    assert list(columns) == ["respondent_id", "Q1_1", "Q1_2", "Q2"]
    assert [(columns[name].block, columns[name].chosen) for name in ("Q1_1", "Q1_2")] == [
        ("Q1", "1"),
        ("Q1", "2"),
    ]


def test_codes_that_may_be_chance_are_no_set(export):
    text = "Respondent ID,Rate each,\n,Speed,Tone\n1,4,5\n"
    columns = by_name(export(text + "2,4,5\n"))
    assert not {columns["q1_1"].role, columns["q1_2"].role} & {"option"}


def test_one_header_row_with_question_and_option(export):
    text = (
        "RespondentID,Do you cook?,Do you cook? - Other (please specify),"
        "Which pies? - Apple,Which pies? - Plum,Age\n"
        "1,Other (please specify),at times,Apple,,18-29\n2,No,,Apple,Plum,30-44\n"
    )
    columns = by_name(export(text))
    assert list(columns) == ["respondent_id", "q1", "q1_other", "q2_1", "q2_2", "q3"]
    assert [columns[name].role for name in columns] == [
        "respondent_id", "answer", "other_text", "option", "option", "answer",
    ]  # fmt: skip
    assert columns["q2_2"].text == "Which pies?"


def test_one_header_row_with_the_number_of_the_question(export):
    text = (
        'Respondent ID,1. How often?,"3. Python.","3. R, or S.",10a. Too slow.,10b. Too big.\n'
        '1,Daily,Python.,,Often,Never\n2,Weekly,Python.,"R, or S.",Never,Often\n3,Daily,,,Often,Often\n'
    )
    columns = by_name(export(text))
    assert (columns["q1"].text, columns["q1"].block) == ("How often?", "")
    assert [(columns[name].item, columns[name].block) for name in ("q3_1", "q3_2")] == [
        ("Python.", "q3"),
        ("R, or S.", "q3"),
    ]
    assert [(columns[name].shape, columns[name].item) for name in ("q10a", "q10b")] == [
        ("grid_row", "Too slow."),
        ("grid_row", "Too big."),
    ]


def test_condensed_answers_in_one_cell(export):
    cells = ["Phone, Chat", "Chat, Mail", "Phone, Mail", "Mail", "Phone", "Chat", "Phone, Chat, Mail"]
    text = "Respondent ID,Which do you use?\n,Response\n" + "".join(
        f'{at},"{cell}"\n' for at, cell in enumerate(cells)
    )
    column = by_name(export(text))["q1"]
    assert (column.shape, column.separator) == ("joined", ", ")


def test_ranking(export):
    ranks = ["1,2,3", "2,1,3", "3,2,1", "1,3,2", "2,3,1", "3,1,2", "1,2,3", "2,1,3"]
    text = "Respondent ID,Order these,,\n,Speed,Tone,Price\n" + "".join(
        f"{at},{row}\n" for at, row in enumerate(ranks)
    )
    columns = by_name(export(text))
    assert {columns[name].shape for name in ("q1_1", "q1_2", "q1_3")} == {"rank"}


def test_a_label_twice_in_a_question_is_told(export):
    text = "Respondent ID,Which?,,\n,Strimzi,Flux,Strimzi\n1,Strimzi,,Strimzi\n2,,Flux,\n"
    found = export(text)
    assert [column.name for column in found.columns] == ["respondent_id", "q1_1", "q1_2", "q1_3"]
    assert "labels that stand twice in one question: 'Strimzi' in q1" in found.notes


def test_an_added_column_does_not_turn_a_set_into_a_grid(export):
    text = (
        "Respondent ID,Which?,,,\n,GitHub,GitLab,Gerrit,Recode\n"
        "1,GitHub,GitLab,,svn\n2,GitHub,,Gerrit,other\n3,,GitLab,Gerrit,svn\n"
    )
    assert [column.role for column in export(text).columns[1:]] == ["option", "option", "option", "comment"]


def test_windows_text_and_text_decoded_twice(export):
    found = export("RespondentID,Which? “one”\r\n1,Yes\r\n2,No\r\n".encode("cp1252"))
    assert (found.encoding, found.columns[1].text) == ("cp1252", "Which? “one”")
    twice = export("RespondentID,What donâ€™t you use?\n1,Yes\n2,I donâ€™t know\n")
    assert twice.columns[1].text == "What don’t you use?"
    assert twice.frame["q1"].tolist() == ["Yes", "I donâ€™t know"]
    assert twice.notes == ("2 distinct texts were decoded twice, such as â€™ for ’",)


def test_blank_rows_are_dropped_and_counted(export):
    found = export("RespondentID,Age\n1,20\n,\n2,30\n\n3,40\n,\n")
    assert found.frame["respondent_id"].tolist() == ["1", "2", "3"]
    assert [(drop.reason, drop.count, drop.rows) for drop in found.dropped] == [("blank", 2, (3, 5))]


def test_the_summary_is_refused(tmp_path):
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        for number in (1, 2):
            sheet = book.add_worksheet(f"Question {number}")
            sheet.write_column(0, 0, ["My survey", "Where are you?", "Answer Choices", "Europe"])
            sheet.write_row(2, 1, ["Responses", ""])
            sheet.write_row(3, 1, [0.5, 12])
    path = tmp_path / "summary.xlsx"
    path.write_bytes(stream.getvalue())
    with pytest.raises(ExportError) as caught:
        read_export(path)
    assert caught.value.code == "export-is-summary"
    assert "2 sheets" in caught.value.got


def test_shared_summary_is_refused():
    with pytest.raises(ExportError, match="counts and percentages, no respondents"):
        read_export(shared("cncf_cloudnative_2021_part1.xlsx"))


def blocks(export, shape):
    return len({column.block for column in export.columns if column.shape == shape})


@pytest.mark.parametrize(
    ("name", "rows", "sets", "grids", "rankings"),
    [
        ("sm_538_starwars.csv", 1186, 1, 1, 1),
        ("sm_538_thanksgiving2015.csv", 1058, 3, 0, 0),
        ("sm_538_comma.csv", 1129, 0, 0, 0),
        ("cncf_strimzi_2022.csv", 41, 1, 0, 2),
        ("cncf_finops_micro.csv", 102, 6, 0, 0),
        ("cncf_maintainers_2020h2.csv", 97, 1, 0, 0),
        ("ospo_2018.csv", 748, 12, 2, 0),
        ("ospo_2022_numeric.csv", 1048, 15, 7, 0),
    ],
)
def test_shared_files(name, rows, sets, grids, rankings):
    export = read_export(shared(name))
    assert export.platform == "surveymonkey"
    assert len(export.frame) == rows
    assert (blocks(export, "option"), blocks(export, "grid_row"), blocks(export, "rank")) == (
        sets,
        grids,
        rankings,
    )
    assert all(column.text or column.item for column in export.columns)


def test_a_wide_file_is_quick(tmp_path):
    labels = [f"Option {number}" for number in range(10)]
    width = 95
    top = [
        "Respondent ID",
        *(f"Question {at}: which?" if k == 0 else "" for at in range(width) for k in range(10)),
    ]
    below = ["", *(labels * width)]
    row = [label if at % 7 == 0 else "" for at, label in enumerate(labels * width)]
    lines = [",".join(top), ",".join(below), *(",".join([str(n), *row]) for n in range(900))]
    lines[1] = lines[1][:-8] + "Response"
    path = tmp_path / "wide.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    read_grid(path)
    start = time.perf_counter()
    export = surveymonkey.read(read_grid(path))
    assert export.frame.shape == (900, 951)
    assert time.perf_counter() - start < 2.0
