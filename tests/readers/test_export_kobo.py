"""KoboToolbox and ODK: both shapes of several responses, groups, literal NULL, what is personal."""

import pytest
from export_files import SHARED, columns_of, read_text

from cxsurvey.readers.exports.detector import read_export

META = "start,end,deviceid"
TAIL = "_id,_uuid,_submission_time,_validation_status,_index"


def test_both_shapes_count_once(tmp_path):
    text = (
        f"{META},g/own,g/own/phone,g/own/tv_set,g/age,g/gps,_g/gps_latitude,{TAIL}\n"
        "2024-05-01T10:00,2024-05-01T10:05,d1,phone tv_set,1,1,30,50.1 7.1 60 4.5,50.1,11,u-1,2024-05-01,,1\n"
        "2024-05-01T11:00,2024-05-01T11:05,d1,phone,1,0,n/a,50.1 7.2 60 4.5,50.1,12,u-2,2024-05-01,,2\n"
        "2024-05-01T12:00,2024-05-01T12:05,d1,,,,40,,,13,u-3,2024-05-01,,3\n"
    )
    export = read_text(tmp_path, text)
    columns = columns_of(export)
    assert export.platform == "kobo"
    assert (columns["own_phone"].role, columns["own_phone"].item, columns["own_phone"].block) == (
        "option", "phone", "own",
    )  # fmt: skip
    assert columns["own_phone"].chosen == "1"
    assert columns["own"].role == "administrative"
    assert any("set aside" in note for note in export.notes)
    assert columns["age"].missing == (("n/a", "skipped", "n/a"),)
    assert (columns["gps"].role, columns["gps_latitude"].role, columns["deviceid"].role) == ("personal",) * 3
    assert (columns["_uuid"].role, columns["_id"].role, columns["_index"].role) == (
        "respondent_id", "administrative", "administrative",
    )  # fmt: skip
    assert (columns["start"].role, columns["end"].role) == ("start", "end")


def test_details_alone_with_labels_and_another_mark(tmp_path):
    text = (
        f"Which do you own?.Phone (any),Which do you own?.TV set,How old?,{TAIL}\n"
        "1,0,30,11,u-1,2024-05-01,,1\n0,1,40,12,u-2,2024-05-01,,2\n"
    )
    columns = columns_of(read_text(tmp_path, text))
    options = [column for column in columns.values() if column.role == "option"]
    assert [column.item for column in options] == ["Phone (any)", "TV set"]
    assert {column.text for column in options} == {"Which do you own?"}


def test_groups_and_options_by_different_marks(tmp_path):
    text = (
        f"g-own,g-own/phone,g-own/tv-set,g-age,{TAIL}\n"
        "phone tv-set,1,1,1,11,u-1,2024-05-01,,1\nphone,1,0,0,12,u-2,2024-05-01,,2\n"
    )
    columns = columns_of(read_text(tmp_path, text))
    options = [column for column in columns.values() if column.role == "option"]
    assert [(column.block, column.item) for column in options] == [("own", "phone"), ("own", "tv-set")]
    assert columns["age"].role == "answer"


def test_summary_alone_by_blanks(tmp_path):
    rows = ["phone tv_set", "tv_set bike", "phone bike", "phone", "bike", "NULL", "phone tv_set bike"]
    body = "".join(f"{cell},{at},u-{at},2024-05-01,,{at}\n" for at, cell in enumerate(rows))
    export = read_text(tmp_path, f"own,{TAIL}\n{body}")
    column = columns_of(export)["own"]
    assert (column.shape, column.separator) == ("joined", " ")
    assert {code for code, _ in column.labels} == {"phone", "tv_set", "bike"}
    assert export.frame["own"][5] == ""
    assert any("NULL" in note for note in export.notes)


def test_sentences_are_not_parted_at_blanks(tmp_path):
    body = "".join(f"I like it a lot number {at},{at},u-{at},2024-05-01,,{at}\n" for at in range(9))
    assert columns_of(read_text(tmp_path, f"why,{TAIL}\n{body}"))["why"].shape == ""


def test_real_file():
    path = SHARED / "odk_safi_clean.csv"
    if not path.exists():
        pytest.skip("the collection of exports is not here")
    export = read_export(path)
    columns = columns_of(export)
    assert (export.platform, len(export.frame)) == ("kobo", 131)
    assert columns["items_owned"].shape == columns["months_lack_food"].shape == "joined"
    assert len(columns["items_owned"].labels) == 17
    assert columns["memb_assoc"].missing == (("NULL", "skipped", "NULL"),)
    assert columns["instanceID"].role == "respondent_id"
