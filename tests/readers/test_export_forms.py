"""Google Forms, Microsoft Forms and Typeform: texts as headings, several answers in one cell."""

import pandas as pd
import pytest
from export_files import SHARED, columns_of, read_text
from hypothesis import given, settings
from hypothesis import strategies as st

from cxsurvey.readers.exports.detector import read_export
from cxsurvey.readers.exports.joined_options import part_options

GOOGLE = (
    "Timestamp,Email Address,,1. Which do you use?,How is it? [Price],How is it? [Speed],Anything else?\n"
    '6/21/2018 23:29:42,a@example.org,,"Phone, Fairs (local, abroad), Mail",Good,Bad,"well, no"\n'
    '6/22/2018 0:06:36,b@example.org,,"Phone, Mail",Good,Good,\n'
    '6/22/2018 0:32:20,c@example.org,,"Fairs (local, abroad), Mail, My own, with a comma",Bad,Good,fine\n'
    "6/22/2018 0:53:11,d@example.org,,Phone,Bad,Good,\n"
)


def test_google_forms(tmp_path):
    export = read_text(tmp_path, GOOGLE)
    columns = columns_of(export)
    assert export.platform == "google_forms"
    assert list(columns) == ["timestamp", "email_address", "q1", "q2_1", "q2_2", "q3"]
    assert (columns["timestamp"].role, columns["email_address"].role) == ("end", "personal")
    assert (columns["q2_1"].text, columns["q2_1"].item, columns["q2_1"].block) == ("How is it?", "Price", "q2")
    assert columns["q2_1"].shape == "grid_row"
    assert columns["q3"].shape == ""


def test_commas_inside_options_and_own_words(tmp_path):
    export = read_text(tmp_path, GOOGLE)
    column = columns_of(export)["q1"]
    assert (column.shape, column.separator) == ("joined", ";")
    assert [label for _, label in column.labels] == ["Phone", "Fairs (local, abroad)", "Mail"]
    assert export.frame["q1"][0].split(column.separator) == ["Phone", "Fairs (local, abroad)", "Mail"]
    assert export.frame["q1"][2].split(column.separator)[-1] == "My own, with a comma"
    assert any("My own, with a comma" in note for note in export.notes)
    assert any("no name and no cells" in note for note in export.notes)


def test_pieces_that_never_occur_apart_are_one_option():
    cells = pd.Series(
        [
            "Bread, cakes, sweets, Wine",
            "Wine",
            "Bread, cakes, sweets",
            "Wine, Tea",
            "Tea",
            "Bread, cakes, sweets, Tea",
        ]
    )
    assert set(part_options(cells, ", ").options) == {"Bread, cakes, sweets", "Wine", "Tea"}


def test_options_in_lower_case_are_not_run_together():
    cells = pd.Series(["phone, mail", "phone, mail", "chat", "fax, chat", "fax"])
    assert set(part_options(cells, ", ").options) == {"phone", "mail", "chat", "fax"}


OPTIONS = ["Phone", "Mail (paper, parcels)", "Chat", "Desk [a, b]"]


@settings(deadline=None, max_examples=40)
@given(st.lists(st.lists(st.sampled_from(OPTIONS), unique=True), max_size=30))
def test_parting_undoes_joining(chosen):
    rows = [*chosen, *([option] for option in OPTIONS * 2)]  # each is chosen alone, too: they do occur apart
    cells = pd.Series([", ".join(row) for row in rows], dtype="str")
    found = part_options(cells, ", ")
    assert [[part for part in cell.split(found.separator) if part] for cell in found.cells] == rows


def test_real_google_form():
    path = SHARED / "gforms_cncf_maintainer_2018h1.csv"
    if not path.exists():
        pytest.skip("the collection of exports is not here")
    export = read_export(path)
    column = columns_of(export)["q6"]
    assert (export.platform, len(export.frame)) == ("google_forms", 56)
    assert {label for _, label in column.labels} == {
        "Continuous Integration", "Documentation", "Training Materials", "Governance", "Marketing (blog)",
        "Social (Twitter)", "Events (meetups or conferences)", "Security/Audit", "Certification/Conformance",
    }  # fmt: skip


def test_microsoft_forms(tmp_path):
    text = (
        "ID,Start time,Completion time,Email,Name,Which do you use?\u00a0,Put in order,Name of your town\n"
        "1,5/1/2024 10:00,5/1/2024 10:05,anonymous,,Phone;Chat;,Price;Speed;Looks;,Bonn\n"
        "2,5/1/2024 11:00,5/1/2024 11:05,anonymous,,Chat;,Looks;Price;Speed;,Ulm\n"
        "3,5/1/2024 12:00,5/1/2024 12:05,anonymous,,,Price;Looks;Speed;,Ulm\n"
    )
    export = read_text(tmp_path, text)
    columns = columns_of(export)
    assert export.platform == "microsoft_forms"
    assert [column.role for column in export.columns[:5]] == [
        "respondent_id", "start", "end", "personal", "personal",
    ]  # fmt: skip
    assert (columns["q1"].text, columns["q1"].shape, columns["q1"].separator) == (
        "Which do you use?",
        "joined",
        ";",
    )
    assert export.frame["q1"].to_list() == ["Phone;Chat", "Chat", ""]
    ranks = [column for column in export.columns if column.shape == "rank"]
    held = {column.item: export.frame[column.name].to_list() for column in ranks}
    assert held == {"Price": ["1", "2", "1"], "Looks": ["3", "1", "2"], "Speed": ["2", "3", "3"]}
    assert columns["q3"].text == "Name of your town"


def test_microsoft_forms_in_another_language(tmp_path):
    text = (
        "ID,Godzina rozpoczęcia,Godzina ukończenia,Adres e-mail,Imię,Jak?\n"
        "1,2024-05-01T10:00:00,2024-05-01T10:05:00,anonim,,Dobrze\n2,2024-05-01T10:00,2024-05-02T10:05,anonim,,Źle\n"
    )
    export = read_text(tmp_path, text)
    assert export.platform == "microsoft_forms"
    assert [column.role for column in export.columns] == [
        "respondent_id", "start", "end", "personal", "personal", "answer",
    ]  # fmt: skip


def test_typeform_with_a_column_an_option(tmp_path):
    text = (
        '#,"Hello {{answer_123}}, donâ€™t stop?",Phone,Chat,Other,Joined,'
        "Start Date (UTC),Submit Date (UTC),Network ID\n"
        "a1,Bonn,Phone,,,Red / Blue,2024-05-01 10:00:00,2024-05-01 10:05:00,n1\n"
        "a2,Ulm,Phone,Chat,my own,Blue,2024-05-01 11:00:00,2024-05-01 11:05:00,n2\n"
        "a3,Ulm,,Chat,,Red / Green,2024-05-01 12:00:00,2024-05-01 12:05:00,n3\n"
        "a4,Ulm,,,,Green / Blue,2024-05-01 12:00:00,2024-05-01 12:05:00,n3\n"
        "a5,Ulm,,,,Green / Red,2024-05-01 12:00:00,2024-05-01 12:05:00,n3\n"
    )
    export = read_text(tmp_path, text)
    columns = columns_of(export)
    assert export.platform == "typeform"
    assert (columns["token"].role, columns["network_id"].role) == ("respondent_id", "personal")
    assert columns["q1"].text == "Hello {{answer_123}}, don’t stop?"
    assert [(columns[f"q2_{n}"].item, columns[f"q2_{n}"].role) for n in (1, 2, 3)] == [
        ("Phone", "option"), ("Chat", "option"), ("Other", "other_text"),
    ]  # fmt: skip
    assert columns["q2_1"].block == "q2"
    assert (columns["q3"].shape, columns["q3"].separator) == ("joined", " / ")
    assert any("placeholders" in note for note in export.notes)
