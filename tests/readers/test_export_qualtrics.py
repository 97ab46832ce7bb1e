"""Qualtrics: three, two and one header rows, ids in JSON, sets split and joined, previews, codes below zero."""

import json
import re

import pytest
from shared_exports import shared

from cxsurvey.errors import ExportError
from cxsurvey.readers.exports.detector import read_export

COLUMNS = (
    ("StartDate", "Startdatum", "startDate"),
    ("EndDate", "Enddatum", "endDate"),
    ("Status", "Antworttyp", "status"),
    ("Progress", "Fortschritt", "progress"),
    ("Finished", "Beendet", "finished"),
    ("RecordedDate", "Aufgezeichnet", "recordedDate"),
    ("ResponseId", "Antwort-ID", "_recordId"),
    ("RecipientEmail", "E-Mail", "recipientEmail"),
    ("DistributionChannel", "Kanal", "distributionChannel"),
    ("UserLanguage", "Sprache", "userLanguage"),
)
SYSTEM, GERMAN, IDS = zip(*COLUMNS, strict=True)


def quoted(cells):
    return ",".join('"' + cell.replace('"', '""') + '"' for cell in cells) + "\r\n"


def person(number, *answers, status="IP Address", channel="anonymous"):
    times = ["2024-01-01 10:00:00", "2024-01-01 10:05:00"]
    rest = ["2024-01-01 10:05:01", f"R_{number}", "a@example.com", channel, "EN"]
    return [*times, status, "100", "True", *rest, *answers]


@pytest.fixture
def export(tmp_path):
    def _export(questions, people, *, rows=3, separator=",", encoding="utf-8"):
        names, texts, ids = zip(*questions, strict=True)
        head = [
            [*SYSTEM, *names],
            [*GERMAN, *texts],
            [json.dumps({"ImportId": one} if isinstance(one, str) else one) for one in [*IDS, *ids]],
        ]
        text = "".join(quoted(row) for row in [*head[:rows], *people])
        path = tmp_path / ("answers.tsv" if separator == "\t" else "answers.csv")
        path.write_bytes(text.replace('","', f'"{separator}"').encode(encoding))
        return read_export(path)

    return _export


def by_name(export):
    return {column.name: column for column in export.columns}


QUESTIONS = [
    ("Q1", "How satisfied are you?", "QID1"),
    ("Q2_1", "Which do you use? - Selected Choice - Phone", "QID2_1"),
    ("Q2_2", "Which do you use? - Selected Choice - Chat", "QID2_2"),
    ("Q2_9_TEXT", "Which do you use? - Other - Text", "QID2_9_TEXT"),
    ("Q3_1", "Rate each - Speed", "QID3_1"),
    ("Q3_2", "Rate each - Tone", "QID3_2"),
    ("Q4", "Anything else?", "QID4_TEXT"),
]


def answers(*cells):
    return [person(number, *row) for number, row in enumerate(cells)]


def test_three_header_rows_with_translated_wording(export):
    found = export(
        QUESTIONS,
        answers(("Good", "Phone", "", "", "4", "5", "fine"), ("Bad", "", "Chat", "fax", "5", "4", "")),
    )
    columns = by_name(found)
    assert found.platform == "qualtrics"
    assert found.why == "Qualtrics: row 3 holds ImportId records."
    assert found.first_row == 4
    assert [column.role for column in found.columns[:10]] == [
        "start", "end", "status", "progress", "progress", "administrative",
        "respondent_id", "personal", "preview", "language",
    ]  # fmt: skip
    assert (columns["Q2_1"].role, columns["Q2_1"].block, columns["Q2_1"].item) == ("option", "QID2", "Phone")
    assert columns["Q2_1"].text == "Which do you use?"
    assert (columns["Q2_9_TEXT"].role, columns["Q2_9_TEXT"].item) == ("other_text", "Other")
    assert [columns[name].shape for name in ("Q3_1", "Q3_2", "Q4")] == ["grid_row", "grid_row", "text"]


def test_ids_are_read_as_json_whatever_else_they_hold(export):
    questions = [
        ("Q2_1", "Which? - Phone", {"ImportId": "QID2", "choiceId": "1"}),
        ("Q2_7", "Which? - Chat", {"choiceId": "4", "ImportId": "QID2"}),
    ]
    columns = by_name(export(questions, answers(("1", ""), ("1", "1"))))
    assert {columns[name].block for name in ("Q2_1", "Q2_7")} == {"QID2"}
    assert {columns[name].chosen for name in ("Q2_1", "Q2_7")} == {"1"}


def test_tab_separated_utf_16(export):
    found = export(QUESTIONS[:1], answers(("Gut",), ("Schön",)), separator="\t", encoding="utf-16")
    assert (found.separator, found.encoding, found.frame["Q1"].tolist()) == ("\t", "utf-16", ["Gut", "Schön"])


def test_two_header_rows_where_the_third_was_dropped(export):
    found = export(QUESTIONS, answers(*[("Good", "Phone", "", "", "4", "5", "fine")] * 4), rows=2)
    columns = by_name(found)
    assert found.first_row == 3
    assert (columns["Q2_1"].block, columns["Q2_2"].block, columns["Q2_9_TEXT"].role) == (
        "Q2",
        "Q2",
        "other_text",
    )
    assert columns["Q3_1"].text == "Rate each"


def test_one_header_row(export):
    found = export(QUESTIONS[:1], answers(("Good",), ("Bad",)), rows=1)
    assert (found.first_row, found.frame["Q1"].tolist()) == (2, ["Good", "Bad"])


def test_previews_and_tests_are_dropped_and_counted(export):
    people = [
        person(1, "Good"),
        person(2, "Good", channel="preview"),
        person(3, "Good", status="Survey Preview"),
        person(4, "Good", status="Survey Test"),
        person(5, "Good", status="Spam"),
    ]
    found = export(QUESTIONS[:1], people)
    assert [(drop.reason, drop.count, drop.rows) for drop in found.dropped] == [
        ("preview", 2, (5, 6)),
        ("test", 1, (7,)),
    ]
    assert found.frame["ResponseId"].tolist() == ["R_1", "R_5"]


def test_a_file_of_previews_only_stays(export):
    found = export(QUESTIONS[:1], [person(1, "Good", channel="preview")])
    assert len(found.frame) == 1
    assert "all responses are previews or tests, so they are kept" in found.notes


def test_seen_but_unanswered_and_other_codes_below_zero(export):
    cells = [("-99", "1", ""), ("3", "-999", "1"), ("-1", "1", "1")]
    questions = [QUESTIONS[0], *QUESTIONS[1:3]]
    found = export(questions, answers(*cells))
    columns = by_name(found)
    assert columns["Q1"].missing == (("-99", "skipped", "Seen but not answered"),)
    assert (columns["Q2_1"].missing[0][0], columns["Q2_1"].role, columns["Q2_1"].chosen) == (
        "-999",
        "option",
        "1",
    )
    assert "code -1 is below zero in Q1" in found.notes


def test_several_answers_joined_in_one_cell(export):
    cells = ["Phone,Chat", "Chat,Mail", "Phone,Mail", "Mail", "Phone", "Chat"]
    column = by_name(export(QUESTIONS[:1], answers(*[(cell,) for cell in cells])))["Q1"]
    assert (column.shape, column.separator) == ("joined", ",")


def test_loops_and_matrices_of_several_answers(export):
    questions = [
        ("1_Q5", "How was Berlin?", "1_QID5"),
        ("2_Q5", "How was Rome?", "2_QID5"),
        *((f"Q6_{row}_{at}", f"Tick - {item} - {way}", f"QID6_{row}_{at}")
          for row, item in ((1, "Web"), (2, "Shop")) for at, way in ((1, "Used"), (2, "Liked"))),
    ]  # fmt: skip
    columns = by_name(
        export(questions, answers(("Good", "Bad", "1", "", "", "1"), ("Bad", "Good", "1", "1", "1", "")))
    )
    assert (columns["1_Q5"].text, columns["2_Q5"].block) == ("How was Rome?".replace("Rome", "Berlin"), "")
    assert [(columns[name].block, columns[name].role) for name in ("Q6_1_1", "Q6_2_2")] == [
        ("QID6_1", "option"),
        ("QID6_2", "option"),
    ]
    assert columns["Q6_2_1"].text == "Tick - Shop"


def test_header_only_is_refused(export):
    with pytest.raises(ExportError) as caught:
        export(QUESTIONS, [])
    assert caught.value.code == "export-header-only"
    assert "below row 3" in caught.value.where


@pytest.mark.parametrize(
    ("name", "rows", "columns"),
    [
        ("qualtrics_sample_insights.csv", 5, 190),
        ("qualtrics_sample_legacy.csv", 5, 189),
        ("qualtrics_multianswer_insights.csv", 5, 36),
        ("qualtrics_multianswer_legacy.csv", 5, 35),
        ("qualtrics_digex_2022.xlsx", 499, 55),
    ],
)
def test_shared_files(name, rows, columns):
    export = read_export(shared(name))
    assert export.platform == "qualtrics"
    assert export.frame.shape == (rows, columns)


def test_shared_pair_of_old_and_new_header_agrees():
    old, new = (by_name(read_export(shared(f"qualtrics_sample_{kind}.csv"))) for kind in ("legacy", "insights"))
    asked = [name for name, column in new.items() if column.role in {"answer", "option", "row", "other_text"}]
    common = [name for name in asked if name in old and "#" not in name]
    assert len(common) > 40
    assert [old[name].item for name in common] == [new[name].item for name in common]
    texts = [[re.sub(r"[^a-z]", "", kind[name].text.lower()) for name in common] for kind in (old, new)]
    assert texts[0] == texts[1]


def test_shared_workbook():
    columns = by_name(read_export(shared("qualtrics_digex_2022.xlsx")))
    assert columns["gender_id"].text == "How do you describe yourself?"
    assert {name for name, column in columns.items() if column.shape == "joined"} == {
        "aware_sm_advan", "aware_sm_interact", "aware_sm_use",
    }  # fmt: skip
    assert sum(column.block == "design_cont" for column in columns.values()) == 9
    assert sum(column.shape == "rank" for column in columns.values()) == 7
